// Lines between drawn things: the claims of one relation between two things are one line; several relations of a
// pair are drawn apart, or as one line with a count where they are many.

import { M, against, hasEntity, isEvent, misfit } from "./model.js";
import { V, participants } from "./choice.js";
import { S } from "./state.js";

const APART = 4; // lines of one pair that are drawn beside each other
const BEND = 0.16;

/** Put the firmest claim first: what fits before what keeps no constraint, not denied before denied, then by modality. */
const rank = (c) => (against(c) ? 100 : misfit(c) ? 50 : 0) + M.cl.m[c];

/** Return the lines among drawn entities, by id. */
export function linesNow() {
  const found = new Map();
  const add = (start, end, relation, label, claim) => {
    const id = `${start}.${relation}.${end}`;
    if (!found.has(id)) found.set(id, { id, start, end, label, claims: [] });
    found.get(id).claims.push(claim);
  };
  for (const c of V.claims) {
    if (!hasEntity(c)) continue;
    const start = M.cl.s[c],
      end = M.cl.o[c];
    if (V.drawn.has(start) && V.drawn.has(end)) add(start, end, M.cl.p[c], M.rel[M.cl.p[c]].l, c);
  }
  if (S.fold) foldEvents(add);
  const lines = bundled([...found.values()]);
  for (const line of lines) finish(line);
  return new Map(lines.map((line) => [line.id, line]));
}

/** Draw an event as direct lines from its first participant to the others. */
function foldEvents(add) {
  const events = new Set();
  for (const c of V.claims) if (isEvent(M.cl.s[c]) && !V.drawn.has(M.cl.s[c])) events.add(M.cl.s[c]);
  const order = ["agent", "subject", "patient"];
  const weight = (c) => {
    const at = order.indexOf(M.rel[M.cl.p[c]].n);
    return at < 0 ? order.length : at;
  };
  for (const event of events) {
    const roles = participants(event)
      .filter((c) => V.drawn.has(M.cl.o[c]))
      .sort((a, b) => weight(a) - weight(b) || a - b);
    if (!roles.length) continue;
    const lead = M.cl.o[roles[0]],
      kind = M.types[M.ent.t[event]].l;
    for (const c of roles.slice(1))
      if (M.cl.o[c] !== lead) add(lead, M.cl.o[c], `${event}-${M.cl.p[c]}`, `${kind}: ${M.rel[M.cl.p[c]].l}`, c);
  }
}

/** Bend the lines of a pair apart, or make them one. */
function bundled(lines) {
  const pairs = new Map();
  for (const line of lines) {
    const key = line.start < line.end ? `${line.start} ${line.end}` : `${line.end} ${line.start}`;
    if (!pairs.has(key)) pairs.set(key, []);
    pairs.get(key).push(line);
  }
  const out = [];
  for (const pair of pairs.values()) {
    if (pair.length > APART) {
      const [first] = pair;
      out.push({
        ...first,
        label: `${pair.length} relations`,
        claims: pair.flatMap((line) => line.claims),
        bend: 0,
        bundle: pair.length,
      });
      continue;
    }
    pair.forEach((line, place) => {
      const side = (place - (pair.length - 1) / 2) * 2 * BEND;
      line.bend = line.start === line.end ? 0 : line.start < line.end ? side : -side;
      out.push(line);
    });
  }
  return out;
}

function finish(line) {
  line.claims.sort((a, b) => rank(a) - rank(b) || a - b);
  const denials = line.claims.filter(against).length;
  line.modality = M.cl.m[line.claims[0]];
  line.denied = denials === line.claims.length;
  line.misfit = !line.denied && line.claims.every((c) => against(c) || misfit(c));
  line.disputed = denials > 0 && !line.denied;
  line.count = line.claims.length;
  line.width = 1.4 + Math.min(2.4, Math.log2(line.count) * 0.7);
}
