"""The HTML of a thing, of the editor, and of what went wrong; every word of a document passes through Jinja's escaping."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pyoxigraph as ox
from jinja2 import Environment, PackageLoader
from rdflib.namespace import OWL, RDF, RDFS

from kg.errors import GraphError
from kg.graph.prefixes import shorten
from kg.graph.terms import ONTOLOGY_GRAPH
from kg.model import Document
from kg.namespaces import CLAIM, DOC, ENT
from kg.query import saved
from kg.serve.media import SUFFIXES
from kg.serve.things import Statement, Things, path_of

MOST = 300  # claims on a page
Piece = tuple[str, str | None]  # words, and the page of the claim that they carry

# No script but the editor's own files, no frame but the viewer's, nothing from elsewhere.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@cache
def environment() -> Environment:
    """Return the templates, with escaping on."""
    return Environment(loader=PackageLoader("kg.serve", "templates"), autoescape=True, trim_blocks=True, lstrip_blocks=True)


def render(template: str, **values: Any) -> str:
    """Return a page."""
    return environment().get_template(template).render(**values)


def message(title: str, words: str) -> str:
    """Return a page that says what went wrong."""
    return render("message.html", title=title, words=words)


def thing(things: Things, iri: str) -> str:
    """Return the page of a thing, by its kind; of one that is not told in the form of its kind, what there is."""
    write = next((w for namespace, w in WRITERS.items() if iri.startswith(namespace) and "/" not in iri.removeprefix(namespace)), other)
    try:
        return write(things, iri)
    except GraphError:
        return other(things, iri)


def common(iri: str) -> dict[str, Any]:
    """Return what each page of a thing has: its IRI and the places of its triples."""
    path = path_of(iri)
    return {"iri": iri, "data": [(suffix, f"/data/{path}.{suffix}") for suffix in SUFFIXES]}


def entity(things: Things, iri: str) -> str:
    """Return the page of an entity: its names, and each claim about it with its sentence."""
    found, (claims, count) = things.entity(iri), things.claims_about(iri, MOST)
    types = [things.labels.get(name, name) for name in found.types]
    derived = things.derived_about(iri, MOST)
    return render("entity.html", entity=found, types=types, claims=claims, more=count - len(claims), derived=derived, **common(iri))


def claim(things: Things, iri: str) -> str:
    """Return the page of a claim: the sentence in its context, the source, the modality."""
    return render("claim.html", told=things.statement(iri), **common(iri))


def document(things: Things, iri: str) -> str:
    """Return the page of a document: what is known of it, and its text with the sentences that carry claims."""
    found, (claims, count) = things.document(iri), things.claims_in(iri, MOST)
    return render("document.html", document=found, paragraphs=list(paragraphs(found, claims)), claims=claims, more=count - len(claims), **common(iri))


def other(things: Things, iri: str) -> str:
    """Return the page of anything else: its properties and values."""
    return render("thing.html", rows=things.rows(iri), **common(iri))


WRITERS: dict[str, Callable[[Things, str], str]] = {str(ENT): entity, str(CLAIM): claim, str(DOC): document}


def paragraphs(found: Document, claims: list[Statement]) -> Iterator[list[Piece]]:
    """Yield the blocks of a document as pieces, those that carry a claim with its page; of overlapping ones the first."""
    spans = sorted((e.start, e.end, s.link.href) for s in claims for e in s.claim.evidence if e.document == found.id)
    for block in found.blocks:
        at, pieces = block.start, list[Piece]()
        for start, end, href in spans:
            if at <= start and end <= block.end:
                pieces += [(found.text[at:start], None), (found.text[start:end], href)]
                at = end
        yield [*pieces, (found.text[at : block.end], None)]


def editor(things: Things) -> str:
    """Return the page of the editor, with what it completes and the saved questions."""
    questions = [{"name": name, "title": q.title, "text": q.text} for name, q in saved().items()]
    offered = {"prefixes": things.graph.prefixes, "terms": list(vocabulary(things)), "queries": questions}
    return render("query.html", questions=questions, offered=offered)


def vocabulary(things: Things) -> Iterator[dict[str, str]]:
    """Yield the classes and properties of the ontology as short names with their labels, sorted."""
    for iri in sorted(names_of(things)):
        short = shorten(iri, things.graph.prefixes)
        if short:
            yield {"name": short, "label": things.name(ox.NamedNode(iri))}


def names_of(things: Things) -> set[str]:
    """Return the IRIs of what the ontology defines."""
    kinds = (OWL.Class, RDF.Property, RDFS.Class)
    quads = (q for kind in kinds for q in things.store.quads_for_pattern(None, ox.NamedNode(str(RDF.type)), ox.NamedNode(str(kind)), ONTOLOGY_GRAPH))
    return {quad.subject.value for quad in quads if isinstance(quad.subject, ox.NamedNode)}
