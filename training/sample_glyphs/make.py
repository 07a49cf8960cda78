"""Render the Chinese characters that occur in src/polyveil/sample from Noto Sans CJK SC (Debian: fonts-noto-cjk).

    python training/sample_glyphs/make.py

Writes src/polyveil/sample/media/glyphs.png (grey, cells of 48 x 48, 32 a row) and glyphs.txt (their order).
Run it again after a Chinese word of the sample changed; a test tells when that is needed.
"""

import re
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

SAMPLE = Path(__file__).parents[2] / "src/polyveil/sample"
FONT = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
SIMPLIFIED = 2  # index of the SC face in the collection
CELL, PER_ROW = 48, 32


def main() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in sorted(SAMPLE.glob("*.py")))
    characters = "".join(sorted(set(re.findall(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]", source))))
    font = ImageFont.truetype(FONT, CELL - 4, index=SIMPLIFIED)
    rows = -(-len(characters) // PER_ROW)
    sheet = Image.new("L", (CELL * PER_ROW, CELL * rows))
    pen = ImageDraw.Draw(sheet)
    for place, character in enumerate(characters):
        x, y = place % PER_ROW * CELL, place // PER_ROW * CELL
        pen.text((x + 2, y + round(CELL * 0.86)), character, fill=255, font=font, anchor="ls")
    sheet.save(SAMPLE / "media/glyphs.png", optimize=True)
    (SAMPLE / "media/glyphs.txt").write_text(characters + "\n", encoding="utf-8")


main()
