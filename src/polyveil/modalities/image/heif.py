"""The structure of HEIF files (ISO/IEC 23008-12 over ISO/IEC 14496-12): which coded pictures make up the one shown.

Nothing is decoded here. Only what leads to the primary picture and its alpha plane is read; thumbnails, depth maps,
films and everything else that such a file can hold is passed over.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis"})
_STRUCTURAL = frozenset({b"mif1", b"msf1", b"mif2"})
_ALPHA = (b"urn:mpeg:hevc:2015:auxid:1\0", b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0")
"""What an alpha plane is called (ISO/IEC 23008-12, 6.6.2.1 and B.2.3)."""

_MOST_ITEMS = 20_000
_MOST_TILES = 4096
_MOST_TIMES = 4  # that items, which may share bytes, are as long as their file

Boxes = Iterator[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Coded:
    """A picture as HEVC (ISO/IEC 14496-15): the decoder's configuration, and the units with their lengths."""

    config: bytes = field(repr=False)
    data: bytes = field(repr=False)
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Heif:
    """The primary picture, or its alpha plane.

    tiles: row by row. columns: tiles a row. width, height: of the picture before it is turned, in pixels.
    crop: (left, top, width, height) of what is shown of it, or None.
    turns: in order, quarter turns anticlockwise, or 'x' (mirrored left to right) and 'y' (top to bottom).
    nclx: primaries, transfer, matrix (ISO/IEC 23091-2) and full range, or None. exif: a TIFF structure, or b''.
    alpha: the plane of transparency, or None. multiplied: the colours are multiplied by it.
    """

    tiles: tuple[Coded, ...]
    columns: int
    width: int
    height: int
    crop: tuple[int, int, int, int] | None
    turns: tuple[int | str, ...]
    nclx: tuple[int, int, int, bool] | None
    icc: bytes | None = field(repr=False)
    exif: bytes = field(repr=False)
    alpha: Heif | None = field(default=None, repr=False)
    multiplied: bool = False


def recognised(head: bytes) -> bool:
    """Do these first bytes begin a HEIF file with HEVC pictures? AVIF, which shares the structure, is none."""
    if head[4:8] != b"ftyp":
        return False
    size = min(int.from_bytes(head[:4], "big"), 256)
    brands = {head[8:12], *(head[at : at + 4] for at in range(16, size, 4))}
    return bool(brands & _BRANDS) or (bool(brands & _STRUCTURAL) and not brands & {b"avif", b"avis"})


def parse(data: bytes) -> Heif:
    """The primary picture of a file. Raises ValueError if it is damaged or holds no HEVC picture."""
    meta = next((body[4:] for kind, body in boxes(data) if kind == b"meta"), None)
    if meta is None:
        raise ValueError("no meta box")
    parts = dict(boxes(meta))
    primary = number(parts[b"pitm"], 4, 2 if parts[b"pitm"][0] == 0 else 4)
    kinds = item_kinds(parts[b"iinf"])
    places = item_places(parts[b"iloc"])
    idat = parts.get(b"idat", b"")
    references = list(item_references(parts.get(b"iref", b"")))
    properties = item_properties(parts[b"iprp"])

    contents: dict[int, bytes] = {}
    taken = 0

    def content(item: int) -> bytes:
        nonlocal taken
        if item in contents:
            return contents[item]
        method, extents = places[item]
        source = idat if method == 1 else data
        if method > 1 or any(start + size > len(source) for start, size in extents):
            raise ValueError("an item lies outside the file")
        taken += sum(size or max(0, len(source) - start) for start, size in extents)
        if taken > _MOST_TIMES * len(data):
            raise ValueError("items of more bytes than the file has")
        contents[item] = b"".join(source[start : start + size] if size else source[start:] for start, size in extents)
        return contents[item]

    def coded(item: int) -> Coded:
        own = dict(properties[item])
        if kinds.get(item) != b"hvc1" or b"hvcC" not in own or b"ispe" not in own:
            raise ValueError("not an HEVC picture")
        return Coded(own[b"hvcC"], content(item), number(own[b"ispe"], 4, 4), number(own[b"ispe"], 8, 4))

    def picture(item: int, exif: bytes = b"", alpha: Heif | None = None, *, multiplied: bool = False) -> Heif:
        own = properties[item]
        if kinds.get(item) == b"grid":
            grid = content(item)
            rows, columns, wide = grid[2] + 1, grid[3] + 1, 4 if grid[1] & 1 else 2
            width, height = number(grid, 4, wide), number(grid, 4 + wide, wide)
            items = [
                one for kind, source, targets in references if (kind, source) == (b"dimg", item) for one in targets
            ]
            if not 0 < len(items) == rows * columns <= _MOST_TILES:
                raise ValueError("a grid that lacks tiles")
            tiles = tuple(coded(one) for one in items)
        else:
            tiles, columns = (coded(item),), 1
            width, height = tiles[0].width, tiles[0].height
        profile = next((body[4:] for kind, body in own if kind == b"colr" and body[:4] in {b"prof", b"rICC"}), None)
        crop = _crop(dict(own).get(b"clap"), width, height)
        return Heif(
            tiles, columns, width, height, crop, tuple(_turns(own)), _nclx(own), profile, exif, alpha, multiplied
        )

    exif = next(
        (content(source) for kind, source, targets in references
         if kind == b"cdsc" and primary in targets and kinds.get(source) == b"Exif"), b""
    )  # fmt: skip
    planes = [
        source
        for kind, source, targets in references
        if kind == b"auxl"
        and primary in targets
        and dict(properties.get(source, ())).get(b"auxC", b"")[4:].startswith(_ALPHA)
    ]
    multiplied = any(kind == b"prem" and source == primary for kind, source, _targets in references)
    alpha = picture(planes[0]) if planes else None
    return picture(primary, exif[4 + int.from_bytes(exif[:4], "big") :], alpha, multiplied=multiplied)


def boxes(data: bytes) -> Boxes:
    """(type, content) of the boxes in `data`; what follows a damaged one is left out."""
    at = 0
    while at + 8 <= len(data):
        size, kind, head = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8], 8
        if size == 1:
            size, head = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        elif size == 0:
            size = len(data) - at
        if size < head:
            return
        yield kind, data[at + head : at + size]
        at += size


def number(data: bytes, at: int, size: int) -> int:
    """An unsigned number of `size` bytes. Raises ValueError beyond the end."""
    if at + size > len(data):
        raise ValueError("a box ends early")
    return int.from_bytes(data[at : at + size], "big")


def item_kinds(iinf: bytes) -> dict[int, bytes]:
    """Type by item (ItemInfoEntry, versions 2 and 3)."""
    kinds: dict[int, bytes] = {}
    for kind, body in boxes(iinf[6 if iinf[0] == 0 else 8 :]):
        if kind == b"infe" and body[0] in {2, 3} and len(kinds) < _MOST_ITEMS:
            wide = 2 if body[0] == 2 else 4
            kinds[number(body, 4, wide)] = body[6 + wide : 10 + wide]
    return kinds


def item_places(iloc: bytes) -> dict[int, tuple[int, list[tuple[int, int]]]]:
    """(construction method, [(offset, length)]) by item (ItemLocationBox)."""
    version = iloc[0]
    sizes = [iloc[4] >> 4, iloc[4] & 15, iloc[5] >> 4, iloc[5] & 15 if version else 0]
    wide = 2 if version < 2 else 4
    count, at = number(iloc, 6, wide), 6 + wide
    places = {}
    total = 0  # entries may take no bytes at all
    for _ in range(min(count, _MOST_ITEMS)):
        item, at = number(iloc, at, wide), at + wide
        method = 0
        if version:
            method, at = number(iloc, at, 2) & 15, at + 2
        base, at = number(iloc, at + 2, sizes[2]), at + 2 + sizes[2]
        extents, at = number(iloc, at, 2), at + 2
        found = []
        total += extents
        if total > _MOST_ITEMS:
            raise ValueError("items in too many pieces")
        for _extent in range(extents):
            at += sizes[3]
            start, at = base + number(iloc, at, sizes[0]), at + sizes[0]
            size, at = number(iloc, at, sizes[1]), at + sizes[1]
            found.append((start, size))
        places[item] = (method, found)
    return places


def item_references(iref: bytes) -> Iterator[tuple[bytes, int, list[int]]]:
    """(type, from item, to items)."""
    wide = 2 if iref[:1] == b"\0" else 4
    for kind, body in boxes(iref[4:]):
        count = number(body, wide, 2)
        yield kind, number(body, 0, wide), [number(body, wide + 2 + wide * index, wide) for index in range(count)]


def item_properties(iprp: bytes) -> dict[int, list[tuple[bytes, bytes]]]:
    """The properties of each item in their order, which is the order in which they apply."""
    pool: list[tuple[bytes, bytes]] = []
    found: dict[int, list[tuple[bytes, bytes]]] = {}
    for kind, body in boxes(iprp):
        if kind == b"ipco":
            pool = list(boxes(body))
        elif kind == b"ipma":
            wide, large = 2 if body[0] == 0 else 4, body[3] & 1
            count, at = number(body, 4, 4), 8
            for _ in range(min(count, _MOST_ITEMS)):
                item, links, at = number(body, at, wide), number(body, at + wide, 1), at + wide + 1
                for _link in range(links):
                    index = number(body, at, 2) & 0x7FFF if large else number(body, at, 1) & 0x7F
                    at += 2 if large else 1
                    if 0 < index <= len(pool):
                        found.setdefault(item, []).append(pool[index - 1])
    return found


def _crop(clap: bytes | None, width: int, height: int) -> tuple[int, int, int, int] | None:
    """CleanApertureBox: size and offset of the centre as fractions."""
    if clap is None:
        return None
    numbers = [int.from_bytes(clap[at : at + 4], "big", signed=True) for at in range(0, 32, 4)]
    if min(numbers[1::2]) <= 0:
        raise ValueError("a crop without a size")
    wide, tall, across, down = (top / bottom for top, bottom in zip(numbers[::2], numbers[1::2], strict=True))
    left, top = round((width - wide) / 2 + across), round((height - tall) / 2 + down)
    inside = left >= 0 and top >= 0 and left + round(wide) <= width and top + round(tall) <= height
    if not inside or min(round(wide), round(tall)) < 1:
        raise ValueError("a crop beyond the picture")
    return left, top, round(wide), round(tall)


def _turns(own: list[tuple[bytes, bytes]]) -> Iterator[int | str]:
    for kind, body in own:
        if kind == b"irot":
            yield body[0] & 3
        elif kind == b"imir":
            yield "x" if body[0] & 1 else "y"


def _nclx(own: list[tuple[bytes, bytes]]) -> tuple[int, int, int, bool] | None:
    for kind, body in own:
        if kind == b"colr" and body[:4] == b"nclx":
            return number(body, 4, 2), number(body, 6, 2), number(body, 8, 2), bool(number(body, 10, 1) & 0x80)
    return None
