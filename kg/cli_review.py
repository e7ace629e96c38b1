"""`kg review` on the command line: each command parses its options, calls one method of `kg.review.Review`, prints.

Options that say which graph is meant may stand before or after the name of the command.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.errors import DecisionError

if TYPE_CHECKING:
    from kg.decisions import Remark
    from kg.review import Review

Folder = Annotated[Path | None, typer.Option("--graph", "-g", help="The graph folder that `kg build` wrote. Default: out.")]
OntologyPaths = Annotated[list[Path] | None, typer.Option("--ontology", help="What the graph was built with, where not the default.")]
DecisionsFile = Annotated[
    Path | None, typer.Option("--decisions", help="A file of decisions beside the sources. Default: decisions.ttl in the graph folder.")
]
Why = Annotated[str | None, typer.Option("--why", help="The reason, in a sentence; it is kept.")]
By = Annotated[str | None, typer.Option("--by", help="Who decides.")]
Date = Annotated[str | None, typer.Option("--date", help="When: 2026, 2026-11 or 2026-11-24. Without it no date is kept.")]
ClaimId = Annotated[str, typer.Argument(help="A claim's id, or the beginning of it; kg show NAME --why tells it.")]
ThingName = Annotated[str, typer.Argument(help="A name, an alias or an id, such as 'Ana Ruiz' or ent:ana-ruiz.")]

review_app = typer.Typer(invoke_without_command=True, help="Decide about claims and things: accept, reject, correct, merge, split, rename.")


@review_app.callback()
def review(context: typer.Context, graph: Folder = None, decisions: DecisionsFile = None, ontology: OntologyPaths = None) -> None:
    """Decide about claims and things; the graph obeys at once, and at every build.

    Without a further command, the claims are shown one after the other, least certain first, with their sentences.
    """
    if context.invoked_subcommand is not None:
        return
    if not sys.stdin.isatty():
        raise DecisionError("kg review asks at a terminal; in scripts use kg review accept, reject, correct, merge, split, rename")
    from kg.walk import walk

    desk = opened(context)
    print(f"{walk(desk, print)} decided → {desk.file}", file=sys.stderr)


@review_app.command("accept")
def review_accept(
    context: typer.Context,
    claim: ClaimId,
    why: Why = None, by: By = None, date: Date = None,
    graph: Folder = None, decisions: DecisionsFile = None, ontology: OntologyPaths = None,
) -> None:  # fmt: skip
    """Let a claim stand in the default graph, however weakly it is said."""
    from kg.model import Ruling

    print_lines(opened(context).rule(claim, Ruling.ACCEPTED, remark(why, by, date)))


@review_app.command("reject")
def review_reject(
    context: typer.Context,
    claim: ClaimId,
    why: Why = None, by: By = None, date: Date = None,
    graph: Folder = None, decisions: DecisionsFile = None, ontology: OntologyPaths = None,
) -> None:  # fmt: skip
    """Keep a claim out of the default graph and of all that rules derive."""
    from kg.model import Ruling

    print_lines(opened(context).rule(claim, Ruling.REJECTED, remark(why, by, date)))


@review_app.command("correct")
def review_correct(
    context: typer.Context,
    claim: ClaimId,
    subject: Annotated[str | None, typer.Option("--subject", help="The right subject: a name or an id.")] = None,
    predicate: Annotated[str | None, typer.Option("--predicate", help="The right relation, as the ontology names it.")] = None,
    object: Annotated[str | None, typer.Option("--object", help="The right object: a name or an id.")] = None,
    value: Annotated[str | None, typer.Option("--value", help="The right value, where the object is no thing.")] = None,
    datatype: Annotated[str, typer.Option("--datatype", help="Of the value: string|integer|decimal|date|duration|quantity.")] = "string",
    modality: Annotated[str | None, typer.Option("--modality", help="How firmly it is said: asserted, reported, alleged …")] = None,
    polarity: Annotated[str | None, typer.Option("--polarity", help="positive or negative.")] = None,
    why: Why = None, by: By = None, date: Date = None,
    graph: Folder = None, decisions: DecisionsFile = None, ontology: OntologyPaths = None,
) -> None:  # fmt: skip
    """Put a correction in the place of a claim; both are kept, with the same words as evidence."""
    from kg.model import Literal

    if object is not None and value is not None:
        raise DecisionError("give --object or --value, not both")
    end = object if value is None else Literal(value, datatype)
    told = remark(why, by, date)
    desk = opened(context)
    print_lines(desk.correct(claim, subject=subject, predicate=predicate, object=end, modality=modality, polarity=polarity, remark=told))


@review_app.command("merge")
def review_merge(
    context: typer.Context,
    kept: ThingName,
    others: Annotated[list[str], typer.Argument(help="The things that are the same as the first.")],
    why: Why = None, by: By = None, date: Date = None,
    graph: Folder = None, decisions: DecisionsFile = None, ontology: OntologyPaths = None,
) -> None:  # fmt: skip
    """Make one thing of several; it keeps the name of the first."""
    print_lines(opened(context).merge(kept, others, remark(why, by, date)))


@review_app.command("split")
def review_split(
    context: typer.Context,
    thing: ThingName,
    mentions: Annotated[list[str], typer.Argument(help="Mentions of another thing: their words, or OFFSET, or PATH:OFFSET.")],
    name: Annotated[str | None, typer.Option("--name", help="What the other thing is called. Default: the first mention.")] = None,
    why: Why = None, by: By = None, date: Date = None,
    graph: Folder = None, decisions: DecisionsFile = None, ontology: OntologyPaths = None,
) -> None:  # fmt: skip
    """Give some mentions of a thing to a new one, with the claims whose words hold them."""
    print_lines(opened(context).split(thing, mentions, new=name, remark=remark(why, by, date)))


@review_app.command("rename")
def review_rename(
    context: typer.Context,
    thing: ThingName,
    name: Annotated[str, typer.Argument(help="The name it shall have.")],
    why: Why = None, by: By = None, date: Date = None,
    graph: Folder = None, decisions: DecisionsFile = None, ontology: OntologyPaths = None,
) -> None:  # fmt: skip
    """Give a thing another name; the old one stays as an alias."""
    print_lines(opened(context).rename(thing, name, remark(why, by, date)))


@review_app.command("list")
def review_list(
    context: typer.Context, graph: Folder = None, decisions: DecisionsFile = None, ontology: OntologyPaths = None
) -> None:
    """Show the decisions, numbered, and those whose evidence has gone."""
    print_lines(opened(context).lines())


@review_app.command("undo")
def review_undo(
    context: typer.Context,
    decision: Annotated[str, typer.Argument(help="A decision's id, or its number in kg review list.")],
    graph: Folder = None, decisions: DecisionsFile = None, ontology: OntologyPaths = None,
) -> None:
    """Take a decision back."""
    print_lines(opened(context).undo(decision))


@review_app.command("apply")
def review_apply(
    context: typer.Context, graph: Folder = None, decisions: DecisionsFile = None, ontology: OntologyPaths = None
) -> None:
    """Let the graph obey a file of decisions that was edited by hand, without reading the texts again."""
    print_lines(opened(context).apply())


def remark(why: str | None, by: str | None, date: str | None) -> Remark:
    """Return what a person adds to a decision.

    Raises DecisionError where the date is none.
    """
    from kg.decisions import Remark

    if date is not None and not re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", date):
        raise DecisionError(f"{date}: no date; write 2026, 2026-11 or 2026-11-24")
    return Remark(why, by, date)


def opened(context: typer.Context) -> Review:
    """Open the graph that the options name, before or after the name of the command."""
    from kg.pipeline import Settings
    from kg.review import Review

    before = context.parent.params if context.parent else {}
    graph, decisions, ontology = (context.params.get(n) or before.get(n) for n in ("graph", "decisions", "ontology"))
    return Review(graph or Path("out"), file=decisions, settings=Settings(tuple(ontology) if ontology else None))


def print_lines(lines: Iterable[str]) -> None:
    """Print lines one by one."""
    for line in lines:
        print(line)


__all__ = ["DecisionsFile", "review_app"]
