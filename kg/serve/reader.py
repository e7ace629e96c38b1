"""A reader: a process that holds one graph and answers one request after the other, until it is killed or let go.

It runs whatever a stranger's query costs, so it has bounds of its own: the system ends it when its time is over or its
memory is used up, should the server be unable to.
"""

from __future__ import annotations

import json
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from kg.errors import GraphError, KgError
from kg.graph.graph import Graph
from kg.graph.worker import die_after
from kg.serve import pages
from kg.serve.answers import MOST_BYTES, Answers
from kg.serve.description import describe
from kg.serve.frames import REQUEST, answer, receive
from kg.serve.media import HTML, SUFFIXES, content_type
from kg.serve.protocol import RequestError
from kg.serve.things import Things, iri_of

MEMORY = 2 * 1024**3  # bytes that a reader may take beyond what the graph takes
GRACE = 2  # seconds after which the system ends a reader that the server has not
Answer = tuple[int, str, bytes]  # status, type, body


class Reader:
    """Answers requests over one graph."""

    def __init__(self, graph: Graph, *, rows: int) -> None:
        """Take a graph, and how many rows an answer may have."""
        self.graph = graph
        self.answers = Answers(graph, rows=rows)
        self.things = Things(graph)
        self.tasks: dict[str, Callable[..., Answer]] = {
            "query": self.query,
            "service": self.service,
            "known": self.known,
            "data": self.data,
            "page": self.page,
            "editor": self.editor,
            "view": self.view,
        }

    def answer(self, asked: dict[str, Any]) -> bytes:
        """Return the frame that answers a request, whatever becomes of it."""
        try:
            status, kind, body = self.tasks[asked.pop("do")](**asked)
        except RequestError as error:
            status, kind, body = error.status, content_type("text/plain"), f"{error}\n".encode()
        except KgError as error:
            status, kind, body = 400, content_type("text/plain"), f"{error}\n".encode()
        except Exception as error:  # a fault of ours: told to who asked, and no reason to end
            status, kind, body = 500, content_type("text/plain"), f"unexpected {type(error).__name__}: {error}\n".encode()
        if len(body) > MOST_BYTES:
            status, kind, body = 403, content_type("text/plain"), f"the answer has more than {MOST_BYTES >> 20} MB\n".encode()
        return answer({"status": status, "type": kind}, body)

    # ---- tasks -------------------------------------------------------------------------------------

    def query(self, query: str, base: str, accept: str, default: list[str], named: list[str]) -> Answer:
        """Answer SPARQL."""
        return 200, *self.answers.answer(query, base=base, accept=accept, default=default, named=named)

    def service(self, endpoint: str, accept: str) -> Answer:
        """Describe the endpoint."""
        return 200, *self.answers.triples(describe(endpoint, self.answers.graphs), accept)

    def known(self, path: str) -> Answer:
        """Say whether there is a thing of this name."""
        return (204 if self.things.known(self.existing(path)) else 404), "", b""

    def data(self, path: str) -> Answer:
        """Return the triples of a thing; the suffix of the path says in which form."""
        name, _, suffix = path.rpartition(".")
        if suffix not in SUFFIXES:
            raise RequestError(404, f"{path}: no such form (there is: {', '.join(SUFFIXES)})")
        return 200, *self.answers.triples(self.things.triples(self.existing(name)), SUFFIXES[suffix])

    def page(self, path: str) -> Answer:
        """Return the page of a thing."""
        return 200, content_type(HTML), pages.thing(self.things, self.existing(path)).encode()

    def existing(self, path: str) -> str:
        """Return the IRI of a thing that is here."""
        try:
            iri = iri_of(path)
            if self.things.known(iri):
                return iri
        except GraphError:
            pass  # no IRI at all
        raise RequestError(404, f"{path}: the graph has nothing of this name")

    def editor(self) -> Answer:
        """Return the page of the editor."""
        return 200, content_type(HTML), pages.editor(self.things).encode()

    def view(self, query: str | None) -> Answer:
        """Return the viewer on the whole graph, or on what a query finds."""
        from kg.view import page  # heavy, and only one reader needs it

        if query is None:
            return 200, content_type(HTML), linked(page(self.graph)).encode()
        self.answers.checked(query)
        try:
            return 200, content_type(HTML), page(self.graph, query=query).encode()
        except GraphError as error:
            raise RequestError(404, "The answer names no thing of the graph, neither by its IRI nor by its label.") from error


def linked(html: str) -> str:
    """Put a way to the editor among the viewer's tools."""
    return html.replace('<div class="tools">', '<div class="tools"><a href="/query">Query</a>', 1)


# ---- the process ---------------------------------------------------------------------------------


def work(graph: Graph, connection: socket.socket, *, rows: int) -> None:
    """Answer requests until the server closes the connection."""
    limit_memory()
    reader = Reader(graph, rows=rows)
    while (head := receive(connection, REQUEST.size)) is not None:
        data = receive(connection, *REQUEST.unpack(head))
        if data is None:
            return
        asked = json.loads(data)
        die_after(asked.pop("seconds") + GRACE)
        frame = reader.answer(asked)
        signal.setitimer(signal.ITIMER_REAL, 0)
        connection.sendall(frame)


def limit_memory() -> None:
    """Let this process take so much more memory and no more, where the system can tell what it has (Linux)."""
    import resource

    with suppress(OSError, ValueError):
        has = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (has + MEMORY, has + MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
