"""Drop-in: take files in, send them down the road, give back what they were."""

from __future__ import annotations

import mimetypes
from typing import Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel
from starlette.responses import FileResponse, Response

from polyveil.console import serving
from polyveil.console.api.access import answering, needs
from polyveil.console.drops import Drop
from polyveil.console.house import House, session_of


class NewDrop(BaseModel):
    """What a drop is begun with: the name of a built-in policy."""

    policy: str = "default"


def router(house: House) -> APIRouter:
    """The routes. A drop is seen by the account that began it, and by nobody else."""
    routes = APIRouter(prefix="/drops", dependencies=[Depends(needs("submit"))])
    drops = house.drops

    def own(request: Request, drop_id: str) -> Drop:
        return drops.get(drop_id, session_of(request).account)

    @routes.post("", summary="Begin a drop")
    def begin(request: Request, asked: NewDrop) -> dict[str, Any]:
        with answering():
            return _shown(drops.begin(session_of(request).account, asked.policy))

    @routes.put("/{drop_id}/files/{path:path}", summary="Put a file into a drop; the body is the file")
    async def add(request: Request, drop_id: str, path: str) -> dict[str, Any]:
        with answering():
            drop = own(request, drop_id)
            await drops.add(drop, path, request.stream())
        return _shown(drop)

    @routes.post("/{drop_id}/start", summary="Send a drop down the road")
    def start(request: Request, drop_id: str) -> dict[str, Any]:
        with answering():
            drop = own(request, drop_id)
            drops.start(drop)
        return _shown(drop)

    @routes.get("/{drop_id}", summary="How far a drop is, and which assets its files became")
    def show(request: Request, drop_id: str) -> dict[str, Any]:
        with answering():
            return _shown(own(request, drop_id))

    @routes.get("/{drop_id}/before/{number}", summary="A file of a drop as it came")
    def before(request: Request, drop_id: str, number: int) -> Response:
        with answering():
            path = own(request, drop_id).path(number)
        media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return FileResponse(
            path, media_type=media_type, headers=serving.safe_headers("before", media_type, download=False)
        )

    @routes.delete("/{drop_id}", summary="Remove a drop and its files; what was protected stays in the vault")
    def end(request: Request, drop_id: str) -> dict[str, Any]:
        with answering():
            drops.end(own(request, drop_id))
        return {}

    return routes


def _shown(drop: Drop) -> dict[str, Any]:
    return {
        "id": drop.id,
        "policy": drop.policy,
        "state": drop.state,
        "done": drop.done,
        "total": drop.total,
        "problem": drop.problem,
        "files": drop.files,
        "assets": drop.assets,
    }
