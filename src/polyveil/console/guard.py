"""The guard at the door: host names, sessions, cross-site requests, and the headers of every answer."""

from __future__ import annotations

import re
import secrets
from http.cookies import CookieError, SimpleCookie
from urllib.parse import quote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from polyveil.console.sessions import Session, Sessions
from polyveil.console.settings import Settings

CSRF_HEADER = "x-polyveil-csrf"
PUBLIC = ("/login", "/assets/", "/_nicegui/")
"""Paths without a session: the login page, our own style sheet, and NiceGUI's code, which holds no data."""

MOST_BODY = 8 * 1024**2
"""Bytes of a request's body; files that are put into a drop have a bound of their own."""

_SAFE = {"GET", "HEAD", "OPTIONS"}
_FILE = re.compile(r"/api/drops/[0-9a-f]{16}/files/")
_POLICY = (
    "default-src 'self'; "
    # Vue compiles the page's templates in the browser, and NiceGUI writes its start-up script into the page
    "script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; "
    "media-src 'self' blob:; "
    "font-src 'self' data:; "
    "connect-src 'self'; "
    "object-src 'none'; "
    "base-uri 'none'; "
    "form-action 'self'; "
    "frame-ancestors 'none'; "
)
HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",  # under no-referrer a form's own Origin would be "null"
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}


class Guard:
    """An ASGI application around another. It puts the `Session` into `scope['state']['session']`."""

    def __init__(self, app: ASGIApp, settings: Settings, sessions: Sessions) -> None:
        self.app, self._settings, self._sessions = app, settings, sessions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refusal = self._refusal(scope, headers)
        if scope["type"] == "websocket":
            if refusal is not None:
                await send({"type": "websocket.close", "code": 1008})
                return
            await self.app(scope, receive, send)
            return

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    if name not in answer:
                        answer[name] = value
                if "cache-control" not in answer:
                    answer["cache-control"] = "no-store"
                if self._settings.secure:
                    answer["strict-transport-security"] = "max-age=31536000"
            await send(message)

        if refusal is None and not _FILE.match(str(scope["path"])):
            if _length(headers) > MOST_BODY:
                refusal = JSONResponse({"detail": "the request is too large"}, 413, {"connection": "close"})
            else:
                receive = _bounded(receive)
        await (refusal or self.app)(scope, receive, dressed)

    def _refusal(self, scope: Scope, headers: Headers) -> Response | None:
        """Why a request goes no further, as the answer to it; None lets it in."""
        if not self._settings.known_as(headers.get("host", "")):
            return PlainTextResponse("This console is not known by that name.", 421)
        origin = headers.get("origin")
        foreign = origin is not None and urlsplit(origin).netloc != headers.get("host")
        method = str(scope.get("method", "GET"))
        if foreign and (scope["type"] == "websocket" or method not in _SAFE):
            return PlainTextResponse("Requests from other sites are refused.", 403)
        path = str(scope["path"])
        session, by_cookie = self._session(headers)
        scope.setdefault("state", {})["session"] = session
        if path.startswith(PUBLIC):
            return None
        if session is None:
            return _ask_to_log_in(scope, path)
        changing = path.startswith("/api/") and method not in _SAFE
        if by_cookie and changing and not same(headers.get(CSRF_HEADER, ""), session.csrf):
            return JSONResponse({"detail": f"the header {CSRF_HEADER} is missing or wrong"}, 403)
        return None

    def _session(self, headers: Headers) -> tuple[Session | None, bool]:
        scheme, _, secret = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return self._sessions.bearer(secret.strip()), False
        cookie = cookie_of(headers, self._settings.cookie)
        return (self._sessions.find(cookie) if cookie else None), True


def cookie_of(headers: Headers, name: str) -> str:
    """The session cookie's value, '' if there is none."""
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(name)
    except CookieError:
        return ""
    return found.value if found else ""


def same(given: str, secret: str) -> bool:
    """Are they equal? Takes as long whatever the answer is; `given` may hold anything."""
    return secrets.compare_digest(given.encode("utf-8", "surrogateescape"), secret.encode())


def _length(headers: Headers) -> int:
    told = headers.get("content-length", "0")
    return int(told) if told.isascii() and told.isdecimal() and len(told) < 20 else 0


def _bounded(receive: Receive) -> Receive:
    """A body of unknown length breaks off as if the visitor had gone away."""
    taken = 0

    async def limited() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        return message if taken <= MOST_BODY else {"type": "http.disconnect"}

    return limited


def _ask_to_log_in(scope: Scope, path: str) -> Response:
    if path.startswith("/api/") or scope["type"] == "websocket":
        return JSONResponse({"detail": "log in, or send a token"}, 401, {"www-authenticate": "Bearer"})
    query = scope.get("query_string", b"").decode("latin-1")
    here = f"{path}?{query}" if query else path
    return RedirectResponse(f"/login?next={quote(here, safe='')}", 303)
