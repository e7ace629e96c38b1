"""The bundled ontologies keep their word: each of their examples, read as a document, yields its own fact."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kg import ontology
from kg.check import check_examples
from kg.ontology import Example
from kg.resources import resource


@pytest.mark.parametrize("domain", ["diplomacy", "business"])
def test_every_example_yields_its_own_fact(nlp, domain):
    bundled = ontology.load([resource("ontology", "core.ttl"), resource("ontology", f"{domain}.ttl")])
    assert len(bundled.examples) > 20
    errors = [f for f in check_examples(bundled, nlp) if f.level == "error"]
    assert [f"{f.teaches}: {f.example} ({f.message})" for f in errors] == []


def test_an_example_that_cannot_be_learnt_is_an_error(nlp, taught):
    lone = replace(taught, examples=(Example("met", "[subject Ana Ruiz] took [object Carlos Soto]."),))
    [finding] = check_examples(lone, nlp)
    assert (finding.teaches, finding.level) == ("met", "error")
    assert "own fact" in finding.message


def test_an_event_without_its_anchor_is_an_error(nlp, taught):
    lone = replace(taught, examples=(Example("Arrest", "[agent Ana Ruiz] took [patient Carlos Soto]."),))
    [finding] = check_examples(lone, nlp)
    assert (finding.level, finding.message) == ("error", "does not yield its own event")


def test_an_example_that_tells_another_relation_too_is_a_warning(nlp, taught):
    twice = (Example("met", "[subject Ana Ruiz] met [object Carlos Soto]."), Example("knows", "[subject Ana Ruiz] met [object Carlos Soto]."))
    properties = {**taught.properties, "knows": replace(taught.properties["met"], name="knows")}
    findings = check_examples(replace(taught, properties=properties, examples=twice, shortcuts=()), nlp)
    assert {(f.teaches, f.level, f.message) for f in findings} == {("met", "warning", "also yields knows"), ("knows", "warning", "also yields met")}


def test_a_good_example_has_no_finding(nlp, taught):
    good = replace(taught, examples=(Example("met", "[subject Ana Ruiz] met [object Carlos Soto]."),), shortcuts=())
    assert check_examples(good, nlp) == []


def test_learning_the_same_examples_twice_gives_the_same_findings(nlp, taught):
    some = replace(taught, examples=taught.examples[:20])
    assert check_examples(some, nlp) == check_examples(some, nlp)
