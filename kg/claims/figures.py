"""Figures told in prose: how many of what, in which period, with the words that count.

A figure is a quantity of the text (`quantities`) together with the noun it counts and the predicate it stands
under, both read off the parse, and the time expression nearest to it in the same clause. Dates, ordinals,
ages, numbers of names ("Flight 370") and counts without exact value are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from kg import lexicon
from kg.annotation.numerals import small_number, words
from kg.annotation.parse import Parse, Passage
from kg.annotation.time_words import WORD
from kg.annotation.timex import Timex
from kg.claims import quantities
from kg.claims.clauses import chain, clause_steps, phrase, predicate, subject_of, token_at
from kg.claims.quantities import Quantity
from kg.claims.units import people

Change = Literal["increase", "decrease"]

INCREASES = set(words("increase rise growth gain jump surge climb upswing uptick upturn hike improvement"))
DECREASES = set(words("decrease fall drop decline reduction loss slump dip downturn cut downswing plunge"))
RISING = set(words("increase rise grow gain jump surge climb soar double expand improve swell advance"))
FALLING = set(words("decrease fall drop decline shrink slump dip plunge reduce cut lose slip sink contract"))
REACHING = RISING | FALLING | set(
    words(
        "reach hit total number exceed surpass top pass stand average count estimate put remain amount come go bring"
    )
)
AMOUNTS = set(words("number total toll figure population count attendance membership sum level amount tally"))
LABELS = set(
    words(
        "article section chapter page line flight resolution paragraph room number no no. phase version group office "
        "unit table figure act part level type class step item question point option route highway day week year "
        "volume issue season round stage zone grade building gate channel district ward clause rule bureau apartment"
    )
)
NUMERIC_NAMES = {"CARDINAL", "QUANTITY", "PERCENT", "MONEY", "ORDINAL"}
ANAPHORS = {"this", "that", "it", "these", "those"}
COMPARING = {"with", "to", "from", "against", "than", "versus"}
DEFINITE = {"the", "these", "those", "both", "all", "every", "each"}
AGE = re.compile(r"[\s-]+(?:years?|months?|weeks?|days?)\b|\s*-?\s*years?[\s-]old", re.IGNORECASE)
AGED = re.compile(r"\b(?:aged?|at\s+the\s+age\s+of|age\s+of|turned|per|every|#|one\s+in|out\s+of)\s*$", re.IGNORECASE)
RATIO = re.compile(rf"\s+(?:in|out\s+of|to)\s+(?:every\s+)?(?:\d{{1,2}}|{WORD})\b", re.IGNORECASE)
OWN_PERIOD = re.compile(
    r"[\s)\]—–-]*(?:[\w’'-]+[\s)\]—–-]+){0,2}(?:in|for|during|on|between|from|since|by|at|of)?\s*(?:the\s+)?$"
)
OWN_BEFORE = re.compile(
    r"(?:\s+alone)?[\s,:—–-]*(?:(?:only|just|at|as|least|most|many|few|than|more|fewer|less|some|about|around|nearly"
    r"|almost|over|roughly|another|a|an|the|total|of|further)\s+)*$",
    re.IGNORECASE,
)
MOST_STEPS = 6  # clauses between a figure and the date of a clause above it


@dataclass(frozen=True, slots=True)
class Figure:
    """A value with what it measures; evidence is the sentence, tokens are those of the passage's parse."""

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
class Count:
    """A quantity with its place in the parse."""

    quantity: Quantity
    first: int
    last: int
    top: int  # the token of the quantity that hangs outside it
    noun: int | None
    anchor: int | None


def figures(passage: Passage, timexes: Sequence[Timex]) -> list[Figure]:
    """Return the figures of a passage in order; durations are not among them (see `durations`)."""
    out: list[Figure] = []
    before: list[Figure] = []
    for first, last in passage.parse.sentences:
        found = Sentence(passage, first, last, timexes, before).figures()
        out += found
        before = found
    return out


class Sentence:
    """The reading of one sentence, with the figures of the one before it."""

    def __init__(
        self,
        passage: Passage,
        first: int,
        last: int,
        timexes: Sequence[Timex],
        before: Sequence[Figure],
    ) -> None:
        self.parse = passage.parse
        self.document = passage.document.text
        self.first, self.last = first, last
        self.start, self.end = trimmed(self.document, self.parse.idx[first], self.parse.end(last - 1))
        self.timexes = [t for t in timexes if self.start <= t.start < self.end]
        self.dates = [t for t in self.timexes if t.period]
        self.before = before

    def figures(self) -> list[Figure]:
        """Return the figures of the sentence."""
        found = list(quantities.find(self.document[self.start : self.end], offset=self.start))
        counts = [self.count(q) for q in found if q.value is not None and not self.excluded(q)]
        counts = self.shared_nouns([c for c in counts if c is not None])
        counts = [c for c in counts if self.counts(c, counts)]
        out: list[Figure] = []
        for count in counts:
            out.append(self.figure(count, out))
        return self.in_series(counts, out)

    # What a number counts

    def excluded(self, quantity: Quantity) -> bool:
        """Whether a number belongs to a time, a name, an age, a list or a footnote."""
        left = self.document[max(self.start, quantity.start - 30) : quantity.start]
        right = self.document[quantity.end : quantity.end + 30]
        if any(t.start < quantity.end and quantity.start < t.end for t in self.timexes):
            return True
        if quantity.unit is None and (AGE.match(right) or RATIO.match(right) or AGED.search(left)):
            return True
        listed = quantity.start == self.start and re.match(r"[.)]\s", right)
        footnote = left.endswith("[") and right.startswith("]")
        return bool(listed or footnote or self.in_name(quantity))

    def in_name(self, quantity: Quantity) -> bool:
        """Whether a number is part of a name; before a plural demonym it is none."""
        parse = self.parse
        for first, last, label in parse.ents:
            if parse.idx[first] <= quantity.start and quantity.end <= parse.end(last - 1):
                opens = parse.idx[first] == quantity.start and people(parse.text[last - 1])
                return label not in NUMERIC_NAMES and not (opens and last - first > 1)
        return False

    def count(self, quantity: Quantity) -> Count | None:
        """Return a quantity with the noun it counts, None for the number of a label."""
        parse = self.parse
        tokens = [
            i
            for i in range(self.first, self.last)
            if parse.idx[i] < quantity.end and quantity.start < parse.end(i)
        ]
        if not tokens:
            return None
        first, last = tokens[0], tokens[-1]
        top = next((i for i in tokens if not first <= parse.head[i] <= last), last)
        noun = self.noun(quantity, first, last, top)
        direct = noun is not None and parse.head[top] == noun > last
        if not direct and quantity.unit is None and self.is_label(first, top):
            return None
        host = first - 2 if first - 1 > self.first and parse.text[first - 1] == "(" else top
        return Count(quantity, first, last, top, noun, predicate(parse, host if noun is None else noun))

    def is_label(self, first: int, top: int) -> bool:
        """Whether a number stands behind the noun that it labels: "Article 5", "Apollo 11"."""
        parse = self.parse
        if first == self.first:
            return False
        word = parse.text[first - 1]
        capital = parse.pos[first - 1] == "PROPN" and first - 1 > self.first
        return word.lower() in LABELS or (capital and parse.head[top] in {first - 1, parse.head[first - 1]})

    def noun(self, quantity: Quantity, first: int, last: int, top: int) -> int | None:
        """Return the noun that is counted: what the number modifies, or what is "of" it."""
        parse = self.parse
        of = [c for i in range(first, last + 1) for c in parse.kids(i, "nmod") if parse.case(c) == "of" and c > last]
        if of:
            return of[0]
        head = parse.head[top]
        modifies = parse.dep[top] in {"nummod", "compound", "amod", "det", "nmod", "advmod", "dep"}
        if modifies and last < head < self.last and parse.pos[head] in {"NOUN", "PROPN", "ADJ"}:
            return self.plural_conjunct(head, quantity)
        return None if quantity.unit else self.next_noun(last)

    def plural_conjunct(self, noun: int, quantity: Quantity) -> int:
        """Return the plural that a singular shares: "two restaurant and one construction workers"."""
        parse = self.parse
        if quantity.value != 1 and parse.tag[noun] == "NN":
            plural = [c for c in parse.kids(noun, "conj") if parse.plural[c] and parse.pos[c] == "NOUN"]
            return plural[0] if plural else noun
        return noun

    def next_noun(self, last: int) -> int | None:
        """Return the plural noun that follows a number at once, where the parser lost it."""
        parse = self.parse
        for i in range(last + 1, min(last + 5, self.last)):
            word = re.match(r"[\w-]+", parse.text[i])
            glued = word is not None and word[0] != parse.text[i] and people(word[0])
            if glued or (parse.pos[i] in {"NOUN", "PROPN"} and parse.plural[i]):
                return i
            if parse.pos[i] not in {"ADJ", "PROPN", "NOUN"} and parse.text[i].lower() != "more":
                return None
        return None

    def shared_nouns(self, counts: list[Count]) -> list[Count]:
        """Give the numbers of a list the noun of its last or first member: "14, 15 and 14 people"."""
        out = list(counts)
        for group in groups_of(self.document, counts):
            named = [c for c in group if c.noun is not None]
            if not named or len(group) < 2:
                continue
            for count in group:
                if count.noun is None and count.quantity.unit in {None, named[0].quantity.unit}:
                    out[counts.index(count)] = replace(count, noun=named[0].noun, anchor=named[0].anchor)
        return out

    def counts(self, count: Count, all_counts: list[Count]) -> bool:
        """Whether a number is worth a figure: a bare one needs a predicate that takes numbers."""
        parse, quantity = self.parse, count.quantity
        written = self.document[quantity.start : quantity.number_end].lower()
        others = [c for c in all_counts if c is not count]
        if written in {"one", "a", "an"} and quantity.unit is None:
            near = any(abs(c.first - count.first) <= 6 for c in others)
            return count.noun is not None and near and people(parse.text[count.noun])
        if count.noun is not None:
            small = not written[0].isdigit() and quantity.value is not None and quantity.value < 10
            return not (small and self.definite(count.noun))
        return quantity.unit is not None or self.bare_number(count, others)

    def definite(self, noun: int) -> bool:
        """Whether a noun is known already: "the two leaders"."""
        parse = self.parse
        known = {parse.text[c].lower() for c in parse.kids(noun, "det", "det:predet")} & DEFINITE
        return bool(known or parse.kids(noun, "nmod:poss"))

    def bare_number(self, count: Count, others: list[Count]) -> bool:
        """Whether a number without noun is one: "815 fled", "reached 1,500", "compared with 705"."""
        parse, top = self.parse, count.top
        dep, head = parse.dep[top], parse.head[top]
        if parse.text[top].lower() == "one":
            return False
        if dep in {"nsubj", "nsubj:pass"}:
            return parse.pos[head] == "VERB"
        if dep in {"obj", "obl", "xcomp", "nummod", "advmod"} and parse.lemma[head] in REACHING:
            return subject_of(parse, head) is not None
        if parse.kids(top, "cop"):
            subject = subject_of(parse, top)
            return subject is not None and parse.lemma[subject] in AMOUNTS
        compared = parse.case(top) in COMPARING | {"with"} or dep in {"conj", "appos"}
        return compared and any(c.noun is not None and c.first < count.first for c in others)

    # What is said of it

    def figure(self, count: Count, earlier: Sequence[Figure]) -> Figure:
        """Return a count as a figure with measure, unit and period."""
        parse, quantity = self.parse, count.quantity
        change = self.change(count)
        last = earlier[-1] if earlier else self.before[-1] if self.before else None
        measure = self.measure(count, change, last)
        period = self.period(count, change, earlier)
        unit = quantity.unit
        if unit is None and count.noun is not None:
            unit = self.counted_in(count.noun)
        elif unit is None and last is not None:
            unit = last.unit if last.unit != "percent" else None
        return Figure(
            measure,
            quantity.value if quantity.value is not None else 0,
            unit,
            period,
            self.start,
            self.end,
            count.noun if count.noun is not None else self.told_of(count),
            count.anchor,
            quantity.approximate,
            change,
            (quantity.start, quantity.end),
        )

    def counted_in(self, noun: int) -> str | None:
        """Return "people", or the counted noun as the unit."""
        parse = self.parse
        if people(parse.text[noun]) or any(
            a <= noun < b and label == "NORP" and parse.plural[noun] for a, b, label in parse.ents
        ):
            return "people"
        return parse.text[noun].lower() if parse.pos[noun] == "NOUN" else None

    def told_of(self, count: Count) -> int | None:
        """Return the subject that a bare number tells of: "the number of arrivals reached 1,500"."""
        if count.anchor is None:
            return None
        subject = subject_of(self.parse, count.anchor)
        return subject if subject != count.top else None

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
            if parse.case(count.top) in {"", "by"} and count.noun is None and above in RISING | FALLING:
                return "increase" if above in RISING else "decrease"
        before = parse.text[count.first - 1].lower() if count.first > self.first else ""
        after = parse.text[count.last + 1].lower() if count.last + 1 < self.last else ""
        if before in {"up", "down"} and count.noun is None:
            return "increase" if before == "up" else "decrease"
        if count.quantity.unit == "percent" and after in {"more", "higher", "less", "lower", "fewer"}:
            return "increase" if after in {"more", "higher"} else "decrease"
        return None

    def measure(self, count: Count, change: Change | None, last: Figure | None) -> str:
        """Return short words for what is counted."""
        parse = self.parse
        if change:
            of = self.changed(count)
            told = of or (last.measure if last else "")
            return f"{change} in {told}" if told else change
        if count.noun is None:
            return self.bare_measure(count, last)
        noun = count.noun
        if parse.dep[noun] == "appos" and parse.lemma[parse.head[noun]] in AMOUNTS:
            noun = parse.head[noun]
        said = self.said_of(count, noun)
        if not said and not parse.kids(noun, "nmod") and last and count.anchor is None and self.before:
            return last.measure  # "The smallest number (9 people)—in 2006."
        return " ".join(part for part in (phrase(parse, noun), said) if part)

    def changed(self, count: Count) -> str:
        """Return what rose or fell: the complement of "increase in", or the verb's subject."""
        parse = self.parse
        host = count.noun if count.noun is not None else parse.head[count.top]
        for child in parse.kids(host, "nmod", "obl"):
            if parse.case(child) in {"in", "of"} and child != count.top and not self.is_date(child):
                return phrase(parse, child)
        subject = subject_of(parse, count.anchor) if count.anchor is not None else None
        if subject is None or parse.text[subject].lower() in ANAPHORS or subject == count.top:
            return ""
        return phrase(parse, subject)

    def is_date(self, token: int) -> bool:
        """Whether a token stands in a time expression."""
        return any(t.start <= self.parse.idx[token] < t.end for t in self.timexes)

    def said_of(self, count: Count, noun: int) -> str:
        """Return what the clause says of the counted: its verb, or what it is."""
        parse, anchor = self.parse, count.anchor
        if anchor is None or anchor == noun:
            subject = subject_of(parse, noun)
            return f"of {phrase(parse, subject)}" if subject is not None and subject != noun else ""
        if parse.pos[anchor] == "VERB":
            particles = [parse.text[c] for c in parse.kids(anchor, "compound:prt")]
            share = count.quantity.unit == "percent" and parse.dep[count.top] in {"obj", "obl"}
            subject = subject_of(parse, anchor) if share else None
            told = f"({phrase(parse, subject)})" if subject is not None else ""
            return " ".join(part for part in (parse.text[anchor], *particles, told) if part)
        return f"({phrase(parse, anchor)})"

    def bare_measure(self, count: Count, last: Figure | None) -> str:
        """Return the measure of a number without noun: of whom it is said, with the verb."""
        parse, anchor = self.parse, count.anchor
        host = parse.head[count.top]
        if parse.pos[host] in {"NOUN", "PROPN"} and host != count.top and not self.is_date(host):
            predicated = parse.text[anchor] if anchor is not None and anchor != host else ""
            return f"{phrase(parse, host)} {predicated}".strip()
        subject = subject_of(parse, anchor) if anchor is not None else None
        if subject is not None and subject not in {count.top, anchor} and anchor is not None:
            return f"{phrase(parse, subject)} {parse.text[anchor]}"
        if last is not None and count.quantity.unit in {None, last.unit}:
            return last.measure
        return parse.text[anchor] if anchor is not None else count.quantity.unit or "number"

    # When

    def period(self, count: Count, change: Change | None, earlier: Sequence[Figure]) -> str | None:
        """Return the period of the date that stands nearest in the clause, or that of the figure before."""
        dates = [t for t in self.dates if t.anchor] if change else self.dates
        ranked = [(self.distance(count, t), t) for t in dates]
        ranked = [r for r in ranked if r[0] is not None]
        if ranked:
            best = min(ranked, key=lambda r: r[0] or (0, 0, 0))[1]
            return self.flowing(best, count)
        if change and earlier:
            return earlier[-1].period
        if self.before and (not self.dates or change) and (change or self.elliptic()):
            return self.before[-1].period if self.anaphoric() or change else None
        return None

    def distance(self, count: Count, timex: Timex) -> tuple[int, int, int] | None:
        """Rank a date for a figure: clauses between, baseline or not, tokens between; None where it does not fit."""
        parse = self.parse
        token = token_at(parse, timex.start, timex.end, self.first, self.last)
        behind = self.document[count.quantity.end : timex.start]
        ahead = self.document[timex.end : count.quantity.start]
        own = OWN_PERIOD.fullmatch(behind) if behind else OWN_BEFORE.fullmatch(ahead)
        own = own if not re.search(r"\d", behind) else None
        gap = abs(token - count.top)
        if own:
            return (0, 0, gap)
        if not timex.anchor:
            return None
        steps = clause_steps(parse, count.anchor, token)
        if steps is None or steps > MOST_STEPS:
            return None
        above = predicate(parse, token)
        if above != count.anchor and above is not None and self.of_saying(above, token):
            return None
        return (steps, 0, gap)

    def of_saying(self, above: int, token: int) -> bool:
        """Whether a date under a verb of saying is the date of the saying: not behind "that", not "by"."""
        parse = self.parse
        inside = range(above + 1, token + 1)
        reported = any(parse.text[i].lower() in {"that", "by"} for i in inside)
        return is_speech(parse, above) and not reported

    def flowing(self, timex: Timex, count: Count) -> str | None:
        """Return a date as a period: what happens by the end of a year happens within it."""
        end = re.fullmatch(r"(\d{4})-12-31", timex.period or "")
        if not end or not timex.text.lower().startswith("by "):
            return timex.period
        around = [*([count.noun] if count.noun is not None else []), *chain(self.parse, count.top)[:2]]
        stock = any(self.parse.lemma[c] in AMOUNTS for a in around for c in [a, *self.parse.children[a]])
        return timex.period if stock else end[1]

    def elliptic(self) -> bool:
        """Whether the sentence leans on the one before: an anaphor for subject, or no verb."""
        return self.anaphoric() or not any(p == "VERB" for p in self.parse.pos[self.first : self.last])

    def anaphoric(self) -> bool:
        """Whether the sentence speaks of "this" or "it"."""
        return self.parse.text[self.first].lower() in ANAPHORS

    def in_series(self, counts: Sequence[Count], found: Sequence[Figure]) -> list[Figure]:
        """Pair "2013, 2014 and 2015" with "14, 15 and 14"."""
        out = list(found)
        spans = [(t.start, t.end) for t in self.dates]
        for group in groups_of(self.document, counts):
            for dates in runs(self.document, spans):
                if len(dates) == len(group) > 1:
                    for count, number in zip(group, dates, strict=True):
                        i = counts.index(count)
                        out[i] = replace(out[i], period=self.dates[number].period)
        return out


def is_speech(parse: Parse, token: int) -> bool:
    """Whether a predicate says that somebody speaks, so that its date is that of the saying."""
    cue = lexicon.cues().get((parse.lemma[token], "VERB"))
    return cue is not None and "source" in cue.effect


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Return offsets without the white space at both ends."""
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())


def groups_of(text: str, counts: Sequence[Count]) -> list[list[Count]]:
    """Return the lists that counts form: "14, 15 and 14"."""
    spans = [(c.quantity.start, c.quantity.end) for c in counts]
    return [[counts[i] for i in run] for run in runs(text, spans)]


def runs(text: str, spans: Sequence[tuple[int, int]]) -> list[list[int]]:
    """Return the spans that only commas and "and" separate, as lists of their indexes."""
    out: list[list[int]] = []
    for i, (start, _) in enumerate(spans):
        link = text[spans[i - 1][1] : start] if i else "."
        if re.fullmatch(r"\s*(?:,|;|,?\s*(?:and|or|&))\s*", link):
            out[-1].append(i)
        else:
            out.append([i])
    return out


def durations(passage: Passage, timexes: Sequence[Timex]) -> Iterator[Figure]:
    """Yield exact lengths of time as figures: "had lived there for ten years", "from 3 to 5 years"."""
    parse, text = passage.parse, passage.document.text
    for timex in timexes:
        found = re.fullmatch(r"PT?(\d+(?:\.\d+)?)([YMWDH])", timex.edtf or "")
        if timex.kind != "duration" or not found:
            continue
        token = token_at(parse, timex.start, timex.end, 0, len(parse))
        anchor = predicate(parse, token)
        first, last = next((a, b) for a, b in parse.sentences if a <= token < b)
        start, end = trimmed(text, parse.idx[first], parse.end(last - 1))
        unit = {"Y": "years", "M": "months", "W": "weeks", "D": "days", "H": "hours"}[found[2]]
        value = float(found[1])
        figure = Figure(
            duration_measure(parse, token, anchor),
            int(value) if value == int(value) else value,
            unit,
            None,
            start,
            end,
            None,
            anchor,
            timex.approximate,
            number=(timex.start, timex.end),
        )
        lower = re.search(r"\bfrom\s+(\S+)\s+to\s+$", text[start : timex.start])
        earlier = small_number(lower[1]) if lower else None
        if earlier is not None:
            yield replace(figure, value=int(earlier) if earlier == int(earlier) else earlier)
        yield figure


def duration_measure(parse: Parse, token: int, anchor: int | None) -> str:
    """Return what lasts: the noun that the duration is of, or the predicate with its place."""
    host = parse.head[token]
    if parse.pos[host] == "NOUN" and host > token:
        return phrase(parse, host)
    of = [c for c in parse.kids(token, "nmod") if parse.case(c) == "of"]
    if of:
        return phrase(parse, of[0])
    if anchor is None:
        return "duration"
    place = max((c for c in parse.kids(anchor, "obj", "obl") if anchor < c < token), default=None)
    if place is None:
        return parse.text[anchor]
    return " ".join(w for w in (parse.text[anchor], parse.case(place), phrase(parse, place)) if w)
