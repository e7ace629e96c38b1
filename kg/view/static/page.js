"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const dark = matchMedia("(prefers-color-scheme: dark)").matches;
const ink = dark ? "#e2e8f0" : "#1e293b";
const plain = (text) => { const box = document.createElement("div"); box.style.maxWidth = "26rem"; box.style.whiteSpace = "pre-wrap"; box.textContent = text; return box; };
const nodes = new vis.DataSet(data.nodes.map((n) => ({ ...n, title: plain(n.title), font: { color: n.shape === "box" ? "#ffffff" : ink, size: 15 } })));
const edges = new vis.DataSet(data.edges.map((e, i) => ({ ...e, id: i, title: plain(e.title), font: { color: ink, size: 11, strokeWidth: 0 } })));
const net = new vis.Network(document.getElementById("network"), { nodes, edges }, {
  layout: { improvedLayout: data.nodes.length < 150, randomSeed: 7 },
  physics: { enabled: data.physics, solver: "forceAtlas2Based", stabilization: { iterations: 200 } },
  interaction: { hover: true, keyboard: { enabled: true, bindToWindow: false }, hideEdgesOnDrag: data.nodes.length > 300 },
  edges: { arrows: { to: { enabled: true, scaleFactor: 0.5 } }, smooth: { type: "dynamic" } },
});
net.once("stabilizationIterationsDone", () => net.setOptions({ physics: false }));
const reading = document.getElementById("reading");
const add = (parent, tag, text, name) => { const e = document.createElement(tag); e.textContent = text; if (name) e.className = name; parent.append(e); return e; };
function tell(claim) {
  add(reading, "h3", `${claim.subject} ${claim.negative ? "(not) " : ""}${claim.predicate} ${claim.object}`);
  add(reading, "blockquote", claim.quote);
  add(reading, "p", `${claim.modality} · said by ${claim.source}${claim.when ? ` · ${claim.when}` : ""} · ${claim.document}`, "told");
}
function showEdge(id) { reading.replaceChildren(); edges.get(id).claims.forEach(tell); }
function showNode(id) {
  reading.replaceChildren();
  add(reading, "h2", nodes.get(id).label);
  net.getConnectedEdges(id).forEach((e) => edges.get(e).claims.forEach(tell));
  data.values.filter((v) => v.id === id).forEach(tell);
}
net.on("click", (event) => { if (event.nodes.length) showNode(event.nodes[0]); else if (event.edges.length) showEdge(event.edges[0]); });
const names = document.getElementById("names");
data.nodes.forEach((n) => { const o = document.createElement("option"); o.value = n.label; names.append(o); });
document.getElementById("find").addEventListener("change", (event) => {
  const found = data.nodes.find((n) => n.label.toLowerCase() === event.target.value.toLowerCase());
  if (found) { net.selectNodes([found.id]); net.focus(found.id, { scale: 1.2 }); showNode(found.id); }
});
document.body.dataset.ready = "yes";
