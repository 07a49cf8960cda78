"""Documents, masked by the default policy, and what is still found of the values in them.

    python benchmarks/documents.py [--count 200] [--font FILE]
    python benchmarks/documents.py --leaks [PATTERN]

The first renders cards, receipts and chats, and has a second OCR engine read them. The second makes PDF and Office
files with values planted in every place that such files have (`planted_pdf.py`, `planted_office.py`), and searches what
comes out by bytes of all streams and members, by other readers, and by Tesseract in the pages as LibreOffice and
poppler (or PDFium) draw them.

Each document carries personal values that are known. It is rendered in English or Chinese, upright or turned, at full
size or small, in strong or weak contrast. Tesseract (a program of the system, with `eng` and `chi_sim`) reads it before
and after. A word of a value counts as read if it stands in what Tesseract gives, letters and digits alone; only words
that it reads beforehand can be hidden from it, so the figure is of those. Chinese needs a font: Noto Sans CJK or --font.
"""

from __future__ import annotations

import argparse
import io
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import document_leaks, planted_office, planted_pdf

from polyveil.identity import Identity
from polyveil.modalities import image as room
from polyveil.modalities.interface import Context
from polyveil.policies import load
from polyveil.schema.modality import Modality
from polyveil.schema.part import Part

FONT = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
_FIRST = ("Margaret", "Tobias", "Priya", "Jonathan", "Wilhelmina", "Desmond", "Ottoline", "Rafael")
_LAST = ("Holloway", "Lindqvist", "Pemberton", "Abernathy", "Quillfeather", "Okonkwo", "Marchetti", "Vandenberg")
_FAMILY, _GIVEN = "王李张刘陈杨赵黄周吴欧阳", ("若兰", "建国", "晓明", "雨欣", "志强", "思远", "佳怡", "海涛")
_TURNS = (0, 0, 0, 90, 270, 4, -6)


@dataclass(frozen=True)
class Document:
    """A page and the personal values on it."""

    picture: Image.Image
    values: tuple[str, ...]


def rows(draw: random.Random) -> list[tuple[str, str]]:
    """(label, value) of one document; values without a label are no personal data."""

    def digits(count: int) -> str:
        return "".join(draw.choice("123456789") for _ in range(count))

    name = f"{draw.choice(_FIRST)} {draw.choice(_LAST)}"
    mail = f"{name.replace(' ', '.').lower()}@example.org"
    chinese = draw.choice(_FAMILY) + draw.choice(_GIVEN)
    english = [
        [("", "IDENTITY CARD"), ("Name: ", name), ("Date of birth: ", f"19{digits(2)}-0{digits(1)}-1{digits(1)}")],
        [("", "GREENLEAF MARKET"), ("Customer: ", name), ("Tel: ", f"(212) 555-0{digits(3)}"), ("", "TOTAL 6.48")],
        [("Hi, this is ", name), ("My number is ", f"+44 20 7946 0{digits(3)}"), ("", "see you tomorrow")],
    ]
    zh = [
        [("姓名: ", chinese), ("手机: ", f"138{digits(8)}"), ("", "性别 女 民族 汉")],
        [("收件人: ", chinese), ("电话: ", f"139{digits(8)}"), ("", "感谢您的光临")],
    ]
    return [*draw.choice(english), ("E-mail: ", mail)] if draw.random() < 0.6 else draw.choice(zh)


def documents(count: int, font: Path) -> Iterator[Document]:
    draw = random.Random(1)
    for _ in range(count):
        lines = rows(draw)
        size = draw.choice((18, 26, 32, 40))
        paper = draw.choice(((250, 250, 246), (225, 232, 240), (240, 235, 220)))
        ink = draw.choice(((20, 20, 40), (20, 20, 40), (120, 120, 125)))
        letters = ImageFont.truetype(str(font), size, index=2 if font.suffix == ".ttc" else 0)
        picture = Image.new("RGB", (size * 24, int(size * 2.2 * (len(lines) + 1))), paper)
        pen = ImageDraw.Draw(picture)
        for number, (label, value) in enumerate(lines):
            pen.text((size, size * (0.8 + 2.2 * number)), label + value, font=letters, fill=ink)
        turned = picture.rotate(draw.choice(_TURNS), expand=True, fillcolor=paper, resample=Image.Resampling.BICUBIC)
        yield Document(turned, tuple(value for label, value in lines if label))


def masked(picture: Image.Image, ctx: Context) -> Image.Image:
    sink = io.BytesIO()
    picture.save(sink, "PNG")
    part = Part("", Modality.IMAGE, "image/png", sink.getvalue())
    done = room.transform(part, room.inspect(part, ctx).findings, ctx)
    return Image.open(io.BytesIO(done.part.read())).convert("RGB")


def seen(picture: Image.Image, turns: tuple[int, ...] = (0, 90, 270)) -> str:
    """All that Tesseract reads, upright and turned by quarters, letters and digits alone."""
    texts = []
    for turn in turns:
        sink = io.BytesIO()
        picture.rotate(turn, expand=True).save(sink, "PNG")
        command = ["tesseract", "-", "-", "-l", "eng+chi_sim", "--psm", "6"]
        done = subprocess.run(command, input=sink.getvalue(), capture_output=True, check=True)
        texts.append("".join(letter for letter in done.stdout.decode().casefold() if letter.isalnum()))
    return " ".join(texts)


def words(value: str) -> list[str]:
    plain = ["".join(letter for letter in word.casefold() if letter.isalnum()) for word in value.split()]
    return [word for word in plain if len(word) >= 2]


def leaks(names: str) -> None:
    """The second form. Ends with status 1 if anything is left."""
    started, left, number, size = time.process_time(), [], 0, [0, 0]
    for planted in (*planted_pdf.documents(), *planted_office.documents()):
        if not re.search(names, planted.name):
            continue
        with tempfile.TemporaryDirectory() as folder:
            pages = Path(folder) / "pages"
            pages.mkdir()
            for one, path in document_leaks.masked([planted], Path(folder)):
                rest = [*document_leaks.in_bytes(one, path), *document_leaks.in_readers(one, path)]
                if path.suffix != ".rtf":
                    rest += document_leaks.in_pages(one, path, pages, lambda page: seen(Image.open(page), turns=(0,)))
                left += rest
                number, size = number + 1, [size[0] + len(one.data), size[1] + path.stat().st_size]
                print(
                    f"{one.name}: {'; '.join(sorted({f'{row.secret} by {row.way}' for row in rest})) or 'nothing'}",
                    flush=True,
                )
    seconds = time.process_time() - started
    print(
        f"{number} documents, {len({row.name for row in left})} with something left; {size[0]} bytes in, {size[1]} out, {seconds:.0f} CPU s"
    )
    sys.exit(bool(left))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--font", type=Path, default=FONT)
    parser.add_argument(
        "--leaks", nargs="?", const="", help="planted values in PDF and Office files; of some, by a pattern"
    )
    args = parser.parse_args()
    if shutil.which("tesseract") is None or not args.font.is_file():
        sys.exit("this benchmark needs the program tesseract with eng and chi_sim, and a font with Chinese (--font)")
    if args.leaks is not None:
        leaks(args.leaks)
    readable = left = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        ctx = Context(load("default"), Identity(os.urandom(32)), Path(folder))
        for number, document in enumerate(documents(args.count, args.font)):
            before = seen(document.picture)
            wanted = [word for value in document.values for word in words(value) if word in before]
            after = seen(masked(document.picture, ctx))
            still = [word for word in wanted if word in after]
            readable, left, failed = readable + len(wanted), left + len(still), failed + bool(still)
            if still:
                print(f"document {number}: {len(still)} of {len(wanted)} words: {' '.join(still)}")
    hidden = 100 * (1 - left / max(1, readable))
    print(
        f"{args.count} documents, {readable} personal words read before: {hidden:.1f} % unreadable after, {failed} leak"
    )


if __name__ == "__main__":
    main()
