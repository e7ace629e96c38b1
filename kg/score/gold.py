"""What a person found in a text: entities, facts and figures, read from the folder of its annotations."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kg.errors import DocumentError, EvidenceError
from kg.score.values import Span

AUTHOR, UNSPECIFIED = "author", "unspecified"  # sources that are no entity


@dataclass(frozen=True, slots=True)
class GoldEntity:
    """One thing of the text."""

    id: str
    types: tuple[str, ...]  # its own, then others that are accepted
    labels: tuple[str, ...]  # its name, then other forms
    mentions: tuple[Span, ...]
    pronouns: tuple[Span, ...] = ()
    demonyms: tuple[Span, ...] = ()
    triggers: tuple[Span, ...] = ()
    optional: bool = False  # counts neither way
    merge_ok: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class GoldFact:
    """One fact of the text; an object is the id of an entity or a value."""

    key: str
    subject: str
    relation: str
    object: str
    is_entity: bool
    sources: tuple[str, ...]  # each may stand outermost
    modality: str
    negative: bool
    evidence: tuple[Span, ...]
    importance: int = 2
    group: str | None = None  # facts that say the same in another shape
    primary: bool = False
    inferred: bool = False
    qualifiers: Mapping[str, Any] = field(default_factory=dict)

    @property
    def ends(self) -> frozenset[str]:
        """The entities that it or its qualifiers name."""
        qualified = re.findall(r'"@([^"]+)"', json.dumps(self.qualifiers))
        return frozenset({self.subject, *([self.object] if self.is_entity else ()), *qualified})

    def __str__(self) -> str:
        no = "not " if self.negative else ""
        return f"{self.subject} {no}{self.relation} {self.object[:60]} ({', '.join(self.sources)}; {self.modality})"


@dataclass(frozen=True, slots=True)
class GoldFigure:
    """One figure of a series."""

    label: str
    period: str | None
    value: float
    evidence: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Gold:
    """All that is annotated of one text."""

    entities: Mapping[str, GoldEntity]
    facts: tuple[GoldFact, ...]
    figures: tuple[GoldFigure, ...]


def read_gold(folder: Path, text: str) -> Gold:
    """Read the annotations of a text.

    Raises DocumentError where a file is missing or malformed, EvidenceError where its offsets are of another text.
    """
    try:
        raw = json_lists(folder, "entities.json")
        check_offsets(folder, raw, text)
        entities = {one["id"]: read_entity(one) for one in raw}
        facts = {one["id"]: read_fact(one) for one in json_lists(folder, "facts.json")}
        series = json_lists(folder, "statistics.json") if (folder / "statistics.json").exists() else []
        figures = tuple(read_figure(one, point, facts) for one in series for point in one["points"])
    except (KeyError, TypeError, ValueError) as error:
        raise DocumentError(f"{folder}: not in the form of a gold folder: {error!r}") from error
    return Gold(entities, tuple(facts.values()), figures)


def json_lists(folder: Path, name: str) -> list[dict[str, Any]]:
    """Read one file of a gold folder."""
    path = folder / name
    try:
        read: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DocumentError(f"{path}: cannot be read as gold: {error}") from error
    return read


def check_offsets(folder: Path, raw: Iterable[Mapping[str, Any]], text: str) -> None:
    """Make sure that the mentions stand in the text where their offsets say."""
    for one in raw:
        for (start, end), words in zip(one["mentions"], one.get("mention_texts", ()), strict=False):
            if text[start:end] != words:
                raise EvidenceError(f"{folder}: {one['id']} says {words!r} at {start}:{end}, the text {text[start:end]!r}")


def spans(raw: object) -> tuple[Span, ...]:
    """Read offsets."""
    return tuple((int(start), int(end)) for start, end in raw or ())  # type: ignore[attr-defined]


def read_entity(raw: Mapping[str, Any]) -> GoldEntity:
    """Read one entity."""
    return GoldEntity(
        raw["id"],
        (raw["type"], *raw.get("alt_types", ())),
        (raw["name"], *raw.get("aliases", ())),
        spans(raw["mentions"]),
        spans(raw.get("pronouns")),
        spans(raw.get("adjectival")),
        spans(raw.get("triggers")),
        bool(raw.get("optional")),
        frozenset(raw.get("merge_ok", ())),
    )


def read_fact(raw: Mapping[str, Any]) -> GoldFact:
    """Read one fact."""
    qualifiers = raw.get("qualifiers", {})
    others = (qualifiers.get(name) for name in ("via_source", "also_source"))
    return GoldFact(
        raw.get("key", raw["id"]),
        raw["subject"],
        raw["relation"],
        str(raw["object"]),
        raw["object_kind"] == "entity",
        (raw["source"], *(o.removeprefix("@") for o in others if isinstance(o, str))),
        {"not-confirmed": "unconfirmed"}.get(raw["modality"], raw["modality"]),
        raw["polarity"] == "negative",
        spans(raw["evidence"]),
        raw.get("importance", 1),
        raw.get("group"),
        bool(raw.get("group_primary")),
        bool(raw.get("inferred")),
        qualifiers,
    )


def read_figure(series: Mapping[str, Any], point: Mapping[str, Any], facts: Mapping[str, GoldFact]) -> GoldFigure:
    """Read one figure of a series."""
    fact = facts.get(point.get("fact", ""))
    evidence = spans(point.get("evidence")) or (fact.evidence if fact else ())
    return GoldFigure(f"{series['name']}, {point['period'] or 'undated'}", point["period"], float(point["value"]), evidence)
