"""Mailboxes (RFC 4155): each message is an opaque member, found to be an e-mail by its content.

The separator lines name senders and times; new ones say nothing. Lines of a body that look like one are quoted by '>'
(the mboxrd variant, which loses nothing).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from polyveil.containers.interface import Joined, Member, Piece, Split
from polyveil.errors import AssetError
from polyveil.modalities.interface import Context
from polyveil.schema.outcome import QuarantineCode
from polyveil.schema.part import Hints

_SEPARATOR = re.compile(rb"^From [^\r\n]*\r?\n", re.MULTILINE)
_QUOTED = re.compile(rb"^>(>*From )", re.MULTILINE)
_TO_QUOTE = re.compile(rb"^(>*From )", re.MULTILINE)
_FROM = b"From MAILER-DAEMON Thu Jan  1 00:00:00 1970\n"


def split(data: bytes | Path, hints: Hints, ctx: Context) -> Split:
    """Members 'message/0', 'message/1' … in the mailbox's order.

    Raises:
        AssetError: TOO_LARGE (bytes or messages), EMPTY.
    """
    size = len(data) if isinstance(data, bytes) else data.stat().st_size
    if size > ctx.limits.max_text_bytes:
        raise AssetError(QuarantineCode.TOO_LARGE, f"a mailbox above {ctx.limits.max_text_bytes} bytes")
    raw = data if isinstance(data, bytes) else data.read_bytes()
    found = [
        one
        for one in _SEPARATOR.finditer(raw)
        if one.start() == 0 or raw[: one.start()].endswith((b"\n\n", b"\r\n\r\n"))
    ]
    if not found:
        raise AssetError(QuarantineCode.EMPTY, "a mailbox without messages")
    if len(found) > ctx.limits.max_members:
        raise AssetError(QuarantineCode.TOO_LARGE, f"more than {ctx.limits.max_members} messages")
    ends = [one.start() for one in found[1:]] + [len(raw)]
    inner = Hints(known=hints.known, subject=hints.subject, name="message.eml")
    members = [
        Member(f"message/{number}", _QUOTED.sub(rb"\1", raw[one.end() : end]).rstrip(b"\r\n") + b"\n", hints=inner)
        for number, (one, end) in enumerate(zip(found, ends, strict=True))
    ]
    return Split(members, {})


def join(skeleton: Mapping[str, object], pieces: Mapping[str, Piece], ctx: Context) -> Joined:  # noqa: ARG001 - numbers say all
    """A mailbox of the messages that are there, in their order."""
    out = bytearray()
    for key in sorted(pieces, key=lambda one: int(one.rpartition("/")[2])):
        piece = pieces[key]
        data = piece.data if isinstance(piece.data, bytes) else piece.data.read_bytes()
        plain = data.replace(b"\r\n", b"\n").rstrip(b"\n")
        out += _FROM + _TO_QUOTE.sub(rb">\1", plain) + b"\n\n"
    return Joined(bytes(out), "application/mbox", ".mbox")
