"""How classes look: a shape, a colour and an icon for each family of classes.

The families are the classes that everybody knows by sight; a class of any ontology belongs to the nearest of
them above it. A class that has none above it gets a spare look, in the order of names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

ROOTS = ("Agent", "Entity", "Thing")


@dataclass(frozen=True, slots=True)
class Family:
    """A look; `shape`, `colour` and `icon` name entries of static/shapes.js and static/page.css."""

    name: str
    label: str
    shape: str
    colour: str
    icon: str


FAMILIES = {
    family.name: family
    for family in (
        Family("Person", "People", "circle", "blue", "person"),
        Family("PersonGroup", "Groups of people", "circle", "sky", "people"),
        Family("DiplomaticMission", "Missions", "triangle", "orange", "flag"),
        Family("GovernmentBody", "Government bodies", "square", "violet", "columns"),
        Family("MediaOutlet", "Media", "star", "teal", "news"),
        Family("Company", "Companies", "square", "brown", "case"),
        Family("Organization", "Organisations", "square", "indigo", "building"),
        Family("Country", "Countries", "hexagon", "green", "globe"),
        Family("Place", "Places", "hexagon", "olive", "pin"),
        Family("Event", "Events", "diamond", "red", "none"),
        Family("Role", "Posts and roles", "pill", "slate", "badge"),
        Family("Work", "Works", "page", "plum", "text"),
    )
}
SPARE = (
    ("octagon", "teal"),
    ("drop", "violet"),
    ("pentagon", "orange"),
    ("octagon", "blue"),
    ("drop", "brown"),
    ("pentagon", "olive"),
)
OTHER = Family("Other", "Other things", "octagon", "slate", "none")


def families(
    kinds: Iterable[tuple[str, ...]], labels: Mapping[str, str]
) -> dict[tuple[str, ...], Family]:
    """Give each list of types, most specific first, its family."""
    kinds = sorted(set(kinds))
    tops = sorted({top for types in kinds if (top := top_of(types)) is not None})
    spare = {
        top: Family(top, labels.get(top, top).capitalize(), *SPARE[place % len(SPARE)], "none")
        for place, top in enumerate(tops)
    }
    return {types: known(types) or spare.get(top_of(types) or "", OTHER) for types in kinds}


def known(types: Iterable[str]) -> Family | None:
    """Return the family of the nearest class that has one."""
    return next((FAMILIES[name] for name in types if name in FAMILIES), None)


def top_of(types: tuple[str, ...]) -> str | None:
    """Return the most general class that says anything, of types without a family."""
    telling = [name for name in types if name not in ROOTS]
    return telling[-1] if telling and known(types) is None else None
