"""Compare a graph with what a person found in the same text.

The gold folder holds entities.json, facts.json and statistics.json; what counts as the same relation is derived
from the ontology. docs/quality.md says what each figure means.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import DocumentError, GraphError
from kg.model import Claim, Document, Literal
from kg.score.align import Alignment, Scene, b_cubed, named_entities
from kg.score.facts import Facts, Unit, figures_found
from kg.score.gold import read_gold
from kg.score.relations import Relations
from kg.show import speakers

if TYPE_CHECKING:
    from kg.graph.graph import Graph
    from kg.ontology import Ontology

ROWS = {  # the lines of the table: what they are called, and the figures in them
    "named entities": ("named P", "named R", "named F1"),
    "coreference (B-cubed)": ("coreference P", "coreference R", "coreference F1"),
    "facts": ("facts P", "facts R", "facts F1"),
    "statistics": ("statistics P", "statistics R", "statistics F1"),
    "source of matched facts": ("source",),
    "modality of matched facts": ("modality",),
    "source and modality, of all": ("attribution",),
    "quotes that are the text": ("quotes",),
}


@dataclass(frozen=True, slots=True)
class Score:
    """The figures by name, each from 0 to 1, and what is behind them."""

    figures: Mapping[str, float]
    misses: Mapping[str, tuple[str, ...]]

    def lines(self, *, misses: int = 0) -> Iterator[str]:
        """Yield the table, then up to so many of each kind of miss."""
        yield f"{'headline':<30}{self.figures['headline']:.3f}"
        for name, figures in ROWS.items():
            values = {f.rsplit(" ", 1)[-1]: self.figures[f] for f in figures if f in self.figures}
            if len(values) > 1:
                yield f"{name:<30}" + "  ".join(f"{letter} {value:.3f}" for letter, value in values.items())
            elif values:
                yield f"{name:<30}{next(iter(values.values())):.3f}"
        for name, found in self.misses.items() if misses else ():
            yield f"\n{name}: {len(found)}"
            yield from (f"  {one}" for one in found[:misses])


def score(graph: Graph, gold: Path, text: Path, ontology: Ontology) -> Score:
    """Compare what a graph says of one text with its gold.

    Raises GraphError where the graph does not hold the text, DocumentError and EvidenceError where the gold does not fit it.
    """
    scene = make_scene(graph, gold, text, ontology)
    alignment = Alignment(scene)
    facts = Facts(scene, alignment)
    named = named_entities(scene, alignment)
    paired = figures_found(scene)
    figures = {
        **prf("named", len(named.found), len(named.found) + len(named.wrong), len(named.found) + len(named.missed)),
        **harmonic("coreference", *b_cubed(scene, alignment)),
        **fact_figures(facts),
        **(prf("statistics", len(paired), len(scene.observations), len(scene.gold.figures)) if scene.gold.figures else {}),
        "quotes": quotes(scene),
    }
    parts = [figures[f] for f in ("named F1", "facts F1", "attribution", "statistics F1") if f in figures]
    misses = list_misses(scene, facts) | {
        "named entities missed": named.missed,
        "named entities wrong or split off": named.wrong,
        "figures missed": tuple(f.label for n, f in enumerate(scene.gold.figures) if f"{n} {f.label}" not in paired),
    }
    return Score({"headline": sum(parts) / len(parts)} | figures, misses)


def make_scene(graph: Graph, gold: Path, text: Path, ontology: Ontology) -> Scene:
    """Take from a graph what concerns one text, derived facts included."""
    document = document_of(graph, text)
    read = graph.extraction
    here = {e.id: e for e in read.entities if any(m.document == document.id for m in e.mentions) or len(read.documents) == 1}
    claims = tuple(c for _, c in graph.all_claims() if c.document == document.id)
    observations = tuple(o for o in read.observations if o.document == document.id)
    return Scene(document, read_gold(gold, document.text), Relations(ontology), here, claims, observations)


def document_of(graph: Graph, text: Path) -> Document:
    """Return the document of a graph that was read from a file.

    Raises GraphError where there is none.
    """
    try:
        digest = hashlib.sha256(text.read_bytes()).hexdigest()
    except OSError as error:
        raise DocumentError(f"{text}: cannot be read: {error.strerror or error}") from error
    for document in graph.extraction.documents:
        if document.sha256 == digest:
            return document
    raise GraphError(f"{text}: not among the documents of the graph; leave out --graph to read it now")


def fact_figures(facts: Facts) -> dict[str, float]:
    """Return precision over the claims that can be judged, recall over facts of importance 2 and 3, and attribution."""
    wanted = [u for u in facts.units if u.fact.importance >= 2]
    matched = [(u.fact, u.match) for u in wanted if u.match]
    source = [facts.source_right(fact, match) for fact, match in matched]
    modality = [match.modality == fact.modality for fact, match in matched]
    both = sum(s and m for s, m in zip(source, modality, strict=True))
    precision = ratio(sum(facts.right.values()), len(facts.right) + len(facts.wrong))
    return {
        **harmonic("facts", precision, ratio(sum(u.credit for u in wanted), len(wanted))),
        "source": ratio(sum(source), len(matched)),
        "modality": ratio(sum(modality), len(matched)),
        "attribution": ratio(both, len(wanted)),
    }


def quotes(scene: Scene) -> float:
    """Return the share of all quotes that are the text at their offsets."""
    evidence = [e for c in scene.claims for e in c.evidence] + [e for o in scene.observations for e in o.evidence]
    return ratio(sum(scene.document.text[e.start : e.end] == e.quote for e in evidence), len(evidence))


def ratio(part: float, whole: float) -> float:
    """Return a share; 0 of nothing."""
    return part / whole if whole else 0.0


def harmonic(name: str, precision: float, recall: float) -> dict[str, float]:
    """Return precision, recall and their harmonic mean."""
    return {f"{name} P": precision, f"{name} R": recall, f"{name} F1": ratio(2 * precision * recall, precision + recall)}


def prf(name: str, right: int, found: int, wanted: int) -> dict[str, float]:
    """Return precision, recall and their mean from counts."""
    return harmonic(name, ratio(right, found), ratio(right, wanted))


def list_misses(scene: Scene, facts: Facts) -> dict[str, tuple[str, ...]]:
    """Put into words which facts are missed, which attributions and claims are wrong, the important first."""
    wanted = sorted((u for u in facts.units if u.fact.importance >= 2), key=lambda u: -u.fact.importance)
    return {
        "facts missed": tuple(str(u.fact) for u in wanted if not u.match),
        "source or modality wrong": tuple(sorted(say_attribution(scene, u) for u in wanted if u.match and not (
            facts.source_right(u.fact, u.match) and u.match.modality == u.fact.modality))),
        "claims wrong": tuple(say(scene, c) for c in facts.wrong),
    }


def say_attribution(scene: Scene, unit: Unit) -> str:
    """Put a fact and what the graph says of its source into one line."""
    names = {e.id: e.label for e in scene.entities.values()}
    told = (speakers(unit.match.source, names) or "author", unit.match.modality) if unit.match else ()
    return f"{unit.fact} — the graph: {'; '.join(told)}"


def say(scene: Scene, claim: Claim) -> str:
    """Put a claim into one line."""
    names = {e.id: e.label for e in scene.entities.values()}
    end = claim.object.value if isinstance(claim.object, Literal) else names.get(claim.object, claim.object)
    quote = claim.evidence[0].quote[:80] if claim.evidence else ""
    return f"{names.get(claim.subject, claim.subject)} {claim.predicate} {end} “{quote}”"


__all__ = ["Score", "score"]
