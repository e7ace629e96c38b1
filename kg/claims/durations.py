"""Lengths of time as figures: "lived there for ten years", "raised in 2009 from 3 to 5 years".

A length is a figure where it is what is told: how long something lasts or takes, how long people live somewhere, what
a length was changed from and to. "Jailed for four years", "will stay for two years" tell of other things.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from kg.annotation.numerals import small_number, words
from kg.annotation.parse import Parse, Passage
from kg.annotation.periods import Period, read_edtf
from kg.annotation.time_words import WORD
from kg.annotation.timex import Timex
from kg.claims.clauses import clause_steps, phrase, predicate, token_at
from kg.claims.counts import MOVING, trimmed
from kg.claims.figures import Figure

UNITS = {"PY": "years", "PM": "months", "PW": "weeks", "PD": "days", "PTH": "hours", "PTM": "minutes"}
CHANGING = MOVING | set(words("raise lower extend lengthen shorten change"))
FORMER = re.compile(rf"\bfrom\s+(\d+|{WORD})\s+to\s+$", re.IGNORECASE)
FROM = re.compile(r"\bfrom\s+$", re.IGNORECASE)
LATTER = re.compile(rf"\s+to\s+(\d+|{WORD})\b(?!\s+[a-z]+s\b)", re.IGNORECASE)
TO = re.compile(r"\bto\s+$", re.IGNORECASE)
DISTANCE = re.compile(r"\s+(?:after|before|ago|earlier|later)\b")  # tells when, not how long
LASTING = set(words("live reside stay spend last take require need wait mean"))
SPENT = set(words("stay residence exile captivity imprisonment detention service war rule marriage"))  # "ten years of exile"
NEAREST = 2  # clauses


def durations(passage: Passage, timexes: Sequence[Timex]) -> Iterator[Figure]:
    """Yield the exact lengths of time of a passage, with what lasts as their measure.

    A length that is changed holds until the date of the change, the new one from then on.
    """
    parse, text = passage.parse, passage.document.text
    for timex in timexes:
        found = re.fullmatch(r"(PT?)(\d+(?:\.\d+)?)([YMWDH])", timex.edtf or "")
        if timex.kind != "duration" or not found or DISTANCE.match(text[timex.end : timex.end + 12]):
            continue
        token = token_at(parse, timex.start, timex.end, 0, len(parse))
        anchor = predicate(parse, token)
        first, last = next((a, b) for a, b in parse.sentences if a <= token < b)
        start, end = trimmed(text, parse.idx[first], parse.end(last - 1))
        figure = Figure(
            measure(parse, token, anchor),
            whole(float(found[2])),
            UNITS[found[1] + found[3]],
            None,
            start,
            end,
            None,
            anchor,
            timex.approximate,
            number=(timex.start, timex.end),
        )
        date = change_date(parse, anchor, [t for t in timexes if start <= t.start < end])
        of = {parse.lemma[c].lower() for c in parse.kids(token, "nmod") if parse.case(c) == "of"}
        if parse.lemma[token if anchor is None else anchor] in LASTING | CHANGING or parse.kids(token, "cop") or of & SPENT:
            yield from changed(figure, text[start : timex.start], text[timex.end : end], date)


def changed(figure: Figure, left: str, right: str, date: Period | None) -> Iterator[Figure]:
    """Yield a duration with the one that it came from or went to: "from 3 to 5 years"."""
    until = Period(None, date.start).edtf if date and date.start else None
    since = Period(date.end, None).edtf if date and date.end else None
    former, latter = FORMER.search(left), LATTER.match(right)
    if former:
        yield replace(figure, value=whole(small_number(former[1]) or 0), period=until)
        yield replace(figure, period=since)
    elif FROM.search(left) and latter:
        yield replace(figure, period=until)
        yield replace(figure, value=whole(small_number(latter[1]) or 0), period=since)
    else:
        yield replace(figure, period=since if TO.search(left) else None)


def change_date(parse: Parse, anchor: int | None, timexes: Sequence[Timex]) -> Period | None:
    """Return the nearest date of a clause that tells of a change."""
    if anchor is None or parse.lemma[anchor] not in CHANGING:
        return None
    ranked = []
    for timex in timexes:
        steps = clause_steps(parse, anchor, token_at(parse, timex.start, timex.end, 0, len(parse)))
        if timex.period and steps is not None and steps <= NEAREST:
            ranked.append((steps, abs(timex.start - parse.idx[anchor]), timex.period))
    return read_edtf(min(ranked)[2]) if ranked else None


def whole(value: float) -> float | int:
    """Return a number without needless fraction."""
    return int(value) if value == int(value) else value


def measure(parse: Parse, token: int, anchor: int | None) -> str:
    """Return what lasts: the noun that the duration is of, or the predicate with its place."""
    host = parse.head[token]
    if parse.pos[host] == "NOUN" and host > token:
        return phrase(parse, host)
    of = [c for c in parse.kids(token, "nmod") if parse.case(c) == "of"]
    if of:
        return phrase(parse, of[0])
    if anchor is None:
        return "duration"
    subject = next(iter(parse.kids(anchor, "nsubj:pass")), None)
    if subject is not None:
        return f"{phrase(parse, subject)} {parse.text[anchor]}"
    place = max((c for c in parse.kids(anchor, "obj", "obl") if anchor < c < token), default=None)
    if place is None:
        return parse.text[anchor]
    return " ".join(w for w in (parse.text[anchor], parse.case(place), phrase(parse, place)) if w)
