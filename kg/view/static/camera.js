// Moving the view: to the whole, to what is chosen, and back.

import { narrow, reducedMotion } from "./dom.js";
import { BEYOND, unit } from "./labels.js";
import { N } from "./picture.js";
import { S } from "./state.js";

const EDGE = { side: BEYOND + 4, top: 26, bottom: 52 }; // pixels that marks and names reach beyond the points

const READABLE = 0.55; // a scale from which on the names of neighbours find room

const SHORT = 130; // pixels of a line that leave no room for its name

export const eased = () => (reducedMotion() ? false : { duration: 280, easingFunction: "easeInOutQuad" });

/** Show the whole picture with its labels; on a phone, the middle of a large one. */
export function fit(animated = true) {
  const all = N.nodes.getIds().map((id) => N.at.get(id));
  if (!all.length) return;
  const w = (N.canvas.clientWidth || 800) - 2 * EDGE.side,
    h = (N.canvas.clientHeight || 600) - EDGE.top - EDGE.bottom;
  const xs = all.map((at) => at.x),
    ys = all.map((at) => at.y);
  const left = Math.min(...xs),
    right = Math.max(...xs),
    top = Math.min(...ys),
    bottom = Math.max(...ys);
  const whole = Math.min(1.2 * unit(), w / Math.max(1, right - left), h / Math.max(1, bottom - top));
  const floor = narrow() && all.length > 25 ? 0.55 : 0.02,
    scale = Math.max(floor, whole);
  const hub = all.reduce((a, b) => (b.size > a.size ? b : a));
  const position =
    scale === whole
      ? { x: (left + right) / 2, y: (top + bottom) / 2 + (EDGE.bottom - EDGE.top) / 2 / scale }
      : { x: hub.x, y: hub.y };
  N.net.moveTo({ position, scale, animation: animated ? eased() : false });
}

/** Bring what is chosen into view: no move if it is well in sight, closer if it is too small to be read. */
export function reveal() {
  if (S.view !== "network" || !N.chosen) return;
  const { clientWidth: w, clientHeight: h } = N.canvas,
    scale = N.net.getScale(),
    ids = N.chosen.nodes,
    one = S.sel?.kind === "e";
  const spots = (one ? [S.sel.at] : ids).map((id) => N.net.canvasToDOM(N.at.get(id)));
  const inside = spots.every(({ x, y }) => x > 50 && y > 40 && x < w - 50 && y < h - 60);
  const far = !one && spots.length === 2 ? Math.hypot(spots[0].x - spots[1].x, spots[0].y - spots[1].y) : Infinity;
  const small = one && scale < READABLE * N.unit && ids.length > 2;
  if (inside && far > SHORT && !small && !narrow()) return;
  const xs = ids.map((id) => N.at.get(id).x),
    ys = ids.map((id) => N.at.get(id).y),
    span = (list) => Math.max(1, Math.max(...list) - Math.min(...list));
  const whole = Math.min((w - 2 * EDGE.side) / span(xs), (h - EDGE.top - EDGE.bottom) / span(ys));
  const wanted =
    far < SHORT ? scale * (SHORT / far) * 1.25 : small ? READABLE * 1.25 * N.unit : Math.max(scale, narrow() ? 0.8 : 0);
  const next = Math.max(one ? scale : 0.05, Math.min(whole, wanted, Math.max(scale, 1.3 * N.unit)));
  const middle = (list) => (Math.max(...list) + Math.min(...list)) / 2,
    hub = one && whole < next ? N.at.get(S.sel.at) : { x: middle(xs), y: middle(ys) };
  N.touched = N.led = true;
  N.net.moveTo({ position: { x: hub.x, y: hub.y + 10 / next }, scale: next, animation: eased() });
}

/** Go back to the whole picture, if it was a choice that led away from it and not the reader's own hand. */
export function letGo() {
  if (!N.led) return;
  N.touched = N.led = false;
  fit();
}

export const zoom = (factor) =>
  N.net.moveTo({ scale: Math.min(6, Math.max(0.02, N.net.getScale() * factor)), animation: false });
