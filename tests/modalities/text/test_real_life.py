"""Documents of real life: years, numbers in groups, machines, by-names, and what is none of these."""

from __future__ import annotations

import pytest

from polyveil.modalities.text.detectors import references
from polyveil.modalities.text.inspect import search
from polyveil.policies import load

POLICY = load("default")


def found(text: str) -> set[tuple[str, str]]:
    return {(one.entity, one.value or "") for one in search(text, "text/plain", POLICY, ())}


def values(text: str) -> set[str]:
    return {value for _, value in found(text)}


@pytest.mark.parametrize(
    ("text", "entity", "value"),
    [
        ("性别：女　出生：1987年，已婚", "DATE_TIME", "1987"),
        ("储某，男，1966年生，汉族", "DATE_TIME", "1966"),
        ("既往：2016年剖宫产", "DATE_TIME", "2016"),
        ("She was born in 1932 in a village.", "DATE_TIME", "1932"),
        ("来 签收 4-12 16:05", "DATE_TIME", "4-12 16:05"),
        ("YOB: 1958", "DATE_TIME", "1958"),
        ("call ext 4432 or bleep 221", "PHONE_NUMBER", "221"),
        ("网址：qingheyiyao.com.cn", "URL", "qingheyiyao.com.cn"),
        ("Bed 3: a patient (71M) fell", "AGE", "71"),
        ("就诊卡：0093 4471 82　科别", "ACCOUNT_NUMBER", "0093 4471 82"),
        ("电表户号1100 4582 9917，", "ACCOUNT_NUMBER", "1100 4582 9917"),
        ("燃气0130778421，", "ACCOUNT_NUMBER", "0130778421"),
        ("狗的芯片956 0000 0912 7734，", "ACCOUNT_NUMBER", "956 0000 0912 7734"),
        ("车牌 粤B F 2 3 8 6 7，绿牌", "CN_LICENSE_PLATE", "粤B F 2 3 8 6 7"),
        ("维护人 分机5527", "PHONE_NUMBER", "5527"),
        ("or use my number 6145550182", "PHONE_NUMBER", "6145550182"),
        ("Medic 4 is en route. Incident 5520918.", "REFERENCE_NUMBER", "5520918"),
        ("会话编号 c-88213907 已接入", "REFERENCE_NUMBER", "c-88213907"),
        ("换货单HH7710345已建", "REFERENCE_NUMBER", "HH7710345"),
        ("案件号尾数7745。", "ACCOUNT_NUMBER", "7745"),
        ("密码Fang2024!", "PASSWORD", "Fang2024!"),
        ("提取码 7yk3", "PASSWORD", "7yk3"),
        ("跳板机jump02连不上", "DEVICE_ID", "jump02"),
        ("Jun 18 02:11:09 mx2-berlin sshd[4471]: started", "DEVICE_ID", "mx2-berlin"),
        ("see petassure.co.nz/claims now", "URL", "petassure.co.nz/claims"),
        ("昵称：南风知我意", "USERNAME", "南风知我意"),
        ("用户「一只懒羊羊呀」：在吗", "USERNAME", "一只懒羊羊呀"),
        ("姓 名 臧 玉 珍 性 别 女", "PERSON", "臧 玉 珍"),
        ("快递小哥姓卢，明天到", "PERSON", "卢"),
        ("法院判处贝志城有期徒刑三年。", "PERSON", "贝志城"),
        ("陈工好，图纸我看了。", "PERSON", "陈工"),
        ("Yesterday Lt. Gen. Rashid Tamimi met them.", "PERSON", "Rashid Tamimi"),
        ("a ruling by Mr Justice Oyelaran in May", "PERSON", "Oyelaran"),
    ],
)
def test_a_value_is_found_whole(text: str, entity: str, value: str) -> None:
    assert (entity, value) in found(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("客户：那是我爱人。", "那是"),
        ("储三说：保单号我念一下。", "我念一下"),
        ("Syntax: user:password@host", "password"),
        ("host = request.host", "request.host"),
        ("url = urllib.parse.quote(path)", "urllib.parse.quote"),
        ("domain: README.md", "README.md"),
        ("M. T. Fontenot (“Landlord”) and", "Landlord"),
        ("sizes of (480, 960, 1600, 3200)", "480, 960, 1600"),
        ("密码SHA256算法", "SHA256"),
        ("产品编号：AB20240401", "AB20240401"),
        ("the battle of 1932", "1932"),
    ],
)
def test_what_looks_like_one_is_left(text: str, value: str) -> None:
    assert not any(value in one or one in value for one in values(text))


@pytest.mark.parametrize(
    ("name", "is_host", "is_machine"),
    [
        ("mail.example.net", False, True),
        ("nas.hendry-home.net", True, True),
        ("10.0.0.1", False, False),
        ("README.md", False, True),
        ("db-prod-2", True, True),
        ("server-side", True, False),
        ("localhost", False, False),
    ],
)
def test_names_of_hosts_and_machines(name: str, *, is_host: bool, is_machine: bool) -> None:
    assert (references.host(name), references.machine(name)) == (is_host, is_machine)
