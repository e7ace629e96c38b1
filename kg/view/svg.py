"""The first picture as SVG, without a browser: the same shapes, dashes, names and legend as on the page."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from math import atan2, cos, hypot, pi, sin
from typing import Any

from kg.model import Claim, Extraction, Modality, Polarity
from kg.view.data import MODALITIES, Known, Shown, label_of, misfit
from kg.view.kinds import Family, families
from kg.view.names import ALONG, Area, Mark, Taken, along, place_names
from kg.view.opening import FONT as FONT_SIZE
from kg.view.opening import LINE, Line, Node, box, opening, width
from kg.view.render import source, title_of

FONT = "system-ui, 'Segoe UI', Roboto, Helvetica, Arial, 'DejaVu Sans', sans-serif"
BEND = 0.16  # of the lines of one pair, as in static/lines.js
APART = 4
MISFIT, MISFIT_WORDS = "misfit", "Does not fit the ontology"  # as in static/wording.js
EVENT = 0.6  # an event is told by what stands around it, so its name may wait, as in static/picture.js
NAME = 11.5  # pixels of a relation's name
WORDS = {Modality.ASSERTED: "Stated as fact", Modality.UNCONFIRMED: "Not confirmed"}
INVALID_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def svg(extraction: Extraction, known: Known, *, part: Collection[str] | None = None) -> str:
    """Return the picture that the page opens on, in the light theme."""
    shown = Shown.of(extraction, known)
    first = opening(shown, part)
    return Picture(shown, known, first.nodes, first.lines).text()


@dataclass(frozen=True, slots=True)
class Course:
    """A line from rim to rim: where it begins, what it bends towards, where it ends, and its middle."""

    start: tuple[float, float]
    towards: tuple[float, float]
    end: tuple[float, float]

    def at(self, t: float) -> tuple[float, float]:
        """Return a point of the line."""
        x, y = (
            (1 - t) ** 2 * a + 2 * t * (1 - t) * b + t * t * c
            for a, b, c in zip(self.start, self.towards, self.end, strict=True)
        )
        return x, y


class Picture:
    """Draws nodes and lines."""

    def __init__(
        self, shown: Shown, known: Known, nodes: Sequence[Node], lines: Sequence[Line]
    ) -> None:
        """Read shapes and colours where the page has them."""
        self.shown, self.known, self.nodes, self.lines = shown, known, nodes, lines
        self.place = {node.place: node for node in nodes}
        self.shapes: dict[str, Any] = json.loads(source("shapes.json"))
        self.colour = dict(
            re.findall(
                r"--([\w-]+): (#\w{6})\b", source("page.css").split('[data-theme="dark"]')[0]
            )
        )
        self.family = families(
            (e.types for e in shown.entities), {n: t.label for n, t in known.terms.items()}
        )

    def text(self) -> str:
        """Return the whole SVG."""
        taken = Taken()
        names = place_names([self.wanted(n) for n in self.nodes], taken)
        boxes = [(n, box(n.label, n.radius)) for n in self.nodes]
        left, right = (
            min(n.x - b.half for n, b in boxes) - 24,
            max(n.x + b.half for n, b in boxes) + 24,
        )
        top, bottom = (
            min(n.y - b.up for n, b in boxes) - 56,
            max(n.y + b.down for n, b in boxes) + 16,
        )
        width = max(right - left, 460.0)
        legend, height = self.legend(left + 20, bottom + 16, width - 40)
        body = [
            f'<rect x="{left:.0f}" y="{top:.0f}" width="{width:.0f}" height="{bottom - top + height:.0f}" fill="{self.colour["paper"]}"/>',
            self.words(left + 20, top + 34, title_of(self.shown)[:120], size=20, anchor="start"),
            *(part for line, course in self.courses() for part in self.line(line, course)),
            *(self.mark(n.x, n.y, n.radius, self.look(n)) for n in self.nodes),
            *(self.name(line, course, taken) for line, course in self.courses()),
            *(part for n in self.nodes if n.place in names for part in self.label(n, *names[n.place])),
            *legend,
        ]
        inside = "\n".join(body)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{left:.0f} {top:.0f} {width:.0f} {bottom - top + height:.0f}" '
            f'width="{width:.0f}" height="{bottom - top + height:.0f}" font-family="{escape(FONT)}">\n{inside}\n</svg>\n'
        )

    def wanted(self, node: Node) -> Mark:
        """Return how much room a node's name takes, and how much it matters."""
        lines = node.label.split("\n")
        look = self.look(node)
        rank = -float(node.members or node.radius * (EVENT if look and look.name == "Event" else 1))
        return Mark(node.place, node.x, node.y, node.radius, max(map(width, lines)), LINE * len(lines), rank)

    def label(self, node: Node, anchor: str, area: Area) -> Iterator[str]:
        """Write a node's name where it found room."""
        x = {"start": area.left, "end": area.right}.get(anchor, (area.left + area.right) / 2)
        for number, text in enumerate(node.label.split("\n")):
            yield self.words(x, area.top + 11 + number * LINE, text, anchor=anchor)

    def look(self, node: Node) -> Family | None:
        """Return a node's family; a community has none."""
        return self.family.get(node.family) if node.place >= 0 else None

    def mark(self, x: float, y: float, size: float, family: Family | None) -> str:
        """Draw a node."""
        shape, colour, icon = (
            (family.shape, family.colour, family.icon) if family else ("circle", "indigo", "none")
        )
        rule = ' fill-rule="evenodd"' if icon in self.shapes["holes"] else ""
        turn = "translate(0 .18) scale(.72)" if shape == "triangle" else "scale(.82)"
        inner = (
            f'<path d="{self.shapes["icons"][icon]}" fill="{self.colour["paper"]}"{rule} transform="{turn}"/>'
            if self.shapes["icons"][icon]
            else ""
        )
        outline = f'<path d="{self.shapes["outlines"][shape]}" fill="{self.colour[colour]}" stroke="{self.colour["paper"]}" stroke-width=".12"/>'
        return f'<g transform="translate({x:.1f} {y:.1f}) scale({size:.1f})">{outline}{inner}</g>'

    def words(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = 13,
        anchor: str = "middle",
        colour: str = "ink",
    ) -> str:
        """Write words with a rim of paper."""
        plain = escape(INVALID_IN_XML.sub("\ufffd", text))
        return (
            f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size:g}" fill="{self.colour[colour]}" '
            f'stroke="{self.colour["paper"]}" stroke-width="{size * 0.28:.1f}" stroke-linejoin="round" paint-order="stroke">{plain}</text>'
        )

    def courses(self) -> Iterator[tuple[Line, Course]]:
        """Yield each line with its course; lines of one pair are bent apart."""
        pairs: dict[tuple[int, int], list[Line]] = {}
        for line in self.lines:
            if line.start != line.end:
                pairs.setdefault((min(line.start, line.end), max(line.start, line.end)), []).append(
                    line
                )
        for (low, _), held in pairs.items():
            for n, line in enumerate(held[:APART]):
                side = (n - (min(len(held), APART) - 1) / 2) * 2 * BEND
                yield line, self.course(line, side if line.start == low else -side)

    def course(self, line: Line, bend: float) -> Course:
        """Return the course between the rims of two nodes."""
        a, b = self.place[line.start], self.place[line.end]
        dx, dy = b.x - a.x, b.y - a.y
        far = hypot(dx, dy) or 1.0
        reach, turn = abs(bend) / 2 + 0.5, atan2(-dy, dx) + (0.5 + bend / 2) * pi
        middle = (
            (a.x + reach * far * sin(turn), a.y + reach * far * cos(turn))
            if bend
            else (a.x + dx / 2, a.y + dy / 2)
        )
        whole = Course((a.x, a.y), middle, (b.x, b.y))
        t, u = min(0.45, (a.radius + 2) / far), max(0.55, 1 - (b.radius + 4) / far)
        ends = whole.start, whole.towards, whole.end
        x, y = (
            (1 - t) * (1 - u) * p + (t * (1 - u) + u * (1 - t)) * q + t * u * r
            for p, q, r in zip(*ends, strict=True)
        )
        return Course(whole.at(t), (x, y), whole.at(u))

    def line(self, line: Line, course: Course) -> Iterator[str]:
        """Draw a line with dashes, arrow, name and, where it is denied, a barred circle."""
        claims = [self.shown.claims[n] for n in line.claims]
        against = sum(map(denied, claims))
        whole = bool(claims) and against == len(claims)
        firmest = min((MODALITIES.index(c.modality) for c in claims if not misfit(c)), default=0)
        unfit = not whole and bool(claims) and all(denied(c) or misfit(c) for c in claims)
        dash = self.shapes["dashes"]["denied" if whole else MISFIT if unfit else MODALITIES[firmest].value]
        colour = self.colour["denied" if whole else "edge"]
        dashes = f' stroke-dasharray="{" ".join(map(str, dash))}"' if dash else ""
        (x0, y0), (x1, y1), (x2, y2) = course.start, course.towards, course.end
        yield f'<path d="M{x0:.1f} {y0:.1f}Q{x1:.1f} {y1:.1f} {x2:.1f} {y2:.1f}" fill="none" stroke="{colour}" stroke-width="1.5"{dashes}/>'
        if not claims:
            return
        angle = atan2(y2 - y1, x2 - x1)
        corners = [
            (x2 + cos(angle) * a - sin(angle) * b, y2 + sin(angle) * a + cos(angle) * b)
            for a, b in ((0, 0), (-7, 3.2), (-7, -3.2))
        ]
        yield f'<path d="M{"L".join(f"{x:.1f} {y:.1f}" for x, y in corners)}Z" fill="{colour}"/>'
        if against:
            x, y = course.at(0.68)
            inner = (
                f"M{x - 3.6:.1f} {y + 3.6:.1f}l7.2 -7.2" if whole else f"M{x:.1f} {y - 5.5:.1f}v11"
            )
            yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5.5" fill="{self.colour["paper"]}" stroke="{self.colour["denied"]}" stroke-width="1.8"/>'
            yield f'<path d="{inner}" stroke="{self.colour["denied"]}" stroke-width="1.8"/>'

    def name(self, line: Line, course: Course, taken: Taken) -> str:
        """Write a relation's name along its line, where it is long enough and nothing is in the way."""
        claims = [self.shown.claims[n] for n in line.claims]
        if not claims:
            return ""
        text = label_of(claims[0].predicate, self.known.terms) + (
            f" ×{len(claims)}" if len(claims) > 1 else ""
        )
        room, (x0, y0), (x2, y2) = width(text) * NAME / FONT_SIZE, course.start, course.end
        if hypot(x2 - x0, y2 - y0) < room + 2 * NAME:
            return ""
        angle = atan2(y2 - y0, x2 - x0)
        angle += pi if angle > pi / 2 or angle < -pi / 2 else 0
        for x, y in map(course.at, ALONG):
            spots = along(x, y, angle, room, NAME, line)
            if all(map(taken.free, spots)):
                for spot in spots:
                    taken.add(spot)
                written = self.words(0, 4, text, size=NAME, colour="mute")
                return f'<g transform="translate({x:.1f} {y:.1f}) rotate({angle * 180 / pi:.1f})">{written}</g>'
        return ""

    def legend(self, left: float, top: float, width: float) -> tuple[list[str], float]:
        """Draw what the marks and dashes mean; return it with its height."""
        used = {family for n in self.nodes if (family := self.look(n))}
        claims = [self.shown.claims[n] for line in self.lines for n in line.claims]
        firm = sorted({MODALITIES.index(c.modality) for c in claims if not denied(c) and not misfit(c)})
        items: list[tuple[str, Family | str]] = [(f.label, f) for f in sorted(used, key=lambda f: f.label)]
        items += [
            (WORDS.get(MODALITIES[m], MODALITIES[m].value.capitalize()), MODALITIES[m])
            for m in firm
        ]
        items += [(MISFIT_WORDS, MISFIT)] if any(misfit(c) and not denied(c) for c in claims) else []
        items += (
            [("Denied or said not to be so", Modality.DENIED)] if any(map(denied, claims)) else []
        )
        out, x, y = [], left, top + 12
        for label, item in items:
            room = 52 + len(label) * 7.6
            if x > left and x + room > left + width:
                x, y = left, y + 24
            out += [
                self.mark(x + 18, y, 8.5, item)
                if isinstance(item, Family)
                else self.sample(x, y, item),
                self.words(x + 36, y + 4.5, label, anchor="start"),
            ]
            x += room
        return out, y - top + 56

    def sample(self, x: float, y: float, kind: str) -> str:
        """Draw a short line as a modality, or what does not fit, has it."""
        dash = self.shapes["dashes"][kind]
        dashes = f' stroke-dasharray="{" ".join(map(str, dash))}"' if dash else ""
        return f'<path d="M{x:.1f} {y:.1f}h30" stroke="{self.colour["denied" if kind == Modality.DENIED else "edge"]}" stroke-width="1.8"{dashes}/>'


def denied(claim: Claim) -> bool:
    """Whether a claim says that something is not so."""
    return claim.polarity is Polarity.NEGATIVE or claim.modality is Modality.DENIED
