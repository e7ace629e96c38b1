// The reader: a whole document with every mention and claim marked. A click in the text chooses in the network, and
// what is chosen in the network is marked in the text.

import { $, el, plural, words } from "./dom.js";
import { M, cut, familyOf, labelOf, mentionsOf, quoteOf } from "./model.js";
import { S, change } from "./state.js";
import { claimsInDocument } from "./items.js";
import { dateWords } from "./wording.js";

let drawn = -1;
const KINDS = ["title", "heading", "paragraph", "table"];
const TABLE = 3;

export function refreshReader() {
  if (!M.docs.length) return $("#document").replaceChildren(el("p", { class: "fine" }, "The graph holds no document."));
  if (drawn !== S.doc) draw(S.doc);
  mark();
}

function draw(d) {
  drawn = d;
  const doc = M.docs[d],
    marks = marksOf(d),
    flow = el("article", {
      class: "flow",
      tabindex: 0,
      "aria-label": `Text of ${doc.title}. Arrow keys step through what is marked, Enter chooses.`,
      onclick,
      onkeydown,
    });
  const blocks = doc.blocks.length ? doc.blocks : [0, Array.from(M.texts[d]).length, 2];
  const tables = [...doc.tables.keys()];
  for (let b = 0; b < blocks.length; b += 3)
    flow.append(blockOf(d, blocks[b], blocks[b + 1], blocks[b + 2], marks, tables));
  const chooser =
    M.docs.length > 1 &&
    el(
      "label",
      { class: "chooser" },
      el("span", { class: "unseen" }, "Document"),
      el(
        "select",
        { id: "doc", onchange: (event) => change({ doc: +event.target.value }) },
        M.docs.map((each, n) =>
          el(
            "option",
            { value: n, selected: n === d },
            [each.title, each.outlet].filter(Boolean).join(" · ").slice(0, 120),
          ),
        ),
      ),
    );
  $("#document").replaceChildren(
    ...[
      chooser,
      el(
        "p",
        { class: "fine" },
        words(
          [doc.outlet, doc.author, doc.date >= 0 ? dateWords(M.dates[doc.date][0]) : null]
            .filter(Boolean)
            .join(" · ") || doc.path,
          200,
        ),
        doc.url &&
          /^https?:\/\//.test(doc.url) && [
            " · ",
            el(
              "a",
              { href: doc.url, rel: "noopener noreferrer nofollow", target: "_blank", referrerpolicy: "no-referrer" },
              "original ↗",
            ),
          ],
      ),
      flow,
    ].filter(Boolean),
  );
}

/** Mentions and quotes of a document, sorted by where they begin. */
function marksOf(d) {
  const mentions = [],
    quotes = new Map();
  for (let e = 0; e < M.entities; e++) for (const m of mentionsOf(e)) if (m.doc === d) mentions.push(m);
  for (const c of claimsInDocument(d)) {
    const { start, end } = quoteOf(c),
      key = `${start} ${end}`;
    if (!quotes.has(key)) quotes.set(key, { start, end, claims: [] });
    quotes.get(key).claims.push(c);
  }
  return {
    mentions: mentions.sort((a, b) => a.start - b.start || b.end - a.end),
    quotes: [...quotes.values()].sort((a, b) => a.start - b.start || b.end - a.end),
  };
}

function blockOf(d, start, end, kind, marks, tables) {
  const inside = (m) => m.start < end && start < m.end;
  const held = { mentions: marks.mentions.filter(inside), quotes: marks.quotes.filter(inside) };
  if (kind === TABLE) {
    const table = tables.find((n) => M.docs[d].tables[n].flat().some(([s, e]) => s >= start && e <= end && e > s));
    if (table !== undefined) return tableOf(d, table, held);
  }
  const name = ["h3", "h4", "p", "pre"][kind] ?? "p";
  return el(name, { class: `block ${KINDS[kind]}` }, flowOf(d, start, end, held));
}

function tableOf(d, n, held) {
  const { tables, headers } = M.docs[d];
  return el(
    "div",
    { class: "scroll", tabindex: 0, role: "group", "aria-label": "Table of the document" },
    el(
      "table",
      null,
      el(
        "tbody",
        null,
        tables[n].map((row, r) =>
          el(
            "tr",
            null,
            row.map(([s, e]) =>
              el(
                headers[n] && r === 0 ? "th" : "td",
                headers[n] && r === 0 ? { scope: "col" } : null,
                s < e ? flowOf(d, s, e, held) : "",
              ),
            ),
          ),
        ),
      ),
    ),
  );
}

/** Cut a stretch where marks begin and end; each piece knows the innermost mention and the quotes around it. */
function flowOf(d, start, end, { mentions, quotes }) {
  const cuts = new Set([start, end]);
  for (const m of [...mentions, ...quotes]) for (const at of [m.start, m.end]) if (at > start && at < end) cuts.add(at);
  const sorted = [...cuts].sort((a, b) => a - b),
    out = [];
  for (let n = 0; n + 1 < sorted.length; n++) {
    const [from, to] = [sorted[n], sorted[n + 1]],
      covers = (m) => m.start <= from && to <= m.end;
    const mention = mentions.filter(covers).sort((a, b) => a.end - a.start - (b.end - b.start))[0];
    const around = quotes.filter(covers);
    const text = cut(d, from, to);
    let piece = text;
    if (mention)
      piece = el(
        "span",
        {
          class: `mention c-${familyOf(mention.entity).colour}`,
          role: "button",
          tabindex: -1,
          "data-e": mention.entity,
          "aria-label": `${text}: ${labelOf(mention.entity)}`,
        },
        text,
      );
    if (around.length)
      piece = el("span", { class: "told", "data-c": around.flatMap((q) => q.claims).join(" ") }, piece);
    out.push(piece);
    for (const q of quotes)
      if (q.end === to && q.start < to)
        out.push(
          el(
            "span",
            {
              class: "cite",
              role: "button",
              tabindex: -1,
              "data-c": q.claims.join(" "),
              "aria-label": `${plural(q.claims.length, "claim")} of this sentence`,
            },
            q.claims.length,
          ),
        );
  }
  return out;
}

function onclick(event) {
  const at = event.target.closest("[data-e], [data-c]");
  if (!at || String(getSelection())) return;
  take(at);
}

function take(at) {
  if (at.dataset.e !== undefined) change({ sel: { kind: "e", at: +at.dataset.e } });
  else {
    const claims = at.dataset.c.split(" ").map(Number),
      now = S.sel?.kind === "c" ? claims.indexOf(S.sel.at) : -1;
    change({ sel: { kind: "c", at: claims[(now + 1) % claims.length] } });
  }
}

/** Step through marks with the arrow keys, so that the text is one stop for Tab. */
function onkeydown(event) {
  const marks = [...event.currentTarget.querySelectorAll("[tabindex='-1']")];
  const now = marks.indexOf(document.activeElement),
    by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (by && marks.length) {
    event.preventDefault();
    marks[now < 0 ? (by > 0 ? 0 : marks.length - 1) : Math.min(marks.length - 1, Math.max(0, now + by))].focus();
  } else if ((event.key === "Enter" || event.key === " ") && now >= 0) {
    event.preventDefault();
    take(marks[now]);
  }
}

/** Mark what is chosen, and bring it into sight. */
function mark() {
  const flow = $("#document .flow");
  if (!flow) return;
  flow.querySelectorAll(".on").forEach((piece) => piece.classList.remove("on"));
  if (!S.sel) return;
  const hits =
    S.sel.kind === "e"
      ? flow.querySelectorAll(`[data-e="${S.sel.at}"]`)
      : [...flow.querySelectorAll(".told")].filter((piece) => piece.dataset.c.split(" ").includes(String(S.sel.at)));
  hits.forEach((piece) => piece.classList.add("on"));
  const first = hits[0];
  if (first && flow.offsetParent) {
    const box = $("#document"),
      top = first.getBoundingClientRect().top - box.getBoundingClientRect().top;
    if (top < 40 || top > box.clientHeight - 60) box.scrollTop += top - box.clientHeight / 3;
  }
}

/** Open the document of what is chosen, if the open one does not hold it. */
export function followSelection() {
  if (!S.sel) return S.doc;
  if (S.sel.kind === "c") return quoteOf(S.sel.at)?.doc ?? S.doc;
  const docs = [...mentionsOf(S.sel.at)].map((m) => m.doc);
  return docs.length && !docs.includes(S.doc) ? docs[0] : S.doc;
}
