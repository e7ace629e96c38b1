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
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import PurePosixPath
from typing import Any

from jinja2 import Environment, PackageLoader
from markupsafe import Markup
from pyvis.edge import Edge
from pyvis.network import Network
from pyvis.node import Node as VisNode

from kg.model import ClaimKind, Extraction
from kg.view.data import Known, Shown, build
from kg.view.opening import CENTRAL, Line, Node, Opening, opening

PACKED_FROM = 100_000  # bytes of JSON; above, blocks are gzipped
ENTRY = "main.js"
IMPORT = re.compile(r'^import (\{[^}]*\}) from "\./([\w-]+\.js)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?:async )?(?:function\*?|const|class) ([\w$]+)", re.MULTILINE)
COMMENT = re.compile(r"//|/\*\*|/\*[^*]*\*/$")  # whole lines only
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


def render(
    extraction: Extraction,
    known: Known,
    *,
    part: Collection[str] | None = None,
    about: str = "",
    of: int = 0,
) -> str:
    """Return the page; the same input gives the same bytes.

    `part` names the entities that the page opens on, `about` says in words what that part is, `of` how many entities
    the graph has of which the page holds only some.
    """
    shown, data = build(extraction, known)
    first = opening(shown, part)
    data["group"] = list(first.communities)
    data["pos"] = {n: list(xy) for n, xy in sorted(first.positions.items())}
    data["part"] = (
        [n for n, e in enumerate(shown.entities) if e.id in part] if part is not None else None
    )
    data["about"], data["mode"], data["title"] = about, first.mode, title_of(shown)
    data["of"] = of
    net = network(first, shown, data)
    texts = [d.text for d in shown.documents]
    packed = len(embedded([data, texts])) > PACKED_FROM
    script = bundle(ENTRY)
    style = lean(source("page.css"))
    vis = vis_network()
    net.templateEnv = Environment(
        loader=PackageLoader("kg.view", "static"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    net.templateEnv.globals |= {
        "title": data["title"],
        "summary": summary(shown),
        "policy": policy([vis, script], [style]),
        "blocks": [
            block("kg-data", data, packed),
            block("kg-texts", texts, packed),
            block("kg-land", land(shown), True),
        ],
        "settings": net.options,
        "looks": json.loads(source("shapes.json")) | {"families": data["fam"]},
        "vis": Markup(vis),
        "script": Markup(script),
        "style": Markup(style),
        "block": block,
    }
    net.path = "page.html"
    return str(net.generate_html(name="page.html"))


def network(first: Opening, shown: Shown, data: dict[str, Any]) -> Network:
    """Fill pyvis' model of nodes, edges and options; a node is named by its entity's place."""
    net = Network(directed=True, cdn_resources="in_line")
    family = {tuple(kind["types"]): kind["f"] for kind in data["types"]}
    relation = {term["n"]: place for place, term in enumerate(data["rel"])}
    net.nodes = [
        vis_node(node, family.get(node.family, -1) if node.place >= 0 else -1).options
        for node in first.nodes
    ]
    net.edges = [vis_edge(line, line_id(line, shown, relation)).options for line in first.lines]
    many = len(first.nodes) > CENTRAL
    net.options = OPTIONS | {
        "interaction": OPTIONS["interaction"] | {"hideEdgesOnDrag": many, "hideEdgesOnZoom": many}
    }
    return net


def line_id(line: Line, shown: Shown, relation: Mapping[str, int]) -> str:
    """Return a line's id, as static/lines.js makes it."""
    name = relation[shown.claims[line.claims[0]].predicate] if line.claims else ""
    return f"{line.start}.{name}.{line.end}"


def vis_node(node: Node, family: int) -> VisNode:
    """Return a node as pyvis has it."""
    more = {"value": node.members} if node.members else {}
    made = VisNode(
        node.place,
        "custom",
        node.label or " ",
        x=node.x,
        y=node.y,
        size=node.radius,
        group=family,
        **more,
    )
    del made.options["shape"]  # that of all nodes, in the options
    return made


def vis_edge(line: Line, name: str) -> Edge:
    """Return a line as pyvis has it."""
    more = {"value": line.weight} if line.weight else {}
    return Edge(line.start, line.end, id=name, **more)


# ---- words ---------------------------------------------------------------------------------------


def title_of(shown: Shown) -> str:
    """Return the page's title: that of the only document, or what there is."""
    titles = [d.title or PurePosixPath(d.path).stem for d in shown.documents]
    if len(titles) == 1:
        return titles[0]
    return f"{titles[0]} and {len(titles) - 1} more" if titles else "A graph without documents"


def summary(shown: Shown) -> str:
    """Count what there is; claims that are only opened on demand do not count."""
    stated = sum(c.kind is ClaimKind.TAUGHT for c in shown.claims) - len(shown.because)
    counts = ((len(shown.entities), "thing"), (stated, "claim"), (len(shown.documents), "document"))
    return " · ".join(f"{n:,} {word}{'' if n == 1 else 's'}" for n, word in counts)


# ---- blocks, scripts and their hashes ------------------------------------------------------------


def embedded(value: object) -> str:
    """Return JSON that cannot end its script block."""
    text = json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )
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
    library = files("pyvis").joinpath("templates", "lib")
    newest = max(
        (folder for folder in library.iterdir() if folder.name.startswith("vis-")),
        key=lambda folder: folder.name,
    )
    text = (
        newest.joinpath("vis-network.min.js")
        .read_text(encoding="utf-8")
        .replace("\r\n", "\n")
        .replace("\r", "\n")
    )
    return re.sub(r"</(?=script)", r"<\\/", text, flags=re.IGNORECASE)


@cache
def source(name: str) -> str:
    """Return a file of static/."""
    return files("kg.view").joinpath("static", name).read_text(encoding="utf-8")


def land(shown: Shown) -> object:
    """Return the coast lines, if any place has coordinates."""
    return (
        json.loads(source("land.json"))
        if any(e.latitude is not None for e in shown.entities)
        else None
    )


@cache
def bundle(entry: str) -> str:
    """Join the modules that an entry needs into one script, each after those it imports and in a scope of its own."""
    body = "\n".join(scoped(name) for name in ordered(entry, set()))
    if "</script" in body.lower() or "<!--" in body:
        raise ValueError("a module must hold neither </script nor <!--")
    return f'"use strict";\n{body}\n'


def ordered(name: str, seen: set[str]) -> Iterator[str]:
    """Yield a module after all it imports."""
    if name in seen:
        return
    seen.add(name)
    for _, needed in IMPORT.findall(source(name)):
        yield from ordered(needed, seen)
    yield name


def lean(text: str) -> str:
    """Return a script or style without indents, empty lines and comments that have a line of their own."""
    lines = (line.lstrip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not COMMENT.match(line))


def scoped(name: str) -> str:
    """Return a module as a function that is called at once and returns what the module exports."""
    text = source(name)
    exported = ", ".join(EXPORT.findall(text))
    for names, needed in IMPORT.findall(text):
        if missing := set(re.findall(r"[\w$]+", names)) - set(EXPORT.findall(source(needed))):
            raise ValueError(f"{name}: {needed} exports no {', '.join(sorted(missing))}")
    body = IMPORT.sub(lambda found: f"const {found[1]} = {variable(found[2])};\n", text)
    kept = lean(EXPORT.sub(lambda found: found[0].removeprefix("export "), body))
    return f"const {variable(name)} = (() => {{\n{kept}\nreturn {{ {exported} }};\n}})();"


def variable(name: str) -> str:
    """Return the name under which a module's exports are held."""
    return "$" + name.removesuffix(".js")
