"""The way in: a page without scripts, and the choices of language and light."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, RedirectResponse, Response

from polyveil.console.accounts import SCOPES
from polyveil.console.guard import cookie_of, same
from polyveil.console.house import House
from polyveil.console.pages.layout import DARK_COOKIE, LANGUAGE_COOKIE, language_of
from polyveil.console.sessions import LOCAL
from polyveil.console.words import LANGUAGES, say

_PAGE = Markup("""<!doctype html>
<html lang="{tongue}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title><link rel="stylesheet" href="/assets/console.css"></head>
<body class="pv-login"><main><h1>Polyveil</h1>{problem}
<form method="post" action="/login"><input type="hidden" name="next" value="{next}">{fields}
<button type="submit">{go}</button></form>
<p class="pv-quiet">{languages}</p></main></body></html>
""")


def router(house: House) -> APIRouter:
    """The routes of the way in."""
    routes = APIRouter(include_in_schema=False)
    settings, sessions = house.settings, house.sessions

    @routes.get("/login")
    def ask(request: Request, next: str = "/", key: str = "") -> Response:  # noqa: A002 - the name in the address
        if key and settings.key and same(key, settings.key):
            return _welcome(request, house, LOCAL, SCOPES, next)
        return _form(request, house, next)

    @routes.post("/login")
    async def enter(
        request: Request,
        name: Annotated[str, Form()] = "",
        password: Annotated[str, Form()] = "",
        key: Annotated[str, Form()] = "",
        next: Annotated[str, Form()] = "/",  # noqa: A002 - as above
    ) -> Response:
        if key and settings.key and same(key.strip(), settings.key):
            return _welcome(request, house, LOCAL, SCOPES, next)
        found = await run_in_threadpool(sessions.login, name.strip().lower(), password) if name else None
        if found is None:
            return _form(request, house, next, wrong=True)
        secret, _session = found
        return _with_cookie(house, secret, next)

    @routes.post("/login/out")
    def leave(request: Request) -> Response:
        sessions.end(cookie_of(request.headers, settings.cookie))
        answer = RedirectResponse("/login", 303)
        answer.delete_cookie(settings.cookie, path="/")
        return answer

    @routes.get("/login/choose")
    @routes.get("/choose")
    def choose(request: Request, language: str = "", dark: str = "", next: str = "/") -> Response:  # noqa: A002
        answer = RedirectResponse(local_path(next), 303)
        if language in LANGUAGES:
            answer.set_cookie(LANGUAGE_COOKIE, language, max_age=31_536_000, samesite="strict", httponly=True)
        if dark == "toggle":
            now = "light" if request.cookies.get(DARK_COOKIE) == "dark" else "dark"
            answer.set_cookie(DARK_COOKIE, now, max_age=31_536_000, samesite="strict", httponly=True)
        return answer

    return routes


def local_path(path: str) -> str:
    """A path of this console; '/' for anything that could lead away from it."""
    strange = path.startswith(("//", "/\\")) or any(character < " " or character == "\\" for character in path)
    return path if path.startswith("/") and not strange else "/"


def _welcome(request: Request, house: House, name: str, scopes: tuple[str, ...], onward: str) -> Response:
    held = house.sessions.find(cookie_of(request.headers, house.settings.cookie))
    if held is not None and held.account == name:
        return RedirectResponse(local_path(onward), 303)
    secret, _ = house.sessions.begin(name, scopes)
    return _with_cookie(house, secret, onward)


def _with_cookie(house: House, secret: str, onward: str) -> Response:
    answer = RedirectResponse(local_path(onward), 303)
    settings = house.settings
    answer.set_cookie(settings.cookie, secret, httponly=True, samesite="strict", secure=settings.secure, path="/")
    return answer


def _form(request: Request, house: House, onward: str, *, wrong: bool = False) -> Response:
    language = language_of(request, house)

    def field(name: str, kind: str, auto: str) -> Markup:
        return Markup('<label>{}<input name="{}" type="{}" autocomplete="{}"></label>').format(
            say(language, name), name, kind, auto
        )

    fields = Markup("")
    if house.sessions.accounts.names():
        fields += field("name", "text", "username") + field("password", "password", "current-password")
    if house.settings.key:
        fields += field("key", "password", "off")
    languages = Markup(" · ").join(
        Markup('<a href="/login/choose?language={}&amp;next=/login" lang="{}">{}</a>').format(one, one, name)
        for one, name in LANGUAGES.items()
    )
    page = _PAGE.format(
        tongue="zh-CN" if language == "zh" else "en",
        title=say(language, "sign_in"),
        problem=Markup('<p class="pv-warning">{}</p>').format(say(language, "wrong")) if wrong else "",
        next=local_path(onward),
        fields=fields,
        go=say(language, "sign_in"),
        languages=languages,
    )
    return HTMLResponse(page, 401 if wrong else 200)
