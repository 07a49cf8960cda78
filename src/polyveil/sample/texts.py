"""Texts in English and Chinese: letters, chats, clinical notes, JSON lines, HTML, subtitles, settings."""

from __future__ import annotations

from collections.abc import Iterator

from polyveil.sample.gold import Draft, Item
from polyveil.sample.people import Cast, Person


def items(people: Cast) -> Iterator[Item]:
    """All texts, with an exact and a near duplicate of the letter."""
    letter = letter_en(people, "We look forward to seeing you again in the spring.")
    yield letter.item("text/letter_en.txt")
    yield letter.item("text/letter_en_copy.txt")
    yield letter_en(people, "We look forward to seeing you again in the autumn.").item("text/letter_en_revised.txt")
    yield letter_zh(people).item("text/letter_zh.txt")
    yield chat_en(people).item("text/chat_en.log")
    yield chat_zh(people).item("text/chat_zh.txt")
    yield note_en(people).item("text/clinical_note_en.txt")
    yield note_zh(people).item("text/clinical_note_zh.txt")
    yield note_zh(people, first=4).item("text/clinical_note_gb18030.txt", "gb18030")
    yield letter_en(people, "Kind regards from all of us.", first=4).item("text/memo_utf16.txt", "utf-16")
    yield tickets(people).item("text/tickets.jsonl")
    yield profile(people).item("text/profile.json")
    yield page_en(people).item("text/page_en.html")
    yield page_zh(people).item("text/page_zh.html")
    yield subtitles(people).item("text/interview.srt")
    yield settings(people).item("text/settings.yaml")


def letter_en(people: Cast, closing: str, first: int = 0) -> Draft:
    """A letter about a payment."""
    writer, reader = people.english[first], people.english[first + 1]
    draft = Draft().fill(
        "{}\n{}\n\nDear Ms {},\n\n",
        ("PERSON", writer.name),
        ("STREET_ADDRESS", writer.address.split(",")[0]),
        ("PERSON", reader.name),
    )
    draft.fill(
        "thank you for your payment of 240 dollars with the card {} on {}. The refund goes to the account {} "
        "as agreed. If anything is unclear, write to {} or call {} between nine and five.\n\n",
        ("CREDIT_CARD", _grouped(reader.card)),
        ("DATE_TIME", "14 March 2024"),
        ("IBAN_CODE", reader.iban),
        ("EMAIL_ADDRESS", writer.email),
        ("PHONE_NUMBER", writer.phone),
    )
    draft.say(
        "The workshop dealt with the care of old books: how paper ages, why leather needs little oil, and what light "
        "does to ink. Several guests asked for the list of tools that was shown; it is enclosed. "
    )
    return draft.fill(f"{closing}\n\nYours sincerely,\n{{}}\n", ("PERSON", writer.name))


def _grouped(card: str) -> str:
    return " ".join(card[place : place + 4] for place in range(0, len(card), 4))


def letter_zh(people: Cast) -> Draft:
    """A letter about a move."""
    writer, reader = people.chinese[0], people.chinese[1]
    return Draft().fill(
        "尊敬的{}先生:\n\n您好!您托运的家具将于{}送达{}。届时请携带身份证(号码{})签收,"
        "尾款请汇入银行卡{}。如需改期,请致电{}或发邮件至{}。\n\n货物清单附后,请核对书柜、餐桌与钢琴的数量。"
        "\n\n联系人:{}\n",
        ("PERSON", reader.name),
        ("DATE_TIME", "2024年5月18日"),
        ("STREET_ADDRESS", reader.address),
        ("CN_ID_CARD", reader.cn_id),
        ("CN_BANK_CARD", writer.card),
        ("CN_PHONE_NUMBER", writer.phone),
        ("EMAIL_ADDRESS", writer.email),
        ("PERSON", writer.name),
    )


def chat_en(people: Cast) -> Draft:
    """A support chat with times and addresses."""
    guest, agent = people.english[2], people.english[3]
    return Draft().fill(
        "[09:12] {}: hello, I cannot log in, my user page says locked\n"
        "[09:13] {}: good morning! Which e-mail address is it?\n"
        "[09:13] {}: it is {} and I am connecting from {}\n"
        "[09:15] {}: please confirm your social security number\n"
        "[09:15] {}: {}\n"
        "[09:16] {}: thank you. Shall I ring you on {}?\n"
        "[09:17] {}: yes please\n",
        ("PERSON", guest.name),
        ("PERSON", agent.name),
        ("PERSON", guest.name),
        ("EMAIL_ADDRESS", guest.email),
        ("IP_ADDRESS", guest.ip),
        ("PERSON", agent.name),
        ("PERSON", guest.name),
        ("US_SSN", guest.ssn),
        ("PERSON", agent.name),
        ("PHONE_NUMBER", guest.phone),
        ("PERSON", guest.name),
    )


def chat_zh(people: Cast) -> Draft:
    """A chat about a parcel."""
    one, other = people.chinese[2], people.chinese[3]
    return Draft().fill(
        "{}:你好,快递到了吗?\n{}:还没有,收件地址是{},对吗?\n{}:对,我的手机号{},身份证{}也要登记。\n"
        "{}:好的,付款请用卡号{}。\n{}:收到,我的微信号:{}\n",
        ("PERSON", one.name),
        ("PERSON", other.name),
        ("STREET_ADDRESS", one.address),
        ("PERSON", one.name),
        ("CN_PHONE_NUMBER", one.phone),
        ("CN_ID_CARD", one.cn_id),
        ("PERSON", other.name),
        ("CN_BANK_CARD", other.card),
        ("PERSON", one.name),
        ("WECHAT_ID", f"wx_{one.email.split('@')[0]}"),
    )


def note_en(people: Cast) -> Draft:
    """A discharge note."""
    patient, doctor = people.english[5], people.english[6]
    return Draft().fill(
        "DISCHARGE NOTE\nPatient: {}\nDate of birth: {}\nMRN: {}\nPhone: {}\nAttending: Dr. {}\n\n"
        "The patient was admitted on {} with chest pain that began at rest. The electrocardiogram was normal and "
        "troponin stayed low. {} was discharged in good condition on {} and will return in two weeks.\n"
        "Medication: aspirin 81 mg daily, metoprolol 25 mg twice a day.\n",
        ("PERSON", patient.name),
        ("DATE_TIME", f"{patient.born:%m/%d/%Y}"),
        ("MEDICAL_RECORD_NUMBER", patient.record),
        ("PHONE_NUMBER", patient.phone),
        ("PERSON", doctor.name),
        ("DATE_TIME", "2024-02-11"),
        ("PERSON", patient.name),
        ("DATE_TIME", "2024-02-14"),
    )


def note_zh(people: Cast, first: int = 5) -> Draft:
    """An outpatient note."""
    patient, doctor = people.chinese[first], people.chinese[first + 1]
    return Draft().fill(
        "门诊病历\n姓名:{}\n出生日期:{}\n身份证号:{}\n病历号:{}\n电话:{}\n住址:{}\n"
        "主诉:反复咳嗽两周,夜间加重。查体:双肺呼吸音清,未闻及干湿啰音。"
        "建议:多饮水,避免冷空气,一周后复诊。\n医生:{}\n日期:{}\n",
        ("PERSON", patient.name),
        ("DATE_TIME", f"{patient.born.year}年{patient.born.month}月{patient.born.day}日"),
        ("CN_ID_CARD", patient.cn_id),
        ("MEDICAL_RECORD_NUMBER", patient.record),
        ("CN_PHONE_NUMBER", patient.phone),
        ("STREET_ADDRESS", patient.address),
        ("PERSON", doctor.name),
        ("DATE_TIME", "2024年3月2日"),
    )


def tickets(people: Cast) -> Draft:
    """JSON lines of a help desk."""
    draft = Draft()
    for number, person in enumerate(people.english[:4]):
        draft.fill(
            '{"ticket": ' + str(4100 + number) + ', "customer": "{}", "email": "{}", "from_ip": "{}", '
            '"text": "The printer on the second floor is out of toner. Please call {} to arrange a time."}\n',
            ("PERSON", person.name),
            ("EMAIL_ADDRESS", person.email),
            ("IP_ADDRESS", person.ip),
            ("PHONE_NUMBER", person.phone),
        )
    return draft


def profile(people: Cast) -> Draft:
    """One JSON document."""
    person: Person = people.english[7]
    return Draft().fill(
        '{\n  "name": "{}",\n  "born": "{}",\n  "contact": {"email": "{}", "phone": "{}"},\n'
        '  "payment": {"card": "{}", "iban": "{}"},\n  "languages": ["en", "nl"],\n  "newsletter": true\n}\n',
        ("PERSON", person.name),
        ("DATE_TIME", f"{person.born:%Y-%m-%d}"),
        ("EMAIL_ADDRESS", person.email),
        ("PHONE_NUMBER", person.phone),
        ("CREDIT_CARD", person.card),
        ("IBAN_CODE", person.iban),
    )


def page_en(people: Cast) -> Draft:
    """A staff page."""
    person, link = people.english[8], people.english[8].email
    return Draft().fill(
        '<!DOCTYPE html>\n<html lang="en">\n<head><title>Staff</title></head>\n<body>\n<h1>Our staff</h1>\n'
        '<p>Contact: <b>{}</b>, <a href="mailto:{}">{}</a>, telephone {}.</p>\n'
        "<p>Opening hours are nine to five.</p>\n<!-- edited from {} -->\n</body>\n</html>\n",
        ("PERSON", person.name),
        ("EMAIL_ADDRESS", link),
        ("EMAIL_ADDRESS", link),
        ("PHONE_NUMBER", person.phone),
        ("IP_ADDRESS", person.ip),
    )


def page_zh(people: Cast) -> Draft:
    """A page of a firm with its credit code."""
    person = people.chinese[7]
    return Draft().fill(
        '<!DOCTYPE html>\n<html lang="zh">\n<head><meta charset="utf-8"><title>联系我们</title></head>\n<body>\n'
        "<p>统一社会信用代码:{}</p>\n<p>联系人:{}</p>\n<p>手机:{}</p>\n<p>地址:{}</p>\n</body>\n</html>\n",
        ("CN_USCC", people.firm_code),
        ("PERSON", person.name),
        ("CN_PHONE_NUMBER", person.phone),
        ("STREET_ADDRESS", person.address),
    )


def subtitles(people: Cast) -> Draft:
    """Subtitles of an interview."""
    person = people.english[1]
    return Draft().fill(
        "1\n00:00:01,000 --> 00:00:03,500\nMy name is {}.\n\n2\n00:00:04,000 --> 00:00:07,000\n"
        "You can write to me at {}\n\n3\n00:00:08,000 --> 00:00:10,000\nor call {}.\n",
        ("PERSON", person.name),
        ("EMAIL_ADDRESS", person.email),
        ("PHONE_NUMBER", person.phone),
    )


def settings(people: Cast) -> Draft:
    """Settings with a password and a key, as they are found in repositories."""
    person = people.english[3]
    secret = "Tq7-" + person.ssn.replace("-", "x") + "-Lm"
    return Draft().fill(
        "service: archive\nport: 8443\nowner_email: {}\npassword: {}\nlisten: {}\nretries: 3\n",
        ("EMAIL_ADDRESS", person.email),
        ("PASSWORD", secret),
        ("IP_ADDRESS", person.ip),
    )
