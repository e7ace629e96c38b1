// Handing out what is shown: pictures that look like the screen, and the visible claims in the formats of others.

import { V } from "./choice.js";
import { $, announce, copy, save } from "./dom.js";
import { png, svgText, xml } from "./drawing.js";
import { M, against, cut, hasEntity, labelOf, quoteOf, relationOf, typeOf, valueOf } from "./model.js";
import { firmnessWords, objectWords, speakerWords, whenWords } from "./wording.js";

const encoded = (id) =>
  encodeURIComponent(id).replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);

const entIri = (e) => M.ns.ent + encoded(M.ent.id[e]);

const relIri = (c) =>
  relationOf(c).iri ?? `${M.ns.open ?? "https://attest.example/ns/open#"}${encoded(relationOf(c).n)}`;

export const title = (word) => word[0].toUpperCase() + word.slice(1);

const firmPositive = (c) => !against(c) && M.cl.m[c] <= 1 && M.cl.kind[c] === 0;

const seenThings = () => Array.from({ length: M.entities }, (_, e) => e).filter((e) => V.seen[e]);

const quoted = (text) =>
  `"${String(text)
    .replace(/[\\"]/g, "\\$&")
    .replace(/\n/g, "\\n")
    .replace(/\r/g, "\\r")
    .replace(/[\ud800-\udfff]/gu, "\ufffd")}"`;

const EDTF = "http://id.loc.gov/datatypes/edtf/EDTF";

export function turtle() {
  const value = (c) => {
    const [text, type] = valueOf(c);
    return type === "date"
      ? `${quoted(text)}^^<${EDTF}>`
      : type === "integer" && /^-?\d+$/.test(text)
        ? text
        : quoted(text);
  };
  const object = (c) => (hasEntity(c) ? `<${entIri(M.cl.o[c])}>` : value(c));
  const things = seenThings().map((e) => {
    const types = typeOf(e)
        .types.map((name) => M.iris[name])
        .filter(Boolean)
        .map((iri) => `<${iri}>`),
      geo = M.ent.geo[e];
    return [
      `<${entIri(e)}>`,
      types.length ? ` a ${types.join(" , ")} ;` : "",
      ` rdfs:label ${quoted(labelOf(e))}`,
      ...(M.ent.a[e] ?? []).map((alias) => ` ;\n    skos:altLabel ${quoted(alias)}`),
      ...(M.ent.same[e] ?? [])
        .filter((iri) => /^https?:[^\s<>"{}|\\^`]+$/.test(iri))
        .map((iri) => ` ;\n    owl:sameAs <${iri}>`),
      geo ? ` ;\n    geo:lat ${geo[0]} ; geo:long ${geo[1]}` : "",
      " .",
    ].join("");
  });
  const claims = V.claims.map((c) => {
    const q = quoteOf(c),
      parts = [
        `<${M.ns.claim}${M.cl.k[c]}> a kg:Claim ;\n    rdf:subject <${entIri(M.cl.s[c])}> ; rdf:predicate <${relIri(c)}> ; rdf:object ${object(c)}`,
        `kg:modality kg:${title(M.mod[M.cl.m[c]])} ; kg:polarity kg:${M.cl.neg[c] ? "Negative" : "Positive"}`,
      ];
    for (const [said] of M.src[M.cl.src[c]]) parts.push(`kg:source ${quoted(said)}`);
    if (M.cl.w[c] >= 0) parts.push(`kg:when ${quoted(M.dates[M.cl.w[c]][0])}^^<${EDTF}>`);
    if (M.cl.said[c] >= 0) parts.push(`kg:said ${quoted(M.dates[M.cl.said[c]][0])}^^<${EDTF}>`);
    if (q)
      parts.push(
        `kg:document <${M.ns.doc}${encoded(M.docs[q.doc].id)}> ; kg:start ${q.start} ; kg:end ${q.end} ; kg:quote ${quoted(cut(q.doc, q.start, q.end))}`,
      );
    return `${parts.join(" ;\n    ")} .${firmPositive(c) ? `\n<${entIri(M.cl.s[c])}> <${relIri(c)}> ${object(c)} .` : ""}`;
  });
  return `@prefix kg: <${M.ns.kg}> .\n@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .\n@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n@prefix owl: <http://www.w3.org/2002/07/owl#> .\n@prefix geo: <http://www.w3.org/2003/01/geo/wgs84_pos#> .\n\n${things.join("\n")}\n\n${claims.join("\n")}\n`;
}

export function jsonld() {
  const value = (c) => {
    const [text, type] = valueOf(c);
    return type === "date" ? { "@value": text, "@type": EDTF } : { "@value": text };
  };
  const things = seenThings().map((e) => ({
    "@id": entIri(e),
    "@type": typeOf(e)
      .types.map((name) => M.iris[name])
      .filter(Boolean),
    "rdfs:label": labelOf(e),
    ...(M.ent.a[e] ? { "skos:altLabel": M.ent.a[e] } : {}),
    ...(M.ent.geo[e] ? { "geo:lat": M.ent.geo[e][0], "geo:long": M.ent.geo[e][1] } : {}),
  }));
  const claims = V.claims.map((c) => {
    const q = quoteOf(c);
    return {
      "@id": M.ns.claim + M.cl.k[c],
      "@type": "kg:Claim",
      "rdf:subject": { "@id": entIri(M.cl.s[c]) },
      "rdf:predicate": { "@id": relIri(c) },
      "rdf:object": hasEntity(c) ? { "@id": entIri(M.cl.o[c]) } : value(c),
      "kg:modality": { "@id": `kg:${title(M.mod[M.cl.m[c]])}` },
      "kg:polarity": { "@id": `kg:${M.cl.neg[c] ? "Negative" : "Positive"}` },
      ...(M.src[M.cl.src[c]].length ? { "kg:source": M.src[M.cl.src[c]].map(([said]) => said) } : {}),
      ...(M.cl.w[c] >= 0 ? { "kg:when": { "@value": M.dates[M.cl.w[c]][0], "@type": EDTF } } : {}),
      ...(q
        ? {
            "kg:document": { "@id": M.ns.doc + encoded(M.docs[q.doc].id) },
            "kg:start": q.start,
            "kg:end": q.end,
            "kg:quote": cut(q.doc, q.start, q.end),
          }
        : {}),
    };
  });
  return JSON.stringify(
    {
      "@context": {
        kg: M.ns.kg,
        rdf: "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        rdfs: "http://www.w3.org/2000/01/rdf-schema#",
        skos: "http://www.w3.org/2004/02/skos/core#",
        geo: "http://www.w3.org/2003/01/geo/wgs84_pos#",
      },
      "@graph": [...things, ...claims],
    },
    null,
    1,
  );
}

export function graphml() {
  const keys = [
    ["label", "node"],
    ["class", "node"],
    ["relation", "edge"],
    ["modality", "edge"],
    ["not", "edge"],
    ["source", "edge"],
    ["when", "edge"],
    ["quote", "edge"],
    ["document", "edge"],
  ];
  const data = (name, value) => (value ? `<data key="${name}">${xml(value)}</data>` : "");
  const nodes = seenThings().map(
    (e) => `<node id="${xml(M.ent.id[e])}">${data("label", labelOf(e))}${data("class", typeOf(e).n)}</node>`,
  );
  const edges = V.claims.filter(hasEntity).map((c) => {
    const q = quoteOf(c);
    return `<edge id="${M.cl.k[c]}" source="${xml(M.ent.id[M.cl.s[c]])}" target="${xml(M.ent.id[M.cl.o[c]])}">${data("relation", relationOf(c).n)}${data("modality", M.mod[M.cl.m[c]])}${data("not", M.cl.neg[c] ? "true" : "")}${data("source", speakerWords(c))}${data("when", M.cl.w[c] >= 0 ? M.dates[M.cl.w[c]][0] : "")}${q ? data("quote", cut(q.doc, q.start, q.end)) + data("document", M.docs[q.doc].id) : ""}</edge>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n${keys.map(([name, of]) => `<key id="${name}" for="${of}" attr.name="${name}" attr.type="string"/>`).join("\n")}\n<graph edgedefault="directed">\n${nodes.join("\n")}\n${edges.join("\n")}\n</graph>\n</graphml>\n`;
}

/** A spreadsheet takes a cell that begins with = + - @ for a formula; an apostrophe keeps it a text. */
const cell = (text) => {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

export function csv() {
  const rows = V.claims.map((c) => {
    const q = quoteOf(c);
    return [
      labelOf(M.cl.s[c]),
      M.cl.neg[c] ? "not" : "",
      relationOf(c).l,
      objectWords(c),
      speakerWords(c),
      firmnessWords(c),
      whenWords(c),
      M.cl.w[c] >= 0 ? M.dates[M.cl.w[c]][0] : "",
      q ? cut(q.doc, q.start, q.end).replace(/\s+/g, " ") : "",
      M.docs[M.cl.d[c]]?.title ?? "",
      q?.start ?? "",
      q?.end ?? "",
      M.cl.k[c],
    ];
  });
  return (
    [
      [
        "subject",
        "not",
        "relation",
        "object",
        "who says it",
        "how firmly",
        "when",
        "when (EDTF)",
        "sentence",
        "document",
        "start",
        "end",
        "claim",
      ],
      ...rows,
    ]
      .map((row) => row.map((text) => cell(String(text))).join(","))
      .join("\r\n") + "\r\n"
  );
}

const FORMATS = {
  svg: () => save(svgText().text, "image/svg+xml", "graph.svg"),
  png,
  ttl: () => save(turtle(), "text/turtle", "graph.ttl"),
  jsonld: () => save(jsonld(), "application/ld+json", "graph.jsonld"),
  graphml: () => save(graphml(), "application/graphml+xml", "graph.graphml"),
  csv: () => save(csv(), "text/csv", "claims.csv"),
  link: async () => {
    await copy(location.href);
    announce("Link copied");
  },
};

export function startExport() {
  for (const button of $("#export-menu").querySelectorAll("[data-format]"))
    button.addEventListener("click", () => {
      FORMATS[button.dataset.format]();
      $("#export-menu").hidePopover?.();
    });
}
