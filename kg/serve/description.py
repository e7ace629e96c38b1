"""The service description: what the endpoint is, in RDF."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import quote

import pyoxigraph as ox
from rdflib.namespace import RDF

from kg.graph.jsonld import Triple
from kg.serve.media import ROWS, TRIPLES

SD = "http://www.w3.org/ns/sparql-service-description#"
FORMATS = "http://www.w3.org/ns/formats/"
NAMES = {"json": "SPARQL_Results_JSON", "xml": "SPARQL_Results_XML", "csv": "SPARQL_Results_CSV", "tsv": "SPARQL_Results_TSV",
         "turtle": "Turtle", "ntriples": "N-Triples", "jsonld": "JSON-LD", "rdfxml": "RDF_XML"}  # fmt: skip


def describe(endpoint: str, graphs: Iterable[str]) -> Iterator[Triple]:
    """Yield the triples that describe an endpoint and its graphs."""
    service, dataset, default = (ox.NamedNode(endpoint + part) for part in ("#service", "#dataset", "#default"))
    kind = ox.NamedNode(str(RDF.type))
    yield service, kind, sd("Service")
    yield service, sd("endpoint"), ox.NamedNode(endpoint)
    yield service, sd("supportedLanguage"), sd("SPARQL11Query")
    for name in dict.fromkeys((*ROWS.values(), *TRIPLES.values())):
        yield service, sd("resultFormat"), ox.NamedNode(FORMATS + NAMES[name])
    yield service, sd("defaultDataset"), dataset
    yield dataset, kind, sd("Dataset")
    yield dataset, sd("defaultGraph"), default
    yield default, kind, sd("Graph")
    for iri in sorted(graphs):
        named = ox.NamedNode(f"{endpoint}#graph-{quote(iri, safe='')}")
        yield from ((dataset, sd("namedGraph"), named), (named, kind, sd("NamedGraph")), (named, sd("name"), ox.NamedNode(iri)))


def sd(name: str) -> ox.NamedNode:
    """Return a term of the vocabulary."""
    return ox.NamedNode(SD + name)
