"""Predicate-argument structure: who did what to whom, read off the parse.

`arguments` gives, for any token, the slots that it opens and the tokens that fill them. The same happening
gives the same slots however it is said: passive and active, relative and participial clauses, control and
raising, conjunction of verbs and of arguments, possessives and nominalisations. The method follows the
enhanced dependencies of UD (Schuster & Manning 2016) with deep subjects and objects.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from kg import gazetteer
from kg.annotation.names import surface
from kg.annotation.parse import Parse
from kg.entities.mentions import PERSONAL, Ref
from kg.model import MentionKind

# Verbs whose object, not subject, does the infinitive: "ordered the staff to return".
OBJECT_CONTROL = {"hire", "appoint", "send", "employ", "elect", "recruit", "assign", "dispatch", "use", "order", "ask", "tell", "urge", "force", "allow", "permit", "persuade", "instruct", "want", "expect", "require", "advise", "encourage", "invite", "command", "direct", "enable", "help", "let", "make", "see", "hear", "authorise", "authorize", "lead", "get", "cause", "forbid"}
TOUGH = {"hard", "difficult", "easy", "impossible", "tough", "simple"}  # who is hard to find does not find
RELATIVE = {"who", "whom", "which", "that", "whose", "where", "when"}
SUBJECTS = ("nsubj", "csubj")
PASSIVE_SUBJECTS = ("nsubj:pass", "csubj:pass")
FREE_RELATIVE_PREPOSITIONS = {"where": "in", "when": "in"}
GERUND_PREPOSITIONS = {"of", "for", "with", "from", "to", "by", "in"}
MAX_GAP = 6  # tokens between conjoined verbs that may share an object


@dataclass(frozen=True, slots=True)
class Arg:
    """A filled slot: `subj`, `obj`, `iobj`, `prep:to`, `poss`, `xcomp`, `appos`, `title`, `demonym` …"""

    slot: str
    token: int


class Frames:
    """The frames of a passage; mentions supply the slots that names alone tell (titles, demonyms, places)."""

    def __init__(self, parse: Parse, refs: list[Ref]) -> None:
        self.parse = parse
        self.refs = refs
        self._args: dict[int, list[Arg]] = {}

    @cached_property
    def surface_slots(self) -> dict[int, list[Arg]]:
        """Slots told by position: titles before names, "X-based", "City, Country", demonyms."""
        out: dict[int, list[Arg]] = {}
        for ref in self.refs:
            for arg in [*title_slot(self.parse, ref, self.refs), *based_slot(self.parse, ref),
                        *demonym_slots(self.parse, ref, self.refs), *larger_place(self.parse, ref, self.refs)]:
                out.setdefault(ref.head, []).append(arg)
        return out

    def arguments(self, token: int) -> list[Arg]:
        """Return the filled slots of a token, each conjunct on its own."""
        if token not in self._args:
            self._args[token] = []  # a cycle of controls finds nothing
            found = self._collect(token)
            self._args[token] = list(dict.fromkeys(self._expand(found)))
        return self._args[token]

    def _expand(self, args: list[Arg]) -> list[Arg]:
        out = []
        for arg in args:
            out.append(arg)
            if arg.slot not in {"xcomp", "ccomp", "conj", "title", "prt"} and not arg.slot.startswith("advcl"):
                out += [Arg(arg.slot, c) for c in conjuncts(self.parse, arg.token)]
        return out

    def _collect(self, token: int) -> list[Arg]:
        parse = self.parse
        args = [*self.surface_slots.get(token, ())]
        if is_verbal(parse, token):
            args += self._verb(token)
        else:
            args += self._noun(token)
        return args

    def _verb(self, verb: int) -> list[Arg]:
        parse = self.parse
        passive = is_passive(parse, verb)
        args: list[Arg] = []
        for child in parse.children[verb]:
            dep = parse.dep[child]
            token = self._referent(child)
            if (meant := rather(parse, child)) is not None:
                child = token = meant
            if dep in SUBJECTS:
                args.append(Arg("obj" if passive and not has_object(parse, verb) else "iobj" if passive else "subj", token))
            elif dep in PASSIVE_SUBJECTS:
                args.append(Arg("iobj" if has_object(parse, verb) else "obj", token))
            elif dep in {"obj", "iobj"}:
                args.append(Arg(dep, token))
            elif dep == "obl:agent" or (dep == "obl" and passive and parse.case(child) == "by" and not is_time(parse, child)):
                args.append(Arg("subj", token))
            elif dep in {"obl", "nmod"}:
                args.append(Arg(f"prep:{preposition(parse, child)}", token))
            elif dep == "compound:prt":
                args.append(Arg("prt", child))
            elif dep in {"advcl", "advcl:for"}:
                word = mark(parse, child)
                args.append(Arg(f"advcl:{word}", child))
                if word in GERUND_PREPOSITIONS and parse.text[child].endswith("ing"):  # "convicted of stealing" as "of theft"
                    args.append(Arg(f"prep:{word}", child))
                if word == "to" and parse.tag[child] == "VB" and not has_object(parse, verb):  # "offered on Friday to host talks"
                    args.append(Arg("xcomp?", child))
            elif dep in {"xcomp", "ccomp", "advmod"}:
                args.append(Arg(dep, child))
                if token != child and parse.text[child].lower() == "where":  # "in Lima, where they met"
                    args.append(Arg("prep:in", token))
                elif dep == "advmod":  # "somewhere in Europe"
                    args += [Arg(f"prep:{preposition(parse, c)}", c) for c in parse.kids(child, "obl", "nmod") if preposition(parse, c)]
        args += self._gap(verb, passive, args)
        args += self._shared_subject(verb, passive, args)
        args += self._shared_object(verb, args)
        args += self._misattached(verb)
        return args

    def _referent(self, token: int) -> int:
        """Return what a relative pronoun stands for, else the token itself."""
        parse = self.parse
        if parse.text[token].lower() not in RELATIVE:
            return token
        for above in parse.ancestors(token):
            if parse.dep[above] in {"acl:relcl", "acl"}:
                return parse.head[above]
        return token

    def _gap(self, verb: int, passive: bool, args: list[Arg]) -> list[Arg]:
        """Fill the slot that a relative or participial clause leaves to the noun it modifies."""
        parse = self.parse
        if parse.dep[verb] not in {"acl:relcl", "acl"}:
            return []
        noun = parse.head[verb]
        if any(a.token == noun for a in args):
            return []
        slots = {a.slot for a in args}
        if parse.dep[verb] == "acl" or not any(a.slot == "subj" for a in args):
            if parse.tag[verb] == "VBN" or passive:
                slot = "iobj" if has_object(parse, verb) else "obj"
            else:
                slot = "subj" if "subj" not in slots else "obj"
            return [Arg(slot, noun)] if slot not in slots else []
        stranded = [c for c in parse.kids(verb, "advmod", "obl") if parse.pos[c] == "ADP"]
        if stranded:
            return [Arg(f"prep:{parse.text[stranded[0]].lower()}", noun)]
        return [Arg("obj", noun)] if "obj" not in slots else []

    def _shared_subject(self, verb: int, passive: bool, args: list[Arg]) -> list[Arg]:
        """Fill the subject that a clause takes from the clause above it."""
        parse = self.parse
        own = "obj" if passive and not has_object(parse, verb) else "iobj" if passive else "subj"
        # a participle after its noun has its patient already; its agent stays open
        if any(a.slot == own for a in args) or parse.dep[verb] in {"acl", "acl:relcl"}:
            return []
        head, dep = parse.head[verb], parse.dep[verb]
        if dep == "advcl:for" and parse.pos[head] == "ADJ" and parse.dep[head] == "xcomp":  # "was found guilty of stealing"
            return [Arg(own, a.token) for a in self.arguments(head) if a.slot == "cop"]
        if head == verb or not (is_verbal(parse, head) or parse.kids(head, "cop")):
            return []
        above = self.arguments(head)
        if dep == "conj":
            source = "obj" if is_passive(parse, head) and any(a.slot == "obj" for a in above) else "subj"
            if is_passive(parse, head) and any(a.slot == "iobj" for a in above) and source == "subj":
                source = "iobj"
            if source == "subj" and not any(a.slot == "subj" for a in above):
                source = "obj"
        elif dep == "advcl:for":
            source = "obj" if any(a.slot == "obj" for a in above) else "subj"
        elif dep == "xcomp" or (dep in {"advcl", "ccomp"} and not is_finite(parse, verb) and not has_subject(parse, verb)):
            controlled = dep == "xcomp" or (dep == "ccomp") or (dep == "advcl" and parse.lemma[head] in OBJECT_CONTROL and parse.tag[verb] == "VB")
            has_obj = any(a.slot == "obj" for a in above)
            source = "obj" if controlled and has_obj and (parse.lemma[head] in OBJECT_CONTROL or is_passive(parse, head)) else "subj"
            if not any(a.slot == source for a in above):
                source = "obj" if is_passive(parse, head) else "iobj" if any(a.slot == "iobj" for a in above) else source
        else:
            return []
        if parse.pos[head] == "ADJ" and not is_verbal(parse, head) and parse.tag[verb] == "VB" and parse.lemma[head].lower() not in TOUGH:
            source = "cop"  # "was quick to suggest"
        return [Arg(own, a.token) for a in above if a.slot == source]

    def _shared_object(self, verb: int, args: list[Arg]) -> list[Arg]:
        """Give the first of two conjoined verbs the object that stands behind the second."""
        parse = self.parse
        if any(a.slot == "obj" for a in args) or is_passive(parse, verb):
            return []
        for other in parse.kids(verb, "conj"):
            between = range(verb + 1, other)
            if 0 < other - verb <= 3 and all(parse.dep[i] in {"cc", "advmod", "punct"} for i in between) and parse.tag[other] == parse.tag[verb]:
                return [Arg("obj", self._referent(c)) for c in parse.kids(other, "obj")]
        return []

    def _misattached(self, verb: int) -> list[Arg]:
        """Also offer, as weaker slots, prepositional phrases that the parser hung on the verb's last object."""
        parse = self.parse
        out = []
        persons = {r.head for r in self.refs if r.cls == "Person" and r.kind is not MentionKind.DESCRIPTION}
        doers = {r.head for r in self.refs if r.kind is MentionKind.NAME or r.cls in PERSONAL}
        queue = [c for c in parse.kids(verb, "obj", "obl", "obl:agent", "nsubj:pass", "xcomp") if c > verb]
        while queue:
            child = queue.pop(0)
            for nmod in parse.kids(child, "nmod"):
                word = preposition(parse, nmod)
                if nmod > child and word == "by" and is_passive(parse, verb) and not parse.kids(verb, "obl:agent") and nmod in doers:
                    out.append(Arg("subj", nmod))  # "was signed in May by Ruiz", "was lent to Lima by the museum"
                elif nmod > child and word and (word != "of" or child in persons):  # "convicted Ruiz of bribery"
                    out.append(Arg(f"prep:{word}?", nmod))
                    queue.append(nmod)
        return out

    def _noun(self, noun: int) -> list[Arg]:
        parse = self.parse
        args = []
        copula = bool(parse.kids(noun, "cop"))
        for child in parse.children[noun]:
            dep = parse.dep[child]
            token = self._referent(child)
            if dep in {"nmod", "obl"} or (dep == "obl:agent"):
                args.append(Arg(f"prep:{preposition(parse, child)}", token))
                args += [Arg(f"prep:{preposition(parse, child)}/{a.slot}?", a.token) for a in self._chained(child)]
            elif dep == "nmod:poss":
                args.append(Arg("poss", token))
            elif dep in {"compound", "amod", "appos", "nummod", "flat"}:
                args.append(Arg(dep, child))
            elif dep in {"nsubj", "nsubj:pass"} and copula:
                args.append(Arg("cop", token))
            elif dep in {"acl", "xcomp"} or (dep == "advcl:for" and parse.pos[noun] == "ADJ"):
                args.append(Arg("acl", child))
                word = mark(parse, child)
                if word in GERUND_PREPOSITIONS and parse.tag[child] == "VBG":  # "guilty of stealing" as "of theft"
                    args.append(Arg(f"prep:{word}", child))
        if parse.dep[noun] == "appos":
            args.append(Arg("appos-of", parse.head[noun]))
        if parse.dep[noun] == "acl:relcl" and copula:
            args.append(Arg("cop", parse.head[noun]))
        if parse.dep[noun] == "xcomp" and is_verbal(parse, parse.head[noun]):
            above = self.arguments(parse.head[noun])
            source = "obj" if any(a.slot == "obj" for a in above) else "subj"
            args += [Arg("cop", a.token) for a in above if a.slot == source]
        return args

    def _chained(self, nmod: int) -> list[Arg]:
        """Return prepositional phrases below a noun's own: "the arrest of a spy by police" parsed as one chain."""
        parse = self.parse
        return [
            Arg(f"prep:{preposition(parse, c)}", c)
            for c in parse.kids(nmod, "nmod")
            if c > nmod and preposition(parse, c) in {"by", "in", "to", "from", "for", "on", "at"}
        ]


def rather(parse: Parse, token: int) -> int | None:
    """Return what is meant in place of a phrase that "not … but" denies: "led not by the head of state but by Ruiz"."""
    first = min([token, *parse.kids(token, "case", "det", "nmod:poss", "amod")])
    denied = first > 0 and parse.text[first - 1].lower() == "not" and parse.pos[token] in {"NOUN", "PROPN"}
    if not denied:
        return None
    return next((c for c in parse.kids(token, "conj") if any(parse.text[k].lower() == "but" for k in parse.kids(c, "cc"))), None)


def is_verbal(parse: Parse, token: int) -> bool:
    """Whether a token is read as a verb."""
    return parse.pos[token] in {"VERB", "AUX"} or (parse.tag[token] in {"VBN", "VBG", "VBD"} and parse.pos[token] == "ADJ")


def is_passive(parse: Parse, verb: int) -> bool:
    """Whether a verb is passive: marked so, or a past participle without an auxiliary "have"."""
    if parse.kids(verb, "nsubj:pass", "aux:pass", "obl:agent"):
        return True
    if parse.dep[verb] == "xcomp" and parse.tag[verb] == "VBD" and not parse.kids(verb, "aux", "mark", "obj"):
        return True  # "wants Ruiz convicted": no past tense can stand there
    if parse.kids(verb, "nsubj") and not parse.kids(verb, "aux"):
        return False  # a past tense that was tagged as a participle
    if parse.tag[verb] != "VBN" or any(parse.lemma[a] == "have" for a in parse.kids(verb, "aux")):
        return False
    if parse.dep[verb] == "conj" and is_verbal(parse, parse.head[verb]) and parse.head[verb] < verb and not has_subject(parse, verb):
        return is_passive(parse, parse.head[verb])
    if parse.dep[verb] == "acl:relcl":
        return any(parse.lemma[a] == "be" for a in parse.kids(verb, "aux"))
    return (parse.dep[verb] in {"acl", "advcl", "amod", "xcomp"} and not parse.kids(verb, "obj")) or any(
        parse.lemma[a] in {"be", "get"} for a in parse.kids(verb, "aux")
    )


def has_object(parse: Parse, verb: int) -> bool:
    """Whether a verb has an object of its own."""
    return bool(parse.kids(verb, "obj"))


def is_finite(parse: Parse, verb: int) -> bool:
    """Whether a clause has tense, so that it must have a subject of its own even if the parser lost it."""
    if parse.tag[verb] in {"VBD", "VBZ", "VBP"}:
        return True
    return any(parse.tag[a] in {"VBD", "VBZ", "VBP", "MD"} for a in parse.kids(verb, "aux", "aux:pass"))


def has_subject(parse: Parse, verb: int) -> bool:
    """Whether a verb has a subject of its own."""
    return bool(parse.kids(verb, "nsubj", "nsubj:pass", "csubj", "expl"))


def is_time(parse: Parse, token: int) -> bool:
    """Whether a phrase after "by" is a date rather than an agent."""
    return parse.pos[token] == "NUM" or parse.lemma[token].lower() in {"year", "month", "week", "day", "time", "end", "then", "hour"}


def preposition(parse: Parse, token: int) -> str:
    """Return the preposition of a phrase; a relative "where" stands for "in"."""
    word = parse.text[token].lower()
    return parse.case(token) or FREE_RELATIVE_PREPOSITIONS.get(word, "")


def mark(parse: Parse, clause: int) -> str:
    """Return the word that introduces a clause: "because", "to", "after"; "" where none does."""
    found = parse.kids(clause, "mark", "case")
    return parse.text[found[0]].lower() if found else ""


def conjuncts(parse: Parse, token: int) -> list[int]:
    """Return the other members of a coordination that a token heads."""
    out = []
    for child in parse.kids(token, "conj"):
        if not is_verbal(parse, child):
            out.append(child)
            out += conjuncts(parse, child)
    return out


def title_slot(parse: Parse, ref: Ref, refs: list[Ref]) -> list[Arg]:
    """Return the post that stands before a person's name: "Deputy Minister Ana Ruiz", "Secretary of X Ana Ruiz"."""
    if ref.kind is not MentionKind.NAME or ref.cls != "Person" or ref.start == 0:
        return []
    for other in refs:
        if other.kind is MentionKind.DESCRIPTION and other.cls in {"Person"} and other.head < ref.start:
            gap = range(other.end, ref.start)
            if other.end <= ref.start and len(gap) <= 1 and all(parse.text[i] in {",", "."} for i in gap):
                if gap and parse.text[gap[0]] == "," and parse.dep[other.head] != "appos" and parse.head[ref.head] != other.head and parse.head[other.head] != ref.head:
                    continue
                return [Arg("title", other.head)]
            if other.start < ref.start < other.end and parse.head[ref.head] == other.head and not parse.case(ref.head):
                return [Arg("title", other.head)]
    return []


def based_slot(parse: Parse, ref: Ref) -> list[Arg]:
    """Return the place of "X-based" before or inside a phrase."""
    for i in range(max(2, ref.start - 2), ref.head):
        if parse.text[i].lower() == "based" and parse.text[i - 1] in {"-", "‑", "–"}:
            return [Arg("based", i - 2)]
    return []


def demonym_slots(parse: Parse, ref: Ref, refs: list[Ref]) -> list[Arg]:
    """Return the demonyms that modify the head of a phrase or name."""
    if ref.kind is MentionKind.DEMONYM:
        return []
    out = []
    for other in refs:
        if other.kind is MentionKind.DEMONYM and other is not ref and other.head == ref.head and ref.cls == "PersonGroup":
            out.append(Arg("demonym", other.head))
        elif other.kind is MentionKind.DEMONYM and other.start < ref.head and other is not ref:
            inside = ref.start <= other.start and other.end <= max(ref.head + 1, ref.end if ref.kind is MentionKind.NAME else 0) and other.head != ref.head
            adjoining = other.end == ref.start and parse.head[other.head] in range(ref.start, ref.end)
            direct = inside and not any(o.head < ref.head and o.head > other.head and o.kind is not MentionKind.DEMONYM and o.end <= ref.head for o in refs if o is not ref)
            if direct or adjoining:
                out.append(Arg("demonym", other.head))
    return out


def larger_place(parse: Parse, ref: Ref, refs: list[Ref]) -> list[Arg]:
    """Return the country of "City, Country"."""
    if ref.kind is not MentionKind.NAME or ref.cls not in {"City", "Region", "Place"}:
        return []
    before = next((r for r in refs if r.end == ref.start and r.kind is MentionKind.DEMONYM and r.cls == "Country"), None)
    if before is not None:
        return [Arg("within", before.head)]  # "Peruvian Lima"
    if ref.end + 1 >= len(parse) or parse.text[ref.end] != ",":
        return []
    for other in refs:
        if other.start == ref.end + 1 and other.kind is MentionKind.NAME and other.cls in {"Country", "Region"}:
            after = parse.text[other.end] if other.end < len(parse) else "."
            opening = parse.text[ref.start - 1] if ref.start else ""
            if after.lower() not in {"and", "or"} and opening != "," and not listed(parse, other, refs):
                place = gazetteer.load()
                country = place.country(surface(parse, other.start, other.end))
                cities = place.cities.get(gazetteer.key(ref.text), ())
                if country is None or not cities or any(c.country == country.code for c in cities):
                    return [Arg("within", other.head)]
    return []


def listed(parse: Parse, ref: Ref, refs: list[Ref]) -> bool:
    """Whether a place between commas is one of a list, not what the place before it lies in: "at Jena, Torgau, Lützen"."""
    if ref.cls == "Country" or ref.end + 1 >= len(parse) or parse.text[ref.end] != ",":
        return False
    behind = next((r for r in refs if r.start == ref.end + 1 and r.kind is MentionKind.NAME), None)
    return behind is not None and behind.cls in {"City", "Region", "Place"}
