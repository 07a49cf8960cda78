"""Chinese addresses: found whole in a frame, nothing in prose with numbers, linear in any text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polyveil.modalities.text.detectors.address_zh import PARTIAL, find_addresses_zh
from polyveil.schema.locations import Span

CASES = [
    ("没问题，我住{}，晚上都在", "锦绣江南12-2-601"),
    ("尊敬的{}业主您好", "14-1-902"),
    ("寄：{}", "广东省深圳市南山区粤海街道科苑南路2666号中国华润大厦L12-05"),
    ("地址{}收", "云南省曲靖市麒麟区寥廓街道文昌街128号附1号"),
    ("我家住在{}，欢迎来玩。", "北京市海淀区中关村大街27号院5号楼2单元1203室"),
    ("收货地址：{}", "广东省深圳市南山区科技园南区深南大道9988号"),
    ("快递寄到{}。", "浙江省杭州市西湖区文三路478号华星时代广场A座1201室"),
    ("他搬到{}去了", "上海市浦东新区张杨路500弄12号302室"),
    ("现住{}", "阳光花园小区3栋2单元501"),
    ("家住{}的李先生", "幸福里小区8号楼1单元602室"),
    ("地址:{}", "湖南省浏阳市沿溪镇沙龙村十二组"),
    ("被告人张三，住{}。", "安徽省阜阳市颍州区王店镇刘庄村3组45号"),
    ("请送到{}，谢谢", "望京SOHO T3座1205室"),
    ("租住在{}", "天河区珠江新城华夏路16号富力盈凯广场2301室"),
    ("他住{}。", "朝阳区劲松七区706号楼3门401"),
    ("住在{}已经十年", "和平里东街12号"),
    ("公司地址：{}", "江苏省苏州市工业园区星湖街328号创意产业园10-1F"),
    ("我在{}等你", "南京东路299号宏伊国际广场"),
    ("户籍地：{}", "四川省凉山彝族自治州昭觉县竹核乡木渣洛村2组"),
    ("他家在{}", "锦绣江南二期6栋1302"),
    ("发货到{}", "福建省泉州市晋江市陈埭镇洋埭村中区88号"),
    ("我们在{}", "台北市信義區信義路五段7號"),
    ("老家是{}", "河南省周口市沈丘县付井镇大王楼村"),
    ("昨天在{}附近停电", "科技路西口1号"),
    ("Contact: {}", "No. 88 Jianguo Road, Chaoyang District, Beijing 100022"),
    ("地址 {} 收", "Room 1203, Building 5, No. 1888 Century Avenue, Pudong New Area, Shanghai"),
]


@pytest.mark.parametrize(("frame", "address"), CASES)
def test_an_address_is_found_whole(frame: str, address: str) -> None:
    text = frame.format(address)
    assert address in [one.value for one in find_addresses_zh(text)]


def test_a_part_without_a_name_is_less_sure() -> None:
    (found,) = find_addresses_zh("麻烦放到3号楼2单元501室门口")
    assert (found.value, found.score) == ("3号楼2单元501室", PARTIAL)


@pytest.mark.parametrize(
    "text",
    [
        "8月15号上午，中国队以3比1战胜对手，2号选手退场。",
        "地铁10号线延长，5号楼市新政出台。",
        "据报道1号文件强调农业，全村18户农民脱贫。",
        "跑道2号灯损坏，第3号台风将登陆。",
        "这条铁路3号隧道全长5公里。",
        "第二组选手进入决赛，三队并列第一。",
        "他说了3条意见，第1条号召大家节约。",
        "神舟5号和6号车厢在7层。",
    ],
)
def test_prose_with_numbers_is_no_address(text: str) -> None:
    assert not find_addresses_zh(text)


@given(st.text(alphabet="市区路村号栋室组12一二A- ，在x", max_size=120))
def test_spans_lie_in_the_text_and_hold_their_value(text: str) -> None:
    for one in find_addresses_zh(text):
        assert isinstance(one.location, Span)
        assert text[one.location.start : one.location.end] == one.value
