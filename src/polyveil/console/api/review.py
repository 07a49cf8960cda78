"""Review: what is to be corrected, and corrections."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Depends, HTTPException, Request
from pydantic import BaseModel
from starlette.responses import Response

from polyveil.console import reviewing, serving
from polyveil.console.api.access import answering, needs
from polyveil.console.house import House, session_of
from polyveil.errors import PolicyError


class Correction(BaseModel):
    """Findings that stay, by their place in the list that was shown, and new ones: {"entity", "location"}."""

    kept: list[int]
    added: list[dict[str, Any]]


def router(house: House) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/review", dependencies=[Depends(needs("review"))])
    shelf = house.shelf

    @routes.get("/{asset}/{index}", summary="A picture or text for review")
    def show(asset: str, index: int) -> dict[str, Any]:
        with answering():
            found = reviewing.show(shelf, asset, index)
        return {
            "modality": found.modality,
            "whole": found.whole,
            "findings": [one.to_json() for one in found.findings],
            "text": found.text,
            "after": found.after,
            "entities": found.entities,
        }

    @routes.get("/{asset}/{index}/picture", summary="The picture that regions refer to")
    def picture(asset: str, index: int) -> Response:
        with answering():
            data, media_type = reviewing.picture(shelf, asset, index)
        return Response(
            data, media_type=media_type, headers=serving.safe_headers("picture", media_type, download=False)
        )

    @routes.put("/{asset}/{index}", summary="Correct findings; the part is transformed again and sealed")
    def save(request: Request, asset: str, index: int, asked: Correction) -> dict[str, Any]:
        with answering():
            try:
                who = session_of(request).account
                return asdict(reviewing.save(shelf, asset, index, asked.kept, asked.added, who))
            except PolicyError as error:
                raise HTTPException(409, str(error)) from None

    return routes
