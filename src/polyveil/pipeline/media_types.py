"""File suffixes of the media types that the road writes."""

from __future__ import annotations

import mimetypes
from pathlib import PurePosixPath

_PLAIN = (
    ".ini .cfg .conf .properties .env .toml .sql .py .pyi .js .mjs .ts .jsx .tsx .java .kt .scala .c .h .cc "
    ".cpp .hpp .cs .go .rs .rb .php .swift .r .jl .pl .lua .sh .bash .zsh .bat .cmd .ps1 .vbs .css .scss .less .vue "
    ".tex .bib .ics .vcf .ldif .rst .adoc .org .diff .patch .po .reg .proto .graphql .gradle .cmake .tf .hcl .lrc "
    ".ass .ssa .nfo .asc .pem .key .svg .json5 .dat .out .err .hl7"
)
"""Of texts that have no type of their own here. A suffix that is not listed may be a name ('letter.smith')."""
_XML = ".svg .xsd .xsl .xslt .gpx .kml .rss .atom .plist .xlf .xliff .resx .config .wsdl .dae .ttml .fb2 .musicxml .pom"
_SUFFIXES: dict[str, tuple[str, ...]] = {
    "text/plain": (".txt", ".log", ".text", *_PLAIN.split()),
    "text/markdown": (".md", ".markdown"),
    "text/html": (".html", ".htm", ".xhtml"),
    "text/csv": (".csv",),
    "text/tab-separated-values": (".tsv", ".tab"),
    "text/vtt": (".vtt",),
    "text/xml": (".xml", *_XML.split()),
    "application/xml": (".xml", *_XML.split()),
    "application/x-subrip": (".srt",),
    "application/json": (".json", ".ipynb", ".geojson", ".jsonld", ".har", ".webmanifest"),
    "application/x-ndjson": (".jsonl", ".ndjson"),
    "application/yaml": (".yaml", ".yml"),
    "application/vnd.apache.parquet": (".parquet",),
    "application/vnd.apache.arrow.file": (".arrow", ".feather"),
    "application/dicom": (".dcm", ".dicom"),
    "application/vnd.polyveil.dicom-header": (".dicom.json",),
    "application/vnd.polyveil.pixels": (".npy",),
    "application/zip": (".zip",),
    "application/x-tar": (".tar",),
    "application/gzip": (".gz", ".tgz", ".svgz"),
    "application/x-bzip2": (".bz2", ".tbz2"),
    "application/x-xz": (".xz", ".txz"),
    "application/zstd": (".zst", ".tzst"),
    "application/rtf": (".rtf",),
    "application/mbox": (".mbox",),
    "application/pdf": (".pdf",),
    "application/epub+zip": (".epub",),
    "application/vnd.oasis.opendocument+xml": (".fodt", ".fods", ".fodp", ".fodg"),
    "application/vnd.oasis.opendocument.graphics": (".odg",),
    "application/vnd.oasis.opendocument.presentation": (".odp",),
    "application/vnd.oasis.opendocument.spreadsheet": (".ods",),
    "application/vnd.oasis.opendocument.text": (".odt",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (".docx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (".xlsx",),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": (".pptx",),
    "message/rfc822": (".eml", ".mht", ".mhtml"),
    "image/jpeg": (".jpg", ".jpeg", ".jpe"),
    "image/png": (".png", ".apng"),
    "image/webp": (".webp",),
    "image/avif": (".avif",),
    "image/jxl": (".jxl",),
    "image/tiff": (".tif", ".tiff"),
    "image/gif": (".gif",),
    "image/bmp": (".bmp",),
    "image/svg+xml": (".svg",),
    "audio/flac": (".flac",),
    "audio/ogg": (".opus", ".ogg", ".oga"),
    "audio/opus": (".opus",),
    "audio/wav": (".wav",),
    "audio/x-wav": (".wav",),
    "video/mp4": (".mp4", ".m4v"),
    "video/x-matroska": (".mkv",),
    "video/webm": (".webm",),
    "video/quicktime": (".mov", ".qt"),
}


def suffix_of(media_type: str) -> str:
    """The usual suffix of a media type, '.bin' if there is none."""
    known = _SUFFIXES.get(media_type)
    return known[0] if known else mimetypes.guess_extension(media_type) or ".bin"


def named(name: str, media_type: str) -> str:
    """`name` with a suffix that fits `media_type`: its own if that is one of them, else the usual one."""
    path = PurePosixPath(name)
    fitting = _SUFFIXES.get(media_type, (suffix_of(media_type),))
    if path.suffix.lower() in fitting:
        return name
    return str(path.with_name(path.name.removesuffix(path.suffix) + fitting[0]))
