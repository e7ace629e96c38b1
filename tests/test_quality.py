"""The bundled gold: no figure of `kg score` may fall below what is recorded in data/gold/recorded.json.

`PYTHONPATH=. python tests/test_quality.py` records the figures of today there and in docs/quality.md; commit both with the change that moved them.
"""

from __future__ import annotations

import json
from math import floor
from pathlib import Path

import pytest

from kg import ontology, pipeline
from kg.graph.graph import Graph
from kg.ontology import Ontology
from kg.score import Score, relations, score, values

ROOT = Path(__file__).resolve().parent.parent
RECORD = ROOT / "data" / "gold" / "recorded.json"
PAGE = ROOT / "docs" / "quality.md"
COLUMNS = ("headline", "named F1", "coreference F1", "facts P", "facts R", "source", "modality", "statistics F1", "quotes")
NAMES = tuple(sorted(path.name for path in (ROOT / "data" / "gold").iterdir() if path.is_dir()))


def corpus(name: str) -> Path:
    """Return the document of a gold set: one of the bundled corpus, else the text beside the gold."""
    beside = ROOT / "data" / "gold" / name / "text.md"
    return beside if beside.exists() else ROOT / "data" / "corpus" / f"{name}.md"


def measure(graph: Graph, taught: Ontology, name: str) -> Score:
    """Compare a graph with the gold of one document."""
    return score(graph, ROOT / "data" / "gold" / name, corpus(name), taught)


def taught() -> Ontology:
    """Return the bundled ontology."""
    return ontology.load(pipeline.ontology_paths(pipeline.Settings()))


@pytest.fixture(scope="session")
def scores() -> dict[str, Score]:
    """Read the documents, each on its own, as `kg score` does, and compare each with its gold."""
    domain = taught()
    return {name: measure(pipeline.build([corpus(name)]), domain, name) for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_no_figure_falls_below_the_record(scores, name):
    found = scores[name]
    print(f"\n{name}", *found.lines(), sep="\n")
    recorded = json.loads(RECORD.read_text(encoding="utf-8"))[name]
    fallen = {figure: (least, round(found.figures[figure], 3)) for figure, least in recorded.items() if found.figures[figure] + 1e-5 < least}
    assert not fallen, f"figure: (recorded, now) {fallen}"


@pytest.mark.parametrize("name", NAMES)
def test_every_quote_is_the_text(scores, name):
    assert scores[name].figures["quotes"] == 1


@pytest.mark.parametrize(
    ("gold", "found", "credit"),
    [
        ("2016-07-12", "2016-07-12", 1),
        ("2016-07", "2016-07-12", 0.5),
        ("2016-22", "2016-06/2016-08", 1),
        ("07-12", "2016-07-12", 1),
        ("2016", "2017", 0),
        ("last week", "2016", 0),
    ],
)
def test_dates_are_compared_by_their_days(gold, found, credit):
    assert values.same_date(gold, found) == credit


def test_numbers_are_read_from_words_and_scales():
    assert [values.number(x) for x in ("1,138", "$442 million", "twelve men", "none")] == [1138, 442e6, 12, None]


def test_equivalents_of_a_relation_come_from_the_ontology():
    accepted = relations.Relations(taught()).accepted("ordered")
    assert accepted.forward[relations.key("ordered")] == 1
    assert accepted.backward[relations.key("orderedBy")] == 1
    assert relations.key("ordered") not in accepted.backward


def table(recorded: dict[str, dict[str, float]]) -> list[str]:
    """Return the rows of the table in docs/quality.md."""
    return [f"| {name} | " + " | ".join(f"{figures[f]:.3f}" for f in COLUMNS) + " |" for name, figures in recorded.items()]


def test_the_page_shows_the_recorded_figures():
    page = PAGE.read_text(encoding="utf-8").splitlines()
    assert [row for row in table(json.loads(RECORD.read_text(encoding="utf-8"))) if row not in page] == []


def record() -> None:
    """Write the figures of today, rounded down, to the record and to the page."""
    domain = taught()
    found = {name: measure(pipeline.build([corpus(name)]), domain, name) for name in NAMES}
    kept = {name: {f: floor(1000 * v + 1e-6) / 1000 for f, v in one.figures.items()} for name, one in found.items()}
    RECORD.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    rows = {row.split("|")[1]: row for row in table(kept)}
    page = [rows.get([*line.split("|"), ""][1], line) if line.startswith("| ") else line for line in PAGE.read_text(encoding="utf-8").splitlines()]
    PAGE.write_text("\n".join(page) + "\n", encoding="utf-8")


if __name__ == "__main__":
    record()
