"""De-identified content by object: ranges for players, thumbnails, pictures."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Header, HTTPException
from starlette.responses import Response

from polyveil.console import preview, serving
from polyveil.console.api.access import answering, needs
from polyveil.console.house import House
from polyveil.console.shelf import SharedStream
from polyveil.errors import UnlockError, VaultError
from polyveil.schema.modality import Modality

_MODALITIES = {one.value for one in Modality}
_HEX = frozenset("0123456789abcdef")


def router(house: House) -> APIRouter:
    """The routes."""
    routes = APIRouter(dependencies=[Depends(needs("content"))])
    shelf = house.shelf

    def opened(object_id: str) -> tuple[SharedStream, str]:
        """A part of a modality; originals and linkage have no address here."""
        if len(object_id) != 32 or not set(object_id) <= _HEX:
            raise VaultError("no such object")
        with shelf.lock:
            compartment = shelf.compartment(object_id)
        if compartment not in _MODALITIES:
            raise VaultError("no such object")
        if not shelf.open[compartment]:
            raise UnlockError(f"the compartment '{compartment}' is locked")
        return shelf.open_object(object_id), compartment

    @routes.get("/objects/{object_id}/content", summary="An object, or a range of it")
    def content(object_id: str, range: Annotated[str | None, Header()] = None) -> Response:  # noqa: A002 - the header
        with answering():
            stream, modality = opened(object_id)
            return serving.ranged(stream, f"{modality}-{object_id[:8]}", range)

    @routes.get("/objects/{object_id}/thumbnail", summary="A small JPEG of a picture or video")
    def thumbnail(object_id: str) -> Response:
        with answering():
            stream, modality = opened(object_id)
            stream.close()
            small = house.thumbnails.get(object_id, modality)
        if not small:
            raise HTTPException(404, "no preview of this")
        headers = serving.safe_headers("thumbnail.jpg", "image/jpeg", download=False)
        return Response(small, media_type="image/jpeg", headers={**headers, "cache-control": "private, max-age=600"})

    @routes.get("/objects/{object_id}/picture", summary="A picture in a form that browsers show")
    def picture(object_id: str) -> Response:
        with answering():
            stream, modality = opened(object_id)
            with stream:
                if modality != Modality.IMAGE.value:
                    raise VaultError("no picture")
                data, media_type = preview.png(stream.readall(), stream.media_type)
        return Response(
            data, media_type=media_type, headers=serving.safe_headers("picture", media_type, download=False)
        )

    return routes
