"""Export a torch module to ONNX with 8-bit weights."""

from __future__ import annotations

from pathlib import Path

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic


def quantised(model: torch.nn.Module, example: tuple[torch.Tensor, ...], names: tuple[str, ...], path: Path) -> None:
    """Write `path`: inputs (batch, length) by these names, output `logits`; matrices and embeddings in 8 bits."""
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
    onnx.checker.check_model(str(path))
