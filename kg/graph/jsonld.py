"""Triples as compact JSON-LD: one node to a subject, names shortened by a context, all sorted."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

import pyoxigraph as ox
from rdflib.namespace import RDF, XSD

from kg.graph.prefixes import shorten
from kg.graph.terms import Subject, Term

Triple = tuple[Subject, ox.NamedNode, Term]
NATIVE = {str(XSD.integer), str(XSD.boolean)}  # as JSON's own values; decimals would lose their type


def context(triples: Iterable[Triple], prefixes: Mapping[str, str]) -> dict[str, str]:
    """Return those prefixes that the triples need, sorted."""
    iris = {iri for triple in triples for iri in iris_of(triple)}
    shorts = (shorten(iri, prefixes) for iri in iris)
    used = {short.partition(":")[0] for short in shorts if short}
    return {name: prefixes[name] for name in sorted(used)}


def iris_of(terms: Iterable[Term]) -> Iterator[str]:
    """Yield the IRIs in terms, datatypes and triple terms included."""
    for term in terms:
        if isinstance(term, ox.Triple):
            yield from iris_of((term.subject, term.predicate, term.object))
        elif isinstance(term, ox.NamedNode):
            yield term.value
        elif isinstance(term, ox.Literal):
            yield term.datatype.value


def nodes(triples: Iterable[Triple], prefixes: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Yield a node for each subject; the triples must be sorted by subject."""
    for subject, group in groupby(triples, key=lambda t: t[0]):
        node: dict[str, Any] = {"@id": name(subject, prefixes)}
        for _, predicate, value in group:
            if predicate.value == str(RDF.type):
                node.setdefault("@type", []).append(name(value, prefixes))
            else:
                node.setdefault(name(predicate, prefixes), []).append(shown(value, prefixes))
        yield {key: value[0] if len(value) == 1 and key != "@id" else value for key, value in node.items()}


def name(term: Term, prefixes: Mapping[str, str]) -> str:
    """Return the name of a node or predicate, shortened where a prefix fits."""
    if isinstance(term, ox.NamedNode):
        return shorten(term.value, prefixes) or term.value
    return str(term)


def shown(term: Term, prefixes: Mapping[str, str]) -> Any:
    """Return an object as JSON-LD."""
    if not isinstance(term, ox.Literal):
        return {"@id": name(term, prefixes)}
    if term.language:
        return {"@value": term.value, "@language": term.language}
    if term.datatype.value == str(XSD.string):
        return term.value
    if term.datatype.value in NATIVE and term.value.lstrip("-").isalnum() and len(term.value) < 16:
        return json.loads(term.value)
    return {"@value": term.value, "@type": name(term.datatype, prefixes)}


def write(triples: Iterable[Triple], prefixes: Mapping[str, str]) -> Iterator[str]:
    """Yield a JSON-LD document, a line to a node."""
    ordered = sorted(set(triples), key=lambda t: (str(t[0]), str(t[1]), str(t[2])))
    used = context(ordered, prefixes)
    yield '{"@context": ' + json.dumps(used, ensure_ascii=False) + ',\n"@graph": ['
    for index, node in enumerate(nodes(ordered, used)):
        yield (",\n" if index else "\n") + json.dumps(node, ensure_ascii=False)
    yield "\n]}\n"
