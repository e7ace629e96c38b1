"""What follows from a difference is what follows from everything: the same conclusions, claims and rounds."""

from __future__ import annotations

from collections import defaultdict

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.graph.follow import TYPE, BeyondError, Fact, Following, Plan, Reasons, World, plan_of
from kg.graph.rules import Rule, derive

NAMESPACE = "https://attest.example/ns/test#"
QUERIES = {
    "both ways": "CONSTRUCT { ?b :knows ?a . ?a :met ?b } WHERE { ?a :knows ?b FILTER(isIRI(?b) && ?a != ?b) }",
    "reaches on": "CONSTRUCT { ?s :in ?o } WHERE { ?s :in ?x . ?x :in ?o FILTER(?s != ?o) }",
    "by kind": "CONSTRUCT { ?who :went ?where } WHERE { VALUES ?kind { :Trip :Visit } ?trip a ?kind ; :agent ?who ; :to ?where }",
    "of a person": "CONSTRUCT { ?e :takesPart ?who } WHERE { VALUES ?role { :agent :knows } ?e ?role ?who . ?who a :Person }",
    "chain": "CONSTRUCT { ?a :went ?c } WHERE { ?a :met ?b . ?b :went ?c }",
    "back": "CONSTRUCT { ?o :held ?s } WHERE { ?s :in ?o }",
}
KINDS = ("Trip", "Visit", "Person")
STATED = ("knows", "in", "agent", "to", "went")


def iri(name: str) -> str:
    """Return a name as N-Triples write its IRI."""
    return f"<{NAMESPACE}{name}>"


def rule(name: str, query: str) -> Rule:
    """Return a rule whose names stand in the namespace of the tests."""
    return Rule(name, f"PREFIX : <{NAMESPACE}> {query}", {})


RULES = [rule(name, query) for name, query in QUERIES.items()]
PLANS = [plan_of(r, ()) for r in RULES]
THINGS = [iri(f"n{number}") for number in range(4)]
FACTS = st.tuples(st.sampled_from(THINGS), st.sampled_from([iri(p) for p in STATED]), st.sampled_from([*THINGS, '"a word"']))
CLAIMS = st.frozensets(st.sampled_from(["c:1", "c:2", "c:3"]), min_size=1)
STATEMENTS = st.dictionaries(FACTS, CLAIMS, max_size=12)
CLASSES = st.dictionaries(st.sampled_from(THINGS), st.frozensets(st.sampled_from([iri(k) for k in KINDS])))
Stated = dict[Fact, frozenset[str]]
Kinds = dict[str, frozenset[str]]


def everything(stated: Stated, kinds: Kinds) -> tuple[dict[Fact, Reasons], World]:
    """Return what rules derive from all facts, and the world with it."""
    store, behind = ox.Store(), defaultdict(set)
    lines = [*(" ".join(f) for f in stated), *(f"{thing} {TYPE} {kind}" for thing, found in kinds.items() for kind in found)]
    for quad in ox.parse("".join(f"{line} .\n" for line in lines).encode(), format=ox.RdfFormat.N_TRIPLES):
        store.add(ox.Quad(quad.subject, quad.predicate, quad.object))
        claims = stated.get((str(quad.subject), str(quad.predicate), str(quad.object)))
        behind[quad.subject, quad.predicate, quad.object] |= claims or set()
    world = World(dict.fromkeys(stated, 0), dict(stated), lambda thing: kinds.get(thing, frozenset()))
    reasons: dict[Fact, dict[str, frozenset[str]]] = defaultdict(dict)
    for derived in derive(store, RULES, behind):
        fact = (str(derived.triple[0]), str(derived.triple[1]), str(derived.triple[2]))
        reasons[fact][derived.rule] = frozenset(derived.claims)
        world.rounds[fact] = derived.round
        world.behind[fact] = world.behind.get(fact, frozenset()) | frozenset(derived.claims)
    return dict(reasons), world


@given(STATEMENTS, st.sets(st.integers(0, 11), max_size=2), st.dictionaries(FACTS, CLAIMS, max_size=2), CLASSES, CLASSES)
def test_following_a_difference_gives_what_all_facts_give(before: Stated, gone: set[int], told: Stated, old_kinds: Kinds, new_kinds: Kinds) -> None:
    after = {fact: claims for number, (fact, claims) in enumerate(before.items()) if number not in gone} | told
    reasons, old = everything(before, old_kinds)
    expected, world = everything(after, new_kinds)
    new = World(dict.fromkeys(after, 0), dict(after), lambda thing: new_kinds.get(thing, frozenset()))
    differing = {f for f in before.keys() | after.keys() if before.get(f) != after.get(f)}
    differing |= {(t, TYPE, k) for t in THINGS for k in old_kinds.get(t, frozenset()) ^ new_kinds.get(t, frozenset())}
    assert all(PLANS)
    following = Following([p for p in PLANS if p], old, new, reasons, differing)
    try:
        found = following.run()
    except BeyondError:  # words that are compared
        assert any(f[2][0] == '"' for f in {*before, *after})
        return
    assert found == expected
    assert (new.rounds, new.behind) == (world.rounds, world.behind)


def test_what_is_stated_no_more_may_still_follow() -> None:
    a, b, c = THINGS[:3]
    whole = {(x, iri("in"), y): frozenset({f"c:{n}"}) for n, (x, y) in enumerate([(a, b), (b, c), (a, c)])}
    less = {fact: claims for fact, claims in whole.items() if fact[::2] != (a, c)}
    reasons, old = everything(whole, {})
    expected, _ = everything(less, {})
    new = World(dict.fromkeys(less, 0), dict(less), lambda _: ())
    assert Following([p for p in PLANS if p], old, new, reasons, whole.keys() - less.keys()).run() == expected
    assert expected[a, iri("in"), c] == {"reaches on": {"c:0", "c:1"}}


@pytest.mark.parametrize(
    "query",
    [
        "CONSTRUCT { ?a :b ?c } WHERE { ?a :b ?c OPTIONAL { ?c :b ?d } }",
        "CONSTRUCT { ?a :b ?c } WHERE { ?a :b/:b ?c }",
        "CONSTRUCT { ?a :b ?c } WHERE { ?a ?p ?c }",
        "CONSTRUCT { ?a :b ?c } WHERE { ?a :b ?c FILTER(?a = ?c) }",
        "CONSTRUCT { ?a :b ?c } WHERE { ?a :b ?c } LIMIT 1",
        "CONSTRUCT { ?a :b ?c } WHERE { ?a :b ?c ; :d [] }",
        'CONSTRUCT { ?a :b ?c } WHERE { ?a :b ?c ; :d "x" }',
        "CONSTRUCT { ?a :b ?c } WHERE { { ?a :b ?c } UNION { ?c :b ?a } }",
        "CONSTRUCT { ?a :b ?c } WHERE { ?a :b ?c . { ?a :d ?c FILTER(?a != ?c) } }",
    ],
)
def test_a_rule_of_another_form_has_no_plan(query: str) -> None:
    assert plan_of(rule("odd", query), ()) is None


def test_a_rule_that_looks_at_names_has_no_plan() -> None:
    found = rule("named", "CONSTRUCT { ?a :b ?c } WHERE { ?a :label ?c }")
    assert isinstance(plan_of(found, ()), Plan)
    assert plan_of(found, {iri("label")}) is None
