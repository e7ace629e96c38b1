"""What a counted noun is counted in: people, or nothing in particular."""

from __future__ import annotations

import re

from kg import gazetteer, lexicon

PEOPLE = {
    *("people", "persons", "men", "women", "children", "police", "personnel", "troops", "staff"),
    *("crew", "dead", "wounded", "injured", "others"),
}
PLURALS = (("ies", "y"), ("men", "man"), ("es", ""), ("s", ""))
BEHIND = re.compile(r"\s+(?:of|to|in|from|at|by|on|for|with|who|that|which|\w+(?:ed|ing))\b|[,(]")


def people(phrase: str) -> bool:
    """Whether a noun phrase names people by its head: "workers in Oman", not "workers' rights"."""
    words = re.findall(r"[\w-]+", BEHIND.split(phrase.strip())[0])
    return bool(words) and is_person(words[-1])


def is_person(word: str) -> bool:
    """Whether a noun names people: "worker", "women", "Kenyans"."""
    lower = word.lower()
    singular = {
        lower,
        *(lower.removesuffix(end) + new for end, new in PLURALS if lower.endswith(end)),
    }
    kinds = lexicon.noun_kinds()
    if lower in PEOPLE or any(kinds.get(noun) == "person" for noun in singular):
        return True
    known = gazetteer.load().demonyms
    return (
        word[:1].isupper() and word.endswith("s") and gazetteer.key(word.removesuffix("s")) in known
    )
