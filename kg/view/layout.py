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

Points = NDArray[np.float64]
Edges = NDArray[np.int64]

STRESS_LIMIT = 1500  # nodes of a component; larger ones stand in a grid
GAP = 10.0  # pixels between boxes
HOP = 118.0  # pixels that one line wishes for
ROUNDS = 120
SPREAD_ROUNDS = 400


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
    return (points.min(axis=0) + points.max(axis=0)) / 2


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
    """Lay components beside each other on shelves, the largest first, to the wanted shape."""
    corners = [extent(points, reach) for points, reach in zip(drawn, reaches, strict=True)]
    sizes = [(high - low) + 2 * GAP for low, high in corners]
    area = sum(float(w * h) for w, h in sizes)
    width = max(float(sizes[0][0]), (area * aspect * 1.1) ** 0.5)
    out, x, y, shelf = [], 0.0, 0.0, 0.0
    for points, (low, _), (w, h) in zip(drawn, corners, sizes, strict=True):
        if x and x + w > width:
            x, y, shelf = 0.0, y + shelf, 0.0
        out.append(points - low + np.array([x, y]) + GAP)
        x, shelf = x + float(w), max(shelf, float(h))
    return out


def extent(points: Points, reach: Points) -> tuple[Points, Points]:
    """Return the corners of a picture with its labels."""
    low = np.array([(points[:, 0] - reach[:, 0]).min(), (points[:, 1] - reach[:, 1]).min()])
    high = np.array([(points[:, 0] + reach[:, 0]).max(), (points[:, 1] + reach[:, 2]).max()])
    return low, high


# ---- one component -------------------------------------------------------------------------------


def draw(reach: Points, edges: Edges, aspect: float) -> Points:
    """Return the points of one component."""
    size = len(reach)
    if size == 1:
        return np.zeros((1, 2))
    if size > STRESS_LIMIT:
        return grid(reach, aspect)
    hops = distances(size, edges)
    points = wide(stressed(start(hops), hops, wished(reach, edges, size)))
    return spread(points, reach, edges)


def grid(reach: Points, aspect: float) -> Points:
    """Stand nodes in rows: what is left when there are too many to arrange."""
    columns = max(1, round((len(reach) * aspect) ** 0.5))
    step = np.array([2 * reach[:, 0].max() + GAP, reach[:, 1].max() + reach[:, 2].max() + GAP])
    places = np.arange(len(reach))
    return np.stack([places % columns, places // columns], axis=1) * step


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
        for _ in range(40):
            for other in axes:
                vector = vector - other * (vector * other).sum() / max((other * other).sum(), 1e-9)
            vector = (centred * vector[None, :]).sum(axis=1)
            vector = vector / max(float(np.sqrt((vector**2).sum())), 1e-9)
        axes.append(vector)
    jitter = np.stack([np.cos(np.arange(size) * 2.4), np.sin(np.arange(size) * 2.4)], axis=1) * 0.15
    scale = np.sqrt(np.abs([(centred * a[None, :] * a[:, None]).sum() for a in axes]))
    return (np.stack(axes, axis=1) * scale + jitter) * HOP


def stressed(points: Points, hops: Points, wish: Points) -> Points:
    """Move all nodes together towards the distances they wish for (SMACOF, damped)."""
    goal = hops * (wish[:, None] + wish[None, :])
    np.fill_diagonal(goal, 1)
    weight = goal**-2.0
    np.fill_diagonal(weight, 0)
    total = weight.sum(axis=1)[:, None]
    for _ in range(ROUNDS):
        apart = points[:, None, :] - points[None, :, :]
        length = np.sqrt((apart**2).sum(axis=2)) + 1e-6
        pull = (weight * goal / length)[:, :, None] * apart
        target = ((weight[:, :, None] * points[None, :, :]).sum(axis=1) + pull.sum(axis=1)) / total
        points = points + 0.9 * (target - points)
    return points


def wide(points: Points) -> Points:
    """Turn a picture so that its longest side lies across."""
    x, y = (points - points.mean(axis=0)).T
    angle = 0.5 * np.arctan2(2 * float((x * y).sum()), float((x * x).sum() - (y * y).sum()))
    c, s = np.cos(angle), np.sin(angle)
    return np.stack([x * c + y * s, y * c - x * s], axis=1)


# ---- room for labels -----------------------------------------------------------------------------


def spread(points: Points, reach: Points, edges: Edges) -> Points:
    """Push boxes off each other, and off the lines of strangers, until nothing overlaps."""
    for turn in range(SPREAD_ROUNDS):
        shift, clear = apart(points, reach)
        if turn < SPREAD_ROUNDS * 0.6:
            shift = shift + off_lines(points, reach, edges)
        elif clear:
            break
        points = np.rint((points + shift) * 8) / 8  # a coarse grid keeps rounding errors from growing
        if clear and not np.abs(shift).max() > 0.3:
            break
    return separated(points, reach)


def apart(points: Points, reach: Points) -> tuple[Points, bool]:
    """Return the moves that part overlapping boxes along the shorter way, and whether none overlap."""
    dx = points[:, None, 0] - points[None, :, 0]
    centre = points[:, 1] + (reach[:, 2] - reach[:, 1]) / 2
    tall = (reach[:, 1] + reach[:, 2]) / 2
    dy = centre[:, None] - centre[None, :]
    over_x = reach[:, None, 0] + reach[None, :, 0] + GAP - np.abs(dx)
    over_y = tall[:, None] + tall[None, :] + GAP - np.abs(dy)
    hit = (over_x > 0) & (over_y > 0)
    np.fill_diagonal(hit, False)
    if not hit.any():
        return np.zeros_like(points), True
    order = np.sign(np.arange(len(points))[:, None] - np.arange(len(points))[None, :])
    sideways = hit & (over_x < over_y)
    move_x = np.where(sideways, over_x * np.where(dx == 0, order, np.sign(dx)), 0).sum(axis=1)
    move_y = np.where(hit & ~sideways, over_y * np.where(dy == 0, order, np.sign(dy)), 0).sum(axis=1)
    limit = 24.0
    return np.clip(np.stack([move_x, move_y], axis=1) * 0.35, -limit, limit), False


def off_lines(points: Points, reach: Points, edges: Edges) -> Points:
    """Return the moves that take boxes off the lines that are not theirs."""
    if not len(edges):
        return np.zeros_like(points)
    middle_y = (reach[:, 2] - reach[:, 1]) / 2
    centre = points + np.stack([np.zeros(len(points)), middle_y], axis=1)
    a, b = points[edges[:, 0]], points[edges[:, 1]]
    along = b - a
    length2 = (along**2).sum(axis=1) + 1e-6
    rel = centre[None, :, :] - a[:, None, :]
    t = np.clip((rel * along[:, None, :]).sum(axis=2) / length2[:, None], 0, 1)
    gap = rel - t[:, :, None] * along[:, None, :]
    far = np.sqrt((gap**2).sum(axis=2)) + 1e-6
    normal = gap / far[:, :, None]
    tall = (reach[:, 1] + reach[:, 2]) / 2
    need = np.abs(normal[:, :, 0]) * reach[None, :, 0] * 0.8 + np.abs(normal[:, :, 1]) * tall[None, :] * 0.9 + 4
    push = np.where((far < need) & (t > 0.02) & (t < 0.98), need - far, 0)
    ends = np.arange(len(edges))
    push[ends, edges[:, 0]] = push[ends, edges[:, 1]] = 0
    move = 0.12 * push[:, :, None] * normal
    out = move.sum(axis=0)
    for end in (0, 1):
        np.subtract.at(out, edges[:, end], move.sum(axis=1) * 0.35)
    return np.clip(out, -10.0, 10.0)


def separated(points: Points, reach: Points) -> Points:
    """Make sure of it: what still overlaps moves down, from the top."""
    points = np.rint(points)
    if apart(points, reach)[1]:
        return points
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
