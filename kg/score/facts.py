"""Which claims and figures of the graph state which facts of the gold, and who they say so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from kg.model import Claim, Evidence, Literal, Modality, Observation, Polarity, Source
from kg.ontology import Shortcut
from kg.score.align import Alignment, Scene
from kg.score.gold import AUTHOR, UNSPECIFIED, GoldFact, GoldFigure
from kg.score.relations import COUNTS, ROLES, STATES, key, kinds, words
from kg.score.values import Span, alike, days, equal, number, pair_up, same_date, same_days, stems, touch


@dataclass(frozen=True, slots=True)
class Match:
    """One way in which the graph states a fact."""

    credit: float  # 1, or 0.5 for a broader relation, a coarser date, words where the gold has a thing
    origin: str  # id of what carries the attribution
    claims: tuple[str, ...]
    modality: Modality
    negative: bool
    source: tuple[Source, ...]
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Unit:
    """A fact, or a group of facts that say the same in two shapes, counted once."""

    fact: GoldFact
    match: Match | None

    @property
    def credit(self) -> float:
        """The credit of its match."""
        return self.match.credit if self.match else 0.0


def places(evidence: Iterable[Evidence]) -> tuple[Span, ...]:
    """Return where evidence stands."""
    return tuple((e.start, e.end) for e in evidence)


def by_claims(credit: float, *claims: Claim) -> Match:
    """Return the match that a claim makes, perhaps with the help of others."""
    first = claims[0]
    negative = any(c.polarity is Polarity.NEGATIVE for c in claims)
    spans = places(e for c in claims for e in c.evidence)
    return Match(credit, first.id, tuple(c.id for c in claims), first.modality, negative, first.source, spans)


class Facts:
    """The best match of every fact, and what that makes of every claim."""

    def __init__(self, scene: Scene, alignment: Alignment) -> None:
        """Match everything."""
        self.scene, self.alignment = scene, alignment
        self.about: dict[str, list[Claim]] = {}
        for claim in scene.claims:
            self.about.setdefault(claim.subject, []).append(claim)
        found = {fact.key: [m for m in self.candidates(fact) if m.credit > 0 and polarity_fits(fact, m)] for fact in scene.gold.facts}
        self.best = self.choose(found)
        self.units = [u for u in self.all_units() if u.match or not u.fact.inferred]
        self.right: dict[str, float] = {}
        for match in (m for matches in found.values() for m in matches):
            for claim_id in match.claims:
                self.right[claim_id] = max(self.right.get(claim_id, 0.0), match.credit)
        self.wrong = [c for c in scene.claims if c.id not in self.right and self.judged(c)]

    # ---- candidates ------------------------------------------------------------------------------

    def candidates(self, fact: GoldFact) -> Iterator[Match]:
        """Yield every way in which the graph states a fact."""
        yield from self.by_relation(fact)
        yield from self.by_event(fact)
        yield from self.by_figure(fact)
        if fact.relation in STATES and not fact.is_entity and not fact.negative:
            yield from self.by_state(fact)

    def by_relation(self, fact: GoldFact) -> Iterator[Match]:
        """Yield the claims whose relation says the same and whose ends fit; also the time of a claim about an event."""
        accepted = self.scene.relations.accepted(fact.relation)
        dated = not fact.is_entity and fact.relation.endswith("-on") and "event" in kinds(self.types(fact.subject))
        for claim in self.scene.claims:
            predicate = key(claim.predicate)
            doer = self.is_subject(fact, claim.subject)
            if doer and predicate in accepted.forward:
                yield by_claims(accepted.forward[predicate] * self.object_credit(fact, claim.object, claim.when), claim)
            if predicate in accepted.backward and isinstance(claim.object, str) and self.is_subject(fact, claim.object, exactly=True):
                yield by_claims(accepted.backward[predicate] * self.object_credit(fact, claim.subject, claim.when), claim)
            if dated and claim.when and self.alignment.stands_for(claim.subject, fact.subject):
                yield by_claims(same_date(fact.object, claim.when), claim)

    def by_event(self, fact: GoldFact) -> Iterator[Match]:
        """Yield the pairs of roles of one event that hold both ends of a fact."""
        for shortcut in self.scene.relations.accepted(fact.relation).events:
            for event in self.scene.entities.values():
                if shortcut.event in event.types:
                    yield from self.by_roles(fact, shortcut, self.about.get(event.id, ()))

    def by_roles(self, fact: GoldFact, shortcut: Shortcut, claims: Iterable[Claim]) -> Iterator[Match]:
        """Yield the pairs of roles among the claims about one event."""
        claims = list(claims)
        doers = [c for c in claims if c.predicate == shortcut.subject and self.is_subject(fact, c.object, exactly=True)]
        for claim in claims if doers else ():
            if claim.predicate == shortcut.object:
                yield by_claims(self.object_credit(fact, claim.object, claim.when), claim, doers[0])

    def by_figure(self, fact: GoldFact) -> Iterator[Match]:
        """Yield the figures that give the number of a fact, for its period, in its place or its sentence."""
        wanted = None if fact.is_entity else number(fact.qualifiers.get("value", fact.object))
        for seen in self.scene.observations if wanted is not None else ():
            if not equal(wanted, float(seen.value)):
                continue
            spans = places(seen.evidence)
            credit = self.figure_credit(fact, seen) if fact.relation in COUNTS else float(touch(fact.evidence, spans))
            yield Match(credit, seen.id, (), seen.modality, False, seen.source, spans)

    def figure_credit(self, fact: GoldFact, seen: Observation) -> float:
        """Return 1 for a figure of the right period and place, 0.5 without a period, 0 for another."""
        place = str(fact.qualifiers.get("place", "")).removeprefix("@")
        if place and seen.place in self.alignment.gold_of and not self.alignment.stands_for(str(seen.place), place):
            return 0.0
        return period_credit(fact, seen.period)

    def by_state(self, fact: GoldFact) -> Iterator[Match]:
        """Yield the types and labels of an entity that say what it is or is called."""
        for entity in self.scene.entities.values():
            if self.alignment.stands_for(entity.id, fact.subject):
                told = [" ".join(words(t)) for t in entity.types] + [entity.label, *entity.aliases]
                if any(alike(fact.object, t) for t in told):
                    yield Match(1.0, entity.id, (), Modality.ASSERTED, False, (), tuple(self.scene.spans(entity)))

    # ---- ends ------------------------------------------------------------------------------------

    def types(self, gold: str) -> tuple[str, ...]:
        """Return the types of a thing of the gold."""
        known = self.scene.gold.entities.get(gold)
        return known.types if known else ()

    def is_subject(self, fact: GoldFact, end: str | Literal, *, exactly: bool = False) -> bool:
        """Whether an entity is the subject of a fact, or takes part in the event that is its subject."""
        if not isinstance(end, str):
            return False
        if self.alignment.stands_for(end, fact.subject):
            return True
        if exactly or fact.relation == "has-participant" or "event" not in kinds(self.types(fact.subject)[:1]):
            return False
        return any(self.alignment.stands_for(end, p) for p in self.participants.get(fact.subject, ()))

    @cached_property
    def participants(self) -> dict[str, set[str]]:
        """Who takes part in each event of the gold."""
        facts = self.scene.gold.facts
        out: dict[str, set[str]] = {}
        for fact in facts:
            if fact.relation == "has-participant" and fact.is_entity:
                out.setdefault(fact.subject, set()).add(fact.object)
            if fact.group and "event" in kinds(self.types(fact.subject)):
                out.setdefault(fact.subject, set()).update(f.subject for f in facts if f.group == fact.group and f.primary)
        return out

    def object_credit(self, fact: GoldFact, end: str | Literal, when: str | None) -> float:
        """Return how well one end of a claim fits the object of a fact."""
        entity = self.scene.entities.get(end) if isinstance(end, str) else None
        told = [entity.label, *entity.aliases] if entity else [end.value] if isinstance(end, Literal) else []
        if fact.is_entity:
            if entity and self.alignment.stands_for(entity.id, fact.object):
                return 1.0
            if entity and entity.id in self.alignment.gold_of:
                return 0.0
            gold = self.scene.gold.entities[fact.object]
            score = max((same_phrase(fact, label, t) for label in gold.labels for t in told), default=0.0)
            loose = kinds(gold.types) & {"role", "work", "group", "event"}
            return score if loose and not entity else score / 2
        if fact.relation in COUNTS:
            return period_credit(fact, when) if any(equal(number(fact.object), number(t)) for t in told) else 0.0
        if days(fact.object) or re.fullmatch(r"\d\d-\d\d", fact.object):
            return max((same_date(fact.object, t) for t in told), default=0.0)
        figures = [number(fact.qualifiers.get("value")), number(fact.object)]
        if any(equal(f, number(t)) for f in figures for t in told if len(t.split()) < 5 and re.search(r"\d", t)):
            return 1.0
        told += [" ".join(words(t)) for t in entity.types] if entity else []
        return max((same_phrase(fact, fact.object, t) for t in told), default=0.0)

    # ---- results ---------------------------------------------------------------------------------

    def choose(self, found: dict[str, list[Match]]) -> dict[str, Match]:
        """Choose a match for every fact; facts that differ only in source or time need different ones."""
        same: dict[tuple[str, str, str], list[GoldFact]] = {}
        for fact in self.scene.gold.facts:
            same.setdefault((fact.subject, fact.relation, fact.object), []).append(fact)
        chosen: dict[str, Match] = {}
        for facts in same.values():
            ranked: dict[tuple[str, str], tuple[float, Match]] = {}
            for fact in facts:
                for match in found[fact.key]:
                    pair, rank = (fact.key, match.origin), self.rank(fact, match)
                    if pair not in ranked or rank > ranked[pair][0]:
                        ranked[pair] = (rank, match)
            chosen |= {fact: ranked[fact, origin][1] for fact, origin in pair_up({p: r for p, (r, _) in ranked.items()}).items()}
        return chosen

    def rank(self, fact: GoldFact, match: Match) -> float:
        """Rank the matches of a fact: credit, then source, modality and place."""
        return 8 * match.credit + 3 * self.source_right(fact, match) + 2 * (match.modality == fact.modality) + touch(
            fact.evidence, match.spans)

    def all_units(self) -> Iterator[Unit]:
        """Yield every fact or group once: its primary member, or the least of the others where that is better."""
        groups: dict[str, list[GoldFact]] = {}
        for fact in self.scene.gold.facts:
            groups.setdefault(fact.group or f"fact {fact.key}", []).append(fact)
        for facts in groups.values():
            first = next((f for f in facts if f.primary), facts[0])
            own = Unit(first, self.best.get(first.key))
            others = [Unit(f, self.best.get(f.key)) for f in facts if f is not first]
            least = min(others, key=lambda u: u.credit, default=own)
            yield least if least.credit > own.credit else own

    @cached_property
    def known_keys(self) -> frozenset[str]:
        """The keys of properties that say in full what some relation of this gold says."""
        accepted = [self.scene.relations.accepted(f.relation) for f in self.scene.gold.facts]
        return frozenset(k for a in accepted for way in (a.forward, a.backward) for k, credit in way.items() if credit == 1)

    def judged(self, claim: Claim) -> bool:
        """Whether the gold can tell that an unmatched claim is wrong: it knows both ends and the relation.

        A role of an event that the gold names only in a qualifier counts neither way.
        """
        subject = self.alignment.gold_of.get(claim.subject)
        target = self.alignment.gold_of.get(claim.object) if isinstance(claim.object, str) else None
        if subject is None or (target is None and isinstance(claim.object, str)) or key(claim.predicate) not in self.known_keys:
            return False
        together = target is not None and any({subject, target} <= ends for ends in self.told_together)
        return not (together and key(claim.predicate) in self.scene.relations.role_keys)

    @cached_property
    def told_together(self) -> list[frozenset[str]]:
        """The things that each fact, or each group of facts, names."""
        groups: dict[str, frozenset[str]] = {}
        for fact in self.scene.gold.facts:
            for name in {fact.key, fact.group or fact.key}:
                groups[name] = groups.get(name, frozenset()) | fact.ends
        return list(groups.values())

    # ---- attribution -----------------------------------------------------------------------------

    @cached_property
    def own_voices(self) -> frozenset[str]:
        """The article, its author and its outlet: to name them as the source adds nothing."""
        told = [f for f in self.scene.gold.facts if f.relation in {"authored-by", "published-in"}]
        return frozenset({"article"}.union(*({f.subject, f.object} for f in told)))

    def outermost(self, source: tuple[Source, ...]) -> Source | None:
        """Return the outermost speaker beside the author; nothing where the author speaks."""
        others = [s for s in source if self.alignment.gold_of.get(s.entity or "") not in self.own_voices]
        return others[-1] if others else None

    def source_right(self, fact: GoldFact, match: Match) -> bool:
        """Whether the outermost speaker is the one of the gold."""
        speaker = self.outermost(match.source)
        if AUTHOR in fact.sources[:1]:
            return speaker is None
        if UNSPECIFIED in fact.sources[:1]:
            return match.modality is not Modality.ASSERTED if speaker is None else speaker.entity not in self.alignment.gold_of
        return speaker is not None and any(self.same_speaker(speaker, wanted) for wanted in fact.sources)

    def same_speaker(self, speaker: Source, wanted: str) -> bool:
        """Whether a speaker is a thing of the gold, by its entity or by its words where it has none."""
        if speaker.entity is not None:
            return self.alignment.stands_for(speaker.entity, wanted)
        gold = self.scene.gold.entities.get(wanted)
        return gold is not None and any(alike(label, speaker.words) for label in gold.labels)


def polarity_fits(fact: GoldFact, match: Match) -> bool:
    """Whether a match holds a statement true or false as the gold does."""
    if fact.modality == match.modality == Modality.UNCONFIRMED:
        return True
    return (fact.negative or fact.modality == Modality.DENIED) == (match.negative or match.modality is Modality.DENIED)


def period_credit(fact: GoldFact, period: str | None) -> float:
    """Return 1 for the period of a count or where none is asked, 0.5 where none is given, 0 for another."""
    wanted = fact.qualifiers.get("time")
    if not wanted:
        return 1.0
    return float(same_days(days(wanted), days(period))) if period else 0.5


def same_phrase(fact: GoldFact, gold: str, told: str) -> float:
    """Compare phrases; a post may be told shorter or longer, a title of one word is half of a long one."""
    plain = re.sub(r"\s*\([^)]*\)", "", gold)
    if alike(gold, told) or alike(plain, told):
        return 1.0
    a, b = stems(plain), stems(told)
    if fact.relation in ROLES and a and b and (a <= b or b <= a):
        return 1.0 if a <= b or 3 * len(b) >= len(a) else 0.5
    return 0.0


def figures_found(scene: Scene) -> dict[str, str]:
    """Pair the figures of the gold with those of the graph, by value and period; return labels with ids."""
    weights = {
        (f"{n} {gold.label}", seen.id): figure_weight(gold, seen)
        for n, gold in enumerate(scene.gold.figures) for seen in scene.observations
    }
    return pair_up(weights)


def figure_weight(gold: GoldFigure, seen: Observation) -> float:
    """Return how well a figure fits; one without a period needs none, or evidence in the same place."""
    near = touch(gold.evidence, places(seen.evidence))
    same = same_days(days(gold.period) if gold.period else None, days(seen.period) if seen.period else None)
    if not equal(gold.value, float(seen.value)) or not (same or (gold.period is None and near)):
        return 0.0
    return 1.0 + same + 0.5 * near
