"""Attest: text in, a knowledge graph out in which every fact shows where it was said, by whom, and how firmly.

    import kg

    graph = kg.build(["report.md"])
    for row in graph.query("SELECT ?who ?where WHERE { ?who dip:postedAt ?where }"):
        print(row.who, row.where)
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.graph.graph import Graph
    from kg.pipeline import Settings

__version__ = "0.1.0"
__all__ = ["__version__", "build", "load"]


def build(sources: Sequence[Path | str] = (), *, out: Path | None = None, settings: Settings | None = None) -> Graph:
    """Read documents and return their graph; with `out` also write it to a folder.

    No sources means the bundled corpus. Raises kg.errors.KgError where something cannot be read or written.
    """
    from kg.pipeline import build as run

    return run(sources, out=out, settings=settings)


def load(place: Path | str = "out") -> Graph:
    """Open a graph folder that `build` wrote, or the graph on a SPARQL server by its URL.

    Raises kg.errors.GraphError where there is none.
    """
    from kg.graph.store import load as read

    return read(place)
