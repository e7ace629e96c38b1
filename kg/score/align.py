"""Which entity of the graph stands for which thing of the gold; named entities and coreference follow from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from kg.model import Claim, Document, Entity, Observation
from kg.score.gold import Gold, GoldEntity
from kg.score.relations import NAMED, Relations, kinds
from kg.score.values import Span, fold, pair_up, reads_as_name, shared, touch, trim

SAME_SPAN = 0.4  # share of the joint span from which two spans are one mention
WEIGHTS = {"mentions": 1.0, "triggers": 1.0, "demonyms": 0.5, "pronouns": 0.3}
CONFUSED = ({"person", "group", "body", "place"}, {"event", "body", "work"})  # mistaken for each other, still the same thing


@dataclass(frozen=True)
class Scene:
    """One text: the gold, and what the graph says of it."""

    document: Document
    gold: Gold
    relations: Relations
    entities: Mapping[str, Entity]
    claims: tuple[Claim, ...]
    observations: tuple[Observation, ...]

    def spans(self, entity: Entity) -> list[Span]:
        """Return where an entity is mentioned in this text, trimmed."""
        here = [m for m in entity.mentions if m.document == self.document.id]
        return [trim(self.document.text, (m.start, m.end)) for m in here]

    def words(self, span: Span) -> str:
        """Return the words of a span, trimmed."""
        start, end = trim(self.document.text, span)
        return self.document.text[start:end]

    @cached_property
    def placed(self) -> list[tuple[Span, str]]:
        """Every mention in the graph with its entity."""
        return [(span, entity.id) for entity in self.entities.values() for span in self.spans(entity)]

    def is_named(self, entity: GoldEntity) -> bool:
        """Whether a person, body or place of the gold has a proper name; a mission told by its country has one."""
        if not kinds(entity.types[:1]) & NAMED:
            return False
        said = [self.words(s) for s in entity.mentions]
        if entity.types[0] == "DiplomaticMission" and "Group" not in entity.types:
            return any(c.isupper() for words in said for c in words[1:])
        own = set(fold(entity.labels[0]).split())
        return any(reads_as_name(w) and (entity.types[0] != "Person" or own & set(fold(w).split())) for w in said)


class Alignment:
    """The one-to-one pairs of gold and graph."""

    def __init__(self, scene: Scene) -> None:
        """Pair by mentions and labels, then the events left over by who takes part."""
        self.gold = scene.gold
        self.pairs = pair_up(weights(scene))
        self.pairs |= pair_up(event_weights(scene, self.pairs))
        self.gold_of = {entity: gold for gold, entity in self.pairs.items()}

    def stands_for(self, entity: str, gold: str) -> bool:
        """Whether an entity is the partner of a thing of the gold, or of one that it may be merged with."""
        partner = self.gold_of.get(entity)
        return partner is not None and (partner == gold or partner in self.merged(gold))

    def merged(self, gold: str) -> frozenset[str]:
        """Return the things that may be merged with one, whichever side says so."""
        entities = self.gold.entities
        own = entities[gold].merge_ok if gold in entities else frozenset()
        return own | {e.id for e in entities.values() if gold in e.merge_ok}


def weights(scene: Scene) -> dict[tuple[str, str], float]:
    """Return how well each thing of the gold and each entity cover each other's mentions, labels where none is shared."""
    found: dict[tuple[str, str], float] = {}
    for gold in scene.gold.entities.values():
        for kind, weight in WEIGHTS.items():
            for span in getattr(gold, kind):
                for entity, score in covering(scene, span, event="event" in kinds(gold.types)).items():
                    found[gold.id, entity] = found.get((gold.id, entity), 0.0) + weight * score
        names = {fold(label) for label in gold.labels if label == gold.labels[0] or reads_as_name(label)}
        for entity_ in scene.entities.values():
            if names & {fold(label) for label in (entity_.label, *entity_.aliases)}:
                found[gold.id, entity_.id] = found.get((gold.id, entity_.id), 0.0) + 0.3
    return {pair: score * fitness(scene, *pair) for pair, score in found.items()}


def covering(scene: Scene, span: Span, *, event: bool) -> dict[str, float]:
    """Return the entities with a mention at a span, each with its best share; any overlap tells an event."""
    start, end = trim(scene.document.text, span)
    best: dict[str, float] = {}
    for (other_start, other_end), entity in scene.placed:
        score = shared(start, end, other_start, other_end)
        if score and event and "event" in kinds(scene.entities[entity].types):
            score = max(score, 0.5)
        if score >= SAME_SPAN:
            best[entity] = max(best.get(entity, 0.0), score)
    return best


def fitness(scene: Scene, gold: str, entity: str) -> float:
    """Return 1 for the same kind of thing, 0.5 for kinds that are easily confused or events of another family, else 0."""
    mine, other = scene.gold.entities[gold], scene.entities[entity]
    first, second = kinds(mine.types), kinds(other.types)
    if "event" in first & second:
        return 1.0 if same_family(scene, mine, other) else 0.5
    if first & second:
        return 1.0
    return 0.5 if not second or any(first & group and second & group for group in CONFUSED) else 0.0


def same_family(scene: Scene, gold: GoldEntity, entity: Entity) -> bool:
    """Whether the words of a gold event name the class of an event of the graph."""
    families = scene.relations.families
    return bool((families([gold.id.removeprefix("ev-")]) or families(gold.labels)) & set(entity.types))


def event_weights(scene: Scene, pairs: Mapping[str, str]) -> dict[tuple[str, str], float]:
    """Return for the events without partner how many participants they share within a family."""
    taken = set(pairs.values())
    left = [e for e in scene.gold.entities.values() if "event" in kinds(e.types) and e.id not in pairs]
    found: dict[tuple[str, str], float] = {}
    for entity in (e for e in scene.entities.values() if "event" in kinds(e.types) and e.id not in taken):
        near = {str(end) for c in scene.claims if entity.id in (c.subject, c.object) for end in (c.subject, c.object)}
        for gold in left:
            if same_family(scene, gold, entity):
                wanted = {pairs[p] for p in partners(scene.gold, gold.id) if p in pairs}
                found[gold.id, entity.id] = len(near & wanted)
    return found


def partners(gold: Gold, event: str) -> set[str]:
    """Return what shares a fact, or a group of facts, with an event."""
    groups = {f.group for f in gold.facts if f.group and event in f.ends}
    return {end for f in gold.facts if event in f.ends or f.group in groups for end in f.ends} - {event}


@dataclass(frozen=True, slots=True)
class Named:
    """The named people, bodies and places: found and missed of the gold, wrong of the graph."""

    found: tuple[str, ...]
    missed: tuple[str, ...]
    wrong: tuple[str, ...]  # labels: without partner, or a second entity for a thing already paired


def named_entities(scene: Scene, alignment: Alignment) -> Named:
    """Sort the named entities."""
    asked = [e for e in scene.gold.entities.values() if not e.optional and scene.is_named(e) and not excused(scene, alignment, e)]
    loose = [e for e in scene.entities.values() if e.id not in alignment.gold_of and kinds(e.types) & NAMED]
    named = [e for e in scene.gold.entities.values() if scene.is_named(e)]
    optional = [e for e in scene.gold.entities.values() if e.optional]
    wrong = [e.label for e in loose if stands_at(scene, e, named) or (
        not stands_at(scene, e, optional) and any(reads_as_name(scene.words(s)) for s in scene.spans(e)))]
    return Named(
        tuple(e.id for e in asked if e.id in alignment.pairs),
        tuple(e.id for e in asked if e.id not in alignment.pairs),
        tuple(sorted(wrong)),
    )


def excused(scene: Scene, alignment: Alignment, gold: GoldEntity) -> bool:
    """Whether a thing has no partner because it was merged with one that it may be merged with."""
    partners_ = [alignment.pairs[m] for m in alignment.merged(gold.id) if m in alignment.pairs]
    return gold.id not in alignment.pairs and any(touch(gold.mentions, scene.spans(scene.entities[p])) for p in partners_)


def stands_at(scene: Scene, entity: Entity, golds: Iterable[GoldEntity]) -> bool:
    """Whether an entity has a mention in common with some thing of the gold."""
    others = [trim(scene.document.text, s) for g in golds for s in (*g.mentions, *g.demonyms)]
    return any(shared(*a, *b) >= SAME_SPAN for a in scene.spans(entity) for b in others)


def b_cubed(scene: Scene, alignment: Alignment) -> tuple[float, float]:
    """Return precision and recall of coreference over the gold's names and descriptions of people, bodies and places."""
    items = [(e, cluster_at(scene, alignment, e, span)) for e in scene.gold.entities.values()
             if not e.optional and kinds(e.types[:1]) & (NAMED | {"group"}) for span in e.mentions]
    precision, recall = [], []
    for entity, cluster in items:
        mates = [e for e, c in items if c == cluster] if cluster else []
        recall.append(sum(e is entity for e in mates) / sum(e is entity for e, _ in items))
        if mates:
            precision.append(sum(e is entity or e.id in alignment.merged(entity.id) for e in mates) / len(mates))
    return sum(precision) / max(len(precision), 1), sum(recall) / max(len(recall), 1)


def cluster_at(scene: Scene, alignment: Alignment, gold: GoldEntity, span: Span) -> str | None:
    """Return the entity with a mention at a span; of several about as good, the partner."""
    near = {e: s for e, s in covering(scene, span, event=False).items() if not kinds(scene.entities[e].types) & {"event", "role"}}
    best = max(near.values(), default=0.0)
    own = alignment.pairs.get(gold.id, "")
    return own if near.get(own, -1.0) >= best - 0.3 else max(near, key=lambda e: (near[e], e), default=None)
