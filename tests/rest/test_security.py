"""Origins, addresses and headers, as pure decisions over hostile input."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tornado.httputil import HTTPHeaders, HTTPServerRequest, RequestStartLine

from core.errors import SettingsError
from core.settings import Settings
from core.web.security import (
    base_url,
    client_address,
    cookie_options,
    from_this_machine,
    is_same_origin,
    limit_key,
    origin_allowed,
    panel_csp,
    reading_headers,
    security_headers,
    trusted_networks,
)

PLAIN = Settings(mode="demo")
OPEN = Settings(mode="demo", allowed_origins=("https://school.example", "http://lab.example:8080/"))
PUBLIC = Settings(mode="demo", public_url="https://live.example.org")
HOST = "tandem.example:5006"


@pytest.mark.req("SEC-3")
@pytest.mark.parametrize(
    ("origin", "host", "settings"),
    [
        ("http://tandem.example:5006", HOST, PLAIN),
        ("https://tandem.example:5006", HOST, PLAIN),
        ("http://Tandem.Example:5006", HOST, PLAIN),
        ("http://tandem.example:5006", "TANDEM.example:5006", PLAIN),
        ("http://tandem.example", "tandem.example", PLAIN),
        ("http://tandem.example:80", "tandem.example", PLAIN),
        ("https://tandem.example", "tandem.example:443", PLAIN),
        ("http://[::1]:5006", "[::1]:5006", PLAIN),
        ("https://school.example", HOST, OPEN),
        ("https://school.example:443", HOST, OPEN),
        ("http://lab.example:8080", HOST, OPEN),
        ("https://live.example.org", "10.0.0.7:5006", PUBLIC),
    ],
)
def test_our_own_and_allowed_origins_pass(origin: str, host: str, settings: Settings) -> None:
    assert origin_allowed(origin, host, settings)


@pytest.mark.req("SEC-3", "RT-1")
@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "https://evil.example",
        "https://school.example.evil.example",
        "https://evilschool.example",
        "https://school.example@evil.example",
        "https://evil.example#school.example",
        "https://evil.example/https://school.example",
        "https://school.example/",
        "https://school.example:444",
        "http://school.example",
        "https://school.example ",
        " https://school.example",
        "https://school.example,https://evil.example",
        "https://school.example\\.evil.example",
        "ftp://school.example",
        "file://",
        "//tandem.example:5006",
        "tandem.example:5006",
        "http://tandem.example:5007",
        "http://tandem.example",
        "http://tandem.example:5006.evil.example",
        "http://tandem.example:99999",
        "http://tandem.example:abc",
        "http://[::1",
        "http://",
        "*",
    ],
)
def test_other_origins_do_not(origin: str) -> None:
    assert not origin_allowed(origin, HOST, OPEN)
    assert not origin_allowed(origin, HOST, OPEN, missing=True)


def test_an_allowed_origin_is_not_our_own() -> None:
    assert origin_allowed("https://school.example", HOST, OPEN)
    assert not is_same_origin("https://school.example", HOST, OPEN)


def test_a_missing_origin_passes_only_for_programs() -> None:
    assert not origin_allowed(None, HOST, PLAIN)
    assert not origin_allowed("", HOST, PLAIN)
    assert origin_allowed(None, HOST, PLAIN, missing=True)


@pytest.mark.parametrize("host", ["", "a b", "a/b", "user@tandem.example", "a,b", "a:port"])
def test_a_host_that_is_none_is_nobodys_origin(host: str) -> None:
    assert not origin_allowed(f"http://{host}", host, PLAIN)


def test_a_secure_site_is_not_its_insecure_twin() -> None:
    assert not origin_allowed("http://live.example.org", "live.example.org", PUBLIC)
    assert origin_allowed("https://live.example.org", "live.example.org", PUBLIC)


# --- addresses


def request(remote: str, **headers: str) -> HTTPServerRequest:
    given = HTTPHeaders({name.replace("_", "-"): value for name, value in ({"Host": HOST} | headers).items()})
    line = RequestStartLine("GET", "/", "HTTP/1.1")
    made = HTTPServerRequest(start_line=line, headers=given)
    made.remote_ip = remote
    return made


PROXIES = ("10.0.0.0/8", "192.0.2.1", "2001:db8::/32")


@pytest.mark.req("SEC-2")
@pytest.mark.parametrize(
    ("remote", "forwarded", "expected"),
    [
        ("203.0.113.9", "", "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("10.1.2.3", "", "10.1.2.3"),
        ("10.1.2.3", "198.51.100.1", "198.51.100.1"),
        ("10.1.2.3", "1.1.1.1, 198.51.100.1", "198.51.100.1"),
        ("10.1.2.3", "1.1.1.1, 198.51.100.1, 192.0.2.1, 10.9.9.9", "198.51.100.1"),
        ("10.1.2.3", "10.5.5.5, 10.6.6.6", "10.5.5.5"),
        ("10.1.2.3", "198.51.100.1, nonsense", "10.1.2.3"),
        ("10.1.2.3", "nonsense, 198.51.100.1", "198.51.100.1"),
        ("10.1.2.3", "198.51.100.1:4711", "198.51.100.1"),
        ("10.1.2.3", "[2001:dead::1]:4711", "2001:dead::1"),
        ("::ffff:10.1.2.3", "::ffff:198.51.100.1", "198.51.100.1"),
        ("2001:db8::5", "2001:dead::1", "2001:dead::1"),
    ],
)
def test_only_our_proxies_are_believed_about_others(remote: str, forwarded: str, expected: str) -> None:
    headers = {"X_Forwarded_For": forwarded} if forwarded else {}
    assert client_address(request(remote, **headers), PROXIES) == expected


def test_several_forwarding_headers_are_one_list() -> None:
    made = request("10.1.2.3")
    made.headers.add("X-Forwarded-For", "1.1.1.1")
    made.headers.add("X-Forwarded-For", "198.51.100.1")
    assert client_address(made, PROXIES) == "198.51.100.1"


def test_nobody_is_believed_where_no_proxy_is_named() -> None:
    assert client_address(request("127.0.0.1", X_Forwarded_For="8.8.8.8"), ()) == "127.0.0.1"


def test_a_proxy_that_is_no_address_keeps_the_product_from_starting() -> None:
    with pytest.raises(SettingsError, match="TANDEM_TRUSTED_PROXIES"):
        trusted_networks(("the-proxy",))


def test_one_ipv6_customer_counts_as_one() -> None:
    assert limit_key("2001:db8:1:2:3::4") == limit_key("2001:db8:1:2:ffff::1") == "2001:db8:1:2::"
    assert limit_key("2001:db8:1:3::4") != limit_key("2001:db8:1:2::4")
    assert limit_key("203.0.113.9") == "203.0.113.9"
    assert limit_key("whatever") == "unknown"


def test_this_machine_is_asked_from_here_only_without_a_proxy() -> None:
    assert from_this_machine(request("127.0.0.1"))
    assert from_this_machine(request("::1"))
    assert not from_this_machine(request("10.0.0.1"))
    for header in ("X_Forwarded_For", "Forwarded", "Via", "X_Real_Ip"):
        assert not from_this_machine(request("127.0.0.1", **{header: "1.2.3.4"}))


def test_the_address_that_people_use() -> None:
    assert base_url(request("127.0.0.1"), PLAIN) == "http://tandem.example:5006"
    assert base_url(request("127.0.0.1"), PUBLIC) == "https://live.example.org"
    proxied = replace(PLAIN, trusted_proxies=PROXIES)
    assert base_url(request("10.0.0.1", X_Forwarded_Proto="https"), proxied) == "https://tandem.example:5006"
    assert base_url(request("8.8.8.8", X_Forwarded_Proto="https"), proxied) == "http://tandem.example:5006"
    assert base_url(request("10.0.0.1", X_Forwarded_Proto="javascript"), proxied) == "http://tandem.example:5006"


# --- headers


@pytest.mark.req("SEC-3")
def test_https_alone_asks_for_https_for_ever() -> None:
    assert "Strict-Transport-Security" not in security_headers(PLAIN)
    assert "max-age=31536000" in security_headers(PUBLIC)["Strict-Transport-Security"]


@pytest.mark.req("SEC-3")
def test_a_panel_page_may_talk_to_its_own_socket_only() -> None:
    assert "connect-src 'self' blob: ws://tandem.example:5006;" in panel_csp(HOST, PLAIN)
    assert "connect-src 'self' blob: wss://live.example.org;" in panel_csp("live.example.org", PUBLIC)
    for hostile in ("evil; script-src *", "a, b", "a b", "x'y"):
        policy = panel_csp(hostile, PLAIN)
        assert "connect-src 'self' blob:;" in policy
        assert hostile not in policy
    for rule in ("object-src 'none'", "base-uri 'self'", "frame-ancestors 'none'", "form-action 'self'"):
        assert rule in panel_csp(HOST, PLAIN)


@pytest.mark.req("SEC-1")
def test_the_page_cookie_is_hidden_from_scripts_and_other_sites() -> None:
    plain, secure = cookie_options(PLAIN, 60), cookie_options(PUBLIC, 60)
    assert (plain["httponly"], plain["samesite"], plain["secure"], plain["path"]) == (True, "Lax", False, "/")
    assert secure["secure"] is True


@pytest.mark.req("SEC-3")
def test_pages_of_allowed_origins_may_read_and_nobody_with_a_cookie() -> None:
    found = reading_headers("http://lab.example:8080", OPEN)
    assert found["Access-Control-Allow-Origin"] == "http://lab.example:8080"
    assert found["Vary"] == "Origin"
    assert "Access-Control-Allow-Credentials" not in found
    for origin in (None, "", "null", "http://lab.example", "https://school.example.evil", "https://school.example/x"):
        assert reading_headers(origin, OPEN) == {}
    assert reading_headers("https://live.example.org", PUBLIC) == {}
