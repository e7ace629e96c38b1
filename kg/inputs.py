"""What a graph was made from, as its manifest records it: settings, and where each document came from.

Paths are kept relative to the graph's folder, so that both can be moved together.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path, PurePosixPath
from typing import Any

from kg.errors import DocumentError, GraphError

INPUTS = "inputs"


@dataclass(frozen=True, slots=True)
class Origin:
    """A document of a graph: its id, the name it goes by, its bytes' hash, its title, and its file, if it is known."""

    id: str
    name: str
    sha256: str
    title: str | None
    path: Path | None


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a graph was made from."""

    ontology: tuple[Path, ...] | None
    model: str | None
    origins: tuple[Origin, ...]
    decisions: Path | None = None  # a file of decisions beside the sources, as the user named it


def record(
    folder: Path, ontology: Iterable[Path] | None, model: str | None, paths: Mapping[str, Path | None], *, decisions: Path | None = None
) -> dict[str, Any]:
    """Return what a manifest says of its inputs; `paths` are the files of the documents by id."""
    return {
        "decisions": None if decisions is None else str(decisions),
        "ontology": None if ontology is None else [relative(path, folder) for path in ontology],
        "model": relative(Path(model), folder) if model and Path(model).is_dir() else model,
        "files": {i: relative(path, folder) for i, path in sorted(paths.items()) if path is not None},
    }


def relative(path: Path, folder: Path) -> str:
    """Return a path as seen from a folder, an absolute one where no way leads there (another drive)."""
    try:
        return PurePosixPath(Path(os.path.relpath(path, folder))).as_posix()
    except ValueError:
        return path.absolute().as_posix()


def read_inputs(folder: Path, manifest: Mapping[str, Any], place: str) -> Inputs:
    """Return what a manifest says of its inputs, whose paths start from a folder; `place` names the graph in errors.

    Raises GraphError where it says nothing, as those of other makers do.
    """
    try:
        told = manifest[INPUTS]
        files = {i: Path(os.path.normpath(folder / path)) for i, path in told["files"].items()}
        documents = [Origin(d["id"], d["path"], d["sha256"], d["title"], files.get(d["id"])) for d in manifest["documents"]]
        ontology = None if told["ontology"] is None else tuple(Path(os.path.normpath(folder / p)) for p in told["ontology"])
        beside = told["model"] and (folder / told["model"]).is_dir()
        model = os.path.normpath(folder / told["model"]) if beside else told["model"]
        decisions = Path(told["decisions"]) if told.get("decisions") else None
    except (TypeError, KeyError, AttributeError) as error:
        raise GraphError(f"{place}: does not say what it was made from; make it again with kg build") from error
    return Inputs(ontology, model, tuple(documents), decisions)


def called(name: str, origins: Iterable[Origin]) -> Origin:
    """Return the document that a user means: by id, name or path, file name, or title.

    Raises DocumentError where none or several fit.
    """
    known = list(origins)
    surest = [o for o in known if name in (o.id, o.name) or same_file(o.path, name)]
    found = surest or [o for o in known if PurePosixPath(o.name).name == name] or [o for o in known if o.title == name]
    if len(found) == 1:
        return found[0]
    if found:
        raise DocumentError(f"{name}: fits several documents; name one by its id: {', '.join(o.id for o in found[:8])}")
    near = get_close_matches(name, [n for o in known for n in (o.name, o.id)], n=5, cutoff=0.3) or [o.name for o in known[:5]]
    raise DocumentError(f"{name}: no document of this graph (it holds {', '.join(near)}{' …' if len(known) > len(near) else ''})")


def same_file(path: Path | None, name: str) -> bool:
    """Whether a name leads to the file that a document came from."""
    return path is not None and path.resolve() == Path(name).resolve()
