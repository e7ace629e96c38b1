"""Time expressions: what is found, what it says, what it is read against, and what is none."""

from __future__ import annotations

import pickle

import pytest
from edtf import parse_edtf

from kg.annotation.timex import find, resolve

PUBLISHED = "2016-08-27"  # a Saturday

COMPLETE = [
    ("The treaty was signed on 18 August 2016.", "18 August 2016", "2016-08-18"),
    ("On August 18th, 2016, he resigned.", "August 18th, 2016", "2016-08-18"),
    ("Monday, 4 March 2019 was a holiday.", "Monday, 4 March 2019", "2019-03-04"),
    ("The file is dated 2016-08-18.", "2016-08-18", "2016-08-18"),
    ("Invoice of 18.08.2016, unpaid", "18.08.2016", "2016-08-18"),
    ("Sales rose in July 2016.", "July 2016", "2016-07"),
    ("It closed in 1998 for good.", "1998", "1998"),
    ("Her 2008 memoir sold well.", "2008", "2008"),
    ("2004 saw a slight increase.", "2004", "2004"),
    ("2010, which followed, was calm.", "2010", "2010"),
    ("The 2016 elections were postponed.", "2016", "2016"),
    ("Summer 2016 was hot.", "Summer 2016", "2016-22"),
    ("in the winter of 2015-16", "the winter of 2015-16", "2015-24"),
    ("Rents doubled in the 1990s.", "the 1990s", "199X"),
    ("the band of the ’80s", "80s", "198X"),
    ("in the late 1980s", "late 1980s", "198X~"),
    ("in the nineteenth century", "the nineteenth century", "18XX"),
    ("the third quarter of 2023", "the third quarter of 2023", "2023-07/2023-09"),
    ("Q3 2023 was better", "Q3 2023", "2023-07/2023-09"),
    ("in the first six months of 2016", "the first six months of 2016", "2016-01/2016-06"),
    ("the last three months of 2016", "the last three months of 2016", "2016-10/2016-12"),
    ("the second half of 2016", "the second half of 2016", "2016-07/2016-12"),
    ("the first week of July 2016", "the first week of July 2016", "2016-07-01/2016-07-07"),
    ("early 2016", "early 2016", "2016~"),
    ("in mid-July 2016", "mid-July 2016", "2016-07~"),
    ("around 1900", "around 1900", "1900~"),
    ("between 2010 and 2014", "between 2010 and 2014", "2010/2014"),
    ("from January to July 2016", "from January to July 2016", "2016-01/2016-07"),
    ("from November to March 2016", "from November to March 2016", "2015-11/2016-03"),
    ("28 July – 3 August 2016", "28 July – 3 August 2016", "2016-07-28/2016-08-03"),
    ("16-17 July 2016", "16-17 July 2016", "2016-07-16/2016-07-17"),
    ("(1892–94)", "1892–94", "1892/1894"),
    ("the season 2015/16", "2015/16", "2015/2016"),
    ("since 2006", "since 2006", "2006/.."),
    ("from 2016 onwards", "from 2016 onwards", "2016/.."),
    ("He served until 1970.", "until 1970", "../1970"),
    ("before 1 March 2012", "before 1 March 2012", "../2012-02-29"),
    ("prior to 1970", "prior to 1970", "../1969"),
    ("Not until 18 August 2016 did it emerge", "Not until 18 August 2016", "2016-08-18"),
    ("by the end of 2020", "by the end of 2020", "2020-12-31"),
]

RELATIVE = [
    ("on Aug. 18", "Aug. 18", "2016-08-18"),
    ("They met back in July.", "back in July", "2016-07"),
    ("It is due in November.", "November", "2016-11"),
    ("in December", "December", "2016-12"),
    ("during the night of 16 to 17 July", "the night of 16 to 17 July", "2016-07-16/2016-07-17"),
    ("last year", "last year", "2015"),
    ("last month", "last month", "2016-07"),
    ("last week", "last week", "2016-08-15/2016-08-21"),
    ("late last year", "late last year", "2015~"),
    ("July last year", "July last year", "2015-07"),
    ("last July", "last July", "2016-07"),
    ("last August", "last August", "2015-08"),
    ("last summer", "last summer", "2015-22"),
    ("this year", "this year", "2016"),
    ("later this year", "later this year", "2016"),
    ("the beginning of this year", "the beginning of this year", "2016-01~"),
    ("Since the beginning of this year", "Since the beginning of this year", "2016"),
    ("by the end of the year", "by the end of the year", "2016-12-31"),
    ("in the first half of the year", "the first half of the year", "2016-01/2016-06"),
    ("in the third quarter", "the third quarter", "2016-07/2016-09"),
    ("yesterday", "yesterday", "2016-08-26"),
    ("police said on Monday", "Monday", "2016-08-22"),
    ("police said on Saturday", "Saturday", "2016-08-27"),
    ("talks will resume on Tuesday", "Tuesday", "2016-08-30"),
    ("the minister said he would resign on Friday", "Friday", "2016-08-26"),
    ("next Tuesday", "next Tuesday", "2016-08-30"),
    ("two days ago", "two days ago", "2016-08-25"),
    ("ten months ago", "ten months ago", "2015-10"),
    ("up from a year earlier", "a year earlier", "2015"),
    ("in the past five years", "the past five years", "2011~/2016~"),
    ("in recent years", "recent years", None),
    ("between January and July", "between January and July", "2016-01/2016-07"),
    ("since last May", "since last May", "2016-05/.."),
]

IN_TEXT = [  # the last expression is asked for, with what it is relative to
    ("He fled on 12 July 2003. Two days later", "2003-07-14", "12 July 2003"),
    ("In 1998 he was jailed. A year later", "1999", "1998"),
    ("In May 2006 six came. Since then", "2006-05/..", "May 2006"),
    ("It opened on 3 March 2011; the following day", "2011-03-04", "3 March 2011"),
    ("1990, which followed the year", "1989", "1990"),
    ("The army fell in 1940. At the time", "1940", "1940"),
    ("On 26 August 2014 it emerged that he left in July", "2014-07", "26 August 2014"),
    ("In December 2009 they met, and in March", "2010-03", "December 2009"),
    ("From May to July 2016 it rose, not in the same period of 2015", "2015-05/2015-07", "May"),
    ("In 2012 exports fell. By the end of the year", "2012-12-31", "In 2012"),
    ("Sales fell between May and July 2009, or 3% from a year earlier", "2008-05/2008-07", "May"),
]

NONE = [
    "He may go. May I go too?",
    "They march on. March on, he said.",
    "The prime minister, Theresa May, and May again.",
    "1,276 people signed it.",
    "about 2000 people came",
    "2000 troops were sent",
    "1900 South Africans",
    "numbers rose to 1950",
    "a total of 2016",
    "Section 2016 of the Act",
    "resolutions 1718 and 1874",
    "UN resolution 1325",
    "Flight 1990 was late",
    "the second secretary of the mission",
    "call 555-2016 or +82 2 555 0100",
    "It cost $2016 and 1900 won.",
    "a 25-year-old man, 25 years old",
    "Vision 2030",
    "It happened at 2000 hours.",
    "the Sunday Times",
    "on Black Friday",
    "The year was good to the time traveller.",
    "a second opinion",
    "the fall of Rome",
    "to spring a leak",
    "on 5/6/2016, whichever way one reads it",
    "The bus seats 50, the train 1,900.",
    "the Thirty Years’ War",
]


@pytest.mark.parametrize(("text", "words", "edtf"), COMPLETE)
def test_a_complete_date_needs_no_context(text, words, edtf):
    [timex] = find(text)
    assert (timex.text, timex.edtf, timex.kind, timex.relative_to) == (words, edtf, "date", None)
    assert text[timex.start : timex.end] == words


@pytest.mark.parametrize(("text", "words", "edtf"), RELATIVE)
def test_a_relative_date_is_read_against_the_documents(text, words, edtf):
    [timex] = find(text, reference=PUBLISHED)
    assert (timex.text, timex.edtf) == (words, edtf)
    assert timex.relative_to == ("document date" if edtf else None)


@pytest.mark.parametrize(("text", "edtf", "anchor"), IN_TEXT)
def test_the_nearest_date_of_the_text_comes_first(text, edtf, anchor):
    timex = find(text, reference=PUBLISHED)[-1]
    assert timex.edtf == edtf
    assert anchor.removeprefix("In ").lower() in (timex.relative_to or "").lower()


@pytest.mark.parametrize("text", NONE)
def test_what_only_looks_like_a_date(text):
    assert find(text, reference=PUBLISHED) == []


@pytest.mark.parametrize(
    ("text", "words", "kind", "value", "approximate"),
    [
        ("for about 10 years", "10 years", "duration", "P10Y", True),
        ("two decades of war", "two decades", "duration", "P20Y", False),
        ("a ten-year sentence", "ten-year", "duration", "P10Y", False),
        ("half a year", "half a year", "duration", "P6M", False),
        ("two and a half years", "two and a half years", "duration", "P30M", False),
        ("gave him 72 hours", "72 hours", "duration", "PT72H", False),
        ("within a year", "a year", "duration", "P1Y", False),
        ("several weeks passed", "several weeks", "duration", None, True),
        ("$5 million a year", "a year", "set", "P1Y", False),
        ("twice a month", "twice a month", "set", "P1M", False),
        ("every day", "every day", "set", "P1D", False),
        ("at 3:30 p.m.", "3:30 p.m.", "time", None, False),
    ],
)
def test_durations_sets_and_times_are_no_dates(text, words, kind, value, approximate):
    [timex] = find(text, reference=PUBLISHED)
    assert (timex.text, timex.kind, timex.edtf) == (words, kind, value)
    assert timex.approximate is approximate
    assert timex.period is None


def test_every_date_is_edtf():
    for text, _, edtf in [*COMPLETE, *RELATIVE]:
        if edtf:
            assert find(text, reference=PUBLISHED)[0].edtf == str(parse_edtf(edtf))


def test_offsets_count_from_the_passage():
    [timex] = find("It ended in 1998.", offset=1000)
    assert (timex.start, timex.end) == (1012, 1016)


def test_passages_are_resolved_together():
    first, second = find("He came in May 2006."), find("Since then he has been ill.", offset=30)
    assert second[0].edtf is None
    assert [timex.edtf for timex in resolve([*first, *second], None)] == ["2006-05", "2006-05/.."]


def test_a_date_far_away_gives_way_to_the_documents():
    old = find("The company was founded in March 1987.")
    near, far = find("It moved in July.", offset=60), find("It moved in July.", offset=6000)
    assert resolve([*old, *near], PUBLISHED)[-1].edtf == "1987-07"
    assert resolve([*old, *far], PUBLISHED)[-1].edtf == "2016-07"


def test_without_a_document_date_the_latest_past_date_stands_for_it():
    text = "Opened in 1990, it burnt in June 2014. By 2030 it will stand again. Two died this year."
    timex = resolve(find(text), None)[-1]
    assert (timex.edtf, timex.relative_to) == ("2014", "June 2014")


def test_nothing_is_known_without_any_date():
    assert [t.edtf for t in find("It fell last year, on a Monday in July.")] == [None, None, None]


def test_an_expression_can_be_sent_to_another_process():
    timexes = find("two days after 3 May 2001, and by the end of the year, and since last July")
    assert pickle.loads(pickle.dumps(timexes)) == timexes
