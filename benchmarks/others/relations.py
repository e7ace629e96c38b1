"""Relations of a graph beside triples of somebody else's scheme.

A table names, for each property of the scheme, the relations of our ontologies that say the same: "foundedBy"; "^leads"
for the other way round; "memberOf>PoliticalParty" where the object has to be of a class; "Death.patient.occurredOn" for two
roles of an event.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kg.annotation import timex
from kg.model import Literal, MentionKind
from kg.ontology import SYMMETRIC
from others.reading import Span, Told, shared
from others.tally import Tally

Table = Mapping[str, tuple[str, ...]]
End = str | Literal
Fact = tuple[int, int, str]  # things and our relation
Triple = tuple[int, str, int]  # things and a property of the scheme
SAME_SPAN = 0.6  # share of the joint span from which two are one mention: "Russian" is not "Russian author"


@dataclass(frozen=True, slots=True)
class Said:
    """A fact of the graph in the direction of a scheme, with the properties it may stand for."""

    subject: End
    object: End
    relation: str  # as the table writes it
    properties: frozenset[str]


def said(told: Told, table: Table) -> Iterator[Said]:
    """Yield what the graph says in the terms of a scheme."""
    meanings: defaultdict[str, set[str]] = defaultdict(set)
    for prop, relations in table.items():
        for relation in relations:
            meanings[relation].add(prop)
    for relation, properties in meanings.items():
        for subject, end in dict.fromkeys(pairs(told, relation)):
            yield Said(subject, end, relation, frozenset(properties))


def pairs(told: Told, relation: str) -> Iterator[tuple[End, End]]:
    """Yield the ends that one entry of a table finds in a graph."""
    name, _, wanted = relation.removeprefix("^").partition(">")
    if "." in name:
        yield from by_event(told, *name.split("."))
        return
    for claim in told.facts:
        if claim.predicate == name and (not wanted or is_a(told, claim.object, wanted)):
            yield (claim.object, claim.subject) if relation.startswith("^") else (claim.subject, claim.object)


def is_a(told: Told, end: End, cls: str) -> bool:
    """Whether an end is an entity of a class."""
    return isinstance(end, str) and end in told.entities and cls in told.entities[end].types


def by_event(told: Told, cls: str, first: str, second: str) -> Iterator[tuple[End, End]]:
    """Yield what two roles of the events of a class are filled with."""
    roles: defaultdict[tuple[str, str], list[End]] = defaultdict(list)
    for claim in told.facts:
        if claim.predicate in (first, second) and is_a(told, claim.subject, cls):
            roles[claim.subject, claim.predicate].append(claim.object)
    for event in dict.fromkeys(e for e, _ in roles):
        yield from ((a, b) for a in roles[event, first] for b in roles[event, second])


# ---- things of the gold --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing of the gold: where it is mentioned, and when it is, if it is a date."""

    name: str
    spans: tuple[Span, ...]
    date: str | None = None  # EDTF


@dataclass(frozen=True, slots=True)
class Gold:
    """A text with things, by their number, and triples among them."""

    name: str
    text: str
    things: tuple[Thing, ...]
    triples: frozenset[Triple]
    near: frozenset[Triple] = frozenset()  # those whose ends are named in one sentence


def date_of(text: str) -> str | None:
    """Return the date that some words tell; nothing where they tell none or several."""
    found = timex.find(text)
    return found[0].edtf if len(found) == 1 else None


def same_date(first: str, second: str) -> bool:
    """Whether two dates agree as far as both go."""
    return first.startswith(second) or second.startswith(first)


class Beside:
    """A graph beside the gold of its text: each entity is the thing with which it shares most mentions.

    A role is none: the gold knows no posts, and "colonel in the Regiment of Navarre" is not the regiment.
    """

    def __init__(self, told: Told, gold: Gold) -> None:
        """Find the thing of each entity; several entities may be one thing."""
        self.told, self.gold = told, gold
        self.of: dict[str, int] = {}
        for entity in (e for e in told.entities if not is_a(told, e, "Role")):
            common = [self.common(entity, thing) for thing in gold.things]
            if any(common):
                self.of[entity] = common.index(max(common))

    def common(self, entity: str, thing: Thing) -> int:
        """Return how many mentions of an entity are mentions of a thing."""
        return sum(any(shared(span, other) >= SAME_SPAN for other in thing.spans) for span in self.told.spans(entity))

    def things(self, end: End) -> list[int]:
        """Return what an end of a claim is in the gold: one thing, all that have its date, or nothing."""
        if isinstance(end, str):
            return [self.of[end]] if end in self.of else []
        return [n for n, thing in enumerate(self.gold.things) if end.datatype == "date" and thing.date and same_date(thing.date, end.value)]

    def judged(self, table: Table) -> dict[Fact, set[Triple]]:
        """Return the facts whose ends the gold knows, with the triples that each may stand for.

        A fact and its inverse are one; what follows from another fact on the same ends, such as "affiliated with" from
        "member of", is no second fact.
        """
        found: defaultdict[Fact, set[Triple]] = defaultdict(set)
        for one in said(self.told, table):
            for head in self.things(one.subject):
                for tail in self.things(one.object):
                    if head != tail:
                        ends = (tail, head) if one.relation.startswith("^") else (head, tail)
                        fact = self.one_way(*ends, one.relation.strip("^").partition(">")[0])
                        found[fact] |= {(head, prop, tail) for prop in one.properties}
        implied = {(*sorted(f[:2]), name) for f in found for name in self.broader(f[2])}
        return {f: triples for f, triples in found.items() if (*sorted(f[:2]), f[2]) not in implied}

    def one_way(self, head: int, tail: int, name: str) -> Fact:
        """Return a fact in one of the two directions in which it can be stated."""
        known = self.told.ontology.properties.get(name)
        if known and known.inverse and known.inverse < name:
            return tail, head, known.inverse
        return (*sorted((head, tail)), name) if known and SYMMETRIC in known.traits else (head, tail, name)

    def broader(self, name: str) -> set[str]:
        """Return the relations that follow from one, each in the direction of `one_way`."""
        properties = self.told.ontology.properties
        known = [properties[n] for n in (name, properties[name].inverse if name in properties else None) if n in properties]
        parents = {p for definition in known for p in definition.parents}
        return {self.one_way(0, 1, p)[2] for p in parents}.union(*(self.broader(p) for p in parents))

    def connected(self) -> tuple[set[frozenset[int]], set[frozenset[int]]]:
        """Return the pairs of things that some claim of any kind connects, and those that take part in one event."""
        direct: set[frozenset[int]] = set()
        events: defaultdict[str, set[int]] = defaultdict(set)
        for claim in self.told.claims:
            heads, tails = self.things(claim.subject), self.things(claim.object)
            direct |= {frozenset((h, t)) for h in heads for t in tails if h != t}
            if is_a(self.told, claim.subject, "Event"):
                events[claim.subject] |= {*heads, *tails}
        return direct, {frozenset((a, b)) for group in events.values() for a in group for b in group if a != b}


@dataclass(frozen=True, slots=True)
class Relations:
    """What a graph says of one text, judged by its gold."""

    right: Sequence[Fact]
    wrong: Sequence[Fact]
    found: Sequence[Triple]  # triples of the gold that our relations can say
    missed: Sequence[Triple]
    direct: int  # triples of the gold, of any property, that some claim connects
    through: int  # or some event
    near: Tally  # recall over the triples whose ends are named in one sentence
    triples: int


def judge(beside: Beside, table: Table) -> Relations:
    """Judge facts by the gold, and the gold by the facts."""
    gold, facts = beside.gold.triples, beside.judged(table)
    right = [fact for fact, triples in facts.items() if triples & gold]
    met = {triple for triples in facts.values() for triple in triples}
    asked = sorted(t for t in gold if t[1] in table)
    direct, events = beside.connected()
    ends = [frozenset((h, t)) for h, _, t in gold]
    return Relations(
        right,
        [fact for fact in facts if fact not in right],
        [t for t in asked if t in met],
        [t for t in asked if t not in met],
        sum(pair in direct for pair in ends),
        sum(pair in direct or pair in events for pair in ends),
        Tally(got=sum(t in met and t in beside.gold.near for t in asked), wanted=sum(t in beside.gold.near for t in asked)),
        len(gold),
    )


def tally(results: Iterable[Relations]) -> Tally:
    """Add up facts and triples."""
    return sum((Tally(len(r.right), len(r.right) + len(r.wrong), len(r.found), len(r.found) + len(r.missed)) for r in results), Tally())


# ---- spans ---------------------------------------------------------------------------------------


def span_triples(told: Told, table: Table) -> set[tuple[Span, str, Span]]:
    """Return facts as KnowledgeNet writes them: each mention of the subject with each of the object."""
    out = set()
    for fact in said(told, table):
        for subject in end_spans(told, fact.subject):
            out |= {(subject, prop, end) for prop in fact.properties for end in end_spans(told, fact.object) if end != subject}
    return out


def end_spans(told: Told, end: End) -> list[Span]:
    """Return where an end is spoken of: by name or pronoun, else as it is described; a date where it is told."""
    if isinstance(end, str):
        named = list(told.spans(end, MentionKind.NAME, MentionKind.PRONOUN, MentionKind.DEMONYM))
        return named or list(told.spans(end))
    if end.datatype != "date":
        return []
    return [(t.start, t.end) for t in timex.find(told.text) if t.edtf and same_date(t.edtf, end.value)]
