// Labels that do not collide: the most important are placed first, and what finds no room waits for a closer look.

const WRAP = 18,
  LINES = 3;
const BUSIEST = 8; // names that may cover marks of other nodes, though never another name
export const BEYOND = 80; // pixels from the outermost nodes to the ends of names
const SEGMENTS = typeof Intl.Segmenter === "function" ? new Intl.Segmenter() : null;
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}]/u;
const letters = (text) =>
  [...text].reduce((sum, letter) => sum + (WIDE.test(letter) ? 2 : /\p{M}/u.test(letter) ? 0 : 1), 0);

/** Break a label as kg/view/opening.py does. */
export function wrapped(label) {
  const lines = [];
  for (const word of label.slice(0, 400).split(/\s+/).filter(Boolean).flatMap(pieces)) {
    if (lines.length && letters(lines.at(-1)) + 1 + letters(word) <= WRAP) lines[lines.length - 1] += ` ${word}`;
    else lines.push(word);
    if (lines.length > LINES) break;
  }
  if (lines.length > LINES) {
    lines.length = LINES;
    let last = lines[LINES - 1];
    while (letters(last) > WRAP - 1) last = [...last].slice(0, -1).join("");
    lines[LINES - 1] = `${last.trimEnd()}…`;
  }
  return lines.join("\n");
}

function pieces(word) {
  const out = [""];
  const parts = SEGMENTS ? Array.from(SEGMENTS.segment(word), (part) => part.segment) : [...word];
  for (const letter of parts) {
    if (letters(out.at(-1) + letter) > WRAP) out.push("");
    out[out.length - 1] += letter;
  }
  return out;
}

/** Boxes that are taken, in a grid of cells so that few need to be looked at. */
export class Taken {
  constructor(cell) {
    this.cell = cell;
    this.cells = new Map();
  }

  *keysOf(box) {
    for (let x = Math.floor(box.x / this.cell); x <= Math.floor((box.x + box.w) / this.cell); x++)
      for (let y = Math.floor(box.y / this.cell); y <= Math.floor((box.y + box.h) / this.cell); y++)
        yield x * 65_537 + y;
  }

  add(box) {
    for (const key of this.keysOf(box)) {
      if (!this.cells.has(key)) this.cells.set(key, []);
      this.cells.get(key).push(box);
    }
  }

  free(box, own) {
    for (const key of this.keysOf(box))
      for (const other of this.cells.get(key) ?? []) if (covered(box, other, own) > 0) return false;
    return true;
  }

  /** How many of those who are here a box would cover, in parts of their areas. */
  cover(box, own) {
    const met = new Set();
    for (const key of this.keysOf(box)) for (const other of this.cells.get(key) ?? []) met.add(other);
    return [...met].reduce((sum, other) => sum + covered(box, other, own), 0);
  }
}

/** Which part of a stranger's box a box covers. */
function covered(box, other, own) {
  if (other.own === own) return 0;
  const w = Math.min(box.x + box.w, other.x + other.w) - Math.max(box.x, other.x),
    h = Math.min(box.y + box.h, other.y + other.h) - Math.max(box.y, other.y);
  return w > 0 && h > 0 ? (w * h) / (other.w * other.h) : 0;
}

const widths = new Map();
/** How wide a text is at a size of 1. */
export function widthOf(context, text, weight = "400") {
  const key = `${weight} ${text}`;
  if (!widths.has(key)) {
    context.font = `${weight} 100px ${FONT_STACK}`;
    widths.set(key, context.measureText(text).width / 100);
  }
  return widths.get(key);
}
export const FONT_STACK =
  'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, "DejaVu Sans", sans-serif';

/** How much larger everything is drawn on a large screen, as the style sheet does with its letters. */
export const unit = () => Math.max(1, parseFloat(getComputedStyle(document.documentElement).fontSize) / 15.5);

/** Sizes of letters on the screen: never too small to be read, and growing slower than the picture. */
export function sizeAt(scale, by = unit()) {
  const near = scale / by;
  return by * Math.max(11.5, near <= 1 ? 13 * near : Math.min(19, 13 * Math.sqrt(near)));
}

const NONE = new Set();
/** Place labels in the picture's own measures. `nodes` have x, y, size, label and rank (lower goes first). */
// Returns, by id, the lines with their box. Those in `first` go first; a label that found no room is left out
// unless `must` names it; `above` says whose label would rather stand above.
export function placeLabels(context, nodes, scale, { must = NONE, first = must, above = NONE } = {}) {
  const size = sizeAt(scale) / scale,
    line = size * 1.23,
    gap = 2.5 / scale;
  const taken = new Taken(Math.max(120, 120 / scale));
  for (const node of nodes)
    taken.add({
      x: node.x - node.size * 0.95,
      y: node.y - node.size * 0.95,
      w: node.size * 1.9,
      h: node.size * 1.9,
      own: node.id,
    });
  const names = new Taken(Math.max(120, 120 / scale)),
    out = new Map(),
    turn = (node) => (must.has(node.id) ? 0 : first.has(node.id) ? 1 : 2);
  const order = [...nodes].sort((a, b) => turn(a) - turn(b) || a.rank - b.rank);
  const edge = edges(nodes, scale);
  for (const node of order) {
    const lines = node.label.split("\n");
    const w = Math.max(...lines.map((text) => widthOf(context, text, node.weight))) * size,
      h = line * lines.length;
    const below = { x: node.x - w / 2, y: node.y + node.size + gap, w, h, own: node.id },
      over = { ...below, y: node.y - node.size - gap - h };
    const right = { ...below, x: node.x + node.size + gap * 1.8, y: node.y - h / 2, side: "left" },
      left = { ...right, x: node.x - node.size - gap * 1.8 - w, side: "right" };
    const aslant = node.size * 0.55; // a corner of the name stands by the rim of the mark
    const corners = [right, left].flatMap((beside) => [
      { ...beside, y: node.y + aslant },
      { ...beside, y: node.y - aslant - h },
    ]);
    const places = [...(above.has(node.id) ? [over, below] : [below, over]), right, left, ...corners];
    const inside = places.filter((each) => each.x >= edge.left && each.x + w <= edge.right),
      tries = inside.length ? inside : [below];
    const box =
      tries.find((each) => taken.free(each, node.id)) ??
      (out.size < BUSIEST ? leastCovering(tries, node, taken, names) : null) ??
      (must.has(node.id) ? tries[0] : null);
    if (!box) continue;
    taken.add(box);
    names.add(box);
    out.set(node.id, { ...box, lines, size, line, weight: node.weight });
  }
  return { boxes: out, taken, size };
}

/** Of the places where a name covers no other, the one that hides least of the marks of others; none where it hides half of one. */
function leastCovering(places, node, taken, names) {
  const open = places
    .filter((each) => names.free(each, node.id))
    .map((place) => ({ place, hides: taken.cover(place, node.id) }))
    .sort((a, b) => a.hides - b.hides);
  return open.length && open[0].hides < 0.5 ? open[0].place : null;
}

/** How far names may reach beyond the outermost nodes, where the picture is seen as a whole. */
function edges(nodes, scale) {
  const xs = nodes.map((node) => node.x);
  return { left: Math.min(...xs) - BEYOND / scale, right: Math.max(...xs) + BEYOND / scale };
}

/** Place the names of relations along their lines, where these are long enough and nothing is in the way. */
export function placeRelations(context, lines, scale, taken, curveOf) {
  const size = (Math.min(sizeAt(scale), 12.5) * 0.92) / scale,
    out = new Map();
  for (const line of lines) {
    const w = widthOf(context, line.text) * size;
    const curve = curveOf(line);
    if (!curve || curve.length < w + 2 * size) continue;
    for (const t of [0.5, 0.42, 0.58, 0.34, 0.66]) {
      const at = curve.point(t),
        angle = upright(curve.angle(t));
      const spots = spotsAlong(at, angle, w, size, line.id);
      if (!spots.every((spot) => taken.free(spot, line.id))) continue;
      spots.forEach((spot) => taken.add(spot));
      out.set(line.id, { ...at, angle, size, w });
      break;
    }
  }
  return out;
}

const upright = (angle) => (angle > Math.PI / 2 ? angle - Math.PI : angle < -Math.PI / 2 ? angle + Math.PI : angle);

function spotsAlong(at, angle, w, size, own) {
  const count = Math.max(1, Math.ceil(w / size)),
    half = size * 0.62;
  return Array.from({ length: count }, (_, n) => {
    const along = count === 1 ? 0 : (n / (count - 1) - 0.5) * (w - size);
    return {
      x: at.x + Math.cos(angle) * along - half,
      y: at.y + Math.sin(angle) * along - half,
      w: 2 * half,
      h: 2 * half,
      own,
    };
  });
}
