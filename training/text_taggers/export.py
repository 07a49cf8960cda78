"""Export a torch module to ONNX with 8-bit weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic


def quantised(
    model: torch.nn.Module,
    example: tuple[torch.Tensor, ...],
    names: tuple[str, ...],
    path: Path,
    moves: torch.Tensor | None = None,
    *,
    asked: bool = False,
) -> None:
    """Write `path`: inputs (batch, length) by these names, output `logits`; matrices and embeddings in 8 bits.

    asked: the last input has a length of its own, which is that of the output.

    Weights of recurrent layers are kept in 8 bits and widened when the network is loaded. `moves`: scores from label to
    label, kept as the property `moves` of the model, rows first.
    """
    raw = path.with_suffix(".fp32.onnx")
    free = {name: {0: "batch", 1: "length"} for name in (*names, "logits")}
    if asked:
        free |= {name: {0: "batch", 1: "asked"} for name in (names[-1], "logits")}
    torch.onnx.export(
        model,
        example,
        str(raw),
        input_names=list(names),
        output_names=["logits"],
        dynamic_axes=free,
        opset_version=17,
        dynamo=False,
    )
    quantize_dynamic(
        str(raw),
        str(path),
        weight_type=QuantType.QInt8,
        per_channel=True,
        op_types_to_quantize=["MatMul", "Gather", "Gemm"],
        extra_options={"MatMulConstBOnly": True},
    )
    made = onnx.load(str(path))
    narrowed(made)
    if moves is not None:
        onnx.helper.set_model_props(
            made, {"moves": " ".join(f"{one:.4f}" for one in moves.detach().flatten().tolist())}
        )
    onnx.checker.check_model(made)
    onnx.save(made, str(path))


def narrowed(model: onnx.ModelProto) -> None:
    """Put the weights of GRU nodes in 8 bits, a scale a row, with a DequantizeLinear before each."""
    tensors = {one.name: one for one in model.graph.initializer}
    for node in [node for node in model.graph.node if node.op_type == "GRU"]:
        for place in (1, 2):
            name = node.input[place]
            values = onnx.numpy_helper.to_array(tensors[name])
            rows = values.reshape(-1, values.shape[-1])
            scale = np.abs(rows).max(1) / 127 + 1e-12
            small = np.round(rows / scale[:, None]).astype(np.int8)
            model.graph.initializer.remove(tensors[name])
            shape = onnx.numpy_helper.from_array(np.array(values.shape, np.int64), f"{name}_shape")
            parts = (small, scale.astype(np.float32), np.zeros(len(rows), np.int8))
            names = [f"{name}_{kind}" for kind in ("small", "scale", "zero")]
            model.graph.initializer.extend(
                [shape, *(onnx.numpy_helper.from_array(part, key) for part, key in zip(parts, names, strict=True))]
            )
            wide = onnx.helper.make_node("DequantizeLinear", names, [f"{name}_flat"], axis=0)
            whole = onnx.helper.make_node("Reshape", [f"{name}_flat", f"{name}_shape"], [name])
            model.graph.node.insert(0, whole)
            model.graph.node.insert(0, wide)
