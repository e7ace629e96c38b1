"""The tables of time expressions: what stands alone, what stands before it, what makes it open.

A pattern is one line of what English does; `time_words` has the builders, each with an example.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from kg.annotation import time_words as tw
from kg.annotation.numerals import ORDINALS, ordinal, small_number
from kg.annotation.time_exprs import (
    Around,
    Bound,
    Expr,
    Part,
    Past,
    Same,
    Shift,
    Then,
    Value,
    Whole,
)
from kg.annotation.time_words import (
    COUNT,
    DAY,
    DAYS,
    LEFT,
    MON,
    MONTHS,
    ORD,
    PART_OF_DAY,
    PLURAL,
    RIGHT,
    SEASON,
    SHORT,
    TO,
    UNIT,
    UNITS,
    VAGUE,
    WEEKDAY,
    WORD,
    YEAR,
    Builder,
    whole,
)

STOP = r"(?=\s*[.,;:)]|\s*$)"
CENTURIES = "|".join(ORDINALS[1:])
NAMES = "|".join([*MONTHS, *DAYS])

ATOMS: tuple[tuple[re.Pattern[str], Builder], ...] = tuple(
    (re.compile(pattern), builder)
    for pattern, builder in (
        (rf"{LEFT}(?P<a>{YEAR})([-/.])(?P<b>\d\d?)\2(?P<c>\d\d?){RIGHT}", tw.iso_date),
        (
            rf"{LEFT}(?P<a>\d\d?)(?P<sep>[/.])(?P<b>\d\d?)(?P=sep)(?P<c>{YEAR}){RIGHT}",
            tw.numeric_date,
        ),
        (
            rf"(?:{WEEKDAY},?\s+)?{LEFT}(?:[Tt]he\s+)?(?P<first>{DAY})(?:{TO}(?P<last>{DAY}))?(?:\s+of)?"
            rf"\s+(?P<month>{MON})(?:,?\s+(?P<year>{YEAR}))?{RIGHT}",
            tw.full_date,
        ),
        (
            rf"(?:{WEEKDAY},?\s+)?{LEFT}(?P<month>{MON})\s+(?:the\s+)?(?P<first>{DAY})(?:{TO}(?P<last>{DAY}))?"
            rf"(?:,?\s+(?P<year>{YEAR}))?(?!\s+(?:million|billion|percent|people)\b){RIGHT}",
            tw.full_date,
        ),
        (rf"{LEFT}(?P<month>{MON})(?:,|\s+of|\s+in)?\s+(?P<year>{YEAR}){RIGHT}", tw.month_and_year),
        (
            rf"{LEFT}(?:(?P<first>\d\d?)\s+)?(?P<month>{MON})\s+(?:of\s+)?"
            r"(?P<way>last|this|next|the same|the previous)\s+year\b",
            tw.month_of_year,
        ),
        (rf"{LEFT}{MON}(?!\w)", tw.month_alone),
        (rf"{LEFT}{YEAR}{RIGHT}(?!-\d)", tw.year_alone),
        (rf"{LEFT}(?P<a>{YEAR})\s?(?P<sep>[-–—/])\s?(?P<b>{YEAR}|\d\d){RIGHT}", tw.year_range),
        (
            rf"{LEFT}(?:[Tt]he\s+)?(?:(?P<digits>(?:1\d|20)\d0|(?<=[’'‘])\d0)[’']?s|(?<=the )"
            r"(?P<word>twenties|thirties|forties|fifties|sixties|seventies|eighties|nineties))\b",
            tw.decade,
        ),
        (
            rf"(?i){LEFT}(?:the\s+)?(?P<n>\d\d?(?:st|nd|rd|th)|{CENTURIES})[\s-]century\b(?!\s+of\b)"
            r"(?P<bc>\s+B\.?C)?",
            tw.century,
        ),
        (
            rf"{LEFT}(?:(?P<cue>(?:(?<=[Ii]n )|(?<=during ))(?:the\s+)?)"
            r"|(?P<way>[Ll]ast|[Tt]his|[Nn]ext|[Pp]ast|[Cc]oming)\s+|the\s+)?"
            rf"(?P<season>{SEASON})(?:(?:\s+of|,)?\s+(?P<year>{YEAR}(?:[-–/]\d\d)?))?{RIGHT}"
            r"(?!\s+(?:Olympic|Games|School|of\b))",
            tw.season,
        ),
        (rf"\b(?:Q(?P<q>[1-4])|H(?P<h>[12]))\s+(?:of\s+)?(?P<year>{YEAR})\b", tw.labelled_part),
        (r"(?<=\b(?:in|or) )(?:Q(?P<q>[1-4])|H(?P<h>[12]))\b(?P<year>)", tw.labelled_part),
        (rf"\b(?P<year>{YEAR})[\s-]?(?:Q(?P<q>[1-4])|H(?P<h>[12]))\b", tw.labelled_part),
        (
            r"(?<=[Ii]n )the\s+(?P<n>first|second|third|fourth)[\s-]quarter\b(?!\s+of\b)",
            tw.plain_quarter,
        ),
        (r"(?i)\b(?:(?P<n>first|second|third|fourth)-(?P<part>quarter|half)|full-year)\b", tw.reported_part),
        (
            rf"(?i){LEFT}(?:the\s+)?"
            r"(?:(?P<way>last|past|this|coming|current)|(?<!the )(?P<next>next))\s+"
            rf"(?P<unit>{UNIT}|weekend)\b(?<!(?:last|this) day)(?!\s+(?:before|after)\b)",
            tw.relative_unit,
        ),
        (
            rf"{LEFT}(?P<way>[Ll]ast|[Tt]his|[Nn]ext)\s+(?P<name>{NAMES})\b{PART_OF_DAY}",
            tw.relative_name,
        ),
        (rf"{LEFT}(?P<day>{WEEKDAY})\b{PART_OF_DAY}", tw.weekday),
        (rf"{LEFT}(?:{WEEKDAY}s)\b", lambda m: Value("set", "P7D")),
        (r"\bthe weekend\b", lambda m: Shift("weekend", 0, deictic=True)),
        (r"(?i)\b(yesterday|today|tomorrow|tonight)\b(?![’'])", tw.day_word),
        (rf"(?i){LEFT}(?P<count>{COUNT}|{VAGUE})\s+(?P<unit>{UNITS})\s+ago\b", tw.ago),
        (rf"(?i){LEFT}{COUNT}\s+(?:summers|winters|springs|autumns)\s+ago\b", lambda m: Past("year", None)),
        (rf"(?i)\b{PLURAL}\s+ago\b", lambda m: Past("year", None)),
        (
            rf"(?i){LEFT}(?P<count>{COUNT}|{VAGUE})\s+(?P<unit>{UNITS})\s+"
            rf"(?P<way>earlier|later|afterwards|previously|(?:before|after|prior)(?:{STOP}|(?=\s+that\b)))",
            tw.later,
        ),
        (
            rf"(?i)\b(?:the|that)\s+(?P<way>following|next|previous|preceding)\s+(?P<unit>{UNIT})\b",
            tw.neighbour,
        ),
        (rf"(?i)\bthe\s+(?P<unit>{UNIT})\s+(?P<way>before|after){STOP}", tw.neighbour),
        (
            rf"(?i)\b(?:that\s+(?:very\s+|same\s+)?|the\s+(?:very\s+)?same\s+)(?P<unit>{UNIT})\b",
            lambda m: Whole(whole(m["unit"]), strict=True),
        ),
        (
            rf"(?<=which )(?P<way>followed|preceded)\s+the\s+(?P<unit>{UNIT})\b",
            lambda m: Shift(whole(m["unit"]), -1 if m["way"] == "followed" else 1, deictic=False),
        ),
        (rf"(?i)\bthe\s+(?P<unit>{UNIT})\b", lambda m: Whole(whole(m["unit"]))),
        (
            r"\bthe\s+time\b(?!\s+(?:of|when|that|the|an?|he|she|they|it|his|her|their|to|for|is|has|was)\b)",
            lambda m: Then(),
        ),
        (r"\b(?:that\s+time|then)\b", lambda m: Then()),
        (
            rf"(?i)\b(?:the\s+)?(?P<way>past|last|next|coming|recent)\s+(?P<count>{COUNT}|{VAGUE})?\s*"
            rf"(?P<unit>{PLURAL})\b(?!\s+of\b)",
            tw.past_units,
        ),
        (
            rf"(?i)\b(?:the\s+)?(?P<count>{COUNT})\s+(?P<way>recent|past|last|coming|next)\s+"
            rf"(?P<unit>{PLURAL})\b(?!\s+of\b)",
            tw.past_units,
        ),
        (
            rf"(?i){LEFT}(?P<count>{COUNT})(?:\s+(?:full|whole|long|consecutive|straight))?\s+"
            rf"(?P<unit>{UNITS}|{SHORT})\b",
            tw.duration,
        ),
        (
            rf"(?i){LEFT}(?P<count>\d+|{WORD})-(?P<unit>{UNIT}|second|minute|hour)s?(?:-long)?\b",
            tw.duration,
        ),
        (rf"(?i)\b(?P<count>an?)\s+(?P<unit>{UNIT})\s+and\s+a\s+half\b", tw.year_and_a_half),
        (rf"(?i)\b{VAGUE}\s+(?P<unit>{UNITS}|{SHORT})\b", tw.several),
        (rf"(?<=\bfor ){PLURAL}\b", tw.several),
        (rf"(?i)\b(?:every|each|per|twice an?|once an?)\s+(?P<unit>{UNIT})\b", tw.every),
        (r"\b(?:annually|yearly|per annum)\b", lambda m: Value("set", "P1Y")),
        (
            r"(?i)\b\d{1,2}(?::\d\d)?\s*(?:[ap]\.m\.|[ap]m\b)"
            r"|\b\d{1,2}:\d\d\b(?:\s*(?:GMT|UTC|local time))?",
            lambda m: Value("time", None),
        ),
        (r"(?<=\bat )(?:noon|midnight|dawn|dusk)\b", lambda m: Value("time", None)),
    )
)

Wrap = Callable[[re.Match[str], Expr], Expr | None]


def first_units(m: re.Match[str], of: Expr) -> Expr | None:
    """Read "the first six months of", "the last days of"."""
    last = m["n"].lower() in {"last", "final", "closing"}
    if m["count"] is None and m["unit"].endswith("s"):
        return Part("end" if last else "start", of)
    count = small_number(m["count"]) if m["count"] else 1.0
    if not count or count != int(count):
        return None
    return Part("last" if last else "first", of, int(count), whole(m["unit"]))


def nth_unit(m: re.Match[str], of: Expr) -> Expr:
    """Read "the second week of"."""
    return Part("nth", of, ordinal(m["n"]), m["unit"].lower())


def share(m: re.Match[str], of: Expr) -> Expr:
    """Read "the second half of", "the last quarter of"."""
    part = m["part"].lower()
    parts = {"half": 2, "third": 3, "quarter": 4}[part]
    number = parts if m["n"].lower() in {"last", "final"} else ordinal(m["n"])
    return Part(part, of, min(number, parts))


def edge(m: re.Match[str], of: Expr) -> Expr:
    """Read "the end of", and "by the end of", which names the last day."""
    if m["word"].lower() in {"end", "close"}:
        return Part("last day" if m["by"] else "end", of)
    return Part("middle" if m["word"].lower() == "middle" else "start", of)


def since(m: re.Match[str], of: Expr) -> Expr:
    """Read "since 2006"; "since the beginning of this year" is this year so far."""
    if isinstance(of, Part) and of.part == "start" and isinstance(of.of, Shift | Whole):
        return of.of
    return Bound("since", of)


def unchanged(m: re.Match[str], of: Expr) -> Expr:
    """Take words into the expression that do not change its date."""
    return of


Table = tuple[tuple[re.Pattern[str], Wrap], ...]

PARTS: Table = tuple(
    (re.compile(pattern + "$", re.IGNORECASE), wrap)
    for pattern, wrap in (
        (
            rf"\b(?:the\s+)?(?P<n>{ORD}|last|final)[\s-](?P<part>half|quarter|third)\s+(?:of\s+)?"
            r"(?:the\s+year\s+)?",
            share,
        ),
        (
            rf"\b(?:the\s+)?(?P<n>first|last|final|opening|closing)\s+(?:(?P<count>{COUNT})\s+)?"
            r"(?P<unit>days?|weeks?|months?|quarters?|years?|decades?)\s+of\s+",
            first_units,
        ),
        (rf"\b(?:the\s+)?(?P<n>{ORD})\s+(?P<unit>day|week)\s+of\s+", nth_unit),
        (
            r"(?P<by>\bby\s+)?\b(?:the\s+)?(?P<word>beginning|start|outset|middle|end|close)\s+of\s+",
            edge,
        ),
        (
            r"\b(?:very\s+)?(?P<part>early|late|mid)(?:\s+in)?[\s-]",
            lambda m, of: Part(m["part"].lower(), of),
        ),
        (r"\b(?:earlier|later|so far|back|some ?time)(?:\s+in)?\s+", unchanged),
        (r"\bthe\s+(?:night|morning|evening|afternoon)s?\s+of\s+(?:the\s+)?", unchanged),
        (
            r"\b(?:the\s+)?(?:rest|remainder|course|whole|entirety|year|month)(?:\s+of)?\s+",
            unchanged,
        ),
        (
            r"\bthe\s+(?:same|similar|corresponding|comparable|equivalent)\s+"
            r"(?:period|time|months?|quarter|stretch)(?:\s+(?:of|in|during))?\s+",
            lambda m, of: Same(of),
        ),
        (
            r"\b(?:circa|ca\.|c\.|around|about|approximately|roughly)\s+(?:the\s+)?",
            lambda m, of: Around(of),
        ),
    )
)

BOUNDS: Table = tuple(
    (re.compile(pattern + r"(?:the\s+)?$", re.IGNORECASE), wrap)
    for pattern, wrap in (
        (r"\b(?:ever\s+)?since\s+(?:at\s+least\s+)?", since),
        (r"\bnot\s+until\s+", unchanged),
        (r"\b(?:(?:up\s+)?until|till|up\s+to|through)\s+", lambda m, of: Bound("until", of)),
        (r"\b(?:before|prior\s+to|earlier\s+than)\s+", lambda m, of: Bound("before", of)),
        (r"\bafter\s+", lambda m, of: Bound("after", of)),
        (r"\b(?:by|as\s+of|at)\s+", unchanged),
    )
)
