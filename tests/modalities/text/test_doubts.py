"""What looks like a date, an address of the net, a number or a name and is none."""

from __future__ import annotations

import pytest

from polyveil.modalities.text.detectors import doubts
from polyveil.modalities.text.inspect import search
from polyveil.policies import load
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Span

POLICY = load("default")


def doubted(entity: str, text: str, value: str) -> bool:
    start = text.index(value)
    return doubts.doubted(Finding(entity, Span(start, start + len(value)), 0.69, "tagger:en", value), text)


@pytest.mark.parametrize(
    ("entity", "text", "value"),
    [
        ("DATE_TIME", "version = 2024.3.1", "2024.3.1"),
        ("DATE_TIME", "build 2024.3.1 is out", "2024.3.1"),
        ("DATE_TIME", "pip install pandas==2024.3.1", "2024.3.1"),
        ("DATE_TIME", "image: registry.local/notifier:2024.3.1", "2024.3.1"),
        ("DATE_TIME", "版本2024.3.1发布", "2024.3.1"),
        ("DATE_TIME", "2024.3.1-rc1", "2024.3.1"),
        ("IP_ADDRESS", "Git v1.7.9.1 Release Notes", "1.7.9.1"),
        ("IP_ADDRESS", "programs were broken in 1.6.0.1.", "1.6.0.1"),
        ("IP_ADDRESS", "driver 22.200.0.6", "22.200.0.6"),
        ("IP_ADDRESS", "netmask 255.255.255.0", "255.255.255.0"),
        ("IP_ADDRESS", "listens on 0.0.0.0:8080", "0.0.0.0"),
        ("MAC_ADDRESS", "SHA1 DB:45:3D:1B:B0:1A:F3:23", "DB:45:3D:1B:B0:1A"),
        ("IP_ADDRESS", "SHA1 DB:45:3D:1B:B0:1A:F3:23:10", "DB:45:3D:1B:B0:1A:F3:23"),
        ("PHONE_NUMBER", "项目编号：JXGZ-2024-0611", "2024-0611"),
        ("PHONE_NUMBER", "P/N 550-1192", "550-1192"),
        ("PHONE_NUMBER", '"0123456789"', "0123456789"),
        ("EMAIL_ADDRESS", "aes256-gcm@openssh.com", "aes256-gcm@openssh.com"),
        ("PASSWORD", "password = password_mgr", "password_mgr"),
        ("PASSWORD", "passwd=None):", "None):"),
        ("PASSWORD", "pwd = self.passwd.find(", "self.passwd.find("),
        ("PASSWORD", "password: '${DB_PASSWORD}'", "${DB_PASSWORD}"),
        ("API_KEY", "sk-ssh-ed25519-cert-v01", "sk-ssh-ed25519-cert-v01"),
        ("PERSON", "the json file", "json"),
        ("PERSON", "MIT and Canonical JSON", "JSON"),
        ("LOCATION", "Cyrus SASL for Debian", "Debian"),
        ("LOCATION", "calendar = cal.ics", "cal.ics"),
        ("ORGANIZATION", "see Paris.txt", "Paris"),
        ("PERSON", "if len(x)", "len"),
        ("PERSON", "raise JSONDecodeError", "JSONDecodeError"),
        ("PERSON", "the Newton method", "Newton"),
        ("PERSON", "服从高斯分布", "高斯"),
    ],
)
def test_doubted(entity: str, text: str, value: str) -> None:
    assert doubted(entity, text, value)


@pytest.mark.parametrize(
    ("entity", "text", "value"),
    [
        ("DATE_TIME", "born 2024.3.1", "2024.3.1"),
        ("DATE_TIME", "于2024.9.3导入", "2024.9.3"),
        ("DATE_TIME", "released 2024-03-01", "2024-03-01"),
        ("IP_ADDRESS", "login from 8.8.4.4", "8.8.4.4"),
        ("IP_ADDRESS", "10.0.0.5 is up", "10.0.0.5"),
        ("IP_ADDRESS", "broken at 81.204.17.66", "81.204.17.66"),
        ("MAC_ADDRESS", "mac AA:BB:CC:00:11:22,", "AA:BB:CC:00:11:22"),
        ("PHONE_NUMBER", "tel. 550-1192", "550-1192"),
        ("EMAIL_ADDRESS", "damien@openssh.example", "damien@openssh.example"),
        ("PASSWORD", "password = Fjord!2019sild", "Fjord!2019sild"),
        ("PASSWORD", "password = 'secret'", "secret"),
        ("PERSON", "smith.txt", "smith"),
        ("PERSON", "Newton came", "Newton"),
        ("PERSON", "anna (mum)", "anna"),
        ("LOCATION", "in Paris. Then", "Paris"),
    ],
)
def test_not_doubted(entity: str, text: str, value: str) -> None:
    assert not doubted(entity, text, value)


@pytest.mark.parametrize(
    "text",
    [
        "Git v1.5.2.2 Release Notes, fixes since v1.5.2.1",
        "#define MAX 4096  /* version = 2024.3.1 */",
        "calendar = cal.ics",
        "Employee number 5000 was hired in spring.",
        "562 findings against 564, 26 of them.",
        "Bring 2 balls, the Keypad 4 is broken.",
        "user, passwd = self.passwd.find_user_password(None)",
        "use update-passwd utility to check it",
        "no-chain-lint -vx\n\t\tWORKING_DIRECTORY",
        "审核：通过。记录：无。负责人：技术部。联系人：见附件。作者：匿名。",
        "清华教授、安全工程师、平台经理、应老师要求、5号楼见过",
    ],
)
def test_nothing_is_taken(text: str) -> None:
    assert [one.value for one in search(text, "text/plain", POLICY, ()) if one.entity != "ORGANIZATION"] == []


def test_words_of_programs_are_not_remembered() -> None:
    text = "MIT Kerberos was written by Tom Yu. Kerberos realms are many, said Yu."
    assert "Kerberos" not in [
        one.value for one in search(text, "text/plain", POLICY, ()) if one.detector == "names:again"
    ]
