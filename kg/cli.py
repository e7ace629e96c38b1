"""The command line: each command parses its options, calls one function, prints.

Results go to stdout, progress and errors to stderr. Heavy imports live in the commands, so that `--help` is instant.
"""

from __future__ import annotations

import gc
import io
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import kg
from kg.cli_review import DecisionsFile, review_app
from kg.errors import ExportError, KgError, OntologyError, QueryError

if TYPE_CHECKING:
    from kg.documents import Bad
    from kg.graph.graph import Graph
    from kg.graph.result import Result
    from kg.pipeline import Progress, Settings

RARELY = (200_000, 20, 20)  # objects between collections: a graph has millions that all stay, and looking at them is in vain

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Text in, a knowledge graph out in which every fact shows where it was said, by whom, and how firmly.",
    epilog="Start with `kg build report.md`, then `kg query --list`, `kg show NAME`, `kg view --open`.",
)

GraphFolder = Annotated[Path, typer.Option("--graph", "-g", help="The graph folder that `kg build` wrote, or a server's URL.")]
OntologyPaths = Annotated[
    list[Path] | None,
    typer.Option("--ontology", help="A Turtle file or folder that teaches another domain; may be repeated. Default: diplomacy, business and news."),
]
ModelName = Annotated[str | None, typer.Option("--model", help="An installed spaCy pipeline instead of the embedded one.")]


def main() -> None:
    """Run the command line; everything a user can mend ends in one line and a non-zero status."""
    settle_encoding()
    gc.set_threshold(*RARELY)
    try:
        status = app(prog_name="kg", standalone_mode=False)
        sys.stdout.flush()  # here, where a broken pipe is caught
        sys.exit(status if isinstance(status, int) else 0)
    except SystemExit as error:
        if not isinstance(error.__context__, BrokenPipeError):  # which typer makes an exit
            raise
        drop_output()
        sys.exit(0)
    except typer.Exit as error:
        sys.exit(error.exit_code)
    except typer.Abort:
        sys.exit(130)
    except KeyboardInterrupt:
        complain("stopped")
        sys.exit(130)
    except BrokenPipeError:
        drop_output()
        sys.exit(0)
    except KgError as error:
        complain(str(error), lines=isinstance(error, QueryError | OntologyError))
        sys.exit(1)
    except Exception as error:
        usage = getattr(error, "format_message", None)
        if usage is not None:
            complain(usage())
            sys.exit(getattr(error, "exit_code", 2))
        if os.environ.get("KG_DEBUG"):
            raise
        if isinstance(error, OSError) and error.filename and error.strerror:  # what nobody foresaw of a name, a disk, a right
            complain(f"{str(error.filename)[:300]}: cannot be used: {error.strerror.lower()}; name another file or folder")
            sys.exit(1)
        complain(f"unexpected {type(error).__name__}: {error} (KG_DEBUG=1 shows where)")
        sys.exit(70)


def settle_encoding() -> None:
    """Write UTF-8 to files and pipes, as exports do; a terminal shows what it can."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace", encoding=None if stream.isatty() else "utf-8")


def drop_output() -> None:
    """Send what is still to be written nowhere: the reader of the pipe has enough."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def complain(message: str, *, lines: bool = False) -> None:
    """Write one error to stderr, without what would steer a terminal: names of files are anyone's; `lines` keeps those that point at a place."""
    plain = "".join(c for c in (message if lines else message.replace("\n", " ")) if c == "\n" or c.isprintable() or c == "\t")
    print(f"kg: error: {plain}", file=sys.stderr)


def version_option(value: bool) -> None:
    """Print the version and stop."""
    if value:
        print(f"kg {kg.__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[bool, typer.Option("--version", callback=version_option, is_eager=True, help="Print the version.")] = False,
) -> None:
    """Text in, an attested knowledge graph out."""


@contextmanager
def progress_bar() -> Iterator[Progress | None]:
    """Give a progress callback that draws a bar on stderr; nothing where stderr is no terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading", total=None)
        yield lambda stage, done, total: bar.update(task, description=stage, completed=done, total=total or None)


StoreKind = Annotated[
    str | None,
    typer.Option("--store", help="memory; disk: an index beside the graph; or the URL of a SPARQL server, in place of a folder."),
]
Jobs = Annotated[int | None, typer.Option("--jobs", "-j", min=1, help="Processes that read. Default: one a core, where there is text enough.")]


@app.command()
def build(
    sources: Annotated[list[str] | None, typer.Argument(help="Files, folders, or - for stdin; none: the bundled corpus.")] = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder to write the graph to.")] = Path("out"),
    ontology: OntologyPaths = None,
    model: ModelName = None,
    jobs: Jobs = None,
    store: StoreKind = None,
    decisions: DecisionsFile = None,
) -> None:
    """Read documents (.txt .md .html .pdf .docx) and write their graph."""
    from kg.pipeline import Settings
    from kg.pipeline import build as run

    settings = Settings(tuple(ontology) if ontology else None, model, jobs, decisions)
    with progress_bar() as progress, bad_files() as bad:
        say_graph(run(sources or [], out=out, store=store, settings=settings, progress=progress, bad=bad), out, store)


@app.command()
def add(
    sources: Annotated[list[str], typer.Argument(help="Files, folders, or - for stdin.")],
    jobs: Jobs = None,
    store: StoreKind = None,
    decisions: DecisionsFile = None,
    graph: GraphFolder = Path("out"),
) -> None:
    """Add documents to a graph; those that it holds are not read again."""
    from kg.pipeline import Means
    from kg.pipeline import add as run

    with progress_bar() as progress, bad_files() as bad:
        say_graph(run(sources, graph=graph, means=Means(jobs, store, decisions), progress=progress, bad=bad), graph, store)


@app.command()
def remove(
    names: Annotated[list[str], typer.Argument(help="Documents by id, path, file name or title.")],
    jobs: Jobs = None,
    store: StoreKind = None,
    decisions: DecisionsFile = None,
    graph: GraphFolder = Path("out"),
) -> None:
    """Take documents out of a graph, with their claims and all that rested on them alone."""
    from kg.pipeline import Means
    from kg.pipeline import remove as run

    with progress_bar() as progress:
        say_graph(run(names, graph=graph, means=Means(jobs, store, decisions), progress=progress), graph, store)


@app.command()
def update(
    names: Annotated[list[str] | None, typer.Argument(help="Files or folders of the graph; none: all whose file is known.")] = None,
    jobs: Jobs = None,
    store: StoreKind = None,
    decisions: DecisionsFile = None,
    graph: GraphFolder = Path("out"),
) -> None:
    """Read again the files of a graph that have changed."""
    from kg.pipeline import Means
    from kg.pipeline import update as run

    with progress_bar() as progress, bad_files() as bad:
        say_graph(run(names or [], graph=graph, means=Means(jobs, store, decisions), progress=progress, bad=bad), graph, store)


@contextmanager
def bad_files() -> Iterator[Bad]:
    """Give a callback that tells of a file that is passed over; the status is then 1 when all else is done."""
    told: list[str] = []

    def bad(error: KgError) -> None:
        told.append(str(error))
        complain(str(error))

    yield bad
    if told:
        raise typer.Exit(1)


def say_graph(graph: Graph, folder: Path, store: str | None) -> None:
    """Say on stderr how much a graph holds, where it is, and which decisions it could not obey."""
    from kg.graph.store import url_of

    counts = graph.manifest["counts"]
    print(
        f"{counts['documents']} documents, {counts['entities']} entities, {counts['claims']} claims, "
        f"{counts['observations']} figures → {url_of(store or folder) or folder}",
        file=sys.stderr,
    )
    for decided in graph.extraction.decisions if counts["decisions"] else ():
        if decided.gone:
            print(f"kg: decision {decided.id} ({decided.about}) is not obeyed: {decided.gone}", file=sys.stderr)


@app.command()
def query(
    text: Annotated[str | None, typer.Argument(help="SPARQL, or the name of a saved query.")] = None,
    file: Annotated[Path | None, typer.Option("--file", "-f", help="Read the query from a file.")] = None,
    format: Annotated[str, typer.Option("--format", help="table|csv|tsv|json|xml, and turtle|jsonld|ntriples for triples.")] = "table",
    bind: Annotated[list[str] | None, typer.Option("--bind", help='Give a variable its value: who=ent:ana-ruiz, name="Ana".')] = None,
    timeout: Annotated[float | None, typer.Option("--timeout", min=0.001, max=86_400, help="Stop the query after so many seconds.")] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Show the query's algebra and how many triples fit each pattern.")] = False,
    list_saved: Annotated[bool, typer.Option("--list", help="Show the saved queries.")] = False,
    graph: GraphFolder = Path("out"),
) -> None:
    """Ask the graph in SPARQL: typed, from a file, or saved.

    The prefixes kg:, dip:, ent:, rdfs:, prov: and so on need no declaration. A plain query sees the facts that are
    asserted or reported; who said what stands in the graphs of the documents: GRAPH ?document { ?claim a kg:Claim … }.
    """
    from kg.graph.store import load
    from kg.query import read_bindings, run, saved, saved_query, serialise

    if list_saved:
        print_lines(f"{name:<18} {question.title}" for name, question in saved().items())
        return
    asked = read_query(text, file)
    asked = asked if any(c in asked for c in "{ \n") else saved_query(asked).text
    if explain:
        from kg.graph.explain import explain as explained

        print_lines(explained(load(graph), asked))
        return
    chosen = {"table": "turtle"}.get(format, format) if is_construct(asked) else format
    result = run(load(graph), asked, bindings=read_bindings(bind or []), timeout=timeout)
    if chosen == "table" and sys.stdout.isatty():
        draw_table(result)
        return
    for piece in serialise(result, chosen):
        sys.stdout.write(piece)


@app.command()
def shell(
    format: Annotated[str, typer.Option("--format", help="How answers are written, as for kg query.")] = "table",
    timeout: Annotated[float | None, typer.Option("--timeout", min=0.001, max=86_400, help="Stop a question after so many seconds.")] = None,
    graph: GraphFolder = Path("out"),
) -> None:
    """Ask the graph at a prompt with history and completion; `:why N` shows the sentences behind a row."""
    from kg.graph.store import load
    from kg.shell import start

    if not start(load(graph), draw=draw_table, format=format, timeout=timeout):
        raise typer.Exit(1)


def draw_table(result: Result) -> None:
    """Draw rows as wide as the terminal; long cells wrap."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from kg.query import cell, heads_of, rows_of

    table = Table(*heads_of(result), box=SIMPLE_HEAD, pad_edge=False)
    for column in table.columns:
        column.overflow = "fold"
    for row in rows_of(result):
        table.add_row(*(Text(cell(term, result.prefixes)) for term in row))
    Console().print(table)


def is_construct(text: str) -> bool:
    """Whether a query asks for triples, so that a table of rows cannot hold the answer."""
    words = (word.upper() for line in text.splitlines() for word in line.split("#")[0].split())
    return next((w for w in words if w in {"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"}), "") in {"CONSTRUCT", "DESCRIBE"}


def read_query(text: str | None, file: Path | None) -> str:
    """Return the query from the command line, a file or stdin.

    Raises QueryError where there is none, or two.
    """
    if file is not None and text is None:
        try:
            text, file = file.read_text(encoding="utf-8"), None
        except OSError as error:
            raise QueryError(f"{file}: cannot be read as a query: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise QueryError(f"{file}: not UTF-8 at byte {error.start}; save it as UTF-8") from error
    if file is not None or not (text or "").strip():
        raise QueryError("give one query: its text, -f FILE, or a name from kg query --list")
    return text or ""


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="A name, an alias or an id, such as 'Ana Ruiz' or ana-ruiz.")],
    why: Annotated[bool, typer.Option("--why", help="Also say why each mention was joined.")] = False,
    open_claims: Annotated[bool, typer.Option("--open-claims", help="Also show what no example of the ontology covers.")] = False,
    graph: GraphFolder = Path("out"),
) -> None:
    """Show what is known of one thing, each fact with its quote, its source and how firmly it is said."""
    from kg.graph.store import load
    from kg.show import describe, find, flat

    opened = load(graph)
    entity, *others = find(opened, name)
    print_lines(describe(opened, entity).lines(why=why, open_claims=open_claims))
    if others:
        fitting = ", ".join(f"{flat(other.label)} (ent:{other.id})" for other in others[:5])
        print(f"{name} also fits {fitting}{' …' if others[5:] else ''}", file=sys.stderr)


@app.command()
def view(
    focus: Annotated[str | None, typer.Option("--focus", help="Start from one thing and what is near it.")] = None,
    hops: Annotated[int, typer.Option("--hops", min=1, help="How far from the focus.")] = 2,
    query: Annotated[Path | None, typer.Option("--query", help="A file with a SELECT or CONSTRUCT that chooses what is shown.")] = None,
    classes: Annotated[list[str] | None, typer.Option("--class", help="Show only things of this class; may be repeated.")] = None,
    format: Annotated[str, typer.Option("--format", help="html, or svg: a picture drawn without a browser.")] = "html",
    out: Annotated[Path | None, typer.Option("--out", "-o", help="The file to write. Default: graph.html (graph.svg) in the graph folder.")] = None,
    open_page: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
    graph: GraphFolder = Path("out"),
) -> None:
    """Draw the graph as an interactive network in one HTML file that needs no network."""
    from kg.graph.store import load
    from kg.view import page, picture, write_page

    drawers = {"html": page, "svg": picture}
    if format not in drawers:
        raise ExportError(f"{format}: not a format of the view (known: {', '.join(drawers)})")
    text = read_query(None, query) if query else None
    opened = load(graph)
    target = out or (opened.folder or Path()) / f"graph.{format}"
    write_page(drawers[format](opened, focus=focus, hops=hops, query=text, classes=classes or []), target)
    print(target)
    if open_page:
        import webbrowser

        webbrowser.open(target.resolve().as_uri())


@app.command()
def serve(
    host: Annotated[str, typer.Option("--host", help="The address to listen on; 0.0.0.0 lets the whole network in.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="The port to listen on; 0: any that is free.")] = 8000,
    timeout: Annotated[float, typer.Option("--timeout", min=0.1, max=3600, help="Stop a query after so many seconds.")] = 30,
    rows: Annotated[int, typer.Option("--rows", min=1, help="Refuse answers of more rows or triples.")] = 100_000,
    workers: Annotated[int, typer.Option("--workers", min=0, max=64, help="Queries that run at once; 0: one to a processor.")] = 0,
    names: Annotated[list[str] | None, typer.Option("--host-name", help="Another name to answer to, such as that of a proxy; may be repeated.")] = None,
    open_page: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
    graph: GraphFolder = Path("out"),
) -> None:
    """Serve the graph over HTTP: SPARQL at /sparql, an editor at /query, the network at /, a page to each thing."""
    from kg.serve import Settings
    from kg.serve import serve as run

    def announce(address: str) -> None:
        print(address, flush=True)
        if open_page:
            import webbrowser

            webbrowser.open(address)

    run(graph, Settings(host, port, timeout, rows, workers, tuple(names or ())), announce=announce, complain=complain)


@app.command()
def export(
    format: Annotated[str, typer.Option("--format", help="turtle|trig|nquads|jsonld|framed|rdf12|nanopub|graphml|gexf|csv|jsonl, or neo4j.")] = "turtle",
    out: Annotated[Path | None, typer.Option("--out", "-o", help="A file to write instead of stdout; a folder for neo4j.")] = None,
    graph: GraphFolder = Path("out"),
) -> None:
    """Write the graph in another format."""
    from kg.graph.export import export as pieces
    from kg.graph.export import write
    from kg.graph.store import load

    opened = load(graph)
    if out is not None:
        write(opened, format, out)
        return
    for piece in pieces(opened, format):
        sys.stdout.buffer.write(piece)


@app.command()
def check(
    ontology: OntologyPaths = None,
    model: ModelName = None,
    examples: Annotated[bool, typer.Option("--examples", help="Check only the ontology's examples, no graph.")] = False,
    document: Annotated[str | None, typer.Option("--document", help="Check only what one document says: its path, title or id.")] = None,
    graph: GraphFolder = Path("out"),
) -> None:
    """Check the graph (shapes, quotes, contradictions) and that every example of the ontology yields its own fact."""
    from kg.annotation.pipeline import load as load_model
    from kg.check import check_examples
    from kg.ontology import load as load_ontology
    from kg.pipeline import Settings, ontology_paths

    settings = Settings(tuple(ontology) if ontology else None)
    found = [] if examples else graph_findings(graph, settings, document)
    taught = load_ontology(ontology_paths(settings))
    if examples and not taught.examples:
        raise OntologyError("no kg:example in this ontology, so there is nothing to check (docs/teaching.md)")
    problems = [] if document else check_examples(taught, load_model(model))
    print_lines([*found, *(f'{p.level}: {p.teaches}: "{p.example}" {p.message}' for p in problems)])
    errors = sum(line.startswith("error") for line in found) + sum(p.level == "error" for p in problems)
    print(f"{0 if document else len(taught.examples)} examples, {errors} errors, {len(found) + len(problems) - errors} notes", file=sys.stderr)
    if errors:
        raise typer.Exit(1)


def graph_findings(folder: Path, settings: Settings, document: str | None) -> list[str]:
    """Return what the checks of a graph, or of one of its documents, find, a line each."""
    from kg.graph.store import load
    from kg.graph.validate import document_of, validate
    from kg.pipeline import shapes_file

    graph = load(folder)
    chosen = document_of(graph, document) if document else None
    return [str(finding) for finding in validate(graph, shapes=shapes_file(settings), document=chosen)]


@app.command()
def stats(graph: GraphFolder = Path("out")) -> None:
    """Count what the graph holds: documents, things by class, claims by relation, modality and source."""
    from kg.graph.store import load
    from kg.stats import stats as count

    print_lines(count(load(graph).extraction).lines())


@app.command()
def suggest(
    least: Annotated[int, typer.Option("--least", min=1, help="Leave out phrases that occur less often.")] = 1,
    graph: GraphFolder = Path("out"),
) -> None:
    """Show what no example covers, most frequent first, with the Turtle that would teach it."""
    from kg.graph.store import load
    from kg.suggest import suggest as suggestions

    print_lines(line for s in suggestions(load(graph).extraction) if s.count >= least for line in s.lines())


@app.command()
def score(
    gold: Annotated[Path, typer.Option("--gold", help="A folder with entities.json, facts.json and statistics.json.")],
    text: Annotated[Path, typer.Option("--text", help="The annotated document.")],
    misses: Annotated[int, typer.Option("--misses", min=0, help="Also list so many of each kind of miss.")] = 0,
    ontology: OntologyPaths = None,
    model: ModelName = None,
    graph: Annotated[Path | None, typer.Option("--graph", "-g", help="A graph that holds the document. Default: read it now.")] = None,
) -> None:
    """Compare what is read from a document with what a person found in it."""
    from kg.graph.store import load
    from kg.ontology import load as load_ontology
    from kg.pipeline import Settings, ontology_paths
    from kg.pipeline import build as run
    from kg.score import score as compare

    settings = Settings(tuple(ontology) if ontology else None, model)
    built = load(graph) if graph else run([text], settings=settings)
    print_lines(compare(built, gold, text, load_ontology(ontology_paths(settings))).lines(misses=misses))


app.add_typer(review_app, name="review")


def print_lines(lines: Iterable[str]) -> None:
    """Print lines one by one."""
    for line in lines:
        print(line)


__all__ = ["app", "main"]
