"""The parts of the page that need no browser: dates, communities, looks, the picture as SVG, the frame for notebooks."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from datetime import date
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pytest
import pyvis
from browser import sample

from kg.model import Claim, Entity, Extraction, Literal, Ruling
from kg.view import render
from kg.view.communities import communities
from kg.view.data import Known, build, keys, label_of, words_of
from kg.view.dates import Span, span
from kg.view.kinds import FAMILIES, families
from kg.view.names import Taken, place_names
from kg.view.opening import letters, opening, wrapped
from kg.view.svg import Picture, svg


def day(year: int, month: int, of: int) -> int:
    """Return a day's number."""
    return date(year, month, of).toordinal()


@pytest.mark.parametrize(
    ("edtf", "first", "last", "vague"),
    [
        ("2016", day(2016, 1, 1), day(2016, 12, 31), False),
        ("2016-07", day(2016, 7, 1), day(2016, 7, 31), False),
        ("2016-02", day(2016, 2, 1), day(2016, 2, 29), False),
        ("2016-07-16", day(2016, 7, 16), day(2016, 7, 16), False),
        ("2016-07-24~", day(2016, 7, 24), day(2016, 7, 24), True),
        ("2016-07-16/2016-07-17", day(2016, 7, 16), day(2016, 7, 17), False),
        ("2016-21", day(2016, 3, 1), day(2016, 5, 31), False),
        ("2016-34", day(2016, 4, 1), day(2016, 6, 30), False),
        ("201X", day(2010, 1, 1), day(2019, 12, 31), False),
        ("2016-XX-XX", day(2016, 1, 1), day(2016, 12, 31), False),
        ("../2016", None, day(2016, 12, 31), False),
        ("2016-05/", day(2016, 5, 1), None, False),
    ],
)
def test_a_date_is_as_wide_as_it_is_imprecise(
    edtf: str, first: int | None, last: int | None, vague: bool
) -> None:
    assert span(edtf) == Span(first, last, vague)


@pytest.mark.parametrize(
    "text",
    ["", "soon", "2031-13", "2031-13-45", "2031-02-30", "2017/2016", "../..", "not/a/date", "0000"],
)
def test_what_is_no_date_has_no_place_on_the_line(text: str) -> None:
    assert span(text) is None


def test_what_the_page_carries_of_others_is_what_the_notice_names() -> None:
    static = Path(render.__file__).parent / "static"
    told = dict(
        re.findall(
            r"\| (vis-network\.min\.js|land\.json) .*\| ([0-9a-f]{64}) \|",
            (static / "VENDORED.md").read_text(encoding="utf-8"),
        )
    )
    vis = Path(pyvis.__file__).parent / "templates/lib/vis-9.1.2/vis-network.min.js"
    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (vis, static / "land.json")
    }
    assert told == found
    notice = Path(__file__).resolve().parents[1] / "data/map/NOTICE.md"
    assert found["land.json"] in notice.read_text(encoding="utf-8")


def test_communities_hold_together() -> None:
    rings = [(n, (n + 1) % 6) for n in range(6)] + [(6 + n, 6 + (n + 1) % 6) for n in range(6)]
    full = [(a, b) for a in range(6) for b in range(a)]
    found = communities(13, [*rings, *full, (0, 6)])
    assert len(set(found[:6])) == 1
    assert len(set(found[6:12])) <= 3
    assert found[0] not in found[6:]
    assert found[12] not in found[:12], "who has no line is alone"
    assert found == communities(13, [*rings, *full, (0, 6)])


def test_a_class_of_any_ontology_gets_a_look() -> None:
    known, unknown, bare = (
        ("Embassy", "DiplomaticMission", "Organization", "Entity"),
        ("Kinase", "Protein", "Entity"),
        (),
    )
    looks = families(
        [known, unknown, bare, ("Ligand", "Protein", "Entity")], {"Protein": "protein"}
    )
    assert looks[known] is FAMILIES["DiplomaticMission"]
    assert looks[unknown].label == "Protein"
    assert looks[unknown] is looks[("Ligand", "Protein", "Entity")]
    assert looks[bare].name == "Other"


def test_a_name_without_a_label_is_put_in_words() -> None:
    assert words_of("postedAt") == "posted at"
    assert words_of("hasURL") == "has URL"
    assert label_of("smuggle to", {}) == "smuggle to"


def test_labels_are_broken_and_cut() -> None:
    assert (
        wrapped("Ministry of External Economic Affairs")
        == "Ministry of\nExternal Economic\nAffairs"
    )
    assert all(letters(line) <= 18 for line in wrapped("W" * 5000).split("\n"))
    assert wrapped(
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
    ).endswith("…")
    assert letters("東京") == 4
    assert wrapped("") == ""


def test_two_keys_that_begin_alike_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "kg.view.data.content_id", lambda *parts: "0123456789" + ("ab" if "b" in parts else "cd")
    )
    assert len(set(keys(["a", "b"], "x").values())) == 2


def test_an_end_that_nobody_described_still_has_a_name() -> None:
    claim = Claim("a", "knows", "ghost", "none", ())
    shown, data = build(Extraction((), (Entity("a", ("Person",), "A"),), (claim,)), Known({}))
    assert [e.id for e in shown.entities] == ["a", "ghost"]
    assert data["cl"]["e"] == [[]]


def test_a_graph_of_nothing_but_values_or_of_nothing_is_laid_out() -> None:
    only = Extraction(
        (),
        (Entity("a", ("Person",), "A"),),
        (Claim("a", "count", Literal("3", "integer"), "d", ()),),
    )
    assert [n.place for n in opening(build(only, Known({}))[0]).nodes] == [0]
    assert opening(build(Extraction((), (), ()), Known({}))[0]).nodes == ()


def test_the_picture_is_sound_xml_with_all_names_and_a_legend() -> None:
    picture = svg(sample.extraction(), Known({}))
    root = ElementTree.fromstring(picture)
    text = " ".join(node.text or "" for node in root.iter("{http://www.w3.org/2000/svg}text"))
    assert "Ilse Varga" in text
    assert "Alleged" in text
    assert "Missions" in text
    assert len(re.findall("stroke-dasharray", picture)) > 10
    assert picture == svg(sample.extraction(), Known({}))


def test_no_name_of_the_picture_covers_another_or_a_strangers_mark() -> None:
    shown = build(sample.large(1400), Known({}))[0]
    first = opening(shown)
    picture = Picture(shown, Known({}), first.nodes, first.lines)
    marks = [picture.wanted(node) for node in first.nodes]
    names = [area for _, area in place_names(marks, Taken()).values()]
    assert len(names) > 300
    assert not any(one.meets(other) for one, other in combinations(names, 2))
    assert not any(name.meets(mark.area()) for name in names for mark in marks if mark.own != name.own)


def test_hostile_names_stay_text_in_the_picture() -> None:
    picture = svg(sample.hostile(), Known({}))
    root = ElementTree.fromstring(picture)
    assert {node.tag.rpartition("}")[2] for node in root.iter()} <= {
        "svg",
        "rect",
        "text",
        "path",
        "g",
        "circle",
    }
    assert not any(
        name.startswith("on") or name.endswith("href")
        for node in root.iter()
        for name in node.attrib
    )


def test_a_large_graph_starts_in_the_middle_and_a_huge_one_with_communities() -> None:
    assert opening(build(sample.large(1400), Known({}))[0]).mode == "all"
    central = opening(build(sample.large(1600), Known({}))[0])
    assert (central.mode, len(central.nodes)) == ("central", 300)
    huge = opening(build(sample.large(20_010), Known({}))[0])
    assert huge.mode == "communities"
    assert 1 < len(huge.nodes) <= 60
    assert all(line.weight > 0 for line in huge.lines)


def test_a_claim_that_does_not_fit_the_ontology_is_drawn_as_one() -> None:
    dashes = 'stroke-dasharray="1.5 8"'
    assert dashes not in svg(sample.extraction(), Known({}))
    drawn = svg(sample.unfitting(), Known({}))
    assert drawn.count(dashes) == 2  # the line, and its mark in the legend
    assert "Does not fit the ontology" in drawn
    accepted = replace(sample.unfitting(), claims=tuple(replace(c, ruling=Ruling.ACCEPTED) if c.violations else c for c in sample.unfitting().claims))
    assert dashes not in svg(accepted, Known({}))
