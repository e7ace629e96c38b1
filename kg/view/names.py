"""Which names a still picture shows, and where: the most important first, none on another or on a stranger's mark.

The same rules as in static/labels.js, which places names at every zoom.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil, cos, sin

CELL = 120.0  # pixels of the grid in which boxes are looked up
ALONG = (0.5, 0.42, 0.58, 0.34, 0.66)  # places on a line to try for its name


@dataclass(frozen=True, slots=True)
class Area:
    """A box by its corners, and whose it is: what is one's own is never in the way."""

    left: float
    top: float
    right: float
    bottom: float
    own: Hashable = None

    def meets(self, other: Area) -> bool:
        """Whether the boxes overlap."""
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom


class Taken:
    """Boxes that are taken, in a grid so that few need to be looked at."""

    def __init__(self, areas: Iterable[Area] = ()) -> None:
        """Take some boxes."""
        self.cells: defaultdict[tuple[int, int], list[Area]] = defaultdict(list)
        for area in areas:
            self.add(area)

    def add(self, area: Area) -> None:
        """Take a box."""
        for key in cells(area):
            self.cells[key].append(area)

    def free(self, area: Area) -> bool:
        """Whether nothing of others is in the way."""
        held = (other for key in cells(area) for other in self.cells.get(key, ()))
        return not any(other.own != area.own and area.meets(other) for other in held)


def cells(area: Area) -> Iterator[tuple[int, int]]:
    """Yield the cells that a box touches."""
    for x in range(int(area.left // CELL), int(area.right // CELL) + 1):
        for y in range(int(area.top // CELL), int(area.bottom // CELL) + 1):
            yield x, y


@dataclass(frozen=True, slots=True)
class Mark:
    """A node that wants its name written: `width` and `height` are the name's; a lower rank goes first."""

    own: int
    x: float
    y: float
    radius: float
    width: float
    height: float
    rank: float

    def area(self) -> Area:
        """Return what the mark itself covers."""
        r = self.radius * 0.95
        return Area(self.x - r, self.y - r, self.x + r, self.y + r, self.own)

    def places(self) -> tuple[tuple[str, Area], ...]:
        """Return where its name may stand, the best first, with the side at which its lines begin or end."""
        w, h, reach = self.width, self.height, self.radius + 4
        return (
            ("middle", self.at(self.x - w / 2, self.y + self.radius + 3)),
            ("middle", self.at(self.x - w / 2, self.y - self.radius - 3 - h)),
            ("start", self.at(self.x + reach, self.y - h / 2)),
            ("end", self.at(self.x - reach - w, self.y - h / 2)),
        )

    def at(self, left: float, top: float) -> Area:
        """Return the box of the name with this corner."""
        return Area(left, top, left + self.width, top + self.height, self.own)


def place_names(marks: Sequence[Mark], taken: Taken) -> dict[int, tuple[str, Area]]:
    """Return where names stand; what finds no room is left out."""
    for mark in marks:
        taken.add(mark.area())
    out = {}
    for mark in sorted(marks, key=lambda m: (m.rank, m.own)):
        found = next((spot for spot in mark.places() if taken.free(spot[1])), None)
        if found:
            taken.add(found[1])
            out[mark.own] = found
    return out


def along(x: float, y: float, angle: float, width: float, size: float, own: Hashable) -> list[Area]:
    """Return the boxes that cover a name written at an angle around a point; angles in radians."""
    count, half = max(1, ceil(width / size)), size * 0.62
    shifts = [0.0] if count == 1 else [(n / (count - 1) - 0.5) * (width - size) for n in range(count)]
    middles = ((x + cos(angle) * s, y + sin(angle) * s) for s in shifts)
    return [Area(a - half, b - half, a + half, b + half, own) for a, b in middles]
