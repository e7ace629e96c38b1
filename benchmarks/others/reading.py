"""What the whole pipeline says of one text, each text in a graph of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from kg.documents import Source
from kg.model import Claim, Entity, Literal, MentionKind
from kg.ontology import Ontology
from kg.pipeline import Settings, Work

Span = tuple[int, int]  # characters of the text, end exclusive


@dataclass(frozen=True)
class Told:
    """A text with the entities and claims of its graph, derived claims included."""

    text: str
    entities: Mapping[str, Entity]
    claims: tuple[Claim, ...]
    ontology: Ontology

    @cached_property
    def facts(self) -> list[Claim]:
        """What a plain query sees."""
        return [c for c in self.claims if c.in_default_graph]

    def label(self, end: str | Literal) -> str:
        """Return what people call an end of a claim."""
        return end.value if isinstance(end, Literal) else self.entities[end].label if end in self.entities else end

    def spans(self, entity: str, *kinds: MentionKind) -> Iterator[Span]:
        """Yield where an entity is mentioned; without kinds, in any form."""
        found = self.entities[entity].mentions if entity in self.entities else ()
        yield from ((m.start, m.end) for m in found if not kinds or m.kind in kinds)


class Reader:
    """Reads one text after another with the same model and the bundled ontologies."""

    def __init__(self) -> None:
        """Load what all texts share."""
        self.work = Work(Settings(jobs=1), None, None)
        self.failed: list[str] = []  # texts that could not be built, and why

    def read(self, name: str, text: str) -> Told:
        """Return what `kg build` would make of a plain text file of this name: nothing where it fails, which is kept in `failed`."""
        data = text.encode()
        self.work.wanted.clear()
        self.work.take(Source(None, f"{name}.txt", data, hashlib.sha256(data).hexdigest(), named=True))
        try:
            graph = self.work.finish(None)
        except Exception as error:  # whatever a text breaks is a finding, and no reason to leave the others unread
            self.failed.append(f"{name}: {type(error).__name__}: {error}")
            return Told(text, {}, (), self.work.engine.ontology)
        entities = {e.id: e for e in graph.extraction.entities}
        return Told(text, entities, tuple(claim for _, claim in graph.all_claims()), self.work.engine.ontology)


def shared(first: Span, second: Span) -> float:
    """Return the share of the joint span that two spans have in common."""
    common = min(first[1], second[1]) - max(first[0], second[0])
    return max(common, 0) / (max(first[1], second[1]) - min(first[0], second[0]))
