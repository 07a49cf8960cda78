"""RTF as tokens: what is kept of a file, and its text with the place of every character.

Control words with text behind them that nobody sees (properties, authors, revision tables, themes, data stores) are
left out with their groups, as is every ignorable destination that is not listed here (RTF 1.9.1, 'Destinations').
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from polyveil.containers.rtf.words import (
    APART,
    BREAKS,
    CHARACTERS,
    CODE_PAGES,
    DEEPEST,
    DROPPED,
    FORMS,
    PICTURE,
    SIGNS,
    STARRED,
    TRACKED,
)
from polyveil.errors import AssetError
from polyveil.schema.outcome import QuarantineCode

TOKEN = re.compile(
    rb"(?P<open>\{)|(?P<close>\})|\\'(?P<byte>[0-9A-Fa-f]{2})|\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})? ?"
    rb"|\\(?P<sign>[^a-zA-Z'])|(?P<ends>[\r\n\x00]+)|(?P<text>[^\\{}\r\n\x00]+)",
    re.DOTALL,
)


@dataclass(slots=True)
class Text:
    """A run of characters of the document."""

    text: str = field(repr=False)


@dataclass(slots=True)
class Break:
    """A control word that separates words: its bytes, and what it is in the text."""

    raw: bytes
    text: str


@dataclass(slots=True)
class Form:
    """The name of a style or font, or the text of a list's numbers: no text of the document."""

    said: str = field(repr=False)
    text: str = ""


Item = bytes | Text | Break | Form
"""What is kept, in order: bytes as they are, text, breaks, and words of tables of styles."""


@dataclass(slots=True)
class _Group:
    page: str
    skip: int = 1
    dropped: bool = False
    form: bool = False
    deleted: bool = False
    fresh: bool = True
    starred: bool = False
    apart: bool = False


def items(data: bytes) -> list[Item]:
    """The kept tokens of a file. Raises AssetError CORRUPT for unbalanced or too deep groups."""
    return list(_joined(_Reader(data).read()))


def _joined(found: Iterator[Item]) -> Iterator[Item]:
    """Neighbouring runs of text as one."""
    run: Text | None = None
    for one in found:
        if isinstance(one, Text):
            if run is None:
                run = Text(one.text)
            else:
                run.text += one.text
            continue
        if run is not None:
            yield _whole(run)
            run = None
        yield one
    if run is not None:
        yield _whole(run)


def _whole(run: Text) -> Text:
    """Halves of a character beyond the basic plane become one; lone halves become U+FFFD."""
    return Text(run.text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))


class _Reader:
    """Walks the tokens with a stack of groups."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.stack = [_Group("cp1252")]
        self.fonts: dict[int, str] = {}
        self.font = 0
        self.waiting = 0  # characters that stand in for a \\u and are skipped
        self.legacy = bytearray()

    def read(self) -> Iterator[Item]:
        place = 0
        while place < len(self.data):
            found = TOKEN.match(self.data, place)
            if found is None:
                raise AssetError(QuarantineCode.CORRUPT, "a lone back-slash in RTF")
            place = found.end()
            if found["word"] == b"bin":
                place += max(0, int(found["number"] or 0))
                continue
            if not found["byte"] and not (found["text"] and self.legacy):
                yield from self._flush()
            yield from self._token(found)
            if found["close"] and len(self.stack) == 1:
                break
        yield from self._flush()
        if len(self.stack) != 1:
            raise AssetError(QuarantineCode.CORRUPT, "RTF that ends in a group")

    def _token(self, found: re.Match[bytes]) -> Iterator[Item]:
        group = self.stack[-1]
        if found["open"]:
            if len(self.stack) > DEEPEST:
                raise AssetError(QuarantineCode.BOMB, "RTF nested too deep")
            self.waiting = 0
            self.stack.append(_Group(group.page, group.skip, group.dropped, group.form, group.deleted))
        elif found["close"]:
            self.waiting = 0
            if len(self.stack) == 1:
                raise AssetError(QuarantineCode.CORRUPT, "RTF with a group too many closed")
            self.stack.pop()
            if not group.fresh:
                yield b"}"
                if group.apart and not group.dropped:
                    yield Break(b"", "\n")
        elif found["word"]:
            yield from self._word(found["word"].decode("ascii"), found["number"])
        elif found["byte"]:
            self._bytes(bytes.fromhex(found["byte"].decode("ascii")))
        elif found["text"]:
            yield from self._opened()
            self._bytes(found["text"])
        elif found["sign"]:
            yield from self._sign(found["sign"].decode("latin-1"))

    def _sign(self, sign: str) -> Iterator[Item]:
        if sign == "*":
            self.stack[-1].starred = True
        elif sign in SIGNS:
            yield from self._say(SIGNS[sign])
        elif sign in "\r\n":
            yield from self._kept(Break(b"\\par ", "\n"))

    def _word(self, word: str, number: bytes | None) -> Iterator[Item]:
        group = self.stack[-1]
        value = int(number) if number else None
        if word in DROPPED or (group.fresh and group.starred and word not in STARRED):
            group.dropped = True  # also behind other words of its group, where readers open a destination too
        if group.fresh and word in FORMS:
            group.form = True
        if group.fresh and word in APART and not group.dropped:
            group.apart = True
            group.form = False  # LibreOffice writes the headers of page styles into their table
            yield Break(b"", "\n")
        if word == "deleted":
            group.deleted = value != 0
        elif word == "plain":
            group.deleted = False
        if group.dropped or word in TRACKED or (group.deleted and word.startswith(PICTURE)):
            return
        if word == "u" and value is not None:
            yield from self._say(chr(value % 65536))
            self.waiting = group.skip
            return
        if word in CHARACTERS:
            yield from self._say(CHARACTERS[word])
            return
        self._coding(word, value)
        if word in {"ansicpg", "ansi", "mac", "pc", "pca"}:
            return  # what is written is ASCII
        raw = b"\\" + word.encode("ascii") + (number or b"") + b" "
        yield from self._kept(Break(raw, BREAKS[word]) if word in BREAKS and not group.form else raw)

    def _coding(self, word: str, value: int | None) -> None:
        group = self.stack[-1]
        if word == "uc" and value is not None:
            group.skip = max(0, min(value, 8))
        elif word == "ansicpg" and value:
            self.stack[0].page = group.page = _known(value)
        elif word in {"f", "af"} and value is not None:
            if group.form:
                self.font = value
            elif word == "f":
                group.page = self.fonts.get(value, self.stack[0].page)
        elif word == "fcharset" and value is not None and value in CODE_PAGES and value != 0:
            self.fonts[self.font] = _known(CODE_PAGES[value])

    def _bytes(self, data: bytes) -> None:
        skipped = min(self.waiting, len(data))
        self.waiting -= skipped
        if not self.stack[-1].dropped and not self.stack[-1].deleted:
            self.legacy += data[skipped:]

    def _flush(self) -> Iterator[Item]:
        if self.legacy:
            text = bytes(self.legacy).decode(self.stack[-1].page, "replace")
            self.legacy.clear()
            yield from self._kept(Form(text) if self.stack[-1].form else Text(text))

    def _say(self, text: str) -> Iterator[Item]:
        if not self.stack[-1].dropped and not self.stack[-1].deleted:
            yield from self._kept(Form(text) if self.stack[-1].form else Text(text))

    def _kept(self, item: Item) -> Iterator[Item]:
        yield from self._opened()
        yield item

    def _opened(self) -> Iterator[Item]:
        """Open the group, and those around it, when something in it is kept."""
        for group in self.stack[1:]:
            if group.fresh and not group.dropped:
                group.fresh = False
                yield b"{\\*" if group.starred else b"{"


def _known(page: int) -> str:
    name = "utf-8" if page == 65001 else f"cp{page}"
    try:
        codecs.lookup(name)
    except LookupError:
        return "cp1252"
    return name


def escape(text: str, *, controls: bool = False) -> bytes:
    r"""Text as RTF in ASCII: other characters as \u with '?' in their stead.

    controls: control characters too; they are lengths and places in the texts of a list's numbers (`leveltext`).
    """
    out = bytearray()
    for one in text:
        if one in "\\{}":
            out += b"\\" + one.encode("ascii")
        elif controls and one < " ":
            out += b"\\'%02x" % ord(one)
        elif one == "\n":
            out += b"\\line "
        elif one == "\t":
            out += b"\\tab "
        elif " " <= one <= "~":
            out += one.encode("ascii")
        elif one >= "\x80":
            raw = one.encode("utf-16-le", "surrogatepass")
            out += b"\\uc1"
            for place in range(0, len(raw), 2):
                number = int.from_bytes(raw[place : place + 2], "little", signed=True)
                out += b"\\u%d?" % number
    return bytes(out)
