"""Browse: a gallery by modality with masked thumbnails. What no grant opens is shown as locked."""

from __future__ import annotations

from markupsafe import Markup
from nicegui import ui
from starlette.requests import Request

from polyveil.console.house import House
from polyveil.console.index import Query, Row
from polyveil.console.pages.layout import View, html, page
from polyveil.console.pages.markup import LOCK, UNLOCKED, address, badge, chips, human_bytes, pager
from polyveil.schema.modality import Modality
from polyveil.schema.outcome import Outcome

PAGE = 60
_ICONS = {"text": "¶", "image": "▣", "audio": "♪", "video": "▶", "table": "▦"}


def register(house: House) -> None:
    """Add the page."""

    @ui.page("/browse")
    def browse(
        request: Request,
        modality: str = "",
        outcome: str = "",
        entity: str = "",
        code: str = "",
        q: str = "",
    ) -> None:
        number = page_number(request)
        with page(house, request, "browse") as view:
            if view is None:
                return
            query = Query(modality, outcome, entity, code, q.strip())
            rows, total = house.shelf.index.select(query, number, PAGE)
            html(_compartments(house, view))
            html(_filters(view, query))
            asked = {"modality": modality, "outcome": outcome, "entity": entity, "code": code, "q": q}
            html(Markup('<p class="pv-quiet" data-name="total">{:,} {}</p>').format(total, view.t("assets")))
            html(Markup('<div class="pv-gallery" data-name="gallery">{}</div>').format(
                Markup("").join(tile(house, view, row) for row in rows) or view.t("none")
            ))  # fmt: skip
            html(pager(view.language, "/browse", number, -(-total // PAGE), **asked))


def page_number(request: Request) -> int:
    """The page that was asked for, from 1."""
    raw = request.query_params.get("page", "1")
    return max(1, int(raw)) if raw.isdecimal() and len(raw) < 9 else 1


def _compartments(house: House, view: View) -> Markup:
    shelf = house.shelf
    chips_ = Markup("").join(
        Markup('<span class="pv-compartment {}" data-compartment="{}" title="{}">{} {}</span>').format(
            "" if is_open else "pv-locked", name, view.t("open" if is_open else "locked"),
            UNLOCKED if is_open else LOCK, view.t(name),
        )
        for name, is_open in shelf.open.items()
    )  # fmt: skip
    said = Markup("") if shelf.linked else Markup("<p class='pv-quiet'>{}</p>").format(view.t("unlinked"))
    return Markup('<div class="pv-compartments">{}: {}</div>{}').format(view.t("compartments"), chips_, said)


def _filters(view: View, query: Query) -> Markup:
    def option(value: str, label: str, chosen: str) -> Markup:
        mark = Markup(" selected") if value == chosen else ""
        return Markup('<option value="{}"{}>{}</option>').format(value, mark, label)

    modalities = Markup("").join(
        [option("", f"{view.t('modality')}: {view.t('all')}", query.modality)]
        + [option(one.value, view.t(one.value), query.modality) for one in Modality]
    )
    outcomes = Markup("").join(
        [option("", f"{view.t('outcome')}: {view.t('all')}", query.outcome)]
        + [option(one.value, view.t(one.value), query.outcome) for one in Outcome]
    )
    hidden = Markup("").join(
        Markup('<input type="hidden" name="{}" value="{}">').format(name, value)
        for name, value in (("entity", query.entity), ("code", query.code))
        if value
    )
    return Markup(
        '<form class="pv-filters" method="get" action="/browse">'
        '<select name="modality" onchange="this.form.submit()">{}</select>'
        '<select name="outcome" onchange="this.form.submit()">{}</select>{}'
        '<input type="search" name="q" value="{}" placeholder="{}" aria-label="{}"></form>'
    ).format(modalities, outcomes, hidden, query.words, view.t("search"), view.t("search"))


def tile(house: House, view: View, row: Row, to: str = "") -> Markup:
    """An asset in a gallery; it leads to its own page unless told otherwise."""
    cover = row.cover()
    part = row.parts[cover] if cover is not None else None
    may = view.session.may("content")
    if part is None:
        why = badge(view.language, row.code or row.outcome)
        face = Markup('<span class="pv-face pv-refused">{}</span>').format(why)
    elif not house.shelf.open[part.modality]:
        face = Markup('<span class="pv-face pv-locked" title="{}">{}</span>').format(view.t("locked"), LOCK)
    elif part.modality in ("image", "video") and may:
        sign = Markup("<i>▶</i>") if part.modality == "video" else ""
        small = Markup('<img loading="lazy" alt="" src="/api/objects/{}/thumbnail">').format(part.object)
        face = Markup('<span class="pv-face">{}{}</span>').format(small, sign)
    else:
        face = Markup('<span class="pv-face pv-icon">{}</span>').format(_ICONS[part.modality])
    found = sorted(row.entities.items(), key=lambda item: -item[1])[:3]
    kinds = " + ".join(view.t(one) for one in sorted(row.modalities)) or row.media_type
    return Markup(
        '<a class="pv-tile" href="{}">{}<span class="pv-name" title="{}">{}</span>'
        '<span class="pv-quiet">{} · {}</span><span>{}</span></a>'
    ).format(
        to or address("/asset", id=row.asset), face, row.name, row.name, kinds, human_bytes(row.size), chips(found)
    )
