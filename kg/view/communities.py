"""Groups of nodes that hold together more than with the rest (Louvain), the same at every run.

Ours is plain Python over lists: networkx takes minutes at 100,000 nodes, and its order of moves is random.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence

Weights = list[dict[int, float]]
MAX_ROUNDS = 8  # looks at each node, on average


def communities(size: int, edges: Iterable[tuple[int, int]]) -> list[int]:
    """Return each node's community, numbered from the largest; a node without edges is alone."""
    weights: Weights = [{} for _ in range(size)]
    for one, other in edges:
        if one != other:
            weights[one][other] = weights[one].get(other, 0) + 1
            weights[other][one] = weights[other].get(one, 0) + 1
    member = list(range(size))
    loops = [0.0] * size
    while True:
        moved = local_moves(weights, loops)
        names = {name: place for place, name in enumerate(sorted(set(moved)))}
        if len(names) == len(weights):
            break
        moved = [names[name] for name in moved]
        member = [moved[m] for m in member]
        weights, loops = folded(weights, loops, moved, len(names))
    return by_size(member)


def local_moves(weights: Weights, loops: Sequence[float]) -> list[int]:
    """Move nodes to the neighbouring community that gains most modularity, until none gains.

    After the first round only neighbours of those that moved are looked at again.
    """
    degree = [sum(beside.values()) + loop for beside, loop in zip(weights, loops, strict=True)]
    total = sum(degree) or 1.0
    member = list(range(len(weights)))
    mass = degree[:]
    queue = deque(node for node, beside in enumerate(weights) if beside)
    waiting = [bool(beside) for beside in weights]
    looks = len(queue) * MAX_ROUNDS
    while queue and looks:
        looks -= 1
        node = queue.popleft()
        waiting[node] = False
        home = member[node]
        mass[home] -= degree[node]
        best = best_of(weights[node], member, mass, home, degree[node] / total)
        mass[best] += degree[node]
        if best == home:
            continue
        member[node] = best
        for neighbour in weights[node]:
            if not waiting[neighbour] and member[neighbour] != best:
                waiting[neighbour] = True
                queue.append(neighbour)
    return member


def best_of(
    beside: Mapping[int, float],
    member: Sequence[int],
    mass: Sequence[float],
    home: int,
    share: float,
) -> int:
    """Return the community that a node gains most by joining; home where nothing gains."""
    links: dict[int, float] = {home: 0.0}
    for neighbour, weight in beside.items():
        group = member[neighbour]
        links[group] = links.get(group, 0.0) + weight
    best, most = home, links[home] - mass[home] * share
    for group, link in links.items():
        gain = link - mass[group] * share
        if gain > most + 1e-9:
            best, most = group, gain
    return best


def folded(
    weights: Weights, loops: Sequence[float], member: Sequence[int], count: int
) -> tuple[Weights, list[float]]:
    """Return the network of communities."""
    out: Weights = [{} for _ in range(count)]
    inside = [0.0] * count
    for node, beside in enumerate(weights):
        group = member[node]
        inside[group] += loops[node]
        for neighbour, weight in beside.items():
            other = member[neighbour]
            if other == group:
                inside[group] += weight
            else:
                out[group][other] = out[group].get(other, 0.0) + weight
    return out, inside


def by_size(member: Sequence[int]) -> list[int]:
    """Number communities from the largest; of equal ones, first the one met first."""
    sizes: dict[int, int] = {}
    for group in member:
        sizes[group] = sizes.get(group, 0) + 1
    ranked = {group: place for place, group in enumerate(sorted(sizes, key=lambda g: -sizes[g]))}
    return [ranked[group] for group in member]
