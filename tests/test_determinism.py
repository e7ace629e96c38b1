"""The same input gives the same bytes: whatever the hash seed, the number of processes, the order of the sources."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from test_cli import ROOT, TEXTS, contents, write_texts

import kg


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
from kg.graph.export import FOLDERS, FORMATS, write
graph = kg.load(sys.argv[1])
for format in FORMATS:
    write(graph, format, Path(sys.argv[2], format))
for format in FOLDERS:
    write(graph, format, Path(sys.argv[2]))
"""


def test_two_exports_have_the_same_bytes(folder: Path) -> None:
    for seed, name in ((5, "one"), (6, "two")):
        run(seed, "-c", EXPORTS, name, f"{name}-exports", cwd=folder)
    assert len(contents(folder / "one-exports")) == 16
    assert contents(folder / "one-exports") == contents(folder / "two-exports")


def test_two_reviews_have_the_same_bytes(folder: Path) -> None:
    claim = next(c.id for c in kg.load(folder / "one").extraction.claims if c.in_default_graph)
    for seed, name in ((8, "one"), (9, "two")):
        shutil.copytree(folder / name, folder / f"{name}-reviewed")
        run(seed, "review", "reject", claim, "--why", "no", "-g", f"{name}-reviewed", cwd=folder)
        run(seed, "review", "rename", "Ana Ruiz", "Ana María Ruiz", "-g", f"{name}-reviewed", cwd=folder)
    assert contents(folder / "one-reviewed") == contents(folder / "two-reviewed") != contents(folder / "one")


def test_the_order_of_the_sources_does_not_matter(folder: Path) -> None:
    run(7, "build", *reversed(TEXTS), "-o", "turned", cwd=folder)
    assert (folder / "turned" / "graph.nq").read_bytes() == (folder / "one" / "graph.nq").read_bytes()
