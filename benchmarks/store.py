"""Load, ten queries and peak memory of our store beside raw pyoxigraph and rdflib's memory store, in one run.

The graphs are made up with a fixed seed and written by our own `to_rdf`, so they have the shape of real ones: a
named graph a document, some 24 quads a fact. Each engine runs in a process of its own, and three times over (rdflib
once); the medians are shown: seconds, megabytes, milliseconds. Ours loads by `kg.graph.store.load` and asks by
`Graph.query`; every cell of every row is read as a string.
"""

import argparse
import json
import random
import re
import resource as limits
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

SEED = 7
FACTS = {"142k": 5_900, "1.4M": 59_000}
SENTENCES = 10  # a document
RUNS = 3  # processes an engine
ASKED = 7  # times each query is asked in a process, each time in words that were not seen before

PREFIXES = {
    "kg": "https://attest.example/ns/kg#",
    "ent": "https://attest.example/entity/",
    "doc": "https://attest.example/document/",
    "dip": "https://attest.example/ns/diplomacy#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
}
QUERIES = {
    "lookup": "SELECT ?mission WHERE { ent:person-NUMBER dip:postedAt ?mission }",
    "star": """SELECT ?who ?mission ?city ?name WHERE {
        ?who dip:postedAt ?mission ; dip:arrivedIn ?city ; rdfs:label ?name ; kg:named ?named }""",
    "2-hop": "SELECT ?who ?above WHERE { ?who dip:postedAt ?mission . ?mission dip:partOf ?above }",
    "path+": "SELECT ?mission ?above WHERE { ?mission dip:partOf+ ?above . ?mission rdfs:label ?name }",
    "group": """SELECT ?modality (COUNT(?claim) AS ?claims) WHERE {
        GRAPH ?document { ?claim a kg:Claim ; kg:modality ?modality ; kg:evidence ?quote } } GROUP BY ?modality""",
    "optional": """SELECT ?who ?city ?mission WHERE {
        ?who dip:arrivedIn ?city OPTIONAL { ?who dip:postedAt ?mission } }""",
    "text": """SELECT ?evidence ?quote WHERE {
        GRAPH ?document { ?evidence kg:quote ?quote FILTER(CONTAINS(?quote, "Person 1NUMBER ")) } }""",
    "GRAPH": """SELECT ?claim ?predicate ?quote WHERE {
        GRAPH doc:made-0000NUMBER { ?claim rdf:predicate ?predicate ; kg:evidence/kg:quote ?quote } }""",
    "CONSTRUCT": "CONSTRUCT { ?above dip:hasPart ?mission } WHERE { ?mission dip:partOf ?above }",
    "order": "SELECT ?who ?name WHERE { ?who dip:postedAt ent:mission-NUMBER ; rdfs:label ?name } ORDER BY ?name LIMIT 20",
}


# ---- the graphs ----------------------------------------------------------------------------------


def made_up(facts: int) -> Any:
    """Return an extraction of so many facts, two to a sentence: people at missions and in cities, parts of missions."""
    from kg.model import Block, BlockKind, Claim, Document, Entity, Evidence, Extraction, Mention, MentionKind, Modality, Source

    rng = random.Random(SEED)
    people, missions, cities = facts // 2, max(facts // 20, 2), max(facts // 100, 2)
    mentions: dict[str, list[Mention]] = {}
    documents, claims = [], []

    def told(number: int) -> tuple[str, str, list[tuple[str, str]]]:
        """Return subject, sentence, and the two facts in it."""
        if number % 10 == 9:
            mission = number % (missions - 1) + 1
            others = [f"mission-{rng.randrange(mission)}", f"mission-{rng.randrange(mission)}"]
            return f"mission-{mission}", "is part of {} and of {}", [("partOf", other) for other in others]
        others = [f"mission-{rng.randrange(missions)}", f"city-{rng.randrange(cities)}"]
        return f"person-{number % people}", "was posted to {} and arrived in {}", list(zip(("postedAt", "arrivedIn"), others, strict=True))

    for first in range(0, facts // 2, SENTENCES):
        name, text = f"made-{first // SENTENCES:05}", ""
        for number in range(first, min(first + SENTENCES, facts // 2)):
            subject, form, found = told(number)
            words = shown(subject)
            sentence = f"{words} {form.format(*(shown(other) for _, other in found))} in the year {number}, it was said."
            mentions.setdefault(subject, []).append(Mention(name, len(text), len(text) + len(words), words, MentionKind.NAME))
            evidence = (Evidence(name, len(text), len(text) + len(sentence), sentence),)
            modality = rng.choice((Modality.ASSERTED, Modality.REPORTED, Modality.REPORTED, Modality.ALLEGED))
            source = (Source("Reuters"),) if modality is Modality.REPORTED else ()
            for predicate, other in found:
                mentions.setdefault(other, [])
                claims.append(Claim(subject, predicate, other, name, evidence, modality, source=source))
            text += sentence + " "
        documents.append(Document(name, f"{name}.txt", "ab" * 32, text, (Block(0, len(text), BlockKind.PARAGRAPH),), title=name))
    kinds = {"person": "Person", "mission": "Organization", "city": "City"}
    entities = (Entity(key, (kinds[key.split("-")[0]],), shown(key), (), tuple(found)) for key, found in mentions.items())
    return Extraction(tuple(documents), tuple(entities), tuple(claims))


def shown(name: str) -> str:
    """Return an id as words."""
    return name.replace("-", " ").capitalize()


def write(facts: int, folder: Path) -> None:
    """Write a made-up graph as a build does, and once more with an index on disk."""
    import pyoxigraph as ox

    from kg import ontology
    from kg.graph.convert import to_rdf
    from kg.graph.graph import Graph
    from kg.graph.prefixes import prefixes_of
    from kg.graph.store import FolderStore, manifest_of
    from kg.pipeline import Settings, ontology_paths

    taught = ontology.load(ontology_paths(Settings()))
    extraction = made_up(facts)
    store = ox.Store()
    store.bulk_extend(to_rdf(extraction, taught))
    graph = Graph(store, manifest=manifest_of(extraction, prefixes_of(taught), 0))
    FolderStore(folder / "memory").write(graph)
    FolderStore(folder / "indexed", index=True).write(graph)


# ---- the engines ---------------------------------------------------------------------------------


def ours(folder: Path, kind: str = "memory") -> Callable[[], Callable[[str], Iterable[Iterable[Any]]]]:
    """Our store and `Graph.query`: rows of rdflib terms."""
    from kg.graph.store import load

    def start() -> Callable[[str], Iterable[Iterable[Any]]]:
        return load(folder / kind).query

    return start


def our_terms(folder: Path) -> Callable[[], Callable[[str], Iterable[Iterable[Any]]]]:
    """The same, rows of the engine's own terms, as the formats of `kg query` take them."""
    start = ours(folder)

    def terms() -> Callable[[str], Iterable[Iterable[Any]]]:
        ask = start()
        return lambda text: ask(text).stream()  # type: ignore[attr-defined]

    return terms


def our_disk(folder: Path) -> Callable[[], Callable[[str], Iterable[Iterable[Any]]]]:
    """Our index on disk, made by a build with `--store disk`."""
    return ours(folder, "indexed")


def raw(folder: Path) -> Callable[[], Callable[[str], Iterable[Iterable[Any]]]]:
    """Pyoxigraph alone."""
    import pyoxigraph as ox

    def start() -> Callable[[str], Iterable[Iterable[Any]]]:
        store = ox.Store()
        store.bulk_load(path=str(folder / "memory" / "graph.nq"), format=ox.RdfFormat.N_QUADS)
        return lambda text: store.query(text, prefixes=PREFIXES)  # type: ignore[return-value]

    return start


def rdflib_memory(folder: Path) -> Callable[[], Callable[[str], Iterable[Iterable[Any]]]]:
    """The memory store of rdflib."""
    import rdflib

    def start() -> Callable[[str], Iterable[Iterable[Any]]]:
        dataset = rdflib.Dataset()
        dataset.parse(str(folder / "memory" / "graph.nq"), format="nquads")
        return lambda text: dataset.query(text, initNs=PREFIXES)  # type: ignore[return-value]

    return start


ENGINES = {"pyoxigraph": raw, "ours": ours, "ours, terms": our_terms, "ours, disk": our_disk, "rdflib": rdflib_memory}


def measure(engine: str, folder: Path) -> None:
    """Load and ask in this process; print the figures as JSON: seconds, megabytes, milliseconds, and the cells read."""
    start = ENGINES[engine](folder)
    begun = time.perf_counter()
    ask = start()
    figures: dict[str, float] = {"load s": time.perf_counter() - begun}
    cells = {}
    for name, query in QUERIES.items():
        times = []
        for number in range(1 if engine == "rdflib" else ASKED, 0, -1):  # rdflib takes seconds for one
            text = f"{query.replace('NUMBER', str(number))}\n# {number}"  # words that no engine has seen
            begun = time.perf_counter()
            cells[name] = sum(1 for row in ask(text) for _ in map(words_of, row))
            times.append((time.perf_counter() - begun) * 1000)
        figures[name] = statistics.median(times)
    figures["peak MB"] = peak()
    print(json.dumps({"figures": figures, "cells": cells}))


def words_of(term: Any) -> str:
    """Return a term as a string of Python's: rdflib's terms are such, the engine's make one."""
    return term if isinstance(term, str) else "" if term is None else term.value  # type: ignore[no-any-return]


def peak() -> float:
    """Return the peak memory of this process in megabytes; where Linux tells it, without the parent's before the start."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(re.search(r"VmHWM:\s+(\d+)", status.read_text())[1]) / 1024  # type: ignore[index]
    return limits.getrusage(limits.RUSAGE_SELF).ru_maxrss / 1024


# ---- the table -----------------------------------------------------------------------------------

COLUMNS = ("load s", "peak MB", *QUERIES)


def run_of(engine: str, folder: Path) -> dict[str, dict[str, float]]:
    """Run an engine in a process of its own."""
    done = subprocess.run([sys.executable, __file__, "--measure", engine, folder], check=True, capture_output=True, text=True)
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def rows(folder: Path, engines: list[str], runs: int) -> Iterator[str]:
    """Yield the table of a graph: a row an engine, then how ours compares with raw pyoxigraph."""
    found: dict[str, list[dict[str, dict[str, float]]]] = {engine: [] for engine in engines}
    for _ in range(runs):  # turn by turn, so that a busy minute strikes all
        for engine in engines:
            if engine != "rdflib" or not found[engine]:
                found[engine].append(run_of(engine, folder))
    cells = found["pyoxigraph"][0]["cells"]
    table = {e: {c: statistics.median(run["figures"][c] for run in found[e]) for c in COLUMNS} for e in engines}
    for engine, figures in table.items():
        if any(run["cells"] != cells for run in found[engine]):
            raise SystemExit(f"{engine}: answers otherwise than pyoxigraph")
        yield f"| {engine} | " + " | ".join(f"{figures[c]:.2f}" if figures[c] < 10 else f"{figures[c]:.0f}" for c in COLUMNS) + " |"
    for engine in ("ours", "ours, terms"):
        ratios = {c: table[engine][c] / table["pyoxigraph"][c] for c in COLUMNS}
        yield f"| {engine} / pyoxigraph | " + " | ".join(f"{ratios[c]:.2f}×" for c in COLUMNS) + " |"
        yield f"| median of the ten: {statistics.median(ratios[c] for c in QUERIES):.2f}× |" + " |" * len(COLUMNS)


def main() -> None:
    """Print a table a size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", default=list(FACTS), help=f"of {', '.join(FACTS)}, or a number of facts")
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--keep", type=Path, help="a folder to keep the graphs in, and to take them from")
    parser.add_argument("--measure", nargs=2, metavar=("ENGINE", "FOLDER"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.measure:
        measure(args.measure[0], Path(args.measure[1]))
        return
    top = args.keep or Path(tempfile.mkdtemp())
    for size in args.sizes:
        facts = FACTS.get(size) or int(size)
        folder = top / size
        if not folder.exists():
            write(facts, folder)
        quads = json.loads((folder / "memory" / "manifest.json").read_text())["graph"]["quads"]
        engines = [e for e in ENGINES if e != "rdflib" or facts <= FACTS["142k"]]
        print(f"{quads} quads, {facts} facts\n\n| engine | " + " | ".join(COLUMNS) + " |\n|" + "---|" * (len(COLUMNS) + 1))
        for line in rows(folder, engines, args.runs):
            print(line, flush=True)
        print()
    if not args.keep:
        shutil.rmtree(top)


if __name__ == "__main__":
    main()
