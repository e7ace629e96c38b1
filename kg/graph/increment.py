"""A graph from the one before it: the lines of unchanged documents stay where they are.

An account, kept beside the graph, says what each document and each entity of it rested on, which facts its claims
state, and what rules derived. Where the account fits the graph, only the lines that differ are made; the result is
the same, byte for byte, as that of making all of them. Where it does not fit, or a rule looks at more than the facts
and names of the default graph, there is nothing to go by and the graph is made anew.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import pyoxigraph as ox
from rdflib import URIRef
from rdflib.namespace import OWL, RDF, RDFS, SKOS

from kg.errors import GraphError
from kg.graph.convert import claim_quads, document_quads, entity_quads, judgement_quads, object_term, observation_quads, property_iri
from kg.graph.gate import misquotes
from kg.graph.lines import Lines, in_default_graph
from kg.graph.rules import Derived, Pattern, Rule, Triple, derive, derived_quads, triples_in
from kg.graph.terms import DEFAULT, DERIVATION, DERIVED_GRAPH, minted
from kg.model import Claim, Entity, Extraction, content_id
from kg.namespaces import CLAIM, DOC, ENT, GEO, KG
from kg.ontology import Ontology

OF_ENTITIES = frozenset(str(p) for p in (RDF.type, RDFS.label, SKOS.altLabel, OWL.sameAs, KG.classes, KG.named, GEO.lat, GEO.long))


@dataclass(frozen=True, slots=True)
class Share:
    """What one document gives to a graph: what its lines rest on, how much it says, and the facts that its claims state."""

    basis: str
    claims: int
    observations: int
    judgements: int
    facts: tuple[tuple[str, str], ...]  # id of the claim, subject predicate object


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What a rule derived: subject predicate object, the rule, the IRIs of the claims."""

    triple: str
    rule: str
    claims: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Account:
    """What a graph rests on."""

    graph: str  # sha256 of its file
    basis: str  # hash of engine, ontology and rules
    looks_at: tuple[str, ...]  # predicates that rules look at
    shares: Mapping[str, Share]  # by document
    entities: Mapping[str, str]  # id to what the lines of an entity rest on
    conclusions: tuple[Conclusion, ...]


def looks_at(rules: Iterable[Rule]) -> tuple[str, ...] | None:
    """Return the predicates that rules look at; nothing where one looks beyond the default graph or adds names or classes."""
    found: set[str] = set()
    for rule in rules:
        added = predicates(rule, rule.template)
        if any(t.is_word("GRAPH", "FROM") for t in rule.tokens) or added & OF_ENTITIES:
            return None
        found |= predicates(rule, chain.from_iterable(triples_in(rule.algebra.p)))
    return tuple(sorted(found))


def predicates(rule: Rule, patterns: Iterable[Pattern]) -> set[str]:
    """Return the predicates of triple patterns; a variable has those that VALUES lists, a path or any other may have all."""
    found: set[str] = set()
    for _, predicate, _ in patterns:
        found.update([str(predicate)] if type(predicate) is URIRef else rule.listed.get(predicate, OF_ENTITIES))
    return found


# ---- an account of a graph that was made anew ----------------------------------------------------


def share_of(part: Extraction, basis: str, ontology: Ontology) -> Share:
    """Return what a document gives to a graph."""
    facts = tuple((c.id, fact(c, ontology)) for c in part.claims if c.in_default_graph)
    return Share(basis, len(part.claims), len(part.observations), len(part.judgements), facts)


def fact(claim: Claim, ontology: Ontology) -> str:
    """Return the plain triple of a claim as N-Triples, without full stop."""
    return f"{minted(ENT, claim.subject)} {property_iri(claim.predicate, ontology)} {object_term(claim.object)}"


def conclusions_of(store: ox.Store) -> tuple[Conclusion, ...]:
    """Return what rules derived, as the graph keeps it."""
    about: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for quad in store.quads_for_pattern(None, None, None, DERIVED_GRAPH):
        words = quad.object.value if quad.predicate.value in (str(KG.rule), str(KG.derivedFrom)) else str(quad.object)  # type: ignore[union-attr]
        about[str(quad.subject)][quad.predicate.value].append(words)
    ends = [str(p) for p in (RDF.subject, RDF.predicate, RDF.object)]
    found = (Conclusion(" ".join(a[end][0] for end in ends), a[str(KG.rule)][0], tuple(sorted(a[str(KG.derivedFrom)]))) for a in about.values())
    return tuple(sorted(found, key=lambda c: (c.rule, c.triple)))


# ---- the lines of a part -------------------------------------------------------------------------


def lines_in(quads: Iterable[ox.Quad], graph: ox.NamedNode | ox.DefaultGraph) -> set[bytes]:
    """Return the lines of one graph, as a store writes them."""
    store = ox.Store()
    store.extend(quads)
    return {line_of(q) for q in store.quads_for_pattern(None, None, None, graph)}


def line_of(quad: ox.Quad) -> bytes:
    """Return a quad as a line of N-Quads, without its end."""
    return f"{quad} .".encode()


def document_lines(part: Extraction, ontology: Ontology) -> set[bytes]:
    """Return the lines in the graph of a document, the mentions of its entities among them.

    Raises GraphError where a quote is not the text at its offsets.
    """
    wrong = next(misquotes(part), None)
    if wrong:
        raise GraphError(wrong)
    quads = chain(
        chain.from_iterable(map(document_quads, part.documents)),
        chain.from_iterable(entity_quads(e, ontology) for e in part.entities),
        chain.from_iterable(claim_quads(c, ontology) for c in part.claims),
        chain.from_iterable(map(observation_quads, part.observations)),
        chain.from_iterable(map(judgement_quads, part.judgements)),
    )
    return lines_in(quads, minted(DOC, part.documents[0].id))


def entity_lines(entities: Iterable[Entity], ontology: Ontology) -> set[bytes]:
    """Return what the default graph says of entities beside facts: their classes, names and places."""
    return lines_in(chain.from_iterable(entity_quads(replace(e, mentions=()), ontology) for e in entities), DEFAULT)


# ---- from one graph to the next ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Change:
    """What is new: the documents and entities that differ, as values, and the shares and entities of the whole graph."""

    parts: Sequence[Extraction]  # of the documents whose share differs, with the entities that they mention
    entities: Sequence[Entity]  # whose basis differs
    shares: Mapping[str, Share]
    bases: Mapping[str, str]  # of all entities


@dataclass(slots=True)
class Difference:
    """The lines that go and those that come."""

    gone: set[bytes]
    new: set[bytes]

    def swap(self, old: set[bytes], new: set[bytes]) -> None:
        """Let some lines take the place of others."""
        self.gone |= old - new
        self.new |= new - old


def next_graph(before: bytes, account: Account, change: Change, rules: Sequence[Rule], ontology: Ontology) -> tuple[bytes, Account]:
    """Return the lines of the next graph, and its account.

    Raises GraphError where the old graph is not the one that its account tells.
    """
    if hashlib.sha256(before).hexdigest() != account.graph:
        raise GraphError("the graph is not the one that its account tells")
    old = Lines(before)
    difference = Difference(set(), set())
    differing = [i for i, share in account.shares.items() if share != change.shares.get(i)]
    held = old.of_graphs([str(minted(DOC, i)).encode() for i in differing])
    difference.swap(set().union(*held.values()), set().union(*(document_lines(p, ontology) for p in change.parts)))
    renewed = {i for i in {*account.entities, *change.bases} if account.entities.get(i) != change.bases.get(i)}
    named = entity_lines(change.entities, ontology)
    difference.swap({line for i in renewed for line in names_of(old, i)}, named)
    facts, behind = facts_of(change.shares)
    store = base_store(old, account, renewed, named, facts)
    derived = derive(store, rules, behind)
    conclusions = tuple(Conclusion(" ".join(map(str, d.triple)), d.rule, d.claims) for d in derived)
    swap_conclusions(difference, old, account.conclusions, dict(zip(conclusions, derived, strict=True)))
    stated = {t for s in account.shares.values() for _, t in s.facts} | {c.triple for c in account.conclusions}
    difference.swap({f"{t} .".encode() for t in stated}, {f"{t} .".encode() for t in facts | {c.triple for c in conclusions}})
    data = b"".join(old.spliced(difference.gone, difference.new))
    ordered = tuple(sorted(conclusions, key=lambda c: (c.rule, c.triple)))
    return data, replace(account, graph=hashlib.sha256(data).hexdigest(), shares=change.shares, entities=change.bases, conclusions=ordered)


def facts_of(shares: Mapping[str, Share]) -> tuple[set[str], defaultdict[Triple, set[str]]]:
    """Return the facts that claims state, and the IRIs of the claims behind each."""
    claims: defaultdict[str, set[str]] = defaultdict(set)
    for share in shares.values():
        for claim, triple in share.facts:
            claims[triple].add(minted(CLAIM, claim).value)
    read = ox.parse("".join(f"{t} .\n" for t in claims).encode(), format=ox.RdfFormat.N_TRIPLES)
    behind = defaultdict(set, {(q.subject, q.predicate, q.object): told for q, told in zip(read, claims.values(), strict=True)})
    return set(claims), behind


def iri_of(conclusion: Conclusion) -> ox.NamedNode:
    """Return the IRI of what `Derived.iri` names."""
    return minted(DERIVATION, content_id(conclusion.rule, *conclusion.triple.split(" ", 2)))


def names_of(old: Lines, entity: str) -> Iterator[bytes]:
    """Yield what the default graph says of an entity beside facts."""
    subject = str(minted(ENT, entity)).encode()
    for line in old.beginning(subject + b" "):
        if in_default_graph(line) and line.split(b" ", 2)[1][1:-1].decode() in OF_ENTITIES:
            yield line


def base_store(old: Lines, account: Account, renewed: set[str], named: set[bytes], facts: Iterable[str]) -> ox.Store:
    """Return the default graph that rules start from, as far as they look at it."""
    wanted = [f"<{p}>" for p in account.looks_at if p in OF_ENTITIES]
    kept: list[bytes] = []
    if wanted:
        skipped = {str(minted(ENT, i)).encode() for i in renewed}
        alternatives = b"|".join(re.escape(p.encode()) for p in wanted)
        pattern = re.compile(rb"^(<[^>\n]*>) (?:%b) [^\n]*$" % alternatives, re.MULTILINE)
        start, end = old.offset(f"<{ENT}".encode()), old.offset(f"<{ENT}\x7f".encode())
        kept = [m[0] for m in pattern.finditer(old.data, start, end) if m[1] not in skipped and in_default_graph(m[0])]
    store = ox.Store()
    store.bulk_load(b"\n".join([*kept, *named, *(f"{t} .".encode() for t in facts)]), format=ox.RdfFormat.N_QUADS)
    return store


def swap_conclusions(difference: Difference, old: Lines, before: Iterable[Conclusion], after: Mapping[Conclusion, Derived]) -> None:
    """Let derivations that differ take the place of others."""
    known = set(before)
    for conclusion in known - after.keys():
        difference.gone.update(old.beginning(str(iri_of(conclusion)).encode() + b" "))
    difference.new.update(map(line_of, derived_quads(d for c, d in after.items() if c not in known)))
    same = difference.gone & difference.new
    difference.gone -= same
    difference.new -= same
