"""Time expressions: found by rules and normalised to EDTF (levels 0 and 1), without a clock.

Three steps. Atoms ("18 August", "last year", "ten years") match the patterns of `time_tables`;
words around them change or join them ("the first half of", "since", "from … to"); what is
incomplete or relative is read against a date of the text or of the document (`resolve`).

dateparser is not used: it fills what is missing from today's date and takes "in", "may" and "2,000"
for dates, so that a text would read differently on another day.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from kg.annotation.periods import Point, read_edtf
from kg.annotation.time_exprs import (
    Bound,
    Context,
    Expr,
    Fixed,
    Incomplete,
    Kind,
    Part,
    Past,
    Range,
    Same,
    Then,
    Value,
    Whole,
)
from kg.annotation.time_tables import ATOMS, BOUNDS, PARTS, Table
from kg.annotation.time_words import sentence_before

NEAR_YEAR = 40  # the same where the date is a year alone
NEAR = 600  # characters over which a date of the text still sets the year of what follows


@dataclass(frozen=True, slots=True)
class Timex:
    """A time expression as written, and what it says.

    `edtf` of a date is EDTF; of a duration or a set it is an ISO 8601 duration ("P10Y"), which is
    no EDTF: ask `kind`, or take `period`. It is None where the words do not say, or where nothing
    is known to read them against. `relative_to` holds the words of the date that it was read
    against, or "document date".
    """

    start: int
    end: int
    text: str
    edtf: str | None
    kind: Kind
    approximate: bool = False
    relative_to: str | None = None
    expr: Expr = field(default_factory=Expr, repr=False, compare=False)
    # words before it tell of the future; later expressions may be read against it
    ahead: bool = field(default=False, repr=False, compare=False)
    anchor: bool = field(default=True, repr=False, compare=False)

    @property
    def period(self) -> str | None:
        """The EDTF of a date, None for other kinds."""
        return self.edtf if self.kind == "date" else None


BASELINE = re.compile(
    r"\b(?:compared\s+(?:with|to)|than(?:\s+in|\s+at)?|(?:up|down)\s+(?:\S+\s+){0,3}(?:from|on)"
    r"|versus|against|over)\s+$"
)
FUTURE = re.compile(
    r"\b(?:will|shall|expect(?:ed|s)?|due|scheduled|plan(?:s|ned)?|going to|(?:is|are) to|to be"
    r"|would|by|forecasts?|target|projected)\b[^.]*$"
)


@dataclass(frozen=True, slots=True)
class Span:
    """An expression with its place in the text."""

    start: int
    end: int
    expr: Expr


def find(text: str, *, reference: str | None = None, offset: int = 0) -> list[Timex]:
    """Return the time expressions of a text, in order, with offsets from `offset` on.

    With a `reference`, the document's date in EDTF, they are resolved against it and each other;
    without, only complete dates are normalised, and `resolve` sees to the others once all passages
    have been read.
    """
    spans = [bounded(text, span) for span in joined(text, chosen(atoms(text)))]
    timexes = [timex_of(text, span, offset) for span in spans if not bare(span.expr)]
    return resolve(timexes, reference) if reference else timexes


def atoms(text: str) -> Iterable[Span]:
    """Yield all that a pattern finds, with the parts that stand before ("the first half of")."""
    for pattern, builder in ATOMS:
        for m in pattern.finditer(text):
            expr = builder(m)
            if expr is not None:
                span = Span(m.start(), m.end(), expr)
                yield span if isinstance(expr, Value) else wrapped(text, span, PARTS)


def wrapped(text: str, span: Span, table: Table) -> Span:
    """Apply the words before an expression, the nearest first."""
    before = text[max(0, span.start - 80) : span.start]
    for pattern, wrap in table:
        m = pattern.search(before)
        expr = wrap(m, span.expr) if m and m[0] else None
        if m and expr:
            return wrapped(text, Span(span.start - len(m[0]), span.end, expr), table)
    return span


def chosen(spans: Iterable[Span]) -> list[Span]:
    """Keep the longest of the spans that overlap, in order of the text."""
    out: list[Span] = []
    for span in sorted(spans, key=lambda s: (s.start - s.end, s.start)):
        if all(span.end <= other.start or other.end <= span.start for other in out):
            out.append(span)
    return sorted(out, key=lambda s: s.start)


def joined(text: str, spans: Sequence[Span]) -> list[Span]:
    """Make one interval of two dates with "to", "until", a dash, or "between … and" around them."""
    out: list[Span] = []
    for span in spans:
        last = out[-1] if out else None
        start = interval_start(text, last, span) if last else None
        if last and start is not None:
            out[-1] = Span(start, span.end, Range(last.expr, span.expr))
        else:
            out.append(span)
    return out


def interval_start(text: str, first: Span, last: Span) -> int | None:
    """Return where an interval of two dates begins, None where they are none."""
    if isinstance(first.expr, Value | Range) or isinstance(last.expr, Value):
        return None
    link = text[first.end : last.start]
    if not re.fullmatch(
        r"(?:\s*[-–—]\s*|\s+(?:to|until|till|through|and|and the|to the)\s+)", link
    ):
        return None
    opening = re.search(r"\b(?:[Ff]rom|[Bb]etween)\s+(?:the\s+)?$", text[: first.start])
    if opening:
        fits = ("and" in link) == (opening[0][0] in "bB")
        return opening.start() if fits else None
    plain = all(isinstance(s.expr, Fixed | Incomplete | Part) for s in (first, last))
    return first.start if plain and "and" not in link else None


def bounded(text: str, span: Span) -> Span:
    """Apply "since", "until", "before" and their like."""
    if isinstance(span.expr, Value):
        return span
    onwards = re.match(r"\s+(?:onwards?|on)\b(?=\s*[.,;)]|\s*$)", text[span.end :])
    if onwards and re.search(r"\b[Ff]rom\s+$", text[: span.start]):
        return Span(span.start - 5, span.end + onwards.end(), Bound("since", span.expr))
    out = wrapped(text, span, BOUNDS)
    if (
        re.search(r"\bthe\s+$", text[out.start : span.start])
        and text[span.start : span.end].isdigit()
    ):
        return span  # "before the 2014 protests" is not before 2014
    if isinstance(span.expr, Then) and out is span:
        return Span(span.start, span.end, Expr())
    return out


def bare(expr: Expr) -> bool:
    """Whether an expression says no time by itself: "the year", "then"."""
    return type(expr) is Expr or (isinstance(expr, Whole) and not expr.strict)


def timex_of(text: str, span: Span, offset: int) -> Timex:
    """Return a span as a time expression, normalised as far as it can be without context."""
    expr = span.expr
    before = text[max(0, span.start - 80) : span.start]
    timex = Timex(
        offset + span.start,
        offset + span.end,
        text[span.start : span.end],
        expr.value if isinstance(expr, Value) else None,
        expr.kind if isinstance(expr, Value) else "date",
        expr.approximate if isinstance(expr, Value) else False,
        expr=expr,
        ahead=bool(FUTURE.search(sentence_before(text[max(0, span.end - 160) : span.end]).lower())),
        anchor=not (isinstance(expr, Value | Same) or BASELINE.search(before)),
    )
    return settled(timex, Context())


def settled(timex: Timex, context: Context) -> Timex:
    """Return a time expression as read in a context."""
    if isinstance(timex.expr, Value):
        return timex
    period, relative_to = timex.expr.read(context)
    return replace(
        timex,
        edtf=period.edtf if period else None,
        approximate=period.approximate if period else isinstance(timex.expr, Past),
        relative_to=relative_to if period else None,
    )


def resolve(timexes: Sequence[Timex], document_date: str | None) -> list[Timex]:
    """Read incomplete and relative expressions, given in reading order.

    What lacks a year takes it from the nearest date before it in the text, or from the document's
    date where that is far away or missing. "Last year" and its like are told from the document's
    date; where the document has none, the latest date that the text tells as past stands for it,
    as far as the year.
    """
    document = document_point(document_date)
    words: str | None = "document date"
    known = document is not None
    if document is None:
        document, words = presumed(timexes)
    out: list[Timex] = []
    anchor: Timex | None = None
    for timex in timexes:
        context = Context(
            document,
            words,
            read_edtf(anchor.edtf) if anchor else None,
            anchor.text if anchor else None,
            near=not known or (anchor is not None and lends_year(anchor, timex)),
        )
        timex = settled(timex, context)
        out.append(timex)
        if serves(timex, document):
            anchor = timex
    return out


def lends_year(anchor: Timex, timex: Timex) -> bool:
    """Whether a date sets the year of what follows although the document is dated: a near one that tells a month or day.

    A bare year does so in its own clause only: "In 2019, on March 3", but not "born in 1960. … On June 30 she".
    """
    gap = timex.start - anchor.end
    period = read_edtf(anchor.edtf)
    point = (period.start or period.end) if period else None
    if isinstance(anchor.expr, Bound) or point is None:
        return False
    return gap <= (NEAR if len(point) > 1 else NEAR_YEAR)


def serves(timex: Timex, document: Point | None) -> bool:
    """Whether later expressions may be read against this one: no baseline, no far future."""
    period = read_edtf(timex.edtf) if timex.kind == "date" and timex.anchor else None
    if not period or not (period.start or period.end):
        return False
    if isinstance(timex.expr, Bound) and len(period.start or period.end or ()) == 1:
        return False  # "chairman since 2012": what follows is no story of 2012
    year = (period.end or period.start or (0,))[0]
    return not (timex.ahead and document and year > document[0])


def document_point(edtf: str | None) -> Point | None:
    """Return the point of a document's date: the end of an interval, the year of a season."""
    period = read_edtf(edtf)
    point = period.end or period.start if period else None
    return point[:1] if point and len(point) > 1 and point[1] > 12 else point


def presumed(timexes: Iterable[Timex]) -> tuple[Point | None, str | None]:
    """Return the year of the latest complete date that is not told as future, and its words."""
    best: tuple[Point, str] | None = None
    for timex in timexes:
        period = read_edtf(timex.edtf) if timex.kind == "date" and not timex.ahead else None
        start = period.start if period else None
        if start and (best is None or start > best[0]):
            best = (start, timex.text)
    return (best[0][:1], best[1]) if best else (None, None)
