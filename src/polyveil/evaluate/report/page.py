"""The page: one self-contained HTML file in both languages."""

from __future__ import annotations

from importlib import resources

from jinja2 import Environment
from markupsafe import Markup

from polyveil.evaluate.report.model import Report
from polyveil.evaluate.report.words import CODES, WORDS
from polyveil.schema.modality import Modality

STAGES = ("inspect", "transform", "seal")


def to_html(report: Report, language: str = "en") -> str:
    """Render the page. `language` ('en' or 'zh') is shown first; a button switches."""
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["bytes"] = human_bytes
    template = environment.from_string(
        (resources.files("polyveil.evaluate.report") / "page.html.j2").read_text(encoding="utf-8")
    )
    most = max((sum(row.values()) for row in report.entities.values()), default=1)
    return template.render(
        report=report,
        language=language,
        t=_both,
        say=_say,
        codes=CODES,
        modalities=[modality.value for modality in Modality],
        stages=STAGES,
        most=most,
    )


def _say(english: str, chinese: str) -> Markup:
    """A text in both languages; the page shows one."""
    return Markup('<span lang="en">{}</span><span lang="zh">{}</span>').format(english, chinese)


def _both(word: str) -> Markup:
    return _say(*WORDS[word])


def human_bytes(number: float) -> str:
    """1234567 -> '1.2 MB' (decimal units)."""
    for unit in ("B", "kB", "MB", "GB"):
        if number < 1000:
            return f"{number:.0f} {unit}" if unit == "B" else f"{number:.1f} {unit}"
        number /= 1000
    return f"{number:.1f} TB"
