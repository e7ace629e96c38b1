"""From documents to a graph: the only module that knows the order of the stages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import DecisionError, DocumentError, EvidenceError, GraphError, OntologyError
from kg.memory import uncollected
from kg.model import Claim, Document, Extraction
from kg.resources import resource

if TYPE_CHECKING:
    from kg.accounts import Kept
    from kg.claims.assemble import Joined
    from kg.claims.digest import Digest
    from kg.decisions import Decision
    from kg.documents import Bad, Source
    from kg.engine import Engine
    from kg.graph.graph import Graph
    from kg.graph.increment import Account, Change
    from kg.graph.lines import Pieces
    from kg.graph.rules import Rule
    from kg.graph.store import Store
    from kg.inputs import Inputs, Origin
    from kg.ontology import Ontology

DOMAINS = ("diplomacy", "business", "news")  # in this order: of two that define a name, the first gives it its IRI
FEW, PART = 20, 4  # so many documents, or such a part of all, are sooner exchanged than all made again

Progress = Callable[[str, int, int], None]  # stage, done, total (0: unknown)


@dataclass(frozen=True, slots=True)
class Settings:
    """What a build depends on beside its documents."""

    ontology: tuple[Path, ...] | None = None  # files or folders; nothing: the bundled domains together
    model: str | None = None  # name or path of a spaCy pipeline; nothing: the embedded one
    jobs: int | None = None  # processes that read; nothing: one a core, where there is text enough
    decisions: Path | None = None  # a file of a person's decisions, beside the one in the output folder


@dataclass(frozen=True, slots=True)
class Means:
    """What may be told when a graph that is there changes; all else is as it was made."""

    jobs: int | None = None  # as in Settings
    store: str | None = None  # as for `build`; nothing: as it is
    decisions: Path | None = None  # as in Settings; nothing: the file that it was made with


def ontology_paths(settings: Settings) -> list[Path]:
    """Return the ontology files of a build; the core comes with every domain."""
    core = resource("ontology", "core.ttl")
    chosen = list(settings.ontology) if settings.ontology else [resource("ontology", f"{domain}.ttl") for domain in DOMAINS]
    return chosen if any((p / "core.ttl").exists() or p.name == "core.ttl" for p in chosen) else [core, *chosen]


def rules_folder(settings: Settings) -> Path | None:
    """Return the rules that come with an ontology folder, else nothing: the bundled ones."""
    return next((p / "rules" for p in settings.ontology or () if (p / "rules").is_dir()), None)


def shapes_file(settings: Settings) -> Path | None:
    """Return the shapes that come with an ontology folder, else nothing: the bundled ones."""
    return next((p / "shapes.ttl" for p in settings.ontology or () if (p / "shapes.ttl").is_file()), None)


def build(
    sources: Sequence[Path | str] = (),
    *,
    out: Path | None = None,
    store: str | None = None,
    settings: Settings | None = None,
    progress: Progress | None = None,
    bad: Bad | None = None,
) -> Graph:
    """Read documents, write their graph to a folder, and return it.

    No sources means the bundled corpus; no folder means that nothing is written. `store` is the kind of the folder
    ("memory", "disk") or the URL of a server that keeps the graph in its place. What the folder already holds readings
    of is not read again. A file of a folder that cannot be read is told to `bad`, where there is one, and passed over.
    Raises a KgError where a document, the ontology, the model or the folder cannot be used.
    """
    from kg import documents

    work = Work(settings or Settings(), out, store)
    with alone(work.folder):
        for source in documents.find(sources or [resource("data", "corpus")], bad=bad):
            work.take(source, bad=bad)
        if not work.wanted:
            raise DocumentError("none of the files can be read, so there is no graph to write")
        return work.finish(progress)


def add(
    sources: Sequence[Path | str], *, graph: Path, means: Means | None = None, progress: Progress | None = None, bad: Bad | None = None
) -> Graph:
    """Add documents to the graph of a folder or server and return the graph, which is the same as one built from all its documents.

    A content that the graph holds already is left out. `bad` as in `build`. Raises DocumentError for a file of which
    the graph holds an earlier version, and a KgError as `build` does.
    """
    from kg import documents

    with resumed(graph, means) as work:
        for source in documents.find(sources, bad=bad):
            earlier = next((o for o in work.inputs.origins if o.path and source.path and o.path.resolve() == source.path.resolve()), None)
            if earlier and earlier.sha256 != source.sha256:
                raise DocumentError(f"{source.name}: the graph holds an earlier version of it; kg update takes the new one")
            work.take(source, bad=bad)
        return work.finish(progress)


def remove(names: Sequence[str], *, graph: Path, means: Means | None = None, progress: Progress | None = None) -> Graph:
    """Take documents, named by id, path, file name or title, out of the graph of a folder or server and return the graph.

    Raises DocumentError where a name fits none or several, or none would be left.
    """
    from kg.inputs import called

    with resumed(graph, means) as work:
        for origin in [called(name, work.inputs.origins) for name in names]:
            work.drop(origin)
        if not work.wanted:
            raise DocumentError(f"{graph}: no document would be left; delete the folder instead")
        return work.finish(progress)


def update(
    names: Sequence[str] = (), *, graph: Path, means: Means | None = None, progress: Progress | None = None, bad: Bad | None = None
) -> Graph:
    """Read again the files of a graph that have changed, all of them where none is named, and return the graph.

    A file that is gone or cannot be read any more is told to `bad` where it was not named, and its document stays.
    Raises DocumentError where a name fits no document, and where a named file cannot be read.
    """
    from kg import documents

    with resumed(graph, means) as work:
        for origin, path, named in work.asked(names):
            source = documents.open_source(path, origin.name, named=named, bad=bad)
            if source is not None and source.sha256 != origin.sha256 and work.take(source, bad=bad):
                work.drop(origin)
        return work.finish(progress)


def extract(
    read: Iterable[Document], taught: Ontology, settings: Settings | None = None, *, progress: Progress | None = None
) -> Extraction:
    """Annotate documents and return everything that is said in them."""
    from kg.engine import Engine
    from kg.readings import Readings

    settings = settings or Settings()
    engine = Engine(taught, settings.model, Readings(None, ""))
    found = list(read)
    return joined(told(engine.read_all(found, settings.jobs), len(found), progress), engine)


def told(digests: Iterable[Digest], total: int, progress: Progress | None) -> Iterator[Digest]:
    """Yield digests and tell of each."""
    for done, digest in enumerate(digests, start=1):
        yield digest
        if progress:
            progress("reading", done, total)


def joined(digests: Iterable[Digest], engine: Engine) -> Extraction:
    """Join what was read of each document."""
    from kg.claims.assemble import assemble

    extraction = assemble(digests, engine.ontology, engine.versions)
    check_quotes(extraction)
    return extraction


def check_quotes(extraction: Extraction) -> None:
    """Make sure that every quote stands in its document where its offsets say.

    Raises EvidenceError otherwise: a build with a wrong quote fails.
    """
    texts = {d.id: d.text for d in extraction.documents}
    for quoted in (*(c.evidence for c in extraction.claims), *(o.evidence for o in extraction.observations)):
        for evidence in quoted:
            if texts[evidence.document][evidence.start : evidence.end] != evidence.quote:
                raise EvidenceError(f"{evidence.document}: the quote at {evidence.start}:{evidence.end} is not the text there")


# ---- one build -----------------------------------------------------------------------------------


@dataclass(slots=True)
class Wanted:
    """A document that the graph shall hold: its file, what its reading is kept under, and that reading or the text, if one was read."""

    id: str
    path: Path | None
    key: str
    digest: Digest | None = None
    unread: Document | None = None


class Work:
    """The documents that a graph shall hold, and all that is needed to read those that were not read before."""

    def __init__(self, settings: Settings, out: Path | None, kind: str | None) -> None:
        """Load the ontology, read the decisions, and open the store and its readings; only folders keep those.

        Raises OntologyError where nothing can be read with the ontology, DecisionError where decisions cannot be read,
        GraphError where no graph can be kept there.
        """
        from kg import basis, decisions, ontology
        from kg.engine import Engine
        from kg.graph import store
        from kg.readings import Readings

        if settings.decisions and not settings.decisions.is_file():
            raise DecisionError(f"{settings.decisions}: no such file of decisions (kg review writes one)")
        self.decisions: tuple[Decision, ...] = decisions.kept_decisions(out, settings.decisions)
        self.place: Store | None = store.store_for(out, kind) if out is not None else None
        if self.place is not None:
            self.place.check()
        folder = out if isinstance(self.place, store.FolderStore) else None
        self.readings = Readings(folder)
        files = list(dict.fromkeys(ontology.turtle_files(ontology_paths(settings))))
        self.ontology_basis = basis.ontology_basis(files)
        taught = self.readings.ontology(self.ontology_basis) or ontology.load(files)
        if not taught.examples:
            raise OntologyError(f"{', '.join(map(str, settings.ontology or ()))}: no kg:example in it, so nothing can be read (docs/teaching.md)")
        self.settings = settings
        self.folder = folder
        self.readings.basis = basis.reading_basis(taught, settings.model) if folder else ""
        self.engine = Engine(taught, settings.model, self.readings)
        self.wanted: dict[str, Wanted] = {}  # by content

    def take(self, source: Source, *, bad: Bad | None = None) -> bool:
        """Want the document of a file; return whether it is new here and can be read."""
        from kg import documents

        key = self.readings.key(source.name, source.sha256)
        if source.sha256 in self.wanted:
            return False
        digest = self.readings.get(key)
        unread = None if digest else documents.parse(source, bad=bad)
        found = digest or unread
        if found:
            self.wanted[source.sha256] = Wanted(found.id, source.path, key, digest, unread)
        return found is not None

    def drop(self, origin: Origin) -> None:
        """Want a document no more."""
        self.wanted.pop(origin.sha256, None)

    def finish(self, progress: Progress | None) -> Graph:
        """Read what was not read before, join it with what was, write the graph and return it."""
        from kg import accounts
        from kg.readings import ontology_name, patterns_name

        self.read(progress)
        with uncollected():
            kept = accounts.load(self.readings) if self.folder and not self.decisions else None
            graph = self.gone_on(kept, self.folder) if kept and self.folder else None
        del kept
        graph = self.begun_anew(progress) if graph is None else graph
        self.readings.keep_ontology(self.ontology_basis, self.engine.ontology)
        names = [] if self.decisions else [accounts.NAME]  # a decision may change any part of a graph: none goes on from it
        names += [ontology_name(self.ontology_basis), patterns_name(self.engine.learning)]
        self.readings.keep_only([*names, *self.keys.values()])
        return graph

    def read(self, progress: Progress | None) -> None:
        """Read what was not read before; each reading is kept as soon as it is there."""
        unread = [w for w in self.wanted.values() if w.unread]
        read = self.engine.read_all([w.unread for w in unread if w.unread], self.settings.jobs)
        for wanted, digest in zip(unread, told(read, len(unread), progress), strict=True):
            self.readings.keep(wanted.key, digest)
            wanted.digest, wanted.unread = digest, None

    def digest(self, document: str) -> Digest:
        """Return the reading of a document."""
        return next(w.digest for w in self.wanted.values() if w.id == document and w.digest)

    def whole(self, joined: Joined, parts: Sequence[Extraction]) -> Extraction:
        """Return what all documents say, as people decided, with marks on the claims that keep no constraint."""
        from kg import decisions
        from kg.graph.constraints import constrained

        extraction = joined.extraction(parts, self.engine.versions)
        check_quotes(extraction)
        return constrained(decisions.replay(extraction, self.decisions).extraction, self.engine.ontology, self.shapes)

    def begun_anew(self, progress: Progress | None) -> Graph:
        """Make the graph of all documents, write it, and keep an account of what it rests on."""
        from kg import accounts
        from kg.claims.assemble import Joined, sketch_of
        from kg.graph import increment, store

        self.take_all(progress)
        digests = {w.id: w.digest for w in self.wanted.values() if w.digest}
        sketches = [sketch_of(w.digest, w.key) for w in self.wanted.values() if w.digest]
        joined = Joined(sketches, digests.__getitem__, self.engine.ontology)
        parts = joined.parts()
        extraction = self.whole(joined, parts)
        graph, derived = store.derived_graph(extraction, self.engine.ontology, rules=rules_folder(self.settings))
        seen = increment.looks_at(self.rules) if self.folder and not self.decisions else None
        marked = [] if seen is None else marked_parts(parts, extraction.claims)
        shares = {d.id: increment.share_of(p, joined.alone(d.id), self.engine.ontology) for p in marked for d in p.documents}
        count = len(extraction.entities)
        parts.clear()  # they are as large as the graph, and are not needed while it is sorted
        del extraction, marked
        self.write(graph)
        if seen is not None:
            rules, conclusions = increment.plans_of(self.rules), increment.conclusions_of(derived)
            account = increment.Account(graph.manifest["graph"]["sha256"], self.basis, seen, rules, count, shares, conclusions)
            accounts.save(self.readings, account, joined)
        return graph

    def take_all(self, progress: Progress | None) -> None:
        """Take all readings that are kept but were not asked for."""

    def gone_on(self, kept: Kept, folder: Path) -> Graph | None:
        """Make the graph from the one in the folder and write it; nothing where the account of that one does not fit."""
        from kg import accounts
        from kg.claims.assemble import Joined, sketch_of
        from kg.graph import increment, store
        from kg.graph.graph import Graph

        account, before, keys = kept.account, kept.before.sketches, self.keys
        manifest = store.read_manifest(folder)
        if manifest is None or account.basis != self.basis or manifest["graph"]["sha256"] != account.graph:
            return None
        same = {i for i, sketch in before.items() if sketch.reading == keys.get(i)}
        if self.many(len(keys.keys() | before.keys()) - len(same)):
            return None
        sketches = [before[i] if i in same else sketch_of(self.digest(i), key) for i, key in keys.items()]
        joined = Joined(sketches, self.digest, self.engine.ontology, kept.before)
        if self.many(len(joined.differing)):
            return None
        change = self.change(joined, account)
        try:
            data, account = increment.next_graph(folder / store.GRAPH, manifest["graph"]["quads"], account, change, self.rules, self.engine.ontology)
        except (GraphError, OSError, ValueError):
            return None  # the graph was changed by other hands
        told = {**manifest, "documents": documents_told(manifest, change), "counts": counts_told(account)}
        graph = Graph(None, manifest=told, folder=folder)
        self.write(graph, data)
        accounts.save(self.readings, account, joined)
        return graph

    def many(self, differing: int) -> bool:
        """Whether so many documents differ that a graph is sooner made anew."""
        return differing > max(FEW, len(self.wanted) // PART)

    def change(self, joined: Joined, account: Account) -> Change:
        """Return what differs from an account."""
        from kg.graph import increment
        from kg.graph.constraints import constrained

        said = [replace(joined.part(d), entities=joined.mentioned(d)) for d in joined.differing]
        all_said = Extraction((), tuple({e.id: e for p in said for e in p.entities}.values()), tuple(c for p in said for c in p.claims))
        marked = constrained(all_said, self.engine.ontology, self.shapes)
        parts = {d.id: part for part in marked_parts(said, marked.claims) for d in part.documents}
        new = {i: increment.share_of(part, joined.alone(i), self.engine.ontology) for i, part in parts.items()}
        shares = {i: new.get(i) or account.shares[i] for i in sorted(self.keys)}
        renewed, entities = joined.renewed()
        gone = [i for i in account.shares if i in parts or i not in shares]
        count = sum(s.entities for s in shares.values()) + sum(joined.told[key].kept for key in joined.shared)
        return increment.Change(gone, list(parts.values()), renewed, entities, count, shares)

    @cached_property
    def rules(self) -> list[Rule]:
        """The rules that run over the graph."""
        from kg.graph import store

        return store.rules_of(self.engine.ontology, rules_folder(self.settings))

    @property
    def shapes(self) -> Path:
        """The shapes that claims shall keep."""
        from kg.graph import store

        return shapes_file(self.settings) or store.bundled_shapes()

    @cached_property
    def basis(self) -> str:
        """The hash of all that the graph rests on beside its documents."""
        from kg import basis

        return basis.graph_basis(self.engine.ontology, self.settings.model, ((r.name, r.text) for r in self.rules), self.shapes)

    @property
    def keys(self) -> dict[str, str]:
        """What the reading of each document is kept under."""
        return {w.id: w.key for w in self.wanted.values()}

    def write(self, graph: Graph, data: Pieces | None = None) -> None:
        """Put a graph in its place, if it has one; `data` are its sorted quads, where they are known."""
        from kg.graph import store
        from kg.graph.lines import pieces_of
        from kg.inputs import INPUTS, record

        if self.place is None:
            return
        files = {w.id: w.path for w in self.wanted.values()}
        inputs = record(self.folder or Path(), self.settings.ontology, self.settings.model, files, decisions=self.settings.decisions)
        graph.manifest, graph.folder = {**graph.manifest, INPUTS: inputs}, self.folder
        if isinstance(self.place, store.FolderStore):
            graph.manifest = self.place.put(pieces_of(store.sorted_quads(graph.store)) if data is None else data, graph.manifest)
        else:
            self.place.write(graph)


class Resumed(Work):
    """The work on a graph that is there: its own settings, and the documents that it holds."""

    def __init__(self, graph: Path, means: Means) -> None:
        """Read what the graph was made from and want all its documents.

        Raises GraphError where there is no graph, or it does not say what it was made from; DecisionError where the
        decisions that it obeys are not here.
        """
        from kg.graph import store
        from kg.inputs import read_inputs

        url = store.url_of(means.store or graph)
        self.before = store.store_for(graph, means.store)
        manifest = self.before.manifest()
        if manifest is None:
            raise GraphError(store.absence(Path(url) if url else graph))
        self.manifest = manifest
        self.inputs: Inputs = read_inputs(Path() if url else graph, manifest, url or str(graph))
        decided = means.decisions or self.inputs.decisions
        if decided and not means.decisions and not decided.is_file():
            raise DecisionError(f"{url or graph}: obeys the decisions of {decided}, which is not here; name it with --decisions FILE")
        super().__init__(Settings(self.inputs.ontology, self.inputs.model, means.jobs, decided), graph, means.store)
        if url and manifest["counts"].get("decisions") and not self.decisions:
            raise DecisionError(f"{url}: obeys decisions of a folder; name it with -g DIR --store {url}")
        for origin in self.inputs.origins:
            key = self.readings.key(origin.name, origin.sha256)
            self.wanted[origin.sha256] = Wanted(origin.id, origin.path, key, None, None if key in self.readings.names else self.text_of(origin.id))

    def text_of(self, document: str) -> Document:
        """Return a document whose reading is not kept: from its file where that is still the same, else from the graph."""
        from kg import documents

        origin = next(o for o in self.inputs.origins if o.id == document)
        path = origin.path
        source = documents.open_source(path, origin.name, named=False, bad=ignore) if path and path.is_file() else None
        found = documents.parse(source, bad=ignore) if source and source.sha256 == origin.sha256 else None
        return found or self.held[origin.id]

    def digest(self, document: str) -> Digest:
        """Return the reading of a document, made anew where the kept one cannot be trusted."""
        wanted = next(w for w in self.wanted.values() if w.id == document)
        if wanted.digest is None:
            wanted.digest = self.readings.get(wanted.key)
        if wanted.digest is None:
            wanted.digest = self.engine.read(self.text_of(document))
            self.readings.keep(wanted.key, wanted.digest)
        return wanted.digest

    def take_all(self, progress: Progress | None) -> None:
        """Take all readings that are kept, and make anew what cannot be trusted."""
        for wanted in self.wanted.values():
            if wanted.digest is None:
                wanted.digest = self.readings.get(wanted.key)
                wanted.unread = None if wanted.digest else self.text_of(wanted.id)
        self.read(progress)

    @cached_property
    def held(self) -> dict[str, Document]:
        """The documents as the graph holds them."""
        return {d.id: d for d in self.before.read().extraction.documents}

    def asked(self, names: Sequence[str]) -> Iterator[tuple[Origin, Path | None, bool]]:
        """Yield the documents to read again, their files, and whether the user named them; a folder stands for all below it."""
        from kg.inputs import called

        for name in names:
            below = [o for o in self.inputs.origins if o.path and Path(name).is_dir() and o.path.resolve().is_relative_to(Path(name).resolve())]
            origin = None if below else called(name, self.inputs.origins)
            yield from ((o, o.path, False) for o in below)
            if origin:
                yield origin, origin.path, True
        if not names:
            yield from ((o, o.path, False) for o in self.inputs.origins if o.path)

    def write(self, graph: Graph, data: Pieces | None = None) -> None:
        """Put the graph in place of the one that this work began with.

        Raises GraphError where another has taken that one's place.
        """
        if self.before.manifest() != self.manifest:
            raise GraphError(f"{self.folder or 'the server'}: another kg has written here meanwhile; try again")
        super().write(graph, data)


def documents_told(manifest: Mapping[str, Any], change: Change) -> list[dict[str, Any]]:
    """Return what a manifest tells of the documents, where it changed."""
    from kg.graph import store

    known = {d["id"]: d for d in manifest["documents"]}
    known |= {d.id: store.document_told(d) for part in change.parts for d in part.documents}
    return [known[i] for i in sorted(change.shares)]


def counts_told(account: Account) -> dict[str, int]:
    """Return how much a graph holds."""
    shares = account.shares.values()
    return {
        "documents": len(shares),
        "entities": account.entities,
        "claims": sum(s.claims for s in shares),
        "observations": sum(s.observations for s in shares),
        "judgements": sum(s.judgements for s in shares),
        "derived": len(account.conclusions),
        "decisions": 0,  # where there are some, every graph is made anew
    }


def marked_parts(parts: Iterable[Extraction], marked: Iterable[Claim]) -> list[Extraction]:
    """Return what documents say with their claims as constraints marked them."""
    claims: defaultdict[str, list[Claim]] = defaultdict(list)
    for claim in marked:
        claims[claim.document].append(claim)
    return [replace(part, claims=tuple(claims[part.documents[0].id])) for part in parts]


@contextmanager
def resumed(graph: Path, means: Means | None) -> Iterator[Resumed]:
    """Give the work on a graph; other work on a folder is kept out until it is done.

    Raises GraphError as `alone` does, and where there is no graph.
    """
    from kg.graph import store

    means = means or Means()
    if store.url_of(means.store or graph):
        yield Resumed(graph, means)
        return
    folder = graph
    if store.read_manifest(folder) is None:
        raise GraphError(store.absence(folder))
    store.check_target(folder)
    with alone(folder):
        with uncollected():
            work = Resumed(folder, means)
        yield work


@contextmanager
def alone(folder: Path | None) -> Iterator[None]:
    """Keep other work on the graph of a folder, and on what is kept beside it, out until this is done.

    Raises GraphError where another works on it, or it cannot be written.
    """
    from kg.graph import store

    if folder is None:
        yield
        return
    existed = folder.exists()
    try:
        with store.turn(folder):
            yield
    finally:
        with suppress(OSError):  # what holds something stays
            (folder / store.READINGS).rmdir()
            if not existed:
                folder.rmdir()


def ignore(error: DocumentError) -> None:
    """Pass over a file that cannot be read, where the graph itself holds its text."""
