"""Zones of the policy in videos."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from polyveil.modalities import video
from polyveil.modalities.interface import Context
from polyveil.modalities.video.reader import open_video
from polyveil.schema.limits import Limits
from polyveil.schema.modality import Modality
from polyveil.schema.part import Part
from polyveil.schema.policy import Zone


def test_a_video_is_masked_in_its_zone(
    tmp_path: Path, write: Callable[..., Path], faces_only: Context, with_video: Callable[..., Context]
) -> None:
    path = write(tmp_path / "in.mkv", [np.full((96, 128, 3), 180, np.uint8)] * 5)
    ctx = with_video(faces_only, zones=(Zone(x=0.5, y=0, w=0.5, h=0.5),))
    part = Part("video", Modality.VIDEO, "video/x-matroska", path)
    done = video.transform(part, video.inspect(part, ctx).findings, ctx)
    with open_video(done.part.data, Limits()) as opened:
        lumas = [np.array(frame.luma()) for frame in opened.frames()]
    assert len(lumas) == 5
    for luma in lumas:
        assert luma[4:44, 70:124].max() < 40
        assert luma[60:].min() > 140
