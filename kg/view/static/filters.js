// Legend and filters in one: each value with its mark, and how many claims (for classes: things) it would show.

import { $, el, plural, words } from "./dom.js";
import { M } from "./model.js";
import { V } from "./choice.js";
import { S, change, facetSize, filtered, toggled } from "./state.js";
import { badge, dashMark, lineMark } from "./shapes.js";
import { MISFIT, MODALITIES, dayWords } from "./wording.js";

const FEW_VALUES = 7;
const wide = new Set(); // facets whose long lists are open
let narrowed = {}; // words typed to find a value, by facet

/** Draw all facets; what has the focus keeps it. */
export function refreshFilters() {
  const held = document.activeElement?.closest("#filters") ? document.activeElement.id : null;
  $("#facets").replaceChildren(
    classFacet(),
    firmFacet(),
    ...[
      ["relation", "Relation"],
      ["speaker", "Who says it"],
      ["document", "Document"],
    ]
      .map(([facet, title]) => longFacet(facet, title))
      .filter(Boolean),
    pictureFacet(),
  );
  if (held) document.getElementById(held)?.focus();
  $("#reset").disabled = !(
    filtered() ||
    S.hidden.size ||
    S.expanded.size ||
    S.focus !== null ||
    S.path ||
    S.groups.size ||
    S.open ||
    S.derived ||
    S.alone ||
    (M.part && !S.part)
  );
}

const nameOf = {
  relation: (n) => M.rel[n].l,
  speaker: (n) => M.speakers[n].label,
  document: (n) => M.docs[n].title,
  modality: (n) => MODALITIES[M.mod[n]][0],
  family: (n) => M.fam[n].l,
  type: (n) => M.types[n].l,
};

function facetBox(facet, title, ...children) {
  const off = S.off[facet].size > 0 || (facet === "family" && S.off.type.size > 0);
  return el(
    "fieldset",
    null,
    el("legend", null, title),
    off &&
      el(
        "button",
        {
          type: "button",
          class: "all",
          id: `all-${facet}`,
          onclick: () =>
            change({ off: { ...S.off, [facet]: new Set(), ...(facet === "family" ? { type: new Set() } : {}) } }),
        },
        "all",
      ),
    ...children,
  );
}

/** One value: a tick box with its mark, name and count, and a button that leaves it alone. */
function row(facet, n, mark, { sub = false } = {}) {
  const id = `${facet}-${n}`,
    on = !S.off[facet].has(n),
    count = V.counts[facet]?.[n] ?? 0;
  return el(
    "div",
    { class: sub ? "value sub" : "value" },
    el(
      "label",
      { for: id },
      el("input", {
        type: "checkbox",
        id,
        checked: on,
        onchange: (event) => change({ off: { ...S.off, [facet]: toggled(S.off[facet], n, !event.target.checked) } }),
      }),
      mark,
      el("span", { class: "name" }, words(nameOf[facet](n), 70)),
      el("span", { class: "count" }, count.toLocaleString("en")),
    ),
    el(
      "button",
      {
        type: "button",
        class: "only",
        id: `only-${id}`,
        "aria-label": `Only ${nameOf[facet](n).slice(0, 80)}`,
        onclick: () => only(facet, n),
      },
      "only",
    ),
  );
}

function only(facet, n) {
  const off = new Set(Array.from({ length: facetSize[facet]() }, (_, value) => value).filter((value) => value !== n));
  if (facet === "type")
    return change({
      off: { ...S.off, type: new Set([...off].filter((t) => M.types[t].n !== M.types[n].n)), family: new Set() },
    });
  change({ off: { ...S.off, [facet]: off, ...(facet === "family" ? { type: new Set() } : {}) } });
}

function classFacet() {
  const rows = M.fam.flatMap((family, f) => {
    const types = M.types.map((_, t) => t).filter((t) => M.types[t].f === f),
      names = new Set(types.map((t) => M.types[t].n));
    const open = wide.has(`family-${f}`);
    const more =
      names.size > 1 &&
      el(
        "button",
        {
          type: "button",
          class: "unfold",
          id: `unfold-${f}`,
          "aria-expanded": String(open),
          "aria-label": `Kinds of ${family.l}`,
          onclick: () => {
            wide[open ? "delete" : "add"](`family-${f}`);
            refreshFilters();
          },
        },
        open ? "▾" : "▸",
      );
    const top = row("family", f, badge(family));
    if (more) top.append(more);
    const subs = open
      ? types
          .filter((t) => V.counts.type?.[t] || S.off.type.has(t))
          .sort((a, b) => V.counts.type[b] - V.counts.type[a] || a - b)
          .map((t) => row("type", t, null, { sub: true }))
      : [];
    return [top, ...subs];
  });
  return facetBox("family", "Things", rows);
}

function firmFacet() {
  const used = M.mod.map((_, m) => m).filter((m) => V.counts.modality?.[m] || S.off.modality.has(m));
  const misfits = Object.keys(M.cl.off).length;
  const kinds = [1, 2].map((kind) => M.cl.kind.filter((k) => k === kind).length);
  return facetBox(
    "modality",
    "How firmly it is said",
    used.map((m) => row("modality", m, dashMark(m))),
    el(
      "p",
      { class: "key" },
      el("span", { class: "dots denied", "aria-hidden": "true" }, "⊘"),
      " said not to be so · ",
      el("span", { class: "half", "aria-hidden": "true" }, "◐"),
      " some say so, others deny it",
      misfits && [" · ", lineMark("misfit"), ` ${MISFIT[0].toLowerCase()} (${misfits.toLocaleString("en")})`],
    ),
    kinds[0] > 0 &&
      toggle(
        "open",
        `Open claims (${kinds[0].toLocaleString("en")})`,
        "Relations in the words of the text, which no example of the ontology taught",
      ),
    kinds[1] > 0 &&
      toggle(
        "derived",
        `Derived claims (${kinds[1].toLocaleString("en")})`,
        "What rules of the ontology conclude from other claims",
      ),
  );
}

function longFacet(facet, title) {
  const size = facetSize[facet]();
  if (size < 2) return null;
  const find = (narrowed[facet] ?? "").toLowerCase();
  const ranked = Array.from({ length: size }, (_, n) => n)
    .filter((n) => (V.counts[facet]?.[n] || S.off[facet].has(n)) && nameOf[facet](n).toLowerCase().includes(find))
    .sort((a, b) => V.counts[facet][b] - V.counts[facet][a] || a - b);
  const open = wide.has(facet),
    shown = open || find ? ranked.slice(0, 200) : ranked.slice(0, FEW_VALUES);
  return facetBox(
    facet,
    title,
    open &&
      el("input", {
        type: "search",
        id: `find-${facet}`,
        class: "find",
        placeholder: "Find…",
        "aria-label": `Find in ${title}`,
        value: narrowed[facet] ?? "",
        oninput: (event) => {
          narrowed = { ...narrowed, [facet]: event.target.value };
          refreshFilters();
        },
      }),
    shown.map((n) => row(facet, n, null)),
    ranked.length > FEW_VALUES &&
      !find &&
      el(
        "button",
        {
          type: "button",
          class: "more",
          id: `more-${facet}`,
          "aria-expanded": String(open),
          onclick: () => {
            wide[open ? "delete" : "add"](facet);
            refreshFilters();
          },
        },
        open ? "Show fewer" : `Show all ${ranked.length.toLocaleString("en")}`,
      ),
  );
}

function toggle(name, text, title) {
  return el(
    "div",
    { class: "value" },
    el(
      "label",
      { for: `set-${name}`, title },
      el("input", {
        type: "checkbox",
        id: `set-${name}`,
        checked: S[name],
        onchange: (event) => change({ [name]: event.target.checked }),
      }),
      el("span", { class: "name" }, text),
    ),
  );
}

function pictureFacet() {
  return el(
    "fieldset",
    null,
    el("legend", null, "Picture"),
    toggle("fold", "Events as lines", "Draw an event as direct lines between those who take part"),
    toggle("hulls", "Communities", "Shade groups that hold together more than with the rest"),
    toggle("alone", "Things without claims", "Also draw what is only mentioned"),
  );
}

// ---- what is in force, over the picture ----------------------------------------------------------

export function refreshChips() {
  const chips = [];
  const chip = (text, title, undo) =>
    chips.push(
      el(
        "button",
        { type: "button", class: "chip", title, onclick: undo },
        text,
        el("span", { "aria-hidden": "true" }, " ✕"),
        el("span", { class: "unseen" }, " (undo)"),
      ),
    );
  if (S.part && M.part)
    chip(["A part: ", words(M.about || "chosen things", 80)], "Show all that this page holds", () => change({ part: false }));
  if (S.focus !== null)
    chip([plural(S.hops, "step"), " around ", words(M.ent.l[S.focus], 40)], "Leave the focus", () =>
      change({ focus: null }),
    );
  if (S.path)
    chip(["Path ", words(M.ent.l[S.path[0]], 24), " → ", words(M.ent.l[S.path[1]], 24)], "Leave the path", () =>
      change({ path: null }),
    );
  if (S.time) chip(`${dayWords(S.time[0])} – ${dayWords(S.time[1])}`, "Show all times", () => change({ time: null }));
  for (const facet of ["family", "type", "relation", "modality", "speaker", "document"]) {
    const off = S.off[facet].size;
    if (!off) continue;
    const left = facetSize[facet]() - off,
      word = {
        family: "classes",
        type: "kinds",
        relation: "relations",
        modality: "degrees of firmness",
        speaker: "speakers",
        document: "documents",
      }[facet];
    const one =
      left === 1 ? Array.from({ length: facetSize[facet]() }, (_, n) => n).find((n) => !S.off[facet].has(n)) : null;
    chip(
      one != null
        ? ["Only ", words(nameOf[facet](one), 40)]
        : off === 1
          ? ["Without ", words(nameOf[facet]([...S.off[facet]][0]), 40)]
          : `${left} of ${facetSize[facet]()} ${word}`,
      "Show all of them",
      () => change({ off: { ...S.off, [facet]: new Set() } }),
    );
  }
  if (S.hidden.size)
    chip(plural(S.hidden.size, "hidden thing"), "Show what is hidden", () => change({ hidden: new Set() }));
  if (S.expanded.size)
    chip(`Expanded ${S.expanded.size}`, "Fold back what was expanded", () => change({ expanded: new Set() }));
  if (S.groups.size)
    chip(plural(S.groups.size, "open community", "open communities"), "Back to communities", () =>
      change({ groups: new Set() }),
    );
  $("#chips").replaceChildren(...chips);
}

/** Say how much is drawn of how much there is. */
export function refreshCount(nodes, lines) {
  const whole =
    M.mode === "central" && !S.part && S.focus === null && !S.path
      ? `the most central of ${M.entities.toLocaleString("en")} things`
      : null;
  const rest = [
    ` · ${V.count.toLocaleString("en")} of ${V.wanted.toLocaleString("en")} claims`,
    M.mode !== "all" && !whole ? `${M.entities.toLocaleString("en")} things in all` : whole,
  ]
    .filter(Boolean)
    .join(" · ");
  $("#count").replaceChildren(
    el(
      "span",
      null,
      `${M.mode === "communities" && !V.drawn.size ? plural(nodes, "community", "communities") : plural(nodes, "thing")}, ${plural(lines, "line")} drawn`,
    ),
    el("span", { class: "rest" }, rest),
    ...(V.capped ? [el("span", null, ` · ${V.capped}`)] : []),
  );
}
