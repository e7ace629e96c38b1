// Handing out what is shown: pictures that look like the screen, and the visible claims in the formats of others.

import { $, announce, copy, save } from "./dom.js";
import { M, against, cut, hasEntity, labelOf, quoteOf, relationOf, typeOf, valueOf } from "./model.js";
import { V } from "./choice.js";
import { S } from "./state.js";
import { DASHES, ICONS, INK, LOOKS, OUTLINES, dashOf, iconRule } from "./shapes.js";
import { FONT_STACK, placeLabels, placeRelations, sizeAt } from "./labels.js";
import { N, curveOf, hullsNow, lineText, traced } from "./network.js";
import { MODALITIES, firmnessWords, objectWords, speakerWords, whenWords } from "./wording.js";

const xml = (text) => String(text).replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, "\ufffd").replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
const num = (value) => Number(value.toFixed(1));

// ---- the picture as SVG; PNG is drawn from it ----------------------------------------------------

/** The drawn network with its labels and legend, as SVG text. */
export function svgText() {
  const ids = N.nodes.getIds(), nodes = ids.map((id) => ({ id, ...N.at.get(id), rank: -(N.at.get(id).members || N.at.get(id).size) }));
  const context = document.createElement("canvas").getContext("2d"), scale = Math.max(N.net.getScale(), 0.85);
  const { boxes, taken } = placeLabels(context, nodes, scale);
  const lines = [...N.lines.values()], spots = placeRelations(context, lines.map((line) => ({ ...line, text: lineText(line) })).filter((line) => line.text), scale, taken, curveOf);
  const left = Math.min(...nodes.map((n) => n.x - n.size), ...[...boxes.values()].map((b) => b.x)) - 24, right = Math.max(...nodes.map((n) => n.x + n.size), ...[...boxes.values()].map((b) => b.x + b.w)) + 24;
  const top = Math.min(...nodes.map((n) => n.y - n.size), ...[...boxes.values()].map((b) => b.y)) - 52, bottom = Math.max(...nodes.map((n) => n.y + n.size), ...[...boxes.values()].map((b) => b.y + b.h)) + 24;
  const legend = legendSvg(left + 20, bottom + 8, Math.max(right - left, 420) - 40);
  const w = Math.max(right - left, 420), h = bottom - top + legend.height + 24;
  const body = [
    `<rect x="${num(left)}" y="${num(top)}" width="${num(w)}" height="${num(h)}" fill="${INK.paper}"/>`,
    `<text x="${num(left + 20)}" y="${num(top + 32)}" font-size="20" font-weight="650" fill="${INK.ink}">${xml(M.title.slice(0, 120))}</text>`,
    ...(S.hulls && M.group ? hullsNow().map(({ points, colour }) => `<path d="M${points.map((p) => `${num(p.x)} ${num(p.y)}`).join("L")}Z" fill="${colour}" fill-opacity=".11" stroke="${colour}" stroke-opacity=".45"/>`) : []),
    ...lines.map(lineSvg), ...nodes.map(nodeSvg),
    ...[...spots].map(([id, spot]) => relationSvg(N.lines.get(id), spot)), ...lines.filter((line) => line.denied || line.disputed).map(markSvg), ...[...boxes.values()].map(labelSvg), legend.text,
  ];
  return { text: `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${num(left)} ${num(top)} ${num(w)} ${num(h)}" width="${num(w)}" height="${num(h)}" font-family="${xml(FONT_STACK)}"><title>${xml(M.title.slice(0, 300))}</title>\n${body.filter(Boolean).join("\n")}\n</svg>\n`, w, h };
}

function lineSvg(line) {
  const curve = curveOf(line);
  if (!curve) return "";
  const colour = line.denied ? INK.denied : INK.edge, head = 4 + line.width * 2.2;
  const { p, c, q } = traced(curve, head / (Math.hypot(curve.b.x - curve.a.x, curve.b.y - curve.a.y) || 1));
  const dash = line.denied ? DASHES.denied : line.claims.length ? dashOf(line.modality) : null, tip = curve.point(curve.to), angle = curve.angle(curve.to);
  const corner = ([along, across]) => `${num(tip.x + Math.cos(angle) * along - Math.sin(angle) * across)} ${num(tip.y + Math.sin(angle) * along + Math.cos(angle) * across)}`;
  return `<path d="M${num(p.x)} ${num(p.y)}Q${num(c.x)} ${num(c.y)} ${num(q.x)} ${num(q.y)}" fill="none" stroke="${colour}" stroke-width="${num(line.width)}"${dash ? ` stroke-dasharray="${dash.join(" ")}"` : ""}/><path d="M${[[0, 0], [-head, head * 0.46], [-head * 0.8, 0], [-head, -head * 0.46]].map(corner).join("L")}Z" fill="${colour}"/>`;
}

function nodeSvg(node) {
  const { shape, icon } = LOOKS[node.family] ?? { shape: "circle", icon: "none" }, fill = node.family < 0 ? INK.group : INK.family[node.family];
  const inner = ICONS[icon] ? `<path d="${ICONS[icon]}" fill="${INK.paper}" fill-rule="${iconRule(icon)}" transform="${shape === "triangle" ? "translate(0 .18) scale(.72)" : "scale(.82)"}"/>` : "";
  return `<g transform="translate(${num(node.x)} ${num(node.y)}) scale(${num(node.size)})"><path d="${OUTLINES[shape]}" fill="${fill}" stroke="${INK.paper}" stroke-width=".12"/>${inner}</g>`;
}

function labelSvg(box) {
  const anchor = { left: "start", right: "end" }[box.side] ?? "middle", x = box.side === "left" ? box.x : box.side === "right" ? box.x + box.w : box.x + box.w / 2;
  return box.lines.map((text, n) => `<text x="${num(x)}" y="${num(box.y + (n + 0.78) * box.line)}" text-anchor="${anchor}" font-size="${num(box.size)}" fill="${INK.ink}" stroke="${INK.paper}" stroke-width="${num(box.size * 0.28)}" stroke-linejoin="round" paint-order="stroke">${xml(text)}</text>`).join("");
}

function relationSvg(line, spot) {
  return `<text transform="translate(${num(spot.x)} ${num(spot.y)}) rotate(${num((spot.angle * 180) / Math.PI)})" text-anchor="middle" dy=".35em" font-size="${num(spot.size)}" fill="${line.denied ? INK.denied : INK.mute}" stroke="${INK.paper}" stroke-width="${num(spot.size * 0.4)}" stroke-linejoin="round" paint-order="stroke">${xml(lineText(line))}</text>`;
}

function markSvg(line) {
  const curve = curveOf(line);
  if (!curve) return "";
  const at = curve.point(0.5 + (curve.length > 90 ? 0.18 : 0.1)), r = 5.5;
  const inner = line.denied ? `<path d="M${num(at.x - 3.6)} ${num(at.y + 3.6)}L${num(at.x + 3.6)} ${num(at.y - 3.6)}" stroke="${INK.denied}" stroke-width="1.8"/>` : `<path d="M${num(at.x)} ${num(at.y - r)}A${r} ${r} 0 0 1 ${num(at.x)} ${num(at.y + r)}Z" fill="${INK.denied}"/>`;
  return `<circle cx="${num(at.x)}" cy="${num(at.y)}" r="${r}" fill="${INK.paper}" stroke="${INK.denied}" stroke-width="1.8"/>${inner}`;
}

/** The classes and degrees of firmness that are drawn. */
function legendSvg(x0, y0, width) {
  const used = [...new Set(N.nodes.getIds().map((id) => N.at.get(id).family))].filter((f) => f >= 0).sort((a, b) => a - b);
  const firm = [...new Set([...N.lines.values()].filter((line) => line.claims.length && !line.denied).map((line) => line.modality))].sort((a, b) => a - b);
  const items = [...used.map((f) => ({ label: LOOKS[f].l, mark: (x, y) => nodeSvg({ x: x + 10, y, size: 8.5, family: f }), room: 26 })),
    ...firm.map((m) => ({ label: MODALITIES[M.mod[m]][0], mark: (x, y) => `<path d="M${num(x)} ${num(y)}h34" stroke="${INK.edge}" stroke-width="1.8"${dashOf(m) ? ` stroke-dasharray="${dashOf(m).join(" ")}"` : ""}/>`, room: 42 })),
    ...([...N.lines.values()].some((line) => line.denied) ? [{ label: "Denied or said not to be so", mark: (x, y) => `<path d="M${num(x)} ${num(y)}h34" stroke="${INK.denied}" stroke-width="1.8" stroke-dasharray="5 3"/>`, room: 42 }] : [])];
  let x = x0, y = y0 + 16;
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
function png() {
  const { text, w, h } = svgText(), image = new Image(), ratio = Math.min(2, 8000 / w, 8000 / h);
  image.onload = () => {
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(w * ratio);
    canvas.height = Math.round(h * ratio);
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => save(blob, "image/png", "graph.png"));
  };
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
}

// ---- the visible claims as data ------------------------------------------------------------------

const encoded = (id) => encodeURIComponent(id).replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);
const entIri = (e) => M.ns.ent + encoded(M.ent.id[e]);
const relIri = (c) => relationOf(c).iri ?? `${M.ns.open ?? "https://attest.example/ns/open#"}${encoded(relationOf(c).n)}`;
const title = (word) => word[0].toUpperCase() + word.slice(1);
const firmPositive = (c) => !against(c) && M.cl.m[c] <= 1 && M.cl.kind[c] === 0;
const seenThings = () => Array.from({ length: M.entities }, (_, e) => e).filter((e) => V.seen[e]);
const quoted = (text) => `"${String(text).replace(/[\\"]/g, "\\$&").replace(/\n/g, "\\n").replace(/\r/g, "\\r").replace(/[\ud800-\udfff]/gu, "\ufffd")}"`;
const EDTF = "http://id.loc.gov/datatypes/edtf/EDTF";

export function turtle() {
  const value = (c) => { const [text, type] = valueOf(c); return type === "date" ? `${quoted(text)}^^<${EDTF}>` : type === "integer" && /^-?\d+$/.test(text) ? text : quoted(text); };
  const object = (c) => (hasEntity(c) ? `<${entIri(M.cl.o[c])}>` : value(c));
  const things = seenThings().map((e) => {
    const types = typeOf(e).types.map((name) => M.iris[name]).filter(Boolean).map((iri) => `<${iri}>`), geo = M.ent.geo[e];
    return [`<${entIri(e)}>`, types.length ? ` a ${types.join(" , ")} ;` : "", ` rdfs:label ${quoted(labelOf(e))}`, ...(M.ent.a[e] ?? []).map((alias) => ` ;\n    skos:altLabel ${quoted(alias)}`), ...(M.ent.same[e] ?? []).filter((iri) => /^https?:[^\s<>"{}|\\^`]+$/.test(iri)).map((iri) => ` ;\n    owl:sameAs <${iri}>`), geo ? ` ;\n    geo:lat ${geo[0]} ; geo:long ${geo[1]}` : "", " ."].join("");
  });
  const claims = V.claims.map((c) => {
    const q = quoteOf(c), parts = [`<${M.ns.claim}${M.cl.k[c]}> a kg:Claim ;\n    rdf:subject <${entIri(M.cl.s[c])}> ; rdf:predicate <${relIri(c)}> ; rdf:object ${object(c)}`, `kg:modality kg:${title(M.mod[M.cl.m[c]])} ; kg:polarity kg:${M.cl.neg[c] ? "Negative" : "Positive"}`];
    for (const [said] of M.src[M.cl.src[c]]) parts.push(`kg:source ${quoted(said)}`);
    if (M.cl.w[c] >= 0) parts.push(`kg:when ${quoted(M.dates[M.cl.w[c]][0])}^^<${EDTF}>`);
    if (M.cl.said[c] >= 0) parts.push(`kg:said ${quoted(M.dates[M.cl.said[c]][0])}^^<${EDTF}>`);
    if (q) parts.push(`kg:document <${M.ns.doc}${encoded(M.docs[q.doc].id)}> ; kg:start ${q.start} ; kg:end ${q.end} ; kg:quote ${quoted(cut(q.doc, q.start, q.end))}`);
    return `${parts.join(" ;\n    ")} .${firmPositive(c) ? `\n<${entIri(M.cl.s[c])}> <${relIri(c)}> ${object(c)} .` : ""}`;
  });
  return `@prefix kg: <${M.ns.kg}> .\n@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .\n@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n@prefix owl: <http://www.w3.org/2002/07/owl#> .\n@prefix geo: <http://www.w3.org/2003/01/geo/wgs84_pos#> .\n\n${things.join("\n")}\n\n${claims.join("\n")}\n`;
}

export function jsonld() {
  const value = (c) => { const [text, type] = valueOf(c); return type === "date" ? { "@value": text, "@type": EDTF } : { "@value": text }; };
  const things = seenThings().map((e) => ({ "@id": entIri(e), "@type": typeOf(e).types.map((name) => M.iris[name]).filter(Boolean), "rdfs:label": labelOf(e), ...(M.ent.a[e] ? { "skos:altLabel": M.ent.a[e] } : {}), ...(M.ent.geo[e] ? { "geo:lat": M.ent.geo[e][0], "geo:long": M.ent.geo[e][1] } : {}) }));
  const claims = V.claims.map((c) => {
    const q = quoteOf(c);
    return { "@id": M.ns.claim + M.cl.k[c], "@type": "kg:Claim", "rdf:subject": { "@id": entIri(M.cl.s[c]) }, "rdf:predicate": { "@id": relIri(c) }, "rdf:object": hasEntity(c) ? { "@id": entIri(M.cl.o[c]) } : value(c), "kg:modality": { "@id": `kg:${title(M.mod[M.cl.m[c]])}` }, "kg:polarity": { "@id": `kg:${M.cl.neg[c] ? "Negative" : "Positive"}` }, ...(M.src[M.cl.src[c]].length ? { "kg:source": M.src[M.cl.src[c]].map(([said]) => said) } : {}), ...(M.cl.w[c] >= 0 ? { "kg:when": { "@value": M.dates[M.cl.w[c]][0], "@type": EDTF } } : {}), ...(q ? { "kg:document": { "@id": M.ns.doc + encoded(M.docs[q.doc].id) }, "kg:start": q.start, "kg:end": q.end, "kg:quote": cut(q.doc, q.start, q.end) } : {}) };
  });
  return JSON.stringify({ "@context": { kg: M.ns.kg, rdf: "http://www.w3.org/1999/02/22-rdf-syntax-ns#", rdfs: "http://www.w3.org/2000/01/rdf-schema#", skos: "http://www.w3.org/2004/02/skos/core#", geo: "http://www.w3.org/2003/01/geo/wgs84_pos#" }, "@graph": [...things, ...claims] }, null, 1);
}

export function graphml() {
  const keys = [["label", "node"], ["class", "node"], ["relation", "edge"], ["modality", "edge"], ["not", "edge"], ["source", "edge"], ["when", "edge"], ["quote", "edge"], ["document", "edge"]];
  const data = (name, value) => (value ? `<data key="${name}">${xml(value)}</data>` : "");
  const nodes = seenThings().map((e) => `<node id="${xml(M.ent.id[e])}">${data("label", labelOf(e))}${data("class", typeOf(e).n)}</node>`);
  const edges = V.claims.filter(hasEntity).map((c) => { const q = quoteOf(c); return `<edge id="${M.cl.k[c]}" source="${xml(M.ent.id[M.cl.s[c]])}" target="${xml(M.ent.id[M.cl.o[c]])}">${data("relation", relationOf(c).n)}${data("modality", M.mod[M.cl.m[c]])}${data("not", M.cl.neg[c] ? "true" : "")}${data("source", speakerWords(c))}${data("when", M.cl.w[c] >= 0 ? M.dates[M.cl.w[c]][0] : "")}${q ? data("quote", cut(q.doc, q.start, q.end)) + data("document", M.docs[q.doc].id) : ""}</edge>`; });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n${keys.map(([name, of]) => `<key id="${name}" for="${of}" attr.name="${name}" attr.type="string"/>`).join("\n")}\n<graph edgedefault="directed">\n${nodes.join("\n")}\n${edges.join("\n")}\n</graph>\n</graphml>\n`;
}

/** A spreadsheet takes a cell that begins with = + - @ for a formula; an apostrophe keeps it a text. */
const cell = (text) => { const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text; return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe; };

export function csv() {
  const rows = V.claims.map((c) => { const q = quoteOf(c); return [labelOf(M.cl.s[c]), M.cl.neg[c] ? "not" : "", relationOf(c).l, objectWords(c), speakerWords(c), firmnessWords(c), whenWords(c), M.cl.w[c] >= 0 ? M.dates[M.cl.w[c]][0] : "", q ? cut(q.doc, q.start, q.end).replace(/\s+/g, " ") : "", M.docs[M.cl.d[c]]?.title ?? "", q?.start ?? "", q?.end ?? "", M.cl.k[c]]; });
  return [["subject", "not", "relation", "object", "who says it", "how firmly", "when", "when (EDTF)", "sentence", "document", "start", "end", "claim"], ...rows].map((row) => row.map((text) => cell(String(text))).join(",")).join("\r\n") + "\r\n";
}

const FORMATS = { svg: () => save(svgText().text, "image/svg+xml", "graph.svg"), png, ttl: () => save(turtle(), "text/turtle", "graph.ttl"), jsonld: () => save(jsonld(), "application/ld+json", "graph.jsonld"), graphml: () => save(graphml(), "application/graphml+xml", "graph.graphml"), csv: () => save(csv(), "text/csv", "claims.csv"),
  link: async () => { await copy(location.href); announce("Link copied"); } };

export function startExport() {
  for (const button of $("#export-menu").querySelectorAll("[data-format]")) button.addEventListener("click", () => { FORMATS[button.dataset.format](); $("#export-menu").hidePopover?.(); });
}
