"""What single recognisers take whole, and what they leave."""

from __future__ import annotations

from random import Random

import pytest

from polyveil.modalities.text.detectors import pattern
from polyveil.modalities.text.detectors.validators import luhn
from polyveil.modalities.text.inspect import find
from polyveil.policies import load
from polyveil.schema.locations import Span

SCANNER = pattern.scanner()
POLICY = load("default").model_copy(update={"name": "patterns"})


def taken(text: str, entity: str) -> list[str]:
    """Values of an entity type in a text, longest first, without those that lie inside another."""
    spans = sorted(
        {one.location for one in SCANNER.find(text) if one.entity == entity and isinstance(one.location, Span)}
    )
    whole = [one for one in spans if not any(o != one and o.start <= one.start and one.end <= o.end for o in spans)]
    return [text[one.start : one.end] for one in whole]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("write to jöhn.smith@example.com today", "jöhn.smith@example.com"),
        ("邮箱jöhn.smith@example.com，谢谢", "jöhn.smith@example.com"),
        ("邮箱是a.b@example.com", "a.b@example.com"),
        ("邮箱是a.b@example.com的", "a.b@example.com"),
        ("发到zhang3@例子.中国即可", "zhang3@例子.中国"),
        ("邮箱：张三@例子.中国。", "张三@例子.中国"),
        ("(张三@例子.公司)", "张三@例子.公司"),
        ("пишите на иван.петров@почта.рф, спасибо", "иван.петров@почта.рф"),
        ("schreib an Zoë_Müller+x@bücher.example!", "Zoë_Müller+x@bücher.example"),
        ("mail jo\u0308hn@example.com", "jo\u0308hn@example.com"),
        ("an δοκιμή@παράδειγμα.δοκιμή", "δοκιμή@παράδειγμα.δοκιμή"),
        ("to user@xn--e1aybc.xn--p1ai now", "user@xn--e1aybc.xn--p1ai"),
        ("to o'neil@example.com now", "o'neil@example.com"),
    ],
)
def test_addresses_of_mail_beyond_ascii_are_taken_whole(text: str, address: str) -> None:
    assert taken(text, "EMAIL_ADDRESS") == [address]


def test_nothing_of_such_an_address_is_left_by_the_whole_search() -> None:
    for address in ("jöhn.smith@example.com", "张三@例子.中国", "иван@почта.рф"):
        text = f"见 {address} 。"
        covered = {
            place
            for one in find(text, POLICY)
            if isinstance(one.location, Span)
            for place in range(one.location.start, one.location.end)
        }
        assert set(range(2, 2 + len(address))) <= covered


@pytest.mark.parametrize("text", ["会议@三楼.然后散会", "a @ b", "@张三 转发", "x@y", "下午5点@大厅。下一句", "é@é"])
def test_an_at_sign_alone_is_no_address(text: str) -> None:
    assert taken(text, "EMAIL_ADDRESS") == []


def card(dice: Random, prefix: str, length: int) -> str:
    body = prefix + "".join(dice.choice("0123456789") for _ in range(length - 1 - len(prefix)))
    return next(f"{body}{last}" for last in range(10) if luhn(f"{body}{last}"))


@pytest.mark.parametrize("length", range(12, 20))
@pytest.mark.parametrize("frame", ["卡号{}。", "请汇到银行卡{}，谢谢", "她的储蓄卡是{}"])
def test_a_card_of_any_issuer_is_found_where_a_word_says_so(length: int, frame: str) -> None:
    dice = Random(length)
    for prefix in ("9", "1", "06", "84"):
        number = card(dice, prefix, length)
        assert number in taken(frame.format(number), "CN_BANK_CARD") + taken(frame.format(number), "CREDIT_CARD")


@pytest.mark.parametrize("prefix", ["95588", "95595", "95599"])
def test_cards_of_two_large_banks_need_no_word(prefix: str) -> None:
    number = card(Random(prefix), prefix, 19)
    assert taken(f"刷{number}成功", "CN_BANK_CARD") == [number]
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    assert taken(f"刷{wrong}成功", "CN_BANK_CARD") == []


@pytest.mark.parametrize(
    ("text", "ages"),
    [
        ("a 49yo man", ["49"]),
        ("his 4-year-old son, 12 years old", ["4", "12"]),
        ("她今年27岁，儿子5周岁", ["27", "5"]),
        ("see t.co/kt2yo and xK3yo", []),
        ("three years older than him", []),
        ("people 65 years old and over", []),
        ("此线设12岁以下小童及65岁或以上长者半价", []),
        ("0-6岁人口2988人", []),
        ("Sandymount Strand, 27. 07. 2014", []),
        ("Joe Benett, 17, died", ["17"]),
        ("Ann Lee, 49. She", ["49"]),
    ],
)
def test_ages_are_of_somebody(text: str, ages: list[str]) -> None:
    assert taken(text, "AGE") == ages


@pytest.mark.parametrize("text", ["t.co/uoCBsfayWx\nCONFIRMED: a storm", "call @Bagusr18971897 now"])
def test_a_label_or_a_number_inside_a_word_is_none(text: str) -> None:
    assert not taken(text, "WECHAT_ID")
    assert not taken(text, "PHONE_NUMBER")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("I get no message on my registered 87 47 98.", "87 47 98"),
        ("Send the code to his old number: (78) 309-926", "(78) 309-926"),
        ("no SMS on my registered mobile 9691 2587", "9691 2587"),
    ],
)
def test_a_short_number_that_messages_go_to_is_a_telephone(text: str, number: str) -> None:
    assert taken(text, "PHONE_NUMBER") == [number]


def test_other_numbers_of_six_digits_are_none() -> None:
    assert not taken("The old order 87 47 98 was sent to my registered office", "PHONE_NUMBER")


def test_the_address_of_a_page_is_one_however_long() -> None:
    address = "linkedin.com/in/" + "a" * 6000
    assert taken(f"see {address} for more. " + "Filler words. " * 100, "URL") == [address]
