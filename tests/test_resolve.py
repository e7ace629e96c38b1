"""Which mentions speak of the same thing: joins the text tells, and joins it does not tell."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kg.claims.assemble import assemble
from kg.claims.digest import digest
from kg.claims.reading import DocumentReading
from kg.entities.resolve import fold, initials_match, is_acronym, is_part, name_words
from kg.model import Entity, MentionKind

Read = Callable[..., DocumentReading]



def cluster_of(reading: DocumentReading, words: str, nth: int = 0) -> list[str]:
    """Return the mentions that are one with the nth mention of some words; nothing where it is unresolved."""
    refs = sorted((r for r in reading.resolver.refs if r.text == words), key=lambda r: r.chars)
    cluster = reading.resolver.of.get(id(refs[nth]))
    return [r.text for r in sorted(cluster.refs, key=lambda r: r.chars)] if cluster else []


def entities(readings: list[DocumentReading], taught, noun: str) -> list[Entity]:
    """Return the named entities of several documents whose label has a word."""
    return [e for e in assemble(map(digest, readings), taught, {}).entities if e.named and noun in e.label]


# -- persons


def test_a_surname_after_mr_is_the_person_named_before(read):
    reading = read("Carlos Soto visited Lima. Mr. Soto left on Monday.")
    assert cluster_of(reading, "Soto") == ["Carlos Soto", "Soto"]
    assert "after a title" in next(j.reason for j in reading.resolver.joins if j.ref.text == "Soto")


def test_the_full_name_may_come_after_the_short_one(read):
    assert cluster_of(read("Mr. Soto arrived in Lima. Carlos Soto met the minister."), "Soto") == ["Soto", "Carlos Soto"]


def test_a_title_tells_which_of_two_is_meant(read):
    reading = read("Ms. Ana Ruiz and Mr. Carlos Ruiz visited Lima. Ms. Ruiz left on Monday.")
    assert cluster_of(reading, "Ruiz") == ["Ana Ruiz", "Ruiz"]


def test_two_persons_with_one_surname_stay_two(read):
    reading = read("Ana Ruiz met Carlos Ruiz in Lima.")
    assert cluster_of(reading, "Ana Ruiz") == ["Ana Ruiz"]
    assert cluster_of(reading, "Carlos Ruiz") == ["Carlos Ruiz"]


def test_a_surname_that_two_bear_is_given_to_neither(read):
    reading = read("Ana Ruiz and Carlos Ruiz visited Lima. Mr. Ruiz left on Monday.")
    assert cluster_of(reading, "Ruiz") == ["Ruiz"]


def test_one_given_name_makes_no_one_person(read):
    reading = read("Ana Ruiz arrived in Lima. Ana Soto left for Chile.")
    assert cluster_of(reading, "Ana Soto") == ["Ana Soto"]


def test_an_initial_is_a_person_of_its_own(read):
    reading = read("Mr. A was arrested in Lima. Ana Ruiz was arrested in Quito.")
    assert cluster_of(reading, "Mr. A") == ["Mr. A"]
    assert cluster_of(reading, "Ana Ruiz") == ["Ana Ruiz"]


def test_the_general_is_the_one_who_was_called_so(read):
    assert cluster_of(read("General Ivan Petrov arrived in Lima. The general met Ana Ruiz."), "Ivan Petrov") == [
        "General", "Ivan Petrov", "general"]


def test_an_apposition_is_the_name_it_stands_beside(read):
    assert "former ambassador" in cluster_of(read("Ana Ruiz, a former ambassador, left Lima."), "Ana Ruiz")


def test_who_is_said_not_to_be_the_ambassador_is_not_joined_with_him(read):
    assert cluster_of(read("Ana Ruiz was not the ambassador."), "Ana Ruiz") == ["Ana Ruiz"]


# -- bodies


def test_an_acronym_in_brackets_is_the_body_before_it(read):
    reading = read("The Union of Harbour Workers (UHW) opened an office. UHW closed in May.")
    assert cluster_of(reading, "UHW") == ["Union of Harbour Workers", "UHW", "UHW"]


@pytest.mark.parametrize(
    ("acronym", "name", "same"),
    [
        ("UHW", "Union of Harbour Workers", True),
        ("U.H.W.", "the Union of Harbour Workers", True),
        ("UHW", "Union of Dock Workers", False),
        ("U", "Union", False),
    ],
)
def test_an_acronym_is_made_of_the_initials(acronym, name, same):
    assert initials_match(acronym, name) is same


@pytest.mark.parametrize(("text", "shape"), [("UHW", True), ("U.N.", True), ("Reuters", False), ("A", False), ("LONGACRONYM", False)])
def test_the_shape_of_an_acronym(text, shape):
    assert is_acronym(text) is shape


def test_the_embassy_is_the_one_spoken_of(read):
    reading = read("The Chilean Embassy in Lima issued a statement. The embassy denied the report.")
    assert cluster_of(reading, "embassy") == ["Chilean Embassy", "embassy"]


def test_embassies_of_two_countries_stay_two(read):
    reading = read("The Chilean Embassy in Lima and the Peruvian Embassy in Quito closed.")
    assert cluster_of(reading, "Chilean Embassy") == ["Chilean Embassy"]
    assert cluster_of(reading, "Peruvian Embassy") == ["Peruvian Embassy"]


def test_embassies_of_one_country_in_two_places_stay_two(read):
    reading = read("The Chilean Embassy in Lima closed in May. The Chilean Embassy in Quito opened in June.")
    assert cluster_of(reading, "Chilean Embassy", 0) == ["Chilean Embassy"]
    assert cluster_of(reading, "Chilean Embassy", 1) == ["Chilean Embassy"]


def test_a_country_is_one_with_its_adjective(read):
    assert cluster_of(read("Ana Ruiz left Chile. She met a Chilean minister."), "Chile") == ["Chile", "Chilean"]


# -- possessives and pronouns


def test_a_family_is_one_per_owner(read):
    reading = read("Ana Ruiz left Chile. Her family stayed in Lima. Carlos Soto moved to Peru. His family stayed in Chile.")
    assert cluster_of(reading, "Her family") == ["Her family"]
    assert cluster_of(reading, "His family") == ["His family"]
    owners = {c.owner.full_name for c in reading.resolver.clusters if c.owner is not None}
    assert owners == {"Ana Ruiz", "Carlos Soto"}


def test_the_family_of_one_owner_is_one(read):
    reading = read("Ana Ruiz left her family in Chile. Her family was questioned.")
    assert cluster_of(reading, "her family") == ["her family", "Her family"]


@pytest.mark.parametrize(
    ("text", "pronoun", "antecedent"),
    [
        ("Ms. Ana Ruiz met Mr. Carlos Soto. She left.", "She", "Ana Ruiz"),
        ("Ms. Ana Ruiz met Mr. Carlos Soto. He left.", "He", "Carlos Soto"),
        ("Mr. Carlos Soto met Ms. Ana Ruiz. She left.", "She", "Ana Ruiz"),
        ("Two officials arrived in Lima. They met Ana Ruiz.", "They", "Two officials"),
    ],
)
def test_a_pronoun_agrees_in_gender_and_number(read, text, pronoun, antecedent):
    assert antecedent in cluster_of(read(text), pronoun)


@pytest.mark.parametrize(
    ("text", "pronoun"),
    [
        ("He was arrested in May.", "He"),  # nobody was spoken of
        ("Ana Ruiz works in Lima. They left.", "They"),  # one is not many
        ("Two officials arrived in Lima. She left.", "She"),  # many are not one
        ("Ms. Ana Ruiz works in Lima. He left.", "He"),
    ],
)
def test_a_pronoun_without_antecedent_joins_nothing(read, text, pronoun):
    assert cluster_of(read(text), pronoun) == []


# -- across documents


def test_ministries_of_one_name_in_two_countries_stay_two_across_documents(read, taught):
    readings = [read("The Chilean Ministry of Trade signed the treaty.", "first"), read("The Peruvian Ministry of Trade rejected the treaty.", "second")]
    found = entities(readings, taught, "Ministry of Trade")
    assert len(found) == 2
    assert [len({m.document for m in e.mentions}) for e in found] == [1, 1]


def test_one_ministry_in_two_documents_is_one(read, taught):
    readings = [read("The Chilean Ministry of Trade signed the treaty.", "first"), read("The Chilean Ministry of Trade rejected the treaty.", "second")]
    [found] = entities(readings, taught, "Ministry of Trade")
    assert {m.document for m in found.mentions} == {"first", "second"}


def test_a_full_name_in_two_documents_is_one_person_a_surname_alone_is_not(read, taught):
    readings = [read("Ana Ruiz visited Lima. Mr. Soto visited Quito.", "first"), read("Ana Ruiz visited Quito. Mr. Soto left Lima.", "second")]
    assert len(entities(readings, taught, "Ruiz")) == 1
    assert len(entities(readings, taught, "Soto")) == 2


# -- what holds for every text

TEXTS = [
    "Ana Ruiz, the envoy of Chile, met General Ivan Petrov in Lima. The general said that she had left her family in Quito.",
    "The Union of Harbour Workers (UHW) accused the Chilean Embassy in Lima. The embassy denied it.\n\nUHW opened an office in Quito.",
]


@pytest.mark.parametrize("text", TEXTS)
def test_mentions_quote_the_text_and_belong_to_one_cluster(read, text):
    reading = read(text)
    seen = [id(r) for c in reading.resolver.clusters for r in c.refs]
    assert len(seen) == len(set(seen))
    for ref in reading.resolver.refs:
        assert text[slice(*ref.chars)].replace("\n", " ") == ref.text


@pytest.mark.parametrize("text", TEXTS)
def test_every_join_has_a_reason_and_an_antecedent_of_its_cluster(read, text):
    reading = read(text)
    assert reading.resolver.joins
    for join in reading.resolver.joins:
        assert join.reason
        assert join.antecedent is not join.ref
        assert reading.resolver.of[id(join.ref)] is reading.resolver.of[id(join.antecedent)]
        assert join.ref.kind in MentionKind


# -- names as strings


def test_names_compare_without_accents_case_and_possessives():
    assert fold("Núñez’s") == fold("NUNEZ")
    assert name_words("Jong-il") == ("jong", "il")
    assert fold("Ruiz") != fold("Ruis")


@pytest.mark.parametrize(
    ("short", "full", "part"),
    [("Soto", "Carlos Soto", True), ("Carlos Soto", "Carlos Luis Soto", True), ("Soto Carlos", "Carlos Luis Soto", False), ("Ana", "Diana Ruiz", False),
     ("Carlos Soto", "Carlos Soto", False)],
)
def test_a_part_of_a_name_keeps_its_order(short, full, part):
    assert is_part(name_words(short), name_words(full)) is part
