"""Write common_en.txt: words that stand in lower case five times or more in the training corpora, and hardly name anybody.

python training/text_taggers/common_en.py --data DATA/text/en --out src/polyveil/modalities/text/lexicon
"""

from __future__ import annotations

import argparse
import textwrap
from collections import Counter
from pathlib import Path

from corpora_en import load


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    train, _ = load(args.data)
    plain, named = Counter[str](), Counter[str]()
    for tokens, tags in train:
        for token, tag in zip(tokens, tags, strict=True):
            if tag == "O" and token.isascii() and token.isalpha() and token.islower():
                plain[token] += 1
            elif tag[2:] == "PER":
                named[token.lower()] += 1
    words = sorted(word for word, count in plain.items() if count >= 5 and count > 20 * named[word])
    head = "# Words of the training corpora (training/text_taggers) that stand in lower case and hardly name anybody.\n"
    (args.out / "common_en.txt").write_text(head + textwrap.fill(" ".join(words), 120) + "\n", encoding="utf-8")
    print(len(words), "words")


if __name__ == "__main__":
    main()
