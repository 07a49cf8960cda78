"""A camera over RTSP (GStreamer's server): no frame of stream or recording shows the face, and the vault has it all."""

from __future__ import annotations

import io
import json
import subprocess
import threading
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest
from benchmarks import labelled_film
from tests.live.conftest import Source, free_port, on_disk, until

from polyveil import inference
from polyveil.errors import UsageError
from polyveil.live.camera import Camera, Options, Stream
from polyveil.live.hls import Hls
from polyveil.live.masker import Masker, prepare
from polyveil.live.session import open_session
from polyveil.modalities.video.reader import open_video
from polyveil.modalities.video.scene import Sighting
from polyveil.policies import load
from polyveil.schema.limits import Limits
from polyveil.vault import Unlock, Vault

SERVER = Path(__file__).parents[2] / "benchmarks" / "rtsp_server.py"
Boxes = dict[int, tuple[int, int, int, int]]


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Boxes]:
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    return path, labelled_film.make(path, 75)


@pytest.fixture(params=["0", "0.04"], ids=["sound", "lossy"])
def rtsp(film: tuple[Path, Boxes], request: pytest.FixtureRequest) -> Iterator[str]:
    port = free_port()
    python = "/usr/bin/python3"
    server = subprocess.Popen(
        [python, str(SERVER), str(film[0]), str(port), request.param], stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    assert server.stdout.readline().strip() == "serving"
    yield f"rtsp://127.0.0.1:{port}/camera"
    server.kill()
    server.communicate()


def luma_of(frame: Any) -> Any:
    return frame.to_ndarray(format="gray")


def recorded(vault: Path, key: Path) -> list[Any]:
    """Luma planes of all frames in `video`."""
    found = []
    with Vault.open(vault, Unlock(key_file=key)) as opened:
        for info in opened.objects("video"):
            with opened.open_object(info.object_id) as stream, av.open(stream, "r") as container:
                found += [luma_of(frame) for frame in container.decode(video=0)]
    return found


def viewed(url: str, least: int) -> list[Any]:
    """Luma of at least so many pictures of the stream."""
    pictures: list[Any] = []
    with urllib.request.urlopen(url, timeout=30) as answer:
        while len(pictures) < least:
            line = answer.readline()
            if line.lower().startswith(b"content-length:"):
                answer.readline()
                jpeg = answer.read(int(line.split(b":")[1]))
                pictures.append(cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_GRAYSCALE))
    return pictures


def played(url: str, least: int) -> list[Any]:
    """Luma of at least so many pictures of the HLS stream."""
    pictures: list[Any] = []
    with av.open(url, timeout=60) as container:
        for frame in container.decode(video=0):
            pictures.append(luma_of(frame))
            if len(pictures) >= least:
                break
    return pictures


def test_no_face_in_stream_or_recording_over_rtsp(
    source: Callable[..., Source], rtsp: str, film: tuple[Path, Boxes], vault: Path, key: Path
) -> None:
    live = source("camera", rtsp, "--segment-seconds", "3")
    pictures = viewed(str(live.state()["url"]), 20)
    segments = played(str(live.state()["hls"]), 10)
    until(lambda: live.count("reconnects") > 0)  # the film ends, and begins again
    until(lambda: live.count("segments") > 0)
    metrics = live.metrics()
    logged = live.stop()
    frames = recorded(vault, key)
    assert len(frames) > 20
    checked = 0
    for luma in [*pictures, *segments, *frames]:
        number = labelled_film.number_of(luma)
        if number in film[1]:
            checked += 1
            assert not labelled_film.exposed(luma, film[1][number]), number
    assert checked > 30
    assert not on_disk(vault, b"rtsp://")
    assert 'polyveil_live_events_total{source="one",kind="camera",event="segments"}' in metrics
    events = [json.loads(line)["event"] for line in logged.splitlines()]
    assert {"started", "stream", "reconnecting", "running", "stopped", "counts"} <= set(events)
    assert "rtsp://" not in logged


def test_the_check_sees_an_unmasked_face(film: tuple[Path, Boxes]) -> None:
    with av.open(str(film[0])) as container:
        for number, frame in enumerate(container.decode(video=0)):
            luma = luma_of(frame)
            assert labelled_film.number_of(luma) == number
            assert labelled_film.exposed(luma, film[1][number])
            if number > 20:
                break


def test_nothing_is_loaded_once_frames_come(film: tuple[Path, Boxes]) -> None:
    policy = load("default")
    inference.unload()
    prepare(policy)
    loaded = [one.cache_info().misses for one in (inference.load, inference.load_file)]
    assert sum(loaded) > 3  # faces, places, lines, letters at least
    with open_video(film[0], Limits()) as video:
        masker = Masker(video, policy)
        frames: Any = video.frames()
        for _ in range(3):
            list(masker.see(next(frames), 0.0))
        frames.close()
    assert [one.cache_info().misses for one in (inference.load, inference.load_file)] == loaded


def test_a_detector_that_fails_blacks_the_frame(film: tuple[Path, Boxes], monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("polyveil.modalities.video.detectors.face.sightings", fails)
    monkeypatch.setattr("polyveil.modalities.video.detectors.writing.wanted", lambda _: False)
    with open_video(film[0], Limits()) as video:
        masker = Masker(video, load("default"))
        frames: Any = video.frames()
        out = [one for _ in range(5) for one in masker.see(next(frames), 0.0)] + list(masker.finish())
        frames.close()
        assert len(out) == 5
        for one in out:
            assert (masker.draw(one)[0] == 16).all()


def test_boxes_of_faces_grow_where_looks_are_rare(film: tuple[Path, Boxes], monkeypatch: pytest.MonkeyPatch) -> None:
    seen = [Sighting(0, (600.0, 300.0, 40.0, 50.0), 0.9, "FACE", "test")]
    sightings = iter([seen, [], [], [], [], []])
    monkeypatch.setattr("polyveil.modalities.video.detectors.face.sightings", lambda *_: list(next(sightings)))
    monkeypatch.setattr("polyveil.modalities.video.detectors.writing.wanted", lambda _: False)
    with open_video(film[0], Limits()) as video:
        masker = Masker(video, load("default"))
        frames: Any = video.frames()
        times = (0.0, 0.07, 1.0, 2.5, 4.5, 6.5)
        out = [one for at in times for one in masker.see(next(frames), at)] + list(masker.finish())
        frames.close()
    widths = [max((box.box[2] for box in one.boxes if box.entity == "FACE"), default=0.0) for one in out]
    assert widths[0] == 40.0
    assert widths[1] == pytest.approx(50.0)  # missed a moment later: still hidden
    assert widths[2] > 100.0  # and a second later in a region
    assert widths[3] > widths[2]
    assert widths[4:] == [0.0, 0.0]
    assert [one.regions for one in out] == [False, False, True, True, False, False]


@pytest.mark.parametrize(
    ("url", "said"),
    [("/dev/video97", "no such file"), ("ftp://x/y", "no camera is read so"), ("nowhere.mp4", "no such")],
)
def test_wrong_addresses(vault: Path, key: Path, url: str, said: str) -> None:
    with (
        open_session(vault, Unlock(key_file=key), load("default"), name="one", kind="camera", quiet=True) as session,
        pytest.raises(UsageError, match=said),
    ):
        Camera(session, Options(url), Stream(), Hls())


def test_recording_is_refused_where_memory_has_no_files(
    vault: Path, key: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.mp4").touch()
    monkeypatch.delattr("os.memfd_create")
    with open_session(vault, Unlock(key_file=key), load("default"), name="one", kind="camera", quiet=True) as session:
        with pytest.raises(UsageError, match="--no-record"):
            Camera(session, Options(str(tmp_path / "a.mp4")), Stream(), Hls())
        Camera(session, Options(str(tmp_path / "a.mp4"), record=False), Stream(), Hls())


@pytest.mark.parametrize(("codec", "pixels"), [("rawvideo", "yuyv422"), ("mjpeg", "yuvj422p")])
def test_what_a_usb_device_sends(tmp_path: Path, vault: Path, key: Path, codec: str, pixels: str) -> None:
    """Raw pictures and MJPEG, as V4L2 devices give them: every picture is whole, in the levels of the recording."""
    path = tmp_path / "device.nut"
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream(codec, rate=25)
        stream.width, stream.height, stream.pix_fmt = 320, 240, pixels
        for number in range(12):
            frame = av.VideoFrame.from_ndarray(np.full((240, 320, 3), 255, np.uint8), format="rgb24")
            frame = frame.reformat(format=pixels)
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    with open_session(vault, Unlock(key_file=key), load("default"), name="one", kind="camera", quiet=True) as session:
        Camera(session, Options(str(path)), Stream(), Hls()).run()
        assert session.status.counts["segments"] == 1
        assert "masked_whole" not in session.status.counts
    for luma in recorded(vault, key):
        assert luma.mean() == pytest.approx(255, abs=2) or luma.mean() == pytest.approx(235, abs=2)


def test_hls_is_made_while_somebody_asks_and_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    grey: Any = tuple(np.full(size, 100, np.uint8) for size in ((120, 160), (60, 80), (60, 80)))
    hls = Hls("h264")
    hls.show(grey, 0.0)  # nobody asked
    asking = threading.Thread(target=hls.route, args=("index.m3u8",))
    asking.start()
    for at in range(1, 150):
        hls.show(grey, at / 15)
        asking.join(0.02)
    asking.join()
    told = hls.route("index.m3u8")
    head = hls.route("init.mp4")
    assert told is not None
    assert head is not None
    assert isinstance(told.body, bytes)
    names = [line for line in told.body.decode().splitlines() if line.endswith(".m4s")]
    assert 1 <= len(names) <= 6
    part = hls.route(names[-1])
    assert part is not None
    assert isinstance(head.body, bytes)
    assert isinstance(part.body, bytes)
    with av.open(io.BytesIO(head.body + part.body), "r") as container:
        assert all(luma_of(frame).mean() == pytest.approx(98, abs=4) for frame in container.decode(video=0))
    assert [hls.route(one) for one in ("999.m4s", "../x", "x.m4s", "")] == [None] * 4
    monkeypatch.setattr("polyveil.live.hls._PATIENCE_S", -1.0)
    hls.show(grey, 20.0)
    assert hls.route(f"{int(names[-1][:-4]) + 1}.m4s") is None
    assert [hls.route(one) for one in (names[-1], "init.mp4")] == [None, None]  # and nothing old is shown
    hls.close()


def test_hls_begins_anew_after_a_picture_that_does_not_encode() -> None:
    grey: Any = tuple(np.full(size, 100, np.uint8) for size in ((120, 160), (60, 80), (60, 80)))
    hls = Hls("h264")
    hls.route("0.m4s")
    hls.show(grey, 0.0)
    with pytest.raises(ValueError, match="broadcast"):
        hls.show((grey[0], grey[1][:1, :3], grey[2]), 0.1)
    for at in range(31):
        hls.show(grey, 1.0 + at / 10)
    head = hls.route("init.mp4")
    assert head is not None
    assert isinstance(head.body, bytes)
    assert head.body.count(b"moov") == 1
    hls.close()
