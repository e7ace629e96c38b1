// The picture that is drawn: vis' network with its nodes and lines, and the geometry that all who draw share.

import { M } from "./model.js";
import { DASHES, INK, LOOKS, dashOf } from "./shapes.js";

/** The picture: vis' network, its data sets, lines and places by id. */
export const N = {
  net: null,
  nodes: null,
  edges: null,
  lines: new Map(),
  at: new Map(),
  hover: null,
  cursor: null,
  chosen: null,
  laid: null,
  unit: 1,
};

const LEAST = 6; // pixels of a mark's radius on the screen, however far away

export const STRAIGHT_FROM = 500; // lines; from here on none is bent and none has an arrow

/** How large a node is drawn: marks shrink more slowly than the picture. */
export const shownSize = (node, scale = N.net?.getScale() ?? 1) =>
  Math.max(node.size, Math.min((LEAST * N.unit * (0.6 + node.size / 30)) / scale, node.size * 3));

const HUB = 20;

const EVENT = 0.6; // an event is told by what stands around it, so its name may wait

/** Whose name goes first: what most is said of. */
export const rankOf = ({ members, size, family }) => -(members || size * (LOOKS[family]?.n === "Event" ? EVENT : 1));

/** Whether so much is said of a node that its name is set bold. */
export const weighty = (node) => (node.size >= HUB || node.members > 0 ? "600" : "400");

export const onCursor = () => N.cursor !== null && N.nodes.get(N.cursor) !== null;

export const lineText = (line) => (line.count > 1 && !line.bundle ? `${line.label} ×${line.count}` : line.label);

export function lineOf(claim) {
  for (const line of N.lines.values()) if (line.claims.includes(claim)) return line;
  return null;
}

export const dashesOf = (line) =>
  line.denied ? DASHES.denied : line.misfit ? DASHES.misfit : line.claims.length ? dashOf(line.modality) : null;

/** The course of a line between the rims of its ends: points, angles and length, as vis draws it. */
export function curveOf(line) {
  const a = N.at.get(line.start),
    b = N.at.get(line.end);
  if (!a || !b || line.start === line.end) return null;
  const dx = b.x - a.x,
    dy = b.y - a.y,
    far = Math.hypot(dx, dy) || 1;
  const bend = N.lines.size < STRAIGHT_FROM ? line.bend : 0;
  const k = bend / 2 + 0.5,
    turn = Math.atan2(-dy, dx) + (bend >= 0 ? k : 0.5 + bend / 2) * Math.PI;
  const r = Math.abs(bend) / 2 + 0.5;
  const mid =
    bend === 0
      ? { x: a.x + dx / 2, y: a.y + dy / 2 }
      : { x: a.x + r * far * Math.sin(turn), y: a.y + r * far * Math.cos(turn) };
  const point = (t) => ({
    x: (1 - t) ** 2 * a.x + 2 * t * (1 - t) * mid.x + t * t * b.x,
    y: (1 - t) ** 2 * a.y + 2 * t * (1 - t) * mid.y + t * t * b.y,
  });
  const angle = (t) =>
    Math.atan2(
      2 * (1 - t) * (mid.y - a.y) + 2 * t * (b.y - mid.y),
      2 * (1 - t) * (mid.x - a.x) + 2 * t * (b.x - mid.x),
    );
  const rim = Math.min(0.45, (shownSize(a) + 2) / far),
    end = Math.max(0.55, 1 - (shownSize(b) + 3) / far);
  return { a, b, mid, point, angle, length: far - shownSize(a) - shownSize(b), from: rim, to: end };
}

/** Trace the part of a line between the rims. */
export function traced(curve, cut = 0) {
  const from = curve.from,
    to = Math.max(curve.from + 0.01, curve.to - cut);
  // the piece of a quadratic curve between two places is itself one
  const p = curve.point(from),
    q = curve.point(to);
  const mix = (u, v) => ({
    x: (1 - u) * (1 - v) * curve.a.x + (u * (1 - v) + v * (1 - u)) * curve.mid.x + u * v * curve.b.x,
    y: (1 - u) * (1 - v) * curve.a.y + (u * (1 - v) + v * (1 - u)) * curve.mid.y + u * v * curve.b.y,
  });
  return { p, c: mix(from, to), q };
}

/** The outlines of communities with three drawn members or more. */
export function hullsNow() {
  const groups = new Map();
  for (const id of N.nodes.getIds()) {
    if (id < 0) continue;
    if (!groups.has(M.group[id])) groups.set(M.group[id], []);
    groups.get(M.group[id]).push(N.at.get(id));
  }
  const names = Object.keys(INK.family);
  return [...groups]
    .filter(([, held]) => held.length > 2)
    .map(([group, held]) => ({ points: hull(held.flatMap(around)), colour: INK.family[names[group % names.length]] }));
}

/** Points around a node, so that a hull keeps its distance and its corners are round. */
const around = (at) =>
  Array.from({ length: 10 }, (_, n) => ({
    x: at.x + Math.cos((n * Math.PI) / 5) * (at.size + 16),
    y: at.y + Math.sin((n * Math.PI) / 5) * (at.size + 16),
  }));

/** The convex hull of points (Andrew's monotone chain). */
function hull(points) {
  const sorted = [...points].sort((a, b) => a.x - b.x || a.y - b.y);
  const half = (list) => {
    const out = [];
    for (const p of list) {
      while (
        out.length > 1 &&
        (out.at(-1).x - out.at(-2).x) * (p.y - out.at(-2).y) <= (out.at(-1).y - out.at(-2).y) * (p.x - out.at(-2).x)
      )
        out.pop();
      out.push(p);
    }
    return out.slice(0, -1);
  };
  return [...half(sorted), ...half(sorted.reverse())];
}
