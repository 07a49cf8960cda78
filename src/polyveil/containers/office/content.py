"""The room for what an office document says: all its XML as one text, and written back into the same places."""

from __future__ import annotations

import re
import zipfile
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate

from polyveil.containers.office import formula, sheet
from polyveil.containers.office.keep import KINDS
from polyveil.containers.office.package import Package, Tree, parse, read, serialise
from polyveil.containers.office.segments import Attribute, Segment, segments, writable
from polyveil.errors import AssetError
from polyveil.modalities import text as text_room
from polyveil.modalities.interface import Context
from polyveil.modalities.text.fingerprint import fingerprint, similar
from polyveil.modalities.text.together import again, together
from polyveil.schema.finding import Finding
from polyveil.schema.inspection import Applied, Inspection, Transformed
from polyveil.schema.locations import Span
from polyveil.schema.modality import Modality
from polyveil.schema.outcome import QuarantineCode
from polyveil.schema.part import Known, Part
from polyveil.schema.policy import Policy

__all__ = ["Content", "inspect", "similar", "transform"]

_ADDRESS = re.compile(r"[^A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]")  # RFC 3986, 2
_FORMULAS = ("f", "formula1", "formula2", "formula", "calculatedColumnFormula", "totalsRowFormula")
_LARGE = 2000
"""Cells of a sheet from which on its texts are searched apart from their rows, each once."""
_LONGEST_SHEET_NAME = 31  # 18.2.19


@dataclass(slots=True)
class Target:
    """The address of an external link, which lies in the relationships of a part."""

    package: Package = field(repr=False)
    source: str
    place: int
    text: str = field(repr=False)

    def write(self, new: str) -> None:
        links = self.package.links[self.source]
        links[self.place] = replace(links[self.place], target=_ADDRESS.sub("", new) or "about:blank")


@dataclass(slots=True)
class Content:
    """A package whose XML is parsed: its segments, where each begins in the text, and its cells."""

    package: Package
    roots: dict[str, Tree]
    segments: list[Segment] = field(repr=False)
    starts: list[int] = field(repr=False)
    text: str = field(repr=False)
    sheets: list[list[sheet.Cell]] = field(repr=False)

    @classmethod
    def of(cls, package: Package) -> Content:
        roots = {name: parse(data) for name, data in package.parts.items()}
        roles = {name: KINDS[package.types[name]].role for name in roots}
        styles = next((root for name, root in roots.items() if name == "xl/styles.xml"), None)
        dates = sheet.date_styles(styles)
        found: list[Segment] = []
        sheets = []
        for name, root in roots.items():
            role = roles[name]
            if role == "sheet":
                rows = sheet.cells(root, dates)
                sheets.append(rows)
                found += sheet.lines(rows)
            if role in {"sheet", "workbook"}:
                found += formula.formulas(root)
            if name.startswith("xl/"):
                found += formula.labels(root)
            skip = {"sheet": frozenset({"sheetData", *_FORMULAS}), "workbook": frozenset({"definedName"})}
            charted = frozenset({"f"}) if name.startswith("xl/") else frozenset[str]()  # references: they follow sheets
            found += segments(root, role, skip=skip.get(role, charted))
        for source, links in package.links.items():
            found += [
                Segment([Target(package, source, place, link.target)])
                for place, link in enumerate(links)
                if link.external and link.target
            ]
        starts, texts, position = [], [], 0
        for one in found:
            starts.append(position)
            texts += [one.text, one.after]
            position += len(texts[-2]) + len(texts[-1])
        return cls(package, roots, found, starts, "".join(texts), sheets)

    def find(self, policy: Policy, known: tuple[Known, ...]) -> list[Finding]:
        """Findings with spans of the text: by columns in the cells of sheets, by words everywhere."""
        places = {id(one.pieces[0]): start for one, start in zip(self.segments, self.starts, strict=True)}
        found = []
        for cells in self.sheets:
            for cell, one in sheet.as_table(cells, policy, known):
                if isinstance(one.location, Span):
                    start = places[id(cell)]
                    moved = Span(start + one.location.start, start + one.location.end)
                    found.append(replace(one, location=moved))
        found = together(found, self._said(found, policy, known), self.text)
        return together(found, again(self.text, found), self.text)

    def _said(self, found: Sequence[Finding], policy: Policy, known: tuple[Known, ...]) -> list[Finding]:
        """What the words say. Of large sheets each text is searched once, if its column did not answer for it."""
        answered = {one.location for one in found}
        numbers = {
            id(cell): number for number, cells in enumerate(self.sheets) for cell in cells if len(cells) > _LARGE
        }
        if not numbers:
            return text_room.find(self.text, policy, known=known)
        places: dict[tuple[int, str], list[int]] = {}
        rest: list[tuple[int, str]] = []
        for segment, start in zip(self.segments, self.starts, strict=True):
            number = numbers.get(id(segment.pieces[0]))
            if number is None:
                rest.append((start, segment.text + segment.after))
            elif Span(start, start + len(segment.text)) not in answered and sheet.wordy(segment.text):
                places.setdefault((number, segment.text), []).append(start)
        pieces = [([start], text) for start, text in rest]
        pieces += [(starts, text + "\n") for (_number, text), starts in places.items()]
        begins = list(accumulate((len(text) for _starts, text in pieces), initial=0))
        said = []
        for one in text_room.find("".join(text for _starts, text in pieces), policy, known=known):
            location = one.location
            number = bisect_right(begins, location.start) - 1 if isinstance(location, Span) else -1
            while isinstance(location, Span) and begins[number] < location.end:
                starts, text = pieces[number]
                first, last = max(0, location.start - begins[number]), min(len(text), location.end - begins[number])
                whole = last - first == location.end - location.start
                value = one.value if whole else text[first:last]
                said += [replace(one, location=Span(at + first, at + last), value=value) for at in starts]
                number += 1
        return sorted(said, key=_place)

    def edit(self, edits: Sequence[tuple[int, int, str]]) -> None:
        """Replace ranges of the text; sorted, not overlapping."""
        by_segment: dict[int, list[tuple[int, int, str]]] = {}
        for start, end, new in edits:
            number = bisect_right(self.starts, start) - 1
            while number < len(self.starts) and self.starts[number] < end:
                begin = self.starts[number]
                by_segment.setdefault(number, []).append((start - begin, end - begin, new))
                number += 1
        renamed: dict[str, str] = {}
        labelled: dict[str, str] = {}
        for number, local in by_segment.items():
            segment = self.segments[number]
            slot = segment.pieces[0]
            if isinstance(slot, Attribute) and _is_sheet_name(slot):
                renamed[slot.text] = f"Sheet {number}"[:_LONGEST_SHEET_NAME]
                slot.write(renamed[slot.text])
                continue
            if isinstance(slot, formula.Label):
                slot.write(labelled.setdefault(slot.text, f"Name_{number}"))
                continue
            segment.edit(local)
        if renamed or labelled:
            self._rename(renamed, labelled)

    def _rename(self, names: dict[str, str], labels: dict[str, str]) -> None:
        for root in self.roots.values():
            for element in root.iter(*(f"{{*}}{one}" for one in (*_FORMULAS, "definedName"))):
                text = formula.rename(element.text or "", names)
                element.text = formula.relabel(text, labels) if labels else text
            for element in root.iter("{*}hyperlink", "{*}worksheetSource"):
                for key in ("location", "sheet"):
                    if element.get(key):
                        element.set(key, formula.rename(element.get(key), names))

    def forget(self, values: Iterable[str], name_of: Iterable[str]) -> None:
        """Replace what is left of found values in attributes that no person writes: identifiers made of a name."""
        pairs = [(_squeezed(value), new) for value, new in zip(values, name_of, strict=True)]
        pairs = [(value, new) for value, new in pairs if len(value) >= 8]
        if not pairs:
            return
        import ahocorasick

        automaton = ahocorasick.Automaton()
        for value, new in pairs:
            automaton.add_word(value, new)
        automaton.make_automaton()
        for root in self.roots.values():
            for element in root.iter("*"):
                for key, value in element.attrib.items():
                    hit = next(automaton.iter(_squeezed(value)), None) if len(value) >= 8 else None
                    if hit is not None:
                        element.set(key, hit[1])

    def written(self) -> bytes:
        """The package with what was edited."""
        self.package.parts = {name: serialise(root) for name, root in self.roots.items()}
        return self.package.write(zipfile.ZIP_STORED)  # the vault compresses


def _is_sheet_name(slot: Attribute) -> bool:
    return slot.key == "name" and slot.element.tag.endswith("}sheet")


def _squeezed(text: str) -> str:
    return "".join(one for one in text.casefold() if one.isalnum())


def _load(part: Part, ctx: Context) -> Content:
    package = read(part.data, ctx)
    if any(kind not in KINDS for kind in package.types.values()):
        raise AssetError(QuarantineCode.CORRUPT, "a part of unknown kind")
    return Content.of(package)


def inspect(part: Part, ctx: Context) -> Inspection:
    """Findings with spans of the document's text. Raises AssetError as `package.read` does."""
    content = _load(part, ctx)
    found = content.find(ctx.policy, part.hints.known)
    measures: dict[str, float | str] = {
        "characters": float(len(content.text)),
        "language": text_room.language(content.text),
    }
    return Inspection(tuple(found), fingerprint(content.text), measures)


def transform(part: Part, findings: Sequence[Finding], ctx: Context) -> Transformed:
    """The document with every finding answered by the policy's operator for text."""
    content = _load(part, ctx)
    counts: Counter[tuple[str, str]] = Counter()
    edits: list[tuple[int, int, str]] = []
    gone: dict[str, str] = {}
    for one in sorted((one for one in findings if isinstance(one.location, Span)), key=_place):
        start, end = _place(one)
        operator = ctx.policy.operator(one.entity, Modality.TEXT)
        counts[one.entity, operator.op] += 1
        if operator.op == "keep" or (edits and start < edits[-1][1]):
            continue
        value = one.value or content.text[start:end]
        edits.append((start, end, writable(text_room.replacement(one.entity, value, operator, ctx))))
        gone[content.text[start:end]] = f"x{ctx.identity.keyed_id('office', value, 8)}"
    content.edit(edits)
    content.forget(gone.keys(), gone.values())
    applied = [Applied(entity, name, number) for (entity, name), number in sorted(counts.items())]
    new = content.written()
    return Transformed(replace(part, data=new), tuple(applied), {"bytes_document": float(len(new))})


def _place(one: Finding) -> tuple[int, int]:
    location = one.location
    if not isinstance(location, Span):
        raise TypeError("a finding in a document has a span")
    return location.start, location.end
