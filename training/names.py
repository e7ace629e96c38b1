"""Corpora with names to spaCy's training format, under one label set, with augmentation.

Labels: PERSON ORG GPE LOC NORP DATE EVENT. What a corpus does not annotate is filled in by rule where
a rule is sure (dates, demonyms) and otherwise marked missing, never "outside".
"""

import argparse
import json
import lzma
import random
import re
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import spacy
from spacy.tokens import Doc, DocBin
from spacy.util import filter_spans
from spacy.vocab import Vocab

from training.gazetteer import Gazetteer
from training.swap import swap_names

SEED = 7
MISSING = "-"
CURLY_SHARE = 0.25
SWAPS = 2  # copies of a document with other names

Span = tuple[int, int, str]  # token offsets, end exclusive, and label


@dataclass(frozen=True)
class Sample:
    """A piece of text as tokens, with its names; `missing` tokens carry no judgement."""

    words: list[str]
    spaces: list[bool]
    spans: list[Span]
    missing: frozenset[int] = frozenset()


MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
DATE = re.compile(
    rf"\b(?:\d{{1,2}}(?:st|nd|rd|th)? (?:of )?(?:{MONTH})(?:,? \d{{4}})?|(?:{MONTH})(?: \d{{1,2}}(?:st|nd|rd|th)?)?"
    rf"(?:, ?| )?(?:\d{{4}})?|(?:1[5-9]|20)\d\d)\b"
)
BAD_MAY = re.compile(r"^May$")
NO_SPACE_BEFORE = {".", ",", ":", ";", "!", "?", ")", "]", "'s", "’s", "n't", "'", "%", "'re", "'ve", "'ll", "'m", "'d"}
NO_SPACE_AFTER = {"(", "[", "$", "£", "€", "#"}


def spacing(words: list[str]) -> list[bool]:
    """Guess where a space follows, for corpora that keep tokens only."""
    spaces, quoted = [], False
    for i, word in enumerate(words):
        following = words[i + 1] if i + 1 < len(words) else ""
        space = following not in NO_SPACE_BEFORE and word not in NO_SPACE_AFTER
        if word == '"':
            quoted = not quoted
            space = space and not quoted
        if following == '"' and quoted:
            space = False
        if word in {"-", "–"} or following in {"-", "–"}:
            space = False
        spaces.append(space)
    return spaces


def bio_spans(tags: list[str]) -> Iterator[Span]:
    """Yield the spans of a BIO sequence with the corpus' own labels."""
    start, label = None, ""
    for i, tag in enumerate([*tags, "O"]):
        if start is not None and not (tag.startswith("I-") and tag[2:] == label):
            yield start, i, label
            start = None
        if tag.startswith("B-") or (tag.startswith("I-") and start is None):
            start, label = i, tag[2:]


def silver(sample: Sample, gazetteer: Gazetteer, *, dates: bool) -> Sample:
    """Add dates and demonyms where the corpus has none and nothing else is annotated."""
    taken = {i for start, end, _ in sample.spans for i in range(start, end)}
    spans = list(sample.spans)
    text, starts = "", {}
    ends = {}
    for i, (word, space) in enumerate(zip(sample.words, sample.spaces, strict=True)):
        starts[len(text)] = i
        text += word
        ends[len(text)] = i + 1
        text += " " if space else ""
    for match in DATE.finditer(text) if dates else ():
        start, end = starts.get(match.start()), ends.get(len(match[0].rstrip(" ,")) + match.start())
        if start is not None and end is not None and not taken & set(range(start, end)):
            if BAD_MAY.match(match[0].strip()):
                continue
            spans.append((start, end, "DATE"))
            taken |= set(range(start, end))
    for i, word in enumerate(sample.words):
        if i not in taken and word in gazetteer.demonyms:
            start = i - 1 if i and f"{sample.words[i - 1]} {word}" in gazetteer.demonyms else i
            if start < i and start in taken:
                start = i
            spans.append((start, i + 1, "NORP"))
            taken |= {start, i}
    for i in range(len(sample.words) - 1):
        if not taken & {i, i + 1} and " ".join(sample.words[i : i + 2]) in gazetteer.demonyms:
            spans.append((i, i + 2, "NORP"))
            taken |= {i, i + 1}
    return Sample(sample.words, sample.spaces, sorted(spans), sample.missing)


def strip_title(words: list[str], span: Span, gazetteer: Gazetteer) -> Span | None:
    """Leave titles out of a person's name."""
    start, end, label = span
    while start < end and words[start].rstrip(".").lower() in gazetteer.titles:
        start += 1
    return (start, end, label) if start < end else None


EVENT_WORD = re.compile(
    r"\b(election|elections|war|battle|olympics|olympiad|cup|championship|championships|conference|congress|"
    r"summit|festival|revolution|games|referendum|treaty|siege|crisis|massacre|uprising)\b",
    re.IGNORECASE,
)


def misc_label(text: str, gazetteer: Gazetteer) -> str | None:
    """Return NORP or EVENT for a miscellaneous name where a keyword tells, else nothing."""
    if text in gazetteer.demonyms:
        return "NORP"
    return "EVENT" if EVENT_WORD.search(text) else None


CROSSNER = {
    **dict.fromkeys(["person", "politician", "writer", "musicalartist", "scientist", "researcher"], "PERSON"),
    **dict.fromkeys(["organisation", "politicalparty", "university", "band", "magazine", "academicjournal"], "ORG"),
    **dict.fromkeys(["election", "event", "conference"], "EVENT"),
    "country": "GPE",
}
SHARED = {"PER": "PERSON", "PERSON": "PERSON", "ORG": "ORG", "TIME": "DATE"}


def unify(label: str, text: str, gazetteer: Gazetteer) -> str | None:
    """Return the trained label of a corpus' label, or nothing where the name is outside the set."""
    if label in {"LOC", "location", "Location", "place"}:
        return gazetteer.place_label(text)
    if label.lower() in {"misc"}:
        return misc_label(text, gazetteer)
    return CROSSNER.get(label) or SHARED.get(label)


def relabel(words: list[str], spans: Iterable[Span], gazetteer: Gazetteer) -> list[Span]:
    """Map spans to the trained labels, persons without their titles."""
    out = []
    for start, end, label in spans:
        unified = unify(label, " ".join(words[start:end]), gazetteer)
        if unified == "PERSON":
            span = strip_title(words, (start, end, unified), gazetteer)
            out += [span] if span else []
        elif unified:
            out.append((start, end, unified))
    return out


def read_bio(text: str, gazetteer: Gazetteer, *, column: int, word: int = 0) -> Iterator[Sample]:
    """Yield samples of some sentences each from a column format."""
    words: list[str] = []
    tags: list[str] = []
    sentences = 0
    for line in [*text.splitlines(), "", "", ""]:
        fields = line.split("\t") if "\t" in line else line.split(" ")
        if line.strip() and not line.startswith("# ") and len(fields) > column:
            words.append(fields[word])
            tags.append(fields[column].strip())
            continue
        sentences += not line.strip()
        if words and sentences >= 4:
            spans = relabel(words, bio_spans(tags), gazetteer)
            yield Sample(words, spacing(words), spans)
            words, tags, sentences = [], [], 0
    if words:
        yield Sample(words, spacing(words), relabel(words, bio_spans(tags), gazetteer))


def read_redocred(text: str, gazetteer: Gazetteer) -> Iterator[Sample]:
    """Yield a sample per Re-DocRED document."""
    for document in json.loads(text):
        words, offsets = [], []
        for sentence in document["sents"]:
            offsets.append(len(words))
            words += sentence
        spans = {
            (offsets[m["sent_id"]] + m["pos"][0], offsets[m["sent_id"]] + m["pos"][1], m["type"])
            for vertex in document["vertexSet"]
            for m in vertex
            if m["sent_id"] < len(offsets)
        }
        yield Sample(words, spacing(words), relabel(words, sorted(spans), gazetteer))


GUM_LABELS = {"person": "PERSON", "organization": "ORG", "place": "LOC", "event": "EVENT", "time": "TIME"}
INSIDE_NAMES = {"of", "the", "for", "and", "&", "-", "’s", "'s"}


def gum_spans(tokens: list[tuple[str, str, str]]) -> Iterator[Span]:
    """Yield the proper-noun part of each entity of a GUM document; tokens are (word, POS, MISC)."""
    open_spans: list[tuple[str, str, int]] = []
    for i, (_, _, misc) in enumerate(tokens):
        field = next((f[7:] for f in misc.split("|") if f.startswith("Entity=")), "")
        for opening, _closing in re.findall(r"\(([^()]+)|(\d+)\)|\)", field):
            if opening:
                identifier, etype = opening.split("-")[:2]
                open_spans.append((identifier, etype, i))
        for part in re.findall(r"\([^()]+\)?|[^()]*\)", field):
            if not part.endswith(")"):
                continue
            identifier = part.strip("()").split("-")[0]
            for k in range(len(open_spans) - 1, -1, -1):
                if open_spans[k][0] == identifier:
                    _, etype, start = open_spans.pop(k)
                    if name := proper_part(tokens, start, i + 1, etype):
                        yield name
                    break


def proper_part(tokens: list[tuple[str, str, str]], start: int, end: int, etype: str) -> Span | None:
    """Return the span without determiners if it is nothing but a name."""
    if etype not in GUM_LABELS:
        return None
    while start < end and tokens[start][0].lower() in {"the", "a", "an"}:
        start += 1
    while end > start and (tokens[end - 1][1] == "PUNCT" or tokens[end - 1][0] in {"'s", "’s"}):
        end -= 1
    words = tokens[start:end]
    proper = [pos == "PROPN" or (etype == "time" and pos == "NUM") for _, pos, _ in words]
    if not proper or not proper[0] or not proper[-1]:
        return None
    if any(not p and word.lower() not in INSIDE_NAMES and pos not in {"PROPN", "NUM", "PUNCT"}
           for p, (word, pos, _) in zip(proper, words, strict=True)):
        return None
    return start, end, GUM_LABELS[etype]


def read_gum(text: str, gazetteer: Gazetteer) -> Iterator[Sample]:
    """Yield one sample per GUM document, longest names kept."""
    tokens, spaces = [], []
    for line in text.splitlines():
        columns = line.split("\t")
        if len(columns) == 10 and columns[0].isdigit():
            tokens.append((columns[1], columns[3], columns[9]))
            spaces.append("SpaceAfter=No" not in columns[9])
    spans = sorted(gum_spans(tokens), key=lambda s: (s[0] - s[1], s[0]))
    kept: list[Span] = []
    taken: set[int] = set()
    for start, end, label in spans:
        if not taken & set(range(start, end)):
            kept.append((start, end, label))
            taken |= set(range(start, end))
    words = [word for word, _, _ in tokens]
    yield Sample(words, spaces, relabel(words, sorted(kept), gazetteer))


RE3D = {"Organisation": "ORG", "Person": "PERSON", "Location": "location", "Nationality": "NORP", "Temporal": "DATE"}


def read_re3d(folder: dict[str, str], nlp: spacy.Language, gazetteer: Gazetteer) -> Iterator[Sample]:
    """Yield a sample per re3d document; described rather than named entities are left unjudged."""
    entities: dict[str, list[dict]] = {}
    for line in folder["entities.json"].splitlines():
        if line.strip():
            entity = json.loads(line)
            entities.setdefault(entity["documentId"], []).append(entity)
    for line in folder["documents.json"].splitlines():
        if not line.strip():
            continue
        document = json.loads(line)
        doc = nlp.make_doc(document["text"])
        spans, missing = [], set()
        for entity in entities.get(document["_id"], []):
            span = doc.char_span(entity["begin"], entity["end"])
            if span is None:
                continue
            start = span.start + (span[0].lower_ == "the")
            words = [t.text for t in doc[start : span.end]]
            named = bool(words) and all(w[0].isupper() or not w[0].isalpha() or w in INSIDE_NAMES for w in words)
            label = RE3D.get(entity["type"])
            if label == "DATE" or (label and named):
                spans.append((start, span.end, label))
            elif label:
                missing |= set(range(span.start, span.end))
        words = [t.text for t in doc]
        unified = []
        for start, end, label in spans:
            label = gazetteer.place_label(" ".join(words[start:end])) if label == "location" else label
            span = strip_title(words, (start, end, label), gazetteer) if label == "PERSON" else (start, end, label)
            unified += [span] if span else []
        yield Sample(words, [bool(t.whitespace_) for t in doc], sorted(unified), frozenset(missing))


def to_doc(vocab: Vocab, sample: Sample, *, curly: bool) -> Doc:
    """Turn a sample into a document; overlapping names keep the longest."""
    words = [w.replace("'", "’") for w in sample.words] if curly else sample.words
    doc = Doc(vocab, words=words, spaces=sample.spaces)
    spans = filter_spans([doc.char_span(*char_range(doc, s), label=s[2]) for s in sample.spans])
    taken = {i for span in spans for i in range(span.start, span.end)}
    missing = [doc[i : i + 1] for i in sorted(sample.missing - taken)]
    doc.set_ents(spans, missing=missing, default="outside")
    return doc


def char_range(doc: Doc, span: Span) -> tuple[int, int]:
    """Return the character offsets of a token span."""
    last = doc[span[1] - 1]
    return doc[span[0]].idx, last.idx + len(last)


def chunks(sample: Sample, size: int = 250) -> Iterator[Sample]:
    """Cut a long sample at full stops, so that batches stay even."""
    start = 0
    inside = {i for s, e, _ in sample.spans for i in range(s + 1, e)}
    for i, word in enumerate(sample.words):
        last = i + 1 == len(sample.words)
        if last or (word in {".", "?", "!"} and i + 1 - start >= size and i + 1 not in inside):
            yield Sample(
                sample.words[start : i + 1],
                sample.spaces[start : i + 1],
                [(s - start, e - start, label) for s, e, label in sample.spans if start <= s and e <= i + 1],
                frozenset(m - start for m in sample.missing if start <= m <= i),
            )
            start = i + 1


def tar_texts(path: Path) -> dict[str, str]:
    """Return the text files of an archive by name."""
    with tarfile.open(path) as tar:
        return {
            member.name: tar.extractfile(member).read().decode("utf-8-sig")  # type: ignore[union-attr]
            for member in sorted(tar.getmembers(), key=lambda m: m.name)
            if member.isfile()
        }


def read_all(corpora: Path, gazetteer: Gazetteer) -> dict[str, list[Sample]]:
    """Return the samples of each split."""
    nlp = spacy.blank("en")
    out: dict[str, list[Sample]] = {k: [] for k in ("train", "dev", "test_pud", "test_politics", "test_redocred")}

    def add(split: str, samples: Iterable[Sample], *, dates: bool = True) -> None:
        out[split] += [silver(c, gazetteer, dates=dates) for s in samples for c in chunks(s)]

    for name, text in tar_texts(corpora / "crossner/crossner_5domains.tar.xz").items():
        if name.endswith(".txt"):
            politics_test = name.endswith("politics/test.txt")
            add("test_politics" if politics_test else "train", read_bio(text, gazetteer, column=1))
    dev = list(read_redocred(unpacked(corpora / "redocred/dev_revised.json.xz"), gazetteer))
    test = list(read_redocred(unpacked(corpora / "redocred/test_revised.json.xz"), gazetteer))
    add("train", dev + test[:300])
    add("dev", test[300:400])
    add("test_redocred", test[400:])
    for name, text in tar_texts(corpora / "gum/gum_safe_genres_dep.tar.xz").items():
        add("train" if name.endswith(".conllu") else "dev", read_gum(text, gazetteer))
    re3d: dict[str, dict[str, str]] = {}
    for name, text in tar_texts(corpora / "re3d/re3d_open_subset.tar.xz").items():
        if name.count("/") == 1:
            re3d.setdefault(name.split("/")[0], {})[name.split("/")[1]] = text
    for folder in re3d.values():
        add("train", read_re3d(folder, nlp, gazetteer))
    wikigold = unpacked(corpora / "wikigold/wikigold.conll.txt.xz")
    add("train", read_bio(wikigold, gazetteer, column=1))
    for split in ("dev", "test"):
        text = unpacked(corpora / f"uner_ewt/en_ewt-ud-{split}.iob2.xz")
        add("train" if split == "test" else "dev", read_bio(text, gazetteer, column=2, word=1))
    pud = unpacked(corpora / "uner_pud/en_pud-ud-test.iob2.xz")
    add("test_pud", read_bio(pud, gazetteer, column=2, word=1))
    return out


def unpacked(path: Path) -> str:
    """Return the text of an xz file."""
    return lzma.decompress(path.read_bytes()).decode("utf-8")


def main() -> None:
    """Write a DocBin per split; training documents come again with other names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("out", type=Path)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    gazetteer = Gazetteer.load()
    vocab = spacy.blank("en").vocab
    rng = random.Random(SEED)
    for split, samples in read_all(args.corpora, gazetteer).items():
        train = split == "train"
        if train:
            swapped = [swap_names(s, rng, gazetteer) for s in samples for _ in range(SWAPS) if rng.random() < 0.45]
            samples = samples + swapped
            rng.shuffle(samples)
        docs = [to_doc(vocab, s, curly=train and rng.random() < CURLY_SHARE) for s in samples if s.words]
        DocBin(docs=docs, attrs=["ENT_IOB", "ENT_TYPE", "SPACY"]).to_disk(args.out / f"ner_{split}.spacy")
        print(split, len(docs), sum(len(doc) for doc in docs), sum(len(doc.ents) for doc in docs))


if __name__ == "__main__":
    main()
