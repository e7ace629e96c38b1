"""Tidy a picture: move single nodes to where lines cross less and boxes stand free.

Each move tries some places around a node's neighbours and around itself, all at once, and takes the one that costs
least: overlaps, crossings, lines through strangers' boxes, long lines. Work is counted, not timed, so that the same
graph ends the same everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
Edges = NDArray[np.int64]
Flags = NDArray[np.bool_]

CROSSING, OVERLAP, THROUGH, LENGTH = 6.0, 14.0, 5.0, 1.0  # costs
GRAVITY = 1.0  # cost of a WISH away from the middle
WISH = 120.0  # pixels of a line that costs LENGTH
TURNS = 20
HUB = 6  # lines; a node with more is only moved a little
RINGS = (0.75, 1.1, 1.6, 2.3)
GAP = 9.0
BUDGET = 55_000_000  # tests of a line against a line or a box
PASSES = 8


@dataclass(slots=True)
class Picture:
    """Points with boxes and lines; what a place would cost a node is asked of it."""

    points: Points
    reach: Points
    edges: Edges
    spent: int = 0

    def __post_init__(self) -> None:
        """Set aside what never changes."""
        self.half = np.stack([self.reach[:, 0], (self.reach[:, 1] + self.reach[:, 2]) / 2], axis=1)
        self.offset = (self.reach[:, 2] - self.reach[:, 1]) / 2
        self.incident: list[list[int]] = [[] for _ in range(len(self.points))]
        for n, (a, b) in enumerate(self.edges.tolist()):
            self.incident[a].append(n)
            self.incident[b].append(n)

    half: Points = None  # type: ignore[assignment]
    offset: Points = None  # type: ignore[assignment]
    incident: list[list[int]] = None  # type: ignore[assignment]

    def centres(self) -> Points:
        """Return the middles of all boxes."""
        return self.points + np.stack([np.zeros(len(self.points)), self.offset], axis=1)

    def costs(self, node: int, places: Points) -> Points:
        """Return what each place would cost a node."""
        mine = self.incident[node]
        ends = self.edges[mine]
        others = np.where(ends[:, 0] == node, ends[:, 1], ends[:, 0])
        strangers = np.ones(len(self.edges), dtype=bool)
        strangers[mine] = False
        lines = self.edges[strangers]
        self.spent += len(places) * (len(mine) + 1) * (len(lines) + len(self.points))
        centres = self.centres()
        middle = places + np.array([0.0, self.offset[node]])
        free = np.ones(len(self.points), dtype=bool)
        free[node] = False
        away = (middle - self.points.mean(axis=0)) / (1.3, 1.0)
        cost = GRAVITY * np.sqrt((away**2).sum(axis=1)) / WISH
        cost += OVERLAP * overlaps(middle, self.half[node], centres[free], self.half[free])
        cost += THROUGH * pierced(
            self.points[lines[:, 0]], self.points[lines[:, 1]], middle, self.half[node]
        ).sum(axis=0)
        for other in others.tolist():
            target = self.points[other]
            length = np.sqrt(((places - target) ** 2).sum(axis=1)) / WISH
            cost += LENGTH * (length + 0.3 * length**2)
            apart = lines[(lines[:, 0] != other) & (lines[:, 1] != other)]
            cost += CROSSING * crossed(
                places, target, self.points[apart[:, 0]], self.points[apart[:, 1]]
            ).sum(axis=1)
            beyond = free.copy()
            beyond[other] = False
            cost += THROUGH * pierced(
                places, np.broadcast_to(target, places.shape), centres[beyond], self.half[beyond]
            ).sum(axis=1)
        return np.asarray(cost)

    def places_for(self, node: int) -> Points:
        """Return the places to try: where it is, around its neighbours, and around itself."""
        here = self.points[node]
        ends = self.edges[self.incident[node]]
        others = self.points[np.where(ends[:, 0] == node, ends[:, 1], ends[:, 0])]
        angle = (np.arange(TURNS) + (node % 5) / 5) * (2 * np.pi / TURNS)
        circle = np.stack([np.cos(angle) * 1.25, np.sin(angle) * 0.8], axis=1)
        middle = others.mean(axis=0)
        rings = [middle + circle * WISH * ring for ring in RINGS] if len(others) <= HUB else []
        near = [here + circle * step for step in (28.0, 80.0)]
        near.append(here + (self.points.mean(axis=0) - here) * np.array([[0.12], [0.3], [0.55]]))
        if len(others) > 1:
            near.append(middle[None, :])
        return np.concatenate([here[None, :], *rings, *near])


def overlaps(middle: Points, half: Points, centres: Points, halves: Points) -> Points:
    """Return how many boxes a box would overlap at each place, those it covers more counting more."""
    dx = half[0] + halves[None, :, 0] + GAP - np.abs(middle[:, None, 0] - centres[None, :, 0])
    dy = half[1] + halves[None, :, 1] + GAP - np.abs(middle[:, None, 1] - centres[None, :, 1])
    deep = np.minimum(dx / 40, dy / 20)
    return np.asarray(np.where((dx > 0) & (dy > 0), 0.6 + np.clip(deep, 0, 1.5), 0).sum(axis=1))


def crossed(places: Points, target: Points, a: Points, b: Points) -> Flags:
    """Return which lines a line from each place to a target crosses."""

    def side(p: Points, q: Points, r: Points) -> Points:
        return np.asarray(
            (q[..., 0] - p[..., 0]) * (r[..., 1] - p[..., 1])
            - (q[..., 1] - p[..., 1]) * (r[..., 0] - p[..., 0])
        )

    p, q = places[:, None, :], target[None, None, :]
    a, b = a[None, :, :], b[None, :, :]
    return np.asarray((side(p, q, a) * side(p, q, b) < 0) & (side(a, b, p) * side(a, b, q) < 0))


def pierced(starts: Points, ends: Points, centres: Points, halves: Points) -> Flags:
    """Return which boxes each line runs through (Liang and Barsky)."""
    enter = np.zeros((len(starts), len(centres)))
    leave = np.ones_like(enter)
    for axis in (0, 1):
        way = (ends[:, axis] - starts[:, axis])[:, None]
        way = np.where(np.abs(way) < 1e-9, 1e-9, way)
        gap = centres[None, :, axis] - starts[:, axis][:, None]
        half = np.broadcast_to(halves[..., axis], (len(centres),))[None, :] * 0.94
        one, other = (gap - half) / way, (gap + half) / way
        enter = np.maximum(enter, np.minimum(one, other))
        leave = np.minimum(leave, np.maximum(one, other))
    return np.asarray(enter < leave)


def tidy(
    points: Points, reach: Points, edges: Edges, *, budget: int = BUDGET
) -> tuple[Points, float]:
    """Move nodes one by one while it pays, the costliest first; return the picture and what it costs."""
    picture = Picture(points.copy(), reach, edges)
    now = np.array(
        [float(picture.costs(n, picture.points[n][None, :])[0]) for n in range(len(points))]
    )
    for _ in range(PASSES):
        moved = 0
        for node in np.argsort(-now, kind="stable").tolist():
            if picture.spent > budget:
                return picture.points, float(now.sum())
            places = np.rint(picture.places_for(node))
            cost = picture.costs(node, places)
            best = int(cost.argmin())
            now[node] = cost[best]
            if cost[best] < cost[0] - 0.05:
                picture.points[node] = places[best]
                moved += 1
        if moved <= len(points) // 50:
            break
    return picture.points, float(now.sum())
