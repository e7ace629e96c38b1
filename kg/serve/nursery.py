"""The nursery: a process that loads a graph once and forks readers from it, which share its memory.

A killed reader is so replaced in milliseconds, however large the graph. Orders come over a socket; when that closes, for
whatever reason, the nursery kills its readers and ends, so that nothing outlives the server.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import sys
from contextlib import suppress
from pathlib import Path

from kg.errors import GraphError, KgError
from kg.graph.graph import Graph
from kg.graph.store import GRAPH, MANIFEST, load
from kg.serve.frames import FORK, ORDER, REQUEST
from kg.serve.pages import environment
from kg.serve.reader import work

TRIES = 20  # builds that may finish while one load goes on
Signature = tuple[tuple[int, int, int], ...]


def signature(folder: Path) -> Signature | None:
    """Return what changes when a build finishes; nothing where there is no graph."""
    try:
        told = [(folder / name).stat() for name in (GRAPH, MANIFEST)]
    except OSError:
        return None
    return tuple((each.st_ino, each.st_mtime_ns, each.st_size) for each in told)


def load_whole(folder: Path) -> tuple[Graph, Signature | None]:
    """Load a graph and make sure that no build finished meanwhile: its two files are renamed one after the other."""
    for _ in range(TRIES):
        before = signature(folder)
        graph = load(folder, memory=True)  # which forks share; an index has a process that opened it
        if signature(folder) == before:
            return graph, before
    raise GraphError(f"{folder}: is written again and again; try when the builds are done")


def main() -> None:
    """Load, say so, and obey; called with a folder, the number of the socket, and the rows of an answer."""
    folder, control, rows = Path(sys.argv[2]), socket.socket(fileno=int(sys.argv[3])), int(sys.argv[4])
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # which reach the whole group; the server decides when readers end
    try:
        graph, state = load_whole(folder)
        told = {"version": graph.manifest.get("graph", {}).get("sha256", ""), "signature": state}
    except KgError as error:
        told = {"error": str(error)}
    data = json.dumps(told).encode()
    with suppress(ConnectionError):
        control.sendall(REQUEST.pack(len(data)) + data)
    if "error" not in told:
        preload()
        gc.freeze()  # so that collections in readers leave the shared pages alone
        obey(control, graph, rows)


def preload() -> None:
    """Load once what each reader would: the templates, and the parser that finds where bad syntax is."""
    import rdflib.plugins.sparql.parser  # noqa: F401

    for name in environment().list_templates():
        environment().get_template(name)


def obey(control: socket.socket, graph: Graph, rows: int) -> None:
    """Fork and end readers as ordered; at the end of orders, or where nobody hears us, end all."""
    readers: set[int] = set()
    with suppress(ConnectionError):
        while len((received := socket.recv_fds(control, ORDER.size, 1))[0]) == ORDER.size:
            name, number = ORDER.unpack(received[0])
            if name == FORK:
                number = fork(control, socket.socket(fileno=received[1][0]), graph, rows)
                readers.add(number)
            elif number in readers:
                readers.discard(number)
                end(number)
            control.sendall(ORDER.pack(name, number))
    for number in readers:
        end(number)


def fork(control: socket.socket, connection: socket.socket, graph: Graph, rows: int) -> int:
    """Make a reader and return its process."""
    number = os.fork()
    if number:
        connection.close()
        return number
    status = 1
    try:
        control.close()
        work(graph, connection, rows=rows)
        status = 0
    except (MemoryError, ConnectionError):
        pass  # the server sees the connection close
    finally:
        os._exit(status)


def end(number: int) -> None:
    """Kill a reader, unless it is dead, and take note of its end."""
    os.kill(number, signal.SIGKILL)
    os.waitpid(number, 0)
