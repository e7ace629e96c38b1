"""Tables that arrive with one cell a line: blocks of labels followed by blocks of figures.

A run of short lines is read as sections of one shape: k labels, then c columns of k figures each (a table
whose cells stood in columns), with k = 1 for a table that was flattened row by row. Where two readings
are possible and nothing in the run decides, no rows are given: a wrong pair would be an invented fact.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, pairwise

from kg.documents.cells import Item, Kind

MOST_CELLS = 1000  # a longer run is not tried
MOST_COLUMNS = 6  # of figures
FEWEST_ROWS = 3

Rows = tuple[tuple[Item, ...], ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A table in a run of items; `rows` is empty where its shape is open."""

    first: int  # index of its first item, headings of columns included
    last: int  # index behind its last item
    rows: Rows = ()
    header: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """Some labels and the figures that belong to them."""

    start: int
    labels: int
    columns: int
    penalty: int = 0

    @property
    def end(self) -> int:
        """The index behind its last figure."""
        return self.start + self.labels * (1 + self.columns)


def find(items: Sequence[Item]) -> Iterator[Found]:
    """Yield the flattened tables in a run of items, in their order."""
    if not 2 * FEWEST_ROWS <= len(items) <= MOST_CELLS:
        return
    found = _titled_columns(items) or _best(items)
    if found:
        yield from find(items[: found.first])
        yield found
        for later in find(items[found.last :]):
            yield Found(later.first + found.last, later.last + found.last, later.rows, later.header)


def _best(items: Sequence[Item]) -> Found | None:
    """Return the reading that covers most of the run with the least oddity."""
    readings = [reading for columns in range(1, MOST_COLUMNS + 1) if (reading := _read(items, columns))]
    if not readings:
        return None
    sections = max(readings, key=lambda r: (r[-1].end - r[0].start, -sum(s.penalty for s in r), -r[0].columns))
    return _with_header(items, sections)


def _read(items: Sequence[Item], columns: int) -> list[Section]:
    """Return the longest chain of sections with so many columns of figures."""
    chains: list[tuple[int, int, Section | None]] = [(i, 0, None) for i in range(len(items) + 1)]
    admissible = _admissible(items, columns)
    for start in range(len(items) - 1, -1, -1):
        for section in admissible(start):
            end, penalty, _ = chains[section.end]
            if (end, -penalty - section.penalty) > (chains[start][0], -chains[start][1]):
                chains[start] = (end, penalty + section.penalty, section)
    start = max(range(len(items)), key=lambda i: (chains[i][0] - i, -chains[i][1], -i))
    sections = []
    while section := chains[start][2]:
        sections.append(section)
        start = section.end
    return sections if sum(s.labels for s in sections) >= FEWEST_ROWS else []


def _admissible(items: Sequence[Item], columns: int):  # type: ignore[no-untyped-def]
    raise NotImplementedError
