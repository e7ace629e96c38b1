"""Rules: what follows, from which claims, until nothing more follows."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from test_graph_samples import extractions, ontology, rules, world

from kg.errors import OntologyError
from kg.graph.convert import canonical, to_rdf
from kg.graph.derived import derivations
from kg.graph.graph import Graph
from kg.graph.rules import Rule, claims_by_triple, derive, read_rules
from kg.graph.store import assemble
from kg.model import Claim, Extraction, Modality
from kg.resources import resource

X = "http://x.example/"
PREFIXES = {"x": X, "kg": "https://attest.example/ns/kg#", "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#"}


@pytest.fixture
def graph(tmp_path: Path) -> Graph:
    """The small world as a graph."""
    return assemble(world(), ontology(tmp_path), rules=rules(tmp_path))


def facts(*triples: str) -> ox.Store:
    store = ox.Store()
    store.load(("@prefix x: <http://x.example/> . " + " . ".join(triples) + " .").encode(), format=ox.RdfFormat.TURTLE)
    return store


def rule(text: str, name: str = "test") -> Rule:
    return Rule(name, text, PREFIXES)


def derived(store: ox.Store, *texts: str) -> list[str]:
    found = derive(store, [rule(text, f"rule{index}") for index, text in enumerate(texts)])
    return sorted(" ".join(str(t).strip("<>").removeprefix(X) for t in d.triple) for d in found)


def test_a_rule_runs_until_nothing_new_follows() -> None:
    store = facts("x:a x:in x:b", "x:b x:in x:c", "x:c x:in x:d")
    found = derived(store, "CONSTRUCT { ?a x:in ?c } WHERE { ?a x:in ?b . ?b x:in ?c }")
    assert found == ["a in c", "a in d", "b in d"]
    assert len(store) == 6


def test_rules_feed_each_other_whatever_their_order() -> None:
    texts = ["CONSTRUCT { ?a x:q ?b } WHERE { ?a x:p ?b }", "CONSTRUCT { ?b x:r ?a } WHERE { ?a x:q ?b }"]
    assert derived(facts("x:a x:p x:b"), *texts) == derived(facts("x:a x:p x:b"), *texts[::-1]) == ["a q b", "b r a"]


@pytest.mark.parametrize(
    "text",
    [
        "CONSTRUCT { ?a x:q ?b } WHERE { ?a x:p ?b FILTER NOT EXISTS { ?a x:no ?b } }",
        "CONSTRUCT { ?a x:q ?b } WHERE { ?a x:p+ ?b }",
        "CONSTRUCT { ?a x:q ?b } WHERE { { ?a x:p ?b } UNION { ?a x:o ?b } OPTIONAL { ?b x:z ?c } }",
        "CONSTRUCT { ?a x:q ?b } { VALUES ?p { x:p } ?a ?p ?b # } a comment\n }",
        "PREFIX y: <http://x.example/> CONSTRUCT { ?a y:q ?b } WHERE { ?a y:p ?b BIND('}' AS ?brace) }",
        "CONSTRUCT { ?a x:q ?b . ?none x:q ?b } WHERE { ?a x:p ?b }",
    ],
)
def test_rules_are_written_as_sparql_allows(text: str) -> None:
    assert derived(facts("x:a x:p x:b"), text) == ["a q b"]


def test_the_short_form_adds_nothing() -> None:
    assert derived(facts("x:a x:p x:b"), "CONSTRUCT WHERE { ?a x:p ?b }") == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("CONSTRUCT { ?a x:q [] } WHERE { ?a x:p ?b }", "blank nodes"),
        ("SELECT * { ?a x:p ?b }", "a rule is a CONSTRUCT query"),
        ("CONSTRUCT { ?a x:q ?b } WHERE { SERVICE <http://a.example/> { ?a x:p ?b } }", "line 1, column 33: SERVICE"),
        ("CONSTRUCT { ?a x:q ?b WHERE", "rule test: line 1"),
        ("CONSTRUCT { ?c x:p ?b } WHERE { ?a x:p ?b BIND(IRI(CONCAT(STR(?a), 'a')) AS ?c) }", "still add facts"),
    ],
)
def test_a_bad_rule_is_told(text: str, told: str) -> None:
    with pytest.raises(OntologyError, match=told):
        derive(facts("x:a x:p x:b"), [rule(text)])


def test_a_derived_fact_keeps_the_claims_it_came_from(graph: Graph) -> None:
    found = {d.claim.predicate: d for d in graph.derivations}
    assert set(found) == {"defectedVia", "hasPart"}
    via, made = found["defectedVia"], {c.id: c for c in world().claims}
    assert via.rules == ("defectedVia",)
    assert sorted(made[i].predicate for i in via.claims) == ["agent", "via"]
    assert (via.claim.subject, via.claim.object) == ("ana-ruiz", "quito")


def test_a_derived_fact_is_as_weak_as_what_it_came_from(graph: Graph) -> None:
    [via] = [d.claim for d in graph.derivations if d.claim.predicate == "defectedVia"]
    assert via.modality is Modality.REPORTED
    assert [s.words for s in via.source] == ["some agencies"]
    assert [e.quote for e in via.evidence] == ["She fled through Quito"]


def test_the_firmest_of_several_sources_counts(tmp_path: Path) -> None:
    via = next(c for c in world().claims if c.predicate == "via")
    twice = replace(world(), claims=(*world().claims, replace(via, modality=Modality.ASSERTED, source=())))
    graph = assemble(twice, ontology(tmp_path), rules=rules(tmp_path))
    [found] = [d for d in graph.derivations if d.claim.predicate == "defectedVia"]
    assert found.claim.modality is Modality.ASSERTED
    assert len(found.claims) == 3


def test_denied_claims_derive_nothing(tmp_path: Path) -> None:
    via = [c for c in world().claims if c.predicate in ("agent", "via")]
    denied = [replace(c, modality=Modality.DENIED) for c in via]
    graph = assemble(replace(world(), claims=tuple(denied)), ontology(tmp_path), rules=rules(tmp_path))
    assert graph.derivations == ()


def test_claims_behind_a_chain_are_found_through_derived_facts(tmp_path: Path) -> None:
    folder = rules(tmp_path)
    prefix = "PREFIX t: <https://attest.example/ns/test#> "
    query = f"{prefix}CONSTRUCT {{ ?who t:via ?city }} WHERE {{ ?who t:defectedVia ?city }}"
    (folder / "again.rq").write_text(query, encoding="utf-8")
    graph = assemble(world(), ontology(tmp_path), rules=folder)
    [found] = [d for d in graph.derivations if d.rules == ("again",)]
    made = {c.id: c for c in world().claims}
    assert sorted(made[i].predicate for i in found.claims) == ["agent", "via"]


def test_a_rule_may_name_claims_itself(tmp_path: Path) -> None:
    folder = rules(tmp_path)
    query = """PREFIX t: <https://attest.example/ns/test#>
        CONSTRUCT { ?who t:via ?what } WHERE { GRAPH ?g { ?claim a kg:Claim ; rdf:subject ?who ; rdf:object ?what ;
            kg:modality kg:Denied } }"""
    (folder / "denied.rq").write_text(query, encoding="utf-8")
    graph = assemble(world(), ontology(tmp_path), rules=folder)
    [found] = [d for d in graph.derivations if d.rules == ("denied",)]
    [claim] = [c for c in world().claims if c.modality is Modality.DENIED]
    assert found.claims == (claim.id,)


def test_what_the_ontology_states_holds_both_ways(graph: Graph) -> None:
    assert graph.query("ASK { ent:ministry test:hasPart ent:embassy-in-lima }")
    assert graph.query('ASK { GRAPH ?g { ?d a kg:Derivation ; kg:rule "inverse of partOf" ; kg:derivedFrom ?claim } }')


def test_the_bundled_rules_can_be_read() -> None:
    prefixes = {**PREFIXES, "dip": "https://attest.example/ns/diplomacy#"}
    found = read_rules(resource("ontology") / "rules", prefixes)
    assert found
    for bundled in found:
        assert bundled.select
        assert bundled.template
    assert read_rules(Path("/none"), prefixes) == ()


def test_derivations_without_claims_are_not_shown() -> None:
    store = facts("x:a x:p x:b")
    derive(store, [rule("CONSTRUCT { ?a x:q ?b } WHERE { ?a x:p ?b }")])
    assert derivations(store, replace(world(), claims=())) == ()


def test_a_claim_may_have_a_value_in_a_rule(tmp_path: Path) -> None:
    folder = rules(tmp_path)
    query = """PREFIX t: <https://attest.example/ns/test#>
        CONSTRUCT { ?who t:occurredOn ?date } WHERE { ?e t:agent ?who ; t:occurredOn ?date }"""
    (folder / "date.rq").write_text(query, encoding="utf-8")
    graph = assemble(world(), ontology(tmp_path), rules=folder)
    [found] = [d.claim for d in graph.derivations if d.rules == ("date",)]
    assert isinstance(found, Claim)
    assert str(getattr(found.object, "value", "")) == "2016-07"


@given(extractions())
def test_rules_start_from_just_the_claims_that_stand(read: Extraction) -> None:
    with tempfile.TemporaryDirectory() as folder:
        taught = ontology(Path(folder))
    store = ox.Store()
    store.extend(to_rdf(read, taught))
    found = {iri.rpartition("/")[2] for claims in claims_by_triple(store).values() for iri in claims}
    assert found == {c.id for c in canonical(read).claims if c.in_default_graph}
