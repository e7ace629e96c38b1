"""Figures of tables: each cell that holds a number, with its period, what it measures and its unit.

The first column labels the rows, the header the columns; either may hold the periods. What is no
period belongs to the measure. Blank cells, dashes and "n/a" hold nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from kg.annotation import timex
from kg.annotation.numerals import words
from kg.claims import quantities
from kg.claims.quantities import SCALES
from kg.claims.units import people
from kg.model import Cell, Document, Table

Span = tuple[int, int]

MISSING = set(words("- – — -- n/a na n.a. n.d. .. ... … none nil ? x")) | {""}
FOOTNOTE = re.compile(
    r"\s*(?:\[\w{1,2}\]|\(\w\)|[*†‡§¹²³⁴⁵⁶⁷⁸⁹⁰]+"
    r"|(?<=[^\d\s])\s+\d{1,2}|(?<=\d{4})\s+[\da-z])$"
)
GENERIC = set(
    words(
        "number numbers no n total value count amount figure figures quantity year period date "
        "month quarter country name category item sum all"
    )
) | {""}
NUMBERING = set(words("no no. # nr nr. rank id position"))
INTRODUCTION = re.compile(  # "The table below summarizes", "Table 2:"
    r"^(?:(?:table|figure|fig\.|chart)\s*\w{0,4}\s*[.:–—-]\s*"
    r"|(?:the\s+)?(?:following\s+|above\s+)?(?:table|chart|list|statistics|data|figures?)"
    r"(?:\s+(?:below|above|that\s+follows?))?,?\s+(?:which\s+)?(?:\w+ly\s+)?"
    r"(?:summari[sz]es?|shows?|lists?|gives?|presents?|contains?|provides?|displays?|sets?\s+out|details?)\s+)",
    re.IGNORECASE,
)
COUNTING = re.compile(  # "the total number of the"
    r"^(?:the\s+)?(?:(?:total\s+|annual\s+|yearly\s+)*(?:numbers?|counts?|totals?|amounts?)\s+of\s+)?"
    r"(?:the\s+)?",
    re.IGNORECASE,
)
LONG = 14  # words; a longer caption is a text and no name of what is measured
PLAIN = re.compile(r"[-\u2212]?(?:\d{1,3}(?:[,\s\u00a0\u202f’']\d{3})+|\d+)(?:\.\d+)?")
ABOUT = re.compile(r"^(?:~|≈|about|approx\.?|c\.|ca\.|circa|>|<|over|around)\s*", re.IGNORECASE)
UNIT_NOTE = re.compile(
    r"\(([^()]*)\)|,\s*([^,()]+)$"
    r"|\b(in\s+(?:thousands?|millions?|billions?|percent|per\s+cent)\b.*)$",
    re.IGNORECASE,
)
SIGNS = {
    "$": "dollars",
    "US$": "dollars",
    "USD": "dollars",
    "€": "euros",
    "EUR": "euros",
    "£": "pounds sterling",
    "GBP": "pounds sterling",
    "¥": "yen",
    "₩": "won",
}


@dataclass(frozen=True, slots=True)
class TableFigure:
    """The number in a cell; the evidence is its label, the cell, its header and the caption."""

    measure: str
    value: float | int
    unit: str | None
    period: str | None  # EDTF
    label: str | None  # of the row, where it is no period
    evidence: tuple[Span, ...]
    approximate: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """What the head of a column says of all cells below."""

    measure: str | None
    unit: str | None
    scale: int
    period: str | None
    cell: Cell | None


def table_figures(table: Table, document: Document) -> Iterator[TableFigure]:
    """Yield the figures of a table, row by row."""
    caption = document.text[slice(*table.caption)] if table.caption else ""
    head, body = split_header(table)
    columns = [column_of(cell, document.date) for cell in head] if head else []
    labels = label_columns(head, body, document.date)
    width = max((len(row) for row in body), default=0)
    columns += [Column(None, None, 1, None, None)] * (width - len(columns))
    for row in body:
        for i, cell in enumerate(row):
            label = row[max((c for c in labels if c <= i), default=0)] if labels else None
            if i in labels:
                continue
            figure = figure_of(
                cell, label, columns[i], caption=caption, place=table.caption, date=document.date
            )
            if figure:
                yield figure


def split_header(table: Table) -> tuple[tuple[Cell, ...] | None, tuple[tuple[Cell, ...], ...]]:
    """Return the head of a table and its other rows; a first row without value is a head too."""
    rows = tuple(row for row in table.rows if any(cell.text.strip() for cell in row))
    if not rows:
        return None, ()
    values = [read_value(cell.text) for cell in rows[0][1:]]
    missing = any(cell.text.strip().lower() in MISSING for cell in rows[0][1:])
    periods = not rows[0][0].text.strip() and all(period_of(c.text, None) for c in rows[0][1:])
    named = len(rows) > 1 and bool(values) and (periods or not any(values)) and not missing
    return (rows[0], rows[1:]) if table.header or named else (None, rows)


def label_columns(
    head: Sequence[Cell] | None, body: Sequence[Sequence[Cell]], date: str | None
) -> set[int]:
    """Return the columns that label what stands right of them: the first, and its repetitions.

    A table set in two halves side by side repeats its first head, or goes on with the periods of
    its first column.
    """
    width = max((len(row) for row in body), default=0)
    if width > 2 and head and head[0].text.strip().lower() in NUMBERING:
        return {0, 1}
    if width < 2:
        return {0} if width else set()
    if head:
        first = head[0].text.strip().lower()
        heads = [cell.text.strip().lower() for cell in head]
        return {0, *(i for i, other in enumerate(heads) if first and other == first)}
    out = {0}
    for i in range(2, width - 1, 2):
        above = [row[0] for row in body if len(row) > i]
        here = [row[i] for row in body if len(row) > i and row[i].text.strip()]
        periods = [period_of(cell.text, date) for cell in [*above[-1:], *here]]
        if here and all(periods) and sorted(str(p) for p in periods) == [str(p) for p in periods]:
            out.add(i)
    return out


def column_of(cell: Cell, date: str | None) -> Column:
    """Read the head of a column: a period, or a measure with its unit and scale."""
    text = FOOTNOTE.sub("", cell.text.strip())
    period = period_of(text, date)
    if period:
        return Column(None, None, 1, period, cell)
    unit, scale, measure = unit_note(text)
    generic = measure.lower().strip(" .:#%") in GENERIC
    return Column(None if generic else measure, unit, scale, None, cell)


def unit_note(text: str) -> tuple[str | None, int, str]:
    """Return unit and scale that a head or caption gives, and the text without that note."""
    unit: str | None = None
    scale, rest = 1, text
    if text.strip() in {"%", "%age"} or text.strip().lower() in {
        "percent",
        "per cent",
        "percentage",
    }:
        return "percent", 1, ""
    for m in UNIT_NOTE.finditer(text):
        note = next(g for g in m.groups() if g is not None).strip()
        phrase = "1 " + spelled(re.sub(r"^in\s+", "", note))
        found = next(iter(quantities.find(phrase)), None)
        if found and found.end == len(phrase) and (found.unit or found.value != 1):
            unit, scale = found.unit or unit, int(found.value or 1)
            rest = rest.replace(m[0], "")
    return unit, scale, rest.strip(" ,:")


def spelled(note: str) -> str:
    """Return a note such as "US$ million" or "thousands of tonnes" in the order of prose."""
    note = re.sub(rf"\b({'|'.join(SCALES)})s\b(?:\s+of)?", r"\1", note, flags=re.IGNORECASE)
    sign = re.fullmatch(rf"({'|'.join(re.escape(sign) for sign in SIGNS)})\s*(.*)", note)
    return f"{sign[2]} {SIGNS[sign[1]]}".strip() if sign else note


def period_of(text: str, date: str | None, *before: timex.Timex) -> str | None:
    """Return the period that a label is, as EDTF; None where it is more or something else."""
    label = FOOTNOTE.sub("", text.strip()).strip(" :.*")
    label = re.sub(r"^(?:FY|fiscal\s+year|year|in|on)\s*(?=\d{4})", "", label, flags=re.IGNORECASE)
    for phrase in (label, f"in {label}"):
        found = timex.resolve([*before, *timex.find(phrase)], date)[len(before) :]
        rest = phrase
        for dated in found:
            rest = rest.replace(dated.text, "", 1)
        dates = [t.period for t in found if t.period]
        if dates and len(dates) == len(found) and not re.search(r"\w", rest.removeprefix("in ")):
            return dates[-1]
    return None


def read_value(text: str) -> quantities.Quantity | None:
    """Return the number of a cell with its unit; None for words, ranges and missing values."""
    text = text.strip()
    if text.lower() in MISSING:
        return None
    while (bare := FOOTNOTE.sub("", text)) != text and bare:
        text = bare
    about = ABOUT.match(text)
    text = text[about.end() :] if about else text
    sign = -1 if text[:1] in {"-", "\u2212"} else 1
    text = text.lstrip("-\u2212+")
    grouped = PLAIN.fullmatch(text)
    if grouped:
        value = quantities.number(re.sub(r"[,\s\u00a0\u202f’']", "", text))
        amount = sign * value if value is not None else None
        return quantities.Quantity(0, len(text), amount, None, bool(about), len(text))
    found = next(iter(quantities.find(text)), None)
    if found is None or found.value is None or found.start or re.search(r"\d", text[found.end :]):
        return None
    tail = text[found.end :].strip().lower()
    if tail and not people(tail):
        return None
    unit = found.unit or ("people" if tail else None)
    return replace(
        found, value=sign * found.value, unit=unit, approximate=bool(about) or found.approximate
    )


def figure_of(
    cell: Cell,
    label: Cell | None,
    column: Column,
    *,
    caption: str,
    place: Span | None,
    date: str | None,
) -> TableFigure | None:
    """Return the figure of a cell, None where it holds no number."""
    value = read_value(cell.text)
    if value is None or value.value is None:
        return None
    context = timex.find(caption)
    context += timex.find(f"in {column.period}") if column.period else []
    row = FOOTNOTE.sub("", label.text.strip()) if label else ""
    period = period_of(row, date, *context) if row else None
    name = None if period or not row else row
    unit, scale, title = unit_note(caption.strip().rstrip(".:"))
    title = COUNTING.sub("", INTRODUCTION.sub("", title))
    measure = named_measure(title, column.measure, name)
    unit = value.unit or column.unit or unit or ("people" if people(measure) else None)
    scaled = value.value * (column.scale if column.scale > 1 else scale)
    amount = value.value if value.unit == "percent" else scaled
    spans = [(c.start, c.end) for c in (label, cell, column.cell) if c and c.end > c.start]
    return TableFigure(
        measure,
        int(amount) if amount == int(amount) else amount,
        unit,
        joined(column.period, period) or caption_period(context),
        name,
        tuple(dict.fromkeys([*spans, *([place] if place else [])])),
        value.approximate,
    )


def named_measure(title: str, column: str | None, row: str | None) -> str:
    """Return what a cell measures, from caption, head and label, each that says something new."""
    parts: list[str] = []
    for part in (
        title if len(title.split()) <= LONG or not column else "",
        column or "",
        row or "",
    ):
        said = set(" ".join(parts).lower().split())
        if part and not set(part.lower().split()) <= said:
            parts.append(part)
    return ", ".join(parts) or "value"


def joined(column: str | None, row: str | None) -> str | None:
    """Return the finer of the periods of column and row: the quarter of a year."""
    return max((p for p in (column, row) if p), key=len, default=None)


def caption_period(context: Sequence[timex.Timex]) -> str | None:
    """Return the one date of a caption."""
    dates = [t.period for t in timex.resolve(context, None) if t.period]
    return dates[0] if len(dates) == 1 else None
