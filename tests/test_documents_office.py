"""PDF and Word files, made here."""

import io
import logging
import logging.handlers
import zipfile
from datetime import datetime

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate, Paragraph, SimpleDocTemplate, Table

from kg.documents import docx as word
from kg.documents import pdf
from kg.documents.docx import read_docx
from kg.documents.pdf import read_pdf
from kg.errors import DocumentError, EmptyDocumentError
from kg.model import BlockKind

PROSE = "The minister said on Monday that the consul had been recalled from the capital and that nobody would be sent in her place. "
STYLES = getSampleStyleSheet()


def shown(content, kind=BlockKind.PARAGRAPH):
    return [content.text[b.start : b.end] for b in content.blocks if b.kind is kind]


def rows(table):
    return [[cell.text for cell in row] for row in table.rows]


def prose(number: int) -> str:
    """A paragraph of a few lines unlike any other."""
    return " ".join(f"In case {number} the consul of district {10 * number + n} was recalled at noon, a clerk said." for n in range(6))


def paragraphs(first: int, last: int) -> list[Paragraph]:
    return [Paragraph(prose(number), STYLES["BodyText"]) for number in range(first, last)]


def sentences(content) -> list[str]:
    """The sentences of all paragraphs; a paragraph that goes over a page may be two, but only between sentences."""
    return [sentence for words in shown(content) for sentence in words.replace("said. ", "said.\n").split("\n")]


def sentences_of(last: int) -> list[str]:
    return [sentence for number in range(last) for sentence in prose(number).replace("said. ", "said.\n").split("\n")]


def running_heads(canvas, template) -> None:
    canvas.setFont("Helvetica", 8)
    canvas.drawString(60, 810, "Annual Report 2016")
    canvas.drawString(280, 30, f"Page {template.page}")


def report(*story, **said) -> bytes:
    out = io.BytesIO()
    SimpleDocTemplate(out, pagesize=A4, **said).build(list(story), onFirstPage=running_heads, onLaterPages=running_heads)
    return out.getvalue()


def lines(*words: str, leading: float = 14) -> bytes:
    """A page with a line of text for each argument; nothing leaves a gap."""
    out = io.BytesIO()
    canvas = Canvas(out)
    for number, line in enumerate(words):
        canvas.drawString(60, 800 - leading * number, line)
    canvas.save()
    return out.getvalue()


def test_a_pdf_gives_title_headings_and_whole_paragraphs():
    story = [Paragraph("A Report", STYLES["Title"]), *paragraphs(0, 6), Paragraph("Part two", STYLES["Heading2"]), *paragraphs(6, 30)]
    content = read_pdf(report(*story, title="Untitled", author="Ana Ruiz"), "a.pdf")
    assert shown(content, BlockKind.TITLE) == ["A Report"]
    assert shown(content, BlockKind.HEADING) == ["Part two"]
    assert sentences(content) == sentences_of(30)
    assert (content.metadata.title, content.metadata.author) == ("A Report", "Ana Ruiz")


def test_running_heads_and_page_numbers_are_dropped():
    content = read_pdf(report(*paragraphs(0, 40)), "a.pdf")
    assert "Annual Report" not in content.text
    assert "Page" not in content.text
    assert sentences(content) == sentences_of(40)


def test_columns_are_read_one_after_the_other():
    out = io.BytesIO()
    template = BaseDocTemplate(out, pagesize=A4)
    frames = [Frame(60, 60, 220, 700), Frame(310, 60, 220, 700)]
    template.addPageTemplates([PageTemplate(frames=frames)])
    template.build(paragraphs(0, 12))
    assert sentences(read_pdf(out.getvalue(), "a.pdf")) == sentences_of(12)


def test_hyphens_at_line_ends_go_unless_the_word_has_one():
    data = lines(
        "The London-based embassy said that its long-serving secretary had been re-",
        "called in May, and that the negotiations would not be re-opened by the Lon-",
        "don office before the end of the year because of the situation of the long-",
        "serving secretary, who has been recalled once before in his career, it said.",
    )
    [paragraph] = shown(read_pdf(data, "a.pdf"))
    assert "had been recalled in May" in paragraph
    assert "by the London office" in paragraph
    assert "of the long-serving secretary, who" in paragraph


def test_rows_of_a_pdf_table_are_found():
    cells = [["Year", "Arrivals", "Share"], ["2013", "1,502", "12%"], ["2014", "1,397", "11%"], ["2015", "1,276", "9%"]]
    content = read_pdf(
        report(*paragraphs(0, 1), Paragraph(PROSE + "The table below shows it.", STYLES["BodyText"]), Table(cells), *paragraphs(1, 2)),
        "a.pdf",
    )
    [table] = content.tables
    assert rows(table) == cells
    assert table.header
    assert all(content.text[cell.start : cell.end] == cell.text for row in table.rows for cell in row)
    assert content.text[slice(*table.caption)] == "The table below shows it."


def test_a_byline_beats_the_date_of_the_file():
    data = lines("A Title", "", "By Ana Ruiz, 12 May 2016", "", PROSE.strip(), PROSE.strip())
    known = read_pdf(data, "a.pdf").metadata
    assert (known.author, known.date) == ("Ana Ruiz", "2016-05-12")


def encrypted(data: bytes, user: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    writer.encrypt(user, "owner", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_pdf_under_a_password_is_refused():
    with pytest.raises(DocumentError, match=r"a\.pdf: encrypted; save it without a password"):
        read_pdf(encrypted(lines(PROSE), "secret"), "a.pdf")


def test_a_pdf_that_anyone_may_open_is_read():
    assert shown(read_pdf(encrypted(lines(PROSE), ""), "a.pdf")) == [PROSE.strip()]


def test_a_pdf_without_text_is_a_scan():
    with pytest.raises(EmptyDocumentError, match=r"a\.pdf: no text layer \(a scan\?\); run it through OCR"):
        read_pdf(lines(), "a.pdf")


def test_too_much_text_is_refused(monkeypatch):
    monkeypatch.setattr(pdf, "MOST_TEXT", 100)
    with pytest.raises(DocumentError, match="more than 100 characters of text"):
        read_pdf(lines(PROSE), "a.pdf")


@settings(deadline=None)
@given(cut=st.integers(0, 2000), noise=st.binary(max_size=30))
def test_a_broken_pdf_ends_in_one_line_and_no_log(cut, noise):
    data = lines(PROSE, PROSE)
    handler = logging.handlers.BufferingHandler(100)
    logging.getLogger("pypdf").addHandler(handler)
    try:
        read_pdf(data[:cut] + noise + data[cut + len(noise) :], "a.pdf")
    except DocumentError as error:
        assert "\n" not in str(error)
    finally:
        logging.getLogger("pypdf").removeHandler(handler)
    assert not handler.buffer


def written(document) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_a_word_file_gives_paragraphs_headings_and_tables():
    document = docx.Document()
    document.add_heading("A Title", level=0)
    document.add_paragraph("By Ana Ruiz, 12 May 2016")
    document.add_heading("Part one", level=1)
    document.add_paragraph(PROSE + "The table below shows it.")
    table = document.add_table(rows=3, cols=2)
    for row, words in zip(table.rows, [("Year", "N"), ("2001 1", "1,138"), ("2002", "")], strict=True):
        for cell, word_ in zip(row.cells, words, strict=True):
            cell.text = word_
    document.add_paragraph(PROSE)
    content = read_docx(written(document), "a.docx")
    assert shown(content, BlockKind.TITLE) == ["A Title"]
    assert shown(content, BlockKind.HEADING) == ["Part one"]
    assert shown(content) == ["By Ana Ruiz, 12 May 2016", PROSE + "The table below shows it.", PROSE.strip()]
    [found] = content.tables
    assert rows(found) == [["Year", "N"], ["2001", "1,138"], ["2002", ""]]
    assert found.header
    assert content.text[slice(*found.caption)] == "The table below shows it."
    assert (content.metadata.title, content.metadata.author, content.metadata.date) == ("A Title", "Ana Ruiz", "2016-05-12")


def test_merged_cells_are_written_once():
    document = docx.Document()
    table = document.add_table(rows=2, cols=2)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "Both"
    table.cell(1, 0).text, table.cell(1, 1).text = "x", "1"
    assert rows(read_docx(written(document), "a.docx").tables[0]) == [["Both", ""], ["x", "1"]]


def test_lines_in_the_cells_of_a_word_table_are_rows():
    document = docx.Document()
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "2001\n2002\n2003", "583\n600\n700"
    assert rows(read_docx(written(document), "a.docx").tables[0]) == [["2001", "583"], ["2002", "600"], ["2003", "700"]]


def test_core_properties_are_metadata():
    document = docx.Document()
    document.add_paragraph(PROSE)
    document.core_properties.title = "Kept"
    document.core_properties.author = "Tom Lee"
    document.core_properties.created = datetime(2016, 5, 12, 8)
    known = read_docx(written(document), "a.docx").metadata
    assert (known.title, known.author, known.date) == ("Kept", "Tom Lee", "2016-05-12")


def test_the_library_s_own_template_says_nothing():
    document = docx.Document()
    document.add_paragraph(PROSE)
    known = read_docx(written(document), "a.docx").metadata
    assert (known.title, known.author, known.date) == (None, None, None)


def test_a_zip_bomb_is_not_unpacked(monkeypatch):
    monkeypatch.setattr(word, "MOST_UNPACKED", 1_000_000)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * 3_000_000)
    assert len(out.getvalue()) < 10_000
    with pytest.raises(DocumentError, match=r"a\.docx: unpacks to 3 MB in 1 parts \(limit: 1 MB in 10,000 parts\)"):
        read_docx(out.getvalue(), "a.docx")


@pytest.mark.parametrize(
    "body",
    [
        b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]><w:document><w:body>&b;</w:body></w:document>',
        b"<w:document><w:body>" + b"<w:p>" * 5000,
        b"not xml",
        b"",
    ],
)
def test_a_broken_part_ends_in_one_line(body):
    document = docx.Document()
    document.add_paragraph(PROSE)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(written(document))) as good, zipfile.ZipFile(out, "w") as bad:
        for name in good.namelist():
            bad.writestr(name, body if name == "word/document.xml" else good.read(name))
    with pytest.raises(DocumentError, match=r"a\.docx: broken Word file") as caught:
        read_docx(out.getvalue(), "a.docx")
    assert "\n" not in str(caught.value)


@settings(deadline=None, max_examples=50)
@given(data=st.binary(max_size=200))
def test_any_bytes_are_refused_in_one_line(data):
    for reader, head in ((read_docx, b""), (read_docx, b"PK\x03\x04"), (read_pdf, b"%PDF-1.4\n")):
        with pytest.raises(DocumentError) as caught:
            reader(head + data, "a")
        assert "\n" not in str(caught.value)
