from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polyveil import plugins
from polyveil.errors import PolicyError
from polyveil.policies import built_in, load, loads
from polyveil.schema.modality import Modality

OWN = "name: x\nextends: default\nrecognisers: [{{name: w, entity: {}, {}}}]\n"
NAMES = ["default", "gdpr", "hipaa-safe-harbor", "pipl-cn", "research", "strict"]


def test_the_built_in_policies_are_these() -> None:
    assert built_in() == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_entity_has_a_reason_in_both_languages_and_operators_that_exist(name: str) -> None:
    policy = load(name)
    groups = {
        Modality.TEXT: "operators.text",
        Modality.TABLE: "operators.text",
        Modality.IMAGE: "operators.image",
        Modality.VIDEO: "operators.image",
        Modality.AUDIO: "operators.audio",
    }
    for entity, rule in policy.entities.items():
        assert rule.reason.en.endswith("."), entity
        assert any("\u4e00" <= letter <= "\u9fff" for letter in rule.reason.zh), entity
        for modality, group in groups.items():
            operator = policy.operator(entity, modality).op
            assert operator in {*plugins.available(group), "keep"}, (entity, modality, operator)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "name: x\nextends: default\nroads:\n  imge: {}\n",
            r"mine\.yaml:4: .*unknown key 'imge', did you mean 'image'",
        ),
        ("name: x\nextends: default\nentities:\n  PERSON:\n    txet: redact\n", r"mine\.yaml:5: .*did you mean 'text'"),
        (
            "name: x\nextends: default\nroads:\n  image:\n    quality: 900\n",
            r"mine\.yaml:5: .*less than or equal to 100",
        ),
        ("name: [\n", r"mine\.yaml:\d+: not valid YAML"),
        ("- a\n- b\n", "a policy is a mapping"),
        ("name: x\nextends: nothing-like-it\n", "no policy 'nothing-like-it'"),
        ("name: x\nextends: defualt\n", "Did you mean 'default'"),
        (OWN.format("PERSON", "patterns: ['(?=x)a']"), r"mine\.yaml:3: .*w: pattern 1 is not in RE2's syntax: .*\(\?="),
        (OWN.format("PERSON", "patterns: [ok, '(']"), r"pattern 2 .*missing \)"),
        (OWN.format("PERSON", "words: [' ']"), "w: has neither patterns nor words"),
        (OWN.format("WX", "words: [ward]"), "'entities' has to name WX"),
        ("name: x\nextends: default\nentities: {DENY_LIST: null}\ndeny: [a]\n", "entity type DENY_LIST"),
    ],
)
def test_mistakes_are_named_with_line_and_nearest_key(text: str, message: str) -> None:
    with pytest.raises(PolicyError, match=message):
        loads(text, "mine.yaml")


def test_a_policy_extends_changes_and_removes(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        "name: mine\nextends: default\nentities:\n  PERSON: {text: {op: mask, keep_first: 1}}\n  URL: null\n"
    )
    policy = load(str(path))
    operator = policy.operator("PERSON", Modality.TEXT)
    assert (operator.op, operator.params) == ("mask", {"keep_first": 1})
    assert policy.operator("PERSON", Modality.TABLE) == load("default").operator("PERSON", Modality.TABLE)
    assert not policy.wants("URL")
    assert policy.operator("URL", Modality.TEXT).op == "keep"


def test_extending_in_a_circle_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(f"name: a\nextends: {tmp_path}/b.yaml\n")
    (tmp_path / "b.yaml").write_text(f"name: b\nextends: {tmp_path}/a.yaml\n")
    with pytest.raises(PolicyError, match="circle"):
        load(str(tmp_path / "a.yaml"))


@given(st.text(max_size=80))
def test_any_text_loads_or_is_a_policy_error(text: str) -> None:
    with suppress(PolicyError):
        assert loads(text).name
