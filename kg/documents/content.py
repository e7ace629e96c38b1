"""What a reader returns, and the tools that readers share.

Offsets are code points into `Content.text`; an end is exclusive.
"""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain

from kg.documents.metadata import Metadata
from kg.errors import DocumentError
from kg.model import Block, BlockKind, Cell, Table

# What neither RDF nor XML can hold, and what no reader of a text can see.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")

MOST_LINES = 300_000  # of a document; as many short lines take half a minute to look through for tables
LONGEST_BLOCK = 5_000  # characters
SENTENCE_END = re.compile(r"[.!?][\"”’)\]]*\s+(?=[\"“‘(\[]?[A-Z0-9])")
SPACE = re.compile(r"\s")
PROSE_LENGTH = 200  # characters; a table with such cells only lays out a page


@dataclass(frozen=True, slots=True)
class Content:
    """A document as one reader understood it, before it has a name and an id."""

    text: str
    blocks: tuple[Block, ...]
    tables: tuple[Table, ...] = ()
    metadata: Metadata = field(default_factory=Metadata)


Reader = Callable[[bytes, str], Content]  # the file's bytes, its name for messages


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text by its offsets: a line, or the words in it."""

    start: int
    end: int


def lines_of(text: str, start: int = 0, end: int | None = None) -> Iterator[Span]:
    """Yield each line between two offsets without its line end (`\\n`, `\\r\\n` or `\\r`)."""
    end = len(text) if end is None else end
    for match in re.compile(r"\r\n|\r|\n").finditer(text, start, end):
        yield Span(start, match.start())
        start = match.end()
    yield Span(start, end)


def stripped(text: str, start: int, end: int) -> Span:
    """Return the span without white space at its ends; an empty span stays at its start."""
    inner = text[start:end]
    left = len(inner) - len(inner.lstrip())
    return Span(start + left, start + max(left, len(inner.rstrip()))) if inner.strip() else Span(start, start)


def check_lines(text: str, name: str) -> str:
    """Return a text that can be looked through in reasonable time; raises DocumentError for one of too many lines."""
    count = text.count("\n") + text.count("\r") - text.count("\r\n")
    if count > MOST_LINES:
        raise DocumentError(f"{name}: {count:,} lines are more than the limit of {MOST_LINES:,}; split it")
    return text


def in_pieces(text: str, block: Block) -> Iterator[Block]:
    """Yield a block as it is, or cut where sentences end: the parser's work grows with the square of a block.

    Without a sentence end a space will do, and without a space any place.
    """
    if block.end - block.start <= LONGEST_BLOCK or block.kind is BlockKind.TABLE:
        yield block
        return
    start = block.start
    while start < block.end:
        end = cut_after(text, start, block.end)
        words = stripped(text, start, end)
        if words.start < words.end:
            yield Block(words.start, words.end, BlockKind.PARAGRAPH)  # no title is that long
        start = end


def cut_after(text: str, start: int, end: int) -> int:
    """Return where a long stretch is best cut, in the second half of what a block may hold; its end where it fits."""
    middle, last = start + LONGEST_BLOCK // 2, start + LONGEST_BLOCK
    if end <= last:
        return end
    for pattern in (SENTENCE_END, SPACE):
        if places := [match.end() for match in pattern.finditer(text, middle, last)]:
            return places[-1]
    return last


def one_line(words: str) -> str:
    """Return the words without what cannot be written, white space run together."""
    return " ".join(UNWRITABLE.sub("", words).split())


@contextmanager
def quiet(*loggers: str) -> Iterator[None]:
    """Keep a library's log lines and warnings from the user, who gets one clear error instead."""
    known = [logging.getLogger(name) for name in loggers]
    before = [logger.level for logger in known]
    for logger in known:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(known, before, strict=True):
            logger.setLevel(level)


def _lines_of_row(row: Sequence[str]) -> list[Sequence[str]]:
    """Return the rows that stand in the lines of a row's cells, or the row itself."""
    lines = [[line for line in words.split("\n") if line.strip()] for words in row]
    count = len(lines[0])
    if len(row) > 1 and count > 1 and all(len(cell) == count for cell in lines):
        return [list(cells) for cells in zip(*lines, strict=True)]
    return [row]


class Builder:
    """Writes a text block by block, for formats whose text is not the file itself.

    Raises DocumentError where there are too many blocks.
    """

    def __init__(self, name: str) -> None:
        self.name = name  # for messages
        self.length = 0
        self.pieces: list[str] = []
        self.blocks: list[Block] = []
        self.tables: list[Table] = []

    def add(self, words: str, kind: BlockKind = BlockKind.PARAGRAPH) -> None:
        """Add a block; words without a visible character add nothing."""
        words = UNWRITABLE.sub("", words).strip()
        if words:
            start = self._open()
            self._write(words)
            self.blocks.append(Block(start, self.length, kind))

    def add_table(self, rows: Sequence[Sequence[str]], *, header: bool, caption: str = "") -> None:
        """Add a table: a line for each row, a tab between cells, its own caption on a line above.

        A row whose cells have the same number of lines is as many rows; a table of prose is no table.
        """
        rows = [line for row in rows if row for line in _lines_of_row(row)]
        written = [words for row in rows for words in map(one_line, row) if words]
        if 2 * sum(len(words) > PROSE_LENGTH for words in written) > len(written):
            for words in (caption, *chain.from_iterable(rows)):
                for line in words.split("\n"):
                    self.add(one_line(line))
            return
        if not written:
            return
        start = self._open()
        place = None
        if caption := one_line(caption):
            self._write(caption)
            place = (start, self.length)
            self._write("\n")
        out = []
        for number, row in enumerate(rows):
            self._write("\n" if number else "")
            out.append(tuple(self._cells(row)))
        self.blocks.append(Block(start, self.length, BlockKind.TABLE))
        self.tables.append(Table(tuple(out), header, place))

    def content(self, metadata: Metadata) -> Content:
        """Return what was added."""
        return Content("".join(self.pieces), tuple(self.blocks), tuple(self.tables), metadata)

    def _cells(self, row: Sequence[str]) -> Iterator[Cell]:
        for number, words in enumerate(row):
            self._write("\t" if number else "")
            start = self.length
            self._write(one_line(words))
            yield Cell(one_line(words), start, self.length)

    def _open(self) -> int:
        if len(self.blocks) >= MOST_LINES:
            raise DocumentError(f"{self.name}: more than the limit of {MOST_LINES:,} paragraphs; split it")
        self._write("\n\n" if self.blocks else "")
        return self.length

    def _write(self, words: str) -> None:
        self.pieces.append(words)
        self.length += len(words)
