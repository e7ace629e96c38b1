"""The endpoint against a bare Starlette and pyoxigraph handler, in one run: `python benchmarks/serve.py [QUADS]`.

Two clients ask each server over keep-alive connections, in turns, for some seconds: a look-up by name, a star (six
properties of every embassy), a group with a count. The bare handler holds the store itself, checks nothing, limits nothing
and can stop nothing. Bar: the endpoint answers at least .6 as many look-ups per second. Exits with 1 where it is missed.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import pyoxigraph as ox

from kg.graph.graph import Graph
from kg.graph.store import GRAPH, FolderStore

BAR = 0.6
CLIENTS = 2
SECONDS = 3.0
ROUNDS = 3
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
def sparql(request):
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
def server(command: list[str], port: int) -> Iterator[None]:
    """Run a server until it is no more needed."""
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": str(ROOT)})
    try:
        for _ in range(600):
            with contextlib.suppress(OSError):
                ask(http.client.HTTPConnection("127.0.0.1", port), "ASK {}")
                break
            time.sleep(0.1)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def ask(connection: http.client.HTTPConnection, query: str) -> bytes:
    """Ask a query."""
    connection.request("GET", "/sparql?" + urlencode({"query": query}), headers={"Accept": "application/sparql-results+json"})
    response = connection.getresponse()
    body = response.read()
    if response.status != 200:
        raise SystemExit(f"{response.status}: {body.decode()}")
    return body


def rate(port: int, name: str, things: int) -> float:
    """Return how many requests a second two clients get answered."""
    counts = [0] * CLIENTS
    end = time.perf_counter() + SECONDS

    def client(place: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        while time.perf_counter() < end:
            ask(connection, queries(counts[place] + place * 1_000_003, things)[name])
            counts[place] += 1

    threads = [threading.Thread(target=client, args=(place,)) for place in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / SECONDS


def main() -> int:
    """Measure, print, and say whether the bar is met."""
    quads = int(sys.argv[1]) if len(sys.argv) > 1 else QUADS
    things, ports = quads // PER_THING, {"bare": 8731, "kg serve": 8732}
    with tempfile.TemporaryDirectory() as folder:
        FolderStore(Path(folder) / "out").write(graph(quads))
        data = Path(folder) / "out" / GRAPH
        commands = {
            "bare": [sys.executable, "-c", BARE, str(data), str(ports["bare"])],
            "kg serve": [sys.executable, "cli.py", "serve", "-g", str(data.parent), "--port", str(ports["kg serve"]), "--workers", "2"],
        }
        with server(commands["bare"], ports["bare"]), server(commands["kg serve"], ports["kg serve"]):
            same(ports, things)
            found = {name: measured(name, ports, things) for name in queries(0, 1)}
    print(f"{quads:,} quads, {CLIENTS} clients, requests per second (median of {ROUNDS} rounds of {SECONDS:g} s)")
    for name, rates in found.items():
        print(f"{name:<8} bare {rates['bare']:8.0f}   kg serve {rates['kg serve']:8.0f}   ratio {rates['kg serve'] / rates['bare']:.2f}")
    ratio = found["look-up"]["kg serve"] / found["look-up"]["bare"]
    print(f"look-ups: {ratio:.2f} of the bare handler (bar: {BAR}) {'ok' if ratio >= BAR else 'MISSED'}")
    return 0 if ratio >= BAR else 1


def same(ports: dict[str, int], things: int) -> None:
    """Make sure that both answer the same."""
    for name, query in queries(5, things).items():
        one, other = (sorted(map(str, json.loads(ask(http.client.HTTPConnection("127.0.0.1", p), query))["results"]["bindings"])) for p in ports.values())
        if one != other or not one:
            raise SystemExit(f"{name}: the servers disagree")


def measured(name: str, ports: dict[str, int], things: int) -> dict[str, float]:
    """Return the median rate of each server, asked in turns."""
    rounds = [{server: rate(port, name, things) for server, port in ports.items()} for _ in range(ROUNDS)]
    return {server: sorted(r[server] for r in rounds)[ROUNDS // 2] for server in ports}


if __name__ == "__main__":
    sys.exit(main())
