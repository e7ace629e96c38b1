"""The words of time, and how an expression made of them is understood.

Each builder takes a match of a pattern in `time_tables` and returns what it says, or None where the
words around it make it something else: a count, a label, a verb, a person's name.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from kg.annotation.numerals import ONES, ORDINALS, TENS, ordinal, small_number, words
from kg.annotation.periods import SEASONS, YEARS_OF, Period, at
from kg.annotation.time_exprs import (
    Expr,
    Fixed,
    Incomplete,
    MonthOf,
    Named,
    Part,
    Past,
    Reported,
    Shift,
    Value,
    Whole,
)

Builder = Callable[[re.Match[str]], Expr | None]

MONTHS = words(
    "January February March April May June July August September October November December"
)
DAYS = words("Monday Tuesday Wednesday Thursday Friday Saturday Sunday")
LETTERS = dict(
    zip(("day", "week", "month", "quarter", "year", "decade", "century"), "DWMMYYY", strict=True)
)

MON = (
    r"(?:"
    + "|".join(f"{m}|{m.upper()}" + (rf"|{m[:3]}\b\.?" if m != "May" else "") for m in MONTHS)
    + r"|Sept\b\.?)"
)
DAY = r"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?"
YEAR = r"(?:1\d|20)\d\d"
WEEKDAY = r"(?:" + "|".join(DAYS) + r")"
SEASON = r"(?:[Ss]pring|[Ss]ummer|[Aa]utumn|[Ff]all|[Ww]inter)"
TO = r"\s*(?:-|–|—|\bto\b|\buntil\b|\btill\b|\bthrough\b|\band\b)\s*"
WORD = (
    r"(?:"
    + "|".join([*reversed(ONES[1:]), *(rf"{t}(?:[ -](?:{'|'.join(ONES[1:10])})\b)?" for t in TENS)])
    + r")"
)
COUNT = rf"(?:\d+(?:\.\d+)?|{WORD}|half an?|an?|a couple of|a dozen)(?: and a half)?"
VAGUE = r"(?:several|many|some|a few|few|recent|a number of|countless)"
UNIT = r"(?:day|week|month|quarter|year|decade|century)"
UNITS = r"(?:days?|weeks?|months?|quarters?|years?|decades?|century|centuries)"
PLURAL = r"(?:days|weeks|months|quarters|years|decades|centuries)"
SHORT = r"(?:seconds?|minutes?|hours?)"
ORD = r"(?:" + "|".join(ORDINALS[1:13]) + r"|1st|2nd|3rd|4th)"
PART_OF_DAY = r"(?:\s+(?:morning|afternoon|evening|night))?"
LEFT = r"\b(?:(?<=[Mm]id-)|(?<=[Pp]re-)|(?<=[Pp]ost-)|(?<![\w$€£¥#@/])(?<!\w[-’'])(?<!\d[.,:]))"
RIGHT = r"(?![\w%$€£]|[.,:/]\d|['’]\d)"


def before(m: re.Match[str]) -> str:
    """Return what stands before a match, as far as it matters."""
    return m.string[max(0, m.start() - 160) : m.start()]


def after(m: re.Match[str]) -> str:
    """Return what stands behind a match, as far as it matters."""
    return m.string[m.end() : m.end() + 60]


def sentence_before(text: str) -> str:
    """Return what stands before in the same sentence, as far as it matters."""
    return re.split(r"(?<=[.!?])\s", text[-160:])[-1]


def month_number(word: str) -> int:
    """Return 1 to 12 for a month in any of its spellings."""
    short = word.lower()[:3]
    return next(i for i, month in enumerate(MONTHS, 1) if month.lower().startswith(short))


def whole(unit: str) -> str:
    """Return the singular of a unit."""
    return "century" if unit.lower().startswith("centur") else unit.lower().rstrip("s")


# Dates


def dated(month: int, first: str | None, last: str | None, year: str | None) -> Expr | None:
    """Return a month, a day or days, with a year or without."""
    days = [int(re.sub(r"\D", "", day)) for day in (first, last) if day]
    expr = Incomplete(month, days[0] if days else None, days[-1] if days else None)
    if year is None:
        return expr if expr.of(2000) else None
    period = expr.of(int(year))
    return Fixed(period) if period else None


def full_date(m: re.Match[str]) -> Expr | None:
    """Read a day of a month, or days, in either order."""
    return dated(month_number(m["month"]), m["first"], m["last"], m["year"])


def month_and_year(m: re.Match[str]) -> Expr | None:
    """Read "July 2016"."""
    return dated(month_number(m["month"]), None, None, m["year"])


def iso_date(m: re.Match[str]) -> Expr | None:
    """Read 2016-08-18."""
    return dated(int(m["b"]), m["c"], None, m["a"]) if 1 <= int(m["b"]) <= 12 else None


def numeric_date(m: re.Match[str]) -> Expr | None:
    """Read 18.08.2016 and 8/18/2016; of 5/6/2016 nobody knows which is the day."""
    first, second = int(m["a"]), int(m["b"])
    if m["sep"] == "/" and first <= 12 and second <= 12 and first != second:
        return None
    day, month = (second, first) if second > 12 else (first, second)
    return dated(month, str(day), None, m["c"]) if 1 <= month <= 12 and day else None


MONTH_CUE = re.compile(
    r"(?:\b(?:[Ii]n|[Ss]ince|[Uu]ntil|[Tt]ill|[Dd]uring|[Ee]arly|[Mm]id|[Ll]ate|[Tt]his|[Bb]y|[Ff]rom|to|[Bb]efore"
    r"|[Aa]fter|of|through|throughout)\s+|[Mm]id-)$"
)
MONTH_NEXT = re.compile(rf"{TO}(?:{MON}|mid|early|late)\b")
MONTH_LAST = re.compile(rf"\b{MON}(?:,|{TO}|\s+or\s+)$")
OTHER_SENSE = {"March", "May", "April", "June", "August", "Jan", "Mar"}  # verbs and given names


def month_alone(m: re.Match[str]) -> Expr | None:
    """Read a month without day and year, but for a verb, a modal or a person's name."""
    left, right, word = before(m), after(m), m[0].title()
    if re.match(r"(?:’s|'s)?\s+(?:\d|Madness\b|Day\b)|-\w", right):
        return None
    cued = MONTH_CUE.search(left) or MONTH_NEXT.match(right) or MONTH_LAST.search(left)
    if not cued and (word in OTHER_SENSE or named(left)):
        return None
    if word in OTHER_SENSE and is_person(m[0], m.string):
        return None
    return Incomplete(month_number(word))


def named(left: str) -> bool:
    """Whether a capitalised word stands before that does not open its sentence."""
    return bool(re.search(r"[^.!?\s]\s+[A-Z][\w’']*\s+$", left))


def is_person(word: str, text: str) -> bool:
    """Whether a text has the word as a surname somewhere: "Theresa May"."""
    cue = (
        "In|Since|Until|By|Last|This|Next|During|From|To|Before|After|Between|Early|Late|Mid|On|And"
    )
    return bool(re.search(rf"\b(?!(?:{cue})\b)[A-Z][a-z]+\.? {word}\b(?!\s*\d)", text))


NOT_YEAR = re.compile(
    r"(?:\b(?:sections?|articles?|resolutions?|paragraphs?|chapters?|pages?|pp?\.|no\.|nos\.|numbers?"
    r"|flights?|routes?|rooms?|units?|offices?|bureaus?|models?|highways?|items?|orders?|acts?|laws?"
    r"|decrees?|bills?|rules?|tel\.?|phone|telephone|fax|extension|ext\.|box|code|class|version|lot"
    r"|channel|case|boeing|airbus|iso|euro)\s*(?:\d+(?:,|\s+and|\s+or|\s*[-–]|,\s+and)\s*)*"
    r"|\b(?:total|number|sum|fleet|force|crowd|group|maximum|minimum|average|peak|cost|price|population"
    r"|some|nearly|over|almost|than|least|most|only|just|approximately|roughly|about|another|these|those"
    r"|exactly)\s+(?:of\s+)?"
    r"|\b(?:rose|fell|grew|increased|dropped|declined|climbed|risen|fallen|grown|reach(?:ed|es)?|hit"
    r"|exceed(?:s|ed)?|surpassed|totall?ed|numbered|up|down)\s+(?:(?:to|by)\s+)?)$",
    re.IGNORECASE,
)
UNIT_NEXT = re.compile(
    r"\s*(?:%|(?:percent|per|hours?|GMT|UTC|local time|won|yuan|yen|baht|km|kg|tons?|tonnes?"
    r"|meters?|metres?|miles?|feet|square|dollars?|euros?|rou?bles?|pounds?|mm|times|dead|million"
    r"|billion|thousand|or so|kilo\w*|\w+ (?:Avenue|Street|Road|Boulevard))\b)"
)
COUNTED_NEXT = re.compile(
    r"\s+(?:(?:more|other|additional|such|new|North|South|East|West)\s+)*(?:[A-Z][a-z]+\s+)?"
    r"(?:people|persons|men|women|children|police|personnel|staff|troops"
    r"|(?!(?:was|has|is|as|this|its|his|thus|yes|us|less|plus|versus|unless|perhaps|onwards|always|across"
    r"|besides|towards|sees|marks)\b)[a-zA-Z]{2,}s)\b"
)
STRONG = re.compile(
    r"(?:\b(?:in|since|during|the|this|until|till|its|their|his|her|early|late|mid|year|of|end|circa|ca\."
    r"|c\.|winter|spring|summer|autumn|fall|between|season)\s+|[’']s\s+|\bmid-|\bpre-|\bpost-|\()$",
    re.IGNORECASE,
)
LINKED = re.compile(
    r"(?:\b(?:by|before|after|from|to|through|and|or|for|than|per|around|about|late|early|throughout|on|with)"
    rf"\s+|{YEAR}(?:,\s*|,?\s+(?:and|or|to)\s+|\s*[-–—]\s*)|{MON},?\s+)$",
    re.IGNORECASE,
)
FREE_NEXT = re.compile(
    r"\s*(?:$|[.,;:)(\]!?…\"”—–-]|\s(?:was|were|is|has|had|saw|will|would|when|in|to|and|or|as|at|by|for|with"
    r"|on|marked|brought|which|after|before|alone|also|it|the|an?|he|she|they|we|his|her|its|their|there|but"
    r"|that|sees|marks)\b)"
)
NUMBER_NEXT = re.compile(rf"\s*(?:to|-|–|and|or)\s*(?!{YEAR}\b|\d\d\b|\d+(?:\.\d+)?\s?%)\d")


def year_alone(m: re.Match[str]) -> Expr | None:
    """Read four digits as a year, unless what stands around makes them a count or a label."""
    left, right, year = before(m), after(m), int(m[0])
    if NOT_YEAR.search(left) or UNIT_NEXT.match(right):
        return None
    if STRONG.search(left):
        return Fixed(at(year))
    if COUNTED_NEXT.match(right) or NUMBER_NEXT.match(right):
        return None
    label = re.search(r"\b[A-Z][\w’'-]*\s+$", left)
    free = year >= 1800 and FREE_NEXT.match(right) and not label
    return Fixed(at(year)) if LINKED.search(left) or free else None


def year_range(m: re.Match[str]) -> Expr | None:
    """Read 2010-2014, 2010-14 and 2015/16; 2016-08 is a month."""
    first, last = int(m["a"]), int(m["a"][: 4 - len(m["b"])] + m["b"])
    if NOT_YEAR.search(before(m)) or UNIT_NEXT.match(after(m)):
        return None
    if last > first:
        return Fixed(Period((first,), (last,)))
    month = int(m["b"]) if m["sep"] == "-" and len(m["b"]) == 2 else 0
    return Fixed(at(first, month)) if 1 <= month <= 12 else None


def decade(m: re.Match[str]) -> Expr:
    """Read "the 1990s", "the '90s", "the nineties"."""
    word = m["word"]
    year = 1920 + 10 * TENS.index(word.lower()[:-3] + "y") if word else int(m["digits"])
    year += 1900 if year < 100 else 0
    return Fixed(Period((year,), (year + 9,), form=f"{year // 10}X"))


def century(m: re.Match[str]) -> Expr | None:
    """Read "the 19th century"; before Christ it has no simple EDTF."""
    number = ordinal(m["n"])
    if m["bc"] or not 1 <= number <= 21:
        return None
    return Fixed(Period((100 * (number - 1),), (100 * number - 1,), form=f"{number - 1:02d}XX"))


def season(m: re.Match[str]) -> Expr | None:
    """Read a season with its year, or one that a word before it makes a date."""
    code = SEASONS[m["season"].lower()]
    if m["year"]:
        return Fixed(at(int(m["year"][:4]), code))
    if m["way"]:
        return Named(code, way=direction(m["way"]))
    return Incomplete(code) if m["cue"] is not None else None


def labelled_part(m: re.Match[str]) -> Expr:
    """Read "Q3 2023", "H1", "2020 Q1"."""
    year = Fixed(at(int(m["year"]))) if m["year"] else Whole("year")
    return Part("quarter", year, int(m["q"])) if m["q"] else Part("half", year, int(m["h"]))


def plain_quarter(m: re.Match[str]) -> Expr:
    """Read "in the third quarter"."""
    return Part("quarter", Whole("year"), ordinal(m["n"]))


def reported_part(m: re.Match[str]) -> Expr:
    """Read "fourth-quarter", "first-half", "full-year" before a figure."""
    if not m["n"]:
        return Reported(12, 1)
    return Reported(3 if m["part"].lower() == "quarter" else 6, ordinal(m["n"]))


# Dates that are told from another date


def direction(word: str) -> int:
    """Return -1 for "last", 1 for "next", 0 for "this"."""
    ways = {"last": -1, "past": -1, "previous": -1, "preceding": -1, "before": -1}
    ways |= {"next": 1, "coming": 1, "following": 1, "after": 1}
    return ways.get(word.lower(), 0)


def relative_unit(m: re.Match[str]) -> Expr:
    """Read "last year", "this month", "next week"."""
    return Shift(whole(m["unit"]), direction(m["way"] or m["next"]), deictic=True)


def neighbour(m: re.Match[str]) -> Expr:
    """Read "the following day", "the year before"."""
    return Shift(whole(m["unit"]), direction(m["way"]), deictic=False)


def relative_name(m: re.Match[str]) -> Expr:
    """Read "last July", "this Monday"."""
    way = direction(m["way"])
    if m["name"] in DAYS:
        return Named(None, DAYS.index(m["name"]), way)
    return Named(month_number(m["name"]), way=way)


def month_of_year(m: re.Match[str]) -> Expr:
    """Read "July last year", "12 July of this year"."""
    year = Shift("year", direction(m["way"].rsplit(maxsplit=1)[-1]), deictic=True)
    return MonthOf(month_number(m["month"]), int(m["first"]) if m["first"] else None, year)


COMING = re.compile(
    r"\b(?:will|shall|(?:is|are) expected|due|scheduled|plans|planned for|going to|(?:is|are) to)\b"
    r"(?!.*\b(?:said|told|announced|reported|wrote|added)\b)[^.]*$"
)
DAY_NAME = re.compile(
    r"\b(?:Black|Good|Bloody|Ash|Palm|Easter|Super|Fat|Holy|Cyber|Mail on|Man|The)\s+$"
)
DAY_TITLE = re.compile(
    r"\s+(?:Times|Telegraph|Mail|Mirror|Express|Agreement|Night|Morning|Post|Herald|Review)\b"
)


def weekday(m: re.Match[str]) -> Expr | None:
    """Read a day of the week: the last one in news, the coming one behind words of the future."""
    if DAY_NAME.search(before(m)) or DAY_TITLE.match(after(m)):
        return None
    coming = COMING.search(sentence_before(before(m)))
    return Named(None, DAYS.index(m["day"]), 1 if coming else 0)


def day_word(m: re.Match[str]) -> Expr:
    """Read "yesterday", "today", "tomorrow"."""
    return Shift("day", {"yesterday": -1, "tomorrow": 1}.get(m[1].lower(), 0), deictic=True)


def ago(m: re.Match[str]) -> Expr:
    """Read "two weeks ago"."""
    return away(whole(m["unit"]), small_number(m["count"]), -1, deictic=True)


def later(m: re.Match[str]) -> Expr:
    """Read "a year earlier", "two days later"."""
    sign = -1 if m["way"].lower() in {"earlier", "before", "previously", "prior"} else 1
    return away(whole(m["unit"]), small_number(m["count"]), sign, deictic=False)


def away(unit: str, count: float | None, sign: int, *, deictic: bool) -> Expr:
    """Return a shift by some units; weeks and decades are counted in days and years, loosely."""
    if count is None:
        return Past(unit, None)
    if unit == "week":
        return Shift("day", sign * count * 7, deictic, loose=True)
    if unit in {"decade", "century"}:
        return Shift("year", sign * count * YEARS_OF[unit], deictic, loose=True)
    return Shift(unit, sign * count, deictic)


def past_units(m: re.Match[str]) -> Expr:
    """Read "the past five years", "the last decade", "recent months"."""
    count = small_number(m["count"]) if m["count"] else None
    if count is None and not m["unit"].endswith("s"):
        count = 1
    return Past(whole(m["unit"]), count, ahead=direction(m["way"]) > 0)


# Durations, rates, times of day

DURATION_CUE = re.compile(
    r"\b(?:for|within|in|after|over|than|of|about|nearly|almost|around|under|by|lasted?|spent|spend|to|every"
    r"|with|least|most|took|takes?|throughout|only|just|exactly|another)\s+$"
)
RATE_CUE = re.compile(
    r"\b(?:twice|once|times|million|billion|thousand|percent|dollars|euros|won|yuan|each|\w*\d)\s+$|[%\d]\s*$",
    re.IGNORECASE,
)
ABOUT = re.compile(
    r"\b(?:about|around|nearly|almost|roughly|approximately|some|over|more than"
    r"|at least|up to|less than)\s+$",
    re.IGNORECASE,
)


def duration(m: re.Match[str]) -> Expr | None:
    """Read "ten years", "half a year", "a ten-year": not an age, and no rate."""
    left = before(m)
    if re.match(r"[\s-]+(?:olds?\b|of age\b)", after(m)) or re.search(r"\bat\s+$", left):
        return None
    if m["unit"].istitle() or (m["unit"] == "second" and m["count"] in {"a", "A"}):
        return None  # a title or a name; "a second opinion"
    if m["count"].lower() in {"a", "an"} and not DURATION_CUE.search(left):
        return Value("set", iso_duration(1, m["unit"])) if RATE_CUE.search(left) else None
    count = small_number(m["count"])
    return Value("duration", iso_duration(count, m["unit"]), bool(ABOUT.search(left)))


def year_and_a_half(m: re.Match[str]) -> Expr:
    """Read "a year and a half"."""
    return Value("duration", iso_duration(1.5, m["unit"]))


def several(m: re.Match[str]) -> Expr:
    """Read "several years", "decades": a duration of no known length."""
    return Value("duration", None, True)


def every(m: re.Match[str]) -> Expr:
    """Read "every year", "twice a month"."""
    return Value("set", iso_duration(1, m["unit"]))


def iso_duration(count: float | None, unit: str) -> str | None:
    """Return an ISO 8601 duration, None where the number is vague: half a year is six months."""
    if count is None:
        return None
    unit = whole(unit)
    if unit in {"second", "minute", "hour"}:
        hours = unit == "hour" and count != int(count)
        return f"PT{60 * count:g}M" if hours else f"PT{count:g}{unit[0].upper()}"
    size = {"decade": 10, "century": 100, "quarter": 3}.get(unit, 1) * count
    if LETTERS[unit] == "Y" and size != int(size) and size * 12 == int(size * 12):
        return f"P{size * 12:g}M"
    return f"P{size:g}{LETTERS[unit]}"
