"""Names without anything between them behind the words of a byline."""

from __future__ import annotations

from itertools import pairwise

import pytest

from polyveil.modalities.text.detectors import chain_zh


@pytest.mark.parametrize(
    ("before", "run", "names"),
    [
        ("每经记者", "陈珂胡琼黄惠敏", ["陈珂", "胡琼", "黄惠敏"]),
        ("中新社蕲春11月20日电（", "艾启平余立鹏", ["艾启平", "余立鹏"]),
        ("本报通讯员 ", "李保华申兴", ["李保华", "申兴"]),
        ("记者", "欧阳震华", ["欧阳震华"]),
        ("记者", "王欧阳雪", ["王欧阳雪"]),
        ("记者", "司马青王芳", ["司马青王芳"]),
        ("作家", "马克西莫夫", ["马克西莫夫"]),
        ("记者", "马特什么夫", ["马特什么夫"]),
        ("记者", "王芳", ["王芳"]),
        ("", "陈珂胡琼", ["陈珂胡琼"]),
    ],
)
def test_a_run_is_cut_behind_words_of_a_byline(before: str, run: str, names: list[str]) -> None:
    cuts = chain_zh.borders(before + run + "发自上海", len(before), len(before) + len(run))
    assert [run[start:end] for start, end in pairwise(cuts)] == names
