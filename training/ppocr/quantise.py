"""Make `src/polyveil/inference/weights/ppocr_det_int8.onnx`: the search for lines of text in 8 bits.

    python training/ppocr/quantise.py PP-OCRv6_det_small.onnx ppocr_det_int8.onnx PICTURE [PICTURE …]

The source lies in the wheel of `rapidocr`. Two things are done to it:

1. The network ends in two transposed convolutions that bring 24 values a cell to 4 x 4 pixels. Their kernels do not
   overlap, so the same pixels are had by two convolutions of one cell: output 'heat' has 16 channels at a quarter of
   the size, pixel by pixel of the cell, row by row. Nothing changes but the order of sums, and a sixth of the time goes.
2. Weights become signed 8-bit integers by output channel, and what goes into a convolution one unsigned byte each, with
   the ranges that the given pictures make there: each once as it is, and once with words drawn on it. What comes out of
   a convolution is not rounded, or the runtime would do half of it one by one. The first layer, the last three and those
   that see but means over the whole picture stay in 32 bits. Signed bytes in the place of unsigned ones lost a sixth of the lines.

Needs the `onnx` package beside onnxruntime. Same pictures, same output.
"""

from __future__ import annotations

import argparse
import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import onnx
import onnx.version_converter
from onnx import helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

SHAPE = (384, 640)  # rows, columns of the pictures as the network sees them, black beside
OPSET = 13  # the first whose scales may differ by channel
CELL = 4  # pixels of its side
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghij 0123456789-.@"
WORDS = 12  # a picture

Bgr = npt.NDArray[np.uint8]


def unrolled(model: onnx.ModelProto) -> onnx.ModelProto:
    """The network with its two transposed convolutions as convolutions of one cell."""
    graph = model.graph
    values = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    makers = {name: node for node in graph.node for name in node.output}
    end: list[onnx.NodeProto] = []  # from the last: sigmoid, bias, transposed convolution, ReLU, bias, the other one
    name = graph.output[0].name
    for kind in ("Sigmoid", "Add", "ConvTranspose", "Relu", "Add", "ConvTranspose"):
        end.append(makers[name])
        if end[-1].op_type != kind:
            raise SystemExit(f"the network ends otherwise than expected: {end[-1].op_type} for {kind}")
        name = end[-1].input[0]
    first, second = values[end[5].input[1]], values[end[2].input[1]]  # (channels in, channels out, 2, 2)
    given, made = first.shape[:2]
    one = np.zeros((4 * made, given, 1, 1), np.float32)
    two = np.zeros((CELL * CELL, 4 * made, 1, 1), np.float32)
    for half in range(4):
        row, column = divmod(half, 2)
        part = slice(half * made, (half + 1) * made)
        one[part, :, 0, 0] = first[:, :, row, column].T
        for quarter in range(4):
            down, across = divmod(quarter, 2)
            two[(2 * row + down) * CELL + 2 * column + across, part, 0, 0] = second[:, 0, down, across]
    bias = np.tile(values[end[4].input[1]].ravel(), 4).astype(np.float32)
    last = np.full(CELL * CELL, values[end[1].input[1]].ravel()[0], np.float32)
    for node in end:
        graph.node.remove(node)
    weights = {"one": one, "one_bias": bias, "two": two, "two_bias": last}
    graph.initializer.extend(numpy_helper.from_array(array, key) for key, array in weights.items())
    graph.node.extend(
        [
            helper.make_node("Conv", [name, "one", "one_bias"], ["halves"], kernel_shape=[1, 1]),
            helper.make_node("Relu", ["halves"], ["halves_above"]),
            helper.make_node("Conv", ["halves_above", "two", "two_bias"], ["logits"], kernel_shape=[1, 1]),
            helper.make_node("Sigmoid", ["logits"], ["heat"]),
        ]
    )
    del graph.output[:]
    shape = ["batch", CELL * CELL, "rows", "columns"]
    graph.output.append(helper.make_tensor_value_info("heat", onnx.TensorProto.FLOAT, shape))
    used = {name for node in graph.node for name in node.input}
    for array in [one for one in graph.initializer if one.name not in used]:
        graph.initializer.remove(array)
    for number, node in enumerate(graph.node):
        node.name = f"{node.op_type}_{number}"
    return model


def lettered(picture: Bgr, rng: np.random.Generator) -> Bgr:
    """The picture with words drawn on it, of all sizes and colours."""
    drawn = picture.copy()
    for _ in range(WORDS):
        word = "".join(rng.choice(list(LETTERS), int(rng.integers(5, 24))))
        place = int(rng.integers(0, picture.shape[1] * 0.7)), int(rng.integers(20, picture.shape[0]))
        font, size = int(rng.choice([0, 2, 3, 4])), float(rng.uniform(0.4, 2))
        colour = tuple(int(level) for level in rng.integers(0, 255, 3))
        cv2.putText(drawn, word, place, font, size, colour, int(rng.integers(1, 4)), cv2.LINE_AA)
    return drawn


class Pictures(CalibrationDataReader):
    """The pictures one by one, plain and with words, as inputs of the network."""

    def __init__(self, files: Sequence[Path]) -> None:
        self._pictures = self._all(files)

    def get_next(self) -> dict[str, Any] | None:
        picture = next(self._pictures, None)
        if picture is None:
            return None
        ratio = min(SHAPE[0] / picture.shape[0], SHAPE[1] / picture.shape[1])
        rows, columns = round(picture.shape[0] * ratio), round(picture.shape[1] * ratio)
        whole = np.zeros((*SHAPE, 3), np.uint8)
        whole[:rows, :columns] = cv2.resize(picture, (columns, rows), interpolation=cv2.INTER_AREA)
        return {"x": cv2.dnn.blobFromImage(whole, 1 / 127.5, mean=(127.5, 127.5, 127.5))}

    @staticmethod
    def _all(files: Sequence[Path]) -> Iterator[Bgr]:
        rng = np.random.default_rng(0)
        for file in files:
            picture = cv2.imread(str(file))
            if picture is None:
                raise SystemExit(f"{file} is no picture")
            bgr = np.asarray(picture, np.uint8)
            yield bgr
            yield lettered(bgr, rng)


def _kept(graph: onnx.GraphProto) -> list[str]:
    """Names of the layers that stay in 32 bits: the first, the last three, and those of means over the whole picture."""
    layers = [node for node in graph.node if node.op_type == "Conv"]
    kept = [layers[0].name, *(node.name for node in layers[-3:])]
    means = {name for node in graph.node if node.op_type in {"GlobalAveragePool", "ReduceMean"} for name in node.output}
    for node in graph.node:  # in order of execution
        if node.op_type in {"Conv", "Relu"} and node.input[0] in means:
            means.update(node.output)
            kept.append(node.name)
    return kept


def quantise(source: Path, target: Path, pictures: Sequence[Path]) -> str:
    """Write the model in 8 bits and return its SHA-256 in hexadecimal."""
    with tempfile.TemporaryDirectory() as name:
        folded = Path(name) / "folded.onnx"
        quant_pre_process(str(source), str(folded), skip_symbolic_shape=True)
        model = unrolled(onnx.version_converter.convert_version(onnx.load(folded), OPSET))
        onnx.save(model, folded)
        quantize_static(
            folded,
            target,
            Pictures(pictures),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            nodes_to_exclude=_kept(model.graph),
            op_types_to_quantize=["Conv"],
            calibrate_method=CalibrationMethod.MinMax,
            extra_options={"OpTypesToExcludeOutputQuantization": ["Conv"]},
        )
    return hashlib.sha256(target.read_bytes()).hexdigest()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("pictures", type=Path, nargs="+")
    arguments = parser.parse_args()
    print(quantise(arguments.source, arguments.target, arguments.pictures))
