"""What a query gives: rows with names, a yes or no, or triples; in rdflib's terms, as rdflib's results are."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from functools import lru_cache, partial
from itertools import islice
from typing import Any

import pyoxigraph as ox
import rdflib
from rdflib.query import ResultRow
from rdflib.term import URIRef, Variable

from kg.errors import QueryError
from kg.graph.bridge import literal, to_rdflib
from kg.graph.terms import Term

Row = tuple[Term | None, ...]
RawRow = Iterable[Term | None]  # as the engine gives it
Raw = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples | list[ox.Triple] | bool  # what engines answer


class ResultKind(StrEnum):
    """What form of query a result answers."""

    SELECT = "select"
    ASK = "ask"
    GRAPH = "graph"  # CONSTRUCT or DESCRIBE


@lru_cache(maxsize=256)
def row_maker(variables: tuple[str, ...]) -> Callable[[Iterable[Any]], ResultRow]:
    """Return what makes rdflib rows with these columns: a class keeps the names once, not with each row."""
    made = type("Row", (ResultRow,), {"__new__": tuple.__new__, "labels": {name: i for i, name in enumerate(variables)}})
    return partial(tuple.__new__, made)  # as calling it does, without looking for a __init__


class Rows:
    """The rows of an answer: taken from the engine as they are asked for, and kept only for those who may yet ask."""

    def __init__(self, coming: Iterable[RawRow], holds: object) -> None:
        """Take the engine's rows; `holds` lives as long as these do."""
        self.coming = iter(coming)
        self.kept: list[RawRow] = []  # as the engine gives them: smaller than tuples of their terms
        self.readers = 0
        self.streamed = False
        self.holds = holds

    def read(self, owner: weakref.ref[Result], *, keep: bool = True) -> Iterator[Iterable[RawRow]]:
        """Return all rows, in bundles; while the owner or another reader lives, those that are taken are kept.

        Raises QueryError where rows are gone: an empty answer would be a wrong one.
        """
        if self.streamed:
            raise QueryError("the rows of this result were streamed and are gone; ask again")
        self.streamed = not keep
        self.readers += 1  # here, and not when the first row is asked for: that may be after others have read
        return self._bundles(owner if keep else None)

    def _bundles(self, owner: weakref.ref[Result] | None) -> Iterator[Iterable[RawRow]]:
        """Yield rows one by one while they must be kept, then all others as one bundle, straight from the engine."""
        place = 0
        try:
            while owner is not None and (self.readers > 1 or owner() is not None):
                if place == len(self.kept):
                    self.kept.extend(islice(self.coming, 1))
                if place == len(self.kept):
                    return
                place += 1
                yield self.kept[place - 1 : place]
            yield self.kept[place:]
            yield self.coming
        finally:
            self.readers -= 1


class Result:
    """The answer to a query.

    Iterating gives rows (`row.name`, `row["name"]`, `row[0]`), triples, or the one truth value. Rows are taken
    from the engine as they are asked for and kept, so a result can be read twice; one that nobody holds,
    as in `for row in graph.query(…)`, keeps none.
    """

    def __init__(
        self,
        kind: ResultKind,
        rows: Iterable[RawRow],
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
        self.prefixes = prefixes or {}
        self._taken = Rows(rows, holds)

    @classmethod
    def of(cls, raw: Raw, prefixes: Mapping[str, str] | None = None, *, holds: object = None) -> Result:
        """Wrap what Oxigraph answers."""
        if isinstance(raw, ox.QueryBoolean | bool):
            return cls(ResultKind.ASK, (), answer=bool(raw), prefixes=prefixes)
        if isinstance(raw, ox.QueryTriples | list):
            return cls(ResultKind.GRAPH, raw, variables=("subject", "predicate", "object"), prefixes=prefixes, holds=holds)
        names = tuple(v.value for v in raw.variables)
        return cls(ResultKind.SELECT, raw, variables=names, prefixes=prefixes, holds=holds)

    def terms(self) -> Iterator[Row]:
        """Yield rows of Oxigraph terms; None where a variable has no value.

        Raises QueryError where the rows were streamed before, or the engine fails.
        """
        return term_rows(self._rows())

    def stream(self) -> Iterator[Row]:
        """Yield rows as `terms` does, but keep none: however many there are, memory holds one.

        Raises QueryError where the rows were streamed before, or the engine fails.
        """
        return term_rows(self._rows(keep=False))

    def _rows(self, *, keep: bool = True) -> Iterator[Iterable[RawRow]]:
        """Return rows in bundles, as the engine gives them; errors as `terms`."""
        return self._taken.read(weakref.ref(self), keep=keep)

    def __iter__(self) -> Iterator[Any]:
        """Yield rows, triples, or the one truth value."""
        if self.kind is ResultKind.ASK:
            return iter((bool(self.answer),))
        return rdflib_rows(self._rows(), tuple if self.kind is ResultKind.GRAPH else row_maker(self.variables))

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


# These hold no result, so that one which nobody else holds keeps no rows.


def term_rows(bundles: Iterable[Iterable[RawRow]]) -> Iterator[Row]:
    """Yield rows of Oxigraph's terms."""
    with engine_errors():
        for rows in bundles:
            yield from map(tuple, rows)


def rdflib_rows(bundles: Iterable[Iterable[RawRow]], row_of: Callable[[Iterable[Any]], Any]) -> Iterator[Any]:
    """Yield rows or triples of rdflib's terms; names, which most cells are, take no call."""
    new, name, iri, words = str.__new__, ox.NamedNode, URIRef, ox.Literal
    with engine_errors():
        for rows in bundles:
            for row in rows:
                out = []
                for term in row:  # no comprehension: before Python 3.12 that is a call for each row
                    kind = type(term)
                    out.append(new(iri, term.value) if kind is name else literal(term) if kind is words else to_rdflib(term))  # type: ignore[union-attr, arg-type]
                yield row_of(out)


@contextmanager
def engine_errors() -> Iterator[None]:
    """Raise QueryError where the engine fails."""
    try:
        yield
    except (OSError, RuntimeError, SyntaxError, ValueError) as error:
        raise QueryError(f"the query failed: {error}") from error
