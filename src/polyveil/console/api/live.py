"""Live sources: their health, and their masked streams through the console."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, HTTPException
from starlette.responses import StreamingResponse

from polyveil.console.api.access import needs
from polyveil.console.house import House
from polyveil.console.living import source, sources

_CHUNK = 64 * 1024
_PATIENCE_S = 10.0


def router(house: House) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/live")

    def state() -> Any:
        return house.shelf.vault.state_folder()

    @routes.get("", dependencies=[Depends(needs("read"))], summary="Live sources and their health")
    def listed() -> list[dict[str, Any]]:
        return [one.model_dump() for one in sources(state())]

    @routes.get("/{name}/stream", dependencies=[Depends(needs("content"))], summary="A masked stream (MJPEG)")
    def stream(name: str) -> StreamingResponse:
        found = source(state(), name)
        if found is None or not found.stream or found.state not in ("running", "reconnecting"):
            raise HTTPException(404, "no such stream")
        if not house.shelf.open["video"]:
            raise HTTPException(423, "the compartment 'video' is locked")
        place = urlsplit(found.stream)
        connection = http.client.HTTPConnection(place.hostname or "", place.port or 80, timeout=_PATIENCE_S)
        try:
            path = (place.path or "/") + (f"?{place.query}" if place.query else "")
            connection.request("GET", path)
            answer = connection.getresponse()
        except (OSError, http.client.HTTPException):
            connection.close()
            raise HTTPException(502, "the live source does not answer") from None
        media_type = answer.getheader("content-type", "")
        if answer.status != 200 or not media_type.startswith(("multipart/x-mixed-replace", "image/jpeg")):
            connection.close()
            raise HTTPException(502, "the live source sends no stream")

        def frames() -> Iterator[bytes]:
            try:
                while chunk := answer.read1(_CHUNK):
                    yield chunk
            except (OSError, http.client.HTTPException):
                return  # the source stopped
            finally:
                connection.close()

        return StreamingResponse(frames(), headers={"content-type": media_type, "x-accel-buffering": "no"})

    return routes
