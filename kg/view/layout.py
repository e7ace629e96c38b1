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
PIVOTS = 100  # nodes that stand for all others in a component of more than four times as many
SPREAD_ROUNDS = 700
FILLS = (
    0.3,
    0.5,
    0.65,
)  # shares of the picture that boxes fill before nodes are moved apart; the best result stays
TIDY_LIMIT = 500  # nodes; in larger components moving single nodes takes long and helps little
CLOSE = np.array([40.0, 26.0, 34.0])  # room of a node there: names show as the reader comes closer
FEW = 90  # nodes up to which more than one share is tried
STRETCH = 1.6  # how much taller the picture is while it is made
PUSH = 24.0  # pixels that a node moves at most in one round


@dataclass(frozen=True, slots=True)
class Box:
    """What a node takes up around its middle: half its width, and how far it reaches up and down."""

    half: float
    up: float
    down: float


def place(
    boxes: Sequence[Box], edges: Iterable[tuple[int, int]], *, aspect: float = 1.12
) -> list[tuple[int, int]]:
    """Return whole pixels for each node; `aspect` is the width of the picture over its height."""
    if not boxes:
        return []
    reach = np.array([[b.half, b.up, b.down] for b in boxes], dtype=np.float64)
    pairs = np.array(
        sorted({(min(e), max(e)) for e in edges if e[0] != e[1]}), dtype=np.int64
    ).reshape(-1, 2)
    out = np.zeros((len(boxes), 2))
    parts = components(len(boxes), pairs)
    drawn = [draw(reach[part], within(pairs, part), aspect) for part in parts]
    for part, points in zip(
        parts, packed(drawn, [reach[part] for part in parts], aspect), strict=True
    ):
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
    return [
        np.array(part, dtype=np.int64)
        for part in sorted(parts.values(), key=lambda p: (-len(p), p[0]))
    ]


def within(edges: Edges, part: NDArray[np.int64]) -> Edges:
    """Return the edges of a component, renumbered."""
    new = {int(node): place for place, node in enumerate(part)}
    return np.array(
        [(new[a], new[b]) for a, b in edges.tolist() if a in new], dtype=np.int64
    ).reshape(-1, 2)


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
    edge = (
        np.stack([recent[:, 2], np.zeros(len(recent))], axis=1),
        np.stack([np.zeros(len(recent)), recent[:, 3]], axis=1),
    )
    spots = np.concatenate([beside, below, *edge])
    right, bottom = spots[:, 0] + size[0], spots[:, 1] + size[1]
    apart = (right[:, None] <= taken[None, :, 0]) | (taken[None, :, 2] <= spots[:, None, 0])
    apart |= (bottom[:, None] <= taken[None, :, 1]) | (taken[None, :, 3] <= spots[:, None, 1])
    reach = np.maximum(
        np.maximum(right, taken[:, 2].max()) / aspect, np.maximum(bottom, taken[:, 3].max())
    )
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
    sources, hops = distances(edges, size, size if size <= PIVOTS * 4 else PIVOTS)
    springs = Springs.of(sources, hops, edges, wished(reach, edges, size))
    points = start(hops)
    for _ in range(ROUNDS):
        points = points + springs.moves(points)
    points = wide(points) / np.array([1.0, STRETCH])
    if size > TIDY_LIMIT:
        reach = np.minimum(reach, CLOSE)
        return spread(roomy(points, reach, min(FILLS)), reach)
    tries = [
        tidy(roomy(points, reach, fill), reach, edges)
        for fill in FILLS[: 1 if size > FEW else None]
    ]
    return spread(min(tries, key=lambda t: t[1])[0], reach)


def roomy(points: Points, reach: Points, fill: float) -> Points:
    """Scale a picture so that its boxes would fill a given part of it."""
    low, high = extent(points, reach)
    filled = float((2 * reach[:, 0] * (reach[:, 1] + reach[:, 2])).sum())
    return np.asarray(points * (filled / fill / float((high - low).prod())) ** 0.5)


def grid(reach: Points, aspect: float) -> Points:
    """Stand nodes in rows: what is left when there are too many to arrange."""
    columns = max(1, round((len(reach) * aspect) ** 0.5))
    step = np.array([2 * reach[:, 0].max() + GAP, reach[:, 1].max() + reach[:, 2].max() + GAP])
    places = np.arange(len(reach))
    return np.asarray(np.stack([places % columns, places // columns], axis=1) * step)


def distances(edges: Edges, size: int, count: int) -> tuple[list[int], Points]:
    """Return nodes that lie far from each other, and their hops to all: enough to know a component's shape.

    Where `count` is the whole size, these are all nodes.
    """
    beside: list[list[int]] = [[] for _ in range(size)]
    for one, other in edges.tolist():
        beside[one].append(other)
        beside[other].append(one)
    if count >= size:
        return list(range(size)), np.array(
            [hops_from(n, beside) for n in range(size)], dtype=np.float64
        )
    chosen = [max(range(size), key=lambda n: (len(beside[n]), -n))]
    rows = [hops_from(chosen[0], beside)]
    nearest = np.array(rows[0])
    while len(chosen) < count:
        chosen.append(int(nearest.argmax()))
        rows.append(hops_from(chosen[-1], beside))
        nearest = np.minimum(nearest, rows[-1])
    return chosen, np.array(rows, dtype=np.float64)


def hops_from(source: int, beside: Sequence[Sequence[int]]) -> list[int]:
    """Count the hops from one node to all others."""
    hops = [-1] * len(beside)
    hops[source] = 0
    front = [source]
    while front:
        reached = []
        for node in front:
            for other in beside[node]:
                if hops[other] < 0:
                    hops[other] = hops[node] + 1
                    reached.append(other)
        front = reached
    return hops


def wished(reach: Points, edges: Edges, size: int) -> Points:
    """Return how far each node keeps its neighbours: the busier and wider, the further."""
    degree = np.bincount(edges.ravel(), minlength=size)
    return HOP * 0.5 + np.sqrt(degree) * 9 + reach[:, 0] * 0.18


def start(hops: Points) -> Points:
    """Return a first picture from the hops of some nodes to all: the main axes, found by repeated multiplication."""
    rows, size = hops.shape
    centred = hops**2
    centred = -(centred - centred.mean(0)[None, :] - centred.mean(1)[:, None] + centred.mean()) / 2
    axes: list[Points] = []
    for axis in range(2):
        vector = np.cos(np.arange(rows) * (1.7 + axis) + axis)
        for _ in range(25):
            for other in axes:
                vector = vector - other * (vector * other).sum() / max((other * other).sum(), 1e-9)
            across = (centred * vector[:, None]).sum(axis=0)
            vector = (centred * across[None, :]).sum(axis=1)
            vector = vector / max(float(np.sqrt((vector**2).sum())), 1e-9)
        axes.append(vector)
    along = [(centred * a[:, None]).sum(axis=0) for a in axes]
    widest = max(float(np.abs(along[0]).max()), 1e-9)
    jitter = np.stack([np.cos(np.arange(size) * 2.4), np.sin(np.arange(size) * 2.4)], axis=1) * 0.15
    return np.asarray((np.stack(along, axis=1) / widest * float(hops.max()) / 2 + jitter) * HOP)


@dataclass(frozen=True, slots=True)
class Springs:
    """The distances that nodes wish to keep, near ones more than far ones (stress majorisation).

    Each node is tied to all others, or in a large component to some that lie far apart, and to its neighbours.
    """

    one: Edges
    other: Edges
    weight: Points
    pulled: Points
    total: Points

    @classmethod
    def of(cls, sources: Sequence[int], hops: Points, edges: Edges, wish: Points) -> Springs:
        """Wish for the sum of both nodes' lengths at each hop."""
        size = hops.shape[1]
        row, one = np.nonzero(hops > 0)
        other, far = np.array(sources, dtype=np.int64)[row], hops[row, one]
        share = np.full(len(one), size / len(sources))
        if len(sources) < size:  # then most neighbours are not among the sources
            both = np.concatenate([edges, edges[:, ::-1]])
            one, other = np.concatenate([one, both[:, 0]]), np.concatenate([other, both[:, 1]])
            far, share = (
                np.concatenate([far, np.ones(len(both))]),
                np.concatenate([share, np.ones(len(both))]),
            )
        goal = far * (wish[one] + wish[other])
        weight = share * goal**-2.0
        return cls(
            one,
            other,
            weight,
            weight * goal,
            np.asarray(np.bincount(one, weight, size), dtype=np.float64),
        )

    def moves(self, points: Points) -> Points:
        """Return where each node would go, if all others stood still."""
        dx, dy = (points[self.one, axis] - points[self.other, axis] for axis in (0, 1))
        pull = self.pulled / (np.sqrt(dx * dx + dy * dy) + 1e-6) - self.weight
        moves = np.stack([np.bincount(self.one, pull * d, len(points)) for d in (dx, dy)], axis=1)
        return np.asarray(moves / self.total[:, None])


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
        points = (
            np.rint((points + shift) * 8) / 8
        )  # a coarse grid keeps rounding errors from growing
    return separated(points, reach)


def apart(points: Points, reach: Points) -> tuple[Points, bool]:
    """Return the moves that part overlapping boxes along the shorter way, and whether none overlap."""
    x, y = points[:, 0], points[:, 1] + (reach[:, 2] - reach[:, 1]) / 2
    tall = (reach[:, 1] + reach[:, 2]) / 2
    one, other = neighbouring(x, y, 2 * float(reach[:, 0].max()) + GAP, 2 * float(tall.max()) + GAP)
    dx, dy = x[one] - x[other], y[one] - y[other]
    over_x = reach[one, 0] + reach[other, 0] + GAP - np.abs(dx)
    over_y = tall[one] + tall[other] + GAP - np.abs(dy)
    hit = (over_x > 0) & (over_y > 0)
    moves = np.zeros_like(points)
    if not hit.any():
        return moves, True
    one, other, dx, dy, over_x, over_y = (
        column[hit] for column in (one, other, dx, dy, over_x, over_y)
    )
    sideways = over_x < over_y
    steps = (
        np.where(sideways, over_x * np.where(dx < 0, -1, 1), 0),
        np.where(sideways, 0, over_y * np.where(dy < 0, -1, 1)),
    )
    for axis, step in enumerate(steps):
        moves[:, axis] = np.bincount(one, step, len(points)) - np.bincount(other, step, len(points))
    return np.clip(moves * 0.4, -PUSH, PUSH), False


def neighbouring(x: Points, y: Points, width: float, height: float) -> tuple[Edges, Edges]:
    """Return the pairs of points, each once, that lie in the same cell of a grid or in cells that touch."""
    column, row = (x - x.min()) // width, (y - y.min()) // height
    rows = int(row.max()) + 3
    cell = (column * rows + row).astype(np.int64)
    order = np.argsort(cell, kind="stable")
    held = cell[order]
    ones, others = [], []
    for step in (0, 1, rows - 1, rows, rows + 1):
        first = np.searchsorted(held, held + step, "left") if step else np.arange(len(held)) + 1
        count = np.maximum(np.searchsorted(held, held + step, "right") - first, 0)
        ones.append(np.repeat(np.arange(len(held)), count))
        others.append(np.repeat(first - (np.cumsum(count) - count), count) + np.arange(count.sum()))
    return order[np.concatenate(ones)], order[np.concatenate(others)]


def separated(points: Points, reach: Points) -> Points:
    """Make sure of it: what still overlaps moves down, from the top."""
    points = np.rint(points)
    if apart(points, reach)[1]:
        return points
    reach = np.ceil(reach)  # whole pixels: what just touches does not overlap by a rounding error
    order = np.lexsort((points[:, 0], points[:, 1]))
    points, reach = points[order], reach[order]
    for node in range(1, len(points)):
        side = np.abs(points[:node, 0] - points[node, 0]) < reach[:node, 0] + reach[node, 0] + GAP
        top, bottom = (
            (points[:node, 1] - reach[:node, 1])[side],
            (points[:node, 1] + reach[:node, 2])[side],
        )
        while True:
            hit = (top < points[node, 1] + reach[node, 2] + GAP) & (
                points[node, 1] - reach[node, 1] < bottom + GAP
            )
            if not hit.any():
                break
            points[node, 1] = bottom[hit].max() + GAP + reach[node, 1]
    return points[np.argsort(order)]
