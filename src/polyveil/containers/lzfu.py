"""Compressed RTF ([MS-OXRTFCP]), the body of messages that Outlook wrote as formatted text."""

from __future__ import annotations

import zlib

_PRESET = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans Serif"
    rb"SymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    b"\r\n"
    rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)  # section 2.1.2.1
_SIZE = 4096  # of the dictionary, which is written round and round
_PACKED, _PLAIN = b"LZFu", b"MELA"


def unpacked(data: bytes, largest: int) -> bytes:
    """The RTF. Raises ValueError for damage, an unknown method, or more than `largest` bytes."""
    size, kind = int.from_bytes(data[4:8], "little"), data[8:12]
    if size > largest:
        raise ValueError("larger than allowed")
    content = data[16 : int.from_bytes(data[:4], "little") + 4]
    if kind == _PLAIN:
        return content[:size]
    if kind != _PACKED:
        raise ValueError("no compressed RTF")
    if zlib.crc32(content, 0xFFFFFFFF) ^ 0xFFFFFFFF != int.from_bytes(data[12:16], "little"):  # section 2.1.3.2
        raise ValueError("a wrong checksum")
    out = _expanded(content, size)
    if len(out) < size:
        raise ValueError("it ends too early")
    return bytes(out[:size])


def _expanded(content: bytes, size: int) -> bytearray:
    """Runs of eight, each led by a byte of flags: a byte itself, or two that say where to copy from and how much."""
    known = bytearray(_PRESET.ljust(_SIZE, b"\0"))
    out, write, position = bytearray(), len(_PRESET), 0
    while position < len(content) and len(out) < size:
        flags, position = content[position], position + 1
        for bit in range(8):
            piece = content[position : position + 1]
            if flags >> bit & 1:
                token = int.from_bytes(content[position : position + 2], "big")
                start, position = token >> 4, position + 2
                if start == write or position > len(content):
                    return out
                length = (token & 15) + 2
                for step in range(length):
                    out.append(known[(start + step) % _SIZE])
                    known[write] = out[-1]
                    write = (write + 1) % _SIZE
                continue
            position += 1
            if not piece:
                return out
            out += piece
            known[write] = piece[0]
            write = (write + 1) % _SIZE
    return out
