// The page of the editor: asks the endpoint, shows rows as a table, and has the server draw the network or the map.

import { codeEditor } from "./editor.js";
import { fillTable, rowsOf } from "./table.js";

const $ = (id) => document.getElementById(id);
const offered = JSON.parse($("offered").textContent);
const ROWS = "application/sparql-results+json",
  TRIPLES = "application/n-triples";
const FORMATS = {
  rows: { CSV: "text/csv", TSV: "text/tab-separated-values", JSON: ROWS, XML: "application/sparql-results+xml" },
  triples: { Turtle: "text/turtle", "N-Triples": TRIPLES, "JSON-LD": "application/ld+json", "RDF/XML": "application/rdf+xml" },
};
const ENDINGS = { CSV: "csv", TSV: "tsv", JSON: "json", XML: "xml", Turtle: "ttl", "N-Triples": "nt", "JSON-LD": "jsonld", "RDF/XML": "rdf" };
const FIRST = "SELECT ?who ?what WHERE {\n  ?who a kg:Entity ; rdfs:label ?what\n}\nLIMIT 50";
const TABS = ["table", "network", "map"];
const PICTURES = { network: "/view", map: "/view#view=map" };

let asked = "", // the query whose answer is shown
  drawn = "", // what the frame shows
  tab = "table",
  running = null;

const editor = codeEditor($("editor"), { text: fromAddress() ?? FIRST, offered, run: ask });

/** The query in the address, if there is one. */
function fromAddress() {
  return new URLSearchParams(location.hash.slice(1)).get("query");
}

// ---- asking ----------------------------------------------------------------------------------------

/** Ask the endpoint; the answer is read as rows or as triples, whichever the query gives. */
async function ask() {
  running?.abort();
  const query = editor.text(),
    mine = (running = new AbortController()),
    start = performance.now();
  busy(true);
  try {
    const response = await post(query, `${ROWS}, ${TRIPLES}`, mine.signal);
    const text = await response.text();
    if (response.ok) show(query, response.headers.get("content-type"), text, performance.now() - start);
    else fail(text);
  } catch (error) {
    if (error.name !== "AbortError") fail("The server does not answer; it may have been stopped.");
    else if (running === mine) $("status").textContent = "Stopped.";
  } finally {
    if (running === mine) busy(false);
  }
}

/** Send a query. */
const post = (query, accept, signal) =>
  fetch("/sparql", { method: "POST", body: query, headers: { "Content-Type": "application/sparql-query", Accept: accept }, signal });

function busy(is) {
  $("stop").disabled = !is;
  if (!is) return;
  $("status").textContent = "Running …";
  $("error").hidden = true;
}

function fail(text) {
  $("results").hidden = true;
  $("status").textContent = "No answer.";
  $("error").hidden = false;
  $("error").textContent = text.trim();
  const [, line, column] = /^line (\d+), column (\d+)/.exec(text) ?? [];
  if (line) editor.goTo(+line, +column);
}

// ---- showing ---------------------------------------------------------------------------------------

function show(query, type, text, time) {
  const kind = type.startsWith(TRIPLES) ? "triples" : "rows",
    { heads, rows } = rowsOf(kind, text);
  asked = query;
  $("status").textContent = `${count(rows.length, kind)} in ${(time / 1000).toFixed(2)} s`;
  $("results").hidden = false;
  fillTable($("table"), $("more"), heads, rows, offered.prefixes);
  $("format").replaceChildren(...Object.keys(FORMATS[kind]).map((name) => new Option(name)));
  history.replaceState(null, "", `#${new URLSearchParams({ query })}`);
  choose(tab);
}

const count = (n, kind) => `${n.toLocaleString("en")} ${n === 1 ? kind.slice(0, -1) : kind}`;

/** Show one of the tabs; a picture is drawn when it is first looked at. */
function choose(name) {
  tab = name;
  for (const each of TABS) {
    $(`tab-${each}`).setAttribute("aria-selected", each === name);
    $(`tab-${each}`).tabIndex = each === name ? 0 : -1;
  }
  $("panel-table").hidden = name !== "table";
  $("panel-picture").hidden = name === "table";
  if (name === "table") return;
  $("panel-picture").setAttribute("aria-labelledby", `tab-${name}`);
  if (drawn === `${name} ${asked}`) return;
  drawn = `${name} ${asked}`;
  $("draw").action = PICTURES[name];
  $("draw").elements.query.value = asked;
  $("draw").submit();
}

/** Save the answer in the chosen form, asked for again in that form. */
async function save() {
  const name = $("format").value,
    type = { ...FORMATS.rows, ...FORMATS.triples }[name];
  const response = await post(asked, type);
  if (!response.ok) return fail(await response.text());
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await response.blob());
  link.download = `answer.${ENDINGS[name]}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

// ---- what the page does ----------------------------------------------------------------------------

$("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  ask();
});
$("stop").addEventListener("click", () => running?.abort());
$("save").addEventListener("click", save);
$("saved").addEventListener("change", (event) => {
  const found = offered.queries.find((each) => each.name === event.target.value);
  if (found) editor.write(found.text);
});
for (const name of TABS) $(`tab-${name}`).addEventListener("click", () => choose(name));
document.querySelector('[role="tablist"]').addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  choose(TABS[(TABS.indexOf(tab) + step + TABS.length) % TABS.length]);
  $(`tab-${tab}`).focus();
});
addEventListener("hashchange", () => {
  const query = fromAddress();
  if (query === null || query === asked) return;
  editor.write(query);
  ask();
});
if (fromAddress() !== null) ask(); // a query only reads, so a link to one may run it
document.documentElement.dataset.ready = "";
