"""Live: the masked streams and the health of their sources."""

from __future__ import annotations

from markupsafe import Markup
from nicegui import ui
from starlette.requests import Request

from polyveil.console.house import House
from polyveil.console.living import Source, sources
from polyveil.console.pages.layout import View, html, left, page
from polyveil.console.pages.markup import Right, badge, card, moment, table
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

            def follow() -> None:
                if not left(house, view):
                    health.set_content(str(_health(sources(house.shelf.vault.state_folder()), view)))

            ui.timer(1.0, follow)


def _health(found: list[Source], view: View) -> Markup:
    rows = [
        (
            one.name,
            one.kind,
            badge(view.language, one.state),
            moment(one.since),
            Right(f"{one.gauges['latency_p95_s']:.2f} s" if "latency_p95_s" in one.gauges else ""),
            ", ".join(f"{name} {value}" for name, value in one.counts.items()),
        )
        for one in found
    ]
    heads = [view.t(word) for word in ("name", "kind", "state", "since", "delay", "counts")]
    return card(view.t("sources"), table(heads, rows, name="live", empty=view.t("no_live")), name="live")


def _streams(found: list[Source], view: View) -> Markup:
    return Markup("").join(
        card(
            f"{view.t('masked_stream')} · {one.name}",
            Markup('<img class="pv-picture" alt="" data-stream="{name}" src="/api/live/{name}/stream">{hls}').format(
                name=one.name, hls=_hls(one)
            ),
        )
        for one in found
        if one.state in ("running", "reconnecting")
    )


def _hls(one: Source) -> Markup:
    """Where players find the stream as HLS."""
    if not one.playlist:
        return Markup("")
    address = f"/api/live/{one.name}/hls/index.m3u8"
    return Markup('<p class="pv-quiet">HLS: <a href="{}">{}</a></p>').format(address, address)
