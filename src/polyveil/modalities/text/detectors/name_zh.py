"""Chinese personal names: a family name, one or two characters, and something beside them that says it is a person."""

from __future__ import annotations

import re
from collections.abc import Iterable

import ahocorasick

from polyveil.schema.finding import Finding
from polyveil.schema.locations import Span

DETECTOR = "names:zh"
CERTAIN = 0.95
"""Score of what a label says beyond doubt."""

SINGLE = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方"
    "邹熊白孟秦邱侯江尹薛闫雷段龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤康易乔赖文施洪季裴冉柯苗凌霍翁甘柳卞喻祝倪殷路辛焦岳娄庞樊温庄阎"
    "聂齐鲍葛关车褚尤窦苟芮羿储靳邢宫宁仇栾暴厉戎祖符景詹束幸司韶郜蓟薄印宿怀蒲邰鄂索籍赖卓蔺屠蒙池阴郁胥能苍闻莘党翟贡劳逄姬申扶堵冉宰郦雍"
    "却璩桑桂濮牛寿通边扈燕冀郏浦尚农别晏柴瞿充慕连茹习宦艾鱼容古慎戈终暨居衡步都耿满弘匡国寇广禄阙东殴殳沃利蔚越夔隆师巩厍晁勾敖融冷訾"
    "辜阚那简饶空毋沙乜养鞠须丰巢蒯相查后荆红游竺权逯盖桓公缪鄢佟佘岑冼占揭蹇闵麻谷喬楊陳張劉黃趙吳孫馬羅鄭謝許韓鄧馮蕭葉蘇盧鍾陸廖賈鄒"
    "虞滕郗苌邬阮卫柏戚俞傅穆湛祁狄臧茅纪舒屈项蓝童颜梅刁骆房裘宗贲杭诸左吉钮嵇滑荀於甄汲邴糜巫隗宓班钭庾欧仲"
)
RARE = (
    "奚郎鲁酆费廉毕伍禹萧贝谈昝昌凤羊惠巫蓬仰缑亢郈亓揭佴谯笪练楼丛仝隋邸鹿皮席强危盛应宣单包荣曲封松井富云章安乐时元卜平米明计成管解干支"
    "水牧山全伊商墨哈爱阳言福青银海楚晋法汝琴华花钦麦苑栗鞠税谌逯蔺操笃续门占戈才代刀尧奉粟母蒯凡宾修阙战展荆敬初"
)
"""Family names of few, or that are words as well: they count where a title, a label or the whole name tells. They are
no feature of the network, which was taught without them."""
_RARE_COMPOUND = (
    "漆雕|相里|闾丘|司空|东郭|南门|百里|"
    "赫连|万俟|谷梁|公羊|公冶|宗政|濮阳|淳于|单于|钟离|仲孙|亓官|巫马|颛孙|乐正|公西|第五|爱新觉罗"
)
COMPOUND = [
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
    "独孤",
    "南宫",
    "夏侯",
    "钟离",
    "闻人",
    "百里",
    "呼延",
    "太史",
    "申屠",
    "澹台",
    "拓跋",
    "歐陽",
    "諸葛",
]

_SURNAME = f"(?:{'|'.join(COMPOUND)}|[{''.join(sorted(set(SINGLE)))}])"
_HAN = r"[\u4e00-\u9fff]"
_RUN = re.compile(rf"{_HAN}+")
_AROUND = 64
"""Characters before and after a run of Han characters that a pattern may reach over."""
_STOP = (
    "的了是在和与及或也都就着过吗呢吧啊有个这那我你他她它们不没很把被将对从向到说道来去给让叫请"
    "先女医教主老经护同律总院局科部处司长员工师生士号电手身住址邮性别年月日时分出籍"
)
_GIVEN = rf"[^\W\d_A-Za-z{_STOP}]"
_ROLE = (
    r"(?:姓名|名字|患者|病人|病员|客户|联系人|收件人|寄件人|收货人|申请人|持卡人|户主|家长|监护人|负责人|法定代表人|法人代表|法人|经办人|签名|签字|"
    r"医生|医师|主治医师|护士|老师|教师|同事|朋友|同学|员工|乘客|司机|车主|业主|租客|房东|当事人|报案人|证人|嫌疑人|被告|原告|发件人|致|甲方|乙方|收款人|付款人|丈夫|妻子|父亲|母亲|儿子|女儿|哥哥|姐姐|弟弟|妹妹|顾客|会员|登记人|检查者|报告人|审核人|收银员|店员|送检医生|开单医生)"
)
_OF_ROLE = (
    rf"({_SURNAME}(?![的是了在有就要不没会能可得过着吗呢吧啊么个])"
    rf"{_HAN}{{1,2}}(?!{_HAN}{{0,16}}(?:医院|公司|银行|学校)))"
)
_LABEL = re.compile(rf"""{_ROLE}(?:姓名)?["”']?\s{{0,4}}(?:[:：为是叫]|["“'\s])\s{{0,4}}["“']?\s{{0,4}}{_OF_ROLE}""")
_GLUED = re.compile(_ROLE + _OF_ROLE)
"""A role right before a name: where the name ends, and whether it is one, the tagger knows better: 储户银行卡."""
_NOBODY = (
    "本人|同上|无|没有|管理员|系统|未知|不详|匿名|默认|自动|测试|客服|公司|单位|个人|详见|如下|待定|暂无|保密|男|女|是|否|有|请|见|以上|以下|其他|所有|全体|当前|普通|"
    "本[周月年校班院]|今[天年晚早日]|明[天年早晚日]|昨[天晚日]|[上下]周|各位|大家|用户|用戶|客户|父亲|母亲|一级|二级|三级|高级|未婚|已婚|必填|选填|可选"
)
_SURELY = (
    "姓 {0,2}名|名字|患者|联系人|聯絡人|收件人|寄件人|收货人|发件人|持卡人|户主|车主|法定代表人|保险人|投保人|受益人|"
    "领款人|收款人|付款人|汇款人|开户名|户名|当事人|报案人|报警人|出租方|承租方|"
    "申请人|申請人|推荐人|推薦人|证明人|担保人|监护人|经办人|复核人|审核人|审批人|开票人|制表人|填表人|记录人|主持人|汇报人|咨询师|治疗师|来访者|受访者|原告|被告人?|上诉人|代理人|审判长|审判员|"
    "书记员|人民陪审员|嫌疑人|被害人|配偶|丈夫|妻子|父亲|母亲|曾用名|签收人|驾驶员|同住人?"
)
"""Labels that nothing but a name stands behind, whatever a network makes of it."""
_MAYBE = (
    "客户|医生|医师|签名|签字|第三人|经办|复核|审核|审批|制表|填表|记录|记录员|主持|负责人|督导师?|作者|译者|编辑|摄影|执笔|儿子|女儿|操作员|操作人|值班员|司机|乘客|旅客|住客|会员|学员|考生|"
    "家长|班主任|导师|辅导员|发起人|提交人|修改人|责任人"
)
_VALUE = (
    r"""(?:（[^（）\n]{1,6}）|\([^()\n]{1,6}\))?["”']?\s{0,4}[:：]\s{0,4}["“']?\s{0,4}"""
    rf"""(?!{_NOBODY})({_HAN}{{2,4}}(?:·{_HAN}{{1,8}})?)(?!{_HAN}|\s?[:：])"""
)
"""What a label names; not the next label, as in '作者：简介：'."""
_LABELLED = re.compile(rf"(?:{_SURELY}|(?<!{_HAN})(?:收|寄|甲方|乙方|丙方)){_VALUE}")
_LABELLED_MAYBE = re.compile(rf"(?:{_MAYBE}){_VALUE}")
_MASKED = re.compile(rf"(?:向|给|户名|收款人|付款人|对方)[:：]?\s?([*＊]{{1,2}}{_HAN}{{1,2}})(?=[（(\s，,转尾])")
"""Names as banks show them: '*明月'."""
_REPORTER = re.compile(
    r"(?:(?:实习|见习)?记者|通讯员|摄影|编辑|审判长|审判员|陪审员|书记员|法官助理) ?"
    rf"((?:{'|'.join(COMPOUND)}|[{SINGLE}{RARE}]){_HAN}{{1,2}})"
    r"(?=[ 　）)、，\n]|\Z)"
)
_BEFORE = (
    "客户|招待|拜访|陪同|联系|感谢|领导|同事|朋友|欢迎|导员|主任|主管|业主|住户|租客|司机|邻居|房东|家长|主播|通知|咨询|"
    "请教|见到|遇到|管家|物业|老板"
)
_RARELY = re.compile(
    rf"(?:(?<!{_HAN})|(?<=[与和跟由被向给对是找请问经让及科])|(?<={_BEFORE}))([{RARE}]|{_RARE_COMPOUND})"
    r"(?=先生|女士|小姐|太太|老师(?!要求)|师傅|医生|大夫|主任|经理|律师|警官|教授|总(?![统理体部局行共计公量数分监裁工会])|哥|姐|阿姨|大爷|大妈|阿婆|阿公|叔|婶)"
)
"""A family name of few right before a title; nothing else may be glued to it: 清华教授."""
_OF_KIN = re.compile(
    rf"(?:老公|老婆|儿子|女儿|弟弟|妹妹|哥哥|姐姐|侄子|侄女|外甥|女婿|儿媳|孙子|孙女|同桌|室友|闺蜜|男友|女友|同事|邻居|表哥|表姐|表弟|表妹)({_GIVEN}{{2,3}}?)"
    r"(?=[，。、；！？,;!?）)\s]|也在|说|在(?=[^\u4e00-\u9fff])|已经|一起|$)"
)
_END = r"(?:[，。、；！？\s,.;)）]|$)"
_FORMER = re.compile(
    rf"(?:(?:真名|本名|化名|艺名|笔名|乳名|曾用名)(?:叫|为|是|[:：])?|原名(?=(?:{_SURNAME}|管){_HAN}{{1,2}}{_END}))({_HAN}{{2,4}})(?={_END})"
)
"""'笔名莫言', '原名管谟业'."""
_SURNAMED = re.compile(
    rf"(?:我|他|她|本人|免贵|您|小哥|师傅|司机|老板|房东|医生|老师|客服|先生|女士|员|人)姓({_SURNAME}|[{RARE}])(?=[，。、；！,.;!\s的]|$)"
)
_SPACED = re.compile(
    rf"(?:姓 {{0,2}}名|(?<={_HAN} )人|(?<={_HAN})人)\s{{0,3}}[:：]?\s{{0,3}}({_SURNAME}(?: {_HAN}){{1,2}})"
    rf"(?=\s{{1,4}}(?:性|联|身|年|出|电|与|关|民|证|住|手|职|单|科|床|签|日)|\s{{0,3}}(?:\n|\Z)|　)"
)
"""Letter by letter, as forms have it when they are read by a machine: '姓 名 王 小 明'."""
_TRIED = re.compile(
    rf"(?:判处|判决|被告人|被告|原告人|原告|嫌疑人|上诉人|罪犯|被害人)((?:{_SURNAME}|[{RARE}]){_GIVEN}{{1,2}})"
    r"(?=有期徒刑|无期徒刑|死刑|拘役|管制|当庭|辩称|诉称|犯[有了]?[^，。]{1,12}罪)"
)
_CALLED = re.compile(
    rf"(?:(?<!{_HAN})|(?<=保安|门卫|司机|师傅|队长|邻居|同事|值班|房东|护工|物业|客服|中介|快递|助理|会计|保洁|护士|店长|前台|老板|朋友|同学|社工|社区|楼管|宿管|网管|导游|管家|客户)"
    rf"|(?<=[员（(]))([老小大]{_SURNAME})"
    rf"(?=[和与跟说问答在给对把被也又就都去来，。、！？:：)）]|\s?(?:使用|开门|关门|离开|进入|到达|解锁)|$)",
    re.MULTILINE,
)
"""'老王和小李': a family name with what friends put before it."""
_INTRODUCED = re.compile(
    rf"(?:我叫|我是|名叫|名为|叫做|叫作|本人|找|联系|致电|通知|感谢|经|由(?!于)|与|和|跟|对|向|给)({_SURNAME}{_GIVEN}{{1,2}})(?=[，。、；：！？\s,.;:!?(（的在于已将说是和与来把被]|$)"
)
_HONORIFIC = (
    "先生|女士|小姐|太太|夫人|医生|大夫|医师|护士|护士长|教授|博士|老师|主任|院长|经理|总监|总裁|董事长|律师|警官|法官|"
    "同志|师傅|阿姨|叔叔|大爷|大妈|奶奶|爷爷|主管|校长|局长|处长|科长|工程师|会计|书记|市长|县长|总|工|哥|姐"
)
_TITLED = re.compile(rf"({_SURNAME}{_GIVEN}{{0,2}}?)(?={_HONORIFIC})")
_SPEAKER = re.compile(
    rf"^(?:\[[^\]\n]{{1,40}}\]\s*|\d[\d:\s-]{{3,18}})?({_SURNAME}{_HAN}{{1,2}})"
    r"(?=\s?[:：](?!\s{0,4}[\d¥￥$-][\d.,]{0,5}(?![\d-])))",
    re.MULTILINE,
)
"""Who speaks, or whose number follows; what has a short figure behind it is a field of a form."""
_ALONE = re.compile(rf"(?<!{_HAN})({_SURNAME}{_GIVEN}{{1,2}})(?!{_HAN})")
_FOLLOWED = re.compile(
    rf"(?<![\u4e00-\u9fff])({_SURNAME}{_GIVEN}{{1,2}})(?=[，,、（(]|说|表示|认为|指出|告诉|出生|毕业|担任|患有|主诉|入院|因|于\d|今年|现年|住在|的(?:手机|电话|身份证|邮箱|地址|病历|账户|护照))"
)

_BOUNDED = (_LABELLED, _LABELLED_MAYBE, _MASKED, _REPORTER)
"""Patterns that see where a name ends."""


def find_names(text: str, least: float = 0.0) -> list[Finding]:
    """Names in a Chinese (or mixed) text that score at least `least`, and every further mention of what was found."""
    found: dict[tuple[int, int], float] = {}
    stretches = regions(text)
    for pattern, score in (
        (_LABELLED, CERTAIN),
        (_LABELLED_MAYBE, 0.9),
        (_MASKED, CERTAIN),
        (_LABEL, 0.9),
        (_GLUED, 0.75),
        (_FORMER, 0.9),
        (_SPACED, CERTAIN),
        (_TRIED, 0.9),
        (_SURNAMED, 0.9),
        (_REPORTER, 0.9),
        (_RARELY, 0.9),
        (_OF_KIN, 0.75),
        (_TITLED, 0.8),
        (_SPEAKER, 0.8),
        (_INTRODUCED, 0.75),
        (_CALLED, 0.75),
        (_FOLLOWED, 0.65),
        (_ALONE, 0.6),
    ):
        for match in (one for region in stretches for one in pattern.finditer(text, *region) if score >= least):
            start, end = match.span(1)
            while end - start > 2 and text[end - 1] in _STOP and pattern not in _BOUNDED:
                end -= 1
            if end - start >= 2 or pattern in (_TITLED, _SURNAMED, _RARELY):
                found.setdefault((start, end), score)
    names = {text[start:end] for (start, end), score in found.items() if end - start >= 2 and score >= 0.75}
    for span in places_of(names, text):
        found.setdefault(span, 0.75)
    return [
        Finding("PERSON", Span(*span), score, DETECTOR, text[slice(*span)]) for span, score in sorted(found.items())
    ]


def places_of(words: Iterable[str], text: str) -> list[tuple[int, int]]:
    """Where words stand in a text, in one pass however many they are."""
    automaton = ahocorasick.Automaton()
    for word in words:
        automaton.add_word(word, len(word))
    if not len(automaton):
        return []
    automaton.make_automaton()
    return [(end + 1 - length, end + 1) for end, length in automaton.iter(text)]


def regions(text: str) -> list[tuple[int, int]]:
    """Where Han characters stand, with what is around them."""
    made: list[tuple[int, int]] = []
    for match in _RUN.finditer(text):
        start, end = max(0, match.start() - _AROUND), match.end() + _AROUND
        if made and start <= made[-1][1]:
            start = made.pop()[0]
        made.append((start, end))
    return made
