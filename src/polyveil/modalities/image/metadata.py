"""What a picture's EXIF says about people and places. None of it is written again; it is reported as found."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from polyveil.modalities import text
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Field
from polyveil.schema.policy import Policy

Notes = tuple[tuple[str, str], ...]

_DETAILS, _PLACE = 0x8769, 0x8825  # the EXIF and GPS directories (EXIF 2.32, table 3)
_WHOLE = {
    "Artist": "PERSON",
    "XPAuthor": "PERSON",
    "CameraOwnerName": "PERSON",
    "BodySerialNumber": "DEVICE_ID",
    "LensSerialNumber": "DEVICE_ID",
    "GPSInfo": "GEO_COORDINATES",
}
"""Fields that are personal as a whole, by their name in EXIF."""

_PROFILE = 0x8773  # a colour profile holds no words, and is cleaned by itself
_SCORE = 0.95
_LONGEST = 10_000  # characters of a field


def read(image: Any) -> Notes:
    """(field name, text) of every EXIF field of a Pillow image that holds words, and of its place. Never raises."""
    return _read(image.getexif)


def read_exif(data: bytes) -> Notes:
    """The same of a TIFF structure with EXIF fields, as HEIF holds it."""

    def load() -> Any:
        from PIL import Image

        exif = Image.Exif()
        exif.load(data if data.startswith(b"Exif") else b"Exif\0\0" + data)
        return exif

    return _read(load) if data else ()


def orientation(data: bytes) -> int:
    """The orientation in a TIFF structure with EXIF fields, 1 (upright) where it has none."""
    from PIL import Image

    exif = Image.Exif()
    try:
        exif.load(b"Exif\0\0" + data)
        return int(exif.get(0x0112, 1))
    except Exception:  # noqa: BLE001 - damaged metadata must not cost the picture
        return 1


def _read(load: Callable[[], Any]) -> Notes:
    from PIL import ExifTags

    try:
        exif = load()
        fields: dict[int, Any] = {**dict(exif), **dict(exif.get_ifd(_DETAILS))}
        place: Mapping[int, Any] = dict(exif.get_ifd(_PLACE))
    except Exception:  # noqa: BLE001 - damaged metadata, which is dropped anyway, must not cost the picture
        return ()
    notes = [
        (ExifTags.TAGS.get(tag, f"0x{tag:04x}"), _words(value)) for tag, value in fields.items() if tag != _PROFILE
    ]
    if 2 in place and 4 in place:  # latitude and longitude
        notes.append(("GPSInfo", f"{_words(place[2])} {_words(place[4])}"))
    return tuple((name, words) for name, words in notes if words)


def find(notes: Notes, policy: Policy) -> list[Finding]:
    """Personal data in the fields, each as the whole field `exif/NAME`."""
    best: dict[tuple[str, str], Finding] = {}
    for name, words in notes:
        whole = _WHOLE.get(name)
        found: Sequence[tuple[str, float]] = [(whole, _SCORE)] if whole else _entities(words, policy)
        for entity, score in found:
            if score >= policy.threshold(entity) and score > getattr(best.get((name, entity)), "score", 0.0):
                best[name, entity] = Finding(entity, Field(f"exif/{name}"), score, "exif", value=words)
    return list(best.values())


def _entities(words: str, policy: Policy) -> list[tuple[str, float]]:
    return [(finding.entity, finding.score) for finding in text.find(words, policy)]


def _words(value: object) -> str:
    """Text of a field: strings, UTF-16 of Windows' XP fields, comments with a character code before them, rationals."""
    if isinstance(value, tuple):
        return " ".join(str(item) for item in value[:8])
    if isinstance(value, bytes):
        body = value[8:] if value[:8] in {b"ASCII\0\0\0", b"UNICODE\0"} else value
        code = "utf-16-le" if b"\0" in body[:4] else "utf-8"
        value = body.decode(code, "ignore")
    if not isinstance(value, str):
        return ""
    return "".join(letter for letter in value if letter.isprintable())[:_LONGEST].strip()
