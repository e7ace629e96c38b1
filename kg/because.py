"""From a row of an answer back to the sentences: the claims that it names, joins, or speaks of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg.errors import QueryError
from kg.model import Claim, Entity
from kg.model import Literal as Value
from kg.namespaces import CLAIM, ENT
from kg.ontology import local_name
from kg.show import Teller, describe, flat

if TYPE_CHECKING:
    from kg.graph.graph import Graph
    from kg.graph.result import Row

Told = tuple[str, Claim]  # kind and claim, as Graph.all_claims gives them


def behind(graph: Graph, row: Row) -> Iterator[str]:
    """Yield the sentences behind a row, as lines of text.

    These are the claims that the row names; else those that join things of the row, directly or through an event;
    else all that is known of its things. Raises QueryError where the row holds none of these.
    """
    things = things_of(graph, row)
    claims = list(graph.all_claims())
    joined = narrowed(joining(claims, {e.id for e in things}, values_of(row)), row)
    for found in (named(claims, row), stated(claims, row), joined):
        if found:
            yield from lines_of(graph, found)
            return
    if not things:
        raise QueryError("this row names no claim and no thing of the graph; select one, such as ?who or ?claim")
    for entity in things:
        yield from describe(graph, entity).lines(why=True)


def things_of(graph: Graph, row: Row) -> list[Entity]:
    """Return the entities of a row, each once: by IRI, or by a label that only one has."""
    by_id = {e.id: e for e in graph.extraction.entities}
    by_label: dict[str, list[Entity]] = {}
    for entity in by_id.values():
        by_label.setdefault(entity.label, []).append(entity)
    found = []
    for term in row:
        if isinstance(term, ox.NamedNode):
            found.append(by_id.get(term.value.removeprefix(str(ENT))))
        elif isinstance(term, ox.Literal) and len(by_label.get(term.value, ())) == 1:
            found.append(by_label[term.value][0])
    return list({e.id: e for e in found if e is not None}.values())


def values_of(row: Row) -> set[str]:
    """Return the words of the literals of a row."""
    return {term.value for term in row if isinstance(term, ox.Literal)}


def named(claims: Iterable[Told], row: Row) -> list[Told]:
    """Return the claims whose IRIs stand in a row."""
    wanted = {t.value.removeprefix(str(CLAIM)) for t in row if isinstance(t, ox.NamedNode) and t.value.startswith(str(CLAIM))}
    return [(kind, claim) for kind, claim in claims if wanted and claim.id in wanted]


def stated(claims: Iterable[Told], row: Row) -> list[Told]:
    """Return the claims that state a row, where it is a triple."""
    if len(row) != 3 or not isinstance(row[0], ox.NamedNode) or not isinstance(row[1], ox.NamedNode):
        return []
    subject, predicate = row[0].value.removeprefix(str(ENT)), local_name(row[1].value)
    ends = {row[2].value, row[2].value.removeprefix(str(ENT))} if isinstance(row[2], ox.NamedNode | ox.Literal) else set()
    return [(k, c) for k, c in claims if (c.subject, c.predicate) == (subject, predicate) and end_of(c) in ends]


def joining(claims: Iterable[Told], things: set[str], values: set[str]) -> list[Told]:
    """Return the claims between two things of a row, or a thing and a value; else those by which one event joins two."""
    direct: list[Told] = []
    roles: dict[str, list[Told]] = {}
    for kind, claim in claims:
        if claim.subject in things and end_of(claim) in (values if isinstance(claim.object, Value) else things):
            direct.append((kind, claim))
        elif end_of(claim) in things and not isinstance(claim.object, Value):
            roles.setdefault(claim.subject, []).append((kind, claim))
    through = [told for held in roles.values() if len({end_of(c) for _, c in held}) > 1 for told in held]
    return direct or through


def narrowed(claims: list[Told], row: Row) -> list[Told]:
    """Return the claims with a quote, and those with a predicate, that stands in the row too; all where none has."""
    quotes = values_of(row)
    predicates = {local_name(term.value) for term in row if isinstance(term, ox.NamedNode)}
    claims = [(k, c) for k, c in claims if any(e.quote in quotes for e in c.evidence)] or claims
    return [(k, c) for k, c in claims if c.predicate in predicates] or claims


def end_of(claim: Claim) -> str:
    """Return the id of a claim's object, or the words of its value."""
    return claim.object.value if isinstance(claim.object, Value) else claim.object


def lines_of(graph: Graph, claims: Iterable[Told]) -> Iterator[str]:
    """Yield claims as text, each under what it says of whom."""
    teller, head = Teller(graph), ""
    for kind, claim in sorted(claims, key=lambda told: (told[1].subject, told[1].predicate, end_of(told[1]), told[1].id)):
        fact = teller.fact(claim, kind, True)
        told = f"{flat(teller.end(claim.subject))}: {fact.label}"
        if told != head:
            yield told
        head = told
        yield from fact.lines()
