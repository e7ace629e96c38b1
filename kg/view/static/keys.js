// The network by keyboard: a cursor that goes from thing to thing.

import { eased, fit, zoom } from "./camera.js";
import { $, announce } from "./dom.js";
import { M, labelOf, typeOf } from "./model.js";
import { chooseNode } from "./network.js";
import { N, onCursor } from "./picture.js";
import { S, change } from "./state.js";

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function onNetKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const keys = {
    "+": () => zoom(1.25),
    "=": () => zoom(1.25),
    "-": () => zoom(0.8),
    f: () => fit(),
    0: () => fit(),
    "]": () => step(1),
    "[": () => step(-1),
    Enter: enter,
    " ": enter,
    e: () => N.cursor >= 0 && change({ expanded: new Set([...S.expanded, N.cursor]) }),
    h: () => N.cursor >= 0 && hide(N.cursor),
  };
  const act = ARROWS[event.key]
    ? () => (event.shiftKey ? pan(ARROWS[event.key]) : wander(ARROWS[event.key]))
    : keys[event.key];
  if (!act || !M.ent) return;
  event.preventDefault();
  act();
}

export const hide = (e) =>
  change({ hidden: new Set([...S.hidden, e]), sel: S.sel?.kind === "e" && S.sel.at === e ? null : S.sel });

function pan([dx, dy]) {
  const { x, y } = N.net.getViewPosition(),
    scale = N.net.getScale();
  N.net.moveTo({ position: { x: x + (dx * 80) / scale, y: y + (dy * 80) / scale }, animation: false });
}

/** Move the cursor to the nearest node in a direction; the first press takes the busiest. */
function wander([dx, dy]) {
  const ids = N.nodes.getIds();
  if (!ids.length) return;
  if (!onCursor())
    N.cursor =
      S.sel?.kind === "e" && N.nodes.get(S.sel.at)
        ? S.sel.at
        : ids.reduce((a, b) => (N.at.get(b).size > N.at.get(a).size ? b : a));
  else {
    const at = N.at.get(N.cursor);
    let best = null,
      least = Infinity;
    for (const id of ids) {
      const to = N.at.get(id),
        along = (to.x - at.x) * dx + (to.y - at.y) * dy,
        off = Math.abs((to.x - at.x) * dy) + Math.abs((to.y - at.y) * dx);
      if (id !== N.cursor && along > 4 && along + 2.2 * off < least) [best, least] = [id, along + 2.2 * off];
    }
    N.cursor = best ?? N.cursor;
  }
  tellCursor();
}

function tellCursor() {
  const e = N.cursor,
    node = N.at.get(e);
  announce(
    e < 0
      ? `${node.label.replaceAll("\n", " ")}, ${node.members} things`
      : `${labelOf(e)}, ${typeOf(e).l}, ${[...N.lines.values()].filter((line) => line.start === e || line.end === e).length} lines`,
  );
  const { x, y } = N.net.canvasToDOM(node),
    { clientWidth: w, clientHeight: h } = N.canvas;
  if (x < 40 || y < 30 || x > w - 40 || y > h - 40)
    N.net.focus(N.cursor, { animation: eased(), scale: N.net.getScale() });
  else N.net.redraw();
}

function enter() {
  if (onCursor()) chooseNode(N.cursor);
}

/** Go through the claims on the lines of the chosen thing, or through all lines. */
export function step(by) {
  const center = onCursor() ? N.cursor : S.sel?.kind === "e" ? S.sel.at : null;
  const claims = [...N.lines.values()]
    .filter((line) => center === null || line.start === center || line.end === center)
    .flatMap((line) => line.claims);
  if (!claims.length) return;
  const now = S.sel?.kind === "c" ? claims.indexOf(S.sel.at) : by > 0 ? -1 : 0;
  change({ sel: { kind: "c", at: claims[(now + by + claims.length) % claims.length] }, pane: "evidence" });
}

export const startKeys = () => $("#net").addEventListener("keydown", onNetKey);
