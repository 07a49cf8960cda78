"""The sample: the same bytes for the same seed, labels that are true, numbers that are valid."""

from __future__ import annotations

import email
import email.policy
import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from stdnum import iban, luhn
from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_2

from polyveil.collect.filetype import media_type
from polyveil.containers import office
from polyveil.containers.office import package
from polyveil.containers.office.content import Content
from polyveil.containers.rtf.read import items
from polyveil.errors import UsageError
from polyveil.evaluate.gold import Label, read_gold
from polyveil.identity import Identity
from polyveil.modalities.interface import Context
from polyveil.policies import load
from polyveil.sample import Summary, write
from polyveil.sample.lettering import media
from polyveil.sample.people import cast
from polyveil.schema.locations import Field, Interval, Region, Span, Track
from polyveil.schema.part import Hints

SOURCE = Path(__file__).parents[2] / "src/polyveil/sample"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Summary, list[Label]]:
    folder = tmp_path_factory.mktemp("sample") / "set"
    summary = write(folder)
    return folder, summary, read_gold(folder / "labels.jsonl")


Sample = tuple[Path, Summary, list[Label]]


def test_the_summary_counts_what_is_there(sample: Sample) -> None:
    folder, summary, labels = sample
    files = [one for one in folder.rglob("*") if one.is_file() and one.name != "labels.jsonl"]
    assert summary.files == len(files) >= 60
    assert summary.labels == len(labels)
    assert summary.bytes == sum(one.stat().st_size for one in files) < 10_000_000
    assert {one.parent.name for one in files} == {
        "text", "table", "mail", "image", "audio", "video", "dicom", "document", "hostile",
    }  # fmt: skip


def test_the_same_seed_gives_the_same_bytes(sample: Sample, tmp_path: Path) -> None:
    folder, _, _ = sample
    write(tmp_path / "again")
    for path in folder.rglob("*"):
        if path.is_file():
            assert path.read_bytes() == (tmp_path / "again" / path.relative_to(folder)).read_bytes(), path.name


def test_another_seed_gives_other_people() -> None:
    names = [{one.name for one in (*cast(seed).english, *cast(seed).chinese)} for seed in (7, 8)]
    assert len(names[0]) == 18
    assert len(names[0] & names[1]) < 9


def test_a_folder_in_use_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("keep")
    with pytest.raises(UsageError, match="not empty"):
        write(tmp_path)
    assert [one.name for one in tmp_path.iterdir()] == ["mine"]


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(UsageError, match="cannot be written"):
        write(tmp_path / "file")


@pytest.mark.parametrize("seed", range(5))
def test_numbers_are_valid(seed: int) -> None:
    people = cast(seed)
    for one in people.english:
        assert luhn.is_valid(one.card)
        assert iban.is_valid(one.iban)
        assert re.fullmatch(r"\(\d{3}\) 555-01\d\d", one.phone)
    for one in people.chinese:
        assert mod_11_2.is_valid(one.cn_id)
        assert luhn.is_valid(one.card)
        assert one.cn_id[6:14] == f"{one.born:%Y%m%d}"
    assert uscc.is_valid(people.firm_code)


def test_every_modality_and_the_main_entities_are_there(sample: Sample) -> None:
    _, _, labels = sample
    assert {one.modality.value for one in labels} == {"text", "image", "audio", "video", "table"}
    assert {
        "PERSON", "EMAIL_ADDRESS", "PHONE_NUMBER", "CREDIT_CARD", "IBAN_CODE", "IP_ADDRESS", "US_SSN", "DATE_TIME",
        "CN_ID_CARD", "CN_PHONE_NUMBER", "CN_BANK_CARD", "CN_USCC", "STREET_ADDRESS", "MEDICAL_RECORD_NUMBER", "FACE",
        "QR_CODE", "VOICE", "PASSWORD", "WECHAT_ID",
    } <= {one.finding.entity for one in labels}  # fmt: skip


def _texts(folder: Path, labels: list[Label]) -> Iterator[tuple[str, Label]]:
    """The text of every label with a span, read without the product's own containers."""
    encodings = {"text/clinical_note_gb18030.txt": "gb18030", "text/memo_utf16.txt": "utf-16"}
    for label in labels:
        if not isinstance(label.finding.location, Span) or label.asset.startswith("document/"):
            continue
        raw = (folder / label.asset).read_bytes()
        if label.asset.endswith(".zip"):
            with zipfile.ZipFile(io.BytesIO(raw)) as archive:
                raw = archive.read(archive.infolist()[int(label.part.rpartition("/")[2])])
        elif label.part == "body/0":
            body = email.message_from_bytes(raw, policy=email.policy.default).get_body(("plain",))
            assert body is not None
            raw = body.get_content().replace("\r\n", "\n").encode()
        elif label.part == "headers":
            continue  # the header text is the container's own; its test compares it
        yield raw.decode(encodings.get(label.asset, "utf-8")), label


def test_spans_hold_their_values(sample: Sample) -> None:
    folder, _, labels = sample
    count = 0
    for text, label in _texts(folder, labels):
        span = label.finding.location
        assert isinstance(span, Span)
        assert text[span.start : span.end] == label.value, label.asset
        count += 1
    assert count > 100


def test_spans_of_documents_hold_their_values(sample: Sample, tmp_path: Path) -> None:
    """The text of a document is the road's own."""
    folder, _, labels = sample
    ctx = Context(load("default"), Identity(bytes(32)), tmp_path)
    texts = {}
    for path in (folder / "document").iterdir():
        if path.suffix in {".docx", ".xlsx"}:
            content = office.split(path.read_bytes(), Hints(), ctx).members[0].data
            texts[path.name] = Content.of(package.read(content, ctx)).text
        elif path.suffix == ".rtf":
            texts[path.name] = "".join(one.text for one in items(path.read_bytes()) if not isinstance(one, bytes))
    spans = [one for one in labels if one.asset.startswith("document/") and isinstance(one.finding.location, Span)]
    assert {one.asset.rpartition(".")[2] for one in spans} == {"docx", "xlsx", "rtf"}
    for label in spans:
        span = label.finding.location
        assert isinstance(span, Span)
        assert texts[label.asset.removeprefix("document/")][span.start : span.end] == label.value


def test_documents_open_in_other_readers(sample: Sample) -> None:
    import docx
    import openpyxl

    folder, _, _ = sample
    made = docx.Document(str(folder / "document/tenancy.docx"))
    assert made.paragraphs[-1].text.startswith("The rent")
    assert made.sections[0].header.paragraphs[0].text.startswith("Landlord: ")
    assert openpyxl.load_workbook(folder / "document/rents.xlsx").active["C2"].value == 120


def test_cells_hold_their_values(sample: Sample) -> None:
    import polars as pl

    folder, _, labels = sample
    tables: dict[str, Any] = {}
    for label in labels:
        if not label.asset.startswith("table/") or not isinstance(label.finding.location, Field):
            continue
        path = folder / label.asset
        if label.asset not in tables:
            read = pl.read_parquet(path) if path.suffix == ".parquet" else pl.read_csv(path, infer_schema=False)
            tables[label.asset] = read
        row, _, column = label.finding.location.path.partition("/")
        assert str(tables[label.asset][column][int(row)]) == label.value
    assert len(tables) >= 6


def test_regions_and_tracks_lie_inside(sample: Sample) -> None:
    import av
    from PIL import Image, ImageOps

    folder, _, labels = sample
    for label in labels:
        place = label.finding.location
        if isinstance(place, Region) and label.asset.startswith("image/"):
            with Image.open(folder / label.asset) as picture:
                width, height = ImageOps.exif_transpose(picture).size
            assert 0 <= place.x < place.x + place.w <= width
            assert 0 <= place.y < place.y + place.h <= height
        elif isinstance(place, Track):
            with av.open(str(folder / label.asset), "r") as film:
                shown = film.streams.video[0]
                size = sorted((shown.width, shown.height))
                frames = sum(1 for _ in film.decode(shown))
            numbers = [box[0] for box in place.boxes]
            assert numbers == sorted(set(numbers))
            assert 0 <= numbers[0] <= numbers[-1] < frames
            assert all(box[1] >= 0 and box[2] >= 0 for box in place.boxes)
            assert all(sorted((box[1] + box[3], box[2] + box[4]))[1] <= size[1] for box in place.boxes)


def test_faces_are_where_the_labels_say(sample: Sample) -> None:
    """The skin of a face is redder than blue; the backdrop is not."""
    import numpy as np
    from PIL import Image, ImageOps

    folder, _, labels = sample
    for label in labels:
        place = label.finding.location
        if label.finding.entity == "FACE" and isinstance(place, Region) and label.asset.startswith("image/"):
            with Image.open(folder / label.asset) as picture:
                rgb = np.asarray(ImageOps.exif_transpose(picture).convert("RGB")).astype(int)
            face = rgb[place.y : place.y + place.h, place.x : place.x + place.w]
            assert (face[..., 0] > face[..., 2] + 10).mean() > 0.6, label.asset


def test_planted_speech_is_louder_than_the_gaps(sample: Sample) -> None:
    import wave

    import numpy as np

    folder, _, labels = sample
    with wave.open(str(folder / "audio/front_desk.wav")) as sound:
        samples = np.frombuffer(sound.readframes(-1), np.int16).astype(float)
        rate = sound.getframerate()
    planted = [one.finding.location for one in labels if one.asset == "audio/front_desk.wav"]
    assert len(planted) == 2
    for place in planted:
        assert isinstance(place, Interval)
        start, end = int(place.start_s * rate), int(place.end_s * rate)
        gap = samples[start - int(0.08 * rate) : start - int(0.02 * rate)]
        assert np.sqrt(np.mean(samples[start:end] ** 2)) > 20 * np.sqrt(np.mean(gap**2) + 1)


def test_dicom_holds_the_planted_header(sample: Sample) -> None:
    import pydicom

    folder, _, labels = sample
    rows = [one for one in labels if one.asset == "dicom/mr_burned_in.dcm" and one.part == "header"]
    dataset = pydicom.dcmread(folder / "dicom/mr_burned_in.dcm")
    for label in rows:
        assert isinstance(label.finding.location, Field)
        holder, path = dataset, label.finding.location.path
        if "[0]." in path:
            holder, path = dataset[int(path[:8], 16)][0], path[12:]
        assert str(holder[int(path, 16)].value) == label.value
    assert len(rows) == 9


def test_duplicates_are_exact(sample: Sample) -> None:
    folder, _, _ = sample
    copies = list(folder.rglob("*_copy.*"))
    kinds = Counter(one.parent.name for one in copies)
    assert set(kinds) == {"text", "table", "mail", "image", "audio", "video", "dicom", "document"}
    for one in copies:
        assert one.read_bytes() == one.with_name(one.name.replace("_copy", "")).read_bytes()


def test_hostile_files_are_small_and_hostile(sample: Sample) -> None:
    folder, _, labels = sample
    sizes = {one.name: one.stat().st_size for one in (folder / "hostile").iterdir()}
    assert len(sizes) >= 10
    assert sizes["empty.csv"] == 0
    assert sizes["oversized.png"] < 60_000
    with zipfile.ZipFile(folder / "hostile/bomb.zip") as bomb:
        assert sum(one.file_size for one in bomb.infolist()) > 500 * sizes["bomb.zip"]
    assert media_type(folder / "hostile/picture_named_as_text.txt", "a.txt")[0] == "image/jpeg"
    assert not [one for one in labels if one.asset.startswith("hostile/")]


def test_labels_have_the_shape_of_inspect(sample: Sample) -> None:
    folder, _, _ = sample
    for line in (folder / "labels.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        assert set(row) == {"asset", "part", "modality", "entity", "location", "score", "detector", "value"}
        assert (folder / row["asset"]).is_file()


def test_the_atlas_holds_every_chinese_character_of_the_sample() -> None:
    words = "".join(path.read_text(encoding="utf-8") for path in SOURCE.glob("*.py"))
    needed = set(re.findall(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]", words))
    assert needed <= set(media("glyphs.txt").decode()), "run training/sample_glyphs/make.py"
