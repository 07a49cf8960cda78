"""What is not carried is told by kind."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from polyveil.pipeline.left_out import left_out
from polyveil.pipeline.tree import Branch, Leaf, Tree
from polyveil.schema.modality import Modality
from polyveil.schema.part import Part

_LEAF = Leaf(Part("video", Modality.VIDEO, "video/mp4", b"-"))


def branch(skeleton: Mapping[str, object], **members: Tree) -> Branch:
    return Branch("video/mp4", skeleton, members)


@pytest.mark.parametrize(
    ("tree", "metrics", "expected"),
    [
        (_LEAF, [{}], {}),
        (_LEAF, [{"left_out": "sensor data"}, {"seconds": 1.0}], {"sensor data": 1}),
        (branch({"left_out": {"streams": 2, "chapters": 0}, "video_start": 0.0}), [], {"streams": 2}),
        (branch({"left_out": {"transparency": True}}), [{"left_out": "transparency"}], {"transparency": 1}),
        (
            branch({"links_left_out": 3}, a=branch({"links_left_out": 1}), b=branch({"left_out": {"chapters": 4}})),
            [],
            {"links": 4, "chapters": 4},
        ),
    ],
)
def test_what_is_left_out_is_counted(tree: Tree, metrics: list[Mapping[str, object]], expected: dict[str, int]) -> None:
    assert left_out(tree, metrics) == expected
