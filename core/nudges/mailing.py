"""What leaves the app: one mail for a nudge, or one a day for all, sent at least once by a job.

A way out is an adapter: SMTP, a service of the host's that takes JSON over HTTP and knows its people's addresses, or
none. Without one nothing is sent, and the row says so: `kept`. A row's id goes along, so that a receiver can tell a
repetition. What was answered, or told of somebody who is out of sight by now, is dropped, not sent.
"""

from __future__ import annotations

import asyncio
import json
import smtplib
import ssl
import urllib.request
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Protocol
from urllib.parse import unquote, urlsplit
from uuid import UUID

from core.errors import SettingsError

SECONDS = 10.0
NAMES = ("TANDEM_MAIL_URL", "TANDEM_MAIL_FROM")


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail to one person, in the clear: the public names only, and nothing that is not in the app."""

    key: UUID
    """The same for the same letter, however often it is sent."""
    external_id: str
    address: str
    subject: str
    text: str


class Post(Protocol):
    sends: bool
    """Whether it sends at all."""
    knows_addresses: bool
    """Whether it finds people by the host's own ids."""

    async def send(self, letter: Letter) -> None:
        """Hand a letter over, or raise OSError; what raises is tried again."""
        ...


class Outbox:
    """The honest default: letters are kept in the database, and nobody is told that one was sent."""

    sends = False
    knows_addresses = False

    async def send(self, letter: Letter) -> None:
        raise OSError("no way out is set up")


@dataclass(frozen=True, slots=True)
class Smtp:
    host: str
    port: int
    sender: str
    user: str = ""
    password: str = ""
    tls: bool = False
    sends = True
    knows_addresses = False

    async def send(self, letter: Letter) -> None:
        try:
            await asyncio.to_thread(self._send, letter)
        except smtplib.SMTPException as error:
            raise OSError(type(error).__name__) from error

    def _send(self, letter: Letter) -> None:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self.sender, letter.address, letter.subject
        message["Message-ID"] = f"<{letter.key}@{self.sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text)
        context = ssl.create_default_context()
        if self.tls:
            with smtplib.SMTP_SSL(self.host, self.port, timeout=SECONDS, context=context) as server:
                self._hand_over(server, message)
            return
        with smtplib.SMTP(self.host, self.port, timeout=SECONDS) as server:
            server.ehlo_or_helo_if_needed()
            if server.has_extn("starttls"):
                server.starttls(context=context)
            self._hand_over(server, message)

    def _hand_over(self, server: smtplib.SMTP, message: EmailMessage) -> None:
        if self.user:
            server.login(self.user, self.password)
        server.send_message(message)


@dataclass(frozen=True, slots=True)
class Http:
    """A service of the host's: it gets the host's own id and the words, and answers with any 2xx."""

    url: str
    sends = True
    knows_addresses = True

    async def send(self, letter: Letter) -> None:
        await asyncio.to_thread(self._send, letter)

    def _send(self, letter: Letter) -> None:
        body = {"external_id": letter.external_id, "subject": letter.subject, "text": letter.text}
        if letter.address:
            body["address"] = letter.address
        headers = {"Content-Type": "application/json", "Idempotency-Key": str(letter.key)}
        request = urllib.request.Request(self.url, json.dumps(body).encode(), headers, method="POST")  # noqa: S310
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 - http and https by `post_of`
            answer.read(1024)


def post_of(url: str, sender: str) -> Post:
    """The way out that the settings name."""
    if not url:
        return Outbox()
    parts = urlsplit(url)
    if parts.scheme in ("http", "https") and parts.hostname:
        return Http(url)
    if parts.scheme in ("smtp", "smtps") and parts.hostname:
        if "@" not in sender:
            raise SettingsError(f"{NAMES[1]} must be an address such as hello@example.org when mail goes by SMTP.")
        tls = parts.scheme == "smtps"
        port = parts.port or (465 if tls else 587)
        return Smtp(parts.hostname, port, sender, unquote(parts.username or ""), unquote(parts.password or ""), tls)
    raise SettingsError(f"{NAMES[0]} must begin with smtp://, smtps://, http:// or https://.")
