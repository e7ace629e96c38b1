"""Re-DocRED: Wikipedia introductions with things, their mentions, and relations of Wikidata among them."""

from __future__ import annotations

import json
from collections.abc import Iterator

from others.relations import Gold, Table, Thing, date_of

WITHIN = ("locatedIn", "headquarteredIn", "basedIn", "hostCountry", "occurredIn")
NO_SPACE_BEFORE = {".", ",", ":", ";", "!", "?", ")", "]", "'s", "’s", "n't", "'", "%", "'re", "'ve", "'ll", "'m", "'d", "-", "–"}
NO_SPACE_AFTER = {"(", "[", "$", "£", "€", "#", "-", "–"}

# The properties of Wikidata that a relation of ours can say; all others are left out of precision and recall.
TABLE: Table = {
    "P6": ("ledBy", "^leads"),  # head of government
    "P17": WITHIN,  # country
    "P19": ("bornIn",),
    "P20": ("diedIn",),
    "P22": ("childOf", "^parentOf"),  # father
    "P25": ("childOf", "^parentOf"),  # mother
    "P26": ("spouseOf", "^spouseOf"),
    "P27": ("citizenOf",),
    "P35": ("ledBy", "^leads"),  # head of state
    "P40": ("parentOf", "^childOf"),
    "P50": ("authoredBy", "^authorOf", "^wrote"),
    "P54": ("playsFor", "memberOf"),
    "P57": ("^directed",),
    "P58": ("authoredBy", "^authorOf", "^wrote"),  # screenwriter
    "P69": ("educatedAt",),
    "P86": ("authoredBy", "^authorOf", "^wrote"),  # composer
    "P102": ("memberOf", "affiliatedWith"),  # party
    "P108": ("employedBy", "postedAt", "affiliatedWith"),
    "P112": ("foundedBy", "^founded"),
    "P118": ("memberOf", "competedIn"),  # league
    "P123": ("publishedIn", "^launched", "issuedBy"),
    "P127": ("ownedBy", "^owns", "acquiredBy", "^acquired"),
    "P131": WITHIN,  # administrative territory
    "P150": tuple(f"^{name}" for name in WITHIN),  # contains
    "P159": ("headquarteredIn", "basedIn", "locatedIn"),
    "P161": ("^performedIn",),
    "P166": ("won", "received"),
    "P170": ("authoredBy", "^authorOf", "^wrote", "^developed"),
    "P175": ("^performedIn",),
    "P176": ("^produces", "^developed"),
    "P178": ("^developed", "^produces"),
    "P206": ("locatedIn",),  # body of water
    "P241": ("memberOf", "employedBy"),  # military branch
    "P272": ("^produces",),
    "P276": WITHIN,
    "P30": ("locatedIn",),  # continent
    "P355": ("owns", "^ownedBy", "hasPart", "^partOf", "acquired"),  # subsidiary
    "P361": ("partOf", "^hasPart", "memberOf", "^hasMember"),
    "P463": ("memberOf", "^hasMember"),
    "P488": ("ledBy", "^leads"),  # chairperson
    "P527": ("hasPart", "^partOf", "hasMember", "^memberOf"),
    "P551": ("livedIn",),
    "P569": ("bornOn",),
    "P570": ("Death.patient.occurredOn",),
    "P571": ("Founding.patient.occurredOn",),
    "P577": ("publishedOn", "Launch.goods.occurredOn"),
    "P585": ("occurredOn",),
    "P607": ("participantIn", "^participant"),  # conflict
    "P706": ("locatedIn",),  # terrain
    "P710": ("participant", "^participantIn", "^competedIn"),
    "P740": ("basedIn", "headquarteredIn", "locatedIn", "Founding.patient.occurredIn"),  # where it was formed
    "P749": ("ownedBy", "^owns", "partOf", "acquiredBy", "^acquired"),  # parent organisation
    "P800": ("authorOf", "wrote", "^authoredBy", "directed", "developed"),  # notable work
    "P937": ("workedIn", "postedAt"),
    "P1001": ("agencyOf", "locatedIn"),  # jurisdiction
    "P1344": ("participantIn", "^participant", "competedIn"),
    "P1365": ("succeeded", "^predecessorOf"),
    "P1366": ("^succeeded", "predecessorOf"),
    "P3373": ("familyOf", "^familyOf"),  # sibling
}


def read(text: str) -> Iterator[Gold]:
    """Yield the documents of a file of Re-DocRED; its tokens are joined as a person would write them."""
    for document in json.loads(text):
        words, spans = written(document["sents"])
        things = tuple(
            Thing(vertex[0]["name"], tuple(sorted({(spans[m["sent_id"]][m["pos"][0]][0], spans[m["sent_id"]][m["pos"][1] - 1][1]) for m in vertex})),
                  date_of(vertex[0]["name"]) if vertex[0]["type"] == "TIME" else None)
            for vertex in document["vertexSet"]
        )
        triples = frozenset((r["h"], r["r"], r["t"]) for r in document["labels"])
        told = [{m["sent_id"] for m in vertex} for vertex in document["vertexSet"]]
        yield Gold(document["title"], words, things, triples, frozenset(t for t in triples if told[t[0]] & told[t[2]]))


def written(sentences: list[list[str]]) -> tuple[str, list[list[tuple[int, int]]]]:
    """Return the text of sentences of tokens, and where each token stands in it."""
    text, spans, quoted = "", [], False
    for sentence in sentences:
        places = []
        for word, before in zip(sentence, ["", *sentence], strict=False):
            closing = word == '"' and quoted
            opened = before == '"' and quoted
            if text and not (word in NO_SPACE_BEFORE or before in NO_SPACE_AFTER or closing or opened):
                text += " "
            quoted = quoted != (word == '"')
            places.append((len(text), len(text) + len(word)))
            text += word
        spans.append(places)
    return text, spans
