"""Who says it, how firmly, and whether it is said to hold: one short sentence per cue."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kg.claims.attribution import Stance
from kg.claims.reading import DocumentReading
from kg.model import Modality

Read = Callable[..., DocumentReading]


def stance(read: Read, text: str, cls: str) -> tuple[str, str, list[str]]:
    """Return modality, polarity and the speakers' head words of the only event of a class in a text."""
    reading = read(text)
    [happening] = [h for h in reading.happenings.values() if h.cls == cls]
    parse = reading.passages[happening.passage].parse
    return happening.stance.modality, happening.stance.polarity, [parse.text[t] for t in happening.stance.speakers]


@pytest.mark.parametrize(
    ("text", "modality", "polarity", "speakers"),
    [
        ("The diplomat defected to Peru.", "asserted", "positive", []),
        ("The diplomat defected to Peru, according to Reuters.", "reported", "positive", ["Reuters"]),
        ("According to Reuters, the diplomat defected to Peru.", "reported", "positive", ["Reuters"]),
        ("Reuters reported that the diplomat defected to Peru.", "reported", "positive", ["Reuters"]),
        ("Two officials said that the diplomat defected to Peru.", "reported", "positive", ["officials"]),
        ("The diplomat defected to Peru, two officials said.", "reported", "positive", ["officials"]),
        ("The embassy confirmed that the diplomat defected to Peru.", "reported", "positive", ["embassy"]),
        ("The embassy has not confirmed that the diplomat defected to Peru.", "unconfirmed", "positive", ["embassy"]),
        ("The embassy denied that the diplomat defected to Peru.", "denied", "negative", ["embassy"]),
        ("The embassy claimed that the diplomat defected to Peru.", "alleged", "positive", ["embassy"]),
        ("The diplomat allegedly defected to Peru.", "alleged", "positive", []),
        ("The diplomat reportedly defected to Peru.", "reported", "positive", []),
        ("There are rumours that the diplomat defected to Peru.", "rumoured", "positive", []),
        ("The diplomat is expected to defect to Peru.", "predicted", "positive", []),
        ("The diplomat will defect to Peru.", "predicted", "positive", []),
        ("The diplomat planned to defect to Peru.", "predicted", "positive", []),
        ("The diplomat might defect to Peru.", "speculated", "positive", []),
        ("Perhaps the diplomat defected to Peru.", "speculated", "positive", []),
        ("The diplomat did not defect to Peru.", "asserted", "negative", []),
        ("The diplomat never defected to Peru.", "asserted", "negative", []),
        ("The diplomat refused to defect to Peru.", "asserted", "negative", []),
    ],
)
def test_a_cue_sets_modality_polarity_and_speaker(read, text, modality, polarity, speakers):
    assert stance(read, text, "Defection") == (modality, polarity, speakers)


def test_nested_speakers_stand_innermost_first_and_the_least_firm_word_decides(read):
    text = "Reuters reports that the embassy has not confirmed that the diplomat defected."
    assert stance(read, text, "Defection") == ("unconfirmed", "positive", ["embassy", "Reuters"])


def test_a_report_of_a_denial_stays_a_denial(read):
    text = "Reuters reported that the embassy denied that the diplomat defected."
    assert stance(read, text, "Defection") == ("denied", "negative", ["embassy", "Reuters"])


def test_the_negation_of_the_cue_is_not_that_of_the_statement(read):
    _, polarity, _ = stance(read, "The embassy has not said that the diplomat defected to Peru.", "Defection")
    assert polarity == "positive"


def test_police_who_refuse_to_arrest_have_arrested_nobody(read):
    assert stance(read, "Police refused to arrest Ana Ruiz.", "Arrest") == ("asserted", "negative", [])


@pytest.mark.parametrize(
    "text",
    [
        "Police arrested Ana Ruiz in Lima.",
        "Ana Ruiz, who was expected to travel to Chile, was arrested by police.",  # the prediction is another clause's
        "The report was long. Police arrested Ana Ruiz.",  # a noun that is a cue elsewhere governs nothing here
    ],
)
def test_a_cue_that_governs_something_else_leaves_the_statement_alone(read, text):
    assert stance(read, text, "Arrest") == ("asserted", "positive", [])


def test_the_cue_is_quoted_by_its_token(read):
    reading = read("The diplomat allegedly defected to Peru.")
    [happening] = reading.happenings.values()
    assert happening.stance.cue is not None
    assert reading.passages[0].parse.text[happening.stance.cue] == "allegedly"


def test_the_less_firm_modality_stays_below_a_firmer_cue():
    stance = Stance().under(Modality.RUMOURED, 3).under(Modality.REPORTED, 1)
    assert stance == Stance(Modality.RUMOURED, cue=3)
    assert Stance().under(Modality.REPORTED, 1).under(Modality.DENIED, 4) == Stance(Modality.DENIED, cue=4)


@pytest.mark.parametrize(
    "text",
    [
        "No diplomat defected to Peru.",
        "Neither Ana Ruiz nor Carlos Soto defected to Peru.",
        "Chile prevented the diplomat from defecting to Peru.",
        "It is not true that the diplomat defected to Peru.",
        "The diplomat almost defected to Peru.",
        "The diplomat failed to defect to Peru.",
        "The diplomat never defected to Peru.",
    ],
)
def test_what_did_not_happen_is_negative(read, text):
    assert stance(read, text, "Defection")[1] == "negative"


@pytest.mark.parametrize("text", ["If the diplomat defected to Peru, Chile will recall Ana Ruiz.", "It is unclear whether the diplomat defected to Peru.",
                                  "The diplomat would have defected to Peru."])  # fmt: skip
def test_what_only_may_have_happened_is_speculated(read, text):
    assert stance(read, text, "Defection")[:2] == ("speculated", "positive")
