"""De-identified content by asset: texts and tables a page at a time, and whole assets as files."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from polyveil.console import download, reading, serving
from polyveil.console.api.access import answering, needs
from polyveil.console.house import House

Page = Annotated[int, Query(ge=1, le=1_000_000)]


def router(house: House) -> APIRouter:
    """The routes."""
    routes = APIRouter(dependencies=[Depends(needs("content"))])
    shelf = house.shelf

    @routes.get("/assets/{asset}/parts/{index}/text", summary="A text with its marks, a page at a time")
    def text(asset: str, index: int, page: Page = 1) -> dict[str, Any]:
        with answering():
            _, part = shelf.part(asset, index)
            with shelf.open_object(part.object) as stream:
                shown = reading.text_page(stream.readall(), reading.marks_of(stream.attributes), page)
        marks = [{"start": one.start, "end": one.end, "entity": one.entity} for one in shown.marks]
        return {"text": shown.text, "marks": marks, "start": shown.start, "total": shown.total}

    @routes.get("/assets/{asset}/parts/{index}/table", summary="Rows of a table, a page at a time")
    def rows(asset: str, index: int, page: Page = 1) -> dict[str, Any]:
        with answering():
            _, part = shelf.part(asset, index)
            shown = reading.table_page(shelf.read(part.object), part.media_type, page)
        return {"columns": shown.columns, "rows": shown.rows, "start": shown.start, "total": shown.total}

    @routes.get("/assets/{asset}/download", summary="An asset as a file again, from what may be read")
    def whole(asset: str) -> Response:
        with answering():
            made = download.joined(shelf, asset)
        headers = serving.safe_headers(made.name, made.media_type, download=True)
        return Response(made.data, media_type=made.media_type, headers=headers)

    return routes
