"""Turtle with exactly the prefixes it needs, in an order that is always the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pyoxigraph as ox

from kg.graph.jsonld import Triple, context


def write(triples: Iterable[Triple], prefixes: Mapping[str, str]) -> bytes:
    """Return sorted triples as Turtle.

    Oxigraph writes its prefixes in no fixed order, so their lines are sorted here.
    """
    kept = list(triples)
    used = context(kept, prefixes)
    body = ox.serialize([ox.Triple(*t) for t in kept], format=ox.RdfFormat.TURTLE, prefixes=used) or b""
    lines = body.split(b"\n")
    count = next((i for i, line in enumerate(lines) if not line.startswith(b"@prefix ")), len(lines))
    return b"\n".join([*sorted(lines[:count]), *([b""] if count else []), *lines[count:]])
