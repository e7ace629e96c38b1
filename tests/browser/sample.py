"""A graph about invented people, made by hand: two documents that disagree, nested speakers, denials, dates and places.

`extraction()` is what the tests of the page draw; `large(n)` is a random graph of any size, the same at every run.
"""

from __future__ import annotations

import random
import re
from dataclasses import replace

from kg.model import (
    Block,
    BlockKind,
    Cell,
    Claim,
    ClaimKind,
    Document,
    Entity,
    Evidence,
    Extraction,
    Judgement,
    Literal,
    Mention,
    MentionKind,
    Modality,
    Observation,
    Polarity,
    Source,
    Table,
    Verdict,
    content_id,
)

AGENT = ("Agent", "Entity")
ORG = ("Organization", *AGENT)
MISSION = ("DiplomaticMission", *ORG)
EVENT = ("Event", "Entity")
PLACE = ("Place", "Entity")

# id: types, label, further forms in the text, coordinates
THINGS: dict[str, tuple[tuple[str, ...], str, tuple[str, ...], tuple[float, float] | None]] = {
    "ilse-varga": (
        ("Person", *AGENT),
        "Ilse Varga",
        ("Varga", "Ms. Varga", "the counsellor"),
        None,
    ),
    "tomas-berg": (("Person", *AGENT), "Tomas Berg", ("Berg", "Mr. Berg"), None),
    "nadia-orlov": (("Person", *AGENT), "Nadia Orlov", ("Orlov",), None),
    "pedro-lemos": (("Person", *AGENT), "Pedro Lemos", ("Lemos",), None),
    "ruth-adeyemi": (("Person", *AGENT), "Ruth Adeyemi", ("Adeyemi", "Judge Adeyemi"), None),
    "jonas-kirk": (("Person", *AGENT), "Jonas Kirk", ("Kirk",), None),
    "mira-halloran": (("Person", *AGENT), "Mira Halloran", ("Halloran",), None),
    "the-driver": (("Person", *AGENT), "driver of the embassy", ("the driver",), None),
    "a-neighbour": (("Person", *AGENT), "neighbour", ("A neighbour",), None),
    "family-of-varga": (("PersonGroup", *AGENT), "family of Ilse Varga", ("her family",), None),
    "three-couriers": (("PersonGroup", *AGENT), "three couriers", ("Three couriers",), None),
    "two-auditors": (("PersonGroup", *AGENT), "two auditors", ("Two auditors",), None),
    "embassy-lisbon": (
        ("Embassy", *MISSION),
        "Embassy of Korvania in Lisbon",
        ("the embassy in Lisbon", "the embassy"),
        None,
    ),
    "consulate-porto": (
        ("Consulate", *MISSION),
        "Consulate of Korvania in Porto",
        ("the consulate in Porto",),
        None,
    ),
    "trade-mission": (
        ("TradeMission", *MISSION),
        "trade mission in Tallinn",
        ("the trade mission in Tallinn",),
        None,
    ),
    "foreign-ministry": (
        ("Ministry", "GovernmentBody", *ORG),
        "Foreign Ministry of Korvania",
        ("the Foreign Ministry",),
        None,
    ),
    "audit-office": (("GovernmentBody", *ORG), "Audit Office", ("the Audit Office",), None),
    "customs": (
        ("GovernmentBody", *ORG),
        "customs service",
        ("the customs service", "Customs officers"),
        None,
    ),
    "district-court": (
        ("GovernmentBody", *ORG),
        "District Court of Lisbon",
        ("the District Court",),
        None,
    ),
    "lighthouse-post": (("MediaOutlet", *ORG), "Lighthouse Post", ("the Lighthouse Post",), None),
    "northern-wire": (("MediaOutlet", *ORG), "Northern Wire", ("Northern Wire",), None),
    "radio-korvania": (("MediaOutlet", *ORG), "Radio Korvania", ("Radio Korvania",), None),
    "alba-shipping": (("Company", *ORG), "Alba Shipping", (), None),
    "delta-trading": (("Company", *ORG), "Delta Trading", (), None),
    "harbour-institute": (
        ("Institute", *ORG),
        "Harbour Institute",
        ("the Harbour Institute",),
        None,
    ),
    "unity-party": (("PoliticalParty", *ORG), "Unity Party", ("the Unity Party",), None),
    "korvania": (("Country", *PLACE), "Korvania", (), None),
    "portugal": (("Country", *PLACE), "Portugal", (), (39.5, -8.0)),
    "estonia": (("Country", *PLACE), "Estonia", (), (58.8, 25.5)),
    "brazil": (("Country", *PLACE), "Brazil", (), (-10.0, -52.0)),
    "lisbon": (("City", *PLACE), "Lisbon", (), (38.7167, -9.1333)),
    "porto": (("City", *PLACE), "Porto", (), (41.1496, -8.611)),
    "tallinn": (("City", *PLACE), "Tallinn", (), (59.437, 24.7535)),
    "riga": (("City", *PLACE), "Riga", (), (56.946, 24.1059)),
    "madrid": (("City", *PLACE), "Madrid", (), (40.4165, -3.7026)),
    "recife": (("City", *PLACE), "Recife", (), (-8.0539, -34.8811)),
    "dakar": (("City", *PLACE), "Dakar", (), (14.6937, -17.4441)),
    "kirkwall": (("City", *PLACE), "Kirkwall", (), (58.9809, -2.9605)),
    "counsellor": (("Role", "Entity"), "counsellor", (), None),
    "attache": (("Role", "Entity"), "trade attaché", ("trade attaché",), None),
    "foreign-minister": (("Role", "Entity"), "foreign minister", ("foreign minister",), None),
    "judge": (("Role", "Entity"), "judge", (), None),
    "audit-report": (("Work", "Entity"), "audit report", ("the audit report",), None),
    "varga-letter": (("Work", "Entity"), "letter of Ilse Varga", ("a letter",), None),
    "port-ledger": (("Work", "Entity"), "port ledger", ("the port ledger",), None),
    "departure-of-varga": (("Defection", *EVENT), "departure of Ilse Varga", ("left",), None),
    "journey-of-varga": (("Journey", *EVENT), "journey of Ilse Varga", ("travelled",), None),
    "recall-of-berg": (("Recall", *EVENT), "recall of Tomas Berg", ("recalled",), None),
    "audit-of-lisbon": (("Audit", *EVENT), "audit of the embassy in Lisbon", ("audited",), None),
    "seizure-in-porto": (("Seizure", *EVENT), "seizure in Porto", ("seized",), None),
    "arrest-of-couriers": (
        ("Arrest", *EVENT),
        "arrest of three couriers",
        ("were arrested",),
        None,
    ),
    "hearing": (("Trial", *EVENT), "hearing in Lisbon", ("heard",), None),
    "meeting-in-riga": (("Meeting", *EVENT), "meeting in Riga", ("met",), None),
    "asylum-of-varga": (
        ("AsylumApplication", *EVENT),
        "asylum application of Ilse Varga",
        ("asked for asylum",),
        None,
    ),
    "statement": (("Statement", *EVENT), "statement of the Foreign Ministry", ("statement",), None),
    "smuggling": (("Smuggling", *EVENT), "smuggling of ledgers", ("smuggled",), None),
    "visit-of-auditors": (("Visit", *EVENT), "visit of two auditors", ("called at",), None),
}

# Sentences in order; "#" begins a heading, "|" a row of a table, "" ends a paragraph. With each, what it claims:
# subject, relation, object ("=" a value, "@" a date), and what departs from a plain assertion.
Told = tuple[str, list[tuple[str, str, str, dict[str, object]]]]
ALLEGED, REPORTED, DENIED = (
    {"m": Modality.ALLEGED},
    {"m": Modality.REPORTED},
    {"m": Modality.DENIED},
)
ANALYSIS: list[Told] = [
    ("# The empty office on Rua das Flores", []),
    (
        "Ilse Varga, a counsellor at the embassy in Lisbon, left in March 2031 and has not been seen since.",
        [
            ("ilse-varga", "heldRole", "counsellor", {}),
            ("ilse-varga", "postedAt", "embassy-lisbon", {}),
            ("departure-of-varga", "agent", "ilse-varga", {"w": "2031-03", "ww": "in March 2031"}),
            (
                "departure-of-varga",
                "origin",
                "embassy-lisbon",
                {"w": "2031-03", "ww": "in March 2031"},
            ),
            (
                "departure-of-varga",
                "occurredOn",
                "@2031-03",
                {"w": "2031-03", "ww": "in March 2031"},
            ),
            ("embassy-lisbon", "locatedIn", "lisbon", {}),
        ],
    ),
    (
        "According to Northern Wire, which cites the driver, Varga travelled with her family from Lisbon through Dakar to Recife.",
        [
            (
                "journey-of-varga",
                "agent",
                "ilse-varga",
                REPORTED | {"src": ("the-driver", "northern-wire"), "cue": "According to"},
            ),
            (
                "journey-of-varga",
                "companion",
                "family-of-varga",
                REPORTED | {"src": ("the-driver", "northern-wire")},
            ),
            (
                "journey-of-varga",
                "origin",
                "lisbon",
                REPORTED | {"src": ("the-driver", "northern-wire")},
            ),
            (
                "journey-of-varga",
                "via",
                "dakar",
                REPORTED | {"src": ("the-driver", "northern-wire"), "ord": 1},
            ),
            (
                "journey-of-varga",
                "destination",
                "recife",
                REPORTED | {"src": ("the-driver", "northern-wire")},
            ),
            ("family-of-varga", "familyOf", "ilse-varga", {}),
        ],
    ),
    (
        "The Foreign Ministry denied in a statement on 2 April 2031 that the counsellor had left.",
        [
            (
                "departure-of-varga",
                "agent",
                "ilse-varga",
                DENIED
                | {
                    "neg": True,
                    "src": ("foreign-ministry",),
                    "cue": "denied",
                    "said": "2031-04-02",
                },
            ),
            (
                "statement",
                "agent",
                "foreign-ministry",
                {"w": "2031-04-02", "ww": "on 2 April 2031"},
            ),
            ("statement", "occurredOn", "@2031-04-02", {"w": "2031-04-02"}),
            ("foreign-ministry", "denied", "departure-of-varga", {"w": "2031-04-02"}),
        ],
    ),
    ("", []),
    (
        "Radio Korvania alleged that Varga smuggled the port ledger of Alba Shipping out of Porto.",
        [
            (
                "smuggling",
                "agent",
                "ilse-varga",
                ALLEGED | {"src": ("radio-korvania",), "cue": "alleged"},
            ),
            ("smuggling", "goods", "port-ledger", ALLEGED | {"src": ("radio-korvania",)}),
            ("smuggling", "origin", "porto", ALLEGED | {"src": ("radio-korvania",)}),
            ("port-ledger", "ownedBy", "alba-shipping", {}),
        ],
    ),
    (
        "A neighbour says that Tomas Berg, the trade attaché, was recalled in the spring; the embassy has not confirmed it.",
        [
            (
                "recall-of-berg",
                "patient",
                "tomas-berg",
                REPORTED | {"src": ("a-neighbour",), "w": "2031-21", "ww": "in the spring"},
            ),
            (
                "recall-of-berg",
                "occurredOn",
                "@2031-21",
                REPORTED | {"src": ("a-neighbour",), "w": "2031-21"},
            ),
            (
                "recall-of-berg",
                "patient",
                "tomas-berg",
                {
                    "m": Modality.UNCONFIRMED,
                    "neg": True,
                    "src": ("embassy-lisbon",),
                    "cue": "has not confirmed",
                },
            ),
            ("tomas-berg", "heldRole", "attache", {}),
            ("tomas-berg", "postedAt", "embassy-lisbon", {}),
        ],
    ),
    (
        "Two auditors from the Audit Office called at the consulate in Porto and the trade mission in Tallinn.",
        [
            ("visit-of-auditors", "agent", "two-auditors", {}),
            ("visit-of-auditors", "destination", "consulate-porto", {"ord": 1}),
            ("visit-of-auditors", "destination", "trade-mission", {"ord": 2}),
            ("two-auditors", "employedBy", "audit-office", {}),
            ("consulate-porto", "locatedIn", "porto", {}),
            ("trade-mission", "locatedIn", "tallinn", {}),
        ],
    ),
    ("", []),
    ("## The ledger", []),
    (
        "Customs officers seized the port ledger in Porto on 18 March 2031, the customs service said.",
        [
            (
                "seizure-in-porto",
                "agent",
                "customs",
                REPORTED | {"src": ("customs",), "w": "2031-03-18", "ww": "on 18 March 2031"},
            ),
            (
                "seizure-in-porto",
                "goods",
                "port-ledger",
                REPORTED | {"src": ("customs",), "w": "2031-03-18"},
            ),
            (
                "seizure-in-porto",
                "occurredIn",
                "porto",
                REPORTED | {"src": ("customs",), "w": "2031-03-18"},
            ),
            (
                "seizure-in-porto",
                "occurredOn",
                "@2031-03-18",
                REPORTED | {"src": ("customs",), "w": "2031-03-18"},
            ),
        ],
    ),
    (
        "Three couriers were arrested; Judge Adeyemi of the District Court heard them in May.",
        [
            ("arrest-of-couriers", "patient", "three-couriers", {}),
            ("hearing", "agent", "ruth-adeyemi", {"w": "2031-05", "ww": "in May"}),
            ("hearing", "patient", "three-couriers", {"w": "2031-05", "ww": "in May"}),
            ("ruth-adeyemi", "employedBy", "district-court", {}),
            ("ruth-adeyemi", "heldRole", "judge", {}),
            ("district-court", "locatedIn", "lisbon", {}),
        ],
    ),
    (
        "It is rumoured that Jonas Kirk of the Unity Party paid them, and the Harbour Institute speculates that Delta Trading owns Alba Shipping.",
        [
            ("jonas-kirk", "paid", "three-couriers", {"m": Modality.RUMOURED, "cue": "rumoured"}),
            ("jonas-kirk", "memberOf", "unity-party", {}),
            (
                "delta-trading",
                "owns",
                "alba-shipping",
                {"m": Modality.SPECULATED, "src": ("harbour-institute",), "cue": "speculates"},
            ),
        ],
    ),
    (
        "Observers expect that Pedro Lemos will become foreign minister in 2032.",
        [
            (
                "pedro-lemos",
                "heldRole",
                "foreign-minister",
                {"m": Modality.PREDICTED, "w": "2032", "ww": "in 2032", "cue": "expect"},
            ),
            ("pedro-lemos", "citizenOf", "korvania", {}),
        ],
    ),
    (
        "Varga had kept “the 🔑 to the archive”, as Mira Halloran of the Lighthouse Post puts it.",
        [
            (
                "ilse-varga",
                "keep",
                "=“the 🔑 to the archive”",
                {"kind": ClaimKind.OPEN, "src": ("mira-halloran",)},
            ),
            ("mira-halloran", "employedBy", "lighthouse-post", {}),
        ],
    ),
    ("", []),
    ("| Year | Departures", []),
    ("| 2029 | 3", []),
    ("| 2030 | 11", []),
]
DISPATCH: list[Told] = [
    ("# Counsellor resurfaces in Brazil, officials say", []),
    (
        "Ilse Varga asked for asylum in Recife on 9 April 2031, two officials told the Lighthouse Post.",
        [
            (
                "asylum-of-varga",
                "agent",
                "ilse-varga",
                REPORTED | {"src": ("=two officials", "lighthouse-post"), "w": "2031-04-09"},
            ),
            (
                "asylum-of-varga",
                "destination",
                "brazil",
                REPORTED | {"src": ("=two officials", "lighthouse-post"), "w": "2031-04-09"},
            ),
            (
                "asylum-of-varga",
                "occurredIn",
                "recife",
                REPORTED | {"src": ("=two officials", "lighthouse-post"), "w": "2031-04-09"},
            ),
            ("recife", "locatedIn", "brazil", {}),
        ],
    ),
    (
        "Ms. Varga left the embassy as early as February 2031, they said, and travelled from Lisbon through Madrid.",
        [
            (
                "departure-of-varga",
                "agent",
                "ilse-varga",
                REPORTED | {"src": ("=two officials",), "w": "2031-02", "ww": "February 2031"},
            ),
            (
                "departure-of-varga",
                "origin",
                "embassy-lisbon",
                REPORTED | {"src": ("=two officials",), "w": "2031-02", "ww": "February 2031"},
            ),
            (
                "departure-of-varga",
                "occurredOn",
                "@2031-02",
                REPORTED | {"src": ("=two officials",), "w": "2031-02"},
            ),
            ("journey-of-varga", "agent", "ilse-varga", REPORTED | {"src": ("=two officials",)}),
            (
                "journey-of-varga",
                "via",
                "madrid",
                REPORTED | {"src": ("=two officials",), "ord": 1},
            ),
            ("journey-of-varga", "origin", "lisbon", REPORTED | {"src": ("=two officials",)}),
        ],
    ),
    (
        "The Audit Office audited the embassy in Lisbon between January and June 2031 and wrote the audit report.",
        [
            (
                "audit-of-lisbon",
                "agent",
                "audit-office",
                {"w": "2031-01/2031-06", "ww": "between January and June 2031"},
            ),
            ("audit-of-lisbon", "patient", "embassy-lisbon", {"w": "2031-01/2031-06"}),
            ("audit-of-lisbon", "occurredOn", "@2031-01/2031-06", {"w": "2031-01/2031-06"}),
            ("audit-report", "authoredBy", "audit-office", {}),
            ("ilse-varga", "postedAt", "embassy-lisbon", {}),
        ],
    ),
    ("", []),
    (
        "Nadia Orlov and Tomas Berg met in Riga about 1 April 2031.",
        [
            (
                "meeting-in-riga",
                "agent",
                "nadia-orlov",
                {"w": "2031-04-01~", "ww": "about 1 April 2031"},
            ),
            ("meeting-in-riga", "agent", "tomas-berg", {"w": "2031-04-01~"}),
            ("meeting-in-riga", "occurredIn", "riga", {"w": "2031-04-01~"}),
            ("nadia-orlov", "postedAt", "trade-mission", {}),
            ("nadia-orlov", "knows", "tomas-berg", {}),
            ("tomas-berg", "knows", "nadia-orlov", {}),
        ],
    ),
    (
        "Varga wrote in a letter that the embassy kept ledgers for Delta Trading, a firm in Kirkwall.",
        [
            ("varga-letter", "authoredBy", "ilse-varga", {}),
            (
                "embassy-lisbon",
                "keptLedgersFor",
                "delta-trading",
                ALLEGED | {"src": ("ilse-varga",)},
            ),
            ("delta-trading", "locatedIn", "kirkwall", {}),
            ("delta-trading", "count", "=14 ledgers", {"kind": ClaimKind.OPEN}),
        ],
    ),
    (
        "Lisbon is in Portugal, Tallinn in Estonia, and Korvania keeps missions in both.",
        [
            ("lisbon", "locatedIn", "portugal", {}),
            ("tallinn", "locatedIn", "estonia", {}),
            ("porto", "locatedIn", "portugal", {}),
            ("embassy-lisbon", "missionOf", "korvania", {}),
            ("trade-mission", "missionOf", "korvania", {}),
            ("consulate-porto", "missionOf", "korvania", {}),
            ("foreign-ministry", "agencyOf", "korvania", {}),
        ],
    ),
]


def text_of(told: list[Told]) -> tuple[str, list[Block], list[Table], list[tuple[int, int]]]:
    """Join sentences into a text; return it with its blocks, its table, and where each sentence stands."""
    text, blocks, rows, spans = "", [], [], []
    begun, kind = 0, BlockKind.PARAGRAPH
    for sentence, _ in [*told, ("", [])]:
        words = re.sub(r"^(#+|\|) ", "", sentence)
        now = {"#": BlockKind.HEADING, "|": BlockKind.TABLE}.get(sentence[:1], BlockKind.PARAGRAPH)
        now = BlockKind.TITLE if not text and now is BlockKind.HEADING else now
        if text and (
            not sentence or now is not kind or kind in (BlockKind.HEADING, BlockKind.TITLE)
        ):
            if len(text) > begun:
                blocks.append(Block(begun, len(text), kind))
                text += "\n\n"
            begun = len(text)
        kind = now
        if len(text) > begun:
            text += "\n" if now is BlockKind.TABLE else " "
        spans.append((len(text), len(text) + len(words)))
        if now is BlockKind.TABLE:
            cells, at = [], len(text)
            for cell in words.split(" | "):
                cells.append(Cell(cell, at, at + len(cell)))
                at += len(cell) + 3
            rows.append(tuple(cells))
        text += words
    return text.rstrip("\n"), blocks, [Table(tuple(rows), True)] if rows else [], spans[:-1]


def document(name: str, told: list[Told], **about: str) -> tuple[Document, list[tuple[int, int]]]:
    """Make a document of sentences."""
    text, blocks, tables, spans = text_of(told)
    whole = Document(
        f"{name}-0000", f"{name}.md", content_id(text), text, tuple(blocks), tuple(tables), **about
    )  # type: ignore[arg-type]
    return whole, spans


def claims_of(document: Document, told: list[Told], spans: list[tuple[int, int]]) -> list[Claim]:
    """Make the claims of a document's sentences."""
    out = []
    for (sentence, claims), (start, end) in zip(told, spans, strict=True):
        for subject, relation, obj, how in claims:
            cue = str(how.get("cue", ""))
            at = start + sentence.find(cue)
            value = (
                Literal(obj[1:], "date" if obj[0] == "@" else "string") if obj[0] in "@=" else obj
            )
            out.append(Claim(
                subject, relation, value, document.id, (Evidence.of(document, start, end),),
                modality=how.get("m", Modality.ASSERTED),  # type: ignore[arg-type]
                polarity=Polarity.NEGATIVE if how.get("neg") else Polarity.POSITIVE,
                source=tuple(Source(s[1:]) if s[0] == "=" else Source(THINGS[s][1], s) for s in how.get("src", ())),  # type: ignore[attr-defined]
                when=how.get("w"), when_words=how.get("ww"), said=how.get("said"),  # type: ignore[arg-type]
                cue=Evidence.of(document, at, at + len(cue)) if cue else None,
                kind=how.get("kind", ClaimKind.TAUGHT), order=how.get("ord"),  # type: ignore[arg-type]
                example="[subject Ruiz] was posted at [object the embassy]." if relation == "postedAt" else None,
            ))  # fmt: skip
    return out


def mentions_of(documents: list[Document], forms: tuple[str, ...]) -> tuple[Mention, ...]:
    """Find the forms of a name, longer ones first, where no letter adjoins."""
    found: list[Mention] = []
    for each in documents:
        for form in sorted(forms, key=len, reverse=True):
            for match in re.finditer(rf"(?<!\w){re.escape(form)}(?!\w)", each.text):
                if not any(
                    m.document == each.id and m.start < match.end() and match.start() < m.end
                    for m in found
                ):
                    kind = MentionKind.NAME if form[:1].isupper() else MentionKind.DESCRIPTION
                    found.append(Mention(each.id, match.start(), match.end(), form, kind))
    return tuple(sorted(found))


def extraction() -> Extraction:
    """Return the whole sample."""
    analysis, one = document(
        "analysis",
        ANALYSIS,
        title="The empty office on Rua das Flores",
        outlet="Quay Street Review",
        author="Anouk Reiss",
        date="2031-06-20",
        url="https://quay.example/office",
    )
    dispatch, other = document(
        "dispatch",
        DISPATCH,
        title="Counsellor resurfaces in Brazil, officials say",
        outlet="Lighthouse Post",
        author="Mira Halloran",
        date="2031-04-11",
    )
    documents = [analysis, dispatch]
    entities = []
    for name, (types, label, forms, place) in THINGS.items():
        event = "Event" in types
        held = mentions_of(documents, forms if event else (label, *forms))
        held = tuple(replace(m, kind=MentionKind.TRIGGER) for m in held) if event else held
        entities.append(
            Entity(
                name,
                types,
                label,
                () if event else forms,
                held,
                (f"https://sws.geonames.org/{2267057 + len(entities)}/",) if place else (),
                True,
                *(place or (None, None)),
            )
        )
    claims = [*claims_of(analysis, ANALYSIS, one), *claims_of(dispatch, DISPATCH, other)]
    varga = next(e for e in entities if e.id == "ilse-varga")
    judgements = [
        Judgement(
            "ilse-varga", m, varga.mentions[0], Verdict.SAME, f"family name or title: “{m.text}”"
        )
        for m in varga.mentions[1:]
    ]
    row = Evidence.of(
        analysis, analysis.tables[0].rows[2][0].start, analysis.tables[0].rows[2][1].end
    )
    figures = (
        Observation(
            "departures", 11, analysis.id, (row,), "people", "2030", None, "embassy-lisbon"
        ),
    )
    return Extraction(
        tuple(documents),
        tuple(entities),
        tuple(claims),
        figures,
        tuple(judgements),
        {"model": "by hand", "ontology": "sample"},
    )


MISFIT = "Lisbon (city) is the object of something, which must be a person"


def unfitting() -> Extraction:
    """Return the same with one claim that does not fit the ontology: the first that stands alone between two things, and is no denial."""
    whole = extraction()
    pairs = [frozenset((c.subject, c.object)) for c in whole.claims if isinstance(c.object, str)]
    kinds = {e.id: e.types for e in whole.entities}
    chosen = next(
        c
        for c in whole.claims
        if isinstance(c.object, str)
        and c.in_default_graph
        and pairs.count(frozenset((c.subject, c.object))) == 1
        and "Event" not in (*kinds[c.subject], *kinds[c.object])
    )
    return replace(whole, claims=tuple(replace(c, violations=(MISFIT,)) if c is chosen else c for c in whole.claims))


HOSTILE = {
    "script": "</script><script>window.hacked=1</script>",
    "image": '<img src="http://127.0.0.1:9/x.png" onerror="window.hacked=1">',
    "quotes": "\"'`${window.hacked=1}` --> <!-- ]]> \\u003c",
    "arabic": "\u202e\u0645\u0631\u062d\u0628\u0627 \u0628\u0627\u0644\u0639\u0627\u0644\u0645",
    "emoji": "👩🏽‍🚀 agent 🇳🇴",
    "long": "Long" * 1250,
    "lines": "line one\nline two\u2028line three\u2029end\t\x07",
    "formula": "=cmd|'/c calc'!A1",
    "href": "javascript:window.hacked=1 href=x",
    "empty": "",
}


def hostile() -> Extraction:
    """Return a graph whose every text tries to be more than text."""
    text = "\n\n".join(HOSTILE.values()) + "\n\n</script><!-- 🔑 end"
    whole = Document(
        "<b>doc</b>",
        "../x\"'<i>.md",
        "0",
        text,
        (),
        (),
        HOSTILE["script"],
        HOSTILE["image"],
        HOSTILE["quotes"],
        "not a date",
        "javascript:window.hacked=1",
    )
    entities = tuple(
        Entity(
            f"{name}\"'<>&/ #%",
            (HOSTILE["script"], "Person", "Agent", "Entity"),
            label,
            tuple(HOSTILE.values()),
            (Mention(whole.id, 0, 8, text[:8], MentionKind.NAME),),
            ("javascript:window.hacked=1", "data:text/html,x", 'https://ok.example/?a="><script>'),
        )
        for name, label in HOSTILE.items()
    )
    ids = [e.id for e in entities]
    claims = tuple(
        Claim(
            ids[n],
            f'{label}"><b>',
            ids[(n + 1) % len(ids)] if n % 3 else Literal(label),
            whole.id,
            (Evidence.of(whole, n, n + 9),),
            source=(Source(label, None),),
            when="2031-13-45" if n % 2 else "not/a/date",
        )
        for n, label in enumerate(HOSTILE.values())
    )
    return Extraction((whole,), entities, claims)


def large(size: int, *, seed: int = 7) -> Extraction:
    """Return a random graph of some entities and about twice as many claims; some are named much more often."""
    rng = random.Random(seed)
    kinds = [
        ("Person", *AGENT),
        ("City", *PLACE),
        ("GovernmentBody", *ORG),
        ("Defection", *EVENT),
        ("MediaOutlet", *ORG),
    ]
    sentences = [
        f"Person {n} was seen in town {n % 97} by witness {n % 31}."
        for n in range(max(50, size // 10))
    ]
    text = " ".join(sentences)
    starts, at = [], 0
    for sentence in sentences:
        starts.append((at, at + len(sentence)))
        at += len(sentence) + 1
    whole = Document(
        "large",
        "large.txt",
        "0",
        text,
        (Block(0, len(text), BlockKind.PARAGRAPH),),
        title=f"A graph of {size} things",
    )
    entities = tuple(
        Entity(f"e{n}", kinds[n % len(kinds)], f"Thing number {n}") for n in range(size)
    )
    ends = [0]
    claims = []
    for n in range(1, size):
        for _ in range(2):
            other = ends[rng.randrange(len(ends))] if rng.random() < 0.6 else rng.randrange(n)
            start, end = starts[rng.randrange(len(starts))]
            claims.append(
                Claim(
                    f"e{n}",
                    ("postedAt", "knows", "agent")[rng.randrange(3)],
                    f"e{other}",
                    whole.id,
                    (Evidence(whole.id, start, end, text[start:end]),),
                    modality=list(Modality)[rng.choice((0, 0, 0, 1, 2))],
                )
            )
            ends += [n, other]
    return Extraction((whole,), entities, tuple({c.id: c for c in claims}.values()))
