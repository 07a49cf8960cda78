"""Formulas of a workbook, and the names that they go by: words are masked, and it all still works (18.17)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from polyveil.containers.office.package import Tree
from polyveil.containers.office.segments import Attribute, Segment, writable

_LITERAL = re.compile(r'"(?:[^"]|"")*"|\[[^\[\]]*[^\W\d_][^\[\]]*\]')
"""What a person wrote in a formula: words in quotes, and the names of a table's columns (18.17.2.1, 18.17.6.2)."""
_BETWEEN = "\t"
_LONGEST_LITERAL = 255
"""Characters of words in quotes (Excel's limit), and of a list that a cell may be chosen from."""
_ELSEWHERE = re.compile(r"\[\d+\]")
_RULES = frozenset({"cfRule", "conditionalFormatting", "dataValidation", "dataValidations"})
_REFERS = re.compile(r"(?<![\w.])\$?[A-Z]{1,3}\$?\d{1,7}(?![\w(])|(?<![\w.])[^\W\d]\w+(?![\w(.])|\[")
"""A reference to a cell, the name of a range, or a table's column."""
_FIGURES = re.compile(r"(?<![\w.$])\d{4,}")
_NUMBERS = re.compile(r"(?<![\w.$])(?!\d+0000(?!\d))\d{7,}")
"""A number that may be a telephone's or an account's; a million is none."""


@dataclass(slots=True)
class Formula:
    """The words in a formula's quotes. What does not fit there any more takes the formula with it; its cell keeps the
    value.
    """

    element: Tree = field(repr=False)
    text: str = field(repr=False)

    def write(self, new: str) -> None:
        """Other words in the same quotes."""
        words = writable(new).split(_BETWEEN)
        old = self.element.text or ""
        if len(words) != len(_LITERAL.findall(old)) or max(map(len, words)) > _LONGEST_LITERAL:
            drop(self.element)
            return
        rest = iter(words)
        self.element.text = _LITERAL.sub(lambda found: f"{found.group()[0]}{next(rest)}{found.group()[-1]}", old)


@dataclass(slots=True)
class Label:
    """A name that formulas go by: of a range, or of a table. Renamed, they follow."""

    element: Tree = field(repr=False)
    key: str
    text: str = field(repr=False)

    def write(self, new: str) -> None:
        """The new name, which holds letters, digits and underscores (18.2.6)."""
        self.element.set(self.key, new)


def formulas(root: Tree) -> list[Segment]:
    """A segment for each formula that holds words in quotes."""
    found = []
    for element in root.iter("{*}f", "{*}formula1", "{*}formula2", "{*}formula", "{*}definedName"):
        words = _BETWEEN.join(one[1:-1] for one in _LITERAL.findall(element.text or ""))
        if words.strip():
            found.append(Segment([Formula(element, words)]))
    return found


def labels(root: Tree) -> list[Segment]:
    """A segment for each name of a range that is no program's own, and of a table."""
    found = []
    for element in root.iter("{*}definedName", "{*}table"):
        keys = ("name",) if element.tag.endswith("}definedName") else ("name", "displayName")
        for key in keys:
            name = element.get(key) or ""
            if name and not name.startswith("_xlnm."):
                found.append(Segment([Label(element, key, name)]))
        told = (key for key in ("comment", "description", "help", "statusBar", "customMenu") if element.get(key))
        if element.tag.endswith("}definedName"):
            found += [Segment([Attribute(element, key, element.get(key) or "")]) for key in told]
    return found


def apart(root: Tree) -> None:
    """Without formulas that go by another workbook, whose name and sheets they say, and without those that are a long
    number or a date themselves; cells keep their values.
    """
    for element in list(root.iter("{*}f", "{*}formula", "{*}formula1", "{*}formula2", "{*}definedName")):
        bare = _LITERAL.sub("", element.text or "")
        dated = "DATE" in bare and not _REFERS.search(bare)
        if _ELSEWHERE.search(element.text or "") or _NUMBERS.search(bare) or dated:
            drop(element)


def says_itself(text: str) -> bool:
    """May a formula be a personal value, with figures of its own or without anything that it goes by?"""
    return bool(_FIGURES.search(_LITERAL.sub("", text)) or not _REFERS.search(text))


def relabel(text: str, names: Mapping[str, str]) -> str:
    """A formula with other names of ranges and tables (18.17.2.5); words in its quotes stay."""
    pattern = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
    labelled = re.compile(rf"{_LITERAL.pattern}|(?<![\w.'!\\])(?:{pattern})(?![\w.'!(\\])", re.IGNORECASE)
    folded = {old.casefold(): new for old, new in names.items()}
    return labelled.sub(lambda found: folded.get(found.group().casefold(), found.group()), text)


def rename(text: str, names: dict[str, str]) -> str:
    """A formula with other names of sheets (18.17.2.2)."""
    for old, new in names.items():
        quoted = "'" + old.replace("'", "''") + "'!"
        text = text.replace(quoted, f"'{new}'!")
        text = re.sub(rf"(?<![\w.']){re.escape(old)}!", f"'{new}'!", text)
    return text


def drop(formula: Tree) -> None:
    """Remove a formula; with the master of a shared one go all that repeat it (18.3.1.40)."""
    parent = formula.getparent()
    if parent is None:
        return
    if formula.get("t") == "shared" and formula.get("ref"):
        root = formula.getroottree().getroot()
        for other in list(root.iter(formula.tag)):
            if other is not formula and other.get("t") == "shared" and other.get("si") == formula.get("si"):
                other.getparent().remove(other)
    parent.remove(formula)
    _emptied(parent)


def _emptied(rule: Tree) -> None:
    """Remove a rule whose formula is gone (18.3.1.10, 18.3.1.32): programs call a sheet with half a rule broken."""
    while rule is not None and rule.tag.rpartition("}")[2] in _RULES and not len(rule):
        parent = rule.getparent()
        parent.remove(rule)
        if parent.get("count"):
            parent.set("count", str(len(parent)))
        rule = parent
