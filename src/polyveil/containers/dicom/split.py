"""Take a DICOM file apart: header and pixels."""

from __future__ import annotations

import base64
from dataclasses import asdict
from pathlib import Path

from polyveil.containers.dicom.known import known_values
from polyveil.containers.dicom.model import PREAMBLE, Model, dumps, texts, to_model
from polyveil.containers.dicom.pixels import decode, has_pixels
from polyveil.containers.dicom.reading import parse, quiet
from polyveil.containers.interface import Member, Split
from polyveil.errors import AssetError
from polyveil.identity import Identity
from polyveil.modalities.interface import Context
from polyveil.schema.modality import Modality
from polyveil.schema.outcome import QuarantineCode
from polyveil.schema.part import DICOM_HEADER, PIXELS, Hints

HEADER, PICTURE = "header", "pixels"


def split(data: bytes | Path, hints: Hints, ctx: Context) -> Split:
    """The header (table, DICOM JSON model) and, where there are any, the pixels (image, one array).

    Both know the names, ids and dates that the header held, and share the subject: a keyed id of the patient.
    Raises AssetError as `parse` and `decode` do.
    """
    try:
        with quiet():
            dataset = parse(data, ctx.limits)
            frames = decode(dataset, ctx) if has_pixels(dataset) else None
            model, dropped = to_model(dataset)
            meta, lost = to_model(dataset.file_meta)
            preamble = bytes(dataset.preamble or b"")
    except AssetError:
        raise
    except Exception:  # noqa: BLE001  # pydicom converts values when they are first looked at, and raises all kinds
        raise AssetError(QuarantineCode.CORRUPT, "the data set does not read") from None
    model = {**meta, **model}
    if preamble.strip(b"\0"):
        model[PREAMBLE] = {"vr": "OB", "InlineBinary": base64.b64encode(preamble).decode()}
    inner = Hints(known=(*hints.known, *known_values(model)), subject=hints.subject or subject(model, ctx.identity))
    members = [Member(HEADER, dumps(model), Modality.TABLE, DICOM_HEADER, inner, required=True)]
    skeleton: dict[str, object] = {"dropped": dropped + lost}
    if frames is not None:
        pixels, layout = frames
        members.append(Member(PICTURE, pixels, Modality.IMAGE, PIXELS, inner))
        skeleton["pixels"] = asdict(layout)
    return Split(members, skeleton)


def subject(model: Model, identity: Identity) -> str | None:
    """A keyed id of the patient: by patient id, else by name and birth date, else by study."""
    for tags in (("00100020",), ("00100010", "00100030"), ("0020000D",)):
        values = [text for tag in tags if tag in model for text in texts(model[tag]) if text.strip()]
        if values:  # as a table's patient id: the same person's dates shift alike in both
            return identity.keyed_id("subject", " ".join("\x1f".join(values).casefold().split()), 32)
    return None
