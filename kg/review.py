"""Deciding about the graph of a folder: a decision is written to its file, and the graph obeys it at once.

The texts are not read again: what was read before any decision is kept in the graph.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from kg.decisions import (
    DECISIONS,
    ClaimDecision,
    ClaimRef,
    Decision,
    Merge,
    Remark,
    Rename,
    Split,
    ThingRef,
    WordsRef,
    as_read,
    kept_decisions,
    read_decisions,
    replay,
    write_decisions,
)
from kg.decisions.find import Finder, Gone
from kg.decisions.values import decision_id, place
from kg.errors import DecisionError
from kg.graph import store
from kg.inputs import INPUTS
from kg.model import Claim, ClaimKind, Decided, Entity, Literal, Mention, Modality, Polarity, Ruling
from kg.namespaces import CLAIM, DECISION
from kg.ontology import Ontology
from kg.ontology import load as load_ontology
from kg.pipeline import Settings, ontology_paths, rules_folder, shapes_file
from kg.show import find, flat

NO_REMARK = Remark()
PATIENCE = 30.0  # seconds to wait for another reviewer, who writes a graph
SHORTEST = 4  # characters of an id that may stand for it
DOUBT = (  # least certain first
    Modality.RUMOURED,
    Modality.SPECULATED,
    Modality.UNCONFIRMED,
    Modality.ALLEGED,
    Modality.PREDICTED,
    Modality.DENIED,
    Modality.REPORTED,
    Modality.ASSERTED,
)


class Review:
    """A graph folder with the decisions about it.

    `graph` is as decided, `read` as the texts say; `file` is where new decisions go.
    """

    def __init__(self, folder: Path, *, file: Path | None = None, settings: Settings | None = None) -> None:
        """Open a graph folder.

        `file` keeps the decisions instead of `decisions.ttl` in the folder. Raises GraphError where there is no graph,
        DecisionError where decisions cannot be read or the graph was built with another ontology.
        """
        self.settings = settings or Settings()
        self.folder = folder
        self.graph = store.load(folder)
        self.given = file or self.recorded()
        self.file = self.given or folder / DECISIONS
        self.named = str(self.given) if self.given else None
        self.read = as_read(self.graph.extraction)
        self.documents = {d.id: d for d in self.read.documents}
        self.labels = {e.id: e.label for e in self.read.entities}
        self.finder = Finder(self.read)
        self.known = self.kept()  # the decisions as this reviewer last saw them
        self.replayed = replay(self.read, self.known)
        self.later = False  # whether the graph is written by `apply`, once for many decisions

    def recorded(self) -> Path | None:
        """Return the file beside the sources that the graph was built with, if any.

        Raises DecisionError where it is not there.
        """
        kept = self.graph.manifest.get(INPUTS, {}).get("decisions")
        files = [kept] if kept else sorted({d.file for d in self.graph.extraction.decisions if d.file})
        if files and not Path(files[0]).is_file():
            raise DecisionError(f"{self.folder}: obeys the decisions of {files[0]}, which is not here; name it with --decisions FILE")
        return Path(files[0]) if files else None

    def ontology(self) -> Ontology:
        """Return the ontology of the graph.

        Raises DecisionError where the graph was built with another one.
        """
        taught = load_ontology(ontology_paths(self.settings))
        built = self.graph.extraction.versions.get("ontology")
        if built not in (None, taught.version):
            raise DecisionError(f"{self.folder}: was built with another ontology; name it with --ontology, or run kg build again")
        return taught

    def kept(self) -> tuple[Decision, ...]:
        """Return all decisions that the graph obeys."""
        return kept_decisions(self.folder, self.given)

    # ---- deciding ----

    def rule(self, claim: str, ruling: Ruling, remark: Remark) -> list[str]:
        """Accept or reject a claim, by its id; an earlier decision about it is replaced.

        Raises DecisionError where there is no such claim, or nothing to accept.
        """
        found = self.claim(claim)
        if ruling is Ruling.ACCEPTED and found.kind is ClaimKind.OPEN:
            raise DecisionError(f"{claim}: no relation of the ontology; say which it is: kg review correct {found.id} --predicate NAME")
        if ruling is Ruling.ACCEPTED and found.polarity is Polarity.NEGATIVE:
            raise DecisionError(f"{claim}: says that something is not so, which no plain triple can say; reject the claim that it contradicts")
        return self.decide(self.ruling(found, ruling, remark))

    def correct(
        self,
        claim: str,
        *,
        subject: str | None = None,
        predicate: str | None = None,
        object: str | Literal | None = None,
        modality: str | None = None,
        polarity: str | None = None,
        remark: Remark = NO_REMARK,
    ) -> list[str]:
        """Put a correction in the place of a claim; ends are names of things, or values.

        Raises DecisionError where nothing is corrected, or names nothing that is known.
        """
        found, taught = self.claim(claim), self.ontology()
        if predicate is not None and predicate not in taught.properties:
            close = ", ".join(p for p in sorted(taught.properties) if predicate.lower() in p.lower()) or "see the ontology"
            raise DecisionError(f"{predicate}: no such relation in the ontology ({close})")
        decision = self.ruling(
            found,
            Ruling.CORRECTED,
            remark,
            subject=self.thing(subject) if subject else None,
            predicate=predicate,
            object=self.thing(object) if isinstance(object, str) else object,
            modality=Modality(known(modality, Modality)) if modality else None,
            polarity=Polarity(known(polarity, Polarity)) if polarity else None,
        )
        if not any(value for _, value in decision.changes()):
            raise DecisionError(f"{claim}: say what is right: --subject, --predicate, --object, --value, --modality or --polarity")
        return self.decide(decision)

    def ruling(self, claim: Claim, ruling: Ruling, remark: Remark, **changes: object) -> ClaimDecision:
        """Return a decision about a claim as it was read."""
        if not claim.evidence:
            raise DecisionError(f"{claim.id}: rests on no words, by which the decision could find it again")
        ref = ClaimRef.of(claim, self.documents, self.labels)
        return ClaimDecision(decision_id(ruling.value, ref, *changes.values()), ruling, ref, remark=remark, **changes)  # type: ignore[arg-type]

    def merge(self, kept: str, others: Iterable[str], remark: Remark) -> list[str]:
        """Make one entity of several, under the name of the first."""
        first = self.thing(kept)
        rest = [self.thing(name) for name in others]
        return self.decide(*(Merge(decision_id("merge", first, other), first, other, remark) for other in rest))

    def split(self, name: str, mentions: Iterable[str], *, new: str | None, remark: Remark) -> list[str]:
        """Give some mentions of an entity to a new one; a mention is named by its words or its offset.

        Raises DecisionError where the entity has no such mention.
        """
        entity = self.entity(name)
        chosen = sorted({m for text in mentions for m in self.mentions(entity, text)})
        parts = tuple(WordsRef.of(m, self.documents[m.document]) for m in chosen)
        ref, label = self.ref(entity), new or chosen[0].text
        return self.decide(Split(decision_id("split", ref, parts, label), ref, parts, label, remark))

    def rename(self, name: str, new: str, remark: Remark) -> list[str]:
        """Give an entity another name; an earlier one that was given so is replaced."""
        ref = self.thing(name)
        return self.decide(Rename(decision_id("rename", ref, new), ref, " ".join(new.split()), remark))

    def undo(self, name: str) -> list[str]:
        """Take a decision back, by its id or its number in the list.

        Raises DecisionError where there is no such decision, or another file keeps it.
        """
        decision = self.decision(name)
        if decision.remark.file != self.named:
            raise DecisionError(f"{name}: is kept in {decision.remark.file or self.folder / DECISIONS}; name that file with --decisions")
        with self.turn():
            self.store([d for d in self.own() if d.id != decision.id])
        return [f"undone: {flat(decision.told)}", *(f"no longer obeyed: {line_of(gone)}" for gone in self.replayed.gone)]

    def apply(self) -> list[str]:
        """Let the graph obey its files of decisions as they are now, edited by hand or not."""
        with self.turn():
            self.replayed = replay(self.read, self.kept())
            self.save(self.ontology())
        return self.lines()

    def decide(self, *new: Decision) -> list[str]:
        """Keep decisions in the file and let the graph obey them.

        Raises DecisionError where one of them cannot be obeyed, or would undo what another reviewer decided
        meanwhile; then nothing is written.
        """
        made = [replace(d, remark=replace(d.remark, file=self.named)) for d in new]
        with self.turn():
            own = self.own()
            kept = [d for d in own if not any(self.replaces(n, d) for n in made)]
            self.check_seen([d for d in own if d not in kept])
            trial = replay(self.read, [*self.others(), *kept, *made])
            gone = next((d for d in trial.gone if d.id in {n.id for n in made}), None)
            if gone:
                raise DecisionError(f"cannot {gone.about}: {gone.gone}")
            self.store([*kept, *made])
        return [f"{d.id}  {flat(d.told)}" for d in made]

    def check_seen(self, replaced: list[Decision]) -> None:
        """Raise DecisionError where a decision that is to be replaced came in behind this reviewer's back; it is known from then on."""
        unseen = next((d for d in replaced if d not in self.known), None)
        self.known = self.kept()
        if unseen:
            raise DecisionError(f"another reviewer decided meanwhile: {flat(unseen.told)}; decide again to replace that")

    def store(self, own: list[Decision]) -> None:
        """Write the file, then the graph: after a kill between the two the next build obeys the file."""
        self.replayed = replay(self.read, [*self.others(), *own])
        taught = self.ontology()
        write_decisions(own, self.file)
        self.known = self.kept()
        if not self.later:
            self.save(taught)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Keep other reviewers, and whoever changes the graph, away while we read their decisions and write ours.

        A file beside the sources may be shared by reviewers of other graphs: they lock its folder. Raises GraphError where
        they take too long, DecisionError where another has changed more than decisions.
        """
        folder, beside = self.folder.absolute(), self.file.absolute().parent
        with ExitStack() as locks:
            if folder.is_dir():  # and no server
                locks.enter_context(store.turn(folder, wait=PATIENCE))
            if beside.is_dir() and not (folder.is_dir() and beside.samefile(folder)):
                locks.enter_context(store.locked(beside, wait=PATIENCE))
            self.catch_up()
            yield

    def catch_up(self) -> None:
        """Take in what other reviewers decided meanwhile.

        Raises DecisionError where the documents are others than before: their graph would be lost.
        """
        if store.store_for(self.folder).manifest() == self.graph.manifest:
            return
        now = store.load(self.folder)
        if as_read(now.extraction) != self.read:
            raise DecisionError(f"{self.folder}: another kg has written here meanwhile; try again")
        self.graph = now

    def save(self, taught: Ontology) -> None:
        """Write the graph as decided."""
        rules, shapes = rules_folder(self.settings), shapes_file(self.settings)
        inputs = self.graph.manifest.get(INPUTS)
        told = {INPUTS: {**inputs, "decisions": self.named}} if inputs else {}  # kg add goes on from these
        place = store.store_for(self.folder)
        if isinstance(place, store.FolderStore):
            place.instead_of = self.graph.manifest
        self.graph = store.save(self.replayed.extraction, taught, self.folder, rules=rules, shapes=shapes, store=place, told=told)

    def replaces(self, new: Decision, old: Decision) -> bool:
        """Whether a new decision takes the place of an old one: on the same claim, or the same name."""
        if isinstance(new, ClaimDecision) and isinstance(old, ClaimDecision):
            return self.found(new) == self.found(old) is not None
        if isinstance(new, Rename) and isinstance(old, Rename):
            return new.thing == old.thing
        return new.id == old.id

    def found(self, decision: ClaimDecision) -> str | None:
        """Return the id of the claim that a decision speaks of, if it is still there."""
        try:
            return self.finder.claim(decision.claim).id
        except Gone:
            return None

    def others(self) -> list[Decision]:
        """Return the decisions of the other file."""
        return [d for d in self.kept() if d.remark.file != self.named]

    def own(self) -> list[Decision]:
        """Return the decisions of the file that new ones go to, as it is now."""
        return list(read_decisions(self.file, named=self.named))

    # ---- finding ----

    def claim(self, name: str) -> Claim:
        """Return a claim as it was read, by its id in the graph, or the beginning of that.

        Raises DecisionError where there is none, several, or one that a rule drew.
        """
        wanted = name.removeprefix(str(CLAIM)).removeprefix("claim:")
        origins = self.replayed.origins
        found = {origin for i, origin in origins.items() if i == wanted or (len(wanted) >= SHORTEST and i.startswith(wanted))}
        derived = next((d for d in self.graph.derivations if d.claim.id == wanted), None)
        if derived and not found:
            raise DecisionError(f"{name}: follows from other claims; decide about these: {', '.join(f'claim:{i}' for i in derived.claims)}")
        if len(found) != 1:
            raise DecisionError(f"{name}: {'fits several claims' if found else 'no such claim'} (kg show NAME --why tells ids)")
        [origin] = found
        return next(c for c in self.read.claims if c.id == origin)

    def entity(self, name: str) -> Entity:
        """Return an entity, as it was read where it was read.

        Raises DecisionError where several have the name, GraphError where none has.
        """
        first, *others = find(self.graph, name)
        if others:
            fitting = ", ".join(f"{e.label} (ent:{e.id})" for e in [first, *others][:5])
            raise DecisionError(f"{name}: fits {fitting}{' …' if others[4:] else ''}; name one by its id")
        return next((e for e in self.read.entities if e.id == first.id), first)

    def ref(self, entity: Entity) -> ThingRef:
        """Return how the file names an entity."""
        return ThingRef.of(entity, self.documents)

    def thing(self, name: str) -> ThingRef:
        """Return how the file names what a person named."""
        return self.ref(self.entity(name))

    def mentions(self, entity: Entity, text: str) -> list[Mention]:
        """Return the mentions in some words, or at an offset, which may follow a path and a colon.

        Raises DecisionError where there is none.
        """
        path, _, offset = text.rpartition(":")
        found = [m for m in entity.mentions if m.text == text]
        if not found and offset.isdigit():
            found = [m for m in entity.mentions if m.start == int(offset) and path in ("", self.documents[m.document].path)]
        if not found:
            there = ", ".join(dict.fromkeys(f'"{m.text}" ({m.start})' for m in entity.mentions[:8]))
            raise DecisionError(f"{text}: no mention of {entity.label} (mentions: {there})")
        return found

    def decision(self, name: str) -> Decision:
        """Return a decision by its number in the list, its id or the beginning of that.

        Raises DecisionError where there is none, or several.
        """
        kept = sorted(self.kept(), key=place)
        if name.isdigit() and 0 < int(name) <= len(kept):
            return kept[int(name) - 1]
        wanted = name.removeprefix(str(DECISION)).removeprefix("decision:")
        found = [d for d in kept if d.id == wanted or (len(wanted) >= SHORTEST and d.id.startswith(wanted))]
        if len(found) != 1:
            raise DecisionError(f"{name}: {'fits several decisions' if found else 'no such decision'} (kg review list shows them)")
        return found[0]

    # ---- telling ----

    def lines(self) -> list[str]:
        """Return the decisions, numbered, with what is missing for those that cannot be obeyed."""
        told = replay(self.read, self.kept()).extraction.decisions
        return [f"{number:>3}  {line_of(decided)}" for number, decided in enumerate(told, 1)]

    def open_claims(self) -> Iterator[Claim]:
        """Yield the claims about which nobody has decided, least certain first."""
        undecided = [c for c in self.graph.extraction.claims if c.ruling is None and c.kind is ClaimKind.TAUGHT and c.evidence]
        yield from sorted(undecided, key=lambda c: (not c.violations, DOUBT.index(c.modality), c.document, c.evidence, c.id))


def known(value: str, kind: type[Modality] | type[Polarity]) -> str:
    """Return a value that the enumeration has.

    Raises DecisionError for another.
    """
    if value not in list(kind):
        raise DecisionError(f"{value}: no such {kind.__name__.lower()} (known: {', '.join(kind)})")
    return value


def line_of(decided: Decided) -> str:
    """Return a decision in one line."""
    said = [decided.why, decided.by and f"by {decided.by}", decided.date]
    remark = flat(", ".join(s for s in said if s))
    gone = f" — NOT OBEYED: {decided.gone}" if decided.gone else ""
    return f"{decided.id}  {decided.about}{f' ({remark})' if remark else ''}{gone}"
