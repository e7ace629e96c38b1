"""Which claims keep domain, range and shapes: those that do not are marked, in words, and stay out of the default graph.

A claim is judged by itself and by the kinds of its ends: what another claim says never makes it a violation, for nobody
knows which of the two is wrong. What only several claims together show, `kg.graph.validate` lists. So claims of one form
(kinds of both ends, relation) are judged once, however many there are.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from rdflib.namespace import RDF, RDFS, SH

from kg.errors import OntologyError
from kg.graph.bridge import to_rdflib
from kg.graph.convert import class_iris, object_term, property_iri
from kg.model import Claim, ClaimKind, Entity, Extraction, Literal, content_id
from kg.namespaces import BASE
from kg.ontology import LITERAL, Ontology, local_name, parse

if TYPE_CHECKING:
    import rdflib

GENERAL = ("Entity", "Agent")
COPY = BASE + "form/"  # of an end, for all claims of one form
WITHOUT_CONSTRAINT = {str(SH[name]) for name in ("targetClass", "targetSubjectsOf", "targetObjectsOf", "message", "severity")} | {str(RDF.type)}
Triple = tuple[str, str, str]


def constrained(extraction: Extraction, ontology: Ontology, shapes: Path | None) -> Extraction:
    """Mark each claim with the constraints that it does not keep; earlier marks are forgotten.

    Things of an unknown kind violate nothing. Raises OntologyError where the shapes cannot be read.
    """
    entities = {e.id: e for e in extraction.entities}
    told = [tuple(misfits(claim, entities, ontology)) if claim.kind is ClaimKind.TAUGHT else () for claim in extraction.claims]
    claims = [replace(c, violations=v) if c.violations != v else c for c, v in zip(extraction.claims, told, strict=True)]
    broken = shape_violations([c for c in claims if c.in_default_graph], entities, ontology, shapes) if shapes else {}
    marked = (replace(c, violations=tuple(sorted({*c.violations, *broken[c.id]}))) if c.id in broken else c for c in claims)
    return replace(extraction, claims=tuple(marked))


# ---- domain and range ----------------------------------------------------------------------------


def misfits(claim: Claim, entities: Mapping[str, Entity], ontology: Ontology) -> Iterator[str]:
    """Yield in words what a claim's ends are not, though its relation wants it."""
    known = ontology.properties.get(claim.predicate)
    if known is None:
        return
    subject = entities.get(claim.subject)
    if subject and not fits(subject, known.domain, ontology):
        yield f"{named(subject, ontology)} is the subject of {known.label}, which speaks of {listed(known.domain, ontology)}"
    if isinstance(claim.object, Literal):
        if known.range and LITERAL not in known.range and any(name in ontology.classes for name in known.range):
            yield f'"{claim.object.value}" is the object of {known.label}, which must be {listed(known.range, ontology)}'
        return
    value = entities.get(claim.object)
    if value and LITERAL in known.range:
        yield f"{named(value, ontology)} is the object of {known.label}, which must be a value"
    elif value and not fits(value, known.range, ontology):
        yield f"{named(value, ontology)} is the object of {known.label}, which must be {listed(known.range, ontology)}"


def fits(entity: Entity, wanted: Iterable[str], ontology: Ontology) -> bool:
    """Whether an entity is, or may turn out to be, of one of some classes: its own class may be less specific."""
    types = [name for name in entity.types if name in ontology.classes]
    classes = [name for name in wanted if name in ontology.classes]
    if not types or not classes:
        return True
    return any(c in types or ontology.is_a(t, c) for c in classes for t in types) or any(ontology.is_a(c, types[0]) for c in classes)


def named(entity: Entity, ontology: Ontology) -> str:
    """Return an entity with its kind: "Lima (city)"."""
    return f"{entity.label} ({label_of(entity.types[0], ontology)})"


def label_of(name: str, ontology: Ontology) -> str:
    """Return what people call a class."""
    return ontology.classes[name].label if name in ontology.classes else name


def listed(classes: Iterable[str], ontology: Ontology) -> str:
    """Return classes in words: "a person or a city"."""
    labels = [label_of(name, ontology) for name in classes]
    return " or ".join(f"{'an' if label[:1].lower() in 'aeiou' else 'a'} {label}" for label in labels)


# ---- shapes --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Form:
    """What the shapes see of a claim."""

    subject: tuple[str, ...]  # kinds
    predicate: str  # IRI
    object: tuple[str, ...] | Literal  # kinds, or the value
    loop: bool  # whether subject and object are one

    @property
    def ends(self) -> tuple[str, str]:
        """The IRIs, or the value, that stand for subject and object of all claims of this form."""
        copy = COPY + content_id(repr(self))
        if isinstance(self.object, Literal):
            return f"{copy}/subject", str(to_rdflib(object_term(self.object)))
        return f"{copy}/subject", f"{copy}/{'subject' if self.loop else 'object'}"


def shape_violations(
    claims: Iterable[Claim], entities: Mapping[str, Entity], ontology: Ontology, shapes: Path
) -> Mapping[str, set[str]]:
    """Return the messages of the shapes that claims do not keep, by id of the claim.

    Only shapes with the severity of a violation count, and only claims with relations that such a shape names are looked at.
    """
    shaped = read_shapes(shapes)
    watched = watched_names(shaped)
    forms: dict[Form, list[str]] = defaultdict(list)
    for claim in claims:
        if watched(property_iri(claim.predicate, ontology).value) and not vague(claim, entities, ontology):
            forms[form_of(claim, entities, ontology)].append(claim.id)
    if not forms:
        return {}
    report = report_on(data_graph(forms, ontology), shaped, shapes)
    known = {(form.ends[0], form.predicate, form.ends[1]): names for form, names in forms.items()}
    by_end: dict[tuple[str, str], list[Triple]] = defaultdict(list)
    for triple in known:
        for end in {triple[0], triple[2]}:
            by_end[triple[1], end].append(triple)
    out: dict[str, set[str]] = defaultdict(set)
    for message, predicate, end in violations(report, shaped):
        for name in (name for triple in by_end[predicate, end] for name in known[triple]):
            out[name].add(message)
    return out


def report_on(data: rdflib.Graph, shaped: rdflib.Graph, path: Path) -> rdflib.Graph:
    """Return pySHACL's report on some data.

    Raises OntologyError where the shapes of the file are none.
    """
    import pyshacl
    from pyparsing import ParseBaseException

    try:
        _, report, _ = pyshacl.validate(data, shacl_graph=shaped, inference="none", advanced=False)
    except (pyshacl.errors.ReportableRuntimeError, ParseBaseException, re.error) as error:
        raise OntologyError(f"{path}: cannot be used as shapes: {' '.join(str(error).split())}") from error
    found: rdflib.Graph = report
    return found


def form_of(claim: Claim, entities: Mapping[str, Entity], ontology: Ontology) -> Form:
    """Return the form of a claim."""
    value = claim.object if isinstance(claim.object, Literal) else entities[claim.object].types
    return Form(entities[claim.subject].types, property_iri(claim.predicate, ontology).value, value, claim.subject == claim.object)


def data_graph(forms: Iterable[Form], ontology: Ontology) -> rdflib.Graph:
    """Return a triple for each form, with the kinds of its ends."""
    import rdflib

    out = rdflib.Graph()
    for form in forms:
        subject, end = map(rdflib.URIRef, form.ends)
        kinds = [(subject, form.subject)]
        if isinstance(form.object, Literal):
            out.add((subject, rdflib.URIRef(form.predicate), to_rdflib(object_term(form.object))))
        else:
            out.add((subject, rdflib.URIRef(form.predicate), end))
            kinds.append((end, form.object))
        for node, names in kinds:
            out.add((node, RDFS.label, rdflib.Literal("thing")))
            for iri in (iri for name in names for iri in class_iris(name, ontology)):
                out.add((node, RDF.type, rdflib.URIRef(iri.value)))
    return out


def read_shapes(path: Path) -> rdflib.Graph:
    """Read the shapes of a file that tell violations; those that only warn are left out.

    Raises OntologyError with the place of a syntax error.
    """
    return violating_shapes(path, path.read_bytes())


@lru_cache(maxsize=4)
def violating_shapes(path: Path, content: bytes) -> rdflib.Graph:
    """Read shapes once for each content."""
    from rdflib import URIRef

    shaped = parse(path)
    for level in (SH.Warning, SH.Info):
        for mild in list(shaped.subjects(SH.severity, level)):
            shaped.remove((None, SH.property, mild))
            shaped.remove((mild, None, None))
    for shape in list(shaped.subjects(unique=True)):
        if isinstance(shape, URIRef) and {str(p) for p in shaped.predicates(shape)} <= WITHOUT_CONSTRAINT:
            shaped.remove((shape, None, None))
    return shaped


def watched_names(shaped: rdflib.Graph) -> Callable[[str], bool]:
    """Return whether some shape names a relation."""
    from rdflib import URIRef

    names = {str(o) for o in shaped.objects() if isinstance(o, URIRef)}
    queries = " ".join(str(q) for q in shaped.objects(None, SH.select))
    return lambda iri: iri in names or iri in queries or f":{local_name(iri)}" in queries


def vague(claim: Claim, entities: Mapping[str, Entity], ontology: Ontology) -> bool:
    """Whether an end of a claim is of a kind so general that nothing can be held against it."""
    ends = (claim.subject, *(() if isinstance(claim.object, Literal) else (claim.object,)))
    kinds = (next((t for t in entities[e].types if t in ontology.classes), None) if e in entities else None for e in ends)
    return any(kind is None or kind in GENERAL for kind in kinds)


def violations(report: rdflib.Graph, shaped: rdflib.Graph) -> Iterator[tuple[str, str, str]]:
    """Yield the message of each violation, the relation that it speaks of, and the end of it that it was found at."""
    from rdflib import URIRef

    for result in report.subjects(RDF.type, SH.ValidationResult):
        if report.value(result, SH.resultSeverity) != SH.Violation:
            continue
        message = " ".join(sorted(str(m) for m in report.objects(result, SH.resultMessage)))
        focus, path, shape = (report.value(result, p) for p in (SH.focusNode, SH.resultPath, SH.sourceShape))
        if isinstance(path, URIRef):
            yield message, str(path), str(focus)
        elif path is not None:
            yield message, str(report.value(path, SH.inversePath)), str(focus)
        else:
            targets = (*shaped.objects(shape, SH.targetSubjectsOf), *shaped.objects(shape, SH.targetObjectsOf))
            yield from ((message, str(predicate), str(focus)) for predicate in targets)
