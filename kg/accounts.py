"""The account of a graph, kept beside it: what the next graph goes on from.

One file holds how the documents were joined and what each gives to the graph. Its lines for a document that has not
changed are passed on as they are. Like all that is kept, it is sealed; what cannot be read is as good as none.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any

from kg.claims.assemble import Before, Joined, Sketch, parted
from kg.claims.digest import Event, Telling
from kg.codec import decode, encode
from kg.entities.merge import Member, Told
from kg.errors import CodecError
from kg.graph.follow import Plan
from kg.graph.increment import Account, Conclusion, Share
from kg.readings import Readings, compact

NAME = "account"
HEAD = 3  # lines before those of documents
ROW = attrgetter(*(f.name for f in fields(Member) if f.name != "document"))


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of a graph."""

    account: Account
    before: Before


def load(readings: Readings) -> Kept | None:
    """Return what is known of the graph beside some readings; nothing where that cannot be read."""
    content = readings.content(NAME)
    if content is None:
        return None
    try:
        return kept_from(bytes(content).split(b"\n"))
    except (CodecError, ValueError, TypeError, LookupError):
        return None


def save(readings: Readings, account: Account, joined: Joined) -> None:
    """Keep the account of a graph and how its documents are joined.

    Raises GraphError where the folder cannot be written.
    """
    readings.put(NAME, b"\n".join(lines_of(account, joined)))


def lines_of(account: Account, joined: Joined) -> Iterator[bytes]:
    """Yield the lines of the file."""
    sketches = [(s, *(s.kept or sketch_lines(s))) for s in joined.sketches]
    yield line_of([account.graph, account.basis, account.looks_at, encode(account.plans), account.entities])
    yield line_of({key: [t.id, t.label, t.cls, t.kept] for key, t in sorted(joined.told.items()) if key in joined.shared})
    yield line_of([[c.triple, c.rule, c.claims, c.round] for c in account.conclusions])
    for sketch, others, own in sketches:
        share = account.shares[sketch.document]
        yield others
        yield own
        yield line_of([share.entities, share.claims, share.observations, share.judgements, share.facts])


def sketch_lines(sketch: Sketch) -> tuple[bytes, bytes]:
    """Return a sketch as two lines: what concerns other documents, and the clusters that do not."""
    shared, own = parted(sketch)
    first = [sketch.document, sketch.reading, encode(sketch.events), sorted(sketch.countries), list(map(ROW, shared))]
    return line_of(first), line_of(list(map(ROW, own)))


def line_of(data: Any) -> bytes:
    """Return data as a line."""
    return compact(data).encode()


def kept_from(lines: list[bytes]) -> Kept:
    """Return what the lines of the file say.

    Raises CodecError, ValueError, TypeError or LookupError where they are of another form.
    """
    head, told, conclusions = map(json.loads, lines[:HEAD])
    graph, basis, looks_at, plans, entities = head
    documents = [sketch_from(*lines[n : n + 2]) for n in range(HEAD, len(lines), 3)]
    shares = {s.document: Share(*json.loads(line)) for s, line in zip(documents, lines[HEAD + 2 :: 3], strict=True)}
    concluded = tuple(Conclusion(triple, rule, tuple(claims), round) for triple, rule, claims, round in conclusions)
    account = Account(graph, basis, looks_at, decode(tuple[Plan, ...] | None, plans), entities, shares, concluded)
    return Kept(account, Before({s.document: s for s in documents}, {key: Told(*row) for key, row in told.items()}))


def sketch_from(shared: bytes, own: bytes) -> Sketch:
    """Return the sketch that two lines hold; errors as `kept_from`."""
    document, reading, events, countries, rows = json.loads(shared)
    return Sketch(document, reading, members(document, rows), tuple(map(event_from, events)), countries, rest(document, own), (shared, own))


def event_from(row: list[Any]) -> Event:
    """Return an event from its row."""
    cluster, cls, tellings, about = row
    return Event(cluster, cls, tuple(Telling(*t) for t in tellings), tuple(about))


def members(document: str, rows: Iterable[Any]) -> list[Member]:
    """Return clusters from their rows."""
    return [Member(document, *row) for row in rows]


def rest(document: str, line: bytes) -> Callable[[], list[Member]]:
    """Return what reads the clusters that do not concern other documents."""
    return lambda: members(document, json.loads(line))
