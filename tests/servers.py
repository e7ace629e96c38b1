"""Real SPARQL servers for the tests: started on a free loopback port, ended by the one who started them."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest

VIRTUOSO = """
[Database]
DatabaseFile=virtuoso.db
ErrorLogFile=virtuoso.log
LockFile=virtuoso.lck
TransactionFile=virtuoso.trx
xa_persistent_file=virtuoso.pxa
[TempDatabase]
DatabaseFile=virtuoso-temp.db
TransactionFile=virtuoso-temp.trx
[Parameters]
ServerPort=127.0.0.1:{port}
NumberOfBuffers=4000
MaxDirtyBuffers=3000
[HTTPServer]
ServerPort=127.0.0.1:{http}
[SPARQL]
ResultSetMaxRows=1000000
"""
GRANTS = """GRANT SPARQL_UPDATE TO "SPARQL"; DB.DBA.RDF_DEFAULT_USER_PERMS_SET ('nobody', 7);"""


def free_port() -> int:
    """Return a port of the loopback that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def wait_for(url: str, process: subprocess.Popen[bytes], seconds: float = 60) -> None:
    """Wait until a server answers."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        assert process.poll() is None, f"{process.args!r} ended at once"
        with suppress(httpx.HTTPError):
            httpx.get(url, trust_env=False)
            return
        time.sleep(0.05)
    raise AssertionError(f"{url}: no answer in {seconds} s")


@contextmanager
def running(command: list[str], url: str, folder: Path) -> Iterator[None]:
    """Run a server until the block ends."""
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            wait_for(url, process)
            yield
        finally:
            process.kill()


@contextmanager
def oxigraph(folder: Path) -> Iterator[str]:
    """Run Oxigraph's server, empty, and give its URL."""
    program = shutil.which("oxigraph", path=f"{Path(sys.executable).parent}") or shutil.which("oxigraph")
    if program is None:
        pytest.skip("the server of the package oxigraph is not installed")
    url = f"http://127.0.0.1:{free_port()}"
    with running([program, "serve", "--location", str(folder / "oxigraph"), "--bind", url.removeprefix("http://")], url, folder):
        yield url


@contextmanager
def virtuoso(folder: Path) -> Iterator[str]:
    """Run Virtuoso, writable by all, and give the URL of its endpoint."""
    if shutil.which("virtuoso-t") is None or shutil.which("isql-vt") is None:
        pytest.skip("Virtuoso is not installed (Debian: virtuoso-opensource-7-bin)")
    port, http = free_port(), free_port()
    (folder / "virtuoso.ini").write_text(VIRTUOSO.format(port=port, http=http), encoding="utf-8")
    url = f"http://127.0.0.1:{http}/sparql"
    with running(["virtuoso-t", "+configfile", "virtuoso.ini", "+foreground"], url, folder):
        subprocess.run(["isql-vt", f"127.0.0.1:{port}", "dba", "dba", f"exec={GRANTS}"], check=True, stdout=subprocess.DEVNULL)
        yield url
