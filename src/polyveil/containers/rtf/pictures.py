r"""Pictures written into RTF (`\pict` with `\pngblip` or `\jpegblip`; RTF 1.9.1, 'Pictures').

A document that holds some is a container: the document with a control word in each one's place, which its room keeps,
and each picture as an opaque member. One that is not de-identified leaves nothing in its place; nor do metafiles and
bitmaps of Windows, which stay in the document and are left out by its room.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from polyveil.containers.interface import Joined, Member, Piece, Split
from polyveil.containers.rtf.read import TOKEN
from polyveil.containers.rtf.words import DROPPED, LARGEST, PICTURE
from polyveil.errors import AssetError
from polyveil.modalities.interface import Context
from polyveil.schema.modality import Modality
from polyveil.schema.outcome import QuarantineCode
from polyveil.schema.part import Hints, Part

KIND = "application/vnd.polyveil.rtf"
TEXT = "text"

_BLIPS = {"image/png": b"pngblip", "image/jpeg": b"jpegblip"}
_LAYOUT = {"picw", "pich", "picwgoal", "pichgoal", "picscalex", "picscaley"}
_LAYOUT |= {"piccropl", "piccropt", "piccropr", "piccropb"}
"""Sizes and margins, in twips, pixels or hundredths."""
_LINE = 128  # hexadecimal digits


@dataclass(slots=True)
class _Picture:
    r"""A group `\pict`: where it begins, its depth, the form that it names, its layout, its content so far."""

    start: int
    depth: int
    known: bool = False
    layout: dict[str, int] = field(default_factory=dict)
    digits: bytearray = field(default_factory=bytearray, repr=False)
    binary: bytearray = field(default_factory=bytearray, repr=False)

    def take(self, token: re.Match[bytes], word: str) -> None:
        self.known |= word.encode() in _BLIPS.values()
        if word in _LAYOUT and token["number"]:
            self.layout[word] = int(token["number"])
        self.digits += b"".join((token["text"] or b"").split())

    def content(self) -> bytes:
        """Nothing where the digits are none."""
        try:
            return bytes(self.binary) or bytes.fromhex(self.digits.decode("ascii"))
        except ValueError:
            return b""


def holds(data: bytes | Path, kind: str, modality: Modality | None) -> bool:
    """Is this an RTF with anything that would be a member?"""
    if modality is not Modality.TEXT or kind != "application/rtf":
        return False
    if isinstance(data, Path) and data.stat().st_size > LARGEST:
        return False  # its room refuses it
    raw = data if isinstance(data, bytes) else data.read_bytes()
    return b"\\pict" in raw and next(_found(raw), None) is not None


def split(part: Part, ctx: Context) -> Split:
    """Members 'text' and 'picture/0', 'picture/1' … in their order.

    Raises:
        AssetError: TOO_LARGE (pictures), CORRUPT.
    """
    raw, mark = part.read(), PICTURE
    while mark.encode() in raw:
        mark += "x"
    if len(mark) > 32:  # letters of a control word
        raise AssetError(QuarantineCode.CORRUPT, "RTF with odd control words")
    inner = Hints(known=part.hints.known, subject=part.hints.subject)
    out, last, layouts = bytearray(), 0, list[dict[str, int]]()
    members: list[Member] = []
    for one, end in _found(raw):
        if len(layouts) == ctx.limits.max_members:
            raise AssetError(QuarantineCode.TOO_LARGE, f"more than {ctx.limits.max_members} pictures")
        out += raw[last : one.start] + b"\\%s%d " % (mark.encode(), len(layouts))
        last = end
        members.append(Member(f"picture/{len(layouts)}", one.content(), hints=inner))
        layouts.append(one.layout)
    out += raw[last:]
    text = Member(TEXT, bytes(out), part.modality, part.media_type, part.hints, required=True)
    return Split([text, *members], {"mark": mark, "layouts": layouts})


def join(skeleton: Mapping[str, object], pieces: Mapping[str, Piece], ctx: Context) -> Joined:  # noqa: ARG001 - an interface
    """The document with every picture that is there in its place, and nothing in the place of the others.

    Raises:
        AssetError: TRANSFORM_FAILED without the document.
    """
    if TEXT not in pieces:
        raise AssetError(QuarantineCode.TRANSFORM_FAILED, "the document around pictures is not there")
    text, layouts = pieces[TEXT], skeleton.get("layouts")

    def picture(match: re.Match[bytes]) -> bytes:
        number = int(match[1])
        piece = pieces.get(f"picture/{number}")
        blip = piece and _BLIPS.get(piece.media_type)
        if not piece or not blip or not isinstance(layouts, list) or number >= len(layouts):
            return b""
        digits = _read(piece).hex()
        lines = "\n".join(digits[at : at + _LINE] for at in range(0, len(digits), _LINE))
        layout = "".join(f"\\{word}{value}" for word, value in layouts[number].items())
        return b"{\\pict\\%s%s\n%s}" % (blip, layout.encode("ascii"), lines.encode("ascii"))

    new = re.sub(rb"\\%s(\d+) " % str(skeleton.get("mark")).encode(), picture, _read(text))
    return Joined(new, text.media_type, text.suffix)


def _found(raw: bytes) -> Iterator[tuple[_Picture, int]]:
    """Every PNG and JPEG in a group that is kept, with the end of its group."""
    groups: list[tuple[int, bool]] = []  # where each open group begins, and whether it is left out
    place, fresh = 0, False
    one: _Picture | None = None
    while (token := TOKEN.match(raw, place)) is not None:
        start, place = token.span()
        word = (token["word"] or b"").decode("ascii")
        if token["open"]:
            groups.append((start, bool(groups) and groups[-1][1]))
        elif token["close"]:
            if one is not None and len(groups) == one.depth:
                if one.known and one.content():
                    yield one, place
                one = None
            if not groups:
                return
            groups.pop()
        elif word == "pict" and fresh and one is None and not groups[-1][1]:
            one = _Picture(groups[-1][0], len(groups))
        elif word in DROPPED and fresh:
            groups[-1] = groups[-1][0], True
        elif one is not None and len(groups) == one.depth:
            one.take(token, word)
        if word == "bin":
            length = max(0, int(token["number"] or 0))
            if one is not None and len(groups) == one.depth:
                one.binary += raw[place : place + length]
            place += length
        fresh = bool(token["open"]) or (fresh and bool(token["ends"]))


def _read(piece: Piece) -> bytes:
    return piece.data if isinstance(piece.data, bytes) else piece.data.read_bytes()
