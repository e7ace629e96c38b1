"""What the code imports is declared, what is declared is imported, and what is declared is locked."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCKS = ("requirements.txt", "requirements-test.txt")


def names(requirements: list[str]) -> set[str]:
    """Return the normalized names of requirements such as "spacy>=3.8"."""
    return {normal(re.split(r"[^\w.-]", r, maxsplit=1)[0]) for r in requirements}


def normal(name: str) -> str:
    """Return a distribution's name as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def imported(folder: Path) -> set[str]:
    """Return the distributions that the modules below a folder import."""
    modules: set[str] = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                modules |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                modules.add(node.module)
    tops = {module.split(".")[0] for module in modules} - set(sys.stdlib_module_names) - {"kg"}
    owners = packages_distributions()
    return {normal(owner) for top in tops for owner in owners.get(top, [top])}


def locked(lock: str) -> dict[str, str]:
    """Return the entries of a lock file by name."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    return {normal(entry.split("==")[0]): entry for entry in re.split(r"\n(?=\S)", text.strip())}


def test_the_package_declares_just_what_it_imports() -> None:
    assert imported(ROOT / "kg") == names(PROJECT["dependencies"])


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_names_versions_and_hashes_and_no_addresses(lock: str) -> None:
    wrong = [e for e in locked(lock).values() if not re.fullmatch(r"[\w.-]+==\S+( ; [^\\\n]+)?( \\\n +--hash=sha256:[0-9a-f]{64})+", e)]
    assert wrong == []


@pytest.mark.parametrize(("lock", "extras"), [(LOCKS[0], ["build"]), (LOCKS[1], ["build", "test"])])
def test_all_that_is_declared_is_locked(lock: str, extras: list[str]) -> None:
    declared = [*PROJECT["dependencies"], *(r for extra in extras for r in PROJECT["optional-dependencies"][extra])]
    assert names(declared) - set(locked(lock)) == set()


def test_both_locks_agree() -> None:
    run, test = map(locked, LOCKS)
    assert {name: entry for name, entry in run.items() if test.get(name) != entry} == {}


def test_spacy_comes_without_its_command_line_and_gives_it_to_who_asks() -> None:
    code = (
        "import sys, kg.annotation, spacy\n"
        "assert not [n for n in sys.modules if n.startswith('spacy.cli')]\n"
        "assert spacy.info(silent=True)['spacy_version'] == spacy.__version__\n"
        "import spacy.cli\n"
        "print(spacy.cli.app.__class__.__name__)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split()[-1] == "Typer"
