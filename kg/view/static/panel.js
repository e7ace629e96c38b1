// The evidence: for a line, the sentence behind it and who says so; for a thing, all that is known of it.

import { V, mostCentral, shortest } from "./choice.js";
import { claimParts } from "./claim.js";
import { $, el, plural, shortened, words } from "./dom.js";
import { claimItem, firmnessName, list, section, thingItem } from "./items.js";
import { M, against, claimsOf, labelOf, typeOf } from "./model.js";
import { S, change } from "./state.js";
import { thingParts } from "./thing.js";
import { claimText, dateWords, firmnessWords, speakerWords } from "./wording.js";

const host = () => $("#evidence");

/** Draw what is chosen; the heading takes the focus when the reader asked for it by key. */
export function refreshPanel({ focus = false } = {}) {
  const parts = S.path
    ? pathParts()
    : !S.sel
      ? startParts()
      : S.sel.kind === "e"
        ? thingParts(S.sel.at)
        : claimParts(S.sel.at);
  host().replaceChildren(...parts.flat(3).filter(Boolean));
  host().scrollTop = 0;
  if (focus) $("#evidence h2")?.focus();
}

function startParts() {
  const disputed = V.claims.filter((c) => against(c));
  const top = (V.drawn.size ? [...V.drawn] : mostCentral())
    .sort((a, b) => claimsOf(b).length - claimsOf(a).length || a - b)
    .slice(0, 7);
  return [
    el("p", { class: "kicker" }, "Start here"),
    el("h2", { tabindex: -1 }, "Who says what, and how firmly"),
    el(
      "p",
      { class: "lead" },
      "Choose a line to read the sentence behind it, or a thing to see all that is said of it.",
    ),
    firmnessBar(),
    disputed.length &&
      section(
        "Denied or not confirmed",
        list(disputed, (c) => claimItem(c)),
      ),
    section(
      "Most is said of",
      el(
        "ul",
        { class: "list" },
        top.map((e) => el("li", null, thingItem(e))),
      ),
    ),
    section(
      M.docs.length === 1 ? "The document" : "The documents",
      list(
        M.docs.map((_, d) => d),
        documentItem,
      ),
    ),
    M.versions.model &&
      el(
        "p",
        { class: "fine" },
        `Read by ${Object.entries(M.versions)
          .map(([name, version]) => `${name} ${version}`)
          .join(", ")}.`,
      ),
  ];
}

/** How firm the visible claims are, as one bar. */
function firmnessBar() {
  const counts = M.mod.map((_, m) => V.counts.modality?.[m] ?? 0);
  const total = counts.reduce((a, b) => a + b, 0);
  if (!total) return null;
  const shares = counts.map((count, m) => ({ count, name: M.mod[m] })).filter((share) => share.count);
  return el(
    "div",
    { class: "firmbar" },
    el(
      "svg:svg",
      { viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true" },
      firmBars(shares, total),
    ),
    el(
      "p",
      { class: "fine" },
      shares.map((share) => `${share.count.toLocaleString("en")} ${firmnessName(share.name)}`).join(" · "),
    ),
  );
}

function firmBars(shares, total) {
  let x = 0;
  return shares.map(({ count, name }) => {
    const w = (count / total) * 100,
      bar = el("svg:rect", { x, width: Math.max(0.4, w - 0.35), y: 0, height: 8, class: `m-${name}` });
    x += w;
    return bar;
  });
}

function documentItem(d) {
  const doc = M.docs[d];
  return el(
    "button",
    { type: "button", class: "claim", onclick: () => change({ doc: d, pane: "document" }) },
    el("span", { class: "line" }, el("b", null, words(doc.title, 160))),
    el(
      "span",
      { class: "meta" },
      [doc.outlet, doc.author, doc.date >= 0 && dateWords(M.dates[doc.date][0])]
        .filter(Boolean)
        .map((text) => el("span", null, words(text, 80))),
    ),
  );
}

function pathParts() {
  const [from, to] = S.path,
    way = shortest(from, to);
  const leave = el(
    "div",
    { class: "row" },
    el("button", { type: "button", onclick: () => change({ path: null }) }, "Leave the path"),
  );
  if (S.sel?.kind === "c") return [...claimParts(S.sel.at), leave];
  if (S.sel?.kind === "e") return [...thingParts(S.sel.at), leave];
  if (!way)
    return [
      el("p", { class: "kicker" }, "Path"),
      el("h2", { tabindex: -1 }, words(labelOf(from), 80), " … ", words(labelOf(to), 80)),
      el("p", null, "No claims that are shown lead from one to the other. Fewer filters may help."),
      leave,
    ];
  return [
    el("p", { class: "kicker" }, "Shortest path"),
    el("h2", { tabindex: -1 }, words(labelOf(from), 80), " → ", words(labelOf(to), 80)),
    el("p", { class: "fine" }, `${plural(way.length - 1, "step")}, over claims that are shown.`),
    way.slice(1).map((e, n) =>
      section(
        `${n + 1}. ${shortened(labelOf(way[n]), 60)} – ${shortened(labelOf(e), 60)}`,
        list(
          [...claimsOf(e)].filter((c) => V.passes[c] && (M.cl.s[c] === way[n] || M.cl.o[c] === way[n])),
          (c) => claimItem(c, { quote: true }),
        ),
      ),
    ),
    leave,
  ];
}

export const selectionWords = () =>
  !S.sel
    ? "Nothing is chosen"
    : S.sel.kind === "e"
      ? `${labelOf(S.sel.at)}, ${typeOf(S.sel.at).l}, ${plural(claimsOf(S.sel.at).length, "claim")}`
      : `${claimText(S.sel.at)}. ${firmnessWords(S.sel.at)}, ${speakerWords(S.sel.at)}`;
