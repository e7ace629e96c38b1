"""What a query gives: rows with names, a yes or no, or triples; in rdflib's terms, as rdflib's results are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

import pyoxigraph as ox
import rdflib
from rdflib.query import ResultRow
from rdflib.term import BNode, Identifier, URIRef, Variable

from kg.graph.terms import Term

Row = tuple[Term | None, ...]


class ResultKind(StrEnum):
    """What form of query a result answers."""

    SELECT = "select"
    ASK = "ask"
    GRAPH = "graph"  # CONSTRUCT or DESCRIBE


def to_rdflib(term: Term) -> Identifier:
    """Return an Oxigraph term as rdflib's, a string subclass that knows its Python value."""
    if isinstance(term, ox.NamedNode):
        return URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return BNode(term.value)
    if isinstance(term, ox.Literal):
        if term.language:
            return rdflib.Literal(term.value, lang=term.language)
        plain = term.datatype.value == str(rdflib.XSD.string)
        return rdflib.Literal(term.value, datatype=None if plain else URIRef(term.datatype.value))
    raise TypeError(f"a result cannot hold {term!r}")


class Result:
    """The answer to a query.

    Iterating gives rows (`row.name`, `row["name"]`, `row[0]`), triples, or the one truth value. Rows are taken
    from the engine as they are asked for and kept, so a result can be read twice.
    """

    def __init__(
        self,
        kind: ResultKind,
        rows: Iterator[Row],
        *,
        variables: tuple[str, ...] = (),
        answer: bool | None = None,
        prefixes: Mapping[str, str] | None = None,
    ) -> None:
        """Take rows of Oxigraph terms: as wide as `variables`, or subject, predicate, object."""
        self.kind = kind
        self.variables = variables
        self.answer = answer
        self.prefixes = dict(prefixes or {})
        self._coming = rows
        self._kept: list[Row] = []

    @classmethod
    def of(cls, raw: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples, prefixes: Mapping[str, str] | None = None) -> Result:
        """Wrap what Oxigraph answers."""
        if isinstance(raw, ox.QueryBoolean):
            return cls(ResultKind.ASK, iter(()), answer=bool(raw), prefixes=prefixes)
        if isinstance(raw, ox.QueryTriples):
            triples = ((t.subject, t.predicate, t.object) for t in raw)
            return cls(ResultKind.GRAPH, triples, variables=("subject", "predicate", "object"), prefixes=prefixes)
        names = tuple(v.value for v in raw.variables)
        return cls(ResultKind.SELECT, map(tuple, raw), variables=names, prefixes=prefixes)

    def terms(self) -> Iterator[Row]:
        """Yield rows of Oxigraph terms; None where a variable has no value."""
        yield from self._kept
        for row in self._coming:
            self._kept.append(row)
            yield row

    def __iter__(self) -> Iterator[Any]:
        """Yield rows, triples, or the one truth value."""
        if self.kind is ResultKind.ASK:
            yield bool(self.answer)
        names = [Variable(name) for name in self.variables]
        for row in self.terms():
            values = [None if term is None else to_rdflib(term) for term in row]
            if self.kind is ResultKind.GRAPH:
                yield tuple(v for v in values if v is not None)
            else:
                yield ResultRow({n: v for n, v in zip(names, values, strict=True) if v is not None}, names)

    def __len__(self) -> int:
        """Count the rows or triples, taking all of them from the engine."""
        return sum(1 for _ in self.terms())

    def __bool__(self) -> bool:
        """Return the answer of ASK; of the others, whether there is anything."""
        return bool(self.answer) if self.kind is ResultKind.ASK else next(self.terms(), None) is not None

    @property
    def vars(self) -> list[Variable]:
        """The names of the columns, as rdflib calls them."""
        return [Variable(name) for name in self.variables]

    @property
    def graph(self) -> rdflib.Graph:
        """The triples of CONSTRUCT or DESCRIBE as an rdflib graph."""
        graph = rdflib.Graph()
        for prefix, namespace in self.prefixes.items():
            graph.bind(prefix, namespace)
        for subject, predicate, value in self.terms() if self.kind is ResultKind.GRAPH else ():
            if subject is not None and predicate is not None and value is not None:
                graph.add((to_rdflib(subject), to_rdflib(predicate), to_rdflib(value)))
        return graph
