"""A query in a process of its own: nothing else can stop Oxigraph once it runs.

The parent writes one JSON line (and N-Quads, unless a file holds them) to the child's input; the child answers
"ready", then one JSON line that says what follows, then SPARQL JSON or N-Triples.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import IO

import pyoxigraph as ox

from kg.errors import QueryError

ROOT = str(Path(__file__).resolve().parents[2])
CODE = "import sys; sys.path.insert(0, sys.argv[1]); from kg.graph.worker import main; main()"
Raw = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples  # as kg.graph.result has it, which a child need not import


# ---- the parent ----------------------------------------------------------------------------------


def ask(
    text: str, *, prefixes: Mapping[str, str], source: Path | bytes, timeout: float, default: ox.NamedNode | None = None
) -> bytes:
    """Run a query over N-Quads (a file, or bytes) or an index, and return the child's answer: a JSON line and what follows.

    `default` is the graph that a plain pattern sees, if not the default graph. The clock runs once the child has loaded the graph. Raises QueryError where `timeout` seconds pass or the
    child fails; the child is then dead.
    """
    path = str(source) if isinstance(source, Path) else None
    told = {"query": text, "prefixes": dict(prefixes), "path": path, "seconds": timeout, "default": default and default.value}
    request = json.dumps(told)
    command = [sys.executable, "-c", CODE, ROOT]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL) as child:
        try:
            return converse(child, request.encode() + b"\n", b"" if path else bytes(source), timeout)
        finally:
            child.kill()


def converse(child: subprocess.Popen[bytes], request: bytes, quads: bytes, timeout: float) -> bytes:
    """Talk to the child until it has answered or its time is over."""
    assert child.stdin and child.stdout
    with contextlib.suppress(BrokenPipeError):
        child.stdin.write(request)
        child.stdin.write(quads)
        child.stdin.close()
    if child.stdout.readline() != b"ready\n":
        raise QueryError("the process for the query could not load the graph")
    answer: list[bytes] = []
    reader = threading.Thread(target=collect, args=(child.stdout, answer), daemon=True)
    reader.start()
    reader.join(timeout)
    if reader.is_alive():
        child.kill()
        reader.join()
        raise QueryError(f"stopped after {timeout:g} s; make the query narrower (LIMIT) or the --timeout longer")
    if not answer or b"\n" not in answer[0]:
        raise QueryError("the process for the query died; it may have run out of memory")
    return answer[0]


def collect(stream: IO[bytes], answer: list[bytes]) -> None:
    """Read a stream to its end."""
    answer.append(stream.read())


def parse(answer: bytes) -> Raw | list[ox.Triple]:
    """Return what a child's answer says.

    Raises QueryError where it is an error, SyntaxError where the query is wrong.
    """
    head, _, body = answer.partition(b"\n")
    told = json.loads(head)
    if "wrong" in told:
        raise SyntaxError(told["wrong"])
    if "error" in told:
        raise QueryError(told["error"])
    if told["kind"] == "graph":
        return [q.triple for q in ox.parse(body, format=ox.RdfFormat.N_TRIPLES)]
    return ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON)


# ---- the child -----------------------------------------------------------------------------------


def main() -> None:
    """Load, say so, answer."""
    request = json.loads(sys.stdin.buffer.readline())
    store = opened(request["path"])
    sys.stdout.buffer.write(b"ready\n")
    sys.stdout.buffer.flush()
    die_after(request["seconds"] + 1)
    default = ox.NamedNode(request["default"]) if request["default"] else None
    try:
        kind, body = answered(store.query(request["query"], prefixes=request["prefixes"], default_graph=default))
        head = {"kind": kind}
    except SyntaxError as error:
        head, body = {"wrong": str(error)}, b""
    except (OSError, RuntimeError, ValueError) as error:
        head, body = {"error": f"the query failed: {error}"}, b""
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + body)
    sys.stdout.buffer.flush()


def opened(path: str | None) -> ox.Store:
    """Open an index, or load N-Quads: a file, or what the parent sends."""
    if path and Path(path).is_dir():
        return ox.Store.read_only(path)
    store = ox.Store()
    if path:
        store.bulk_load(path=path, format=ox.RdfFormat.N_QUADS)
    else:
        store.bulk_load(sys.stdin.buffer.read(), format=ox.RdfFormat.N_QUADS)
    return store


def die_after(seconds: float) -> None:
    """Have the system end this process, should the parent be gone: no Python runs while Oxigraph does."""
    import signal

    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, seconds)


def answered(raw: Raw) -> tuple[str, bytes]:
    """Run a query to its end and write what it gives."""
    if isinstance(raw, ox.QueryTriples):
        return "graph", raw.serialize(format=ox.RdfFormat.N_TRIPLES) or b""
    return "rows", raw.serialize(format=ox.QueryResultsFormat.JSON) or b""
