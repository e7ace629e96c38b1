// How things are said: claims, speakers, firmness and dates in words.

import { el, words } from "./dom.js";
import { M, against, authorOf, hasEntity, isEvent, labelOf, quoteOf, relationOf, valueOf } from "./model.js";

/** By the names of kg.model.Modality: what a reader is told, how firm it is out of four, and what it means. */
export const MODALITIES = {
  asserted: ["Stated as fact", 4, "The source says so without reserve."],
  reported: ["Reported", 3, "The source passes on what others say."],
  alleged: ["Alleged", 2, "Someone claims it; the source does not vouch for it."],
  rumoured: ["Rumoured", 1, "It is told without anyone who stands for it."],
  speculated: ["Speculated", 1, "Someone thinks it possible."],
  predicted: ["Predicted", 1, "It is expected, planned or feared."],
  denied: ["Denied", 0, "Someone says that it is not so."],
  unconfirmed: ["Not confirmed", 1, "Nobody who could has confirmed it."],
};
/** Of a claim that keeps no domain, range or shape: its name in the legend, and what it means. */
export const MISFIT = ["Does not fit the ontology", "It stands in the text, but is kept out of what holds."];
const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];
const SEASON = {
  21: "spring",
  22: "summer",
  23: "autumn",
  24: "winter",
  33: "first quarter",
  34: "second quarter",
  35: "third quarter",
  36: "fourth quarter",
  40: "first half",
  41: "second half",
};

export const modalityName = (place) => M.mod[place];
export const firmness = (claim) => MODALITIES[modalityName(M.cl.m[claim])];

/** Four dots, as many of them full as a claim is firm; a barred circle for what is denied. */
export function dots(claim) {
  const [name, firm] = firmness(claim);
  const mark = against(claim) ? "⊘" : "●".repeat(firm) + "○".repeat(4 - firm);
  return el("span", { class: against(claim) ? "dots denied" : "dots", title: name, "aria-hidden": "true" }, mark);
}

const SAYS_NO = ["denied", "unconfirmed"]; // modalities that need no further word for it

export const firmnessWords = (claim) =>
  against(claim) && !SAYS_NO.includes(modalityName(M.cl.m[claim]))
    ? `${firmness(claim)[0]}: not so`
    : firmness(claim)[0];

/** What stands before a claim that is said not to hold. */
export function refusal(claim) {
  if (!against(claim)) return "";
  return SAYS_NO.includes(modalityName(M.cl.m[claim])) ? `${firmness(claim)[0]}: ` : "Not so: ";
}

/** A label behind a refusal: "not so: no envoy left" would say the reverse of what is meant. */
const plainly = (claim, label) =>
  against(claim) ? label.replace(/\b([Nn])o (?:such )?(?=\S)/g, (_, n) => (n === "N" ? "Any " : "any ")) : label;

/** A relation between its ends; what an event has is a role of it. */
export const relationWords = (claim) =>
  isEvent(M.cl.s[claim]) ? `\u2013 ${relationOf(claim).l}:` : relationOf(claim).l;

export const objectWords = (claim) => (hasEntity(claim) ? labelOf(M.cl.o[claim]) : valueWords(valueOf(claim)));

export function valueWords([value, type, date]) {
  return type === "date" && date >= 0 ? dateWords(value) : value;
}

/** A claim as one line of text. */
export function claimText(claim) {
  const [subject, object] = [labelOf(M.cl.s[claim]), objectWords(claim)].map((words) => plainly(claim, words));
  return `${refusal(claim)}${subject} ${relationWords(claim)} ${object}`;
}

/** A claim as a line with its ends set off. */
export function claimLine(claim) {
  return el(
    "span",
    { class: "line" },
    against(claim) && el("span", { class: "not" }, refusal(claim)),
    el("b", null, words(plainly(claim, labelOf(M.cl.s[claim])), 120)),
    " ",
    el("span", { class: "rel" }, relationWords(claim)),
    " ",
    el("b", null, words(plainly(claim, objectWords(claim)), 120)),
  );
}

/** Who says something, spelt out from the innermost speaker to the page the words stand on. */
export function chainOf(place, docPlace) {
  const doc = M.docs[docPlace];
  const steps = M.src[place].map(([said, entity], step) => ({
    said,
    entity,
    does: step === 0 ? "said it" : "passed it on",
  }));
  const where = [
    doc?.author && doc?.outlet ? doc.outlet : null,
    doc && doc.date >= 0 ? dateWords(M.dates[doc.date][0]) : null,
  ]
    .filter(Boolean)
    .join(", ");
  steps.push({
    said: doc ? authorOf(doc) : "the author",
    entity: -1,
    does: steps.length ? "wrote it down" : "says it as the author",
    where,
  });
  return steps;
}

/** The same in one line: "KCNA, told by Reuters". */
export function speakerWords(claim) {
  const chain = M.src[M.cl.src[claim]];
  if (!chain.length) return M.docs[M.cl.d[claim]] ? authorOf(M.docs[M.cl.d[claim]]) : "the author";
  return chain.map(([said, entity]) => (entity >= 0 ? labelOf(entity) : said)).join(", told by ");
}

/** A date of EDTF in words: "18 August 2016", "July 2016", "about 1990". */
export function dateWords(edtf) {
  const text = edtf.trim();
  if (text.includes("/")) {
    const [from, to] = text.split("/");
    if (!from || from === "..") return `until ${dateWords(to)}`;
    if (!to || to === "..") return `from ${dateWords(from)}`;
    return joined(dateWords(from), dateWords(to));
  }
  const mark = /[~?%]$/.exec(text)?.[0];
  const plain = text.replace(/[~?%]$/, "");
  return (mark ? { "~": "about ", "?": "perhaps ", "%": "perhaps about " }[mark] : "") + plainDate(plain);
}

function plainDate(text) {
  const found = /^(\d{4}|\d{3}X|\d{2}XX)(?:-(\d\d|XX))?(?:-(\d\d|XX))?$/.exec(text);
  if (!found) return text;
  const [, year, month, day] = found;
  if (year.endsWith("XX")) return `the ${+year.slice(0, 2) + 1}th century`;
  if (year.endsWith("X")) return `the ${year.slice(0, 3)}0s`;
  if (!month || month === "XX") return day && day !== "XX" ? `day ${+day} of a month in ${year}` : year;
  const name = MONTHS[month - 1] ?? SEASON[month];
  if (!name) return text;
  return day && day !== "XX" ? `${+day} ${name} ${year}` : `${name} ${year}`;
}

/** Join two dates without saying twice what they share: "16–17 July 2016". */
function joined(from, to) {
  const a = from.split(" "),
    b = to.split(" ");
  while (a.length > 1 && b.length > 1 && a.at(-1) === b.at(-1) && a.length === b.length) {
    a.pop();
    if (a.length === 1) break;
    if (a.at(-1) !== b.at(a.length - 1)) break;
  }
  return `${a.join(" ")} – ${to}`;
}

/** A day's number as a date. */
export function dayWords(day) {
  const date = dateOf(day);
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()].slice(0, 3)} ${date.getUTCFullYear()}`;
}

/** Days are counted from 1 January of the year 1, as Python does. */
export const dateOf = (day) => new Date((day - 719163) * 86_400_000);
export const dayOf = (text) => Math.round(Date.parse(`${text}T00:00:00Z`) / 86_400_000) + 719163;
export const isoDay = (day) => dateOf(day).toISOString().slice(0, 10).padStart(10, "0");
export const monthName = (month) => MONTHS[month];

/** When a claim says it happened, in words; empty if it does not say. */
export function whenWords(claim) {
  const place = M.cl.w[claim];
  return place >= 0 ? dateWords(M.dates[place][0]) : "";
}

export const documentWords = (doc) =>
  [doc.title, doc.outlet, doc.date >= 0 ? dateWords(M.dates[doc.date][0]) : null].filter(Boolean).join(" · ");
export const placeOf = (claim) => quoteOf(claim);
