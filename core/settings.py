"""Every setting, from the environment, with its meaning: the one list that help, `.env.example` and the docs show.

Production refuses to start on a missing or well-known secret. Demo mode refuses to listen beyond this machine.
"""

from __future__ import annotations

import ipaddress
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import MISSING, dataclass, field, fields
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from core.errors import SettingsError

WELL_KNOWN = frozenset({"", "secret", "changeme", "change-me", "default", "demo", "tandem", "password"})


def setting(env: str, default: Any, meaning: str, *, secret: bool = False) -> Any:
    return field(default=default, metadata={"env": env, "meaning": meaning, "secret": secret})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    port: int = setting("TANDEM_PORT", 5006, "Port of pages, REST and sockets; 0 takes a free one.")
    host: str = setting("TANDEM_HOST", "127.0.0.1", "Address to listen on. Demo mode allows loopback only.")
    data: Path = setting("TANDEM_DATA", Path("var"), "Folder of the embedded database, exports and demo secrets.")
    mode: str = setting("TANDEM_MODE", "production", "`demo` (what `make run` uses) or `production`.")
    simulator: str = setting("TANDEM_SIMULATOR", "", "`on` or `off`: a labelled simulated community. On in demo mode.")
    simulator_people: int = setting("TANDEM_SIMULATOR_PEOPLE", 24, "How many simulated people, 12 to 5000, at first.")
    simulator_seed: str = setting(
        "TANDEM_SIMULATOR_SEED",
        "",
        "Two with the same text do the same. A text for each day if empty.",
    )
    secret_key: str = setting(
        "TANDEM_SECRET_KEY", "", "Signs tokens and cookies; 32 characters or more. Demo makes one.", secret=True
    )
    api_key: str = setting(
        "TANDEM_API_KEY", "", "The host platform's first key, with every scope. Demo makes one.", secret=True
    )
    node: str = setting("TANDEM_NODE", "", "This node's name; made up at each start when empty.")
    public_url: str = setting("TANDEM_PUBLIC_URL", "", "Address that people use, behind a proxy for instance.")
    allowed_origins: tuple[str, ...] = setting(
        "TANDEM_ALLOWED_ORIGINS", (), "Origins beside our own whose pages may open sockets, comma separated."
    )
    trusted_proxies: tuple[str, ...] = setting(
        "TANDEM_TRUSTED_PROXIES", (), "Proxies whose X-Forwarded-For and -Proto are believed, comma separated."
    )
    timezone: str = setting("TANDEM_TIMEZONE", "UTC", "Zone of the organisation: days in analytics are its days.")
    boards_from: str = setting("TANDEM_BOARDS_FROM", "2025-01-01", "First day that counts on boards of all time.")
    database_url: str = setting("DATABASE_URL", "", "PostgreSQL 15 or newer; the embedded one when empty.", secret=True)
    database_pool: int = setting("TANDEM_DATABASE_POOL", 20, "Connections to PostgreSQL that this node keeps.")
    redis_url: str = setting("REDIS_URL", "", "Redis for several nodes; in-process when empty.", secret=True)
    redis_host: str = setting("REDIS_HOST", "", "Redis by host name instead of REDIS_URL (default port 6379).")
    redis_port: int = setting("REDIS_PORT", 6379, "Port that goes with REDIS_HOST.")
    redis_pool: int = setting("TANDEM_REDIS_POOL", 10, "Connections to Redis that this node keeps.")
    rewards: str = setting(
        "TANDEM_REWARDS",
        "on",
        "`on` or `off`: badges, levels, high scores and streaks made here; off if the host has its own.",
    )
    suggestions: str = setting(
        "TANDEM_SUGGESTIONS",
        "on",
        "`on` or `off`: whether a good result brings its learner the suggestion to challenge a friend.",
    )
    nudge_ways: tuple[str, ...] = setting(
        "TANDEM_NUDGE_WAYS",
        (),
        "Where not as by default: which way a friend's practising reaches people (live, mail, none), by what they do "
        "(same_subject, other_subject, idle, practising, offline), such as `offline=none,idle=mail`.",
    )
    mail_url: str = setting(
        "TANDEM_MAIL_URL",
        "",
        "How nudges leave the app: by `smtp://` or `smtps://user:password@host:port`, or by a service of yours at "
        "`https://`. When empty nothing is sent.",
        secret=True,
    )
    mail_from: str = setting("TANDEM_MAIL_FROM", "", "The sender's address, when mail goes by SMTP.")
    bus: str = setting(
        "TANDEM_BUS", "", "`local`, `redis` or `postgres`; by default redis with REDIS_URL, otherwise postgres."
    )
    wire: str = setting(
        "TANDEM_WIRE", "", "`bare` or `stream`: what carries sockets; by default bare descriptors where there are such."
    )
    oidc_issuer: str = setting("TANDEM_OIDC_ISSUER", "", "Address of an OpenID Connect provider for staff.")
    oidc_client_id: str = setting("TANDEM_OIDC_CLIENT_ID", "", "Client id at that provider.")
    oidc_client_secret: str = setting("TANDEM_OIDC_CLIENT_SECRET", "", "Client secret at it.", secret=True)
    oidc_role_claim: str = setting("TANDEM_OIDC_ROLE_CLAIM", "groups", "Claim whose values name staff roles.")
    log_level: str = setting("TANDEM_LOG_LEVEL", "INFO", "Least level of log lines (JSON, one a line).")

    @property
    def demo(self) -> bool:
        return self.mode == "demo"

    @property
    def simulating(self) -> bool:
        return self.simulator == "on" or (self.simulator == "" and self.demo)

    @property
    def redis(self) -> str:
        """The Redis address in force, or nothing."""
        return self.redis_url or (f"redis://{self.redis_host}:{self.redis_port}/0" if self.redis_host else "")

    @property
    def bus_kind(self) -> str:
        return self.bus or ("redis" if self.redis else "postgres")

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def boards_since(self) -> date:
        return date.fromisoformat(self.boards_from)

    @property
    def secure(self) -> bool:
        return self.public_url.startswith("https://")

    def url(self, port: int) -> str:
        host = f"[{self.host}]" if ":" in self.host else quote(self.host)
        return self.public_url.rstrip("/") or f"http://{host}:{port}"


def read_settings(env: Mapping[str, str], *, serving: bool = True) -> Settings:
    """Settings from the environment, checked; raises SettingsError with one sentence.

    Whoever does not serve, such as a migration, signs nothing and needs no secrets.
    """
    values: dict[str, Any] = {}
    for f in fields(Settings):
        raw = env.get(f.metadata["env"], "").strip()
        if raw:
            values[f.name] = _parse(f.metadata["env"], raw, f.default)
    settings = Settings(**values)
    _check(settings)
    if serving and not settings.demo:
        _check_secrets(settings)
    return settings


def _parse(name: str, raw: str, default: Any) -> Any:
    if isinstance(default, bool | int):
        try:
            number = int(raw)
        except ValueError:
            raise SettingsError(f"{name} must be a whole number, not {raw!r}.") from None
        # Only our own port may be 0, which takes a free one; a pool of 0 would be one without an end.
        least = 0 if name == "TANDEM_PORT" else 1
        if number < least or (name.endswith("_PORT") and number > 65535):
            raise SettingsError(f"{name} is out of range: {number}.")
        return number
    if isinstance(default, Path):
        return Path(raw)
    if isinstance(default, tuple):
        return tuple(part.strip() for part in raw.split(",") if part.strip())
    return raw


def _check(s: Settings) -> None:
    _one_of("TANDEM_MODE", s.mode, ("demo", "production"))
    _one_of("TANDEM_SIMULATOR", s.simulator, ("", "on", "off"))
    _one_of("TANDEM_WIRE", s.wire, ("", "bare", "stream"))
    _one_of("TANDEM_REWARDS", s.rewards, ("on", "off"))
    _one_of("TANDEM_SUGGESTIONS", s.suggestions, ("on", "off"))
    _one_of("TANDEM_BUS", s.bus, ("", "local", "redis", "postgres"))
    _one_of("TANDEM_LOG_LEVEL", s.log_level.upper(), ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"))
    if s.public_url and not s.public_url.startswith(("http://", "https://")):
        raise SettingsError("TANDEM_PUBLIC_URL must begin with http:// or https://.")
    try:
        ZoneInfo(s.timezone)
    except (KeyError, ValueError, OSError):
        raise SettingsError(f"TANDEM_TIMEZONE is not a known time zone: {s.timezone!r}.") from None
    try:
        date.fromisoformat(s.boards_from)
    except ValueError:
        raise SettingsError(f"TANDEM_BOARDS_FROM is not a day such as 2025-01-01: {s.boards_from!r}.") from None
    if s.bus == "redis" and not s.redis:
        raise SettingsError("TANDEM_BUS is redis, but neither REDIS_URL nor REDIS_HOST is set.")
    if not 12 <= s.simulator_people <= 5000:
        raise SettingsError("TANDEM_SIMULATOR_PEOPLE must be 12 to 5000.")
    if s.demo and not is_loopback(s.host):
        raise SettingsError("Demo mode listens on this machine only: TANDEM_HOST must be a loopback address.")


def _check_secrets(s: Settings) -> None:
    for name, value, least in (("TANDEM_SECRET_KEY", s.secret_key, 32), ("TANDEM_API_KEY", s.api_key, 24)):
        if value.lower() in WELL_KNOWN or len(set(value)) < 8:
            raise SettingsError(f"{name} is missing or well known: production needs a secret of its own there.")
        if len(value) < least:
            raise SettingsError(f"{name} is too short: production needs at least {least} characters there.")


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise SettingsError(f"{name} must be one of {', '.join(a for a in allowed if a)}, not {value!r}.")


@lru_cache(maxsize=256)
def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def demo_secret(folder: Path, name: str, prefix: str) -> tuple[str, bool]:
    """The demo's own secret, made once and kept readable for its owner alone; and whether it is new."""
    path = folder / name
    with suppress(FileNotFoundError):
        return path.read_text().strip(), False
    folder.mkdir(parents=True, exist_ok=True)
    # Written aside and then linked: nobody ever reads half a secret, and of two that start at once one wins.
    fresh = folder / f".{name}.{secrets.token_hex(6)}"
    fresh.touch(mode=0o600)
    try:
        fresh.write_text(f"{prefix}_{secrets.token_urlsafe(32)}\n")
        os.link(fresh, path)
    except FileExistsError:
        return path.read_text().strip(), False
    finally:
        fresh.unlink()
    return path.read_text().strip(), True


def described() -> list[tuple[str, str, str, bool]]:
    """Name, default, meaning and secrecy of every setting, in order."""
    rows = []
    for f in fields(Settings):
        default = "" if f.default is MISSING else f.default
        shown = ",".join(default) if isinstance(default, tuple) else str(default)
        rows.append((f.metadata["env"], shown, f.metadata["meaning"], f.metadata["secret"]))
    return rows
