"""The frame of every page: where one can go, in which language, light or dark."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from urllib.parse import quote

from markupsafe import Markup
from nicegui import ui
from starlette.requests import Request

from polyveil.console.house import House, session_of
from polyveil.console.sessions import LOCAL, Session
from polyveil.console.words import LANGUAGES, say

PLACES = (
    ("overview", "/", "read"),
    ("browse", "/browse", "read"),
    ("dropin", "/drop", "submit"),
    ("review", "/review", "review"),
    ("analyse", "/analyse", "read"),
    ("live", "/live", "read"),
    ("audit", "/audit", "audit"),
)
"""Key, path and the scope that a place takes."""

PATIENCE_S = 120.0
"""Seconds that a page may take that reads from the vault; NiceGUI's own three are few on a busy machine."""

LANGUAGE_COOKIE, DARK_COOKIE = "polyveil_language", "polyveil_dark"


@dataclass(frozen=True, slots=True)
class View:
    """Who looks at a page, and how."""

    language: str
    session: Session

    def t(self, key: str, **values: object) -> str:
        return say(self.language, key, **values)


def html(content: Markup | str, classes: str = "") -> ui.html:
    """Put markup into the page. It was escaped when it was made."""
    return ui.html(str(content), sanitize=False).classes(classes)


def language_of(request: Request, house: House) -> str:
    """The visitor's language: chosen, else the console's."""
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    return chosen if chosen in LANGUAGES else house.settings.language


@contextmanager
def page(house: House, request: Request, place: str) -> Iterator[View | None]:
    """The frame around a page's content; None for somebody who may not see this place."""
    view = View(language_of(request, house), session_of(request))
    scope = next(needed for key, _, needed in PLACES if key == place)
    ui.page_title(f"{view.t(place)} · {view.t('title')}")
    ui.add_head_html('<link rel="stylesheet" href="/assets/console.css">')
    ui.add_head_html('<script type="module" src="/assets/console.js"></script>')
    client = ui.context.client
    client.page = copy(client.page)  # the language of this answer alone
    client.page.language = "zh-CN" if view.language == "zh" else "en-US"
    ui.add_head_html(f'<meta name="csrf" content="{view.session.csrf}">')
    ui.dark_mode({"dark": True, "light": False}.get(request.cookies.get(DARK_COOKIE, "")))
    html(_header(view, place, request.url.path, str(request.url.query)))
    with ui.element("main").classes("pv-main"):
        html(Markup("<h1>{}</h1>").format(view.t(place)))
        if view.session.may(scope):
            if house.shelf.loading or house.shelf.problem:
                html(_notice(house, view))
            yield view
        else:
            html(Markup('<p class="pv-warning">{}</p>').format(view.t("forbidden")))
            yield None


def left(house: House, view: View) -> bool:
    """Has the session of a page that is still open ended? The visitor is led out then."""
    if house.sessions.valid(view.session):
        return False
    ui.navigate.to("/login")
    return True


def _notice(house: House, view: View) -> Markup:
    shelf = house.shelf
    said = shelf.problem or view.t("loading", done=len(shelf.index), total=shelf.expected)
    return Markup('<p class="pv-warning" data-name="notice">{}</p>').format(said)


def _header(view: View, place: str, path: str, query: str) -> Markup:
    here = quote(f"{path}?{query}" if query else path, safe="")
    links = Markup("").join(
        Markup('<a href="{}" class="{}">{}</a>').format(to, "pv-here" if key == place else "", view.t(key))
        for key, to, scope in PLACES
        if view.session.may(scope)
    )
    other = "en" if view.language == "zh" else "zh"
    choose = Markup('<a href="/choose?language={}&next={}" lang="{}">{}</a>').format(
        other, here, other, LANGUAGES[other]
    )
    dark = Markup('<a href="/choose?dark=toggle&next={}" title="{}" aria-label="{}">◐</a>').format(
        here, view.t("dark"), view.t("dark")
    )
    out = view.t("sign_out")
    said = out if view.session.account == LOCAL else f"{view.session.account} · {out}"
    leave = Markup('<form method="post" action="/login/out"><button type="submit">{}</button></form>').format(said)
    return Markup(
        '<header class="pv-header"><a class="pv-brand" href="/">Polyveil</a><nav>{}</nav>'
        '<span class="pv-choose">{}{}{}</span></header>'
    ).format(links, choose, dark, leave)


Register = Callable[[House], None]
