"""Repairs of the parser's usual errors, each where the words alone tell the right reading.

They work on a `Parse` whose names are settled, before frames are read. Each says what it mends; the tests hold
sentences in which it must and must not fire.
"""

from __future__ import annotations

import itertools
from collections.abc import Container

from kg import gazetteer, lexicon
from kg.annotation.names import ORG_HEADS
from kg.annotation.parse import Parse

COMPLEX = {"respect", "regard", "relation", "connection", "behalf", "terms", "view", "favour", "favor", "spite", "case", "line"}
PLACE_PREPOSITIONS = {"in", "to", "at"}
FINITE = {"VBD", "VBZ", "VBP", "MD"}
POST_WINDOW = 16  # tokens from a post to the name that it belongs to
NOMINAL = {"NOUN", "PROPN", "ADJ", "DET", "ADP"}
CAUSATIVE = {"call", "deem", "consider", "declare", "have", "get", "see", "want", "keep", "leave", "need", "find", "hear", "like", "make", "feel", "remain"}
TAKES_INFINITIVE = {"offer", "plan", "promise", "refuse", "decide", "want", "hope", "expect", "fail", "try", "threaten", "vow", "pledge", "decline", "intend"}
COMPOSED = {"compose", "make", "consist", "comprise", "form"}
SENDING = {"send", "dispatch", "deploy", "bring", "take", "transfer", "deliver"}
CONTROLLED_BY_OBJECT = {"for", "of", "from", "with", "into"}  # "accused him of stealing": he stole


def repair(parse: Parse) -> None:
    """Apply all repairs, in place."""
    foreign_post(parse)
    lost_main_verb(parse)
    finite_participle(parse)
    verb_beside_subject(parse)
    verb_as_adjective(parse)
    verb_between_nouns(parse)
    infinitive_as_noun(parse)
    denied_gerund(parse)
    speaker_inside(parse)
    verb_before_name(parse)
    verb_behind_relative(parse)
    verb_behind_restriction(parse)
    listed_apposition(parse)
    apposition_without_and(parse)
    stray_apposition(parse)
    participle_of_noun(parse)
    sent_to_place(parse)
    person_beside_body(parse)
    post_before_name(parse)
    counted_others(parse)
    complex_preposition(parse)
    place_of_body(parse)
    country_of_city(parse)
    person_after_body(parse)
    demonym_of_city(parse)
    for_clause(parse)


def foreign_post(parse: Parse) -> None:
    """Tie "chargé d'affaires" into one noun; what the parser hung on its second word hangs on the first."""
    for i in range(1, len(parse)):
        if parse.text[i].lower().replace("’", "'") in {"d'affaires", "affaires"} and parse.text[i - 1].lower() in {"chargé", "charge"}:
            head = i - 1
            for child in list(parse.children[i]):
                if child != head:
                    parse.reattach(child, head, parse.dep[child])
            if parse.head[head] == i:
                parse.reattach(head, head if parse.head[i] == i else parse.head[i], parse.dep[i])
            parse.reattach(i, head, "flat")
            parse.pos[i] = "X"


def compound_after_to(parse: Parse, nouns: Container[str]) -> None:
    """Mend "sent a team to trade missions", where the first word of a known compound was taken for an infinitive."""
    for verb in range(1, len(parse) - 1):
        noun = verb + 1
        known = f"{parse.text[verb].lower()} {parse.lemma[noun].lower()}" in nouns
        if not known or parse.tag[verb] != "VB" or parse.text[verb - 1].lower() != "to" or parse.head[noun] != verb or parse.dep[noun] != "obj":
            continue
        for child in list(parse.children[verb]):
            if child != noun:
                parse.reattach(child, noun, "case" if child == verb - 1 else parse.dep[child])
        above = parse.head[verb]
        if parse.dep[above] == "acl":
            above = parse.head[above]  # "sent a team composed of clerks to trade missions"
        verbal = parse.pos[above] == "VERB"
        if parse.pos[above] == "NOUN" and parse.dep[above] == "obj":
            above, verbal = parse.head[above], True  # the team is sent there, and is no team to it
        parse.reattach(noun, above, "obl" if verbal else "nmod")
        parse.reattach(verb, noun, "compound")
        parse.pos[verb], parse.tag[verb], parse.pos[verb - 1] = "NOUN", "NN", "ADP"


def head_of_span(parse: Parse, start: int, end: int) -> int:
    """Return the token of a span that hangs outside it."""
    inside = range(start, end)
    return next((i for i in inside if parse.head[i] not in inside or parse.head[i] == i), end - 1)


def below(parse: Parse, token: int, ancestor: int) -> bool:
    """Whether a token hangs somewhere below another."""
    return ancestor in set(parse.ancestors(token))


def lost_main_verb(parse: Parse) -> None:
    """Mend "A student, who took part in X, applied for Y" where the noun became root and the verb a participle.

    Fires where a noun with an article heads the sentence, has a relative clause between commas, and a past form
    without subject or auxiliary stands right behind the second comma.
    """
    for start, end in parse.sentences:
        root = next((i for i in range(start, end) if parse.head[i] == i), None)
        if root is None or parse.pos[root] not in {"NOUN", "PROPN"} or parse.kids(root, "cop", "nsubj"):
            continue
        relative = next((c for c in parse.kids(root, "acl:relcl") if c > root), None)
        if relative is None or parse.text[root + 1] != ",":
            continue
        for verb in range(relative + 1, end):
            past = parse.tag[verb] in {"VBD", "VBN"} and parse.pos[verb] != "AUX" and parse.text[verb - 1] == ","
            if past and not parse.kids(verb, "nsubj", "nsubj:pass", "aux", "aux:pass", "mark") and below(parse, verb, root):
                parse.tag[verb] = "VBD"
                parse.pos[verb] = "VERB"
                parse.reattach(verb, verb, "ROOT")
                parse.reattach(root, verb, "nsubj")
                break


def finite_participle(parse: Parse) -> None:
    """Mend "The director of X, Ana Ruiz, resigned" where the verb was hung on the noun as a participle.

    Fires where a noun without copula is the root and a past tense without subject stands right behind a comma.
    """
    for start, end in parse.sentences:
        root = next((i for i in range(start, end) if parse.head[i] == i), None)
        if root is None or parse.pos[root] not in {"NOUN", "PROPN"} or parse.kids(root, "cop", "nsubj"):
            continue
        for verb in parse.kids(root, "acl", "acl:relcl", "parataxis"):
            behind_comma = "," in (parse.text[verb - 1], parse.text[verb - 2] if parse.pos[verb - 1] == "ADV" else "")
            if parse.tag[verb] == "VBD" and behind_comma and not parse.kids(verb, "nsubj", "nsubj:pass", "mark"):
                parse.reattach(verb, verb, "ROOT")
                parse.reattach(root, verb, "nsubj")
                break


def verb_beside_subject(parse: Parse) -> None:
    """Mend "Analysts doubted that it would last", where the noun became the root and the verb right behind it a participle."""
    for start, end in parse.sentences:
        root = next((i for i in range(start, end) if parse.head[i] == i), None)
        if root is None or root + 1 >= end or parse.pos[root] not in {"NOUN", "PROPN"} or parse.kids(root, "cop", "nsubj"):
            continue
        verb = root + 1
        told = parse.kids(verb, "ccomp", "obj", "xcomp", "advcl") or (parse.tag[verb] == "VBD" and parse.kids(verb, "obl"))
        if parse.head[verb] == root and parse.dep[verb] in {"acl", "amod"} and told and parse.tag[verb] in {"VBD", "VBN"}:
            parse.tag[verb], parse.pos[verb] = "VBD", "VERB"
            parse.reattach(verb, verb, "ROOT")
            parse.reattach(root, verb, "nsubj")
            for child in list(parse.children[root]):
                if child > verb:
                    parse.reattach(child, verb, parse.dep[child])


def verb_as_adjective(parse: Parse) -> None:
    """Mend "her client feared arrest after auditors came", where a verb with a subject of its own modifies its object.

    The verb takes the noun's place and the noun becomes its object; where the noun was made the subject of a
    following clause, that clause gets the noun behind its conjunction.
    """
    for verb in range(1, len(parse)):
        noun = parse.head[verb]
        if parse.dep[verb] != "amod" or parse.pos[verb] != "VERB" or noun <= verb or not parse.kids(verb, "nsubj"):
            continue
        later, dep = parse.head[noun], parse.dep[noun]
        inner = next((c for c in parse.kids(noun, "nmod") if c > noun and parse.case(c) in {"after", "before", "as", "since", "until"}), None)
        parse.pos[verb], parse.tag[verb] = "VERB", "VBD"
        subject = parse.kids(verb, "nsubj")[0]
        for child in parse.kids(noun, "det"):
            if child < subject:
                parse.reattach(child, subject, "det")
        if dep.startswith("nsubj") and later > noun and inner is not None:
            above = parse.head[later]
            parse.reattach(verb, verb if above == later else above, parse.dep[later])
            for child in parse.kids(inner, "case"):
                parse.reattach(child, later, "mark")
            parse.reattach(inner, later, dep)
            parse.reattach(later, verb, "advcl")
        else:
            parse.reattach(verb, verb if later == noun else later, dep)
        parse.reattach(noun, verb, "obj")


def verb_between_nouns(parse: Parse) -> None:
    """Mend "The rebels seized control of Lima", where the only verb was taken for an adjective of its object.

    Fires in a sentence that ends with a point and has no finite verb, where the past form stands right behind a noun.
    """
    for start, end in parse.sentences:
        if parse.text[end - 1] != "." or any(parse.tag[i] in FINITE and parse.dep[i] != "amod" for i in range(start, end)):
            continue
        verb = next((i for i in range(start + 1, end) if parse.dep[i] == "amod" and parse.tag[i] in {"VBD", "VBN"}
                     and parse.pos[i - 1] in {"NOUN", "PROPN"} and parse.head[i] > i), None)
        if verb is None:
            continue
        noun, obj = verb - 1, parse.head[verb]
        if parse.dep[noun] == "flat" and start <= parse.head[noun] < noun:
            noun = parse.head[noun]
        parse.tag[verb], parse.pos[verb] = "VBD", "VERB"
        parse.reattach(verb, verb, "ROOT")
        for child in list(parse.children[obj]):
            if child < noun:
                parse.reattach(child, noun, parse.dep[child])
        above = parse.head[noun]
        parse.reattach(noun, verb, "nsubj")
        if above not in {noun, obj, verb} and parse.head[above] == above:
            parse.reattach(above, verb, "obj")
        if not below(parse, obj, verb):
            parse.reattach(obj, verb, "obl" if parse.case(obj) else "obj")


def infinitive_as_noun(parse: Parse) -> None:
    """Mend "offered on Friday to host talks", where "host" was taken for a noun: the verb before asks for an infinitive."""
    for word in range(2, len(parse) - 1):
        obj, to = parse.head[word], word - 1
        verb = parse.head[obj]
        if parse.text[to].lower() != "to" or parse.tag[word] != "NN" or parse.dep[word] != "compound" or obj != word + 1 or parse.head[to] != obj:
            continue
        if parse.pos[verb] == "VERB" and parse.lemma[verb].lower() in TAKES_INFINITIVE and verb < to:
            parse.tag[word], parse.pos[word] = "VB", "VERB"
            parse.reattach(word, verb, "xcomp")
            parse.reattach(to, word, "mark")
            parse.reattach(obj, word, "obj")


def denied_gerund(parse: Parse) -> None:
    """Call "having fled" in "denied having fled" a complement, which the parser took for an adverbial clause."""
    for verb in range(1, len(parse)):
        if parse.dep[verb] != "advcl" or parse.kids(verb, "mark"):
            continue
        first = min(parse.subtree(verb))
        head = parse.head[verb]
        cue = lexicon.cues().get((parse.lemma[head].lower(), "VERB"))
        if first == head + 1 and parse.tag[first] == "VBG" and cue is not None and "source" in cue.effect:
            parse.dep[verb] = "ccomp"


def speaker_inside(parse: Parse) -> None:
    """Mend "the trip, said his lawyer, had been booked", where who speaks and who acts changed places."""
    for said in range(2, len(parse) - 2):
        cue = lexicon.cues().get((parse.lemma[said].lower(), "VERB"))
        if parse.text[said - 1] != "," or cue is None or "source" not in cue.effect or parse.pos[said] != "VERB":
            continue
        before = next((c for c in parse.kids(said, "nsubj") if c < said - 1), None)
        verb = next((c for c in parse.kids(said, "ccomp") if c > said), None)
        after = next((c for c in parse.kids(verb, "nsubj", "nsubj:pass") if said < c < verb), None) if verb is not None else None
        if before is None or verb is None or after is None or min(parse.subtree(after)) != said + 1:
            continue
        dep = "nsubj:pass" if parse.kids(verb, "aux:pass") else "nsubj"
        parse.reattach(verb, verb if parse.head[said] == said else parse.head[said], parse.dep[said])
        parse.reattach(said, verb, "parataxis")
        parse.reattach(before, verb, dep)
        parse.reattach(after, said, "nsubj")


def verb_before_name(parse: Parse) -> None:
    """Mend "She left and accused Ruiz of theft", where the second verb was taken for an adjective of the name."""
    for start, end, _ in parse.ents:
        verb = start - 1
        if verb < 2 or parse.dep[verb] != "amod" or parse.tag[verb] not in {"VBD", "VBN"} or parse.text[verb - 1].lower() not in {"and", "but"}:
            continue
        head = head_of_span(parse, start, end)
        first = parse.head[head]
        if parse.head[verb] != head or parse.dep[head] != "conj" or parse.pos[first] != "VERB":
            continue
        parse.tag[verb], parse.pos[verb] = "VBD", "VERB"
        parse.reattach(verb, first, "conj")
        for child in list(parse.children[head]):
            if child not in range(start, end) and child != verb:
                parse.reattach(child, verb, "advcl" if parse.dep[child] == "acl" else parse.dep[child])
        parse.reattach(head, verb, "obj")


def apposition_without_and(parse: Parse) -> None:
    """Call "X, a lender in Y," an apposition where the parser saw a list: it has an article and no "and"."""
    for start, end, label in parse.ents:
        if label not in {"PERSON", "ORG", "GPE"} or end >= len(parse) or parse.text[end] != ",":
            continue
        head = head_of_span(parse, start, end)
        listed = parse.kids(head, "conj")
        if len(listed) > 1 and label == "PERSON" and described_between_commas(parse, end, listed):
            parse.dep[listed[0]] = "appos"
            for other in listed[1:]:
                parse.reattach(other, listed[0], "conj")
            continue
        if len(listed) == 1 and not parse.kids(listed[0], "cc") and parse.pos[listed[0]] == "NOUN":
            first = min(parse.subtree(listed[0]))
            if first in {end, end + 1} and parse.text[end + 1].lower() in {"a", "an", "the"}:
                parse.dep[listed[0]] = "appos"


def described_between_commas(parse: Parse, end: int, listed: list[int]) -> bool:
    """Whether what follows a name says two things of it: "Ana Ruiz, an engineer and German citizen, was cleared"."""
    close = max(parse.subtree(listed[-1], without=("punct",))) + 1
    opened = parse.text[end + 1].lower() in {"a", "an", "the"} and min(parse.subtree(listed[0])) in {end, end + 1}
    return opened and close + 1 < len(parse) and parse.text[close] == "," and parse.pos[close + 1] in {"AUX", "VERB"} and all(
        names_person(parse, i) for i in listed)


def person_beside_body(parse: Parse) -> None:
    """Hang the name in "the director of the museum, Ana Ruiz," on the director, not on the museum."""
    for start, end, label in parse.ents:
        head = title_of(parse, head_of_span(parse, start, end))
        first = min(start, head)
        if label != "PERSON" or parse.dep[head] not in {"appos", "conj", "list"} or first == 0 or parse.text[first - 1] != ",":
            continue
        noun = parse.head[head]
        while parse.dep[noun] == "nmod" and not names_person(parse, noun) and parse.head[noun] < noun:
            noun = parse.head[noun]
        if not names_person(parse, noun) and parse.dep[noun] == "obl" and (before := noun_before_place(parse, noun)) is not None:
            noun = before  # "recalled its attaché in Lima, Colonel Ruiz": the place was hung on the verb
        if noun != parse.head[head] and names_person(parse, noun) and parse.pos[noun] != "VERB":
            parse.reattach(head, noun, "appos")


def post_before_name(parse: Parse) -> None:
    """Hang "Ana Ruiz" in "the secretary of the Embassy to Lima, Peru, Ana Ruiz." on the post, however far the parser went astray.

    Fires where only names, nouns and prepositions stand between the post and the name, and a mark closes it.
    """
    inside = {i: label for start, end, label in parse.ents for i in range(start, end)}
    for start, end, label in parse.ents:
        closed = end >= len(parse) or parse.text[end] in {",", ".", ";", ")"}
        if label != "PERSON" or start < 4 or parse.text[start - 1] != "," or not closed:
            continue
        head = head_of_span(parse, start, end)
        for i in range(start - 2, max(-1, start - POST_WINDOW), -1):
            if parse.sent[i] != parse.sent[start] or inside.get(i) == "PERSON" or not (inside.get(i) or parse.pos[i] in NOMINAL or parse.text[i] == ","):
                break
            if i in inside or parse.pos[i] not in {"NOUN", "PROPN"} or not names_person(parse, i):
                continue
            if parse.plural[i] or parse.head[head] == i or below(parse, i, head) or parse.text[i + 1] not in {"of", "in", "to", "at", "for"}:
                break
            if parse.dep[i] in {"fixed", "flat", "compound"}:
                parse.dep[i] = "obl"
            parse.reattach(head, i, "appos")
            break


def participle_of_noun(parse: Parse) -> None:
    """Hang "held" in "took part in the games held in Lima" on the games, where the parser made it the verb's complement."""
    for verb in range(2, len(parse)):
        above, noun = parse.head[verb], verb - 1
        if parse.dep[verb] == "xcomp" and parse.tag[verb] == "VBN" and parse.pos[verb] == "VERB" and parse.pos[noun] in {"NOUN", "PROPN"} and above < noun and (
            parse.lemma[above].lower() not in CAUSATIVE and not parse.kids(verb, "mark", "aux", "aux:pass", "nsubj")):
            while parse.dep[noun] in {"flat", "compound"} and above < parse.head[noun] < verb:
                noun = parse.head[noun]
            parse.reattach(verb, noun, "acl")


def sent_to_place(parse: Parse) -> None:
    """Hang "to missions" in "sent a team made up of officials to missions" on the sending, not on what the team is made of."""
    for place in range(2, len(parse)):
        part = parse.head[place]
        noun = parse.head[part]
        if parse.dep[place] in {"obl", "nmod"} and parse.case(place) == "to" and parse.dep[part] == "acl" and parse.lemma[part].lower() in COMPOSED and (
            parse.dep[noun] == "obj" and parse.lemma[parse.head[noun]].lower() in SENDING):
            parse.reattach(place, parse.head[noun], "obl")


def noun_before_place(parse: Parse, place: int) -> int | None:
    """Return the noun for a person right before a place's preposition."""
    first = min(parse.subtree(place))
    return first - 1 if first > 0 and parse.pos[first - 1] == "NOUN" and names_person(parse, first - 1) else None


def stray_apposition(parse: Parse) -> None:
    """Hang "Ana Ruiz" in "by a counsellor, Ana Ruiz." on the noun before the comma where the parser found it no place."""
    for start, end, label in parse.ents:
        head = title_of(parse, head_of_span(parse, start, end))
        first = min(start, head)
        stray = {"discourse", "dep", "list", "parataxis", "vocative", "flat", "obl", "nmod", "nsubj", "appos"}
        if label not in {"PERSON", "ORG"} or first < 2 or parse.text[first - 1] != "," or parse.dep[head] not in stray or parse.case(head):
            continue
        told = names_person if label == "PERSON" else names_body
        noun = next((i for i in range(first - 2, max(-1, first - 5), -1) if parse.pos[i] == "NOUN" and told(parse, i)), None)
        if parse.dep[head] == "appos" and (noun is None or parse.head[head] == noun or parse.pos[parse.head[head]] != "VERB"):
            continue
        if parse.dep[head] == "nsubj" and (noun is None or parse.head[noun] != parse.head[head] or parse.dep[noun] != "nsubj"):
            continue  # "Ruiz's attorney, Tomas Berg, spoke" has two subjects
        if noun is not None and (end >= len(parse) or parse.text[end] in {",", ".", ";"}) and parse.sent[noun] == parse.sent[start]:
            parse.reattach(head, noun, "appos")


def title_of(parse: Parse, head: int) -> int:
    """Return the title that a name hangs on: "Colonel" of "Colonel Ana Ruiz"."""
    above = parse.head[head]
    return above if parse.dep[head] == "flat" and above < head and parse.text[above].rstrip(".").lower() in lexicon.titles() else head


def counted_others(parse: Parse) -> None:
    """Make "two others" the object in "wounded two others near Lima", where the place took its part."""
    for i in range(len(parse)):
        place = parse.head[i]
        if parse.text[i].lower() == "others" and parse.kids(i, "nummod") and place > i and parse.dep[place] == "obj" and parse.kids(place, "case"):
            parse.reattach(i, parse.head[place], "obj")
            parse.reattach(place, parse.head[place], "obl")


def complex_preposition(parse: Parse) -> None:
    """Make "in respect of", "with regard to" the preposition of what follows, which takes the noun's place."""
    for noun in range(1, len(parse)):
        before = [c for c in parse.kids(noun, "case") if parse.text[c].lower() in {"in", "with", "on"}]
        after = next((c for c in parse.kids(noun, "nmod") if c > noun and parse.case(c) in {"of", "to", "with"}), None)
        if parse.text[noun].lower() not in COMPLEX or not before or after is None or parse.kids(noun, "det", "amod", "nmod:poss"):
            continue
        parse.reattach(after, parse.head[noun], parse.dep[noun])
        for child in list(parse.children[noun]):
            parse.reattach(child, after, parse.dep[child])
        parse.reattach(noun, before[0], "fixed")


def names_body(parse: Parse, token: int) -> bool:
    """Whether a common noun names a body."""
    return parse.lemma[token].lower() in ORG_HEADS


def names_person(parse: Parse, token: int) -> bool:
    """Whether a common noun names a person."""
    lemma = parse.lemma[token].lower()
    return lexicon.noun_kinds().get(lemma) == "person" or lemma in lexicon.titles()


def verb_behind_relative(parse: Parse) -> None:
    """Mend "The man, whose name was withheld, left Lima" where the relative clause took the main clause's place.

    Fires where a noun, a comma and a relative pronoun are followed by a verb that has the noun for its subject,
    and then by a comma and a finite verb without a subject of its own.
    """
    for k in range(2, len(parse)):
        if parse.text[k].lower() not in {"who", "whose", "which"} or parse.text[k - 1] != ",":
            continue
        noun = k - 2
        while parse.head[noun] < k and parse.head[noun] != noun and parse.dep[noun] in {"flat", "compound", "nmod", "appos"}:
            noun = parse.head[noun]
        first = parse.head[noun]
        if first <= k or not parse.dep[noun].startswith("nsubj"):
            continue
        second = next((v for v in range(first + 1, len(parse)) if parse.text[v - 1] == "," and parse.tag[v] in {"VBD", "VBZ", "VBP"}
                       and parse.sent[v] == parse.sent[k]), None)
        if second is None or parse.kids(second, "nsubj", "nsubj:pass"):
            continue
        above, dep = (second, "ROOT") if parse.head[first] == first else (parse.head[first], parse.dep[first])
        parse.reattach(second, above, dep)
        parse.reattach(first, noun, "acl:relcl")
        for child in list(parse.children[first]):
            if child > second and parse.dep[child] in {"conj", "parataxis", "punct"}:
                parse.reattach(child, second, parse.dep[child])
        parse.reattach(noun, second, "nsubj")


def verb_behind_restriction(parse: Parse) -> None:
    """Mend "The man who wanted the deal was sacked", where the second verb was taken for what the first one says.

    Fires where a noun without a verb heads the sentence and its relative clause has a finite clause without "that".
    """
    for start, end in parse.sentences:
        root = next((i for i in range(start, end) if parse.head[i] == i), None)
        if root is None or parse.pos[root] not in {"NOUN", "PROPN"} or parse.kids(root, "cop", "nsubj", "nsubj:pass"):
            continue
        for first in parse.kids(root, "acl:relcl"):
            second = next((c for c in parse.kids(first, "ccomp") if c > first and not parse.kids(c, "mark")), None)
            subject = next((c for c in parse.kids(second, "nsubj", "nsubj:pass") if first < c < second), None) if second is not None else None
            cue = lexicon.cues().get((parse.lemma[first].lower(), "VERB"))
            if second is None or subject is None or (cue is not None and "source" in cue.effect):
                continue
            dep = parse.dep[subject]
            parse.reattach(second, second, "ROOT")
            parse.reattach(root, second, dep)
            parse.reattach(subject, first, "obj")
            break


def listed_apposition(parse: Parse) -> None:
    """Call a noun phrase between commas behind a person's name an apposition, whatever the parser called it."""
    for start, end, label in parse.ents:
        if label != "PERSON" or end >= len(parse) or parse.text[end] != ",":
            continue
        head = head_of_span(parse, start, end)
        for child in parse.children[head]:
            if child > end and parse.dep[child] in {"list", "dep", "parataxis"} and parse.pos[child] in {"NOUN", "PROPN"}:
                between = parse.text[end + 1 : child]
                if "," not in between and not parse.kids(child, "nsubj", "cop"):
                    parse.dep[child] = "appos"
        take_apposition(parse, head, end)


def take_apposition(parse: Parse, head: int, end: int) -> None:
    """Take "a former senator from X" between two commas behind a name for its apposition, wherever it was hung.

    Where the parser gave the noun the verb, as in "Ana Ruiz, the head of X, left", the name gets it.
    """
    if end + 2 >= len(parse) or parse.text[end + 1].lower() not in {"a", "an", "the"}:
        return
    noun = next((i for i in range(end + 2, min(end + 7, len(parse))) if parse.pos[i] == "NOUN" and parse.pos[i + 1 : i + 2] != ["NOUN"]), None)
    if noun is None or not names_person(parse, noun) or below(parse, noun, head) or parse.sent[noun] != parse.sent[head]:
        return
    close = max(parse.subtree(noun, without=("nsubj", "acl:relcl", "conj", "cc", "punct", "appos", "parataxis"))) + 1
    if close >= len(parse) or parse.text[close] != "," or parse.text[close + 1 : close + 2] in (["and"], ["or"]):
        return
    above, dep = parse.head[noun], parse.dep[noun]
    if below(parse, head, noun) or head == noun:
        return
    if dep.startswith("nsubj") and parse.pos[above] == "VERB" and above > noun:
        parse.reattach(head, above, dep)
        parse.reattach(noun, head, "appos")
    elif dep in {"parataxis", "dep", "list", "conj", "obl", "dislocated", "nmod"} and not parse.kids(noun, "case"):
        parse.reattach(noun, head, "appos")


def place_of_body(parse: Parse) -> None:
    """Hang "in X", "to X" right behind a body's name on the name rather than on the post before it.

    "secretary of the Embassy to Lima": the parser takes Lima for the secretary's. Left alone where the place
    hangs on a verb ("went from the Embassy to Lima").
    """
    for start, end, label in parse.ents:
        if label != "ORG" or end + 1 >= len(parse) or parse.text[end].lower() not in PLACE_PREPOSITIONS:
            continue
        place = next(((s, e) for s, e, kind in parse.ents if kind in {"GPE", "LOC"} and s in {end + 1, end + 2}), None)
        if place is None or (place[0] == end + 2 and parse.text[end + 1].lower() != "the"):
            continue
        head, body = head_of_span(parse, *place), head_of_span(parse, start, end)
        governor = parse.head[head]
        if governor != body and governor not in range(*place) and parse.pos[governor] in {"NOUN", "PROPN"} and governor < start:
            parse.reattach(head, body, "nmod")


def country_of_city(parse: Parse) -> None:
    """Hang the country of "City, Country" on the city, where a list made it a conjunct of something else."""
    places = gazetteer.load()
    spans = [s for s in parse.ents if s[2] in {"GPE", "LOC"}]
    for (start, end, _), (after, stop, _) in itertools.pairwise(spans):
        if after != end + 1 or parse.text[end] != ",":
            continue
        country = places.country(" ".join(parse.text[after:stop]))
        cities = places.cities.get(gazetteer.key(" ".join(parse.text[start:end])), ())
        listed = stop < len(parse) and parse.text[stop].lower() in {"and", "or"}
        if country and not listed and (any(c.country == country.code for c in cities)):
            city, land = head_of_span(parse, start, end), head_of_span(parse, after, stop)
            for child in parse.children[land]:
                if child >= stop and parse.dep[child] in {"appos", "conj", "flat"}:
                    parse.reattach(child, parse.head[city], parse.dep[child])
            parse.reattach(land, city, "dep")


def demonym_of_city(parse: Parse) -> None:
    """Hang the adjective of "Peruvian Lima" on the city, which takes its place in the sentence."""
    for start, end, label in parse.ents:
        adjective = next((s for s in parse.ents if s[1] == start and s[2] == "NORP"), None)
        if label not in {"GPE", "LOC"} or adjective is None:
            continue
        city, demonym = head_of_span(parse, start, end), head_of_span(parse, adjective[0], adjective[1])
        if parse.head[demonym] == city:
            continue
        if parse.dep[demonym] not in {"amod", "compound"}:
            head, dep = parse.head[demonym], parse.dep[demonym]
            for child in list(parse.children[demonym]):
                if child not in range(adjective[0], adjective[1]):
                    parse.reattach(child, city, parse.dep[child])
            parse.reattach(city, city if head == demonym else head, dep)
        parse.reattach(demonym, city, "amod")


def person_after_body(parse: Parse) -> None:
    """Mend "Secretary of the Embassy Ana Ruiz", where the preposition or the body went to the person's name."""
    for start, _, label in parse.ents:
        body = next((s for s in parse.ents if s[1] == start and s[2] == "ORG"), None)
        if label != "PERSON" or body is None:
            continue
        title = next((i for i in range(body[0] - 1, max(-1, body[0] - 5), -1) if parse.text[i].lower() in lexicon.titles()), None)
        if title is None:
            continue
        person = next(e for e in parse.ents if e[0] == start)
        head, org = head_of_span(parse, person[0], person[1]), head_of_span(parse, body[0], body[1])
        for child in list(parse.children[head]):
            if child < body[0] and parse.dep[child] in {"case", "det"}:
                parse.reattach(child, org, parse.dep[child])
        if parse.head[title] == head:
            parse.reattach(title, parse.head[head], parse.dep[head])
        parse.reattach(org, title, "nmod")
        parse.reattach(head, title, "appos")


def for_clause(parse: Parse) -> None:
    """Mark "punished him for doing" so that the object does it: label the clause `advcl:for`."""
    for verb in range(len(parse)):
        if parse.dep[verb] == "advcl" and parse.tag[verb] == "VBG":
            marks = {parse.text[c].lower() for c in parse.kids(verb, "mark", "case")}
            if marks & CONTROLLED_BY_OBJECT and parse.head[verb] < verb:
                parse.dep[verb] = "advcl:for"

