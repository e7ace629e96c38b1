"""Number words and ordinals of English, as far as a hundred."""

from __future__ import annotations

import re


def words(text: str) -> tuple[str, ...]:
    """Return the words of a list that is written as one string."""
    return tuple(text.split())


ONES = words(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
)
TENS = words("twenty thirty forty fifty sixty seventy eighty ninety")
ORDINALS = words(
    "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth "
    "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth "
    "twenty-first"
)
FIXED = {"a": 1, "an": 1, "half a": 0.5, "half an": 0.5, "a dozen": 12, "a couple of": 2}
FIXED |= {word: number for number, word in enumerate(ONES)}


def small_number(text: str) -> float | None:
    """Read a number below a hundred in words, or any in digits: "ten", "twenty-five", "2.5"."""
    text = re.sub(r"[\s-]+", " ", text.strip().lower()).replace(",", "")
    if re.fullmatch(r"\d{1,15}(?:\.\d{1,15})?", text):  # longer ones are no counts
        return float(text)
    if text in FIXED:
        return float(FIXED[text])
    if text.endswith(" and a half"):
        whole = small_number(text.removesuffix(" and a half"))
        return None if whole is None else whole + 0.5
    first, _, rest = text.partition(" ")
    if first in TENS and (not rest or rest in ONES[1:10]):
        return 20.0 + 10 * TENS.index(first) + (ONES.index(rest) if rest else 0)
    return None


def ordinal(word: str) -> int:
    """Return the number of an ordinal, in words or digits."""
    digits = re.match(r"\d+", word)
    return int(digits[0]) if digits else ORDINALS.index(word.lower())
