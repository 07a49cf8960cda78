"""The English networks: transformers over rows, of which some are asked about."""

from __future__ import annotations

import torch
from torch import nn

from polyveil.modalities.text.detectors import network, tagger_en

WIDTH = 384
ROOM = 1e4
"""What is taken from the weight of a row that must not be looked at."""


class Block(nn.Module):
    """A post-norm transformer layer, as in BERT. `x` looks at `seen`, which may be itself, or at several things."""

    def __init__(self, inner: int, heads: int = 12) -> None:
        super().__init__()
        self.heads = heads
        self.q, self.k, self.v, self.o = (nn.Linear(WIDTH, WIDTH) for _ in range(4))
        self.up, self.down = nn.Linear(WIDTH, inner), nn.Linear(inner, WIDTH)
        self.norm_a, self.norm_f = nn.LayerNorm(WIDTH, eps=1e-12), nn.LayerNorm(WIDTH, eps=1e-12)

    def forward(self, x: torch.Tensor, seen: tuple[torch.Tensor, ...], bias: torch.Tensor) -> torch.Tensor:
        keys, values = (torch.cat([f(one) for one in seen], 1) for f in (self.k, self.v))
        q, k, v = (
            y.view(y.shape[0], y.shape[1], self.heads, y.shape[2] // self.heads).transpose(1, 2)
            for y in (self.q(x), keys, values)
        )
        weights = torch.softmax(q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5 + bias, -1)
        x = self.norm_a(x + self.o((weights @ v).transpose(1, 2).reshape(x.shape)))
        return self.norm_f(x + self.down(nn.functional.gelu(self.up(x))))


def apart(ours: torch.Tensor, theirs: torch.Tensor, kind: torch.dtype) -> torch.Tensor:
    """(tiles, rows, rows): what bars a row from looking at one of another window."""
    return (ours[:, :, None] != theirs[:, None, :]).to(kind) * -ROOM


class Tagger(nn.Module):
    """Embeddings of pieces, shapes and lexicon marks, layers, a linear head.

    Inputs are the columns of `tiles.py`: (tiles, rows), for ids (tiles, rows, pieces), and the rows that are asked about,
    (tiles, asked). The layers of `low`, one number each for the width inside, work on all rows; those of `top` on the
    rows that are asked about alone. The first `sees` of the latter look at the whole window as the layers of `low` left
    it, and, with `mixed`, at each other; those after them at each other alone.
    """

    def __init__(
        self, vocabulary: int, low: tuple[int, ...], top: tuple[int, ...] = (), sees: int = 0, *, mixed: bool = False
    ) -> None:
        super().__init__()
        self.sees, self.mixed = sees, mixed
        self.words = nn.Embedding(vocabulary, WIDTH)
        self.places = nn.Embedding(tagger_en.LONGEST, WIDTH)
        self.kind = nn.Parameter(torch.zeros(WIDTH))
        self.shapes, self.marks = nn.Embedding(7, WIDTH), nn.Embedding(8, WIDTH)
        nn.init.normal_(self.shapes.weight, std=0.02)
        nn.init.normal_(self.marks.weight, std=0.02)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.low = nn.ModuleList(Block(inner) for inner in low)
        self.top = nn.ModuleList(Block(inner) for inner in top)
        self.drop = nn.Dropout(0.1)
        self.head = nn.Linear(WIDTH, len(network.LABELS))

    @property
    def blocks(self) -> list[Block]:
        return [*self.low, *self.top]

    def forward(self, *columns: torch.Tensor) -> torch.Tensor:
        return self.head(self.drop(self.states(*columns)))

    def states(self, *columns: torch.Tensor) -> torch.Tensor:
        """What the head sees, (tiles, asked, width)."""
        ids, shapes, marks, places, group, chosen = columns
        x = self.words(ids).sum(2) + self.places(places) + self.kind + self.shapes(shapes) + self.marks(marks)
        x = self.drop(self.norm(x))
        bias = apart(group, group, x.dtype)[:, None]
        for block in self.low:
            x = block(x, (x,), bias)
        at = (chosen - 1).clamp(min=0)
        asked = torch.gather(x, 1, at[:, :, None].expand(-1, -1, WIDTH))
        mine = torch.gather(group, 1, at) * (chosen > 0)
        own, whole = apart(mine, mine, x.dtype), apart(mine, group, x.dtype)
        if self.mixed:  # what is asked about stands among the rows, too, and is seen once
            numbered = torch.arange(1, group.shape[1] + 1, device=ids.device)
            taken = (chosen[:, :, None] == numbered[None, None]).to(x.dtype).amax(1)
            whole = torch.cat((whole - ROOM * taken[:, None, :], own), -1)
        for layer, block in enumerate(self.top):
            if layer < self.sees:
                asked = block(asked, (x, asked) if self.mixed else (x,), whole[:, None])
            else:
                asked = block(asked, (asked,), own[:, None])
        return asked


class Told(nn.Module):
    """A tagger that tells its states, too: (tiles, asked, labels and width)."""

    def __init__(self, tagger: Tagger) -> None:
        super().__init__()
        self.tagger = tagger

    def forward(self, *columns: torch.Tensor) -> torch.Tensor:
        states = self.tagger.states(*columns)
        return torch.cat((self.tagger.head(states), states), -1)


def from_encoder(model: Tagger, tensors: dict[str, torch.Tensor], rows: list[int]) -> None:
    """Take the first layers of an encoder in the form of BERT, and these rows of its vocabulary."""
    tensors = {key.removeprefix("bert."): value for key, value in tensors.items()}
    model.words.weight.data.copy_(tensors["embeddings.word_embeddings.weight"][rows])
    model.words.weight.data[0] = 0  # what pads adds nothing
    model.places.weight.data.copy_(tensors["embeddings.position_embeddings.weight"][: tagger_en.LONGEST])
    model.kind.data.copy_(tensors["embeddings.token_type_embeddings.weight"][0])
    names_of = {"q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value", "o": "attention.output.dense",
                "up": "intermediate.dense", "down": "output.dense", "norm_a": "attention.output.LayerNorm", "norm_f": "output.LayerNorm"}  # fmt: skip
    for kind in ("weight", "bias"):
        getattr(model.norm, kind).data.copy_(tensors[f"embeddings.LayerNorm.{kind}"])
        for layer, block in enumerate(model.blocks):
            for ours, theirs in names_of.items():
                getattr(getattr(block, ours), kind).data.copy_(tensors[f"encoder.layer.{layer}.{theirs}.{kind}"])


def from_other(model: Tagger, other: Tagger, batch: tuple[torch.Tensor, ...], layers: tuple[int, ...]) -> None:
    """Take another tagger's embeddings, head and these layers; of wider ones what says most of a batch."""
    inner: dict[int, torch.Tensor] = {}
    held = [
        block.down.register_forward_hook(lambda _, given, __, at=layer: inner.__setitem__(at, given[0].detach()))
        for layer, block in enumerate(other.blocks)
    ]
    with torch.no_grad():
        other(*batch)
    for one in held:
        one.remove()
    for name in ("words", "places", "shapes", "marks", "norm", "head"):
        getattr(model, name).load_state_dict(getattr(other, name).state_dict())
    model.kind.data.copy_(other.kind.data)
    for block, source in zip(model.blocks, layers, strict=True):
        state = other.blocks[source].state_dict()
        weight = inner[source].abs().flatten(0, 1).mean(0) * state["down.weight"].norm(dim=0)
        best = weight.topk(block.up.out_features).indices.sort().values
        state |= {key: state[key][best] for key in ("up.weight", "up.bias")}
        state["down.weight"] = state["down.weight"][:, best]
        block.load_state_dict(state)
