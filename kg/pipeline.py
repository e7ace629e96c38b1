"""From documents to a graph: the only module that knows the order of the stages."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import DecisionError, EvidenceError, OntologyError
from kg.model import Document, Extraction
from kg.resources import resource

if TYPE_CHECKING:
    from kg.graph.graph import Graph
    from kg.ontology import Ontology

DOMAINS = ("diplomacy", "business", "news")  # in this order: of two that define a name, the first gives it its IRI
Progress = Callable[[str, int, int], None]  # stage, done, total (0: unknown)


@dataclass(frozen=True, slots=True)
class Settings:
    """What a build depends on beside its documents."""

    ontology: tuple[Path, ...] | None = None  # files or folders; nothing: the bundled domains together
    model: str | None = None  # name or path of a spaCy pipeline; nothing: the embedded one
    jobs: int = 1  # processes for the language pipeline
    decisions: Path | None = None  # a file of a person's decisions, beside the one in the output folder


def ontology_paths(settings: Settings) -> list[Path]:
    """Return the ontology files of a build; the core comes with every domain."""
    core = resource("ontology", "core.ttl")
    chosen = list(settings.ontology) if settings.ontology else [resource("ontology", f"{domain}.ttl") for domain in DOMAINS]
    return chosen if any((p / "core.ttl").exists() or p.name == "core.ttl" for p in chosen) else [core, *chosen]


def rules_folder(settings: Settings) -> Path | None:
    """Return the rules that come with an ontology folder, else nothing: the bundled ones."""
    return next((p / "rules" for p in settings.ontology or () if (p / "rules").is_dir()), None)


def shapes_file(settings: Settings) -> Path | None:
    """Return the shapes that come with an ontology folder, else nothing: the bundled ones."""
    return next((p / "shapes.ttl" for p in settings.ontology or () if (p / "shapes.ttl").is_file()), None)


def build(
    sources: Sequence[Path | str] = (),
    *,
    out: Path | None = None,
    store: str | None = None,
    settings: Settings | None = None,
    progress: Progress | None = None,
) -> Graph:
    """Read documents, write their graph to a folder, and return it.

    No sources means the bundled corpus; no folder means that nothing is written. `store` is the kind of the folder
    ("memory", "disk") or the URL of a server that keeps the graph in its place.
    Raises a KgError where a document, the ontology, the model or the folder cannot be used.
    """
    from kg import decisions, documents, ontology
    from kg.graph import store as stores

    settings = settings or Settings()
    if settings.decisions and not settings.decisions.is_file():
        raise DecisionError(f"{settings.decisions}: no such file of decisions (kg review writes one)")
    kept = decisions.kept_decisions(out, settings.decisions)
    if out is not None:
        stores.store_for(out, store).check()
    taught = ontology.load(ontology_paths(settings))
    if not taught.examples:
        raise OntologyError(f"{', '.join(map(str, settings.ontology or ()))}: no kg:example in it, so nothing can be read (docs/teaching.md)")
    read = list(documents.read(sources or [resource("data", "corpus")]))
    extraction = decisions.replay(extract(read, taught, settings, progress=progress), kept).extraction
    rules, shapes = rules_folder(settings), shapes_file(settings)
    if out is None:
        return stores.assemble(extraction, taught, rules=rules, shapes=shapes)
    return stores.save(extraction, taught, out, rules=rules, shapes=shapes, store=store)


def extract(
    read: Iterable[Document], taught: Ontology, settings: Settings | None = None, *, progress: Progress | None = None
) -> Extraction:
    """Annotate documents and return everything that is said in them."""
    from kg.annotation import pipeline
    from kg.claims.assemble import assemble
    from kg.claims.patterns import Matcher, learn
    from kg.claims.read import read_passages

    settings = settings or Settings()
    read = list(read)
    nlp = pipeline.load(settings.model)
    matcher = Matcher(learn(taught, nlp), taught)
    readings = []
    jobs = settings.jobs or os.cpu_count() or 1
    for done, (document, passages) in enumerate(pipeline.annotate(read, nlp, jobs=jobs), start=1):
        readings.append(read_passages(document, passages, matcher))
        if progress:
            progress("reading", done, len(read))
    versions = {"model": pipeline.model_version(nlp), "ontology": matcher.ontology.version}
    extraction = assemble(readings, matcher.ontology, versions)
    check_quotes(extraction)
    return extraction


def check_quotes(extraction: Extraction) -> None:
    """Make sure that every quote stands in its document where its offsets say.

    Raises EvidenceError otherwise: a build with a wrong quote fails.
    """
    texts = {d.id: d.text for d in extraction.documents}
    for quoted in (*(c.evidence for c in extraction.claims), *(o.evidence for o in extraction.observations)):
        for evidence in quoted:
            if texts[evidence.document][evidence.start : evidence.end] != evidence.quote:
                raise EvidenceError(f"{evidence.document}: the quote at {evidence.start}:{evidence.end} is not the text there")
