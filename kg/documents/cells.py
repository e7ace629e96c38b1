"""What a cell of a table can be: a name, a period, a figure or a gap; footnote marks are none of its words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import pairwise

from kg.documents.content import Span, stripped
from kg.documents.metadata import MONTHS
from kg.model import Cell, Table

CELL_LENGTH = 60  # characters; what is longer is prose
CELL_WORDS = 8
FEWEST_STACKED = 4  # years that go on in further columns

YEAR = r"(?:1[0-9]|20|21)\d\d"
SPACE = "\u0020\u00a0\u2009\u202f"  # those that stand between thousands
NUMBER = rf"(?:\d{{1,3}}(?:[,.'’{SPACE}]\d{{3}})+(?:[.,]\d+)?|\d+(?:[.,]\d+)?)"
FIGURE = re.compile(
    rf"[~≈<>]?\s?[+\-−–]?\s?(?:[A-Z]{{0,3}}[$€£¥₩₽])?\s?{NUMBER}"
    rf"\s?(?:%|‰|percent|per cent|[$€£¥₩₽]|(?:k|m|mn|bn|tn|thousand|million|billion|trillion|kg|km|t)\b)?"
    rf"|\(\s?{NUMBER}\s?%?\)"
)
GAP = re.compile(r"[-−–—]{1,3}|n/?a\.?|\.{2,3}|…|nil|none", re.IGNORECASE)
PERIOD = re.compile(rf"(?<!\d){YEAR}(?!\d)|^\W*{MONTHS}\W*$|\b(?:Q|H)[1-4]\b|^\d+\s?[-–+]\s?\d*$", re.IGNORECASE)
MARK = re.compile(r"(?<=[^\s*†‡§¹²³⁴-⁹⁰])\s?(?:[*†‡§]+|[¹²³⁴-⁹⁰]+|\[\w{1,2}\]|\([1-9]\)|(?<=\d)\s?\([a-z]\))$")
DIGIT_MARK = re.compile(r"\s[1-9]$")


class Kind(Enum):
    """What the words of a cell are; a bare year may be a label or a figure."""

    NAME = auto()
    PERIOD = auto()
    YEAR = auto()
    FIGURE = auto()
    GAP = auto()
    PROSE = auto()

    @property
    def can_label(self) -> bool:
        """Whether it can name a row or a column."""
        return self in (Kind.NAME, Kind.PERIOD, Kind.YEAR)

    @property
    def can_value(self) -> bool:
        """Whether it can stand where a figure is due."""
        return self in (Kind.FIGURE, Kind.GAP, Kind.YEAR)


@dataclass(frozen=True, slots=True)
class Item:
    """The words of a cell without footnote mark, and what they are."""

    start: int
    end: int
    words: str
    kind: Kind

    @property
    def cell(self) -> Cell:
        """The item as a cell."""
        return Cell(self.words, self.start, self.end)


Row = tuple[Item, ...]


def kind_of(words: str) -> Kind:
    """Return what the words of a cell are."""
    if re.fullmatch(YEAR, words):
        return Kind.YEAR
    if FIGURE.fullmatch(words):
        return Kind.FIGURE
    if GAP.fullmatch(words):
        return Kind.GAP
    if len(words) > CELL_LENGTH or len(words.split()) > CELL_WORDS or re.search(r"[;:,]$|[^\W\d_]{4}\.$", words):
        return Kind.PROSE
    if PERIOD.search(words):
        return Kind.PERIOD
    return Kind.NAME if re.search(r"[^\W\d_]", words) else Kind.PROSE


def item(text: str, span: Span) -> Item:
    """Return the words between two offsets as an item; marks that are surely a footnote's are left out."""
    span = stripped(text, span.start, span.end)
    words = text[span.start : span.end]
    if len(words) > 2 * CELL_LENGTH:
        return Item(span.start, span.end, words, Kind.PROSE)
    if kind_of(words) is not Kind.GAP and (mark := MARK.search(words)) and not _counted(words):
        words = words[: mark.start()].rstrip()
    if (mark := DIGIT_MARK.search(words)) and _complete(words[: mark.start()]):
        words = words[: mark.start()].rstrip()
    return Item(span.start, span.start + len(words), words, kind_of(words))


def _counted(words: str) -> bool:
    """Whether the words are a figure as they stand: `(12)` is a loss, not a footnote."""
    return bool(FIGURE.fullmatch(words))


def _complete(words: str) -> bool:
    """Whether a digit behind the words can only be a footnote's: they end in a year or are a figure."""
    return bool(re.search(rf"(?<!\d){YEAR}$", words) or FIGURE.fullmatch(words))


def items(text: str, spans: Iterable[Span]) -> list[Item]:
    """Return the items of a run of cells that stand one below the other.

    A digit behind a name is a footnote's where most names go without and no two share a stem:
    `Quarter 1`, `Quarter 2` keep theirs.
    """
    found = [item(text, span) for span in spans]
    names = [i for i in found if i.kind is Kind.NAME]
    stems = Counter(DIGIT_MARK.sub("", i.words) for i in names)
    if 3 * sum(bool(DIGIT_MARK.search(i.words)) for i in names) > len(names):
        return found
    return [_unmarked(i) if i.kind is Kind.NAME and stems[DIGIT_MARK.sub("", i.words)] == 1 else i for i in found]


def _unmarked(name: Item) -> Item:
    words = DIGIT_MARK.sub("", name.words)
    return Item(name.start, name.start + len(words), words, kind_of(words))


def heads_columns(rows: Sequence[Sequence[Item]]) -> bool:
    """Whether the first row names the columns: it holds no figure and the rows below do."""
    first, rest = rows[0], rows[1:]
    if any(i.kind in (Kind.FIGURE, Kind.GAP) for i in first):
        return False
    figures = [i for row in rest for i in row[1:] if i.kind is Kind.FIGURE]
    if all(i.kind is Kind.YEAR for i in first[1:]) and first[0].kind is Kind.YEAR:
        return False  # a row of years among years
    return bool(figures) or all(i.kind is Kind.NAME and i.words[:1].isupper() for i in first)


def clean(text: str, table: Table) -> Table:
    """Return the table without the footnote marks of its cells; empty cells stay as they are."""
    columns = [iter(items(text, [Span(c.start, c.end) for c in column if c.text])) for column in _columns(table)]
    rows = tuple(tuple(next(columns[n]).cell if cell.text else cell for n, cell in enumerate(row)) for row in table.rows)
    return Table(rows, table.header, table.caption)


def stacked(table: Table) -> Table:
    """Return a table whose years go on in further columns (`2001 583 2003 700`) as one with the years below each other."""
    body = table.rows[table.header :]
    head = [cell.text for cell in table.rows[0]] if table.header else []
    width = next((n for n in (2, 3, 4) if _repeats(body, n) and head == head[:n] * (len(head) // n)), 0)
    if not width:
        return table
    parts = [[row[n : n + width] for row in body if row[n].text] for n in range(0, len(body[0]), width)]
    rows = [row for part in parts for row in part]
    return Table((*([table.rows[0][:width]] if table.header else []), *rows), table.header, table.caption)


def _repeats(body: Sequence[Sequence[Cell]], width: int) -> bool:
    """Whether rows are groups of a year and its figures, and the years of each group go on where those before end."""
    if not body or len(body[0]) % width or len(body[0]) == width or len({len(row) for row in body}) > 1:
        return False
    groups = [row[n : n + width] for n in range(0, len(body[0]), width) for row in body]
    years = [re.findall(YEAR, group[0].text) for group in groups if group[0].text]
    if len(years) < FEWEST_STACKED or not all(years) or any(a[-1] > b[0] for a, b in pairwise(years)):
        return False
    kinds = [kind_of(cell.text) for group in groups for cell in group[1:] if cell.text]
    return all(kind.can_value for kind in kinds) and Kind.FIGURE in kinds


def _columns(table: Table) -> list[list[Cell]]:
    width = max((len(row) for row in table.rows), default=0)
    return [[row[n] for row in table.rows if n < len(row)] for n in range(width)]
