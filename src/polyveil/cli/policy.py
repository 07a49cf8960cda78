"""`polyveil policy list|show|check|schema`."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from polyveil.cli.options import JsonOption
from polyveil.cli.show import json_line, out, table
from polyveil.schema.modality import Modality

if TYPE_CHECKING:
    from polyveil.schema.policy import Policy

_OPERATORS = {
    Modality.TEXT: "text",
    Modality.TABLE: "text",
    Modality.IMAGE: "image",
    Modality.VIDEO: "image",
    Modality.AUDIO: "audio",
}
"""The group of operators that serves each modality."""
_Name = Annotated[str, typer.Argument(metavar="POLICY", help="A built-in name or a YAML file.")]


def add(app: typer.Typer) -> None:
    """Register the commands."""
    group = typer.Typer(no_args_is_help=True, help="List, show and check policies.")
    group.command("list")(list_policies)
    group.command("show")(show)
    group.command("check")(check)
    group.command("schema")(schema)
    app.add_typer(group, name="policy")


def list_policies(as_json: JsonOption = False) -> None:
    """The built-in policies and what each is for."""
    from polyveil.policies import built_in, load

    policies = [load(name) for name in built_in()]
    if as_json:
        for policy in policies:
            json_line({"name": policy.name, **policy.description.model_dump(), "entities": len(policy.entities)})
        return
    rows: list[tuple[object, ...]] = [(policy.name, len(policy.entities), policy.description.en) for policy in policies]
    table("", ("policy", "entity types", "what it does"), rows)


def show(
    name: _Name,
    raw: Annotated[bool, typer.Option("--yaml", help="The whole policy as YAML, with what it extends.")] = False,
) -> None:
    """What a policy looks for, what answers it in each modality, and why."""
    from polyveil.policies import load

    policy = load(name)
    if raw:
        import yaml

        out.print(yaml.safe_dump(policy.model_dump(mode="json"), allow_unicode=True, sort_keys=False), markup=False)
        return
    rows: list[tuple[object, ...]] = []
    for entity, rule in sorted(policy.entities.items()):
        operators = [policy.operator(entity, modality).op for modality in Modality]
        rows.append((entity, *operators, rule.reason.en))
    table(policy.description.en, ("entity", *(modality.value for modality in Modality), "reason"), rows)


def check(name: _Name) -> None:
    """Validate a policy; ends with 4 and names the line if it is wrong."""
    from polyveil.errors import PolicyError
    from polyveil.policies import load

    policy = load(name)
    if problems := list(_unknown_operators(policy)):
        raise PolicyError("\n".join(f"{name}: {one}" for one in problems))
    out.print(f"{name}: ok, {len(policy.entities)} entity types", markup=False)


def _unknown_operators(policy: Policy) -> Iterator[str]:
    """Operators that no package offers: what they were to answer would be quarantined."""
    from polyveil import plugins

    for modality, group in _OPERATORS.items():
        known = {*plugins.available(f"operators.{group}"), "keep"}
        for entity in sorted(policy.entities):
            op = policy.operator(entity, modality).op
            if op not in known:
                near = difflib.get_close_matches(op, known, 1)
                hint = f", did you mean '{near[0]}'?" if near else f": there are {', '.join(sorted(known))}"
                yield f"entities.{entity}: no operator '{op}' for {modality.value}{hint}"


def schema() -> None:
    """The JSON Schema of a policy, for editors."""
    from polyveil.schema.policy import Policy

    out.print(json.dumps(Policy.model_json_schema(), indent=2), markup=False)
