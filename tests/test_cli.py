"""The command line: help, documents, and one clear line for whatever a user can mend."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import spacy
import typer.main
from test_graph_samples import ontology, rules, world

import kg
from kg.cli import app, progress_bar
from kg.documents import MOST_BYTES
from kg.graph.store import save

ROOT = Path(__file__).parent.parent
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]
HEAVY = ("spacy", "rdflib", "pyoxigraph", "networkx", "numpy", "trafilatura", "pyshacl", "rich.progress")

TEXTS = {
    "courier.txt": (
        "Ana Ruiz joined the Norland Trade Council in 2011. She was posted to the Norland embassy in Madrid. "
        "According to the Madrid Courier, Ruiz defected to Spain on 4 March 2014. Norland denied that she had stolen money.\n"
    ),
    "gazette.md": (
        "---\ntitle: A quiet departure\noutlet: Harbour Gazette\nauthor: Tom Vale\ndate: 2014-03-09\n---\n"
        "Ana Ruiz, a trade councillor of Norland, left her post in Madrid. Her husband Pavel Ruiz reportedly travelled with her. "
        "Norland sent a commission to Spain. In 2013 there were 12 defections.\n"
    ),
}
TEACHING = (
    "@prefix owl: <http://www.w3.org/2002/07/owl#> .\n@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
    "@prefix kg: <https://attest.example/ns/kg#> .\n@prefix ex: <https://example.org/> .\n"
)


def run(*args: str, cwd: Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run the command line in a folder as a user would."""
    return subprocess.run(
        [sys.executable, str(ROOT / "cli.py"), *args],
        cwd=cwd,
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )


def contents(folder: Path) -> dict[str, bytes]:
    """Return what stands below a folder, to see that nothing was touched."""
    return {str(p.relative_to(folder)): p.read_bytes() if p.is_file() else b"" for p in folder.rglob("*")}


def write_texts(folder: Path) -> None:
    """Write the two invented texts to a folder."""
    for name, text in TEXTS.items():
        (folder / name).write_text(text, encoding="utf-8")


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two texts and their graph in `out`."""
    folder = tmp_path_factory.mktemp("built")
    write_texts(folder)
    done = run("build", *TEXTS, cwd=folder)
    assert done.returncode == 0, done.stderr
    (folder / "said").write_text(done.stdout + done.stderr, encoding="utf-8")
    return folder


# ---- help and documents --------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_a_command_and_each_of_its_options_have_help(name: str) -> None:
    assert COMMANDS[name].help.splitlines()[0].endswith(".")
    assert [p.name for p in COMMANDS[name].params if not p.help] == []


def section(name: str) -> str:
    """Return what docs/commands.md says of one command."""
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    found = re.search(rf"^## kg {re.escape(name)}\n(.*?)(?=^## |\Z)", page, re.M | re.S)
    assert found, f"docs/commands.md has no section on kg {name}"
    return found[1]


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_the_page_of_commands_names_each_option_and_gives_an_example(name: str) -> None:
    said = section(name)
    options = {opt for p in COMMANDS[name].params for opt in p.opts if opt.startswith("-")} - {"-g", "--graph"}
    assert {opt for opt in options if not re.search(rf"(?<![\w-]){opt}(?![\w-])", said)} == set()
    assert f"kg {name}" in said
    written = {opt for row in re.findall(r"^\| (`-.*?) \|", said, re.M) for opt in re.findall(r"(?<![\w-])--?[a-z][\w-]*", row)}
    assert written - options - {"-g", "--graph"} == set()


def test_the_page_of_commands_has_no_other_commands() -> None:
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^## kg (\S+)$", page, re.M)) == sorted(COMMANDS)


@pytest.mark.parametrize("args", [["--help"], ["--version"], *([name, "--help"] for name in ("build", "query", "view"))])
def test_help_is_instant_for_it_imports_nothing_heavy(args: list[str], tmp_path: Path) -> None:
    code = "import atexit, sys; atexit.register(lambda: print(*sys.modules, file=sys.stderr)); from kg.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, *args],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0
    assert done.stdout.strip()
    modules = done.stderr.split()
    assert "kg.cli" in modules
    assert [name for name in HEAVY if name in modules] == []


def test_the_version_is_that_of_the_package(tmp_path: Path) -> None:
    assert run("--version", cwd=tmp_path).stdout == f"kg {kg.__version__}\n"


# ---- good input ----------------------------------------------------------------------------------


def test_a_build_says_one_line_on_stderr_where_there_is_no_terminal(built: Path) -> None:
    said = (built / "said").read_text(encoding="utf-8")
    assert re.fullmatch(r"2 documents, \d+ entities, \d+ claims, \d+ figures → out\n", said)
    assert sorted(path.name for path in (built / "out").iterdir()) == ["graph.nq", "manifest.json", "readings"]


def test_progress_is_silent_where_stderr_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bar() as progress:
        assert progress is None
    assert capsys.readouterr() == ("", "")


def test_progress_is_drawn_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    with progress_bar() as progress:
        assert progress is not None
        progress("reading", 1, 2)
    assert "reading" in terminal.getvalue()


@pytest.mark.parametrize(
    ("args", "part"),
    [
        (["query", "SELECT ?who WHERE { ?who a dip:Person }", "--format", "csv"], "ana-ruiz"),
        (["query", "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o . ?s a dip:Person }"], "ent:ana-ruiz"),
        (["query", "--list"], "postings"),
        (["query", "sources"], "Madrid Courier"),
        (["show", "Ana Ruiz"], '“Ana Ruiz|"Ana Ruiz joined'),
        (["stats"], "2 documents"),
        (["suggest"], ""),
        (["export", "--format", "jsonl"], '"Ana Ruiz"'),
    ],
    ids=lambda value: " ".join(value)[:30] if isinstance(value, list) else "",
)
def test_results_go_to_stdout_and_nothing_else_is_said(built: Path, args: list[str], part: str) -> None:
    done = run(*args, cwd=built)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(part, done.stdout)


@pytest.mark.parametrize("args", [["export", "--format", "nquads"], ["query", "SELECT * WHERE { ?s ?p ?o }"], ["query", "--list"]])
def test_a_reader_that_has_enough_is_no_error(built: Path, args: list[str]) -> None:
    with subprocess.Popen(
        [sys.executable, str(ROOT / "cli.py"), *args], cwd=built, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as writer:
        assert writer.stdout and writer.stderr
        writer.stdout.close()  # before anything is written: the hardest case of `| head -1`
        assert writer.stderr.read() == b""
    assert writer.returncode == 0


# ---- bad input -----------------------------------------------------------------------------------


def no_parser(folder: Path) -> None:
    """Save a pipeline that only splits words."""
    spacy.blank("en").to_disk(folder / "blank")


def somebody_elses(folder: Path) -> None:
    """Make a folder with a letter in it."""
    (folder / "letters").mkdir()
    (folder / "letters" / "dear.txt").write_text("Dear Sir")


def unreadable_folder(folder: Path) -> None:
    """Make a folder with no file that a reader knows."""
    (folder / "pictures").mkdir()
    (folder / "pictures" / "a.png").write_bytes(b"\x89PNG")


def holding(name: str, content: str | bytes) -> Callable[[Path], None]:
    """Return what writes one file."""
    return lambda folder: void((folder / name).write_bytes(content.encode() if isinstance(content, str) else content))


def void(_: object) -> None:
    """Return nothing."""


def nothing(folder: Path) -> None:
    """Leave a folder as it is."""


MALFORMED = TEACHING + 'ex:toldOf a owl:ObjectProperty ; kg:example "[subject Ruiz told [object Okoro]." .\n'

BUILDS: dict[str, tuple[Callable[[Path], None], list[str], str]] = {
    "missing": (nothing, ["none.txt"], r"none\.txt: no such file"),
    "one of two missing": (nothing, ["courier.txt", "none.txt"], r"none\.txt: no such file"),
    "empty": (holding("a.txt", b""), ["a.txt"], r"a\.txt: .*empty"),
    "whitespace": (holding("a.txt", " \n\t \n"), ["a.txt"], r"a\.txt: .*empty"),
    "front matter alone": (holding("a.md", "---\ntitle: Alone\n---\n"), ["a.md"], r"a\.md: "),
    "binary": (holding("a.txt", bytes(range(256)) * 8), ["a.txt"], r"a\.txt: "),
    "undecodable": (holding("a.txt", b"caf\xe9 au lait\n"), ["a.txt"], r"a\.txt: not UTF-8 at byte 3"),
    "too large": (holding("a.txt", b"a " * (MOST_BYTES // 2 + 1)), ["a.txt"], r"a\.txt: 20\.0 MB .*limit of 20 MB"),
    "broken PDF": (holding("a.pdf", b"%PDF-1.7\nhalf a page"), ["a.pdf"], r"a\.pdf: broken PDF"),
    "broken Word file": (holding("a.docx", b"PK\x03\x04half"), ["a.docx"], r"a\.docx: not a Word file"),
    "unknown suffix": (holding("a.xyz", b"words"), ["a.xyz"], r"a\.xyz: cannot read '\.xyz' files \(known: "),
    "no readable file": (unreadable_folder, ["pictures"], r"pictures: no file that can be read"),
    "Turtle syntax": (
        holding("t.ttl", TEACHING + "ex:a ex:b .\n"),
        ["courier.txt", "--ontology", "t.ttl"],
        r"t\.ttl: line 5, column \d+: ",
    ),
    "brackets": (holding("t.ttl", MALFORMED), ["courier.txt", "--ontology", "t.ttl"], r"toldOf: .*\[subject Ruiz told \[object"),
    "missing ontology": (nothing, ["courier.txt", "--ontology", "none.ttl"], r"none\.ttl: no such ontology"),
    "unknown model": (nothing, ["courier.txt", "--model", "nobody"], r"nobody: no such spaCy pipeline"),
    "model without parser": (no_parser, ["courier.txt", "--model", "blank"], r"blank: .*no dependency parser"),
    "out is somebody else's": (somebody_elses, ["courier.txt", "-o", "letters"], r"letters: holds files that are no graph"),
    "out is a file": (nothing, ["courier.txt", "-o", "gazette.md"], r"gazette\.md: is a file"),
    "out below a file": (nothing, ["courier.txt", "-o", "gazette.md/out"], r"gazette\.md/out: cannot "),
    "no processes": (nothing, ["courier.txt", "--jobs", "0"], r"Invalid value for '--jobs'"),
    "unknown option": (nothing, ["courier.txt", "--nope"], r"No such option: --nope"),
}


@pytest.mark.parametrize(("prepare", "args", "message"), BUILDS.values(), ids=BUILDS)
def test_a_build_that_cannot_be_says_so_in_one_line_and_writes_nothing(
    tmp_path: Path, prepare: Callable[[Path], None], args: list[str], message: str
) -> None:
    write_texts(tmp_path)
    prepare(tmp_path)
    before = contents(tmp_path)
    done = run("build", *args, cwd=tmp_path)
    assert done.returncode in (1, 2)
    assert done.stdout == ""
    assert re.fullmatch(rf"kg: error: {message}.*\n", done.stderr)
    assert contents(tmp_path) == before


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_is_not_writable_is_named(tmp_path: Path) -> None:
    write_texts(tmp_path)
    (tmp_path / "shut").mkdir(mode=0o555)
    done = run("build", *TEXTS, "-o", "shut/out", cwd=tmp_path)
    assert done.returncode == 1
    assert re.fullmatch(r"kg: error: shut/out: cannot .*\n", done.stderr)


def test_nothing_on_stdin_is_named(tmp_path: Path) -> None:
    done = run("build", "-", cwd=tmp_path, stdin="")
    assert done.returncode == 1
    assert re.fullmatch(r"kg: error: -: .*empty\n", done.stderr)
    assert contents(tmp_path) == {}


def test_a_failed_build_leaves_the_earlier_graph(built: Path) -> None:
    before = contents(built)
    done = run("build", "courier.txt", "none.txt", cwd=built)
    assert done.returncode == 1
    assert contents(built) == before


READS: dict[str, tuple[list[str], str]] = {
    "unknown saved query": (["query", "nobody"], r"nobody: no saved query \(kg query --list"),
    "no query": (["query"], r"give one query"),
    "empty query": (["query", " "], r"give one query"),
    "two queries": (["query", "postings", "-f", "courier.txt"], r"give one query"),
    "missing query file": (["query", "-f", "none.rq"], r"none\.rq: cannot be read as a query: No such file or directory"),
    "unknown row format": (["query", "postings", "--format", "pie"], r"pie: not a format for rows \(known: table"),
    "malformed binding": (["query", "about", "--bind", "who"], r"'who': a binding is written name=value"),
    "unknown thing": (["show", "Nobody Known"], r"Nobody Known: nothing in the graph has this name"),
    "unknown focus": (["view", "--focus", "Nobody Known"], r"Nobody Known: nothing in the graph has this name"),
    "unknown class": (["view", "--class", "Unicorn"], r".*"),
    "page below a file": (["view", "-o", "courier.txt/a.html"], r"courier\.txt/a\.html: .*cannot "),
    "unknown export": (["export", "--format", "pie"], r"pie: unknown format \(known: turtle"),
    "export below a file": (["export", "-o", "courier.txt/a.ttl"], r"courier\.txt/a\.ttl: cannot "),
    "unknown command": (["pie"], r"No such command 'pie'"),
    "no name": (["show"], r"Missing argument 'name'|Missing argument 'NAME'"),
    **{
        f"no graph for {name}": ([*args, "-g", "none"], r"none: no such folder; run kg build first \(kg build -o none\)")
        for name, args in {
            "query": ["query", "postings"],
            "show": ["show", "Ana"],
            "view": ["view"],
            "export": ["export"],
            "check": ["check"],
            "stats": ["stats"],
            "suggest": ["suggest"],
        }.items()
    },
}


@pytest.mark.parametrize(("args", "message"), READS.values(), ids=READS)
def test_a_graph_that_cannot_be_asked_so_says_why_in_one_line(built: Path, args: list[str], message: str) -> None:
    before = contents(built)
    done = run(*args, cwd=built)
    assert done.returncode in (1, 2)
    assert done.stdout == ""
    assert re.fullmatch(rf"kg: error: (?:{message}).*\n", done.stderr)
    assert contents(built) == before


@pytest.mark.parametrize(
    ("query", "line", "column"),
    [
        ("SELECT ?who WHERE { ?who dip:postedAt }", 1, 39),
        ("SELECT ?who WHERE {\n  ?who dip:postedAt ?where ,\n}", 2, 28),
        ("ASK { ?who ?does ?what", 1, 23),
        ("SELECT ?who WHERE { ?who nobody:knows ?what }", 1, 26),
        ("Who was posted where?", 1, 1),
    ],
)
def test_a_wrong_query_is_shown_with_line_column_and_caret(built: Path, query: str, line: int, column: int) -> None:
    done = run("query", query, cwd=built)
    assert (done.returncode, done.stdout) == (1, "")
    message, shown, caret = done.stderr.splitlines()
    assert message.startswith(f"kg: error: line {line}, column ")
    assert shown.strip() == query.splitlines()[line - 1].strip()
    assert caret.strip() == "^"
    assert abs(int(message.split("column ")[1].split(":")[0]) - column) <= 2


def test_a_damaged_graph_is_named(built: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    for name in ("graph.nq", "manifest.json"):
        data = (built / "out" / name).read_bytes()
        (tmp_path / "out" / name).write_bytes(data[:1000] if name == "graph.nq" else data)
    done = run("stats", cwd=tmp_path)
    assert done.returncode == 1
    assert re.fullmatch(r"kg: error: out/graph\.nq: cannot be read: .*run kg build again\n", done.stderr)


# ---- what a person may type -----------------------------------------------------------------------

LONG = "a" * 300
ASK = ["query", "ASK {}", "-g", "out"]
WRONG: dict[str, tuple[list[str], str]] = {
    "a name too long to read": (["build", f"{LONG}.txt"], f"{LONG[:280]}"),
    "a name too long to write": (["build", "note.txt", "-o", LONG], "name another file or folder"),
    "a name of two lines": (["build", "a\nb.txt"], "a b.txt: no such file or folder"),
    "no time": ([*ASK, "--timeout", "0"], "--timeout"),
    "time before the start": ([*ASK, "--timeout", "-1"], "--timeout"),
    "no number": ([*ASK, "--timeout", "nan"], "--timeout"),
    "time without end": ([*ASK, "--timeout", "inf"], "--timeout"),
    "a variable with two values": (["query", "SELECT ?s { ?s ?p ?o }", "-g", "out", "--bind", "s=ent:a", "--bind", "?s=ent:b"], "s: is bound twice"),
    "a URL that is not closed": (["query", "ASK {}", "-g", "http://["], "http://[: no URL of a server; write it like"),
    "a port above all": (["query", "ASK {}", "-g", "http://localhost:99999/"], "no URL of a server"),
    "a manifest of other hands": (["query", "ASK {}", "-g", "odd"], "odd: holds no graph; run kg build first"),
    "an ontology of nothing": (["check", "--examples", "--ontology", "empty"], "no kg:example"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrongly_typed_ends_in_one_line_and_a_status(case: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / "graph.nq").touch()
    (tmp_path / "odd" / "manifest.json").write_text('{"attest": 1, "prefixes": [1], "counts": 3}', encoding="utf-8")
    (tmp_path / "note.txt").write_text("Ana Ruiz lives in Lima.\n", encoding="utf-8")
    save(world(), ontology(tmp_path), tmp_path / "out", rules=rules(tmp_path))
    before = contents(tmp_path)
    command, told = WRONG[case]
    done = run(*command, cwd=tmp_path)
    assert done.returncode in (1, 2)
    assert done.stdout == ""
    assert done.stderr.startswith("kg: error: ")
    assert done.stderr.count("\n") == 1
    assert told in done.stderr
    assert "unexpected" not in done.stderr
    assert contents(tmp_path) == before
