"""Sessions load what is pinned, run on both runtimes alike, and stay silent."""

from __future__ import annotations

import os
import subprocess
import sys
import weakref
from importlib import resources
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from polyveil import inference
from polyveil.errors import VerificationError
from polyveil.inference import memory, session, settings
from polyveil.modalities.image.ocr import models as ocr_models


@pytest.mark.parametrize(
    ("value", "expected"), [("3", 3), ("0", 1), ("-2", 1), ("many", os.cpu_count() or 1), ("", os.cpu_count() or 1)]
)
def test_thread_count(monkeypatch: pytest.MonkeyPatch, value: str, expected: int) -> None:
    monkeypatch.setenv("POLYVEIL_THREADS", value)
    assert settings.thread_count() == expected


def test_every_listed_file_is_there_and_nothing_else_is() -> None:
    folder = Path(session.__file__).parent / "weights"
    listed = session.checksums()
    present = {path.name for path in folder.iterdir() if path.suffix == ".onnx"}
    assert present == {name for name in listed if name.endswith(".onnx")}
    for name in listed:
        assert session.read_weights(name)


def test_changed_weights_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "checksums", lambda: {"centerface.onnx": "0" * 64})
    with pytest.raises(VerificationError, match="differ from their pinned"):
        session.read_weights("centerface.onnx")


def test_unlisted_weights_are_refused() -> None:
    with pytest.raises(VerificationError, match="not listed"):
        inference.load("elsewhere")


def test_both_runtimes_agree() -> None:
    data = session.read_weights("centerface.onnx")
    blob = np.random.default_rng(5).uniform(0, 255, (1, 3, 96, 160)).astype(np.float32)
    settings.silence_telemetry()
    ours, other = (runtime(data).run({"image": blob}) for runtime in (session._OpenVino, session._OnnxRuntime))
    assert [array.shape for array in ours] == [(1, 1, 24, 40), (1, 2, 24, 40), (1, 2, 24, 40)]
    for left, right in zip(ours, other, strict=True):
        np.testing.assert_allclose(left, right, atol=2e-3)


def _seen(model: session.Session, rgb: npt.NDArray[np.uint8]) -> list[session.Array]:
    """What the face detector says of pictures (n, h, w, 3), in the form that it takes."""
    if "pixels" in model.inputs:
        return model.run({"pixels": rgb})
    return model.run({"image": rgb.transpose(0, 3, 1, 2).astype(np.float32)})


def _look(model: session.Session, rgb: npt.NDArray[np.uint8]) -> tuple[int, float, npt.NDArray[np.float32]]:
    """Cell of the best score, that score, and the face's size there."""
    heat, scale, _offset = _seen(model, rgb)
    cell = int(heat[0, 0].argmax())
    return cell, float(heat.max()), scale[0].reshape(2, -1)[:, cell]


@pytest.mark.parametrize("found", ["avx512_vnni", "avx_vnni"])
def test_swift_is_the_same_network_in_eight_bits(monkeypatch: pytest.MonkeyPatch, found: str) -> None:
    monkeypatch.setattr(session, "instructions", lambda: frozenset({found}))
    session.load.cache_clear()
    raw = np.frombuffer(resources.files("polyveil.sample").joinpath("media/astronaut.jpg").read_bytes(), np.uint8)
    photograph = cv2.imdecode(raw, cv2.IMREAD_COLOR)
    assert photograph is not None
    rgb = np.ascontiguousarray(photograph[None, :256, :384, ::-1], np.uint8)
    swift, exact = inference.load("centerface", swift=True), inference.load("centerface")
    assert swift is not exact
    (cell, score, size), (expected, sure, true) = _look(swift, rgb), _look(exact, rgb)
    assert cell == expected
    assert score == pytest.approx(sure, abs=0.05)
    assert score != sure  # or the 8-bit weights were not the ones that ran
    np.testing.assert_allclose(size, true, atol=0.1)
    session.load.cache_clear()


def test_eight_bits_are_not_mixed_with_short_floats(monkeypatch: pytest.MonkeyPatch) -> None:
    """The layers that are kept out of 8 bits in the face detector do not bear bfloat16 either."""
    rgb = np.random.default_rng(5).integers(0, 255, (1, 96, 160, 3), np.uint8)
    seen = []
    for found in ({"avx512_vnni"}, {"avx512_vnni", "amx_bf16"}):
        monkeypatch.setattr(session, "instructions", lambda found=found: frozenset(found))
        session.load.cache_clear()
        seen.append(_seen(inference.load("centerface", swift=True), rgb))
    for left, right in zip(*seen, strict=True):
        np.testing.assert_array_equal(left, right)
    session.load.cache_clear()


def test_swift_is_exact_where_the_processor_gains_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "instructions", frozenset)
    session.load.cache_clear()
    blob = np.random.default_rng(6).uniform(0, 255, (1, 3, 96, 160)).astype(np.float32)
    swift, exact = (inference.load("centerface", swift=one).run({"image": blob}) for one in (True, False))
    for left, right in zip(swift, exact, strict=True):
        np.testing.assert_array_equal(left, right)
    session.load.cache_clear()


def test_load_gives_one_session_a_process() -> None:
    assert inference.load("centerface") is inference.load("centerface")
    assert inference.load("centerface").outputs == ("heatmap", "scale", "offset")


_PROBE = """
import socket, sys, threading
def refuse(*_args, **_kwargs):
    print("CONNECTION")
    raise OSError("no network in this test")
socket.socket.connect = refuse
socket.create_connection = refuse
socket.getaddrinfo = refuse
import numpy
from polyveil import inference
inference.load("centerface").run({"image": numpy.zeros((1, 3, 64, 64), numpy.float32)})
import openvino
from openvino.tools import ovc
assert sys.modules["openvino_telemetry"] is None
names = [thread.name for thread in threading.enumerate() if thread is not threading.main_thread()]
print("done", names)
"""


def test_no_telemetry_leaves_the_process(tmp_path: Path) -> None:
    """A fresh home has no opt-out file, and CI variables, which also stop the reports, are taken away."""
    variables = {key: value for key, value in os.environ.items() if not key.startswith(("CI", "GITHUB", "JENKINS"))}
    variables |= {"HOME": str(tmp_path), "TMPDIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", _PROBE], env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "done []"
    assert list(tmp_path.iterdir()) == []


def test_what_is_held_does_not_grow_with_the_number_of_sizes() -> None:
    script = """
import numpy as np
from polyveil import inference

def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096 / 2**20

model = inference.load("centerface", swift=True)
held = []
for rows in range(2, 10):
    for columns in range(2, 9):
        rgb = np.zeros((1, 32 * rows, 32 * columns, 3), np.uint8)
        bare = "pixels" in model.inputs
        model.run({"pixels": rgb} if bare else {"image": rgb.transpose(0, 3, 1, 2).astype(np.float32)})
    inference.release()
    held.append(resident())
print(held[-1] - held[2])
"""
    if not Path("/proc/self/statm").exists():
        pytest.skip("memory is read from /proc")
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert float(done.stdout) < 60, "MiB, for 35 more sizes"


def test_unloaded_models_are_gone_and_come_back() -> None:
    blob = np.zeros((1, 3, 48, 64), np.float32)
    model = ocr_models.model("orient")
    said = model.run({"x": blob})
    gone = weakref.ref(model)
    del model
    inference.unload()
    assert gone() is None
    np.testing.assert_array_equal(ocr_models.model("orient").run({"x": blob})[0], said[0])


def test_memory_is_spared_until_the_last_who_asked_is_done() -> None:
    usual = memory.large()
    with inference.sparing():
        with inference.sparing():
            assert memory.large() < usual
        assert memory.large() < usual
    assert memory.large() == usual


def test_threads_may_open_and_run_models_at_once() -> None:
    """The first tensors of a process are made by one thread: its bindings would stand still between two."""
    script = (
        "import sys, threading\n"
        "import numpy as np\n"
        "from polyveil.inference.session import load\n"
        "sys.setswitchinterval(1e-6)\n"
        "gate = threading.Barrier(6)\n"
        "def work():\n"
        "    gate.wait()\n"
        "    model = load('nanodet.onnx')\n"
        "    model.run({model.inputs[0]: np.zeros((1, 3, 416, 416), np.float32)})\n"
        "    ended.append(1)\n"
        "ended = []\n"
        "threads = [threading.Thread(target=work) for _ in range(6)]\n"
        "[one.start() for one in threads]\n"
        "[one.join() for one in threads]\n"
        "sys.exit(len(ended) != 6)\n"
    )
    ended = subprocess.run([sys.executable, "-W", "ignore", "-c", script], timeout=120, check=False)
    assert ended.returncode == 0
