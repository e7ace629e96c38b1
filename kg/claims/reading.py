"""One document read: frames matched against the patterns, statements drafted over clusters of mentions."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

from kg import gazetteer, lexicon
from kg.annotation.names import surface
from kg.annotation.parse import Parse, Passage
from kg.annotation.timex import Timex
from kg.claims.attribution import CONTENT_ANAPHORS, Reader, Stance
from kg.claims.patterns import Match, Matcher, coarse_kind, is_weak
from kg.entities.mentions import PERSONAL, Ref, phrase_span
from kg.entities.resolve import Cluster, Resolver, fold
from kg.frames import Arg, Frames, is_verbal
from kg.lexicon import cues, titles
from kg.model import BlockKind, ClaimKind, Document, Literal, MentionKind, Modality, Polarity
from kg.ontology import LITERAL, Ontology

CORE_ROLES = ("agent", "patient")  # who an event is about: what two tellings of one event must share
OCCURRED_ON, OCCURRED_IN, KNOWN_ON, VIA = "occurredOn", "occurredIn", "becameKnownOn", "via"
ACTING_ROLES = {"agent", "authority", "source", "sender"}
TIME_PREPOSITIONS = {"in", "on", "at", "during", "by", "since", "until", "from", "before", "after"}
AGENT_SLOTS = {"subj", "poss"}
DOING = {"plan", "prepare", "attempt", "make", "carry", "conduct", "undertake", "begin", "start", "complete", "stage", "launch", "organise", "organize", "perform"}
OPEN_SKIPPED = {"be", "have", "do", "become", "include", "say", "make", "get", "take"}
AGENTS = {"Organization", "GovernmentBody", "Person", "Agent", "PersonGroup"}
DIRECTIONAL = {f"prep:{p}" for p in ("from", "to", "via", "through", "into", "by", "with")}
NO_OPEN = {f"prep:{p}" for p in ("according to", "including", "like", "unlike", "despite", "such as", "as well as", "because of")}
NOUN_PLACES = {"obj", "nsubj", "nsubj:pass", "obl", "iobj"}
INTRODUCING = {"of", "for", "with", "from", "to", "by", "in", "that"}
MANY_SENSES = 10  # of a verb in WordNet
HEADLINES = {BlockKind.TITLE, BlockKind.HEADING}
MAX_BYLINE = 60  # tokens
OUTLET = re.compile(r"\b(?:for|in)\b[^“”\"]{0,50}[“\"]([^“”\"\n]{3,60})")
MAX_LITERAL_WORDS = 18
MAX_EVENT_PASSAGES = 4  # paragraphs over which "the visit" can mean a visit told before

Value = Cluster | Literal


@dataclass(eq=False)
class Draft:
    """A statement over clusters, before ids are given."""

    subject: Cluster
    predicate: str
    object: Value
    passage: int
    anchor: int
    stance: Stance
    when: Timex | None = None
    said: Timex | None = None
    kind: ClaimKind = ClaimKind.TAUGHT
    example: str | None = None
    order: int | None = None


@dataclass(eq=False)
class Happening:
    """An event as one anchor tells it."""

    cls: str
    passage: int
    anchor: int
    stance: Stance
    example: str
    roles: dict[str, list[tuple[Value, int]]] = field(default_factory=lambda: defaultdict(list))
    top: int = -1  # token of the verb that is part of the telling: "*refused* to grant"
    when: Timex | None = None
    said: Timex | None = None
    cluster: Cluster | None = None

    @property
    def real(self) -> bool:
        """Whether it is said to have happened."""
        return self.stance.polarity is Polarity.POSITIVE and self.stance.modality not in {Modality.PREDICTED, Modality.UNCONFIRMED}

    def core(self) -> set[int]:
        """Return the identities of who it is about."""
        return {id(v) for role in CORE_ROLES for v, _ in self.roles.get(role, ()) if isinstance(v, Cluster)}


class DocumentReading:
    """Claims, events and clusters of one document."""

    def __init__(self, document: Document, passages: list[Passage], frames: list[Frames], timexes: list[list[Timex]], matcher: Matcher) -> None:
        self.document = document
        self.passages = passages
        self.frames = frames
        self.timexes = timexes
        self.matcher = matcher
        self.ontology: Ontology = matcher.ontology
        self.resolver = Resolver(passages, frames, self.ontology)
        self.readers = [Reader(f) for f in frames]
        self.drafts: list[Draft] = []
        self.events: list[Cluster] = []
        self.happenings: dict[tuple[int, int], Happening] = {}
        self.roles: dict[str, Cluster] = {}

    @property
    def author(self) -> str | None:
        """Who wrote the document: its metadata, else a byline that ends it."""
        return self.document.author or self.byline[0]

    @property
    def outlet(self) -> str | None:
        """Where the document appeared: its metadata, else what its byline says."""
        return self.document.outlet or self.byline[1]

    @cached_property
    def byline(self) -> tuple[str | None, str | None]:
        """Return author and outlet of a last paragraph that is no sentence but a name with a post and an outlet."""
        if not self.passages:
            return None, None
        parse = self.passages[-1].parse
        first = next((e for e in parse.ents if e[0] == 0 and e[2] == "PERSON"), None)
        finite = any(parse.tag[i] in {"VBD", "VBZ", "VBP", "MD"} for i in range(len(parse)))
        if first is None or finite or len(parse) > MAX_BYLINE:
            return None, None
        text = self.document.text[self.passages[-1].block.start : self.passages[-1].block.end]
        outlet = OUTLET.search(text)
        return surface(parse, *first[:2]), outlet[1].strip(" .") if outlet else None

    def run(self) -> None:
        """Resolve, match, draft."""
        self.resolver.run()
        matches = [(n, m) for n, f in enumerate(self.frames) for m in self.matcher.matches(f)]
        events = [(n, m) for n, m in matches if self.ontology.is_event(m.pattern.teaches)]
        for number, group in group_by_anchor(events):
            self.happening(number, group)
        self.join_happenings()
        for happening in sorted(self.happenings.values(), key=lambda h: (h.passage, h.anchor)):
            self.draft_event(happening)
        for number, match in matches:
            if not self.ontology.is_event(match.pattern.teaches):
                self.relation(number, match)
        self.open_claims({(n, m.anchor) for n, m in matches})
        self.attribute_back()

    # -- events

    def happening(self, number: int, matches: list[Match]) -> None:
        """Make one event of all patterns that fit one anchor: the class whose patterns ask for most, or show most like it, wins."""
        def rank(m: Match) -> tuple[int, int, int, str]:
            roles = sum(1 for _, t in m.roles if t)
            return (len(m.pattern.companions) + bool(m.pattern.governor), self.matcher.closeness(m, self.frames[number]), roles, m.pattern.teaches)

        best = max(matches, key=rank)
        cls, anchor = best.pattern.teaches, best.anchor
        frames = self.frames[number]
        if not is_verbal(frames.parse, anchor) and self.inside_name(number, anchor):
            return
        happening = Happening(cls, number, anchor, self.readers[number].stance(best.top(frames.parse)), best.pattern.example)
        happening.top = best.top(frames.parse)
        taken = {t for m in matches if m.pattern.teaches == cls for t in m.spoken}
        for match in sorted((m for m in matches if m.pattern.teaches == cls), key=lambda m: (-len(m.pattern.companions), m.weak)):
            for role, tokens in match.roles:
                if role not in happening.roles:
                    self.fill(happening, role, tokens, taken, weak=match.weak)
        if self.done_by_a_thing(happening, best) or self.lacks_a_part(happening, best) or self.done_by_us(happening):
            return
        self.fallback_roles(happening, taken)
        self.agent_above(happening, taken)
        self.headline(happening, best)
        self.one_part_each(happening)
        happening.when, happening.said = self.times(number, anchor)
        if happening.roles or self.points_back(number, anchor):
            self.happenings[number, anchor] = happening

    def headline(self, happening: Happening, match: Match) -> None:
        """Make the doer of a headline's verb without an object the one it is done to: "Promoter jailed for four years"."""
        agent, patient = CORE_ROLES
        passage = self.passages[happening.passage]
        slots = {role: path[0].slot for role, path in match.pattern.paths if len(path) == 1}
        transitive = slots.get(agent) == "subj" and slots.get(patient) == "obj"
        bare = passage.parse.tag[match.anchor] in {"VBD", "VBN"} and not passage.parse.kids(match.anchor, "obj", "aux")
        if passage.block.kind in HEADLINES and transitive and bare and agent in happening.roles and patient not in happening.roles:
            happening.roles[patient] = happening.roles.pop(agent)

    def one_part_each(self, happening: Happening) -> None:
        """Drop whoever would have done something to himself: a pronoun was resolved within its own clause."""
        agents = {id(v) for v, _ in happening.roles.get(CORE_ROLES[0], ())}
        kept = [(v, t) for v, t in happening.roles.get(CORE_ROLES[1], ()) if id(v) not in agents]
        if CORE_ROLES[1] in happening.roles:
            happening.roles[CORE_ROLES[1]] = kept
            if not kept:
                del happening.roles[CORE_ROLES[1]]

    def done_by_a_thing(self, happening: Happening, match: Match) -> bool:
        """Whether the doer that the text names is no person or body, as the example has it: "the road enters Georgia"."""
        kinds = dict(match.pattern.kinds)
        parse = self.frames[happening.passage].parse
        doer = CORE_ROLES[0]
        if doer in happening.roles or CORE_ROLES[1] in happening.roles or kinds.get(doer) not in {"person", "body"} or not is_verbal(parse, match.anchor):
            return False
        for token in dict(match.roles).get(doer, ()):
            ref = self.ref_at(happening.passage, token)
            thing = ref is None or (ref.kind is MentionKind.DESCRIPTION and coarse_kind(ref.cls, self.ontology) not in {"person", "body"})
            if parse.pos[token] == "NOUN" and thing:
                return True
        return False

    def done_by_us(self, happening: Happening) -> bool:
        """Whether the author or reader does it, to nobody that is known: "Having examined these cases, we can say"."""
        frames = self.frames[happening.passage]
        ours = any(a.slot == "subj" and frames.parse.text[a.token].lower() in {"i", "we", "you"} for a in frames.arguments(happening.anchor))
        return ours and not any(isinstance(v, Cluster) for role in CORE_ROLES for v, _ in happening.roles.get(role, ()))

    def lacks_a_part(self, happening: Happening, match: Match) -> bool:
        """Whether a word of many meanings has something in a role that no example has there: "the fair is held in Lima"."""
        if not is_weak(match.pattern) or match.pattern.companions or match.pattern.governor:
            return False
        return any(role in CORE_ROLES and role not in happening.roles for role, tokens in match.roles if tokens)

    def points_back(self, number: int, anchor: int) -> bool:
        """Whether an event noun is definite: "the defection", "this visit"."""
        parse = self.frames[number].parse
        return not is_verbal(parse, anchor) and any(parse.text[c].lower() in {"the", "this", "that"} for c in parse.kids(anchor, "det"))

    def inside_name(self, number: int, token: int) -> bool:
        """Whether a token is part of a name: "Journey" in a book's title tells no journey."""
        return any(r.kind is MentionKind.NAME and r.start <= token < r.end for r in self.frames[number].refs)

    def fill(self, happening: Happening, role: str, tokens: Iterable[int], taken: set[int], *, weak: bool = False) -> None:
        """Put the values at some tokens into a role, where their classes allow; mere words need a sure attachment."""
        for token in tokens:
            if token in taken:
                continue
            value = self.value(happening.passage, token, self.range_of(role), agentive=role in ACTING_ROLES)
            if value is not None and not self.preferred(happening.cls, role, value):
                value = self.meant_government(happening, role, token, value)
            if weak and isinstance(value, Literal) and role in CORE_ROLES:
                continue
            if value is not None and self.preferred(happening.cls, role, value):
                happening.roles[role].append((value, token))
                taken.add(token)

    def meant_government(self, happening: Happening, role: str, token: int, value: Value) -> Value | None:
        """Return the government that a country or capital stands for where the examples have a person or body: "accused Lima"."""
        ref = self.ref_at(happening.passage, token)
        if role not in CORE_ROLES or ref is None or not isinstance(value, Cluster) or not self.ontology.is_a(value.cls, "Place"):
            return value
        return self.metonym(ref, value) or value

    def preferred(self, cls: str, role: str, value: Value) -> bool:
        """Whether the examples of an event show this kind of thing in a role that has no range of its own."""
        seen = self.matcher.kinds.get((cls, role))
        if not seen or self.range_of(role):
            return True
        kind = coarse_kind(value.cls, self.ontology) if isinstance(value, Cluster) else "words"
        if isinstance(value, Cluster) and value.key.startswith("government:") and "person" in seen:
            return True  # a government does and suffers what its people do
        return kind in seen or (kind == "place" and "body" in seen and isinstance(value, Cluster) and value.cls == "Country")

    def fallback_roles(self, happening: Happening, taken: set[int]) -> None:
        """Fill roles by what a slot means elsewhere for this event, and the place by "in" and "at"."""
        frames = self.frames[happening.passage]
        verbal = is_verbal(frames.parse, happening.anchor)
        known = self.matcher.class_slots.get((happening.cls, verbal), {})
        for arg in frames.arguments(happening.anchor):
            slot = arg.slot.rstrip("?")
            role = known.get(slot)
            if arg.token in taken or self.is_time(happening.passage, arg.token):
                continue
            if arg.slot.endswith("?") and slot not in DIRECTIONAL:
                continue
            if role and (role not in happening.roles or self.coordinated(happening, role, arg)):
                self.fill(happening, role, [arg.token], taken, weak=arg.slot.endswith("?"))
            elif role is None and not arg.slot.endswith("?") and slot in {"prep:in", "prep:at", "prep:near"} and OCCURRED_IN in self.ontology.properties:
                self.fill(happening, OCCURRED_IN, [arg.token], taken)

    def agent_above(self, happening: Happening, taken: set[int]) -> None:
        """Take the agent of an event noun from the verb whose object it is: "planned an escape", "made a visit"."""
        parse = self.frames[happening.passage].parse
        verb = parse.head[happening.anchor]
        if parse.dep[happening.anchor] != "obj" or is_verbal(parse, happening.anchor) or CORE_ROLES[0] in happening.roles:
            return
        if parse.lemma[verb].lower() in DOING and "agent" in self.matcher.class_slots.get((happening.cls, True), {}).values():
            for arg in self.frames[happening.passage].arguments(verb):
                if arg.slot == "subj":
                    self.fill(happening, CORE_ROLES[0], [arg.token], taken)

    def coordinated(self, happening: Happening, role: str, arg: Arg) -> bool:
        """Whether a token is coordinated with one that already fills the role."""
        parse = self.frames[happening.passage].parse
        return any(t in set(parse.ancestors(arg.token)) and parse.dep[arg.token] == "conj" for _, t in happening.roles[role])

    def range_of(self, role: str) -> tuple[str, ...]:
        """Return the classes a property's value may have."""
        definition = self.ontology.properties.get(role)
        return definition.range if definition else ()

    def join_happenings(self) -> None:
        """Join tellings of one event: same kind, a shared participant, and times that do not conflict."""
        groups: list[list[Happening]] = []
        for happening in sorted(self.happenings.values(), key=lambda h: (h.passage, h.anchor)):
            home = next((g for g in groups if all_join(self.ontology, g, happening)), None)
            if home is None and not happening.core() and self.points_back(happening.passage, happening.anchor):
                home = self.antecedent(groups, happening)
            if home is None:
                groups.append([happening])
            else:
                home.append(happening)
        for group in groups:
            cls = max((h.cls for h in group), key=lambda c: (len(self.ontology.superclasses(c)), c))
            cluster = Cluster(f"event:{cls}:{group[0].passage}:{group[0].anchor}", cls)
            for happening in group:
                happening.cluster = cluster
                parse = self.passages[happening.passage].parse
                trigger = Ref(happening.passage, happening.anchor, happening.anchor + 1, happening.anchor, MentionKind.TRIGGER, cls,
                              parse.text[happening.anchor], "s", noun=parse.lemma[happening.anchor])
                trigger.chars = (parse.idx[happening.anchor], parse.end(happening.anchor))
                cluster.refs.append(trigger)
            self.events.append(cluster)

    def antecedent(self, groups: list[list[Happening]], happening: Happening) -> list[Happening] | None:
        """Return the event last spoken of that "the defection" can mean; its roles are told again under the new stance."""
        near = [g for g in groups if self.ontology.is_a(g[-1].cls, happening.cls) or self.ontology.is_a(happening.cls, g[-1].cls)]
        near = [g for g in near if any(h.core() for h in g) and happening.passage - g[-1].passage <= MAX_EVENT_PASSAGES]
        if not near:
            return None
        group = max(near, key=lambda g: (g[-1].passage, g[-1].anchor))
        if happening.stance.speakers or happening.stance.polarity is Polarity.NEGATIVE:
            for role in CORE_ROLES:
                for value, _ in next((h.roles[role] for h in group if h.roles.get(role)), ()):
                    happening.roles[role].append((value, happening.anchor))
            for role in ("origin", "destination"):
                if role not in happening.roles and "agent" in happening.roles:
                    happening.roles[role] += next((h.roles[role] for h in group if h.roles.get(role)), [])
        return group

    def draft_event(self, happening: Happening) -> None:
        """State each role of an event, and when it happened and became known."""
        cluster = happening.cluster
        assert cluster is not None
        for role, values in happening.roles.items():
            ordered = sorted(values, key=lambda v: v[1])
            for k, (value, _) in enumerate(ordered):
                order = k + 1 if role == VIA and len(ordered) > 1 else None
                if value is not cluster:
                    self.add(Draft(cluster, role, value, happening.passage, happening.anchor, happening.stance, happening.when,
                                   happening.said, example=happening.example, order=order))
        self.shortcuts(happening)
        for prop, timex in ((OCCURRED_ON, happening.when), (KNOWN_ON, happening.said)):
            if timex and timex.edtf and prop in self.ontology.properties:
                self.add(Draft(cluster, prop, Literal(timex.edtf, "date"), happening.passage, happening.anchor, happening.stance,
                               happening.when, happening.said, example=happening.example))

    def shortcuts(self, happening: Happening) -> None:
        """State the relations that two roles of an event tell, as firmly as the event itself."""
        for shortcut in self.ontology.shortcuts:
            if self.ontology.is_a(happening.cls, shortcut.event):
                for subject, _ in happening.roles.get(shortcut.subject, ()):
                    for obj, _ in happening.roles.get(shortcut.object, ()):
                        if isinstance(subject, Cluster) and obj is not subject and self.suits(shortcut.relation, subject, obj):
                            self.add(Draft(subject, shortcut.relation, obj, happening.passage, happening.anchor, happening.stance,
                                           happening.when, happening.said, example=happening.example))

    def suits(self, relation: str, subject: Cluster, obj: Value) -> bool:
        """Whether the ends of a shortcut are of the relation's classes."""
        definition = self.ontology.properties[relation]
        fits = not definition.domain or any(self.fits(subject, w) for w in definition.domain)
        return fits and (not isinstance(obj, Cluster) or not definition.range or any(self.fits(obj, w) for w in definition.range))

    # -- relations

    def relation(self, number: int, match: Match) -> None:
        """Draft the statements of one relation: every subject with every object, or pairwise with "respectively"."""
        roles = dict(match.roles)
        definition = self.ontology.properties.get(match.pattern.teaches)
        if definition is None or "subject" not in roles or "object" not in roles:
            return
        agentive = is_verbal(self.passages[number].parse, match.anchor)
        subjects = [(self.value(number, t, definition.domain, agentive=agentive), t) for t in roles["subject"]]
        objects = [(self.value(number, t, definition.range, agentive=False), t) for t in roles["object"]]
        pairs = [(s, o) for s in subjects for o in objects]
        if len(subjects) == len(objects) > 1 and self.respectively(number, match.anchor):
            pairs = list(zip(subjects, objects, strict=True))
        anchor = self.statement_anchor(number, match)
        stance = self.readers[number].stance(anchor)
        when, said = self.times(number, anchor)
        for (subject, s_token), (obj, o_token) in pairs:
            if match.pattern.hole and self.is_kind(number, s_token):
                continue  # "Chilean experts" in general are nobody of whom to state it
            if self.presupposed(number, match) and isinstance(subject, Cluster) and subject.cls in PERSONAL and not self.predicated(match):
                firm = Modality.REPORTED if stance.speakers else Modality.ASSERTED
                stance = replace(stance, modality=firm, polarity=Polarity.POSITIVE, cue=None)  # "Minister Ruiz may leave"
            elif match.pattern.hole and isinstance(subject, Cluster) and subject.cls not in PERSONAL:
                stance = Stance()  # what a name implies is the author's, whoever is quoted: "the Chilean embassy said"
            timex = self.timex_at(number, o_token)
            if not isinstance(obj, Cluster) and timex is not None and timex.kind == "date":
                continue  # "reported on Oct. 20"
            event = self.happenings.get((number, o_token))
            if event is not None and event.top == match.anchor != event.anchor:
                continue  # "refused to grant asylum" is an event already
            if isinstance(subject, Cluster) and obj is not None and subject is not obj and s_token != o_token:
                self.add(Draft(subject, match.pattern.teaches, obj, number, anchor, stance, when, said, example=match.pattern.example))

    def presupposed(self, number: int, match: Match) -> bool:
        """Whether a statement is told by position or by a noun beside a name, whatever is said about it."""
        parse = self.passages[number].parse
        noun = not is_verbal(parse, match.anchor) and parse.dep[match.anchor] in {"appos", "nmod", "nmod:poss", "compound", "nsubj", "nsubj:pass", "obl", "obl:agent"}
        return bool(match.pattern.hole) or (noun and not parse.kids(match.anchor, "cop"))

    def predicated(self, match: Match) -> bool:
        """Whether a position pattern rests on a form of be, so that it is said and not presupposed."""
        return any(step.slot == "cop" for _, path in match.pattern.paths for step in path)

    def is_kind(self, number: int, token: int) -> bool:
        """Whether a description is a bare plural with an adjective of origin, which names a kind of people."""
        ref = self.ref_at(number, token)
        parse = self.passages[number].parse
        if ref is None or ref.kind is not MentionKind.DESCRIPTION or ref.number != "p" or ref.place is None:
            return False
        return not parse.kids(token, "det", "nummod", "acl", "acl:relcl", "nmod", "nmod:poss")

    def statement_anchor(self, number: int, match: Match) -> int:
        """Return the token whose stance holds for a match."""
        return match.top(self.passages[number].parse)

    def respectively(self, number: int, anchor: int) -> bool:
        """Whether the sentence pairs its lists."""
        parse = self.passages[number].parse
        return any(parse.text[i].lower() == "respectively" and parse.sent[i] == parse.sent[anchor] for i in range(len(parse)))

    def add(self, draft: Draft) -> None:
        """Keep a statement unless it says of a thing what it is by its name: the government of X is X's."""
        subject, obj = draft.subject, draft.object
        if isinstance(obj, Cluster) and subject.key.startswith("government:") and obj.key == f"country:{subject.place}":
            return
        self.drafts.append(draft)

    def attribute_back(self) -> None:
        """Give the statements before "These details were reported by X" to X."""
        for number, frames in enumerate(self.frames):
            for verb, speaker in self.readers[number].told_before():
                sentence = frames.parse.sent[verb] - 1
                for draft in self.drafts:
                    if draft.passage == number and frames.parse.sent[draft.anchor] == sentence and not draft.stance.speakers:
                        draft.stance = self.readers[number].told(draft.stance, speaker, verb)

    # -- values

    def value(self, number: int, token: int, wanted: tuple[str, ...], *, agentive: bool) -> Value | None:
        """Return the cluster or literal at a token, if its class is wanted; nothing where it is not."""
        event = self.happenings.get((number, token)) or self.event_meant(number, token)
        if event and event.cluster and (not wanted or any(self.ontology.is_event(w) for w in wanted)):
            return event.cluster
        ref = self.ref_at(number, token)
        if ref is not None and ref.kind is MentionKind.DEMONYM and ref.cls == "Country" and self.passages[number].parse.dep[token] in NOUN_PLACES:
            return None  # an adjective that the parser took for a noun: "visited Chinese"
        if ref is not None:
            if "Role" in wanted and ref.kind is MentionKind.DESCRIPTION and ref.cls == "Person" and ref.number == "s":
                return self.role(ref) if self.is_post(ref) else None
            cluster = self.resolver.of.get(id(ref))
            if cluster is not None:
                return self.typed(ref, cluster, wanted, agentive=agentive)
        if not wanted or LITERAL in wanted or self.takes_words(wanted):
            return self.literal(number, token)
        return None

    def event_meant(self, number: int, token: int) -> Happening | None:
        """Return the event that "this information", "the charge" points back to: the last one told before it."""
        parse = self.passages[number].parse
        if parse.text[token].lower() in {"it", "this", "that"} and parse.dep[token] == "obj" and self.speaks(parse, parse.head[token]):
            pass  # "the embassy has not confirmed it"
        elif parse.lemma[token].lower() not in CONTENT_ANAPHORS or not any(parse.text[c].lower() in {"this", "the", "these"} for c in parse.kids(token, "det")):
            return None
        if parse.kids(token, "nmod", "acl", "acl:relcl"):
            return None
        before = [h for (n, a), h in self.happenings.items() if n == number and a < token and a != parse.head[token] and parse.sent[token] - parse.sent[a] <= 1]
        return max(before, key=lambda h: h.anchor, default=None)

    def takes_words(self, wanted: tuple[str, ...]) -> bool:
        """Whether a property's values may be words: its range is no person, body, place, event or role."""
        fixed = {"Person", "PersonGroup", "Organization", "Place", "Event", "Role", "Country", "City", "Agent"}
        return not any(f in self.ontology.superclasses(w) for w in wanted for f in fixed)

    def typed(self, ref: Ref, cluster: Cluster, wanted: tuple[str, ...], *, agentive: bool) -> Value | None:
        """Return the cluster if its class fits, the government for a country that acts, else nothing."""
        acts = agentive and any(w in AGENTS or self.ontology.is_a(w, "Organization") for w in wanted)
        if acts and not any(self.ontology.is_a("Country", w) and w not in AGENTS for w in wanted):
            government = self.metonym(ref, cluster)
            if government is not None:
                return government
        if not wanted or any(self.fits(cluster, w) for w in wanted):
            return cluster
        return self.literal(ref.passage, ref.head) if LITERAL in wanted or self.takes_words(wanted) else None

    def fits(self, cluster: Cluster, wanted: str) -> bool:
        """Whether a cluster's class is wanted, generously between groups and bodies, never between people and places."""
        cls = cluster.cls
        if self.ontology.is_a(cls, wanted) or (wanted in {"Entity", "Thing", "Agent"} and not self.ontology.is_a(cls, "Place")):
            return True
        if cls in PERSONAL and wanted in PERSONAL:
            return True
        if cls == "PersonGroup" and self.ontology.is_a(wanted, "Organization"):
            return wanted in {"Organization", "GovernmentBody", "MediaOutlet"} and not cluster.named
        if cls == "Organization" and self.ontology.is_a(wanted, "Organization"):
            return wanted != "DiplomaticMission" and not self.ontology.is_a(wanted, "DiplomaticMission")
        return cls == "Place" and self.ontology.is_a(wanted, "Place")

    def metonym(self, ref: Ref, cluster: Cluster) -> Cluster | None:
        """Return the government that a country or its capital stands for; the mention goes with it."""
        places = gazetteer.load()
        if cluster.key.startswith("country:") and ref.kind is not MentionKind.PRONOUN:
            code = cluster.place
        elif cluster.cls == "City" and ref.kind is MentionKind.NAME:
            code = places.capitals.get(gazetteer.key(ref.text))
        else:
            return None
        if not code:
            return None
        key = f"government:{code}"
        government = self.resolver.by_key(key)
        if government is None:
            government = self.resolver.open(Cluster(key, "GovernmentBody", place=code, named=True))
        if ref in cluster.refs and ref.kind is MentionKind.NAME and (len(cluster.refs) > 1 or cluster.cls == "City"):
            cluster.refs.remove(ref)
            self.resolver.put(government, ref)
        return government

    def is_post(self, ref: Ref) -> bool:
        """Whether a noun for a person names a post or occupation, and not kinship, origin or opinion."""
        head = self.passages[ref.passage].parse.lemma[ref.head].lower()
        title = titles().get(head)
        known = self.ontology.nouns.get(ref.noun) or self.ontology.nouns.get(head)
        return (known is not None and self.ontology.is_a(known, "Role")) or (title is not None and title.kind == "post")

    def role(self, ref: Ref) -> Cluster:
        """Return the cluster of a post; the same words are the same post."""
        ref = self.without_owner(ref)
        key = f"role:{fold(ref.text)}"
        if key not in self.roles:
            self.roles[key] = Cluster(key, "Role", place=ref.place)
        cluster = self.roles[key]
        if not any(r.chars == ref.chars for r in cluster.refs):
            copy = Ref(ref.passage, ref.start, ref.end, ref.head, MentionKind.DESCRIPTION, "Role", ref.text, "s", noun=ref.noun, chars=ref.chars)
            cluster.refs.append(copy)
        return cluster

    def without_owner(self, ref: Ref) -> Ref:
        """Return a post without the pronoun that owns it: "his | spokesman"."""
        parse = self.passages[ref.passage].parse
        if parse.pos[ref.start] != "PRON" or ref.start >= ref.head:
            return ref
        text = surface(parse, ref.start + 1, ref.end)
        return Ref(ref.passage, ref.start + 1, ref.end, ref.head, ref.kind, ref.cls, text, ref.number, noun=ref.noun, place=ref.place,
                   chars=(parse.idx[ref.start + 1], ref.chars[1]))

    def ref_at(self, number: int, token: int) -> Ref | None:
        """Return the mention at a token: one it heads, else the name around it."""
        headed = [r for r in self.frames[number].refs if r.head == token]
        if headed:
            return min(headed, key=lambda r: (r.kind is MentionKind.DEMONYM, r.start))
        around = [r for r in self.frames[number].refs if r.start <= token < r.end and r.kind is MentionKind.NAME]
        return min(around, key=lambda r: r.end - r.start) if around else None

    def literal(self, number: int, token: int) -> Literal | None:
        """Return the words of the phrase or clause at a token."""
        parse = self.passages[number].parse
        if parse.pos[token] in {"PRON", "DET", "PUNCT", "PART"}:
            return None
        if is_verbal(parse, token) or (parse.text[token].endswith("ing") and parse.kids(token, "obj")):
            tokens = parse.subtree(token, without=("punct", "mark") if parse.dep[token] == "ROOT" else ())
            introduced = [c for c in parse.kids(token, "mark") if parse.text[c].lower() in INTRODUCING]
            tokens = [t for t in tokens if t not in introduced]  # "convicted of | stealing", "offered to | host talks"
            start, end = min(tokens), max(tokens) + 1
            while end - 1 > token and parse.pos[end - 1] in {"SCONJ", "CCONJ", "PUNCT"}:
                end -= 1
        else:
            start, end = phrase_span(parse, token)
        if parse.text[start].lower() == "no" and end > start + 1:
            start += 1  # the polarity says it
        words = surface(parse, start, min(end, start + MAX_LITERAL_WORDS)).strip(" ,.;:")
        return Literal(words) if words else None

    # -- time

    def is_time(self, number: int, token: int) -> bool:
        """Whether a token belongs to a time expression."""
        return self.timex_at(number, token) is not None

    def timex_at(self, number: int, token: int) -> Timex | None:
        """Return the time expression a token belongs to."""
        at = self.passages[number].parse.idx[token]
        return next((t for t in self.timexes[number] if t.start <= at < t.end), None)

    def times(self, number: int, anchor: int) -> tuple[Timex | None, Timex | None]:
        """Return when the statement of an anchor happened, and when it was said or became known."""
        parse = self.passages[number].parse
        happened = said = None
        chain = list(parse.ancestors(anchor))
        for timex in self.timexes[number]:
            if timex.kind != "date" or timex.edtf is None:
                continue
            tokens = [i for i in range(len(parse)) if timex.start <= parse.idx[i] < timex.end]
            if not tokens or parse.sent[tokens[0]] != parse.sent[anchor]:
                continue
            governor = self.time_governor(number, tokens)
            when = parse.dep[anchor] == "acl:relcl" and parse.head[anchor] in tokens  # "in May, when they met"
            if when or governor == anchor or governor in self.clause_mates(number, anchor) or self.fronted(number, tokens, governor, anchor):
                happened = happened or timex
            elif governor in chain and self.tells(number, governor, anchor):
                said = said or timex
        return happened, said

    def fronted(self, number: int, tokens: list[int], governor: int | None, anchor: int) -> bool:
        """Whether a date opens a sentence whose verbs it tells for all: "On May 3 she entered the office and asked for asylum"."""
        parse = self.passages[number].parse
        first = next(i for i in range(len(parse)) if parse.sent[i] == parse.sent[tokens[0]])
        if governor is None or tokens[0] - first > 2 or not is_verbal(parse, anchor):
            return False
        token = anchor
        while parse.dep[token] == "conj" and parse.head[token] != token and not parse.kids(token, "nsubj", "nsubj:pass"):
            token = parse.head[token]
            if token == governor:
                return True
        return False

    def time_governor(self, number: int, tokens: list[int]) -> int | None:
        """Return the verb or event noun that a time expression hangs on."""
        parse = self.passages[number].parse
        inside = set(tokens)
        head = next((i for i in tokens if parse.head[i] not in inside), tokens[0])
        for above in parse.ancestors(head):
            if is_verbal(parse, above) or parse.kids(above, "cop") or (number, above) in self.happenings or self.names_event(parse, above):
                return above
        return None

    def names_event(self, parse: Parse, token: int) -> bool:
        """Whether a noun is an anchor of some pattern."""
        return (parse.lemma[token].lower(), False) in self.matcher.by_lemma

    def clause_mates(self, number: int, anchor: int) -> set[int]:
        """Return the verbs whose time is the anchor's too: its own auxiliary verbs, light verbs and first conjuncts."""
        parse = self.passages[number].parse
        out = set()
        head, dep = parse.head[anchor], parse.dep[anchor]
        if head != anchor and dep == "conj" and is_verbal(parse, head) and not is_verbal(parse, anchor):
            out.add(head)
        if head != anchor and dep in {"nsubj", "nsubj:pass", "obj", "obl"} and not is_verbal(parse, anchor) and is_verbal(parse, head) and not self.speaks(parse, head):
            out.add(head)
        if head != anchor and dep == "xcomp" and not self.speaks(parse, head):
            out.add(head)
        return out

    def speaks(self, parse: Parse, token: int) -> bool:
        """Whether a verb tells of saying."""
        cue = cues().get((parse.lemma[token].lower(), "VERB"))
        return cue is not None and "source" in cue.effect

    def tells(self, number: int, governor: int, anchor: int) -> bool:
        """Whether a governor reports what the anchor says: a complement clause or what was reported lies between."""
        parse = self.passages[number].parse
        token = anchor
        for above in parse.ancestors(anchor):
            if above == governor:
                return parse.dep[token] in {"ccomp", "csubj", "csubj:pass", "xcomp", "parataxis"} or (
                    self.speaks(parse, governor) and parse.dep[token] in {"obj", "nsubj:pass", "obl", "nmod"})
            token = above
        return False

    # -- open claims

    def open_claims(self, anchors: set[tuple[int, int]]) -> None:
        """Draft what no example covers: a verb between two known entities, in the words of the text."""
        for number, frames in enumerate(self.frames):
            parse = frames.parse
            for verb in range(len(parse)):
                if (number, verb) in anchors or not is_verbal(parse, verb) or parse.lemma[verb] in OPEN_SKIPPED or parse.pos[verb] == "AUX":
                    continue
                self.open_claim(number, verb, frames.arguments(verb))

    def open_claim(self, number: int, verb: int, args: list[Arg]) -> None:
        """Draft the statements of one uncovered verb."""
        parse = self.passages[number].parse
        subjects = [c for a in args if a.slot == "subj" and (c := self.actor_at(number, a.token))]
        if not subjects:
            return
        particles = "".join(f" {parse.text[a.token].lower()}" for a in args if a.slot == "prt")
        for arg in args:
            slot = arg.slot
            if (slot != "obj" and not slot.startswith("prep:")) or slot.endswith("?") or slot in NO_OPEN or self.is_time(number, arg.token):
                continue
            obj: Value | None = self.entity_at(number, arg.token)
            if obj is None and slot == "obj" and parse.pos[arg.token] in {"NOUN", "PROPN"} and tells_by_itself(parse.lemma[verb].lower()):
                obj = self.literal(number, arg.token)
            preposition = "" if slot == "obj" else f" {slot[5:]}"
            if obj is not None:
                stance = self.readers[number].stance(verb)
                when, said = self.times(number, verb)
                for subject in subjects:
                    if subject is not obj:
                        phrase = f"{parse.lemma[verb].lower()}{particles}{preposition}"
                        self.add(Draft(subject, phrase, obj, number, verb, stance, when, said, kind=ClaimKind.OPEN))

    def actor_at(self, number: int, token: int) -> Cluster | None:
        """Return the cluster at a token, the government for a country."""
        cluster, ref = self.entity_at(number, token), self.ref_at(number, token)
        return (self.metonym(ref, cluster) or cluster) if cluster is not None and ref is not None else cluster

    def entity_at(self, number: int, token: int) -> Cluster | None:
        """Return the cluster or event at a token."""
        event = self.happenings.get((number, token))
        if event:
            return event.cluster
        ref = self.ref_at(number, token)
        return self.resolver.of.get(id(ref)) if ref is not None and ref.head == token else None


def tells_by_itself(verb: str) -> bool:
    """Whether a verb says something with a thing that is no entity for its object: "sealed the room", not "used the room"."""
    return (verb, "VERB") not in cues() and lexicon.senses().get((verb, True), 0) < MANY_SENSES


def group_by_anchor(matches: list[tuple[int, Match]]) -> Iterator[tuple[int, list[Match]]]:
    """Yield the matches of each anchor together."""
    groups: dict[tuple[int, int], list[Match]] = defaultdict(list)
    for number, match in matches:
        groups[number, match.anchor].append(match)
    for (number, _), group in sorted(groups.items()):
        yield number, group


def all_join(ontology: Ontology, group: list[Happening], other: Happening) -> bool:
    """Whether a telling belongs to a group: it shares a participant with one member and conflicts with none."""
    first = group[0]
    related = ontology.is_a(first.cls, other.cls) or ontology.is_a(other.cls, first.cls)
    if not related or first.real != other.real:
        return False
    if not any(h.core() & other.core() for h in group):
        return False
    return all(compatible(h, other) for h in group)


def compatible(first: Happening, second: Happening) -> bool:
    """Whether two tellings can be of one event: no role is filled by different single participants, no times differ."""
    for role in CORE_ROLES:
        one = {id(v) for v, _ in first.roles.get(role, ()) if isinstance(v, Cluster)}
        two = {id(v) for v, _ in second.roles.get(role, ()) if isinstance(v, Cluster)}
        if one and two and not one & two:
            return False
    a, b = first.when, second.when
    if a and b and a.edtf and b.edtf and a.edtf != b.edtf:
        return a.edtf.startswith(b.edtf) or b.edtf.startswith(a.edtf)
    return True
