"""Decisions replayed over what was read: a pure function from an extraction to another, and its inverse.

First claims are ruled on, then entities are split, corrections filled in, entities merged, and last renamed, so that
the order of the file does not matter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from kg.decisions.find import Finder, Gone
from kg.decisions.values import ClaimDecision, Decision, Merge, Remark, Rename, Split, ThingRef, place
from kg.errors import DecisionError
from kg.graph.convert import canonical
from kg.model import (
    Claim,
    ClaimKind,
    Decided,
    Entity,
    Evidence,
    Extraction,
    Judgement,
    Literal,
    Mention,
    Observation,
    Overruled,
    Ruling,
    Source,
    Verdict,
    content_id,
)
from kg.show import flat

REASON = "decided by a person"
Value = Entity | Claim | Observation | Judgement
V = TypeVar("V", Entity, Claim, Observation, Judgement)
D = TypeVar("D", Merge, Split, Rename)


@dataclass(frozen=True, slots=True)
class Replayed:
    """What decisions make of an extraction."""

    extraction: Extraction
    origins: Mapping[str, str]  # ids of claims to those of the claims as they were read

    @property
    def gone(self) -> tuple[Decided, ...]:
        """The decisions that could not be obeyed, for what they speak of is not there any more."""
        return tuple(d for d in self.extraction.decisions if d.gone is not None)


def replay(read: Extraction, decisions: Iterable[Decision]) -> Replayed:
    """Return what was read as people decided; without decisions, just that.

    `read` is what the texts say, before any decision. Raises DecisionError where two decisions contradict each other.
    """
    ordered = sorted(decisions, key=place)
    if not ordered:
        return Replayed(read, {c.id: c.id for c in read.claims})
    work = Work(read)
    work.run(ordered)
    after = work.extraction(ordered)
    return Replayed(replace(after, overruled=overruled(read, after)), {claim.id: origin for origin, claim in work.claims})


def as_read(decided: Extraction) -> Extraction:
    """Return what was read before the decisions: the inverse of `replay`."""
    plain = without_marks(decided)
    if decided.overruled is None:
        return plain
    added, before = set(decided.overruled.added), decided.overruled.before

    def restored(now: tuple[V, ...], then: tuple[V, ...]) -> tuple[V, ...]:
        return tuple(v for v in now if fingerprint(v) not in added) + then

    return canonical(
        replace(
            plain,
            entities=restored(plain.entities, before.entities),
            claims=restored(plain.claims, before.claims),
            observations=restored(plain.observations, before.observations),
            judgements=restored(plain.judgements, before.judgements),
            decisions=(),
            overruled=None,
        )
    )


def without_marks(extraction: Extraction) -> Extraction:
    """Return an extraction without what constraints made of it: these are checked anew in every graph."""
    return replace(extraction, claims=tuple(replace(c, violations=()) for c in extraction.claims))


def overruled(read: Extraction, after: Extraction) -> Overruled:
    """Return the difference that decisions made, from canonical values."""
    one, other = canonical(read), canonical(after)
    before = Extraction(
        (),
        fewer(one.entities, other.entities),
        fewer(one.claims, other.claims),
        fewer(one.observations, other.observations),
        fewer(one.judgements, other.judgements),
    )
    added: tuple[Value, ...] = (
        *fewer(other.entities, one.entities),
        *fewer(other.claims, one.claims),
        *fewer(other.observations, one.observations),
        *fewer(other.judgements, one.judgements),
    )
    return Overruled(before, tuple(sorted(set(map(fingerprint, added)))))


def fewer(values: tuple[V, ...], others: tuple[V, ...]) -> tuple[V, ...]:
    """Return the values that are not among others, in their order."""
    known = set(others)
    return tuple(value for value in values if value not in known)


def fingerprint(value: Value) -> str:
    """Return a hash of all that a value says."""
    return content_id(type(value).__name__, repr(value))


# ---- doing it ------------------------------------------------------------------------------------


class Work:
    """An extraction on its way: claims carry the id under which they were read."""

    def __init__(self, read: Extraction) -> None:
        """Take what was read."""
        self.read = read
        self.finder = Finder(read)
        self.claims: list[tuple[str, Claim]] = [(c.id, c) for c in read.claims]
        self.entities = {e.id: e for e in read.entities}
        self.observations = list(read.observations)
        self.judgements = list(read.judgements)
        self.renamed: dict[str, str] = {}  # ids of merged entities to those that they became
        self.gone: dict[str, str] = {}  # ids of decisions to what is missing

    def run(self, decisions: list[Decision]) -> None:
        """Obey all decisions that can be obeyed."""
        ruled = self.rulings([d for d in decisions if isinstance(d, ClaimDecision)])
        for decision in decisions:
            if isinstance(decision, Split):
                self.obey(decision, self.split)
        self.finder.entities = dict(self.entities)  # with those that were split off
        self.rule(ruled)
        for decision in decisions:
            if isinstance(decision, Merge):
                self.obey(decision, self.merge)
        for decision in decisions:
            if isinstance(decision, Rename):
                self.obey(decision, self.rename)

    def obey(self, decision: D, act: Callable[[D], None]) -> None:
        """Do what is decided, or note why it cannot be done."""
        try:
            act(decision)
        except Gone as error:
            self.gone[decision.id] = flat(str(error))

    def extraction(self, decisions: list[Decision]) -> Extraction:
        """Return what has become of the extraction."""
        replaced = {origin: c.id for origin, c in self.claims if c.ruling is Ruling.REPLACED}  # as merges left it
        return replace(
            self.read,
            entities=tuple(self.entities.values()),
            claims=tuple(replace(c, revises=replaced[origin]) if c.revises else c for origin, c in self.claims),
            observations=tuple(self.observations),
            judgements=tuple(self.judgements),
            decisions=tuple(
                Decided(d.id, d.kind, flat(d.told), d.remark.why, d.remark.by, d.remark.date, d.remark.file, self.gone.get(d.id))
                for d in decisions
            ),
        )

    # ---- claims ----

    def rulings(self, decisions: list[ClaimDecision]) -> dict[str, ClaimDecision]:
        """Return the decision on each claim, by the id under which it was read.

        Raises DecisionError where two decisions speak of one claim.
        """
        out: dict[str, ClaimDecision] = {}
        for decision in decisions:
            try:
                claim = self.finder.claim(decision.claim)
            except Gone as error:
                self.gone[decision.id] = flat(str(error))
                continue
            other = out.setdefault(claim.id, decision)
            if other is not decision:
                raise DecisionError(f"decisions {other.id} and {decision.id} speak of one claim ({flat(decision.claim.told)}); remove one of them")
        return out

    def rule(self, ruled: Mapping[str, ClaimDecision]) -> None:
        """Mark the claims that were ruled on, and put corrections beside what they replace."""
        out: list[tuple[str, Claim]] = []
        for origin, claim in self.claims:
            decision = ruled.get(origin)
            try:
                out += [(origin, c) for c in (self.ruled(claim, decision) if decision else [claim])]
            except Gone as error:
                out.append((origin, claim))
                self.gone[ruled[origin].id] = flat(str(error))
        self.claims = out

    def ruled(self, claim: Claim, decision: ClaimDecision) -> list[Claim]:
        """Return a claim as it was ruled on, and its correction."""
        if decision.ruling is not Ruling.CORRECTED:
            return [replace(claim, ruling=decision.ruling, decision=decision.id)]
        value = decision.object
        new = replace(
            claim,
            subject=self.finder.entity(decision.subject).id if decision.subject else claim.subject,
            predicate=decision.predicate or claim.predicate,
            object=claim.object if value is None else value if isinstance(value, Literal) else self.finder.entity(value).id,
            modality=decision.modality or claim.modality,
            polarity=decision.polarity or claim.polarity,
            kind=ClaimKind.TAUGHT if decision.predicate else claim.kind,
        )
        if new.id == claim.id:
            raise Gone("it is read so now: nothing is left to correct")
        return [
            replace(claim, ruling=Ruling.REPLACED, decision=decision.id),
            replace(new, ruling=Ruling.CORRECTED, decision=decision.id, revises=claim.id),
        ]

    # ---- entities ----

    def split(self, decision: Split) -> None:
        """Give some mentions of an entity to a new one, with the claims whose words hold them."""
        entity = self.entities[self.finder.entity(decision.thing).id]
        found = {m for part in decision.mentions if (m := self.finder.near(entity.mentions, part)) is not None}
        if not found:
            raise Gone(f"{entity.label} is not mentioned in these words any more")
        kept = tuple(m for m in entity.mentions if m not in found)
        if not kept:
            raise Gone(f"{entity.label} is mentioned in no other words: nothing would be left of it")
        taken = tuple(sorted(found))
        new = replace(
            entity,
            id=f"{entity.id}-{content_id(decision.name, [repr(m) for m in taken])[:6]}",
            label=decision.name,
            aliases=tuple(sorted({m.text for m in taken} - {decision.name})),
            mentions=taken,
            same_as=(),
            latitude=None,
            longitude=None,
        )
        told = {m.text for m in kept}
        aliases = tuple(a for a in entity.aliases if a in told or a not in {m.text for m in taken})
        self.entities |= {entity.id: replace(entity, mentions=kept, aliases=aliases), new.id: new}
        self.move(entity.id, new.id, taken, kept)
        self.take_apart(entity.id, new.id, found, reason(decision.remark))
        pairs = [(owner, mention) for owner in (entity.id, new.id) for mention in taken]
        self.judgements += [Judgement(owner, m, kept[0], Verdict.DIFFERENT, reason(decision.remark)) for owner, m in pairs]

    def move(self, old: str, new: str, taken: tuple[Mention, ...], kept: tuple[Mention, ...]) -> None:
        """Let claims and figures speak of the new entity where their words hold only its mentions."""

        def end(name: str, spans: tuple[Evidence, ...]) -> str:
            return new if name == old and holds(spans, taken) and not holds(spans, kept) else name

        def claim(c: Claim) -> Claim:
            value = c.object if isinstance(c.object, Literal) else end(c.object, c.evidence)
            spoken = tuple(replace(s, entity=end(s.entity, c.evidence)) if s.entity else s for s in c.source)
            return replace(c, subject=end(c.subject, c.evidence), object=value, source=spoken)

        def figure(o: Observation) -> Observation:
            spoken = tuple(replace(s, entity=end(s.entity, o.evidence)) if s.entity else s for s in o.source)
            place, about = o.place and end(o.place, o.evidence), o.about and end(o.about, o.evidence)
            return replace(o, place=place, about=about, source=spoken)

        self.claims = [(origin, claim(c)) for origin, c in self.claims]
        self.observations = [figure(o) for o in self.observations]

    def take_apart(self, old: str, new: str, taken: set[Mention], why: str) -> None:
        """Judge again what joined the mentions that are apart now."""
        out = []
        for judgement in self.judgements:
            ends = (judgement.mention in taken, judgement.antecedent in taken)
            if judgement.entity != old or not any(ends):
                out.append(judgement)
            elif all(ends):
                out.append(replace(judgement, entity=new))
            elif judgement.verdict is Verdict.SAME:
                out.append(replace(judgement, verdict=Verdict.DIFFERENT, reason=f"{why}; was joined as {judgement.reason}"))
            else:
                out.append(judgement)
        self.judgements = out

    def merge(self, decision: Merge) -> None:
        """Make one entity of two."""
        kept, other = self.known(decision.kept), self.known(decision.other)
        if kept.id == other.id:
            raise Gone(f"{other.label} and {kept.label} are one already")
        joined = {*kept.aliases, *other.aliases, other.label} - {kept.label}
        more = len(other.types) > len(kept.types) and set(kept.types) <= set(other.types)  # the same, more specific
        located = kept if kept.latitude is not None or other.latitude is None else other
        self.entities[kept.id] = replace(
            kept,
            types=other.types if more else kept.types,
            aliases=tuple(sorted(joined)),
            mentions=tuple(sorted({*kept.mentions, *other.mentions})),
            same_as=kept.same_as or other.same_as,
            named=kept.named or other.named,
            latitude=located.latitude,
            longitude=located.longitude,
        )
        del self.entities[other.id]
        self.renamed[other.id] = kept.id
        self.point(other.id, kept.id)
        if kept.mentions and other.mentions:
            why = reason(decision.remark)
            self.judgements.append(Judgement(kept.id, other.mentions[0], kept.mentions[0], Verdict.SAME, why))

    def point(self, old: str, new: str) -> None:
        """Let everything that speaks of one entity speak of another."""

        def end(name: str) -> str:
            return new if name == old else name

        def spoken(item: Claim | Observation) -> tuple[Source, ...]:
            return tuple(replace(s, entity=s.entity and end(s.entity)) for s in item.source)

        self.claims = [
            (origin, replace(c, subject=end(c.subject), object=c.object if isinstance(c.object, Literal) else end(c.object), source=spoken(c)))
            for origin, c in self.claims
        ]
        self.observations = [replace(o, place=o.place and end(o.place), about=o.about and end(o.about), source=spoken(o)) for o in self.observations]
        self.judgements = [replace(j, entity=end(j.entity)) for j in self.judgements]

    def rename(self, decision: Rename) -> None:
        """Give an entity another label; the one that was read becomes an alias."""
        entity = self.known(decision.thing)
        aliases = tuple(sorted({*entity.aliases, entity.label} - {decision.name}))
        self.entities[entity.id] = replace(entity, label=decision.name, aliases=aliases, named=True)
        if entity.mentions:
            first = entity.mentions[0]
            why = f'named "{decision.name}": {reason(decision.remark)}'
            self.judgements.append(Judgement(entity.id, first, first, Verdict.SAME, why))

    def known(self, ref: ThingRef) -> Entity:
        """Return an entity as it stands now, where it may have been merged."""
        name = self.finder.entity(ref).id
        while name in self.renamed:
            name = self.renamed[name]
        return self.entities[name]


def holds(spans: Iterable[Evidence], mentions: Iterable[Mention]) -> bool:
    """Whether some quotation holds one of some mentions."""
    return any(s.document == m.document and s.start <= m.start and m.end <= s.end for s in spans for m in mentions)


def reason(remark: Remark) -> str:
    """Return why, in a sentence for people."""
    who = f" ({remark.by})" if remark.by else ""
    return f"{REASON}{who}{': ' if remark.why else ''}{remark.why or ''}"
