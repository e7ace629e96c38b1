"""Which part of a graph a page opens on, and what the graph tells besides its extraction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rdflib.namespace import OWL, RDFS

from kg.errors import GraphError
from kg.model import Claim, ClaimKind, Extraction, Observation
from kg.namespaces import ENT
from kg.ontology import Ontology, local_name
from kg.view.data import Known, Term

if TYPE_CHECKING:
    from kg.graph.graph import Graph


@dataclass(frozen=True, slots=True)
class Chosen:
    """The ids of the entities that a page opens on, none for all, and what they are in words."""

    part: frozenset[str] | None
    about: str


def select(
    graph: Graph, *, focus: str | None, hops: int, query: str | None, classes: Sequence[str]
) -> Chosen:
    """Choose the part that fits all that is asked.

    Raises GraphError where nothing is left.
    """
    whole = graph.extraction
    if not whole.entities:
        raise GraphError("nothing to show: the graph holds no thing (kg build reads documents)")
    if focus is None and query is None and not classes:
        return Chosen(None, "")
    chosen, about = {e.id for e in whole.entities}, []
    if query is not None:
        chosen &= entities_in(graph, query)
        about.append("what a query found")
    if classes:
        chosen &= {e.id for e in whole.entities if set(classes) & set(e.types)}
        about.append(f"of class {', '.join(classes)}")
    if focus is not None:
        links = [
            (c.subject, c.object)
            for c in whole.claims
            if isinstance(c.object, str) and c.kind is ClaimKind.TAUGHT
        ]
        found = focused(graph, focus)
        chosen &= near(found[0], hops, links)
        about.append(f"within {hops} {'step' if hops == 1 else 'steps'} of {found[1]}")
    if not chosen:
        raise GraphError(
            "nothing to show: no thing in the graph fits (kg show NAME finds names; leave --class or --query out)"
        )
    return Chosen(frozenset(chosen), "; ".join(about))


def entities_in(graph: Graph, query: str) -> set[str]:
    """Return the ids of the entities that a query's answer holds; where it holds none, of those that it names by label."""
    base, cells = str(ENT), {str(term) for row in graph.query(query) for term in row}
    found = {cell[len(base) :] for cell in cells if cell.startswith(base)}
    return found or {entity.id for entity in graph.extraction.entities if entity.label in cells}


def focused(graph: Graph, focus: str) -> tuple[str, str]:
    """Return id and label of the thing that a name fits best.

    Raises GraphError where none does.
    """
    from kg.show import find

    best = find(graph, focus)[0]
    return best.id, best.label


def near(start: str, hops: int, links: Iterable[tuple[str, str]]) -> set[str]:
    """Return the ids within some steps."""
    beside: dict[str, set[str]] = {}
    for one, other in links:
        beside.setdefault(one, set()).add(other)
        beside.setdefault(other, set()).add(one)
    reached = {start}
    for _ in range(hops):
        reached |= {n for r in reached for n in beside.get(r, ())}
    return reached


def held(whole: Extraction, known: Known, part: Collection[str]) -> tuple[Extraction, Known]:
    """Return what a page on a part of a graph holds: all that is said of it, what that rests on, and who says it where.

    A claim is held if one of its ends is in the part, or if a rule drew such a claim from it; the other ends, the
    speakers and the documents come along, and of other documents nothing.
    """
    derived = [(claim, because) for claim, because in known.derived if ends(claim) & set(part)]
    rests = {i for _, because in derived for i in because}
    claims = tuple(c for c in whole.claims if ends(c) & set(part) or c.id in rests)
    figures = tuple(o for o in whole.observations if {o.place, o.about} & set(part))
    said: tuple[Claim | Observation, ...] = (*claims, *figures)
    speakers = {speaker.entity for each in (*said, *(c for c, _ in derived)) for speaker in each.source}
    kept = {*part, *speakers, *(i for c in (*claims, *(c for c, _ in derived)) for i in ends(c))}
    kept |= {i for figure in figures for i in (figure.place, figure.about) if i}
    entities = tuple(e for e in whole.entities if e.id in kept)
    read = {each.document for each in said} | {m.document for e in entities if e.id in part for m in e.mentions}
    documents = tuple(d for d in whole.documents if d.id in read)
    judgements = tuple(j for j in whole.judgements if j.entity in kept)
    return replace(
        whole, documents=documents, entities=entities, claims=claims, observations=figures, judgements=judgements
    ), replace(known, derived=derived)


def ends(claim: Claim) -> set[str]:
    """Return the entities that a claim is about."""
    return {claim.subject, claim.object} if isinstance(claim.object, str) else {claim.subject}


def known_of(graph: Graph) -> Known:
    """Return what the graph's own copy of the ontology calls things, and what rules derived."""
    import pyoxigraph as ox

    from kg.graph.terms import ONTOLOGY_GRAPH

    found: dict[str, dict[str, str]] = {}
    for quad in graph.store.quads_for_pattern(None, None, None, ONTOLOGY_GRAPH):
        if isinstance(quad.subject, ox.NamedNode) and isinstance(
            quad.object, ox.NamedNode | ox.Literal
        ):
            found.setdefault(quad.subject.value, {})[quad.predicate.value] = quad.object.value
    terms = {}
    for iri, about in sorted(found.items()):
        name, label = local_name(iri), about.get(str(RDFS.label))
        if label is not None:
            inverse = about.get(str(OWL.inverseOf))
            terms[name] = Term(
                label,
                iri,
                about.get(str(RDFS.comment), ""),
                local_name(inverse) if inverse else None,
            )
    return Known(terms, [(d.claim, d.claims) for d in graph.derivations])


def known_from(ontology: Ontology) -> Known:
    """Return what an ontology calls things."""
    terms = {c.name: Term(c.label, c.iri, c.comment) for c in ontology.classes.values()}
    return Known(
        terms
        | {p.name: Term(p.label, p.iri, p.comment, p.inverse) for p in ontology.properties.values()}
    )
