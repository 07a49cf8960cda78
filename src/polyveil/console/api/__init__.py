"""The REST API under /api: what the pages show, for scripts."""

from __future__ import annotations

from fastapi import APIRouter

from polyveil.console.api import analyse, content, drops, listing, live, parts, review
from polyveil.console.house import House


def router(house: House) -> APIRouter:
    """All routes of the API."""
    routes = APIRouter()
    for part in (listing, content, parts, drops, analyse, live, review):
        routes.include_router(part.router(house))
    return routes
