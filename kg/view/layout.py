"""Where nodes stand: vectorised, the same at every run, with room for each label.

Every component is drawn by its distances (stress majorisation), turned to lie wide, spread until no two boxes of
node and label overlap and no line runs through a stranger's box, and packed beside the others. Only elementwise
arithmetic and exact counts are used: sums of products by BLAS would differ from machine to machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kg.view.tidy import tidy

Points = NDArray[np.float64]
Edges = NDArray[np.int64]

STRESS_LIMIT = 1500  # nodes of a component; larger ones stand in a grid
GAP = 10.0  # pixels between boxes
HOP = 74.0  # pixels that one line wishes for
ROUNDS = 80
SPREAD_ROUNDS = 300
FILL = 0.5  # share of the picture that boxes may fill before nodes are moved apart
STRETCH = 1.6  # how much taller the picture is while it is made
PUSH = 24.0  # pixels that a node moves at most in one round


@dataclass(frozen=True, slots=True)
class Box:
    """What a node takes up around its middle: half its width, and how far it reaches up and down."""

    half: float
    up: float
    down: float


def place(boxes: Sequence[Box], edges: Iterable[tuple[int, int]], *, aspect: float = 1.3) -> list[tuple[int, int]]:
    """Return whole pixels for each node; `aspect` is the width of the picture over its height."""
    if not boxes:
        return []
    reach = np.array([[b.half, b.up, b.down] for b in boxes], dtype=np.float64)
    pairs = np.array(sorted({(min(e), max(e)) for e in edges if e[0] != e[1]}), dtype=np.int64).reshape(-1, 2)
    out = np.zeros((len(boxes), 2))
    parts = components(len(boxes), pairs)
    drawn = [draw(reach[part], within(pairs, part), aspect) for part in parts]
    for part, points in zip(parts, packed(drawn, [reach[part] for part in parts], aspect), strict=True):
        out[part] = points
    return [(int(x), int(y)) for x, y in np.rint(out - middle(out))]


def middle(points: Points) -> Points:
    """Return the middle of a picture."""
    return np.asarray((points.min(axis=0) + points.max(axis=0)) / 2)


# ---- components ----------------------------------------------------------------------------------


def components(size: int, edges: Edges) -> list[NDArray[np.int64]]:
    """Return the nodes of each component, the largest first."""
    root = list(range(size))

    def find(node: int) -> int:
        while root[node] != node:
            root[node] = root[root[node]]
            node = root[node]
        return node

    for one, other in edges.tolist():
        low, high = sorted((find(one), find(other)))
        root[high] = low
    parts: dict[int, list[int]] = {}
    for node in range(size):
        parts.setdefault(find(node), []).append(node)
    return [np.array(part, dtype=np.int64) for part in sorted(parts.values(), key=lambda p: (-len(p), p[0]))]


def within(edges: Edges, part: NDArray[np.int64]) -> Edges:
    """Return the edges of a component, renumbered."""
    new = {int(node): place for place, node in enumerate(part)}
    return np.array([(new[a], new[b]) for a, b in edges.tolist() if a in new], dtype=np.int64).reshape(-1, 2)


def packed(drawn: Sequence[Points], reaches: Sequence[Points], aspect: float) -> list[Points]:
    """Lay components beside each other, the largest first, each where the picture grows least out of shape."""
    corners = [extent(points, reach) for points, reach in zip(drawn, reaches, strict=True)]
    sizes = np.array([high - low for low, high in corners]) + 2 * GAP
    taken = np.zeros((0, 4))  # left, top, right, bottom
    out = []
    for points, (low, _), size in zip(drawn, corners, sizes, strict=True):
        spot = room(taken, size, aspect)
        taken = np.concatenate([taken, np.concatenate([spot, spot + size])[None, :]])
        out.append(points - low + spot + GAP)
    return out


def room(taken: Points, size: Points, aspect: float) -> Points:
    """Return the corner of a free place for a rectangle, beside or below one that is taken."""
    if not len(taken):
        return np.zeros(2)
    recent = taken[-60:]  # older ones are walled in
    beside, below = recent[:, [2, 1]], recent[:, [0, 3]]
    edge = np.stack([recent[:, 2], np.zeros(len(recent))], axis=1), np.stack([np.zeros(len(recent)), recent[:, 3]], axis=1)
    spots = np.concatenate([beside, below, *edge])
    right, bottom = spots[:, 0] + size[0], spots[:, 1] + size[1]
    apart = (right[:, None] <= taken[None, :, 0]) | (taken[None, :, 2] <= spots[:, None, 0])
    apart |= (bottom[:, None] <= taken[None, :, 1]) | (taken[None, :, 3] <= spots[:, None, 1])
    reach = np.maximum(np.maximum(right, taken[:, 2].max()) / aspect, np.maximum(bottom, taken[:, 3].max()))
    reach = reach + 1e-3 * (right / aspect + bottom)
    return np.asarray(spots[np.where(apart.all(axis=1), reach, np.inf).argmin()])


def extent(points: Points, reach: Points) -> tuple[Points, Points]:
    """Return the corners of a picture with its labels."""
    low = np.array([(points[:, 0] - reach[:, 0]).min(), (points[:, 1] - reach[:, 1]).min()])
    high = np.array([(points[:, 0] + reach[:, 0]).max(), (points[:, 1] + reach[:, 2]).max()])
    return low, high


# ---- one component -------------------------------------------------------------------------------


def draw(reach: Points, edges: Edges, aspect: float) -> Points:
    """Return the points of one component.

    Boxes are wider than tall: distances are kept in a picture stretched upwards until they are about square.
    """
    size = len(reach)
    if size == 1:
        return np.zeros((1, 2))
    if size > STRESS_LIMIT:
        return grid(reach, aspect)
    hops = distances(size, edges)
    springs = Springs.of(hops, wished(reach, edges, size))
    points = start(hops)
    for _ in range(ROUNDS):
        points = points + springs.moves(points)
    points = roomy(wide(points) / np.array([1.0, STRETCH]), reach)
    return spread(tidy(points, reach, edges), reach)


def roomy(points: Points, reach: Points) -> Points:
    """Scale a picture so that its boxes would fill a given part of it."""
    low, high = extent(points, reach)
    filled = float((2 * reach[:, 0] * (reach[:, 1] + reach[:, 2])).sum())
    return points * (filled / FILL / float((high - low).prod())) ** 0.5


def grid(reach: Points, aspect: float) -> Points:
    """Stand nodes in rows: what is left when there are too many to arrange."""
    columns = max(1, round((len(reach) * aspect) ** 0.5))
    step = np.array([2 * reach[:, 0].max() + GAP, reach[:, 1].max() + reach[:, 2].max() + GAP])
    places = np.arange(len(reach))
    return np.asarray(np.stack([places % columns, places // columns], axis=1) * step)


def distances(size: int, edges: Edges) -> Points:
    """Return the hops between all nodes of a component."""
    beside = np.zeros((size, size), dtype=np.float32)
    beside[edges[:, 0], edges[:, 1]] = beside[edges[:, 1], edges[:, 0]] = 1
    hops = np.full((size, size), np.inf)
    np.fill_diagonal(hops, 0)
    reached, front, step = np.eye(size, dtype=bool), np.eye(size, dtype=np.float32), 0
    while front.any():
        step += 1
        new = (front @ beside > 0) & ~reached  # counts of ones are exact, whatever the order
        hops[new] = step
        reached |= new
        front = new.astype(np.float32)
    return hops


def wished(reach: Points, edges: Edges, size: int) -> Points:
    """Return how far each node keeps its neighbours: the busier and wider, the further."""
    degree = np.bincount(edges.ravel(), minlength=size)
    return HOP * 0.5 + np.sqrt(degree) * 9 + reach[:, 0] * 0.18


def start(hops: Points) -> Points:
    """Return a first picture: the two main axes of the distances, found by repeated multiplication."""
    size = len(hops)
    centred = hops**2
    centred = -(centred - centred.mean(0)[None, :] - centred.mean(1)[:, None] + centred.mean()) / 2
    axes: list[Points] = []
    for axis in range(2):
        vector = np.cos(np.arange(size) * (1.7 + axis) + axis)
        for _ in range(25):
            for other in axes:
                vector = vector - other * (vector * other).sum() / max((other * other).sum(), 1e-9)
            vector = (centred * vector[None, :]).sum(axis=1)
            vector = vector / max(float(np.sqrt((vector**2).sum())), 1e-9)
        axes.append(vector)
    jitter = np.stack([np.cos(np.arange(size) * 2.4), np.sin(np.arange(size) * 2.4)], axis=1) * 0.15
    scale = np.sqrt(np.abs([(centred * a[None, :] * a[:, None]).sum() for a in axes]))
    return (np.stack(axes, axis=1) * scale + jitter) * HOP


@dataclass(frozen=True, slots=True)
class Springs:
    """The distances that nodes wish to keep, near ones more than far ones (stress majorisation)."""

    weight: Points
    pulled: Points
    total: Points

    @classmethod
    def of(cls, hops: Points, wish: Points) -> Springs:
        """Wish for the sum of both nodes' lengths at each hop."""
        goal = hops * (wish[:, None] + wish[None, :])
        np.fill_diagonal(goal, 1)
        weight = goal**-2.0
        np.fill_diagonal(weight, 0)
        return cls(weight, weight * goal, weight.sum(axis=1))

    def moves(self, points: Points) -> Points:
        """Return where each node would go, if all others stood still."""
        dx, dy = (points[:, None, axis] - points[None, :, axis] for axis in (0, 1))
        pull = self.pulled / (np.sqrt(dx * dx + dy * dy) + 1e-6) - self.weight
        return np.stack([(pull * dx).sum(axis=1), (pull * dy).sum(axis=1)], axis=1) / self.total[:, None]


def wide(points: Points) -> Points:
    """Turn a picture so that its longest side lies across."""
    x, y = (points - points.mean(axis=0)).T
    angle = 0.5 * np.arctan2(2 * float((x * y).sum()), float((x * x).sum() - (y * y).sum()))
    c, s = np.cos(angle), np.sin(angle)
    return np.stack([x * c + y * s, y * c - x * s], axis=1)


# ---- room for labels -----------------------------------------------------------------------------


def spread(points: Points, reach: Points) -> Points:
    """Push boxes off each other until none overlap."""
    for _ in range(SPREAD_ROUNDS):
        shift, clear = apart(points, reach)
        if clear:
            break
        points = np.rint((points + shift) * 8) / 8  # a coarse grid keeps rounding errors from growing
    return separated(points, reach)


def apart(points: Points, reach: Points) -> tuple[Points, bool]:
    """Return the moves that part overlapping boxes along the shorter way, and whether none overlap."""
    x, y = points[:, 0], points[:, 1] + (reach[:, 2] - reach[:, 1]) / 2
    tall = (reach[:, 1] + reach[:, 2]) / 2
    near = np.abs(y[:, None] - y[None, :]) < tall[:, None] + tall[None, :] + GAP
    near &= np.abs(x[:, None] - x[None, :]) < reach[:, None, 0] + reach[None, :, 0] + GAP
    one, other = np.nonzero(np.triu(near, 1))  # few pairs overlap: all else is done on them alone
    moves = np.zeros_like(points)
    if not len(one):
        return moves, True
    dx, dy = x[one] - x[other], y[one] - y[other]
    over_x = reach[one, 0] + reach[other, 0] + GAP - np.abs(dx)
    over_y = tall[one] + tall[other] + GAP - np.abs(dy)
    sideways = over_x < over_y
    for axis, step in ((0, np.where(sideways, over_x * np.where(dx < 0, -1, 1), 0)), (1, np.where(sideways, 0, over_y * np.where(dy < 0, -1, 1)))):
        np.add.at(moves[:, axis], one, step)
        np.subtract.at(moves[:, axis], other, step)
    return np.clip(moves * 0.4, -PUSH, PUSH), False


def separated(points: Points, reach: Points) -> Points:
    """Make sure of it: what still overlaps moves down, from the top."""
    points = np.rint(points)
    if apart(points, reach)[1]:
        return points
    reach = np.ceil(reach)  # whole pixels: what just touches does not overlap by a rounding error
    placed: list[int] = []
    for node in sorted(range(len(points)), key=lambda n: (points[n, 1], points[n, 0])):
        below = True
        while below:
            below = False
            for other in placed:
                near = abs(points[node, 0] - points[other, 0]) < reach[node, 0] + reach[other, 0] + GAP
                top, bottom = points[node, 1] - reach[node, 1], points[node, 1] + reach[node, 2]
                if near and top < points[other, 1] + reach[other, 2] + GAP and bottom + GAP > points[other, 1] - reach[other, 1]:
                    points[node, 1] = points[other, 1] + reach[other, 2] + GAP + reach[node, 1]
                    below = True
        placed.append(node)
    return points
