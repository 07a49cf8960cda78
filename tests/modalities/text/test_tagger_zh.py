"""The Chinese tagger: words beside characters, runs of places, windows, and what it reads in newspapers' sentences."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polyveil.modalities.text import find
from polyveil.modalities.text.detectors import tagger_zh
from polyveil.modalities.text.detectors.tagger_zh import Words, borders, hashed, latin_name, rows
from polyveil.policies import load
from polyveil.schema.locations import Span

POLICY = load("default")


def lexicon(*words: str) -> Words:
    numbers = sorted(int(hashed(np.array([ord(one) for one in word], np.uint64), len(word))[0]) for word in words)
    hashes = np.array(numbers, np.uint32)
    return Words(hashes, hashes, np.ones(len(words), np.uint8))


def test_the_longest_word_stands_at_its_beginning_its_end_and_its_middle() -> None:
    seen = rows("在日喀则住", {"OOV": 1}, lexicon("日喀", "日喀则"))
    assert seen.shape == (5, tagger_zh.COLUMNS)
    begins, ends, middles = (seen[:, column] > 0 for column in (5, 6, 7))
    assert begins.tolist() == [False, True, False, False, False]
    assert ends.tolist() == [False, False, True, True, False]
    assert middles.tolist() == [False, False, True, False, False]
    assert seen[1, 5] == seen[3, 6] == seen[2, 7] != seen[2, 6]


@pytest.mark.parametrize(
    ("place", "parts"),
    [
        ("中美", ["中", "美"]),
        ("闽浙赣三省", ["闽", "浙", "赣"]),
        ("华中", ["华中"]),
        ("新疆", ["新疆"]),
        ("上海市", ["上海市"]),
        ("河北省唐山市", ["河北省", "唐山市"]),
        ("扶风县法门镇", ["扶风县", "法门镇"]),
        ("内蒙古自治区赤峰市", ["内蒙古自治区", "赤峰市"]),
        ("沙市区", ["沙市区"]),
    ],
)
def test_places_one_in_the_other_are_cut(place: str, parts: list[str]) -> None:
    cuts = borders(place)
    assert [place[left:right] for left, right in itertools.pairwise(cuts)] == parts


@pytest.mark.parametrize(
    ("word", "name"), [("WillWright", True), ("Will Wright", True), ("Eric", True), ("EA", False), ("Firefly", False)]
)
def test_names_in_latin_letters_are_written_as_names(word: str, name: bool) -> None:
    assert latin_name(word) is name


@given(st.text(alphabet="中国，。a\n", max_size=700))
def test_windows_cover_the_text_in_order(text: str) -> None:
    ends = list(tagger_zh._windows(text))
    assert all(0 < right - left <= tagger_zh.LONGEST for left, right in ends)
    assert "".join(text[left:right] for left, right in ends) == text


NEWS = [
    ("李先生住在阳光花园小区3栋2单元501室。", "PERSON", "李"),
    ("布什在农场接待了阿卜杜拉王储。", "PERSON", "阿卜杜拉"),
    ("我家海淀区中关村大街1号，欢迎", "STREET_ADDRESS", "海淀区中关村大街1号"),
    ("新华社贝尔格莱德4月12日电 外长说，谈判没有进展。", "LOCATION", "贝尔格莱德"),
    ("本报合肥1月3日讯 税费改革试点工作全面展开。", "LOCATION", "合肥"),
    ("马来西亚副总理安瓦尔·易卜拉欣被解除职务。", "PERSON", "安瓦尔·易卜拉欣"),
    ("马来西亚副总理安瓦尔·易卜拉欣被解除职务。", "LOCATION", "马来西亚"),
    ("参加座谈会的有张学友、刘德华、郭富城等。", "PERSON", "郭富城"),
    ("他先后走访了灵石、介休和平遥。", "LOCATION", "介休"),
    ("俄外长拉夫罗夫讨论了格鲁吉亚局势。", "LOCATION", "格鲁吉亚"),
    ("他从上海市浦东新区人民法院获悉此事。", "ORGANIZATION", "上海市浦东新区人民法院"),
]


@pytest.mark.parametrize(("text", "entity", "value"), NEWS)
def test_newspapers_are_read(text: str, entity: str, value: str) -> None:
    assert (entity, value) in [(one.entity, one.value) for one in find(text, POLICY)]


def test_a_place_in_the_name_of_a_body_is_no_place_of_its_own() -> None:
    text = "他从上海市浦东新区人民法院获悉此事。"
    start, end = text.index("上海"), text.index("获悉")
    inside = [one for one in find(text, POLICY) if isinstance(one.location, Span) and one.entity == "LOCATION"]
    assert not [one for one in inside if isinstance(one.location, Span) and start <= one.location.start < end]
