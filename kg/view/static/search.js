// Search over names, aliases and sentences, as one types.

import { $, announce, el, folded, shortened, words } from "./dom.js";
import { M, claimsOf, cut, familyOf, labelOf, quoteOf, typeOf } from "./model.js";
import { change } from "./state.js";
import { badge } from "./shapes.js";
import { picking } from "./network.js";
import { claimText } from "./wording.js";

const THINGS = 8,
  SENTENCES = 8;
let names = null,
  sentences = null,
  hits = [],
  at = -1;

/** Folded names by entity, made when the first letter is typed. */
function namesIndex() {
  names ??= M.ent.l.map((label, e) => [label, ...(M.ent.a[e] ?? [])].map(folded));
  return names;
}

/** Each sentence once, with the claims that rest on it. */
function sentenceIndex() {
  if (sentences) return sentences;
  const found = new Map();
  for (let c = 0; c < M.claims; c++) {
    const place = quoteOf(c);
    if (!place) continue;
    const key = `${place.doc} ${place.start} ${place.end}`;
    if (!found.has(key)) found.set(key, { ...place, claims: [] });
    found.get(key).claims.push(c);
  }
  sentences = [...found.values()].map((each) => ({ ...each, text: folded(cut(each.doc, each.start, each.end)) }));
  return sentences;
}

function search(typed) {
  const wanted = folded(typed.trim());
  if (!wanted) return [];
  const scored = [];
  namesIndex().forEach((forms, e) => {
    let best = 9;
    for (const form of forms) {
      const place = form.indexOf(wanted);
      if (place >= 0)
        best = Math.min(best, form === wanted ? 0 : place === 0 ? 1 : /[^\p{L}\p{N}]/u.test(form[place - 1]) ? 2 : 3);
    }
    if (best < 9) scored.push({ e, score: best });
  });
  scored.sort((a, b) => a.score - b.score || claimsOf(b.e).length - claimsOf(a.e).length || a.e - b.e);
  const out = scored.slice(0, THINGS).map(({ e }) => ({ kind: "e", at: e }));
  if (picking.from !== null || wanted.length < 2) return out;
  for (const each of sentenceIndex()) {
    if (out.length >= THINGS + SENTENCES) break;
    const place = each.text.indexOf(wanted);
    if (place >= 0) out.push({ kind: "c", at: each.claims[0], count: each.claims.length, ...each, place });
  }
  return out;
}

/** What a search without results says: of a part of a graph, what is sought may be in the rest. */
function noneWords() {
  if (!M.of) return "No results";
  const here = M.ent.l.length;
  return `No results in this page: it holds ${here.toLocaleString("en")} of the graph’s ${M.of.toLocaleString("en")} things (${M.about})`;
}

function sayNone() {
  const box = $("#hits");
  box.hidden = false;
  box.replaceChildren(el("li", { role: "option", "aria-disabled": "true", "aria-selected": "false" }, noneWords()));
}

function drawHits() {
  const box = $("#hits"),
    input = $("#q"),
    open = hits.length > 0;
  box.hidden = !open;
  input.setAttribute("aria-expanded", String(open));
  if (at >= 0) input.setAttribute("aria-activedescendant", `hit-${at}`);
  else input.removeAttribute("aria-activedescendant");
  box.replaceChildren(
    ...hits.map((hit, n) =>
      el(
        "li",
        {
          role: "option",
          id: `hit-${n}`,
          "aria-selected": String(n === at),
          onmousedown: (event) => {
            event.preventDefault();
            takeHit(n);
          },
        },
        hit.kind === "e" ? thing(hit) : sentence(hit),
      ),
    ),
  );
  if (at >= 0) box.children[at].scrollIntoView({ block: "nearest" });
}

function thing({ at: e }) {
  const aliases = (M.ent.a[e] ?? [])
    .slice(0, 3)
    .map((alias) => shortened(alias, 40))
    .join(", ");
  return [
    badge(familyOf(e)),
    el(
      "span",
      { class: "name" },
      words(labelOf(e), 90),
      el("small", null, [typeOf(e).l, aliases].filter(Boolean).join(" · ")),
    ),
    el("small", { class: "count" }, claimsOf(e).length),
  ];
}

function sentence({ doc, start, end, place, at: c, count }) {
  const text = cut(doc, start, end).replace(/\s+/g, " "),
    from = Math.max(0, place - 50);
  return [
    el(
      "span",
      { class: "name" },
      el("q", null, from > 0 && "…", words(text.slice(from), 130)),
      el("small", null, words(claimText(c), 90), count > 1 && ` and ${count - 1} more`),
    ),
  ];
}

function takeHit(n) {
  const hit = hits[n];
  close();
  $("#q").value = "";
  if (picking.from !== null) return picking.done(hit.at);
  change({ sel: { kind: hit.kind, at: hit.at }, pane: "evidence" });
  announce(hit.kind === "e" ? `${labelOf(hit.at)} chosen` : claimText(hit.at));
}

function close() {
  hits = [];
  at = -1;
  drawHits();
}

export function startSearch() {
  const input = $("#q");
  input.addEventListener("input", () => {
    hits = search(input.value);
    at = hits.length ? 0 : -1;
    drawHits();
    const typed = input.value.trim();
    if (typed && !hits.length) sayNone();
    if (typed) announce(hits.length ? `${hits.length} results` : noneWords());
  });
  input.addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by && hits.length) {
      at = (at + by + hits.length) % hits.length;
      drawHits();
      event.preventDefault();
    } else if (event.key === "Enter" && at >= 0) takeHit(at);
    else if (event.key === "Escape") {
      if (hits.length || input.value) event.stopPropagation();
      input.value = "";
      close();
    }
  });
  input.addEventListener("blur", () => setTimeout(close, 120));
}
