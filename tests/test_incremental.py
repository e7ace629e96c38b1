"""Documents that come and go: whatever the way, the graph has the bytes of one built from the same documents at once."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import basis, documents, pipeline
from kg.claims.digest import digest
from kg.claims.patterns import learn
from kg.decisions import Remark
from kg.engine import WORTH, Engine, processes
from kg.errors import DecisionError, DocumentError, GraphError, KgError
from kg.graph.disk import indexes
from kg.graph.store import load, sorted_quads
from kg.model import Block, BlockKind, Document, Ruling
from kg.pipeline import Means, Settings
from kg.readings import Readings, bundled_patterns, digest_from, patterns_from, patterns_words, words_of
from kg.review import Review

ROOT = Path(__file__).parent.parent

# Each text has a second version. They share people, bodies, places and events, so that what one says changes how the
# others are joined: who is one person, which ministry is meant, what an acronym is short for, which event is told.
TEXTS = {
    "arrival.txt": (
        "Ana Ruiz, a diplomat at the Chilean Embassy in Lima, defected to Peru in May 2012. The Northern Trade Council (NTC) denied it.",
        "Ana Ruiz, a diplomat at the Chilean Embassy in Lima, defected to Brazil. Ms. Ruiz met Carlos Soto.",
    ),
    "dispatch.txt": (
        "Reuters reported that Ana Ruiz defected to Peru on 4 May 2012. Police arrested Carlos Soto in Quito.",
        "Ana Ruiz defected to Peru in 2011. The NTC sent Eva Berg to Madrid.",
    ),
    "ministry.md": (
        "# A denial\n\nThe Chilean Ministry of Trade denied that Ruiz had stolen money. There were 12 defections in 2011.",
        "# A visit\n\nThe Peruvian Ministry of Trade confirmed that Ana Ruiz visited Quito. There were 14 defections in 2012.",
    ),
    "notes.txt": (
        "Carlos Soto was posted to the Peruvian Embassy in Madrid. His wife Eva Berg left Quito. The Ministry of Trade audited it.",
        "Eva Berg defected to Spain with Carlos Soto. The Trade Council paid them.",
    ),
    "zone.txt": (
        "In Quito, Carlos Soto was arrested by the police on 3 June. The defection of Ana Ruiz was reported by Eva Berg.",
        "NTC said that Berg had arrived in Lima. Mr. Soto met Ms. Berg.",
    ),
}
NAMES = sorted(TEXTS)
PREFIXES = "PREFIX dip: <https://attest.example/ns/diplomacy#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>"


def graph_files(folder: Path) -> dict[str, bytes]:
    """Return the files of a graph and what is kept beside it, save learnt patterns."""
    files = {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()}
    return files | {p.name: p.read_bytes() for p in (folder / "readings").iterdir() if not p.name.startswith("patterns-")}


def rebuilt(sources: list[Path], folder: Path) -> dict[str, bytes]:
    """Build a graph of some files anew, beside the one that is compared, and return its files."""
    shutil.rmtree(folder, ignore_errors=True)
    pipeline.build(sources, out=folder)
    return graph_files(folder)


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder with the first version of each text."""
    return write_desk(tmp_path)


def write_desk(folder: Path) -> Path:
    """Write the first version of each text to a folder."""
    for name, (first, _) in TEXTS.items():
        (folder / name).write_text(first, encoding="utf-8")
    return folder


@pytest.fixture
def two(desk: Path) -> Path:
    """The folder with a graph of two of its texts in `out`."""
    pipeline.build([desk / NAMES[0], desk / NAMES[1]], out=desk / "out")
    return desk


# ---- the same bytes ------------------------------------------------------------------------------

STEPS = st.lists(st.tuples(st.sampled_from(["add", "remove", "update", "rewrite"]), st.sampled_from(NAMES)), min_size=1, max_size=5)


@settings(max_examples=10)
@given(start=st.sets(st.sampled_from(NAMES), min_size=1, max_size=3), steps=STEPS)
def test_any_sequence_gives_the_graph_of_a_full_build(tmp_path_factory: pytest.TempPathFactory, start: set[str], steps: list[tuple[str, str]]) -> None:
    folder = write_desk(tmp_path_factory.mktemp("sequence"))
    out, held = folder / "out", set(start)
    pipeline.build([folder / name for name in sorted(start)], out=out)
    for step, name in steps:
        if step == "rewrite":
            first, second = TEXTS[name]
            path = folder / name
            path.write_text(second if path.read_text(encoding="utf-8") == first else first, encoding="utf-8")
            pipeline.update(graph=out)
        elif step == "add":
            pipeline.add([folder / name], graph=out)
            held.add(name)
        elif step == "update" and name in held:
            pipeline.update([str(folder / name)], graph=out)
        elif step == "remove" and name in held and len(held) > 1:
            pipeline.remove([name], graph=out)
            held.remove(name)
    assert graph_files(out) == rebuilt([folder / name for name in sorted(held)], folder / "anew")


def test_a_change_goes_on_from_the_graph_that_is_there(two: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = rebuilt([two / name for name in NAMES[:3]], two / "anew")
    monkeypatch.setattr(pipeline.Work, "begun_anew", lambda *_: pytest.fail("the whole graph was made again"))
    before = graph_files(two / "out")
    pipeline.add([two / NAMES[2]], graph=two / "out")
    assert graph_files(two / "out") == expected
    pipeline.remove([NAMES[2]], graph=two / "out")
    assert graph_files(two / "out") == before
    assert pipeline.build([two / NAMES[0], two / NAMES[1]], out=two / "out").extraction.documents
    assert graph_files(two / "out") == before


RULES = {
    "of a simple form": "?a dip:agent ?b FILTER(isIRI(?b))",
    "of another form": "?a dip:agent ?b OPTIONAL { ?a dip:destination ?c } FILTER(BOUND(?c))",
    "that looks at names": "?a dip:agent ?b . ?b rdfs:label ?name FILTER(STRLEN(?name) > 3)",
}


@pytest.mark.parametrize("where", RULES.values(), ids=list(RULES))
def test_a_change_goes_on_under_any_rules(desk: Path, where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    taught = desk / "taught"
    shutil.copytree(ROOT / "ontology", taught, ignore=shutil.ignore_patterns("business.ttl", "news.ttl", "queries"))
    (taught / "rules" / "own.rq").write_text(f"{PREFIXES} CONSTRUCT {{ ?b dip:met ?a }} WHERE {{ {where} }}", encoding="utf-8")
    settings = Settings((taught,))
    pipeline.build([desk / NAMES[0], desk / NAMES[1]], out=desk / "out", settings=settings)
    pipeline.build([desk / name for name in NAMES[:3]], out=desk / "anew", settings=settings)
    assert b'"own"' in (desk / "anew" / "graph.nq").read_bytes()
    monkeypatch.setattr(pipeline.Work, "begun_anew", lambda *_: pytest.fail("the whole graph was made again"))
    pipeline.add([desk / NAMES[2]], graph=desk / "out")
    first, second = graph_files(desk / "out"), graph_files(desk / "anew")
    assert first == second


def test_a_graph_changed_by_hand_is_made_anew(two: Path) -> None:
    expected = rebuilt([two / name for name in NAMES[:3]], two / "anew")
    path = two / "out" / "graph.nq"
    path.write_bytes(path.read_bytes().replace(b"Ana Ruiz", b"Ana Ruis"))
    pipeline.add([two / NAMES[2]], graph=two / "out")
    assert graph_files(two / "out") == expected


def test_the_order_of_additions_does_not_matter(desk: Path) -> None:
    pipeline.build([desk / NAMES[4]], out=desk / "out")
    for name in (NAMES[2], NAMES[0], NAMES[3], NAMES[1]):
        pipeline.add([desk / name], graph=desk / "out")
    assert graph_files(desk / "out") == rebuilt([desk / name for name in NAMES], desk / "anew")


# ---- what is kept --------------------------------------------------------------------------------


@pytest.fixture
def read_documents(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the documents that are read from here on."""
    names: list[str] = []
    read = Engine.read

    def noted(self: Engine, document: Document) -> object:
        names.append(document.path.rsplit("/", 1)[-1])
        return read(self, document)

    monkeypatch.setattr(Engine, "read", noted)
    return names


def test_only_what_changed_is_read(two: Path, read_documents: list[str]) -> None:
    pipeline.add([two / NAMES[2]], graph=two / "out")
    assert read_documents == [NAMES[2]]
    (two / NAMES[0]).write_text(TEXTS[NAMES[0]][1], encoding="utf-8")
    pipeline.update(graph=two / "out")
    pipeline.remove([NAMES[1]], graph=two / "out")
    pipeline.build([two / NAMES[0], two / NAMES[2]], out=two / "out")
    assert read_documents == [NAMES[2], NAMES[0]]


def test_without_its_readings_a_graph_can_still_grow_even_when_its_files_are_gone(two: Path, read_documents: list[str]) -> None:
    expected = rebuilt([two / name for name in NAMES[:3]], two / "anew")
    shutil.rmtree(two / "out" / "readings")
    (two / NAMES[1]).unlink()
    read_documents.clear()
    pipeline.add([two / NAMES[2]], graph=two / "out")
    assert sorted(read_documents) == NAMES[:3]
    assert graph_files(two / "out") == expected


SPOILERS: dict[str, Callable[[Path], object]] = {
    "cut short": lambda path: path.write_bytes(path.read_bytes()[:-200]),
    "one letter changed": lambda path: path.write_text(path.read_text(encoding="utf-8").replace("Ruiz", "Ruis"), encoding="utf-8"),
    "of another document": lambda path: shutil.copyfile(next(p for p in sorted(path.parent.glob("*.json")) if p != path), path),
    "no text": lambda path: path.write_bytes(b"\xff\xfe\x00"),
    "empty": lambda path: path.write_bytes(b""),
    "a folder": lambda path: (path.unlink(), path.mkdir(), (path / "x").write_text("x")),
}


@pytest.mark.parametrize("spoil", SPOILERS.values(), ids=list(SPOILERS))
def test_a_damaged_reading_is_made_anew(two: Path, spoil: Callable[[Path], object], read_documents: list[str]) -> None:
    others = ("account", "patterns-")
    kept = sorted(p for p in (two / "out" / "readings").glob("*.json") if not p.name.startswith(others))
    expected = graph_files(two / "out")
    spoil(kept[0])
    if kept[0].is_dir():
        with pytest.raises(GraphError, match="readings: cannot be written"):
            pipeline.build([two / NAMES[0], two / NAMES[1]], out=two / "out")
        assert load(two / "out").manifest["counts"]["documents"] == 2
        return
    pipeline.build([two / NAMES[0], two / NAMES[1]], out=two / "out")
    assert len(read_documents) == 1
    assert graph_files(two / "out") == expected


def test_a_well_formed_reading_of_another_form_is_made_anew(two: Path, read_documents: list[str]) -> None:
    readings = Readings(two / "out", "any")
    for path in (two / "out" / "readings").glob("*.json"):
        readings.put(path.stem, '[[["nonsense"]],[],[]]\n[1,2,3,4]')
    pipeline.build([two / NAMES[0], two / NAMES[1]], out=two / "out")
    assert len(read_documents) == 2


def test_another_ontology_reads_everything_again_and_leaves_nothing_behind(two: Path, read_documents: list[str]) -> None:
    before = set(graph_files(two / "out"))
    business = Settings((ROOT / "ontology" / "business.ttl",))
    pipeline.build([two / NAMES[0], two / NAMES[1]], out=two / "out", settings=business)
    assert len(read_documents) == 2
    assert before & set(graph_files(two / "out")) == {"graph.nq", "manifest.json", "account.json"}
    pipeline.add([two / NAMES[2]], graph=two / "out")  # with the ontology of the graph, not the default
    shutil.rmtree(two / "anew", ignore_errors=True)
    pipeline.build([two / name for name in NAMES[:3]], out=two / "anew", settings=business)
    assert graph_files(two / "out") == graph_files(two / "anew")


def test_what_readings_rest_on_covers_all_that_reads() -> None:
    code = "import sys, kg.claims.read, kg.claims.digest, kg.documents, kg.readings\nprint(*(n for n in sys.modules if n.startswith('kg.')))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    beside = {"kg.errors", "kg.resources"}  # messages and paths
    parts = {name.removesuffix(".py").replace("/", ".") for name in basis.READING}
    outside = {n for n in done.stdout.split() if not any(n.removeprefix("kg.") == p or n.startswith(f"kg.{p}.") for p in parts)}
    assert {n for n in outside if not n.startswith("kg.graph")} == beside


def test_a_digest_survives_being_written(read) -> None:
    for first, second in TEXTS.values():
        for text in (first, second, f"{first}\n\nEva Berg’s “office” — Škoda\u2028Ltd — paid $5,000 in 2014.\n\nBy Tom Vale, for “Harbour Gazette”"):
            words = words_of(digest(read(text)))
            assert words_of(digest_from(words)) == words


# ---- decisions, constraints, stores --------------------------------------------------------------


def decide(folder: Path, *, file: Path | None = None) -> None:
    """Reject a claim of the first text and merge two persons, as a person would."""
    desk = Review(folder, file=file)
    claim = next(c for c in desk.read.claims if c.predicate == "defectedTo")
    desk.rule(claim.id, Ruling.REJECTED, Remark("no"))
    desk.merge("Ana Ruiz", ["Carlos Soto"], Remark())


def test_decisions_are_obeyed_after_every_change(two: Path) -> None:
    decide(two / "out")
    reviewed = graph_files(two / "out")
    for change, held in ((lambda: pipeline.add([two / NAMES[2]], graph=two / "out"), 3), (lambda: pipeline.remove([NAMES[2]], graph=two / "out"), 2)):
        graph = change()
        assert [d.gone for d in graph.extraction.decisions] == [None, None]
        (two / "anew").mkdir(exist_ok=True)
        shutil.copy(two / "out" / "decisions.ttl", two / "anew")
        pipeline.build([two / name for name in NAMES[:held]], out=two / "anew")
        assert graph_files(two / "out") == graph_files(two / "anew")
    assert graph_files(two / "out") == {n: b for n, b in reviewed.items() if n != "account.json"}  # none goes on from a decided graph
    gone = pipeline.remove([NAMES[0]], graph=two / "out")
    assert [d.gone for d in gone.extraction.decisions if d.kind == "reject"] == [f"{two / NAMES[0]} is not among the documents"]
    (two / "out" / "decisions.ttl").unlink()
    pipeline.add([two / NAMES[0]], graph=two / "out")
    assert graph_files(two / "out") == rebuilt([two / NAMES[0], two / NAMES[1]], two / "free")


def test_decisions_beside_the_sources_are_found_again(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk)
    pipeline.build(NAMES[:2], out=Path("out"))
    decide(Path("out"), file=Path("mine.ttl"))
    pipeline.add([NAMES[2]], graph=Path("out"))
    pipeline.build(NAMES[:3], out=Path("anew"), settings=Settings(decisions=Path("mine.ttl")))
    assert graph_files(Path("out")) == graph_files(Path("anew"))
    Path("mine.ttl").rename("theirs.ttl")
    with pytest.raises(DecisionError, match=r"obeys the decisions of mine\.ttl, which is not here; name it with --decisions"):
        pipeline.remove([NAMES[2]], graph=Path("out"))
    pipeline.remove([NAMES[2]], graph=Path("out"), means=Means(decisions=Path("theirs.ttl")))
    pipeline.build(NAMES[:2], out=Path("anew"), settings=Settings(decisions=Path("theirs.ttl")))
    assert graph_files(Path("out")) == graph_files(Path("anew"))


MEMBERS = """
shape:Members a sh:NodeShape ; sh:targetSubjectsOf kg:memberOf , dip:memberOf ;
    sh:property [ sh:path dip:memberOf ; sh:not [ sh:class biz:Company ] ; sh:message "Nobody is a member of a company." ] .
"""


def test_a_claim_is_marked_when_another_document_tells_of_what_kind_its_end_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "own"
    own.mkdir()
    shutil.copy(ROOT / "ontology" / "core.ttl", own)
    shapes = (ROOT / "ontology" / "shapes.ttl").read_text(encoding="utf-8")
    (own / "shapes.ttl").write_text(f"@prefix biz: <https://attest.example/ns/business#> .\n{shapes}{MEMBERS}", encoding="utf-8")
    told = Settings((own, *(ROOT / "ontology" / f"{domain}.ttl" for domain in pipeline.DOMAINS)))
    first, second = tmp_path / "first.txt", tmp_path / "second.txt"
    first.write_text("Ana Ruiz joined NTC in 2012. Jordan was born in Lima.", encoding="utf-8")
    second.write_text("The company NTC dismissed Eva Berg.", encoding="utf-8")
    pipeline.build([first, second], out=tmp_path / "anew", settings=told)
    pipeline.build([first], out=tmp_path / "out", settings=told)
    before = graph_files(tmp_path / "out")
    monkeypatch.setattr(pipeline.Work, "begun_anew", lambda *_: pytest.fail("the whole graph was made again"))
    graph = pipeline.add([second], graph=tmp_path / "out")
    marks = {c.predicate: c.violations for c in graph.extraction.claims if c.violations}
    assert marks["memberOf"] == ("Nobody is a member of a company.",)
    assert marks["bornIn"][0].startswith("Government of Jordan (government body) is the subject of")
    assert graph_files(tmp_path / "out") == graph_files(tmp_path / "anew")
    pipeline.remove([second.name], graph=tmp_path / "out")
    assert graph_files(tmp_path / "out") == before


def test_a_folder_keeps_its_index(desk: Path) -> None:
    pipeline.build([desk / NAMES[0]], out=desk / "out", store="disk")
    for change in (lambda: pipeline.add([desk / NAMES[1]], graph=desk / "out"), lambda: pipeline.remove([NAMES[0]], graph=desk / "out")):
        change()
        [index] = indexes(desk / "out")
        assert index.name[6:22] == load(desk / "out").manifest["graph"]["sha256"][:16]
        assert sorted_quads(load(desk / "out").store) == (desk / "out" / "graph.nq").read_bytes()
    pipeline.update(graph=desk / "out", means=Means(store="memory"))
    assert not list(indexes(desk / "out"))
    assert graph_files(desk / "out") == rebuilt([desk / NAMES[1]], desk / "anew")
    pipeline.add([desk / NAMES[0]], graph=desk / "out", means=Means(store="disk"))
    assert len(list(indexes(desk / "out"))) == 1


# ---- patterns ------------------------------------------------------------------------------------


def test_the_bundled_patterns_are_what_learning_gives_now(taught, nlp) -> None:
    kept = bundled_patterns(basis.learning_basis(taught, None))
    assert kept is not None, "the ontology or the code that learns it has changed: run make patterns"
    assert kept == learn(taught, nlp)
    assert patterns_from(patterns_words(kept)) == kept


def test_the_patterns_of_a_users_ontology_are_learnt_once(two: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = two / "own.ttl"
    taught = (ROOT / "ontology" / "business.ttl").read_text(encoding="utf-8")
    own.write_text(taught.replace('rdfs:label "acquisition"', 'rdfs:label "takeover"'), encoding="utf-8")
    assert own.read_text(encoding="utf-8") != taught
    learnings: list[int] = []
    monkeypatch.setattr("kg.claims.patterns.learn", lambda *args: learnings.append(1) or learn(*args))
    pipeline.build([two / NAMES[0]], out=two / "mine", settings=Settings((own,)))
    pipeline.add([two / NAMES[1]], graph=two / "mine")
    pipeline.remove([NAMES[1]], graph=two / "mine")
    pipeline.add([two / NAMES[2]], graph=two / "mine")
    assert learnings == [1]


# ---- processes -----------------------------------------------------------------------------------


def long_document(length: int) -> Document:
    """Return a document of some length."""
    return Document(f"d{length}", "d", "", "x" * length, (Block(0, length, BlockKind.PARAGRAPH),))


def test_little_text_starts_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    assert processes([long_document(100)] * 20, None) == 1
    assert processes([long_document(WORTH)] * 3, None) == 3
    assert processes([long_document(WORTH)] * 30, None) == 8
    assert processes([long_document(100)], 5) == 5


def test_several_processes_give_the_digests_of_one_in_order(desk: Path, taught) -> None:
    texts = list(documents.read([desk / name for name in NAMES]))
    engine = Engine(taught, None, Readings(None, ""))
    alone = [words_of(d) for d in engine.read_all(texts, 1)]
    assert [words_of(d) for d in engine.read_all(texts, 3)] == alone


def test_a_killed_process_ends_in_one_line(desk: Path, taught, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.engine.read_here", kill_self)
    with pytest.raises(KgError, match="was killed"):
        list(Engine(taught, None, Readings(None, "")).read_all(list(documents.read([desk / NAMES[0]])), 2))


def kill_self(document: Document) -> str:
    """End this process as the system does when memory runs out."""
    os.kill(os.getpid(), signal.SIGKILL)
    return document.id


# ---- what a user gets told -----------------------------------------------------------------------


def test_an_earlier_version_is_not_added_twice(two: Path) -> None:
    (two / NAMES[0]).write_text(TEXTS[NAMES[0]][1], encoding="utf-8")
    before = graph_files(two / "out")
    with pytest.raises(DocumentError, match="kg update takes the new one"):
        pipeline.add([two / NAMES[0]], graph=two / "out")
    assert graph_files(two / "out") == before


def test_names_of_documents(two: Path) -> None:
    for name in ("nobody.txt", "out"):
        with pytest.raises(DocumentError, match=f"{name}: no document of this graph"):
            pipeline.remove([name], graph=two / "out")
    with pytest.raises(DocumentError, match="no document would be left"):
        pipeline.remove(NAMES[:2], graph=two / "out")
    identifier = load(two / "out").manifest["documents"][0]["id"]
    pipeline.remove([identifier], graph=two / "out")
    assert [d["path"].rsplit("/", 1)[-1] for d in load(two / "out").manifest["documents"]] == [NAMES[1]]


def test_a_file_that_is_gone_is_told_and_its_document_stays(two: Path) -> None:
    (two / NAMES[0]).unlink()
    (two / NAMES[1]).write_text(TEXTS[NAMES[1]][1], encoding="utf-8")
    told: list[str] = []
    pipeline.update(graph=two / "out", bad=lambda error: told.append(str(error)))
    assert len(told) == 1 and NAMES[0] in told[0]
    held = load(two / "out").extraction.documents
    assert {d.text.strip() for d in held} == {TEXTS[NAMES[0]][0], TEXTS[NAMES[1]][1]}


def test_bad_files_of_a_folder_are_told_one_by_one_and_the_rest_is_read(desk: Path) -> None:
    (desk / "broken.pdf").write_bytes(b"no PDF")
    (desk / "empty.txt").write_bytes(b"")
    told: list[str] = []
    graph = pipeline.build([desk], out=desk.parent / f"{desk.name}-out", bad=lambda error: told.append(str(error)))
    assert [line.split(":")[0] for line in told] == ["broken.pdf", "empty.txt"]
    assert graph.manifest["counts"]["documents"] == len(TEXTS)
    with pytest.raises(DocumentError, match=r"broken\.pdf"):  # a caller that does not ask to be told
        pipeline.build([desk])
    with pytest.raises(DocumentError, match=r"empty\.txt"):  # a file that was named
        pipeline.build([desk / "empty.txt"], bad=lambda error: told.append(str(error)))


def test_a_graph_that_does_not_say_what_it_was_made_from(two: Path) -> None:
    path = two / "out" / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    del manifest["inputs"]
    path.write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(GraphError, match="does not say what it was made from; make it again with kg build"):
        pipeline.add([two / NAMES[2]], graph=two / "out")


def test_other_work_on_a_graph_is_kept_out(two: Path) -> None:
    works: list[Callable[[], object]] = [
        lambda: pipeline.build([two / NAMES[0]], out=two / "out"),
        lambda: pipeline.add([two / NAMES[2]], graph=two / "out"),
    ]
    before = graph_files(two / "out")
    with pipeline.alone(two / "out"):
        for work in works:
            with pytest.raises(GraphError, match="another kg is writing here"):
                work()
    assert graph_files(two / "out") == before


def test_a_build_that_fails_leaves_no_folder(desk: Path) -> None:
    (desk / "empty.txt").write_bytes(b"")
    with pytest.raises(DocumentError):
        pipeline.build([desk / "empty.txt"], out=desk / "fresh")
    assert not (desk / "fresh").exists()


# ---- killed --------------------------------------------------------------------------------------

CHANGES = (["add", NAMES[2]], ["remove", NAMES[1]], ["update"])


@pytest.fixture(scope="module")
def before_and_after(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, tuple[bytes, ...]]]]:
    """A folder with a graph, and the bytes of the graph before and after each change."""
    folder = write_desk(tmp_path_factory.mktemp("killed"))
    pipeline.build([folder / NAMES[0], folder / NAMES[1]], out=folder / "out")
    (folder / NAMES[0]).write_text(TEXTS[NAMES[0]][1], encoding="utf-8")
    old = (folder / "out" / "graph.nq").read_bytes()
    states = {}
    for change in CHANGES:
        shutil.copytree(folder / "out", folder / "done")
        command_line(folder, "done", change).communicate(timeout=120)
        states[change[0]] = (old, (folder / "done" / "graph.nq").read_bytes())
        assert states[change[0]][1] != old
        shutil.rmtree(folder / "done")
    yield folder, states


def command_line(folder: Path, graph: str, change: list[str]) -> subprocess.Popen[bytes]:
    """Start a change of a graph on the command line."""
    command = [sys.executable, str(ROOT / "cli.py"), *change, "-g", graph, "--jobs", "1"]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


NURSERY = """
import os, signal, sys, time
from pathlib import Path
from kg import accounts, gazetteer, pipeline
from kg.annotation import pipeline as annotation
annotation.load(None), gazetteer.load()
for line in sys.stdin:
    delay, change, *names = line.split()
    child = os.fork()
    if not child:
        graph = Path("hit")
        {"add": lambda: pipeline.add([Path(n) for n in names], graph=graph), "remove": lambda: pipeline.remove(names, graph=graph),
         "update": lambda: pipeline.update(graph=graph)}[change]()
        os._exit(0)
    if float(delay):
        time.sleep(float(delay))
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    print("over", flush=True)
"""


@pytest.fixture
def nursery(before_and_after: tuple[Path, dict[str, tuple[bytes, ...]]]) -> Iterator[Callable[[float, list[str]], None]]:
    """What makes a change of the graph `hit` in a process of its own, forked where all is loaded; after some seconds, if not 0, it is killed."""
    parent = subprocess.Popen([sys.executable, "-c", NURSERY], cwd=before_and_after[0], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert parent.stdin and parent.stdout
    told, heard = parent.stdin, parent.stdout

    def make(delay: float, change: list[str]) -> None:
        print(delay, *change, file=told, flush=True)
        assert heard.readline() == "over\n"

    yield make
    told.close()
    parent.wait(timeout=60)
    heard.close()


def test_twenty_kills_leave_the_old_graph_or_the_new(before_and_after, nursery: Callable[[float, list[str]], None]) -> None:
    folder, states = before_and_after
    chance, found = random.Random(5), set[bool]()
    for number in range(20):
        change = CHANGES[number % len(CHANGES)]
        shutil.rmtree(folder / "hit", ignore_errors=True)
        shutil.copytree(folder / "out", folder / "hit")
        nursery(chance.uniform(0.02, 0.9), change)
        load(folder / "hit")
        graph = (folder / "hit" / "graph.nq").read_bytes()
        assert graph in states[change[0]]
        found.add(graph == states[change[0]][0])
        nursery(0, change)
        if change[0] == "update" or graph == states[change[0]][0]:
            assert (folder / "hit" / "graph.nq").read_bytes() == states[change[0]][1]
    assert True in found  # some were killed in time


def test_an_interrupted_change_leaves_the_old_graph_or_the_new(before_and_after) -> None:
    folder, states = before_and_after
    shutil.rmtree(folder / "hit", ignore_errors=True)
    shutil.copytree(folder / "out", folder / "hit")
    process = command_line(folder, "hit", CHANGES[0])
    time.sleep(1.2)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    load(folder / "hit")
    assert (folder / "hit" / "graph.nq").read_bytes() in states["add"]
