"""What one example sentence teaches, and what it does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from kg.claims.patterns import Matcher, Pattern, learn, unmark
from kg.claims.read import read_passages
from kg.claims.reading import DocumentReading
from kg.errors import OntologyError
from kg.model import ClaimKind
from kg.ontology import ClassDef, Example, Ontology, PropertyDef

Teach = Callable[..., list[Pattern]]
Facts = Callable[[str, str], set[tuple[str, str]]]
VACCINATED = "[subject Ana Ruiz] vaccinated [object Carlos Soto]."


@pytest.fixture(scope="module")
def school(nlp, taught) -> Callable[[str, bool], tuple[Ontology, list[Pattern]]]:
    """A function from examples of one relation `rel` or one event `Deed` to an ontology that teaches only them."""

    def of(texts: str, event: bool = False) -> tuple[Ontology, list[Pattern]]:
        name = "Deed" if event else "rel"
        properties = {**taught.properties, "rel": PropertyDef("rel", "https://example.org/rel", "rel", "", (), (), None)}
        classes = {**taught.classes, "Deed": ClassDef("Deed", "https://example.org/Deed", "deed", "", ("Event",), ())}
        examples = tuple(Example(name, t) for t in texts.split("|"))
        ontology = replace(taught, properties=properties, classes=classes, examples=examples, shortcuts=())
        return ontology, learn(ontology, nlp)

    return of


@pytest.fixture(scope="module")
def reading(school, parsed) -> Callable[..., DocumentReading]:
    """A function from examples and a text to what is read in the text."""

    def of(examples: str, text: str, event: bool = False) -> DocumentReading:
        ontology, patterns = school(examples, event)
        passages = parsed(text)
        return read_passages(passages[0].document, passages, Matcher(patterns, ontology))

    return of


@pytest.fixture(scope="module")
def facts(reading) -> Facts:
    """A function from examples and a text to the pairs that the relation joins."""

    def of(examples: str, text: str) -> set[tuple[str, str]]:
        drafts = [d for d in reading(examples, text).drafts if d.kind is ClaimKind.TAUGHT and d.predicate == "rel"]
        return {(d.subject.full_name, d.object.full_name) for d in drafts}

    return of


@pytest.mark.parametrize(
    "text",
    [
        "Eva Berg vaccinated Ivan Petrov.",
        "Ivan Petrov was vaccinated by Eva Berg.",
        "Ivan Petrov was vaccinated in May by Eva Berg.",
        "Eva Berg, who vaccinated Ivan Petrov, left.",
        "Ivan Petrov, who was vaccinated by Eva Berg, left.",
        "Eva Berg visited Lima and vaccinated Ivan Petrov.",
    ],
)
def test_one_example_teaches_every_way_to_say_it(facts, text):
    assert facts(VACCINATED, text) == {("Eva Berg", "Ivan Petrov")}


def test_a_list_in_a_role_makes_a_fact_each(facts):
    assert facts(VACCINATED, "Eva Berg vaccinated Ivan Petrov and Carlos Soto.") == {("Eva Berg", "Ivan Petrov"), ("Eva Berg", "Carlos Soto")}
    assert facts(VACCINATED, "Eva Berg and Ana Ruiz vaccinated Ivan Petrov.") == {("Eva Berg", "Ivan Petrov"), ("Ana Ruiz", "Ivan Petrov")}


@pytest.mark.parametrize("text", ["Eva Berg met Ivan Petrov.", "Ivan Petrov was vaccinated.", "Eva Berg vaccinated.", "Eva Berg was with Ivan Petrov in Lima."])
def test_another_word_or_a_missing_role_is_no_fact(facts, text):
    assert facts(VACCINATED, text) == set()


def test_the_roles_are_not_turned(facts):
    assert ("Ivan Petrov", "Eva Berg") not in facts(VACCINATED, "Ivan Petrov was vaccinated by Eva Berg.")


def test_respectively_pairs_the_lists(facts):
    pairs = {("Eva Berg", "Ivan Petrov"), ("Ana Ruiz", "Carlos Soto")}
    assert facts(VACCINATED, "Eva Berg and Ana Ruiz vaccinated Ivan Petrov and Carlos Soto respectively.") == pairs
    assert len(facts(VACCINATED, "Eva Berg and Ana Ruiz vaccinated Ivan Petrov and Carlos Soto.")) == 4


@pytest.mark.xfail(reason="an event takes no notice of respectively, so both it and the rules cross the lists")
def test_respectively_pairs_the_roles_of_an_event(read):
    reading = read("Ana Ruiz and Carlos Soto visited Chile and Peru respectively.")
    told = {(d.subject.full_name, d.object.full_name) for d in reading.drafts if d.predicate == "visited"}
    roles = [h.roles for h in reading.happenings.values()]  # the rules of the graph derive a visit from these
    derivable = {(a.full_name, d.full_name) for r in roles for a, _ in r["agent"] for d, _ in r["destination"]}
    assert told == derivable == {("Ana Ruiz", "Chile"), ("Carlos Soto", "Peru")}


# -- companions and governors


AUDIT = "[subject Ana Ruiz] ordered an audit of [object Reuters]."


@pytest.mark.parametrize(("text", "found"), [
    ("Eva Berg ordered an audit of Reuters.", {("Eva Berg", "Reuters")}),
    ("An audit of Reuters was ordered by Eva Berg.", {("Eva Berg", "Reuters")}),
    ("Eva Berg ordered a map of Chile.", set()),  # another companion
    ("Eva Berg ordered Reuters to leave.", set()),
    ("Eva Berg read an audit of Reuters.", set()),  # another verb
])  # fmt: skip
def test_the_words_beside_the_roles_must_be_there(facts, text, found):
    assert facts(AUDIT, text) == found


def test_the_verb_that_shapes_the_meaning_must_be_there(facts):
    refused = "[subject Ana Ruiz] refused to receive [object Carlos Soto]."
    assert facts(refused, "Eva Berg refused to receive Ivan Petrov.") == {("Eva Berg", "Ivan Petrov")}
    assert facts(refused, "Eva Berg received Ivan Petrov.") == set()
    assert facts(refused, "Eva Berg hoped to receive Ivan Petrov.") == set()


# -- weak anchors


def test_a_verb_of_all_work_teaches_nothing_alone(school):
    assert school("[subject Ana Ruiz] took [object Carlos Soto].", False)[1] == []


def test_a_verb_of_all_work_teaches_with_a_companion(facts):
    care = "[subject Ana Ruiz] took care of [object Carlos Soto]."
    assert facts(care, "Eva Berg took care of Ivan Petrov.") == {("Eva Berg", "Ivan Petrov")}
    assert facts(care, "Eva Berg took Ivan Petrov to Lima.") == set()
    assert facts(care, "Eva Berg took a map of Chile.") == set()


def test_an_anchor_of_many_senses_needs_all_roles(reading):
    left = "[agent Ana Ruiz] left [origin Chile]."
    assert [h.cls for h in reading(left, "Eva Berg left Peru.", event=True).happenings.values()] == ["Deed"]
    assert reading(left, "Eva Berg left on Monday.", event=True).happenings == {}


def test_an_anchor_of_one_sense_may_lack_a_role(reading):
    ambushed = "[agent Ana Ruiz] ambushed [patient Carlos Soto]."
    [happening] = reading(ambushed, "Ivan Petrov was ambushed.", event=True).happenings.values()
    assert list(happening.roles) == ["patient"]


# -- a role as anchor


def test_a_noun_between_roles_is_its_own_anchor(facts):
    brother = "[subject Ana Ruiz], the brother of [object Carlos Soto], left."
    assert facts(brother, "Eva Berg, the brother of Ivan Petrov, arrived.") == {("Eva Berg", "Ivan Petrov")}
    assert facts(brother, "Eva Berg, the lawyer of Ivan Petrov, arrived.") == set()


# -- marks


def test_unmark_keeps_text_and_offsets():
    marked = unmark(Example("rel", VACCINATED))
    assert marked.text == "Ana Ruiz vaccinated Carlos Soto."
    assert [(role, marked.text[start:end]) for role, start, end in marked.roles] == [("subject", "Ana Ruiz"), ("object", "Carlos Soto")]


@pytest.mark.parametrize("text", [
    "Ana Ruiz vaccinated Carlos Soto.",  # no role
    "[subject Ana Ruiz] vaccinated [object Carlos Soto.",  # not closed
    "[subject Ana Ruiz] vaccinated object Carlos Soto].",  # not opened
    "[subject] vaccinated [object Carlos Soto].",  # a role without words
    "[subject [object Ana Ruiz]] left.",  # one inside the other
])  # fmt: skip
def test_marks_that_do_not_pair_are_an_error_that_quotes_the_example(text):
    with pytest.raises(OntologyError) as error:
        unmark(Example("rel", text))
    assert "rel" in str(error.value)
    assert text in str(error.value)
    assert "[role words]" in str(error.value)


def test_each_pattern_remembers_its_example(school):
    [pattern] = school(VACCINATED, False)[1]
    assert pattern.example == VACCINATED
    assert (pattern.teaches, pattern.anchor, pattern.verbal, pattern.hole) == ("rel", "vaccinate", True, None)


def test_the_more_a_pattern_asks_for_the_more_it_weighs(school):
    bare, full = school(VACCINATED, False)[1][0], school(AUDIT, False)[1][0]
    assert full.weight > bare.weight
