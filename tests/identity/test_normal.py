"""Normal forms: what makes two spellings one value."""

from __future__ import annotations

import pytest

from polyveil.identity.normal import normal


@pytest.mark.parametrize(
    ("entity", "one", "other"),
    [
        ("LOCATION", "北京市", "北京"),
        ("LOCATION", "湖南省", "湖南"),
        ("LOCATION", "广西壮族自治区", "广西"),
        ("LOCATION", "BRISTOL", "Bristol"),
        ("ORGANIZATION", "Northgate Corporation", "Northgate"),
        ("ORGANIZATION", "Acme Robotics, Ltd.", "Acme Robotics"),
        ("ORGANIZATION", "Acme Co., Inc.", "ACME"),
        ("ORGANIZATION", "华为技术有限公司", "华为技术"),
        ("PERSON", "John  Smith", "john smith"),
    ],
)
def test_two_spellings_are_one(entity: str, one: str, other: str) -> None:
    assert normal(entity, one) == normal(entity, other)


@pytest.mark.parametrize(
    ("entity", "one", "other"),
    [
        ("LOCATION", "吉林市", "吉林省"),
        ("LOCATION", "朝阳市", "朝阳区"),
        ("LOCATION", "长沙市", "长沙县"),
        ("LOCATION", "沙市", "沙"),
        ("ORGANIZATION", "华信（北京）有限公司", "华信（上海）有限公司"),
        ("ORGANIZATION", "Company", "Co"),
        ("STREET_ADDRESS", "1 Main Co", "1 Main"),
    ],
)
def test_two_values_are_two(entity: str, one: str, other: str) -> None:
    assert normal(entity, one) != normal(entity, other)
