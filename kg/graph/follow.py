"""What rules derive from facts of which a few are new: only what these may touch is looked at again.

A rule of the simplest form (facts that are found together, listed values, tests of variables) is a plan. Two worlds
are gone through round by round, as `kg.graph.rules.derive` does for one: the old, whose conclusions are known with
their rounds, and the new. Whatever no difference between them can touch is in the new as it was in the old. The result is that
of deriving everything, claim for claim.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

from rdflib import RDF, BNode, URIRef, Variable

from kg.graph.rules import MAX_ROUNDS, Pattern, Rule
from kg.namespaces import CLAIM

if TYPE_CHECKING:
    from rdflib.plugins.sparql.parserutils import CompValue

Fact = tuple[str, str, str]  # terms as N-Triples write them; in a shape variables, which begin with "?"
Index = defaultdict[str, list[Fact]]
Reasons = Mapping[str, frozenset[str]]  # rule -> IRIs of the claims it used

TYPE = f"<{RDF.type}>"
IRI, DIFFER = "iri", "differ"  # the tests that a plan may have
NEVER = MAX_ROUNDS + 1


class BeyondError(Exception):
    """What follows cannot be told from the difference alone."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A rule of the simplest form."""

    name: str
    template: tuple[Fact, ...]
    patterns: tuple[Fact, ...]
    values: tuple[Mapping[str, str], ...]  # one row of them holds
    tests: tuple[tuple[str, ...], ...]  # all hold


def plan_of(rule: Rule, without: Collection[str]) -> Plan | None:
    """Return the plan of a rule; nothing for one of another form, or one that looks at one of some predicates."""
    body, tests = rule.algebra.p, list[tuple[str, ...]]()
    while body.name in ("Project", "Filter"):
        found = tests_of(body.expr) if body.name == "Filter" else []
        if found is None:
            return None
        tests, body = [*tests, *found], body.p
    parts = [part for part in conjuncts(body) if part is not None]
    if not rule.plain or len(parts) < len(list(conjuncts(body))):
        return None
    patterns = tuple(shape(t) for part in parts if part.name == "BGP" for t in part.triples)
    blocks = [[{str_of(v): str_of(t) for v, t in row.items()} for row in part.res] for part in parts if part.name == "values"]
    values = tuple(row for rows in product(*blocks) if (row := united(rows)) is not None)
    plan = Plan(rule.name, tuple(map(shape, rule.template)), patterns, values, tuple(tests))
    terms = {term for part in (*plan.patterns, *plan.template, *(row.values() for row in values)) for term in part}
    seen = {filled(p, row)[1] for p in patterns for row in values}
    known = not any(p[:1] == "?" or p in without for p in seen)
    return plan if values and "" not in terms and known else None


def conjuncts(body: Any) -> Iterator[CompValue | None]:
    """Yield the patterns and values that hold together; nothing in the place of whatever else there is."""
    name = getattr(body, "name", "")
    if name == "Join":
        yield from conjuncts(body.p1)
        yield from conjuncts(body.p2)
    elif name == "ToMultiSet":
        yield from conjuncts(body.p)
    else:
        yield body if name in ("BGP", "values") else None


def tests_of(expression: Any) -> list[tuple[str, ...]] | None:
    """Return the tests of a filter; nothing where it asks for anything else."""
    name = getattr(expression, "name", "")
    if name == "ConditionalAndExpression":
        parts = [tests_of(e) for e in (expression.expr, *expression.other)]
        return None if None in parts else [test for part in parts for test in part or ()]
    if name == "Builtin_isIRI" and isinstance(expression.arg, Variable):
        return [(IRI, str_of(expression.arg))]
    if name == "RelationalExpression" and expression.op == "!=" and isinstance(expression.expr, Variable) and isinstance(expression.other, Variable):
        return [(DIFFER, str_of(expression.expr), str_of(expression.other))]
    return None


def shape(pattern: Pattern) -> Fact:
    """Return a triple pattern as a shape; a path or a blank node is an empty word in it."""
    subject, predicate, value = map(str_of, pattern)
    return subject, predicate, value


def str_of(term: Any) -> str:
    """Return a term as N-Triples write it; nothing for what stands for no certain term."""
    if isinstance(term, Variable):
        return f"?{term}"
    return term.n3() if isinstance(term, URIRef) and not isinstance(term, BNode) else ""


def united(rows: Iterable[Mapping[str, str]]) -> dict[str, str] | None:
    """Return rows of values as one; nothing where they disagree."""
    out: dict[str, str] = {}
    for row in rows:
        if any(out.get(name, value) != value for name, value in row.items()):
            return None
        out |= row
    return out


# ---- finding facts -------------------------------------------------------------------------------


def filled(pattern: Fact, row: Mapping[str, str]) -> Fact:
    """Return a shape with the values that are known."""
    subject, predicate, value = pattern
    return row.get(subject, subject), row.get(predicate, predicate), row.get(value, value)


def fitted(pattern: Fact, fact: Fact, row: Mapping[str, str]) -> Mapping[str, str] | None:
    """Return values with those under which a shape is a fact; nothing where there are none."""
    out = row
    for wanted, term in zip(filled(pattern, row), fact, strict=True):
        known = out.get(wanted, wanted)
        if known[0] != "?" and known != term:
            return None
        if known[0] == "?":
            out = {**out, known: term}
    return out


class Facts:
    """Facts by their ends; the kinds of things are asked for one by one."""

    def __init__(self, facts: Iterable[Fact], kinds: Callable[[str], Iterable[str]]) -> None:
        """Take all facts of both worlds; `kinds` gives the classes of a thing in either."""
        self.kinds = kinds
        self.found: defaultdict[str, list[Fact]] = defaultdict(list)  # by predicate
        for fact in facts:
            self.found[fact[1]].append(fact)
        self.indexes: dict[str, tuple[Index, Index]] = {}  # of the predicates that were asked for: by subject, by object

    def add(self, fact: Fact) -> None:
        """Add a fact."""
        ahead, back = self.index(fact[1])
        if fact not in ahead[fact[0]]:
            ahead[fact[0]].append(fact)
            back[fact[2]].append(fact)

    def index(self, predicate: str) -> tuple[Index, Index]:
        """Return the facts of a predicate by subject and by object."""
        if predicate not in self.indexes:
            ahead, back = Index(list), Index(list)
            for fact in self.found[predicate]:
                ahead[fact[0]].append(fact)
                back[fact[2]].append(fact)
            self.indexes[predicate] = ahead, back
        return self.indexes[predicate]

    def near(self, pattern: Fact) -> Collection[Fact]:
        """Return the facts that may fit a shape.

        Raises BeyondError where it has no end to start from.
        """
        subject, predicate, value = pattern
        if subject[0] != "?":
            if predicate == TYPE:
                return [(subject, TYPE, kind) for kind in self.kinds(subject)]
            ahead, back = self.index(predicate)
            found = ahead.get(subject, ())
            return found if value[0] == "?" else min(found, back.get(value, ()), key=len)
        if value[0] == "?" or predicate == TYPE:
            raise BeyondError
        return self.index(predicate)[1].get(value, ())

    def rows(self, patterns: Sequence[Fact], row: Mapping[str, str], sees: Callable[[Fact], bool]) -> Iterator[Mapping[str, str]]:
        """Yield the values under which all shapes are facts that are seen."""
        if not patterns:
            yield row
            return
        known = [filled(p, row) for p in patterns]
        able = [n for n, (s, p, o) in enumerate(known) if s[0] != "?" or (o[0] != "?" and p != TYPE)]
        if not able:
            raise BeyondError
        best = min(able, key=lambda n: len(self.near(known[n])))
        for fact in list(self.near(known[best])):
            found = fitted(patterns[best], fact, row) if sees(fact) else None
            if found is not None:
                yield from self.rows([*patterns[:best], *patterns[best + 1 :]], found, sees)


def passes(tests: Iterable[tuple[str, ...]], row: Mapping[str, str]) -> bool:
    """Whether values pass all tests.

    Raises BeyondError for literals that are compared: other words may have the same value.
    """
    for test, *names in tests:
        values = [row.get(name, "") for name in names]
        if test == IRI and values[0][:1] != "<":
            return False
        if test == DIFFER and any(v[:1] != "<" for v in values):
            raise BeyondError
        if test == DIFFER and values[0] == values[1]:
            return False
    return True


# ---- from world to world -------------------------------------------------------------------------


@dataclass(slots=True)
class World:
    """A graph: the round in which each fact came into it (0: it was stated), and the claims behind it."""

    rounds: dict[Fact, int]
    behind: dict[Fact, frozenset[str]]
    kinds: Callable[[str], Collection[str]]  # the classes of a thing

    def holds(self, fact: Fact, round: int) -> bool:
        """Whether a fact is there after a round."""
        return fact[2] in self.kinds(fact[0]) if fact[1] == TYPE else self.rounds.get(fact, NEVER) <= round


class Following:
    """Goes from what was derived in an old world to what is derived in a new one."""

    def __init__(self, plans: Sequence[Plan], old: World, new: World, reasons: dict[Fact, Reasons], differing: Iterable[Fact]) -> None:
        """Take both worlds, of the new one what is stated; `reasons` are those of each old conclusion, `differing` what is stated otherwise."""
        self.plans = plans
        self.old, self.new = old, new
        self.before = reasons
        self.reasons = dict(reasons)
        self.differing = set(differing)
        for fact in reasons:
            if new.rounds.get(fact) == 0:
                del self.reasons[fact]
            else:
                new.rounds[fact], new.behind[fact] = old.rounds[fact], old.behind[fact]
        self.facts = Facts({*old.rounds, *new.rounds}, lambda thing: {*old.kinds(thing), *new.kinds(thing)})

    def run(self) -> dict[Fact, Reasons]:
        """Return what is derived in the new world, with its reasons; the world holds it then.

        Raises BeyondError where that cannot be told from the difference.
        """
        last = max((self.old.rounds[f] for f in self.before), default=0)
        for round in range(1, MAX_ROUNDS + 1):
            found = [(fact, self.reasons_of(fact, round)) for fact in sorted(self.touched(round) | self.differing)]
            for fact, reasons in found:
                self.settle(fact, round, reasons)
            if round > last and not any(reasons for _, reasons in found):
                return self.reasons
        raise BeyondError

    def settle(self, fact: Fact, round: int, reasons: Reasons) -> None:
        """Let a fact be derived in a round, or not."""
        was = self.before.get(fact, {}) if self.old.rounds.get(fact) == round else {}
        if reasons:
            self.new.rounds[fact], self.reasons[fact] = round, reasons
            self.new.behind[fact] = frozenset().union(*reasons.values())
            self.facts.add(fact)
        elif self.new.rounds.get(fact) == round:
            del self.new.rounds[fact], self.new.behind[fact], self.reasons[fact]
        if reasons != was:
            self.differing.add(fact)

    def touched(self, round: int) -> set[Fact]:
        """Return what may be derived in a round with the help of something that differs."""

        def seen(fact: Fact) -> bool:
            return self.old.holds(fact, round - 1) or self.new.holds(fact, round - 1)

        known: defaultdict[str, list[Fact]] = defaultdict(list)
        for fact in filter(seen, self.differing):
            known[fact[1]].append(fact)
        return {
            filled(head, row)
            for plan in self.plans
            for values in plan.values
            for number, pattern in enumerate(plan.patterns)
            for fact in known.get(filled(pattern, values)[1], ())
            if (start := fitted(pattern, fact, values)) is not None
            for row in self.facts.rows([*plan.patterns[:number], *plan.patterns[number + 1 :]], start, seen)
            if passes(plan.tests, row)
            for head in plan.template
            if is_fact(filled(head, row))
        }

    def reasons_of(self, fact: Fact, round: int) -> Reasons:
        """Return the rules that derive a fact in a round of the new world, with the claims they use; none where it is there already."""
        if self.new.holds(fact, round - 1):
            return {}
        found: defaultdict[str, set[str]] = defaultdict(set)
        for plan in self.plans:
            starts = (fitted(head, fact, values) for head in plan.template for values in plan.values)
            for start in starts:
                for row in () if start is None else self.facts.rows(plan.patterns, start, lambda f: self.new.holds(f, round - 1)):
                    if passes(plan.tests, row):
                        found[plan.name].update(*(self.new.behind.get(filled(p, row), ()) for p in plan.patterns))
                        found[plan.name].update(v[1:-1] for v in row.values() if v.startswith(f"<{CLAIM}"))
        return {rule: frozenset(claims) for rule, claims in found.items()}


def is_fact(fact: Fact) -> bool:
    """Whether all ends have values that a triple can have."""
    return fact[0][0] == fact[1][0] == "<" and fact[2][0] != "?"
