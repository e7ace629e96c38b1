"""Closed lists of English words that come with the package: nouns by kind, titles, cues."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from kg.resources import resource


@dataclass(frozen=True, slots=True)
class Title:
    """A word that stands before or instead of a name."""

    kind: str  # honorific | post | modifier
    gender: str | None


def rows(name: str) -> Iterator[list[str]]:
    """Yield the fields of each line of a lexicon file; lines that start with # are comments."""
    for line in resource("data", "lexicon", name).read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            yield line.split("\t")


@cache
def noun_kinds() -> Mapping[str, str]:
    """Common nouns (lower case) to person or group, from WordNet."""
    return dict(rows("nouns.tsv"))


@cache
def titles() -> Mapping[str, Title]:
    """Titles in lower case without full stop; a word listed twice keeps its post."""
    out: dict[str, Title] = {}
    for word, kind, gender in rows("titles.tsv"):
        if word not in out or kind == "post":
            out[word] = Title(kind, None if gender == "-" else gender)
    return out


@cache
def given_names() -> Mapping[str, str]:
    """Given names (lower case) to the gender that bears them, m or f; those of both are not listed."""
    return dict(rows("given_names.tsv"))


@cache
def common_words() -> frozenset[str]:
    """Common English words in their base forms, from WordNet's tagged texts."""
    return frozenset(word for (word,) in rows("common.txt"))


def is_common(word: str) -> bool:
    """Whether a word is a common one, in its base form or with a usual ending."""
    lower = word.lower()
    forms = {lower, lower.removesuffix("s"), lower.removesuffix("ing"), lower.removesuffix("ing") + "e", lower.removesuffix("ed"),
             lower.removesuffix("d"), lower.removesuffix("es"), lower.removesuffix("our") + "or", lower.removesuffix("ly")}
    return not forms.isdisjoint(common_words())


@cache
def senses() -> Mapping[tuple[str, bool], int]:
    """Words of many senses in WordNet, as (lemma, whether it is a verb) to how many: alone they tell little."""
    return {(word, pos == "verb"): int(count) for word, pos, count in rows("polysemous.tsv")}


@dataclass(frozen=True, slots=True)
class Cue:
    """What a word does to the statement below it."""

    word: str  # lemma
    pos: str  # VERB | NOUN | ADV | ADJ | PHRASE
    modality: str  # a Modality value, or "" where only polarity or actuality changes
    effect: str  # "" | negative | unreal (planned, wanted, refused) | source (the subject speaks)


@cache
def cues() -> Mapping[tuple[str, str], Cue]:
    """Cues by (lemma, part of speech)."""
    out = {}
    for word, pos, modality, effect in rows("cues.tsv"):
        out[word, pos] = Cue(word, pos, "" if modality == "-" else modality, "" if effect == "-" else effect)
    return out
