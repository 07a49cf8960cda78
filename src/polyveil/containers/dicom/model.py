"""The header as JSON: the DICOM JSON model (PS3.18 Annex F), file meta and private elements included.

An element is `{"vr": "LO", "Value": [...]}` or `{"vr": "OB", "InlineBinary": "<base64>"}` under its tag in eight
upper-case hexadecimal digits. DS and IS keep their text (PS3.18 F.2.2 allows number or string), so that no digit is
lost. One key is not a tag: `preamble`, the 128 bytes before the file meta where they are not all zero.
"""

from __future__ import annotations

import base64
import json
import math
import re
from collections.abc import Iterator
from typing import Any, TypeAlias

from pydicom import Dataset
from pydicom.dataelem import DataElement
from pydicom.multival import MultiValue
from pydicom.valuerep import PersonName

from polyveil.errors import AssetError
from polyveil.schema.outcome import QuarantineCode

Element: TypeAlias = dict[str, Any]
Model: TypeAlias = dict[str, Element]

PREAMBLE = "preamble"
PIXEL_DATA = frozenset({"7FE00008", "7FE00009", "7FE00010"})
BINARY = frozenset({"OB", "OD", "OF", "OL", "OV", "OW", "UN"})
TEXT = frozenset({"AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "LT", "SH", "ST", "TM", "UC", "UI", "UR", "UT"})
_REALS = frozenset({"FL", "FD"})
_INTEGERS = frozenset({"SL", "SS", "SV", "UL", "US", "UV"})
_UNIT = {"OW": 2, "OF": 4, "OL": 4, "OD": 8, "OV": 8}  # bytes a value, for the byte order (PS3.5 table 6.2-1)
_TAG = re.compile(r"[0-9A-F]{8}\Z")
_MAX_NESTING = 32


def dumps(model: Model) -> bytes:
    """The model as UTF-8 JSON."""
    return json.dumps(model, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def loads(data: bytes) -> Model:
    """Raises AssetError (corrupt) if the bytes are no header in this model."""
    try:
        model = json.loads(data)
    except (ValueError, RecursionError):
        raise AssetError(QuarantineCode.CORRUPT, "the header is not DICOM JSON") from None
    if not _valid(model, depth=0):
        raise AssetError(QuarantineCode.CORRUPT, "the header does not follow the DICOM JSON model")
    return model  # type: ignore[no-any-return]  # _valid has looked at its shape


def _valid(model: object, depth: int) -> bool:
    if not isinstance(model, dict) or depth > _MAX_NESTING:
        return False
    for tag, element in model.items():
        if not (isinstance(tag, str) and isinstance(element, dict) and isinstance(element.get("vr"), str)):
            return False
        if not (_TAG.match(tag) or (tag == PREAMBLE and depth == 0)):
            return False
        values = element.get("Value", [])
        if not isinstance(values, list) or not isinstance(element.get("InlineBinary", ""), str):
            return False
        if element["vr"] == "SQ" and not all(_valid(item, depth + 1) for item in values):
            return False
    return True


def to_model(dataset: Dataset, depth: int = 0) -> tuple[Model, int]:
    """The elements of a data set without pixel data, and how many could not be read and were left out."""
    if depth > _MAX_NESTING:
        raise AssetError(QuarantineCode.CORRUPT, f"sequences nested deeper than {_MAX_NESTING}")
    model: Model = {}
    dropped = 0
    for tag in sorted(dataset.keys()):
        key = f"{int(tag):08X}"
        if tag.element == 0 or key in PIXEL_DATA:  # group lengths are computed anew
            continue
        try:
            element = dataset[tag]
            if element.VR == "SQ":
                items = [to_model(item, depth + 1) for item in element.value or ()]
                dropped += sum(lost for _, lost in items)
                model[key] = {"vr": "SQ", "Value": [item for item, _ in items]}
            else:
                model[key] = _element(element, little_endian=bool(dataset.original_encoding[1] is not False))
        except AssetError:
            raise
        except Exception:  # noqa: BLE001  # any value that does not parse is left out: pydicom raises all kinds
            dropped += 1
    return model, dropped


def _element(element: DataElement, *, little_endian: bool) -> Element:
    vr, value = str(element.VR), element.value
    if value is None or (isinstance(value, (str, bytes, list, MultiValue)) and not value):
        return {"vr": vr if " " not in vr else "UN"}
    if isinstance(value, (bytes, bytearray)):
        raw = bytes(value)
        unit = _UNIT.get(vr, 1)
        if not little_endian and unit > 1 and len(raw) % unit == 0:
            raw = b"".join(raw[i : i + unit][::-1] for i in range(0, len(raw), unit))
        return {"vr": vr if vr in BINARY else "UN", "InlineBinary": base64.b64encode(raw).decode()}
    values = list(value) if isinstance(value, (list, tuple, MultiValue)) else [value]
    values = [_value(vr, item) for item in values]
    return {"vr": vr, "Value": values} if any(value not in ({}, "") for value in values) else {"vr": vr}


def _value(vr: str, value: Any) -> object:
    if vr == "PN":
        name = value if isinstance(value, PersonName) else PersonName(str(value))
        parts = {"Alphabetic": name.alphabetic, "Ideographic": name.ideographic, "Phonetic": name.phonetic}
        return {key: str(part) for key, part in parts.items() if part}
    if vr == "AT":
        return f"{int(value):08X}"
    if vr in _REALS:
        number = float(value)
        return number if math.isfinite(number) else str(number)
    if vr in _INTEGERS:
        return int(value)
    if vr in TEXT:
        return str(getattr(value, "original_string", None) or value)
    raise ValueError("a value representation outside PS3.5")


def to_dataset(model: Model) -> Dataset:
    """A pydicom data set from a model. Raises AssetError (corrupt) for a value that does not fit its VR."""
    dataset = Dataset()
    for tag, element in model.items():
        vr = element["vr"]
        try:
            dataset.add(DataElement(int(tag, 16), vr, _content(vr, element), already_converted=vr == "SQ"))
        except AssetError:
            raise
        except Exception:  # noqa: BLE001  # pydicom raises all kinds
            raise AssetError(QuarantineCode.CORRUPT, f"element ({tag[:4]},{tag[4:]}) does not fit its type") from None
    return dataset


def _content(vr: str, element: Element) -> Any:
    if vr == "SQ":
        from pydicom.sequence import Sequence

        return Sequence([to_dataset(item) for item in element.get("Value", ())])
    if "InlineBinary" in element:
        raw = base64.b64decode(element["InlineBinary"])
        return raw + b"\0" * (len(raw) % 2)
    if vr in BINARY:
        return b""
    values = element.get("Value", [])
    if vr == "PN":
        values = ["=".join(v.get(k, "") for k in ("Alphabetic", "Ideographic", "Phonetic")).rstrip("=") for v in values]
    elif vr == "AT":
        values = [int(v, 16) for v in values]
    elif vr in _REALS:
        values = [float(v) for v in values]
    if not values:
        return None
    return values[0] if len(values) == 1 else values


def texts(element: Element) -> list[str]:
    """The element's values as text, for searching; a person's name in its own form (`Family^Given`)."""
    vr = element["vr"]
    if vr == "PN":
        return [part for value in element.get("Value", ()) if isinstance(value, dict) for part in value.values()]
    if vr in BINARY:
        raw = base64.b64decode(element.get("InlineBinary", ""))
        plain = raw.rstrip(b"\0 ")
        if plain and len(plain) <= 65_536:
            try:
                text = plain.decode("utf-8")
            except UnicodeDecodeError:
                return []
            return [text] if text.isprintable() or "\n" in text else []
        return []
    return [str(value) for value in element.get("Value", ())] if vr != "SQ" else []


def walk(model: Model, prefix: str = "") -> Iterator[tuple[str, str, Element]]:
    """Every element, sequences before what they hold: (path, tag, element). A path is `00081140[0].00081155`."""
    for tag, element in model.items():
        path = f"{prefix}{tag}"
        yield path, tag, element
        if element["vr"] == "SQ":
            for index, item in enumerate(element.get("Value", ())):
                yield from walk(item, f"{path}[{index}].")
