// The picture as SVG, as it looks on the screen; PNG is drawn from it.

import { save } from "./dom.js";
import { FONT_STACK, placeLabels, placeRelations } from "./labels.js";
import { M } from "./model.js";
import { N, curveOf, dashesOf, hullsNow, lineText, rankOf, traced } from "./picture.js";
import { DASHES, ICONS, INK, LOOKS, OUTLINES, dashOf, iconRule } from "./shapes.js";
import { S } from "./state.js";
import { MISFIT, MODALITIES } from "./wording.js";

export const xml = (text) =>
  String(text)
    .replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, "\ufffd")
    .replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);

const num = (value) => Number(value.toFixed(1));

/** The drawn network with its labels and legend, as SVG text. */
export function svgText() {
  const ids = N.nodes.getIds(),
    nodes = ids.map((id) => ({ id, ...N.at.get(id), rank: rankOf(N.at.get(id)) }));
  const context = document.createElement("canvas").getContext("2d"),
    scale = Math.max(N.net.getScale(), 0.85);
  const { boxes, taken } = placeLabels(context, nodes, scale);
  const lines = [...N.lines.values()],
    spots = placeRelations(
      context,
      lines.map((line) => ({ ...line, text: lineText(line) })).filter((line) => line.text),
      scale,
      taken,
      curveOf,
    );
  const left = Math.min(...nodes.map((n) => n.x - n.size), ...[...boxes.values()].map((b) => b.x)) - 24,
    right = Math.max(...nodes.map((n) => n.x + n.size), ...[...boxes.values()].map((b) => b.x + b.w)) + 24;
  const top = Math.min(...nodes.map((n) => n.y - n.size), ...[...boxes.values()].map((b) => b.y)) - 52,
    bottom = Math.max(...nodes.map((n) => n.y + n.size), ...[...boxes.values()].map((b) => b.y + b.h)) + 24;
  const legend = legendSvg(left + 20, bottom + 8, Math.max(right - left, 420) - 40);
  const w = Math.max(right - left, 420),
    h = bottom - top + legend.height + 24;
  const body = [
    `<rect x="${num(left)}" y="${num(top)}" width="${num(w)}" height="${num(h)}" fill="${INK.paper}"/>`,
    `<text x="${num(left + 20)}" y="${num(top + 32)}" font-size="20" font-weight="650" fill="${INK.ink}">${xml(M.title.slice(0, 120))}</text>`,
    ...(S.hulls && M.group
      ? hullsNow().map(
          ({ points, colour }) =>
            `<path d="M${points.map((p) => `${num(p.x)} ${num(p.y)}`).join("L")}Z" fill="${colour}" fill-opacity=".11" stroke="${colour}" stroke-opacity=".45"/>`,
        )
      : []),
    ...lines.map(lineSvg),
    ...nodes.map(nodeSvg),
    ...[...spots].map(([id, spot]) => relationSvg(N.lines.get(id), spot)),
    ...lines.filter((line) => line.denied || line.disputed).map(markSvg),
    ...[...boxes.values()].map(labelSvg),
    legend.text,
  ];
  return {
    text: `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${num(left)} ${num(top)} ${num(w)} ${num(h)}" width="${num(w)}" height="${num(h)}" font-family="${xml(FONT_STACK)}"><title>${xml(M.title.slice(0, 300))}</title>\n${body.filter(Boolean).join("\n")}\n</svg>\n`,
    w,
    h,
  };
}

function lineSvg(line) {
  const curve = curveOf(line);
  if (!curve) return "";
  const colour = line.denied ? INK.denied : INK.edge,
    head = 4 + line.width * 2.2;
  const { p, c, q } = traced(curve, head / (Math.hypot(curve.b.x - curve.a.x, curve.b.y - curve.a.y) || 1));
  const dash = dashesOf(line),
    tip = curve.point(curve.to),
    angle = curve.angle(curve.to);
  const corner = ([along, across]) =>
    `${num(tip.x + Math.cos(angle) * along - Math.sin(angle) * across)} ${num(tip.y + Math.sin(angle) * along + Math.cos(angle) * across)}`;
  return `<path d="M${num(p.x)} ${num(p.y)}Q${num(c.x)} ${num(c.y)} ${num(q.x)} ${num(q.y)}" fill="none" stroke="${colour}" stroke-width="${num(line.width)}"${dash ? ` stroke-dasharray="${dash.join(" ")}"` : ""}/><path d="M${[
    [0, 0],
    [-head, head * 0.46],
    [-head * 0.8, 0],
    [-head, -head * 0.46],
  ]
    .map(corner)
    .join("L")}Z" fill="${colour}"/>`;
}

function nodeSvg(node) {
  const { shape, icon } = LOOKS[node.family] ?? { shape: "circle", icon: "none" },
    fill = node.family < 0 ? INK.group : INK.family[node.family];
  const inner = ICONS[icon]
    ? `<path d="${ICONS[icon]}" fill="${INK.paper}" fill-rule="${iconRule(icon)}" transform="${shape === "triangle" ? "translate(0 .18) scale(.72)" : "scale(.82)"}"/>`
    : "";
  return `<g transform="translate(${num(node.x)} ${num(node.y)}) scale(${num(node.size)})"><path d="${OUTLINES[shape]}" fill="${fill}" stroke="${INK.paper}" stroke-width=".12"/>${inner}</g>`;
}

function labelSvg(box) {
  const anchor = { left: "start", right: "end" }[box.side] ?? "middle",
    x = box.side === "left" ? box.x : box.side === "right" ? box.x + box.w : box.x + box.w / 2;
  return box.lines
    .map(
      (text, n) =>
        `<text x="${num(x)}" y="${num(box.y + (n + 0.78) * box.line)}" text-anchor="${anchor}" font-size="${num(box.size)}" fill="${INK.ink}" stroke="${INK.paper}" stroke-width="${num(box.size * 0.28)}" stroke-linejoin="round" paint-order="stroke">${xml(text)}</text>`,
    )
    .join("");
}

function relationSvg(line, spot) {
  return `<text transform="translate(${num(spot.x)} ${num(spot.y)}) rotate(${num((spot.angle * 180) / Math.PI)})" text-anchor="middle" dy=".35em" font-size="${num(spot.size)}" fill="${line.denied ? INK.denied : INK.mute}" stroke="${INK.paper}" stroke-width="${num(spot.size * 0.4)}" stroke-linejoin="round" paint-order="stroke">${xml(lineText(line))}</text>`;
}

function markSvg(line) {
  const curve = curveOf(line);
  if (!curve) return "";
  const at = curve.point(0.5 + (curve.length > 90 ? 0.18 : 0.1)),
    r = 5.5;
  const inner = line.denied
    ? `<path d="M${num(at.x - 3.6)} ${num(at.y + 3.6)}L${num(at.x + 3.6)} ${num(at.y - 3.6)}" stroke="${INK.denied}" stroke-width="1.8"/>`
    : `<path d="M${num(at.x)} ${num(at.y - r)}A${r} ${r} 0 0 1 ${num(at.x)} ${num(at.y + r)}Z" fill="${INK.denied}"/>`;
  return `<circle cx="${num(at.x)}" cy="${num(at.y)}" r="${r}" fill="${INK.paper}" stroke="${INK.denied}" stroke-width="1.8"/>${inner}`;
}

/** The classes and degrees of firmness that are drawn. */
function legendSvg(x0, y0, width) {
  const used = [...new Set(N.nodes.getIds().map((id) => N.at.get(id).family))]
    .filter((f) => f >= 0)
    .sort((a, b) => a - b);
  const firm = [
    ...new Set(
      [...N.lines.values()]
        .filter((line) => line.claims.length && !line.denied && !line.misfit)
        .map((line) => line.modality),
    ),
  ].sort((a, b) => a - b);
  const items = [
    ...used.map((f) => ({
      label: LOOKS[f].l,
      mark: (x, y) => nodeSvg({ x: x + 10, y, size: 8.5, family: f }),
      room: 26,
    })),
    ...firm.map((m) => ({
      label: MODALITIES[M.mod[m]][0],
      mark: (x, y) =>
        `<path d="M${num(x)} ${num(y)}h34" stroke="${INK.edge}" stroke-width="1.8"${dashOf(m) ? ` stroke-dasharray="${dashOf(m).join(" ")}"` : ""}/>`,
      room: 42,
    })),
    ...([...N.lines.values()].some((line) => line.misfit)
      ? [
          {
            label: MISFIT[0],
            mark: (x, y) =>
              `<path d="M${num(x)} ${num(y)}h34" stroke="${INK.edge}" stroke-width="1.8" stroke-dasharray="${DASHES.misfit.join(" ")}"/>`,
            room: 42,
          },
        ]
      : []),
    ...([...N.lines.values()].some((line) => line.denied)
      ? [
          {
            label: "Denied or said not to be so",
            mark: (x, y) =>
              `<path d="M${num(x)} ${num(y)}h34" stroke="${INK.denied}" stroke-width="1.8" stroke-dasharray="5 3"/>`,
            room: 42,
          },
        ]
      : []),
  ];
  let x = x0,
    y = y0 + 16;
  const out = items.map(({ label, mark, room }) => {
    const w = room + label.length * 7.4 + 18;
    if (x > x0 && x + w > x0 + width) [x, y] = [x0, y + 24];
    const text = `${mark(x, y)}<text x="${num(x + room)}" y="${num(y + 4.5)}" font-size="13" fill="${INK.ink}">${xml(label)}</text>`;
    x += w;
    return text;
  });
  return { text: out.join("\n"), height: y - y0 + 20 };
}

/** Draw the SVG on a canvas, at twice its size where the browser allows. */
export function png() {
  const { text, w, h } = svgText(),
    image = new Image(),
    ratio = Math.min(2, 8000 / w, 8000 / h);
  image.onload = () => {
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(w * ratio);
    canvas.height = Math.round(h * ratio);
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => save(blob, "image/png", "graph.png"));
  };
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
}
