"""Where graphs are kept: a folder that is read and written whole, a server (`remote`), rdflib (`dataset`), or memory.

A folder holds `graph.nq` (sorted N-Quads: the same graph has the same bytes) and `manifest.json`. Both are
written aside and renamed, the graph first, so a kill at any moment leaves the old graph or the new one. An index
(`disk`) may stand beside them; it is made from `graph.nq` and says nothing of its own. Readers take no lock: they look
again where a writer was faster.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
import weakref
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

import pyoxigraph as ox

from kg.errors import EvidenceError, GraphError
from kg.graph import disk
from kg.graph.convert import to_rdf
from kg.graph.gate import misquotes
from kg.graph.graph import Graph
from kg.graph.lines import Pieces, pieces_of
from kg.graph.prefixes import prefixes_of
from kg.model import Document, Extraction
from kg.ontology import Ontology
from kg.resources import resource

if TYPE_CHECKING:
    from kg.graph.rules import Derived, Rule

GRAPH = "graph.nq"
MANIFEST = "manifest.json"
NEW = ".new"  # suffix of what is being written
READINGS = "readings"  # what was read before; see kg/readings.py
DECISIONS = "decisions.ttl"  # of kg review; read at every build, never written here
OURS = frozenset((GRAPH, MANIFEST, GRAPH + NEW, MANIFEST + NEW, READINGS, DECISIONS))
FORM = 1  # of the folder; a reader refuses one it does not know
PAUSE = 0.02  # seconds between two looks at a lock
TRIES = 20  # how often a reader looks again, where builds end as fast as it reads
KINDS = {"memory": False, "disk": True}  # of folders: whether an index stands in them


class Store(Protocol):
    """A place for one graph."""

    def check(self) -> None:
        """Raise GraphError where a graph cannot be kept here: better before a long build than after it."""

    def write(self, graph: Graph) -> None:
        """Keep a graph in place of the one that was here.

        Raises GraphError where it cannot be written; the old graph is then still here.
        """

    def manifest(self) -> Mapping[str, Any] | None:
        """Return what is told of the graph here; nothing where there is none."""

    def read(self) -> Graph:
        """Return the graph that is kept here.

        Raises GraphError where there is none.
        """


class MemoryStore:
    """A graph kept as bytes in memory."""

    def __init__(self) -> None:
        """Start empty."""
        self._kept: tuple[bytes, Mapping[str, Any]] | None = None

    def check(self) -> None:
        """Do nothing: memory can always be written."""

    def write(self, graph: Graph) -> None:
        """Keep a graph."""
        self._kept = sorted_quads(graph.store), graph.manifest

    def manifest(self) -> Mapping[str, Any] | None:
        """Return what was told of the graph that was kept."""
        return self._kept and self._kept[1]

    def read(self) -> Graph:
        """Return the graph that was kept."""
        if self._kept is None:
            raise GraphError("no graph in memory yet")
        data, manifest = self._kept
        store = ox.Store()
        store.bulk_load(data, format=ox.RdfFormat.N_QUADS)
        return Graph(store, manifest=manifest)


class FolderStore:
    """A graph kept in a folder, beside whatever else the user puts there."""

    def __init__(self, folder: Path, *, index: bool | None = None, instead_of: Mapping[str, Any] | None = None) -> None:
        """Name the folder; nothing is touched yet.

        `index` says whether a write leaves an index beside the graph; nothing: as the folder has it now. `instead_of` is the manifest
        of the one graph that a write may replace.
        """
        self.folder = folder
        self.index = index
        self.instead_of = instead_of

    def check(self) -> None:
        """Raise GraphError where the folder holds something else, or cannot be written."""
        check_target(self.folder)

    def write(self, graph: Graph) -> None:
        """Write `graph.nq`, `manifest.json` and the index aside, then rename them."""
        self.put(pieces_of(sorted_quads(graph.store)), graph.manifest)

    def put(self, data: Pieces, told: Mapping[str, Any]) -> dict[str, Any]:
        """Write sorted quads and what a manifest tells of them, and return the manifest; errors as `write`."""
        self.check()
        manifest = {**told, "attest": FORM, "graph": {"sha256": data.sha256, "quads": data.quads}}
        words = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        existed = self.folder.exists()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with locked(self.folder):
                if self.instead_of not in (None, read_manifest(self.folder)):
                    raise GraphError(f"{self.folder}: another kg has written here meanwhile; try again")
                try:
                    self.swap(data, words.encode())
                except OSError:
                    self.clean()
                    raise
        except OSError as error:
            if not existed:
                with suppress(OSError):
                    self.folder.rmdir()
            raise GraphError(f"{self.folder}: cannot write the graph: {error.strerror or error}") from error
        return manifest

    def swap(self, data: Pieces, manifest: bytes) -> None:
        """Put all files in place.

        The graph is written first and renamed first: a new manifest alone therefore always belongs to the graph
        beside it (`read` depends on this). The index has its name before, which no manifest tells yet.
        """
        if half_renamed(self.folder):
            (self.folder / (MANIFEST + NEW)).replace(self.folder / MANIFEST)
        for name in (MANIFEST, GRAPH):
            (self.folder / (name + NEW)).unlink(missing_ok=True)
        for name, content in ((GRAPH, data.pieces), (MANIFEST, (manifest,))):
            write_through(self.folder / (name + NEW), content)
        index = disk.index_of(self.folder, data.sha256) if self.has_index() else None
        if index:
            disk.write_index(self.folder / (GRAPH + NEW), index)
        for name in (GRAPH, MANIFEST):
            (self.folder / (name + NEW)).replace(self.folder / name)
        sync_folder(self.folder)
        disk.remove_indexes(self.folder, but=index)

    def has_index(self) -> bool:
        """Whether a write leaves an index: as it was told, else as the folder has it."""
        return self.index if self.index is not None else any(disk.indexes(self.folder))

    def clean(self) -> None:
        """Remove what a failed write left."""
        if half_renamed(self.folder):
            return
        with suppress(OSError):
            for name in (MANIFEST, GRAPH):
                (self.folder / (name + NEW)).unlink(missing_ok=True)
            told = (read_manifest(self.folder) or {}).get("graph", {}).get("sha256")
            disk.remove_indexes(self.folder, but=disk.index_of(self.folder, told) if told else None)

    def manifest(self) -> Mapping[str, Any] | None:
        """Return the manifest of the folder."""
        return read_manifest(self.folder)

    def read(self, *, memory: bool = False) -> Graph:
        """Open the folder's index, or load its graph into memory; either is whole, whatever a build does meanwhile.

        `memory` passes over an index.
        """
        for _ in range(TRIES):
            manifest, seen = read_manifest(self.folder), self.stamp()
            if manifest is None or seen is None:
                raise GraphError(absence(self.folder))
            try:
                graph = self.loaded(manifest) if memory else self.opened(manifest)
            except GraphError:
                if (read_manifest(self.folder), self.stamp()) == (manifest, seen):
                    raise
                continue
            if (read_manifest(self.folder), self.stamp()) == (manifest, seen):
                return graph
        raise GraphError(f"{self.folder}: is written faster than it can be read; try again when the builds are done")

    def opened(self, manifest: Mapping[str, Any]) -> Graph:
        """Return the graph that a manifest tells.

        Raises GraphError where it cannot be read.
        """
        index = index_told(self.folder, manifest)
        if index:
            store, handle = disk.open_index(index)
            graph = Graph(store, manifest=manifest, folder=self.folder)
            if handle is not None:
                weakref.finalize(graph, os.close, handle)
            return graph
        return self.loaded(manifest)

    def loaded(self, manifest: Mapping[str, Any]) -> Graph:
        """Return the graph that a manifest tells, in memory; errors as `opened`."""
        path, store = self.folder / GRAPH, ox.Store()
        try:
            store.bulk_load(path=str(path), format=ox.RdfFormat.N_QUADS)
        except (SyntaxError, OSError, ValueError) as error:
            raise GraphError(f"{path}: cannot be read: {error}; run kg build again") from error
        return Graph(store, manifest=manifest, folder=self.folder)

    def stamp(self) -> tuple[int, ...] | None:
        """Return what tells one graph file from the next; nothing where there is none."""
        try:
            found = (self.folder / GRAPH).stat()
        except OSError:
            return None
        return found.st_ino, found.st_size, found.st_mtime_ns


def index_told(folder: Path, manifest: Mapping[str, Any]) -> Path | None:
    """Return the index of the graph that a manifest tells, if there is one."""
    sha256 = manifest.get("graph", {}).get("sha256")
    index = disk.index_of(folder, sha256) if sha256 else None
    return index if index and index.is_dir() else None


def place_of(graph: Graph) -> Path | None:
    """Return the file or index that holds exactly this graph; nothing where it was changed, here or there."""
    told = graph.manifest.get("graph")
    if graph.folder is None or not told or graph.changed or len(graph.store) != told["quads"]:
        return None
    if (read_manifest(graph.folder) or {}).get("graph") != told:
        return None
    return index_told(graph.folder, graph.manifest) or graph.folder / GRAPH


def store_for(folder: Path, kind: str | None = None) -> Store:
    """Return the store for a graph: a folder of a kind (KINDS; nothing: as it is), or the server of a URL.

    Raises GraphError for an unknown kind.
    """
    url = url_of(kind or folder)
    if url:
        from kg.graph.remote import RemoteStore  # heavy: httpx

        return RemoteStore(url)
    if kind is not None and kind not in KINDS:
        raise GraphError(f"{kind}: no such store (known: {', '.join(KINDS)}, or the URL of a SPARQL server)")
    return FolderStore(folder, index=None if kind is None else KINDS[kind])


def url_of(place: Path | str) -> str | None:
    """Return a place as URL, if it is one; as a Path it has lost a slash.

    Raises GraphError for one that no server can have.
    """
    match = re.fullmatch(r"(https?):/{1,2}([^/].*)", str(place))
    if match is None:
        return None
    url = f"{match[1]}://{match[2]}"
    try:
        named = urlsplit(url)
        if named.hostname and named.port != 0:
            return url
    except ValueError:
        pass  # brackets that are not closed, a port above 65535
    raise GraphError(f"{url}: no URL of a server; write it like http://localhost:7878")


def assemble(extraction: Extraction, ontology: Ontology, *, rules: Path | None = None, shapes: Path | None = None) -> Graph:
    """Make the graph of an extraction in memory, with what the rules derive; claims that violate a constraint are marked.

    `rules` is a folder of `*.rq`, `shapes` a Turtle file; without them the bundled ones apply. Raises EvidenceError where a quote is not the
    text at its offsets, GraphError and OntologyError as `to_rdf` and `derive` do.
    """
    from kg.graph.constraints import constrained


    return graph_of(constrained(extraction, ontology, shapes or bundled_shapes()), ontology, rules=rules)


def graph_of(extraction: Extraction, ontology: Ontology, *, rules: Path | None = None) -> Graph:
    """Make the graph of an extraction whose claims are marked already; `rules` and errors as in `assemble`."""
    return derived_graph(extraction, ontology, rules=rules)[0]


def derived_graph(extraction: Extraction, ontology: Ontology, *, rules: Path | None = None) -> tuple[Graph, list[Derived]]:
    """Return the same as `graph_of`, with what the rules derived."""
    from kg.graph.rules import derive, derived_quads  # heavy: rdflib's SPARQL

    wrong = next(misquotes(extraction), None)
    if wrong:
        raise EvidenceError(wrong)
    prefixes = prefixes_of(ontology)
    store = ox.Store()
    store.bulk_extend(to_rdf(extraction, ontology))
    derived = derive(store, rules_of(ontology, rules))
    store.extend(derived_quads(derived))
    return Graph(store, manifest=manifest_of(extraction, prefixes, len(derived))), derived


def bundled_shapes() -> Path:
    """Return the shapes that apply where an ontology brings none."""
    return resource("ontology", "shapes.ttl")


def rules_of(ontology: Ontology, folder: Path | None) -> list[Rule]:
    """Return the rules of a folder, without one the bundled ones, and those that the ontology states."""
    from kg.graph.rules import ontology_rules, read_rules

    found = folder if folder is not None else resource("ontology") / "rules"
    return [*read_rules(found, prefixes_of(ontology)), *ontology_rules(ontology)]


def manifest_of(extraction: Extraction, prefixes: Mapping[str, str], derived: int) -> dict[str, Any]:
    """Say what a graph was made from; no clock, so that the same input has the same manifest."""
    documents = sorted(extraction.documents, key=lambda d: d.id)
    return {
        "attest": FORM,
        "documents": [document_told(d) for d in documents],
        "versions": dict(extraction.versions),
        "prefixes": dict(prefixes),
        "counts": {
            "documents": len(documents),
            "entities": len(extraction.entities),
            "claims": len(extraction.claims),
            "observations": len(extraction.observations),
            "judgements": len(extraction.judgements),
            "decisions": len(extraction.decisions),
            "derived": derived,
        },
    }


def document_told(document: Document) -> dict[str, Any]:
    """Return what a manifest tells of a document."""
    return {"id": document.id, "path": document.path, "sha256": document.sha256, "title": document.title}


def save(
    extraction: Extraction,
    ontology: Ontology,
    folder: Path,
    *,
    rules: Path | None = None,
    shapes: Path | None = None,
    store: str | Store | None = None,
    told: Mapping[str, Any] | None = None,
) -> Graph:
    """Write the graph of an extraction to a folder and return it.

    `store` says otherwise where it goes, as `store_for` takes it, or is the place; `told` is what the manifest shall tell beside. Raises GraphError where the place cannot hold it: it
    is not ours, not writable, or the disk is full. Further errors as `assemble`. Whatever fails, a graph that was there
    stays.
    """
    place = store_for(folder, store) if store is None or isinstance(store, str) else store
    place.check()
    graph = assemble(extraction, ontology, rules=rules, shapes=shapes)
    graph.manifest = {**graph.manifest, **(told or {})}
    place.write(graph)
    graph.manifest = place.manifest() or graph.manifest
    graph.folder = folder if isinstance(place, FolderStore) else None
    return graph


def load(place: Path | str, *, memory: bool = False) -> Graph:
    """Open the graph of a folder, or of a SPARQL server by its URL; `memory` passes over the index of a folder.

    Raises GraphError where there is none, saying what to do.
    """
    found = store_for(Path(place))
    return found.read(memory=memory) if isinstance(found, FolderStore) else found.read()


# ---- files ---------------------------------------------------------------------------------------


def sorted_quads(store: ox.Store) -> bytes:
    """Return a store as sorted N-Quads in UTF-8; each line ends in a newline."""
    lines = store.dump(format=ox.RdfFormat.N_QUADS).split(b"\n")  # type: ignore[union-attr]
    lines.sort()  # in place, since there may be millions; the empty one behind the last newline comes first
    lines.append(lines.pop(0))
    return b"\n".join(lines)


def check_target(folder: Path) -> None:
    """Refuse a folder that holds something else: nothing of the user's is ever overwritten."""
    try:
        if folder.exists() and not folder.is_dir():
            raise GraphError(f"{folder}: is a file; name a folder for the graph")
        above = next(p for p in (folder, *folder.absolute().parents) if p.exists())
        if not above.is_dir() or not os.access(above, os.W_OK):
            raise GraphError(f"{folder}: cannot be written, for {above} is {'not writable' if above.is_dir() else 'a file'}")
        names = {path.name for path in folder.iterdir() if not disk.NAME.fullmatch(path.name)} if folder.exists() else set()
    except OSError as error:
        raise GraphError(f"{folder}: cannot be read: {error.strerror or error}") from error
    foreign = bool(names - OURS) or GRAPH in names
    if foreign and read_manifest(folder) is None:
        raise GraphError(f"{folder}: holds files that are no graph; name an empty or a new folder")


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """Return the manifest of a graph folder; nothing where there is none of ours."""
    for _ in range(TRIES):
        path = folder / (MANIFEST + NEW if half_renamed(folder) else MANIFEST)
        try:
            manifest = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            if path.name == MANIFEST:
                return None
            continue  # it was renamed since we looked
        except (OSError, ValueError):
            return None
        return manifest if well_formed(manifest) else None
    return None


def well_formed(manifest: Any) -> bool:
    """Whether something read is a manifest that we wrote, and not one that other hands have changed."""
    if not isinstance(manifest, dict) or manifest.get("attest") != FORM or not isinstance(manifest.get("documents", []), list):
        return False
    return all(isinstance(manifest.get(name, {}), dict) for name in ("prefixes", "counts", "graph", "versions"))


def half_renamed(folder: Path) -> bool:
    """Whether a write was stopped between its two renames: the graph is new, its manifest still aside."""
    return (folder / (MANIFEST + NEW)).exists() and not (folder / (GRAPH + NEW)).exists()


def absence(folder: Path) -> str:
    """Say why there is no graph, and what to do."""
    if url := url_of(folder):
        return f"{url}: holds no graph; run kg build first (kg build --store {url})"
    if not folder.exists():
        return f"{folder}: no such folder; run kg build first (kg build -o {folder})"
    if not folder.is_dir():
        return f"{folder}: is a file, not a graph folder; name the folder that kg build wrote"
    return f"{folder}: holds no graph; run kg build first (kg build -o {folder})"


@contextmanager
def locked(folder: Path, *, wait: float = 0.0) -> Iterator[None]:
    """Keep a second writer out of a folder while this one writes; the lock goes with the process.

    Raises GraphError where another still writes after `wait` seconds. Systems without file locks (Windows) do without.
    """
    if sys.platform == "win32":
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        lock(handle, folder, until=time.monotonic() + wait)
        yield
    finally:
        os.close(handle)


def lock(handle: int, folder: Path, *, until: float) -> None:
    """Lock an open folder, by a time of the monotonic clock; errors as `locked`."""
    import fcntl

    while True:
        try:
            return fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() >= until:
                raise GraphError(f"{folder}: another kg is writing here; try again when it is done") from error
            time.sleep(PAUSE)


@contextmanager
def turn(folder: Path, *, wait: float = 0.0) -> Iterator[None]:
    """Keep others from changing a graph between our reading of it and our writing; errors as `locked`.

    A lock of its own: `put` takes that of the folder.
    """
    readings = folder / READINGS
    try:
        readings.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise GraphError(f"{readings}: cannot be made: {error.strerror or error}") from error
    with locked(readings, wait=wait):
        yield


def write_through(path: Path, pieces: Iterable[bytes | memoryview]) -> None:
    """Write a file, in pieces, down to the disk."""
    with path.open("wb") as file:
        file.writelines(pieces)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Make renames last, where folders can be synced."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
