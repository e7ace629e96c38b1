"""The ontology as a graph keeps it, read back: enough to name things and to say which kinds a relation joins."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import pyoxigraph as ox
from rdflib import URIRef
from rdflib.namespace import OWL, RDF, RDFS

from kg.graph.terms import ONTOLOGY_GRAPH
from kg.namespaces import SCHEMA
from kg.ontology import ClassDef, Ontology, PropertyDef, local_name

About = Mapping[str, list[str]]  # values by predicate


def taught_in(store: ox.Store) -> Ontology:
    """Return the classes and properties that a graph names, without examples, nouns, traits and rules."""
    found: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for quad in store.quads_for_pattern(None, None, None, ONTOLOGY_GRAPH):
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode | ox.Literal):
            found[quad.subject.value][quad.predicate.value].append(quad.object.value)
    classes = [class_of(iri, about) for iri, about in sorted(found.items()) if str(OWL.Class) in about[str(RDF.type)]]
    properties = [property_of(iri, about) for iri, about in sorted(found.items()) if str(RDF.Property) in about[str(RDF.type)]]
    return Ontology({c.name: c for c in classes}, {p.name: p for p in properties}, (), "")


def class_of(iri: str, about: About) -> ClassDef:
    """Return a class."""
    return ClassDef(local_name(iri), iri, words(about, RDFS.label) or local_name(iri), words(about, RDFS.comment), names(about, RDFS.subClassOf), ())


def property_of(iri: str, about: About) -> PropertyDef:
    """Return a property."""
    label, domain, range = words(about, RDFS.label) or local_name(iri), names(about, SCHEMA.domainIncludes), names(about, SCHEMA.rangeIncludes)
    return PropertyDef(local_name(iri), iri, label, words(about, RDFS.comment), domain, range, None)


def words(about: About, predicate: URIRef) -> str:
    """Return the one text of a predicate; the first of several, empty for none."""
    return min(about.get(str(predicate), ()), default="")


def names(about: About, predicate: URIRef) -> tuple[str, ...]:
    """Return the local names that a predicate leads to, sorted."""
    return tuple(sorted(map(local_name, about.get(str(predicate), ()))))
