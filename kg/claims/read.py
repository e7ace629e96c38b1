"""A document's passages to its reading: mentions, frames, times, then the statements."""

from __future__ import annotations

from kg.annotation import timex
from kg.annotation.parse import Passage
from kg.annotation.repairs import compound_after_to
from kg.claims.patterns import Matcher
from kg.claims.reading import DocumentReading
from kg.entities.kinds import settle_kinds
from kg.entities.mentions import mentions_of
from kg.frames import Frames
from kg.model import Document


def read_passages(document: Document, passages: list[Passage], matcher: Matcher) -> DocumentReading:
    """Return everything said in one document, over its own clusters of mentions."""
    for passage in passages:
        compound_after_to(passage.parse, matcher.ontology.nouns)
    settle_kinds(passages, matcher.ontology)
    frames = [Frames(p.parse, mentions_of(p, n, matcher.ontology)) for n, p in enumerate(passages)]
    found = [timex.find(document.text[p.block.start : p.block.end], reference=document.date, offset=p.block.start) for p in passages]
    resolved = iter(timex.resolve([t for ts in found for t in ts], document.date))
    times = [[next(resolved) for _ in ts] for ts in found]
    reading = DocumentReading(document, passages, frames, times, matcher)
    reading.run()
    return reading
