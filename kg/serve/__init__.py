"""The graph over HTTP: a SPARQL endpoint, a page to each thing, the viewer on live data, and an editor for queries."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Settings", "serve"]


def processors() -> int:
    """Return how many readers to start: one to a processor, at most four."""
    return min(4, os.cpu_count() or 1)


@dataclass(frozen=True, slots=True)
class Settings:
    """Where a server listens, and what one query may take."""

    host: str = "127.0.0.1"
    port: int = 8000  # 0: any free one
    timeout: float = 30.0  # seconds of a query, and of waiting for a reader
    rows: int = 100_000  # rows or triples of an answer
    workers: int = 0  # processes that read; 0: one to a processor, at most four
    names: tuple[str, ...] = ()  # that it answers to beside its address and those of this machine alone


def ignore(_: str) -> None:
    """Say nothing."""


def serve(
    folder: Path, settings: Settings | None = None, *, announce: Callable[[str], None] = ignore, complain: Callable[[str], None] = ignore
) -> None:
    """Serve the graph of a folder until the process is told to end (SIGINT, SIGTERM), then finish what is under way.

    `announce` is called with the address once requests are answered, `complain` with what cannot be loaded later on.
    Raises GraphError where the folder holds no graph, ServeError where the address cannot be used.
    """
    from kg.serve.server import run

    run(folder, settings or Settings(), announce, complain)
