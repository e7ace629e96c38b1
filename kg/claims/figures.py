"""Figures told in prose: how many of what, in which period, with the words that count.

A figure is a count of a sentence (`counts`) with the predicate that it stands under and the time
expression that lies nearest in the clause.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from kg import lexicon
from kg.annotation.numerals import words
from kg.annotation.parse import Parse, Passage
from kg.annotation.timex import Timex
from kg.claims.clauses import chain, clause_steps, phrase, predicate, subject_of, token_at
from kg.claims.counts import (
    AMOUNTS,
    COMPARED,
    FALLING,
    MOVING,
    RISING,
    Count,
    Sentence,
    groups_of,
    runs,
)
from kg.claims.units import people

Change = Literal["increase", "decrease"]

INCREASES = set(
    words("increase rise growth gain jump surge climb upswing uptick upturn hike improvement")
)
DECREASES = set(
    words("decrease fall drop decline reduction loss slump dip downturn cut downswing plunge")
)
ANAPHORS = {"this", "that", "it", "these", "those"}
OWN_PERIOD = re.compile(  # between a number and its date: "people)—in"
    r"[\s)\]—–-]*(?:[\w’'-]+[\s)\]—–-]+){0,2}"
    r"(?:in|for|during|on|between|from|since|by|at|of)?\s*(?:the\s+)?$"
)
OWN_BEFORE = re.compile(  # between a date and its number: "alone at least"
    r"(?:\s+alone)?[\s,:—–-]*(?:(?:only|just|at|as|least|most|many|few|than|more|fewer|less|some"
    r"|about|around|nearly|almost|over|roughly|another|a|an|the|total|of|further)\s+)*$",
    re.IGNORECASE,
)
TRADED = set(words("share stock index bond"))  # what is told of them without a date is of the day of the report
BOOKED = set(
    words(
        "sale profit revenue turnover income earning loss dividend intake order margin debt export "
        "import output production cost"
    )
)
MOST_STEPS = 6  # clauses between a figure and the date of a clause above it
OWN = -1  # the rank of a date right beside a figure


@dataclass(frozen=True, slots=True)
class Figure:
    """A value with what it measures; `start` and `end` are the offsets of its sentence."""

    measure: str
    value: float | int
    unit: str | None  # "people", "percent", "USD", "kg", or the counted noun
    period: str | None  # EDTF
    start: int
    end: int
    head: int | None  # the counted noun
    anchor: int | None  # the predicate it stands under
    approximate: bool = False
    change: Change | None = None
    number: tuple[int, int] = (0, 0)  # offsets of the number with its unit


@dataclass(frozen=True, slots=True)
class Told:
    """What a number is told of."""

    measure: str
    unit: str | None
    head: int | None


def figures(passage: Passage, timexes: Sequence[Timex]) -> list[Figure]:
    """Return the figures of a passage in order; durations are not among them (see `durations`)."""
    out: list[Figure] = []
    before: list[Figure] = []
    for first, last in passage.parse.sentences:
        accounts = next((f.period for f in reversed(out) if f.period), None)
        found = Reader(passage, first, last, timexes, before, accounts).figures()
        out += found
        before = found
    return out


class Reader(Sentence):
    """A sentence read for its figures, with those of the sentence before it."""

    def __init__(
        self,
        passage: Passage,
        first: int,
        last: int,
        timexes: Sequence[Timex],
        before: Sequence[Figure],
        accounts: str | None = None,
    ) -> None:
        super().__init__(passage, first, last, timexes)
        self.accounts = accounts  # the period that the paragraph's figures were told for last
        day = passage.document.date or ""
        self.trading_day = day if len(day) == len("2025-02-13") else None
        self.dates = [t for t in self.timexes if t.period]
        self.before = before

    def figures(self) -> list[Figure]:
        """Return the figures of the sentence."""
        counts = self.counts()
        out: list[Figure] = []
        for count in counts:
            out.append(self.figure(count, out))
        return self.in_series(counts, out)

    def figure(self, count: Count, earlier: Sequence[Figure]) -> Figure:
        """Return a count as a figure with measure, unit and period."""
        quantity = count.quantity
        change = self.change(count)
        last = earlier[-1] if earlier else self.before[-1] if self.before else None
        told = self.told(count, last)
        if change:
            told = replace(told, measure=self.change_measure(count, change, told, earlier))
        return Figure(
            told.measure,
            quantity.value if quantity.value is not None else 0,
            quantity.unit or told.unit,
            self.period(count, change, earlier),
            self.start,
            self.end,
            told.head,
            count.anchor,
            quantity.approximate,
            change,
            (quantity.start, quantity.end),
        )

    def counted_in(self, noun: int) -> str | None:
        """Return "people", or the counted noun as the unit."""
        parse = self.parse
        word = re.match(r"[\w-]*", parse.text[noun])
        nation = any(a <= noun < b and label == "NORP" for a, b, label in parse.ents)
        if (word and people(word[0])) or (nation and parse.plural[noun]):
            return "people"
        return parse.text[noun].lower() if parse.pos[noun] == "NOUN" else None

    def change(self, count: Count) -> Change | None:
        """Return whether the figure is the size of a change, and its direction."""
        parse = self.parse
        noun = parse.lemma[count.noun].lower() if count.noun is not None else ""
        host = parse.head[count.top]
        named = noun or (parse.lemma[host].lower() if parse.pos[host] == "NOUN" else "")
        if count.quantity.unit == "percent" or parse.case(count.top) in {"by", "of"}:
            if named in INCREASES | DECREASES:
                return "increase" if named in INCREASES else "decrease"
            above = parse.lemma[count.anchor] if count.anchor is not None else ""
            if (
                parse.case(count.top) in {"", "by"}
                and count.noun is None
                and above in RISING | FALLING
            ):
                return "increase" if above in RISING else "decrease"
        before = parse.text[count.first - 1].lower() if count.first > self.first else ""
        after = parse.text[count.last + 1].lower() if count.last + 1 < self.last else ""
        if before in {"up", "down"} and count.noun is None:
            return "increase" if before == "up" else "decrease"
        if after in COMPARED and (count.quantity.unit == "percent" or self.than(count.last + 2)):
            return "increase" if after in {"more", "higher"} else "decrease"
        return None

    def told(self, count: Count, last: Figure | None) -> Told:
        """Return what a number measures, in which unit, and the noun it tells of."""
        parse, noun = self.parse, count.noun
        if noun is None or parse.text[noun].lower() in {"them", "us", "whom", "these"}:
            return self.bare(count, last)
        unit = self.counted_in(noun)
        if count.anchor is None and last and self.elliptic():
            return Told(last.measure, unit, noun)  # "The smallest number (9 people) in 2006."
        host = noun
        if self.in_brackets(count) and parse.lemma[parse.head[noun]] in AMOUNTS:
            host = parse.head[noun]  # "The number of arrivals (38 people)"
        said = self.said_of(count, host)
        return Told(self.joined(self.phrase(host), said), unit, noun)

    def bare(self, count: Count, last: Figure | None) -> Told:
        """Return what a number without noun measures, from its clause or the figure before."""
        parse, anchor = self.parse, count.anchor
        host = self.host(count)
        if host is not None:
            worth = "worth" if self.worth(count) is not None else self.verb(count, host)
            return Told(self.joined(self.phrase(host), worth), self.counts_people(host), host)
        subject = subject_of(parse, anchor) if anchor is not None else None
        listed = parse.dep[count.top] == "conj" and parse.pos[parse.head[count.top]] == "NUM"
        compared = listed or parse.case(count.top) in {"with", "against", "than"}
        elliptic = subject == count.top or count.noun is not None or self.role(count)
        if (
            (elliptic or compared)
            and count.quantity.unit is None
            and last
            and last.head is not None
        ):
            said = self.joined(self.phrase(last.head), self.verb(count, None))
            said = last.measure if compared else said
            return Told(said, last.unit if last.unit != "percent" else None, last.head)
        if subject is not None and subject not in {count.top, anchor}:
            said = self.joined(self.phrase(subject), self.verb(count, subject))
            return Told(said, self.counts_people(subject), subject)
        if last is not None and count.quantity.unit in {None, last.unit}:
            return Told(last.measure, last.unit, last.head)
        return Told(self.verb(count, None) or count.quantity.unit or "number", None, None)

    def host(self, count: Count) -> int | None:
        """Return the noun that a bare number is attached to: in brackets, or behind "worth"."""
        parse = self.parse
        worth = self.worth(count)
        host = worth if worth is not None else parse.head[count.top]
        if worth is None and self.in_brackets(count):
            host = count.first - 2
        fits = parse.pos[host] in {"NOUN", "PROPN"} and host not in {count.top, *self.dated}
        return host if fits and not count.first <= host <= count.last else None

    def worth(self, count: Count) -> int | None:
        """Return the noun before "worth": "goods worth nearly $500"."""
        for i in range(count.first - 1, max(self.first, count.first - 5), -1):
            if self.parse.text[i].lower() == "worth":
                return i - 1 if self.parse.pos[i - 1] in {"NOUN", "PROPN"} else None
        return None

    def verb(self, count: Count, host: int | None) -> str:
        """Return the verb of a count's clause, "" where that is no other word."""
        anchor = count.anchor
        inside = anchor is not None and count.first <= anchor <= count.last
        return "" if anchor is None or anchor == host or inside else self.parse.text[anchor]

    def phrase(self, noun: int) -> str:
        """Return a noun phrase without its dates."""
        return phrase(self.parse, noun, skip=self.dated)

    def joined(self, *parts: str) -> str:
        """Return the words that are not empty."""
        return " ".join(part for part in parts if part)

    def counts_people(self, noun: int) -> str | None:
        """Return "people" for a noun phrase that names them: "the number of visitors"."""
        return "people" if people(self.phrase(noun)) else None

    def change_measure(
        self, count: Count, change: Change, told: Told, earlier: Sequence[Figure]
    ) -> str:
        """Return what rose or fell; beside another figure, what that one measures."""
        noun = count.noun if count.noun is not None else count.top
        aside = earlier and self.parse.head[noun] != count.anchor and noun != count.anchor
        before = earlier or self.before
        changed = self.changed(count, aside=bool(aside)) or (before[-1].measure if before else "")
        return f"{change} in {changed}" if changed else change

    def in_brackets(self, count: Count) -> bool:
        """Whether a figure stands behind an opening bracket."""
        return count.first > self.first and self.parse.text[count.first - 1] == "("

    def changed(self, count: Count, *, aside: bool) -> str:
        """Return the complement of "increase in", or the object or subject of the verb."""
        parse = self.parse
        host = count.noun if count.noun is not None else parse.head[count.top]
        for child in parse.kids(host, "nmod", "obl"):
            free = child != count.top and child not in self.dated
            if parse.case(child) in {"in", "of"} and free and parse.pos[host] == "NOUN":
                return self.phrase(child)
        if aside or count.anchor is None:
            return ""
        objects = parse.kids(count.anchor, "obj")
        subject = subject_of(parse, count.anchor)
        if objects and objects[0] not in {count.top, count.noun}:
            subject = objects[0]  # "cut trade by 30 percent"
        if subject is None or parse.text[subject].lower() in ANAPHORS or subject == count.top:
            return ""
        return self.phrase(subject)

    def said_of(self, count: Count, noun: int) -> str:
        """Return what the clause says of the counted: its verb, or what it is."""
        parse, anchor = self.parse, count.anchor
        if anchor is None or anchor == noun:
            subject = subject_of(parse, noun)
            return f"of {self.phrase(subject)}" if subject is not None and subject != noun else ""
        if parse.pos[anchor] == "VERB":
            particles = [parse.text[c] for c in parse.kids(anchor, "compound:prt")]
            share = count.quantity.unit == "percent" and parse.dep[count.top] in {"obj", "obl"}
            subject = subject_of(parse, anchor) if share else None
            told = f"({self.phrase(subject)})" if subject is not None else ""
            return " ".join(part for part in (parse.text[anchor], *particles, told) if part)
        told = self.phrase(anchor)
        return f"({told})" if told and not count.first <= anchor <= count.last else ""

    # When

    def period(self, count: Count, change: Change | None, earlier: Sequence[Figure]) -> str | None:
        """Return the period of the date nearest in the clause, or that of the figure before."""
        dates = [t for t in self.dates if t.anchor] if change else self.dates
        ranked = [(rank, t) for t in dates if (rank := self.rank(count, t)) is not None]
        if self.is_former(count):
            ranked = [(rank, t) for rank, t in ranked if rank[0] == OWN]
        if ranked:
            return self.flowing(min(ranked, key=lambda r: r[0])[1], count)
        if self.is_former(count) and not self.dates and (dated := self.year_before(earlier)):
            return dated
        if change and earlier:
            return earlier[-1].period
        leans = change or (self.anaphoric() and not self.dates)
        if self.before and leans and self.before[-1].period:
            return self.before[-1].period
        subject = subject_of(self.parse, count.anchor) if count.anchor is not None else None
        topic = self.parse.lemma[subject].lower() if subject is not None else ""
        if self.dates or self.is_former(count):
            return None
        return self.trading_day if topic in TRADED else self.accounts if topic in BOOKED else None

    def is_former(self, count: Count) -> bool:
        """Whether a value is what a change began from: "fell from 10 percent to 8 in 2014"."""
        above = self.parse.lemma[count.anchor] if count.anchor is not None else ""
        return self.parse.case(count.top) == "from" and above in MOVING

    def year_before(self, earlier: Sequence[Figure]) -> str | None:
        """Return the year before that of the value which a former one became: "rose to 71 million last year from 65"."""
        year = earlier[-1].period if earlier else None
        return str(int(year) - 1) if year and re.fullmatch(r"\d{4}", year) else None

    def rank(self, count: Count, timex: Timex) -> tuple[int, int] | None:
        """Rank a date for a figure by clauses and tokens between; None where it does not fit."""
        parse = self.parse
        token = token_at(parse, timex.start, timex.end, self.first, self.last)
        behind = self.text[count.quantity.end : timex.start]
        ahead = self.text[timex.end : count.quantity.start]
        own = OWN_PERIOD.fullmatch(behind) if behind else OWN_BEFORE.fullmatch(ahead)
        gap = abs(token - count.top)
        if own and not re.search(r"\d", behind):
            return (OWN, gap)
        steps = clause_steps(parse, count.anchor, token) if timex.anchor else None
        if steps is None or steps > MOST_STEPS:
            return None
        above = predicate(parse, token)
        clause = above is not None and count.noun is not None and parse.head[above] == count.noun  # "people who asked last year"
        if above is not None and above != count.anchor and not clause and self.of_saying(above, token):
            return None
        return (steps, gap)

    def of_saying(self, above: int, token: int) -> bool:
        """Whether a date under a verb of saying is that of the saying, not behind "that"."""
        parse = self.parse
        inside = range(above + 1, token + 1)
        reported = any(parse.text[i].lower() in {"that", "by"} for i in inside)
        return is_speech(parse, above) and not reported

    def flowing(self, timex: Timex, count: Count) -> str | None:
        """Return a date as a period: what happens by the end of a year happens within it."""
        end = re.fullmatch(r"(\d{4})-12-31", timex.period or "")
        if not end or not timex.text.lower().startswith("by "):
            return timex.period
        around = [
            *([count.noun] if count.noun is not None else []),
            *chain(self.parse, count.top)[:2],
        ]
        stock = any(
            self.parse.lemma[c] in AMOUNTS for a in around for c in [a, *self.parse.children[a]]
        )
        return timex.period if stock else end[1]

    def elliptic(self) -> bool:
        """Whether the sentence leans on the one before: an anaphor for subject, or no verb."""
        return self.anaphoric() or not any(
            p == "VERB" for p in self.parse.pos[self.first : self.last]
        )

    def anaphoric(self) -> bool:
        """Whether the sentence speaks of "this" or "it"."""
        return self.parse.text[self.first].lower() in ANAPHORS

    def in_series(self, counts: Sequence[Count], found: Sequence[Figure]) -> list[Figure]:
        """Pair "2013, 2014 and 2015" with "14, 15 and 14"."""
        out = list(found)
        spans = [(t.start, t.end) for t in self.dates]
        for group in groups_of(self.text, counts):
            for dates in runs(self.text, spans):
                if len(dates) == len(group) > 1:
                    for count, number in zip(group, dates, strict=True):
                        i = counts.index(count)
                        out[i] = replace(out[i], period=self.dates[number].period)
        return out


def is_speech(parse: Parse, token: int) -> bool:
    """Whether a predicate says that somebody speaks, so that its date is that of the saying."""
    cue = lexicon.cues().get((parse.lemma[token], "VERB"))
    return cue is not None and "source" in cue.effect
