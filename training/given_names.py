"""Makes data/lexicon/given_names.tsv: given names that one gender bears, from Faker's lists of many languages (MIT).

    python -m training.given_names > data/lexicon/given_names.tsv
"""

from __future__ import annotations

import re
from collections import defaultdict
from importlib import import_module
from pkgutil import iter_modules

import faker.providers.person as person

LATIN = re.compile(r"[A-Za-zÀ-ɏ’'-]{3,}")


def names() -> dict[str, set[str]]:
    """Return each given name, lower case, with the genders that some language gives it."""
    out: dict[str, set[str]] = defaultdict(set)
    for module in iter_modules(person.__path__):
        provider = import_module(f"{person.__name__}.{module.name}").Provider
        for gender in ("male", "female"):
            for name in getattr(provider, f"first_names_{gender}", ()):
                if LATIN.fullmatch(name):
                    out[name.lower()].add(gender[0])
    return out


if __name__ == "__main__":
    print("# given name\tm or f; names that both bear are left out")
    for name, genders in sorted(names().items()):
        if len(genders) == 1:
            print(f"{name}\t{genders.pop()}")
