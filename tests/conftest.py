"""What holds for every test: the same examples at every run, and no network."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from spacy.language import Language

    from kg.annotation.parse import Passage
    from kg.claims.patterns import Matcher
    from kg.claims.reading import DocumentReading
    from kg.ontology import Ontology

# A busy machine is no failure, and a failure must come back at the next run.
settings.register_profile("suite", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")

HERE = ("127.", "::1", "localhost")


@pytest.fixture(autouse=True, scope="session")
def offline() -> Iterator[None]:
    """Refuse whatever would leave this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not str(address[0]).startswith(HERE):
            raise AssertionError(f"a test reached for {address}")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


@pytest.fixture(scope="session")
def nlp() -> Language:
    """The embedded pipeline, loaded once."""
    from kg.annotation.pipeline import load

    return load()


@pytest.fixture(scope="session")
def taught() -> Ontology:
    """The bundled diplomacy ontology with its core."""
    from kg import ontology
    from kg.pipeline import Settings, ontology_paths

    return ontology.load(ontology_paths(Settings()))


@pytest.fixture(scope="session")
def matcher(nlp: Language, taught: Ontology) -> Matcher:
    """What the diplomacy ontology teaches, learnt once."""
    from kg.claims.patterns import Matcher, learn

    return Matcher(learn(taught, nlp), taught)


@pytest.fixture(scope="session")
def parsed(nlp: Language) -> Callable[..., list[Passage]]:
    """A function from a text to its passages; a blank line ends a paragraph."""
    from kg.annotation.pipeline import passage_of, read_text
    from kg.model import Block, BlockKind, Document

    def passages(text: str, name: str = "text") -> list[Passage]:
        blocks, at = [], 0
        for part in text.split("\n\n"):
            blocks.append(Block(at, at + len(part), BlockKind.PARAGRAPH))
            at += len(part) + 2
        document = Document(name, name, "", text, tuple(blocks))
        return [passage_of(read_text(text[b.start : b.end], nlp), document, b) for b in blocks]

    return passages


@pytest.fixture(scope="session")
def read(parsed: Callable[..., list[Passage]], matcher: Matcher) -> Callable[..., DocumentReading]:
    """A function from a text to its reading under the diplomacy ontology."""
    from kg.claims.read import read_passages

    def reading(text: str, name: str = "text") -> DocumentReading:
        passages = parsed(text, name)
        return read_passages(passages[0].document, passages, matcher)

    return reading


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the browser's tests last: once a browser is open, its driver keeps an event loop in this thread."""
    items.sort(key=lambda item: "browser" in item.path.parts)
