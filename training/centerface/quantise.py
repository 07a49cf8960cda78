"""Make `src/polyveil/inference/weights/centerface_int8.onnx` from `centerface.onnx`: the same network in 8 bits.

    python training/centerface/quantise.py centerface.onnx centerface_int8.onnx PICTURE [PICTURE …]

Weights become signed 8-bit integers by output channel. The ranges of the values between layers, one unsigned byte
each, are those that hold 99.99 % of what the given pictures make there: a dozen photographs are enough, with faces,
with street scenes and with nothing in them. The first layer, which sees the picture, and the last ones, which give
scores and places, stay in 32 bits: with them in 8 bits, three faces in a hundred fewer were found. Of the last one
that those share only the weights are rounded; those of the first layer as well would have saved as much again, but a
face on the verge of being found was lost by it. The network takes pixels as they lie in a picture (input 'pixels',
unsigned bytes, rows x columns x 3), which spares two passes over them.
Needs the `onnx` package beside onnxruntime. Same pictures, same output.
"""

from __future__ import annotations

import argparse
import hashlib
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnx
import onnx.version_converter
from onnx import helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

SHAPE = (384, 640)  # rows, columns of the pictures as the network sees them, black beside
PERCENTILE = 99.99
OPSET = 13  # the first whose scales may differ by channel
HEADS = frozenset({"heatmap", "scale", "offset"})
LAYERS_BEFORE = 3  # before the heads: sigmoid's input, the last shared layer and its activation


class Pictures(CalibrationDataReader):
    """The pictures one by one, as inputs of the network."""

    def __init__(self, files: Sequence[Path]) -> None:
        self._files = iter(files)

    def get_next(self) -> dict[str, Any] | None:
        file = next(self._files, None)
        if file is None:
            return None
        picture = cv2.imread(str(file))
        if picture is None:
            raise SystemExit(f"{file} is no picture")
        ratio = min(SHAPE[0] / picture.shape[0], SHAPE[1] / picture.shape[1])
        rows, columns = round(picture.shape[0] * ratio), round(picture.shape[1] * ratio)
        blob = np.zeros((*SHAPE, 3), np.float32)
        blob[:rows, :columns] = cv2.resize(picture, (columns, rows), interpolation=cv2.INTER_AREA)[..., ::-1]
        return {"image": blob.transpose(2, 0, 1)[None]}


def _kept(graph: onnx.GraphProto) -> list[str]:
    """Names of the layers that stay in 32 bits."""
    first = next(node for node in graph.node if node.op_type == "Conv")
    kept, wanted = {first.name}, set(HEADS)
    for _ in range(LAYERS_BEFORE):
        made = [node for node in graph.node if wanted.intersection(node.output)]
        kept.update(node.name for node in made)
        wanted = {name for node in made for name in node.input}
    return sorted(kept)


def of_pixels(model: onnx.ModelProto) -> onnx.ModelProto:
    """The network with its floats by channel (input 'image') made of the bytes of a picture (input 'pixels')."""
    graph = model.graph
    shape = ["batch", "rows", "columns", 3]
    del graph.input[:]
    graph.input.append(helper.make_tensor_value_info("pixels", onnx.TensorProto.UINT8, shape))
    graph.node.insert(0, helper.make_node("Cast", ["pixels"], ["levels"], "Cast_pixels", to=onnx.TensorProto.FLOAT))
    graph.node.insert(1, helper.make_node("Transpose", ["levels"], ["image"], "Transpose_pixels", perm=[0, 3, 1, 2]))
    return model


def rounded(model: onnx.ModelProto) -> onnx.ModelProto:
    """The last layer that the heads share, with weights in 8 bits by output channel.

    What goes into it are bytes already, and what comes out stays as it is: nothing is lost but the weights' last digits.
    """
    graph = model.graph
    values = {one.name: one for one in graph.initializer}
    makers = {name: node for node in graph.node for name in node.output}
    layer = makers[makers[makers["scale"].input[0]].input[0]]
    name = layer.input[1]
    weights = numpy_helper.to_array(values[name])
    scale = (np.maximum(np.abs(weights).max(axis=(1, 2, 3)), 1e-12) / 127).astype(np.float32)
    levels = np.clip(np.rint(weights / scale[:, None, None, None]), -127, 127).astype(np.int8)
    parts = {f"{name}_levels": levels, f"{name}_scale": scale, f"{name}_zero": np.zeros(len(scale), np.int8)}
    graph.initializer.extend(numpy_helper.from_array(array, key) for key, array in parts.items())
    graph.initializer.remove(values[name])
    again = helper.make_node("DequantizeLinear", list(parts), [f"{name}_again"], f"{name}_again", axis=0)
    graph.node.insert(list(graph.node).index(layer), again)
    layer.input[1] = f"{name}_again"
    return model


def quantise(source: Path, target: Path, pictures: Sequence[Path]) -> str:
    """Write the model in 8 bits and return its SHA-256 in hexadecimal."""
    with tempfile.TemporaryDirectory() as name:
        folded = Path(name) / "folded.onnx"
        quant_pre_process(str(source), str(folded), skip_symbolic_shape=True)
        model = onnx.version_converter.convert_version(onnx.load(folded), OPSET)
        for number, node in enumerate(model.graph.node):
            node.name = f"{node.op_type}_{number}"
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
            op_types_to_quantize=["Conv", "Add", "Relu", "ConvTranspose"],
            calibrate_method=CalibrationMethod.Percentile,
            extra_options={"CalibPercentile": PERCENTILE},
        )
    onnx.save(rounded(of_pixels(onnx.load(target))), target)
    return hashlib.sha256(target.read_bytes()).hexdigest()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("pictures", type=Path, nargs="+")
    arguments = parser.parse_args()
    print(quantise(arguments.source, arguments.target, arguments.pictures))
