"""What waits to be sent on one connection: bounded, so that a slow reader costs others nothing.

Pure. When the bounds are reached, first only the latest of each collapsible message is kept; if that is not enough, all
that was broadcast is dropped and its topics are `stale`: once the reader is back, they get the present state instead of
what they missed. Replies are never dropped; when even they do not fit, the outbox is `full` and the connection must go.
"""

from __future__ import annotations

from collections.abc import Hashable

MESSAGES = 256
BYTES = 1024 * 1024
CHUNK = 64 * 1024

Entry = tuple[bytes, Hashable | None, str]


class Outbox:
    __slots__ = ("_bytes", "_entries", "dropped", "full", "limit", "limit_bytes", "stale")

    def __init__(self, limit: int = MESSAGES, limit_bytes: int = BYTES) -> None:
        self.limit, self.limit_bytes = limit, limit_bytes
        self._entries: list[Entry] = []
        self._bytes = 0
        self.stale: frozenset[Hashable] = frozenset()
        self.full = False
        self.dropped = 0

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def size(self) -> int:
        return self._bytes

    def add(self, frame: bytes, topic: Hashable | None = None, latest: str = "") -> None:
        """Queue a frame. `topic` marks a broadcast; `latest` names a message of which only the newest counts."""
        if topic is not None and topic in self.stale:
            self.dropped += 1
            return
        self._entries.append((frame, topic, latest))
        self._bytes += len(frame)
        if self._over():
            self._collapse()
        if self._over():
            self._give_up()

    def _over(self) -> bool:
        # One large message alone, such as a snapshot, is no sign of a slow reader.
        return len(self._entries) > self.limit or (self._bytes > self.limit_bytes and len(self._entries) > 1)

    def _collapse(self) -> None:
        newest = {(topic, latest): i for i, (_, topic, latest) in enumerate(self._entries) if latest}
        self._keep([e for i, e in enumerate(self._entries) if not e[2] or newest[e[1], e[2]] == i])

    def _give_up(self) -> None:
        self.stale |= {topic for _, topic, _ in self._entries if topic is not None}
        self._keep([entry for entry in self._entries if entry[1] is None])
        self.full = self._over()

    def _keep(self, entries: list[Entry]) -> None:
        self.dropped += len(self._entries) - len(entries)
        self._entries = entries
        self._bytes = sum(len(entry[0]) for entry in entries)

    def forget(self, topic: Hashable) -> None:
        """Drop what waits for a topic that is left."""
        self.stale -= {topic}
        self._keep([entry for entry in self._entries if entry[1] != topic])

    def take(self) -> bytes:
        """The next whole frames, 64 KiB of them at most, joined.

        A large one comes alone and as it is: it is the same for many, and each would hold a copy until it is read.
        """
        entries = self._entries
        if not entries:
            return b""
        count, size = 1, len(entries[0][0])
        while count < len(entries) and size + len(entries[count][0]) <= CHUNK:
            size += len(entries[count][0])
            count += 1
        self._entries, self._bytes = entries[count:], self._bytes - size
        return entries[0][0] if count == 1 else b"".join([entry[0] for entry in entries[:count]])
