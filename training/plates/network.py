"""The plate detector: a small fully convolutional network with a heat map of centres (CenterNet, arXiv:1904.07850)."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

CELL = 4
"""Pixels of input a cell of the heat map stands for."""


def _step(into: int, out: int, stride: int = 1) -> nn.Module:
    """A depthwise and a pointwise convolution (MobileNet, arXiv:1704.04861)."""
    return nn.Sequential(
        nn.Conv2d(into, into, 3, stride, 1, groups=into, bias=False),
        nn.BatchNorm2d(into),
        nn.ReLU(inplace=True),
        nn.Conv2d(into, out, 1, bias=False),
        nn.BatchNorm2d(out),
        nn.ReLU(inplace=True),
    )


class Residual(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.steps = nn.Sequential(_step(width, width), _step(width, width))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.steps(x)


class PlateNet(nn.Module):
    """(n, 3, h, w) RGB in [0, 255], sides multiples of 32 -> heat (n, 1), size (n, 2: log w, log h in cells), offset
    (n, 2: x, y in cells), each (h / 4, w / 4)."""

    def __init__(self, widths: tuple[int, int, int, int, int] = (12, 24, 48, 96, 128), head: int = 32) -> None:
        super().__init__()
        a, b, c, d, e = widths
        self.stem = nn.Sequential(nn.Conv2d(3, a, 3, 2, 1, bias=False), nn.BatchNorm2d(a), nn.ReLU(inplace=True))
        self.four = nn.Sequential(_step(a, b, 2), Residual(b))
        self.eight = nn.Sequential(_step(b, c, 2), Residual(c))
        self.sixteen = nn.Sequential(_step(c, d, 2), Residual(d), Residual(d))
        self.deep = nn.Sequential(_step(d, e, 2), Residual(e))
        self.sides = nn.ModuleList(nn.Conv2d(width, head, 1) for width in (b, c, d, e))
        self.join = nn.ModuleList(_step(head, head) for _ in range(3))
        self.head = _step(head, head)
        self.out = nn.Conv2d(head, 5, 1)
        nn.init.constant_(self.out.bias[:1], -4.0)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        x = self.stem((x - 127.5) / 64)
        levels = []
        for stage in (self.four, self.eight, self.sixteen, self.deep):
            x = stage(x)
            levels.append(x)
        y = self.sides[3](levels[3])
        for side, join, level in zip(reversed(self.sides[:3]), self.join, reversed(levels[:3]), strict=True):
            y = join(functional.interpolate(y, scale_factor=2.0, mode="nearest") + side(level))
        y = self.out(self.head(y))
        return torch.sigmoid(y[:, :1]), y[:, 1:3], y[:, 3:]


def loss(heat: Tensor, size: Tensor, offset: Tensor, target: Tensor) -> Tensor:
    """target (n, 6, rows, columns): wanted heat, log w, log h, x, y offsets, and weight (0 where nothing is asked).

    The focal loss of CornerNet (arXiv:1808.01244, alpha 2, beta 4), and L1 at the centres.
    """
    wanted, weight = target[:, :1], target[:, 5:]
    at = (wanted > 0.999).float()
    sure = heat.clamp(1e-4, 1 - 1e-4)
    focal = -(at * (1 - sure) ** 2 * sure.log() + (1 - at) * (1 - wanted) ** 4 * sure**2 * (1 - sure).log()) * weight
    count = at.sum().clamp(min=1)
    near = (wanted > 0.6).float() * wanted  # sizes are learnt around the centre as well
    total = near.sum().clamp(min=1)
    sides = ((size - target[:, 1:3]).abs() * near).sum() / total
    place = ((offset - target[:, 3:5]).abs() * near).sum() / total
    return focal.sum() / count + 0.6 * sides + 0.3 * place
