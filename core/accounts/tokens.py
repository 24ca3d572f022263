"""Signed, purpose-bound tokens (JWT, HS256). Every refusal is the same one, with no detail.

A token names a person, the purpose it was made for and the generation it belongs to; raising a person's generation
revokes all their earlier tokens.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple
from uuid import UUID

import jwt
import msgspec

from core.clock import Clock
from core.errors import Unauthorized
from core.ids import parse_id

Purpose = Literal["socket", "page", "api", "workshop"]

DAY = 86_400
ISSUER = "tandem"
PURPOSES: tuple[Purpose, ...] = ("socket", "page", "api")


class Claims(NamedTuple):
    user_id: UUID
    generation: int
    expires_at: int


class Own(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """The claims of a token that was made here, all of them and no others."""

    iss: str
    sub: UUID
    aud: list[str]
    gen: int
    iat: int
    exp: int


_own = msgspec.json.Decoder(Own).decode


class Tokens:
    def __init__(self, secret: str, clock: Clock) -> None:
        self._secret, self._clock = secret, clock
        self._signing = hmac.new(secret.encode(), digestmod="sha256")
        """The key, prepared once: each signature begins with a copy."""

    def make(
        self, user_id: UUID, generation: int, purposes: tuple[Purpose, ...], ttl: int = DAY
    ) -> tuple[str, datetime]:
        """A token for these purposes, good for a day at most, and when it ends."""
        now = self._clock.now()
        expires = now + timedelta(seconds=min(ttl, DAY))
        claims = {
            "iss": ISSUER,
            "sub": str(user_id),
            "aud": list(purposes),
            "gen": generation,
            "iat": int(now.timestamp()),
            "exp": int(expires.timestamp()),
        }
        return jwt.encode(claims, self._secret, algorithm="HS256"), expires

    def read(self, token: str, purpose: Purpose) -> Claims:
        user_id: UUID | None
        try:
            own = self._own_claims(token, purpose)
            if own is not None:
                user_id, generation, expires = own.sub, own.gen, own.exp
            else:
                claims = self._claims(token, purpose)
                user_id, generation, expires = parse_id(claims["sub"]), claims["gen"], claims["exp"]
        except (jwt.InvalidTokenError, KeyError, ValueError, TypeError):
            raise Unauthorized from None
        # The clock is ours, not the library's, so that tests and a node agree on the time.
        valid = isinstance(expires, int) and isinstance(generation, int) and expires > self._clock.now().timestamp()
        if user_id is None or not valid:
            raise Unauthorized
        return Claims(user_id, generation, expires)

    def _own_claims(self, token: str, purpose: Purpose) -> Own | None:
        """The claims of a token in exactly the form that is made here, for a fraction of the library's time.

        None for any other form, and for every one that is not good: the library has the last word on those.
        """
        if not isinstance(token, str) or not token.isascii() or not token.startswith(OWN_HEAD):
            return None
        signed, _, signature = token.rpartition(".")
        signing = self._signing.copy()
        signing.update(signed.encode())
        wanted = urlsafe_b64encode(signing.digest()).rstrip(b"=")
        if not hmac.compare_digest(wanted, signature.encode()):
            return None
        body = signed[len(OWN_HEAD) :]
        try:
            claims = _own(urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        except msgspec.MsgspecError:
            return None
        return claims if claims.iss == ISSUER and purpose in claims.aud else None

    def _claims(self, token: str, purpose: Purpose) -> dict[str, Any]:
        found: dict[str, Any] = jwt.decode(
            token,
            self._secret,
            algorithms=["HS256"],
            audience=purpose,
            issuer=ISSUER,
            options={"require": ["exp", "iat", "sub", "aud", "iss"], "verify_exp": False, "verify_iat": False},
        )
        return found


OWN_HEAD = jwt.encode({}, "-" * 32, algorithm="HS256").partition(".")[0] + "."
