"""The digests of all documents to one extraction: entities with ids, claims, observations, judgements.

The order in which documents came does not matter: they are joined in the order of their ids.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from kg.claims.digest import Digest, Event, Speaker, Statement, Telling
from kg.entities.merge import Group, Member, Registry
from kg.entities.resolve import Cluster
from kg.model import Claim, Extraction, Judgement, Literal, Observation, Source, Verdict
from kg.ontology import Ontology


def assemble(digests: Iterable[Digest], ontology: Ontology, versions: Mapping[str, str]) -> Extraction:
    """Join the clusters of all documents and return what was read, sorted and without repeats."""
    ordered = sorted(digests, key=lambda d: d.document.id)
    registry = join(ordered, ontology)
    claims = {c.id: c for digest in ordered for c in claims_of(digest, registry)}
    observations = {o.id: o for digest in ordered for o in observations_of(digest, registry)}
    judgements = [j for digest in ordered for j in judgements_of(digest, registry)]
    return Extraction(
        tuple(d.document for d in ordered),
        tuple(registry.entities(countries_of(ordered), spoken_of(claims.values(), observations.values()))),
        tuple(sorted(claims.values(), key=lambda c: (c.document, c.evidence, c.subject, c.predicate, c.id))),
        tuple(sorted(observations.values(), key=lambda o: (o.document, o.evidence, o.id))),
        tuple(sorted(judgements, key=lambda j: (j.mention, j.entity))),
        dict(versions),
    )


def join(digests: list[Digest], ontology: Ontology) -> Registry:
    """Join clusters and events across documents and name what they are."""
    registry = Registry(ontology)
    members = [Member(d.document.id, c) for d in digests for c in things(d)]
    registry.add_all(sorted(members, key=lambda m: m.cluster.owner is not None))
    registry.name_all(join_events(digests, registry, ontology))
    return registry


def things(digest: Digest) -> list[Cluster]:
    """Return the clusters that are no events."""
    events = {event.cluster for event in digest.events}
    return [cluster for number, cluster in enumerate(digest.clusters) if number not in events]


def countries_of(digests: Iterable[Digest]) -> dict[str, set[str]]:
    """Return the codes of the countries that each document names."""
    return {d.document.id: {c.place for c in d.clusters if c.place and c.key.startswith("country:")} for d in digests}


def spoken_of(claims: Iterable[Claim], observations: Iterable[Observation]) -> set[str]:
    """Return the ids of what some statement speaks of."""
    used: set[str] = set()
    for claim in claims:
        used.update(i for i in (claim.subject, claim.object) if isinstance(i, str))
        used.update(s.entity for s in claim.source if s.entity)
    for observation in observations:
        used.update(s.entity for s in observation.source if s.entity)
        used.update({observation.about} - {None})  # type: ignore[arg-type]
    return used


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
                home = Home(f"{cluster.key}@{digest.document.id}", core, event.tellings[0].cls, event.tellings[0].real)
                for key in core:
                    by_core[key].append(len(homes))
                homes.append(home)
            home.dates |= dates(event.tellings)
            group = registry.groups.setdefault(home.key, Group(home.key))
            group.members.append(Member(digest.document.id, cluster))
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
    for statement in digest.statements:
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
        digest.document.id,
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
    for count in digest.counts:
        about = entity_of(digest, count.about, registry)
        yield replace(count.observation, about=about, source=sources(digest, count.speakers, registry))


def judgements_of(digest: Digest, registry: Registry) -> Iterator[Judgement]:
    """Yield why each mention was joined."""
    for joining in digest.joinings:
        entity = entity_of(digest, joining.cluster, registry)
        if entity is not None:
            yield Judgement(entity, joining.mention, joining.antecedent, Verdict.SAME, joining.reason)
