"""How well rows hide among each other: k-anonymity over the columns that others may know (Sweeney 2002)."""

from __future__ import annotations

import re
from collections.abc import Mapping

import polars as pl

from polyveil.modalities.table.detectors.lexicon import words

_QUASI_ENTITIES = frozenset({"AGE", "POSTAL_CODE", "LOCATION", "GEO_COORDINATES", "NRP"})
_QUASI_NAMES = re.compile(
    r"(?:.* )?(?:sex|gender|race|ethnicity|nationality|religion|occupation|job|job title|profession|marital status|"
    r"education|birth ?date|date of birth|dob|year of birth|age group|age band|region|state|province|country)"
)
_QUASI_CHINESE = ("性别", "民族", "职业", "学历", "婚姻", "国籍", "出生", "省份")
_MAX_COLUMNS = 6  # beyond, every row is alone and the number says nothing


def anonymity(frame: pl.DataFrame, entities: Mapping[str, str]) -> dict[str, float]:
    """The smallest class of rows that agree in all quasi-identifiers (k), and the share of rows that are alone.

    Args:
        frame: the table as it would be released.
        entities: entity types of its columns.

    Returns:
        `quasi_identifiers` (how many columns), `k_anonymity` and `unique_share`; the latter two only if there are
        quasi-identifiers and rows.
    """
    quasi = [name for name in frame.columns if _is_quasi(name, entities.get(name, ""))]
    quasi = [name for name in quasi if not frame.schema[name].is_nested()][:_MAX_COLUMNS]
    measures = {"quasi_identifiers": float(len(quasi))}
    if quasi and frame.height:
        sizes = frame.group_by(quasi).len()["len"]
        measures["k_anonymity"] = float(min(sizes.to_list()))
        measures["unique_share"] = round(float((sizes == 1).sum()) / frame.height, 4)
    return measures


def _is_quasi(name: str, entity: str) -> bool:
    if entity in _QUASI_ENTITIES:
        return True
    if any(term in name for term in _QUASI_CHINESE):
        return True
    return _QUASI_NAMES.fullmatch(words(name)) is not None
