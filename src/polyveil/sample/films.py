"""Videos: moving faces, captions, cuts, a variable frame rate, rotation by metadata, sound tracks."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np

from polyveil.sample import sounds
from polyveil.sample.gold import Gold, Item
from polyveil.sample.lettering import Box, letter
from polyveil.sample.people import Cast
from polyveil.sample.scenes import backdrop, put
from polyveil.schema.locations import Field, Track
from polyveil.schema.modality import Modality

if TYPE_CHECKING:
    from PIL import Image

VIDEO, SOUND = "video", "audio/0"
_MATRIX = 44  # offset of the matrix after the type of a version 0 track header (ISO/IEC 14496-12, 8.3.2)

Place = Callable[[int], tuple[int, int]]
"""Where a person's cut-out stands in a frame."""


@dataclass(slots=True)
class Film:
    """Frames under way, with the boxes of what is planted, frame by frame."""

    frames: list[Image.Image] = field(default_factory=list)
    boxes: dict[tuple[str, str, str], list[tuple[int, int, int, int, int]]] = field(default_factory=dict)

    def mark(self, entity: str, thing: str, box: Box, value: str = "") -> None:
        """Label a box in the last frame; `thing` tells two of a kind apart."""
        self.boxes.setdefault((entity, thing, value), []).append((len(self.frames) - 1, *box))

    def labels(self) -> tuple[Gold, ...]:
        """One track a thing."""
        return tuple(
            Gold(VIDEO, Modality.VIDEO, entity, Track(tuple(boxes)), value)
            for (entity, _thing, value), boxes in self.boxes.items()
        )

    def shot(
        self,
        rng: Random,
        size: tuple[int, int],
        count: int,
        people: list[tuple[str, float, bool, Place]],
        captions: tuple[tuple[str, str, str], ...] = (),
    ) -> None:
        """Add a shot on one backdrop: people as (name, scale, mirrored, place), captions as (words, entity, value)."""
        from PIL import Image

        ground = Image.fromarray(backdrop(rng, size))
        for number in range(count):
            frame = ground.copy()
            self.frames.append(frame)
            for name, scale, mirrored, place in people:
                self.mark("FACE", name, put(frame, place(number), scale, mirrored=mirrored))
            for line, (words, entity, value) in enumerate(captions):
                top = size[1] - 36 * (len(captions) - line) - 8
                frame.paste((16, 16, 16), (0, top - 6, size[0], top + 30))
                box = letter(frame, (16, top), words, 22, (240, 240, 240))
                box = letter(frame, (box[0] + box[2] + 8, top), value, 22, (240, 240, 240))
                self.mark(entity, value, box, value)


def items(people: Cast, rng: Random) -> Iterator[Item]:
    """All videos, with an exact and a near duplicate of the first."""
    street, card = interview(people, rng), sounds.clip("lost_card_en")
    until = len(street.frames) / 25
    owner = people.english[5].name
    tagged = Gold(VIDEO, Modality.VIDEO, "PERSON", Field("tags/title"), f"Filmed by {owner}")
    labels = (*street.labels(), *card.voiced(SOUND, until))
    sound = card.samples[: int(until * sounds.RATE)]
    first = Item(
        "video/interview.mp4", encode(street, "mp4", sound=sound, title=f"Filmed by {owner}"), (*labels, tagged)
    )
    yield first
    yield first.copy("video/interview_copy.mp4")
    yield Item("video/interview_recompressed.mp4", encode(street, "mp4", sound=sound, quality=33), labels)
    yield rotated(rng)
    yield from lecture(rng)
    walk = Film()
    walk.shot(rng, (480, 270), 50, [("one", 0.55, True, lambda n: (20 + 5 * n, 60 + n % 7))])
    yield Item("video/walk.webm", encode(walk, "webm"), walk.labels())


def interview(people: Cast, rng: Random) -> Film:
    """Two shots with a cut: two people on the move, one with a caption of name and number; then one close by."""
    film, guest = Film(), people.english[8]
    film.shot(
        rng,
        (640, 360),
        55,
        [
            ("left", 0.6, False, lambda n: (20 + 3 * n, round(70 + 20 * np.sin(n / 8)))),
            ("right", 0.8, True, lambda n: (420 - 2 * n, round(40 + 12 * np.cos(n / 6)))),
        ],
        (("Guest:", "PERSON", guest.name), ("Phone:", "PHONE_NUMBER", guest.phone)),
    )
    film.shot(rng, (640, 360), 45, [("close", 1.2, False, lambda n: (150 + 3 * n, round(30 + 10 * np.sin(n / 5))))])
    return film


def rotated(rng: Random) -> Item:
    """Upright on display, stored on its side; the track header turns it by 90 degrees clockwise."""
    from PIL import Image

    film = Film()
    film.shot(rng, (360, 640), 50, [("one", 0.9, False, lambda n: (30 + 2 * n, 140 + 2 * n))])
    labels = film.labels()
    film.frames = [frame.transpose(Image.Transpose.ROTATE_90) for frame in film.frames]
    data = bytearray(encode(film, "mov"))
    matrix = (0, 1 << 16, 0, -(1 << 16), 0, 0, 360 << 16, 0, 1 << 30)
    at = data.index(b"tkhd") + _MATRIX
    data[at : at + 36] = b"".join(value.to_bytes(4, "big", signed=True) for value in matrix)
    return Item("video/rotated.mov", bytes(data), labels)


def lecture(rng: Random) -> Iterator[Item]:
    """Frames at uneven times, and a transcript beside it that tells what is said."""
    talk = sounds.clip("delivery_en")
    film, times, now = Film(), [], 0
    while now < 1000 * len(talk.samples) / sounds.RATE:
        times.append(now)
        now += rng.choice((40, 40, 80, 120, 200))
    film.shot(rng, (640, 360), len(times), [("speaker", 0.75, True, lambda n: (60 + 4 * n % 300, 50 + 3 * (n % 11)))])
    data = encode(film, "matroska", times=times, sound=talk.samples)
    yield Item("video/lecture.mkv", data, (*film.labels(), *talk.planted(SOUND)))
    yield talk.words().item("video/lecture.txt")


def encode(
    film: Film,
    container: str,
    *,
    times: list[int] | None = None,
    sound: sounds.Samples | None = None,
    quality: int = 24,
    **tags: str,
) -> bytes:
    """A file of the frames, 25 a second or at `times` in milliseconds; `quality` is the encoder's rate factor."""
    import av

    codec, tone = ("libvpx-vp9", "libopus") if container == "webm" else ("libx264", "aac")
    if container == "matroska":
        tone = "libopus"
    extra = {"cpu-used": "8", "deadline": "realtime", "b": "0"} if container == "webm" else {"preset": "veryfast"}
    out = io.BytesIO()
    with av.open(out, "w", format=container, options={"fflags": "+bitexact"}) as target:
        target.metadata.update(tags)
        stream: Any = target.add_stream(codec, rate=25, options={"crf": str(quality), "threads": "1", **extra})
        stream.width, stream.height = film.frames[0].size
        stream.pix_fmt = "yuv420p"
        base = Fraction(1, 1000) if times else Fraction(1, 25)
        stream.codec_context.time_base = base
        track = target.add_stream(tone, rate=48_000, layout="mono") if sound is not None else None
        for number, image in enumerate(film.frames):
            frame = av.VideoFrame.from_ndarray(np.asarray(image).astype(np.uint8), format="rgb24")
            frame.pts, frame.time_base = (times[number] if times else number), base
            for packet in stream.encode(frame):
                target.mux(packet)
        for packet in stream.encode(None):
            target.mux(packet)
        if track is not None and sound is not None:
            sounds.add_sound(target, track, sound)
    return out.getvalue()
