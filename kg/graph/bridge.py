"""Oxigraph's terms ⇄ rdflib's, and the functions that are registered with rdflib, for Oxigraph."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

import pyoxigraph as ox
import rdflib
from rdflib.term import BNode, URIRef

from kg.errors import QueryError
from kg.graph.terms import Term

STRING = ox.NamedNode(str(rdflib.XSD.string))
OPERATORS = "rdflib.plugins.sparql.operators"  # where rdflib keeps registered functions


def to_rdflib(term: Term | None) -> Any:
    """Return an Oxigraph term as rdflib's, a string subclass that knows its Python value; nothing stays nothing."""
    if isinstance(term, ox.NamedNode):
        return str.__new__(URIRef, term.value)  # the engine has examined it; URIRef() would once more
    if term is None:
        return None
    if isinstance(term, ox.BlankNode):
        return BNode(term.value)
    if isinstance(term, ox.Literal):
        return literal(term)
    raise TypeError(f"rdflib has no term for {term!r}")


def literal(term: ox.Literal) -> rdflib.Literal:
    """Return a literal; words, which most are, get what `rdflib.Literal(words)` sets after trying each datatype."""
    if term.datatype != STRING:
        if term.language:
            return rdflib.Literal(term.value, lang=term.language)
        return rdflib.Literal(term.value, datatype=term.datatype.value, normalize=False)
    words = term.value
    out = str.__new__(rdflib.Literal, words)
    out._language = out._datatype = out._ill_typed = None
    out._value = words
    return out


def from_rdflib(term: Any) -> Any:
    """Return an rdflib term as Oxigraph's; the default graph of a dataset included.

    Raises QueryError for what is no RDF term.
    """
    if isinstance(term, rdflib.Graph):
        term = term.identifier
    if term is None or term == rdflib.graph.DATASET_DEFAULT_GRAPH_ID:
        return ox.DefaultGraph()
    if isinstance(term, BNode):
        return ox.BlankNode(str(term))
    if isinstance(term, rdflib.Literal):
        datatype = ox.NamedNode(str(term.datatype)) if term.datatype else None
        return ox.Literal(str(term), language=term.language, datatype=None if term.language else datatype)
    if isinstance(term, URIRef):
        return named(str(term))
    raise QueryError(f"{term!r}: is no RDF term")


def named(iri: str) -> ox.NamedNode:
    """Return an IRI as a term.

    Raises QueryError where the words are none.
    """
    try:
        return ox.NamedNode(iri)
    except ValueError as error:
        raise QueryError(f"<{iri}>: not an IRI: {error}") from error


# ---- functions -----------------------------------------------------------------------------------


def registered() -> Mapping[ox.NamedNode, Callable[..., Any]]:
    """Return the functions that somebody registered with rdflib, for Oxigraph to call.

    Left out are `raw` ones, which take rdflib's own evaluation apart; a query that calls one is an error.
    """
    operators = sys.modules.get(OPERATORS)  # not imported: nothing can be registered
    found = operators._CUSTOM_FUNCTIONS if operators else {}
    return {named(str(iri)): adapted(function) for iri, (function, raw) in found.items() if not raw}


def adapted(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of rdflib terms as one of Oxigraph's; where it cannot answer, nothing, as SPARQL has it."""
    from rdflib.plugins.sparql.sparql import SPARQLError

    def call(*terms: Any) -> Any:
        try:
            return from_rdflib(function(*map(to_rdflib, terms)))
        except (SPARQLError, TypeError, QueryError):
            return None

    return call
