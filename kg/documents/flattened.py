"""Tables that arrive with one cell a line: blocks of labels followed by blocks of figures.

A run of short lines is read as sections of one shape: k labels, then c columns of k figures each (a table
whose cells stood in columns); k = 1 is a table that was flattened row by row. Where nothing in the run
says which label goes with which figure, no rows are given: a wrong pair would be an invented fact.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

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


@dataclass(frozen=True, slots=True)
class Chain:
    """The best that can be made of a run from an index on: a section and what follows it."""

    gain: int = 0
    rows: int = 0
    end: int = 0
    section: Section | None = None


def find(items: Sequence[Item]) -> Iterator[Found]:
    """Yield the flattened tables in a run of items, in their order."""
    if not 2 * FEWEST_ROWS <= len(items) <= MOST_CELLS:
        return
    done = 0
    for titled in (*_titled_columns(items), Found(len(items), len(items))):
        for found in _chained(items[done : titled.first]):
            yield Found(found.first + done, found.last + done, found.rows, found.header)
        if titled.rows:
            yield titled
        done = titled.last


def _chained(items: Sequence[Item]) -> Iterator[Found]:
    """Yield the tables that are chains of sections."""
    plans = [_chains(items, columns) for columns in range(1, MOST_COLUMNS + 1)]
    done = 0
    while chain := _next(plans, done):
        sections = []
        plan = plans[chain.section.columns - 1] if chain.section else []
        while section := chain.section:
            sections.append(section)
            chain = plan[section.end]
        found = _table(items, sections, done)
        yield found
        done = found.last


def _next(plans: Sequence[Sequence[Chain]], done: int) -> Chain | None:
    """Return the first chain from an index on, or a better one that begins before it ends."""
    first = next((i for i in range(done, len(plans[0])) if any(p[i].rows >= FEWEST_ROWS for p in plans)), None)
    if first is None:
        return None
    last = max(plan[first].end for plan in plans if plan[first].rows >= FEWEST_ROWS)
    chains = [plan[i] for plan in plans for i in range(first, last) if plan[i].rows >= FEWEST_ROWS]
    return max(chains, key=lambda chain: chain.gain)


def _chains(items: Sequence[Item], columns: int) -> list[Chain]:
    """Return for each index the best chain of sections with so many columns of figures."""
    candidates = _candidates(items, columns)
    best = [Chain(end=index) for index in range(len(items) + 1)]
    for start in reversed(range(len(items))):
        for section in candidates(start):
            rest = best[section.end]
            gain = section.gain + rest.gain - _break(items, section, rest.section)
            if gain > best[start].gain:
                best[start] = Chain(gain, section.labels + rest.rows, rest.end, section)
    return best


def _break(items: Sequence[Item], section: Section, following: Section | None) -> int:
    """Return how odd it is that one section follows another."""
    if following is None:
        return 0
    shapes_differ = (section.labels == 1) != (following.labels == 1)
    kinds_differ = _is_name(items[section.start]) != _is_name(items[following.start])
    return int(shapes_differ) + int(kinds_differ)


def _candidates(items: Sequence[Item], columns: int) -> Callable[[int], Iterator[Section]]:
    """Return a function that yields the sections which may begin at an index."""
    values, figures, years, names = (
        list(accumulate((test(i) for i in items), initial=0))
        for test in (_can_value, lambda i: i.kind is Kind.FIGURE, lambda i: i.kind is Kind.YEAR, _is_name)
    )
    following, ends = _runs_of_years(items), _ends_of_labels(items)

    def at(start: int) -> Iterator[Section]:
        most = min(ends[start] - start, MOST_LABELS, (len(items) - start) // (1 + columns))
        for labels in range(1, most + 1):
            first, end = start + labels, start + labels * (1 + columns)
            if values[end] - values[first] < end - first:
                continue
            bare = [n for n in range(first, end, labels) if figures[n + labels] == figures[n] and labels > 1]
            if bare and (following[start] < labels or any(following[n] >= labels for n in bare)):
                continue
            named = names[first] - names[start]
            odd = years[end] - years[first] + min(named, labels - named) + 5 * _goes_on(items[first - 1], items[first])
            odd += figures[end] == figures[first]
            yield Section(start, labels, columns, 2 * (end - start) - odd)

    return at


def _can_value(item: Item) -> bool:
    return item.kind.can_value


def _ends_of_labels(items: Sequence[Item]) -> list[int]:
    """Return for each index where the labels end that begin there: distinct ones, and years in one order."""
    ends = [len(items)] * len(items)
    last: dict[str, int] = {}
    end = len(items)
    for start in reversed(range(len(items))):
        item = items[start]
        if not item.kind.can_label:
            end = start
        elif not _in_order(items[start : start + 3]):
            end = min(end, start + 2)
        end = min(end, last.get(item.words, end))
        last[item.words] = start
        ends[start] = end
    return ends


def _in_order(items: Sequence[Item]) -> bool:
    """Whether three years go one way; what are no three years are in order."""
    if len(items) < 3 or any(i.kind is not Kind.YEAR for i in items):
        return True
    a, b, c = (int(i.words) for i in items)
    return a < b < c or a > b > c


def _runs_of_years(items: Sequence[Item]) -> list[int]:
    """Return for each index how many years follow each other from there on."""
    runs = [0] * (len(items) + 1)
    for index in reversed(range(len(items))):
        goes_on = runs[index + 1] and _goes_on(items[index], items[index + 1])
        runs[index] = 1 + runs[index + 1] * bool(goes_on) if items[index].kind is Kind.YEAR else 0
    return runs


def _goes_on(label: Item, figure: Item) -> bool:
    """Whether a figure would be the next year after the labels."""
    return label.kind is figure.kind is Kind.YEAR and int(figure.words) == int(label.words) + 1


def _is_name(item: Item) -> bool:
    return item.kind is Kind.NAME


def _table(items: Sequence[Item], sections: Sequence[Section], floor: int) -> Found:
    """Return the chain as a table, with the headings of its columns where they stand before it."""
    start, end = sections[0].start, sections[-1].end
    if _is_open(items, sections, floor):
        first = start
        while first > floor and items[first - 1].kind.can_label:
            first -= 1
        while end < len(items) and items[end].kind.can_value:
            end += 1
        return Found(first, end)
    headings = _headings(items, sections[0], floor)
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


def _is_open(items: Sequence[Item], sections: Sequence[Section], floor: int) -> bool:
    """Whether labels or figures are left over beside blocks of them, so that pairs may be shifted."""
    first, last = sections[0], sections[-1]
    if last.labels > 1 and last.end < len(items) and items[last.end].kind in (Kind.FIGURE, Kind.GAP):
        return True
    if first.labels == 1 or first.start == floor:
        return False
    before, labels = items[first.start - 1], items[first.start : first.start + first.labels]
    names = sum(map(_is_name, labels))
    if _is_name(before) != (2 * names > len(labels)):
        return False
    longest = max(len(label.words.split()) for label in labels)
    return first.start > floor + 1 or len(before.words.split()) <= longest


def _headings(items: Sequence[Item], first: Section, floor: int) -> int:
    """Return how many items before the first section name its columns."""
    columns = first.columns
    before = items[max(floor, first.start - columns - 1) : first.start]
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


def _titled_columns(items: Sequence[Item]) -> Iterator[Found]:
    """Yield tables whose columns each begin with their name: `Year 2001 2002 … Arrivals 583 1,138 …`."""
    done = 0
    for start, heading in enumerate(items[:-1]):
        if start < done or not _is_name(heading):
            continue
        end = start + 1
        while end < len(items) and items[end].kind in (Kind.YEAR, Kind.PERIOD):
            end += 1
        count = end - start - 1
        if count < FEWEST_ROWS:
            continue
        columns = [items[start:end]]
        while _is_column(column := items[end : end + count + 1], count):
            columns.append(column)
            end += count + 1
        if len(columns) > 1 and not (end < len(items) and items[end].kind.can_value):
            yield Found(start, end, tuple(zip(*columns, strict=True)), header=True)
            done = end


def _is_column(column: Sequence[Item], count: int) -> bool:
    kinds = [i.kind for i in column]
    named = len(column) == count + 1 and _is_name(column[0])
    return named and all(k.can_value for k in kinds[1:]) and Kind.FIGURE in kinds
