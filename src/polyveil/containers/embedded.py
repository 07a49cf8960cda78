"""Pictures, sound and documents written into texts in base64: data URIs of web pages, SVG and Markdown, fields of JSON.

A text that holds some is a container: the text with a mark in each one's place, and each of them as an opaque member
whose type is found by its content. What is not de-identified has its mark taken out, so that nothing takes its place.
"""

from __future__ import annotations

import base64
import binascii
import mmap
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import re2

from polyveil.collect.filetype import starts_binary
from polyveil.containers.interface import Joined, Member, Piece, Split
from polyveil.errors import AssetError
from polyveil.modalities.interface import Context
from polyveil.schema.modality import Modality
from polyveil.schema.outcome import QuarantineCode
from polyveil.schema.part import Hints, Part

KIND = "application/vnd.polyveil.embedded"
TEXT = "text"

_TABLES = frozenset({"text/csv", "text/tab-separated-values"})
_BETWEEN = (  # an escaped line's end, also one that ends a string of a list; one before a line of nothing but base64
    rb'(?:\\r)?\\n(?:",\s*+")?+|%0[Dd]%0[Aa]|%0[Aa]|'
    rb"\r?\n[ \t>]*+(?=[A-Za-z0-9+/_-]++(?:={0,2}|%3[Dd])[ \t]*+(?:\r?\n|\Z|[\"'<)]))"
)
_CODED = rb"(?:(?:[A-Za-z0-9+/_]|-(?!---)|\\/|%2[BbFf])++(?:" + _BETWEEN + rb")?+)++(?:=|%3[Dd]){0,2}"
_URI = rb"data:(?P<type>[\w.+-]{1,80}/[\w.+-]{1,80})?(?:;[\w.+-]{1,40}=[\w.+\"-]{1,80})*;base64,\s*+"
_FIRST = (  # PNG, JPEG, GIF, RIFF, TIFF, BMP, PDF, ZIP; ISO media, JPEG XL, JPEG 2000, Matroska; MP3, Ogg, FLAC
    rb"iVBORw0KGgo|(?:[/_]|\\/|%2[Ff])9j(?:[/_]|\\/|%2[Ff])|R0lGOD[dl]h|UklGR|SUkqA|TU0AK|Qk[0-3]|JVBERi0|UEsDB|"
    rb"AAAA[A-Za-z0-9+/_-]{2}Z0eX|AAAADEpY|AAAADGpQ|GkXfo|SUQz|T2dnUw|ZkxhQ"
)
_EMBEDDED = re.compile(
    rb"(?i:(?P<uri>" + _URI + rb"))(?P<named>" + _CODED + rb")|"
    rb"(?<![A-Za-z0-9+/_-])(?P<bare>(?=" + _FIRST + rb")" + _CODED + rb")"
)
_HINT = re2.compile(rb"(?i:;base64,)|" + _FIRST)  # RE2 finds that there is nothing thirty times as quickly
_BREAK = re.compile(_BETWEEN)
_SHORTEST = 64  # characters of base64 without a data URI around them; the least picture has some 60 bytes
_CHUNK, _OVERLAP = 16 * 1024**2, 64  # bytes
_MARK = "embeddedhere"
_WIDE = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


def holds(data: bytes | Path, kind: str, modality: Modality | None) -> bool:
    """Does a text or delimited table of this media type hold anything that would be a member?"""
    if modality is not Modality.TEXT and kind not in _TABLES:
        return False
    if isinstance(data, bytes):
        raw = _narrow(data)
        return _HINT.search(raw) is not None and next(_found(raw), None) is not None
    with data.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if content[:2] in _WIDE:
            return next(_found(_narrow(content[:])), None) is not None
        hinted = any(_HINT.search(content[at : at + _CHUNK + _OVERLAP]) for at in range(0, len(content), _CHUNK))
        return hinted and next(_found(content), None) is not None


def split(part: Part, ctx: Context) -> Split:
    """Members 'text' and 'embedded/0', 'embedded/1' … in their order.

    It takes a part where other containers take bytes, since the text keeps its media type.

    Raises:
        AssetError: TOO_LARGE (bytes or members).
    """
    if part.size > ctx.limits.max_text_bytes:
        detail = f"a text with pictures in it above {ctx.limits.max_text_bytes} bytes"
        raise AssetError(QuarantineCode.TOO_LARGE, detail)
    raw = _narrow(part.read())
    mark = _MARK
    while mark.encode() in raw:
        mark += "x"
    inner = Hints(known=part.hints.known, subject=part.hints.subject)
    out, last = bytearray(), 0
    members: list[Member] = []
    forms: list[str] = []
    for match, content in _found(raw):
        if len(forms) == ctx.limits.max_members:
            raise AssetError(QuarantineCode.TOO_LARGE, f"more than {ctx.limits.max_members} embedded files")
        out += raw[last : match.start()] + _marked(mark, len(forms)).encode()
        last = match.end()
        members.append(Member(f"embedded/{len(forms)}", content, hints=inner))
        forms.append("uri" if match["uri"] else "percent" if b"%" in match.group() else "bare")
    out += raw[last:]
    text = Member(TEXT, bytes(out), part.modality, part.media_type, part.hints, required=True)
    return Split([text, *members], {"mark": mark, "forms": forms})


def join(skeleton: Mapping[str, object], pieces: Mapping[str, Piece], ctx: Context) -> Joined:  # noqa: ARG001 - an interface
    """The text with every member that is there in its place, and nothing in the place of the others.

    Raises:
        AssetError: TRANSFORM_FAILED without the text.
    """
    if TEXT not in pieces:
        raise AssetError(QuarantineCode.TRANSFORM_FAILED, "the text around embedded files is not there")
    text, forms, mark = pieces[TEXT], skeleton.get("forms"), str(skeleton.get("mark"))
    new = _read(text)
    for number, form in enumerate(forms if isinstance(forms, list) else ()):
        place = _marked(mark, number).encode()
        piece = pieces.get(f"embedded/{number}")
        coded = b"" if piece is None else base64.b64encode(_read(piece))
        if form == "percent":
            coded = coded.replace(b"+", b"%2B").replace(b"/", b"%2F").replace(b"=", b"%3D")
        if form == "uri":
            kind = b"" if piece is None else piece.media_type.encode()
            coded = b"data:" + kind + b";base64," + coded if coded else b"data:,"
        new = new.replace(place, coded)
    return Joined(new, text.media_type, text.suffix)


def _found(raw: bytes | mmap.mmap) -> Iterator[tuple[re.Match[bytes], bytes]]:
    """Every embedded file: where it stands, and its bytes."""
    for match in _EMBEDDED.finditer(raw):
        bare = match["bare"]
        if bare is not None and len(bare) < _SHORTEST:
            continue
        content = _decoded(bare if bare is not None else match["named"])
        if content and (bare is None or starts_binary(content)):
            yield match, content


def _decoded(coded: bytes) -> bytes:
    plain = _BREAK.sub(b"", coded).replace(b"\\/", b"/")
    for escape, sign in ((b"%2B", b"+"), (b"%2b", b"+"), (b"%2F", b"/"), (b"%2f", b"/")):
        plain = plain.replace(escape, sign)
    plain = plain.partition(b"%")[0].rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
    plain = plain[: len(plain) // 4 * 4 if len(plain) % 4 == 1 else len(plain)]
    try:
        return base64.b64decode(plain + b"=" * (-len(plain) % 4))
    except (binascii.Error, ValueError):
        return b""


def _marked(mark: str, number: int) -> str:
    """A word of letters, one for each number, none the beginning of another: 'z' stands at their ends alone."""
    letters = ""
    while number or not letters:
        number, place = divmod(number, 25)
        letters = chr(ord("a") + place) + letters
    return f"{mark}{letters}z"


def _narrow(raw: bytes) -> bytes:
    """The same text in UTF-8, where it is in UTF-16: base64 is sought among bytes."""
    name = _WIDE.get(raw[:2])
    if name is None:
        return raw
    try:
        return raw.decode(name).encode()
    except UnicodeError:
        return raw


def _read(piece: Piece) -> bytes:
    return piece.data if isinstance(piece.data, bytes) else piece.data.read_bytes()
