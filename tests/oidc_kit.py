"""A small OpenID Connect provider on loopback: discovery, authorization, token and keys, with real signatures."""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler


class Provider:
    """Signs in whoever comes, with the claims it is told; remembers what it was asked."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.claims: dict[str, Any] = {"preferred_username": "grace", "groups": ["analyst"]}
        self.change: dict[str, Any] = {}
        """What the next ID token says instead of the truth."""
        self.sign_with_stranger = False
        self.codes: dict[str, dict[str, str]] = {}

    def id_token(self, asked: dict[str, str]) -> str:
        now = int(time.time())
        truth = {"iss": self.base, "aud": asked["client_id"], "sub": "grace-1", "iat": now, "exp": now + 60}
        claims = truth | {"nonce": asked["nonce"]} | self.claims | self.change
        key = self.stranger if self.sign_with_stranger else self.key
        return jwt.encode(claims, key, algorithm="RS256", headers={"kid": "one"})

    def jwks(self) -> dict[str, Any]:
        return {"keys": [RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True) | {"kid": "one", "alg": "RS256"}]}


class Discovery(RequestHandler):
    def get(self) -> None:
        base = self.settings["provider"].base
        self.write(
            {
                "issuer": base,
                "authorization_endpoint": f"{base}/authorize",
                "token_endpoint": f"{base}/token",
                "jwks_uri": f"{base}/keys",
            }
        )


class Authorize(RequestHandler):
    def get(self) -> None:
        asked = {name: self.get_argument(name) for name in self.request.arguments}
        code = secrets.token_urlsafe(16)
        self.settings["provider"].codes[code] = asked
        self.redirect(f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}")


class Token(RequestHandler):
    def post(self) -> None:
        provider: Provider = self.settings["provider"]
        asked = provider.codes.pop(self.get_argument("code"), None)
        digest = hashlib.sha256(self.get_argument("code_verifier").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        fine = asked and asked["code_challenge"] == challenge and self.get_argument("client_secret") == "hush"
        if not asked or not fine:
            self.set_status(400)
            self.write({"error": "invalid_grant"})
            return
        self.write({"access_token": "opaque", "token_type": "Bearer", "id_token": provider.id_token(asked)})


class Keys(RequestHandler):
    def get(self) -> None:
        self.write(self.settings["provider"].jwks())


@asynccontextmanager
async def provider() -> AsyncIterator[Provider]:
    (listener,) = bind_sockets(0, "127.0.0.1")
    found = Provider(f"http://127.0.0.1:{listener.getsockname()[1]}")
    routes = [
        ("/.well-known/openid-configuration", Discovery),
        ("/authorize", Authorize),
        ("/token", Token),
        ("/keys", Keys),
    ]
    server = HTTPServer(Application(routes, provider=found))
    server.add_sockets([listener])
    yield found
    server.stop()
    await server.close_all_connections()
