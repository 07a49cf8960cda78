"""What is found, and where exactly: one line a case."""

from __future__ import annotations

import random
import re
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polyveil.modalities.text import find, language
from polyveil.policies import load
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Span
from polyveil.schema.part import Known
from polyveil.schema.policy import CustomRecogniser

POLICY = load("default")


def spans(text: str, findings: list[Finding]) -> list[tuple[str, str]]:
    made = []
    for one in findings:
        assert isinstance(one.location, Span)
        made.append((one.entity, text[one.location.start : one.location.end]))
    return made


CASES = [
    ("CREDIT_CARD", "4111111111111111", "我的卡号{}已冻结"),
    ("IP_ADDRESS", "10.12.13.14", "服务器{}宕机"),
    ("IP_ADDRESS", "fe80::1ff:fe23:4567:890a", "{} is up"),
    ("MAC_ADDRESS", "00:1A:2B:3C:4D:5E", "mac {}"),
    ("MAC_ADDRESS", "001a.2b3c.4d5e", "mac {} on port 3"),
    ("DATE_TIME", "03/14/1975", "DOB: {}."),
    ("DATE_TIME", "14 March 1975", "born on {} in a village"),
    ("DATE_TIME", "1988年12月3日", "出生日期:{},汉族"),
    ("DATE_TIME", "1975-3-14", "Date of birth {}"),
    ("MEDICAL_RECORD_NUMBER", "00483920", "MRN {}, seen today"),
    ("MEDICAL_RECORD_NUMBER", "A-99231-77", "MRN: {}"),
    ("IBAN_CODE", "DE89 3704 0044 0532 0130 00", "IBAN {} please"),
    ("IBAN_CODE", "gb29nwbk60161331926819", "iban: {}"),
    ("CREDIT_CARD", "4111-1111-1111-1111", "card {} exp 09/27"),
    ("CREDIT_CARD", "3782 822463 10005", "amex {}"),
    ("US_SSN", "536-90-4399", "SSN {}"),
    ("US_SSN", "536904399", "ssn: {}"),
    ("CN_ID_CARD", "11010519491231002X", "身份证{}，请核对"),
    ("CN_PHONE_NUMBER", "13812345678", "手机{}打不通"),
    ("CN_PHONE_NUMBER", "138 1234 5678", "电话 {}"),
    ("CN_PHONE_NUMBER", "+86-138-1234-5678", "{} after six"),
    ("PHONE_NUMBER", "010-62345678转801", "座机{}"),
    ("PHONE_NUMBER", "+44 20 7946 0958", "call {} now"),
    ("PHONE_NUMBER", "(212) 555-0143", "or {}"),
    ("PHONE_NUMBER", "415.555.2671", "or {}"),
    ("PHONE_NUMBER", "+49 (0)30 123456", "ring {}"),
    ("CN_BANK_CARD", "6222021234567890128", "银行卡{}"),
    ("CN_USCC", "91350100M000100Y43", "统一社会信用代码{}"),
    ("CN_LICENSE_PLATE", "京A12345", "车牌{}违停"),
    ("CN_LICENSE_PLATE", "沪AD12345", "新能源{}"),
    ("CN_PASSPORT", "E12345678", "护照{}"),
    ("EMAIL_ADDRESS", "john.o'neil+x@sub.example.co.uk", "mail {} now"),
    ("EMAIL_ADDRESS", "zhangsan@qq.com", "发邮件到{}吧"),
    ("EMAIL_ADDRESS", "john [at] example [dot] com", "write to {} today"),
    ("URL", "https://ex.com/u/9?x=1", "see {}."),
    ("GEO_COORDINATES", "39.9042, 116.4074", "at {}"),
    ("GEO_COORDINATES", "40°26′46″N 79°58′56″W", "at {}"),
    ("API_KEY", "AKIAIOSFODNN7EXAMPLE", "AWS key {}"),
    ("API_KEY", "9f8a7b6c5d4e3f2a1b0c9d8e", "api_key={}"),
    ("PASSWORD", "hunter2!", "password: {}"),
    ("STREET_ADDRESS", "742 Evergreen Terrace", "I live at {}."),
    ("STREET_ADDRESS", "北京市朝阳区建国路88号院3号楼1201室", "住址:{}"),
    ("STREET_ADDRESS", "上海市浦东新区世纪大道100号", "家住{}"),
    ("PERSON", "Abernathy", "Dear Mrs {}, thank you"),
    ("PERSON", "John Q. Smith", "Patient {} was seen."),
    ("PERSON", "Tomasz Kowalczyk", "Regards,\n{}"),
    ("PERSON", "O'BRIEN^MARY^A", "{}"),
    ("PERSON", "王小明", "我叫{}，你好。"),
    ("PERSON", "李建国", "患者{}，男，主诉胸闷"),
    ("PERSON", "老王", "{}和小李昨天在西安吃了一顿泡馍。"),
    ("PERSON", "管谟业", "作者出生于高密，原名{}。"),
    ("PERSON", "阿星", "嫌疑人化名{}，潜逃十年。"),
    ("VIN", "1HGCM82633A004352", "VIN {}"),
    ("IMEI", "490154203237518", "IMEI {}"),
    ("UK_NHS", "943 476 5919", "NHS {}"),
    ("UK_NINO", "AB 12 34 56 C", "NINO {}"),
    ("HK_ID_CARD", "A123456(3)", "HKID {}"),
    ("TW_ID_CARD", "A123456789", "台湾身份证{}"),
    ("POSTAL_CODE", "100080", "邮编{}"),
    ("WECHAT_ID", "wxid_abc123", "微信号 {}"),
    ("QQ_ID", "123456789", "QQ:{}"),
]


@pytest.mark.parametrize(("entity", "value", "frame"), CASES)
def test_a_planted_value_is_found_whole(entity: str, value: str, frame: str) -> None:
    text = frame.format(value)
    assert (entity, value) in spans(text, find(text, POLICY))


@pytest.mark.parametrize(("entity", "value", "frame"), CASES)
def test_and_deep_inside_a_long_text(entity: str, value: str, frame: str) -> None:
    filler = "The committee met again and agreed on nothing of note. " * 40
    text = f"{filler}\n{frame.format(value)}\n{filler}"
    assert (entity, value) in spans(text, find(text, POLICY))


@pytest.mark.parametrize(
    "text",
    [
        "Version 1.2.3 of the library was released; chapter 12 begins on page 340.",
        "The sum of 17 and 25 is 42.",
        "订单数量 12345 件，总价 9800 元。",
        "SELECT * FROM t WHERE id = 77",
        "4111111111111112",  # fails the Luhn check
        "110105194912310021",  # fails ISO 7064
    ],
)
def test_numbers_that_are_nobodys(text: str) -> None:
    assert spans(text, find(text, POLICY)) == []


def evasions(value: str, dice: random.Random) -> list[str]:
    """A number's disguises."""
    wide = value.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    place = dice.randrange(1, len(value))
    return [
        wide,
        value[:place] + "\u200b" + value[place:],
        " ".join(value),
        "-".join(value),
        ".".join(value),
        value.replace("0", "O") if value.count("0") < len(value) / 4 else value,
        value.translate(str.maketrans("0123456789", "零一二三四五六七八九")),
        value.translate(str.maketrans("123456789", "①②③④⑤⑥⑦⑧⑨")),
        "".join(f"&#{ord(letter)};" for letter in value),
        "".join(f"%{ord(letter):02X}" for letter in value),
        "".join(f"\\u{ord(letter):04x}" for letter in value),
    ]


def mobile(dice: random.Random) -> str:
    return "1" + dice.choice("3578") + "".join(dice.choice(string.digits) for _ in range(9))


@pytest.mark.parametrize("seed", range(20))
def test_disguised_mobile_numbers_are_found_at_their_place(seed: int) -> None:
    dice = random.Random(seed)
    for value in evasions(mobile(dice), dice):
        text = f"请打我电话 {value} 谢谢"
        found = [one.location for one in find(text, POLICY) if one.entity in ("CN_PHONE_NUMBER", "PHONE_NUMBER")]
        assert found == [Span(6, 6 + len(value))], value


def test_look_alike_letters() -> None:
    text = "mail jоhn.smith@exаmple.com"  # with Cyrillic letters
    assert spans(text, find(text, POLICY)) == [("EMAIL_ADDRESS", text[5:])]


def test_context_stands_for_a_label() -> None:
    assert spans("00483920", find("00483920", POLICY, context="MRN")) == [("MEDICAL_RECORD_NUMBER", "00483920")]
    assert find("00483920", POLICY) == []


def test_known_values_are_found_in_any_case() -> None:
    text = "as agreed with QUILLON"
    found = find(text, POLICY, known=[Known("PERSON", "Marvyn Quillon")])
    assert spans(text, found) == [("PERSON", "QUILLON")]


def test_a_policys_own_recogniser_deny_and_allow() -> None:
    own = CustomRecogniser(name="badge", entity="EMPLOYEE_ID", patterns=(r"ZX-\d{3}",), score=0.9)
    policy = POLICY.model_copy(update={"recognisers": (own,), "deny": ("Bluebird",), "allow": ("10.0.0.1",)})
    text = "badge ZX-123 of project bluebird at 10.0.0.1"
    assert spans(text, find(text, policy)) == [("EMPLOYEE_ID", "ZX-123"), ("DENY_LIST", "bluebird")]


def test_a_policys_word_list_is_of_whole_words_in_any_case() -> None:
    own = CustomRecogniser(name="sites", entity="EMPLOYEE_ID", words=("Blue Sky", "夜莺", "C++ team", " "), score=0.9)
    policy = POLICY.model_copy(update={"recognisers": (own,)})
    text = "the BLUE  sky, blue\nsky, but no blue skylight; 参与夜莺计划; c++ team."
    found = [value for entity, value in spans(text, find(text, policy)) if entity == "EMPLOYEE_ID"]
    assert found == ["BLUE  sky", "blue\nsky", "夜莺", "c++ team"]


def test_a_full_name_marks_its_later_parts() -> None:
    text = "Patient: Marisol Quenneville\nQuenneville reported pain."
    assert spans(text, find(text, POLICY)).count(("PERSON", "Quenneville")) == 1


@pytest.mark.parametrize(("text", "wanted"), [("plain words", "en"), ("这是中文", "zh"), ("", "en"), ("ok 好的", "zh")])
def test_language(text: str, wanted: str) -> None:
    assert language(text) == wanted


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300))
def test_findings_are_sorted_apart_and_inside(text: str) -> None:
    end = 0
    for one in find(text, POLICY):
        assert isinstance(one.location, Span)
        assert end <= one.location.start < one.location.end <= len(text)
        end = one.location.end


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="ab ,.1张\n", max_size=60), st.text(alphabet="cd ;张\n", max_size=60))
def test_a_card_is_found_between_anything(before: str, after: str) -> None:
    text = f"{before} 4111 1111 1111 1111 {after}"
    start = len(before) + 1
    covered = {place for one in find(text, POLICY) for place in _places(one)}
    assert covered >= {place for place in range(start, start + 19) if text[place].isdigit()}


def _places(one: Finding) -> range:
    assert isinstance(one.location, Span)
    return range(one.location.start, one.location.end)


@pytest.mark.parametrize(
    "unit",
    ["1", "a", "@", "a@", "1-", "张", "Aa ", "http://", "&#", "路1", "(", ".1", "A^", "\u200b", "=", "一", "%41"],
)
def test_a_repeated_unit_takes_no_more_than_linear_work(unit: str) -> None:
    """Eight times the text may take at most 24 times as long: far from the 64 of quadratic work."""
    import time

    def seconds(size: int) -> float:
        text = unit * (size // len(unit))
        began = time.process_time()
        find(text, POLICY)
        return time.process_time() - began

    seconds(500)
    small = max(seconds(5_000), 0.004)
    assert min(seconds(40_000) for _ in range(3)) < 24 * small  # the first may build an automaton, or collect garbage


def test_every_recogniser_has_an_entity_that_the_default_policy_answers() -> None:
    from polyveil.modalities.text.detectors.recognisers import built_in

    assert {rule.entity for rule in built_in()} <= set(POLICY.entities)
    assert all(re.fullmatch(r"[A-Z0-9_]+", rule.entity) for rule in built_in())
