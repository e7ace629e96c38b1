"""One view of a parsed passage for every label scheme: plain arrays in Universal Dependencies terms.

Frames, cues and coreference read this view only, never a spaCy label. Pipelines with the ClearNLP scheme
(`en_core_web_*`: dobj, pobj, nsubjpass, attr) are translated; UD pipelines pass through.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from spacy.tokens import Doc

from kg.model import Block, Document

CLEAR_LABELS = {"dobj", "pobj", "pcomp", "nsubjpass", "auxpass", "attr", "acomp", "agent", "dative", "oprd", "prep", "relcl", "poss", "npadvmod"}
RELABEL = {
    "dobj": "obj",
    "dative": "iobj",
    "nsubjpass": "nsubj:pass",
    "csubjpass": "csubj",
    "auxpass": "aux:pass",
    "poss": "nmod:poss",
    "relcl": "acl:relcl",
    "prt": "compound:prt",
    "nn": "compound",
    "quantmod": "advmod",
    "npadvmod": "obl",
    "oprd": "xcomp",
    "acomp": "xcomp",
    "intj": "discourse",
    "preconj": "cc",
    "predet": "det",
    "meta": "dep",
    "neg": "advmod",
}


@dataclass
class Parse:
    """The tokens of a passage with their heads and UD labels; a root is its own head.

    `idx` are code-point offsets into the document's text, not the passage's.
    """

    text: list[str]
    lemma: list[str]
    pos: list[str]
    tag: list[str]
    head: list[int]
    dep: list[str]
    idx: list[int]
    sent: list[int]  # number of the sentence each token stands in
    ents: list[tuple[int, int, str]] = field(default_factory=list)  # token start, end, label
    plural: list[bool] = field(default_factory=list)
    space: list[bool] = field(default_factory=list)  # whether white space follows the token

    def __len__(self) -> int:
        return len(self.text)

    @cached_property
    def children(self) -> list[list[int]]:
        """Dependents of each token, in order of the text."""
        out: list[list[int]] = [[] for _ in self.text]
        for i, head in enumerate(self.head):
            if head != i:
                out[head].append(i)
        return out

    @cached_property
    def sentences(self) -> list[tuple[int, int]]:
        """Token ranges of the sentences."""
        starts = [i for i in range(len(self)) if i == 0 or self.sent[i] != self.sent[i - 1]]
        return list(zip(starts, [*starts[1:], len(self)], strict=True))

    def kids(self, token: int, *labels: str) -> list[int]:
        """Return the dependents of a token that carry one of the labels."""
        return [c for c in self.children[token] if self.dep[c] in labels]

    def end(self, token: int) -> int:
        """Return the offset behind a token."""
        return self.idx[token] + len(self.text[token])

    def subtree(self, token: int, *, without: Sequence[str] = ()) -> list[int]:
        """Return a token and all below it, sorted; branches with the given labels are left out."""
        out, queue, seen = [token], [token], {token}
        while queue:
            for child in self.children[queue.pop()]:
                if child not in seen and self.dep[child] not in without:
                    seen.add(child)
                    out.append(child)
                    queue.append(child)
        return sorted(out)

    def ancestors(self, token: int) -> Iterator[int]:
        """Yield the heads above a token, nearest first; ends on a cycle."""
        seen = {token}
        while self.head[token] not in seen:
            token = self.head[token]
            seen.add(token)
            yield token

    def case(self, token: int) -> str:
        """Return the prepositions of a token as one lower-case string, "" where it has none."""
        words = []
        for child in self.kids(token, "case"):
            if self.text[child].lower() in {"'s", "’s", "'", "’"}:
                continue
            fixed = [child, *self.kids(child, "fixed")]
            words += [self.text[i].lower() for i in fixed]
        return " ".join(words)

    def reattach(self, token: int, head: int, dep: str) -> None:
        """Give a token another head and label."""
        self.head[token] = head
        self.dep[token] = dep
        self.__dict__.pop("children", None)


@dataclass(frozen=True)
class Passage:
    """A block of a document with its parse; one is made per block of prose."""

    document: Document
    block: Block
    parse: Parse


def parse_of(doc: Doc, offset: int) -> Parse:
    """Return the view of an annotated spaCy Doc whose text starts at an offset of the document."""
    parse = Parse(
        text=[t.text for t in doc],
        lemma=[(t.lemma_ or t.text).lower() if t.pos_ != "PROPN" else t.text for t in doc],
        pos=[t.pos_ for t in doc],
        tag=[t.tag_ for t in doc],
        head=[t.head.i for t in doc],
        dep=[t.dep_ for t in doc],
        idx=[offset + t.idx for t in doc],
        sent=sentence_numbers(doc),
        ents=[(e.start, e.end, e.label_) for e in doc.ents],
        plural=["Number=Plur" in str(t.morph) or t.tag_ in {"NNS", "NNPS"} for t in doc],
        space=[bool(t.whitespace_) for t in doc],
    )
    if any(t.dep_ in CLEAR_LABELS for t in doc):
        from_clear(parse)
    return parse


def sentence_numbers(doc: Doc) -> list[int]:
    """Return the number of each token's sentence."""
    out: list[int] = []
    for number, sentence in enumerate(doc.sents):
        out += [number] * len(sentence)
    return out


def from_clear(parse: Parse) -> None:
    """Turn ClearNLP labels and attachments into UD's, in place.

    Prepositions become `case` of their object, copulas dependents of their complement. The mapping follows
    the UD guidelines for English.
    """
    for i in range(len(parse)):
        if parse.text[i].lower() == "by" and parse.dep[i] == "agent":
            parse.dep[i] = "prep"
            parse.tag[i] = "IN:agent"
    for i in range(len(parse)):
        if parse.dep[i] in {"pobj", "pcomp"} and parse.dep[parse.head[i]] in {"prep", "dative"}:
            lift_object(parse, i)
    for i in range(len(parse)):
        if parse.dep[i] in {"attr", "acomp"} and parse.lemma[parse.head[i]] == "be":
            turn_copula(parse, i)
    for i in range(len(parse)):
        parse.dep[i] = RELABEL.get(parse.dep[i], parse.dep[i])
        if parse.dep[i] == "prep":
            parse.dep[i] = "advmod"
        if parse.dep[i] == "case" and parse.text[i].lower() not in {"'s", "’s", "'", "’"} and parse.pos[i] == "PART":
            parse.pos[i] = "ADP"
    parse.__dict__.pop("children", None)


def lift_object(parse: Parse, obj: int) -> None:
    """Make the object of a preposition the dependent, and the preposition its case."""
    preposition = parse.head[obj]
    governor = parse.head[preposition]
    verbal = parse.pos[governor] in {"VERB", "AUX", "ADJ", "ADV"}
    agent = parse.tag[preposition] == "IN:agent"
    clausal = parse.dep[obj] == "pcomp"
    parse.dep[obj] = "advcl" if clausal else "obl:agent" if agent else "obl" if verbal else "nmod"
    parse.head[obj] = governor if governor != preposition else obj
    parse.dep[preposition] = "mark" if clausal else "case"
    parse.head[preposition] = obj
    for i in range(len(parse)):  # further dependents of the preposition move with it
        if parse.head[i] == preposition and i != preposition and i != obj:
            parse.head[i] = obj
    parse.__dict__.pop("children", None)


def turn_copula(parse: Parse, complement: int) -> None:
    """Make the complement the head of its copula and of the copula's dependents."""
    verb = parse.head[complement]
    parse.head[complement] = parse.head[verb] if parse.head[verb] != verb else complement
    parse.dep[complement] = "ROOT" if parse.head[complement] == complement else parse.dep[verb]
    for i in range(len(parse)):
        if parse.head[i] == verb and i not in (verb, complement):
            parse.head[i] = complement
    parse.head[verb] = complement
    parse.dep[verb] = "cop"
    parse.__dict__.pop("children", None)
