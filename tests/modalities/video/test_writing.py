"""Personal text in frames: found at key frames and held until the next."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from polyveil.identity import Identity
from polyveil.modalities import video
from polyveil.modalities.interface import Context
from polyveil.modalities.video.detectors import writing
from polyveil.modalities.video.reader import Frame
from polyveil.policies import load
from polyveil.schema.locations import Track
from polyveil.schema.modality import Modality
from polyveil.schema.part import Part


def test_a_caption_is_masked_for_as_long_as_it_may_stand(write: Callable[..., Path], tmp_path: Path) -> None:
    import cv2

    policy = load("default")
    policy = policy.model_copy(update={"entities": {"EMAIL_ADDRESS": policy.entities["EMAIL_ADDRESS"]}})
    ctx = Context(policy, Identity(b"w" * 32), tmp_path)
    frames: list[Any] = []
    for number in range(40):
        frame = np.full((240, 480, 3), 225, np.uint8)
        frame[150:, :: 1 + number % 2 * 39] -= 4
        if number >= 8:
            cv2.putText(frame, "jane.roe@example.com", (40, 90), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (10, 10, 10), 2)
        frames.append(frame)
    part = Part("video", Modality.VIDEO, "video/mp4", write(tmp_path / "caption.mp4", frames))
    findings = [one for one in video.inspect(part, ctx).findings if one.entity == "EMAIL_ADDRESS"]
    frames_hidden = set()
    for one in findings:
        assert isinstance(one.location, Track)
        for index, x, y, w, h in one.location.boxes:
            if x <= 55 and x + w >= 380 and y <= 78 and y + h >= 90:
                frames_hidden.add(index)
    assert frames_hidden >= set(range(8, 40))


def shown(image: Image.Image) -> Frame:
    return Frame(0, 0, 0.0, av.VideoFrame.from_ndarray(np.asarray(image), format="rgb24").reformat(format="yuv420p"))


def test_letters_of_sixteen_pixels_are_read_in_large_frames_and_no_more_is_done_in_small_ones() -> None:
    image = Image.new("RGB", (2560, 1440), "#8a9a8a")
    pen = ImageDraw.Draw(image)
    pen.rectangle((1400, 900, 1800, 960), fill="white")
    pen.text((1410, 915), "Customer: jane.roe@example.com", fill="black", font=ImageFont.load_default(16))
    tile = (1200.0, 800.0, 2000.0, 1100.0)
    read = writing.lines(shown(image), image.size, [tile], [], "normal")
    assert any("jane.roe@example.com" in one.text for one in read)
    assert writing._sizes(1920, "normal") == (1280, 640, 960)
