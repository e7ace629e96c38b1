"""Put the trained parts together into the pipeline that ships, and check that it fits."""

import argparse
import shutil
from pathlib import Path

import spacy

import kg.annotation.embedding  # noqa: F401  registers the word features

MAX_BYTES = 26_000_000


def size(folder: Path) -> int:
    """Return the bytes of all files below a folder."""
    return sum(f.stat().st_size for f in folder.rglob("*") if f.is_file())


def main() -> None:
    """Write parser and names as one pipeline."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parser", type=Path)
    parser.add_argument("ner", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--version", default="1.1.0")
    args = parser.parse_args()
    nlp = spacy.load(args.parser)
    nlp.add_pipe("lemmatizer", config={"mode": "rule"}).initialize()  # a trained one invents stems for rare verbs
    nlp.add_pipe("ner", source=spacy.load(args.ner))
    nlp.meta.update({"name": "attest", "version": args.version, "license": "CC BY-SA 4.0", "author": "", "url": "",
                     "description": "English tags, lemmas, parse and names for Attest; see CARD.md"})
    nlp.meta["performance"] = {}
    if args.out.exists():
        shutil.rmtree(args.out)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    nlp.to_disk(args.out)
    total = size(args.out)
    print(f"{args.out}: {total / 1e6:.1f} MB")
    if total > MAX_BYTES:
        raise SystemExit(f"{args.out}: {total} bytes are more than the {MAX_BYTES} that may ship")


if __name__ == "__main__":
    main()
