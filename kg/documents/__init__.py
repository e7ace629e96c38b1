"""From files to documents: readers by suffix, one text with offsets for each.

A stage like the others: `read` takes what the user named and yields `Document`s in a fixed order.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from kg.documents.content import Content, Reader, in_pieces
from kg.documents.docx import read_docx
from kg.documents.html import read_html
from kg.documents.markdown import read_markdown
from kg.documents.pdf import read_pdf
from kg.documents.text import read_text
from kg.errors import DocumentError, EmptyDocumentError, UnknownFormatError
from kg.model import Document

__all__ = ["MOST_BYTES", "READERS", "Bad", "Source", "find", "open_source", "parse", "read", "reader_for"]

MOST_BYTES = 20_000_000  # of one file
STDIN = "-"

READERS: dict[str, Reader] = {
    ".txt": read_text,
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".html": read_html,
    ".htm": read_html,
    ".pdf": read_pdf,
    ".docx": read_docx,
}


Bad = Callable[[DocumentError], None]  # told of a file that is passed over


@dataclass(frozen=True, slots=True)
class Source:
    """A file as it was found, not yet read as text."""

    path: Path | None  # nothing for stdin
    name: str
    data: bytes
    sha256: str
    named: bool  # by the user, and not only found in a folder


def read(sources: Iterable[Path | str], *, bad: Bad | None = None) -> Iterator[Document]:
    """Yield the documents of files, folders (with all below, sorted by path) and `-` (plain text on stdin).

    A content that was read before is left out. In a folder, hidden files, files that no reader knows, and links that
    lead out of it are passed over, and what cannot be read is told to `bad`, where there is one. Raises DocumentError,
    or a kind of it, for any other source that cannot be read.
    """
    for source in find(sources, bad=bad):
        document = parse(source, bad=bad)
        if document is not None:
            yield document


def find(sources: Iterable[Path | str], *, bad: Bad | None = None) -> Iterator[Source]:
    """Yield the files of `read`, each content once, before they are read as text; errors as there."""
    if isinstance(sources, str | Path):
        sources = [sources]
    seen: set[str] = set()
    for path, name, named in _files(sources, bad):
        source = open_source(path, name, named=named, bad=bad)
        if source and source.sha256 not in seen:
            seen.add(source.sha256)
            yield source


def open_source(path: Path | None, name: str, *, named: bool, bad: Bad | None = None) -> Source | None:
    """Return the bytes of a file, of stdin where there is no path; errors as `parse`."""
    try:
        data = _bytes(path, name)
    except DocumentError as error:
        _tell(error, named, bad)
        return None
    return Source(path, name, data, hashlib.sha256(data).hexdigest(), named)


def parse(source: Source, *, bad: Bad | None = None) -> Document | None:
    """Return the document that a file holds; nothing where it cannot be read and `bad` was told so."""
    try:
        return _document(source.data, source.name, source.sha256, read_text if source.path is None else reader_for(source.path))
    except DocumentError as error:
        _tell(error, source.named, bad)
        return None


def _tell(error: DocumentError, named: bool, bad: Bad | None) -> None:
    """Pass over a bad file of a folder; what the user named must be read."""
    if named or bad is None:
        raise error
    bad(error)


def reader_for(path: Path) -> Reader:
    """Return the reader for a file, by its suffix; raises UnknownFormatError where there is none."""
    suffix = path.suffix.lower()
    if suffix not in READERS:
        raise UnknownFormatError(f"{path.as_posix()}: cannot read {suffix!r} files (known: {_known()})")
    return READERS[suffix]


def _known() -> str:
    return ", ".join(sorted(READERS))


def _files(sources: Iterable[Path | str], bad: Bad | None) -> Iterator[tuple[Path | None, str, bool]]:
    """Yield each file, the name it goes by, and whether the user named it; stdin has no path. All are looked at first."""
    found: list[tuple[Path | None, str, bool]] = []
    for source in sources:
        if not str(source):
            raise DocumentError("an empty name is no file or folder; leave it out for the bundled corpus")
        path = Path(source)
        if str(source) == STDIN:
            found.append((None, STDIN, True))
        elif path.is_dir():
            found.extend((inside, name, False) for inside, name in _in_folder(path, bad))
        else:
            _check_file(path)
            found.append((path, path.as_posix(), True))
    yield from found


def _check_file(path: Path) -> None:
    if not path.exists():
        raise DocumentError(f"{path.as_posix()}: no such file or folder")
    if not path.is_file():
        raise DocumentError(f"{path.as_posix()}: not a regular file")
    reader_for(path)


def _in_folder(folder: Path, bad: Bad | None) -> list[tuple[Path, str]]:
    """Return the readable files below a folder and their paths in it, sorted by path."""

    def closed(error: OSError) -> None:
        _tell(DocumentError(f"{error.filename}: cannot be opened ({error.strerror})"), Path(error.filename) == folder, bad)

    found: list[tuple[Path, str]] = []
    for parent, folders, names in os.walk(folder, onerror=closed):
        folders[:] = [name for name in folders if not name.startswith(".")]
        paths = [Path(parent, name) for name in names if not name.startswith(".")]
        known = [path for path in paths if path.suffix.lower() in READERS and path.is_file() and _is_inside(path, folder)]
        found.extend((path, path.relative_to(folder).as_posix()) for path in known)
    if not found:
        raise DocumentError(f"{folder.as_posix()}: no file that can be read in this folder (known: {_known()})")
    return sorted(found, key=lambda pair: PurePosixPath(pair[1]).parts)


def _is_inside(path: Path, folder: Path) -> bool:
    """Whether a file stands in the folder; a link may lead to what nobody meant to have read."""
    return not path.is_symlink() or path.resolve().is_relative_to(folder.resolve())


def _bytes(path: Path | None, name: str) -> bytes:
    """Return the bytes of a file; raises DocumentError where there are too many or none may be read."""
    try:
        if path is None:
            data = sys.stdin.buffer.read(MOST_BYTES + 1)
        else:
            with path.open("rb") as file:
                data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise DocumentError(f"{name}: cannot be read ({error.strerror})") from error
    if len(data) > MOST_BYTES:
        size = f"{path.stat().st_size / 1_000_000:.1f} MB is" if path else ""
        raise DocumentError(f"{name}: {size} more than the limit of {MOST_BYTES // 1_000_000} MB; split it")
    if not data.strip():
        raise EmptyDocumentError(f"{name}: the file is empty")
    return data


def _document(data: bytes, name: str, digest: str, reader: Reader) -> Document:
    content: Content = reader(data, name)
    if not content.blocks:
        raise EmptyDocumentError(f"{name}: holds no text to read")
    known = content.metadata
    return Document(
        id=f"{_slug(PurePosixPath(name).stem)}-{digest[:8]}",
        path=name.encode("utf-8", "surrogateescape").decode("utf-8", "replace"),  # a name may be any bytes
        sha256=digest,
        text=content.text,
        blocks=tuple(piece for block in content.blocks for piece in in_pieces(content.text, block)),
        tables=content.tables,
        title=known.title,
        outlet=known.outlet,
        author=known.author,
        date=known.date,
        url=known.url,
    )


def _slug(stem: str) -> str:
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-") or "document"
