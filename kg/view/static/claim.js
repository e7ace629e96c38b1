// A claim: the sentence behind it, who says it and how firmly, who agrees and who contradicts.

import { el, words } from "./dom.js";
import { chooseClaim, claimItem, claimsInDocument, list, section, shownKind, thingLink } from "./items.js";
import {
  M,
  against,
  blockAt,
  claimsOf,
  cut,
  daysOf,
  hasEntity,
  isEvent,
  labelOf,
  mentionsOf,
  misfit,
  quoteOf,
  relationOf,
  valueOf,
} from "./model.js";
import { lineOf } from "./picture.js";
import { change } from "./state.js";
import { MISFIT, chainOf, dateWords, documentWords, dots, firmness, firmnessWords, objectWords, refusal, relationWords } from "./wording.js";

export function claimParts(c) {
  const { agree, contradict, other } = company(c);
  const place = quoteOf(c),
    doc = M.docs[M.cl.d[c]],
    line = lineOf(c),
    beside = line?.claims ?? [c];
  const kind = ["Claim", "Open claim", "Derived claim"][M.cl.kind[c]];
  return [
    el(
      "p",
      { class: "kicker" },
      beside.length > 1 ? `${kind} ${beside.indexOf(c) + 1} of ${beside.length} on this line` : kind,
    ),
    el(
      "h2",
      { tabindex: -1, class: "fact" },
      against(c) && el("span", { class: "not" }, refusal(c)),
      thingLink(M.cl.s[c]),
      " ",
      el("span", { class: "rel" }, relationWords(c)),
      " ",
      hasEntity(c) ? thingLink(M.cl.o[c]) : el("span", { class: "value" }, words(objectWords(c), 300)),
    ),
    place ? quoteBlock(c, place) : el("p", { class: "fine" }, "The graph holds no sentence for this claim."),
    el(
      "dl",
      { class: "facts" },
      el("dt", null, "Who says it"),
      el("dd", null, chainList(M.cl.src[c], M.cl.d[c])),
      el("dt", null, "How firmly"),
      el("dd", null, dots(c), " ", firmnessWords(c), cueOf(c), el("small", null, firmness(c)[2])),
      misfit(c) && el("dt", null, MISFIT[0]),
      misfit(c) && el("dd", null, words(M.cl.off[c].join("; "), 400), el("small", null, MISFIT[1])),
      el("dt", null, "Happened"),
      el("dd", null, happenedWords(c)),
      M.cl.said[c] >= 0 && el("dt", null, "Said"),
      M.cl.said[c] >= 0 && el("dd", null, dateWords(M.dates[M.cl.said[c]][0])),
      doc?.date >= 0 && el("dt", null, "Published"),
      doc?.date >= 0 && el("dd", null, dateWords(M.dates[doc.date][0])),
    ),
    beside.length > 1 &&
      el("div", { class: "row" }, stepButton("← Previous", beside, c, -1), stepButton("Next →", beside, c, 1)),
    M.cl.why[c] &&
      section(
        "Follows from",
        list(M.cl.why[c], (b) => claimItem(b, { quote: true })),
      ),
    el(
      "div",
      { class: "sides" },
      section(
        `Agrees (${agree.length})`,
        agree.length
          ? list(agree, ([a, note]) => claimItem(a, { note, quote: true }))
          : el("p", { class: "fine" }, "Nobody else says this here."),
      ),
      section(
        `Contradicts (${contradict.length})`,
        contradict.length
          ? list(contradict, ([a, note]) => claimItem(a, { note, quote: true }))
          : el("p", { class: "fine" }, "Nobody here contradicts it."),
      ),
    ),
    other.length &&
      section(
        "Other answers to the same question",
        list(other, (a) => claimItem(a, { quote: true })),
      ),
    isEvent(M.cl.s[c]) && eventParts(M.cl.s[c], c),
    sameSentence(c).length &&
      section(
        "The same sentence also says",
        list(sameSentence(c), (a) => claimItem(a)),
      ),
    M.cl.ex[c] !== undefined &&
      el("p", { class: "fine" }, "Read by the example ", el("q", null, words(M.words[M.cl.ex[c]], 200)), "."),
  ];
}

function stepButton(text, beside, c, by) {
  return el(
    "button",
    { type: "button", onclick: () => chooseClaim(beside[(beside.indexOf(c) + by + beside.length) % beside.length]) },
    text,
  );
}

/** The paragraph with the sentence marked, the two ends and the cue set off in it. */
function quoteBlock(c, { doc, start, end }) {
  const [from, to] = windowAround(doc, start, end);
  const marks = [{ start, end, name: "said" }];
  for (const [entity, name] of [
    [M.cl.s[c], "end"],
    [M.cl.o[c], "end"],
  ])
    if (entity >= 0)
      for (const m of mentionsOf(entity))
        if (m.doc === doc && m.start >= start && m.end <= end) marks.push({ start: m.start, end: m.end, name, entity });
  const cue = M.cl.cue[c];
  if (cue?.length && cue[0] === doc) marks.push({ start: cue[1], end: cue[2], name: "cue" });
  return el(
    "figure",
    { class: "quote" },
    el(
      "blockquote",
      { tabindex: 0, "aria-label": "The sentence in its paragraph" },
      from > blockAt(doc, start, end)[0] && "… ",
      marked(doc, from, to, marks),
      to < blockAt(doc, start, end)[1] && " …",
    ),
    el(
      "figcaption",
      null,
      el("span", null, words(documentWords(M.docs[doc]), 220)),
      el(
        "button",
        { type: "button", class: "link", onclick: () => change({ doc, pane: "document" }) },
        "Read in the document",
      ),
    ),
  );
}

/** The paragraph of a sentence, or what is near it where the paragraph is long. */
function windowAround(doc, start, end) {
  let [from, to] = blockAt(doc, start, end);
  if (start - from > 500) from = start - 400;
  if (to - end > 500) to = end + 400;
  return [from, to];
}

/** A stretch of a document with parts of it marked; marks may lie within each other. */
function marked(doc, from, to, marks) {
  const cuts = [...new Set([from, to, ...marks.flatMap((m) => [Math.max(from, m.start), Math.min(to, m.end)])])].sort(
    (a, b) => a - b,
  );
  const out = [];
  for (let n = 0; n + 1 < cuts.length; n++) {
    const text = cut(doc, cuts[n], cuts[n + 1]),
      names = marks.filter((m) => m.start <= cuts[n] && cuts[n + 1] <= m.end).map((m) => m.name);
    if (!names.length) out.push(text);
    else out.push(el(names.includes("said") ? "mark" : "span", { class: [...new Set(names)].join(" ") }, text));
  }
  return out;
}

function cueOf(c) {
  const cue = M.cl.cue[c];
  return cue?.length ? [" (", el("q", null, words(cut(cue[0], cue[1], cue[2]), 60)), ")"] : null;
}

/** Every hand a statement went through. */
function chainList(chain, doc) {
  const steps = chainOf(chain, doc);
  return el(
    "ol",
    { class: "chain" },
    steps.map(({ said, entity, does, where }) =>
      el(
        "li",
        null,
        entity >= 0 ? thingLink(entity, labelOf(entity)) : el("b", null, words(said, 120)),
        entity >= 0 &&
          labelOf(entity).toLowerCase() !== said.toLowerCase() && [" (", el("q", null, words(said, 80)), ")"],
        " ",
        el("span", { class: "does" }, does),
        where && el("small", null, words(where, 120)),
      ),
    ),
  );
}

function happenedWords(c) {
  const place = M.cl.w[c];
  if (place < 0) return "not dated";
  const told = M.cl.ww[c] !== undefined ? M.words[M.cl.ww[c]] : null,
    text = dateWords(M.dates[place][0]);
  return [text, told && told.toLowerCase() !== text.toLowerCase() && [" (", el("q", null, words(told, 80)), ")"]];
}

/** What else is said of the same: who agrees, who contradicts, and other answers to the same question. */
function company(c) {
  const { s, p, o, w } = M.cl,
    agree = [],
    contradict = [],
    other = [];
  const days = daysOf(w[c]),
    inverse = M.rel[p[c]].inv;
  for (const a of claimsOf(s[c])) {
    if (a === c) continue;
    const same = s[a] === s[c] && p[a] === p[c],
      turned = inverse != null && p[a] === inverse && s[a] === o[c] && o[a] === s[c];
    if (!same && !turned) continue;
    if (turned || sameObject(a, c)) {
      if (against(a) !== against(c)) contradict.push([a, against(a) ? "denies it" : "affirms it"]);
      else if (apartInTime(days, daysOf(w[a]))) contradict.push([a, `dates it ${dateWords(M.dates[w[a]][0])}`]);
      else agree.push([a, M.cl.d[a] === M.cl.d[c] ? null : "another document"]);
    } else if (!hasEntity(a) && !hasEntity(c) && against(a) === against(c)) {
      const [mine, theirs] = [daysOf(valueOf(c)[2]), daysOf(valueOf(a)[2])];
      if (mine && theirs && !apartInTime(mine, theirs)) agree.push([a, `says ${objectWords(a)}`]);
      else if (mine && theirs) contradict.push([a, `says ${objectWords(a)}`]);
      else other.push(a);
    } else other.push(a);
  }
  return { agree, contradict, other };
}

const sameObject = (a, c) =>
  M.cl.o[a] === M.cl.o[c] ||
  (!hasEntity(a) && !hasEntity(c) && valueOf(a)[0].toLowerCase() === valueOf(c)[0].toLowerCase());

const apartInTime = (a, b) => a && b && (a.last < b.first || b.last < a.first);

function sameSentence(c) {
  const place = quoteOf(c);
  if (!place) return [];
  return claimsInDocument(place.doc).filter(
    (a) =>
      a !== c &&
      quoteOf(a).start < place.end &&
      place.start < quoteOf(a).end &&
      !(M.cl.s[a] === M.cl.s[c] && isEvent(M.cl.s[c])) &&
      shownKind(a),
  );
}

/** All that is said of an event, as the roles of a form. */
function eventParts(event, except) {
  const roles = [...claimsOf(event)].filter((c) => M.cl.s[c] === event && c !== except && shownKind(c));
  const about = [...claimsOf(event)].filter((c) => M.cl.o[c] === event && M.cl.s[c] !== event && shownKind(c));
  return [
    roles.length &&
      section(
        "The event",
        list(roles, (c) =>
          claimItem(c, {
            line: el(
              "span",
              { class: "line" },
              against(c) && el("span", { class: "not" }, refusal(c)),
              el("span", { class: "rel" }, `${relationOf(c).l}: `),
              el("b", null, words(objectWords(c), 120)),
            ),
          }),
        ),
      ),
    about.length &&
      section(
        "Said about the event",
        list(about, (c) => claimItem(c, { quote: true })),
      ),
  ];
}
