// What the panels are made of: sections, lists that show a few, and claims and things as their items.

import { el, plural, words } from "./dom.js";
import { M, claimsOf, cut, familyOf, labelOf, quoteOf } from "./model.js";
import { badge } from "./shapes.js";
import { S, change } from "./state.js";
import { claimLine, dots, firmnessWords, speakerWords, whenWords } from "./wording.js";

const FEW = 8; // items before "show all"

export const chooseClaim = (claim) => change({ sel: { kind: "c", at: claim }, pane: "evidence" });

const chooseThing = (entity) => change({ sel: { kind: "e", at: entity }, pane: "evidence" });

export const section = (title, ...children) => el("section", { class: "part" }, el("h3", null, title), ...children);

export const thingLink = (entity, text = labelOf(entity)) =>
  el("button", { class: "link", type: "button", onclick: () => chooseThing(entity) }, words(text, 160));

/** A list that shows a few and has the rest on demand. */
export function list(items, draw, kind = "ul") {
  const box = el(
    kind,
    { class: "list" },
    items.slice(0, FEW).map((item) => el("li", null, draw(item))),
  );
  if (items.length <= FEW) return box;
  const more = el(
    "button",
    {
      type: "button",
      class: "more",
      onclick: () => {
        const step = items.slice(box.children.length, box.children.length + 100);
        box.append(...step.map((item) => el("li", null, draw(item))));
        if (box.children.length >= items.length) more.remove();
        else more.textContent = `Show more (${items.length - box.children.length})`;
      },
    },
    `Show all ${items.length.toLocaleString("en")}`,
  );
  return [box, more];
}

/** A claim in a list: the line, and under it how firmly, when and by whom. */
export function claimItem(claim, { note = null, quote = false, line = null } = {}) {
  const place = quoteOf(claim);
  return el(
    "button",
    {
      type: "button",
      class: "claim",
      "aria-current": S.sel?.kind === "c" && S.sel.at === claim ? "true" : null,
      onclick: () => chooseClaim(claim),
    },
    line ?? claimLine(claim),
    el(
      "span",
      { class: "meta" },
      dots(claim),
      el("span", null, firmnessWords(claim)),
      el("span", null, words(speakerWords(claim), 90)),
      whenWords(claim) && el("span", null, whenWords(claim)),
      note && el("span", { class: "note" }, note),
    ),
    quote &&
      place &&
      el("span", { class: "snippet" }, words(cut(place.doc, place.start, place.end).replace(/\s+/g, " "), 220)),
  );
}

export const thingItem = (e) =>
  el(
    "button",
    { type: "button", class: "thing", onclick: () => chooseThing(e) },
    badge(familyOf(e)),
    el("span", { class: "name" }, words(labelOf(e), 90)),
    el("span", { class: "count" }, plural(claimsOf(e).length, "claim")),
  );

export const firmnessName = (name) => ({ asserted: "stated as fact", unconfirmed: "not confirmed" })[name] ?? name;

export const shownKind = (c) =>
  M.cl.kind[c] === 0 || (M.cl.kind[c] === 1 && S.open) || (M.cl.kind[c] === 2 && S.derived);

const byDocument = new Map();

/** The claims whose first quote is in a document, in the order of the text. */
export function claimsInDocument(doc) {
  if (!byDocument.size)
    for (let c = 0; c < M.claims; c++) {
      const place = quoteOf(c);
      if (!place) continue;
      if (!byDocument.has(place.doc)) byDocument.set(place.doc, []);
      byDocument.get(place.doc).push(c);
    }
  return byDocument.get(doc) ?? [];
}
