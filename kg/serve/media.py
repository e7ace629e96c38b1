"""Which form of an answer a client takes: media types, and the choice among them by the Accept header."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

HTML = "text/html"

# Media types to our names of formats; the first is what a client gets that takes anything.
ROWS = {
    "application/sparql-results+json": "json",
    "application/sparql-results+xml": "xml",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
    "application/json": "json",
    "application/xml": "xml",
    "text/xml": "xml",
}
TRIPLES = {
    "text/turtle": "turtle",
    "application/n-triples": "ntriples",
    "application/ld+json": "jsonld",
    "application/rdf+xml": "rdfxml",
    "application/json": "jsonld",
    "application/xml": "rdfxml",
    "text/xml": "rdfxml",
    "text/plain": "ntriples",
}
SUFFIXES = {"ttl": "text/turtle", "nt": "application/n-triples", "jsonld": "application/ld+json", "rdf": "application/rdf+xml"}
RANGE = re.compile(r"\s*([\w!#$&^.+-]+|\*)/([\w!#$&^.+-]+|\*)\s*((?:;[^,]*)?)$")
QUALITY = re.compile(r";\s*q\s*=\s*(0(?:\.\d*)?|1(?:\.0*)?)\s*(?:;|$)", re.IGNORECASE)


@lru_cache(maxsize=256)
def choose(accept: str, offered: tuple[str, ...]) -> str | None:
    """Return the offered type that a client likes best, the earlier of equals; nothing where it takes none.

    A header that cannot be read at all counts as one that takes anything.
    """
    ranges = list(ranges_of(accept)) or [("*/*", 1.0)]
    liked = [(quality_of(kind, ranges), -place, kind) for place, kind in enumerate(offered)]
    quality, _, kind = max(liked)
    return kind if quality > 0 else None


def ranges_of(accept: str) -> Iterator[tuple[str, float]]:
    """Yield the media ranges of an Accept header with their qualities."""
    for part in accept.split(","):
        found = RANGE.match(part)
        if found:
            quality = QUALITY.search(found[3])
            yield f"{found[1]}/{found[2]}".lower(), float(quality[1]) if quality else 1.0


def quality_of(kind: str, ranges: Iterable[tuple[str, float]]) -> float:
    """Return how much a client likes a type: what the most specific range says that fits it."""
    group = kind.partition("/")[0]
    rank = {kind: 3, f"{group}/*": 2, "*/*": 1}
    return max(((rank[each], quality) for each, quality in ranges if each in rank), default=(0, 0.0))[1]


def content_type(kind: str) -> str:
    """Return a media type as a header has it: text says that it is UTF-8."""
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
