"""The endpoint: the SPARQL Protocol over HTTP, in bare ASGI, for a look-up pays for every layer above it."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.responses import RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from kg.serve.exchange import OPEN, PART, SAFE, answered, preflight, read_body, refusal, shown
from kg.serve.live import Live
from kg.serve.media import HTML, choose
from kg.serve.protocol import FORM, QUERY, Asked, RequestError, read_request
from kg.serve.workers import Answer

METHODS = ("GET", "HEAD", "POST", "OPTIONS")
ALLOWED = ", ".join(METHODS)
HEADERS = {**SAFE, **OPEN, "Vary": "Accept"}
RAW = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]


class Endpoint:
    """Answers the SPARQL Protocol; without a query describes the service, to a browser shows the editor."""

    def __init__(self, live: Live) -> None:
        """Take the graph."""
        self.live = live

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        headers = joined(scope["headers"])
        try:
            asked = await self.read(scope, headers, receive)
            if asked is None:
                response = await self.unasked(scope, headers, receive)
            else:
                answer = await self.ask(asked, address(scope, headers), headers.get("accept", ""), receive)
                if len(answer.body) <= PART:
                    await write(answer, send)
                    return
                response = shown(answer, HEADERS)
        except RequestError as error:
            response = refusal(error)
        await response(scope, receive, send)

    async def read(self, scope: Scope, headers: dict[str, str], receive: Receive) -> Asked | None:
        """Return what is asked; nothing where no query is."""
        if scope["method"] not in METHODS:
            raise RequestError(405, f"the endpoint knows {ALLOWED}", Allow=ALLOWED)
        if scope["method"] == "OPTIONS":
            return None
        body = await read_body(headers, receive) if scope["method"] == "POST" else b""
        return read_request(scope["method"], scope["query_string"], headers, body)

    async def ask(self, asked: Asked, base: str, accept: str, receive: Receive) -> Answer:
        """Have a reader answer a query."""
        work = self.live.now.ask("query", query=asked.query, base=base, accept=accept, default=asked.default, named=asked.named)
        return await answered(work, receive)

    async def unasked(self, scope: Scope, headers: dict[str, str], receive: Receive) -> Response:
        """Answer what holds no query."""
        accept = headers.get("accept", "")
        if scope["method"] == "OPTIONS":
            return preflight(ALLOWED, **{"Accept-Post": f"{FORM}, {QUERY}"})
        if choose(accept, ("text/turtle", HTML)) == HTML:
            return RedirectResponse("/query", 303, headers={**OPEN, "Vary": "Accept"})
        work = self.live.now.ask("service", endpoint=address(scope, headers), accept=accept)
        return shown(await answered(work, receive), HEADERS)


def joined(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Return headers by name; the values of one that comes in several lines are joined, as HTTP has it."""
    out: dict[str, str] = {}
    for raw, value in headers:
        name, words = raw.decode("latin-1"), value.decode("latin-1")
        out[name] = f"{out[name]}, {words}" if name in out else words
    return out


def address(scope: Scope, headers: dict[str, str]) -> str:
    """Return the endpoint's own address, as the client called it; its name is one of ours by then."""
    return f"{scope['scheme']}://{headers.get('host', 'localhost')}{scope['path']}"


async def write(answer: Answer, send: Send) -> None:
    """Write a short answer."""
    headers = [*RAW, (b"content-type", answer.type.encode()), (b"content-length", str(len(answer.body)).encode())]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
