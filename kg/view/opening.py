"""What the page draws first, before it has read the rest: all of a small graph, the centre of a large one.

At more than `COMMUNITY_LIMIT` things the picture opens on communities instead.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from math import sqrt

from kg.model import Claim, ClaimKind, Entity
from kg.view.communities import communities
from kg.view.data import Shown
from kg.view.layout import Box, place

DRAWN_LIMIT = 1500  # nodes that vis-network draws fluently
CENTRAL = 300
COMMUNITY_LIMIT = 20_000
COMMUNITIES = 60  # the largest that are drawn
TIES = 3  # lines that each community has at least, where it has as many

FONT = 13.0  # pixels of a label, as static/labels.js draws it
LINE = 16.0
WRAP = 18  # letters of a label's line
LINES = 3
MANY = 120  # nodes; from here on labels have a line less
NARROW, BROAD = frozenset("iljtfrI.,:;'’|!()[]- "), frozenset("mwMW@%—")


@dataclass(frozen=True, slots=True)
class Node:
    """A node of the first picture; `place` is its entity's, or −1 − community for a community."""

    place: int
    label: str  # with line breaks
    radius: float
    x: int
    y: int
    family: tuple[str, ...] = ()
    members: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """The claims of one relation between two things: places of both, and the claims, the firmest first."""

    start: int
    end: int
    claims: tuple[int, ...]
    weight: int = 0  # between communities: how many claims tie them


@dataclass(frozen=True, slots=True)
class Opening:
    """The first picture: `mode` is all, central or communities."""

    mode: str
    nodes: tuple[Node, ...]
    lines: tuple[Line, ...]
    communities: tuple[int, ...] = ()
    positions: dict[int, tuple[int, int]] = field(
        default_factory=dict
    )  # of the whole, where only a part is drawn


def opening(shown: Shown, part: Collection[str] | None = None) -> Opening:
    """Choose what is drawn first and where; `part` names the entities to start from."""
    place_of = {e.id: n for n, e in enumerate(shown.entities)}
    linked = [
        (n, place_of[c.subject], place_of[c.object])
        for n, c in enumerate(shown.claims)
        if isinstance(c.object, str) and c.kind is ClaimKind.TAUGHT and n not in shown.because
    ]
    degrees = degrees_of(len(shown.entities), linked)
    groups = communities(len(shown.entities), ((s, o) for _, s, o in linked))
    whole = [n for n, degree in enumerate(degrees) if degree]
    chosen = whole if part is None else [n for n, e in enumerate(shown.entities) if e.id in part]
    chosen = chosen or list(range(len(shown.entities)))
    if len(chosen) > COMMUNITY_LIMIT:
        nodes, lines = of_communities(shown.entities, linked, degrees, groups)
        return Opening("communities", nodes, lines, tuple(groups))
    mode = "all" if len(chosen) <= DRAWN_LIMIT else "central"
    chosen = central(chosen, degrees) if mode == "central" else chosen
    nodes, lines = of_entities(shown, linked, degrees, chosen)
    positions = {}
    if part is not None and len(whole) <= DRAWN_LIMIT:
        positions = {n.place: (n.x, n.y) for n in of_entities(shown, linked, degrees, whole)[0]}
    return Opening(mode, nodes, lines, tuple(groups), positions)


def degrees_of(size: int, linked: Iterable[tuple[int, int, int]]) -> list[int]:
    """Return how many claims touch each entity."""
    out = [0] * size
    for _, start, end in linked:
        out[start] += 1
        out[end] += start != end
    return out


def central(chosen: Sequence[int], degrees: Sequence[int]) -> list[int]:
    """Return the entities that most is said of, in their order."""
    return sorted(sorted(chosen, key=lambda n: (-degrees[n], n))[:CENTRAL])


def of_entities(
    shown: Shown,
    linked: Sequence[tuple[int, int, int]],
    degrees: Sequence[int],
    chosen: Sequence[int],
) -> tuple[tuple[Node, ...], tuple[Line, ...]]:
    """Lay out entities and the lines between them."""
    held = {n: row for row, n in enumerate(chosen)}
    lines = lines_of(shown.claims, [link for link in linked if link[1] in held and link[2] in held])
    lines_each = LINES if len(chosen) <= MANY else LINES - 1
    labels = [wrapped(shown.entities[n].label or shown.entities[n].id, lines_each) for n in chosen]
    radii = [radius(degrees[n]) for n in chosen]
    boxes = [box(label, r) for label, r in zip(labels, radii, strict=True)]
    places = place(boxes, [(held[line.start], held[line.end]) for line in lines])
    nodes = tuple(
        Node(n, label, r, x, y, shown.entities[n].types)
        for n, label, r, (x, y) in zip(chosen, labels, radii, places, strict=True)
    )
    return nodes, lines


def lines_of(claims: Sequence[Claim], linked: Iterable[tuple[int, int, int]]) -> tuple[Line, ...]:
    """Join the claims of one relation between two things into a line."""
    found: dict[tuple[int, str, int], list[int]] = {}
    for n, start, end in linked:
        found.setdefault((start, claims[n].predicate, end), []).append(n)
    return tuple(Line(start, end, tuple(ns)) for (start, _, end), ns in sorted(found.items()))


def of_communities(
    entities: Sequence[Entity],
    linked: Iterable[tuple[int, int, int]],
    degrees: Sequence[int],
    groups: Sequence[int],
) -> tuple[tuple[Node, ...], tuple[Line, ...]]:
    """Lay out the largest communities, named after whom most is said of in them."""
    count = min(COMMUNITIES, len(set(groups)))
    members: list[list[int]] = [[] for _ in range(count)]
    for n, group in enumerate(groups):
        if group < count:
            members[group].append(n)
    labels = [
        wrapped(
            " · ".join(entities[n].label for n in sorted(held, key=lambda n: (-degrees[n], n))[:2])
        )
        for held in members
    ]
    radii = [min(44.0, 14 + sqrt(len(held)) * 0.7) for held in members]
    between = strongest(((groups[s], groups[o]) for _, s, o in linked), count)
    places = place([box(label, r) for label, r in zip(labels, radii, strict=True)], between)
    nodes = tuple(
        Node(-1 - g, label, r, x, y, (), len(held))
        for g, (label, r, (x, y), held) in enumerate(
            zip(labels, radii, places, members, strict=True)
        )
    )
    return nodes, tuple(
        Line(-1 - a, -1 - b, (), weight) for (a, b), weight in sorted(between.items())
    )


def strongest(pairs: Iterable[tuple[int, int]], count: int) -> dict[tuple[int, int], int]:
    """Count the claims between communities, and keep the few strongest ties of each."""
    weights: dict[tuple[int, int], int] = {}
    for one, other in pairs:
        if one != other and one < count and other < count:
            pair = (min(one, other), max(one, other))
            weights[pair] = weights.get(pair, 0) + 1
    ranked: list[list[tuple[int, int]]] = [[] for _ in range(count)]
    for pair in sorted(weights, key=lambda p: (-weights[p], p)):
        for end in pair:
            ranked[end].append(pair)
    return {pair: weights[pair] for ties in ranked for pair in ties[:TIES]}


# ---- labels --------------------------------------------------------------------------------------


def radius(degree: int) -> float:
    """Return a node's radius: the more is said of it, the larger."""
    return round(10 + 2.6 * sqrt(min(degree, 40)), 1)


def letters(text: str) -> int:
    """Count letters as wide as they are drawn: Chinese, Japanese, Korean ones and emoji are two."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def wrapped(label: str, most: int = LINES) -> str:
    """Break a label into short lines, as static/labels.js does; what does not fit ends in "…"."""
    lines: list[str] = []
    words = [piece for word in label.split()[: WRAP * most] for piece in pieces(word)]
    for word in words:
        if lines and letters(lines[-1]) + 1 + letters(word) <= WRAP:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
        if len(lines) > most:
            break
    if len(lines) > most:
        lines = lines[:most]
        lines[-1] = cut(lines[-1], WRAP - 1) + "…"
    return "\n".join(lines)


def pieces(word: str) -> list[str]:
    """Break a word that is wider than a line."""
    out = [""]
    for letter in word[: WRAP * (LINES + 1)]:
        if letters(out[-1] + letter) > WRAP:
            out.append("")
        out[-1] += letter
    return out


def cut(text: str, width: int) -> str:
    """Return as much of a text as fits."""
    while letters(text) > width:
        text = text[:-1]
    return text.rstrip()


def width(line: str) -> float:
    """Guess how wide a line is drawn: as wide as in the broadest of the common fonts."""
    return sum(width_of(c) for c in line) * FONT


def width_of(letter: str) -> float:
    """Guess a letter's width in ems."""
    if unicodedata.combining(letter):
        return 0.0
    if unicodedata.east_asian_width(letter) in "WF":
        return 1.1
    if letter in NARROW:
        return 0.41
    return 0.98 if letter in BROAD else 0.72 if letter.isupper() else 0.635


def box(label: str, radius: float) -> Box:
    """Return the room of a node whose label stands below it."""
    lines = label.split("\n")
    return Box(
        max(radius, max(map(width, lines)) / 2) + 3, radius + 3, radius + 5 + LINE * len(lines)
    )
