"""What was read before, kept beside the graph so that nothing is read twice: the folder `readings` of a graph folder.

A file holds the digest of one document, an ontology, or the patterns learnt from it, under the hash of all it rests on.
The folder may be deleted at any time. What is damaged, or was written by another version, is passed over and made
anew; nothing in it is ever run.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any

from kg.claims.digest import Body, Digest, Event
from kg.claims.patterns import Pattern
from kg.codec import decode, decoder, encode
from kg.entities.resolve import Cluster
from kg.errors import CodecError, GraphError
from kg.graph.store import READINGS
from kg.model import content_id
from kg.ontology import Ontology
from kg.resources import resource

SUFFIX = ".json"
LINES = ".jsonl"
BUNDLED = "patterns"  # folder of the patterns that come with the package
FORM = 1


class Readings:
    """The kept digests of one graph folder; without a folder nothing is kept."""

    def __init__(self, graph: Path | None, basis: str = "") -> None:
        """Name the graph's folder and the hash of what readings rest on; nothing is touched yet."""
        self.folder = graph / READINGS if graph else None
        self.basis = basis

    def key(self, name: str, sha256: str) -> str:
        """Return what a document's digest is found under: its bytes, its name, and all else that shapes it."""
        return content_id(FORM, self.basis, name, sha256)

    def ontology(self, basis: str) -> Ontology | None:
        """Return an ontology that was read before; nothing where that has to be done."""
        words = self.words(ontology_name(basis))
        if words is not None:
            with suppress(CodecError, ValueError):
                ontology: Ontology = decode(Ontology, json.loads(words))
                return ontology
        return None

    def keep_ontology(self, basis: str, ontology: Ontology) -> None:
        """Keep an ontology, if it is not there yet; errors as `put`."""
        if ontology_name(basis) not in self.names:
            self.put(ontology_name(basis), compact(encode(ontology)))

    def patterns(self, basis: str) -> list[Pattern] | None:
        """Return what was learnt before from the examples of an ontology; nothing where that has to be done."""
        words = self.words(patterns_name(basis))
        if words is not None:
            with suppress(CodecError):
                return patterns_from(words)
        return bundled_patterns(basis)

    @cached_property
    def names(self) -> frozenset[str]:
        """What was kept when it was first asked for, whether it can be trusted or not."""
        try:
            return frozenset(e.name.removesuffix(SUFFIX) for e in os.scandir(self.folder)) if self.folder else frozenset()
        except OSError:
            return frozenset()

    def get(self, key: str) -> Digest | None:
        """Return a kept digest; nothing where there is none that can be trusted."""
        words = self.words(key)
        if words is None:
            return None
        with suppress(CodecError):
            return digest_from(words)
        return None

    def keep(self, key: str, digest: Digest) -> None:
        """Keep a digest; errors as `put`."""
        if self.folder is not None:
            self.put(key, words_of(digest))

    def content(self, name: str) -> memoryview | None:
        """Return what a file of the folder holds; nothing where it is missing or not as it was written."""
        if self.folder is None:
            return None
        try:
            whole = (self.folder / (name + SUFFIX)).read_bytes()
        except OSError:
            return None
        content = memoryview(whole)[whole.find(b"\n") + 1 :]
        return content if whole.startswith(sealed(name, content)) else None

    def words(self, name: str) -> str | None:
        """Return the text of a file of the folder; nothing where it is missing or not as it was written."""
        content = self.content(name)
        return None if content is None else str(content, "utf-8")

    def put(self, name: str, content: str | bytes) -> None:
        """Keep a text, or the bytes of one, under a name; a kill leaves the file whole or not at all.

        Raises GraphError where the folder cannot be written.
        """
        if self.folder is None:
            return
        path = self.folder / (name + SUFFIX)
        aside = path.with_suffix(".new")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            content = content.encode() if isinstance(content, str) else content
            with aside.open("wb") as file:
                file.writelines((sealed(name, content), content))
            aside.replace(path)
        except OSError as error:
            with suppress(OSError):
                aside.unlink(missing_ok=True)
            raise GraphError(f"{self.folder}: cannot be written: {error.strerror or error}") from error

    def keep_only(self, names: Iterable[str]) -> None:
        """Drop what belongs to no document of the graph any more; what cannot be dropped does no harm."""
        kept = {name + SUFFIX for name in names}
        if self.folder is None:
            return
        with suppress(OSError):
            for entry in list(os.scandir(self.folder)):
                if entry.name not in kept and entry.name.endswith((SUFFIX, ".new")):
                    Path(entry.path).unlink(missing_ok=True)


def sealed(name: str, content: bytes | memoryview) -> bytes:
    """Return the first line of a file: the hash of its name and of what follows."""
    found = hashlib.sha256(f"{name}\n".encode())
    found.update(content)
    return f"{found.hexdigest()}\n".encode()


def compact(data: Any) -> str:
    """Return JSON without needless space."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


# ---- digests -------------------------------------------------------------------------------------


def words_of(digest: Digest) -> str:
    """Return a digest as two lines: what the joining of documents needs, then what the document says."""
    number = {id(c): n for n, c in enumerate(digest.clusters)}
    owners = [number.get(id(c.owner)) if c.owner else None for c in digest.clusters]
    clusters = [encode(c, without="owner") for c in digest.clusters]
    first = [digest.id, clusters, owners, encode(digest.events), encode(digest.spoken_of)]
    return f"{compact(first)}\n{compact(encode(digest.body))}"


def digest_from(words: str) -> Digest:
    """Return the digest that `words_of` wrote.

    Raises CodecError where it is of another form.
    """
    first, _, second = words.partition("\n")
    try:
        name, raw, owners, events, spoken_of = json.loads(first)
        clusters = [decoder(Cluster, without="owner")(c) for c in raw]
        for cluster, owner in zip(clusters, owners, strict=True):
            cluster.owner = None if owner is None else clusters[owner]
    except (ValueError, TypeError, LookupError) as error:
        raise CodecError(f"a kept reading is not of the expected form ({error})") from error
    return Digest(decode(str, name), clusters, decode(tuple[Event, ...], events), decode(set[int], spoken_of), lambda: body_from(second))


def body_from(words: str) -> Body:
    """Return the body that `words_of` wrote; errors as there."""
    try:
        body: Body = decode(Body, json.loads(words))
    except ValueError as error:
        raise CodecError(f"a kept reading is not of the expected form ({error})") from error
    return body


# ---- patterns ------------------------------------------------------------------------------------


def ontology_name(basis: str) -> str:
    """Return what an ontology is kept under."""
    return f"ontology-{basis}"


def patterns_name(basis: str) -> str:
    """Return what the patterns of an ontology are kept under."""
    return f"patterns-{basis}"


def patterns_words(patterns: Iterable[Pattern]) -> str:
    """Return patterns one to a line, so that a change of one example is a change of one line."""
    return "".join(compact(encode(p)) + "\n" for p in patterns)


def patterns_from(words: str) -> list[Pattern]:
    """Return the patterns that `patterns_words` wrote.

    Raises CodecError where they are of another form.
    """
    try:
        return [decode(Pattern, json.loads(line)) for line in words.split("\n") if line]
    except ValueError as error:
        raise CodecError(f"kept patterns are not of the expected form ({error})") from error


def bundled_patterns(basis: str) -> list[Pattern] | None:
    """Return the patterns that come with the package for one of its own ontologies; nothing where they are of another version.

    Each file opens with the hash of what was learnt from (`make patterns` writes them).
    """
    for path in sorted(resource("data", BUNDLED).glob(f"*{LINES}")):
        with suppress(CodecError, OSError, ValueError), path.open(encoding="utf-8") as file:
            if file.readline().strip() == basis:
                return patterns_from(file.read())
    return None


def write_bundled(folder: Path, name: str, basis: str, patterns: Iterable[Pattern]) -> None:
    """Write the patterns of a bundled ontology as data of the package."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / (name + LINES)).write_text(f"{basis}\n{patterns_words(patterns)}", encoding="utf-8", newline="\n")
