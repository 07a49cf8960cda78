"""Labelled values on cards and forms: 'Name', '姓名' and what stands to the right of them or below."""

from __future__ import annotations

import re
from collections.abc import Iterator

from polyveil.modalities.image.layout import Page
from polyveil.modalities.image.ocr import Line

_LABELS = {
    "PERSON": r"(?:full |first |last |given |family |middle |patient |customer |cardholder |account |card)?names?|"
    r"surname|patient|holder|cardholder|customer|guest|passenger|cashier|server|attn|ship to|bill to|recipient|sender|"
    r"姓\s*名|持卡人|持证人|收件人|收货人|寄件人|联系人|患者|客户|户名|乘客|旅客|收银员?|操作员|服务员|医生|医师|申请人",
    "STREET_ADDRESS": r"(?:home |street |mailing |billing |delivery |shipping )?address|addr\.?|residence|"
    r"住\s*址|地\s*址|家庭住址|收货地址|通讯地址|联系地址|居住地",
    "DATE_TIME": r"d\.?o\.?b\.?|date of birth|birth ?date|born|birthday|出\s*生(?:日期|年月)?|生日",
    "CN_ID_CARD": r"公民身份号码|身份证号?码?|身份证",
    "NATIONAL_ID": r"(?:id|identity|identification|national id|card) ?(?:no\.?|number|#|card no\.?)|证件号码?",
    "PASSPORT": r"passport ?(?:no\.?|number|#)?|护照号?码?",
    "DRIVER_LICENSE": r"(?:dl|driver'?s? licen[cs]e|licen[cs]e) ?(?:no\.?|number|#)?|驾驶证号?|准驾证号",
    "PHONE_NUMBER": r"(?:tele)?phone(?: ?no\.?| number)?|tel\.?|mobile|cell|fax|"
    r"电\s*话(?:号码)?|联系电话|手\s*机号?码?|联系方式",
    "EMAIL_ADDRESS": r"e-?mail(?: address)?|电子邮[箱件]|邮\s*箱",
    "MEDICAL_RECORD_NUMBER": r"mrn|medical record(?: no\.?| number)?|patient id|病历号|住院号|门诊号|就诊卡号",
    "ACCOUNT_NUMBER": r"(?:account|acct\.?|member(?:ship)?|policy) ?(?:id|no\.?|number|#)|"
    r"账\s*号|帐\s*号|会员号|保单号",
    "CREDIT_CARD": r"card ?(?:no\.?|number|#)|(?:银行)?卡\s*号",
    "EMPLOYEE_ID": r"employee (?:id|no\.?|number)|staff (?:id|no\.?)|工\s*号|员工编号",
    "STUDENT_ID": r"student (?:id|no\.?|number)|学\s*号",
    "LICENSE_PLATE": r"plate(?: ?no\.?| number)?|licen[cs]e plate|车\s*牌号?码?|号牌号码",
    "USERNAME": r"user ?(?:name|id)|login|用户名",
    "WECHAT_ID": r"wechat(?: id)?|微信号?",
    "QQ_ID": r"qq号?",
}
_LABEL = re.compile(
    r"^\s*(?:"
    + "|".join(f"(?P<{entity}>{words})" for entity, words in _LABELS.items())
    + r")\s*(?P<mark>[:：.]|\s|$)\s*",
    re.IGNORECASE,
)
_GLUED = re.compile(r"^\s*(?P<label>姓\s*名|住\s*址|地\s*址|出\s*生|公民身份号码|电\s*话|手\s*机|邮\s*箱|车\s*牌号?)")
_ADDRESS_PART = re.compile(
    r"[\d,，\u4e00-\u9fff]"
)  # further lines of an address have a number, a comma, or are Chinese
_SCORE = 0.75
_LONGEST = 120  # characters of a value


def labelled(page: Page) -> Iterator[tuple[str, Line, int, int, float]]:
    """(entity, line, start, end, score) of every value whose label says what it is."""
    for number, row in enumerate(page.rows):
        for place, line in enumerate(row):
            entity, end, marked = _label(line.text)
            if entity is None:
                continue
            if len(line.text) - end >= 2:
                if marked or entity != "PERSON" or len(line.text) - end <= 40:
                    yield entity, line, end, min(len(line.text), end + _LONGEST), _SCORE
                    yield from _continued(page, number, line, end, entity)
            elif place + 1 < len(row) and _label(row[place + 1].text)[0] is None:
                value = row[place + 1]
                yield entity, value, 0, min(len(value.text), _LONGEST), _SCORE
                yield from _continued(page, number, value, 0, entity)
            else:
                yield from _below(page, number, line, entity)


def _label(text: str) -> tuple[str | None, int, bool]:
    match = _LABEL.match(text)
    if match:
        entity = next((name for name in _LABELS if match.group(name)), None)
        return entity, match.end(), match.group("mark") in {":", "："} or match.end() >= len(text)
    glued = _GLUED.match(text)
    if glued:
        compact = re.sub(r"\s", "", glued.group("label"))
        again = _LABEL.match(compact)
        if again:
            return next(name for name in _LABELS if again.group(name)), glued.end(), True
    return None, 0, False


def _below(page: Page, number: int, label: Line, entity: str) -> Iterator[tuple[str, Line, int, int, float]]:
    """A label alone on its line: the value may stand under it, left edges together."""
    for line in page.rows[number + 1] if number + 1 < len(page.rows) else ():
        if _aligned(label, line) and _label(line.text)[0] is None:
            yield entity, line, 0, min(len(line.text), _LONGEST), _SCORE
            return


def _continued(
    page: Page, number: int, value: Line, start: int, entity: str
) -> Iterator[tuple[str, Line, int, int, float]]:
    """Addresses run over several lines, each beginning under the value or the label."""
    if entity != "STREET_ADDRESS":
        return
    edges = (value.region((1 << 20, 1 << 20), start).x, float(page.rows[number][0].quad[0][0]))
    above = value
    for row in page.rows[number + 1 : number + 3]:
        line = row[0]
        aligned = any(abs(float(line.quad[0][0]) - edge) < 3 * value.height for edge in edges)
        if (
            not aligned
            or not _ADDRESS_PART.search(line.text)
            or _label(line.text)[0] is not None
            or _drop(above, line) > 2.5 * value.height
        ):
            return
        yield entity, line, 0, len(line.text), _SCORE
        above = line


def _drop(above: Line, below: Line) -> float:
    return float(below.quad[:, 1].mean() - above.quad[:, 1].mean())


def _aligned(label: Line, line: Line) -> bool:
    near = abs(float(line.quad[0][0] - label.quad[0][0])) < 2 * label.height
    return near and 0 < _drop(label, line) < 4 * max(label.height, line.height)
