"""Surrogate names: word for word, so that 'John Smith', 'SMITH^JOHN' and 'Smith' stay one person."""

from __future__ import annotations

import re
from collections.abc import Callable

from polyveil.identity.stream import Choices

GIVEN = (
    "Adrian Alma Amos Anita Arlo Astrid Avery Basil Beatrix Blaine Brenna Brock Calla Callum Carmen Cedric Celia Clara Clive Cora Corin Daphne Darcy "
    "Della Desmond Dora Dorian Duncan Edda Edgar Edith Elmer Elsa Emery Enid Ernest Esme Ezra Faye Felix Fern Finn Flora Floyd Freya Gavin Gemma Giles "
    "Glenda Greta Gwen Hattie Hazel Hector Hester Homer Hugo Ida Imogen Ingrid Iris Irving Ivan Ivy Jasper Joan Jonah Judith Jules June Keith Kendra "
    "Kira Lana Lars Leona Leopold Lionel Lois Lorna Lowell Lydia Mabel Magnus Maida Marcus Margo Martha Maude Mavis Maxine Miles Millie Miriam Morgan "
    "Muriel Myra Nadia Nell Nigel Nina Noel Nora Norris Octavia Odette Olga Opal Orson Oscar Otis Owen Pearl Percy Petra Phoebe Quentin Ralph Ramona "
    "Rhoda Roland Rosa Rowan Rufus Ruth Sable Selma Silas Simone Stella Sybil Tabitha Tessa Thea Theo Tobias Una Ursula Vera Vernon Viola Wanda Wayne "
    "Wendell Wilma Winona Wyatt Xavier Yvette Zelda Zora"
).split()

FAMILY = (
    "Abbott Ackley Alden Amory Ashby Atwell Averill Babcock Bancroft Barlow Barton Beckett Belmont Benton Birch Blackwell Blythe Bolton Bramwell Brewster "
    "Bridger Briggs Burgess Byrd Caldwell Calvert Camden Carlisle Carver Chandler Chester Clayton Clifton Colby Compton Conway Corbett Cornell Crane Crosby "
    "Dalton Darby Dawson Denton Draper Drummond Dudley Easton Eaton Egerton Eldridge Ellery Elmore Emerson Everett Fairfax Farley Faulkner Fenwick Finch "
    "Fleming Forrester Fulton Galloway Garland Gifford Gilmore Godfrey Gould Granger Greer Hadley Hale Halsey Hammond Hanley Harding Hargrove Harlow "
    "Hathaway Hayward Heath Holbrook Holden Holt Hooper Hurst Ingram Irwin Jarvis Keating Kendall Kimball Kingsley Kirby Langley Latham Lawton Leighton "
    "Lester Lindley Lockwood Lowell Ludlow Lyndon Maddox Malloy Marlow Marston Mayfield Merritt Milton Monroe Moody Naylor Nesbit Newell Norwood Oakley "
    "Ogden Osborn Paget Parrish Pembroke Penrose Pickett Prescott Preston Quincy Radcliffe Ramsey Ransom Redmond Ridley Ripley Rockwell Rowland Rutledge "
    "Sawyer Selby Seward Shelby Sheldon Sherwood Somers Stafford Stanton Sterling Stockton Sumner Sutton Talbot Tanner Thorne Thornton Tilden Townsend "
    "Tremont Trent Tuttle Upton Vance Vaughn Wakefield Walden Waldron Walton Warwick Wesley Weston Whitaker Whitman Wilder Winslow Winthrop Woodward Wyndham Yates York"
).split()

FAMILY_ZH = "王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高梁郑罗宋谢唐韩曹许邓萧冯曾程蔡彭潘袁于董余苏叶吕魏蒋田杜丁沈姜范江傅钟卢汪戴崔任陆廖姚方金邱夏谭韦贾邹石熊孟秦阎薛侯雷白龙段郝孔邵史毛常万顾赖武康贺严尹钱施牛洪龚"
COMPOUND_ZH = (
    "欧阳",
    "上官",
    "司马",
    "诸葛",
    "东方",
    "皇甫",
    "尉迟",
    "公孙",
    "慕容",
    "长孙",
    "宇文",
    "司徒",
    "令狐",
    "端木",
    "轩辕",
    "南宫",
    "夏侯",
    "钟离",
)
GIVEN_ZH = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英华玉红建文志国海晓春梅秀云峰雪琳鑫波宁辉力健世广义兴良泉飞彬富顺信子浩然博涵轩宇航嘉欣怡雨彤佳慧颖婷瑶诗语梓睿晨曦俊凯铭哲翰昊天佑安康乐悦心月晴岚若溪清远书墨"

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_KEPT = frozenset(
    "mr mrs ms miss dr prof sir van von de la le der den del della da di du bin ibn al el jr sr ii iii md phd".split()
)

Seed = Callable[[str, str], bytes]


def western(value: str, seed: Seed) -> str:
    """Each word becomes a word of its own kind and case; titles and particles stay."""
    words = _WORD.findall(value)
    family_first = "^" in value or bool(re.match(r"[^,]+,", value))

    def swap(found: re.Match[str]) -> str:
        word = found.group()
        plain = word.casefold()
        if plain in _KEPT:
            return word
        if len(word) == 1:
            return Choices(seed("initial", plain)).pick("ABCDEFGHJKLMNPRSTVW")
        last = len(words) == 1 or (word == words[0] if family_first else word == words[-1])
        return _cased(_choose(plain, FAMILY if last else GIVEN, seed), word)

    return _WORD.sub(swap, value)


def _choose(plain: str, words: list[str], seed: Seed) -> str:
    """The surrogate of a word does not depend on whether it stood as given or family name: one draw for both lists."""
    draw = Choices(seed("word", plain))
    pool = sorted({*GIVEN, *FAMILY}) if plain.capitalize() in {*GIVEN, *FAMILY} else words
    choice = draw.pick(pool)
    while choice.casefold() == plain:
        choice = draw.pick(pool)
    return choice


def _cased(new: str, like: str) -> str:
    return new.upper() if like.isupper() else new.lower() if like.islower() else new


def chinese(value: str, seed: Seed) -> str:
    """A family name for the family name, as many characters for the given name; what is no Han character stays."""
    han = "".join(letter for letter in value if "\u4e00" <= letter <= "\u9fff")
    if not han:
        return value
    compound = han[:2] in COMPOUND_ZH
    family, given = (han[:2], han[2:]) if compound else (han[:1], han[1:])
    new = _other(Choices(seed("family", family)), COMPOUND_ZH if compound else FAMILY_ZH, family)
    draw = Choices(seed("given", han))
    while True:
        second = "".join(draw.pick(GIVEN_ZH) for _ in given)
        if not given or second != given:
            return new + second


def _other(draw: Choices, pool: tuple[str, ...] | str, old: str) -> str:
    choice = draw.pick(pool)
    while choice == old:
        choice = draw.pick(pool)
    return choice
