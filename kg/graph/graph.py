"""The graph that users hold: rdflib's API and SPARQL on Oxigraph, the model's values, and networkx."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox
from rdflib.namespace import RDFS

from kg.graph.convert import from_rdf
from kg.graph.derived import Derivation, derivations
from kg.graph.prefixes import COMMON
from kg.graph.terms import DEFAULT, ONTOLOGY_GRAPH
from kg.model import Claim, Extraction, Literal
from kg.ontology import local_name

if TYPE_CHECKING:
    import networkx
    import rdflib

    from kg.graph.result import Raw, Result

GraphName = ox.NamedNode | ox.BlankNode | ox.DefaultGraph


class Graph:
    """A graph in memory, or opened from an index.

    `store` is Oxigraph's, `dataset` the same under rdflib's API (its default graph is what a plain query
    sees; each document has a named graph), `extraction` the same as values of `kg.model`.
    """

    local = True  # a subclass may be elsewhere

    def __init__(self, store: ox.Store | None, *, manifest: Mapping[str, Any] | None = None, folder: Path | None = None) -> None:
        """Take a filled store; `folder` is where it was read from, if anywhere. Without a store the folder is read when it is asked for."""
        self._store = store
        self.manifest: Mapping[str, Any] = manifest or {}
        self.folder = folder

    @property
    def store(self) -> ox.Store:
        """All quads."""
        if self._store is None:
            from kg.graph.store import load

            assert self.folder is not None
            self._opened = load(self.folder)  # kept, for it holds the index that the store may be
            self._store, self.manifest = self._opened.store, self._opened.manifest
        return self._store

    @property
    def prefixes(self) -> dict[str, str]:
        """The prefixes that a query may use without declaring them."""
        return {**COMMON, **self.manifest.get("prefixes", {})}

    @cached_property
    def dataset(self) -> rdflib.Dataset:
        """The graph as an rdflib Dataset over the same store; queries and updates run on Oxigraph's engine."""
        from kg.graph.dataset import dataset_over

        return dataset_over(self.store, self.prefixes)

    @property
    def changed(self) -> bool:
        """Whether something was written through `dataset`."""
        return "dataset" in self.__dict__ and bool(getattr(self.dataset.store, "changed", False))

    @property
    def names(self) -> Container[str]:
        """The IRIs of the named graphs."""
        return GraphNames(self.store)

    def answer(
        self, text: str, prefixes: Mapping[str, str], *, default: ox.NamedNode | None = None, timeout: float | None = None
    ) -> Raw:
        """Run a query on the engine as it stands; `query` is for people.

        `default` is the graph that a plain pattern sees, if not the default graph. Raises what the engine raises:
        SyntaxError, ValueError, OSError; QueryError where `timeout` seconds pass.
        """
        if timeout is None:
            from kg.graph.bridge import registered

            functions = {"custom_functions": found} if (found := registered()) else {}
            return self.store.query(text, prefixes=dict(prefixes), default_graph=default, **functions)  # type: ignore[arg-type]
        from kg.graph.worker import ask, parse

        source = self.place or self.store.dump(format=ox.RdfFormat.N_QUADS) or b""
        return parse(ask(text, prefixes=prefixes, source=source, timeout=timeout, default=default))

    @property
    def place(self) -> Path | None:
        """The file or index that holds exactly this graph; nothing where there is none, or it was changed since."""
        from kg.graph.store import place_of

        return place_of(self)

    def scoped(self, default: Iterable[GraphName], named: Iterable[GraphName] = ()) -> Graph:
        """Return a copy in which the default graph is the union of some graphs, each triple once.

        The engine would give a triple once for each graph that holds it, so it cannot be asked over the union itself.
        """
        store = ox.Store()
        for name in default:
            store.extend(ox.Quad(q.subject, q.predicate, q.object) for q in self.store.quads_for_pattern(None, None, None, name))
        for name in named:
            store.extend(self.store.quads_for_pattern(None, None, None, name))
        return Graph(store, manifest={"prefixes": self.prefixes})

    def to_rdflib(self) -> rdflib.Dataset:
        """Return a copy in rdflib's own memory store: slow, but pure Python, and its engine knows every extension."""
        from kg.graph.dataset import RdflibStore

        store = RdflibStore()
        store.write(self)
        return store.dataset

    @cached_property
    def extraction(self) -> Extraction:
        """Documents, entities, claims, figures and judgements."""
        return from_rdf(self.store)

    @cached_property
    def derivations(self) -> tuple[Derivation, ...]:
        """What rules derived, as claims with the claims they came from."""
        return derivations(self.store, self.extraction)

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """What the ontology calls its classes and properties, by local name."""
        rows = self.store.quads_for_pattern(None, ox.NamedNode(str(RDFS.label)), None, ONTOLOGY_GRAPH)
        return {
            local_name(q.subject.value): q.object.value
            for q in rows
            if isinstance(q.subject, ox.NamedNode) and isinstance(q.object, ox.Literal)
        }

    def query(self, text: str, **bindings: object) -> Result:
        """Answer a SPARQL query; keyword arguments give variables their values.

        The prefixes of this graph need no declaration. A value is an rdflib or Oxigraph term, a number, a date, or
        text as on the command line: `<iri>`, `ent:ana-ruiz`, `"words"`. Raises QueryError.
        """
        from kg.query import run

        return run(self, text, bindings=bindings)

    def to_networkx(self) -> networkx.MultiDiGraph[str]:
        """Return entities as nodes and claims as edges, under their ids.

        A claim whose object is a value becomes an item of `values` of its subject's node.
        """
        import networkx

        network: networkx.MultiDiGraph[str] = networkx.MultiDiGraph()
        for entity in self.extraction.entities:
            place = {} if entity.latitude is None else {"latitude": entity.latitude, "longitude": entity.longitude}
            network.add_node(entity.id, label=entity.label, types=list(entity.types), named=entity.named, **place)
        for kind, claim in self.all_claims():
            add_edge(network, claim, kind)
        return network

    def all_claims(self) -> Iterator[tuple[str, Claim]]:
        """Yield each claim with its kind: taught, open, or derived where a rule drew it."""
        known = {claim.id for claim in self.extraction.claims}
        yield from ((claim.kind.value, claim) for claim in self.extraction.claims)
        yield from (("derived", d.claim) for d in self.derivations if d.claim.id not in known)

    def __len__(self) -> int:
        """Count the triples of the default graph: what a plain query sees."""
        return sum(1 for _ in self.store.quads_for_pattern(None, None, None, DEFAULT))

    def __bool__(self) -> bool:
        """Whether there is anything at all."""
        return next(iter(self.store), None) is not None

    def __repr__(self) -> str:
        """Say how much there is."""
        counts = self.manifest.get("counts", {})
        told = ", ".join(f"{counts[name]} {name}" for name in ("documents", "entities", "claims") if name in counts)
        return f"<Graph: {told or f'{len(self)} triples'}>"

    def _repr_html_(self) -> str:
        """Show the network in a notebook."""
        from kg.view import frame

        return frame(self)


class GraphNames:
    """The named graphs of a store, asked one by one: there may be thousands."""

    def __init__(self, store: ox.Store) -> None:
        """Take the store."""
        self.store = store

    def __contains__(self, iri: object) -> bool:
        """Whether there is a graph of this name."""
        try:
            return self.store.contains_named_graph(ox.NamedNode(str(iri)))
        except ValueError:
            return False


def add_edge(network: networkx.MultiDiGraph[str], claim: Claim, kind: str) -> None:
    """Add a claim to a network."""
    from kg.show import mark_of

    if isinstance(claim.object, Literal):
        network.add_node(claim.subject)
        values = network.nodes[claim.subject].setdefault("values", {})
        values.setdefault(claim.predicate, []).append(claim.object.value)
        return
    network.add_edge(
        claim.subject,
        claim.object,
        key=claim.id,
        predicate=claim.predicate,
        kind=kind,
        modality=claim.modality.value,
        polarity=claim.polarity.value,
        source=[speaker.words for speaker in claim.source],
        when=claim.when,
        mark=mark_of(claim),
        document=claim.document,
        quote=claim.evidence[0].quote if claim.evidence else "",
    )
