"""Clusters of all documents joined into entities with stable ids, labels, types and links."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from kg import gazetteer
from kg.entities.resolve import Cluster, fold, is_acronym, site_key, without_demonym
from kg.model import Entity, Mention, MentionKind, content_id
from kg.ontology import Ontology

MAX_SLUG = 60


@dataclass(eq=False)
class Member:
    """A cluster with the document it stands in."""

    document: str
    cluster: Cluster


@dataclass(eq=False)
class Group:
    """Clusters of one thing across documents."""

    key: str
    members: list[Member] = field(default_factory=list)
    id: str = ""
    label: str = ""

    @property
    def clusters(self) -> list[Cluster]:
        """The clusters of all members."""
        return [m.cluster for m in self.members]


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
        self.of: dict[int, Group] = {}  # id(cluster) -> group
        self.places: dict[str, set[str]] = defaultdict(set)  # key of a body -> countries it is said to belong to
        self.aliases: dict[str, str] = {}  # folded acronym -> key of the one body that has it

    def add_all(self, members: Iterable[Member]) -> None:
        """Group the clusters of all documents, then name the groups."""
        members = list(members)
        self.learn_acronyms(members)
        for member in members:
            if member.cluster.place and member.cluster.key.startswith("body:"):
                self.places[f"body:{' '.join(without_demonym(member.cluster.full_name))}"].add(member.cluster.place)
        for member in members:
            key = self.key(member)
            group = self.groups.setdefault(key, Group(key))
            group.members.append(member)
            self.of[id(member.cluster)] = group

    def learn_acronyms(self, members: list[Member]) -> None:
        """Note which long name an acronym stands for, where all documents agree."""
        known: dict[str, set[str]] = defaultdict(set)
        for member in members:
            full = member.cluster.full_name
            if member.cluster.key.startswith("body:"):
                for name in member.cluster.names:
                    if is_acronym(name) and not is_acronym(full):
                        known[fold(name)].add(f"body:{' '.join(without_demonym(full))}")
        for name, keys in known.items():
            if len(keys) == 1:
                self.aliases[name] = next(iter(keys))

    def key(self, member: Member) -> str:
        """Return what identifies a cluster in all documents; what is only described stays in its own."""
        cluster = member.cluster
        kind = cluster.key.split(":", 1)[0]
        if kind in {"country", "place", "government", "people", "role", "work"}:
            return cluster.key
        if kind == "person" and cluster.named:
            words = fold(cluster.full_name).replace("-", " ").split()
            return f"person:{' '.join(words)}" if len(words) > 1 else f"person:{words[0] if words else ''}@{member.document}"
        if kind == "body" and cluster.named:
            name = " ".join(without_demonym(cluster.full_name))
            key = self.aliases.get(name, f"body:{name}")
            if len(self.places[key]) > 1:  # ministries of one name in several countries
                return f"{key}:{cluster.place}" if cluster.place else f"{key}@{member.document}"
            return key
        if kind == "mission" and cluster.place and cluster.site:
            return f"mission:{cluster.cls}:{cluster.place}:{site_key(cluster.site, cluster.cls)}:{cluster.number}"
        if kind == "of" and cluster.owner is not None:
            owner = self.of.get(id(cluster.owner))
            if owner is not None:
                return f"of:{owner.key}:{cluster.key.rsplit(':', 2)[-2]}:{cluster.key.rsplit(':', 1)[-1]}"
        return f"{cluster.key}@{member.document}"

    def name_all(self, event_labels: dict[int, str]) -> None:
        """Give every group its label and id, in the order of their keys."""
        used: dict[str, str] = {}
        for key in sorted(self.groups):
            group = self.groups[key]
            group.label = self.label(group, event_labels)
            base = slug(group.label)
            local = "@" in key
            group.id = f"{base}-{content_id(key)[:6]}" if local or base in used else base
            used[group.id] = key

    def label(self, group: Group, event_labels: dict[int, str]) -> str:
        """Return the best name for people."""
        kind = group.key.split(":", 1)[0]
        places = gazetteer.load()
        first = group.clusters[0]
        if id(first) in event_labels:
            return event_labels[id(first)]
        if kind == "country" and first.place and first.place in places.countries:
            return places.countries[first.place].name
        if kind == "country":
            return places.countries[group.key.split(":")[1]].name
        if kind == "government":
            country = places.countries.get(first.place or "")
            return f"Government of {country.name if country else first.place}"
        if kind == "mission" and first.place and first.number == "s":
            return self.mission_label(first)
        names = Counter(n for c in group.clusters for n in c.names)
        if kind == "of" and first.owner is not None and id(first.owner) in self.of:
            owner = self.of[id(first.owner)]
            noun = next((r.noun for r in first.refs if r.noun), "")
            return f"{noun} of {owner.label or self.label(owner, event_labels)}"
        if names:
            longest = max(names, key=lambda n: (len(n.split()), names[n], n)) if kind in {"person", "body"} else max(names, key=lambda n: (names[n], n))
            return clean(longest)
        texts = [r.text for c in group.clusters for r in c.refs if r.kind is not MentionKind.PRONOUN] or [r.text for c in group.clusters for r in c.refs]
        return clean(max(texts[:3], key=len)) if texts else group.key

    def mission_label(self, cluster: Cluster) -> str:
        """Return "Embassy of X in Y" for a mission."""
        places = gazetteer.load()
        definition = self.ontology.classes.get(cluster.cls)
        noun = definition.label if definition else cluster.cls
        sender = places.countries.get(cluster.place or "")
        label = f"{noun[:1].upper()}{noun[1:]} of {sender.name if sender else cluster.place}"
        if cluster.site:
            site = self.groups.get(cluster.site)
            name = site.clusters[0].full_name if site else cluster.site.split(":", 1)[1]
            if cluster.site.startswith("country:"):
                name = places.countries[cluster.site.split(":")[1]].name
            label += f" in {clean(name) if name else ''}"
        return label.strip()

    def entity(self, group: Group, countries_of: dict[str, set[str]]) -> Entity:
        """Turn a group into an entity."""
        cls = self.best_class(group)
        mentions = sorted({
            Mention(m.document, r.chars[0], r.chars[1], r.text, r.kind) for m in group.members for r in m.cluster.refs
        })
        names = sorted({clean(n) for c in group.clusters for n in c.names} | {
            m.text for m in mentions if m.kind is MentionKind.DESCRIPTION and len(m.text.split()) <= 8} - {group.label})
        same_as, latitude, longitude = self.links(group, cls, countries_of)
        return Entity(
            group.id,
            self.ontology.superclasses(cls),
            group.label,
            tuple(n for n in names if n != group.label),
            tuple(mentions),
            same_as,
            named=any(c.named for c in group.clusters),
            latitude=latitude,
            longitude=longitude,
        )

    def best_class(self, group: Group) -> str:
        """Return the most specific class, the most frequent of equals."""
        kind = group.key.split(":", 1)[0]
        if kind == "country":
            return "Country"
        counts = Counter(c.cls for c in group.clusters)
        return max(counts, key=lambda c: (len(self.ontology.superclasses(c)), counts[c], c))

    def links(self, group: Group, cls: str, countries_of: dict[str, set[str]]) -> tuple[tuple[str, ...], float | None, float | None]:
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

    def city(self, group: Group, countries_of: dict[str, set[str]]) -> gazetteer.City | None:
        """Return the city a name means: the only one so called, or the only one in a country the texts name."""
        places = gazetteer.load()
        candidates = {c.geoname: c for cluster in group.clusters for n in cluster.names for c in places.cities.get(gazetteer.key(n), ())}
        found = sorted(candidates.values(), key=lambda c: (-c.population, c.geoname))
        if len(found) == 1:
            return found[0]
        told = {c.place for c in group.clusters if c.place}
        if told:
            inside = [c for c in found if c.country in told]
            return inside[0] if inside else None
        named = set().union(*(countries_of.get(m.document, set()) for m in group.members))
        inside = [c for c in found if c.country in named]
        if len(inside) == 1:
            return inside[0]
        capital = [c for c in found if places.capitals.get(gazetteer.key(c.name)) == c.country]
        return capital[0] if len(capital) == 1 and (not inside or capital[0] in inside) else None


def is_fleeting(group: Group) -> bool:
    """Whether a thing is never named nor introduced, only pointed at once."""
    refs = [r for c in group.clusters for r in c.refs]
    if any(c.named for c in group.clusters) or len(refs) > 1:
        return False
    return all((r.number == "s" and (r.definite or r.kind is MentionKind.PRONOUN)) or r.text.lower().startswith("no ") for r in refs)


def clean(text: str) -> str:
    """Return a name on one line without marks at its edges."""
    words = " ".join(text.split()).strip(" ,;:")
    return words[1:-1] if len(words) > 2 and (words[0], words[-1]) in {("“", "”"), ('"', '"')} else words


