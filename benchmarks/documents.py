"""Documents, masked by the default policy, and what is still found of the values in them.

    python benchmarks/documents.py [--count 200] [--seed 1] [--first 0] [--only NAME] [--keep FOLDER] [--json FILE]
    python benchmarks/documents.py --leaks [PATTERN]

The first renders documents of twenty kinds, English and Chinese, as they are scanned and photographed (`rendered/`),
masks them as the road does, and has a second OCR engine, Tesseract, read every word from its known place before and
after (`rendered/reading.py`). Of the personal words that it reads before, the share that it does not read afterwards
counts; beside it, words whose ink is still there by comparing pixels, and words that are nobody's and still readable.
It needs the programs and fonts that `rendered/fonts.py` and `rendered/reading.py` name.

The second makes PDF and Office files with values planted in every place that such files have (`planted_pdf.py`,
`planted_office.py`), and searches what comes out by bytes of all streams and members, by other readers, and by
Tesseract in the pages as LibreOffice and poppler (or PDFium) draw them.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import document_leaks, planted_office, planted_pdf
from benchmarks.rendered import corpus, score

from polyveil.identity import Identity
from polyveil.modalities import image as room
from polyveil.modalities.interface import Context
from polyveil.policies import load
from polyveil.schema.modality import Modality
from polyveil.schema.part import Part


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


def rendered(args: argparse.Namespace) -> None:
    """The first form."""
    judged: list[score.Judged] = []
    spent = count = 0.0
    with tempfile.TemporaryDirectory() as folder:
        ctx = Context(load("default"), Identity(os.urandom(32)), Path(folder))
        masked(Image.new("RGB", (640, 640)), ctx)  # models are loaded
        for number, kind, language, seen in corpus.documents(args.count, args.seed, args.only, args.first):
            begun = time.process_time()
            after = np.asarray(masked(Image.fromarray(seen.rgb), ctx))
            took = time.process_time() - begun
            spent, count = spent + took, count + 1
            rows = list(score.judge(kind, language, seen, after, plain_too=not args.personal_only))
            judged += rows
            left = [one for one in rows if one.word.personal and (one.after or one.inked)]
            readable = sum(one.before for one in rows if one.word.personal)
            print(
                f"{number} {kind} {language} {'+'.join(seen.conditions)}: {readable} personal words read before, "
                f"{sum(one.after for one in left)} after, {1000 * took:.0f} ms; left: {' '.join(one.word.text for one in left) or 'nothing'}",
                flush=True,
            )
            if args.json:
                with args.json.open("a", encoding="utf-8") as sink:
                    sink.writelines(json.dumps(score.row(one), ensure_ascii=False) + "\n" for one in rows)
            if args.keep and left:
                score.pictured(seen, after, left, args.keep / f"{number}-{kind}-{language}.png")
    print("\n".join(score.table(judged)))
    print(f"{count:.0f} documents, {1000 * spent / max(1, count):.0f} ms of processor time each")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1, help="of the documents that are drawn")
    parser.add_argument("--first", type=int, default=0, help="leave out the documents before this number")
    parser.add_argument("--only", default="", help="documents with this in KIND.LANGUAGE.CONDITION")
    parser.add_argument("--keep", type=Path, help="a folder for pictures of what is left, before beside after")
    parser.add_argument("--json", type=Path, help="a file to which every word's result is added, one a line")
    parser.add_argument("--personal-only", action="store_true", help="do not read the words that are nobody's")
    parser.add_argument(
        "--leaks", nargs="?", const="", help="planted values in PDF and Office files; of some, by a pattern"
    )
    args = parser.parse_args()
    if shutil.which("tesseract") is None:
        sys.exit("this benchmark needs the program tesseract with eng and chi_sim")
    if args.leaks is not None:
        leaks(args.leaks)
    rendered(args)


if __name__ == "__main__":
    main()
