"""Run the English network over tiles: windows side by side in rows of one length, so that hardly a row holds nothing.

A window sees itself alone: the network is told of each row which window of its tile it is in. Tiles and what is asked
of them come in few shapes, because the runtime makes itself ready for each shape that is new to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from polyveil.inference.session import load
from polyveil.modalities.text.detectors.network import Chances, threads

TILE, LONG = 64, 128
"""Rows of a tile; of one for a window that is longer, and the most that a window has."""
RUN = 512
"""Rows of one run: what lies between the layers fits the cache."""
LIGHT = 2 * RUN
"""Rows of a text up to which the runtime that is ready sooner reads it: the other one gains nothing there."""
STEP, ASKED = 16, 8
"""A tile alone is as long as its windows, in steps; words that are asked about go up in steps, too."""
COLUMNS = ("ids", "shapes", "marks", "places", "group", "chosen")
"""Inputs. A row each: numbers of the word's pieces (0: none), its shape, its mark, its place in the window, the number
of the window in the tile from 1 on (0: nothing). chosen: the rows that are asked about, from 1 on (0: none)."""
SHAPELESS = 6
"""The shape of what is no word."""

Ints = npt.NDArray[np.int64]


class Asked(Protocol):
    """A window: a row each (ids, several in a row; shapes, marks), and the rows that are asked about, from 1 on."""

    @property
    def ids(self) -> Ints: ...
    @property
    def shapes(self) -> Ints: ...
    @property
    def marks(self) -> Ints: ...
    @property
    def chosen(self) -> Ints: ...


def packed(lengths: Iterable[int], room: int) -> list[list[int]]:
    """Numbers of windows by tile: the longest first, each to the fullest tile that has room for it (best fit)."""
    tiles: list[list[int]] = []
    free: list[list[int]] = [[] for _ in range(room + 1)]
    sizes = list(lengths)
    for number in sorted(range(len(sizes)), key=lambda one: -sizes[one]):
        size = sizes[number]
        left = next((left for left in range(size, room + 1) if free[left]), None)
        if left is None:
            tiles.append([])
            tile, left = len(tiles) - 1, room
        else:
            tile = free[left].pop()
        tiles[tile].append(number)
        free[left - size].append(tile)
    return tiles


def _up(number: int, step: int) -> int:
    return -(-number // step) * step


def runs(windows: Sequence[Asked]) -> Iterator[tuple[list[list[int]], int]]:
    """The tiles of each run, as numbers of windows, and the tiles' length; alike in how much is asked."""
    lengths = [len(one.ids) for one in windows]
    for some, room in (
        ([number for number, length in enumerate(lengths) if length <= TILE], TILE),
        ([number for number, length in enumerate(lengths) if length > TILE], LONG),
    ):
        tiles = [[some[one] for one in tile] for tile in packed((lengths[number] for number in some), room)]
        tiles.sort(key=lambda tile: sum(len(windows[number].chosen) for number in tile))
        if len(tiles) == 1:
            room = min(room, _up(sum(lengths[number] for number in tiles[0]), STEP))  # noqa: PLW2901 - the only one
        for first in range(0, len(tiles), RUN // room):
            yield tiles[first : first + RUN // room], room


def laid(windows: Sequence[Asked], tiles: list[list[int]], room: int) -> tuple[dict[str, Ints], Ints]:
    """A run's inputs, (tiles, room), for `ids` (tiles, room, pieces) and for `chosen` (tiles, asked), and where in the
    last the answers stand.

    These places are counted through all tiles, in the order of the tiles and of the windows in each.
    """
    count = 1 << (len(tiles) - 1).bit_length()
    order = [windows[number] for tile in tiles for number in tile]
    sizes, asked = np.array([len(one.ids) for one in order]), np.array([len(one.chosen) for one in order])
    tile = np.repeat(np.arange(len(tiles)), [len(one) for one in tiles])
    starts, heads = _within(sizes, tile), _within(asked, tile)
    most = _up(int(np.bincount(tile, asked).max()), ASKED)
    rows, words = _places(sizes, tile * room + starts), _places(asked, tile * most + heads)
    numbered = np.concatenate([np.arange(1, len(one) + 1) for one in tiles])
    wide = {"ids": (order[0].ids.shape[1],)}
    given = {key: np.zeros((count * room, *wide.get(key, ())), np.int64) for key in COLUMNS[:-1]}
    given["shapes"][:] = SHAPELESS
    for key in ("ids", "shapes", "marks"):
        given[key][rows] = np.concatenate([getattr(one, key) for one in order])
    given["places"][rows] = _places(sizes, np.zeros(len(sizes), np.int64))
    given["group"][rows] = np.repeat(numbered, sizes)
    chosen = np.zeros(count * most, np.int64)
    chosen[words] = np.concatenate([one.chosen for one in order]) + np.repeat(starts, asked)
    inputs = {key: column.reshape(count, room, *column.shape[1:]) for key, column in given.items()}
    return inputs | {"chosen": chosen.reshape(count, most)}, words


def _within(sizes: Ints, tile: Ints) -> Ints:
    """Where in its tile each window begins."""
    before = np.cumsum(sizes) - sizes
    first = np.searchsorted(tile, tile)
    begins: Ints = before - before[first]
    return begins


def _places(sizes: Ints, starts: Ints) -> Ints:
    """start, start + 1 … for each window, as many as it has."""
    places: Ints = np.arange(sizes.sum()) + np.repeat(starts - (np.cumsum(sizes) - sizes), sizes)
    return places


def chances(name: str, windows: Sequence[Asked]) -> Chances:
    """The probabilities of all labels of what is asked about, (asked of all windows in their order, labels).

    name: file name of the weights.
    """
    session = load(name, alone=True, light=sum(len(one.ids) for one in windows) <= LIGHT)
    counts = np.array([len(one.chosen) for one in windows])
    begins = np.cumsum(counts) - counts

    def answered(run: tuple[list[list[int]], int]) -> tuple[Ints, Chances]:
        tiles, room = run
        inputs, words = laid(windows, tiles, room)
        logits = session.run(inputs)[0]
        logits = logits.reshape(-1, logits.shape[-1])[words]
        powers = np.exp(logits - logits.max(-1, keepdims=True))
        numbers = np.array([number for tile in tiles for number in tile])
        return _places(counts[numbers], begins[numbers]), powers / powers.sum(-1, keepdims=True)

    pool, todo = threads(), list(runs(windows))
    made: Chances = np.empty((0, 0), np.float32)
    for places, shares in pool.map(answered, todo) if pool and len(todo) > 1 else map(answered, todo):
        if not made.size:
            made = np.empty((counts.sum(), shares.shape[1]), np.float32)
        made[places] = shares
    return made
