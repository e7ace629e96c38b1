"""Mentions of one document joined into clusters, each join with its reason.

Precision first: a join that the text does not tell is not made. Passes in order of sureness (after Lee et al.
2013, "Deterministic coreference resolution based on entity-centric, precision-ranked rules"), each mention in
reading order: names, then descriptions, then pronouns.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate

from kg import gazetteer, lexicon
from kg.annotation.parse import Parse, Passage
from kg.entities.mentions import PERSONAL, Ref
from kg.frames import Frames, is_verbal
from kg.model import MentionKind
from kg.ontology import Ontology

GENERIC_PERSON = {"man", "woman", "person", "official", "diplomat", "politician", "individual", "suspect", "defendant", "accused", "defector", "escapee", "fugitive", "victim", "author", "writer", "leader", "candidate"}
GOVERNMENT_NOUNS = {"government", "regime", "administration", "authorities", "authority", "side"}
COUNTRY_NOUNS = {"country", "nation", "state"}
CITY_VERBS = {"be", "have", "lie", "sit", "stand", "grow", "become", "host", "see"}
NAMING = {"know", "call", "name", "nickname", "dub", "identify"}
GENERIC_BODY = {"company", "firm", "party", "group", "organisation", "organization", "agency", "institution", "mission", "body", "office"}
NEW_MARKERS = {"another", "other", "a", "an", "some", "one", "several", "many", "more", "few", "any", "every", "each", "no", "all", "most", "further"}
DONE_TO_BODIES = {"acquire", "buy", "found", "sue", "join", "leave", "accuse", "own", "run", "head", "lead", "control", "fine", "audit", "manage", "fund", "finance", "criticise", "criticize", "ask", "urge", "tell", "force", "order", "allow", "help", "rescue", "take", "represent", "oblige", "blame", "warn"}
PLAIN_OBJECTS = {"him", "her", "it", "them"}
MAX_PRONOUN_SENTENCES = 2
MAX_DESCRIPTION_SENTENCES = 6


@dataclass(eq=False)
class Cluster:
    """Mentions of one thing."""

    key: str  # what identifies it in the document
    cls: str
    refs: list[Ref] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    nouns: set[str] = field(default_factory=set)
    gender: str | None = None
    number: str = "s"
    place: str | None = None  # country or region code that a demonym or a name tells
    site: str | None = None  # where a mission stands: key of a place cluster
    owner: Cluster | None = None
    named: bool = False
    id: str = ""
    last: tuple[int, int] = (-1, -1)  # offsets of the mention that stands last in the text

    @property
    def full_name(self) -> str:
        """The longest name."""
        return longest_name(self.names)


def longest_name(names: Sequence[str]) -> str:
    """Return the longest of some names."""
    return max(names, key=lambda n: (len(n.split()), len(n), n), default="")


@dataclass(frozen=True, slots=True)
class Join:
    """A mention, the one it was joined to, and why."""

    ref: Ref
    antecedent: Ref
    reason: str


@lru_cache(maxsize=1 << 16)
def fold(text: str) -> str:
    """Return a name without accents, case, points and possessives, for comparison."""
    text = text.replace("’s", "").replace("'s", "").replace("’", "'")
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return re.sub(r"[^\w\s&-]", "", re.sub(r"^St\.? (?=[A-Z])", "Saint ", plain).lower()).strip()


@lru_cache(maxsize=1 << 16)
def name_words(text: str) -> tuple[str, ...]:
    """Return the words of a folded name; a hyphen counts as a space, as spellings of given names differ in it."""
    return tuple(w for w in fold(text).replace("-", " ").split() if w != "the")


class Resolver:
    """Joins the mentions of one document."""

    def __init__(self, passages: list[Passage], frames: list[Frames], ontology: Ontology) -> None:
        self.passages = passages
        self.frames = frames
        self.ontology = ontology
        self.clusters: list[Cluster] = []
        self.joins: list[Join] = []
        self.of: dict[int, Cluster] = {}  # id(ref) -> cluster
        self.keys: dict[str, Cluster] = {}
        counts = (p.parse.sent[-1] + 1 if len(p.parse) else 0 for p in passages)
        self.sentences = [0, *accumulate(counts)]  # before each passage
        self.refs = [r for f in frames for r in f.refs]
        self.waiting: dict[int, Ref] = {}  # id(pronoun) -> a free apposition that opens its sentence

    def run(self) -> list[Cluster]:
        """Resolve all mentions; afterwards `of` maps each to its cluster."""
        for ref in self.refs:
            if ref.kind is MentionKind.NAME:
                self.name(ref)
            elif ref.kind is MentionKind.DEMONYM:
                self.demonym(ref)
        for ref in self.refs:
            if ref.kind is MentionKind.DESCRIPTION and (pronoun := self.meant_pronoun(ref)) is not None:
                self.waiting[id(pronoun)] = ref
            elif ref.kind is MentionKind.DESCRIPTION:
                self.description(ref)
        for ref in self.refs:
            if ref.kind is MentionKind.PRONOUN:
                self.pronoun(ref)
        return self.clusters

    # -- bookkeeping

    def new(self, ref: Ref, key: str, **values: object) -> Cluster:
        """Open a cluster for a mention."""
        cluster = self.open(Cluster(key, ref.cls, number=ref.number, **values))  # type: ignore[arg-type]
        self.put(cluster, ref)
        return cluster

    def open(self, cluster: Cluster) -> Cluster:
        """Keep a new cluster."""
        self.clusters.append(cluster)
        self.keys.setdefault(cluster.key, cluster)
        return cluster

    def put(self, cluster: Cluster, ref: Ref) -> None:
        """Add a mention to a cluster; its most specific class, gender and nouns are kept."""
        cluster.refs.append(ref)
        cluster.last = max(cluster.last, ref.chars)
        self.of[id(ref)] = cluster
        if ref.kind is MentionKind.NAME:
            cluster.names.append(ref.text)
            cluster.named = True
        if ref.noun:
            cluster.nouns.add(ref.noun)
        cluster.nouns |= {t for t in ref.titles if (k := lexicon.titles().get(t)) and k.kind == "post"}
        cluster.gender = cluster.gender or ref.gender
        cluster.place = cluster.place or ref.place or self.seat(ref)
        if ref.kind is not MentionKind.PRONOUN and self.ontology.is_a(ref.cls, cluster.cls):
            cluster.cls = ref.cls

    def seat(self, ref: Ref) -> str | None:
        """Return the country where a body sits, if its phrase says so: "a maker of valves based in Lima"."""
        if not self.ontology.is_a(ref.cls, "Organization") or self.ontology.is_a(ref.cls, "DiplomaticMission") or ref.kind is MentionKind.PRONOUN:
            return None
        frames = self.frames[ref.passage]
        slots = [a for a in frames.arguments(ref.head) if a.slot in {"based", "prep:in", "prep:in?"}]
        slots += [a for c in frames.parse.kids(ref.head, "acl") if frames.parse.lemma[c].lower() in {"base", "headquarter"} for a in frames.arguments(c) if a.slot == "prep:in"]
        known = gazetteer.load()
        for arg in slots:
            other = next((r for r in frames.refs if r.head == arg.token and r.kind is MentionKind.NAME and self.ontology.is_a(r.cls, "Place")), None)
            if other is not None:
                country = known.country(other.text)
                cities = known.cities.get(gazetteer.key(other.text), ())
                return country.code if country else cities[0].country if cities else None
        return None

    def join(self, cluster: Cluster, ref: Ref, reason: str) -> None:
        """Add a mention to a cluster for a reason."""
        antecedent = next((r for r in reversed(cluster.refs) if r.chars < ref.chars), cluster.refs[0])
        self.joins.append(Join(ref, antecedent, reason))
        self.put(cluster, ref)

    def find(self, test: Callable[[Cluster], bool]) -> list[Cluster]:
        """Return the clusters that pass a test, most recently mentioned first."""
        return sorted((c for c in self.clusters if test(c)), key=lambda c: c.last, reverse=True)

    def by_key(self, key: str) -> Cluster | None:
        """Return the cluster of a key."""
        return self.keys.get(key)

    def parse_of(self, ref: Ref) -> Parse:
        """Return the parse a mention stands in."""
        return self.passages[ref.passage].parse

    # -- names

    def name(self, ref: Ref) -> None:
        """Resolve a name by its class; a word that opens a body's longer name is short for it."""
        if ref.cls in {"Person", "Organization", "City"} and not ref.titles and (body := self.body_called(ref)):
            self.join(body, ref, "short form of the name")
            return
        if ref.cls == "Person":
            self.person(ref)
        elif self.ontology.is_a(ref.cls, "Place"):
            self.place(ref)
        elif self.ontology.is_a(ref.cls, "DiplomaticMission"):
            self.mission(ref)
        else:
            self.body(ref)

    def body_called(self, ref: Ref) -> Cluster | None:
        """Return the one body whose longer name begins with the words of a name that nobody else bears."""
        words = name_words(ref.text)
        if len(words) > 2 or (ref.cls == "City" and gazetteer.load().kind(ref.text)):
            return None
        if any(c.cls == "Person" and set(words) & set(name_words(c.full_name)) for c in self.clusters):
            return None
        found = [c for c in self.clusters if c.key.startswith("body:") and any(
            name_words(n)[: len(words)] == words and len(name_words(n)) > len(words) for n in c.names)]
        return found[0] if len(found) == 1 and not gazetteer.load().demonym(ref.text) else None

    def place(self, ref: Ref) -> None:
        """Join place names by the country they name, or by spelling."""
        country = gazetteer.load().country(ref.text)
        capital = gazetteer.load().capitals.get(gazetteer.key(ref.text)) if country is None else None
        if capital and self.acts(ref):
            self.government(ref, capital)
            return
        short = self.compass_country(ref) if country is None else None
        if short is not None:
            self.join(short, ref, "short for the only country of that name here")
            return
        key = f"country:{country.code}" if country else f"place:{fold(ref.text)}"
        cluster = self.by_key(key)
        if cluster is None:
            cluster = self.new(ref, key, place=country.code if country else None)
            cluster.place = cluster.place or self.country_beside(ref)
        else:
            cluster.place = cluster.place or self.country_beside(ref)
            same = fold(ref.text) in map(fold, cluster.names)
            self.join(cluster, ref, "same name" if same else "another name of the same country")

    def compass_country(self, ref: Ref) -> Cluster | None:
        """Return the one country of the document that "the North", "the South" is short for."""
        if fold(ref.text) not in {"north", "south", "east", "west"}:
            return None
        found = [c for c in self.clusters if c.key.startswith("country:") and any(
            fold(n).startswith(f"{fold(ref.text)} ") for n in [*c.names, *(r.text for r in c.refs)])]
        return found[0] if len({c.key for c in found}) == 1 else None

    def acts(self, ref: Ref) -> bool:
        """Whether a capital's name stands for its government: it does something, owns people, is an opponent."""
        parse = self.parse_of(ref)
        dep, head = parse.dep[ref.head], parse.head[ref.head]
        if dep == "conj":
            dep, head = parse.dep[head], parse.head[head]
        if dep == "nsubj":
            return is_verbal(parse, head) and parse.lemma[head].lower() not in CITY_VERBS and not parse.kids(head, "cop")
        if dep == "nmod:poss":
            return parse.lemma[head].lower() in lexicon.noun_kinds() or parse.lemma[head].lower() in self.ontology.nouns
        return parse.case(ref.head) in {"against", "with", "by"} and dep in {"obl", "nmod", "obl:agent"}

    def country_beside(self, ref: Ref) -> str | None:
        """Return the code of the country that stands behind a city: "Lima, Peru"."""
        for arg in self.frames[ref.passage].arguments(ref.head):
            if arg.slot == "within":
                key = self.place_at(ref.passage, arg.token)
                return key.split(":")[1] if key and key.startswith("country:") else None
        return None

    def demonym(self, ref: Ref) -> None:
        """Join an adjective or noun of a people with its country, or open the group."""
        if ref.cls == "PersonGroup":
            key = f"people:{fold(ref.text)}"
            cluster = self.by_key(key)
            if cluster:
                self.join(cluster, ref, "same people")
            else:
                self.new(ref, key, named=True)
            return
        if ref.place is None:
            return
        known = gazetteer.load()
        key = f"country:{ref.place}" if ref.place in known.countries else f"place:{fold(ref.place)}"
        if ref.place not in known.countries:
            ref.cls = "Region"
        cluster = self.by_key(key)
        if cluster:
            self.join(cluster, ref, "adjective of the country")
        else:
            country = known.countries.get(ref.place)
            cluster = self.new(ref, key)
            cluster.named = True
            cluster.names.append(country.name if country else ref.place)

    def person(self, ref: Ref) -> None:
        """Join a person's name with an earlier or later fuller one."""
        words = name_words(ref.text)
        exact = self.find(lambda c: c.cls == "Person" and any(name_words(n) == words for n in c.names))
        if exact:
            self.join(exact[0], ref, "same name")
            return
        part = self.find(lambda c: c.cls == "Person" and c.named and is_part(words, name_words(c.full_name)) and genders_agree(c, ref))
        distinct = {c.key for c in part}
        if len(distinct) == 1 and not (len(words) == 1 and len(words[0]) == 1):
            honorific = bool(ref.titles) and len(words) == 1
            self.join(part[0], ref, "part of the full name after a title" if honorific else "part of the full name")
            return
        shorter = self.find(lambda c: c.cls == "Person" and c.named and len(words) > len(name_words(c.full_name))
                            and is_part(name_words(c.full_name), words) and genders_agree(c, ref) and len(name_words(c.full_name)[0]) > 1)
        if len(shorter) == 1:
            self.join(shorter[0], ref, "full form of the short name")
            return
        self.new(ref, f"person:{' '.join(words)}")

    def body(self, ref: Ref) -> None:
        """Join an organisation's or event's name: same words, or an acronym."""
        words = name_words(ref.text)
        ref.place = ref.place or self.country_of(ref) or self.demonym_of(ref)
        core = without_demonym(ref.text)
        exact = self.find(lambda c: c.named and same_family(self.ontology, c.cls, ref.cls) and places_agree(c, ref)
                          and any(without_demonym(n) == core for n in c.names))
        if exact:
            self.join(exact[0], ref, "same name")
            return
        bracketed = self.bracket_antecedent(ref)
        if bracketed is not None:
            self.join(bracketed, ref, "acronym in brackets behind the name" if is_acronym(ref.text) else "name in brackets")
            return
        if is_acronym(ref.text):
            long = self.find(lambda c: c.named and any(initials_match(ref.text, n) for n in c.names))
            if len({c.key for c in long}) == 1:
                self.join(long[0], ref, "acronym of the name")
                return
        expanded = self.find(lambda c: c.named and any(is_acronym(n) and initials_match(n, ref.text) for n in c.names))
        if len(expanded) == 1 and expanded[0].cls != "Person":
            self.join(expanded[0], ref, "name of the acronym")
            return
        if len(words) == 1 and self.is_bare_head(ref):
            ref.kind = MentionKind.DESCRIPTION
            ref.noun = words[0]
            ref.definite = True
            return
        government = GOVERNMENT_NOUNS & set(words)
        if government and ref.place:
            self.government(ref, ref.place)
            return
        self.new(ref, f"body:{' '.join(words)}")

    def demonym_of(self, ref: Ref) -> str | None:
        """Return the country whose adjective stands before a name: "the Chilean | Ministry of Trade"."""
        for arg in self.frames[ref.passage].arguments(ref.head):
            if arg.slot == "demonym":
                other = next((r for r in self.frames[ref.passage].refs if r.head == arg.token and r.kind is MentionKind.DEMONYM), None)
                if other is not None:
                    return other.place
        return None

    def is_bare_head(self, ref: Ref) -> bool:
        """Whether a name is nothing but a class noun with a capital: "the Embassy", "the Ministry"."""
        return fold(ref.text) in self.ontology.nouns and not is_acronym(ref.text)

    def bracket_antecedent(self, ref: Ref) -> Cluster | None:
        """Return the name that a bracketed acronym follows: "Workers' Union (WU)"."""
        parse = self.parse_of(ref)
        if ref.start < 2 or parse.text[ref.start - 1] not in {"(", "“", '"'}:
            return None
        before = [r for r in self.frames[ref.passage].refs if r.end in {ref.start - 1, ref.start - 2} and r.kind is MentionKind.NAME and id(r) in self.of]
        for other in before:
            if is_acronym(ref.text) and shares_initial(ref.text, other.text) and self.of[id(other)].cls != "Person":
                return self.of[id(other)]
        return None

    def mission(self, ref: Ref) -> None:
        """Join missions by sending state and place; an embassy without a place is known by the place near it."""
        sender = ref.place
        site = self.site_of(ref)
        nearby = None if site else self.nearby_place(ref, sender)
        candidates = self.find(lambda c: same_family(self.ontology, c.cls, ref.cls) and self.ontology.is_a(c.cls, "DiplomaticMission")
                               and c.number == ref.number and (sender is None or c.place in (None, sender)))
        for cluster in candidates:
            if site and same_site(cluster.site, site, ref.cls) and (sender or cluster.place is None):
                self.join(cluster, ref, "same sending state and place")
                return
        if site is None and sender is None and candidates and ref.definite:
            spoken = [c for c in candidates if self.before(c, ref) and self.sentence_gap(c, ref) <= MAX_DESCRIPTION_SENTENCES]
            if spoken:
                self.join(spoken[0], ref, "the mission spoken of last")
                return
        if site is None:
            fitting = [c for c in candidates if nearby is None or c.site == nearby]
            recent = [c for c in candidates if sender is None or c.place == sender]
            if len(fitting) == 1 and (nearby is not None or len(recent) == 1):
                self.join(fitting[0], ref, "same sending state, and the place spoken of" if nearby else "the only mission of this state so far")
                return
        if ref.kind is MentionKind.DESCRIPTION and not ref.definite and site is None and sender is None:
            self.plain_description(ref)
            return
        key = f"mission:{ref.cls}:{sender}:{site or nearby or ''}:{'' if ref.number == 's' else fold(ref.text)}"
        cluster = self.new(ref, key if self.by_key(key) is None else f"{key}:{ref.chars[0]}", site=site or nearby)
        cluster.named = cluster.named or (sender is not None and ref.number == "s")

    def site_of(self, ref: Ref) -> str | None:
        """Return the key of the place where a mission stands: "in X", "to X", "X-based", "at X"."""
        frames = self.frames[ref.passage]
        for slot in ("based", "prep:in", "prep:to", "prep:at", "prep:in?", "prep:to?"):
            for arg in frames.arguments(ref.head):
                if arg.slot == slot:
                    place = self.place_at(ref.passage, arg.token)
                    if place:
                        return place
        return None

    def place_at(self, passage: int, token: int) -> str | None:
        """Return the key of the place cluster named at a token."""
        for other in self.frames[passage].refs:
            if other.start <= token < other.end and other.kind is MentionKind.NAME and self.ontology.is_a(other.cls, "Place"):
                country = gazetteer.load().country(other.text)
                return f"country:{country.code}" if country else f"place:{fold(other.text)}"
        return None

    def nearby_place(self, ref: Ref, sender: str | None) -> str | None:
        """Return the last place before a mention, in its sentence or the one before, that is not the sender."""
        for other in reversed(self.refs):
            if other.chars >= ref.chars or other.kind is not MentionKind.NAME or not self.ontology.is_a(other.cls, "Place"):
                continue
            if other.passage != ref.passage:
                return None
            parse = self.parse_of(ref)
            if parse.sent[ref.head] - parse.sent[other.head] > 1:
                return None
            key = self.place_at(other.passage, other.head)
            if key and key != f"country:{sender}" and other.cls in {"Country", "City"}:
                return key
        return None

    # -- descriptions

    def description(self, ref: Ref) -> None:
        """Resolve a common-noun phrase."""
        if id(ref) in self.of:
            return
        if self.beside_name(ref):
            return
        noun = ref.noun
        if self.ontology.is_a(ref.cls, "Place") and self.place_of_that_name(ref):
            return
        if noun in COUNTRY_NOUNS and ref.number == "s":
            self.the_country(ref)
        elif noun in GOVERNMENT_NOUNS:
            place = ref.place or self.country_of(ref)
            if place:
                self.government(ref, place)
            elif ref.definite:
                self.plain_description(ref)
        elif self.ontology.is_a(ref.cls, "DiplomaticMission"):
            self.mission(ref)
        elif ref.owner is not None:
            self.possessed(ref)
        elif ref.definite and ref.number == "s" and self.definite(ref):
            return
        else:
            self.plain_description(ref)

    def beside_name(self, ref: Ref) -> bool:
        """Join titles, appositions and predicate nouns with the name they stand beside."""
        frames = self.frames[ref.passage]
        parse = frames.parse
        for other in frames.refs:
            if other.kind is not MentionKind.NAME or id(other) not in self.of or other is ref:
                continue
            if classes_agree(self.ontology, ref.cls, self.of[id(other)].cls) and self.called(frames, ref, other):
                self.join(self.of[id(other)], ref, "known by that name")
                return True
            if not classes_agree(self.ontology, ref.cls, self.of[id(other)].cls) or ref.number != self.of[id(other)].number:
                continue
            if ref.end == other.start and self.ontology.is_a(ref.cls, "Organization") and parse.sent[ref.head] == parse.sent[other.head]:
                self.join(self.of[id(other)], ref, "noun before the name")  # "the pump maker Varga"
                return True
            slots = {a.slot for a in frames.arguments(other.head) if a.token == ref.head}
            back = {a.slot for a in frames.arguments(ref.head) if a.token == other.head}
            if "title" in slots:
                ref.role = True
                self.join(self.of[id(other)], ref, "title before the name")
                return True
            if ({"appos", "flat"} & slots or {"appos", "flat", "appos-of"} & back) and self.may_apposit(parse, ref, other):
                ref.role = True
                self.join(self.of[id(other)], ref, "apposition of the name")
                return True
            if "cop" in back and not negated(parse, ref.head) and parse.dep[ref.head] not in {"conj"}:
                ref.role = True
                self.join(self.of[id(other)], ref, "said to be the same by a form of be")
                return True
        return False

    def called(self, frames: Frames, ref: Ref, other: Ref) -> bool:
        """Whether a phrase says what someone is called: "an official known as Mr. A", "a man named Berg"."""
        parse = frames.parse
        for verb in (parse.head[other.head], parse.head[parse.head[other.head]]):
            if parse.lemma[verb].lower() in NAMING and verb != ref.head:
                return any(a.token == ref.head and a.slot in {"obj", "subj", "iobj"} for a in frames.arguments(verb))
        return False

    def may_apposit(self, parse: Parse, ref: Ref, other: Ref) -> bool:
        """Whether an apposition is close enough to trust, given how weak parsers are at it."""
        first, second = sorted((ref, other), key=lambda r: r.start)
        return 0 <= second.start - first.end <= 5 or (second.head - first.head <= 12 and parse.dep[second.head] == "appos" and second.start - first.end <= 12)

    def place_of_that_name(self, ref: Ref) -> bool:
        """Join "the port of Lima" with Lima."""
        for arg in self.frames[ref.passage].arguments(ref.head):
            if arg.slot == "prep:of":
                key = self.place_at(ref.passage, arg.token)
                cluster = self.by_key(key) if key else None
                if cluster is not None and not cluster.key.startswith("country:"):
                    cluster.place = cluster.place or ref.place
                    self.join(cluster, ref, "the place of that name")
                    return True
        return False

    def the_country(self, ref: Ref) -> None:
        """Join "the country" with the country spoken of last; the sentence's own subject matter decides ties."""
        if not ref.definite or ref.cls not in {"Country", "Place"}:
            return
        own = self.country_of_subject(ref)
        if own is not None:
            self.join(own, ref, "the country of those who left it")
            return
        recent = [r for r in self.refs if r.chars < ref.chars and id(r) in self.of and self.of[id(r)].cls == "Country"
                  and (r.kind is MentionKind.NAME or r.cls == "Country")]
        named = [r for r in recent if r.kind is MentionKind.NAME][-1:] or recent[-1:]
        if named and self.distance(named[-1], ref) <= MAX_DESCRIPTION_SENTENCES:
            self.join(self.of[id(named[-1])], ref, "the country spoken of last")

    def country_of_subject(self, ref: Ref) -> Cluster | None:
        """Return the country of the people whose object "the country" is: "Chileans fled the country"."""
        frames = self.frames[ref.passage]
        verb = frames.parse.head[ref.head]
        if frames.parse.dep[ref.head] != "obj":
            return None
        subjects = {a.token for a in frames.arguments(verb) if a.slot == "subj"}
        code = next((r.place for r in frames.refs if r.head in subjects and r.place and r.cls in PERSONAL), None)
        return self.by_key(f"country:{code}") if code else None

    def country_of(self, ref: Ref) -> str | None:
        """Return the code of the country that owns a phrase: "authorities of X", "the country's authorities"."""
        for arg in self.frames[ref.passage].arguments(ref.head):
            if arg.slot in {"prep:of", "poss", "prep:in"}:
                for other in self.frames[ref.passage].refs:
                    if other.head == arg.token:
                        if other.kind is MentionKind.DESCRIPTION and id(other) not in self.of:
                            self.description(other)
                        elif other.kind is MentionKind.PRONOUN and id(other) not in self.of:
                            self.pronoun(other)
                        cluster = self.of.get(id(other))
                        if cluster and cluster.cls == "Country":
                            return cluster.place
        return None

    def government(self, ref: Ref, place: str) -> Cluster:
        """Join what names a country's government."""
        key = f"government:{place}"
        cluster = self.by_key(key)
        ref.cls = "GovernmentBody"
        if cluster is None:
            cluster = self.new(ref, key, place=place)
            cluster.named = True
        else:
            self.join(cluster, ref, "government of the same country")
        return cluster

    def possessed(self, ref: Ref) -> None:
        """Join "X's family" per owner: another's family is another family."""
        owner = self.owner_cluster(ref)
        if owner is None:
            self.plain_description(ref)
            return
        if owner.cls in {"Country"} and ref.definite and self.ontology.is_a(ref.cls, "Organization"):
            ref.place = owner.place
        key = f"of:{owner.key}:{ref.noun}:{fold(ref.text) if ref.number == 'p' and ref.cls not in PERSONAL else ''}"
        cluster = self.by_key(key)
        if cluster:
            self.join(cluster, ref, "same owner and noun")
        else:
            self.new(ref, key, owner=owner)

    def owner_cluster(self, ref: Ref) -> Cluster | None:
        """Return the cluster of the possessor; pronouns are resolved on the way."""
        for other in self.frames[ref.passage].refs:
            if other.head == ref.owner:
                if id(other) not in self.of:
                    if other.kind is MentionKind.PRONOUN:
                        for earlier in self.frames[ref.passage].refs:  # "He … by his brother": whom he stands for comes first
                            if earlier.kind is MentionKind.PRONOUN and earlier.chars < other.chars:
                                self.pronoun(earlier)
                        self.pronoun(other)
                    elif other.kind is MentionKind.DESCRIPTION:
                        self.description(other)
                return self.of.get(id(other))
        return None

    def definite(self, ref: Ref) -> bool:
        """Join "the general", "the ministry" with what was called so before."""
        restricted = any(a.slot.startswith("prep:") and not a.slot.endswith("?") for a in self.frames[ref.passage].arguments(ref.head))
        parse = self.parse_of(ref)
        restricted = restricted or any(parse.text[min(parse.subtree(c)) - 1] != "," for c in parse.kids(ref.head, "acl:relcl") if c > ref.head)
        found = [c for c in self.find(lambda c: self.called_so(c, ref) and self.before(c, ref)) if not ref.place or c.place in (None, ref.place)]
        found = [c for c in found if self.sentence_gap(c, ref) <= MAX_DESCRIPTION_SENTENCES and not self.beside_in_clause(c, ref)]
        if restricted:
            found = [c for c in found if any(fold(r.text) == fold(ref.text) for r in c.refs)]
        if ref.place and not restricted:  # "the Portuguese company": one told to be Portuguese, or called so
            found = [c for c in found if c.place == ref.place or any(fold(r.text) == fold(ref.text) for r in c.refs)]
        if not found:
            return False
        if ref.noun in GENERIC_BODY:  # "the company": of those just spoken of, who the text is about
            found.sort(key=lambda c: (ref.noun not in c.nouns, not self.was_subject(c, ref, MAX_DESCRIPTION_SENTENCES)))
        if ref.noun in {"man", "woman", "person"} and ref.noun not in found[0].nouns:
            near = self.sentence_gap(found[0], ref)  # "the man": of those in the last sentence, who it is about
            found.sort(key=lambda c: (self.sentence_gap(c, ref) > near, not self.was_subject(c, ref)))
        self.join(found[0], ref, f'"the {ref.noun}" after it was called so' if ref.noun in found[0].nouns else f'"the {ref.noun}" for the one spoken of last')
        return True

    def beside_in_clause(self, cluster: Cluster, ref: Ref) -> bool:
        """Whether a cluster already stands beside a mention under one verb: "the newspaper is owned by the company" names two."""
        frames = self.frames[ref.passage]
        above = list(frames.parse.ancestors(ref.head))
        told = (i for i in above if is_verbal(frames.parse, i) or frames.parse.kids(i, "nmod", "nmod:poss"))
        verb = next((i for i in above if is_verbal(frames.parse, i)), next(told, None))
        if verb is None:
            return False
        beside = ({a.token for a in frames.arguments(verb)} | set(above)) - {ref.head}
        return any(r.passage == ref.passage and r.head in beside for r in cluster.refs)

    def called_so(self, cluster: Cluster, ref: Ref) -> bool:
        """Whether "the general", "the ministry" can mean a cluster: it was called so, or the noun fits any of its class."""
        named = ref.noun in cluster.nouns
        if self.ontology.is_a(ref.cls, "Organization"):
            if (not named and not self.nouns_allow(cluster, ref)) or (named and not self.told_apart_by_nothing(cluster, ref)):
                return False
            fits = self.ontology.is_a(cluster.cls, ref.cls) and ref.cls != "Organization" and self.told_apart_by_nothing(cluster, ref)
            fits = fits or (ref.noun in GENERIC_BODY and self.ontology.is_a(cluster.cls, "Organization"))
            return cluster.number == "s" and same_family(self.ontology, cluster.cls, ref.cls) and (named or fits)
        if ref.cls == "Person":
            post = cluster.key.startswith("person:") and ref.noun in {n.split()[-1] for n in cluster.nouns}
            person = cluster.cls == "Person" and cluster.number == "s" and genders_agree(cluster, ref)
            return person and (named or post or ref.noun in GENERIC_PERSON)
        return cluster.cls == ref.cls and named

    def nouns_allow(self, cluster: Cluster, ref: Ref) -> bool:
        """Whether what a body was called lets another noun mean it: a bank is a company, the European Union is none.

        A noun that stands for a kind of body ("the commission") means no body that was called another of that kind.
        """
        called = [known for n in cluster.nouns if (known := self.ontology.nouns.get(n)) and self.ontology.is_a(known, "Organization")]
        if ref.noun in GENERIC_BODY:
            return all(self.ontology.is_a(cls, ref.cls) for cls in called)
        return not called

    def told_apart_by_nothing(self, cluster: Cluster, ref: Ref) -> bool:
        """Whether the words before a noun fit what a cluster was called: "the customs department" is no foreign ministry."""
        parse = self.parse_of(ref)
        words = {fold(parse.text[i]) for i in range(ref.start, ref.head) if parse.dep[i] in {"compound", "amod"}}
        words -= {fold(w) for w in ref.noun.split()}
        known = {w for r in cluster.refs for w in fold(r.text).split()}
        country = ref.place is not None and ref.place == cluster.place
        return country or words <= known

    def was_subject(self, cluster: Cluster, ref: Ref, within: int = MAX_PRONOUN_SENTENCES) -> bool:
        """Whether a cluster did something in the sentences just before a mention."""
        return any(r.chars < ref.chars and self.parse_of(r).dep[r.head].startswith("nsubj") and self.distance(r, ref) <= within
                   for r in cluster.refs)

    def plain_description(self, ref: Ref) -> None:
        """Open a group or person that is only described; the same words mean the same group."""
        words = fold(ref.text)
        limited = bool(self.parse_of(ref).kids(ref.head, "acl:relcl", "acl"))  # "villagers who had left" are others than "villagers"
        bare = ref.number == "p" and not limited and not starts_anew(ref, self.parse_of(ref))
        same = self.find(lambda c: not c.named and c.cls == ref.cls and any(fold(r.text) == words for r in c.refs)) if bare or ref.definite else []
        if same and (bare or ref.definite):
            self.join(same[0], ref, "same description")
            return
        self.new(ref, f"described:{words}:{ref.chars[0]}")

    # -- pronouns

    def pronoun(self, ref: Ref) -> None:
        """Join a pronoun with the most salient mention before it that agrees."""
        if id(ref) in self.of:
            return
        parse = self.parse_of(ref)
        if ref.gender == "n" and parse.dep[ref.head] == "obj" and parse.lemma[parse.head[ref.head]].lower() not in DONE_TO_BODIES:
            return  # "read it", "issued it": seldom a body
        barred = self.doers(ref)
        best: tuple[tuple[int, ...], Cluster, Ref] | None = None
        for other in (r for f in self.frames[max(0, ref.passage - 1) : ref.passage + 1] for r in f.refs):
            cluster = self.of.get(id(other))
            if other.chars >= ref.chars or cluster is None:
                continue
            if not self.agrees(cluster, other, ref) or contains(other, ref) or id(cluster) in barred:
                continue
            gap = self.distance(other, ref)
            if gap > MAX_PRONOUN_SENTENCES:
                continue
            score = self.salience(parse, other, ref, gap)
            if best is None or score >= best[0]:
                best = (score, cluster, other)
        if best:
            self.join(best[1], ref, f'"{ref.text}" for the nearest that agrees')
        opening = self.waiting.get(id(ref))
        if opening is not None:
            opening.role = True
            if best and classes_agree(self.ontology, opening.cls, best[1].cls):
                self.join(best[1], opening, f'"{ref.text}" is who the sentence opens with')
            else:
                self.description(opening)

    def doers(self, ref: Ref) -> set[int]:
        """Return the identities of who does what is done to a pronoun: "X, which named them" names others (principle B)."""
        frames = self.frames[ref.passage]
        parse, verb = frames.parse, frames.parse.head[ref.head]
        argument = parse.dep[ref.head] in {"obj", "iobj"} or (parse.dep[ref.head] == "obl" and parse.case(ref.head) in {"to", "by", "against", "about"})
        own = ref.text.lower() in PLAIN_OBJECTS and argument
        if not own or not is_verbal(parse, verb):
            return set()
        subjects = {a.token for a in frames.arguments(verb) if a.slot == "subj"}
        return {id(self.of[id(r)]) for r in frames.refs if r.head in subjects and id(r) in self.of}

    def meant_pronoun(self, ref: Ref) -> Ref | None:
        """Return the pronoun that a phrase at the head of a sentence describes: "Deputy head of the mission, he signed"."""
        parse = self.parse_of(ref)
        if ref.cls not in PERSONAL or (ref.start and parse.sent[ref.start - 1] == parse.sent[ref.start]):
            return None
        subject_of = parse.head[ref.head] if parse.dep[ref.head].startswith("nsubj") else None
        for other in self.frames[ref.passage].refs:
            if other.start > ref.end and parse.sent[other.start] == parse.sent[ref.start]:
                subject = other.kind is MentionKind.PRONOUN and parse.text[other.start - 1] == "," and parse.dep[other.head] == "nsubj"
                if subject and other.number == ref.number and subject_of in (None, parse.head[other.head]):
                    return other
        return None

    def salience(self, parse: Parse, other: Ref, ref: Ref, gap: int) -> tuple[int, ...]:
        """Rank an antecedent: same sentence, then subjects, then nearness (Centering: Grosz et al. 1995)."""
        there = self.parse_of(other)
        dep = there.dep[other.head]
        subject = dep in {"nsubj", "nsubj:pass"}
        main = subject and (there.dep[there.head[other.head]] in {"ROOT", "conj"})
        reflexive = ref.text.lower().endswith(("self", "selves"))
        same_clause = gap == 0 and other.head in set(parse.ancestors(ref.head))
        owned = dep in {"nmod:poss", "nmod", "compound"} and other.kind is not MentionKind.PRONOUN
        frequent = int(len(self.of[id(other)].refs) > 3)
        apart = 3 * gap + 2 * (ref.passage - other.passage)
        if reflexive:
            return (-gap, int(subject), other.chars[0])
        unlike = 4 * int(self.sounds_unlike(self.of[id(other)], ref))
        single = 4 * int(ref.number == "p" and other.number == "s" and other.kind is not MentionKind.PRONOUN)  # "they": people before a body
        return (2 * int(main) + int(subject) + int(other.kind is MentionKind.PRONOUN) + frequent - apart - int(owned) - 2 * int(same_clause) - unlike - single, other.chars[0])

    def sounds_unlike(self, cluster: Cluster, ref: Ref) -> bool:
        """Whether a given name that nothing else contradicts is of the other gender: a leaning, for names cross borders."""
        if cluster.gender or ref.gender not in {"m", "f"}:
            return False
        words = name_words(cluster.full_name)
        borne = lexicon.given_names().get(words[0]) if len(words) > 1 else None
        return borne is not None and borne != ref.gender

    def agrees(self, cluster: Cluster, other: Ref, ref: Ref) -> bool:
        """Whether number, gender and kind let a pronoun stand for a mention."""
        if ref.gender in {"m", "f"}:
            return cluster.cls == "Person" and cluster.number == "s" and cluster.gender in (None, ref.gender)
        if ref.gender == "n":
            town = cluster.cls in {"City", "Region"} and self.parse_of(other).dep[other.head] in {"nsubj", "nsubj:pass"}
            return (self.ontology.is_a(cluster.cls, "Organization") and cluster.number == "s") or (other.kind is MentionKind.NAME and (cluster.cls == "Country" or town))
        plural = cluster.cls == "PersonGroup" or (cluster.number == "p" and self.ontology.is_a(cluster.cls, "Organization"))
        return plural or self.ontology.is_a(cluster.cls, "MediaOutlet") or cluster.key.startswith("government:")

    # -- distance

    def distance(self, other: Ref, ref: Ref) -> int:
        """Return sentences between two mentions; a paragraph's end counts as one."""
        if other.passage == ref.passage:
            parse = self.parse_of(ref)
            return parse.sent[ref.head] - parse.sent[other.head]
        there, here = self.parse_of(other), self.parse_of(ref)
        rest = there.sent[-1] - there.sent[other.head]
        between = self.sentences[ref.passage] - self.sentences[other.passage + 1]
        return rest + between + here.sent[ref.head] + 1

    def sentence_gap(self, cluster: Cluster, ref: Ref) -> int:
        """Return the sentences since a cluster was last mentioned before a mention."""
        earlier = [r for r in cluster.refs if r.chars < ref.chars]
        return self.distance(earlier[-1] if earlier else cluster.refs[0], ref) if earlier else 10_000

    def before(self, cluster: Cluster, ref: Ref) -> bool:
        """Whether a cluster was mentioned before a mention."""
        return any(r.chars < ref.chars for r in cluster.refs)


def same_site(first: str | None, second: str | None, cls: str) -> bool:
    """Whether two sites of a mission are one; an embassy in a capital is the embassy in the country."""
    return first is not None and site_key(first, cls) == site_key(second, cls)


def site_key(site: str | None, cls: str) -> str | None:
    """Return the key of a mission's site: of an embassy, the country whose capital it stands in."""
    if site and cls == "Embassy" and site.startswith("place:"):
        code = gazetteer.load().capitals.get(site.removeprefix("place:"))
        return f"country:{code}" if code else site
    return site


def contains(outer: Ref, inner: Ref) -> bool:
    """Whether one mention lies inside the other."""
    return outer.chars[0] <= inner.chars[0] and inner.chars[1] <= outer.chars[1]


@lru_cache(maxsize=1 << 16)
def without_demonym(name: str) -> tuple[str, ...]:
    """Return the words of a body's name without a country's adjective before them."""
    words = name_words(name)
    known = gazetteer.load()
    for size in (2, 1):
        if len(words) > size + 1 and known.demonym(" ".join(words[:size])):
            return words[size:]
    return words


def places_agree(cluster: Cluster, ref: Ref) -> bool:
    """Whether nothing tells that two bodies of one name belong to different countries."""
    return cluster.place is None or ref.place is None or cluster.place == ref.place


def genders_agree(cluster: Cluster, ref: Ref) -> bool:
    """Whether nothing known of their gender speaks against a join."""
    return cluster.gender is None or ref.gender is None or cluster.gender == ref.gender


def is_part(words: Sequence[str], full: Sequence[str]) -> bool:
    """Whether the words of a name occur, in order, in a longer one; initials and hyphens count as written."""
    if not words or len(words) >= len(full):
        return False
    it = iter(full)
    return all(any(w == f for f in it) for w in words)


def is_acronym(text: str) -> bool:
    """Whether a name is an acronym by its shape."""
    letters = text.replace(".", "").replace("-", "")
    return 2 <= len(letters) <= 8 and letters.isupper() and " " not in letters


def initials(name: str) -> str:
    """Return the initials of the capitalised words of a name."""
    return "".join(w[0] for w in re.split(r"[\s-]+", name) if w[:1].isupper() and w.lower() != "the").upper()


def initials_match(acronym: str, name: str) -> bool:
    """Whether an acronym is made of the initials of a name."""
    letters = acronym.replace(".", "").replace("-", "").upper()
    return len(name.split()) > 1 and letters == initials(name)


def shares_initial(acronym: str, name: str) -> bool:
    """Whether a bracketed acronym begins like the name before it."""
    made = initials(name)
    letters = acronym.replace(".", "").upper()
    return bool(made) and made[0] == letters[0] and len(letters) <= len(made) + 2


def same_family(ontology: Ontology, first: str, second: str) -> bool:
    """Whether one class lies below the other."""
    return ontology.is_a(first, second) or ontology.is_a(second, first)


def classes_agree(ontology: Ontology, first: str, second: str) -> bool:
    """Whether a description of one class can describe something of the other."""
    return same_family(ontology, first, second) or {first, second} <= PERSONAL


def negated(parse: Parse, token: int) -> bool:
    """Whether a predicate noun is denied: "is not the ambassador"."""
    return any(parse.text[c].lower() in {"not", "n't", "n’t", "never", "no"} for c in parse.kids(token, "advmod", "det"))


def starts_anew(ref: Ref, parse: Parse) -> bool:
    """Whether a phrase introduces something: "another", "two", "some"."""
    first = [parse.text[i].lower() for i in parse.kids(ref.head, "det", "nummod", "amod", "advmod")]
    return any(w in NEW_MARKERS for w in first) or bool(parse.kids(ref.head, "nummod"))


