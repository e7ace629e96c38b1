"""A person's decisions: the graph obeys them, they can be undone, and they say when their evidence has gone."""

from __future__ import annotations

import itertools
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_graph_samples import document, extractions, mentioned, ontology, quoted, rules, world

from kg.decisions import (
    ClaimDecision,
    ClaimRef,
    Decision,
    Merge,
    Remark,
    Rename,
    Split,
    ThingRef,
    WordsRef,
    as_read,
    read_decisions,
    replay,
    write_decisions,
)
from kg.errors import DecisionError
from kg.graph.convert import canonical, from_rdf
from kg.graph.graph import Graph
from kg.graph.store import assemble
from kg.model import Claim, ClaimKind, Entity, Extraction, Literal, Modality, Polarity, Ruling, Source, Verdict
from kg.show import describe, find
from kg.view.data import Known, Shown

READ = world()
DOCUMENTS = {d.id: d for d in READ.documents}
LABELS = {e.id: e.label for e in READ.entities}
POSTED, DENIED, AGENT, VIA, DATE, PART, ADMIRES = READ.claims


def thing(name: str, read: Extraction = READ) -> ThingRef:
    """Name an entity of the small world."""
    return ThingRef.of(next(e for e in read.entities if e.id == name), {d.id: d for d in read.documents})


def ref(claim: Claim) -> ClaimRef:
    """Name a claim of the small world."""
    return ClaimRef.of(claim, DOCUMENTS, LABELS)


def rule(claim: Claim, ruling: Ruling, **changes: object) -> ClaimDecision:
    """Decide about a claim."""
    return ClaimDecision("d1", ruling, ref(claim), remark=Remark("a look into the archive", "Ada", "2026-11"), **changes)  # type: ignore[arg-type]


def split(*words: str, name: str = "Rosa Ruiz") -> Split:
    """Split mentions from Ana Ruiz."""
    parts = tuple(WordsRef.of(mentioned(DOCUMENTS["wire-1f2e"], w), DOCUMENTS["wire-1f2e"]) for w in words)
    return Split("d2", thing("ana-ruiz"), parts, name)


MERGE = Merge("d3", thing("reuters"), thing("ministry"))
RENAME = Rename("d4", thing("quito"), "Quito, Ecuador")
EVERY: dict[str, Decision] = {
    "accept": rule(DENIED, Ruling.ACCEPTED),
    "reject": rule(POSTED, Ruling.REJECTED),
    "correct": rule(POSTED, Ruling.CORRECTED, object=thing("ministry"), modality=Modality.ASSERTED),
    "correct to a value": rule(DATE, Ruling.CORRECTED, object=Literal("2016-08", "date")),
    "correct all": rule(ADMIRES, Ruling.CORRECTED, subject=thing("reuters"), predicate="partOf", polarity=Polarity.NEGATIVE),
    "merge": MERGE,
    "split": split("Ms. Ruiz"),
    "rename": RENAME,
}


@pytest.fixture
def made(tmp_path: Path):
    """A function from decisions to the graph that obeys them."""
    return lambda *decisions: assemble(replay(READ, decisions).extraction, ontology(tmp_path), rules=rules(tmp_path))


def after(*decisions: Decision, read: Extraction = READ) -> Extraction:
    return replay(read, decisions).extraction


def one(extraction: Extraction, predicate: str, ruling: Ruling | None = None) -> Claim:
    [found] = [c for c in extraction.claims if c.predicate == predicate and (ruling is None or c.ruling is ruling)]
    return found


# ---- claims --------------------------------------------------------------------------------------


def test_a_rejected_claim_is_kept_and_stands_nowhere(made) -> None:
    graph: Graph = made(rule(POSTED, Ruling.REJECTED))
    assert not graph.query("ASK { ent:ana-ruiz test:postedAt ?where }")
    asked = "SELECT ?why WHERE { GRAPH ?g { ?claim rdf:subject ent:ana-ruiz ; kg:ruling kg:Rejected ; kg:decision ?d } GRAPH ?h { ?d kg:why ?why } }"
    assert [str(row[0]) for row in graph.query(asked)] == ["a look into the archive"]


def test_a_rejected_claim_derives_nothing(made) -> None:
    assert [d.claim.predicate for d in made(rule(VIA, Ruling.REJECTED)).derivations] == ["hasPart"]


def test_no_rule_brings_back_what_was_rejected(tmp_path: Path) -> None:
    doc = DOCUMENTS["wire-1f2e"]
    said = Claim("ana-ruiz", "defectedVia", "quito", doc.id, (quoted(doc, "fled through Quito"),))
    read = replace(READ, claims=(*READ.claims, said))
    decision = ClaimDecision("d", Ruling.REJECTED, ClaimRef.of(said, DOCUMENTS, LABELS))
    graphs = [assemble(after(*some, read=read), ontology(tmp_path), rules=rules(tmp_path)) for some in ((), (decision,))]
    assert [bool(g.query("ASK { ent:ana-ruiz test:defectedVia ent:quito }")) for g in graphs] == [True, False]


def test_an_accepted_claim_stands_however_weakly_it_is_said(tmp_path: Path) -> None:
    weak = replace(VIA, modality=Modality.RUMOURED)
    read = replace(READ, claims=(AGENT, weak))
    decision = ClaimDecision("d", Ruling.ACCEPTED, ref(weak))
    for some, stands in (((), False), ((decision,), True)):
        graph = assemble(after(*some, read=read), ontology(tmp_path), rules=rules(tmp_path))
        assert bool(graph.query("ASK { ?event test:via ent:quito }")) is stands
        assert [d.claim.predicate for d in graph.derivations] == (["defectedVia"] if stands else [])


def test_a_correction_stands_in_the_place_of_its_claim(made) -> None:
    graph: Graph = made(rule(POSTED, Ruling.CORRECTED, object=thing("ministry")))
    assert [str(row[0]) for row in graph.query("SELECT ?w WHERE { ent:ana-ruiz test:postedAt/rdfs:label ?w }")] == ["ministry"]
    old = next(c for c in graph.extraction.claims if c.ruling is Ruling.REPLACED)
    new = next(c for c in graph.extraction.claims if c.ruling is Ruling.CORRECTED)
    assert (new.revises, new.evidence, new.source, new.decision) == (old.id, POSTED.evidence, POSTED.source, "d1")
    assert graph.query("ASK { GRAPH ?g { ?new prov:wasRevisionOf ?old ; kg:decision decision:d1 . ?old kg:ruling kg:Replaced } }")


def test_a_correction_may_teach_an_open_claim(made) -> None:
    graph: Graph = made(rule(ADMIRES, Ruling.CORRECTED, predicate="postedAt"))
    assert graph.query("ASK { ent:ana-ruiz test:postedAt ent:quito }")


def test_a_correction_still_points_to_its_claim_after_a_merge() -> None:
    found = after(rule(PART, Ruling.CORRECTED, predicate="hasPart"), MERGE)
    assert one(found, "hasPart").revises == one(found, "partOf", Ruling.REPLACED).id != PART.id


def test_two_decisions_on_one_claim_are_told() -> None:
    other = replace(rule(POSTED, Ruling.REJECTED), id="d9")
    with pytest.raises(DecisionError, match="d1 and d9 speak of one claim"):
        replay(READ, [rule(POSTED, Ruling.ACCEPTED), other])


# ---- entities ------------------------------------------------------------------------------------


def test_merged_entities_are_one_everywhere(made) -> None:
    graph: Graph = made(MERGE)
    found = graph.extraction
    [reuters] = [e for e in found.entities if e.id in ("reuters", "ministry")]
    assert (reuters.id, reuters.label, reuters.aliases) == ("reuters", "Reuters", ("ministry",))
    assert {m.text for m in reuters.mentions} == {"Reuters", "the ministry"}
    assert one(found, "partOf").object == "reuters"
    assert {s.entity for c in found.claims for s in c.source} == {"reuters", None}
    assert 'same: "the ministry" (69) and "Reuters" (44): decided by a person' in "\n".join(describe(graph, reuters).lines(why=True))


def test_a_merge_keeps_the_more_specific_kind() -> None:
    found = after(Merge("d", thing("ministry"), thing("embassy-in-lima")))
    assert next(e for e in found.entities if e.id == "ministry").types == ("Embassy", "Organization")


def test_split_mentions_take_the_claims_whose_words_hold_only_them() -> None:
    doc = DOCUMENTS["wire-1f2e"]
    resigned = Claim("ana-ruiz", "resigned", Literal("so"), doc.id, (quoted(doc, "Ms. Ruiz did not resign."),), source=(Source("she", "ana-ruiz"),))
    found = after(split("Ms. Ruiz"), read=replace(READ, claims=(*READ.claims, resigned)))
    rosa = next(e for e in found.entities if e.label == "Rosa Ruiz")
    ana = next(e for e in found.entities if e.id == "ana-ruiz")
    assert rosa.id.startswith("ana-ruiz-")
    assert (rosa.aliases, [m.text for m in rosa.mentions]) == (("Ms. Ruiz",), ["Ms. Ruiz"])
    assert (ana.aliases, [m.text for m in ana.mentions]) == ((), ["Ana Ruiz"])
    moved = one(found, "resigned")
    assert (moved.subject, moved.source[0].entity) == (rosa.id, rosa.id)
    assert {c.subject for c in found.claims if c.predicate == "postedAt"} == {"ana-ruiz"}


def test_a_split_overrules_the_judgement_that_joined() -> None:
    verdicts = {(j.entity, j.verdict, j.reason) for j in after(split("Ms. Ruiz")).judgements if j.entity == "ana-ruiz"}
    assert verdicts == {
        ("ana-ruiz", Verdict.DIFFERENT, "decided by a person; was joined as family name after Ms."),
        ("ana-ruiz", Verdict.DIFFERENT, "decided by a person"),
    }


def test_what_was_split_off_can_be_merged_and_named_in_a_correction() -> None:
    rosa = next(e for e in after(split("Ms. Ruiz")).entities if e.label == "Rosa Ruiz")
    there = ThingRef.of(rosa, DOCUMENTS)
    found = after(split("Ms. Ruiz"), Merge("d9", thing("reuters"), there), rule(POSTED, Ruling.CORRECTED, subject=there))
    assert one(found, "postedAt", Ruling.CORRECTED).subject == "reuters"


def test_a_renamed_thing_keeps_its_id_and_old_name(made) -> None:
    graph: Graph = made(RENAME)
    quito = find(graph, "Quito, Ecuador")[0]
    assert (quito.id, quito.aliases) == ("quito", ("Quito",))
    assert 'named "Quito, Ecuador": decided by a person' in "\n".join(describe(graph, quito).lines(why=True))


# ---- what holds of all ---------------------------------------------------------------------------


@pytest.mark.parametrize("kind", EVERY)
def test_every_decision_survives_its_file(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "decisions.ttl"
    write_decisions([EVERY[kind]], path)
    assert read_decisions(path) == (EVERY[kind],)


@pytest.mark.parametrize("kind", EVERY)
def test_every_decision_can_be_undone_from_the_graph_alone(kind: str, made) -> None:
    graph: Graph = made(EVERY[kind])
    assert graph.extraction != made().extraction
    assert as_read(graph.extraction) == canonical(READ)


@given(st.permutations([EVERY["reject"], EVERY["correct to a value"], MERGE, split("Ms. Ruiz"), RENAME]))
def test_the_order_of_decisions_does_not_matter(order: list[Decision]) -> None:
    named = [replace(d, id=f"{type(d).__name__}{d.told}") for d in order]
    assert canonical(after(*named)) == canonical(after(*sorted(named, key=lambda d: d.id)))


hostile = st.text(min_size=1, max_size=20)


@given(hostile, hostile, hostile, st.none() | hostile)
def test_any_words_survive_the_file(name: str, label: str, path: str, why: str | None) -> None:
    there = WordsRef(path, "", label, 3, 9)
    decision = Rename("d", ThingRef(name, label, there), name, Remark(why))
    with tempfile.TemporaryDirectory() as folder:
        write_decisions([decision], Path(folder) / "decisions.ttl")
        assert read_decisions(Path(folder) / "decisions.ttl") == (decision,)


@given(extractions(), st.randoms(use_true_random=False))
def test_decisions_about_anything_can_be_undone(read: Extraction, random) -> None:
    plain = (replace(c, ruling=None, decision=None, revises=None, violations=()) for c in read.claims)
    read = canonical(replace(read, claims=tuple(plain), decisions=()))
    documents, labels = {d.id: d for d in read.documents}, {e.id: e.label for e in read.entities}
    known = {e.id for e in read.entities}
    sound = [c for c in read.claims if c.evidence and c.subject in known and (isinstance(c.object, Literal) or c.object in known)]
    decisions: list[Decision] = [
        ClaimDecision(f"c{i}", random.choice([Ruling.ACCEPTED, Ruling.REJECTED]), ClaimRef.of(c, documents, labels))
        for i, c in enumerate(sound[:1])
    ]
    things = [ThingRef.of(e, documents) for e in read.entities]
    decisions += [Merge(f"m{i}", a, b) for i, (a, b) in enumerate(itertools.pairwise(things))]
    decisions += [Rename(f"r{i}", t, "new") for i, t in enumerate(things)]
    assert as_read(replay(read, decisions).extraction) == read


# ---- when the texts change -----------------------------------------------------------------------


def moved(text: str, path: str = "in/wire-1f2e.txt") -> Extraction:
    """Return the first sentence read from another text."""
    doc = replace(document("wire-9999", text), path=path, sha256="cd" * 32)
    words = "Ana Ruiz was posted to the embassy in Lima"
    entities = (
        Entity("ana-ruiz-torres", ("Person",), "Ana Ruiz Torres", ("Ana Ruiz",)),
        Entity("embassy-in-lima", ("Embassy",), "embassy in Lima"),
    )
    claims = (Claim("ana-ruiz-torres", "postedAt", "embassy-in-lima", doc.id, (quoted(doc, words),)),) if words in text else ()
    return Extraction((doc,), entities, claims)


def test_a_claim_is_found_again_by_its_words() -> None:
    found = after(rule(POSTED, Ruling.REJECTED), read=moved("It is new. Ana Ruiz was posted to the embassy in Lima."))
    assert one(found, "postedAt").ruling is Ruling.REJECTED


@pytest.mark.parametrize(
    ("read", "missing"),
    [
        (moved("Ana Ruiz was posted to the embassy in Lima.", path="other.txt"), "in/wire-1f2e.txt is not among the documents"),
        (moved("Ana Ruiz stayed at home."), 'in/wire-1f2e.txt does not say "Ana Ruiz was posted to the embassy in Lima" any more'),
        (replace(READ, claims=()), '"Ana Ruiz was posted to the embassy in Lima" is there, but it is not read as Ana Ruiz – postedAt'),
    ],
)
def test_a_decision_says_that_its_evidence_has_gone(read: Extraction, missing: str) -> None:
    replayed = replay(read, [rule(POSTED, Ruling.REJECTED)])
    [gone] = replayed.gone
    assert gone.gone is not None
    assert gone.gone.startswith(missing)
    assert replayed.extraction.claims == read.claims


@pytest.mark.parametrize(
    ("decision", "missing"),
    [
        (Merge("d", thing("reuters"), ThingRef("x", "X")), "nothing is called X"),
        (Merge("d", thing("reuters"), thing("reuters")), "Reuters and Reuters are one already"),
        (Rename("d", ThingRef("", "twin"), "Z"), "2 things are called twin"),
        (split("Reuters"), "Ana Ruiz is not mentioned in these words any more"),
        (split("Ana Ruiz", "Ms. Ruiz"), "nothing would be left of it"),
        (rule(POSTED, Ruling.CORRECTED, object=ThingRef("x", "X")), "nothing is called X"),
        (rule(POSTED, Ruling.CORRECTED, object=thing("embassy-in-lima")), "nothing is left to correct"),
    ],
)
def test_a_decision_about_things_says_what_is_missing(decision: Decision, missing: str) -> None:
    twins = tuple(Entity(name, (), "twin") for name in ("twin-1", "twin-2"))
    [gone] = replay(replace(READ, entities=(*READ.entities, *twins)), [decision]).gone
    assert gone.gone is not None
    assert missing in gone.gone


def test_of_equal_sentences_the_nearest_is_meant() -> None:
    doc = document("twice-1", "It rained. It rained.")
    claims = tuple(replace(PART, document=doc.id, evidence=(replace(quoted(doc, "It rained."), start=at, end=at + 10),)) for at in (0, 11))
    read = replace(READ, documents=(*READ.documents, doc), claims=claims)
    at = ClaimRef.of(claims[1], {doc.id: doc}, LABELS)
    found = after(ClaimDecision("d", Ruling.REJECTED, replace(at, id="")), read=read)
    assert [c.evidence[0].start for c in found.claims if c.ruling] == [11]


# ---- the file ------------------------------------------------------------------------------------

HEAD = "@prefix kg: <https://attest.example/ns/kg#> . @prefix decision: <https://attest.example/decision/> .\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("decision:1 a kg:RejectClaim", r"decisions\.ttl: line \d+, column \d+"),
        (HEAD + "decision:1 a kg:Verdict .", "kg:Verdict is no kind of decision"),
        (HEAD + "decision:1 kg:why 'so' .", "lacks a kind"),
        (HEAD + "decision:1 a kg:RejectClaim ; kg:subjectLabel 'A' .", "lacks kg:predicateName"),
        (HEAD + "decision:1 a kg:RenameThing ; kg:thing 'A' ; kg:newName 'B' .", "in brackets"),
        (HEAD + "decision:1 a kg:RenameThing ; kg:thing [ kg:label 'A' ] ; kg:newName 'B' , 'C' .", "2 values of kg:newName"),
        (HEAD + "<https://x.example/1> a kg:RenameThing ; kg:thing [ kg:label 'A' ] ; kg:newName 'B' .", "is named under"),
        (
            HEAD + "decision:1 a kg:RejectClaim ; kg:subjectLabel 'A' ; kg:predicateName 'p' ; kg:objectLabel 'B' ; kg:saidAs 'sung' ; "
            "kg:saidToBe 'positive' ; kg:quote 'q' ; kg:path 'p' .",
            "'sung' is not a valid Modality",
        ),
        (
            HEAD + "decision:1 a kg:CorrectClaim ; kg:subjectLabel 'A' ; kg:predicateName 'p' ; kg:objectLabel 'B' ; kg:saidAs 'asserted' ; "
            "kg:saidToBe 'positive' ; kg:quote 'q' ; kg:path 'p' .",
            "says what is new",
        ),
        ("\xff", "line 1, column 1: Invalid UTF-8"),
        (HEAD + "decision:1 kg:why <<( kg:a kg:b kg:c )>> .", "cannot be read as decisions"),
    ],
)
def test_a_broken_file_is_told(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "decisions.ttl"
    path.write_text(text, encoding="latin-1")
    with pytest.raises(DecisionError, match=told):
        read_decisions(path)


def test_a_decision_written_by_hand_needs_no_hints(tmp_path: Path) -> None:
    path = tmp_path / "decisions.ttl"
    path.write_text(
        HEAD + 'decision:mine a kg:RejectClaim ; kg:subjectLabel "Ana Ruiz" ; kg:predicateName "postedAt" ; kg:objectLabel "embassy in Lima" ;\n'
        'kg:saidAs "reported" ; kg:saidToBe "positive" ; kg:path "in/wire-1f2e.txt" ; kg:quote "Ana Ruiz was posted to the embassy in Lima" .\n'
    )
    found = after(*read_decisions(path))
    assert [c.id for c in found.claims if c.ruling is Ruling.REJECTED] == [POSTED.id]


def test_the_file_is_read_as_it_is_written_and_has_no_clock(tmp_path: Path) -> None:
    some = [replace(d, id=f"d{i}") for i, d in enumerate(EVERY.values())]
    texts = []
    for order in (some, some[::-1]):
        write_decisions(order, tmp_path / "decisions.ttl")
        texts.append((tmp_path / "decisions.ttl").read_bytes())
    assert texts[0] == texts[1]
    assert [p.name for p in tmp_path.iterdir()] == ["decisions.ttl"]
    with pytest.raises(DecisionError, match="cannot be written"):
        write_decisions(some, tmp_path / "none" / "decisions.ttl")


def test_decisions_survive_the_graph(made) -> None:
    graph: Graph = made(EVERY["correct"], MERGE, RENAME)
    assert from_rdf(graph.store) == graph.extraction
    assert {d.kind for d in graph.extraction.decisions} == {"correct", "merge", "rename"}


def test_the_page_does_not_show_what_was_rejected() -> None:
    shown = Shown.of(after(rule(POSTED, Ruling.REJECTED)), Known({}))
    assert {c.id for c in shown.claims} == {c.id for c in READ.claims} - {POSTED.id}


def test_open_claims_stay_open() -> None:
    assert one(after(rule(ADMIRES, Ruling.REJECTED)), "admires").kind is ClaimKind.OPEN


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of a file with every kind of decision."""
    path = tmp_path_factory.mktemp("sound") / "decisions.ttl"
    write_decisions([replace(d, id=f"d{i}") for i, d in enumerate(EVERY.values())], path)
    return path.read_bytes()


@settings(max_examples=150)
@given(st.data())
def test_a_damaged_file_is_read_or_refused_in_one_line(sound: bytes, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(sound)))
    end = data.draw(st.integers(start, min(len(sound), start + 40)))
    damaged = sound[:start] + data.draw(st.binary(max_size=8) | st.sampled_from([b"[", b"]", b"(", b'"', b"<", b"@prefix", b" . ", b"\\u"])) + sound[end:]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "decisions.ttl"
        path.write_bytes(damaged)
        try:
            assert isinstance(read_decisions(path), tuple)
        except DecisionError as error:
            assert str(error).startswith(str(path))
            assert "\n" not in str(error)
