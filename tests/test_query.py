"""SPARQL: what is answered, what is refused, how errors read, and that time limits hold."""

from __future__ import annotations

import json
import time
import weakref
from collections.abc import Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st
from rdflib.query import ResultRow
from test_graph_samples import ontology, rules, world

from kg.errors import QueryError
from kg.graph.explain import explain
from kg.graph.graph import Graph
from kg.graph.prefixes import COMMON
from kg.graph.result import Result, ResultKind
from kg.graph.sparql import check
from kg.graph.store import assemble, load, save
from kg.query import FORMATS, read_bindings, read_value, run, saved, saved_query, serialise

PREFIXES = {**COMMON, "x": "http://x.example/"}
WHO = "SELECT ?who ?city WHERE { ?who test:defectedVia ?city }"
SLOW = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o }"


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    """The small world as a graph."""
    base = tmp_path_factory.mktemp("base")
    return assemble(world(), ontology(base), rules=rules(base))


def text(graph: Graph, query: str, format: str, **bindings: object) -> str:
    return "".join(serialise(graph.query(query, **bindings), format))


# ---- answers -------------------------------------------------------------------------------------


def test_a_plain_query_needs_no_prefixes(graph: Graph) -> None:
    [row] = graph.query(WHO)
    assert row.who == rdflib.URIRef("https://attest.example/entity/ana-ruiz")
    assert row["city"] == row[1] == rdflib.URIRef("https://attest.example/entity/quito")


def test_a_prefix_of_the_user_wins(graph: Graph) -> None:
    assert not graph.query("PREFIX ent: <http://else.example/> ASK { ent:ana-ruiz ?p ?o }")
    assert graph.query("ASK { ent:ana-ruiz ?p ?o }")


def test_according_to_whom_is_one_join(graph: Graph) -> None:
    query = """SELECT ?source ?quote WHERE { GRAPH ?doc {
        ?claim rdf:subject ent:ana-ruiz ; rdf:predicate test:postedAt ; kg:modality kg:Reported ;
            kg:source ?source ; kg:evidence/kg:quote ?quote } } ORDER BY ?source"""
    rows = [(str(row.source), str(row.quote)) for row in graph.query(query)]
    quote = "Ana Ruiz was posted to the embassy in Lima"
    assert rows == [("Reuters", quote), ("the ministry", quote)]


def test_a_result_can_be_read_twice(graph: Graph) -> None:
    result = graph.query("SELECT ?s WHERE { ?s rdfs:label ?l } ORDER BY ?s")
    assert result
    assert len(result) == 6
    assert [*map(str, result)] == [*map(str, result)]


def test_construct_gives_a_graph(graph: Graph) -> None:
    result = graph.query("CONSTRUCT { ?who a ?city } WHERE { ?who test:defectedVia ?city }")
    assert len(result.graph) == 1
    assert [len(triple) for triple in result] == [3]


def test_the_dataset_speaks_rdflib(graph: Graph) -> None:
    assert len(graph.dataset.default_graph) == len(graph)
    ana = rdflib.URIRef("https://attest.example/entity/ana-ruiz")
    assert str(graph.dataset.value(ana, rdflib.RDFS.label)) == "Ana Ruiz"


def test_rows_stream(graph: Graph) -> None:
    result = graph.query("SELECT ?s WHERE { ?s rdfs:label ?l } ORDER BY ?s")
    rows = result.stream()
    first = next(rows)
    assert [first, *rows] == list(graph.query("SELECT ?s WHERE { ?s rdfs:label ?l } ORDER BY ?s").terms())
    for again in (result.terms, result.stream, lambda: result):
        with pytest.raises(QueryError, match="streamed and are gone"):
            list(again())


@pytest.mark.parametrize("format", ["csv", "tsv", "json", "xml"])
def test_a_format_gives_its_first_piece_before_the_last_row_is_there(graph: Graph, format: str) -> None:
    taken = []

    def rows() -> Iterator[tuple[ox.Literal]]:
        for number in range(1000):
            taken.append(number)
            yield (ox.Literal(number),)

    pieces = serialise(Result(ResultKind.SELECT, rows(), variables=("n",)), format)
    assert len(list(islice(pieces, 15))) == 15
    assert 0 < len(taken) < 20


def counted(taken: list[weakref.ref[list[ox.Literal | None]]]) -> Result:
    """A result of ten rows that tells which of them are still in memory."""

    class Row(list[ox.Literal | None]):
        """A row that can be watched."""

    def rows() -> Iterator[Row]:
        for number in range(10):
            row = Row([ox.Literal(number)])
            taken.append(weakref.ref(row))
            yield row
            del row

    return Result(ResultKind.SELECT, rows(), variables=("n",))


def test_a_result_that_nobody_holds_keeps_no_rows() -> None:
    taken: list[weakref.ref[list[ox.Literal | None]]] = []
    alive = [sum(each() is not None for each in taken) for _ in counted(taken)]
    assert len(alive) == 10
    assert max(alive) <= 2
    taken.clear()
    held = counted(taken)
    assert [sum(each() is not None for each in taken) for _ in held] == list(range(1, 11))
    assert len(held) == 10


def test_readers_of_one_result_do_not_take_rows_from_each_other() -> None:
    held = counted([])
    assert [(int(one[0]), int(other[0])) for one, other in zip(held, held, strict=True)] == [(n, n) for n in range(10)]
    held = counted([])
    first, second = iter(held), held.terms()
    del held
    assert [int(row[0]) for row in first] == list(range(10))
    assert [int(row[0].value) for row in second] == list(range(10))  # type: ignore[union-attr]


def test_rows_are_rdflibs(graph: Graph) -> None:
    [row] = graph.query("SELECT ?who ?none ?label WHERE { ?who test:defectedVia ?city ; rdfs:label ?label }")
    assert isinstance(row, ResultRow)
    assert row.asdict() == {"who": row.who, "label": rdflib.Literal("Ana Ruiz")}
    assert (row.none, row.get("city"), row.labels) == (None, None, {"who": 0, "none": 1, "label": 2})


# ---- explaining ----------------------------------------------------------------------------------

EXPLAINED = """SelectQuery ?n ?s
  Project ?n ?s
    Extend ?n
      Extend ?s
        AggregateJoin
          Group
            LeftJoin
              BGP
                ?s rdf:type test:Person  1 triple
                ?s rdfs:label ?l         6 triples
              Graph ?d
                BGP
                  ?c kg:evidence/kg:source* "x"  (a path; not counted)
                  ?c rdf:subject ?s              9 triples"""


def test_a_query_is_explained(graph: Graph) -> None:
    query = """SELECT ?s (COUNT(?c) AS ?n) WHERE { ?s a test:Person ; rdfs:label ?l
        OPTIONAL { GRAPH ?d { ?c rdf:subject ?s . ?c kg:evidence/kg:source* "x" } } } GROUP BY ?s"""
    assert [" ".join(line.split()) for line in explain(graph, query)] == [" ".join(line.split()) for line in EXPLAINED.splitlines()]
    [*_, count] = explain(graph, "SELECT * FROM doc:second-77aa { ?s a kg:Claim }")
    assert count.split() == ["?s", "rdf:type", "kg:Claim", "2", "triples"]
    with pytest.raises(QueryError, match="line 1, column 12"):
        list(explain(graph, "SELECT ?s {"))


# ---- bindings ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "bindings", "count"),
    [
        ("SELECT ?city WHERE { ?who test:defectedVia ?city }", {"who": "ent:ana-ruiz"}, 1),
        ("SELECT ?city WHERE { ?who test:defectedVia ?city }", {"who": "ent:quito"}, 0),
        ("SELECT ?who WHERE { ?who test:defectedVia ?city }", {"who": "ent:ana-ruiz"}, 1),
        ("SELECT * { ?s ?p ?o FILTER NOT EXISTS { ?s a ?t } }", {"t": "test:Person", "s": "ent:ana-ruiz"}, 0),
        ("SELECT * { ?s ?p ?o FILTER NOT EXISTS { ?s a ?t } }", {"t": "test:City", "s": "ent:ana-ruiz"}, 7),
        ("SELECT ?s { { ?s ?p ?o FILTER(?o = ?l) } UNION { ?s ?p ?l } }", {"l": '"Quito"'}, 2),
        ("SELECT ?s { ?s rdfs:label ?l OPTIONAL { ?s a ?t } }", {"l": "Quito"}, 1),
        ("SELECT ?n { { SELECT (COUNT(*) AS ?n) { ?s a ?t } } }", {"t": "test:City"}, 1),
        ("SELECT (EXISTS { ?s a ?t } AS ?yes) WHERE { ?s rdfs:label ?l }", {"l": "Quito"}, 1),
        ("CONSTRUCT { ?s a ?t } WHERE { ?s a ?t }", {"t": "test:City"}, 1),
        ("CONSTRUCT WHERE { ?s a ?t }", {"t": "test:City"}, 1),
        ("DESCRIBE ?s WHERE { ?s a ?t }", {"t": "test:City"}, 7),
        ("SELECT ?s { GRAPH ?d { ?s a kg:Claim } }", {"d": "doc:second-77aa"}, 2),
        ("SELECT ?s { VALUES ?u { 1 } ?s a ?t }", {"t": "test:City"}, 1),
    ],
)
def test_a_variable_is_bound(graph: Graph, query: str, bindings: dict[str, object], count: int) -> None:
    assert len(graph.query(query, **bindings)) == count


def test_a_bound_value_is_never_pasted(graph: Graph) -> None:
    nasty = '"Quito\\" } ?s ?p ?o . { ?s ?p "'
    assert len(graph.query("SELECT ?s { ?s rdfs:label ?l }", l=nasty)) == 0
    with pytest.raises(QueryError, match="not an IRI"):
        graph.query("SELECT ?s { ?s rdfs:label ?l }", l="<x> } { ?s ?p ?o>")


@given(words=st.text())
def test_any_words_can_be_bound(words: str, graph: Graph) -> None:
    [row] = graph.query("SELECT ?x { BIND(?w AS ?x) }", w=rdflib.Literal(words))
    assert str(row.x) == words


def test_an_unknown_variable_is_told(graph: Graph) -> None:
    with pytest.raises(QueryError, match=r"no variable \?whom to bind \(it has: \?city, \?who\)"):
        graph.query(WHO, whom="ent:ana-ruiz")


@pytest.mark.parametrize(
    ("words", "term"),
    [
        ("<http://a.example/b>", "<http://a.example/b>"),
        ("ent:ana-ruiz", "<https://attest.example/entity/ana-ruiz>"),
        ('"12"', '"12"'),
        ('"a\\"b"@en-GB', '"a\\"b"@en-gb'),
        ('"2"^^xsd:byte', '"2"^^<http://www.w3.org/2001/XMLSchema#byte>'),
        ("12", '"12"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        ("-1.5", '"-1.5"^^<http://www.w3.org/2001/XMLSchema#decimal>'),
        ("true", '"true"^^<http://www.w3.org/2001/XMLSchema#boolean>'),
        ("2016-07", '"2016-07"^^<http://id.loc.gov/datatypes/edtf/EDTF>'),
        ("Ana Ruiz", '"Ana Ruiz"'),
        ("http://a.example/", '"http://a.example/"'),
        ("nothing:here", '"nothing:here"'),
    ],
)
def test_values_are_read_as_typed(words: str, term: str) -> None:
    assert str(read_value(words, PREFIXES)) == term


@pytest.mark.parametrize("words", ['"open', '"a"b', '"a"^^7'])
def test_a_malformed_value_is_told(words: str) -> None:
    with pytest.raises(QueryError):
        read_value(words, PREFIXES)


def test_python_values_are_bound(graph: Graph) -> None:
    for value in (3, 2.5, True, date(2016, 7, 1), rdflib.URIRef("http://a.example/"), ox.Literal("x")):
        assert len(graph.query("SELECT ?x { BIND(?v AS ?x) }", v=value)) == 1
    with pytest.raises(QueryError, match="cannot be bound"):
        graph.query("SELECT ?x { BIND(?v AS ?x) }", v=object())


def test_bindings_are_pairs() -> None:
    assert read_bindings(["who=ent:a", "?x = a=b"]) == {"who": "ent:a", "x": "a=b"}
    for pair in ("who", "1a=b", "=x"):
        with pytest.raises(QueryError, match="name=value"):
            read_bindings([pair])


# ---- refusals ------------------------------------------------------------------------------------

REFUSED = [
    "ASK { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "ASK { SERVICE<http://127.0.0.1:9/>{ ?s ?p ?o } }",
    "ASK { service silent <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "ASK { SERVICESILENT<http://127.0.0.1:9/>{ ?s ?p ?o } }",
    "ASK { SERVICE ?where { ?s ?p ?o } }",
    "PREFIX : <http://127.0.0.1:9/> ASK { SERVICE:x { ?s ?p ?o } }",
    "PREFIX : <http://127.0.0.1:9/> ASK { ?s ?p trueSERVICE:x { ?s ?p ?o } }",
    "ASK { ?s ?p trueSERVICE<http://127.0.0.1:9/>{ ?s ?p ?o } }",
    "ASK { ?s ?p 1SERVICE<http://127.0.0.1:9/>{ ?s ?p ?o } }",
    "ASK { ?s ?p 1.5e3SERVICE<http://127.0.0.1:9/>{ ?s ?p ?o } }",
    "ASK { ?s ?p 'a\\'#'.SERVICE<http://127.0.0.1:9/>{ ?s ?p ?o } }",
    "ASK { ?s ?p '''a'#''' .SERVICE<http://127.0.0.1:9/>{ ?s ?p ?o } }",
    "ASK { ?s ?p <http://a#> SERVICE<http://127.0.0.1:9/>{ ?s ?p ?o } }",
    "ASK { ?s ?p <http://\\u0041#>SERVICE<http://127.0.0.1:9/>{ ?s ?p ?o } }",
    "ASK { ?s ?p x:a.SERVICE <http://127.0.0.1:9/>{ ?s ?p ?o } }",
    "ASK { ?s ?p ?o # comment\nSERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "ASK { ?s ?p ?o # comment\rSERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "ASK { ?s ?p ?o FILTER(?a<?b)SERVICE<http://127.0.0.1:9/>{ ?s ?p ?o } }",
    "ASK { ?s ?p ?o FILTER(?a <?b && EXISTS{SERVICE<http://127.0.0.1:9/>{ ?s ?p ?o }}) }",
    "SELECT * { { SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } } } }",
    "INSERT DATA { <http://a> <http://b> <http://c> }",
    "PREFIX a: <http://a/> DELETE WHERE { ?s ?p ?o }",
    "LOAD <file:///etc/passwd>",
    "# SELECT\nCLEAR ALL",
    "WITH <http://a> INSERT { ?s ?p ?o } WHERE { ?s ?p ?o }",
    "SELECT * FROM <file:///etc/passwd> WHERE { ?s ?p ?o }",
    "SELECT * FROM NAMED <http://127.0.0.1:9/> WHERE { ?s ?p ?o }",
    "PREFIX f: <file:///etc/> SELECT * FROM f:passwd WHERE { ?s ?p ?o }",
]
ALLOWED = [
    "SELECT ?service WHERE { ?service ?p 'SERVICE <http://127.0.0.1:9/>' }",
    'SELECT * { ?s ?p """INSERT " SERVICE""" , \'LOAD\' } # SERVICE <http://127.0.0.1:9/>',
    "SELECT * { ?s x:SERVICE x:serviceOf ; <http://x.example/SERVICE#load> 'x'@en-service }",
    "SELECT $service { BIND(1 AS $service) }",
    "# DELETE everything\nASK { ?s ?p 'LOAD' }",
    "SELECT * FROM doc:wire-1f2e FROM NAMED doc:second-77aa WHERE { ?s ?p ?o }",
    "ASK { ?s ?p ?o FILTER(?s<?p && ?o>?p) }",
    "ASK { ?s ?p ?o FILTER(?s<?p&&?o>?p) }",
]


@pytest.mark.parametrize("query", REFUSED)
def test_egress_and_updates_are_refused(query: str) -> None:
    with pytest.raises(QueryError, match=r"refused|would change|FROM names no graph"):
        check(query, PREFIXES)


@pytest.mark.parametrize("query", ALLOWED)
def test_harmless_queries_run(query: str) -> None:
    check(query, PREFIXES, {f"{COMMON['doc']}wire-1f2e", f"{COMMON['doc']}second-77aa"})


PIECES = st.sampled_from(
    [
        "SERVICE",
        "service",
        "SILENT",
        "<http://127.0.0.1:9/>",
        "{ ?s ?p ?o }",
        "{",
        "}",
        " ",
        ".",
        "?s ?p ",
        "true",
        "1",
        "'a'",
        '"#"',
        "#",
        "\n",
        "x:a",
        "x:",
        ":",
        "\\#",
        "@en",
        "?v",
        "OPTIONAL",
        "FILTER(?a<?b)",
        "<?b",
        ">",
        "'''",
        "_:b",
        "1e",
        "a",
        ";",
        "x:a\\'",
        "<http://a#>",
        "UNION",
        "BIND(1 AS ?q)",
        "^^",
        "\\",
    ]
)


@given(parts=st.lists(PIECES, max_size=9))
def test_what_passes_never_reaches_the_network(parts: list[str]) -> None:
    query = "ASK { ?s ?p " + "".join(parts) + " }"
    try:
        check(query, PREFIXES)
    except QueryError:
        return
    store = ox.Store()
    store.add(ox.Quad(ox.NamedNode("http://a"), ox.NamedNode("http://b"), ox.Literal(True)))
    store.query(query, prefixes=PREFIXES)  # Oxigraph raises OSError for port 9 before it connects


# ---- errors --------------------------------------------------------------------------------------


def message(query: str) -> str:
    with pytest.raises(QueryError) as caught:
        check(query, PREFIXES)
    return str(caught.value)


def test_a_syntax_error_shows_its_place() -> None:
    shown = message("SELECT ?a WHERE {\n\t?a rdfs:label }\n}")
    assert shown == "line 2, column 16: unexpected '}'\n  \t?a rdfs:label }\n  \t              ^"


def test_an_unknown_prefix_shows_its_place_and_the_known_ones() -> None:
    shown = message("SELECT ?s {\n  ?s foaf:name ?n }").splitlines()
    assert shown[0].startswith("line 2, column 6: no prefix foaf: is known (known: block:, claim:")
    assert shown[1:] == ["    ?s foaf:name ?n }", "       ^"]


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("", "line 1, column 1: a query starts with SELECT"),
        ("hello", "line 1, column 1: a query starts with SELECT"),
        ("SELECT ?s {", "line 1, column 12: the query ends too soon"),
        ("SELECT ?z { ?x ?y ?z } GROUP BY ?x", "variable that is unbound"),
        ("SELECT ?s { ?s ?p ?o } LIMIT many", "line 1, column 30: unexpected 'many'"),
        ("SELECT ?s {\n\t?s ?p }", "line 2, column 2: cannot be read from '?s' on"),
        ("SELECT ?s { ?s ?p <ana> }", "line 1, column 19: <ana> is no whole IRI"),
        ("SELECT ?s { ?s ?p ?o FILTER(<http://x.example/f>(?o)) }", "the query cannot run"),
        ("SELECT s { ?s ?p ?o }", "line 1, column 8: cannot be read from 's' on"),
        ("SELECT * { ?s ?p ?o } }", "line 1, column 23: cannot be read from '}' on"),
        ("SELECT * { ?s ?p ?o } ORDER ?s", "line 1, column 23: cannot be read from 'ORDER' on"),
    ],
)
def test_errors_are_plain(query: str, told: str) -> None:
    assert told in message(query)


# ---- time ----------------------------------------------------------------------------------------


def test_a_query_is_stopped_in_time(graph: Graph) -> None:
    begun = time.monotonic()
    with pytest.raises(QueryError, match=r"stopped after 0\.5 s"):
        run(graph, SLOW, timeout=0.5)
    assert time.monotonic() - begun < 6  # includes starting the process, on a busy machine


def test_a_query_in_time_answers_as_without_a_limit(graph: Graph, tmp_path: Path) -> None:
    base = tmp_path / "base"
    base.mkdir()
    save(world(), ontology(base), tmp_path / "out", rules=rules(base))
    for held in (graph, load(tmp_path / "out")):
        assert [*map(str, run(held, WHO, timeout=60))] == [*map(str, held.query(WHO))]
    assert run(graph, "ASK { ent:ana-ruiz ?p ?o }", timeout=60)
    assert len(run(graph, "CONSTRUCT { ?s a ?o } WHERE { ?s test:via ?o }", timeout=60)) == 1
    assert run(graph, WHO, bindings={"who": "ent:quito"}, timeout=60).variables == ("who", "city")


def test_a_graph_that_was_changed_is_asked_as_it_is(tmp_path: Path) -> None:
    base = tmp_path / "base"
    base.mkdir()
    save(world(), ontology(base), tmp_path / "out", rules=rules(base))
    held = load(tmp_path / "out")
    save(world().__class__((), (), ()), ontology(base), tmp_path / "out", rules=rules(base))
    assert len(run(held, WHO, timeout=60)) == 1


# ---- formats -------------------------------------------------------------------------------------


def test_a_table_has_short_names(graph: Graph) -> None:
    assert text(graph, WHO, "table").splitlines() == [
        "who           city",
        "────────────  ─────────",
        "ent:ana-ruiz  ent:quito",
    ]


def test_rows_in_standard_formats(graph: Graph) -> None:
    query = 'SELECT ?a ?b ?c ?d { BIND("a,\\"b\\"\\n<&\\u0001" AS ?a) BIND("hi"@en AS ?b) BIND(5 AS ?c) }'
    assert text(graph, query, "csv") == 'a,b,c,d\r\n"a,""b""\n<&\x01",hi,5,\r\n'
    assert text(graph, query, "tsv").splitlines()[0] == "?a\t?b\t?c\t?d"
    rows = json.loads(text(graph, query, "json"))["results"]["bindings"]
    assert rows[0]["a"] == {"type": "literal", "value": 'a,"b"\n<&\x01'}
    assert rows[0]["b"] == {"type": "literal", "value": "hi", "xml:lang": "en"}
    ElementTree.fromstring(text(graph, query, "xml"))
    again = ox.parse_query_results(text(graph, query, "tsv"), format=ox.QueryResultsFormat.TSV)
    assert [t.value if t else None for t in next(iter(again))] == ['a,"b"\n<&\x01', "hi", "5", None]


@pytest.mark.parametrize("format", ["table", "csv", "tsv", "json", "xml"])
def test_ask_in_each_format(graph: Graph, format: str) -> None:
    assert "true" in text(graph, "ASK { ?s ?p ?o }", format)


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph")  # inside rdflib
def test_triples_in_each_format(graph: Graph) -> None:
    query = "CONSTRUCT { ?who test:defectedVia ?city ; rdfs:label ?l } WHERE { ?who test:defectedVia ?city ; rdfs:label ?l }"
    expected = graph.query(query).graph
    turtle = text(graph, query, "turtle")
    assert turtle.splitlines()[0].startswith("@prefix ent:")
    for name, format in (("turtle", "turtle"), ("ntriples", "nt"), ("jsonld", "json-ld")):
        assert set(rdflib.Graph().parse(data=text(graph, query, name), format=format)) == set(expected)
    assert "test:defectedVia" in text(graph, query, "table")


def test_an_unfit_format_is_told(graph: Graph) -> None:
    with pytest.raises(QueryError, match="turtle: not a format for rows"):
        text(graph, WHO, "turtle")
    with pytest.raises(QueryError, match="xml: not a format for triples"):
        text(graph, "CONSTRUCT WHERE { ?s ?p ?o }", "xml")
    assert {"table", "csv", "tsv", "json", "xml", "turtle", "jsonld"} <= set(FORMATS)


# ---- saved ---------------------------------------------------------------------------------------


def test_saved_queries_run(graph: Graph, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = tmp_path / "queries"
    folder.mkdir()
    (folder / "via.rq").write_text(f"# Title: Who left through where\n{WHO}")
    monkeypatch.setattr("kg.query.resource", lambda *_: folder)
    assert {name: query.title for name, query in saved().items()} == {"via": "Who left through where"}
    assert len(graph.query(saved_query("via").text)) == 1
    with pytest.raises(QueryError, match="try via"):
        saved_query("vja")
