"""What is wrong with a graph, in plain words: shapes (SHACL), quotes, claims out of domain or range, contradictions, and
decisions whose evidence has gone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
from rdflib.namespace import RDF, RDFS

from kg.errors import GraphError
from kg.graph.constraints import report_on
from kg.graph.contradictions import contradictions, said, short
from kg.graph.gate import misquotes
from kg.graph.terms import DECISIONS_GRAPH, DEFAULT, ONTOLOGY_GRAPH, Term, minted
from kg.model import Claim, Literal
from kg.namespaces import CLAIM, DECISION, DOC, ENT, KG
from kg.ontology import local_name, parse
from kg.resources import resource
from kg.show import Teller

if TYPE_CHECKING:
    import rdflib

    from kg.graph.derived import Derivation
    from kg.graph.graph import Graph

LEVELS = {"Violation": "error", "Warning": "warning", "Info": "note"}
ORDER = ("error", "warning", "note")
MOST_SENTENCES = 3  # shown for one finding


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to look at. Only an error means that the graph is not as it should be."""

    level: str  # error, warning or note
    about: str  # IRI of what it is about
    message: str

    def __str__(self) -> str:
        """Say it in one line."""
        return f"{self.level}: {self.message}"


def validate(graph: Graph, *, shapes: Path | None = None, document: str | None = None) -> list[Finding]:
    """Check a graph against the shapes, its quotes against the texts, and its claims against each other.

    `shapes` is a Turtle file; without it the bundled shapes apply. `document` is an id: only what that document says is then
    looked at, by itself. Errors come first.
    """
    shaped = shapes or resource("ontology", "shapes.ttl")
    found = {*shape_findings(graph, merged(graph) if document is None else alone(graph, document), shaped)}
    whole = (contradiction_findings, decision_findings) if document is None else ()
    for check in (quote_findings, constraint_findings):
        found |= set(check(graph, document))
    for about_all in whole:
        found |= set(about_all(graph))
    ordered = sorted(found, key=lambda f: (f.message, f.about))
    return sorted(ordered, key=lambda f: ORDER.index(f.level))


# ---- shapes --------------------------------------------------------------------------------------


def shape_findings(graph: Graph, data: rdflib.Graph, shapes: Path) -> Iterator[Finding]:
    """Yield what the shapes find in some data, with names instead of IRIs, and the sentences that it rests on."""
    from rdflib.namespace import SH

    report = report_on(data, parse(shapes), shapes)
    results = list(report.subjects(RDF.type, SH.ValidationResult))
    names = names_of(graph) if results else {}
    told = Sentences(graph) if results else None
    for result in results:
        about = str(report.value(result, SH.focusNode))
        value, path = report.value(result, SH.value), report.value(result, SH.resultPath)
        message = " ".join(sorted(str(m) for m in report.objects(result, SH.resultMessage)))
        level = LEVELS.get(str(report.value(result, SH.resultSeverity)).rpartition("#")[2], "error")
        other = f" ({name_of(str(value), names)})" if value is not None and str(value) != about else ""
        because = told.of(about, str(path), None if value is None else str(value)) if told else ""
        yield Finding(level, about, f"{name_of(about, names)}: {message}{other}{because}")


class Sentences:
    """The sentences behind the triples of a graph."""

    def __init__(self, graph: Graph) -> None:
        """Take the claims that stand, and those that rules drew."""
        self.teller = Teller(graph)
        self.claims: dict[tuple[str, str], list[Claim]] = {}
        for kind, claim in graph.all_claims():
            if kind == "derived" or claim.in_default_graph:
                self.claims.setdefault((minted(ENT, claim.subject).value, claim.predicate), []).append(claim)

    def of(self, subject: str, path: str, value: str | None) -> str:
        """Return the first sentences that tell a triple, or any triple of a property; nothing where none does."""
        fitting = [c for c in self.claims.get((subject, local_name(path)), ()) if value in (None, str(self.end(c)))]
        told = dict.fromkeys(said(claim, self.teller) for claim in fitting[:MOST_SENTENCES])
        return f": {'; '.join(told)}" if told else ""

    def end(self, claim: Claim) -> str:
        """Return the object of a claim as shapes name it."""
        return claim.object.value if isinstance(claim.object, Literal) else minted(ENT, claim.object).value


def merged(graph: Graph) -> rdflib.Graph:
    """Return all graphs as one in memory, which pySHACL reads fastest."""
    names = (ONTOLOGY_GRAPH, DECISIONS_GRAPH)  # which are no facts
    return in_memory((q.subject, q.predicate, q.object) for q in graph.store if q.graph_name not in names)


def alone(graph: Graph, document: str) -> rdflib.Graph:
    """Return what one document says: its graph, the triples of its claims that stand, and kinds and labels of their ends."""
    said = [(q.subject, q.predicate, q.object) for q in graph.store.quads_for_pattern(None, None, None, minted(DOC, document))]
    parts = {(s.value, p.value): o for s, p, o in said if isinstance(s, ox.NamedNode)}
    standing = [minted(CLAIM, c.id).value for c in graph.extraction.claims if c.document == document and c.in_default_graph]
    facts = [tuple(parts[iri, str(p)] for p in (RDF.subject, RDF.predicate, RDF.object)) for iri in standing]
    things = {end for triple in said for end in triple if isinstance(end, ox.NamedNode) and end.value.startswith(ENT)}
    named = [
        (q.subject, q.predicate, q.object)
        for thing in things
        for predicate in (RDF.type, RDFS.label)
        for q in graph.store.quads_for_pattern(thing, ox.NamedNode(str(predicate)), None, DEFAULT)
    ]
    return in_memory([*said, *facts, *named])


def in_memory(triples: Iterable[Iterable[Term]]) -> rdflib.Graph:
    """Return triples as rdflib's own graph."""
    import rdflib

    from kg.graph.bridge import to_rdflib

    out = rdflib.Graph()
    for triple in triples:
        subject, predicate, value = map(to_rdflib, triple)
        out.add((subject, predicate, value))
    return out


def document_of(graph: Graph, name: str) -> str:
    """Return the id of a document, by its path, the end of its path, its title or its id.

    Raises GraphError where none or several have the name.
    """
    documents = graph.extraction.documents
    found = [d.id for d in documents if name in (d.id, d.path, d.title)] or [d.id for d in documents if d.path.endswith(f"/{name}")]
    if len(found) != 1:
        there = ", ".join(d.path for d in documents[:5])
        raise GraphError(f"{name}: {'several documents have' if found else 'no document has'} this name (there are {there})")
    return found[0]


def names_of(graph: Graph) -> Mapping[str, str]:
    """Return what people call entities and claims, by IRI."""
    out = {minted(ENT, e.id).value: e.label for e in graph.extraction.entities}
    for claim in graph.extraction.claims:
        quote = claim.evidence[0].quote if claim.evidence else ""
        out[minted(CLAIM, claim.id).value] = f'claim {claim.id} ("{short(quote)}")'
    return out


def name_of(iri: str, names: Mapping[str, str]) -> str:
    """Return what people call a thing, else the end of its IRI."""
    return names.get(iri) or short(iri.removeprefix(str(KG)).rpartition("/")[2] or iri)


# ---- quotes and contradictions -------------------------------------------------------------------


def quote_findings(graph: Graph, document: str | None) -> Iterator[Finding]:
    """Yield each quotation or mention, in one document or all, that is not the text at its offsets."""
    for wrong in misquotes(graph.extraction, document):
        yield Finding("error", "", f"quote and text differ: {wrong}")


def contradiction_findings(graph: Graph) -> Iterator[Finding]:
    """Yield statements that cannot both be so, with both sentences; nobody knows which is wrong, so these are no errors."""
    for subject, message in contradictions(graph):
        yield Finding("note", f"{ENT}{subject}", message)


# ---- constraints and decisions -------------------------------------------------------------------


def constraint_findings(graph: Graph, document: str | None) -> Iterator[Finding]:
    """Yield each claim and derived fact, of one document or all, that does not keep a domain, a range or a shape, with its sentence."""
    marked = [claim for claim in graph.extraction.claims if claim.violations and document in (None, claim.document)]
    derived = [d for d in graph.derivations if d.claim.violations and document in (None, d.claim.document)]
    if marked or derived:
        teller = Teller(graph)
        yield from (marked_finding(claim, teller) for claim in marked)
        yield from (derived_finding(each, teller) for each in derived)


def marked_finding(claim: Claim, teller: Teller) -> Finding:
    """Say what a claim does not keep, and what became of it."""
    fate = "a person decided so" if claim.in_default_graph else "kept out of the default graph"
    told = f"{teller.statement(claim)}: {'; '.join(claim.violations)}; {fate}: {said(claim, teller)}"
    return Finding("warning", minted(CLAIM, claim.id).value, f"claim {claim.id}: {told}")


def derived_finding(derivation: Derivation, teller: Teller) -> Finding:
    """Say what a derived fact does not keep, and what it follows from: there is the error."""
    claim, sources = derivation.claim, ", ".join(f"claim {i}" for i in derivation.claims)
    told = f"{teller.statement(claim)}: {'; '.join(claim.violations)}; follows by rule {', '.join(derivation.rules)} from {sources}"
    return Finding("warning", minted(ENT, claim.subject).value, f"{told}; reject or correct what is wrong there: {said(claim, teller)}")


def decision_findings(graph: Graph) -> Iterator[Finding]:
    """Yield each decision of a person that cannot be obeyed any more."""
    for decided in graph.extraction.decisions:
        if decided.gone:
            message = f"decision {decided.id} ({decided.about}) is not obeyed: {decided.gone}"
            yield Finding("warning", minted(DECISION, decided.id).value, message)
