"""Queries answered in a reader's process: checked, run, written in the form the client takes, kept within the limits."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from itertools import islice
from typing import IO, Any, cast

import pyoxigraph as ox

from kg.errors import QueryError
from kg.graph.graph import Graph
from kg.graph.jsonld import Triple
from kg.graph.result import Result, ResultKind
from kg.graph.sparql import Token, declarations, refuse, syntax_error, tokens
from kg.query import serialise, triples_of
from kg.serve.media import ROWS, TRIPLES, choose, content_type
from kg.serve.protocol import RequestError

MOST_BYTES = 32 * 1024 * 1024  # of an answer
DEEPEST = 500  # brackets within brackets; the engine's stack ends at some thousands
CACHED = 16 * 1024  # characters; longer queries are checked each time
NO_XML = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")  # what XML cannot hold
BRACKETS = {"(": 1, "{": 1, "[": 1, ")": -1, "}": -1, "]": -1}
QUOTED = re.compile(rb'"[^"]*"')
XML_NAME = re.compile(r"[^\W\d][\w.-]*$")
LOCAL = {"json": ox.QueryResultsFormat.JSON, "xml": ox.QueryResultsFormat.XML, "csv": ox.QueryResultsFormat.CSV, "tsv": ox.QueryResultsFormat.TSV}


class Bounded:
    """A file that refuses to grow beyond what an answer may have."""

    def __init__(self) -> None:
        """Start empty."""
        self.parts: list[bytes] = []
        self.size = 0

    def write(self, data: bytes) -> int:
        """Take more; raises RequestError where it is too much."""
        self.size += len(data)
        if self.size > MOST_BYTES:
            raise RequestError(403, f"the answer has more than {MOST_BYTES >> 20} MB; ask for less (LIMIT)")
        self.parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Do nothing: all is in memory."""


class Answers:
    """Answers SPARQL over one graph."""

    def __init__(self, graph: Graph, *, rows: int) -> None:
        """Take a graph, and how many rows or triples an answer may have."""
        self.graph = graph
        self.rows = rows
        self.graphs = frozenset(name.value for name in graph.store.named_graphs() if isinstance(name, ox.NamedNode))
        self.prefixes = graph.prefixes
        self.known = lru_cache(maxsize=1024)(self.checked)

    def answer(self, text: str, *, base: str, accept: str, default: Iterable[str] = (), named: Iterable[str] = ()) -> tuple[str, bytes]:
        """Return the media type and the bytes of an answer; `base` completes relative IRIs.

        Raises QueryError for a query that is wrong or refused, RequestError for an answer that has no form or is too big.
        """
        prefixes = self.known(text) if len(text) <= CACHED else self.checked(text)
        try:
            raw = self.graph.store.query(text, base_iri=base, prefixes=prefixes, **self.dataset(tuple(default), tuple(named)))
        except SyntaxError as error:
            raise syntax_error(text, str(error)) from error
        except (OSError, RuntimeError, ValueError) as error:
            raise RequestError(500, f"the query failed: {error}") from error
        return self.written(raw, accept)

    def written(self, raw: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples, accept: str) -> tuple[str, bytes]:
        """Run a query to its end and write what it gives."""
        try:
            if isinstance(raw, ox.QueryTriples):
                return self.triples(((t.subject, t.predicate, t.object) for t in raw), accept)
            return self.table(raw, accept)
        except (OSError, RuntimeError, ValueError) as error:
            raise RequestError(500, f"the query failed: {error}") from error

    def checked(self, text: str) -> dict[str, str]:
        """Return those of our prefixes that a query uses, once nothing in it is refused; bad syntax shows when it runs."""
        found = list(tokens(text))
        refuse_depth(found)
        refuse(text, found, self.prefixes, self.graphs, based=True)
        used = {token.text.partition(":")[0] for token in found if token.kind == "name"} - declarations(found).keys()
        return {name: namespace for name, namespace in self.prefixes.items() if name in used}

    def dataset(self, default: tuple[str, ...], named: tuple[str, ...]) -> dict[str, Any]:
        """Return the dataset that a request names as the engine takes it; nothing for the whole store."""
        if not default and not named:
            return {}
        for iri in (*default, *named):
            if iri not in self.graphs:
                raise RequestError(400, f"{iri}: no graph of this store (nothing is fetched)")
        return {"default_graph": [ox.NamedNode(iri) for iri in default], "named_graphs": [ox.NamedNode(iri) for iri in named]}

    def table(self, raw: ox.QuerySolutions | ox.QueryBoolean, accept: str) -> tuple[str, bytes]:
        """Write rows, or a yes or no."""
        kind = chosen(accept, ROWS)
        name, out = ROWS[kind], Bounded()
        raw.serialize(cast("IO[bytes]", out), format=LOCAL[name])  # write and flush are all that the engine calls
        body = b"".join(out.parts)
        if name == "xml":
            body = NO_XML.sub(b"\xef\xbf\xbd", body)
        if count_rows(body, name, self.rows) > self.rows:
            raise too_many(self.rows, "rows")
        return content_type(kind), body

    def triples(self, found: Iterable[Triple], accept: str) -> tuple[str, bytes]:
        """Write triples, sorted and each once."""
        kind = chosen(accept, TRIPLES)
        kept = list(islice(found, self.rows + 1))
        if len(kept) > self.rows:
            raise too_many(self.rows, "triples")
        result = Result(ResultKind.GRAPH, iter(kept), variables=("subject", "predicate", "object"), prefixes=self.prefixes)
        out = Bounded()
        for piece in rdf_xml(result) if TRIPLES[kind] == "rdfxml" else serialise(result, TRIPLES[kind]):
            out.write(piece.encode() if isinstance(piece, str) else piece)
        return content_type(kind), b"".join(out.parts)


def chosen(accept: str, offered: Mapping[str, str]) -> str:
    """Return the media type to answer in.

    Raises RequestError where the client takes none of those on offer.
    """
    kind = choose(accept, tuple(offered))
    if kind is None:
        raise RequestError(406, f"no such form of the answer (there is: {', '.join(offered)})")
    return kind


def refuse_depth(found: Iterable[Token]) -> None:
    """Refuse what nests so deep that the engine's parser would run out of stack."""
    depth = 0
    for token in found:
        depth += BRACKETS.get(token.text, 0)
        if depth > DEEPEST:
            raise QueryError(f"the query nests more than {DEEPEST} brackets")


def too_many(rows: int, what: str) -> RequestError:
    """Say that an answer is too long."""
    return RequestError(403, f"the answer has more than {rows:,} {what}; ask for fewer (LIMIT)")


# ---- counting rows that are already written: the engine's own writer is ten times as fast as a loop in Python ------


def count_rows(body: bytes, name: str, most: int) -> int:
    """Return how many rows a written answer has; a number that is too high, but not above `most`, will do."""
    rough = COUNTS[name](body)
    return EXACT[name](body) if rough > most and name in EXACT else rough


def json_rows(body: bytes) -> int:
    """Count the rows of SPARQL JSON."""
    return len(json.loads(body).get("results", {}).get("bindings", ()))


def csv_rows(body: bytes) -> int:
    """Count the rows of CSV, whose quoted cells may hold line ends."""
    return QUOTED.sub(b"", body).count(b"\r\n") - 1


COUNTS: dict[str, Callable[[bytes], int]] = {
    "json": lambda body: body.count(b"},{") + 1,
    "xml": lambda body: body.count(b"<result>"),
    "csv": lambda body: body.count(b"\r\n") - 1,
    "tsv": lambda body: body.count(b"\n") - 1,
}
EXACT: dict[str, Callable[[bytes], int]] = {"json": json_rows, "csv": csv_rows}


def rdf_xml(result: Result) -> Iterable[bytes]:
    """Yield RDF/XML.

    Raises RequestError where a predicate has no name in XML.
    """
    found = triples_of(result)
    for _, predicate, _ in found:
        if not XML_NAME.search(predicate.value):
            raise RequestError(406, f"RDF/XML has no name for {predicate}; ask for text/turtle")
    body = ox.serialize([ox.Triple(*triple) for triple in found], format=ox.RdfFormat.RDF_XML) or b""
    yield NO_XML.sub(b"\xef\xbf\xbd", body)
