"""rdflib over our graphs: each trap of a plain Oxigraph store behaves as SPARQL says, or says why not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.plugins.sparql import prepareQuery, prepareUpdate
from rdflib.plugins.sparql.operators import register_custom_function, unregister_custom_function
from rdflib.store import TripleAddedEvent
from test_graph_samples import ontology, rules, world

from kg.errors import GraphError, QueryError
from kg.graph.bridge import from_rdflib, to_rdflib
from kg.graph.dataset import RdflibStore
from kg.graph.graph import Graph
from kg.graph.store import FolderStore, assemble, load

X = rdflib.Namespace("http://x.example/")
SHOUT = X.shout
BOTH = f"SELECT ?s ?o FROM <{X.g1}> FROM <{X.g2}> WHERE {{ ?s <{X.p}> ?o }}"


@pytest.fixture
def graph() -> Graph:
    """Two graphs that share a triple, and a default graph with one of its own."""
    store = ox.Store()
    text = """<x:d> <http://x.example/p> "default" .
        <x:both> <http://x.example/p> "shared" <http://x.example/g1> .
        <x:both> <http://x.example/p> "shared" <http://x.example/g2> .
        <x:one> <http://x.example/p> "one" <http://x.example/g1> .
        <x:three> <http://x.example/p> "three" <http://x.example/g3> ."""
    store.load(text, format=ox.RdfFormat.N_QUADS)
    return Graph(store, manifest={"prefixes": {"x": str(X)}})


@pytest.fixture
def shout() -> Iterator[None]:
    """A function that somebody registered with rdflib."""
    register_custom_function(SHOUT, lambda term: rdflib.Literal(str(term).upper() + "!"))
    yield
    unregister_custom_function(SHOUT)


def objects(rows: object) -> list[str]:
    return sorted(str(row.o) for row in rows)  # type: ignore[attr-defined]


# ---- which graphs --------------------------------------------------------------------------------


def test_from_chooses_graphs(graph: Graph) -> None:
    one = f"SELECT ?o FROM <{X.g1}> WHERE {{ ?s ?p ?o }}"
    for asked in (graph.query, graph.dataset.query, graph.dataset.graph(X.g3).query):
        assert objects(asked(one)) == ["one", "shared"]
    named = "SELECT ?o FROM NAMED x:g3 WHERE { GRAPH ?g { ?s ?p ?o } }"
    assert objects(graph.query(named)) == objects(graph.dataset.query(named)) == ["three"]
    assert not graph.query("ASK FROM NAMED x:g3 { ?s ?p ?o }")


def test_a_union_holds_each_triple_once(graph: Graph) -> None:
    assert objects(graph.query(BOTH)) == objects(graph.dataset.query(BOTH)) == ["one", "shared"]
    assert [row.n.toPython() for row in graph.query(f"SELECT (COUNT(*) AS ?n) FROM x:g1 FROM <{X.g2}> {{ ?s ?p ?o }}")] == [2]
    mixed = "SELECT ?g ?o FROM x:g1 FROM x:g2 FROM NAMED x:g3 { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"
    assert objects(graph.query(mixed)) == ["one", "shared", "three"]
    assert objects(graph.query(BOTH, s="<x:one>")) == ["one"]
    graph.dataset.default_union = True
    assert objects(graph.dataset.query("SELECT ?o { ?s ?p ?o }")) == ["default", "one", "shared", "three"]
    assert len(list(graph.dataset.triples((None, None, None)))) == 4


def test_a_graph_of_a_dataset_is_asked_alone(graph: Graph) -> None:
    assert objects(graph.dataset.graph(X.g3).query("SELECT ?o { ?s ?p ?o }")) == ["three"]
    assert objects(graph.dataset.query("SELECT ?o { ?s ?p ?o }")) == ["default"]


@pytest.mark.parametrize("query", [f"SELECT * FROM <{X.none}> {{ ?s ?p ?o }}", "ASK { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"])
def test_what_would_be_fetched_is_refused(graph: Graph, query: str) -> None:
    for asked in (graph.query, graph.dataset.query):
        with pytest.raises(QueryError, match=r"nothing is fetched|nothing else"):
            asked(query)


# ---- prefixes, bindings, functions ---------------------------------------------------------------


def test_prefixes_are_kept(graph: Graph, tmp_path: Path) -> None:
    FolderStore(tmp_path / "out").write(graph)
    dataset = load(tmp_path / "out").dataset
    assert objects(dataset.query("SELECT ?o { ?s x:p ?o }")) == ["default"]
    dataset.bind("mine", X)
    assert objects(dataset.query("SELECT ?o { ?s mine:p ?o }")) == ["default"]
    assert objects(dataset.query("PREFIX x: <http://else.example/> SELECT ?o { ?s x:p ?o }")) == []


def test_prepared_queries_run_on_the_engine(graph: Graph) -> None:
    prepared = prepareQuery("SELECT ?o { GRAPH ?g { ?s x:p ?o } }", initNs={"x": X})
    assert objects(graph.dataset.query(prepared, initBindings={"g": X.g3})) == ["three"]
    graph.dataset.update(prepareUpdate("INSERT DATA { x:new x:p 'new' }", initNs={"x": X}))
    assert objects(graph.dataset.query("SELECT ?o { x:new ?p ?o }")) == ["new"]


def test_any_variable_can_be_bound(graph: Graph) -> None:
    bound = {"p": X.p, "s": rdflib.URIRef("x:d")}
    assert objects(graph.dataset.query("SELECT ?o { ?s ?p ?o }", initBindings=bound)) == ["default"]
    with pytest.raises(QueryError, match="no variable"):
        graph.dataset.query("SELECT ?o { ?s ?p ?o }", initBindings={"who": X.p})
    with pytest.raises(QueryError, match="VALUES"):
        graph.dataset.update("INSERT { ?s x:q ?o } WHERE { ?s ?p ?o }", initBindings={"s": X.p})


def test_registered_functions_are_called(graph: Graph, shout: None) -> None:
    query = f"SELECT (<{SHOUT}>(?word) AS ?o) WHERE {{ ?s ?p ?word }}"
    assert objects(graph.query(query)) == objects(graph.dataset.query(query)) == ["DEFAULT!"]
    assert objects(graph.query(query.replace("WHERE", f"FROM <{X.g3}> WHERE"))) == ["THREE!"]
    graph.dataset.update(f"INSERT {{ x:new x:p ?o }} WHERE {{ ?s ?p ?w BIND(<{SHOUT}>(?w) AS ?o) }}")
    assert objects(graph.query("SELECT ?o { x:new ?p ?o }")) == ["DEFAULT!"]


def test_an_unknown_function_is_told(graph: Graph) -> None:
    for asked in (graph.query, graph.dataset.query):
        with pytest.raises(QueryError, match="shout> is not supported"):
            asked(f"SELECT (<{SHOUT}>(?s) AS ?o) WHERE {{ ?s ?p ?word }}")


def test_options_of_rdflibs_engine_are_told(graph: Graph) -> None:
    with pytest.raises(QueryError, match="base: an option of rdflib's own engine"):
        graph.dataset.query("ASK { ?s ?p ?o }", base="http://x.example/")


# ---- changes -------------------------------------------------------------------------------------


def test_an_update_is_whole_or_not_at_all(graph: Graph) -> None:
    with pytest.raises(QueryError):
        graph.dataset.update("INSERT DATA { x:a x:p 1 } ; CREATE GRAPH x:g1")
    assert not graph.query("ASK { x:a ?p ?o }")
    with pytest.raises(QueryError, match="line 1, column 22: unexpected '}'"):
        graph.dataset.update("INSERT DATA { x:a x: }")


@pytest.mark.parametrize(
    ("update", "told"),
    [
        ("LOAD <file:///etc/hostname>", "LOAD is refused"),
        ("INSERT { ?s ?p ?o } WHERE { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", "SERVICE is refused"),
        ("INSERT DATA { none:a x:p 1 }", "no prefix none:"),
    ],
)
def test_updates_reach_nothing_outside(graph: Graph, update: str, told: str) -> None:
    before = set(graph.store)
    with pytest.raises(QueryError, match=told):
        graph.dataset.update(update)
    graph.dataset.update("LOAD SILENT <file:///etc/hostname> INTO GRAPH x:g9 ; INSERT DATA { x:a x:p 1 }")
    assert len(set(graph.store) - before) == 1


def test_nothing_is_rolled_back_in_silence(graph: Graph) -> None:
    graph.dataset.add((X.a, X.p, X.b))
    graph.dataset.commit()
    with pytest.raises(GraphError, match="nothing can be rolled back"):
        graph.dataset.rollback()
    with pytest.raises(QueryError, match="WITH"):
        graph.dataset.graph(X.g1).update("INSERT DATA { x:a x:p 1 }")


def test_events_see_what_a_generator_adds(graph: Graph) -> None:
    seen: list[object] = []
    graph.dataset.store.dispatcher.subscribe(TripleAddedEvent, lambda event: seen.append(event.triple))
    graph.dataset.addN((X[f"s{i}"], X.p, X.o, graph.dataset.default_graph) for i in range(3))
    assert len(seen) == 3


def test_a_change_is_asked_with_a_time_limit_too(graph: Graph, tmp_path: Path) -> None:
    from kg.query import run

    FolderStore(tmp_path / "out").write(graph)
    held = load(tmp_path / "out")
    assert held.place == tmp_path / "out" / "graph.nq"
    held.dataset.update("DELETE DATA { <x:d> x:p 'default' } ; INSERT DATA { <x:d> x:p 'changed' }")
    assert objects(run(held, "SELECT ?o { ?s x:p ?o }", timeout=60)) == ["changed"]


def test_an_index_cannot_be_changed(graph: Graph, tmp_path: Path) -> None:
    FolderStore(tmp_path / "out", index=True).write(graph)
    dataset = load(tmp_path / "out").dataset
    with pytest.raises(GraphError, match="an index is for reading"):
        dataset.update("INSERT DATA { x:a x:p 1 }")
    with pytest.raises(GraphError, match="an index is for reading"):
        dataset.add((X.a, X.p, X.b))


# ---- the fallback --------------------------------------------------------------------------------


def test_rdflibs_own_store_and_engine_answer_alike(tmp_path: Path) -> None:
    made = assemble(world(), ontology(tmp_path), rules=rules(tmp_path))
    copy = made.to_rdflib()
    assert type(copy.store).__name__ == "Memory"
    query = "SELECT ?claim ?quote { GRAPH ?d { ?claim kg:evidence/kg:quote ?quote } }"
    assert set(copy.query(query)) == set(made.query(query)) != set()


def test_a_dataset_of_the_users_can_be_a_store(graph: Graph) -> None:
    mine = rdflib.Dataset()
    mine.add((X.old, X.p, X.old))
    store = RdflibStore(mine)
    store.write(graph)
    assert {str(o) for _, _, o, _ in mine.quads()} == {"default", "shared", "one", "three"}
    assert set(store.read().store) == set(graph.store)


TERMS = [
    ox.NamedNode("http://x.example/é"),
    ox.BlankNode("b"),
    ox.Literal("words"),
    ox.Literal("words", language="en-gb"),
    ox.Literal("5", datatype=ox.NamedNode(str(rdflib.XSD.integer))),
    ox.Literal("2016-07", datatype=ox.NamedNode("http://id.loc.gov/datatypes/edtf/EDTF")),
]


@pytest.mark.parametrize("term", TERMS)
def test_terms_go_both_ways(term: object) -> None:
    assert from_rdflib(to_rdflib(term)) == term  # type: ignore[arg-type]


def test_words_are_the_literal_that_rdflib_would_make() -> None:
    ours, theirs = to_rdflib(ox.Literal("words")), rdflib.Literal("words")
    assert type(ours) is type(theirs)
    assert all(getattr(ours, name) == getattr(theirs, name) for name in rdflib.Literal.__slots__)
    assert hash(ours) == hash(theirs)
    assert ours == theirs
