"""Each claim as a nanopublication in TriG: its assertion, where that comes from, and what made the publication.

What the default graph holds is asserted as a plain triple. Of any other claim (denied, rumoured, rejected …) the assertion
is that somebody made it: a statement with its modality, so that no reader takes it for a fact. There is no timestamp, for the
same graph must give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pyoxigraph as ox
from rdflib.namespace import DCTERMS, PROV, RDF

from kg.graph.terms import Term, minted, node, text
from kg.namespaces import BASE, CLAIM, DOC, KG, OA

if TYPE_CHECKING:
    from kg.graph.graph import Graph

NP = "http://www.nanopub.org/nschema#"
NANOPUB = BASE + "nanopub/"
ENGINE = node(BASE + "software/attest")
STATEMENT = [str(p) for p in (RDF.type, RDF.subject, RDF.predicate, RDF.object, KG.modality, KG.polarity, KG.phrase)]
ABOUT_CLAIM = [str(p) for p in (PROV.wasAttributedTo, KG.source, KG.modality, KG.polarity, KG.when, KG.said, KG.matchedExample)]
JUDGED = [str(p) for p in (KG.ruling, KG.decision, KG.violates, PROV.wasRevisionOf)]
ABOUT_EVIDENCE = [str(p) for p in (RDF.type, KG.quote, KG.start, KG.end, OA.hasSource)]
ABOUT_DOCUMENT = [str(p) for p in (RDF.type, DCTERMS.title, DCTERMS.creator, DCTERMS.publisher, DCTERMS.issued, DCTERMS.source, KG.sha256)]


def nanopublications(graph: Graph) -> Iterator[bytes]:
    """Yield TriG: the prefixes, then one publication after the other, in the order of the claims' ids."""
    prefixes = {**graph.prefixes, "np": NP, "nanopub": NANOPUB}
    head = "".join(f"@prefix {name}: <{namespace}> .\n" for name, namespace in sorted(prefixes.items()))
    yield head.encode()
    for claim in sorted(graph.extraction.claims, key=lambda c: c.id):
        quads = list(publication(graph, minted(CLAIM, claim.id), minted(DOC, claim.document), claim.in_default_graph))
        body = ox.serialize(quads, format=ox.RdfFormat.TRIG, prefixes=prefixes) or b""
        lines = body.split(b"\n")
        yield b"\n" + b"\n".join(lines[sum(line.startswith(b"@prefix ") for line in lines[: len(prefixes)]) :])


def publication(graph: Graph, claim: ox.NamedNode, document: ox.NamedNode, stands: bool) -> Iterator[ox.Quad]:
    """Yield the four graphs of one claim's publication."""
    name = node(f"{NANOPUB}{claim.value.removeprefix(CLAIM)}")
    head, assertion, provenance, info = (node(f"{name.value}#{part}") for part in ("Head", "assertion", "provenance", "pubinfo"))
    yield ox.Quad(name, node(RDF.type), node(f"{NP}Nanopublication"), head)
    for link, part in (("hasAssertion", assertion), ("hasProvenance", provenance), ("hasPublicationInfo", info)):
        yield ox.Quad(name, node(NP + link), part, head)
    yield from asserted(graph, claim, document, assertion, stands)
    yield ox.Quad(assertion, node(PROV.wasDerivedFrom), claim, provenance)
    for said in ABOUT_CLAIM:
        yield from (ox.Quad(assertion, node(said), value, provenance) for value in values(graph, claim, said, document))
    for evidence in values(graph, claim, str(KG.evidence), document):
        yield ox.Quad(assertion, node(PROV.wasQuotedFrom), evidence, provenance)
        yield from described(graph, evidence, ABOUT_EVIDENCE, document, provenance)
    yield ox.Quad(assertion, node(PROV.hadPrimarySource), document, provenance)
    yield from described(graph, document, ABOUT_DOCUMENT, document, provenance)
    yield ox.Quad(name, node(PROV.wasAttributedTo), ENGINE, info)
    yield ox.Quad(name, node(PROV.wasDerivedFrom), claim, info)
    yield from described(graph, claim, JUDGED, document, info)
    for built_by, version in sorted(graph.extraction.versions.items()):
        yield ox.Quad(name, node(PROV.wasInfluencedBy), minted(BASE + "build/", built_by), info)
        yield ox.Quad(minted(BASE + "build/", built_by), node(KG.version), text(version) or ox.Literal(""), info)


def asserted(graph: Graph, claim: ox.NamedNode, document: ox.NamedNode, into: ox.NamedNode, stands: bool) -> Iterator[ox.Quad]:
    """Yield what a claim's publication asserts: the triple where it stands, else that it was claimed."""
    [subject], [predicate], [value] = (values(graph, claim, str(p), document) for p in (RDF.subject, RDF.predicate, RDF.object))
    if stands:
        yield ox.Quad(subject, predicate, value, into)  # type: ignore[arg-type]
    else:
        yield from described(graph, claim, STATEMENT, document, into)


def described(graph: Graph, subject: Term, predicates: list[str], document: ox.NamedNode, into: ox.NamedNode) -> Iterator[ox.Quad]:
    """Yield some of what a document's graph says of a subject, in another graph."""
    for predicate in predicates:
        for value in values(graph, subject, predicate, document):
            yield ox.Quad(subject, node(predicate), value, into)  # type: ignore[arg-type]


def values(graph: Graph, subject: Term, predicate: str, document: ox.NamedNode) -> list[Term]:
    """Return the values of a property in a document's graph, sorted."""
    found = graph.store.quads_for_pattern(subject, node(predicate), None, document)  # type: ignore[arg-type]
    return sorted((q.object for q in found), key=str)
