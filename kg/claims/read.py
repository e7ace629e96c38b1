"""A document's passages to its reading: mentions, frames, times, then the statements."""

from __future__ import annotations

from dataclasses import replace

from kg.annotation import timex
from kg.annotation.parse import Parse, Passage
from kg.annotation.repairs import compound_after_to
from kg.claims.patterns import Matcher
from kg.claims.reading import DocumentReading
from kg.entities.kinds import settle_kinds
from kg.entities.mentions import mentions_of
from kg.frames import Frames
from kg.model import Document

RECORD = {"first", "last", "only"}
RECORD_WINDOW = 14  # tokens


def read_passages(document: Document, passages: list[Passage], matcher: Matcher) -> DocumentReading:
    """Return everything said in one document, over its own clusters of mentions."""
    for passage in passages:
        compound_after_to(passage.parse, matcher.ontology.nouns)
    settle_kinds(passages, matcher.ontology)
    frames = [Frames(p.parse, mentions_of(p, n, matcher.ontology)) for n, p in enumerate(passages)]
    found = [timex.find(document.text[p.block.start : p.block.end], reference=document.date, offset=p.block.start) for p in passages]
    resolved = iter(timex.resolve([t for ts in found for t in ts], document.date))
    times = [[beside_record(p.parse, next(resolved)) for _ in ts] for p, ts in zip(passages, found, strict=True)]
    reading = DocumentReading(document, passages, frames, times, matcher)
    reading.run()
    return reading


def beside_record(parse: Parse, time: timex.Timex) -> timex.Timex:
    """Mark what only says since when something is the first or the most: "the first exchange since 2021" was not in 2021."""
    start = next((i for i in range(len(parse)) if parse.idx[i] >= time.start), len(parse))
    since = start if start < len(parse) and parse.text[start].lower() == "since" else start - 1
    if time.kind != "date" or since < 1 or parse.text[since].lower() != "since":
        return time
    for i in range(since - 1, max(-1, since - RECORD_WINDOW), -1):
        if parse.sent[i] != parse.sent[since] or parse.tag[i] in {"VBD", "VBZ", "VBP", "MD"}:
            return time
        if parse.tag[i] in {"JJS", "RBS"} or parse.text[i].lower() in RECORD:
            return replace(time, kind="comparison")
    return time
