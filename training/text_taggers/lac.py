"""The characters' encoder that the Chinese tagger starts from: the lexical analyser LAC inside the wheel of jieba.

Jiao, Sun and Sun 2018, 'Chinese Lexical Analysis with Deep Bi-GRU-CRF Network' (arXiv:1807.01882); network and weights
under the Apache licence 2.0, in the package jieba 0.42.1 (MIT), folder lac_small. Written anew here from the paper and
from the shapes of the files.
"""

from __future__ import annotations

import tarfile
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

EMBEDDED, HIDDEN = 128, 128
FOLDER = "jieba-0.42.1/jieba/lac_small/"


def read(package: Path) -> tuple[dict[str, npt.NDArray[np.float32]], dict[str, int], list[str]]:
    """(parameters by name, number of each character, labels) from the source package of jieba.

    A parameter's file ends with its values, little endian; before them stand 26 or 27 bytes or so that tell its shape.
    """
    arrays: dict[str, npt.NDArray[np.float32]] = {}
    with tarfile.open(package) as archive:

        def content(name: str) -> bytes:
            member = archive.extractfile(FOLDER + name)
            if member is None:
                raise FileNotFoundError(name)
            return member.read()

        letters = dict(line.split("\t")[::-1] for line in content("word.dic").decode().split("\n") if "\t" in line)
        labels = [line.split("\t")[1] for line in content("tag.dic").decode().split("\n") if "\t" in line]
        wide = 3 * HIDDEN
        rows = max(map(int, letters.values())) + 1
        sizes = {"word_emb": rows * EMBEDDED, "crfw": (len(labels) + 2) * len(labels)}
        sizes |= {"fc_4.w_0": 2 * HIDDEN * len(labels), "fc_4.b_0": len(labels)}
        for row in range(4):
            sizes |= {f"fc_{row}.w_0": (EMBEDDED if row < 2 else 2 * HIDDEN) * wide, f"fc_{row}.b_0": wide}
            sizes |= {f"gru_{row}.w_0": HIDDEN * wide, f"gru_{row}.b_0": wide}
        for name, count in sizes.items():
            arrays[name] = np.frombuffer(content(f"model_baseline/{name}")[-4 * count :], "<f4").copy()
    return arrays, {letter: int(number) for letter, number in letters.items()}, labels


def dictionary(package: Path) -> str:
    """The words of jieba's dictionary: a word, its frequency and its part of speech a line."""
    with tarfile.open(package) as archive:
        member = archive.extractfile("jieba-0.42.1/jieba/dict.txt")
        if member is None:
            raise FileNotFoundError("dict.txt")
        return member.read().decode()


class Layer(torch.autograd.Function):
    """Both directions of a layer as one GRU of ONNX, for export only. ONNX keeps (1 - z) of the new: z is turned."""

    @staticmethod
    def forward(ctx, x, there, *parameters):  # noqa: ARG004 - torch's own signature
        return x.new_zeros(*x.shape[:2], 2 * HIDDEN)

    @staticmethod
    def symbolic(g, x, there, *weights):  # (inputs, hiddens, biases)
        lengths = g.op(
            "Cast", g.op("ReduceSum", there, g.op("Constant", value_t=torch.tensor([1])), keepdims_i=0), to_i=6
        )
        turned = g.op("Transpose", x, perm_i=[1, 0, 2])
        made = g.op("GRU", turned, *weights, lengths, direction_s="bidirectional", hidden_size_i=HIDDEN)
        both = g.op("Transpose", made, perm_i=[2, 0, 1, 3])
        return g.op("Reshape", both, g.op("Constant", value_t=torch.tensor([0, 0, -1])))


class Recurrent(nn.Module):
    """One direction of a gated recurrent layer: the reset gate works before the candidate's matrix (Cho et al. 2014).

    Input (batch, length, features) and a mask (batch, length); output (batch, length, HIDDEN), 0 where masked.
    """

    def __init__(self, features: int, *, backward: bool) -> None:
        super().__init__()
        self.backwards = backward
        self.into = nn.Linear(features, 3 * HIDDEN)
        self.gates = nn.Parameter(torch.empty(HIDDEN, 2 * HIDDEN))
        self.candidate = nn.Parameter(torch.empty(HIDDEN, HIDDEN))

    def forward(self, x: torch.Tensor, there: torch.Tensor) -> torch.Tensor:
        given = self.into(x)
        if self.backwards:
            given, there = given.flip(1), there.flip(1)
        state = run(given, there, self.gates, self.candidate)
        return state.flip(1) if self.backwards else state


@torch.jit.script
def run(given: torch.Tensor, there: torch.Tensor, gates: torch.Tensor, candidate: torch.Tensor) -> torch.Tensor:
    width = gates.shape[0]
    state = torch.zeros(given.shape[0], width, dtype=given.dtype)
    states: list[torch.Tensor] = []
    for step in range(given.shape[1]):
        now = given[:, step]
        update, reset = torch.sigmoid(now[:, : 2 * width] + state @ gates).chunk(2, 1)
        new = torch.tanh(now[:, 2 * width :] + (reset * state) @ candidate)
        state = (state + update * (new - state)) * there[:, step, None]
        states.append(state)
    return torch.stack(states, 1)


class Encoder(nn.Module):
    """Embeddings and two bidirectional layers: (batch, length) characters to (batch, length, 2 * HIDDEN)."""

    def __init__(self, letters: int) -> None:
        super().__init__()
        self.words = nn.Embedding(letters, EMBEDDED)
        self.layers = nn.ModuleList(
            Recurrent(features, backward=backward) for features in (EMBEDDED, 2 * HIDDEN) for backward in (False, True)
        )
        self.drop = nn.Dropout(0.2)

    def forward(self, ids: torch.Tensor, there: torch.Tensor) -> torch.Tensor:
        return self.recurrent(self.drop(self.words(ids)), there)

    def recurrent(self, x: torch.Tensor, there: torch.Tensor) -> torch.Tensor:
        """Features of characters (batch, length, n) through both layers."""
        for row in (0, 2):
            one, two = self.layers[row], self.layers[row + 1]
            if torch.onnx.is_in_onnx_export():
                x = Layer.apply(x, there, *stacked(one, two))
            else:
                x = self.drop(torch.cat([one(x, there), two(x, there)], -1))
        return x


def stacked(*directions: Recurrent) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Weights of the input, of the state, and biases, as ONNX's GRU wants them."""
    sign = torch.cat([-torch.ones(HIDDEN), torch.ones(2 * HIDDEN)])
    inputs = torch.stack([one.into.weight * sign[:, None] for one in directions])
    hiddens = torch.stack([torch.cat([one.gates, one.candidate], 1).T * sign[:, None] for one in directions])
    biases = torch.stack([torch.cat([one.into.bias * sign, torch.zeros(3 * HIDDEN)]) for one in directions])
    return inputs.detach(), hiddens.detach(), biases.detach()


def encoder(arrays: dict[str, npt.NDArray[np.float32]]) -> Encoder:
    """The encoder with the package's weights."""
    made = Encoder(arrays["word_emb"].size // EMBEDDED)
    with torch.no_grad():
        made.words.weight.copy_(torch.from_numpy(arrays["word_emb"].reshape(-1, EMBEDDED)))
        for row, layer in enumerate(made.layers):
            layer.into.weight.copy_(torch.from_numpy(arrays[f"fc_{row}.w_0"].reshape(-1, 3 * HIDDEN)).T)
            layer.into.bias.copy_(torch.from_numpy(arrays[f"fc_{row}.b_0"] + arrays[f"gru_{row}.b_0"]))
            flat = torch.from_numpy(arrays[f"gru_{row}.w_0"])
            layer.gates.copy_(flat[: 2 * HIDDEN * HIDDEN].view(HIDDEN, 2 * HIDDEN))
            layer.candidate.copy_(flat[2 * HIDDEN * HIDDEN :].view(HIDDEN, HIDDEN))
    return made


def viterbi(emissions: npt.NDArray[np.float32], crf: npt.NDArray[np.float32]) -> list[int]:
    """The likeliest labels by the package's transitions: row 0 begins, row 1 ends, then from label to label."""
    begin, end, moves = crf[0], crf[1], crf[2:]
    score = emissions[0] + begin
    back = []
    for row in emissions[1:]:
        paths = score[:, None] + moves
        back.append(paths.argmax(0))
        score = paths.max(0) + row
    best = [int((score + end).argmax())]
    for row in reversed(back):
        best.append(int(row[best[-1]]))
    return best[::-1]
