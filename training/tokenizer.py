"""The tokenizer of the embedded pipeline: spaCy's English rules, but hyphenated given names stay whole.

spaCy splits every hyphen between letters, so that a romanised given name of the shape "Xxx-xx" becomes
three tokens and its bearer two. Whether such a word is a name or an English compound ("London-based")
is told by its second part: the parts that the training treebanks use as English words split, others do not.
"""

import re
from collections import Counter
from collections.abc import Iterable

import spacy
from spacy.language import Language
from spacy.tokens import Doc

MAX_SECOND = 6  # letters; romanised syllables are short
MIN_COUNT = 2  # a second part seen this often in lower case is English
FIRST_PARTS = "Anti|Co|Ex|Inter|Mid|Multi|Neo|Non|Off|Out|Post|Pre|Pro|Re|Self|Semi|Sub|Un|Vice|Well|Year"


def name_pattern(english: Iterable[str]) -> str:
    """Return the pattern of a hyphenated given name whose second part is no English word."""
    words = "|".join(sorted(re.escape(word) for word in english))
    return rf"^(?!(?:{FIRST_PARTS})-)[A-Z][a-z]{{1,6}}-(?!(?:{words})$)[a-z]{{1,{MAX_SECOND}}}$"


def english_words(docs: Iterable[Doc]) -> list[str]:
    """Return the short lower-case words of a treebank, sorted."""
    counts = Counter(
        token.text
        for doc in docs
        for token in doc
        if token.text.isalpha() and token.text.islower() and len(token.text) <= MAX_SECOND
    )
    return sorted(word for word, count in counts.items() if count >= MIN_COUNT)


def blank(english: Iterable[str]) -> Language:
    """Return an English pipeline that holds the tokenizer alone."""
    nlp = spacy.blank("en")
    nlp.tokenizer.token_match = re.compile(name_pattern(english)).match  # type: ignore[attr-defined]
    return nlp
