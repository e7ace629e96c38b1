"""What it costs to add, change and remove one document of a graph, beside building the graph anew, on the command line.

The documents are made from the bundled corpus, as in `speed.py`. Each command is a process of its own: what is measured
includes the start of Python and the loading of the model. The graphs that the changes lead to are compared with full
builds, byte by byte.
"""

import argparse
import os
import resource as limits
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from speed import made_up

ROOT = Path(__file__).resolve().parent.parent
BAR = 50  # a change costs at most this part of a build
ENVIRONMENT = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}  # modules are compiled once, as where they are installed


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds on the clock and of all processors, and the most memory of one process in megabytes."""

    wall: float
    cpu: float
    peak: float


def command(*args: str) -> Cost:
    """Run a command in a process of its own and return what it cost; the peak is that of the largest command so far."""
    before, began = limits.getrusage(limits.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([sys.executable, str(ROOT / "cli.py"), *args], check=True, capture_output=True, env=ENVIRONMENT)
    after = limits.getrusage(limits.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(time.perf_counter() - began, cpu, after.ru_maxrss / 1024)


def row(name: str, cost: Cost, full: Cost) -> None:
    """Print a row of the table."""
    print(f"| {name} | {cost.wall:.1f} | {cost.cpu:.1f} | 1/{full.wall / cost.wall:.0f} | 1/{full.cpu / cost.cpu:.0f} |", flush=True)


def same(first: Path, second: Path) -> bool:
    """Whether two graphs have the same bytes."""
    return all((first / name).read_bytes() == (second / name).read_bytes() for name in ("graph.nq", "manifest.json"))


def measure(size: int, folder: Path, jobs: list[str]) -> None:
    """Print what each change of a graph of some documents costs."""
    names = []
    for number, document in enumerate(made_up(size + 2), start=1):
        names.append(f"{number:05}.txt")
        (folder / names[-1]).write_text(document.text, encoding="utf-8")
    last, first = names.pop(), names.pop()
    Path(folder, first).rename(folder / "0.txt")  # comes before all others, and so gives its name to events that several tell
    os.chdir(folder)
    full = command("build", *names, "-o", "one", *jobs)
    quads = Path("one/graph.nq").read_bytes().count(b"\n")
    kept = sum(p.stat().st_size for p in Path("one/readings").iterdir())
    print(f"{size} documents, {quads} quads, graph {Path('one/graph.nq').stat().st_size / 1e6:.0f} MB, readings {kept / 1e6:.0f} MB, peak {full.peak:.0f} MB\n")
    print("| | wall s | CPU s | of the build, wall | of the build, CPU |\n|---|---|---|---|---|")
    row("build", full, full)
    row("build again, nothing changed", command("build", *names, "-o", "one", *jobs), full)
    row("add one", command("add", last, "-g", "one", *jobs), full)
    command("build", *names, last, "-o", "two", *jobs)
    right = [same(Path("one"), Path("two"))]
    Path(last).write_text(Path(names[0]).read_text(encoding="utf-8") + "\nAna Ruiz left Lima in 2014.\n", encoding="utf-8")
    row("update one", command("update", last, "-g", "one", *jobs), full)
    row("remove one", command("remove", last, "-g", "one", *jobs), full)
    row("add one that comes first", command("add", "0.txt", "-g", "one", *jobs), full)
    command("remove", "0.txt", "-g", "one", *jobs)
    command("build", *names, "-o", "two", *jobs)
    right.append(same(Path("one"), Path("two")))
    print(f"\nsame bytes as a full build: {'yes' if all(right) else 'NO'}; bar: 1/{BAR}\n")


def main() -> None:
    """Print a table a size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", type=int, nargs="*", default=[100, 1000])
    parser.add_argument("--jobs", help="processes that read (default: as kg build decides)")
    args = parser.parse_args()
    for size in args.sizes:
        with tempfile.TemporaryDirectory() as folder:
            measure(size, Path(folder), ["--jobs", args.jobs] if args.jobs else [])
            os.chdir(ROOT)


if __name__ == "__main__":
    main()
