"""Live sources: their health, and their masked streams through the console."""

from __future__ import annotations

import http.client
import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, HTTPException
from starlette.responses import Response, StreamingResponse

from polyveil.console.api.access import needs
from polyveil.console.house import House
from polyveil.console.living import Source, source, sources

_CHUNK = 64 * 1024
_PATIENCE_S = 20.0
_MOST = 64 * 1024**2
_HLS = {".m3u8": "application/vnd.apple.mpegurl", ".mp4": "video/mp4", ".m4s": "video/iso.segment"}
_PIECE = re.compile(r"index\.m3u8|init\.mp4|\d{1,9}\.m4s")


def router(house: House) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/live")

    def state() -> Any:
        return house.shelf.vault.state_folder()

    @routes.get("", dependencies=[Depends(needs("read"))], summary="Live sources and their health")
    def listed() -> list[dict[str, Any]]:
        return [one.model_dump() for one in sources(state())]

    def camera(name: str) -> Source:
        found = source(state(), name)
        if found is None or not found.stream or found.state not in ("running", "reconnecting"):
            raise HTTPException(404, "no such stream")
        if not house.shelf.open["video"]:
            raise HTTPException(423, "the compartment 'video' is locked")
        return found

    content = [Depends(needs("content"))]

    @routes.get("/{name}/stream", dependencies=content, summary="A masked stream (MJPEG)")
    def stream(name: str) -> StreamingResponse:
        connection, answer = _ask(camera(name).stream)
        media_type = answer.getheader("content-type", "")
        if not media_type.startswith(("multipart/x-mixed-replace", "image/jpeg")):
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

    @routes.get("/{name}/hls/{piece}", dependencies=content, summary="A masked stream (HLS): index.m3u8 and its pieces")
    def hls(name: str, piece: str) -> Response:
        return _piece(camera(name), piece)

    return routes


def _piece(found: Source, piece: str) -> Response:
    if not found.playlist or not _PIECE.fullmatch(piece):
        raise HTTPException(404, "no such stream")
    connection, answer = _ask(f"{found.playlist.rpartition('/')[0]}/{piece}")
    try:
        return Response(answer.read(_MOST), media_type=_HLS[PurePosixPath(piece).suffix])
    except (OSError, http.client.HTTPException):
        raise HTTPException(502, "the live source does not answer") from None
    finally:
        connection.close()


def _ask(url: str) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
    place = urlsplit(url)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=_PATIENCE_S)
    try:
        path = (place.path or "/") + (f"?{place.query}" if place.query else "")
        connection.request("GET", path)
        answer = connection.getresponse()
    except (OSError, http.client.HTTPException):
        connection.close()
        raise HTTPException(502, "the live source does not answer") from None
    if answer.status != 200:
        connection.close()
        raise HTTPException(404 if answer.status == 404 else 502, "the live source sends no stream")
    return connection, answer
