"""The graph as one HTML page: the network, and the sentence behind every line of it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import GraphError

if TYPE_CHECKING:
    from kg.graph.graph import Graph

__all__ = ["frame", "page", "picture", "write_page"]


def page(
    graph: Graph,
    *,
    focus: str | None = None,
    hops: int = 2,
    query: str | None = None,
    classes: Sequence[str] = (),
) -> str:
    """Return the page of a graph; a focus, a query or classes choose the part that it opens on.

    A page on a part holds all that is said of it, and the documents that say so; nothing else.

    `focus` is a name or id; `query` a SELECT or CONSTRUCT whose entities are shown. Raises KgError where the focus is
    unknown, the query is wrong, or nothing is left to show.
    """
    from kg.view.render import render
    from kg.view.selection import held, known_of, select

    chosen = select(graph, focus=focus, hops=hops, query=query, classes=classes)
    whole, known = graph.extraction, known_of(graph)
    if chosen.part is None:
        return render(whole, known)
    extraction, known = held(whole, known, chosen.part)
    return render(extraction, known, part=chosen.part, about=chosen.about, of=len(whole.entities))


def picture(
    graph: Graph,
    *,
    focus: str | None = None,
    hops: int = 2,
    query: str | None = None,
    classes: Sequence[str] = (),
) -> str:
    """Return the network that the page opens on as SVG, drawn without a browser; choices and errors as for `page`."""
    from kg.view.selection import known_of, select
    from kg.view.svg import svg

    chosen = select(graph, focus=focus, hops=hops, query=query, classes=classes)
    return svg(graph.extraction, known_of(graph), part=chosen.part)


def frame(graph: Graph, *, height: int = 640) -> str:
    """Return the page in a frame for a notebook; the frame may run the page's scripts and reaches nothing around it."""
    from html import escape

    rights = "allow-scripts allow-downloads allow-popups"
    return (
        f'<iframe sandbox="{rights}" srcdoc="{escape(page(graph))}" title="Knowledge graph" '
        f'style="width: 100%; height: {height}px; border: 0"></iframe>'
    )


def write_page(html: str, path: Path) -> None:
    """Write a page beside its place and rename it, so that a failure leaves no half page.

    Raises GraphError where the place cannot be written.
    """
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside.write_text(html, encoding="utf-8", newline="\n")
        aside.replace(path)
    except OSError as error:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
        raise GraphError(f"{path}: cannot be written: {error.strerror}") from error
