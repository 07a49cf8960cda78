"""Column names, English and Chinese, and the entity type that they announce.

English names are split into words (`customerPhone_no` -> customer phone no); a row matches if its pattern matches the
words joined by single spaces. Chinese names match if they contain the term. The first match wins, so that
`email address` is no street address.
"""

from __future__ import annotations

import re
from functools import lru_cache

_WHO = r"(?:customer|client|patient|user|contact|member|employee|staff|student|owner|holder|sender|recipient|driver|"
_WHO += r"guest|tenant|passenger|applicant|spouse|parent|guardian|mother|father|doctor|physician|nurse|teacher|author|"
_WHO += r"account holder|account|emergency contact|next of kin|referring physician|responsible party|shipping|billing|"
_WHO += r"caller|callee|payee|payer|beneficiary|cardholder|card holder|agent|insured|subscriber|provider|attending)"

_ENGLISH = tuple(
    (re.compile(rf"(?:{pattern})\Z"), entity)
    for pattern, entity in (
        (r"(?:.* )?(?:e ?mail|mail)(?: (?:address|addr|id|\d+))?", "EMAIL_ADDRESS"),
        (r"(?:.* )?(?:i ?p|ipv ?[46]|remote|host|client ip)(?: addr(?:ess)?)|(?:.* )?ip(?:v[46])?", "IP_ADDRESS"),
        (r"(?:.* )?(?:mac|bssid|hw ?addr|hardware addr(?:ess)?)(?: addr(?:ess)?)?", "MAC_ADDRESS"),
        (r"(?:.* )?imei(?: ?\d| number)?", "IMEI"),
        (r"(?:.* )?(?:url|website|homepage|web ?page|link|referr?er)", "URL"),
        (r"(?:.* )?(?:password|passwd|pwd|passphrase|pin code|secret)", "PASSWORD"),
        (r"(?:.* )?(?:api key|access key|access token|auth token|token|secret key)", "API_KEY"),
        ((r"(?:.* )?(?:phone|mobile|cell|cellphone|cell phone|telephone|tel|fax|whatsapp|msisdn)"
          r"(?: (?:no|num|number|nr|home|work|mobile|\d+))*"), "PHONE_NUMBER"),
        (r"(?:.* )?(?:ssn|social security(?: (?:no|number|num))?)", "US_SSN"),
        (r"(?:.* )?(?:nhs(?: (?:no|number))?)", "UK_NHS"),
        (r"(?:.* )?(?:nino|national insurance(?: (?:no|number))?)", "UK_NINO"),
        (r"(?:.* )?(?:iban)(?: (?:no|number|code))?", "IBAN_CODE"),
        (r"(?:.* )?(?:credit|debit|card|cc|payment card|pan)(?: card)?(?: (?:no|number|num|nr|pan))", "CREDIT_CARD"),
        (r"(?:.* )?(?:credit card|debit card)", "CREDIT_CARD"),
        (r"(?:.* )?(?:account|acct|bank account)(?: (?:no|number|num|nr))", "ACCOUNT_NUMBER"),
        (r"(?:.* )?passport(?: (?:no|number|num|id))?", "PASSPORT"),
        (r"(?:.* )?(?:driv(?:er|ing|ers)(?: s)? licen[cs]e|dl)(?: (?:no|number|num|id))?", "DRIVER_LICENSE"),
        (r"(?:.* )?(?:national id|id card|identity card|citizen id|identity|id)(?: (?:no|number|num|card no))",
         "NATIONAL_ID"),
        (r"(?:.* )?(?:national id|id card|identity card|citizen id|sfz|sfzh)", "NATIONAL_ID"),
        (r"(?:.* )?(?:tax|vat|tin|fiscal)(?: (?:id|no|number|code))", "TAX_ID"),
        (r"(?:.* )?(?:mrn|medical record(?: (?:no|number|num))?|chart (?:no|number))", "MEDICAL_RECORD_NUMBER"),
        (r"patient(?: (?:id|no|number|identifier|key))|patid|pat id", "MEDICAL_RECORD_NUMBER"),
        (r"(?:.* )?(?:insurance|policy|member|medicare|medicaid|health plan)(?: (?:id|no|number|num))",
         "HEALTH_INSURANCE_ID"),
        (r"(?:.* )?(?:employee|staff|badge|personnel|worker)(?: (?:id|no|number|num|code))", "EMPLOYEE_ID"),
        (r"(?:.* )?(?:student|pupil|matriculation)(?: (?:id|no|number|num|code))", "STUDENT_ID"),
        (r"(?:.* )?(?:user ?name|login|screen ?name|nick ?name|handle|user ?id|twitter|github)", "USERNAME"),
        (r"(?:.* )?(?:we ?chat|weixin)(?: (?:id|no))?", "WECHAT_ID"),
        (r"qq(?: (?:id|no|number))?", "QQ_ID"),
        (r"(?:.* )?(?:vin|vehicle identification(?: number)?)", "VIN"),
        (r"(?:.* )?(?:plate|licen[cs]e plate|number plate|registration plate|reg plate|plate no|plate number)",
         "LICENSE_PLATE"),
        ((r"(?:.* )?(?:device|sensor|meter|gateway|node|beacon|tag|asset|android|advertising|hardware|vehicle|serial|"
          r"household|imsi|iccid|idfa|gaid|udid)(?: (?:id|identifier|no|number|num|serial|uid|uuid|eui|sn|address))"),
         "DEVICE_ID"),
        (r"(?:smart )?(?:meter|device|gateway|beacon|wearable|tracker)", "DEVICE_ID"),
        (r"(?:.* )?(?:serial|dev eui|deveui|imsi|iccid|idfa|gaid|udid|sn)", "DEVICE_ID"),
        ((r"(?:.* )?(?:lat|latitude|lon|lng|long|longitude|gps|coordinates?|coords?|geo ?(?:point|location)|"
          r"lat ?l(?:on|ng))(?: (?:x|y|deg|degrees))?"), "GEO_COORDINATES"),
        (r"(?:.* )?(?:zip|zip code|zipcode|postcode|post code|postal code|postal|plz)", "POSTAL_CODE"),
        (r"(?:.* )?(?:address|addr|street|street address|residence)(?: (?:line )?\d+| line)?", "STREET_ADDRESS"),
        (r"(?:.* )?(?:dob|birth ?date|date of birth|birth ?day|born|d o b|year of birth|birth year|yob)", "DATE_TIME"),
        ((r"(?:.* )?(?:date|datetime|date time|timestamp|time ?stamp|admitted|discharged|visited|created at|updated at)"
          r"(?: (?:of .*|utc|local|ms|iso|time))?|ts|time|dt|epoch|.* (?:at|on|date .*)"), "DATE_TIME"),
        (r"(?:.* )?age(?: (?:years|yrs|in years|at .*))?", "AGE"),
        (r"(?:.* )?(?:city|town|village|birth ?place|place of birth|county|district|suburb|municipality)", "LOCATION"),
        (rf"(?:{_WHO}|person|record|case) ?(?:id|no|num|number|code|key|ref|reference)", "ACCOUNT_NUMBER"),
        ((rf"(?:{_WHO}|full|first|last|middle|given|family|sur|fore|maiden|legal|preferred|real|display|person)"
          r"(?: (?:first|last|middle|given|family|full))? ?names?|names?|surname|forename|fname|lname|"
          rf"(?:{_WHO})(?: \d)?"), "PERSON"),
    )
)  # fmt: skip
_NOT_DATES = re.compile(r"(?:.* )?(?:update|candidate|rate|format|zone|duration|elapsed|uptime|based on|turned on)\Z")

_CHINESE = {
    "EMAIL_ADDRESS": "电子邮箱 电子邮件 邮箱 邮件",
    "CN_ID_CARD": "身份证 公民身份 证件号",
    "CN_PHONE_NUMBER": "手机 移动电话",
    "PHONE_NUMBER": "电话 联系方式 传真 座机",
    "CN_PASSPORT": "护照",
    "CN_TRAVEL_PERMIT": "通行证",
    "DRIVER_LICENSE": "驾驶证 驾照",
    "CREDIT_CARD": "信用卡",
    "CN_BANK_CARD": "银行卡 卡号",
    "ACCOUNT_NUMBER": "银行账 账号 帐号",
    "CN_USCC": "社会信用代码 信用代码",
    "MEDICAL_RECORD_NUMBER": "病历号 病案号 住院号 门诊号 就诊号 患者编号 检查号",
    "HEALTH_INSURANCE_ID": "医保 社保 保单号",
    "EMPLOYEE_ID": "工号 员工编号",
    "STUDENT_ID": "学号 学籍",
    "WECHAT_ID": "微信",
    "USERNAME": "用户名 昵称",
    "PASSWORD": "密码 口令",
    "VIN": "车架号",
    "CN_LICENSE_PLATE": "车牌 号牌",
    "MAC_ADDRESS": "MAC",
    "IP_ADDRESS": "IP",
    "DEVICE_ID": "设备号 设备编号 设备ID 序列号 表号",
    "GEO_COORDINATES": "经度 纬度 坐标",
    "POSTAL_CODE": "邮编 邮政编码",
    "URL": "网址",
    "STREET_ADDRESS": "地址 住址 住所",
    "DATE_TIME": "出生日期 生日 日期 时间",
    "AGE": "年龄",
    "LOCATION": "籍贯 城市 户籍 出生地",
    "PERSON": "姓名 名字 联系人 收件人 寄件人 法定代表人 患者 病人 医生 医师 护士 客户 户主 持卡人 监护人 "
    "申请人 曾用名 负责人",
}
_NOT_PEOPLE = ("数", "率", "量", "类型", "等级", "级别", "状态", "满意", "时长", "性别", "来源", "备注")

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORDS = re.compile(r"[^0-9a-z]+")


def words(name: str) -> str:
    """A column name as lower-case English words joined by spaces."""
    return " ".join(_WORDS.sub(" ", _CAMEL.sub(" ", name).lower()).split())


@lru_cache(maxsize=4096)
def entity_of_name(name: str) -> str | None:
    """The entity type that a column name announces, None if it announces none."""
    chinese = _chinese(name)
    if chinese is not None:
        return chinese
    plain = words(name)
    for pattern, entity in _ENGLISH:
        if pattern.match(plain):
            return None if entity == "DATE_TIME" and _NOT_DATES.match(plain) else entity
    return None


def _chinese(name: str) -> str | None:
    if name.isascii():
        return None
    for entity, terms in _CHINESE.items():
        if any(term in name for term in terms.split()):
            return None if name.endswith(_NOT_PEOPLE) else entity
    return None
