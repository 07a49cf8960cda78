"""Chinese postal addresses, found from their numbers: a house, a building, a unit, a room or a villagers' group.

Parts are those of GB/T 23705-2009 (place-name addresses): division, street or settlement, door, building, unit, floor,
room. Numbers are looked for first; what stands before them must end as a street, an estate or a village does; then the
address grows to the left over the divisions that it lies in. Each step sees a bounded stretch: the time is linear.
"""

from __future__ import annotations

import re

from polyveil.modalities.text.detectors.gate import Bytes, gated
from polyveil.modalities.text.detectors.name_zh import regions
from polyveil.modalities.text.detectors.place import automaton
from polyveil.modalities.text.detectors.tagger_zh import in_simplified
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Span

DETECTOR = "addresses:zh"
SCORE = 0.9
PARTIAL = 0.8
REACH = 48
"""Characters before the first number that an address may begin."""
_H = r"[\u4e00-\u9fff]"
_COUNT = (
    r"(?:[A-Za-z]{0,2}-?\d{1,5}[A-Za-z]?|[A-Za-z]\d?|[一二三四五六七八九十百甲乙丙丁东西南北]{1,4})"
    r"(?:[-—－–~/之][A-Za-z]?\d{1,5}){0,2}"
)
_KIND = (
    r"(?:号大?院|号楼|号(?![线令机舱球台文种牌井选])|弄|支弄|栋|幢|座|单元|门(?![口前外诊票铃槛])|层|楼(?![盘道梯市])|室(?![内外友温])|"
    r"户(?![籍口主型外])|房(?![价产间地屋子租东])|组(?![织长成合团员建])|社(?![区会保交])|队(?![伍长员友]))"
)
_UNIT = rf"第?{_COUNT} ?{_KIND}"
_UNITS = re.compile(
    rf"(?<![\d.年月第A-Za-z]){_UNIT}(?:[ ,，]?附?{_UNIT}){{0,5}}"
    r"(?:(?:[ ,，]?[A-Za-z]?\d{1,3}(?:-\d{1,4}){1,3}(?![\d-])|"
    r"[ ,，]?[A-Za-z]?\d{2,5}(?![\d年月日元个人万千%％.:：点平米]))室?)?"
    rf"|(?<![\d.甲乙丙丁])[甲乙丙丁]?\d{{1,4}}-\d{{1,4}}-\d{{2,5}}(?![\d-])室?"
)
_ONE = re.compile(rf"{_COUNT} ?({_KIND})")
_STREET = re.compile(
    rf"({_H}{{1,7}}(?:大街|大道|胡同|公路|国道|省道|环路|路|街|巷|弄|里|条|道|坊|渠|河沿))"
    rf"(?:[东西南北中]{{1,2}}[段路街里侧口]?|[一二三四五六七八九十]+[段巷里条])?(?:[与和]{_H}{{2,6}}[路街]交[叉汇]口)?\Z"
)
_NO_STREET = re.compile(
    r"(?:铁路|道路|线路|思路|出路|电路|网路|走路|半路|赛道|报道|知道|频道|通道|跑道|轨道|渠道|管道|车道|味道|铁道|人道|公里|千里|英里|"
    r"平方里|家里|这里|那里|哪里|"
    r"心里|手里|夜里|屋里|城里|村里|店里|条件|一条|两条|几条|第.{1,3}条|航道|隧道|街道|专条|沟渠|作坊)\Z"
)
_ESTATE = re.compile(
    rf"{_H}[\u4e00-\u9fffA-Za-z0-9·]{{0,11}}"
    r"(小区|社区|花园|公寓|新村|家园|家苑|嘉园|佳苑|雅苑|名苑|名城|新城|大厦|广场|中心|公馆|山庄|别墅|宿舍|家属院|大院|"
    r"工业园|产业园|科技园|创业园|写字楼|大楼|商城|大学|学院|医院|SOHO|国际|苑|园|城|府|湾|庭|郡|居|阁|轩|墅|庄|寓|邨)"
    r"(?:[一二三四五六七八九十A-Za-z0-9]{1,2}[期区]|[东西南北中]{1,2}[区苑院]|[A-Z]\d?区)?\Z"
    rf"|{_H}{{2,8}}[一二三四五六七八九十0-9](期|区)\Z"
)
_STRONG = (
    "小区",
    "花园",
    "公寓",
    "新村",
    "家园",
    "家苑",
    "嘉园",
    "佳苑",
    "雅苑",
    "名苑",
    "公馆",
    "别墅",
    "宿舍",
    "家属院",
    "邨",
)
_VILLAGE = re.compile(
    rf"{_H}{{1,8}}(?:村|庄|屯|寨|社区|大队|居委会|村委会|营|堡|洼|沟|坪|坝|嘴|湾)(?:[东西南北中]区)?\Z"
)
_NO_VILLAGE = re.compile(r"(?:农村|乡村|全村|该村|本村|各村|一个村|新农村|多个村)\Z")
_BORDER = re.compile(r"[^\u4e00-\u9fffA-Za-z0-9·() （）-]|(?<=[^省市县区州盟旗镇乡道村])[ ]|[ ](?=[ ])")
_BEFORE = re.compile(
    r"家住|住在|住于|居住|现居|现住|暂住|租住|搬[到至往去]|寄[到往至给]|送[到往至达]|位于|坐落|地处|设在|地址|住址|住所|户籍|籍贯|"
    r"收件人|收货|发往|前往|来到|赶到|赶往|回到|"
    r"和(?![平县田硕政顺龙谐])|[在到至于是为的了与及、从由给他她我你您说往去住址]|公司(?=.{2,3}[省市])"
)
_LIVED = re.compile(r"(?:住在?|家在|搬[到至]|[送寄]到|地址[:：是]?)([\u4e00-\u9fff]{2,8})\Z")
_NEIGHBOUR = re.compile(r" ?(?:业主|住户|租户|租客|户主|家的)")
"""What says that somebody lives at a name with three numbers behind it: 我住锦绣江南12-2-601."""
_NAME = r"[A-Z][a-z'’]{1,14}"
_ENGLISH = gated(
    r"(?:(?:Room|Rm\.?|Unit|Flat|Suite|Apt\.?|Floor) ?[\w-]{1,6}, ?){0,2}(?:\d{1,3}/?F,? ?)?"
    r"(?:(?:Building|Bldg\.?|Block|Tower) ?[\w-]{1,5}, ?)?"
    r"(?:(?:No\.? ?)\d{1,5}(?:-\d{1,4})?,? ?(?:Lane \d{1,4},? ?)?|Lane \d{1,5}, ?)"
    rf"(?:{_NAME} ){{1,4}}(?:(?:North|South|East|West|Middle) )?"
    r"(?:Road|Rd\.?|Street|St\.?|Avenue|Ave\.?|Boulevard|Highway|Lane|Lu|Jie|Dadao)"
    rf"(?:, ?(?:{_NAME} ?){{1,3}}){{0,4}}(?:,? ?\d{{6}}(?!\d))?",
    r"No\.? ?\d|Lane \d",
    before=80,
    after=360,
)
_BEYOND = re.compile(
    r"[ ,，]?[^\W\d_的附近对面旁在与和及]{2,9}?(?:广场|大厦|中心|大楼|花园|公寓|小区|写字楼|产业园|科技园|创意园)"
    rf"(?:[ ,，]?{_UNIT}){{0,4}}(?:[ ,，]?[A-Za-z]?\d{{1,4}}(?:-\d{{1,4}}){{1,2}}(?![\d-])室?|"
    rf"[ ,，]?\d{{3,4}}(?!\d)室?)?"
)
_LABELLED = re.compile(
    r"(?:地址|住址|住所地?|户籍地|所在地|老家)[:：为是在]\s{0,3}((?:[\u4e00-\u9fff]{2,9}[省市县区州盟旗]){1,4}[\u4e00-\u9fffA-Za-z0-9()（）#·-]{2,40})"
)
_LARGEST = re.compile(
    r"(?:北京|上海|天津|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门)"
)
_INSIDE = re.compile(r"[\u4e00-\u9fff]{1,7}?(?:自治[区州县旗]|特别行政区|街道|[省市县区州盟旗镇乡])")


def find_addresses_zh(text: str) -> list[Finding]:
    """Chinese addresses in a text, and Chinese addresses written in English. Overlaps are left to the caller."""
    text, original = in_simplified(text), text
    found: dict[tuple[int, int], float] = {}
    stretches = regions(text)  # without a Han character a number is no house's
    for match in (one for stretch in stretches for one in _UNITS.finditer(text, *stretch)):
        one = _address(text, match)
        if one:
            more = _BEYOND.match(text, match.end())
            found[one[0], more.end() if more else match.end()] = one[1]
    for match in (one for stretch in stretches for one in _LABELLED.finditer(text, *stretch)):
        found.setdefault(match.span(1), SCORE)
    for match in _ENGLISH.finditer(*Bytes(text)):
        found.setdefault((match.start(), match.start() + len(match.group().rstrip())), SCORE)
    return [
        Finding("STREET_ADDRESS", Span(*span), score, DETECTOR, original[slice(*span)])
        for span, score in sorted(found.items())
    ]


def _address(text: str, units: re.Match[str]) -> tuple[int, float] | None:
    """Where an address with these numbers begins, and its score; None if it is none."""
    kinds = [one.group(1) for one in _ONE.finditer(units.group())]
    left, right = max(0, units.start() - REACH), units.start()
    right -= text[left:right].endswith(" ")
    borders = [one.end() for one in _BORDER.finditer(text, left, right)]
    left = max([left, *borders])
    head = text[left:right]
    if _settled(head, kinds):
        return left + _beginning(head), SCORE
    if not kinds:
        named = _LIVED.search(head)
        if named or _NEIGHBOUR.match(text, units.end()):
            return (left + named.start(1) if named else units.start()), SCORE
    building = any(kind in ("号楼", "栋", "幢", "座", "单元") for kind in kinds)
    room = any(kind in ("室", "户", "房") for kind in kinds) or bool(re.search(r"\d{3,4}\Z", units.group()))
    if building and room and len(kinds) + units.group()[-1].isdigit() >= 2:
        return units.start(), PARTIAL
    return None


def _settled(head: str, kinds: list[str]) -> bool:
    """Does what stands before the numbers end as a street, an estate or a village with such numbers does?"""
    first = kinds[0] if kinds else ""
    if _STREET.search(head) and not _NO_STREET.search(head):
        return not kinds or first.startswith("号") or first in ("弄", "支弄", "栋", "幢", "座")
    if _VILLAGE.search(head) and not _NO_VILLAGE.search(head) and (first in ("组", "社", "队") or first == "号"):
        return True
    estate = _ESTATE.search(head)
    if not estate:
        return False
    firm = any(kind in ("栋", "幢", "座", "号楼", "单元", "室") for kind in kinds) or not kinds
    named = (estate.group(1) or estate.group(2)) in _STRONG
    return firm or (named and first in ("号", "楼", "层")) or len(kinds) > 1


def _beginning(head: str) -> int:
    """Where in `head` the address begins: at its largest division, else behind the last word that is no part of it."""
    starts = [end + 1 - length for end, length in automaton().iter(head)]
    starts += [match.start() for match in _LARGEST.finditer(head)]
    behind = 0
    for match in _BEFORE.finditer(head):
        if not any(start < match.end() <= start + 4 for start in starts) and len(head) - match.end() >= 2:
            behind = match.end()
    inside = [start for start in starts if start >= behind]
    first = min(inside) if inside else behind
    if not inside:
        named = _INSIDE.match(head, behind)
        if not named and len(head) - behind > 8:
            first = len(head) - 6 if not _ESTATE.search(head) else behind
    return first
