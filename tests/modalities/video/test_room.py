"""The video room on clips with a known face."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from polyveil.errors import AssetError
from polyveil.inference import session
from polyveil.modalities import video
from polyveil.modalities.interface import Context, Frames
from polyveil.modalities.video import reader, room
from polyveil.modalities.video.fingerprint import shared
from polyveil.modalities.video.reader import open_container, open_video
from polyveil.schema.finding import Finding
from polyveil.schema.limits import Limits
from polyveil.schema.locations import Track
from polyveil.schema.modality import Modality
from polyveil.schema.outcome import QuarantineCode
from polyveil.schema.part import Part

Grey = npt.NDArray[np.uint8]


def part_of(path: Path) -> Part:
    return Part("video", Modality.VIDEO, "video/mp4", path)


def boxes_by_frame(findings: Sequence[Finding]) -> dict[int, list[tuple[int, int, int, int]]]:
    found: dict[int, list[tuple[int, int, int, int]]] = {}
    for finding in findings:
        assert isinstance(finding.location, Track)
        for frame, *box in finding.location.boxes:
            found.setdefault(frame, []).append((box[0], box[1], box[2], box[3]))
    return found


def covered(box: tuple[int, int, int, int], masks: Sequence[tuple[int, int, int, int]]) -> float:
    x, y, w, h = box
    area = np.zeros((h, w), bool)
    for left, top, wide, tall in masks:
        area[max(0, top - y) : max(0, top + tall - y), max(0, left - x) : max(0, left + wide - x)] = True
    return float(area.mean())


def times_of(part: Part) -> list[float]:
    with open_video(part.data, Limits()) as opened:
        return [frame.time_s for frame in opened.frames()]


@pytest.mark.parametrize(("pan", "speed"), [(0, 4), (3, 0), (5, 3)], ids=["face moves", "camera moves", "both"])
def test_no_frame_of_a_moving_face_is_free(
    moving: Callable[..., Any], faces_only: Context, pan: int, speed: int
) -> None:
    clip = moving(24, pan=pan, speed=speed)
    result = video.inspect(clip.part, faces_only)
    found = boxes_by_frame(result.findings)
    shares = [covered(box, found.get(number, [])) for number, box in enumerate(clip.boxes)]
    assert min(shares) >= 0.9
    assert result.metrics["frames"] == 24
    assert float(result.metrics["looks"]) <= 10  # every third frame and the last, not all 24


def test_tracks_end_at_cuts(moving: Callable[..., Any], faces_only: Context) -> None:
    clip = moving(24, cut=14)
    result = video.inspect(clip.part, faces_only)
    assert result.metrics["scenes"] == 2
    frames = set(boxes_by_frame(result.findings))
    assert frames == set(range(14))


@pytest.mark.parametrize(("codec", "container"), [("av1", "mp4"), ("h264", "mkv"), ("h265", "mp4"), ("vp9", "webm")])
def test_masked_in_every_codec(
    moving: Callable[..., Any],
    faces_only: Context,
    with_video: Callable[..., Context],
    codec: str,
    container: str,
) -> None:
    clip = moving(8)
    ctx = with_video(faces_only, codec=codec, container=container, scale=1.0, shape="box", quality=80)
    boxes = tuple((number, *box) for number, box in enumerate(clip.boxes))
    done = video.transform(clip.part, [Finding("FACE", Track(boxes), 1.0, "test")], ctx)
    assert times_of(done.part) == pytest.approx(times_of(clip.part), abs=0.002)
    with open_video(done.part.data, Limits()) as opened:
        for frame in opened.frames():
            rgb = frame.rgb(9999).astype(int)
            x, y, w, h = clip.boxes[frame.index]
            assert rgb[y + 4 : y + h - 4, x + 4 : x + w - 4].mean() < 12
            away = rgb[200:236, 4:300] - clip.frames[frame.index][200:236, 4:300]
            assert np.abs(away).mean() < 12


@pytest.mark.parametrize("operator", ["mosaic", "blur", "inpaint", "neutral_face"])
def test_operators_in_ten_bits(
    write: Callable[..., Path], moving: Callable[..., Any], faces_only: Context, tmp_path: Path, operator: str
) -> None:
    """The region has lost its detail and no pixel is beyond what the picture held, but for the operator's noise."""
    clip = moving(2)
    path = write(tmp_path / "deep.mp4", clip.frames, pixel_format="yuv420p10le", codec="libx265")
    rule = faces_only.policy.entities["FACE"]
    changed = rule.model_validate({**rule.model_dump(), "video": operator})
    ctx = replace(faces_only, policy=faces_only.policy.model_copy(update={"entities": {"FACE": changed}}))
    boxes = tuple((number, *box) for number, box in enumerate(clip.boxes))
    done = video.transform(part_of(path), [Finding("FACE", Track(boxes), 1.0, "test")], ctx)
    with open_video(done.part.data, Limits()) as opened:
        first = next(opened.frames())
        x, y, w, h = clip.boxes[0]
        luma = first.luma()[y : y + h, x : x + w]
        assert opened.depth == 10
    before = clip.frames[0][y : y + h, x : x + w].mean(axis=2)
    assert np.abs(np.corrcoef(luma.ravel(), before.ravel())[0, 1]) < 0.9
    assert 60 < luma.mean() < 900


@pytest.mark.parametrize("operator", ["mosaic", "blur", "inpaint"])
def test_operators_of_pictures_leave_no_detail(moving: Callable[..., Any], faces_only: Context, operator: str) -> None:
    clip = moving(3)
    rule = faces_only.policy.entities["FACE"]
    changed = rule.model_validate({**rule.model_dump(), "video": operator})
    ctx = replace(faces_only, policy=faces_only.policy.model_copy(update={"entities": {"FACE": changed}}))
    boxes = tuple((number, *box) for number, box in enumerate(clip.boxes))
    done = video.transform(clip.part, [Finding("FACE", Track(boxes), 1.0, "test")], ctx)
    left = []
    with open_video(done.part.data, Limits()) as opened:
        for frame in opened.frames():
            x, y, w, h = clip.boxes[frame.index]
            before = clip.frames[frame.index][y : y + h, x : x + w].mean(axis=2)
            after = frame.rgb(9999)[y : y + h, x : x + w].mean(axis=2)
            fine = [np.abs(np.diff(one, axis=1)).mean() for one in (before, after)]
            left.append(fine[1] / fine[0])
    assert np.mean(left) < 0.7  # the mosaic's own noise varies from frame to frame
    assert done.applied[0].operator == operator


def test_variable_frame_times_are_kept(
    write: Callable[..., Path], moving: Callable[..., Any], faces_only: Context, tmp_path: Path
) -> None:
    times = [0, 40, 80, 200, 240, 520, 560, 1000]
    path = write(tmp_path / "vfr.mkv", moving(8).frames, times=times)
    done = video.transform(part_of(path), [], faces_only)
    assert times_of(done.part) == pytest.approx([one / 1000 for one in times], abs=0.001)


def test_rotation_is_applied(
    write: Callable[..., Path],
    turn: Callable[[Path, int], None],
    moving: Callable[..., Any],
    faces_only: Context,
    tmp_path: Path,
) -> None:
    clip = moving(6)
    path = write(tmp_path / "turned.mp4", [np.rot90(frame) for frame in clip.frames])
    turn(path, 240)
    result = video.inspect(part_of(path), faces_only)
    assert (result.metrics["width"], result.metrics["height"]) == (320, 240)
    found = boxes_by_frame(result.findings)
    assert min(covered(box, found.get(number, [])) for number, box in enumerate(clip.boxes)) >= 0.9
    done = video.transform(part_of(path), result.findings, faces_only)
    with open_video(done.part.data, Limits()) as opened:
        assert (opened.width, opened.height, opened.turned.swaps) == (320, 240, False)
        last = list(opened.frames())[-1].rgb(9999).astype(int)
    assert np.abs(last[:30] - clip.frames[-1][:30]).mean() < 12


@pytest.mark.parametrize("codec", ["av1", "h264", "vp9"])
def test_odd_sizes_are_kept(
    write: Callable[..., Path], faces_only: Context, with_video: Callable[..., Context], tmp_path: Path, codec: str
) -> None:
    rng = np.random.default_rng(3)
    frames = [np.full((135, 241, 3), rng.integers(30, 220, 3), np.uint8) for _ in range(4)]
    path = write(tmp_path / "odd.mkv", frames, pixel_format="yuv444p")
    done = video.transform(part_of(path), [], with_video(faces_only, codec=codec))
    with open_video(done.part.data, Limits()) as opened:
        assert (opened.width, opened.height) == (241, 135)
        assert [frame.rgb(9999).shape for frame in opened.frames()] == [(135, 241, 3)] * 4


def test_ten_bits_are_kept(
    write: Callable[..., Path], moving: Callable[..., Any], faces_only: Context, tmp_path: Path
) -> None:
    clip = moving(4)
    path = write(tmp_path / "deep.mp4", clip.frames, pixel_format="yuv420p10le", codec="libx265")
    box = clip.boxes[0]
    done = video.transform(part_of(path), [Finding("FACE", Track(((0, *box),)), 1.0, "test")], faces_only)
    with open_video(done.part.data, Limits()) as opened:
        assert opened.depth == 10
        first = next(opened.frames()).rgb(9999)
    x, y, w, h = box
    assert first[y + 20 : y + h - 20, x + 20 : x + w - 20].mean() < 12


def test_no_metadata_is_left(
    write: Callable[..., Path], moving: Callable[..., Any], faces_only: Context, tmp_path: Path
) -> None:
    path = write(tmp_path / "tagged.mp4", moving(3).frames, title="Zebulon Quick", comment="at home")
    done = video.transform(part_of(path), [], faces_only).part.read()
    assert b"Zebulon" in path.read_bytes()
    assert b"Zebulon" not in done
    assert b"Lavf" not in done


@pytest.mark.parametrize("share", [0.0, 0.3, 0.6])
def test_truncated_files_are_refused(moving: Callable[..., Any], faces_only: Context, share: float) -> None:
    whole = moving(24).part.read()
    part = Part("video", Modality.VIDEO, "video/mp4", whole[: int(len(whole) * share)])
    with pytest.raises(AssetError) as caught:
        video.inspect(part, faces_only)
    assert caught.value.code is QuarantineCode.CORRUPT


def test_damage_in_the_middle_never_shows_more(moving: Callable[..., Any], faces_only: Context) -> None:
    """Either refused, or every frame that is left is as well masked as an undamaged one."""
    whole = bytearray(moving(24).part.read())
    middle = len(whole) // 2
    whole[middle : middle + 400] = bytes(400)
    part = Part("video", Modality.VIDEO, "video/mp4", bytes(whole))
    try:
        result = video.inspect(part, faces_only)
        done = video.transform(part, result.findings, faces_only)
    except AssetError as error:
        code = error.code
    else:
        again = video.inspect(done.part, faces_only)
        assert not [one for one in again.findings if one.score > 0.5]
        code = QuarantineCode.CORRUPT
    assert code is QuarantineCode.CORRUPT


def test_too_long_is_refused(moving: Callable[..., Any], faces_only: Context) -> None:
    ctx = replace(faces_only, limits=Limits(max_duration_s=0.2))
    with pytest.raises(AssetError) as caught:
        video.inspect(moving(24).part, ctx)
    assert caught.value.code is QuarantineCode.TOO_LARGE


def test_large_results_stay_in_the_workdir(moving: Callable[..., Any], faces_only: Context) -> None:
    done = video.transform(moving(3).part, [], replace(faces_only, limits=Limits(max_memory_bytes=100)))
    assert isinstance(done.part.data, Path)
    assert done.part.data.parent == faces_only.workdir


def test_duplicates(
    write: Callable[..., Path], moving: Callable[..., Any], faces_only: Context, tmp_path: Path
) -> None:
    none = replace(faces_only, policy=faces_only.policy.model_copy(update={"entities": {}}))
    frames = moving(60, pan=2, cut=40).frames
    whole, copy, cut, mirrored, other = (
        video.inspect(part_of(write(tmp_path / f"{name}.mp4", pictures, **tags)), none).fingerprint
        for name, pictures, tags in (
            ("whole", frames, {}),
            ("copy", frames, {"title": "another"}),
            ("cut", [picture[::2, ::2] for picture in frames[:52]], {}),
            ("mirrored", [picture[::2, ::-2] for picture in frames[25:]], {}),
            ("other", [np.rot90(picture)[::-1].copy() for picture in frames], {}),
        )
    )
    assert whole.exact == copy.exact
    assert whole.exact != cut.exact
    assert video.similar(whole, cut)
    assert set(whole.bands) & set(cut.bands)
    assert video.similar(whole, mirrored)
    assert video.similar(mirrored, cut)
    assert set(whole.bands) & set(mirrored.bands)
    assert not video.similar(whole, other)
    found = shared(whole.near, mirrored.near)
    assert found is not None
    assert found.mirrored
    earlier = whole.near[: len(whole.near) // 2]  # as vaults of earlier versions hold it
    assert shared(earlier, cut.near)
    assert shared(earlier, mirrored.near)


def test_progress_reaches_one(moving: Callable[..., Any], faces_only: Context) -> None:
    seen: list[float] = []
    frames: list[Frames | None] = []

    def tell(fraction: float, done: Frames | None = None, /) -> None:
        seen.append(fraction)
        frames.append(done)

    video.transform(moving(30).part, [], replace(faces_only, progress=tell))
    assert frames == [Frames("mask", 25, 30), Frames("mask", 30, 30)]
    assert seen == sorted(seen)
    assert seen[-1] == 1.0
    assert Fraction(len(seen)) >= 2


@pytest.mark.parametrize("count", [1, 2])
def test_the_shortest_films_decode_when_they_are_shown(
    moving: Callable[..., Any], faces_only: Context, with_video: Callable[..., Context], count: int
) -> None:
    """x265 tells decoding times from nowhere, other ones each time, of films that are shorter than its delay."""
    ctx = with_video(faces_only, codec="h265", container="mp4")
    for _ in range(4):
        done = video.transform(moving(count).part, [], ctx)
        with open_container(done.part.data) as container:
            packets = [packet for packet in container.demux(video=0) if packet.size]
        assert [packet.dts for packet in packets] == [packet.pts for packet in packets]
        assert len(packets) == count


@pytest.mark.parametrize("codec", ["av1", "h264", "h265", "vp9"])
def test_ten_bits_in_every_codec(
    write: Callable[..., Path],
    moving: Callable[..., Any],
    faces_only: Context,
    with_video: Callable[..., Context],
    tmp_path: Path,
    *,
    codec: str,
) -> None:
    path = write(tmp_path / "deep.mp4", moving(3).frames, pixel_format="yuv420p10le", codec="libx265")
    done = video.transform(part_of(path), [], with_video(faces_only, codec=codec, container="mkv"))
    with open_video(done.part.data, Limits()) as opened:
        assert opened.depth == 10
        assert len(list(opened.frames())) == 3


def test_without_a_graphics_processor_the_processor_encodes(
    moving: Callable[..., Any], faces_only: Context, with_video: Callable[..., Context]
) -> None:
    clip = moving(3)
    done = video.transform(clip.part, [], with_video(faces_only, codec="h264", hardware=True))
    assert times_of(done.part) == pytest.approx(times_of(clip.part), abs=0.002)


def test_models_are_forgotten_after_a_long_film_of_large_frames(
    monkeypatch: pytest.MonkeyPatch, write: Callable[..., Path], faces_only: Context, tmp_path: Path
) -> None:
    """A short one keeps them, since to load them again takes two seconds."""
    frames = [np.full((128, 160, 3), 90 + number, np.uint8) for number in range(8)]
    part = part_of(write(tmp_path / "film.mp4", frames))
    monkeypatch.setattr(reader, "LARGE", 0)
    video.inspect(part, faces_only)
    assert session.load.cache_info().currsize
    monkeypatch.setattr(room, "LEAST", 8)
    video.inspect(part, faces_only)
    assert not session.load.cache_info().currsize
