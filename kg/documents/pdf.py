"""PDF: lines by pypdf, joined to paragraphs again; running heads and hyphens at line ends are dropped."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import groupby, pairwise
from statistics import median
from typing import TYPE_CHECKING, Any

from kg.documents import metadata, tables, text
from kg.documents.content import Builder, Content, one_line, quiet
from kg.errors import DocumentError, EmptyDocumentError
from kg.model import BlockKind

if TYPE_CHECKING:
    from pypdf import PdfReader

EDGE_LINES = 2  # at the top and the foot of a page that may be running heads
MOST_TEXT = 20_000_000  # characters
PAGE_NUMBER = re.compile(r"(?:page\s+)?[-–—]?\s*\d{1,4}\s*[-–—]?(?:\s*(?:of|/)\s*\d{1,4})?", re.IGNORECASE)
NO_NAME = re.compile(
    r"\(?(?:untitled|unspecified|anonymous|unknown|user|admin\w*)\b|microsoft word|document\d*$|.*\.(?:docx?|indd|qxd|pdf|rtf|tex)$|.{0,3}$",
    re.IGNORECASE,
)
LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page; lengths are in points, from the page's lower left corner."""

    page: int
    x: float
    y: float
    size: float
    bold: bool
    words: str


def read_pdf(data: bytes, name: str) -> Content:
    """Read the text layer of a PDF file.

    Raises DocumentError for a file that is broken or encrypted, EmptyDocumentError for one without text.
    """
    with quiet("pypdf"):
        lines, known = _read(data, name)
    lines = _without_running_heads(lines)
    if not lines:
        raise EmptyDocumentError(f"{name}: no text layer (a scan?); run it through OCR first")
    builder = Builder(name)
    for words, kind in _blocks(lines):
        builder.add(words, kind)
    content = builder.content(known)
    blocks, found = tables.recognise(content.text, content.blocks)
    said = text.said_around(content.text, blocks)
    title = metadata.Metadata(title=text.title_of(content.text, blocks))
    return Content(content.text, blocks, found, replace(known, date=said.date or known.date) | said | title)


def _read(data: bytes, name: str) -> tuple[list[Line], metadata.Metadata]:
    """Return the lines of all pages and what the file says of itself."""
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, FileNotDecryptedError

    lines: list[Line] = []
    length = 0
    try:
        reader = PdfReader(BytesIO(data))
        for number, page in enumerate(reader.pages):
            own = list(_lines(page, number))
            lines.extend(own)
            length += sum(len(line.words) for line in own)
            if length > MOST_TEXT:
                raise DocumentError(f"{name}: more than {MOST_TEXT:,} characters of text; split it")
        return lines, _metadata(reader)
    except DocumentError:
        raise
    except (FileNotDecryptedError, DependencyError) as error:
        raise DocumentError(f"{name}: encrypted; save it without a password") from error
    except Exception as error:  # a broken file makes the library fail in any way: KeyError, zlib.error, …
        raise DocumentError(f"{name}: broken PDF ({_reason(error)}); save it again from its program") from error


def _reason(error: Exception) -> str:
    return one_line(f"{type(error).__name__}: {error}")[:100].rstrip(": ")


def _metadata(reader: PdfReader) -> metadata.Metadata:
    found: Mapping[str, Any] = reader.metadata or {}
    said = (one_line(str(found.get(key) or "")) for key in ("/Title", "/Author"))
    title, author = (None if not words or NO_NAME.match(words) else words for words in said)
    created = re.match(r"(?:D:)?(\d{4})(\d\d)(\d\d)", str(found.get("/CreationDate") or ""))
    day = metadata.edtf_date("-".join(created.groups())) if created else None
    return metadata.Metadata(title=title, author=author, date=day)


def _lines(page: Any, number: int) -> Iterator[Line]:
    """Yield the lines of a page as the file orders them; the cells of a row are parted by tabs."""
    parts: list[Line] = []
    current: list[Line] = []

    def visit(words: str, cm: Sequence[float], tm: Sequence[float], font: Any, size: float) -> None:
        x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
        y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
        scale = abs(tm[3] * cm[3]) or abs(tm[1] * cm[1]) or 1
        bold = bool(font) and "bold" in str(font.get("/BaseFont", "")).lower()
        for position, piece in enumerate(words.split("\n")):
            if position and current:
                parts.append(_joined(current))
                current.clear()
            if piece.strip():
                current.append(Line(number, x, y, size * scale, bold, piece))

    page.extract_text(visitor_text=visit)
    if current:
        parts.append(_joined(current))
    for _, row in groupby(parts, key=_row_keys()):
        cells = list(row)
        yield replace(cells[0], words="".join(_cells(cells)))


def _joined(pieces: Sequence[Line]) -> Line:
    """Return the pieces of one line as a line; it is as large as most of its characters, and bold if all are."""
    sizes: Counter[float] = Counter()
    for piece in pieces:
        sizes[round(piece.size, 1)] += len(piece.words)
    size = sizes.most_common(1)[0][0]
    bold = all(piece.bold for piece in pieces)
    words = "".join(p.words for p in pieces).translate(LIGATURES)
    return replace(pieces[0], size=size or 1.0, bold=bold, words=" ".join(words.split()))


def _row_keys() -> Any:
    """Return a key function under which parts that stand side by side, left to right, are equal."""
    row = 0
    before: Line | None = None

    def key(part: Line) -> int:
        nonlocal row, before
        beside = before and abs(part.y - before.y) < 0.3 * before.size and part.x > before.x
        row += not beside
        before = part
        return row

    return key


def _cells(parts: Sequence[Line]) -> Iterator[str]:
    yield parts[0].words
    for left, right in pairwise(parts):
        gap = right.x - left.x - _width(left.words) * left.size
        yield ("\t" if gap > 0.8 * left.size else " ") + right.words


def _width(words: str) -> float:
    """Return roughly how wide words are, in units of the font's size (mean widths of Helvetica)."""
    return sum(0.25 if c in " .,;:'|il" else 0.33 if c in "rtfjI()-" else 0.7 if c.isupper() else 0.54 for c in words)


def _without_running_heads(lines: Sequence[Line]) -> list[Line]:
    """Return the lines without those that stand at the edge of several pages, whatever their numbers."""
    pages = [list(page) for _, page in groupby(lines, key=lambda line: line.page)]
    edges: list[list[Line]] = []
    for page in pages:
        ordered = sorted(page, key=lambda line: -line.y)
        edges.append([*ordered[:EDGE_LINES], *ordered[-EDGE_LINES:]])
    seen = Counter(key for edge in edges for key in {_head_key(line) for line in edge})
    enough = 2 if len(pages) < 4 else 3
    heads = {id(line) for edge in edges for line in edge if seen[_head_key(line)] >= enough or PAGE_NUMBER.fullmatch(line.words)}
    return [line for line in lines if id(line) not in heads]


def _head_key(line: Line) -> str:
    return re.sub(r"\d+|\b[ivxlc]+\b", "#", line.words.lower())


def _blocks(lines: Sequence[Line]) -> Iterator[tuple[str, BlockKind]]:
    """Yield the words and the kind of each paragraph and heading, and each row of a table by itself."""
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[line.size] += len(line.words)
    body = sizes.most_common(1)[0][0]
    largest = max(line.size for line in lines if line.page == lines[0].page)
    spelled = _spelled(lines)
    titled = False
    for group in _paragraphs(lines, body):
        words = _text_of(group, spelled)
        kind = _kind(group, words, body)
        if kind is BlockKind.HEADING and not titled and group[0].size == largest > body:
            kind, titled = BlockKind.TITLE, True
        yield words, kind


def _spelled(lines: Sequence[Line]) -> frozenset[str]:
    """Return the words that stand unbroken in some line."""
    out: set[str] = set()
    broken = False
    for line in lines:
        words = [word.lower() for word in WORD.findall(line.words)]
        out.update(words[int(broken) : len(words) - int(broken := line.words.endswith("-"))])
    return frozenset(out)


def _kind(group: Sequence[Line], words: str, body: float) -> BlockKind:
    large = group[0].size > 1.15 * body
    bold = all(line.bold for line in group) and len(words) <= 120 and not re.search(r"[.,;:]$", words)
    is_row = "\t" in words
    return BlockKind.HEADING if (large or bold) and len(words) <= 250 and not is_row else BlockKind.PARAGRAPH


def _paragraphs(lines: Sequence[Line], body: float) -> Iterator[list[Line]]:
    """Yield the lines of each paragraph; one may go on in the next column or on the next page."""
    drops = [a.y - b.y for a, b in pairwise(lines) if a.page == b.page and a.size == b.size == body]
    leading = median([d for d in drops if 0 < d < 2.5 * body] or [1.2 * body])
    lengths = sorted(len(line.words) for line in lines if len(line.words) >= 30)
    width = lengths[int(0.9 * (len(lengths) - 1))] if lengths else 0
    group: list[Line] = []
    for line in lines:
        if group and _parted(group[-1], line, leading, width):
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _parted(before: Line, line: Line, leading: float, width: int) -> bool:
    """Whether a line begins a paragraph of its own."""
    if "\t" in before.words + line.words or text.ITEM.match(line.words):
        return True
    goes_on = line.words[0].islower()
    if abs(before.size - line.size) > (0.3 if goes_on else 0.1) * before.size or (before.bold != line.bold and not goes_on):
        return True
    drop = before.y - line.y
    if before.page == line.page and drop > 0:
        if drop > 1.3 * leading * max(1.0, line.size / max(before.size, 1.0)) and drop > 1.3 * line.size:
            return True
        indent = line.x - before.x
        if 0.8 * line.size < indent < 6 * line.size and not text.ITEM.match(before.words):
            return True
    if goes_on or before.words.endswith("-"):
        return False
    if (before.page != line.page or drop <= 0) and before.words.rstrip('"”’)')[-1:] in ".!?":
        return True  # in the next column or on the next page nothing tells; between sentences a cut is harmless
    room = len(before.words) + 1 + len(line.words.split()[0]) <= 0.75 * width
    return room or not width


def _text_of(lines: Sequence[Line], spelled: frozenset[str]) -> str:
    words = lines[0].words
    for line in lines[1:]:
        words = _join(words, line.words, spelled)
    return words if "\t" in words else _without_mark(words)


def _without_mark(words: str) -> str:
    mark = text.ITEM.match(words)
    return words[mark.end() :] if mark else words


def _join(words: str, following: str, spelled: Iterable[str]) -> str:
    """Join two lines; a hyphen at the end stays where the document or its parts speak for a compound."""
    head, tail = (
        re.search(r"([^\W\d_]+)([-\u00ad\u2010])$", words),
        re.match(r"[^\W\d_]+", following),
    )
    if not head or not tail or not (following[0].islower() or head[2] == "\u00ad"):
        return f"{words}{'' if head and head[2] == '-' else ' '}{following}"
    first, second = head[1].lower(), tail[0].lower()
    compound = f"{first}-{second}" in spelled or (first in spelled and second in spelled)
    keep = head[2] != "\u00ad" and first + second not in spelled and compound
    return words[: head.start(2)] + ("-" if keep else "") + following
