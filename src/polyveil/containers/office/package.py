"""Office Open XML packages (ECMA-376-2, Open Packaging Conventions): parts, content types, relationships.

XML is parsed with entities, document types and the network off: a package needs none of them (ECMA-376-2, 9.1.8).
"""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from lxml import etree

from polyveil.containers.archive import inflated
from polyveil.errors import AssetError
from polyveil.modalities.interface import Context
from polyveil.schema.outcome import QuarantineCode

TYPES = "[Content_Types].xml"
_TYPES_NS = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELS_NS = "http://schemas.openxmlformats.org/package/2006/relationships"
_RELS_TYPE = "application/vnd.openxmlformats-package.relationships+xml"

Tree = Any
"""An lxml element."""


@dataclass(frozen=True, slots=True)
class Link:
    """A relationship. target: a part's name without leading slash, or an address if `external`."""

    id: str
    kind: str
    target: str
    external: bool = False


@dataclass(slots=True)
class Package:
    """Parts by name, their content types, and relationships by source part ('' is the package itself)."""

    parts: dict[str, bytes] = field(default_factory=dict, repr=False)
    types: dict[str, str] = field(default_factory=dict)
    links: dict[str, list[Link]] = field(default_factory=dict, repr=False)

    def write(self, method: int = zipfile.ZIP_DEFLATED) -> bytes:
        """The package as a ZIP without times; the same parts give the same bytes."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", method) as archive:
            for name, data in ((TYPES, self._types()), *self._relations(), *self.parts.items()):
                entry = zipfile.ZipInfo(name)  # its default time is 1980-01-01
                entry.compress_type = method
                archive.writestr(entry, data)
        return out.getvalue()

    def _types(self) -> bytes:
        root = etree.Element(f"{{{_TYPES_NS}}}Types", nsmap={None: _TYPES_NS})
        etree.SubElement(root, f"{{{_TYPES_NS}}}Default", Extension="rels", ContentType=_RELS_TYPE)
        for name in self.parts:
            etree.SubElement(
                root, f"{{{_TYPES_NS}}}Override", PartName=f"/{name}", ContentType=self.types.get(name, "")
            )
        return serialise(root)

    def _relations(self) -> list[tuple[str, bytes]]:
        found = []
        for source, links in self.links.items():
            root = etree.Element(f"{{{_RELS_NS}}}Relationships", nsmap={None: _RELS_NS})
            folder = posixpath.dirname(source)
            for link in links:
                target = link.target if link.external else posixpath.relpath(f"/{link.target}", f"/{folder}")
                row = etree.SubElement(root, f"{{{_RELS_NS}}}Relationship", Id=link.id, Type=link.kind, Target=target)
                if link.external:
                    row.set("TargetMode", "External")
            if len(root):
                found.append((_relations_of(source), serialise(root)))
        return found


def parse(data: bytes) -> Tree:
    """The root element. Raises AssetError CORRUPT for XML that is malformed or declares a document type."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise AssetError(QuarantineCode.CORRUPT, "malformed XML in a document") from None
    if root.getroottree().docinfo.doctype:
        raise AssetError(QuarantineCode.CORRUPT, "a document type in an office document")
    return root


def serialise(root: Tree) -> bytes:
    """UTF-8 with a declaration."""
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def read(data: bytes | Path, ctx: Context) -> Package:
    """Everything of a package in memory.

    Raises:
        AssetError: CORRUPT, ENCRYPTED, UNSAFE_PATH, BOMB, TOO_LARGE or UNSUPPORTED.
    """
    content = {name.lstrip("/"): one for name, one in inflated(data, ctx, ctx.limits.max_text_bytes).items()}
    if TYPES not in content:
        raise AssetError(QuarantineCode.CORRUPT, "a document without content types")
    parts = {name: one for name, one in content.items() if name != TYPES and not _is_relations(name)}
    links = {source: _links(source, content[name]) for name, source in _sources(content)}
    return Package(parts, _types_of(parse(content[TYPES]), parts), links)


def _sources(content: Mapping[str, bytes]) -> list[tuple[str, str]]:
    found = []
    for name in content:
        if _is_relations(name):
            folder, _, file = name.rpartition("/")
            source = posixpath.join(posixpath.dirname(folder), file.removesuffix(".rels"))
            found.append((name, source))
    return found


def _is_relations(name: str) -> bool:
    return posixpath.basename(posixpath.dirname(name)) == "_rels" and name.endswith(".rels")


def _relations_of(source: str) -> str:
    folder, _, file = source.rpartition("/")
    return posixpath.join(folder, "_rels", f"{file}.rels")


def _links(source: str, data: bytes) -> list[Link]:
    links = []
    for row in parse(data).iterchildren("{*}Relationship"):
        target, external = row.get("Target", ""), row.get("TargetMode") == "External"
        if not external:
            target = unquote(target.partition("#")[0])
            target = posixpath.normpath(posixpath.join("/", posixpath.dirname(source), target)).lstrip("/")
        links.append(Link(row.get("Id", ""), row.get("Type", ""), target, external))
    return links


def _types_of(root: Tree, parts: Mapping[str, bytes]) -> dict[str, str]:
    by_suffix = {
        row.get("Extension", "").lower(): row.get("ContentType", "") for row in root.iterchildren("{*}Default")
    }
    by_name = {
        row.get("PartName", "").lstrip("/"): row.get("ContentType", "") for row in root.iterchildren("{*}Override")
    }
    return {name: by_name.get(name) or by_suffix.get(name.rpartition(".")[2].lower(), "") for name in parts}
