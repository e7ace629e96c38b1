"""Measure a pipeline on the test splits that its training never saw, as a Markdown table."""

import argparse
from pathlib import Path

import spacy
from spacy.tokens import DocBin
from spacy.training import Example

import kg.annotation.embedding  # noqa: F401  registers the word features

TREES = {"PUD": "ud_test_pud", "EWT": "ud_test_ewt", "GUM": "ud_test_gum"}
NAMES = {"PUD (UNER)": "ner_test_pud", "CrossNER politics": "ner_test_politics", "Re-DocRED": "ner_test_redocred"}


def scores(nlp: spacy.Language, path: Path, drop: set[str] = frozenset()) -> dict:
    """Return spaCy's scores on one split; labels in `drop` are not judged, for the gold lacks them."""
    examples = []
    for gold in DocBin().from_disk(path).get_docs(nlp.vocab):
        if drop:
            gold.ents = [e for e in gold.ents if e.label_ not in drop]
        examples.append(Example(nlp(gold.text), gold))
        if drop:
            examples[-1].predicted.ents = [e for e in examples[-1].predicted.ents if e.label_ not in drop]
    return nlp.evaluate(examples) if not drop else spacy.scorer.Scorer(nlp).score(examples)


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pipeline", type=Path)
    parser.add_argument("data", type=Path)
    args = parser.parse_args()
    nlp = spacy.load(args.pipeline)
    print("| test | XPOS | UPOS | UAS | LAS | lemma |\n|---|---|---|---|---|---|")
    for name, split in TREES.items():
        s = scores(nlp, args.data / f"{split}.spacy")
        print(f"| {name} | " + " | ".join(f"{100 * s[k]:.1f}" for k in ("tag_acc", "pos_acc", "dep_uas", "dep_las", "lemma_acc")) + " |")
    print("\n| names, F1 | all | PERSON | ORG | GPE | LOC |\n|---|---|---|---|---|---|")
    for name, split in NAMES.items():
        s = scores(nlp, args.data / f"{split}.spacy", drop={"DATE", "NORP", "EVENT"})
        by = s["ents_per_type"]
        cells = [s["ents_f"], *(by.get(k, {"f": 0})["f"] for k in ("PERSON", "ORG", "GPE", "LOC"))]
        print(f"| {name} | " + " | ".join(f"{100 * c:.1f}" for c in cells) + " |")


if __name__ == "__main__":
    main()
