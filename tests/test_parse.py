"""One view of the parse for two label schemes: UD passes through, ClearNLP is turned into it."""

from __future__ import annotations

import pytest
import spacy
from spacy.tokens import Doc, Span
from spacy.vocab import Vocab

from kg.annotation.asides import brackets, join, split
from kg.annotation.parse import Parse, parse_of
from kg.frames import Arg, Frames

Row = tuple[str, str, str, int, str]  # word, part of speech, tag, head, label


@pytest.fixture(scope="module")
def vocab() -> Vocab:
    """A vocabulary without a model."""
    return spacy.blank("en").vocab


def doc(vocab: Vocab, rows: list[Row]) -> Doc:
    """Return a Doc annotated by hand; verbs and nouns get rough lemmas."""
    lemmas = {"was": "be", "is": "be", "were": "be", "been": "be", "has": "have", "arrested": "arrest", "gave": "give", "left": "leave"}
    return Doc(
        vocab,
        words=[r[0] for r in rows],
        pos=[r[1] for r in rows],
        tags=[r[2] for r in rows],
        heads=[r[3] for r in rows],
        deps=[r[4] for r in rows],
        lemmas=[lemmas.get(r[0], r[0].lower()) for r in rows],
    )


def slots(parse: Parse, word: str) -> set[tuple[str, str]]:
    """Return the slots of a word with the words that fill them."""
    args: list[Arg] = Frames(parse, []).arguments(parse.text.index(word))
    return {(a.slot, parse.text[a.token]) for a in args}


PASSIVE_CLEAR: list[Row] = [
    ("Ana", "PROPN", "NNP", 2, "nsubjpass"), ("was", "AUX", "VBD", 2, "auxpass"), ("arrested", "VERB", "VBN", 2, "ROOT"),
    ("by", "ADP", "IN", 2, "agent"), ("police", "NOUN", "NNS", 3, "pobj"), ("in", "ADP", "IN", 2, "prep"), ("Lima", "PROPN", "NNP", 5, "pobj"),
]  # fmt: skip
PASSIVE_UD: list[Row] = [
    ("Ana", "PROPN", "NNP", 2, "nsubj:pass"), ("was", "AUX", "VBD", 2, "aux:pass"), ("arrested", "VERB", "VBN", 2, "ROOT"),
    ("by", "ADP", "IN", 4, "case"), ("police", "NOUN", "NNS", 2, "obl:agent"), ("in", "ADP", "IN", 6, "case"), ("Lima", "PROPN", "NNP", 2, "obl"),
]  # fmt: skip
ACTIVE_CLEAR: list[Row] = [
    ("Police", "NOUN", "NNS", 1, "nsubj"), ("arrested", "VERB", "VBD", 1, "ROOT"), ("Ana", "PROPN", "NNP", 1, "dobj"),
    ("in", "ADP", "IN", 1, "prep"), ("Lima", "PROPN", "NNP", 3, "pobj"),
]  # fmt: skip
ACTIVE_UD: list[Row] = [
    ("Police", "NOUN", "NNS", 1, "nsubj"), ("arrested", "VERB", "VBD", 1, "ROOT"), ("Ana", "PROPN", "NNP", 1, "obj"),
    ("in", "ADP", "IN", 4, "case"), ("Lima", "PROPN", "NNP", 1, "obl"),
]  # fmt: skip
COPULA_CLEAR: list[Row] = [
    ("Ana", "PROPN", "NNP", 1, "nsubj"), ("is", "AUX", "VBZ", 1, "ROOT"), ("an", "DET", "DT", 3, "det"), ("envoy", "NOUN", "NN", 1, "attr"),
    ("of", "ADP", "IN", 3, "prep"), ("Chile", "PROPN", "NNP", 4, "pobj"),
]  # fmt: skip
COPULA_UD: list[Row] = [
    ("Ana", "PROPN", "NNP", 3, "nsubj"), ("is", "AUX", "VBZ", 3, "cop"), ("an", "DET", "DT", 3, "det"), ("envoy", "NOUN", "NN", 3, "ROOT"),
    ("of", "ADP", "IN", 5, "case"), ("Chile", "PROPN", "NNP", 3, "nmod"),
]  # fmt: skip
RELATIVE_CLEAR: list[Row] = [
    ("Ana", "PROPN", "NNP", 4, "nsubj"), ("who", "PRON", "WP", 2, "nsubj"), ("arrested", "VERB", "VBD", 0, "relcl"),
    ("spies", "NOUN", "NNS", 2, "dobj"), ("left", "VERB", "VBD", 4, "ROOT"),
]  # fmt: skip
RELATIVE_UD: list[Row] = [
    ("Ana", "PROPN", "NNP", 4, "nsubj"), ("who", "PRON", "WP", 2, "nsubj"), ("arrested", "VERB", "VBD", 0, "acl:relcl"),
    ("spies", "NOUN", "NNS", 2, "obj"), ("left", "VERB", "VBD", 4, "ROOT"),
]  # fmt: skip
POSSESSIVE_CLEAR: list[Row] = [
    ("Ana", "PROPN", "NNP", 2, "poss"), ("'s", "PART", "POS", 0, "case"), ("brother", "NOUN", "NN", 3, "nsubj"), ("left", "VERB", "VBD", 3, "ROOT"),
]  # fmt: skip
POSSESSIVE_UD: list[Row] = [
    ("Ana", "PROPN", "NNP", 2, "nmod:poss"), ("'s", "PART", "POS", 0, "case"), ("brother", "NOUN", "NN", 3, "nsubj"), ("left", "VERB", "VBD", 3, "ROOT"),
]  # fmt: skip
DATIVE_CLEAR: list[Row] = [
    ("Ana", "PROPN", "NNP", 1, "nsubj"), ("gave", "VERB", "VBD", 1, "ROOT"), ("Ivan", "PROPN", "NNP", 1, "dative"),
    ("a", "DET", "DT", 4, "det"), ("letter", "NOUN", "NN", 1, "dobj"),
]  # fmt: skip
DATIVE_UD: list[Row] = [
    ("Ana", "PROPN", "NNP", 1, "nsubj"), ("gave", "VERB", "VBD", 1, "ROOT"), ("Ivan", "PROPN", "NNP", 1, "iobj"),
    ("a", "DET", "DT", 4, "det"), ("letter", "NOUN", "NN", 1, "obj"),
]  # fmt: skip
TO_DATIVE_CLEAR: list[Row] = [
    ("Ana", "PROPN", "NNP", 1, "nsubj"), ("gave", "VERB", "VBD", 1, "ROOT"), ("letters", "NOUN", "NNS", 1, "dobj"),
    ("to", "ADP", "IN", 1, "dative"), ("Ivan", "PROPN", "NNP", 3, "pobj"),
]  # fmt: skip
TO_DATIVE_UD: list[Row] = [
    ("Ana", "PROPN", "NNP", 1, "nsubj"), ("gave", "VERB", "VBD", 1, "ROOT"), ("letters", "NOUN", "NNS", 1, "obj"),
    ("to", "ADP", "IN", 4, "case"), ("Ivan", "PROPN", "NNP", 1, "obl"),
]  # fmt: skip
PAIRS = {
    "passive": (PASSIVE_CLEAR, PASSIVE_UD, "arrested", {("obj", "Ana"), ("subj", "police"), ("prep:in", "Lima")}),
    "active": (ACTIVE_CLEAR, ACTIVE_UD, "arrested", {("subj", "Police"), ("obj", "Ana"), ("prep:in", "Lima")}),
    "copula": (COPULA_CLEAR, COPULA_UD, "envoy", {("cop", "Ana"), ("prep:of", "Chile")}),
    "relative": (RELATIVE_CLEAR, RELATIVE_UD, "arrested", {("subj", "Ana"), ("obj", "spies")}),
    "possessive": (POSSESSIVE_CLEAR, POSSESSIVE_UD, "brother", {("poss", "Ana")}),
    "dative": (DATIVE_CLEAR, DATIVE_UD, "gave", {("subj", "Ana"), ("iobj", "Ivan"), ("obj", "letter")}),
    "to-dative": (TO_DATIVE_CLEAR, TO_DATIVE_UD, "gave", {("subj", "Ana"), ("obj", "letters"), ("prep:to", "Ivan")}),
}


@pytest.mark.parametrize("name", PAIRS)
def test_both_schemes_give_the_same_frames(vocab, name):
    clear, ud, word, expected = PAIRS[name]
    assert slots(parse_of(doc(vocab, ud), 0), word) == expected
    assert slots(parse_of(doc(vocab, clear), 0), word) == expected


@pytest.mark.parametrize("name", PAIRS)
def test_clear_labels_become_the_ud_parse(vocab, name):
    clear, ud, _, _ = PAIRS[name]
    translated, given = parse_of(doc(vocab, clear), 0), parse_of(doc(vocab, ud), 0)
    assert translated.dep == given.dep
    assert translated.head == given.head


@pytest.mark.parametrize("name", PAIRS)
def test_ud_passes_through(vocab, name):
    rows = PAIRS[name][1]
    parse = parse_of(doc(vocab, rows), 0)
    assert parse.dep == [r[4] for r in rows]
    assert parse.head == [r[3] for r in rows]
    assert parse.tag == [r[2] for r in rows]


def test_a_passage_whose_only_clear_label_is_acomp_is_translated(vocab):
    rows: list[Row] = [("Ana", "PROPN", "NNP", 1, "nsubj"), ("was", "AUX", "VBD", 1, "ROOT"), ("absent", "ADJ", "JJ", 1, "acomp")]
    assert parse_of(doc(vocab, rows), 0).dep == ["nsubj", "cop", "ROOT"]


def test_a_predicate_adjective_takes_the_place_of_its_copula(vocab):
    rows: list[Row] = [("Ana", "PROPN", "NNP", 1, "nsubj"), ("was", "AUX", "VBD", 1, "ROOT"), ("absent", "ADJ", "JJ", 1, "acomp"),
                       ("in", "ADP", "IN", 1, "prep"), ("Lima", "PROPN", "NNP", 3, "pobj")]
    parse = parse_of(doc(vocab, rows), 0)
    assert parse.head == [2, 2, 2, 4, 2]
    assert parse.dep == ["nsubj", "cop", "ROOT", "case", "obl"]


def test_a_gerund_behind_a_preposition_is_a_clause(vocab):
    rows: list[Row] = [
        ("Ana", "PROPN", "NNP", 1, "nsubj"), ("left", "VERB", "VBD", 1, "ROOT"), ("after", "ADP", "IN", 1, "prep"), ("arresting", "VERB", "VBG", 2, "pcomp"),
        ("Ivan", "PROPN", "NNP", 3, "dobj"),
    ]  # fmt: skip
    parse = parse_of(doc(vocab, rows), 0)
    assert (parse.dep[3], parse.head[3], parse.dep[2], parse.head[2]) == ("advcl", 1, "mark", 3)


def test_offsets_are_those_of_the_document(vocab):
    parse = parse_of(doc(vocab, ACTIVE_UD), 100)
    assert parse.idx[0] == 100
    assert parse.end(1) == 100 + len("Police arrested")


def test_names_and_numbers_of_the_recogniser_are_kept(vocab):
    annotated = doc(vocab, ACTIVE_UD)
    annotated.ents = [Span(annotated, 4, 5, label="GPE")]
    parse = parse_of(annotated, 0)
    assert parse.ents == [(4, 5, "GPE")]
    assert parse.plural == [True, False, False, False, False]


# -- the view itself


def test_the_subtree_leaves_branches_out(vocab):
    parse = parse_of(doc(vocab, RELATIVE_UD), 0)
    assert parse.subtree(0) == [0, 1, 2, 3]
    assert parse.subtree(0, without=["acl:relcl"]) == [0]


def test_ancestors_end_on_a_cycle(vocab):
    parse = parse_of(doc(vocab, ACTIVE_UD), 0)
    parse.head[1] = 2
    assert list(parse.ancestors(0)) == [1, 2]


def test_reattaching_is_seen_at_once(vocab):
    parse = parse_of(doc(vocab, ACTIVE_UD), 0)
    assert parse.kids(1, "obl") == [4]
    parse.reattach(4, 2, "nmod")
    assert parse.kids(1, "obl") == []
    assert parse.kids(2, "nmod") == [4]


def test_a_possessive_is_no_preposition_but_a_fixed_one_is_whole(vocab):
    assert parse_of(doc(vocab, POSSESSIVE_UD), 0).case(0) == ""
    rows: list[Row] = [
        ("left", "VERB", "VBD", 0, "ROOT"), ("according", "VERB", "VBG", 3, "case"), ("to", "ADP", "IN", 1, "fixed"), ("Ana", "PROPN", "NNP", 0, "obl"),
    ]  # fmt: skip
    assert parse_of(doc(vocab, rows), 0).case(3) == "according to"


# -- bracketed asides


def test_an_aside_is_parsed_on_its_own_and_hangs_below_the_word_before_it(vocab):
    words = ["Ana", "(", "once", "of", "Lima", ")", "left"]
    pieces = split(Doc(vocab, words=words))
    assert [[t.text for t in d] for d in pieces.docs] == [["Ana", "left"], ["once", "of", "Lima"]]
    for piece, heads, deps in zip(pieces.docs, ([1, 1], [2, 2, 2]), (["nsubj", "ROOT"], ["advmod", "case", "ROOT"]), strict=True):
        for token, head, dep in zip(piece, heads, deps, strict=True):
            token.head, token.dep_ = piece[head], dep
    parse = join(pieces, 10)
    assert parse.text == words
    assert parse.head[0] == 6 and parse.dep[0] == "nsubj"
    assert (parse.head[4], parse.dep[4]) == (0, "parataxis")
    assert parse.idx[6] == 10 + len("Ana ( once of Lima ) ")
    assert set(parse.sent) == {0}


@pytest.mark.parametrize("text", ["Ana ( UHW ) left", "( once of Lima ) Ana left", "Ana ( once of Lima left", "Ana once of Lima ) left"])
def test_what_disturbs_nobody_is_no_aside(vocab, text):
    assert brackets(Doc(vocab, words=text.split())) == []


def test_brackets_inside_brackets_are_part_of_the_outer_aside(vocab):
    words = ["Ana", "(", "once", "(", "long", "ago", ")", "of", "Lima", ")", "left"]
    assert [t.text for t in split(Doc(vocab, words=words)).whole] == words
    assert brackets(Doc(vocab, words=words)) == [(2, 9)]
