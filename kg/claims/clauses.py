"""Clauses of a parse: the predicate above a token, the way between two clauses, short phrases."""

from __future__ import annotations

from kg.annotation.parse import Parse

SUBJECTS = ("nsubj", "nsubj:pass", "csubj")
DROPPED = (
    *("det", "nummod", "acl", "acl:relcl", "appos", "punct", "cc", "conj", "advmod", "case"),
    *("parataxis", "ccomp", "xcomp", "advcl", "mark", "cop", "aux", "nsubj", "obl"),
)
COMPLEMENTS = {"of", "in", "from", "to", "at", "on", "for", "per", ""}
COUNT_NOUNS = {"number", "total", "amount", "count", "toll", "sum"}
SUPERLATIVES = {"JJS", "RBS"}
LONGEST = 8  # words of a noun phrase


def predicate(parse: Parse, token: int) -> int | None:
    """Return the verb, or the predicate with a copula, that a token stands under, if any."""
    for i in (token, *parse.ancestors(token)):
        if (parse.pos[i] == "VERB" and parse.dep[i] not in {"amod", "compound"}) or parse.kids(
            i, "cop"
        ):
            return i
    return None


def chain(parse: Parse, token: int) -> list[int]:
    """Return the predicates above a token, nearest first."""
    out: list[int] = []
    for i in (token, *parse.ancestors(token)):
        if predicate(parse, i) == i:
            out.append(i)
    return out


def clause_steps(parse: Parse, anchor: int | None, token: int) -> int | None:
    """Return how many clauses a date is away from a predicate; None where it belongs elsewhere.

    A date of the same clause is nearest, then one of a clause above; one of a clause below counts
    only where that clause is no relative clause.
    """
    if anchor is None:
        return 0 if predicate(parse, token) is None else 1
    above = chain(parse, anchor)
    own = predicate(parse, token)
    if own is None:
        return 1
    if own in above:
        return above.index(own)
    if anchor in chain(parse, own):
        path = [own]
        while path[-1] != anchor and parse.head[path[-1]] != path[-1]:
            path.append(parse.head[path[-1]])
        relative = any(parse.dep[i] in {"acl", "acl:relcl"} for i in path[:-1])
        return None if relative else 3
    return None


def subject_of(parse: Parse, token: int) -> int | None:
    """Return the subject of a predicate, also one shared in a conjunction or by control."""
    for i in (token, *parse.ancestors(token)):
        found = parse.kids(i, *SUBJECTS)
        if found:
            return referent(parse, found[0])
        if parse.dep[i] in {"acl", "acl:relcl"}:
            return parse.head[i]
        if parse.dep[i] not in {"xcomp", "conj", "aux", "cop"}:
            return None
    return None


def referent(parse: Parse, token: int) -> int:
    """Return what a relative pronoun stands for, else the token."""
    if parse.text[token].lower() in {"who", "which", "that"}:
        for above in parse.ancestors(token):
            if parse.dep[above] in {"acl:relcl", "acl"}:
                return parse.head[above]
    return token


def phrase(parse: Parse, noun: int, *, skip: frozenset[int] = frozenset()) -> str:
    """Return a noun with its modifiers and short complements, without "the number of".

    Branches with a token to skip at their head, such as a date, are left out.
    """
    kept = set(parse.subtree(noun, without=DROPPED))
    of = [c for c in parse.kids(noun, "nmod") if parse.case(c) == "of"]
    if parse.lemma[noun] in COUNT_NOUNS and of:
        return phrase(parse, of[0], skip=skip)
    for token in sorted(kept - {noun}):
        loose = parse.dep[token] == "nmod" and parse.case(token) not in COMPLEMENTS
        if token in skip or loose:
            kept -= set(parse.subtree(token))
    for token in list(kept):
        if token != noun and parse.dep[token] in {"nmod", "nmod:poss"}:
            kept |= {c for c in parse.children[token] if parse.dep[c] == "case"}
    tokens = [
        i
        for i in sorted(kept)
        if parse.tag[i] not in SUPERLATIVES and parse.pos[i] not in {"PUNCT", "NUM", "SYM"}
    ]
    low = max(0, tokens.index(noun) - LONGEST + 1) if noun in tokens else 0
    return spaced(parse, tokens[low : low + LONGEST])


def spaced(parse: Parse, tokens: list[int]) -> str:
    """Return the words of some tokens; a possessive mark stays with its word."""
    out = ""
    for i in tokens:
        out += (
            parse.text[i]
            if not out or parse.text[i] in {"'s", "’s", "'", "’"}
            else f" {parse.text[i]}"
        )
    return out


def token_at(parse: Parse, start: int, end: int, first: int, last: int) -> int:
    """Return the token of a stretch of text that hangs outside it, within some tokens."""
    inside = [i for i in range(first, last) if parse.idx[i] < end and start < parse.end(i)]
    outside = [i for i in inside if parse.head[i] not in inside or parse.head[i] == i]
    nouns = [i for i in outside if parse.pos[i] not in {"ADP", "SCONJ", "DET"}]
    return (nouns or outside or inside or [first])[0]
