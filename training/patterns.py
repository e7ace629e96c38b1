"""Learns the examples of the bundled ontologies and writes what they teach as data of the package (`make patterns`)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kg import basis, ontology
from kg.annotation import pipeline
from kg.claims.patterns import learn
from kg.pipeline import Settings, ontology_paths
from kg.readings import BUNDLED, LINES, write_bundled
from kg.resources import resource


def bundled() -> Iterator[tuple[str, Settings]]:
    """Yield the ontologies whose patterns come with the package: what is read without options, and each domain alone."""
    yield "default", Settings()
    for path in sorted(resource("ontology").glob("*.ttl")):
        if path.name not in ("core.ttl", "shapes.ttl"):
            yield path.stem, Settings((path,))


def main() -> None:
    """Write a file for each ontology; one that is the default goes by that name."""
    folder = resource("data") / BUNDLED
    for path in folder.glob(f"*{LINES}"):
        path.unlink()
    seen: set[str] = set()
    for name, settings in bundled():
        taught = ontology.load(ontology_paths(settings))
        learning = basis.learning_basis(taught, None)
        if taught.examples and learning not in seen:
            seen.add(learning)
            write_bundled(Path(folder), name, learning, learn(taught, pipeline.load()))


if __name__ == "__main__":
    main()
