"""The namespaces of the graph. IRIs under `attest.example` are names; nothing is fetched from them."""

from rdflib import Namespace
from rdflib.namespace import DCTERMS, OWL, PROV, RDF, RDFS, SKOS, XSD

BASE = "https://attest.example/"

KG = Namespace(BASE + "ns/kg#")
ENT = Namespace(BASE + "entity/")
CLAIM = Namespace(BASE + "claim/")
EV = Namespace(BASE + "evidence/")
DOC = Namespace(BASE + "document/")
OBS = Namespace(BASE + "observation/")
JUDGEMENT = Namespace(BASE + "judgement/")
DECISION = Namespace(BASE + "decision/")
DERIVED = BASE + "graph/derived"  # named graph of what rules add, each with the claims it came from

OA = Namespace("http://www.w3.org/ns/oa#")
QB = Namespace("http://purl.org/linked-data/cube#")
SCHEMA = Namespace("https://schema.org/")
GEO = Namespace("http://www.w3.org/2003/01/geo/wgs84_pos#")
EDTF = Namespace("http://id.loc.gov/datatypes/edtf/")

PREFIXES = {
    "kg": KG,
    "ent": ENT,
    "claim": CLAIM,
    "ev": EV,
    "doc": DOC,
    "obs": OBS,
    "judgement": JUDGEMENT,
    "decision": DECISION,
    "oa": OA,
    "qb": QB,
    "schema": SCHEMA,
    "geo": GEO,
    "edtf": EDTF,
    "rdf": RDF,
    "rdfs": RDFS,
    "owl": OWL,
    "skos": SKOS,
    "prov": PROV,
    "dct": DCTERMS,
    "xsd": XSD,
}
