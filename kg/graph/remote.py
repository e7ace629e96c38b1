"""A graph on any SPARQL 1.1 server, by its URL: read and written over HTTP, and nothing but that URL is contacted.

A write is one SPARQL update, which servers take wholly or not at all. Where a server refuses one so long, the graphs go
one by one over the Graph Store Protocol; the manifest, which stands in a graph of its own, is taken away before and put
back at the end, so a reader meanwhile is told to wait and never takes half of a graph for a whole one.
"""

from __future__ import annotations

import hashlib
import io
import json
import time
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, NoReturn
from urllib.parse import urlsplit

import httpx
import pyoxigraph as ox

from kg.errors import GraphError, QueryError
from kg.graph.graph import Graph
from kg.graph.result import Raw
from kg.graph.store import FORM
from kg.graph.terms import DEFAULT
from kg.namespaces import BASE, KG

MANIFEST_GRAPH = ox.NamedNode(BASE + "graph/manifest")
MANIFEST = ox.NamedNode(KG.manifest)
DEFAULT_HERE = ox.NamedNode(BASE + "graph/default")  # on servers without a default graph of their own
ONE_UPDATE = 64_000_000  # bytes; longer ones go graph by graph
PATIENCE = httpx.Timeout(10, read=600, write=600)  # seconds; a large graph takes its time to load
READ_ACCEPT = "application/n-triples, text/turtle;q=0.5"
ROWS = "application/sparql-results+json"


class Server:
    """The three addresses of a SPARQL server, and what may go wrong with each.

    The URL a user names is the server's root (`/query`, `/update`, `/store` below it, as Oxigraph and Jena have them), or
    ends in `/query` or `/sparql`; a server that has one address for queries and updates (`/sparql`) is asked there.
    """

    def __init__(self, url: str) -> None:
        """Take the URL; nothing is sent yet. Raises GraphError where it names no server."""
        parts = urlsplit(url)
        if not parts.hostname:
            raise GraphError(f"{url}: names no server; write http://host:port/")
        self.url = url
        root = url.rstrip("/").removesuffix("/query")
        single = root.endswith("/sparql")
        self.query_url = root if single else f"{root}/query"
        self.update_url = root if single else f"{root}/update"
        self.store_url = f"{root}-graph-crud" if single else f"{root}/store"
        self.client = httpx.Client(timeout=PATIENCE, follow_redirects=False, trust_env=False)

    def send(self, method: str, url: str, **request: Any) -> httpx.Response:
        """Send a request and return the whole answer, whatever its status.

        Raises GraphError where the server cannot be reached.
        """
        try:
            return self.client.request(method, url, **request)
        except httpx.HTTPError as error:
            raise GraphError(f"{self.url}: no answer: {error or type(error).__name__}; is the server running?") from error

    def update(self, text: str) -> httpx.Response:
        """Run an update."""
        return self.send("POST", self.update_url, content=text.encode(), headers={"Content-Type": "application/sparql-update"})

    def rows(self, text: str) -> list[ox.QuerySolution]:
        """Return the rows of a small SELECT."""
        answer = self.send("POST", self.query_url, data={"query": text}, headers={"Accept": ROWS})
        if answer.status_code != 200:
            refuse(self, "cannot be asked", answer)
        return list(ox.parse_query_results(answer.content, format=ox.QueryResultsFormat.JSON))  # type: ignore[arg-type]


def refuse(server: Server, what: str, answer: httpx.Response) -> NoReturn:
    """Raise GraphError with what the server said, on one line."""
    said = " ".join(answer.text.split())[:200]
    raise GraphError(f"{server.url}: {what}: the server says {answer.status_code} {said}")


class RemoteStore:
    """A graph kept by a server."""

    def __init__(self, url: str) -> None:
        """Name the server; nothing is sent yet."""
        self.server = Server(url)

    def check(self) -> None:
        """Raise GraphError where the server cannot be reached, or holds something that is no graph of ours."""
        if self.manifest() is None and not self.broken_off() and self.server.rows("SELECT ?s WHERE { ?s ?p ?o } LIMIT 1"):
            raise GraphError(f"{self.server.url}: holds data that is no graph of ours; name an empty server")

    def manifest(self) -> dict[str, Any] | None:
        """Return the manifest of the graph there; nothing where there is none."""
        found = self.server.rows(f"SELECT ?words WHERE {{ GRAPH {MANIFEST_GRAPH} {{ {MANIFEST} {MANIFEST} ?words }} }}")
        told = json.loads(found[0][0].value) if found else {}
        return told if told.get("attest") == FORM else None

    def broken_off(self) -> list[str]:
        """Return the graphs of a write that has begun and not ended, if there is one."""
        found = self.server.rows(f"SELECT ?words WHERE {{ GRAPH {MANIFEST_GRAPH} {{ {MANIFEST} {KG_WRITING} ?words }} }}")
        return list(json.loads(found[0][0].value)) if found else []

    def write(self, graph: Graph) -> None:
        """Put a graph in place of the one that is there."""
        self.check()
        quads = by_graph(graph.store)
        old = (self.manifest() or {}).get("graphs", self.broken_off())
        manifest = {**graph.manifest, "graph": digest(quads), "graphs": sorted(str(name) for name in quads)}
        gone = sorted(set(old) - set(manifest["graphs"]))
        text = replacement(quads, gone, manifest)
        if len(text) <= ONE_UPDATE and self.server.update(text).is_success:
            return
        self.write_by_graph(quads, gone, manifest)

    def write_by_graph(self, quads: Mapping[GraphName, bytes], gone: Iterable[str], manifest: Mapping[str, Any]) -> None:
        """Put one graph after the other, between taking the manifest away and putting the new one."""
        begun = sorted({*gone, *manifest["graphs"]})
        self.put(MANIFEST_GRAPH, triple(KG_WRITING, begun))
        for name in gone:
            answer = self.server.send("DELETE", self.server.store_url, params=self.address(name))
            if not answer.is_success and answer.status_code != 404:
                refuse(self.server, f"{name} cannot be removed", answer)
        for name, triples in quads.items():
            self.put(name, triples)
        self.put(MANIFEST_GRAPH, triple(MANIFEST, manifest))

    def put(self, name: GraphName, triples: bytes) -> None:
        """Replace one graph."""
        request: dict[str, Any] = {"content": triples, "headers": {"Content-Type": "application/n-triples"}}
        answer = self.server.send("PUT", self.server.store_url, params=self.address(str(name)), **request)
        if not answer.is_success:
            refuse(self.server, f"{name} cannot be written", answer)

    def address(self, name: str) -> dict[str, str]:
        """Return how the Graph Store Protocol names a graph."""
        return {"default": ""} if name == str(DEFAULT) else {"graph": name.strip("<>")}

    def read(self) -> Graph:
        """Open the graph there; queries run on the server, all else on a copy that is fetched when it is needed."""
        manifest = self.manifest()
        if manifest is None:
            why = "a build is writing it, or was broken off: try again, or build again" if self.broken_off() else "run kg build first"
            raise GraphError(f"{self.server.url}: holds no graph; {why} (kg build --store {self.server.url})")
        return RemoteGraph(self, manifest)

    def fetch(self, manifest: Mapping[str, Any]) -> ox.Store:
        """Return a copy of the graph that a manifest tells.

        Raises GraphError where it was replaced meanwhile.
        """
        store = ox.Store()
        for name in manifest["graphs"]:
            answer = self.server.send("GET", self.server.store_url, params=self.address(name), headers={"Accept": READ_ACCEPT})
            if answer.status_code == 404:
                break
            if not answer.is_success:
                refuse(self.server, f"{name} cannot be read", answer)
            target = DEFAULT if name == str(DEFAULT) else ox.NamedNode(name.strip("<>"))
            store.bulk_load(answer.content, format=format_of(answer), to_graph=target)
        if self.manifest() != manifest or len(store) != manifest["graph"]["quads"]:
            raise GraphError(f"{self.server.url}: the graph was replaced while it was read; try again")
        return store


GraphName = ox.NamedNode | ox.BlankNode | ox.DefaultGraph
KG_WRITING = ox.NamedNode(KG.writing)
