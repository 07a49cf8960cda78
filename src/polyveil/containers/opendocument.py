"""OpenDocument (ODF 1.3, ISO/IEC 26300) and EPUB 3 (OCF 3.2): ZIP archives of XML that begin with their media type.

Words are texts of the markup road, pictures and sounds go their own. What no reader needs stays behind: thumbnails,
settings, macros, signatures, metadata of OpenDocument, fonts. Names of files in the archive are numbered where they
could hold somebody's name, in what refers to them too.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from urllib.parse import quote
from xml.sax.saxutils import quoteattr

from polyveil.containers.archive import inflated, suffix_of
from polyveil.containers.interface import Joined, Member, Piece, Split
from polyveil.containers.office import sheet
from polyveil.containers.office.package import parse
from polyveil.errors import AssetError
from polyveil.modalities.interface import Context
from polyveil.modalities.text import find
from polyveil.modalities.text.markup import OPENDOCUMENT
from polyveil.schema.modality import Modality
from polyveil.schema.outcome import QuarantineCode
from polyveil.schema.part import Hints, Known

EPUB = "application/epub+zip"
SUFFIXES = {
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/vnd.oasis.opendocument.spreadsheet": ".ods",
    "application/vnd.oasis.opendocument.presentation": ".odp",
    "application/vnd.oasis.opendocument.graphics": ".odg",
    EPUB: ".epub",
}
_MARKUP = dict.fromkeys((".xml", ".opf", ".ncx"), OPENDOCUMENT)
_MARKUP |= {".xhtml": "text/html", ".html": "text/html", ".htm": "text/html", ".css": "text/plain"}
_LEFT = re.compile(
    r"META-INF/|Thumbnails/|ObjectReplacements/|Configurations2/|Basic/|Dialogs/|Scripts/|VersionList\.xml|layout-cache|manifest\.rdf"
    r"|(?:.*/)?(?:settings|meta)\.xml\Z|Pictures/TablePreview\d+\.svm\Z|.*\.(?:ttf|otf|woff2?|xpgt|bin)\Z"
)
_PEOPLE = re.compile(
    rb"<(?:dc:creator|dc:contributor|dc:publisher|meta:initial-creator|meta:printed-by|opf:file-as)\b[^>]*>([^<]{2,200})<"
)
_ROOT = re.compile(rb"full-path\s*=\s*[\"']([^\"'<>&]{1,400})[\"']")
_TYPE = re.compile(rb"<manifest:file-entry\b[^>]*>")
_VALUE = r"manifest:{}\s*=\s*[\"']([^\"']*)[\"']"
_PLAIN = re.compile(r"[\w-]{1,24}\Z", re.ASCII)
_MOST_KNOWN = 50_000
"""Values that a document's cells may say: they are looked for together, in some 100 MB of memory."""
_WORDS = re.compile(r"[\W_]+")


def split(data: bytes | Path, hints: Hints, ctx: Context) -> Split:
    """Members 'text/0' … (markup) and 'file/0' … (opaque). Raises AssetError as `archive.split` does."""
    content = inflated(data, ctx, ctx.limits.max_memory_bytes)
    kind = content.pop("mimetype", b"").decode("ascii", "replace").strip()
    manifest = content.get("META-INF/manifest.xml", b"")
    if kind not in SUFFIXES:
        raise AssetError(QuarantineCode.CORRUPT, "a document without its media type")
    if "META-INF/encryption.xml" in content or b"encryption-data" in manifest:
        raise AssetError(QuarantineCode.ENCRYPTED, "an encrypted document")
    roots = [one.decode("utf-8", "replace") for one in _ROOT.findall(content.get("META-INF/container.xml", b""))]
    main = roots[0] if kind == EPUB and roots else "content.xml"
    if main not in content:
        raise AssetError(QuarantineCode.CORRUPT, "a document without a main part")
    people = {text.decode("utf-8", "replace").strip() for one in content.values() for text in _PEOPLE.findall(one)}
    known = tuple(dict.fromkeys((*hints.known, *(Known("PERSON", one) for one in sorted(people) if len(one) > 1))))
    if kind.endswith(".spreadsheet"):
        known = tuple(dict.fromkeys(_told(content[main], known, ctx)))
        if len(known) > _MOST_KNOWN:
            raise AssetError(QuarantineCode.TOO_LARGE, f"a sheet with more than {_MOST_KNOWN} values")
    kept = {name: one for name, one in content.items() if not _LEFT.match(name) or name == main}
    names = _renamed(kept, ctx)
    members, places = [], {}
    for number, (name, one) in enumerate(kept.items()):
        media_type = _MARKUP.get(PurePosixPath(name).suffix.lower())
        inner = Hints(known=known, subject=hints.subject, name=f"part{suffix_of(PurePosixPath(name))}")
        if media_type:
            key, one = f"text/{number}", _referring(one, names)  # noqa: PLW2901 - what goes on instead
            members.append(Member(key, one, Modality.TEXT, media_type, inner, required=True))
        else:
            key = f"file/{number}"
            members.append(Member(key, one, hints=inner))
        places[key] = names.get(name, name)
    folders = {f"{parent}/" for name in kept for parent in PurePosixPath(name).parents if parent.name}
    types = {names.get(name, name): kind for name, kind in _types(manifest) if name in kept or name in folders}
    skeleton = {"kind": kind, "main": names.get(main, main), "places": places, "types": types}
    return Split(members, {**skeleton, "parts_left_out": len(content) - len(kept)})


def join(skeleton: Mapping[str, object], pieces: Mapping[str, Piece], ctx: Context) -> Joined:  # noqa: ARG001 - numbers say all
    """The document, its media type first and stored (OCF 3.2, 4.2; ODF 1.3 part 2, 3.3)."""
    kind, main = str(skeleton["kind"]), str(skeleton["main"])
    places, types = skeleton["places"], skeleton["types"]
    if not isinstance(places, Mapping) or not isinstance(types, Mapping):
        raise TypeError("a skeleton of another container")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        _put(archive, "mimetype", kind.encode(), zipfile.ZIP_STORED)
        there = {str(places[key]): piece for key, piece in pieces.items() if key in places}
        if kind == EPUB:
            _put(archive, "META-INF/container.xml", _container(main))
        else:
            _put(archive, "META-INF/manifest.xml", _manifest(kind, there, types))
        for name, piece in there.items():
            _put(archive, name, piece.data if isinstance(piece.data, bytes) else piece.data.read_bytes())
    return Joined(out.getvalue(), kind, SUFFIXES[kind])


def _told(data: bytes, known: tuple[Known, ...], ctx: Context) -> list[Known]:
    """What the columns of its sheets say of cells: a name alone in a cell is one by the word above it; and the names of
    sheets, which styles of pages repeat.
    """
    tables, told = list(parse(data).iter("{*}table")), list(known)
    for table in tables:
        cells = []
        for number, row in enumerate(table.iter("{*}table-row")):
            column = 0
            for one in row.iterchildren("{*}table-cell", "{*}covered-table-cell"):
                text = "\n".join("".join(line.itertext()) for line in one.iterchildren("{*}p")).strip()
                repeated = int(next((value for key, value in one.items() if key.endswith("columns-repeated")), "1"))
                if text:
                    cells.append(sheet.Cell(one, number, str(column), text))
                column += repeated
        for cell, found in sheet.as_table(cells, ctx.policy, known):
            if found.value and found.value == cell.text and len(found.value) > 1:
                told.append(Known(found.entity, found.value))
    titles = "\n".join(value for one in tables for key, value in one.items() if key.endswith("}name"))
    named = (Known(one.entity, one.value) for one in find(titles, ctx.policy, known=told) if one.value)
    return [*told, *named]


def _renamed(names: Iterable[str], ctx: Context) -> dict[str, str]:
    """Other names for files that are no markup or whose name may say who somebody is."""
    made = {}
    for number, name in enumerate(names):
        path = PurePosixPath(name)
        is_text = path.suffix.lower() in _MARKUP
        if is_text and _PLAIN.match(path.stem) and not find(_WORDS.sub(" ", path.stem), ctx.policy):
            continue
        made[name] = posixpath.join(*path.parts[:-1], f"part{number}{suffix_of(path)}")
    return made


def _referring(data: bytes, names: Mapping[str, str]) -> bytes:
    """Markup whose references follow what was renamed."""
    for old, new in names.items():
        before, after = posixpath.basename(old), posixpath.basename(new)
        for form in {before, quote(before), before.replace("&", "&amp;")}:
            whole = rb"(?<=[\"'/(=])" + re.escape(form.encode()) + rb"(?=[\"'#?)])"
            data = re.sub(whole, after.encode(), data)
    return data


def _types(manifest: bytes) -> list[tuple[str, str]]:
    found = []
    for entry in _TYPE.findall(manifest):
        text = entry.decode("utf-8", "replace")
        name, media_type = (re.search(_VALUE.format(key), text) for key in ("full-path", "media-type"))
        if name and media_type:
            found.append((name[1], media_type[1]))
    return found


def _manifest(kind: str, names: Iterable[str], types: Mapping[object, object]) -> bytes:
    rows = [("/", kind), *((name, str(types.get(name, ""))) for name in names)]
    rows += [(str(name), str(media_type)) for name, media_type in types.items() if str(name).endswith("/")]
    lines = "".join(
        f"<manifest:file-entry manifest:full-path={quoteattr(name)} manifest:media-type={quoteattr(media_type)}/>"
        for name, media_type in rows
    )
    space = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    return (
        f'{head}<manifest:manifest xmlns:manifest="{space}" manifest:version="1.3">{lines}</manifest:manifest>'.encode()
    )


def _container(main: str) -> bytes:
    return (
        '<?xml version="1.0"?><container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">'
        f"<rootfiles><rootfile full-path={quoteattr(main)} "
        'media-type="application/oebps-package+xml"/></rootfiles></container>'
    ).encode()


def _put(archive: zipfile.ZipFile, name: str, data: bytes, method: int = zipfile.ZIP_DEFLATED) -> None:
    entry = zipfile.ZipInfo(name)  # its default time is 1980-01-01
    entry.compress_type = method
    archive.writestr(entry, data)
