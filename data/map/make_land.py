"""Make kg/view/static/land.json from world-atlas' countries-50m.json: `python make_land.py countries-50m.json`.

Every arc is simplified by itself (Visvalingam: the point whose triangle with its neighbours is smallest goes first),
so that countries go on meeting along the same lines; small islands are left out; numbers are twentieths of a degree.
"""

import heapq
import json
import sys
from pathlib import Path

UNITS = 20  # to a degree
LEAST_TRIANGLE = 0.06  # square degrees
LEAST_ISLAND = 0.25  # square degrees
OUT = Path(__file__).resolve().parents[2] / "kg/view/static/land.json"


def decoded(topology):
    """Return the arcs in degrees."""
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * sx + tx, y * sy + ty))
        yield points


def triangle(a, b, c):
    """Return a triangle's area."""
    return abs((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])) / 2


def simplified(points):
    """Drop the points that say least; the ends stay."""
    before, after = list(range(-1, len(points) - 1)), list(range(1, len(points) + 1))
    heap = [(triangle(points[i - 1], points[i], points[i + 1]), i) for i in range(1, len(points) - 1)]
    current = {i: area for area, i in heap}
    heapq.heapify(heap)
    least = 3 if points[0] == points[-1] else 0
    while heap and len(current) > least:
        area, i = heapq.heappop(heap)
        if current.get(i) != area:
            continue
        if area > LEAST_TRIANGLE:
            break
        del current[i]
        before[after[i]], after[before[i]] = before[i], after[i]
        for j in (before[i], after[i]):
            if j in current:
                current[j] = max(area, triangle(points[before[j]], points[j], points[after[j]]))
                heapq.heappush(heap, (current[j], j))
    return [p for i, p in enumerate(points) if i in current or i in (0, len(points) - 1)]


def rings_of(geometry):
    """Yield the rings of a polygon or of several."""
    if geometry["type"] == "Polygon":
        yield from geometry["arcs"]
    elif geometry["type"] == "MultiPolygon":
        for polygon in geometry["arcs"]:
            yield from polygon


def ring_area(ring, arcs):
    """Return the area that a ring encloses."""
    points = [p for i in ring for p in (arcs[i] if i >= 0 else arcs[~i][::-1])]
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(points, points[1:] + points[:1], strict=True))) / 2


def flat(points):
    """Return whole steps from point to point."""
    out, x, y = [], 0, 0
    for px, py in ((round(px * UNITS), round(-py * UNITS)) for px, py in points):
        if not out or (px, py) != (x, y):
            out += [px - x, py - y]
            x, y = px, py
    return out


def main():
    """Write the file."""
    topology = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    full = list(decoded(topology))
    rings = [r for g in topology["objects"]["countries"]["geometries"] for r in rings_of(g) if ring_area(r, full) >= LEAST_ISLAND]
    uses = {}
    for ring in rings:
        for i in ring:
            uses[i if i >= 0 else ~i] = uses.get(i if i >= 0 else ~i, 0) + 1
    new = {old: place for place, old in enumerate(sorted(uses))}
    arcs = [flat(simplified(full[old])) for old in sorted(uses)]
    renamed = [[new[i] if i >= 0 else ~new[~i] for i in ring] for ring in rings]
    borders = [new[old] for old in sorted(uses) if uses[old] > 1]
    out = {"units": UNITS, "arcs": arcs, "rings": renamed, "borders": borders}
    OUT.write_text(json.dumps(out, separators=(",", ":")) + "\n", encoding="utf-8")
    print(sum(len(a) // 2 for a in arcs), "points,", OUT.stat().st_size, "bytes")


main()
