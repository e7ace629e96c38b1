"""The wheel: what it holds, and that it works where there is no checkout."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from test_cli import ROOT, write_texts


def python(*args: str, cwd: Path, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run this Python in a folder, with nothing but `path` put before what is installed."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    if path is not None:
        env["PYTHONPATH"] = str(path)
    return subprocess.run(
        [sys.executable, *args], cwd=cwd, env=env, capture_output=True, text=True, encoding="utf-8", check=False, timeout=120
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, built without network."""
    folder = tmp_path_factory.mktemp("dist")
    done = python("-m", "pip", "wheel", "-q", "--no-deps", "--no-index", "--no-build-isolation", "-w", str(folder), str(ROOT), cwd=folder)
    assert done.returncode == 0, done.stderr
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel installed in it."""
    target = tmp_path_factory.mktemp("site")
    done = python("-m", "pip", "install", "-q", "--no-deps", "--no-index", "--target", str(target), str(wheel), cwd=target)
    assert done.returncode == 0, done.stderr
    return target


def below(folder: str) -> set[str]:
    """Return the files of the checkout below a folder that git would keep."""
    paths = (ROOT / folder).rglob("*")
    return {p.relative_to(ROOT).as_posix() for p in paths if p.is_file() and "__pycache__" not in p.parts and not p.name.startswith(".")}


def test_the_wheel_holds_the_package_and_what_it_reads(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    code = {name for name in below("kg") if not name.endswith(".pyc")}
    read = {f"kg/_resources/{name}" for folder in ("ontology", "data/model", "data/lexicon", "data/patterns", "data/corpus") for name in below(folder)}
    assert code - names == set()
    assert read - names == set()
    assert "kg/py.typed" in names
    assert [name for name in names if name.endswith(".dist-info/licenses/LICENSE")]


def test_whatever_the_code_asks_for_is_in_the_wheel(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "kg").rglob("*.py"))
    asked = {"/".join(re.findall(r'"([^"]+)"', parts)) for parts in re.findall(r'resource\(((?:"[^"]+"(?:, )?)+)\)', code)}
    assert len(asked) > 3
    assert {
        part for part in asked if not any(n == f"kg/_resources/{part}" or n.startswith(f"kg/_resources/{part}/") for n in names)
    } == set()


def test_the_wheel_holds_nothing_else(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"kg"}
    assert wheel.stat().st_size < 25_000_000


def test_the_wheel_names_its_command_and_its_needs(wheel: Path) -> None:
    files = zipfile.ZipFile(wheel)
    [entry] = [name for name in files.namelist() if name.endswith("entry_points.txt")]
    assert "kg = kg.cli:main" in files.read(entry).decode()
    [metadata] = [name for name in files.namelist() if name.endswith(".dist-info/METADATA")]
    needs = [line for line in files.read(metadata).decode().splitlines() if line.startswith("Requires-Dist:") and "extra" not in line]
    assert not [line for line in needs if "pytest" in line or "hatchling" in line or "@" in line]


def test_an_installed_kg_reads_a_text_with_its_own_ontology_and_model(installed: Path, tmp_path: Path) -> None:
    write_texts(tmp_path)
    code = "import kg.cli, kg.resources; print(kg.resources.resource('ontology')); kg.cli.main()"
    done = python("-c", code, "build", "courier.txt", cwd=tmp_path, path=installed)
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.strip()) == installed / "kg" / "_resources" / "ontology"
    asked = python("-c", "from kg.cli import main; main()", "query", "postings", "--format", "csv", cwd=tmp_path, path=installed)
    assert (asked.returncode, asked.stderr) == (0, "")
    assert "Ana Ruiz" in asked.stdout
    drawn = python("-c", "from kg.cli import main; main()", "view", cwd=tmp_path, path=installed)
    assert (drawn.returncode, drawn.stderr) == (0, "")
    assert "Ana Ruiz" in (tmp_path / "out" / "graph.html").read_text(encoding="utf-8")


def test_an_installed_kg_finds_its_corpus(installed: Path, tmp_path: Path) -> None:
    code = "from kg.documents import read; from kg.resources import resource; print(len(list(read([resource('data', 'corpus')]))))"
    done = python("-c", code, cwd=tmp_path, path=installed)
    assert done.stdout.strip() == str(len(list((ROOT / "data" / "corpus").iterdir())))
