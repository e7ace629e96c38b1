"""What a query gives: rows with names, a yes or no, or triples; in rdflib's terms, as rdflib's results are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Any

import pyoxigraph as ox
import rdflib
from rdflib.query import ResultRow
from rdflib.term import URIRef, Variable

from kg.errors import QueryError
from kg.graph.bridge import to_rdflib
from kg.graph.terms import Term

Row = tuple[Term | None, ...]
Raw = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples | list[ox.Triple] | bool  # what engines answer


class ResultKind(StrEnum):
    """What form of query a result answers."""

    SELECT = "select"
    ASK = "ask"
    GRAPH = "graph"  # CONSTRUCT or DESCRIBE


@lru_cache(maxsize=256)
def row_class(variables: tuple[str, ...]) -> Callable[[Iterable[Any]], ResultRow]:
    """Return the class of rdflib rows with these columns: the names are kept once, not with each row."""
    return type("Row", (ResultRow,), {"__new__": tuple.__new__, "labels": {name: i for i, name in enumerate(variables)}})


class Result:
    """The answer to a query.

    Iterating gives rows (`row.name`, `row["name"]`, `row[0]`), triples, or the one truth value. Rows are taken
    from the engine as they are asked for and kept, so a result can be read twice.
    """

    def __init__(
        self,
        kind: ResultKind,
        rows: Iterator[Iterable[Term | None]],
        *,
        variables: tuple[str, ...] = (),
        answer: bool | None = None,
        prefixes: Mapping[str, str] | None = None,
        holds: object = None,
    ) -> None:
        """Take rows of Oxigraph terms: as wide as `variables`, or subject, predicate, object.

        `holds` is kept as long as rows may come: the graph, whose folder stays locked against removal meanwhile.
        """
        self.kind = kind
        self.variables = variables
        self.answer = answer
        self.prefixes = dict(prefixes or {})
        self._coming = rows
        self._kept: list[Iterable[Term | None]] = []  # as the engine gives them: smaller than tuples of their terms
        self._streamed = False
        self._holds = holds

    @classmethod
    def of(cls, raw: Raw, prefixes: Mapping[str, str] | None = None, *, holds: object = None) -> Result:
        """Wrap what Oxigraph answers."""
        if isinstance(raw, ox.QueryBoolean | bool):
            return cls(ResultKind.ASK, iter(()), answer=bool(raw), prefixes=prefixes)
        if isinstance(raw, ox.QueryTriples | list):
            return cls(ResultKind.GRAPH, iter(raw), variables=("subject", "predicate", "object"), prefixes=prefixes, holds=holds)
        names = tuple(v.value for v in raw.variables)
        return cls(ResultKind.SELECT, raw, variables=names, prefixes=prefixes, holds=holds)

    def terms(self) -> Iterator[Row]:
        """Yield rows of Oxigraph terms; None where a variable has no value.

        Raises QueryError where the rows were streamed before, or the engine fails.
        """
        return map(tuple, self._rows())

    def stream(self) -> Iterator[Row]:
        """Yield rows as `terms` does, but keep none: however many there are, memory holds one.

        Raises QueryError where the rows were streamed before, or the engine fails.
        """
        return map(tuple, self._rows(keep=False))

    def _rows(self, *, keep: bool = True) -> Iterator[Iterable[Term | None]]:
        """Yield rows as the engine gives them.

        Raises QueryError where rows are gone (an empty answer would be a wrong one), or the engine fails.
        """
        if self._streamed:
            raise QueryError("the rows of this result were streamed and are gone; ask again")
        self._streamed = not keep
        yield from self._kept
        keep_row = self._kept.append if keep else None
        try:
            for row in self._coming:
                if keep_row:
                    keep_row(row)
                yield row
        except (OSError, RuntimeError, SyntaxError, ValueError) as error:
            raise QueryError(f"the query failed: {error}") from error

    def __iter__(self) -> Iterator[Any]:
        """Yield rows, triples, or the one truth value."""
        return iter((bool(self.answer),)) if self.kind is ResultKind.ASK else self._rdflib_rows()

    def _rdflib_rows(self) -> Iterator[Any]:
        """Yield rows or triples of rdflib's terms; names, which most cells are, take no call."""
        new, name, iri = str.__new__, ox.NamedNode, URIRef
        row_of: Callable[[Iterable[Any]], Any] = tuple if self.kind is ResultKind.GRAPH else row_class(self.variables)
        for row in self._rows():
            yield row_of([new(iri, term.value) if type(term) is name else to_rdflib(term) for term in row])

    def __len__(self) -> int:
        """Count the rows or triples, taking all of them from the engine."""
        return sum(1 for _ in self._rows())

    def __bool__(self) -> bool:
        """Return the answer of ASK; of the others, whether there is anything."""
        return bool(self.answer) if self.kind is ResultKind.ASK else next(self._rows(), None) is not None

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
