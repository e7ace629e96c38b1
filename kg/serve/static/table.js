// Answers as rows, and rows as a table; words of the graph become text, never markup.

const STEP = 300; // rows that are added at once
const BASE = "https://attest.example/"; // whose things have pages here
const PAGES = /^(entity|claim|document|evidence|observation|judgement|mention|block|table|derived)\/./;
const TERM = /<([^>]*)>|_:(\S+)|"((?:[^"\\]|\\.)*)"(?:\^\^<([^>]*)>|@([\w-]+))?/gu;
const ESCAPES = { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f", '"': '"', "'": "'", "\\": "\\" };

/** Heads and rows of an answer: SPARQL JSON, or N-Triples. */
export function rowsOf(kind, text) {
  if (kind === "triples") {
    const rows = text.split("\n").filter(Boolean).map(terms);
    return { heads: ["subject", "predicate", "object"], rows };
  }
  const told = JSON.parse(text);
  if ("boolean" in told) return { heads: ["answer"], rows: [[{ type: "literal", value: told.boolean ? "yes" : "no" }]] };
  const heads = told.head.vars;
  return { heads, rows: told.results.bindings.map((row) => heads.map((head) => row[head])) };
}

/** The three terms of a line of N-Triples. */
function terms(line) {
  return [...line.matchAll(TERM)].slice(0, 3).map(([, iri, blank, words, datatype, language]) => {
    if (iri !== undefined) return { type: "uri", value: iri };
    if (blank !== undefined) return { type: "bnode", value: blank };
    return { type: "literal", value: unescaped(words), datatype, "xml:lang": language };
  });
}

const unescaped = (words) =>
  words.replace(/\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)/gsu, (_, code) =>
    /^[uU]./.test(code) ? String.fromCodePoint(parseInt(code.slice(1), 16)) : (ESCAPES[code] ?? code),
  );

/** Fill a table, the first rows at once and more on demand. */
export function fillTable(table, more, heads, rows, prefixes) {
  const body = document.createElement("tbody");
  const head = document.createElement("thead");
  head.append(made("tr", heads.map((each) => made("th", [each], { scope: "col" }))));
  table.replaceChildren(head, body);
  const add = () => {
    const start = body.rows.length;
    body.append(...rows.slice(start, start + STEP).map((row) => made("tr", row.map((term) => made("td", term ? cell(term, prefixes) : [], { dir: "auto" })))));
    more.hidden = body.rows.length >= rows.length;
  };
  more.onclick = add;
  add();
}

/** A term as nodes: a link where it leads somewhere, else words. */
function cell(term, prefixes) {
  if (term.type === "bnode") return [`_:${term.value}`];
  if (term.type === "uri") return [link(term.value, prefixes)];
  const mark = term["xml:lang"] ?? (term.datatype ? short(term.datatype, prefixes) : "");
  return mark ? [term.value, " ", made("small", [mark])] : [term.value];
}

function link(iri, prefixes) {
  const path = iri.startsWith(BASE) ? iri.slice(BASE.length) : "";
  if (PAGES.test(path)) return made("a", [short(iri, prefixes)], { href: `/page/${path}` });
  if (/^https?:\/\//.test(iri) && !iri.startsWith(BASE)) return made("a", [short(iri, prefixes)], { href: iri, rel: "noreferrer noopener external", target: "_blank" });
  return short(iri, prefixes);
}

/** An IRI as a prefixed name, by the longest namespace that fits. */
function short(iri, prefixes) {
  const [name, namespace] = Object.entries(prefixes)
    .filter(([, each]) => each && iri.startsWith(each))
    .sort(([, a], [, b]) => b.length - a.length)[0] ?? ["", ""];
  return namespace ? `${name}:${iri.slice(namespace.length)}` : iri;
}

/** An element with children, words among them as text. */
function made(tag, children, attributes = {}) {
  const out = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) out.setAttribute(name, value);
  out.append(...children);
  return out;
}
