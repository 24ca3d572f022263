"""Staff sign-in through any OpenID Connect provider: authorization code with PKCE, the ID token verified.

The provider's discovery document names its addresses and keys. What counts is the ID token, whose signature, issuer,
audience, expiry and nonce are checked; a claim of it (`TANDEM_OIDC_ROLE_CLAIM`) names the role. Somebody without a role
that Tandem knows is told so and gets nothing.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from typing import Any
from urllib.parse import urlencode

import jwt
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest
from tornado.web import HTTPError

from core.accounts.access import ROLES
from dashboards.auth.handlers import DoorHandler

FLOW = "tandem_oidc"
ALGORITHMS = ["RS256", "ES256", "PS256", "EdDSA"]
TIMEOUT = 5.0
PREFERENCE = ("admin", "analyst", "facilitator")
"""Which role somebody gets who has several."""


class Oidc(DoorHandler):
    async def get(self) -> None:
        if not self.app.settings.oidc_issuer:
            raise HTTPError(404)
        provider = await self._provider()
        if self.get_argument("code", "") or self.get_argument("error", ""):
            await self._come_back(provider)
        else:
            self._send_away(provider)

    @property
    def _redirect_uri(self) -> str:
        base = self.app.settings.public_url.rstrip("/") or f"{self.request.protocol}://{self.request.host}"
        return f"{base}/login/oidc"

    async def _provider(self) -> dict[str, Any]:
        issuer = self.app.settings.oidc_issuer.rstrip("/")
        found = await self._fetch(HTTPRequest(f"{issuer}/.well-known/openid-configuration"))
        if found.get("issuer", "").rstrip("/") != issuer:
            raise HTTPError(503)
        return found

    async def _fetch(self, request: HTTPRequest) -> dict[str, Any]:
        request.connect_timeout = request.request_timeout = TIMEOUT
        try:
            response = await AsyncHTTPClient().fetch(request)
            answer = json.loads(response.body)
        except (HTTPClientError, OSError, ValueError):
            raise HTTPError(503) from None
        if not isinstance(answer, dict):
            raise HTTPError(503)
        return answer

    def _send_away(self, provider: dict[str, Any]) -> None:
        flow = {name: secrets.token_urlsafe(32) for name in ("state", "nonce", "verifier")} | {"next": self.next_page()}
        self.set_signed_cookie(
            FLOW, json.dumps(flow), expires_days=None, httponly=True, samesite="Lax", secure=self.app.settings.secure
        )
        digest = hashlib.sha256(flow["verifier"].encode()).digest()
        query = {
            "client_id": self.app.settings.oidc_client_id,
            "redirect_uri": self._redirect_uri,
            "response_type": "code",
            "scope": "openid profile email",
            "state": flow["state"],
            "nonce": flow["nonce"],
            "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
            "code_challenge_method": "S256",
        }
        self.redirect(f"{provider['authorization_endpoint']}?{urlencode(query)}")

    async def _come_back(self, provider: dict[str, Any]) -> None:
        kept = self.get_signed_cookie(FLOW, max_age_days=0.01)
        self.clear_cookie(FLOW)
        flow = json.loads(kept) if kept else {}
        if not flow or not same(flow["state"], self.get_argument("state", "")):
            raise HTTPError(401)
        if self.get_argument("error", ""):
            raise HTTPError(401)
        claims = await self._claims(provider, flow)
        role = role_of(claims.get(self.app.settings.oidc_role_claim))
        if role is None:
            raise HTTPError(403)
        name = str(claims.get("preferred_username") or claims.get("email") or claims["sub"])[:120]
        await self.doorkeeper.let_in_staff(self, name, role, "oidc")
        self.redirect(flow["next"], status=303)

    async def _claims(self, provider: dict[str, Any], flow: dict[str, str]) -> dict[str, Any]:
        settings = self.app.settings
        form = {
            "grant_type": "authorization_code",
            "code": self.get_argument("code"),
            "redirect_uri": self._redirect_uri,
            "client_id": settings.oidc_client_id,
            "client_secret": settings.oidc_client_secret,
            "code_verifier": flow["verifier"],
        }
        answer = await self._fetch(HTTPRequest(provider["token_endpoint"], method="POST", body=urlencode(form)))
        keys = await self._fetch(HTTPRequest(provider["jwks_uri"]))
        try:
            key = _key_for(answer["id_token"], keys)
            claims: dict[str, Any] = jwt.decode(
                answer["id_token"],
                key.key,
                algorithms=ALGORITHMS,
                audience=settings.oidc_client_id,
                issuer=provider["issuer"],
                options={"require": ["exp", "iat", "sub", "aud", "iss"]},
            )
        except (jwt.PyJWTError, KeyError, TypeError):
            raise HTTPError(401) from None
        if not same(str(claims.get("nonce", "")), flow["nonce"]):
            raise HTTPError(401)
        return claims


def same(one: str, other: str) -> bool:
    return secrets.compare_digest(one.encode(), other.encode())


def _key_for(token: str, keys: dict[str, Any]) -> jwt.PyJWK:
    wanted = jwt.get_unverified_header(token).get("kid")
    for key in jwt.PyJWKSet.from_dict(keys).keys:
        if wanted is None or key.key_id == wanted:
            return key
    raise KeyError("no such key")


def role_of(values: Any) -> str | None:
    """The strongest role that a claim names, if it names one of ours."""
    listed = [values] if isinstance(values, str) else values if isinstance(values, list) else []
    named = {value for value in listed if isinstance(value, str)}
    for role in PREFERENCE:
        if role in named:
            return role
    others = sorted(role for role in ROLES if role in named)
    return others[0] if others else None
