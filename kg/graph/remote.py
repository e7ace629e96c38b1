"""A graph on any SPARQL 1.1 server, by its URL: read and written over HTTP, and nothing but that URL is contacted.

A write is one SPARQL update, which servers take wholly or not at all. Where a server refuses one so long, the graphs go
one by one over the Graph Store Protocol; the manifest, which stands in a graph of its own, is taken away before and put
back at the end, so a reader meanwhile is told to wait and never takes half of a graph for a whole one.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from itertools import chain
from typing import Any, NoReturn
from urllib.parse import urlsplit

import httpx
import pyoxigraph as ox

from kg.errors import GraphError, QueryError
from kg.graph.graph import Graph
from kg.graph.result import Raw
from kg.graph.sparql import FORMS, Token, dataset_clause, declarations, tokens
from kg.graph.store import FORM, sorted_quads
from kg.graph.terms import DEFAULT
from kg.namespaces import BASE, KG

ABOUT = ox.NamedNode(BASE + "graph/manifest")  # holds one triple, which tells of the graph
WHOLE = ox.NamedNode(KG.manifest)
BEGUN = ox.NamedNode(KG.beingWritten)
DEFAULT_HERE = ox.NamedNode(BASE + "graph/default")  # on servers without a default graph of their own
ONE_UPDATE = 64_000_000  # bytes; longer ones go graph by graph
PATIENCE = httpx.Timeout(10, read=600, write=600)  # seconds; a large graph takes its time to load
TRIPLES = "application/n-triples"
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
        self.url = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()  # for messages: without a password
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
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise GraphError(f"{self.url}: no answer: {error or type(error).__name__}; is the server running?") from error

    def update(self, text: bytes) -> httpx.Response:
        """Run an update."""
        return self.send("POST", self.update_url, content=text, headers={"Content-Type": "application/sparql-update"})

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
        """Raise GraphError where the server cannot be reached, or its default graph holds what is no graph of ours."""
        ours = self.told(WHOLE) or self.told(BEGUN)
        if not ours and self.default == str(DEFAULT) and self.server.rows("SELECT ?s WHERE { ?s ?p ?o } LIMIT 1"):
            raise GraphError(f"{self.server.url}: holds data that is no graph of ours; name an empty server")

    @cached_property
    def default(self) -> str:
        """What stands for the default graph: itself, or a named graph on servers that have none (Virtuoso)."""
        answer = self.server.send("GET", self.server.store_url, params={"default": ""}, headers={"Accept": TRIPLES})
        return str(DEFAULT if answer.status_code in (200, 204, 404) else DEFAULT_HERE)

    def told(self, predicate: ox.NamedNode) -> dict[str, Any] | None:
        """Return what the server was told of a graph that is whole, or of one that a write has begun; nothing if not."""
        found = self.server.rows(f"SELECT ?words WHERE {{ GRAPH {ABOUT} {{ {ABOUT} {predicate} ?words }} }}")
        told = json.loads(found[0][0].value) if found else {}
        return told if told.get("attest") == FORM else None

    def manifest(self) -> Mapping[str, Any] | None:
        """Return what the server was told of a graph that is whole."""
        return self.told(WHOLE)

    def write(self, graph: Graph) -> None:
        """Put a graph in place of the one that is there.

        Raises GraphError where the server refuses; nothing else on the server is touched.
        """
        self.check()
        parts = self.parts(graph.store)
        old = self.told(WHOLE) or self.told(BEGUN) or {}
        manifest = {**graph.manifest, "attest": FORM, "graph": digest(graph.store), "graphs": sorted(parts)}
        gone = sorted(set(old.get("graphs", ())) - parts.keys())
        text = replacement(parts, gone, manifest)
        if len(text) > ONE_UPDATE or not self.server.update(text).is_success:
            self.write_by_graph(parts, gone, manifest)

    def parts(self, store: ox.Store) -> dict[str, bytes]:
        """Return the N-Triples of each graph, by the name that it has on the server."""
        names = [DEFAULT, *store.named_graphs()]
        found = {str(name): store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=name) or b"" for name in sorted(names, key=str)}
        return {self.default if name == str(DEFAULT) else name: triples for name, triples in found.items()}

    def write_by_graph(self, parts: Mapping[str, bytes], gone: Iterable[str], manifest: Mapping[str, Any]) -> None:
        """Put one graph after the other, between taking the manifest away and putting the new one."""
        self.put(str(ABOUT), said(BEGUN, {"attest": FORM, "graphs": sorted({*gone, *parts})}))
        for name in gone:
            answer = self.server.send("DELETE", self.server.store_url, params=address(name))
            if not answer.is_success and answer.status_code != 404:
                refuse(self.server, f"{name} cannot be removed", answer)
        for name, triples in parts.items():
            self.put(name, triples)
        self.put(str(ABOUT), said(WHOLE, manifest))

    def put(self, name: str, triples: bytes) -> None:
        """Replace one graph."""
        headers = {"Content-Type": TRIPLES}
        answer = self.server.send("PUT", self.server.store_url, params=address(name), content=triples, headers=headers)
        if not answer.is_success:
            refuse(self.server, f"{name} cannot be written", answer)

    def read(self) -> Graph:
        """Open the graph there; queries run on the server, all else on a copy that is fetched when it is needed.

        Raises GraphError where there is none.
        """
        manifest = self.told(WHOLE)
        if manifest is None:
            why = "a build is writing it, or broke off; try again, or build again" if self.told(BEGUN) else "run kg build first"
            raise GraphError(f"{self.server.url}: holds no graph: {why} (kg build --store {self.server.url})")
        return RemoteGraph(self, manifest)

    def fetch(self, manifest: Mapping[str, Any]) -> ox.Store:
        """Return a copy of the graph that a manifest tells.

        Raises GraphError where it was replaced meanwhile.
        """
        store = ox.Store()
        for name in manifest["graphs"]:
            answer = self.server.send("GET", self.server.store_url, params=address(name), headers={"Accept": TRIPLES})
            if answer.status_code == 404:
                continue  # the count will tell whether it was empty, or removed
            if not answer.is_success:
                refuse(self.server, f"{name} cannot be read", answer)
            target = DEFAULT if name == self.default else ox.NamedNode(name.strip("<>"))
            store.bulk_load(answer.content, format=ox.RdfFormat.TURTLE, to_graph=target)
        if self.told(WHOLE) != manifest or len(store) != manifest["graph"]["quads"]:
            raise GraphError(f"{self.server.url}: the graph was replaced while it was read; try again")
        return store

    def ask(self, text: str, *, default: str | None, timeout: float | None) -> Raw:
        """Run a query on the server; rows come as they are asked for.

        Raises SyntaxError where the server refuses the query, QueryError where `timeout` seconds pass.
        """
        form_at = next((t for t in tokens(text) if t.is_word(*FORMS)), Token("word", "SELECT", 0))
        asked = form_at.text.upper()
        if asked == "ASK" and default:  # where Virtuoso says yes to everything
            text = f"{text[: form_at.start]}SELECT *{text[form_at.start + len(asked) :]} LIMIT 1"
        accept = TRIPLES if asked in ("CONSTRUCT", "DESCRIBE") else ROWS
        form = {"query": text, **({"default-graph-uri": default.strip("<>")} if default else {})}
        body: Any = Answer(self.server, form, accept, timeout)
        if accept == TRIPLES:
            return [quad.triple for quad in ox.parse(body, format=ox.RdfFormat.TURTLE)]
        found = ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON)
        if asked == "ASK" and isinstance(found, ox.QuerySolutions):
            return next(found, None) is not None
        return found


class Answer:
    """The body of an answer as a file that is read while it comes, closed at its end."""

    def __init__(self, server: Server, form: Mapping[str, str], accept: str, seconds: float | None) -> None:
        """Send the query. Raises SyntaxError where the server refuses it, QueryError where it fails or takes too long."""
        self.seconds = seconds
        self.until = None if seconds is None else time.monotonic() + seconds
        timeout = PATIENCE if seconds is None else httpx.Timeout(10, read=seconds)
        request = server.client.build_request("POST", server.query_url, data=dict(form), headers={"Accept": accept}, timeout=timeout)
        with self.explained():
            self.answer = server.client.send(request, stream=True)
            if self.answer.is_success:
                self.pieces = self.answer.iter_bytes()
                return
            said = " ".join(self.answer.read().decode(errors="replace").split())[:200]
        raise SyntaxError(f"the server says {self.answer.status_code} {said}")

    def read(self, size: int = -1) -> bytes:
        """Return the next piece; nothing at the end. The length of pieces is the server's choice."""
        with self.explained():
            for piece in self.pieces:
                if self.until is not None and time.monotonic() > self.until:
                    self.answer.close()
                    raise QueryError(self.late())
                if piece:
                    return self.cut(piece, size)
        return b""

    def cut(self, piece: bytes, size: int) -> bytes:
        """Return as much of a piece as was asked for, and put the rest back."""
        if 0 < size < len(piece):
            self.pieces = chain((piece[size:],), self.pieces)
            return piece[:size]
        return piece

    def late(self) -> str:
        """Say that the time is over."""
        return f"stopped after {self.seconds:g} s; make the query narrower (LIMIT) or the --timeout longer"

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Turn failures of the connection into a QueryError."""
        try:
            yield
        except httpx.TimeoutException as error:
            raise QueryError(self.late() if self.seconds is not None else "the server gives no answer") from error
        except httpx.HTTPError as error:
            raise QueryError(f"the server broke off: {error or type(error).__name__}") from error


class RemoteGraph(Graph):
    """A graph on a server: `query` runs there; everything else reads a copy, fetched once when it is first needed."""

    local = False

    def __init__(self, place: RemoteStore, manifest: Mapping[str, Any]) -> None:
        """Take the store and the manifest that it told."""
        self.remote = place
        self.manifest = manifest
        self.folder = None

    @cached_property
    def copy(self) -> ox.Store:
        """The whole graph. Raises GraphError where it was replaced since it was opened."""
        return self.remote.fetch(self.manifest)

    @property
    def store(self) -> ox.Store:
        """The copy, which only this process sees."""
        return self.copy

    @property
    def names(self) -> Container[str]:
        """The IRIs of the named graphs."""
        return frozenset(name.strip("<>") for name in self.manifest["graphs"])

    def answer(
        self, text: str, prefixes: Mapping[str, str], *, default: ox.NamedNode | None = None, timeout: float | None = None
    ) -> Raw:
        """Run a query on the server, as `Graph.answer` does here; prefixes that it declares itself are left to it."""
        found = list(tokens(text))
        missing = {name: iri for name, iri in prefixes.items() if name not in declarations(found)}
        head = "".join(f"PREFIX {name}: {ox.NamedNode(iri)} " for name, iri in missing.items())
        elsewhere = None if self.remote.default == str(DEFAULT) or dataset_clause(found, prefixes).spans else self.remote.default
        return self.remote.ask(head + text, default=str(default) if default else elsewhere, timeout=timeout)


def address(name: str) -> dict[str, str]:
    """Return how the Graph Store Protocol names a graph."""
    return {"default": ""} if name == str(DEFAULT) else {"graph": name.strip("<>")}


def said(predicate: ox.NamedNode, value: object) -> bytes:
    """Return what a server is told of a graph: JSON in one triple."""
    return f"{ABOUT} {predicate} {ox.Literal(json.dumps(value, ensure_ascii=False, sort_keys=True))} .\n".encode()


def digest(store: ox.Store) -> dict[str, str | int]:
    """Return hash and number of the quads, as the manifest of a folder has them."""
    data = sorted_quads(store)
    return {"sha256": hashlib.sha256(data).hexdigest(), "quads": data.count(b"\n")}


def replacement(parts: Mapping[str, bytes], gone: Iterable[str], manifest: Mapping[str, Any]) -> bytes:
    """Return the one update that replaces a graph; N-Triples are SPARQL as they stand."""
    cleared = [f"DROP SILENT {'DEFAULT' if name == str(DEFAULT) else f'GRAPH {name}'} ;\n".encode() for name in sorted({*gone, *parts, str(ABOUT)})]
    kept = {**parts, str(ABOUT): said(WHOLE, manifest)}
    filled = [triples if name == str(DEFAULT) else b"GRAPH %s {\n%s}\n" % (name.encode(), triples) for name, triples in kept.items()]
    return b"".join([*cleared, b"INSERT DATA {\n", *filled, b"}\n"])
