"""Number plates drawn from nothing: China, Europe, the United Kingdom, the United States and Brazil, and what is none."""

from __future__ import annotations

import string
from collections.abc import Callable
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

Picture = npt.NDArray[np.uint8]
Colour = tuple[int, int, int]

PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
STATES = [
    "ALABAMA",
    "ALASKA",
    "ARIZONA",
    "ARKANSAS",
    "California",
    "COLORADO",
    "Connecticut",
    "DELAWARE",
    "FLORIDA",
    "GEORGIA",
    "HAWAII",
    "IDAHO",
    "Illinois",
    "INDIANA",
    "IOWA",
    "KANSAS",
    "KENTUCKY",
    "LOUISIANA",
    "MAINE",
    "MARYLAND",
    "Massachusetts",
    "MICHIGAN",
    "Minnesota",
    "MISSISSIPPI",
    "MISSOURI",
    "MONTANA",
    "Nebraska",
    "NEVADA",
    "OHIO",
    "OKLAHOMA",
    "OREGON",
    "TENNESSEE",
    "TEXAS",
    "UTAH",
    "VERMONT",
    "VIRGINIA",
    "WASHINGTON",
    "WISCONSIN",
    "WYOMING",
]
EUROPE = [
    "D",
    "F",
    "I",
    "E",
    "PL",
    "CZ",
    "SK",
    "NL",
    "B",
    "A",
    "H",
    "RO",
    "BG",
    "HR",
    "SLO",
    "P",
    "L",
    "LT",
    "LV",
    "EST",
    "FIN",
    "S",
    "DK",
    "GR",
    "IRL",
]
WORDS = [
    "SALE",
    "OPEN",
    "PIZZA",
    "HOTEL",
    "TAXI",
    "EXIT",
    "STOP",
    "PARKING",
    "BANK",
    "CAFE",
    "SHOP",
    "SERVICE",
    "TURBO",
    "DIESEL",
    "SPORT",
    "EXPRESS",
    "TRANSPORT",
    "METRO",
    "POLICE",
    "AMBULANCE",
    "BAKERY",
    "MARKET",
    "GARAGE",
    "STUDIO",
    "RENT",
    "BUS",
    "SCHOOL",
    "ONE",
    "WAY",
    "NO",
    "ENTRY",
    "LOGISTICS",
    "FRESH",
    "FRUIT",
    "ELECTRIC",
    "HYBRID",
    "COUPE",
]
HAN = "中国人民大学银行超市药店餐厅酒店停车场出口入口公司物流快递服务中心洗车维修电话欢迎光临安全第一禁止通行"
_TALL = 96  # pixels of a plate as it is drawn


class Fonts:
    """Typefaces by kind, from a folder that holds the Debian packages' files."""

    def __init__(self, folder: Path) -> None:
        found = {path.name: path for path in folder.rglob("*") if path.suffix in {".ttf", ".otf", ".ttc"}}
        plates = (
            "LiberationSansNarrow-Bold.ttf", "OpenSans-CondBold.ttf", "RobotoCondensed-Bold.ttf", "Roboto-Bold.ttf",
            "BebasNeue-Bold.otf", "BebasNeue-Regular.otf", "LiberationSans-Bold.ttf", "FiraCode-Bold.ttf",
            "RobotoCondensed-Medium.ttf", "LiberationMono-Bold.ttf",
        )  # fmt: skip
        self.plates = [found[name] for name in plates if name in found]
        self.words = [*self.plates, *(path for name, path in found.items() if name.startswith("LiberationSerif"))]
        self.han = found["NotoSansCJK-Bold.ttc"]


@cache
def _font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size)


@cache
def _glyph(text: str, path: Path) -> npt.NDArray[np.uint8]:
    """Coverage of some letters, cut to their ink."""
    font = _font(path, 72)
    left, top, right, bottom = font.getbbox(text)
    image = Image.new("L", (max(1, int(right - left) + 4), max(1, int(bottom - top) + 4)))
    ImageDraw.Draw(image).text((2 - left, 2 - top), text, 255, font)
    return np.asarray(image)


def put(target: Picture, text: str, box: tuple[float, float, float, float], colour: Colour, path: Path) -> None:
    """Letters stretched into a box (x, y, w, h)."""
    x, y, w, h = (round(side) for side in box)
    if w < 1 or h < 1 or not text.strip():
        return
    ink = cv2.resize(_glyph(text, path), (w, h), interpolation=cv2.INTER_AREA).astype(np.float32)[..., None] / 255
    part = target[max(0, y) : y + h, max(0, x) : x + w]
    ink = ink[: part.shape[0], : part.shape[1]]
    part[:] = (part * (1 - ink) + np.array(colour, np.float32) * ink).astype(np.uint8)


def _row(
    rng: np.random.Generator,
    plate: Picture,
    text: str,
    box: tuple[float, float, float, float],
    *,
    ink: Colour,
    faces: tuple[Path, Path],
) -> None:
    """Characters of equal width over a box, narrow gaps at spaces and points."""
    font, han = faces
    x, y, w, h = box
    units = [0.45 if one in " ·-•" else 1.0 for one in text]
    step = w / sum(units)
    gap = rng.uniform(0.1, 0.22)
    for one, unit in zip(text, units, strict=True):
        if one in "·•":
            put(plate, "o", (x + step * unit * 0.3, y + h * 0.45, step * 0.16, h * 0.12), ink, font)
        elif one == "-":
            put(plate, "-", (x + step * unit * 0.15, y + h * 0.45, step * unit * 0.7, h * 0.1), ink, font)
        elif one != " ":
            narrow = 0.45 if one in "1I" else 1.0
            wide = step * unit * (1 - gap) * narrow
            put(plate, one, (x + (step * unit - wide) / 2, y, wide, h), ink, han if ord(one) > 0x2E80 else font)
        x += step * unit


def _plain(wide: int, colour: Colour, tall: int = _TALL) -> Picture:
    plate = np.empty((tall, wide, 3), np.uint8)
    plate[:] = colour
    return plate


def _letters(rng: np.random.Generator, count: int, of: str = string.ascii_uppercase) -> str:
    return "".join(rng.choice(list(of), count))


def _pattern(rng: np.random.Generator, pattern: str) -> str:
    """A letters, 0 digits, X either; the rest as it is."""
    alike = {"A": string.ascii_uppercase, "0": string.digits, "X": string.ascii_uppercase + string.digits}
    return "".join(str(rng.choice(list(alike[one]))) if one in alike else one for one in pattern)


def _near(rng: np.random.Generator, colour: Colour, by: int = 14) -> Colour:
    return tuple(int(np.clip(one + rng.integers(-by, by + 1), 0, 255)) for one in colour)  # type: ignore[return-value]


def _pick(rng: np.random.Generator, some: list[Colour]) -> Colour:
    return some[int(rng.integers(len(some)))]


def china(rng: np.random.Generator, fonts: Fonts) -> Picture:
    kind = rng.choice(["blue", "green", "yellow", "white", "black", "tall"], p=[0.5, 0.2, 0.1, 0.05, 0.03, 0.12])
    head = _letters(rng, 1, PROVINCES) + _letters(rng, 1, "ABCDEFGH")
    tail = _pattern(rng, "XX000" if rng.random() < 0.5 else "X0000")
    font = fonts.plates[int(rng.integers(4))]
    white, dark = _near(rng, (240, 240, 240)), _near(rng, (20, 20, 20))
    if kind == "tall":
        plate = _plain(192, _near(rng, (235, 190, 30)))
        _row(rng, plate, f"{head[0]}·{head[1]}", (45, 8, 100, 26), ink=dark, faces=(font, fonts.han))
        _row(rng, plate, tail, (10, 42, 172, 46), ink=dark, faces=(font, fonts.han))
        return _rim(rng, plate, dark)
    if kind == "green":
        plate = _plain(330, (255, 255, 255))
        shade = np.linspace(0, 1, _TALL)[:, None, None]
        plate[:] = np.array(_near(rng, (235, 245, 238))) * (1 - shade) + np.array(_near(rng, (90, 200, 140))) * shade
        _row(rng, plate, f"{head}·{_letters(rng, 1, 'DF')}{tail}", (14, 16, 302, 64), ink=dark, faces=(font, fonts.han))
        return _rim(rng, plate, dark)
    ground: Colour = {"blue": (30, 70, 180), "yellow": (235, 190, 30), "white": (238, 238, 238), "black": (20, 20, 24)}[
        str(kind)
    ]  # type: ignore[assignment]
    ink = dark if kind in {"yellow", "white"} else white
    plate = _plain(302, _near(rng, ground, 24))
    _row(rng, plate, f"{head}·{tail}", (14, 15, 274, 66), ink=ink, faces=(font, fonts.han))
    return _rim(rng, plate, ink)


def europe(rng: np.random.Generator, fonts: Fonts) -> Picture:
    patterns = [
        "AA·AA 000", "A AA 0000", "AAA AA 00", "AA-000-AA", "AA 00000", "AA 000AA", "0A0 0000", "0000 AAA", "00-AAA-0",
        "AA 00 AAA", "A-AAA-000", "AAA-000", "AA00 AAA", "AA 0000", "AAA 000", "0 AAA 000", "AA-AA 00",
    ]  # fmt: skip
    text = _pattern(rng, str(rng.choice(patterns)))
    font = fonts.plates[int(rng.integers(len(fonts.plates)))]
    ground = _near(rng, (245, 200, 40)) if rng.random() < 0.15 else _near(rng, (236, 236, 236), 18)
    ink = _near(rng, (25, 25, 30)) if rng.random() < 0.9 else _near(rng, (160, 30, 30))
    if rng.random() < 0.12:  # two rows
        plate = _plain(150, ground)
        half = len(text) // 2
        _row(rng, plate, text[:half].strip(" -·"), (20, 8, 115, 36), ink=ink, faces=(font, fonts.han))
        _row(rng, plate, text[half:].strip(" -·"), (10, 52, 130, 36), ink=ink, faces=(font, fonts.han))
        return _rim(rng, plate, ink)
    plate = _plain(int(rng.integers(400, 460)), ground)
    strip = 0
    if rng.random() < 0.75:
        strip = 40
        plate[:, :strip] = _near(rng, (20, 50, 160))
        put(plate, str(rng.choice(EUROPE)), (8, 58, 24, 22), (240, 240, 240), font)
        cv2.circle(plate, (20, 28), 11, (230, 200, 40), 2)
    wide = plate.shape[1] - strip
    margin = wide * rng.uniform(0.02, 0.1)
    _row(rng, plate, text, (strip + margin, 14, wide - 2 * margin, 68), ink=ink, faces=(font, fonts.han))
    if rng.random() < 0.4:
        cv2.circle(plate, (int(strip + wide * 0.33), 36), 6, _near(rng, (200, 60, 60), 40), -1)
    return _rim(rng, plate, ink)


def britain(rng: np.random.Generator, fonts: Fonts) -> Picture:
    ground = _near(rng, (245, 200, 40)) if rng.random() < 0.5 else _near(rng, (238, 238, 238))
    plate = _plain(450, ground)
    _row(
        rng,
        plate,
        _pattern(rng, "AA00 AAA"),
        (25, 14, 400, 66),
        ink=_near(rng, (20, 20, 20)),
        faces=(fonts.plates[int(rng.integers(len(fonts.plates)))], fonts.han),
    )
    return _rim(rng, plate, (40, 40, 40))


def america(rng: np.random.Generator, fonts: Fonts) -> Picture:
    plate = _plain(192, _near(rng, (236, 236, 236), 18))
    tone = rng.random()
    shade = np.linspace(0, 1, _TALL)[:, None, None]
    if tone < 0.6:
        top, low = (np.array([rng.integers(150, 255) for _ in range(3)]) for _ in range(2))
        plate[:] = (top * (1 - shade) + low * shade if tone < 0.4 else plate * 0.6 + 0.4 * top * (1 - shade)).astype(
            np.uint8
        )
    elif tone < 0.72:
        plate[:] = _pick(rng, [(30, 60, 140), (20, 90, 60), (120, 30, 40), (25, 25, 30), (230, 180, 40)])
    if rng.random() < 0.35:  # a picture in the middle or below
        tint = np.array([rng.integers(60, 230) for _ in range(3)])
        points = np.array(
            [
                [0, 96],
                [0, rng.integers(40, 80)],
                [60, rng.integers(25, 70)],
                [120, rng.integers(25, 80)],
                [192, rng.integers(40, 80)],
                [192, 96],
            ]
        )
        layer = plate.copy()
        cv2.fillPoly(layer, [points.astype(np.int32)], tint.tolist())
        plate[:] = cv2.addWeighted(plate, 0.6, layer, 0.4, 0)
    dark = plate.mean() < 120
    ink = (
        _near(rng, (240, 240, 240))
        if dark
        else _pick(rng, [(20, 25, 80), (20, 20, 20), (140, 25, 30), (20, 80, 40), (30, 60, 140)])
    )
    trim = _near(rng, ink, 60)
    font = fonts.plates[int(rng.integers(len(fonts.plates)))]
    put(
        plate,
        str(rng.choice(STATES)),
        (rng.uniform(30, 60), rng.uniform(4, 8), rng.uniform(70, 120), rng.uniform(11, 16)),
        trim,
        fonts.words[int(rng.integers(len(fonts.words)))],
    )
    if rng.random() < 0.6:
        put(
            plate,
            " ".join(rng.choice(WORDS, 2)),
            (rng.uniform(40, 60), rng.uniform(81, 84), rng.uniform(70, 100), rng.uniform(7, 10)),
            trim,
            font,
        )
    patterns = [
        "AAA 0000",
        "AAA-0000",
        "0AAA000",
        "AAA 000",
        "000 AAA",
        "AA 00000",
        "AAA·000",
        "000-AAA",
        "00A AA0",
        "AA0000",
        "AAAAAA",
        "A00 0AA",
        "0XX XX0",
    ]
    text = _pattern(rng, str(rng.choice(patterns)))
    wide = rng.uniform(150, 178)
    _row(
        rng,
        plate,
        text,
        ((192 - wide) / 2, rng.uniform(24, 28), wide, rng.uniform(46, 54)),
        ink=ink,
        faces=(font, fonts.han),
    )
    for x, y in ((30, 8), (162, 8), (30, 88), (162, 88)):
        if rng.random() < 0.4:
            cv2.circle(plate, (x, y), 4, _near(rng, (120, 120, 120), 60), -1)
    return _rim(rng, plate, ink)


def brazil(rng: np.random.Generator, fonts: Fonts) -> Picture:
    font = fonts.plates[int(rng.integers(len(fonts.plates)))]
    if rng.random() < 0.4:
        plate = _plain(295, _near(rng, (238, 238, 238)))
        plate[:22] = _near(rng, (20, 50, 150))
        put(plate, "BRASIL", (115, 5, 70, 13), (240, 240, 240), font)
        ink = _pick(rng, [(20, 20, 20), (20, 20, 20), (170, 30, 30)])
        _row(rng, plate, _pattern(rng, "AAA0A00"), (16, 30, 262, 58), ink=ink, faces=(font, fonts.han))
        return _rim(rng, plate, ink)
    red = rng.random() < 0.15
    plate = _plain(295, _near(rng, (170, 30, 35)) if red else _near(rng, (176, 178, 180), 34))
    ink = (235, 235, 235) if red else _near(rng, (25, 25, 25))
    put(plate, f"{_letters(rng, 2)} {rng.choice(STATES)}", (60, 5, 170, 15), ink, font)
    _row(rng, plate, _pattern(rng, "AAA-0000"), (12, 26, 270, 60), ink=ink, faces=(font, fonts.han))
    return _rim(rng, plate, ink)


def _rim(rng: np.random.Generator, plate: Picture, ink: Colour) -> Picture:
    if rng.random() < 0.5:
        cv2.rectangle(plate, (3, 3), (plate.shape[1] - 4, plate.shape[0] - 4), ink, int(rng.integers(1, 4)))
    if rng.random() < 0.35:  # a dealer's frame
        edge = int(rng.integers(4, 14))
        low = edge if rng.random() < 0.6 else 2 * edge
        framed = np.empty((plate.shape[0] + edge + low, plate.shape[1] + 2 * edge, 3), np.uint8)
        framed[:] = _near(rng, (30, 30, 30), 25) if rng.random() < 0.8 else _near(rng, (170, 170, 170), 50)
        framed[edge : edge + plate.shape[0], edge : edge + plate.shape[1]] = plate
        return framed
    return plate


PLATES: list[tuple[float, Callable[[np.random.Generator, Fonts], Picture]]] = [
    (0.24, china), (0.28, europe), (0.08, britain), (0.24, america), (0.16, brazil),
]  # fmt: skip


def plate(rng: np.random.Generator, fonts: Fonts) -> Picture:
    """Any plate, (h, w, 3) uint8 RGB, flat and clean."""
    number = int(rng.choice(len(PLATES), p=[share for share, _make in PLATES]))
    return PLATES[number][1](rng, fonts)


def sign(rng: np.random.Generator, fonts: Fonts) -> Picture:
    """What might be taken for a plate and is none: shop names, notices, badges, telephone numbers, prices, blank boards."""
    wide = int(rng.integers(110, 520))
    ground = (
        tuple(int(one) for one in rng.integers(0, 256, 3)) if rng.random() < 0.6 else _near(rng, (235, 235, 235), 20)
    )
    board = _plain(wide, ground)  # type: ignore[arg-type]
    light = sum(ground) > 380
    ink = _near(rng, (20, 20, 20), 20) if light else _near(rng, (240, 240, 240))
    if rng.random() < 0.3:
        ink = _pick(rng, [(180, 30, 30), (240, 220, 60), (30, 60, 170), (20, 120, 60)])
    font = fonts.words[int(rng.integers(len(fonts.words)))]
    kind = rng.random()
    if kind < 0.12:
        pass  # blank
    elif kind < 0.45:
        words = " ".join(rng.choice(WORDS, int(rng.integers(1, 4))))
        words = words.title() if rng.random() < 0.4 else words
        put(board, words, (wide * 0.06, 22, wide * 0.88, rng.uniform(30, 55)), ink, font)
    elif kind < 0.65:
        put(board, _letters(rng, int(rng.integers(2, 9)), HAN), (wide * 0.05, 18, wide * 0.9, 60), ink, fonts.han)
    elif kind < 0.8:
        for row in range(int(rng.integers(2, 6))):
            put(
                board,
                " ".join(rng.choice(WORDS, 3)).lower(),
                (8, 6 + row * 17, wide * rng.uniform(0.5, 0.94), 11),
                ink,
                font,
            )
    elif kind < 0.9:
        number = _pattern(rng, str(rng.choice(["000-0000-0000", "+00 00 000 0000", "0000 000000", "0800 000 000"])))
        put(board, number, (wide * 0.05, 25, wide * 0.9, 45), ink, font)
    else:
        put(
            board,
            _pattern(rng, str(rng.choice(["00", "$0.00", "00:00", "00%", "0.0", "A0"]))),
            (wide * 0.3, 15, wide * 0.4, 65),
            ink,
            font,
        )
    if rng.random() < 0.4:
        cv2.rectangle(board, (3, 3), (wide - 4, _TALL - 4), ink, int(rng.integers(1, 4)))
    return board
