"""Review: one picture or text at a time, before and after; draw, move and delete boxes, mark spans, save."""

from __future__ import annotations

import json

from markupsafe import Markup
from nicegui import ui
from starlette.requests import Request

from polyveil.console.house import House
from polyveil.console.index import PROTECTED, Query
from polyveil.console.pages.browse import PAGE, page_number, tile
from polyveil.console.pages.layout import View, html, page
from polyveil.console.pages.markup import pager
from polyveil.console.words import WORDS

_WORDS = ("saved_as", "failed", "running", "whole_note", "masked_note", "delete")


def register(house: House) -> None:
    """Add the page."""

    @ui.page("/review")
    def review(request: Request, id: str = "", part: int = 0) -> None:  # noqa: A002 - the name in the address
        with page(house, request, "review") as view:
            if view is None:
                return
            if id:
                ui.add_head_html('<script type="module" src="/assets/review.js"></script>')
                html(_desk(view, id, part))
            else:
                _choose(house, view, page_number(request), request.query_params.get("modality", "image"))


def _choose(house: House, view: View, number: int, modality: str) -> None:
    wanted = modality if modality in ("image", "text") else "image"
    rows, total = house.shelf.index.select(Query(modality=wanted, outcome=PROTECTED), number, PAGE)
    kinds = Markup("").join(
        Markup('<a href="/review?modality={}" class="{}">{}</a>').format(
            one, "pv-here" if one == wanted else "", view.t(one)
        )
        for one in ("image", "text")
    )
    html(Markup('<p class="pv-actions">{}</p>').format(kinds))
    tiles = []
    for row in rows:
        index = next((at for at, one in enumerate(row.parts) if one.modality == wanted and one.object), None)
        if index is not None:
            tiles.append(tile(house, view, row, f"/review?id={row.asset}&part={index}"))
    html(Markup('<div class="pv-gallery">{}</div>').format(Markup("").join(tiles) or view.t("none")))
    html(pager(view.language, "/review", number, -(-total // PAGE), modality=wanted))


def _desk(view: View, asset: str, part: int) -> Markup:
    words = json.dumps({name: WORDS[name][view.language == "zh"] for name in _WORDS}, ensure_ascii=False)
    return Markup(
        '<section class="pv-card" id="pv-review" data-asset="{asset}" data-part="{part}" data-words="{words}">'
        '<div class="pv-filters"><label>{entity} <select data-name="entity"></select></label>'
        '<button class="pv-button" data-name="mark" hidden>{mark}</button>'
        '<button class="pv-button" data-name="delete" disabled>{delete}</button>'
        '<button class="pv-button" data-name="save" disabled>{save}</button>'
        '<span data-name="said"></span></div><p class="pv-quiet" data-name="note"></p>'
        '<div class="pv-pair"><div data-name="before"><b>{before}</b></div><div data-name="after"><b>{after}</b></div>'
        '</div><ul data-name="findings"></ul></section>'
    ).format(
        asset=asset, part=part, words=words, entity=view.t("entity"), mark=view.t("mark"), delete=view.t("delete"),
        save=view.t("save"), before=view.t("before"), after=view.t("after"),
    )  # fmt: skip
