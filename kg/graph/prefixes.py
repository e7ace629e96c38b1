"""The prefixes that queries and exports may use without declaring them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from kg.errors import KgError
from kg.graph.terms import BLOCK, DERIVATION, MENTION, OPEN, TABLE
from kg.namespaces import PREFIXES
from kg.ontology import Ontology
from kg.resources import resource

DECLARATION = re.compile(r"^\s*@?prefix\s+([\w.-]*):\s*<([^>]*)>", re.MULTILINE | re.IGNORECASE)
OWN = {"open": OPEN, "mention": MENTION, "block": BLOCK, "table": TABLE, "derived": DERIVATION}
COMMON = {**{name: str(namespace) for name, namespace in PREFIXES.items()}, **OWN}


def prefixes_of(ontology: Ontology) -> Mapping[str, str]:
    """Return prefixes to namespaces, sorted: the common ones and one for each namespace of the ontology.

    A namespace bears the name that our own ontology files give it, else the last part of its IRI.
    """
    found = dict(COMMON)
    iris = [*(c.iri for c in ontology.classes.values()), *(p.iri for p in ontology.properties.values())]
    for namespace in sorted(set(map(namespace_of, iris)) - set(found.values())):
        name = bundled().get(namespace) or re.sub(r"\W", "", re.split(r"[#/]", namespace.rstrip("#/"))[-1]).lower()
        while name in found or not name:
            name += "x"
        found[name] = namespace
    return dict(sorted(found.items()))


def namespace_of(iri: str) -> str:
    """Return an IRI up to its last # or /."""
    return iri[: max(iri.rfind("#"), iri.rfind("/")) + 1]


@cache
def bundled() -> Mapping[str, str]:
    """Return namespaces to the prefixes that the bundled ontology files declare for them."""
    try:
        files = sorted(resource("ontology").glob("*.ttl"))
    except KgError:
        return {}
    texts = (path.read_text(encoding="utf-8") for path in files)
    return {namespace: name for text in texts for name, namespace in DECLARATION.findall(text) if name}


def shorten(iri: str, prefixes: Mapping[str, str]) -> str | None:
    """Return an IRI as a prefixed name, by the longest namespace that fits; nothing where none does."""
    fitting = [(len(ns), name, iri[len(ns) :]) for name, ns in prefixes.items() if ns and iri.startswith(ns)]
    if not fitting:
        return None
    _, name, local = max(fitting)
    plain = re.fullmatch(r"(?:[\w-]|%[0-9A-Fa-f]{2})(?:(?:[\w.-]|%[0-9A-Fa-f]{2})*(?:[\w-]|%[0-9A-Fa-f]{2}))?", local)
    return f"{name}:{local}" if plain else None
