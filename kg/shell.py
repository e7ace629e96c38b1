"""A prompt for questions: SPARQL or saved questions in, rows out, and the sentences behind a row.

In a terminal entries are edited with history and completion; from a pipe they are read as they come. Each question
runs in a process that is killed by Ctrl-C or when its time is over.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import pyoxigraph as ox

from kg.because import behind
from kg.errors import KgError, QueryError
from kg.graph.result import Result, ResultKind, Row
from kg.graph.sparql import FORMS, tokens
from kg.query import FORMATS, read_bindings, run, saved, saved_query, serialise
from kg.show import describe, find

if TYPE_CHECKING:
    from prompt_toolkit import PromptSession
    from prompt_toolkit.completion import Completer
    from prompt_toolkit.history import History
    from prompt_toolkit.input import Input
    from prompt_toolkit.output import Output

    from kg.graph.graph import Graph

HISTORY = "shell-history"  # in the graph folder: nothing is written anywhere else
LONGEST = 86_400.0  # seconds a question may take where no limit is set
PROMPT, MORE = "kg> ", "  > "
FIRST_WORDS = (*FORMS, "PREFIX", "BASE")
GOES_ON = ("ORDER", "LIMIT", "OFFSET", "GROUP", "HAVING", "VALUES", "WHERE", "FROM", "{", "}", "UNION", "MINUS", "OPTIONAL", "FILTER")
BINDING = re.compile(r'[?$]?\w+=(?:"(?:[^"\\]|\\.)*"\S*|\S*)')
HELP = f"""\
SELECT … {{ … }}      a query; it ends with the line that closes its braces (Alt-Enter: a further line all the same)
NAME VARIABLE=VALUE a saved question, with values for its variables: about name="Ana Ruiz"
:saved              list the saved questions
:why N              the sentences behind row N of the last answer
:show NAME          what is known of one thing
:format FORMAT      how answers are written: {', '.join(FORMATS)}
:timeout SECONDS    stop a question after so long; off: never
:help, :quit        this; leave (also Ctrl-D). Ctrl-C stops a question that runs, or drops what is typed"""

Draw = Callable[[Result], None]


@dataclass(slots=True)
class Shell:
    """What one session knows: the graph, how to answer, and the last answer's rows."""

    graph: Graph
    write: Callable[[str], object]
    draw: Draw | None = None  # rows as a table as wide as the terminal
    format: str = "table"
    timeout: float | None = None
    last: list[Row] = field(default_factory=list)
    over: bool = False

    def take(self, entry: str) -> None:
        """Do what an entry asks.

        Raises KgError where it is wrong; the session goes on.
        """
        entry = entry.strip()
        if entry.startswith(":"):
            name, _, rest = entry[1:].partition(" ")
            self.command(name, rest.strip())
        elif is_query(entry):
            self.ask(entry)
        elif entry:
            name, _, rest = entry.partition(" ")
            self.ask(saved_query(name).text, read_bindings(bindings_in(rest)))

    def command(self, name: str, rest: str) -> None:
        """Carry out a command; its name may be shortened.

        Raises QueryError where there is no such command.
        """
        commands = {
            "saved": self.list_saved,
            "why": self.why,
            "show": self.show,
            "format": self.set_format,
            "timeout": self.set_timeout,
            "help": self.help,
            "quit": self.quit,
        }
        fitting = [full for full in commands if full.startswith(name) and name]
        if len(fitting) != 1 and name not in commands:
            raise QueryError(f":{name}: no such command (known: {', '.join(f':{c}' for c in commands)})")
        commands[name if name in commands else fitting[0]](rest)

    def ask(self, text: str, bindings: dict[str, str] | None = None) -> None:
        """Run a query and write its answer; the rows are kept for `:why`."""
        result = run(self.graph, text, bindings=bindings, timeout=self.timeout or LONGEST)
        self.last = list(result.terms()) if result.kind is not ResultKind.ASK else []
        if self.format != "table":
            self.lines(serialise(result, self.format))
        elif self.draw:
            self.draw(numbered(result))
        else:
            self.lines(serialise(numbered(result), "table"))

    def lines(self, pieces: Iterable[str]) -> None:
        """Write pieces of text as they come."""
        for piece in pieces:
            self.write(piece)

    def list_saved(self, _: str) -> None:
        """List the saved questions."""
        self.lines(f"{name:<18} {question.title}\n" for name, question in saved().items())

    def why(self, number: str) -> None:
        """Write the sentences behind a row of the last answer."""
        if not number.isdecimal() or not 1 <= int(number) <= len(self.last):
            rows = f"rows 1 to {len(self.last)}" if self.last else "no rows"
            raise QueryError(f":why {number}: the last answer has {rows}; write :why 1")
        self.lines(f"{line}\n" for line in behind(self.graph, self.last[int(number) - 1]))

    def show(self, name: str) -> None:
        """Write what is known of one thing."""
        self.lines(f"{line}\n" for line in describe(self.graph, find(self.graph, name)[0]).lines())

    def set_format(self, name: str) -> None:
        """Choose how answers are written."""
        if name not in FORMATS:
            raise QueryError(f":format {name}: not a format (known: {', '.join(FORMATS)})")
        self.format = name

    def set_timeout(self, seconds: str) -> None:
        """Choose how long a question may run."""
        self.timeout = None if seconds == "off" else seconds_of(seconds)

    def help(self, _: str) -> None:
        """Say what may be typed."""
        self.write(f"{HELP}\n")

    def quit(self, _: str) -> None:
        """Leave after this entry."""
        self.over = True


def seconds_of(words: str) -> float:
    """Return a number of seconds.

    Raises QueryError where it is none that a clock can hold.
    """
    if not re.fullmatch(r"\d{1,6}(\.\d+)?", words) or not 0 < float(words) <= LONGEST:
        raise QueryError(f":timeout {words}: give seconds up to {LONGEST:,.0f}, or off")
    return float(words)


def numbered(result: Result) -> Result:
    """Return an answer with a first column that numbers its rows."""
    if result.kind is ResultKind.ASK:
        return result
    rows = ((ox.Literal(n), *row) for n, row in enumerate(result.terms(), start=1))
    return Result(ResultKind.SELECT, rows, variables=("#", *result.variables), prefixes=result.prefixes)


# ---- entries -------------------------------------------------------------------------------------


def bindings_in(words: str) -> list[str]:
    """Return the `name=value` parts of a line.

    Raises QueryError for anything else.
    """
    left = BINDING.sub("", words).split()
    if left:
        raise QueryError(f"{' '.join(left)}: no query and no variable=value after a saved question (:help says what may be typed)")
    return BINDING.findall(words)


def is_query(entry: str) -> bool:
    """Whether an entry is SPARQL and no name of a saved question."""
    first = next(tokens(entry), None)
    return first is not None and (first.is_word(*FIRST_WORDS) or "{" in entry)


def is_whole(entry: str) -> bool:
    """Whether nothing more need follow: a command, a name, or a query whose braces are closed."""
    if entry.lstrip().startswith(":") or not is_query(entry):
        return True
    found = [token.text for token in tokens(entry)]
    opened = found.count("{")
    described = opened == 0 and any(text.upper() == "DESCRIBE" for text in found)
    return described or 0 < opened <= found.count("}")


def entries(lines: Iterable[str]) -> Iterator[str]:
    """Join the lines of a pipe to entries: a query goes on over lines until its braces close and no modifier follows."""
    entry = ""
    for line in lines:
        first = next((token.text.upper() for token in tokens(line)), "")
        if entry and first and is_whole(entry) and not (is_query(entry) and first in GOES_ON):
            yield entry
            entry = ""
        entry += line if entry or first else ""
    if entry:
        yield entry


# ---- sessions ------------------------------------------------------------------------------------


def session(shell: Shell, given: Iterable[str], tell: Callable[[str], object]) -> bool:
    """Take entries one by one until one says that it is over; return whether all went well."""
    well = True
    for entry in given:
        try:
            shell.take(entry)
        except KgError as error:
            well = False
            tell(str(error))
        except KeyboardInterrupt:
            if not shell.draw:  # nobody sits there to go on
                raise
            tell("stopped")
        if shell.over:
            break
    return well


def piped(lines: TextIO) -> Iterator[str]:
    """Yield the entries of a pipe or a file."""
    yield from entries(lines)


def typed(shell: Shell, *, source: Input | None = None, screen: Output | None = None) -> Iterator[str]:
    """Yield what a person types at the prompt; Ctrl-C drops an entry, Ctrl-D ends. `source` and `screen` are the terminal's."""
    prompt = prompt_for(shell.graph, source, screen)
    while True:
        try:
            yield prompt.prompt(PROMPT)
        except KeyboardInterrupt:
            continue
        except EOFError:
            return


def prompt_for(graph: Graph, source: Input | None, screen: Output | None) -> PromptSession[str]:
    """Make a prompt with history, completion, and Enter that ends an entry only where it is whole."""
    from prompt_toolkit import PromptSession
    from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

    keys = KeyBindings()

    @keys.add("enter")
    def end_or_go_on(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if buffer.complete_state and buffer.complete_state.current_completion:
            buffer.complete_state = None
        elif is_whole(buffer.text):
            buffer.validate_and_handle()
        else:
            buffer.insert_text("\n")

    @keys.add("escape", "enter")
    def go_on(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    return PromptSession(
        history=history_of(graph.folder),
        completer=completer_of(graph),
        complete_while_typing=True,
        multiline=True,
        prompt_continuation=MORE,
        key_bindings=keys,
        input=source,
        output=screen,
    )


def history_of(folder: Path | None) -> History:
    """Return the history that is kept in a graph folder; in memory where that cannot be written."""
    from prompt_toolkit.history import FileHistory, InMemoryHistory

    if folder is None:
        return InMemoryHistory()
    path = folder / HISTORY

    class PlainHistory(FileHistory):
        """Entries alone: the library would note the time of each."""

        def store_string(self, string: str) -> None:
            """Add an entry."""
            with path.open("a", encoding="utf-8", errors="replace") as file:
                file.write("\n" + "".join(f"+{line}\n" for line in string.split("\n")))

    try:
        if path.is_symlink():  # which might lead anywhere
            return InMemoryHistory()
        path.open("ab").close()
    except OSError:
        return InMemoryHistory()
    return PlainHistory(str(path))


def completer_of(graph: Graph) -> Completer:
    """Return a completer for commands, and for the words of the graph."""
    from prompt_toolkit.completion import CompleteEvent, Completer, Completion
    from prompt_toolkit.document import Document

    from kg.completion import Candidate, Vocabulary

    words = Vocabulary(graph, saved())
    choices = {"": ("saved", "why", "show", "format", "timeout", "help", "quit"), "format": FORMATS, "timeout": ("off",)}

    class Words(Completer):
        """What may follow the text before the cursor."""

        def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterator[Completion]:
            """Yield completions, the best first."""
            for found in self.candidates(document.text_before_cursor):
                yield Completion(found.text, -found.replaces, display=found.shown, display_meta=found.note)

        def candidates(self, before: str) -> Iterator[Candidate]:
            """Yield what fits."""
            command = re.match(r"\s*:(?:(\w+) +)?(.*)$", before, re.DOTALL)
            if not command:
                yield from words.candidates(before)
            elif command[1] == "show":
                yield from words.labels(command[2])
            else:
                fitting = (c for c in choices.get(command[1] or "", ()) if c.startswith(command[2]))
                yield from (Candidate(choice, len(command[2]), choice) for choice in fitting)

    return Words()


def start(graph: Graph, *, draw: Draw, format: str = "table", timeout: float | None = None) -> bool:
    """Run a session on the standard streams; return whether all entries went well.

    At a terminal a person is prompted and `draw` shows rows. Raises QueryError for an unknown format.
    """
    alive = sys.stdin.isatty() and sys.stdout.isatty()
    shell = Shell(graph, sys.stdout.write, draw if alive else None, timeout=timeout)
    shell.set_format(format)
    if alive:
        print(f"{graph!r} :help says what may be typed", file=sys.stderr)
    given = typed(shell) if alive else piped(sys.stdin)
    return session(shell, given, complain) or alive


def complain(message: str) -> None:
    """Write an error to stderr, after what was written before it."""
    sys.stdout.flush()
    print(f"kg: error: {message}", file=sys.stderr, flush=True)
