"""Word files: paragraphs, headings and tables in their order, by python-docx."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile, ZipFile

from kg.documents import metadata, tables, text
from kg.documents.cells import heads_columns, item
from kg.documents.content import Builder, Content, Span, one_line, quiet
from kg.errors import DocumentError
from kg.model import BlockKind

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.table import Table as WordTable

MOST_UNPACKED = 200_000_000  # bytes of all parts together; what is larger is no text but a bomb
MOST_PARTS = 10_000
MOST_SPANNED = 50  # columns of one cell
OLD_OR_LOCKED = b"\xd0\xcf\x11\xe0"  # an OLE container: a .doc file, or a .docx under a password
TEMPLATE_DATE = datetime(2013, 12, 23, 23, 15)  # of python-docx's own template: says nothing


def read_docx(data: bytes, name: str) -> Content:
    """Read a Word file; raises DocumentError for one that is broken, locked, or too large once unpacked."""
    _check(data, name)
    builder = Builder(name)
    with quiet("docx"):
        try:
            known = _read(data, builder)
        except DocumentError:
            raise
        except Exception as error:  # a broken part makes the library fail in any way: KeyError, XMLSyntaxError, …
            raise DocumentError(f"{name}: broken Word file ({one_line(str(error))[:100]}); save it again") from error
    content = builder.content(known)
    blocks = content.blocks
    if not any(block.kind is BlockKind.TITLE for block in blocks):
        blocks = text.with_title(content.text, blocks)
    blocks, found = tables.recognise(content.text, blocks, content.tables)
    said = text.said_around(content.text, blocks)
    title = metadata.Metadata(title=known.title or text.title_of(content.text, blocks))
    return Content(content.text, blocks, found, title | said | known)


def _check(data: bytes, name: str) -> None:
    """Look at the parts of the archive before any of them is unpacked."""
    if data.startswith(OLD_OR_LOCKED):
        raise DocumentError(f"{name}: an old .doc file, or one under a password; save it as .docx without one")
    try:
        with ZipFile(BytesIO(data)) as archive:
            parts = archive.infolist()
    except (BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise DocumentError(f"{name}: not a Word file ({one_line(str(error))[:100]}); save it again as .docx") from error
    size = sum(part.file_size for part in parts)
    if size > MOST_UNPACKED or len(parts) > MOST_PARTS:
        limit = f"{MOST_UNPACKED // 1_000_000} MB in {MOST_PARTS:,} parts"
        raise DocumentError(f"{name}: unpacks to {size // 1_000_000:,} MB in {len(parts):,} parts (limit: {limit})")


def _read(data: bytes, builder: Builder) -> metadata.Metadata:
    from docx import Document
    from docx.table import Table

    document = Document(BytesIO(data))
    styles = {style.style_id: style.name or "" for style in document.styles}  # looked up once: the library searches each time
    for element in document.iter_inner_content():
        if isinstance(element, Table):
            _write_table(element, builder)
        else:
            style = styles.get(element._p.style or "", "")
            for number, words in enumerate(element.text.split("\n")):
                builder.add(one_line(words), _kind(style, first=not number and not builder.blocks))
    return _metadata(document)


def _kind(style: str, *, first: bool) -> BlockKind:
    """Return the kind of a paragraph by its style; a top heading at the start is the title."""
    if style == "Title" or (first and style == "Heading 1"):
        return BlockKind.TITLE
    return BlockKind.HEADING if style.startswith("Heading") else BlockKind.PARAGRAPH


def _write_table(table: WordTable, builder: Builder) -> None:
    above: dict[int, str] = {}
    rows = [list(_cells(row, table, above)) for row in table._tbl.tr_lst]
    read = [[item(words, Span(0, len(words))) for words in map(one_line, row)] for row in rows if row]
    builder.add_table(rows, header=len(read) > 1 and heads_columns(read))


def _cells(row: Any, table: WordTable, above: dict[int, str]) -> Iterator[str]:
    """Yield the words of each cell; one that goes on to the right is empty there, one that goes on below is repeated.

    `above` holds the words of the last row by column. The library's own list of cells has as many as a file says that
    a cell spans, and looks through all rows above for each that goes on.
    """
    from docx.table import _Cell

    column = 0
    for cell in row.tc_lst:
        words = above.get(column, "") if cell.vMerge == "continue" else _Cell(cell, table).text
        above[column] = words
        width = max(1, min(cell.grid_span, MOST_SPANNED))
        yield from (words, *[""] * (width - 1))
        column += width


def _metadata(document: WordDocument) -> metadata.Metadata:
    said = document.core_properties
    author = one_line(said.author or "")
    created = said.created
    known_date = created is not None and created.replace(tzinfo=None) != TEMPLATE_DATE
    return metadata.Metadata(
        title=one_line(said.title or "") or None,
        author=None if author == "python-docx" else author or None,
        date=created.date().isoformat() if created is not None and known_date else None,
    )
