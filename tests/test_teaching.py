"""docs/teaching.md is run: its files are written, its commands executed, and what it shows is what comes out."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FENCE = re.compile(r"^```(\w+)(?: +(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def run(command: str, folder: Path) -> str:
    """Run one line of a console block in a folder and return what it prints."""
    program, *arguments = shlex.split(command)
    assert program == "kg", command
    done = subprocess.run([sys.executable, ROOT / "cli.py", *arguments], cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout + done.stderr


def commands(block: str) -> list[tuple[str, list[str]]]:
    """Return the commands of a console block, each with the lines shown below it."""
    out: list[tuple[str, list[str]]] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            out.append((line[2:], []))
        elif line.strip():
            out[-1][1].append(" ".join(line.split()))
    return out


def test_the_tour_does_what_it_says(tmp_path):
    page = (ROOT / "docs" / "teaching.md").read_text(encoding="utf-8")
    printed = ""
    for language, name, body in FENCE.findall(page):
        if name:
            (tmp_path / name).write_text(body, encoding="utf-8")
            continue
        assert language == "console", f"a block that no test runs: {language}"
        for command, shown in commands(body):
            said = run(command, tmp_path)
            lines = [" ".join(line.split()) for line in said.splitlines()]
            assert [line for line in shown if line not in lines] == [], f"{command}\n{said}"
            printed += said
    for quoted in ("4 examples, 0 errors, 0 notes",):
        assert quoted in page
        assert quoted in printed


def test_the_alleged_loan_is_not_in_the_default_graph(tmp_path):
    files = {name: body for _, name, body in FENCE.findall((ROOT / "docs" / "teaching.md").read_text(encoding="utf-8")) if name}
    for name, body in files.items():
        (tmp_path / name).write_text(body, encoding="utf-8")
    run("kg build notice.txt --ontology my.ttl -o art", tmp_path)
    plain = run('kg query -g art "SELECT ?from ?to WHERE { ?from art:lentTo ?to }" --format csv', tmp_path)
    assert len(plain.splitlines()) == 2
    assert "lisle" not in plain
