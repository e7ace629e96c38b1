"""Hostile input: nothing ends in a traceback, takes long, fetches anything, or is read or written where it should not be."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import docx
import pyoxigraph as ox
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from test_graph_samples import ontology, world

from kg import documents
from kg.annotation.timex import find, resolve
from kg.claims.quantities import number
from kg.documents import READERS
from kg.documents.content import LONGEST_BLOCK, MOST_LINES
from kg.errors import DocumentError, KgError, OntologyError
from kg.graph.graph import Graph
from kg.graph.store import assemble
from kg.model import Document
from kg.ontology import load as load_ontology
from kg.query import read_value, run
from kg.shell import HISTORY, Shell, entries, history_of, session
from kg.show import find as find_entities

ROOT = Path(__file__).parent.parent
SECRET = "the password is swordfish"
SAID = "The minister said that Ana Ruiz was posted to Lima. "
PROSE = SAID.encode() * 20
MANY = 400_000


# ---- files made here -----------------------------------------------------------------------------


def word(body: str, doctype: str = "", **parts: str) -> bytes:
    """A Word file with this body; further parts by name."""
    plain, out = io.BytesIO(), io.BytesIO()
    docx.Document().save(plain)
    namespace = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    written = {"word/document.xml": f'<?xml version="1.0"?>{doctype}<w:document {namespace}><w:body>{body}</w:body></w:document>', **parts}
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in [n for n in source.namelist() if n not in written]:
            target.writestr(name, source.read(name))
        for name, text in written.items():
            target.writestr(name, text)
    return out.getvalue()


def paragraph(words: str) -> str:
    """A paragraph of a Word file."""
    return f"<w:p><w:r><w:t>{words}</w:t></w:r></w:p>"


def cell(words: str, properties: str = "") -> str:
    """A cell of a Word file's table."""
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(words)}</w:tc>"


def table(rows: str) -> str:
    """A table of a Word file."""
    return f"<w:tbl><w:tblGrid><w:gridCol/></w:tblGrid>{rows}</w:tbl>"


ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
) + "]>"  # fmt: skip
CATALOG, PAGES = b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> /XObject << /X 6 0 R >> >> >>"
FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
TEXT = b"BT /F1 12 Tf 72 700 Td (" + SAID.encode() + b") Tj ET"


def stream(data: bytes, entries: bytes = b"") -> bytes:
    """A stream of a PDF file."""
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), entries, data)


def pdf(*objects: bytes, trailer: bytes = b"") -> bytes:
    """A PDF file of these objects, numbered from 1."""
    out, places = b"%PDF-1.4\n", []
    for number_, written in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number_, written)
    table_ = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
    return out + head + table_ + b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF" % (len(places) + 1, trailer, len(out))


def squeezed(data: bytes, times: int) -> bytes:
    """A stream that is packed several times."""
    for _ in range(times):
        data = zlib.compress(data, 9)
    return stream(data, b"/Filter [" + b"/FlateDecode " * times + b"]")


LONG_LINES = {name: unit * (10_000_000 // len(unit)) for name, unit in {
    "prose": SAID.encode(), "one word": b"a", "quotes": b'"', "brackets": b"[", "parentheses": b"(", "stars": b"*a ", "ticks": b"`a",
    "angles": b"<", "images": b"![[", "backslashes": b"\\", "pipes": b"|", "figures": b"1,000,", "dots": b". ", "spaces": b"x     ",
}.items()}  # fmt: skip

FILES: dict[str, bytes] = {
    **{f"line of {name}.txt": data for name, data in LONG_LINES.items()},
    **{f"line of {name}.md": data for name, data in LONG_LINES.items()},
    "many lines.txt": b"a\r" * 5_000_000,
    "many rows.md": b"a|b\n-|-\n" + b"x|y\n" * 2_000_000,
    "front matter deep.txt": b"---\na: " + b"[" * 200_000 + b"\n---\n" + PROSE,
    "front matter aliases.txt": b"---\na: &a [x,x]\n" + b"".join(b"%c: &%c [*%c,*%c]\n" % (n + 1, n + 1, n, n) for n in range(97, 120)) + b"---\n" + PROSE,
    "half a character.txt": b"abc \xed\xa0\x80 def",
    "half a character in utf-16.txt": b"\xff\xfea\x00\x00\xd8a\x00",
    "quotes in quotes.md": b"> " * 200_000 + PROSE,
    "lists in lists.md": b"- " * 200_000 + PROSE,
    "wide table.md": b"|a" * 20_000 + b"\n" + b"|-" * 20_000 + b"\n" + b"|x" * 20_000 + b"\n",
    "references to halves.md": b"&#0;&#55296;" * 10_000,
    "deep.html": b"<div>" * MANY + PROSE,
    "deep lists.html": b"<ul><li>" * 100_000 + PROSE,
    "deep tables.html": b"<table><tr><td>" * 90_000 + PROSE,
    "attributes.html": b"<p " + b"".join(b"a%d=1 " % n for n in range(MANY)) + b">" + PROSE,
    "attributes behind a quote.html": b"<p a='>' " + b"".join(b"a%d " % n for n in range(MANY)) + b">" + PROSE,
    "tags.html": b"<table>" + b"<tr><td>x1<td>2</tr>" * MANY + b"</table>",
    "span.html": PROSE + b"<table><tr><td colspan=100000000 rowspan=100000000>x</td></tr><tr><td>2</td></tr></table>",
    "comment.html": b"<!--" * MANY,
    "angles.html": b"<" * 250_000,
    "json-ld.html": b'<html><head><script type="application/ld+json">' + b'{"author":' * 50_000 + b"</script></head><body><p>" + PROSE,
    "halves.html": b"<p>&#55296;&#0;&#x110000; " + PROSE,
    **{f"{name}.html": b"<meta charset=%s><p>+2AA- \\ud800 a- " % name.encode() + PROSE
       for name in ("undefined", "utf-7", "unicode_escape", "raw_unicode_escape", "punycode", "idna", "zlib_codec", "rot13", "nope")},
    "bomb.docx": word(paragraph("a" * 150_000_000)),
    "entities.docx": word(paragraph("&j;"), ENTITIES),
    "deep.docx": word("<w:sdt><w:sdtContent>" * 50_000 + paragraph(SAID) + "</w:sdtContent></w:sdt>" * 50_000),
    "tables in tables.docx": word("<w:tbl><w:tr><w:tc>" * 3000 + paragraph(SAID) + "</w:tc></w:tr></w:tbl>" * 3000),
    "span.docx": word(table("<w:tr>" + cell("x", '<w:gridSpan w:val="100000000"/>') + "</w:tr>") + paragraph(SAID)),
    "merged.docx": word(table(f"<w:tr>{cell('x', '<w:vMerge/>')}</w:tr>" * 3000) + paragraph(SAID)),
    "outside.docx": word(paragraph(SAID), **{"word/_rels/document.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://x.example/" Target="../../../secret.txt"/></Relationships>'}),
    "pages in themselves.pdf": pdf(CATALOG, b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>"),
    "parent of itself.pdf": pdf(CATALOG, PAGES[:-2] + b"/Parent 2 0 R >>", PAGE.replace(b"/MediaBox [0 0 612 792]", b""), stream(TEXT), FONT),
    "object of itself.pdf": pdf(CATALOG, PAGES, PAGE, b"4 0 R", FONT),
    "length of itself.pdf": pdf(CATALOG, PAGES, PAGE, b"<< /Length 4 0 R >>\nstream\nBT ET\nendstream", FONT),
    "form in itself.pdf": pdf(CATALOG, PAGES, PAGE, stream(b"/X Do " + TEXT), FONT,
        stream(b"/X Do /X Do", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 6 0 R >> >>")),
    "packed.pdf": pdf(CATALOG, PAGES, PAGE, squeezed(b" " * 100_000_000, 2), FONT),
    "brackets.pdf": pdf(CATALOG, PAGES, PAGE, stream(b"BT " + b"[" * 200_000), FONT),
    "arrays.pdf": pdf(CATALOG, PAGES, PAGE, b"[" * MANY + b"]" * MANY, FONT),
    "many pages.pdf": pdf(CATALOG, *(b"<< /Type /Pages /Kids [%s] /Count 9999999 >>" % (b"%d 0 R " % (n + 3) * 10) for n in range(8)), PAGE),
    "before itself.pdf": pdf(CATALOG, PAGES, PAGE, stream(TEXT), FONT, trailer=b"/Prev 400"),
    "wide font.pdf": pdf(CATALOG, PAGES, PAGE, stream(TEXT), b"<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H /DescendantFonts [<< /Type /Font /Subtype /CIDFontType2 /W [0 99999999 500] >>] >>"),
    "nothing but objects.pdf": b"%PDF-1.4\n" + b"1 0 obj " * MANY,
}  # fmt: skip


def read_alone(path: Path) -> Document | None:
    """Read a file; nothing where it is refused. Any other error is a failure of the test."""
    try:
        [document] = documents.read([path])
    except DocumentError as error:
        assert "\n" not in str(error)
        assert len(str(error)) < 500
        return None
    return document


def check(document: Document) -> None:
    """Make sure of what every reader promises: blocks in order, none empty or too long, cells that quote the text."""
    text = document.text
    text.encode()
    end = 0
    for block in document.blocks:
        assert end <= block.start < block.end <= len(text)
        assert text[block.start : block.end].strip()
        end = block.end
    assert all(b.end - b.start <= LONGEST_BLOCK or b.kind.value == "table" for b in document.blocks)
    assert all(text[c.start : c.end] == c.text for t in document.tables for row in t.rows for c in row)


# ---- readers -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_read_or_refused_in_one_line(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(FILES[name][:20_000_000])
    document = read_alone(path)
    if document is not None:
        check(document)


def test_no_reader_follows_an_entity_to_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET)
    doctype = f'<!DOCTYPE x [<!ENTITY a SYSTEM "{secret.as_uri()}">]>'
    page = f'<?xml version="1.0"?>{doctype}<html><body><p>&a;</p><p>{SAID * 20}</p></body></html>'
    for name, data in (("a.docx", word(paragraph("&a;") + paragraph(SAID), doctype)), ("a.html", page.encode())):
        (tmp_path / name).write_bytes(data)
        document = read_alone(tmp_path / name)
        assert document is not None
        assert "Ana Ruiz" in document.text
        assert "swordfish" not in document.text


def test_a_link_that_leads_out_of_a_folder_is_passed_over(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (tmp_path / "secret.txt").write_text(SECRET)
    (folder / "a.txt").write_text(SAID)
    (folder / "inside.txt").symlink_to("a.txt")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "up").symlink_to("..")
    (folder / "nowhere.txt").symlink_to(tmp_path / "none.txt")
    assert [d.path for d in documents.read([folder])] == ["a.txt"]
    assert [d.text for d in documents.read([folder / "link.txt"])] == [SECRET]  # which the user named


@pytest.mark.skipif(sys.platform == "win32", reason="names are bytes")
def test_names_of_files_are_anyones(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for number_, name in enumerate([b"a\xff\xfe.txt", b"line\nbreak.txt", b"esc\x1b[31m.txt", b"--out.txt", b"<script>.txt"]):
        Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_text(f"{SAID} It was number {number_}.")
    found = list(documents.read([folder]))
    assert len(found) == 5
    for document in found:
        document.path.encode()
    missing = os.fsdecode(os.fsencode(tmp_path) + b"/none\x1b[31m\xff.txt")
    command = [sys.executable, str(ROOT / "cli.py"), "build", missing, "-o", str(tmp_path / "out")]
    done = subprocess.run(command, capture_output=True, check=False, timeout=60)
    assert (done.returncode, b"\x1b" in done.stderr, b"no such file" in done.stderr) == (1, False, True)
    assert done.stderr.count(b"\n") == 1


def test_too_many_lines_are_told(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("a\n" * (MOST_LINES + 1))
    with pytest.raises(DocumentError, match=r"300,001 lines are more than the limit of 300,000; split it"):
        list(documents.read([path]))


def test_a_long_line_is_cut_where_sentences_end(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(SAID * 1000)
    [document] = documents.read([path])
    pieces = [document.text[b.start : b.end] for b in document.blocks]
    assert " ".join(pieces) == (SAID * 1000).strip()
    assert {piece[-5:] for piece in pieces} == {"Lima."}


# ---- fuzzing -------------------------------------------------------------------------------------

MARKS = st.sampled_from(
    ["\n", "\n\n", "\r", "\t", "  ", "|", "-|-", "#", "> ", "- ", "*", "**", "_", "`", "<", ">", "<p>", "<table>", "<td>", "</", "<!--", "&", "&#",
     "---\n", ": ", "2014", "1,276", "12%", "May", "Ana Ruiz", "By ", "Table 1", ".", "\u2028", "\u00ad", "\ufeff", "\U0001f600", "\u0301"]
)  # fmt: skip
PIECES = st.lists(MARKS | st.text(max_size=8), max_size=40).map("".join)


@pytest.mark.parametrize("suffix", [".txt", ".md", ".html"])
@settings(max_examples=150)
@given(text=PIECES)
def test_any_text_is_read_or_refused(suffix: str, text: str) -> None:
    for data in (text.encode(), text.encode("utf-16")):
        try:
            content = READERS[suffix](data, "a")
        except DocumentError:
            continue
        check(Document("a", "a", "", content.text, tuple(p for b in content.blocks for p in documents.in_pieces(content.text, b)), content.tables))


@pytest.mark.parametrize("suffix", sorted(READERS))
@settings(max_examples=60)
@given(data=st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(suffix: str, data: bytes) -> None:
    try:
        READERS[suffix](data, "a")
    except DocumentError as error:
        assert str(error).startswith("a: ")


@pytest.mark.parametrize("suffix", [".docx", ".pdf"])
@settings(max_examples=40)
@given(places=st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=6)), min_size=1, max_size=8))
def test_a_damaged_file_is_read_or_refused(suffix: str, places: list[tuple[float, bytes]]) -> None:
    data = bytearray(word(paragraph(SAID)) if suffix == ".docx" else pdf(CATALOG, PAGES, PAGE, stream(TEXT), FONT))
    for place, change in places:
        at = int(place * len(data))
        data[at : at + len(change)] = change
    try:
        READERS[suffix](bytes(data), "a")
    except DocumentError as error:
        assert str(error).startswith("a: ")


TIMES = st.sampled_from(
    ["in", "on", "since", "until", "from", "to", "between", "and", "the", "last", "next", "first", "second", "half", "quarter", "of", "May", "Aug.",
     "Monday", "2014", "2014-15", "1990s", "’80s", "31", "32nd", "00", "29 February", "20th", "century", "years", "months ago", "-", "–", "/", ",",
     "early", "late", "mid-", "around", "0000", "9999", "99999999999999999999", "a", "couple", "dozen", "week", "spring", "Q3", "H2", "BC", "2.5", "days"]
)  # fmt: skip


@settings(max_examples=400)
@given(words=st.lists(TIMES | st.text(max_size=3), max_size=12), published=st.none() | st.sampled_from(["2016-08-27", "0000", "9999-12-31", "201X"]))
def test_any_words_are_searched_for_dates(words: list[str], published: str | None) -> None:
    text = " ".join(words)
    for timex in resolve(find(text), published):
        assert text[timex.start : timex.end] == timex.text


@settings(max_examples=300)
@example("9" * 5000)
@example("9 " + "trillion " * 40)
@given(st.text() | st.lists(st.sampled_from(["1", "9" * 30, ".5", "half", "a", "and", "million", "trillion", "dozen", "hundred", ","]), max_size=40).map(" ".join))
def test_any_words_are_read_as_a_number(text: str) -> None:
    value = number(text)
    assert value is None or abs(value) <= 1e18


# ---- questions -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    """The small world as a graph."""
    return assemble(world(), ontology(tmp_path_factory.mktemp("base")))


BREAKERS = st.sampled_from(['"', "'", "\\", "}", "{", ">", "<", "\n", " . DROP ALL", "SERVICE", "?x", "\\u0022", '"""', "#", "^^", "@en", "ent:", "\x00"])
TYPED = st.lists(BREAKERS | st.text(max_size=4), max_size=8).map("".join)


@settings(max_examples=300)
@given(TYPED)
def test_a_bound_value_is_a_value_whatever_it_holds(graph: Graph, words: str) -> None:
    query = "SELECT ?v (STR(?v) AS ?s) WHERE { BIND(1 AS ?one) }"
    if any("\ud800" <= c <= "\udfff" for c in words):
        return
    literal = ox.Literal(words)
    assert [row[0] for row in run(graph, query, bindings={"v": literal}).terms()] == [literal]


@settings(max_examples=300)
@given(TYPED)
def test_a_typed_value_is_read_or_refused(graph: Graph, words: str) -> None:
    try:
        value = read_value(words, graph.prefixes)
        rows = list(run(graph, "SELECT ?v WHERE { BIND(1 AS ?one) }", bindings={"v": words}).terms())
    except KgError:
        return
    assert rows == [(value,)]


@settings(max_examples=200)
@given(TYPED)
def test_any_query_is_answered_or_refused(graph: Graph, words: str) -> None:
    size = len(graph.store)
    for text in (words, f"SELECT * WHERE {{ ?s ?p {words} }}", f'ASK {{ ?s ?p "{words}" }}'):
        try:
            list(run(graph, text))
        except KgError:
            continue
    assert len(graph.store) == size


@settings(max_examples=200)
@given(st.text(max_size=30))
def test_any_name_is_looked_for(graph: Graph, name: str) -> None:
    try:
        assert find_entities(graph, name)
    except KgError as error:
        assert "nothing in the graph has this name" in str(error)


class Unasked(Shell):
    """A session that runs no query: each would start a process, and `run` is tried above."""

    def ask(self, text: str, bindings: dict[str, str] | None = None) -> None:
        """Leave it."""


@settings(max_examples=150)
@given(st.lists(st.sampled_from([":why 1", ":show x", ":format csv", ":", "about", "about name=", 'about name="'] ) | TYPED, max_size=6))
def test_a_session_outlives_any_entry(graph: Graph, given_: list[str]) -> None:
    joined = "".join(entries([f"{line}\n" for line in given_]))
    assert all(line.strip() in joined for line in given_ if line.strip().startswith(":show"))
    out: list[str] = []
    session(Unasked(graph, out.append), [*given_, ":help"], out.append)
    assert "Ctrl-C stops a question" in out[-1]


def test_history_does_not_follow_a_link(tmp_path: Path) -> None:
    (tmp_path / "target").write_text("")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / HISTORY).symlink_to(tmp_path / "target")
    history_of(tmp_path / "out").append_string("ASK {}")
    assert (tmp_path / "target").read_text() == ""


# ---- ontologies ----------------------------------------------------------------------------------

HEAD = (
    "@prefix owl: <http://www.w3.org/2002/07/owl#> .\n@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .\n"
    "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n@prefix kg: <https://attest.example/ns/kg#> .\n@prefix t: <https://t.example/> .\n"
)
WRONG = {
    "deep": ("t:a t:b " + "[" * 50_000 + "]" * 50_000 + " .", "nested too deep"),
    "list without end": ("t:a a owl:ObjectProperty ; rdfs:domain [ owl:unionOf _:l ] . _:l rdf:first t:X ; rdf:rest _:l .", "has no end"),
    "half a character": (r't:a rdfs:label "\ud800" .', "half a character"),
    "long example": (f't:a kg:example "[subject Ana] met {"the man " * 20_000} [object Bo]." .', "is no sentence"),
    "no text": ("\0", "line 6, column 1"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_hostile_ontology_is_refused_in_one_line(name: str, tmp_path: Path) -> None:
    text, complaint = WRONG[name]
    path = tmp_path / "t.ttl"
    path.write_text(HEAD + text, encoding="utf-8")
    with pytest.raises(OntologyError, match=complaint) as error:
        load_ontology([path])
    assert len(str(error.value)) < 500


def test_nothing_that_an_ontology_names_is_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret.ttl").write_text(f'{HEAD}t:secret a owl:Class ; rdfs:label "swordfish" .')
    path = tmp_path / "t.ttl"
    path.write_text(
        f"@base <{tmp_path.as_uri()}/> .\n{HEAD}<> owl:imports <secret.ttl> , <http://127.0.0.1:9/x> ; rdfs:seeAlso <secret.ttl> .\nt:a a owl:Class ."
    )
    opened: list[str] = []
    plain: Callable[..., object] = Path.read_text
    monkeypatch.setattr(Path, "read_text", lambda self, *args, **more: opened.append(self.name) or plain(self, *args, **more))
    monkeypatch.setattr("urllib.request.urlopen", lambda *_, **__: pytest.fail("a request"))
    assert set(load_ontology([path]).classes) == {"a"}
    assert opened == ["t.ttl"]


@settings(max_examples=100)
@given(st.lists(st.sampled_from(["t:a", "a", "owl:Class", "rdfs:subClassOf", "kg:example", '"[subject A] met [object B]."', "[", "]", "(", ")", ".", ";", "<", ">", '"', "@prefix", "_:l", "rdf:rest", "owl:unionOf", "rdfs:domain"]) | st.text(max_size=3), max_size=20).map(" ".join))
def test_any_turtle_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzz.ttl"
    path.write_bytes((HEAD + text).encode("utf-8", "replace"))
    try:
        load_ontology([path])
    except OntologyError as error:
        assert str(error)
