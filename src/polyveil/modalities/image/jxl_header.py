"""The header of a JPEG XL codestream (ISO/IEC 18181-1, annex D), as far as the headers of its frames depend on it."""

from __future__ import annotations

from dataclasses import dataclass

_ENUM = ((0, 0), (0, 1), (4, 2), (6, 18))
_RATIOS = {1: (1, 1), 2: (6, 5), 3: (4, 3), 4: (3, 2), 5: (16, 9), 6: (5, 4), 7: (2, 1)}
_ALPHA, _SPOT, _MOSAIC = 0, 2, 5  # kinds of channels

Choices = tuple[tuple[int, int], ...]
"""Bits and what is added to them, by a two-bit selector."""


class UnreadError(ValueError):
    """A header says what is not read here."""


class Bits:
    """Bits of `data` from the lowest of each byte on (section 9.2). Raises UnreadError beyond the end."""

    def __init__(self, data: bytes) -> None:
        self._data, self.at = data, 0

    def take(self, count: int) -> int:
        first, last = self.at >> 3, (self.at + count + 7) >> 3
        if last > len(self._data):
            raise UnreadError
        value = int.from_bytes(self._data[first:last], "little") >> (self.at & 7)
        self.at += count
        return value & ((1 << count) - 1)

    def flag(self) -> bool:
        return bool(self.take(1))

    def choice(self, *choices: tuple[int, int]) -> int:
        """U32: section 9.2.1."""
        bits, more = choices[self.take(2)]
        return self.take(bits) + more

    def long(self) -> int:
        """U64."""
        match self.take(2):
            case 0:
                return 0
            case 1:
                return self.take(4) + 1
            case 2:
                return self.take(8) + 17
        value, shift = self.take(12), 12
        while self.flag():
            if shift == 60:
                return value | self.take(4) << shift
            value |= self.take(8) << shift
            shift += 8
        return value

    def skip(self, *counts: int) -> None:
        for count in counts:
            self.take(count)

    def extensions(self) -> None:
        if self.long():
            raise UnreadError

    def name(self) -> bool:
        length = self.choice((0, 0), (4, 0), (5, 16), (10, 48))
        self.take(8 * length)
        return length > 0

    def align(self) -> None:
        self.at = -(-self.at // 8) * 8


@dataclass(slots=True)
class Header:
    """What of the picture's header its frames' headers depend on."""

    width: int
    height: int
    moves: bool = False
    timecodes: bool = False
    tick_ms: float = 0.0
    loops: int = 0
    channels: tuple[int, ...] = ()  # how much smaller each extra channel is, as a power of two
    alphas: int = 0
    xyb: bool = True
    named: bool = False


def _side(bits: Bits, *, small: bool) -> int:
    return (bits.take(5) + 1) * 8 if small else bits.choice((9, 1), (13, 1), (18, 1), (30, 1))


def size_of(bits: Bits) -> tuple[int, int]:
    """Width and height in pixels (SizeHeader)."""
    small = bits.flag()
    height = _side(bits, small=small)
    ratio = bits.take(3)
    if ratio:
        over, under = _RATIOS[ratio]
        return height * over // under, height
    return _side(bits, small=small), height


def header(bits: Bits) -> Header:
    """SizeHeader, ImageMetadata and CustomTransformData (annex D)."""
    picture = Header(*size_of(bits))
    if not bits.flag():
        _metadata(bits, picture)
    if not bits.flag():  # how colours are transformed
        if picture.xyb and not bits.flag():
            bits.skip(*[16] * 16)
        weights = bits.take(3)
        for place, count in enumerate((15, 55, 210)):
            if weights >> place & 1:
                bits.skip(*[16] * count)
    bits.align()
    return picture


def _metadata(bits: Bits, picture: Header) -> None:
    more = bits.flag()
    if more:
        bits.take(3)  # how it is turned; decoders do it
        if bits.flag():
            size_of(bits)
        if bits.flag():
            raise UnreadError  # a second, small picture
        picture.moves = bits.flag()
        if picture.moves:
            ticks = bits.choice((0, 100), (0, 1000), (10, 1), (30, 1))
            under = bits.choice((0, 1), (0, 1001), (8, 1), (10, 1))
            picture.tick_ms = 1000 * under / ticks
            picture.loops = bits.choice((0, 0), (3, 0), (16, 0), (32, 0))
            picture.timecodes = bits.flag()
    _depth(bits)
    bits.flag()
    channels = []
    for _ in range(bits.choice((0, 0), (0, 1), (4, 2), (12, 1))):
        kind, shift, named = _channel(bits)
        channels.append(shift)
        picture.alphas += kind == _ALPHA
        picture.named |= named
    picture.channels = tuple(channels)
    picture.xyb = bits.flag()
    _colours(bits)
    if more and not bits.flag():  # how bright
        bits.skip(16, 16, 1, 16)
    bits.extensions()


def _depth(bits: Bits) -> None:
    if bits.flag():
        bits.choice((0, 32), (0, 16), (0, 24), (6, 1))
        bits.take(4)
    else:
        bits.choice((0, 8), (0, 10), (0, 12), (6, 1))


def _channel(bits: Bits) -> tuple[int, int, bool]:
    """(kind, how much smaller, named?) of an extra channel."""
    if bits.flag():
        return _ALPHA, 0, False
    kind = bits.choice(*_ENUM)
    _depth(bits)
    shift = bits.choice((0, 0), (0, 3), (0, 4), (3, 1))
    named = bits.name()
    if kind == _ALPHA:
        bits.flag()
    elif kind == _SPOT:
        bits.skip(16, 16, 16, 16)
    elif kind == _MOSAIC:
        bits.choice((0, 1), (2, 0), (4, 3), (8, 19))
    return kind, shift, named


def _colours(bits: Bits) -> None:
    if bits.flag():
        return
    if bits.flag():
        raise UnreadError  # a profile, in a coding of its own
    point: Choices = ((19, 0), (19, 524288), (20, 1048576), (21, 2097152))
    space = bits.choice(*_ENUM)
    if space != 2:  # XYB itself
        if bits.choice(*_ENUM) == 2:  # a white of its own
            bits.choice(*point)
            bits.choice(*point)
        if space != 1 and bits.choice(*_ENUM) == 2:  # not grey, and primaries of its own
            for _ in range(6):
                bits.choice(*point)
        if bits.flag():
            bits.take(24)
        else:
            bits.choice(*_ENUM)
    bits.choice(*_ENUM)
