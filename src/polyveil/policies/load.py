"""Read a policy: by built-in name or from a YAML file, with `extends`, line numbers and near names in errors."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, get_args, get_origin

import yaml
from pydantic import BaseModel, ValidationError

from polyveil.errors import PolicyError
from polyveil.schema.policy import Policy

_FOLDER = resources.files("polyveil.policies")


def built_in() -> list[str]:
    """Names of the policies that come with Polyveil."""
    return sorted(item.name.removesuffix(".yaml") for item in _FOLDER.iterdir() if item.name.endswith(".yaml"))


@cache
def load(name: str = "default") -> Policy:
    """Load a policy by built-in name or file path.

    Raises:
        PolicyError: unknown name, unreadable file, or content that does not validate; the message names the file,
            the line and, for an unknown key, the nearest known one.
    """
    where, text = _source(name)
    return loads(text, where)


def loads(text: str, where: str = "policy") -> Policy:
    """Validate the YAML text of a policy. `where` names it in messages."""
    merged = _merged(text, where, ())
    try:
        policy = Policy.model_validate(merged)
    except ValidationError as error:
        raise PolicyError("\n".join(_explain(error, text, where))) from None
    if problems := list(_own(policy)):
        line = _line(yaml.compose(text, Loader=yaml.SafeLoader), ["recognisers"])
        raise PolicyError("\n".join(f"{where}:{line}: {one}" for one in problems))
    return policy


def _own(policy: Policy) -> Iterator[str]:
    """What would keep a policy's own recognisers and denied words from ever finding anything."""
    if policy.deny and not policy.wants("DENY_LIST"):
        yield "deny: its words are of the entity type DENY_LIST, which 'entities' has to name with a reason"
    for one in policy.recognisers:
        if not policy.wants(one.entity):
            yield f"recognisers: {one.name}: 'entities' has to name {one.entity} with a reason, or nothing is found"
        if not any(text.strip() for text in (*one.patterns, *one.words)):
            yield f"recognisers: {one.name}: has neither patterns nor words"
        for number, pattern in enumerate(one.patterns, 1):
            if reason := _refused(pattern):
                yield f"recognisers: {one.name}: pattern {number} is not in RE2's syntax: {reason}"


def _refused(pattern: str) -> str:
    """Why RE2 does not take a pattern, '' if it does."""
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0] if error.args else ""
        return reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)
    return ""


def _source(name: str) -> tuple[str, str]:
    if name in built_in():
        return name, (_FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    path = Path(name)
    if not path.is_file():
        near = difflib.get_close_matches(name, built_in(), 1)
        hint = f" Did you mean '{near[0]}'?" if near else f" Built in are: {', '.join(built_in())}."
        raise PolicyError(f"no policy '{name}': neither a built-in name nor a file.{hint}")
    try:
        return str(path), path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError(f"{path}: cannot be read as UTF-8 text ({type(error).__name__})") from None


def _merged(text: str, where: str, seen: tuple[str, ...]) -> dict[str, Any]:
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        raise PolicyError(f"{where}{line}: not valid YAML: {getattr(error, 'problem', error)}") from None
    if not isinstance(data, dict):
        raise PolicyError(f"{where}: a policy is a mapping of keys such as name, extends, entities")
    parent = data.pop("extends", None)
    if parent is None:
        return data
    if parent in seen:
        raise PolicyError(f"{where}: 'extends' goes in a circle: {' -> '.join((*seen, str(parent)))}")
    parent_where, parent_text = _source(_relative(str(parent), where))
    return _overlay(_merged(parent_text, parent_where, (*seen, str(parent))), data)


def _relative(parent: str, where: str) -> str:
    beside = Path(where).parent / parent
    return str(beside) if parent not in built_in() and beside.is_file() else parent


def _overlay(below: dict[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """`above` wins; mappings merge, except operators (a mapping with `op`); null removes a key."""
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        if value is None:
            merged.pop(key, None)
        elif isinstance(old, dict) and isinstance(value, dict) and "op" not in value:
            merged[key] = _overlay(old, value)
        else:
            merged[key] = value
    return merged


def _explain(error: ValidationError, text: str, where: str) -> list[str]:
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    lines = []
    for problem in error.errors():
        path = [str(step) for step in problem["loc"]]
        line = _line(root, path)
        message = problem["msg"]
        if problem["type"] == "extra_forbidden":
            near = difflib.get_close_matches(path[-1], _known_keys(path[:-1]), 1)
            message = f"unknown key '{path[-1]}'" + (f", did you mean '{near[0]}'?" if near else "")
        lines.append(f"{where}:{line}: {'.'.join(path)}: {message}")
    return lines


def _line(node: yaml.Node | None, path: list[str]) -> int:
    """The line of the deepest node on `path` that the file itself holds, from 1."""
    line = 1
    for step in path:
        if not isinstance(node, yaml.MappingNode):
            break
        found = next((pair for pair in node.value if pair[0].value == step), None)
        if found is None:
            break
        line, node = found[0].start_mark.line + 1, found[1]
    return line


def _known_keys(path: list[str]) -> list[str]:
    """The keys that the model allows at `path`; empty where any key is allowed."""
    current: Any = Policy
    for step in path:
        if get_origin(current) is dict:
            current = get_args(current)[1]
        elif isinstance(current, type) and issubclass(current, BaseModel) and step in current.model_fields:
            current = current.model_fields[step].annotation
        else:
            return []
    if not (isinstance(current, type) and issubclass(current, BaseModel)):
        return []
    return [*current.model_fields, *(["extends"] if current is Policy else [])]
