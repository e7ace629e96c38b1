"""The routes: what each address answers, in HTTP's terms. All work on the graph is done by readers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Mapping
from importlib.resources import files
from urllib.parse import quote, unquote

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from kg.serve.live import Live
from kg.serve.media import HTML, SUFFIXES, choose, content_type
from kg.serve.pages import POLICY, message
from kg.serve.protocol import MOST_BODY, QUERY, RequestError, read_request
from kg.serve.things import KINDS
from kg.serve.workers import Answer, Busy, Died, TooSlow

BODY_SECONDS = 15.0  # for the body of a request to come
LONG = 0.5  # seconds from which on we look whether the client is still there
PART = 64 * 1024  # bytes of an answer that are written at once
METHODS = ["GET", "HEAD", "POST", "OPTIONS"]
SAFE = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-cache"}
OPEN = {"Access-Control-Allow-Origin": "*"}  # no credentials: none exist
PREFLIGHT = {**OPEN, "Access-Control-Allow-Methods": ", ".join(METHODS), "Access-Control-Allow-Headers": "Accept, Content-Type",
             "Access-Control-Max-Age": "86400", "Allow": ", ".join(METHODS), "Accept-Post": f"application/x-www-form-urlencoded, {QUERY}"}  # fmt: skip
FRAMED = "frame-ancestors 'self'"  # the viewer brings its own policy; the editor shows it in a frame


def application(live: Live) -> Starlette:
    """Return the application over a graph that is kept up to date."""
    site = Site(live)
    things = [Route(f"/{kind}/{{rest:path}}", site.name) for kind in KINDS]
    routes = [
        Route("/", site.front),
        Route("/sparql", site.sparql, methods=METHODS),
        Route("/query", site.editor),
        Route("/view", site.view, methods=["POST"]),
        Route("/page/{rest:path}", site.page),
        Route("/data/{rest:path}", site.data),
        *things,
        Mount("/static", StaticFiles(directory=str(files("kg.serve").joinpath("static")))),
    ]
    return Starlette(routes=routes, exception_handlers={RequestError: refused, 404: missing})


class Site:
    """The handlers."""

    def __init__(self, live: Live) -> None:
        """Take the graph."""
        self.live = live

    # ---- the endpoint ------------------------------------------------------------------------------

    async def sparql(self, request: Request) -> Response:
        """Answer the SPARQL Protocol; without a query describe the service, to a browser show the editor."""
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=PREFLIGHT)
        accept = request.headers.get("accept", "")
        body = await read_body(request) if request.method == "POST" else b""
        asked = read_request(request.method, request.scope["query_string"], request.headers, body)
        if asked is None and choose(accept, ("text/turtle", HTML)) == HTML:
            return RedirectResponse("/query", 303, headers={**OPEN, "Vary": "Accept"})
        if asked is None:
            work = self.live.now.ask("service", endpoint=str(request.url.replace(query="")), accept=accept)
        else:
            work = self.live.now.ask("query", query=asked.query, accept=accept, default=asked.default, named=asked.named)
        return shown(await answered(work, request), {**SAFE, **OPEN, "Vary": "Accept"})

    # ---- things ------------------------------------------------------------------------------------

    async def name(self, request: Request) -> Response:
        """Send from the name of a thing to its page or its triples, as the client likes."""
        path = path_after(request, "/")
        answer = await answered(self.live.now.ask("known", path=path), request)
        if answer.status != 204:
            return shown(answer, {**SAFE, **OPEN})
        kind = choose(request.headers.get("accept", ""), (HTML, *SUFFIXES.values()))
        if kind is None:
            raise RequestError(406, f"no such form (there is: {HTML}, {', '.join(SUFFIXES.values())})")
        suffix = next((s for s, each in SUFFIXES.items() if each == kind), None)
        place = f"/data/{path}.{suffix}" if suffix else f"/page/{path}"
        return Response(status_code=303, headers={**OPEN, "Location": place, "Vary": "Accept", "Link": alternates(path)})

    async def page(self, request: Request) -> Response:
        """Show a thing."""
        now, path = self.live.now, path_after(request, "/page/")
        answer = await answered(now.ask("page", path=path), request)
        if answer.status == 404:
            return html(message("Nothing here", answer.body.decode()), 404)
        return fresh(request, answer, now.tag, {"Content-Security-Policy": POLICY, "Link": alternates(path)})

    async def data(self, request: Request) -> Response:
        """Give the triples of a thing."""
        now, path = self.live.now, path_after(request, "/data/")
        return fresh(request, await answered(now.ask("data", path=path), request), now.tag, OPEN)

    # ---- pages -------------------------------------------------------------------------------------

    async def front(self, request: Request) -> Response:
        """Show the viewer on the whole graph."""
        now = self.live.now
        answer = await answered(now.once("view", query=None), request)
        if answer.status != 200:
            return html(message("Nothing to show", answer.body.decode()), 404)
        return fresh(request, answer, now.tag, {"Content-Security-Policy": FRAMED})

    async def editor(self, request: Request) -> Response:
        """Show the editor."""
        now = self.live.now
        return fresh(request, await answered(now.once("editor"), request), now.tag, {"Content-Security-Policy": POLICY})

    async def view(self, request: Request) -> Response:
        """Show the viewer on what a query finds."""
        asked = read_request("POST", b"", request.headers, await read_body(request))
        assert asked is not None  # a POST has a query, or is refused
        answer = await answered(self.live.now.page("view", query=asked.query), request)
        if answer.status != 200:
            return html(message("Nothing to show", answer.body.decode()), answer.status, FRAMED)
        return shown(answer, {**SAFE, "Content-Security-Policy": FRAMED})


# ---- requests ------------------------------------------------------------------------------------


def path_after(request: Request, prefix: str) -> str:
    """Return what follows a prefix in the address, percent-encoded as our IRIs are."""
    return "/".join(quote(unquote(part), safe="") for part in request.scope["raw_path"].decode("ascii").removeprefix(prefix).split("/"))


async def read_body(request: Request) -> bytes:
    """Return the body of a request.

    Raises RequestError where it is too large or too slow.
    """
    told = request.headers.get("content-length", "0")
    if told.isdecimal() and int(told) > MOST_BODY:
        raise too_large()
    body = b""
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for part in request.stream():
                body += part
                if len(body) > MOST_BODY:
                    raise too_large()
    except TimeoutError as error:
        raise RequestError(408, "the request did not come in time", Connection="close") from error
    except ClientDisconnect as error:
        raise RequestError(400, "the request did not come to its end") from error
    return body


def too_large() -> RequestError:
    """Say that a request is too large."""
    return RequestError(413, f"a request has at most {MOST_BODY >> 10} KB", Connection="close")


async def answered(work: Awaitable[Answer], request: Request) -> Answer:
    """Return the answer of a reader; where the client leaves meanwhile, the reader is stopped.

    Raises RequestError where there is no answer.
    """
    task = asyncio.current_task()
    assert task is not None
    watch = Watch(request, task)
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

    def __init__(self, request: Request, task: asyncio.Task[object]) -> None:
        """Name the request and the task that answers it."""
        self.request = request
        self.task = task
        self.left = False
        self.looking: asyncio.Task[None] | None = None
        self.timer = asyncio.get_running_loop().call_later(LONG, self.start)

    def start(self) -> None:
        """Look from now on."""
        self.looking = asyncio.create_task(self.look())

    async def look(self) -> None:
        """Wait for the client to leave."""
        while (await self.request.receive())["type"] != "http.disconnect":
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


def fresh(request: Request, answer: Answer, tag: str, headers: Mapping[str, str]) -> Response:
    """Answer with the version of the graph; a client that has it already gets 304."""
    headers = {**SAFE, **headers, "ETag": tag}
    if answer.status == 200 and tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return shown(answer, headers)


def html(page: str, status: int, policy: str = POLICY) -> Response:
    """Return a page of our own."""
    return Response(page, status, {**SAFE, "Content-Type": content_type(HTML), "Content-Security-Policy": policy})


def alternates(path: str) -> str:
    """Return where the other forms of a thing are, as a Link header."""
    page = f'</page/{path}>; rel="alternate"; type="{HTML}"'
    return ", ".join([page, *(f'</data/{path}.{suffix}>; rel="alternate"; type="{kind}"' for suffix, kind in SUFFIXES.items())])


async def refused(request: Request, error: Exception) -> Response:
    """Say why a request is refused."""
    assert isinstance(error, RequestError)
    headers = {**SAFE, **OPEN, **error.headers, "Content-Type": content_type("text/plain")}
    return Response(f"{error}\n", error.status, headers)


async def missing(request: Request, error: Exception) -> Response:
    """Say that there is nothing at an address."""
    return html(message("Nothing here", f"{request.url.path}: no such page"), 404)
