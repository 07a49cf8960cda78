"""Files in base64 inside texts: taken out, de-identified, and put back where they stood."""

from __future__ import annotations

import base64
import io
import json
import re
import textwrap
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from polyveil.containers import embedded
from polyveil.containers.interface import Piece
from polyveil.identity import Identity
from polyveil.modalities.interface import Context
from polyveil.pipeline import tree
from polyveil.pipeline.mask import mask
from polyveil.policies import load
from polyveil.schema.modality import Modality
from polyveil.schema.part import Hints, Part

PHOTO = (Path(__file__).parents[1] / "modalities" / "image" / "astronaut.jpg").read_bytes()


@pytest.fixture
def ctx(tmp_path: Path) -> Context:
    return Context(load("default"), Identity(b"e" * 32), tmp_path)


def picture(name: str, colour: str = "teal") -> bytes:
    sink = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(sink, name)
    return sink.getvalue()


def coded(data: bytes) -> str:
    return base64.b64encode(data).decode()


_JPEG, _PNG = picture("JPEG"), picture("PNG", "red")
_WRAPPED = "\n".join(textwrap.wrap(coded(_JPEG), 76))
TEXTS = {
    "page": ("a.html", f'<html><body><p>See:</p><img src="data:image/jpeg;base64,{coded(_JPEG)}"></body></html>', 1),
    "capitals and a parameter": ("a.html", f"<html><img src='DATA:image/png;x=\"1\";base64,{coded(_PNG)}'></html>", 1),
    "style": ("a.html", f"<html><style>p{{background:url(data:image/png;base64,{coded(_PNG)})}}</style></html>", 1),
    "drawing": ("a.svg", f'<svg xmlns="x"><image href="data:image/png;base64,{coded(_PNG)}"/></svg>', 1),
    "Markdown": (
        "a.md",
        f"# Us\n![a](data:image/jpeg;base64,{coded(_JPEG)}) and ![b](data:;base64,{coded(_PNG)})",
        2,
    ),
    "field": ("a.json", json.dumps({"id": 7, "photo": coded(_JPEG), "other": coded(_PNG)}), 2),
    "escaped strokes": ("a.json", json.dumps({"photo": coded(_JPEG)}).replace("/", "\\/"), 1),
    "notebook": ("a.ipynb", json.dumps({"image/png": [f"{line}\n" for line in textwrap.wrap(coded(_PNG), 76)]}), 1),
    "lines of a letter": ("a.txt", f"Our photo:\n{_WRAPPED}\nBest regards\n", 1),
    "block of YAML": ("a.yaml", "photo: |\n  " + _WRAPPED.replace("\n", "\n  ") + "\nkind: passport\n", 1),
    "URL-safe": ("a.json", json.dumps({"photo": coded(_JPEG).replace("+", "-").replace("/", "_")}), 1),
    "percent-coded": ("a.txt", "photo=" + coded(_JPEG).replace("+", "%2B").replace("/", "%2F") + "&x=1", 1),
    "column": ("a.csv", f"id,photo\n1,{coded(_JPEG)}\n2,{coded(_PNG)}\n", 2),
}


@pytest.mark.parametrize("name", TEXTS)
def test_files_come_out_whole_and_go_back(name: str, ctx: Context) -> None:
    file, text, count = TEXTS[name]
    grown = tree.split(text.encode(), file, Hints(), ctx)
    assert isinstance(grown, tree.Branch)
    parts = list(tree.leaves(grown))
    assert [one.path for one in parts] == ["text", *(f"embedded/{number}" for number in range(count))]
    assert all(one.modality is Modality.IMAGE and one.read() in (_JPEG, _PNG) for one in parts[1:])
    left = parts[0].read().decode()
    assert not re.search(r"[A-Za-z0-9+/]{60}", left)

    pieces = {one.path: Piece(one.read(), one.media_type, ".x") for one in parts}
    whole = embedded.join(grown.skeleton, pieces, ctx)
    assert isinstance(whole.data, bytes)
    assert whole.media_type == parts[0].media_type
    again = list(tree.leaves(tree.split(whole.data, file, Hints(), ctx)))
    assert [one.read() for one in again] == [one.read() for one in parts]
    for word in ("See:", "# Us", "Best regards", "kind: passport", '"id": 7', "&x=1"):
        assert (word in text) == (word in whole.data.decode())

    without = embedded.join(grown.skeleton, {"text": pieces["text"]}, ctx)
    assert isinstance(without.data, bytes)
    assert b"embeddedhere" not in without.data


def test_a_text_in_utf_16(ctx: Context) -> None:
    page = TEXTS["page"][1].encode("utf-16")
    assert [one.read() for one in tree.leaves(tree.split(page, "a.html", Hints(), ctx))][1:] == [_JPEG]


@pytest.mark.parametrize(
    "text",
    [
        "A letter about iVBORw0KGgo and /9j/ and what they are.",
        "-----BEGIN CERTIFICATE-----\n" + coded(bytes(range(256)) * 4) + "\n-----END CERTIFICATE-----\n",
        json.dumps({"digest": coded(b"\x12" * 64), "token": "R0lGODdh" + "A" * 20}),
        "",
    ],
)
def test_texts_that_hold_none(text: str) -> None:
    assert not embedded.holds(text.encode(), "text/plain", Modality.TEXT)


def test_only_texts_are_searched() -> None:
    data = TEXTS["page"][1].encode()
    assert not embedded.holds(data, "image/jpeg", Modality.IMAGE)
    assert embedded.holds(data, "text/html", Modality.TEXT)


def test_a_large_text_is_searched_in_its_file(tmp_path: Path) -> None:
    file = tmp_path / "large.log"
    file.write_bytes(b"nothing here\n" * 100_000 + TEXTS["page"][1].encode())
    assert embedded.holds(file, "text/plain", Modality.TEXT)
    file.write_bytes(b"nothing here\n" * 10)
    assert not embedded.holds(file, "text/plain", Modality.TEXT)


def test_marks_are_told_apart(ctx: Context) -> None:
    text = "embeddedhere embeddedherex " + " ".join(f'"{coded(picture("PNG", f"#{n:06x}"))}"' for n in range(700))
    grown = embedded.split(Part("", Modality.TEXT, "text/plain", text.encode()), ctx)
    pieces = {one.key: Piece(bytes(one.data), "image/png", ".png") for one in grown.members}
    assert embedded.join(grown.skeleton, pieces, ctx).data == text.encode()


def test_no_face_goes_out_in_a_page(tmp_path: Path) -> None:
    """Of a whole call: the photograph in a page is masked, and stands where it stood."""
    page, out = tmp_path / "page.html", tmp_path / "out.html"
    page.write_text(f'<html><body><img src="data:image/jpeg;base64,{coded(PHOTO)}"></body></html>')
    mask(page, out, load("default"))
    found = re.search(r'src="data:image/jpeg;base64,([^"]+)"', out.read_text())
    assert found
    shown = np.asarray(Image.open(io.BytesIO(base64.b64decode(found[1]))).convert("RGB")).astype(int)
    was = np.asarray(Image.open(io.BytesIO(PHOTO)).convert("RGB")).astype(int)
    assert shown.shape == was.shape
    changed = np.abs(shown - was).max(axis=2) > 40
    assert 0.01 < changed.mean() < 0.3
    assert shown[changed].mean() < 30  # filled
