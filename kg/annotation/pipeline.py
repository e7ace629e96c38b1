"""Documents to passages: the spaCy pipeline, and the repair of names and attachments on its output."""

from __future__ import annotations

import re
import warnings
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, TypeVar

from kg.annotation.asides import Pieces, join, split
from kg.annotation.names import settle_names
from kg.annotation.parse import Passage
from kg.annotation.repairs import repair
from kg.errors import ModelError
from kg.model import Block, BlockKind, Document
from kg.resources import resource

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

Context = TypeVar("Context")
DATELINE = re.compile(
    r"[A-ZÀ-ÖØ-ÞĀ-Ž][A-ZÀ-ÖØ-ÞĀ-Ž.'’ -]{2,40}(?:, [A-Z][\w. ]{2,30}){0,2}(?:, \w{3,9}\.? \d{1,2}(?:, \d{4})?)?(?: \([^()\n]{2,40}\))? ?[-–—]{1,2} "
)
PROSE = {BlockKind.TITLE, BlockKind.HEADING, BlockKind.PARAGRAPH}
KIN_IN_LAW = tuple(f"{kin}{plural}-in-law" for kin in ("brother", "sister", "father", "mother", "son", "daughter", "parent") for plural in ("", "s"))
EMBEDDED = "embedded"


@lru_cache(maxsize=2)
def load(name: str | None = None) -> Language:
    """Load the embedded pipeline, or an installed spaCy pipeline by name or path.

    Raises ModelError where it is unknown, or gives no dependency parse.
    """
    import spacy
    from spacy.tokenizer import Tokenizer  # type: ignore[import-not-found]

    import kg.annotation.embedding
    import kg.annotation.sentences  # noqa: F401  these register parts of pipelines

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # version notes of pipelines that others trained
            nlp = spacy.load(name or resource("data", "model", "pipeline"))
    except OSError as error:
        raise ModelError(
            f"{name}: no such spaCy pipeline is installed (leave --model out for the embedded one)"
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"{name}: this is no spaCy pipeline that can be loaded: {error}") from error
    for kin in KIN_IN_LAW:  # else "law" heads the phrase
        if isinstance(nlp.tokenizer, Tokenizer):
            nlp.tokenizer.add_special_case(kin, [{"ORTH": kin}])
    if "parser" in nlp.pipe_names:
        nlp.add_pipe("attest_sentence_guard", first=True)
        nlp.add_pipe("attest_tags", after="parser")
    else:
        raise ModelError(f"{name}: this pipeline has no dependency parser; the engine reads sentences by their parse")
    return nlp


def model_version(nlp: Language) -> str:
    """Return name and version of a pipeline."""
    return f"{nlp.meta.get('lang', '')}_{nlp.meta.get('name', '')}-{nlp.meta.get('version', '')}"


def annotate(documents: Iterable[Document], nlp: Language, *, jobs: int = 1) -> Iterator[tuple[Document, list[Passage]]]:
    """Yield each document with the passages of its prose, in order."""
    blocks = ((document, b) for document in documents for b in prose(document))
    read = read_texts(((document.text[b.start : b.end], (document, b)) for document, b in blocks), nlp, jobs=jobs)
    for _, group in groupby(read, key=lambda item: item[1][0].id):
        items = list(group)
        yield items[0][1][0], [passage_of(pieces, document, block) for pieces, (document, block) in items]


def read_texts(pairs: Iterable[tuple[str, Context]], nlp: Language, *, jobs: int = 1) -> Iterator[tuple[Pieces, Context]]:
    """Yield each text as annotated pieces, its bracketed asides apart, with what came beside it."""
    queue: deque[tuple[Pieces, Context]] = deque()

    def docs() -> Iterator[Doc]:
        for text, context in pairs:
            pieces = split(nlp.make_doc(text))
            queue.append((pieces, context))
            yield from pieces.docs

    annotated = nlp.pipe(docs(), n_process=jobs, batch_size=64)
    while True:
        first = next(annotated, None)
        if first is None:
            return
        pieces, context = queue.popleft()
        rest = [next(annotated) for _ in pieces.docs[1:]]
        yield replace(pieces, docs=(first, *rest)), context


def read_text(text: str, nlp: Language) -> Pieces:
    """Annotate one text."""
    return next(iter(read_texts([(text, None)], nlp)))[0]


def prose(document: Document) -> list[Block]:
    """Return the blocks that are read as sentences; a document has one at least."""
    blocks = [behind_dateline(document.text, b) for b in document.blocks if b.kind in PROSE]
    return blocks or [Block(0, len(document.text), BlockKind.PARAGRAPH)]


def behind_dateline(text: str, block: Block) -> Block:
    """Return a block without the dateline it opens with: "LIMA, May 3 (Wire) - "."""
    match = DATELINE.match(text, block.start, block.end)
    return replace(block, start=match.end()) if match and match.end() < block.end else block


def passage_of(pieces: Pieces, document: Document, block: Block) -> Passage:
    """Turn an annotated text into a passage with its names settled and its parse repaired."""
    parse = join(pieces, block.start)
    settle_names(parse)
    repair(parse)
    return Passage(document, block, parse)
