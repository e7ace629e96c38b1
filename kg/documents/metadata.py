"""What a document says of itself: front matter, bylines and dates at its head."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Self

FRONT_MATTER_LINES = 100  # a longer one is no front matter
FRONT_MATTER_LENGTH = 20_000  # characters
KEYS = {
    "title": ("title", "headline"),
    "outlet": ("outlet", "publisher", "source", "publication"),
    "author": ("author", "authors", "by"),
    "date": ("date", "published"),
    "url": ("url",),
}
MONTHS = (
    r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?\.?|July?\.?|Aug(?:ust|\.)?"
    r"|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
DATE = re.compile(
    rf"\b(?:\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{MONTHS},?\s+\d{{4}}|{MONTHS}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}"
    rf"|{MONTHS}\s+\d{{4}}|\d{{4}}-\d\d-\d\d|\d{{1,2}}[./]\d{{1,2}}[./]\d{{4}})(?!\d)"
)
NAME = r"[^\W\d_][^\W\d_]*\.?(?:[’'\-‑][^\W\d_]+)*"  # a word of a name; case is checked apart
BYLINE = re.compile(
    rf"(?:by|written by|reported by|(?:authors?|words|text|story|report):)\s+(?P<name>{NAME}(?:,?\s+{NAME}){{0,7}}?)"
    rf"(?=\s*(?:$|[,|/;:(–—-]|{DATE.pattern}))",
    re.IGNORECASE,
)
DATED = re.compile(
    r"(?:first\s+)?(?:published|posted|released|issued|dated?)(?:\s+on)?\s*:?\s+(?P<rest>.+)",
    re.IGNORECASE,
)
PLACE_AND_DATE = re.compile(rf"(?:[^\W\d_][\w .’'-]{{1,40}},\s+)?(?:\w+day,?\s+)?(?:{DATE.pattern})\.?")
OUTLET_WORDS = frozenset(
    ["agency", "bulletin", "chronicle", "courier", "daily", "dispatch", "evening", "examiner", "express", "gazette", "herald", "independent", "journal", "ledger", "magazine", "mail", "messenger", "mirror", "monitor", "news", "observer", "online", "page", "post", "press", "record", "reporter", "review", "sentinel", "service", "standard", "star", "sun", "telegraph", "times", "tribune", "weekly", "wire"]
)
TAGLINE = re.compile(rf"\(?(?:reporting|reported|written)\s+by\s+(?P<name>{NAME}(?:\s+{NAME}){{1,3}}?)(?=\s+in\s|\s*[,;.)]|\s+and\s|\s*$)", re.IGNORECASE)
DATELINE = re.compile(
    rf"[A-ZÀ-Þ][A-ZÀ-Þ .'’-]+(?:,\s+[A-Z][\w .]+?)?,?\s+(?P<date>{DATE.pattern})\s*(?:[(/](?P<outlet>[^()/\n]{{2,40}})[)/])?\s*[-–—]{{1,2}}\s"
)
SIGNED = re.compile(rf"\bby\s+(?P<name>{NAME}(?:\s+{NAME}){{1,3}})(?=\s*(?:$|[,.|;]))")
LABELS = 150  # characters
SMALL_WORDS = 6
LOWER_IN_NAMES = frozenset(re.findall(r"\w+", "and de da di del der den du dos el al bin ibn la le van von"))


@dataclass(frozen=True, slots=True)
class Metadata:
    """Title, outlet, author, date (EDTF) and address of a document, as far as they are known."""

    title: str | None = None
    outlet: str | None = None
    author: str | None = None
    date: str | None = None
    url: str | None = None

    def __or__(self, other: Self) -> Self:
        """Return this with its gaps filled from the other."""
        return type(self)(*(getattr(self, f.name) or getattr(other, f.name) for f in fields(self)))


def front_matter(text: str) -> tuple[Metadata, int]:
    """Return the metadata between two `---` lines at the very start, and the offset of the text below.

    A text without front matter gives nothing and offset 0. Values are plain strings: nothing is executed.
    """
    opening = re.match(r"---[ \t]*(?:\r\n|\r|\n)", text)
    closing = re.compile(r"(?<=[\r\n])(?:---|\.\.\.)[ \t]*(?:\r\n|\r|\n|\Z)")
    if not opening or not (end := closing.search(text, opening.end())):
        return Metadata(), 0
    if end.start() - opening.end() > FRONT_MATTER_LENGTH:
        return Metadata(), 0
    inner = re.sub(r"\r\n?", "\n", text[opening.end() : end.start()])
    if inner.count("\n") > FRONT_MATTER_LINES or not (values := _mapping(inner)):
        return Metadata(), 0
    return _from_values(values), end.end()


def _mapping(inner: str) -> Mapping[str, str]:
    """Return keys in lower case and their values; lists become one string. Not a mapping: nothing."""
    import yaml

    try:
        # BaseLoader makes strings only: a title of 1984 stays as written and no tag builds an object.
        loaded = yaml.load(inner, Loader=yaml.BaseLoader)
    except (yaml.YAMLError, ValueError, RecursionError):
        # People write `title: One: two`, which is no YAML; lines are read as they were meant.
        loaded = dict(re.findall(r"^([A-Za-z][\w -]*):[ \t]+(.+?)[ \t]*$", inner, re.MULTILINE))
    if not isinstance(loaded, dict):
        return {}
    return {str(key).strip().lower(): words for key, value in loaded.items() if (words := _words(value))}


def _words(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(item.strip() for item in value if isinstance(item, str))
    return " ".join(value.split()) if isinstance(value, str) else ""


def _from_values(values: Mapping[str, str]) -> Metadata:
    found = {name: next((values[k] for k in keys if k in values), None) for name, keys in KEYS.items()}
    return Metadata(**{**found, "date": edtf_date(found["date"] or "")})


def edtf_date(words: str) -> str | None:
    """Return a written date as EDTF (`2016-05-12`, `2016-05`, `2016`), nothing where it is none.

    Where the order of day and month is open (5/6/2016) only the year is certain and kept.
    """
    words = words.strip()
    if match := re.match(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?(?=$|[T ])", words):
        year, month, day = match.groups()
        return match.group(0) if _is_date(int(year), int(month or 1), int(day or 1)) else None
    if not re.search(r"\d{4}", words) or len(words) > 60:
        return None
    first, second = (_parsed(words, order) for order in ("DMY", "MDY"))
    if first == second or not first or not second:
        return first or second
    return first[:4] if first[:4] == second[:4] else None


def _is_date(year: int, month: int, day: int) -> bool:
    try:
        return bool(date(year, month, day))
    except ValueError:
        return False


def _parsed(words: str, order: str) -> str | None:
    from datetime import datetime

    from dateparser.date import DateDataParser

    settings = {
        "PARSERS": ["absolute-time"],
        "DATE_ORDER": order,
        "REQUIRE_PARTS": ["year"],
        "RELATIVE_BASE": datetime(2001, 1, 1),  # never the clock
    }
    found = DateDataParser(languages=["en"], settings=settings).get_date_data(words)
    if found.date_obj is None:
        return None
    return str(found.date_obj.date().isoformat()[: {"year": 4, "month": 7}.get(found.period, 10)])


def from_head(lines: Iterable[str]) -> Metadata:
    """Return author and date from the first lines of a text, such as `By X, 12 May 2016`."""
    found = Metadata()
    for line in lines:
        found = found | from_line(line)
    return found


def from_line(line: str) -> Metadata:
    """Return what one line says of author, outlet and date; a line of prose says nothing."""
    line = " ".join(line.split())
    if len(line) > 150:
        return Metadata()
    if (match := BYLINE.match(line)) and _is_name(match["name"]):
        rest = line[match.end() :]
        return Metadata(author=match["name"], outlet=_outlet_in(rest), date=_date_in(rest))
    if match := DATED.fullmatch(line):
        return Metadata(date=_date_in(match["rest"]))
    return Metadata(outlet=_outlet_in(line), date=_date_in(line)) if PLACE_AND_DATE.fullmatch(line) else Metadata()


def from_label(line: str) -> Metadata:
    """Return what a line of labels at the head of a text says: `The Harbour Page | Courts | November 28, 2025`.

    A line is none where it has many small words, or more than one whole date.
    """
    line = " ".join(line.split())
    small = [w for w in re.findall(r"[^\W\d_]+", line) if w.islower() and w not in LOWER_IN_NAMES]
    dates = DATE.findall(line)
    if len(line) > LABELS or len(small) > SMALL_WORDS or len(dates) != 1 or not re.search(r"\d{1,2}", dates[0].replace(dates[0][-4:], "")):
        return Metadata()
    author = SIGNED.search(line)
    first = re.split(r"[|,·•]", line)[0].strip()
    outlet = _outlet_in(line) or (first if first.startswith("The ") and _is_name(first) else None)
    return Metadata(author=author["name"] if author and _is_name(author["name"]) else None, outlet=outlet, date=_date_in(line))


def from_dateline(words: str) -> Metadata:
    """Return date and outlet of a paragraph that opens as wires do: `LAGOS, Nov 19, 2025 (Harbour Wire) - The bank`."""
    match = DATELINE.match(words)
    return Metadata(outlet=match["outlet"], date=edtf_date(match["date"])) if match else Metadata()


def from_tail(line: str) -> Metadata:
    """Return the author that the last line of a wire report names: `(Reporting by X in Y; editing by Z)`."""
    match = TAGLINE.match(" ".join(line.split()))
    return Metadata(author=match["name"]) if match and _is_name(match["name"]) else Metadata()


def _outlet_in(words: str) -> str | None:
    """Return the first part between commas that is a name with a word of newspapers in it: "Harbour Times"."""
    for part in (p.strip() for p in re.split(r"[,|–—]", words)):
        if part and len(part.split()) > 1 and _is_name(part) and OUTLET_WORDS & set(part.lower().split()):
            return part
    return None


def _is_name(words: str) -> bool:
    parts = words.replace(",", "").split()
    return all(p[0].isupper() or p in LOWER_IN_NAMES for p in parts) and not DATE.search(words)


def _date_in(words: str) -> str | None:
    match = DATE.search(words)
    return edtf_date(match.group(0)) if match else None
