"""The numbers of a sentence with what they count, read off the parse.

Not counted are the numbers of times, ages, names ("Flight 370"), lists and footnotes, ratios
("one in five"), and what is known already ("the two leaders").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from kg import lexicon
from kg.annotation.names import CALENDAR
from kg.annotation.numerals import words
from kg.annotation.parse import Passage
from kg.annotation.time_words import WORD
from kg.annotation.timex import Timex
from kg.claims import quantities
from kg.claims.clauses import predicate, subject_of
from kg.claims.quantities import Quantity
from kg.claims.units import people

RISING = set(
    words("increase rise grow gain jump surge climb soar double expand improve swell advance")
)
FALLING = set(
    words("decrease fall drop decline shrink slump dip plunge reduce cut lose slip sink contract")
)
MOVING = RISING | FALLING
REACHING = MOVING | set(
    words(
        "reach hit total number exceed surpass top pass stand average count estimate put remain "
        "amount come go bring"
    )
)
AMOUNTS = set(
    words("number total toll figure population count attendance membership sum level amount tally")
)
LABELS = set(
    words(
        "top article section chapter page line flight resolution paragraph room number no no. "
        "phase version group office unit table figure act part level type class step item question "
        "point option route highway day week year volume issue season round stage zone grade "
        "building gate channel district ward clause rule bureau apartment"
    )
)
NUMERIC_NAMES = {"CARDINAL", "QUANTITY", "PERCENT", "MONEY", "ORDINAL"}
COMPARED = {"more", "higher", "less", "lower", "fewer"}
COMPARING = {"with", "to", "from", "against", "than", "versus"}
DEFINITE = {"the", "these", "those", "both", "all", "every", "each"}
MODIFYING = {"nummod", "compound", "amod", "det", "nmod", "advmod", "dep"}
AGE = re.compile(
    r"[\s-]+(?:years?|months?|weeks?|days?|fold)\b|\s*-?\s*years?[\s-]old", re.IGNORECASE
)
BARE_AGE = re.compile(r"[,.;)]")
NUMBERED = {"phase", "article", "chapter", "section", "page", "room", "line", "type", "level", "stage", "grade", "group", "unit", "flight", "gate", "route", "version", "model", "number", "no", "act", "part", "volume", "paragraph", "platform", "terminal", "block", "apollo"}
AGED = re.compile(
    r"\b(?:aged?|at\s+the\s+age\s+of|age\s+of|turned|per|every|#|one\s+in|out\s+of)\s*$",
    re.IGNORECASE,
)
FORMER = re.compile(r"\bfrom\s+\S*\d[\d.,]*\s+to\s+$")  # "fell from 530 to"
LIST_LINK = re.compile(r"\s*(?:,|;|,?\s*(?:and|or|&))\s*")
CLOCK = re.compile(r"(?:[01]?\d|2[0-3])\.[0-5]\d")  # "at 14.10"
OUT_OF = re.compile(rf"\b(?:\d{{1,2}}|{WORD})\s+(?:in|out\s+of)\s+(?:every\s+)?$", re.IGNORECASE)  # "six in | ten"
RATIO = re.compile(rf"\s+(?:in|out\s+of|to)\s+(?:every\s+)?(?:\d{{1,2}}|{WORD})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Count:
    """A quantity with its place in the parse."""

    quantity: Quantity
    first: int
    last: int
    top: int  # the token of the quantity that hangs outside it
    noun: int | None  # what is counted
    anchor: int | None  # the predicate it stands under


class Sentence:
    """A sentence with its times and numbers."""

    def __init__(self, passage: Passage, first: int, last: int, timexes: Sequence[Timex]) -> None:
        self.parse = passage.parse
        self.text = passage.document.text
        self.first, self.last = first, last
        self.start, self.end = trimmed(self.text, self.parse.idx[first], self.parse.end(last - 1))
        self.timexes = [t for t in timexes if self.start <= t.start < self.end]
        self.dated = frozenset(
            i
            for i in range(first, last)
            if any(t.start <= self.parse.idx[i] < t.end for t in self.timexes)
        )

    def counts(self) -> list[Count]:
        """Return the numbers that count something, in order."""
        found: list[Count] = []
        label_end = -1
        for quantity in quantities.find(self.text[self.start : self.end], offset=self.start):
            if quantity.value is None or self.excluded(quantity):
                continue
            count = self.count(quantity)
            if count is None:
                continue
            goes_on = LIST_LINK.fullmatch(self.text[label_end : quantity.start])
            if (label_end >= 0 and goes_on) or self.is_label(count):
                label_end = quantity.end  # "posts 542 and 543"
            else:
                found.append(count)
        found = self.shared_nouns(found)
        kept = [c for c in found if self.tells(c, found)]
        lists = [group for group in groups_of(self.text, found) if any(c in kept for c in group)]
        return [c for c in found if c in kept or any(c in group for group in lists)]

    def excluded(self, quantity: Quantity) -> bool:
        """Whether a number belongs to a time, a name, an age, a list or a footnote."""
        left = self.text[max(self.start, quantity.start - 30) : quantity.start]
        right = self.text[quantity.end : quantity.end + 30]
        if any(t.start < quantity.end and quantity.start < t.end for t in self.timexes):
            return True
        if quantity.unit is None and (AGE.match(right) or RATIO.match(right) or AGED.search(left) or OUT_OF.search(left)):
            return True
        if quantity.unit is None and ((BARE_AGE.match(right) and self.behind_person(quantity)) or self.numbers_a_noun(quantity)):
            return True
        if CLOCK.fullmatch(self.text[quantity.start : quantity.end]) and re.search(r"\b(?:at|by|until)\s+$", left):
            return True
        if "=" in left[-3:] or "=" in right[:3]:  # an exchange rate
            return True
        listed = quantity.start == self.start and re.match(r"[.)]\s", right)
        footnote = left.endswith("[") and right.startswith("]")
        return bool(listed or footnote or self.in_name(quantity))

    def behind_person(self, quantity: Quantity) -> bool:
        """Whether a number stands between commas behind a person's name: an age."""
        parse = self.parse
        return self.text[max(0, quantity.start - 2) : quantity.start] == ", " and any(
            label == "PERSON" and parse.end(last - 1) == quantity.start - 2 for _, last, label in parse.ents)

    def numbers_a_noun(self, quantity: Quantity) -> bool:
        """Whether a number tells which and not how many: "phase 3", "Falcon 9", "Article 12"."""
        parse = self.parse
        token = next((i for i in range(self.first, self.last) if parse.idx[i] == quantity.start), None)
        if token is None or token == self.first or not parse.text[token].isdigit() or len(parse.text[token]) > 3:
            return False
        before = token - 1
        close = parse.space[before] and parse.pos[before] in {"NOUN", "PROPN"} and not parse.plural[before]
        return close and (parse.text[before].lower() in NUMBERED or (parse.pos[before] == "PROPN" and parse.head[token] != before - 1 and parse.text[before][:1].isupper()
                          and parse.text[before].rstrip(".") not in CALENDAR))

    def in_name(self, quantity: Quantity) -> bool:
        """Whether a number is part of a name; before a plural demonym it is none."""
        parse = self.parse
        for first, last, label in parse.ents:
            if parse.idx[first] <= quantity.start and quantity.end <= parse.end(last - 1):
                opens = parse.idx[first] == quantity.start and people(parse.text[last - 1])
                return label not in NUMERIC_NAMES and not (opens and last - first > 1)
        return False

    def count(self, quantity: Quantity) -> Count | None:
        """Return a quantity with its tokens and the noun it counts."""
        parse = self.parse
        inside = range(self.first, self.last)
        tokens = [
            i for i in inside if parse.idx[i] < quantity.end and quantity.start < parse.end(i)
        ]
        if not tokens:
            return None
        first, last = tokens[0], tokens[-1]
        top = next((i for i in tokens if not first <= parse.head[i] <= last), last)
        noun = self.noun(quantity, first, last, top)
        bracket = first - 1 > self.first and parse.text[first - 1] == "("
        host = first - 2 if bracket and noun is None else top if noun is None else noun
        return Count(quantity, first, last, top, noun, predicate(parse, host))

    def is_label(self, count: Count) -> bool:
        """Whether a number stands behind what it labels: "Article 5", "Apollo 11", "post 542"."""
        parse, before = self.parse, count.first - 1
        counted = count.noun is not None and count.noun > count.last
        if (
            before < self.first
            or count.quantity.unit
            or (counted and parse.head[count.top] == count.noun)
        ):
            return False
        if parse.text[before].lower() in LABELS:
            return True
        capital = parse.pos[before] == "PROPN" and before > self.first
        near = {before, parse.head[before]} if capital else {before}
        return (
            parse.pos[before] in {"NOUN", "PROPN"} and not counted and parse.head[count.top] in near
        )

    def noun(self, quantity: Quantity, first: int, last: int, top: int) -> int | None:
        """Return the noun that is counted: what the number modifies, or what is "of" it."""
        parse = self.parse
        of = [c for i in range(first, last + 1) for c in parse.kids(i, "nmod") if c > last]
        of = [c for c in of if parse.case(c) == "of"]
        if of:
            return of[0]
        if quantity.unit and re.match(r"\s+of\s", self.text[quantity.end : quantity.end + 5]):
            return self.noun_behind(last + 2)
        head = parse.head[top]
        if parse.dep[top] in MODIFYING and last < head < self.last and self.is_counted(last, head):
            return self.whole_noun(head, quantity)
        return None if quantity.unit else self.next_noun(last)

    def is_counted(self, last: int, head: int) -> bool:
        """Whether a number that ends at a token can count a noun: in one phrase, and no date."""
        parse = self.parse
        phrasal = not any(parse.pos[i] in {"ADP", "PUNCT", "VERB"} for i in range(last + 1, head))
        named = parse.pos[head] in {"NOUN", "PROPN", "ADJ"}
        return (
            phrasal
            and named
            and parse.text[head].lower() not in COMPARED
            and head not in self.dated
        )

    def noun_behind(self, first: int) -> int | None:
        """Return the head of the noun phrase that begins at a token."""
        parse, found = self.parse, None
        for i in range(first, self.last):
            if parse.pos[i] in {"NOUN", "PROPN"}:
                found = i
            elif found is not None or parse.pos[i] in {"PUNCT", "ADP", "AUX"}:
                break
        return found

    def whole_noun(self, noun: int, quantity: Quantity) -> int:
        """Return the plural that a singular belongs to: "two bar and one kitchen workers"."""
        parse = self.parse
        if quantity.value == 1 or parse.tag[noun] != "NN":
            return noun
        behind = noun + 1
        if behind < self.last and parse.pos[behind] == "NOUN" and parse.plural[behind]:
            return behind  # a compound that the parser cut in two
        plural = [c for c in parse.kids(noun, "conj") if parse.plural[c] and parse.pos[c] == "NOUN"]
        return plural[0] if plural else noun

    def next_noun(self, last: int) -> int | None:
        """Return the plural noun that follows a number at once, where the parser lost it."""
        parse = self.parse
        for i in range(last + 1, min(last + 5, self.last)):
            word = re.match(r"[\w-]+", parse.text[i])
            glued = word is not None and word[0] != parse.text[i] and people(word[0])
            if i in self.dated:
                return None
            if glued or (parse.pos[i] in {"NOUN", "PROPN"} and parse.plural[i]):
                return i
            if parse.pos[i] not in {"ADJ", "PROPN", "NOUN"} and parse.text[i].lower() != "more":
                return None
        return None

    def shared_nouns(self, counts: list[Count]) -> list[Count]:
        """Give the numbers of a list the noun of one of them: "14, 15 and 14 people"."""
        out = list(counts)
        for group in groups_of(self.text, counts):
            named = [c for c in group if c.noun is not None]
            if not named or len(group) < 2:
                continue
            for count in group:
                if count.noun is None and count.quantity.unit in {None, named[0].quantity.unit}:
                    out[counts.index(count)] = replace(
                        count, noun=named[0].noun, anchor=named[0].anchor
                    )
        return out

    def tells(self, count: Count, found: Sequence[Count]) -> bool:
        """Whether a number is worth a figure: a bare one needs a predicate that takes numbers."""
        parse, quantity = self.parse, count.quantity
        written = self.text[quantity.start : quantity.number_end].lower()
        others = [c for c in found if c is not count]
        if written in {"one", "a", "an"} and quantity.unit is None:
            beside = any(self.coordinated(count, c) for c in others)
            return count.noun is not None and beside and people(parse.text[count.noun])
        if count.noun is not None:
            small = not written[0].isdigit() and quantity.value is not None and quantity.value < 10
            return not (small and (self.definite(count.noun) or self.speaks(count.noun)))
        return quantity.unit is not None or self.bare_number(count, others)

    def coordinated(self, one: Count, other: Count) -> bool:
        """Whether two numbers are joined: "two teachers and one pupil"."""
        first, last = sorted((one.quantity, other.quantity), key=lambda q: q.start)
        link = self.text[first.end : last.start]
        return bool(re.fullmatch(r"(?:\s+[\w’'-]+){0,3},?\s+(?:and|or)\s+", link))

    def speaks(self, noun: int) -> bool:
        """Whether a noun names some who tell something: "two directors said"."""
        parse = self.parse
        cue = lexicon.cues().get((parse.lemma[parse.head[noun]].lower(), "VERB"))
        return parse.dep[noun] == "nsubj" and cue is not None and "source" in cue.effect

    def definite(self, noun: int) -> bool:
        """Whether a noun is known already: "the two leaders"."""
        parse = self.parse
        known = {parse.text[c].lower() for c in parse.kids(noun, "det", "det:predet")} & DEFINITE
        return bool(known or parse.kids(noun, "nmod:poss"))

    def bare_number(self, count: Count, others: Sequence[Count]) -> bool:
        """Whether a bare number is a figure: "815 fled", "reached 1,500", "against 705"."""
        parse, top = self.parse, count.top
        dep, head = parse.dep[top], parse.head[top]
        if parse.text[top].lower() == "one":
            return False
        while head in self.dated and parse.head[head] != head:  # "reached 1,200 last year"
            dep, head = "obj", parse.head[head]
        if self.role(count):
            return True
        if dep in {"obj", "obl", "xcomp", "nummod", "advmod"} and parse.lemma[head] in REACHING:
            return subject_of(parse, head) is not None
        if parse.kids(top, "cop"):
            subject = subject_of(parse, top)
            return subject is not None and parse.lemma[subject] in AMOUNTS
        if FORMER.search(self.text[self.start : count.quantity.start]) and others:
            return True
        compared = (
            parse.case(top) in COMPARING or dep in {"conj", "appos"} or self.than(count.last + 2)
        )
        return compared and any(c.noun is not None and c.first < count.first for c in others)

    def role(self, count: Count) -> str | None:
        """Return whether a bare number is the subject or object of a verb: "200 have left"."""
        parse, top = self.parse, count.top
        verbal = parse.pos[parse.head[top]] in {"VERB", "AUX"}
        before = parse.pos[count.first - 1] if count.first > self.first else ""
        after = parse.pos[count.last + 1] if count.last + 1 < self.last else ""
        if (parse.dep[top] in {"nsubj", "nsubj:pass"} and verbal) or after == "AUX":
            return "subject"
        return "object" if (parse.dep[top] == "obj" and verbal) or before == "VERB" else None

    def than(self, token: int) -> bool:
        """Whether a token is "than"."""
        return token < self.last and self.parse.text[token].lower() == "than"


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
        if LIST_LINK.fullmatch(link):
            out[-1].append(i)
        else:
            out.append([i])
    return out
