"""Write lexicon/traditional_zh.txt: traditional characters and the simplified one that stands for each.

    python training/text_taggers/variants_zh.py OPENCC/dictionary/TSCharacters.txt

The table is that of OpenCC (Apache-2.0), as in the package opencc-python-reimplemented 0.1.7. Of several simplified
characters the first is taken: a tagger needs one, not the right one in every word.
"""

from __future__ import annotations

import sys
from pathlib import Path

HEAD = "# Traditional characters, each followed by its simplified one; table of OpenCC (Apache-2.0), training/text_taggers/variants_zh.py"
FOLDER = Path(__file__).parents[2] / "src/polyveil/modalities/text/lexicon"


def main() -> None:
    rows = (line.split() for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines())
    pairs = sorted(
        {row[0] + row[1] for row in rows if len(row) > 1 and len(row[0]) == len(row[1]) == 1 and row[0] != row[1]}
    )
    lines = [" ".join(pairs[start : start + 40]) for start in range(0, len(pairs), 40)]
    (FOLDER / "traditional_zh.txt").write_text("\n".join([HEAD, *lines]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
