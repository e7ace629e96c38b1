"""The prompt: entries from a pipe and from a terminal, completion, history, and the sentences behind a row."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from prompt_toolkit.document import Document
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput
from test_graph_samples import ONTOLOGY, rules, world

from kg.errors import KgError
from kg.graph.graph import Graph
from kg.graph.store import load, save
from kg.ontology import load as load_ontology
from kg.shell import HISTORY, Shell, completer_of, entries, history_of, is_whole, session, typed

ROOT = Path(__file__).parent.parent
WHO = "SELECT ?who ?city WHERE { ?who test:defectedVia ?city }"
SLOW = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o }"
POSTED = "Ana Ruiz was posted to the embassy in Lima"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A graph folder with the small world."""
    path = tmp_path / "test.ttl"
    path.write_text(f"{ONTOLOGY}\nkg:Entity a owl:Class .\n", encoding="utf-8")
    entities = tuple(replace(entity, types=(*entity.types, "Entity")) for entity in world().entities)
    save(replace(world(), entities=entities), load_ontology([path]), tmp_path / "out", rules=rules(tmp_path))
    return tmp_path / "out"


@pytest.fixture
def graph(folder: Path) -> Graph:
    """The small world as a graph."""
    return load(folder)


def told(graph: Graph, *given: str) -> str:
    """Return what a session writes, the complaints in their places."""
    out: list[str] = []
    session(Shell(graph, out.append), given, lambda message: out.append(f"error: {message}\n"))
    return "".join(out)


# ---- entries -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entry", "whole"),
    [
        (":why 1", True),
        ("postings", True),
        ('about name="Ana"', True),
        ("SELECT *", False),
        ("SELECT * {", False),
        ("SELECT * { ?s ?p ?o }", True),
        ('SELECT * { ?s ?p "}" ', False),
        ("SELECT * { ?s ?p ?o # }", False),
        ("PREFIX x: <http://x.example/{>", False),
        ("SELECT * { { SELECT ?s { ?s ?p ?o } }", False),
        ("DESCRIBE ent:ana-ruiz", True),
        ("ASK {}}", True),
    ],
)
def test_a_query_is_whole_when_its_braces_are_closed(entry: str, whole: bool) -> None:
    assert is_whole(entry) is whole


def test_lines_of_a_pipe_become_entries() -> None:
    lines = f"# a comment\n\n{WHO}\n:why 1\nSELECT ?s\nWHERE {{\n\n ?s ?p ?o\n}}\n\nORDER BY ?s\nLIMIT 1\npostings\nASK {{ }}\nSELECT {{".splitlines(True)
    found = [" ".join(entry.split()) for entry in entries(lines)]
    assert found == [WHO, ":why 1", "SELECT ?s WHERE { ?s ?p ?o } ORDER BY ?s LIMIT 1", "postings", "ASK { }", "SELECT {"]


# ---- answers -------------------------------------------------------------------------------------


def test_rows_are_numbered(graph: Graph) -> None:
    head, _, row = told(graph, WHO).splitlines()
    assert head.split() == ["#", "who", "city"]
    assert row.split() == ["1", "ent:ana-ruiz", "ent:quito"]


def test_a_saved_question_takes_values_for_its_variables(graph: Graph) -> None:
    with_value = told(graph, ":format csv", 'about name="Ana Ruiz"')
    assert "Ana Ruiz" in with_value
    assert "part of the ministry" not in with_value
    assert "nobody: no saved query" in told(graph, "nobody")
    assert "Ana: no query and no variable=value" in told(graph, "about Ana")


@pytest.mark.parametrize(
    ("query", "expected", "absent"),
    [
        (WHO, ["Ana Ruiz: defected via", "by rule", '"She fled through Quito"'], "Ms. Ruiz did not"),
        ("SELECT ?c WHERE { GRAPH ?d { ?c rdf:predicate test:partOf } }", ["part of the ministry"], "fled"),
        ("CONSTRUCT { ?s test:postedAt ?o } WHERE { ?s test:postedAt ?o }", [POSTED, "according to Reuters, citing"], "fled"),
        ("SELECT ?e WHERE { ?e rdfs:label 'Quito' }", ["Quito (ent:quito)", "fled through"], "resign"),
        ("SELECT ('Ana Ruiz' AS ?name) (ent:embassy-in-lima AS ?at) {}", [POSTED, "denied that Ruiz"], "fled"),
        (f"SELECT ('Ana Ruiz' AS ?name) (ent:embassy-in-lima AS ?at) ('{POSTED}' AS ?quote) {{}}", [POSTED], "denied"),
    ],
)
def test_a_row_is_followed_back_to_its_sentences(graph: Graph, query: str, expected: list[str], absent: str) -> None:
    answer = told(graph, query, ":why 1").split("\n1  ", 1)[1]
    for words in expected:
        assert words in answer
    assert absent not in answer.split("\n", 1)[1]


def test_things_that_one_event_joins_are_followed_to_it(graph: Graph) -> None:
    answer = told(graph, "SELECT ('Ana Ruiz' AS ?who) ('Quito' AS ?city) {}", ":why 1")
    assert '"She fled through Quito"' in answer


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ([":why 1"], "the last answer has no rows"),
        ([WHO, ":why 2"], "the last answer has rows 1 to 1"),
        ([WHO, ":why x"], "the last answer has rows 1 to 1"),
        (["SELECT (1 AS ?n) {}", ":why 1"], "names no claim and no thing"),
        ([":show Nobody"], "nothing in the graph has this name"),
        ([":format pie"], "not a format (known: table"),
        ([":timeout -1"], "give seconds up to"),
        ([":timeout nan"], "give seconds up to"),
        ([":dance"], "no such command (known: :saved, :why"),
        (["SELECT ?x {\n ?x test:via ! }"], "line 2, column 14: unexpected '!'\n   ?x test:via ! }\n               ^"),
        (["DROP ALL"], "no saved query"),
        (["INSERT DATA { <http://a.example/> a <http://b.example/> }"], "only queries run here"),
        (["SELECT * { SERVICE <http://a.example/> { ?s ?p ?o } }"], "SERVICE is refused"),
    ],
)
def test_what_is_wrong_is_told_and_the_session_goes_on(graph: Graph, given: list[str], complaint: str) -> None:
    answer = told(graph, *given, "ASK {}")
    assert complaint in answer
    assert answer.endswith("true\n")


def test_a_question_stops_when_its_time_is_over(graph: Graph) -> None:
    assert "stopped after 0.2 s" in told(graph, ":timeout 0.2", SLOW)


def test_help_names_each_command(graph: Graph) -> None:
    answer = told(graph, ":help")
    assert [c for c in (":saved", ":why", ":show", ":format", ":timeout", ":quit", "SELECT … { … }", "jsonld") if c not in answer] == []


def test_nothing_is_done_after_quit(graph: Graph) -> None:
    assert told(graph, ":quit", WHO) == ""


def test_a_pipe_gives_answers_complaints_and_a_status(folder: Path) -> None:
    done = shell(folder, f"{WHO}\nnobody\n:show Quito\n")
    assert done.returncode == 1
    assert "ent:ana-ruiz" in done.stdout
    assert "Quito (ent:quito)" in done.stdout
    assert done.stderr.startswith("kg: error: nobody: no saved query")
    assert shell(folder, WHO).returncode == 0
    assert not (folder / HISTORY).exists()


def shell(folder: Path, typed: str) -> subprocess.CompletedProcess[str]:
    """Run the command with a pipe for its input."""
    command = [sys.executable, str(ROOT / "cli.py"), "shell", "-g", str(folder)]
    return subprocess.run(command, input=typed, capture_output=True, encoding="utf-8", check=False, timeout=120)


# ---- at the prompt -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "text", "replaces"),
    [
        ("SELECT ?x { ?x test:pos", "test:postedAt", 8),
        ("SELECT ?x { ?x posted", "test:postedAt", 6),
        ("SELECT ?x { ?x a Emb", "test:Embassy", 3),
        ("SELECT ?x { ?x ?p Ana", "ent:ana-ruiz", 3),
        ("SELECT ?x { ?x ?p ana ru", "ent:ana-ruiz", 6),
        ("SELECT ?x { ?x ?p the embassy in L", "ent:embassy-in-lima", 12),
        ("SELECT ?x { ?x ?p ent:qui", "ent:quito", 7),
        ("SELECT ?x { ?x te", "test:", 2),
        ("sel", "SELECT", 3),
        ("pos", "postings", 3),
        (":sh", "show", 2),
        (":format t", "turtle", 1),
        (":show ana", "Ana Ruiz", 3),
    ],
)
def test_words_are_completed(graph: Graph, before: str, text: str, replaces: int) -> None:
    found = {(c.text, -c.start_position) for c in completer_of(graph).get_completions(Document(before), None)}  # type: ignore[arg-type]
    assert (text, replaces) in found


@pytest.mark.parametrize("before", ["SELECT ?po", "", "SELECT ?x { ?x nope:a", ":why ", "SELECT ?x { ?x ?p zzzz"])
def test_variables_and_unknown_words_are_left_alone(graph: Graph, before: str) -> None:
    assert list(completer_of(graph).get_completions(Document(before), None)) == []  # type: ignore[arg-type]


def test_enter_ends_a_whole_entry_and_else_goes_on(graph: Graph) -> None:
    with create_pipe_input() as keys:
        keys.send_text("SELECT ?s {\r ?s ?p ?o }\r:quit\rASK { }\x1b\rLIMIT 1\r\x04")
        assert list(typed(Shell(graph, print), source=keys, screen=DummyOutput())) == [
            "SELECT ?s {\n ?s ?p ?o }",
            ":quit",
            "ASK { }\nLIMIT 1",
        ]


def test_history_is_kept_in_the_graph_folder_without_a_clock(folder: Path) -> None:
    history = history_of(folder)
    for entry in ("ASK {\n}", ":show Ana\ud800"):
        history.store_string(entry)
    assert (folder / HISTORY).read_text(encoding="utf-8") == "\n+ASK {\n+}\n\n+:show Ana?\n"
    assert list(history_of(folder).load_history_strings()) == [":show Ana?", "ASK {\n}"]
    assert {path.name for path in folder.parent.iterdir()} == {"out", "rules", "test.ttl"}


def test_a_folder_that_cannot_be_written_has_history_in_memory(folder: Path) -> None:
    (folder / HISTORY).mkdir()
    history = history_of(folder)
    history.append_string("ASK {}")
    assert history.get_strings() == ["ASK {}"]


class Terminal:
    """Our end of a terminal, and the process at the other."""

    def __init__(self, ours: int, process: subprocess.Popen[bytes]) -> None:
        self.ours, self.process, self.unread = ours, process, b""

    def type(self, keys: bytes) -> None:
        """Send keys."""
        os.write(self.ours, keys)

    def wait_for(self, words: bytes, seconds: float = 60) -> None:
        """Read on until some words have come."""
        end = time.monotonic() + seconds
        while words not in self.unread and time.monotonic() < end:
            if select.select([self.ours], [], [], 0.2)[0]:
                self.unread += os.read(self.ours, 65536)
        assert words in self.unread
        self.unread = self.unread.split(words, 1)[1]


@pytest.fixture
def terminal(folder: Path) -> Iterator[Terminal]:
    """The command at a terminal of its own."""
    pty = pytest.importorskip("pty")
    import fcntl
    import termios

    def as_a_login_does() -> None:
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # tests that run in the background have it ignored

    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "cli.py"), "shell", "-g", str(folder)],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "PROMPT_TOOLKIT_NO_CPR": "1", "TERM": "xterm"},
        start_new_session=True,
        preexec_fn=as_a_login_does,
    )
    os.close(theirs)
    try:
        yield Terminal(ours, process)
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def running(process: subprocess.Popen[bytes]) -> list[int]:
    """Return the ids of a process' children."""
    listed = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    return [int(number) for number in listed.read_text().split()] if listed.exists() else []


def test_ctrl_c_stops_a_question_and_keeps_the_shell(terminal: Terminal) -> None:
    terminal.wait_for(b"kg>")
    terminal.type(SLOW.encode() + b"\r")
    end = time.monotonic() + 60
    while not (children := running(terminal.process)) and time.monotonic() < end:
        time.sleep(0.05)
    assert children, "the question runs in a process of its own"
    terminal.type(b"\x03")
    terminal.wait_for(b"stopped")
    terminal.wait_for(b"kg>")
    for child in children:
        with pytest.raises(ProcessLookupError):
            os.kill(child, 0)
    terminal.type(b"ASK { }\r")
    terminal.wait_for(b"true")
    terminal.type(b":quit\r")
    assert terminal.process.wait(60) == 0


def test_a_missing_graph_is_one_line(tmp_path: Path) -> None:
    done = shell(tmp_path / "none", WHO)
    assert (done.returncode, done.stdout) == (1, "")
    assert "no such folder; run kg build first" in done.stderr


def test_an_unknown_format_is_refused_before_anything_is_read(graph: Graph) -> None:
    with pytest.raises(KgError, match="pie: not a format"):
        Shell(graph, print).set_format("pie")
