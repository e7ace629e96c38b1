"""rdflib over our graphs: Oxigraph behind a Dataset without its traps, and rdflib's own memory store.

What oxrdflib leaves out (FROM, prepared queries, bound variables, registered functions, each triple once in a union)
works here; what cannot work raises a QueryError that says why, and never falls back on rdflib's slow engine unasked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pyoxigraph as ox
import rdflib
from oxrdflib import OxigraphStore
from rdflib.graph import DATASET_DEFAULT_GRAPH_ID
from rdflib.plugins.sparql.sparql import Query, Update
from rdflib.query import Result as RdflibResult

from kg.errors import GraphError, QueryError
from kg.graph.bridge import from_rdflib, named, registered, to_rdflib
from kg.graph.graph import Graph
from kg.graph.result import Result, ResultKind
from kg.graph.sparql import check_update, syntax_error
from kg.graph.terms import DEFAULT

UNION = "__UNION__"  # what rdflib says where the default graph is the union of all


def dataset_over(store: ox.Store, prefixes: Mapping[str, str]) -> rdflib.Dataset:
    """Return a Dataset over an Oxigraph store."""
    dataset = rdflib.Dataset(store=Oxigraph(store=store))
    for prefix, namespace in prefixes.items():
        dataset.bind(prefix, namespace, override=True)
    return dataset


class Oxigraph(OxigraphStore):
    """Oxigraph as a store of rdflib's."""

    changed = False  # whether anything was written through this store

    def query(self, query: Query | str, initNs: Mapping[str, Any], initBindings: Mapping[str, Any], queryGraph: Any, **others: object) -> RdflibResult:
        """Answer a query, prepared or not; a graph of the dataset is its own default graph.

        Raises QueryError as `kg.query.run`, and for options that Oxigraph lacks.
        """
        from kg.query import run

        refuse_options(others)
        text, namespaces = text_of(query, initNs)
        graph = Graph(self._inner, manifest={"prefixes": {**self._namespace_for_prefix, **namespaces}})
        default = None
        if queryGraph == UNION:
            graph = graph.scoped([DEFAULT, *self._inner.named_graphs()], self._inner.named_graphs())
        elif queryGraph != DATASET_DEFAULT_GRAPH_ID:
            default = from_rdflib(queryGraph)
        return rdflib_result(run(graph, text, bindings={str(k): v for k, v in initBindings.items()}, default=default))

    def update(self, update: Update | str, initNs: Mapping[str, Any], initBindings: Mapping[str, Any], queryGraph: Any, **others: object) -> None:
        """Change the dataset: wholly, or, where anything fails, not at all.

        Raises QueryError for a wrong update, for SERVICE and LOAD, and for options that Oxigraph lacks.
        """
        refuse_options(others)
        if initBindings:
            raise QueryError("an update takes no initBindings; write VALUES ?x { … } into its WHERE")
        if queryGraph not in (DATASET_DEFAULT_GRAPH_ID, UNION):
            raise QueryError(f"an update runs on the whole dataset, not on one graph; write WITH <{queryGraph}>")
        text, namespaces = text_of(update, initNs)
        prefixes = {**self._namespace_for_prefix, **{k: str(v) for k, v in namespaces.items()}}
        runnable = check_update(text, prefixes)
        try:
            with self.writing():
                self._inner.update(runnable, prefixes=prefixes, custom_functions=dict(registered()))
        except SyntaxError as error:
            raise syntax_error(text, str(error)) from error
        except (OSError, RuntimeError, ValueError) as error:
            raise QueryError(f"the update failed: {error}") from error

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Note that the store was changed.

        Raises GraphError where it cannot be: an index is open for reading only.
        """
        try:
            yield
        except (OSError, RuntimeError) as error:
            if "read-write" not in str(error):
                raise
            raise GraphError(f"this graph cannot be changed: {error}; an index is for reading, change a copy (Graph.to_rdflib)") from error
        self.changed = True

    def triples(self, triple_pattern: Any, context: Any = None) -> Iterator[Any]:
        """Yield each triple once, with the graphs that hold it."""
        if context is not None:
            yield from super().triples(triple_pattern, context)
            return
        seen: dict[Any, list[Any]] = {}
        for triple, graphs in super().triples(triple_pattern):
            seen.setdefault(triple, []).extend(graphs)
        yield from ((triple, iter(graphs)) for triple, graphs in seen.items())

    def add(self, triple: Any, context: Any, quoted: bool = False) -> None:
        """Add a triple to a graph."""
        with self.writing():
            super().add(triple, context, quoted)

    def addN(self, quads: Iterable[Any]) -> None:
        """Add quads; a generator is read once, so that events see what the store saw."""
        with self.writing():
            super().addN(list(quads))

    def remove(self, triple: Any, context: Any = None) -> None:
        """Remove what fits a pattern."""
        with self.writing():
            super().remove(triple, context)

    def rollback(self) -> None:
        """Raise GraphError: a change stands at once, and silence would hide that."""
        raise GraphError("nothing can be rolled back: each change stands at once; work on a copy (Graph.to_rdflib), or put all in one update")


def refuse_options(options: Mapping[str, object]) -> None:
    """Raise QueryError for options of rdflib's engine; a NotImplementedError would start it instead."""
    for name in options:
        raise QueryError(f"{name}: an option of rdflib's own engine; write it into the query (BASE, PREFIX), or ask Graph.to_rdflib()")


def text_of(query: Query | Update | str, namespaces: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    """Return the text of a query and its namespaces; a prepared one knows both."""
    if not isinstance(query, Query | Update):
        return query, {prefix: str(namespace) for prefix, namespace in namespaces.items()}
    text, own, base = query._original_args
    namespaces = {**namespaces, **own}
    return f"BASE <{named(str(base)).value}> {text}" if base else text, {k: str(v) for k, v in namespaces.items()}


def rdflib_result(result: Result) -> RdflibResult:
    """Return a result as rdflib's own class."""
    out = RdflibResult({ResultKind.ASK: "ASK", ResultKind.SELECT: "SELECT", ResultKind.GRAPH: "CONSTRUCT"}[result.kind])
    if result.kind is ResultKind.ASK:
        out.askAnswer = bool(result)
    elif result.kind is ResultKind.GRAPH:
        out.graph = result.graph
    else:
        out.vars = result.vars
        out.bindings = ({v: to_rdflib(t) for v, t in zip(out.vars, row, strict=True) if t is not None} for row in result.stream())
    return out


class RdflibStore:
    """A graph kept in rdflib's own memory store (or any that a Dataset is given): the fallback, slow and pure Python."""

    def __init__(self, dataset: rdflib.Dataset | None = None) -> None:
        """Take a dataset, or start an empty one."""
        self.dataset = dataset if dataset is not None else rdflib.Dataset()
        self._manifest: Mapping[str, Any] | None = None

    def check(self) -> None:
        """Do nothing: whatever the dataset holds is replaced."""

    def write(self, graph: Graph) -> None:
        """Keep a graph in place of what the dataset holds."""
        for context in list(self.dataset.graphs()):
            self.dataset.remove_graph(context)
        for quad in graph.store:
            name = None if isinstance(quad.graph_name, ox.DefaultGraph) else to_rdflib(quad.graph_name)
            into = self.dataset.default_graph if name is None else self.dataset.graph(name)
            into.add((to_rdflib(quad.subject), to_rdflib(quad.predicate), to_rdflib(quad.object)))
        for prefix, namespace in graph.prefixes.items():
            self.dataset.bind(prefix, namespace, override=True)
        self._manifest = graph.manifest

    def manifest(self) -> Mapping[str, Any] | None:
        """Return what was told of the graph that was kept."""
        return self._manifest

    def read(self) -> Graph:
        """Return the graph that was kept.

        Raises GraphError where there is none.
        """
        if self._manifest is None:
            raise GraphError("no graph in this dataset yet")
        store = ox.Store()
        store.bulk_extend(ox.Quad(*map(from_rdflib, quad)) for quad in self.dataset.quads())
        return Graph(store, manifest=self._manifest)
