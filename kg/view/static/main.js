// The page comes to life: the picture first, then what is known, then what the reader chooses.

import { $, announce, narrow } from "./dom.js";
import { M, loadModel } from "./model.js";
import { S, change, followHash, onChange, readHash, reset } from "./state.js";
import { V, choose } from "./choice.js";
import { N } from "./picture.js";
import { drawOpening, highlight, picking, recolour, refreshNetwork, wantedNow } from "./network.js";
import { startKeys } from "./keys.js";
import { fit, letGo, reveal, zoom } from "./camera.js";
import { refreshChips, refreshCount, refreshFilters } from "./filters.js";
import { refreshPanel, selectionWords } from "./panel.js";
import { followSelection, refreshReader } from "./reader.js";
import { startSearch } from "./search.js";
import { markRow, refreshTable, startTable } from "./table.js";
import { markBars, refreshTimeline, startTimeline } from "./timeline.js";
import { refreshMap, startMap } from "./map.js";
import { startExport } from "./export.js";
import { svgText } from "./drawing.js";
import { startPrint } from "./print.js";

const CHOICE = [
  "off",
  "time",
  "undated",
  "open",
  "derived",
  "alone",
  "focus",
  "hops",
  "part",
  "hidden",
  "expanded",
  "groups",
  "path",
  "fold",
];
const REFIT = ["focus", "hops", "part", "path", "groups", "alone"];
const VIEWS = ["network", "map", "table"];

function started() {
  readTheme();
  drawOpening();
  requestAnimationFrame(() =>
    requestAnimationFrame(async () => {
      performance.mark("drawn");
      await loadModel();
      M.opened = N.opened.filter((id) => id >= 0);
      startSearch();
      startTable();
      startMap();
      startExport();
      startPrint();
      startControls();
      startKeys();
      onChange(refresh);
      readHash();
      followHash();
      startTimeline();
      document.documentElement.dataset.ready = "yes";
      performance.mark("ready");
    }),
  );
}

/** Bring the page in line with the state. */
function refresh(changed) {
  const any = (...names) => names.some((name) => changed.has(name));
  if (any("theme")) applyTheme();
  const before = N.nodes.length;
  if (any(...CHOICE, "sel")) choose();
  const grew = any("sel") && !any(...CHOICE) && drawnChanged();
  if (any(...CHOICE) || grew) {
    refreshNetwork();
    refreshChips();
    refreshTimeline();
    if (any(...REFIT) && N.nodes.length) {
      N.touched = false;
      fit(before > 0);
    }
  }
  if (any(...CHOICE)) refreshFilters();
  refreshCount(N.nodes.length, N.lines.size);
  if (any("sel", "hulls", ...CHOICE)) highlight();
  if (any("view")) showView();
  if (any("sel", "pane") && (S.pane === "document" || matchMedia("(min-width: 1900px)").matches))
    S.doc = followSelection();
  if (any("pane", "sel")) showPane();
  if (any("sel", ...CHOICE)) refreshPanel({ focus: byKey && any("sel") && S.sel !== null && S.pane === "evidence" });
  if (any("sel", "pane", "doc")) refreshReader();
  if (any("sel")) {
    markRow();
    announce(selectionWords());
    requestAnimationFrame(S.sel ? reveal : letGo);
  }
  if (any("view", "sort", ...CHOICE)) refreshTable();
  if (any("view", "sel", ...CHOICE)) refreshMap();
  if (any("sel", ...CHOICE)) markBars();
}

/** Whether the choice asks for things that are not in the picture yet, or no longer. */
function drawnChanged() {
  const wanted = wantedNow();
  return wanted.size !== N.nodes.length || [...wanted].some((id) => !N.nodes.get(id));
}

let byKey = false; // whether the last thing the reader touched was a key
addEventListener(
  "keydown",
  () => {
    byKey = true;
  },
  true,
);
addEventListener(
  "pointerdown",
  () => {
    byKey = false;
  },
  true,
);

function showView() {
  for (const view of VIEWS) {
    const on = S.view === view,
      tab = $(`#tab-${view}`);
    tab.setAttribute("aria-selected", String(on));
    tab.tabIndex = on ? 0 : -1;
    $(`#view-${view}`).hidden = !on;
  }
  if (S.view === "network")
    requestAnimationFrame(() => {
      N.net.redraw();
      if (!N.touched) fit(false);
    });
}

function showPane() {
  for (const pane of ["evidence", "document"]) {
    const on = S.pane === pane,
      tab = $(`#tab-${pane}`);
    tab.setAttribute("aria-selected", String(on));
    tab.tabIndex = on ? 0 : -1;
    $(`#${pane}`).classList.toggle("front", on);
  }
  document.body.classList.toggle("chosen", S.sel !== null || S.pane === "document");
}

// ---- controls ------------------------------------------------------------------------------------

function startControls() {
  tabs(VIEWS, (view) => change({ view }));
  tabs(["evidence", "document"], (pane) => change({ pane }));
  $("#reset").addEventListener("click", reset);
  $("#fit").addEventListener("click", () => {
    N.touched = false;
    fit();
  });
  $("#in").addEventListener("click", () => zoom(1.3));
  $("#out").addEventListener("click", () => zoom(1 / 1.3));
  $("#theme").addEventListener("click", () => change({ theme: isDark() ? "light" : "dark" }));
  $("#print-page").addEventListener("click", () => print());
  $("#show-filters").addEventListener("click", () => openFilters(!document.body.classList.contains("filtering")));
  $("#close-filters").addEventListener("click", () => openFilters(false));
  $("#close-reading").addEventListener("click", () => {
    change({ sel: null, pane: "evidence" });
    $("#net").focus();
  });
  $("#pick-stop").addEventListener("click", () => picking.done(null));
  $("#skip-net").addEventListener("click", (event) => {
    event.preventDefault();
    change({ view: "network" });
    $("#net").focus();
  });
  $("#skip").addEventListener("click", (event) => {
    event.preventDefault();
    change({ view: "table" });
    $("#rows").focus();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", applyTheme);
  document.addEventListener("keydown", onKey);
  splitter();
}

function tabs(names, choose) {
  names.forEach((name, place) => {
    const tab = $(`#tab-${name}`);
    tab.addEventListener("click", () => choose(name));
    tab.addEventListener("keydown", (event) => {
      const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!by) return;
      const next = names[(place + by + names.length) % names.length];
      choose(next);
      $(`#tab-${next}`).focus();
    });
  });
}

function openFilters(on) {
  document.body.classList.toggle("filtering", on);
  $("#show-filters").setAttribute("aria-expanded", String(on));
  if (on) $("#filters input")?.focus();
  else $("#show-filters").focus();
}

function onKey(event) {
  const typing =
    /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement?.tagName ?? "") &&
    document.activeElement.type !== "checkbox";
  if (event.key === "/" && !typing) {
    event.preventDefault();
    $("#q").focus();
  } else if (event.key === "?" && !typing) $("#help").showPopover?.();
  else if (event.key === "Escape" && !event.defaultPrevented) escape();
}

/** Close what is open, from the top; then let go of what is chosen. */
function escape() {
  if (document.querySelector(":popover-open")) return;
  if (picking.from !== null) return picking.done(null);
  if (document.body.classList.contains("filtering") && narrow()) return openFilters(false);
  if (S.sel) change({ sel: null });
  else if (S.path) change({ path: null });
  else if (S.focus !== null) change({ focus: null });
}

/** The reader's own width of the reading pane, by pointer or arrow keys. */
function splitter() {
  const bar = $("#splitter");
  const set = (width) => {
    const kept = Math.round(Math.min(innerWidth * 0.6, Math.max(300, width)));
    document.documentElement.style.setProperty("--pane", `${kept}px`);
    bar.setAttribute("aria-valuenow", Math.round((kept / innerWidth) * 100));
  };
  bar.addEventListener("pointerdown", (event) => {
    bar.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  bar.addEventListener("pointermove", (event) => {
    if (bar.hasPointerCapture(event.pointerId)) set(innerWidth - event.clientX);
  });
  bar.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: 32, ArrowRight: -32 }[event.key];
    if (by) {
      event.preventDefault();
      set($("#reading").clientWidth + by);
    }
  });
}

// ---- light and dark --------------------------------------------------------------------------------

const isDark = () => S.theme === "dark" || (S.theme === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);

/** The theme in the link counts before anything is drawn. */
function readTheme() {
  const named = new URLSearchParams(location.hash.slice(1)).get("theme");
  if (["light", "dark"].includes(named)) S.theme = named;
  document.documentElement.dataset.theme = isDark() ? "dark" : "light";
}

function applyTheme() {
  document.documentElement.dataset.theme = isDark() ? "dark" : "light";
  $("#theme").setAttribute("aria-pressed", String(isDark()));
  recolour();
}

started();
globalThis.attest = { M, S, V, N, change, svgText };
