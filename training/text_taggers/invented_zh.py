"""Chinese sentences with invented people, places and organisations: forms_zh.txt, filled."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path

from corpora_zh import Sentence

from polyveil.identity.names import COMPOUND_ZH
from polyveil.modalities.text.detectors.name_en import lexicon
from polyveil.modalities.text.detectors.name_zh import SINGLE

FORMS = [
    line
    for line in (Path(__file__).parent / "forms_zh.txt").read_text(encoding="utf-8").splitlines()
    if line and line[0] != "#"
]
KINDS = {"P": "PER", "F": "PER", "M": "PER", "S": "PER", "O": "ORG", "X": "ORG"} | dict.fromkeys("LCWGRA", "LOC")

COUNTRIES = (
    "中国 美国 英国 法国 德国 日本 俄罗斯 韩国 朝鲜 印度 巴基斯坦 孟加拉国 尼泊尔 不丹 斯里兰卡 马尔代夫 缅甸 泰国 老挝 柬埔寨 越南 马来西亚 新加坡 "
    "印度尼西亚 印尼 菲律宾 文莱 东帝汶 蒙古 哈萨克斯坦 乌兹别克斯坦 吉尔吉斯斯坦 塔吉克斯坦 土库曼斯坦 阿富汗 伊朗 伊拉克 科威特 沙特阿拉伯 沙特 巴林 "
    "卡塔尔 阿联酋 阿曼 也门 约旦 叙利亚 黎巴嫩 以色列 巴勒斯坦 土耳其 塞浦路斯 格鲁吉亚 亚美尼亚 阿塞拜疆 埃及 利比亚 突尼斯 阿尔及利亚 摩洛哥 苏丹 "
    "埃塞俄比亚 厄立特里亚 索马里 吉布提 肯尼亚 乌干达 坦桑尼亚 卢旺达 布隆迪 刚果 扎伊尔 赞比亚 津巴布韦 安哥拉 莫桑比克 马拉维 博茨瓦纳 纳米比亚 南非 "
    "莱索托 斯威士兰 马达加斯加 毛里求斯 塞舌尔 尼日利亚 尼日尔 加纳 科特迪瓦 利比里亚 塞拉利昂 几内亚 塞内加尔 冈比亚 马里 布基纳法索 多哥 贝宁 喀麦隆 "
    "乍得 中非 加蓬 毛里塔尼亚 佛得角 意大利 西班牙 葡萄牙 荷兰 比利时 卢森堡 瑞士 奥地利 丹麦 挪威 瑞典 芬兰 冰岛 爱尔兰 希腊 波兰 捷克 斯洛伐克 匈牙利 "
    "罗马尼亚 保加利亚 南斯拉夫 塞尔维亚 克罗地亚 波黑 斯洛文尼亚 马其顿 阿尔巴尼亚 乌克兰 白俄罗斯 摩尔多瓦 立陶宛 拉脱维亚 爱沙尼亚 马耳他 摩纳哥 梵蒂冈 "
    "加拿大 墨西哥 古巴 海地 牙买加 危地马拉 洪都拉斯 尼加拉瓜 萨尔瓦多 哥斯达黎加 巴拿马 哥伦比亚 委内瑞拉 厄瓜多尔 秘鲁 玻利维亚 巴西 智利 阿根廷 "
    "乌拉圭 巴拉圭 澳大利亚 新西兰 斐济 巴布亚新几内亚 汤加 前苏联 苏联 英格兰 苏格兰 欧洲 亚洲 非洲 拉丁美洲 北美 东南亚 中东 东欧 西欧 南亚 西非"
).split()
CITIES = (
    "华盛顿 纽约 洛杉矶 芝加哥 旧金山 波士顿 休斯敦 费城 西雅图 亚特兰大 底特律 达拉斯 夏威夷 加利福尼亚 得克萨斯 佛罗里达 伦敦 曼彻斯特 利物浦 爱丁堡 "
    "巴黎 马赛 里昂 柏林 波恩 慕尼黑 汉堡 法兰克福 科隆 莫斯科 圣彼得堡 列宁格勒 基辅 明斯克 罗马 米兰 都灵 威尼斯 那不勒斯 马德里 巴塞罗那 里斯本 "
    "布鲁塞尔 海牙 阿姆斯特丹 鹿特丹 日内瓦 苏黎世 伯尔尼 洛桑 维也纳 布拉格 布达佩斯 华沙 布加勒斯特 索非亚 贝尔格莱德 萨拉热窝 萨格勒布 雅典 哥本哈根 "
    "斯德哥尔摩 奥斯陆 赫尔辛基 都柏林 东京 大阪 京都 神户 横滨 名古屋 广岛 长崎 札幌 汉城 首尔 釜山 平壤 河内 胡志明市 金边 万象 曼谷 仰光 吉隆坡 "
    "雅加达 马尼拉 新德里 孟买 加尔各答 伊斯兰堡 卡拉奇 喀布尔 德黑兰 巴格达 科威特城 利雅得 多哈 迪拜 萨那 安曼 大马士革 贝鲁特 耶路撒冷 特拉维夫 "
    "加沙 安卡拉 伊斯坦布尔 开罗 的黎波里 阿尔及尔 拉巴特 喀土穆 亚的斯亚贝巴 内罗毕 坎帕拉 达累斯萨拉姆 金沙萨 卢萨卡 哈拉雷 罗安达 比勒陀利亚 "
    "约翰内斯堡 开普敦 拉各斯 阿布贾 阿克拉 阿比让 达喀尔 渥太华 多伦多 温哥华 蒙特利尔 墨西哥城 哈瓦那 巴拿马城 波哥大 加拉加斯 基多 利马 "
    "巴西利亚 圣保罗 里约热内卢 圣地亚哥 布宜诺斯艾利斯 堪培拉 悉尼 墨尔本 惠灵顿 奥克兰 阿拉木图 塔什干 乌兰巴托 车臣 科索沃 克什米尔 北爱尔兰 西伯利亚"
).split()
LANDMARKS = (
    "人民大会堂 中南海 天安门 天安门广场 钓鱼台国宾馆 故宫 中国美术馆 北京饭店 八达岭 长城 颐和园 圆明园 八宝山 长江 黄河 淮河 珠江 松花江 嫩江 汉江 "
    "湘江 赣江 钱塘江 黄浦江 雅鲁藏布江 塔里木河 洞庭湖 鄱阳湖 太湖 西湖 青海湖 滇池 三峡 葛洲坝 大渡河 泰山 黄山 华山 庐山 井冈山 长白山 大兴安岭 秦岭 "
    "天山 昆仑山 珠穆朗玛峰 喜马拉雅山 大别山 太行山 武夷山 五指山 塔克拉玛干沙漠 渤海 黄海 东海 南海 台湾海峡 太平洋 大西洋 印度洋 北冰洋 地中海 波斯湾 "
    "红海 黑海 里海 南极 北极 尼罗河 多瑙河 莱茵河 湄公河 恒河 亚马孙河 密西西比河 伏尔加河 阿尔卑斯山 苏伊士运河 巴拿马运河 直布罗陀海峡 白宫 五角大楼 "
    "克里姆林宫 唐宁街 华尔街 好莱坞 凯旋门 首都机场 首都体育馆 工人体育场 浦东 外滩 南京路 王府井 长安街 中关村 深圳特区 经济特区 维多利亚港 珠江三角洲 "
    "长江三角洲 华北 东北 西北 西南 华东 中原 江南 陕北 苏北 闽南 胶东 辽东半岛 山东半岛 海南岛 西沙群岛 南沙群岛 钓鱼岛 朝鲜半岛 巴尔干 高加索 戈兰高地 约旦河西岸"
).split()
PROVINCES = (
    "北京 上海 天津 重庆 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 海南 四川 贵州 云南 陕西 甘肃 青海 台湾 内蒙古 "
    "广西 西藏 宁夏 新疆 香港 澳门 北平 延安 深圳 广州 武汉 南京 西安 成都 沈阳 大连 青岛 杭州 苏州 厦门 珠海 哈尔滨 长春 济南 郑州 长沙 昆明 兰州 拉萨 "
    "乌鲁木齐 海口 南昌 合肥 福州 贵阳 南宁 太原 石家庄 呼和浩特 银川 西宁 台北 高雄 九龙 唐山 洛阳 无锡 宁波 温州 汕头 桂林 绵阳 宜昌"
).split()
ABROAD = "中美日俄英法德韩朝印澳加越泰苏欧意以巴非"
AT_HOME = "京津沪渝冀晋辽吉黑苏浙皖闽赣鲁豫鄂湘粤琼川黔滇陕甘青台蒙桂藏宁新港澳蓉穗汉"
BODIES = (
    "市政府 人民政府 市委 省委 县委 公安局 教育局 卫生局 税务局 工商局 环保局 法院 中级人民法院 人民检察院 大学 师范大学 理工大学 医学院 第一中学 实验小学 "
    "人民医院 第一人民医院 中医院 日报社 电视台 图书馆 博物馆 体育馆 银行 钢铁公司 汽车厂 纺织厂 化工厂 电力公司 供电局 铁路局 机械厂 农科院 消费者协会 "
    "作家协会 红十字会 足球俱乐部 出版社 歌舞团 军区 武警总队 海关 博览会组委会 进出口公司 建筑设计院 动物园"
).split()
BODIES_ABROAD = (
    "外交部 国防部 政府 议会 国民议会 参议院 国会 中央银行 足协 奥委会 航空公司 驻华大使馆 最高法院 工党 共产党 民主党 广播公司 通讯社 石油公司 空军 海军"
).split()
NATIONAL = (
    "国务院 外交部 财政部 教育部 公安部 卫生部 铁道部 水利部 农业部 商务部 国防部 民政部 中共中央 全国人大常委会 全国政协 中央军委 最高人民法院 "
    "最高人民检察院 国家统计局 国家旅游局 中国人民银行 中国科学院 中国社会科学院 国家体委 中国足协 新华社 中央电视台 人民日报社 北京大学 清华大学 复旦大学 "
    "全国总工会 团中央 全国妇联 中国作协 联合国 世界银行 国际货币基金组织 世界贸易组织 世界卫生组织 欧盟 北约 欧洲议会 国际奥委会 东盟 非洲统一组织 "
    "路透社 法新社 美联社 共同社 塔斯社 人民出版社 商务印书馆 上海证券交易所 中国红十字会 中国民航 民盟中央 国民党 共产党 工商银行 建设银行 中国银行"
).split()
SHORT = "中国移动 联想 华为 海尔 长虹 康佳 春兰 首钢 宝钢 一汽 二汽 中石油 中石化 国航 东航 工行 建行 农行 中行 微软 英特尔 摩托罗拉 诺基亚 西门子 丰田 松下 索尼 三星 可口可乐 奔驰 国美 万科 腾讯 阿里巴巴 百度 京东 中信 中兴 格力 方正 央视 新浪 搜狐".split()
BRAND = "华 新 金 恒 瑞 泰 东 盛 宏 达 鑫 天 海 联 创 信 远 安 康 利 丰 亿 通 隆 星 光 明 亚 大 永".split()
TRADES = "科技 实业 贸易 食品 医药 电子 房地产开发 建筑 物流 服装 软件 投资 汽车 纺织 化工 文化传播".split()
TITLES = (
    "主席 副主席 总理 副总理 部长 副部长 局长 副局长 处长 主任 副主任 书记 副书记 秘书长 校长 副校长 院长 副院长 教授 研究员 所长 会长 总经理 董事长 经理 "
    "厂长 市长 副市长 省长 县长 镇长 村支书 司令员 政委 总编辑 社长 总统 首相 外长 外交大臣 国防部长 议长 国王 大使 发言人 工程师 记者 教练 队长 理事长"
).split()
STREETS = "路 大街 街 胡同 巷 大道 村 镇 乡 街道 社区 小区 新村 花园".split()
SYLLABLES = (
    "阿 艾 安 奥 巴 班 鲍 贝 比 博 布 查 达 戴 丹 德 迪 蒂 多 恩 尔 法 菲 费 弗 福 夫 盖 戈 格 古 哈 海 汉 赫 亨 霍 基 吉 加 贾 杰 卡 凯 坎 科 克 库 拉 莱 兰 "
    "劳 勒 雷 里 利 丽 林 卢 鲁 路 伦 罗 洛 马 迈 曼 麦 梅 蒙 米 莫 姆 穆 纳 内 尼 诺 帕 佩 彭 皮 普 乔 琼 瑞 萨 塞 桑 沙 舍 施 史 斯 苏 索 塔 泰 坦 特 提 托 图 "
    "瓦 万 威 韦 维 文 沃 乌 西 希 谢 辛 雅 亚 扬 耶 伊 约 泽 扎 兹"
).split()
OTHERS = (
    "买买提 艾力 阿不都拉 吐尔逊 阿依古丽 古丽娜尔 热合曼 司马义 铁木尔 达瓦 扎西 顿珠 次仁 卓玛 平措 旺堆 洛桑 格桑 央金 多吉 尼玛 巴桑 德吉 嘉措 热地 "
    "巴特尔 乌兰 其其格 苏和 布赫 娜仁 斯琴 呼格吉勒 阿拉坦 哈斯 那木 乌力吉 阿迪力 帕提古丽 阿布力孜 玉素甫 木沙 艾买提 克里木 帕巴拉 格列朗杰"
).split()


def person(dice: random.Random, given: list[str]) -> str:
    """A name: a family name, and the characters of given names that are given in life."""
    family = dice.choice(COMPOUND_ZH) if dice.random() < 0.04 else dice.choice(SINGLE[: dice.choice((20, 80, 240))])
    first, second = dice.choice(given), dice.choice(given)
    return family + (first[2] if dice.random() < 0.3 else first[1] + second[2] if dice.random() < 0.5 else first[1:])


class Inventor:
    """Fills forms.

    Args:
        dice: the source of chance.
        given: Chinese names of three characters, of which given names are made.
        foreign: names written by sound.
    """

    def __init__(self, dice: random.Random, given: list[str], foreign: list[str]) -> None:
        self.dice, self.given, self.sounded = dice, given, foreign
        self.divisions = sorted(lexicon("places_zh"))
        self.makers: dict[str, Callable[[], str]] = {
            "P": lambda: person(dice, given),
            "F": self.foreigner,
            "M": lambda: dice.choice(("·", "·", "")).join(dice.sample(OTHERS, dice.choice((1, 2, 2)))),
            "S": lambda: dice.choice(COMPOUND_ZH) if dice.random() < 0.04 else dice.choice(SINGLE[:120]),
            "L": self.place,
            "C": lambda: dice.choice(COUNTRIES),
            "W": lambda: dice.choice(CITIES),
            "G": lambda: dice.choice(LANDMARKS),
            "R": lambda: self.stem() + dice.choice(STREETS),
            "O": self.body,
            "X": lambda: dice.choice(SHORT),
            "T": lambda: dice.choice(TITLES),
            "N": lambda: str(int(10 ** (dice.random() * 4))),
            "D": lambda: dice.choice(("{m}月{d}日", "{d}日", "{m}月", "去年{m}月", "一九九{y}年{m}月")).format(
                m=dice.randint(1, 12), d=dice.randint(1, 31), y="〇一二三四五六七八九"[dice.randint(0, 9)]
            ),
        }

    def foreigner(self) -> str:
        def part() -> str:
            if self.dice.random() < 0.6:
                return self.dice.choice(self.sounded)
            return "".join(self.dice.choices(SYLLABLES, k=self.dice.choice((2, 2, 3, 3, 4))))

        sort = self.dice.random()
        if sort < 0.55:
            return part()
        dot = "·" if sort < 0.9 else self.dice.choice("•・．")
        return dot.join(part() for _ in range(2 if self.dice.random() < 0.9 else 3))

    def stem(self) -> str:
        name = self.dice.choice(self.given)
        return self.dice.choice((name[1:], name[2] + name[1], self.dice.choice(PROVINCES)[:2]))

    def place(self) -> str:
        if self.dice.random() < 0.45:
            return self.dice.choice(PROVINCES)
        name = self.dice.choice(self.divisions)
        plain = re.sub(r"(?:[市县区]|自治[县旗])$", "", name)
        return plain if 2 <= len(plain) <= 3 and self.dice.random() < 0.5 else name

    def body(self) -> str:
        sort = self.dice.random()
        if sort < 0.35:
            return self.dice.choice(NATIONAL)
        if sort < 0.7:
            return self.place() + self.dice.choice(BODIES)
        if sort < 0.82:
            return self.dice.choice(COUNTRIES) + self.dice.choice(BODIES_ABROAD)
        brand = "".join(self.dice.sample(BRAND, 2))
        town = self.place() if self.dice.random() < 0.6 else ""
        return town + brand + self.dice.choice(TRADES) + self.dice.choice(("公司", "有限公司", "股份有限公司", "集团"))

    def sentences(self, count: int) -> list[Sentence]:
        return [self.sentence(self.dice.choice(FORMS)) for _ in range(count)]

    def sentence(self, form: str) -> Sentence:
        text, tags = "", list[str]()
        shorts = iter(self.dice.sample(self.dice.choice((ABROAD, AT_HOME)), 6))
        for piece in re.split(r"(\{.\}|<[^>]+>)", form):
            sort = piece[1] if piece[:1] == "{" else ""
            kind = KINDS.get(sort, "")
            if piece[:1] == "<":
                piece, kind = piece[1:-1].split("|")  # noqa: PLW2901
            new = next(shorts) if sort == "A" else self.makers[sort]() if sort else piece
            text += new
            tags += [f"{'I' if place else 'B'}-{kind}" if kind else "O" for place in range(len(new))]
        return text, tags


def renamed(sentence: Sentence, inventor: Inventor) -> Sentence:
    """Now and then people get other names, divisions other divisions, countries other countries."""
    dice = inventor.dice
    text, tags = sentence
    pieces: list[str] = []
    made: list[str] = []
    row = 0
    while row < len(text):
        kind = tags[row][2:]
        end = row + 1
        if tags[row][0] == "B":
            while end < len(text) and tags[end] == f"I-{kind}":
                end += 1
        piece = text[row:end]
        if kind == "PER" and 2 <= len(piece) <= 4 and piece[0] in SINGLE and dice.random() < 0.4:
            piece = person(dice, inventor.given)
        elif kind == "PER" and len(piece) > 1 and piece[0] not in SINGLE and dice.random() < 0.15:
            piece = inventor.foreigner()
        elif kind == "LOC" and piece[-1] in "省市县区" and dice.random() < 0.3:
            piece = dice.choice(inventor.divisions)
        elif kind == "LOC" and piece in COUNTRIES and dice.random() < 0.3:
            piece = dice.choice(COUNTRIES)
        pieces.append(piece)
        made += [tags[row]] + [f"I-{kind}"] * (len(piece) - 1) if kind else [tags[row]] * len(piece)
        row = end
    return "".join(pieces), made
