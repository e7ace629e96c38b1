"""Claims that cannot all be so: a statement and its denial, two birthplaces, one person in two places on one day."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING

import pyoxigraph as ox
from rdflib.namespace import RDF

from kg.graph.terms import DEFAULT, ONTOLOGY_GRAPH, id_of, node
from kg.model import Claim, ClaimKind, Entity, Literal, Modality, Polarity
from kg.namespaces import ENT
from kg.ontology import CONTAINMENT, PRESENCE, SINGLE, TRAITS, local_name
from kg.show import Teller, according_to

if TYPE_CHECKING:
    from kg.graph.graph import Graph

DAY = re.compile(r"\d{4}-\d\d-\d\d")
DATE = re.compile(r"\d{4}(-\d\d){0,2}")
UNSAID = (Modality.DENIED, Modality.UNCONFIRMED, Modality.PREDICTED)  # whose statement nobody holds to be so
Found = tuple[str, str]  # id of the subject, and what is told of it


def contradictions(graph: Graph) -> Iterator[Found]:
    """Yield what cannot be so together, with both sentences, in the order of the subjects; what was rejected is passed over."""
    claims = [c for c in graph.extraction.claims if c.kind is ClaimKind.TAUGHT and not (c.ruling and c.ruling.out)]
    if not claims:
        return
    teller, world = Teller(graph), World(graph)
    yield from denials(claims, teller)
    positive = [c for c in claims if c.polarity is Polarity.POSITIVE and c.modality not in UNSAID]
    yield from several_values(positive, teller, world)
    yield from two_places(positive, teller, world)


def denials(claims: Iterable[Claim], teller: Teller) -> Iterator[Found]:
    """Yield statements that one source makes and another holds false."""
    sides: dict[tuple[str, str, str | Literal], tuple[list[Claim], list[Claim]]] = defaultdict(lambda: ([], []))
    for claim in claims:
        false = claim.polarity is Polarity.NEGATIVE or claim.modality is Modality.DENIED
        sides[claim.subject, claim.predicate, claim.object][false].append(claim)
    for (subject, predicate, value), (yes, no) in sides.items():
        if yes and no:
            statement = f"{teller.end(subject)} – {teller.labels.get(predicate, predicate)} – {teller.end(value)}"
            yield subject, f"{statement}: {said(yes[0], teller)}, but not so {said(no[0], teller)}"


def several_values(claims: Iterable[Claim], teller: Teller, world: World) -> Iterator[Found]:
    """Yield subjects with two values of a property that has one."""
    values: dict[tuple[str, str], dict[str | Literal, Claim]] = defaultdict(dict)
    for claim in claims:
        if claim.predicate in world.having(SINGLE):
            values[claim.subject, claim.predicate].setdefault(claim.object, claim)
    for (subject, predicate), found in values.items():
        for one, other in combinations(found.values(), 2):
            if not world.agree(one.object, other.object):
                yield subject, f"{teller.end(subject)} – {teller.labels.get(predicate, predicate)} – {both(one, other, teller)}"


def two_places(claims: Iterable[Claim], teller: Teller, world: World) -> Iterator[Found]:
    """Yield who is in two places on one day."""
    days: dict[tuple[str, str], dict[str | Literal, Claim]] = defaultdict(dict)
    for claim in claims:
        if claim.predicate in world.having(PRESENCE) and claim.when and DAY.fullmatch(claim.when):
            days[claim.subject, claim.when].setdefault(claim.object, claim)
    for (subject, day), found in days.items():
        for one, other in combinations(found.values(), 2):
            if not world.agree(one.object, other.object):
                yield subject, f"{teller.end(subject)} – in two places on {day} – {both(one, other, teller)}"


def both(one: Claim, other: Claim, teller: Teller) -> str:
    """Return the two values with their sentences."""
    return f"{teller.end(one.object)} {said(one, teller)}, but {teller.end(other.object)} {said(other, teller)}"


def said(claim: Claim, teller: Teller) -> str:
    """Return who says so, and in what words."""
    quote = short(claim.evidence[0].quote) if claim.evidence else ""
    who = according_to(claim.source, teller.names) or "according to the author"
    return f'{who} ("{quote}", {teller.titles.get(claim.document, claim.document)})'


def short(words: str) -> str:
    """Return the first words of a text on one line."""
    flat = " ".join(words.split())
    return flat if len(flat) <= 80 else f"{flat[:79]}…"


class World:
    """What a graph knows of its properties and of which place lies in which."""

    def __init__(self, graph: Graph) -> None:
        """Take a graph; it is asked only when two values differ."""
        self.graph = graph
        self.entities: Mapping[str, Entity] = {e.id: e for e in graph.extraction.entities}
        self.traits: dict[str, set[str]] = {}

    def having(self, trait: str) -> set[str]:
        """Return the local names of the properties with a trait of the ontology."""
        if trait not in self.traits:
            quads = self.graph.store.quads_for_pattern(None, node(RDF.type), node(TRAITS[trait]), ONTOLOGY_GRAPH)
            self.traits[trait] = {local_name(q.subject.value) for q in quads if isinstance(q.subject, ox.NamedNode)}
        return self.traits[trait]

    def agree(self, one: str | Literal, other: str | Literal) -> bool:
        """Whether two values may both be so: one date or place lies in the other."""
        if isinstance(one, Literal) or isinstance(other, Literal):
            return not (isinstance(one, Literal) and isinstance(other, Literal)) or values_agree(one, other)
        return bool(self.wider(one) & {other} or self.wider(other) & {one}) or self.known_place(one, other)

    def wider(self, place: str) -> set[str]:
        """Return a place and all that it lies in, as the default graph says."""
        found = {place}
        todo = [place]
        while todo:
            for above in self.above.get(todo.pop(), set()) - found:
                found.add(above)
                todo.append(above)
        return found

    @cached_property
    def above(self) -> Mapping[str, set[str]]:
        """What each place or body lies in, one step up."""
        out: dict[str, set[str]] = defaultdict(set)
        for quad in self.graph.store.quads_for_pattern(None, None, None, DEFAULT):
            ours = isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode) and quad.object.value.startswith(ENT)
            if ours and local_name(quad.predicate.value) in self.having(CONTAINMENT):
                out[id_of(quad.subject, ENT)].add(id_of(quad.object, ENT))
        return out

    def known_place(self, one: str, other: str) -> bool:
        """Whether one is a country and the other a city of it, as GeoNames says."""
        pair = [self.country(name) for name in (one, other)]
        return None not in pair and pair[0] == pair[1] and {"City", "Country"} <= {t for n in (one, other) for t in self.entities[n].types}

    def country(self, name: str) -> str | None:
        """Return the code of the country that a place is, or lies in; nothing where no list links it."""
        from kg import gazetteer

        links = self.entities[name].same_as if name in self.entities else ()
        places = gazetteer.load()
        codes = {c.code for c in places.countries.values() if gazetteer.ISO.format(c.alpha3) in links}
        cities = (c for found in places.cities.values() for c in found if gazetteer.GEONAMES.format(c.geoname) in links) if links else ()
        return next(iter(sorted(codes)), None) or next((c.country for c in cities), None)


def values_agree(one: Literal, other: Literal) -> bool:
    """Whether two values are the same, or dates of which one says more; what is no plain date is not compared."""
    if one.datatype != "date" or other.datatype != "date":
        return one.value == other.value
    if not DATE.fullmatch(one.value) or not DATE.fullmatch(other.value):
        return True
    return one.value.startswith(other.value) or other.value.startswith(one.value)
