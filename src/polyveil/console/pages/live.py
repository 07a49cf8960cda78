"""Live: the masked streams and the health of their sources."""

from __future__ import annotations

from markupsafe import Markup
from nicegui import ui
from starlette.requests import Request

from polyveil.console.house import House
from polyveil.console.living import Source, sources
from polyveil.console.pages.layout import View, html, page
from polyveil.console.pages.markup import badge, card, table
from polyveil.schema.modality import Modality


def register(house: House) -> None:
    """Add the page."""

    @ui.page("/live")
    def live(request: Request) -> None:
        with page(house, request, "live") as view:
            if view is None:
                return
            found = sources(house.shelf.vault.state_folder())
            health = html(_health(found, view))
            may = view.session.may("content") and house.shelf.open[Modality.VIDEO.value]
            html(_streams([one for one in found if may and one.stream], view), "pv-columns")
            ui.timer(1.0, lambda: health.set_content(str(_health(sources(house.shelf.vault.state_folder()), view))))


def _health(found: list[Source], view: View) -> Markup:
    rows = [
        (
            one.name,
            one.kind,
            badge(view.language, one.state),
            one.since,
            ", ".join(f"{name} {value}" for name, value in one.counts.items()),
        )
        for one in found
    ]
    heads = [view.t(word) for word in ("name", "kind", "state", "since", "details")]
    return card(view.t("live"), table(heads, rows, name="live", empty=view.t("no_live")), name="live")


def _streams(found: list[Source], view: View) -> Markup:
    return Markup("").join(
        card(
            f"{view.t('masked_stream')} · {one.name}",
            Markup('<img class="pv-picture" alt="" data-stream="{}" src="/api/live/{}/stream">').format(
                one.name, one.name
            ),
        )
        for one in found
        if one.state in ("running", "reconnecting")
    )
