"""Scenes with plates in them: cars, walls and streets drawn from nothing, photographs behind, and bad cameras."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from drawn import Fonts, Picture, plate, sign

Box = tuple[float, float, float, float]
"""x, y, w, h in pixels."""

LEAST = 5.0  # pixels of height; a plate lower than that is neither asked for nor forbidden
PHOTOGRAPHS = (
    "astronaut.png", "brick.png", "camera.png", "chelsea.png", "china.jpg", "clock_motion.png", "coffee.png", "coins.png",
    "flower.jpg", "grass.png", "gravel.png", "hubble_deep_field.jpg", "rocket.jpg",
)  # fmt: skip
"""Of scikit-image 0.26 (CC0 or public domain) and scikit-learn 1.9 (china, flower: CC BY 2.0)."""


class Scenes:
    """A stream of scenes that depends on the seed alone."""

    def __init__(self, fonts: Path, photographs: Path, seed: int, side: int = 256) -> None:
        self.rng = np.random.default_rng(seed)
        self.side = side
        self._fonts = Fonts(fonts)
        read = [cv2.imread(str(photographs / name), cv2.IMREAD_COLOR) for name in PHOTOGRAPHS]
        self._photographs = [np.ascontiguousarray(one[..., ::-1]) for one in read if one is not None]

    def next(self) -> tuple[Picture, list[Box], list[Box]]:
        """A picture (side, side, 3) uint8 RGB, the plates in it, and those too small to count."""
        rng, side = self.rng, self.side
        image = self._ground()
        boxes: list[Box] = []
        taken: list[Box] = []
        for _ in range(int(rng.integers(0, 5))):
            self._put(image, sign(rng, self._fonts), self._quad(*_size(rng, 8, 60), 0.25), taken)
        wanted: list[tuple[Picture, npt.NDArray[np.float32], Box]] = []
        for _ in range(int(rng.choice([0, 1, 2, 3], p=[0.22, 0.48, 0.2, 0.1]))):
            flat = plate(rng, self._fonts)
            tall = float(np.exp(rng.uniform(np.log(4.5), np.log(70))))
            wide = tall * flat.shape[1] / flat.shape[0]
            if wide > 0.85 * side:
                tall, wide = tall * 0.85 * side / wide, 0.85 * side
            quad = self._quad(wide, tall, 0.22)
            box = _around(quad)
            if any(_touch(box, one[2]) for one in wanted):
                continue
            if rng.random() < 0.75:
                self._car(image, box)
            wanted.append((flat, quad, box))
        for flat, quad, _box in wanted:
            done = self._put(image, flat, quad, boxes)
            if done is not None and rng.random() < 0.1:
                self._shadow(image, done)
        image = self._camera(image)
        return image, [box for box in boxes if box[3] >= LEAST], [box for box in boxes if box[3] < LEAST]

    def _ground(self) -> Picture:
        rng, side = self.rng, self.side
        if rng.random() < 0.62:
            photo = self._photographs[int(rng.integers(len(self._photographs)))]
            cut = int(min(photo.shape[:2]) * rng.uniform(0.25, 1.0))
            y, x = (int(rng.integers(0, size - cut + 1)) for size in photo.shape[:2])
            image = cv2.resize(photo[y : y + cut, x : x + cut], (side, side), interpolation=cv2.INTER_AREA)
            image = np.ascontiguousarray(image[:, ::-1] if rng.random() < 0.5 else image)
            if rng.random() < 0.3:
                image = np.clip(image * rng.uniform(0.5, 1.3, 3), 0, 255).astype(np.uint8)
        else:
            shade = np.linspace(0, 1, side)[:, None, None]
            top, low = _colour(rng), _colour(rng)
            image = np.broadcast_to(top * (1 - shade) + low * shade, (side, side, 3)).astype(np.uint8).copy()
        for _ in range(int(rng.integers(0, 10))):
            self._thing(image)
        return image

    def _thing(self, image: Picture) -> None:
        """Boxes, bars, rows of windows, stripes, discs."""
        rng, side = self.rng, self.side
        x, y = (int(one) for one in rng.integers(-20, side, 2))
        w, h = (int(one) for one in np.exp(rng.uniform(1.5, 4.8, 2)))
        colour = [int(one) for one in _colour(rng)]
        kind = rng.random()
        if kind < 0.35:
            cv2.rectangle(image, (x, y), (x + w, y + h), colour, -1 if rng.random() < 0.7 else int(rng.integers(1, 4)))
        elif kind < 0.5:
            cv2.line(
                image, (x, y), tuple(int(one) for one in rng.integers(0, side, 2)), colour, int(rng.integers(1, 6))
            )
        elif kind < 0.6:
            cv2.circle(image, (x, y), max(2, w // 2), colour, -1 if rng.random() < 0.6 else 2)
        elif kind < 0.8:  # a row of windows, a grille, a fence
            step, bar = int(rng.integers(3, 14)), int(rng.integers(1, 7))
            for one in range(int(rng.integers(3, 12))):
                if rng.random() < 0.5:
                    cv2.rectangle(image, (x + one * (step + bar), y), (x + one * (step + bar) + bar, y + h), colour, -1)
                else:
                    cv2.rectangle(image, (x, y + one * (step + bar)), (x + w, y + one * (step + bar) + bar), colour, -1)
        else:
            noise = rng.integers(0, 256, (max(1, h // 2), max(1, w // 3), 1)).repeat(3, 2).astype(np.uint8)
            patch = cv2.resize(noise, (w, h), interpolation=cv2.INTER_LINEAR)
            y0, x0 = max(0, y), max(0, x)
            part = image[y0 : y0 + h, x0 : x0 + w]
            part[:] = patch[: part.shape[0], : part.shape[1]]

    def _car(self, image: Picture, box: Box) -> None:
        """The back or front of a car around a plate: body, window, lamps, bumper, grille, the recess, the road below."""
        rng = self.rng
        x, y, w, h = box
        unit = w if w > 2.6 * h else 1.7 * w
        wide = unit * rng.uniform(2.2, 4.6)
        tall = wide * rng.uniform(0.5, 0.95)
        left = x + w / 2 - wide / 2 + rng.normal(0, 0.04) * wide
        top = y + h / 2 - tall * rng.uniform(0.45, 0.85)
        colour = np.array([235, 235, 235]) * rng.uniform(0.05, 1) if rng.random() < 0.6 else rng.integers(0, 256, 3)
        bright = rng.uniform(0.6, 1.1, 2)

        def area(x0: float, y0: float, x1: float, y1: float, tone: npt.ArrayLike, *, slope: float = 0.0) -> None:
            a, b = left + x0 * wide, left + x1 * wide
            c, d = top + y0 * tall, top + y1 * tall
            points = np.array([[a + slope * wide, c], [b - slope * wide, c], [b, d], [a, d]], np.float32)
            cv2.fillConvexPoly(
                image,
                (points * 8).astype(np.int32),
                [float(one) for one in np.clip(np.asarray(tone), 0, 255)],
                cv2.LINE_AA,
                3,
            )

        area(-0.1, 0.95, 1.1, 1.25, rng.integers(40, 140) * np.ones(3))
        area(0, 0, 1, 0.55, colour * bright[0], slope=rng.uniform(0.05, 0.15))
        area(0, 0.4, 1, 1, colour * bright[1])
        area(
            0.12, 0.06, 0.88, rng.uniform(0.28, 0.38), rng.integers(10, 130) * np.ones(3), slope=rng.uniform(0.05, 0.12)
        )
        lamp = _lamp(rng)
        low = rng.uniform(0.42, 0.6)
        area(0.01, low, rng.uniform(0.12, 0.24), low + rng.uniform(0.08, 0.2), lamp)
        area(1 - rng.uniform(0.12, 0.24), low, 0.99, low + rng.uniform(0.08, 0.2), lamp)
        if rng.random() < 0.4:
            for one in np.linspace(0.3, 0.7, int(rng.integers(3, 9))):
                if rng.random() < 0.5:
                    area(one, low, one + 0.012, low + 0.15, rng.integers(120, 230) * np.ones(3))
                else:
                    area(
                        0.3,
                        low + (one - 0.3) * 0.4,
                        0.7,
                        low + (one - 0.3) * 0.4 + 0.02,
                        rng.integers(0, 200) * np.ones(3),
                    )
        if rng.random() < 0.5:
            area(
                0,
                rng.uniform(0.72, 0.8),
                1,
                0.95,
                rng.integers(10, 90) * np.ones(3) if rng.random() < 0.6 else colour * 0.8,
            )
        if rng.random() < 0.55:  # the recess
            pad = rng.uniform(0.08, 0.5, 2)
            area(
                (x - pad[0] * h - left) / wide,
                (y - pad[1] * h - top) / tall,
                (x + w + pad[0] * h - left) / wide,
                (y + h + pad[1] * h - top) / tall,
                colour * rng.uniform(0.3, 1.0),
            )
        if rng.random() < 0.5:
            cv2.circle(
                image,
                (int(x + w / 2), int(y - rng.uniform(0.8, 2.5) * h)),
                max(1, int(h * rng.uniform(0.15, 0.4))),
                [int(one) for one in rng.integers(100, 240, 3)],
                -1 if rng.random() < 0.5 else 1,
            )
        for _ in range(int(rng.integers(0, 3))):  # the make, the model
            flat = sign(rng, self._fonts)
            flat[:] = np.where(
                np.abs(flat.astype(int) - flat[1, 1].astype(int)).sum(axis=2, keepdims=True) < 60,
                np.clip(colour, 0, 255).astype(np.uint8),
                flat,
            )
            high = max(3.0, h * rng.uniform(0.2, 0.6))
            spot = (left + wide * rng.uniform(0.05, 0.75), top + tall * rng.uniform(0.36, 0.7))
            long = high * flat.shape[1] / flat.shape[0]
            quad = np.array([[0, 0], [long, 0], [long, high], [0, high]], np.float32) + spot
            if not _touch(_around(quad), box):
                _warp(image, flat, quad.astype(np.float32))

    def _quad(self, wide: float, tall: float, most: float) -> npt.NDArray[np.float32]:
        """Corners somewhere in the picture, turned and foreshortened."""
        rng = self.rng
        quad = np.array([[-wide, -tall], [wide, -tall], [wide, tall], [-wide, tall]], np.float32) / 2
        quad[:, 0] *= 1 - 0.35 * rng.random() ** 3
        quad[:, 1] += quad[:, 0] * rng.normal(0, 0.09)  # seen from the side
        quad[:, 0] += quad[:, 1] * rng.normal(0, 0.08)
        quad *= 1 + (quad[:, :1] / wide) * rng.normal(0, 0.08)
        angle = float(np.clip(rng.normal(0, 0.07), -most, most))
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]], np.float32)
        quad = quad @ turn.T
        half = np.abs(quad).max(axis=0)
        low, high = np.minimum(half * 0.9, self.side / 2), np.maximum(self.side - half * 0.9, self.side / 2)
        return (quad + rng.uniform(low, high)).astype(np.float32)

    def _put(self, image: Picture, flat: Picture, quad: npt.NDArray[np.float32], taken: list[Box]) -> Box | None:
        box = _around(quad)
        if any(_touch(box, one) for one in taken):
            return None
        rng = self.rng
        lit = flat.astype(np.float32) * rng.uniform(0.55, 1.1)
        if rng.random() < 0.3:
            lit += (
                rng.normal(0, 12, (6, 12, 1))
                .repeat(-(-flat.shape[0] // 6), 0)[: flat.shape[0]]
                .repeat(-(-flat.shape[1] // 12), 1)[:, : flat.shape[1]]
            )
        _warp(image, np.clip(lit, 0, 255).astype(np.uint8), quad)
        x0, y0 = max(0.0, box[0]), max(0.0, box[1])
        x1, y1 = min(self.side, box[0] + box[2]), min(self.side, box[1] + box[3])
        if (x1 - x0) * (y1 - y0) < 0.5 * box[2] * box[3]:
            return None
        taken.append((x0, y0, x1 - x0, y1 - y0))
        return taken[-1]

    def _shadow(self, image: Picture, box: Box) -> None:
        x, y, w, h = box
        share = self.rng.uniform(0.3, 0.7)
        image[int(y) : int(y + h * share), int(x) : int(x + w)] = (
            image[int(y) : int(y + h * share), int(x) : int(x + w)] * self.rng.uniform(0.4, 0.8)
        ).astype(np.uint8)

    def _camera(self, image: Picture) -> Picture:
        """Light, motion, focus, noise, size and JPEG."""
        rng, side = self.rng, self.side
        if rng.random() < 0.25:
            small = max(64, int(side * rng.uniform(0.4, 0.9)))
            image = cv2.resize(
                cv2.resize(image, (small, small), interpolation=cv2.INTER_AREA),
                (side, side),
                interpolation=cv2.INTER_LINEAR,
            )
        kind = rng.random()
        if kind < 0.15:
            length = int(rng.integers(2, 7))
            kernel = np.zeros((length, length), np.float32)
            if rng.random() < 0.7:
                kernel[length // 2] = 1 / length
            else:
                np.fill_diagonal(kernel, 1 / length)
            image = cv2.filter2D(image, -1, kernel)
        elif kind < 0.45:
            image = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.4, 1.5))
        light = image.astype(np.float32)
        if rng.random() < 0.12:  # night
            light = light * rng.uniform(0.12, 0.4) + rng.uniform(0, 12)
        else:
            light = (light - 128) * rng.uniform(0.5, 1.25) + 128 + rng.uniform(-45, 45)
        light *= rng.uniform(0.9, 1.1, 3)
        light += rng.standard_normal(light.shape[:2], np.float32)[..., None] * np.float32(rng.uniform(0, 9))
        image = np.clip(light, 0, 255).astype(np.uint8)
        if rng.random() < 0.08:
            image = np.repeat(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2)
        if rng.random() < 0.5:
            coded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 92))])[1]
            image = cv2.imdecode(coded, cv2.IMREAD_COLOR)
        return image


def _colour(rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """Mostly muted: streets are grey."""
    vivid = rng.random() ** 2
    return rng.uniform(0, 255) * (1 - vivid) + rng.uniform(0, 255, 3) * vivid


def _lamp(rng: np.random.Generator) -> npt.NDArray[np.float64]:
    lamps = ([190, 20, 20], [220, 40, 30], [230, 230, 235], [120, 10, 10], [240, 160, 60])
    return np.array(lamps[int(rng.integers(len(lamps)))], float)


def _size(rng: np.random.Generator, least: float, most: float) -> tuple[float, float]:
    tall = float(np.exp(rng.uniform(np.log(least), np.log(most))))
    return tall * rng.uniform(1.2, 5), tall


def _around(quad: npt.NDArray[np.float32]) -> Box:
    (x0, y0), (x1, y1) = quad.min(axis=0), quad.max(axis=0)
    return float(x0), float(y0), float(x1 - x0), float(y1 - y0)


def _touch(a: Box, b: Box) -> bool:
    return a[0] < b[0] + b[2] and b[0] < a[0] + a[2] and a[1] < b[1] + b[3] and b[1] < a[1] + a[3]


def _warp(image: Picture, flat: Picture, quad: npt.NDArray[np.float32]) -> None:
    """Paint a flat picture into four corners, area-averaged where it shrinks."""
    x, y, w, h = _around(quad)
    shrink = min(1.0, 1.6 * h / flat.shape[0])
    if shrink < 1:
        size = (max(2, round(flat.shape[1] * shrink)), max(2, round(flat.shape[0] * shrink)))
        flat = cv2.resize(flat, size, interpolation=cv2.INTER_AREA)
    x0, y0 = max(0, int(x) - 1), max(0, int(y) - 1)
    x1, y1 = min(image.shape[1], int(x + w) + 2), min(image.shape[0], int(y + h) + 2)
    if x1 - x0 < 2 or y1 - y0 < 2:
        return
    source = (
        np.array([[0, 0], [flat.shape[1], 0], [flat.shape[1], flat.shape[0]], [0, flat.shape[0]]], np.float32) - 0.5
    )
    matrix = cv2.getPerspectiveTransform(source, (quad - np.array([x0, y0]) - 0.5).astype(np.float32))
    size = (x1 - x0, y1 - y0)
    warped = cv2.warpPerspective(flat, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    cover = cv2.warpPerspective(np.full(flat.shape[:2], 255, np.uint8), matrix, size, flags=cv2.INTER_LINEAR)
    share = cover.astype(np.float32)[..., None] / 255
    part = image[y0:y1, x0:x1]
    part[:] = (part * (1 - share) + warped * share).astype(np.uint8)


def sheet(scenes: Sequence[tuple[Picture, list[Box], list[Box]]], columns: int = 6) -> Picture:
    """Scenes side by side with their boxes, to look at."""
    tiles = []
    for image, boxes, _small in scenes:
        shown = image.copy()
        for x, y, w, h in boxes:
            cv2.rectangle(shown, (int(x), int(y)), (int(x + w), int(y + h)), (255, 0, 0), 1)
        tiles.append(shown)
    rows = [np.concatenate(tiles[at : at + columns], axis=1) for at in range(0, len(tiles), columns)]
    return np.concatenate(rows, axis=0)
