"""Figures of prose and tables: what is counted, how many, when; and numbers that count nothing."""

from __future__ import annotations

import pytest

from kg.annotation import pipeline, timex
from kg.annotation.parse import Parse, Passage
from kg.claims import quantities
from kg.claims.durations import durations
from kg.claims.figures import figures
from kg.claims.tables import table_figures
from kg.model import Block, BlockKind, Cell, Document, Table

PUBLISHED = "2016-09-01"


def document(text: str) -> Document:
    """Return a document of one paragraph."""
    blocks = (Block(0, len(text), BlockKind.PARAGRAPH),)
    return Document("d", "d.txt", "0", text, blocks, date=PUBLISHED)


def by_hand(*tokens: str) -> Passage:
    """Build a passage of one sentence from "word POS dep head [lemma]" lines."""
    rows = [[*token.split(), ""][:5] for token in tokens]
    text, idx = "", []
    for word, *_ in rows:
        text += " " if text and word not in {",", ".", ")"} and not text.endswith("(") else ""
        idx.append(len(text))
        text += word
    words = [row[0] for row in rows]
    heads = [int(row[3]) for row in rows]
    parse = Parse(
        text=words,
        lemma=[row[4] or row[0].lower() for row in rows],
        pos=[row[1] for row in rows],
        tag=[{"NUM": "CD", "NOUN": "NNS", "VERB": "VBD"}.get(row[1], "") for row in rows],
        head=heads,
        dep=[row[2] for row in rows],
        idx=idx,
        sent=[0] * len(rows),
        plural=[row[1] == "NOUN" and row[0].endswith(("s", "people")) for row in rows],
        space=[True] * len(rows),
    )
    return Passage(document(text), Block(0, len(text), BlockKind.PARAGRAPH), parse)


def read(passage: Passage):
    """Return the figures of a passage, its times resolved."""
    return figures(passage, timex.find(passage.document.text, reference=PUBLISHED))


@pytest.fixture(scope="module")
def nlp():
    return pipeline.load()


@pytest.fixture
def told(nlp):
    """Return a function from a text to its figures."""

    def tell(text: str):
        pieces = pipeline.read_text(text, nlp)
        whole = document(text)
        return read(pipeline.passage_of(pieces, whole, whole.blocks[0]))

    return tell


# Quantities


@pytest.mark.parametrize(
    ("text", "value", "unit", "approximate"),
    [
        ("1,138 visitors", 1138, None, False),
        ("$111.1 mn", 111_100_000, "USD", False),
        ("US$2 billion", 2_000_000_000, "USD", False),
        ("€3.2bn", 3_200_000_000, "EUR", False),
        ("half a million dollars", 500_000, "USD", False),
        ("5,000 South Korean won", 5000, "KRW", False),
        ("27 kilos of tea", 27, "kg", False),
        ("15.6 percent", 15.6, "percent", False),
        ("20 per cent", 20, "percent", False),
        ("76%", 76, "percent", False),
        ("over 30 thousand", 30_000, None, True),
        ("100+ guests", 100, None, True),
        ("two hundred and fifty thousand", 250_000, None, False),
        ("one hundred and twenty-three", 123, None, False),
        ("two and a half million", 2_500_000, None, False),
        ("a dozen eggs", 12, None, False),
        ("several hundred people", None, None, False),
        ("thousands of people", None, None, False),
        ("hundreds of thousands", None, None, False),
        ("three-four cases", None, None, False),
        ("10-15 men", None, None, False),
        ("3 to 5 days", None, None, False),
    ],
)
def test_a_quantity_has_value_and_unit(text, value, unit, approximate):
    quantity = next(quantities.find(text))
    assert (quantity.value, quantity.unit, quantity.approximate) == (value, unit, approximate)


@pytest.mark.parametrize(
    "text",
    ["the 70th year", "COVID-19", "G7", "an F-16", "on 3/4", "call 555 0100", "+82 2 555 0100"],
)
def test_what_is_no_quantity(text):
    assert list(quantities.find(text)) == []


# Prose, parsed by hand


SERIES = (
    *("In ADP case 1", "2010 NUM obl 9", "and CCONJ cc 3", "2011 NUM conj 1", "only ADV advmod 5"),
    *("3 NUM nummod 8", "and CCONJ cc 7", "7 NUM conj 5", "guards NOUN nsubj:pass 9"),
    *("hired VERB ROOT 9", ". PUNCT punct 9"),
)
BRACKETS = (
    *("The DET det 1", "number NOUN nsubj:pass 8", "of ADP case 3", "visitors NOUN nmod 1"),
    *("( PUNCT punct 6", "38 NUM nummod 6", "people NOUN appos 1", ") PUNCT punct 6"),
    *("peaked VERB ROOT 8", "in ADP case 10", "2008 NUM obl 8", ". PUNCT punct 8"),
)
BARE = (
    *("The DET det 1", "total NOUN nsubj 2", "reached VERB ROOT 2 reach", "1,500 NUM obj 2"),
    *("in ADP case 5", "2014 NUM obl 2", ". PUNCT punct 2"),
)
SHARED = (
    *("Two NUM nummod 1", "bar NOUN nsubj 6 bar", "and CCONJ cc 5", "one NUM nummod 5"),
    *("kitchen NOUN compound 5", "workers NOUN conj 1", "left VERB ROOT 6", ". PUNCT punct 6"),
)


@pytest.mark.parametrize(
    ("tokens", "expected"),
    [
        (SERIES, [("guards hired", 3, "people", "2010"), ("guards hired", 7, "people", "2011")]),
        (BRACKETS, [("visitors peaked", 38, "people", "2008")]),
        (BARE, [("total reached", 1500, None, "2014")]),
    ],
)
def test_a_figure_counts_a_noun_in_a_period(tokens, expected):
    found = [(f.measure, f.value, f.unit, f.period) for f in read(by_hand(*tokens))]
    assert found == expected


def test_conjoined_numbers_share_a_plural():
    passage = by_hand(*SHARED)
    passage.parse.tag[1] = "NN"
    assert [(f.value, passage.parse.text[f.head]) for f in read(passage)] == [
        (2, "workers"),
        (1, "workers"),
    ]


def test_evidence_is_the_sentence_and_tokens_are_the_parses():
    passage = by_hand(*BRACKETS)
    [figure] = read(passage)
    text = passage.document.text
    assert text[figure.start : figure.end] == text
    assert text[slice(*figure.number)] == "38"
    assert passage.parse.text[figure.head] == "people"
    assert passage.parse.text[figure.anchor] == "peaked"


# Prose, parsed by the embedded pipeline

TOLD = [
    ("The company employed 3,200 people in 2014.", [(3200, "people", "2014")]),
    ("In 2015, 1,277 refugees reached the island.", [(1277, "people", "2015")]),
    ("In 2013 alone at least 13 pilots resigned.", [(13, "people", "2013")]),
    ("Police seized 350 kilograms of cocaine.", [(350, "kg", None)]),
    ("The number of visitors reached 1.2 million last year.", [(1_200_000, "people", "2015")]),
    (
        "In 2010, 2011 and 2012 the ministry expelled 3, 7 and 12 diplomats.",
        [(3, "people", "2010"), (7, "people", "2011"), (12, "people", "2012")],
    ),
    (
        "Unemployment fell from 7.4 percent in 2013 to 5.1 percent in 2015.",
        [(7.4, "percent", "2013"), (5.1, "percent", "2015")],
    ),
    (
        "Nearly half a million refugees crossed the border between January and June 2015.",
        [(500_000, "people", "2015-01/2015-06")],
    ),
    (
        "The agency counted 705 arrivals in the same period of 2015, compared with 815 this year.",
        [(705, "arrivals", "2015"), (815, "arrivals", "2016")],
    ),
    ("Six nurses came in May 2006. Since then only 200 nurses have settled there.",
     [(6, "people", "2006-05"), (200, "people", "2006-05/..")]),
    ("More than 10,000 troops will be deployed by the end of 2018.", [(10_000, "people", "2018")]),
    ("He paid $40,000 for the flat in 2008.", [(40_000, "USD", "2008")]),
    ("Turnout was 58%.", [(58, "percent", None)]),
    ("Flight 370 carried 239 people.", [(239, "people", None)]),
    ("The war killed 20,000 people.", [(20_000, "people", None)]),
    ("The UN adopted resolution 1718 with 15 votes.", [(15, "votes", None)]),
]  # fmt: skip

SILENT = [
    "Under Article 5 the members may act.",
    "Office 39 is run by a general.",
    "Several hundred people were evacuated.",
    "A third of the voters stayed at home.",
    "It was the 70th anniversary of the party.",
    "The team won 3-1.",
    "Between 50 and 70 workers were dismissed.",
    "The court sentenced him to five years in prison.",
    "The two leaders met on 3 May.",
    "A 25-year-old man was shot.",
    "The minister, 54, was born in Lima.",
    "One in five children is poor.",
    "One official said that he had left.",
    "Call 555 0100 for details.",
    "The war began in 1914 and ended in 1918.",
    "The shells fell near posts 542 and 543.",
    "The band reached the top 50.",
]


@pytest.mark.parametrize(("text", "expected"), TOLD)
def test_a_number_is_told_with_unit_and_period(told, text, expected):
    assert [(f.value, f.unit, f.period) for f in told(text)] == expected


@pytest.mark.parametrize("text", SILENT)
def test_a_number_that_counts_nothing(told, text):
    assert told(text) == []


def test_a_change_keeps_the_period_it_speaks_of(told):
    sentences = "From January to July 2016, 815 workers left. This is a 15.6 percent increase to"
    number, change = told(f"{sentences} the similar period of 2015.")
    assert (number.period, number.change) == ("2016-01/2016-07", None)
    assert (change.value, change.unit, change.change) == (15.6, "percent", "increase")
    assert change.period == "2016-01/2016-07"


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("Exports rose 12 percent in 2019.", "increase"),
        ("Sanctions cut trade by 30 percent in 2017.", "decrease"),
        ("The population grew by 2.3 million.", "increase"),
        ("Exports rose to 12 tonnes.", None),
        ("Turnout was 12 percent.", None),
    ],
)
def test_the_size_of_a_change_tells_its_direction(told, text, change):
    [figure] = told(text)
    assert figure.change == change


def test_the_date_of_the_saying_is_not_that_of_the_figure(told):
    [figure] = told("The ministry said on Tuesday that 40 people had drowned.")
    assert figure.period is None


def test_a_sentence_without_verb_measures_what_the_one_before_did(told):
    largest, smallest = told(
        "The most visitors (38 people) came in 2008. The fewest (9 people) in 2006."
    )
    assert (largest.period, smallest.period) == ("2008", "2006")
    assert smallest.value == 9


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("She had lived in Peru for about ten years.", [(10, "years", None)]),
        (
            "In 2009 the sentence was raised from 3 to 5 years.",
            [(3, "years", "../2009"), (5, "years", "2009/..")],
        ),
        (
            "The term was extended in 1999 from three years to five.",
            [(3, "years", "../1999"), (5, "years", "1999/..")],
        ),
        ("He got a ten-year sentence.", []),
        ("He was jailed for four years.", []),
        ("After ten years of exile he came back.", [(10, "years", None)]),
        ("The crossing took nine hours.", [(9, "hours", None)]),
        ("The game lasts twenty minutes.", [(20, "minutes", None)]),
        ("They waited for 72 hours in 2004.", [(72, "hours", None)]),
        ("They waited for several years.", []),
        ("It closed two years ago.", []),
    ],
)
def test_durations_are_figures_of_their_own(nlp, text, expected):
    whole = document(text)
    passage = pipeline.passage_of(pipeline.read_text(text, nlp), whole, whole.blocks[0])
    found = durations(passage, timex.find(text, reference=PUBLISHED))
    assert [(f.value, f.unit, f.period) for f in found] == expected


# Tables


def table(*rows: str, header: bool = False, caption: str = "") -> tuple[Table, Document]:
    """Return a table of rows written "a | b", with the document that holds it."""
    text = caption + "\n" if caption else ""
    out = []
    for row in rows:
        cells = []
        for cell in row.split("|"):
            word = cell.strip()
            cells.append(Cell(word, len(text), len(text) + len(word)))
            text += word + " "
        out.append(tuple(cells))
    place = (0, len(caption)) if caption else None
    return Table(tuple(out), header, place), document(text)


def test_periods_label_the_rows():
    rows, whole = table(
        *("Prior to 1970 1 | 485", "1970-1979 | 59", "1990 | 9", "2002 | 1,138", "2003 | n/a"),
        caption="The table below summarizes the numbers of Norse settlers in Vinland.",
    )
    found = list(table_figures(rows, whole))
    assert [(f.period, f.value) for f in found] == [
        ("../1969", 485), ("1970/1979", 59), ("1990", 9), ("2002", 1138)
    ]  # fmt: skip
    assert {f.measure for f in found} == {"Norse settlers in Vinland"}
    assert {f.unit for f in found} == {"people"}
    quotes = [whole.text[start:end] for start, end in found[0].evidence]
    assert quotes[:2] == ["Prior to 1970 1", "485"]
    assert quotes[2].startswith("The table below")


def test_heads_name_measures_and_units():
    rows, whole = table(
        *("Year | Arrivals | Share (%)", "2014 | 1,276 | 12.5", "2015* | 1,277 | –"),
        *("Total | 2,553 | 100%",),
        header=True,
    )
    assert [(f.measure, f.value, f.unit, f.period) for f in table_figures(rows, whole)] == [
        ("Arrivals", 1276, None, "2014"),
        ("Share", 12.5, "percent", "2014"),
        ("Arrivals", 1277, None, "2015"),
        ("Arrivals, Total", 2553, None, None),
        ("Share, Total", 100, "percent", None),
    ]


def test_heads_may_be_the_periods_and_captions_the_scale():
    rows, whole = table(
        *("Country | 2014 | 2015", "Kenya | 1 200 | ~1,300", "Ghana | | 12"),
        header=True,
        caption="Table 2: Exports of coffee (in thousands of tonnes)",
    )
    found = list(table_figures(rows, whole))
    assert [(f.label, f.value, f.unit, f.period, f.approximate) for f in found] == [
        ("Kenya", 1_200_000, "t", "2014", False),
        ("Kenya", 1_300_000, "t", "2015", True),
        ("Ghana", 12_000, "t", "2015", False),
    ]
    assert found[0].measure == "Exports of coffee, Kenya"


def test_a_caption_dates_its_rows():
    rows, whole = table("Quarter | US$ million", "Q1 | 12.5", header=True, caption="Sales in 2020")
    [figure] = table_figures(rows, whole)
    assert figure.period == "2020-01/2020-03"


def test_a_table_set_in_two_halves():
    rows, whole = table("1990 | 9 | 1992 | 8", "1991 | 7 | 1993 | 6", caption="Refugees admitted")
    found = [(f.period, f.value) for f in table_figures(rows, whole)]
    assert found == [("1990", 9), ("1992", 8), ("1991", 7), ("1993", 6)]


@pytest.mark.parametrize(
    "cell", ["", "-", "–", "n/a", "..", "10-15", "chair", "555 0100", "many", "3 of 5"]
)
def test_a_cell_without_exact_number_is_missing(cell):
    rows, whole = table("Item | Value", f"tea | {cell}", header=True)
    assert list(table_figures(rows, whole)) == []


@pytest.mark.parametrize(
    ("cell", "value", "unit"),
    [
        ("27 kg", 27, "kg"),
        ("$1.4 million", 1_400_000, "USD"),
        ("12 people", 12, "people"),
        ("\u22125.5", -5.5, None),
        ("312*", 312, None),
        ("1,138 [2]", 1138, None),
        ("1 138", 1138, None),
    ],
)
def test_a_cell_may_carry_its_unit_or_a_footnote(cell, value, unit):
    rows, whole = table("Item | Value", f"tea | {cell}", header=True)
    [figure] = table_figures(rows, whole)
    assert (figure.value, figure.unit) == (value, unit)


def test_what_is_told_by_a_few_and_at_what_hour_counts_nothing(told):
    assert told("Two directors said so at 14.10 ($1 = 1,560 naira).") == []


def test_both_ends_of_a_fall_are_figures(told):
    assert [f.value for f in told("Attendance fell from 530 to 412.")] == [530, 412]
