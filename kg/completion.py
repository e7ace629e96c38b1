"""What a prompt may complete: prefixes, keywords, classes, properties and saved questions by name, things by label."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile
from typing import TYPE_CHECKING

import pyoxigraph as ox
from rdflib.namespace import RDFS

from kg.graph.prefixes import shorten
from kg.graph.terms import ONTOLOGY_GRAPH
from kg.namespaces import ENT
from kg.show import flat, folded, names_of

if TYPE_CHECKING:
    from kg.graph.graph import Graph
    from kg.model import Entity

MOST = 40  # candidates of one kind
WORDS = 5  # of a name before the cursor
KEYWORDS = tuple(
    re.findall(
        r"\w+(?: BY)?",
        "SELECT DISTINCT WHERE OPTIONAL FILTER UNION MINUS GRAPH BIND VALUES NOT EXISTS CONSTRUCT DESCRIBE ASK PREFIX COUNT"
        " CONTAINS LCASE REGEX BOUND COALESCE GROUP_CONCAT ORDER BY GROUP BY LIMIT OFFSET HAVING",
    )
)
NAME = re.compile(rf"(?<![\w?$:])(?:[^\W_][\w.'’-]* ){{0,{WORDS - 1}}}[^\W_][\w.'’-]*$")
TERM = re.compile(r"(?<![\w?$:])([A-Za-z][\w.-]*):([\w.-]*)$")
WORD = re.compile(r"(?<![\w?$:])[A-Za-z][\w-]*$")


@dataclass(frozen=True, slots=True)
class Candidate:
    """What may stand in place of the last `replaces` characters, and how a menu shows it."""

    text: str
    replaces: int
    shown: str
    note: str = ""


class Names:
    """Folded names in order, with what each stands for: all that begin alike are found at once."""

    def __init__(self, pairs: Iterable[tuple[str, tuple[str, str, str]]]) -> None:
        """Take names, each with the text to insert, the label to show and a note."""
        self.pairs = sorted({(folded(name), held) for name, held in pairs if name})
        self.keys = [key for key, _ in self.pairs]

    def beginning(self, words: str) -> Iterator[tuple[str, str, str]]:
        """Yield what the names that begin so stand for, each once."""
        fitting = takewhile(lambda pair: pair[0].startswith(words), islice(self.pairs, bisect_left(self.keys, words), None))
        yield from dict.fromkeys(held for _, held in islice(fitting, MOST))


class Vocabulary:
    """The words of a graph that a query may use."""

    def __init__(self, graph: Graph, questions: Iterable[str]) -> None:
        """Gather prefixes, the terms of the ontology, the labels of things, and the names of saved questions."""
        self.prefixes = graph.prefixes
        self.questions = sorted(questions)
        self.terms = dict(terms_of(graph))
        held = [(iri, name, label) for iri, label in self.terms.items() if (name := shorten(iri, self.prefixes))]
        of_terms = [(words, (name, name, label)) for _, name, label in held for words in (label, name.partition(":")[2])]
        self.things = Names(of_terms + [pair for pairs in map(self.pairs_of, graph.extraction.entities) for pair in pairs])

    def pairs_of(self, entity: Entity) -> list[tuple[str, tuple[str, str, str]]]:
        """Return the names of a thing, each with what it stands for."""
        iri = f"{ENT}{entity.id}"
        held = (shorten(iri, self.prefixes) or f"<{iri}>", flat(entity.label), ", ".join(entity.types[:1]))
        return [(name, held) for name in names_of(entity)]

    def candidates(self, before: str, *, first: bool = True) -> Iterator[Candidate]:
        """Yield what may complete the text before the cursor; `first` says whether it is all of the entry so far."""
        if term := TERM.search(before):
            yield from self.in_namespace(term[1], term[2])
            return
        if word := WORD.search(before):
            yield from self.plain(word[0], first=first and before.strip() == word[0])
        if name := NAME.search(before):
            yield from self.named(name[0])

    def in_namespace(self, prefix: str, typed: str) -> Iterator[Candidate]:
        """Yield the terms or things of a prefix whose local names begin so."""
        namespace = self.prefixes.get(prefix)
        if namespace == str(ENT):
            held = (h for h in self.things.beginning(folded(typed)) if h[0].startswith(f"{prefix}:{typed}"))
            yield from (Candidate(text, len(prefix) + 1 + len(typed), shown, note) for text, shown, note in held)
        elif namespace is not None:
            for iri in sorted(i for i in self.terms if i.startswith(namespace + typed)):
                name = shorten(iri, self.prefixes) or f"<{iri}>"
                yield Candidate(name, len(prefix) + 1 + len(typed), name, self.terms[iri])

    def plain(self, word: str, *, first: bool) -> Iterator[Candidate]:
        """Yield saved questions, at the start; keywords and prefixes."""
        if first:
            yield from (Candidate(q, len(word), q, "saved question") for q in self.questions if q.startswith(word))
        yield from (Candidate(k, len(word), k) for k in KEYWORDS if k.startswith(word.upper()))
        yield from (Candidate(f"{p}:", len(word), f"{p}:", ns) for p, ns in self.prefixes.items() if p.startswith(word.lower()))

    def named(self, words: str) -> Iterator[Candidate]:
        """Yield what is called so; of "the city San Fr" the longest end that begins a name counts."""
        for start in word_starts(words):
            tail = words[start:]
            found = list(self.things.beginning(folded(tail))) if len(tail) > 1 else []
            yield from (Candidate(text, len(tail), shown, f"{text} · {note}" if shown != text else note) for text, shown, note in found)
            if found:
                return


    def labels(self, typed: str) -> Iterator[Candidate]:
        """Yield the labels of things that are called so."""
        for label in dict.fromkeys(shown for text, shown, _ in self.things.beginning(folded(typed)) if text != shown):
            yield Candidate(label, len(typed), label)


def word_starts(words: str) -> Sequence[int]:
    """Return where each word begins."""
    return [0, *(match.end() for match in re.finditer(" ", words))]


def terms_of(graph: Graph) -> Iterator[tuple[str, str]]:
    """Yield IRI and label of each class and property of the ontology."""
    for quad in graph.store.quads_for_pattern(None, ox.NamedNode(str(RDFS.label)), None, ONTOLOGY_GRAPH):
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.Literal):
            yield quad.subject.value, quad.object.value
