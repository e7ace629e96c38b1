"""The values that flow through the pipeline: frozen, checked where they are made, free of I/O.

Offsets are code points into `Document.text`; an end is exclusive. Ids are stable: slugs or hashes of what
the thing says, never counters of the order in which it was met.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self

from kg.errors import EvidenceError


def content_id(*parts: object) -> str:
    """Return the first 12 hex digits of a hash over unambiguously joined parts."""
    return hashlib.sha1(json.dumps(parts, ensure_ascii=False, default=str).encode()).hexdigest()[:12]


class Modality(StrEnum):
    """How firmly the source stands behind a statement."""

    ASSERTED = "asserted"
    REPORTED = "reported"
    ALLEGED = "alleged"
    RUMOURED = "rumoured"
    SPECULATED = "speculated"
    PREDICTED = "predicted"
    DENIED = "denied"
    UNCONFIRMED = "unconfirmed"

    @property
    def firm(self) -> bool:
        """Whether the default graph takes a positive claim of this modality."""
        return self in (Modality.ASSERTED, Modality.REPORTED)


class Polarity(StrEnum):
    """Whether the statement is said to hold or not to hold."""

    POSITIVE = "positive"
    NEGATIVE = "negative"


class BlockKind(StrEnum):
    """What a stretch of a document is; only prose is parsed."""

    TITLE = "title"
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of text that is read as one: sentences never cross its ends."""

    start: int
    end: int
    kind: BlockKind


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table with its place in the text; `start == end` for an empty cell."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Table:
    """A table as rows of cells, with the caption that introduces it, if any."""

    rows: tuple[tuple[Cell, ...], ...]
    header: bool  # the first row names the columns
    caption: tuple[int, int] | None = None  # offsets of the sentence or line that introduces it


@dataclass(frozen=True, slots=True)
class Document:
    """A text with what is known of it; `text` is what all offsets point into."""

    id: str  # slug of the file's stem and a hash of its content
    path: str  # as named by the user, with forward slashes
    sha256: str  # of the file's bytes
    text: str
    blocks: tuple[Block, ...]
    tables: tuple[Table, ...] = ()
    title: str | None = None
    outlet: str | None = None
    author: str | None = None
    date: str | None = None  # EDTF
    url: str | None = None


@dataclass(frozen=True, slots=True, order=True)
class Evidence:
    """The exact words a claim rests on."""

    document: str
    start: int
    end: int
    quote: str

    @classmethod
    def of(cls, document: Document, start: int, end: int) -> Self:
        """Quote the text between two offsets, so that quote and offsets cannot disagree.

        Raises EvidenceError where the offsets hold no text.
        """
        if not 0 <= start < end <= len(document.text):
            raise EvidenceError(f"{document.id}: no text at {start}:{end} of {len(document.text)}")
        return cls(document.id, start, end, document.text[start:end])


class MentionKind(StrEnum):
    """In what form a thing is mentioned."""

    NAME = "name"
    DESCRIPTION = "description"  # "the missing diplomat", "two restaurant workers"
    PRONOUN = "pronoun"
    DEMONYM = "demonym"  # "North Korean" for the country
    TRIGGER = "trigger"  # the verb or noun that tells an event


@dataclass(frozen=True, slots=True, order=True)
class Mention:
    """A place in the text that speaks of an entity; the text is kept as written."""

    document: str
    start: int
    end: int
    text: str
    kind: MentionKind


@dataclass(frozen=True, slots=True)
class Entity:
    """A person, group, body, place, event, role or work that the texts speak of."""

    id: str  # slug
    types: tuple[str, ...]  # local names of classes, most specific first, superclasses included
    label: str
    aliases: tuple[str, ...] = ()
    mentions: tuple[Mention, ...] = ()
    same_as: tuple[str, ...] = ()  # IRIs of GeoNames, ISO lists, Wikidata
    named: bool = True  # false for what is only described
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True)
class Literal:
    """A value that is no entity: words, a number, a date (EDTF), a quantity."""

    value: str
    datatype: str = "string"  # string | integer | decimal | date | duration | quantity


@dataclass(frozen=True, slots=True)
class Source:
    """Who says something: an entity where one is known, and the words that name it."""

    words: str
    entity: str | None = None


class Ruling(StrEnum):
    """What a person decided about a claim."""

    ACCEPTED = "accepted"  # it stands, however weakly it is said
    REJECTED = "rejected"  # it is kept, and stands nowhere
    REPLACED = "replaced"  # a correction stands in its place
    CORRECTED = "corrected"  # it is that correction

    @property
    def out(self) -> bool:
        """Whether it keeps the claim out of the default graph."""
        return self in (Ruling.REJECTED, Ruling.REPLACED)


class ClaimKind(StrEnum):
    """Where the predicate comes from."""

    TAUGHT = "taught"  # an example of the ontology
    OPEN = "open"  # the words of the text; no example covers them


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement of one source, with the words it rests on."""

    subject: str  # entity id
    predicate: str  # local name in the ontology, or the phrase of an open claim
    object: str | Literal  # entity id or value
    document: str
    evidence: tuple[Evidence, ...]
    modality: Modality = Modality.ASSERTED
    polarity: Polarity = Polarity.POSITIVE
    source: tuple[Source, ...] = ()  # innermost speaker first, outermost last; empty: the author
    when: str | None = None  # EDTF: when it happened
    when_words: str | None = None
    said: str | None = None  # EDTF: when the source said it
    cue: Evidence | None = None  # the words that set modality, polarity or source
    kind: ClaimKind = ClaimKind.TAUGHT
    example: str | None = None  # the example of the ontology that matched
    order: int | None = None  # step of a route, from 1
    ruling: Ruling | None = None  # of a person
    decision: str | None = None  # id of the decision that says so
    revises: str | None = None  # id of the claim that a correction stands for
    violations: tuple[str, ...] = ()  # the constraints it does not keep, in words for people

    @property
    def id(self) -> str:
        """The same statement by the same source on the same words has the same id."""
        obj = self.object if isinstance(self.object, str) else [self.object.value, self.object.datatype]
        return content_id(
            self.subject,
            self.predicate,
            obj,
            self.modality,
            self.polarity,
            [s.words for s in self.source],
            self.when,
            [[e.document, e.start, e.end] for e in self.evidence],
        )

    @property
    def in_default_graph(self) -> bool:
        """The stated policy: positive, taught, and asserted or reported without violating anything; a person's word goes before."""
        if self.polarity is not Polarity.POSITIVE or self.kind is not ClaimKind.TAUGHT or (self.ruling and self.ruling.out):
            return False
        if self.ruling is Ruling.ACCEPTED:
            return True
        return self.modality.firm and (self.ruling is Ruling.CORRECTED or not self.violations)


@dataclass(frozen=True, slots=True)
class Observation:
    """A figure: what is counted, how many, for which period and where, according to whom."""

    measure: str
    value: float | int
    document: str
    evidence: tuple[Evidence, ...]
    unit: str | None = None
    period: str | None = None  # EDTF
    place: str | None = None  # entity id
    about: str | None = None  # entity id of what is counted
    source: tuple[Source, ...] = ()
    modality: Modality = Modality.ASSERTED

    @property
    def id(self) -> str:
        """The same figure on the same words has the same id."""
        spans = [[e.document, e.start, e.end] for e in self.evidence]
        return content_id(self.measure, self.value, self.unit, self.period, spans)


class Verdict(StrEnum):
    """Whether two mentions speak of the same thing."""

    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Judgement:
    """Why a mention was joined to an entity, or kept apart from it."""

    entity: str  # entity id
    mention: Mention
    antecedent: Mention  # the mention it was joined to
    verdict: Verdict
    reason: str  # a sentence for people: "given name after Mr."


@dataclass(frozen=True, slots=True)
class Decided:
    """A person's decision, as the graph keeps it."""

    id: str
    kind: str  # accept | reject | correct | merge | split | rename
    about: str  # what was decided, in words
    why: str | None = None
    by: str | None = None
    date: str | None = None  # EDTF, where the person gave one
    file: str | None = None  # where it is kept, as named by the user; nothing: in the graph folder
    gone: str | None = None  # why it could not be obeyed: its evidence is not there any more


@dataclass(frozen=True, slots=True)
class Overruled:
    """What decisions took away and added, so that they can be undone without reading the texts again."""

    before: Extraction  # what was read and is not there any more, or not so: everything but documents
    added: tuple[str, ...]  # hashes of the values that stand there instead


@dataclass(frozen=True, slots=True)
class Extraction:
    """All that was read: what the graph is written from."""

    documents: tuple[Document, ...]
    entities: tuple[Entity, ...]
    claims: tuple[Claim, ...]
    observations: tuple[Observation, ...] = ()
    judgements: tuple[Judgement, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)  # model, ontology, engine
    decisions: tuple[Decided, ...] = ()
    overruled: Overruled | None = None
