"""One websocket client in a few fields: a socket, where it is on its way to being joined, and what it heard last.

No task, no stream, no callback: thousands of these share one epoll. A client comes from its own address of the loopback
net, so that a server which counts attempts by address sees a crowd and not one machine, and ports do not run out.
"""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass, field

from tools.load.dialects import Line

NO_PORT_YET = 24
"""IP_BIND_ADDRESS_NO_PORT: the port is chosen at connect, so that each address has all ports for itself."""
ADDRESSES = 200
RESET = struct.pack("ii", 1, 0)

NEW, CONNECTING, UPGRADING, JOINING, JOINED, GONE = range(6)
ROOM = 1_000_000_000
"""A position is a room's number times this, and the number of the message expected next."""


@dataclass(frozen=True, slots=True)
class Member:
    """Who comes: their number, their token, and the topic of each stream that they listen to."""

    index: int
    token: str
    topics: tuple[str, ...]


@dataclass(slots=True)
class Client:
    member: Member
    state: int = NEW
    sock: socket.socket | None = None
    plain: bool = False
    """Joined, and nothing of a frame is held back: what it reads may be looked up by its bytes."""
    position: int = 0
    """Of the first stream; `further` holds those of the others."""
    further: dict[int, int] = field(default_factory=dict)
    holes: set[tuple[int, int]] = field(default_factory=set)
    rest: bytes = b""
    script: list[Line] = field(default_factory=list)
    began: float = 0.0
    tries: int = 0

    def connect(self, host: str, port: int) -> int:
        """Begin; the descriptor to watch."""
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC)
        self.sock, self.state, self.rest, self.plain = sock, CONNECTING, b"", False
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if host.startswith("127."):
            sock.setsockopt(socket.IPPROTO_IP, NO_PORT_YET, 1)
            sock.bind((f"127.0.1.{1 + self.member.index % ADDRESSES}", 0))
        sock.connect_ex((host, port))
        return sock.fileno()

    def send(self, data: bytes) -> bool:
        """Hand a whole frame to the kernel; False when it cannot take it."""
        if self.sock is None:
            return False
        try:
            sent = self.sock.send(data)
        except OSError:
            return False
        while sent < len(data):
            # Only a buffer that fills in the middle of a frame comes here: the rest must follow before anything else.
            self.sock.setblocking(True)
            self.sock.settimeout(5)
            sent += self.sock.send(data[sent:])
            self.sock.setblocking(False)
        return True

    def drop(self) -> None:
        """Cut the line without a goodbye, and without a port that waits for a minute."""
        if self.sock is not None:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            self.sock.close()
        self.sock, self.state, self.plain = None, GONE, False
