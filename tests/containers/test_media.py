"""Films taken apart and joined: in step, complete, and without a word of metadata."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polyveil.containers import media
from polyveil.containers.interface import Joined, Piece, Split
from polyveil.containers.media.subtitles import Cue, read_srt, write_srt
from polyveil.errors import AssetError
from polyveil.identity import Identity
from polyveil.modalities import audio, video
from polyveil.modalities.interface import Context
from polyveil.policies import load
from polyveil.schema.finding import Finding
from polyveil.schema.limits import Limits
from polyveil.schema.locations import Interval
from polyveil.schema.modality import Modality
from polyveil.schema.outcome import QuarantineCode
from polyveil.schema.part import Hints, Part
from polyveil.schema.policy import Operator

RATE = 48_000
FLASH_S, LENGTH_S = 0.6, 1.2


@pytest.fixture
def ctx(tmp_path: Path) -> Context:
    work = tmp_path / "work"
    work.mkdir(mode=0o700)
    return Context(load("default"), Identity(b"m" * 32), work)


def film(
    path: Path,
    *,
    codecs: tuple[str, str] = ("libx264", "aac"),
    sounds: int = 1,
    layout: str = "mono",
    delay_s: float = 0.0,
    reordered: bool = False,
    pictures: bool = True,
) -> Path:
    """A white flash and a beep at `FLASH_S`; the sound tracks begin `delay_s` late."""
    import av

    with av.open(str(path), "w") as target:
        target.metadata.update({"title": "Zebulon Quick", "location": "+31.2304+121.4737/"})
        picture: Any = None
        if pictures:
            frames = {"bf": "2"} if reordered else {"tune": "zerolatency"}
            extra = {"preset": "ultrafast", **frames} if codecs[0] == "libx264" else {"deadline": "realtime"}
            picture = target.add_stream(codecs[0], rate=25, options=extra)
            picture.width, picture.height, picture.pix_fmt = 128, 96, "yuv420p"
            picture.metadata["title"] = "Zebulon Quick"
        tracks: list[Any] = [target.add_stream(codecs[1], rate=RATE, layout=layout) for _ in range(sounds)]
        if pictures:
            for number in range(round(LENGTH_S * 25)):
                bright = 235 if FLASH_S <= number / 25 < FLASH_S + 0.2 else 20
                frame = av.VideoFrame.from_ndarray(np.full((96, 128, 3), bright, np.uint8), format="rgb24")
                frame.pts, frame.time_base = number, Fraction(1, 25)
                target.mux(picture.encode(frame))
            target.mux(picture.encode(None))
        count = round((LENGTH_S - delay_s) * RATE)
        when = np.arange(count) / RATE + delay_s
        wave = np.where((when >= FLASH_S) & (when < FLASH_S + 0.2), np.sin(2 * np.pi * 1000 * when), 0) * 12_000
        for track in tracks:
            channels = av.AudioLayout(layout).nb_channels
            samples = np.repeat(wave.astype(np.int16)[:, None], channels, axis=1).reshape(1, -1)
            for start in range(0, count, 960):
                block = np.ascontiguousarray(samples[:, start * channels : (start + 960) * channels])
                sound = av.AudioFrame.from_ndarray(block, format="s16", layout=layout)
                sound.sample_rate, sound.time_base = RATE, Fraction(1, RATE)
                sound.pts = start + round(delay_s * RATE)
                target.mux(track.encode(sound))
            target.mux(track.encode(None))
    return path


def processed(split: Split, ctx: Context) -> Iterator[tuple[str, Piece]]:
    """The members as their rooms would hand them on, unmasked."""
    for member in split.members:
        if member.modality is Modality.VIDEO:
            part = video.transform(Part(member.key, Modality.VIDEO, member.media_type, member.data), [], ctx).part
            yield member.key, Piece(part.data, part.media_type, ".mp4")
        else:
            yield member.key, Piece(member.data, member.media_type, "")


def flash_and_beeps(data: bytes) -> tuple[float, list[float], int]:
    """Seconds of the first bright frame and of the first loud sample of each track; number of frames."""
    import io

    import av

    with av.open(io.BytesIO(data), "r") as source:
        levels = [(frame.time, frame.to_ndarray(format="gray").mean()) for frame in source.decode(video=0)]
        tracks = len(source.streams.audio)
    beeps = []
    for index in range(tracks):
        with av.open(io.BytesIO(data)) as source:
            beeps.append(_first_loud(source, index))
    flash = next(float(time) for time, level in levels if time is not None and level > 120)
    return flash, beeps, len(levels)


def _first_loud(source: Any, index: int) -> float:
    import av

    resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
    for frame in source.decode(audio=index):
        for piece in resampler.resample(frame):
            samples: npt.NDArray[np.float32] = np.abs(piece.to_ndarray()[0])
            if samples.max() > 0.1:
                return float(piece.time or 0.0) + float(np.argmax(samples > 0.1)) / RATE
    return -1.0


def content(joined: Joined) -> bytes:
    return joined.data if isinstance(joined.data, bytes) else joined.data.read_bytes()


@pytest.mark.parametrize(
    ("name", "codecs", "options"),
    [
        ("a.mp4", ("libx264", "aac"), {}),
        ("a.mov", ("libx264", "pcm_s16le"), {"reordered": True}),
        ("a.mkv", ("libx264", "libopus"), {"reordered": True}),
        ("a.webm", ("libvpx-vp9", "libopus"), {}),
        ("a.mp4", ("libx264", "aac"), {"delay_s": 0.3}),
        ("a.mkv", ("libx264", "flac"), {"delay_s": 0.3, "sounds": 3}),
        ("a.mp4", ("libx264", "aac"), {"layout": "stereo"}),
        ("a.mkv", ("libx264", "flac"), {"layout": "5.1"}),
    ],
)
def test_sound_and_pictures_stay_in_step(
    tmp_path: Path, ctx: Context, name: str, codecs: tuple[str, str], options: dict[str, Any]
) -> None:
    source = film(tmp_path / name, codecs=codecs, **options)
    split = media.split(source, Hints(), ctx)
    tracks = options.get("sounds", 1)
    assert [member.key for member in split.members] == ["video", *(f"audio/{n}" for n in range(tracks))]
    joined = media.join(split.skeleton, dict(processed(split, ctx)), ctx)
    was, now = flash_and_beeps(source.read_bytes()), flash_and_beeps(content(joined))
    assert now[2] == was[2]
    assert len(now[1]) == tracks
    for before, after in zip(was[1], now[1], strict=True):
        assert after - now[0] == pytest.approx(before - was[0], abs=0.02)
    assert joined.suffix == ".mp4"


def test_nothing_but_pictures_and_sound_is_left(tmp_path: Path, ctx: Context) -> None:
    source = film(tmp_path / "a.mp4")
    assert b"Zebulon" in source.read_bytes()
    split = media.split(source, Hints(), ctx)
    for member in split.members:
        assert isinstance(member.data, bytes)
        assert b"Zebulon" not in member.data
    assert "Zebulon" not in repr(split.skeleton)
    joined = content(media.join(split.skeleton, dict(processed(split, ctx)), ctx))
    for trace in (b"Zebulon", b"31.2304", b"Lavf"):
        assert trace not in joined


@pytest.mark.parametrize(("suffix", "container"), [("mkv", "mp4"), ("mkv", "mkv"), ("mp4", "mkv")])
def test_subtitles_become_text_and_subtitles_again(tmp_path: Path, ctx: Context, suffix: str, container: str) -> None:
    road = ctx.policy.roads.video.model_copy(update={"container": container})
    roads = ctx.policy.roads.model_copy(update={"video": road})
    ctx = replace(ctx, policy=ctx.policy.model_copy(update={"roads": roads}))
    plain = media.split(film(tmp_path / "a.mp4"), Hints(), ctx)
    cues = [Cue(0.2, 0.5, "Call Wilhelmina"), Cue(0.6, 1.1, "第二行\nand a third")]
    pieces = {
        **dict(processed(plain, ctx)),
        "subtitle/0": Piece(write_srt(cues).encode(), "application/x-subrip", ".srt"),
    }
    first = replace(
        ctx,
        policy=ctx.policy.model_copy(
            update={"roads": roads.model_copy(update={"video": road.model_copy(update={"container": suffix})})}
        ),
    )
    subtitled = media.split(content(media.join(plain.skeleton, pieces, first)), Hints(), ctx)
    again = media.split(content(media.join(subtitled.skeleton, dict(processed(subtitled, ctx)), ctx)), Hints(), ctx)
    for split in (subtitled, again):
        texts = {member.key: member for member in split.members}
        assert texts["subtitle/0"].modality is Modality.TEXT
        data = texts["subtitle/0"].data
        assert isinstance(data, bytes)
        assert [(cue.start, cue.text) for cue in read_srt(data.decode())] == [(cue.start, cue.text) for cue in cues]
        assert texts["audio/0"].hints.transcript == data.decode()


def cameras(path: Path, counts: tuple[int, ...], starts: tuple[float, ...], cover: bool = False) -> Path:
    """A film of several cameras: stream i is of brightness 60 * (i + 1), and 32 pixels wider than the one before."""
    import av

    with av.open(str(path), "w") as target:
        streams = []
        for index in range(len(counts)):
            stream: Any = target.add_stream("libx264", rate=25, options={"preset": "ultrafast", "tune": "zerolatency"})
            stream.width, stream.height, stream.pix_fmt = 96 + 32 * index, 64, "yuv420p"
            stream.metadata["title"] = "Zebulon Quick"
            streams.append(stream)
        if cover:
            target.add_attachment("cover.png", "image/png", b"\x89PNG\r\n\x1a\nZebulon")
        flows = []
        for index, stream in enumerate(streams):
            for number in range(counts[index]):
                level = np.full((64, 96 + 32 * index, 3), 60 * (index + 1), np.uint8)
                frame = av.VideoFrame.from_ndarray(level, format="rgb24")
                frame.pts, frame.time_base = number + round(starts[index] * 25), Fraction(1, 25)
                flows += stream.encode(frame)
            flows += stream.encode(None)
        for packet in sorted(flows, key=lambda one: one.dts * one.time_base):
            target.mux(packet)
    return path


def seen(data: bytes) -> list[tuple[int, float, list[int]]]:
    """Of each stream of pictures: width, seconds of its first frame, and brightness of the frames."""
    import io

    import av

    found = []
    with av.open(io.BytesIO(data), "r") as source:
        number = len(source.streams.video)
    for index in range(number):
        with av.open(io.BytesIO(data), "r") as source:
            frames = list(source.decode(video=index))
            levels = [round(float(frame.to_ndarray(format="gray").mean()) / 60) for frame in frames]
            found.append((frames[0].width, float(frames[0].time or 0.0), levels))
    return found


@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
def test_further_streams_of_pictures_come_back(tmp_path: Path, ctx: Context, suffix: str) -> None:
    counts, starts = (12, 9, 5), (0.0, 0.0, 0.2)
    source = cameras(tmp_path / f"a.{suffix}", counts, starts, cover=suffix == "mkv")
    split = media.split(source, Hints(), ctx)
    assert [(member.key, member.modality) for member in split.members] == [
        (key, Modality.VIDEO) for key in ("video", "video/1", "video/2")
    ]
    left_out: Any = split.skeleton["left_out"]
    assert left_out["streams"] == (1 if suffix == "mkv" else 0)  # the cover
    joined = content(media.join(split.skeleton, dict(processed(split, ctx)), ctx))
    assert [(width, levels) for width, _, levels in seen(joined)] == [
        (96 + 32 * index, [index + 1] * count) for index, count in enumerate(counts)
    ]
    assert [second for _, second, _ in seen(joined)] == pytest.approx(list(starts), abs=0.002)
    assert b"Zebulon" not in joined


@pytest.mark.parametrize("missing", ["video", "video/1"])
def test_a_camera_that_may_not_be_seen_is_left_out(tmp_path: Path, ctx: Context, missing: str) -> None:
    split = media.split(cameras(tmp_path / "a.mp4", (6, 4), (0.0, 0.0)), Hints(), ctx)
    pieces = dict(processed(split, ctx))
    del pieces[missing]
    (rest,) = seen(content(media.join(split.skeleton, pieces, ctx)))
    assert rest[2] == ([2] * 4 if missing == "video" else [1] * 6)


def test_a_map_of_distances_is_no_camera(tmp_path: Path, ctx: Context) -> None:
    """A track that only serves another one has another handler (ISO/IEC 14496-12, 12.1.1)."""
    data = bytearray(cameras(tmp_path / "a.mp4", (6, 4), (0.0, 0.0)).read_bytes())
    at = data.index(b"vide", data.index(b"hdlr", data.index(b"trak", data.index(b"trak") + 4)))
    data[at : at + 4] = b"auxv"
    split = media.split(bytes(data), Hints(), ctx)
    assert [member.key for member in split.members] == ["video"]


def test_a_film_without_a_grant_for_sound_is_silent(tmp_path: Path, ctx: Context) -> None:
    split = media.split(film(tmp_path / "a.mp4"), Hints(), ctx)
    pieces = dict(processed(split, ctx))
    del pieces["audio/0"]
    assert flash_and_beeps(content(media.join(split.skeleton, pieces, ctx)))[1] == []


def test_sound_alone_comes_out_as_sound(tmp_path: Path, ctx: Context) -> None:
    split = media.split(film(tmp_path / "a.mp4", pictures=False), Hints(), ctx)
    assert [member.key for member in split.members] == ["audio/0"]
    joined = media.join(split.skeleton, dict(processed(split, ctx)), ctx)
    assert joined.media_type == "audio/flac"


@pytest.mark.parametrize(
    ("name", "codec", "layout", "channels"),
    [
        ("a.mp4", "aac", "5.1", 6),
        ("a.mkv", "flac", "5.1", 6),
        ("a.mkv", "ac3", "5.1(side)", 6),
        ("a.mkv", "flac", "6.1", 7),
        ("a.mov", "pcm_s16le", "7.1", 8),
        ("a.mkv", "pcm_s16le", "hexadecagonal", 2),  # mixed down
    ],
)
def test_sound_of_many_channels(  # noqa: PLR0917 - a row of the table
    tmp_path: Path, ctx: Context, name: str, codec: str, layout: str, channels: int
) -> None:
    """All channels come back, a masked stretch is bleeped in each of them, and the beep of the film stays in step."""
    source = film(tmp_path / name, codecs=("libx264", codec), layout=layout)
    split = media.split(source, Hints(), ctx)
    tracks: Any = split.skeleton["audio"]
    assert tracks[0]["downmixed"] is (channels == 2)
    pieces = dict(processed(split, ctx))
    (member,) = [one for one in split.members if one.key == "audio/0"]
    rule = ctx.policy.entities["PERSON"].model_copy(
        update={"audio": Operator.model_validate({"op": "bleep", "level": -40.0})}
    )
    policy = ctx.policy.model_copy(update={"entities": {"PERSON": rule}})
    part = Part(member.key, Modality.AUDIO, member.media_type, member.data, member.hints)
    found = [Finding("PERSON", Interval(0.1, 0.4), 1.0, "by hand")]
    done = audio.transform(part, found, replace(ctx, policy=policy)).part
    joined = content(media.join(split.skeleton, {**pieces, member.key: Piece(done.data, done.media_type, "")}, ctx))
    levels = loudness(joined, 0.15, 0.35)
    assert len(levels) == channels
    assert levels == pytest.approx([10 ** (-40 / 20) / 2**0.5] * channels, rel=0.15)
    was, now = flash_and_beeps(source.read_bytes()), flash_and_beeps(joined)
    assert now[1][0] - now[0] == pytest.approx(was[1][0] - was[0], abs=0.02)


@pytest.mark.parametrize("pictures", [True, False])
def test_a_track_that_nobody_decodes_is_left_out(tmp_path: Path, ctx: Context, pictures: bool) -> None:
    """Some telephones write spatial sound in a codec of their own beside a plain track."""
    data = bytearray(film(tmp_path / "a.mp4", sounds=2, pictures=pictures).read_bytes())
    for kind, other in ((b"mp4a", b"apac"), (b"esds", b"free")):
        at = data.rindex(kind)
        data[at : at + 4] = other
    split = media.split(bytes(data), Hints(), ctx)
    assert [member.key for member in split.members] == [*(["video"] if pictures else []), "audio/0"]
    left_out: Any = split.skeleton["left_out"]
    assert left_out["unreadable_sound"] == 1
    joined = content(media.join(split.skeleton, dict(processed(split, ctx)), ctx))
    assert b"apac" not in joined


def test_sound_that_nobody_decodes_is_refused(tmp_path: Path, ctx: Context) -> None:
    data = film(tmp_path / "a.mp4", pictures=False).read_bytes()
    with pytest.raises(AssetError) as caught:
        media.split(data.replace(b"mp4a", b"apac").replace(b"esds", b"free"), Hints(), ctx)
    assert caught.value.code is QuarantineCode.CORRUPT


def loudness(data: bytes, start_s: float, end_s: float) -> list[float]:
    """Root mean square of each channel of the first sound track, full scale at 1."""
    import io

    import av

    with av.open(io.BytesIO(data), "r") as source:
        context = source.streams.audio[0].codec_context
        resampler = av.AudioResampler(format="flt", layout=context.layout, rate=RATE)
        blocks = [
            piece.to_ndarray().reshape(-1, context.channels)
            for frame in source.decode(audio=0)
            for piece in resampler.resample(frame)
        ]
    samples = np.concatenate(blocks)[round(start_s * RATE) : round(end_s * RATE)]
    return [float(one) for one in np.sqrt(np.mean(np.square(samples), axis=0))]


@pytest.mark.parametrize("share", [0.0, 0.2, 0.7])
def test_truncated_films_are_refused(tmp_path: Path, ctx: Context, share: float) -> None:
    data = film(tmp_path / "a.mp4").read_bytes()
    with pytest.raises(AssetError) as caught:
        media.split(data[: int(len(data) * share)], Hints(), ctx)
    assert caught.value.code is QuarantineCode.CORRUPT


def test_playlists_are_not_followed(tmp_path: Path, ctx: Context) -> None:
    film(tmp_path / "a.mp4")
    playlist = f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:1.2,\n{tmp_path / 'a.mp4'}\n#EXT-X-ENDLIST\n"
    with pytest.raises(AssetError):
        media.split(playlist.encode(), Hints(), ctx)


def test_too_long_is_refused(tmp_path: Path, ctx: Context) -> None:
    with pytest.raises(AssetError) as caught:
        media.split(film(tmp_path / "a.mp4"), Hints(), replace(ctx, limits=Limits(max_duration_s=0.5)))
    assert caught.value.code is QuarantineCode.TOO_LARGE


def test_large_members_are_files_in_the_workdir(tmp_path: Path, ctx: Context) -> None:
    split = media.split(film(tmp_path / "a.mp4"), Hints(), replace(ctx, limits=Limits(max_memory_bytes=64)))
    assert {member.data.parent for member in split.members if isinstance(member.data, Path)} == {ctx.workdir}
    assert len(split.members) == 2


@given(
    st.lists(
        st.builds(
            lambda start, length, text: Cue(start / 1000, (start + length) / 1000, text),
            st.integers(0, 360_000_000 - 1),
            st.integers(1, 100_000),
            st.from_regex(r"[^\s\n\r][^\n\r]{0,30}", fullmatch=True).filter(
                lambda one: "-->" not in one and one == one.strip()
            ),
        ),
        max_size=8,
    )
)
def test_subrip_round_trip(cues: list[Cue]) -> None:
    again = read_srt(write_srt(cues))
    assert [cue.text for cue in again] == [cue.text for cue in cues]
    assert [cue.start for cue in again] == pytest.approx([cue.start for cue in cues], abs=0.0011)
