"""`kg serve`: the protocol, what is refused, limits that hold, pages, live data, and an orderly end; over a real server."""

from __future__ import annotations

import asyncio
import csv
import hashlib
import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree

import httpx
import pyoxigraph as ox
import pytest
import rdflib
import uvicorn
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html
from rdflib.compare import isomorphic
from serving import ROOT, Served, gone, served, start
from test_cli import run as kg
from test_graph_samples import extractions, ontology, rules, world

from kg.errors import ServeError
from kg.graph.convert import to_rdf
from kg.graph.graph import Graph
from kg.graph.store import FolderStore, save
from kg.model import Extraction
from kg.ontology import Ontology
from kg.serve import Settings, guard, pages, serve
from kg.serve.answers import EXACT, LOCAL, count_rows
from kg.serve.media import ROWS, TRIPLES, choose
from kg.serve.protocol import MOST_BODY, RequestError, read_request
from kg.serve.things import Things, iri_of, path_of

SHARED = Path(__file__).parents[2] / "shared"
ANA = "https://attest.example/entity/ana-ruiz"
LABELS = "SELECT ?s ?l WHERE { ?s rdfs:label ?l } ORDER BY ?s"
TYPES = "CONSTRUCT { ?s a ?t } WHERE { ?s a ?t }"
SLOW = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o }"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
DIRECT = {"Content-Type": "application/sparql-query"}
JSON = {"Accept": "application/sparql-results+json"}

SEES_PROCESSES = pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="the system does not tell of other processes")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small world as a graph folder."""
    base = tmp_path_factory.mktemp("served")
    save(world(), ontology(base), base / "out", rules=rules(base))
    return base / "out"


@pytest.fixture(scope="module")
def taught_small(tmp_path_factory: pytest.TempPathFactory) -> Ontology:
    """The small world's ontology."""
    return ontology(tmp_path_factory.mktemp("taught"))


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Served]:
    """A server of the small world with small limits."""
    with served(folder, "--timeout", "1.5", "--rows", "150", "--workers", "2", "--host-name", "Here.example") as running:
        yield running


@pytest.fixture(scope="module")
def client(server: Served) -> Iterator[httpx.Client]:
    """A client of that server."""
    with httpx.Client(base_url=server.address, timeout=30) as found:
        yield found


def ask(client: httpx.Client, query: str, **headers: str) -> httpx.Response:
    """Ask by GET."""
    return client.get("sparql", params={"query": query}, headers=headers)


# ---- the protocol --------------------------------------------------------------------------------


def test_each_form_of_request_has_the_same_answer(client: httpx.Client) -> None:
    got = ask(client, LABELS)
    form = client.post("sparql", data={"query": LABELS})
    direct = client.post("sparql", content=LABELS, headers=DIRECT)
    assert got.status_code == form.status_code == direct.status_code == 200
    assert got.content == form.content == direct.content
    assert len(got.json()["results"]["bindings"]) == 6
    assert got.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in got.headers
    assert got.headers["vary"] == "Accept"


def test_a_folder_with_an_index_is_served_the_same(client: httpx.Client, tmp_path: Path) -> None:
    save(world(), ontology(tmp_path), tmp_path / "out", rules=rules(tmp_path), store="disk")
    with served(tmp_path / "out", "--workers", "3") as running, ThreadPoolExecutor(6) as crowd:
        asked = {"params": {"query": LABELS}, "headers": JSON}
        answers = list(crowd.map(lambda _: httpx.get(f"{running.address}sparql", **asked), range(24)))
        assert {a.status_code for a in answers} == {200}
        assert {a.text for a in answers} == {client.get("/sparql", **asked).text}


def test_head_and_options(client: httpx.Client) -> None:
    head, got = client.head("sparql", params={"query": LABELS}), ask(client, LABELS)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(got.content))
    options = client.options("sparql", headers={"Origin": "https://else.example"})
    assert options.status_code == 204
    assert options.headers["allow"] == "GET, HEAD, POST, OPTIONS"
    assert options.headers["access-control-allow-origin"] == "*"


def rows_of(response: httpx.Response) -> list[tuple[str, str]]:
    """Read subject and label from an answer in any form of rows."""
    kind, body = response.headers["content-type"].partition(";")[0], response.content
    if "json" in kind:
        return [(row["s"]["value"], row["l"]["value"]) for row in json.loads(body)["results"]["bindings"]]
    if "xml" in kind:
        space = "{http://www.w3.org/2005/sparql-results#}"
        cells = [[cell.text for cell in row.iter() if cell.tag in (f"{space}uri", f"{space}literal")] for row in ElementTree.fromstring(body).iter(f"{space}result")]
        return [(str(row[0]), str(row[1])) for row in cells]
    rows = list(csv.reader(io.StringIO(body.decode()), delimiter="\t" if "tab" in kind else ","))[1:]
    return [(row[0].strip("<>"), row[1].strip('"')) for row in rows]


@pytest.mark.parametrize("kind", ROWS)
def test_rows_come_in_each_form(client: httpx.Client, kind: str) -> None:
    response = ask(client, LABELS, Accept=kind)
    assert response.headers["content-type"].partition(";")[0] == kind
    assert rows_of(response) == rows_of(ask(client, LABELS))


@pytest.mark.parametrize("kind", ROWS)
def test_yes_and_no_come_in_each_form(client: httpx.Client, kind: str) -> None:
    yes, no = (ask(client, f"ASK {{ {who} ?p ?o }}", Accept=kind).text for who in ("ent:ana-ruiz", "ent:nobody"))
    assert "true" in yes
    assert "false" in no


@pytest.mark.parametrize("kind", TRIPLES)
def test_triples_come_in_each_form(client: httpx.Client, kind: str) -> None:
    response = ask(client, TYPES, Accept=kind)
    assert response.headers["content-type"].partition(";")[0] == kind
    forms = {"turtle": "turtle", "ntriples": "nt", "jsonld": "json-ld", "rdfxml": "xml"}
    told = rdflib.Graph().parse(data=response.text, format=forms[TRIPLES[kind]])
    assert len(told) > 6
    assert isomorphic(told, rdflib.Graph().parse(data=ask(client, TYPES).text, format="turtle"))


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("", "application/sparql-results+json"),
        ("*/*", "application/sparql-results+json"),
        ("text/csv;q=0.5, text/tab-separated-values", "text/tab-separated-values"),
        ("application/*;q=0.1, text/csv;q=0.2", "text/csv"),
        ("text/*", "text/csv"),
        ("application/sparql-results+json;q=0, */*;q=0.1", "application/sparql-results+xml"),
        ("image/png", None),
        ("*/*;q=0", None),
        (";;;,,,", "application/sparql-results+json"),
    ],
)
def test_the_accept_header_chooses(accept: str, kind: str | None) -> None:
    assert choose(accept, tuple(ROWS)) == kind


@given(accept=st.text(st.sampled_from("*/;q=01.,text csvaplion+"), max_size=60))
def test_any_accept_header_is_read(accept: str) -> None:
    assert choose(accept, tuple(ROWS)) in (*ROWS, None)


def test_a_form_that_is_not_there_is_406(client: httpx.Client) -> None:
    response = ask(client, LABELS, Accept="image/png")
    assert response.status_code == 406
    assert "application/sparql-results+json" in response.text
    odd = ask(client, "CONSTRUCT { ?s <http://x.example/%20> 1 } WHERE { ?s a ?t }", Accept="application/rdf+xml")
    assert (odd.status_code, "RDF/XML has no name" in odd.text) == (406, True)


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("SELECT * {\n  ?s ?p }", "line 2, column 3: cannot be read from '?s' on"),
        ("SELECT * { ?s unknown:p ?o }", "line 1, column 15: no prefix unknown: is known"),
        ("", "line 1, column 1: a query starts with SELECT"),
        ("SELECT * { ?s ?p 'never closed }", "line 1"),
    ],
)
def test_a_wrong_query_is_400_with_line_and_column(client: httpx.Client, query: str, told: str) -> None:
    response = ask(client, query)
    assert response.status_code == 400
    assert told in response.text
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    assert response.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    ("method", "place", "headers", "body", "status"),
    [
        ("PUT", "sparql", {}, b"", 405),
        ("DELETE", "sparql", {}, b"", 405),
        ("POST", "sparql", {"Content-Type": "text/plain"}, b"ASK {}", 415),
        ("POST", "sparql", {}, b"ASK {}", 415),
        ("POST", "sparql", {"Content-Type": "application/sparql-query; charset=UTF-16"}, "ASK {}".encode("utf-16"), 415),
        ("POST", "sparql", {**DIRECT, "Content-Encoding": "gzip"}, b"ASK {}", 415),
        ("POST", "sparql", DIRECT, b"ASK {} # \xff", 400),
        ("POST", "sparql", FORM, b"", 400),
        ("POST", "sparql", FORM, b"query=ASK%20%7B%7D&query=ASK%20%7B%7D", 400),
        ("POST", "sparql?query=ASK%20%7B%7D", DIRECT, b"ASK {}", 400),
        ("GET", "sparql?query=%FF", {}, b"", 400),
        ("GET", "sparql?query=ASK+%7B%7D&default-graph-uri=http%3A%2F%2Fx.example%2F", {}, b"", 400),
        ("GET", "sparql?query=ASK+%7B%7D&named-graph-uri=file%3A%2F%2F%2Fetc%2Fpasswd", {}, b"", 400),
        ("GET", "sparql?update=CLEAR+ALL", {}, b"", 403),
        ("POST", "sparql", FORM, b"update=CLEAR+ALL", 403),
        ("POST", "sparql", {"Content-Type": "application/sparql-update"}, b"CLEAR ALL", 403),
        ("POST", "sparql", DIRECT, b"ASK {} #" + b"x" * MOST_BODY, 413),
        ("POST", "query", {}, b"", 405),
        ("GET", "nothing/here", {}, b"", 404),
        ("GET", "entity/nobody", {}, b"", 404),
        ("GET", "page/entity/nobody", {}, b"", 404),
        ("GET", "data/entity/ana-ruiz.exe", {}, b"", 404),
        ("GET", "static/../app.py", {}, b"", 404),
        ("GET", "static/%2e%2e/app.py", {}, b"", 404),
        ("GET", "page/entity/%2e%2e/%2e%2e/etc/passwd", {}, b"", 404),
        ("GET", "page/entity/%00", {}, b"", 404),
    ],
)
def test_a_wrong_request_has_its_status(client: httpx.Client, method: str, place: str, headers: dict[str, str], body: bytes, status: int) -> None:
    response = client.request(method, place, headers=headers, content=body)
    assert response.status_code == status
    assert "Traceback" not in response.text


def test_a_body_without_end_is_cut_off(server: Served) -> None:
    def parts() -> Iterator[bytes]:
        for _ in range(100):
            yield b"x" * 65536

    with httpx.Client(base_url=server.address) as client:
        try:
            response = client.post("sparql", content=parts(), headers=DIRECT)
        except (httpx.WriteError, httpx.ReadError):
            return  # closed while we still wrote
    assert response.status_code == 413


def test_the_service_describes_itself(client: httpx.Client) -> None:
    response = client.get("sparql", headers={"Accept": "text/turtle"})
    assert response.headers["content-type"] == "text/turtle; charset=utf-8"
    found = rdflib.Graph().parse(data=response.text, format="turtle")
    sd = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
    [service] = found.subjects(rdflib.RDF.type, sd.Service)
    assert found.value(service, sd.endpoint) == rdflib.URIRef(str(client.base_url) + "sparql")
    assert (service, sd.supportedLanguage, sd.SPARQL11Query) in found
    assert rdflib.URIRef("https://attest.example/document/wire-1f2e") in set(found.objects(None, sd.name))
    browser = client.get("sparql", headers={"Accept": "text/html,*/*;q=0.8"})
    assert (browser.status_code, browser.headers["location"]) == (303, "/query")


def test_a_relative_name_is_one_of_the_endpoint(client: httpx.Client) -> None:
    for host, base in (("here.example:80", "http://here.example:80/sparql"), ("localhost", "http://localhost/sparql")):
        response = client.post("sparql", content="SELECT (<#x> AS ?x) {}", headers={**DIRECT, "Host": host})
        assert response.json()["results"]["bindings"][0]["x"]["value"] == f"{base}#x"


def test_a_request_may_name_its_dataset(client: httpx.Client) -> None:
    count = "SELECT (COUNT(*) AS ?n) WHERE { ?claim a kg:Claim }"
    found = []
    for named in ([], ["wire-1f2e"], ["second-77aa"], ["wire-1f2e", "second-77aa"]):
        graphs = [f"https://attest.example/document/{name}" for name in named]
        response = client.get("sparql", params={"query": count, "default-graph-uri": graphs})
        found.append(int(response.json()["results"]["bindings"][0]["n"]["value"]))
    assert found == [0, 5, 2, 7]
    only = client.get("sparql", params={"query": "ASK { GRAPH ?g { ?s ?p ?o } }", "default-graph-uri": "https://attest.example/document/wire-1f2e"})
    assert only.json()["boolean"] is False


# ---- the W3C's own tests of the protocol ----------------------------------------------------------

MF = rdflib.Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
HT = rdflib.Namespace("http://www.w3.org/2011/http#")
CNT = rdflib.Namespace("http://www.w3.org/2011/content#")
SUITE = SHARED / "w3c" / "sparql11" / "protocol"
DATA = "http://kasei.us/2009/09/sparql/data/data{}.rdf"


def suite() -> rdflib.Graph:
    """Return the manifest; empty where the suite is not here."""
    path = SUITE / "manifest.ttl"
    return rdflib.Graph().parse(path) if path.exists() else rdflib.Graph()


MANIFEST = suite()
# Updates that a writable endpoint carries out, and none that is only read: it refuses them, as the `bad_` ones.
NAMES = {t.rpartition("#")[2]: t for t in MANIFEST.subjects(rdflib.RDF.type, MF.ProtocolTest)}
APPLIES = sorted(name for name in NAMES if not name.startswith("update_"))
REFUSED = sorted(name for name in NAMES if name.startswith("update_"))


@pytest.fixture(scope="module")
def w3c(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of a server that holds the graphs of the suite."""
    if not NAMES:
        pytest.skip("../shared/w3c is not here")
    store = ox.Store()
    for number in range(4):
        name = ox.NamedNode(DATA.format(number))
        if number:
            store.load(path=str(SUITE / f"data{number}.nt"), format=ox.RdfFormat.N_TRIPLES, to_graph=name)
        store.add(ox.Quad(name, ox.NamedNode(str(rdflib.RDF.type)), ox.NamedNode("http://example.org/Graph"), name))
    target = tmp_path_factory.mktemp("w3c") / "out"
    FolderStore(target).write(Graph(store, manifest={"attest": 1}))
    with served(target, "--workers", "1") as running, httpx.Client(base_url=running.address) as found:
        yield found


def carried_out(client: httpx.Client, request: rdflib.term.Node) -> httpx.Response:
    """Send a request of the manifest."""
    value = lambda node, name: MANIFEST.value(node, name)  # noqa: E731
    headers = {}
    for each in rdflib.collection.Collection(MANIFEST, value(request, HT.headers)) if value(request, HT.headers) else ():
        headers[str(value(each, HT.fieldName))] = str(value(each, HT.fieldValue))
    body = value(request, HT.body)
    encoding = str(value(body, CNT.characterEncoding) or "UTF-8") if body else "UTF-8"
    content = str(value(body, CNT.chars)).strip("\r\n").encode(encoding) if body else b""
    place = str(value(request, HT.absolutePath)).replace("/sparql/", "/sparql", 1)
    return client.request(str(value(request, HT.methodName)), place, headers=headers, content=content)


def check(response: httpx.Response, expected: rdflib.term.Node) -> None:
    """Compare a response with what the manifest expects."""
    statuses = {str(s)[-3] for s in MANIFEST.objects(expected, MF.expectedStatus)}
    assert str(response.status_code)[0] in statuses, response.text
    truth = MANIFEST.value(expected, MF.expectedBoolean)
    if truth is not None:
        assert response.json()["boolean"] is truth.toPython()  # type: ignore[attr-defined]
    form = str(MANIFEST.value(expected, MF.expectedFormat) or "")
    kinds = {"RDF": TRIPLES, "boolean": ROWS, "tabular": ROWS, "": {response.headers["content-type"].partition(";")[0]: ""}}
    assert response.headers["content-type"].partition(";")[0] in kinds[form]


@pytest.mark.parametrize("name", APPLIES or ["suite"])
def test_w3c_protocol(w3c: httpx.Client, name: str) -> None:
    connection = MANIFEST.value(NAMES[name], MF.action)
    requests = MANIFEST.value(connection, HT.requests)
    for request in rdflib.collection.Collection(MANIFEST, requests):
        check(carried_out(w3c, request), MANIFEST.value(request, HT.resp))


@pytest.mark.parametrize("name", REFUSED or ["suite"])
def test_w3c_updates_are_refused(w3c: httpx.Client, name: str) -> None:
    requests = MANIFEST.value(MANIFEST.value(NAMES[name], MF.action), HT.requests)
    first = next(iter(rdflib.collection.Collection(MANIFEST, requests)))
    assert carried_out(w3c, first).status_code == 403
    assert w3c.get("sparql", params={"query": "ASK { GRAPH ?g { ?s ?p ?o } }"}).json()["boolean"] is True


# ---- nothing leaves, nothing is written ------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * {{ SERVICE <{url}> {{ ?s ?p ?o }} }}",
        "SELECT * {{ SERVICE SILENT <{url}> {{ ?s ?p ?o }} }}",
        "SELECT * {{ VALUES ?u {{ <{url}> }} SERVICE ?u {{ ?s ?p ?o }} }}",
        "SELECT * {{ FILTER(trueSERVICE<{url}>{{}}) }}",
        "SELECT * FROM <{url}> {{ ?s ?p ?o }}",
        "SELECT * FROM NAMED <{url}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
        "BASE <{url}> SELECT * FROM <x> {{ ?s ?p ?o }}",
        "SELECT * FROM <file:///etc/passwd> {{ ?s ?p ?o }}",
        "LOAD <{url}>",
        "INSERT DATA {{ <{url}> a <{url}> }}",
    ],
)
def test_a_query_that_reaches_out_is_refused(client: httpx.Client, query: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.2)
        text = query.format(url=f"http://127.0.0.1:{listening.getsockname()[1]}/")
        response = ask(client, text)
        assert response.status_code == 400
        assert "refused" in response.text or "nothing is fetched" in response.text or "only queries" in response.text or "line 1" in response.text
        with pytest.raises(TimeoutError):
            listening.accept()


def test_the_folder_is_as_before(client: httpx.Client, folder: Path) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    for text in (LABELS, TYPES, "INSERT DATA { <http://a.example/> a <http://a.example/> }"):
        client.post("sparql", data={"query": text})
        client.post("sparql", data={"update": text})
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize("place", ["", "sparql?query=ASK%20%7B%7D", "page/entity/ana-ruiz", "data/entity/ana-ruiz.ttl", "static/site.css", "entity/ana-ruiz", "none"])
@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("evil.example", 421),
        ("evil.example:8000", 421),
        ("localhost.evil.example", 421),
        ("127.0.0.1.evil.example", 421),
        ("192.0.2.7", 421),
        ("[2001:db8::1]:80", 421),
        ("[", 400),
        ("<no host>", 400),
        ("localhost:80:80", 400),
        ("user@localhost", 400),
        ("localhost", None),
        ("LOCALHOST.:1", None),
        ("127.0.0.1:8000", None),
        ("[::1]", None),
        ("[0:0:0:0:0:0:0:1]:8000", None),
        ("here.example", None),
        ("HERE.EXAMPLE:443", None),
    ],
)
def test_a_request_for_somebody_else_is_refused(client: httpx.Client, place: str, host: str, status: int | None) -> None:
    response = client.get(place, headers={"Host": host})
    if status is None:
        assert response.status_code == (404 if place == "none" else 303 if place.startswith("entity") else 200)
        return
    assert response.status_code == status
    assert "Ana Ruiz" not in response.text
    if status == 421:
        assert response.text.startswith("this server is not called ")
        assert "start it with --host-name " in response.text


def test_a_server_on_all_addresses_answers_to_the_one_that_was_reached(folder: Path) -> None:
    with served(folder, "--host", "0.0.0.0", "--workers", "1") as running:
        for host, status in (("0.0.0.0", 200), ("127.0.0.2", 200), ("127.0.0.3", 421), ("evil.example", 421)):
            response = httpx.get(f"http://127.0.0.2:{running.port}/query", headers={"Host": host})
            assert (host, response.status_code) == (host, status)


def test_an_old_client_that_names_nobody_is_answered(server: Served) -> None:
    with socket.create_connection(("127.0.0.1", server.port)) as ours:
        ours.sendall(b"GET /sparql?query=ASK%20%7B%7D HTTP/1.0\r\n\r\n")
        assert ours.recv(64).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("place", ["sparql", "entity/ana-ruiz", "data/entity/ana-ruiz.ttl"])
def test_a_page_of_another_origin_may_ask_with_a_long_accept_header(client: httpx.Client, place: str) -> None:
    asking = {"Origin": "https://else.example", "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "accept"}
    before = client.options(place, headers=asking)
    assert before.status_code == 204
    assert before.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in before.headers
    assert "GET" in before.headers["access-control-allow-methods"]
    assert "accept" in before.headers["access-control-allow-headers"].lower()
    assert client.options("query", headers=asking).status_code == 405


@pytest.mark.parametrize(("place", "status"), [("sparql", 200), ("entity/ana-ruiz", 303)])
def test_accept_in_several_lines_is_one_header(client: httpx.Client, place: str, status: int) -> None:
    lines = [("Accept", "image/png"), ("Accept", "text/turtle"), ("Accept", "image/gif;q=0.1")]
    response = client.get(place, headers=lines)
    assert response.status_code == status
    assert "ttl" in response.headers.get("location", ".ttl")
    assert response.headers.get("content-type", "text/turtle").startswith("text/turtle")


def test_our_own_files_say_what_they_are(client: httpx.Client) -> None:
    for name, kind in (("query.js", "javascript"), ("site.css", "text/css"), ("icon.svg", "image/svg+xml"), ("vendor/codemirror.js", "javascript")):
        response = client.get(f"static/{name}")
        assert kind in response.headers["content-type"]
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["cache-control"] == "no-cache"
        again = client.get(f"static/{name}", headers={"If-None-Match": response.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


def test_a_system_that_cannot_fork_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "fork")
    with pytest.raises(ServeError, match=r"processes can fork: .*WSL"):
        serve(folder, Settings(port=0))


# ---- limits ----------------------------------------------------------------------------------------


def test_a_runaway_query_is_stopped_and_the_next_one_is_served(client: httpx.Client) -> None:
    response = ask(client, SLOW)
    assert response.status_code == 503
    assert int(response.headers["retry-after"]) > 0
    assert "its time is over" in response.text
    assert ask(client, LABELS).status_code == 200


def test_a_full_house_is_a_true_503(server: Served) -> None:
    def one(_: int) -> httpx.Response:
        return httpx.get(server.address + "sparql", params={"query": SLOW}, timeout=60)

    with ThreadPoolExecutor(60) as threads:
        found = list(threads.map(one, range(60)))
    assert {response.status_code for response in found} == {503}
    assert all(int(response.headers["retry-after"]) > 0 for response in found)
    assert {response.text for response in found} >= {"all readers are busy; try again\n"}
    assert httpx.get(server.address + "sparql", params={"query": LABELS}, timeout=30).status_code == 200


@pytest.mark.parametrize("query", ["SELECT * { ?a ?b ?c . ?d ?e ?f }", "CONSTRUCT { ?a ?e ?f } WHERE { ?a ?b ?c . ?d ?e ?f }"])
def test_an_answer_of_too_many_rows_is_refused(client: httpx.Client, query: str) -> None:
    for kind in (*ROWS, *TRIPLES):
        response = ask(client, query, Accept=f"{kind}, */*;q=0.1")
        assert response.status_code == 403
        assert "more than 150" in response.text
    assert ask(client, f"{query} LIMIT 150").status_code == 200


def test_an_answer_of_too_many_bytes_is_refused(client: httpx.Client) -> None:
    big = "SELECT ?x WHERE { BIND(REPLACE('aaaaaaaaaa', 'a', 'bbbbbbbbbb') AS ?b) BIND(REPLACE(REPLACE(REPLACE(REPLACE(?b, 'b', ?b), 'b', 'cccccccccc'), 'c', ?b), 'b', 'dddd') AS ?x) }"
    response = ask(client, big)
    assert (response.status_code, "more than 32 MB" in response.text) == (403, True)


@pytest.mark.parametrize("query", ["SELECT * {" + "{" * 600 + "}" * 600 + "}", "SELECT * { FILTER(" + "!" * 60000 + "1) }", "ASK {" + "{" * 9000])
def test_a_query_that_nests_too_deep_harms_nobody(client: httpx.Client, query: str) -> None:
    response = client.post("sparql", content=query, headers=DIRECT)
    assert response.status_code in (400, 500)
    assert response.text.endswith("\n")
    assert ask(client, LABELS).status_code == 200


@SEES_PROCESSES
def test_a_reader_that_is_killed_is_replaced(server: Served, client: httpx.Client) -> None:
    [nursery] = [int(word) for word in Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text().split()]
    readers = [number for number in server.below() if number != nursery]
    for number in readers:
        os.kill(number, signal.SIGKILL)
    end = time.monotonic() + 20
    while set(readers) & set(server.below()) and time.monotonic() < end:
        time.sleep(0.05)
    assert [ask(client, LABELS).status_code for _ in range(6)] == [200] * 6
    assert client.get("query").status_code == 200
    assert not set(readers) & set(server.below())


def test_the_reader_of_a_client_that_left_is_free_again(folder: Path) -> None:
    with served(folder, "--timeout", "100", "--workers", "1") as running, httpx.Client(base_url=running.address) as client:
        with pytest.raises(httpx.ReadTimeout):
            client.get("sparql", params={"query": SLOW}, timeout=1)
        assert ask(client, LABELS).status_code == 200


HOG = """
import pyoxigraph as ox
from kg.serve import reader
reader.MEMORY = 150 * 1024**2
store = ox.Store()
store.extend(ox.Quad(ox.NamedNode(f"http://a.example/{n}"), ox.NamedNode("http://a.example/p"), ox.Literal(n)) for n in range(300))
reader.limit_memory()
print(next(iter(store.query("SELECT (COUNT(DISTINCT *) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"))))
"""


@SEES_PROCESSES
def test_a_reader_cannot_eat_all_memory() -> None:
    done = subprocess.run([sys.executable, "-c", HOG], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode != 0
    assert done.stdout == ""


cells = st.text(st.sampled_from('{},"\r\n\t<result>bindings\\'), max_size=12)


@given(rows=st.lists(st.tuples(cells, cells), max_size=8))
def test_rows_are_counted_in_what_the_engine_wrote(rows: list[tuple[str, str]]) -> None:
    values = " ".join(f"({ox.Literal(a)} {ox.Literal(b)})" for a, b in rows)
    for name, form in LOCAL.items():
        body = ox.Store().query(f"SELECT * {{ VALUES (?a ?b) {{ {values} }} }}").serialize(format=form)
        assert body is not None
        assert count_rows(body, name, len(rows)) <= len(rows)
        assert EXACT.get(name, lambda body, name=name: count_rows(body, name, 0))(body) == len(rows)  # type: ignore[misc]


class Taker:
    """An application that answers at length."""

    async def __call__(self, scope: object, receive: object, send: object) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"50000000")]})  # type: ignore[operator]
        for _ in range(50):
            await send({"type": "http.response.body", "body": b"x" * 1_000_000, "more_body": True})  # type: ignore[operator]


@pytest.mark.parametrize("sent", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: here\r\n\r\n"], ids=["silent", "half a head", "takes nothing"])
def test_a_client_that_dawdles_is_let_go(monkeypatch: pytest.MonkeyPatch, sent: bytes) -> None:
    monkeypatch.setattr(guard, "PATIENCE", 0.3)

    async def dawdled() -> int:
        config = uvicorn.Config(Taker(), http=guard.Guarded, ws="none", lifespan="off", log_config=None, log_level="critical")
        server = uvicorn.Server(config)
        with socket.create_server(("127.0.0.1", 0)) as listening:
            running = asyncio.create_task(server._serve([listening]))
            with socket.create_connection(listening.getsockname()) as ours:
                ours.sendall(sent)
                for _ in range(200):
                    await asyncio.sleep(0.05)
                    if server.started and not server.server_state.connections:
                        break
                left = len(server.server_state.connections)
                server.should_exit = True
                await running
                return left

    assert asyncio.run(dawdled()) == 0


def test_a_crowd_is_a_true_503(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "MOST_CONNECTIONS", 1)

    async def crowded() -> bytes:
        config = uvicorn.Config(Taker(), http=guard.Guarded, ws="none", lifespan="off", log_config=None, log_level="critical")
        server = uvicorn.Server(config)
        with socket.create_server(("127.0.0.1", 0)) as listening:
            running = asyncio.create_task(server._serve([listening]))
            address = listening.getsockname()
            _, first = await asyncio.open_connection(*address)
            reader, second = await asyncio.open_connection(*address)
            second.write(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
            answer = await reader.read()
            for each in (first, second):
                each.close()
            server.should_exit = True
            await running
            return answer

    answer = asyncio.run(crowded()).lower()
    assert answer.startswith(b"http/1.1 503")
    assert b"retry-after: 5" in answer


# ---- things ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accept", "place"),
    [
        ("text/html,application/xhtml+xml,*/*;q=0.8", "/page/{}"),
        ("*/*", "/page/{}"),
        ("text/turtle", "/data/{}.ttl"),
        ("application/rdf+xml", "/data/{}.rdf"),
        ("application/ld+json, text/html;q=0.5", "/data/{}.jsonld"),
        ("application/n-triples", "/data/{}.nt"),
    ],
)
def test_the_name_of_a_thing_leads_to_what_the_client_likes(client: httpx.Client, accept: str, place: str) -> None:
    for path in ("entity/ana-ruiz", "claim/9601963fbe6b", "document/wire-1f2e", "evidence/wire-1f2e-0-42"):
        response = client.get(path, headers={"Accept": accept})
        assert (response.status_code, response.headers["location"]) == (303, place.format(path))
        assert f'</data/{path}.ttl>; rel="alternate"; type="text/turtle"' in response.headers["link"]
        there = client.get(response.headers["location"])
        assert there.status_code == 200
    assert client.get("entity/ana-ruiz", headers={"Accept": "image/png"}).status_code == 406


def test_the_triples_of_a_thing_are_the_same_in_each_form(client: httpx.Client) -> None:
    forms = {"ttl": "turtle", "nt": "nt", "jsonld": "json-ld", "rdf": "xml"}
    found = [rdflib.Graph().parse(data=client.get(f"data/entity/ana-ruiz.{s}").text, format=f) for s, f in forms.items()]
    assert all(isomorphic(found[0], other) for other in found[1:])
    assert (rdflib.URIRef(ANA), rdflib.RDFS.label, rdflib.Literal("Ana Ruiz")) in found[0]
    claim = rdflib.Graph().parse(data=client.get("data/claim/9601963fbe6b.ttl").text, format="turtle")
    assert rdflib.Literal("Ana Ruiz was posted to the embassy in Lima") in set(claim.objects())


def test_the_page_of_a_claim_shows_sentence_source_and_modality(client: httpx.Client) -> None:
    page = client.get("page/claim/9601963fbe6b").text
    assert "<mark>Ana Ruiz was posted to the embassy in Lima</mark>, Reuters reported, citing the ministry." in page
    assert re.search(r'according to <a href="/page/entity/reuters">.*?, citing <a href="/page/entity/ministry">', page, re.S)
    assert '<span class="mark reported">reported</span>' in page
    entity = client.get("page/entity/ana-ruiz").text
    assert entity.count("<blockquote>") == 4
    document = client.get("page/document/wire-1f2e").text
    assert '<a class="carries" href="/page/claim/9601963fbe6b">Ana Ruiz was posted to the embassy in Lima</a>' in document


def test_pages_say_what_may_run_and_when_they_changed(client: httpx.Client) -> None:
    for place in ("page/entity/ana-ruiz", "query", "page/entity/nobody"):
        policy = client.get(place).headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
    for place in ("", "query", "page/entity/ana-ruiz", "data/entity/ana-ruiz.ttl"):
        tag = client.get(place).headers["etag"]
        for known, status in ((tag, 304), (f'"other", W/{tag}', 304), ("*", 304), ('"other"', 200)):
            again = client.get(place, headers={"If-None-Match": known})
            assert (again.status_code, again.content == b"") == (status, status == 304)


@given(path=st.text(max_size=40))
def test_any_path_names_at_most_one_thing(path: str) -> None:
    iri = iri_of(f"entity/{path}")
    assert iri_of(path_of(iri) or f"entity/{path}") == iri


@settings(max_examples=30)
@given(extraction=extractions())
def test_every_thing_of_any_graph_has_a_page_and_triples(extraction: Extraction, taught_small: Ontology) -> None:
    store = ox.Store()
    store.bulk_extend(to_rdf(extraction, taught_small))
    things = Things(Graph(store))
    for iri in sorted({quad.subject.value for quad in store if isinstance(quad.subject, ox.NamedNode) and path_of(quad.subject.value)}):
        page = html.fromstring(pages.thing(things, iri))
        assert page.findtext(".//h1") is not None
        assert list(things.triples(iri))
        assert page.xpath("//script | //img") == []
    for document in extraction.documents:
        shown = html.fromstring(pages.thing(things, f"https://attest.example/document/{quote(document.id, safe='')}"))
        assert len(shown.xpath("//div[@class='text']/p")) == len(set(document.blocks))


def test_a_thing_that_is_not_told_whole_has_a_page_too() -> None:
    page = pages.thing(Things(numbered(3)), "https://attest.example/entity/7")
    assert "<dd dir=\"auto\"><bdi>3</bdi></dd>" in page


def test_the_front_page_is_the_viewer_and_leads_to_the_editor(client: httpx.Client) -> None:
    page = client.get("").text
    assert '<div class="tools"><a href="/query">Query</a>' in page
    assert "Ana Ruiz" in page
    part = client.post("view", data={"query": "SELECT ?s { ?s a test:City }"})
    assert part.status_code == 200
    assert part.headers["content-security-policy"] == "frame-ancestors 'self'"
    named = client.post("view", data={"query": "SELECT ?l { ?s a test:City ; rdfs:label ?l }"})
    assert (named.status_code, "what a query found" in named.text) == (200, True)
    nothing = client.post("view", data={"query": "SELECT ?s { ?s a test:Nothing }"})
    assert (nothing.status_code, "names no thing" in nothing.text) == (404, True)
    assert client.post("view", data={"query": "SELECT * { SERVICE <http://a.example/> {} }"}).status_code == 400
    assert client.post("view", data={"query": "SELECT (?s"}).status_code == 400


def test_the_vendored_editor_is_the_one_that_is_named() -> None:
    static = ROOT / "kg" / "serve" / "static"
    data = (static / "vendor" / "codemirror.js").read_bytes()
    assert hashlib.sha256(data).hexdigest() in (static / "VENDORED.md").read_text(encoding="utf-8")
    assert len(data) < 1_500_000
    assert not re.search(rb"\bfetch\(|XMLHttpRequest|WebSocket|importScripts|sendBeacon", data)


# ---- live data -------------------------------------------------------------------------------------


def numbered(number: int) -> Graph:
    """A graph in which each of 300 things bears the same number."""
    store = ox.Store()
    said = ox.NamedNode("https://attest.example/ns/kg#number")
    store.bulk_extend(ox.Quad(ox.NamedNode(f"https://attest.example/entity/{n}"), said, ox.Literal(number)) for n in range(300))
    return Graph(store, manifest={"attest": 1})


def test_a_build_that_finishes_is_picked_up_and_never_seen_half(tmp_path: Path) -> None:
    target = tmp_path / "out"
    FolderStore(target).write(numbered(0))
    seen: list[int] = []
    with served(target, "--workers", "2") as running, httpx.Client(base_url=running.address) as client:
        for number in range(1, 4):
            FolderStore(target).write(numbered(number))
            end = time.monotonic() + 60
            while (not seen or seen[-1] != number) and time.monotonic() < end:
                rows = ask(client, "SELECT ?n (COUNT(*) AS ?c) { ?s kg:number ?n } GROUP BY ?n").json()["results"]["bindings"]
                assert [row["c"]["value"] for row in rows] == ["300"]
                seen.append(int(rows[0]["n"]["value"]))
    assert seen == sorted(seen)
    assert set(seen) == {0, 1, 2, 3}


def test_a_broken_build_leaves_the_old_graph_served(tmp_path: Path) -> None:
    target = tmp_path / "out"
    FolderStore(target).write(numbered(0))
    process = start(target, "--workers", "1")
    assert process.stdout and process.stderr
    address = process.stdout.readline().strip()
    (target / "graph.nq").write_text("<broken", encoding="utf-8")
    complaint = process.stderr.readline()
    assert "cannot be read" in complaint
    assert "the graph of before is served on" in complaint
    assert httpx.get(address + "sparql", params={"query": "ASK { ?s kg:number 0 }"}).json()["boolean"] is True
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=60)[1] == ""
    assert process.returncode == 0


# ---- beginning and end -----------------------------------------------------------------------------


@SEES_PROCESSES
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_in_order_and_leaves_nothing_behind(folder: Path, number: signal.Signals) -> None:
    with served(folder, "--timeout", "2", "--workers", "2") as running:
        below = running.below()
        assert len(below) == 4  # the nursery, two readers, the reader of pages
        with ThreadPoolExecutor(1) as threads:
            under_way = threads.submit(httpx.get, running.address + "sparql", params={"query": SLOW}, timeout=30)
            time.sleep(0.5)
            running.process.send_signal(number)
            response = under_way.result()
        assert (response.status_code, "its time is over" in response.text) == (503, True)
        assert running.process.wait(30) == 0
        assert all(map(gone, below))


@SEES_PROCESSES
def test_nothing_outlives_a_server_that_is_killed(folder: Path) -> None:
    process = start(folder, "--timeout", "60", "--workers", "1")
    assert process.stdout
    running = Served(process.stdout.readline().strip(), process)
    below = running.below()
    with socket.create_connection(("127.0.0.1", running.port)) as ours:
        ours.sendall(f"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sparql-query\r\nContent-Length: {len(SLOW)}\r\n\r\n{SLOW}".encode())
        time.sleep(0.3)
        process.kill()
        process.communicate()
    end = time.monotonic() + 20
    while not all(map(gone, below)) and time.monotonic() < end:
        time.sleep(0.05)
    assert all(map(gone, below))


def test_a_place_that_cannot_be_used_ends_in_one_line(folder: Path, server: Served, tmp_path: Path) -> None:
    for options, told in (
        (["-g", str(folder), "--port", str(server.port)], "cannot be used: address already in use; try another --port"),
        (["-g", str(folder), "--host", "no.such.host.invalid"], "no address of this machine"),
        (["-g", str(tmp_path / "none"), "--port", "0"], "no such folder; run kg build first"),
        (["-g", str(tmp_path), "--port", "0"], "holds no graph"),
    ):
        done = kg("serve", *options, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (1, "")
        assert told in done.stderr
        assert done.stderr.count("\n") == 1


# ---- anything at all -------------------------------------------------------------------------------

FAIR = {200, 303, 304, 400, 403, 404, 405, 406, 408, 413, 415, 421, 500, 503}
pieces = st.sampled_from(
    ["SELECT", "ASK", "*", "{", "}", "?s", "?p", "?o", "<http://a.example/>", "ent:ana-ruiz", "FILTER", "(", ")", "'", '"""', "\\", "#", "FROM", "SERVICE", "1", "\n", "\x00", "🙂", "GRAPH", "LIMIT 1", "PREFIX", ":"]
)


@settings(max_examples=60)
@given(query=st.lists(pieces | st.text(max_size=5), max_size=12).map(" ".join), accept=st.sampled_from([*ROWS, *TRIPLES, "", "a/b"]))
def test_any_query_has_a_fair_answer(client: httpx.Client, query: str, accept: str) -> None:
    response = client.post("sparql", content=query.encode("utf-8", "surrogatepass"), headers={**DIRECT, "Accept": accept})
    assert response.status_code in FAIR - {500}
    if response.status_code == 200 and response.headers["content-type"] in JSON.values():
        response.json()


@settings(max_examples=60)
@given(
    method=st.sampled_from(["GET", "POST", "HEAD", "PUT", "OPTIONS", "PATCH", "TRACE"]),
    place=st.sampled_from(["sparql", "", "query", "view", "entity/", "page/", "data/", "static/", "claim/x", "sparql/"]),
    rest=st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=20),
    parameters=st.dictionaries(st.sampled_from(["query", "update", "default-graph-uri", "named-graph-uri", "x"]), st.text(st.characters(codec="utf-8"), max_size=20)),
    kind=st.sampled_from(["application/sparql-query", "application/x-www-form-urlencoded", "application/sparql-update", "multipart/form-data", ";", ""]),
    body=st.binary(max_size=60),
)
def test_any_request_has_a_fair_answer(client: httpx.Client, method: str, place: str, rest: str, parameters: dict[str, str], kind: str, body: bytes) -> None:
    address = httpx.URL(client.base_url).copy_with(path=f"/{place}{quote(rest)}" if place != "sparql" else "/sparql", params=parameters)
    response = client.request(method, address, headers={"Content-Type": kind}, content=body)
    assert response.status_code in (FAIR - {500}) | {204, 307}
    assert b"Traceback" not in response.content


@settings(max_examples=40)
@given(data=st.binary(max_size=80), start_=st.sampled_from([b"", b"GET ", b"GET / HTTP/1.1\r\n", b"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Length: ", b"GET /" + b"a" * 70_000]))
def test_any_bytes_are_survived(server: Served, data: bytes, start_: bytes) -> None:
    with socket.create_connection(("127.0.0.1", server.port)) as ours:
        ours.sendall(start_ + data + b"\r\n\r\n")
        ours.shutdown(socket.SHUT_WR)
        ours.settimeout(20)
        try:
            answer = ours.recv(64)
        except ConnectionResetError:
            answer = b""
    assert answer == b"" or answer.startswith(b"HTTP/1.1 ")
    assert not answer.startswith(b"HTTP/1.1 500")


@given(
    method=st.sampled_from(["GET", "POST"]),
    parameters=st.binary(max_size=60),
    kind=st.sampled_from(["application/sparql-query", "application/x-www-form-urlencoded", "application/sparql-query; charset=x"]) | st.text(max_size=20),
    body=st.binary(max_size=60),
)
def test_a_request_is_read_or_refused(method: str, parameters: bytes, kind: str, body: bytes) -> None:
    try:
        found = read_request(method, parameters, {"content-type": kind}, body)
    except RequestError as error:
        assert error.status in (400, 403, 415)
    else:
        assert found is not None or method == "GET"


def test_an_empty_graph_is_served(tmp_path: Path) -> None:
    save(Extraction((), (), ()), ontology(tmp_path), tmp_path / "out", rules=rules(tmp_path))
    with served(tmp_path / "out", "--workers", "1") as running, httpx.Client(base_url=running.address) as client:
        assert ask(client, "ASK { ?s a kg:Entity }").json()["boolean"] is False
        assert client.get("query").status_code == 200
        assert "nothing to show" in client.get("").text
