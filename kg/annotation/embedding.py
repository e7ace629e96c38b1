"""The word features of the trained pipeline: spaCy's hashed attributes and the word's Brown cluster.

Method: Koo, Carreras and Collins, "Simple Semi-supervised Dependency Parsing" (ACL 2008): a word that the treebank
never showed is known by the words that are used like it, as whole clusters and as prefixes of their binary path.
The clusters lie in the pipeline's own vocab (`vocab/lookups.bin`), so that it loads from one folder.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from spacy.ml.featureextractor import FeatureExtractor
from spacy.tokens import Doc
from spacy.util import registry
from thinc.api import HashEmbed, Maxout, Model, chain, concatenate, list2ragged, ragged2list, with_array
from thinc.types import Floats2d, Ints2d

TABLE = "lexeme_cluster"
PREFIXES = (-1, 0b11_1111_1111, 0b11_1111)  # spaCy's numbers hold the path from the root in their low bits
ROWS = (2000, 1000, 200)


def cluster_columns(doc: Doc) -> np.ndarray[Any, Any]:
    """Return the clusters of a document's words, int64 of shape (tokens, 3): whole, ten bits, six bits; 0 where unknown."""
    if not doc.vocab.lookups.has_table(TABLE):
        return np.zeros((len(doc), len(PREFIXES)), dtype="int64")
    table = doc.vocab.lookups.get_table(TABLE)
    whole = np.array([table.get(t.orth) or table.get(t.lower) or 0 for t in doc], dtype="int64").reshape(-1, 1)
    return np.hstack([whole & mask for mask in PREFIXES])


def cluster_extractor(attrs: list[str]) -> Model[list[Doc], list[Ints2d]]:
    """Return a layer that gives the columns of spaCy's attributes and, after them, those of the clusters."""
    plain = FeatureExtractor(attrs)

    def forward(model: Model[Any, Any], docs: list[Doc], is_train: bool) -> tuple[list[Any], Callable[[Any], list[Doc]]]:
        columns: list[Any] = plain.predict(docs)
        return [np.hstack([c, cluster_columns(d).astype("uint64")]) for c, d in zip(columns, docs, strict=True)], lambda _: []

    return Model("extract_clusters", forward)


@registry.architectures("attest.ClusterHashEmbed.v1")  # type: ignore[untyped-decorator]
def cluster_hash_embed(width: int, attrs: list[str], rows: list[int]) -> Model[list[Doc], list[Floats2d]]:
    """Return spaCy's MultiHashEmbed of `attrs` (`rows` of each table) with three more tables for the clusters.

    Raises ValueError where `attrs` and `rows` differ in length.
    """
    if len(rows) != len(attrs):
        raise ValueError(f"{len(attrs)} attributes, but {len(rows)} sizes of tables")
    sizes = [*rows, *ROWS]
    tables: list[Any] = [HashEmbed(width, size, column=i, seed=8 + i, dropout=0.0) for i, size in enumerate(sizes)]
    mix: Any = with_array(Maxout(width, width * len(tables), nP=3, dropout=0.0, normalize=True))
    to_ragged: Any = list2ragged()
    return chain(cluster_extractor(attrs), to_ragged, with_array(concatenate(*tables)), mix, ragged2list())
