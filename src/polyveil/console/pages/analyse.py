"""Analyse: a profile of the vault, and private answers with the budget that they come from."""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup
from nicegui import run, ui
from starlette.requests import Request

from polyveil.analyze.private import Answer
from polyveil.console import analysing
from polyveil.console.house import House
from polyveil.console.index import PROTECTED, Query
from polyveil.console.pages.layout import View, html, left, page
from polyveil.console.pages.markup import Right, card, human_bytes, moment, table
from polyveil.console.words import known
from polyveil.errors import PolyveilError
from polyveil.schema.modality import Modality

_MOST = 40


def register(house: House) -> None:
    """Add the page."""

    @ui.page("/analyse")
    def analyse(request: Request) -> None:
        with page(house, request, "analyse") as view:
            if view is None:
                return
            if view.session.may("analyse"):
                _private(house, view)
            html(_profile(house, view))


def _private(house: House, view: View) -> None:
    with ui.element("section").classes("pv-card").props('data-name="private"'):
        html(Markup("<h2>{}</h2>").format(view.t("budget")))
        budget = html(_budget(house, view))
        with ui.row().classes("items-end pv-fields"):
            epsilon = ui.number(view.t("epsilon"), value=0.1, min=0.001, max=10, step=0.05).props("dense outlined")
            persons = ui.number(view.t("contributions"), value=1, min=1, max=1000, step=1).props("dense outlined")
            persons.classes("pv-select")
            names = {"": view.t("all")} | {one.value: view.t(one.value) for one in Modality}
            modality = ui.select(names, value="", label=view.t("modality")).props("dense outlined").classes("pv-select")
            types = {"": view.t("all")} | {one: one for one in house.shelf.figures().entities}
            entity = ui.select(types, value="", label=view.t("entity")).props("dense outlined").classes("pv-select")
            groups = {one: view.t(one) for one in analysing.GROUPS}
            group = ui.select(groups, value=analysing.GROUPS[0], label=view.t("grouped")).props("dense outlined")
        with ui.row().classes("pv-fields"):
            ask_count = ui.button(view.t("ask_count")).props('no-caps outline data-name="ask-count"')
            ask_histogram = ui.button(view.t("ask_histogram")).props('no-caps outline data-name="ask-histogram"')
        shown = html("")

        async def answer(ask: Callable[[], Answer]) -> None:
            if left(house, view):
                return
            try:
                found = await run.io_bound(ask)
                shown.content = str(_answer(found, view)) if found is not None else ""
            except PolyveilError as error:
                shown.content = str(Markup('<p class="pv-warning" data-name="refused">{}</p>').format(str(error)))
            budget.content = str(_budget(house, view))

        async def counted() -> None:
            query = Query(modality=modality.value or "", entity=entity.value or "", outcome=PROTECTED)
            price, most = float(epsilon.value or 0), int(persons.value or 0)
            await answer(lambda: analysing.count(house.shelf, query, price, most, view.session.account))

        async def grouped() -> None:
            price, most, by = float(epsilon.value or 0), int(persons.value or 0), str(group.value)
            await answer(lambda: analysing.histogram(house.shelf, by, price, most, view.session.account))

        ask_count.on_click(counted)
        ask_histogram.on_click(grouped)


def _budget(house: House, view: View) -> Markup:
    try:
        budget = analysing.budget_of(house.shelf)
        spent, left = budget.spent(), budget.left()
    except PolyveilError as error:
        return Markup('<p class="pv-warning">{}</p>').format(str(error))
    rows = [
        (moment(one.time), known(view.language, one.who), one.query, Right(f"{one.epsilon:g}"))
        for one in spent[::-1][:_MOST]
    ]
    heads = [view.t("time"), view.t("account"), view.t("spent"), "ε"]
    said = view.t("budget_left", left=f"{left:.3f}", total=f"{budget.total:g}")
    return Markup(
        '<div class="pv-progress" data-name="budget"><progress max="{}" value="{}"></progress><span>{}</span></div>{}'
    ).format(budget.total, max(left, 0), said, table(heads, rows, name="spent", empty=""))


def _answer(answer: Answer, view: View) -> Markup:
    most = max(*answer.counts.values(), 1)
    rows = [
        (
            known(view.language, name),
            number,
            Markup('<progress max="{}" value="{}"></progress>').format(most, number),
        )
        for name, number in answer.counts.items()
    ]
    said = view.t("margin", margin=answer.margin, epsilon=f"{answer.epsilon:g}")
    heads = ["", view.t("answer"), ""]
    return Markup("{}<p class='pv-quiet'>{}</p>").format(table(heads, rows, name="answer"), said)


def _profile(house: House, view: View) -> Markup:
    figures = house.shelf.figures()
    modalities = [
        (
            view.t(name),
            sum(row.values()),
            row.get(PROTECTED, 0),
            Right(human_bytes(figures.sizes.get(name, (0, 0, 0))[0])),
            Right(human_bytes(figures.sizes.get(name, (0, 0, 0))[2])),
        )
        for name, row in figures.modalities.items()
    ]
    heads = [view.t(word) for word in ("modality", "assets", "protected", "came", "stored")]
    entities = [
        (name, sum(row.values()), ", ".join(f"{view.t(one)} {number:,}" for one, number in row.items()))
        for name, row in list(figures.entities.items())[:_MOST]
    ]
    body = Markup("<p class='pv-quiet'>{}</p>{}{}").format(
        view.t("exact_note"),
        table(heads, modalities, name="profile", empty=view.t("none")),
        table([view.t("entity"), view.t("findings"), view.t("modality")], entities, name="entities"),
    )
    return card(view.t("profile"), body, name="profile")
