"""Words per second of the whole build and of each stage, and peak memory, on 1, 10, 100 and 1,000 documents.

The documents are made from the bundled corpus: its paragraphs, dealt out anew with a fixed seed.
"""

import argparse
import random
import resource as limits
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from kg import documents, ontology
from kg.annotation import pipeline
from kg.claims.assemble import assemble
from kg.claims.digest import digest
from kg.claims.patterns import Matcher, learn
from kg.claims.read import read_passages
from kg.graph.store import assemble as graph_of
from kg.model import Block, BlockKind, Document
from kg.pipeline import Settings, ontology_paths
from kg.resources import resource

SEED = 7
PARAGRAPHS = 8


@contextmanager
def timed(times: dict[str, float], stage: str) -> Iterator[None]:
    """Add the seconds of a block to a stage."""
    start = time.perf_counter()
    yield
    times[stage] = times.get(stage, 0.0) + time.perf_counter() - start


def made_up(count: int) -> list[Document]:
    """Return documents of eight paragraphs each, drawn from the corpus."""
    rng = random.Random(SEED)
    corpus = list(documents.read([resource("data", "corpus")]))
    paragraphs = [d.text[b.start : b.end] for d in corpus for b in d.blocks if b.kind is BlockKind.PARAGRAPH]
    out = []
    for number in range(count):
        chosen = rng.sample(paragraphs, PARAGRAPHS)
        text, blocks = "", []
        for paragraph in chosen:
            blocks.append(Block(len(text), len(text) + len(paragraph), BlockKind.PARAGRAPH))
            text += paragraph + "\n\n"
        out.append(replace(corpus[0], id=f"made-{number:05}", path=f"{number}.txt", text=text, blocks=tuple(blocks), tables=()))
    return out


def main() -> None:
    """Print a row a size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", type=int, nargs="*", default=[1, 10, 100, 1000])
    args = parser.parse_args()
    taught = ontology.load(ontology_paths(Settings()))
    nlp = pipeline.load()
    start = time.perf_counter()
    matcher = Matcher(learn(taught, nlp), taught)
    print(f"learning {len(taught.examples)} examples: {time.perf_counter() - start:.1f} s\n")
    print("| documents | words | words/s | annotate s | read s | join s | graph s | peak MB |\n|---|---|---|---|---|---|---|---|")
    for size in args.sizes:
        made, times = made_up(size), dict[str, float]()
        words = sum(len(d.text.split()) for d in made)
        digests = []
        passages = pipeline.annotate(made, nlp)
        while True:
            with timed(times, "annotate"):
                item = next(passages, None)
            if item is None:
                break
            with timed(times, "read"):
                digests.append(digest(read_passages(*item, matcher)))
        with timed(times, "join"):
            extraction = assemble(digests, taught, {})
        with timed(times, "graph"):
            graph_of(extraction, taught)
        peak = limits.getrusage(limits.RUSAGE_SELF).ru_maxrss / 1024
        cells = [size, words, f"{words / sum(times.values()):.0f}", *(f"{times[s]:.1f}" for s in ("annotate", "read", "join", "graph")), f"{peak:.0f}"]
        print("| " + " | ".join(map(str, cells)) + " |", flush=True)


if __name__ == "__main__":
    main()
