"""Decisions ⇄ Turtle, both ways, in a form that a person can read, edit and compare."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote, unquote

import pyoxigraph as ox
from rdflib import RDF, BNode, Graph, URIRef
from rdflib.term import Node

from kg.decisions.values import (
    ClaimDecision,
    ClaimRef,
    Decision,
    Merge,
    Remark,
    Rename,
    Split,
    ThingRef,
    WordsRef,
    place,
)
from kg.errors import DecisionError
from kg.graph.bridge import to_rdflib
from kg.model import Literal, Modality, Polarity, Ruling
from kg.namespaces import DECISION, KG
from kg.show import flat

DECISIONS = "decisions.ttl"  # in the graph folder
MOST_BYTES = 20_000_000
HEAD = f"""# What people decided about this graph: replayed at every build, in this order or any other.
# Written by `kg review`; to undo a decision remove its block. Comments are not kept: put them into kg:why.

@prefix kg: <{KG}> .
@prefix decision: <{DECISION}> .
"""
RULINGS = {"AcceptClaim": Ruling.ACCEPTED, "RejectClaim": Ruling.REJECTED, "CorrectClaim": Ruling.CORRECTED}
KINDS = (*RULINGS, "MergeThings", "SplitThing", "RenameThing")
CLASSES: dict[object, str] = {Merge: "MergeThings", Split: "SplitThing", Rename: "RenameThing", **{ruling: name for name, ruling in RULINGS.items()}}

Pair = tuple[str, str]  # name of a property, and its value as Turtle


# ---- writing -------------------------------------------------------------------------------------


def write_decisions(decisions: Iterable[Decision], path: Path) -> None:
    """Write a file of decisions, sorted; aside and renamed, so that a failure leaves what was there.

    Raises DecisionError where it cannot be written.
    """
    text = HEAD + "".join(f"\n{block(d)}" for d in sorted(decisions, key=place))
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with aside.open("wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except OSError as error:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
        raise DecisionError(f"{path}: cannot be written: {error.strerror or error}") from error


def block(decision: Decision) -> str:
    """Return one decision as Turtle, a line to a property."""
    kind = CLASSES[decision.ruling if isinstance(decision, ClaimDecision) else type(decision)]
    remark = decision.remark
    said = [("why", remark.why), ("by", remark.by), ("on", remark.date)]
    pairs = [*own_pairs(decision), *((name, words(value)) for name, value in said if value is not None)]
    lines = "".join(f" ;\n    kg:{name} {value}" for name, value in pairs)
    return f"{named(decision.id)} a kg:{kind}{lines} .\n"


def named(name: str) -> str:
    """Return the IRI of a decision, shortened where Turtle allows it without escapes."""
    return f"decision:{name}" if name.isascii() and name.isalnum() else f"<{DECISION}{quote(name, safe='')}>"


def own_pairs(decision: Decision) -> Iterator[Pair]:
    """Yield what only one kind of decision has."""
    if isinstance(decision, ClaimDecision):
        yield from claim_pairs(decision.claim)
        yield from correction_pairs(decision)
    elif isinstance(decision, Merge):
        yield from (("keep", thing(decision.kept)), ("merge", thing(decision.other)))
    elif isinstance(decision, Split):
        yield "thing", thing(decision.thing)
        yield from (("splitOff", nested(words_pairs(part))) for part in decision.mentions)
        yield "newName", words(decision.name)
    else:
        yield from (("thing", thing(decision.thing)), ("newName", words(decision.name)))


def claim_pairs(ref: ClaimRef) -> Iterator[Pair]:
    """Yield how a claim is named."""
    yield from (("subjectLabel", words(ref.subject)), ("predicateName", words(ref.predicate)), ("objectLabel", words(ref.object)))
    yield from (("saidAs", words(ref.modality.value)), ("saidToBe", words(ref.polarity.value)))
    yield from words_pairs(ref.evidence)
    yield "claimId", words(ref.id)


def correction_pairs(decision: ClaimDecision) -> Iterator[Pair]:
    """Yield what a correction puts in."""
    if decision.subject:
        yield "newSubject", thing(decision.subject)
    if decision.predicate:
        yield "newPredicate", words(decision.predicate)
    if isinstance(decision.object, Literal):
        yield from (("newValue", words(decision.object.value)), ("newDatatype", words(decision.object.datatype)))
    elif decision.object:
        yield "newObject", thing(decision.object)
    if decision.modality:
        yield "newModality", words(decision.modality.value)
    if decision.polarity:
        yield "newPolarity", words(decision.polarity.value)


def words_pairs(ref: WordsRef) -> Iterator[Pair]:
    """Yield how words of a document are named."""
    yield from (("quote", words(ref.words)), ("path", words(ref.path)), ("sha256", words(ref.sha256)))
    yield from (("start", str(ref.start)), ("end", str(ref.end)))


def thing(ref: ThingRef) -> str:
    """Return an entity as a nested node."""
    inner = [("mentioned", nested(words_pairs(ref.mention)))] if ref.mention else []
    return nested([("label", words(ref.label)), ("entityId", words(ref.id)), *inner])


def nested(pairs: Iterable[Pair]) -> str:
    """Return a nested node on one line."""
    return f"[ {' ; '.join(f'kg:{name} {value}' for name, value in pairs)} ]"


def words(text: str) -> str:
    """Return a text as a Turtle string."""
    return str(ox.Literal(text))


# ---- reading -------------------------------------------------------------------------------------


def kept_decisions(folder: Path | None, file: Path | None = None) -> tuple[Decision, ...]:
    """Return the decisions that a graph obeys: those of its folder, and those of a file beside its sources.

    Raises DecisionError as `read_decisions`.
    """
    own = read_decisions(folder / DECISIONS) if folder else ()
    others = read_decisions(file, named=str(file)) if file else ()
    return tuple({d.id: d for d in (*own, *others)}.values())


def read_decisions(path: Path, *, named: str | None = None) -> tuple[Decision, ...]:
    """Read a file of decisions, sorted as they are written; none where there is no file.

    `named` is how the user names the file, where it is not that of the graph folder. Raises DecisionError with the line of a syntax error, or with the decision that is not complete.
    """
    if not path.exists():
        return ()
    graph = parsed(path)
    found = []
    for subject in sorted(s for s in graph.subjects(unique=True) if isinstance(s, URIRef)):
        try:
            found.append(Reader(graph, named).decision(subject))
        except ValueError as error:
            raise DecisionError(f"{path}: {flat(f'{subject}: {error}')}") from error
    return tuple(sorted(found, key=place))


def parsed(path: Path) -> Graph:
    """Parse a Turtle file; nothing that it names is opened or fetched.

    Oxigraph parses it, since it refuses whatever is no Turtle with a line and a column, however damaged.
    """
    graph = Graph()
    try:
        if path.stat().st_size > MOST_BYTES:
            raise DecisionError(f"{path}: larger than {MOST_BYTES // 1_000_000} MB; this is no file of decisions")
        for quad in ox.parse(path.read_bytes(), format=ox.RdfFormat.TURTLE):
            graph.add((to_rdflib(quad.subject), to_rdflib(quad.predicate), to_rdflib(quad.object)))
    except SyntaxError as error:
        raise DecisionError(f"{path}: line {error.lineno}, column {error.offset}: {flat(error.msg.partition(': ')[2])}") from error
    except (OSError, TypeError, ValueError) as error:
        raise DecisionError(f"{path}: cannot be read as decisions: {flat(str(error))}") from error
    return graph


class Reader:
    """Reads decisions from a parsed file; ValueError says what one of them lacks."""

    def __init__(self, graph: Graph, named: str | None) -> None:
        """Take the parsed file and how the user names it."""
        self.graph = graph
        self.named = named

    def decision(self, subject: URIRef) -> Decision:
        """Read one decision."""
        if not str(subject).startswith(DECISION):
            raise ValueError(f"a decision is named under {DECISION}")
        name = unquote(str(subject).removeprefix(DECISION))
        kind = str(self.one(subject, RDF.type)).removeprefix(KG)
        remark = Remark(self.maybe(subject, "why"), self.maybe(subject, "by"), self.maybe(subject, "on"), self.named)
        if kind in RULINGS:
            return self.ruling(subject, name, RULINGS[kind], remark)
        if kind == "MergeThings":
            return Merge(name, self.thing(self.node(subject, "keep")), self.thing(self.node(subject, "merge")), remark)
        if kind not in KINDS:
            raise ValueError(f"kg:{kind} is no kind of decision (known: {', '.join(KINDS)})")
        thing = self.thing(self.node(subject, "thing"))
        if kind == "SplitThing":
            parts = sorted(self.words(part) for part in self.graph.objects(subject, KG.splitOff))
            if not parts:
                raise ValueError("lacks kg:splitOff")
            return Split(name, thing, tuple(parts), self.text(subject, "newName"), remark)
        return Rename(name, thing, self.text(subject, "newName"), remark)

    def ruling(self, subject: URIRef, name: str, ruling: Ruling, remark: Remark) -> ClaimDecision:
        """Read a decision about a claim."""
        modality, polarity = self.maybe(subject, "newModality"), self.maybe(subject, "newPolarity")
        new_subject = self.graph.value(subject, KG.newSubject)
        decision = ClaimDecision(
            name,
            ruling,
            self.claim(subject),
            self.thing(new_subject) if new_subject is not None else None,
            self.maybe(subject, "newPredicate"),
            self.new_object(subject),
            Modality(modality) if modality else None,
            Polarity(polarity) if polarity else None,
            remark,
        )
        changes = any(value is not None for _, value in decision.changes())
        if changes != (ruling is Ruling.CORRECTED):
            raise ValueError("a kg:CorrectClaim, and only that, says what is new")
        return decision

    def claim(self, subject: Node) -> ClaimRef:
        """Read how a claim is named."""
        return ClaimRef(
            self.maybe(subject, "claimId") or "",
            self.text(subject, "subjectLabel"),
            self.text(subject, "predicateName"),
            self.text(subject, "objectLabel"),
            Modality(self.text(subject, "saidAs")),
            Polarity(self.text(subject, "saidToBe")),
            self.words(subject),
        )

    def new_object(self, subject: Node) -> ThingRef | Literal | None:
        """Read the object that a correction puts in."""
        node, value = self.graph.value(subject, KG.newObject), self.maybe(subject, "newValue")
        if node is not None:
            return self.thing(node)
        return Literal(value, self.maybe(subject, "newDatatype") or "string") if value is not None else None

    def thing(self, node: Node) -> ThingRef:
        """Read how an entity is named."""
        mention = self.graph.value(node, KG.mentioned)
        return ThingRef(self.maybe(node, "entityId") or "", self.text(node, "label"), self.words(mention) if mention is not None else None)

    def words(self, node: Node) -> WordsRef:
        """Read how words of a document are named."""
        start = int(self.maybe(node, "start") or 0)
        quoted = self.text(node, "quote")
        end = int(self.maybe(node, "end") or start + len(quoted))
        return WordsRef(self.text(node, "path"), self.maybe(node, "sha256") or "", quoted, start, end)

    def one(self, node: Node, predicate: URIRef) -> Node:
        """Return the one value of a property."""
        found = list(self.graph.objects(node, predicate))
        if len(found) != 1:
            name = "a kind (a kg:RejectClaim …)" if predicate == RDF.type else f"kg:{str(predicate).removeprefix(KG)}"
            raise ValueError(f"has {len(found)} values of {name}" if found else f"lacks {name}")
        return found[0]

    def node(self, node: Node, name: str) -> Node:
        """Return the one nested node of a property."""
        found = self.one(node, KG[name])
        if not isinstance(found, BNode | URIRef):
            raise ValueError(f"kg:{name} names a thing in brackets: [ kg:label … ]")
        return found

    def text(self, node: Node, name: str) -> str:
        """Return the one text of a property."""
        return str(self.one(node, KG[name]))

    def maybe(self, node: Node, name: str) -> str | None:
        """Return the text of a property, or nothing."""
        return self.text(node, name) if (node, KG[name], None) in self.graph else None
