"""Texts annotated: tokens, tags, parse, names, times."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

COMMAND_LINE = ("spacy.cli", "spacy.cli.info")


def load_spacy() -> None:
    """Import spaCy without its command line, which brings downloaders and HTTP clients along and takes a third of the time.

    Whoever imports `spacy.cli` later gets the real one.
    """
    if "spacy" in sys.modules:
        return
    sys.modules.update({name: ModuleType(name) for name in COMMAND_LINE})
    sys.modules[COMMAND_LINE[1]].info = info  # type: ignore[attr-defined]
    try:
        import spacy  # noqa: F401
    finally:
        for name in COMMAND_LINE:
            del sys.modules[name]


def info(*args: Any, **options: Any) -> Any:
    """Do what `spacy.info` does."""
    from spacy.cli.info import info as spacy_info

    return spacy_info(*args, **options)


load_spacy()
