"""Connections that may not dawdle: a client that is slow to ask, or slow to take its answer, is let go."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.responses import PlainTextResponse
from uvicorn.protocols.http.h11_impl import H11Protocol

PATIENCE = 15.0  # seconds for the head of a request to come, and for each part of an answer to be taken
MOST_HEADER = 64 * 1024  # bytes of the head of a request, its address included
MOST_CONNECTIONS = 512


class Guarded(H11Protocol):
    """uvicorn's connection, with a clock on what the client does."""

    clock: asyncio.TimerHandle | None = None
    seen: object = None  # the request that came last

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the clock: a request is due."""
        super().connection_made(transport)
        if len(self.connections) > MOST_CONNECTIONS:
            self.app = crowded
        self.start_clock()

    def data_received(self, data: bytes) -> None:
        """Stop the clock once a whole head has come; between two requests it is uvicorn's keep-alive that counts."""
        super().data_received(data)
        if self.cycle is not self.seen:
            self.seen = self.cycle
            self.stop_clock()
        elif self.clock is None and (self.cycle is None or self.cycle.response_complete):
            self.start_clock()

    def pause_writing(self) -> None:
        """Start the clock: the client is to take what waits for it."""
        super().pause_writing()
        self.start_clock()

    def resume_writing(self) -> None:
        """Stop the clock: it has taken it."""
        self.stop_clock()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the clock."""
        self.stop_clock()
        super().connection_lost(exc)

    def start_clock(self) -> None:
        """Give the client so much time."""
        self.stop_clock()
        self.clock = self.loop.call_later(PATIENCE, self.transport.abort)

    def stop_clock(self) -> None:
        """Give the client all the time it wants."""
        if self.clock is not None:
            self.clock.cancel()
            self.clock = None


async def crowded(scope: Any, receive: Any, send: Any) -> None:
    """Ask a client to come again, for there are too many; its connection is closed."""
    response = PlainTextResponse("too many connections; try again\n", 503, {"Retry-After": "5", "Connection": "close"})
    await response(scope, receive, send)
