"""SPARQL questions to a graph: typed or saved, with values bound to variables, answered as rows in any format."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

import pyoxigraph as ox
import rdflib
from rdflib.namespace import XSD

from kg.errors import QueryError
from kg.graph import jsonld
from kg.graph.bridge import from_rdflib, named
from kg.graph.prefixes import shorten
from kg.graph.result import Result, ResultKind
from kg.graph.sparql import bind, check, dataset_clause, is_plain, without
from kg.graph.terms import Subject, Term, edtf
from kg.resources import resource
from kg.show import flat

if TYPE_CHECKING:
    from kg.graph.graph import Graph

Bound = ox.NamedNode | ox.Literal

# ---- asking --------------------------------------------------------------------------------------


def run(
    graph: Graph,
    text: str,
    *,
    bindings: Mapping[str, object] | None = None,
    default: ox.NamedNode | None = None,
    timeout: float | None = None,
) -> Result:
    """Answer a SELECT, ASK, CONSTRUCT or DESCRIBE query.

    `bindings` gives variables their values: terms, numbers, dates, or text as `read_value` reads it. `default` is the
    graph that a plain pattern sees where the query has no FROM. With a `timeout` in seconds the query runs in a process
    that is killed when they are over. Raises QueryError with line, column and a caret for a wrong query, and for
    updates, SERVICE and a FROM that names no graph here.
    """
    if timeout is not None and not 0 < timeout < float("inf"):
        raise QueryError(f"{timeout}: no time for a query; give seconds above 0, or no timeout")
    prefixes = graph.prefixes
    asked, scope = text, graph
    if bindings or not is_plain(text):
        asked, default, scope = prepared(graph, text, bindings or {}, default)
    used = {name: namespace for name, namespace in prefixes.items() if f"{name}:" in asked}
    try:
        return Result.of(scope.answer(asked, used, default=default, timeout=timeout), prefixes, holds=scope)
    except (SyntaxError, OSError, RuntimeError, ValueError) as error:
        check(text, prefixes, graph.names)  # which says where and why, if the query is at fault
        raise QueryError(f"the query failed: {error}") from error


def prepared(
    graph: Graph, text: str, bindings: Mapping[str, object], default: ox.NamedNode | None
) -> tuple[str, ox.NamedNode | None, Graph]:
    """Check a query in full, give its variables their values, and see to what FROM says.

    Returns the text, its default graph, and the graph to ask. Raises QueryError for what is refused or wrong.
    """
    prefixes = graph.prefixes
    found = check(text, prefixes, graph.names)
    values = {name.lstrip("?$"): to_term(value, prefixes) for name, value in bindings.items()}
    chosen = dataset_clause(found, prefixes)
    if len(chosen.default) > 1 and graph.local:
        text = without(text, chosen)  # as long as before: the places of the tokens hold
        graph = graph.scoped(map(ox.NamedNode, chosen.default), map(ox.NamedNode, chosen.named))
    return bind(text, found, values), None if chosen.spans else default, graph


# ---- values --------------------------------------------------------------------------------------


def read_bindings(pairs: Iterable[str]) -> dict[str, str]:
    """Return `name=value` arguments as a mapping.

    Raises QueryError for what is no such pair.
    """
    out: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not re.fullmatch(r"[?$]?[^\W\d]\w*", name.strip()):
            raise QueryError(f"{pair!r}: a binding is written name=value, such as who=ent:ana-ruiz")
        name = name.strip().lstrip("?$")
        if out.setdefault(name, value.strip()) != value.strip():
            raise QueryError(f"{name}: is bound twice, but a variable has one value; write VALUES ?{name} {{ … }} for several")
    return out


def to_term(value: object, prefixes: Mapping[str, str]) -> Bound:
    """Return a value as a term: text as `read_value` does, terms and Python's own values by their type."""
    if isinstance(value, ox.NamedNode | ox.Literal):
        return value
    if isinstance(value, rdflib.URIRef | rdflib.Literal):
        return from_rdflib(value)  # type: ignore[no-any-return]
    if isinstance(value, bool | int | float):
        return ox.Literal(value)
    if isinstance(value, date):
        return edtf(value.isoformat()) or ox.Literal("")
    if isinstance(value, str):
        return read_value(value, prefixes)
    raise QueryError(f"{value!r}: cannot be bound; give text, a number, a date or an rdflib term")


def read_value(words: str, prefixes: Mapping[str, str]) -> Bound:
    """Read a value as typed: `<iri>`, `ent:ana-ruiz`, `"words"`, `"words"@en`, `"2"^^xsd:byte`, 12, 1.5, true, 2016-07.

    Years, months and days are dates of the graph (EDTF). Anything else is words. Raises QueryError where quotes
    or an IRI are malformed.
    """
    if words.startswith("<") and words.endswith(">"):
        return named(words[1:-1])
    if words.startswith('"'):
        return read_quoted(words, prefixes)
    prefix, colon, local = words.partition(":")
    if colon and prefix in prefixes and not local.startswith("//"):
        return named(prefixes[prefix] + local)
    if re.fullmatch(r"\d{4}-\d\d(-\d\d)?", words):
        return ox.Literal(words, datatype=ox.NamedNode(str(rdflib.URIRef("http://id.loc.gov/datatypes/edtf/EDTF"))))
    for pattern, datatype in ((r"[+-]?\d+", XSD.integer), (r"[+-]?\d*\.\d+", XSD.decimal), ("true|false", XSD.boolean)):
        if re.fullmatch(pattern, words):
            return ox.Literal(words, datatype=ox.NamedNode(str(datatype)))
    return ox.Literal(words)


def read_quoted(words: str, prefixes: Mapping[str, str]) -> ox.Literal:
    """Read words in quotes, with a language or a datatype after them."""
    match = re.fullmatch(r'"((?:[^"\\]|\\.)*)"(?:@([A-Za-z]+(?:-[A-Za-z0-9]+)*)|\^\^(\S+))?', words, re.DOTALL)
    if not match:
        raise QueryError(f"{words}: quotes are not closed, or something stands after them")
    plain = re.sub(r"\\(.)", lambda m: {"n": "\n", "t": "\t", "r": "\r"}.get(m[1], m[1]), match[1])
    datatype = read_value(match[3], prefixes) if match[3] else None
    if datatype is not None and not isinstance(datatype, ox.NamedNode):
        raise QueryError(f"{words}: {match[3]} is no datatype; write ^^xsd:date or ^^<iri>")
    return ox.Literal(plain, language=match[2], datatype=datatype)


# ---- saved queries -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SavedQuery:
    """A question that comes with the ontology."""

    title: str
    text: str


def saved() -> dict[str, SavedQuery]:
    """Return the bundled questions by name, sorted; the title is in the file's first line, `# Title: …`."""
    out = {}
    for path in sorted(resource("ontology", "queries").glob("*.rq")):
        text = path.read_text(encoding="utf-8")
        title = re.match(r"#\s*(?:Title:)?\s*(.*)", text)
        out[path.stem] = SavedQuery(title[1].strip() if title else path.stem, text)
    return out


def saved_query(name: str) -> SavedQuery:
    """Return a bundled question.

    Raises QueryError for a name that none has, with those that come close.
    """
    known = saved()
    if name not in known:
        close = get_close_matches(name, known, n=3) or sorted(known)
        raise QueryError(f"{name}: no saved query (kg query --list shows them; try {', '.join(close)})")
    return known[name]


# ---- formats -------------------------------------------------------------------------------------


def serialise(result: Result, format: str) -> Iterator[str]:
    """Yield a result as text in one of FORMATS, piece by piece.

    Raises QueryError for an unknown format, or one that cannot hold this kind of result.
    """
    writers = TRIPLE_FORMATS if result.kind is ResultKind.GRAPH else ROW_FORMATS
    if format not in writers:
        kind = "triples" if result.kind is ResultKind.GRAPH else "rows"
        raise QueryError(f"{format}: not a format for {kind} (known: {', '.join(writers)})")
    return writers[format](result)


def cell(term: Term | None, prefixes: Mapping[str, str]) -> str:
    """Return a term as a person reads it: a short name or bare words, on one line."""
    if isinstance(term, ox.NamedNode):
        return shorten(term.value, prefixes) or f"<{term.value}>"
    return flat(term.value if isinstance(term, ox.Literal | ox.BlankNode) else "" if term is None else str(term))


def width(words: str) -> int:
    """Return how many columns of a terminal some words take."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in words)


def rows_of(result: Result) -> Iterator[tuple[Term | None, ...]]:
    """Yield rows; the answer of ASK is one row."""
    if result.kind is ResultKind.ASK:
        yield (ox.Literal(bool(result.answer)),)
    yield from result.stream()


def heads_of(result: Result) -> tuple[str, ...]:
    """Return the heads of the columns."""
    return ("answer",) if result.kind is ResultKind.ASK else result.variables


def table(result: Result) -> Iterator[str]:
    """Yield lines of columns as wide as their widest cell."""
    heads = heads_of(result)
    rows = [tuple(cell(term, result.prefixes) for term in row) for row in rows_of(result)]
    widths = [max([width(head), *(width(row[i]) for row in rows)]) for i, head in enumerate(heads)]
    for row in (heads, tuple("─" * w for w in widths), *rows):
        padded = (words + " " * (w - width(words)) for words, w in zip(row, widths, strict=True))
        yield "  ".join(padded).rstrip() + "\n"


def comma_separated(result: Result) -> Iterator[str]:
    """Yield SPARQL 1.1 CSV: bare values."""
    yield csv_line(heads_of(result))
    for row in rows_of(result):
        yield csv_line("" if t is None else t.value if isinstance(t, Bound) else str(t) for t in row)


def csv_line(values: Iterable[str]) -> str:
    """Return a line of CSV."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(list(values))
    return out.getvalue()


def tab_separated(result: Result) -> Iterator[str]:
    """Yield SPARQL 1.1 TSV: terms in Turtle's syntax."""
    yield "\t".join(f"?{head}" for head in heads_of(result)) + "\n"
    for row in rows_of(result):
        yield "\t".join("" if term is None else str(term) for term in row) + "\n"


def json_term(term: Term) -> dict[str, str]:
    """Return a term as SPARQL 1.1 JSON has it."""
    if isinstance(term, ox.NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, ox.BlankNode):
        return {"type": "bnode", "value": term.value}
    if not isinstance(term, ox.Literal):
        raise QueryError(f"{term}: a triple inside a row has no place in SPARQL 1.1 results")
    out = {"type": "literal", "value": term.value}
    if term.language:
        return {**out, "xml:lang": term.language}
    return out if term.datatype.value == str(XSD.string) else {**out, "datatype": term.datatype.value}


def json_rows(result: Result) -> Iterator[str]:
    """Yield SPARQL 1.1 JSON, a line to a row."""
    if result.kind is ResultKind.ASK:
        yield json.dumps({"head": {}, "boolean": bool(result.answer)}) + "\n"
        return
    yield '{"head": ' + json.dumps({"vars": list(result.variables)}) + ', "results": {"bindings": ['
    for index, row in enumerate(result.stream()):
        bound = {n: json_term(t) for n, t in zip(result.variables, row, strict=True) if t is not None}
        yield (",\n" if index else "\n") + json.dumps(bound, ensure_ascii=False)
    yield "\n]}}\n"


def xml_words(words: str) -> str:
    """Escape words for XML; characters that XML cannot hold become U+FFFD."""
    return escape(re.sub("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", words))


def xml_term(term: Term) -> str:
    """Return a term as SPARQL 1.1 XML has it."""
    told = json_term(term)
    value = xml_words(told["value"])
    if told["type"] != "literal":
        return f"<{told['type']}>{value}</{told['type']}>"
    extra = "".join(f" {key}={quoteattr(told[key])}" for key in ("xml:lang", "datatype") if key in told)
    return f"<literal{extra}>{value}</literal>"


def xml_rows(result: Result) -> Iterator[str]:
    """Yield SPARQL 1.1 XML."""
    yield '<?xml version="1.0"?>\n<sparql xmlns="http://www.w3.org/2005/sparql-results#">\n<head>'
    yield "".join(f"<variable name={quoteattr(name)}/>" for name in result.variables) + "</head>\n"
    if result.kind is ResultKind.ASK:
        yield f"<boolean>{str(bool(result.answer)).lower()}</boolean>\n</sparql>\n"
        return
    yield "<results>\n"
    for row in result.stream():
        bound = ((n, t) for n, t in zip(result.variables, row, strict=True) if t is not None)
        cells = "".join(f"<binding name={quoteattr(n)}>{xml_term(t)}</binding>" for n, t in bound)
        yield f"<result>{cells}</result>\n"
    yield "</results>\n</sparql>\n"


def triples_of(result: Result) -> list[jsonld.Triple]:
    """Return the triples of a result, sorted and each once."""
    rows = result.stream()
    found = {(s, p, o) for s, p, o in rows if isinstance(s, Subject) and isinstance(p, ox.NamedNode) and o is not None}
    return sorted(found, key=lambda t: tuple(map(str, t)))


def turtle(result: Result) -> Iterator[str]:
    """Yield Turtle with the prefixes it needs."""
    from kg.graph.turtle import write

    yield write(triples_of(result), result.prefixes).decode()


def ntriples(result: Result) -> Iterator[str]:
    """Yield N-Triples."""
    for subject, predicate, value in triples_of(result):
        yield f"{subject} {predicate} {value} .\n"


def linked_json(result: Result) -> Iterator[str]:
    """Yield JSON-LD."""
    return jsonld.write(triples_of(result), result.prefixes)


Writer = Callable[[Result], Iterator[str]]
PLAIN: dict[str, Writer] = {"table": table, "csv": comma_separated, "tsv": tab_separated}
ROW_FORMATS: dict[str, Writer] = {**PLAIN, "json": json_rows, "xml": xml_rows}
TRIPLE_FORMATS: dict[str, Writer] = {**PLAIN, "turtle": turtle, "ntriples": ntriples, "jsonld": linked_json}
FORMATS = tuple(dict.fromkeys([*ROW_FORMATS, *TRIPLE_FORMATS]))
