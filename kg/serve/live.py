"""The graph that is served now: loaded again when a build has finished, while requests under way keep the old one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import kg
from kg.errors import GraphError
from kg.serve import Settings, processors
from kg.serve.frames import request
from kg.serve.nursery import signature
from kg.serve.workers import Answer, Nursery, Pool

GLANCE = 1.0  # seconds between looks at the folder
QUEUE = 16  # requests that may wait, to a reader
PAGE_SECONDS = 120.0  # for the viewer's page, which reads the whole graph


class Generation:
    """One state of the graph with the readers that hold it."""

    def __init__(self, nursery: Nursery, settings: Settings) -> None:
        """Take a nursery that has loaded a graph."""
        size = settings.workers or processors()
        self.nursery = nursery
        self.size = size
        self.queries = Pool(nursery, seconds=settings.timeout, queue=QUEUE * size)
        self.pages = Pool(nursery, seconds=PAGE_SECONDS, queue=QUEUE)
        self.kept: dict[str, asyncio.Task[Answer]] = {}

    @classmethod
    async def start(cls, folder: Path, settings: Settings) -> Generation:
        """Load the graph of a folder and start its readers; raises GraphError."""
        found = cls(await Nursery.start(folder, settings.rows), settings)
        try:
            await found.queries.grow(found.size)
            await found.pages.grow(1)
        except BaseException:
            found.nursery.close()
            raise
        return found

    @property
    def tag(self) -> str:
        """The version as an entity tag."""
        return f'"{kg.__version__}-{self.nursery.version[:24]}"'

    async def ask(self, do: str, **asked: object) -> Answer:
        """Have a reader do something that is bounded as a query is."""
        return await self.queries.ask(request(do=do, seconds=self.queries.seconds, **asked))

    async def page(self, do: str, **asked: object) -> Answer:
        """Have the reader of pages do something."""
        return await self.pages.ask(request(do=do, seconds=self.pages.seconds, **asked))

    async def once(self, do: str, **asked: object) -> Answer:
        """Return a page that is made once for this graph, however many ask for it."""
        if do not in self.kept:
            self.kept[do] = asyncio.create_task(self.page(do, **asked))
        try:
            answer = await asyncio.shield(self.kept[do])
        except Exception:
            self.kept.pop(do, None)
            raise
        if answer.status != 200:
            self.kept.pop(do, None)
        return answer

    async def retire(self) -> None:
        """Let what is under way finish, then end the readers."""
        await self.queries.drained()
        await self.pages.drained()
        await self.close()

    async def close(self) -> None:
        """End the readers."""
        await self.queries.close()
        await self.pages.close()
        await asyncio.to_thread(self.nursery.close)


class Live:
    """Keeps the newest generation of a folder's graph."""

    def __init__(self, folder: Path, settings: Settings, complain: Callable[[str], None]) -> None:
        """Name the folder; `complain` is told of builds that cannot be loaded."""
        self.folder = folder
        self.settings = settings
        self.complain = complain
        self.now: Generation
        self.failed: object = None  # the state of the folder that could not be loaded
        self.complained = ""
        self.old: dict[asyncio.Task[None], Generation] = {}

    async def start(self) -> None:
        """Load the graph; raises GraphError."""
        self.now = await Generation.start(self.folder, self.settings)

    async def watch(self) -> None:
        """Look at the folder again and again; a new graph takes the place of the old one once it is loaded."""
        while True:
            await asyncio.sleep(GLANCE)
            state = signature(self.folder)
            if self.now.nursery.alive and state in (None, self.now.nursery.signature, self.failed):
                continue  # the same, gone, or known to be broken: the old one stands
            try:
                self.change(await Generation.start(self.folder, self.settings))
                self.failed = None
            except (GraphError, OSError) as error:
                self.failed = state
                self.say(f"{error}; the graph of before is served on")

    def say(self, complaint: str) -> None:
        """Complain, but not of the same again and again."""
        if complaint != self.complained:
            self.complain(complaint)
        self.complained = complaint

    def change(self, new: Generation) -> None:
        """Serve a new generation, and let the old one go when it is done."""
        old, self.now = self.now, new
        task = asyncio.create_task(old.retire())
        self.old[task] = old
        task.add_done_callback(self.old.pop)

    async def close(self) -> None:
        """End all readers, those of old graphs too."""
        for task, generation in list(self.old.items()):
            task.cancel()
            await generation.close()
        await self.now.close()
