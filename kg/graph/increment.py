"""A graph from the one before it: the lines of unchanged documents stay where they are.

An account, kept beside the graph, says which facts the claims of each document state, and what rules derived in which
round. Where the account fits the graph, only the lines that differ are made; the result is the same, byte for byte, as
that of making all of them. Rules of a simple form are followed from the difference alone (`kg.graph.follow`), others are
run over all facts. Where the account does not fit, or a rule looks at more than the facts and names of the default graph,
there is nothing to go by and the graph is made anew.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain
from pathlib import Path

import pyoxigraph as ox
from rdflib import URIRef
from rdflib.namespace import OWL, RDF, RDFS, SKOS

from kg.errors import GraphError
from kg.graph.convert import claim_quads, document_quads, entity_quads, judgement_quads, object_term, observation_quads, property_iri
from kg.graph.follow import TYPE, BeyondError, Fact, Following, Plan, World, plan_of
from kg.graph.gate import misquotes
from kg.graph.lines import Lines, Pieces, hash_of, in_default_graph, mapped
from kg.graph.rules import Derived, Pattern, Rule, Triple, derive, derived_quads, triples_in
from kg.graph.terms import DEFAULT, DERIVATION, minted
from kg.model import Claim, Entity, Extraction, content_id
from kg.namespaces import CLAIM, DOC, ENT, GEO, KG
from kg.ontology import Ontology

Stated = dict[str, frozenset[str]]  # fact -> IRIs of the claims that state it
HASHES = str(CLAIM)  # before the id of a claim, a hash, in its IRI

OF_ENTITIES = frozenset(str(p) for p in (RDF.type, RDFS.label, SKOS.altLabel, OWL.sameAs, KG.classes, KG.named, GEO.lat, GEO.long))


@dataclass(frozen=True, slots=True)
class Share:
    """What one document gives to a graph: how much it says, and the facts that its claims state."""

    entities: int  # that no other document speaks of
    claims: int
    observations: int
    judgements: int
    facts: Sequence[Sequence[str]]  # id of the claim, subject predicate object


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What a rule derived: subject predicate object, the rule, the IRIs of the claims, and the round in which it did."""

    triple: str
    rule: str
    claims: tuple[str, ...]
    round: int


@dataclass(frozen=True, slots=True)
class Account:
    """What a graph rests on."""

    graph: str  # sha256 of its file
    basis: str  # hash of engine, ontology and rules
    looks_at: Sequence[str]  # predicates that rules look at
    plans: Sequence[Plan] | None  # the rules in their simplest form; nothing where one has another
    entities: int
    shares: Mapping[str, Share]  # by document
    conclusions: Sequence[Conclusion]


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


def plans_of(rules: Iterable[Rule]) -> tuple[Plan, ...] | None:
    """Return rules in their simplest form; nothing where one has another, or looks at names."""
    found = [plan_of(rule, {f"<{p}>" for p in OF_ENTITIES} - {TYPE}) for rule in rules]
    return None if None in found else tuple(plan for plan in found if plan)


def share_of(part: Extraction, entities: int, ontology: Ontology) -> Share:
    """Return what a document gives to a graph; `entities` is how many no other document speaks of."""
    facts = tuple((c.id, fact(c, ontology)) for c in part.claims if c.in_default_graph)
    return Share(entities, len(part.claims), len(part.observations), len(part.judgements), facts)


def fact(claim: Claim, ontology: Ontology) -> str:
    """Return the plain triple of a claim as N-Triples, without full stop."""
    return f"{minted(ENT, claim.subject)} {property_iri(claim.predicate, ontology)} {object_term(claim.object)}"


def conclusions_of(derived: Iterable[Derived]) -> tuple[Conclusion, ...]:
    """Return what rules derived, as an account keeps it."""
    found = (Conclusion(" ".join(map(str, d.triple)), d.rule, d.claims, d.round) for d in derived)
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
    """What is new: the documents and entities that differ, as values, and the shares of the whole graph."""

    gone: Sequence[str]  # documents that are no more, or say something else
    parts: Sequence[Extraction]  # of the documents that say something new, with the entities that they mention
    renewed: Sequence[str]  # entities that are no more as they were
    entities: Sequence[Entity]  # as they are now
    count: int  # of all entities
    shares: Mapping[str, Share]


@dataclass(slots=True)
class Difference:
    """The lines that go and those that come."""

    gone: set[bytes]
    new: set[bytes]

    def swap(self, old: set[bytes], new: set[bytes]) -> None:
        """Let some lines take the place of others."""
        self.gone |= old - new
        self.new |= new - old

    def settle(self) -> None:
        """Let what goes and comes again stay."""
        same = self.gone & self.new
        self.gone -= same
        self.new -= same


def next_graph(file: Path, quads: int, account: Account, change: Change, rules: Sequence[Rule], ontology: Ontology) -> tuple[Pieces, Account]:
    """Return the lines of the graph that comes after the one in a file, which has so many quads, and its account.

    Raises GraphError where the old graph is not the one that its account tells.
    """
    old = Lines(mapped(file))
    if hash_of([old.data]) != account.graph:
        raise GraphError("the graph is not the one that its account tells")
    difference = Difference(set(), set())
    held = old.of_graphs([str(minted(DOC, i)).encode() for i in change.gone])
    difference.swap(set().union(*held.values()), set().union(*(document_lines(p, ontology) for p in change.parts)))
    named = entity_lines(change.entities, ontology)
    difference.swap({line for i in change.renewed for line in names_of(old, i)}, named)
    stated = stated_in(account.shares), stated_in(change.shares)
    conclusions = concluded(old, account, change, named, stated, rules)
    swap_conclusions(difference, old, account.conclusions, conclusions)
    facts = [{*claims, *(c.triple for c in derived)} for claims, derived in zip(stated, (account.conclusions, conclusions), strict=True)]
    difference.swap({f"{t} .".encode() for t in facts[0] - facts[1]}, {f"{t} .".encode() for t in facts[1] - facts[0]})
    difference.settle()
    pieces = list(old.spliced(difference.gone, difference.new))
    spliced = Pieces(pieces, hash_of(pieces), quads + len(difference.new) - len(difference.gone))
    return spliced, replace(account, graph=spliced.sha256, entities=change.count, shares=change.shares, conclusions=conclusions)


def stated_in(shares: Mapping[str, Share]) -> Stated:
    """Return the facts that claims state, and the IRIs of the claims behind each."""
    claims: defaultdict[str, list[str]] = defaultdict(list)
    for share in shares.values():
        for claim, triple in share.facts:
            claims[triple].append(HASHES + claim)
    return {triple: frozenset(ids) for triple, ids in claims.items()}


def names_of(old: Lines, entity: str) -> Iterator[bytes]:
    """Yield what the default graph says of an entity beside facts."""
    subject = str(minted(ENT, entity)).encode()
    for line in old.beginning(subject + b" "):
        if in_default_graph(line) and line.split(b" ", 2)[1][1:-1].decode() in OF_ENTITIES:
            yield line


# ---- what follows --------------------------------------------------------------------------------


def concluded(
    old: Lines, account: Account, change: Change, named: Iterable[bytes], stated: tuple[Stated, Stated], rules: Iterable[Rule]
) -> tuple[Conclusion, ...]:
    """Return what rules derive from the facts that are stated now, having been stated before; from the difference alone where that is enough."""
    if account.plans is not None:
        with suppress(BeyondError):
            return followed(old, account, change, named, stated, account.plans)
    store = base_store(old, account, set(change.renewed), set(named), stated[1])
    read = ox.parse("".join(f"{t} .\n" for t in stated[1]).encode(), format=ox.RdfFormat.N_TRIPLES)
    behind: defaultdict[Triple, set[str]] = defaultdict(set)
    behind |= {(q.subject, q.predicate, q.object): set(told) for q, told in zip(read, stated[1].values(), strict=True)}
    return conclusions_of(derive(store, rules, behind))


def followed(
    old: Lines, account: Account, change: Change, named: Iterable[bytes], stated: tuple[Stated, Stated], plans: Sequence[Plan]
) -> tuple[Conclusion, ...]:
    """Return what rules derive, from the difference alone; errors as `Following.run`."""
    facts = {triple: fact_in(triple) for triple in {*stated[0], *stated[1], *(c.triple for c in account.conclusions)}}
    kinds_before = old_kinds(old)
    kinds = new_kinds(kinds_before, change.renewed, named)
    before, after = (
        World(dict.fromkeys((facts[t] for t in told), 0), {facts[t]: claims for t, claims in told.items()}, known)
        for told, known in zip(stated, (kinds_before, kinds), strict=True)
    )
    reasons: defaultdict[Fact, dict[str, frozenset[str]]] = defaultdict(dict)
    for conclusion in account.conclusions:
        fact, claims = facts[conclusion.triple], frozenset(conclusion.claims)
        reasons[fact][conclusion.rule] = claims
        before.rounds[fact] = conclusion.round
        before.behind[fact] = before.behind.get(fact, frozenset()) | claims
    differing = {facts[t] for t in stated[0].keys() | stated[1].keys() if stated[0].get(t) != stated[1].get(t)}
    for thing in {*map(iri_of_entity, change.renewed), *(line.split(b" ", 1)[0].decode() for line in named)}:
        differing |= {(thing, TYPE, kind) for kind in kinds_before(thing) ^ kinds(thing)}
    following = Following(plans, before, after, dict(reasons), differing)
    derived = following.run()
    same = (c for c in account.conclusions if facts[c.triple] not in following.differing)
    new = (
        Conclusion(" ".join(fact), rule, tuple(sorted(claims)), after.rounds[fact])
        for fact in following.differing
        for rule, claims in derived.get(fact, {}).items()
    )
    return tuple(sorted((*same, *new), key=lambda c: (c.rule, c.triple)))


def fact_in(triple: str) -> Fact:
    """Return a triple as its terms."""
    subject, predicate, value = triple.split(" ", 2)
    return subject, predicate, value


def iri_of_entity(entity: str) -> str:
    """Return the IRI of an entity as N-Triples write it."""
    return str(minted(ENT, entity))


def old_kinds(old: Lines) -> Callable[[str], frozenset[str]]:
    """Return what gives the classes of a thing in a graph."""

    @cache
    def kinds(thing: str) -> frozenset[str]:
        lines = old.beginning(f"{thing} {TYPE} ".encode()) if thing.startswith(f"<{ENT}") else ()
        return frozenset(line.split(b" ")[2].decode() for line in lines if in_default_graph(line))

    return kinds


def new_kinds(before: Callable[[str], frozenset[str]], renewed: Iterable[str], named: Iterable[bytes]) -> Callable[[str], frozenset[str]]:
    """Return what gives the classes of a thing in the next graph, of which `named` are the new lines of entities."""
    told: defaultdict[str, set[str]] = defaultdict(set, {iri_of_entity(i): set() for i in renewed})
    for line in named:
        subject, predicate, value = line.decode().removesuffix(" .").split(" ", 2)
        told[subject].update([value] if predicate == TYPE else ())
    return lambda thing: frozenset(told[thing]) if thing in told else before(thing)


def iri_of(conclusion: Conclusion) -> ox.NamedNode:
    """Return the IRI of what `Derived.iri` names."""
    return minted(DERIVATION, content_id(conclusion.rule, *conclusion.triple.split(" ", 2)))


def base_store(old: Lines, account: Account, renewed: set[str], named: set[bytes], facts: Iterable[str]) -> ox.Store:
    """Return the default graph that rules start from, as far as they look at it."""
    wanted = [f"<{p}>" for p in account.looks_at if p in OF_ENTITIES]
    kept: list[bytes] = []
    if wanted:
        skipped = {iri_of_entity(i).encode() for i in renewed}
        alternatives = b"|".join(re.escape(p.encode()) for p in wanted)
        pattern = re.compile(rb"^(<[^>\n]*>) (?:%b) [^\n]*$" % alternatives, re.MULTILINE)
        start, end = old.offset(f"<{ENT}".encode()), old.offset(f"<{ENT}\x7f".encode())
        kept = [m[0] for m in pattern.finditer(old.data, start, end) if m[1] not in skipped and in_default_graph(m[0])]
    store = ox.Store()
    store.bulk_load(b"\n".join([*kept, *named, *(f"{t} .".encode() for t in facts)]), format=ox.RdfFormat.N_QUADS)
    return store


def swap_conclusions(difference: Difference, old: Lines, before: Iterable[Conclusion], after: Iterable[Conclusion]) -> None:
    """Let derivations that differ take the place of others."""
    known = {(c.rule, c.triple): c for c in before}
    for conclusion in after:
        first = known.pop((conclusion.rule, conclusion.triple), None)
        if first is None or first.claims != conclusion.claims:
            difference.new.update(map(line_of, derived_quads([derived_from(conclusion)])))
            known |= {(conclusion.rule, conclusion.triple): first} if first else {}
    for conclusion in known.values():
        difference.gone.update(old.beginning(str(iri_of(conclusion)).encode() + b" "))


def derived_from(conclusion: Conclusion) -> Derived:
    """Return a conclusion as the rules gave it."""
    [quad] = ox.parse(f"{conclusion.triple} .".encode(), format=ox.RdfFormat.N_TRIPLES)
    return Derived((quad.subject, quad.predicate, quad.object), conclusion.rule, conclusion.claims, conclusion.round)
