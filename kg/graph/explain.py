"""What a query asks the engine to do, as a tree: its algebra, and how many triples fit each pattern by itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from rdflib.paths import Path
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue, Expr
from rdflib.term import BNode, Node

from kg.errors import QueryError
from kg.graph.prefixes import shorten
from kg.graph.sparql import check, dataset_clause

if TYPE_CHECKING:
    from kg.graph.graph import Graph

Count = Callable[[str], int]  # of the solutions of a pattern
PARTS = ("p", "p1", "p2", "part")  # of a node of the algebra: what it takes its rows from


def explain(graph: Graph, text: str) -> Iterator[str]:
    """Yield the algebra of a query, a line to a node, with the number of triples that fit each pattern.

    Patterns stand as rdflib orders them; the engine begins with those that few triples fit. Paths are not counted.
    Raises QueryError where the query is wrong.
    """
    chosen = dataset_clause(check(text, graph.prefixes, graph.names), graph.prefixes)
    clause = " ".join([*(f"FROM <{iri}>" for iri in chosen.default), *(f"FROM NAMED <{iri}>" for iri in chosen.named)])
    try:
        algebra = translateQuery(parseQuery(text), initNs=graph.prefixes).algebra
    except Exception as error:  # rdflib's parser raises whatever it meets
        raise QueryError(f"the query runs, but cannot be explained: {error}") from error

    def count(where: str) -> int:
        [(found,)] = graph.query(f"SELECT (COUNT(*) AS ?matches) {clause} WHERE {{ {where} }}").terms()
        return int(getattr(found, "value", 0))

    yield from lines(algebra, "", None, count, graph.prefixes)


def lines(part: CompValue, indent: str, context: Node | None, count: Count, prefixes: Mapping[str, str]) -> Iterator[str]:
    """Yield a node of the algebra and those below it; `context` is the GRAPH around it."""
    yield f"{indent}{title(part, prefixes)}"
    inner = part.term if part.name == "Graph" else context
    triples = list(part.get("triples") or ()) if part.name == "BGP" else []
    counted = [(" ".join(term(t, prefixes) for t in pattern), told(pattern, inner, count)) for pattern in triples]
    widest = max((len(words) for words, _ in counted), default=0)
    yield from (f"{indent}  {words:<{widest}}  {matches}" for words, matches in counted)
    for name in PARTS:
        if isinstance(below := part.get(name), CompValue):
            yield from lines(below, indent + "  ", inner, count, prefixes)


def title(part: CompValue, prefixes: Mapping[str, str]) -> str:
    """Return what a node does, with what it is given."""
    given: list[str] = []
    if part.get("PV") is not None and part.name in ("Project", "SelectQuery"):
        given = sorted(variable.n3() for variable in part.PV)  # rdflib keeps those of * in no order
    elif part.name == "Graph":
        given = [term(part.term, prefixes)]
    elif part.name == "Slice":
        given = [f"from {part.start}", *([f"at most {part.length}"] if part.length is not None else [])]
    elif part.name == "Extend":
        given = [part.var.n3()]
    elif part.name in ("Filter", "LeftJoin") and isinstance(part.get("expr"), Expr) and part.expr.name != "TrueFilter":
        given = [part.expr.name.removeprefix("Builtin_")]
    return " ".join([part.name, *given])


def told(pattern: tuple[Any, Any, Any], context: Node | None, count: Count) -> str:
    """Say how many triples fit a pattern."""
    if isinstance(pattern[1], Path):
        return "(a path; not counted)"
    words = " ".join(f"?blank_{t}" if isinstance(t, BNode) else t.n3() for t in pattern)
    number = count(words if context is None else f"GRAPH {context.n3()} {{ {words} }}")
    return f"{number} triple{'' if number == 1 else 's'}"


def term(part: Any, prefixes: Mapping[str, str]) -> str:
    """Return a term, or a path, with short names."""
    if isinstance(part, BNode):
        return "[]"
    return re.sub(r"<([^<>]*)>", lambda m: shorten(m[1], prefixes) or m[0], part.n3())
