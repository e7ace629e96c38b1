"""Rules: SPARQL CONSTRUCT over the default graph, run until nothing new follows.

Each derived triple keeps the claims it came from: those whose triples the rule's WHERE matched, and, where a
matched triple was itself derived, the claims behind that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox
from rdflib import RDF, BNode, URIRef, Variable
from rdflib import Literal as RdfLiteral

from kg.errors import OntologyError, QueryError
from kg.graph.sparql import Token, check
from kg.graph.terms import DEFAULT, DERIVATION, DERIVED_GRAPH, Term, minted, node, text
from kg.model import content_id
from kg.namespaces import CLAIM, KG
from kg.ontology import LITERAL, SYMMETRIC, TRANSITIVE, Ontology, PropertyDef

if TYPE_CHECKING:
    from rdflib.plugins.sparql.parserutils import CompValue

MAX_ROUNDS = 200  # a chain along a path takes a round for each step of it

Triple = tuple[ox.NamedNode, ox.NamedNode, Term]
Pattern = tuple[Any, Any, Any]  # of rdflib terms


@dataclass(frozen=True)
class Rule:
    """A CONSTRUCT query with the prefixes it may use undeclared."""

    name: str
    text: str
    prefixes: Mapping[str, str]

    @cached_property
    def tokens(self) -> list[Token]:
        """The tokens of the query, checked.

        Raises OntologyError where it is no query that may run.
        """
        try:
            found = check(self.text, self.prefixes)
        except QueryError as error:
            raise OntologyError(f"rule {self.name}: {error}") from error
        if not any(t.is_word("CONSTRUCT") for t in found):
            raise OntologyError(f"rule {self.name}: a rule is a CONSTRUCT query")
        return found

    @cached_property
    def algebra(self) -> CompValue:
        """The query as rdflib's algebra, for its triple patterns."""
        from rdflib.plugins.sparql.algebra import translateQuery  # heavy: a grammar
        from rdflib.plugins.sparql.parser import parseQuery

        try:
            return translateQuery(parseQuery(self.text), initNs=dict(self.prefixes)).algebra
        except Exception as error:
            raise OntologyError(f"rule {self.name}: cannot be read: {error}") from error

    @cached_property
    def template(self) -> tuple[Pattern, ...]:
        """What the rule adds.

        Raises OntologyError for a blank node, which would make the rule add for ever.
        """
        template = tuple(self.algebra.template or next(triples_in(self.algebra.p), ()))
        if any(isinstance(term, BNode) for pattern in template for term in pattern):
            raise OntologyError(f"rule {self.name}: a rule cannot make blank nodes")
        return template

    @cached_property
    def patterns(self) -> tuple[Pattern, ...]:
        """The triple patterns of WHERE; those with paths or blank nodes tell nothing of their claims."""
        found = [pattern for bgp in triples_in(self.algebra.p) for pattern in bgp]
        return tuple(p for p in found if all(isinstance(t, URIRef | RdfLiteral | Variable) for t in p))

    @cached_property
    def listed(self) -> Mapping[Variable, frozenset[str]]:
        """The only values that a variable can have, for those to which VALUES gives one in every row of a plain WHERE."""
        if not self.plain:
            return {}
        blocks = [[{v: t for v, t in row.items() if isinstance(t, URIRef)} for row in block] for block in values_in(self.algebra.p)]
        full = [(v, block) for block in blocks for v in block[0] if all(v in row for row in block)]
        return {v: frozenset(str(row[v]) for row in block) for v, block in full}

    @cached_property
    def select(self) -> str:
        """The same WHERE as a SELECT of all its variables, where that is easily said only of what is not there already."""
        start = next(i for i, t in enumerate(self.tokens) if t.is_word("CONSTRUCT"))
        begin, end = self.tokens[start].start, self.tokens[start].start + len("CONSTRUCT")
        if self.tokens[start + 1].text != "{":
            return f"{self.text[:begin]}SELECT DISTINCT * {self.text[end:]}"
        close = closing(self.tokens, start + 1)
        template, behind = self.text[end : self.tokens[close].start + 1], self.tokens[close].start + 1
        where = self.text[behind:]
        opened = next((i for i in range(close + 1, len(self.tokens)) if self.tokens[i].text == "{"), None)
        if self.plain and opened is not None and closing(self.tokens, opened) == len(self.tokens) - 1:
            where = f"{self.text[behind : self.tokens[-1].start]}\nFILTER NOT EXISTS {template} }}"
        return f"{self.text[:begin]}SELECT DISTINCT * {where}"

    @cached_property
    def plain(self) -> bool:
        """Whether every variable of WHERE has a value in every match."""
        return not any(t.is_word("UNION", "OPTIONAL", "EXISTS", "MINUS", "SELECT", "BIND", "GRAPH") for t in self.tokens)


def closing(found: Sequence[Token], start: int) -> int:
    """Return the place of the brace that closes one; the last place where none does."""
    depth = 0
    for place in range(start, len(found)):
        depth += {"{": 1, "}": -1}.get(found[place].text, 0)
        if not depth:
            return place
    return len(found) - 1


@dataclass(frozen=True, slots=True)
class Derived:
    """A triple that a rule added, with the IRIs of the claims it came from, and the round in which it did."""

    triple: Triple
    rule: str
    claims: tuple[str, ...]
    round: int

    @property
    def iri(self) -> ox.NamedNode:
        """The same triple by the same rule has the same name."""
        return minted(DERIVATION, content_id(self.rule, *map(str, self.triple)))


def triples_in(part: object) -> Iterator[Sequence[Pattern]]:
    """Yield the triples of each basic pattern in an algebra."""
    from rdflib.plugins.sparql.parserutils import CompValue

    if isinstance(part, CompValue):
        if part.name == "BGP":
            yield part.triples
        part = list(part.values())
    if isinstance(part, list | tuple):
        for item in part:
            yield from triples_in(item)


def values_in(part: object) -> Iterator[Sequence[Mapping[Variable, Any]]]:
    """Yield the rows of each VALUES block in an algebra."""
    from rdflib.plugins.sparql.parserutils import CompValue

    if isinstance(part, CompValue):
        if part.name == "values":
            yield part.res
        part = list(part.values())
    if isinstance(part, list | tuple):
        for item in part:
            yield from values_in(item)


def read_rules(folder: Path, prefixes: Mapping[str, str]) -> tuple[Rule, ...]:
    """Read the rules of a folder, one to a file, named by the file; none where there is no folder."""
    files = sorted(folder.glob("*.rq")) if folder.is_dir() else []
    return tuple(Rule(path.stem, path.read_text(encoding="utf-8"), prefixes) for path in files)


def ontology_rules(ontology: Ontology) -> tuple[Rule, ...]:
    """Return rules for what the ontology itself states: OWL RL as far as ontologies here use it.

    Superproperties, inverses, symmetry, transitivity and chains. Superclasses are part of every entity; domain and range are
    constraints (`kg.graph.constraints`), from which nothing follows.
    """
    return tuple(Rule(name, query, {}) for definition in sorted_properties(ontology) for name, query in stated(definition, ontology))


def sorted_properties(ontology: Ontology) -> list[PropertyDef]:
    """Return the properties by name, so that rules come in the same order at every build."""
    return [ontology.properties[name] for name in sorted(ontology.properties)]


def stated(definition: PropertyDef, ontology: Ontology) -> Iterator[tuple[str, str]]:
    """Yield name and query of each rule that a property's definition states."""
    name, known = definition.name, ontology.properties
    own = f"?s <{definition.iri}> ?o"
    for inverse in definition.inverses:
        if inverse in known and LITERAL not in definition.range:
            yield f"inverse of {name}", f"CONSTRUCT {{ ?o <{known[inverse].iri}> ?s }} WHERE {{ {own} FILTER(isIRI(?o)) }}"
    for parent in definition.parents:
        if parent in known:
            yield f"{name} is a {parent}", f"CONSTRUCT {{ ?s <{known[parent].iri}> ?o }} WHERE {{ {own} }}"
    if SYMMETRIC in definition.traits:
        yield f"{name} holds both ways", f"CONSTRUCT {{ ?o <{definition.iri}> ?s }} WHERE {{ {own} FILTER(isIRI(?o)) }}"
    if TRANSITIVE in definition.traits:
        yield f"{name} reaches on", f"CONSTRUCT {{ {own} }} WHERE {{ ?s <{definition.iri}> ?x . ?x <{definition.iri}> ?o }}"
    for chain in definition.chains:
        if all(link in known for link in chain):
            steps = " . ".join(f"?x{i} <{known[link].iri}> ?x{i + 1}" for i, link in enumerate(chain))
            yield f"{name} by {', '.join(chain)}", f"CONSTRUCT {{ ?x0 <{definition.iri}> ?x{len(chain)} }} WHERE {{ {steps} }}"


def derive(store: ox.Store, rules: Iterable[Rule], behind: defaultdict[Triple, set[str]] | None = None) -> list[Derived]:
    """Run rules until nothing new follows, adding each round's triples to the default graph of the store.

    All rules of a round see the same graph, so their order does not matter. `behind` are the claims of each triple,
    where they are known already. Raises OntologyError where rules do not settle.
    """
    ordered = sorted(rules, key=lambda r: r.name)
    behind = claims_by_triple(store) if behind is None else behind
    barred = rejected_triples(store) - behind.keys()
    out: list[Derived] = []
    for number in range(1, MAX_ROUNDS + 1):
        new = [d for d in one_round(store, ordered, behind, number) if d.triple not in barred]
        if not new:
            return out
        store.extend(ox.Quad(*d.triple, DEFAULT) for d in new)
        for derived in new:
            behind[derived.triple].update(derived.claims)
        out += new
    names = ", ".join(sorted({d.rule for d in new}))
    raise OntologyError(f"rules still add facts after {MAX_ROUNDS} rounds: {names}")


def claims_by_triple(store: ox.Store) -> defaultdict[Triple, set[str]]:
    """Return the claims that put each triple in the default graph: the policy of `Claim.in_default_graph` in SPARQL."""
    query = """SELECT ?c ?s ?p ?o WHERE { GRAPH ?g {
        ?c rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o ; kg:polarity kg:Positive ; kg:modality ?m
        OPTIONAL { ?c kg:ruling ?ruling }
        FILTER(!BOUND(?ruling) || ?ruling NOT IN (kg:Rejected, kg:Replaced))
        BIND(BOUND(?ruling) && ?ruling = kg:Accepted AS ?accepted)
        BIND(BOUND(?ruling) && ?ruling = kg:Corrected AS ?corrected)
        FILTER(?accepted || (?m IN (kg:Asserted, kg:Reported) && (?corrected || NOT EXISTS { ?c kg:violates ?constraint })))
        FILTER NOT EXISTS { ?c a kg:OpenClaim } } }"""
    out: defaultdict[Triple, set[str]] = defaultdict(set)
    rows = store.query(query, prefixes={"rdf": str(RDF), "kg": str(KG)})
    for claim, *triple in rows:  # type: ignore[union-attr]
        out[triple[0], triple[1], triple[2]].add(claim.value)
    return out


def rejected_triples(store: ox.Store) -> set[Triple]:
    """Return what people rejected: no rule brings it back, unless another claim says it."""
    query = """SELECT ?s ?p ?o WHERE { GRAPH ?g {
        ?c rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o ; kg:ruling ?ruling FILTER(?ruling IN (kg:Rejected, kg:Replaced)) } }"""
    rows = store.query(query, prefixes={"rdf": str(RDF), "kg": str(KG)})
    return {(s, p, o) for s, p, o in rows}  # type: ignore[union-attr]


def one_round(store: ox.Store, rules: Iterable[Rule], behind: Mapping[Triple, set[str]], number: int) -> list[Derived]:
    """Return what each rule adds to the store as it is, sorted; `number` is that of the round."""
    found: defaultdict[tuple[Triple, str], set[str]] = defaultdict(set)
    for rule in rules:
        for row in store.query(rule.select, prefixes=dict(rule.prefixes)):  # type: ignore[union-attr]
            for triple in filled(rule.template, row):
                if ox.Quad(*triple, DEFAULT) not in store:
                    found[triple, rule.name] |= claims_of(rule, row, behind)
    derived = [Derived(triple, rule, tuple(sorted(claims)), number) for (triple, rule), claims in found.items()]
    return sorted(derived, key=lambda d: (d.rule, *map(str, d.triple)))


def claims_of(rule: Rule, row: ox.QuerySolution, behind: Mapping[Triple, set[str]]) -> set[str]:
    """Return the claims that one match of a rule used, and those that it named itself."""
    used = {claim for triple in filled(rule.patterns, row) for claim in behind.get(triple, ())}
    return used | {t.value for t in row if isinstance(t, ox.NamedNode) and t.value.startswith(CLAIM)}


def filled(patterns: Iterable[Pattern], row: ox.QuerySolution) -> Iterator[Triple]:
    """Yield patterns with the values of a match, where these make a triple."""
    for pattern in patterns:
        subject, predicate, value = (term_in(term, row) for term in pattern)
        if isinstance(subject, ox.NamedNode) and isinstance(predicate, ox.NamedNode) and value is not None:
            yield subject, predicate, value


def term_in(term: Any, row: ox.QuerySolution) -> Term | None:
    """Return a term of a pattern as Oxigraph's, a variable as its value."""
    if isinstance(term, Variable):
        try:
            value: Term | None = row[str(term)]
        except KeyError:
            return None
        return value
    if isinstance(term, RdfLiteral):
        datatype = ox.NamedNode(str(term.datatype)) if term.datatype else None
        return ox.Literal(str(term), language=term.language, datatype=datatype)
    return node(str(term))


def derived_quads(derived: Iterable[Derived]) -> Iterator[ox.Quad]:
    """Yield each derivation with its rule and claims, in the graph of what rules derive."""
    for item in derived:
        subject, predicate, value = item.triple
        pairs: list[tuple[str, Term | None]] = [
            (RDF.type, node(KG.Derivation)),
            (RDF.subject, subject),
            (RDF.predicate, predicate),
            (RDF.object, value),
            (KG.rule, text(item.rule)),
        ]
        pairs += [(KG.derivedFrom, node(claim)) for claim in item.claims]
        for name, term in pairs:
            if term is not None:
                yield ox.Quad(item.iri, node(str(name)), term, DERIVED_GRAPH)
