"""Finding a thing by its names, and saying what is known of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from test_graph_samples import ontology, rules, world

from kg.errors import GraphError
from kg.graph.graph import Graph
from kg.graph.store import assemble
from kg.model import Entity, Modality, Polarity, Source
from kg.show import according_to, describe, find


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    """The small world as a graph, with a second Ruiz."""
    base = tmp_path_factory.mktemp("base")
    entities = (*world().entities, Entity("jose-ruiz", ("Person",), "José-Luis Ruiz"))
    return assemble(replace(world(), entities=entities), ontology(base), rules=rules(base))


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("Ana Ruiz", ["ana-ruiz"]),
        ("Ms. Ruiz", ["ana-ruiz"]),
        ("ana-ruiz", ["ana-ruiz"]),
        ("ent:ana-ruiz", ["ana-ruiz"]),
        ("https://attest.example/entity/ana-ruiz", ["ana-ruiz"]),
        ("ana  RUIZ", ["ana-ruiz"]),
        ("jose luis ruiz", ["jose-ruiz"]),
        ("Ruiz", ["ana-ruiz", "defection-of-ana-ruiz", "jose-ruiz"]),
        ("emb", ["embassy-in-lima"]),
    ],
)
def test_things_are_found_by_their_names(graph: Graph, text: str, ids: list[str]) -> None:
    assert [entity.id for entity in find(graph, text)] == ids


@pytest.mark.parametrize("text", ["Anna Riuz", "", "   ", "zzz"])
def test_what_is_not_there_is_told(graph: Graph, text: str) -> None:
    with pytest.raises(GraphError, match="nothing in the graph has this name"):
        find(graph, text)


def test_close_names_are_suggested(graph: Graph) -> None:
    with pytest.raises(GraphError, match="close: Ana Ruiz"):
        find(graph, "Anna Ruizz")


def test_facts_say_who_says_so(graph: Graph) -> None:
    found = describe(graph, find(graph, "ana-ruiz")[0])
    so, not_so = found.outgoing["postedAt"]
    assert (so.label, so.other, so.entity) == ("posted at", "embassy in Lima", "embassy-in-lima")
    assert so.said_by == "according to Reuters, citing ministry"
    assert (so.modality, not_so.modality) == (Modality.REPORTED, Modality.DENIED)
    assert not_so.polarity is Polarity.NEGATIVE
    assert so.quote == "Ana Ruiz was posted to the embassy in Lima"
    assert so.title == "A wire"
    assert found.types == ("person",)


def test_incoming_facts_tell_the_other_roles_of_an_event(graph: Graph) -> None:
    found = describe(graph, find(graph, "ana-ruiz")[0])
    [agent] = found.incoming["agent"]
    assert (agent.other, agent.details) == ("defection of Ana Ruiz", ("via: Quito", "occurred on: 2016-07"))


def test_derived_facts_tell_their_reasons(graph: Graph) -> None:
    [via] = describe(graph, find(graph, "ana-ruiz")[0]).outgoing["defectedVia"]
    assert via.kind == "derived"
    assert via.because == ("by rule defectedVia", 'from "She fled through Quito"')


def test_the_text_holds_it_all(graph: Graph) -> None:
    found = describe(graph, find(graph, "ana-ruiz")[0])
    short, long = list(found.lines()), list(found.lines(why=True, open_claims=True))
    assert short[0] == "Ana Ruiz (ent:ana-ruiz)"
    assert "    embassy in Lima  [reported, according to Reuters, citing ministry]" in short
    assert "    not embassy in Lima  [denied, according to ministry]" in short
    assert not [line for line in short if "admires" in line or "by rule" in line]
    assert "  admires" in long
    assert [line for line in long if "family name after Ms." in line]
    assert "  2 mentions: Ana Ruiz, Ms. Ruiz" in short


def test_a_chain_of_speakers_reads_outermost_first() -> None:
    chain = (Source("he", "ana"), Source("the ministry"), Source("Reuters"))
    assert according_to(chain, {"ana": "Ana Ruiz"}) == "according to Reuters, citing the ministry, citing Ana Ruiz"
    assert according_to((), {}) == ""
