"""Outlook messages ([MS-OXMSG] in a compound file, [MS-CFB]): read into an e-mail, which goes on as one.

Of the hundreds of properties ([MS-OXPROPS]) only those are read that an e-mail has a place for. What comes back is an
.eml: no open program writes .msg, and every mail program reads .eml.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email import policy
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from pathlib import Path
from typing import Any

from polyveil.containers import email
from polyveil.containers.interface import Joined, Piece, Split
from polyveil.containers.lzfu import unpacked
from polyveil.errors import AssetError
from polyveil.modalities.interface import Context
from polyveil.modalities.text import codec, markup
from polyveil.schema.modality import Modality
from polyveil.schema.outcome import QuarantineCode
from polyveil.schema.part import Hints, Part

_PROPERTIES = "__properties_version1.0"
_UNICODE, _STRING8, _BINARY, _OBJECT, _TIME = "001F", "001E", "0102", "000D", 0x0040
_CODE_PAGE = 0x3FFD0003  # PidTagMessageCodepage
_INTERNET_PAGE = 0x3FDE0003  # PidTagInternetCodepage
_CODINGS = {936: "gb18030", 20127: "ascii", 20866: "koi8_r", 21866: "koi8_u", 50220: "iso2022_jp", 51932: "euc_jp"}
_CODINGS |= {51949: "euc_kr", 54936: "gb18030", 65001: "utf-8"}
_SUBMITTED = 0x00390040  # PidTagClientSubmitTime
_HEADER_SIZES = {"message": 32, "embedded": 24, "part": 8}  # [MS-OXMSG] 2.4.1
_TO, _CC, _BCC = 1, 2, 3  # PidTagRecipientType
_RECIPIENT_TYPE = 0x0C150003
_DEEPEST = 5
_LARGEST = 64 * 1024**2  # bytes of a body in RTF
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)  # FILETIME, [MS-DTYP] 2.3.3
_KINDS = {_TO: "To", _CC: "Cc", _BCC: "Bcc"}


def split(data: bytes | Path, hints: Hints, ctx: Context) -> Split:
    """The members of the e-mail that the message is: see `containers.email`.

    Raises:
        AssetError: TOO_LARGE, CORRUPT, BOMB.
    """
    import olefile

    size = len(data) if isinstance(data, bytes) else data.stat().st_size
    if size > ctx.limits.max_memory_bytes:
        raise AssetError(QuarantineCode.TOO_LARGE, f"a message above {ctx.limits.max_memory_bytes} bytes")
    raw = data if isinstance(data, bytes) else data.read_bytes()
    try:
        with olefile.OleFileIO(io.BytesIO(raw)) as file:
            mail = _Storage(file, (), "message").mail(0, ctx.limits.max_members)
        content = mail.as_bytes(policy=policy.SMTP)
    except AssetError:
        raise
    except (OSError, ValueError, LookupError, TypeError, MessageError, ArithmeticError, RecursionError):
        raise AssetError(QuarantineCode.CORRUPT, "a damaged message") from None
    return email.split(content, hints, ctx)


def join(skeleton: Mapping[str, object], pieces: Mapping[str, Piece], ctx: Context) -> Joined:
    """The message as an .eml."""
    return email.join(skeleton, pieces, ctx)


class _Storage:
    """A storage of properties: a message, a recipient or an attachment."""

    __slots__ = ("_coding", "_entries", "_file", "_fixed", "_path")

    def __init__(self, file: Any, path: tuple[str, ...], kind: str, coding: str = "") -> None:
        """`coding`: of the message that the storage belongs to; a message tells its own."""
        self._file, self._path = file, path
        depth = len(path)
        listed = [one for one in file.listdir(streams=True, storages=True) if tuple(one[:depth]) == path]
        self._entries = {one[depth] for one in listed if len(one) > depth}
        self._fixed = {}
        if _PROPERTIES in self._entries:
            rows = self._stream(_PROPERTIES)[_HEADER_SIZES[kind] :]
            for start in range(0, len(rows) - 15, 16):
                tag = int.from_bytes(rows[start : start + 4], "little")
                self._fixed[tag] = int.from_bytes(rows[start + 8 : start + 16], "little")
        self._coding = coding or self._told() or _guessed(b"\n".join(self._bytes_of_strings()))

    def _stream(self, name: str) -> bytes:
        with self._file.openstream([*self._path, name]) as stream:
            return bytes(stream.read())

    def text(self, *tags: str) -> str:
        """The first of these properties that is there, as one line is not required."""
        for tag in tags:
            name = f"__substg1.0_{tag}"
            if name + _UNICODE in self._entries:
                return self._stream(name + _UNICODE).decode("utf-16-le", "replace").rstrip("\0")
            if name + _STRING8 in self._entries:
                return _decoded(self._stream(name + _STRING8), self._coding).rstrip("\0")
        return ""

    def _told(self) -> str:
        """The encoding that the message says its strings are in."""
        pages = (self._fixed.get(tag, 0) & 0xFFFFFFFF for tag in (_CODE_PAGE, _INTERNET_PAGE))
        return next((name for page in pages if (name := _coding(page))), "")

    def _bytes_of_strings(self) -> list[bytes]:
        return [self._stream(one) for one in sorted(self._entries) if one.endswith(_STRING8) and "__substg" in one]

    def _page(self) -> str:
        """The body as HTML, in the encoding that it declares, or the message does."""
        content = self.binary("1013") or b""
        declared = markup.declared(content[:4096].decode("latin-1"))
        for name in ("utf-8", declared, _coding(self._fixed.get(_INTERNET_PAGE, 0) & 0xFFFFFFFF)):
            try:
                return content.decode(name or "ascii")
            except (UnicodeDecodeError, LookupError):
                continue
        return _decoded(content, _guessed(content))

    def binary(self, tag: str) -> bytes | None:
        name = f"__substg1.0_{tag}{_BINARY}"
        return self._stream(name) if name in self._entries else None

    def _rich(self) -> bytes:
        """The body as RTF, for a message that has no other; a mail program shows it as an attachment."""
        packed = self.binary("1009")
        return unpacked(packed, _LARGEST) if packed else b""

    def mail(self, depth: int, allowed: int) -> EmailMessage:
        """The message as an e-mail."""
        if depth > _DEEPEST or len(self._entries) > allowed * 4:
            raise AssetError(QuarantineCode.BOMB, "a message nested too deep")
        mail = EmailMessage(policy=policy.SMTP)
        self._headers(mail)
        page, html = self.text("1000"), self.text("1013") or self._page()
        rich = b"" if page or html else self._rich()
        mail.set_content(page, cte="base64")
        if html:
            mail.add_alternative(html, subtype="html", cte="base64")
        if rich:
            mail.add_attachment(rich, "application", "rtf", filename="body.rtf")
        for name in sorted(one for one in self._entries if one.startswith("__attach_version1.0_")):
            _Storage(self._file, (*self._path, name), "part", self._coding).attach(mail, depth, allowed)
        return mail

    def _headers(self, mail: EmailMessage) -> None:
        subject = _line(self.text("0037"))
        if subject:
            mail["Subject"] = subject
        sender = _address(self.text("0C1A", "0042"), self.text("5D01", "5D02", "0C1F", "0065"))
        if sender:
            mail["From"] = sender
        lists: dict[str, list[str]] = {}
        for name in sorted(one for one in self._entries if one.startswith("__recip_version1.0_")):
            one = _Storage(self._file, (*self._path, name), "part", self._coding)
            shown = _address(one.text("3001", "5FF6"), one.text("39FE", "3003"))
            kind = _KINDS.get(one._fixed.get(_RECIPIENT_TYPE, _TO) & 0xFFFFFFFF, "To")
            if shown:
                lists.setdefault(kind, []).append(shown)
        for kind, shown_all in lists.items():
            mail[kind] = ", ".join(shown_all)
        moment = self._fixed.get(_SUBMITTED)
        if moment:
            mail["Date"] = format_datetime(_EPOCH + timedelta(microseconds=moment // 10))
        identifier = _line(self.text("1035"))
        if identifier.startswith("<") and identifier.endswith(">") and identifier.isascii():
            mail["Message-ID"] = identifier

    def attach(self, mail: EmailMessage, depth: int, allowed: int) -> None:
        """Add this attachment to the e-mail: bytes, or a message in a storage of its own."""
        inner = f"__substg1.0_3701{_OBJECT}"
        if inner in self._entries:
            path = (*self._path, inner)
            if self._file.exists([*path, _PROPERTIES]):
                mail.add_attachment(_Storage(self._file, path, "embedded").mail(depth + 1, allowed))
                return
        content = self.binary("3701")
        name = _line(self.text("3707", "3704")) or "attachment"
        mail.add_attachment(content or b"", "application", "octet-stream", filename=name)


def _line(text: str) -> str:
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())


def _address(name: str, address: str) -> str:
    """'Name <address>' as a header holds it; an Exchange directory name is no address."""
    name, address = _line(name), _line(address)
    if "@" not in address or not address.isascii() or any(one in address for one in '<>,;" '):
        return formataddr((name, "unknown@polyveil.invalid")) if name else ""
    return formataddr((name, address))


def _coding(page: int) -> str:
    """Python's name of a code page of Windows; '' for none that it knows."""
    name = _CODINGS.get(page) or (f"iso8859_{page - 28590}" if 28590 < page <= 28605 else f"cp{page}")
    try:
        return codecs.lookup(name).name
    except LookupError:
        return ""


def _guessed(content: bytes) -> str:
    try:
        return codec.encoding(Part("", Modality.TEXT, "text/plain", content)) if content else ""
    except AssetError:
        return ""


def _decoded(content: bytes, coding: str) -> str:
    """Text of an encoding; what is not of it is guessed, for a name must not pass as other letters."""
    for name in (coding, _guessed(content)):
        try:
            return content.decode(name or "ascii")
        except UnicodeDecodeError:
            continue
    return content.decode("cp1252", "replace")
