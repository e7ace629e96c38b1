"""What goes between the server and its readers: a length, JSON, and in answers a body that is passed on untouched."""

from __future__ import annotations

import json
import socket
import struct
from typing import Any

REQUEST = struct.Struct(">I")  # bytes of the JSON that follows
ANSWER = struct.Struct(">II")  # bytes of the JSON and of the body
ORDER = struct.Struct(">ci")  # to the nursery: FORK, or END and a process
FORK, END = b"F", b"E"


def request(**asked: Any) -> bytes:
    """Return a request as a frame."""
    data = json.dumps(asked).encode()
    return REQUEST.pack(len(data)) + data


def answer(head: dict[str, Any], body: bytes) -> bytes:
    """Return the start of an answer, and its body, as a frame."""
    data = json.dumps(head).encode()
    return ANSWER.pack(len(data), len(body)) + data + body


def receive(connection: socket.socket, size: int) -> bytes | None:
    """Return exactly so many bytes; nothing where the other end has closed."""
    parts = b""
    while len(parts) < size:
        part = connection.recv(size - len(parts))
        if not part:
            return None
        parts += part
    return parts
