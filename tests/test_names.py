"""What is a name, where it starts and ends, and of what kind: rules that hold in any newspaper."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kg.annotation.names import settle_names, surface
from kg.annotation.parse import Parse, Passage

Parsed = Callable[..., list[Passage]]


def names(parsed: Parsed, text: str) -> list[tuple[str, str]]:
    """Return the names of a text with their labels."""
    parse = parsed(text)[0].parse
    return [(surface(parse, start, end), label) for start, end, label in parse.ents]


def settled(words: str, tags: str, ents: list[tuple[int, int, str]] | None = None) -> list[tuple[str, str]]:
    """Return the names that the rules find among words with given parts of speech, below what the recogniser found."""
    text = words.split()
    size = len(text)
    idx = [sum(len(w) + 1 for w in text[:i]) for i in range(size)]
    parse = Parse(text, text, tags.split(), ["NN"] * size, [0] * size, ["dep"] * size, idx, [0] * size, ents or [], [False] * size, [True] * size)
    settle_names(parse)
    return [(surface(parse, start, end), label) for start, end, label in parse.ents]


# -- bodies


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("The Ministry of Foreign Affairs issued a statement.", "Ministry of Foreign Affairs"),
        ("Ana Ruiz met officials of the Ministry of Trade and Industry in Lima.", "Ministry of Trade and Industry"),
        ("The Chilean Embassy in Lima closed.", "Chilean Embassy"),
        ("Ana Ruiz works for the Institute for Peruvian Studies.", "Institute for Peruvian Studies"),
        ("Police searched Bureau 17 in May.", "Bureau 17"),
        ("Chile's Ministry of Defence denied the report.", "Ministry of Defence"),
    ],
)
def test_a_body_is_named_by_its_noun_and_what_belongs_to_it(parsed, text, name):
    assert (name, "ORG") in names(parsed, text)


def test_the_owner_of_a_ministry_is_a_name_of_its_own(parsed):
    assert ("Chile", "GPE") in names(parsed, "Chile's Ministry of Defence denied the report.")


def test_the_place_of_an_embassy_is_a_name_of_its_own(parsed):
    assert names(parsed, "The Chilean Embassy in Lima closed.") == [("Chilean Embassy", "ORG"), ("Lima", "GPE")]


def test_a_city_that_opens_based_is_no_part_of_the_body(parsed):
    found = names(parsed, "Ana Ruiz works for the Lima-based Institute for Peruvian Studies.")
    assert {("Lima", "GPE"), ("Institute for Peruvian Studies", "ORG")} <= set(found)


def test_and_joins_subjects_of_one_ministry_but_not_two_bodies():
    tags = "DET PROPN ADP PROPN CCONJ PROPN"
    assert settled("the Ministry of Trade and Industry", tags) == [("Ministry of Trade and Industry", "ORG")]
    tags = "DET PROPN ADP PROPN CCONJ PROPN ADP PROPN"
    assert ("Ministry of Trade", "ORG") in settled("the Ministry of Trade and Ministry of Justice", tags)


def test_an_embassy_in_small_letters_is_no_name(parsed):
    assert names(parsed, "Meanwhile, the embassy closed.") == []


def test_a_person_before_a_body_stays_a_person(parsed):
    found = names(parsed, "Secretary of the Chilean Embassy Ana Ruiz left Lima.")
    assert {("Chilean Embassy", "ORG"), ("Ana Ruiz", "PERSON")} <= set(found)


def test_an_acronym_is_the_name_of_a_body(parsed):
    assert ("UHW", "ORG") in names(parsed, "The Union of Harbour Workers (UHW) opened an office in Lima.")


# -- persons


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Police questioned Deputy Minister Ana Ruiz.", "Ana Ruiz"),
        ("General Okoro arrived in Lima.", "Okoro"),
        ("Mr. A was arrested in Lima.", "A"),
        ("Trade Minister Carlos Soto left Quito.", "Carlos Soto"),
        ("Ms. Ana Ruiz left Quito.", "Ana Ruiz"),
        ("Ana Ruiz’s brother left.", "Ana Ruiz"),
        ('"The minister left," Ana Ruiz said.', "Ana Ruiz"),
    ],
)
def test_a_name_has_no_title_possessive_or_quote(parsed, text, name):
    assert (name, "PERSON") in names(parsed, text)


def test_a_letter_behind_mr_is_mentioned_with_it(read):
    reading = read("Mr. A was arrested in Lima.")
    assert "Mr. A" in [r.text for r in reading.resolver.refs]


def test_a_title_alone_is_no_name(parsed):
    assert names(parsed, "The General left.") == []


def test_a_capital_letter_without_mr_is_no_person():
    assert settled("Plan A failed", "NOUN PROPN VERB") == []


def test_the_recogniser_is_trimmed_of_articles_and_titles():
    assert settled("the General Ivan Petrov left", "DET PROPN PROPN PROPN VERB", [(0, 4, "PERSON")]) == [("Ivan Petrov", "PERSON")]


# -- places and peoples


def test_city_and_country_are_two_places(parsed):
    assert names(parsed, "Ana Ruiz flew to Lima, Peru, in May.")[1:] == [("Lima", "GPE"), ("Peru", "GPE")]


def test_countries_in_a_list_are_each_a_place(parsed):
    assert names(parsed, "Ana Ruiz flew to Chile, Peru and Brazil.")[1:] == [("Chile", "GPE"), ("Peru", "GPE"), ("Brazil", "GPE")]


@pytest.mark.parametrize(
    ("text", "name"),
    [("Police questioned a Chilean diplomat.", "Chilean"), ("Three Chileans left.", "Chileans"), ("North Korean workers arrived in Lima.", "North Korean")],
)
def test_a_demonym_is_a_people(parsed, text, name):
    assert (name, "NORP") in names(parsed, text)


def test_a_demonym_has_no_article(parsed):
    assert names(parsed, "The Chilean diplomat left.") == [("Chilean", "NORP")]


def test_a_part_of_a_country_is_not_the_country(parsed):
    found = names(parsed, "Officials in northern Chile closed the port.")
    assert found == [("northern Chile", "LOC")]


def test_a_demonym_speaks_of_its_country(read):
    reading = read("Police questioned a Chilean diplomat.")
    [ref] = [r for r in reading.resolver.refs if r.text == "Chilean"]
    assert reading.resolver.of[id(ref)].key == "country:CL"


# -- no names


@pytest.mark.parametrize(
    "text",
    [
        "Reports of the arrest appeared in May.",
        "Police arrested two men.",
        "Workers left the port.",
        "Yesterday the minister left.",
        "Meanwhile, the embassy closed.",
        "Officials denied the report.",
        "In May the port was closed.",
    ],
)
def test_a_common_word_that_opens_a_sentence_is_no_name(parsed, text):
    assert names(parsed, text) == []


@pytest.mark.parametrize("word", ["Reports", "Workers", "Police"])
def test_a_common_word_is_no_name_even_where_the_recogniser_says_so(word):
    assert settled(f"{word} left the port", "NOUN VERB DET NOUN", [(0, 1, "PERSON")]) == []


def test_the_same_word_within_a_sentence_is_left_to_the_recogniser():
    assert settled("they saw Reports yesterday", "PRON VERB PROPN NOUN", [(2, 3, "ORG")]) == [("Reports", "ORG")]


# -- what holds for every text


def test_names_do_not_overlap_and_hang_together(parsed):
    text = "Secretary of the Chilean Embassy Ana Ruiz met General Ivan Petrov of the Ministry of Trade and Industry in Lima, Peru."
    parse = parsed(text)[0].parse
    taken: set[int] = set()
    for start, end, _ in parse.ents:
        inside = set(range(start, end))
        assert not inside & taken
        taken |= inside
        assert len([i for i in inside if parse.head[i] not in inside or parse.head[i] == i]) == 1
