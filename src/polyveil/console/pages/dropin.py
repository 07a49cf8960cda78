"""Drop-in: files or a folder into the page, a policy, watch them go down the road, compare, download."""

from __future__ import annotations

import json

from markupsafe import Markup
from nicegui import ui
from starlette.requests import Request

from polyveil.console.house import House
from polyveil.console.pages.layout import html, page
from polyveil.console.words import WORDS
from polyveil.policies import built_in

_WORDS = (
    "before", "after", "download", "protected", "skipped", "quarantined", "running", "finished", "failed", "waiting",
    "no_preview", "sent", "duplicate_of",
)  # fmt: skip


def register(house: House) -> None:
    """Add the page."""

    @ui.page("/drop")
    def drop(request: Request) -> None:
        with page(house, request, "dropin") as view:
            if view is None:
                return
            ui.add_head_html('<script type="module" src="/assets/drop.js"></script>')
            policies = Markup("").join(
                Markup("<option{}>{}</option>").format(Markup(" selected") if name == "default" else "", name)
                for name in built_in()
            )
            words = json.dumps({name: WORDS[name][view.language == "zh"] for name in _WORDS}, ensure_ascii=False)
            html(Markup(
                '<section class="pv-card" id="pv-drop" data-words="{words}">'
                '<div class="pv-drop-zone" data-name="zone"><p>{here}</p>'
                '<label class="pv-button">{files}<input type="file" multiple hidden data-name="files"></label>'
                '<label class="pv-button">{folder}<input type="file" webkitdirectory hidden data-name="folder"></label>'
                '</div><p class="pv-quiet">{note}</p>'
                '<div class="pv-filters"><label>{policy} <select data-name="policy">{policies}</select></label>'
                '<button class="pv-button" data-name="send" disabled>{send}</button>'
                '<button class="pv-button" data-name="clear" disabled>{clear}</button></div>'
                '<div class="pv-progress" data-name="progress" hidden><progress max="1" value="0"></progress>'
                '<span data-name="state"></span></div><div data-name="list"></div></section>'
            ).format(
                words=words, here=view.t("drop_here"), files=view.t("choose_files"), folder=view.t("choose_folder"),
                note=view.t("drop_note"), policy=view.t("policy"), policies=policies, send=view.t("send"),
                clear=view.t("clear"),
            ))  # fmt: skip
