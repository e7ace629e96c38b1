"""Each example of an ontology is a test: read as a document, it must yield its own fact and no other relation's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.annotation.pipeline import passage_of, read_text
from kg.claims.patterns import TIME_ROLES, Marked, Matcher, learn, role_head, unmark
from kg.claims.read import read_passages
from kg.claims.reading import DocumentReading, Draft
from kg.entities.resolve import Cluster
from kg.errors import OntologyError
from kg.model import Block, BlockKind, Document
from kg.ontology import Example, Ontology

if TYPE_CHECKING:
    from spacy.language import Language


@dataclass(frozen=True, slots=True)
class ExampleFinding:
    """What is wrong with one example."""

    teaches: str
    example: str
    level: str  # error: it does not yield its own fact; warning: it also fires another relation
    message: str


def check_examples(ontology: Ontology, nlp: Language) -> list[ExampleFinding]:
    """Return what is wrong with the examples, in their order; an empty list means all is well."""
    matcher = Matcher(learn(ontology, nlp), ontology)
    findings: list[ExampleFinding] = []
    for example in ontology.examples:
        try:
            mark = unmark(example)
        except OntologyError as error:
            findings.append(ExampleFinding(example.teaches, example.text, "error", str(error)))
            continue
        findings += check_one(example, mark, matcher, nlp)
    return findings


def check_one(example: Example, mark: Marked, matcher: Matcher, nlp: Language) -> Iterator[ExampleFinding]:
    """Yield the findings of one example."""
    reading = read_example(mark, matcher, nlp)
    spans = {role: (start, end) for role, start, end in mark.roles}
    event = matcher.ontology.is_event(example.teaches)
    if event:
        found = [h for h in reading.happenings.values() if h.cls == example.teaches]
        roles = {role for h in found for role in h.roles}
        missing = [r for r in spans if r not in roles and r not in TIME_ROLES]
        if not found:
            yield ExampleFinding(example.teaches, example.text, "error", "does not yield its own event")
        elif missing:
            yield ExampleFinding(example.teaches, example.text, "error", f"does not fill its own role {', '.join(missing)}")
        return
    own = [d for d in reading.drafts if d.predicate == example.teaches and joins(reading, d, spans)]
    if not own:
        yield ExampleFinding(example.teaches, example.text, "error", "does not yield its own fact")
    others = sorted({d.predicate for d in reading.drafts if d.predicate in matcher.ontology.properties
                     and not related(matcher.ontology, d.predicate, example.teaches) and joins(reading, d, spans)})
    if others:
        yield ExampleFinding(example.teaches, example.text, "warning", f"also yields {', '.join(others)}")


def related(ontology: Ontology, first: str, second: str) -> bool:
    """Whether one property is the other or follows from it, so that both may be said by one sentence."""
    one, two = ontology.properties[first], ontology.properties[second]
    return first == second or first in two.parents or second in one.parents


def read_example(mark: Marked, matcher: Matcher, nlp: Language) -> DocumentReading:
    """Read an example's sentence as a document of its own."""
    document = Document("example", "example", "", mark.text, (Block(0, len(mark.text), BlockKind.PARAGRAPH),))
    return read_passages(document, [passage_of(read_text(mark.text, nlp), document, document.blocks[0])], matcher)


def joins(reading: DocumentReading, draft: Draft, spans: dict[str, tuple[int, int]]) -> bool:
    """Whether a statement has its ends where the example marks subject and object."""
    ends = (("subject", draft.subject), ("object", draft.object))
    return all(role not in spans or at(reading, value, spans[role]) for role, value in ends)


def at(reading: DocumentReading, value: object, span: tuple[int, int]) -> bool:
    """Whether a value is mentioned inside a span, or is words of it."""
    text = reading.document.text[span[0] : span[1]]
    if not isinstance(value, Cluster):
        return getattr(value, "value", "") in text or text in getattr(value, "value", "")
    if any(r.chars[0] < span[1] and span[0] < r.chars[1] for r in value.refs):
        return True
    token = role_head(reading.passages[0].parse, *span, reading.frames[0].refs)
    cluster = reading.entity_at(0, token) if token is not None else None
    return cluster is value or value.key.startswith("government:")
