"""Values in forms and behind labels that people use beside the usual ones, and what looks like them."""

from __future__ import annotations

import pytest

from polyveil.modalities.text import find
from polyveil.modalities.text.inspect import search
from polyveil.policies import load
from polyveil.schema.locations import Span

POLICY = load("default")
LETTERS = "aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xYzA1bC3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0x" * 2
HEX = "9f8b7c6d5e4f3a2b1c0d" * 4


def covered(text: str, value: str) -> bool:
    """Is every letter and digit of the value found, and none beside it?"""
    start = text.index(value)
    spans = [one.location for one in find(text, POLICY) if isinstance(one.location, Span)]
    places = {place for span in spans for place in range(span.start, span.end) if text[place].isalnum()}
    return places == {start + number for number, letter in enumerate(value) if letter.isalnum()}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Phone: 40123", "40123"),
        ("电话：62345678转801", "62345678转801"),
        ("jane(at)example.org is mine", "jane(at)example.org"),
        ('write "john smith"@example.com now', '"john smith"@example.com'),
        ("网址https://example.com/u/jane请查看", "https://example.com/u/jane"),
        ("见https://example.com/路径，谢谢", "https://example.com/路径"),
        ("see linkedin.com/in/john-smith-4b3.", "linkedin.com/in/john-smith-4b3"),
        ("HTTPS://EXAMPLE.COM/A is up", "HTTPS://EXAMPLE.COM/A"),
        ("MAC地址001A2B3C4D5E已登记", "001A2B3C4D5E"),
        ("车架号LSVAM4187C2184841已登记", "LSVAM4187C2184841"),
        ("the VIN WVWZZZ1JZXW000001 was read", "WVWZZZ1JZXW000001"),
        ("加V：zhangsan_88", "zhangsan_88"),
        ("vx zhangsan_88", "zhangsan_88"),
        ("扣扣：123456789", "123456789"),
        ("QQ number: 123456789", "123456789"),
        ("她的驾照号D1234567已核验", "D1234567"),
        ("DL: S123-4567-8901", "S123-4567-8901"),
        ("MR# 884212", "884212"),
        ("NI number ab 12 34 56 c", "ab 12 34 56 c"),
        ("Home Return Permit M12345678", "M12345678"),
        ("居住证号830000199201300022", "830000199201300022"),
        ("车牌WJ京12345违停", "WJ京12345"),
        ("一辆浙A123警的轿车", "浙A123警"),
        ("车牌军A12345违停", "军A12345"),
        ("〒100-0001", "100-0001"),
        ("Eircode D02 X285", "D02 X285"),
        ("cartão de cidadão: 00000000 0 ZZ4", "00000000 0 ZZ4"),
        ("kennitala 120174-3399", "120174-3399"),
        ("СНИЛС 112-233-445 95", "112-233-445 95"),
        ("マイナンバー 6214 9832 0257", "6214 9832 0257"),
        ("RUT 12.531.909-2", "12.531.909-2"),
        ("身份号码211062-5629登记", "211062-5629"),
        ("VAT no. CHE-107.787.577 IVA", "CHE-107.787.577 IVA"),
        ("login password is Tr0ub4dor&3", "Tr0ub4dor&3"),
        ("口令是 hello123", "hello123"),
        ("PASSWORD='a b c d'", "a b c d"),
        ("<password>My Pass 1</password>", "My Pass 1"),
        ('<add key="Password" value="xYz#12"/>', "xYz#12"),
        ("mysqldump --password hunter2", "hunter2"),
        ("password: nobody", "nobody"),
        ("password: dragon is what he said", "dragon"),
        ("密码：芝麻开门", "芝麻开门"),
        ("密码：请输入8848", "请输入8848"),
        ("验证码 384920", "384920"),
        ("wallet 7EcDhSYGxXyscszYEp35KHN8vvw3svAuLKTzXwCFLtV", "7EcDhSYGxXyscszYEp35KHN8vvw3svAuLKTzXwCFLtV"),
        ("[10/Oct/2023:13:55:36 +0000]", "10/Oct/2023:13:55:36 +0000"),
        ("患者于2024年03月05日10时22分入院", "2024年03月05日10时22分"),
        ("flown on 05MAR2024 again", "05MAR2024"),
        ("since March 2024 it is", "March 2024"),
        ("on 5 March it was", "5 March"),
        ("生日900501", "900501"),
        ("a 3-month-old baby", "3"),
        ("6个月大的婴儿", "6"),
        ("她今年28了", "28"),
        ("年齡：45歲", "45"),
        ("at 40° 26.767′ N 79° 58.933′ W", "40° 26.767′ N 79° 58.933′ W"),
        ("plus code 8FVC9G8F+6X", "8FVC9G8F+6X"),
        ("at 39,9042; 116,4074", "39,9042; 116,4074"),
        ("350 Fifth Avenue, 34th floor, New York, NY 10118", "350 Fifth Avenue, 34th floor, New York, NY 10118"),
        ("12345 W 67th St, Overland Park, KS 66212", "12345 W 67th St, Overland Park, KS 66212"),
        ("One Microsoft Way, Redmond, WA 98052", "One Microsoft Way, Redmond, WA 98052"),
        ("please ship to 45 Broadway by noon", "45 Broadway"),
        ("203.0.113.7 - rosa [10/Oct/2023:13:55:36 +0000]", "203.0.113.7 - rosa [10/Oct/2023:13:55:36 +0000"),
    ],
)
def test_other_forms(text: str, value: str) -> None:
    assert covered(text, value)


KEYS = [
    *(
        f"dapi{HEX[:32]}",
        f"lin_api_{LETTERS[:40]}",
        f"ntn_{LETTERS[:46]}",
        f"figd_{LETTERS[:40]}",
        f"gsk_{LETTERS[:52]}",
    ),
    *(f"NRAK-{LETTERS[:27].upper()}", f"pplx-{LETTERS[:48]}", f"xai-{LETTERS[:80]}", f"gldt-{LETTERS[:20]}"),
    *(f"PMAK-{HEX[:24]}-{HEX[:34]}", f"ATATT3xFfGF0{LETTERS[:90]}", f"EAA{LETTERS[:100]}", f"AKLT{LETTERS[:44]}"),
    *(f"bce-v3/ALTAK-{LETTERS[:21]}/{HEX[:40]}", f"pat{LETTERS[:14]}.{HEX[:64]}", f"rubygems_{HEX[:48]}"),
]


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("frame", ["the value {} leaked", "密钥是{}，请更换"])
def test_keys_of_more_vendors(key: str, frame: str) -> None:
    assert covered(frame.format(key), key)


def test_a_private_key_that_is_cut_off() -> None:
    body = "\n".join(LETTERS[:64] for _ in range(3))
    assert covered(f"-----BEGIN RSA PRIVATE KEY-----\n{body}", f"-----BEGIN RSA PRIVATE KEY-----\n{body}")


@pytest.mark.parametrize(
    "text",
    [
        "The mountain pass 12km away is closed. The pass rate is 98%.",
        "Pin 13 of the board drives the LED; use auth: none.",
        "Part number 1234567-8 and order 112-233-445 95.",
        "node.js/express and and/or input/output; TCP/IP; I/O; km/h.",
        "The phone: a history. Mobile: responsive layout. Cell: the basic unit.",
        "password must be at least 8 characters.",
        "验证码错误。密码长度至少8位。口令不能为空。",
        "微信支付，微信公众号，QQ音乐。车间3号机，牌号45钢，使用6个月后更换。",
        "In 1975 the company was founded.",
        "He forgot his password: nobody could help him.",
        "Forgot your password? Reset the password: Then log in again. Password: please ask the desk.",
        "忘记密码：请点击这里。密码：因为他忘了所以重设。",
    ],
)
def test_what_looks_like_them(text: str) -> None:
    assert [one for one in find(text, POLICY) if one.entity not in ("LOCATION", "ORGANIZATION")] == []


def found(text: str, media_type: str = "text/plain") -> set[tuple[str, str]]:
    spans = [(one.entity, one.location) for one in search(text, media_type, POLICY, ())]
    return {(entity, text[span.start : span.end]) for entity, span in spans if isinstance(span, Span)}


@pytest.mark.parametrize(
    "label", ["Age", "Weight", "Result", "Ward", "Section", "Host", "Author", "Approved", "Job Title"]
)
def test_a_field_of_a_form_is_no_speaker(label: str) -> None:
    assert not {one for one in found(f"Report of the clinic\n{label}: 45\n") if one[0] == "PERSON"}


@pytest.mark.parametrize("label", ["盖章", "毛重", "班次", "苗木"])
def test_nor_is_a_chinese_one(label: str) -> None:
    assert not {one for one in found(f"报告\n{label}：45\n备注：无\n") if one[0] == "PERSON"}


@pytest.mark.parametrize(
    "line",
    [
        "Alice: +44 7911 123456",
        "Mary: 555-0143",
        "张伟：13812345678",
        "李雷：好的，谢谢。",
        "Okonjo Adeyemi: thanks",
        "Alice: see you tomorrow then",
        "[10:23] Zhanna: hello",
    ],
)
def test_who_speaks_is_found(line: str) -> None:
    assert "PERSON" in {entity for entity, _ in found(f"{line}\n")}


def test_words_that_stand_glued_before_an_address_of_mail() -> None:
    assert found("请发到张三@例子.中国") == {("EMAIL_ADDRESS", "张三@例子.中国")}
    assert found("王为民@例子.中国") == {("EMAIL_ADDRESS", "王为民@例子.中国")}


def test_calendars_keep_their_frames() -> None:
    assert found("BEGIN:VCALENDAR\nSUMMARY:Board\nEND:VCALENDAR\n") == set()


def test_a_name_behind_a_label_of_users_is_a_name() -> None:
    assert found('{"user": "Rosalind Achterberg"}', "application/json") == {("PERSON", "Rosalind Achterberg")}


@pytest.mark.parametrize(
    ("text", "entity", "value"),
    [
        ("phone +44 7911\n 123987 and", "PHONE_NUMBER", "+44 7911\n 123987"),
        ("card 4539 1488\n0343 6467 now", "CREDIT_CARD", "4539 1488\n0343 6467"),
        ("card 4539 14\n88 0343 6467 now", "CREDIT_CARD", "4539 14\n88 0343 6467"),
        ("IBAN DE89 3704 0044\n0532 0130 00 now", "IBAN_CODE", "DE89 3704 0044\n0532 0130 00"),
    ],
)
def test_a_line_that_ends_between_two_groups(text: str, entity: str, value: str) -> None:
    assert (entity, value) in found(text)


def test_a_number_over_lines_and_cues_of_subtitles() -> None:
    cue = "1\n00:00:04,000 --> 00:00:06,500\n<i>my number is +44 7911</i>\n<i>123987</i>\n\n"
    assert ("PHONE_NUMBER", "+44 7911</i>\n<i>123987") in found(cue, "application/x-subrip")
    next_cue = "1\n00:00:04,000 --> 00:00:06,500\ncard 4539 1488\n\n2\n00:00:07,000 --> 00:00:08,000\n0343 6467 ok\n"
    assert ("CREDIT_CARD", next_cue[next_cue.index("4539") : -4]) in found(next_cue, "application/x-subrip")


def test_what_is_allowed_is_allowed_word_by_word() -> None:
    policy = POLICY.model_copy(update={"allow": ("John Lennon",)})
    text = "电话13812345678。John Lennon wrote it; John Smith sang."
    said = {text[one.location.start : one.location.end] for one in find(text, policy) if isinstance(one.location, Span)}
    assert "John Smith" in said
    assert not {"John", "Lennon", "John Lennon"} & said
