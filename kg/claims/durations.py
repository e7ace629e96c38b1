"""Lengths of time as figures: "had lived there for ten years", "raised from 3 to 5 years"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from kg.annotation.numerals import small_number
from kg.annotation.parse import Parse, Passage
from kg.annotation.timex import Timex
from kg.claims.clauses import phrase, predicate, token_at
from kg.claims.counts import trimmed
from kg.claims.figures import Figure

UNITS = {"Y": "years", "M": "months", "W": "weeks", "D": "days", "H": "hours"}


def durations(passage: Passage, timexes: Sequence[Timex]) -> Iterator[Figure]:
    """Yield the exact lengths of time of a passage, with what lasts as their measure."""
    parse, text = passage.parse, passage.document.text
    for timex in timexes:
        found = re.fullmatch(r"PT?(\d+(?:\.\d+)?)([YMWDH])", timex.edtf or "")
        if timex.kind != "duration" or not found:
            continue
        token = token_at(parse, timex.start, timex.end, 0, len(parse))
        anchor = predicate(parse, token)
        first, last = next((a, b) for a, b in parse.sentences if a <= token < b)
        start, end = trimmed(text, parse.idx[first], parse.end(last - 1))
        value = float(found[1])
        figure = Figure(
            duration_measure(parse, token, anchor),
            int(value) if value == int(value) else value,
            UNITS[found[2]],
            None,
            start,
            end,
            None,
            anchor,
            timex.approximate,
            number=(timex.start, timex.end),
        )
        lower = re.search(r"\bfrom\s+(\S+)\s+to\s+$", text[start : timex.start])
        earlier = small_number(lower[1]) if lower else None
        if earlier is not None:
            yield replace(figure, value=int(earlier) if earlier == int(earlier) else earlier)
        yield figure


def duration_measure(parse: Parse, token: int, anchor: int | None) -> str:
    """Return what lasts: the noun that the duration is of, or the predicate with its place."""
    host = parse.head[token]
    if parse.pos[host] == "NOUN" and host > token:
        return phrase(parse, host)
    of = [c for c in parse.kids(token, "nmod") if parse.case(c) == "of"]
    if of:
        return phrase(parse, of[0])
    if anchor is None:
        return "duration"
    place = max((c for c in parse.kids(anchor, "obj", "obl") if anchor < c < token), default=None)
    if place is None:
        return parse.text[anchor]
    return " ".join(w for w in (parse.text[anchor], parse.case(place), phrase(parse, place)) if w)
