"""Sorted quads in place: what is found and spliced is what looking at every line would give."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import GraphError
from kg.graph.lines import Lines, in_default_graph

IRIS = [ox.NamedNode(f"https://attest.example/{name}") for name in ("entity/a", "entity/a-1", "document/one-12345678", "document/two-12345678", "ns/kg#x")]
WORDS = st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from(['" <https://attest.example/document/one-12345678> .', "a\nb", "é > .", " . "])
TERMS = st.sampled_from(IRIS) | WORDS.map(ox.Literal) | WORDS.map(lambda w: ox.Literal(w, language="en")) | st.integers().map(ox.Literal)
GRAPHS = st.sampled_from([ox.DefaultGraph(), *IRIS[2:4]])
QUADS = st.builds(ox.Quad, st.sampled_from(IRIS), st.sampled_from(IRIS), TERMS, GRAPHS)
SETS = st.sets(QUADS, min_size=1, max_size=20)


def lines_of(quads: set[ox.Quad]) -> list[bytes]:
    """Return quads as sorted lines."""
    return sorted({f"{q} .".encode() for q in quads})


def whole(lines: list[bytes]) -> bytes:
    """Return lines as a file holds them."""
    return b"".join(line + b"\n" for line in lines)


@given(SETS)
def test_a_line_tells_whether_it_is_in_the_default_graph(quads: set[ox.Quad]) -> None:
    for quad in quads:
        assert in_default_graph(f"{quad} .".encode()) == isinstance(quad.graph_name, ox.DefaultGraph)


@given(SETS)
def test_lines_of_a_graph_and_of_a_subject(quads: set[ox.Quad]) -> None:
    lines = Lines(whole(lines_of(quads)))
    names = [str(iri).encode() for iri in IRIS[2:4]]
    expected = {name: set(lines_of({q for q in quads if str(q.graph_name).encode() == name})) for name in names}
    assert lines.of_graphs(names) == expected
    for subject in {str(q.subject) for q in quads} | {"<https://attest.example/entity/none>"}:
        assert list(lines.beginning(f"{subject} ".encode())) == lines_of({q for q in quads if str(q.subject) == subject})


@given(SETS, SETS)
def test_splicing_gives_the_other_file(first: set[ox.Quad], second: set[ox.Quad]) -> None:
    before, after = lines_of(first), lines_of(second)
    spliced = Lines(whole(before)).spliced(set(before) - set(after), set(after) - set(before))
    assert b"".join(spliced) == whole(after)


def test_a_line_that_is_not_there_cannot_go() -> None:
    with pytest.raises(GraphError, match="not in the graph that shall lose it"):
        b"".join(Lines(b"<a> <b> <c> .\n").spliced([b"<a> <b> <d> ."], []))
