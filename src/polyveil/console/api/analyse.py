"""Private answers and the budget that they come from."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Depends, HTTPException, Request
from pydantic import BaseModel, Field

from polyveil.console import analysing
from polyveil.console.api.access import answering, needs
from polyveil.console.house import House, session_of
from polyveil.console.index import PROTECTED, Query
from polyveil.errors import PolicyError


class Price(BaseModel):
    """What an answer may cost, and how many assets one person may have."""

    epsilon: float = Field(gt=0, le=10)
    contributions: int = Field(default=1, ge=1, le=1000)


class Count(Price):
    """Which protected assets are counted: '' does not narrow."""

    modality: str = ""
    entity: str = ""


class Histogram(Price):
    """How protected assets are grouped: 'per_cover' (main modality) or 'per_findings'."""

    group: str = "per_cover"


def router(house: House) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/analyse", dependencies=[Depends(needs("analyse"))])
    shelf = house.shelf

    @routes.get("/budget", summary="The privacy budget and what was spent of it")
    def budget() -> dict[str, Any]:
        with answering():
            held = analysing.budget_of(shelf)
            return {"total": held.total, "left": held.left(), "spent": [asdict(one) for one in held.spent()]}

    @routes.post("/count", summary="A differentially private count of assets")
    def count(request: Request, asked: Count) -> dict[str, Any]:
        query = Query(modality=asked.modality, entity=asked.entity, outcome=PROTECTED)
        with answering():
            try:
                return asdict(
                    analysing.count(shelf, query, asked.epsilon, asked.contributions, session_of(request).account)
                )
            except PolicyError as error:
                raise HTTPException(409, str(error)) from None

    @routes.post("/histogram", summary="A differentially private histogram of assets")
    def histogram(request: Request, asked: Histogram) -> dict[str, Any]:
        with answering():
            try:
                who = session_of(request).account
                return asdict(analysing.histogram(shelf, asked.group, asked.epsilon, asked.contributions, who))
            except PolicyError as error:
                raise HTTPException(409, str(error)) from None

    return routes
