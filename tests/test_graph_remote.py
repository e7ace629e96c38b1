"""Graphs on a SPARQL server: a real one, what the command line does with it, and what may go wrong."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import httpx
import pytest
import servers
from test_graph_samples import ontology, rules, world

from kg.errors import GraphError, QueryError
from kg.graph import remote
from kg.graph.convert import canonical
from kg.graph.graph import Graph
from kg.graph.remote import ABOUT, BEGUN, RemoteStore, said
from kg.graph.store import assemble, load, save, sorted_quads, url_of
from kg.model import Extraction
from kg.query import run

ROOT = Path(__file__).parent.parent
SLOW = "SELECT (COUNT(*) AS ?n) WHERE { " + " ".join(f"?a{i} ?b{i} ?c{i} ." for i in range(6)) + " }"


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    """The small world as a graph."""
    base = tmp_path_factory.mktemp("base")
    return assemble(world(), ontology(base), rules=rules(base))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of these tests."""
    with servers.oxigraph(tmp_path_factory.mktemp("server")) as url:
        yield url


@pytest.fixture
def url(server: str, graph: Graph) -> str:
    """The server with the small world on it."""
    httpx.post(f"{server}/update", content="CLEAR ALL", headers={"Content-Type": "application/sparql-update"}).raise_for_status()
    RemoteStore(server).write(graph)
    return server


def kg(*args: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the command line."""
    command = [sys.executable, str(ROOT / "cli.py"), *args]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, encoding="utf-8", check=False, timeout=120)


@pytest.mark.parametrize(
    ("args", "part"),
    [
        (["query", "SELECT ?city { ?who test:defectedVia ?city }", "--format", "csv"], "entity/quito"),
        (["query", "SELECT ?c { GRAPH ?d { ?c a kg:Claim } }", "--explain"], "7 triples"),
        (["query", "ASK { ent:ana-ruiz ?p ?o }", "--timeout", "30"], "true"),
        (["show", "Ana Ruiz"], "Ana Ruiz was posted to the embassy in Lima"),
        (["stats"], "2 documents"),
        (["view", "-o", "page.html"], "page.html"),
        (["export", "--format", "nquads"], "<https://attest.example/entity/ana-ruiz>"),
    ],
)
def test_each_command_that_reads_takes_a_url(url: str, tmp_path: Path, args: list[str], part: str) -> None:
    done = kg(*args, "-g", url, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert part in done.stdout


def test_a_build_writes_to_a_server(server: str, url: str, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Ana Ruiz was posted to the embassy of Norland in Madrid.", encoding="utf-8")
    done = kg("build", "a.txt", "--store", server, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stderr.endswith(f"→ {server}\n")
    assert not (tmp_path / "out").exists()
    assert "madrid" in kg("query", "SELECT ?e { ?e a dip:City }", "-g", server, cwd=tmp_path).stdout.lower()


def test_documents_come_and_go_on_a_server(server: str, tmp_path: Path) -> None:
    texts = {"a.txt": "Ana Ruiz was posted to the embassy of Norland in Madrid.", "b.txt": "Ana Ruiz defected to Peru in 2012."}
    for name, words in texts.items():
        (tmp_path / name).write_text(words, encoding="utf-8")
    commands = (["build", "a.txt", "--store", server], ["add", "b.txt", "--store", server], ["remove", "a.txt", "-g", server])
    for command, held in zip(commands, (["a.txt"], ["a.txt", "b.txt"], ["b.txt"]), strict=True):
        done = kg(*command, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert done.stderr.endswith(f"→ {server}\n")
        assert not (tmp_path / "out").exists()
        assert kg("build", *held, "-o", "anew", cwd=tmp_path).returncode == 0
        assert sorted_quads(load(server).store) == (tmp_path / "anew" / "graph.nq").read_bytes()
    (tmp_path / "b.txt").write_text("Eva Berg defected to Chile in 2013.", encoding="utf-8")
    assert kg("update", "-g", server, cwd=tmp_path).returncode == 0
    assert "Eva Berg" in kg("show", "Eva Berg", "-g", server, cwd=tmp_path).stdout


def test_export_gives_the_same_bytes_as_a_folder(url: str, tmp_path: Path, graph: Graph) -> None:
    base = tmp_path / "base"
    base.mkdir()
    save(world(), ontology(base), tmp_path / "out", rules=rules(base))
    assert sorted_quads(load(url).store) == (tmp_path / "out" / "graph.nq").read_bytes()
    assert load(url).manifest["graph"] == load(tmp_path / "out").manifest["graph"]


def test_graph_by_graph_leaves_the_same(url: str, graph: Graph, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(remote, "ONE_UPDATE", 0)
    first = world().documents[0]
    RemoteStore(url).write(assemble(Extraction((first,), (), ()), ontology(tmp_path), rules=tmp_path))
    assert load(url).extraction == canonical(Extraction((first,), (), ()))
    RemoteStore(url).write(graph)
    assert sorted_quads(load(url).store) == sorted_quads(graph.store)


def test_a_write_that_broke_off_is_told_and_can_be_made_again(url: str, graph: Graph) -> None:
    store = RemoteStore(url)
    store.put(str(ABOUT), said(BEGUN, {"attest": 1, "graphs": ["<x:left>"]}))
    store.put("<x:left>", b"<x:a> <x:b> <x:c> .\n")
    with pytest.raises(GraphError, match="a build is writing it, or broke off"):
        load(url)
    store.write(graph)
    assert sorted_quads(load(url).store) == sorted_quads(graph.store)
    assert not store.server.rows("SELECT * { GRAPH <x:left> { ?s ?p ?o } }")


def test_a_graph_that_was_replaced_meanwhile_is_told(url: str, graph: Graph) -> None:
    opened = load(url)
    RemoteStore(url).write(Graph(graph.store, manifest={**graph.manifest, "versions": {"model": "another"}}))
    with pytest.raises(GraphError, match="replaced while it was read"):
        _ = opened.extraction
    assert opened.query("ASK { ent:ana-ruiz ?p ?o }")


def test_data_of_others_is_never_touched(server: str, graph: Graph) -> None:
    with httpx.Client() as client:
        told = {"Content-Type": "application/sparql-update"}
        client.post(f"{server}/update", content="CLEAR ALL ; INSERT DATA { <x:a> <x:b> <x:c> }", headers=told).raise_for_status()
        with pytest.raises(GraphError, match="holds data that is no graph of ours"):
            RemoteStore(server).write(graph)
        assert client.get(f"{server}/store", params={"default": ""}, headers={"Accept": "application/n-triples"}).text == "<x:a> <x:b> <x:c> .\n"
        client.post(f"{server}/update", content="CLEAR ALL ; INSERT DATA { GRAPH <x:g> { <x:a> <x:b> <x:c> } }", headers=told)
        RemoteStore(server).write(graph)
        RemoteStore(server).write(graph)
        assert "<x:a>" in client.get(f"{server}/store", params={"graph": "x:g"}, headers={"Accept": "application/n-triples"}).text


def test_a_query_is_stopped_in_time(url: str) -> None:
    with pytest.raises(QueryError, match=r"stopped after 0\.5 s"):
        list(run(load(url), SLOW, timeout=0.5))


@pytest.mark.parametrize("args", [["query", "ASK { ?s ?p ?o }", "-g"], ["build", "a.txt", "--store"]])
def test_a_server_that_is_not_there_is_told_in_one_line(args: list[str], tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Ana Ruiz left.", encoding="utf-8")
    url = f"http://127.0.0.1:{servers.free_port()}"
    done = kg(*args, url, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"kg: error: {url}: no answer: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("url", ["http://127.0.0.1:port/", "http://:1/", "http://ana:secret@127.0.0.1:1/"])
def test_a_url_that_leads_nowhere_is_told_without_its_password(url: str) -> None:
    with pytest.raises(GraphError) as caught:
        load(url)
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_redirect_is_not_followed() -> None:
    class Redirect(BaseHTTPRequestHandler):
        """Sends whoever asks elsewhere."""

        def do_POST(self) -> None:
            self.send_response(307)
            self.send_header("Location", "http://127.0.0.1:9/")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Redirect) as lure:
        threading.Thread(target=lure.serve_forever, daemon=True).start()
        with pytest.raises(GraphError, match="the server says 307"):
            load(f"http://127.0.0.1:{lure.server_port}")
        lure.shutdown()


def test_a_url_is_known_even_as_a_path() -> None:
    assert url_of(Path("http://127.0.0.1:7878/a")) == url_of("http://127.0.0.1:7878/a") == "http://127.0.0.1:7878/a"
    assert url_of("out") is url_of(Path("a/http")) is None
