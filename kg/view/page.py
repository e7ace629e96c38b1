"""Draw the page with pyvis' node, edge and option model, through a template of our own.

pyvis' template runs injected titles and links to a CDN; ours escapes everything, forbids all requests by a
Content-Security-Policy of hashes, and carries pyvis' bundled vis-network.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections import defaultdict
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader
from pyvis.network import Network

from kg.model import Claim, Entity, Extraction, Modality, Polarity

COLOURS = {
    "Person": "#c2410c",
    "PersonGroup": "#b45309",
    "Organization": "#1d4ed8",
    "Place": "#15803d",
    "Event": "#7e22ce",
    "Role": "#475569",
    "Work": "#0f766e",
}
SHAPES = {"Person": "dot", "PersonGroup": "dot", "Organization": "square", "Place": "triangle", "Event": "diamond", "Role": "box", "Work": "box"}
DASHES: dict[Modality, Any] = {
    Modality.ASSERTED: False,
    Modality.REPORTED: False,
    Modality.ALLEGED: [8, 4],
    Modality.RUMOURED: [2, 4],
    Modality.SPECULATED: [2, 4],
    Modality.PREDICTED: [8, 4, 2, 4],
    Modality.UNCONFIRMED: [2, 6],
    Modality.DENIED: [2, 6],
}
PHYSICS_LIMIT = 300  # nodes


def kind(entity: Entity) -> str:
    """Return the class that decides colour and shape."""
    return next((t for t in entity.types if t in COLOURS), "Work")


def sentence(claim: Claim, labels: dict[str, str]) -> dict[str, Any]:
    """Return what the page tells of a claim."""
    obj = labels.get(claim.object, claim.object) if isinstance(claim.object, str) else claim.object.value
    return {
        "subject": labels[claim.subject],
        "predicate": claim.predicate,
        "object": obj,
        "quote": " ".join(claim.evidence[0].quote.split()),
        "document": claim.document,
        "source": " ← ".join(s.words for s in claim.source) or "the author",
        "modality": str(claim.modality),
        "negative": claim.polarity is Polarity.NEGATIVE,
        "when": claim.when,
    }


def network(shown: Extraction) -> Network:
    """Fill pyvis' network; parallel claims become one line with a count."""
    net = Network(height="100%", width="100%", directed=True, cdn_resources="in_line")
    labels = {e.id: e.label for e in shown.entities}
    for entity in shown.entities:
        colour = COLOURS[kind(entity)]
        net.add_node(entity.id, label=entity.label[:60], color=colour, shape=SHAPES[kind(entity)], title=f"{entity.label} ({', '.join(entity.types[:1])})")
    groups: dict[tuple[str, str, str], list[Claim]] = defaultdict(list)
    for claim in shown.claims:
        if isinstance(claim.object, str) and claim.object in labels:
            groups[claim.subject, claim.predicate, claim.object].append(claim)
    for (subject, predicate, obj), claims in sorted(groups.items()):
        firmest = min(claims, key=lambda c: list(DASHES).index(c.modality))
        denied = all(c.polarity is Polarity.NEGATIVE or c.modality is Modality.DENIED for c in claims)
        told = sentence(firmest, labels)
        net.add_edge(
            subject,
            obj,
            label=predicate + (f" ×{len(claims)}" if len(claims) > 1 else ""),
            title=f"“{told['quote']}”\n{told['source']} · {told['modality']}{' · not so' if told['negative'] else ''}",
            dashes=DASHES[firmest.modality],
            color="#b91c1c" if denied else "#64748b",
            claims=[sentence(c, labels) for c in claims],
        )
    return net


@cache
def vis_network() -> str:
    """Return pyvis' bundled vis-network."""
    return files("pyvis").joinpath("templates/lib/vis-9.1.2/vis-network.min.js").read_text(encoding="utf-8")


def hash_of(script: str) -> str:
    """Return a script's hash as a Content-Security-Policy names it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def embedded(value: object) -> str:
    """Return JSON that cannot end its script block."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def render(shown: Extraction) -> str:
    """Return the page; the same input gives the same bytes."""
    net = network(shown)
    data = {
        "nodes": net.nodes,
        "edges": net.edges,
        "physics": len(net.nodes) <= PHYSICS_LIMIT,
        "values": [
            sentence(c, {e.id: e.label for e in shown.entities}) | {"id": c.subject} for c in shown.claims if not isinstance(c.object, str)
        ],
    }
    environment = Environment(loader=PackageLoader("kg.view", "static"), autoescape=True)
    script = environment.loader.get_source(environment, "page.js")[0]  # type: ignore[union-attr]
    vis = vis_network().replace("</script", "<\\/script")
    return environment.get_template("page.html").render(
        data=embedded(data),
        vis=vis,
        script=script,
        policy=f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src '{hash_of(vis)}' '{hash_of(script)}'",
        title=", ".join(d.title or d.path for d in shown.documents[:3]),
        legend=COLOURS,
    )
