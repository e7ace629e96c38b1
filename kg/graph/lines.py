"""Sorted N-Quads: a line, all of a subject or all of a graph is found without looking at the rest."""

from __future__ import annotations

import hashlib
import mmap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kg.errors import GraphError

TAIL = 8  # bytes by which the names of graphs are told apart at first sight: as one number


@dataclass(frozen=True, slots=True)
class Pieces:
    """What a graph file shall hold, in pieces that need not be copied to be written, with its hash and its number of lines."""

    pieces: Sequence[bytes | memoryview]
    sha256: str
    quads: int


def pieces_of(data: bytes) -> Pieces:
    """Return the lines of a graph as one piece."""
    return Pieces((data,), hash_of((data,)), data.count(b"\n"))


def hash_of(pieces: Iterable[bytes | memoryview | mmap.mmap]) -> str:
    """Return the hash of pieces that follow each other."""
    found = hashlib.sha256()
    for piece in pieces:
        found.update(piece)
    return found.hexdigest()


def mapped(file: Path) -> mmap.mmap:
    """Return what a file holds, as memory that is read where it is looked at.

    Raises OSError where there is no such file, ValueError where there is nothing in it.
    """
    with file.open("rb") as opened:
        return mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)


class Lines:
    """The sorted lines of a graph file; each ends in a newline."""

    def __init__(self, data: bytes | mmap.mmap) -> None:
        """Take what a graph file holds."""
        self.data = data

    def offset(self, line: bytes, low: int = 0) -> int:
        """Return where the first line begins that is not before some bytes; `low` is where a line begins before it."""
        high = len(self.data)
        while low < high:
            start = self.data.rfind(b"\n", low, (low + high) // 2) + 1 or low
            end = self.data.find(b"\n", start) + 1
            if self.data[start : end - 1] < line:
                low = end
            else:
                high = start
        return low

    def beginning(self, prefix: bytes) -> Iterator[bytes]:
        """Yield the lines that begin with some bytes."""
        at = self.offset(prefix)
        while self.data[at : at + len(prefix)] == prefix:
            end = self.data.find(b"\n", at)
            yield self.data[at:end]
            at = end + 1

    def of_graphs(self, graphs: Iterable[bytes]) -> dict[bytes, set[bytes]]:
        """Return the lines of named graphs, which are given in angle brackets.

        All are found in one look at the ends of the lines.
        """
        import numpy

        out: dict[bytes, set[bytes]] = {graph: set() for graph in graphs}
        if not out:
            return out
        ends = numpy.flatnonzero(numpy.frombuffer(self.data, numpy.uint8) == ord("\n"))
        wanted = numpy.frombuffer(b"".join(graph[-TAIL:] for graph in out), numpy.uint64)
        tails = numpy.lib.stride_tricks.sliding_window_view(numpy.frombuffer(self.data, numpy.uint8), TAIL)[ends - len(" .") - TAIL]
        for number in numpy.flatnonzero(numpy.isin(tails.view(numpy.uint64).ravel(), wanted)):
            line = self.data[ends[number - 1] + 1 if number else 0 : ends[number]]
            graph = line[line.rfind(b" ", 0, -len(" .")) + 1 : -len(" .")]
            if graph in out and not in_default_graph(line):
                out[graph].add(line)
        return out

    def spliced(self, gone: Iterable[bytes], new: Iterable[bytes]) -> Iterator[bytes | memoryview]:
        """Yield the file without some lines and with others, in long pieces.

        Raises GraphError where a line that shall go is not there.
        """
        changes = sorted([*((line, True) for line in gone), *((line, False) for line in new)])
        done, whole = 0, memoryview(self.data)
        for line, goes in changes:
            at = self.offset(line, done)
            yield whole[done:at]
            done = at
            if not goes:
                yield line + b"\n"
            elif self.data[at : at + len(line) + 1] == line + b"\n":
                done = at + len(line) + 1
            else:
                raise GraphError(f"{line.decode(errors='replace')[:80]}: not in the graph that shall lose it")
        yield whole[done:]


def in_default_graph(line: bytes) -> bool:
    """Whether a quad stands in the default graph: nothing but a full stop follows its object."""
    behind = line.split(b" ", 2)[2]
    return behind[behind.rfind(b'"') + 1 :].count(b" ") == 1
