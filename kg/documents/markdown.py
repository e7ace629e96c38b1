"""Markdown: the text is the file; markdown-it says which lines are what, and offsets are found in them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from kg.documents import metadata, tables
from kg.documents.content import Content, Span, check_lines, lines_of, stripped
from kg.documents.text import decode, said_around, title_of
from kg.model import Block, BlockKind, Cell, Table

if TYPE_CHECKING:
    from markdown_it.token import Token

HIDDEN = re.compile(r"[ \t>]*<(?:script|style|[?]|![A-Z])", re.IGNORECASE)
LEADING_TAGS = re.compile(r"(?:<!--.*?-->|</?[A-Za-z][^<>]*>|\s)*", re.DOTALL)
PIPE = re.compile(r"(?<!\\)\|")
EMPHASIS_LENGTH = 20_000  # characters; a longer paragraph keeps its marks
EMPHASIS = {"em_open": "em_close", "strong_open": "strong_close"}


def read_markdown(data: bytes, name: str) -> Content:
    """Read CommonMark with tables; code and comments are left out. Raises DocumentError where it is no text."""
    text = check_lines(decode(data, name), name)
    known, start = metadata.front_matter(text)
    written, marked = _blocks(text, start)
    blocks, found = tables.recognise(text, written, marked)
    known = known | said_around(text, blocks)
    return Content(text, blocks, found, known | metadata.Metadata(title=title_of(text, blocks)))


def _blocks(text: str, start: int) -> tuple[list[Block], list[Table]]:
    """Return the blocks and the tables that Markdown itself marks."""
    lines = list(lines_of(text, start))
    blocks: list[Block] = []
    marked: list[Table] = []
    rows: list[tuple[Cell, ...]] = []
    tag = ""
    for token in _parse(text[start:]):
        if token.type in ("heading_open", "paragraph_open"):
            tag = token.tag
        elif token.type == "inline" and token.level and tag and token.map:
            blocks.extend(_block(text, lines[token.map[0] : token.map[1]], token, _kind(tag, blocks)))
            tag = ""
        elif token.type == "html_block" and token.map:
            blocks.extend(_html(text, lines[token.map[0]].start, lines[token.map[1] - 1].end))
        elif token.type == "tr_open" and token.map:
            rows.append(tuple(_cells(text, lines[token.map[0]])))
        elif token.type == "table_close":
            blocks.append(Block(rows[0][0].start, rows[-1][-1].end, BlockKind.TABLE))
            marked.append(Table(tuple(rows), header=True))
            rows = []
    return blocks, marked


def _parse(source: str) -> list[Token]:
    from markdown_it import MarkdownIt

    # Indented text in an article is a quotation or a habit, hardly ever code. What stands inside a paragraph is looked
    # at only where emphasis may hold all of it: a line of ten megabytes would become as many tokens.
    return MarkdownIt("commonmark").enable("table").disable(["code", "inline"]).parse(source)


def _inside(words: str) -> list[Token]:
    """Return the marks and texts inside a paragraph that emphasis may hold as a whole."""
    from markdown_it import MarkdownIt

    if not 2 < len(words) <= EMPHASIS_LENGTH or words[0] not in "*_" or words[-1] not in "*_":
        return []
    return MarkdownIt("commonmark").parseInline(words)[0].children or []


def _kind(tag: str, before: Sequence[Block]) -> BlockKind:
    if tag == "p":
        return BlockKind.PARAGRAPH
    return BlockKind.TITLE if tag == "h1" and not before else BlockKind.HEADING


def _block(text: str, lines: Sequence[Span], token: Token, kind: BlockKind) -> Iterator[Block]:
    """Yield the block of a paragraph or heading, without the marks before and around its words."""
    content = token.content.strip().split("\n")
    first, last = lines[0], lines[min(len(content), len(lines)) - 1]
    start = first.start + max(0, text[first.start : first.end].rfind(content[0]))
    found = text[last.start : last.end].rfind(content[-1])
    end = last.start + found + len(content[-1]) if found >= 0 else last.end
    span = _without_emphasis(text, stripped(text, start, end), token)
    if span.start < span.end:
        yield Block(span.start, span.end, kind)


def _without_emphasis(text: str, span: Span, token: Token) -> Span:
    """Return the words inside emphasis that holds the whole of them."""
    children = [c for c in _inside(token.content.strip()) if c.content or c.type != "text"]
    while len(children) > 2 and EMPHASIS.get(children[0].type) == children[-1].type:
        opening, inner = children[0], children[1:-1]
        mark = len(opening.markup)
        if any(child.level <= opening.level for child in inner) or text[span.start] != opening.markup[0]:
            return span
        span, children = Span(span.start + mark, span.end - mark), inner
    return span


def _html(text: str, start: int, end: int) -> Iterator[Block]:
    """Yield what an HTML block holds between the tags and comments at its ends, if anything."""
    if HIDDEN.match(text, start, end):
        return
    leading = LEADING_TAGS.match(text, start, end)
    start = leading.end() if leading else start
    words = text[start:end].rstrip()
    while words.endswith(">"):
        opening = words.rfind("<!--" if words.endswith("-->") else "<")
        if opening < 0:
            break
        words = words[:opening].rstrip()
    if words:
        yield Block(start, start + len(words), BlockKind.PARAGRAPH)


def _cells(text: str, line: Span) -> Iterator[Cell]:
    """Yield the cells of a table's line; emphasis around a whole cell is none of its words."""
    inner = stripped(text, line.start, line.end)
    start = inner.start
    while start < inner.end and text[start] in "> \t":
        start += 1
    start += text[start : start + 1] == "|"
    cuts = [m.start() for m in PIPE.finditer(text, start, inner.end)]
    if cuts and cuts[-1] == inner.end - 1:
        cuts.pop()
        inner = Span(inner.start, inner.end - 1)
    for left, right in zip([start, *(c + 1 for c in cuts)], [*cuts, inner.end], strict=True):
        span = stripped(text, left, right)
        mark = re.fullmatch(r"([*_]{1,3}|`)(?=\S)(.+)(?<=\S)\1", text[span.start : span.end])
        if mark and mark[1][0] not in mark[2]:
            span = Span(span.start + len(mark[1]), span.end - len(mark[1]))
        yield Cell(text[span.start : span.end], span.start, span.end)
