"""Names: what the statistical recogniser found, put right by rules that hold in any newspaper.

Works in place on a `Parse`: corrects `ents`, and makes each name one unit of the parse (one head, the rest
below it), so that frames read through the usual parser errors around names.
"""

from __future__ import annotations

from kg import gazetteer, lexicon
from kg.annotation.parse import Parse

KEPT = {"PERSON", "ORG", "GPE", "LOC", "NORP", "EVENT"}
RELABELLED = {"FAC": "LOC", "PER": "PERSON"}
ARTICLES = {"the", "a", "an"}
COMPASS = {c + e for c in ("north", "south", "east", "west", "northeast", "northwest", "southeast", "southwest", "central", "north-east",
                           "north-west", "south-east", "south-west") for e in ("", "ern") if not (c == "central" and e)}
POSSESSIVES = {"'s", "’s", "'", "’"}
QUOTES = {'"', "“", "”", "‘", "’", "'", "«", "»", "″"}
INSIDE = {"of", "for", "on", "and", "&", "the", "de", "du", "la", "al", "del", "'s", "’s", "’", "'", "-", "–"}
ORG_HEADS = {"embassy", "consulate", "mission", "legation", "ministry", "department", "agency", "bureau", "office", "institute", "institution", "academy", "university", "college", "school", "center", "centre", "council", "committee", "commission", "party", "union", "association", "federation", "foundation", "court", "bank", "company", "corporation", "group", "police", "army", "navy", "force", "forces", "parliament", "senate", "congress", "assembly", "authority", "administration", "service", "customs", "society", "organization", "organisation", "fund", "board", "club", "league", "news", "times", "post", "herald", "tribune", "journal", "daily", "gazette", "guardian", "press", "television", "radio", "network", "directorate", "secretariat", "inspectorate", "tribunal", "front", "movement", "alliance", "coalition", "brigade", "battalion", "division", "airlines", "airways", "holdings", "industries", "partners", "ventures", "technologies", "systems", "laboratories", "museum", "hospital", "church", "chamber", "staff", "monitor", "chronicle", "observer", "courier", "dispatch", "reporter", "examiner", "telegraph", "bulletin", "register", "sentinel", "weekly", "engineering", "pharmaceuticals", "orchestra", "observatory", "inc", "ltd", "llc", "plc", "corp", "gmbh"}
CALENDAR = {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December", "Jan", "Feb", "Mar", "Apr", "Aug", "Sept", "Sep", "Oct", "Nov", "Dec", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}
OFFICE_OF = {"of", "for", "on"}
PERSON_LETTERS = 2
POST_WINDOW = 10  # tokens in which the post stands before a name between commas
LARGE = 200_000  # people; smaller cities share their names with too many persons


def settle_names(parse: Parse) -> None:
    """Correct the names of a passage and tie each into one unit of the parse."""
    spans = clean(parse)
    spans = resolve_overlaps(parse, [*organisations(parse, spans), *persons_between_commas(parse), *spans, *places(parse), *titled_persons(parse)])
    spans = [extend_person(parse, s, spans) for s in spans]
    parse.ents = sorted(set(spans))
    for start, end, label in parse.ents:
        tie(parse, start, end, keep_structure=label in {"ORG", "EVENT"})


Span = tuple[int, int, str]


def clean(parse: Parse) -> list[Span]:
    """Return the recogniser's names trimmed of articles, quotes, titles and possessives, labels corrected."""
    out = []
    for start, end, label in [part for span in parse.ents for part in without_verb(parse, *span)]:
        label = RELABELLED.get(label, label)
        while start < end and (parse.text[start].lower() in ARTICLES or parse.text[start] in QUOTES):
            start += 1
        while start < end and parse.text[start].isspace():
            start += 1
        while end > start and (parse.text[end - 1] in QUOTES | POSSESSIVES or parse.text[end - 1].isspace() or (parse.pos[end - 1] == "PUNCT"
                               and parse.text[end - 1] not in {".", ")"})):
            end -= 1
        if label == "PERSON":
            start = after_title(parse, start, end)
        if label in KEPT and start < end and any(parse.text[i][:1].isupper() for i in range(start, end)):
            out += relabel(parse, start, end, label)
    return out


def without_verb(parse: Parse, start: int, end: int, label: str) -> list[Span]:
    """Return a name, or its capitalised parts where a verb stands in it: "embassy hired | Ana Ruiz"."""
    verb = next((i for i in range(start + 1, end) if parse.pos[i] in {"VERB", "AUX"} and parse.text[i].islower()), None)
    if verb is None or label == "EVENT":
        return [(start, end, label)]
    parts = [(start, verb, label), (verb + 1, end, "PERSON" if label == "ORG" and end - verb == 3 else label)]
    return [(a, b, kind) for a, b, kind in parts if a < b and all(parse.text[i][:1].isupper() for i in range(a, b))]


def after_title(parse: Parse, start: int, end: int) -> int:
    """Return where a person's name starts behind honorifics and posts."""
    titles = lexicon.titles()
    while start < end - 1 and parse.text[start].rstrip(".").lower() in titles:
        start += 1
        while start < end - 1 and parse.text[start] == ".":
            start += 1
    return start


def relabel(parse: Parse, start: int, end: int, label: str) -> list[Span]:
    """Correct a label that a closed list or the head noun contradicts; drop a title that stands alone."""
    text = surface(parse, start, end)
    places = gazetteer.load()
    last = parse.text[end - 1].lower()
    if label == "PERSON" and end - start == 1 and last.rstrip(".") in lexicon.titles():
        return []
    if end - start == 1 and starts_sentence(parse, start) and (
        parse.pos[start] not in {"PROPN", "NOUN"} or (not parse.text[start].isupper() and places.kind(text) != "Country"
        and lexicon.is_common(parse.text[start]) and label in {"PERSON", "GPE", "LOC", "ORG"} and last not in ORG_HEADS)
    ):
        return []
    if last in ORG_HEADS and end - start > 1 and label not in {"EVENT"}:
        return [(start, end, "ORG")]
    if places.country(text):
        return [(start, end, "GPE")]
    if label in {"GPE", "LOC", "ORG", "PERSON"} and gazetteer.key(text) in places.demonyms:
        return [(start, end, "NORP")]
    if places.kind(text) == "Region":
        return [(start, end, "LOC")]
    if label == "NORP" and places.kind(text) == "City" and not places.demonym(text):
        return [(start, end, "GPE")]
    return [(start, end, label)]


def surface(parse: Parse, start: int, end: int) -> str:
    """Return the words of a token span with their spaces."""
    return "".join(parse.text[i] + (" " if parse.space[i] else "") for i in range(start, end)).strip()


def capital(parse: Parse, i: int) -> bool:
    """Whether a token could be part of a name by its shape."""
    word = parse.text[i]
    return word[:1].isupper() and (word.lower() not in ARTICLES) and parse.pos[i] not in {"PRON", "PUNCT", "ADP", "CCONJ", "SCONJ"}


def starts_sentence(parse: Parse, i: int) -> bool:
    """Whether a token opens its sentence, quotes aside."""
    start = i
    while start > 0 and parse.sent[start - 1] == parse.sent[i] and parse.text[start - 1] in QUOTES:
        start -= 1
    return start == 0 or parse.sent[start - 1] != parse.sent[i]


def organisations(parse: Parse, found: list[Span]) -> list[Span]:
    """Return names built around a capitalised head noun: "Ministry of X", "X Y Embassy", "Institute for Z"."""
    persons = {i for start, end, label in found if label == "PERSON" for i in range(start, end)}
    out = []
    for head in range(len(parse)):
        word = parse.text[head]
        if not word[:1].isupper() or word.lower() not in ORG_HEADS or (word.isupper() and len(word) > 3):
            continue
        start, end = left_edge(parse, head), right_edge(parse, head, persons)
        if end - start > 1:
            out.append((start, end, "ORG"))
    return out


def left_edge(parse: Parse, head: int) -> int:
    """Return where the capitalised words before a head noun start; a city that opens "X-based" stays out."""
    titles = lexicon.titles()
    start = head
    while start > 0 and parse.sent[start - 1] == parse.sent[head]:
        before = start - 1
        word = parse.text[before]
        if (word in POSSESSIVES and before > 0 and inside_name_possessive(parse, before)) or (word == "-" and before > 0 and capital(parse, before - 1) and not parse.space[before]):
            start = before
        elif capital(parse, before) and word not in QUOTES and not is_function(parse, before):
            known = titles.get(word.rstrip(".").lower())
            if known and known.kind == "honorific":
                break
            start = before
        else:
            break
    return start


def is_function(parse: Parse, i: int) -> bool:
    """Whether a capitalised word only opens the sentence."""
    return starts_sentence(parse, i) and parse.pos[i] in {"DET", "ADP", "ADV", "SCONJ", "CCONJ", "AUX", "VERB", "PRON"}


def inside_name_possessive(parse: Parse, mark: int) -> bool:
    """Whether a possessive belongs to the name ("Workers' Party") and not to an owner ("Chile's Ministry")."""
    owner = parse.text[mark - 1]
    return owner[:1].isupper() and owner.lower().endswith("s") and parse.text[mark] in {"'", "’"} and not gazetteer.load().kind(owner)


def right_edge(parse: Parse, head: int, persons: set[int]) -> int:
    """Return where a name ends that goes on behind its head: "of Foreign Affairs", "for Korean Studies"."""
    end = numbered(parse, head)
    while end < len(parse) and parse.sent[end] == parse.sent[head]:
        word = parse.text[end].lower()
        if (word in OFFICE_OF and not dated(parse, end + 1)) or (word == "and" and end > head + 1 and same_portfolio(parse, end)):
            k = end + 1
            while k < len(parse) and parse.text[k].lower() in ARTICLES:
                k += 1
            if k >= len(parse) or not capital(parse, k) or parse.sent[k] != parse.sent[head]:
                break
            if word == "and" and parse.text[k].lower() in ORG_HEADS:
                break
            end = k + 1
        elif end > head + 1 and parse.text[end - 1].isdigit():
            break
        elif (end > head + 1 and capital(parse, end) and parse.text[end].lower() not in ORG_HEADS and end not in persons) or (end > head + 1 and capital(parse, end) and parse.text[end].lower() in ORG_HEADS and parse.text[end - 1].lower() not in OFFICE_OF):
            end += 1
        elif word in {"-"} and end > head + 1 and not parse.space[end] and end + 1 < len(parse):
            end += 2
        else:
            break
    return end


def dated(parse: Parse, i: int) -> bool:
    """Whether a day or month stands at a token: "the Senate on | Tuesday"."""
    return i < len(parse) and parse.text[i].rstrip(".") in CALENDAR


def numbered(parse: Parse, head: int) -> int:
    """Return where a body's noun ends with its number: "Bureau 121", "Office No. 5"."""
    end = head + 1
    if end + 1 < len(parse) and parse.text[end].rstrip(".") in {"Number", "No", "Nr"}:
        end += 1
    return end + 1 if end < len(parse) and parse.text[end].isdigit() and len(parse.text[end]) < 5 else head + 1


def same_portfolio(parse: Parse, conj: int) -> bool:
    """Whether "and" joins two subjects of one body ("Trade and Industry") rather than two names."""
    if conj + 1 >= len(parse) or not capital(parse, conj + 1):
        return False
    places = gazetteer.load()
    return not (places.kind(parse.text[conj - 1]) or places.kind(parse.text[conj + 1]) or parse.text[conj + 1].lower() in ORG_HEADS)


def places(parse: Parse) -> list[Span]:
    """Return countries, regions and demonyms of the gazetteer, longest first."""
    known = gazetteer.load()
    out: list[Span] = []
    i = 0
    while i < len(parse):
        match = longest_place(parse, i, known)
        if match:
            out.append(match)
        i = match[1] if match else i + 1
    return [*out, *cities(parse, known)]


def cities(parse: Parse, known: gazetteer.Gazetteer) -> list[Span]:
    """Return large cities that stand alone as a proper noun, for the recogniser misses some in lists."""
    out = []
    for i, word in enumerate(parse.text):
        if not word[:1].isupper() or parse.pos[i] != "PROPN" or len(word) < 4 or starts_sentence(parse, i) or lexicon.is_common(word):
            continue
        beside = [j for j in (i - 1, i + 1) if 0 <= j < len(parse) and parse.pos[j] == "PROPN" and parse.text[j][:1].isupper()]
        if any(not known.demonym(parse.text[j]) for j in beside):
            continue
        if any(c.population >= LARGE for c in known.cities.get(gazetteer.key(word), ())):
            out.append((i, i + 1, "GPE"))
    return out


def longest_place(parse: Parse, start: int, known: gazetteer.Gazetteer) -> Span | None:
    """Return the longest country, region or demonym that starts at a token."""
    word = parse.text[start]
    if not word[:1].isupper() or word.lower() in ARTICLES:
        return None
    for end in range(min(start + 6, len(parse)), start, -1):
        last = parse.text[end - 1]
        if not (last[:1].isupper()) or any(parse.pos[i] == "PUNCT" and parse.text[i] not in {"’", "'", "-", "."} for i in range(start, end)):
            continue
        text = surface(parse, start, end)
        if end - start == 1 and len(text) < 4 and not text.replace(".", "").isupper():
            continue
        if known.country(text):
            part = start > 0 and parse.text[start - 1].lower() in COMPASS and not parse.text[start - 1].isupper()
            return (start - 1, end, "LOC") if part else (start, end, "GPE")
        if known.kind(text) == "Region":
            return (start, end, "LOC")
        if gazetteer.key(text) in known.demonyms or (text.endswith("s") and gazetteer.key(text)[:-1] in known.demonyms):
            return (start, end, "NORP")
    return None


def titled_persons(parse: Parse) -> list[Span]:
    """Return capitalised words behind a title that the recogniser missed: "Mr. A", "General Okoro"."""
    titles = lexicon.titles()
    out = []
    for i in range(len(parse) - 1):
        word = parse.text[i]
        title = titles.get(word.rstrip(".").lower())
        if not word[:1].isupper() or title is None or title.kind == "modifier":
            continue
        start = i + 1
        if parse.text[start] == "." and start + 1 < len(parse):
            start += 1
        end = start
        while end < len(parse) and parse.sent[end] == parse.sent[i] and name_word(parse, end, title.kind):
            end += 1
        if end > start and parse.text[start].lower() not in ORG_HEADS:
            out.append((start, end, "PERSON"))
    return out


def persons_between_commas(parse: Parse) -> list[Span]:
    """Return "Ana Ruiz" in "the ambassador to Chile, Ana Ruiz, said", where the recogniser missed the name."""
    known, titles = gazetteer.load(), lexicon.titles()
    out = []
    for start in range(2, len(parse) - 2):
        if parse.text[start - 1] != ",":
            continue
        end = start
        while end < len(parse) and parse.pos[end] == "PROPN" and parse.text[end][:1].isupper() and parse.text[end].isalpha():
            end += 1
        if not 2 <= end - start <= 3 or end >= len(parse) or parse.text[end] != ",":
            continue
        words = parse.text[start:end]
        before = range(max(0, start - POST_WINDOW), start - 1)
        post = any(titles.get(parse.text[i].lower().rstrip(".")) and parse.sent[i] == parse.sent[start] for i in before)
        if post and not any(known.kind(w) or known.demonym(w) or w.lower() in ORG_HEADS or lexicon.is_common(w) for w in words):
            out.append((start, end, "PERSON"))
    return out


def name_word(parse: Parse, i: int, kind: str) -> bool:
    """Whether a token can be part of a person's name behind a title."""
    word = parse.text[i]
    if not word[:1].isupper() or word.rstrip(".").lower() in lexicon.titles():
        return False
    if gazetteer.load().kind(word) or gazetteer.load().demonym(word) or word.lower() in ORG_HEADS:
        return kind == "honorific" and not gazetteer.load().country(word)
    return (parse.pos[i] in {"PROPN", "NOUN", "ADJ", "X"} and (parse.pos[i] == "PROPN" or kind == "honorific") and not word.isupper()) or (
        kind == "honorific" and word.rstrip(".").isupper() and len(word.rstrip(".")) <= PERSON_LETTERS
    )


def resolve_overlaps(parse: Parse, spans: list[Span]) -> list[Span]:
    """Keep the longest of overlapping names; the model's person ends where an organisation's head noun stands."""
    kept: list[Span] = []
    taken: set[int] = set()
    order = {span: k for k, span in reversed(list(enumerate(spans)))}
    for start, end, label in sorted(order, key=lambda s: (s[0] - s[1], order[s])):
        free = [i for i in range(start, end) if i not in taken]
        if len(free) == end - start:
            kept.append((start, end, label))
            taken |= set(range(start, end))
        elif label == "PERSON" and free and free == list(range(free[0], free[-1] + 1)) and all(parse.text[i][:1].isupper() for i in free):
            kept.append((free[0], free[-1] + 1, label))
            taken |= set(free)
    return kept


def extend_person(parse: Parse, span: Span, spans: list[Span]) -> Span:
    """Take in capitalised words that the recogniser left at the edge of a person's name."""
    start, end, label = span
    if label != "PERSON":
        return span
    others = {i for s in spans if s != span for i in range(s[0], s[1])}
    while (end < len(parse) and end not in others and parse.pos[end] == "PROPN" and capital(parse, end)
           and parse.sent[end] == parse.sent[start] and (parse.head[end] in range(start, end) or is_surname(parse, start, end))
           and parse.text[end].lower() not in ORG_HEADS):
        end += 1
    return (start, end, label)


def is_surname(parse: Parse, start: int, end: int) -> bool:
    """Whether a proper noun behind a lone given name with a title before it is the rest of the name."""
    titled = start > 0 and parse.text[start - 1].rstrip(".").lower() in lexicon.titles()
    return end - start == 1 and titled and not gazetteer.load().kind(parse.text[end]) and not lexicon.is_common(parse.text[end])


def tie(parse: Parse, start: int, end: int, *, keep_structure: bool) -> None:
    """Give a name one head: tokens that hang outside the span are put below the one that hangs highest.

    What hangs on an inner token from outside hangs on the name: "the Ministry of Justice *in Lima*".
    """
    inside = range(start, end)
    outer = [i for i in inside if parse.head[i] not in inside or parse.head[i] == i]
    if not outer:
        return
    head = choose_head(parse, outer, start, end, keep_structure=keep_structure)
    for i in outer:
        if i != head:
            parse.reattach(i, head, "flat")
    for i in range(len(parse)):
        if i not in inside and parse.head[i] in inside and parse.head[i] != head:
            parse.reattach(i, head, parse.dep[i])


def choose_head(parse: Parse, outer: list[int], start: int, end: int, *, keep_structure: bool) -> int:
    """Return the token of a name that best carries it: an organisation's noun, else the highest attachment."""
    if keep_structure:
        nouns = [i for i in outer if parse.text[i].lower() in ORG_HEADS]
        if nouns:
            return nouns[0]
    def depth(i: int) -> int:
        return sum(1 for _ in parse.ancestors(i))
    return min(outer, key=lambda i: (parse.dep[i] in {"compound", "punct", "case"}, depth(i), i))
