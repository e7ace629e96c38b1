"""Extraction ⇄ RDF, both ways, in the form that docs/graph.md lays down.

Nothing is lost: `from_rdf(to_rdf(x)) == canonical(x)`. There are no blank nodes, so the same extraction gives
the same quads. Terms are Oxigraph's, in which the graph is stored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import chain
from typing import Any, TypeVar
from urllib.parse import quote, unquote

import pyoxigraph as ox
from rdflib.namespace import DCTERMS, OWL, PROV, RDF, RDFS, SKOS

from kg.errors import GraphError
from kg.graph.index import Index, literal
from kg.graph.terms import (
    BLOCK,
    BUILD,
    BUILD_GRAPH,
    DECISIONS_GRAPH,
    DEFAULT,
    MENTION,
    ONTOLOGY_GRAPH,
    TABLE,
    Term,
    edtf,
    flag,
    id_of,
    minted,
    node,
    number,
    number_of,
    open_predicate,
    text,
    value_of,
    value_term,
)
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
    Overruled,
    Polarity,
    Ruling,
    Source,
    Table,
    Verdict,
    content_id,
)
from kg.namespaces import CLAIM, DECISION, DOC, ENT, EV, GEO, JUDGEMENT, KG, OA, OBS, QB, SCHEMA
from kg.ontology import LITERAL, TRAITS, Ontology, local_name

AS_READ = minted(BUILD, "as-read")
T = TypeVar("T")
Pairs = Iterable[tuple[str, Term | None]]
GraphName = ox.NamedNode | ox.DefaultGraph


def canonical(extraction: Extraction) -> Extraction:
    """Put an extraction in the order the graph keeps: by id or place in the text, each thing once."""
    return replace(
        extraction,
        documents=unique(map(tidy_document, extraction.documents), lambda d: d.id),
        entities=unique(map(tidy_entity, extraction.entities), lambda e: e.id),
        claims=unique(map(tidy_claim, extraction.claims), lambda c: c.id, lambda c: (c.document, c.evidence)),
        observations=unique(extraction.observations, lambda o: o.id, lambda o: (o.document, o.evidence)),
        judgements=unique(extraction.judgements, repr, lambda j: (j.mention, j.antecedent)),
        versions=dict(sorted(extraction.versions.items())),
        decisions=unique(extraction.decisions, lambda d: d.id),
        overruled=extraction.overruled and replace(extraction.overruled, before=canonical(extraction.overruled.before)),
    )


def unique(items: Iterable[T], key: Callable[[T], str], place: Callable[[T], tuple[Any, ...]] = lambda _: ()) -> tuple[T, ...]:
    """Sort items by place and key and keep one of each key, whatever order they came in."""
    kept: dict[str, T] = {}
    for item in sorted(items, key=repr):
        kept.setdefault(key(item), item)
    return tuple(kept[k] for k in sorted(kept, key=lambda k: (place(kept[k]), k)))


def tidy_document(document: Document) -> Document:
    """Put the blocks in the order of the text."""
    return replace(document, blocks=tuple(sorted(set(document.blocks), key=lambda b: (b.start, b.end, b.kind))))


def tidy_entity(entity: Entity) -> Entity:
    """Sort what has no order of its own; the order of types is kept, since it says which is most specific."""
    return replace(
        entity,
        types=tuple(dict.fromkeys(entity.types)),
        aliases=tuple(sorted(set(entity.aliases))),
        mentions=tuple(sorted(set(entity.mentions))),
        same_as=tuple(sorted(set(entity.same_as))),
    )


def tidy_claim(claim: Claim) -> Claim:
    """Sort the constraints that a claim violates."""
    return replace(claim, violations=tuple(sorted(set(claim.violations)))) if claim.violations else claim


# ---- to RDF --------------------------------------------------------------------------------------


def to_rdf(extraction: Extraction, ontology: Ontology) -> Iterator[ox.Quad]:
    """Yield the quads of an extraction; a quad may come more than once.

    Raises GraphError for a value that RDF cannot hold.
    """
    extraction = canonical(extraction)
    yield from content_quads(extraction, ontology)
    for name, version in extraction.versions.items():
        yield from describe(minted(BUILD, name), BUILD_GRAPH, [(KG.version, text(version))])
    yield from chain.from_iterable(map(decided_quads, extraction.decisions))
    if extraction.overruled:
        yield from overruled_quads(extraction.overruled, ontology)
    yield from ontology_quads(ontology)


def content_quads(extraction: Extraction, ontology: Ontology) -> Iterator[ox.Quad]:
    """Yield the quads of what was read."""
    yield from chain.from_iterable(map(document_quads, extraction.documents))
    yield from chain.from_iterable(entity_quads(e, ontology) for e in extraction.entities)
    yield from chain.from_iterable(claim_quads(c, ontology) for c in extraction.claims)
    yield from chain.from_iterable(map(observation_quads, extraction.observations))
    yield from chain.from_iterable(map(judgement_quads, extraction.judgements))


def describe(subject: ox.NamedNode, graph: GraphName, pairs: Pairs) -> Iterator[ox.Quad]:
    """Yield a quad for each predicate that has a value."""
    for predicate, value in pairs:
        if value is not None:
            yield ox.Quad(subject, node(str(predicate)), value, graph)


def document_quads(document: Document) -> Iterator[ox.Quad]:
    """Yield the document with its text, blocks and tables, in the graph that bears its name."""
    iri = minted(DOC, document.id)
    pairs: Pairs = [
        (RDF.type, node(KG.Document)),
        (DCTERMS.title, text(document.title)),
        (DCTERMS.publisher, text(document.outlet)),
        (DCTERMS.creator, text(document.author)),
        (DCTERMS.issued, edtf(document.date)),
        (DCTERMS.source, text(document.path)),
        (SCHEMA.url, text(document.url)),
        (KG.sha256, text(document.sha256)),
        (KG.text, text(document.text)),
    ]
    yield from describe(iri, iri, pairs)
    for block in document.blocks:
        part = minted(BLOCK, document.id, block.start, block.end, block.kind)
        yield ox.Quad(iri, node(KG.block), part, iri)
        yield from describe(part, iri, [*span_pairs(block.start, block.end), (KG.kind, text(block.kind.value))])
    for index, table in enumerate(document.tables, 1):
        yield from table_quads(table, document.id, index)


def table_quads(table: Table, document: str, index: int) -> Iterator[ox.Quad]:
    """Yield a table and its cells, which know their row and column, both from 1."""
    graph, iri = minted(DOC, document), minted(TABLE, document, index)
    start, end = table.caption or (None, None)
    pairs: Pairs = [
        (RDF.type, node(KG.Table)),
        (KG["index"], number(index)),
        (KG.header, flag(table.header)),
        (KG.rows, number(len(table.rows))),
        (KG.captionStart, number(start)),
        (KG.captionEnd, number(end)),
    ]
    yield ox.Quad(graph, node(KG.table), iri, graph)
    yield from describe(iri, graph, pairs)
    for row, cells in enumerate(table.rows, 1):
        for column, cell in enumerate(cells, 1):
            part = minted(TABLE, document, index, row, column)
            yield ox.Quad(iri, node(KG.cell), part, graph)
            place: Pairs = [(KG.row, number(row)), (KG.column, number(column)), (KG.text, text(cell.text))]
            yield from describe(part, graph, [*place, *span_pairs(cell.start, cell.end)])


def span_pairs(start: int, end: int) -> Pairs:
    """Return where something stands in its document."""
    return [(KG.start, number(start)), (KG.end, number(end))]


def entity_quads(entity: Entity, ontology: Ontology) -> Iterator[ox.Quad]:
    """Yield an entity in the default graph, and its mentions in the graphs of their documents."""
    iri = minted(ENT, entity.id)
    pairs: list[tuple[str, Term | None]] = [
        (RDFS.label, text(entity.label)),
        (KG.classes, text(" ".join(quote(name, safe="") for name in entity.types))),
        (KG.named, flag(entity.named)),
        (GEO.lat, number(entity.latitude)),
        (GEO.long, number(entity.longitude)),
    ]
    kinds = dict.fromkeys(above for name in entity.types for above in ontology.superclasses(name))
    pairs += [(RDF.type, cls) for name in kinds for cls in class_iris(name, ontology)]
    pairs += [(SKOS.altLabel, text(alias)) for alias in entity.aliases]
    pairs += [(OWL.sameAs, node(same)) for same in entity.same_as]
    yield from describe(iri, DEFAULT, pairs)
    for mention in entity.mentions:
        yield ox.Quad(iri, node(KG.mention), mention_iri(mention), minted(DOC, mention.document))
        yield from mention_quads(mention)


def class_iris(name: str, ontology: Ontology) -> list[ox.NamedNode]:
    """Return the IRIs of a class, the domain's and the core's; one that the ontology lacks stands in the engine's namespace."""
    known = ontology.classes.get(name)
    return [node(iri) for iri in (known.iri, *known.also)] if known else [minted(KG, name)]


def property_iri(name: str, ontology: Ontology) -> ox.NamedNode:
    """Return the IRI of a property; one that the ontology lacks stands in the namespace of the engine."""
    return node(ontology.properties[name].iri) if name in ontology.properties else minted(KG, name)


def mention_iri(mention: Mention) -> ox.NamedNode:
    """Return the IRI of a mention: a stretch of text may be mentioned as a name and as a trigger."""
    return minted(MENTION, mention.document, mention.start, mention.end, mention.kind)


def mention_quads(mention: Mention) -> Iterator[ox.Quad]:
    """Yield a mention in the graph of its document."""
    graph = minted(DOC, mention.document)
    pairs: Pairs = [
        (RDF.type, node(KG.Mention)),
        (KG.document, graph),
        *span_pairs(mention.start, mention.end),
        (KG.surface, text(mention.text)),
        (KG.kind, text(mention.kind.value)),
    ]
    yield from describe(mention_iri(mention), graph, pairs)


def evidence_iri(evidence: Evidence) -> ox.NamedNode:
    """Return the IRI of a quotation, which several claims may share."""
    return minted(EV, evidence.document, evidence.start, evidence.end)


def evidence_quads(evidence: Evidence) -> Iterator[ox.Quad]:
    """Yield a quotation with its Web Annotation selectors, in the graph of its document."""
    iri, graph = evidence_iri(evidence), minted(DOC, evidence.document)
    place = minted(EV, evidence.document, evidence.start, evidence.end, "position")
    words = minted(EV, evidence.document, evidence.start, evidence.end, "quote")
    start, end = number(evidence.start), number(evidence.end)
    pairs: Pairs = [
        (RDF.type, node(KG.Evidence)),
        (RDF.type, node(OA.SpecificResource)),
        (OA.hasSource, graph),
        *span_pairs(evidence.start, evidence.end),
        (KG.quote, text(evidence.quote)),
        (OA.hasSelector, place),
        (OA.hasSelector, words),
    ]
    yield from describe(iri, graph, pairs)
    yield from describe(place, graph, [(RDF.type, node(OA.TextPositionSelector)), (OA.start, start), (OA.end, end)])
    yield from describe(words, graph, [(RDF.type, node(OA.TextQuoteSelector)), (OA.exact, text(evidence.quote))])


def claim_quads(claim: Claim, ontology: Ontology) -> Iterator[ox.Quad]:
    """Yield a claim in the graph of its document, and its plain triple where the policy lets it stand."""
    iri, graph = minted(CLAIM, claim.id), minted(DOC, claim.document)
    subject, value = minted(ENT, claim.subject), object_term(claim.object)
    taught = claim.kind is ClaimKind.TAUGHT
    predicate = property_iri(claim.predicate, ontology) if taught else open_predicate(claim.predicate)
    pairs: list[tuple[str, Term | None]] = [
        (RDF.type, node(KG.Claim)),
        (RDF.type, None if taught else node(KG.OpenClaim)),
        (RDF.subject, subject),
        (RDF.predicate, predicate),
        (RDF.object, value),
        (KG.phrase, None if taught else text(claim.predicate)),
        (KG.modality, modality_iri(claim.modality)),
        (KG.polarity, minted(KG, claim.polarity.capitalize())),
        (KG.when, edtf(claim.when)),
        (KG.whenWords, text(claim.when_words)),
        (KG.said, edtf(claim.said)),
        (KG.cue, evidence_iri(claim.cue) if claim.cue else None),
        (KG.matchedExample, text(claim.example)),
        (KG.step, number(claim.order)),
        (KG.document, graph),
        (KG.ruling, minted(KG, claim.ruling.capitalize()) if claim.ruling else None),
        (KG.decision, minted(DECISION, claim.decision) if claim.decision is not None else None),
        (PROV.wasRevisionOf, minted(CLAIM, claim.revises) if claim.revises is not None else None),
    ]
    pairs += [(KG.violates, text(constraint)) for constraint in claim.violations]
    yield from describe(iri, graph, pairs)
    yield from source_quads(claim.source, iri, graph)
    yield from resting_quads(claim.evidence, iri, graph)
    yield from evidence_quads(claim.cue) if claim.cue else ()
    if claim.in_default_graph:
        yield ox.Quad(subject, predicate, value, DEFAULT)


def object_term(value: str | Literal) -> ox.NamedNode | ox.Literal:
    """Return the object of a claim: an entity or a value."""
    return minted(ENT, value) if isinstance(value, str) else value_term(value)


def modality_iri(modality: Modality) -> ox.NamedNode:
    """Return the concept of the modality scheme."""
    return minted(KG, modality.capitalize())


def source_quads(source: tuple[Source, ...], iri: ox.NamedNode, graph: ox.NamedNode) -> Iterator[ox.Quad]:
    """Yield the chain of speakers as a list, innermost first; each cell also keeps the words."""
    cells = [node(f"{iri.value}/source/{index}") for index in range(1, len(source) + 1)]
    yield from describe(iri, graph, [(KG.sourceChain, cells[0] if cells else None)])
    for cell, rest, speaker in zip(cells, [*cells[1:], node(RDF.nil)], source, strict=False):
        entity = minted(ENT, speaker.entity) if speaker.entity is not None else None
        yield from describe(iri, graph, [(PROV.wasAttributedTo, entity), (KG.source, text(speaker.words))])
        pairs: Pairs = [(RDF.first, entity or text(speaker.words)), (RDF.rest, rest), (KG.words, text(speaker.words))]
        yield from describe(cell, graph, pairs)


def resting_quads(evidence: tuple[Evidence, ...], iri: ox.NamedNode, graph: ox.NamedNode) -> Iterator[ox.Quad]:
    """Yield what a claim or figure rests on; a list keeps the order where it is not that of the text."""
    parts = [evidence_iri(part) for part in evidence]
    yield from describe(iri, graph, [(KG.evidence, part) for part in parts])
    yield from chain.from_iterable(map(evidence_quads, evidence))
    if evidence != tuple(sorted(set(evidence))):
        cells = [node(f"{iri.value}/evidence/{index}") for index in range(1, len(parts) + 1)]
        yield ox.Quad(iri, node(KG.evidenceChain), cells[0], graph)
        for cell, rest, part in zip(cells, [*cells[1:], node(RDF.nil)], parts, strict=True):
            yield from describe(cell, graph, [(RDF.first, part), (RDF.rest, rest)])


def observation_quads(observation: Observation) -> Iterator[ox.Quad]:
    """Yield a figure in the graph of its document, in that document's data set."""
    iri, graph = minted(OBS, observation.id), minted(DOC, observation.document)
    dataset = minted(OBS, "of", observation.document)
    place, about = observation.place, observation.about
    pairs: Pairs = [
        (RDF.type, node(KG.Observation)),
        (RDF.type, node(QB.Observation)),
        (QB.dataSet, dataset),
        (KG.measure, text(observation.measure)),
        (KG.value, number(observation.value)),
        (KG.unit, text(observation.unit)),
        (KG.period, edtf(observation.period)),
        (KG.place, None if place is None else minted(ENT, place)),
        (KG.about, None if about is None else minted(ENT, about)),
        (KG.modality, modality_iri(observation.modality)),
        (KG.document, graph),
    ]
    yield from describe(iri, graph, pairs)
    yield ox.Quad(dataset, node(RDF.type), node(QB.DataSet), graph)
    yield from source_quads(observation.source, iri, graph)
    yield from resting_quads(observation.evidence, iri, graph)


def judgement_quads(judgement: Judgement) -> Iterator[ox.Quad]:
    """Yield why a mention was joined or kept apart, in the graph of the mention's document."""
    mention, antecedent = judgement.mention, judgement.antecedent
    graph = minted(DOC, mention.document)
    pairs: Pairs = [
        (RDF.type, node(KG.Judgement)),
        (KG.entity, minted(ENT, judgement.entity)),
        (KG.judged, mention_iri(mention)),
        (KG.antecedent, mention_iri(antecedent)),
        (KG.mentionStart, number(mention.start)),
        (KG.mentionEnd, number(mention.end)),
        (KG.antecedentStart, number(antecedent.start)),
        (KG.antecedentEnd, number(antecedent.end)),
        (KG.verdict, text(judgement.verdict.value)),
        (KG.reason, text(judgement.reason)),
    ]
    yield from describe(judgement_iri(judgement), graph, pairs)
    yield from mention_quads(mention)
    yield from mention_quads(antecedent)


def judgement_iri(judgement: Judgement) -> ox.NamedNode:
    """Return the IRI of a judgement: a hash of all it says."""
    pair = [[m.document, m.start, m.end, m.text, m.kind] for m in (judgement.mention, judgement.antecedent)]
    return minted(JUDGEMENT, content_id(judgement.entity, pair, judgement.verdict, judgement.reason))


def decided_quads(decided: Decided) -> Iterator[ox.Quad]:
    """Yield a person's decision, in the graph of decisions."""
    pairs: Pairs = [
        (RDF.type, node(KG.ReviewDecision)),
        (KG.verb, text(decided.kind)),
        (RDFS.label, text(decided.about)),
        (KG.why, text(decided.why)),
        (KG.by, text(decided.by)),
        (KG.on, edtf(decided.date)),
        (KG.file, text(decided.file)),
        (KG.gone, text(decided.gone)),
    ]
    yield from describe(minted(DECISION, decided.id), DECISIONS_GRAPH, pairs)


def overruled_quads(overruled: Overruled, ontology: Ontology) -> Iterator[ox.Quad]:
    """Yield what decisions changed as N-Quads within one text: no query may take it for what holds."""
    quads = sorted(set(content_quads(overruled.before, ontology)), key=str)
    pairs: list[tuple[str, Term | None]] = [(KG.asRead, text((ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b"").decode()))]
    pairs += [(KG.added, text(value)) for value in overruled.added]
    yield from describe(AS_READ, DECISIONS_GRAPH, pairs)


def ontology_quads(ontology: Ontology) -> Iterator[ox.Quad]:
    """Yield names and hierarchy of the ontology, in a graph of its own, so that pages can name what they show."""
    for definition in ontology.classes.values():
        parents = [(RDFS.subClassOf, class_iris(parent, ontology)[0]) for parent in definition.parents]
        pairs = [(RDF.type, node(OWL.Class)), (RDFS.label, text(definition.label)), *parents]
        yield from describe(node(definition.iri), ONTOLOGY_GRAPH, pairs)
        yield from describe(node(definition.iri), ONTOLOGY_GRAPH, [(RDFS.comment, text(definition.comment or None))])
    for name, prop in ontology.properties.items():
        pairs = [(RDF.type, node(RDF.Property)), (RDFS.label, text(prop.label))]
        pairs += [(RDFS.comment, text(prop.comment or None))]
        pairs += [(OWL.inverseOf, property_iri(prop.inverse, ontology) if prop.inverse else None)]
        pairs += [(SCHEMA.domainIncludes, end) for end in end_iris(prop.domain, ontology)]  # not rdfs:domain: one of several is enough
        pairs += [(SCHEMA.rangeIncludes, end) for end in end_iris(prop.range, ontology)]
        pairs += [(RDF.type, node(TRAITS[trait])) for trait in prop.traits]
        yield from describe(property_iri(name, ontology), ONTOLOGY_GRAPH, pairs)


def end_iris(names: Iterable[str], ontology: Ontology) -> Iterator[ox.NamedNode]:
    """Yield the IRIs of what an end of a property may be."""
    for name in names:
        if name == LITERAL:
            yield node(str(RDFS.Literal))
        elif name in ontology.classes:
            yield node(ontology.classes[name].iri)


# ---- from RDF ------------------------------------------------------------------------------------


def from_rdf(quads: Iterable[ox.Quad]) -> Extraction:
    """Read back what `to_rdf` wrote; what rules derived and the ontology's names are passed over.

    Raises GraphError where the graph is not of this form.
    """
    index = Index(quads)
    claims = (read_claim(index, iri) for iri in index.under(CLAIM, RDF.subject))
    observations = (read_observation(index, iri) for iri in index.under(OBS, KG.measure))
    judgements = (read_judgement(index, iri) for iri in index.under(JUDGEMENT, KG.verdict))
    return canonical(
        Extraction(
            documents=tuple(read_document(index, iri) for iri in index.under(DOC, KG.sha256)),
            entities=tuple(read_entity(index, iri) for iri in index.under(ENT, KG.classes)),
            claims=tuple(claims),
            observations=tuple(observations),
            judgements=tuple(judgements),
            versions={id_of(b, BUILD): index.text(b, KG.version) for b in index.under(BUILD, KG.version)},
            decisions=tuple(read_decided(index, iri) for iri in index.under(DECISION, KG.verb)),
            overruled=read_overruled(index),
        )
    )


def read_decided(index: Index, iri: ox.NamedNode) -> Decided:
    """Read a person's decision."""
    remarks = (index.words(iri, predicate) for predicate in (KG.why, KG.by, KG.on, KG.file, KG.gone))
    return Decided(id_of(iri, DECISION), index.text(iri, KG.verb), index.text(iri, RDFS.label), *remarks)


def read_overruled(index: Index) -> Overruled | None:
    """Read what decisions changed; nothing where there are none."""
    quads = index.words(AS_READ, KG.asRead)
    if quads is None:
        return None
    added = tuple(literal(value).value for value in index.all(AS_READ, KG.added))
    return Overruled(from_rdf(ox.parse(quads, format=ox.RdfFormat.N_QUADS)), tuple(sorted(added)))


def read_document(index: Index, iri: ox.NamedNode) -> Document:
    """Read a document with its blocks and tables."""
    tables = sorted(index.all(iri, KG.table), key=lambda t: index.whole(t, KG["index"]))
    return Document(
        id=id_of(iri, DOC),
        path=index.text(iri, DCTERMS.source),
        sha256=index.text(iri, KG.sha256),
        text=index.text(iri, KG.text),
        blocks=tuple(read_block(index, block) for block in index.all(iri, KG.block)),
        tables=tuple(read_table(index, table) for table in tables),
        title=index.words(iri, DCTERMS.title),
        outlet=index.words(iri, DCTERMS.publisher),
        author=index.words(iri, DCTERMS.creator),
        date=index.words(iri, DCTERMS.issued),
        url=index.words(iri, SCHEMA.url),
    )


def read_block(index: Index, iri: Term) -> Block:
    """Read a block."""
    return Block(*read_span(index, iri), BlockKind(index.text(iri, KG.kind)))


def read_span(index: Index, iri: Term) -> tuple[int, int]:
    """Read where something stands in its document."""
    return index.whole(iri, KG.start), index.whole(iri, KG.end)


def read_table(index: Index, iri: Term) -> Table:
    """Read a table; rows without a cell are kept."""
    rows: list[dict[int, Cell]] = [{} for _ in range(index.whole(iri, KG.rows))]
    for part in index.all(iri, KG.cell):
        row, column = index.whole(part, KG.row), index.whole(part, KG.column)
        rows[row - 1][column] = Cell(index.text(part, KG.text), *read_span(index, part))
    captioned = index.maybe(iri, KG.captionStart) is not None
    caption = (index.whole(iri, KG.captionStart), index.whole(iri, KG.captionEnd)) if captioned else None
    header = index.text(iri, KG.header) == "true"
    return Table(tuple(tuple(cell for _, cell in sorted(row.items())) for row in rows), header, caption)


def read_entity(index: Index, iri: ox.NamedNode) -> Entity:
    """Read an entity with its mentions."""
    latitude, longitude = index.maybe(iri, GEO.lat), index.maybe(iri, GEO.long)
    return Entity(
        id=id_of(iri, ENT),
        types=tuple(unquote(name) for name in index.text(iri, KG.classes).split()),
        label=index.text(iri, RDFS.label),
        aliases=tuple(literal(alias).value for alias in index.all(iri, SKOS.altLabel)),
        mentions=tuple(read_mention(index, mention) for mention in index.all(iri, KG.mention)),
        same_as=tuple(same.value for same in index.all(iri, OWL.sameAs) if isinstance(same, ox.NamedNode)),
        named=index.text(iri, KG.named) == "true",
        latitude=None if latitude is None else float(number_of(latitude)),
        longitude=None if longitude is None else float(number_of(longitude)),
    )


def read_mention(index: Index, iri: Term) -> Mention:
    """Read a mention."""
    document = id_of(index.one(iri, KG.document), DOC)
    kind = MentionKind(index.text(iri, KG.kind))
    return Mention(document, *read_span(index, iri), index.text(iri, KG.surface), kind)


def read_evidence(index: Index, iri: Term) -> Evidence:
    """Read a quotation."""
    document = id_of(index.one(iri, OA.hasSource), DOC)
    return Evidence(document, *read_span(index, iri), index.text(iri, KG.quote))


def read_resting(index: Index, iri: Term) -> tuple[Evidence, ...]:
    """Read what a claim or figure rests on, in its order."""
    cells = list(index.items(index.maybe(iri, KG.evidenceChain)))
    parts = [index.one(cell, RDF.first) for cell in cells] or index.all(iri, KG.evidence)
    found = tuple(read_evidence(index, part) for part in parts)
    return found if cells else tuple(sorted(found))


def read_sources(index: Index, iri: Term) -> tuple[Source, ...]:
    """Read the chain of speakers."""
    out = []
    for cell in index.items(index.maybe(iri, KG.sourceChain)):
        first = index.one(cell, RDF.first)
        entity = id_of(first, ENT) if isinstance(first, ox.NamedNode) else None
        out.append(Source(index.text(cell, KG.words), entity))
    return tuple(out)


def read_modality(index: Index, iri: Term) -> Modality:
    """Read a modality."""
    return Modality(id_of(index.one(iri, KG.modality), KG).lower())


def read_claim(index: Index, iri: ox.NamedNode) -> Claim:
    """Read a claim; its id follows from what it says."""
    value, cue, order = index.one(iri, RDF.object), index.maybe(iri, KG.cue), index.maybe(iri, KG.step)
    decision, revises = index.maybe(iri, KG.decision), index.maybe(iri, PROV.wasRevisionOf)
    phrase = index.words(iri, KG.phrase)
    predicate = phrase if phrase is not None else predicate_name(index.one(iri, RDF.predicate))
    return Claim(
        subject=id_of(index.one(iri, RDF.subject), ENT),
        predicate=predicate,
        object=value_of(value) if isinstance(value, ox.Literal) else id_of(value, ENT),
        document=id_of(index.one(iri, KG.document), DOC),
        evidence=read_resting(index, iri),
        modality=read_modality(index, iri),
        polarity=Polarity(id_of(index.one(iri, KG.polarity), KG).lower()),
        source=read_sources(index, iri),
        when=index.words(iri, KG.when),
        when_words=index.words(iri, KG.whenWords),
        said=index.words(iri, KG.said),
        cue=None if cue is None else read_evidence(index, cue),
        kind=ClaimKind.TAUGHT if phrase is None else ClaimKind.OPEN,
        example=index.words(iri, KG.matchedExample),
        order=None if order is None else int(number_of(order)),
        ruling=read_ruling(index, iri),
        decision=None if decision is None else id_of(decision, DECISION),
        revises=None if revises is None else id_of(revises, CLAIM),
        violations=tuple(sorted(literal(value).value for value in index.all(iri, KG.violates))),
    )


def read_ruling(index: Index, iri: Term) -> Ruling | None:
    """Read what a person decided about a claim."""
    found = index.maybe(iri, KG.ruling)
    return None if found is None else Ruling(id_of(found, KG).lower())


def predicate_name(term: Term) -> str:
    """Return the local name of a predicate of the ontology."""
    if not isinstance(term, ox.NamedNode):
        raise GraphError(f"{term}: expected a predicate")
    return unquote(local_name(term.value))


def read_observation(index: Index, iri: ox.NamedNode) -> Observation:
    """Read a figure."""
    place, about = index.maybe(iri, KG.place), index.maybe(iri, KG.about)
    return Observation(
        measure=index.text(iri, KG.measure),
        value=number_of(index.one(iri, KG.value)),
        document=id_of(index.one(iri, KG.document), DOC),
        evidence=read_resting(index, iri),
        unit=index.words(iri, KG.unit),
        period=index.words(iri, KG.period),
        place=None if place is None else id_of(place, ENT),
        about=None if about is None else id_of(about, ENT),
        source=read_sources(index, iri),
        modality=read_modality(index, iri),
    )


def read_judgement(index: Index, iri: ox.NamedNode) -> Judgement:
    """Read a judgement."""
    return Judgement(
        entity=id_of(index.one(iri, KG.entity), ENT),
        mention=read_mention(index, index.one(iri, KG.judged)),
        antecedent=read_mention(index, index.one(iri, KG.antecedent)),
        verdict=Verdict(index.text(iri, KG.verdict)),
        reason=index.text(iri, KG.reason),
    )
