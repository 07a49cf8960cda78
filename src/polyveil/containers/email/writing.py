"""Write an e-mail from de-identified headers, bodies and attachments."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from email import policy
from email.errors import MessageError
from email.headerregistry import Address, HeaderRegistry
from email.message import EmailMessage
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any

from polyveil.containers.email.taking import ADDRESSES, HEADERS, SMALL, WORDS
from polyveil.containers.interface import Joined, Piece
from polyveil.errors import AssetError
from polyveil.modalities.interface import Context
from polyveil.schema.outcome import QuarantineCode

_BOUNDARY = "=-polyveil-"
"""Quoted-printable writes its first sign another way, and base64 has no '-'."""
_LONGEST = 998
"""Bytes of a line (RFC 5322 2.1.1)."""


def join(skeleton: Mapping[str, object], pieces: Mapping[str, Piece], ctx: Context) -> Joined:  # noqa: ARG001 - an interface
    """A valid message with de-identified headers; members that are absent are left out.

    Raises:
        AssetError: TRANSFORM_FAILED if the de-identified headers cannot be written.
    """
    tree = skeleton.get("tree")
    message = _build(tree if isinstance(tree, Mapping) else {}, pieces) or _text(b"", "plain")
    try:
        if HEADERS in pieces:
            _set_headers(message, _read(pieces[HEADERS]).decode("utf-8", errors="replace"))
        ids = skeleton.get("ids")
        for name, value in ids.items() if isinstance(ids, Mapping) else ():
            message[str(name)] = str(value)
        for number, part in enumerate(one for one in message.walk() if one.is_multipart()):
            part.set_boundary(f"{_BOUNDARY}{number}")
            part["Content-Transfer-Encoding"] = "8bit"  # what is in it may be (RFC 2045 6.4)
        return Joined(message.as_bytes(policy=policy.SMTP), "message/rfc822", ".eml")
    except (ValueError, MessageError, LookupError, TypeError, AttributeError):
        raise AssetError(QuarantineCode.TRANSFORM_FAILED, "the de-identified headers cannot be written") from None


def _read(piece: Piece) -> bytes:
    return piece.data if isinstance(piece.data, bytes) else piece.data.read_bytes()


def _text(content: bytes, subtype: str) -> EmailMessage:
    """A body as an editor shows it, but for lines longer than mail may have and such as would end the body."""
    text = content.decode("utf-8", errors="replace")
    plain = _BOUNDARY not in text and all(len(line) <= _LONGEST for line in text.encode("utf-8").splitlines())
    coding = "quoted-printable" if not plain else "7bit" if text.isascii() else "8bit"
    message = EmailMessage(policy=policy.SMTP)
    message.set_content(text, subtype=subtype, charset="utf-8", cte=coding)
    return message


def _build(tree: Mapping[str, Any], pieces: Mapping[str, Piece]) -> EmailMessage | None:
    """The message of a tree; None if nothing of it is there."""
    if "parts" in tree:
        below = [one for part in tree["parts"] if (one := _build(part, pieces)) is not None]
        if not below:
            return None
        message = EmailMessage(policy=policy.SMTP)
        message["Content-Type"] = tree["type"]
        message["MIME-Version"] = "1.0"
        for one in below:
            message.attach(one)
        return message
    key = str(tree.get("key", ""))
    if key not in pieces:
        return None
    piece = pieces[key]
    main, _, sub = piece.media_type.partition("/")
    if key.startswith("body/") and main == "text":
        return _text(_read(piece), sub)
    message = EmailMessage(policy=policy.SMTP)
    name = f"{key.replace('/', '-')}{piece.suffix}"
    if piece.media_type == "message/rfc822":  # carried as it is: MIME allows no base64 for it
        message.set_content(_read(piece), "application", "octet-stream", disposition="attachment", filename=name)
        return message
    message.set_content(
        _read(piece),
        main or "application",
        sub or "octet-stream",
        disposition="inline" if tree.get("cid") else "attachment",
        filename=name,
        cid=f"<{tree['cid']}>" if tree.get("cid") else None,
    )
    return message


def _set_headers(message: EmailMessage, text: str) -> None:
    for line in text.splitlines():
        name, colon, value = line.partition(":")
        name, value = name.title() if name.title() in SMALL else name, value.strip()
        if not colon or not value:
            continue
        if name in ADDRESSES:
            value = _address_list(name, value)
            if name in message and name != "Bcc":
                continue
        elif name == "Date":
            try:
                value = format_datetime(_date(value))
            except ValueError:
                continue  # generalised or redacted: no date that the header could carry
        elif name not in WORDS or name in message:
            continue
        message[name] = value


def _date(value: str) -> datetime:
    """A date-time as RFC 5322 or ISO 8601 writes it. Raises ValueError."""
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return parsedate_to_datetime(value)


def _address_list(name: str, value: str) -> str:
    """The value if it is a valid address list, else its words as an empty group (RFC 5322 3.4, RFC 6854)."""
    header = HeaderRegistry()(name, value)
    addresses: tuple[Address, ...] = getattr(header, "addresses", ())
    if addresses and not header.defects and all(one.domain and one.addr_spec.isascii() for one in addresses):
        return value
    words = re.sub(r'["\\]', "", value)
    return f'"{words}":;'
