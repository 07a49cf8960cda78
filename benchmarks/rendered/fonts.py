"""Fonts of Debian packages, by role; a role falls back to the first family of its script that is installed.

fonts-noto-cjk, fonts-dejavu-core (or fonts-liberation2, fonts-roboto-unhinted), fonts-lxgw-wenkai, fonts-ocr-b,
fonts-comic-neue, fonts-humor-sans: all under the SIL Open Font License, Apache-2.0 or as permissive.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from PIL import ImageFont

_ROOT = Path("/usr/share/fonts")
_CJK = ("opentype/noto/NotoSansCJK-Regular.ttc",)
_FILES: dict[str, tuple[str, ...]] = {
    "sans": ("truetype/liberation2/LiberationSans-Regular.ttf", "truetype/dejavu/DejaVuSans.ttf"),
    "bold": ("truetype/liberation2/LiberationSans-Bold.ttf", "truetype/dejavu/DejaVuSans-Bold.ttf"),
    "serif": ("truetype/liberation2/LiberationSerif-Regular.ttf", "truetype/dejavu/DejaVuSerif.ttf"),
    "mono": ("truetype/liberation2/LiberationMono-Regular.ttf", "truetype/dejavu/DejaVuSansMono.ttf"),
    "roboto": ("truetype/roboto/unhinted/RobotoTTF/Roboto-Regular.ttf", "truetype/dejavu/DejaVuSans.ttf"),
    "ocrb": ("opentype/ocr-b/OCRB.otf", "truetype/dejavu/DejaVuSansMono.ttf"),
    "hand": ("truetype/humor-sans/Humor-Sans.ttf", "opentype/comic-neue/ComicNeue-Italic.otf", *_CJK),
    "comic": ("opentype/comic-neue/ComicNeue-Regular.otf", "truetype/dejavu/DejaVuSans.ttf"),
    "hei": _CJK,
    "hei-bold": ("opentype/noto/NotoSansCJK-Bold.ttc", *_CJK),
    "song": ("opentype/noto/NotoSerifCJK-Regular.ttc", *_CJK),
    "kai": ("truetype/lxgw-wenkai/LXGWWenKai-Regular.ttf", *_CJK),
    "hand-zh": ("truetype/lxgw-wenkai/LXGWWenKai-Light.ttf", *_CJK),
}
_HAN = {"sans": "hei", "bold": "hei-bold", "serif": "song", "mono": "hei", "roboto": "hei", "hand": "hand-zh"}
_SIMPLIFIED = 2  # face of the simplified Chinese in Noto's collections

Font = ImageFont.FreeTypeFont


@cache
def font(role: str, size: int) -> Font:
    """Raises FileNotFoundError if no font of the role is installed."""
    for name in _FILES[role]:
        if (_ROOT / name).is_file():
            return ImageFont.truetype(str(_ROOT / name), size, index=_SIMPLIFIED if name.endswith(".ttc") else 0)
    raise FileNotFoundError(f"no font for {role!r}: install fonts-noto-cjk and fonts-dejavu-core")


def fitting(role: str, text: str, size: int) -> Font:
    """The role's font, or that of Chinese in its manner where the text is Chinese."""
    return font(_HAN.get(role, role) if any("\u2e80" <= letter <= "\uffef" for letter in text) else role, size)
