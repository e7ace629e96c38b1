"""SPARQL text before it runs: its tokens, what is refused, where it is wrong, and values bound to its variables.

Oxigraph would send SERVICE over the network, so a query is read here first, by its tokens: words inside
strings, comments and IRIs do not count. Bound values become VALUES blocks of whole terms; nothing is pasted.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import urljoin

import pyoxigraph as ox

from kg.errors import QueryError
from kg.graph.bridge import registered

SUSPECT = ("service", "from", "\\u")
FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
UPDATES = ("INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH")

TOKENS = re.compile(
    r"""
      (?P<space>\s+)
    | (?P<comment>\#[^\n\r]*)
    | (?P<iri><[^<>"{}|^`\x00-\x20]*>)
    | (?P<string>\"{3}(?:\"{0,2}(?:[^"\\]|\\.))*\"{3} | '{3}(?:'{0,2}(?:[^'\\]|\\.))*'{3}
        | "(?:[^"\\\n\r]|\\.)*" | '(?:[^'\\\n\r]|\\.)*')
    | (?P<variable>[?$]\w+)
    | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    | (?P<name>(?:_|[^\W\d_][\w.-]*)?:(?:[\w:%.-]|\\.)*)
    | (?P<word>[^\W\d]\w*)
    | (?P<number>\d+)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a query; `start` is its offset in characters."""

    kind: str
    text: str
    start: int

    def is_word(self, *words: str) -> bool:
        """Whether this is one of some keywords, in any case."""
        return self.kind == "word" and self.text.upper() in words


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a query, without spaces and comments."""
    for match in TOKENS.finditer(text):
        kind = match.lastgroup or "other"
        if kind not in ("space", "comment"):
            yield Token(kind, match.group(), match.start())


def complaint(text: str, start: int, message: str) -> QueryError:
    """Say line, column and cause, and point at the place with a caret."""
    before = text[:start]
    line, column = before.count("\n") + 1, start - (before.rfind("\n") + 1) + 1
    shown = text.split("\n")[line - 1].rstrip("\r")
    caret = "".join(c if c == "\t" else " " for c in shown[: column - 1]).ljust(column - 1) + "^"
    return QueryError(f"line {line}, column {column}: {message}\n  {shown}\n  {caret}")


# ---- what is refused -----------------------------------------------------------------------------


def is_plain(text: str) -> bool:
    """Whether a query can neither reach out nor choose its graphs, so that the engine may run it unread.

    Updates and syntax errors the engine refuses by itself; `check` then says why. Reading tokens takes longer than
    a look-up, and most queries are plain.
    """
    folded = text.casefold()
    return not any(word in folded for word in SUSPECT)


def check(text: str, prefixes: Mapping[str, str], graphs: Container[str] = ()) -> list[Token]:
    """Return the tokens of a query that may run.

    `graphs` are the IRIs that FROM may name. Raises QueryError with line and column for an update, for SERVICE,
    for a FROM that names no graph here, for an unknown prefix, and for a syntax error.
    """
    found = list(tokens(text))
    refuse(text, found, prefixes, graphs)
    declared = declarations(found)
    refuse_bad_syntax(text, {k: v for k, v in prefixes.items() if k not in declared})
    return found


def refuse(text: str, found: Sequence[Token], prefixes: Mapping[str, str], graphs: Container[str], *, based: bool = False) -> None:
    """Refuse all that `check` refuses but bad syntax, which whoever runs the query meets anyway.

    `based` says that whoever runs it completes relative IRIs.
    """
    refuse_updates(text, found)
    refuse_service(text, found)
    known = {**prefixes, **declarations(found)}
    refuse_unknown_prefixes(text, found, known)
    if not based:
        refuse_relative_iris(text, found)
    refuse_strange_graphs(text, found, known, graphs)


def refuse_updates(text: str, found: Sequence[Token]) -> None:
    """Refuse what is no query."""
    form = next((t for t in found if t.is_word(*FORMS, *UPDATES)), None)
    if form is None:
        raise complaint(text, found[0].start if found else 0, f"a query starts with {', '.join(FORMS)}")
    if form.is_word(*UPDATES):
        raise complaint(text, form.start, f"{form.text.upper()} would change the graph; only queries run here")


def check_update(text: str, prefixes: Mapping[str, str]) -> str:
    """Return the text of an update that may run: without LOAD SILENT, which succeeds where nothing can be loaded.

    Raises QueryError with line and column for SERVICE, LOAD and an unknown prefix.
    """
    found = list(tokens(text))
    refuse_service(text, found)
    refuse_unknown_prefixes(text, found, {**prefixes, **declarations(found)})
    for index, token in reversed(list(enumerate(found))):
        if not token.is_word("LOAD"):
            continue
        if index + 1 == len(found) or not found[index + 1].is_word("SILENT"):
            raise complaint(text, token.start, "LOAD is refused: nothing is fetched; parse the file into the dataset")
        end = next((t.start for t in found[index:] if t.text == ";"), len(text))
        text = f"{text[: token.start]}INSERT DATA {{ }} {text[end:]}"
    return text


def refuse_service(text: str, found: Sequence[Token]) -> None:
    """Refuse SERVICE, however it is glued to its neighbours: the engine accepts "trueSERVICE<…>"."""
    for token in found:
        lower = token.text.lower()
        in_name = token.kind == "name" and ("service" in lower.partition(":")[0] or ".service" in lower)
        if in_name or (token.kind == "word" and "service" in lower):
            raise complaint(text, token.start, "SERVICE is refused: a query reads this graph and nothing else")


def declarations(found: Sequence[Token]) -> dict[str, str]:
    """Return the prefixes that the query declares."""
    triples = zip(found, found[1:], found[2:], strict=False)
    return {n.text[:-1]: i.text[1:-1] for p, n, i in triples if p.is_word("PREFIX") and n.kind == "name"}


def refuse_unknown_prefixes(text: str, found: Sequence[Token], known: Mapping[str, str]) -> None:
    """Refuse a name whose prefix is neither declared nor one of ours; the engine's own message misleads."""
    for token in found:
        prefix = token.text.partition(":")[0]
        if token.kind == "name" and prefix != "_" and prefix not in known:
            names = ", ".join(f"{name}:" for name in sorted(known))
            raise complaint(text, token.start, f"no prefix {prefix}: is known (known: {names})")


def refuse_relative_iris(text: str, found: Sequence[Token]) -> None:
    """Refuse an IRI that lacks its scheme, where no BASE completes it; the engine's own message misleads."""
    if any(token.is_word("BASE") for token in found):
        return
    for token in found:
        if token.kind == "iri" and re.fullmatch(r"<[\w/#.-]*>", token.text):  # "?a<?b&&?c>?d" has no IRI
            raise complaint(text, token.start, f"{token.text} is no whole IRI; write it in full, or declare BASE")


def refuse_strange_graphs(text: str, found: Sequence[Token], known: Mapping[str, str], graphs: Container[str]) -> None:
    """Refuse FROM with a graph that is not here: nothing is fetched, so it could only be empty."""
    base = base_of(found)
    for previous, token in pairwise(found):
        if previous.is_word("FROM") or (previous.is_word("NAMED") and token.kind in ("iri", "name")):
            iri = expand(token, known, base)
            if iri is not None and iri not in graphs:
                raise complaint(text, token.start, f"FROM names no graph of this store: {iri} (nothing is fetched)")


@dataclass(frozen=True, slots=True)
class Chosen:
    """The graphs that FROM and FROM NAMED choose, and where in the text they do."""

    default: tuple[str, ...]
    named: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]


def dataset_clause(found: Sequence[Token], prefixes: Mapping[str, str]) -> Chosen:
    """Return what FROM and FROM NAMED say."""
    known, base = {**prefixes, **declarations(found)}, base_of(found)
    default: list[str] = []
    named: list[str] = []
    spans = []
    for index, token in enumerate(found):
        if token.is_word("FROM"):
            is_named = found[index + 1].is_word("NAMED")
            last = found[index + 1 + is_named]
            (named if is_named else default).append(expand(last, known, base) or "")
            spans.append((token.start, last.start + len(last.text)))
    return Chosen(tuple(dict.fromkeys(default)), tuple(dict.fromkeys(named)), tuple(spans))


def without(text: str, chosen: Chosen) -> str:
    """Return the text with spaces in place of FROM and FROM NAMED."""
    for start, end in chosen.spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def base_of(found: Sequence[Token]) -> str:
    """Return the last BASE that a query declares; nothing where it declares none."""
    return next((iri.text[1:-1] for word, iri in reversed(list(pairwise(found))) if word.is_word("BASE")), "")


def expand(token: Token, known: Mapping[str, str], base: str) -> str | None:
    """Return the IRI of a token that is one."""
    if token.kind == "iri":
        return urljoin(base, token.text[1:-1])
    prefix, colon, local = token.text.partition(":")
    return known.get(prefix, "") + re.sub(r"\\(.)", r"\1", local) if token.kind == "name" and colon else None


def refuse_bad_syntax(text: str, prefixes: Mapping[str, str]) -> None:
    """Let the engine parse the query over an empty store."""
    try:
        ox.Store().query(text, prefixes=dict(prefixes), custom_functions=dict(registered()))
    except SyntaxError as error:
        raise syntax_error(text, str(error)) from error
    except (RuntimeError, ValueError) as error:
        raise QueryError(f"the query cannot run: {error}") from error


def syntax_error(text: str, message: str) -> QueryError:
    """Put the engine's message in plain words, at its place.

    Where the engine expected a keyword, the place it tells lies behind the true one by the keyword's length (it
    reads that far before it compares), so rdflib's parser is asked instead.
    """
    match = re.match(r"error at (\d+):(\d+): expected (.*)", message, re.DOTALL)
    if not match:
        return QueryError(f"the query is wrong: {message}")
    told = [part for part in re.split(r", |one of ", match[3]) if re.match(r"[A-Z][a-z]*( [\w']+){2,}", part)]
    exact = told or re.search(r"""["']|\[[^_]""", match[3])
    start = None if exact else failure_of_rdflib(text)
    verb = "unexpected {}" if start is None else "cannot be read from {} on"
    start = offset_of(text, int(match[1]), int(match[2])) if start is None else start
    rest = next(tokens(text[start:]), None)
    if told or rest is None:
        return complaint(text, start, told[0] if told else "the query ends too soon")
    return complaint(text, start + rest.start, verb.format(repr(rest.text)))


def offset_of(text: str, line: int, column: int) -> int:
    """Return the offset of a line and column, both from 1."""
    lines = text.split("\n")
    return min(sum(len(part) + 1 for part in lines[: line - 1]) + column - 1, len(text))


def failure_of_rdflib(text: str) -> int | None:
    """Return the offset at which rdflib's parser gives up; nothing where it does not."""
    from pyparsing import ParseException
    from rdflib.plugins.sparql.parser import parseQuery

    try:
        parseQuery(text.replace("\t", " "))  # pyparsing would widen tabs, and so move offsets
    except ParseException as error:
        return int(error.loc)
    return None


# ---- bound values --------------------------------------------------------------------------------


def bind(text: str, found: Sequence[Token], bindings: Mapping[str, ox.NamedNode | ox.Literal]) -> str:
    """Give variables their values, by a VALUES block at the head of each group that names them.

    The outermost group always gets one, so that a variable of the head is bound too. Raises QueryError for a
    variable that the query does not have.
    """
    if not bindings:
        return text
    variables = {t.text[1:] for t in found if t.kind == "variable"}
    for name in bindings:
        if name not in variables:
            known = ", ".join(f"?{v}" for v in sorted(variables)) or "none"
            raise QueryError(f"the query has no variable ?{name} to bind (it has: {known})")
    inserts = {place: names & bindings.keys() for place, names in groups(found).items()}
    main = main_group(found)
    if main is None:
        return f"{text}\n{values(bindings, set(bindings))}"
    inserts[main] = set(bindings)
    for place in sorted(inserts, reverse=True):
        text = text[:place] + values(bindings, inserts[place]) + text[place:]
    return text


def values(bindings: Mapping[str, ox.NamedNode | ox.Literal], names: set[str]) -> str:
    """Write VALUES blocks in SPARQL's own syntax; a term writes itself, escaped."""
    return "".join(f" VALUES ?{name} {{ {bindings[name]} }} " for name in sorted(names))


def groups(found: Sequence[Token]) -> dict[int, set[str]]:
    """Return the places after the opening braces of patterns, each with the variables named directly inside.

    Left out are templates, and groups that hold a SELECT, which must stand alone there.
    """
    open_groups: list[tuple[int, bool]] = []
    out: dict[int, set[str]] = {}
    for index, token in enumerate(found):
        if token.text == "{":
            after = found[index + 1] if index + 1 < len(found) else None
            before = found[index - 1] if index else None
            barred = bool(before and before.is_word("CONSTRUCT")) or bool(after and after.is_word("SELECT"))
            barred = barred or short_construct(found[:index])
            open_groups.append((token.start + 1, barred))
        elif token.text == "}" and open_groups:
            open_groups.pop()
        elif token.kind == "variable" and open_groups and not open_groups[-1][1]:
            out.setdefault(open_groups[-1][0], set()).add(token.text[1:])
    return out


def short_construct(before: Sequence[Token]) -> bool:
    """Whether a group follows CONSTRUCT WHERE: it is a template too and takes no VALUES."""
    return len(before) >= 2 and before[-2].is_word("CONSTRUCT") and before[-1].is_word("WHERE")


def main_group(found: Sequence[Token]) -> int | None:
    """Return the place after the brace of the outermost pattern; nothing where VALUES must follow the query."""
    parentheses = braces = 0
    for index, token in enumerate(found):
        parentheses += {"(": 1, ")": -1}.get(token.text, 0)
        if token.text == "{" and not parentheses and not braces:
            if short_construct(found[:index]):
                return None
            if not found[index - 1].is_word("CONSTRUCT"):
                return token.start + 1
        braces += {"{": 1, "}": -1}.get(token.text, 0)
    return None
