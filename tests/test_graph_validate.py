"""What is wrong with a graph is told in plain words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest
from test_graph_samples import ontology, rules, world

from kg.graph.graph import Graph
from kg.graph.store import assemble
from kg.graph.validate import validate
from kg.namespaces import KG
from kg.resources import resource

SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix t: <https://attest.example/ns/test#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
t:PersonShape a sh:NodeShape ; sh:targetClass t:Person ;
    sh:property [ sh:path t:postedAt ; sh:class t:City ; sh:message "is posted at what is no city" ] ;
    sh:property [ sh:path t:partOf ; sh:minCount 1 ; sh:severity sh:Warning ; sh:message "is part of nothing" ] .
"""


@pytest.fixture
def graph(tmp_path: Path) -> Graph:
    """The small world as a graph."""
    return assemble(world(), ontology(tmp_path), rules=rules(tmp_path))


@pytest.fixture
def shapes(tmp_path: Path) -> Path:
    """Two small shapes."""
    path = tmp_path / "shapes.ttl"
    path.write_text(SHAPES, encoding="utf-8")
    return path


def test_shapes_speak_of_things_by_their_names(graph: Graph, shapes: Path) -> None:
    assert [str(f) for f in validate(graph, shapes=shapes)][:2] == [
        "error: Ana Ruiz: is posted at what is no city (embassy in Lima)",
        "warning: Ana Ruiz: is part of nothing",
    ]


def test_contradictions_show_both_sentences(graph: Graph, shapes: Path) -> None:
    [note] = [f for f in validate(graph, shapes=shapes) if f.level == "note"]
    assert note.message == (
        "Ana Ruiz – posted at – embassy in Lima: according to Reuters, citing ministry "
        '("Ana Ruiz was posted to the embassy in Lima", A wire), but not so according to ministry '
        '("The ministry denied that Ruiz was posted to the embassy in Lima", A wire)'
    )


def test_a_quote_that_is_not_the_text_is_an_error(graph: Graph, shapes: Path) -> None:
    text = next(q for q in graph.store if q.predicate.value == str(KG.text))
    graph.store.remove(text)
    graph.store.add(ox.Quad(text.subject, text.predicate, ox.Literal("other words"), text.graph_name))
    found = [f for f in validate(graph, shapes=shapes) if "quote and text differ" in f.message]
    assert found
    assert {f.level for f in found} == {"error"}


def test_the_bundled_shapes_find_nothing_wrong_with_a_sound_graph(graph: Graph) -> None:
    assert [f for f in validate(graph, shapes=resource("ontology", "shapes.ttl")) if f.level == "error"] == []


def test_findings_are_the_same_every_time(graph: Graph, shapes: Path) -> None:
    assert validate(graph, shapes=shapes) == validate(graph, shapes=shapes)
    assert replace(validate(graph, shapes=shapes)[0], level="note").level == "note"
