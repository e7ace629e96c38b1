"""The readings of all documents to one extraction: entities with ids, claims, observations, judgements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from kg.annotation.parse import Parse
from kg.claims.attribution import Stance
from kg.claims.durations import durations
from kg.claims.figures import Figure, figures
from kg.claims.reading import DocumentReading, Draft, Happening
from kg.claims.tables import table_figures
from kg.entities.mentions import Ref, phrase_span
from kg.entities.merge import Group, Member, Registry
from kg.entities.resolve import Cluster, fold
from kg.model import (
    Claim,
    Document,
    Evidence,
    Extraction,
    Judgement,
    Literal,
    Mention,
    MentionKind,
    Modality,
    Observation,
    Source,
    Verdict,
)
from kg.ontology import Ontology

AUTHORED_BY, PUBLISHED_IN = "authoredBy", "publishedIn"


def assemble(readings: list[DocumentReading], ontology: Ontology, versions: Mapping[str, str]) -> Extraction:
    """Join the clusters of all documents and return what was read, sorted and without repeats."""
    registry = Registry(ontology)
    for reading in readings:
        clusters = [*reading.resolver.clusters, *reading.roles.values()]
        registry.add_all(Member(reading.document.id, c) for c in sorted(clusters, key=lambda c: c.owner is not None))
    imprints = [(r, item) for r in readings for item in imprint(r, registry)]
    labels = join_events(readings, registry, ontology)
    registry.name_all(labels)
    claims = {c.id: c for reading in readings for c in claims_of(reading, registry)}
    claims |= {c.id: c for c in (imprint_claim(r, item, registry) for r, item in imprints)}
    observations = {o.id: o for reading in readings for o in once(observations_of(reading, registry))}
    judgements = [j for reading in readings for j in judgements_of(reading, registry)]
    used = {c.subject for c in claims.values()} | {c.object for c in claims.values() if isinstance(c.object, str)}
    spoken = (*(c.source for c in claims.values()), *(o.source for o in observations.values()))
    used |= {s.entity for chain in spoken for s in chain if s.entity}
    used |= {o.about for o in observations.values() if o.about}
    documents = tuple(sorted((r.document for r in readings), key=lambda d: d.id))
    return Extraction(
        documents,
        tuple(registry.entities(countries_of(readings), used)),
        tuple(sorted(claims.values(), key=lambda c: (c.document, c.evidence, c.subject, c.predicate, c.id))),
        tuple(sorted(observations.values(), key=lambda o: (o.document, o.evidence, o.id))),
        tuple(sorted(judgements, key=lambda j: (j.mention, j.entity))),
        dict(versions),
    )


def countries_of(readings: list[DocumentReading]) -> dict[str, set[str]]:
    """Return the codes of the countries that each document names."""
    return {r.document.id: {c.place for c in r.resolver.clusters if c.key.startswith("country:") and c.place} for r in readings}


def join_events(readings: list[DocumentReading], registry: Registry, ontology: Ontology) -> dict[int, str]:
    """Join events across documents, name them by who takes part, and return the labels by cluster."""
    labels: dict[int, str] = {}
    homes: list[tuple[list[Happening], set[str], str]] = []
    for reading in readings:
        for cluster in reading.events:
            tellings = [h for h in reading.happenings.values() if h.cluster is cluster]
            core = {registry.of[i].key for h in tellings for i in h.core() if i in registry.of}
            core = {k for k in core if "@" not in k}
            home = next(
                (key for others, keys, key in homes if keys & core and keys and core
                 and (ontology.is_a(others[0].cls, cluster.cls) or ontology.is_a(cluster.cls, others[0].cls))
                 and others[0].real == tellings[0].real and all(times_agree(a, b) for a in others for b in tellings)),
                None,
            )
            if home is None:
                home = f"{cluster.key}@{reading.document.id}"
                homes.append((list(tellings), core, home))
            else:
                entry = next(h for h in homes if h[2] == home)
                entry[0].extend(tellings)
            group = registry.groups.setdefault(home, Group(home))
            group.members.append(Member(reading.document.id, cluster))
            registry.of[id(cluster)] = group
            labels[id(cluster)] = event_label(reading, cluster, registry, ontology)
    return labels


@dataclass(frozen=True, slots=True, eq=False)
class Imprint:
    """What a document says of itself: the work, a property, the other end, and where the text says it."""

    work: Cluster
    predicate: str
    other: Cluster
    start: int
    end: int


def imprint(reading: DocumentReading, registry: Registry) -> list[Imprint]:
    """Return who wrote a document and where it appeared, where its own text says so."""
    document = reading.document
    title = document.title or document.path
    work = Cluster(f"work:{document.id}", "Work", names=[title], named=True)
    at = document.text.find(title)
    if at >= 0:
        work.refs.append(Ref(0, 0, 1, 0, MentionKind.NAME, "Work", title, "s", chars=(at, at + len(title))))
    registry.add_all([Member(document.id, work)])
    out = []
    for prop, cls, name in ((AUTHORED_BY, "Person", reading.author), (PUBLISHED_IN, "MediaOutlet", reading.outlet)):
        at = document.text.rfind(name) if name else -1
        if name and at >= 0 and prop in reading.ontology.properties:
            other = named_cluster(reading, cls, name, (at, at + len(name)), registry)
            out.append(Imprint(work, prop, other, at, at + len(name)))
    return out


def named_cluster(reading: DocumentReading, cls: str, name: str, chars: tuple[int, int], registry: Registry) -> Cluster:
    """Return the cluster of a name in the text, a new one where the text does not speak of it elsewhere."""
    for cluster in reading.resolver.clusters:
        if cluster.named and any(fold(n) == fold(name) for n in cluster.names):
            cluster.cls = cls if cluster.cls == "Organization" else cluster.cls
            return cluster
    cluster = Cluster(f"{'person' if cls == 'Person' else 'body'}:{fold(name)}", cls, names=[name], named=True)
    cluster.refs.append(Ref(0, 0, 1, 0, MentionKind.NAME, cls, name, "s", chars=chars))
    registry.add_all([Member(reading.document.id, cluster)])
    return cluster


def imprint_claim(reading: DocumentReading, item: Imprint, registry: Registry) -> Claim:
    """Turn an imprint into a claim of the document itself."""
    evidence = (Evidence.of(reading.document, item.start, item.end),)
    return Claim(registry.of[id(item.work)].id, item.predicate, registry.of[id(item.other)].id, reading.document.id, evidence)


def times_agree(first: Happening, second: Happening) -> bool:
    """Whether the times of two tellings do not conflict."""
    a, b = first.when, second.when
    return not (a and b and a.edtf and b.edtf) or a.edtf.startswith(b.edtf) or b.edtf.startswith(a.edtf)


def event_label(reading: DocumentReading, cluster: Cluster, registry: Registry, ontology: Ontology) -> str:
    """Return "Defection of Ana Ruiz" for an event."""
    definition = ontology.classes.get(cluster.cls)
    name = definition.label if definition else cluster.cls
    tellings = [h for h in reading.happenings.values() if h.cluster is cluster]
    for role in ("patient", "agent"):
        for happening in tellings:
            for value, _ in happening.roles.get(role, ()):
                if isinstance(value, Cluster) and id(value) in registry.of:
                    group = registry.of[id(value)]
                    return f"{name.capitalize()} of {group.label or registry.label(group, {})}"
    return name.capitalize()


def sentence(reading: DocumentReading, passage: int, token: int) -> Evidence:
    """Quote the sentence a token stands in."""
    parse = reading.passages[passage].parse
    tokens = [i for i in range(len(parse)) if parse.sent[i] == parse.sent[token]]
    start, end = parse.idx[tokens[0]], parse.end(tokens[-1])
    text = reading.document.text
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Evidence.of(reading.document, start, end)


def claims_of(reading: DocumentReading, registry: Registry) -> Iterable[Claim]:
    """Yield the claims of one document."""
    for draft in reading.drafts:
        subject = registry.of.get(id(draft.subject))
        if subject is None:
            continue
        obj: str | Literal
        if isinstance(draft.object, Cluster):
            group = registry.of.get(id(draft.object))
            if group is None or group is subject:
                continue
            obj = group.id
        else:
            obj = draft.object
        yield claim(reading, draft, subject.id, obj, registry)


def claim(reading: DocumentReading, draft: Draft, subject: str, obj: str | Literal, registry: Registry) -> Claim:
    """Turn a draft into a claim with its evidence, source and times."""
    stance = draft.stance
    cue = None
    if stance.cue is not None:
        parse = reading.passages[draft.passage].parse
        cue = Evidence.of(reading.document, parse.idx[stance.cue], parse.end(stance.cue))
    return Claim(
        subject,
        draft.predicate,
        obj,
        reading.document.id,
        (sentence(reading, draft.passage, draft.anchor),),
        modality=stance.modality,
        polarity=stance.polarity,
        source=sources(reading, draft.passage, stance, registry),
        when=draft.when.period if draft.when else None,
        when_words=draft.when.text if draft.when else None,
        said=draft.said.period if draft.said else None,
        cue=cue,
        kind=draft.kind,
        example=draft.example,
        order=draft.order,
    )


def sources(reading: DocumentReading, passage: int, stance: Stance, registry: Registry) -> tuple[Source, ...]:
    """Return who speaks, innermost first; the document's own author and outlet are no source."""
    own = {fold(n) for n in (reading.author, reading.outlet) if n}
    out = []
    for token in stance.speakers:
        parse = reading.passages[passage].parse
        words = speaker_words(parse, token)
        if fold(words) in own:
            continue
        out.append(Source(words, speaker_entity(reading, passage, token, registry)))
    return tuple(out)


def speaker_words(parse: Parse, token: int) -> str:
    """Return the phrase that names a speaker."""
    start, end = phrase_span(parse, token)
    for first, last, _ in parse.ents:
        if first <= token < last:
            start, end = min(start, first), max(end, last)
    return "".join(parse.text[i] + (" " if parse.space[i] else "") for i in range(start, end)).strip()


def speaker_entity(reading: DocumentReading, passage: int, token: int, registry: Registry) -> str | None:
    """Return the entity of a speaker; a country that speaks is its government."""
    ref = reading.ref_at(passage, token)
    cluster = reading.resolver.of.get(id(ref)) if ref is not None else None
    if cluster is None or ref is None:
        return None
    group = registry.of.get(id(cluster))
    return group.id if group else None


def observations_of(reading: DocumentReading, registry: Registry) -> Iterable[Observation]:
    """Yield the figures of one document, of its prose and its tables."""
    for number, passage in enumerate(reading.passages):
        times = reading.timexes[number]
        for figure in [*figures(passage, times), *durations(passage, times)]:
            yield observation(reading, number, figure, registry)
    for table in reading.document.tables:
        for row in table_figures(table, reading.document):
            evidence = tuple(Evidence.of(reading.document, s, e) for s, e in row.evidence)
            yield Observation(row.measure, row.value, reading.document.id, evidence, unit=row.unit, period=row.period)


def once(observations: Iterable[Observation]) -> Iterable[Observation]:
    """Yield each figure of a document once: one told again, with its period, is the same figure with more evidence."""
    kept: dict[tuple[object, ...], Observation] = {}
    for item in observations:
        key: tuple[object, ...] = (item.value, item.unit, item.period) if item.period else (item.id,)
        first = kept.get(key)
        if first is not None and first.evidence[0] != item.evidence[0]:
            kept[key] = replace(first, evidence=tuple(sorted({*first.evidence, *item.evidence})))
        else:
            kept[key if first is None else (*key, item.id)] = item
    yield from kept.values()


def observation(reading: DocumentReading, number: int, figure: Figure, registry: Registry) -> Observation:
    """Turn a figure of the prose into an observation with its source and what it counts."""
    anchor = figure.anchor if figure.anchor is not None else figure.head
    reader = reading.readers[number]
    stance = reader.stance(anchor) if anchor is not None else Stance()
    if figure.anchor is not None and figure.head is not None:
        stance = reader.of_object(figure.anchor, figure.head)
    about = None
    if figure.head is not None:
        ref = reading.ref_at(number, figure.head)
        cluster = reading.resolver.of.get(id(ref)) if ref is not None else None
        about = registry.of[id(cluster)].id if cluster is not None and id(cluster) in registry.of else None
    return Observation(
        figure.measure,
        figure.value,
        reading.document.id,
        (Evidence.of(reading.document, figure.start, figure.end),),
        unit=figure.unit,
        period=figure.period,
        about=about,
        source=sources(reading, number, stance, registry),
        modality=stance.modality if stance.modality is not Modality.DENIED else Modality.ASSERTED,
    )


def judgements_of(reading: DocumentReading, registry: Registry) -> Iterable[Judgement]:
    """Yield why each mention was joined."""
    for join in reading.resolver.joins:
        cluster = reading.resolver.of.get(id(join.ref))
        group = registry.of.get(id(cluster)) if cluster is not None else None
        if group is None:
            continue
        yield Judgement(
            group.id, mention(reading.document, join.ref), mention(reading.document, join.antecedent), Verdict.SAME, join.reason
        )


def mention(document: Document, ref: Ref) -> Mention:
    """Return a resolved mention as a value."""
    return Mention(document.id, ref.chars[0], ref.chars[1], ref.text, ref.kind)


