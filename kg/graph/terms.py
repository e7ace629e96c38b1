"""RDF terms of the graph: how IRIs are minted from ids, and plain values become literals, both ways."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote, unquote

import pyoxigraph as ox
from rdflib import XSD

from kg.errors import GraphError
from kg.model import Literal, content_id
from kg.namespaces import BASE, DERIVED, EDTF, KG

Subject = ox.NamedNode | ox.BlankNode | ox.Triple
Term = Subject | ox.Literal

DEFAULT = ox.DefaultGraph()
BUILD_GRAPH = ox.NamedNode(BASE + "graph/build")  # versions of what built the graph
ONTOLOGY_GRAPH = ox.NamedNode(BASE + "graph/ontology")  # labels of classes and properties
DECISIONS_GRAPH = ox.NamedNode(BASE + "graph/decisions")  # what people decided, and what was read before
DERIVED_GRAPH = ox.NamedNode(DERIVED)  # what rules add, with the claims it came from
DERIVATION = BASE + "derived/"
BUILD = BASE + "build/"
OPEN = BASE + "ns/open#"
MENTION = BASE + "mention/"
BLOCK = BASE + "block/"
TABLE = BASE + "table/"

DATATYPES = {
    "string": str(XSD.string),
    "integer": str(XSD.integer),
    "decimal": str(XSD.decimal),
    "date": str(EDTF.EDTF),
    "duration": str(KG.duration),
    "quantity": str(KG.quantity),
}
NAMES_OF_DATATYPES = {iri: name for name, iri in DATATYPES.items()}
CANONICAL = {
    "integer": re.compile(r"0|-?[1-9][0-9]*"),
    "decimal": re.compile(r"0|-?(?!0+$)(0|[1-9][0-9]*)(\.[0-9]*[1-9])?"),
}


@lru_cache(maxsize=65536)
def node(iri: str) -> ox.NamedNode:
    """Return the IRI as a term.

    Raises GraphError where the text is no IRI.
    """
    try:
        return ox.NamedNode(iri)
    except ValueError as error:
        raise GraphError(f"{iri!r}: not an IRI ({error})") from error


def minted(namespace: str, *parts: object) -> ox.NamedNode:
    """Mint an IRI from the parts of an id, percent-encoded and joined by hyphens."""
    return node(str(namespace) + "-".join(quote(str(part), safe="") for part in parts))


def id_of(term: Term | None, namespace: str) -> str:
    """Return the id that an IRI was minted from.

    Raises GraphError for what is no IRI of the namespace.
    """
    if not isinstance(term, ox.NamedNode) or not term.value.startswith(namespace):
        raise GraphError(f"{term}: expected an IRI under {namespace}")
    return unquote(term.value[len(namespace) :])


def open_predicate(phrase: str) -> ox.NamedNode:
    """Return the IRI of an open predicate: the words of the phrase, joined by hyphens."""
    words = re.findall(r"\w+", phrase.lower())
    return minted(OPEN, "-".join(words) or content_id(phrase))


def text(value: str | None) -> ox.Literal | None:
    """Return a string as a literal; nothing stays nothing."""
    return None if value is None else ox.Literal(value)


def edtf(value: str | None) -> ox.Literal | None:
    """Return a date or period in EDTF as a literal; nothing stays nothing."""
    return None if value is None else ox.Literal(value, datatype=node(EDTF.EDTF))


def number(value: float | int | None) -> ox.Literal | None:
    """Return a number as integer, decimal, or, where only an exponent can write it, double."""
    if value is None:
        return None
    words = repr(value)
    if isinstance(value, int):
        return ox.Literal(words, datatype=node(XSD.integer))
    plain = re.fullmatch(r"-?[0-9]+\.[0-9]+", words)
    return ox.Literal(words, datatype=node(XSD.decimal if plain else XSD.double))


def flag(value: bool) -> ox.Literal:
    """Return a truth value as a literal."""
    return ox.Literal(value)


def number_of(term: Term) -> float | int:
    """Return the number that a literal holds; the datatype says whether it is whole."""
    if not isinstance(term, ox.Literal):
        raise GraphError(f"{term}: expected a number")
    return int(term.value) if term.datatype.value == str(XSD.integer) else float(term.value)


def value_term(literal: Literal) -> ox.Literal:
    """Return a claim's value as an RDF literal.

    A number that stores would rewrite ("01", "1.50") or refuse ("1,276") keeps its datatype in our own
    namespace, so that its words survive. Raises GraphError for a datatype that the graph does not know.
    """
    datatype = DATATYPES.get(literal.datatype)
    if datatype is None:
        known = ", ".join(sorted(DATATYPES))
        raise GraphError(f"{literal.value!r}: unknown datatype {literal.datatype!r} (known: {known})")
    canonical = CANONICAL.get(literal.datatype)
    if canonical and not canonical.fullmatch(literal.value):
        datatype = str(KG[literal.datatype])
    return ox.Literal(literal.value, datatype=node(datatype))


def value_of(term: ox.Literal) -> Literal:
    """Return the value that `value_term` wrote."""
    datatype = term.datatype.value
    name = NAMES_OF_DATATYPES.get(datatype)
    if name is None and datatype in (str(KG.integer), str(KG.decimal)):
        name = datatype.rsplit("#", 1)[-1]
    if name is None:
        raise GraphError(f"{term}: a claim cannot have a value of this datatype")
    return Literal(term.value, name)
