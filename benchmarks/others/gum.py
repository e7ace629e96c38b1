"""GUM: documents with every noun phrase annotated, and which of them speak of the same thing.

Format: UD with `Entity=` in MISC (https://wiki.gucorpling.org/gum/entities). Of its ten kinds of things, persons,
organisations and places are compared, for the tool reads no others as such.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from kg.model import Mention, MentionKind
from others.coreference import Clusters
from others.reading import Span, Told, shared
from others.tally import Tally

KINDS = {"person", "organization", "place"}
OURS = {"Person", "PersonGroup", "Organization", "Place"}
NO_THINGS = {"Event", "Role"}
SPEAKERS = {"i", "me", "my", "mine", "myself", "we", "us", "our", "ours", "ourselves", "you", "your", "yours", "yourself", "yourselves", "let's", "ya"}
THIRD = {"he", "him", "his", "himself", "she", "her", "hers", "herself", "it", "its", "itself", "they", "them", "their", "theirs", "themselves"}
NAME, DESCRIPTION, PRONOUN, SPEAKER, OTHER = FORMS = ("name", "description", "he, she, it, they", "I, you, we", "other pronoun")
OPENING = re.compile(r"\(([^()]+)(\))?|([^()]+)\)")


@dataclass(frozen=True, slots=True)
class GoldMention:
    """A noun phrase; `words` are the tokens of its head, or of the whole name."""

    entity: str
    kind: str
    form: str
    start: int
    end: int
    words: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the treebank at its place in the text."""

    text: str
    pos: str
    start: int
    end: int


def read_document(conllu: str) -> tuple[str, list[GoldMention]]:
    """Return the text of a document, a blank line between paragraphs, and its mentions in order."""
    text, tokens, fields = "", [], []
    for block in conllu.strip().split("\n\n"):
        lines = block.splitlines()
        sentence = next(line.split("=", 1)[1].strip() for line in lines if line.startswith("# text ="))
        gap = "\n\n" if any(line.startswith("# newpar") for line in lines) else " "
        text += (gap if text else "") + sentence
        at = len(text) - len(sentence)
        for columns in (line.split("\t") for line in lines if line[:1].isdigit()):
            if columns[0].isdigit():
                start = text.index(columns[1], at)
                at = start + len(columns[1])
                tokens.append(Token(columns[1], columns[3], start, at))
                fields.append(next((f[7:] for f in columns[9].split("|") if f.startswith("Entity=")), ""))
    return text, sorted(mentions(tokens, fields), key=lambda m: (m.start, -m.end, m.entity))


def mentions(tokens: list[Token], fields: list[str]) -> Iterator[GoldMention]:
    """Yield the mentions that brackets open and close; of one in pieces, the first piece."""
    still: defaultdict[str, list[tuple[int, list[str]]]] = defaultdict(list)
    for number, field in enumerate(fields):
        for match in OPENING.finditer(field):
            parts = (match[1] or match[3]).split("-")
            name, piece = (*re.split(r"[\[\]/]", parts[0]), "1")[:2]
            if match[1]:
                still[parts[0]].append((number, parts))
            if (match[2] or match[3]) and still[parts[0]]:
                first, told = still[parts[0]].pop()
                if piece == "1":
                    yield mention(tokens[first : number + 1], name, told)


def mention(tokens: list[Token], entity: str, parts: list[str]) -> GoldMention:
    """Return a mention from what its opening bracket tells: kind, status, salience, centering, head."""
    heads = [tokens[int(n) - 1] for n in parts[5].split(",") if n.isdigit() and int(n) <= len(tokens)] or tokens
    words = tuple((t.start, t.end) for t in heads)
    return GoldMention(entity, parts[1], form(heads), tokens[0].start, tokens[-1].end, words)


def form(heads: list[Token]) -> str:
    """Return in what form a head speaks of something."""
    word = heads[0].text.lower()
    if heads[0].pos in {"PRON", "DET"}:
        return SPEAKER if word in SPEAKERS else PRONOUN if word in THIRD else OTHER
    return NAME if any(t.pos == "PROPN" for t in heads) else DESCRIPTION


# ---- the graph beside it -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Paired:
    """The mentions of a graph and those of the gold that are the same; `ours` are (entity, mention)."""

    gold: list[GoldMention]
    ours: list[tuple[str, Mention]]
    partner: Mapping[int, int]  # number of a mention of the gold -> number of ours
    spurious: list[int]  # numbers of ours that the gold knows in no kind


def pair(told: Told, gold: list[GoldMention]) -> Paired:
    """Pair mentions one to one, the closest first.

    Ours is the gold's where it lies within it and holds half of its head's words: the convention of a least span (MUC-7,
    CorefUD), since our phrases have neither articles nor relative clauses.
    """
    ours = [(e.id, m) for e in told.entities.values() if not NO_THINGS & set(e.types) for m in e.mentions]
    near = sorted(
        (-shared((m.start, m.end), (g.start, g.end)), i, j)
        for j, (_, m) in enumerate(ours) for i, g in enumerate(gold) if is_within(m, g)
    )
    partner: dict[int, int] = {}
    for _, i, j in near:
        if i not in partner and j not in partner.values():
            partner[i] = j
    left = set(range(len(ours))) - set(partner.values())
    spurious = [j for j in sorted(left) if counts_against(told, ours[j], [(gold[i], ours[k][0]) for i, k in partner.items()])]
    return Paired(gold, ours, partner, spurious)


def is_within(ours: Mention, gold: GoldMention) -> bool:
    """Whether a mention lies within one of the gold and holds half of its head."""
    held = sum(ours.start <= start and end <= ours.end for start, end in gold.words)
    return gold.start <= ours.start and ours.end <= gold.end and 2 * held >= len(gold.words)


def counts_against(told: Told, ours: tuple[str, Mention], pairs: list[tuple[GoldMention, str]]) -> bool:
    """Whether an unpaired mention is wrong, and not a matter of scheme.

    The gold has no mention for a country in an adjective, and one for a title with its name where we have two.
    """
    entity, mention = ours
    if mention.kind is MentionKind.DEMONYM or not OURS & set(told.entities[entity].types):
        return False
    return not any(e == entity and g.start <= mention.start and mention.end <= g.end for g, e in pairs)


def asked(paired: Paired, *, speakers: bool = True) -> set[int]:
    """Return the numbers of the gold's mentions that are compared."""
    return {i for i, g in enumerate(paired.gold) if g.kind in KINDS and (speakers or g.form != SPEAKER)}


def clusters(paired: Paired, *, found_only: bool = False, speakers: bool = True) -> tuple[Clusters, Clusters]:
    """Return the gold's clusters and ours; a mention is its number in the gold, a wrong one of ours its own."""
    wanted = {i for i in asked(paired, speakers=speakers) if not found_only or i in paired.partner}
    key: defaultdict[str, set[Hashable]] = defaultdict(set)
    response: defaultdict[str, set[Hashable]] = defaultdict(set)
    for i in wanted:
        key[paired.gold[i].entity].add(i)
        if i in paired.partner:
            response[paired.ours[paired.partner[i]][0]].add(i)
    for j in paired.spurious if not found_only else ():
        response[paired.ours[j][0]].add(("ours", j))
    return [frozenset(c) for c in key.values()], [frozenset(c) for c in response.values()]


def detection(paired: Paired, form: str | None = None) -> Tally:
    """Count the mentions found, of one form or of all; what is wrong has no form of the gold's."""
    wanted = {i for i in asked(paired) if form in (None, paired.gold[i].form)}
    got = len(wanted & paired.partner.keys())
    return Tally(got, got + (0 if form else len(paired.spurious)), got, len(wanted))


@dataclass(frozen=True, slots=True)
class Link:
    """What became of a found mention: joined rightly or wrongly, missed, or rightly new."""

    number: int  # in the gold
    verdict: str
    antecedent: int | None = None  # number in the gold of what it was joined to, or should have been


RIGHT, WRONG, MISSED, NEW = VERDICTS = ("joined rightly", "joined wrongly", "not joined", "rightly new")


def links(paired: Paired) -> Iterator[Link]:
    """Yield for each found mention what it was joined to: the nearest one before that was not joined wrongly itself.

    So one wrong pronoun is one error, and not a second one for the name that follows it.
    """
    found = sorted(paired.partner, key=lambda i: (paired.gold[i].start, -paired.gold[i].end))
    before: list[int] = []
    wrong: set[int] = set()
    for i in found:
        own = [k for k in before if paired.ours[paired.partner[k]][0] == paired.ours[paired.partner[i]][0] and k not in wrong]
        same = [k for k in before if paired.gold[k].entity == paired.gold[i].entity]
        before.append(i)
        if own and own[-1] not in same:
            wrong.add(i)
        if paired.gold[i].kind not in KINDS:
            continue
        if own:
            yield Link(i, WRONG if i in wrong else RIGHT, own[-1])
        else:
            yield Link(i, MISSED, same[-1]) if same else Link(i, NEW)


def split_names(splits: str, name: str) -> list[str]:
    """Return the documents of a split as splits.md lists them."""
    parts = re.split(r"^## (\S+)$", splits, flags=re.MULTILINE)
    listed = next((after for before, after in pairwise(parts) if before == name), "")
    return re.findall(r"\* (\S+)", listed)
