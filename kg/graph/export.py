"""The graph in the formats of others: RDF's, network tools', tables and JSON lines.

Each writer yields bytes in an order that follows from the graph alone, so the same graph gives the same file.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox
from rdflib.namespace import RDF

from kg.errors import ExportError
from kg.graph import jsonld, neo4j, turtle
from kg.graph.framed import framed
from kg.graph.nanopub import nanopublications
from kg.graph.terms import DEFAULT, minted
from kg.model import Claim, Document, Entity, Evidence, Literal, Mention, Observation, Source
from kg.namespaces import CLAIM, DOC, ENT, OBS
from kg.show import mark_of, speakers

if TYPE_CHECKING:
    import networkx

    from kg.graph.graph import Graph

REIFIES = ox.NamedNode(str(RDF) + "reifies")
INVALID_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def export(graph: Graph, format: str) -> Iterator[bytes]:
    """Yield the graph in a format, piece by piece, as UTF-8.

    Raises ExportError for an unknown format.
    """
    if format in FOLDERS:
        raise ExportError(f"{format}: is several files; name a folder with -o")
    if format not in WRITERS:
        raise ExportError(f"{format}: unknown format (known: {', '.join([*WRITERS, *FOLDERS])})")
    return WRITERS[format](graph)


def write(graph: Graph, format: str, path: Path) -> None:
    """Write the graph in a format to a file, or to a folder where the format has several files.

    Raises ExportError for an unknown format, or where the place cannot be written.
    """
    if format not in FOLDERS:
        write_file(export(graph, format), path)
        return
    if path.exists() and not path.is_dir():
        raise ExportError(f"{path}: is a file; {format} is several files, so name a folder")
    for name, pieces in FOLDERS[format](graph):
        write_file(pieces, path / name)


def write_file(pieces: Iterable[bytes], path: Path) -> None:
    """Write pieces beside a place and rename, so that a failure leaves no half file.

    Raises ExportError where the place cannot be written.
    """
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with aside.open("wb") as file:
            file.writelines(pieces)
        aside.replace(path)
    except OSError as error:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
        raise ExportError(f"{path}: cannot be written: {error.strerror or error}") from error


# ---- RDF -----------------------------------------------------------------------------------------


def triples_of(quads: Iterable[ox.Quad]) -> list[jsonld.Triple]:
    """Return the triples of quads, sorted, each once."""
    return sorted({(q.subject, q.predicate, q.object) for q in quads}, key=lambda t: tuple(map(str, t)))


def graphs_of(graph: Graph) -> Iterator[tuple[ox.NamedNode | None, list[jsonld.Triple]]]:
    """Yield each graph with its triples: the default graph first, then the named ones by name."""
    yield None, triples_of(graph.store.quads_for_pattern(None, None, None, DEFAULT))
    for name in sorted(graph.store.named_graphs(), key=str):
        if isinstance(name, ox.NamedNode):
            yield name, triples_of(graph.store.quads_for_pattern(None, None, None, name))


def nquads(graph: Graph) -> Iterator[bytes]:
    """Yield sorted N-Quads, as the graph folder holds them."""
    from kg.graph.store import sorted_quads

    yield sorted_quads(graph.store)


def whole_turtle(graph: Graph) -> Iterator[bytes]:
    """Yield Turtle of all graphs together: claims know their document, so nothing is lost but the graph names."""
    yield turtle.write(triples_of(graph.store), graph.prefixes)


def trig(graph: Graph) -> Iterator[bytes]:
    """Yield TriG, graph by graph."""
    prefixes = dict(sorted(graph.prefixes.items()))
    yield b"".join(f"@prefix {name}: <{namespace}> .\n".encode() for name, namespace in prefixes.items())
    for name, triples in graphs_of(graph):
        quads = [ox.Quad(*triple, name or DEFAULT) for triple in triples]
        body = ox.serialize(quads, format=ox.RdfFormat.TRIG, prefixes=prefixes) or b""
        lines = body.split(b"\n")
        yield b"\n" + b"\n".join(lines[sum(line.startswith(b"@prefix ") for line in lines[: len(prefixes)]) :])


def linked_json(graph: Graph) -> Iterator[bytes]:
    """Yield JSON-LD: the nodes of the default graph, then one node for each named graph."""
    used = jsonld.context(triples_of(graph.store), graph.prefixes)
    yield b'{"@context": ' + as_json(used) + b',\n"@graph": ['
    first = True
    for name, triples in graphs_of(graph):
        parts: Iterable[dict[str, Any]] = jsonld.nodes(triples, used)
        if name is not None:
            parts = [{"@id": jsonld.name(name, used), "@graph": list(parts)}]
        for part in parts:
            yield (b"\n" if first else b",\n") + as_json(part)
            first = False
    yield b"\n]}\n"


def as_json(value: object) -> bytes:
    """Return a value as JSON on one line."""
    return json.dumps(value, ensure_ascii=False).encode()


def rdf12(graph: Graph) -> Iterator[bytes]:
    """Yield Turtle 1.2: each claim reifies its statement by a triple term instead of subject, predicate and object."""
    parts = {str(RDF.subject), str(RDF.predicate), str(RDF.object)}
    out: list[jsonld.Triple] = []
    for subject, group in groupby(triples_of(graph.store), key=lambda t: t[0]):
        about = list(group)
        ends = {p.value: o for _, p, o in about if p.value in parts}
        if len(ends) == len(parts):
            statement = ox.Triple(*(ends[str(p)] for p in (RDF.subject, RDF.predicate, RDF.object)))  # type: ignore[arg-type]
            out.append((subject, REIFIES, statement))
        out += [t for t in about if t[1].value not in parts]
    yield turtle.write(out, graph.prefixes)


# ---- networks ------------------------------------------------------------------------------------


def plain(attributes: Mapping[str, Any]) -> dict[str, str | bool | float]:
    """Return attributes as XML formats take them: lists joined, nothing left out, no control characters."""
    out: dict[str, str | bool | float] = {}
    for name, value in attributes.items():
        if isinstance(value, bool | float):
            out[name] = value
        elif isinstance(value, Mapping):
            out |= {f"value {key}": clean("; ".join(words)) for key, words in sorted(value.items())}
        elif value is not None:
            out[name] = clean("; ".join(value) if isinstance(value, list) else str(value))
    return out


def clean(words: str) -> str:
    """Remove characters that XML cannot hold."""
    return INVALID_IN_XML.sub("", words)


def plain_network(graph: Graph) -> networkx.MultiDiGraph[str]:
    """Return the network with plain attributes; an edge's label is its predicate."""
    import networkx

    network = graph.to_networkx()
    out: networkx.MultiDiGraph[str] = networkx.MultiDiGraph()
    for name, attributes in network.nodes(data=True):
        out.add_node(clean(name), **plain({"label": name, **attributes}))
    for one, other, key, attributes in network.edges(keys=True, data=True):
        out.add_edge(clean(one), clean(other), key=key, id=key, label=clean(attributes["predicate"]), **plain(attributes))
    return out


def graphml(graph: Graph) -> Iterator[bytes]:
    """Yield GraphML."""
    import networkx

    for line in networkx.generate_graphml(plain_network(graph), named_key_ids=True):
        yield line.encode() + b"\n"


def gexf(graph: Graph) -> Iterator[bytes]:
    """Yield GEXF 1.2, without the date of today that networkx writes into it."""
    import networkx

    text = "\n".join(networkx.generate_gexf(plain_network(graph), version="1.2draft")) + "\n"
    yield re.sub(r' lastmodifieddate="[^"]*"', "", text, count=1).encode()


# ---- tables --------------------------------------------------------------------------------------

COLUMNS = (
    "subject", "predicate", "object", "modality", "polarity", "source", "when", "quote", "document", "start", "end", "kind", "mark",
)  # fmt: skip


def table(graph: Graph) -> Iterator[bytes]:
    """Yield a CSV table of claims with names for people, a row to a claim."""
    extraction = graph.extraction
    names = {entity.id: entity.label for entity in extraction.entities}
    titles = {document.id: document.title or document.path for document in extraction.documents}
    yield csv_line(COLUMNS)
    for kind, claim in graph.all_claims():
        value = claim.object.value if isinstance(claim.object, Literal) else names.get(claim.object, claim.object)
        evidence = claim.evidence[0] if claim.evidence else None
        yield csv_line(
            (
                names.get(claim.subject, claim.subject),
                claim.predicate,
                value,
                claim.modality.value,
                claim.polarity.value,
                speakers(claim.source, names),
                claim.when or "",
                evidence.quote if evidence else "",
                titles.get(claim.document, claim.document),
                str(evidence.start) if evidence else "",
                str(evidence.end) if evidence else "",
                kind,
                mark_of(claim),
            )
        )


def csv_line(cells: Iterable[str]) -> bytes:
    """Return a line of CSV in which no cell is taken for a formula."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow([harmless(cell) for cell in cells])
    return out.getvalue().encode()


def harmless(cell: str) -> str:
    """Put an apostrophe before what a spreadsheet would run; numbers stay numbers."""
    runs = cell[:1] in ("=", "+", "-", "@", "\t", "\r")
    return f"'{cell}" if runs and not re.fullmatch(r"[+-]?\d+([.,]\d+)?", cell) else cell


# ---- JSON lines ----------------------------------------------------------------------------------


def entity_iri(name: str | None) -> str | None:
    """Return the IRI of an entity; nothing stays nothing."""
    return None if name is None else minted(ENT, name).value


def document_iri(name: str) -> str:
    """Return the IRI of a document."""
    return minted(DOC, name).value


def json_lines(graph: Graph) -> Iterator[bytes]:
    """Yield a line for each document, entity, claim and figure; derived facts come as claims."""
    extraction = graph.extraction
    yield from (as_json(document_line(d)) + b"\n" for d in extraction.documents)
    yield from (as_json(entity_line(e)) + b"\n" for e in extraction.entities)
    yield from (as_json(claim_line(c, kind)) + b"\n" for kind, c in graph.all_claims())
    yield from (as_json(observation_line(o)) + b"\n" for o in extraction.observations)


def document_line(document: Document) -> dict[str, Any]:
    """Return a document as a line."""
    return {
        "kind": "document",
        "id": document_iri(document.id),
        "path": document.path,
        "sha256": document.sha256,
        "title": document.title,
        "outlet": document.outlet,
        "author": document.author,
        "date": document.date,
    }


def mention_part(mention: Mention) -> dict[str, Any]:
    """Return a mention as part of a line."""
    place = {"document": document_iri(mention.document), "start": mention.start, "end": mention.end}
    return {**place, "text": mention.text, "kind": mention.kind.value}


def evidence_part(evidence: Evidence) -> dict[str, Any]:
    """Return a quotation as part of a line."""
    place = {"document": document_iri(evidence.document), "start": evidence.start, "end": evidence.end}
    return {**place, "quote": evidence.quote}


def source_part(source: Iterable[Source]) -> list[str]:
    """Return the chain of speakers, outermost last: entities where known, else their words."""
    return [entity_iri(speaker.entity) or speaker.words for speaker in source]


def entity_line(entity: Entity) -> dict[str, Any]:
    """Return an entity as a line."""
    return {
        "kind": "entity",
        "id": entity_iri(entity.id),
        "types": list(entity.types),
        "label": entity.label,
        "aliases": list(entity.aliases),
        "named": entity.named,
        "mentions": [mention_part(mention) for mention in entity.mentions],
        "same_as": list(entity.same_as),
        "latitude": entity.latitude,
        "longitude": entity.longitude,
    }


def claim_line(claim: Claim, kind: str) -> dict[str, Any]:
    """Return a claim as a line; `origin` says whether it was taught, open or derived."""
    value = claim.object
    literal = {"value": value.value, "datatype": value.datatype} if isinstance(value, Literal) else None
    return {
        "kind": "claim",
        "id": minted(CLAIM, claim.id).value,
        "origin": kind,
        "subject": entity_iri(claim.subject),
        "predicate": "-".join(claim.predicate.split()),
        "object": literal or entity_iri(str(value)),
        "modality": claim.modality.value,
        "polarity": claim.polarity.value,
        "source": source_part(claim.source),
        "when": claim.when,
        "said": claim.said,
        "order": claim.order,
        "document": document_iri(claim.document),
        "evidence": [evidence_part(part) for part in claim.evidence],
        "cue": evidence_part(claim.cue) if claim.cue else None,
        "ruling": claim.ruling.value if claim.ruling else None,
        "violations": list(claim.violations),
    }


def observation_line(observation: Observation) -> dict[str, Any]:
    """Return a figure as a line."""
    return {
        "kind": "observation",
        "id": minted(OBS, observation.id).value,
        "measure": observation.measure,
        "value": observation.value,
        "unit": observation.unit,
        "period": observation.period,
        "place": entity_iri(observation.place),
        "about": entity_iri(observation.about),
        "modality": observation.modality.value,
        "source": source_part(observation.source),
        "document": document_iri(observation.document),
        "evidence": [evidence_part(part) for part in observation.evidence],
    }


WRITERS: dict[str, Callable[[Graph], Iterator[bytes]]] = {
    "turtle": whole_turtle,
    "trig": trig,
    "nquads": nquads,
    "jsonld": linked_json,
    "framed": framed,
    "rdf12": rdf12,
    "graphml": graphml,
    "gexf": gexf,
    "csv": table,
    "jsonl": json_lines,
    "nanopub": nanopublications,
}
FORMATS = tuple(WRITERS)
FOLDERS: dict[str, Callable[[Graph], Iterator[tuple[str, Iterator[bytes]]]]] = {"neo4j": neo4j.files}
