"""AVIF files without a change to their picture: a new file around the coded picture and its transparency.

The structure is that of HEIF (`heif.py`); the coded picture is a row of OBUs (AV1 Bitstream Specification, section 5).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from polyveil.modalities.image import heif

_ALPHA = (b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha", b"urn:mpeg:hevc:2015:auxid:1")
_KEPT = frozenset({b"ispe", b"pixi", b"av1C", b"auxC", b"irot", b"imir", b"pasp", b"clli", b"mdcv", b"colr"})
_UNREAD = frozenset({b"clap", b"a1op", b"a1lx", b"lsel"})  # what is shown then depends on the reader
_SEQUENCE, _FRAME_HEADER, _TILES, _FRAME = 1, 3, 4, 6
_NEEDED = frozenset({_SEQUENCE, _FRAME_HEADER, _TILES, _FRAME})

Property = tuple[bytes, bytes]


def stripped(data: bytes, icc: bytes | None) -> bytes | None:
    """The file with its primary picture, its transparency and `icc`; None if it is made otherwise.

    Pictures of tiles, of layers and of several frames are made otherwise. Raises ValueError, KeyError or IndexError if
    the file is damaged.
    """
    meta = next((body[4:] for kind, body in heif.boxes(data) if kind == b"meta"), None)
    if meta is None:
        return None
    parts = dict(heif.boxes(meta))
    primary = heif.number(parts[b"pitm"], 4, 2 if parts[b"pitm"][0] == 0 else 4)
    kinds, places = heif.item_kinds(parts[b"iinf"]), heif.item_places(parts[b"iloc"])
    properties = heif.item_properties(parts[b"iprp"])
    references = list(heif.item_references(parts.get(b"iref", b"")))
    alpha = [
        source
        for kind, source, targets in references
        if kind == b"auxl" and primary in targets and dict(properties[source]).get(b"auxC", b"")[4:].startswith(_ALPHA)
    ]
    if len(alpha) > 1 or any(kind == b"prem" for kind, _source, _targets in references):
        return None
    items: list[tuple[bytes, list[Property]]] = []
    for item in (primary, *alpha):
        own = properties[item]
        if kinds.get(item) != b"av01" or any(kind in _UNREAD for kind, _body in own):
            return None
        method, extents = places[item]
        source = parts.get(b"idat", b"") if method == 1 else data
        coded = _needed(b"".join(source[start : start + size] if size else source[start:] for start, size in extents))
        if method > 1 or coded is None:
            return None
        items.append((coded, list(_kept(own, icc if item == primary else None))))
    return _file(items)


def _kept(own: Sequence[Property], icc: bytes | None) -> Iterator[Property]:
    for kind, body in own:
        if kind not in _KEPT or (kind == b"colr" and body[:4] != b"nclx"):
            continue
        if kind == b"av1C":
            yield kind, body[:4] + b"".join(one for number, one in _obus(body[4:]) if number == _SEQUENCE)
        elif kind == b"auxC":
            yield kind, bytes(4) + _ALPHA[0] + b"\0"
        else:
            yield kind, body
    if icc:
        yield b"colr", b"prof" + icc


def _needed(data: bytes) -> bytes | None:
    """The OBUs that a still picture is made of, without metadata and padding; None if there are several frames."""
    units = [(kind, unit) for kind, unit in _obus(data) if kind in _NEEDED]
    kinds = [kind for kind, _unit in units]
    if kinds.count(_SEQUENCE) != 1 or kinds.count(_FRAME) + kinds.count(_FRAME_HEADER) != 1:
        return None
    return b"".join(unit for _kind, unit in units)


def _obus(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(type, whole unit with its size), section 5.3."""
    at = 0
    while at < len(data):
        head = data[at]
        start = at + 2 if head & 4 else at + 1
        size, wide = (len(data) - start, 0) if not head & 2 else _leb128(data, start)
        end = start + wide + size
        if end > len(data):
            raise ValueError("an OBU ends early")
        yield head >> 3 & 15, data[at:end]
        at = end


def _leb128(data: bytes, at: int) -> tuple[int, int]:
    """(value, bytes that it takes), section 4.10.5."""
    value = 0
    for place in range(8):
        value |= (data[at + place] & 0x7F) << (7 * place)
        if not data[at + place] & 0x80:
            return value, place + 1
    raise ValueError("a length of too many bytes")


def _file(items: Sequence[tuple[bytes, Sequence[Property]]]) -> bytes:
    """A file of one picture, and of its transparency as a second item."""
    ftyp = _box(b"ftyp", b"avif\0\0\0\0avifmif1miaf")
    pool: list[Property] = []
    links = b""
    for number, (_coded, own) in enumerate(items, 1):
        links += number.to_bytes(2, "big") + bytes([len(own)])
        for one in own:
            if one not in pool:
                pool.append(one)
            essential = 0x80 if one[0] in {b"av1C", b"irot", b"imir"} else 0
            links += bytes([essential | pool.index(one) + 1])
    ipco = _box(b"ipco", b"".join(_box(*one) for one in pool))
    iprp = _box(b"iprp", ipco + _box(b"ipma", bytes(4) + len(items).to_bytes(4, "big") + links))
    entries = b"".join(
        _box(b"infe", b"\2\0\0\0" + number.to_bytes(2, "big") + b"\0\0av01\0") for number in range(1, len(items) + 1)
    )
    before = [
        _box(b"hdlr", bytes(8) + b"pict" + bytes(13)),
        _box(b"pitm", bytes(4) + b"\0\1"),
        _box(b"iinf", bytes(4) + len(items).to_bytes(2, "big") + entries),
    ]
    if len(items) > 1:
        before.append(_box(b"iref", bytes(4) + _box(b"auxl", b"\0\2\0\1\0\1")))
    before.append(iprp)
    rest = b"".join(before)
    start = len(ftyp) + 12 + len(rest) + (16 + 14 * len(items)) + 8
    places = b""
    for number, (coded, _own) in enumerate(items, 1):
        places += number.to_bytes(2, "big") + b"\0\0\0\1" + start.to_bytes(4, "big") + len(coded).to_bytes(4, "big")
        start += len(coded)
    iloc = _box(b"iloc", bytes(4) + b"\x44\0" + len(items).to_bytes(2, "big") + places)
    meta = _box(b"meta", bytes(4) + rest + iloc)
    return ftyp + meta + _box(b"mdat", b"".join(coded for coded, _own in items))


def _box(kind: bytes, body: bytes) -> bytes:
    return (len(body) + 8).to_bytes(4, "big") + kind + body
