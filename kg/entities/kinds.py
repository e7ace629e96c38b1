"""What kind of thing a name names, decided once for a document from all that its sentences show.

The recogniser sees one sentence at a time and guesses at names it never met; a careful reader takes "Varga" for a
company everywhere once the text has said "the carmaker Varga". Each occurrence gives evidence (a title before it,
an apposition, a corporate suffix, "in" before it), a longer name lends its kind to the shorter, and the sum decides.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from kg import gazetteer, lexicon
from kg.annotation.names import CALENDAR, ORG_HEADS, POSSESSIVES, after_title, starts_sentence, surface, tie
from kg.annotation.parse import Parse, Passage
from kg.model import BlockKind
from kg.ontology import Ontology

PERSON, BODY, PLACE = "PERSON", "ORG", "GPE"
KINDS = {"PERSON": PERSON, "ORG": BODY, "GPE": PLACE, "LOC": PLACE}
SUFFIXES = {"inc", "ltd", "llc", "plc", "ag", "gmbh", "sa", "spa", "nv", "bv", "oyj", "oy", "ab", "asa", "a/s", "as", "corp", "co", "kk", "pty", "bhd", "sdn", "se", "holdings", "group", "sarl", "srl", "llp", "jsc", "ojsc", "pjsc", "fc", "afc", "cf", "sc", "if", "bk", "fk", "united", "rovers", "wanderers"}
SITES = {"palace", "airport", "square", "street", "avenue", "road", "castle", "fort", "hotel", "stadium", "park", "tower", "harbour", "harbor", "port", "station", "cathedral", "bridge", "dam", "island", "islands", "river", "lake", "bay", "sea", "mountain", "mountains", "valley", "desert", "peninsula", "cape", "crossing"}
COMPANY_FORMS = {"Inc", "Inc.", "Ltd", "Ltd.", "LLC", "PLC", "plc", "AG", "GmbH", "SA", "S.A.", "SpA", "NV", "BV", "Oyj", "Oy", "AB", "ASA", "Corp", "Corp.", "Co", "Co.", "KK", "SE", "Holdings", "LLP", "A/S", "FC", "AFC", "IF", "BK", "FK", "CF"}
OPENERS = {"banco", "bankhaus", "banque", "bank", "grupo", "groupe", "compagnie", "société", "sociedad", "universidad", "université", "università", "universität", "universidade", "instituto", "institut", "instituut", "radio", "club", "fundación", "fondation", "fondazione", "stiftung", "agencia", "agence", "ministère", "ministerio"}
OWNED_BY_BODIES = {"share", "stock", "profit", "sale", "revenue", "customer", "board", "shareholder", "headquarters", "subsidiary", "product", "chairman", "chairwoman", "chief", "spokesman", "spokeswoman", "spokesperson", "director", "management", "workforce", "staff", "employee", "market", "earning", "auditor", "debt", "creditor", "owner", "founder", "turnover", "plant", "factory", "brand", "editor", "fan", "striker", "coach", "member"}
OWNED_BY_PERSONS = {"wife", "husband", "son", "daughter", "mother", "father", "brother", "sister", "widow", "family", "lawyer", "attorney", "client", "death", "childhood", "parent", "colleague", "career", "resignation", "predecessor", "successor", "passport", "body", "deputy", "novel", "request"}
DONE_BY_PERSONS = {"bear", "die", "marry", "graduate", "resign", "retire", "study", "recall", "tell", "add", "write", "testify", "plead", "argue", "explain", "smile", "live", "think", "believe", "insist", "defect", "flee"}
DONE_BY_BODIES = {"acquire", "merge", "manufacture", "produce", "employ", "list", "report", "forecast", "export", "publish", "operate"}
DONE_TO_BODIES = {"acquire", "buy", "found", "sue", "audit", "own"}
MAX_AGE = 110
MAX_RUN = 4  # words of a name that only its capitals tell
MIN_EVIDENCE = 1.0  # by which another kind must lead before the recogniser's is given up
MAX_VOTES, MANY_VOTES = 2.0, 4.0  # that the recogniser has on a name of one word, and on a longer one, however often it repeats a guess


@dataclass(slots=True)
class Name:
    """All occurrences of one spelling in a document, with what speaks for each kind."""

    words: tuple[str, ...]
    places: list[tuple[Passage, int, int]] = field(default_factory=list)
    score: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    votes: dict[str, float] = field(default_factory=lambda: defaultdict(float))  # of the recogniser

    @property
    def kind(self) -> str:
        """The kind that most speaks for."""
        return max(sorted(self.score), key=lambda k: self.score[k])


def settle_kinds(passages: Sequence[Passage], ontology: Ontology) -> None:
    """Give each name of a document one kind, in place, and find where the recogniser missed a known name."""
    for passage in passages:
        passage.parse.ents = [people_by_title(passage.parse, *e) for e in passage.parse.ents]
        passage.parse.ents = [e for e in passage.parse.ents if not is_post(passage.parse, *e[:2], ontology)]
        if passage.block.kind in {BlockKind.TITLE, BlockKind.HEADING}:
            passage.parse.ents = [e for e in passage.parse.ents if not is_headline_word(passage.parse, *e)]
        add_told(passage.parse, ontology)
        if passage.block.kind is BlockKind.PARAGRAPH:
            add_capitalised(passage.parse)
        extend_bodies(passage.parse)
    names = collect(passages, ontology)
    for name in sorted(names.values(), key=lambda n: (-len(n.words), n.words)):
        lend(name, names)
    for name in names.values():
        relabel(name)
    for name in [n for n in names.values() if n.kind == PERSON and len(n.words) > 1]:
        names.setdefault(name.words[-1:], Name(name.words[-1:], score=defaultdict(float, {PERSON: 1.0})))
    for passage in passages:
        complete(passage.parse, names)


def is_headline_word(parse: Parse, start: int, end: int, label: str) -> bool:
    """Whether a common word of a headline was taken for a name because of its capital: "Reality or Myth?"."""
    word = parse.text[start]
    return end - start == 1 and label in KINDS and lexicon.is_common(word) and not word.isupper() and gazetteer.load().kind(word) is None


def collect(passages: Sequence[Passage], ontology: Ontology) -> dict[tuple[str, ...], Name]:
    """Return the names of people, bodies and places by their folded words, countries apart."""
    names: dict[tuple[str, ...], Name] = {}
    known = gazetteer.load()
    for passage in passages:
        parse = passage.parse
        for start, end, label in parse.ents:
            text = surface(parse, start, end)
            if label not in KINDS or known.country(text) or known.demonym(text):
                continue
            words = folded(parse, start, end)
            if not words:
                continue
            name = names.setdefault(words, Name(words))
            name.places.append((passage, start, end))
            name.votes[KINDS[label]] += 1 if len(words) == 1 else 1.5
            for kind, weight in evidence(parse, start, end, ontology):
                name.score[kind] += weight
    for name in names.values():
        for kind, votes in name.votes.items():
            name.score[kind] += min(votes, MAX_VOTES if len(name.words) == 1 else MANY_VOTES)
        if known.kind(" ".join(name.words)) in {"City", "Region"}:
            name.score[PLACE] += 3
    return names


def folded(parse: Parse, start: int, end: int) -> tuple[str, ...]:
    """Return the words of a name, lower case, without points and possessives."""
    words = (parse.text[i].rstrip(".").lower() for i in range(start, end) if parse.text[i] not in POSSESSIVES)
    return tuple(w for w in words if w and (w[0].isalnum() or w == "&"))


def lend(name: Name, names: dict[tuple[str, ...], Name]) -> None:
    """Add what a longer name tells of a shorter one: the surname of a person, the short form of a body."""
    if len(name.words) > 2:
        return
    size = len(name.words)
    for other in names.values():
        if len(other.words) <= size:
            continue
        first, last = other.words[:size] == name.words, other.words[-size:] == name.words
        if other.kind == PERSON and (last or (first and size == 1)):
            name.score[PERSON] += 3
        elif other.kind == BODY and (first or last) and not is_place(name) and not lexicon.is_common(name.words[-1]):
            name.score[BODY] += 3 if first else 2


def is_place(name: Name) -> bool:
    """Whether the gazetteer knows a place of this name."""
    return gazetteer.load().kind(" ".join(name.words)) is not None


def relabel(name: Name) -> None:
    """Give all occurrences the kind that leads, where it leads clearly."""
    best = name.kind
    for passage, start, end in name.places:
        ents = passage.parse.ents
        k = next(k for k, e in enumerate(ents) if e[:2] == (start, end))
        now = KINDS[ents[k][2]]
        if now != best and name.score[best] - name.score[now] >= MIN_EVIDENCE and not (now == PLACE and beside_place_word(passage.parse, start, is_place(name))):
            ents[k] = (start, end, best)


def beside_place_word(parse: Parse, start: int, known: bool) -> bool:
    """Whether this very occurrence is of a known place: "in Washington", of a man called Washington too."""
    return known and start > 0 and parse.text[start - 1].lower() in {"in", "near", "to", "from"}


def evidence(parse: Parse, start: int, end: int, ontology: Ontology) -> Iterator[tuple[str, float]]:
    """Yield what one occurrence shows of its kind, with a weight."""
    yield from inside(parse, start, end)
    yield from before(parse, start, ontology)
    yield from behind(parse, start, end, ontology)
    yield from governed(parse, start, end, ontology)


def inside(parse: Parse, start: int, end: int) -> Iterator[tuple[str, float]]:
    """Yield what the name's own words show."""
    words = [parse.text[i].rstrip(".").lower() for i in range(start, end)]
    if len(words) > 1 and (words[-1] in SUFFIXES or "".join(words[-3:]) in SUFFIXES or words[0] in OPENERS or words[-1] in ORG_HEADS or words[0] in ORG_HEADS or "&" in words):
        yield BODY, 6
    elif len(words) > 1 and words[-1] in SITES:
        yield PLACE, 6


def before(parse: Parse, start: int, ontology: Ontology) -> Iterator[tuple[str, float]]:
    """Yield what stands directly before a name: a title, a noun, a preposition; a noun may stand before a comma."""
    k = start - 1 if start and parse.sent[start - 1] == parse.sent[start] else -1
    if k > 0 and parse.text[k] == ".":
        k -= 1
    if k < 0:
        return
    word = parse.text[k].rstrip(".").lower()
    title = lexicon.titles().get(word)
    if title is not None and title.kind != "modifier":
        yield PERSON, 4
    elif parse.pos[k] in {"NOUN", "PROPN", "ADJ"} and not parse.plural[k]:
        kind = noun_kind(parse, k, ontology)
        if kind:
            yield kind, 2 if is_trade(parse, k) else 4
    elif word in {"in", "near", "outside"} and parse.text[start][:1].isupper():
        yield PLACE, 3
    elif word == "at" and parse.dep[start] != "nmod:poss":
        yield BODY, 1.5
    elif word == "," and k and parse.pos[k - 1] == "NOUN" and not parse.plural[k - 1]:
        kind = noun_kind(parse, k - 1, ontology)
        if kind in {PERSON, BODY}:
            yield kind, 2


def behind(parse: Parse, start: int, end: int, ontology: Ontology) -> Iterator[tuple[str, float]]:
    """Yield what stands directly behind a name: an age, "who", "-based", what it owns."""
    if end >= len(parse) or parse.sent[end] != parse.sent[start]:
        return
    after = parse.text[end + 1] if end + 1 < len(parse) else ""
    word = parse.text[end].lower()
    if word == "," and after.isdigit() and int(after) <= MAX_AGE and end + 2 < len(parse) and parse.text[end + 2] in {",", "."}:
        yield PERSON, 5
    if word == "who" or (word == "," and after.lower() == "who"):
        yield PERSON, 3
    if word in {"-", "‑", "–"} and after.lower() == "based":
        yield PLACE, 4
    if word in POSSESSIVES and end + 1 < len(parse):
        owned = next((i for i in range(end + 1, min(end + 5, len(parse))) if parse.pos[i] == "NOUN"), None)
        if owned is not None:
            yield from owner_kind(parse.lemma[owned].lower())


def owner_kind(lemma: str) -> Iterator[tuple[str, float]]:
    """Yield the kind of thing that has what a noun names: a body has shareholders, a person a widow."""
    if lemma in OWNED_BY_BODIES:
        yield BODY, 1.5
    elif lemma in OWNED_BY_PERSONS:
        yield PERSON, 2


def governed(parse: Parse, start: int, end: int, ontology: Ontology) -> Iterator[tuple[str, float]]:
    """Yield what the syntax around a name shows: appositions, compounds, what it does and what is done to it."""
    head = next((i for i in range(start, end) if parse.head[i] not in range(start, end) or parse.head[i] == i), start)
    for child in parse.kids(head, "appos"):
        if child >= end and (kind := noun_kind(parse, child, ontology)) and not parse.plural[child]:
            yield kind, 3
    above, dep = parse.head[head], parse.dep[head]
    if above == head:
        return
    lemma = parse.lemma[above].lower()
    if dep == "appos" and parse.pos[above] == "NOUN" and not parse.plural[above] and (kind := noun_kind(parse, above, ontology)):
        yield kind, 3
    elif dep == "compound" and above >= end and parse.text[end - 1 : end + 1][-1] not in POSSESSIVES:
        yield from owner_kind(lemma)
    elif dep == "nsubj" and parse.kids(above, "cop") and not parse.plural[above] and (kind := noun_kind(parse, above, ontology)):
        yield kind, 3
    elif dep == "nsubj" and lemma in DONE_BY_PERSONS:
        yield PERSON, 1
    elif (dep == "nsubj" and lemma in DONE_BY_BODIES) or (dep in {"obj", "nsubj:pass"} and lemma in DONE_TO_BODIES):
        yield BODY, 1


def noun_kind(parse: Parse, noun: int, ontology: Ontology) -> str | None:
    """Return the kind of thing that a common noun names, with the word before it where both are known ("news site")."""
    lemma = parse.lemma[noun].lower()
    pair = f"{parse.text[noun - 1].lower()} {lemma}" if noun else ""
    hyphened = noun > 1 and parse.text[noun - 1] == "-"  # "co-operative"
    cls = ontology.nouns.get(f"{parse.text[noun - 2].lower()}-{lemma}") if hyphened else ontology.nouns.get(pair) or ontology.nouns.get(lemma)
    if cls is None and not hyphened:
        return PERSON if lexicon.noun_kinds().get(lemma) == "person" else None
    if cls is None:
        return None
    if ontology.is_a(cls, "Role") or ontology.is_a(cls, "Person"):
        return PERSON
    if ontology.is_a(cls, "Organization"):
        return BODY
    return PLACE if ontology.is_a(cls, "City") or ontology.is_a(cls, "Region") else None


def is_trade(parse: Parse, noun: int) -> bool:
    """Whether a noun for a company names as well a person of that trade: "exporter", "dealer"."""
    lemma = parse.lemma[noun].lower()
    return lemma.endswith(("er", "or")) and lexicon.noun_kinds().get(lemma) == "person"


def is_post(parse: Parse, start: int, end: int, ontology: Ontology) -> bool:
    """Whether a name is only the abbreviation of a post: "the CFO"."""
    text = surface(parse, start, end)
    cls = ontology.nouns.get(text.lower()) if text.isupper() else None
    return cls is not None and (ontology.is_a(cls, "Role") or ontology.is_a(cls, "Person"))


def extend_bodies(parse: Parse) -> None:
    """Take into a body's name what belongs to it: "Marram | & Pike", "Thorsager | A/S", "Varga | Ltd"."""
    for k, (start, end, label) in enumerate(parse.ents):
        stop = end
        if label in {PERSON, BODY, PLACE} and end < len(parse) and parse.sent[end] == parse.sent[start]:
            if parse.text[end] in COMPANY_FORMS:
                stop = end + 1
            elif [t.rstrip(".") for t in parse.text[end : end + 3]] == ["A", "/", "S"]:
                stop = end + 3
            elif parse.text[end - 1] == "A" and [t.rstrip(".") for t in parse.text[end : end + 2]] == ["/", "S"]:
                stop = end + 2
            elif parse.text[end] == "&" and parse.text[end + 1 : end + 2] and parse.text[end + 1][:1].isupper():
                stop = max([end + 2, *(last for first, last, _ in parse.ents if first == end + 1)])
        if stop > end:
            parse.ents[k] = (start, stop, BODY)
            tie(parse, start, stop, keep_structure=True)
    parse.ents = [e for e in parse.ents if not any(e != f and f[0] <= e[0] and e[1] <= f[1] for f in parse.ents)]


def people_by_title(parse: Parse, start: int, end: int, label: str) -> tuple[int, int, str]:
    """Return a name as a person's where an honorific stands before or in it: "Mrs Dadzie" is no people."""
    inner = after_title(parse, start, end)
    titled = inner > start or (start > 0 and (t := lexicon.titles().get(parse.text[start - 1].rstrip(".").lower())) and t.kind == "honorific")
    return (inner, end, PERSON) if titled and label in {PERSON, "NORP"} else (start, end, label)


def add_told(parse: Parse, ontology: Ontology) -> None:
    """Add the names that the recogniser missed where the noun before them tells what they name: "the fund Varga"."""
    taken = {i for start, end, _ in parse.ents for i in range(start, end)}
    for start in range(1, len(parse)):
        if start in taken or not proper(parse, start) or proper(parse, start - 1) or parse.sent[start - 1] != parse.sent[start]:
            continue
        end = start + 1
        while end < len(parse) and end not in taken and proper(parse, end) and parse.sent[end] == parse.sent[start]:
            end += 1
        if end in taken:
            continue
        found = [(kind, weight) for kind, weight in (*before(parse, start, ontology), *inside(parse, start, end), *behind(parse, start, end, ontology)) if weight >= 2]
        told = {kind for kind, _ in found if kind in {PERSON, BODY}}
        closed = end < len(parse) and parse.text[end] == ","
        if len(told) == 1 and (max(w for _, w in found) > 2 or (closed and end - start > 1)):
            kind = told.pop()
            start = after_title(parse, start, end) if kind == PERSON else start
            parse.ents = sorted([*parse.ents, (start, end, kind)])
            tie(parse, start, end, keep_structure=False)
            taken |= set(range(start, end))


def add_capitalised(parse: Parse) -> None:
    """Add names of several capitalised words that the recogniser missed; `collect` then weighs what they name.

    A run with a common word in it ("Red Cross") is taken for a body, one without for a person, until more is shown.
    """
    taken = {i for start, end, _ in parse.ents for i in range(start, end)}
    start = 0
    while start < len(parse):
        end = start
        while end < len(parse) and end not in taken and name_like(parse, end) and parse.sent[end] == parse.sent[start]:
            end += 1
        apart = not ({start - 1, end} & taken) and (end >= len(parse) or parse.text[end] not in {"-", "‑"})
        if 2 <= end - start <= MAX_RUN and apart:
            common = [lexicon.is_common(parse.text[i]) for i in range(start, end)]
            if any(parse.pos[i] == "PROPN" for i in range(start, end)) and not (common[0] and starts_sentence(parse, start)):
                parse.ents = sorted([*parse.ents, (start, end, BODY if any(common) else PERSON)])
                tie(parse, start, end, keep_structure=False)
        start = max(end, start + 1)


def name_like(parse: Parse, i: int) -> bool:
    """Whether a token is written as a part of a name, and is no title, day, country or lone acronym."""
    word = parse.text[i]
    if not (word[:1].isupper() and word[1:].islower()) or parse.pos[i] not in {"PROPN", "NOUN", "ADJ", "X"} or word in CALENDAR:
        return False
    known = gazetteer.load()
    return not (known.country(word) or known.demonym(word) or word.lower() in lexicon.titles())


def proper(parse: Parse, i: int) -> bool:
    """Whether a token is written and tagged as a proper noun that is no country's, month's or day's name."""
    word = parse.text[i]
    if not word[:1].isupper() or parse.pos[i] not in {"PROPN", "X"} or lexicon.is_common(word):
        return False
    known = gazetteer.load()
    return not (known.country(word) or known.demonym(word) or word in CALENDAR)


def complete(parse: Parse, names: dict[tuple[str, ...], Name]) -> None:
    """Add the occurrences of known names that the recogniser missed, longest first."""
    taken = {i for start, end, _ in parse.ents for i in range(start, end)}
    added = []
    for start in range(len(parse)):
        if start in taken or not parse.text[start][:1].isupper() or len(parse.text[start]) < 2:
            continue
        for end in range(min(start + 4, len(parse)), start, -1):
            words = folded(parse, start, end)
            name = names.get(words) if len(words) == end - start else None
            if name is None or taken & set(range(start, end)) or not stands_alone(parse, start, end, taken):
                continue
            bare = not parse.kids(start, "det", "amod", "nmod:poss", "nummod") and not parse.plural[start]
            if end - start == 1 and (parse.pos[start] not in {"PROPN", "NOUN", "X"} or (lexicon.is_common(parse.text[start]) and not bare)):
                continue
            added.append((start, end, name.kind))
            taken |= set(range(start, end))
            break
    parse.ents = sorted([*parse.ents, *added])
    for start, end, label in added:
        tie(parse, start, end, keep_structure=label == BODY)


def stands_alone(parse: Parse, start: int, end: int, taken: set[int]) -> bool:
    """Whether no further capitalised word adjoins, of which the name would be only a part."""
    for i in (start - 1, end):
        if 0 <= i < len(parse) and i not in taken and parse.text[i][:1].isupper() and parse.pos[i] == "PROPN" and parse.sent[i] == parse.sent[start]:
            return False
    return True
