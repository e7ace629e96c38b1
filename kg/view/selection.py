"""Which part of a graph a page shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from kg.errors import GraphError
from kg.model import ClaimKind, Extraction
from kg.namespaces import ENT

if TYPE_CHECKING:
    from kg.graph.graph import Graph


def select(graph: Graph, *, focus: str | None, hops: int, query: str | None, classes: Sequence[str]) -> Extraction:
    """Return the documents, entities and taught claims to show.

    Raises GraphError where nothing is left.
    """
    whole = graph.extraction
    claims = tuple(c for c in whole.claims if c.kind is ClaimKind.TAUGHT)
    chosen = {e.id for e in whole.entities}
    if query is not None:
        chosen &= entities_in(graph, query)
    if classes:
        chosen &= {e.id for e in whole.entities if set(classes) & set(e.types)}
    if focus is not None:
        chosen &= near(graph, focus, hops, [(c.subject, c.object) for c in claims if isinstance(c.object, str)])
    shown = tuple(c for c in claims if c.subject in chosen and (not isinstance(c.object, str) or c.object in chosen))
    used = {c.subject for c in shown} | {c.object for c in shown if isinstance(c.object, str)}
    entities = tuple(e for e in whole.entities if e.id in used or (e.id in chosen and (query or focus or classes)))
    if not entities:
        raise GraphError("nothing to show: no thing in the graph fits (kg show NAME finds names; leave --class or --query out)")
    return replace(whole, entities=entities, claims=shown)


def entities_in(graph: Graph, query: str) -> set[str]:
    """Return the ids of the entities that a query's answer holds."""
    base = str(ENT)
    return {str(term)[len(base) :] for row in graph.query(query) for term in row if str(term).startswith(base)}


def near(graph: Graph, focus: str, hops: int, edges: Iterable[tuple[str, str]]) -> set[str]:
    """Return the ids within some steps of a focus."""
    from kg.show import find

    beside: dict[str, set[str]] = {}
    for one, other in edges:
        beside.setdefault(one, set()).add(other)
        beside.setdefault(other, set()).add(one)
    reached = {find(graph, focus)[0].id}
    for _ in range(hops):
        reached |= {n for r in reached for n in beside.get(r, ())}
    return reached
