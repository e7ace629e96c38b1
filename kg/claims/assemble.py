"""The digests of all documents to one extraction: entities with ids, claims, observations, judgements.

The order in which documents came does not matter: they are joined in the order of their ids.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from kg.claims.digest import Digest, Event, Speaker, Statement, Telling
from kg.entities.merge import Group, Member, Registry, is_fleeting
from kg.entities.resolve import Cluster
from kg.model import Claim, Entity, Extraction, Judgement, Literal, Mention, Observation, Source, Verdict, content_id
from kg.ontology import Ontology


def assemble(digests: Iterable[Digest], ontology: Ontology, versions: Mapping[str, str]) -> Extraction:
    """Join the clusters of all documents and return what was read, sorted and without repeats."""
    joined = Joined(digests, ontology)
    return joined.extraction(joined.parts(), versions)


class Joined:
    """Documents whose clusters are joined: every cluster has its entity."""

    def __init__(self, digests: Iterable[Digest], ontology: Ontology) -> None:
        """Join clusters and events across documents and name what they are."""
        self.digests = sorted(digests, key=lambda d: d.id)
        self.ontology = ontology
        self.registry = Registry(ontology)
        members = [Member(d.id, c) for d in self.digests for c in things(d)]
        self.registry.add_all(sorted(members, key=lambda m: m.cluster.owner is not None))
        self.registry.name_all(join_events(self.digests, self.registry, ontology))

    def extraction(self, parts: Sequence[Extraction], versions: Mapping[str, str]) -> Extraction:
        """Return everything that was read, from what each document says."""
        return Extraction(
            tuple(d for p in parts for d in p.documents),
            tuple(sorted((self.entity(g) for g in self.kept), key=lambda e: e.id)),
            tuple(c for p in parts for c in p.claims),
            tuple(o for p in parts for o in p.observations),
            tuple(j for p in parts for j in p.judgements),
            dict(versions),
        )

    def bases(self, keys: Mapping[str, str]) -> dict[str, str]:
        """Return, by document, the hash of all that its part of a graph rests on; `keys` stand for the readings."""
        kept = {id(g) for g in self.kept}
        told = {id(g): [g.id, g.label, self.registry.best_class(g), id(g) in kept] for g in self.registry.groups.values()}
        groups = {d.id: [told[id(self.registry.of[id(c)])] for c in d.clusters] for d in self.digests}
        return {name: content_id(keys[name], of) for name, of in groups.items()}

    def entity_bases(self, keys: Mapping[str, str]) -> dict[str, str]:
        """Return, by entity, the hash of all that it rests on."""
        places = {id(c): f"{keys[d.id]} {n}" for d in self.digests for n, c in enumerate(d.clusters)}
        return {g.id: content_id(g.key, g.label, [places[id(m.cluster)] for m in g.members]) for g in self.kept}

    def mentioned(self, digest: Digest) -> tuple[Entity, ...]:
        """Return the entities that a document mentions, with their kinds and its own mentions, and without what else is known of them."""
        kept = {id(g) for g in self.kept}
        groups: dict[str, Group] = {}
        found: dict[str, set[Mention]] = defaultdict(set)
        for cluster in digest.clusters:
            group = self.registry.of[id(cluster)]
            if id(group) in kept:
                groups[group.id] = group
                found[group.id].update(Mention(digest.id, *r.chars, r.text, r.kind) for r in cluster.refs)
        types = {i: self.ontology.superclasses(self.registry.best_class(g)) for i, g in groups.items()}
        return tuple(Entity(i, types[i], groups[i].label, mentions=tuple(sorted(mentions))) for i, mentions in sorted(found.items()))

    def parts(self) -> list[Extraction]:
        """Return what each document says."""
        return [self.part(d) for d in self.digests]

    def part(self, digest: Digest) -> Extraction:
        """Return what one document says, sorted and without repeats; its entities are those of all documents."""
        claims = {c.id: c for c in claims_of(digest, self.registry)}
        observations = {o.id: o for o in observations_of(digest, self.registry)}
        return Extraction(
            (digest.body.document,),
            (),
            tuple(sorted(claims.values(), key=lambda c: (c.evidence, c.subject, c.predicate, c.id))),
            tuple(sorted(observations.values(), key=lambda o: (o.evidence, o.id))),
            tuple(sorted(judgements_of(digest, self.registry), key=lambda j: (j.mention, j.entity))),
        )

    @cached_property
    def kept(self) -> list[Group]:
        """What some statement speaks of, and what is more than pointed at once ("the city", "no envoy")."""
        spoken_of = {id(self.registry.of[id(d.clusters[n])]) for d in self.digests for n in d.spoken_of}
        return [g for g in self.registry.groups.values() if id(g) in spoken_of or not is_fleeting(g)]

    def entity(self, group: Group) -> Entity:
        """Return the entity of a group."""
        return self.registry.entity(group, self.countries)

    @cached_property
    def countries(self) -> dict[str, set[str]]:
        """The codes of the countries that each document names."""
        return {d.id: {c.place for c in d.clusters if c.place and c.key.startswith("country:")} for d in self.digests}


def things(digest: Digest) -> list[Cluster]:
    """Return the clusters that are no events."""
    events = {event.cluster for event in digest.events}
    return [cluster for number, cluster in enumerate(digest.clusters) if number not in events]


# ---- events --------------------------------------------------------------------------------------


@dataclass(slots=True)
class Home:
    """An event that others may be joined to: who it is about, and what was told of it so far."""

    key: str
    core: set[str]
    cls: str
    real: bool
    dates: set[str] = field(default_factory=set)

    def takes(self, event: Event, ontology: Ontology) -> bool:
        """Whether another telling can be of this event: related kinds, as real, and no times that differ."""
        related = ontology.is_a(self.cls, event.cls) or ontology.is_a(event.cls, self.cls)
        return related and self.real == event.tellings[0].real and all(
            a.startswith(b) or b.startswith(a) for a in self.dates for b in dates(event.tellings)
        )


def dates(tellings: Iterable[Telling]) -> set[str]:
    """Return the dates that are told."""
    return {t.date for t in tellings if t.date}


def join_events(digests: Iterable[Digest], registry: Registry, ontology: Ontology) -> dict[int, str]:
    """Join events across documents, name them by who takes part, and return the labels by cluster."""
    labels: dict[int, str] = {}
    homes: list[Home] = []
    by_core: dict[str, list[int]] = defaultdict(list)  # who an event is about -> its places in homes
    for digest in digests:
        for event in digest.events:
            cluster = digest.clusters[event.cluster]
            groups = [g for n in event.about if (g := registry.of.get(id(digest.clusters[n])))]
            core = {g.key for g in groups if "@" not in g.key}
            near = sorted({place for key in core for place in by_core.get(key, ())})
            home = next((homes[n] for n in near if homes[n].takes(event, ontology)), None)
            if home is None:
                home = Home(f"{cluster.key}@{digest.id}", core, event.tellings[0].cls, event.tellings[0].real)
                for key in core:
                    by_core[key].append(len(homes))
                homes.append(home)
            home.dates |= dates(event.tellings)
            group = registry.groups.setdefault(home.key, Group(home.key))
            group.members.append(Member(digest.id, cluster))
            registry.of[id(cluster)] = group
            labels[id(cluster)] = event_label(event, groups, registry, ontology)
    return labels


def event_label(event: Event, groups: list[Group], registry: Registry, ontology: Ontology) -> str:
    """Return "Defection of Ana Ruiz" for an event."""
    definition = ontology.classes.get(event.cls)
    name = (definition.label if definition else event.cls).capitalize()
    return f"{name} of {groups[0].label or registry.label(groups[0], {})}" if groups else name


# ---- what a document says ------------------------------------------------------------------------


def entity_of(digest: Digest, number: int | None, registry: Registry) -> str | None:
    """Return the id of the entity that a cluster belongs to."""
    group = None if number is None else registry.of.get(id(digest.clusters[number]))
    return group.id if group else None


def claims_of(digest: Digest, registry: Registry) -> Iterator[Claim]:
    """Yield the claims of one document; one whose ends turned out to be one thing says nothing."""
    for statement in digest.body.statements:
        subject = entity_of(digest, statement.subject, registry)
        end = statement.object
        value = end if isinstance(end, Literal) else entity_of(digest, end, registry)
        if subject is not None and value is not None and value != subject:
            yield claim(digest, statement, subject, value, registry)


def claim(digest: Digest, statement: Statement, subject: str, value: str | Literal, registry: Registry) -> Claim:
    """Return a statement as a claim between entities."""
    return Claim(
        subject,
        statement.predicate,
        value,
        digest.id,
        statement.evidence,
        modality=statement.modality,
        polarity=statement.polarity,
        source=sources(digest, statement.speakers, registry),
        when=statement.when,
        when_words=statement.when_words,
        said=statement.said,
        cue=statement.cue,
        kind=statement.kind,
        example=statement.example,
        order=statement.order,
    )


def sources(digest: Digest, speakers: Iterable[Speaker], registry: Registry) -> tuple[Source, ...]:
    """Return speakers as entities where they are known."""
    return tuple(Source(s.words, entity_of(digest, s.cluster, registry)) for s in speakers)


def observations_of(digest: Digest, registry: Registry) -> Iterator[Observation]:
    """Yield the figures of one document."""
    for count in digest.body.counts:
        about = entity_of(digest, count.about, registry)
        yield replace(count.observation, about=about, source=sources(digest, count.speakers, registry))


def judgements_of(digest: Digest, registry: Registry) -> Iterator[Judgement]:
    """Yield why each mention was joined."""
    for joining in digest.body.joinings:
        entity = entity_of(digest, joining.cluster, registry)
        if entity is not None:
            yield Judgement(entity, joining.mention, joining.antecedent, Verdict.SAME, joining.reason)
