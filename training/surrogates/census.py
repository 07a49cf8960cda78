"""Write the lists of names of src/polyveil/identity/lexicon that come from the US census of 1990 (public domain).

    python training/surrogates/census.py NAMES/names

The folder is that of the package names 0.3.0 (MIT), whose files are the census' own: dist.female.first,
dist.male.first and dist.all.last. women_en.txt and men_en.txt hold given names that one sex bears four times as often
as the other, and that are no commoner as family names; census_en.txt the most frequent family names.
"""

from __future__ import annotations

import sys
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "src/polyveil/identity/lexicon"
FAMILIES = 12_000
ONCE = 0.001
"""Share in per cent of the rarest names that the census counts."""


def shares(path: Path) -> dict[str, float]:
    """Names in lower case, each with its share in per cent."""
    rows = (line.split() for line in path.read_text(encoding="ascii").splitlines())
    return {row[0].lower(): float(row[1]) for row in rows if row}


def write(name: str, head: str, words: list[str]) -> None:
    """A list of words, twenty a line."""
    lines = [" ".join(words[start : start + 20]) for start in range(0, len(words), 20)]
    (FOLDER / f"{name}.txt").write_text("\n".join([f"# {head}", *lines]) + "\n", encoding="utf-8")


def main() -> None:
    source = Path(sys.argv[1])
    women, men, families = (shares(source / f"dist.{kind}") for kind in ("female.first", "male.first", "all.last"))
    for name, own, others, sex in (("women_en", women, men, "women"), ("men_en", men, women, "men")):
        kept = [
            one
            for one, share in own.items()
            if share >= 4 * others.get(one, 0.0) and share + ONCE >= families.get(one, 0.0) and len(one) > 2
        ]
        write(
            name, f"Given names of {sex}, census of the USA 1990 (public domain), training/surrogates/census.py", kept
        )
    frequent = [one for one in list(families)[:FAMILIES] if len(one) > 2]
    write(
        "census_en",
        "Frequent family names, census of the USA 1990 (public domain), training/surrogates/census.py",
        frequent,
    )


if __name__ == "__main__":
    main()
