"""Export a torch module to ONNX with 8-bit weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import torch
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_dynamic, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process


def quantised(
    model: torch.nn.Module,
    example: tuple[torch.Tensor, ...],
    names: tuple[str, ...],
    path: Path,
    moves: torch.Tensor | None = None,
) -> None:
    """Write `path`: inputs (batch, length) by these names, output `logits`; matrices and embeddings in 8 bits.

    Weights of recurrent layers are kept in 8 bits and widened when the network is loaded. `moves`: scores from label to
    label, kept as the property `moves` of the model, rows first.
    """
    raw = path.with_suffix(".fp32.onnx")
    free = {name: {0: "batch", 1: "length"} for name in (*names, "logits")}
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


class _Columns(CalibrationDataReader):
    """Inputs, one after the other."""

    def __init__(self, columns: list[dict[str, np.ndarray]]) -> None:
        self.columns = iter(columns)

    def get_next(self) -> dict[str, np.ndarray] | None:
        return next(self.columns, None)


def fixed(model: torch.nn.Module, columns: list[dict[str, np.ndarray]], path: Path) -> None:
    """Write `path`: the matrices, what goes into them and the embeddings in 8 bits, with ranges that are fixed.

    So a window's answer does not depend on what else is in its run. `columns`: inputs, by name, that tell the ranges.
    The last input has a length of its own, which is that of the output.
    """
    raw, ready = path.with_suffix(".fp32.onnx"), path.with_suffix(".ready.onnx")
    names = list(columns[0])
    free = {name: {0: "tiles", 1: "rows"} for name in names} | {
        name: {0: "tiles", 1: "asked"} for name in (names[-1], "logits")
    }
    torch.onnx.export(
        model,
        tuple(torch.from_numpy(column) for column in columns[0].values()),
        str(raw),
        input_names=names,
        output_names=["logits"],
        dynamic_axes=free,
        opset_version=17,
        dynamo=False,
    )
    quant_pre_process(str(raw), str(ready), skip_symbolic_shape=True)
    quantize_static(
        str(ready),
        str(path),
        _Columns(columns),
        quant_format=QuantFormat.QDQ,
        op_types_to_quantize=["MatMul"],
        per_channel=True,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
        extra_options={"MatMulConstBOnly": True, "OpTypesToExcludeOutputQuantization": ["MatMul"]},
    )
    ready.unlink()
    made = onnx.load(str(path))
    looked_up(made)
    onnx.checker.check_model(made)
    onnx.save(made, str(path))


def looked_up(model: onnx.ModelProto) -> None:
    """Put tables of embeddings in 8 bits, one scale a table, widened behind the look-up."""
    tensors = {one.name: one for one in model.graph.initializer}
    for node in list(model.graph.node):
        table = tensors.get(node.input[0]) if node.op_type == "Gather" else None
        if table is None or len(table.dims) != 2 or table.data_type != onnx.TensorProto.FLOAT:
            continue
        values = onnx.numpy_helper.to_array(table)
        scale = np.float32(np.abs(values).max() / 127)
        small, sizes, zero = (f"{table.name}_{kind}" for kind in ("small", "scale", "zero"))
        model.graph.initializer.remove(table)
        model.graph.initializer.extend(
            onnx.numpy_helper.from_array(array, name)
            for array, name in ((np.round(values / scale).astype(np.int8), small), (scale, sizes), (np.int8(0), zero))
        )
        wide = node.output[0]
        node.input[0], node.output[0] = small, f"{wide}_small"
        place = list(model.graph.node).index(node) + 1
        model.graph.node.insert(place, onnx.helper.make_node("DequantizeLinear", [node.output[0], sizes, zero], [wide]))
