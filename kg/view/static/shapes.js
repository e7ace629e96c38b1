// Shapes, icons, colours and dashes: one description for the canvas, the legend, and the exported pictures.

import { $, el } from "./dom.js";
import { M, misfit } from "./model.js";
import { modalityName } from "./wording.js";

/** Outlines and icons around 0,0 that reach as far as a circle of radius 1 would seem to; dashes in pixels. */
const drawn = JSON.parse($("#kg-looks").textContent);
export const OUTLINES = drawn.outlines;
export const ICONS = drawn.icons;
export const DASHES = drawn.dashes;
export const LOOKS = drawn.families;
export const dashOf = (modality) => DASHES[modalityName(modality)];
export const dashOfClaim = (claim) => (misfit(claim) ? DASHES.misfit : dashOf(M.cl.m[claim]));

/** Colours of the theme, read from the style sheet when it changes. */
export const INK = {};
export function readColours() {
  const style = getComputedStyle(document.documentElement),
    value = (name) => style.getPropertyValue(`--${name}`).trim();
  for (const name of ["paper", "panel", "ink", "mute", "line", "edge", "accent", "denied", "halo"])
    INK[name] = value(name);
  INK.family = LOOKS.map((family) => value(family.colour));
  INK.group = value("indigo");
}

const paths = new Map();
export function path2d(text) {
  if (!paths.has(text)) paths.set(text, new Path2D(text));
  return paths.get(text);
}
export const iconRule = (icon) => (drawn.holes.includes(icon) ? "evenodd" : "nonzero");

/** A class's mark for the legend and the panels. */
export function badge(family, size = 18) {
  return el(
    "svg:svg",
    { class: "badge", viewBox: "-1.25 -1.25 2.5 2.5", width: size, height: size, "aria-hidden": "true" },
    el("svg:path", { d: OUTLINES[family.shape], class: `c-${family.colour}` }),
    ICONS[family.icon] &&
      el("svg:path", {
        d: ICONS[family.icon],
        transform: family.shape === "triangle" ? "translate(0 .18) scale(.72)" : "scale(.82)",
        "fill-rule": iconRule(family.icon),
        class: "glyph",
      }),
  );
}

/** A modality's mark for the legend. */
export const dashMark = (modality) => lineMark(modalityName(modality));

/** The mark of a kind of line, by the name of its dashes. */
export function lineMark(name) {
  const denied = name === "denied";
  return el(
    "svg:svg",
    { class: "dash", viewBox: "0 0 36 12", width: 36, height: 12, "aria-hidden": "true" },
    el("svg:line", {
      x1: 1,
      x2: 35,
      y1: 6,
      y2: 6,
      class: denied ? "stroke denied" : "stroke",
      "stroke-dasharray": DASHES[name]?.join(" ") ?? null,
    }),
    denied && el("svg:circle", { cx: 18, cy: 6, r: 5, class: "ring" }),
    denied && el("svg:line", { x1: 14.5, x2: 21.5, y1: 9.5, y2: 2.5, class: "bar" }),
  );
}
