"""Patterns learnt from the ontology's example sentences, and their matching against frames.

An example is parsed by the same pipeline as the documents. Its pattern is an anchor (the word that tells the
relation or event, or one of the roles itself where position alone tells it), a path of slots from the anchor
to each role, and the lexical companions the example shows ("ordered an *audit* of").
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kg import lexicon
from kg.annotation.names import CALENDAR, surface
from kg.annotation.parse import Parse
from kg.annotation.pipeline import passage_of, read_texts
from kg.claims.quantities import is_money
from kg.entities.mentions import Ref, mentions_of, phrase_span
from kg.errors import OntologyError
from kg.frames import Frames, is_verbal
from kg.model import Block, BlockKind, Document, MentionKind
from kg.ontology import Example, Ontology

if TYPE_CHECKING:
    from spacy.language import Language

MAX_DEPTH = 3
LIGHT_SENSES = 20
COARSE = {"person": ("Person", "PersonGroup"), "body": ("Organization",), "place": ("Place",), "event": ("Event",)}
COMMON = {"Person", "PersonGroup", "Organization", "GovernmentBody", "Company", "Place", "City", "Country", "Region", "Event"}
ROLE = re.compile(r"\[(\w+) ([^\[\]]+)\]")
COMPANION_SLOTS = {"obj", "xcomp", "prt", "iobj"}
NOUN_COMPANION_SLOTS = {"compound"}
PERIPHERAL = {"occurredIn", "hasValue", "companion", "charge", "hasMotive"}  # an event is told without them
NUMBER, MONEY = "number", "money"
TIME_ROLES = {"when", "occurredOn", "time"}
DIRECTIONS = {"aground", "ashore", "home", "back", "away", "abroad", "out", "off", "over", "up", "down"}


@dataclass(frozen=True, slots=True)
class Step:
    """One slot of a path; a lemma or kind constrains the token it leads to, save at the end of a path."""

    slot: str
    lemma: str | None = None
    person: bool = False  # any noun for a person in place of the example's own


@dataclass(frozen=True, slots=True)
class Pattern:
    """What one example teaches."""

    teaches: str
    anchor: str | None  # lemma; nothing where a role is the anchor
    verbal: bool
    hole: str | None  # the role that is the anchor
    paths: tuple[tuple[str, tuple[Step, ...]], ...]
    companions: tuple[tuple[Step, ...], ...]
    example: str
    kinds: tuple[tuple[str, str], ...] = ()  # role to what the example has there: person, body, place, words
    governor: str | None = None  # lemma of the verb that the anchor complements: "*caught* carrying"
    hole_kind: str = ""  # what the anchoring role must be: "name", "class:Embassy" or "noun:son"; "" for anything
    classes: tuple[tuple[str, str], ...] = ()  # role to the class of the thing that the example has there
    light: bool = False  # the anchor is a verb of all work: it counts only between things of the example's classes

    @property
    def weight(self) -> int:
        """How much the pattern asks for: the more, the surer."""
        return 2 * len(self.companions) + len(self.paths) + sum(len(p) for _, p in self.paths)


@dataclass(frozen=True, slots=True)
class Match:
    """A pattern found in a passage: role to the tokens that fill it."""

    pattern: Pattern
    anchor: int
    roles: tuple[tuple[str, tuple[int, ...]], ...]
    weak: bool
    spoken: tuple[int, ...] = ()  # tokens of the companions, which fill no role

    def top(self, parse: Parse) -> int:
        """Return the token whose stance the statement has: the governor that is part of the pattern, else the anchor."""
        return parse.head[self.anchor] if self.pattern.governor else self.anchor


@dataclass(frozen=True, slots=True)
class Marked:
    """An example without its brackets: text, and roles as (name, start, end) offsets."""

    text: str
    roles: tuple[tuple[str, int, int], ...]


def unmark(example: Example) -> Marked:
    """Take the role brackets out of an example.

    Raises OntologyError where brackets do not pair or no role is marked.
    """
    text, roles, at = "", [], 0
    for match in ROLE.finditer(example.text):
        text += example.text[at : match.start()]
        roles.append((match[1], len(text), len(text) + len(match[2])))
        text += match[2]
        at = match.end()
    text += example.text[at:]
    if not roles or "[" in text or "]" in text:
        raise OntologyError(f'{example.teaches}: cannot read the roles of the example "{example.text}" (write [role words])')
    return Marked(text, tuple(roles))


def learn(ontology: Ontology, nlp: Language) -> list[Pattern]:
    """Return the pattern of each example, in the order of the ontology; what cannot be learnt gives none."""
    marked = [unmark(e) for e in ontology.examples]
    read = read_texts(((m.text, None) for m in marked), nlp)
    out = []
    for example, mark, (pieces, _) in zip(ontology.examples, marked, read, strict=True):
        document = Document("example", "example", "", mark.text, (Block(0, len(mark.text), BlockKind.PARAGRAPH),))
        passage = passage_of(pieces, document, document.blocks[0])
        frames = Frames(passage.parse, mentions_of(passage, 0, ontology))
        pattern = learn_one(example, mark, frames, ontology)
        if pattern and is_light(pattern):
            pattern = replace(pattern, light=True) if telling(pattern) else None
        if pattern:
            out.append(pattern)
    return generalised(out)


def generalised(patterns: list[Pattern]) -> list[Pattern]:
    """Let a noun for a person stand for any such noun where position alone tells the relation.

    "[Chilean] [diplomat]" teaches citizenship by position, "[Chilean] [defector]" by its word: of the relations
    whose examples share a position, the one shown with most different nouns has it for any noun.
    """
    nouns: dict[tuple[object, str], set[str]] = defaultdict(set)
    for p in patterns:
        if p.hole_kind.startswith("person:"):
            nouns[(p.hole, p.paths), p.teaches].add(p.hole_kind)
    widest = {shape: max((len(nouns[s, t]), t) for s, t in nouns if s == shape)[1] for shape, _ in nouns}
    out = []
    for p in patterns:
        kind = p.hole_kind
        if kind.startswith("person:"):
            shape = (p.hole, p.paths)
            wide = widest[shape] == p.teaches and len(nouns[shape, p.teaches]) > 1
            kind = "" if wide else f"noun:{kind[7:]}"
        out.append(replace(p, hole_kind=kind))
    return out


def learn_one(example: Example, mark: Marked, frames: Frames, ontology: Ontology) -> Pattern | None:
    """Return the pattern of one parsed example."""
    parse = frames.parse
    heads = {role: role_head(parse, start, end, frames.refs) for role, start, end in mark.roles if role not in TIME_ROLES}
    if any(h is None for h in heads.values()) or not heads:
        return None
    targets = {role: h for role, h in heads.items() if h is not None}
    event = ontology.is_event(example.teaches)
    best: tuple[tuple[int, ...], int, dict[str, tuple[tuple[str, int], ...]]] | None = None
    inside = {i for _, start, end in mark.roles for i in range(len(parse)) if start <= parse.idx[i] < end}
    for anchor in range(len(parse)):
        hole = next((r for r, t in targets.items() if t == anchor), None)
        if (anchor in inside and (event or hole is None)) or (parse.pos[anchor] in {"PUNCT", "DET", "PRON"} and hole is None):
            continue
        if hole is not None and is_verbal(parse, anchor):
            continue  # "agreed to [object open a factory]": what is agreed does not tell the agreement
        if hole is not None and parse.dep[anchor] in {"obj", "iobj", "nsubj:pass"} and parse.head[anchor] not in inside:
            continue  # "convicted [subject Ruiz] of": the verb tells it, however the rest was attached
        paths = reach(frames, anchor, {r: t for r, t in targets.items() if t != anchor})
        missing = len(targets) - len(paths) - (hole is not None)
        if (missing and not event) or not paths:
            continue
        cost = (missing, sum(len(p) for p in paths.values()), hole is not None, not is_verbal(parse, anchor), anchor)
        if best is None or cost < best[0]:
            best = (cost, anchor, paths)
    if best is None:
        return None
    _, anchor, paths = best
    if len({tuple(slot for slot, _ in p) + tuple(t for _, t in p[:-1]) for p in paths.values()}) < len(paths):
        return None  # two roles at one place: position does not tell them apart
    hole = next((r for r, t in targets.items() if t == anchor), None)
    taken = {t for p in paths.values() for _, t in p} | {anchor}
    return Pattern(
        example.teaches,
        None if hole else parse.lemma[anchor].lower(),
        is_verbal(parse, anchor),
        hole,
        tuple(sorted((role, steps(p, parse, frames)) for role, p in paths.items())),
        (*companions(frames, anchor, taken, inside), *stems(paths, parse, frames)) if hole is None else (),
        example.text,
        tuple(sorted((r, kind_at(frames, t, ontology)) for r, t in targets.items())),
        governor_of(parse, anchor, taken | inside) if hole is None else None,
        hole_kind(frames, anchor, [p[0][0] for p in paths.values()], ontology) if hole else "",
        tuple(sorted((r, c) for r, t in targets.items() if (c := class_at(frames, t)))),
    )


def governor_of(parse: Parse, anchor: int, taken: set[int]) -> str | None:
    """Return the verb that an example's anchor complements, where it shapes the meaning: "refused to grant"."""
    head = parse.head[anchor]
    if head != anchor and parse.dep[anchor] in {"xcomp", "ccomp"} and is_verbal(parse, head) and head not in taken:
        return parse.lemma[head].lower()
    return None


def class_at(frames: Frames, token: int) -> str:
    """Return the class of the thing that a token heads; nothing where it heads none."""
    return next((r.cls for r in frames.refs if r.head == token and r.kind is not MentionKind.DEMONYM), "")


def kind_at(frames: Frames, token: int, ontology: Ontology) -> str:
    """Return what stands at a role of an example: person, body, place, number or words."""
    cls = class_at(frames, token)
    if cls:
        return coarse_kind(cls, ontology)
    return next((kind for kind in (MONEY, NUMBER) if is_kind(frames.parse, token, kind)), "words")


def is_kind(parse: Parse, token: int, kind: str | None) -> bool:
    """Whether a phrase is a sum or a number where an example has one; elsewhere anything may stand."""
    if kind == MONEY:
        return is_money(surface(parse, *phrase_span(parse, token)))
    return kind != NUMBER or is_number(parse, token)


def is_number(parse: Parse, token: int) -> bool:
    """Whether a phrase tells a quantity: "two million dollars", "$40"."""
    counted = parse.pos[token] != "PROPN" and any(parse.pos[i] in {"NUM", "SYM"} for i in parse.kids(token, "nummod", "compound", "nmod"))
    return parse.pos[token] in {"NUM", "SYM"} or counted  # "Ana Ruiz, 39," is no number


def coarse_kind(cls: str, ontology: Ontology) -> str:
    """Return person, body, place, event or words for a class."""
    for kind, classes in COARSE.items():
        if any(ontology.is_a(cls, c) for c in classes):
            return kind
    return "words"


def hole_kind(frames: Frames, anchor: int, slots: list[str], ontology: Ontology) -> str:
    """Say what may stand where an example has a role for its anchor.

    A name stands for any name of its class. A noun for a person tells the relation itself where it governs the
    other role ("his *son*", "an *employee* of"); a noun for a body or place stands for its class.
    """
    ref = next((r for r in frames.refs if r.head == anchor and r.kind is not MentionKind.DEMONYM), None)
    if ref is not None and ref.kind is MentionKind.NAME and ref.noun not in ontology.nouns:
        return "name"
    if ref is None and is_number(frames.parse, anchor):
        return NUMBER
    lemma = frames.parse.lemma[anchor].lower()
    governs = any(s == "poss" or s.startswith("prep:") or s == "compound" for s in slots)
    found = ontology.nouns.get(ref.noun) if ref is not None else None
    if found and not ontology.is_a(found, "Role") and not ontology.is_a(found, "Person") and not ontology.is_a(found, "PersonGroup"):
        return f"class:{found}"
    if ref is not None and ref.cls in {"Person", "PersonGroup"} and not governs:
        return f"person:{lemma}"
    return f"noun:{lemma}"


def role_head(parse: Parse, start: int, end: int, refs: list[Ref]) -> int | None:
    """Return the head token of a marked role; a mention that covers it exactly decides."""
    tokens = [i for i in range(len(parse)) if start <= parse.idx[i] and parse.end(i) <= end]
    if not tokens:
        return None
    inside = set(tokens)
    for ref in refs:
        if ref.start >= tokens[0] and ref.end == tokens[-1] + 1 and ref.head in inside and parse.head[ref.head] not in inside:
            return ref.head
    heads = [i for i in tokens if (parse.head[i] not in inside or parse.head[i] == i) and parse.pos[i] not in {"PUNCT", "DET", "ADP"}]
    return heads[0] if heads else tokens[-1]


def reach(frames: Frames, anchor: int, targets: dict[str, int]) -> dict[str, tuple[tuple[str, int], ...]]:
    """Return the shortest path of (slot, token) from an anchor to each role within three steps."""
    found: dict[str, tuple[tuple[str, int], ...]] = {}
    queue: list[tuple[int, tuple[tuple[str, int], ...]]] = [(anchor, ())]
    seen = {anchor}
    while queue:
        token, path = queue.pop(0)
        for role, target in targets.items():
            if token == target and role not in found and path:
                found[role] = path
        if len(path) == MAX_DEPTH:
            continue
        for arg in sorted(frames.arguments(token), key=lambda a: a.slot.endswith("?")):
            if arg.token not in seen and (not path or path_may_go(frames.parse, token, arg.slot)):
                seen.add(arg.token)
                queue.append((arg.token, (*path, (arg.slot.rstrip("?"), arg.token))))
    return found


def path_may_go(parse: Parse, token: int, slot: str) -> bool:
    """Whether a path may pass through a token: not out of a name by its position slots."""
    return slot not in {"advmod"}


def steps(path: tuple[tuple[str, int], ...], parse: Parse, frames: Frames) -> tuple[Step, ...]:
    """Turn a path into steps; tokens on the way keep their lemma, persons' nouns their kind."""
    persons = {r.head for r in frames.refs if r.cls in {"Person", "PersonGroup"}}
    out = []
    for k, (slot, token) in enumerate(path):
        last = k == len(path) - 1
        person = not last and token in persons
        out.append(Step(slot, None if last or person else parse.lemma[token].lower(), person))
    return tuple(out)


def companions(frames: Frames, anchor: int, taken: set[int], inside: set[int]) -> tuple[tuple[Step, ...], ...]:
    """Return the words an example shows beside its roles that the meaning rests on."""
    parse = frames.parse
    out = []
    verbal = is_verbal(parse, anchor)
    wanted = COMPANION_SLOTS if verbal else NOUN_COMPANION_SLOTS
    for arg in frames.arguments(anchor):
        if arg.token in taken or arg.token in inside or arg.slot.endswith("?"):
            continue
        lexical = parse.pos[arg.token] in {"NOUN", "VERB", "ADJ", "ADP", "ADV", "X"} or (parse.text[arg.token].islower() and (
            parse.pos[arg.token] == "PROPN" or parse.text[arg.token] == "it"))
        prepositional = arg.slot.startswith("prep:") and parse.pos[arg.token] == "NOUN" and not is_date_noun(parse, arg.token)
        adverb = verbal and arg.slot == "advmod" and parse.text[arg.token].lower() in DIRECTIONS
        if lexical and (arg.slot in wanted or prepositional or adverb):
            out.append((Step(arg.slot, parse.lemma[arg.token].lower()),))
    return tuple(sorted(set(out), key=str))


def stems(paths: dict[str, tuple[tuple[str, int], ...]], parse: Parse, frames: Frames) -> list[tuple[Step, ...]]:
    """Return the ways to the roles that lie below other words; these words must be there even where a role is not."""
    out = []
    ends = {path[-1][1] for path in paths.values()}
    for path in paths.values():
        if len(path) > 1 and not any(token in ends for _, token in path[:-1]):
            found = steps(path, parse, frames)[:-1]
            if found not in out:
                out.append(found)
    return out


def is_date_noun(parse: Parse, token: int) -> bool:
    """Whether a noun only tells a time."""
    return parse.lemma[token].lower() in {"year", "month", "week", "day", "summer", "winter", "spring", "autumn", "time", "morning", "night", "evening"}


class Matcher:
    """The patterns of an ontology, indexed by their anchors."""

    def __init__(self, patterns: Iterable[Pattern], ontology: Ontology) -> None:
        self.ontology = ontology
        self.by_lemma: dict[tuple[str, bool], list[Pattern]] = defaultdict(list)
        self.holes: list[Pattern] = []
        # what a slot means for any word of the same event: (class, verbal, slot) -> role
        self.kinds: dict[tuple[str, str], set[str]] = defaultdict(set)  # (class, role) -> kinds seen there
        self.class_slots: dict[tuple[str, bool], dict[str, str]] = defaultdict(dict)
        for pattern in patterns:
            if pattern.hole:
                self.holes.append(pattern)
            elif pattern.anchor:
                self.by_lemma[pattern.anchor, pattern.verbal].append(pattern)
            for role, kind in pattern.kinds:
                self.kinds[pattern.teaches, role].add(kind)
            for role, path in pattern.paths:
                if len(path) == 1 and not pattern.hole:
                    self.class_slots[pattern.teaches, pattern.verbal].setdefault(path[0].slot, role)

    def matches(self, frames: Frames) -> Iterator[Match]:
        """Yield every pattern that fits, by the anchor's place in the text."""
        heads = {r.head for r in frames.refs if r.kind is not MentionKind.PRONOUN}
        for token in range(len(frames.parse)):
            parse = frames.parse
            key = (parse.lemma[token].lower(), is_verbal(parse, token))
            for pattern in self.by_lemma.get(key, ()):
                yield from self.match(pattern, token, frames)
            if token in heads or parse.pos[token] == "NUM":
                slots = {a.slot.rstrip("?") for a in frames.arguments(token)}
                for pattern in self.holes:
                    if pattern.paths[0][1][0].slot in slots and self.may_anchor(pattern.hole_kind, token, frames):
                        yield from self.match(pattern, token, frames)

    def may_anchor(self, kind: str, token: int, frames: Frames) -> bool:
        """Whether a token is what a pattern without a word of its own asks for."""
        if not kind:
            return True
        if kind == NUMBER:
            return is_number(frames.parse, token)
        if kind.startswith("noun:"):
            return frames.parse.lemma[token].lower() == kind[5:]
        refs = [r for r in frames.refs if r.head == token and r.kind is not MentionKind.DEMONYM]
        if kind == "name":
            return any(r.kind is MentionKind.NAME for r in refs)
        wanted = kind[6:]
        return any(self.ontology.is_a(r.cls, wanted) or (self.ontology.is_a(wanted, r.cls) and r.cls != "Organization"
                   and self.ontology.is_a(r.cls, "Organization")) for r in refs)

    def match(self, pattern: Pattern, anchor: int, frames: Frames) -> Iterator[Match]:
        """Yield the match of one pattern at one token, if it fits."""
        if not all(follow(frames, anchor, c, lexical=True)[0] for c in pattern.companions):
            return
        if pattern.governor and frames.parse.lemma[frames.parse.head[anchor]].lower() != pattern.governor:
            return
        spoken = {t for c in pattern.companions for t in follow(frames, anchor, c, lexical=True)[0]}
        roles: dict[str, tuple[int, ...]] = {pattern.hole: (anchor,)} if pattern.hole else {}
        kinds = dict(pattern.kinds)
        weak = False
        for role, path in pattern.paths:
            tokens, was_weak = follow(frames, anchor, path, lexical=False)
            tokens = [t for t in tokens if t not in spoken and frames.parse.text[t].rstrip(".") not in CALENDAR and is_kind(frames.parse, t, kinds.get(role))]
            if tokens:
                roles[role] = tuple(tokens)
                weak |= was_weak
        if pattern.light and not all(self.likeness(c, [class_at(frames, t) for t in roles.get(r, ())]) >= (1 if c in COMMON else 2) for r, c in pattern.classes):
            return
        event = self.ontology.is_event(pattern.teaches)
        needed = {role for role, _ in pattern.paths} - PERIPHERAL
        complete = needed <= roles.keys() and (needed != {"agent"} or len(pattern.paths) == 1 or len(roles) > 1)
        if event and not complete and not pattern.companions and not pattern.governor and is_weak(pattern):
            return
        if event or len(roles) == len(pattern.paths) + bool(pattern.hole):
            yield Match(pattern, anchor, tuple(sorted(roles.items())), weak, tuple(sorted(spoken)))


    def likeness(self, cls: str, found: Iterable[str]) -> int:
        """Say how like an example's thing those in its place are: 2 of its class, 1 of its kind, 0 neither."""
        like = [2 if self.ontology.is_a(f, cls) else int(coarse_kind(f, self.ontology) == coarse_kind(cls, self.ontology)) for f in found if f]
        return max(like, default=0)

    def closeness(self, match: Match, frames: Frames) -> int:
        """Say how like its example a match is, so that of two events for one word the nearer is meant."""
        at = dict(match.roles)
        return sum(self.likeness(c, [class_at(frames, t) for t in at.get(r, ())]) for r, c in match.pattern.classes)


def is_weak(pattern: Pattern) -> bool:
    """Whether an anchor means too many things to stand for an event with half of its roles."""
    return (pattern.anchor or "", pattern.verbal) in lexicon.senses()


def is_light(pattern: Pattern) -> bool:
    """Whether an anchor is a verb of all work ("take", "make") with nothing beside it but subject and object."""
    bare = all(len(path) == 1 and path[0].slot in {"subj", "obj", "iobj"} for _, path in pattern.paths)
    return bare and not pattern.companions and not pattern.governor and lexicon.senses().get((pattern.anchor or "", pattern.verbal), 0) >= LIGHT_SENSES


def telling(pattern: Pattern) -> bool:
    """Whether the things of an example are so special that a verb of all work tells something between them.

    They are where one is of a special class ("won the prize"), or they are of two kinds ("runs the company").
    """
    special = not {cls for _, cls in pattern.classes} <= COMMON
    return len(pattern.classes) == len(pattern.kinds) and (special or len({kind for _, kind in pattern.kinds}) > 1)


def follow(frames: Frames, anchor: int, path: tuple[Step, ...], *, lexical: bool) -> tuple[list[int], bool]:
    """Return the tokens at the end of a path, and whether only a doubtful attachment leads there."""
    tokens, weak = [anchor], False
    for k, step in enumerate(path):
        last = k == len(path) - 1
        reached: list[int] = []
        for doubtful in (False, True):
            slot = step.slot + "?" if doubtful else step.slot
            for token in tokens:
                reached += [a.token for a in frames.arguments(token) if a.slot == slot and fits(frames, a.token, step, free=last and not lexical)]
            if reached:
                weak |= doubtful
                break
        tokens = list(dict.fromkeys(reached))
        if not tokens:
            return [], weak
    return tokens, weak


def fits(frames: Frames, token: int, step: Step, *, free: bool) -> bool:
    """Whether a token may stand at a step."""
    if free and step.lemma is None:
        return True
    if step.person:
        return any(r.head == token and r.cls in {"Person", "PersonGroup"} for r in frames.refs)
    return step.lemma is None or frames.parse.lemma[token].lower() == step.lemma
