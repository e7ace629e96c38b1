"""What is wrong with a graph, in plain words: shapes (SHACL), quotes, and claims that contradict each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kg.graph.gate import misquotes
from kg.graph.terms import minted
from kg.model import Claim, ClaimKind, Literal, Modality, Polarity
from kg.namespaces import CLAIM, ENT, KG
from kg.resources import resource
from kg.show import Teller, according_to

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
    found = {*shape_findings(graph, shapes or resource("ontology", "shapes.ttl")), *quote_findings(graph)}
    ordered = sorted(found | set(contradictions(graph)), key=lambda f: (f.message, f.about))
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

    from kg.graph.bridge import to_rdflib

    out = rdflib.Graph()
    for quad in graph.store:
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


def short(words: str) -> str:
    """Return the first words of a text on one line."""
    flat = " ".join(words.split())
    return flat if len(flat) <= 80 else f"{flat[:79]}…"


# ---- quotes and contradictions -------------------------------------------------------------------


def quote_findings(graph: Graph) -> Iterator[Finding]:
    """Yield each quotation or mention that is not the text at its offsets."""
    for wrong in misquotes(graph.extraction):
        yield Finding("error", "", f"quote and text differ: {wrong}")


def contradictions(graph: Graph) -> Iterator[Finding]:
    """Yield statements that one source makes and another holds false, with both sentences."""
    sides: dict[tuple[str, str, str | Literal], tuple[list[Claim], list[Claim]]] = defaultdict(lambda: ([], []))
    for claim in graph.extraction.claims:
        if claim.kind is ClaimKind.TAUGHT:
            false = claim.polarity is Polarity.NEGATIVE or claim.modality is Modality.DENIED
            sides[claim.subject, claim.predicate, claim.object][false].append(claim)
    teller = Teller(graph) if sides else None
    for (subject, predicate, value), (yes, no) in sides.items():
        if yes and no and teller:
            statement = f"{teller.end(subject)} – {teller.labels.get(predicate, predicate)} – {teller.end(value)}"
            message = f"{statement}: {said(yes[0], teller)}, but not so {said(no[0], teller)}"
            yield Finding("note", f"{ENT}{subject}", message)


def said(claim: Claim, teller: Teller) -> str:
    """Return who says so, and in what words."""
    quote = short(claim.evidence[0].quote) if claim.evidence else ""
    who = according_to(claim.source, teller.names) or "according to the author"
    return f'{who} ("{quote}", {teller.titles.get(claim.document, claim.document)})'
