"""What is known of one thing, in words: each fact with its quote, its source and how firmly it is said."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from kg.errors import GraphError
from kg.model import Claim, ClaimKind, Entity, Judgement, Literal, Mention, Modality, Polarity, Source
from kg.namespaces import ENT

if TYPE_CHECKING:
    from kg.graph.graph import Graph

EVENT = "Event"
SHOWN = 12  # mentions in a description's text


# ---- finding -------------------------------------------------------------------------------------


def find(graph: Graph, text: str) -> list[Entity]:
    """Return the entities that a name, alias or id fits, best first, never none.

    What fits exactly comes alone; else what fits but for case and accents; else what begins so. Raises GraphError
    with the names that come close where nothing fits.
    """
    entities = graph.extraction.entities
    wanted = text.strip().removeprefix(str(ENT)).removeprefix("ent:")
    for fits in (exactly, loosely, begins):
        found = [entity for entity in entities if fits(entity, wanted)]
        if wanted and found:
            return sorted(found, key=lambda e: (-len(e.mentions), e.id))
    close = suggestions(entities, wanted)
    hint = f"close: {', '.join(close)}" if close else "kg stats shows what there is"
    raise GraphError(f"{text}: nothing in the graph has this name ({hint})")


def names_of(entity: Entity) -> Iterator[str]:
    """Yield all by which an entity may be called."""
    yield from (entity.id, entity.label, *entity.aliases)


def exactly(entity: Entity, wanted: str) -> bool:
    """Whether a name is just this."""
    return wanted in names_of(entity)


def loosely(entity: Entity, wanted: str) -> bool:
    """Whether a name is this but for case, accents and hyphens."""
    return folded(wanted) in map(folded, names_of(entity))


def begins(entity: Entity, wanted: str) -> bool:
    """Whether a word of a name begins so."""
    return any(f" {folded(name)}".find(f" {folded(wanted)}") >= 0 for name in names_of(entity))


def folded(words: str) -> str:
    """Return words without case, accents, hyphens and doubled spaces."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", words.casefold()) if not unicodedata.combining(c))
    return " ".join(re.sub(r"[-_‐-―]", " ", plain).split())


def suggestions(entities: Iterable[Entity], wanted: str) -> list[str]:
    """Return up to three labels that come close."""
    from rapidfuzz import fuzz, process

    labels = sorted({entity.label for entity in entities if entity.label})
    close = process.extract(wanted, labels, scorer=fuzz.WRatio, processor=folded, limit=3, score_cutoff=70)
    return [label for label, _, _ in close]


# ---- describing ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fact:
    """A claim as one of its ends sees it."""

    claim: str  # id
    predicate: str
    label: str  # the predicate in words
    outgoing: bool  # whether the described thing is the subject
    other: str  # label of the other end, or the value
    entity: str | None  # id of the other end, where it is an entity
    details: tuple[str, ...]  # of an event: its other roles, "via: Quito"
    quote: str
    said_by: str  # "according to Reuters, citing the ministry"; empty: the author
    modality: Modality
    polarity: Polarity
    when: str | None
    document: str  # id
    title: str
    start: int
    end: int
    kind: str  # taught, open or derived
    because: tuple[str, ...] = ()  # of a derived fact: the rules and the quotes it came from; of others: who decided what
    mark: str = ""  # what keeps it out of the default graph, or in it: "rejected", "violates the range of posted at"

    def lines(self) -> Iterator[str]:
        """Yield the fact as text."""
        words = [flat(self.other), *((f"({flat('; '.join(self.details))})",) if self.details else ())]
        if self.polarity is Polarity.NEGATIVE:
            words.insert(0, "not")
        marks = [mark for mark in (self.modality.value, self.when, self.said_by, self.mark) if mark]
        yield f"    {' '.join(words)}  [{flat(', '.join(marks))}]"
        yield f'        "{flat(self.quote)}" ({flat(self.title)}, {self.start}–{self.end})'
        yield from (f"        {flat(reason)}" for reason in self.because)


@dataclass(frozen=True, slots=True)
class Description:
    """All that is known of an entity; `outgoing` and `incoming` hold facts by predicate, in the order of labels."""

    entity: Entity
    types: tuple[str, ...]  # in words
    outgoing: Mapping[str, tuple[Fact, ...]]
    incoming: Mapping[str, tuple[Fact, ...]]
    mentions: tuple[Mention, ...]
    judgements: tuple[Judgement, ...]

    def lines(self, *, why: bool = False, open_claims: bool = False) -> Iterator[str]:
        """Yield the description as text; `why` adds the reasons of merges and derived facts."""
        yield f"{flat(self.entity.label)} (ent:{self.entity.id})"
        yield f"  {', '.join(self.types) or 'unknown kind'}"
        if self.entity.aliases:
            yield f"  also: {flat(', '.join(self.entity.aliases))}"
        yield from (f"  same as: {iri}" for iri in self.entity.same_as)
        for facts, arrow in ((self.outgoing, "{}"), (self.incoming, "← {}")):
            for group in facts.values():
                shown = [f for f in group if open_claims or f.kind != ClaimKind.OPEN.value]
                if shown:
                    yield f"  {arrow.format(shown[0].label)}"
                for fact in shown:
                    lines = list(fact.lines())
                    yield from lines if why else lines[:2]
        yield f"  {len(self.mentions)} mentions: {', '.join(dict.fromkeys(flat(m.text) for m in self.mentions[:SHOWN]))}"
        yield from self.reasons() if why else ()

    def reasons(self) -> Iterator[str]:
        """Yield why mentions were joined or kept apart."""
        for judgement in self.judgements:
            one, other = judgement.mention, judgement.antecedent
            pair = f'"{flat(one.text)}" ({one.start}) and "{flat(other.text)}" ({other.start})'
            yield f"  {judgement.verdict.value}: {pair}: {flat(judgement.reason)}"


def describe(graph: Graph, entity: Entity) -> Description:
    """Gather what is known of an entity."""
    teller = Teller(graph)
    facts = [
        teller.fact(claim, kind, claim.subject == entity.id)
        for kind, claim in graph.all_claims()
        if entity.id in (claim.subject, claim.object)
    ]
    return Description(
        entity,
        tuple(teller.labels.get(name, name) for name in entity.types),
        grouped(f for f in facts if f.outgoing),
        grouped(f for f in facts if not f.outgoing),
        entity.mentions,
        tuple(j for j in graph.extraction.judgements if j.entity == entity.id),
    )


def grouped(facts: Iterable[Fact]) -> dict[str, tuple[Fact, ...]]:
    """Put facts together by predicate: positive and firm ones first, then in the order of the text."""
    by: Callable[[Fact], str] = lambda f: f.predicate  # noqa: E731
    ordered = sorted(facts, key=lambda f: (f.predicate, f.polarity is Polarity.NEGATIVE, f.other, f.document, f.start, f.claim))
    return {predicate: tuple(group) for predicate, group in groupby(ordered, key=by)}


class Teller:
    """Puts claims in words, with the names of a graph."""

    def __init__(self, graph: Graph) -> None:
        """Take the names of entities, documents, classes and predicates."""
        extraction = graph.extraction
        self.names = {entity.id: entity.label for entity in extraction.entities}
        self.titles = {document.id: document.title or document.path for document in extraction.documents}
        self.labels = graph.labels
        self.quotes = {c.id: c.evidence[0].quote for c in extraction.claims if c.evidence}
        self.derived = {d.claim.id: d for d in graph.derivations}
        self.decided = {d.id: ", ".join(filter(None, (d.about, d.why, d.by and f"by {d.by}", d.date))) for d in extraction.decisions}
        self.events = {e.id for e in extraction.entities if EVENT in e.types}
        self.roles: dict[str, list[Claim]] = {}
        for claim in extraction.claims:
            if claim.subject in self.events and claim.in_default_graph:
                self.roles.setdefault(claim.subject, []).append(claim)

    def fact(self, claim: Claim, kind: str, outgoing: bool) -> Fact:
        """Return a claim as one of its ends sees it."""
        end, mine = (claim.object, claim.subject) if outgoing else (claim.subject, claim.object)
        entity = None if isinstance(end, Literal) else end
        evidence = claim.evidence[0] if claim.evidence else None
        return Fact(
            claim=claim.id,
            predicate=claim.predicate,
            label=self.labels.get(claim.predicate, claim.predicate),
            outgoing=outgoing,
            other=self.end(end),
            entity=entity,
            details=self.details(entity, mine),
            quote=evidence.quote if evidence else "",
            said_by=according_to(claim.source, self.names),
            modality=claim.modality,
            polarity=claim.polarity,
            when=claim.when,
            document=claim.document,
            title=self.titles.get(claim.document, claim.document),
            start=evidence.start if evidence else 0,
            end=evidence.end if evidence else 0,
            kind=kind,
            because=self.because(claim, kind),
            mark=mark_of(claim),
        )

    def statement(self, claim: Claim) -> str:
        """Return what a claim says: "Ana Ruiz – posted at – embassy in Lima"."""
        negation = "not " if claim.polarity is Polarity.NEGATIVE else ""
        words = (self.end(claim.subject), self.labels.get(claim.predicate, claim.predicate), f"{negation}{self.end(claim.object)}")
        return flat(" – ".join(words))

    def end(self, end: str | Literal) -> str:
        """Return the label of an end."""
        return end.value if isinstance(end, Literal) else self.names.get(end, end)

    def details(self, event: str | None, mine: str | Literal) -> tuple[str, ...]:
        """Return the roles of an event that others than `mine` have, each once, in the order of the text."""
        roles = [c for c in self.roles.get(event or "", ()) if c.object != mine]
        told = (f"{self.labels.get(c.predicate, c.predicate)}: {self.end(c.object)}" for c in roles)
        return tuple(dict.fromkeys(told))

    def because(self, claim: Claim, kind: str) -> tuple[str, ...]:
        """Return the rules and quotes that a derived fact came from; of another, its id and what a person decided."""
        found = self.derived.get(claim.id)
        if found is None or kind != "derived":
            decided = self.decided.get(claim.decision or "")
            return (f"claim:{claim.id}", *((f"decided by a person: {decided}",) if decided else ()))
        quotes = dict.fromkeys(f'from "{self.quotes[i]}"' for i in found.claims if i in self.quotes)
        return (f"by rule {', '.join(found.rules)}", *quotes)


# ---- words ---------------------------------------------------------------------------------------


def mark_of(claim: Claim) -> str:
    """Return what a person or a constraint makes of a claim; nothing for most."""
    if claim.ruling is not None:
        return f"{claim.ruling.value} by a person"
    return f"violates {'; '.join(claim.violations)}" if claim.violations else ""


def flat(words: str) -> str:
    """Return words on one line, without characters that would steer a terminal."""
    return "".join(c for c in " ".join(words.split()) if unicodedata.category(c) not in ("Cc", "Cf"))


def speakers(source: tuple[Source, ...], names: Mapping[str, str]) -> str:
    """Return a chain of speakers, outermost first: "Reuters, citing the ministry"; nothing for the author."""
    told = [names.get(speaker.entity or "", speaker.words) for speaker in reversed(source)]
    return ", citing ".join(told)


def according_to(source: tuple[Source, ...], names: Mapping[str, str]) -> str:
    """Return who says so: "according to Reuters, citing the ministry"; nothing for the author."""
    told = speakers(source, names)
    return f"according to {told}" if told else ""
