"""Where graphs are kept: a folder that is read and written whole, or memory.

A folder holds `graph.nq` (sorted N-Quads: the same graph has the same bytes) and `manifest.json`. Both are
written aside and renamed, the graph first, so a kill at any moment leaves the old graph or the new one.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pyoxigraph as ox

from kg.errors import EvidenceError, GraphError
from kg.graph.convert import to_rdf
from kg.graph.gate import misquotes
from kg.graph.graph import Graph
from kg.graph.prefixes import prefixes_of
from kg.model import Document, Extraction
from kg.ontology import Ontology
from kg.resources import resource

if TYPE_CHECKING:
    from kg.graph.rules import Rule

GRAPH = "graph.nq"
MANIFEST = "manifest.json"
NEW = ".new"  # suffix of what is being written
READINGS = "readings"  # what was read before; see kg/readings.py
OURS = frozenset((GRAPH, MANIFEST, GRAPH + NEW, MANIFEST + NEW, READINGS))
FORM = 1  # of the folder; a reader refuses one it does not know


class Store(Protocol):
    """A place for one graph."""

    def write(self, graph: Graph) -> None:
        """Keep a graph in place of the one that was here.

        Raises GraphError where it cannot be written; the old graph is then still here.
        """

    def read(self) -> Graph:
        """Return the graph that is kept here.

        Raises GraphError where there is none.
        """


class MemoryStore:
    """A graph kept as bytes in memory."""

    def __init__(self) -> None:
        """Start empty."""
        self._kept: tuple[bytes, Mapping[str, Any]] | None = None

    def write(self, graph: Graph) -> None:
        """Keep a graph."""
        self._kept = sorted_quads(graph.store), graph.manifest

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

    def __init__(self, folder: Path) -> None:
        """Name the folder; nothing is touched yet."""
        self.folder = folder

    def write(self, graph: Graph) -> None:
        """Write `graph.nq` and `manifest.json` aside, then rename them."""
        self.put(sorted_quads(graph.store), graph.manifest)

    def put(self, data: bytes, told: Mapping[str, Any], *, sha256: str | None = None) -> dict[str, Any]:
        """Write sorted quads and what a manifest tells of them, and return the manifest; errors as `write`.

        `sha256` is that of the quads, where it is known already.
        """
        check_target(self.folder)
        manifest = {**told, "graph": {"sha256": sha256 or hashlib.sha256(data).hexdigest(), "quads": data.count(b"\n")}}
        words = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        existed = self.folder.exists()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with locked(self.folder):
                self.swap(data, words.encode())
        except OSError as error:
            self.clean(existed)
            raise GraphError(f"{self.folder}: cannot write the graph: {error.strerror or error}") from error
        return manifest

    def swap(self, data: bytes, manifest: bytes) -> None:
        """Put both files in place.

        The graph is written first and renamed first: a new manifest alone therefore always belongs to the graph
        beside it (`read` depends on this).
        """
        if half_renamed(self.folder):
            (self.folder / (MANIFEST + NEW)).replace(self.folder / MANIFEST)
        for name in (MANIFEST, GRAPH):
            (self.folder / (name + NEW)).unlink(missing_ok=True)
        for name, content in ((GRAPH, data), (MANIFEST, manifest)):
            write_through(self.folder / (name + NEW), content)
        for name in (GRAPH, MANIFEST):
            (self.folder / (name + NEW)).replace(self.folder / name)
        sync_folder(self.folder)

    def clean(self, existed: bool) -> None:
        """Remove what a failed write left; a folder we made goes too."""
        if half_renamed(self.folder):
            return
        with suppress(OSError):
            for name in (MANIFEST, GRAPH):
                (self.folder / (name + NEW)).unlink(missing_ok=True)
            if not existed:
                self.folder.rmdir()

    def read(self) -> Graph:
        """Load the folder's graph into memory."""
        path = self.folder / GRAPH
        manifest = read_manifest(self.folder)
        if manifest is None or not path.is_file():
            raise GraphError(absence(self.folder))
        store = ox.Store()
        try:
            store.bulk_load(path=str(path), format=ox.RdfFormat.N_QUADS)
        except (SyntaxError, OSError, ValueError) as error:
            raise GraphError(f"{path}: cannot be read: {error}; run kg build again") from error
        return Graph(store, manifest=manifest, folder=self.folder)


def assemble(extraction: Extraction, ontology: Ontology, *, rules: Path | None = None) -> Graph:
    """Make the graph of an extraction in memory, with what the rules derive.

    `rules` is a folder of `*.rq`; without it the bundled ones run. Raises EvidenceError where a quote is not the
    text at its offsets, GraphError and OntologyError as `to_rdf` and `derive` do.
    """
    from kg.graph.rules import derive, derived_quads  # heavy: rdflib's SPARQL

    wrong = next(misquotes(extraction), None)
    if wrong:
        raise EvidenceError(wrong)
    prefixes = prefixes_of(ontology)
    store = ox.Store()
    store.bulk_extend(to_rdf(extraction, ontology))
    derived = derive(store, rules_of(ontology, rules))
    store.extend(derived_quads(derived))
    return Graph(store, manifest=manifest_of(extraction, prefixes, len(derived)))


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
            "derived": derived,
        },
    }


def document_told(document: Document) -> dict[str, Any]:
    """Return what a manifest tells of a document."""
    return {"id": document.id, "path": document.path, "sha256": document.sha256, "title": document.title}


def save(extraction: Extraction, ontology: Ontology, folder: Path, *, rules: Path | None = None) -> Graph:
    """Write the graph of an extraction to a folder and return it.

    Raises GraphError where the folder cannot hold it: it is not ours, not writable, or the disk is full. Further
    errors as `assemble`. Whatever fails, a graph that was in the folder stays.
    """
    check_target(folder)
    graph = assemble(extraction, ontology, rules=rules)
    FolderStore(folder).write(graph)
    graph.folder = folder
    return graph


def load(folder: Path) -> Graph:
    """Read the graph of a folder into memory.

    Raises GraphError where there is none, saying what to do.
    """
    return FolderStore(folder).read()


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
        names = {path.name for path in folder.iterdir()} if folder.exists() else set()
    except OSError as error:
        raise GraphError(f"{folder}: cannot be read: {error.strerror or error}") from error
    foreign = bool(names - OURS) or GRAPH in names
    if foreign and read_manifest(folder) is None:
        raise GraphError(f"{folder}: holds files that are no graph; name an empty or a new folder")


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """Return the manifest of a graph folder; nothing where there is none of ours."""
    path = folder / (MANIFEST + NEW if half_renamed(folder) else MANIFEST)
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return manifest if isinstance(manifest, dict) and manifest.get("attest") == FORM else None


def half_renamed(folder: Path) -> bool:
    """Whether a write was stopped between its two renames: the graph is new, its manifest still aside."""
    return (folder / (MANIFEST + NEW)).exists() and not (folder / (GRAPH + NEW)).exists()


def absence(folder: Path) -> str:
    """Say why there is no graph, and what to do."""
    if not folder.exists():
        return f"{folder}: no such folder; run kg build first (kg build -o {folder})"
    if not folder.is_dir():
        return f"{folder}: is a file, not a graph folder; name the folder that kg build wrote"
    return f"{folder}: holds no graph; run kg build first (kg build -o {folder})"


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep a second writer out of a folder while this one writes; the lock goes with the process.

    Raises GraphError where another writes. Systems without file locks (Windows) do without.
    """
    if sys.platform == "win32":
        yield
        return
    import fcntl

    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise GraphError(f"{folder}: another kg is writing here; try again when it is done") from error
    finally:
        os.close(handle)


def write_through(path: Path, content: bytes) -> None:
    """Write a file down to the disk."""
    with path.open("wb") as file:
        file.write(content)
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
