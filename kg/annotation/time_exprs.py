"""What a time expression says before it is read against a date: one small class for each kind."""

from __future__ import annotations

import calendar
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from kg.annotation.periods import (
    MIDDLE,
    Period,
    Point,
    at,
    days_from,
    eve,
    first_day,
    last_day,
    months_from,
    nearest_year,
    shifted,
)

Kind = Literal["date", "duration", "set", "time", "comparison"]  # the last: since when something is the first or most
DAYS_OF = {"day": 1, "week": 7}


@dataclass(frozen=True, slots=True)
class Context:
    """What an expression is read against."""

    document: Point | None = None
    document_words: str | None = None  # "document date", or the date that stands for it
    anchor: Period | None = None  # the date before it in the text
    anchor_words: str | None = None
    near: bool = True  # the anchor is close enough to go before the document's date


Found = tuple[Period | None, str | None]  # the period, and the words of what it was read against


@dataclass(frozen=True, slots=True)
class Expr:
    """An expression before it is read; the base class is one that is never read."""

    def read(self, context: Context) -> Found:
        """Return the period in a context, with what it is relative to."""
        return None, None


@dataclass(frozen=True, slots=True)
class Fixed(Expr):
    """A date that needs no context."""

    period: Period

    def read(self, context: Context) -> Found:
        return self.period, None


@dataclass(frozen=True, slots=True)
class Incomplete(Expr):
    """A month, a season or a day of a month without its year."""

    month: int
    first: int | None = None
    last: int | None = None

    def read(self, context: Context) -> Found:
        end = context.anchor.end or context.anchor.start if context.anchor else None
        if end and (context.near or not context.document):
            year = nearest_year(self.month, end, context.document, narrative=True)
            return self.of(year), context.anchor_words
        if context.document:
            year = nearest_year(self.month, context.document, context.document, narrative=False)
            return self.of(year), context.document_words
        return None, None

    def of(self, year: int) -> Period | None:
        """Return the period in a given year, None for a day that it does not have."""
        if self.first is None:
            return at(year, self.month)
        length = calendar.monthrange(year, self.month)[1]
        last = self.last or self.first
        if not self.first <= last <= length:
            return None
        return Period((year, self.month, self.first), (year, self.month, last))

    def beside(self, other: Point, *, before: bool) -> Period | None:
        """Return the period next to a dated one: January beside (July 2016) lies in 2016."""
        if len(other) == 1:
            return self.of(other[0])
        mine, theirs = MIDDLE.get(self.month, self.month), MIDDLE.get(other[1], other[1])
        if before:
            return self.of(other[0] - (mine > theirs))
        return self.of(other[0] + (mine < theirs))


@dataclass(frozen=True, slots=True)
class MonthOf(Expr):
    """A month, or a day of one, in a year that is told from elsewhere."""

    month: int
    day: int | None
    of: Expr

    def read(self, context: Context) -> Found:
        period, words = self.of.read(context)
        if not period or not period.start:
            return None, words
        return Incomplete(self.month, self.day, self.day).of(period.start[0]), words


@dataclass(frozen=True, slots=True)
class Shift(Expr):
    """Units away from the document's date ("last year") or the date before ("a year later")."""

    unit: str
    steps: float
    deictic: bool
    loose: bool = False  # "two weeks ago": the day is not exact

    def read(self, context: Context) -> Found:
        if self.deictic:
            base = at(*context.document) if context.document else None
            return self.move(base), context.document_words
        if (context.anchor is None or not context.near) and context.document and self.steps < 0 and self.unit != "day":
            return self.move(at(*context.document)), context.document_words
        return self.move(context.anchor), context.anchor_words

    def move(self, base: Period | None) -> Period | None:
        """Return the period away from a base, None where the base is too coarse."""
        if base is None or self.steps != int(self.steps):
            return None
        start, end, steps = base.start or base.end, base.end or base.start, int(self.steps)
        if not start or not end:
            return None
        if not self.deictic and self.unit == "year" and start != end and start[0] == end[0]:
            return Period((start[0] + steps, *start[1:]), (end[0] + steps, *end[1:]))
        moved = shifted(start if steps < 0 else end, self.unit, steps)
        return replace(moved, approximate=True) if moved and self.loose else moved


@dataclass(frozen=True, slots=True)
class Named(Expr):
    """A month, season or weekday told from the document's date: "last July", "on Monday"."""

    month: int | None  # or None for a weekday
    weekday: int = 0
    way: int = 0  # -1 last, 0 this or none, 1 next

    def read(self, context: Context) -> Found:
        document = context.document
        if document is None or (self.month is None and len(document) < 3):
            return None, None
        if self.month is not None:
            return at(document[0] + self.years(document), self.month), context.document_words
        day = date(*document[:3])
        back = (day.weekday() - self.weekday) % 7
        days = -(back or 7) if self.way < 0 else 7 - back if self.way > 0 else -back
        return days_from(day + timedelta(days=days), 1), context.document_words

    def years(self, document: Point) -> int:
        """Return how many years lie between the document's and the one that is meant."""
        mine = MIDDLE.get(self.month or 0, self.month or 0) + (1 if self.month in MIDDLE else 0)
        there = document[1] if len(document) > 1 else 0
        if self.way < 0:
            return 0 if there > mine else -1
        return 1 if self.way > 0 and there >= mine else 0


@dataclass(frozen=True, slots=True)
class Whole(Expr):
    """ "The year", "the month": the one just spoken of. Only a part of it is a time expression."""

    unit: str
    strict: bool = False  # "that year": of the date before in the text only

    def read(self, context: Context) -> Found:
        anchor = context.anchor.start or context.anchor.end if context.anchor else None
        if anchor and (context.near or self.strict or not context.document):
            return shifted(anchor, self.unit, 0), context.anchor_words
        if context.document and not self.strict:
            return shifted(context.document, self.unit, 0), context.document_words
        return None, None


@dataclass(frozen=True, slots=True)
class Then(Expr):
    """ "At the time", "since then": the date before."""

    def read(self, context: Context) -> Found:
        return context.anchor, context.anchor_words


@dataclass(frozen=True, slots=True)
class Same(Expr):
    """ "The same period of 2015": the period before, in another year."""

    of: Expr

    def read(self, context: Context) -> Found:
        period, words = self.of.read(context)
        base = context.anchor
        if (
            period
            and period.start
            and base
            and base.start
            and base.end
            and base.start[0] == base.end[0]
        ):
            year = period.start[0]
            return Period(
                (year, *base.start[1:]), (year, *base.end[1:])
            ), words or context.anchor_words
        return period, words


@dataclass(frozen=True, slots=True)
class Past(Expr):
    """ "In the past five years": units that end at the document's date."""

    unit: str
    count: float | None
    ahead: bool = False

    def read(self, context: Context) -> Found:
        now = context.document
        if not now or self.count is None or self.count != int(self.count):
            return None, context.document_words if self.count is not None else None
        there = shifted(now, self.unit, int(self.count) * (1 if self.ahead else -1))
        here = shifted(now, self.unit, 0)
        if self.unit == "week" and there and here:
            here = there = Period(there.start, here.end)
        if not there or not here:
            return None, None
        first, last = (here, there) if self.ahead else (there, here)
        return Period(first.start, last.end, approximate=True), context.document_words


@dataclass(frozen=True, slots=True)
class Part(Expr):
    """A named part of another expression: "the first half of", "early", "the end of"."""

    part: str
    of: Expr
    count: int = 1
    unit: str = ""

    def read(self, context: Context) -> Found:
        period, words = self.of.read(context)
        return (self.cut(period) if period else None), words

    def cut(self, whole: Period) -> Period | None:
        """Return the part of a period."""
        if self.part in {"early", "mid", "middle", "late"} or not whole.start or not whole.end:
            return replace(whole, approximate=True)
        if self.unit in {"day", "week"}:
            return self.days(whole, DAYS_OF[self.unit])
        if len(whole.start) == 3 and self.part in {"start", "end", "last day"}:
            edge = whole.start if self.part == "start" else whole.end
            return Period(edge, edge, approximate=self.part != "last day")
        if len(whole.start) == 2 and whole.start[1] < 13:
            return self.of_month(whole)
        return self.of_years(whole) if len(whole.start) == 1 else replace(whole, approximate=True)

    def days(self, whole: Period, size: int) -> Period | None:
        """Return "the first week", "the last three days", "the second week" of a month or year."""
        assert whole.start and whole.end
        low, high = first_day(whole.start), last_day(whole.end)
        if self.part == "last":
            return days_from(high - timedelta(days=size * self.count - 1), size * self.count)
        if self.part == "nth":
            return days_from(low + timedelta(days=size * (self.count - 1)), size)
        return days_from(low, size * self.count)

    def of_month(self, whole: Period) -> Period | None:
        """Return a half, the last day, or the month itself where the part is no firm one."""
        assert whole.start and whole.end
        low, high = first_day(whole.start), last_day(whole.end)
        if self.part == "half" and whole.start == whole.end:
            middle = low + timedelta(days=14)
            return (
                days_from(low, 15)
                if self.count == 1
                else days_from(middle + timedelta(days=1), high.day - 15)
            )
        if self.part == "last day":
            return days_from(high, 1)
        return replace(whole, approximate=True)

    def of_years(self, whole: Period) -> Period | None:
        """Return quarters, halves, first and last months or years, and the edges of years."""
        assert whole.start and whole.end
        low, high = whole.start[0], whole.end[0]
        months = 12 * (high - low + 1)
        if self.part == "last day":
            return at(high, 12, 31)
        if self.part in {"start", "end"}:
            edge = low if self.part == "start" else high
            point = (edge, 1 if self.part == "start" else 12) if low == high else (edge,)
            return Period(point, point, approximate=True)
        if self.part in {"half", "quarter", "third"}:
            size = months // {"half": 2, "third": 3, "quarter": 4}[self.part]
            found = months_from(12 * low + size * (self.count - 1), size)
        else:
            size = self.count * {"month": 1, "quarter": 3, "decade": 120}.get(self.unit, 12)
            found = months_from(12 * (high + 1) - size if self.part == "last" else 12 * low, size)
        if low != high and found.start and found.end:
            return Period(found.start[:1], found.end[:1])
        return found


@dataclass(frozen=True, slots=True)
class Reported(Expr):
    """ "Fourth-quarter profit", "full-year sales": the last such part of a year that was over at the document's date."""

    months: int  # in one part
    count: int  # which part

    def read(self, context: Context) -> Found:
        now = context.document
        if not now:
            return None, None
        over = self.months * self.count < (now[1] if len(now) > 1 else 13)
        year = now[0] if over else now[0] - 1
        return months_from(12 * year + self.months * (self.count - 1), self.months), context.document_words


@dataclass(frozen=True, slots=True)
class Range(Expr):
    """Two expressions as one interval; a side without year takes that of the other."""

    first: Expr
    last: Expr

    def read(self, context: Context) -> Found:
        (first, words), (last, more) = self.first.read(context), self.last.read(context)
        if isinstance(self.first, Incomplete) and last and last.start:
            first = self.first.beside(last.start, before=True)
            words = more
        elif isinstance(self.last, Incomplete) and first and first.start:
            last = self.last.beside(first.start, before=False)
        if (
            not first
            or not last
            or not first.start
            or not last.end
            or first.start > last.end[: len(first.start)]
        ):
            return None, words or more
        return Period(first.start, last.end, first.approximate or last.approximate), words or more


@dataclass(frozen=True, slots=True)
class Bound(Expr):
    """An interval open at one side: since, after, until, before."""

    word: str
    of: Expr

    def read(self, context: Context) -> Found:
        period, words = self.of.read(context)
        if not period:
            return None, words
        if self.word == "since":
            return Period(period.start, None, period.approximate), words
        if self.word == "after":
            return Period(period.end, None, period.approximate), words
        if self.word == "until":
            return Period(None, period.end, period.approximate), words
        return Period(None, eve(period.start) if period.start else None, period.approximate), words


@dataclass(frozen=True, slots=True)
class Around(Expr):
    """A date that is only about right."""

    of: Expr

    def read(self, context: Context) -> Found:
        period, words = self.of.read(context)
        return (replace(period, approximate=True) if period else None), words


@dataclass(frozen=True, slots=True)
class Value(Expr):
    """A duration, a set or a time of day: no date, and nothing to resolve."""

    kind: Kind
    value: str | None
    approximate: bool = False
