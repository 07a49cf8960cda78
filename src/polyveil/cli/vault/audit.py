"""`polyveil vault audit VAULT`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from polyveil.cli.options import KeyFileOption, VaultArgument, unlock
from polyveil.cli.show import json_line, out
from polyveil.errors import UsageError, VerificationError

if TYPE_CHECKING:
    from polyveil.vault import Vault


def audit(
    vault: VaultArgument,
    check: Annotated[
        bool, typer.Option("--verify", help="Check chain and signatures; ends with 4 if one does not hold.")
    ] = False,
    head: Annotated[
        str | None,
        typer.Option("--head", help="Also check against an earlier head: SIZE:ROOT, or its file."),
    ] = None,
    export_head: Annotated[
        Path | None, typer.Option("--export-head", help="Write the signed head here; keep it away from the vault.")
    ] = None,
    prove: Annotated[
        int | None, typer.Option("--prove", min=0, help="Print a proof that this event (counted from 0) is in the log.")
    ] = None,
    proof: Annotated[Path | None, typer.Option("--proof", help="Check a proof that --prove printed.")] = None,
    key_file: KeyFileOption = None,
) -> None:
    """Print the audit log as JSON lines; verify it; export its head; prove that an event is in it."""
    from polyveil.vault import Vault

    with Vault.open(vault, unlock(key_file)) as store:
        if proof is not None:
            _check_proof(store, proof)
        elif prove is not None:
            json_line(_proof(store, prove))
        elif export_head is not None:
            export_head.write_text(json.dumps(store.signed_head(), indent=1), encoding="utf-8")
            out.print(f"{export_head}: written", markup=False)
        elif check or head:
            found = store.log.verify(_known(store, head) if head else None, signing=store.signing_keys())
            out.print(f"ok {found.size}:{found.root}", markup=False)
        else:
            for event in store.log.events():
                json_line(event)


def _known(store: Vault, text: str) -> Any:
    from polyveil.vault.audit import Head

    if Path(text).is_file():
        return store.check_head(_json(Path(text)))
    size, _, root = text.partition(":")
    if not size.isdigit() or len(root) != 64:
        raise UsageError("--head is SIZE:ROOT, as --verify printed it, or a file that --export-head wrote")
    return Head(int(size), root)


def _proof(store: Vault, number: int) -> dict[str, Any]:
    from polyveil.vault.audit import inclusion_proof

    lines = store.log.lines()
    if number >= len(lines):
        raise UsageError(f"the log has {len(lines)} events, counted from 0")
    path = [[side, sibling.hex()] for side, sibling in inclusion_proof(lines, number)]
    return {"event": lines[number].decode(), "number": number, "proof": path, "head": store.signed_head()}


def _check_proof(store: Vault, path: Path) -> None:
    from polyveil.vault.audit import included

    row = _json(path)
    try:
        head = store.check_head(row["head"])
        steps = [(str(side), bytes.fromhex(sibling)) for side, sibling in row["proof"]]
        holds = included(str(row["event"]).encode(), steps, bytes.fromhex(head.root))
    except (KeyError, ValueError, TypeError):
        raise UsageError(f"{path}: is no proof") from None
    if not holds:
        raise VerificationError(f"{path}: the event is not in the log of that head")
    store.log.verify(head, signing=store.signing_keys())
    out.print(f"{path}: ok", markup=False)


def _json(path: Path) -> dict[str, Any]:
    try:
        row = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        raise UsageError(f"{path}: cannot be read as JSON") from None
    if not isinstance(row, dict):
        raise UsageError(f"{path}: is not what was expected")
    return row
