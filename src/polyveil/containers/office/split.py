"""Take an office document apart: its words, its pictures, the documents embedded in it."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from polyveil.containers.interface import Member, Split
from polyveil.containers.office import formula, sheet
from polyveil.containers.office.clean import clean, unlink
from polyveil.containers.office.content import Content
from polyveil.containers.office.keep import EMBEDDED, KINDS, MAIN, Kind
from polyveil.containers.office.package import Link, Package, Tree, parse, read, serialise
from polyveil.errors import AssetError
from polyveil.modalities.interface import Context
from polyveil.modalities.text import find
from polyveil.schema.modality import Modality
from polyveil.schema.outcome import QuarantineCode
from polyveil.schema.part import Hints, Known

CONTENT = "content"
CONTENT_TYPE = "application/vnd.polyveil.office"
LARGEST_XML = 20 * 1024**2
"""Bytes of XML in one document. A sheet of 10 MB was measured to take 0.45 GB in cells, segments and findings."""
_MAX_KNOWN = 400
_LONGEST = 200_000  # characters looked through for values that pictures may repeat


def split(data: bytes | Path, hints: Hints, ctx: Context) -> Split:
    """Members: 'content' (text: the cleaned package without pictures), 'picture/0' …, 'embedded/0' … (opaque).

    Raises:
        AssetError: as `package.read`, and CORRUPT without a main part, TOO_LARGE for more XML than memory holds.
    """
    package = read(data, ctx)
    taken = _Taken(package)
    taken.take()
    new = taken.package()
    size = sum(len(one) for one in new.parts.values())
    if size > LARGEST_XML:
        raise AssetError(QuarantineCode.TOO_LARGE, f"a document with more than {LARGEST_XML} bytes of XML")
    people = tuple(Known("PERSON", one) for one in dict.fromkeys(taken.people) if len(one) > 1)
    known = tuple(dict.fromkeys((*hints.known, *people)))
    inner = Hints(known=known, subject=hints.subject, name="content.xml")
    members = [Member(CONTENT, new.write(zipfile.ZIP_STORED), Modality.TEXT, CONTENT_TYPE, inner, required=True)]
    if taken.others:
        said = find(Content.of(new).text[:_LONGEST], ctx.policy, known=known)
        told = (*known, *(Known(one.entity, one.value) for one in said if one.value and len(one.value) > 1))
        inner = replace(inner, known=tuple(dict.fromkeys(told))[:_MAX_KNOWN])
    for key, name in taken.others.items():
        suffix = PurePosixPath(name).suffix.lower()
        members.append(Member(key, package.parts[name], hints=replace(inner, name=f"{key.partition('/')[0]}{suffix}")))
    places = {key: f"{taken.folder}/{_folder(key)}" for key in taken.others}
    return Split(members, {"places": places, "parts_left_out": taken.left_out})


def _folder(key: str) -> str:
    kind, _, number = key.partition("/")
    return f"media/picture{number}" if kind == "picture" else f"embeddings/document{number}"


@dataclass(slots=True)
class _Taken:
    """Walks the relationships from the main part; what nothing refers to, or no kind is known for, stays behind."""

    source: Package
    folder: str = ""
    names: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, Kind] = field(default_factory=dict)
    roots: dict[str, Tree] = field(default_factory=dict)
    links: dict[str, list[Link]] = field(default_factory=dict)
    others: dict[str, str] = field(default_factory=dict)
    people: list[str] = field(default_factory=list)
    left_out: int = 0

    def take(self) -> None:
        first = next((one for one in self.source.links.get("", []) if one.kind.endswith("/officeDocument")), None)
        main = MAIN.get(self.source.types.get(first.target, "")) if first is not None else None
        if first is None or main is None or first.target not in self.source.parts:
            raise AssetError(QuarantineCode.CORRUPT, "a document without a main part")
        self.folder = main.path.partition("/")[0]
        waiting = [""]
        while waiting:
            name = waiting.pop(0)
            waiting += self._take(name)
        strings = [root for name, root in self.roots.items() if self.kinds[name].role == "strings"]
        shared = [one for root in strings for one in root.iterchildren("{*}si")]
        for name, root in self.roots.items():
            if self.kinds[name].role == "sheet":
                sheet.inline(root, shared)
            if self.kinds[name].role in {"sheet", "workbook"}:
                formula.apart(root)
        for name in [name for name in self.roots if self.kinds[name].role == "strings"]:
            del self.roots[name]
        self.left_out = len(self.source.parts) - len(self.roots) - len(set(self.others.values()))

    def _take(self, name: str) -> list[str]:
        """Clean a part and choose among its relationships. Returns the parts to go on with."""
        more, kept, gone = [], [], []
        for link in self.source.links.get(name, []):
            new = self._link(link)
            if new is None:
                gone.append(link.id)
                continue
            kept.append(new)
            if not link.external and link.target not in self.names and new.target == link.target:
                more.append(link.target)
                self._name(link.target)
        self.links[name] = kept
        if name in self.kinds:
            root = parse(self.source.parts[name])
            self.people += clean(root, self.kinds[name].role)
            unlink(root, gone)
            self.roots[name] = root
        return more

    def _link(self, link: Link) -> Link | None:
        last = link.kind.rpartition("/")[2]
        if link.external:
            return link if last == "hyperlink" else None
        if link.target not in self.source.parts or last in {"oleObject", "control", "vbaProject", "customXml"}:
            return None
        if self.source.types.get(link.target, "") in KINDS:
            return link
        suffix = link.target.rpartition(".")[2].lower()
        if last == "image":
            return replace(link, target=self._other("picture", link.target))
        if last == "package" and suffix in EMBEDDED:
            return replace(link, target=self._other("embedded", link.target))
        return None

    def _other(self, kind: str, name: str) -> str:
        for key, known in self.others.items():
            if known == name:
                return f"{self.folder}/{_folder(key)}"
        key = f"{kind}/{sum(one.startswith(kind) for one in self.others)}"
        self.others[key] = name
        return f"{self.folder}/{_folder(key)}"

    def _name(self, name: str) -> None:
        kind = KINDS[self.source.types[name]]
        number = sum(one.path == kind.path for one in self.kinds.values()) + 1
        path = kind.path.format(number)
        if path.partition("/")[0] not in {"word", "xl", "ppt", "docProps"}:
            path = f"{self.folder}/{path}"
        self.kinds[name] = kind
        self.names[name] = path

    def package(self) -> Package:
        """What is kept, under its new names."""
        new = Package()
        for name, root in self.roots.items():
            new.parts[self.names[name]] = serialise(root)
            new.types[self.names[name]] = self.kinds[name].content_type
        for source, links in self.links.items():
            if source and source not in self.roots:
                continue
            rows = [self._moved(link) for link in links]
            new.links[self.names.get(source, "")] = [row for row in rows if row is not None]
        return new

    def _moved(self, link: Link) -> Link | None:
        if link.external or link.target not in self.names:
            return link
        return replace(link, target=self.names[link.target]) if link.target in self.roots else None
