"""The names that the server answers to: a page elsewhere may have its own name point to this machine (DNS rebinding)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from ipaddress import ip_address

from starlette.types import Scope

from kg.serve.protocol import RequestError

LOCAL = ("localhost", "127.0.0.1", "::1")  # what a browser takes from no name server
HOST = re.compile(r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::(\d{1,5}))?")


class Hosts:
    """The names of one server."""

    def __init__(self, host: str, more: Iterable[str] = ()) -> None:
        """Take the address that it listens on, and the names that it has beside, in a proxy or a name server."""
        self.names = frozenset(map(normal, (host, *LOCAL, *more)))
        self.judged = lru_cache(maxsize=256)(self.complaint)

    def check(self, scope: Scope) -> None:
        """Raise RequestError where a request is meant for somebody else; one of HTTP/1.0 may name nobody."""
        host = next((value for name, value in scope["headers"] if name == b"host"), None)
        if host is None:
            return
        complaint = self.judged(host, (scope.get("server") or ("",))[0])
        if complaint is not None:
            raise RequestError(*complaint)

    def complaint(self, host: bytes, here: str) -> tuple[int, str] | None:
        """Return status and words against a Host header, if there are any; `here` is the address that the connection came to."""
        found = HOST.fullmatch(host.decode("latin-1"))
        if found is None:
            return 400, "the Host header is not the name or address of a server"
        name = normal(found[1])
        if name in self.names or name == normal(here):
            return None
        return 421, f"this server is not called {name}; if it should be, start it with --host-name {name}"


@lru_cache(maxsize=256)
def normal(name: str) -> str:
    """Return a name in the one form in which names are compared: an address as short as it can be."""
    name = name.strip("[]").removesuffix(".").lower()
    try:
        return str(ip_address(name))
    except ValueError:
        return name
