"""The same input gives the same bytes: whatever the hash seed, the number of processes, the order of the sources."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from test_cli import ROOT, TEXTS, contents, write_texts


def run(seed: int, *args: str, cwd: Path) -> None:
    """Run Python, the command line where nothing else is named, with a hash seed."""
    done = subprocess.run(
        [sys.executable, *(args if args[0] == "-c" else (str(ROOT / "cli.py"), *args))],
        cwd=cwd,
        env={**os.environ, "PYTHONHASHSEED": str(seed), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two texts and their graph twice, `one` and `two`, from processes that hash differently."""
    folder = tmp_path_factory.mktemp("same")
    write_texts(folder)
    run(1, "build", *TEXTS, "-o", "one", "--jobs", "1", cwd=folder)
    run(2, "build", *TEXTS, "-o", "two", "--jobs", "2", cwd=folder)
    return folder


def test_two_builds_write_the_same_bytes(folder: Path) -> None:
    assert set(contents(folder / "one")) >= {"graph.nq", "manifest.json"}
    assert contents(folder / "one") == contents(folder / "two")


def test_two_pages_have_the_same_bytes(folder: Path) -> None:
    for seed, name in ((3, "one"), (4, "two")):
        run(seed, "view", "-g", name, "-o", f"{name}.html", cwd=folder)
    assert (folder / "one.html").read_bytes() == (folder / "two.html").read_bytes()


EXPORTS = """
import sys
from pathlib import Path
import kg
from kg.graph.export import FORMATS, export, write_file
graph = kg.load(sys.argv[1])
for format in FORMATS:
    write_file(export(graph, format), Path(sys.argv[2], format))
"""


def test_two_exports_have_the_same_bytes(folder: Path) -> None:
    for seed, name in ((5, "one"), (6, "two")):
        run(seed, "-c", EXPORTS, name, f"{name}-exports", cwd=folder)
    assert len(contents(folder / "one-exports")) == 9
    assert contents(folder / "one-exports") == contents(folder / "two-exports")


def test_the_order_of_the_sources_does_not_matter(folder: Path) -> None:
    run(7, "build", *reversed(TEXTS), "-o", "turned", cwd=folder)
    assert (folder / "turned" / "graph.nq").read_bytes() == (folder / "one" / "graph.nq").read_bytes()
