"""Accounts in logs, source code and directories, and other things found in kinds of documents."""

from __future__ import annotations

import pytest

from polyveil.modalities.text import find
from polyveil.modalities.text.normalise import view
from polyveil.policies import load

POLICY = load("default")


def values(text: str, entity: str) -> list[str]:
    return [text[one.location.start : one.location.end] for one in find(text, POLICY) if one.entity == entity]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "account"),
    [
        ("sshd[9]: Accepted publickey for tobbe_l from 203.0.113.77 port 50122 ssh2", "tobbe_l"),
        ("sshd[9]: Failed password for invalid user tobbe_l from 203.0.113.99 port 1", "tobbe_l"),
        ("sudo:  tobbe_l : TTY=pts/0 ; PWD=/srv ; USER=root ; COMMAND=/usr/bin/apt", "tobbe_l"),
        ("cd /home/tobbe_l/work", "tobbe_l"),
        ("open C:\\Users\\tobbe_l\\Desktop", "tobbe_l"),
        ("dn: uid=tobbe_l,ou=people,dc=example,dc=org", "tobbe_l"),
        ('slack: "@tobbe_l"', "tobbe_l"),
        ("# TODO(tobbe_l): a better bound", "tobbe_l"),
        ("postgres://tobbe_l:hunter2x@db/app", "tobbe_l"),
        ('{"display_name": "tobbe_l"}', "tobbe_l"),
        ("RT @tobbe_l: what a day", "tobbe_l"),
        ("转发微博 //@tobbe_l :今天去看了电影", "tobbe_l"),
        ("Host bastion\n  HostName 10.20.30.40\n  User tobbe_l\n", "tobbe_l"),
    ],
)
def test_an_account_is_found_where_programs_write_it(text: str, account: str) -> None:
    assert [one.removeprefix("@") for one in values(text, "USERNAME")] == [account]


@pytest.mark.parametrize(
    "text",
    [
        "USER=root ; COMMAND=/usr/bin/apt",
        "login: admin",
        "@lru_cache\ndef f(): ...\n\n    @cached_property\n    def g(self): ...",
        "npm install @types/node and @babel/core",
        "uid=1000 gid=1000",
        "Invalid user name or password",
        "the password for the printer is on the wall",
        "/home/user/data and /Users/Shared",
    ],
)
def test_what_is_no_account_of_somebody_stays(text: str) -> None:
    assert values(text, "USERNAME") == []


def test_an_account_that_is_no_word_is_found_again() -> None:
    text = "username: tobbe_l\nsaid by tobbe_l, not by tobbe_lx\nusername: summer\nit was summer"
    assert values(text, "USERNAME") == ["tobbe_l", "tobbe_l", "summer"]


def test_a_working_folder_is_no_password() -> None:
    assert values("PWD=/home/tobbe_l ;", "PASSWORD") == []
    assert values("PWD=/x7Q!pass ;", "PASSWORD") == ["/x7Q!pass"]


@pytest.mark.parametrize(
    ("text", "entity", "value"),
    [
        ("Pay to sort code 20-00-00, ends in 678.", "ACCOUNT_NUMBER", "20-00-00"),
        ("Booked as PNR X7RT2Q for two", "ACCOUNT_NUMBER", "X7RT2Q"),
        ("(cust. no. C-4471902)", "ACCOUNT_NUMBER", "C-4471902"),
        ('{"account_number": "40012345678"}', "ACCOUNT_NUMBER", "40012345678"),
        ('{"patient_id":"P-100417"}', "MEDICAL_RECORD_NUMBER", "P-100417"),
        ("patient_id: P0001", "MEDICAL_RECORD_NUMBER", "P0001"),
        ('{"employee_id": "E-2231"}', "EMPLOYEE_ID", "E-2231"),
        ("student_no=20210301", "STUDENT_ID", "20210301"),
        ("PID|1||H4471023^^^HOSP^MR||ROE^JAN||19870314|F|||", "MEDICAL_RECORD_NUMBER", "H4471023"),
        ("PID|1||H4471023^^^HOSP^MR||ROE^JAN||19870314|F|||", "DATE_TIME", "19870314"),
        ('<trkpt lat="53.801277">', "GEO_COORDINATES", "53.801277"),
        ('{"lat": 53.801277}', "GEO_COORDINATES", "53.801277"),
        ("Consultant Cardiologist, GMC 7034512", "MEDICAL_LICENSE", "7034512"),
        ("grey Ford Focus, VRM LK18 XUV.", "LICENSE_PLATE", "LK18 XUV"),
    ],
)
def test_numbers_by_what_stands_before_them(text: str, entity: str, value: str) -> None:
    assert values(text, entity) == [value]


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("订单 8842137 一直没发货", "订单 8842137 一直没发货"),
        ("周一 8842137 到货", "周一 8842137 到货"),
        ("电话 138一二三四五六七八", "电话 13812345678"),
        (r"\section{A} Jo\thanks{b}\ref{c}", r"\section{A} Jo\thanks{b}\ref{c}"),
        (r"Jo\tAnn\nBo", "Jo Ann\nBo"),
    ],
)
def test_words_that_begin_as_numbers_and_escapes_do(text: str, seen: str) -> None:
    assert view(text).text == seen


def test_the_next_paragraph_is_no_part_of_an_address() -> None:
    text = "1. Premises: 17 Harbour Lane, Bristol BS1 5TY\n2. Term: 12 months"
    assert values(text, "STREET_ADDRESS") == ["17 Harbour Lane, Bristol BS1 5TY"]


def test_chinese_friends_call_each_other_by_given_names() -> None:
    assert values("陈志强：九点吧\n好的，志强，叫上大家", "PERSON") == ["陈志强", "志强"]
    assert values("客服：请问贵姓？\n用户：我姓陈，还没发货", "PERSON") == ["陈"]


def test_names_of_properties_of_cards_are_nobody() -> None:
    card = "BEGIN:VCARD\nVERSION:3.0\nN:Lindqvist;Tobias;;;\nFN:Tobias Lindqvist\nEND:VCARD\n"
    assert not {"N", "FN", "VERSION"} & set(values(card, "PERSON"))
