"""UD treebanks to spaCy's training format: ten sentences a document, a share of them in curly quotes."""

import argparse
import lzma
import random
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import spacy
from spacy.tokens import Doc, DocBin
from spacy.vocab import Vocab

# subtypes that change who did what to whom; the others only dilute their label
KEPT_SUBTYPES = {
    "nsubj:pass",
    "aux:pass",
    "obl:agent",
    "nmod:poss",
    "compound:prt",
    "acl:relcl",
}
SENTENCES_PER_DOCUMENT = 10
CURLY_SHARE = 0.3
SEED = 7


@dataclass
class Sentence:
    words: list[str] = field(default_factory=list)
    spaces: list[bool] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    pos: list[str] = field(default_factory=list)
    lemmas: list[str] = field(default_factory=list)
    morphs: list[str] = field(default_factory=list)
    heads: list[int] = field(default_factory=list)
    deps: list[str] = field(default_factory=list)


def label(deprel: str) -> str:
    """Return the dependency label as trained."""
    return deprel if deprel in KEPT_SUBTYPES else deprel.split(":")[0]


def parse_sentence(lines: Iterable[str]) -> Sentence:
    """Read the token lines of one CoNLL-U sentence; a multiword token gives its syntactic words."""
    sentence = Sentence()
    inside, space_after_range = 0, True
    for line in lines:
        columns = line.split("\t")
        index = columns[0]
        space = "SpaceAfter=No" not in columns[9]
        if "-" in index:
            inside, space_after_range = int(index.split("-")[1]), space
            continue
        if "." in index:
            continue
        number = int(index)
        if number < inside:
            space = False
        elif number == inside:
            space, inside = space_after_range, 0
        head = int(columns[6])
        sentence.words.append(columns[1])
        sentence.spaces.append(space)
        sentence.lemmas.append(columns[2])
        sentence.pos.append(columns[3])
        sentence.tags.append(columns[4])
        sentence.morphs.append("" if columns[5] == "_" else columns[5])
        sentence.heads.append(number - 1 if head == 0 else head - 1)
        sentence.deps.append("ROOT" if head == 0 else label(columns[7]))
    return sentence


def read_conllu(text: str) -> Iterator[Sentence]:
    """Yield the sentences of a CoNLL-U file."""
    for block in text.split("\n\n"):
        lines = [line for line in block.splitlines() if line and not line.startswith("#")]
        if lines:
            yield parse_sentence(lines)


def curl(words: list[str], spaces: list[bool]) -> list[str]:
    """Return the words with typographic quotes and apostrophes."""
    out, opened = [], False
    for word in words:
        if word == '"':
            opened = not opened
            word = "“" if opened else "”"
        out.append(word.replace("'", "’"))
    return out


def to_doc(vocab: Vocab, sentences: list[Sentence], *, curly: bool) -> Doc:
    """Join sentences into one annotated document."""
    words = [word for s in sentences for word in s.words]
    spaces = [space for s in sentences for space in s.spaces]
    heads, offset = [], 0
    for s in sentences:
        heads += [head + offset for head in s.heads]
        offset += len(s.words)
    starts = [i == 0 for s in sentences for i in range(len(s.words))]
    return Doc(
        vocab,
        words=curl(words, spaces) if curly else words,
        spaces=spaces,
        tags=[tag for s in sentences for tag in s.tags],
        pos=[pos for s in sentences for pos in s.pos],
        lemmas=[lemma for s in sentences for lemma in s.lemmas],
        morphs=[morph for s in sentences for morph in s.morphs],
        heads=heads,
        deps=[dep for s in sentences for dep in s.deps],
        sent_starts=starts,
    )


def documents(vocab: Vocab, files: Iterable[str], *, curly_share: float) -> Iterator[Doc]:
    """Yield documents of ten sentences, file by file."""
    rng = random.Random(SEED)
    for text in files:
        sentences = iter(read_conllu(text))
        while chunk := list(islice(sentences, SENTENCES_PER_DOCUMENT)):
            yield to_doc(vocab, chunk, curly=rng.random() < curly_share)


def archive(path: Path) -> dict[str, str]:
    """Return the CoNLL-U files of a tar archive by their names without folders and suffix."""
    with tarfile.open(path) as tar:
        return {
            Path(member.name).stem: tar.extractfile(member).read().decode()  # type: ignore[union-attr]
            for member in sorted(tar.getmembers(), key=lambda m: m.name)
            if member.name.endswith(".conllu")
        }


def file_lists(path: Path) -> dict[str, set[str]]:
    """Return EWT's splits: split to names of source files."""
    with tarfile.open(path) as tar:
        return {
            Path(member.name).suffix[1:]: {
                Path(line.strip()).stem if line.strip().endswith(".conllu") else line.strip()
                for line in tar.extractfile(member).read().decode().splitlines()  # type: ignore[union-attr]
            }
            for member in tar.getmembers()
            if "files." in member.name
        }


def gum_splits(path: Path) -> dict[str, set[str]]:
    """Return GUM's dev and test documents as its splits.md lists them."""
    splits: dict[str, set[str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            current = splits.setdefault(line[3:].strip(), set())
        elif line.strip().startswith("* "):
            current.add(line.strip()[2:])
    return splits


def splits(corpora: Path) -> dict[str, list[str]]:
    """Return the treebank files of each split: train, dev, and the three tests."""
    out: dict[str, list[str]] = {"train": [], "dev": [], "test_ewt": [], "test_gum": []}
    ewt_archive = corpora / "ewt/ewt_sources.tar.xz"
    lists = file_lists(ewt_archive)
    for name, text in archive(ewt_archive).items():
        split = next((s for s, names in lists.items() if name in names), None)
        if split is None:
            raise SystemExit(f"{name}: in no split of EWT")
        out["test_ewt" if split == "test" else split].append(text)
    gum = gum_splits(corpora / "gum/splits.md")
    for name, text in archive(corpora / "gum/gum_safe_genres_dep.tar.xz").items():
        split = next((s for s in ("dev", "test") if name in gum[s]), "train")
        out["test_gum" if split == "test" else split].append(text)
    out["test_pud"] = [unpacked(corpora / "pud/en_pud-ud-test.conllu.xz")]
    return out


def unpacked(path: Path) -> str:
    """Return the text of an xz file."""
    return lzma.decompress(path.read_bytes()).decode("utf-8")


def main() -> None:
    """Write a DocBin per split."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("out", type=Path)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    vocab = spacy.blank("en").vocab
    for split, files in splits(args.corpora).items():
        docs = list(documents(vocab, files, curly_share=CURLY_SHARE if split == "train" else 0.0))
        random.Random(SEED).shuffle(docs)
        DocBin(docs=docs, store_user_data=False).to_disk(args.out / f"ud_{split}.spacy")
        print(split, len(docs), sum(len(doc) for doc in docs))


if __name__ == "__main__":
    main()
