"""Figures, assets, runs, policies and the audit log."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query

from polyveil.console import auditing
from polyveil.console.api.access import answering, needs
from polyveil.console.house import House
from polyveil.console.index import Query as Wanted
from polyveil.console.index import Row
from polyveil.console.progress import progress_of
from polyveil.policies import built_in

Page = Annotated[int, Query(ge=1, le=1_000_000)]
Size = Annotated[int, Query(ge=1, le=500)]


def router(house: House) -> APIRouter:
    """The routes."""
    routes = APIRouter()
    shelf = house.shelf
    read = [Depends(needs("read"))]

    @routes.get("/overview", dependencies=read, summary="Counts and sizes over the whole vault")
    def overview() -> dict[str, Any]:
        return {
            "vault": shelf.vault.ring.vault,
            "principal": shelf.vault.principal.name,
            "compartments": shelf.open,
            "loading": shelf.loading,
            **shelf.figures().to_json(),
        }

    @routes.get("/assets", dependencies=read, summary="Assets by name, a page at a time")
    def assets(
        modality: str = "", outcome: str = "", entity: str = "", code: str = "", q: str = "",
        page: Page = 1, size: Size = 60,
    ) -> dict[str, Any]:  # fmt: skip
        rows, total = shelf.index.select(Wanted(modality, outcome, entity, code, q.strip()), page, size)
        return {"total": total, "page": page, "assets": [_short(row) for row in rows]}

    @routes.get("/assets/{asset}", dependencies=read, summary="The record of one asset")
    def asset(asset: str) -> dict[str, Any]:
        with answering():
            record = shelf.record(asset)
        if record is None:
            raise HTTPException(404, "no such asset")
        return record.model_dump(mode="json", exclude={"tree"})

    @routes.get("/runs", dependencies=read, summary="Finished runs, the newest first, and what is under way")
    def runs() -> dict[str, Any]:
        live = progress_of(house)
        return {
            "under_way": live.under_way,
            "running": [{"policy": one.policy, "state": one.state, "done": one.done, "total": one.total}
                        for one in live.running],
            "runs": [run.model_dump(mode="json") for run in shelf.runs()],
        }  # fmt: skip

    @routes.get("/policies", dependencies=read, summary="Names of the built-in policies")
    def policies() -> list[str]:
        return built_in()

    @routes.get("/audit", dependencies=[Depends(needs("audit"))], summary="The audit log, the newest first")
    def audit(page: Page = 1, size: Size = 50) -> dict[str, Any]:
        rows, total = auditing.events(shelf, page, size)
        return {"total": total, "page": page, "events": rows}

    @routes.get("/audit/verify", dependencies=[Depends(needs("audit"))], summary="Does the audit log verify?")
    def verify() -> dict[str, Any]:
        found = auditing.verdict(shelf)
        return {"verifies": not found.problem, "size": found.size, "root": found.root, "problem": found.problem}

    return routes


def _short(row: Row) -> dict[str, Any]:
    return {
        "asset": row.asset,
        "name": row.name,
        "media_type": row.media_type,
        "size": row.size,
        "outcome": row.outcome,
        "code": row.code,
        "run": row.run,
        "policy": row.policy,
        "modalities": sorted(row.modalities),
        "findings": row.entities,
    }
