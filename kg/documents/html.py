"""Web pages: the main text by trafilatura, all visible text where it finds none; nothing is fetched."""

from __future__ import annotations

import codecs
import re
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any

from kg.documents import metadata, tables, text
from kg.documents.content import Builder, Content, one_line, quiet
from kg.errors import DocumentError
from kg.model import BlockKind

if TYPE_CHECKING:
    from lxml.etree import _Element

DECLARED = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})|<\?xml[^>]{0,100}?encoding=[\"']([\w.-]{2,40})",
    re.I,
)
WHATWG = {
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "us-ascii": "cp1252",
    "ascii": "cp1252",
}
NO_ENCODINGS = frozenset(("idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "utf-7"))  # no browser's
TAG = re.compile(r"""<[A-Za-z](?:[^>"']|"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z))*+""")
MOST_TAGS = 300_000
TAG_LENGTH = 40_000  # characters
TAG_WORDS = 20_000  # the parser compares each attribute with all before it
SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
BLOCK_TAGS = frozenset(  # a break of lines for who reads the page
    re.findall(
        r"\w+",
        "address article aside blockquote body br caption center dd details div dl dt fieldset figcaption figure footer form h1 h2 h3"
        " h4 h5 h6 header hr html legend li main nav ol option p pre section summary table tbody td tfoot th thead title tr ul",
    )
)
BREAKS = ("lb", "p", "head", "item", "row", "cell")  # in what trafilatura gives
HIDDEN_TAGS = frozenset(re.findall(r"\w+", "script style head template noscript svg math iframe object select textarea"))


def read_html(data: bytes, name: str) -> Content:
    """Read the main text, the tables and the metadata of a page; raises DocumentError where it is no text."""
    page = _decode(data, name)
    _check_tags(page, name)
    builder = Builder(name)
    known = _main_text(page, builder)
    if not any(b.kind is BlockKind.PARAGRAPH or b.kind is BlockKind.TABLE for b in builder.blocks):
        builder = Builder(name)
        for words in visible_text(page):
            builder.add(words)
    content = builder.content(known)
    blocks, found = tables.recognise(content.text, content.blocks, content.tables)
    known = known | text.said_around(content.text, blocks)
    return Content(content.text, blocks, found, known)


def _decode(data: bytes, name: str) -> str:
    """Return the page in the encoding of its mark or its own declaration, else in UTF-8."""
    match = DECLARED.search(data, 0, 2048)
    if not match or any(data.startswith(mark) for mark in text.BOMS):
        return text.decode(data, name)
    declared = (match[1] or match[2]).decode().lower()
    try:
        encoding = codecs.lookup(WHATWG.get(declared, declared)).name
        if encoding.replace("_", "-") in NO_ENCODINGS:
            raise LookupError(encoding)
        page = data.decode(encoding)
    except LookupError as error:
        raise DocumentError(f"{name}: declares an unknown encoding, {declared!r}; save it as UTF-8") from error
    except UnicodeDecodeError as error:
        raise DocumentError(f"{name}: not {declared} (as it declares) at byte {error.start}; save it as UTF-8") from error
    if "\0" in page:
        raise DocumentError(f"{name}: binary data, not a page (a NUL character at {page.index(chr(0))})")
    return page


def _check_tags(page: str, name: str) -> None:
    """Refuse so many tags, or so many attributes of one, that the parser would take minutes."""
    if (count := page.count("<")) > MOST_TAGS:
        raise DocumentError(f"{name}: {count:,} tags are more than the limit of {MOST_TAGS:,}; split it")
    for tag in TAG.finditer(page):
        if tag.end() - tag.start() > TAG_LENGTH and len(tag[0].split()) > TAG_WORDS:
            raise DocumentError(f"{name}: the tag at character {tag.start():,} has more than {TAG_WORDS:,} attributes; no page has")


def _main_text(page: str, builder: Builder) -> metadata.Metadata:
    """Write what trafilatura takes for the article; return what the page says of itself."""
    import trafilatura
    from lxml.etree import LxmlError

    with quiet("trafilatura", "htmldate", "courlan", "justext"):
        try:
            tree = trafilatura.load_html(page)
            if tree is None:
                return metadata.Metadata()
            _raise_marks(tree)
            found: Any = trafilatura.bare_extraction(
                tree,
                include_comments=False,
                with_metadata=True,
                # Fixed bounds: by default the library asks the clock for the latest date.
                date_extraction_params={
                    "extensive_search": False,
                    "original_date": True,
                    "min_date": "1900-01-01",
                    "max_date": "2199-12-31",
                },
            )
        except (LxmlError, RecursionError, ValueError, TypeError, AttributeError):
            return metadata.Metadata()  # a page that breaks the library still has visible text
    if found is None or found.body is None:
        return metadata.Metadata()
    title = one_line(found.title or "") or None
    if found.body.tag == "body":  # else the library fell back on all text, and cut it at inline tags
        builder.add(title or "", BlockKind.TITLE)
        _write(found.body, builder, title)
    return metadata.Metadata(
        title,
        one_line(found.sitename or "") or None,
        "; ".join(one_line(found.author or "").split("; ")) or None,
        metadata.edtf_date(found.date or ""),
        one_line(found.url or "") or None,
    )


def _raise_marks(tree: Any) -> None:
    """Make digits in `sup` superscript characters: `1970<sup>1</sup>` is not the number 19701."""
    for element in tree.iter("sup"):
        words = "".join(element.itertext()).strip()
        if re.fullmatch(r"\[?\d{1,3}\]?", words):
            for child in list(element):
                element.remove(child)
            element.text = words.strip("[]").translate(SUPERSCRIPT)


def _write(body: _Element, builder: Builder, title: str | None) -> None:
    """Write the elements of an extracted text, in their order."""
    for element in body:
        if element.tag == "table":
            _write_table(element, builder)
        elif element.tag in ("list", "quote", "div") and len(element):
            if one_line(element.text or ""):
                builder.add(one_line(element.text or ""))
            _write(element, builder, title)
        elif element.tag == "head":
            words = one_line("".join(element.itertext()))
            if words != title:
                builder.add(words, BlockKind.HEADING)
        else:
            _write_paragraphs(element, builder, title)
        if element.tail and one_line(element.tail):
            builder.add(one_line(element.tail))


def _write_paragraphs(element: _Element, builder: Builder, title: str | None) -> None:
    """Write a paragraph or a list item; line breaks part it, and lists inside it follow."""
    pieces: list[str] = [""]
    for piece in _pieces(element):
        if piece is not None:
            pieces[-1] += piece
        elif one_line(pieces[-1]):
            pieces.append("")
    lines = [line for piece in pieces if (line := one_line(piece))]
    for number in range(len(lines) - 1, 0, -1):
        if _goes_on(lines[number - 1], lines[number]):
            lines[number - 1 : number + 1] = [f"{lines[number - 1]} {lines[number]}"]
    for line in lines:
        builder.add(line)
    for child in element.iterchildren("list", "table"):
        if child.tag == "table":
            _write_table(child, builder)
        else:
            _write(child, builder, title)


def _goes_on(line: str, following: str) -> bool:
    """Whether a line break only wraps a sentence."""
    return following[0].islower() or (len(line) > 60 and line.rstrip('"”’)')[-1:] not in ".!?:;")


def _pieces(element: _Element, *, skip: Collection[str] = ("list", "table")) -> Iterator[str | None]:
    """Yield the words of an element and nothing for a line break; elements to skip are as good as one."""
    yield element.text or ""
    for child in element:
        if child.tag in BREAKS or child.tag in skip:
            yield None
        if child.tag not in skip and isinstance(child.tag, str):
            yield from _pieces(child, skip=skip)
            if child.tag in BREAKS:
                yield None
        yield child.tail or ""


def _write_table(element: _Element, builder: Builder) -> None:
    rows = [[_cell(cell) for cell in row.iterchildren("cell")] for row in element.iter("row")]
    heads = [any(cell.get("role") == "head" for cell in row) for row in element.iter("row")]
    caption = ""
    if len(rows) > 1 and len(rows[0]) > 1 and rows[0][0] and not any(rows[0][1:]):
        caption = rows.pop(0)[0]  # trafilatura makes a caption a row
        heads.pop(0)
    builder.add_table(rows, header=bool(heads) and heads[0], caption=caption)


def _cell(element: _Element) -> str:
    """Return the words of a cell, with its line breaks."""
    words = "".join("\n" if piece is None else " ".join(piece.split("\n")) for piece in _pieces(element, skip=()))
    return "\n".join(line for piece in words.split("\n") if (line := one_line(piece)))


class _Visible:
    """Collects the text between tags as the parser meets them; no tree is built, so no depth is too deep."""

    def __init__(self) -> None:
        self.paragraphs: list[list[str]] = [[]]
        self.hidden = 0

    def start(self, tag: str, attrib: object) -> None:
        """Take note of an opening tag."""
        self.hidden += tag in HIDDEN_TAGS
        self._part(tag)

    def end(self, tag: str) -> None:
        """Take note of a closing tag."""
        self.hidden -= tag in HIDDEN_TAGS
        self._part(tag)

    def data(self, data: str) -> None:
        """Take the text between two tags."""
        if not self.hidden:
            self.paragraphs[-1].append(data)

    def close(self) -> list[str]:
        """Return the paragraphs that were found."""
        return [words for paragraph in self.paragraphs if (words := one_line("".join(paragraph)))]

    def _part(self, tag: str) -> None:
        if tag in BLOCK_TAGS and self.paragraphs[-1]:
            self.paragraphs.append([])


def visible_text(page: str) -> list[str]:
    """Return the paragraphs that a reader of the page would see."""
    from lxml.etree import HTMLParser, LxmlError, fromstring

    try:
        found: list[str] = fromstring(page.encode(), HTMLParser(target=_Visible(), encoding="utf-8", huge_tree=True))
    except LxmlError:
        return []
    return found
