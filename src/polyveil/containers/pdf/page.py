"""The room of a page: its picture goes down the image road, and its words learn what became of the picture.

The findings of the text layer are told as regions of the picture, so that one list of findings answers for both. A word
stays if it can be read in the drawn page, no finding speaks of it, and not one pixel at its place was changed. In the
place of what was found stands what the policy makes of it in texts.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from blake3 import blake3

from polyveil.containers.pdf.carried import packed, unpacked
from polyveil.containers.pdf.layer import Layer, Unit, around, regions
from polyveil.containers.pdf.visible import covered, folded, inked, seen, touched
from polyveil.modalities import image, text
from polyveil.modalities.image import ocr
from polyveil.modalities.image.codec import decode
from polyveil.modalities.image.picture import view
from polyveil.modalities.interface import Context
from polyveil.modalities.text.together import again, together
from polyveil.schema.finding import Finding
from polyveil.schema.inspection import Inspection, Transformed
from polyveil.schema.locations import Region, Span
from polyveil.schema.modality import Modality
from polyveil.schema.part import Part

__all__ = ["inspect", "similar", "transform"]

similar = image.similar

_LAYER = "layer:"
_NOT_WORDS = frozenset({"FACE", "QR_CODE", "VOICE"})
_WITHIN = 0.6  # of a box that the picture road drew: generous, since a reader knows no edges of letters
_PAGES_IN_MIND = 16
_LONGEST = 2600  # pixels of the longer side at which lines are looked for: pages hold small print

_Rgb = npt.NDArray[np.uint8]
_lines_of: OrderedDict[bytes, list[ocr.Line]] = OrderedDict()


def inspect(part: Part, ctx: Context) -> Inspection:
    """Findings as regions of the page's picture: the image room's own, and those of the text layer."""
    plain, layer = _taken(part)
    seen_there = image.inspect(plain, ctx, read=_read)
    if not layer.units:
        return seen_there
    pictured = list(seen_there.findings)
    said = text.find(layer.text, ctx.policy, known=part.hints.known)
    said = together(
        said, again(layer.text, [*said, *(one for one in pictured if one.entity not in _NOT_WORDS)]), layer.text
    )
    rgb = _shown(plain, ctx)
    visible = seen(layer.units, _read(rgb), rgb)
    placed: list[Finding] = []
    exact: list[Finding] = []
    for one in said:
        found, certain = _placed(one, layer, rgb, visible)
        placed += found
        exact += found if certain else []
    hidden = [one for one in exact if ctx.policy.operator(one.entity, Modality.IMAGE).op != "keep"]
    left = [one for one in pictured if not any(_same(one, other) for other in hidden)]
    metrics = {**seen_there.metrics, "words": float(len(layer.units)), "words_seen": float(len(visible))}
    return Inspection((*placed, *left), seen_there.fingerprint, metrics)


def transform(part: Part, findings: Sequence[Finding], ctx: Context) -> Transformed:
    """The masked picture as PNG with the words that may stay. Raises AssetError as the image room does."""
    plain, layer = _taken(part)
    road = ctx.policy.roads.image.model_copy(update={"denoise": "off", "format": "png"})  # pixels stay comparable
    policy = ctx.policy.model_copy(update={"roads": ctx.policy.roads.model_copy(update={"image": road})})
    done = image.transform(plain, findings, replace(ctx, policy=policy))
    if not layer.units:
        return done
    rgb, masked = _shown(plain, ctx), _shown(done.part, ctx)
    words = _kept(layer, findings, rgb, (rgb != masked).any(axis=2), ctx)
    data = packed(done.part.read(), Layer(tuple(words)))
    return replace(done, part=replace(done.part, data=data), metrics={**done.metrics, "words_kept": float(len(words))})


def _taken(part: Part) -> tuple[Part, Layer]:
    png, layer = unpacked(part.read())
    return replace(part, data=png, media_type="image/png"), layer


def _shown(part: Part, ctx: Context) -> _Rgb:
    picture = decode(part, ctx.limits)
    return view(picture.frames[0], picture.alpha[0] if picture.alpha else None)


def _read(rgb: _Rgb, *, longest: int = 0) -> list[ocr.Line]:
    """What is read in a page.

    A page is read to find, and to know which words can be seen: the lines of the last pages are kept in memory, under
    the digest of their pixels.
    """
    key = blake3(np.ascontiguousarray(rgb).data).digest()
    lines = _lines_of.get(key)
    if lines is None:
        lines = _lines_of[key] = ocr.read(rgb, longest=max(longest, min(_LONGEST, max(rgb.shape[:2]))))
        while len(_lines_of) > _PAGES_IN_MIND:
            _lines_of.popitem(last=False)
    return lines


def _placed(one: Finding, layer: Layer, rgb: _Rgb, visible: set[int]) -> tuple[list[Finding], bool]:
    """A finding of the text as regions where something is drawn, and whether all of its words can be read there.

    Its value stands with the first region only, so that one surrogate is written.
    """
    if not isinstance(one.location, Span):
        return [], False
    numbers = layer.between(one.location.start, one.location.end)
    units = [layer.units[number] for number in numbers]
    drawn = [unit for unit in units if inked(unit, rgb)]
    found: list[Finding] = []
    for region in regions(drawn, rgb.shape):
        found.append(replace(one, location=region, detector=_LAYER + one.detector, value=None if found else one.value))
    return found, visible.issuperset(numbers)


def _same(one: Finding, exact: Finding) -> bool:
    """Did the picture road find, in the same place, no more than the text layer says more exactly?"""
    if not (one.value and exact.value):
        return False
    a, b = one.location, exact.location
    if not isinstance(a, Region) or not isinstance(b, Region):
        return False
    wide, high = min(a.x + a.w, b.x + b.w) - max(a.x, b.x), min(a.y + a.h, b.y + b.h) - max(a.y, b.y)
    within = wide > _WITHIN * a.w and high > _WITHIN * min(a.h, b.h)
    return within and folded(one.value) in folded(exact.value)


def _kept(
    layer: Layer, findings: Sequence[Finding], rgb: _Rgb, changed: npt.NDArray[np.bool_], ctx: Context
) -> list[Unit]:
    """The units that stay, and surrogates in the places of those that do not."""
    visible = seen(layer.units, _read(rgb), rgb)
    gone: set[int] = set()
    written: dict[int, Unit] = {}
    for one in sorted(findings, key=lambda one: not one.detector.startswith(_LAYER)):
        if not isinstance(one.location, Region) or one.entity in _NOT_WORDS:
            continue
        about = [number for number, unit in enumerate(layer.units) if covered(unit, one.location)]
        answer = ctx.policy.operator(one.entity, Modality.TEXT)
        if answer.op == "keep" or not about:
            continue
        if one.value and folded(one.value) and gone.isdisjoint(about):
            new = text.replacement(one.entity, one.value, answer, ctx).strip()
            if new and folded(new) != folded(one.value):
                written[about[0]] = around([layer.units[number] for number in about], new)
        gone.update(about)
    kept = []
    for number, unit in enumerate(layer.units):
        if number in written:
            kept.append(written[number])
        elif number not in gone and number in visible and not touched(unit, changed):
            kept.append(unit)
        elif kept and unit.after == "\n":
            kept[-1] = replace(kept[-1], after="\n")
        elif kept and unit.after == " " and not kept[-1].after:
            kept[-1] = replace(kept[-1], after=" ")
    return kept
