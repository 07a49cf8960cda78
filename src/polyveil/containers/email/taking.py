"""Take an e-mail apart: headers, bodies, attachments."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.errors import MessageError
from email.header import Header, decode_header, make_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from pathlib import Path, PurePosixPath
from typing import Any

from polyveil.containers.interface import Member, Split
from polyveil.errors import AssetError
from polyveil.identity import Identity
from polyveil.modalities.interface import Context
from polyveil.schema.modality import Modality
from polyveil.schema.outcome import QuarantineCode
from polyveil.schema.part import Hints, Known

HEADERS = "headers"
ADDRESSES = ("From", "Sender", "Reply-To", "To", "Cc", "Bcc")
SMALL = ("Cc", "Bcc")
WORDS = ("Subject", "Organization", "Keywords", "Comments")
_IDS = ("Message-ID", "In-Reply-To", "References")
_BODIES = {"text/plain", "text/html"}
_SEALED = {"multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"}
_SIGNATURES = {"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"}
_MULTIPART = {"multipart/mixed", "multipart/alternative", "multipart/related", "multipart/digest"}
_ID = re.compile(r"<[^<>\s]{1,998}>")
_ENCODED = re.compile(r"=\?[^?\s]{1,40}\?[bBqQ]\?[^?\s]{0,998}\?=(?:\s+=\?[^?\s]{1,40}\?[bBqQ]\?[^?\s]{0,998}\?=)*")
"""Encoded words beside one another, as they stand among other letters."""
_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}", re.ASCII)


def split(data: bytes | Path, hints: Hints, ctx: Context) -> Split:
    """Members: 'headers' (text, one `Name: value` a line), 'body/0' … (text), 'attachment/0' … (opaque).

    Raises:
        AssetError: TOO_LARGE, ENCRYPTED (S/MIME or PGP), BOMB (nested too deep), CORRUPT.
    """
    size = len(data) if isinstance(data, bytes) else data.stat().st_size
    if size > ctx.limits.max_memory_bytes:
        raise AssetError(QuarantineCode.TOO_LARGE, f"an e-mail above {ctx.limits.max_memory_bytes} bytes")
    raw = data if isinstance(data, bytes) else data.read_bytes()
    try:
        message = message_from_bytes(raw, policy=policy.compat32)
        lines = list(_headers(message))
        known = (*hints.known, *_known(message))
        taker = _Taker(ctx, Hints(known=known, subject=hints.subject), _content_ids(message))
        tree = taker.take(message, 0)
    except AssetError:
        raise
    except Exception:  # noqa: BLE001 - the parser of the standard library raises all kinds for malformed headers
        raise AssetError(QuarantineCode.CORRUPT, "a malformed e-mail") from None
    # 'Cc' and 'Bcc' in small letters: with a capital, 'Cc' before a name looks like part of one
    head = "".join(f"{name.lower() if name in SMALL else name}: {value}\n" for name, value in lines).encode()
    inner = Hints(known=known, subject=hints.subject, name="headers.txt")
    first = Member(HEADERS, head or b"\n", Modality.TEXT, "text/plain", inner, required=True)
    return Split([first, *taker.members], {"tree": tree, "ids": _ids(message, ctx.identity)})


def _decoded(value: object) -> str:
    """A header's value, unfolded, with encoded words (RFC 2047) and raw bytes (RFC 6532) decoded and control characters
    gone.
    """
    text = _eight_bit(value) if isinstance(value, Header) else str(value)
    text = _words(text) if text.isascii() else _ENCODED.sub(lambda found: _words(found.group()), text)
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())


def _words(text: str) -> str:
    with suppress(ValueError, LookupError, MessageError):  # an undecodable word stays as it is written
        return str(make_header(decode_header(text)))
    return text


def _eight_bit(value: Header) -> str:
    """The text of a header that holds bytes beyond ASCII: in UTF-8, or in GB 18030 as older programs write it."""
    words = decode_header(value.encode(linesep="", maxlinelen=0))
    raw = b"".join(one if isinstance(one, bytes) else one.encode("ascii", "replace") for one, _ in words)
    for encoding in ("utf-8", "gb18030"):
        with suppress(UnicodeDecodeError):
            return raw.decode(encoding)
    return raw.decode("utf-8", errors="replace")


def _headers(message: Message) -> Iterator[tuple[str, str]]:
    for name in (*ADDRESSES, *WORDS):
        for value in message.get_all(name, []):
            if text := _decoded(value):
                yield name, text
    for value in message.get_all("Date", [])[:1]:
        try:
            yield "Date", parsedate_to_datetime(str(value)).isoformat(sep=" ")
        except (ValueError, TypeError):
            continue


def _known(message: Message) -> Iterator[Known]:
    """Names and addresses of the headers, to be searched for in bodies and attachments."""
    values = [_decoded(value) for name in ADDRESSES for value in message.get_all(name, [])]
    for name, address in getaddresses(values):
        if len(name.strip()) > 1 and "@" not in name:
            yield Known("PERSON", name.strip())
        if "@" in address:
            yield Known("EMAIL_ADDRESS", address)


def _ids(message: Message, identity: Identity) -> dict[str, str]:
    """Message ids as keyed ids: the same message has the same id in every reply."""
    ids = {}
    for name in _IDS:
        found = _ID.findall(" ".join(str(value) for value in message.get_all(name, [])))
        if found:
            ids[name] = " ".join(f"<{identity.keyed_id('message-id', one, 32)}@polyveil.invalid>" for one in found[:50])
    return ids


def _content_ids(message: Message) -> dict[str, str]:
    """New content ids of inline parts by the old ones."""
    old = (str(part["Content-ID"]).strip().strip("<>") for part in message.walk() if part["Content-ID"])
    return {one: f"part{number}" for number, one in enumerate(dict.fromkeys(old))}


@dataclass(slots=True)
class _Taker:
    """Walks a message and takes its leaves as members."""

    ctx: Context
    hints: Hints
    content_ids: Mapping[str, str]
    members: list[Member] = field(default_factory=list)
    bodies: int = 0
    attachments: int = 0

    def take(self, part: Message, depth: int) -> dict[str, object]:
        kind = part.get_content_type()
        if kind in _SEALED:
            raise AssetError(QuarantineCode.ENCRYPTED, "an encrypted e-mail")
        if depth > 20 or len(self.members) > self.ctx.limits.max_members:
            raise AssetError(QuarantineCode.BOMB, "an e-mail nested too deep")
        payload: Any = part.get_payload()
        if kind == "message/rfc822" and isinstance(payload, list) and payload:
            return self._attach(payload[0].as_bytes(), ".eml", "")
        if isinstance(payload, list):
            below = [self.take(one, depth + 1) for one in payload if one.get_content_type() not in _SIGNATURES]
            return {"type": kind if kind in _MULTIPART else "multipart/mixed", "parts": below}
        content = part.get_payload(decode=True)
        content = content if isinstance(content, bytes) else b""
        attached = part.get_content_disposition() == "attachment" or bool(part.get_filename())
        if kind in _BODIES and not attached:
            return self._body(content, kind, part.get_content_charset("utf-8"))
        identifier = self.content_ids.get(str(part["Content-ID"] or "").strip().strip("<>"), "")
        return self._attach(content, PurePosixPath(_decoded(part.get_filename() or "")).suffix.lower(), identifier)

    def _body(self, content: bytes, kind: str, charset: str) -> dict[str, object]:
        try:
            text = content.decode(charset)
        except (LookupError, ValueError):
            text = content.decode("utf-8", errors="replace")
        text = text.replace("\r\n", "\n")  # the line end of mail (RFC 2046 4.1.1), not of texts
        if kind == "text/html":
            for old, new in self.content_ids.items():
                text = text.replace(f"cid:{old}", f"cid:{new}")
        key = f"body/{self.bodies}"
        self.bodies += 1
        name = "body.html" if kind == "text/html" else "body.txt"
        inner = Hints(known=self.hints.known, subject=self.hints.subject, name=name)
        if text.strip():
            self.members.append(Member(key, text.encode("utf-8", "replace"), Modality.TEXT, kind, inner))
        return {"key": key}

    def _attach(self, content: bytes, suffix: str, identifier: str) -> dict[str, object]:
        key = f"attachment/{self.attachments}"
        self.attachments += 1
        name = f"attachment{suffix if _SUFFIX.fullmatch(suffix) else ''}"
        self.members.append(
            Member(key, content, hints=Hints(known=self.hints.known, subject=self.hints.subject, name=name))
        )
        return {"key": key, "cid": identifier}
