"""Graphs too large to be drawn whole: the centre first, the rest within reach, and no promise that is not kept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kg.view import write_page
from kg.view.data import Known
from kg.view.render import render

from . import sample

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="module", params=[4000, 20_010])
def big(
    request: pytest.FixtureRequest, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> tuple[int, Page, list[str]]:
    """A page of a large graph, with what it asked of the network."""
    path: Path = tmp_path_factory.mktemp("big") / "big.html"
    write_page(render(sample.large(request.param), Known({})), path)
    tab = browser.new_page(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    asked: list[str] = []
    tab.on(
        "request",
        lambda r: (
            asked.append(r.url) if not r.url.startswith(("file:", "data:", "blob:")) else None
        ),
    )
    tab.on("pageerror", lambda error: asked.append(str(error)))
    tab.goto(path.as_uri())
    tab.wait_for_selector("html[data-ready]", timeout=30_000)
    return request.param, tab, asked


def ask(tab: Page, expression: str) -> Any:
    """Ask the page's own state."""
    return tab.evaluate(
        f"(() => {{ const {{ M, S, V, N, change }} = attest; return {expression}; }})()"
    )


def test_it_opens_on_a_part_and_says_so(big: tuple[int, Page, list[str]]) -> None:
    size, tab, asked = big
    assert ask(tab, "M.entities") == size
    assert ask(tab, "N.nodes.length") == (
        300
        if size <= 20_000
        else ask(tab, "JSON.parse(document.querySelector('#pv-nodes').textContent).length")
    )
    assert f"{size:,}" in tab.locator("#count").inner_text()
    assert tab.evaluate(
        "performance.getEntriesByName('drawn')[0].startTime < performance.getEntriesByName('ready')[0].startTime"
    )
    assert asked == []


def test_search_reaches_all_and_brings_them_into_the_picture(
    big: tuple[int, Page, list[str]],
) -> None:
    size, tab, _ = big
    name = f"Thing number {size - 1}"
    tab.keyboard.press("/")
    tab.locator("#q").fill(name)
    tab.keyboard.press("Enter")
    assert ask(tab, "M.ent.l[S.sel.at]") == name
    assert ask(tab, "N.nodes.get(S.sel.at) !== null")
    tab.keyboard.press("Escape")
    ask(tab, "change({ sel: null })")


def test_expansion_is_capped_and_says_so(big: tuple[int, Page, list[str]]) -> None:
    _, tab, _ = big
    before = ask(tab, "N.nodes.length")
    hub = ask(
        tab,
        "(() => { let best = 0; for (let e = 0; e < M.entities; e++) if (M.endBegin[e + 1] - M.endBegin[e] > M.endBegin[best + 1] - M.endBegin[best]) best = e; return best; })()",
    )
    ask(tab, f"change({{ expanded: new Set([{hub}]) }})")
    assert before < ask(tab, "N.nodes.length") <= before + 51
    if ask(tab, f"$choice.neighbours({hub}).length") > 120:
        assert "neighbours were added" in tab.locator("#count").inner_text()
    ask(tab, "change({ expanded: new Set() })")
    assert ask(tab, "N.nodes.length") == before


def test_a_community_opens(big: tuple[int, Page, list[str]]) -> None:
    size, tab, _ = big
    if size <= 20_000:
        pytest.skip("opens on its centre, not on communities")
    ask(tab, "change({ groups: new Set([0]) })")
    assert ask(tab, "V.drawn.size") == 50
    assert tab.locator("#chips .chip").count() == 1
    ask(tab, "change({ groups: new Set() })")


def test_many_lines_hide_while_the_picture_moves(big: tuple[int, Page, list[str]]) -> None:
    _, tab, _ = big
    assert ask(tab, "N.net.physics.physicsEnabled") is False
    ask(tab, "change({ focus: 0, hops: 3 })")
    assert ask(tab, "N.net.renderer.options.hideEdgesOnDrag") == (ask(tab, "N.nodes.length") > 300)
    assert ask(tab, "N.nodes.length") <= 1500
    ask(tab, "change({ focus: null, hops: 1 })")


def test_the_table_makes_few_rows(big: tuple[int, Page, list[str]]) -> None:
    _, tab, _ = big
    ask(tab, "change({ view: 'table' })")
    assert ask(tab, "V.count") > 7000
    assert tab.locator("#claims tbody tr").count() < 60
    tab.locator("#rows").focus()
    tab.keyboard.press("End")
    last = tab.evaluate("document.activeElement.getAttribute('aria-rowindex')")
    assert int(last) == ask(tab, "V.count") + 1
    ask(tab, "change({ view: 'network' })")
