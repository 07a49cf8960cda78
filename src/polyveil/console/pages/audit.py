"""Audit: the log, the newest first, and whether it verifies."""

from __future__ import annotations

import json
from typing import Any

from markupsafe import Markup
from nicegui import run, ui
from starlette.requests import Request

from polyveil.console.auditing import Verdict, events, verdict
from polyveil.console.house import House
from polyveil.console.pages.browse import page_number
from polyveil.console.pages.layout import PATIENCE_S, View, html, left, page
from polyveil.console.pages.markup import card, moment, pager, table

PAGE = 50
_OWN = ("event", "principal", "time", "before", "signature", "by", "catalog")


def register(house: House) -> None:
    """Add the page."""

    @ui.page("/audit", response_timeout=PATIENCE_S)
    async def audit(request: Request) -> None:
        with page(house, request, "audit") as view:
            if view is None:
                return
            number = page_number(request)
            with ui.element("section").classes("pv-card").props('data-name="verdict"'):
                shown = html(_verdict(await run.io_bound(verdict, house.shelf), view))

                async def again() -> None:
                    if left(house, view):
                        return
                    shown.content = str(_verdict(await run.io_bound(verdict, house.shelf), view))

                ui.button(view.t("verify_now"), on_click=again).props("no-caps outline size=sm")
            rows, total = await run.io_bound(events, house.shelf, number, PAGE) or ([], 0)
            html(_events(rows, view))
            html(pager(view.language, "/audit", number, -(-total // PAGE)))


def _verdict(found: Verdict | None, view: View) -> Markup:
    if found is None or found.problem:
        said = view.t("verify_failed", problem=found.problem if found else "")
        return Markup('<p class="pv-warning" data-verifies="no">{}</p>').format(said)
    said = view.t("verifies", size=found.size, root=found.root[:16])
    return Markup('<p class="pv-good" data-verifies="yes">{}</p>').format(said)


def _events(rows: list[dict[str, Any]], view: View) -> Markup:
    heads = [view.t(word) for word in ("time", "event", "principal", "details")]
    lines = [
        (
            moment(str(row.get("time", ""))),
            str(row.get("event", "")),
            str(row.get("principal", "")),
            ", ".join(
                f"{name}: {value if isinstance(value, str | int | float) else json.dumps(value)}"
                for name, value in row.items()
                if name not in _OWN
            ),
        )
        for row in rows
    ]
    return card(view.t("audit"), table(heads, lines, name="events", empty=view.t("none")), name="events")
