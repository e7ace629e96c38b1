// The claims as a table: the equivalent of the picture for those who do not see it, and a sheet to sort and copy.
// Rows are made only for what is in sight.

import { $, announce, copy, el, plural, words } from "./dom.js";
import { M, cut, happened, labelOf, quoteOf, relationOf } from "./model.js";
import { V } from "./choice.js";
import { S, change } from "./state.js";
import { dots, firmnessWords, objectWords, speakerWords, whenWords } from "./wording.js";

const ROW = 44,
  OVER = 8;
const COLUMNS = [
  ["subject", "Subject", (c) => labelOf(M.cl.s[c])],
  ["relation", "Relation", (c) => relationOf(c).l],
  ["object", "Object", objectWords],
  ["who", "Who says it", speakerWords],
  ["firmly", "How firmly", firmnessWords],
  ["when", "When", whenWords],
  [
    "sentence",
    "Sentence",
    (c) => {
      const q = quoteOf(c);
      return q ? cut(q.doc, q.start, q.end).replace(/\s+/g, " ") : "";
    },
  ],
  ["document", "Document", (c) => M.docs[M.cl.d[c]]?.title ?? ""],
];
let rows = [],
  cursor = -1,
  undatedOnly = false;

export function startTable() {
  $("#rows").addEventListener("scroll", () => requestAnimationFrame(drawRows), { passive: true });
  new ResizeObserver(() => S.view === "table" && drawRows()).observe($("#rows"));
  $("#tsv").addEventListener("click", async () => {
    const text = [
      ["Subject", "Relation", "Not", "Object", "Who says it", "How firmly", "When", "Sentence", "Document"],
      ...rows.map((c) => [
        labelOf(M.cl.s[c]),
        relationOf(c).l,
        M.cl.neg[c] ? "not" : "",
        ...COLUMNS.slice(2).map(([, , of]) => of(c)),
      ]),
    ];
    await copy(text.map((row) => row.map((cell) => String(cell).replace(/[\t\r\n]+/g, " ")).join("\t")).join("\n"));
    announce(`${plural(rows.length, "row")} copied`);
    $("#tsv").textContent = "Copied";
    setTimeout(() => {
      $("#tsv").textContent = "Copy as TSV";
    }, 1600);
  });
  $("#undated").addEventListener("click", () => showUndated(!undatedOnly));
  $("#rows").addEventListener("keydown", onRowKey);
}

/** List the claims that have no date. */
export function showUndated(on = true) {
  undatedOnly = on;
  if (S.view !== "table") change({ view: "table" });
  else refreshTable();
}

export function refreshTable() {
  if (S.view !== "table") return;
  rows = undatedOnly ? undatedClaims() : [...V.claims];
  const [, name, down] = /^([a-z]+)(-?)$/.exec(S.sort) ?? [];
  const of =
    { when: (c) => happened(c)?.first ?? Infinity, firmly: (c) => M.cl.m[c] * 2 + M.cl.neg[c] }[name] ??
    COLUMNS.find(([column]) => column === name)?.[2];
  if (of) {
    const keyed = rows.map((c) => [of(c), c]),
      sign = down ? -1 : 1,
      order = new Intl.Collator("en");
    rows = keyed
      .sort(([a, m], [b, n]) => sign * (typeof a === "string" ? order.compare(a, b) : a === b ? 0 : a - b) || m - n)
      .map(([, c]) => c);
  }
  $("#undated").setAttribute("aria-pressed", String(undatedOnly));
  $("#table-count").textContent = plural(rows.length, undatedOnly ? "undated claim" : "claim");
  head();
  $("#rows").scrollTop = 0;
  cursor = S.sel?.kind === "c" ? rows.indexOf(S.sel.at) : -1;
  drawRows();
}

function undatedClaims() {
  if (!S.time) return V.claims.filter((c) => !happened(c));
  return Array.from({ length: M.claims }, (_, c) => c).filter((c) => !happened(c) && M.cl.kind[c] === 0);
}

function head() {
  const [, name, down] = /^([a-z]+)(-?)$/.exec(S.sort) ?? [];
  $("#claims thead").replaceChildren(
    el(
      "tr",
      { "aria-rowindex": 1 },
      COLUMNS.map(([column, title]) =>
        el(
          "th",
          {
            scope: "col",
            class: `col-${column}`,
            "aria-sort": column === name ? (down ? "descending" : "ascending") : null,
          },
          el(
            "button",
            { type: "button", onclick: () => change({ sort: column === name ? (down ? "" : `${column}-`) : column }) },
            title,
            el("span", { class: "sort", "aria-hidden": "true" }, column === name ? (down ? " ▼" : " ▲") : ""),
          ),
        ),
      ),
    ),
  );
  $("#claims").setAttribute("aria-rowcount", rows.length + 1);
}

/** Make the rows that are in sight, with room above and below for the others. */
function drawRows() {
  const box = $("#rows"),
    first = Math.max(0, Math.floor(box.scrollTop / ROW) - OVER),
    last = Math.min(rows.length, Math.ceil((box.scrollTop + (box.clientHeight || 600)) / ROW) + OVER);
  const held = document.activeElement?.closest?.("#claims tbody tr")?.dataset.n;
  const pad = (n) => (n > 0 ? [el("tr", { class: "pad", "aria-hidden": "true" }, padCell(n))] : []);
  $("#claims tbody").replaceChildren(
    ...pad(first),
    ...rows.slice(first, last).map((c, n) => rowOf(c, first + n)),
    ...pad(rows.length - last),
  );
  if (held !== undefined) $(`#claims tr[data-n="${held}"]`)?.focus({ preventScroll: true });
  if (!rows.length)
    $("#claims tbody").replaceChildren(
      el("tr", null, el("td", { colspan: COLUMNS.length }, "No claim passes the filters.")),
    );
}

function padCell(count) {
  const cell = el("td", { colspan: COLUMNS.length });
  cell.style.height = `${count * ROW}px`;
  return cell;
}

function rowOf(c, n) {
  const chosen = S.sel?.kind === "c" && S.sel.at === c,
    tab = n === (cursor >= 0 ? cursor : 0) ? 0 : -1;
  return el(
    "tr",
    {
      tabindex: tab,
      "data-n": n,
      "aria-rowindex": n + 2,
      "aria-selected": String(chosen),
      class: chosen ? "on" : null,
      onclick: () => pick(n),
    },
    COLUMNS.map(([column, , of]) =>
      el(
        column === "subject" ? "th" : "td",
        { class: `col-${column}`, scope: column === "subject" ? "row" : null, title: of(c).slice(0, 400) },
        el(
          "div",
          { class: "clip" },
          column === "firmly" && [dots(c), " "],
          column === "relation" && M.cl.neg[c] === 1 && el("span", { class: "not" }, "not "),
          words(of(c), 240),
        ),
      ),
    ),
  );
}

function pick(n) {
  cursor = n;
  change({ sel: { kind: "c", at: rows[n] }, pane: "evidence" });
}

/** Mark the row of what is chosen. */
export function markRow() {
  if (S.view !== "table") return;
  const n = S.sel?.kind === "c" ? rows.indexOf(S.sel.at) : -1;
  if (n >= 0) cursor = n;
  drawRows();
}

function onRowKey(event) {
  const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 12, PageUp: -12, Home: -Infinity, End: Infinity }[event.key];
  const tr = event.target.closest("tr[data-n]");
  if (by && (tr || event.target.id === "rows")) {
    event.preventDefault();
    cursor = Math.min(rows.length - 1, Math.max(0, (tr ? +tr.dataset.n : -1) + by));
    const box = $("#rows"),
      top = cursor * ROW;
    if (top < box.scrollTop + ROW) box.scrollTop = Math.max(0, top - ROW);
    else if (top > box.scrollTop + box.clientHeight - 2 * ROW) box.scrollTop = top - box.clientHeight + 3 * ROW;
    drawRows();
    $(`#claims tr[data-n="${cursor}"]`)?.focus({ preventScroll: true });
  } else if ((event.key === "Enter" || event.key === " ") && tr) {
    event.preventDefault();
    pick(+tr.dataset.n);
  }
}
