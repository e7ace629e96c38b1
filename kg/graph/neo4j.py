"""The graph as CSV files for Neo4j's importer: things, values and documents as nodes, claims as relationships.

    neo4j-admin database import full --multiline-fields=true --nodes=entities.csv --nodes=values.csv \\
        --nodes=documents.csv --relationships=claims.csv --relationships=sources.csv

Lists are joined by semicolons, as the importer expects; a semicolon within an item becomes a comma.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING

from kg.model import Literal, content_id

if TYPE_CHECKING:
    from kg.graph.graph import Graph

ENTITY = ("id:ID", "label", "aliases:string[]", "same_as:string[]", "named:boolean", "latitude:double", "longitude:double", ":LABEL")
VALUE = ("id:ID", "value", "datatype", ":LABEL")
DOCUMENT = ("id:ID", "title", "path", "sha256", "outlet", "author", "date", ":LABEL")
CLAIM = (
    ":START_ID", ":END_ID", ":TYPE", "claim", "kind", "modality", "polarity", "stands:boolean", "ruling", "violations:string[]", "source:string[]",
    "when", "said", "order:int", "document", "start:int", "end:int", "quote",
)  # fmt: skip
SOURCE = (":START_ID", ":END_ID", ":TYPE", "claim", "words", "place:int")


def files(graph: Graph) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Yield the name of each file with its lines."""
    yield "entities.csv", lines(ENTITY, entities(graph))
    yield "values.csv", lines(VALUE, values(graph))
    yield "documents.csv", lines(DOCUMENT, documents(graph))
    yield "claims.csv", lines(CLAIM, claims(graph))
    yield "sources.csv", lines(SOURCE, sources(graph))


def entities(graph: Graph) -> Iterator[tuple[object, ...]]:
    """Yield a row for each thing; its kinds are its labels, as Neo4j calls them."""
    known = {e.id for e in graph.extraction.entities}
    for e in graph.extraction.entities:
        yield f"ent:{e.id}", e.label, joined(e.aliases), joined(e.same_as), e.named, e.latitude, e.longitude, joined(("Thing", *e.types))
    ends = {end for _, c in graph.all_claims() for end in (c.subject, c.object) if isinstance(end, str)}
    spoken = {s.entity for _, c in graph.all_claims() for s in c.source if s.entity}
    for missing in sorted((ends | spoken) - known):  # the importer refuses a relationship without both ends
        yield f"ent:{missing}", missing, "", "", False, None, None, "Thing"


def values(graph: Graph) -> Iterator[tuple[object, ...]]:
    """Yield a row for each distinct value that a claim ends in."""
    found = {claim.object for _, claim in graph.all_claims() if isinstance(claim.object, Literal)}
    for value in sorted(found, key=lambda v: (v.datatype, v.value)):
        yield end_id(value), value.value, value.datatype, "Value"


def documents(graph: Graph) -> Iterator[tuple[object, ...]]:
    """Yield a row for each document."""
    for d in graph.extraction.documents:
        yield f"doc:{d.id}", d.title, d.path, d.sha256, d.outlet, d.author, d.date, "Document"


def claims(graph: Graph) -> Iterator[tuple[object, ...]]:
    """Yield a row for each claim, derived ones included."""
    for kind, c in graph.all_claims():
        evidence = c.evidence[0] if c.evidence else None
        place = (evidence.start, evidence.end, evidence.quote) if evidence else (None, None, "")
        said = (joined(s.words for s in c.source), c.when, c.said, c.order)
        stands = kind == "derived" or c.in_default_graph
        ends = (f"ent:{c.subject}", end_id(c.object), c.predicate)
        yield *ends, c.id, kind, c.modality, c.polarity, stands, c.ruling, joined(c.violations), *said, f"doc:{c.document}", *place


def sources(graph: Graph) -> Iterator[tuple[object, ...]]:
    """Yield a row for each known speaker of a claim: who said it, about whom."""
    for _, claim in graph.all_claims():
        for index, speaker in enumerate(claim.source, 1):
            if speaker.entity is not None:
                yield f"ent:{speaker.entity}", f"ent:{claim.subject}", "SAID", claim.id, speaker.words, index


def end_id(end: str | Literal) -> str:
    """Return the id of a node: of a thing, or of a value."""
    return f"value:{content_id(end.value, end.datatype)}" if isinstance(end, Literal) else f"ent:{end}"


def joined(items: Iterable[str]) -> str:
    """Return a list as the importer reads it."""
    return ";".join(item.replace(";", ",") for item in items)


def lines(head: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterator[bytes]:
    """Yield rows as CSV; nothing is an empty cell, and truth is spelt as the importer wants it."""
    for row in chain([head], rows):
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerow([cell(value) for value in row])
        yield out.getvalue().encode()


def cell(value: object) -> str:
    """Return a value as a cell."""
    if value is None:
        return ""
    return ("true" if value else "false") if isinstance(value, bool) else str(value)
