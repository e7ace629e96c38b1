"""A real Chromium and the pages that it opens: the bundled corpus, and a graph of hostile names."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kg.graph.graph import Graph
from kg.model import (
    Block,
    BlockKind,
    Claim,
    Document,
    Entity,
    Evidence,
    Extraction,
    Literal,
    Mention,
    MentionKind,
    Modality,
    Polarity,
    Source,
)
from kg.ontology import load
from kg.resources import resource
from kg.view import page, write_page
from kg.view.data import Known
from kg.view.render import render
from kg.view.selection import known_from

from . import sample

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

BINARY = next((found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None)
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-first-run")

NAMES = {
    "script": "</script><script>window.hacked = 1</script>",
    "image": '<img src=x onerror="window.hacked = 2">',
    "quotes": "\"quotes\" 'single' `back` ${window.hacked = 3} \\",
    "arabic": "هيئة الإذاعة \u202eבדיקה",
    "emoji": "👩‍👩‍👧‍👦 🇰🇵 Family",
    "long": "word " * 1000,
    "unbroken": "W" * 5000,
    "comment": "<!-- <script> & &lt; ]]> \u2028",
    "link": "javascript:window.hacked = 4",
}


def hostile() -> Extraction:
    """Every name a thing in a ring of claims, with a sentence that holds both names."""
    ids = list(NAMES)
    text, blocks, claims = "", [], []
    mentions: dict[str, list[Mention]] = {name: [] for name in ids}
    for place, name in enumerate(ids):
        other, start = ids[(place + 1) % len(ids)], len(text)
        text += f"{NAMES[name]} met {NAMES[other]}.\n\n"
        blocks.append(Block(start, len(text) - 2, BlockKind.PARAGRAPH))
        mentions[name].append(Mention("doc", start, start + len(NAMES[name]), NAMES[name], MentionKind.NAME))
        quote = Evidence("doc", start, len(text) - 2, text[start : len(text) - 2])
        source = (Source(NAMES[name]), Source(NAMES["image"]))
        claims.append(Claim(name, "met", other, "doc", (quote,), modality=list(Modality)[place % 8], source=source, when="2016-07"))
    quote = Evidence("doc", 0, 20, text[:20])
    claims.append(Claim("script", "hasStatus", Literal(NAMES["image"]), "doc", (quote,), polarity=Polarity.NEGATIVE))
    document = Document("doc", "<b>.md", "0", text, tuple(blocks), title=NAMES["script"], outlet=NAMES["image"], author=NAMES["quotes"], url="javascript:window.hacked = 5")
    entities = tuple(
        Entity(i, ("Person", "Agent", "Entity"), NAMES[i], aliases=(NAMES["image"],), mentions=tuple(mentions[i]), same_as=("javascript:window.hacked = 6",))
        for i in ids
    )
    return Extraction((document,), entities, tuple(claims))


@pytest.fixture(scope="session")
def corpus() -> Graph:
    """The graph of the bundled corpus."""
    from kg.pipeline import build

    return build()


@pytest.fixture(scope="session")
def pages(corpus: Graph, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The addresses of the pages."""
    folder = tmp_path_factory.mktemp("pages")
    write_page(page(corpus), folder / "corpus.html")
    write_page(page(corpus, focus="Farida Haldar", hops=1), folder / "part.html")
    write_page(render(hostile(), Known({})), folder / "hostile.html")
    write_page(render(sample.extraction(), known_from(load([resource("ontology")]))), folder / "sample.html")
    write_page(render(sample.unfitting(), known_from(load([resource("ontology")]))), folder / "unfitting.html")
    write_page(render(sample.hostile(), Known({})), folder / "worse.html")
    return {name: (folder / f"{name}.html").as_uri() for name in ("corpus", "part", "hostile", "sample", "unfitting", "worse")}


@pytest.fixture(scope="session")
def browser() -> Iterator[playwright.Browser]:
    """Chromium, as the system has it."""
    if BINARY is None or not Path(BINARY).exists():
        pytest.skip("no chromium binary (chromium, chromium-browser, google-chrome) on this machine")
    with playwright.sync_playwright() as started:
        running = started.chromium.launch(executable_path=BINARY, args=list(FLAGS))
        yield running
        running.close()


Open = Callable[..., "playwright.Page"]


@pytest.fixture
def open_page(browser: playwright.Browser, pages: dict[str, str]) -> Iterator[Open]:
    """Open a page; at the end no request but for the file itself, and no error, was seen."""
    contexts, wrong = [], []

    def opened(name: str = "corpus", *, hash: str = "", width: int = 1440, height: int = 900, scheme: str = "light", motion: str = "reduce") -> playwright.Page:
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion=motion, accept_downloads=True)
        contexts.append(context)
        tab = context.new_page()
        tab.on("request", lambda r: None if r.url.startswith(("data:", "blob:")) or r.url.split("#")[0] == pages[name] else wrong.append(r.url))
        tab.on("pageerror", lambda error: wrong.append(f"{error} {error.stack}"))
        tab.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        tab.on("dialog", lambda dialog: wrong.append(dialog.message))
        tab.goto(pages[name] + hash)
        tab.wait_for_selector("html[data-ready]", timeout=20_000)
        return tab

    yield opened
    for context in contexts:
        context.close()
    assert wrong == []
