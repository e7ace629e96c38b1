"""Exports: each format holds the graph, is valid in its own terms, and comes out the same every time."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import networkx
import pyoxigraph as ox
import pytest
import rdflib
from rdflib.namespace import RDF
from test_graph_samples import document, ontology, quoted, rules, world

from kg.errors import ExportError
from kg.graph.convert import canonical, from_rdf
from kg.graph.export import FORMATS, export, write, write_file
from kg.graph.graph import Graph
from kg.graph.store import assemble
from kg.model import Claim, ClaimKind, Document, Entity, Extraction, Literal, Mention, MentionKind, Ruling
from kg.namespaces import KG


@pytest.fixture
def graph(tmp_path: Path) -> Graph:
    """The small world as a graph."""
    return assemble(world(), ontology(tmp_path), rules=rules(tmp_path))


@pytest.fixture
def nasty(tmp_path: Path) -> Graph:
    """A graph whose words are formulas, markup and control characters."""
    text = "=1+1 <b>&\"'\x07\ufffe said\n@x\u2028end"
    doc = replace(document("nasty-1", text), title="-title")
    mention = Mention(doc.id, 0, 4, text[:4], MentionKind.NAME)
    entities = (Entity("a", (), text, (text,), (mention,)), Entity("b\x07", ("City",), "\x00"))
    claims = (
        Claim("a", "via", "b\x07", doc.id, (quoted(doc, text),)),
        Claim("a", "via", Literal("-12.5"), doc.id, (quoted(doc, "said"),)),
        Claim("a", "said\n=x", "b\x07", doc.id, (quoted(doc, "said"),), kind=ClaimKind.OPEN),
    )
    return assemble(Extraction((doc,), entities, claims), ontology(tmp_path), rules=rules(tmp_path))


def written(graph: Graph, format: str) -> bytes:
    return b"".join(export(graph, format))


def lines_of(graph: Graph, kind: str) -> list[dict[str, object]]:
    lines = [json.loads(line) for line in written(graph, "jsonl").decode().split("\n")[:-1]]
    return [line for line in lines if line["kind"] == kind]


@pytest.mark.parametrize("format", FORMATS)
def test_the_same_graph_gives_the_same_bytes(format: str, graph: Graph) -> None:
    again = ox.Store()
    again.extend(sorted(graph.store, key=str, reverse=True))
    assert written(Graph(again, manifest=graph.manifest), format) == written(graph, format) != b""


@pytest.mark.parametrize("format", FORMATS)
def test_hostile_words_do_no_harm(format: str, nasty: Graph) -> None:
    assert written(nasty, format).decode()


def test_an_unknown_format_is_told_at_once(graph: Graph) -> None:
    with pytest.raises(ExportError, match="docx: unknown format"):
        export(graph, "docx")


# ---- RDF -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("format", "read"),
    [("nquads", ox.RdfFormat.N_QUADS), ("trig", ox.RdfFormat.TRIG), ("jsonld", ox.RdfFormat.JSON_LD)],
)
@pytest.mark.parametrize("which", ["graph", "nasty"])
def test_datasets_come_back_whole(format: str, read: ox.RdfFormat, which: str, request: pytest.FixtureRequest) -> None:
    graph: Graph = request.getfixturevalue(which)
    assert set(ox.parse(written(graph, format), format=read)) == set(graph.store)


def test_turtle_holds_everything_in_one_graph(graph: Graph) -> None:
    quads = list(ox.parse(written(graph, "turtle"), format=ox.RdfFormat.TURTLE))
    assert from_rdf(quads) == canonical(world())
    assert len(rdflib.Graph().parse(data=written(graph, "turtle"), format="turtle")) == len(quads)


def test_rdf_12_reifies_claims(graph: Graph) -> None:
    store = ox.Store()
    store.bulk_load(written(graph, "rdf12"), format=ox.RdfFormat.TURTLE)
    query = """SELECT ?quote WHERE { << ent:ana-ruiz test:postedAt ?where ~ ?claim >> kg:modality kg:Denied ;
        kg:evidence/kg:quote ?quote }"""
    [row] = store.query(query, prefixes=graph.prefixes)  # type: ignore[union-attr,misc]
    assert row["quote"].value.startswith("The ministry denied")


def test_files_name_only_the_prefixes_they_need(graph: Graph) -> None:
    head = [line for line in written(graph, "turtle").decode().splitlines() if line.startswith("@prefix")]
    assert head == sorted(head)
    assert not [line for line in head if line.startswith(("@prefix table:", "@prefix decision:"))]


# ---- JSON lines ----------------------------------------------------------------------------------


def test_a_line_for_each_thing(graph: Graph) -> None:
    assert [d["path"] for d in lines_of(graph, "document")] == ["in/second-77aa.txt", "in/wire-1f2e.txt"]
    [embassy] = [e for e in lines_of(graph, "entity") if e["label"] == "embassy in Lima"]
    assert embassy["types"] == ["Embassy", "Organization"]
    [figure] = lines_of(graph, "observation")
    assert (figure["value"], figure["period"], figure["unit"]) == (1276, "2014", "people")


def test_claims_name_sources_innermost_first(graph: Graph) -> None:
    claims = [c for c in lines_of(graph, "claim") if c["predicate"] == "postedAt" and c["polarity"] == "positive"]
    base = "https://attest.example/entity/"
    assert [c["source"] for c in claims] == [[f"{base}ministry", f"{base}reuters"]]
    assert [c["modality"] for c in claims] == ["reported"]


def test_open_and_derived_claims_say_what_they_are(graph: Graph) -> None:
    origins = {str(c["predicate"]): c["origin"] for c in lines_of(graph, "claim")}
    assert (origins["admires"], origins["defectedVia"], origins["via"]) == ("open", "derived", "taught")


def test_every_quote_is_the_text_at_its_offsets(graph: Graph) -> None:
    texts = {f"https://attest.example/document/{d.id}": d.text for d in world().documents}
    for line in [*lines_of(graph, "claim"), *lines_of(graph, "observation")]:
        for part in line["evidence"]:  # type: ignore[attr-defined]
            assert texts[part["document"]][part["start"] : part["end"]] == part["quote"]


def test_a_value_keeps_its_datatype(graph: Graph) -> None:
    [date] = [c for c in lines_of(graph, "claim") if c["predicate"] == "occurredOn"]
    assert date["object"] == {"value": "2016-07", "datatype": "date"}


# ---- networks and tables -------------------------------------------------------------------------


def test_network_formats_can_be_read(graph: Graph, nasty: Graph) -> None:
    for made, edges in ((graph, 8), (nasty, 2)):
        one = networkx.parse_graphml(written(made, "graphml").decode(), force_multigraph=True)
        two = networkx.read_gexf(io.BytesIO(written(made, "gexf")), version="1.2draft")
        assert len(one.edges) == len(two.edges) == edges
        assert set(one.nodes) == set(two.nodes)
    assert b"lastmodifieddate" not in written(graph, "gexf")


def test_a_network_has_claims_as_edges(graph: Graph) -> None:
    network = graph.to_networkx()
    posted = [d for _, _, d in network.edges(data=True) if d["predicate"] == "postedAt" and d["polarity"] == "positive"]
    assert [d["source"] for d in posted] == [["the ministry", "Reuters"]]
    assert network.nodes["defection-of-ana-ruiz"]["values"] == {"occurredOn": ["2016-07"]}
    assert network.nodes["quito"]["latitude"] == -0.23


def test_the_table_is_for_people(graph: Graph) -> None:
    rows = list(csv.DictReader(io.StringIO(written(graph, "csv").decode())))
    posted = next(r for r in rows if r["predicate"] == "postedAt" and r["polarity"] == "positive")
    assert (posted["subject"], posted["object"]) == ("Ana Ruiz", "embassy in Lima")
    assert posted["source"] == "Reuters, citing ministry"
    assert posted["document"] == "A wire"


def test_no_cell_is_a_formula(nasty: Graph) -> None:
    rows = list(csv.DictReader(io.StringIO(written(nasty, "csv").decode())))
    cells = [cell for row in rows for cell in row.values()]
    assert [cell for cell in cells if cell[:1] in "=+-@\t\r" and cell] == ["-12.5"]


# ---- framed JSON-LD ------------------------------------------------------------------------------


def test_a_framed_claim_is_a_tree_with_its_words_source_and_ends(graph: Graph) -> None:
    trees = json.loads(written(graph, "framed"))["@graph"]
    posted = next(t for t in trees if t["predicate"] == "test:postedAt" and t["polarity"] == "kg:Positive")
    assert posted["subject"] == {"id": "ent:ana-ruiz", "type": "test:Person", "label": "Ana Ruiz"}
    assert [e["quote"] for e in posted["evidence"]] == ["Ana Ruiz was posted to the embassy in Lima"]
    assert {s["label"] for s in posted["attributedTo"]} == {"Reuters", "ministry"}
    assert posted["document"]["title"] == "A wire"


def test_what_is_framed_is_what_the_graph_says(graph: Graph) -> None:
    known = {(q.subject, q.predicate, q.object) for q in graph.store}
    said = {(q.subject, q.predicate, q.object) for q in ox.parse(written(graph, "framed"), format=ox.RdfFormat.JSON_LD)}
    assert said <= known
    assert {s.value.rpartition("/")[2] for s, p, _ in said if p.value == str(KG.modality)} == {c.id for c in graph.extraction.claims}
    assert {o.value for _, p, o in said if p.value == str(KG.quote)} >= {e.quote for c in world().claims for e in c.evidence}


# ---- nanopublications ----------------------------------------------------------------------------

NP = "http://www.nanopub.org/nschema#"


def published(graph: Graph) -> dict[str, dict[str, list[ox.Quad]]]:
    """Return the quads of each publication by the last part of their graph's name."""
    out: dict[str, dict[str, list[ox.Quad]]] = {}
    for quad in ox.parse(written(graph, "nanopub"), format=ox.RdfFormat.TRIG):
        assert isinstance(quad.graph_name, ox.NamedNode)  # no triple without a graph
        name, _, part = quad.graph_name.value.partition("#")
        out.setdefault(name, {}).setdefault(part, []).append(quad)
    return out


@pytest.mark.parametrize("which", ["graph", "nasty"])
def test_each_nanopublication_is_well_formed(which: str, request: pytest.FixtureRequest) -> None:
    graph: Graph = request.getfixturevalue(which)
    found = published(graph)
    assert len(found) == len(graph.extraction.claims)
    for name, parts in found.items():
        assert set(parts) == {"Head", "assertion", "provenance", "pubinfo"}
        links = {NP + "hasAssertion": "assertion", NP + "hasProvenance": "provenance", NP + "hasPublicationInfo": "pubinfo"}
        head = {(q.subject.value, q.predicate.value, q.object.value) for q in parts["Head"]}
        assert head == {(name, str(RDF.type), NP + "Nanopublication"), *((name, link, f"{name}#{part}") for link, part in links.items())}
        assert [q for q in parts["provenance"] if q.subject.value == f"{name}#assertion"]
        assert [q for q in parts["pubinfo"] if q.subject.value == name]


def test_only_what_stands_is_asserted_as_a_triple(graph: Graph) -> None:
    found = published(graph)
    for claim in graph.extraction.claims:
        parts = found[f"https://attest.example/nanopub/{claim.id}"]
        predicates = {q.predicate.value for q in parts["assertion"]}
        assert (str(RDF.predicate) not in predicates) is claim.in_default_graph
        quotes = {q.object.value for q in parts["provenance"] if q.predicate.value == str(KG.quote)}
        assert quotes == {e.quote for e in claim.evidence}


# ---- Neo4j ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("which", ["graph", "nasty"])
def test_the_files_for_neo4j_hold_every_claim_between_known_nodes(which: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    graph: Graph = request.getfixturevalue(which)
    write(graph, "neo4j", tmp_path / "neo")
    tables = {p.stem: list(csv.DictReader(io.StringIO(p.read_bytes().decode(), newline=""))) for p in (tmp_path / "neo").iterdir()}
    assert set(tables) == {"entities", "values", "documents", "claims", "sources"}
    ids = [row["id:ID"] for name in ("entities", "values", "documents") for row in tables[name]]
    assert len(ids) == len(set(ids))
    for row in (*tables["claims"], *tables["sources"]):
        assert {row[":START_ID"], row[":END_ID"]} <= set(ids)
        assert row[":TYPE"]
    kept = {row["claim"]: row for row in tables["claims"]}
    for claim in graph.extraction.claims:
        row = kept[claim.id]
        assert (row[":START_ID"], row[":TYPE"], row["modality"]) == (f"ent:{claim.subject}", claim.predicate, claim.modality)
        assert (row["quote"], row["stands:boolean"]) == (claim.evidence[0].quote, str(claim.in_default_graph).lower())
    labels = {row["id:ID"]: row["label"] for row in tables["entities"]}
    assert {f"ent:{e.id}": e.label for e in graph.extraction.entities}.items() <= labels.items()
    assert {row["value"] for row in tables["values"]} == {c.object.value for c in graph.extraction.claims if isinstance(c.object, Literal)}


def test_the_files_for_neo4j_are_the_same_every_time(tmp_path: Path, graph: Graph) -> None:
    again = ox.Store()
    again.extend(sorted(graph.store, key=str, reverse=True))
    write(graph, "neo4j", tmp_path / "a")
    write(Graph(again, manifest=graph.manifest), "neo4j", tmp_path / "b")
    assert [(p.name, p.read_bytes()) for p in sorted((tmp_path / "a").iterdir())] == [
        (p.name, p.read_bytes()) for p in sorted((tmp_path / "b").iterdir())
    ]


def test_several_files_need_a_folder(tmp_path: Path, graph: Graph) -> None:
    with pytest.raises(ExportError, match="name a folder with -o"):
        export(graph, "neo4j")
    (tmp_path / "file").write_text("mine")
    with pytest.raises(ExportError, match="is a file"):
        write(graph, "neo4j", tmp_path / "file")


def test_what_a_person_rejected_is_marked_everywhere(tmp_path: Path) -> None:
    claims = tuple(replace(c, ruling=Ruling.REJECTED, decision="d") for c in world().claims)
    graph = assemble(replace(world(), claims=claims), ontology(tmp_path), rules=rules(tmp_path))
    assert {row["mark"] for row in csv.DictReader(io.StringIO(written(graph, "csv").decode()))} == {"rejected by a person"}
    assert {line["ruling"] for line in lines_of(graph, "claim")} == {"rejected"}
    assert {d["mark"] for _, _, d in graph.to_networkx().edges(data=True)} == {"rejected by a person"}
    assert {t["ruling"] for t in json.loads(written(graph, "framed"))["@graph"]} == {"kg:Rejected"}


# ---- files ---------------------------------------------------------------------------------------


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path, graph: Graph) -> None:
    path = tmp_path / "sub" / "graph.ttl"
    write_file(export(graph, "turtle"), path)
    assert path.read_bytes() == written(graph, "turtle")
    with pytest.raises(ExportError, match="cannot be written"):
        write_file(export(graph, "turtle"), Path("/proc/none/graph.ttl"))
    assert [p.name for p in path.parent.iterdir()] == ["graph.ttl"]


def test_an_export_needs_no_language_model() -> None:
    code = "import sys, kg.graph.export, kg.graph.store; print([m for m in ('spacy', 'networkx', 'pyshacl', 'pyld') if m in sys.modules])"
    root = str(Path(__file__).parent.parent)
    found = subprocess.run([sys.executable, "-c", code], cwd=root, check=True, capture_output=True, text=True)
    assert found.stdout.strip() == "[]"


def test_an_empty_graph_can_be_exported(tmp_path: Path) -> None:
    empty = assemble(Extraction((), (), ()), ontology(tmp_path), rules=rules(tmp_path))
    for format in FORMATS:
        written(empty, format)
    assert isinstance(world().documents[0], Document)
