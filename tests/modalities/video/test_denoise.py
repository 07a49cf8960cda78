from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pytest
from tests.modalities.video.conftest import ground

from polyveil.modalities import video
from polyveil.modalities.interface import Context
from polyveil.modalities.video.denoise import Denoiser, Method
from polyveil.modalities.video.reader import Planes, Video, open_video
from polyveil.schema.limits import Limits
from polyveil.schema.modality import Modality
from polyveil.schema.part import Part

Plane = npt.NDArray[Any]
EDGE = 160  # column at which dark turns bright


def film(depth: int, *, moving: bool, sigma: float) -> tuple[list[Planes], list[Planes]]:
    """Clean and noisy planes of a smooth ground with a sharp edge in it."""
    rng = np.random.default_rng(5)
    wide = ground(320 + 8 * 4, 240)[:, :, 1].astype(np.float64) / 4
    clean, noisy = [], []
    for number in range(8):
        start = 4 * number if moving else 0
        luma = wide[:, start : start + 320].copy()
        luma[:, EDGE:] += 150
        whole = [luma, np.full((120, 160), 110.0), np.full((120, 160), 140.0)]
        top, dtype = 2**depth - 1, np.uint8 if depth == 8 else np.uint16
        deep = [plane * 2 ** (depth - 8) for plane in whole]
        rough = [plane + rng.normal(0, sigma * 2 ** (depth - 8), plane.shape) for plane in deep]
        y, u, v = (np.rint(plane).clip(0, top).astype(dtype) for plane in deep)
        clean.append((y, u, v))
        y, u, v = (np.rint(plane).clip(0, top).astype(dtype) for plane in rough)
        noisy.append((y, u, v))
    return clean, noisy


def cleaned(frames: list[Planes], depth: int, method: Method) -> tuple[list[Planes], Denoiser]:
    denoiser = Denoiser(cast("Video", SimpleNamespace(depth=depth)), method)
    return [denoiser.clean(frame) for frame in frames], denoiser


def psnr(a: Plane, b: Plane, depth: int) -> float:
    return float(10 * np.log10((2**depth - 1) ** 2 / np.mean((a.astype(np.float64) - b) ** 2)))


@pytest.mark.parametrize(
    ("method", "moving", "gain"),
    [("auto", False, 5.0), ("hqdn3d", False, 5.0), ("nlmeans", False, 8.0), ("nlmeans", True, 8.0)],
)
@pytest.mark.parametrize("depth", [8, 10])
def test_noise_falls_and_edges_stay(depth: int, method: Method, gain: float, *, moving: bool) -> None:
    clean, noisy = film(depth, moving=moving, sigma=10)
    after, denoiser = cleaned(noisy, depth, method)
    assert denoiser.active
    for got, rough, true in zip(after[-1], noisy[-1], clean[-1], strict=True):
        assert got.dtype == true.dtype
        assert psnr(got, true, depth) > psnr(rough, true, depth) + gain

    def step(plane: Plane) -> float:
        return float(plane[:, EDGE : EDGE + 2].mean() - plane[:, EDGE - 2 : EDGE].mean())

    assert step(after[-1][0]) > 0.97 * step(clean[-1][0])


def test_what_moves_leaves_no_trail() -> None:
    """Where a bright thing was one frame ago, there is nothing of it left."""
    rng = np.random.default_rng(7)
    flat = np.full((96, 96), 110, np.uint8)
    denoiser = Denoiser(cast("Video", SimpleNamespace(depth=8)), "hqdn3d")
    for number in range(5):
        luma = 60 + rng.normal(0, 8, (192, 192))
        luma[40:80, 40 * (number % 4) : 40 * (number % 4) + 40] += 150
        y, _, _ = denoiser.clean((luma.clip(0, 255).astype(np.uint8), flat, flat))
    assert abs(float(y[50:70, 130:150].mean()) - 60) < 3


@pytest.mark.parametrize(("method", "sigma"), [("off", 12.0), ("auto", 3.0), ("hqdn3d", 0.0), ("nlmeans", 0.0)])
def test_pixels_stay_where_nothing_is_to_be_done(method: Method, sigma: float) -> None:
    _, noisy = film(8, moving=False, sigma=sigma)
    after, denoiser = cleaned(noisy, 8, method)
    assert not denoiser.active
    assert all(got is given for got, given in zip(after, noisy, strict=True))


@pytest.mark.parametrize("depth", [8, 10])
def test_by_policy_in_a_whole_film(
    write: Callable[..., Path],
    faces_only: Context,
    with_video: Callable[..., Context],
    tmp_path: Path,
    *,
    depth: int,
) -> None:
    """The same findings whatever the policy says, and less noise in what is written."""
    rng = np.random.default_rng(3)
    clean = ground(320, 240)
    frames = [(clean + rng.normal(0, 14, clean.shape)).clip(0, 255).astype(np.uint8) for _ in range(6)]
    deep = {"pixel_format": "yuv420p10le", "codec": "libx265"} if depth == 10 else {}
    path = write(tmp_path / "noisy.mp4", frames, **deep)
    part = Part("video", Modality.VIDEO, "video/mp4", path)
    errors = {}
    for method in ("off", "hqdn3d", "nlmeans"):
        ctx = with_video(faces_only, denoise=method, quality=90)
        done = video.transform(part, video.inspect(part, ctx).findings, ctx)
        assert done.metrics["denoised"] == float(method != "off")
        with open_video(done.part.data, Limits()) as opened:
            assert opened.depth == depth
            last = [frame.rgb(9999) for frame in opened.frames()][-1]
        errors[method] = float(np.mean((last.astype(np.float64) - clean) ** 2))
    assert errors["nlmeans"] < 0.5 * errors["off"]
    assert errors["hqdn3d"] < 0.5 * errors["off"]
