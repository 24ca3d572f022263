"""Every rule of the settings: a refusal is one sentence that names the setting and gives no secret away."""

from __future__ import annotations

import dataclasses
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.errors import SettingsError
from core.settings import WELL_KNOWN, Settings, demo_secret, described, is_loopback, read_settings

SECRET = "Qm3vT8xLw2Zr7YpK5sNd9HcB4fGjA6eU"
KEY = "key_x7Rw2LmQ9vTz4BnKsY3dHcPf"
GOOD = {"TANDEM_SECRET_KEY": SECRET, "TANDEM_API_KEY": KEY}
DEMO = {"TANDEM_MODE": "demo"}


def refusal(env: dict[str, str]) -> str:
    with pytest.raises(SettingsError) as refused:
        read_settings(env)
    sentence = str(refused.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


@pytest.mark.req("SEC-1")
@pytest.mark.parametrize("name", ["TANDEM_SECRET_KEY", "TANDEM_API_KEY"])
@pytest.mark.parametrize("value", [None, "", "   ", *sorted(WELL_KNOWN), "CHANGEME", "a" * 64, "abcabcabc" * 8])
def test_production_refuses_a_secret_that_anybody_knows(name: str, value: str | None) -> None:
    env = {**GOOD, name: value} if value is not None else {k: v for k, v in GOOD.items() if k != name}
    assert refusal({k: v for k, v in env.items() if v is not None}).startswith(f"{name} is missing or well known")


@pytest.mark.req("SEC-1")
@pytest.mark.parametrize(("name", "value", "least"), [("TANDEM_SECRET_KEY", SECRET, 32), ("TANDEM_API_KEY", KEY, 24)])
def test_production_refuses_a_short_secret_and_does_not_repeat_it(name: str, value: str, least: int) -> None:
    short = value[: least - 1]
    sentence = refusal({**GOOD, name: short})
    assert sentence.startswith(f"{name} is too short")
    assert str(least) in sentence
    assert short not in sentence
    assert not read_settings({**GOOD, name: value[:least]}).demo


@pytest.mark.req("OPS-1", "SEC-1")
def test_production_with_secrets_of_its_own_is_content() -> None:
    settings = read_settings(GOOD)
    assert not settings.demo
    assert not settings.simulating
    assert (settings.secret_key, settings.api_key) == (SECRET, KEY)
    assert (settings.host, settings.port, settings.database_pool, settings.redis_pool) == ("127.0.0.1", 5006, 20, 10)
    assert (settings.redis, settings.bus_kind) == ("", "postgres")
    assert read_settings({**GOOD, "TANDEM_HOST": "0.0.0.0"}).host == "0.0.0.0"


@pytest.mark.parametrize(
    "host", ["0.0.0.0", "::", "192.168.1.5", "10.0.0.1", "tandem.example", "127.0.0.1.example", "*"]
)
def test_demo_listens_on_this_machine_only(host: str) -> None:
    assert "TANDEM_HOST" in refusal({**DEMO, "TANDEM_HOST": host})


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "localhost"])
def test_demo_needs_no_secrets_of_its_own(host: str) -> None:
    settings = read_settings({**DEMO, "TANDEM_HOST": host})
    assert settings.demo
    assert settings.simulating
    assert is_loopback(host)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TANDEM_MODE", "Demo"),
        ("TANDEM_MODE", "test"),
        ("TANDEM_SIMULATOR", "yes"),
        ("TANDEM_BUS", "kafka"),
        ("TANDEM_LOG_LEVEL", "loud"),
        ("TANDEM_TIMEZONE", "Mars/Olympus"),
        ("TANDEM_TIMEZONE", "../../etc/passwd"),
        ("TANDEM_TIMEZONE", "America"),
        ("TANDEM_TIMEZONE", "/etc/localtime"),
        ("TANDEM_PUBLIC_URL", "tandem.example"),
        ("TANDEM_PUBLIC_URL", "javascript:alert(1)"),
        ("TANDEM_PORT", "http"),
        ("TANDEM_PORT", "50.06"),
        ("TANDEM_PORT", "-1"),
        ("TANDEM_PORT", "65536"),
        ("TANDEM_DATABASE_POOL", "0"),
        ("TANDEM_DATABASE_POOL", "many"),
        ("TANDEM_REDIS_POOL", "-3"),
        ("REDIS_PORT", "0"),
        ("REDIS_PORT", "70000"),
    ],
)
def test_what_cannot_be_is_refused_by_name(name: str, value: str) -> None:
    assert name in refusal({**GOOD, name: value})


def test_a_redis_bus_needs_a_redis() -> None:
    sentence = refusal({**GOOD, "TANDEM_BUS": "redis"})
    assert "REDIS_URL" in sentence
    assert "REDIS_HOST" in sentence
    assert read_settings({**GOOD, "TANDEM_BUS": "redis", "REDIS_HOST": "cache"}).bus_kind == "redis"


@pytest.mark.req("OPS-1", "RT-13")
def test_redis_by_address_or_by_host_and_the_bus_that_follows() -> None:
    by_host = read_settings({**GOOD, "REDIS_HOST": "cache"})
    assert (by_host.redis, by_host.bus_kind) == ("redis://cache:6379/0", "redis")
    assert read_settings({**GOOD, "REDIS_HOST": "cache", "REDIS_PORT": "7000"}).redis == "redis://cache:7000/0"
    both = read_settings({**GOOD, "REDIS_HOST": "cache", "REDIS_URL": "redis://other:1/2"})
    assert both.redis == "redis://other:1/2"
    assert read_settings({**GOOD, "REDIS_HOST": "cache", "TANDEM_BUS": "postgres"}).bus_kind == "postgres"
    assert read_settings({**GOOD, "TANDEM_BUS": "postgres"}).bus_kind == "postgres"


@pytest.mark.parametrize("zone", ["UTC", "Europe/Zurich", "Pacific/Kiritimati", "America/New_York"])
def test_zones_of_the_organisation(zone: str) -> None:
    assert read_settings({**GOOD, "TANDEM_TIMEZONE": zone}).zone.key == zone


def test_values_are_trimmed_and_lists_are_split() -> None:
    settings = read_settings(
        {
            **GOOD,
            "TANDEM_ALLOWED_ORIGINS": " https://a.example , https://b.example,, ",
            "TANDEM_DATA": " /srv/tandem ",
            "TANDEM_PORT": " 0 ",
            "TANDEM_LOG_LEVEL": "debug",
            "TANDEM_NODE": "  ",
        }
    )
    assert settings.allowed_origins == ("https://a.example", "https://b.example")
    assert settings.data == Path("/srv/tandem")
    assert settings.port == 0
    assert settings.node == ""


@pytest.mark.parametrize(
    ("env", "url"),
    [
        ({}, "http://127.0.0.1:5006"),
        ({"TANDEM_HOST": "::1"}, "http://[::1]:5006"),
        ({"TANDEM_PUBLIC_URL": "https://tandem.example/"}, "https://tandem.example"),
    ],
)
def test_the_address_that_people_use(env: dict[str, str], url: str) -> None:
    settings = read_settings({**GOOD, **env})
    assert settings.url(5006) == url
    assert settings.secure == url.startswith("https")


def test_every_setting_is_described_and_secrets_are_marked() -> None:
    rows = {name: (default, meaning, secret) for name, default, meaning, secret in described()}
    assert len(rows) == len(dataclasses.fields(Settings))
    assert all(meaning.endswith(".") or meaning for _, meaning, _ in rows.values())
    marked = {name for name, (_, _, secret) in rows.items() if secret}
    assert {"TANDEM_SECRET_KEY", "TANDEM_API_KEY", "DATABASE_URL", "REDIS_URL", "TANDEM_OIDC_CLIENT_SECRET"} <= marked
    assert all(rows[name][0] == "" for name in marked), "no secret has a default"


def test_a_demo_secret_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "var" / "secrets"
    value, new = demo_secret(folder, "api_key", "key")
    assert new
    assert value.startswith("key_")
    assert len(value) > 40
    assert demo_secret(folder, "api_key", "key") == (value, False)
    assert stat.S_IMODE((folder / "api_key").stat().st_mode) == 0o600
    assert [path.name for path in folder.iterdir()] == ["api_key"]
    assert demo_secret(tmp_path, "api_key", "key")[0] != value


def test_demos_that_start_at_once_agree_on_the_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        made = list(pool.map(lambda _: demo_secret(tmp_path, "secret_key", "demo"), range(64)))
    assert len({value for value, _ in made}) == 1
    assert [new for _, new in made].count(True) == 1
    assert all(len(value) > 40 for value, _ in made)
