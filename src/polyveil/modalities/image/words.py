"""What `replace_text` writes: what the policy makes of a value in text, so the same surrogate as everywhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from polyveil import plugins
from polyveil.modalities.interface import Context
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Location, Region
from polyveil.schema.modality import Modality
from polyveil.schema.policy import Operator

_HELD = 0.7  # of a region, from which on another one holds it
_ALIKE = 0.6  # of a word that was read again and one that was written: readers confuse letters


def filled(answered: Sequence[tuple[Finding, Operator]], ctx: Context) -> list[tuple[Finding, Operator]]:
    """The answers, with the text that `replace_text` is to write; what has no value is filled instead.

    Of findings that cover others only the paper is drawn, and before those: the inner ones say what is to be written.
    """
    written = [(finding, answer(finding, operator, ctx)) for finding, operator in answered]
    places = [one.location for one, operator in written if operator.params.get("text")]
    blank = Operator(op="replace_text", text=" ")
    papers, others = [], []
    for finding, operator in written:
        inner = any(_holds(finding.location, place) for place in places if place != finding.location)
        if operator.params.get("text") and inner:
            papers.append((finding, blank))
        else:
            others.append((finding, operator))
    return [*papers, *others]


def _holds(outer: Location, inner: Location) -> bool:
    """Does a region hold most of a smaller one?"""
    if not isinstance(outer, Region) or not isinstance(inner, Region) or outer.w * outer.h <= inner.w * inner.h:
        return False
    wide = min(outer.x + outer.w, inner.x + inner.w) - max(outer.x, inner.x)
    tall = min(outer.y + outer.h, inner.y + inner.h) - max(outer.y, inner.y)
    return wide > 0 and tall > 0 and wide * tall >= _HELD * inner.w * inner.h


def answer(finding: Finding, operator: Operator, ctx: Context) -> Operator:
    """The operator with the text that it is to write, or `fill` where there is none. Others stay as they are."""
    if operator.op != "replace_text":
        return operator
    if not finding.value or not finding.value.strip():
        return Operator(op="fill")
    rule = ctx.policy.operator(finding.entity, Modality.TEXT)
    try:
        written = str(plugins.load("operators.text", rule.op)(finding.entity, finding.value, rule.params, ctx))
    except KeyError:
        written = ""
    if not written.strip() or _plain(written) == _plain(finding.value):
        return Operator(op="fill")
    return Operator(op="replace_text", text=written)


def foreign(left: Sequence[Finding], answered: Sequence[tuple[Finding, Operator]]) -> list[Finding]:
    """What can still be read, without what was written there in its place: that looks personal and is not."""
    surrogates = [_plain(text) for _finding, operator in answered if (text := str(operator.params.get("text", "")))]
    originals = {_plain(finding.value or "") for finding, _operator in answered}
    return list(_foreign(left, surrogates, originals)) if surrogates else list(left)


def _foreign(left: Sequence[Finding], surrogates: Sequence[str], originals: set[str]) -> Iterator[Finding]:
    for finding in left:
        read = _plain(finding.value or "")
        as_written = max((_ratio(read, one) for one in surrogates), default=0.0)
        as_before = max((_ratio(read, one) for one in originals if one), default=0.0)
        if as_written < _ALIKE or as_before >= as_written:
            yield finding


def _ratio(read: str, written: str) -> float:
    if read and read in written:
        return 1.0
    return SequenceMatcher(None, read, written, autojunk=False).ratio()


def _plain(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())
