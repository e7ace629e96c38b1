// Shapes, icons, colours and dashes: one description for the canvas, the legend, and the exported pictures.

import { $, el } from "./dom.js";
import { modalityName } from "./wording.js";

/** Outlines around 0,0 that reach as far as a circle of radius 1 would seem to. */
const polygon = (corners, turn, reach = 1) =>
  "M" + Array.from({ length: corners }, (_, n) => {
    const angle = turn + (n * 2 * Math.PI) / corners;
    return `${(Math.cos(angle) * reach).toFixed(3)} ${(Math.sin(angle) * reach).toFixed(3)}`;
  }).join("L") + "Z";
const UP = -Math.PI / 2;
const star = "M" + Array.from({ length: 10 }, (_, n) => {
  const reach = n % 2 ? 0.56 : 1.16, angle = UP + (n * Math.PI) / 5;
  return `${(Math.cos(angle) * reach).toFixed(3)} ${(Math.sin(angle) * reach).toFixed(3)}`;
}).join("L") + "Z";
export const OUTLINES = {
  circle: "M-1 0A1 1 0 1 1 1 0A1 1 0 1 1 -1 0Z",
  square: "M-.88 -.72Q-.88 -.88 -.72 -.88H.72Q.88 -.88 .88 -.72V.72Q.88 .88 .72 .88H-.72Q-.88 .88 -.88 .72Z",
  triangle: "M0 -1.12L1.12 .86H-1.12Z",
  diamond: polygon(4, UP, 1.16),
  hexagon: polygon(6, 0, 1.06),
  octagon: polygon(8, Math.PI / 8, 1.02),
  pentagon: polygon(5, UP, 1.1),
  star,
  pill: "M-.6 -.66H.6A.66 .66 0 0 1 .6 .66H-.6A.66 .66 0 0 1 -.6 -.66Z",
  page: "M-.74 -.98H.36L.76 -.56V.98H-.74Z",
  drop: "M0 -1.15C.5 -.5 .95 -.1 .95 .3A.95 .85 0 0 1 -.95 .3C-.95 -.1 -.5 -.5 0 -1.15Z",
};
/** Icons within −1…1, drawn in the colour of the paper. */
export const ICONS = {
  none: "",
  person: "M0 -.72A.34 .34 0 1 1 0 -.04A.34 .34 0 1 1 0 -.72ZM-.6 .66C-.6 .1 .6 .1 .6 .66Z",
  people: "M-.3 -.6A.27 .27 0 1 1 -.3 -.06A.27 .27 0 1 1 -.3 -.6ZM-.8 .56C-.8 .06 .2 .06 .2 .56ZM.38 -.52A.24 .24 0 1 1 .38 -.04A.24 .24 0 1 1 .38 -.52ZM.34 .52C.36 .3 .3 .2 .22 .12C.5 .0 .82 .16 .82 .52Z",
  flag: "M-.34 -.34H-.2V.72H-.34ZM-.12 -.3C.1 -.44 .26 -.12 .52 -.28V.22C.26 .38 .1 .06 -.12 .2Z",
  columns: "M0 -.68L.66 -.3V-.18H-.66V-.3ZM-.54 -.08H-.34V.4H-.54ZM-.1 -.08H.1V.4H-.1ZM.34 -.08H.54V.4H.34ZM-.66 .48H.66V.64H-.66Z",
  news: "M-.56 -.4H.56V-.22H-.56ZM-.56 -.1H-.06V.42H-.56ZM.06 -.1H.56V.04H.06ZM.06 .12H.56V.24H.06ZM.06 .32H.56V.42H.06Z",
  case: "M-.6 -.28H.6V.52H-.6ZM-.24 -.54H.24V-.34H.12V-.42H-.12V-.34H-.24Z",
  building: "M-.46 -.62H.46V.62H.12V.3H-.12V.62H-.46ZM-.28 -.44V-.26H-.08V-.44ZM.08 -.44V-.26H.28V-.44ZM-.28 -.12V.06H-.08V-.12ZM.08 -.12V.06H.28V-.12Z",
  globe: "M0 -.62A.62 .62 0 1 1 0 .62A.62 .62 0 1 1 0 -.62ZM-.06 -.5C-.3 -.3 -.3 .3 -.06 .5ZM.06 -.5V.5C.3 .3 .3 -.3 .06 -.5Z",
  pin: "M0 -.68C.6 -.68 .6 .02 0 .66C-.6 .02 -.6 -.68 0 -.68ZM0 -.42A.19 .19 0 1 0 0 -.04A.19 .19 0 1 0 0 -.42Z",
  badge: "M-.5 -.12H.5V.12H-.5Z",
  text: "M-.44 -.36H.14V-.22H-.44ZM-.44 -.04H.44V.1H-.44ZM-.44 .28H.44V.42H-.44Z",
};
const HOLES = new Set(["building", "globe", "pin"]); // drawn with even-odd filling

/** Dashes by modality, in pixels; none is a whole line. */
export const DASHES = {
  asserted: null,
  reported: [13, 4],
  alleged: [6, 4],
  rumoured: [1.5, 4],
  speculated: [9, 3, 1.5, 3],
  predicted: [14, 3, 1.5, 3, 1.5, 3],
  denied: [5, 3],
  unconfirmed: [3, 6],
};
export const dashOf = (modality) => DASHES[modalityName(modality)];

/** Colours of the theme, read from the style sheet when it changes; families come from the page's first block. */
export const INK = {};
export const LOOKS = JSON.parse($("#pv-looks").textContent);
export function readColours() {
  const style = getComputedStyle(document.documentElement), value = (name) => style.getPropertyValue(`--${name}`).trim();
  for (const name of ["paper", "panel", "ink", "mute", "line", "edge", "accent", "denied", "halo"]) INK[name] = value(name);
  INK.family = LOOKS.map((family) => value(family.colour));
  INK.group = value("indigo");
}

const paths = new Map();
export function path2d(text) {
  if (!paths.has(text)) paths.set(text, new Path2D(text));
  return paths.get(text);
}
export const iconRule = (icon) => (HOLES.has(icon) ? "evenodd" : "nonzero");

/** A class's mark for the legend and the panels. */
export function badge(family, size = 18) {
  return el("svg:svg", { class: "badge", viewBox: "-1.25 -1.25 2.5 2.5", width: size, height: size, "aria-hidden": "true" },
    el("svg:path", { d: OUTLINES[family.shape], class: `c-${family.colour}` }),
    ICONS[family.icon] && el("svg:path", { d: ICONS[family.icon], transform: family.shape === "triangle" ? "translate(0 .18) scale(.72)" : "scale(.82)", "fill-rule": iconRule(family.icon), class: "glyph" }));
}

/** A line's mark for the legend. */
export function dashMark(modality) {
  const name = modalityName(modality), denied = name === "denied";
  return el("svg:svg", { class: "dash", viewBox: "0 0 36 12", width: 36, height: 12, "aria-hidden": "true" },
    el("svg:line", { x1: 1, x2: 35, y1: 6, y2: 6, class: denied ? "stroke denied" : "stroke", "stroke-dasharray": DASHES[name]?.join(" ") ?? null }),
    denied && el("svg:circle", { cx: 18, cy: 6, r: 5, class: "ring" }),
    denied && el("svg:line", { x1: 14.5, x2: 21.5, y1: 9.5, y2: 2.5, class: "bar" }));
}
