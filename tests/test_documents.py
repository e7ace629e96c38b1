import io
import os
import sys

import pytest

from kg import documents
from kg.documents import READERS, read, reader_for
from kg.errors import DocumentError, EmptyDocumentError, UnknownFormatError
from kg.model import BlockKind, Document

PROSE = "Ana Ruiz was posted to the embassy in Lima. She left it in May.\n"


def only(path) -> Document:
    [document] = read([path])
    return document


def shown(document: Document, kind: BlockKind = BlockKind.PARAGRAPH) -> list[str]:
    return [document.text[b.start : b.end] for b in document.blocks if b.kind is kind]


def write(path, content: str | bytes):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_a_folder_is_read_in_the_order_of_its_paths(tmp_path):
    for name in ("b.txt", "a/z.md", "a.txt", ".hidden.txt", ".git/c.txt", "notes.xyz"):
        write(tmp_path / name, f"{PROSE}It stands in {name}.")
    assert [d.path for d in read([tmp_path])] == ["a/z.md", "a.txt", "b.txt"]


def test_a_file_keeps_the_path_that_the_user_gave(tmp_path, monkeypatch):
    write(tmp_path / "sub" / "Ruiz, Ana (2016).TXT", PROSE)
    monkeypatch.chdir(tmp_path)
    document = only("sub/Ruiz, Ana (2016).TXT")
    assert document.path == "sub/Ruiz, Ana (2016).TXT"
    assert document.id == f"ruiz-ana-2016-{document.sha256[:8]}"


@pytest.mark.parametrize(
    ("name", "slug"),
    [("Ärger im Büro", "arger-im-buro"), ("平壤", "document"), ("x" * 60, "x" * 40), ("---", "document")],
)
def test_an_id_is_a_slug_and_a_hash(tmp_path, name, slug):
    document = only(write(tmp_path / f"{name}.txt", PROSE))
    assert document.id == f"{slug}-{document.sha256[:8]}"


def test_the_same_content_is_read_once(tmp_path):
    write(tmp_path / "a.txt", PROSE)
    write(tmp_path / "b.txt", PROSE)
    assert [d.path for d in read([tmp_path, tmp_path / "b.txt"])] == ["a.txt"]


def test_stdin_is_plain_text(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(PROSE.encode())))
    document = only("-")
    assert (document.path, document.text) == ("-", PROSE)
    assert document.id == f"document-{document.sha256[:8]}"


def test_one_path_need_not_stand_in_a_list(tmp_path):
    path = write(tmp_path / "a.txt", PROSE)
    assert [d.text for d in read(str(path))] == [d.text for d in read(path)] == [PROSE]


def test_a_reader_is_found_by_suffix(tmp_path):
    assert reader_for(tmp_path / "a.HTM") is READERS[".htm"]
    with pytest.raises(UnknownFormatError, match=r"cannot read '\.doc' files \(known: \.docx, \.htm, "):
        reader_for(tmp_path / "a.doc")


def nothing(path):
    return path


def folder(path):
    path.mkdir()
    write(path / "a.xyz", PROSE)
    return path


@pytest.mark.parametrize(
    ("name", "content", "kind", "message"),
    [
        ("a.txt", nothing, DocumentError, "a.txt: no such file or folder"),
        ("a", folder, DocumentError, "a: no file that can be read in this folder .known: .docx, .htm"),
        ("a.xyz", PROSE, UnknownFormatError, "cannot read '.xyz' files"),
        ("a", PROSE, UnknownFormatError, "cannot read '' files"),
        ("a.txt", b"", EmptyDocumentError, "the file is empty"),
        ("a.md", " \n\t\r\n", EmptyDocumentError, "the file is empty"),
        ("a.txt", "\ufeff \u2003 \n", EmptyDocumentError, "holds no text"),
        ("a.md", "```\ncode\n```\n", EmptyDocumentError, "holds no text"),
        ("a.html", "<html><head><title>T</title></head><body><script>x()</script></body></html>", EmptyDocumentError, "holds no text"),
        ("a.txt", b"abc\0def", DocumentError, "binary data, not text .a NUL character at 3"),
        ("a.md", b"\x7fELF\x02\x01\0\0", DocumentError, "binary data"),
        ("a.html", b"<p>abc\0</p>", DocumentError, "binary data"),
        ("a.txt", "São Paulo".encode("latin-1"), DocumentError, r"not UTF-8 at byte 1 \(0xe3\); save it as UTF-8"),
        ("a.md", b"\xff\xfea\0b", DocumentError, "not UTF-16-LE at byte 4"),
        ("a.txt", b"%PDF-1.7 ...", DocumentError, "name it with .pdf"),
        ("a.txt", b"PK\x03\x04....", DocumentError, "name it with .docx"),
        ("a.html", b'<meta charset="klingon"><p>a</p>', DocumentError, "unknown encoding, 'klingon'"),
        ("a.html", b'<meta charset="utf-8"><p>a\xff</p>', DocumentError, r"not utf-8 \(as it declares\) at byte 26"),
        ("a.pdf", b"no pdf at all", DocumentError, "broken PDF"),
        ("a.pdf", b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog", DocumentError, "broken PDF"),
        ("a.docx", b"no archive", DocumentError, "not a Word file"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", DocumentError, "an old .doc file, or one under a password"),
    ],
)
def test_bad_input_ends_in_one_clear_line(tmp_path, name, content, kind, message):
    path = tmp_path / name
    content(path) if callable(content) else write(path, content)
    with pytest.raises(kind, match=message) as caught:
        list(read([path]))
    assert "\n" not in str(caught.value)
    assert path.name in str(caught.value)


def test_a_file_over_the_limit_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(documents, "MOST_BYTES", 2_000_000)
    path = write(tmp_path / "a.txt", b"word " * 500_000)
    with pytest.raises(DocumentError, match=r"a\.txt: 2\.5 MB is more than the limit of 2 MB; split it"):
        list(read([path]))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes")
def test_a_pipe_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "a.txt")
    with pytest.raises(DocumentError, match="not a regular file"):
        list(read([tmp_path / "a.txt"]))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_refused(tmp_path):
    write(tmp_path / "a.txt", PROSE).chmod(0)
    with pytest.raises(DocumentError, match=r"a\.txt: cannot be read \(Permission denied\)"):
        list(read([tmp_path / "a.txt"]))


def test_a_missing_source_is_told_before_anything_is_read(tmp_path):
    write(tmp_path / "a.txt", b"\xff")
    with pytest.raises(DocumentError, match="no such file"):
        list(read([tmp_path / "a.txt", tmp_path / "b.txt"]))


def test_links_that_lead_in_circles_end(tmp_path):
    write(tmp_path / "a.txt", PROSE)
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere.txt")
    assert [d.path for d in read([tmp_path])] == ["a.txt"]
