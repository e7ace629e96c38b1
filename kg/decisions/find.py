"""Finding again what a decision speaks of: by wording first, ids and offsets only tell apart what is worded alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kg.decisions.values import ClaimRef, ThingRef, WordsRef
from kg.model import Claim, Document, Entity, Extraction, Literal, Mention


class Gone(Exception):
    """What a decision speaks of is not there any more; the text says what is missing."""


class Finder:
    """Looks claims, entities and mentions up in an extraction."""

    def __init__(self, extraction: Extraction) -> None:
        """Take an extraction; nothing is changed."""
        self.documents: Mapping[str, Document] = {d.id: d for d in extraction.documents}
        self.claims = extraction.claims
        self.entities = {e.id: e for e in extraction.entities}
        self.by_words: dict[tuple[str, str], list[Claim]] = {}
        for claim in extraction.claims:
            if claim.evidence:
                self.by_words.setdefault((claim.predicate, claim.evidence[0].quote), []).append(claim)

    def documents_of(self, ref: WordsRef) -> list[str]:
        """Return the ids of the documents that words may stand in: those of the same path or the same content.

        Raises Gone where there is none, or none that still has these words.
        """
        found = [d for d in self.documents.values() if d.path == ref.path or d.sha256 == ref.sha256]
        if not found:
            raise Gone(f"{ref.path} is not among the documents")
        holding = [d.id for d in found if ref.words in d.text]
        if not holding:
            raise Gone(f'{ref.path} does not say "{ref.words}" any more')
        return holding

    def claim(self, ref: ClaimRef) -> Claim:
        """Return the claim that says this in these words.

        Raises Gone where none does.
        """
        documents = self.documents_of(ref.evidence)
        found = [c for c in self.by_words.get((ref.predicate, ref.evidence.words), ()) if c.document in documents and self.says(c, ref)]
        if not found:
            raise Gone(f'"{ref.evidence.words}" is there, but it is not read as {ref.told} any more')
        return min(found, key=lambda c: (c.id != ref.id, (c.modality, c.polarity) != (ref.modality, ref.polarity), distance(c, ref), c.id))

    def says(self, claim: Claim, ref: ClaimRef) -> bool:
        """Whether a claim has the ends that a reference names."""
        subject = self.called(claim.subject, ref.subject)
        if isinstance(claim.object, Literal):
            return subject and claim.object.value == ref.object
        return subject and self.called(claim.object, ref.object)

    def called(self, entity: str, label: str) -> bool:
        """Whether an entity has a name."""
        known = self.entities.get(entity)
        return known is not None and label in (known.label, *known.aliases)

    def entity(self, ref: ThingRef) -> Entity:
        """Return an entity.

        Raises Gone where nothing has its name, or several things have and none is mentioned in the same words.
        """
        known = self.entities.get(ref.id)
        if known is not None and ref.label in (known.label, *known.aliases):
            return known
        found = [e for e in self.entities.values() if e.label == ref.label]
        found = found or [e for e in self.entities.values() if ref.label in e.aliases]
        if len(found) > 1 and ref.mention is not None:
            found = [e for e in found if self.near(e.mentions, ref.mention) is not None]
        if len(found) != 1:
            raise Gone(f"{len(found) or 'nothing'} {'things are' if found else 'is'} called {ref.label}")
        return found[0]

    def near(self, mentions: Iterable[Mention], ref: WordsRef) -> Mention | None:
        """Return the mention in these words that stands nearest; nothing where no mention has them."""
        try:
            documents = self.documents_of(ref)
        except Gone:
            return None
        found = [m for m in mentions if m.text == ref.words and m.document in documents]
        return min(found, key=lambda m: (abs(m.start - ref.start), m), default=None)


def distance(claim: Claim, ref: ClaimRef) -> int:
    """Return how far a claim stands from where it stood, in characters."""
    return abs(claim.evidence[0].start - ref.evidence.start)
