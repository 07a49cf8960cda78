"""What all pages and the API of one console share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.requests import HTTPConnection

from polyveil.console.drops import Drops
from polyveil.console.preview import Thumbnails
from polyveil.console.sessions import Session, Sessions
from polyveil.console.settings import Settings
from polyveil.console.shelf import Shelf


@dataclass(frozen=True, slots=True)
class House:
    """One console: how it serves, whose vault, who is in."""

    settings: Settings
    shelf: Shelf
    sessions: Sessions
    thumbnails: Thumbnails
    drops: Drops


def session_of(request: HTTPConnection) -> Session:
    """The session that the guard let in."""
    found: Any = request.scope.get("state", {}).get("session")
    if not isinstance(found, Session):
        raise PermissionError("no session")  # the guard lets nobody in without one
    return found
