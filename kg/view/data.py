"""What the page knows, as plain values that become JSON: columns of numbers and words, sorted, each text once.

Offsets stay code points. Things and claims are found by keys, which are hashes of their content, so that a link
to one survives a rebuild; everything else refers to its place in a column.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from kg.model import (
    BlockKind,
    Claim,
    Document,
    Entity,
    Evidence,
    Extraction,
    Literal,
    Mention,
    MentionKind,
    Modality,
    Observation,
    Polarity,
    Source,
    Verdict,
    content_id,
)
from kg.namespaces import CLAIM, DOC, ENT, EV, KG
from kg.view.dates import span
from kg.view.kinds import Family, families

KEY = 10  # hex digits of a key; longer where two would be the same
MODALITIES = list(Modality)  # from the firmest; the page numbers them in this order
T = TypeVar("T", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Term:
    """A class or property in words, with its IRI and, where it has one, the name of its inverse."""

    label: str
    iri: str
    comment: str = ""
    inverse: str | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What there is to show besides the extraction: terms by name, and the claims that each derived claim rests on."""

    terms: Mapping[str, Term]
    derived: Sequence[tuple[Claim, tuple[str, ...]]] = ()


class Column(Generic[T]):
    """Distinct values in the order in which they were met, each with its place."""

    def __init__(self, *values: T) -> None:
        """Start with values that are always there."""
        self.places: dict[T, int] = {value: place for place, value in enumerate(values)}

    def of(self, value: T) -> int:
        """Return the place of a value, new or known."""
        return self.places.setdefault(value, len(self.places))

    def optional(self, value: T | None) -> int:
        """Return the place of a value, −1 for none."""
        return -1 if value is None else self.of(value)


def words_of(name: str) -> str:
    """Return the words of a local name: "postedAt" is "posted at"."""
    parts = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|_", " ", name).split()
    return " ".join(part if part.isupper() else part.lower() for part in parts) or name


def label_of(name: str, terms: Mapping[str, Term]) -> str:
    """Return what people call a class or property."""
    term = terms.get(name)
    return term.label if term else words_of(name)


def keys(ids: Iterable[str], salt: str) -> dict[str, str]:
    """Give each id a short hash; of two that begin alike, both get a longer one."""
    full = {i: content_id(salt, i) + content_id(i, salt) for i in ids}
    seen: dict[str, int] = {}
    for value in full.values():
        seen[value[:KEY]] = seen.get(value[:KEY], 0) + 1
    return {i: value[:KEY] if seen[value[:KEY]] == 1 else value for i, value in full.items()}


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page holds, sorted: the same graph gives the same page, in whatever order it was read."""

    documents: tuple[Document, ...]
    entities: tuple[Entity, ...]
    claims: tuple[Claim, ...]
    ids: tuple[str, ...]  # of the claims: a claim hashes itself at every call
    because: Mapping[
        int, tuple[int, ...]
    ]  # of a derived claim: the places of the claims it rests on

    @classmethod
    def of(cls, extraction: Extraction, known: Known) -> Shown:
        """Sort an extraction; claims come in the order of the text."""
        documents = tuple(sorted(extraction.documents, key=lambda d: (d.path, d.id)))
        order = {d.id: place for place, d in enumerate(documents)}
        every = {c.id: c for c in extraction.claims if not (c.ruling and c.ruling.out)}
        derived = {c.id: because for c, because in known.derived if c.id not in every}
        every |= {c.id: c for c, _ in known.derived if c.id in derived}
        ids = sorted(
            every,
            key=lambda i: (order.get(every[i].document, len(order)), first(every[i].evidence), i),
        )
        claims = tuple(every[i] for i in ids)
        place = {i: n for n, i in enumerate(ids)}
        entities = with_missing(sorted(extraction.entities, key=lambda e: e.id), claims)
        rests = {
            place[i]: tuple(place[b] for b in because if b in place)
            for i, because in sorted(derived.items())
        }
        return cls(documents, entities, claims, tuple(ids), rests)


def misfit(claim: Claim) -> bool:
    """Whether a claim stays out of the default graph because it keeps no constraint."""
    return bool(claim.violations) and not claim.in_default_graph


def first(evidence: Sequence[Evidence]) -> tuple[int, int]:
    """Return where the first quote stands, to sort by."""
    return (evidence[0].start, evidence[0].end) if evidence else (0, 0)


def with_missing(entities: list[Entity], claims: Iterable[Claim]) -> tuple[Entity, ...]:
    """Add an entity for each id that claims name and nobody described."""
    known = {e.id for e in entities}
    used = {i for c in claims for i in (c.subject, c.object) if isinstance(i, str)}
    return tuple(sorted([*entities, *(Entity(i, (), i) for i in used - known)], key=lambda e: e.id))


class Builder:
    """Turns values into columns, and remembers where each went."""

    def __init__(self, shown: Shown, known: Known) -> None:
        """Number what is referred to."""
        self.shown, self.terms = shown, known.terms
        self.document = {d.id: place for place, d in enumerate(shown.documents)}
        self.entity = {e.id: place for place, e in enumerate(shown.entities)}
        self.entity_keys = keys(self.entity, "entity")
        self.family = families(
            (e.types for e in shown.entities), {n: t.label for n, t in known.terms.items()}
        )
        self.relations: Column[str] = Column()
        self.chains: Column[tuple[Source, ...]] = Column(())
        self.dates: Column[str] = Column()
        self.values: Column[Literal] = Column()
        self.words: Column[str] = Column()
        self.types: Column[tuple[str, ...]] = Column()

    def quotes(self, evidence: Iterable[Evidence]) -> list[int]:
        """Return document, start and end of each quote, flat."""
        return [
            n
            for e in evidence
            if e.document in self.document
            for n in (self.document[e.document], e.start, e.end)
        ]

    def documents(self) -> list[dict[str, Any]]:
        """Return documents without their text."""
        kinds = list(BlockKind)
        return [
            {
                "k": content_id("document", d.id)[:KEY],
                "id": d.id,
                "title": d.title or d.path,
                "outlet": d.outlet,
                "author": d.author,
                "date": self.dates.optional(d.date),
                "url": d.url,
                "path": d.path,
                "blocks": [n for b in d.blocks for n in (b.start, b.end, kinds.index(b.kind))],
                "tables": [
                    [[[c.start, c.end] for c in row] for row in table.rows] for table in d.tables
                ],
                "headers": [table.header for table in d.tables],
            }
            for d in self.shown.documents
        ]

    def entities(self) -> dict[str, Any]:
        """Return the columns of entities; rare values by place."""
        every = self.shown.entities
        return {
            "k": [self.entity_keys[e.id] for e in every],
            "id": [e.id for e in every],
            "l": [e.label or e.id for e in every],
            "t": [self.types.of(e.types) for e in every],
            "n": [int(e.named) for e in every],
            "m": [self.mentions(e.mentions) for e in every],
            "a": {place: list(e.aliases) for place, e in enumerate(every) if e.aliases},
            "same": {place: list(e.same_as) for place, e in enumerate(every) if e.same_as},
            "geo": {
                place: [round(e.latitude, 4), round(e.longitude, 4)]
                for place, e in enumerate(every)
                if e.latitude is not None and e.longitude is not None
            },
        }

    def mentions(self, mentions: Iterable[Mention]) -> list[int]:
        """Return document, start, end and kind of each mention, flat."""
        kinds = list(MentionKind)
        held = sorted(
            (self.document[m.document], m.start, m.end, kinds.index(m.kind))
            for m in mentions
            if m.document in self.document
        )
        return [n for mention in held for n in mention]

    def claims(self) -> dict[str, Any]:
        """Return the columns of claims; an object below 0 is a value: −1 the first, −2 the second."""
        every = self.shown.claims
        return {
            "k": list(self.shown.ids),
            "s": [self.entity[c.subject] for c in every],
            "p": [self.relations.of(c.predicate) for c in every],
            "o": [
                self.entity[c.object]
                if isinstance(c.object, str)
                else -1 - self.values.of(c.object)
                for c in every
            ],
            "d": [self.document.get(c.document, 0) for c in every],
            "e": [self.quotes(c.evidence) for c in every],
            "m": [MODALITIES.index(c.modality) for c in every],
            "neg": [int(c.polarity is Polarity.NEGATIVE) for c in every],
            "src": [self.chains.of(c.source) for c in every],
            "w": [self.dates.optional(c.when) for c in every],
            "said": [self.dates.optional(c.said) for c in every],
            "kind": [
                2 if place in self.shown.because else int(c.kind != "taught")
                for place, c in enumerate(every)
            ],
            "ww": {
                place: self.words.of(c.when_words) for place, c in enumerate(every) if c.when_words
            },
            "cue": {place: self.quotes([c.cue]) for place, c in enumerate(every) if c.cue},
            "ord": {place: c.order for place, c in enumerate(every) if c.order is not None},
            "ex": {place: self.words.of(c.example) for place, c in enumerate(every) if c.example},
            "off": {place: list(c.violations) for place, c in enumerate(every) if misfit(c)},
            "why": {place: list(because) for place, because in sorted(self.shown.because.items())},
        }

    def observations(self, observations: Iterable[Observation]) -> list[list[Any]]:
        """Return the figures in the order of the text: measure, value, unit, period, place, about, source, modality, quotes."""
        held = sorted(
            observations, key=lambda o: (self.document.get(o.document, 0), first(o.evidence), o.id)
        )
        return [
            [
                *(o.measure, o.value, o.unit, self.dates.optional(o.period)),
                *(self.entity.get(o.place or "", -1), self.entity.get(o.about or "", -1)),
                *(self.chains.of(o.source), MODALITIES.index(o.modality), self.quotes(o.evidence)),
            ]
            for o in held
        ]

    def judgements(self, extraction: Extraction) -> list[list[Any]]:
        """Return entity, both mentions, verdict and reason of each merge."""
        verdicts = list(Verdict)
        return sorted(
            [
                self.entity[j.entity],
                *(self.document[j.mention.document], j.mention.start, j.mention.end),
                *(self.document[j.antecedent.document], j.antecedent.start, j.antecedent.end),
                verdicts.index(j.verdict),
                self.words.of(j.reason),
            ]
            for j in sorted(
                extraction.judgements, key=lambda j: (j.entity, j.mention, j.antecedent, j.reason)
            )
            if j.entity in self.entity
            and {j.mention.document, j.antecedent.document} <= self.document.keys()
        )

    def looks(self) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Return lists of types with their families, and the families in use, each once."""
        used = sorted(set(self.family.values()), key=lambda f: (f.name == "Other", f.label))
        place = {family: n for n, family in enumerate(used)}
        types = [
            {
                "n": types[0] if types else "Other",
                "l": label_of(types[0], self.terms) if types else "other thing",
                "up": [label_of(t, self.terms) for t in types[1:] if t != "Entity"],
                "types": list(types),
                "f": place[self.family[types]],
            }
            for types in self.types.places
        ]
        return types, [look(family) for family in used]

    def relation_terms(self) -> list[dict[str, Any]]:
        """Return the relations in words."""
        out = []
        for name in self.relations.places:
            term = self.terms.get(name)
            inverse = self.relations.places.get(term.inverse or "") if term else None
            out.append(
                {
                    "n": name,
                    "l": label_of(name, self.terms),
                    "iri": term.iri if term else None,
                    "c": term.comment if term else "",
                    "inv": inverse,
                }
            )
        return out

    def date_spans(self) -> list[list[Any]]:
        """Return each date with the days it covers, where it covers any."""
        out: list[list[Any]] = []
        for text in self.dates.places:
            days = span(text)
            out.append([text, days.first, days.last, int(days.vague)] if days else [text])
        return out

    def value_columns(self) -> list[list[Any]]:
        """Return values; a date with its place among the dates."""
        return [
            [v.value, v.datatype, self.dates.of(v.value) if v.datatype == "date" else -1]
            for v in self.values.places
        ]

    def chain_columns(self) -> list[list[list[Any]]]:
        """Return chains of speakers, the innermost first: words and entity."""
        return [
            [[s.words, self.entity.get(s.entity or "", -1)] for s in chain]
            for chain in self.chains.places
        ]


def look(family: Family) -> dict[str, str]:
    """Return a family as the page reads it."""
    return {
        "n": family.name,
        "l": family.label,
        "shape": family.shape,
        "colour": family.colour,
        "icon": family.icon,
    }


def build(extraction: Extraction, known: Known) -> tuple[Shown, dict[str, Any]]:
    """Return what is shown and the columns that the page reads."""
    shown = Shown.of(extraction, known)
    make = Builder(shown, known)
    data: dict[str, Any] = {
        "docs": make.documents(),
        "ent": make.entities(),
        "cl": make.claims(),
        "obs": make.observations(extraction.observations),
        "jud": make.judgements(extraction),
        "lit": make.value_columns(),
        "src": make.chain_columns(),
        "rel": make.relation_terms(),
        "mod": [m.value for m in MODALITIES],
        "words": list(make.words.places),
        "versions": dict(sorted(extraction.versions.items())),
        "ns": {"ent": str(ENT), "claim": str(CLAIM), "doc": str(DOC), "ev": str(EV), "kg": str(KG)},
    }
    data["types"], data["fam"] = make.looks()
    data["iris"] = {
        n: known.terms[n].iri
        for n in sorted({n for types in make.types.places for n in types} & known.terms.keys())
    }
    data["dates"] = make.date_spans()
    return shown, data
