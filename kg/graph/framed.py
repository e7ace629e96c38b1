"""Claims as JSON-LD trees, by the frame of `ontology/frame.jsonld`: each with its ends, source, words and document.

Documents are framed one by one, so that memory and time grow with the largest of them, not with the graph.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox
from rdflib.namespace import RDF, RDFS

from kg.errors import ExportError
from kg.graph import jsonld
from kg.graph.terms import DEFAULT
from kg.namespaces import DOC, ENT, KG, OA
from kg.resources import resource

if TYPE_CHECKING:
    from kg.graph.graph import Graph

# What no claim shows: where things are mentioned, and how the text is laid out.
LEFT_OUT = {str(p) for p in (KG.mention, KG.block, KG.table, KG.cell, KG.text, OA.hasSelector, OA.hasSource)}


def framed(graph: Graph) -> Iterator[bytes]:
    """Yield one JSON-LD document, a line to a claim, sorted by document and claim."""
    frame = json.loads(resource("ontology", "frame.jsonld").read_text(encoding="utf-8"))
    context = {**frame["@context"], **dict(sorted(graph.prefixes.items()))}
    yield b'{"@context": ' + as_json(context) + b',\n"@graph": ['
    first = True
    for name in sorted((n for n in graph.store.named_graphs() if n.value.startswith(DOC)), key=str):
        if isinstance(name, ox.NamedNode):
            for tree in trees(graph, name, {**frame, "@context": context}):
                yield (b"\n" if first else b",\n") + as_json(tree)
                first = False
    yield b"\n]}\n"


def trees(graph: Graph, name: ox.NamedNode, frame: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the claims of one document as trees, sorted by id."""
    from pyld import jsonld as processor

    said = [(q.subject, q.predicate, q.object) for q in graph.store.quads_for_pattern(None, None, None, name)]
    kept = [t for t in said if t[1].value not in LEFT_OUT]
    ends = {end for t in kept for end in t if isinstance(end, ox.NamedNode) and end.value.startswith(ENT)}
    triples: list[jsonld.Triple] = [*kept, *(t for end in ends for t in names_of(graph, end))]
    nodes = list(jsonld.nodes(sorted(set(triples), key=lambda t: tuple(map(str, t))), {}))
    options = {"documentLoader": refuse, "explicit": True, "omitDefault": True, "omitGraph": False}
    found = processor.frame({"@graph": nodes}, frame, options)
    return sorted(found.get("@graph", []), key=lambda tree: str(tree["id"]))


def names_of(graph: Graph, entity: ox.NamedNode) -> Iterator[jsonld.Triple]:
    """Yield the kinds and the label of an entity."""
    for predicate in (RDF.type, RDFS.label):
        for quad in graph.store.quads_for_pattern(entity, ox.NamedNode(str(predicate)), None, DEFAULT):
            yield quad.subject, quad.predicate, quad.object


def refuse(url: str, options: object) -> None:
    """Fetch nothing: our context names no other.

    Raises ExportError.
    """
    raise ExportError(f"{url}: an export fetches nothing")


def as_json(value: object) -> bytes:
    """Return a value as JSON on one line, its names sorted."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True).encode()
