"""What an ontology states (hierarchies, inverses, symmetry, transitivity, chains) is drawn as an OWL RL reasoner draws it."""

from __future__ import annotations

import tempfile
from itertools import pairwise
from pathlib import Path

import owlrl
import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st
from test_graph_samples import document, quoted

from kg.graph.bridge import to_rdflib
from kg.graph.convert import object_term
from kg.graph.graph import Graph
from kg.graph.store import assemble
from kg.graph.terms import DEFAULT
from kg.model import Claim, Entity, Extraction, Literal
from kg.namespaces import ENT
from kg.ontology import load
from kg.show import describe, find

T = "https://attest.example/ns/test#"
HEAD = f"""@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix t: <{T}> .
"""
DOC = document("profile-1", "so it is said")
Triple = tuple[str, str, str]


def graph_of(turtle: str, facts: list[Triple], kinds: dict[str, str], values: tuple[tuple[str, str], ...] = ()) -> Graph:
    """Return our graph of some facts about entities of some kinds."""
    evidence = (quoted(DOC, "so it is said"),)
    claims = [Claim(s, p, o, DOC.id, evidence) for s, p, o in facts]
    claims += [Claim(s, p, Literal("words"), DOC.id, evidence) for s, p in values]
    entities = tuple(Entity(name, (kind,), name) for name, kind in kinds.items())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "test.ttl"
        path.write_text(HEAD + turtle, encoding="utf-8")
        (Path(folder) / "rules").mkdir()
        return assemble(Extraction((DOC,), entities, tuple(claims)), load([path]), rules=Path(folder) / "rules")


def reasoned(turtle: str, facts: list[Triple], kinds: dict[str, str], values: tuple[tuple[str, str], ...] = ()) -> set[tuple[str, ...]]:
    """Return what owlrl draws from the same, as far as it is about the entities in the ontology's own terms."""
    graph = rdflib.Graph().parse(data=HEAD + turtle, format="turtle")
    for s, p, o in facts:
        graph.add((ENT[s], rdflib.URIRef(T + p), ENT[o]))
    for s, p in values:
        graph.add((ENT[s], rdflib.URIRef(T + p), to_rdflib(object_term(Literal("words")))))
    for name, kind in kinds.items():
        graph.add((ENT[name], rdflib.RDF.type, rdflib.URIRef(T + kind)))
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    return own(graph)


def own(triples: object) -> set[tuple[str, ...]]:
    """Return the triples about entities that use the ontology's own terms."""
    found = {tuple(map(str, t)) for t in triples}  # type: ignore[attr-defined]
    return {t for t in found if t[0].startswith(ENT) and (t[1].startswith(T) or (t[1] == str(rdflib.RDF.type) and t[2].startswith(T)))}


def ours(graph: Graph) -> set[tuple[str, ...]]:
    """Return what a plain query sees."""
    quads = graph.store.quads_for_pattern(None, None, None, DEFAULT)
    return own((to_rdflib(q.subject), to_rdflib(q.predicate), to_rdflib(q.object)) for q in quads)


PROFILE = """
t:Thing a owl:Class ; rdfs:label "thing" . t:Place a owl:Class ; rdfs:subClassOf t:Thing ; rdfs:label "place" .
t:City a owl:Class ; rdfs:subClassOf t:Place ; rdfs:label "city" .
t:in a owl:ObjectProperty , owl:TransitiveProperty ; rdfs:label "in" ; owl:inverseOf t:holds .
t:holds a owl:ObjectProperty ; rdfs:label "holds" .
t:capitalOf a owl:ObjectProperty ; rdfs:label "capital of" ; rdfs:subPropertyOf t:in .
t:met a owl:ObjectProperty , owl:SymmetricProperty ; rdfs:label "met" ; rdfs:subPropertyOf t:knows .
t:knows a owl:ObjectProperty ; rdfs:label "knows" .
t:bornIn a owl:ObjectProperty ; rdfs:label "born in" .
t:nativeOf a owl:ObjectProperty ; rdfs:label "native of" ; owl:propertyChainAxiom ( t:bornIn t:in ) .
t:name a owl:DatatypeProperty ; rdfs:label "name" ; rdfs:subPropertyOf t:words . t:words a owl:DatatypeProperty ; rdfs:label "words" .
"""
FACTS = [("lima", "capitalOf", "peru"), ("peru", "in", "america"), ("ana", "bornIn", "lima"), ("ana", "met", "eva")]
KINDS = {"lima": "City", "peru": "Place", "america": "Place", "ana": "Thing", "eva": "Thing"}


def test_the_profile_is_drawn_as_a_reasoner_draws_it() -> None:
    values = (("ana", "name"),)
    found = ours(graph_of(PROFILE, FACTS, KINDS, values))
    assert found == reasoned(PROFILE, FACTS, KINDS, values)
    assert (str(ENT.ana), f"{T}nativeOf", str(ENT.america)) in found
    assert (str(ENT.eva), f"{T}knows", str(ENT.ana)) in found
    assert (str(ENT.lima), str(rdflib.RDF.type), f"{T}Thing") in found


def test_what_is_drawn_leads_back_to_its_sentences() -> None:
    graph = graph_of(PROFILE, FACTS, KINDS)
    told = "\n".join(describe(graph, find(graph, "ana")[0]).lines(why=True))
    assert "by rule nativeOf by bornIn, in" in told
    native = next(d for d in graph.derivations if (d.claim.predicate, d.claim.object) == ("nativeOf", "america"))
    used = {(c.subject, c.predicate, c.object) for c in graph.extraction.claims if c.id in native.claims}
    assert used == {("ana", "bornIn", "lima"), ("lima", "capitalOf", "peru"), ("peru", "in", "america")}


def test_a_long_path_is_followed_to_its_end() -> None:
    turtle = """t:A a owl:Class ; rdfs:label "a" . t:next a owl:ObjectProperty ; rdfs:label "next" .
        t:near a owl:ObjectProperty ; rdfs:label "near" ; owl:propertyChainAxiom ( t:near t:next ) ."""
    names = [f"n{i}" for i in range(40)]
    facts = [(a, "next", b) for a, b in pairwise(names)]
    graph = graph_of(turtle, [*facts, ("n0", "near", "n1")], dict.fromkeys(names, "A"))
    assert graph.query("ASK { ent:n0 test:near ent:n39 }")


NAMES = ["p", "q", "r", "u"]
CLASSES = ["A", "B", "C", "D"]
THINGS = ["a", "b", "c", "d"]


@st.composite
def ontologies(draw: st.DrawFn) -> str:
    """Draw an ontology of the profile, cycles included."""
    lines = []
    for name in CLASSES:
        above = draw(st.lists(st.sampled_from(CLASSES), max_size=2, unique=True))
        lines.append(f't:{name} a owl:Class ; rdfs:label "{name}" {"".join(f"; rdfs:subClassOf t:{c} " for c in above)}.')
    for name in NAMES:
        parts = [f't:{name} a owl:ObjectProperty ; rdfs:label "{name}"']
        traits = draw(st.lists(st.sampled_from(["owl:SymmetricProperty", "owl:TransitiveProperty"]), max_size=1))
        parts += [f"a {trait}" for trait in traits]
        parts += [f"rdfs:subPropertyOf t:{p}" for p in draw(st.lists(st.sampled_from(NAMES), max_size=1)) if p != name]
        parts += [f"owl:inverseOf t:{p}" for p in draw(st.lists(st.sampled_from(NAMES), max_size=1))]
        chains = draw(st.lists(st.lists(st.sampled_from(NAMES), min_size=2, max_size=3), max_size=1))
        parts += [f"owl:propertyChainAxiom ( {' '.join(f't:{p}' for p in chain)} )" for chain in chains]
        lines.append(" ; ".join(parts) + " .")
    return "\n".join(lines)


facts = st.lists(st.tuples(*map(st.sampled_from, (THINGS, NAMES, THINGS))), max_size=5)


@settings(max_examples=25)
@given(ontologies(), facts, st.fixed_dictionaries({name: st.sampled_from(CLASSES) for name in THINGS}))
def test_any_small_ontology_is_drawn_as_a_reasoner_draws_it(turtle: str, some: list[Triple], kinds: dict[str, str]) -> None:
    assert ours(graph_of(turtle, some, kinds)) == reasoned(turtle, some, kinds)


@pytest.mark.parametrize("statement", ["rdfs:domain t:City", "rdfs:range t:City"])
def test_domain_and_range_are_constraints_and_nothing_follows_from_them(statement: str) -> None:
    turtle = PROFILE.replace('rdfs:label "knows"', f'rdfs:label "knows" ; {statement}') + 't:Being a owl:Class ; rdfs:label "being" .'
    graph = graph_of(turtle, [("ana", "knows", "eva")], {"ana": "Being", "eva": "Being"})
    assert not graph.query("ASK { ent:ana a test:City }")
    assert [bool(c.violations) for c in graph.extraction.claims] == [True]
