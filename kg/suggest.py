"""What the ontology does not know yet: open claims by frequency, each with the example that would teach it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from kg.model import Claim, ClaimKind, Extraction


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A phrase that no example covers."""

    phrase: str
    count: int
    quote: str
    turtle: str

    def lines(self) -> Iterator[str]:
        """Yield the suggestion as text."""
        yield f"{self.count:>4}  {self.phrase}"
        yield f"      “{self.quote}”"
        yield from (f"      {line}" for line in self.turtle.splitlines())


def camel(phrase: str) -> str:
    """Return a phrase as a property name: "work on" → workOn."""
    words = re.findall(r"\w+", phrase.lower())
    return "".join([*words[:1], *(w.capitalize() for w in words[1:])]) or "related"


def suggest(extraction: Extraction) -> list[Suggestion]:
    """Return the phrases of open claims, most frequent first."""
    labels = {e.id: e.label for e in extraction.entities}
    groups: dict[str, list[Claim]] = defaultdict(list)
    for claim in extraction.claims:
        if claim.kind is ClaimKind.OPEN:
            groups[claim.predicate].append(claim)
    ordered = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    return [suggestion(phrase, claims, labels) for phrase, claims in ordered]


def suggestion(phrase: str, claims: list[Claim], labels: dict[str, str]) -> Suggestion:
    """Return one suggestion with the Turtle that would teach it."""
    first = claims[0]
    subject = labels.get(first.subject, first.subject)
    other = labels.get(first.object, first.object) if isinstance(first.object, str) else first.object.value
    quote = " ".join(first.evidence[0].quote.split())[:160]
    ends = [end.replace('"', "'").replace("\\", "") for end in (subject, other)]
    turtle = (
        f"ex:{camel(phrase)} a owl:ObjectProperty ;\n"
        f'    rdfs:label "{phrase}" ;\n'
        f'    kg:example "[subject {ends[0]}] {phrase} [object {ends[1]}]." .   # put the verb into a plain past form'
    )
    return Suggestion(phrase, len(claims), quote, turtle)
