"""A second OCR engine, which shares no model with the one that masks: Tesseract (Apache-2.0), run as a program.

It reads the worst that an attacker could do: who knows where each word lies cuts it out, makes it straight, enlarges it
to letters of 40 pixels, stretches its contrast, turns white on black over, and reads it as one line.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from benchmarks.rendered.sheet import Word

_TALL = 56  # pixels of a cut-out's height
_ROOM = 0.22  # of the word's height, around it
_BORDER = 20
_FLAT = 6.0  # levels between the darkest and the brightest twentieth, below which there is nothing to read
_LIKE = str.maketrans("oil|sbzg", "01115829")

Pixels = npt.NDArray[np.uint8]


def han(text: str) -> bool:
    return any("\u2e80" <= letter <= "\uffef" for letter in text)


def plain(text: str) -> str:
    """Letters and digits alone, those that readers take for one another made one."""
    return "".join(letter for letter in text.casefold() if letter.isalnum()).translate(_LIKE)


def scored(word: Word) -> bool:
    """One letter or digit is no word that can be told from chance."""
    return len(plain(word.text)) >= 2


def read(rgb: Pixels, words: Sequence[Word]) -> list[bool]:
    """Can each word be read in a picture? One letter in six may be wrong."""
    result = [False] * len(words)
    for language in ("eng", "chi_sim"):
        chosen = [at for at, word in enumerate(words) if han(word.text) == (language == "chi_sim")]
        cuts = {at: cut for at in chosen if (cut := _cut(rgb, words[at])) is not None}
        for at, text in zip(cuts, _tesseract(list(cuts.values()), language), strict=True):
            result[at] = found(plain(words[at].text), plain(text))
    return result


def found(wanted: str, text: str) -> bool:
    """Does a word occur in a text with at most one edit for every six of its letters (Sellers' algorithm)?"""
    allowed = len(wanted) // 6
    row = [0] * (len(text) + 1)
    for number, letter in enumerate(wanted, 1):
        before, row[0] = row[0], number
        for place, other in enumerate(text, 1):
            before, row[place] = row[place], min(before + (letter != other), row[place] + 1, row[place - 1] + 1)
    return min(row) <= allowed


def _cut(rgb: Pixels, word: Word) -> Pixels | None:
    """The word alone, straight, dark on white; None where nothing is to be seen."""
    quad = word.quad.astype(np.float32)
    wide, tall = (float(np.linalg.norm(quad[1] - quad[0])), float(np.linalg.norm(quad[3] - quad[0])))
    if word.upright:
        count = len(word.text)
        cells = [
            _straight(rgb, _part(quad, place / count, (place + 1) / count), wide, tall / count)
            for place in range(count)
        ]
        grey = np.hstack(cells)
    else:
        grey = _straight(rgb, quad, wide, tall)
    low, high = (float(value) for value in np.percentile(grey, (5, 95)))
    if high - low < _FLAT:
        low, high = float(grey.min()), float(grey.max())
        if high - low < _FLAT:
            return None
    stretched = np.clip((grey.astype(np.float32) - low) / (high - low), 0, 1)
    if float(np.median(stretched)) < 0.5:
        stretched = 1 - stretched
    return np.pad((stretched * 255).astype(np.uint8), _BORDER, constant_values=255)


def _part(quad: npt.NDArray[np.float32], start: float, end: float) -> npt.NDArray[np.float32]:
    left, right = quad[3] - quad[0], quad[2] - quad[1]
    corners = [quad[0] + start * left, quad[1] + start * right, quad[1] + end * right, quad[0] + end * left]
    return np.array(corners, np.float32)


def _straight(rgb: Pixels, quad: npt.NDArray[np.float32], wide: float, tall: float) -> Pixels:
    room = _ROOM * min(wide, tall)
    scale = _TALL / (tall + 2 * room)
    size = (max(8, round((wide + 2 * room) * scale)), _TALL)
    inner = (
        np.array([[room, room], [wide + room, room], [wide + room, tall + room], [room, tall + room]], np.float32)
        * scale
    )
    matrix = cv2.getPerspectiveTransform(quad, inner)
    cut = cv2.warpPerspective(rgb, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.cvtColor(cut, cv2.COLOR_RGB2GRAY)).astype(np.uint8)


def _tesseract(pictures: Sequence[Pixels], language: str) -> list[str]:
    """What it reads in each, all in one run of the program, on one thread."""
    if not pictures:
        return []
    with tempfile.TemporaryDirectory() as folder:
        names = []
        for number, picture in enumerate(pictures):
            names.append(str(Path(folder) / f"{number}.png"))
            cv2.imwrite(names[-1], picture)
        batch = Path(folder) / "list.txt"
        batch.write_text("\n".join(names) + "\n", encoding="utf-8")
        command = ["tesseract", str(batch), "stdout", "-l", language, "--psm", "7", "tsv"]
        done = subprocess.run(command, capture_output=True, check=True, env={**os.environ, "OMP_THREAD_LIMIT": "1"})
    texts = [""] * len(pictures)
    for row in done.stdout.decode("utf-8", "replace").splitlines()[1:]:
        cells = row.split("\t")
        if len(cells) == 12 and cells[0] == "5":  # a word; a picture in which it finds nothing has no rows
            texts[int(cells[1]) - 1] += cells[11]
    return texts
