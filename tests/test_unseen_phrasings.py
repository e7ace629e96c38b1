"""Phrasings that newspapers of any field use, each read to what it says and to no more."""

from __future__ import annotations

import pytest

from kg.entities.resolve import Cluster
from kg.model import Modality, Polarity


def said(reading) -> set[tuple[str, str, str]]:
    """Return the statements as words: subject, predicate, object."""
    return {(words(d.subject), d.predicate, words(d.object)) for d in reading.drafts}


def words(value) -> str:
    """Return the name of a thing, else the last words that mention it, else the value."""
    if not isinstance(value, Cluster):
        return value.value
    return value.full_name or (value.refs[0].text if value.refs else value.key)


def roles(reading, cls: str) -> dict[str, set[str]]:
    """Return who fills the roles of the events of a class."""
    out: dict[str, set[str]] = {}
    for happening in reading.happenings.values():
        if happening.cls == cls:
            for role, values in happening.roles.items():
                out.setdefault(role, set()).update(words(v) for v, _ in values)
    return out


@pytest.mark.parametrize(
    ("text", "statement"),
    [
        ("Ruiz was convicted of endangering life.", ("Ruiz", "convictedOf", "endangering life")),
        ("Ana Ruiz was found guilty of stealing money.", ("Ana Ruiz", "convictedOf", "stealing")),  # the theft, as an event
        ("The company offered on Friday to host talks.", ("company", "offered", "host talks")),
        ("The company agreed to open a mill in Peru.", ("company", "agreedTo", "open a mill in Peru")),
        ("The company refused to pay the debt.", ("company", "refused", "pay the debt")),
        ("The court sentenced Ana Ruiz to five years.", ("Ana Ruiz", "sentencedTo", "five years")),
        ("Ana Ruiz runs the bank.", ("bank", "ledBy", "Ana Ruiz")),
        ("The embassy called the accusation absurd.", ("embassy", "rejects", "accusation")),
    ],
)
def test_a_phrasing_says(read, text, statement):
    assert statement in said(read(text))


def test_a_killing_needs_no_place(read):
    assert roles(read("The gang killed a customs officer, Derlis Baez."), "Death")["patient"] == {"Derlis Baez"}


def test_a_headline_without_auxiliary_is_passive(parsed, matcher):
    from dataclasses import replace

    from kg.claims.read import read_passages
    from kg.model import BlockKind

    passages = [replace(p, block=replace(p.block, kind=BlockKind.TITLE)) for p in parsed("Promoter jailed for four years over collapse")]
    assert "agent" not in roles(read_passages(passages[0].document, passages, matcher), "Arrest")


def test_a_capital_that_is_accused_is_its_government(read):
    found = roles(read("Condori denied it and accused Lima of staging the affair."), "Accusation")
    assert found["patient"] == {"Lima"}
    reading = read("Condori denied it and accused Lima of staging the affair.")
    assert {v.cls for h in reading.happenings.values() if h.cls == "Accusation" for v, _ in h.roles["patient"]} == {"GovernmentBody"}


def test_a_road_that_enters_a_country_is_no_arrival(read):
    assert roles(read("The road from Turkey enters Georgia near Batumi."), "Arrival") == {}


def test_two_phrases_under_one_verb_are_two_things(read):
    reading = read("The newspaper is owned by the company.")
    assert ("newspaper", "ownedBy", "company") in said(reading)


def test_the_company_is_who_the_text_is_about(read):
    reading = read("Nordex Oyj bought a mill from the Danish rival Torsager in May. On Monday the company reported a profit of two million euros.")
    assert roles(reading, "Earnings")["agent"] == {"Nordex Oyj"}


def test_no_phrase_of_another_kind_of_body_is_meant(read):
    reading = read("The competition commission opposed the merger. A spokesman for the central bank, Ibrahim Sule, declined to comment.")
    assert ("Ibrahim Sule", "employedBy", "competition commission") not in said(reading)


def test_who_opens_the_sentence_is_the_pronoun(read):
    reading = read("Merdan Atay was seldom seen. Deputy head of the mission for six years, he signed invoices.")
    assert any(r.noun == "head" or "head" in r.text for c in reading.resolver.clusters if "Merdan Atay" in c.names for r in c.refs)


def test_a_reader_is_never_both_doer_and_done_to(read):
    found = roles(read("Bought in January by the Dutch group Lowland Live, it is to return in July."), "Acquisition")
    assert not found.get("agent", set()) & found.get("patient", set())


def test_what_was_denied_having_been_done_is_denied(read):
    reading = read("Ruiz has always denied having tried to flee to Chile.")
    [flight] = [h for h in reading.happenings.values() if h.cls == "Defection"]
    assert flight.stance.polarity is Polarity.NEGATIVE or flight.stance.modality in {Modality.DENIED, Modality.UNCONFIRMED}


def test_who_speaks_inside_a_sentence(read):
    reading = read("The trip to Peru, said his counsel, Ana Gajda, had been booked in March.")
    speakers = {reading.passages[d.passage].parse.text[t] for d in reading.drafts for t in d.stance.speakers}
    assert "trip" not in speakers


def test_not_by_one_but_by_another(read):
    found = said(read("The delegation was led not by the president but by Ana Ruiz."))
    assert ("delegation", "ledBy", "Ana Ruiz") in found
    assert ("delegation", "ledBy", "president") not in found


def test_a_date_that_opens_a_sentence_holds_for_its_verbs(read):
    reading = read("On May 3, 2016 Ana Ruiz entered the office in Lima and asked for asylum.")
    assert any(h.when and h.when.edtf == "2016-05-03" for h in reading.happenings.values() if h.cls == "AsylumApplication")


def test_a_semicolon_divides_two_statements(parsed):
    [passage] = parsed("The ministry denied that any diplomat had left; Mr. Ruiz was a technical employee.")
    assert len(passage.parse.sentences) == 2
    [listed] = parsed("They sold: two cars, red; three boats, old and blue; and a house.")
    assert len(listed.parse.sentences) == 1


@pytest.mark.parametrize("text", ["A Falcon 9 rocket was launched.", "A phase 3 trial begins soon.", "Her drummer, Kacper Zych, 29, died."])
def test_a_number_that_tells_which_or_how_old_is_no_figure(parsed, text):
    from kg.claims.figures import figures

    assert [f for p in parsed(text) for f in figures(p, [])] == []


@pytest.mark.parametrize(
    ("text", "edtf"),
    [("a fourth-quarter profit", "2024-10/2024-12"), ("first-half sales", "2024-01/2024-06"), ("Full-year sales rose.", "2024-01/2024-12")],
)
def test_parts_of_a_year_before_figures(text, edtf):
    from kg.annotation import timex

    [found] = timex.resolve(timex.find(text, reference="2025-02-13"), "2025-02-13")
    assert found.edtf in {edtf, edtf[:4]}


def test_a_bare_year_does_not_set_the_year_of_a_dated_text():
    from kg.annotation import timex

    text = "She has run the firm since 2014. He will retire on June 30."
    found = timex.resolve(timex.find(text, reference="2025-02-13"), "2025-02-13")
    assert found[-1].edtf == "2025-06-30"


def test_losing_no_time_is_no_loss_of_money(read):
    assert roles(read("The ministry lost no time in explaining it to the envoy."), "Earnings") == {}
    assert roles(read("The bank lost two million euros in May."), "Earnings")["hasValue"] == {"two million euros"}


def test_the_man_who_did_it_is_told_by_his_clause(read):
    reading = read("The mayor, Jakup Heinesen, spoke first. The man who wanted the deal was sacked in May.")
    assert roles(reading, "Dismissal")["patient"] != {"Jakup Heinesen"}
    again = read("The mayor, Jakup Heinesen, spoke first. The man was sacked in May.")
    assert roles(again, "Dismissal")["patient"] == {"Jakup Heinesen"}


def test_a_compound_behind_to_is_no_infinitive(read):
    found = roles(read("Chile answered by sending a commission composed of clerks to trade missions in Peru."), "CommissionVisit")
    assert any("trade missions" in words for words in found["destination"])
    assert not any(d.predicate == "trade" for d in read("Chile sent a commission to trade missions in Peru.").drafts)


def test_in_respect_of_is_one_preposition(read):
    found = roles(read("The ministry ordered an audit in respect of the embassy."), "Audit")
    assert found["patient"] == {"embassy"}
    assert "occurredIn" not in found


@pytest.mark.parametrize(
    ("text", "statement"),
    [
        ("The talks ended in Oslo, where Ana Ruiz met Tomas Berg.", ("met", "occurredIn", "Oslo")),
        ("Norway ordered the Iranian attaché out of the country.", ("ordered", "patient", "Iranian attaché")),
        ("The lawyer has been in the custody of the police since May.", ("lawyer", "arrestedBy", "police")),
        ("The prisoners were pardoned by President Amina Okoro.", ("pardoned", "patient", "prisoners")),
        ("The police questioned the captain for six hours.", ("questioned", "agent", "police")),
        ("Ana Ruiz, 61, runs the bank.", ("Ana Ruiz", "hasAge", "61")),
        ("The fund holds 40% of the company.", ("fund", "ownsShareOf", "company")),
        ("Two members of parliament met the consul.", ("met", "agent", "members of parliament")),
        ("The rebels seized control of the town.", ("seized", "agent", "rebels")),
        ("The jury found Ana Ruiz guilty.", ("guilty", "patient", "Ana Ruiz")),
        ("The treaty was signed in May by Ana Ruiz.", ("Ana Ruiz", "signed", "treaty")),
    ],
)
def test_what_other_newspapers_say(read, text, statement):
    found = said(read(text))
    assert any(statement[1] == p and s.endswith(statement[0]) and o.endswith(statement[2]) for s, p, o in found), found


@pytest.mark.parametrize(
    ("text", "predicate"),
    [
        ("The patient lost eleven kilos.", "hasValue"),  # no sum of money
        ("Ana Ruiz left on Monday's flight to Lima.", "origin"),
        ("The company points out that Ana Ruiz left the firm.", "survivedBy"),
        ("Our assistant is Tomas Berg.", "hasAge"),
    ],
)
def test_what_they_do_not_say(read, text, predicate):
    assert not any(p == predicate for _, p, _ in said(read(text)))


@pytest.mark.parametrize(
    ("text", "cls"),
    [
        ("Ana Ruiz left on Monday's flight to Lima.", "Defection"),
        ("The festival is held in Lima every year.", "Arrest"),
        ("The student took part in the games held in Lima.", "Arrest"),
        ("The fund holds 40% of the company.", "Arrest"),
        ("His wife walked out before the judge had finished.", "Strike"),
        ("The party lost eleven seats.", "Earnings"),
        ("Having examined the cases, we can turn to the law.", "Audit"),
    ],
)
def test_what_did_not_happen(read, text, cls):
    assert not any(h.cls == cls for h in read(text).happenings.values())


def test_a_language_is_no_country(read):
    assert not any(c.cls == "Country" for c in read("Ana Ruiz studied English and speaks Korean.").resolver.clusters)


def test_who_names_others_does_not_name_himself(read):
    reading = read("Little is known of the three soldiers. State radio, which named them, said they had fled.")
    them = next(r for r in reading.resolver.refs if r.text == "them")
    assert "soldiers" in reading.resolver.of[id(them)].refs[0].text


def test_a_stressing_pronoun_is_no_mention(read):
    assert not any(r.text == "itself" for r in read("The visit itself was short.").resolver.refs)


def test_a_name_that_only_its_capitals_tell_is_found(read):
    reading = read("The oldest of them, Sabyrbek Toktogul, was born in a village near the lake.")
    assert any("Toktogul" in c.full_name for c in reading.resolver.clusters)


def test_since_when_it_is_the_first_is_not_when_it_was(read):
    reading = read("In the harbour rebels exchanged prisoners with the army, the first exchange since 2021.")
    assert not any(d.when and d.when.edtf and d.when.edtf.startswith("2021") for d in reading.drafts)


def test_who_is_quick_to_suggest_speaks(read):
    reading = read("The ministry was quick to suggest that Ana Ruiz had fled to Peru.")
    [draft] = [d for d in reading.drafts if d.predicate == "destination"]
    assert [reading.frames[0].parse.text[t] for t in draft.stance.speakers] == ["ministry"]
