"""Overview: assets by modality and entity type, runs, quarantine with reasons, space saved."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup
from nicegui import ui
from starlette.requests import Request

from polyveil.console.figures import Figures
from polyveil.console.house import House
from polyveil.console.pages.layout import View, html, left, page
from polyveil.console.pages.markup import Right, badge, card, duration, human_bytes, link, moment, table
from polyveil.console.progress import Progress, progress_of
from polyveil.console.words import say
from polyveil.evaluate.report.words import CODES
from polyveil.schema.modality import Modality
from polyveil.schema.outcome import Outcome, QuarantineCode

_COLOURS = {"protected": "#2e9e6b", "skipped": "#8a94a6", "quarantined": "#d9822b"}
_MODALITY_COLOURS = {"text": "#3b74d8", "image": "#8e5bd0", "audio": "#d0598d", "video": "#2aa1a8", "table": "#a5872f"}
_MOST_ENTITIES = 16
_MOST_RUNS = 20


def register(house: House) -> None:
    """Add the page."""

    @ui.page("/")
    def overview(request: Request) -> None:
        with page(house, request, "overview") as view:
            if view is None:
                return
            figures = house.shelf.figures()
            shown = html(_numbers(figures, view))
            with ui.element("div").classes("pv-columns"):
                with ui.element("section").classes("pv-card").props('data-name="by-modality"'):
                    html(Markup("<h2>{}</h2>").format(view.t("by_modality")))
                    modalities = ui.echart(modality_chart(figures, view.language), renderer="svg").classes("pv-chart")
                with ui.element("section").classes("pv-card").props('data-name="by-entity"'):
                    html(Markup("<h2>{}</h2>").format(view.t("by_entity")))
                    entities = ui.echart(entity_chart(figures, view.language), renderer="svg").classes("pv-chart")
            runs = html(_runs(house, view))
            rest = html(_space(figures, view) + _quarantine(figures, view))
            seen = [figures]

            def follow() -> None:
                if left(house, view):
                    return
                runs.content = str(_runs(house, view))
                now = house.shelf.figures()
                if now == seen[0]:
                    return
                seen[0] = now
                shown.content = str(_numbers(now, view))
                rest.content = str(_space(now, view) + _quarantine(now, view))
                for chart, options in ((modalities, modality_chart), (entities, entity_chart)):
                    chart.options.clear()
                    chart.options.update(options(now, view.language))
                    chart.update()

            ui.timer(1.0, follow)


def _numbers(figures: Figures, view: View) -> Markup:
    boxes = [(view.t("assets"), f"{figures.assets:,}", "/browse")]
    boxes += [
        (view.t(one.value), f"{figures.outcomes.get(one.value, 0):,}", f"/browse?outcome={one.value}")
        for one in Outcome
    ]
    boxes.append((view.t("findings"), f"{sum(sum(row.values()) for row in figures.entities.values()):,}", ""))
    word = "saved" if figures.saved >= 0 else "more_taken"
    boxes.append((view.t(word), human_bytes(abs(figures.saved)), ""))
    cells = Markup("").join(
        Markup('<a class="pv-number-box" {}><b>{}</b><span>{}</span></a>').format(
            Markup('href="{}"').format(to) if to else "", value, label
        )
        for label, value, to in boxes
    )
    return Markup('<div class="pv-numbers" data-name="numbers">{}</div>').format(cells)


def modality_chart(figures: Figures, language: str) -> dict[str, Any]:
    """Assets by modality, stacked by outcome, as ECharts options."""
    names = [one.value for one in Modality]
    series = [
        {
            "name": say(language, outcome.value),
            "type": "bar",
            "stack": "all",
            "color": _COLOURS[outcome.value],
            "data": [figures.modalities.get(name, {}).get(outcome.value, 0) for name in names],
        }
        for outcome in Outcome
    ]
    return _chart(series) | {
        "xAxis": {"type": "category", "data": [say(language, name) for name in names], "axisLabel": _INK},
        "yAxis": {"type": "value", "minInterval": 1, "axisLabel": _INK, "splitLine": _FAINT},
    }


def entity_chart(figures: Figures, language: str) -> dict[str, Any]:
    """Findings by entity type, the most frequent on top, stacked by modality, as ECharts options."""
    names = list(figures.entities)[:_MOST_ENTITIES][::-1]
    series = [
        {
            "name": say(language, modality.value),
            "type": "bar",
            "stack": "all",
            "color": _MODALITY_COLOURS[modality.value],
            "data": [figures.entities[name].get(modality.value, 0) for name in names],
        }
        for modality in Modality
    ]
    return _chart(series) | {
        "yAxis": {"type": "category", "data": names, "axisLabel": {**_INK, "fontSize": 10, "interval": 0}},
        "xAxis": {"type": "value", "minInterval": 1, "axisLabel": _INK, "splitLine": _FAINT},
    }


_INK = {"color": "#808895"}
_FAINT = {"lineStyle": {"color": "rgba(128,136,149,0.25)"}}


def _chart(series: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "animation": False,
        "tooltip": {"trigger": "axis", "axisPointer": {"type": "shadow"}},
        "legend": {"top": 0, "textStyle": _INK},
        "grid": {"left": 8, "right": 16, "top": 32, "bottom": 4, "containLabel": True},
        "series": series,
    }


def _runs(house: House, view: View) -> Markup:
    live = progress_of(house)
    bars = Markup("").join(_bar(one, view) for one in live.running)
    if live.under_way:
        said = view.t("under_way", number=live.under_way)
        bars += Markup('<p class="pv-quiet" data-name="under-way">{}</p>').format(said)
    rows = [
        (
            run.run,
            moment(run.started),
            run.policy,
            Right(duration(run.seconds)),
            Markup(" ").join(
                Markup("{} {}").format(badge(view.language, one.value), run.counts[one.value])
                for one in Outcome
                if one.value in run.counts
            ),
            view.t("interrupted" if run.interrupted else "finished"),
        )
        for run in house.shelf.runs()[:_MOST_RUNS]
    ]
    heads = [view.t(word) for word in ("run", "started", "policy", "seconds", "assets", "state")]
    return card(view.t("runs"), bars + table(heads, rows, name="runs", empty=view.t("none")), name="runs")


def _bar(one: Progress, view: View) -> Markup:
    return Markup(
        '<div class="pv-progress" data-name="progress"><span>{} · {} · {}</span>'
        '<progress max="{}" value="{}"></progress><span>{} / {}</span></div>'
    ).format(one.name, one.policy, view.t(one.state), max(one.total, 1), one.done, one.done, one.total)


def _space(figures: Figures, view: View) -> Markup:
    rows = [
        (view.t(name), *map(Right, (human_bytes(came), human_bytes(stored), f"{came / stored:.2f}" if stored else "")))
        for name, (came, _, stored) in figures.sizes.items()
    ]
    if figures.duplicates:
        said = f"{figures.duplicates:,} {view.t('duplicates')}"
        rows.append((said, *map(Right, (human_bytes(figures.duplicate_bytes), "0 B", ""))))
    heads = [view.t("modality"), view.t("came"), view.t("stored"), view.t("ratio")]
    return card(view.t("space"), table(heads, rows, name="space", empty=view.t("none")), name="space")


def _quarantine(figures: Figures, view: View) -> Markup:
    codes = {code.value for code in QuarantineCode}
    rows = [
        (
            link("/browse", badge(view.language, code), code=code),
            number,
            CODES.get(code, ("", ""))[view.language == "zh"],
        )
        for code, number in figures.codes.items()
        if code in codes
    ]
    heads = [view.t("code"), view.t("number"), view.t("meaning")]
    return card(view.t("quarantine"), table(heads, rows, name="quarantine", empty=view.t("none")), name="quarantine")
