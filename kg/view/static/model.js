// What the page knows: the columns that kg/view/data.py wrote, and indexes over them. Nothing here changes.

import { $ } from "./dom.js";

/** Read a block: plain JSON, or gzipped and in base64 where it was large. */
export async function readBlock(id) {
  const block = $(`#${id}`);
  if (block.type !== "application/gzip") return JSON.parse(block.textContent);
  const bytes = Uint8Array.from(atob(block.textContent), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

export const OPEN = 1; // kinds of claims; 0 is taught
export const DERIVED = 2;
const DENIED = 6;

/** Filled by `loadModel`: the columns under their names, and what is derived from them. */
export const M = {};

export async function loadModel() {
  Object.assign(M, await readBlock("kg-data"));
  M.texts = await readBlock("kg-texts");
  const figure = ["measure", "value", "unit", "period", "place", "about", "src", "m", "e"];
  M.obs = M.obs.map((row) => Object.fromEntries(row.map((value, n) => [figure[n], value])));
  M.claims = M.cl.k.length;
  M.entities = M.ent.k.length;
  M.entityOf = new Map(M.ent.k.map((key, place) => [key, place]));
  M.claimOf = new Map(M.cl.k.map((key, place) => [key, place]));
  M.docOf = new Map(M.docs.map((doc, place) => [doc.k, place]));
  M.letters = new Map();
  indexEnds();
  indexSources();
}

/** Which claims touch an entity: one long list, with where each entity's part begins. */
function indexEnds() {
  const { s, o } = M.cl;
  const begin = new Uint32Array(M.entities + 1);
  for (let c = 0; c < M.claims; c++) {
    begin[s[c] + 1]++;
    if (o[c] >= 0 && o[c] !== s[c]) begin[o[c] + 1]++;
  }
  for (let e = 0; e < M.entities; e++) begin[e + 1] += begin[e];
  const list = new Uint32Array(begin[M.entities]),
    fill = begin.slice();
  for (let c = 0; c < M.claims; c++) {
    list[fill[s[c]]++] = c;
    if (o[c] >= 0 && o[c] !== s[c]) list[fill[o[c]]++] = c;
  }
  M.endBegin = begin;
  M.endList = list;
}

/** Who speaks, as one looks for them: the innermost speaker, or the author of a document. */
function indexSources() {
  const names = [],
    place = new Map();
  const of = (key, label, entity) => {
    if (!place.has(key)) place.set(key, names.push({ key, label, entity }) - 1);
    return place.get(key);
  };
  const chains = M.src.map(([speaker]) => {
    if (!speaker) return -1;
    const [said, entity] = speaker;
    return entity < 0 ? of(`w:${said.toLowerCase()}`, said, -1) : of(`e:${M.ent.k[entity]}`, M.ent.l[entity], entity);
  });
  M.speaker = Int32Array.from(M.cl.src, (chain, c) => {
    if (chains[chain] >= 0) return chains[chain];
    const doc = M.docs[M.cl.d[c]];
    return doc ? of(`d:${doc.k}`, `${authorOf(doc)} (author)`, -1) : of("d:", "The author", -1);
  });
  M.speakers = names;
}

export const authorOf = (doc) => doc.author ?? doc.outlet ?? doc.title;

/** The claims that an entity is an end of. */
export const claimsOf = (entity) => M.endList.subarray(M.endBegin[entity], M.endBegin[entity + 1]);

export const labelOf = (entity) => M.ent.l[entity];
export const typeOf = (entity) => M.types[M.ent.t[entity]];
export const familyOf = (entity) => M.fam[typeOf(entity).f];
export const isEvent = (entity) => familyOf(entity).n === "Event";
export const relationOf = (claim) => M.rel[M.cl.p[claim]];
export const hasEntity = (claim) => M.cl.o[claim] >= 0;
export const otherEnd = (claim, entity) => (M.cl.s[claim] === entity ? M.cl.o[claim] : M.cl.s[claim]);

/** Whether a claim says that something is not so. */
export const against = (claim) => M.cl.neg[claim] === 1 || M.cl.m[claim] === DENIED;

/** Whether a claim keeps no domain, range or shape of the ontology, and stands nowhere for that. */
export const misfit = (claim) => M.cl.off[claim] !== undefined;

/** The value of a claim whose object is no entity. */
export const valueOf = (claim) => M.lit[-1 - M.cl.o[claim]];

/** The first quote of a claim: document, start, end; none where the graph holds none. */
export function quoteOf(claim) {
  const quotes = M.cl.e[claim];
  return quotes.length ? { doc: quotes[0], start: quotes[1], end: quotes[2] } : null;
}

/** Cut a document's text by code points: offsets count letters as people do, JavaScript does not. */
export function cut(doc, start, end) {
  const text = M.texts[doc];
  if (!M.letters.has(doc)) M.letters.set(doc, /[\ud800-\udfff]/.test(text) ? Array.from(text) : null);
  const letters = M.letters.get(doc);
  return letters ? letters.slice(start, end).join("") : text.slice(start, end);
}

/** The block that holds a place of a document. */
export function blockAt(doc, start, end) {
  const { blocks } = M.docs[doc];
  for (let b = 0; b < blocks.length; b += 3)
    if (blocks[b] <= start && start < blocks[b + 1]) return [blocks[b], Math.max(blocks[b + 1], end)];
  return [start, end];
}

/** The places where an entity is mentioned: document, start, end, kind. */
export function* mentionsOf(entity) {
  const flat = M.ent.m[entity];
  for (let m = 0; m < flat.length; m += 4)
    yield { doc: flat[m], start: flat[m + 1], end: flat[m + 2], kind: flat[m + 3], entity };
}

/** When a claim says that its thing happened: first and last day, open ends at infinity; none if undated. */
export const happened = (claim) => daysOf(M.cl.w[claim]) ?? (hasEntity(claim) ? null : daysOf(valueOf(claim)[2]));
export const said = (claim) => daysOf(M.cl.said[claim]);

export function daysOf(place) {
  const date = place >= 0 ? M.dates[place] : null;
  if (!date || date.length < 2) return null;
  return { first: date[1] ?? -Infinity, last: date[2] ?? Infinity, vague: date[3] === 1, edtf: date[0], place };
}
