"""Numbers with their units as written: "$111.1 mn", "27 kilos", "half a million", "76%", "1,500".

What has no exact value ("several hundred", "thousands", "three-four", "10-15") is found as well,
with value None, so that no part of it is read as a number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kg.annotation.numerals import ORDINALS, small_number
from kg.annotation.time_words import WORD

SCALES = {
    "hundred": 100,
    "thousand": 1_000,
    "k": 1_000,
    "lakh": 100_000,
    "million": 1_000_000,
    "mn": 1_000_000,
    "mln": 1_000_000,
    "m": 1_000_000,
    "crore": 10_000_000,
    "billion": 1_000_000_000,
    "bn": 1_000_000_000,
    "bln": 1_000_000_000,
    "trillion": 1_000_000_000_000,
    "tn": 1_000_000_000_000,
    "dozen": 12,
}
SYMBOLS = {
    "US$": "USD",
    "A$": "AUD",
    "C$": "CAD",
    "HK$": "HKD",
    "NT$": "TWD",
    "S$": "SGD",
    "R$": "BRL",
    "$": "USD",
    "€": "EUR",
    "£": "GBP",
    "¥": "JPY",
    "₩": "KRW",
    "₹": "INR",
    "₽": "RUB",
    "₴": "UAH",
    "₺": "TRY",
}
CODES = "USD EUR GBP JPY CNY KRW RUB INR CHF CAD AUD BRL UAH TRY SEK NOK DKK PLN CZK HUF ZAR MXN"
MONEY = (  # the longer phrase first
    (r"(?:u\.?s\.?|american)\s+dollars?", "USD"),
    (r"canadian\s+dollars?", "CAD"),
    (r"australian\s+dollars?", "AUD"),
    (r"hong\s+kong\s+dollars?", "HKD"),
    (r"singapore\s+dollars?", "SGD"),
    (r"dollars?", "USD"),
    (r"euros?", "EUR"),
    (r"(?:pounds?\s+sterling|british\s+pounds?)", "GBP"),
    (r"(?:japanese\s+)?yen", "JPY"),
    (r"(?:south\s+korean\s+)?wons?", "KRW"),
    (r"(?:chinese\s+)?(?:yuans?|renminbi)", "CNY"),
    (r"(?:russian\s+)?(?:rouble|ruble)s?", "RUB"),
    (r"(?:indian\s+)?rupees?", "INR"),
    (r"swiss\s+francs?", "CHF"),
    (r"(?:swedish\s+)?kron(?:a|or)", "SEK"),
    (r"(?:turkish\s+)?lira", "TRY"),
    (r"hryvnias?", "UAH"),
    (r"złot(?:y|ys)|zlot(?:y|ys)", "PLN"),
    (r"nairas?", "NGN"),
    (r"rands?", "ZAR"),
    (r"rupiahs?", "IDR"),
    (r"baht", "THB"),
    (r"ringgits?", "MYR"),
    (r"tenge", "KZT"),
    (r"laris?", "GEL"),
    (r"forints?", "HUF"),
    (r"korun(?:a|y)", "CZK"),
    (r"taka", "BDT"),
    (r"birr", "ETB"),
    (r"cedis?", "GHS"),
    (r"rea(?:l|is)", "BRL"),
    (r"shekels?", "ILS"),
    (r"kroner?", "krone"),  # of two countries and more: which, the words do not tell
    (r"pesos?", "peso"),
    (r"francs?", "franc"),
    (r"dinars?", "dinar"),
    (r"dirhams?", "dirham"),
    (r"riyals?", "riyal"),
    (r"shillings?", "shilling"),
)
MEASURES = (
    (r"(?:%|per\s?cent\b|pct\b)(?:age)?(?:\s+points?)?", "percent"),
    (r"percentage\s+points?", "percent"),
    (r"(?:kg|kilos?|kilogram(?:me)?s?)", "kg"),
    (r"(?:grams?|grammes?)", "g"),
    (r"(?:metric\s+)?(?:tonnes?|tons?)", "t"),
    (r"(?:square\s+(?:kilomet(?:er|re)s?|km)|sq\.?\s+km)", "km2"),
    (r"square\s+(?:met(?:er|re)s?|m)", "m2"),
    (r"cubic\s+met(?:er|re)s?", "m3"),
    (r"(?:km|kilomet(?:er|re)s?)", "km"),
    (r"met(?:er|re)s?", "m"),
    (r"miles?", "mi"),
    (r"(?:feet|foot|ft)", "ft"),
    (r"(?:kilowatts?|kW)", "kW"),
    (r"hectares?", "ha"),
    (r"acres?", "acre"),
    (r"lit(?:er|re)s?", "l"),
    (r"barrels?", "barrel"),
    (r"megawatts?|MW", "MW"),
    (r"gigawatts?|GW", "GW"),
)
CURRENCIES = frozenset([*(unit for _, unit in MONEY), *SYMBOLS.values(), *CODES.split()])
DIGITS = r"\d{1,3}(?:[,\u00a0\u202f]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
SCALE = r"(?:hundred|thousand|lakh|million|mn|mln|crore|billion|bn|bln|trillion|tn|dozen)"
VAGUE = (
    r"(?:several|many|a\s+few|few|some|a\s+couple\s+of|tens\s+of|dozens\s+of|hundreds\s+of|countless)"
    rf"\s+{SCALE}s?(?:\s+{SCALE}s?)*|(?:hundreds|thousands|dozens|scores|millions|billions|tens)\s+of"
)
SMALLER = (
    rf"(?:(?<=hundred)|(?<=thousand))\s+(?:and\s+)?{WORD}\b|\s+{WORD}(?=\s+{SCALE})"  # "and twenty"
)
WORDS = rf"(?:half\s+an?|{WORD}(?:\s+and\s+a\s+half)?|an?(?=\s+{SCALE}\b))"
UNIT = "|".join(rf"(?P<u{i}>{p})" for i, (p, _) in enumerate((*MONEY, *MEASURES)))
SYMBOL = "|".join(re.escape(s) for s in sorted(SYMBOLS, key=len, reverse=True))
NUMBER = re.compile(
    rf"(?<![\w.,:/#+’'])(?<![\w)][-–/])(?:(?P<symbol>{SYMBOL})\s?|(?P<code>{'|'.join(CODES.split())})\s?)?"
    rf"(?:(?P<vague>{VAGUE})|(?P<number>{DIGITS}|{WORDS}))"
    rf"(?P<tail>(?:[\s-]{SCALE}\b(?:{SMALLER})?|(?<=\d)(?:bn|mn|m|k)\b)*)"
    r"(?P<more>\+)?"
    rf"(?:[\s-]?(?:{UNIT})(?![\w]))?",
    re.IGNORECASE,
)
DASH_RANGE = re.compile(rf"\s?[-–—]\s?(?:{SYMBOL})?(?:{DIGITS}|{WORD})\b", re.IGNORECASE)
TO_RANGE = re.compile(rf"\s+to\s+(?:{SYMBOL})?(?:{DIGITS}|{WORD})\b", re.IGNORECASE)
RANGED = re.compile(
    r"\bbetween\s+(?:(?:\S+\s+){1,4}?and\s+(?:[a-z]+\s+){0,2})?$|\d\s?[-–—]\s?$", re.IGNORECASE
)
ORDINAL = re.compile(rf"(?:st|nd|rd|th)\b|[\s-](?:{'|'.join(ORDINALS[1:])})\b", re.IGNORECASE)
OR_SO = re.compile(r"\s+or\s+(?:so|more|fewer|less)\b")
ABOUT = re.compile(
    r"\b(?:about|around|nearly|almost|some|roughly|approximately|over|(?:more|less|fewer|other)\s+than"
    r"|at\s+(?:least|most)|up\s+to|as\s+(?:many|much|few)\s+as|close\s+to|(?:an\s+)?estimated|circa|ca\."
    r"|under|above|below|nearer)\s+$|[~≈<>]\s?$",
    re.IGNORECASE,
)
PHONE = re.compile(r"\+?\(?\d[\d()]*(?:[\s.-]\(?\d+\)?){2,}|\b\d{3}[\s-]\d{4}\b")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in a text, with offsets; the value of a vague one is None."""

    start: int
    end: int
    value: float | int | None
    unit: str | None  # "percent", "USD", "kg" …; None for a plain count
    approximate: bool
    number_end: int  # where the number itself ends, before its unit


def is_money(text: str) -> bool:
    """Whether a phrase tells a sum of money."""
    return any(q.unit in CURRENCIES for q in find(text))


def find(text: str, *, offset: int = 0) -> Iterator[Quantity]:
    """Yield the quantities of a text; ordinals, 3/4 and telephone numbers are none."""
    phones = [m.span() for m in PHONE.finditer(text)]
    last = 0
    for m in NUMBER.finditer(text):
        if any(a <= m.start() < b for a, b in phones if len(re.findall(r"\d", text[a:b])) > 6):
            continue
        if m.start() < last or ORDINAL.match(text, m.end()) or re.match(r"[/:]\d", text[m.end() :]):
            continue
        quantity = quantity_of(m, text, offset)
        last = quantity.end - offset
        yield quantity


def quantity_of(m: re.Match[str], text: str, offset: int) -> Quantity:
    """Return a match as a quantity."""
    unit = unit_of(m)
    last = next(g for g in ("more", "tail", "number", "vague") if m[g])
    left = text[max(0, m.start() - 40) : m.start()]
    ranged = range_behind(m, text, left) if m["symbol"] or not unit else None
    exact = not (m["vague"] or ranged or RANGED.search(left))
    end = ranged.end() if ranged else m.end()
    about = ABOUT.search(left) or m["more"] or OR_SO.match(text, end)
    return Quantity(
        offset + m.start(),
        offset + end,
        number(f"{m['number']}{m['tail'] or ''}") if exact else None,
        unit,
        bool(about),
        offset + m.end(last),
    )


def range_behind(m: re.Match[str], text: str, left: str) -> re.Match[str] | None:
    """Return the rest of a range such as "10-15"; "from 3 to 5" is two numbers."""
    found = DASH_RANGE.match(text, m.end())
    if not found and not re.search(r"\bfrom\s+$", left) and not re.fullmatch(r"\d{4}", m[0]):
        found = TO_RANGE.match(text, m.end())
    return found


def unit_of(m: re.Match[str]) -> str | None:
    """Return the unit of a match: of the symbol before it, or of the words behind it."""
    if m["symbol"]:
        return SYMBOLS[m["symbol"].upper()]
    if m["code"]:
        return m["code"].upper()
    units = [unit for i, (_, unit) in enumerate((*MONEY, *MEASURES)) if m[f"u{i}"]]
    return units[0] if units else None


MOST = 1e18  # what is larger counts nothing that a report speaks of


def number(text: str) -> float | int | None:
    """Read a number in digits or words with its scale: "1,500", "30 thousand", "half a million"."""
    total, current = 0.0, 0.0
    text = re.sub(
        r"(?<=\d)(?=[a-z])", " ", text.lower().replace("\u00a0", "").replace("\u202f", "")
    )
    text = re.sub(r"half\s+an?\b", "half", re.sub(r"and\s+a\s+half\b", "plushalf", text))
    for word in re.split(r"[\s-]+", text.strip()):
        if word in SCALES:
            scaled = (current or 1.0) * SCALES[word]
            total, current = (
                (total, scaled) if word in {"hundred", "dozen"} else (total + scaled, 0.0)
            )
        elif word in {"half", "plushalf"}:
            current += 0.5
        elif word != "and":
            read = small_number(word)
            if read is None:
                return None
            current += read
    value = total + current
    if value > MOST:
        return None
    return int(value) if value == int(value) else round(value, 6)
