// The map: places with coordinates on coast lines that came with the page, and the ways that events took over them.

import { $, el, plural, shortened } from "./dom.js";
import { M, against, claimsOf, hasEntity, isEvent, labelOf, readBlock } from "./model.js";
import { V } from "./choice.js";
import { S, change } from "./state.js";
import { unit } from "./labels.js";
import { dashOfClaim } from "./shapes.js";

const LIMIT = 84; // degrees of latitude
let land = null,
  view = null,
  dragged = null;

const mercator = (lat) =>
  (Math.log(Math.tan(Math.PI / 4 + (Math.max(-LIMIT, Math.min(LIMIT, lat)) * Math.PI) / 360)) * 180) / Math.PI;
const spot = (e) => ({ x: M.ent.geo[e][1], y: -mercator(M.ent.geo[e][0]) });

/** Places that claims which pass speak of, with how many do. */
function placesNow() {
  return Object.keys(M.ent.geo)
    .map(Number)
    .filter((e) => !S.hidden.has(e))
    .map((e) => ({ e, ...spot(e), count: [...claimsOf(e)].filter((c) => V.passes[c]).length }))
    .filter((place) => place.count > 0 || (S.sel?.kind === "e" && S.sel.at === place.e));
}

/** The ways of events from place to place, each as one speaker tells it: what two tell apart is not made one way. */
function waysNow(places) {
  const known = new Set(places.map((place) => place.e)),
    told = new Map();
  for (const c of V.claims) {
    if (!isEvent(M.cl.s[c]) || !hasEntity(c) || !known.has(M.cl.o[c]) || against(c) || stepOf(c) === null) continue;
    const key = `${M.cl.s[c]} ${M.cl.d[c]} ${M.cl.src[c]}`;
    told.set(key, [...(told.get(key) ?? []), c]);
  }
  const out = [];
  for (const stops of told.values()) {
    stops.sort((a, b) => stepOf(a) - stepOf(b) || a - b);
    for (let n = 1; n < stops.length; n++)
      if (M.cl.o[stops[n]] !== M.cl.o[stops[n - 1]])
        out.push({ event: M.cl.s[stops[n]], from: M.cl.o[stops[n - 1]], to: M.cl.o[stops[n]], claim: stops[n] });
  }
  return out;
}

/** Where on its way an event passes a place; none for roles that are no part of a way. */
function stepOf(c) {
  const ends = { origin: -1, from: -1, destination: 1e6, to: 1e6 },
    name = M.rel[M.cl.p[c]].n;
  return ends[name] !== undefined ? ends[name] + (M.cl.ord[c] ?? 0) : (M.cl.ord[c] ?? (name === "via" ? 1000 : null));
}

async function coast() {
  if (land) return land;
  const { units, arcs, rings, borders } = await readBlock("kg-land");
  const points = arcs.map((flat) => {
    const out = [];
    let x = 0,
      y = 0;
    for (let n = 0; n < flat.length; n += 2) {
      x += flat[n];
      y += flat[n + 1];
      out.push([x / units, -mercator(-y / units)]);
    }
    return out;
  });
  const text = (list) => list.map(([x, y]) => `${x.toFixed(2)} ${y.toFixed(2)}`).join("L");
  const ring = (places) => {
    const whole = unwrapped(places.flatMap((n) => (n >= 0 ? points[n] : [...points[~n]].reverse())));
    return Math.abs(whole[0][0] - whole.at(-1)[0]) > 90 ? "" : `M${text(whole)}Z`; // what goes around the pole is left out
  };
  land = { fill: rings.map(ring).join(""), lines: borders.map((n) => `M${text(points[n])}`).join("") };
  return land;
}

/** Carry a coast on over the date line instead of back around the world. */
function unwrapped(points) {
  let turn = 0;
  return points.map(([x, y], n) => {
    const jump = n ? x - points[n - 1][0] : 0;
    turn -= jump > 180 ? 360 : jump < -180 ? -360 : 0;
    return [x + turn, y];
  });
}

/** The frame that holds all places, with some land around. */
function frameOf(places, w, h) {
  const xs = places.map((p) => p.x),
    ys = places.map((p) => p.y);
  const left = Math.min(...xs),
    right = Math.max(...xs),
    top = Math.min(...ys),
    bottom = Math.max(...ys);
  const units = Math.max((right - left + 8) / (w - 150), (bottom - top + 8) / (h - 70), 14 / w);
  return { x: (left + right) / 2, y: (top + bottom) / 2, units: Math.min(units, 380 / w) };
}

export async function refreshMap() {
  if (S.view !== "map") return;
  const host = $("#places"),
    w = host.clientWidth || 800,
    h = host.clientHeight || 600,
    places = placesNow();
  if (!places.length)
    return host.replaceChildren(
      el(
        "p",
        { class: "empty" },
        Object.keys(M.ent.geo).length
          ? "No place with coordinates passes the filters."
          : "The graph knows no coordinates.",
      ),
    );
  const { fill, lines } = await coast();
  view ??= frameOf(places, w, h);
  const { units } = view,
    left = view.x - (w / 2) * units,
    top = view.y - (h / 2) * units;
  const px = (place) => ({ x: (place.x - left) / units, y: (place.y - top) / units });
  const at = new Map(places.map((place) => [place.e, px(place)]));
  const sized = el(
    "svg:g",
    { transform: `scale(${1 / units}) translate(${-left} ${-top})` },
    el("svg:path", { d: fill, class: "land" }),
    el("svg:path", { d: lines, class: "borders", "vector-effect": "non-scaling-stroke" }),
  );
  const picture = el(
    "svg:svg",
    { width: w, height: h, role: "group", "aria-label": `Map of ${plural(places.length, "place")}` },
    sized,
    el(
      "svg:g",
      null,
      waysNow(places).map((way) => wayMark(way, at)),
    ),
    placeMarks(places, at, w, h),
  );
  const tool = (text, label, onclick) =>
    el("button", { type: "button", "aria-label": label, title: label, onclick }, text);
  host.replaceChildren(
    picture,
    el(
      "div",
      { class: "tools" },
      tool("+", "Zoom in", () => zoomMap(0.66)),
      tool("−", "Zoom out", () => zoomMap(1.5)),
      tool("⤢", "All places", () => {
        view = null;
        refreshMap();
      }),
    ),
    el("p", { class: "credit" }, "Coast lines: Natural Earth"),
  );
}

function wayMark({ event, from, to, claim }, at) {
  const a = at.get(from),
    b = at.get(to),
    mx = (a.x + b.x) / 2 - (b.y - a.y) * 0.14,
    my = (a.y + b.y) / 2 + (b.x - a.x) * 0.14;
  const on =
    S.sel && ((S.sel.kind === "e" && S.sel.at === event) || (S.sel.kind === "c" && M.cl.s[S.sel.at] === event));
  const angle = Math.atan2(b.y - my, b.x - mx),
    tip = (along, across) =>
      `${(b.x - Math.cos(angle) * along - Math.sin(angle) * across).toFixed(1)} ${(b.y - Math.sin(angle) * along + Math.cos(angle) * across).toFixed(1)}`;
  return el(
    "svg:g",
    { class: on ? "way on" : "way", onclick: () => change({ sel: { kind: "c", at: claim }, pane: "evidence" }) },
    el("svg:title", null, `${labelOf(event)}: ${labelOf(from)} → ${labelOf(to)}`),
    el("svg:path", {
      d: `M${a.x} ${a.y}Q${mx} ${my} ${b.x} ${b.y}`,
      "stroke-dasharray": dashOfClaim(claim)?.join(" "),
    }),
    el("svg:path", { class: "tip", d: `M${tip(7, 0)}L${tip(15, 4.5)}L${tip(15, -4.5)}Z` }),
  );
}

/** Marks with names beside them; a name that finds no room near is tied to its mark by a thin line. */
function placeMarks(places, at, w, h) {
  const taken = places.map((place) => ({ x: at.get(place.e).x - 7, y: at.get(place.e).y - 7, w: 14, h: 14 }));
  const free = (box) =>
    box.x > 2 &&
    box.y > 2 &&
    box.x + box.w < w - 2 &&
    box.y + box.h < h - 2 &&
    taken.every((t) => box.x >= t.x + t.w || t.x >= box.x + box.w || box.y >= t.y + t.h || t.y >= box.y + box.h);
  return places
    .sort((a, b) => b.count - a.count || a.e - b.e)
    .map(({ e, count }, n) => {
      const { x, y } = at.get(e),
        r = 5 + Math.min(7, Math.sqrt(count)),
        name = shortened(labelOf(e), 32),
        lw = name.length * 7.2 * unit() + 6,
        lh = 17 * unit();
      const seen = x > -20 && y > -20 && x < w + 20 && y < h + 20;
      let label = null;
      for (let far = 0; seen && far < 9 && !label; far++)
        for (const [sx, sy] of [
          [1, 0],
          [-1, 0],
          [1, -1],
          [1, 1],
          [-1, -1],
          [-1, 1],
          [0, -1],
          [0, 1],
        ]) {
          const box = {
            x: x + (sx > 0 ? r + 2 + far * 9 : sx < 0 ? -r - lw - 2 - far * 9 : -lw / 2),
            y: y - lh / 2 + sy * (lh * 0.8 + far * 12),
            w: lw,
            h: lh,
          };
          if (free(box)) {
            label = { ...box, far, sx };
            break;
          }
        }
      if (label) taken.push(label);
      const on = S.sel?.kind === "e" && S.sel.at === e;
      return el(
        "svg:g",
        {
          class: on ? "place on" : "place",
          role: "button",
          tabindex: on || (n === 0 && S.sel?.kind !== "e") ? 0 : -1,
          "data-e": e,
          "aria-label": `${name}, ${plural(count, "claim")}`,
          "aria-pressed": String(on),
          onclick: () => change({ sel: { kind: "e", at: e }, pane: "evidence" }),
          onkeydown: onPlaceKey,
        },
        label?.far > 0 &&
          el("svg:line", {
            class: "leader",
            x1: x,
            y1: y,
            x2: label.sx < 0 ? label.x + lw - 4 : label.sx > 0 ? label.x + 2 : label.x + lw / 2,
            y2: label.y + lh / 2,
          }),
        el("svg:circle", { class: "hit", cx: x, cy: y, r: 13 }),
        el("svg:circle", { class: "dot", cx: x, cy: y, r }),
        label &&
          el(
            "svg:text",
            {
              x: label.sx < 0 ? label.x + lw - 4 : label.sx > 0 ? label.x + 3 : label.x + lw / 2,
              y: label.y + 12.5 * unit(),
              "text-anchor": label.sx < 0 ? "end" : label.sx > 0 ? "start" : "middle",
            },
            name,
          ),
      );
    });
}

function onPlaceKey(event) {
  const all = [...$("#places").querySelectorAll(".place")],
    by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (by) {
    event.preventDefault();
    const next = all[(all.indexOf(event.currentTarget) + by + all.length) % all.length];
    all.forEach((place) => place.setAttribute("tabindex", place === next ? 0 : -1));
    next.focus();
  } else if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    const { e } = event.currentTarget.dataset;
    change({ sel: { kind: "e", at: +e }, pane: "evidence" });
    requestAnimationFrame(() => $(`#places .place[data-e="${e}"]`)?.focus());
  }
}

function zoomMap(factor, x = view.x, y = view.y) {
  const units = Math.min(1, Math.max(0.002, view.units * factor)),
    by = units / view.units;
  view = { x: x + (view.x - x) * by, y: y + (view.y - y) * by, units };
  refreshMap();
}

export function startMap() {
  const host = $("#places");
  host.addEventListener(
    "wheel",
    (event) => {
      if (!view) return;
      event.preventDefault();
      const box = host.getBoundingClientRect();
      zoomMap(
        event.deltaY < 0 ? 0.8 : 1.25,
        view.x + (event.clientX - box.left - box.width / 2) * view.units,
        view.y + (event.clientY - box.top - box.height / 2) * view.units,
      );
    },
    { passive: false },
  );
  host.addEventListener("pointerdown", (event) => {
    if (!event.target.closest("button, .place, .way")) dragged = { x: event.clientX, y: event.clientY };
  });
  addEventListener("pointermove", (event) => {
    if (!dragged || !view) return;
    view = {
      ...view,
      x: view.x - (event.clientX - dragged.x) * view.units,
      y: view.y - (event.clientY - dragged.y) * view.units,
    };
    dragged = { x: event.clientX, y: event.clientY };
    refreshMap();
  });
  addEventListener("pointerup", () => {
    dragged = null;
  });
  new ResizeObserver(() => {
    view = null;
    refreshMap();
  }).observe(host);
}
