"""Tables that arrive with one cell a line: blocks of labels followed by blocks of figures.

A run of short lines is read as sections of one shape: k labels, then c columns of k figures each (a table
whose cells stood in columns); k = 1 is a table that was flattened row by row. Where nothing in the run
says which label goes with which figure, no rows are given: a wrong pair would be an invented fact.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from kg.documents.cells import Item, Kind, Row

MOST_CELLS = 2000  # a longer run is not tried
MOST_LABELS = 120  # in one block
MOST_COLUMNS = 6  # of figures
FEWEST_ROWS = 3


@dataclass(frozen=True, slots=True)
class Found:
    """A table in a run of items; `rows` is empty where its shape is open."""

    first: int  # index of its first item, headings of columns included
    last: int  # index behind its last item
    rows: tuple[Row, ...] = ()
    header: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """Some labels and the columns of figures that belong to them."""

    start: int
    labels: int
    columns: int
    gain: int  # cells that it explains, less its oddities

    @property
    def end(self) -> int:
        """The index behind its last figure."""
        return self.start + self.labels * (1 + self.columns)


def find(items: Sequence[Item]) -> Iterator[Found]:
    """Yield the flattened tables in a run of items, in their order."""
    offset = 0
    while 2 * FEWEST_ROWS <= len(items) <= MOST_CELLS:
        found = _titled_columns(items) or _best(items)
        if not found:
            return
        yield Found(found.first + offset, found.last + offset, found.rows, found.header)
        items, offset = items[found.last :], offset + found.last


def _best(items: Sequence[Item]) -> Found | None:
    """Return the reading that explains most of the run with the least oddity."""
    readings = [chain for columns in range(1, MOST_COLUMNS + 1) if (chain := _chain(items, columns))]
    if not readings:
        return None
    sections = max(readings, key=lambda chain: (sum(s.gain for s in chain), -chain[0].columns))
    return _table(items, sections)


def _chain(items: Sequence[Item], columns: int) -> list[Section]:
    """Return the best chain of sections with so many columns of figures, nothing if it is too short."""
    candidates = _candidates(items, columns)
    best: list[tuple[int, Section | None]] = [(0, None)] * (len(items) + 1)
    for start in reversed(range(len(items))):
        for section in candidates(start):
            gain = section.gain + best[section.end][0] - _break(items, section, best[section.end][1])
            if gain > best[start][0]:
                best[start] = (gain, section)
    start = max(range(len(items)), key=lambda i: (best[i][0], -i))
    sections = []
    while section_at := best[start][1]:
        sections.append(section_at)
        start = section_at.end
    return sections if sum(s.labels for s in sections) >= FEWEST_ROWS else []


def _break(items: Sequence[Item], section: Section, following: Section | None) -> int:
    """Return how odd it is that one section follows another."""
    if following is None:
        return 0
    shapes_differ = (section.labels == 1) != (following.labels == 1)
    kinds_differ = _is_name(items[section.start]) != _is_name(items[following.start])
    return int(shapes_differ) + int(kinds_differ)


def _candidates(items: Sequence[Item], columns: int) -> Callable[[int], Iterator[Section]]:
    """Return a function that yields the sections which may begin at an index."""
    values = list(accumulate((i.kind.can_value for i in items), initial=0))
    figures = list(accumulate((i.kind is Kind.FIGURE for i in items), initial=0))
    years = list(accumulate((i.kind is Kind.YEAR for i in items), initial=0))

    def at(start: int) -> Iterator[Section]:
        names = 0
        seen: set[str] = set()
        for labels in range(1, min(MOST_LABELS, (len(items) - start) // (1 + columns)) + 1):
            label = items[start + labels - 1]
            if not label.kind.can_label or label.words in seen or not _in_order(items, start, labels):
                return
            seen.add(label.words)
            names += _is_name(label)
            first, end = start + labels, start + labels * (1 + columns)
            if values[end] - values[first] < end - first:
                continue
            bare = any(figures[n + labels] == figures[n] for n in range(first, end, labels)) and labels > 1
            if bare and not (_consecutive(items[start:first]) and not _consecutive(items[first:end])):
                continue
            odd = years[end] - years[first] + min(names, labels - names) + 5 * _goes_on(label, items[first])
            odd += figures[end] == figures[first]
            yield Section(start, labels, columns, 2 * (end - start) - odd)

    return at


def _in_order(items: Sequence[Item], start: int, labels: int) -> bool:
    """Whether the last of some labels goes the way of those before, if all three are years."""
    last = items[max(start, start + labels - 3) : start + labels]
    if len(last) < 3 or any(i.kind is not Kind.YEAR for i in last):
        return True
    a, b, c = (int(i.words) for i in last)
    return a < b < c or a > b > c


def _consecutive(items: Sequence[Item]) -> bool:
    """Whether items are years that follow each other."""
    if any(i.kind is not Kind.YEAR for i in items):
        return False
    return all(int(b.words) == int(a.words) + 1 for a, b in pairwise(items))


def _goes_on(label: Item, figure: Item) -> bool:
    """Whether a figure would be the next year after the labels."""
    return label.kind is figure.kind is Kind.YEAR and int(figure.words) == int(label.words) + 1


def _is_name(item: Item) -> bool:
    return item.kind is Kind.NAME


def _table(items: Sequence[Item], sections: Sequence[Section]) -> Found:
    """Return the chain as a table, with the headings of its columns where they stand before it."""
    start, end = sections[0].start, sections[-1].end
    if _is_open(items, sections):
        first = start
        while first and items[first - 1].kind.can_label:
            first -= 1
        while end < len(items) and items[end].kind.can_value:
            end += 1
        return Found(first, end)
    headings = _headings(items, sections[0])
    rows = [row for section in sections for row in _rows(items, section)]
    if headings == sections[0].columns:  # none for the labels: an empty cell stands there
        corner = Item(items[start - headings].start, items[start - headings].start, "", Kind.NAME)
        rows.insert(0, (corner, *items[start - headings : start]))
    elif headings:
        rows.insert(0, tuple(items[start - headings : start]))
    return Found(start - headings, end, tuple(rows), bool(headings) or _years_head(rows))


def _years_head(rows: Sequence[Row]) -> bool:
    """Whether the first row alone has years for figures: `Country 2014 2015`."""
    only_years = [all(i.kind is Kind.YEAR for i in row[1:]) for row in rows]
    return only_years[0] and _is_name(rows[0][0]) and not any(only_years[1:])


def _is_open(items: Sequence[Item], sections: Sequence[Section]) -> bool:
    """Whether labels or figures are left over beside blocks of them, so that pairs may be shifted."""
    first, last = sections[0], sections[-1]
    if last.labels > 1 and last.end < len(items) and items[last.end].kind in (Kind.FIGURE, Kind.GAP):
        return True
    if first.labels == 1 or not first.start:
        return False
    before, labels = items[first.start - 1], items[first.start : first.start + first.labels]
    names = sum(map(_is_name, labels))
    if _is_name(before) != (2 * names > len(labels)):
        return False
    longest = max(len(label.words.split()) for label in labels)
    return first.start > 1 or len(before.words.split()) <= longest


def _headings(items: Sequence[Item], first: Section) -> int:
    """Return how many items before the first section name its columns."""
    columns = first.columns
    before = items[max(0, first.start - columns - 1) : first.start]
    names = _is_name(items[first.start])
    if len(before) == columns + 1 and (first.labels == 1 or not names) and _is_name(before[0]):
        return columns + 1
    over_figures = before[-columns:]
    periods = [i.kind in (Kind.YEAR, Kind.PERIOD) for i in over_figures]
    return columns if columns > 1 and names and len(periods) == columns and all(periods) else 0


def _rows(items: Sequence[Item], section: Section) -> Iterator[Row]:
    """Yield the rows of a section; its figures stand by columns unless only rows make columns alike."""
    count, first = section.labels, section.start + section.labels
    figures = items[first : section.end]
    by_column = [figures[n * count : (n + 1) * count] for n in range(section.columns)]
    by_row = [figures[n :: section.columns] for n in range(section.columns)]
    columns = by_row if not _alike(by_column) and _alike(by_row) else by_column
    for number in range(count):
        yield (items[section.start + number], *(column[number] for column in columns))


def _alike(columns: Sequence[Sequence[Item]]) -> bool:
    """Whether the figures of each column are written in one way: percentages, money, decimals, whole numbers."""
    shapes = [{re.sub(r"[\d,\s]+", "", i.words) for i in c if i.kind is not Kind.GAP} for c in columns]
    return all(len(shape) <= 1 for shape in shapes)


def _titled_columns(items: Sequence[Item]) -> Found | None:
    """Return a table whose columns each begin with their name: `Year 2001 2002 … Arrivals 583 1,138 …`."""
    for start, heading in enumerate(items[:-1]):
        end = start + 1
        while end < len(items) and items[end].kind in (Kind.YEAR, Kind.PERIOD):
            end += 1
        count = end - start - 1
        if not _is_name(heading) or count < FEWEST_ROWS:
            continue
        columns = [items[start:end]]
        while _is_column(column := items[end : end + count + 1], count):
            columns.append(column)
            end += count + 1
        if len(columns) > 1 and not (end < len(items) and items[end].kind.can_value):
            return Found(start, end, tuple(zip(*columns, strict=True)), header=True)
    return None


def _is_column(column: Sequence[Item], count: int) -> bool:
    kinds = [i.kind for i in column]
    named = len(column) == count + 1 and _is_name(column[0])
    return named and all(k.can_value for k in kinds[1:]) and Kind.FIGURE in kinds
