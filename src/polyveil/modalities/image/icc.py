"""Colour profiles without anything but colour.

A profile may carry a device's serial number, the maker's name, dates and private tags. Only the tags that define
colour are kept (ICC.1:2022, section 9), header fields that name a device, an author or a time are zeroed, and texts
are replaced.
"""

from __future__ import annotations

_COLOUR_TAGS = frozenset(
    tag.encode("ascii")
    for tag in (
        "rXYZ", "gXYZ", "bXYZ", "rTRC", "gTRC", "bTRC", "kTRC", "wtpt", "bkpt", "lumi", "chad", "chrm", "gamt", "cicp",
        "A2B0", "A2B1", "A2B2", "A2B3", "B2A0", "B2A1", "B2A2", "B2A3", "D2B0", "D2B1", "D2B2", "D2B3", "B2D0", "B2D1",
        "B2D2", "B2D3",
    )
)  # fmt: skip
_HEADER = 128
_KEPT_HEADER = ((0x08, 0x18), (0x24, 0x28), (0x40, 0x50))  # version, class, spaces; 'acsp'; intent and illuminant
_MOST = 4 * 1024**2


def clean(profile: bytes | None, *, space: bytes) -> bytes | None:
    """A profile with colour tags only, or None if it is missing, damaged or not of `space` (b'RGB ', b'GRAY')."""
    if profile is None or not _HEADER + 4 <= len(profile) <= _MOST or profile[36:40] != b"acsp":
        return None
    if profile[16:20] != space:
        return None
    tags: dict[bytes, bytes] = {}
    for index in range(int.from_bytes(profile[_HEADER : _HEADER + 4], "big")):
        entry = profile[_HEADER + 4 + 12 * index : _HEADER + 16 + 12 * index]
        if len(entry) < 12:
            return None
        name, offset, length = entry[:4], int.from_bytes(entry[4:8], "big"), int.from_bytes(entry[8:12], "big")
        if name in _COLOUR_TAGS and offset + length <= len(profile):
            tags[name] = profile[offset : offset + length]
    if b"wtpt" not in tags or not tags.keys() & {b"rTRC", b"kTRC", b"A2B0"}:
        return None
    version_4 = profile[8] >= 4
    tags[b"desc"] = _text("RGB" if space == b"RGB " else "Grey") if version_4 else _old_description("RGB")
    tags[b"cprt"] = _text("-") if version_4 else b"text\0\0\0\0-\0"
    return _assemble(profile, tags)


def _assemble(profile: bytes, tags: dict[bytes, bytes]) -> bytes:
    table, body = bytearray(len(tags).to_bytes(4, "big")), bytearray()
    start = _HEADER + 4 + 12 * len(tags)
    placed: dict[bytes, int] = {}  # tags may share their data
    for name, data in tags.items():
        if data not in placed:
            placed[data] = start + len(body)
            body += data + bytes(-len(data) % 4)
        table += name + placed[data].to_bytes(4, "big") + len(data).to_bytes(4, "big")
    header = bytearray(_HEADER)
    for first, last in _KEPT_HEADER:
        header[first:last] = profile[first:last]
    header[0:4] = (_HEADER + len(table) + len(body)).to_bytes(4, "big")
    header[0x18:0x24] = b"\x07\xd0\x00\x01\x00\x01" + bytes(6)  # a date is required: 1 January 2000
    return bytes(header + table + body)


def _text(words: str) -> bytes:
    """multiLocalizedUnicodeType, one record, en-US (section 10.15)."""
    encoded = words.encode("utf-16-be")
    record = b"enUS" + len(encoded).to_bytes(4, "big") + (28).to_bytes(4, "big")
    return b"mluc\0\0\0\0" + (1).to_bytes(4, "big") + (12).to_bytes(4, "big") + record + encoded


def _old_description(words: str) -> bytes:
    """Description of version 2 profiles (ICC.1:2001, section 6.5.17)."""
    ascii_part = words.encode("ascii") + b"\0"
    return b"desc\0\0\0\0" + len(ascii_part).to_bytes(4, "big") + ascii_part + bytes(4 + 4 + 2 + 1 + 67)
