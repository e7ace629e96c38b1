"""The endpoint against a bare Starlette and pyoxigraph handler, in one run: `python benchmarks/serve.py [QUADS]`.

Two clients ask each server over keep-alive connections, in turns, for some seconds: a look-up by name, a star (six
properties of every thing of a kind), a group with a count. The bare handler holds the store itself, checks nothing, limits
nothing and can stop nothing; it runs in Starlette's threads (bare), or for comparison in the event loop, where one query
holds up all others (bare async). Bar: the endpoint answers at least .6 as many look-ups per second. Exits with 1 where it is missed.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from multiprocessing import Process, Queue
from pathlib import Path
from urllib.parse import urlencode

import pyoxigraph as ox

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from kg.graph.graph import Graph
from kg.graph.store import GRAPH, FolderStore

ROOT = Path(__file__).resolve().parents[1]
BAR = 0.6
CLIENTS = 2
SECONDS = 1.5
ROUNDS = 5
PORTS = {"bare": 8731, "bare async": 8733, "kg serve": 8732}
QUADS = 142_000
PER_THING = 20  # quads, as in a graph of claims
ENT, KG = "https://attest.example/entity/", "https://attest.example/ns/kg#"
LABEL, TYPE = "http://www.w3.org/2000/01/rdf-schema#label", "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
BARE = """
import sys
import pyoxigraph as ox, uvicorn
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route
store = ox.Store()
store.bulk_load(path=sys.argv[1], format=ox.RdfFormat.N_QUADS)
{kind} sparql(request):
    body = store.query(request.query_params["query"]).serialize(format=ox.QueryResultsFormat.JSON)
    return Response(body, media_type="application/sparql-results+json")
uvicorn.run(Starlette(routes=[Route("/sparql", sparql)]), port=int(sys.argv[2]), access_log=False, log_level="error", http="h11", loop="asyncio")
"""


def queries(number: int, things: int) -> dict[str, str]:
    """Return the three queries; the look-up names another thing each time."""
    return {
        "look-up": f"SELECT ?p ?o WHERE {{ <{ENT}thing-{number * 7919 % things}> ?p ?o }}",
        "star": f"SELECT * WHERE {{ ?s a <{KG}Kind3> ; <{LABEL}> ?l ; <{KG}p1> ?a ; <{KG}p2> ?b ; <{KG}p3> ?c ; <{KG}p4> ?d }} LIMIT 200",
        "group": f"SELECT ?o (COUNT(*) AS ?n) WHERE {{ ?s <{KG}p5> ?o }} GROUP BY ?o ORDER BY DESC(?n) LIMIT 20",
    }


def graph(quads: int) -> Graph:
    """Return a graph of things with properties, in a named graph to every hundred."""
    store, things = ox.Store(), quads // PER_THING
    store.bulk_extend(quad for n in range(things) for quad in about(n, things))
    return Graph(store, manifest={"attest": 1})


def about(number: int, things: int) -> Iterator[ox.Quad]:
    """Yield the quads of one thing."""
    subject, document = ox.NamedNode(f"{ENT}thing-{number}"), ox.NamedNode(f"https://attest.example/document/d-{number // 100}")
    yield ox.Quad(subject, ox.NamedNode(TYPE), ox.NamedNode(f"{KG}Kind{number % 10}"))
    yield ox.Quad(subject, ox.NamedNode(LABEL), ox.Literal(f"Thing number {number}"))
    for n in range(1, 10):
        yield ox.Quad(subject, ox.NamedNode(f"{KG}p{n}"), ox.NamedNode(f"{ENT}thing-{(number * n + n) % (things if n < 5 else 50)}"))
        yield ox.Quad(subject, ox.NamedNode(f"{KG}q{n}"), ox.Literal(f"words {number} {n}"), document)


@contextlib.contextmanager
def server(command: list[str], port: int) -> Iterator[tuple[int, float]]:
    """Run a server until it is no more needed; tell its process and the seconds until it answered."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": str(ROOT)})
    try:
        while True:
            with contextlib.suppress(OSError):
                ask(port, "ASK {}")
                break
            if process.poll() is not None or time.perf_counter() - begun > 600:
                raise SystemExit(f"{command}: does not answer")
            time.sleep(0.05)
        yield process.pid, time.perf_counter() - begun
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def memory(process: int) -> int:
    """Return the megabytes of a process and of all below it, each page counted once; 0 where the system does not tell."""
    with contextlib.suppress(OSError, IndexError):
        own = int(Path(f"/proc/{process}/smaps_rollup").read_text().split("\nPss:")[1].split()[0]) // 1024
        below = Path(f"/proc/{process}/task/{process}/children").read_text().split()
        return own + sum(memory(int(each)) for each in below)
    return 0


def ask(port: int, query: str) -> bytes:
    """Ask one query on a connection of its own."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        return exchange(connection, query)


def exchange(connection: socket.socket, query: str) -> bytes:
    """Ask a query and return the answer; as little work as can be, for the clients share the processors with the servers."""
    place = urlencode({"query": query})
    connection.sendall(f"GET /sparql?{place} HTTP/1.1\r\nHost: localhost\r\nAccept: application/sparql-results+json\r\n\r\n".encode())
    data = connection.recv(65536)
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise SystemExit(data.decode())
    length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
    while len(body) < length:
        body += connection.recv(65536)
    return body


def client(port: int, name: str, things: int, first: int, counts: Queue[int]) -> None:
    """Ask for some seconds, and tell how often."""
    count, end = 0, time.perf_counter() + SECONDS
    with socket.create_connection(("127.0.0.1", port)) as connection:
        while time.perf_counter() < end:
            exchange(connection, queries(first + count, things)[name])
            count += 1
    counts.put(count)


def rate(port: int, name: str, things: int) -> float:
    """Return how many requests a second the clients, processes of their own, get answered."""
    counts: Queue[int] = Queue()
    clients = [Process(target=client, args=(port, name, things, n * 1_000_003, counts)) for n in range(CLIENTS)]
    for each in clients:
        each.start()
    total = sum(counts.get() for _ in clients)
    for each in clients:
        each.join()
    return total / SECONDS


def main() -> int:
    """Measure, print, and say whether the bar is met."""
    quads = int(sys.argv[1]) if len(sys.argv) > 1 else QUADS
    things = quads // PER_THING
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as running:
        FolderStore(Path(folder) / "out").write(graph(quads))
        for name, command in commands(Path(folder) / "out").items():
            process, seconds = running.enter_context(server(command, PORTS[name]))
            print(f"{name:<10} answers after {seconds:5.1f} s and takes {memory(process)} MB")
        same(things)
        found = {name: [{each: rate(port, name, things) for each, port in PORTS.items()} for _ in range(ROUNDS)] for name in queries(0, 1)}
    print(f"{quads:,} quads, {CLIENTS} clients, requests per second: medians of {ROUNDS} rounds of {SECONDS:g} s, asked in turns")
    for name, rounds in found.items():
        rates = "   ".join(f"{each} {statistics.median(r[each] for r in rounds):6.0f}" for each in PORTS)
        print(f"{name:<8} {rates}   ratio {share(rounds, 'bare'):.2f} (async {share(rounds, 'bare async'):.2f})")
    ratio = share(found["look-up"], "bare")
    print(f"look-ups: {ratio:.2f} of the bare handler (bar: {BAR}) {'ok' if ratio >= BAR else 'MISSED'}")
    return 0 if ratio >= BAR else 1


def share(rounds: list[dict[str, float]], other: str) -> float:
    """Return what part of another server's rate ours is: the median of the rounds, for a busy machine slows a whole round."""
    return statistics.median(each["kg serve"] / each[other] for each in rounds)


def commands(folder: Path) -> dict[str, list[str]]:
    """Return how the servers of a graph folder are started."""
    bare = [sys.executable, "-c"]
    data = str(folder / GRAPH)
    return {
        "bare": [*bare, BARE.replace("{kind}", "def"), data, str(PORTS["bare"])],
        "bare async": [*bare, BARE.replace("{kind}", "async def"), data, str(PORTS["bare async"])],
        "kg serve": [sys.executable, "cli.py", "serve", "-g", str(folder), "--port", str(PORTS["kg serve"]), "--workers", "2"],
    }


def same(things: int) -> None:
    """Make sure that all answer the same."""
    for name, query in queries(5, things).items():
        answers = [sorted(map(str, json.loads(ask(port, query))["results"]["bindings"])) for port in PORTS.values()]
        if not answers[0] or any(each != answers[0] for each in answers):
            raise SystemExit(f"{name}: the servers disagree")


if __name__ == "__main__":
    sys.exit(main())
