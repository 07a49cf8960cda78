"""Write src/polyveil/identity/lexicon/traditional_zh.txt: characters of names, each with its traditional form.

    python training/surrogates/traditional_zh.py OPENCC/dictionary/STCharacters.txt

The table is that of OpenCC (Apache-2.0), as in the package opencc-python-reimplemented 0.1.7. Of several traditional
characters the first is taken, but for a few that names write otherwise. A character that Big5 counts among the
frequent ones is written in Hong Kong and Taiwan too and has no other form here, but for a few that names hardly hold there.
"""

from __future__ import annotations

import sys
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "src/polyveil/identity/lexicon"
HEAD = (
    "# Simplified characters of names, each followed by its traditional form; table of OpenCC (Apache-2.0), "
    "training/surrogates/traditional_zh.py"
)
OTHERWISE = {"钟": "鍾", "叶": "葉", "万": "萬", "云": "雲", "广": "廣", "丰": "豐", "胜": "勝"}


def frequent(character: str) -> bool:
    """Is a character of Big5's first level (0xA440 to 0xC67E)?"""
    code = int.from_bytes(character.encode("big5", "ignore"), "big")
    return 0xA440 <= code <= 0xC67E


def main() -> None:
    rows = (line.split() for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines())
    table = {row[0]: row[1] for row in rows if len(row) > 1} | OTHERWISE
    lists = ("family_zh", "family_rare_zh", "given_zh", "compound_zh")
    lines = (line for name in lists for line in (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines())
    letters = sorted({letter for line in lines if not line.startswith("#") for letter in line if letter != " "})
    pairs = [
        letter + table[letter]
        for letter in letters
        if table.get(letter, letter) != letter and (letter in OTHERWISE or not frequent(letter))
    ]
    out = [" ".join(pairs[start : start + 40]) for start in range(0, len(pairs), 40)]
    (FOLDER / "traditional_zh.txt").write_text("\n".join([HEAD, *out]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
