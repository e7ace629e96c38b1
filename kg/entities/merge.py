"""Clusters of all documents joined into entities with stable ids, labels, types and links."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from kg import gazetteer
from kg.entities.mentions import Ref
from kg.entities.resolve import Cluster, fold, is_acronym, longest_name, site_key, without_demonym
from kg.model import Entity, MentionKind, content_id
from kg.ontology import Ontology

MAX_SLUG = 60
LONGEST_ALIAS = 8  # words of a description that serves as a further name
TEXTS = 3  # mentions that a thing without a name may be called by
MOVABLE = ("body:", "of:")  # how keys begin whose group depends on what other documents say
HASHED = re.compile(r"-[0-9a-f]{6}$")  # a name that looks as if it had a hash gets one too, so that no two ids are the same


@dataclass(eq=False)
class Member:
    """A cluster of one document, as far as the joining of documents looks at it."""

    document: str
    index: int  # of the cluster in its digest
    key: str  # in the document
    cls: str
    names: Sequence[str]
    named: bool
    number: str
    place: str | None
    site: str | None
    noun: str  # of the first description
    owner: int | None  # index of the cluster it belongs to
    texts: Sequence[str]  # the first mentions that are no pronouns
    pronouns: Sequence[str]  # the first mentions, where all are pronouns
    descriptions: Sequence[str]  # all that may serve as a further name
    refs: int  # how many mentions
    pointed: bool  # whether all only point at something ("the city", "no envoy")
    spoken: bool  # whether some statement or figure speaks of it
    home: str = ""  # key of its group

    @cached_property
    def full_name(self) -> str:
        """The longest name."""
        return longest_name(self.names)

    @property
    def kind(self) -> str:
        """What the key begins with."""
        return self.key.split(":", 1)[0]


def member_of(document: str, index: int, cluster: Cluster, owner: int | None, spoken: bool) -> Member:
    """Return what the joining of documents looks at; `owner` is the index of the owner, `spoken` whether some statement speaks of it."""
    texts = [r.text for r in cluster.refs if r.kind is not MentionKind.PRONOUN]
    described = {r.text for r in cluster.refs if r.kind is MentionKind.DESCRIPTION and len(r.text.split()) <= LONGEST_ALIAS}
    return Member(
        document,
        index,
        cluster.key,
        cluster.cls,
        cluster.names,
        cluster.named,
        cluster.number,
        cluster.place,
        cluster.site,
        next((r.noun for r in cluster.refs if r.noun), ""),
        owner,
        texts[:TEXTS],
        [] if texts else [r.text for r in cluster.refs[:TEXTS]],
        sorted(described),
        len(cluster.refs),
        all(points(r) for r in cluster.refs),
        spoken,
    )


def points(ref: Ref) -> bool:
    """Whether a mention only points at something."""
    return (ref.number == "s" and (ref.definite or ref.kind is MentionKind.PRONOUN)) or ref.text.lower().startswith("no ")


@dataclass(eq=False)
class Group:
    """Clusters of one thing across documents."""

    key: str
    members: list[Member] = field(default_factory=list)
    event: str = ""  # the label of an event

    @property
    def local(self) -> bool:
        """Whether it is known in its own document only, or begins there."""
        return "@" in self.key


@dataclass(frozen=True, slots=True)
class Told:
    """What documents need to know of a group that they speak of."""

    id: str
    label: str
    cls: str
    kept: bool  # whether it is an entity of the graph: spoken of, or more than pointed at once


def slug(text: str) -> str:
    """Return a lower-case ASCII form for ids; letters without a Latin form fall away."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"['’]", "", plain)
    return re.sub(r"[^a-z0-9]+", "-", words).strip("-")[:MAX_SLUG].strip("-") or "x"


class Registry:
    """Entities by global key; two clusters with one key are one entity."""

    def __init__(self, ontology: Ontology) -> None:
        self.ontology = ontology
        self.groups: dict[str, Group] = {}
        self.of: dict[tuple[str, int], Group] = {}  # document and index -> group
        self.places: dict[str, set[str]] = defaultdict(set)  # key of a body -> countries it is said to belong to
        self.aliases: dict[str, str] = {}  # folded acronym -> key of the one body that has it
        self.plain: dict[str, str] = {}  # labels without those of events, as far as asked for

    def add_all(self, members: Iterable[Member]) -> None:
        """Group the clusters of all documents; those that belong to others come after these."""
        ordered = sorted(members, key=lambda m: m.owner is not None)
        bodies = [m for m in ordered if m.key.startswith("body:")]
        self.learn_acronyms(bodies)
        for member in bodies:
            if member.place:
                self.places[body_key(member)].add(member.place)
        for member in ordered:
            self.put(member, self.key(member))

    def put(self, member: Member, key: str) -> None:
        """Add a cluster to the group of a key."""
        group = self.groups.get(key)
        if group is None:
            group = self.groups[key] = Group(key)
        group.members.append(member)
        self.of[member.document, member.index] = group

    def learn_acronyms(self, bodies: Iterable[Member]) -> None:
        """Note which long name an acronym stands for, where all documents agree."""
        known: dict[str, set[str]] = defaultdict(set)
        for member in bodies:
            for name in member.names:
                if is_acronym(name) and not is_acronym(member.full_name):
                    known[fold(name)].add(body_key(member))
        for name, keys in known.items():
            if len(keys) == 1:
                self.aliases[name] = next(iter(keys))

    def key(self, member: Member) -> str:
        """Return what identifies a cluster in all documents; what is only described stays in its own."""
        if member.home and not member.key.startswith(MOVABLE):
            return member.home
        kind = member.kind
        if kind in {"country", "place", "government", "people", "role", "work"}:
            return member.key
        if kind == "person" and member.named:
            words = fold(member.full_name).replace("-", " ").split()
            return f"person:{' '.join(words)}" if len(words) > 1 else f"person:{words[0] if words else ''}@{member.document}"
        if kind == "body" and member.named:
            name = " ".join(without_demonym(member.full_name))
            key = self.aliases.get(name, f"body:{name}")
            if len(self.places.get(key, ())) > 1:  # ministries of one name in several countries
                return f"{key}:{member.place}" if member.place else f"{key}@{member.document}"
            return key
        if kind == "mission" and member.place and member.site:
            return f"mission:{member.cls}:{member.place}:{site_key(member.site, member.cls)}:{member.number}"
        owner = self.owner(member) if kind == "of" else None
        if owner is not None:
            return f"of:{owner.key}:{member.key.rsplit(':', 2)[-2]}:{member.key.rsplit(':', 1)[-1]}"
        return f"{member.key}@{member.document}"

    def owner(self, member: Member) -> Group | None:
        """Return the group that a cluster belongs to, where that is known by now."""
        return None if member.owner is None else self.of.get((member.document, member.owner))

    # -- what is told of groups

    def tell(self, known: Mapping[str, Told] | None = None, fresh: Container[str] = ()) -> dict[str, Told]:
        """Return what is told of every group, by key.

        `known` is what was told before; of groups that are not `fresh` only what others may have changed is looked at again.
        """
        known = known or {}
        labels: dict[str, str] = {}
        first: dict[str, str] = {}  # name for an id -> the key that has it to itself
        for key in sorted(self.groups):
            group, before = self.groups[key], known.get(key)
            stays = before is not None and key not in fresh and not depends(group)
            labels[key] = before.label if before is not None and stays else self.label(group)
            if not group.local:
                first.setdefault(slug(labels[key]), key)
        return {key: self.told(group, labels[key], first, None if key in fresh else known.get(key)) for key, group in self.groups.items()}

    def told(self, group: Group, label: str, first: Mapping[str, str], before: Told | None = None) -> Told:
        """Return what is told of a group; `first` names the groups that have a name to themselves."""
        if before is not None and before.label == label and group.local:
            return before
        base = slug(label)
        alone = first.get(base) == group.key and not HASHED.search(base)
        name = base if alone else f"{base}-{content_id(group.key)[:6]}"
        if before is not None:
            return before if (before.id, before.label) == (name, label) else replace(before, id=name, label=label)
        return Told(name, label, self.best_class(group), is_kept(group))

    def label(self, group: Group, *, events: bool = True) -> str:
        """Return the best name for people; without `events` one that does not tell what happened."""
        if group.event and events:
            return group.event
        kind, first, places = group.key.split(":", 1)[0], group.members[0], gazetteer.load()
        if kind == "country" and first.place and first.place in places.countries:
            return places.countries[first.place].name
        if kind == "country":
            return places.countries[group.key.split(":")[1]].name
        if kind == "government":
            country = places.countries.get(first.place or "")
            return f"Government of {country.name if country else first.place}"
        if kind == "mission" and first.place and first.number == "s":
            return self.mission_label(first)
        owner = self.owner(first) if kind == "of" else None
        if owner is not None:
            return f"{first.noun} of {self.label(owner, events=events)}"
        return name_of(group)

    def plain_label(self, group: Group) -> str:
        """Return the name of a group without what happened, as it is known when it is first asked for."""
        if group.event:
            return self.label(group, events=False)
        if group.key not in self.plain:
            self.plain[group.key] = self.label(group, events=False)
        return self.plain[group.key]

    def mission_label(self, member: Member) -> str:
        """Return "Embassy of X in Y" for a mission."""
        places = gazetteer.load()
        definition = self.ontology.classes.get(member.cls)
        noun = definition.label if definition else member.cls
        sender = places.countries.get(member.place or "")
        label = f"{noun[:1].upper()}{noun[1:]} of {sender.name if sender else member.place}"
        if member.site:
            site = self.groups.get(member.site)
            name = site.members[0].full_name if site else member.site.split(":", 1)[1]
            if member.site.startswith("country:"):
                name = places.countries[member.site.split(":")[1]].name
            label += f" in {clean(name) if name else ''}"
        return label.strip()

    def entity(self, group: Group, told: Told, countries_of: Mapping[str, Collection[str]]) -> Entity:
        """Turn a group into an entity, without its mentions."""
        names = {clean(n) for m in group.members for n in m.names} | {text for m in group.members for text in m.descriptions}
        same_as, latitude, longitude = self.links(group, told.cls, countries_of)
        return Entity(
            told.id,
            self.ontology.superclasses(told.cls),
            told.label,
            tuple(sorted(names - {told.label})),
            (),
            same_as,
            named=any(m.named for m in group.members),
            latitude=latitude,
            longitude=longitude,
        )

    def best_class(self, group: Group) -> str:
        """Return the most specific class, the most frequent of equals."""
        if group.key.startswith("country:"):
            return "Country"
        counts = Counter(m.cls for m in group.members)
        return max(counts, key=lambda c: (len(self.ontology.superclasses(c)), counts[c], c))

    def links(self, group: Group, cls: str, countries_of: Mapping[str, Collection[str]]) -> tuple[tuple[str, ...], float | None, float | None]:
        """Return GeoNames and ISO links with coordinates, where only one place fits."""
        places = gazetteer.load()
        if group.key.startswith("country:"):
            country = places.countries.get(group.key.split(":")[1])
            if country is None:
                return (), None, None
            links = [gazetteer.ISO.format(country.alpha3)]
            if country.geoname:
                links.append(gazetteer.GEONAMES.format(country.geoname))
            capital = next((c for c in places.cities.get(gazetteer.key(country.capital), ()) if c.country == country.code), None)
            return tuple(sorted(links)), capital.latitude if capital else None, capital.longitude if capital else None
        if cls != "City":
            return (), None, None
        city = self.city(group, countries_of)
        if city is None:
            return (), None, None
        return (gazetteer.GEONAMES.format(city.geoname),), city.latitude, city.longitude

    def city(self, group: Group, countries_of: Mapping[str, Collection[str]]) -> gazetteer.City | None:
        """Return the city a name means: the only one so called, or the only one in a country the texts name."""
        places = gazetteer.load()
        names = {n for m in group.members for n in m.names}
        candidates = {c.geoname: c for n in names for c in places.cities.get(gazetteer.key(n), ())}
        found = sorted(candidates.values(), key=lambda c: (-c.population, c.geoname))
        if len(found) == 1:
            return found[0]
        told = {m.place for m in group.members if m.place}
        if told:
            inside = [c for c in found if c.country in told]
            return inside[0] if inside else None
        named = set().union(*(countries_of.get(m.document, ()) for m in group.members))
        inside = [c for c in found if c.country in named]
        if len(inside) == 1:
            return inside[0]
        capital = [c for c in found if places.capitals.get(gazetteer.key(c.name)) == c.country]
        return capital[0] if len(capital) == 1 and (not inside or capital[0] in inside) else None


def body_key(member: Member) -> str:
    """Return the key of a body by its longest name."""
    return f"body:{' '.join(without_demonym(member.full_name))}"


def depends(group: Group) -> bool:
    """Whether the name of a group depends on other groups."""
    return bool(group.event) or group.key.startswith(("of:", "mission:"))


def name_of(group: Group) -> str:
    """Return the best of the names and mentions of a group."""
    names = Counter(n for m in group.members for n in m.names)
    if names:
        if group.key.startswith(("person:", "body:")):
            return clean(max(names, key=lambda n: (len(n.split()), names[n], n)))
        return clean(max(names, key=lambda n: (names[n], n)))
    texts = [t for m in group.members for t in m.texts] or [t for m in group.members for t in m.pronouns]
    return clean(max(texts[:TEXTS], key=len)) if texts else group.key


def is_kept(group: Group) -> bool:
    """Whether some statement speaks of a thing, or it is named or introduced and not only pointed at once."""
    members = group.members
    if any(m.spoken or m.named for m in members) or sum(m.refs for m in members) > 1:
        return True
    return not all(m.pointed for m in members)


def clean(text: str) -> str:
    """Return a name on one line without marks at its edges."""
    words = " ".join(text.split()).strip(" ,;:")
    return words[1:-1] if len(words) > 2 and (words[0], words[-1]) in {("“", "”"), ('"', '"')} else words


