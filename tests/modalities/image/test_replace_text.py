"""Text replaced by its surrogate: legible, in the colours that stood there, and nothing of what stood there."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from polyveil.identity import Identity
from polyveil.modalities import image as room
from polyveil.modalities.image import ocr, words
from polyveil.modalities.image.operators import Window
from polyveil.modalities.image.operators.replace_text import lettering, replace_text
from polyveil.modalities.interface import Context
from polyveil.policies import load
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Region
from polyveil.schema.modality import Modality
from polyveil.schema.part import Part
from polyveil.schema.policy import Operator


def line(text: str, paper: tuple[int, int, int], ink: tuple[int, int, int]) -> np.ndarray:
    image = Image.new("RGB", (520, 90), paper)
    ImageDraw.Draw(image).text((30, 20), text, fill=ink, font=ImageFont.load_default(38))
    return np.array(image)


@pytest.mark.parametrize(
    ("paper", "ink"),
    [((240, 240, 230), (20, 20, 60)), ((20, 40, 30), (250, 230, 90)), ((120, 0, 0), (255, 255, 255))],
)
def test_new_text_in_the_old_colours(paper: tuple[int, int, int], ink: tuple[int, int, int]) -> None:
    picture = line("Margaret Holloway", paper, ink)
    window = Window(14, 74, 24, 400)
    patch = replace_text(picture, window, text="Lydia Ransom")
    picture[window.slices] = patch
    (read,) = [one.text for one in ocr.read(picture) if one.text]
    assert "lydiaransom" in read.casefold().replace(" ", "")
    colours = patch.reshape(-1, 3).astype(int)
    assert np.abs(np.median(colours, axis=0) - paper).max() < 12
    darkest = colours[np.abs(colours - paper).sum(axis=1).argmax()]
    assert np.abs(darkest - ink).max() < 60


@pytest.mark.parametrize(
    ("shape", "dtype", "text"), [((60, 300, 3), "u1", ""), ((60, 300), "u2", "Name"), ((300, 40, 3), "u1", "Name")]
)
def test_what_cannot_be_drawn_is_filled(shape: tuple[int, ...], dtype: str, text: str) -> None:
    picture = np.full(shape, 77, dtype)
    patch = replace_text(picture, Window(2, shape[0] - 2, 2, 38), text=text)
    assert not patch.any()


def test_grey_pictures_and_small_windows() -> None:
    grey = line("Margaret Holloway", (230, 230, 230), (10, 10, 10))[..., 0]
    assert replace_text(grey, Window(14, 74, 24, 400), text="Lydia Ransom").shape == (60, 376)
    assert not replace_text(grey, Window(10, 15, 10, 60), text="Lydia").any()


@pytest.fixture
def ctx(tmp_path: Path) -> Context:
    policy = load("default")
    road = policy.roads.image.model_copy(update={"default": Operator(op="replace_text")})
    return Context(
        policy.model_copy(update={"roads": policy.roads.model_copy(update={"image": road})}),
        Identity(bytes(32)),
        tmp_path,
    )


def test_a_card_reads_as_the_text_road_would_write_it(ctx: Context) -> None:
    card = Image.new("RGB", (760, 300), (236, 238, 244))
    pen = ImageDraw.Draw(card)
    for row, text in enumerate(("Patient: Margaret Holloway", "E-mail: m.holloway@quill-mail.test", "Ward 7, bed 2")):
        pen.text((40, 30 + 80 * row), text, fill=(25, 25, 60), font=ImageFont.load_default(36))
    sink = io.BytesIO()
    card.save(sink, "PNG")
    part = Part("", Modality.IMAGE, "image/png", sink.getvalue())
    done = room.transform(part, room.inspect(part, ctx).findings, ctx)
    after = Image.open(io.BytesIO(done.part.read())).convert("RGB")
    text = " ".join(one.text for one in ocr.read(np.asarray(after))).casefold().replace(" ", "")
    assert "holloway" not in text
    assert "margaret" not in text
    assert "ward7" in text
    assert ("PERSON", "replace_text") in {(one.entity, one.operator) for one in done.applied}
    surrogate = ctx.identity.surrogate("PERSON", "Margaret Holloway").casefold().split()
    assert any(word in text for word in surrogate)


def test_only_what_was_written_there_is_taken_for_it() -> None:
    place = Region(0, 0, 9, 9)
    before = Finding("PERSON", place, 1.0, "test", value="Margaret Holloway")
    answered = [(before, Operator(op="replace_text", text="Lydia Ransom"))]
    values = ("Lydla Ransom", "Margaret Hollow", "Bo")
    again = [Finding("PERSON", place, 1.0, "test", value=value) for value in values]
    assert [one.value for one in words.foreign(again, answered)] == ["Margaret Hollow", "Bo"]


def test_what_holds_other_findings_is_paper_under_their_text(ctx: Context) -> None:
    whole = Finding("PERSON", Region(10, 10, 400, 40), 0.7, "test", value="Margaret Holloway 0161 496 0123")
    name = Finding("PERSON", Region(10, 12, 200, 36), 0.9, "test", value="Margaret Holloway")
    other = Finding("PERSON", Region(10, 100, 200, 36), 0.9, "test", value="Bo Larsen")
    given = [(one, Operator(op="replace_text")) for one in (name, whole, other)]
    made = words.filled(given, ctx)
    assert [one for one, _operator in made] == [whole, name, other]
    assert [str(operator.params["text"]).strip() == "" for _one, operator in made] == [True, False, False]


def test_a_font_with_digits_is_chosen_for_chinese() -> None:
    drawn = lettering("\u7535\u8bdd 13912345678", 40, 300)
    if drawn is None:
        pytest.skip("no Chinese font here")
    boxes = lettering("\u7535\u8bdd \U0010fffd" + "\U0010fffd" * 10, 40, 300)  # what no font has
    assert boxes is not None
    assert np.abs(drawn - boxes)[:, 150:].max() > 0.5
    ones, eights = (lettering(f"\u7535 {digit * 9}", 40, 300) for digit in "18")
    assert ones is not None
    assert eights is not None
    assert eights.sum() > 1.2 * ones.sum()
