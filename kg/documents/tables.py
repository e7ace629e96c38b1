"""Tables in running text: aligned lines and flattened cells become one block, with cells that keep their offsets."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from kg.documents import flattened
from kg.documents.cells import Item, Kind, Row, clean, heads_columns, item, items, kind_of, stacked
from kg.documents.content import Span, lines_of, stripped
from kg.model import Block, BlockKind, Table

GAP_BETWEEN_CELLS = re.compile(r"\t+|(?<=[.!?:]) {3,}|(?<![.!?: ]) {2,}")
LINE_LENGTH = 500  # characters; a longer line is no row
CELL_LENGTH = 80  # characters of a cell in an aligned line
WORD_CHARACTER = re.compile(r"[^\W_]")
SENTENCE_LENGTH = 1000  # characters before a table in which its caption is looked for
LABEL_WORDS = 4  # of a label with figures behind it
FIGURES = (Kind.FIGURE, Kind.GAP)
WORD = re.compile(r"\S+")
NAMED = re.compile(r"(?:table|figure|chart|exhibit|annex)\s+(?:\d+|[IVXL]+|[A-Z])\b", re.IGNORECASE)
INTRODUCES = re.compile(
    r"\b(?:tables?|figures?|charts?|below|following|follows|statistics|numbers?|totals?|data|breakdown|by (?:year|country|month))\b|:$",
    re.IGNORECASE,
)
SENTENCE_END = re.compile(r"(?<=[\w%)\]][.!?])[\"”’)\]]*\s+(?=[\"“‘(\[]?[A-Z0-9])|(?<=[\w)][.!?][\"”’])\s+(?=[A-Z0-9])")
ABBREVIATION = re.compile(r"(?:\b[A-Z]|\b(?:Mr|Mrs|Ms|Dr|St|No|vs|Gen|Col|Sen|Rep|approx|ca|e\.g|i\.e))\.$")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a paragraph, and which paragraph."""

    span: Span
    block: int

    @property
    def start(self) -> int:
        """Its first character."""
        return self.span.start

    @property
    def end(self) -> int:
        """The character behind its last."""
        return self.span.end


@dataclass(frozen=True, slots=True)
class Place:
    """A table among the lines of some paragraphs; no rows where its shape is open."""

    first: int  # indices of lines; `last` is exclusive
    last: int
    rows: tuple[Row, ...] = ()
    header: bool = False


Finder = Callable[[str, Sequence[Line]], Iterator[Place]]


def recognise(text: str, blocks: Sequence[Block], known: Sequence[Table] = ()) -> tuple[tuple[Block, ...], tuple[Table, ...]]:
    """Return the blocks with the tables among their paragraphs as one block each, and all tables.

    `known` are tables that the format itself marks; their blocks are there already.
    """
    out: list[Block] = []
    found: list[Table] = []
    for run in _neighbours(text, blocks):
        if run[0].kind is not BlockKind.PARAGRAPH:
            out.extend(run)
            continue
        lines = _lines(text, run)
        done = 0
        for place in _places(text, lines, (_spaced, _flattened, _with_figures)):
            out.extend(_paragraphs(lines[done : place.first]))
            block = Block(lines[place.first].start, lines[place.last - 1].end, BlockKind.TABLE)
            if place.rows:
                cells = tuple(tuple(i.cell for i in row) for row in place.rows)
                found.append(stacked(Table(cells, place.header, caption_before(text, out[-1] if out else None))))
            out.append(block)
            done = place.last
        out.extend(_paragraphs(lines[done:]))
    ends = [block.end for block in out]
    for table in known:
        before = bisect_right(ends, table.rows[0][0].start)
        caption = table.caption or caption_before(text, out[before - 1] if before else None)
        found.append(stacked(clean(text, Table(table.rows, table.header, caption))))
    return tuple(out), tuple(sorted(found, key=lambda t: t.rows[0][0].start))


def _neighbours(text: str, blocks: Sequence[Block]) -> Iterator[list[Block]]:
    """Yield runs of paragraphs with no word between them, and each other block by itself."""
    run: list[Block] = []
    for block in blocks:
        prose = block.kind is BlockKind.PARAGRAPH and (not run or run[-1].kind is BlockKind.PARAGRAPH)
        if run and not (prose and block.start - run[-1].end < 40 and not WORD_CHARACTER.search(text, run[-1].end, block.start)):
            yield run
            run = []
        run.append(block)
    if run:
        yield run


def _lines(text: str, blocks: Sequence[Block]) -> list[Line]:
    spans = ((stripped(text, s.start, s.end), n) for n, b in enumerate(blocks) for s in lines_of(text, b.start, b.end))
    return [Line(span, number) for span, number in spans if span.start < span.end]


def _paragraphs(lines: Sequence[Line]) -> Iterator[Block]:
    """Yield the lines that no table took as the paragraphs they came from."""
    for _, group in groupby(lines, key=lambda line: line.block):
        own = list(group)
        yield Block(own[0].start, own[-1].end, BlockKind.PARAGRAPH)


def _places(text: str, lines: Sequence[Line], finders: Sequence[Finder]) -> Iterator[Place]:
    """Yield the tables among the lines in their order; each finder sees the lines that those before it left."""
    if not finders or not lines:
        return
    done = 0
    for place in (*finders[0](text, lines), Place(len(lines), len(lines))):
        for rest in _places(text, lines[done : place.first], finders[1:]):
            yield Place(rest.first + done, rest.last + done, rest.rows, rest.header)
        if place.rows or place.last > place.first:
            yield place
        done = place.last


def _flattened(text: str, lines: Sequence[Line]) -> Iterator[Place]:
    """Yield the tables whose cells stand one a line."""
    for short, group in groupby(enumerate(lines), key=lambda pair: _is_cell(text, pair[1])):
        run = list(group)
        first = run[0][0]
        for found in flattened.find(items(text, [line.span for _, line in run])) if short else ():
            yield Place(first + found.first, first + found.last, found.rows, found.header)


def _is_cell(text: str, line: Line) -> bool:
    return item(text, line.span).kind is not Kind.PROSE


def _spaced(text: str, lines: Sequence[Line]) -> Iterator[Place]:
    """Yield runs of lines that tabs or wide spaces cut into the same number of cells."""
    rows = [_by_gaps(text, line) for line in lines]
    for first, last in _runs([len(row) for row in rows], fewest=2):
        own = rows[first:last]
        if not _is_table(own):
            continue
        if first and (corner := _corner(text, lines[first - 1], rows[first - 1], len(own[0]))):
            first, own = first - 1, [(corner, *rows[first - 1]), *own]
        yield Place(first, last, tuple(own), heads_columns(own))


def _by_gaps(text: str, line: Line) -> Row:
    if line.end - line.start > LINE_LENGTH:
        return ()
    cuts = [m.span() for m in GAP_BETWEEN_CELLS.finditer(text, line.start, line.end)]
    starts, ends = [line.start, *(b for _, b in cuts)], [*(a for a, _ in cuts), line.end]
    spans = [Span(a, b) for a, b in zip(starts, ends, strict=True)]
    return tuple(item(text, s) for s in spans) if all(s.end - s.start <= CELL_LENGTH for s in spans) else ()


def _corner(text: str, line: Line, row: Row, width: int) -> Item | None:
    """Return the empty first cell of an indented line of headings that is one cell short."""
    heads = len(row) == width - 1 and all(i.kind.can_label for i in row)
    indented = text[max(0, line.start - 2) : line.start].strip(" \t") == "" and text[line.start - 1 : line.start] in " \t"
    return Item(line.start, line.start, "", Kind.NAME) if heads and indented and line.start else None


def _is_table(rows: Sequence[Row]) -> bool:
    """Whether cells are more than prose with odd spaces: mostly figures, or short words in every line."""
    cells = [i for row in rows for i in row[1:]]
    figures = sum(i.kind.can_value for i in cells)
    return 2 * figures >= len(cells) or (len(rows) > 2 and all(i.kind is not Kind.PROSE for row in rows for i in row))


def _with_figures(text: str, lines: Sequence[Line]) -> Iterator[Place]:
    """Yield runs of short lines that are a label and as many figures behind it."""
    words = [[Span(*m.span()) for m in WORD.finditer(text, line.start, min(line.end, line.start + LINE_LENGTH))] for line in lines]
    counts = [_figures_behind(text, line) for line in words]
    for first, last in _runs([min(count, 1) for count in counts], fewest=3, least=1):
        width = Counter(counts[first:last]).most_common(1)[0][0]
        rows = [_by_figures(text, w, width, c) for w, c in zip(words[first:last], counts[first:last], strict=True)]
        if all(rows) and len({row[0].words for row in rows}) == len(rows):
            yield Place(first, last, tuple(rows))


def _figures_behind(text: str, words: Sequence[Span]) -> int:
    """Return how many figures end a line that has a short label; 0 where it is no row."""
    kinds = [kind_of(text[w.start : w.end]) for w in words]
    count = next((n for n, kind in enumerate(reversed(kinds[1:])) if kind not in FIGURES), len(kinds) - 1)
    labelled = kind_of(text[words[0].start : words[-count - 1].end]).can_label
    return count if labelled and len(words) - count <= LABEL_WORDS else 0


def _by_figures(text: str, words: Sequence[Span], width: int, count: int) -> Row:
    """Return a line as a row of so many figures; one figure more must be the footnote of its label."""
    label = item(text, Span(words[0].start, words[-width - 1].end))
    if count < width or (count > width and label.end == words[-width - 1].end):
        return ()
    return (label, *(item(text, w) for w in words[-width:]))


def _runs(keys: Sequence[int], *, fewest: int, least: int = 2) -> Iterator[tuple[int, int]]:
    """Yield the ends of each run of so many equal keys, none of them below the least."""
    first = 0
    for key, group in groupby(keys):
        last = first + len(list(group))
        if key >= least and last - first >= fewest:
            yield first, last
        first = last


def caption_before(text: str, last: Block | None) -> tuple[int, int] | None:
    """Return the sentence, line or heading that introduces a table, from the block before it."""
    if last is None or last.kind is BlockKind.TABLE:
        return None
    words = text[last.start : last.end]
    if last.kind is not BlockKind.PARAGRAPH or NAMED.match(words):
        return (last.start, last.end) if last.kind is not BlockKind.TITLE else None
    tail = max(last.start, last.end - SENTENCE_LENGTH)
    cuts = [m for m in SENTENCE_END.finditer(text, tail, last.end) if not ABBREVIATION.search(text[max(tail, m.start() - 10) : m.start()])]
    start = cuts[-1].end() if cuts else tail
    is_line = len(words) <= 200 and words.rstrip('"”’)')[-1:] not in ".!?"
    return (start, last.end) if INTRODUCES.search(text[start : last.end]) or is_line else None
