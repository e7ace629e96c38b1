// The evidence: for a line, the sentence behind it and who says so; for a thing, all that is known of it.

import { $, announce, el, plural, shortened, words } from "./dom.js";
import { M, against, authorOf, blockAt, claimsOf, cut, daysOf, hasEntity, isEvent, labelOf, mentionsOf, quoteOf, relationOf, familyOf, typeOf, valueOf } from "./model.js";
import { V, neighbours, shortest } from "./choice.js";
import { S, change, toggled } from "./state.js";
import { badge } from "./shapes.js";
import { hide, lineOf, picking } from "./network.js";
import { chainOf, claimLine, claimText, dateWords, documentWords, dots, firmness, firmnessWords, modalityName, objectWords, speakerWords, valueWords, whenWords } from "./wording.js";

const FEW = 8; // items before "show all"
const host = () => $("#evidence");

/** Draw what is chosen; the heading takes the focus when the reader asked for it by key. */
export function refreshPanel({ focus = false } = {}) {
  const parts = S.path ? pathParts() : !S.sel ? startParts() : S.sel.kind === "e" ? thingParts(S.sel.at) : claimParts(S.sel.at);
  host().replaceChildren(...parts.flat(3).filter(Boolean));
  host().scrollTop = 0;
  if (focus) $("#evidence h2")?.focus();
}

export const chooseClaim = (claim) => change({ sel: { kind: "c", at: claim }, pane: "evidence" });
export const chooseThing = (entity) => change({ sel: { kind: "e", at: entity }, pane: "evidence" });

const section = (title, ...children) => el("section", { class: "part" }, el("h3", null, title), ...children);
const thingLink = (entity, text = labelOf(entity)) => el("button", { class: "link", type: "button", onclick: () => chooseThing(entity) }, words(text, 160));

/** A list that shows a few and has the rest on demand. */
function list(items, draw, kind = "ul") {
  const box = el(kind, { class: "list" }, items.slice(0, FEW).map((item) => el("li", null, draw(item))));
  if (items.length <= FEW) return box;
  const more = el("button", { type: "button", class: "more", onclick: () => {
    const step = items.slice(box.children.length, box.children.length + 100);
    box.append(...step.map((item) => el("li", null, draw(item))));
    if (box.children.length >= items.length) more.remove();
    else more.textContent = `Show more (${items.length - box.children.length})`;
  } }, `Show all ${items.length.toLocaleString("en")}`);
  return [box, more];
}

/** A claim in a list: the line, and under it how firmly, when and by whom. */
function claimItem(claim, { note = null, quote = false, line = null } = {}) {
  const place = quoteOf(claim);
  return el("button", { type: "button", class: "claim", "aria-current": S.sel?.kind === "c" && S.sel.at === claim ? "true" : null, onclick: () => chooseClaim(claim) },
    line ?? claimLine(claim),
    el("span", { class: "meta" }, dots(claim), el("span", null, firmnessWords(claim)), el("span", null, words(speakerWords(claim), 90)), whenWords(claim) && el("span", null, whenWords(claim)), note && el("span", { class: "note" }, note)),
    quote && place && el("span", { class: "snippet" }, words(cut(place.doc, place.start, place.end).replace(/\s+/g, " "), 220)));
}

// ---- nothing chosen ------------------------------------------------------------------------------

function startParts() {
  const disputed = V.claims.filter((c) => against(c));
  const top = [...V.drawn].sort((a, b) => claimsOf(b).length - claimsOf(a).length || a - b).slice(0, 7);
  return [
    el("p", { class: "kicker" }, "Start here"),
    el("h2", { tabindex: -1 }, "Who says what, and how firmly"),
    el("p", { class: "lead" }, "Choose a line to read the sentence behind it, or a thing to see all that is said of it."),
    firmnessBar(),
    disputed.length && section("Denied or not confirmed", list(disputed, (c) => claimItem(c))),
    section("Most is said of", el("ul", { class: "list" }, top.map((e) => el("li", null, thingItem(e))))),
    section(M.docs.length === 1 ? "The document" : "The documents", list(M.docs.map((_, d) => d), documentItem)),
    M.versions.model && el("p", { class: "fine" }, `Read by ${Object.entries(M.versions).map(([name, version]) => `${name} ${version}`).join(", ")}.`),
  ];
}

/** How firm the visible claims are, as one bar. */
function firmnessBar() {
  const counts = M.mod.map((_, m) => V.counts.modality?.[m] ?? 0);
  const total = counts.reduce((a, b) => a + b, 0);
  if (!total) return null;
  const shares = counts.map((count, m) => ({ count, name: M.mod[m] })).filter((share) => share.count);
  return el("div", { class: "firmbar" },
    el("svg:svg", { viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true" }, firmBars(shares, total)),
    el("p", { class: "fine" }, shares.map((share) => `${share.count.toLocaleString("en")} ${firmnessName(share.name)}`).join(" · ")));
}

const firmnessName = (name) => ({ asserted: "stated as fact", unconfirmed: "not confirmed" })[name] ?? name;

function firmBars(shares, total) {
  let x = 0;
  return shares.map(({ count, name }) => {
    const w = (count / total) * 100, bar = el("svg:rect", { x, width: Math.max(0.4, w - 0.35), y: 0, height: 8, class: `m-${name}` });
    x += w;
    return bar;
  });
}

const thingItem = (e) => el("button", { type: "button", class: "thing", onclick: () => chooseThing(e) }, badge(familyOf(e)), el("span", { class: "name" }, words(labelOf(e), 90)), el("span", { class: "count" }, plural(claimsOf(e).length, "claim")));

function documentItem(d) {
  const doc = M.docs[d];
  return el("button", { type: "button", class: "claim", onclick: () => change({ doc: d, pane: "document" }) },
    el("span", { class: "line" }, el("b", null, words(doc.title, 160))),
    el("span", { class: "meta" }, [doc.outlet, doc.author, doc.date >= 0 && dateWords(M.dates[doc.date][0])].filter(Boolean).map((text) => el("span", null, words(text, 80)))));
}

// ---- a claim -------------------------------------------------------------------------------------

function claimParts(c) {
  const { agree, contradict, other } = company(c);
  const place = quoteOf(c), doc = M.docs[M.cl.d[c]], line = lineOf(c), beside = line?.claims ?? [c];
  const kind = ["Claim", "Open claim", "Derived claim"][M.cl.kind[c]];
  return [
    el("p", { class: "kicker" }, beside.length > 1 ? `${kind} ${beside.indexOf(c) + 1} of ${beside.length} on this line` : kind),
    el("h2", { tabindex: -1, class: "fact" },
      thingLink(M.cl.s[c]), " ", against(c) && el("span", { class: "not" }, "not"), against(c) && " ",
      el("span", { class: "rel" }, relationOf(c).l), " ",
      hasEntity(c) ? thingLink(M.cl.o[c]) : el("span", { class: "value" }, words(objectWords(c), 300))),
    place ? quoteBlock(c, place) : el("p", { class: "fine" }, "The graph holds no sentence for this claim."),
    el("dl", { class: "facts" },
      el("dt", null, "Who says it"), el("dd", null, chainList(M.cl.src[c], M.cl.d[c])),
      el("dt", null, "How firmly"), el("dd", null, dots(c), " ", firmnessWords(c), cueOf(c), el("small", null, firmness(c)[2])),
      el("dt", null, "Happened"), el("dd", null, happenedWords(c)),
      M.cl.said[c] >= 0 && el("dt", null, "Said"), M.cl.said[c] >= 0 && el("dd", null, dateWords(M.dates[M.cl.said[c]][0])),
      doc?.date >= 0 && el("dt", null, "Published"), doc?.date >= 0 && el("dd", null, dateWords(M.dates[doc.date][0]))),
    beside.length > 1 && el("div", { class: "row" }, stepButton("← Previous", beside, c, -1), stepButton("Next →", beside, c, 1)),
    M.cl.why[c] && section("Follows from", list(M.cl.why[c], (b) => claimItem(b, { quote: true }))),
    el("div", { class: "sides" },
      section(`Agrees (${agree.length})`, agree.length ? list(agree, ([a, note]) => claimItem(a, { note, quote: true })) : el("p", { class: "fine" }, "Nobody else says this here.")),
      section(`Contradicts (${contradict.length})`, contradict.length ? list(contradict, ([a, note]) => claimItem(a, { note, quote: true })) : el("p", { class: "fine" }, "Nobody here contradicts it."))),
    other.length && section("Other answers to the same question", list(other, (a) => claimItem(a, { quote: true }))),
    isEvent(M.cl.s[c]) && eventParts(M.cl.s[c], c),
    sameSentence(c).length && section("The same sentence also says", list(sameSentence(c), (a) => claimItem(a))),
    M.cl.ex[c] !== undefined && el("p", { class: "fine" }, "Read by the example ", el("q", null, words(M.words[M.cl.ex[c]], 200)), "."),
  ];
}

function stepButton(text, beside, c, by) {
  return el("button", { type: "button", onclick: () => chooseClaim(beside[(beside.indexOf(c) + by + beside.length) % beside.length]) }, text);
}

/** The paragraph with the sentence marked, the two ends and the cue set off in it. */
function quoteBlock(c, { doc, start, end }) {
  const [from, to] = windowAround(doc, start, end);
  const marks = [{ start, end, name: "said" }];
  for (const [entity, name] of [[M.cl.s[c], "end"], [M.cl.o[c], "end"]])
    if (entity >= 0) for (const m of mentionsOf(entity)) if (m.doc === doc && m.start >= start && m.end <= end) marks.push({ start: m.start, end: m.end, name, entity });
  const cue = M.cl.cue[c];
  if (cue?.length && cue[0] === doc) marks.push({ start: cue[1], end: cue[2], name: "cue" });
  return el("figure", { class: "quote" },
    el("blockquote", { tabindex: 0, "aria-label": "The sentence in its paragraph" }, from > blockAt(doc, start, end)[0] && "… ", marked(doc, from, to, marks), to < blockAt(doc, start, end)[1] && " …"),
    el("figcaption", null, el("span", null, words(documentWords(M.docs[doc]), 220)),
      el("button", { type: "button", class: "link", onclick: () => change({ doc, pane: "document" }) }, "Read in the document")));
}

/** The paragraph of a sentence, or what is near it where the paragraph is long. */
function windowAround(doc, start, end) {
  let [from, to] = blockAt(doc, start, end);
  if (start - from > 500) from = start - 400;
  if (to - end > 500) to = end + 400;
  return [from, to];
}

/** A stretch of a document with parts of it marked; marks may lie within each other. */
function marked(doc, from, to, marks) {
  const cuts = [...new Set([from, to, ...marks.flatMap((m) => [Math.max(from, m.start), Math.min(to, m.end)])])].sort((a, b) => a - b);
  const out = [];
  for (let n = 0; n + 1 < cuts.length; n++) {
    const text = cut(doc, cuts[n], cuts[n + 1]), names = marks.filter((m) => m.start <= cuts[n] && cuts[n + 1] <= m.end).map((m) => m.name);
    if (!names.length) out.push(text);
    else out.push(el(names.includes("said") ? "mark" : "span", { class: [...new Set(names)].join(" ") }, text));
  }
  return out;
}

function cueOf(c) {
  const cue = M.cl.cue[c];
  return cue?.length ? [" (", el("q", null, words(cut(cue[0], cue[1], cue[2]), 60)), ")"] : null;
}

/** Every hand a statement went through. */
function chainList(chain, doc) {
  const steps = chainOf(chain, doc);
  return el("ol", { class: "chain" }, steps.map(({ said, entity, does, where }) =>
    el("li", null, entity >= 0 ? thingLink(entity, labelOf(entity)) : el("b", null, words(said, 120)),
      entity >= 0 && labelOf(entity).toLowerCase() !== said.toLowerCase() && [" (", el("q", null, words(said, 80)), ")"], " ", el("span", { class: "does" }, does), where && el("small", null, words(where, 120)))));
}

function happenedWords(c) {
  const place = M.cl.w[c];
  if (place < 0) return "not dated";
  const told = M.cl.ww[c] !== undefined ? M.words[M.cl.ww[c]] : null, text = dateWords(M.dates[place][0]);
  return [text, told && told.toLowerCase() !== text.toLowerCase() && [" (", el("q", null, words(told, 80)), ")"]];
}

/** What else is said of the same: who agrees, who contradicts, and other answers to the same question. */
export function company(c) {
  const { s, p, o, w } = M.cl, agree = [], contradict = [], other = [];
  const days = daysOf(w[c]), inverse = M.rel[p[c]].inv;
  for (const a of claimsOf(s[c])) {
    if (a === c) continue;
    const same = s[a] === s[c] && p[a] === p[c], turned = inverse != null && p[a] === inverse && s[a] === o[c] && o[a] === s[c];
    if (!same && !turned) continue;
    if (turned || sameObject(a, c)) {
      if (against(a) !== against(c)) contradict.push([a, against(a) ? "denies it" : "affirms it"]);
      else if (apartInTime(days, daysOf(w[a]))) contradict.push([a, `dates it ${dateWords(M.dates[w[a]][0])}`]);
      else agree.push([a, M.cl.d[a] === M.cl.d[c] ? null : "another document"]);
    } else if (!hasEntity(a) && !hasEntity(c) && against(a) === against(c)) {
      const [mine, theirs] = [daysOf(valueOf(c)[2]), daysOf(valueOf(a)[2])];
      if (mine && theirs && !apartInTime(mine, theirs)) agree.push([a, `says ${objectWords(a)}`]);
      else if (mine && theirs) contradict.push([a, `says ${objectWords(a)}`]);
      else other.push(a);
    } else other.push(a);
  }
  return { agree, contradict, other };
}

const sameObject = (a, c) => M.cl.o[a] === M.cl.o[c] || (!hasEntity(a) && !hasEntity(c) && valueOf(a)[0].toLowerCase() === valueOf(c)[0].toLowerCase());
const apartInTime = (a, b) => a && b && (a.last < b.first || b.last < a.first);

function sameSentence(c) {
  const place = quoteOf(c);
  if (!place) return [];
  return claimsInDocument(place.doc).filter((a) => a !== c && quoteOf(a).start < place.end && place.start < quoteOf(a).end && !(M.cl.s[a] === M.cl.s[c] && isEvent(M.cl.s[c])) && shownKind(a));
}

const shownKind = (c) => M.cl.kind[c] === 0 || (M.cl.kind[c] === 1 && S.open) || (M.cl.kind[c] === 2 && S.derived);

const byDocument = new Map();
/** The claims whose first quote is in a document, in the order of the text. */
export function claimsInDocument(doc) {
  if (!byDocument.size) for (let c = 0; c < M.claims; c++) {
    const place = quoteOf(c);
    if (!place) continue;
    if (!byDocument.has(place.doc)) byDocument.set(place.doc, []);
    byDocument.get(place.doc).push(c);
  }
  return byDocument.get(doc) ?? [];
}

/** All that is said of an event, as the roles of a form. */
function eventParts(event, except) {
  const roles = [...claimsOf(event)].filter((c) => M.cl.s[c] === event && c !== except && shownKind(c));
  const about = [...claimsOf(event)].filter((c) => M.cl.o[c] === event && M.cl.s[c] !== event && shownKind(c));
  return [
    roles.length && section("The event", list(roles, (c) => claimItem(c, { line: el("span", { class: "line" }, el("span", { class: "rel" }, `${relationOf(c).l}: `), against(c) && el("span", { class: "not" }, "not "), el("b", null, words(objectWords(c), 120))) }))),
    about.length && section("Said about the event", list(about, (c) => claimItem(c, { quote: true }))),
  ];
}

// ---- a thing -------------------------------------------------------------------------------------

function thingParts(e) {
  const claims = [...claimsOf(e)].filter(shownKind), type = typeOf(e);
  const aliases = M.ent.a[e] ?? [], mentions = [...mentionsOf(e)];
  return [
    el("p", { class: "kicker" }, badge(familyOf(e)), el("span", null, [type.l, ...type.up.filter((name) => name !== type.l)].slice(0, 3).join(" · "))),
    el("h2", { tabindex: -1 }, words(labelOf(e), 400)),
    aliases.length > 0 && el("p", { class: "aliases" }, "also ", aliases.slice(0, 12).map((alias, n) => [n > 0 && ", ", words(alias, 80)])),
    linkRow(e),
    actions(e),
    claims.length ? relationParts(e, claims) : el("p", { class: "fine" }, "No claim ties it to anything; it is only mentioned."),
    figureParts(e),
    saidBy(e),
    mentions.length > 0 && section(`Mentions (${mentions.length})`, list(mentions, mentionItem)),
    mergeParts(e),
  ];
}

/** What is known, relation by relation. */
function relationParts(e, claims) {
  const groups = new Map();
  for (const c of claims) {
    const out = M.cl.s[c] === e, key = `${M.cl.p[c]} ${out}`;
    if (!groups.has(key)) groups.set(key, { out, relation: relationOf(c), claims: [] });
    groups.get(key).claims.push(c);
  }
  const sorted = [...groups.values()].sort((a, b) => b.out - a.out || b.claims.length - a.claims.length || a.relation.l.localeCompare(b.relation.l, "en"));
  return sorted.map(({ out, relation, claims: held }) =>
    section(out ? relation.l : `← ${relation.l}`, list(held, (c) => claimItem(c, { quote: true, line: el("span", { class: "line" }, against(c) && el("span", { class: "not" }, "not "), el("b", null, words(out ? objectWords(c) : labelOf(M.cl.s[c]), 120)), !out && isEvent(M.cl.s[c]) && el("span", { class: "soft" }, ` ${eventGist(M.cl.s[c], e)}`)) }))));
}

/** An event in few words: its other participants. */
function eventGist(event, but) {
  const roles = [...claimsOf(event)].filter((c) => M.cl.s[c] === event && M.cl.o[c] !== but && shownKind(c)).slice(0, 3);
  return roles.map((c) => `${relationOf(c).l}: ${shortened(objectWords(c), 40)}`).join("; ");
}

function linkRow(e) {
  const links = (M.ent.same[e] ?? []).filter((iri) => /^https?:\/\//.test(iri)).map((iri) => el("a", { href: iri, rel: "noopener noreferrer nofollow", target: "_blank", referrerpolicy: "no-referrer" }, siteOf(iri)));
  const geo = M.ent.geo[e];
  if (geo) links.push(el("button", { type: "button", class: "link", onclick: () => change({ view: "map" }) }, `${Math.abs(geo[0]).toFixed(2)}° ${geo[0] < 0 ? "S" : "N"}, ${Math.abs(geo[1]).toFixed(2)}° ${geo[1] < 0 ? "W" : "E"}`));
  return links.length ? el("p", { class: "links" }, links) : null;
}

function siteOf(iri) {
  const names = { "sws.geonames.org": "GeoNames", "www.geonames.org": "GeoNames", "www.wikidata.org": "Wikidata", "wikidata.org": "Wikidata", "publications.europa.eu": "EU country list", "en.wikipedia.org": "Wikipedia", "viaf.org": "VIAF" };
  const site = iri.replace(/^https?:\/\//, "").split("/")[0];
  return `${names[site] ?? site} ↗`;
}

function actions(e) {
  const beside = neighbours(e).filter((n) => !V.drawn.has(n)).length;
  const act = (text, onclick, pressed = null) => el("button", { type: "button", onclick, "aria-pressed": pressed }, text);
  return el("div", { class: "row", role: "group", "aria-label": "In the picture" },
    act(S.focus === e ? "Leave focus" : "Focus", () => change({ focus: S.focus === e ? null : e, path: null }), String(S.focus === e)),
    S.focus === e && el("label", { class: "hops" }, "Steps ", el("select", { onchange: (event) => change({ hops: +event.target.value }) }, [1, 2, 3, 4].map((n) => el("option", { value: n, selected: n === S.hops }, n)))),
    (beside > 0 || S.expanded.has(e)) && act(S.expanded.has(e) ? "Fold back" : `Expand (${beside})`, () => change({ expanded: toggled(S.expanded, e) }), String(S.expanded.has(e))),
    act("Path to …", () => pickPath(e)),
    act("Hide", () => hide(e)));
}

function pickPath(e) {
  picking.from = e;
  picking.done = (other) => {
    picking.from = null;
    $("#pick").hidden = true;
    if (other !== undefined && other !== null && other !== e) change({ path: [e, other], sel: null, pane: "evidence", view: "network" });
  };
  $("#pick").hidden = false;
  $("#pick-text").replaceChildren("From ", el("b", null, words(labelOf(e), 60)), " to: choose a thing in the picture, or find it by name.");
  $("#q").focus();
  announce("Choose the other end of the path");
}

function figureParts(e) {
  const held = M.obs.filter((o) => o.about === e || o.place === e);
  return held.length ? section("Figures", list(held, figureItem)) : null;
}

export function figureItem(o) {
  const [doc, start, end] = o.e;
  return el("button", { type: "button", class: "claim", disabled: doc === undefined, onclick: () => change({ doc, pane: "document", sel: S.sel }) },
    el("span", { class: "line" }, el("b", null, `${o.value.toLocaleString("en")} ${o.unit ?? ""}`), " ", words(o.measure, 120)),
    el("span", { class: "meta" }, o.period >= 0 && el("span", null, dateWords(M.dates[o.period][0])), el("span", null, firmnessName(modalityName(o.m))), M.src[o.src].length > 0 && el("span", null, words(M.src[o.src].map(([said]) => said).join(", told by "), 80))),
    doc !== undefined && el("span", { class: "snippet" }, words(cut(doc, start, end).replace(/\s+/g, " "), 200)));
}

/** What this thing says itself, as the source of claims. */
function saidBy(e) {
  const chains = new Set(M.src.map((chain, n) => (chain.some(([, entity]) => entity === e) ? n : -1)).filter((n) => n >= 0));
  if (!chains.size) return null;
  const held = [];
  for (let c = 0; c < M.claims && held.length < 500; c++) if (chains.has(M.cl.src[c]) && shownKind(c)) held.push(c);
  return held.length ? section("What it says", list(held, (c) => claimItem(c, { quote: true }))) : null;
}

function mentionItem({ doc, start, end, entity }) {
  const [from, to] = blockAt(doc, start, end);
  const before = cut(doc, Math.max(from, start - 48), start).replace(/\s+/g, " "), after = cut(doc, end, Math.min(to, end + 48)).replace(/\s+/g, " ");
  return el("button", { type: "button", class: "claim", onclick: () => change({ doc, pane: "document", sel: { kind: "e", at: entity } }) },
    el("span", { class: "context" }, start - 48 > from && "…", before, el("mark", { class: "said" }, words(cut(doc, start, end), 120)), after, end + 48 < to && "…"),
    M.docs.length > 1 && el("span", { class: "meta" }, el("span", null, words(M.docs[doc].title, 80))));
}

function mergeParts(e) {
  const held = M.jud.filter(([entity]) => entity === e);
  if (!held.length) return null;
  const verdict = ["is", "is not", "may be"];
  return el("details", { class: "part" }, el("summary", null, `Why these mentions were joined (${held.length})`),
    el("ul", { class: "list reasons" }, held.slice(0, 200).map(([, d1, s1, e1, d2, s2, e2, v, reason]) => el("li", null, el("q", null, words(cut(d1, s1, e1), 80)), ` ${verdict[v]} `, el("q", null, words(cut(d2, s2, e2), 80)), ": ", M.words[reason]))));
}

// ---- a path --------------------------------------------------------------------------------------

function pathParts() {
  const [from, to] = S.path, way = shortest(from, to);
  const leave = el("div", { class: "row" }, el("button", { type: "button", onclick: () => change({ path: null }) }, "Leave the path"));
  if (S.sel?.kind === "c") return [...claimParts(S.sel.at), leave];
  if (S.sel?.kind === "e") return [...thingParts(S.sel.at), leave];
  if (!way) return [el("p", { class: "kicker" }, "Path"), el("h2", { tabindex: -1 }, words(labelOf(from), 80), " … ", words(labelOf(to), 80)), el("p", null, "No claims that are shown lead from one to the other. Fewer filters may help."), leave];
  return [
    el("p", { class: "kicker" }, "Shortest path"),
    el("h2", { tabindex: -1 }, words(labelOf(from), 80), " → ", words(labelOf(to), 80)),
    el("p", { class: "fine" }, `${plural(way.length - 1, "step")}, over claims that are shown.`),
    way.slice(1).map((e, n) => section(`${n + 1}. ${shortened(labelOf(way[n]), 60)} – ${shortened(labelOf(e), 60)}`, list([...claimsOf(e)].filter((c) => V.passes[c] && (M.cl.s[c] === way[n] || M.cl.o[c] === way[n])), (c) => claimItem(c, { quote: true })))),
    leave,
  ];
}

export const selectionWords = () => (!S.sel ? "Nothing is chosen" : S.sel.kind === "e" ? `${labelOf(S.sel.at)}, ${typeOf(S.sel.at).l}, ${plural(claimsOf(S.sel.at).length, "claim")}` : `${claimText(S.sel.at)}. ${firmnessWords(S.sel.at)}, ${speakerWords(S.sel.at)}`);
