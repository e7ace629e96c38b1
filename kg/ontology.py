"""The ontology as plain values: classes, properties and the example sentences that teach them.

Read from Turtle once at the border; the engine never sees an IRI.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from rdflib import OWL, RDF, RDFS, Graph, URIRef
from rdflib.plugins.parsers.notation3 import BadSyntax
from rdflib.term import Node

from kg.errors import OntologyError
from kg.namespaces import KG

EVENT = "Event"
LITERAL = "Literal"  # range of a property whose value is no entity
SINGLE, PRESENCE, CONTAINMENT = "SingleValued", "Presence", "Containment"  # what a contradiction is told by
SYMMETRIC, TRANSITIVE = "SymmetricProperty", "TransitiveProperty"
TRAITS = {name: KG[name] for name in (SINGLE, PRESENCE, CONTAINMENT)} | {name: OWL[name] for name in (SYMMETRIC, TRANSITIVE)}
HALF = re.compile("[\ud800-\udfff]")
LONGEST_EXAMPLE = 2_000  # characters; each is parsed


@dataclass(frozen=True, slots=True)
class ClassDef:
    """A class: its names for people, its superclasses, and the nouns by which texts name its members."""

    name: str
    iri: str
    label: str
    comment: str
    parents: tuple[str, ...]
    nouns: tuple[str, ...]
    also: tuple[str, ...] = ()  # IRIs of the same class in the core and in further files


@dataclass(frozen=True, slots=True)
class PropertyDef:
    """A property; `domain` and `range` are local names of classes, `range` is "Literal" for values."""

    name: str
    iri: str
    label: str
    comment: str
    domain: tuple[str, ...]
    range: tuple[str, ...]
    inverse: str | None
    parents: tuple[str, ...] = ()  # superproperties of our own
    traits: tuple[str, ...] = ()  # of TRAITS
    chains: tuple[tuple[str, ...], ...] = ()  # local names of properties that, one after the other, imply this one
    inverses: tuple[str, ...] = ()  # all that are stated, whichever way round; `inverse` is one of them


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A relation that two roles of an event tell: who defected from where."""

    relation: str
    event: str
    subject: str  # role
    object: str  # role


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence with its roles in square brackets, and the class or property it teaches."""

    teaches: str
    text: str


@dataclass(frozen=True)
class Ontology:
    """Classes, properties and examples by local name."""

    classes: Mapping[str, ClassDef]
    properties: Mapping[str, PropertyDef]
    examples: tuple[Example, ...]
    version: str
    shortcuts: tuple[Shortcut, ...] = ()

    def superclasses(self, name: str) -> tuple[str, ...]:
        """Return a class and its superclasses, nearest first, each once; the name alone if unknown."""
        known = self._superclasses.get(name)
        if known is None:
            out = [name]
            for current in out:
                definition = self.classes.get(current)
                out += [p for p in (definition.parents if definition else ()) if p not in out]
            known = self._superclasses[name] = tuple(out)
        return known

    def is_a(self, name: str, ancestor: str) -> bool:
        """Whether a class is the other or below it."""
        return ancestor in self.superclasses(name)

    def is_event(self, name: str) -> bool:
        """Whether a name is a class of events."""
        return name in self.classes and self.is_a(name, EVENT)

    def iri(self, name: str) -> str:
        """Return the IRI of a class or property.

        Raises OntologyError where the ontology has no such name.
        """
        known = self.properties.get(name) or self.classes.get(name)
        if known is None:
            raise OntologyError(f"{name}: no such class or property in the ontology")
        return known.iri

    @cached_property
    def _superclasses(self) -> dict[str, tuple[str, ...]]:
        """Superclasses asked for so far."""
        return {}

    @cached_property
    def nouns(self) -> Mapping[str, str]:
        """Head nouns (lower-case lemmas) to the most specific class that claims them."""
        out: dict[str, str] = {}
        for definition in sorted(self.classes.values(), key=lambda c: (len(self.superclasses(c.name)), c.name)):
            out.update(dict.fromkeys(definition.nouns, definition.name))
        return out


def local_name(iri: str) -> str:
    """Return the part of an IRI after the last # or /."""
    return iri.rsplit("#", 1)[-1].rsplit("/", 1)[-1]


def turtle_files(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield Turtle files; a folder gives those directly in it, sorted, save the shapes."""
    for path in paths:
        if path.is_dir():
            yield from sorted(p for p in path.glob("*.ttl") if p.name != "shapes.ttl")
        elif path.exists():
            yield path
        else:
            raise OntologyError(f"{path}: no such ontology file or folder")


def parse(path: Path) -> Graph:
    """Read a Turtle file.

    Raises OntologyError with file, line and column of a syntax error.
    """
    graph = Graph()
    try:
        graph.parse(data=path.read_text(encoding="utf-8"), format="turtle")
    except BadSyntax as error:
        raise OntologyError(f"{path}: {where(error)}") from error
    except RecursionError as error:
        raise OntologyError(f"{path}: brackets are nested too deep to be read") from error
    except Exception as error:  # a broken file makes rdflib fail in any way: IndexError, AssertionError, …
        raise OntologyError(f"{path}: cannot be read as Turtle: {reason(error)}") from error
    refuse_halves(graph)
    return graph


def reason(error: Exception) -> str:
    """Return what an error says, on one line and not at length."""
    return " ".join(str(error).split())[:200] or type(error).__name__


def refuse_halves(graph: Graph) -> None:
    r"""Refuse "\ud800": half a character, which Turtle can write and no graph can hold."""
    for subject, _, value in graph:
        if HALF.search(str(value)):
            raise OntologyError(f"{subject}: half a character (\\ud800 to \\udfff) in {ascii(value)[:80]}; write the whole")


def where(error: BadSyntax) -> str:
    """Say line, column and cause of a Turtle syntax error."""
    before = error._str[: error._i]
    text = before.decode("utf-8", "replace") if isinstance(before, bytes) else before
    column = len(text) - (text.rfind("\n") + 1) + 1
    return f"line {error.lines + 1}, column {column}: {error._why}"


def texts(graph: Graph, subject: URIRef, predicate: URIRef) -> tuple[str, ...]:
    """Return the sorted texts of a property."""
    return tuple(sorted(str(o) for o in graph.objects(subject, predicate)))


def members_of(graph: Graph, first: Node) -> list[Node]:
    """Return the members of a list.

    Raises OntologyError where it leads back into itself.
    """
    try:
        return list(graph.items(first))
    except ValueError as error:
        raise OntologyError(f"a list of the ontology has no end: {error}") from error


def names(graph: Graph, subject: URIRef, predicate: URIRef) -> tuple[str, ...]:
    """Return the sorted local names a property points to; a union gives its members."""
    out = []
    for value in graph.objects(subject, predicate):
        union = graph.value(value, OWL.unionOf)
        members = members_of(graph, union) if union is not None else [value]
        out += [local_name(str(m)) for m in members if isinstance(m, URIRef)]
    return tuple(sorted(set(out)))


def load(paths: Iterable[Path]) -> Ontology:
    """Read an ontology from Turtle files or folders.

    A local name is one concept: where several files define it, it has the IRI, label and comment of the first file
    (the core comes last) and the superclasses, nouns, domains, ranges and examples of all.
    Raises OntologyError where a file is missing or malformed.
    """
    files = list(dict.fromkeys(turtle_files(paths)))
    parsed = [parse(path) for path in files]
    graph = Graph()
    for part in parsed:
        graph += part
    version = hashlib.sha256(b"".join(sorted(f.read_bytes() for f in files))).hexdigest()[:12]
    classes: dict[str, ClassDef] = {}
    properties: dict[str, PropertyDef] = {}
    examples = []
    for subject in definitions(parsed, OWL.Class, RDFS.Class):
        if (subject, RDFS.subClassOf, RDF.Property) in graph:  # a trait of properties, no kind of thing
            continue
        definition = read_class(graph, subject)
        first = classes.get(definition.name)
        classes[definition.name] = merge_classes(first, definition) if first else definition
    for subject in definitions(parsed, OWL.ObjectProperty, OWL.DatatypeProperty, RDF.Property):
        known = read_property(graph, subject)
        earlier = properties.get(known.name)
        properties[known.name] = merge_properties(earlier, known) if earlier else known
    for taught, text in graph.subject_objects(KG.example):
        examples.append(read_example(local_name(str(taught)), str(text)))
    ordered = tuple(sorted(examples, key=lambda e: (e.teaches, e.text)))
    return Ontology(classes, properties, ordered, version, tuple(shortcuts(graph)))


def read_example(name: str, text: str) -> Example:
    """Return an example.

    Raises OntologyError for one that is no sentence but a text.
    """
    if len(text) > LONGEST_EXAMPLE:
        raise OntologyError(f"{name}: an example of {len(text):,} characters is no sentence (limit: {LONGEST_EXAMPLE:,})")
    return Example(name, text)


def definitions(parsed: Iterable[Graph], *types: URIRef) -> list[URIRef]:
    """Return what has one of some types, in the order of the files, sorted within each; the core's own come last."""
    found = [s for graph in parsed for s in sorted({s for kind in types for s in graph.subjects(RDF.type, kind) if isinstance(s, URIRef)})]
    return sorted(dict.fromkeys(found), key=lambda s: s in KG)


def shortcuts(graph: Graph) -> Iterator[Shortcut]:
    """Yield the relations that follow from the roles of events."""
    for relation, event in sorted(graph.subject_objects(KG.shortcutOf)):
        subject, obj = graph.value(relation, KG.subjectRole), graph.value(relation, KG.objectRole)
        if subject is not None and obj is not None:
            yield Shortcut(*(local_name(str(x)) for x in (relation, event, subject, obj)))


def merge_classes(first: ClassDef, second: ClassDef) -> ClassDef:
    """Join two classes of one local name, such as a domain's Person and the core's."""
    parents = tuple(p for p in dict.fromkeys(first.parents + second.parents) if p != first.name)
    nouns = tuple(sorted({*first.nouns, *second.nouns}))
    return replace(first, parents=parents, nouns=nouns, also=tuple(sorted({*first.also, second.iri} - {first.iri})))


def merge_properties(first: PropertyDef, second: PropertyDef) -> PropertyDef:
    """Join two properties of one local name: what either allows is allowed."""
    domain = {*first.domain, *second.domain} if first.domain and second.domain else ()
    values = {*first.range, *second.range} if first.range and second.range else ()
    return replace(
        first,
        domain=tuple(sorted(domain)),
        range=tuple(sorted(values)),
        inverse=first.inverse or second.inverse,
        parents=tuple(sorted({*first.parents, *second.parents} - {first.name})),
        traits=tuple(sorted({*first.traits, *second.traits})),
        chains=tuple(sorted({*first.chains, *second.chains})),
        inverses=tuple(sorted({*first.inverses, *second.inverses})),
    )


def read_class(graph: Graph, subject: URIRef) -> ClassDef:
    """Read one class; superclasses of other vocabularies are alignments, not part of the engine's tree."""
    name = local_name(str(subject))
    ours = {local_name(str(c)) for c in graph.objects(subject, RDFS.subClassOf) if (c, RDF.type, OWL.Class) in graph}
    label = str(graph.value(subject, RDFS.label) or name)
    comment = str(graph.value(subject, RDFS.comment) or "")
    return ClassDef(name, str(subject), label, comment, tuple(sorted(ours - {name})), texts(graph, subject, KG.noun))


def read_property(graph: Graph, subject: URIRef) -> PropertyDef:
    """Read one property."""
    name = local_name(str(subject))
    inverse = graph.value(subject, OWL.inverseOf) or graph.value(None, OWL.inverseOf, subject)
    inverses = {*graph.objects(subject, OWL.inverseOf), *graph.subjects(OWL.inverseOf, subject)}
    ranges = names(graph, subject, RDFS.range)
    literal = (subject, RDF.type, OWL.DatatypeProperty) in graph
    return PropertyDef(
        name,
        str(subject),
        str(graph.value(subject, RDFS.label) or name),
        str(graph.value(subject, RDFS.comment) or ""),
        names(graph, subject, RDFS.domain),
        (LITERAL,) if literal else ranges,
        local_name(str(inverse)) if inverse is not None else None,
        tuple(sorted({local_name(str(p)) for p in graph.objects(subject, RDFS.subPropertyOf) if (p, RDFS.label, None) in graph} - {name})),
        tuple(sorted(trait for trait, iri in TRAITS.items() if (subject, RDF.type, iri) in graph)),
        chains_of(graph, subject),
        tuple(sorted({local_name(str(other)) for other in inverses})),
    )


def chains_of(graph: Graph, subject: URIRef) -> tuple[tuple[str, ...], ...]:
    """Return the chains of properties that imply one."""
    chains = (graph.items(head) for head in graph.objects(subject, OWL.propertyChainAxiom))
    return tuple(sorted(tuple(local_name(str(link)) for link in chain) for chain in chains))
