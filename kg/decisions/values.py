"""Decisions as plain values: what they speak of is named by its content, so that a new reading finds it again.

Ids and offsets are only hints: a sentence may move, an entity may get a longer name from another text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from kg.model import Claim, Document, Entity, Evidence, Literal, Mention, Modality, Polarity, Ruling, content_id


@dataclass(frozen=True, slots=True, order=True)
class WordsRef:
    """Words of a document, found again by document and wording; offsets tell apart what is said twice."""

    path: str
    sha256: str  # of the document's bytes
    words: str
    start: int  # code points into the text, as `Evidence.start`
    end: int

    @classmethod
    def of(cls, part: Evidence | Mention, document: Document) -> WordsRef:
        """Name a quotation or a mention."""
        words = part.quote if isinstance(part, Evidence) else part.text
        return cls(document.path, document.sha256, words, part.start, part.end)


@dataclass(frozen=True, slots=True)
class ThingRef:
    """An entity, by id and label, and by one of its mentions where several have that label."""

    id: str
    label: str
    mention: WordsRef | None = None

    @classmethod
    def of(cls, entity: Entity, documents: dict[str, Document]) -> ThingRef:
        """Name an entity."""
        first = entity.mentions[0] if entity.mentions else None
        return cls(entity.id, entity.label, WordsRef.of(first, documents[first.document]) if first else None)


@dataclass(frozen=True, slots=True)
class ClaimRef:
    """A claim, by its words and what was read from them."""

    id: str
    subject: str  # label
    predicate: str
    object: str  # label or value
    modality: Modality
    polarity: Polarity
    evidence: WordsRef

    @classmethod
    def of(cls, claim: Claim, documents: dict[str, Document], labels: dict[str, str]) -> ClaimRef:
        """Name a claim; it must rest on words."""
        value = claim.object.value if isinstance(claim.object, Literal) else labels[claim.object]
        evidence = WordsRef.of(claim.evidence[0], documents[claim.evidence[0].document])
        return cls(claim.id, labels[claim.subject], claim.predicate, value, claim.modality, claim.polarity, evidence)

    @property
    def told(self) -> str:
        """The statement in words."""
        negation = "not " if self.polarity is Polarity.NEGATIVE else ""
        return f"{self.subject} – {self.predicate} – {negation}{self.object}"


@dataclass(frozen=True, slots=True)
class Remark:
    """What a person adds to a decision."""

    why: str | None = None
    by: str | None = None
    date: str | None = None  # EDTF; only where the person gives one: the file has no clock
    file: str | None = None  # where the decision is kept, as named by the user; nothing: in the graph folder


@dataclass(frozen=True, slots=True)
class ClaimDecision:
    """A claim is accepted, rejected, or replaced by a correction; what a correction leaves out stays as it was read."""

    id: str
    ruling: Ruling  # accepted, rejected or corrected
    claim: ClaimRef
    subject: ThingRef | None = None
    predicate: str | None = None
    object: ThingRef | Literal | None = None
    modality: Modality | None = None
    polarity: Polarity | None = None
    remark: Remark = Remark()

    @property
    def kind(self) -> str:
        """The verb of the command that makes such a decision."""
        return {Ruling.ACCEPTED: "accept", Ruling.REJECTED: "reject"}.get(self.ruling, "correct")

    @property
    def told(self) -> str:
        """What is decided, in words."""
        changes = [f"{name} {value}" for name, value in self.changes() if value]
        return f"{self.kind} {self.claim.told}{': ' if changes else ''}{', '.join(changes)}"

    def changes(self) -> list[tuple[str, str | None]]:
        """Return what a correction puts in, by name."""

        def named(end: ThingRef | Literal | None) -> str | None:
            return end.value if isinstance(end, Literal) else end.label if end else None

        return [
            ("subject", named(self.subject)),
            ("predicate", self.predicate),
            ("object", named(self.object)),
            ("modality", self.modality and self.modality.value),
            ("polarity", self.polarity and self.polarity.value),
        ]


@dataclass(frozen=True, slots=True)
class Merge:
    """Two entities are one; it keeps the id and label of the first."""

    id: str
    kept: ThingRef
    other: ThingRef
    remark: Remark = Remark()

    kind: ClassVar[str] = "merge"  # the verb of the command that makes such a decision

    @property
    def told(self) -> str:
        """What is decided, in words."""
        return f"merge {self.other.label} into {self.kept.label}"


@dataclass(frozen=True, slots=True)
class Split:
    """Some mentions of an entity speak of another one."""

    id: str
    thing: ThingRef
    mentions: tuple[WordsRef, ...]
    name: str
    remark: Remark = Remark()

    kind: ClassVar[str] = "split"  # the verb of the command that makes such a decision

    @property
    def told(self) -> str:
        """What is decided, in words."""
        words = ", ".join(dict.fromkeys(f'"{m.words}"' for m in self.mentions))
        return f"split {words} from {self.thing.label} as {self.name}"


@dataclass(frozen=True, slots=True)
class Rename:
    """An entity has another name; the one that was read stays as an alias."""

    id: str
    thing: ThingRef
    name: str
    remark: Remark = Remark()

    kind: ClassVar[str] = "rename"  # the verb of the command that makes such a decision

    @property
    def told(self) -> str:
        """What is decided, in words."""
        return f"rename {self.thing.label} to {self.name}"


Decision = ClaimDecision | Merge | Split | Rename


def decision_id(*parts: object) -> str:
    """Return the id of a decision from its kind and all that it speaks of: the same decision has the same id."""
    return content_id(*map(repr, parts))


def place(decision: Decision) -> tuple[str, int, str]:
    """Return where a decision stands in the file: claims in the order of the texts, then entities by label."""
    if isinstance(decision, ClaimDecision):
        return (f"0{decision.claim.evidence.path}", decision.claim.evidence.start, decision.id)
    thing = decision.kept if isinstance(decision, Merge) else decision.thing
    return (f"1{thing.label}", 0, decision.id)
