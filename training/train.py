"""Train one component group from its config, with the project's tokenizer."""

import argparse
import sys
from pathlib import Path

from spacy import util
from spacy.language import Language
from spacy.lookups import load_lookups
from spacy.tokens import DocBin
from spacy.training.initialize import init_nlp
from spacy.training.loop import train

from kg.annotation.embedding import TABLE  # and registers the word features
from training.tokenizer import blank, english_words

WORDS = 100_000


def with_names_whole(nlp: Language, treebank: Path) -> Language:
    """Give a pipeline the tokenizer that keeps hyphenated given names whole."""
    docs = DocBin().from_disk(treebank).get_docs(nlp.vocab)
    nlp.tokenizer.token_match = blank(english_words(docs)).tokenizer.token_match  # type: ignore[attr-defined]
    return nlp


def with_clusters(nlp: Language) -> Language:
    """Give a pipeline's vocab the Brown clusters of the most frequent words that have one (spacy-lookups-data, MIT)."""
    data = load_lookups("en", [TABLE, "lexeme_prob"])
    clusters, logprob = data.get_table(TABLE), data.get_table("lexeme_prob")
    known = sorted((-logprob.get(word, -30.0), word, cluster) for word, cluster in clusters.items() if cluster)
    nlp.vocab.lookups.add_table(TABLE, {word: cluster for _, word, cluster in known[:WORDS]})
    return nlp


def main() -> None:
    """Run spaCy's training loop and leave the best pipeline in OUT/model-best."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("config", type=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    args = parser.parse_args()
    kind = "ner" if "ner" in args.config.stem else "ud"
    overrides = {
        "paths.train": str(args.data / f"{kind}_train.spacy"),
        "paths.dev": str(args.data / f"{kind}_dev.spacy"),
    }
    config = util.load_config(args.config, overrides=overrides, interpolate=False)
    nlp = with_clusters(with_names_whole(init_nlp(config), args.data / "ud_train.spacy"))
    args.out.mkdir(parents=True, exist_ok=True)
    train(nlp, args.out, stdout=sys.stdout, stderr=sys.stderr)


if __name__ == "__main__":
    main()
