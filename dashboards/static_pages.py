"""Pages without Panel: the demo's doors, sign-in, sign-out, errors. Functions from plain data to finished HTML.

They carry no inline script and no inline handler, so the strictest content policy fits them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from dashboards.escape import render
from dashboards.nav import ROLE_NAMES


@dataclass(frozen=True, slots=True)
class Persona:
    """Somebody whom a visitor of the demo may be."""

    key: str
    name: str
    role: str
    avatar: str
    sentence: str
    id: UUID | None = None

    @property
    def role_name(self) -> str:
        return ROLE_NAMES.get(self.role, self.role.title())

    @property
    def icon(self) -> str:
        return "person" if self.role == "student" else self.role


@dataclass(frozen=True, slots=True)
class Way:
    href: str
    label: str


@dataclass(frozen=True, slots=True)
class Problem:
    heading: str
    sentence: str
    symbol: str


PROBLEMS: Final[dict[int, Problem]] = {
    401: Problem("Please sign in first", "This page needs to know who is looking.", "sign-in"),
    403: Problem(
        "This page is not open to you",
        "Your role does not include it. An administrator can change what your role may open.",
        "admin",
    ),
    404: Problem("There is nothing here", "The address may be old, or a letter may be missing.", "quiet"),
    410: Problem(
        "This link is used up",
        "It opens once, and within a minute. Go back to where you got it and open it again.",
        "quiet",
    ),
    421: Problem("Wrong address", "This server does not answer to the name it was asked by.", "quiet"),
    429: Problem("That was quick", "Many requests came from here. Try again in a minute.", "jobs"),
    500: Problem("That did not work", "The fault is ours and has been noted. Nothing that was saved is lost.", "error"),
    503: Problem(
        "Back in a moment", "A part of Tandem is starting or being looked after. What was saved is safe.", "again"
    ),
}
HOME: Final = Way("/", "Go to the start page")


def enter_page(
    personas: Sequence[Persona],
    *,
    xsrf: str,
    action: str = "/enter",
    simulated: bool = True,
    login_url: str = "",
    next: str = "",
) -> str:
    """The doors of the demo; the chosen persona's key is posted as `persona`."""
    return render(
        "enter.html",
        title="Come in",
        personas=personas,
        xsrf=xsrf,
        action=action,
        simulated=simulated,
        login_url=login_url,
        next=next,
    )


def login_page(
    *,
    xsrf: str,
    action: str = "/login",
    error: str = "",
    username: str = "",
    next: str = "",
    oidc_url: str = "",
    oidc_name: str = "",
) -> str:
    return render(
        "login.html",
        title="Staff sign-in",
        xsrf=xsrf,
        action=action,
        error=error,
        username=username,
        next=next,
        oidc_url=oidc_url,
        oidc_name=oidc_name,
    )


def logout_page(way_on: Way = Way("/", "Come in again")) -> str:
    return render("logout.html", title="Signed out", way_on=way_on)


def error_page(status: int, *, ways: Sequence[Way] = (HOME,), code: str = "") -> str:
    """What somebody sees instead of a page, always with a way on; `code` is for staff."""
    problem = PROBLEMS.get(status, PROBLEMS[500] if status >= 500 else PROBLEMS[404])
    return render(
        "error.html",
        title=problem.heading,
        status=status,
        heading=problem.heading,
        sentence=problem.sentence,
        symbol=problem.symbol,
        ways=ways,
        code=code,
    )
