"""What a name names is decided once for a document, from all that its sentences show."""

from __future__ import annotations

import pytest


def classes(reading) -> dict[str, str]:
    """Return the class of each thing by its longest name."""
    return {c.full_name: c.cls for c in reading.resolver.clusters if c.named and c.names}


def is_body(reading, name: str) -> bool:
    return reading.ontology.is_a(classes(reading).get(name, "Event"), "Organization")


def is_person(reading, name: str) -> bool:
    return classes(reading).get(name) == "Person"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("The pump maker Varkoski said sales rose. In June Varkoski closed a plant.", "Varkoski"),
        ("Brant Eskholm, a law firm, advised the bank.", "Brant Eskholm"),
        ("A decade at the Danish rival Torsager A/S taught her the trade. Torsager fell by 1 percent.", "Torsager A/S"),
        ("The law firm Marran & Pike filed the suit in Lima.", "Marran & Pike"),
        ("Last year the state fund Tukvarma bought shares in the bank.", "Tukvarma"),
        ("Mondago's largest customer, a utility, paid late. The bank bought Mondago.", "Mondago"),
        ("Bankhaus Ohlendarff kept its view.", "Bankhaus Ohlendarff"),
        ("Nolsay FC let the player go.", "Nolsay FC"),
    ],
)
def test_a_body_is_one_wherever_it_is_named(read, text, name):
    assert is_body(read(text), name)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Foreign Minister Leticia Barreiro spoke on Monday. Barreiro's office denied it.", "Leticia Barreiro"),
        ("The driver, Begench Durdyev, 41, was detained.", "Begench Durdyev"),
        ("He came with his daughter, Ogulgerek, and asked for asylum.", "Ogulgerek"),
        ("Chief Executive Pekka Yliaho, 63, will retire on June 30.", "Pekka Yliaho"),
        ("Mrs Dadzie succeeds Mr Kojo Ampofo.", "Dadzie"),
    ],
)
def test_a_person_is_one_wherever_he_is_named(read, text, name):
    assert is_person(read(text), name)


@pytest.mark.parametrize(
    ("text", "name", "cls"),
    [
        ("Two officers were wounded near Bahía Negra on Monday.", "Bahía Negra", "Place"),
        ("The envoys met at San Anton Palace on Tuesday.", "San Anton Palace", "Place"),
        ("The Ministry for Foreign and European Affairs announced the death of Anton Vella.", "Ministry for Foreign and European Affairs", "Organization"),
    ],
)
def test_places_and_ministries_keep_their_kind(read, text, name, cls):
    reading = read(text)
    assert reading.ontology.is_a(classes(reading)[name], cls)


def test_the_abbreviation_of_a_post_is_no_name(read):
    assert "CFO" not in classes(read("A search for a new CFO has begun in Lima."))


def test_a_known_city_stays_a_city_beside_a_man_of_its_name(read):
    found = classes(read("Denzel Washington arrived on Monday. He left for Washington on Friday."))
    assert found["Denzel Washington"] == "Person"
    assert found.get("Washington") in {"City", "Region", "GovernmentBody"}
