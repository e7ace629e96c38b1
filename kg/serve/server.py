"""The process that serves: it binds its address, loads the graph, answers, and ends in order when told to."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import uvicorn

from kg.errors import ServeError
from kg.serve import Settings
from kg.serve.app import Application
from kg.serve.guard import MOST_HEADER, Guarded
from kg.serve.hosts import Hosts
from kg.serve.live import Live

ENDINGS = (signal.SIGINT, signal.SIGTERM)
LAST = 5.0  # seconds beyond the time of a query in which the last answers may be taken
Say = Callable[[str], None]


def run(folder: Path, settings: Settings, announce: Say, complain: Say) -> None:
    """Serve until told to end; see `kg.serve.serve`."""
    if not hasattr(os, "fork"):
        raise ServeError("kg serve needs a system whose processes can fork: Linux, macOS, or on Windows its Linux (WSL); kg view and kg query need none")
    before = {number: signal.getsignal(number) for number in ENDINGS}
    try:
        with bound(settings.host, settings.port) as listening:
            asyncio.run(serving(Live(folder, settings, complain), settings, listening, announce))
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def bound(host: str, port: int) -> socket.socket:
    """Return a socket that listens.

    Raises ServeError where the address is none of ours, or taken.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        listening = socket.socket(family, kind, protocol)
    except (OSError, UnicodeError) as error:
        raise ServeError(f"{host or 'an empty --host'}: no address of this machine; try --host 127.0.0.1") from error
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(128)  # here, so that a second server on the same port fails before it loads its graph
    except OSError as error:
        listening.close()
        reason = (error.strerror or str(error)).lower()
        raise ServeError(f"{host}, port {port}: cannot be used: {reason}; try another --port (0: any that is free)") from error
    return listening


async def serving(live: Live, settings: Settings, listening: socket.socket, announce: Say) -> None:
    """Load, answer, end."""
    loop = asyncio.get_running_loop()
    starting = asyncio.create_task(live.start())
    for number in ENDINGS:  # ends the loading; later uvicorn's own handlers stand here, and pass the signal on when all is done
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(starting.cancel))
    with suppress(asyncio.CancelledError):
        await starting
    if starting.cancelled():
        return
    watching = asyncio.create_task(live.watch())
    try:
        announce(address_of(listening, settings.host))
        await uvicorn.Server(configured(live, settings)).serve([listening])
    finally:
        watching.cancel()
        await live.close()


def configured(live: Live, settings: Settings) -> uvicorn.Config:
    """Return uvicorn's settings."""
    return uvicorn.Config(
        Application(live, Hosts(settings.host, settings.names)),
        http=Guarded,
        ws="none",
        lifespan="off",
        loop="asyncio",
        log_config=None,
        log_level="error",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=int(settings.timeout + LAST),
        h11_max_incomplete_event_size=MOST_HEADER,
    )


def address_of(listening: socket.socket, host: str) -> str:
    """Return where a browser finds the server."""
    port = listening.getsockname()[1]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
