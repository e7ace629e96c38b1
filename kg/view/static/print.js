// Print: the picture as lines that stay sharp, and every visible claim with its sentence, numbered like notes.

import { $, el, plural, words } from "./dom.js";
import { M, cut, quoteOf } from "./model.js";
import { V } from "./choice.js";
import { svgText } from "./drawing.js";
import { readColours } from "./shapes.js";
import { claimLine, documentWords, firmnessWords, speakerWords, whenWords } from "./wording.js";

const MOST = 400;

export function startPrint() {
  addEventListener("beforeprint", fill);
  addEventListener("afterprint", () => $("#print").replaceChildren());
}

/** Paper is light, whatever the screen is. */
function lightPicture() {
  const root = document.documentElement,
    theme = root.dataset.theme;
  root.dataset.theme = "light";
  readColours();
  const { text } = svgText();
  root.dataset.theme = theme;
  readColours();
  return new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
}

export function fill() {
  const picture = lightPicture();
  picture.removeAttribute("width");
  picture.removeAttribute("height");
  const shown = V.claims.slice(0, MOST);
  $("#print").replaceChildren(
    el("h1", null, words(M.title, 300)),
    el("p", null, `${plural(V.things, "thing")}, ${plural(V.count, "claim")}.`),
    document.importNode(picture, true),
    el("h2", null, "What is said, sentence by sentence"),
    el(
      "ol",
      null,
      sentences(shown).map(([c, claims]) => sentenceItem(c, claims)),
    ),
    V.count > MOST &&
      el(
        "p",
        null,
        `${(V.count - MOST).toLocaleString("en")} more claims are not printed; filters make the list shorter.`,
      ),
  );
}

/** Claims by the quote that they rest on, in the order of the text. */
function sentences(claims) {
  const found = new Map();
  for (const c of claims) {
    const key = M.cl.e[c].join(" ");
    if (!found.has(key)) found.set(key, [c, []]);
    found.get(key)[1].push(c);
  }
  return [...found.values()];
}

function sentenceItem(c, claims) {
  const q = quoteOf(c);
  return el(
    "li",
    null,
    q && el("q", null, words(cut(q.doc, q.start, q.end).replace(/\s+/g, " "), 600)),
    q && el("small", null, words(documentWords(M.docs[q.doc]), 200), `, characters ${q.start}–${q.end}`),
    el(
      "ul",
      null,
      claims.map((each) =>
        el(
          "li",
          { class: "printed" },
          claimLine(each),
          el(
            "span",
            { class: "meta" },
            [firmnessWords(each), speakerWords(each), whenWords(each)].filter(Boolean).join(" · "),
          ),
        ),
      ),
    ),
  );
}
