"""date_shift: every date of a subject moves by the same number of days, so that intervals stay."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from polyveil.modalities.interface import Context
from polyveil.modalities.text.operators import tag
from polyveil.modalities.text.operators.dates import parse


def apply(entity: str, value: str, params: dict[str, Any], ctx: Context) -> str:
    """`subject`: whose shift is used, by default one for the whole vault. What is no whole date is tagged."""
    parsed = parse(value)
    if parsed is None:
        return tag.apply(entity, value, {}, ctx)
    days = ctx.identity.date_shift(params.get("subject"), ctx.policy.date_shift_days)
    try:
        return parsed.write(parsed.date + timedelta(days=days))
    except (OverflowError, ValueError):
        return tag.apply(entity, value, {}, ctx)
