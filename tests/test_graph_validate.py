"""What is wrong with a graph is told in plain words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from test_graph_samples import ONTOLOGY, ontology, quoted, rules, world

from kg.errors import GraphError, OntologyError
from kg.graph.constraints import constrained
from kg.graph.graph import Graph
from kg.graph.store import assemble, save
from kg.graph.store import load as opened
from kg.graph.validate import document_of, validate
from kg.model import Claim, Decided, Entity, Literal, Modality, Ruling, Source
from kg.namespaces import KG
from kg.ontology import CONTAINMENT, SINGLE, load
from kg.resources import resource
from kg.show import describe, find

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
        "error: Ana Ruiz: is posted at what is no city (embassy in Lima): according to Reuters, citing ministry "
        '("Ana Ruiz was posted to the embassy in Lima", A wire)',
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


# ---- claims that keep no constraint --------------------------------------------------------------

DOC = world().documents[0]
VIOLATING = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix t: <https://attest.example/ns/test#> .
t:Via a sh:NodeShape ; sh:targetObjectsOf t:via ; sh:class t:City ; sh:message "A stop on a route must be a city." .
t:Agent a sh:NodeShape ; sh:targetSubjectsOf t:agent ;
    sh:property [ sh:path t:agent ; sh:class t:Person ; sh:message "Only people flee." ] ,
        [ sh:path t:agent ; sh:class t:City ; sh:severity sh:Warning ; sh:message "not a city" ] .
t:Part a sh:NodeShape ; sh:targetClass t:Organization ;
    sh:property [ sh:path [ sh:inversePath t:partOf ] ; sh:class t:Embassy ; sh:message "Only embassies are parts." ] .
t:Date a sh:NodeShape ; sh:targetSubjectsOf t:occurredOn ;
    sh:property [ sh:path t:occurredOn ; sh:pattern "^20" ; sh:message "Nothing older than this century." ] .
"""


def claimed(subject: str, predicate: str, value: str | Literal, words: str = "She fled through Quito", **more: Any) -> Claim:
    """Return a claim on some words of the first document."""
    return Claim(subject, predicate, value, DOC.id, (quoted(DOC, words),), **more)


def judged(tmp_path: Path, *claims: Claim, shapes: str = "", entities: tuple[Entity, ...] = ()) -> Graph:
    """Return a graph of some claims, under some shapes."""
    path = tmp_path / "own-shapes.ttl"
    path.write_text(shapes, encoding="utf-8")
    read = replace(world(), claims=claims, entities=(*world().entities, *entities))
    return assemble(read, ontology(tmp_path), rules=rules(tmp_path), shapes=path)


@pytest.mark.parametrize(
    ("claim", "constraint"),
    [
        (claimed("quito", "postedAt", "reuters"), "Quito (city) is the subject of posted at, which speaks of a person"),
        (claimed("ana-ruiz", "postedAt", "quito"), "Quito (city) is the object of posted at, which must be an organisation"),
        (claimed("ana-ruiz", "postedAt", Literal("home")), '"home" is the object of posted at, which must be an organisation'),
        (claimed("defection-of-ana-ruiz", "occurredOn", "quito"), "Quito (city) is the object of occurred on, which must be a value"),
        (claimed("defection-of-ana-ruiz", "via", "reuters"), "A stop on a route must be a city."),
        (claimed("defection-of-ana-ruiz", "agent", "quito"), "Only people flee."),
        (claimed("reuters", "partOf", "ministry"), "Only embassies are parts."),
        (claimed("defection-of-ana-ruiz", "occurredOn", Literal("1999", "date")), "Nothing older than this century."),
    ],
)
def test_a_claim_that_keeps_no_constraint_is_kept_marked_and_out(claim: Claim, constraint: str, tmp_path: Path) -> None:
    graph = judged(tmp_path, claim, shapes=VIOLATING)
    [found] = graph.extraction.claims
    assert (found.violations, found.in_default_graph) == ((constraint,), False)
    asked = "ASK { GRAPH ?g { ?claim kg:violates ?constraint ; rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o } ?s ?p ?o }"
    assert not graph.query(asked)
    [told] = [f for f in validate(graph) if f.level == "warning"]
    assert constraint in told.message
    assert "kept out of the default graph: according to the author" in told.message
    assert f'"{claim.evidence[0].quote}"' in told.message


@pytest.mark.parametrize(
    "claim",
    [
        claimed("ana-ruiz", "postedAt", "embassy-in-lima"),  # an embassy is an organisation
        claimed("ana-ruiz", "postedAt", "unknown"),
        claimed("unknown", "postedAt", "reuters"),
        claimed("some-thing", "postedAt", "reuters"),
        claimed("defection-of-ana-ruiz", "via", "unknown"),
        claimed("defection-of-ana-ruiz", "agent", "ana-ruiz"),
        claimed("embassy-in-lima", "partOf", "ministry"),
        claimed("ana-ruiz", "nowhere-defined", "quito"),
    ],
)
def test_what_fits_or_is_of_unknown_kind_violates_nothing(claim: Claim, tmp_path: Path) -> None:
    entities = (Entity("unknown", (), "it"), Entity("some-thing", ("Thing",), "thing"))
    graph = judged(tmp_path, claim, shapes=VIOLATING, entities=entities)
    assert graph.extraction.claims[0].violations == ()
    assert graph.extraction.claims[0].in_default_graph


def test_a_kind_that_is_only_less_specific_violates_nothing(tmp_path: Path) -> None:
    taught = ontology(tmp_path)
    narrow = replace(taught, properties={**taught.properties, "via": replace(taught.properties["via"], range=("Embassy",))})
    read = replace(world(), claims=(claimed("defection-of-ana-ruiz", "via", "reuters"), claimed("defection-of-ana-ruiz", "via", "quito")))
    found = {str(c.object): bool(c.violations) for c in constrained(read, narrow, None).claims}
    assert found == {"reuters": False, "quito": True}


def test_what_two_claims_say_together_is_no_violation_of_either(tmp_path: Path) -> None:
    shapes = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix t: <https://attest.example/ns/test#> .
        t:One a sh:NodeShape ; sh:targetSubjectsOf t:via ; sh:property [ sh:path t:via ; sh:maxCount 1 ; sh:message "one stop" ] ."""
    graph = judged(tmp_path, claimed("ana-ruiz", "via", "quito"), claimed("ana-ruiz", "via", "reuters"), shapes=shapes)
    assert [c.violations for c in graph.extraction.claims] == [(), ()]
    assert [f.message for f in validate(graph, shapes=tmp_path / "own-shapes.ttl") if f.level == "error"] == [
        'Ana Ruiz: one stop: according to the author ("She fled through Quito", A wire)'
    ]


def test_marks_are_made_anew_and_derive_nothing(tmp_path: Path) -> None:
    wrong = claimed("defection-of-ana-ruiz", "via", "reuters")
    graph = judged(tmp_path, wrong, claimed("defection-of-ana-ruiz", "agent", "ana-ruiz"), shapes=VIOLATING)
    assert graph.derivations == ()
    again = assemble(graph.extraction, ontology(tmp_path), rules=rules(tmp_path))
    assert {c.violations for c in again.extraction.claims} == {()}


def test_a_derived_fact_that_keeps_no_range_is_marked_like_a_claim(tmp_path: Path) -> None:
    more = ONTOLOGY + "t:serves a owl:ObjectProperty ; rdfs:subPropertyOf t:postedAt ; rdfs:label \"serves\" ."
    (tmp_path / "more.ttl").write_text(more, encoding="utf-8")
    claims = (claimed("ana-ruiz", "serves", "quito"), claimed("ana-ruiz", "serves", "ministry", "Ms. Ruiz did not resign"))
    graph = assemble(replace(world(), claims=claims), load([tmp_path / "more.ttl"]), rules=rules(tmp_path))
    assert [c.violations for c in graph.extraction.claims] == [(), ()]
    constraint = "Quito (city) is the object of posted at, which must be an organisation"
    assert {d.claim.object: d.claim.violations for d in graph.derivations} == {"quito": (constraint,), "ministry": ()}
    [told] = [f.message for f in validate(graph) if f.level == "warning" and "posted at" in f.message]
    assert told.startswith(f"Ana Ruiz – posted at – Quito: {constraint}; follows by rule serves is a postedAt from claim {claims[0].id}; ")
    assert "She fled through Quito" in told
    facts = describe(graph, find(graph, "Ana Ruiz")[0]).outgoing["postedAt"]
    assert {fact.entity: fact.mark for fact in facts} == {"quito": f"violates {constraint}", "ministry": ""}
    save(graph.extraction, load([tmp_path / "more.ttl"]), tmp_path / "kept", rules=rules(tmp_path))
    assert opened(tmp_path / "kept").derivations == graph.derivations


@pytest.mark.parametrize(("ruling", "derived"), [(Ruling.ACCEPTED, 1), (Ruling.CORRECTED, 1), (Ruling.REJECTED, 0)])
def test_the_word_of_a_person_goes_before_a_constraint(ruling: Ruling, derived: int, tmp_path: Path) -> None:
    claims = [claimed("defection-of-ana-ruiz", p, o, ruling=ruling, decision="d1") for p, o in (("via", "reuters"), ("agent", "ana-ruiz"))]
    graph = judged(tmp_path, *claims, shapes=VIOLATING)
    assert bool(graph.query("ASK { ?event test:via ent:reuters }")) is bool(derived)
    assert len(graph.derivations) == derived
    assert bool([f for f in validate(graph) if "a person decided so" in f.message]) is bool(derived)


def test_shapes_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    with pytest.raises(OntologyError, match=r"own-shapes\.ttl: line 1, column"):
        judged(tmp_path, claimed("ana-ruiz", "via", "quito"), shapes="t:a t:b")


@pytest.mark.parametrize(
    "constraint",
    ['sh:minCount "a"', 'sh:pattern "("', "sh:property [ sh:minCount 1 ]", 'sh:sparql [ sh:select "SELECT * {" ; sh:message "m" ]'],
)
def test_shapes_that_mean_nothing_are_told(constraint: str, tmp_path: Path) -> None:
    shapes = f"""@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix t: <https://attest.example/ns/test#> .
        t:Via a sh:NodeShape ; sh:targetSubjectsOf t:via ; sh:property [ sh:path t:via ; {constraint} ] ."""
    with pytest.raises(OntologyError, match=r"own-shapes\.ttl: cannot be used as shapes"):
        judged(tmp_path, claimed("ana-ruiz", "via", "quito"), shapes=shapes)


@pytest.mark.parametrize("domain", ["diplomacy", "business"])
def test_the_bundled_shapes_name_what_the_ontologies_have(domain: str) -> None:
    taught = load([resource("ontology", "core.ttl"), resource("ontology", f"{domain}.ttl")])
    assert {SINGLE, CONTAINMENT} <= {trait for p in taught.properties.values() for trait in p.traits}
    assert not {"SingleValued", "Presence", "Containment"} & taught.classes.keys()


# ---- contradictions ------------------------------------------------------------------------------

BORN = """
t:bornIn a owl:ObjectProperty , kg:SingleValued ; rdfs:label "born in" .
t:arrivedIn a owl:ObjectProperty , kg:Presence ; rdfs:label "arrived in" .
t:visited a owl:ObjectProperty , kg:Presence ; rdfs:label "visited" .
t:locatedIn a owl:ObjectProperty , kg:Containment ; rdfs:label "located in" .
t:on a owl:DatatypeProperty , kg:SingleValued ; rdfs:label "on" .
"""
LIMA = Entity("lima", ("City",), "Lima", same_as=("https://sws.geonames.org/3936456/",))
PERU = Entity("peru", ("Country",), "Peru", same_as=("http://publications.europa.eu/resource/authority/country/PER",))


def contradicting(tmp_path: Path, *claims: Claim) -> list[str]:
    """Return the notes on some claims, with properties of one value and of being somewhere."""
    (tmp_path / "more.ttl").write_text(ONTOLOGY + BORN, encoding="utf-8")
    read = replace(world(), claims=claims, entities=(*world().entities, LIMA, PERU))
    graph = assemble(read, load([tmp_path / "more.ttl"]), rules=rules(tmp_path))
    return [f.message for f in validate(graph) if f.level == "note"]


def test_two_birthplaces_are_listed_with_both_sentences(tmp_path: Path) -> None:
    one = claimed("ana-ruiz", "bornIn", "quito", "She fled through Quito")
    other = claimed("ana-ruiz", "bornIn", "lima", "Ms. Ruiz did not resign", source=(Source("Reuters", "reuters"),))
    [told] = contradicting(tmp_path, one, other)
    assert told == (
        'Ana Ruiz – born in – Lima according to Reuters ("Ms. Ruiz did not resign", A wire), '
        'but Quito according to the author ("She fled through Quito", A wire)'
    )
    assert contradicting(tmp_path, one, replace(other, ruling=Ruling.REJECTED)) == []
    assert contradicting(tmp_path, one, replace(other, modality=Modality.UNCONFIRMED)) == []


def test_who_is_in_two_places_on_one_day_is_listed(tmp_path: Path) -> None:
    here = claimed("ana-ruiz", "arrivedIn", "quito", when="2016-07-12")
    there = claimed("ana-ruiz", "visited", "lima", "Ms. Ruiz did not resign", when="2016-07-12")
    [told] = contradicting(tmp_path, here, there)
    assert told.startswith("Ana Ruiz – in two places on 2016-07-12 – ")
    assert "She fled through Quito" in told
    assert "Ms. Ruiz did not resign" in told
    assert contradicting(tmp_path, here, replace(there, when="2016-07-13")) == []
    assert contradicting(tmp_path, replace(here, when="2016-07"), replace(there, when="2016-07")) == []


@pytest.mark.parametrize(
    "claims",
    [
        (claimed("ana-ruiz", "bornIn", "lima"), claimed("ana-ruiz", "bornIn", "peru")),  # as GeoNames says
        (claimed("ana-ruiz", "bornIn", "quito"), claimed("ana-ruiz", "bornIn", "ministry"), claimed("quito", "locatedIn", "ministry")),
        (claimed("ana-ruiz", "on", Literal("2016", "date")), claimed("ana-ruiz", "on", Literal("2016-07-12", "date"))),
        (claimed("ana-ruiz", "on", Literal("2016", "date")), claimed("ana-ruiz", "on", Literal("2015/2017", "date"))),
        (claimed("ana-ruiz", "via", "quito"), claimed("ana-ruiz", "via", "lima")),
    ],
)
def test_what_lies_within_is_no_contradiction(claims: tuple[Claim, ...], tmp_path: Path) -> None:
    assert contradicting(tmp_path, *claims) == []


def test_two_dates_are_a_contradiction(tmp_path: Path) -> None:
    dates = (claimed("ana-ruiz", "on", Literal(value, "date")) for value in ("2016-07", "2016-08"))
    assert len(contradicting(tmp_path, *dates)) == 1


def test_a_decision_without_evidence_is_told(tmp_path: Path) -> None:
    read = replace(world(), decisions=(Decided("d1", "reject", "reject A – p – B", gone="in/a.txt is not among the documents"),))
    [told] = [str(f) for f in validate(assemble(read, ontology(tmp_path), rules=rules(tmp_path))) if f.level == "warning"]
    assert told == "warning: decision d1 (reject A – p – B) is not obeyed: in/a.txt is not among the documents"


# ---- one document --------------------------------------------------------------------------------


def test_one_document_is_checked_by_itself(graph: Graph, shapes: Path) -> None:
    first, second = (document_of(graph, name) for name in ("in/wire-1f2e.txt", "second-77aa"))
    assert [f.level for f in validate(graph, shapes=shapes, document=first)] == ["error", "warning"]
    assert [str(f) for f in validate(graph, shapes=shapes, document=second)] == ["warning: Ana Ruiz: is part of nothing"]  # by its open claim


def test_a_quote_is_checked_in_its_own_document(graph: Graph, shapes: Path) -> None:
    text = next(q for q in graph.store if q.predicate.value == str(KG.text) and "wire" in q.subject.value)  # type: ignore[union-attr]
    graph.store.remove(text)
    graph.store.add(ox.Quad(text.subject, text.predicate, ox.Literal("other words"), text.graph_name))
    wrong = [[f for f in validate(graph, shapes=shapes, document=name) if "differ" in f.message] for name in ("wire-1f2e", "second-77aa")]
    assert [bool(found) for found in wrong] == [True, False]


def test_a_document_is_named_as_people_name_it(graph: Graph) -> None:
    assert document_of(graph, "wire-1f2e.txt") == document_of(graph, "wire-1f2e") == "wire-1f2e"
    with pytest.raises(GraphError, match="several documents have this name"):
        document_of(graph, "A wire")
    with pytest.raises(GraphError, match=r"no document has this name \(there are in/second"):
        document_of(graph, "none.txt")


@pytest.mark.parametrize("domain", ["wire-1f2e", "second-77aa"])
def test_the_bundled_shapes_find_nothing_wrong_with_a_sound_document(graph: Graph, domain: str) -> None:
    assert [f for f in validate(graph, document=domain) if f.level == "error"] == []
