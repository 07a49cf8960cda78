"""Write words_zh.bin: words of two to four characters by class, and the words whose features the network holds.

    python training/text_taggers/words_zh.py --jieba jieba-0.42.1.tar.gz --lac LAC-2.1.2.tar.gz --out OUT

Classes are those of jieba's dictionary (MIT; dict.txt in the source distribution: a word, how often it was seen, its part
of speech) and of China's divisions. Words with features are those of LAC (lac.words), by their hashes.
"""

from __future__ import annotations

import argparse
import tarfile
from pathlib import Path

import lac
import numpy as np

from polyveil.modalities.text.detectors.lexicon import lexicon
from polyveil.modalities.text.detectors.name_zh import SINGLE
from polyveil.modalities.text.detectors.tagger_zh import CLASSES, WORDS, hashed

FEATURES = 40
NAMES = frozenset(("nr", "nrfg", "nrt", "ns", "nt", "nz", "j"))
"""Parts of speech of names and of short forms of names."""


def dictionary(package: Path) -> str:
    """The words of jieba's dictionary: a word, its frequency and its part of speech a line."""
    with tarfile.open(package) as archive:
        member = archive.extractfile("jieba-0.42.1/jieba/dict.txt")
        if member is None:
            raise FileNotFoundError("dict.txt")
        return member.read().decode()


def of(tag: str) -> str:
    """The class of a part of speech."""
    return {"nr": "person", "nrfg": "person", "ns": "place", "nt": "organisation", "nrt": "foreign person"}.get(
        tag, "word"
    )


def tagged(dictionary: str, tag: str) -> list[str]:
    """Words with this part of speech, often ones first."""
    rows = [line.split() for line in dictionary.splitlines()]
    return [word for word, count, kind in sorted(rows, key=lambda row: -int(row[1])) if kind == tag]


def people(dictionary: str) -> list[str]:
    """Names of three characters with a family name: what given names are made of."""
    return [word for word in tagged(dictionary, "nr") if len(word) == 3 and (word[0] in SINGLE[:200])]


def foreigners(dictionary: str) -> list[str]:
    """Names written by sound."""
    return [word for word in tagged(dictionary, "nrt") if 2 <= len(word) <= 5]


def number(word: str) -> int:
    return int(hashed(np.array([ord(letter) for letter in word], np.uint64), len(word))[0])


def featured(package: Path) -> tuple[list[int], np.ndarray]:
    """Hashes of the words with features, ascending, and the features (words, FEATURES) in that order."""
    words, features = lac.words(package, FEATURES)
    by_hash = {number(word): row for row, word in reversed(list(enumerate(words)))}
    hashes = sorted(by_hash)
    return hashes, features[[by_hash[one] for one in hashes]]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--jieba", type=Path, required=True, help="jieba-0.42.1.tar.gz")
    parser.add_argument("--lac", type=Path, required=True, help="LAC-2.1.2.tar.gz")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    classes: dict[str, str] = {}
    for line in dictionary(args.jieba).splitlines():
        word, _, tag = line.split()
        if 2 <= len(word) <= 4:
            classes[word] = of(tag)
    classes |= {word: "place" for word in lexicon("places_zh") if 2 <= len(word) <= 4}
    made = {number(word): CLASSES.index(kind) for word, kind in classes.items()}
    hashes = np.array(sorted(made), "<u4")
    known, _ = featured(args.lac)
    head = np.array([len(hashes), len(known)], "<u4")
    args.out.mkdir(parents=True, exist_ok=True)
    blocks = (head, hashes, np.array(known, "<u4"), np.array([made[int(one)] for one in hashes], np.uint8))
    (args.out / WORDS).write_bytes(b"".join(block.tobytes() for block in blocks))
    print(len(hashes), "words with a class", len(known), "with features")


if __name__ == "__main__":
    main()
