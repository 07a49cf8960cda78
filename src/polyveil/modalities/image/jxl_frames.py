"""The frames of a JPEG XL codestream (ISO/IEC 18181-1): how long each is shown, and where the last one ends.

Nothing is decoded but headers and tables of contents. Where a header says what is rare, as a profile inside the
codestream, the answer is None, never a guess.
"""

from __future__ import annotations

from dataclasses import dataclass

from polyveil.modalities.image.jxl_header import Bits, Header, UnreadError, header

_OFFSETS = ((8, 0), (11, 256), (14, 2304), (30, 18688))  # of a frame that covers a part of the picture
_SIZES = ((10, 0), (14, 1024), (22, 17408), (30, 4211712))  # of a frame's sections
_REGULAR, _LOW, _REFERENCE, _SKIPPED = range(4)  # types of a frame
_REPLACE, _BLEND, _WEIGHTED, _MULTIPLIED = 0, 2, 3, 4  # ways to lay it over another
_SEEN = frozenset({_REGULAR, _SKIPPED})
_USES_LOW = 32
_MOST_FRAMES = 5000


@dataclass(frozen=True, slots=True)
class Shown:
    """What a codestream shows.

    durations: ticks of each frame that is shown; empty for a still picture. tick_ms: milliseconds of a tick.
    loops: times an animation plays, 0 for ever. layers: frames in all, those that are laid under others included.
    extra: channels beside colour and one of transparency. end: bytes to the end of the last frame, None where its table
    of contents does not tell. named: does a layer or a channel have a name?
    """

    durations: tuple[int, ...]
    tick_ms: float
    loops: int
    layers: int
    extra: int
    end: int | None
    named: bool


@dataclass(slots=True)
class _Frame:
    width: int
    height: int
    kind: int = _REGULAR
    modular: bool = False
    upsampling: int = 1
    shift: int = 1  # of 128 pixels, the side of a group
    passes: int = 1
    level: int = 0
    partial: bool = False
    ticks: int = 0
    last: bool = True
    named: bool = False


def shown(codestream: bytes) -> Shown | None:
    """What a codestream shows, or None if that cannot be told from its headers."""
    bits = Bits(codestream)
    try:
        if bits.take(16) != 0x0AFF:
            return None
        picture = header(bits)
        durations, layers, named = [], 0, picture.named
        frame = None
        while frame is None or not frame.last:
            frame = _frame(bits, picture)
            layers += 1
            named |= frame.named
            if picture.moves and frame.kind in _SEEN and (frame.ticks or frame.last):
                durations.append(frame.ticks)
            if layers > _MOST_FRAMES:
                return None
    except UnreadError:
        return None
    end = bits.at // 8 if bits.at >= 0 else None
    if end is not None and end > len(codestream):
        return None
    extra = len(picture.channels) - min(1, picture.alphas)
    return Shown(tuple(durations), picture.tick_ms, picture.loops, layers, extra, end, named=named)


def _frame(bits: Bits, picture: Header) -> _Frame:
    """Reads a frame's header and goes on to the next frame (annexes F and G)."""
    frame = _Frame(picture.width, picture.height)
    if not bits.flag():
        _coding(bits, picture, frame)
        mode, seen = _REPLACE, frame.kind in _SEEN
        if seen:
            mode = _blending(bits, picture, partial=frame.partial)
            for _ in picture.channels:
                _blending(bits, picture, partial=frame.partial)
            if picture.moves:
                frame.ticks = bits.choice((0, 0), (0, 1), (8, 0), (32, 0))
                bits.take(32 if picture.timecodes else 0)
        frame.last = seen and bits.flag()
        saved = 0 if frame.kind == _LOW or frame.last else bits.take(2)
        referred = not frame.last and (frame.ticks == 0 or saved != 0)
        if (referred and mode == _REPLACE and not frame.partial and seen) or frame.kind == _REFERENCE:
            bits.flag()
        frame.named = bits.name()
        _loop_filter(bits, modular=frame.modular)
        bits.extensions()
    _sections(bits, frame)
    return frame


def _coding(bits: Bits, picture: Header, frame: _Frame) -> None:
    """How the frame is coded, in how many passes, and which part of the picture it covers."""
    frame.kind, frame.modular, flags = bits.take(2), bits.flag(), bits.long()
    ycbcr = not picture.xyb and bits.flag()
    if not flags & _USES_LOW:
        if ycbcr:
            bits.skip(2, 2, 2)
        frame.upsampling = bits.choice((0, 1), (0, 2), (0, 4), (0, 8))
        for _ in picture.channels:
            bits.choice((0, 1), (0, 2), (0, 4), (0, 8))
    if frame.modular:
        frame.shift = bits.take(2)
    elif picture.xyb:
        bits.skip(3, 3)
    if frame.kind != _REFERENCE:
        frame.passes = _passes(bits)
    if frame.kind == _LOW:
        frame.level = bits.take(2) + 1
    elif bits.flag():
        left = top = 0
        if frame.kind in _SEEN:
            left, top = _signed(bits.choice(*_OFFSETS)), _signed(bits.choice(*_OFFSETS))
        wide, tall = bits.choice(*_OFFSETS), bits.choice(*_OFFSETS)
        frame.partial = left > 0 or top > 0 or left + wide < frame.width or top + tall < frame.height
        frame.width, frame.height = wide, tall


def _signed(value: int) -> int:
    return value >> 1 if not value & 1 else -(value >> 1) - 1


def _passes(bits: Bits) -> int:
    count = bits.choice((0, 1), (0, 2), (0, 3), (3, 4))
    if count > 1:
        reduced = bits.choice((0, 0), (0, 1), (0, 2), (1, 3))
        bits.skip(*[2] * (count - 1))
        for _ in range(reduced):
            bits.choice((0, 1), (0, 2), (0, 4), (0, 8))
        for _ in range(reduced):
            bits.choice((0, 0), (0, 1), (0, 2), (3, 0))
    return count


def _blending(bits: Bits, picture: Header, *, partial: bool) -> int:
    mode = bits.choice((0, 0), (0, 1), (0, 2), (2, 3))
    if picture.channels and mode in {_BLEND, _WEIGHTED}:
        bits.choice((0, 0), (0, 1), (0, 2), (3, 3))
    if (picture.channels and mode in {_BLEND, _WEIGHTED}) or mode == _MULTIPLIED:
        bits.flag()
    if mode != _REPLACE or partial:
        bits.take(2)
    return mode


def _loop_filter(bits: Bits, *, modular: bool) -> None:
    if bits.flag():
        return
    if bits.flag() and bits.flag():
        bits.skip(*[16] * 6)
    if bits.take(2):
        if not modular and bits.flag():
            bits.skip(*[16] * 8)
        if bits.flag():
            bits.skip(*[16] * 5)
        if bits.flag():
            bits.skip(*[16] * (3 if modular else 4))
        if modular:
            bits.take(16)
    bits.extensions()


def _sections(bits: Bits, frame: _Frame) -> None:
    """Passes over a frame's sections by its table of contents."""
    if bits.flag():  # in another order, which is told in a coding of its own
        if not frame.last:
            raise UnreadError
        bits.at = -1
        return
    side, reduced = 128 << frame.shift, frame.upsampling * 8**frame.level
    width, height = -(-frame.width // reduced), -(-frame.height // reduced)
    groups = -(-width // side) * -(-height // side)
    low = -(-width // (8 * side)) * -(-height // (8 * side))
    count = 1 if groups == 1 and frame.passes == 1 else 2 + low + groups * frame.passes
    bits.align()
    total = sum(bits.choice(*_SIZES) for _ in range(count))
    bits.align()
    bits.at += 8 * total
