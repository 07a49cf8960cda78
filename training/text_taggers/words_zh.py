"""Write words_zh.bin: the words of two to four characters of jieba's dictionary (MIT) and of China's divisions, by class.

    python training/text_taggers/words_zh.py --jieba jieba-0.42.1.tar.gz --out OUT

Its dict.txt is in the source distribution of jieba 0.42.1: a word, how often it was seen, its part of speech.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from polyveil.modalities.text.detectors.name_en import lexicon
from polyveil.modalities.text.detectors.name_zh import COMPOUND, SINGLE
from polyveil.modalities.text.detectors.tagger_zh import CLASSES, WORDS, hashed


def of(tag: str) -> str:
    """The class of a part of speech."""
    return {"nr": "person", "nrfg": "person", "ns": "place", "nt": "organisation", "nrt": "foreign person"}.get(
        tag, "word"
    )


def people(dictionary: str) -> list[str]:
    """Names of three characters with a family name: what given names are made of."""
    rows = (line.split() for line in dictionary.splitlines())
    return [word for word, _, tag in rows if tag == "nr" and len(word) == 3 and (word[0] in SINGLE[:200])]


def foreigners(dictionary: str) -> list[str]:
    """Names written by sound."""
    rows = (line.split() for line in dictionary.splitlines())
    return [word for word, _, tag in rows if tag == "nrt" and 2 <= len(word) <= 5]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--jieba", type=Path, required=True, help="jieba-0.42.1.tar.gz")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    classes: dict[str, str] = {}
    for line in args.dictionary.splitlines():
        word, _, tag = line.split()
        if 2 <= len(word) <= 4:
            classes[word] = of(tag)
    classes |= {word: "place" for word in lexicon("places_zh") if 2 <= len(word) <= 4}
    made = {}
    for word, kind in classes.items():
        codes = np.array([ord(letter) for letter in word], np.uint64)
        made[int(hashed(codes, len(word))[0])] = CLASSES.index(kind)
    hashes = np.array(sorted(made), "<u4")
    args.out.mkdir(parents=True, exist_ok=True)
    (args.out / WORDS).write_bytes(hashes.tobytes() + bytes(made[int(one)] for one in hashes))
    print(len(classes), "words", len(made), "hashes", len(COMPOUND), "compound family names")


if __name__ == "__main__":
    main()
