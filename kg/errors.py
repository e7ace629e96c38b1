"""The errors of Attest, drawn as a tree.

KgError                     anything a user can be told in one line
├── DocumentError           a document cannot be read
│   ├── UnknownFormatError  no reader for its suffix
│   └── EmptyDocumentError  it holds no text
├── EvidenceError           a quote and its offsets disagree
├── CodecError              kept data is not of the form that this version writes
├── ModelError              the language pipeline cannot be loaded or used
├── OntologyError           the ontology cannot be read or an example is malformed
├── GraphError              a graph folder cannot be read or written
├── DecisionError           a decision cannot be read, made or told from another
├── QueryError              a SPARQL query is wrong, refused or too slow
├── ServeError              the endpoint cannot be served where it is asked to
└── ExportError             a format is unknown or cannot hold the graph
"""


class KgError(Exception):
    """Something the user can mend; its text is one line that says what, where and what would work."""


class DocumentError(KgError):
    """A document cannot be read."""


class UnknownFormatError(DocumentError):
    """No reader knows the file's suffix."""


class EmptyDocumentError(DocumentError):
    """The document holds no text."""


class EvidenceError(KgError):
    """A quote and its offsets disagree."""


class CodecError(KgError):
    """Kept data is not of the form that this version writes; whoever reads it makes it anew."""


class ModelError(KgError):
    """The language pipeline cannot be loaded or used."""


class OntologyError(KgError):
    """The ontology cannot be read, or one of its examples is malformed."""


class GraphError(KgError):
    """A graph folder cannot be read or written."""


class DecisionError(KgError):
    """A decision cannot be read, made, or told from another."""


class QueryError(KgError):
    """A query is wrong, refused or too slow."""


class ServeError(KgError):
    """The endpoint cannot be served where it is asked to."""


class ExportError(KgError):
    """An export format is unknown or cannot hold the graph."""
