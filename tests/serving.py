"""A real server process for the tests: `kg serve` on a free port, over a graph folder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Served:
    """A server that runs."""

    address: str
    process: subprocess.Popen[str]

    @property
    def port(self) -> int:
        """Return the port that it listens on."""
        return int(self.address.rstrip("/").rpartition(":")[2])

    def below(self) -> list[int]:
        """Return the processes below the server: the nursery and its readers."""
        found, waiting = [], [self.process.pid]
        while waiting:
            number = waiting.pop()
            told = Path(f"/proc/{number}/task/{number}/children")
            children = [int(word) for word in told.read_text().split()] if told.exists() else []
            found += children
            waiting += children
        return found


def start(folder: Path, *options: str) -> subprocess.Popen[str]:
    """Start a server."""
    return subprocess.Popen(
        [sys.executable, str(ROOT / "cli.py"), "serve", "-g", str(folder), "--port", "0", *options],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def served(folder: Path, *options: str) -> Iterator[Served]:
    """Serve a graph folder; at the end the server must end in order and have complained of nothing."""
    process = start(folder, *options)
    assert process.stdout is not None
    server = Served(process.stdout.readline().strip(), process)
    try:
        assert server.address.startswith("http://"), process.communicate()
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            _, complaints = process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
    assert (process.returncode, complaints) == (0, ""), complaints


def gone(number: int) -> bool:
    """Whether a process is no more, or only waits to be taken note of."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True
