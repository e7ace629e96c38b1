"""Which properties of the ontology say the same as a relation of the gold, by name, label and structure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property

from kg.ontology import Ontology, Shortcut
from kg.score.values import stems

COUNTS = frozenset({"count-of", "percent-change", "share-of"})  # relations whose object is a figure
ROLES = frozenset({"held-role", "will-hold-role"})  # relations whose object may be told shorter or longer
STATES = frozenset({"is-a", "known-as", "has-name"})  # relations that types and labels of an entity tell
AUXILIARIES = frozenset({"has", "have", "had", "is", "was", "were", "will"})
KINDS = {  # types of the gold and top classes of the core, as kinds
    **dict.fromkeys(("Person",), "person"),
    **dict.fromkeys(("Group", "PersonGroup"), "group"),
    **dict.fromkeys(("Organization", "GovernmentBody", "DiplomaticMission", "PoliticalParty", "MediaOutlet"), "body"),
    **dict.fromkeys(("Place", "City", "Country", "Region"), "place"),
    **dict.fromkeys(("Event",), "event"),
    **dict.fromkeys(("Role",), "role"),
    **dict.fromkeys(("Publication", "Work"), "work"),
}
NAMED = frozenset({"person", "body", "place"})


def kinds(types: Iterable[str]) -> frozenset[str]:
    """Return the kinds of some types; nothing for a type that is unknown."""
    return frozenset(KINDS[t] for t in types if t in KINDS)


def words(name: str) -> list[str]:
    """Split a camelCase or hyphenated name into lower-case words."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[-_]", " ", name).casefold().split()


@cache
def key(name: str) -> str:
    """Return one form for all spellings: hasParticipant and has-participant are "particip", orderedBy is "order by"."""
    found = words(name)
    while len(found) > 1 and found[0] in AUXILIARIES:
        found.pop(0)
    return " ".join(stem(w) for w in found)


def stem(word: str) -> str:
    """Cut the endings of verbs and plurals: crude, and the same on both sides."""
    for ending in ("ing", "ies", "ied", "ed", "es", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            return re.sub(r"([b-df-hj-np-tv-z])\1$", r"\1", word[: -len(ending)])
    return word


@dataclass(frozen=True, slots=True)
class Accepted:
    """What counts as one relation of the gold: credit by key as it stands and with its ends swapped, and events."""

    forward: Mapping[str, float]
    backward: Mapping[str, float]
    events: tuple[Shortcut, ...]


class Relations:
    """The ontology, ready for look-ups."""

    def __init__(self, ontology: Ontology) -> None:
        """Take the properties by key of name and label, with those below them."""
        self.ontology = ontology
        self.known: dict[str, set[str]] = {}
        self.below: dict[str, set[str]] = {}
        self.cached: dict[str, Accepted] = {}
        for name, definition in ontology.properties.items():
            for spelling in (name, definition.label):
                self.known.setdefault(key(spelling), set()).add(name)
            for parent in definition.parents:
                self.below.setdefault(parent, set()).add(name)
        self.role_keys = {key(role) for s in ontology.shortcuts for role in (s.subject, s.object)} | {
            key(name) for parent in ("participant",) for name in {parent, *self.descendants(parent)}
        }

    def descendants(self, name: str) -> set[str]:
        """Return the properties below one."""
        found = set(self.below.get(name, ()))
        return found.union(*(self.descendants(child) for child in found))

    def accepted(self, relation: str) -> Accepted:
        """Return what says the same as a relation; a broader property has half credit."""
        if relation not in self.cached:
            self.cached[relation] = self.derive(key(relation))
        return self.cached[relation]

    def derive(self, relation: str) -> Accepted:
        """Work out what counts, from names, labels, sub- and superproperties, inverses and shortcuts."""
        same = set(self.known.get(relation, ()))
        full = same.union(*(self.descendants(name) for name in same))
        broader = {parent for name in same for parent in self.ontology.properties[name].parents}
        forward = {key(n): 0.5 for n in broader} | {key(n): 1.0 for n in full} | {relation: 1.0}
        backward = {key(n): 0.5 for n in self.inverses(broader)} | {key(n): 1.0 for n in self.inverses(full)}
        backward |= {k: 1.0 for k in converses(relation) if k not in forward}
        events = tuple(s for s in self.ontology.shortcuts if s.relation in full)
        return Accepted(forward, backward, events)

    def inverses(self, names: Iterable[str]) -> set[str]:
        """Return the inverses of properties."""
        found = (self.ontology.properties[n].inverse for n in names if n in self.ontology.properties)
        return {name for name in found if name}

    def families(self, phrases: Iterable[str]) -> frozenset[str]:
        """Return the classes of events whose names, labels or nouns share a stem with some phrases."""
        told = frozenset[str]().union(*(stems(" ".join(words(p))) for p in phrases))
        return frozenset(name for name, mine in self.event_stems.items() if told & mine)

    @cached_property
    def event_stems(self) -> Mapping[str, frozenset[str]]:
        """The stems of each class of events save the topmost."""
        classes = {n: c for n, c in self.ontology.classes.items() if self.ontology.is_event(n) and n != "Event"}
        return {name: stems(" ".join([*words(name), *words(c.label), *c.nouns])) for name, c in classes.items()}


def converses(relation: str) -> set[str]:
    """Return the keys that swap the ends by their form: "audit by" and "audit"."""
    return {relation[:-3]} if relation.endswith((" by", " of")) else {f"{relation} by", f"{relation} of"}
