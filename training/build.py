"""`make model`: from the corpora to `data/model/pipeline`, with the figures for its card.

The corpora lie in one folder; their origins and licences:

- ewt: UD English-EWT, CC BY-SA 4.0        - gum: GUM, nine genres with free texts, annotations CC BY 4.0
- pud: UD English-PUD, CC BY-SA 3.0 (test) - uner_ewt, uner_pud: Universal NER, CC BY-SA 4.0
- redocred: Re-DocRED, MIT                 - crossner: CrossNER, MIT
- wikigold: CC BY 4.0                      - re3d: open part, OGL, CC BY, CC BY-SA and public domain by folder
"""

import argparse
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def run(module: str, *args: str | Path) -> None:
    """Run one step and stop where it fails."""
    print("→", module, *args, flush=True)
    subprocess.run([sys.executable, "-m", f"training.{module}", *map(str, args)], check=True, cwd=HERE.parent)


def main() -> None:
    """Convert, train the parser, train the names, assemble, measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--work", type=Path, default=HERE / "work")
    parser.add_argument("--out", type=Path, default=HERE.parent / "data/model/pipeline")
    args = parser.parse_args()
    work = args.work
    run("treebanks", args.corpora.resolve(), work)
    run("names", args.corpora.resolve(), work)
    run("train", HERE / "parser.cfg", work, work / "parser")
    run("train", HERE / "ner.cfg", work, work / "ner")
    run("assemble", work / "parser/model-best", work / "ner/model-best", args.out)
    run("evaluate", args.out, work)


if __name__ == "__main__":
    main()
