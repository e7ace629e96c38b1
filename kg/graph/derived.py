"""What rules derived, read back as claims: they inherit firmness, source and evidence from what they came from.

Like what was read, they are marked where they keep no domain or range: a rule follows from claims that may be wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import pyoxigraph as ox
from rdflib.namespace import RDF

from kg.graph.constraints import misfits
from kg.graph.convert import predicate_name
from kg.graph.taught import taught_in
from kg.graph.terms import DERIVED_GRAPH, Term, id_of, node, value_of
from kg.model import Claim, Extraction, Literal, Modality
from kg.namespaces import CLAIM, ENT, KG


@dataclass(frozen=True, slots=True)
class Derivation:
    """A derived fact: as a claim, with the rules that found it and the ids of the claims it came from."""

    claim: Claim
    rules: tuple[str, ...]
    claims: tuple[str, ...]


def derivations(store: ox.Store, extraction: Extraction) -> tuple[Derivation, ...]:
    """Return the derived facts that rest on claims, sorted; of the others there is nothing to show."""
    claims = {claim.id: claim for claim in extraction.claims}
    found: dict[tuple[str, str, str | Literal], tuple[set[str], set[str]]] = {}
    for fact, rule, sources in derivation_rows(store):
        rules, used = found.setdefault(fact, (set(), set()))
        rules.add(rule)
        used.update(s for s in sources if s in claims)
    entities, taught = {e.id: e for e in extraction.entities}, taught_in(store)
    out = []
    for fact, (rules, used) in found.items():
        if used:
            claim = inherit(fact, [claims[i] for i in sorted(used)])
            marked = replace(claim, violations=tuple(sorted(set(misfits(claim, entities, taught)))))
            out.append(Derivation(marked, tuple(sorted(rules)), tuple(sorted(used))))
    return tuple(sorted(out, key=lambda d: (d.claim.document, d.claim.evidence, d.claim.id)))


def derivation_rows(store: ox.Store) -> Iterator[tuple[tuple[str, str, str | Literal], str, list[str]]]:
    """Yield fact, rule and claim ids of each derivation about entities."""
    kind = node(KG.Derivation)
    for quad in store.quads_for_pattern(None, node(RDF.type), kind, DERIVED_GRAPH):
        about = values_of(store, quad.subject)
        subject, value = about[str(RDF.subject)][0], about[str(RDF.object)][0]
        if not subject_is_entity(subject, value):
            continue
        end = value_of(value) if isinstance(value, ox.Literal) else id_of(value, ENT)
        fact = (id_of(subject, ENT), predicate_name(about[str(RDF.predicate)][0]), end)
        sources = [id_of(claim, CLAIM) for claim in about.get(str(KG.derivedFrom), ())]
        rule = about[str(KG.rule)][0]
        yield fact, rule.value if isinstance(rule, ox.Literal) else "", sources


def values_of(store: ox.Store, subject: Term) -> Mapping[str, list[Term]]:
    """Return the values of a derivation by predicate."""
    out: dict[str, list[Term]] = {}
    for quad in store.quads_for_pattern(subject, None, None, DERIVED_GRAPH):  # type: ignore[arg-type]
        out.setdefault(quad.predicate.value, []).append(quad.object)
    return out


def subject_is_entity(subject: Term, value: Term) -> bool:
    """Whether a derived triple is about an entity and ends in an entity or a value that claims can have."""
    if not isinstance(subject, ox.NamedNode) or not subject.value.startswith(ENT):
        return False
    return isinstance(value, ox.Literal) or (isinstance(value, ox.NamedNode) and value.value.startswith(ENT))


def inherit(fact: tuple[str, str, str | Literal], claims: Iterable[Claim]) -> Claim:
    """Return a fact as a claim: as weak as the weakest thing it needs, on the evidence of all.

    Of several claims of one thing the firmest counts; source and document are those of the weakest of these.
    """
    ordered = sorted(claims, key=lambda c: (c.modality is not Modality.ASSERTED, c.document, c.evidence, c.id))
    chosen: dict[object, Claim] = {}
    for claim in ordered:
        chosen.setdefault((claim.subject, claim.predicate, claim.object), claim)
    weakest = max(chosen.values(), key=lambda c: c.modality is not Modality.ASSERTED)
    times = {claim.when for claim in chosen.values() if claim.when}
    evidence = tuple(sorted({part for claim in ordered for part in claim.evidence}))
    subject, predicate, value = fact
    return replace(
        weakest,
        subject=subject,
        predicate=predicate,
        object=value,
        evidence=evidence,
        when=times.pop() if len(times) == 1 else None,
        when_words=None,
        example=None,
        order=None,
        revises=None,
        violations=(),
    )
