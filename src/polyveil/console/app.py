"""The application: the API, the way in, our own static files and NiceGUI's pages, with the guard around all of it."""

from __future__ import annotations

import socket
from importlib import import_module, resources

import polyveil
from polyveil.console.drops import Drops
from polyveil.console.guard import Guard
from polyveil.console.house import House
from polyveil.console.preview import Thumbnails
from polyveil.console.sessions import Sessions
from polyveil.console.settings import Settings
from polyveil.console.shelf import Shelf
from polyveil.errors import MissingExtraError, UsageError

_PAGES = ("overview", "browse", "asset", "dropin", "review", "analyse", "live", "audit")
ICON = (
    "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'><rect width='32' height='32' rx='7' fill='#1f4f8f'/>"
    "<path d='M8 16h16M8 10h16M8 22h10' stroke='#fff' stroke-width='3' stroke-linecap='round'/></svg>"
)


def build(settings: Settings, shelf: Shelf, sessions: Sessions, drops: Drops) -> Guard:
    """The whole console as an ASGI application. One a process, since NiceGUI's pages are.

    Raises:
        MissingExtraError: NiceGUI is not installed.
    """
    try:
        from fastapi import FastAPI
        from nicegui import ui
        from starlette.staticfiles import StaticFiles
    except ImportError as error:
        raise MissingExtraError("The console", "console") from error
    from polyveil.console import login
    from polyveil.console.api import router

    house = House(settings, shelf, sessions, Thumbnails(shelf), drops)
    app = FastAPI(
        title="Polyveil",
        version=polyveil.__version__,
        description="What the unlocked principal's grants open of a vault.",
        openapi_url="/api/openapi.json",
        docs_url=None,  # the usual pages load their code from elsewhere
        redoc_url=None,
    )
    app.include_router(router(house), prefix="/api")
    app.include_router(login.router(house))
    app.mount("/assets", StaticFiles(directory=str(resources.files("polyveil.console") / "static")))
    for name in _PAGES:
        import_module(f"polyveil.console.pages.{name}").register(house)
    ui.run_with(
        app, title="Polyveil", favicon=ICON, dark=None, tailwind=False, show_welcome_message=False,
        language="zh-CN" if settings.language == "zh" else "en-US",
    )  # fmt: skip
    return Guard(app, settings, sessions)


def serve(settings: Settings, shelf: Shelf, sessions: Sessions, sock: socket.socket) -> None:
    """Serve until interrupted. `sock` is bound already."""
    drops = Drops(shelf)
    app = build(settings, shelf, sessions, drops)
    import uvicorn

    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,  # addresses hold asset ids and what was searched for
        server_header=False,
        ssl_certfile=settings.certificate,
        ssl_keyfile=settings.private_key,
        timeout_graceful_shutdown=3,
        ws_max_size=4 * 1024**2,
    )
    shelf.start()
    try:
        uvicorn.Server(config).run(sockets=[sock])
    finally:
        drops.close()
        shelf.close()


def listen(host: str, port: int) -> socket.socket:
    """A socket for the console. Raises UsageError when the address cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host.strip("[]"), port))
        sock.listen(128)  # whoever comes before the console is ready waits
    except OSError as error:
        sock.close()
        raise UsageError(f"{host}:{port}: cannot listen there ({error.strerror}). Choose another --port.") from None
    return sock
