"""What handlers share: a request's body and path, the answer of a reader as a response, and why there is none."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Mapping
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive

from kg.serve.media import HTML, SUFFIXES, content_type
from kg.serve.pages import POLICY
from kg.serve.protocol import MOST_BODY, RequestError
from kg.serve.workers import Answer, Busy, Died, TooSlow

BODY_SECONDS = 15.0  # for the body of a request to come
LONG = 0.5  # seconds from which on we look whether the client is still there
PART = 64 * 1024  # bytes of an answer that are written at once
SAFE = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-cache"}
OPEN = {"Access-Control-Allow-Origin": "*"}  # no credentials: none exist


# ---- requests ------------------------------------------------------------------------------------


def path_after(request: Request, prefix: str) -> str:
    """Return what follows a prefix in the address, percent-encoded as our IRIs are."""
    return "/".join(quote(unquote(part), safe="") for part in request.scope["raw_path"].decode("ascii").removeprefix(prefix).split("/"))


async def read_body(headers: Mapping[str, str], receive: Receive) -> bytes:
    """Return the body of a request.

    Raises RequestError where it is too large or too slow.
    """
    told = headers.get("content-length", "0")
    if told.isdecimal() and int(told) > MOST_BODY:
        raise too_large()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await whole_body(receive)
    except TimeoutError as error:
        raise RequestError(408, "the request did not come in time", Connection="close") from error


async def whole_body(receive: Receive) -> bytes:
    """Return the body of a request when its last part has come."""
    body = bytearray()
    while True:
        part = await receive()
        if part["type"] == "http.disconnect":
            raise RequestError(400, "the request did not come to its end")
        body += part.get("body", b"")
        if len(body) > MOST_BODY:
            raise too_large()
        if not part.get("more_body", False):
            return bytes(body)


def too_large() -> RequestError:
    """Say that a request is too large."""
    return RequestError(413, f"a request has at most {MOST_BODY >> 10} KB", Connection="close")


async def answered(work: Awaitable[Answer], receive: Receive) -> Answer:
    """Return the answer of a reader; where the client leaves meanwhile, the reader is stopped.

    Raises RequestError where there is no answer.
    """
    task = asyncio.current_task()
    assert task is not None
    watch = Watch(receive, task)
    try:
        return await work
    except Busy as error:
        raise RequestError(503, "all readers are busy; try again", Retry_After="2") from error
    except TooSlow as error:
        raise RequestError(503, "stopped, for its time is over; make the query narrower (LIMIT)", Retry_After="10") from error
    except Died as error:
        raise RequestError(500, "the reader of this query died: it needs too much memory, or nests too deep") from error
    except asyncio.CancelledError as error:
        if not watch.left:
            raise
        raise RequestError(400, "the client left") from error
    finally:
        watch.end()


class Watch:
    """Looks whether the client is still there, once a request takes long, and cancels the task that answers it."""

    def __init__(self, receive: Receive, task: asyncio.Task[object]) -> None:
        """Take what the client sends, and the task that answers it."""
        self.receive = receive
        self.task = task
        self.left = False
        self.looking: asyncio.Task[None] | None = None
        self.timer = asyncio.get_running_loop().call_later(LONG, self.start)

    def start(self) -> None:
        """Look from now on."""
        self.looking = asyncio.create_task(self.look())

    async def look(self) -> None:
        """Wait for the client to leave."""
        while (await self.receive())["type"] != "http.disconnect":
            pass
        self.left = True
        self.task.cancel()

    def end(self) -> None:
        """Look no more."""
        self.timer.cancel()
        if self.looking is not None:
            self.looking.cancel()


# ---- responses -----------------------------------------------------------------------------------


def shown(answer: Answer, headers: Mapping[str, str]) -> Response:
    """Return a reader's answer as a response; a long one is written in parts, each when the client has taken the last."""
    headers = {**headers, "Content-Type": answer.type or content_type("text/plain"), "Content-Length": str(len(answer.body))}
    if len(answer.body) <= PART:
        return Response(answer.body, answer.status, headers)
    return StreamingResponse(parts(answer.body), answer.status, headers)


async def parts(body: bytes) -> AsyncIterator[bytes]:
    """Yield a body in parts."""
    for start in range(0, len(body), PART):
        yield body[start : start + PART]


def preflight(methods: str, **more: str) -> Response:
    """Tell a browser what a page of another origin may send: a long Accept header, as clients of Linked Data have, makes it ask."""
    allowed = {
        "Access-Control-Allow-Methods": methods,
        "Access-Control-Allow-Headers": "Accept, Content-Type",
        "Access-Control-Max-Age": "86400",
        "Allow": methods,
    }
    return Response(status_code=204, headers={**OPEN, **allowed, **more})


def fresh(request: Request, answer: Answer, tag: str, headers: Mapping[str, str]) -> Response:
    """Answer with the version of the graph; a client that has it already gets 304."""
    headers = {**SAFE, **headers, "ETag": tag}
    known = request.headers.get("if-none-match", "")
    if answer.status == 200 and (tag in known or known.strip() == "*"):
        return Response(status_code=304, headers=headers)
    return shown(answer, headers)


def html(page: str, status: int, policy: str = POLICY) -> Response:
    """Return a page of our own."""
    return Response(page, status, {**SAFE, "Content-Type": content_type(HTML), "Content-Security-Policy": policy})


def alternates(path: str) -> str:
    """Return where the other forms of a thing are, as a Link header."""
    page = f'</page/{path}>; rel="alternate"; type="{HTML}"'
    return ", ".join([page, *(f'</data/{path}.{suffix}>; rel="alternate"; type="{kind}"' for suffix, kind in SUFFIXES.items())])


def refusal(error: RequestError) -> Response:
    """Say why a request is refused."""
    headers = {**SAFE, **OPEN, **error.headers, "Content-Type": content_type("text/plain")}
    return Response(f"{error}\n", error.status, headers)
