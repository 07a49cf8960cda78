"""One asset: its parts as pictures, players, texts and tables, and what was hidden in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup
from nicegui import run, ui
from starlette.requests import Request

from polyveil.console import reading
from polyveil.console.house import House
from polyveil.console.pages.browse import page_number
from polyveil.console.pages.layout import PATIENCE_S, View, html, page
from polyveil.console.pages.markup import LOCK, badge, card, chips, human_bytes, link, pager, table
from polyveil.console.shelf import Shelf
from polyveil.errors import AssetError, PolyveilError
from polyveil.evaluate.report.words import CODES
from polyveil.schema.modality import Modality
from polyveil.schema.part import PIXELS
from polyveil.schema.record import AssetRecord, PartRecord

_MOST_PARTS = 40
_MOST_TEXT = 64 * 1024**2


def register(house: House) -> None:
    """Add the page."""

    @ui.page("/asset", response_timeout=PATIENCE_S)
    async def asset(request: Request, id: str = "") -> None:  # noqa: A002 - the name in the address
        with page(house, request, "browse") as view:
            if view is None:
                return
            try:
                record = await run.io_bound(house.shelf.record, id)
            except PolyveilError:
                record = None
            if record is None:
                html(Markup('<p class="pv-warning">{}</p>').format(view.t("not_found")))
                return
            html(_head(house, record, view))
            number = page_number(request)
            for index, part in enumerate(record.parts[:_MOST_PARTS]):
                html(await run.io_bound(part_card, house, view, record, index, part, number) or "")


def _head(house: House, record: AssetRecord, view: View) -> Markup:
    rows: list[tuple[Any, ...]] = [
        (view.t("outcome"), badge(view.language, record.outcome.value)),
        (view.t("size"), human_bytes(record.size)),
        (view.t("policy"), record.policy),
        (view.t("run"), record.run),
        (view.t("asset"), record.asset),
    ]
    if record.code:
        meaning = CODES.get(record.code, ("", ""))[view.language == "zh"]
        rows.insert(1, (view.t("code"), Markup("{} {}").format(badge(view.language, record.code), meaning)))
    actions = Markup("")
    if view.session.may("content") and record.outcome.value == "protected":
        actions += link(f"/api/assets/{record.asset}/download", view.t("download"))
    if view.session.may("review") and house.shelf.linked:
        for index, part in enumerate(record.parts):
            if part.object and part.modality in (Modality.IMAGE, Modality.TEXT) and part.media_type != PIXELS:
                word = f"{view.t('review')} {part.path}".strip()
                actions += Markup(" ") + link("/review", word, id=record.asset, part=index or "0")
    facts = table(("", ""), rows, name="facts")
    return card(record.name, Markup('<p class="pv-actions">{}</p>{}').format(actions, facts), name="asset")


def part_card(house: House, view: View, record: AssetRecord, index: int, part: PartRecord, page: int) -> Markup:
    """One part: what it looks like now."""
    title = f"{view.t(part.modality.value)} {part.path}".strip()
    found = chips(sorted(part.findings.items(), key=lambda item: -item[1]))
    if not part.object:
        body = Markup("{} {}").format(badge(view.language, part.code or record.code), part.detail)
    elif not house.shelf.open[part.modality.value]:
        principal = house.shelf.vault.principal.name
        body = Markup('<p class="pv-locked" data-name="locked">{} {}</p>').format(
            LOCK, view.t("locked_long", principal=principal)
        )
    elif not view.session.may("content"):
        body = Markup('<p class="pv-locked">{} {}</p>').format(LOCK, view.t("forbidden"))
    else:
        try:
            body = _body(house.shelf, view, record, index, page)
        except (AssetError, PolyveilError):
            body = Markup('<p class="pv-quiet">{}</p>').format(view.t("no_preview"))
    return card(title, Markup("{}{}").format(body, found), name=f"part-{part.modality.value}")


def _body(shelf: Shelf, view: View, record: AssetRecord, index: int, page: int) -> Markup:
    part = record.parts[index]
    content = f"/api/objects/{part.object}/content"
    if part.modality is Modality.IMAGE:
        return _picture(shelf, view, part)
    if part.modality is Modality.VIDEO:
        sound = _sound_of(shelf, record, part)
        film = Markup('<video controls preload="metadata" playsinline src="{}" data-sound="{}"></video>')
        return film.format(content, sound)
    if part.modality is Modality.AUDIO:
        return Markup('<audio controls preload="metadata" src="{}"></audio>').format(content)
    with shelf.open_object(part.object) as stream:
        if stream.size > _MOST_TEXT:
            return Markup('<p class="pv-quiet">{}</p>').format(view.t("no_preview"))
        data, attributes = stream.readall(), stream.attributes
    if part.modality is Modality.TEXT:
        return text(view, data, attributes, record.asset, page)
    shown = reading.table_page(data, part.media_type, page)
    grid = table(shown.columns, shown.rows, name="table", empty=view.t("none"))
    turn = pager(view.language, "/asset", page, -(-shown.total // reading.PAGE_ROWS), id=record.asset)
    return Markup('<p class="pv-quiet">{:,} {}</p>{}{}').format(shown.total, view.t("rows"), grid, turn)


def _picture(shelf: Shelf, view: View, part: PartRecord) -> Markup:
    """The picture with what was hidden outlined, if asked: regions are in pixels of the upright picture."""
    with shelf.open_object(part.object) as stream:
        found = stream.attributes.get("findings") or ()
    boxes = Markup("").join(
        Markup('<rect x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>').format(*region, row["entity"])
        for row in found
        if (region := row.get("location", {}).get("region")) is not None
    )
    picture = Markup('<img class="pv-picture" alt="" src="/api/objects/{}/picture">').format(part.object)
    if not boxes or part.media_type == PIXELS:
        return Markup('<div class="pv-stage">{}</div>').format(picture)
    return Markup(
        '<label class="pv-toggle"><input type="checkbox"> {}</label>'
        '<div class="pv-stage">{}<svg class="pv-boxes" data-boxes>{}</svg></div>'
    ).format(view.t("show_boxes"), picture, boxes)


def _sound_of(shelf: Shelf, record: AssetRecord, video: PartRecord) -> str:
    """The address of the sound that belongs to a video: the first of the same container."""
    base = video.path.rpartition("video")[0]
    for part in record.parts:
        if part.modality is Modality.AUDIO and part.object and part.path.startswith(base) and shelf.open["audio"]:
            return f"/api/objects/{part.object}/content"
    return ""


def text(view: View, data: bytes, attributes: Mapping[str, Any], asset: str, page: int) -> Markup:
    """A text with its surrogates marked."""
    shown = reading.text_page(data, reading.marks_of(attributes), page)
    turn = pager(view.language, "/asset", page, -(-shown.total // reading.PAGE_CHARACTERS), id=asset)
    return Markup('<pre class="pv-text" data-name="text">{}</pre>{}').format(marked(shown.text, shown.marks), turn)


def marked(content: str, marks: tuple[reading.Mark, ...]) -> Markup:
    """Text with its marks as <mark> elements; overlapping marks after the first are left out."""
    pieces, position = [], 0
    for mark in marks:
        if mark.start < position:
            continue
        pieces.append(Markup("{}<mark title='{}' data-entity='{}'>{}</mark>").format(
            content[position : mark.start], mark.entity, mark.entity, content[mark.start : mark.end]
        ))  # fmt: skip
        position = mark.end
    pieces.append(Markup("{}").format(content[position:]))
    return Markup("").join(pieces)
