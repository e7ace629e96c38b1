"""Small values compared: words, numbers, days, spans. Lenient, and the same on both sides."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Hashable, Iterable, Mapping
from math import inf, isclose, isinf
from typing import TypeVar

from kg.annotation.periods import Point, first_day, last_day, months_from, read_edtf

Span = tuple[int, int]
Days = tuple[float, float]  # first and last day as ordinals; infinite where the period is open
Left = TypeVar("Left", bound=Hashable)
Right = TypeVar("Right", bound=Hashable)

SMALL = frozenset(
    {"a", "an", "and", "are", "as", "at", "be", "been", "by", "for", "from", "had", "has", "have", "he", "her", "his", "in", "is", "it"}
    | {"its", "of", "on", "or", "she", "that", "the", "their", "they", "this", "to", "was", "were", "which", "who", "will", "with"}
)
GENERIC = frozenset(  # words in capitals that are no name by themselves
    {"agency", "bank", "city", "commission", "company", "consulate", "country", "court", "customs", "department", "embassy", "general"}
    | {"government", "media", "minister", "ministry", "mission", "office", "party", "president", "press", "state"}
)
BEFORE = re.compile(r"(?:(?:the|an?|mrs?\.?|ms\.?|dr\.?)\s+(?=\S\S)|[\s\"'“”‘’(\[]+)", re.IGNORECASE)
AFTER = re.compile(r"(?:['’]s|[\s\"'“”‘’)\],.;:]+)$")
NUMERALS = "zero one two three four five six seven eight nine ten eleven twelve"
WORDS_FOR = {word: n for n, word in enumerate(NUMERALS.split())}
SCALE = {"thousand": 1e3, "million": 1e6, "billion": 1e9}
SAME_WORDS = 0.6  # share of stems from which two phrases say the same
SAME_DAYS = 0.6  # share of days from which two periods are one


def fold(text: str) -> str:
    """Return words without case, accents, punctuation, possessive s, article and honorific."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text).casefold() if not unicodedata.combining(c))
    plain = re.sub(r"[^\w&]+", " ", re.sub(r"['’]s\b", "", plain)).strip()
    return re.sub(r"^(?:(?:the|an?|mr|mrs|ms|dr) )+(?=\S\S)", "", plain)


def stems(text: str) -> frozenset[str]:
    """Return the first six letters of each word that carries meaning, plural s left out."""
    words = fold(text).split()
    kept = [w for w in words if w not in SMALL] or words
    return frozenset((w[:-1] if len(w) > 3 and w.endswith("s") and not w.endswith("ss") else w)[:6] for w in kept)


def alike(first: str, second: str) -> bool:
    """Whether two phrases share enough words to say the same."""
    a, b = stems(first), stems(second)
    return bool(a and b) and 2 * len(a & b) / (len(a) + len(b)) >= SAME_WORDS


def reads_as_name(text: str) -> bool:
    """Whether all words that carry meaning are capitals or figures, and one is not generic."""
    words = [w for w in re.findall(r"[\w’'.&–-]+", text) if w.casefold() not in SMALL | {"de", "la", "von", "du"}]
    return bool(words) and all(w[0].isupper() or w[0].isdigit() for w in words) and any(w.casefold() not in GENERIC for w in words)


def number(value: object) -> float | None:
    """Return the first number of a value: 1138, "1,138", "$4 million", "fifteen"; None where it has none."""
    text = str(value).casefold()
    found = re.search(rf"-?\d[\d,]*(?:\.\d+)?(?:\s*({'|'.join(SCALE)})\b)?", text)
    if found:
        figure = re.match(r"-?[\d,.]*\d", found[0])
        return float(figure[0].replace(",", "")) * SCALE.get(found[1] or "", 1) if figure else None
    return next((float(WORDS_FOR[w]) for w in text.split() if w in WORDS_FOR), None)


def equal(first: float | None, second: float | None) -> bool:
    """Whether two numbers are there and equal."""
    return first is not None and second is not None and isclose(first, second, rel_tol=1e-6)


def days(edtf: object) -> Days | None:
    """Return the first and last day of an EDTF date or interval; None where it is none."""
    try:
        period = read_edtf(str(edtf))
        return (edge(period.start, last=False), edge(period.end, last=True)) if period else None
    except ValueError:
        return None


def edge(point: Point | None, *, last: bool) -> float:
    """Return the first or last day of a point; a season is three months."""
    if point is None:
        return inf if last else -inf
    if len(point) > 1 and point[1] > 12:
        season = months_from(12 * point[0] + 3 * (point[1] - 20) - 1, 3)
        point = (season.end if last else season.start) or point
    return (last_day(point) if last else first_day(point)).toordinal()


def same_days(first: Days | None, second: Days | None) -> bool:
    """Whether two periods are the same but for their edges; open ends may differ by a year."""
    if first is None or second is None:
        return first is second
    if isinf(first[0]) != isinf(second[0]) or isinf(first[1]) != isinf(second[1]):
        return False
    if isinf(first[0]) or isinf(first[1]):
        return all(a == b or abs(a - b) <= 366 for a, b in zip(first, second, strict=True))
    return shared(int(first[0]), int(first[1]) + 1, int(second[0]), int(second[1]) + 1) >= SAME_DAYS


def same_date(gold: object, found: object) -> float:
    """Return 1 for the same date, 0.5 where one holds the other within a year, else 0; the gold may lack the year."""
    if re.fullmatch(r"\d\d-\d\d", str(gold)):
        return float(str(found).endswith(f"-{gold}"))
    a, b = days(gold), days(found)
    if a is None or b is None:
        return 0.0
    if same_days(a, b):
        return 1.0
    wide, narrow = sorted((a, b), key=lambda p: p[0] - p[1])
    return 0.5 if wide[0] <= narrow[0] and narrow[1] <= wide[1] <= wide[0] + 366 else 0.0


def shared(start: int, end: int, other_start: int, other_end: int) -> float:
    """Return the shared part of two stretches by the whole they cover."""
    common = min(end, other_end) - max(start, other_start)
    return common / (max(end, other_end) - min(start, other_start)) if common > 0 else 0.0


def touch(first: Iterable[Span], second: Iterable[Span]) -> bool:
    """Whether some span of the one overlaps some span of the other."""
    others = list(second)
    return any(a[0] < b[1] and b[0] < a[1] for a in first for b in others)


def trim(text: str, span: Span) -> Span:
    """Leave out article, honorific, quotation marks and possessive s at the edges of a span."""
    start, end = span
    while (found := BEFORE.match(text, start, end)) and found.end() < end:
        start = found.end()
    while (found := AFTER.search(text[start:end])) and found.start() > 0:
        end = start + found.start()
    return (start, end)


def pair_up(weights: Mapping[tuple[Left, Right], float]) -> dict[Left, Right]:
    """Pair one to one, the greatest weight first; ties go by name, so that the order of the input does not matter."""
    pairs: dict[Left, Right] = {}
    taken: set[Right] = set()
    for (left, right), weight in sorted(weights.items(), key=lambda item: (-item[1], str(item[0]))):
        if weight > 0 and left not in pairs and right not in taken:
            pairs[left] = right
            taken.add(right)
    return pairs
