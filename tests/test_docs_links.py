"""The project's pages lead somewhere: relative links to files that exist, anchors to headings that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted(page for folder in ("docs", "training") for page in (ROOT / folder).rglob("*.md"))
PAGES += sorted(ROOT.glob("*.md"))
LINK = re.compile(r"\]\(([^()\s]+)\)")
CODE = re.compile(r"^```.*?^```|^(?: {4}|\t)[^\n]*|`[^`\n]*`", re.MULTILINE | re.DOTALL)
BLOCK = re.compile(r"^```.*?^```|^(?: {4}|\t)[^\n]*", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#{1,6} +(.+?) *#*$", re.MULTILINE)


def anchors(text: str) -> set[str]:
    """What a page's headings are linked by: small letters, digits, hyphens for blanks; repeated ones are numbered."""
    found: set[str] = set()
    for heading in HEADING.findall(BLOCK.sub("", text)):
        name = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        count = sum(re.fullmatch(rf"{re.escape(name)}(-\d+)?", one) is not None for one in found)
        found.add(f"{name}-{count}" if count else name)
    return found


def leads(page: Path, link: str) -> bool:
    """Whether a link of a page goes to something that exists; addresses of others are not looked at."""
    target, _, anchor = link.partition("#")
    if re.match(r"[a-z][a-z0-9+.-]*:", target):
        return True
    path = page.parent / target if target else page
    return path.exists() and (not anchor or anchor in anchors(path.read_text(encoding="utf-8")))


def broken(page: Path) -> list[str]:
    """The links of a page that lead nowhere."""
    return [link for link in LINK.findall(CODE.sub("", page.read_text(encoding="utf-8"))) if not leads(page, link)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    assert broken(page) == []


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("[a](there.md) [b](there.md#two-words--more) [c](#here) [d](https://example.org/x.md)\n\n# Here\n", []),
        ("![a](gone.png)", ["gone.png"]),
        ("[a](there.md#three)", ["there.md#three"]),
        ("[a](#not-here)\n\n    # Not here\n", ["#not-here"]),
        ("`[a](gone.md)`\n\n    [b](gone.md)\n\n```\n[c](gone.md)\n```\n", []),
        ("[a](there.md#again-1) [b](there.md#again-2)", ["there.md#again-2"]),
    ],
)
def test_a_broken_link_is_seen(tmp_path: Path, text: str, wrong: list[str]) -> None:
    (tmp_path / "there.md").write_text("# Two words & more\n\n## Again\n\n## Again\n", encoding="utf-8")
    page = tmp_path / "page.md"
    page.write_text(text, encoding="utf-8")
    assert broken(page) == wrong
