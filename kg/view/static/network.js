// The network: vis-network holds, moves and draws nodes and lines; names, marks and what is chosen are drawn over it.

import { fit } from "./camera.js";
import { V } from "./choice.js";
import { $, settled } from "./dom.js";
import { unit } from "./labels.js";
import { linesNow } from "./lines.js";
import { M } from "./model.js";
import { ARROW, drawOver, drawUnder, paintNode } from "./paint.js";
import { N, STRAIGHT_FROM, dashesOf, lineOf, shownSize } from "./picture.js";
import { placeFresh } from "./places.js";
import { INK, readColours } from "./shapes.js";
import { S, change } from "./state.js";

const MANY = 300; // from here on lines hide while the picture moves

/** Draw what pyvis laid out, before the rest of the page is read. */
export function drawOpening() {
  N.unit = unit();
  const read = (id) => JSON.parse($(`#${id}`).textContent);
  const options = read("pv-options"),
    nodes = read("pv-nodes"),
    edges = read("pv-edges");
  for (const node of nodes)
    N.at.set(node.id, {
      x: node.x,
      y: node.y,
      size: node.size,
      label: node.label.trim(),
      family: +node.group,
      members: node.value,
    });
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

function drawNode(ctx, id, x, y) {
  const node = N.at.get(id);
  node.x = x;
  node.y = y;
  paintNode(ctx, node, x, y, N.net.getScale());
}

const visNode = (id) => ({ id, x: N.at.get(id).x, y: N.at.get(id).y, shape: "custom", size: N.at.get(id).size });

/** What M and the state say is drawn now, handed to vis as the difference to what it has. */
export function refreshNetwork() {
  const wanted = wantedNow();
  N.chosen = N.laid = N.hover = null; // they name lines that may be gone
  const fresh = [...wanted].filter((id) => !N.nodes.get(id));
  placeFresh(fresh.filter((id) => !N.at.has(id)));
  N.nodes.remove(N.nodes.getIds().filter((id) => !wanted.has(id)));
  N.nodes.add(fresh.map(visNode));
  N.lines = showsGroups() && !V.drawn.size ? groupLines() : linesNow();
  const edges = [...N.lines.values()].map((line) => ({
    id: line.id,
    from: line.start,
    to: line.end,
    ...edgeStyle(line, N.lines.size),
  }));
  N.edges.remove(N.edges.getIds().filter((id) => !N.lines.has(id)));
  N.edges.update(edges);
  N.scaled = null;
  const many = wanted.size > MANY;
  N.net.setOptions({ interaction: { hideEdgesOnDrag: many, hideEdgesOnZoom: many } });
  N.laid = null;
  highlight();
}

/** The nodes that belong in the picture. */
export const wantedNow = () => new Set(showsGroups() ? [...N.opened, ...V.drawn] : V.drawn);

/** Whether communities are drawn instead of things. */
const showsGroups = () => M.mode === "communities" && S.focus === null && !S.path && !(S.part === false);

/** Lines between communities: the more claims tie them, the thicker. */
function groupLines() {
  const ties = JSON.parse($("#pv-edges").textContent),
    most = Math.max(1, ...ties.map((tie) => tie.value));
  return new Map(
    ties.map(({ id, from, to, value }) => [
      id,
      {
        id,
        start: from,
        end: to,
        claims: [],
        bend: 0,
        width: 1 + (7 * value) / most,
        count: value,
        modality: 0,
        label: "",
        plain: true,
      },
    ]),
  );
}

function edgeStyle(line, count) {
  const color = line?.denied ? INK.denied : INK.edge;
  const bent = line && line.bend !== 0 && count < STRAIGHT_FROM;
  return {
    width: line?.width ?? 1.5,
    dashes: (line && dashesOf(line)) || false,
    color: { color, highlight: color, hover: color, opacity: count > STRAIGHT_FROM ? 0.45 : 1 },
    smooth: bent
      ? { enabled: true, type: line.bend > 0 ? "curvedCW" : "curvedCCW", roundness: Math.abs(line.bend) }
      : { enabled: false },
    arrows: { to: { enabled: count < STRAIGHT_FROM && !line?.plain, scaleFactor: ARROW } },
  };
}

/** Take over the colours of the theme. */
export function recolour() {
  readColours();
  N.edges.update([...N.lines.values()].map((line) => ({ id: line.id, ...edgeStyle(line, N.lines.size) })));
  N.scaled = null;
  N.net.redraw();
}

/** Work out what is chosen: lines and nodes that stay bright, and those that are meant. */
export function highlight() {
  const bright = (lines, nodes, strong) => {
    N.chosen = {
      lines,
      nodes,
      bright: new Set(nodes),
      strong: new Set(strong),
      must: new Set(nodes.length < 3 ? nodes : strong),
      above: upperEnd(lines, nodes),
    };
    for (const id of strong)
      if (N.nodes.get(id) && !nodes.includes(id)) {
        nodes.push(id);
        N.chosen.bright.add(id);
      }
  };
  N.chosen = null;
  if (S.path) {
    bright(
      [...N.lines.keys()],
      [...V.drawn].filter((id) => N.nodes.get(id)),
      S.path,
    );
  }
  if (S.sel?.kind === "e") {
    const id = S.sel.at;
    if (N.nodes.get(id)) {
      const lines = [...N.lines.values()].filter((line) => line.start === id || line.end === id);
      bright(
        lines.map((line) => line.id),
        [...new Set([id, ...lines.flatMap((line) => [line.start, line.end])])],
        [id],
      );
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
  const a = N.at.get(one),
    b = N.at.get(other);
  return Math.abs(a.x - b.x) < 1.6 * Math.abs(a.y - b.y) ? new Set([a.y < b.y ? one : other]) : new Set();
}

function listen() {
  const net = N.net;
  net.on("click", ({ nodes, edges }) => {
    if (!M.ent) return;
    if (nodes.length) chooseNode(nodes[0]);
    else if (edges.length && N.lines.get(edges[0])?.claims.length)
      change({ sel: { kind: "c", at: N.lines.get(edges[0]).claims[0] }, pane: "evidence" });
    else if (S.sel) change({ sel: null });
  });
  net.on("doubleClick", ({ nodes }) => {
    if (M.ent && nodes[0] >= 0) change({ expanded: new Set([...S.expanded, nodes[0]]) });
  });
  const over =
    (kind) =>
    ({ node, edge }) => {
      N.hover = { kind, id: node ?? edge };
      N.canvas.style.cursor = "pointer";
      net.redraw();
    };
  const out = () => {
    N.hover = null;
    N.canvas.style.cursor = "";
    net.redraw();
  };
  net.on("hoverNode", over("node"));
  net.on("hoverEdge", over("line"));
  net.on("blurNode", out);
  net.on("blurEdge", out);
  net.on("dragEnd", ({ nodes }) => {
    if (nodes.length) {
      N.laid = null;
      if (N.chosen) N.chosen.labels = null;
      net.redraw();
    }
  });
  const resized = settled(() => {
    N.unit = unit();
    N.laid = null;
    if (!N.touched) fit(false);
    else N.net.redraw();
  }, 60);
  new ResizeObserver(resized).observe($("#net"));
  for (const event of ["zoom", "dragStart"])
    net.on(event, () => {
      N.touched = true;
      N.led = false;
    });
  $("#net").addEventListener("focus", () => net.redraw());
  $("#net").addEventListener("blur", () => net.redraw());
}

/** Choose a node: an entity is selected, a community opened. */
export function chooseNode(id) {
  if (id < 0) return change({ groups: new Set([...S.groups, -1 - id]) });
  if (picking.from !== null) return picking.done(id);
  change({ sel: { kind: "e", at: id }, pane: "evidence" });
}

/** Waiting for the other end of a path. */
export const picking = { from: null, done: () => {} };
