"""Quads by subject and predicate: what RDF is read back from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

import pyoxigraph as ox
from rdflib.namespace import RDF

from kg.errors import GraphError
from kg.graph.terms import DERIVED_GRAPH, ONTOLOGY_GRAPH, Term


class Index:
    """Quads by subject and predicate: what `from_rdf` reads from."""

    def __init__(self, quads: Iterable[ox.Quad]) -> None:
        """Take in all quads but those that say nothing of the extraction: the rules' and the ontology's."""
        ours: dict[str, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
        skipped = (ONTOLOGY_GRAPH, DERIVED_GRAPH)
        for quad in quads:
            if quad.graph_name not in skipped and isinstance(quad.subject, ox.NamedNode):
                ours[quad.subject.value][quad.predicate.value].append(quad.object)
        self.nodes = ours

    def under(self, namespace: str, predicate: str) -> Iterator[ox.NamedNode]:
        """Yield the subjects of a namespace that have a predicate, in order of their IRIs."""
        for iri in sorted(self.nodes):
            if iri.startswith(namespace) and str(predicate) in self.nodes[iri]:
                yield ox.NamedNode(iri)

    def all(self, subject: Term, predicate: str) -> list[Term]:
        """Return all values, sorted and each once."""
        if not isinstance(subject, ox.NamedNode) or subject.value not in self.nodes:
            return []
        return sorted(set(self.nodes[subject.value].get(str(predicate), ())), key=str)

    def maybe(self, subject: Term, predicate: str) -> Term | None:
        """Return the one value, or nothing.

        Raises GraphError where there are several.
        """
        found = self.all(subject, predicate)
        if len(found) > 1:
            raise GraphError(f"{subject} has {len(found)} values for <{predicate}>; one was expected")
        return found[0] if found else None

    def one(self, subject: Term, predicate: str) -> Term:
        """Return the one value.

        Raises GraphError where there is none, or several.
        """
        found = self.maybe(subject, predicate)
        if found is None:
            raise GraphError(f"{subject} lacks <{predicate}>")
        return found

    def words(self, subject: Term, predicate: str) -> str | None:
        """Return the text of the one value, or nothing."""
        found = self.maybe(subject, predicate)
        return found.value if isinstance(found, ox.Literal) else None

    def text(self, subject: Term, predicate: str) -> str:
        """Return the text of the one value."""
        return literal(self.one(subject, predicate)).value

    def whole(self, subject: Term, predicate: str) -> int:
        """Return the whole number of the one value."""
        return int(literal(self.one(subject, predicate)).value)

    def items(self, cell: Term | None) -> Iterator[ox.NamedNode]:
        """Yield the cells of a list."""
        while isinstance(cell, ox.NamedNode) and cell.value != str(RDF.nil):
            yield cell
            cell = self.one(cell, RDF.rest)


def literal(term: Term) -> ox.Literal:
    """Return a term that must be a literal."""
    if not isinstance(term, ox.Literal):
        raise GraphError(f"{term}: expected a literal")
    return term
