"""Augmentation: the same sentence about other people, bodies and places.

The corpora are full of English names; the texts that are read are not. Persons get names of other cultures
and orders, organisations become ministries, missions, parties and institutes in the phrasings news uses.
"""

from __future__ import annotations

import random
from functools import lru_cache
from typing import TYPE_CHECKING

from faker import Faker

if TYPE_CHECKING:
    from training.gazetteer import Gazetteer
    from training.names import Sample

LOCALES = ["en_US", "en_GB", "en_NZ", "fr_FR", "de_DE", "es_ES", "es_MX", "pt_BR", "it_IT", "nl_NL", "pl_PL", "cs_CZ", "hu_HU", "tr_TR", "id_ID", "vi_VN", "ro_RO", "sv_SE", "fi_FI", "hr_HR", "yo_NG", "zu_ZA", "tw_GH", "en_IN", "fil_PH"]
KOREAN = (
    ["Kim", "Lee", "Park", "Choi", "Jung", "Kang", "Cho", "Yoon", "Jang", "Lim", "Han", "Oh", "Seo", "Shin", "Kwon", "Hwang", "Ahn", "Song", "Ryu", "Hong", "Paek", "Ri", "Pak", "Jon", "Yun", "Hyon", "Tae", "Chon", "So", "Nam"],
    ["Chol", "Song", "Min", "Ho", "Jin", "Su", "Hyok", "Yong", "Sung", "Il", "Hye", "Young", "Kyong", "Hui", "Jae", "Won", "Myong", "Guk", "Nam", "Sik", "Un", "Jong", "Hwa", "Ran", "Gil", "Kwang", "Ok", "Chun", "Soo", "Hyun", "Ju", "Ik", "Son"],
)
CHINESE = (
    ["Wang", "Li", "Zhang", "Liu", "Chen", "Yang", "Huang", "Zhao", "Wu", "Zhou", "Xu", "Sun", "Ma", "Zhu", "Hu", "Guo", "He", "Lin", "Gao", "Luo", "Zheng", "Liang", "Xie", "Tang", "Deng", "Feng", "Cao", "Peng", "Zeng", "Xiao"],
    ["Wei", "Fang", "Na", "Xiuying", "Min", "Jing", "Li", "Qiang", "Lei", "Jun", "Yang", "Yong", "Yan", "Jie", "Juan", "Tao", "Ming", "Chao", "Xia", "Ping", "Gang", "Hui", "Jianguo", "Guoqiang", "Xiaoming", "Zhiyuan", "Yi", "Hongwei", "Zedong"],
)
ARABIC = (
    ["Mohammed", "Ahmed", "Ali", "Hassan", "Hussein", "Omar", "Khalid", "Yusuf", "Ibrahim", "Abdullah", "Fatima", "Aisha", "Layla", "Maryam", "Samir", "Tariq", "Nabil", "Walid", "Rashid", "Jamal", "Karim", "Mustafa", "Salim"],
    ["al-Rashid", "al-Masri", "al-Hashimi", "Haddad", "Khoury", "Mansour", "al-Sayed", "Saleh", "Nasser", "Hamdan", "al-Otaibi", "Darwish", "Qasim", "Shaheen", "al-Jubeir", "Aziz", "Barzani", "Sharif", "al-Bashir", "Farouk", "Mahmoud"],
)
RUSSIAN = (
    ["Ivan", "Sergei", "Dmitry", "Alexei", "Vladimir", "Nikolai", "Mikhail", "Andrei", "Yuri", "Olga", "Natalia", "Tatiana", "Elena", "Svetlana", "Oleg", "Igor", "Viktor", "Pavel", "Konstantin", "Anatoly"],
    ["Ivanov", "Petrov", "Sidorov", "Kuznetsov", "Volkov", "Sokolov", "Lavrentiev", "Morozov", "Orlov", "Kovalenko", "Shevchenko", "Bondarenko", "Titov", "Zaitsev", "Belov", "Gusev", "Karpov", "Fedorov", "Novikov", "Makarenko"],
)
BODIES = ["Ministry", "Department"]
PORTFOLIOS = ["Foreign Affairs", "Defence", "Defense", "Finance", "Justice", "Interior", "the Interior", "Trade", "Education", "Health", "State Security", "External Economic Relations", "Economy", "Energy", "Transport", "Culture", "Unification", "Labour", "Agriculture", "Tourism", "Information", "Foreign Trade", "Public Security", "National Security"]
FIELDS = ["Strategic Studies", "International Relations", "Oriental Studies", "Economic Research", "Peace Research", "Asian Studies", "Security Policy", "Public Health"]
PARTY = ["Labour", "Communist", "Democratic", "National", "Liberal", "Conservative", "Socialist", "Workers'", "People's", "Republican", "Green", "Progressive"]


@lru_cache(maxsize=1)
def fakers() -> list[Faker]:
    """Return one generator of names per locale, each with a fixed seed."""
    out = []
    for i, locale in enumerate(LOCALES):
        try:
            fake = Faker(locale)
        except AttributeError:
            continue
        fake.seed_instance(i)
        out.append(fake)
    return out


def person(rng: random.Random) -> list[str]:
    """Return the tokens of a made-up name."""
    kind = rng.random()
    if kind < 0.22:
        first, second = rng.sample(KOREAN[1], 2)
        given = rng.choice([[first, second], [f"{first}-{second.lower()}"], [f"{first}-{second.lower()}"]])
        return [rng.choice(KOREAN[0]), *given]
    if kind < 0.30:
        return [rng.choice(CHINESE[0]), rng.choice(CHINESE[1])]
    if kind < 0.40:
        return [rng.choice(ARABIC[0]), *rng.choice(ARABIC[1]).replace("-", " - ").split(" ")]
    if kind < 0.50:
        return [rng.choice(RUSSIAN[0]), rng.choice(RUSSIAN[1])]
    fake = rng.choice(fakers())
    return f"{fake.first_name()} {fake.last_name()}".replace("-", " - ").replace(".", "").split()


def place(rng: random.Random, gazetteer: Gazetteer) -> list[str]:
    """Return the tokens of a real city or country."""
    names = gazetteer.countries if rng.random() < 0.5 else gazetteer.cities
    return rng.choice(names).replace("-", " - ").split()


def organisation(rng: random.Random, gazetteer: Gazetteer) -> list[str]:
    """Return the tokens of a made-up ministry, mission, party, institute or outlet."""
    country = rng.choice(gazetteer.countries).split("(")[0].strip()
    city = rng.choice(gazetteer.cities)
    demonym = rng.choice(sorted(gazetteer.demonyms))
    kind = rng.randrange(9)
    names = [
        f"{rng.choice(BODIES)} of {rng.choice(PORTFOLIOS)}",
        f"{rng.choice(PORTFOLIOS).removeprefix('the ')} {rng.choice(BODIES)}",
        f"Embassy of {country}",
        f"{demonym} Embassy",
        f"{country} Consulate" if rng.random() < 0.5 else f"Consulate General of {country}",
        f"{rng.choice(PARTY)} Party of {country}" if rng.random() < 0.5 else f"{rng.choice(PARTY)} Party",
        f"Institute of {rng.choice(FIELDS)}" if rng.random() < 0.5 else f"Center for {rng.choice(FIELDS)}",
        f"{city} University" if rng.random() < 0.5 else f"{city} {rng.choice(['Times', 'Herald', 'Post', 'Daily', 'News Agency'])}",
        f"{demonym} {rng.choice(['National Bank', 'Academy of Sciences', 'Customs Service', 'Central News Agency', 'Supreme Court'])}",
    ]
    return names[kind].replace("-", " - ").split()


def replacement(label: str, words: list[str], rng: random.Random, gazetteer: Gazetteer) -> list[str] | None:
    """Return other tokens for a name, or nothing where it stays."""
    if label == "PERSON":
        name = person(rng)
        return name if len(words) > 1 else [rng.choice([name[0], name[-1]])]
    if label == "GPE":
        return place(rng, gazetteer)
    if label == "ORG" and len(words) > 1:
        return organisation(rng, gazetteer)
    if label == "NORP" and " ".join(words) in gazetteer.demonyms:
        return rng.choice(sorted(gazetteer.demonyms)).split()
    return None


def swap_names(sample: Sample, rng: random.Random, gazetteer: Gazetteer) -> Sample:
    """Return the sample with most of its names replaced, the same name always by the same other."""
    chosen: dict[tuple[str, str], list[str] | None] = {}
    words: list[str] = []
    spaces: list[bool] = []
    spans, missing = [], set()
    at = 0
    for start, end, label in [*sorted(sample.spans), (len(sample.words), len(sample.words), "")]:
        if start < at:
            continue
        missing |= {len(words) + m - at for m in sample.missing if at <= m < start}
        words += sample.words[at:start]
        spaces += sample.spaces[at:start]
        if label:
            old = sample.words[start:end]
            key = (label, " ".join(old))
            if key not in chosen:
                chosen[key] = replacement(label, old, rng, gazetteer) if rng.random() < 0.8 else None
            new = chosen[key] or old
            spans.append((len(words), len(words) + len(new), label))
            words += new
            inner = [not (w == "-" or (i + 1 < len(new) and new[i + 1] == "-")) for i, w in enumerate(new[:-1])]
            spaces += [*inner, sample.spaces[end - 1]] if chosen[key] else sample.spaces[start:end]
        at = end
    return type(sample)(words, spaces, spans, frozenset(missing))
