"""Whatever is written down is run: the blocks of the README and of the page of commands, their links, their claims."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from test_cli import COMMANDS, ROOT

import kg
from kg.query import saved

README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGE = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "data" / "model" / "CARD.md"]


def blocks(text: str, language: str) -> list[str]:
    """Return the fenced blocks of one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.M | re.S)


def commands(text: str) -> list[list[str]]:
    """Return the command lines of a page's console blocks."""
    return [shlex.split(line[2:]) for block in blocks(text, "console") for line in block.splitlines() if line.startswith("$ ")]


def run(args: list[str], cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a command line of a page; `kg` and `python` are this checkout and this Python."""
    program = {"kg": [sys.executable, str(ROOT / "cli.py")], "python": [sys.executable]}[args[0]]
    return subprocess.run(
        [*program, *args[1:]],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the corpus and the ontology as in a checkout; what the pages write stays in it."""
    folder = tmp_path_factory.mktemp("checkout")
    shutil.copytree(ROOT / "data" / "corpus", folder / "data" / "corpus")
    shutil.copytree(ROOT / "ontology", folder / "ontology")
    return folder


@pytest.fixture(scope="module")
def session(checkout: Path) -> list[tuple[str, subprocess.CompletedProcess[str]]]:
    """What the README's shell session did."""
    return [(shlex.join(args), run(args, checkout)) for args in commands(README)]


# ---- blocks --------------------------------------------------------------------------------------


def test_the_shell_session_of_the_readme_works(session: list[tuple[str, subprocess.CompletedProcess[str]]], checkout: Path) -> None:
    assert len(session) >= 5
    for line, done in session:
        assert done.returncode == 0, f"{line}: {done.stderr}"
    assert (checkout / "out" / "graph.html").stat().st_size > 10_000


def test_each_question_of_the_readme_has_an_answer(session: list[tuple[str, subprocess.CompletedProcess[str]]]) -> None:
    for line, done in session:
        if line.startswith(("kg query", "kg show")):
            assert len(done.stdout.splitlines()) > 2, line  # more than the head of a table


def test_the_sparql_of_the_readme_has_an_answer(session: object, checkout: Path) -> None:
    for number, text in enumerate(blocks(README, "sparql")):
        (checkout / f"{number}.rq").write_text(text, encoding="utf-8")
        done = run(["kg", "query", "-f", f"{number}.rq"], checkout)
        assert done.returncode == 0, done.stderr
        assert len(done.stdout.splitlines()) > 2


def test_the_python_of_the_readme_prints_something(checkout: Path) -> None:
    for text in blocks(README, "python"):
        done = run(["python", "-W", "error", "-c", text], checkout)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.strip()


def test_the_ontology_of_the_readme_teaches_what_it_says(checkout: Path) -> None:
    prefixes = (
        "@prefix owl: <http://www.w3.org/2002/07/owl#> .\n@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
        "@prefix kg: <https://attest.example/ns/kg#> .\n@prefix ex: <https://example.org/> .\n"
    )
    (checkout / "taught.ttl").write_text(prefixes + "".join(blocks(README, "turtle")), encoding="utf-8")
    done = run(["kg", "check", "--examples", "--ontology", "taught.ttl"], checkout)
    assert done.returncode == 0, done.stdout
    assert re.match(r"2 examples, 0 errors", done.stderr)


def test_the_examples_of_the_page_of_commands_work(session: object, checkout: Path) -> None:
    built = commands(README)[0]
    for args in commands(PAGE):
        if args != built:  # which the session has run
            done = run(args, checkout)
            assert done.returncode == 0, f"{shlex.join(args)}: {done.stderr}"
            assert done.stdout or done.stderr or "-o" in args, shlex.join(args)


# ---- claims --------------------------------------------------------------------------------------


def test_the_table_of_the_readme_names_commands_that_exist() -> None:
    rows = [row for row in README.splitlines() if row.startswith("| `kg ")]
    named = {name for row in rows for name in re.findall(r"`kg (\w+)", row.split(" | ")[0])}
    assert named >= {"build", "query", "show", "view", "export", "check", "stats"}
    assert named - set(COMMANDS) == set()


def test_the_readme_counts_the_saved_questions() -> None:
    assert re.findall(r"(\d+) saved questions", README) == [str(len(saved()))]


def test_the_readme_names_targets_that_make_has() -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    assert set(re.findall(r"`?make (demo|test|\w+(?=`))", README)) <= targets


def test_what_the_package_offers_is_exact() -> None:
    assert [name for name in kg.__all__ if not hasattr(kg, name)] == []
    code = "import kg; print(*sorted(n for n, v in vars(kg).items() if not n.startswith('_') and getattr(v, '__module__', '') == 'kg'))"
    defined = run(["python", "-c", code], ROOT).stdout.split()
    assert sorted(kg.__all__) == sorted([*defined, "__version__"])
    assert [name for name in defined if not getattr(kg, name).__doc__] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    links = [link for link in re.findall(r"\]\(([^)\s]+)\)", text) if not re.match(r"[a-z]+:", link)]
    assert [link for link in links if not (page.parent / link.split("#")[0]).exists()] == []
    for link in links:
        target = page.parent / link.split("#")[0] if not link.startswith("#") else page
        if "#" in link and target.suffix == ".md":
            heads = re.findall(r"^#+ (.+)$", target.read_text(encoding="utf-8"), re.M)
            assert link.split("#")[1] in {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


# ---- what is tracked -----------------------------------------------------------------------------

# Split, so that this file does not hold what it looks for.
PRIVATE = re.compile(
    "|".join(
        (
            r"(?<![\w.~$)}\-])/" + r"(?:work|root|opt|home|Users)/\w",
            "files.python" + "hosted",
            "pypi" + r"\.org",
            "--(?:extra-)?index-" + "url +http",
            "trusted-" + "host",
            "registry" + r"\.npm",
        )
    )
)


def test_no_tracked_file_names_a_registry_or_a_place_on_our_machines() -> None:
    if not (ROOT / ".git").exists() or not shutil.which("git"):
        pytest.skip("not a git checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    found = []
    for name in filter(None, listed):
        path = ROOT / name
        data = path.read_bytes() if path.is_file() else b""
        if b"\0" not in data[:4096]:
            text = data.decode("utf-8", errors="replace")
            found += [f"{name}:{text.count(chr(10), 0, hit.start()) + 1}: {hit[0]}" for hit in PRIVATE.finditer(text)]
    assert found == []
