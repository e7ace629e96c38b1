"""The SPARQL 1.1 Protocol, as far as reading goes: what a request asks, or why it is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from kg.errors import QueryError

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"
MOST_BODY = 256 * 1024  # bytes of a request
MOST_FIELDS = 1000  # parameters of a request
READ_ONLY = "this endpoint only reads: updates are refused"


class RequestError(QueryError):
    """A request that is refused; `status` is HTTP's."""

    def __init__(self, status: int, message: str, **headers: str) -> None:
        """Take the status, a line for people, and headers, written with _ for -."""
        super().__init__(message)
        self.status = status
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


@dataclass(frozen=True, slots=True)
class Asked:
    """A query with the dataset that the request names, if it names one."""

    query: str
    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()


def read_request(method: str, parameters: bytes, headers: Mapping[str, str], body: bytes) -> Asked | None:
    """Return what a request asks; nothing where it asks for the description of the service.

    `parameters` is the query string, undecoded; names of headers are in lower case. Raises RequestError.
    """
    pairs = fields(parameters)
    if method == "POST":
        return asked(pairs + posted(headers, body), needed=True)
    return asked(pairs, needed=False)


def posted(headers: Mapping[str, str], body: bytes) -> list[tuple[str, str]]:
    """Return the parameters that the body of a POST holds; a query alone is the parameter `query`."""
    kind, _, parameters = headers.get("content-type", "").partition(";")
    kind = kind.strip().lower()
    if kind == UPDATE:
        raise RequestError(403, READ_ONLY)
    if kind not in (FORM, QUERY):
        raise RequestError(415, f"a POST has the type {FORM} or {QUERY}, not {kind or 'none'}", accept_post=f"{FORM}, {QUERY}")
    charset = parameters.lower().partition("charset=")[2].strip('" ;')
    if charset not in ("", "utf-8", "utf8", "us-ascii"):
        raise RequestError(415, f"a query is UTF-8, not {charset}")
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise RequestError(415, "a request is sent as it is, without Content-Encoding")
    return fields(body) if kind == FORM else [("query", decoded(body))]


def decoded(body: bytes) -> str:
    """Return a body as text."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RequestError(400, f"the query is not UTF-8 at byte {error.start}") from error


def fields(data: bytes) -> list[tuple[str, str]]:
    """Return the parameters of a form or of a query string."""
    try:
        return parse_qsl(data.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except UnicodeDecodeError as error:
        raise RequestError(400, "the parameters are not percent-encoded UTF-8") from error
    except ValueError as error:
        raise RequestError(400, f"more than {MOST_FIELDS} parameters") from error


def asked(pairs: list[tuple[str, str]], *, needed: bool) -> Asked | None:
    """Return the query that parameters hold."""
    queries = [value for name, value in pairs if name == "query"]
    if any(name == "update" for name, _ in pairs):
        raise RequestError(403, READ_ONLY)
    if len(queries) > 1:
        raise RequestError(400, "one request asks one query; this one has several")
    if not queries and needed:
        raise RequestError(400, "the request has no query; send it as the parameter query, or as the body")
    if not queries:
        return None
    named = tuple(value for name, value in pairs if name == "named-graph-uri")
    return Asked(queries[0], tuple(value for name, value in pairs if name == "default-graph-uri"), named)
