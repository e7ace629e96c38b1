"""Saving and loading: every store keeps a graph, whole, with the same bytes."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest
import servers
from test_graph_samples import ontology, rules, world

from kg.errors import EvidenceError, GraphError, QueryError
from kg.graph import disk
from kg.graph.convert import canonical
from kg.graph.dataset import RdflibStore
from kg.graph.graph import Graph
from kg.graph.remote import RemoteStore
from kg.graph.store import FolderStore, MemoryStore, Store, assemble, load, save, sorted_quads
from kg.graph.terms import DEFAULT
from kg.model import Evidence, Extraction

HERE = Path(__file__).parent

SAVE = f"""
import sys
from pathlib import Path
sys.path[:0] = [{str(HERE)!r}, {str(HERE.parent)!r}]
from test_graph_samples import ontology, rules, world
from kg.graph.store import save
from kg.model import Extraction
base, out, count = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
onto, folder, made = ontology(base), rules(base), world()
print("ready", flush=True)
for index in range(count):
    save(made if index % 2 else Extraction(made.documents, made.entities, ()), onto, out, rules=folder)
"""


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A folder with ontology and rules."""
    folder = tmp_path / "base"
    folder.mkdir()
    return folder


@contextmanager
def here(store: Store) -> Iterator[Store]:
    """Give a store that needs nobody."""
    yield store


@contextmanager
def served(server: AbstractContextManager[str]) -> Iterator[Store]:
    """Give the store of a server while it runs."""
    with server as url:
        yield RemoteStore(url)


STORES: dict[str, Callable[[Path], AbstractContextManager[Store]]] = {
    "memory": lambda _: here(MemoryStore()),
    "folder": lambda path: here(FolderStore(path / "out")),
    "index": lambda path: here(FolderStore(path / "out", index=True)),
    "rdflib": lambda _: here(RdflibStore()),
    "oxigraph": lambda path: served(servers.oxigraph(path)),
    "virtuoso": lambda path: served(servers.virtuoso(path)),
}


@pytest.fixture(scope="module", params=STORES)
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Each store in turn; its tests run in order, the first on an empty one."""
    with STORES[request.param](tmp_path_factory.mktemp("store")) as made:
        yield made


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    """The small world as a graph."""
    folder = tmp_path_factory.mktemp("graph")
    return assemble(world(), ontology(folder), rules=rules(folder))


# ---- every store ---------------------------------------------------------------------------------


def test_an_empty_store_says_so(store: Store) -> None:
    store.check()
    with pytest.raises(GraphError, match=r"no graph|no such folder"):
        store.read()


def test_a_store_keeps_a_graph(store: Store, graph: Graph) -> None:
    for _ in range(2):
        store.check()
        store.write(graph)
    found = store.read()
    assert sorted_quads(found.store) == sorted_quads(graph.store)
    assert found.extraction == canonical(world())
    assert found.derivations == graph.derivations
    assert len(found) == len(graph) > 0
    assert found.prefixes == graph.prefixes


def test_a_store_answers(store: Store, graph: Graph) -> None:
    found = store.read()
    assert bool(found.query("ASK { ent:ana-ruiz test:postedAt ?where }"))
    for query in QUESTIONS:
        assert sorted(map(str, found.query(query).terms())) == sorted(map(str, graph.query(query).terms())) != [], query
    assert sorted(found.query("CONSTRUCT { ?s a ?o } WHERE { ?s test:via ?o }")) == sorted(
        graph.query("CONSTRUCT { ?s a ?o } WHERE { ?s test:via ?o }")
    )
    assert [str(row.city) for row in found.query(QUESTIONS[0], who="ent:ana-ruiz")] == ["https://attest.example/entity/quito"]


def test_a_store_tells_a_wrong_query(store: Store) -> None:
    found = store.read()
    with pytest.raises(QueryError, match="line 1, column 12: the query ends too soon"):
        found.query("SELECT ?s {")
    with pytest.raises(QueryError, match="SERVICE is refused"):
        found.query("ASK { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }")
    with pytest.raises(QueryError, match="FROM names no graph"):
        found.query("SELECT * FROM <http://127.0.0.1:9/> { ?s ?p ?o }")


def test_a_store_replaces_a_graph(store: Store, graph: Graph) -> None:
    first, second = world().documents
    smaller = Extraction((first,), (), ())
    opened = store.read()
    held = list(opened.query(QUESTIONS[1]))
    with tempfile.TemporaryDirectory() as folder:
        store.write(assemble(smaller, ontology(Path(folder)), rules=Path(folder)))
    found = store.read()
    assert found.extraction == canonical(smaller)
    assert not found.query(f"ASK {{ GRAPH <https://attest.example/document/{second.id}> {{ ?s ?p ?o }} }}")
    assert len(held) == 7
    store.write(graph)
    assert store.read().extraction == canonical(world())


QUESTIONS = [
    "SELECT ?who ?city WHERE { ?who test:defectedVia ?city }",
    "SELECT ?claim ?document WHERE { GRAPH ?document { ?claim a kg:Claim } }",
    "SELECT ?s ?l WHERE { ?s rdfs:label ?l } ORDER BY ?l",
    "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }",
    "SELECT ?s FROM doc:wire-1f2e WHERE { ?s a kg:Claim }",
    "SELECT ?n WHERE { ?s geo:lat ?n }",
]


# ---- folders -------------------------------------------------------------------------------------


def test_a_folder_holds_sorted_quads_and_a_manifest(tmp_path: Path, base: Path) -> None:
    save(world(), ontology(base), tmp_path / "out", rules=rules(base))
    lines = (tmp_path / "out" / "graph.nq").read_bytes().splitlines()
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert lines == sorted(set(lines))
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["graph.nq", "manifest.json"]
    assert manifest["counts"]["claims"] == 7
    assert manifest["graph"]["quads"] == len(lines)
    assert [d["path"] for d in manifest["documents"]] == ["in/second-77aa.txt", "in/wire-1f2e.txt"]


def saved_by_another_process(base: Path, out: Path, seed: str) -> tuple[bytes, bytes]:
    env = {**os.environ, "PYTHONHASHSEED": seed}
    subprocess.run([sys.executable, "-c", SAVE, base, out, "2"], env=env, check=True, stdout=subprocess.DEVNULL)
    return (out / "graph.nq").read_bytes(), (out / "manifest.json").read_bytes()


def test_two_processes_write_the_same_bytes(tmp_path: Path, base: Path) -> None:
    one = saved_by_another_process(base, tmp_path / "one", "1")
    assert saved_by_another_process(base, tmp_path / "two", "2") == one


NURSERY = f"""
import os, sys, time
from pathlib import Path
sys.path[:0] = [{str(HERE)!r}, {str(HERE.parent)!r}]
from test_graph_samples import ontology, rules, world
from kg.graph.store import FolderStore, assemble
from kg.model import Extraction
base, out = Path(sys.argv[1]), Path(sys.argv[2])
onto, folder, made = ontology(base), rules(base), world()
for line in sys.stdin:
    delay, index = line.split()
    ready, tell = os.pipe()
    child = os.fork()
    if not child:
        whole = assemble(made, onto, rules=folder), assemble(Extraction(made.documents, made.entities, ()), onto, rules=folder)
        os.write(tell, b".")
        while True:
            for graph in whole:
                FolderStore(out, index=index == "True").write(graph)
    os.read(ready, 1)
    time.sleep(float(delay))
    os.kill(child, 9)
    os.waitpid(child, 0)
    os.close(ready), os.close(tell)
    print("killed", flush=True)
"""


def is_whole(out: Path, whole: list[Extraction]) -> bool:
    """Whether a folder holds one of some graphs, and its files agree."""
    found = load(out)
    told = found.manifest["graph"]["sha256"]
    same = hashlib.sha256((out / "graph.nq").read_bytes()).hexdigest() == told
    return same and found.extraction in whole and found.manifest["counts"]["claims"] == len(found.extraction.claims)


def test_fifty_kills_leave_the_old_graph_or_the_new_one(tmp_path: Path, base: Path) -> None:
    chance, out = random.Random(7), tmp_path / "out"
    made = canonical(world())
    whole = [made, replace(made, claims=(), observations=(), judgements=(), versions={})]
    save(world(), ontology(base), out, rules=rules(base))
    command = [sys.executable, "-c", NURSERY, str(base), str(out)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as nursery:
        assert nursery.stdin
        assert nursery.stdout
        for number in range(50):
            index = number % 2 == 1  # which takes longer to write
            print(chance.uniform(0.0, 0.3 if index else 0.03), index, file=nursery.stdin, flush=True)
            assert nursery.stdout.readline() == "killed\n"
            assert is_whole(out, whole), number
        nursery.stdin.close()
    FolderStore(out, index=False).write(assemble(world(), ontology(base), rules=rules(base)))
    assert sorted(p.name for p in out.iterdir()) == ["graph.nq", "manifest.json"]


def test_a_server_keeps_the_old_graph_or_takes_the_new_one(tmp_path: Path, graph: Graph) -> None:
    small = Graph(graph.scoped([DEFAULT]).store, manifest={**graph.manifest, "documents": []})
    whole = {sorted_quads(graph.store), sorted_quads(small.store)}
    with servers.oxigraph(tmp_path) as url:
        RemoteStore(url).write(graph)
        for number in range(6):
            child = subprocess.Popen([sys.executable, "-c", SEND, str(tmp_path), url], stdout=subprocess.PIPE)
            assert child.stdout
            child.stdout.readline()
            time.sleep(number * 0.02)
            child.kill()
            child.wait()
            child.stdout.close()
            assert sorted_quads(RemoteStore(url).read().store) in whole


SEND = f"""
import sys
from pathlib import Path
sys.path[:0] = [{str(HERE)!r}, {str(HERE.parent)!r}]
from test_graph_samples import ontology, rules, world
from kg.graph.graph import Graph
from kg.graph.remote import RemoteStore
from kg.graph.store import assemble
from kg.graph.terms import DEFAULT
base, store = Path(sys.argv[1]), RemoteStore(sys.argv[2])
graph = assemble(world(), ontology(base), rules=rules(base))
small = Graph(graph.scoped([DEFAULT]).store, manifest={{**graph.manifest, "documents": []}})
print("ready", flush=True)
while True:
    store.write(small)
    store.write(graph)
"""


@pytest.mark.parametrize("index", [False, True])
def test_readers_see_whole_graphs_while_a_build_writes(index: bool, tmp_path: Path, base: Path) -> None:
    out = tmp_path / "out"
    made = canonical(world())
    whole = [made, replace(made, claims=(), observations=(), judgements=(), versions={})]
    save(world(), ontology(base), out, rules=rules(base))
    FolderStore(out, index=index).write(load(out))
    child = subprocess.Popen([sys.executable, "-c", SAVE, base, out, "100000"], stdout=subprocess.PIPE)
    try:
        assert child.stdout
        child.stdout.readline()
        seen = [load(out).extraction for _ in range(40)]
        assert child.poll() is None  # no reader was in its way
    finally:
        child.kill()
        child.wait()
        child.stdout.close()  # type: ignore[union-attr]
    assert all(found in whole for found in seen)
    assert any(found != seen[0] for found in seen)


def test_an_index_stays_as_long_as_somebody_reads_it(tmp_path: Path, base: Path) -> None:
    out, onto, folder = tmp_path / "out", ontology(base), rules(base)
    save(world(), onto, out, rules=folder, store="disk")
    old = load(out)
    assert old.place is not None
    assert old.place.is_dir()
    save(Extraction(world().documents, (), ()), onto, out, rules=folder)
    assert old.extraction == canonical(world())
    assert len(load(out).extraction.entities) == 0
    assert len(list(disk.indexes(out))) == 2
    del old
    save(Extraction(world().documents, (), ()), onto, out, rules=folder)
    assert [path == load(out).place for path in disk.indexes(out)] == [True]
    save(world(), onto, out, rules=folder, store="memory")
    assert sorted(p.name for p in out.iterdir()) == ["graph.nq", "manifest.json"]


def test_a_copy_of_an_index_is_a_graph(tmp_path: Path, base: Path) -> None:
    save(world(), ontology(base), tmp_path / "out", rules=rules(base), store="disk")
    with_index, again = load(tmp_path / "out"), tmp_path / "copy"
    shutil.copytree(tmp_path / "out", again)
    assert load(again).place == again / with_index.place.name  # type: ignore[union-attr]
    assert sorted_quads(load(again).store) == (again / "graph.nq").read_bytes()
    shutil.rmtree(load(again).place)  # type: ignore[arg-type]
    assert sorted_quads(load(again).store) == (again / "graph.nq").read_bytes()


def test_an_unknown_store_is_told(tmp_path: Path, base: Path) -> None:
    with pytest.raises(GraphError, match="tape: no such store \\(known: memory, disk"):
        save(world(), ontology(base), tmp_path / "out", store="tape")


@pytest.mark.parametrize("step", range(12))
def test_a_stop_between_any_two_steps_leaves_a_whole_graph(step: int, tmp_path: Path, base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Stop(BaseException):
        """The process ends here: nothing is cleaned."""

    out, onto, folder = tmp_path / "out", ontology(base), rules(base)
    old = Extraction(world().documents, world().entities, ())
    save(old, onto, out, rules=folder)
    left = [step]

    def guarded(name: str) -> None:
        real = getattr(Path, name)

        def stopping(self: Path, *args: object, **options: object) -> object:
            if name == "open" and args[:1] != ("wb",):
                return real(self, *args, **options)
            if not left[0]:
                raise Stop
            left[0] -= 1
            return real(self, *args, **options)

        monkeypatch.setattr(Path, name, stopping)

    for name in ("replace", "unlink", "open"):
        guarded(name)
    with suppress(Stop):
        save(world(), onto, out, rules=folder)
    monkeypatch.undo()
    found = load(out)
    assert found.extraction in (canonical(old), canonical(world()))
    assert found.manifest["counts"]["claims"] == len(found.extraction.claims)
    assert save(world(), onto, out, rules=folder).extraction == canonical(world())


def test_other_files_of_the_folder_stay(tmp_path: Path, base: Path) -> None:
    save(world(), ontology(base), tmp_path / "out", rules=rules(base))
    (tmp_path / "out" / "graph.html").write_text("page")
    save(world(), ontology(base), tmp_path / "out", rules=rules(base))
    assert (tmp_path / "out" / "graph.html").read_text() == "page"


@pytest.mark.parametrize("name", ["notes.txt", "graph.nq", "manifest.json"])
def test_a_folder_of_the_users_is_never_touched(name: str, tmp_path: Path, base: Path) -> None:
    (tmp_path / name).write_text('{"mine": 1}')
    with pytest.raises(GraphError, match="no graph"):
        save(world(), ontology(base), tmp_path, rules=rules(base))
    assert (tmp_path / name).read_text() == '{"mine": 1}'


def test_a_file_is_no_folder(tmp_path: Path, base: Path) -> None:
    (tmp_path / "out").write_text("x")
    with pytest.raises(GraphError, match="is a file"):
        save(world(), ontology(base), tmp_path / "out")
    with pytest.raises(GraphError, match="is a file"):
        load(tmp_path / "out")


def test_a_folder_that_cannot_be_written_is_told_in_one_line(base: Path) -> None:
    with pytest.raises(GraphError, match="/proc/none/out: cannot write the graph") as caught:
        save(world(), ontology(base), Path("/proc/none/out"), rules=rules(base))
    assert "\n" not in str(caught.value)


@contextmanager
def small_disk(folder: Path, *, size: str) -> Iterator[Path]:
    """Mount a disk of some size; only root can."""
    place = folder / "disk"
    place.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", place], stderr=subprocess.DEVNULL, check=False).returncode:
        pytest.skip("no right to mount a small disk")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", place], check=True)


@pytest.mark.parametrize(("size", "kind"), [("16k", None), ("128k", "disk")])
def test_a_full_disk_leaves_the_old_graph(size: str, kind: str | None, tmp_path: Path, base: Path) -> None:
    onto, folder = ontology(base), rules(base)
    with small_disk(tmp_path, size=size) as place:
        save(Extraction((), (), ()), onto, place / "out", rules=folder)
        before = {p.name: p.read_bytes() for p in (place / "out").iterdir()}
        with pytest.raises(GraphError, match=r"out: cannot write the graph: .*(No space|space left)") as caught:
            save(world(), onto, place / "out", rules=folder, store=kind)
        assert "\n" not in str(caught.value)
        assert {p.name: p.read_bytes() for p in (place / "out").iterdir()} == before


def test_a_limit_on_files_leaves_the_old_graph(tmp_path: Path, base: Path) -> None:
    import resource

    out = tmp_path / "out"
    save(Extraction((), (), ()), ontology(base), out, rules=rules(base))
    before = {p.name: p.read_bytes() for p in out.iterdir()}
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))
    try:
        with pytest.raises(GraphError, match="out: cannot write the graph: File too large"):
            save(world(), ontology(base), out, rules=rules(base))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert {p.name: p.read_bytes() for p in out.iterdir()} == before


def test_a_folder_that_is_read_only_is_told_and_can_be_read(tmp_path: Path, base: Path) -> None:
    onto, folder = ontology(base), rules(base)
    with small_disk(tmp_path, size="8m") as place:
        save(world(), onto, place / "out", rules=folder, store="disk")
        subprocess.run(["mount", "-o", "remount,ro", place], check=True)
        with pytest.raises(GraphError, match=r"out: cannot be written, for .* is not writable"):
            save(world(), onto, place / "out", rules=folder)
        found = load(place / "out")
        assert found.extraction == canonical(world())
        del found


def test_two_writers_do_not_mix(tmp_path: Path, base: Path) -> None:
    import fcntl

    save(world(), ontology(base), tmp_path / "out", rules=rules(base))
    handle = os.open(tmp_path / "out", os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    with pytest.raises(GraphError, match="another kg"):
        save(world(), ontology(base), tmp_path / "out", rules=rules(base))
    os.close(handle)
    save(world(), ontology(base), tmp_path / "out", rules=rules(base))


def test_a_missing_graph_says_what_to_do(tmp_path: Path) -> None:
    for folder in (tmp_path / "none", tmp_path):
        with pytest.raises(GraphError, match="run kg build first"):
            load(folder)


def test_a_broken_graph_file_is_told(tmp_path: Path, base: Path) -> None:
    save(world(), ontology(base), tmp_path / "out", rules=rules(base))
    (tmp_path / "out" / "graph.nq").write_text("<a> <b\n")
    with pytest.raises(GraphError, match="build again"):
        load(tmp_path / "out")


def test_a_wrong_quote_stops_the_build(tmp_path: Path, base: Path) -> None:
    claim = replace(world().claims[0], evidence=(Evidence("wire-1f2e", 0, 8, "Bob Ruiz"),))
    with pytest.raises(EvidenceError, match="'Ana Ruiz', not 'Bob Ruiz'"):
        save(replace(world(), claims=(claim,)), ontology(base), tmp_path / "out")
    assert not (tmp_path / "out").exists()
