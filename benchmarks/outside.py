"""Texts and gold by others: GUM's coreference, Re-DocRED's and KnowledgeNet's relations.

    python benchmarks/outside.py --corpora ../shared/corpora --bench ../shared/bench [gum redocred knowledgenet]

The corpora are no part of the project. GUM: the documents of its test split, which the parser never saw; their names it did,
since all of GUM trained the recogniser of names. Re-DocRED: the last hundred documents of test, of which nothing was trained
on. KnowledgeNet: fold 3.
"""

import argparse
import lzma
import sys
import tarfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from others import docred, gum, knowledgenet, relations
from others.coreference import MEASURES, without_singletons
from others.reading import Reader, Told
from others.tally import Tally

HEADS = "P | R | F1 |"
FOLD = 3
AROUND = 90  # characters of text on either side of a miss


def gum_documents(corpora: Path) -> Iterator[tuple[str, str]]:
    """Yield the names and treebank files of GUM's test split that the archive holds."""
    wanted = set(gum.split_names((corpora / "gum/splits.md").read_text(encoding="utf-8"), "test"))
    with tarfile.open(corpora / "gum/gum_safe_genres_dep.tar.xz") as archive:
        for member in sorted(archive.getmembers(), key=lambda m: m.name):
            file = archive.extractfile(member) if Path(member.name).stem in wanted else None
            if file is not None:
                yield Path(member.name).stem, file.read().decode("utf-8")


def coreference(reader: Reader, corpora: Path, *, limit: int | None, misses: bool) -> None:
    """Print how mentions are found and joined in GUM."""
    read = []
    for name, conllu in list(gum_documents(corpora))[:limit]:
        text, gold = gum.read_document(conllu)
        paired = gum.pair(reader.read(name, text), gold)
        read.append(paired)
        if misses:
            print_links(name, text, paired)
    print(f"\nGUM, {len(read)} documents: persons, organisations and places\n\n| mentions | wanted | {HEADS}\n|---|---|---|---|---|")
    for form in (None, *gum.FORMS):
        found = sum((gum.detection(p, form) for p in read), Tally())
        cells = found.cells() if form is None else f"– | {found.recall:.3f} | –"
        print(f"| {form or 'all'} | {found.wanted:.0f} | {cells} |")
    views = {
        "found mentions only, with those that stand alone": {"found_only": True},
        "all mentions, without those that stand alone": {},
        "the same without I, you, we": {"speakers": False},
    }
    for title, options in views.items():
        print(f"\n| {title} | {HEADS}\n|---|---|---|---|")
        print_measures([gum.clusters(p, **options) for p in read], alone="found_only" in options)
    print(f"\n| found mention | {' | '.join(gum.VERDICTS)} |\n|---|---|---|---|---|")
    verdicts = Counter((p.gold[link.number].form, link.verdict) for p in read for link in gum.links(p))
    for form in gum.FORMS:
        print(f"| {form} | {' | '.join(str(verdicts[form, v]) for v in gum.VERDICTS)} |")


def print_measures(pairs: list[tuple[gum.Clusters, gum.Clusters]], *, alone: bool) -> None:
    """Print each measure over all documents, and the mean of their F1."""
    total = 0.0
    for name, measure in MEASURES.items():
        sides = pairs if alone else [(without_singletons(key), without_singletons(response)) for key, response in pairs]
        result = sum((measure(key, response) for key, response in sides), Tally())
        total += result.f1
        print(f"| {name} | {result.cells()} |")
    print(f"| mean F1 (CoNLL) | | | {total / len(MEASURES):.3f} |")


def print_links(name: str, text: str, paired: gum.Paired) -> None:
    """Print the mentions that were joined wrongly or not at all, those that were not found, and those that are none."""
    for link in gum.links(paired):
        if link.verdict in (gum.WRONG, gum.MISSED) and link.antecedent is not None:
            here, there = paired.gold[link.number], paired.gold[link.antecedent]
            print(f"{name} {link.verdict} ({here.form}): [{text[here.start : here.end]}] → [{text[there.start : there.end]}] … {around(text, here.start, here.end)}")
    for i in sorted(gum.asked(paired, speakers=False) - paired.partner.keys()):
        here = paired.gold[i]
        print(f"{name} not found ({here.form}, {here.kind}): [{text[here.start : here.end]}] … {around(text, here.start, here.end)}")
    for j in paired.spurious:
        mention = paired.ours[j][1]
        print(f"{name} none of the gold's ({mention.kind}): [{mention.text}] … {around(text, mention.start, mention.end)}")


def around(text: str, start: int, end: int) -> str:
    """Return a stretch of text with what stands around it, on one line."""
    return " ".join(f"{text[max(0, start - AROUND) : start]}⟦{text[start:end]}⟧{text[end : end + AROUND]}".split())


def docred_relations(reader: Reader, corpora: Path, *, limit: int | None, misses: bool) -> None:
    """Print which relations of Re-DocRED the graph states, and which of its own are right by that gold."""
    text = lzma.decompress((corpora / "redocred/test_revised.json.xz").read_bytes()).decode("utf-8")
    golds = list(docred.read(text))[-100:][:limit]
    results = []
    for gold in golds:
        told = reader.read(gold.name, gold.text)
        results.append(relations.judge(relations.Beside(told, gold), docred.TABLE))
        if misses:
            print_relations(told, gold, results[-1])
    total, triples = relations.tally(results), sum(r.triples for r in results)
    print(f"\nRe-DocRED, {len(golds)} documents, {triples} triples, {total.wanted:.0f} of a property that a relation of ours says\n\n| | {HEADS}\n|---|---|---|---|")
    near = sum((r.near for r in results), Tally())
    print(f"| relations | {total.cells()} |")
    print(f"| of the {near.wanted:.0f} with both ends in one sentence | – | {near.recall:.3f} | – |")
    print(f"\nof all triples, a claim of any kind connects {sum(r.direct for r in results) / triples:.3f}, a claim or an event {sum(r.through for r in results) / triples:.3f}")
    print_counts("property", Counter(p for r in results for _, p, _ in r.found), Counter(p for r in results for _, p, _ in r.missed), "found", "recall")
    print_counts("relation", Counter(k[2] for r in results for k in r.right), Counter(k[2] for r in results for k in r.wrong), "right", "precision")


def print_counts(what: str, good: Counter[str], bad: Counter[str], called: str, share: str) -> None:
    """Print a row a property or relation, the frequent first."""
    print(f"\n| {what} | {called} | of | {share} |\n|---|---|---|---|")
    for name, count in sorted((good + bad).items(), key=lambda item: (-item[1], item[0])):
        print(f"| {name} | {good[name]} | {count} | {good[name] / count:.3f} |")


def print_relations(told: Told, gold: relations.Gold, result: relations.Relations) -> None:
    """Print a text with what is wrong and what is missed."""
    print(f"\n## {gold.name}\n{gold.text}")
    names = [thing.name for thing in gold.things]
    for head, tail, relation in result.wrong:
        print(f"wrong: {names[head]} {relation} {names[tail]}")
    for head, prop, tail in result.missed:
        print(f"missed: {names[head]} {prop} {names[tail]}")
    for claim in told.claims:
        print(f"claim: {told.label(claim.subject)} {claim.predicate} {told.label(claim.object)} ({claim.kind})")


def passages(reader: Reader, bench: Path, *, limit: int | None, misses: bool) -> None:
    """Print how many of KnowledgeNet's facts the graph states, property by property."""
    lines = (bench / "knowledgenet/folds1-3.jsonl").read_text(encoding="utf-8")
    read = []
    for passage in list(knowledgenet.read(lines, FOLD))[:limit]:
        told = reader.read(passage.name.replace(":", "-"), passage.text)
        found = relations.span_triples(told, knowledgenet.TABLE)
        read.append((passage, found))
        if misses:
            print_passage(told, passage, found)
    print(f"\nKnowledgeNet, fold {FOLD}, {len(read)} passages\n\n| property | facts | {HEADS}\n|---|---|---|---|---|")
    for prop in (None, *knowledgenet.TABLE):
        total = sum((knowledgenet.score(p, found, prop) for p, found in read), Tally())
        print(f"| {prop or 'all'} | {total.wanted:.0f} | {total.cells()} |")
    named = sum((knowledgenet.score(knowledgenet.without_pronouns(p), found) for p, found in read), Tally())
    print(f"| of all, those told without a pronoun | {named.wanted:.0f} | – | {named.recall:.3f} | – |")


def print_passage(told: Told, passage: knowledgenet.Passage, found: set[knowledgenet.Triple]) -> None:
    """Print a passage with what is wrong and what is missed."""
    ours = sorted(t for t in found if t[1] in passage.annotated)
    wrong = [t for t in ours if not any(knowledgenet.alike(t, g) for g in passage.gold)]
    missed = [g for g in sorted(passage.gold) if not any(knowledgenet.alike(t, g) for t in ours)]
    if not wrong and not missed:
        return
    print(f"\n## {passage.name}\n{passage.text}")
    for kind, triples in (("wrong", wrong), ("missed", missed)):
        for subject, prop, end in triples:
            print(f"{kind}: {passage.text[slice(*subject)]} {prop} {passage.text[slice(*end)]}")
    for claim in told.claims:
        print(f"claim: {told.label(claim.subject)} {claim.predicate} {told.label(claim.object)} ({claim.kind})")


PARTS = {"gum": coreference, "redocred": docred_relations, "knowledgenet": passages}


def main() -> None:
    """Print the tables of what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", help=f"what to score (default: {' '.join(PARTS)})")
    parser.add_argument("--corpora", type=Path, help="the folder with gum and redocred")
    parser.add_argument("--bench", type=Path, help="the folder with knowledgenet")
    parser.add_argument("--documents", type=int, help="read no more than so many documents of each")
    parser.add_argument("--misses", action="store_true", help="print what is wrong or missed, too")
    args = parser.parse_args()
    folders = {"gum": args.corpora, "redocred": args.corpora, "knowledgenet": args.bench}
    if unknown := [part for part in args.parts if part not in PARTS]:
        parser.error(f"{unknown[0]}: not among {', '.join(PARTS)}")
    chosen = args.parts or [part for part in PARTS if folders[part]]
    if not chosen:
        print("nothing to score: name the folders of the corpora with --corpora and --bench", file=sys.stderr)
        return
    reader = Reader()
    for part in chosen:
        if folders[part] is None:
            parser.error(f"{part}: name its folder with {'--bench' if part == 'knowledgenet' else '--corpora'}")
        PARTS[part](reader, folders[part], limit=args.documents, misses=args.misses)
    for failure in reader.failed:
        print(f"\nnot built, and so without any finding: {failure}")


if __name__ == "__main__":
    main()
