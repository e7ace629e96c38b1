"""What is wrong with a graph, in plain words: shapes (SHACL), quotes, claims out of domain or range, contradictions, and
decisions whose evidence has gone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kg.graph.contradictions import contradictions, said, short
from kg.graph.gate import misquotes
from kg.graph.terms import DECISIONS_GRAPH, ONTOLOGY_GRAPH, minted
from kg.namespaces import CLAIM, DECISION, ENT, KG
from kg.resources import resource
from kg.show import Teller

if TYPE_CHECKING:
    import rdflib

    from kg.graph.graph import Graph

LEVELS = {"Violation": "error", "Warning": "warning", "Info": "note"}
ORDER = ("error", "warning", "note")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to look at. Only an error means that the graph is not as it should be."""

    level: str  # error, warning or note
    about: str  # IRI of what it is about
    message: str

    def __str__(self) -> str:
        """Say it in one line."""
        return f"{self.level}: {self.message}"


def validate(graph: Graph, *, shapes: Path | None = None) -> list[Finding]:
    """Check a graph against the shapes, its quotes against the texts, and its claims against each other.

    `shapes` is a Turtle file; without it the bundled shapes apply. Errors come first.
    """
    found = {*shape_findings(graph, shapes or resource("ontology", "shapes.ttl"))}
    for check in (quote_findings, constraint_findings, contradiction_findings, decision_findings):
        found |= set(check(graph))
    ordered = sorted(found, key=lambda f: (f.message, f.about))
    return sorted(ordered, key=lambda f: ORDER.index(f.level))


# ---- shapes --------------------------------------------------------------------------------------


def shape_findings(graph: Graph, shapes: Path) -> Iterator[Finding]:
    """Yield what the shapes find, with the names of things instead of their IRIs."""
    import pyshacl
    import rdflib
    from rdflib.namespace import RDF, SH

    shaped = rdflib.Graph().parse(data=shapes.read_text(encoding="utf-8"), format="turtle")
    _, report, _ = pyshacl.validate(merged(graph), shacl_graph=shaped, inference="none", advanced=False)
    names = names_of(graph)
    for result in report.subjects(RDF.type, SH.ValidationResult):
        about = str(report.value(result, SH.focusNode))
        value = report.value(result, SH.value)
        message = " ".join(sorted(str(m) for m in report.objects(result, SH.resultMessage)))
        level = LEVELS.get(str(report.value(result, SH.resultSeverity)).rpartition("#")[2], "error")
        told = f" ({name_of(str(value), names)})" if value is not None and str(value) != about else ""
        yield Finding(level, about, f"{name_of(about, names)}: {message}{told}")


def merged(graph: Graph) -> rdflib.Graph:
    """Return all graphs as one in memory, which pySHACL reads fastest."""
    import rdflib

    from kg.graph.result import to_rdflib

    out = rdflib.Graph()
    for quad in graph.store:
        if quad.graph_name not in (ONTOLOGY_GRAPH, DECISIONS_GRAPH):  # names and decisions are no facts
            out.add((to_rdflib(quad.subject), to_rdflib(quad.predicate), to_rdflib(quad.object)))
    return out


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


def quote_findings(graph: Graph) -> Iterator[Finding]:
    """Yield each quotation or mention that is not the text at its offsets."""
    for wrong in misquotes(graph.extraction):
        yield Finding("error", "", f"quote and text differ: {wrong}")


def contradiction_findings(graph: Graph) -> Iterator[Finding]:
    """Yield statements that cannot both be so, with both sentences; nobody knows which is wrong, so these are no errors."""
    for subject, message in contradictions(graph):
        yield Finding("note", f"{ENT}{subject}", message)


# ---- constraints and decisions -------------------------------------------------------------------


def constraint_findings(graph: Graph) -> Iterator[Finding]:
    """Yield each claim that does not keep a domain, a range or a shape, with its sentence."""
    marked = [claim for claim in graph.extraction.claims if claim.violations]
    teller = Teller(graph) if marked else None
    for claim in marked:
        if teller:
            fate = "a person accepted it" if claim.in_default_graph else "kept out of the default graph"
            told = f"{teller.statement(claim)}: {'; '.join(claim.violations)}; {fate}: {said(claim, teller)}"
            yield Finding("warning", minted(CLAIM, claim.id).value, f"claim {claim.id}: {told}")


def decision_findings(graph: Graph) -> Iterator[Finding]:
    """Yield each decision of a person that cannot be obeyed any more."""
    for decided in graph.extraction.decisions:
        if decided.gone:
            message = f"decision {decided.id} ({decided.about}) is not obeyed: {decided.gone}"
            yield Finding("warning", minted(DECISION, decided.id).value, message)
