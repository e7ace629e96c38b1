"""Mentions: where a passage names, describes or points to a person, group, body, place or role."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from kg import gazetteer, lexicon
from kg.annotation.names import ARTICLES, CALENDAR, ORG_HEADS, POSSESSIVES, QUOTES, capital, surface
from kg.annotation.parse import Parse, Passage
from kg.model import MentionKind
from kg.ontology import Ontology

PRONOUNS: dict[str, tuple[str, str | None]] = {
    # word: (number, gender); "it" is n
    "he": ("s", "m"), "him": ("s", "m"), "his": ("s", "m"), "himself": ("s", "m"),
    "she": ("s", "f"), "her": ("s", "f"), "hers": ("s", "f"), "herself": ("s", "f"),
    "it": ("s", "n"), "its": ("s", "n"), "itself": ("s", "n"),
    "they": ("p", None), "them": ("p", None), "their": ("p", None), "themselves": ("p", None),
}  # fmt: skip
EXPLETIVE_VERBS = {"seem", "appear", "happen", "turn", "emerge", "follow", "transpire", "become", "take", "help", "matter", "remain", "hurt", "surprise", "please", "be", "mean"}
LANGUAGE_VERBS = {"speak", "study", "learn", "teach", "write", "read", "translate", "understand", "say", "sing", "publish"}
TAKING_PART = {"nsubj", "nsubj:pass", "obj", "iobj", "obl:agent"}
ONE = {"one", "1"}
QUANTIFIERS = {"any", "some", "many", "most", "several", "both", "none", "few", "all", "half", "dozens", "hundreds", "thousands"}
TIME_NOUNS = {"year", "month", "week", "day", "summer", "winter", "spring", "autumn", "night", "morning", "evening", "weekend"}
MAX_CLAUSE = 9  # tokens of a participle that still belongs to a description
PERSONAL = {"Person", "PersonGroup"}
DEFINITE = {"the", "this", "that", "these", "those", "such"}
NOT_REFERRING = {"number", "case", "part", "kind", "sort", "lot", "series", "majority", "total", "sign", "way", "member", "rank", "position", "post", "lead", "face", "head", "hand", "one", "subject", "object", "suspect of", "character", "figure", "rest", "model", "star", "passage"}
SPAN_STOPS = ("acl:relcl", "appos", "conj", "cc", "parataxis", "advcl", "punct", "nsubj", "cop", "aux", "obl",
              "advmod", "mark", "ccomp", "xcomp", "aux:pass", "nsubj:pass", "discourse", "dep", "list", "csubj", "expl", "obj")
ENT_CLASSES = {"PERSON": "Person", "ORG": "Organization", "GPE": "Place", "LOC": "Place", "EVENT": "Event"}


@dataclass(slots=True, eq=False)
class Ref:
    """A mention while it is being resolved; token indices are those of its passage."""

    passage: int
    start: int
    end: int
    head: int
    kind: MentionKind
    cls: str  # class of the ontology
    text: str
    number: str  # s | p
    gender: str | None = None
    definite: bool = False
    noun: str = ""  # lemma of the head of a description
    place: str | None = None  # code or name from a demonym or a place that modifies it
    owner: int | None = None  # head token of a possessor
    titles: tuple[str, ...] = ()  # words before a person's name
    role: bool = False  # a post that stands beside a name: "General", "Secretary of the Embassy"
    entity: str | None = None
    chars: tuple[int, int] = field(default=(0, 0))


def mentions_of(passage: Passage, number: int, ontology: Ontology) -> list[Ref]:
    """Return the mentions of a passage in order of the text."""
    parse = passage.parse
    refs = [*names(parse, number, ontology), *inside_names(parse, number)]
    named = {i for r in refs if r.kind is not MentionKind.DEMONYM for i in range(r.start, r.end)}
    refs += descriptions(parse, number, ontology, named)
    refs += pronouns(parse, number)
    for ref in refs:
        ref.chars = (parse.idx[ref.start], parse.end(ref.end - 1))
    return sorted(refs, key=lambda r: (r.start, -r.end, r.kind))


def names(parse: Parse, number: int, ontology: Ontology) -> Iterator[Ref]:
    """Yield a mention per name; a demonym is one of its country."""
    for start, end, label in parse.ents:
        text = surface(parse, start, end)
        head = head_of(parse, start, end)
        if label == "NORP":
            if is_language(parse, start, head):
                continue
            if counted(parse, head):
                yield from counted_people(parse, number, start, end, head)
                continue
            people = parse.pos[head] in {"PROPN", "NOUN"} and parse.plural[head] and parse.dep[head] not in {"amod", "compound"}
            kind = MentionKind.DEMONYM
            yield Ref(number, start, end, head, kind, "PersonGroup" if people else "Country", text, "p" if people else "s",
                      place=gazetteer.load().demonym(text))
            continue
        cls = name_class(parse, start, end, label, ontology)
        if label == "PERSON" and len(text.rstrip(".")) == 1 and start and parse.text[start - 1].rstrip(".").lower() in lexicon.titles():
            start, text = start - 1, surface(parse, start - 1, end)  # a letter alone is no name: "Mr. A"
        titles = titles_before(parse, start) if label == "PERSON" else ()
        yield Ref(number, start, end, head, MentionKind.NAME, cls, text, "s", gender=gender_of(titles), titles=titles,
                  noun=head_noun(parse, start, end, ontology), place=place_inside(parse, start, end, label),
                  owner=owner_of(parse, head), definite=True)


def is_language(parse: Parse, start: int, head: int) -> bool:
    """Whether a people's name stands alone as what is spoken or learnt: "studied English", "in Korean"."""
    above = parse.lemma[parse.head[head]].lower()
    alone = head == start and not parse.plural[head] and not parse.kids(head, "det", "amod", "nummod", "flat", "appos")
    return alone and ((parse.dep[head] == "obj" and above in LANGUAGE_VERBS) or (parse.dep[head] in {"obl", "nmod"} and parse.case(head) in {"in", "into", "from"}
                      and above in LANGUAGE_VERBS))


def counted(parse: Parse, head: int) -> bool:
    """Whether a people's name is limited to some of them: "three North Koreans", "Chileans who left"."""
    return parse.plural[head] and bool(parse.kids(head, "nummod", "acl:relcl", "acl") or any(
        parse.text[c].lower() in {"more", "other", "some", "several", "many", "few", "these", "those", "two"}
        for c in parse.kids(head, "amod", "det")))


def counted_people(parse: Parse, number: int, start: int, end: int, head: int) -> Iterator[Ref]:
    """Yield the group as a description, and the country its name tells."""
    left, right = phrase_span(parse, head)
    code = gazetteer.load().demonym(surface(parse, start, end))
    yield Ref(number, min(left, start), max(right, end), head, MentionKind.DESCRIPTION, "PersonGroup", surface(parse, min(left, start), max(right, end)),
              "p", noun=parse.text[head].lower(), place=code)
    yield Ref(number, start, end, head, MentionKind.DEMONYM, "Country", surface(parse, start, end), "s", place=code)


def inside_names(parse: Parse, number: int) -> Iterator[Ref]:
    """Yield the countries inside the names of bodies: "the *Chilean* Embassy", "Embassy of *Chile*"."""
    places = gazetteer.load()
    for start, end, label in parse.ents:
        i = start
        while label == "ORG" and i < end:
            size = next((n for n in (4, 3, 2, 1) if i + n <= end and n < end - start and country_code(surface(parse, i, i + n))), 0)
            if i > start and size and not (parse.text[i - 1].lower() in {"of", "the", "in", "to"} and i + size == end) and gazetteer.load().country(surface(parse, i, i + size)) is None:
                size = 0  # "Organization of American States"
            if parse.text[i] == "States":
                size = 0
            if size and (code := country_code(surface(parse, i, i + size))) in places.countries:
                head = head_of(parse, i, i + size)
                yield Ref(number, i, i + size, head, MentionKind.DEMONYM, "Country", surface(parse, i, i + size), "s", place=code)
            i += size or 1


def country_code(text: str) -> str | None:
    """Return the code of the country that a name or demonym tells."""
    if not text[:1].isupper():
        return None
    country = gazetteer.load().country(text)
    return country.code if country else gazetteer.load().demonym(text)


def head_of(parse: Parse, start: int, end: int) -> int:
    """Return the token of a span that hangs outside it."""
    inside = range(start, end)
    return next((i for i in inside if parse.head[i] not in inside or parse.head[i] == i), end - 1)


def name_class(parse: Parse, start: int, end: int, label: str, ontology: Ontology) -> str:
    """Return the class of a name: of places by the gazetteer, of bodies by their nouns."""
    text = surface(parse, start, end)
    taught = ontology.nouns.get(parse.text[end - 1].lower()) if end - start > 1 else None
    if label in {"GPE", "LOC"} and taught and ontology.is_a(taught, "Organization") and not gazetteer.load().kind(text):
        return taught  # "Tessin Gallery": the noun knows better than the recogniser
    if label in {"GPE", "LOC"}:
        kind = gazetteer.load().kind(text)
        if kind:
            return kind
        return "City" if label == "GPE" else "Region"
    if label == "ORG":
        noun = head_noun(parse, start, end, ontology)
        found = ontology.nouns.get(noun)
        if found and (ontology.is_a(found, "Organization") or ontology.is_a(found, "Event")):
            return found
    return ENT_CLASSES[label]


def head_noun(parse: Parse, start: int, end: int, ontology: Ontology) -> str:
    """Return the noun phrase of a body's name that the ontology knows, else its head noun, lower case."""
    words = [parse.text[i].lower() for i in range(start, end)]
    stop = next((k for k, w in enumerate(words) if w in {"of", "for", "on"} and k), len(words))
    for size in (3, 2, 1):
        for k in range(stop - size, -1, -1):
            phrase = " ".join(words[k : k + size])
            if phrase in ontology.nouns:
                return phrase
    return words[stop - 1]


def titles_before(parse: Parse, start: int) -> tuple[str, ...]:
    """Return the title words directly before a name, lower case, in order."""
    known = lexicon.titles()
    out: list[str] = []
    i = start - 1
    while i >= 0 and parse.sent[i] == parse.sent[start]:
        word = parse.text[i].rstrip(".").lower()
        if word in known and (parse.text[i][:1].isupper() or out or parse.pos[i] in {"NOUN", "PROPN"}):
            out.insert(0, word)
        elif parse.text[i] != ".":
            break
        i -= 1
    return tuple(out)


def gender_of(titles: tuple[str, ...]) -> str | None:
    """Return m or f where a title tells."""
    return next((t.gender for w in titles if (t := lexicon.titles().get(w)) and t.gender), None)


def place_inside(parse: Parse, start: int, end: int, label: str) -> str | None:
    """Return the country that a body's name contains: "Embassy of Chile", "the Chilean Foreign Ministry"."""
    return next(iter(country_words(parse, range(start, end))), None) if label == "ORG" else None


def country_words(parse: Parse, tokens: range | list[int]) -> Iterator[str]:
    """Yield codes of the countries that demonyms and names among some tokens tell."""
    places = gazetteer.load()
    allowed = set(tokens)
    for i in sorted(allowed):
        for size in (4, 3, 2, 1):
            if i + size - 1 in allowed:
                text = surface(parse, i, i + size)
                country = places.country(text)
                code = country.code if country else places.demonym(text)
                if code and text[:1].isupper():
                    yield code
                    break


def owner_of(parse: Parse, head: int) -> int | None:
    """Return the head token of the possessor of a noun."""
    return next(iter(parse.kids(head, "nmod:poss")), None)


def descriptions(parse: Parse, number: int, ontology: Ontology, named: set[int]) -> Iterator[Ref]:
    """Yield noun phrases whose head tells a person, group, body or place."""
    for head in range(len(parse)):
        if parse.text[head].lower() in ONE and (one := one_of(parse, number, head, ontology)):
            yield one
        if some := some_of(parse, number, head, ontology):
            yield some
        if head in named or (parse.pos[head] not in {"NOUN", "PROPN"} and not is_nominal_adjective(parse, head, ontology)):
            continue
        if parse.dep[head] in {"compound", "flat", "fixed", "amod"} and parse.head[head] not in named:
            continue
        cls = noun_class(parse, head, ontology)
        if cls is None:
            continue
        start, end = without_person(parse, head, *phrase_span(parse, head))
        plural = parse.plural[head] or any(parse.text[c].lower() not in ONE for c in parse.kids(head, "nummod"))
        if cls == "Person" and plural:
            cls = "PersonGroup"
        beside = stands_beside_name(parse, head, named)
        lemma = parse.lemma[head].lower()
        premodifiers = list(range(start, head))
        yield Ref(number, start, end, head, MentionKind.DESCRIPTION, cls, surface(parse, start, end),
                  "p" if plural else "s", gender=noun_gender(lemma), definite=is_definite(parse, head), noun=noun_phrase(parse, head, ontology),
                  place=next(country_words(parse, premodifiers), None), owner=owner_of(parse, head), role=beside)


def one_of(parse: Parse, number: int, head: int, ontology: Ontology) -> Ref | None:
    """Return the one person of "one of the officials"."""
    group = next((c for c in parse.kids(head, "nmod") if parse.case(c) == "of" and noun_class(parse, c, ontology) == "Person"), None)
    if group is None:
        return None
    end = phrase_span(parse, group)[1]
    return Ref(number, head, end, head, MentionKind.DESCRIPTION, "Person", surface(parse, head, end), "s", noun=parse.lemma[group].lower())


def some_of(parse: Parse, number: int, head: int, ontology: Ontology) -> Ref | None:
    """Return the people of "four of the employees", "any of its diplomats", "two of them", "two others"."""
    told = parse.pos[head] == "NUM" or parse.text[head].lower() in QUANTIFIERS
    if told and parse.text[head].lower() not in ONE and parse.dep[head] not in {"nummod", "compound", "flat"}:
        group = next((c for c in parse.kids(head, "nmod") if parse.case(c) == "of"), None)
        if group is not None and (parse.text[group].lower() in {"them", "whom"} or noun_class(parse, group, ontology) in PERSONAL):
            end = phrase_span(parse, group)[1]
            return Ref(number, head, end, head, MentionKind.DESCRIPTION, "PersonGroup", surface(parse, head, end), "p", noun=parse.lemma[group].lower())
    if parse.text[head].lower() == "others" and (counts := parse.kids(head, "nummod")):
        return Ref(number, min(counts), head + 1, head, MentionKind.DESCRIPTION, "PersonGroup", surface(parse, min(counts), head + 1), "p", noun="others")
    return None


def is_nominal_adjective(parse: Parse, head: int, ontology: Ontology) -> bool:
    """Whether a noun was tagged as an adjective: a capitalised "Customs", "the chief executive" as a subject."""
    if parse.pos[head] == "ADJ" and parse.tag[head] in {"NN", "NNP"} and parse.text[head].lower() in ontology.nouns:
        return True
    if parse.pos[head] == "ADJ" and parse.dep[head] in {"nsubj", "nsubj:pass", "obj", "appos"} and parse.kids(head, "det", "nmod:poss"):
        return noun_phrase(parse, head, ontology) in ontology.nouns
    return parse.text[head][:1].isupper() and parse.text[head].lower() in ORG_HEADS


def noun_class(parse: Parse, head: int, ontology: Ontology) -> str | None:
    """Return the class of a common noun: the ontology's nouns first, then WordNet's persons and the lexicon's groups."""
    lemma = parse.lemma[head].lower()
    phrase = noun_phrase(parse, head, ontology)
    found = ontology.nouns.get(phrase)
    if found:
        if ontology.is_a(found, "Event") or (lemma == "capital" and not seat(parse, head)):
            return None
        return "Person" if ontology.is_a(found, "Role") else found
    if is_side(parse, head):
        return "GovernmentBody"
    if lemma in NOT_REFERRING:
        return "Person" if lemma == "member" and are_members(parse, head, ontology) else None
    kind = lexicon.noun_kinds().get(phrase) or lexicon.noun_kinds().get(lemma)
    if kind is None and parse.text[head][:1].isupper() and parse.text[head].lower() in ORG_HEADS:
        return "Organization"
    return {"person": "Person", "group": "PersonGroup"}.get(kind or "")


def is_side(parse: Parse, head: int) -> bool:
    """Whether a noun stands for a government in talks: "the Chilean side"."""
    side = parse.lemma[head].lower() == "side" and head > 0
    return side and gazetteer.load().demonym(parse.text[head - 1]) is not None


def are_members(parse: Parse, head: int, ontology: Ontology) -> bool:
    """Whether members of a body do or suffer something: "two members of parliament said", not "he is a member of"."""
    bodies = [c for c in parse.kids(head, "nmod") if parse.case(c) == "of" and ontology.is_a(noun_class(parse, c, ontology) or "", "Organization")]
    return bool(bodies) and parse.dep[head] in TAKING_PART and not parse.kids(head, "cop")


def seat(parse: Parse, capital: int) -> bool:
    """Whether "capital" is a city and no money: "the capital", "Chile's capital", not "a minimum capital of"."""
    pointed = any(parse.text[i].lower() in DEFINITE for i in parse.kids(capital, "det")) or parse.kids(capital, "nmod:poss")
    return bool(pointed) and not parse.kids(capital, "compound", "nummod") and not any(parse.text[i].islower() for i in parse.kids(capital, "amod"))


def noun_phrase(parse: Parse, head: int, ontology: Ontology) -> str:
    """Return the head lemma with the compounds before it as far as a list knows them ("trade mission")."""
    lemma = parse.lemma[head].lower()
    surface_form = parse.text[head].lower()
    before = [parse.text[i].lower() for i in range(max(0, head - 2), head)]
    for k in range(len(before)):
        for last in (lemma, surface_form):
            phrase = " ".join([*before[k:], last])
            if phrase in ontology.nouns or phrase in lexicon.noun_kinds():
                return phrase
    return surface_form if surface_form in ontology.nouns and lemma not in ontology.nouns else lemma


def noun_gender(lemma: str) -> str | None:
    """Return m or f for a noun that tells."""
    if lemma in {"woman", "wife", "mother", "daughter", "sister", "waitress", "actress", "girl", "widow"} or lemma.endswith("woman"):
        return "f"
    if lemma in {"man", "husband", "father", "son", "brother", "boy", "king"} or lemma.endswith("man"):
        return "m"
    return None


def phrase_span(parse: Parse, head: int) -> tuple[int, int]:
    """Return the noun phrase around a head without its article, relative clauses and appositions.

    Only tokens that adjoin the head are taken, so a far attachment does not swallow the sentence.
    """
    tokens = set(parse.subtree(head, without=SPAN_STOPS))
    for child in parse.kids(head, "amod", "nummod", "nmod", "compound", "acl"):
        long = parse.dep[child] == "acl" and (parse.tag[child] == "VBD" or len(parse.subtree(child)) > MAX_CLAUSE)
        if is_aside(parse, head, child) or (child > head and (long or parse.case(child) == "by")):
            tokens -= set(parse.subtree(child))
        else:
            tokens |= set(parse.subtree(child, without=("acl:relcl", "parataxis", "advcl")))
    start = head
    while start - 1 in tokens or (start >= 2 and parse.text[start - 1] in QUOTES and start - 2 in tokens):
        start -= 1
    end = head + 1
    while end in tokens or (end + 1 in tokens and parse.text[end] in QUOTES):
        end += 1
    start = behind_aside(parse, start, head)
    outside = [i for c in parse.kids(head, "case", "mark", "cc") if start <= c < head for i in parse.subtree(c)]
    start = max([start, *(i + 1 for i in outside if i < head)])
    while start < head and (parse.text[start].lower() in ARTICLES | DEFINITE | {"no"} or parse.text[start].isspace() or parse.pos[start] in {"PUNCT", "CCONJ"} or parse.text[start] in QUOTES):
        start += 1
    while end - 1 > head and (parse.pos[end - 1] in {"PUNCT", "ADP", "CCONJ"} or parse.text[end - 1] in POSSESSIVES | QUOTES or parse.text[end - 1].isspace()):
        end -= 1
    return start, end


def behind_aside(parse: Parse, start: int, head: int) -> int:
    """Return where a phrase starts behind an aside that the parser drew into it: "six days after it, | customs officers"."""
    commas = [i for i in range(start, head) if parse.text[i] == "," and any(parse.pos[k] in {"NOUN", "PROPN", "VERB"} for k in range(start, i))]
    return commas[-1] + 1 if commas else start


def without_person(parse: Parse, head: int, start: int, end: int) -> tuple[int, int]:
    """Cut a phrase before the name of the person it describes: "Secretary of the Embassy | Ana Ruiz"."""
    for first, last, label in parse.ents:
        if (label == "PERSON" or (label == "ORG" and first == head + 1)) and head < first < end and not any(parse.case(i) for i in range(first, last)):
            possessive = last < len(parse) and parse.text[last] in POSSESSIVES
            if not possessive:
                end = first
    while end - 1 > head and parse.pos[end - 1] in {"PUNCT", "ADP", "CCONJ"}:
        end -= 1
    return start, end


def is_aside(parse: Parse, head: int, child: int) -> bool:
    """Whether a phrase behind a noun tells when, or stands behind a comma: no part of the description."""
    if parse.dep[child] == "nummod" or (parse.dep[child] in {"amod", "compound"} and child < head):
        return False
    first = min(parse.subtree(child))
    dated = parse.pos[child] in {"NUM"} or parse.text[child].rstrip(".") in CALENDAR or parse.lemma[child].lower() in TIME_NOUNS
    return dated or (child > head and (parse.text[first] == "," or (first > 0 and parse.text[first - 1] == ",")))


def is_definite(parse: Parse, head: int) -> bool:
    """Whether a phrase points to something known: "the", "this", a possessive, or a capital ("the Embassy")."""
    if any(parse.text[i].lower() in DEFINITE for i in parse.kids(head, "det")):
        return True
    if parse.kids(head, "nmod:poss"):
        return True
    return parse.text[head][:1].isupper() and capital(parse, head) and not parse.plural[head]


def stands_beside_name(parse: Parse, head: int, named: set[int]) -> bool:
    """Whether a noun is a title or an apposition of a name."""
    return (parse.dep[head] == "appos" and parse.head[head] in named) or any(
        c in named for c in parse.kids(head, "appos", "flat")
    )


def pronouns(parse: Parse, number: int) -> Iterator[Ref]:
    """Yield third-person pronouns; an expletive "it" points to nothing."""
    for i, word in enumerate(parse.text):
        known = PRONOUNS.get(word.lower())
        if known is None or parse.dep[i] == "expl" or is_expletive(parse, i) or is_emphatic(parse, i):
            continue
        yield Ref(number, i, i + 1, i, MentionKind.PRONOUN, "Thing" if known[1] == "n" else "Person" if known[0] == "s" else "PersonGroup",
                  word, known[0], gender=known[1])


def is_emphatic(parse: Parse, i: int) -> bool:
    """Whether a reflexive only stresses the noun before it: "the visit itself", "the president himself said"."""
    reflexive = parse.text[i].lower().endswith(("self", "selves"))
    return reflexive and parse.dep[i] not in {"obj", "iobj", "conj"} and not parse.case(i)


def is_expletive(parse: Parse, i: int) -> bool:
    """Whether "it" stands for a clause that follows: "it became known that", "it is said"."""
    if parse.text[i].lower() != "it":
        return False
    verb = parse.head[i]
    active = parse.pos[verb] == "VERB" and not parse.kids(verb, "aux:pass") and parse.tag[verb] != "VBN"
    if (active or any(parse.lemma[a] == "have" for a in parse.kids(verb, "aux"))) and parse.lemma[verb].lower() not in EXPLETIVE_VERBS and not parse.kids(verb, "aux:pass"):
        return False  # "it agreed to buy", "it says that": a body does
    return any(parse.dep[c] in {"ccomp", "csubj", "xcomp", "csubj:pass"} or (parse.dep[c] == "advcl" and c > i) for c in parse.children[verb])
