"""The page in a real browser: what is read, found, chosen and handed out, and that nothing hostile runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from . import sample

if TYPE_CHECKING:
    from conftest import Open
    from playwright.sync_api import Page

NAME = "Thae Yong-ho"
SETTLE = 120  # milliseconds for a frame or two


def state(tab: Page, expression: str) -> Any:
    """Ask the page's own state."""
    return tab.evaluate(f"(() => {{ const {{ M, S, V, N }} = attest; return {expression}; }})()")


def key(tab: Page, name: str) -> str:
    """Return the lasting key of a thing."""
    return str(state(tab, f"M.ent.k[M.ent.l.indexOf({name!r})]"))


def center(tab: Page, name: str) -> tuple[float, float]:
    """Return where a thing is drawn on the screen."""
    tab.wait_for_timeout(SETTLE)
    x, y = state(tab, f"(() => {{ const n = M.ent.l.indexOf({name!r}), p = N.net.canvasToDOM(N.at.get(n)), b = document.querySelector('#net').getBoundingClientRect(); return [p.x + b.x, p.y + b.y]; }})()")
    return x, y


# ---- reading -------------------------------------------------------------------------------------


def test_the_page_opens_without_a_request(open_page: Open) -> None:
    tab = open_page()
    assert state(tab, "N.nodes.length") > 100
    assert tab.locator("h1").inner_text()


def test_a_click_on_a_thing_tells_all_that_is_said_of_it(open_page: Open) -> None:
    tab = open_page()
    tab.mouse.click(*center(tab, NAME))
    assert tab.locator("#evidence h2").inner_text() == NAME
    assert tab.locator("#evidence .claim").count() > 5


def test_a_click_on_a_line_shows_the_sentence_and_who_says_it(open_page: Open) -> None:
    tab = open_page()
    tab.wait_for_timeout(SETTLE)
    # the middle of a long straight line that no node covers
    x, y, claims = state(
        tab,
        """(() => { const box = document.querySelector('#net').getBoundingClientRect();
        for (const line of N.lines.values()) { const a = N.at.get(line.start), b = N.at.get(line.end);
          if (line.bend || line.start === line.end) continue; const p = N.net.canvasToDOM({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
          if (N.net.getEdgeAt(p) === line.id && !N.net.getNodeAt(p)) return [p.x + box.x, p.y + box.y, line.claims]; } })()""",
    )
    tab.mouse.click(x, y)
    assert state(tab, "S.sel.at") in claims
    assert len(tab.locator("#evidence blockquote mark").all_inner_texts()) > 0
    assert "Who says it" in tab.locator("#evidence dl").inner_text()


def test_the_marked_words_are_the_claims_quote(open_page: Open) -> None:
    tab = open_page()
    for claim in (3, 40, 120):
        tab.evaluate(f"attest.change({{ sel: {{ kind: 'c', at: {claim} }}, pane: 'evidence' }})")
        quote = state(tab, f"(() => {{ const [d, s, e] = M.cl.e[{claim}]; return [...M.texts[d]].slice(s, e).join(''); }})()")
        told = "".join(tab.locator("#evidence blockquote mark").all_text_contents())
        assert told == quote


def test_text_and_network_choose_each_other(open_page: Open) -> None:
    tab = open_page()
    tab.evaluate(f"attest.change({{ sel: {{ kind: 'e', at: attest.M.ent.l.indexOf({NAME!r}) }}, pane: 'document' }})")
    assert tab.locator("#document .mention.on").count() > 0
    tab.locator("#document .mention:not(.on)").first.click()
    assert state(tab, "S.sel.kind") == "e"
    assert state(tab, "M.ent.l[S.sel.at]") != NAME


# ---- finding -------------------------------------------------------------------------------------


def test_search_finds_names_and_sentences_by_keyboard(open_page: Open) -> None:
    tab = open_page()
    tab.keyboard.press("/")
    tab.keyboard.type("yong-ho")
    assert tab.locator("#hits li").count() > 1
    tab.keyboard.press("Enter")
    assert state(tab, "S.sel.kind") == "e"
    assert "Yong-ho" in tab.locator("#evidence h2").inner_text()


def test_a_filter_hides_and_counts_and_back_undoes_it(open_page: Open) -> None:
    tab = open_page()
    before = state(tab, "N.nodes.length")
    tab.locator("#facets fieldset").first.locator("label", has_text="Events").locator("input").uncheck()
    assert state(tab, "N.nodes.length") < before
    assert state(tab, "[...V.drawn].every((e) => !M.types[M.ent.t[e]].types.includes('Event'))")
    tab.go_back()
    tab.wait_for_timeout(SETTLE)
    assert state(tab, "N.nodes.length") == before


def test_open_claims_wait_for_their_switch(open_page: Open) -> None:
    tab = open_page()
    before = state(tab, "V.count")
    assert state(tab, "V.claims.every((c) => M.cl.kind[c] === 0)")
    tab.locator("#set-open").check()
    assert state(tab, "V.count") > before


def test_events_fold_into_lines(open_page: Open) -> None:
    tab = open_page()
    before = state(tab, "N.nodes.length")
    tab.locator("#set-fold").check()
    assert state(tab, "N.nodes.length") < before
    assert state(tab, "[...N.lines.values()].some((line) => line.label.includes(': '))")


def test_a_span_of_time_keeps_what_is_dated_in_it(open_page: Open) -> None:
    tab = open_page()
    tab.locator("#from").fill("2016-07-01")
    tab.locator("#from").dispatch_event("change")
    assert 0 < state(tab, "V.count") < 100
    tab.locator("#with-undated").check()
    assert state(tab, "V.count") > 100


def test_the_address_holds_the_view(open_page: Open) -> None:
    tab = open_page()
    thing = key(tab, NAME)
    tab.evaluate("attest.change({ sel: { kind: 'e', at: attest.M.ent.l.indexOf('Thae Yong-ho') }, view: 'table', sort: 'who-', fold: true, focus: attest.M.ent.l.indexOf('Thae Yong-ho'), hops: 2 })")
    tab.evaluate("attest.change({ off: { ...attest.S.off, modality: new Set([2]), relation: new Set(attest.M.rel.map((_, n) => n).filter((n) => n !== 3)) } })")
    address = tab.evaluate("location.hash")
    assert thing in address
    told = "JSON.stringify([S.sel, S.view, S.sort, S.fold, S.focus, S.hops, [...S.off.modality], [...S.off.relation], V.count, N.nodes.length])"
    again = open_page(hash=address)
    assert state(again, told) == state(tab, told)


def test_what_the_address_names_and_the_graph_lacks_is_left_out(open_page: Open) -> None:
    tab = open_page(hash="#sel=e.ffffffffff&off=relation%3Dnone%7Cfoo%3A1&time=x&view=nowhere&hops=99&%22><script>")
    assert state(tab, "S.sel") is None
    assert state(tab, "V.count") > 100


def test_expand_hide_path_and_focus(open_page: Open) -> None:
    tab = open_page()
    one, other = (f"attest.M.ent.l.indexOf({name!r})" for name in (NAME, "North Korea"))
    tab.evaluate(f"attest.change({{ path: [{one}, {other}] }})")
    assert 2 <= state(tab, "N.nodes.length") < 10
    tab.evaluate(f"attest.change({{ path: null, focus: {one}, hops: 1 }})")
    assert state(tab, "N.nodes.length") < 60
    tab.evaluate(f"attest.change({{ focus: null, hidden: new Set([{one}]) }})")
    assert not state(tab, f"V.drawn.has({one})")


# ---- by keyboard alone ---------------------------------------------------------------------------


def test_the_network_is_read_by_keyboard_alone(open_page: Open) -> None:
    tab = open_page()
    tab.keyboard.press("Tab")
    assert tab.locator("#skip-net").is_visible()
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.id") == "net"
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press("ArrowDown")
    assert tab.locator("#live").inner_text() != ""
    tab.keyboard.press("Enter")
    assert state(tab, "S.sel.kind") == "e"
    tab.locator("#net").focus()
    tab.keyboard.press("]")
    assert state(tab, "S.sel.kind") == "c"
    tab.keyboard.press("Escape")
    assert state(tab, "S.sel") is None


def test_the_table_sorts_and_is_walked_by_arrows(open_page: Open) -> None:
    tab = open_page(hash="#view=table")
    tab.locator("#claims thead button", has_text="Subject").click()
    names = tab.locator("#claims tbody th").all_inner_texts()
    assert len(names) > 5
    assert tab.locator("#claims th[aria-sort=ascending]").count() == 1
    assert int(tab.locator("#claims").get_attribute("aria-rowcount") or 0) == state(tab, "V.count") + 1
    tab.locator("#rows").focus()
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("Enter")
    assert state(tab, "S.sel.kind") == "c"


# ---- legibility ----------------------------------------------------------------------------------


def overlaps(boxes: list[dict[str, float]]) -> int:
    """Count pairs of boxes that cover each other by more than a pixel."""
    return sum(
        a["x"] + 1 < b["x"] + b["w"] and b["x"] + 1 < a["x"] + a["w"] and a["y"] + 1 < b["y"] + b["h"] and b["y"] + 1 < a["y"] + a["h"]
        for n, a in enumerate(boxes)
        for b in boxes[:n]
    )


@pytest.mark.parametrize("scale", [1.0, 0.5, 0.2])
def test_no_two_names_overlap(open_page: Open, scale: float) -> None:
    tab = open_page()
    tab.evaluate(f"attest.N.net.moveTo({{ scale: {scale}, animation: false }})")
    tab.wait_for_timeout(SETTLE)
    boxes = state(tab, "[...N.laid.boxes.values()].map(({ x, y, w, h }) => ({ x, y, w, h }))")
    assert len(boxes) > 10
    assert overlaps([{side: value * scale for side, value in box.items()} for box in boxes]) == 0
    if scale == 1.0:
        assert len(boxes) == state(tab, "N.nodes.length")


@pytest.mark.parametrize(("width", "height"), [(390, 844), (320, 568), (1440, 900), (3840, 2160)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_overflows_and_the_sentence_is_in_sight(open_page: Open, width: int, height: int, scheme: str) -> None:
    tab = open_page(width=width, height=height, scheme=scheme)
    tab.evaluate("attest.change({ sel: { kind: 'c', at: 40 }, pane: 'evidence' })")
    tab.wait_for_timeout(SETTLE)
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    box = tab.locator("#evidence blockquote mark").first.bounding_box()
    assert box is not None
    assert box["y"] + 20 < height
    assert tab.evaluate("document.documentElement.dataset.theme") == scheme


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_have_contrast(open_page: Open, scheme: str) -> None:
    tab = open_page(scheme=scheme)
    ratios = tab.evaluate(
        """() => { const of = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
        const light = (hex) => { const full = hex.length === 4 ? hex.replace(/[0-9a-f]/gi, '$&$&') : hex;
          const [r, g, b] = [1, 3, 5].map((n) => parseInt(full.slice(n, n + 2), 16) / 255).map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
          return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
        const ratio = (a, b) => { const [x, y] = [light(of(a)), light(of(b))].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
        const text = ['--ink', '--mute', '--accent', '--denied'], marks = attest.M.fam.map((f) => `--${f.colour}`).concat('--edge');
        return Object.fromEntries([...['--paper', '--panel'].flatMap((ground) => text.map((name) => [`${name} on ${ground}`, ratio(name, ground) / 4.5])),
          ...marks.map((name) => [name, ratio(name, '--paper') / 3])]); }"""
    )
    assert {name: value for name, value in ratios.items() if value < 1} == {}


# ---- hostile names -------------------------------------------------------------------------------


def test_hostile_names_are_text_and_run_nothing(open_page: Open) -> None:
    tab = open_page("hostile")
    for place in range(state(tab, "M.entities")):
        tab.evaluate(f"attest.change({{ sel: {{ kind: 'e', at: {place} }}, pane: 'evidence' }})")
    assert state(tab, "N.nodes.length") == 9
    for claim in range(state(tab, "M.claims")):
        tab.evaluate(f"attest.change({{ sel: {{ kind: 'c', at: {claim} }}, pane: 'evidence' }})")
    tab.evaluate("attest.change({ pane: 'document', view: 'table' })")
    tab.evaluate("attest.change({ view: 'map' })")
    tab.keyboard.press("/")
    tab.keyboard.type("<img")
    assert tab.locator("#hits li").count() > 0
    tab.evaluate("document.body.append(new DOMParser().parseFromString(attest.svgText().text, 'image/svg+xml').documentElement.nodeName)")
    tab.wait_for_timeout(SETTLE)
    assert tab.evaluate("window.hacked") is None
    assert tab.locator("img, iframe, object, embed, a[href^='javascript']").count() == 0
    assert "<script>" in tab.locator("h1").inner_text()
    assert tab.evaluate("document.documentElement.scrollWidth") <= 1440


# ---- handing out ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("format", "start"), [("svg", b"<svg"), ("png", b"\x89PNG"), ("csv", b""), ("ttl", b""), ("jsonld", b"{"), ("graphml", b"<")])
def test_what_is_shown_is_handed_out(open_page: Open, format: str, start: bytes) -> None:
    tab = open_page()
    tab.get_by_role("button", name="Export").click()
    with tab.expect_download() as caught:
        tab.locator(f"#export-menu [data-format={format}]").click()
    content = caught.value.path().read_bytes()
    assert len(content) > 1000
    assert content.lstrip(b"\xef\xbb\xbf \n").startswith(start)
    if format == "ttl":
        import rdflib

        assert len(rdflib.Graph().parse(data=content, format="turtle")) > 100


def test_print_holds_the_picture_and_the_claims(open_page: Open) -> None:
    tab = open_page()
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert tab.locator("#print svg path").count() > 100
    assert tab.locator("#print .printed").count() == state(tab, "V.count")


def test_a_claim_that_does_not_fit_the_ontology_is_drawn_as_one(open_page: Open) -> None:
    tab = open_page("unfitting")
    unfit, plain = tab.evaluate("""(() => {
        const dashes = (line) => attest.N.net.body.edges[line.id].options.dashes, lines = [...attest.N.lines.values()];
        attest.N.net.redraw();
        return [lines.filter((l) => l.misfit).map(dashes), lines.filter((l) => !l.misfit).map(dashes)];
    })()""")
    assert len(unfit) == 1
    assert len(plain) > 10
    assert unfit[0][1] > 4 * unfit[0][0]
    assert unfit[0] not in plain
    assert "does not fit the ontology (1)" in tab.inner_text("#filters")
    claim = tab.evaluate("+Object.keys(attest.M.cl.off)[0]")
    tab.evaluate(f"attest.change({{ sel: {{ kind: 'c', at: {claim} }} }})")
    assert sample.MISFIT in tab.inner_text("#evidence")
    tab.evaluate("attest.change({ view: 'network' })")
    assert "Does not fit the ontology" in tab.evaluate("attest.svgText().text")


MOVES = """async (act) => {
    const net = attest.N.net, seen = new Set(), note = () => seen.add(`${net.getScale().toFixed(4)} ${net.getViewPosition().x.toFixed(1)}`);
    note();
    (act === "zoom" ? () => net.moveTo({ scale: 0.1, animation: false }) : () => 0)();
    attest.change({ sel: { kind: "e", at: attest.M.ent.l.indexOf("Ilse Varga") } });
    const end = performance.now() + 600;
    while (performance.now() < end) { await new Promise(requestAnimationFrame); note(); }
    return seen.size;
}"""
STYLED = """() => {
    const made = document.body.appendChild(document.createElement("div"));
    Object.assign(made.style, { transition: "opacity 1s", animation: "turn 1s", scrollBehavior: "smooth" });
    const style = getComputedStyle(made);
    return [style.transitionProperty, style.animationName, style.scrollBehavior];
}"""  # as a library, or a later style sheet of ours, may


HIDDEN = """(() => {
    const { boxes, taken } = attest.N.laid, marks = new Set([...taken.cells.values()].flat().filter((box) => typeof box.own === "number" && box.w === box.h)), out = [];
    for (const [own, box] of boxes) for (const mark of marks) {
        const w = Math.min(box.x + box.w, mark.x + mark.w) - Math.max(box.x, mark.x), h = Math.min(box.y + box.h, mark.y + mark.h) - Math.max(box.y, mark.y);
        if (mark.own !== own && w > 0 && h > 0 && w * h > 0.5 * mark.w * mark.h) out.push([box.lines.join(" "), attest.M.ent.l[mark.own]]);
    }
    return [marks.size, out];
})()"""


@pytest.mark.parametrize("width", [768, 1024, 1440])
def test_no_name_hides_a_strangers_mark(open_page: Open, width: int) -> None:
    tab = open_page("sample", width=width, height=1024)
    tab.wait_for_timeout(SETTLE)
    assert tab.evaluate("attest.N.laid.boxes.size") > 20
    assert tab.evaluate(HIDDEN) == [tab.evaluate("attest.N.nodes.length"), []]


def test_what_is_told_of_a_claim_has_room_beside_its_heads(open_page: Open) -> None:
    tab = open_page("unfitting", width=768, height=1024)
    tab.evaluate("attest.change({ sel: { kind: 'c', at: +Object.keys(attest.M.cl.off)[0] } })")
    told, whole = tab.evaluate("[...['#evidence .facts dd', '#evidence .facts']].map((each) => document.querySelector(each).getBoundingClientRect().width)")
    assert told > 0.5 * whole


def test_nothing_moves_for_who_wants_no_motion(open_page: Open) -> None:
    still, moving = open_page("sample", motion="reduce"), open_page("sample", motion="no-preference")
    assert still.evaluate(MOVES, "zoom") <= 3  # where it was, where the test put it, where it is to be
    assert moving.evaluate(MOVES, "zoom") > 5  # or the test above shows nothing
    assert still.evaluate(STYLED) == ["none", "none", "auto"]
    assert moving.evaluate(STYLED) == ["opacity", "turn", "smooth"]
