"""What a graph holds, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kg.model import Extraction


@dataclass(frozen=True, slots=True)
class Stats:
    """Counts, each sorted by how many, then by name."""

    documents: int
    words: int
    entities: Mapping[str, int]  # by most specific class
    claims: Mapping[str, int]  # by predicate
    modalities: Mapping[str, int]
    sources: Mapping[str, int]  # by the words of the outermost speaker; "the author" where nobody else speaks
    observations: int

    def lines(self) -> Iterator[str]:
        """Yield the counts as text."""
        yield f"{self.documents} documents, {self.words} words, {self.observations} figures"
        groups = (("things", self.entities), ("claims", self.claims), ("how firmly", self.modalities), ("who says so", self.sources))
        for title, counts in groups:
            yield f"{sum(counts.values())} {title}" if title in {"things", "claims"} else title
            for name, count in counts.items():
                yield f"  {count:>6}  {name}"


def ranked(names: Iterator[str]) -> dict[str, int]:
    """Count names, most frequent first."""
    return dict(sorted(Counter(names).items(), key=lambda item: (-item[1], item[0])))


def stats(extraction: Extraction) -> Stats:
    """Count what was read."""
    return Stats(
        len(extraction.documents),
        sum(len(d.text.split()) for d in extraction.documents),
        ranked(e.types[0] for e in extraction.entities if e.types),
        ranked(c.predicate for c in extraction.claims),
        ranked(str(c.modality) for c in extraction.claims),
        ranked(c.source[-1].words if c.source else "the author" for c in extraction.claims),
        len(extraction.observations),
    )
