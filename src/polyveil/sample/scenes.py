"""Pictures of faces: one public-domain photograph composed into scenes of several sizes."""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import cache
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from polyveil.sample.gold import Gold, Item
from polyveil.sample.lettering import Box, Canvas, media
from polyveil.sample.people import Cast
from polyveil.schema.locations import Field, Region
from polyveil.schema.modality import Modality

if TYPE_CHECKING:
    from PIL import Image

FACE: Box = (182, 66, 90, 114)
"""Where the face is in media/astronaut.jpg: hairline to chin, cheek to cheek; measured by eye."""

BUST: Box = (112, 0, 240, 256)
"""Head and shoulders in the same picture: what scenes are composed of."""

_GPS = 0x8825
_ORIENTATION = 0x0112
_ARTIST = 0x013B
_DESCRIPTION = 0x010E


def items(people: Cast, rng: Random) -> Iterator[Item]:
    """All scenes, with an exact and two near duplicates."""
    yield _jpeg("image/portrait_large.jpg", scene(rng, (960, 720), [(300, 60, 2.2, False)]))
    medium = scene(rng, (800, 600), [(280, 180, 1.0, True)])
    original = _jpeg("image/portrait_medium.jpg", medium)
    yield original
    yield original.copy("image/portrait_medium_copy.jpg")
    yield _jpeg("image/portrait_medium_recompressed.jpg", medium, quality=55)
    yield _half("image/portrait_medium_half.jpg", medium)
    yield _jpeg("image/portrait_small.jpg", scene(rng, (640, 480), [(300, 240, 0.45, False)]))
    yield _png("image/crowd.png", scene(rng, (1024, 640), crowd(rng)))
    yield _webp("image/two_people.webp", scene(rng, (800, 500), [(90, 120, 1.1, False), (470, 150, 0.9, True)]))
    yield located(people, rng)
    yield sideways(rng)
    yield _jpeg("image/nobody.jpg", scene(rng, (640, 480), []))


@cache
def photograph() -> npt.NDArray[np.uint8]:
    """The photograph, 512 x 512 RGB."""
    from PIL import Image

    with Image.open(io.BytesIO(media("astronaut.jpg"))) as image:
        return np.asarray(image.convert("RGB")).astype(np.uint8)


def backdrop(rng: Random, size: tuple[int, int]) -> npt.NDArray[np.uint8]:
    """Hills under a sky, with fine grain: (height, width, 3)."""
    width, height = size
    chance = np.random.default_rng(rng.getrandbits(32))
    xs, ys = np.linspace(0, 1, width), np.linspace(0, 1, height)[:, None]
    phase = chance.uniform(0, 6, 3)
    hills = 0.6 + 0.08 * np.sin(7 * xs + phase[0]) + 0.05 * np.sin(17 * xs + phase[1])
    sky, ground = np.array([150, 180, 210]), np.array([95, 120, 80])
    shade = (1 - 0.4 * ys)[..., None]
    rgb = np.where((ys < hills)[..., None], sky * shade, ground * (0.7 + 0.5 * ys)[..., None])
    rgb = rgb + 6 * np.sin(40 * xs + 9 * ys + phase[2])[..., None] + chance.normal(0, 2, (height, width, 1))
    return np.asarray(np.clip(rgb, 0, 255)).astype(np.uint8)


@cache
def _cut_out(scale: float, *, mirrored: bool) -> tuple[Any, Any, Box]:
    """Head and shoulders at a scale with a soft elliptic border: picture, mask, box of the face in it."""
    from PIL import Image, ImageDraw, ImageFilter

    x, y, w, h = BUST
    bust = Image.fromarray(photograph()[y : y + h, x : x + w])
    size = (round(w * scale), round(h * scale))
    bust = bust.resize(size, Image.Resampling.LANCZOS)
    mask = Image.new("L", size)
    ImageDraw.Draw(mask).ellipse((size[0] * 0.08, size[1] * 0.02, size[0] * 0.92, size[1] * 1.25), fill=255)
    mask = mask.filter(ImageFilter.GaussianBlur(max(1.0, 4 * scale)))
    left, top, wide, high = FACE[0] - x, FACE[1] - y, FACE[2], FACE[3]
    if mirrored:
        bust, left = bust.transpose(Image.Transpose.FLIP_LEFT_RIGHT), w - left - wide
    face = (round(left * scale), round(top * scale), round(wide * scale), round(high * scale))
    return bust, mask, face


def put(image: Image.Image, at: tuple[int, int], scale: float, *, mirrored: bool = False) -> Box:
    """Put the person on a picture; the box of the face."""
    bust, mask, (x, y, w, h) = _cut_out(scale, mirrored=mirrored)
    image.paste(bust, at, mask)
    return at[0] + x, at[1] + y, w, h


def scene(rng: Random, size: tuple[int, int], placed: list[tuple[int, int, float, bool]]) -> Canvas:
    """A backdrop with people at (x, y, scale, mirrored)."""
    from PIL import Image

    canvas = Canvas(Image.fromarray(backdrop(rng, size)))
    for x, y, scale, mirrored in placed:
        canvas.mark("FACE", put(canvas.image, (x, y), scale, mirrored=mirrored))
    return canvas


def crowd(rng: Random) -> list[tuple[int, int, float, bool]]:
    """Ten people in two rows, faces of 36 to 63 pixels."""
    rows = [(40 + 190 * n + rng.randrange(20), 120 + rng.randrange(30), 0.4 + 0.03 * n, n % 2 == 0) for n in range(5)]
    return rows + [(20 + 195 * n + rng.randrange(20), 360, 0.6 + 0.02 * n, n % 2 == 1) for n in range(5)]


def located(people: Cast, rng: Random) -> Item:
    """A photograph that tells where it was taken and by whom (EXIF 2.32, tables 6 and 15)."""
    from PIL import Image

    canvas = scene(rng, (800, 600), [(250, 150, 1.3, False)])
    author = people.english[2]
    exif = Image.Exif()
    exif[_ARTIST] = author.name
    exif[_DESCRIPTION] = f"Taken at {author.address}"
    exif[_GPS] = {1: "N", 2: (51.0, 30.0, 26.64), 3: "W", 4: (0.0, 7.0, 39.93)}
    canvas.labels += [
        Gold("", Modality.IMAGE, "PERSON", Field("exif/Artist"), author.name),
        Gold("", Modality.IMAGE, "STREET_ADDRESS", Field("exif/ImageDescription"), author.address),
    ]
    return _jpeg("image/located.jpg", canvas, exif=exif.tobytes())


def sideways(rng: Random) -> Item:
    """Stored on its side with EXIF orientation 6; labels are of the upright picture."""
    from PIL import Image

    canvas = scene(rng, (600, 800), [(150, 260, 1.2, False)])
    canvas.image = canvas.image.transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[_ORIENTATION] = 6
    return _jpeg("image/sideways.jpg", canvas, exif=exif.tobytes())


def _jpeg(path: str, canvas: Canvas, quality: int = 88, exif: bytes = b"") -> Item:
    out = io.BytesIO()
    canvas.image.save(out, "JPEG", quality=quality, exif=exif)
    return Item(path, out.getvalue(), tuple(canvas.labels))


def _half(path: str, canvas: Canvas) -> Item:
    small = Canvas(canvas.image.resize((canvas.image.width // 2, canvas.image.height // 2)))
    for gold in canvas.labels:
        if isinstance(gold.location, Region):
            place = gold.location
            small.mark(gold.entity, (place.x // 2, place.y // 2, place.w // 2, place.h // 2), gold.value)
    return _jpeg(path, small)


def _png(path: str, canvas: Canvas) -> Item:
    out = io.BytesIO()
    canvas.image.save(out, "PNG")
    return Item(path, out.getvalue(), tuple(canvas.labels))


def _webp(path: str, canvas: Canvas) -> Item:
    out = io.BytesIO()
    canvas.image.save(out, "WEBP", quality=88)
    return Item(path, out.getvalue(), tuple(canvas.labels))
