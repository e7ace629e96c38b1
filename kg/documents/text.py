"""Plain text: the text is the file, and its blocks are paragraphs."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator

from kg.documents import metadata, tables
from kg.documents.content import Content, Span, check_lines, lines_of, stripped
from kg.errors import DocumentError
from kg.model import Block, BlockKind

LONG_LINE = 120  # characters; a file whose lines are longer has one paragraph a line
TITLE_LENGTH = 150  # characters
HEAD = 8  # blocks at the top in which a title, an author and a date are looked for
BOMS = {  # the longer first: UTF-32 begins like UTF-16
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
SIGNATURES = {b"%PDF-": ".pdf", b"PK\x03\x04": ".docx"}
ITEM = re.compile(r"[ \t]*(?:[-*•–·▪]|\(?\d{1,3}[.)])[ \t]+(?=\S)")
KICKER = re.compile(
    r"(?:for immediate release|(?:press|news|media) (?:release|statement)|embargoed?\b.*|(?:breaking|exclusive|analysis|opinion))",
    re.IGNORECASE,
)


def decode(data: bytes, name: str) -> str:
    """Return the text of a file in UTF-8, or in UTF-16 or UTF-32 where a byte order mark says so.

    The mark is no part of the text; line ends stay as they are. Raises DocumentError for binary data
    and for bytes that are not in the encoding: none is guessed, since a wrong guess changes names.
    """
    for signature, suffix in SIGNATURES.items():
        if data.startswith(signature):
            raise DocumentError(f"{name}: not text but a file of another format; name it with {suffix}")
    mark, encoding = next(((m, e) for m, e in BOMS.items() if data.startswith(m)), (b"", "utf-8"))
    try:
        text = data[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        where = error.start + len(mark)
        raise DocumentError(f"{name}: not {encoding.upper()} at byte {where} (0x{data[where]:02x}); save it as UTF-8") from error
    if "\0" in text:
        raise DocumentError(f"{name}: binary data, not text (a NUL character at {text.index(chr(0))})")
    return text


def read_text(data: bytes, name: str) -> Content:
    """Read plain text; raises DocumentError where the bytes are no text."""
    text = check_lines(decode(data, name), name)
    known, start = metadata.front_matter(text)
    blocks, found = tables.recognise(text, paragraphs(text, start))
    blocks = with_title(text, blocks)
    known = known | said_around(text, blocks)
    return Content(text, blocks, found, known | metadata.Metadata(title=title_of(text, blocks)))


def paragraphs(text: str, start: int = 0) -> tuple[Block, ...]:
    """Return the paragraphs of a text from an offset on.

    Blank lines part them; so does each line end in a file of long lines, and a line end that nobody
    needed for want of space. Other line ends are the wrapping of one paragraph.
    """
    lines = list(_without_gaps(stripped(text, line.start, line.end) for line in lines_of(text, start)))
    lengths = sorted(line.end - line.start for line in lines)
    full = [length for length in lengths if length >= 40]
    long = bool(full) and 2 * sum(length > LONG_LINE for length in full) >= len(full)
    width = full[int(0.9 * (len(full) - 1))] if full else 0
    return tuple(Block(group[0].start, group[-1].end, BlockKind.PARAGRAPH) for group in _groups(text, lines, 0 if long else width))


def _without_gaps(lines: Iterable[Span]) -> Iterator[Span]:
    """Yield the lines with each run of blank ones as its first."""
    blank = True
    for line in lines:
        if line.start < line.end or not blank:
            yield line
        blank = line.start == line.end


def _groups(text: str, lines: list[Span], width: int) -> Iterator[list[Span]]:
    group: list[Span] = []
    for line in lines:
        item = ITEM.match(text, line.start, line.end)
        blank = line.start == line.end
        if group and (blank or item or not _wrapped(text, group[-1], line, width)):
            yield group
            group = []
        if not blank:
            group.append(Span(item.end(), line.end) if item else line)
    if group:
        yield group


def _wrapped(text: str, line: Span, following: Span, width: int) -> bool:
    """Whether a line ended because the next word had no room on it."""
    if text[following.start].islower():
        return width > 0
    first_word = len(text[following.start : following.end].split()[0])
    return line.end - line.start + 1 + first_word > 0.8 * width > 0


def with_title(text: str, blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Return the blocks with the first short line above the first real paragraph marked as the title."""
    for number, block in enumerate(blocks[:HEAD]):
        if block.kind is not BlockKind.PARAGRAPH or not _is_line(text, block):
            return blocks
        words = text[block.start : block.end]
        if not KICKER.fullmatch(words) and metadata.from_line(words) == metadata.Metadata():
            title = Block(block.start, block.end, BlockKind.TITLE)
            prose = any(not _is_line(text, b) or b.end - b.start > len(words) for b in blocks[number + 1 :])
            return (*blocks[:number], title, *blocks[number + 1 :]) if prose else blocks
    return blocks


def _is_line(text: str, block: Block) -> bool:
    words = text[block.start : block.end]
    return len(words) <= TITLE_LENGTH and not re.search(r"[\r\n]|[.,;:…][\"”’')\]]*$", words)


def title_of(text: str, blocks: Iterable[Block]) -> str | None:
    """Return the words of the title block, if there is one."""
    found = next((b for b in blocks if b.kind is BlockKind.TITLE), None)
    return " ".join(text[found.start : found.end].split()) if found else None


def said_around(text: str, blocks: tuple[Block, ...]) -> metadata.Metadata:
    """Return what the first blocks say of author, outlet and date: a byline, a dateline, the reporter at the very end."""
    said = metadata.from_head(head_lines(text, blocks))
    for block in blocks[:HEAD]:
        opening = text[block.start : min(block.end, block.start + 2 * TITLE_LENGTH)]
        said = said | metadata.from_dateline(opening)
        if block.kind is BlockKind.PARAGRAPH and block.end - block.start < 2 * TITLE_LENGTH:
            for line in opening.splitlines():
                said = said | metadata.from_label(line)
    return said | metadata.from_tail(tail_line(text, blocks))


def tail_line(text: str, blocks: tuple[Block, ...]) -> str:
    """Return the last line of the last block, where a wire report names its reporter."""
    return text[blocks[-1].start : blocks[-1].end].splitlines()[-1] if blocks else ""


def head_lines(text: str, blocks: tuple[Block, ...]) -> Iterator[str]:
    """Yield the lines of the first blocks, where bylines and dates stand."""
    for block in blocks[:HEAD]:
        if block.kind is not BlockKind.TABLE and block.end - block.start <= 2 * TITLE_LENGTH:
            yield from text[block.start : block.end].splitlines()
