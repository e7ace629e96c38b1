"""Documents to passages: the spaCy pipeline, and the repair of names and attachments on its output."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING

from kg.annotation.names import settle_names
from kg.annotation.parse import Passage, parse_of
from kg.errors import ModelError
from kg.model import Block, BlockKind, Document
from kg.resources import resource

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

PROSE = {BlockKind.TITLE, BlockKind.HEADING, BlockKind.PARAGRAPH}
EMBEDDED = "embedded"


@lru_cache(maxsize=2)
def load(name: str | None = None) -> Language:
    """Load the embedded pipeline, or an installed spaCy pipeline by name or path.

    Raises ModelError where it is unknown, or gives no dependency parse.
    """
    import spacy

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # version notes of pipelines that others trained
            nlp = spacy.load(name or resource("data", "model", "pipeline"))
    except OSError as error:
        raise ModelError(
            f"{name}: no such spaCy pipeline is installed (leave --model out for the embedded one)"
        ) from error
    if "parser" not in nlp.pipe_names:
        raise ModelError(f"{name}: this pipeline has no dependency parser; the engine reads sentences by their parse")
    return nlp


def model_version(nlp: Language) -> str:
    """Return name and version of a pipeline."""
    return f"{nlp.meta.get('lang', '')}_{nlp.meta.get('name', '')}-{nlp.meta.get('version', '')}"


def annotate(documents: Iterable[Document], nlp: Language, *, jobs: int = 1) -> Iterator[tuple[Document, list[Passage]]]:
    """Yield each document with the passages of its prose, in order."""
    pairs = ((document.text[b.start : b.end], (document, b)) for document in documents for b in prose(document))
    parsed = nlp.pipe(pairs, as_tuples=True, n_process=jobs, batch_size=64)
    for _, group in groupby(parsed, key=lambda item: item[1][0].id):
        items = list(group)
        yield items[0][1][0], [passage_of(doc, document, block) for doc, (document, block) in items]


def prose(document: Document) -> list[Block]:
    """Return the blocks that are read as sentences; a document has one at least."""
    blocks = [b for b in document.blocks if b.kind in PROSE]
    return blocks or [Block(0, len(document.text), BlockKind.PARAGRAPH)]


def passage_of(doc: Doc, document: Document, block: Block) -> Passage:
    """Turn an annotated spaCy Doc into a passage with its names settled."""
    parse = parse_of(doc, block.start)
    settle_names(parse)
    return Passage(document, block, parse)
