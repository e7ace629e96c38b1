"""What span of days a date of EDTF covers: "July 2016" is a month wide and stays so on the page."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from functools import cache

DATE = re.compile(r"(\d{4}|\d{3}X|\d{2}XX)(?:-(\d{2}|XX))?(?:-(\d{2}|XX))?([~?%]?)")
SEASONS = {
    21: (3, 5),
    22: (6, 8),
    23: (9, 11),
    24: (12, 12),
    25: (3, 5),
    26: (6, 8),
    27: (9, 11),
    28: (12, 12),
}
PARTS = {
    33: 3,
    34: 3,
    35: 3,
    36: 3,
    37: 4,
    38: 4,
    39: 4,
    40: 6,
    41: 6,
}  # quarters, thirds, halves: months in each
FIRST = {33: 1, 34: 4, 35: 7, 36: 10, 37: 1, 38: 5, 39: 9, 40: 1, 41: 7}


@dataclass(frozen=True, slots=True)
class Span:
    """Days from the first to the last, counted from 0001-01-01; `None` where an end is open."""

    first: int | None
    last: int | None
    vague: bool = False  # marked as uncertain or approximate


@cache
def span(edtf: str) -> Span | None:
    """Return the days that an EDTF date covers; none where it is no date that fits on a line."""
    text = edtf.strip().strip("[]{}")
    if "/" in text:
        return interval(*text.split("/", 1))
    if ".." in text.replace(",", ".."):
        ends = re.split(r"\.\.|,", text)
        return interval(ends[0], ends[-1])
    found = DATE.fullmatch(text)
    return days(*found.groups()) if found else None


def interval(start: str, end: str) -> Span | None:
    """Join two ends; an empty end or ".." is open."""
    ends = [None if part.strip() in ("", "..") else span(part) for part in (start, end)]
    known = [
        part.strip() in ("", "..") or end is not None
        for part, end in zip((start, end), ends, strict=True)
    ]
    if not all(known) or ends == [None, None]:
        return None
    first, last = ends
    vague = any(e is not None and e.vague for e in ends)
    out = Span(first.first if first else None, last.last if last else None, vague)
    return None if None not in (out.first, out.last) and (out.first or 0) > (out.last or 0) else out


def days(year: str, month: str | None, day: str | None, mark: str) -> Span | None:
    """Return the days of one date; an X stands for any digit."""
    low, high = int(year.replace("X", "0")), int(year.replace("X", "9"))
    months = (1, 12) if month in (None, "XX") else months_of(int(month or 0))
    if low < 1 or months is None:
        return None
    if day in (None, "XX") or low != high:
        last = monthrange(high, months[1])[1]
        return Span(
            date(low, months[0], 1).toordinal(), date(high, months[1], last).toordinal(), mark != ""
        )
    try:
        exact = date(low, months[0], int(day or 0)).toordinal()
    except ValueError:
        return None
    return Span(exact, exact, mark != "")


def months_of(number: int) -> tuple[int, int] | None:
    """Return first and last month of a month, season, quarter or half."""
    if 1 <= number <= 12:
        return number, number
    if number in PARTS:
        return FIRST[number], FIRST[number] + PARTS[number] - 1
    return SEASONS.get(number)
