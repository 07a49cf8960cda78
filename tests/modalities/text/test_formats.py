"""Every text format comes back as itself: it parses, keeps its layout, and holds nothing of what was planted."""

from __future__ import annotations

import ast
import configparser
import json
import re
import tomllib
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import yaml

from polyveil.collect.filetype import media_type
from polyveil.identity import Identity
from polyveil.modalities import text
from polyveil.modalities.interface import Context
from polyveil.policies import load
from polyveil.schema.modality import Modality
from polyveil.schema.part import Hints, Part
from polyveil.schema.policy import Operator, Policy

DEFAULT = load("default")
NAMES = ("LOCATION", "ORGANIZATION", "STREET_ADDRESS", "USERNAME")
CARD, MAIL, PHONE, ID = "4111111111111111", "anna.meyer@klinik.example", "13812345678", "110101199003070134"
NASTY = "a \"b\" \\ <c> & 'd': #e {f} %s"


def _policy(operator: Operator | None) -> Policy:
    """Without what taggers find, so that the tests are quick; every type answered by one operator."""
    entities = {
        name: rule.model_copy(update={"text": operator}) if operator else rule
        for name, rule in DEFAULT.entities.items()
        if name not in (*NAMES, "PERSON")
    }
    return DEFAULT.model_copy(update={"entities": entities})


POLICIES = {
    "default": _policy(None),
    "redact": _policy(Operator(op="redact")),
    "mask": _policy(Operator(op="mask")),
    "tag": _policy(Operator(op="tag")),
    "encrypt": _policy(Operator(op="encrypt")),
    "nasty": _policy(Operator.model_validate({"op": "redact", "with": NASTY})),
}


def road(content: bytes, name: str, policy: str, folder: Path, encoding: str = "utf-8") -> tuple[str, str]:
    """The media type and what the text road makes of a file."""
    kind, modality = media_type(content, name)
    assert modality is Modality.TEXT, (name, kind)
    ctx = Context(POLICIES[policy], Identity(bytes(32)), folder)
    part = Part("", Modality.TEXT, kind, content, Hints(name=name))
    seen = text.inspect(part, ctx)
    return kind, text.transform(part, seen.findings, ctx).part.read().decode(encoding)


def _html(content: str) -> list[str]:
    tags: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            tags.append(tag + "".join(sorted(name for name, _ in attrs)))

    Reader().feed(content)
    return tags


def _xml(content: str) -> list[str]:
    return [one.tag for one in ET.fromstring(content.encode()).iter()]


def _shape(value: object) -> object:
    """Keys by number, and the kinds of values."""
    if isinstance(value, dict):
        return [_shape(one) for one in value.values()]
    if isinstance(value, list):
        return [_shape(one) for one in value]
    return "leaf"


def _yaml(content: str) -> object:
    return _shape(yaml.safe_load(content))


def _json(content: str) -> object:
    return _shape(json.loads(content))


def _ndjson(content: str) -> object:
    return [_shape(json.loads(line)) for line in content.splitlines()]


def _ini(content: str) -> list[str]:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(content)
    return [f"{section}.{key}" for section in parser.sections() for key in parser[section]]


def _env(content: str) -> list[str]:
    return [line.split("=")[0] for line in content.splitlines() if "=" in line]


def _toml(content: str) -> object:
    return _shape(tomllib.loads(content))


def _python(content: str) -> list[str]:
    return [type(one).__name__ for one in ast.walk(ast.parse(content))]


def _cues(content: str) -> list[str]:
    return re.findall(r"[\d:.,]+ --> [\d:.,]+", content)


def _lines(content: str) -> int:
    return content.count("\n")


FILES: dict[str, tuple[str, Callable[[str], object]]] = {
    "a.json": (
        (f'{{"card": {CARD}, "nested": [{{"mail": "{MAIL}"}}, {PHONE}], "{PHONE}": 1, "13987654321": 2,'
        f' "say": "he said \\"{MAIL}\\"\\n", "esc": "\\u90ae\\u7bb1 {MAIL}", "n": 1.50, "zh": "证件号{ID}"}}\n'),
        _json,
    ),
    "a.jsonl": (f'{{"u": "{MAIL}", "n": {PHONE}}}\n{{"u": "证件号{ID}", "n": 3}}\n{{"k": [1, {CARD}]}}\n', _ndjson),
    "a.yaml": (
        (f"card: {CARD}\nmail: {MAIL}  # owner {MAIL}\nquoted: \"id {ID}\"\nsingle: 'mail {MAIL}'\n{PHONE}: x\n"
        f"13987654321: y\nlist:\n  - {PHONE}\n  - mail {MAIL} today\n  - {MAIL} today\n"
        f"flow: {{a: {MAIL}, b: [{PHONE}, 2]}}\n"
        f"block: |\n  第一行 证件号{ID}\n  second {MAIL}\n"),
        _yaml,
    ),
    "a.xml": (
        (f'<?xml version="1.0" encoding="utf-8"?>\n<r a="{MAIL}" b=\'{PHONE}\'><!-- {MAIL} --><n>{CARD}</n>'
        f"<t>证件号{ID} &amp; more</t><c><![CDATA[{MAIL}]]></c></r>\n"),
        _xml,
    ),
    "a.html": (
        (f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"><script>var m = "{MAIL}";</script></head>\n'
        f'<body data-owner="{MAIL}"><!-- {CARD} --><p title=\'{PHONE}\'>4111<b>1111</b>11111111 &lt; {MAIL}</p>'
        f"<p>证件号{ID}</p></body></html>\n"),
        _html,
    ),
    "a.md": (
        f"# Report\n\n* mail **{MAIL}**\n* card `{CARD}`\n\n| 证件号 | {ID} |\n|---|---|\n| [x](mailto:{MAIL}) | 1 |\n",
        _lines,
    ),
    "a.srt": (
        f"1\n00:00:01,000 --> 00:00:02,500\nMy card is {CARD}\n\n2\n00:00:03,000 --> 00:00:04,000\n邮箱{MAIL}\n",
        _cues,
    ),
    "a.vtt": (
        f"WEBVTT\n\n00:01.000 --> 00:02.500\n<v Anna>mail {MAIL}</v>\n\n00:03.000 --> 00:04.000\n证件号{ID}\n",
        _cues,
    ),
    "a.log": (
        (f'[10:23:01] INFO login user="{MAIL}" ip=10.1.2.3\n{{"level": "info", "phone": {PHONE}}}\n'
        f"2026 WARN 证件号 {ID} 已核验\n"),
        _lines,
    ),
    "a.ini": (f"[owner]\nmail = {MAIL}\ncard={CARD}\n; {MAIL}\n[备注]\n证件 = {ID}\n", _ini),
    ".env": (f'ADMIN_MAIL={MAIL}\nPHONE={PHONE}\n# {MAIL}\nNOTE="证件号{ID}"\n', _env),
    "a.toml": (f'mail = "{MAIL}"\nphone = {PHONE}\n[x]\nids = ["{ID}", "y"]  # {MAIL}\n', _toml),
    "a.py": (
        f'"""By {MAIL}."""\nPHONE = {PHONE}\nCARDS = [{CARD}, 7]\nprint(\'证件号{ID}\', "{MAIL}")  # {MAIL}\n',
        _python,
    ),
    "a.txt": (f"Dear all,\r\n\tthe card {CARD}, it's {MAIL}.\r\n证件号{ID}，电话{PHONE}。\r\n", _lines),
}  # fmt: skip


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("name", FILES)
def test_comes_back_as_itself(name: str, policy: str, tmp_path: Path) -> None:
    content, reader = FILES[name]
    kind, new = road(content.encode(), name, policy, tmp_path)
    for planted in (CARD, MAIL, PHONE, ID, "klinik"):
        assert planted not in new, (planted, new)
    assert reader(new) == reader(content), new
    assert new.count("\n") == content.count("\n")
    assert new.count("\r") == content.count("\r")
    assert media_type(new.encode(), name)[0] == kind


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030", "big5"])
@pytest.mark.parametrize("name", ["a.json", "a.xml", "a.html", "a.yaml", "a.srt", "a.txt", "a.log"])
def test_any_encoding_and_line_end(name: str, encoding: str, tmp_path: Path) -> None:
    content, reader = FILES[name]
    content = content.replace("\r\n", "\n").replace("\n", "\r\n")
    if encoding == "big5":
        content = (
            content.replace("证件号", "證件號")
            .replace("电话", "電話")
            .replace("邮箱", "郵箱")
            .replace("第一行", "第一列")
        )
        content = content.replace("已核验", "已核對")
    content = (
        content.replace("utf-8", {"utf-8-sig": "utf-8"}.get(encoding, encoding))
        if name in ("a.xml", "a.html")
        else content
    )
    _, new = road(content.encode(encoding), name, "default", tmp_path, encoding)
    for planted in (CARD, MAIL, PHONE, ID, "klinik"):
        assert planted not in new
    assert re.findall(r'encoding="[^"]+"', new) == re.findall(r'encoding="[^"]+"', content)
    told = re.compile(r'encoding="[^"]+"')
    assert reader(told.sub('encoding="utf-8"', new)) == reader(told.sub('encoding="utf-8"', content))
    assert new.count("\r\n") == content.count("\r\n") == new.count("\n")


@pytest.mark.parametrize("name", ["a.json", "a.yaml"])
def test_keys_stay_different(name: str, tmp_path: Path) -> None:
    _, new = road(FILES[name][0].encode(), name, "redact", tmp_path)
    keys = yaml.safe_load(new).keys()
    assert len(keys) == len(yaml.safe_load(FILES[name][0]))
