// What the reader has chosen, all of it in the address: keys are hashes of content, so a link outlives a rebuild.

import { M } from "./model.js";

export const FACETS = ["family", "type", "relation", "modality", "speaker", "document"];
export const facetSize = {
  family: () => M.fam.length,
  type: () => M.types.length,
  relation: () => M.rel.length,
  modality: () => M.mod.length,
  speaker: () => M.speakers.length,
  document: () => M.docs.length,
};
/** The lasting name of each value of a facet. */
const facetKey = {
  family: (n) => M.fam[n].n,
  type: (n) => M.types[n].types.join("."),
  relation: (n) => M.rel[n].n,
  modality: (n) => M.mod[n],
  speaker: (n) => M.speakers[n].key,
  document: (n) => M.docs[n].k,
};

const VIEW_NAMES = ["network", "map", "table"],
  PANES = ["evidence", "document"],
  THEMES = ["auto", "light", "dark"];
const FLAGS = ["undated", "open", "derived", "fold", "hulls", "alone"];
const SETS = ["expanded", "hidden"];
const none = () => Object.fromEntries(FACETS.map((facet) => [facet, new Set()]));

function blank() {
  return {
    sel: null,
    view: "network",
    pane: "evidence",
    doc: 0,
    theme: "auto",
    sort: "",
    off: none(),
    time: null,
    path: null,
    focus: null,
    hops: 1,
    part: true,
    groups: new Set(),
    expanded: new Set(),
    hidden: new Set(),
    ...Object.fromEntries(FLAGS.map((flag) => [flag, false])),
  };
}

/** The state now. */
export const S = blank();
const NAMES = Object.keys(S);
const listeners = [];
let address = null; // the one that the state was read from or written to last

/** Call a function with the names of what has changed. */
export const onChange = (call) => listeners.push(call);
const tell = (changed) => {
  for (const call of listeners) call(changed);
};

/** A set with an item in it or not; `on` decides, else it turns. */
export function toggled(set, item, on = !set.has(item)) {
  const out = new Set(set);
  if (on) out.add(item);
  else out.delete(item);
  return out;
}

/** Whether a filter is in force. */
export const filtered = () => S.time !== null || FACETS.some((facet) => S.off[facet].size > 0);

/** Change some of the state: the page follows, and the browser's Back undoes it. */
export function change(patch) {
  const changed = new Set(Object.keys(patch).filter((name) => written(name, S) !== written(name, { ...S, ...patch })));
  Object.assign(S, patch);
  if (!changed.size) return;
  tell(changed);
  const hash = hashOf(S);
  if (hash === address) return;
  address = hash;
  try {
    history.pushState(null, "", hash);
  } catch {
    location.hash = hash; // where a page may not write its history
  }
}

/** Show everything again; the way it is looked at stays. */
export const reset = () =>
  change({ ...blank(), theme: S.theme, view: S.view, pane: S.pane, doc: S.doc, sel: S.sel, part: false });

// ---- the address -----------------------------------------------------------------------------------

const keysOf = (entities) =>
  [...entities]
    .map((e) => M.ent.k[e])
    .sort()
    .join("~");

/** A part of the state as words for the address; empty where it is as at first. */
function written(name, state) {
  const value = state[name];
  switch (name) {
    case "sel":
      return value ? `${value.kind}.${value.kind === "e" ? M.ent.k[value.at] : M.cl.k[value.at]}` : "";
    case "off":
      return FACETS.filter((facet) => value[facet].size)
        .map((facet) => facetWords(facet, value[facet]))
        .join("|");
    case "doc":
      return value ? M.docs[value].k : "";
    case "time":
      return value ? value.join("~") : "";
    case "path":
      return value ? value.map((e) => M.ent.k[e]).join("~") : "";
    case "focus":
      return value === null ? "" : M.ent.k[value];
    case "hops":
      return value === 1 ? "" : String(value);
    case "part":
      return value ? "" : "whole";
    case "groups":
      return [...value].sort((a, b) => a - b).join("~");
    case "expanded":
    case "hidden":
      return keysOf(value);
    case "view":
    case "pane":
    case "theme":
      return value === { view: VIEW_NAMES, pane: PANES, theme: THEMES }[name][0] ? "" : value;
    default:
      return value === true ? "1" : value || "";
  }
}

/** What is left out of a facet, or what is left in where that is shorter: "relation:posted~met", "relation=met". */
function facetWords(facet, off) {
  const size = facetSize[facet](),
    left = Array.from({ length: size }, (_, n) => n).filter((n) => !off.has(n));
  const [sign, held] = left.length < off.size ? ["=", left] : [":", [...off]];
  return `${facet}${sign}${[...new Set(held.map((n) => encodeURIComponent(facetKey[facet](n))))].sort().join("~")}`;
}

function hashOf(state) {
  const out = new URLSearchParams();
  for (const name of NAMES) if (written(name, state)) out.set(name, written(name, state));
  return `#${out}`;
}

/** Read the address; what it names and this graph lacks is left out. */
function parsed(hash) {
  const found = new URLSearchParams(hash.replace(/^#/, "")),
    out = { ...blank(), theme: S.theme };
  const words = (name) => found.get(name) ?? "",
    list = (name) => words(name).split("~").filter(Boolean);
  const entity = (key) => M.entityOf.get(key) ?? null,
    entities = (name) =>
      list(name)
        .map(entity)
        .filter((e) => e !== null);
  const [kind, key] = words("sel").split(".");
  const at = kind === "e" ? entity(key) : kind === "c" ? (M.claimOf.get(key) ?? null) : null;
  if (at !== null) out.sel = { kind, at };
  if (VIEW_NAMES.includes(words("view"))) out.view = words("view");
  if (PANES.includes(words("pane"))) out.pane = words("pane");
  if (THEMES.includes(words("theme"))) out.theme = words("theme");
  out.doc = M.docOf.get(words("doc")) ?? 0;
  out.sort = /^[a-z]+-?$/.test(words("sort")) ? words("sort") : "";
  for (const each of words("off").split("|")) readFacet(each, out.off);
  const time = list("time").map(Number);
  if (time.length === 2 && time.every(Number.isFinite) && time[0] <= time[1]) out.time = time;
  const path = list("path").map(entity);
  if (path.length === 2 && !path.includes(null)) out.path = path;
  out.focus = entity(words("focus"));
  out.hops = Math.min(4, Math.max(1, Math.round(+words("hops")) || 1));
  out.part = words("part") !== "whole";
  out.groups = new Set(list("groups").map(Number).filter(Number.isInteger));
  for (const name of SETS) out[name] = new Set(entities(name));
  for (const flag of FLAGS) out[flag] = words(flag) === "1";
  return out;
}

function readFacet(text, off) {
  const [, facet, sign, rest] = /^([a-z]+)([:=])(.*)$/s.exec(text) ?? [];
  if (!FACETS.includes(facet)) return;
  const keys = new Set(
    rest
      .split("~")
      .filter(Boolean)
      .map((each) => {
        try {
          return decodeURIComponent(each);
        } catch {
          return each;
        }
      }),
  );
  const places = Array.from({ length: facetSize[facet]() }, (_, n) => n),
    hit = places.filter((n) => keys.has(facetKey[facet](n)));
  if (sign === "=" && !hit.length) return; // of another graph: better all than nothing
  for (const n of sign === "=" ? places.filter((place) => !hit.includes(place)) : hit) off[facet].add(n);
}

/** Take the state from the address; at first everything counts as changed. */
export function readHash() {
  const first = address === null,
    next = parsed(location.hash);
  const changed = new Set(first ? NAMES : NAMES.filter((name) => written(name, S) !== written(name, next)));
  Object.assign(S, next);
  address = hashOf(S);
  if (changed.size) tell(changed);
}

/** Go along when the reader goes back, or opens a link to another view of this page. */
export function followHash() {
  addEventListener("popstate", readHash);
  addEventListener("hashchange", () => {
    if ((location.hash || "#") !== address) readHash();
  });
}
