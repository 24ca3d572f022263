"""The addresses of the workshop's pages. Anybody may open them; what is inside is for who has a token of the workshop.

An unknown, an expired and a made-up code lead to the start page, without a word that would tell them apart.
"""

from __future__ import annotations

from tornado.web import HTTPError

from core.errors import NotFound, RateLimited
from core.web.security import base_url, client_address
from core.workshop.errors import SessionExpired, UnknownWorkshop
from core.workshop.guests import clean_code
from core.workshop.queries import get_workshop
from core.workshop.templates import get_template, list_templates
from dashboards.auth.handlers import DoorHandler
from dashboards.pages.workshop import new_page, preview_page, start_page, team_page, workshop_page

START = "/workshop"


class WorkshopPages(DoorHandler):
    """Start, a new workshop, and a team's room."""

    def get(self, page: str = "") -> None:
        shipped = list_templates()
        if page == "new":
            self.finish(new_page(shipped))
        elif page == "team":
            self.finish(team_page(shipped, self.app.clock.now()))
        else:
            self.finish(start_page(shipped))


class WorkshopPreview(DoorHandler):
    def get(self, slug: str) -> None:
        try:
            self.finish(preview_page(get_template(slug)))
        except NotFound:
            raise HTTPError(404) from None


class WorkshopDoor(DoorHandler):
    """`/workshop/{code}`: join, come back, go on after days, look at it afterwards; all by the one address."""

    async def get(self, text: str) -> None:
        code = clean_code(text)
        if code and code != text:
            self.redirect(f"{START}/{code}")
            return
        address = client_address(self.request, self.app.settings.trusted_proxies)
        try:
            async with self.app.transactions.read() as db:
                id = await self.app.porter.find(db, code, address)
                workshop = await get_workshop(db, id, self.app.clock.now())
        except (UnknownWorkshop, SessionExpired):
            self.redirect(START)
            return
        except RateLimited:
            raise HTTPError(429) from None
        screen = "screen" in self.request.query_arguments or self.request.query == "screen"
        self.finish(workshop_page(workshop, base_url(self.request, self.app.settings), screen=screen))
