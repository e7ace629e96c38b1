"""KnowledgeNet: passages of one to three sentences with facts of fifteen properties, as spans.

Scored as its evaluator does with overlapping spans: a fact of the tool counts only where the passage was annotated for its
property, and each mention of a thing is a fact of its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

from others.reading import Span
from others.relations import Table
from others.tally import Tally

TABLE: Table = {
    "CEO": ("ledBy", "^leads"),
    "CHILD_OF": ("childOf", "^parentOf"),
    "DATE_FOUNDED": ("Founding.patient.occurredOn",),
    "DATE_OF_BIRTH": ("bornOn",),
    "DATE_OF_DEATH": ("Death.patient.occurredOn",),
    "EDUCATED_AT": ("educatedAt",),
    "EMPLOYEE_OR_MEMBER_OF": ("employedBy", "memberOf", "affiliatedWith", "leads", "^ledBy", "playsFor", "coachOf", "postedAt"),
    "FOUNDED_BY": ("foundedBy", "^founded"),
    "HEADQUARTERS": ("headquarteredIn", "basedIn", "locatedIn"),
    "NATIONALITY": ("citizenOf",),
    "PLACE_OF_BIRTH": ("bornIn",),
    "PLACE_OF_RESIDENCE": ("livedIn", "workedIn"),
    "POLITICAL_AFFILIATION": ("memberOf>PoliticalParty", "affiliatedWith>PoliticalParty", "leads>PoliticalParty"),
    "SPOUSE": ("spouseOf", "^spouseOf"),
    "SUBSIDIARY_OF": ("ownedBy", "^owns", "partOf", "acquiredBy", "^acquired"),
}
Triple = tuple[Span, str, Span]
PRONOUNS = {
    "i", "me", "my", "mine", "we", "us", "our", "ours", "you", "your", "he", "him", "his", "himself", "she", "her", "hers",
    "herself", "it", "its", "itself", "they", "them", "their", "who", "whom", "whose", "which", "where", "that",
}


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage, the properties it was annotated for, and its facts."""

    name: str
    text: str
    annotated: frozenset[str]
    gold: frozenset[Triple]


def read(lines: str, fold: int) -> Iterator[Passage]:
    """Yield the passages of a fold."""
    for passage in map(json.loads, lines.splitlines()):
        if passage["fold"] == fold:
            gold = frozenset((tuple(t["sub_span"]), t["rel"], tuple(t["obj_span"])) for t in passage["gold"])
            yield Passage(passage["id"], passage["text"], frozenset(passage["annotated"]), gold)


def alike(first: Triple, second: Triple) -> bool:
    """Whether two facts have the same property and overlapping ends."""
    return first[1] == second[1] and overlap(first[0], second[0]) and overlap(first[2], second[2])


def overlap(first: Span, second: Span) -> bool:
    """Whether two spans have a character in common."""
    return first[0] < second[1] and second[0] < first[1]


def without_pronouns(passage: Passage) -> Passage:
    """Return a passage without the facts told of a pronoun: the passages are cut out of texts, and many never name who it stands for."""
    told = frozenset(g for g in passage.gold if not any(passage.text[slice(*end)].lower() in PRONOUNS for end in (g[0], g[2])))
    return replace(passage, gold=told)


def score(passage: Passage, found: set[Triple], prop: str | None = None) -> Tally:
    """Count the facts of a passage, of one property or of all."""
    ours = [t for t in found if t[1] in passage.annotated and prop in (None, t[1])]
    gold = [t for t in passage.gold if prop in (None, t[1])]
    right = sum(any(alike(t, g) for g in gold) for t in ours)
    got = sum(any(alike(t, g) for t in ours) for g in gold)
    return Tally(right, len(ours), got, len(gold))
