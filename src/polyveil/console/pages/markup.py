"""Pieces of pages that are only looked at, as escaped HTML: one string is quicker than a thousand elements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from urllib.parse import urlencode

from markupsafe import Markup, escape

from polyveil.console.words import known, say

LOCK = Markup(
    '<svg class="pv-lock" viewBox="0 0 16 16" aria-hidden="true"><rect x="3" y="7" width="10" height="7" rx="1.5"/>'
    '<path d="M5 7V5a3 3 0 0 1 6 0v2" fill="none"/></svg>'
)
UNLOCKED = Markup(
    '<svg class="pv-lock" viewBox="0 0 16 16" aria-hidden="true"><rect x="3" y="7" width="10" height="7" rx="1.5"/>'
    '<path d="M5 7V4a3 3 0 0 1 5.6-1.5" fill="none"/></svg>'
)

Cell = str | int | float | Markup


class Right(str):
    """A cell that stands right, such as a size with its unit."""

    __slots__ = ()


def table(heads: Sequence[str], rows: Iterable[Sequence[Cell]], *, name: str = "", empty: str = "") -> Markup:
    """A table; numbers stand right, and so do the heads above them."""
    lines = list(rows)
    if not lines:
        return Markup('<p class="pv-quiet">{}</p>').format(empty)
    body = Markup("").join(Markup("<tr>{}</tr>").format(Markup("").join(_cell(cell) for cell in row)) for row in lines)
    first = [*lines[0], *[""] * len(heads)]
    head = Markup("").join(_head(one, cell) for one, cell in zip(heads, first, strict=False))
    return Markup('<div class="pv-scroll"><table class="pv-table" data-name="{}"><thead><tr>{}</tr></thead>'
                  "<tbody>{}</tbody></table></div>").format(name, head, body)  # fmt: skip


def _head(said: str, below: Cell) -> Markup:
    stands = "pv-number" if isinstance(below, int | float | Right) else ""
    return Markup('<th class="{}">{}</th>').format(stands, said)


def _cell(cell: Cell) -> Markup:
    if isinstance(cell, int | float):
        return Markup('<td class="pv-number">{}</td>').format(f"{cell:,}")
    if isinstance(cell, Right):
        return Markup('<td class="pv-number">{}</td>').format(str(cell))
    return Markup("<td>{}</td>").format(cell)


def badge(language: str, word: str) -> Markup:
    """An outcome or a code as a coloured badge."""
    return Markup('<span class="pv-badge pv-{}">{}</span>').format(word, known(language, word))


def chips(counts: Iterable[tuple[str, int]]) -> Markup:
    """Entity types with their counts."""
    return Markup(" ").join(
        Markup('<span class="pv-chip">{} <b>{}</b></span>').format(name, number) for name, number in counts
    )


def link(path: str, text: str | Markup, **query: str | int) -> Markup:
    """A link within the console; empty query values are left out."""
    return Markup('<a href="{}">{}</a>').format(address(path, **query), text)


def address(path: str, **query: str | int) -> str:
    """A path with a query; empty values are left out."""
    filled = {name: value for name, value in query.items() if value not in ("", 0)}
    return f"{path}?{urlencode(filled)}" if filled else path


def pager(language: str, path: str, page: int, pages: int, **query: str | int) -> Markup:
    """Previous, where one is, next."""
    if pages <= 1:
        return Markup("")
    before = link(path, say(language, "previous"), **query, page=page - 1) if page > 1 else Markup("<span></span>")
    after = link(path, say(language, "next"), **query, page=page + 1) if page < pages else Markup("<span></span>")
    here = say(language, "page_of", page=page, pages=pages)
    return Markup('<nav class="pv-pager">{}<span>{}</span>{}</nav>').format(before, here, after)


def card(title: str, body: Markup | str, *, name: str = "") -> Markup:
    """A titled box."""
    return Markup('<section class="pv-card" data-name="{}"><h2>{}</h2>{}</section>').format(name, title, escape(body))


def human_bytes(number: float) -> str:
    """1234567 -> '1.2 MB' (decimal units)."""
    sign, size = ("-", -number) if number < 0 else ("", number)
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{sign}{size:.0f} B" if unit == "B" else f"{sign}{size:.1f} {unit}"
        size /= 1000
    return f"{sign}{size:.1f} TB"


def moment(told: str) -> str:
    """A time as people read it: '20260102T030405' and '2026-01-02T03:04:05.678+00:00' -> '2026-01-02 03:04:05'."""
    try:
        return datetime.fromisoformat(told).strftime("%Y-%m-%d %H:%M:%S")
    except ValueError:
        return told


def duration(seconds: float) -> str:
    """3.2 -> '3.2 s', 239 -> '3 min 59 s', 7300 -> '2 h 1 min'."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
