"""Extraction to RDF and back."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from test_graph_samples import extractions, ontology, world

from kg.errors import GraphError
from kg.graph.convert import canonical, from_rdf, to_rdf
from kg.model import Claim, Extraction, Literal
from kg.namespaces import CLAIM, DOC, ENT, KG
from kg.ontology import Ontology, load


@pytest.fixture(scope="module")
def onto(tmp_path_factory: pytest.TempPathFactory) -> Ontology:
    """The small ontology."""
    return ontology(tmp_path_factory.mktemp("onto"))


def stored(extraction: Extraction, onto: Ontology) -> ox.Store:
    """Put an extraction through the store, which rewrites literals to their canonical form."""
    store = ox.Store()
    store.extend(to_rdf(extraction, onto))
    again = ox.Store()
    again.bulk_load(store.dump(format=ox.RdfFormat.N_QUADS), format=ox.RdfFormat.N_QUADS)
    return again


def test_the_world_comes_back(onto: Ontology) -> None:
    assert from_rdf(stored(world(), onto)) == canonical(world())


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(extraction=extractions())
def test_whatever_the_model_holds_comes_back(extraction: Extraction, onto: Ontology) -> None:
    assert from_rdf(stored(extraction, onto)) == canonical(extraction)


def test_order_of_input_does_not_matter(onto: Ontology) -> None:
    one = world()
    other = Extraction(
        one.documents[::-1],
        one.entities[::-1],
        one.claims[::-1],
        one.observations,
        one.judgements,
        dict(reversed(list(one.versions.items()))),
    )
    assert list(to_rdf(one, onto)) == list(to_rdf(other, onto))


def test_there_are_no_blank_nodes(onto: Ontology) -> None:
    terms = [t for q in to_rdf(world(), onto) for t in (q.subject, q.object, q.graph_name)]
    assert not [t for t in terms if isinstance(t, ox.BlankNode)]


def test_only_firm_positive_taught_claims_stand_in_the_default_graph(onto: Ontology) -> None:
    store = stored(world(), onto)
    admires = store.quads_for_pattern(None, ox.NamedNode("https://attest.example/ns/open#admires"), None)
    assert not list(admires)
    posted = ox.NamedNode("https://attest.example/ns/test#postedAt")
    assert [q.graph_name for q in store.quads_for_pattern(None, posted, None)] == [ox.DefaultGraph()]


def test_a_claim_says_who_said_it_innermost_first(onto: Ontology) -> None:
    store = stored(world(), onto)
    rows = store.query("SELECT ?one ?two WHERE { GRAPH ?g { ?c kg:sourceChain (?one ?two) } }", prefixes={"kg": str(KG)})
    assert [(r["one"].value, r["two"].value) for r in rows] == [(f"{ENT}ministry", f"{ENT}reuters")]


def test_ids_are_percent_encoded(onto: Ontology) -> None:
    odd = Extraction((), (), (Claim('a b/é"<>', "via", "ü#?%", "d;1", ()),))
    [claim] = from_rdf(stored(odd, onto)).claims
    assert (claim.subject, claim.object, claim.document) == ('a b/é"<>', "ü#?%", "d;1")


def test_an_unknown_datatype_is_refused(onto: Ontology) -> None:
    odd = Extraction((), (), (Claim("a", "via", Literal("1", "currency"), "d", ()),))
    with pytest.raises(GraphError, match="currency"):
        list(to_rdf(odd, onto))


def test_a_graph_that_lacks_a_value_is_refused(onto: Ontology) -> None:
    broken = [q for q in to_rdf(world(), onto) if q.predicate.value != str(KG.modality)]
    with pytest.raises(GraphError, match="modality"):
        from_rdf(broken)


def test_a_claim_and_its_document_have_the_iris_of_the_contract(onto: Ontology) -> None:
    subjects = {q.subject.value for q in to_rdf(world(), onto)}
    assert f"{CLAIM}{world().claims[0].id}" in subjects
    assert f"{DOC}wire-1f2e" in subjects


def test_an_ontology_is_named_in_a_graph_of_its_own(onto: Ontology, tmp_path: Path) -> None:
    graph = ox.NamedNode("https://attest.example/graph/ontology")
    assert [q for q in to_rdf(Extraction((), (), ()), onto) if q.graph_name != graph] == []
    assert load([tmp_path]).classes == {}
