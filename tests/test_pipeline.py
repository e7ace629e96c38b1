"""A whole build of two small texts: what must hold of every graph."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from kg import documents, pipeline
from kg.errors import EvidenceError
from kg.model import Document, Evidence, Extraction, Modality, Polarity
from kg.pipeline import Settings, check_quotes

ROOT = Path(__file__).parent.parent
TEXTS = {
    "harbour.txt": (
        "Ana Ruiz, a diplomat at the Chilean Embassy in Lima, defected to Peru in May 2012. Police arrested Carlos Soto in Quito. "
        "Ms. Ruiz did not meet Ivan Petrov.\n\n"
        "Reuters reported that Eva Berg defected to Brazil. The embassy has not confirmed that Tomas Vidal defected to Brazil.\n"
    ),
    "quay.txt": (
        "Igor Sova planned to defect to Brazil. Luis Mora refused to defect to Peru. Ana Ruiz met Eva Berg in Lima.\n\n"
        "The Chilean Ministry of Trade denied that Pablo Cruz defected to Peru. There were 12 defections in 2011.\n"
    ),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the two texts."""
    folder = tmp_path_factory.mktemp("texts")
    for name, text in TEXTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def texts(folder: Path) -> list[Document]:
    """The two texts as documents."""
    return list(documents.read([folder / name for name in TEXTS]))


@pytest.fixture(scope="module")
def extraction(texts: list[Document], taught) -> Extraction:
    """Everything said in the two texts."""
    return pipeline.extract(texts, taught)


def defected(extraction: Extraction, country: str) -> dict[str, tuple[Modality, Polarity, bool]]:
    """Return who is said to have defected to a country, how, and whether the default graph takes it."""
    labels = {e.id: e.label for e in extraction.entities}
    claims = [c for c in extraction.claims if c.predicate == "defectedTo" and labels[str(c.object)] == country]
    return {labels[c.subject]: (c.modality, c.polarity, c.in_default_graph) for c in claims}


def test_every_quote_is_the_text_at_its_offsets(extraction):
    texts = {d.id: d.text for d in extraction.documents}
    spans = [e for item in (*extraction.claims, *extraction.observations) for e in item.evidence]
    spans += [c.cue for c in extraction.claims if c.cue is not None]
    assert len(spans) > 20
    for evidence in spans:
        assert texts[evidence.document][evidence.start : evidence.end] == evidence.quote
    for entity in extraction.entities:
        for mention in entity.mentions:
            assert texts[mention.document][mention.start : mention.end] == mention.text


def test_a_quote_that_is_not_the_text_fails_the_build(extraction):
    claim = extraction.claims[0]
    [*_, last] = claim.evidence
    wrong = replace(claim, evidence=(Evidence(last.document, last.start, last.end, "never said"),))
    with pytest.raises(EvidenceError):
        check_quotes(replace(extraction, claims=(wrong,)))


def test_ids_are_told_once_and_every_claim_speaks_of_known_entities(extraction):
    ids = [e.id for e in extraction.entities]
    assert len(ids) == len(set(ids))
    for claim in extraction.claims:
        assert claim.subject in ids
        assert not isinstance(claim.object, str) or claim.object in ids
        assert all(s.entity is None or s.entity in ids for s in claim.source)
    assert len({c.id for c in extraction.claims}) == len(extraction.claims)


def test_a_second_reading_gives_equal_values(extraction, texts, taught):
    assert pipeline.extract(texts, taught) == extraction


def test_the_order_of_the_documents_does_not_matter(extraction, texts, taught):
    turned = pipeline.extract(reversed(texts), taught)
    assert {e.id for e in turned.entities} == {e.id for e in extraction.entities}
    assert {c.id: c for c in turned.claims} == {c.id: c for c in extraction.claims}
    assert {o.id for o in turned.observations} == {o.id for o in extraction.observations}


def test_another_document_changes_no_id_of_the_first(extraction, texts, taught):
    alone = pipeline.extract(texts[:1], taught)
    first = alone.documents[0].id
    assert {c.id for c in alone.claims} == {c.id for c in extraction.claims if c.document == first}


def test_each_statement_stands_as_firmly_as_its_sentence(extraction):
    asserted, positive = Modality.ASSERTED, Polarity.POSITIVE
    assert defected(extraction, "Brazil") == {
        "Eva Berg": (Modality.REPORTED, positive, True),
        "Tomas Vidal": (Modality.UNCONFIRMED, positive, False),
        "Igor Sova": (Modality.PREDICTED, positive, False),
    }
    peru = defected(extraction, "Peru")
    assert peru["Ana Ruiz"] == (asserted, positive, True)
    assert peru["Luis Mora"] == (asserted, Polarity.NEGATIVE, False)
    assert peru["Pablo Cruz"] == (Modality.DENIED, Polarity.NEGATIVE, False)


def test_the_default_graph_holds_what_happened_and_nothing_else(folder):
    graph = pipeline.build([folder / name for name in TEXTS])
    found = {(str(r[0]), str(r[1])) for r in graph.query(
        "SELECT ?who ?where WHERE { ?a dip:defectedTo ?b . ?a rdfs:label ?who . ?b rdfs:label ?where }")}
    assert found == {("Ana Ruiz", "Peru"), ("Eva Berg", "Brazil")}
    agents = {str(r[0]) for r in graph.query("SELECT ?who WHERE { ?e a dip:Defection ; dip:agent ?a . ?a rdfs:label ?who }")}
    assert agents <= {"Ana Ruiz", "Eva Berg"}


def test_one_person_in_two_texts_is_one_entity(extraction):
    [ana] = [e for e in extraction.entities if e.label == "Ana Ruiz"]
    assert {m.document for m in ana.mentions} == {d.id for d in extraction.documents}
    assert "Ruiz" in ana.aliases


def test_two_processes_read_what_one_reads(extraction, texts, taught):
    assert pipeline.extract(texts, taught, Settings(jobs=2)) == extraction


def test_progress_counts_the_documents(texts, taught):
    told: list[tuple[str, int, int]] = []
    pipeline.extract(texts, taught, progress=lambda *step: told.append(step))
    assert told == [("reading", 1, 2), ("reading", 2, 2)]


BUILD = "import sys\nfrom pathlib import Path\nfrom kg.pipeline import build, Settings\nbuild([Path(a) for a in sys.argv[3:]], out=Path(sys.argv[1]), settings=Settings(jobs=int(sys.argv[2])))\n"


def test_hash_seed_jobs_and_order_change_no_byte_of_the_graph(folder, tmp_path):
    written = []
    for seed, jobs, names in ((1, 1, list(TEXTS)), (2, 2, list(reversed(TEXTS)))):
        out = tmp_path / f"graph{seed}"
        done = subprocess.run(
            [sys.executable, "-c", BUILD, str(out), str(jobs), *names],
            cwd=folder,
            env={**os.environ, "PYTHONHASHSEED": str(seed), "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        written.append((out / "graph.nq").read_bytes())
    assert written[0] == written[1]
    assert b"ana-ruiz" in written[0]
