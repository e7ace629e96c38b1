"""Write the page: pyvis' nodes, edges and options through a template of ours, and the modules joined into it.

pyvis' own template runs injected titles and links to a CDN and is never used; ours escapes everything. Data stand
in JSON blocks that no word can end; a Content-Security-Policy of hashes lets these scripts and this style run and
nothing else, and forbids every request.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from collections.abc import Collection, Iterator
from functools import cache
from importlib.resources import files
from pathlib import PurePosixPath
from typing import Any

from jinja2 import Environment, PackageLoader
from markupsafe import Markup
from pyvis.edge import Edge
from pyvis.network import Network
from pyvis.node import Node as VisNode

from kg.model import Extraction
from kg.view.data import Known, Shown, build
from kg.view.opening import CENTRAL, Node, Opening, opening

PACKED_FROM = 1_000_000  # bytes of JSON; above, blocks are gzipped
ENTRY = "main.js"
IMPORT = re.compile(r'^import (?:\{[^}]*\} from )?"\./([\w-]+\.js)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const|let|class)\b)", re.MULTILINE)
OPTIONS: dict[str, Any] = {
    "autoResize": True,
    "physics": {"enabled": False},
    "layout": {"improvedLayout": False, "randomSeed": 1},
    "interaction": {"hover": True, "keyboard": {"enabled": False}, "navigationButtons": False, "multiselect": False,
                    "selectConnectedEdges": False, "hoverConnectedEdges": False, "tooltipDelay": 10_000_000},
    "nodes": {"shape": "custom", "borderWidth": 0, "chosen": False},
    "edges": {"chosen": False, "arrows": {"to": {"enabled": True, "scaleFactor": 0.55}}, "arrowStrikethrough": False,
              "hoverWidth": 0, "selectionWidth": 0, "smooth": False, "width": 1.5},
}  # fmt: skip


def render(extraction: Extraction, known: Known, *, part: Collection[str] | None = None, about: str = "") -> str:
    """Return the page; the same input gives the same bytes.

    `part` names the entities that the page opens on, `about` says in words what that part is.
    """
    shown, data = build(extraction, known)
    first = opening(shown, part)
    data["group"] = list(first.communities)
    data["pos"] = {n: list(xy) for n, xy in sorted(first.positions.items())}
    data["part"] = [n for n, e in enumerate(shown.entities) if e.id in part] if part is not None else None
    data["about"], data["mode"], data["title"] = about, first.mode, title_of(shown)
    net = network(first, shown, data)
    texts = [d.text for d in shown.documents]
    packed = len(embedded([data, texts])) > PACKED_FROM
    script = bundle(ENTRY)
    style = source("page.css")
    vis = vis_network()
    net.templateEnv = Environment(loader=PackageLoader("kg.view", "static"), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    net.templateEnv.globals |= {
        "title": data["title"],
        "summary": summary(shown),
        "policy": policy([vis, script], [style]),
        "blocks": [block("kg-data", data, packed), block("kg-texts", texts, packed), block("kg-land", land(shown), False)],
        "opening": {"mode": first.mode},
        "vis": Markup(vis),
        "script": Markup(script),
        "style": Markup(style),
        "block": block,
    }
    net.path = "page.html"
    return str(net.generate_html(name="page.html"))


def network(first: Opening, shown: Shown, data: dict[str, Any]) -> Network:
    """Fill pyvis' model of nodes, edges and options."""
    net = Network(directed=True, cdn_resources="in_line")
    family = {types: place for place, types in enumerate(map(tuple, (t["types"] for t in data["types"])))}
    keys = data["ent"]["k"]
    named = {node.place: node_id(node.place, keys) for node in first.nodes}
    net.nodes = [vis_node(node, named[node.place], data["types"][family[node.family]]["f"] if node.place >= 0 else -1).options
                 for node in first.nodes]  # fmt: skip
    net.edges = [
        Edge(named[line.start], named[line.end], True, id=line_id(shown, line.claims, line.start, line.end, keys)).options
        for line in first.lines
    ]
    many = len(first.nodes) > CENTRAL
    net.options = OPTIONS | {"interaction": OPTIONS["interaction"] | {"hideEdgesOnDrag": many, "hideEdgesOnZoom": many}}
    return net


def node_id(place: int, keys: list[str]) -> str:
    """Return a node's id: the key of its entity, or the number of its community."""
    return keys[place] if place >= 0 else f"g{-1 - place}"


def line_id(shown: Shown, claims: tuple[int, ...], start: int, end: int, keys: list[str]) -> str:
    """Return a line's id, as static/lines.js makes it."""
    relation = shown.claims[claims[0]].predicate if claims else ""
    return f"{node_id(start, keys)} {relation} {node_id(end, keys)}"


def vis_node(node: Node, name: str, family: int) -> VisNode:
    """Return a node as pyvis has it."""
    return VisNode(name, "custom", node.label or " ", x=node.x, y=node.y, size=node.radius, group=str(family), value=node.members)


# ---- words ---------------------------------------------------------------------------------------


def title_of(shown: Shown) -> str:
    """Return the page's title: that of the only document, or what there is."""
    titles = [d.title or PurePosixPath(d.path).stem for d in shown.documents]
    if len(titles) == 1:
        return titles[0]
    return f"{titles[0]} and {len(titles) - 1} more" if titles else "A graph without documents"


def summary(shown: Shown) -> str:
    """Count what there is."""
    counts = ((len(shown.entities), "thing"), (len(shown.claims), "claim"), (len(shown.documents), "document"))
    return " · ".join(f"{n:,} {word}{'' if n == 1 else 's'}" for n, word in counts)


# ---- blocks, scripts and their hashes ------------------------------------------------------------


def embedded(value: object) -> str:
    """Return JSON that cannot end its script block."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def block(name: str, value: object, packed: bool = False) -> Markup:
    """Return a script block that holds a value and never runs."""
    text = embedded(value)
    if not packed:
        return Markup(f'<script type="application/json" id="{name}">{text}</script>')
    squeezed = base64.b64encode(gzip.compress(text.encode(), 9, mtime=0)).decode()
    return Markup(f'<script type="application/gzip" id="{name}">{squeezed}</script>')


def policy(scripts: list[str], styles: list[str]) -> str:
    """Return the Content-Security-Policy: these scripts, this style, pictures made here, and nothing else."""
    run, look = (" ".join(f"'{hash_of(text)}'" for text in texts) for texts in (scripts, styles))
    return f"default-src 'none'; script-src {run}; style-src {look}; img-src data:; base-uri 'none'; form-action 'none'"


def hash_of(text: str) -> str:
    """Return a hash as a Content-Security-Policy names it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@cache
def vis_network() -> str:
    """Return pyvis' bundled vis-network."""
    path = files("pyvis").joinpath("templates/lib/vis-9.1.2/vis-network.min.js")
    text = path.read_text(encoding="utf-8").replace("\r\n", "\n").replace("\r", "\n")
    return re.sub(r"</(?=script)", r"<\\/", text, flags=re.IGNORECASE)


@cache
def source(name: str) -> str:
    """Return a file of static/."""
    return files("kg.view").joinpath("static", name).read_text(encoding="utf-8")


def land(shown: Shown) -> object:
    """Return the coast lines, if any place has coordinates."""
    return json.loads(source("land.json")) if any(e.latitude is not None for e in shown.entities) else None


@cache
def bundle(entry: str) -> str:
    """Join the modules that an entry needs into one script, each after those it imports.

    Their names are shared: a test sees to it that no two modules declare the same.
    """
    body = "\n".join(f"// ---- {name}\n{plain(source(name))}" for name in ordered(entry, set()))
    if "</script" in body.lower():
        raise ValueError("a module must not hold </script")
    return f'"use strict";\n(() => {{\n{body}\n}})();\n'


def ordered(name: str, seen: set[str]) -> Iterator[str]:
    """Yield a module after all it imports."""
    if name in seen:
        return
    seen.add(name)
    for needed in IMPORT.findall(source(name)):
        yield from ordered(needed, seen)
    yield name


def plain(module: str) -> str:
    """Return a module without its imports and exports."""
    return EXPORT.sub("", IMPORT.sub("", module))
