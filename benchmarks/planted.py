"""Values that are planted in documents, and files that hold them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

NAME, MAIL, PHONE, CARD = "Valeska Okonjo", "valeska.okonjo@example.org", "+44 20 7946 0958", "4539 1488 0343 6467"
CHINESE = ("张伟明", "13812345678")
SECRETS = ("Valeska", "Okonjo", "valeska.okonjo", "7946 0958", "4539 1488", "0343 6467", *CHINESE)
"""What must not be found in what comes out."""

FONT = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")


@dataclass(frozen=True)
class Planted:
    """A file, its bytes and what must not be left of it."""

    name: str
    data: bytes = field(repr=False)
    secrets: tuple[str, ...] = SECRETS


def drawn_words(words: str, size: int = 40) -> Any:
    """A picture of a line of words."""
    from PIL import Image, ImageDraw, ImageFont

    letters = ImageFont.truetype(str(FONT), size, index=2) if FONT.is_file() else ImageFont.load_default(size)
    image = Image.new("RGB", (1000, 200), (250, 250, 246))
    ImageDraw.Draw(image).text((30, 70), words, font=letters, fill=(20, 20, 30))
    return image
