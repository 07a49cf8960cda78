"""The words that say on cards, forms and tables what stands beside them: 'Name', '姓名', 'Date of birth'."""

from __future__ import annotations

import re
from operator import itemgetter
from typing import NamedTuple

_LABELS = {
    "PERSON": r"(?:full |first |last |given |family |middle |patient |customer |cardholder |account |card|passenger |"
    r"contact |recipient |sender |employee |student |holder )?names?|surname|forenames?|"
    r"(?:account |card ?|policy ?)?holder|patient|customer|guest|passenger|cashier|server|attn|"
    r"(?:ship|bill|deliver|sold|invoice|issued) ?to|recipient|sender|payee|payer|beneficiary|applicant|"
    r"(?:prepared|requested|ordered|referred|reported|reviewed|signed|authori[sz]ed|checked|issued) by|signature|"
    r"consultant|physician|(?:attending|referring) (?:physician|doctor)|doctor|emergency contact|next of kin|"
    r"contact(?: person)?|employee|student|teacher|"
    r"(?:患者|客户|联系人|收件人|收货人|寄件人|持卡人|学生|员工|孩子|家长|本人)?姓\s*名|名\s*字|姓|名|持卡人|持证人|收件人|收货人|寄件人|发件人|"
    r"(?:紧急)?联系人|患者|客户|顾客|会员|(?:对方)?(?:账户|开户)?户\s*名|(?:对方)?账户名称?|乘客|乘机人|旅客|收银员?|操作员|服务员|营业员|"
    r"(?:主治|主管|送检|开单|审核|检验|报告|责任)?(?:医生|医师)|(?:检验|审核|检查|报告|申请|经办|负责|开票|收款|付款|复核|登记|送检|采样|签发|接收|投保|被保险|监护)[人者]|"
    r"复\s*核|法定代表人|家\s*长|班主任|车\s*主|机\s*主|户\s*主|租\s*客|房\s*东|本人签[名字]|签\s*[名字]",
    "STREET_ADDRESS": r"(?:home |street |mailing |billing |delivery |shipping |postal |residential |current )?"
    r"address(?: line ?\d)?|addr\.?|residence|(?:city|town)(?:,? (?:state|county))?(?: (?:and|&) (?:zip|post ?code))?|"
    r"(?:现|家庭|详细|收货|收件|寄件|通讯|联系|居住|单位|户籍|办公|邮寄|公司)?[住地]\s*址(?:[/、 ]?电话)?|"
    r"(?:现)?居住地|户籍地|所在地区?",
    "POSTAL_CODE": r"zip(?: code)?|post(?:al)? ?code|邮\s*编|邮政编码",
    "DATE_TIME": r"d\.?o\.?b\.?|(?:date of )?birth(?: ?date|day)?|born(?: on)?|出\s*生(?:日期|年月日?)?|生\s*日",
    "CN_ID_CARD": r"公民身份号码|(?:公民)?身份证(?:件)?(?:号码?)?|证\s*号",
    "NATIONAL_ID": r"(?:id|identity|identification|national id|card) ?(?:no\.?|number|#|card no\.?)|证件号码?",
    "US_SSN": r"ssn|social security(?: ?(?:no\.?|number|#))?",
    "PASSPORT": r"passport ?(?:no\.?|number|#)?|护照号?码?",
    "DRIVER_LICENSE": r"(?:dl|driver'?s? licen[cs]e|licen[cs]e) ?(?:no\.?|number|#)?|驾驶证号?|准驾证号|档案编号",
    "PHONE_NUMBER": r"(?:tele|home |work |mobile |contact )?phone(?: ?no\.?| number)?|tel(?:ephone)?\.?|"
    r"mobile(?: ?no\.?| number)?|cell|fax|(?:联系|家庭|固定|办公|移动)?电\s*话(?:号码)?|手\s*机号?码?|联系方式",
    "EMAIL_ADDRESS": r"e-?mail(?: address)?|电子邮[箱件]|邮\s*箱(?:地址)?",
    "MEDICAL_RECORD_NUMBER": r"mrn|medical record(?: no\.?| number)?|patient (?:id|no\.?|number)|"
    r"病\s*历号|病案号|住院号|门诊号|就诊卡?号",
    "ACCOUNT_NUMBER": r"(?:account|acct\.?|member(?:ship)?|policy|frequent fl[a-z]*|loyalty) ?(?:id|no\.?|number|#)|"
    r"frequent fl[a-z]*|账\s*号|帐\s*号|会员号|会员卡号|保单号",
    "CREDIT_CARD": r"card ?(?:no\.?|number|#)|(?:银行)?卡\s*号",
    "EMPLOYEE_ID": r"(?:employee|staff) (?:id|no\.?|number)|工\s*号|员工编号",
    "STUDENT_ID": r"student (?:id|no\.?|number)|学\s*号|准考证号",
    "LICENSE_PLATE": r"plate(?: ?no\.?| number)?|licen[cs]e plate|车\s*牌号?码?|号牌号码",
    "USERNAME": r"user ?(?:name|id)|login|用户名",
    "WECHAT_ID": r"wechat(?: id)?|微信号?",
    "QQ_ID": r"qq号?",
}
OTHER = ""
"""Entity of a label whose value is nobody's."""

_OTHERS = re.compile(
    r"\s*(?:sex|gender|nationality|height|date|time|details|description|amount|balance|qty|quantity|price|total|"
    r"sub ?total|tests?|results?|range|units?|flight|seat|gate|class|type|booking|ward|department|country(?: code)?|"
    r"subject|status|date of (?:issue|expiry)|expires|issued|page|invoice (?:no\.?|number)|order (?:no\.?|number)|"
    r"性\s*别|民\s*族|年\s*龄|国\s*籍|日\s*期|时\s*间|项\s*目|结\s*果|参考(?:范围|值)|单\s*位|数\s*量|单\s*价|"
    r"金\s*额|合\s*计|余\s*额|摘\s*要|备\s*注|科\s*室|床\s*号|航\s*班|座\s*位|登机口|车\s*次|品\s*名|货物名称|标本号|有效期[至限]?|签发(?:机关|日期)|准驾车型)"
    r"\s*(?P<end>[:：]|$)\s*",
    re.IGNORECASE,
)
_ANY = "|".join(f"(?P<{entity}>{words})" for entity, words in _LABELS.items())
_NUMBERED = r"^\s*(?:\d{1,2}[a-d]?[.)、]\s*)?"
_BEGINNING = {
    entity: re.compile(rf"{_NUMBERED}(?:{words})\s*(?P<mark>[:：.]|\s|$|(?=\d))\s*", re.IGNORECASE)
    for entity, words in _LABELS.items()
}
_WHOLE = re.compile(rf"{_NUMBERED}(?:{_ANY})\s*[:：.*]*\s*$", re.IGNORECASE)
_GLUED = re.compile(
    r"^\s*(?P<label>姓\s*名|住\s*址|地\s*址|出\s*生(?:日期)?|公民身份号码|身份证号码?|电\s*话|手\s*机|邮\s*箱|车\s*牌号?|证\s*号|银行卡号|卡号)"
)
_TORN = re.compile(r"(?<=[a-z])(?=[A-Z])")
_TWICE = re.compile(r"\s*[/|·(（]\s*|(?<=[\u4e00-\u9fff])\s*(?=[A-Za-z])|(?<=[A-Za-z.])\s+(?=[\u4e00-\u9fff])")
"""Between the two languages of a label: '姓/Surname', '姓名 NAME'."""
_SMALL = re.compile(r"(?<!\w)[a-z]{3,}")
_PARTICLES = frozenset({"van", "von", "der", "den", "del", "della", "dos", "ibn", "bin"})
_LONGEST_NAME = 40


class Label(NamedTuple):
    """What a line begins with: the entity that it announces, where the label ends, and whether it is all there is."""

    entity: str
    end: int
    alone: bool


def label(text: str) -> Label | None:
    """The label that a line begins with; None if it has none, or if it is a sentence that begins with such a word."""
    other = _OTHERS.match(text)
    if other:
        return Label(OTHER, other.end(), alone=other.end() == len(text))
    whole = _WHOLE.match(text) or _bilingual(text)
    if whole:
        return Label(_entity(whole), len(text), alone=True)
    begins = [(match.end(), entity, match) for entity, begin in _BEGINNING.items() if (match := begin.match(text))]
    if not begins:
        return _glued(text)
    end, entity, match = max(begins, key=itemgetter(0))
    rest = text[end:]
    if _WHOLE.match(rest):
        return Label(entity, len(text), alone=True)
    if match.group("mark") not in {":", "："} and entity == "PERSON" and not _maybe_name(rest):
        return None
    return Label(entity, end, alone=len(rest) < 2)


def _bilingual(text: str) -> re.Match[str] | None:
    """A label in two languages, or of two things: the first that is known."""
    parts = [part for part in _TWICE.split(text.strip().rstrip(":：)）")) if part.strip("./ ")]
    matches = [_WHOLE.match(part) for part in parts]
    return matches[0] if len(parts) > 1 and all(matches) else None


def _glued(text: str) -> Label | None:
    """Chinese labels need nothing between them and the value; others may be read without the blank behind them."""
    torn = _TORN.search(text)
    if torn and (said := _WHOLE.match(text[: torn.start()])):
        return Label(_entity(said), torn.start(), alone=False)
    found = _GLUED.match(text)
    whole = _WHOLE.match(re.sub(r"\s", "", found.group("label"))) if found else None
    return Label(_entity(whole), found.end(), alone=False) if found and whole else None


def _entity(match: re.Match[str]) -> str:
    return next(entity for entity in _LABELS if match.group(entity))


def _maybe_name(text: str) -> bool:
    """May it be a name, and not the rest of a sentence ('Customer service is open')?"""
    small = [word for word in _SMALL.findall(text) if word not in _PARTICLES]
    return len(text) <= _LONGEST_NAME and not small
