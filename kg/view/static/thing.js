// A thing: all that is known of it, with the evidence; what it says itself; where it is mentioned.

import { V, neighbours } from "./choice.js";
import { $, announce, el, shortened, words } from "./dom.js";
import { claimItem, firmnessName, list, section, shownKind } from "./items.js";
import { hide } from "./keys.js";
import {
  M,
  against,
  blockAt,
  claimsOf,
  cut,
  familyOf,
  isEvent,
  labelOf,
  mentionsOf,
  relationOf,
  typeOf,
} from "./model.js";
import { picking } from "./network.js";
import { badge } from "./shapes.js";
import { S, change, toggled } from "./state.js";
import { dateWords, modalityName, objectWords, refusal } from "./wording.js";

export function thingParts(e) {
  const claims = [...claimsOf(e)].filter(shownKind),
    type = typeOf(e);
  const aliases = M.ent.a[e] ?? [],
    mentions = [...mentionsOf(e)];
  return [
    el(
      "p",
      { class: "kicker" },
      badge(familyOf(e)),
      el("span", null, [type.l, ...type.up.filter((name) => name !== type.l)].slice(0, 3).join(" · ")),
    ),
    el("h2", { tabindex: -1 }, words(labelOf(e), 400)),
    aliases.length > 0 &&
      el(
        "p",
        { class: "aliases" },
        "also ",
        aliases.slice(0, 12).map((alias, n) => [n > 0 && ", ", words(alias, 80)]),
      ),
    linkRow(e),
    actions(e),
    claims.length
      ? relationParts(e, claims)
      : el("p", { class: "fine" }, "No claim ties it to anything; it is only mentioned."),
    figureParts(e),
    saidBy(e),
    mentions.length > 0 && section(`Mentions (${mentions.length})`, list(mentions, mentionItem)),
    mergeParts(e),
  ];
}

/** What is known, relation by relation. */
function relationParts(e, claims) {
  const groups = new Map();
  for (const c of claims) {
    const out = M.cl.s[c] === e,
      key = `${M.cl.p[c]} ${out}`;
    if (!groups.has(key)) groups.set(key, { out, relation: relationOf(c), claims: [] });
    groups.get(key).claims.push(c);
  }
  const sorted = [...groups.values()].sort(
    (a, b) => b.out - a.out || b.claims.length - a.claims.length || a.relation.l.localeCompare(b.relation.l, "en"),
  );
  return sorted.map(({ out, relation, claims: held }) =>
    section(
      out ? relation.l : `← ${relation.l}`,
      list(held, (c) =>
        claimItem(c, {
          quote: true,
          line: el(
            "span",
            { class: "line" },
            against(c) && el("span", { class: "not" }, refusal(c)),
            el("b", null, words(out ? objectWords(c) : labelOf(M.cl.s[c]), 120)),
            !out && isEvent(M.cl.s[c]) && el("span", { class: "soft" }, ` ${eventGist(M.cl.s[c], e)}`),
          ),
        }),
      ),
    ),
  );
}

/** An event in few words: its other participants. */
function eventGist(event, but) {
  const roles = [...claimsOf(event)]
    .filter((c) => M.cl.s[c] === event && M.cl.o[c] !== but && shownKind(c))
    .slice(0, 3);
  return roles.map((c) => `${relationOf(c).l}: ${shortened(objectWords(c), 40)}`).join("; ");
}

function linkRow(e) {
  const links = (M.ent.same[e] ?? [])
    .filter((iri) => /^https?:\/\//.test(iri))
    .map((iri) =>
      el(
        "a",
        { href: iri, rel: "noopener noreferrer nofollow", target: "_blank", referrerpolicy: "no-referrer" },
        siteOf(iri),
      ),
    );
  const geo = M.ent.geo[e];
  if (geo)
    links.push(
      el(
        "button",
        { type: "button", class: "link", onclick: () => change({ view: "map" }) },
        `${Math.abs(geo[0]).toFixed(2)}° ${geo[0] < 0 ? "S" : "N"}, ${Math.abs(geo[1]).toFixed(2)}° ${geo[1] < 0 ? "W" : "E"}`,
      ),
    );
  return links.length ? el("p", { class: "links" }, links) : null;
}

function siteOf(iri) {
  const names = {
    "sws.geonames.org": "GeoNames",
    "www.geonames.org": "GeoNames",
    "www.wikidata.org": "Wikidata",
    "wikidata.org": "Wikidata",
    "publications.europa.eu": "EU country list",
    "en.wikipedia.org": "Wikipedia",
    "viaf.org": "VIAF",
  };
  const site = iri.replace(/^https?:\/\//, "").split("/")[0];
  return `${names[site] ?? site} ↗`;
}

function actions(e) {
  const beside = neighbours(e).filter((n) => !V.drawn.has(n)).length;
  const act = (text, onclick, pressed = null) =>
    el("button", { type: "button", onclick, "aria-pressed": pressed }, text);
  return el(
    "div",
    { class: "row", role: "group", "aria-label": "In the picture" },
    act(
      S.focus === e ? "Leave focus" : "Focus",
      () => change({ focus: S.focus === e ? null : e, path: null }),
      String(S.focus === e),
    ),
    S.focus === e &&
      el(
        "label",
        { class: "hops" },
        "Steps ",
        el(
          "select",
          { onchange: (event) => change({ hops: +event.target.value }) },
          [1, 2, 3, 4].map((n) => el("option", { value: n, selected: n === S.hops }, n)),
        ),
      ),
    (beside > 0 || S.expanded.has(e)) &&
      act(
        S.expanded.has(e) ? "Fold back" : `Expand (${beside})`,
        () => change({ expanded: toggled(S.expanded, e) }),
        String(S.expanded.has(e)),
      ),
    act("Path to …", () => pickPath(e)),
    act("Hide", () => hide(e)),
  );
}

function pickPath(e) {
  picking.from = e;
  picking.done = (other) => {
    picking.from = null;
    $("#pick").hidden = true;
    if (other !== undefined && other !== null && other !== e)
      change({ path: [e, other], sel: null, pane: "evidence", view: "network" });
  };
  $("#pick").hidden = false;
  $("#pick-text").replaceChildren(
    "From ",
    el("b", null, words(labelOf(e), 60)),
    " to: choose a thing in the picture, or find it by name.",
  );
  $("#q").focus();
  announce("Choose the other end of the path");
}

function figureParts(e) {
  const held = M.obs.filter((o) => o.about === e || o.place === e);
  return held.length ? section("Figures", list(held, figureItem)) : null;
}

function figureItem(o) {
  const [doc, start, end] = o.e;
  return el(
    "button",
    {
      type: "button",
      class: "claim",
      disabled: doc === undefined,
      onclick: () => change({ doc, pane: "document", sel: S.sel }),
    },
    el(
      "span",
      { class: "line" },
      el("b", null, `${o.value.toLocaleString("en")} ${o.unit ?? ""}`),
      " ",
      words(o.measure, 120),
    ),
    el(
      "span",
      { class: "meta" },
      o.period >= 0 && el("span", null, dateWords(M.dates[o.period][0])),
      el("span", null, firmnessName(modalityName(o.m))),
      M.src[o.src].length > 0 && el("span", null, words(M.src[o.src].map(([said]) => said).join(", told by "), 80)),
    ),
    doc !== undefined && el("span", { class: "snippet" }, words(cut(doc, start, end).replace(/\s+/g, " "), 200)),
  );
}

/** What this thing says itself, as the source of claims. */
function saidBy(e) {
  const chains = new Set(
    M.src.map((chain, n) => (chain.some(([, entity]) => entity === e) ? n : -1)).filter((n) => n >= 0),
  );
  if (!chains.size) return null;
  const held = [];
  for (let c = 0; c < M.claims && held.length < 500; c++) if (chains.has(M.cl.src[c]) && shownKind(c)) held.push(c);
  return held.length
    ? section(
        "What it says",
        list(held, (c) => claimItem(c, { quote: true })),
      )
    : null;
}

function mentionItem({ doc, start, end, entity }) {
  const [from, to] = blockAt(doc, start, end);
  const before = cut(doc, Math.max(from, start - 48), start).replace(/\s+/g, " "),
    after = cut(doc, end, Math.min(to, end + 48)).replace(/\s+/g, " ");
  return el(
    "button",
    {
      type: "button",
      class: "claim",
      onclick: () => change({ doc, pane: "document", sel: { kind: "e", at: entity } }),
    },
    el(
      "span",
      { class: "context" },
      start - 48 > from && "…",
      before,
      el("mark", { class: "said" }, words(cut(doc, start, end), 120)),
      after,
      end + 48 < to && "…",
    ),
    M.docs.length > 1 && el("span", { class: "meta" }, el("span", null, words(M.docs[doc].title, 80))),
  );
}

function mergeParts(e) {
  const held = M.jud.filter(([entity]) => entity === e);
  if (!held.length) return null;
  const verdict = ["is", "is not", "may be"];
  return el(
    "details",
    { class: "part" },
    el("summary", null, `Why these mentions were joined (${held.length})`),
    el(
      "ul",
      { class: "list reasons" },
      held
        .slice(0, 200)
        .map(([, d1, s1, e1, d2, s2, e2, v, reason]) =>
          el(
            "li",
            null,
            el("q", null, words(cut(d1, s1, e1), 80)),
            ` ${verdict[v]} `,
            el("q", null, words(cut(d2, s2, e2), 80)),
            ": ",
            M.words[reason],
          ),
        ),
    ),
  );
}
