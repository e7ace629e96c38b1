"""Deciding about a graph folder: the file and the graph agree, at once and at every build."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import typer.main
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput
from test_cli import ROOT, run
from test_graph_samples import ONTOLOGY, RULE, world

from kg import pipeline
from kg.cli import app
from kg.decisions import Remark, as_read, read_decisions
from kg.errors import DecisionError, GraphError
from kg.graph.convert import canonical
from kg.graph.lines import pieces_of
from kg.graph.store import FolderStore, load, save, turn
from kg.model import Literal, Ruling
from kg.ontology import load as load_ontology
from kg.pipeline import Settings, ontology_paths
from kg.query import saved_query
from kg.review import Review
from kg.walk import walk

POSTED, DENIED, AGENT, VIA, DATE, PART, ADMIRES = world().claims


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A folder with the small ontology and its rule."""
    base = tmp_path / "base"
    (base / "rules").mkdir(parents=True)
    (base / "test.ttl").write_text(ONTOLOGY, encoding="utf-8")
    (base / "rules" / "defectedVia.rq").write_text(RULE, encoding="utf-8")
    return Settings(ontology=(base,))


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Path:
    """A graph folder of the small world."""
    out = tmp_path / "out"
    save(world(), load_ontology(ontology_paths(settings)), out, rules=tmp_path / "base" / "rules")
    return out


def contents(folder: Path) -> dict[str, bytes]:
    """Return the files of a graph, save the decisions."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file() and path.name != "decisions.ttl"}


STEPS: dict[str, Callable[[Review], object]] = {
    "accept": lambda r: r.rule(VIA.id, Ruling.ACCEPTED, Remark()),
    "reject": lambda r: r.rule(POSTED.id, Ruling.REJECTED, Remark("no", "Ada", "2026")),
    "correct": lambda r: r.correct(POSTED.id, object="ministry", modality="alleged"),
    "correct to a value": lambda r: r.correct(DATE.id, object=Literal("2016-08", "date")),
    "merge": lambda r: r.merge("Reuters", ["ministry"], Remark()),
    "split": lambda r: r.split("Ana Ruiz", ["Ms. Ruiz"], new="Rosa Ruiz", remark=Remark()),
    "rename": lambda r: r.rename("Quito", "Quito, Ecuador", Remark()),
}


@pytest.mark.parametrize("step", STEPS)
def test_a_decision_changes_the_graph_and_undoing_it_restores_every_byte(step: str, folder: Path, settings: Settings) -> None:
    before = contents(folder)
    STEPS[step](Review(folder, settings=settings))
    assert contents(folder) != before
    assert as_read(load(folder).extraction) == canonical(world())
    assert len(Review(folder, settings=settings).lines()) == 1
    Review(folder, settings=settings).undo("1")
    assert contents(folder) == before
    assert read_decisions(folder / "decisions.ttl") == ()


def test_decisions_about_what_was_decided_are_found_by_what_is_shown(folder: Path, settings: Settings) -> None:
    for step in ("merge", "rename", "split"):
        STEPS[step](Review(folder, settings=settings))
    shown = next(c for c in load(folder).extraction.claims if c.predicate == "partOf")
    assert shown.id != PART.id
    Review(folder, settings=settings).rule(shown.id, Ruling.REJECTED, Remark())
    Review(folder, settings=settings).correct(VIA.id, object="Rosa Ruiz")
    found = {c.predicate: c for c in load(folder).extraction.claims if c.ruling in (Ruling.REJECTED, Ruling.CORRECTED)}
    assert set(found) == {"partOf", "via"}
    assert str(found["via"].object).startswith("ana-ruiz-")


def test_a_later_decision_on_the_same_claim_replaces_the_earlier(folder: Path, settings: Settings) -> None:
    for step in ("correct", "reject"):
        STEPS[step](Review(folder, settings=settings))
    [kept] = read_decisions(folder / "decisions.ttl")
    assert kept.kind == "reject"
    corrected = Review(folder, settings=settings).correct(POSTED.id[:6], object="ministry")
    new = next(c for c in load(folder).extraction.claims if c.ruling is Ruling.CORRECTED)
    assert len(corrected) == 1
    Review(folder, settings=settings).rule(new.id, Ruling.REJECTED, Remark())  # what was put in: the claim itself is rejected
    assert [c.id for c in load(folder).extraction.claims if c.ruling] == [POSTED.id]


def test_a_file_edited_by_hand_is_applied(folder: Path, settings: Settings) -> None:
    before = contents(folder)
    STEPS["reject"](Review(folder, settings=settings))
    file = folder / "decisions.ttl"
    file.write_text(file.read_text().split("\ndecision:")[0])
    assert Review(folder, settings=settings).apply() == []
    assert contents(folder) == before


def test_decisions_may_be_kept_beside_the_sources(folder: Path, settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "mine.ttl"
    STEPS["merge"](Review(folder, settings=settings))
    STEPS["reject"](Review(folder, file=file, settings=settings))
    STEPS["rename"](Review(folder, settings=settings))  # the graph knows the file
    assert [d.kind for d in read_decisions(file)] == ["reject", "rename"]
    assert len(Review(folder, settings=settings).lines()) == 3
    with pytest.raises(DecisionError, match=r"is kept in .*decisions\.ttl"):
        Review(folder, settings=settings).undo("3" if "merge" in Review(folder, settings=settings).lines()[2] else "2")
    file.unlink()
    with pytest.raises(DecisionError, match=r"obeys the decisions of .*mine\.ttl, which is not here"):
        Review(folder, settings=settings)


def test_undoing_says_what_is_no_longer_obeyed(folder: Path, settings: Settings) -> None:
    STEPS["split"](Review(folder, settings=settings))
    Review(folder, settings=settings).rename("Rosa Ruiz", "Rosa", Remark())
    first = next(d for d in read_decisions(folder / "decisions.ttl") if d.kind == "split")
    told = Review(folder, settings=settings).undo(first.id)
    assert told[0].startswith("undone: split")
    assert told[1].startswith("no longer obeyed:")
    assert "nothing is called Rosa Ruiz" in told[1]


WRONG: dict[str, tuple[Callable[[Review], object], str]] = {
    "unknown claim": (lambda r: r.rule("ffff", Ruling.REJECTED, Remark()), "no such claim"),
    "open": (lambda r: r.rule(ADMIRES.id, Ruling.ACCEPTED, Remark()), "--predicate NAME"),
    "negative": (lambda r: r.rule(DENIED.id, Ruling.ACCEPTED, Remark()), "not so"),
    "derived": (lambda r: r.rule(r.graph.derivations[0].claim.id, Ruling.REJECTED, Remark()), "follows from other claims; decide about these: claim:"),
    "nothing corrected": (lambda r: r.correct(POSTED.id), "say what is right"),
    "unknown relation": (lambda r: r.correct(POSTED.id, predicate="posted"), r"no such relation in the ontology \(postedAt\)"),
    "unknown modality": (lambda r: r.correct(POSTED.id, modality="sung"), "no such modality .*alleged"),
    "same as read": (lambda r: r.correct(POSTED.id, object="embassy in Lima"), "cannot correct .*nothing is left to correct"),
    "ambiguous": (lambda r: r.rename("Ruiz", "X", Remark()), r"fits Ana Ruiz \(ent:ana-ruiz\), defection"),
    "itself": (lambda r: r.merge("Quito", ["quito"], Remark()), "are one already"),
    "no mention": (lambda r: r.split("Quito", ["Lima"], new=None, remark=Remark()), r'no mention of Quito \(mentions: "Quito" \(\d+\)\)'),
    "all mentions": (lambda r: r.split("Quito", ["Quito"], new=None, remark=Remark()), "nothing would be left"),
    "unknown decision": (lambda r: r.undo("7"), "no such decision"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_decided_is_told_and_nothing_is_written(case: str, folder: Path, settings: Settings) -> None:
    act, told = WRONG[case]
    before = contents(folder)
    with pytest.raises(DecisionError, match=told):
        act(Review(folder, settings=settings))
    assert contents(folder) == before
    assert not (folder / "decisions.ttl").exists()


def test_a_graph_of_another_ontology_is_told(folder: Path, tmp_path: Path, settings: Settings) -> None:
    from dataclasses import replace

    taught = load_ontology(ontology_paths(settings))
    save(replace(world(), versions={"ontology": taught.version}), taught, folder)
    with pytest.raises(DecisionError, match="was built with another ontology"):
        STEPS["reject"](Review(folder))
    STEPS["reject"](Review(folder, settings=settings))
    with pytest.raises(GraphError, match="no such folder"):
        Review(tmp_path / "none")


def test_mentions_are_named_by_offset_too(folder: Path, settings: Settings) -> None:
    review = Review(folder, settings=settings)
    entity = review.entity("Ana Ruiz")
    start = entity.mentions[1].start
    assert review.mentions(entity, str(start)) == review.mentions(entity, f"in/wire-1f2e.txt:{start}") == [entity.mentions[1]]


@pytest.mark.parametrize("question", ["who-says", "contradictions", "sources", "denials"])
def test_saved_questions_pass_over_what_was_rejected(question: str, folder: Path, settings: Settings) -> None:
    asked = saved_query(question).text
    before = {tuple(map(str, row)) for row in load(folder).query(asked)}
    for claim in (POSTED, DENIED):
        Review(folder, settings=settings).rule(claim.id, Ruling.REJECTED, Remark())
    after = {tuple(map(str, row)) for row in load(folder).query(asked)}
    assert before - after
    assert not [row for row in after if "Ana Ruiz was posted to the embassy in Lima" in row]


# ---- two reviewers -------------------------------------------------------------------------------

REVIEWER = """
import sys
from pathlib import Path
from kg.decisions import Remark
from kg.pipeline import Settings
from kg.review import Review
folder, base, file, *names = sys.argv[1:]
desk = Review(Path(folder), file=Path(file) if file else None, settings=Settings(ontology=(Path(base),)))
print("open", flush=True)
sys.stdin.readline()
for old, new in (pair.split("=") for pair in names):
    desk.rename(old, new, Remark())
"""
RENAMES = (["Ana Ruiz=Ana R.", "Quito=Quito, Ecuador"], ["Reuters=Reuters News", "ministry=the ministry", "embassy in Lima=the embassy"])


def reviewer(folder: Path, file: str, names: list[str]) -> subprocess.Popen[str]:
    """Start a process that opens the graph and waits for a line before it decides."""
    command = [sys.executable, "-c", REVIEWER, str(folder), str(folder.parent / "base"), file, *names]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )


@pytest.mark.parametrize("beside", [False, True])
def test_two_reviewers_at_once_lose_no_decision(beside: bool, folder: Path, settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "mine.ttl" if beside else None
    at_work = [reviewer(folder, str(file or ""), names) for names in RENAMES]
    for process in at_work:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
    for process in at_work:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    assert [(process.communicate()[1], process.returncode) for process in at_work] == [("", 0), ("", 0)]
    assert len(read_decisions(file or folder / "decisions.ttl")) == 5
    wanted = {pair.partition("=")[2] for names in RENAMES for pair in names}
    assert wanted <= {e.label for e in load(folder).extraction.entities}
    both = contents(folder)
    Review(folder, file=file, settings=settings).apply()
    assert contents(folder) == both


def test_a_decision_does_not_silently_replace_one_that_came_in_meanwhile(folder: Path, settings: Settings) -> None:
    mine, other = Review(folder, settings=settings), Review(folder, settings=settings)
    other.rule(POSTED.id, Ruling.ACCEPTED, Remark("sure"))
    with pytest.raises(DecisionError, match=r"another reviewer decided meanwhile: accept Ana Ruiz .* decide again to replace that"):
        mine.rule(POSTED.id, Ruling.REJECTED, Remark())
    [kept] = read_decisions(folder / "decisions.ttl")
    assert kept.kind == "accept"
    mine.rule(POSTED.id, Ruling.REJECTED, Remark())
    [kept] = read_decisions(folder / "decisions.ttl")
    assert kept.kind == "reject"
    assert [c.ruling for c in load(folder).extraction.claims if c.id == POSTED.id] == [Ruling.REJECTED]


def test_a_reviewer_waits_for_the_other_and_then_says_so(folder: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.review.PATIENCE", 0.05)
    desk, before = Review(folder, settings=settings), contents(folder)
    with turn(folder), pytest.raises(GraphError, match="another kg is writing here; try again when it is done"):
        STEPS["reject"](desk)
    assert contents(folder) == before
    assert not (folder / "decisions.ttl").exists()
    STEPS["reject"](desk)


def test_a_write_replaces_only_the_graph_that_it_was_made_from(folder: Path) -> None:
    graph = load(folder)
    FolderStore(folder).put(pieces_of(b""), {"counts": {}})
    with pytest.raises(GraphError, match="another kg has written here meanwhile"):
        FolderStore(folder, instead_of=graph.manifest).write(graph)
    assert (folder / "graph.nq").read_bytes() == b""


# ---- the walk ------------------------------------------------------------------------------------


def walked(folder: Path, settings: Settings, keys: str) -> tuple[int, str]:
    """Walk with some keys typed; return how many were decided and what was shown."""
    said: list[str] = []
    with create_pipe_input() as typed:
        typed.send_text(keys)
        count = walk(Review(folder, settings=settings), said.append, input=typed, output=DummyOutput())
    return count, "\n".join(said)


def test_the_walk_shows_the_least_certain_first_and_keeps_each_decision(folder: Path, settings: Settings) -> None:
    count, said = walked(folder, settings, "s\nr\nthe archive says so\nq\n")
    assert count == 1
    assert said.index("Ana Ruiz – posted at – not embassy in Lima  [denied, according to ministry]") < said.index("[reported")
    assert "»The ministry denied that Ruiz was posted to the embassy in Lima«" in said
    [decided] = load(folder).extraction.decisions
    assert (decided.kind, decided.why) == ("reject", "the archive says so")


def test_the_walk_corrects_and_says_what_it_does_not_understand(folder: Path, settings: Settings) -> None:
    count, said = walked(folder, settings, "a\n\ns\nx\nc\n\n\nNowhere\nc\n\n\nministry\nq\n")
    assert count == 1
    assert "says that something is not so" in said
    assert "Nowhere: nothing in the graph has this name" in said
    assert load(folder).query("ASK { ent:ana-ruiz test:postedAt ent:ministry }")


def test_an_end_of_input_ends_the_walk(folder: Path, settings: Settings) -> None:
    before = contents(folder)
    assert walked(folder, settings, "\x04")[0] == 0
    assert contents(folder) == before


def test_the_walk_needs_a_terminal(folder: Path) -> None:
    done = run("review", "-g", str(folder), cwd=folder.parent)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("kg: error: kg review asks at a terminal")


def test_the_walk_at_a_real_terminal(folder: Path, settings: Settings) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, str(ROOT / "cli.py"), "review", "-g", "out", "--ontology", "base"]
    with subprocess.Popen(command, cwd=folder.parent, stdin=theirs, stdout=theirs, stderr=theirs, env={**os.environ, "TERM": "xterm"}) as walking:
        os.close(theirs)
        shown = ""
        deadline = time.monotonic() + 60
        while "[q]uit" not in shown and time.monotonic() < deadline:
            if select.select([ours], [], [], 1)[0]:
                shown += os.read(ours, 4096).decode(errors="replace")
                if "\x1b[6n" in shown:  # it asks where the cursor is, as terminals tell
                    os.write(ours, b"\x1b[1;1R")
                    shown = shown.replace("\x1b[6n", "")
        assert "Ana Ruiz" in shown
        os.write(ours, b"q\r")
        assert walking.wait(timeout=30) == 0
    os.close(ours)


# ---- commands and builds -------------------------------------------------------------------------

REVIEW = typer.main.get_command(app).commands["review"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", sorted(REVIEW.commands))
def test_each_command_and_option_has_help_and_stands_on_the_page(name: str) -> None:
    command = REVIEW.commands[name]
    assert command.help.splitlines()[0].endswith(".")
    assert [p.name for p in command.params if not p.help] == []
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert f"`kg review {name}" in page
    options = {opt for p in command.params for opt in p.opts if opt.startswith("--")}
    assert {opt for opt in options if not re.search(rf"(?<![\w-]){opt}(?![\w-])", page)} == set()


def test_a_command_in_a_script(folder: Path) -> None:
    there = ["--ontology", "base"]
    done = run("review", "reject", POSTED.id, "--why", "no", "--date", "2026-11-24", *there, cwd=folder.parent)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("reject Ana Ruiz – postedAt – embassy in Lima\n")
    listed = run("review", "-g", "out", *there, "list", cwd=folder.parent)
    assert re.fullmatch(r"  1  \w+  reject Ana Ruiz – postedAt – embassy in Lima \(no, 2026-11-24\)\n", listed.stdout)
    wrong = run("review", "reject", POSTED.id, "--date", "tomorrow", *there, cwd=folder.parent)
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert wrong.stderr == "kg: error: tomorrow: no date; write 2026, 2026-11 or 2026-11-24\n"


TEXT = "Ana Ruiz, a diplomat at the Chilean Embassy in Lima, defected to Peru in May 2012. Ms. Ruiz met Eva Berg in Quito.\n"


def test_a_rebuild_obeys_the_same_decisions_and_gives_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("note.txt").write_text(TEXT, encoding="utf-8")
    built = pipeline.build(["note.txt"], out=Path("out"))
    claim = next(c for c in built.extraction.claims if c.predicate == "defectedTo")
    Review(Path("out")).rule(claim.id, Ruling.REJECTED, Remark("no"))
    Review(Path("out")).merge("Ana Ruiz", ["Eva Berg"], Remark())
    reviewed = contents(Path("out"))
    pipeline.build(["note.txt"], out=Path("out"))
    assert contents(Path("out")) == reviewed
    Path("out/decisions.ttl").rename("mine.ttl")
    Path("other.txt").write_text("Eva Berg lives in Quito.\n", encoding="utf-8")
    kept = pipeline.build(["other.txt"], out=Path("out"), settings=Settings(decisions=Path("mine.ttl")))
    assert sorted(d.gone or "" for d in kept.extraction.decisions) == ["note.txt is not among the documents", "nothing is called Ana Ruiz"]
    done = run("build", "other.txt", "-o", "out", "--decisions", "mine.ttl", cwd=tmp_path)
    assert done.returncode == 0
    assert len(re.findall(r"^kg: decision \w+ \(.*\) is not obeyed: (?:note\.txt is not among|nothing is called)", done.stderr, re.M)) == 2
    with pytest.raises(DecisionError, match="no such file of decisions"):
        pipeline.build(["note.txt"], settings=Settings(decisions=Path("none.ttl")))


def test_a_decision_about_a_graph_that_has_changed_meanwhile_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("note.txt").write_text(TEXT, encoding="utf-8")
    Path("other.txt").write_text("Eva Berg lives in Quito.\n", encoding="utf-8")
    pipeline.build(["note.txt"], out=Path("out"))
    desk = Review(Path("out"))
    pipeline.add(["other.txt"], graph=Path("out"))
    before = contents(Path("out"))
    with pytest.raises(DecisionError, match="another kg has written here meanwhile"):
        desk.merge("Ana Ruiz", ["Eva Berg"], Remark())
    assert contents(Path("out")) == before
    assert not Path("out/decisions.ttl").exists()
    again = Review(Path("out"))
    again.merge("Ana Ruiz", ["Eva Berg"], Remark())
    again.undo("1")
    assert contents(Path("out")) == before


def test_a_broken_file_of_decisions_ends_a_build_before_anything_is_read(folder: Path) -> None:
    before = contents(folder)
    (folder / "decisions.ttl").write_text("decision:1 a")
    done = run("build", "none.txt", "-o", "out", cwd=folder.parent)
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(r"kg: error: out/decisions\.ttl: line 1, column \d+: .*\n", done.stderr)
    assert contents(folder) == before
