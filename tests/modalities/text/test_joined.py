"""What is joined to names: families as a whole, double names, accounts; and what is not."""

from __future__ import annotations

import pytest

from polyveil.modalities.text.inspect import find
from polyveil.policies import load
from polyveil.schema.locations import Span
from polyveil.schema.part import Known


def _found(text: str) -> list[tuple[str, str]]:
    return [
        (one.entity, text[one.location.start : one.location.end])
        for one in find(text, load("default"))
        if isinstance(one.location, Span)
    ]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("I met John Smith. The Smiths have lived here for long.", ("PERSON", "Smiths")),
        ("Tom Jones came late. The Joneses always do.", ("PERSON", "Joneses")),
        ("Anna Delgado called. Dinner with the Delgados is at eight.", ("PERSON", "Delgados")),
        ("Elizabeth Warrington steps down. Warrington, 54, has led the firm.", ("PERSON", "Warrington")),
        ("Elizabeth Warrington lives in Warrington.", ("LOCATION", "Warrington")),
        ("María José García-López met him yesterday.", ("PERSON", "María José García-López")),
        ("09:03 mike.johnson: did Mike Johnson write? @mike.johnson", ("USERNAME", "mike.johnson")),
        ("2023-03-14T09:03:00Z WARN user John Smith (jsmith) has no manager", ("USERNAME", "jsmith")),
        ("用户 王芳(wangfang) 登录，通知欧阳雪(ouyangxue)", ("USERNAME", "ouyangxue")),
        ("李建国来了。\n建国：\n你好。", ("PERSON", "建国")),
        ("李建国来了。建国负责预算。", ("PERSON", "建国")),
        ("见证人李思思，思思的同事张伟。", ("PERSON", "思思")),
        ("作者苏明远，字子安，号青石居士。", ("PERSON", "子安")),
        ("本报记者 欧阳雪 摄影 王芳", ("PERSON", "欧阳雪")),
        ("Richard Dana, Jr wrote the book.", ("PERSON", "Richard Dana, Jr")),
        ("He met Pedro Calderón de la Barca there.", ("PERSON", "Pedro Calderón de la Barca")),
        (
            "He knew old books, as well as Pliny the Elder, Virgil, Lucretius and other writers.",
            ("PERSON", "Pliny the Elder"),
        ),
        ("Campbell, A.A. (1978) The League of Rights: a study.", ("PERSON", "Campbell, A.A.")),
        ("See Knox, Robert (1911).", ("PERSON", "Knox, Robert")),
        ('To: "Lenhart, Matthew" and others', ("PERSON", "Lenhart, Matthew")),
        ('"McGilloway, Vangie" <vangie@example.com> wrote:', ("PERSON", "McGilloway, Vangie")),
        ("一家小型公司负责人沈国民对本报透露，情况很好。", ("PERSON", "沈国民")),
    ],
)
def test_it_is_found_with_the_name(text: str, wanted: tuple[str, str]) -> None:
    assert wanted in _found(text)


@pytest.mark.parametrize(
    ("text", "not_wanted"),
    [
        ('{"name": "John Smith", "nick": "x"}', "nick"),
        ("owner: John Smith\nnick: Jo\n", "nick"),
        ("Robert O'Neill\nbob.oneill@corp.com\n", "O'Neill\nbob.oneill@corp.com"),
        ("李建国来了。建国路在哪里？", "建国"),
        ("时间：2023年5月5日　地点：上海市华信大厦\n主持：李总", "上海市华信大厦\n"),
        ("Ask John Smith for john.smith.txt or smith.com", "smith.com"),
        ("王芳近日公布的数字表明，降雨偏多。", "表明"),
        ("李建国主席出席了签字仪式。", "仪式"),
        ("他用张伟的编号下注，没有中。", "下注"),
        ("Harry Roat, Jr in Wait Until Dark", "Jr"),
        ("He told Maria the Great War began in 1914.", "Maria the Great"),
        ("夏姿-陈的店铺开在名店林立的saint-honoré路，卢浮宫左近，是一栋楼", "夏姿-陈的店铺开在名店林立的saint"),
        ("她与丈夫傅聪常住伦敦。", "傅聪常"),
        ("找到导致储户银行卡被盗的取款机。", "储户银"),
        ("由于暴雪，航班取消。", "于暴雪"),
        ("程波带记者看房时，门开着。", "看房时"),
        ("作者:金庸简介:本书为长篇小说。", "金庸简介"),
    ],
)
def test_it_is_not_found(text: str, not_wanted: str) -> None:
    assert not_wanted not in [value for _, value in _found(text)]


def test_who_is_known_from_elsewhere_is_found_by_a_given_name() -> None:
    found = find("建国：\n请回信。", load("default"), known=[Known("PERSON", "李建国")])
    assert [one.value for one in found] == ["建国"]


def test_an_address_that_a_line_tears_is_still_one() -> None:
    assert ("EMAIL_ADDRESS", "john.sm\nith@corp.com") in _found("mail me: john.sm\nith@corp.com")
