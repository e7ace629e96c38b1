"""Texts and gold by others: the measures on tiny input, and the whole line on two documents where the corpora are."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kg.model import Claim, Entity, Literal, Mention, MentionKind
from kg.ontology import Ontology

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
sys.path.insert(0, str(ROOT / "benchmarks"))  # the benchmarks are scripts, no package

from others import coreference, docred, gum, knowledgenet, relations  # noqa: E402
from others.reading import Told  # noqa: E402

CONLLU = """\
# newpar
# text = Ana Ruiz left. The old envoy from Lima said she wasn't well.
1\tAna\t_\tPROPN\t_\t_\t_\t_\t_\tEntity=(7-person-new-s-cf1-1,2-coref
2\tRuiz\t_\tPROPN\t_\t_\t_\t_\t_\tEntity=7)
3\tleft\t_\tVERB\t_\t_\t_\t_\t_\tSpaceAfter=No
4\t.\t_\tPUNCT\t_\t_\t_\t_\t_\t_
5\tThe\t_\tDET\t_\t_\t_\t_\t_\tEntity=(7-person-giv-s-cf1-3-coref
6\told\t_\tADJ\t_\t_\t_\t_\t_\t_
7\tenvoy\t_\tNOUN\t_\t_\t_\t_\t_\t_
8\tfrom\t_\tADP\t_\t_\t_\t_\t_\t_
9\tLima\t_\tPROPN\t_\t_\t_\t_\t_\tEntity=(8-place-new-s-cf2-1-sgl)7)
10\tsaid\t_\tVERB\t_\t_\t_\t_\t_\t_
11\tshe\t_\tPRON\t_\t_\t_\t_\t_\tEntity=(7-person-giv-s-cf1-1-ana)
12-13\twasn't\t_\t_\t_\t_\t_\t_\t_\t_
12\twas\t_\tAUX\t_\t_\t_\t_\t_\t_
13\tn't\t_\tPART\t_\t_\t_\t_\t_\t_
14\twell\t_\tADJ\t_\t_\t_\t_\t_\tSpaceAfter=No
15\t.\t_\tPUNCT\t_\t_\t_\t_\t_\t_

# newpar
# text = It rains.
1\tIt\t_\tPRON\t_\t_\t_\t_\t_\tEntity=(9-abstract-new-s-cf1-1-sgl)
2\trains\t_\tVERB\t_\t_\t_\t_\t_\tSpaceAfter=No
3\t.\t_\tPUNCT\t_\t_\t_\t_\t_\t_
"""


def entity(name: str, cls: str, text: str, *words: str, kind: MentionKind = MentionKind.NAME) -> Entity:
    """Return an entity with a mention at the first place of each of some words."""
    mentions = tuple(Mention("d", text.index(w), text.index(w) + len(w), w, kind) for w in words)
    return Entity(name, (cls, "Thing"), words[0], mentions=mentions)


def told(text: str, taught: Ontology, entities: list[Entity], *claims: tuple[str, str, str | Literal]) -> Told:
    """Return a graph of some entities and claims."""
    return Told(text, {e.id: e for e in entities}, tuple(Claim(s, p, o, "d", ()) for s, p, o in claims), taught)


# ---- measures ------------------------------------------------------------------------------------

KEY = [frozenset("abc"), frozenset("defg")]
RESPONSE = [frozenset("ab"), frozenset("cd"), frozenset("fghi")]


def test_the_measures_are_those_of_their_example() -> None:
    """The pair that Moosavi and Strube 2016 take for their example: one cluster of three and one of four against three."""
    muc, b_cubed, ceaf = (measure(KEY, RESPONSE) for measure in coreference.MEASURES.values())
    assert (muc.precision, muc.recall) == pytest.approx((2 / 5, 2 / 5))
    assert (b_cubed.precision, b_cubed.recall) == pytest.approx((4 / 8, 35 / 84))
    assert (ceaf.precision, ceaf.recall) == pytest.approx((1.3 / 3, 1.3 / 2))


def test_numbers_as_mentions_are_not_taken_for_clusters() -> None:
    assert coreference.muc([frozenset({0, 5})], [frozenset({5, 6})]).got == 0


def test_tallies_add_up_over_documents_and_round_down() -> None:
    both = coreference.muc(KEY, RESPONSE) + coreference.muc(KEY, KEY)
    assert (both.right, both.found, both.got, both.wanted) == (7, 10, 7, 10)
    assert coreference.muc(KEY, RESPONSE).cells() == "0.400 | 0.400 | 0.400"
    assert relations.tally([]).cells() == "0.000 | 0.000 | 0.000"


# ---- GUM -----------------------------------------------------------------------------------------


def test_gum_gives_its_text_and_mentions() -> None:
    text, gold = gum.read_document(CONLLU)
    assert text == "Ana Ruiz left. The old envoy from Lima said she wasn't well.\n\nIt rains."
    assert [(m.entity, text[m.start : m.end], m.form) for m in gold] == [
        ("7", "Ana Ruiz", gum.NAME), ("7", "The old envoy from Lima", gum.DESCRIPTION), ("8", "Lima", gum.NAME),
        ("7", "she", gum.PRONOUN), ("9", "It", gum.PRONOUN),
    ]  # fmt: skip
    assert [text[slice(*w)] for w in gold[1].words] == ["envoy"]


def test_a_mention_is_the_golds_where_it_holds_the_head_and_nothing_outside(taught: Ontology) -> None:
    text, gold = gum.read_document(CONLLU)
    ana = entity("ana", "Person", text, "Ruiz", "envoy from Lima", "The")
    paired = gum.pair(told(text, taught, [ana, entity("lima", "Place", text, "Lima said")]), gold)
    assert paired.partner == {0: 0, 1: 1}  # "The" has no head, "Lima said" is more than the gold's
    assert [paired.ours[j][1].text for j in paired.spurious] == ["Lima said"]  # "The" lies in a mention of the same thing
    assert (gum.detection(paired).found, gum.detection(paired).wanted) == (3, 4)
    key, response = gum.clusters(paired)
    assert sorted(map(len, key)) == [1, 3]
    assert sorted(map(len, response)) == [1, 2]


def test_a_wrong_join_is_one_error_and_a_missed_one_is_told(taught: Ontology) -> None:
    text, gold = gum.read_document(CONLLU)
    lima = entity("lima", "Place", text, "Lima", "she")
    paired = gum.pair(told(text, taught, [entity("ana", "Person", text, "Ana Ruiz"), entity("other", "Person", text, "envoy"), lima]), gold)
    assert [(link.number, link.verdict, link.antecedent) for link in gum.links(paired)] == [
        (0, gum.NEW, None), (1, gum.MISSED, 0), (2, gum.NEW, None), (3, gum.WRONG, 2),
    ]  # fmt: skip


def test_a_split_is_read_from_its_list() -> None:
    assert gum.split_names("# S\n## dev\n * A_b\n\n## test\n\n  * C_d\n  * E_f\n\n## test2\n * G\n", "test") == ["C_d", "E_f"]


# ---- relations -----------------------------------------------------------------------------------

TEXT = "Varga, a bank in Lima, was founded by Ana Ruiz in 1988."


@pytest.fixture
def beside(taught: Ontology) -> relations.Beside:
    """A graph with four facts beside a gold with three triples."""
    bank, ana = entity("varga", "Organization", TEXT, "Varga"), entity("ana", "Person", TEXT, "Ana Ruiz")
    graph = told(
        TEXT, taught, [bank, ana, entity("lima", "Place", TEXT, "Lima"), Entity("f", ("Founding", "Event"), "f"), entity("post", "Role", TEXT, "bank in Lima")],
        ("varga", "foundedBy", "ana"), ("ana", "founded", "varga"), ("ana", "memberOf", "varga"), ("ana", "affiliatedWith", "varga"),
        ("f", "patient", "varga"), ("f", "occurredOn", Literal("1988", "date")), ("varga", "locatedIn", "lima"),
    )  # fmt: skip
    things = [relations.Thing(w, ((TEXT.index(w), TEXT.index(w) + len(w)),), relations.date_of(w)) for w in ("Varga", "Ana Ruiz", "Lima", "1988")]
    triples = frozenset({(0, "P112", 1), (0, "P571", 3), (0, "P159", 2), (1, "P27", 2), (1, "P999", 2)})
    return relations.Beside(graph, relations.Gold("d", TEXT, tuple(things), triples, frozenset({(0, "P112", 1), (1, "P27", 2)})))


def test_facts_are_judged_once_and_only_where_the_gold_knows_their_ends(beside: relations.Beside) -> None:
    result = relations.judge(beside, docred.TABLE)
    assert set(result.right) == {(1, 0, "founded"), (0, 3, "Founding.patient.occurredOn"), (0, 2, "locatedIn")}
    assert result.wrong == [(0, 1, "hasMember")]  # the inverse of memberOf; what follows from it is no second error
    assert (result.found, result.missed) == ([(0, "P112", 1), (0, "P159", 2), (0, "P571", 3)], [(1, "P27", 2)])
    assert (result.direct, result.through, result.triples, result.near.recall) == (2, 3, 5, 0.5)
    assert relations.tally([result, result]).cells() == "0.750 | 0.750 | 0.750"


def test_the_class_of_an_object_can_be_asked_for(beside: relations.Beside) -> None:
    assert list(relations.pairs(beside.told, "locatedIn>Place")) == [("varga", "lima")]
    assert list(relations.pairs(beside.told, "^locatedIn>Person")) == []


@pytest.mark.parametrize("table", [docred.TABLE, knowledgenet.TABLE])
def test_every_name_in_a_table_is_in_the_ontology(table: relations.Table, taught: Ontology) -> None:
    for name, _, wanted in (relation.removeprefix("^").partition(">") for found in table.values() for relation in found):
        cls, *roles = name.split(".") if "." in name else [wanted, name]
        assert all(role in taught.properties for role in roles), name
        assert cls in {"", *taught.classes}, name


def test_tokens_are_joined_as_a_person_writes() -> None:
    text, spans = docred.written([["The", '"', "Old", "Man", '"', "(", "K", "-", "2", ")", "'s", "."], ["It"]])
    assert text == "The \"Old Man\" (K-2)'s. It"
    assert [text[slice(*s)] for s in spans[0]] == ["The", '"', "Old", "Man", '"', "(", "K", "-", "2", ")", "'s", "."]


def test_knowledgenet_counts_spans_that_overlap_and_properties_that_were_annotated(beside: relations.Beside) -> None:
    at = [(TEXT.index(w), TEXT.index(w) + len(w)) for w in ("Varga", "Ana", "1988", "Ana Ruiz")]
    passage = knowledgenet.Passage("p", TEXT, frozenset({"FOUNDED_BY", "DATE_FOUNDED"}), frozenset({(at[0], "FOUNDED_BY", at[1]), (at[1], "DATE_FOUNDED", at[2])}))
    found = relations.span_triples(beside.told, knowledgenet.TABLE)
    assert {(at[0], "FOUNDED_BY", at[3]), (at[0], "DATE_FOUNDED", at[2])} < found
    total = knowledgenet.score(passage, found)
    assert (total.right, total.found, total.got, total.wanted) == (1, 2, 1, 2)
    assert knowledgenet.score(passage, found, "FOUNDED_BY").f1 == 1


def test_facts_of_pronouns_can_be_left_out() -> None:
    passage = knowledgenet.Passage("p", "He left Lima", frozenset(), frozenset({((0, 2), "X", (8, 12)), ((8, 12), "X", (8, 12))}))
    assert knowledgenet.without_pronouns(passage).gold == {((8, 12), "X", (8, 12))}


# ---- the whole -----------------------------------------------------------------------------------


@pytest.mark.skipif(not (SHARED / "corpora").is_dir(), reason="no corpora at ../shared")
def test_two_documents_of_each_are_scored() -> None:
    command = [sys.executable, "benchmarks/outside.py", "--corpora", str(SHARED / "corpora"), "--bench", str(SHARED / "bench"), "--documents", "2", "--misses"]
    run = subprocess.run(command, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True)
    assert "GUM, 2 documents" in run.stdout
    assert "Re-DocRED, 2 documents" in run.stdout
    assert "KnowledgeNet, fold 3, 2 passages" in run.stdout
    found = next(line for line in run.stdout.splitlines() if line.startswith("| all | ")).split(" | ")
    assert float(found[4].rstrip(" |")) > 0.5, "half of the mentions of an article are found, or the offsets are off"


def test_without_corpora_it_says_what_to_name() -> None:
    run = subprocess.run([sys.executable, "benchmarks/outside.py"], cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True)
    assert "--corpora" in run.stderr
