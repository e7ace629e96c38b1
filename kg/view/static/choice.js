// Which claims pass the filters, how many would for each value of a filter, and what is drawn.

import { DERIVED, M, OPEN, claimsOf, hasEntity, happened, isEvent } from "./model.js";
import { FACETS, S, facetSize } from "./state.js";

const DRAWN_LIMIT = 1500;
export const EXPAND_LIMIT = 50;
const CENTRAL = 300;

/** Result of the last `choose()`. */
export const V = {
  passes: new Uint8Array(0), // by claim
  claims: [], // places of the claims that pass, in the order of the text
  count: 0,
  wanted: 0, // claims of the kinds that are shown at all
  counts: {}, // by facet: how many claims (for classes: things) each value would show
  seen: new Uint8Array(0), // by entity: whether a passing claim touches it
  linked: new Uint8Array(0), // by entity: whether a passing claim ties it to another
  things: 0,
  undated: 0, // claims that pass but for a chosen time
  dated: [], // claims with a date that pass all but the time
  drawn: new Set(), // entities in the picture
  capped: "", // words on what was left out
};

const BIT = Object.fromEntries([...FACETS, "time"].map((name, bit) => [name, 1 << bit]));

/** Which filters a claim fails, as bits. */
function failing(c) {
  const { s, o, p, m, d } = M.cl;
  const { family, type, relation, modality, speaker, document } = S.off;
  let fails = 0;
  if (relation.has(p[c])) fails |= BIT.relation;
  if (modality.has(m[c])) fails |= BIT.modality;
  if (speaker.size && speaker.has(M.speaker[c])) fails |= BIT.speaker;
  if (document.size && document.has(d[c])) fails |= BIT.document;
  if (family.size || type.size) {
    for (const end of o[c] >= 0 ? [s[c], o[c]] : [s[c]]) {
      if (family.has(M.types[M.ent.t[end]].f)) fails |= BIT.family;
      if (type.has(M.ent.t[end])) fails |= BIT.type;
    }
  }
  return fails;
}

const outsideTime = (days) => (days ? days.last < S.time[0] || days.first > S.time[1] : !S.undated);

/** Whether a claim is of a kind that is shown at all. */
const wanted = (c) => (M.cl.kind[c] !== OPEN || S.open) && (M.cl.kind[c] !== DERIVED || S.derived);

/** Go through all claims once. */
export function choose() {
  const passes = new Uint8Array(M.claims),
    seen = new Uint8Array(M.entities),
    linked = new Uint8Array(M.entities);
  const counts = Object.fromEntries(FACETS.map((facet) => [facet, new Uint32Array(facetSize[facet]())]));
  const things = { family: new Map(), type: new Map() };
  const claims = [],
    dated = [];
  let undated = 0,
    all = 0;
  for (let c = 0; c < M.claims; c++) {
    if (!wanted(c)) continue;
    all++;
    let fails = failing(c);
    const days = happened(c);
    if (fails === 0) {
      if (days) dated.push(c);
      else undated++;
    }
    if (S.time && outsideTime(days)) fails |= BIT.time;
    if (fails === 0) {
      passes[c] = 1;
      claims.push(c);
      seen[M.cl.s[c]] = 1;
      if (hasEntity(c)) seen[M.cl.o[c]] = linked[M.cl.o[c]] = linked[M.cl.s[c]] = 1;
    }
    if ((fails & ~BIT.relation) === 0) counts.relation[M.cl.p[c]]++;
    if ((fails & ~BIT.modality) === 0) counts.modality[M.cl.m[c]]++;
    if ((fails & ~BIT.speaker) === 0) counts.speaker[M.speaker[c]]++;
    if ((fails & ~BIT.document) === 0) counts.document[M.cl.d[c]]++;
    if ((fails & ~(BIT.family | BIT.type)) === 0) {
      for (const end of hasEntity(c) ? [M.cl.s[c], M.cl.o[c]] : [M.cl.s[c]]) things.family.set(end, 1);
    }
  }
  for (const end of things.family.keys()) {
    counts.type[M.ent.t[end]]++;
    counts.family[M.types[M.ent.t[end]].f]++;
  }
  let count = 0;
  for (let e = 0; e < M.entities; e++) count += seen[e];
  Object.assign(V, {
    passes,
    claims,
    seen,
    linked,
    counts,
    dated,
    undated,
    wanted: all,
    count: claims.length,
    things: count,
  });
  V.drawn = drawnNow();
}

/** The neighbours of an entity over claims that pass, those with most claims first. */
export function neighbours(entity) {
  const found = new Set();
  for (const c of claimsOf(entity)) {
    if (!V.passes[c] || !hasEntity(c)) continue;
    const other = M.cl.s[c] === entity ? M.cl.o[c] : M.cl.s[c];
    if (other !== entity) found.add(other);
  }
  return [...found].sort((a, b) => claimsOf(b).length - claimsOf(a).length || a - b);
}

/** The entities within some steps of one. */
export function around(entity, hops, limit = DRAWN_LIMIT) {
  const reached = new Set([entity]);
  let front = [entity];
  for (let hop = 0; hop < hops && front.length; hop++) {
    const next = [];
    for (const one of front)
      for (const other of neighbours(one)) {
        if (reached.has(other) || reached.size >= limit) continue;
        reached.add(other);
        next.push(other);
      }
    front = next;
  }
  return reached;
}

/** The shortest way between two entities over claims that pass; none where there is none. */
export function shortest(from, to) {
  const came = new Map([[from, null]]);
  let front = [from];
  while (front.length && !came.has(to)) {
    const next = [];
    for (const one of front)
      for (const other of neighbours(one)) {
        if (came.has(other)) continue;
        came.set(other, one);
        next.push(other);
      }
    front = next;
  }
  if (!came.has(to)) return null;
  const way = [];
  for (let at = to; at !== null; at = came.get(at)) way.unshift(at);
  return way;
}

/** What the picture starts from, before anything is expanded or hidden. */
function base() {
  if (S.part || !M.part) return M.opened;
  const whole = Object.keys(M.pos).map(Number);
  return whole.length ? whole : mostCentral();
}

let central = null;
/** The entities that most claims touch, where the page did not open on them. */
export function mostCentral() {
  central ??= Array.from({ length: M.entities }, (_, e) => e)
    .sort((a, b) => claimsOf(b).length - claimsOf(a).length || a - b)
    .slice(0, CENTRAL);
  return [...central];
}

function drawnNow() {
  V.capped = "";
  let out;
  if (S.path) {
    out = new Set(shortest(...S.path) ?? S.path);
  } else if (S.focus !== null) {
    out = around(S.focus, S.hops);
    if (out.size >= DRAWN_LIMIT) V.capped = `the first ${DRAWN_LIMIT.toLocaleString("en")} are drawn`;
  } else {
    out = new Set(base());
    for (const e of [...out]) if (!V.linked[e]) out.delete(e);
    if (S.alone)
      for (let e = 0; e < M.entities && out.size < DRAWN_LIMIT; e++) if (V.seen[e] || !claimsOf(e).length) out.add(e);
  }
  for (const group of S.groups) for (const e of groupMembers(group).slice(0, EXPAND_LIMIT)) out.add(e);
  for (const e of S.expanded) {
    const beside = neighbours(e),
      add = beside.filter((n) => !out.has(n));
    out.add(e);
    for (const n of add.slice(0, EXPAND_LIMIT)) out.add(n);
    if (add.length > EXPAND_LIMIT)
      V.capped = `${EXPAND_LIMIT} of ${add.length.toLocaleString("en")} neighbours were added`;
  }
  if (S.sel)
    for (const e of S.sel.kind === "e" ? [S.sel.at] : [M.cl.s[S.sel.at], M.cl.o[S.sel.at]]) if (e >= 0) out.add(e);
  for (const e of S.hidden) out.delete(e);
  if (out.size > DRAWN_LIMIT) {
    V.capped = `${DRAWN_LIMIT.toLocaleString("en")} of ${out.size.toLocaleString("en")} things are drawn`;
    out = new Set([...out].sort((a, b) => claimsOf(b).length - claimsOf(a).length || a - b).slice(0, DRAWN_LIMIT));
  }
  if (S.fold)
    for (const e of out)
      if (isEvent(e) && !(S.sel?.kind === "e" && S.sel.at === e) && participants(e).length > 1) out.delete(e);
  return out;
}

/** Who and what takes part in an event, over claims that pass: role claims that start at it. */
export function participants(event) {
  const out = [];
  for (const c of claimsOf(event))
    if (V.passes[c] && M.cl.s[c] === event && hasEntity(c) && M.cl.o[c] !== event) out.push(c);
  return out;
}

/** The members of a community, those with most claims first. */
export function groupMembers(group) {
  const out = [];
  M.group.forEach((g, e) => g === group && out.push(e));
  return out.sort((a, b) => claimsOf(b).length - claimsOf(a).length || a - b);
}
