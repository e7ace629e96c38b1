"""What reads documents: a model and the patterns of an ontology, in this process or in several.

Both are loaded when the first document needs them; where all readings are kept from before, none is.
"""

from __future__ import annotations

import os
import signal
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import islice
from multiprocessing import parent_process
from typing import TYPE_CHECKING

from kg import basis
from kg.errors import KgError
from kg.memory import uncollected
from kg.model import Document

if TYPE_CHECKING:
    from concurrent.futures import Future

    from spacy.language import Language

    from kg.claims.digest import Digest
    from kg.claims.patterns import Matcher, Pattern
    from kg.ontology import Ontology
    from kg.readings import Readings

WORTH = 60_000  # characters of text that repay the start of a process
AHEAD = 3  # documents that wait for each process


class Engine:
    """Reads documents with one model and one ontology."""

    def __init__(self, ontology: Ontology, model: str | None, readings: Readings) -> None:
        """Name what is read with; `readings` may hold the patterns that were learnt before."""
        self.ontology = ontology
        self.model = model
        self.readings = readings

    @cached_property
    def nlp(self) -> Language:
        """The language pipeline."""
        from kg.annotation import pipeline

        with uncollected():
            return pipeline.load(self.model)

    @cached_property
    def learning(self) -> str:
        """The hash of all that the patterns depend on."""
        return basis.learning_basis(self.ontology, self.model)

    @cached_property
    def patterns(self) -> list[Pattern]:
        """What the examples teach: kept from before, or learnt now."""
        from kg.claims.patterns import learn
        from kg.readings import patterns_name, patterns_words

        known = self.readings.patterns(self.learning)
        if known is not None:
            return known
        learnt = learn(self.ontology, self.nlp)
        self.readings.put(patterns_name(self.learning), patterns_words(learnt))
        return learnt

    @cached_property
    def matcher(self) -> Matcher:
        """The patterns, ready to be matched."""
        from kg.claims.patterns import Matcher

        return Matcher(self.patterns, self.ontology)

    @property
    def versions(self) -> dict[str, str]:
        """What the graph says it was read with."""
        from kg.annotation import pipeline

        model = basis.model_version(self.model) or pipeline.model_version(self.nlp)
        return {"model": model, "ontology": self.ontology.version}

    def read(self, document: Document) -> Digest:
        """Read one document.

        A document is annotated by itself, so that its reading does not depend on what is read beside it.
        """
        from kg.annotation import pipeline
        from kg.claims.digest import digest
        from kg.claims.read import read_passages

        [(_, passages)] = pipeline.annotate([document], self.nlp)
        return digest(read_passages(document, passages, self.matcher))

    def read_all(self, documents: list[Document], jobs: int | None = None) -> Iterator[Digest]:
        """Read documents in order, in as many processes as the text is worth; the digests are the same for any number.

        Raises KgError where a process is killed.
        """
        wanted = processes(documents, jobs)
        if wanted > 1 and self.matcher:  # loaded before the processes part, where these can share it
            return self.read_apart(documents, wanted)
        return map(self.read, documents)

    def read_apart(self, documents: Iterable[Document], jobs: int) -> Iterator[Digest]:
        """Read documents in several processes; only a few are on their way at a time."""
        from concurrent.futures import ProcessPoolExecutor
        from concurrent.futures.process import BrokenProcessPool

        from kg.readings import digest_from

        queue = iter(documents)
        waiting: deque[Future[str]] = deque()
        pool = ProcessPoolExecutor(jobs, initializer=start_worker, initargs=(self.model, self.matcher))
        try:
            waiting.extend(pool.submit(read_here, d) for d in islice(queue, jobs * AHEAD))
            while waiting:
                words = waiting.popleft().result()
                waiting.extend(pool.submit(read_here, d) for d in islice(queue, 1))
                yield digest_from(words)
        except BrokenProcessPool as error:
            raise KgError("a process that read documents was killed (by lack of memory?); try again with --jobs 1") from error
        finally:
            pool.shutdown(cancel_futures=True)


def processes(documents: Iterable[Document], jobs: int | None) -> int:
    """Return how many processes read some documents: as many as asked for, else one a core where there is text enough."""
    if jobs is not None:
        return jobs
    text = sum(len(d.text) for d in documents)
    return max(1, min(os.cpu_count() or 1, text // WORTH))


# ---- in a process of its own ---------------------------------------------------------------------

worker: list[Engine] = []  # the engine of this process


def start_worker(model: str | None, matcher: Matcher) -> None:
    """Make this process's engine; an interrupt is the parent's to handle, and without a parent there is nothing to do."""
    from kg.readings import Readings

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=end_with_parent, daemon=True).start()
    engine = Engine(matcher.ontology, model, Readings(None, ""))
    engine.matcher = matcher
    worker[:] = [engine]


def end_with_parent() -> None:
    """Wait for the end of the process that started this one, then end too."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def read_here(document: Document) -> str:
    """Read a document in this process and return its digest as words, which are cheap to send."""
    from kg.readings import words_of

    return words_of(worker[0].read(document))
