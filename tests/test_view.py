"""The page before any browser sees it: layout, selection, and a file that holds still and lets nothing out."""

from __future__ import annotations

import gzip
import json
import random
import re
from base64 import b64decode
from dataclasses import replace
from typing import Any

import pytest

from kg.errors import GraphError
from kg.graph.graph import Graph
from kg.model import Block, BlockKind, Claim, Document, Entity, Evidence, Extraction
from kg.view import page
from kg.view.data import Known, build
from kg.view.layout import Box, place
from kg.view.render import PACKED_FROM, bundle, hash_of, render


@pytest.fixture(scope="module")
def corpus() -> Graph:
    """The graph of the bundled corpus."""
    from kg import pipeline

    return pipeline.build()


def world(size: int) -> Extraction:
    """Return people in a random net, each claim on one sentence."""
    chance = random.Random(7)
    text = "One met another."
    document = Document("doc", "doc.md", "0", text, (Block(0, len(text), BlockKind.PARAGRAPH),))
    entities = tuple(Entity(f"p{n:05}", ("Person", "Agent", "Entity"), f"Person number {n}") for n in range(size))
    ends = [(n, chance.randrange(n)) for n in range(1, size)] + [(chance.randrange(size), chance.randrange(size)) for _ in range(size)]
    claims = {c.id: c for a, b in ends if a != b for c in [Claim(f"p{a:05}", "met", f"p{b:05}", "doc", (Evidence.of(document, 0, 16),))]}
    return Extraction((document,), entities, tuple(claims.values()))


def held(html: str, name: str) -> Any:
    """Return what a block of a page holds."""
    kind, text = re.findall(rf'<script type="application/(\w+)" id="{name}">(.*?)</script>', html, re.DOTALL)[0]
    return json.loads(gzip.decompress(b64decode(text)) if kind == "gzip" else text)


# ---- layout --------------------------------------------------------------------------------------


def overlapping(boxes: list[Box], points: list[tuple[int, int]]) -> int:
    """Count the pairs of boxes that cover each other."""
    sides = [(x - b.half, x + b.half, y - b.up, y + b.down) for b, (x, y) in zip(boxes, points, strict=True)]
    return sum(
        a[0] < b[1] and b[0] < a[1] and a[2] < b[3] and b[2] < a[3]
        for n, a in enumerate(sides)
        for b in sides[:n]
    )


@pytest.mark.parametrize("size", [1, 2, 40, 300])
def test_no_two_boxes_overlap(size: int) -> None:
    chance = random.Random(size)
    boxes = [Box(chance.uniform(12, 75), 13, chance.choice([33.0, 49.5, 65.25])) for _ in range(size)]
    edges = [(n, chance.choice([0, chance.randrange(n)])) for n in range(1, size)] + [(chance.randrange(size), chance.randrange(size)) for _ in range(size)]
    points = place(boxes, edges)
    assert overlapping(boxes, points) == 0
    assert points == place(boxes, list(reversed(edges)))


def test_nodes_without_lines_and_very_many_have_their_places() -> None:
    boxes = [Box(60, 13, 49)] * 2000
    assert overlapping(boxes[:300], place(boxes[:300], [])) == 0
    assert len(set(place(boxes, [(n, n - 1) for n in range(1, 2000)]))) == 2000
    assert place([], []) == []


def test_names_of_the_bundled_corpus_do_not_overlap(corpus: Graph) -> None:
    from kg.view.opening import box, opening
    from kg.view.selection import known_of

    nodes = opening(build(corpus.extraction, known_of(corpus))[0]).nodes
    boxes = [box(node.label, node.radius) for node in nodes]
    assert len(boxes) > 100
    assert overlapping(boxes, [(node.x, node.y) for node in nodes]) == 0


# ---- the file ------------------------------------------------------------------------------------


def test_the_same_graph_gives_the_same_bytes_in_whatever_order(corpus: Graph) -> None:
    whole = corpus.extraction
    turned = replace(whole, documents=whole.documents[::-1], entities=whole.entities[::-1], claims=whole.claims[::-1])
    assert render(whole, Known({})) == render(turned, Known({}))


def test_the_page_of_the_corpus_is_small(corpus: Graph) -> None:
    assert len(page(corpus).encode()) <= 900_000


def test_every_script_and_style_has_its_hash_and_nothing_is_fetched(corpus: Graph) -> None:
    html = page(corpus)
    [policy] = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', html)
    policy = policy.replace("&#39;", "'")
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for text in re.findall(r"<script>(.*?)</script>", html, re.DOTALL) + re.findall(r"<style>(.*?)</style>", html, re.DOTALL):
        assert f"'{hash_of(text)}'" in policy
    markup = re.sub(r"<(script|style)\b.*?</\1>", "", html, flags=re.DOTALL)
    assert re.findall(r"""\s(?:src|href|action)=["'](?!#|data:)[^"']*""", markup) == []
    assert re.findall(r"\son\w+\s*=|\sstyle\s*=", markup) == []


def test_modules_are_joined_each_after_what_it_needs() -> None:
    script = bundle("main.js")
    assert not re.search(r"^(import|export) ", script, re.MULTILINE)
    assert script.index("const $dom") < script.index("const $model") < script.index("const $main")


def test_a_large_graph_opens_on_its_centre_and_is_packed() -> None:
    html = render(world(4000), Known({}))
    assert len(held(html, "pv-nodes")) == 300
    data = held(html, "kg-data")
    assert len(data["ent"]["k"]) == len(set(data["ent"]["k"])) == 4000
    assert len(html) < PACKED_FROM + 1_000_000


def test_keys_outlive_a_rebuild_with_more_in_it(corpus: Graph) -> None:
    whole = corpus.extraction
    more = replace(whole, entities=(*whole.entities, Entity("aaa", ("Person",), "Aaa")))
    few, many = (build(each, Known({}))[1] for each in (whole, more))
    assert set(few["ent"]["k"]) < set(many["ent"]["k"])
    assert few["cl"]["k"] == many["cl"]["k"]


# ---- a part --------------------------------------------------------------------------------------


def test_a_page_opens_on_a_focus_a_class_or_a_query(corpus: Graph) -> None:
    near = held(page(corpus, focus="Thae Yong-ho", hops=1), "kg-data")
    assert 2 < len(near["part"]) < 60
    people = held(page(corpus, classes=["Person"]), "kg-data")
    assert all("Person" in people["types"][people["ent"]["t"][n]]["types"] for n in people["part"])
    found = held(page(corpus, query="SELECT ?x { ?x a dip:Embassy }"), "kg-data")
    assert found["part"]


def test_a_page_on_a_part_holds_what_is_said_of_it_and_no_more(corpus: Graph) -> None:
    whole = corpus.extraction
    html = page(corpus, focus="Farida Haldar", hops=1)
    data, texts = held(html, "kg-data"), held(html, "kg-texts")
    part = {data["ent"]["id"][n] for n in data["part"]}
    said = {c.id for c in whole.claims if c.subject in part or c.object in part}
    assert said <= set(data["cl"]["k"]) < {c.id for c in whole.claims} | {d.claim.id for d in corpus.derivations}
    assert data["of"] == len(whole.entities) > len(data["ent"]["id"])
    assert len(texts) == len(data["docs"]) == len({c.document for c in whole.claims if c.id in said}) < len(whole.documents)
    assert "Vladivostok" not in html
    assert all(data["cl"]["e"]), "each claim has its sentence"


def test_a_page_on_a_part_holds_what_its_derived_claims_rest_on(corpus: Graph) -> None:
    data = held(page(corpus, focus="Thae Yong-ho", hops=1), "kg-data")
    because = dict(data["cl"]["why"])
    assert because
    known = {d.claim.id: d.claims for d in corpus.derivations}
    for one, rests in because.items():
        assert {data["cl"]["k"][n] for n in rests} == set(known[data["cl"]["k"][int(one)]])


def test_nothing_to_show_is_said(corpus: Graph) -> None:
    with pytest.raises(GraphError, match="nothing to show"):
        page(corpus, classes=["Unicorn"])
