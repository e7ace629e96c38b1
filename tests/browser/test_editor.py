"""The served pages in a real Chromium: a query is typed, run and shown as table, network and map, and nothing leaves the server."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from serving import Served, served
from test_graph_samples import ontology, rules, world

from kg.graph.store import save

from .conftest import hostile
from .test_access import findings

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect

Visit = Callable[..., "Page"]
PLACES = ["query", "page/entity/ana-ruiz", "page/claim/9601963fbe6b", "page/document/wire-1f2e", "page/evidence/wire-1f2e-0-42", "page/entity/nobody"]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The small world, served."""
    base = tmp_path_factory.mktemp("site")
    save(world(), ontology(base), base / "out", rules=rules(base))
    with served(base / "out", "--workers", "2", "--timeout", "5") as running:
        yield running


@pytest.fixture(scope="module")
def hostile_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A graph of names that try to run, served."""
    base = tmp_path_factory.mktemp("hostile")
    names = hostile()  # whose IRIs must be some, to stand in a graph
    entities = tuple(replace(entity, same_as=("javascript:window.hacked=6", "https://a.example/%22%3E")) for entity in names.entities)
    save(replace(names, entities=entities), ontology(base), base / "out", rules=rules(base))
    with served(base / "out", "--workers", "1", "--timeout", "5") as running:
        yield running


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    """Open a page of a server; at the end no request went elsewhere, and no error was seen but of the statuses that are meant."""
    contexts, wrong = [], []

    def opened(server: Served, place: str, *, width: int = 1280, scheme: str = "light") -> Page:
        context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion="reduce", accept_downloads=True)
        contexts.append(context)
        tab = context.new_page()
        context.on("request", lambda r: None if r.url.startswith((server.address, "data:", f"blob:{server.address}")) else wrong.append(r.url))
        tab.on("pageerror", lambda error: wrong.append(f"{error} {error.stack}"))
        tab.on("console", lambda m: wrong.append(m.text) if m.type == "error" and "status of 40" not in m.text else None)
        tab.on("dialog", lambda dialog: wrong.append(dialog.message))
        tab.goto(server.address + place)
        if place.startswith("query"):
            tab.wait_for_selector("html[data-ready]")
        return tab

    yield opened
    for context in contexts:
        context.close()
    assert wrong == []


def write(tab: Page, query: str) -> None:
    """Type a query over the one that is there."""
    tab.locator(".cm-content").click()
    tab.keyboard.press("Control+A")
    tab.keyboard.type(query)


def ask(tab: Page, query: str) -> list[list[str]]:
    """Type a query, run it from the keyboard, and return the cells of the table."""
    write(tab, query)
    tab.keyboard.press("Control+Enter")
    expect(tab.locator("#status")).to_have_text(re.compile(r" in \d"))
    rows: list[list[str]] = tab.evaluate("[...document.querySelectorAll('#table tbody tr')].map((r) => [...r.cells].map((c) => c.textContent))")
    return rows


def test_a_query_is_typed_and_its_rows_are_shown(site: Served, visit: Visit) -> None:
    tab = visit(site, "query")
    rows = ask(tab, "SELECT ?who ?city WHERE { ?who test:defectedVia ?city ")  # the editor closes the bracket
    assert rows == [["ent:ana-ruiz", "ent:quito"]]
    assert tab.locator("#status").inner_text().startswith("1 row in")
    assert tab.locator("#table a").first.get_attribute("href") == "/page/entity/ana-ruiz"
    tab.reload()
    tab.wait_for_selector("html[data-ready]")
    assert "defectedVia" in tab.locator(".cm-content").inner_text()  # the address keeps the query, and so runs it again
    expect(tab.locator("#table tbody tr")).to_have_count(1)
    tab.click("text=Documents")
    expect(tab.locator("#table")).to_contain_text("A wire")


def test_triples_and_yes_are_shown_too(site: Served, visit: Visit) -> None:
    tab = visit(site, "query")
    assert ask(tab, "CONSTRUCT WHERE { ?s rdfs:label 'Quito' ") == [["ent:quito", "rdfs:label", "Quito"]]
    assert ask(tab, "ASK { ent:quito ?p ?o ") == [["yes"]]


def test_a_saved_question_is_chosen_and_saved_as_a_file(site: Served, visit: Visit) -> None:
    tab = visit(site, "query")
    tab.select_option("#saved", "documents")
    tab.click("#run")
    tab.wait_for_selector("#table tbody tr")
    tab.select_option("#format", "CSV")
    with tab.expect_download() as coming:
        tab.click("#save")
    assert coming.value.suggested_filename == "answer.csv"
    assert "wire" in Path(coming.value.path()).read_text(encoding="utf-8")


def test_an_error_shows_the_place(site: Served, visit: Visit) -> None:
    tab = visit(site, "query")
    write(tab, "SELECT * WHERE { ?s unknown:p ?o ")
    tab.keyboard.press("Control+Enter")
    tab.wait_for_selector("#error:not([hidden])")
    assert "line 1, column 21" in tab.locator("#error").inner_text()
    tab.keyboard.type("X")
    assert "?s Xunknown:p" in tab.locator(".cm-content").inner_text()


def test_a_query_that_runs_long_is_stopped(site: Served, visit: Visit) -> None:
    tab = visit(site, "query")
    write(tab, "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n2 ?o ")
    tab.keyboard.press("Control+Enter")
    tab.click("#stop:not([disabled])")
    expect(tab.locator("#status")).to_have_text("Stopped.")
    assert ask(tab, "ASK { ent:quito ?p ?o ") == [["yes"]]


def test_names_are_completed_from_the_graph(site: Served, visit: Visit) -> None:
    tab = visit(site, "query")
    write(tab, "SELECT * WHERE { ?who test:defec")
    tab.wait_for_selector(".cm-tooltip-autocomplete")
    assert "test:defectedVia" in tab.locator(".cm-tooltip-autocomplete").inner_text()
    tab.wait_for_timeout(120)  # CodeMirror ignores keys right after the list appears
    tab.keyboard.press("Enter")
    assert "test:defectedVia" in tab.locator(".cm-content").inner_text()


@pytest.mark.parametrize("name", ["network", "map"])
def test_what_a_query_finds_is_drawn(site: Served, visit: Visit, name: str) -> None:
    tab = visit(site, "query")
    ask(tab, "SELECT ?a ?b WHERE { ?a test:defectedVia ?b ")
    tab.click(f"#tab-{name}")
    frame = tab.frame_locator("iframe")
    frame.locator("html[data-ready]").wait_for(timeout=20_000)
    chosen = frame.locator("#views [role=tab][aria-selected=true]").inner_text()
    assert chosen.lower() == name
    assert "what a query found" in frame.locator("body").inner_text()
    assert tab.frames[1].evaluate("self.origin") == "null"  # the frame cannot touch the page around it


def test_the_viewer_leads_to_the_editor(site: Served, visit: Visit) -> None:
    tab = visit(site, "")
    tab.wait_for_selector("html[data-ready]", timeout=20_000)
    tab.click("text=Query")
    tab.wait_for_url("**/query")
    tab.goto(site.address)
    tab.set_viewport_size({"width": 320, "height": 700})
    assert tab.evaluate("document.documentElement.scrollWidth") <= 320


# ---- for everybody ---------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_and_nothing_is_cut_off(site: Served, visit: Visit, scheme: str, width: int) -> None:
    wrong = {}
    for place in PLACES:
        tab = visit(site, place, width=width, scheme=scheme)
        if place == "query":
            ask(tab, "SELECT ?s ?l WHERE { ?s rdfs:label ?l ")
        if found := findings(tab):
            wrong[place] = found
        assert tab.evaluate("document.documentElement.scrollWidth") <= width, place
    assert wrong == {}


def test_the_results_are_reached_by_keyboard(site: Served, visit: Visit) -> None:
    tab = visit(site, "query")
    ask(tab, "SELECT ?a ?b WHERE { ?a test:defectedVia ?b ")
    tab.focus("#tab-table")
    tab.keyboard.press("ArrowRight")
    assert tab.evaluate("document.activeElement.id") == "tab-network"
    assert tab.get_attribute("#tab-network", "aria-selected") == "true"
    assert tab.is_visible("iframe")


# ---- names that try to run -------------------------------------------------------------------------


def test_hostile_names_run_nothing(hostile_site: Served, visit: Visit) -> None:
    tab = visit(hostile_site, "query")
    rows = ask(tab, "SELECT ?s ?l WHERE { ?s rdfs:label ?l ")
    assert len(rows) == 9
    assert any("<script>window.hacked" in row[1] for row in rows)
    ask(tab, "SELECT ?s ?q WHERE { GRAPH ?g { ?s kg:quote ?q } ")
    ask(tab, "SELECT (<javascript:window.hacked=9> AS ?x) { ")
    assert tab.locator("#table a").count() == 0
    places = ["page/document/doc", *(f"page/entity/{name}" for name in ("script", "image", "quotes", "comment", "link", "unbroken"))]
    for place in places:
        other = visit(hostile_site, place, width=320)
        assert other.locator("h1").count() == 1
        assert other.evaluate("window.hacked") is None
        assert other.evaluate("document.querySelectorAll('main script, main img, main [onerror], a[href^=\"javascript\" i]').length") == 0
        assert other.evaluate("document.documentElement.scrollWidth") <= 320, place
    assert tab.evaluate("window.hacked") is None
