"""Sentences with invented personal data and labels, English and Chinese: what `benchmarks/text.py` measures quality on.

Names, addresses and numbers come from Faker (several locales), which nothing in the project was tuned with but the names
that the English tagger saw in training; the sentences are of our own and of no text that was trained on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random

from faker import Faker

LOCALES = ("en_US", "en_GB", "en_IN", "en_AU", "de_DE", "es_ES", "it_IT", "fr_FR", "nl_NL")
ENGLISH = """
I need to update my billing address to {address}.
Send the package to {name}, {address}.
Could you check whether {organisation} has opened a branch in {city}?
{prefix} {family} will be out of office until {date}.
A wire of $4,000 went from {iban} to {name}.
My card {card} was stolen, please send a new one to {address}.
{given} lives in {country} and works at {organisation} as a nurse.
Hi, it's {given} here, ring me on {phone}.
Contact {name} ({email}) about the ticket.
Server {ip} refused connections from {url}.
SSN: {ssn}
She was {age} years old when she moved from {city} to {city}.
{name} was born on {date} in {city}.
Is {name} still living at {street}?
Our meeting with {name} and {name} is on {date}.
You can reach {given} by e-mail: {email}
I'd like a refund to account {iban} held by {name}.
As {name} said, the plant of {organisation} closes in May.
My website is {url}
{name} {phone} {email}
Please forward it to {prefix} {name}, {street}.
I'm {age}, from {country}.
Log in as {user} from {ip}
It was {given} who called {given} yesterday.
The name on the card is {name}, number {card}.
{name}\n{organisation}\n{address}\n{phone}
{city} police arrested {name}, {age}, on {date}.
I've lost my passport ({passport}); my name is {name}.
Dr. {family} examined {given} {family} on {date}.
Subject: Application of {name}\nDear {prefix} {family},\nplease find attached my letter. Regards, {name}
""".strip().splitlines()
CHINESE = """
客户{name_zh}的手机号是{phone_zh}，请尽快回电。
{name_zh}住在{address_zh}，电话{phone_zh}。
患者{name_zh}，{age}岁，于{date_zh}入院。
我叫{name_zh}，身份证号{id_zh}，邮箱{email}。
请将款项汇入{name_zh}的账户，卡号{card}。
{name_zh}和{name_zh}昨天在{company_zh}开会。
收件人：{name_zh}\n地址：{address_zh}\n电话：{phone_zh}
会议由{name_zh}主持，{name_zh}作了报告。
服务器{ip}昨晚宕机，请联系{name_zh}。
出生日期：{date_zh}，姓名：{name_zh}
""".strip().splitlines()
NOBODYS = frozenset({"prefix"})


def values(locale: str, dice: Random) -> dict[str, str]:
    """One value a kind."""
    us, one, zh = (fakers()[key] for key in ("en_US", locale, "zh_CN"))
    home = us if dice.random() < 0.6 else one
    born = zh.date_of_birth(minimum_age=18, maximum_age=90)
    return {
        "name": one.name(), "given": one.first_name(), "family": one.last_name(), "city": one.city(), "country": us.country(),
        "prefix": dice.choice(["Mr.", "Mrs.", "Ms.", "Dr."]), "street": us.street_address(),
        "address": home.address().replace("\n", ", " if dice.random() < 0.6 else "\n"), "organisation": one.company(),
        "date": us.date(dice.choice(["%Y-%m-%d", "%d/%m/%Y", "%B %d, %Y", "%d %b %Y", "%m/%d/%y"])), "iban": one.iban(),
        "card": us.credit_card_number(), "phone": one.phone_number(), "email": one.email(), "url": us.url(), "ssn": us.ssn(),
        "ip": us.ipv4() if dice.random() < 0.7 else us.ipv6(), "age": str(dice.randint(18, 90)), "user": us.user_name(),
        "passport": str(dice.randint(10**8, 10**9 - 1)), "name_zh": zh.name(), "phone_zh": zh.phone_number(), "id_zh": zh.ssn(),
        "address_zh": zh.address().rsplit(" ", 1)[0], "company_zh": zh.company(), "date_zh": f"{born.year}年{born.month}月{born.day}日",
    }  # fmt: skip


_FAKERS: dict[str, Faker] = {}


def fakers() -> dict[str, Faker]:
    """One generator a locale, made once."""
    if not _FAKERS:
        _FAKERS.update({locale: Faker(locale) for locale in (*LOCALES, "zh_CN")})
    return _FAKERS


def sentences(count: int, seed: int, language: str) -> Iterator[tuple[str, list[tuple[int, int, str]]]]:
    """`count` texts with labels (start, end, kind)."""
    dice = Random(seed)
    for number, one in enumerate(fakers().values()):
        one.seed_instance(seed * 100 + number)
    for _ in range(count):
        text, labels = "", []
        for piece in re.split(r"(\{\w+\})", dice.choice(ENGLISH if language == "en" else CHINESE).replace("\\n", "\n")):
            if piece[:1] != "{":
                text += piece
                continue
            kind = piece[1:-1]
            value = values(dice.choice(LOCALES) if dice.random() < 0.4 else "en_US", dice)[kind]
            if kind not in NOBODYS:
                labels.append((len(text), len(text) + len(value), kind))
            text += value
        yield text, labels
