"""What is taken out of the XML of an office document whatever it says: who wrote it, when, where, and what was deleted.

Tracked changes are accepted: what an author deleted is not carried over (ISO/IEC 29500-1, 17.13.5). Authors of
comments get numbers. Extension lists go: no reader needs them, and they repeat names, paths and cell values.
"""

from __future__ import annotations

from collections.abc import Iterable

from polyveil.containers.office.package import Tree

_REMOVED = frozenset(
    # tracked changes (17.13.5), other than insertions, and marks of who may edit and what was checked
    {"del", "moveFrom", "rPrChange", "pPrChange", "sectPrChange", "tblPrChange", "tcPrChange", "trPrChange"}
    | {"tblGridChange", "tblPrExChange", "numberingChange", "moveFromRangeStart", "moveFromRangeEnd"}
    | {"moveToRangeStart", "moveToRangeEnd", "customXmlInsRangeStart", "customXmlInsRangeEnd", "cellIns", "cellDel"}
    | {"cellMerge", "customXmlDelRangeStart", "customXmlDelRangeEnd", "customXmlMoveFromRangeStart"}
    | {"customXmlMoveFromRangeEnd", "customXmlMoveToRangeStart", "customXmlMoveToRangeEnd"}
    | {"proofErr", "permStart", "permEnd", "dataBinding", "delInstrText", "delText"}
    # settings of a text (17.15.1): identities, variables, data sources, passwords
    | {"rsids", "docVars", "mailMerge", "attachedTemplate", "documentProtection", "writeProtection", "docId"}
    | {"saveThroughXslt", "schemaLibrary", "attachedSchema", "trackRevisions"}
    # a workbook (18.2) and its sheets (18.3): paths, passwords, links to elsewhere, phonetic hints
    | {"fileSharing", "absPath", "webPublishing", "externalReferences", "pivotCaches", "customWorkbookViews"}
    | {"fileRecoveryPr", "workbookProtection", "sheetProtection", "protectedRanges", "customSheetViews", "oleObjects"}
    | {"controls", "smartTags", "webPublishItems", "rPh", "phoneticPr", "revisionPtr", "scenarios"}
    # a presentation (19.2)
    | {"custDataLst", "modifyVerifier"}
    | {"extLst"}
)
_UNWRAPPED = frozenset({"ins", "moveTo", "smartTag"})
_MARKS_OF = frozenset({"rPr", "trPr", "tcPr", "pPr", "numPr"})
_ATTRIBUTES = frozenset(
    {"date", "dt", "dateUtc", "created", "modified", "userId", "paraId", "textId", "paraIdParent", "codeName"}
    | {"fullDate", "uid", "gfxdata"}
)
_CORE = frozenset({"title", "subject", "keywords", "description", "category", "language"})
_INITIALS = "A"


def clean(root: Tree, role: str) -> list[str]:
    """Clean a part in place. Returns the names of authors that stood in it."""
    if role == "core":
        for element in list(root):
            if not isinstance(element.tag, str) or _local(element.tag) not in _CORE:
                root.remove(element)
        return []
    people: list[str] = []
    for element in [one for one in root.iter() if one is not root]:
        if not isinstance(element.tag, str):  # an entity: the parser expands none
            _remove(element)
            continue
        name = _local(element.tag)
        if name in _REMOVED and _applies(element, name):
            _removed(element, name)
        elif name in _UNWRAPPED and "wordprocessingml" in element.tag:
            _unwrap(element)
        if element.tail and element.tail.strip():
            element.tail = None  # no vocabulary of office documents has mixed content
    for element in root.iter("*"):
        people += _authors(element)
        for key in list(element.attrib):
            local = _local(key)
            if local.startswith("rsid") or local in _ATTRIBUTES:
                del element.attrib[key]
    return people


def unlink(root: Tree, gone: Iterable[str]) -> None:
    """Remove what refers to relationships that are not there any more."""
    ids = set(gone)
    if not ids:
        return
    for element in list(root.iter("*")):
        keys = [key for key, value in element.attrib.items() if "/relationships}" in key and value in ids]
        if not keys:
            continue
        if _local(element.tag) in {"blip", "pageSetup", "imagedata", "fill", "stroke"}:
            for key in keys:
                del element.attrib[key]
        else:
            _remove(element)
    for element in list(root.iter("{*}hyperlinks", "{*}tableParts", "{*}embeddedFontLst")):
        if len(element) == 0:  # a list of nothing is not valid
            _remove(element)


def _applies(element: Tree, name: str) -> bool:
    """Names that other vocabularies use for other things count only in their own."""
    if name in {"del", "moveFrom"}:
        return "wordprocessingml" in element.tag
    if name in {"controls", "smartTags"}:
        return "spreadsheetml" in element.tag or "presentationml" in element.tag
    return True


def _removed(element: Tree, name: str) -> None:
    parent = element.getparent()
    if parent is None:
        return
    if name == "del" and _local(parent.tag) == "trPr":  # the whole row was deleted (17.13.5.12)
        _remove(parent.getparent())
    else:
        _remove(element)


def _remove(element: Tree) -> None:
    parent = element.getparent() if element is not None else None
    if parent is not None:
        parent.remove(element)


def _unwrap(element: Tree) -> None:
    parent = element.getparent()
    if parent is None:
        return
    if _local(parent.tag) not in _MARKS_OF:
        place = parent.index(element)
        for child in reversed(list(element)):
            if _local(str(child.tag)) != "smartTagPr":
                parent.insert(place, child)
    _remove(element)


def _authors(element: Tree) -> list[str]:
    """Names of authors, replaced by numbers: the attributes of a change or comment, and lists of authors."""
    name, found = _local(element.tag), []
    for key in list(element.attrib):
        local = _local(key)
        listed = local == "name" and name in {"cmAuthor", "author"}
        if local in {"author", "lastEditedBy"} or listed:
            found.append(element.attrib[key])
            element.attrib[key] = "Author"
        elif local in {"initials", "providerId"}:
            element.attrib[key] = _INITIALS if local == "initials" else "None"
    if name == "author" and "spreadsheetml" in element.tag and element.text:
        found.append(element.text)
        element.text = "Author"
    if name in {"cmAuthor", "author"} and element.get("id") is not None and "powerpoint" in element.tag:
        element.set("userId", "Author")  # required there ([MS-PPTX] 2.16.3.1)
    return [one for one in found if one.strip() and one != "Author"]


def _local(name: str) -> str:
    return name.rpartition("}")[2]
