"""The REST API under /api: what the pages show, for scripts."""

from __future__ import annotations

from fastapi import APIRouter, Depends
from fastapi.security import HTTPBearer

from polyveil.console.api import analyse, content, drops, listing, live, parts, review
from polyveil.console.house import House


def router(house: House) -> APIRouter:
    """All routes of the API."""
    # the guard has checked it already; this says so in the description
    token = HTTPBearer(auto_error=False, description="A token of `polyveil account token`; browsers send their cookie.")
    routes = APIRouter(dependencies=[Depends(token)])
    for part in (listing, content, parts, drops, analyse, live, review):
        routes.include_router(part.router(house))
    return routes
