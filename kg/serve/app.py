"""The site: what each address answers, in HTTP's terms. All work on the graph is done by readers."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from kg.serve.endpoint import Endpoint
from kg.serve.exchange import OPEN, SAFE, alternates, answered, fresh, html, path_after, preflight, read_body, refusal, shown
from kg.serve.hosts import Hosts
from kg.serve.live import Live
from kg.serve.media import HTML, SUFFIXES, choose
from kg.serve.pages import POLICY, message
from kg.serve.protocol import RequestError, read_request
from kg.serve.things import KINDS

FRAMED = "frame-ancestors 'self'"  # the viewer brings its own policy; the editor shows it in a frame


class Application:
    """All that is served: the endpoint, and beside it the pages."""

    def __init__(self, live: Live, hosts: Hosts) -> None:
        """Take the graph, which is kept up to date, and the names to answer to."""
        self.hosts = hosts
        self.endpoint = Endpoint(live)
        self.pages = pages_of(Site(live))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request that is meant for us."""
        try:
            self.hosts.check(scope)
        except RequestError as error:
            await refusal(error)(scope, receive, send)
            return
        answering = self.endpoint if scope["type"] == "http" and scope["path"] == "/sparql" else self.pages
        await answering(scope, receive, send)


def pages_of(site: Site) -> Starlette:
    """Return the routes of the pages."""
    routes = [
        Route("/", site.front),
        Route("/query", site.editor),
        Route("/view", site.view, methods=["POST"]),
        Route("/page/{rest:path}", site.page),
        Route("/data/{rest:path}", site.data),
        *(Route(f"/{kind}/{{rest:path}}", site.name) for kind in KINDS),
        *(Route(f"/{kind}/{{rest:path}}", asked_before, methods=["OPTIONS"]) for kind in ("data", *KINDS)),
        Mount("/static", Static(directory=str(files("kg.serve").joinpath("static")))),
    ]
    return Starlette(routes=routes, exception_handlers={RequestError: refused, 404: missing})


class Static(StaticFiles):
    """Our own scripts and styles: looked for anew after an upgrade, and never taken for something else."""

    def file_response(self, *args: Any, **more: Any) -> Response:
        """Answer with a file."""
        response = super().file_response(*args, **more)
        response.headers.update(SAFE)
        return response


class Site:
    """The handlers."""

    def __init__(self, live: Live) -> None:
        """Take the graph."""
        self.live = live

    # ---- things ------------------------------------------------------------------------------------

    async def name(self, request: Request) -> Response:
        """Send from the name of a thing to its page or its triples, as the client likes."""
        path = path_after(request, "/")
        answer = await answered(self.live.now.ask("known", path=path), request.receive)
        if answer.status != 204:
            return shown(answer, {**SAFE, **OPEN})
        kind = choose(", ".join(request.headers.getlist("accept")), (HTML, *SUFFIXES.values()))
        if kind is None:
            raise RequestError(406, f"no such form (there is: {HTML}, {', '.join(SUFFIXES.values())})")
        suffix = next((s for s, each in SUFFIXES.items() if each == kind), None)
        place = f"/data/{path}.{suffix}" if suffix else f"/page/{path}"
        return Response(status_code=303, headers={**OPEN, "Location": place, "Vary": "Accept", "Link": alternates(path)})

    async def page(self, request: Request) -> Response:
        """Show a thing."""
        now, path = self.live.now, path_after(request, "/page/")
        answer = await answered(now.ask("page", path=path), request.receive)
        if answer.status == 404:
            return html(message("Nothing here", answer.body.decode()), 404)
        return fresh(request, answer, now.tag, {"Content-Security-Policy": POLICY, "Link": alternates(path)})

    async def data(self, request: Request) -> Response:
        """Give the triples of a thing."""
        now, path = self.live.now, path_after(request, "/data/")
        return fresh(request, await answered(now.ask("data", path=path), request.receive), now.tag, OPEN)

    # ---- pages -------------------------------------------------------------------------------------

    async def front(self, request: Request) -> Response:
        """Show the viewer on the whole graph."""
        now = self.live.now
        answer = await answered(now.once("view", query=None), request.receive)
        if answer.status != 200:
            return html(message("Nothing to show", answer.body.decode()), 404)
        return fresh(request, answer, now.tag, {"Content-Security-Policy": FRAMED})

    async def editor(self, request: Request) -> Response:
        """Show the editor."""
        now = self.live.now
        return fresh(request, await answered(now.once("editor"), request.receive), now.tag, {"Content-Security-Policy": POLICY})

    async def view(self, request: Request) -> Response:
        """Show the viewer on what a query finds."""
        asked = read_request("POST", b"", request.headers, await read_body(request.headers, request.receive))
        assert asked is not None  # a POST has a query, or is refused
        answer = await answered(self.live.now.page("view", query=asked.query), request.receive)
        if answer.status != 200:
            return html(message("Nothing to show", answer.body.decode()), answer.status, FRAMED)
        return shown(answer, {**SAFE, "Content-Security-Policy": FRAMED})


async def asked_before(_: Request) -> Response:
    """Let pages of other origins ask for data in any form."""
    return preflight("GET, HEAD, OPTIONS")


async def refused(_: Request, error: Exception) -> Response:
    """Say why a request is refused."""
    assert isinstance(error, RequestError)
    return refusal(error)


async def missing(request: Request, _: Exception) -> Response:
    """Say that there is nothing at an address."""
    return html(message("Nothing here", f"{request.url.path}: no such page"), 404)
