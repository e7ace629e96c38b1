"""What one thing of the graph is: the triples about it, and the same read as values of the model.

All is looked up by subject or object, so a page costs what it shows, not what the graph holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, unquote

import pyoxigraph as ox
from rdflib.namespace import RDF, RDFS

from kg.graph.convert import read_claim, read_document, read_entity
from kg.graph.graph import Graph
from kg.graph.index import Index
from kg.graph.jsonld import Triple
from kg.graph.prefixes import shorten
from kg.graph.terms import BLOCK, DERIVED_GRAPH, MENTION, TABLE, Term, minted, node
from kg.model import Claim, Document, Entity, Evidence
from kg.namespaces import BASE, CLAIM, DOC, ENT, EV, KG

KINDS = ("entity", "claim", "document", "evidence", "observation", "judgement", "mention", "block", "table", "derived")
PARTS = (str(EV), MENTION, BLOCK, TABLE)  # whose nodes say more of what names them
AROUND = 280  # characters of context on each side of a quote


def iri_of(path: str) -> str:
    """Return the IRI of a thing by the path of its page, such as `entity/ana-ruiz`, however it is percent-encoded."""
    return BASE + "/".join(quote(unquote(part), safe="") for part in path.split("/"))


def path_of(iri: str) -> str | None:
    """Return the path of a thing's page; nothing for what has none here."""
    path = iri.removeprefix(BASE)
    return path if path != iri and path.partition("/")[0] in KINDS and "/" in path else None


@dataclass(frozen=True, slots=True)
class Link:
    """Words, and where they lead, if anywhere."""

    text: str
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """A quote between the words before and after it."""

    before: str
    words: str
    after: str
    document: Link
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Statement:
    """A claim as a page shows it."""

    claim: Claim
    subject: Link
    predicate: Link
    object: Link
    speakers: tuple[Link, ...]  # innermost first
    quotes: tuple[Quote, ...]
    link: Link


class Things:
    """Looks things up in one graph."""

    def __init__(self, graph: Graph) -> None:
        """Take a graph."""
        self.graph = graph
        self.store = graph.store
        self.labels = graph.labels

    # ---- triples -----------------------------------------------------------------------------------

    def known(self, iri: str) -> bool:
        """Whether the graph says anything of a thing."""
        return next(iter(self.store.quads_for_pattern(node(iri), None, None, None)), None) is not None

    def triples(self, iri: str) -> Iterator[Triple]:
        """Yield what the graph says of a thing and its parts, and what speaks of it."""
        for quad in self.quads(iri):
            if not isinstance(quad.subject, ox.BlankNode | ox.Triple):
                yield quad.subject, quad.predicate, quad.object
        for quad in self.store.quads_for_pattern(None, None, node(iri), None):
            yield quad.subject, quad.predicate, quad.object

    def quads(self, iri: str) -> Iterator[ox.Quad]:
        """Yield the quads of a thing and of its parts: evidence, mentions, blocks, cells, speakers."""
        waiting, seen = [iri], {iri}
        while waiting:
            for quad in self.store.quads_for_pattern(node(waiting.pop()), None, None, None):
                yield quad
                other = quad.object
                if isinstance(other, ox.NamedNode) and other.value not in seen and other.value.startswith((*PARTS, f"{iri}/")):
                    seen.add(other.value)
                    waiting.append(other.value)

    # ---- values ------------------------------------------------------------------------------------

    def entity(self, iri: str) -> Entity:
        """Return an entity with its mentions."""
        return read_entity(Index(self.quads(iri)), node(iri))

    def document(self, iri: str) -> Document:
        """Return a document with its text."""
        return read_document(Index(self.quads(iri)), node(iri))

    def statement(self, iri: str) -> Statement:
        """Return a claim as a page shows it."""
        claim = read_claim(Index(self.quads(iri)), node(iri))
        value = claim.object
        return Statement(
            claim,
            subject=self.link(minted(ENT, claim.subject)),
            predicate=Link(self.labels.get(claim.predicate, claim.predicate)),
            object=self.link(minted(ENT, value)) if isinstance(value, str) else Link(value.value),
            speakers=tuple(Link(s.words, self.link(minted(ENT, s.entity)).href if s.entity else None) for s in claim.source),
            quotes=tuple(map(self.quote, claim.evidence)),
            link=self.link(node(iri)),
        )

    def quote(self, evidence: Evidence) -> Quote:
        """Return a quote in its context: whole words of its own paragraph."""
        document = minted(DOC, evidence.document)
        text = self.first(document, KG.text) or ""
        before = text[max(0, evidence.start - AROUND) : evidence.start].rpartition("\n\n")[2]
        after = text[evidence.end : evidence.end + AROUND].partition("\n\n")[0]
        if len(before) == AROUND:
            before = "… " + before.partition(" ")[2]
        if len(after) == AROUND:
            after = after.rpartition(" ")[0] + " …"
        return Quote(before, evidence.quote, after, self.link(document), evidence.start, evidence.end)

    def claims_about(self, iri: str, most: int) -> tuple[list[Statement], int]:
        """Return up to so many claims that have a thing as subject or object, in the order of the texts, and how many there are."""
        found = {
            quad.subject.value
            for end in (RDF.subject, RDF.object)
            for quad in self.store.quads_for_pattern(None, node(end), node(iri), None)
            if isinstance(quad.subject, ox.NamedNode) and quad.subject.value.startswith(str(CLAIM))
        }
        return self.statements(sorted(found)[:most]), len(found)

    def claims_in(self, iri: str, most: int) -> tuple[list[Statement], int]:
        """Return up to so many claims of a document, in the order of its text, and how many there are."""
        graph = node(iri)
        found = sorted(
            quad.subject.value
            for quad in self.store.quads_for_pattern(None, node(RDF.type), node(KG.Claim), graph)
            if isinstance(quad.subject, ox.NamedNode)
        )
        return self.statements(found[:most]), len(found)

    def statements(self, iris: list[str]) -> list[Statement]:
        """Return claims in the order of the texts."""
        return sorted(map(self.statement, iris), key=lambda s: (s.claim.document, s.claim.evidence[:1], s.claim.id))

    def derived_about(self, iri: str, most: int) -> list[tuple[Link, ...]]:
        """Return up to so many facts that rules drew of a thing: subject, predicate, object, and the page of the derivation."""
        found = {
            quad.subject
            for end in (RDF.subject, RDF.object)
            for quad in self.store.quads_for_pattern(None, node(end), node(iri), DERIVED_GRAPH)
            if isinstance(quad.subject, ox.NamedNode)
        }
        return [self.ends(each) for each in sorted(found, key=str)[:most]]

    def ends(self, subject: ox.NamedNode) -> tuple[Link, ...]:
        """Return the three terms of a derivation, and its page."""
        quads = {q.predicate.value: q.object for q in self.store.quads_for_pattern(subject, None, None, DERIVED_GRAPH)}
        return (*(self.link(quads[str(end)]) for end in (RDF.subject, RDF.predicate, RDF.object)), self.link(subject))

    def rows(self, iri: str) -> list[tuple[Link, Link]]:
        """Return what the graph says of a thing itself, as pairs of words, sorted."""
        quads = self.store.quads_for_pattern(node(iri), None, None, None)
        pairs = {(quad.predicate, quad.object) for quad in quads}
        return [(self.link(p), self.link(o)) for p, o in sorted(pairs, key=lambda pair: tuple(map(str, pair)))]

    # ---- names -------------------------------------------------------------------------------------

    def link(self, term: Term) -> Link:
        """Return a term in words that lead to its page, where it has one."""
        if isinstance(term, ox.Literal):
            return Link(term.value)
        if not isinstance(term, ox.NamedNode):
            return Link(str(term))
        path = path_of(term.value)
        if path is None:
            return Link(self.name(term), term.value if re.match(r"https?://", term.value) and not term.value.startswith(BASE) else None)
        return Link(self.name(term), f"/page/{path}")

    def name(self, term: ox.NamedNode) -> str:
        """Return what a thing is called: its label, a document's title, a short name, or its IRI."""
        known = self.first(term, RDFS.label) or self.first(term, "http://purl.org/dc/terms/title")
        return known or shorten(term.value, self.graph.prefixes) or term.value

    def first(self, subject: ox.NamedNode, predicate: str) -> str | None:
        """Return the first literal of a property, in any graph."""
        quads = self.store.quads_for_pattern(subject, node(str(predicate)), None, None)
        return min((q.object.value for q in quads if isinstance(q.object, ox.Literal)), default=None)


__all__ = ["KINDS", "Link", "Quote", "Statement", "Things", "iri_of", "path_of"]
