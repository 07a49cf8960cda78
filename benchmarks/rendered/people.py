"""Invented people whose data is drawn: Faker's names and addresses, numbers with valid checksums."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random

from faker import Faker
from stdnum import luhn
from stdnum.iso7064 import mod_11_2

_LOCALES = ("en_US", "en_US", "en_GB", "en_IN", "de_DE", "es_ES", "fr_FR", "it_IT")
_FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
_COMPOUND = ("欧阳", "司马", "上官", "诸葛", "皇甫")
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰鹏辉宇浩凯倩雪梅琳晨阳佳欣怡然子涵梓轩思雨诗琪俊豪博文雅婷志远国庆建华海燕春生晓东若曦一诺雨桐皓月"
_PLACES = (
    ("浙江省", "杭州市", "西湖区", "330106"), ("江苏省", "南京市", "鼓楼区", "320106"), ("四川省", "成都市", "武侯区", "510107"),
    ("湖北省", "武汉市", "洪山区", "420111"), ("广东省", "深圳市", "南山区", "440305"), ("陕西省", "西安市", "雁塔区", "610113"),
    ("山东省", "青岛市", "市南区", "370202"), ("福建省", "厦门市", "思明区", "350203"), ("辽宁省", "大连市", "中山区", "210202"),
    ("湖南省", "长沙市", "岳麓区", "430104"), ("", "北京市", "朝阳区", "110105"), ("", "上海市", "浦东新区", "310115"),
)  # fmt: skip
_ROADS = (
    "文三路",
    "解放路",
    "人民南路",
    "中山东路",
    "建设大道",
    "青年街",
    "科技园路",
    "长江路",
    "学府路",
    "滨海大道",
    "和平里东街",
    "珞喻路",
)
_ESTATES = ("阳光花园", "翠苑新村", "金色家园", "锦绣江南", "东方名都", "")
_SYLLABLES = ("WEI", "FANG", "XIAO", "MING", "JIAN", "GUO", "YU", "HAO", "LI", "CHEN", "QIANG", "NA", "JING")
_FAMILIES = ("WANG", "LI", "ZHANG", "LIU", "CHEN", "YANG", "ZHAO", "HUANG", "ZHOU", "WU", "OUYANG", "ZHUGE")


@dataclass(frozen=True)
class Person:
    """One person; words inside a value are parted as `Sheet` does. `address` is a line or several."""

    chinese: bool
    given: str
    family: str
    name: str
    born: date
    address: tuple[str, ...]
    phone: str
    email: str
    card: str
    account: str
    number: str  # of the identity card or social security
    passport: str
    licence: str
    record: str
    user: str
    plate: str
    male: bool
    latin: tuple[str, str]  # family and given name as a passport writes them
    country: str


def digits(dice: Random, count: int) -> str:
    return str(dice.randint(1, 9)) + "".join(str(dice.randint(0, 9)) for _ in range(count - 1))


def english(dice: Random) -> Person:
    locale = dice.choice(_LOCALES)
    fake, home = Faker(locale), Faker(dice.choice(("en_US", "en_US", "en_GB")))
    fake.seed_instance(dice.getrandbits(32))
    home.seed_instance(dice.getrandbits(32))
    male = dice.random() < 0.5
    given, family = fake.first_name_male() if male else fake.first_name_female(), fake.last_name()
    plain = "".join(
        letter for letter in f"{given}.{family}".lower() if letter.isascii() and (letter.isalnum() or letter == ".")
    )
    american = "en_US" in home.locales
    street = home.street_address().replace("\n", ", ")
    town = f"{home.city()}, {home.state_abbr()} {home.postcode()}" if american else f"{home.city()} {home.postcode()}"
    mail = f"{dice.choice((plain, plain.replace('.', '_'), plain[0] + plain.split('.')[-1]))}{dice.choice(('', digits(dice, 2)))}"
    card = luhn_card(dice, dice.choice(("4539", "5425", "4012", "5105")), 16)
    return Person(
        chinese=False, given=given, family=family, name=f"{given} {family}",
        born=fake.date_of_birth(minimum_age=18, maximum_age=90), address=(street, town),
        phone=dice.choice((f"({dice.randint(201, 989)}) {dice.randint(201, 989)}-{digits(dice, 4)}", f"+44 20 7946 0{digits(dice, 3)}",
                           f"+1 {dice.randint(201, 989)}-{dice.randint(201, 989)}-{digits(dice, 4)}", f"0{dice.randint(7000, 7999)} {digits(dice, 6)}")),
        email=f"{mail}@{dice.choice(('gmail.com', 'example.org', 'outlook.com', 'proton.me', 'northwind.co.uk'))}",
        card=" ".join(card[at : at + 4] for at in range(0, 16, 4)), account=digits(dice, dice.choice((8, 10, 12))),
        number=f"{dice.randint(101, 665)}-{dice.randint(10, 99)}-{dice.randint(1000, 9999)}",
        passport=digits(dice, 9), licence=dice.choice("ABCDSWY") + digits(dice, 7), record=digits(dice, 7),
        user=f"{given.lower()}{dice.choice(('_', '.', ''))}{digits(dice, 2)}".replace("'", ""), plate="", male=male,
        latin=(_latin(family), _latin(given)), country=dice.choice(("USA", "GBR")),
    )  # fmt: skip


def chinese(dice: Random) -> Person:
    family = dice.choice(_FAMILY) if dice.random() < 0.93 else dice.choice(_COMPOUND)
    given = "".join(dice.sample(_GIVEN, 1 if dice.random() < 0.2 else 2))
    born = date(dice.randint(1945, 2005), dice.randint(1, 12), dice.randint(1, 28))
    province, city, district, code = dice.choice(_PLACES)
    estate = dice.choice(_ESTATES)
    head = "|".join(part for part in (province, city, district) if part)
    tail = (
        f"{dice.choice(_ROADS)}|{dice.randint(1, 899)}号"
        + (f"|{estate}" if estate else "")
        + f"|{dice.randint(1, 30)}栋|{dice.randint(101, 3204)}室"
    )
    male = dice.random() < 0.5
    body = f"{code}{born:%Y%m%d}{dice.randint(10, 99):02d}{dice.choice('13579' if male else '02468')}"
    latin = (dice.choice(_FAMILIES), "".join(dice.sample(_SYLLABLES, dice.choice((1, 2)))))
    return Person(
        chinese=True, given=given, family=family, name=family + given, born=born, address=(head, tail),
        phone=f"1{dice.choice(('38', '39', '59', '77', '86', '91'))}{digits(dice, 8)}",
        email=f"{latin[1].lower()}{digits(dice, 4)}@{dice.choice(('163.com', 'qq.com', 'example.cn'))}",
        card=luhn_card(dice, dice.choice(("622202", "621700", "622848")), 19), account=digits(dice, 10),
        number=body + mod_11_2.calc_check_digit(body), passport="E" + digits(dice, 8), licence=digits(dice, 12),
        record=digits(dice, 8), user=f"{latin[0].lower()}_{digits(dice, 4)}",
        plate=f"{dice.choice('浙苏川鄂粤陕鲁闽')}{dice.choice('ABCDE')}·{dice.choice('ABCDEFGHJK')}{digits(dice, 4)}", male=male,
        latin=latin, country="CHN",
    )  # fmt: skip


def luhn_card(dice: Random, head: str, length: int) -> str:
    body = head + "".join(str(dice.randint(0, 9)) for _ in range(length - 1 - len(head)))
    return body + str(luhn.calc_check_digit(body))


def _latin(name: str) -> str:
    import unicodedata

    plain = unicodedata.normalize("NFKD", name).upper()
    return "".join(letter for letter in plain if "A" <= letter <= "Z" or letter in " -").replace("-", " ")
