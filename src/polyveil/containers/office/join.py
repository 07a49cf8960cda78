"""Put an office document together from its de-identified words, pictures and embedded documents."""

from __future__ import annotations

import io
from collections.abc import Mapping

from polyveil.containers.interface import Joined, Piece
from polyveil.containers.office.clean import unlink
from polyveil.containers.office.keep import MEDIA_TYPES
from polyveil.containers.office.package import parse, read, serialise
from polyveil.containers.office.split import CONTENT
from polyveil.errors import AssetError
from polyveil.modalities.interface import Context
from polyveil.schema.outcome import QuarantineCode

_PICTURES = {"image/png": "png", "image/jpeg": "jpeg", "image/gif": "gif", "image/bmp": "bmp", "image/tiff": "tiff"}


def join(skeleton: Mapping[str, object], pieces: Mapping[str, Piece], ctx: Context) -> Joined:
    """A package of the same kind. Pictures and embedded documents that are absent are left out, and what shows them.

    Raises:
        AssetError: TRANSFORM_FAILED without the words, or if a picture cannot stand in a document.
    """
    if CONTENT not in pieces:
        raise AssetError(QuarantineCode.TRANSFORM_FAILED, "an office document without its words")
    package = read(pieces[CONTENT].data, ctx)
    places = skeleton.get("places")
    named: dict[str, str] = {}
    for key, place in places.items() if isinstance(places, Mapping) else ():
        piece = pieces.get(str(key))
        if piece is None:
            continue
        data, content_type, suffix = _fitted(piece, str(key))
        named[str(place)] = f"{place}.{suffix}"
        package.parts[named[str(place)]] = data
        package.types[named[str(place)]] = content_type
    for source, links in package.links.items():
        kept, gone = [], []
        for link in links:
            if link.external or link.target in package.parts:
                kept.append(link)
            elif link.target in named:
                kept.append(type(link)(link.id, link.kind, named[link.target]))
            else:
                gone.append(link.id)
        package.links[source] = kept
        if gone and source:
            root = parse(package.parts[source])
            unlink(root, gone)
            package.parts[source] = serialise(root)
    folder = next(
        (one for one in ("word", "xl", "ppt") if any(name.startswith(f"{one}/") for name in package.parts)), ""
    )
    media_type, suffix = MEDIA_TYPES[folder or "word"]
    return Joined(package.write(), media_type, suffix)


def _fitted(piece: Piece, key: str) -> tuple[bytes, str, str]:
    """Data, content type and suffix as they may stand in a package: a picture of another format becomes PNG."""
    data = piece.data if isinstance(piece.data, bytes) else piece.data.read_bytes()
    if key.startswith("embedded/"):
        return data, piece.media_type, piece.suffix.lstrip(".")
    if piece.media_type in _PICTURES:
        return data, piece.media_type, _PICTURES[piece.media_type]
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(data)) as image:
            out = io.BytesIO()
            image.convert("RGBA" if "A" in image.getbands() else "RGB").save(out, "PNG")
    except (UnidentifiedImageError, OSError):
        raise AssetError(QuarantineCode.TRANSFORM_FAILED, f"{piece.media_type} cannot stand in a document") from None
    return out.getvalue(), "image/png", "png"
