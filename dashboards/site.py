"""The pages there are, each built for one viewer from the running node."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from core.app import App
from core.content import subjects
from core.principal import Principal
from dashboards.health_feed import HealthFeed
from dashboards.pages.activity import activity, reports
from dashboards.pages.admin import admin_page
from dashboards.pages.boards import boards
from dashboards.pages.cohort import cohort
from dashboards.pages.friends import friends
from dashboards.pages.home import HomeModel, home
from dashboards.pages.me import me
from dashboards.pages.nudges import nudges
from dashboards.pages.people import people
from dashboards.pages.practice import co_session, practice
from dashboards.pages.review import review
from dashboards.pages.rooms import room, rooms
from dashboards.serve import Page, Still
from dashboards.template import Shell


def pages(feed: HealthFeed) -> dict[str, Page]:
    return {
        "/": Still(home_page),
        "/boards": Still(boards_page),
        "/cohort": Still(cohort_page),
        "/friends": Still(friends_page),
        "/me": Still(me_page),
        "/people": Still(people_page),
        "/activity": Still(activity_page),
        "/review/activities": Still(reports_page),
        "/practice": Still(practice_page),
        "/nudges": Still(nudges_page),
        "/practice/co-session": Still(co_session_page),
        "/subjects": Still(rooms_page),
        **{f"/subjects/{subject}": Still(room_page(subject)) for subject in subjects()},
        "/review": Still(review_page),
        "/admin": lambda app, viewer: admin_page(app, feed, viewer),
    }


def home_page(app: App, viewer: Principal) -> Shell:
    now = app.clock.now().astimezone(ZoneInfo(viewer.timezone))
    model = HomeModel(
        who=viewer,
        now=now,
        cohort_name=viewer.cohort_name,
        names=names(),
        simulated=app.settings.simulating,
    )
    return home(model)


def boards_page(app: App, viewer: Principal) -> Shell:
    return boards(viewer, names(), app.settings.simulating)


def cohort_page(app: App, viewer: Principal) -> Shell:
    return cohort(viewer, names(), app.settings.simulating)


def friends_page(app: App, viewer: Principal) -> Shell:
    return friends(viewer, names(), app.settings.simulating)


def me_page(app: App, viewer: Principal) -> Shell:
    return me(viewer, names(), app.settings.simulating)


def people_page(app: App, viewer: Principal) -> Shell:
    cohort = [f"cohort:{viewer.cohort_id}"] if viewer.cohort_id else []
    return people(viewer, [*cohort, "presence:lobby"], names(), app.settings.simulating)


def practice_page(app: App, viewer: Principal) -> Shell:
    return practice(viewer, names(), app.settings.simulating)


def nudges_page(app: App, viewer: Principal) -> Shell:
    return nudges(viewer, names(), app.settings.simulating)


def activity_page(app: App, viewer: Principal) -> Shell:
    cohort = [f"cohort:{viewer.cohort_id}"] if viewer.cohort_id else []
    return activity(viewer, [*cohort, "presence:lobby"], names(), app.settings.simulating)


def reports_page(app: App, viewer: Principal) -> Shell:
    return reports(viewer, names(), app.settings.simulating)


def co_session_page(app: App, viewer: Principal) -> Shell:
    return co_session(viewer, names(), app.settings.simulating)


def rooms_page(app: App, viewer: Principal) -> Shell:
    return rooms(viewer, names(), app.settings.simulating)


def room_page(subject: str) -> Callable[[App, Principal], Shell]:
    def build(app: App, viewer: Principal) -> Shell:
        return room(subject, viewer, names(), app.settings.simulating)

    return build


def review_page(app: App, viewer: Principal) -> Shell:
    return review(viewer, names(), app.settings.simulating)


def names() -> dict[str, str]:
    """What subjects and skills are called, by their ids."""
    found = {subject.id: subject.name for subject in subjects().values()}
    for subject in subjects().values():
        found |= {skill: skill.replace("-", " ").capitalize() for skill in subject.skills}
    return found
