"""A small world, built by hand, that the tests of the graph share; and hypothesis strategies for larger ones."""

from __future__ import annotations

from pathlib import Path

from hypothesis import strategies as st

from kg.model import (
    Block,
    BlockKind,
    Cell,
    Claim,
    ClaimKind,
    Decided,
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
    Ruling,
    Source,
    Table,
    Verdict,
)
from kg.ontology import Ontology, load

TEXT = (
    "Ana Ruiz was posted to the embassy in Lima, Reuters reported, citing the ministry. "
    "Ms. Ruiz did not resign. The ministry denied that Ruiz was posted to the embassy in Lima. "
    "She fled through Quito. In 2014 1,276 people came."
)
SECOND = "The embassy in Lima is part of the ministry. Ruiz admires Quito."

ONTOLOGY = """
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix kg: <https://attest.example/ns/kg#> .
@prefix t: <https://attest.example/ns/test#> .
kg:Event a owl:Class ; rdfs:label "event" .
t:Person a owl:Class ; rdfs:label "person" .
t:Organization a owl:Class ; rdfs:label "organisation" .
t:Embassy a owl:Class ; rdfs:subClassOf t:Organization ; rdfs:label "embassy" .
t:City a owl:Class ; rdfs:label "city" .
t:Defection a owl:Class ; rdfs:subClassOf kg:Event ; rdfs:label "defection" .
t:postedAt a owl:ObjectProperty ; rdfs:label "posted at" ; rdfs:domain t:Person ; rdfs:range t:Organization .
t:partOf a owl:ObjectProperty ; rdfs:label "part of" ; owl:inverseOf t:hasPart .
t:hasPart a owl:ObjectProperty ; rdfs:label "has part" .
t:agent a owl:ObjectProperty ; rdfs:label "agent" .
t:via a owl:ObjectProperty ; rdfs:label "via" .
t:defectedVia a owl:ObjectProperty ; rdfs:label "defected via" .
t:occurredOn a owl:DatatypeProperty ; rdfs:label "occurred on" .
"""

RULE = """# Title: defected via
PREFIX t: <https://attest.example/ns/test#>
CONSTRUCT { ?who t:defectedVia ?city }
WHERE { ?event a t:Defection ; t:agent ?who ; t:via ?city }
"""


def ontology(folder: Path) -> Ontology:
    """Load the small ontology."""
    path = folder / "test.ttl"
    path.write_text(ONTOLOGY, encoding="utf-8")
    return load([path])


def rules(folder: Path) -> Path:
    """Write the one rule and return its folder."""
    path = folder / "rules"
    path.mkdir(exist_ok=True)
    (path / "defectedVia.rq").write_text(RULE, encoding="utf-8")
    return path


def document(name: str = "wire-1f2e", text: str = TEXT) -> Document:
    """Return a document of one paragraph."""
    blocks = (Block(0, len(text), BlockKind.PARAGRAPH),)
    return Document(name, f"in/{name}.txt", "ab" * 32, text, blocks, title="A wire", outlet="Wire", date="2016-08-30")


def quoted(doc: Document, words: str) -> Evidence:
    """Quote the first occurrence of some words."""
    start = doc.text.index(words)
    return Evidence.of(doc, start, start + len(words))


def mentioned(doc: Document, words: str, kind: MentionKind = MentionKind.NAME) -> Mention:
    """Return the mention at the first occurrence of some words."""
    start = doc.text.index(words)
    return Mention(doc.id, start, start + len(words), words, kind)


def world() -> Extraction:
    """Return two documents with claims that agree, contradict, nest and derive."""
    doc, second = document(), document("second-77aa", SECOND)
    ana, lima = mentioned(doc, "Ana Ruiz"), mentioned(doc, "the embassy in Lima")
    fled = mentioned(doc, "fled", MentionKind.TRIGGER)
    entities = (
        Entity("ana-ruiz", ("Person",), "Ana Ruiz", ("Ms. Ruiz",), (ana, mentioned(doc, "Ms. Ruiz"))),
        Entity("embassy-in-lima", ("Embassy", "Organization"), "embassy in Lima", (), (lima,), named=False),
        Entity(
            "quito",
            ("City",),
            "Quito",
            (),
            (mentioned(doc, "Quito"),),
            ("https://sws.geonames.org/3652462/",),
            latitude=-0.23,
            longitude=-78.52,
        ),
        Entity("reuters", ("Organization",), "Reuters", (), (mentioned(doc, "Reuters"),)),
        Entity("ministry", ("Organization",), "ministry", (), (mentioned(doc, "the ministry"),), named=False),
        Entity("defection-of-ana-ruiz", ("Defection", "Event"), "defection of Ana Ruiz", (), (fled,), named=False),
    )
    chain = (Source("the ministry", "ministry"), Source("Reuters", "reuters"))
    posted = quoted(doc, "Ana Ruiz was posted to the embassy in Lima")
    denied = quoted(doc, "The ministry denied that Ruiz was posted to the embassy in Lima")
    fled_ = quoted(doc, "She fled through Quito")
    event = "defection-of-ana-ruiz"
    claims = (
        Claim(
            "ana-ruiz",
            "postedAt",
            "embassy-in-lima",
            doc.id,
            (posted,),
            Modality.REPORTED,
            source=chain,
            cue=quoted(doc, "Reuters reported"),
            example="[subject A] was posted to [object B].",
        ),
        Claim(
            "ana-ruiz",
            "postedAt",
            "embassy-in-lima",
            doc.id,
            (denied,),
            Modality.DENIED,
            Polarity.NEGATIVE,
            source=(Source("The ministry", "ministry"),),
        ),
        Claim(event, "agent", "ana-ruiz", doc.id, (fled_,)),
        Claim(event, "via", "quito", doc.id, (fled_,), Modality.REPORTED, source=(Source("some agencies"),), order=1),
        Claim(event, "occurredOn", Literal("2016-07", "date"), doc.id, (fled_,), when="2016-07", when_words="in July"),
        Claim("embassy-in-lima", "partOf", "ministry", second.id, (quoted(second, "part of the ministry"),)),
        Claim("ana-ruiz", "admires", "quito", second.id, (quoted(second, "Ruiz admires Quito"),), kind=ClaimKind.OPEN),
    )
    figure = Observation("people who came", 1276, doc.id, (quoted(doc, "1,276 people"),), "people", "2014")
    judgement = Judgement("ana-ruiz", mentioned(doc, "Ms. Ruiz"), ana, Verdict.SAME, "family name after Ms.")
    return Extraction((doc, second), entities, claims, (figure,), (judgement,), {"engine": "0.1", "model": "m1"})


# ---- strategies ----------------------------------------------------------------------------------

words = st.text(max_size=12)
slugs = st.text(min_size=1, max_size=8)
names = st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,8}", fullmatch=True)
maybe_words = st.none() | words
places = st.integers(0, 9)
taught = st.sampled_from(["postedAt", "partOf", "via", "occurredOn"])


@st.composite
def spans(draw: st.DrawFn, doc: Document) -> tuple[int, int]:
    """Draw a stretch of a document that is not empty."""
    start = draw(st.integers(0, len(doc.text) - 1))
    return start, draw(st.integers(start + 1, len(doc.text)))


@st.composite
def evidences(draw: st.DrawFn, docs: tuple[Document, ...]) -> Evidence:
    """Draw a quotation of one of the documents."""
    doc = draw(st.sampled_from(docs))
    return Evidence.of(doc, *draw(spans(doc)))


@st.composite
def mentions(draw: st.DrawFn, docs: tuple[Document, ...]) -> Mention:
    """Draw a mention in one of the documents."""
    doc = draw(st.sampled_from(docs))
    start, end = draw(spans(doc))
    return Mention(doc.id, start, end, doc.text[start:end], draw(st.sampled_from(MentionKind)))


cells = st.builds(Cell, words, places, places)
tables = st.builds(
    Table,
    st.lists(st.lists(cells, max_size=3).map(tuple), max_size=3).map(tuple),
    st.booleans(),
    st.none() | st.tuples(places, places),
)
blocks = st.builds(Block, places, places, st.sampled_from(BlockKind))
documents = st.builds(
    Document,
    id=slugs,
    path=words,
    sha256=words,
    text=st.text(min_size=1, max_size=40),
    blocks=st.lists(blocks, max_size=3).map(tuple),
    tables=st.lists(tables, max_size=2).map(tuple),
    title=maybe_words,
    outlet=maybe_words,
    author=maybe_words,
    date=maybe_words,
    url=maybe_words,
)
literals = st.builds(
    Literal,
    words | st.from_regex(r"-?[0-9]{1,30}(\.[0-9]{1,30})?", fullmatch=True),
    st.sampled_from(["string", "integer", "decimal", "date", "duration", "quantity"]),
)
sources = st.lists(st.builds(Source, words, st.none() | slugs), max_size=3).map(tuple)
degrees = st.none() | st.floats(-180, 180)


@st.composite
def extractions(draw: st.DrawFn) -> Extraction:
    """Draw anything the model can hold, with quotes that are the text at their offsets."""
    docs = tuple(draw(st.lists(documents, min_size=1, max_size=2, unique_by=lambda d: d.id)))
    doc_ids = st.sampled_from([d.id for d in docs])
    quotes = st.lists(evidences(docs), max_size=3).map(tuple)
    entities = st.builds(
        Entity,
        id=slugs,
        types=st.lists(names, max_size=3).map(tuple),
        label=words,
        aliases=st.lists(words, max_size=2).map(tuple),
        mentions=st.lists(mentions(docs), max_size=2).map(tuple),
        same_as=st.lists(st.sampled_from(["https://a.example/1", "https://a.example/2"])).map(tuple),
        named=st.booleans(),
        latitude=degrees,
        longitude=degrees,
    )
    claims = st.builds(
        Claim,
        subject=slugs,
        predicate=taught,
        object=slugs | literals,
        document=doc_ids,
        evidence=quotes,
        modality=st.sampled_from(Modality),
        polarity=st.sampled_from(Polarity),
        source=sources,
        when=maybe_words,
        when_words=maybe_words,
        said=maybe_words,
        cue=st.none() | evidences(docs),
        kind=st.sampled_from(ClaimKind),
        example=maybe_words,
        order=st.none() | places,
        ruling=st.none() | st.sampled_from(Ruling),
        decision=st.none() | slugs,
        revises=st.none() | slugs,
        violations=st.lists(words, max_size=2).map(tuple),
    )
    decided = st.builds(
        Decided,
        id=slugs,
        kind=words,
        about=words,
        why=maybe_words,
        by=maybe_words,
        date=maybe_words,
        file=maybe_words,
        gone=maybe_words,
    )
    figures = st.builds(
        Observation,
        measure=words,
        value=st.integers() | st.floats(allow_nan=False),
        document=doc_ids,
        evidence=quotes,
        unit=maybe_words,
        period=maybe_words,
        place=st.none() | slugs,
        about=st.none() | slugs,
        source=sources,
        modality=st.sampled_from(Modality),
    )
    judgements = st.builds(
        Judgement, entity=slugs, mention=mentions(docs), antecedent=mentions(docs), verdict=st.sampled_from(Verdict), reason=words
    )
    return Extraction(
        docs,
        tuple(draw(st.lists(entities, max_size=3))),
        tuple(draw(st.lists(claims, max_size=4))),
        tuple(draw(st.lists(figures, max_size=2))),
        tuple(draw(st.lists(judgements, max_size=2))),
        draw(st.dictionaries(words, words, max_size=2)),
        tuple(draw(st.lists(decided, max_size=2))),
    )


def test_the_world_quotes_its_documents() -> None:
    texts = {d.id: d.text for d in world().documents}
    for claim in world().claims:
        for part in claim.evidence:
            assert texts[part.document][part.start : part.end] == part.quote
