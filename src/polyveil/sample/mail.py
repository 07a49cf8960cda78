"""An e-mail with an attachment, and an archive with members."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from email import policy
from email.message import EmailMessage
from random import Random

from polyveil.sample import tables, texts
from polyveil.sample.gold import Draft, Gold, Item
from polyveil.sample.people import Cast


def items(people: Cast, rng: Random) -> Iterator[Item]:
    """The e-mail, its exact duplicate and the archive."""
    mail = message(people, rng)
    yield mail
    yield mail.copy("mail/results_copy.eml")
    yield archive(people)


def message(people: Cast, rng: Random) -> Item:
    """Headers, a body and a table attached under a name that holds a person's name."""
    sender, receiver = people.english[4], people.chinese[8]
    head = Draft().fill(
        "From: {} <{}>\nTo: {} <{}>\nSubject: Results of {}\nDate: 2024-03-06 10:12:00+08:00\n",
        ("PERSON", sender.name),
        ("EMAIL_ADDRESS", sender.email),
        ("PERSON", receiver.name),
        ("EMAIL_ADDRESS", receiver.email),
        ("PERSON", sender.name),
    )
    body = Draft().fill(
        "Dear colleague,\n\nthe results of {} are attached. "
        "Please transfer the fee to {} and confirm by telephone, {}.\n\n"
        "{} 的手机号是{}。\n\nKind regards,\n{}\n",
        ("PERSON", sender.name),
        ("IBAN_CODE", sender.iban),
        ("PHONE_NUMBER", sender.phone),
        ("PERSON", receiver.name),
        ("CN_PHONE_NUMBER", receiver.phone),
        ("PERSON", sender.name),
    )
    table = tables.customers_en(people, rng)
    mail = EmailMessage(policy=policy.SMTP)
    for line in head.text.splitlines():
        name, _, value = line.partition(": ")
        mail[name] = value if name != "Date" else "Wed, 06 Mar 2024 10:12:00 +0800"
    mail["Message-ID"] = f"<20240306101200.4711@{sender.email.partition('@')[2]}>"
    mail["Received"] = (
        f"from laptop ([{sender.ip}]) by mx.{sender.email.partition('@')[2]}; Wed, 6 Mar 2024 10:12:01 +0800"
    )
    mail["X-Originating-IP"] = sender.ip
    mail.set_content(body.text, cte="base64")
    mail.add_attachment(table.data, "text", "csv", filename=f"{sender.name}.csv")
    mail.set_boundary("=-sample-0001")
    labels = (
        *head.labels("headers"),
        *body.labels("body/0"),
        *(replace(one, part="attachment/0") for one in table.labels),
    )
    return Item("mail/results.eml", mail.as_bytes(), labels)


def archive(people: Cast) -> Item:
    """A ZIP whose member names hold names too."""
    members = (texts.note_en(people).item("note.txt"), texts.letter_zh(people).item("letter.txt"))
    out = io.BytesIO()
    labels: list[Gold] = []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for number, (member, person) in enumerate(zip(members, people.english[5:7], strict=True)):
            info = zipfile.ZipInfo(f"{person.name}/{member.path}", (2024, 3, 6, 10, 12, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(info, member.data)
            labels += [replace(one, part=f"member/{number}") for one in member.labels]
    return Item("mail/bundle.zip", out.getvalue(), tuple(labels))
