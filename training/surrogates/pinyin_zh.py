"""Write src/polyveil/identity/lexicon/pinyin_zh.txt: how the characters of names are read.

    python training/surrogates/pinyin_zh.py PYPINYIN

The folder is that of the package pypinyin 0.55.0 (MIT), whose pinyin_dict.json holds the readings of Unihan. Of several
readings the first is taken, but for those that names have. A line a syllable, in Hanyu Pinyin without tones; syllables
without characters are those that some other character has.
"""

from __future__ import annotations

import json
import sys
import unicodedata
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "src/polyveil/identity/lexicon"
NAMED = (
    "单shan 曾zeng 解xie 仇qiu 区ou 查zha 任ren 盖gai 朴piao 翟zhai 晟sheng 乐le 缪miao 员yun 冼xian 尉wei 长zhang 隗wei 万wan"
    " 覃qin 宓mi 逄pang 臧zang 殷yin 黑he 车che 卜bu 宁ning 哈ha 石shi 伯bo 重chong 行xing 朝chao 期qi 见jian 茜qian 娜na 菲fei 薇wei"
    " 阿a 参shen 隽jun 佳jia 藏zang 卓zhuo 沈shen 祭ji 召shao 种chong 秘bi 应ying 冯feng 洗xian 折she 那na 曲qu 六lu 卡ka 着zhu"
    " 茄jia 大da 廷ting 允yun 适shi 昕xin 和he 陶tao 少shao 鲍bao 贾jia 柏bai 俞yu 褚chu 纪ji 翁weng 甄zhen 斐fei"
)
COMMON = "bpmfdtnlgkhjqxzcsryw"


def plain(reading: str) -> str:
    """Without tones; ü as v."""
    parts = unicodedata.normalize(
        "NFD", reading.replace("ü", "v").replace("ǖ", "v").replace("ǘ", "v").replace("ǚ", "v").replace("ǜ", "v")
    )
    return "".join(one for one in parts if one.isascii())


def main() -> None:
    table = json.loads((Path(sys.argv[1]) / "pinyin_dict.json").read_text(encoding="utf-8"))
    readings = {chr(int(code)): plain(text.split(",")[0]) for code, text in table.items()}
    readings |= {pair[0]: pair[1:] for pair in NAMED.split()}
    lists = ("family_zh", "family_rare_zh", "given_zh", "compound_zh")
    lines = (line for name in lists for line in (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines())
    letters = dict.fromkeys(letter for line in lines if not line.startswith("#") for letter in line if letter != " ")
    known = {
        plain_
        for letter, plain_ in readings.items()
        if letter.encode("gb2312", "ignore")[:1] in {bytes([b]) for b in range(0xB0, 0xD8)}
    }
    made: dict[str, str] = {
        one: "" for one in sorted(known | {readings[letter] for letter in letters}) if one[0] in COMMON + "aeo"
    }
    for letter in letters:
        made[readings[letter]] += letter
    head = "# Syllables of Hanyu Pinyin and the characters of names that are read so; readings of pypinyin (MIT), training/surrogates/pinyin_zh.py"
    (FOLDER / "pinyin_zh.txt").write_text(
        "\n".join([head, *(f"{one} {letters_}".rstrip() for one, letters_ in made.items())]) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
