// Painting over and under what vis-network draws: names, marks, what is chosen, communities.

import { $ } from "./dom.js";
import { FONT_STACK, placeLabels, placeRelations } from "./labels.js";
import { M } from "./model.js";
import { N, curveOf, dashesOf, hullsNow, lineText, onCursor, rankOf, shownSize, traced, weighty } from "./picture.js";
import { ICONS, INK, LOOKS, OUTLINES, iconRule, path2d } from "./shapes.js";
import { S } from "./state.js";

export const ARROW = 0.55; // of the length that vis gives its arrows

export function drawUnder(ctx) {
  scaleLines(N.net.getScale());
  if (S.hulls && M.group) paintHulls(ctx);
}

/** Lines keep a width and dashes that can be told apart, however far away the picture is. */
function scaleLines(scale) {
  if (N.scaled === scale) return;
  N.scaled = scale;
  const by = Math.max(1, 0.68 / scale);
  for (const line of N.lines.values()) {
    const drawn = N.net.body.edges[line.id]?.options;
    if (!drawn) continue;
    const dash = dashesOf(line);
    drawn.width = line.width * by;
    if (drawn.arrows?.to) drawn.arrows.to.scaleFactor = ARROW * Math.min(1, 0.25 + scale);
    drawn.dashes = dash ? dash.map((length) => length * by) : false;
  }
}

export function drawOver(ctx) {
  const scale = N.net.getScale(),
    laid = laidOut(ctx, scale);
  for (const line of N.lines.values()) if (line.denied || line.disputed) paintMark(ctx, line, scale);
  for (const [id, spot] of laid.relations)
    paintRelation(ctx, lineText(N.lines.get(id)), spot, N.lines.get(id).denied ? INK.denied : INK.mute);
  for (const [id, box] of laid.boxes) if (!N.chosen?.bright.has(id)) paintLabel(ctx, box, INK.ink, box.weight);
  if (N.chosen) drawChosen(ctx, scale, laid);
  if (N.hover) drawHover(ctx, scale, laid);
  if (onCursor() && document.activeElement === $("#net")) ring(ctx, N.at.get(N.cursor), INK.accent, scale, 7);
}

/** Where labels stand at this zoom, remembered until something moves. */
function laidOut(ctx, scale) {
  const key = `${scale.toFixed(3)} ${N.nodes.length} ${N.lines.size}`;
  if (N.laid?.key === key) return N.laid;
  const nodes = N.nodes.getIds().map((id) => ({
    id,
    ...N.at.get(id),
    size: shownSize(N.at.get(id), scale),
    weight: weighty(N.at.get(id)),
    rank: rankOf(N.at.get(id)),
  }));
  const placed = placeLabels(ctx, nodes, scale);
  const lines =
    scale > 0.45 || N.lines.size < 120
      ? [...N.lines.values()].sort((a, b) => b.count - a.count).map((line) => ({ ...line, text: lineText(line) }))
      : [];
  const relations = placeRelations(
    ctx,
    lines.filter((line) => line.text),
    scale,
    placed.taken,
    curveOf,
  );
  N.laid = { key, ...placed, relations };
  return N.laid;
}

/** Veil the picture and draw what is chosen over it. */
function drawChosen(ctx, scale, laid) {
  const { lines, nodes, strong } = N.chosen;
  const corner = N.net.DOMtoCanvas({ x: 0, y: 0 }),
    far = N.net.DOMtoCanvas({ x: N.canvas.clientWidth, y: N.canvas.clientHeight });
  ctx.save();
  ctx.globalAlpha = 0.8;
  ctx.fillStyle = INK.paper;
  ctx.fillRect(corner.x, corner.y, far.x - corner.x, far.y - corner.y);
  ctx.restore();
  for (const id of lines) {
    const line = N.lines.get(id),
      main = strong.has(id);
    paintLine(
      ctx,
      line,
      line.denied ? INK.denied : main ? INK.accent : INK.edge,
      (main ? 3 : line.width + 0.3) * Math.max(1, 0.68 / scale),
    );
    if (line.denied || line.disputed) paintMark(ctx, line, scale);
  }
  for (const id of nodes) {
    const node = N.at.get(id);
    if (strong.has(id)) ring(ctx, node, INK.accent, scale, 5);
    paintNode(ctx, node, node.x, node.y, scale);
  }
  for (const [id, box] of chosenLabels(ctx, scale)) paintLabel(ctx, box, INK.ink, strong.has(id) ? "600" : "400");
  const texts = lines.length > 14 ? lines.filter((id) => strong.has(id) || laid.relations.has(id)) : lines;
  for (const id of texts)
    if (strong.has(id)) paintPill(ctx, N.lines.get(id), scale);
    else if (laid.relations.has(id)) paintRelation(ctx, lineText(N.lines.get(id)), laid.relations.get(id), INK.ink);
}

/** Labels of what is chosen: only each other is in their way. */
function chosenLabels(ctx, scale) {
  const { nodes, must, above } = N.chosen;
  if (N.chosen.labels?.scale !== scale) {
    const shown = nodes.map((id) => ({
      id,
      ...N.at.get(id),
      size: shownSize(N.at.get(id), scale),
      rank: -N.at.get(id).size,
    }));
    N.chosen.labels = { scale, boxes: placeLabels(ctx, shown, scale, { must, above }).boxes };
  }
  return N.chosen.labels.boxes;
}

function drawHover(ctx, scale, laid) {
  const { id, kind } = N.hover;
  if (kind === "line" && N.lines.has(id)) {
    const line = N.lines.get(id);
    paintLine(ctx, line, line.denied ? INK.denied : INK.accent, (line.width + 1.2) * Math.max(1, 0.68 / scale));
    for (const end of [line.start, line.end]) paintNode(ctx, N.at.get(end), N.at.get(end).x, N.at.get(end).y, scale);
    paintPill(ctx, line, scale);
  } else if (kind === "node" && N.nodes.get(id)) {
    const node = N.at.get(id);
    ring(ctx, node, INK.accent, scale, 4);
    const one = placeLabels(ctx, [{ id, ...node, size: shownSize(node, scale), rank: 0 }], scale, {
      must: new Set([id]),
    }).boxes.get(id);
    if (!laid.boxes.has(id)) paintLabel(ctx, one, INK.ink, "600");
  }
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

/** Paint a line with its dashes and its arrow. */
function paintLine(ctx, line, colour, width) {
  const curve = curveOf(line);
  if (!curve) return;
  const head = 4 + width * 2.2,
    { p, c, q } = traced(curve, head / (Math.hypot(curve.b.x - curve.a.x, curve.b.y - curve.a.y) || 1));
  ctx.strokeStyle = ctx.fillStyle = colour;
  ctx.lineWidth = width;
  ctx.setLineDash((dashesOf(line) ?? []).map((length) => length * Math.max(1, 0.68 / N.net.getScale())));
  ctx.beginPath();
  ctx.moveTo(p.x, p.y);
  ctx.quadraticCurveTo(c.x, c.y, q.x, q.y);
  ctx.stroke();
  ctx.setLineDash([]);
  const tip = curve.point(curve.to),
    angle = curve.angle(curve.to);
  ctx.beginPath();
  for (const [along, across] of [
    [0, 0],
    [-head, head * 0.46],
    [-head * 0.8, 0],
    [-head, -head * 0.46],
  ])
    ctx.lineTo(
      tip.x + Math.cos(angle) * along - Math.sin(angle) * across,
      tip.y + Math.sin(angle) * along + Math.cos(angle) * across,
    );
  ctx.fill();
}

/** Paint the lines of a label with a rim of paper, so that lines under it do not cut it. */
function paintLabel(ctx, box, colour, weight = "400") {
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

function paintRelation(ctx, text, spot, colour) {
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
  const size = 13 / scale,
    text = lineText(line),
    at = curve.point(0.5);
  ctx.font = `600 ${size}px ${FONT_STACK}`;
  const w = ctx.measureText(text).width + size * 1.2,
    h = size * 1.7;
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
function paintMark(ctx, line, scale) {
  const curve = curveOf(line);
  if (!curve) return;
  const at = curve.point(0.5 + (curve.length > 90 ? 0.18 : 0.1)),
    r = 5.5 / Math.max(0.7, Math.min(1.2, scale));
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

export function ring(ctx, node, colour, scale, gap) {
  if (!node) return;
  ctx.beginPath();
  ctx.arc(node.x, node.y, shownSize(node, scale) * 1.12 + gap / scale, 0, 2 * Math.PI);
  ctx.strokeStyle = colour;
  ctx.lineWidth = 2.5 / scale;
  ctx.stroke();
}

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
