"""The walk through a graph's claims at a terminal: one after the other, least certain first, with its sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from kg.decisions import Remark
from kg.errors import DecisionError, KgError
from kg.model import Claim, Ruling
from kg.review import Review
from kg.show import Teller, according_to, flat

if TYPE_CHECKING:
    from prompt_toolkit import PromptSession
    from prompt_toolkit.input import Input
    from prompt_toolkit.output import Output

QUESTION = "[a]ccept  [r]eject  [c]orrect  [s]kip  [q]uit > "
AROUND = 160  # characters of the text shown on each side of a quote


def walk(review: Review, say: Callable[[str], None], *, input: Input | None = None, output: Output | None = None) -> int:
    """Ask about each claim until there is none left or the person has enough; return how many were decided.

    Each decision is in its file before the next question; the graph is written once, at the end. `input` and `output`
    are those of the terminal unless given.
    """
    from prompt_toolkit import PromptSession

    session: PromptSession[str] = PromptSession(input=input, output=output)
    review.later = True
    decided = 0
    try:
        for claim, lines in questions(review):
            for line in lines:
                say(line)
            answer = asked(review, claim, session, say)
            if answer is None:
                break
            decided += answer
    finally:
        review.later = False
        if decided:
            review.apply()
    return decided


def questions(review: Review) -> Iterator[tuple[Claim, list[str]]]:
    """Yield each undecided claim with what a person must see of it."""
    teller = Teller(review.graph)
    texts = {d.id: d.text for d in review.graph.extraction.documents}
    claims = list(review.open_claims())
    for number, claim in enumerate(claims, 1):
        evidence = claim.evidence[0]
        text = texts[evidence.document]
        before = text[max(0, evidence.start - AROUND) : evidence.start].rpartition("\n")[2]
        after = text[evidence.end : evidence.end + AROUND].partition("\n")[0]
        said = ", ".join(s for s in (claim.modality.value, according_to(claim.source, teller.names)) if s)
        yield claim, [
            "",
            f"{number}/{len(claims)}  {teller.statement(claim)}  [{said}]  claim:{claim.id}",
            f"    {flat(before)} »{flat(evidence.quote)}« {flat(after)}".rstrip(),
            f"    {teller.titles.get(claim.document, claim.document)}, {evidence.start}–{evidence.end}",
            *(f"    out of the default graph: {constraint}" for constraint in claim.violations),
        ]


def asked(review: Review, claim: Claim, session: PromptSession[str], say: Callable[[str], None]) -> int | None:
    """Ask until the answer is one; return 1 for a decision, 0 for none, nothing for enough."""
    while True:
        try:
            answer = session.prompt(QUESTION).strip().lower()[:1]
            if answer == "q":
                return None
            if answer == "s":
                return 0
            if answer in {"a", "r"}:
                why = session.prompt("why? (may be empty) > ").strip() or None
                review.rule(claim.id, Ruling.ACCEPTED if answer == "a" else Ruling.REJECTED, Remark(why))
                return 1
            if answer == "c":
                return correction(review, claim, session)
        except (EOFError, KeyboardInterrupt):
            return None
        except KgError as error:
            say(f"    {error}")


def correction(review: Review, claim: Claim, session: PromptSession[str]) -> int:
    """Ask what is right: an empty answer leaves an end as it is.

    Raises DecisionError where nothing was changed, or an answer names nothing that is known.
    """
    from prompt_toolkit.completion import FuzzyWordCompleter

    things = FuzzyWordCompleter(sorted({e.label for e in review.graph.extraction.entities}))
    relations = FuzzyWordCompleter(sorted(review.ontology().properties))
    subject = session.prompt("subject > ", completer=things).strip()
    predicate = session.prompt("relation > ", completer=relations).strip()
    value = session.prompt("object > ", completer=things).strip()
    session.completer = None
    if not (subject or predicate or value):
        raise DecisionError("nothing was corrected")
    review.correct(claim.id, subject=subject or None, predicate=predicate or None, object=value or None)
    return 1
