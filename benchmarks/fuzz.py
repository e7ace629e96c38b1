"""Coverage-guided runs of what reads other people's files and words (needs atheris, which is no dependency).

    python benchmarks/fuzz.py pdf -max_total_time=300 [CORPUS_FOLDER]

The first argument names a target; the rest is libFuzzer's. What crashes is written beside as `crash-…` and read
again by `python benchmarks/fuzz.py pdf crash-…`. An error that a user may mend (KgError) is no crash; any other is,
as is a reading of more than `-timeout=` seconds.
"""

from __future__ import annotations

import contextlib
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["kg", "pypdf", "docx", "markdown_it", "trafilatura", "yaml", "rdflib.plugins.parsers"]):
    from kg.annotation.timex import find, resolve
    from kg.claims.quantities import number
    from kg.documents import READERS, in_pieces
    from kg.errors import KgError
    from kg.graph.prefixes import COMMON
    from kg.graph.sparql import bind, check
    from kg.ontology import load
    from kg.query import read_value


def reader(suffix: str) -> Callable[[bytes], None]:
    """Return a target that reads bytes as a file of this suffix, and looks at its offsets."""

    def read(data: bytes) -> None:
        content = READERS[suffix](data, "fuzzed")
        content.text.encode()
        for block in content.blocks:
            for piece in in_pieces(content.text, block):
                assert 0 <= piece.start < piece.end <= len(content.text)
        for table in content.tables:
            assert all(content.text[c.start : c.end] == c.text for row in table.rows for c in row)

    return read


def times(data: bytes) -> None:
    """Look for dates and numbers."""
    text = data.decode("utf-8", "replace")
    for timex in resolve(find(text), "2016-08-27"):
        assert text[timex.start : timex.end] == timex.text
    number(text)


def queries(data: bytes) -> None:
    """Check a query, and bind a value that came along with it."""
    text, _, words = data.decode("utf-8", "replace").partition("\0")
    value = read_value(words, COMMON)
    bound = bind(text, check(text, COMMON), {"v": value}) if "?v" in text else text
    assert str(value) in bound or "?v" not in text


def turtle(data: bytes) -> None:
    """Read an ontology."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "fuzzed.ttl")
        path.write_bytes(data)
        load([path])


TARGETS: dict[str, Callable[[bytes], None]] = {
    **{suffix[1:]: reader(suffix) for suffix in (".txt", ".md", ".html", ".pdf", ".docx")},
    "times": times,
    "queries": queries,
    "turtle": turtle,
}


def main() -> None:
    """Run the target that the first argument names."""
    if len(sys.argv) < 2 or sys.argv[1] not in TARGETS:
        sys.exit(f"name a target: {', '.join(TARGETS)}")
    target = TARGETS[sys.argv.pop(1)]

    def one(data: bytes) -> None:
        with contextlib.suppress(KgError):
            target(data)

    atheris.Setup(sys.argv, one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
