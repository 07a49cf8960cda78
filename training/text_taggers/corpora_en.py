"""English corpora: read, labels made one scheme (PER, LOC, ORG), split so that no test document is trained on.

Every reader gives (corpus, document number, tokens, tags). The folder is the project's data folder `text/en`; what each
file is and its licence stand in README.md beside this file.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

Sentence = tuple[list[str], list[str]]

KINDS = {
    "PER": "PER", "PERSON": "PER", "POLITICIAN": "PER", "WRITER": "PER", "SCIENTIST": "PER", "MUSICALARTIST": "PER",
    "LOC": "LOC", "LOCATION": "LOC", "GEO-LOC": "LOC", "COUNTRY": "LOC",
    "ORG": "ORG", "COMPANY": "ORG", "CORPORATION": "ORG", "ORGANISATION": "ORG", "POLITICALPARTY": "ORG", "UNIVERSITY": "ORG", "BAND": "ORG",
}  # fmt: skip


def rows(path: Path) -> Iterator[list[tuple[str, str]]]:
    """Sentences of a file with a token first (or second, in UNER) and its tag last (or third)."""
    sentence: list[tuple[str, str]] = []
    uner = path.suffix == ".iob2"
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        if line.startswith(("# newdoc", "-DOCSTART-")):
            yield [("", "DOC")]
        if (line.startswith("# ") and uner) or line.startswith("-DOCSTART-"):
            continue
        cells = line.split("\t") if "\t" in line else line.split()
        if len(cells) < 2:
            if sentence:
                yield sentence
            sentence = []
            continue
        sentence.append((cells[1], cells[2]) if uner else (cells[0], cells[-1]))
    if sentence:
        yield sentence


ROLES = frozenset({"borrower", "lender"})
"""The SEC filings call the parties of a contract people, by their role; a role names nobody."""
TITLES = frozenset(
    """
    Capt. Captain Chancellor Coach Col. Congressman Dr Dr. Gen. General Gov. Governor Judge Justice
    Mayor Minister Mr Mr. Mrs Mrs. Ms Ms. President Prof Prof. Professor Rep. Secretary Sen Sen.
    Senator Sgt.
    """.split()  # noqa: SIM905 - a list of words reads best as words
)


def told(tokens: list[str], tags: list[str]) -> list[str]:
    """One notion of a person: no roles, no titles before the name, no handles and hashtags (patterns find these)."""
    tags = list(tags)
    for row, token in enumerate(tokens):
        handle = token[:1] in "@#" or (row and tokens[row - 1] == "@")
        if handle or (tags[row] == "B-PER" and token.lower() in ROLES):
            tags[row] = "O"
        elif tags[row] == "B-PER" and token in TITLES and row + 1 < len(tags) and tags[row + 1] == "I-PER":
            tags[row], tags[row + 1] = "O", "B-PER"
        elif tags[row][:1] == "I" and (not row or tags[row - 1][1:] != tags[row][1:]):
            tags[row] = "B" + tags[row][1:]
    return tags


def plain(tags: list[str]) -> list[str]:
    """One scheme: B-/I- over PER, LOC, ORG; a lone I- that begins an entity becomes B-."""
    made, before = [], "O"
    for tag in tags:
        head, _, kind = tag.partition("-")
        kind = KINDS.get(kind.upper(), "")
        if head == "O" or not kind:
            made.append("O")
        else:
            made.append(f"{'I' if head == 'I' and before == kind else 'B'}-{kind}")
        before = kind
    return made


def read(path: Path) -> list[tuple[int, Sentence]]:
    """(document number, sentence) of one file; files without documents get one every 20 sentences."""
    made, document, count = [], 0, 0
    for sentence in rows(path):
        if sentence == [("", "DOC")]:
            document += 1
            continue
        count += 1
        number = document or 1000 + count // 20
        tokens = [token for token, _ in sentence]
        made.append((number, (tokens, told(tokens, plain([tag for _, tag in sentence])))))
    return made


HELD_WHOLE = ("emerging.dev", "crossner_literature_dev")
HELD_PART = ("uner_ewt_dev", "wikigold", "btc_g", "crossner_politics_dev")


def load(folder: Path) -> tuple[list[Sentence], dict[str, list[Sentence]]]:
    """(training sentences, test sentences by corpus). Held: two corpora wholly, every fifth document of four more.

    A training sentence that also stands in a test corpus is dropped.
    """
    train: list[Sentence] = []
    test: dict[str, list[Sentence]] = {}
    for path in sorted(folder.iterdir()):
        name = path.name.split(".")[0] if not path.name.startswith("emerging") else "emerging.dev"
        if path.suffix not in (".conll", ".txt", ".iob2") or name in ("english_names", "uner_ewt_LICENSE"):
            continue
        for document, sentence in read(path):
            held = name in HELD_WHOLE or (name in HELD_PART and document % 5 == 0)
            (test.setdefault(name, []) if held else train).append(sentence)
    seen = {" ".join(tokens).casefold() for sentences in test.values() for tokens, _ in sentences}
    train = [sentence for sentence in train if " ".join(sentence[0]).casefold() not in seen]
    return train, test


def thinned(train: list[Sentence], dice: random.Random) -> list[Sentence]:
    """Two thirds of the sentences without any entity are left out."""
    return [one for one in train if any(tag != "O" for tag in one[1]) or dice.random() < 0.35]
