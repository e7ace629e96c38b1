// Room for nodes that were not laid out beforehand.

import { neighbours } from "./choice.js";
import { wrapped } from "./labels.js";
import { M, claimsOf, labelOf, typeOf } from "./model.js";
import { N } from "./picture.js";

/** Find room for nodes that were not laid out: near the neighbours that are drawn, in rings. */
export function placeFresh(ids) {
  const own = { ...M.pos };
  let alone = 0;
  const taken = [...N.nodes.getIds()].map((id) => N.at.get(id));
  for (const e of ids) {
    const known = own[e];
    const node = { size: radiusOf(e), label: wrapped(labelOf(e)), family: typeOf(e).f, members: 0 };
    if (known) Object.assign(node, { x: known[0], y: known[1] });
    else {
      const beside = neighbours(e)
        .map((n) => N.at.get(n))
        .filter(Boolean);
      Object.assign(node, beside.length ? roomNear(beside, taken, e) : rowBelow(alone++));
    }
    N.at.set(e, node);
    taken.push(node);
  }
}

const radiusOf = (e) => Math.round((10 + 2.6 * Math.sqrt(Math.min(claimsOf(e).length, 40))) * 10) / 10;

function roomNear(beside, taken, salt) {
  const cx = beside.reduce((sum, at) => sum + at.x, 0) / beside.length,
    cy = beside.reduce((sum, at) => sum + at.y, 0) / beside.length;
  for (let ring = 1; ring < 40; ring++) {
    const steps = 7 * ring;
    for (let step = 0; step < steps; step++) {
      const angle = ((step + (salt % 7) / 7) / steps) * 2 * Math.PI,
        x = Math.round(cx + Math.cos(angle) * ring * 95),
        y = Math.round(cy + Math.sin(angle) * ring * 72);
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
