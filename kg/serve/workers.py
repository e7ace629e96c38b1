"""The server's side of its readers: a pool of them, of which each answers one request at a time and can be killed."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.errors import GraphError
from kg.serve.frames import ANSWER, END, FORK, ORDER, REQUEST

ROOT = str(Path(__file__).resolve().parents[2])
CODE = "import sys; sys.path.insert(0, sys.argv[1]); from kg.serve.nursery import main; main()"


class Unanswered(Exception):
    """A request that no reader answered."""


class Busy(Unanswered):
    """All readers are busy, and others wait."""


class TooSlow(Unanswered):
    """The time is over."""


class Died(Unanswered):
    """The reader's process ended."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a reader says: HTTP's status, the media type, the body."""

    status: int
    type: str
    body: bytes


class Reader(asyncio.Protocol):
    """The connection to one reader."""

    def __init__(self) -> None:
        """Wait to be connected."""
        self.process = 0
        self.gone = False
        self.coming = bytearray()
        self.waiting: asyncio.Future[Answer] | None = None
        self.lost: Callable[[Reader], None] = lambda _: None  # called when the reader dies
        self.transport: asyncio.WriteTransport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way to write."""
        assert isinstance(transport, asyncio.WriteTransport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Take a part of an answer; the last part tells it."""
        self.coming += data
        if len(self.coming) < ANSWER.size:
            return
        head, body = ANSWER.unpack_from(self.coming)
        start = ANSWER.size + head
        if len(self.coming) < start + body:
            return
        told = json.loads(self.coming[ANSWER.size : start])
        answer = Answer(told["status"], told["type"], bytes(memoryview(self.coming)[start:]))
        self.coming = bytearray()
        if self.waiting is not None and not self.waiting.done():
            self.waiting.set_result(answer)
        self.waiting = None

    def connection_lost(self, error: Exception | None) -> None:
        """Tell whoever waits."""
        self.gone = True
        self.fail(Died())
        self.lost(self)

    def fail(self, error: Unanswered) -> None:
        """End the waiting with an error."""
        if self.waiting is not None and not self.waiting.done():
            self.waiting.set_exception(error)

    def ask(self, request: bytes) -> asyncio.Future[Answer]:
        """Send a request and return the answer to come."""
        self.waiting = asyncio.get_running_loop().create_future()
        if self.gone:
            self.fail(Died())
        else:
            self.transport.write(request)
        return self.waiting


class Nursery:
    """The process that forks readers; see `kg.serve.nursery`."""

    def __init__(self, process: subprocess.Popen[bytes], control: socket.socket, told: dict[str, Any]) -> None:
        """Take a process that has loaded its graph."""
        self.process = process
        self.control = control
        self.version: str = told["version"]
        self.signature = tuple(tuple(each) for each in told["signature"] or ())
        self.turn = asyncio.Lock()

    @classmethod
    async def start(cls, folder: Path, rows: int) -> Nursery:
        """Start a nursery and wait until it has loaded the graph of a folder.

        Raises GraphError where it cannot.
        """
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        with theirs:
            command = [sys.executable, "-c", CODE, ROOT, str(folder), str(theirs.fileno()), str(rows)]
            process = subprocess.Popen(command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL)
        told: dict[str, Any] = {"error": f"{folder}: the process that loads the graph ended; it may lack memory"}
        try:
            with contextlib.suppress(ConnectionError):
                head = await receive(ours, REQUEST.size)
                told = json.loads(await receive(ours, *REQUEST.unpack(head)))
            if "error" not in told:
                return cls(process, ours, told)
            raise GraphError(told["error"])
        except BaseException:
            ours.close()
            process.kill()
            process.wait()
            raise

    async def order(self, name: bytes, number: int = 0, *passed: socket.socket) -> int:
        """Give an order and return what it came to.

        Raises ConnectionError where the nursery is dead.
        """
        async with self.turn:
            socket.send_fds(self.control, [ORDER.pack(name, number)], [each.fileno() for each in passed])
            return int(ORDER.unpack(await receive(self.control, ORDER.size))[1])

    async def fork(self) -> Reader:
        """Return a new reader."""
        ours, theirs = socket.socketpair()
        with theirs:
            number = await self.order(FORK, 0, theirs)
        _, reader = await asyncio.get_running_loop().create_connection(Reader, sock=ours)
        reader.process = number
        return reader

    async def end(self, reader: Reader) -> None:
        """Kill a reader."""
        reader.transport.abort()
        await self.order(END, reader.process)

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self.process.poll() is None

    def close(self) -> None:
        """End the process and all its readers, and wait until they are gone."""
        self.control.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


async def receive(connection: socket.socket, size: int) -> bytes:
    """Return exactly so many bytes.

    Raises ConnectionError where the other end closes.
    """
    parts = b""
    while len(parts) < size:
        part = await asyncio.get_running_loop().sock_recv(connection, size - len(parts))
        if not part:
            raise ConnectionResetError
        parts += part
    return parts


class Pool:
    """Readers that take requests in turn; a few more may wait, for as long as a query may take."""

    def __init__(self, nursery: Nursery, *, seconds: float, queue: int) -> None:
        """Name the nursery, the time of a request, and how many may wait."""
        self.nursery = nursery
        self.seconds = seconds
        self.queue = queue
        self.idle: list[Reader] = []
        self.waiting: deque[asyncio.Future[Reader]] = deque()
        self.under_way = 0
        self.closed = False
        self.repairs: set[asyncio.Task[None]] = set()

    async def grow(self, size: int) -> None:
        """Add readers."""
        for _ in range(size):
            await self.add()

    async def add(self) -> None:
        """Add a reader."""
        reader = await self.nursery.fork()
        reader.lost = self.miss
        self.offer(reader)

    def miss(self, reader: Reader) -> None:
        """Replace a reader that died while it had nothing to do."""
        if reader in self.idle:
            self.idle.remove(reader)
            self.replace(reader)

    async def ask(self, request: bytes) -> Answer:
        """Return a reader's answer.

        Raises Busy where too many wait, TooSlow where the time is over, Died where the reader's process ended.
        """
        self.under_way += 1
        try:
            return await self.asked(request)
        finally:
            self.under_way -= 1

    async def asked(self, request: bytes) -> Answer:
        """Have the next free reader answer; one that does not is killed and replaced."""
        reader = self.idle.pop() if self.idle else await self.next_free()
        timer = asyncio.get_running_loop().call_later(self.seconds, reader.fail, TooSlow())
        try:
            answer = await reader.ask(request)
        except BaseException:
            self.replace(reader)
            raise
        finally:
            timer.cancel()
        self.offer(reader)
        return answer

    async def next_free(self) -> Reader:
        """Wait for a reader."""
        if len(self.waiting) >= self.queue:
            raise Busy
        place: asyncio.Future[Reader] = asyncio.get_running_loop().create_future()
        self.waiting.append(place)
        try:
            async with asyncio.timeout(self.seconds):
                return await place
        except TimeoutError as error:
            raise Busy from error
        finally:
            with contextlib.suppress(ValueError):
                self.waiting.remove(place)

    def offer(self, reader: Reader) -> None:
        """Give a free reader to whoever waits longest."""
        if reader.gone:
            self.replace(reader)
            return
        while self.waiting:
            place = self.waiting.popleft()
            if not place.done():
                place.set_result(reader)
                return
        self.idle.append(reader)

    def replace(self, reader: Reader) -> None:
        """Kill a reader and make another, beside all else."""
        if self.closed:
            return  # the nursery ends it
        task = asyncio.get_running_loop().create_task(self.replaced(reader))
        self.repairs.add(task)
        task.add_done_callback(self.repairs.discard)

    async def replaced(self, reader: Reader) -> None:
        """Kill a reader and offer a new one; without a nursery there is none until the graph is loaded again."""
        with contextlib.suppress(OSError):
            await self.nursery.end(reader)
            await self.add()

    async def drained(self) -> None:
        """Wait until nothing is under way."""
        while self.under_way:
            await asyncio.sleep(0.05)

    async def close(self) -> None:
        """Replace readers no more: the nursery ends them."""
        self.closed = True
        for task in self.repairs:
            task.cancel()
        await asyncio.gather(*self.repairs, return_exceptions=True)
