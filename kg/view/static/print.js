// Print: the picture as lines that stay sharp, and every visible claim with its sentence, numbered like notes.

import { $, el, plural, words } from "./dom.js";
import { M, cut, quoteOf } from "./model.js";
import { V } from "./choice.js";
import { svgText } from "./export.js";
import { claimLine, documentWords, firmnessWords, speakerWords, whenWords } from "./wording.js";

const MOST = 400;

export function startPrint() {
  addEventListener("beforeprint", fill);
  addEventListener("afterprint", () => $("#print").replaceChildren());
}

export function fill() {
  const picture = new DOMParser().parseFromString(svgText().text, "image/svg+xml").documentElement;
  picture.removeAttribute("width");
  picture.removeAttribute("height");
  const shown = V.claims.slice(0, MOST);
  $("#print").replaceChildren(
    el("h1", null, words(M.title, 300)),
    el("p", null, `${plural(V.things, "thing")}, ${plural(V.count, "claim")}.`),
    document.importNode(picture, true),
    el("h2", null, "Claims"),
    el("ol", null, shown.map((c) => { const q = quoteOf(c); return el("li", null, claimLine(c), el("span", { class: "meta" }, [firmnessWords(c), speakerWords(c), whenWords(c)].filter(Boolean).join(" · ")), q && el("q", null, words(cut(q.doc, q.start, q.end).replace(/\s+/g, " "), 600)), q && el("small", null, words(documentWords(M.docs[q.doc]), 200), `, characters ${q.start}–${q.end}`)); })),
    V.count > MOST && el("p", null, `${(V.count - MOST).toLocaleString("en")} more claims are not printed; filters make the list shorter.`));
}
