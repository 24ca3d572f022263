"""The doors into pages: who gets in, who does not, and that every refusal is the same plain one."""

from __future__ import annotations

import sys

import pytest
from sqlalchemy import select
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus

from core.accounts.access import PAGES, ROLES
from core.accounts.commands import revoke_tokens
from core.accounts.staff import disable_staff, save_staff
from core.accounts.tickets import make_ticket
from core.accounts.tokens import DAY
from core.content import subjects
from core.principal import SYSTEM
from data.tables import User
from tests.factories import Make
from tests.node_kit import Browser, open_page, page_token

PASSWORD = "a long enough password"


async def test_a_stranger_is_sent_to_the_door_and_enters_as_a_persona(browser: Browser) -> None:
    away = await browser.get("/")
    assert (away.code, away.headers["Location"]) == (302, "/enter?next=%2F")
    entered = await browser.enter("demo-student")
    assert (entered.code, entered.headers["Location"]) == (303, "/")
    home = await browser.get("/")
    assert home.code == 200
    assert b"Mia" in home.body
    assert b"Berger" not in home.body, "a minor's family name stays where it is"


@pytest.mark.req("SEC-3", "API-2")
async def test_every_role_meets_exactly_the_pages_its_scopes_open(browser: Browser, make: Make) -> None:
    for role, scopes in ROLES.items():
        person = await make.person(role=role)
        browser.carry("tandem", make.token(person, "page"))
        for path, scope in PAGES.items():
            expected = 200 if scope in scopes else 403
            page = await browser.get(path)
            assert page.code == expected, (role, path)
    assert {path for path, scope in PAGES.items() if scope in ROLES["student"]} == {
        "/",
        "/activity",
        "/boards",
        "/cohort",
        "/friends",
        "/me",
        "/people",
        "/practice",
        "/practice/co-session",
        "/nudges",
        "/subjects",
        *(f"/subjects/{subject}" for subject in subjects()),
    }
    assert {role for role in ROLES if "admin:read" in ROLES[role]} == {"admin"}


@pytest.mark.req("RT-2", "SEC-1")
async def test_bad_cookies_of_every_kind_are_strangers(browser: Browser, make: Make) -> None:
    person, other = await make.person(), await make.person()
    good = make.token(person, "page")
    bad = {
        "tampered": good[:-3] + ("aaa" if good[-3:] != "aaa" else "bbb"),
        "another purpose": make.token(person, "socket"),
        "expired": make.token(person, "page", ttl=-1),
        "an older generation": make.token(person, "page", generation=7),
        "no token at all": "x",
    }
    await make.erase(other)
    bad["somebody who is gone"] = make.token(other, "page")
    answers = set()
    for kind, cookie in bad.items():
        browser.carry("tandem", cookie)
        page = await browser.get("/")
        answers.add((page.code, page.headers["Location"], page.body))
        assert page.code == 302, kind
    assert len(answers) == 1
    browser.carry("tandem", good)
    assert (await browser.get("/")).code == 200


async def test_an_enter_link_opens_once_and_sets_a_cookie_that_no_script_reads(browser: Browser, make: Make) -> None:
    person = await make.person()
    secret = await make.run(SYSTEM, make_ticket, person.id)
    first = await browser.get(f"/enter/{secret}")
    assert (first.code, first.headers["Location"]) == (303, "/")
    cookie = next(c for c in first.headers.get_list("Set-Cookie") if c.startswith("tandem="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert f"Max-Age={DAY}" in cookie
    again = await Browser(browser.node).get(f"/enter/{secret}")
    assert again.code == 410
    assert b"used up" in again.body
    assert "tandem" not in again.headers.get("Set-Cookie", "")


async def test_enter_links_lead_to_pages_of_ours_only(browser: Browser, make: Make) -> None:
    person = await make.person()
    for wanted in ("//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"):
        secret = await make.run(SYSTEM, make_ticket, person.id)
        entered = await browser.ask("GET", f"/enter/{secret}?next={wanted}")
        assert entered.headers["Location"] == "/", wanted


async def test_staff_sign_in_by_password_with_one_answer_for_all_mistakes(browser: Browser, make: Make) -> None:
    await make.run(SYSTEM, save_staff, "grace", PASSWORD, "analyst")
    wrong = await browser.submit("/login", username="grace", password="not this one")
    nobody = await browser.submit("/login", username="nobody", password=PASSWORD)
    assert wrong.code == nobody.code == 401
    assert b"Name or password is wrong." in wrong.body
    assert b"Name or password is wrong." in nobody.body
    right = await browser.submit("/login", username="grace", password=PASSWORD)
    assert right.code == 303
    assert (await browser.get("/")).code == 200
    assert (await browser.get("/admin")).code == 403
    await make.run(SYSTEM, disable_staff, "grace")
    assert (await browser.get("/")).code == 302, "a disabled account is out at once"


async def test_staff_who_sign_in_are_people_with_a_live_page(browser: Browser, make: Make) -> None:
    await make.run(SYSTEM, save_staff, "grace", PASSWORD, "admin")
    await browser.submit("/login", username="grace", password=PASSWORD)
    given = await browser.ask("POST", "/auth/socket-token", headers={"X-Tandem": "1"})
    assert given.code == 200
    assert b"grace" in (await browser.get("/")).body


@pytest.mark.parametrize("how", ["disabled", "another password and role"])
async def test_an_open_page_of_staff_closes_when_the_account_changes(browser: Browser, make: Make, how: str) -> None:
    await make.run(SYSTEM, save_staff, "grace", PASSWORD, "admin")
    await browser.submit("/login", username="grace", password=PASSWORD)
    async with open_page(browser, "/admin", page_token((await browser.get("/admin")).body)) as socket:
        await socket.recv()
        if how == "disabled":
            await make.run(SYSTEM, disable_staff, "grace")
        else:
            await make.run(SYSTEM, save_staff, "grace", PASSWORD[::-1], "analyst")
        await closed(socket)
    assert socket.close_code == 4003
    assert (await browser.get("/admin")).code != 200


async def test_a_whole_class_comes_in_by_one_address(browser: Browser, make: Make) -> None:
    for _ in range(30):
        person = await make.person()
        pupil = Browser(browser.node)
        assert (await pupil.get(f"/enter/{await make.run(SYSTEM, make_ticket, person.id)}")).code == 303
        assert (await pupil.get("/")).code == 200
    guesses = [(await browser.get(f"/enter/guess-{n:020}")).code for n in range(11)]
    assert guesses == [410] * 10 + [429]


async def test_guessing_passwords_is_slowed_down(browser: Browser) -> None:
    codes = [(await browser.submit("/login", username="grace", password="guess")).code for _ in range(11)]
    assert codes[:10] == [401] * 10
    assert codes[10] == 429


@pytest.mark.req("SEC-3")
async def test_forms_from_other_sites_change_nothing(browser: Browser, make: Make) -> None:
    await browser.get("/enter")
    for origin in ("https://evil.example", "null", f"{browser.base}.evil.example"):
        forged = await browser.ask("POST", "/enter", body={"persona": "demo-admin"}, headers={"Origin": origin})
        assert forged.code == 403, origin
    tokenless = await browser.ask("POST", "/enter", body={"persona": "demo-admin"})
    assert tokenless.code == 403
    assert "tandem" not in browser.cookies
    person = await make.person()
    browser.carry("tandem", make.token(person, "page"))
    assert (await browser.ask("POST", "/auth/socket-token")).code == 403
    given = await browser.ask("POST", "/auth/socket-token", headers={"X-Tandem": "1"})
    assert given.code == 200


async def test_signing_out_ends_it_everywhere(browser: Browser) -> None:
    await browser.enter("demo-tutor")
    assert (await browser.get("/")).code == 200
    kept = browser.cookies["tandem"]
    assert (await browser.ask("POST", "/logout")).code == 303
    assert (await browser.get("/")).code == 302
    browser.carry("tandem", kept)
    assert (await browser.get("/")).code == 302, "a copy of the cookie is void too"


@pytest.mark.req("SEC-3")
async def test_nothing_is_imported_for_whoever_asks_for_a_module(browser: Browser) -> None:
    sys.modules.pop("this", None)
    for path in ("/components/this/x/_esm/y", "/components/dashboards.serve/Shell/_esm", "/components/"):
        assert (await browser.get(path)).code == 404, path
    assert "this" not in sys.modules


@pytest.mark.req("SEC-3")
async def test_the_demo_answers_to_this_machine_alone(browser: Browser) -> None:
    for host in ("evil.example", "evil.example:5006", "127.0.0.1.evil.example", "[::1", ""):
        foreign = {"Host": host, "Origin": f"http://{host}"}
        assert (await browser.ask("GET", "/enter", headers=foreign)).code in (400, 421), host
        assert (await browser.ask("POST", "/api/v1/tokens", headers=foreign)).code in (400, 421), host
    for host in ("localhost", "127.0.0.1:5006", "[::1]:5006"):
        assert (await browser.ask("GET", "/enter", headers={"Host": host})).code == 200, host


async def test_asking_for_a_pages_socket_without_upgrading_leaves_nothing(browser: Browser, make: Make) -> None:
    browser.carry("tandem", make.token(await make.person(role="admin"), "page"))
    token = page_token((await browser.get("/admin")).body)
    headers = {"Origin": browser.base, "Sec-WebSocket-Protocol": f"bokeh, {token}"}
    assert (await browser.ask("GET", "/admin/ws", headers=headers)).code == 400
    assert len(browser.node.server._tornado.auth_provider.pages) == 0


async def test_crooked_addresses_are_not_our_fault(browser: Browser) -> None:
    for path in ("/login?next=//[", "/enter?next=//[", "/assets/%00", "/assets/..%2f..%2fpanel_app.py"):
        assert (await browser.get(path)).code in (200, 403, 404), path


@pytest.mark.req("SEC-3")
async def test_a_pages_own_socket_asks_for_the_same_as_the_page(browser: Browser, make: Make) -> None:
    admin, other, student = await make.person(role="admin"), await make.person(role="admin"), await make.person()
    browser.carry("tandem", make.token(admin, "page"))
    token = page_token((await browser.get("/admin")).body)
    async with open_page(browser, "/admin", token) as socket:
        assert "ACK" in str([await socket.recv() for _ in range(3)])
    for origin in (None, "null", "https://evil.example"):
        await refused(browser, "/admin", token, origin)
    browser.carry("tandem", make.token(student, "page"))
    await refused(browser, "/admin", token)
    await refused(browser, "/", token)
    browser.carry("tandem", make.token(other, "page"))
    await refused(browser, "/admin", token)
    async with open_page(browser, "/admin", page_token((await browser.get("/admin")).body)) as socket:
        assert await socket.recv()


async def closed(socket: ClientConnection) -> None:
    with pytest.raises(ConnectionClosed):
        while True:
            await socket.recv()


async def refused(browser: Browser, path: str, token: str, origin: str | None = "own") -> None:
    with pytest.raises(InvalidStatus) as caught:
        async with open_page(browser, path, token, origin):
            pass
    assert caught.value.response.status_code == 403


async def test_nobody_chooses_a_document_by_its_id(browser: Browser, make: Make) -> None:
    browser.carry("tandem", make.token(await make.person(), "page"))
    assert (await browser.get("/?bokeh-session-id=x")).code == 403
    assert (await browser.get("/?bokeh-token=x")).code == 403
    assert (await browser.get("/", **{"Bokeh-Session-Id": "x"})).code == 403
    assert (await browser.get("/autoload.js")).code == 404
    assert (await browser.get("/metadata")).code == 404


async def test_an_open_page_is_closed_when_its_person_may_not_see_it_any_more(browser: Browser, make: Make) -> None:
    person = await make.person(role="admin")
    browser.carry("tandem", make.token(person, "page"))
    token = page_token((await browser.get("/admin")).body)
    async with open_page(browser, "/admin", token) as socket:
        await socket.recv()
        await make.run(SYSTEM, revoke_tokens, person.id)
        await closed(socket)
    assert socket.close_code == 4003


async def test_loading_pages_over_and_over_is_limited(browser: Browser) -> None:
    codes = [(await browser.get("/")).code for _ in range(121)]
    assert codes[:120] == [302] * 120
    assert codes[120] == 429


@pytest.mark.req("UI-6", "SEC-3")
async def test_every_answer_carries_the_security_headers(browser: Browser) -> None:
    await browser.enter("demo-student")
    for path in ("/", "/enter", "/login", "/logout", "/nothing", "/admin", "/api/v1/nothing", "/healthz"):
        headers = (await browser.get(path)).headers
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"], path
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert "Referrer-Policy" in headers, path


async def test_personas_exist_in_demo_mode_only_once(browser: Browser, make: Make) -> None:
    async with make.app.transactions.read() as db:
        found = (await db.execute(select(User.external_id).where(User.external_id.like("demo-%")))).scalars().all()
    assert len(found) == len(set(found)) == 7
