"""People as wholes and identity cards, in films."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
import pytest
from tests.modalities.video.conftest import ground, portrait

from polyveil.modalities.video.reader import open_video
from polyveil.modalities.video.scan import scan
from polyveil.policies import load
from polyveil.sample import papers
from polyveil.sample.people import cast
from polyveil.schema.finding import Finding
from polyveil.schema.limits import Limits
from polyveil.schema.locations import Track

FRAMES = 24


def film(path: Path, pictures: list[npt.NDArray[np.uint8]]) -> Path:
    with av.open(str(path), "w") as target:
        stream: Any = target.add_stream("libx264", rate=25, options={"preset": "ultrafast", "crf": "16"})
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = "yuv420p"
        for picture in pictures:
            target.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        target.mux(stream.encode(None))
    return path


def found(path: Path, policy: str, entity: str) -> list[Finding]:
    chosen = load(policy)
    chosen = chosen.model_copy(update={"entities": {entity: chosen.entities[entity]}})
    with open_video(path, Limits()) as video:
        return [
            one for one in scan(video, chosen, (), lambda _done, _frames=None, /: None).findings if one.entity == entity
        ]


@pytest.fixture(scope="module")
def walker(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[tuple[int, int, int, int]]]:
    """Someone who walks across, and the face's boxes."""
    person, (x, y, w, h) = portrait(300)
    pictures, boxes = [], []
    for index in range(FRAMES):
        picture = ground(640, 360)
        left = 60 + 8 * index
        picture[60 : 60 + person.shape[0], left : left + person.shape[1]] = person
        pictures.append(picture)
        boxes.append((left + x, 60 + y, w, h))
    return film(tmp_path_factory.mktemp("films") / "walker.mp4", pictures), boxes


def test_people_are_tracked_whole(walker: tuple[Path, list[tuple[int, int, int, int]]]) -> None:
    path, boxes = walker
    findings = found(path, "strict", "PERSON_BODY")
    assert findings
    covered: dict[int, bool] = {}
    for one in findings:
        assert isinstance(one.location, Track)
        for index, x, y, w, h in one.location.boxes:
            face_x, face_y, face_w, face_h = boxes[index]
            holds = x <= face_x and y <= face_y and x + w >= face_x + face_w and y + h >= face_y + 1.5 * face_h
            covered[index] = covered.get(index, False) or holds
    assert sum(covered.values()) >= FRAMES - 1


def test_a_card_that_is_shown_is_masked_whole(tmp_path: Path) -> None:
    picture = ground(860, 560)
    card = papers.card_zh(cast(2)).image.convert("RGB").resize((600, 366))
    picture[90:456, 120:720] = np.asarray(card)
    findings = found(film(tmp_path / "card.mp4", [picture] * 6), "default", "ID_CARD")
    assert len(findings) == 1
    place = findings[0].location
    assert isinstance(place, Track)
    for _index, x, y, w, h in place.boxes:
        assert x <= 130
        assert y <= 100
        assert x + w >= 710
        assert y + h >= 446
