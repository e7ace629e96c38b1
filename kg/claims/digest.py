"""What of a document's reading the joining of documents needs: plain values, no parse, no live objects.

A reading holds parses and frames, which are many times the text. Its digest names clusters by their number and
quotes by their offsets; it is small enough to keep for a thousand documents, and can be written down and read again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from kg.annotation.parse import Parse
from kg.claims.attribution import Stance
from kg.claims.durations import durations
from kg.claims.figures import Figure, figures
from kg.claims.reading import DocumentReading, Draft
from kg.claims.tables import table_figures
from kg.entities.mentions import Ref, phrase_span
from kg.entities.resolve import Cluster, fold
from kg.model import ClaimKind, Document, Evidence, Literal, Mention, MentionKind, Modality, Observation, Polarity

AUTHORED_BY, PUBLISHED_IN = "authoredBy", "publishedIn"

Number = int  # of a cluster in its digest


@dataclass(frozen=True, slots=True)
class Telling:
    """One place that tells an event."""

    cls: str
    real: bool
    date: str | None  # EDTF


@dataclass(frozen=True, slots=True)
class Event:
    """An event of one document; `about` are the clusters it happened to, then those that did it."""

    cluster: Number
    cls: str
    tellings: tuple[Telling, ...]
    about: tuple[Number, ...]


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who says something: the words, and the cluster they belong to."""

    words: str
    cluster: Number | None


@dataclass(frozen=True, slots=True)
class Statement:
    """A claim whose ends are clusters."""

    subject: Number
    predicate: str
    object: Number | Literal
    evidence: tuple[Evidence, ...]
    speakers: tuple[Speaker, ...] = ()
    modality: Modality = Modality.ASSERTED
    polarity: Polarity = Polarity.POSITIVE
    when: str | None = None
    when_words: str | None = None
    said: str | None = None
    cue: Evidence | None = None
    kind: ClaimKind = ClaimKind.TAUGHT
    example: str | None = None
    order: int | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """A figure; what it counts and who says so are clusters."""

    observation: Observation  # without entities
    about: Number | None = None
    speakers: tuple[Speaker, ...] = ()


@dataclass(frozen=True, slots=True)
class Joining:
    """Why a mention was joined to a cluster."""

    cluster: Number
    mention: Mention
    antecedent: Mention
    reason: str


@dataclass(frozen=True, slots=True)
class Body:
    """What a document says, over clusters known by their number."""

    document: Document
    statements: tuple[Statement, ...]
    counts: tuple[Count, ...]
    joinings: tuple[Joining, ...]

    def spoken_of(self) -> set[Number]:
        """Return the clusters that some statement or figure speaks of."""
        ends = {n for s in self.statements for n in (s.subject, s.object) if isinstance(n, int)}
        ends |= {c.about for c in self.counts if c.about is not None}
        speakers = [s for told in self.statements for s in told.speakers] + [s for told in self.counts for s in told.speakers]
        return ends | {s.cluster for s in speakers if s.cluster is not None}


class Digest:
    """One document, read: its clusters and events, which are joined with those of others, and what it says.

    The body of a kept digest is not read before something asks for it.
    """

    def __init__(self, id: str, clusters: list[Cluster], events: tuple[Event, ...], spoken_of: set[Number], body: Body | Callable[[], Body]) -> None:
        """Take the parts; `id` is that of the document, `body` what it says, or how to read that."""
        self.id = id
        self.clusters = clusters
        self.events = events
        self.spoken_of = spoken_of
        self._body = body

    @property
    def body(self) -> Body:
        """What the document says."""
        if not isinstance(self._body, Body):
            self._body = self._body()
        return self._body


def digest(reading: DocumentReading) -> Digest:
    """Return what is kept of a reading, which can then be dropped."""
    return Digester(reading).digest()


class Digester:
    """Turns the live objects of one reading into values."""

    def __init__(self, reading: DocumentReading) -> None:
        self.reading = reading
        self.document = reading.document
        self.clusters = [*reading.resolver.clusters, *reading.roles.values()]
        self.number = {id(c): n for n, c in enumerate(self.clusters)}

    def digest(self) -> Digest:
        """Return the digest of the reading."""
        imprints = list(self.imprints())
        for cluster in self.reading.events:
            self.take(cluster)
        events = tuple(self.event(cluster) for cluster in self.reading.events)
        statements = [s for draft in self.reading.drafts for s in self.statement(draft)]
        body = Body(self.document, (*statements, *imprints), tuple(once(self.counts())), tuple(self.joinings()))
        return Digest(self.document.id, self.clusters, events, body.spoken_of(), body)

    def take(self, cluster: Cluster) -> Number:
        """Add a cluster and return its number."""
        self.number[id(cluster)] = len(self.clusters)
        self.clusters.append(cluster)
        return self.number[id(cluster)]

    def known(self, value: object) -> Number | None:
        """Return the number of a cluster; nothing for what is none of the document's."""
        return self.number.get(id(value))

    # -- the document itself

    def imprints(self) -> Iterator[Statement]:
        """Yield who wrote the document and where it appeared, where its own text says so."""
        text, title = self.document.text, self.document.title or self.document.path
        work = Cluster(f"work:{self.document.id}", "Work", names=[title], named=True)
        if (at := text.find(title)) >= 0:
            work.refs.append(named_ref("Work", title, at))
        number = self.take(work)
        for prop, cls, name in ((AUTHORED_BY, "Person", self.reading.author), (PUBLISHED_IN, "MediaOutlet", self.reading.outlet)):
            at = text.rfind(name) if name else -1
            if name and at >= 0 and prop in self.reading.ontology.properties:
                evidence = Evidence.of(self.document, at, at + len(name))
                yield Statement(number, prop, self.named(cls, name, at), (evidence,))

    def named(self, cls: str, name: str, at: int) -> Number:
        """Return the cluster of a name in the text, a new one where the text does not speak of it elsewhere."""
        for number, cluster in enumerate(self.clusters[: len(self.reading.resolver.clusters)]):
            if cluster.named and any(fold(n) == fold(name) for n in cluster.names):
                cluster.cls = cls if cluster.cls == "Organization" else cluster.cls
                return number
        cluster = Cluster(f"{'person' if cls == 'Person' else 'body'}:{fold(name)}", cls, names=[name], named=True)
        cluster.refs.append(named_ref(cls, name, at))
        return self.take(cluster)

    # -- events

    def event(self, cluster: Cluster) -> Event:
        """Return an event with its tellings and who it is about."""
        told = [h for h in self.reading.happenings.values() if h.cluster is cluster]
        numbers = (self.known(value) for role in ("patient", "agent") for h in told for value, _ in h.roles.get(role, ()))
        tellings = tuple(Telling(h.cls, h.real, h.when.edtf if h.when else None) for h in told)
        about = dict.fromkeys(n for n in numbers if n is not None)
        return Event(self.number[id(cluster)], cluster.cls, tellings, tuple(about))

    # -- statements

    def statement(self, draft: Draft) -> Iterator[Statement]:
        """Yield a draft with numbers for clusters; none where an end is nothing that the document keeps."""
        subject = self.known(draft.subject)
        end = self.known(draft.object) if isinstance(draft.object, Cluster) else draft.object
        if subject is None or end is None:
            return
        stance, parse = draft.stance, self.reading.passages[draft.passage].parse
        yield Statement(
            subject,
            draft.predicate,
            end,
            (self.sentence(parse, draft.anchor),),
            self.speakers(draft.passage, stance),
            stance.modality,
            stance.polarity,
            draft.when.period if draft.when else None,
            draft.when.text if draft.when else None,
            draft.said.period if draft.said else None,
            None if stance.cue is None else Evidence.of(self.document, parse.idx[stance.cue], parse.end(stance.cue)),
            draft.kind,
            draft.example,
            draft.order,
        )

    def sentence(self, parse: Parse, token: int) -> Evidence:
        """Quote the sentence a token stands in."""
        first, last = next((a, b) for a, b in parse.sentences if a <= token < b)
        start, end = parse.idx[first], parse.end(last - 1)
        text = self.document.text
        while start < end and text[start].isspace():
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        return Evidence.of(self.document, start, end)

    def speakers(self, passage: int, stance: Stance) -> tuple[Speaker, ...]:
        """Return who speaks, innermost first; the document's own author and outlet are no source."""
        own = {fold(n) for n in (self.reading.author, self.reading.outlet) if n}
        parse = self.reading.passages[passage].parse
        told = ((speaker_words(parse, token), token) for token in stance.speakers)
        return tuple(Speaker(words, self.cluster_at(passage, token)) for words, token in told if fold(words) not in own)

    def cluster_at(self, passage: int, token: int) -> Number | None:
        """Return the cluster of the mention at a token."""
        ref = self.reading.ref_at(passage, token)
        return self.known(self.reading.resolver.of.get(id(ref))) if ref is not None else None

    # -- figures

    def counts(self) -> Iterator[Count]:
        """Yield the figures of the prose, then those of the tables."""
        for number, passage in enumerate(self.reading.passages):
            times = self.reading.timexes[number]
            for figure in [*figures(passage, times), *durations(passage, times)]:
                yield self.count(number, figure)
        for table in self.document.tables:
            for row in table_figures(table, self.document):
                evidence = tuple(Evidence.of(self.document, s, e) for s, e in row.evidence)
                yield Count(Observation(row.measure, row.value, self.document.id, evidence, unit=row.unit, period=row.period))

    def count(self, number: int, figure: Figure) -> Count:
        """Return a figure of the prose with its source and what it counts."""
        anchor = figure.anchor if figure.anchor is not None else figure.head
        reader = self.reading.readers[number]
        stance = reader.stance(anchor) if anchor is not None else Stance()
        if figure.anchor is not None and figure.head is not None:
            stance = reader.of_object(figure.anchor, figure.head)
        observation = Observation(
            figure.measure,
            figure.value,
            self.document.id,
            (Evidence.of(self.document, figure.start, figure.end),),
            unit=figure.unit,
            period=figure.period,
            modality=stance.modality if stance.modality is not Modality.DENIED else Modality.ASSERTED,
        )
        about = self.cluster_at(number, figure.head) if figure.head is not None else None
        return Count(observation, about, self.speakers(number, stance))

    # -- judgements

    def joinings(self) -> Iterator[Joining]:
        """Yield why each mention was joined."""
        for join in self.reading.resolver.joins:
            cluster = self.known(self.reading.resolver.of.get(id(join.ref)))
            if cluster is not None:
                yield Joining(cluster, self.mention(join.ref), self.mention(join.antecedent), join.reason)

    def mention(self, ref: Ref) -> Mention:
        """Return a resolved mention as a value."""
        return Mention(self.document.id, ref.chars[0], ref.chars[1], ref.text, ref.kind)


def named_ref(cls: str, name: str, at: int) -> Ref:
    """Return the mention of a name that stands at an offset, outside of what was parsed."""
    return Ref(0, 0, 1, 0, MentionKind.NAME, cls, name, "s", chars=(at, at + len(name)))


def speaker_words(parse: Parse, token: int) -> str:
    """Return the phrase that names a speaker."""
    start, end = phrase_span(parse, token)
    for first, last, _ in parse.ents:
        if first <= token < last:
            start, end = min(start, first), max(end, last)
    return "".join(parse.text[i] + (" " if parse.space[i] else "") for i in range(start, end)).strip()


def once(counts: Iterable[Count]) -> Iterable[Count]:
    """Yield each figure of a document once: one told again, with its period, is the same figure with more evidence."""
    kept: dict[tuple[object, ...], Count] = {}
    for item in counts:
        told = item.observation
        key: tuple[object, ...] = (told.value, told.unit, told.period) if told.period else (told.id,)
        first = kept.get(key)
        if first is not None and first.observation.evidence[0] != told.evidence[0]:
            evidence = tuple(sorted({*first.observation.evidence, *told.evidence}))
            kept[key] = replace(first, observation=replace(first.observation, evidence=evidence))
        else:
            kept[key if first is None else (*key, told.id)] = item
    yield from kept.values()
