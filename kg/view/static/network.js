// The network: vis-network holds, moves and draws nodes and lines; names, marks and what is chosen are drawn over it.

import { $, announce, narrow, reducedMotion, settled } from "./dom.js";
import { M, claimsOf, labelOf, typeOf } from "./model.js";
import { V, neighbours } from "./choice.js";
import { linesNow } from "./lines.js";
import { S, change } from "./state.js";
import { DASHES, ICONS, INK, LOOKS, OUTLINES, dashOf, iconRule, path2d, readColours } from "./shapes.js";
import { FONT_STACK, placeLabels, placeRelations, unit, wrapped } from "./labels.js";

const MANY = 300; // from here on lines hide while the picture moves
const STRAIGHT_FROM = 500; // lines; from here on none is bent and none has an arrow

/** The picture: vis' network, its data sets, lines and places by id. */
export const N = { net: null, nodes: null, edges: null, lines: new Map(), at: new Map(), hover: null, cursor: null, chosen: null, laid: null, unit: 1 };

/** Draw what pyvis laid out, before the rest of the page is read. */
export function drawOpening() {
  N.unit = unit();
  const read = (id) => JSON.parse($(`#${id}`).textContent);
  const options = read("pv-options"), nodes = read("pv-nodes"), edges = read("pv-edges");
  for (const node of nodes) N.at.set(node.id, { x: node.x, y: node.y, size: node.size, label: node.label.trim(), family: +node.group, members: node.value });
  readColours();
  N.nodes = new vis.DataSet(nodes.map((node) => visNode(node.id)));
  N.edges = new vis.DataSet(edges.map(({ id, from, to }) => ({ id, from, to, ...edgeStyle(null, edges.length) })));
  N.opened = nodes.map((node) => node.id);
  N.net = new vis.Network($("#net"), { nodes: N.nodes, edges: N.edges }, withRenderer(options));
  N.canvas = $("#net canvas");
  N.canvas.setAttribute("aria-hidden", "true");
  N.canvas.tabIndex = -1;
  N.net.on("afterDrawing", drawOver);
  N.net.on("beforeDrawing", drawUnder);
  listen();
  fit(false);
}

/** vis-network asks for functions that JSON cannot carry. */
function withRenderer(options) {
  options.nodes.ctxRenderer = ({ ctx, id, x, y }) => ({
    drawNode: () => drawNode(ctx, id, x, y),
    nodeDimensions: { width: shownSize(N.at.get(id)) * 1.9, height: shownSize(N.at.get(id)) * 1.9 },
  });
  options.edges.color = { color: INK.edge, opacity: 1 };
  return options;
}

const LEAST = 6.5; // pixels of a mark's radius on the screen, however far away
/** How large a node is drawn: marks shrink more slowly than the picture. */
export const shownSize = (node, scale = N.net?.getScale() ?? 1) => Math.max(node.size, Math.min((LEAST * N.unit) / scale, node.size * 3));

const visNode = (id) => ({ id, x: N.at.get(id).x, y: N.at.get(id).y, shape: "custom", size: N.at.get(id).size });

/** What M and the state say is drawn now, handed to vis as the difference to what it has. */
export function refreshNetwork() {
  const groups = showsGroups();
  const wanted = new Set(groups ? [...N.opened, ...V.drawn] : V.drawn);
  const fresh = [...wanted].filter((id) => !N.nodes.get(id));
  placeFresh(fresh.filter((id) => !N.at.has(id)));
  N.nodes.remove(N.nodes.getIds().filter((id) => !wanted.has(id)));
  N.nodes.add(fresh.map(visNode));
  N.lines = groups && !V.drawn.size ? groupLines() : linesNow();
  const edges = [...N.lines.values()].map((line) => ({ id: line.id, from: line.start, to: line.end, ...edgeStyle(line, N.lines.size) }));
  N.edges.remove(N.edges.getIds().filter((id) => !N.lines.has(id)));
  N.edges.update(edges);
  N.scaled = null;
  const many = wanted.size > MANY;
  N.net.setOptions({ interaction: { hideEdgesOnDrag: many, hideEdgesOnZoom: many } });
  N.laid = null;
  highlight();
}

/** Whether communities are drawn instead of things. */
export const showsGroups = () => M.mode === "communities" && S.focus === null && !S.path && !(S.part === false);

const groupLines = () => new Map(JSON.parse($("#pv-edges").textContent).map(({ id, from, to }) => [id, { id, start: from, end: to, claims: [], bend: 0, width: 1.4, count: 0, modality: 0, label: "" }]));

function edgeStyle(line, count) {
  const color = line?.denied ? INK.denied : INK.edge;
  const bent = line && line.bend !== 0 && count < STRAIGHT_FROM;
  return {
    width: line?.width ?? 1.5,
    dashes: (line && dashesOf(line)) || false,
    color: { color, highlight: color, hover: color, opacity: count > STRAIGHT_FROM ? 0.45 : 1 },
    smooth: bent ? { enabled: true, type: line.bend > 0 ? "curvedCW" : "curvedCCW", roundness: Math.abs(line.bend) } : { enabled: false },
    arrows: { to: { enabled: count < STRAIGHT_FROM, scaleFactor: 0.55 } },
  };
}

// ---- places ------------------------------------------------------------------------------------

/** Find room for nodes that were not laid out: near the neighbours that are drawn, in rings. */
function placeFresh(ids) {
  const own = { ...M.pos };
  let alone = 0;
  const taken = [...N.nodes.getIds()].map((id) => N.at.get(id));
  for (const e of ids) {
    const known = own[e];
    const node = { size: radiusOf(e), label: wrapped(labelOf(e)), family: typeOf(e).f, members: 0 };
    if (known) Object.assign(node, { x: known[0], y: known[1] });
    else {
      const beside = neighbours(e).map((n) => N.at.get(n)).filter(Boolean);
      Object.assign(node, beside.length ? roomNear(beside, taken, e) : rowBelow(alone++));
    }
    N.at.set(e, node);
    taken.push(node);
  }
}

export const radiusOf = (e) => Math.round((10 + 2.6 * Math.sqrt(Math.min(claimsOf(e).length, 40))) * 10) / 10;

function roomNear(beside, taken, salt) {
  const cx = beside.reduce((sum, at) => sum + at.x, 0) / beside.length, cy = beside.reduce((sum, at) => sum + at.y, 0) / beside.length;
  for (let ring = 1; ring < 40; ring++) {
    const steps = 7 * ring;
    for (let step = 0; step < steps; step++) {
      const angle = ((step + (salt % 7) / 7) / steps) * 2 * Math.PI, x = Math.round(cx + Math.cos(angle) * ring * 95), y = Math.round(cy + Math.sin(angle) * ring * 72);
      if (taken.every((at) => Math.abs(at.x - x) > 118 || Math.abs(at.y - y) > 66)) return { x, y };
    }
  }
  return { x: Math.round(cx), y: Math.round(cy) };
}

function rowBelow(number) {
  if (number === 0) {
    const all = N.nodes.getIds().map((id) => N.at.get(id));
    N.floor = all.length ? Math.max(...all.map((at) => at.y)) + 140 : 0;
    N.left = all.length ? Math.min(...all.map((at) => at.x)) : 0;
  }
  return { x: N.left + (number % 12) * 140, y: N.floor + Math.floor(number / 12) * 84 };
}

// ---- drawing -----------------------------------------------------------------------------------

function drawNode(ctx, id, x, y) {
  const node = N.at.get(id);
  node.x = x;
  node.y = y;
  paintNode(ctx, node, x, y, N.net.getScale());
}

/** Paint a node's mark; `pixels` is how many of them a unit is wide. */
export function paintNode(ctx, node, x, y, pixels) {
  const size = shownSize(node, pixels);
  const { shape, icon } = LOOKS[node.family] ?? { shape: "circle", icon: "none" };
  ctx.save();
  ctx.translate(x, y);
  ctx.scale(size, size);
  ctx.lineJoin = "round";
  ctx.lineWidth = 3.2 / size / Math.min(1, pixels * 1.4);
  ctx.strokeStyle = INK.paper;
  ctx.fillStyle = node.family < 0 ? INK.group : INK.family[node.family];
  const outline = path2d(OUTLINES[shape]);
  ctx.stroke(outline);
  ctx.fill(outline);
  if (size * pixels > 7.5 && ICONS[icon]) {
    ctx.translate(0, shape === "triangle" ? 0.18 : 0);
    ctx.scale(shape === "triangle" ? 0.72 : 0.82, shape === "triangle" ? 0.72 : 0.82);
    ctx.fillStyle = INK.paper;
    ctx.fill(path2d(ICONS[icon]), iconRule(icon));
  }
  ctx.restore();
  if (node.members) {
    ctx.font = `600 ${size * 0.5}px ${FONT_STACK}`;
    ctx.fillStyle = INK.paper;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.fillText(node.members.toLocaleString("en"), x, y);
  }
}

/** Take over the colours of the theme. */
export function recolour() {
  readColours();
  N.edges.update([...N.lines.values()].map((line) => ({ id: line.id, ...edgeStyle(line, N.lines.size) })));
  N.scaled = null;
  N.net.redraw();
}

/** The course of a line between the rims of its ends: points, angles and length, as vis draws it. */
export function curveOf(line) {
  const a = N.at.get(line.start), b = N.at.get(line.end);
  if (!a || !b || line.start === line.end) return null;
  const dx = b.x - a.x, dy = b.y - a.y, far = Math.hypot(dx, dy) || 1;
  const bend = N.lines.size < STRAIGHT_FROM ? line.bend : 0;
  const k = bend / 2 + 0.5, turn = Math.atan2(-dy, dx) + (bend >= 0 ? k : 0.5 + bend / 2) * Math.PI;
  const r = Math.abs(bend) / 2 + 0.5;
  const mid = bend === 0 ? { x: a.x + dx / 2, y: a.y + dy / 2 } : { x: a.x + r * far * Math.sin(turn), y: a.y + r * far * Math.cos(turn) };
  const point = (t) => ({ x: (1 - t) ** 2 * a.x + 2 * t * (1 - t) * mid.x + t * t * b.x, y: (1 - t) ** 2 * a.y + 2 * t * (1 - t) * mid.y + t * t * b.y });
  const angle = (t) => Math.atan2(2 * (1 - t) * (mid.y - a.y) + 2 * t * (b.y - mid.y), 2 * (1 - t) * (mid.x - a.x) + 2 * t * (b.x - mid.x));
  const rim = Math.min(0.45, (shownSize(a) + 2) / far), end = Math.max(0.55, 1 - (shownSize(b) + 3) / far);
  return { a, b, mid, point, angle, length: far - shownSize(a) - shownSize(b), from: rim, to: end };
}

/** Trace the part of a line between the rims. */
export function traced(curve, cut = 0) {
  const from = curve.from, to = Math.max(curve.from + 0.01, curve.to - cut);
  // the piece of a quadratic curve between two places is itself one
  const p = curve.point(from), q = curve.point(to);
  const mix = (u, v) => ({ x: (1 - u) * (1 - v) * curve.a.x + (u * (1 - v) + v * (1 - u)) * curve.mid.x + u * v * curve.b.x, y: (1 - u) * (1 - v) * curve.a.y + (u * (1 - v) + v * (1 - u)) * curve.mid.y + u * v * curve.b.y });
  return { p, c: mix(from, to), q };
}

/** Paint a line with its dashes and its arrow. */
export function paintLine(ctx, line, colour, width) {
  const curve = curveOf(line);
  if (!curve) return;
  const head = 4 + width * 2.2, { p, c, q } = traced(curve, head / (Math.hypot(curve.b.x - curve.a.x, curve.b.y - curve.a.y) || 1));
  ctx.strokeStyle = ctx.fillStyle = colour;
  ctx.lineWidth = width;
  ctx.setLineDash((dashesOf(line) ?? []).map((length) => length * Math.max(1, 0.72 / N.net.getScale())));
  ctx.beginPath();
  ctx.moveTo(p.x, p.y);
  ctx.quadraticCurveTo(c.x, c.y, q.x, q.y);
  ctx.stroke();
  ctx.setLineDash([]);
  const tip = curve.point(curve.to), angle = curve.angle(curve.to);
  ctx.beginPath();
  for (const [along, across] of [[0, 0], [-head, head * 0.46], [-head * 0.8, 0], [-head, -head * 0.46]])
    ctx.lineTo(tip.x + Math.cos(angle) * along - Math.sin(angle) * across, tip.y + Math.sin(angle) * along + Math.cos(angle) * across);
  ctx.fill();
}

/** Where labels stand at this zoom, remembered until something moves. */
function laidOut(ctx, scale) {
  const key = `${scale.toFixed(3)} ${N.nodes.length} ${N.lines.size}`;
  if (N.laid?.key === key) return N.laid;
  const nodes = N.nodes.getIds().map((id) => ({ id, ...N.at.get(id), size: shownSize(N.at.get(id), scale), rank: -(N.at.get(id).members || N.at.get(id).size) }));
  const placed = placeLabels(ctx, nodes, scale);
  const lines = scale > 0.45 || N.lines.size < 120 ? [...N.lines.values()].sort((a, b) => b.count - a.count).map((line) => ({ ...line, text: lineText(line) })) : [];
  const relations = placeRelations(ctx, lines.filter((line) => line.text), scale, placed.taken, curveOf);
  N.laid = { key, ...placed, relations };
  return N.laid;
}

export const lineText = (line) => (line.count > 1 && !line.bundle ? `${line.label} ×${line.count}` : line.label);
export const labelsNow = () => N.laid;

/** Lines keep a width and dashes that can be told apart, however far away the picture is. */
function scaleLines(scale) {
  const by = Math.max(1, 0.72 / scale);
  if (N.scaled === by) return;
  N.scaled = by;
  for (const line of N.lines.values()) {
    const drawn = N.net.body.edges[line.id]?.options;
    if (!drawn) continue;
    const dash = dashesOf(line);
    drawn.width = line.width * by;
    drawn.dashes = dash ? dash.map((length) => length * by) : false;
  }
}

const dashesOf = (line) => (line.denied ? DASHES.denied : line.claims.length ? dashOf(line.modality) : null);

function drawUnder(ctx) {
  scaleLines(N.net.getScale());
  if (S.hulls && M.group) paintHulls(ctx);
}

function drawOver(ctx) {
  const scale = N.net.getScale(), laid = laidOut(ctx, scale);
  for (const line of N.lines.values()) if (line.denied || line.disputed) paintMark(ctx, line, scale);
  for (const [id, spot] of laid.relations) paintRelation(ctx, lineText(N.lines.get(id)), spot, N.lines.get(id).denied ? INK.denied : INK.mute);
  for (const [, box] of laid.boxes) paintLabel(ctx, box, INK.ink);
  if (N.chosen) drawChosen(ctx, scale, laid);
  if (N.hover) drawHover(ctx, scale, laid);
  if (onCursor() && document.activeElement === $("#net")) ring(ctx, N.at.get(N.cursor), INK.accent, scale, 7);
}

/** Veil the picture and draw what is chosen over it. */
function drawChosen(ctx, scale, laid) {
  const { lines, nodes, strong } = N.chosen;
  const corner = N.net.DOMtoCanvas({ x: 0, y: 0 }), far = N.net.DOMtoCanvas({ x: N.canvas.clientWidth, y: N.canvas.clientHeight });
  ctx.save();
  ctx.globalAlpha = 0.8;
  ctx.fillStyle = INK.paper;
  ctx.fillRect(corner.x, corner.y, far.x - corner.x, far.y - corner.y);
  ctx.restore();
  for (const id of lines) {
    const line = N.lines.get(id), main = strong.has(id);
    paintLine(ctx, line, line.denied ? INK.denied : main ? INK.accent : INK.edge, (main ? 3 : line.width + 0.3) * Math.max(1, 0.72 / scale));
    if (line.denied || line.disputed) paintMark(ctx, line, scale);
  }
  for (const id of nodes) {
    const node = N.at.get(id);
    if (strong.has(id)) ring(ctx, node, INK.accent, scale, 5);
    paintNode(ctx, node, node.x, node.y, scale);
  }
  for (const [id, box] of chosenLabels(ctx, scale)) paintLabel(ctx, box, INK.ink, strong.has(id) ? "600" : "400");
  const texts = lines.length > 14 ? lines.filter((id) => strong.has(id) || laid.relations.has(id)) : lines;
  for (const id of texts) if (strong.has(id)) paintPill(ctx, N.lines.get(id), scale);
    else if (laid.relations.has(id)) paintRelation(ctx, lineText(N.lines.get(id)), laid.relations.get(id), INK.ink);
}

/** Labels of what is chosen: only each other is in their way. */
function chosenLabels(ctx, scale) {
  const { nodes, must, above } = N.chosen;
  if (N.chosen.labels?.scale !== scale) {
    const shown = nodes.map((id) => ({ id, ...N.at.get(id), size: shownSize(N.at.get(id), scale), rank: -N.at.get(id).size }));
    N.chosen.labels = { scale, boxes: placeLabels(ctx, shown, scale, { must, above }).boxes };
  }
  return N.chosen.labels.boxes;
}

function drawHover(ctx, scale, laid) {
  const { id, kind } = N.hover;
  if (kind === "line" && N.lines.has(id)) {
    const line = N.lines.get(id);
    paintLine(ctx, line, line.denied ? INK.denied : INK.accent, (line.width + 1.2) * Math.max(1, 0.72 / scale));
    for (const end of [line.start, line.end]) paintNode(ctx, N.at.get(end), N.at.get(end).x, N.at.get(end).y, scale);
    paintPill(ctx, line, scale);
  } else if (kind === "node" && N.nodes.get(id)) {
    const node = N.at.get(id);
    ring(ctx, node, INK.accent, scale, 4);
    const one = placeLabels(ctx, [{ id, ...node, size: shownSize(node, scale), rank: 0 }], scale, { must: new Set([id]) }).boxes.get(id);
    if (!laid.boxes.has(id)) paintLabel(ctx, one, INK.ink, "600");
  }
}

function ring(ctx, node, colour, scale, gap) {
  if (!node) return;
  ctx.beginPath();
  ctx.arc(node.x, node.y, shownSize(node, scale) * 1.12 + gap / scale, 0, 2 * Math.PI);
  ctx.strokeStyle = colour;
  ctx.lineWidth = 2.5 / scale;
  ctx.stroke();
}

/** Paint the lines of a label with a rim of paper, so that lines under it do not cut it. */
export function paintLabel(ctx, box, colour, weight = "400") {
  ctx.font = `${weight} ${box.size}px ${FONT_STACK}`;
  ctx.textBaseline = "middle";
  ctx.textAlign = box.side ?? "center";
  const x = box.side === "left" ? box.x : box.side === "right" ? box.x + box.w : box.x + box.w / 2;
  ctx.lineJoin = "round";
  ctx.strokeStyle = INK.halo;
  ctx.lineWidth = box.size * 0.3;
  box.lines.forEach((text, n) => ctx.strokeText(text, x, box.y + (n + 0.5) * box.line));
  ctx.fillStyle = colour;
  box.lines.forEach((text, n) => ctx.fillText(text, x, box.y + (n + 0.5) * box.line));
}

export function paintRelation(ctx, text, spot, colour) {
  ctx.save();
  ctx.translate(spot.x, spot.y);
  ctx.rotate(spot.angle);
  ctx.font = `400 ${spot.size}px ${FONT_STACK}`;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.lineJoin = "round";
  ctx.lineWidth = spot.size * 0.42;
  ctx.strokeStyle = INK.halo;
  ctx.strokeText(text, 0, 0);
  ctx.fillStyle = colour;
  ctx.fillText(text, 0, 0);
  ctx.restore();
}

/** A relation's name in a box of its own, upright, for the line that is chosen or pointed at. */
function paintPill(ctx, line, scale) {
  const curve = curveOf(line);
  if (!curve || !line.label) return;
  const size = 13 / scale, text = lineText(line), at = curve.point(0.5);
  ctx.font = `600 ${size}px ${FONT_STACK}`;
  const w = ctx.measureText(text).width + size * 1.2, h = size * 1.7;
  ctx.beginPath();
  ctx.roundRect(at.x - w / 2, at.y - h / 2, w, h, h / 2);
  ctx.fillStyle = INK.panel;
  ctx.fill();
  ctx.lineWidth = 1.5 / scale;
  ctx.strokeStyle = line.denied ? INK.denied : INK.accent;
  ctx.stroke();
  ctx.fillStyle = INK.ink;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.fillText(text, at.x, at.y);
}

/** A barred circle on what is denied; half of one where some say so and others deny it. */
export function paintMark(ctx, line, scale) {
  const curve = curveOf(line);
  if (!curve) return;
  const at = curve.point(0.5 + (curve.length > 90 ? 0.18 : 0.1)), r = 5.5 / Math.max(0.7, Math.min(1.2, scale));
  ctx.beginPath();
  ctx.arc(at.x, at.y, r, 0, 2 * Math.PI);
  ctx.fillStyle = INK.paper;
  ctx.fill();
  ctx.lineWidth = r * 0.32;
  ctx.strokeStyle = INK.denied;
  ctx.stroke();
  ctx.beginPath();
  if (line.denied) {
    ctx.moveTo(at.x - r * 0.66, at.y + r * 0.66);
    ctx.lineTo(at.x + r * 0.66, at.y - r * 0.66);
    ctx.stroke();
  } else {
    ctx.arc(at.x, at.y, r, -Math.PI / 2, Math.PI / 2);
    ctx.fillStyle = INK.denied;
    ctx.fill();
  }
}

// ---- communities -------------------------------------------------------------------------------

function paintHulls(ctx) {
  for (const { points, colour } of hullsNow()) {
    ctx.beginPath();
    points.forEach(({ x, y }, n) => (n ? ctx.lineTo(x, y) : ctx.moveTo(x, y)));
    ctx.closePath();
    ctx.globalAlpha = 0.11;
    ctx.fillStyle = ctx.strokeStyle = colour;
    ctx.fill();
    ctx.globalAlpha = 0.45;
    ctx.lineWidth = 1.2 / N.net.getScale();
    ctx.stroke();
    ctx.globalAlpha = 1;
  }
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
  return [...groups].filter(([, held]) => held.length > 2).map(([group, held]) => ({ points: hull(held.flatMap(around)), colour: INK.family[names[group % names.length]] }));
}

/** Points around a node, so that a hull keeps its distance and its corners are round. */
const around = (at) => Array.from({ length: 10 }, (_, n) => ({ x: at.x + Math.cos((n * Math.PI) / 5) * (at.size + 16), y: at.y + Math.sin((n * Math.PI) / 5) * (at.size + 16) }));

/** The convex hull of points (Andrew's monotone chain). */
function hull(points) {
  const sorted = [...points].sort((a, b) => a.x - b.x || a.y - b.y);
  const half = (list) => {
    const out = [];
    for (const p of list) {
      while (out.length > 1 && (out.at(-1).x - out.at(-2).x) * (p.y - out.at(-2).y) <= (out.at(-1).y - out.at(-2).y) * (p.x - out.at(-2).x)) out.pop();
      out.push(p);
    }
    return out.slice(0, -1);
  };
  return [...half(sorted), ...half(sorted.reverse())];
}

// ---- choosing ----------------------------------------------------------------------------------

/** Work out what is chosen: lines and nodes that stay bright, and those that are meant. */
export function highlight() {
  const bright = (lines, nodes, strong) => {
    N.chosen = { lines, nodes, strong: new Set(strong), must: new Set(nodes.length < 3 ? nodes : strong), above: upperEnd(lines, nodes) };
    for (const id of strong) if (N.nodes.get(id) && !nodes.includes(id)) nodes.push(id);
  };
  N.chosen = null;
  if (S.path) {
    bright([...N.lines.keys()], [...V.drawn].filter((id) => N.nodes.get(id)), S.path);
  }
  if (S.sel?.kind === "e") {
    const id = S.sel.at;
    if (N.nodes.get(id)) {
      const lines = [...N.lines.values()].filter((line) => line.start === id || line.end === id);
      bright(lines.map((line) => line.id), [...new Set([id, ...lines.flatMap((line) => [line.start, line.end])])], [id]);
    }
  } else if (S.sel) {
    const line = lineOf(S.sel.at);
    if (line) bright([line.id], [line.start, line.end], [line.id]);
    else {
      const ids = [M.cl.s[S.sel.at], M.cl.o[S.sel.at]].filter((e) => e >= 0 && N.nodes.get(e));
      if (ids.length) bright([], ids, ids);
    }
  }
  N.net.redraw();
}

/** Of the two ends of a steep line, the upper one has its name above, out of the line's way. */
function upperEnd(lines, [one, other]) {
  if (lines.length !== 1 || other === undefined) return new Set();
  const a = N.at.get(one), b = N.at.get(other);
  return Math.abs(a.x - b.x) < 1.6 * Math.abs(a.y - b.y) ? new Set([a.y < b.y ? one : other]) : new Set();
}

export function lineOf(claim) {
  for (const line of N.lines.values()) if (line.claims.includes(claim)) return line;
  return null;
}

/** Bring what is chosen into view: no move if it is well in sight, closer if it is too small to be read. */
export function reveal() {
  if (S.view !== "network" || !N.chosen) return;
  const { clientWidth: w, clientHeight: h } = N.canvas, scale = N.net.getScale(), ids = N.chosen.nodes, one = S.sel?.kind === "e";
  const spots = (one ? [S.sel.at] : ids).map((id) => N.net.canvasToDOM(N.at.get(id)));
  const inside = spots.every(({ x, y }) => x > 50 && y > 40 && x < w - 50 && y < h - 60);
  const far = !one && spots.length === 2 ? Math.hypot(spots[0].x - spots[1].x, spots[0].y - spots[1].y) : Infinity;
  const small = one && scale < READABLE * N.unit && ids.length > 2;
  if (inside && far > SHORT && !small && !narrow()) return;
  const xs = ids.map((id) => N.at.get(id).x), ys = ids.map((id) => N.at.get(id).y), span = (list) => Math.max(1, Math.max(...list) - Math.min(...list));
  const whole = Math.min((w - 2 * EDGE.side) / span(xs), (h - EDGE.top - EDGE.bottom) / span(ys));
  const wanted = far < SHORT ? scale * (SHORT / far) * 1.25 : small ? READABLE * 1.25 * N.unit : Math.max(scale, narrow() ? 0.8 : 0);
  const next = Math.max(one ? scale : 0.05, Math.min(whole, wanted, Math.max(scale, 1.3 * N.unit)));
  const middle = (list) => (Math.max(...list) + Math.min(...list)) / 2, hub = one && whole < next ? N.at.get(S.sel.at) : { x: middle(xs), y: middle(ys) };
  N.touched = true;
  N.net.moveTo({ position: { x: hub.x, y: hub.y + 10 / next }, scale: next, animation: eased() });
}
const READABLE = 0.55; // a scale from which on the names of neighbours find room
const SHORT = 130; // pixels of a line that leave no room for its name

const eased = () => (reducedMotion() ? false : { duration: 280, easingFunction: "easeInOutQuad" });

/** Show the whole picture with its labels; on a phone, the middle of a large one. */
export function fit(animated = true) {
  const all = N.nodes.getIds().map((id) => N.at.get(id));
  if (!all.length) return;
  const w = (N.canvas.clientWidth || 800) - 2 * EDGE.side, h = (N.canvas.clientHeight || 600) - EDGE.top - EDGE.bottom;
  const xs = all.map((at) => at.x), ys = all.map((at) => at.y);
  const left = Math.min(...xs), right = Math.max(...xs), top = Math.min(...ys), bottom = Math.max(...ys);
  const whole = Math.min(1.2 * unit(), w / Math.max(1, right - left), h / Math.max(1, bottom - top));
  const floor = narrow() && all.length > 25 ? 0.55 : 0.02, scale = Math.max(floor, whole);
  const hub = all.reduce((a, b) => (b.size > a.size ? b : a));
  const position = scale === whole ? { x: (left + right) / 2, y: (top + bottom) / 2 + (EDGE.bottom - EDGE.top) / 2 / scale } : { x: hub.x, y: hub.y };
  N.net.moveTo({ position, scale, animation: animated ? eased() : false });
}
const EDGE = { side: 106, top: 26, bottom: 52 }; // pixels that marks and names reach beyond the points

export const zoom = (factor) => N.net.moveTo({ scale: Math.min(6, Math.max(0.02, N.net.getScale() * factor)), animation: false });

function listen() {
  const net = N.net;
  net.on("click", ({ nodes, edges }) => {
    if (!M.ent) return;
    if (nodes.length) chooseNode(nodes[0]);
    else if (edges.length && N.lines.get(edges[0])?.claims.length) change({ sel: { kind: "c", at: N.lines.get(edges[0]).claims[0] }, pane: "evidence" });
    else if (S.sel) change({ sel: null });
  });
  net.on("doubleClick", ({ nodes }) => {
    if (M.ent && nodes[0] >= 0) change({ expanded: new Set([...S.expanded, nodes[0]]) });
  });
  const over = (kind) => ({ node, edge }) => { N.hover = { kind, id: node ?? edge }; N.canvas.style.cursor = "pointer"; net.redraw(); };
  const out = () => { N.hover = null; N.canvas.style.cursor = ""; net.redraw(); };
  net.on("hoverNode", over("node"));
  net.on("hoverEdge", over("line"));
  net.on("blurNode", out);
  net.on("blurEdge", out);
  net.on("dragEnd", ({ nodes }) => { if (nodes.length) { N.laid = null; if (N.chosen) N.chosen.labels = null; net.redraw(); } });
  const resized = settled(() => { N.unit = unit(); N.laid = null; if (!N.touched) fit(false); else N.net.redraw(); }, 60);
  new ResizeObserver(resized).observe($("#net"));
  for (const event of ["zoom", "dragStart"]) net.on(event, () => { N.touched = true; });
  $("#net").addEventListener("keydown", onNetKey);
  $("#net").addEventListener("focus", () => net.redraw());
  $("#net").addEventListener("blur", () => net.redraw());
}

/** Choose a node: an entity is selected, a community opened. */
function chooseNode(id) {
  if (id < 0) return change({ groups: new Set([...S.groups, -1 - id]) });
  if (picking.from !== null) return picking.done(id);
  change({ sel: { kind: "e", at: id }, pane: "evidence" });
}

/** Waiting for the other end of a path. */
export const picking = { from: null, done: () => {} };

// ---- the keyboard --------------------------------------------------------------------------------

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function onNetKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const keys = { "+": () => zoom(1.25), "=": () => zoom(1.25), "-": () => zoom(0.8), f: () => fit(), "0": () => fit(), "]": () => step(1), "[": () => step(-1), Enter: enter, " ": enter,
    e: () => N.cursor >= 0 && change({ expanded: new Set([...S.expanded, N.cursor]) }),
    h: () => N.cursor >= 0 && hide(N.cursor) };
  const act = ARROWS[event.key] ? () => (event.shiftKey ? pan(ARROWS[event.key]) : wander(ARROWS[event.key])) : keys[event.key];
  if (!act || !M.ent) return;
  event.preventDefault();
  act();
}

const onCursor = () => N.cursor !== null && N.nodes.get(N.cursor) !== null;

export const hide = (e) => change({ hidden: new Set([...S.hidden, e]), sel: S.sel?.kind === "e" && S.sel.at === e ? null : S.sel });

function pan([dx, dy]) {
  const { x, y } = N.net.getViewPosition(), scale = N.net.getScale();
  N.net.moveTo({ position: { x: x + (dx * 80) / scale, y: y + (dy * 80) / scale }, animation: false });
}

/** Move the cursor to the nearest node in a direction; the first press takes the busiest. */
function wander([dx, dy]) {
  const ids = N.nodes.getIds();
  if (!ids.length) return;
  if (!onCursor()) N.cursor = S.sel?.kind === "e" && N.nodes.get(S.sel.at) ? S.sel.at : ids.reduce((a, b) => (N.at.get(b).size > N.at.get(a).size ? b : a));
  else {
    const at = N.at.get(N.cursor);
    let best = null, least = Infinity;
    for (const id of ids) {
      const to = N.at.get(id), along = (to.x - at.x) * dx + (to.y - at.y) * dy, off = Math.abs((to.x - at.x) * dy) + Math.abs((to.y - at.y) * dx);
      if (id !== N.cursor && along > 4 && along + 2.2 * off < least) [best, least] = [id, along + 2.2 * off];
    }
    N.cursor = best ?? N.cursor;
  }
  tellCursor();
}

function tellCursor() {
  const e = N.cursor, node = N.at.get(e);
  announce(e < 0 ? `${node.label.replaceAll("\n", " ")}, ${node.members} things` : `${labelOf(e)}, ${typeOf(e).l}, ${[...N.lines.values()].filter((line) => line.start === e || line.end === e).length} lines`);
  const { x, y } = N.net.canvasToDOM(node), { clientWidth: w, clientHeight: h } = N.canvas;
  if (x < 40 || y < 30 || x > w - 40 || y > h - 40) N.net.focus(N.cursor, { animation: eased(), scale: N.net.getScale() });
  else N.net.redraw();
}

function enter() {
  if (onCursor()) chooseNode(N.cursor);
}

/** Go through the claims on the lines of the chosen thing, or through all lines. */
function step(by) {
  const center = onCursor() ? N.cursor : S.sel?.kind === "e" ? S.sel.at : null;
  const claims = [...N.lines.values()].filter((line) => center === null || line.start === center || line.end === center).flatMap((line) => line.claims);
  if (!claims.length) return;
  const now = S.sel?.kind === "c" ? claims.indexOf(S.sel.at) : by > 0 ? -1 : 0;
  change({ sel: { kind: "c", at: claims[(now + by + claims.length) % claims.length] }, pane: "evidence" });
}
