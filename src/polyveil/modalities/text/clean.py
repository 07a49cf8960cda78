"""Cleaning: mojibake repaired, control characters dropped; what was changed is counted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

import ftfy
from ftfy import TextFixerConfig

from polyveil.modalities.text import boilerplate
from polyveil.schema.policy import TextRoad

_DROPPED = dict.fromkeys([*range(9), 11, *range(14, 27), *range(28, 32), 127, 0x200B, 0xFEFF])
_DIRTY = re.compile("[" + "".join(f"\\u{code:04x}" for code in [*_DROPPED, 27]) + "]")
_CONFIG = TextFixerConfig(
    unescape_html=False,
    fix_latin_ligatures=False,
    fix_character_width=False,
    uncurl_quotes=False,
    fix_line_breaks=False,
    remove_terminal_escapes=True,
    normalization=None,
)
_LINE = re.compile(r"[^\n]*\n|[^\n]+")


Answer = Callable[[str, str], str]
"""What becomes of a repaired line, given as it was and as it is now: it may say what nobody could read before."""


def cleaned(
    text: str, road: TextRoad, media_type: str = "text/plain", answer: Answer = lambda _before, after: after
) -> tuple[str, Counter[str]]:
    """A text as the policy wants it, and what was done to it.

    Counted: `mojibake_repaired`, in lines; `control_dropped`, in characters; `boilerplate_<kind>`, in lines, and
    `boilerplate_characters`. Layout, quotes and width stay.
    """
    done: Counter[str] = Counter()
    if road.clean:
        text = _repaired(text, done, answer)
    if road.boilerplate:
        text, removed = boilerplate.removed(text, road.boilerplate, media_type)
        done += removed
    return text, done


def _repaired(text: str, done: Counter[str], answer: Answer) -> str:
    dirty = len(_DIRTY.findall(text))
    if text.isascii() and not dirty:
        return text  # nothing that ftfy repairs is plain ASCII
    if dirty:
        done["control_dropped"] += dirty
    if not text.isascii():
        text = _LINE.sub(lambda line: _line(line.group(), done, answer), text)
    elif dirty:
        text = ftfy.fix_text(text, _CONFIG)
    return text.translate(_DROPPED)


def _line(line: str, done: Counter[str], answer: Answer) -> str:
    if line.isascii() and not _DIRTY.search(line):
        return line
    fixed = ftfy.fix_text(line, _CONFIG)
    if fixed != line and _DIRTY.sub("", fixed) != _DIRTY.sub("", line):
        done["mojibake_repaired"] += 1
        return answer(line, fixed.translate(_DROPPED))
    return fixed
