"""What a reader is told: who says it through how many hands, what agrees and what contradicts, where and when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Open
    from playwright.sync_api import Page

SETTLE = 150  # milliseconds


def ask(tab: Page, expression: str) -> Any:
    """Ask the page's own state."""
    return tab.evaluate(
        f"(() => {{ const {{ M, S, V, N, change }} = attest; const ent = (l) => M.ent.l.indexOf(l); return {expression}; }})()"
    )


def claim(subject: str, relation: str, obj: str, more: str = "true") -> str:
    """Return an expression for the place of a claim."""
    return f"V.claims.find((c) => M.ent.l[M.cl.s[c]] === {subject!r} && M.rel[M.cl.p[c]].n === {relation!r} && M.cl.o[c] === ent({obj!r}) && ({more}))"


def choose(tab: Page, which: str) -> None:
    """Choose a claim."""
    ask(tab, f"change({{ sel: {{ kind: 'c', at: {which} }}, pane: 'evidence' }})")


def part(tab: Page, title: str) -> str:
    """Return the text of a section of the evidence."""
    return tab.locator("#evidence section", has=tab.locator("h3", has_text=title)).inner_text()


def test_every_hand_that_a_statement_went_through_is_named(open_page: Open) -> None:
    tab = open_page("sample")
    choose(tab, claim("journey of Ilse Varga", "via", "Dakar"))
    steps = tab.locator("#evidence .chain li").all_inner_texts()
    assert [step.split("\n")[0] for step in steps] == [
        "driver of the embassy said it",
        "Northern Wire passed it on",
        "Anouk Reiss wrote it down",
    ]
    assert "Quay Street Review, 20 June 2031" in steps[2]


def test_firmness_cue_and_times_are_told(open_page: Open) -> None:
    tab = open_page("sample")
    choose(tab, claim("departure of Ilse Varga", "agent", "Ilse Varga", "M.cl.neg[c]"))
    facts = tab.locator("#evidence .facts").inner_text()
    assert "Denied" in facts
    assert "(denied)" in facts
    assert "Said\n2 April 2031" in facts
    assert "Published\n20 June 2031" in facts
    assert "denied" in tab.locator("#evidence blockquote .cue").inner_text()
    assert tab.locator("#evidence h2").inner_text() == "Denied: departure of Ilse Varga – agent: Ilse Varga"


def test_what_is_not_so_is_told_without_a_double_no(open_page: Open) -> None:
    tab = open_page("corpus")
    told = tab.locator("#evidence .line").all_inner_texts()
    denied = [line for line in told if line.startswith(("Not so: ", "Denied: ", "Not confirmed: "))]
    assert len(denied) > 3
    assert [line for line in denied if " no " in f" {line.lower()} " or " not " in line.split(": ", 1)[1]] == []


def test_a_page_on_a_part_says_what_it_does_not_hold(open_page: Open) -> None:
    tab = open_page("part")
    tab.locator("#q").fill("Vladivostok")
    said = tab.locator("#hits").inner_text()
    assert said.startswith("No results in this page: it holds ")
    assert said.endswith("things (within 1 step of Farida Haldar)")
    tab.locator("#q").press("Enter")
    tab.locator("#q").fill("Farida")
    assert "Farida Haldar" in tab.locator("#hits").inner_text()


def test_agreement_and_contradiction_stand_side_by_side(open_page: Open) -> None:
    tab = open_page("sample", width=1600)
    choose(tab, claim("departure of Ilse Varga", "agent", "Ilse Varga", "M.cl.m[c] === 0"))
    against = part(tab, "Contradicts")
    assert "denies it" in against
    assert "dates it February 2031" in against
    agree, contradict = (
        tab.locator("#evidence .sides section").nth(n).bounding_box() for n in (0, 1)
    )
    assert agree is not None
    assert contradict is not None
    assert agree["y"] == contradict["y"]
    choose(tab, claim("Ilse Varga", "postedAt", "Embassy of Korvania in Lisbon"))
    assert "another document" in part(tab, "Agrees")


def test_two_dates_that_exclude_each_other_contradict(open_page: Open) -> None:
    tab = open_page("sample")
    choose(
        tab,
        "V.claims.find((c) => M.rel[M.cl.p[c]].n === 'occurredOn' && M.ent.l[M.cl.s[c]] === 'departure of Ilse Varga')",
    )
    assert "says February 2031" in part(tab, "Contradicts")


def test_a_disputed_line_is_marked_and_a_denied_one_is_red(open_page: Open) -> None:
    tab = open_page("sample")
    assert ask(
        tab, "[...N.lines.values()].filter((l) => l.disputed).map((l) => M.ent.l[l.start]).sort()"
    ) == ["departure of Ilse Varga", "recall of Tomas Berg"]
    ask(
        tab,
        "change({ off: { ...S.off, modality: new Set(M.mod.map((_, n) => n).filter((n) => M.mod[n] !== 'denied')) } })",
    )
    assert ask(tab, "[...N.lines.values()].map((l) => l.denied)") == [True]
    assert ask(tab, "N.edges.get()[0].dashes") != ask(tab, "false")


def test_claims_of_a_pair_are_drawn_apart(open_page: Open) -> None:
    tab = open_page("sample")
    bends = ask(
        tab,
        "[...N.lines.values()].filter((l) => [l.start, l.end].sort().join() === [ent('Nadia Orlov'), ent('Tomas Berg')].sort().join()).map((l) => l.bend)",
    )
    assert len(bends) == 2
    assert all(bends)
    assert ask(
        tab,
        "[...N.lines.values()].every((l) => !l.bend || Math.abs(N.net.body.edges[l.id].edgeType.getViaNode().x - (() => { const c = l; return $picture.curveOf(c).mid.x; })()) < 0.01)",
    ), "labels lie where vis draws the line"


def test_a_dossier_groups_what_is_known_and_says_why_mentions_were_joined(open_page: Open) -> None:
    tab = open_page("sample")
    ask(tab, "change({ sel: { kind: 'e', at: ent('Ilse Varga') } })")
    heads = tab.locator("#evidence h3").all_inner_texts()
    assert {"held role", "posted at", "← agent", "What it says"} <= set(heads)
    assert any(head.startswith("Mentions") for head in heads)
    tab.locator("#evidence summary").click()
    assert "family name or title" in tab.locator("#evidence .reasons").inner_text()
    ask(tab, "change({ sel: { kind: 'e', at: ent('Lisbon') } })")
    link = tab.locator("#evidence .links a").first
    assert link.inner_text() == "GeoNames ↗"
    assert link.get_attribute("rel") == "noopener noreferrer nofollow"
    ask(tab, "change({ sel: { kind: 'e', at: ent('Embassy of Korvania in Lisbon') } })")
    assert "11 people" in part(tab, "Figures")


def test_a_sentence_with_letters_beyond_the_first_plane_is_cut_right(open_page: Open) -> None:
    tab = open_page("sample")
    ask(tab, "change({ open: true })")
    choose(tab, "V.claims.find((c) => M.rel[M.cl.p[c]].n === 'keep')")
    told = "".join(tab.locator("#evidence blockquote mark").all_text_contents())
    assert (
        told
        == "Varga had kept “the 🔑 to the archive”, as Mira Halloran of the Lighthouse Post puts it."
    )
    assert tab.locator("#evidence .kicker").inner_text() == "Open claim"


def test_a_click_in_the_document_chooses_and_tables_are_tables(open_page: Open) -> None:
    tab = open_page("sample", hash="#pane=document")
    tab.locator("#document .mention", has_text="Northern Wire").first.click()
    assert ask(tab, "M.ent.l[S.sel.at]") == "Northern Wire"
    cites = tab.locator("#document .cite")
    cites.nth(1).click()
    assert ask(tab, "S.sel.kind") == "c"
    assert tab.locator("#document .told.on").count() > 0
    assert tab.locator("#document td").all_inner_texts() == ["2029", "3", "2030", "11"]


def test_a_span_is_brushed_and_undated_claims_are_listed(open_page: Open) -> None:
    tab = open_page("sample")
    whole = ask(tab, "V.count")
    box = tab.locator("#plot").bounding_box()
    assert box is not None
    tab.mouse.move(box["x"] + 60, box["y"] + box["height"] - 30)
    tab.mouse.down()
    tab.mouse.move(box["x"] + 200, box["y"] + box["height"] - 30, steps=4)
    tab.mouse.up()
    tab.wait_for_timeout(SETTLE)
    assert ask(tab, "S.time !== null")
    assert ask(tab, "S.sel") is None, "a drag over a bar is no click"
    assert 0 < ask(tab, "V.count") < whole
    assert tab.locator("#chips .chip").count() == 1
    tab.locator("#list-undated").click()
    assert ask(tab, "S.view") == "table"
    assert "undated claims" in tab.locator("#table-count").inner_text()
    tab.go_back()
    tab.go_back()
    tab.wait_for_timeout(SETTLE)
    assert ask(tab, "S.time") is None
    assert ask(tab, "V.count") == whole


def test_bars_are_as_wide_as_their_dates(open_page: Open) -> None:
    tab = open_page("sample")
    width = {
        edtf: tab.locator(f"#plot .bar[data-edtf='{edtf}'] .mark").bounding_box()
        for edtf in ("2031-03-18", "2031-03", "2031-01/2031-06")
    }
    day, month, half = (
        width[edtf]["width"] for edtf in ("2031-03-18", "2031-03", "2031-01/2031-06")
    )  # type: ignore[index]
    assert day < month < half
    assert 4 < half / month < 8
    assert tab.locator("#plot .bar.vague").count() == 1


def test_ways_on_the_map_follow_each_account(open_page: Open) -> None:
    tab = open_page("sample", hash="#view=map")
    tab.wait_for_selector("#places .way")
    ways = tab.locator("#places .way title").all_text_contents()
    assert "journey of Ilse Varga: Lisbon → Dakar" in ways
    assert "journey of Ilse Varga: Dakar → Recife" in ways
    assert "journey of Ilse Varga: Lisbon → Madrid" in ways
    assert not any("Dakar → Madrid" in way for way in ways), "two accounts are not one way"
    tab.locator("#places .place", has_text="Tallinn").click()
    assert ask(tab, "M.ent.l[S.sel.at]") == "Tallinn"


def test_the_table_is_copied_as_tsv_and_follows_the_filters(open_page: Open) -> None:
    tab = open_page("sample", hash="#view=table")
    tab.evaluate("navigator.clipboard.writeText = async (text) => { window.copied = text; }")
    tab.locator("#tsv").click()
    rows = tab.evaluate("window.copied").split("\n")
    assert len(rows) == ask(tab, "V.count") + 1
    assert rows[0].split("\t")[0] == "Subject"
    assert all(len(row.split("\t")) == 9 for row in rows)
    tab.locator("#only-modality-2").click()
    assert (
        int(tab.locator("#claims").get_attribute("aria-rowcount") or 0)
        == ask(tab, "V.count") + 1
        < len(rows)
    )


def test_only_leaves_one_value_and_all_brings_back_the_rest(open_page: Open) -> None:
    tab = open_page("sample")
    whole = ask(tab, "V.count")
    tab.locator("#only-speaker-0").click()
    assert ask(tab, "new Set(V.claims.map((c) => M.speaker[c])).size") == 1
    tab.locator("#all-speaker").click()
    assert ask(tab, "V.count") == whole


def test_a_path_is_picked_by_name_and_told_step_by_step(open_page: Open) -> None:
    tab = open_page("sample")
    ask(tab, "change({ sel: { kind: 'e', at: ent('Ilse Varga') } })")
    tab.get_by_role("button", name="Path to …").click()
    assert tab.locator("#pick").is_visible()
    tab.keyboard.type("alba")
    tab.keyboard.press("Enter")
    assert ask(tab, "S.path.map((e) => M.ent.l[e])") == ["Ilse Varga", "Alba Shipping"]
    assert tab.locator("#evidence section").count() == ask(tab, "N.nodes.length") - 1
    tab.locator("#chips .chip").click()
    assert ask(tab, "S.path") is None


def test_focus_steps_and_hiding_by_their_buttons(open_page: Open) -> None:
    tab = open_page("sample")
    ask(tab, "change({ sel: { kind: 'e', at: ent('Tomas Berg') } })")
    tab.get_by_role("button", name="Focus").click()
    near = ask(tab, "N.nodes.length")
    tab.get_by_label("Steps").select_option("2")
    assert ask(tab, "N.nodes.length") > near
    tab.get_by_role("button", name="Hide").click()
    assert not ask(tab, "V.drawn.has(ent('Tomas Berg'))")
    tab.locator("#reset").click()
    assert ask(tab, "N.nodes.length") > 50


def test_a_name_typed_without_accents_is_found(open_page: Open) -> None:
    tab = open_page("sample")
    tab.keyboard.press("/")
    tab.keyboard.type("attache")
    assert "trade attaché" in tab.locator("#hits").inner_text()
    tab.keyboard.press("Escape")
    assert tab.locator("#hits").is_hidden()


def test_worse_names_run_nothing_in_any_view_or_export(open_page: Open) -> None:
    tab = open_page("worse")
    for n in range(ask(tab, "M.claims")):
        choose(tab, str(n))
    for n in range(ask(tab, "M.entities")):
        ask(tab, f"change({{ sel: {{ kind: 'e', at: {n} }}, pane: 'document' }})")
    for view in ("table", "map", "network"):
        ask(tab, f"change({{ view: {view!r} }})")
    csv = tab.evaluate("$export.csv()")
    assert "'=cmd|" in csv
    tab.evaluate("[$export.turtle(), $export.jsonld(), $export.graphml(), attest.svgText().text]")
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    tab.wait_for_timeout(SETTLE)
    assert tab.evaluate("window.hacked") is None
    assert tab.locator("a[href^='javascript'], a[href^='data'], img, iframe").count() == 0


def test_exports_say_what_the_graph_says(open_page: Open) -> None:
    import json
    from xml.etree import ElementTree

    import rdflib
    from rdflib.compare import isomorphic

    tab = open_page("sample")
    turtle = rdflib.Graph().parse(data=tab.evaluate("$export.turtle()"), format="turtle")
    linked = rdflib.Graph().parse(data=tab.evaluate("$export.jsonld()"), format="json-ld")
    claims = set(
        turtle.subjects(rdflib.RDF.type, rdflib.URIRef("https://attest.example/ns/kg#Claim"))
    )
    assert len(claims) == ask(tab, "V.count")
    assert claims == set(
        linked.subjects(rdflib.RDF.type, rdflib.URIRef("https://attest.example/ns/kg#Claim"))
    )
    assert not isomorphic(turtle, rdflib.Graph())
    root = ElementTree.fromstring(tab.evaluate("$export.graphml()"))
    assert len(root.findall(".//{*}edge")) == ask(
        tab, "V.claims.filter((c) => M.cl.o[c] >= 0).length"
    )
    assert json.loads(tab.evaluate("$export.jsonld()"))["@graph"]
    ask(tab, "change({ off: { ...S.off, modality: new Set([1]) } })")
    assert len(tab.evaluate("$export.csv()").split("\r\n")) == ask(tab, "V.count") + 2


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_print_is_light_and_has_every_claim_under_its_sentence(open_page: Open, theme: str) -> None:
    tab = open_page("sample", hash=f"#theme={theme}")
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    tab.emulate_media(media="print")
    assert tab.locator("#print .printed").count() == ask(tab, "V.count")
    assert tab.locator("#print > ol > li").count() < ask(tab, "V.count")
    assert tab.locator("#print svg rect").first.get_attribute("fill") == "#fbfaf7"
    assert tab.locator("#grid").is_hidden()
    assert tab.evaluate("document.documentElement.dataset.theme") == theme
    tab.evaluate("dispatchEvent(new Event('afterprint'))")
    assert tab.locator("#print *").count() == 0
