// The timeline: bars as wide as the date is imprecise. Dragging over it, or the two fields, choose a span of time.

import { $, el, plural, shortened } from "./dom.js";
import { M, happened, hasEntity, labelOf } from "./model.js";
import { V } from "./choice.js";
import { S, change } from "./state.js";
import { unit } from "./labels.js";
import { showUndated } from "./table.js";
import { claimText, dateOf, dateWords, dayOf, dayWords, isoDay, monthName } from "./wording.js";

const SIDE = 14,
  AXIS = 20,
  MOST_ROWS = 7;
let scale = null,
  drag = null;

export function startTimeline() {
  const plot = $("#plot");
  new ResizeObserver(() => refreshTimeline()).observe(plot);
  plot.addEventListener("pointerdown", (event) => {
    if (scale && !event.button) drag = { x: event.clientX - plot.getBoundingClientRect().left, from: null, span: null };
  });
  plot.addEventListener("pointermove", (event) => {
    if (!drag) return;
    const x = event.clientX - plot.getBoundingClientRect().left;
    if (drag.from === null) {
      if (Math.abs(x - drag.x) < 5) return; // not a drag yet: a bar may be meant
      drag.from = scale.day(drag.x);
      plot.setPointerCapture(event.pointerId);
    }
    const day = scale.day(x);
    drag.span = [Math.min(drag.from, day), Math.max(drag.from, day)];
    brush(drag.span);
  });
  const end = (event) => {
    if (!drag) return;
    const { span } = drag;
    drag = null;
    if (span) {
      plot.addEventListener("click", (click) => click.stopPropagation(), { capture: true, once: true });
      setTimeout(() => change({ time: span }));
    } else if (S.time && !event.target.closest(".bar")) change({ time: null });
  };
  plot.addEventListener("pointerup", end);
  plot.addEventListener("pointercancel", end);
  for (const id of ["from", "until"]) $(`#${id}`).addEventListener("change", typedSpan);
  $("#all-times").addEventListener("click", () => change({ time: null }));
  $("#list-undated").addEventListener("click", () => showUndated());
  $("#with-undated").addEventListener("change", (event) => change({ undated: event.target.checked }));
}

function typedSpan() {
  const { from, until } = { from: $("#from").value, until: $("#until").value };
  if (!from && !until) return change({ time: null });
  const first = from ? dayOf(from) : scale.first,
    last = until ? dayOf(until) : scale.last;
  if (Number.isFinite(first) && Number.isFinite(last) && first <= last) change({ time: [first, last] });
}

/** Claims with one date and one subject are one bar. */
function bars() {
  const found = new Map();
  for (const c of V.dated) {
    const days = happened(c),
      key = days.edtf;
    if (!found.has(key)) found.set(key, { ...days, claims: [] });
    found.get(key).claims.push(c);
  }
  return [...found.values()].sort((a, b) => a.first - b.first || a.last - b.last);
}

export function refreshTimeline() {
  const all = bars(),
    plot = $("#plot"),
    w = plot.clientWidth,
    h = plot.clientHeight;
  const none = V.dated.length === 0 && !S.time;
  $("#timeline").hidden = none;
  document.body.classList.toggle("timeless", none);
  if (none || !w) return;
  scale = scaleOf(all, w);
  $("#list-undated").textContent = V.undated ? `${plural(V.undated, "undated claim")}` : "No undated claims";
  $("#list-undated").disabled = !V.undated;
  $("#undated-box").hidden = !S.time || !V.undated;
  $("#with-undated").checked = S.undated;
  $("#all-times").hidden = !S.time;
  $("#from").value = S.time ? isoDay(S.time[0]) : "";
  $("#until").value = S.time ? isoDay(S.time[1]) : "";
  const picture = el(
    "svg:svg",
    {
      width: w,
      height: h,
      role: "group",
      "aria-label": `Timeline: ${plural(V.dated.length, "dated claim")} from ${dayWords(scale.first)} to ${dayWords(scale.last)}`,
    },
    axis(w, h),
    el("svg:rect", { id: "brush", y: 0, height: h - AXIS * unit(), class: "brush", width: 0 }),
    drawBars(all, w, h),
  );
  plot.replaceChildren(picture);
  if (S.time) brush(S.time);
}

/** From days to pixels: the middle of the dates decides, and what lies far before or after is drawn at the edge. */
function scaleOf(all, w) {
  const finite = all
    .flatMap((bar) => [bar.first, bar.last])
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  const at = (share) => finite[Math.min(finite.length - 1, Math.floor(share * finite.length))] ?? 0;
  let first = finite[0] ?? 0,
    last = finite.at(-1) ?? 1;
  const middle = at(0.9) - at(0.1) || 30;
  const early = first < at(0.1) - 4 * middle,
    late = last > at(0.9) + 4 * middle;
  if (early) first = at(0.1) - middle * 0.25;
  if (late) last = at(0.9) + middle * 0.25;
  const pad = Math.max(2, (last - first) * 0.02);
  first = Math.floor(first - pad);
  last = Math.ceil(last + pad);
  const px = (w - 2 * SIDE) / (last - first);
  return {
    first,
    last,
    px,
    early,
    late,
    x: (day) => SIDE + (Math.min(Math.max(day, first), last) - first) * px,
    day: (x) => Math.round(first + (Math.min(Math.max(x, SIDE), w - SIDE) - SIDE) / px),
  };
}

function axis(w, h) {
  const out = [el("svg:line", { x1: SIDE, x2: w - SIDE, y1: h - AXIS * unit(), y2: h - AXIS * unit(), class: "axis" })];
  const years = (scale.last - scale.first) / 365;
  const step = years > 60 ? 240 : years > 25 ? 120 : years > 8 ? 24 : years > 3.5 ? 12 : years > 1.2 ? 3 : 1;
  const start = dateOf(scale.first);
  let month = Math.floor((start.getUTCFullYear() * 12 + start.getUTCMonth()) / step) * step,
    until = -Infinity;
  for (; ; month += step) {
    const year = Math.floor(month / 12),
      day = Math.round(Date.UTC(year, month % 12, 1) / 86_400_000) + 719163;
    if (day > scale.last) break;
    if (day < scale.first) continue;
    const x = scale.x(day),
      text = step >= 12 || month % 12 === 0 ? `${year}` : monthName(month % 12).slice(0, 3),
      room = text.length * 8 * unit() + 8;
    out.push(
      el("svg:line", { x1: x, x2: x, y1: 0, y2: h - AXIS * unit(), class: month % 12 === 0 ? "grid year" : "grid" }),
    );
    if (x > until && x + room < w) {
      out.push(el("svg:text", { x: x + 3, y: h - 6, class: month % 12 === 0 ? "tick year" : "tick" }, text));
      until = x + room;
    }
  }
  return out;
}

/** Stack bars in rows from the axis upwards; a name stands beside its bar where nothing else does. */
function drawBars(all, w, h) {
  const placed = stacked(all, Math.max(2, Math.min(MOST_ROWS, Math.floor((h - AXIS * unit() - 4) / (ROW * unit())))));
  nameBars(placed, w);
  const out = placed.map(({ bar, x, right, row, label, named }) => {
    const u = unit(),
      y = h - (AXIS + 15 + row * ROW) * u,
      vague = bar.vague || !Number.isFinite(bar.first) || !Number.isFinite(bar.last);
    return el(
      "svg:g",
      {
        class: `bar${inTime(bar) ? "" : " out"}${vague ? " vague" : ""}`,
        tabindex: -1,
        role: "button",
        "aria-label": `${dateWords(bar.edtf)}: ${plural(bar.claims.length, "claim")}. ${label}`,
        "data-edtf": bar.edtf,
        onclick: () => pickBar(bar),
        onkeydown: onBarKey,
      },
      el(
        "svg:title",
        null,
        `${dateWords(bar.edtf)}\n${bar.claims
          .slice(0, 6)
          .map((c) => shortened(claimText(c), 90))
          .join("\n")}${bar.claims.length > 6 ? `\nand ${bar.claims.length - 6} more` : ""}`,
      ),
      el("svg:rect", {
        class: "hit",
        x: x - 3,
        y: y - 4,
        width: right - x + 6 + (named === true ? label.length * LETTER * u : 0),
        height: 17 * u,
      }),
      el("svg:rect", { class: "mark", x, y: y - 1.5, width: right - x, height: 12 * u, rx: 3.5 }),
      named &&
        el(
          "svg:text",
          named === "inside" ? { class: "inside", x: x + 5, y: y + 8 * u } : { x: right + 4, y: y + 8.5 * u },
          label,
        ),
    );
  });
  const first = out.find((bar) => bar.dataset.edtf === chosenDate()) ?? out[0];
  first?.setAttribute("tabindex", 0);
  return out;
}

/** Give each bar the lowest row where it covers no other, or the emptiest row where all are full. */
function stacked(all, rows) {
  const ends = new Array(rows).fill(-Infinity);
  return all.map((bar) => {
    const beyond =
      bar.last < scale.first ? `◂ ${dateWords(bar.edtf)}` : bar.first > scale.last ? `${dateWords(bar.edtf)} ▸` : null;
    const x = scale.x(bar.first),
      right = Math.max(x + 7, scale.x(bar.last + 1)),
      free = ends.findIndex((end) => end < x - 3);
    const row = free < 0 ? ends.indexOf(Math.min(...ends)) : free;
    ends[row] = Math.max(ends[row], right);
    return { bar, x, right, row, label: beyond ?? barLabel(bar), named: false };
  });
}

/** Name the bars that most claims are dated to first. */
function nameBars(placed, w) {
  const rows = new Map();
  for (const each of placed)
    rows.set(each.row, [...(rows.get(each.row) ?? []), { from: each.x - 4, to: each.right + 4, of: each }]);
  for (const each of [...placed].sort((a, b) => b.bar.claims.length - a.bar.claims.length || a.x - b.x)) {
    const from = each.right,
      to = each.right + each.label.length * LETTER * unit() + 8;
    const beside =
      to < w - 2 && !rows.get(each.row).some((other) => other.of !== each && from < other.to && other.from < to);
    if (beside) rows.get(each.row).push({ from, to, of: each });
    each.named = beside || (each.right - each.x > each.label.length * LETTER * unit() && "inside");
  }
}
const ROW = 17; // pixels of a row of bars
const LETTER = 6.7; // pixels that a letter of a name takes

const chosenDate = () => (S.sel?.kind === "c" ? happened(S.sel.at)?.edtf : undefined);
const inTime = (bar) => !S.time || (bar.last >= S.time[0] && bar.first <= S.time[1]);

function barLabel(bar) {
  const told = bar.claims.find((c) => hasEntity(c)) ?? bar.claims[0],
    events = new Set(bar.claims.map((c) => M.cl.s[c]));
  return shortened(labelOf(M.cl.s[told]), 34) + (events.size > 1 ? ` +${events.size - 1}` : "");
}

function pickBar(bar) {
  const now = S.sel?.kind === "c" ? bar.claims.indexOf(S.sel.at) : -1;
  change({ sel: { kind: "c", at: bar.claims[(now + 1) % bar.claims.length] }, pane: "evidence" });
}

/** The bars are one stop for Tab; arrows go from bar to bar. */
function onBarKey(event) {
  const all = [...$("#plot").querySelectorAll(".bar")],
    by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (by) {
    event.preventDefault();
    const next = all[Math.min(all.length - 1, Math.max(0, all.indexOf(event.currentTarget) + by))];
    all.forEach((bar) => bar.setAttribute("tabindex", bar === next ? 0 : -1));
    next.focus();
  } else if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    const { edtf } = event.currentTarget.dataset;
    event.currentTarget.dispatchEvent(new MouseEvent("click"));
    document.querySelector(`#plot .bar[data-edtf="${CSS.escape(edtf)}"]`)?.focus();
  }
}

function brush([first, last]) {
  const box = $("#brush");
  if (!box) return;
  box.setAttribute("x", scale.x(first));
  box.setAttribute("width", Math.max(2, scale.x(last + 1) - scale.x(first)));
}

/** Mark the bar of what is chosen. */
export function markBars() {
  const chosen = new Set();
  if (S.sel?.kind === "c") chosen.add(chosenDate());
  if (S.sel?.kind === "e")
    for (const c of V.dated) if (M.cl.s[c] === S.sel.at || M.cl.o[c] === S.sel.at) chosen.add(happened(c).edtf);
  for (const bar of $("#plot").querySelectorAll(".bar")) bar.classList.toggle("on", chosen.has(bar.dataset.edtf));
}
