"""The usual measures of coreference, over clusters of mentions that both sides name alike.

MUC (Vilain et al. 1995), B-cubed (Bagga and Baldwin 1998), entity-based CEAF with phi-4 (Luo 2005), and their mean as in
the CoNLL tasks (Pradhan et al. 2012). A mention is any hashable value; one that only one side has counts against that side.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

import networkx as nx

from others.tally import Tally

Clusters = Sequence[frozenset[Hashable]]


def muc(key: Clusters, response: Clusters) -> Tally:
    """Count the links that each side has and the other keeps."""
    kept, links = links_kept(response, key)
    got, wanted = links_kept(key, response)
    return Tally(kept, links, got, wanted)


def links_kept(clusters: Clusters, others: Clusters) -> tuple[int, int]:
    """Return how many of the fewest links that tie some clusters the others do not cut, and how many there are."""
    of = owners(others)
    kept = sum(len(c) - len({(of[m], None) if m in of else (None, m) for m in c}) for c in clusters)
    return kept, sum(len(c) - 1 for c in clusters)


def b_cubed(key: Clusters, response: Clusters) -> Tally:
    """Count, for each mention, the share of its cluster that the other side puts with it."""
    right, found = shares_kept(response, key)
    got, wanted = shares_kept(key, response)
    return Tally(right, found, got, wanted)


def shares_kept(clusters: Clusters, others: Clusters) -> tuple[float, int]:
    """Return the sum over mentions of the share of their cluster that stands together in the others, and how many there are."""
    of = owners(others)
    together = sum(len(c & others[of[m]]) / len(c) for c in clusters for m in c if m in of)
    return together, sum(map(len, clusters))


def ceaf_e(key: Clusters, response: Clusters) -> Tally:
    """Count how alike clusters are, paired one to one as well as can be."""
    pairs: nx.Graph = nx.Graph()
    for i, mine in enumerate(key):
        for j, other in enumerate(response):
            if both := len(mine & other):
                pairs.add_edge(("key", i), ("response", j), weight=2 * both / (len(mine) + len(other)))
    alike = sum(pairs.edges[edge]["weight"] for edge in sorted(map(sorted, nx.max_weight_matching(pairs))))
    return Tally(alike, len(response), alike, len(key))


def owners(clusters: Clusters) -> Mapping[Hashable, int]:
    """Return the number of the cluster of each mention."""
    return {m: n for n, cluster in enumerate(clusters) for m in cluster}


def without_singletons(clusters: Iterable[frozenset[Hashable]]) -> list[frozenset[Hashable]]:
    """Return the clusters of more than one mention."""
    return [c for c in clusters if len(c) > 1]


MEASURES: Mapping[str, Callable[[Clusters, Clusters], Tally]] = {"MUC": muc, "B-cubed": b_cubed, "CEAFe": ceaf_e}
