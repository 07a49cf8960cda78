"""Write the trained detector as ONNX with weights in 16 bits: `export.py WORK/plates.pt TARGET.onnx`."""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

import numpy as np
import onnx
import torch
from network import PlateNet
from onnx import TensorProto, helper, numpy_helper


def export(checkpoint: Path, target: Path) -> str:
    """Returns the file's SHA-256 in hexadecimal."""
    net = PlateNet()
    net.load_state_dict(torch.load(checkpoint, weights_only=True)["net"])
    net.eval()
    free = {2: "height", 3: "width"}
    torch.onnx.export(
        net,
        (torch.zeros(1, 3, 64, 96),),
        str(target),
        input_names=["image"],
        output_names=["heat", "sides", "offset"],
        dynamic_axes={
            "image": free,
            "heat": {2: "rows", 3: "columns"},
            "sides": {2: "rows", 3: "columns"},
            "offset": {2: "rows", 3: "columns"},
        },
        opset_version=17,
        dynamo=False,
    )
    model = onnx.load(target)
    casts = []
    for tensor in model.graph.initializer:
        values = numpy_helper.to_array(tensor)
        if values.dtype == np.float32 and values.size > 4:
            name = tensor.name
            tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float16), f"{name}_half"))
            casts.append(helper.make_node("Cast", [f"{name}_half"], [name], to=TensorProto.FLOAT))
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    model.producer_name, model.producer_version = "polyveil", ""
    onnx.checker.check_model(model)
    written = model.SerializeToString(deterministic=True)
    target.write_bytes(written)
    return hashlib.sha256(written).hexdigest()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("target", type=Path)
    arguments = parser.parse_args()
    print(export(arguments.checkpoint, arguments.target))
