"""Bracketed asides are parsed on their own, so that they do not break the sentence around them.

"The envoy (formerly of Lima, as some recall) left": the parser sees "The envoy left" and "formerly of Lima, as
some recall"; the parse that comes out holds all tokens at their places, the aside below the word it follows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from spacy.tokens import Doc

from kg.annotation.parse import Parse, parse_of

MIN_ASIDE = 3  # tokens; an acronym or a year in brackets disturbs nobody
MAX_ASIDE = 60
OPEN, CLOSE = {"("}, {")"}


@dataclass(frozen=True, slots=True)
class Pieces:
    """A text as tokens: the main line first, then each aside; `places` are their indices in the whole."""

    whole: Doc
    docs: tuple[Doc, ...]
    places: tuple[tuple[int, ...], ...]


def split(doc: Doc) -> Pieces:
    """Take the longer bracketed asides out of a tokenized text."""
    asides = list(brackets(doc))
    if not asides:
        return Pieces(doc, (doc,), (tuple(range(len(doc))),))
    hidden = {i for start, end in asides for i in range(start - 1, end + 1)}
    main = tuple(i for i in range(len(doc)) if i not in hidden)
    if not main:
        return Pieces(doc, (doc,), (tuple(range(len(doc))),))
    places = (main, *(tuple(range(start, end)) for start, end in asides))
    return Pieces(doc, tuple(piece(doc, p) for p in places), places)


def brackets(doc: Doc) -> list[tuple[int, int]]:
    """Return the token ranges inside outermost brackets that are long enough to disturb."""
    out, depth, start = [], 0, 0
    for token in doc:
        if token.text in OPEN:
            depth += 1
            if depth == 1:
                start = token.i + 1
        elif token.text in CLOSE and depth:
            depth -= 1
            if depth == 0 and MIN_ASIDE <= token.i - start <= MAX_ASIDE and start > 1:
                out.append((start, token.i))
    return out


def piece(doc: Doc, tokens: Sequence[int]) -> Doc:
    """Return some tokens as a text of their own."""
    words = [doc[i].text for i in tokens]
    spaces = [bool(doc[i].whitespace_) or (k + 1 < len(tokens) and tokens[k + 1] != i + 1) for k, i in enumerate(tokens)]
    return Doc(doc.vocab, words=words, spaces=spaces)


def join(pieces: Pieces, offset: int) -> Parse:
    """Return one parse of the whole text from the parses of its pieces."""
    if len(pieces.docs) == 1:
        return parse_of(pieces.docs[0], offset)
    size = len(pieces.whole)
    whole = Parse(
        text=[t.text for t in pieces.whole],
        lemma=[t.text for t in pieces.whole],
        pos=["PUNCT"] * size,
        tag=["-LRB-"] * size,
        head=[0] * size,
        dep=["punct"] * size,
        idx=[offset + t.idx for t in pieces.whole],
        sent=[0] * size,
        plural=[False] * size,
        space=[bool(t.whitespace_) for t in pieces.whole],
    )
    for number, (doc, places) in enumerate(zip(pieces.docs, pieces.places, strict=True)):
        copy(whole, parse_of(doc, 0), places, aside=number > 0)
    for i in range(size):
        if whole.text[i] in OPEN | CLOSE and whole.tag[i] == "-LRB-":
            whole.head[i] = max(0, i - 1) if whole.text[i] in OPEN else whole.head[i - 1]
            whole.sent[i] = whole.sent[i - 1] if i else 0
    return whole


def copy(whole: Parse, part: Parse, places: Sequence[int], *, aside: bool) -> None:
    """Put the parse of a piece at its place; the roots of an aside hang below the word before the bracket."""
    anchor = places[0] - 2
    for k, i in enumerate(places):
        root = part.head[k] == k
        whole.lemma[i], whole.pos[i], whole.tag[i] = part.lemma[k], part.pos[k], part.tag[k]
        whole.head[i] = anchor if aside and root else places[part.head[k]]
        whole.dep[i] = "parataxis" if aside and root else part.dep[k]
        whole.sent[i] = whole.sent[anchor] if aside else part.sent[k]
        whole.plural[i] = part.plural[k]
    for start, end, label in part.ents:
        if places[end - 1] - places[start] == end - 1 - start:
            whole.ents.append((places[start], places[end - 1] + 1, label))
    whole.ents.sort()
