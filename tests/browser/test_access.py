"""The page for everybody: axe finds nothing in any state, and a keyboard alone reaches everything."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Open
    from playwright.sync_api import Page

VENDOR = Path(__file__).parent / "vendor"
AXE = (VENDOR / "axe.min.js").read_text(encoding="utf-8")
VARGA = "attest.M.ent.l.indexOf('Ilse Varga')"
DENIED = "attest.V.claims.find((c) => attest.M.cl.neg[c] && attest.M.cl.o[c] >= 0)"


def findings(tab: Page) -> dict[str, list[str]]:
    """Return what axe finds: rule and the places."""
    if not tab.evaluate("typeof axe === 'object'"):
        tab.evaluate(AXE)
    found: Any = tab.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    return {f["id"]: [node["html"][:160] for node in f["nodes"][:4]] for f in found["violations"]}


AFRESH = """() => { for (const open of document.querySelectorAll(":popover-open")) open.hidePopover();
  document.querySelector("#pick-stop").click(); document.querySelector("#reset").click(); document.querySelector("#q").value = ""; document.activeElement.blur();
  attest.change({ sel: null, pane: "evidence", view: "network", sort: "", doc: 0 }); }"""
STATES = {
    "start": "0",
    "thing": f"attest.change({{ sel: {{ kind: 'e', at: {VARGA} }} }})",
    "claim": f"attest.change({{ sel: {{ kind: 'c', at: {DENIED} }} }})",
    "document": f"attest.change({{ sel: {{ kind: 'e', at: {VARGA} }}, pane: 'document' }})",
    "table": "attest.change({ view: 'table', sort: 'when' })",
    "map": "attest.change({ view: 'map' })",
    "time": "attest.change({ time: [741500, 741560] })",
    "filtered": "attest.change({ off: { ...attest.S.off, relation: new Set([0, 1]), family: new Set([2]) }, open: true })",
    "focus": f"attest.change({{ focus: {VARGA}, hops: 1, hulls: true, fold: true }})",
    "path": f"attest.change({{ path: [{VARGA}, attest.M.ent.l.indexOf('Korvania')] }})",
    "help": "document.querySelector('#help').showPopover()",
    "export": "document.querySelector('#export-menu').showPopover()",
    "search": "(() => { const q = document.querySelector('#q'); q.focus(); q.value = 'lisbon'; q.dispatchEvent(new Event('input')); })()",
    "picking": f"(() => {{ attest.change({{ sel: {{ kind: 'e', at: {VARGA} }} }}); [...document.querySelectorAll('#evidence button')].find((b) => b.textContent.startsWith('Path')).click(); }})()",
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_any_state(open_page: Open, scheme: str) -> None:
    tab, wrong = open_page("sample", scheme=scheme), {}
    for name, enter in STATES.items():
        tab.evaluate(AFRESH)
        tab.evaluate(enter)
        tab.wait_for_timeout(60)
        if found := findings(tab):
            wrong[name] = found
    assert wrong == {}


@pytest.mark.parametrize("width", [320, 390])
def test_axe_finds_nothing_on_a_phone(open_page: Open, width: int) -> None:
    tab, wrong = open_page("sample", width=width, height=700), {}
    for name in ("start", "claim", "thing", "table"):
        tab.evaluate(AFRESH)
        tab.evaluate(STATES[name])
        if found := findings(tab):
            wrong[name] = found
    tab.evaluate(AFRESH)
    tab.locator("#show-filters").click()
    assert findings(tab) == {}
    assert wrong == {}


@pytest.mark.parametrize("width", [390, 1440])
def test_targets_are_large_enough(open_page: Open, width: int) -> None:
    tab = open_page("sample", width=width)
    tab.evaluate(STATES["claim"])
    small = tab.evaluate(
        """() => [...document.querySelectorAll('button, input, select, a[href], summary')].filter((e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: false }))
        .map((e) => [e, (e.closest('label') ?? e).getBoundingClientRect()]).filter(([e, r]) => r.width > 1 && (r.width < 24 || r.height < 23.5))
        .map(([e, r]) => `${e.outerHTML.slice(0, 90)} ${Math.round(r.width)}x${Math.round(r.height)}`)"""
    )
    assert small == []


def test_a_reader_finds_a_claim_and_its_sentence_by_keyboard_alone(open_page: Open) -> None:
    tab = open_page("sample")
    tab.keyboard.press("/")
    tab.keyboard.type("varga")
    tab.keyboard.press("Enter")
    assert tab.locator("#evidence h2").inner_text() == "Ilse Varga"
    assert tab.evaluate("document.activeElement.closest('#evidence') !== null"), (
        "the dossier has the focus"
    )
    for _ in range(40):
        tab.keyboard.press("Tab")
        if tab.evaluate("document.activeElement.classList.contains('claim')"):
            break
    outline = tab.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    assert outline == "3px", "the focus is seen"
    tab.keyboard.press("Enter")
    assert tab.evaluate("attest.S.sel.kind") == "c"
    assert "Ilse Varga" in tab.locator("#live").inner_text()
    assert tab.locator("#evidence mark").count() > 0
    tab.go_back()
    tab.wait_for_timeout(150)
    assert tab.evaluate("attest.S.sel.kind") == "e", "Back undoes"


def test_every_control_is_reached_by_tab_and_none_holds_the_focus(open_page: Open) -> None:
    tab = open_page("sample")
    seen: list[str] = []
    for _ in range(160):
        tab.keyboard.press("Tab")
        seen.append(
            tab.evaluate(
                "document.activeElement.id || document.activeElement.textContent.slice(0, 30)"
            )
        )
        if seen.count("skip-net") > 1:
            break
    assert {
        "skip",
        "q",
        "theme",
        "net",
        "in",
        "fit",
        "from",
        "until",
        "list-undated",
        "splitter",
        "tab-network",
        "tab-evidence",
        "family-0",
        "only-family-0",
    } <= set(seen)
    assert any(name == "" or name.startswith("from") for name in seen)


def test_tabs_timeline_map_and_document_by_arrows(open_page: Open) -> None:
    tab = open_page("sample")
    tab.locator("#tab-network").focus()
    tab.keyboard.press("ArrowRight")
    assert tab.evaluate("attest.S.view") == "map"
    tab.locator("#places .place[tabindex='0']").focus()
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press("Enter")
    assert tab.evaluate("attest.S.sel.kind") == "e"
    tab.locator("#plot .bar[tabindex='0']").focus()
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press("Enter")
    assert tab.evaluate("attest.S.sel.kind") == "c"
    tab.locator("#tab-evidence").focus()
    tab.keyboard.press("ArrowRight")
    assert tab.evaluate("attest.S.pane") == "document"
    tab.locator("#document .flow").focus()
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press("Enter")
    assert tab.evaluate("attest.S.sel !== null")


def test_the_reading_pane_is_widened_by_keys(open_page: Open) -> None:
    tab = open_page("sample")
    before = tab.evaluate("document.querySelector('#reading').clientWidth")
    tab.locator("#splitter").focus()
    tab.keyboard.press("ArrowLeft")
    assert tab.evaluate("document.querySelector('#reading').clientWidth") > before


def test_landmarks_language_and_headings(open_page: Open) -> None:
    tab = open_page("sample")
    assert tab.evaluate("document.documentElement.lang") == "en"
    for landmark in ("header", "main", "aside#filters", "aside#reading", "[role=search]"):
        assert tab.locator(landmark).count() == 1
    assert tab.locator("h1").count() == 1


def test_what_is_vendored_is_what_the_notice_names() -> None:
    notice = (VENDOR / "NOTICE.md").read_text(encoding="utf-8")
    [told] = re.findall(r"\| axe\.min\.js .*\| ([0-9a-f]{64}) \|", notice)
    assert hashlib.sha256((VENDOR / "axe.min.js").read_bytes()).hexdigest() == told
