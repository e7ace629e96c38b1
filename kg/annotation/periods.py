"""Stretches of time: points, periods, and the arithmetic of the calendar. No clock, no text."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

Point = tuple[int, ...]  # year, month (from 21 on: a season), day; as far as known
SEASONS = {"spring": 21, "summer": 22, "autumn": 23, "fall": 23, "winter": 24}
MIDDLE = {21: 4, 22: 7, 23: 10, 24: 1}  # the month in the middle of a season
YEARS_OF = {"year": 1, "decade": 10, "century": 100}


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time; `None` for an open side, equal sides for a single year, month or day."""

    start: Point | None
    end: Point | None
    approximate: bool = False
    form: str | None = None  # the EDTF where it is no pair of points: "199X"

    @property
    def edtf(self) -> str:
        """The period as EDTF; what is approximate carries "~"."""
        mark = "~" if self.approximate else ""
        if self.form or self.start == self.end:
            return (self.form or write(self.start, "")) + mark
        return f"{write(self.start, mark)}/{write(self.end, mark)}"


def write(point: Point | None, mark: str) -> str:
    """Return a point as EDTF, ".." for an open side."""
    if point is None:
        return ".."
    return "-".join([f"{point[0]:04d}", *(f"{part:02d}" for part in point[1:])]) + mark


def at(*point: int) -> Period:
    """Return the period of one year, month, season or day."""
    return Period(point, point)


def read_edtf(edtf: str | None) -> Period | None:
    """Read dates, intervals, decades and centuries as this module writes them; None for others."""
    decades = re.fullmatch(r"(\d{2,3})(X{1,2})(~?)", edtf or "")
    if decades:
        size = 10 ** len(decades[2])
        first = int(decades[1]) * size
        return Period((first,), (first + size - 1,), bool(decades[3]), decades[1] + decades[2])
    points: list[Point | None] = []
    for side in (edtf or "?").split("/"):
        found = re.fullmatch(r"(?:(\d{4}(?:-\d\d){0,2})[~?%]?|\.\.)", side)
        if not found:
            return None
        points.append(tuple(int(part) for part in found[1].split("-")) if found[1] else None)
    return Period(points[0], points[-1], "~" in (edtf or "")) if len(points) < 3 else None


def nearest_year(month: int, anchor: Point, document: Point | None, *, narrative: bool) -> int:
    """Return the year in which a month lies nearest to a date.

    A narrative goes on rather than back, and rather stays within its year; news tell of the past.
    Nothing is put more than a few months behind the document's own date.
    """
    if len(anchor) == 1:
        return anchor[0]
    month = MIDDLE.get(month, month)

    def cost(year: int) -> float:
        steps = 12 * (year - anchor[0]) + month - MIDDLE.get(anchor[1], anchor[1])
        weight = (1.0 if steps > 0 else 1.5) if narrative else (1.2 if steps > 0 else 1.0)
        out = abs(steps) * weight + (5 if narrative and year != anchor[0] else 0)
        if narrative and document and len(document) > 1:
            beyond = 12 * (year - document[0]) + month - MIDDLE.get(document[1], document[1])
            out += 3 * max(0, beyond - 1)
        return out

    return min((anchor[0], anchor[0] - 1, anchor[0] + 1), key=cost)


def shifted(point: Point, unit: str, steps: int) -> Period | None:
    """Return the unit that lies some steps from the one that holds a point."""
    if unit == "year":
        return at(point[0] + steps)
    if unit in YEARS_OF:
        size = YEARS_OF[unit]
        first = point[0] // size * size + steps * size
        return Period(
            (first,), (first + size - 1,), form=f"{first // size}" + "X" * (len(str(size)) - 1)
        )
    if len(point) < 2 or point[1] > 12:
        return None
    if unit in {"month", "quarter"}:
        size = 3 if unit == "quarter" else 1
        months = (12 * point[0] + point[1] - 1) // size * size + steps * size
        return months_from(months, size)
    if len(point) < 3:
        return None
    day = date(*point[:3])
    if unit == "day":
        return days_from(day + timedelta(days=steps), 1)
    if unit == "week":
        return days_from(day - timedelta(days=day.weekday() - 7 * steps), 7)
    if unit == "weekend":
        saturday = day - timedelta(days=(day.weekday() - 5) % 7)
        return days_from(saturday + timedelta(days=7 * steps), 2)
    return None


def months_from(month: int, count: int) -> Period:
    """Return some months, counted from the year 0."""
    last = month + count - 1
    return Period((month // 12, month % 12 + 1), (last // 12, last % 12 + 1))


def days_from(day: date, count: int) -> Period:
    """Return some days from one on."""
    last = day + timedelta(days=count - 1)
    return Period((day.year, day.month, day.day), (last.year, last.month, last.day))


def first_day(point: Point) -> date:
    """Return the first day of a year, month or day."""
    return date(point[0], point[1] if len(point) > 1 else 1, point[2] if len(point) > 2 else 1)


def last_day(point: Point) -> date:
    """Return the last day of a year, month or day."""
    month = point[1] if len(point) > 1 else 12
    return date(
        point[0], month, point[2] if len(point) > 2 else calendar.monthrange(point[0], month)[1]
    )


def eve(point: Point) -> Point | None:
    """Return the year, month or day before."""
    if len(point) > 1 and point[1] > 12:
        return (point[0] - 1, 24) if point[1] == 21 else (point[0], point[1] - 1)
    before = shifted(point, ("year", "month", "day")[len(point) - 1], -1)
    return before.end if before else None
