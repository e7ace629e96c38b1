"""The digests of all documents to one extraction: entities with ids, claims, observations, judgements.

The order in which documents came does not matter: they are joined in the order of their ids. Joining looks at
sketches alone; what a document says is read from its digest where that is asked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from heapq import merge

from kg.claims.digest import Digest, Event, Speaker, Statement
from kg.entities.merge import MOVABLE, Group, Member, Registry, Told, member_of
from kg.model import Claim, Entity, Extraction, Judgement, Literal, Mention, Observation, Source, Verdict
from kg.ontology import Ontology


def assemble(digests: Iterable[Digest], ontology: Ontology, versions: Mapping[str, str]) -> Extraction:
    """Join the clusters of all documents and return what was read, sorted and without repeats."""
    known = {d.id: d for d in digests}
    joined = Joined([sketch_of(d, "") for d in known.values()], known.__getitem__, ontology)
    return joined.extraction(joined.parts(), versions)


# ---- what joining looks at -----------------------------------------------------------------------


@dataclass(eq=False)
class Sketch:
    """One document, as far as the joining of documents looks at it."""

    document: str
    reading: str  # what its reading is kept under
    shared: list[Member]  # those whose group other documents may have a part in or a say in
    events: Sequence[Event]
    countries: Collection[str]  # codes of the countries that it names
    rest: Callable[[], list[Member]]  # all others
    kept: tuple[bytes, bytes] | None = None  # what it was read from, while it is as it was

    @cached_property
    def own(self) -> list[Member]:
        """The clusters that are of no concern to other documents."""
        return self.rest()

    @property
    def members(self) -> list[Member]:
        """All clusters, in the order of the digest."""
        return sorted([*self.shared, *self.own], key=lambda m: m.index)


def sketch_of(digest: Digest, reading: str) -> Sketch:
    """Return what joining looks at; whether a cluster concerns other documents is told when all are joined."""
    number = {id(c): n for n, c in enumerate(digest.clusters)}
    owners = (number.get(id(c.owner)) if c.owner else None for c in digest.clusters)
    members = [member_of(digest.id, n, c, o, n in digest.spoken_of) for n, (c, o) in enumerate(zip(digest.clusters, owners, strict=True))]
    countries = {c.place for c in digest.clusters if c.place and c.key.startswith("country:")}
    return Sketch(digest.id, reading, members, digest.events, countries, list)


def parted(sketch: Sketch) -> tuple[list[Member], list[Member]]:
    """Return the clusters of a joined document that concern others, and those that do not.

    They do where they have one group, a name that may come to mean something else, or a place in the names of other things.
    """
    named = {e.cluster for e in sketch.events} | {n for e in sketch.events for n in e.about} | {m.owner for m in sketch.members}
    homes = {m.home for m in sketch.members if "@" not in m.home or m.key.startswith(MOVABLE) or m.index in named}
    return [m for m in sketch.members if m.home in homes], [m for m in sketch.members if m.home not in homes]


@dataclass(frozen=True, slots=True)
class Before:
    """Documents as they were joined before: their sketches, and what was told of the groups that concern several."""

    sketches: Mapping[str, Sketch]
    told: Mapping[str, Told]


class Joined:
    """Documents whose clusters are joined: every cluster has its entity."""

    def __init__(self, sketches: Iterable[Sketch], read: Callable[[str], Digest], ontology: Ontology, before: Before | None = None) -> None:
        """Join clusters and events across documents and name what they are.

        `read` gives the digest of a document by its id. Of what was joined `before`, the sketches must be the same objects.
        """
        self.sketches = sorted(sketches, key=lambda s: s.document)
        self.by_id = {s.document: s for s in self.sketches}
        self.read = read
        self.ontology = ontology
        self.before = before or Before({}, {})
        self.registry = Registry(ontology)
        events = {s.document: {e.cluster for e in s.events} for s in self.sketches}
        self.registry.add_all(m for s in self.sketches for m in s.shared if m.index not in events[s.document])
        join_events(self.sketches, self.registry, ontology)
        self.settle()

    def settle(self) -> None:
        """Note what is new, and tell what every group is."""
        kept = {s.document for s in self.sketches if self.before.sketches.get(s.document) is s}
        self.gone = [s for i, s in self.before.sketches.items() if i not in kept]
        homes = {place: group.key for place, group in self.registry.of.items()}
        every = [m for s in self.sketches for m in s.shared]
        moved = [m for m in every if m.home != homes[m.document, m.index]]
        self.fresh = {m.home for m in moved} | {homes[m.document, m.index] for m in moved}
        self.fresh |= {m.home for s in self.gone for m in s.members}
        self.fresh -= {""}
        self.moved = {m.document for m in moved} | (self.by_id.keys() - kept)
        for member in moved:
            member.home = homes[member.document, member.index]
            self.by_id[member.document].kept = None
        self.told = self.registry.tell(self.before.told, self.fresh)

    @cached_property
    def differing(self) -> list[str]:
        """The documents of which a graph says something else than before, sorted."""
        known = self.before.told
        changed = [self.registry.groups[key] for key, told in self.told.items() if key in known and known[key] != told]
        return sorted(self.moved | {m.document for group in changed for m in group.members})

    def opened(self, document: str) -> Digest:
        """Return the digest of a document, whose every cluster has its group then."""
        missing = [m for m in self.by_id[document].own if (document, m.index) not in self.registry.of]
        for member in missing:
            self.registry.put(member, member.home)
        keys = {m.home for m in missing}
        self.told |= {k: self.registry.told(g, self.registry.label(g), {}) for k in sorted(keys) for g in [self.registry.groups[k]]}
        return self.read(document)

    def renewed(self) -> tuple[list[str], list[Entity]]:
        """Return the ids of entities that are no more as they were, and the entities that stand in their place."""
        known, old = self.before.told, Registry(self.ontology)
        for sketch in self.gone:
            for member in sketch.own:
                old.put(member, member.home)
        keys = self.fresh | {k for k, told in self.told.items() if k in known and known[k] != told}
        ids = [known[k].id for k in keys if k in known] + [told.id for told in old.tell().values()]
        return sorted(ids), [self.entity(k) for k in sorted(keys) if k in self.told and self.told[k].kept]

    @cached_property
    def shared(self) -> set[str]:
        """The keys of the groups that concern several documents."""
        return {m.home for s in self.sketches for m in (s.shared if s.kept else parted(s)[0])}

    def alone(self, document: str) -> int:
        """Return how many entities of an opened document are of no concern to others."""
        return len({m.home for m in self.by_id[document].members if m.home not in self.shared and self.told[m.home].kept})

    def extraction(self, parts: Sequence[Extraction], versions: Mapping[str, str]) -> Extraction:
        """Return everything that was read, from what each document says."""
        mentions: dict[str, set[Mention]] = defaultdict(set)
        for sketch in self.sketches:
            for key, found in self.mentions(self.opened(sketch.document)).items():
                mentions[key] |= found
        entities = (replace(self.entity(k), mentions=tuple(sorted(mentions[k]))) for k, told in self.told.items() if told.kept)
        return Extraction(
            tuple(d for p in parts for d in p.documents),
            tuple(sorted(entities, key=lambda e: e.id)),
            tuple(c for p in parts for c in p.claims),
            tuple(o for p in parts for o in p.observations),
            tuple(j for p in parts for j in p.judgements),
            dict(versions),
        )

    def mentions(self, digest: Digest) -> dict[str, set[Mention]]:
        """Return the mentions of a document by the keys of their groups."""
        found: dict[str, set[Mention]] = defaultdict(set)
        for index, cluster in enumerate(digest.clusters):
            found[self.registry.of[digest.id, index].key].update(Mention(digest.id, *r.chars, r.text, r.kind) for r in cluster.refs)
        return found

    def mentioned(self, document: str) -> tuple[Entity, ...]:
        """Return the entities that a document mentions, with their kinds and its own mentions, and without what else is known of them."""
        found = [(self.told[key], mentions) for key, mentions in self.mentions(self.opened(document)).items()]
        entities = (Entity(t.id, self.ontology.superclasses(t.cls), t.label, mentions=tuple(sorted(mentions))) for t, mentions in found if t.kept)
        return tuple(sorted(entities, key=lambda e: e.id))

    def parts(self) -> list[Extraction]:
        """Return what each document says."""
        return [self.part(s.document) for s in self.sketches]

    def part(self, document: str) -> Extraction:
        """Return what one document says, sorted and without repeats; its entities are those of all documents."""
        digest = self.opened(document)
        claims = {c.id: c for c in claims_of(digest, self.id_of)}
        observations = {o.id: o for o in observations_of(digest, self.id_of)}
        return Extraction(
            (digest.body.document,),
            (),
            tuple(sorted(claims.values(), key=lambda c: (c.evidence, c.subject, c.predicate, c.id))),
            tuple(sorted(observations.values(), key=lambda o: (o.evidence, o.id))),
            tuple(sorted(judgements_of(digest, self.id_of), key=lambda j: (j.mention, j.entity))),
        )

    def id_of(self, document: str, index: int | None) -> str | None:
        """Return the id of the entity that a cluster belongs to."""
        group = None if index is None else self.registry.of.get((document, index))
        return self.told[group.key].id if group else None

    def entity(self, key: str) -> Entity:
        """Return the entity of a group, without its mentions."""
        return self.registry.entity(self.registry.groups[key], self.told[key], self.countries)

    @cached_property
    def countries(self) -> dict[str, Collection[str]]:
        """The codes of the countries that each document names."""
        return {s.document: s.countries for s in self.sketches}


# ---- events --------------------------------------------------------------------------------------


@dataclass(slots=True)
class Home:
    """An event that others may be joined to, and what was told of it so far; `place` tells which came first."""

    place: int
    group: Group
    dates: set[str] = field(default_factory=set)

    def takes(self, told: Iterable[str]) -> bool:
        """Whether another telling can be of this event: no times that differ."""
        return all(a.startswith(b) or b.startswith(a) for a in self.dates for b in told)


class Homes:
    """The events that others may be joined to, by who they are about, their kind, and whether they are real."""

    def __init__(self, ontology: Ontology) -> None:
        """Start without any."""
        self.ontology = ontology
        self.homes: dict[tuple[str, str, bool], list[Home]] = defaultdict(list)  # in the order in which they came
        self.kinds: list[str] = []
        self.near: dict[str, tuple[int, list[str]]] = {}  # kind -> related ones among so many of `kinds`

    def related(self, kind: str) -> list[str]:
        """Return the kinds of which one may be the same event."""
        known, found = self.near.get(kind, (0, []))
        if known < len(self.kinds):
            found = [c for c in self.kinds if self.ontology.is_a(c, kind) or self.ontology.is_a(kind, c)]
            self.near[kind] = len(self.kinds), found
        return found

    def found(self, core: Collection[str], event: Event, told: Collection[str]) -> Home | None:
        """Return the first event that another telling may be of: about one thing, of related kinds, as real, at no other time."""
        lists = [found for key in core for c in self.related(event.cls) if (found := self.homes.get((key, c, event.tellings[0].real)))]
        near = lists[0] if len(lists) == 1 else merge(*lists, key=lambda home: home.place)
        return next((home for home in near if home.takes(told)), None)

    def keep(self, core: Iterable[str], event: Event, home: Home) -> None:
        """Add an event."""
        kind = event.tellings[0].cls
        if kind not in self.kinds:
            self.kinds.append(kind)
        for key in core:
            self.homes[key, kind, event.tellings[0].real].append(home)


def join_events(sketches: Iterable[Sketch], registry: Registry, ontology: Ontology) -> None:
    """Join events across documents and name them by who takes part."""
    homes, count = Homes(ontology), 0
    for sketch in sketches:
        members = {m.index: m for m in sketch.shared} if sketch.events else {}
        for event in sketch.events:
            groups = [g for n in event.about if (g := registry.of.get((sketch.document, n)))]
            core = {g.key for g in groups if not g.local}
            told = {t.date for t in event.tellings if t.date}
            home = homes.found(core, event, told)
            if home is None:
                key = f"{members[event.cluster].key}@{sketch.document}"
                home, count = Home(count, registry.groups.setdefault(key, Group(key))), count + 1
                homes.keep(core, event, home)
                home.group.event = home.group.event or event_label(event, groups, registry, ontology)
            home.dates |= told
            registry.put(members[event.cluster], home.group.key)


def event_label(event: Event, groups: list[Group], registry: Registry, ontology: Ontology) -> str:
    """Return "Defection of Ana Ruiz" for an event."""
    definition = ontology.classes.get(event.cls)
    name = (definition.label if definition else event.cls).capitalize()
    return f"{name} of {registry.plain_label(groups[0])}" if groups else name


# ---- what a document says ------------------------------------------------------------------------

IdOf = Callable[[str, int | None], str | None]  # of the entity of a cluster, by document and index


def claims_of(digest: Digest, id_of: IdOf) -> Iterator[Claim]:
    """Yield the claims of one document; one whose ends turned out to be one thing says nothing."""
    for statement in digest.body.statements:
        subject = id_of(digest.id, statement.subject)
        end = statement.object
        value = end if isinstance(end, Literal) else id_of(digest.id, end)
        if subject is not None and value is not None and value != subject:
            yield claim(digest, statement, subject, value, id_of)


def claim(digest: Digest, statement: Statement, subject: str, value: str | Literal, id_of: IdOf) -> Claim:
    """Return a statement as a claim between entities."""
    return Claim(
        subject,
        statement.predicate,
        value,
        digest.id,
        statement.evidence,
        modality=statement.modality,
        polarity=statement.polarity,
        source=sources(digest, statement.speakers, id_of),
        when=statement.when,
        when_words=statement.when_words,
        said=statement.said,
        cue=statement.cue,
        kind=statement.kind,
        example=statement.example,
        order=statement.order,
    )


def sources(digest: Digest, speakers: Iterable[Speaker], id_of: IdOf) -> tuple[Source, ...]:
    """Return speakers as entities where they are known."""
    return tuple(Source(s.words, id_of(digest.id, s.cluster)) for s in speakers)


def observations_of(digest: Digest, id_of: IdOf) -> Iterator[Observation]:
    """Yield the figures of one document."""
    for count in digest.body.counts:
        about = id_of(digest.id, count.about)
        yield replace(count.observation, about=about, source=sources(digest, count.speakers, id_of))


def judgements_of(digest: Digest, id_of: IdOf) -> Iterator[Judgement]:
    """Yield why each mention was joined."""
    for joining in digest.body.joinings:
        entity = id_of(digest.id, joining.cluster)
        if entity is not None:
            yield Judgement(entity, joining.mention, joining.antecedent, Verdict.SAME, joining.reason)
