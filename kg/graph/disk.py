"""An index of a graph on disk: an Oxigraph database beside `graph.nq`, for graphs that memory should not hold.

An index bears the hash of the graph it was loaded from and never changes after that. A writer makes a new one, and
removes the old only where no reader holds it: a reader is never in the way, and never sees half of one.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pyoxigraph as ox

from kg.errors import GraphError

NAME = re.compile(r"graph-[0-9a-f]{16}\.oxigraph(\.new)?")
ASIDE = ".new"
LOCK = "CURRENT"  # a file that every index has


def index_of(folder: Path, sha256: str) -> Path:
    """Return where the index of a graph with this hash stands, or would."""
    return folder / f"graph-{sha256[:16]}.oxigraph"


def indexes(folder: Path) -> Iterator[Path]:
    """Yield the indexes of a folder, those half written included."""
    yield from (path for path in sorted(folder.iterdir()) if NAME.fullmatch(path.name) and path.is_dir())


def write_index(quads: Path, index: Path) -> None:
    """Load N-Quads into a new index, and give it its name when all is on the disk.

    Raises OSError where the disk is full or not writable.
    """
    if index.exists():
        return
    aside = index.with_name(index.name + ASIDE)
    shutil.rmtree(aside, ignore_errors=True)
    store = ox.Store(str(aside))
    store.bulk_load(path=str(quads), format=ox.RdfFormat.N_QUADS)
    store.flush()
    del store  # closes the database
    for path in aside.iterdir():
        sync_file(path)
    aside.rename(index)


def sync_file(path: Path) -> None:
    """Write a file down to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def open_index(index: Path) -> tuple[ox.Store, int | None]:
    """Open an index for reading, with a handle that keeps writers from removing it until it is closed.

    Raises GraphError where there is none, or it is broken.
    """
    handle = hold(index)
    try:
        return ox.Store.read_only(str(index)), handle
    except (OSError, ValueError) as error:
        if handle is not None:
            os.close(handle)
        raise GraphError(f"{index}: cannot be read: {error}; remove it, or run kg build again") from error


def hold(index: Path) -> int | None:
    """Lock an index against removal; systems without file locks (Windows) do without.

    Raises GraphError where there is no index.
    """
    try:
        handle = os.open(index / LOCK, os.O_RDONLY)
    except OSError as error:
        raise GraphError(f"{index}: cannot be read: {error.strerror or error}; run kg build again") from error
    if sys.platform == "win32":
        os.close(handle)
        return None
    import fcntl

    fcntl.flock(handle, fcntl.LOCK_SH)
    return handle


def remove_indexes(folder: Path, *, but: Path | None = None) -> None:
    """Remove the indexes of a folder but one, and those that a reader holds: the next write removes them.

    An index loses its name first, so that a kill leaves nothing that looks whole.
    """
    for index in indexes(folder):
        if index != but and not held(index):
            aside = index if index.name.endswith(ASIDE) else index.with_name(index.name + ASIDE)
            if aside != index:
                shutil.rmtree(aside, ignore_errors=True)
                with suppress(OSError):
                    index.rename(aside)
            shutil.rmtree(aside, ignore_errors=True)


def held(index: Path) -> bool:
    """Whether a reader holds an index."""
    if sys.platform == "win32":
        return False
    import fcntl

    with suppress(FileNotFoundError):
        handle = os.open(index / LOCK, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(handle)
    return False
