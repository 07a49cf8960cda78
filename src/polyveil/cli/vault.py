"""`polyveil vault init|info|verify|grant|revoke|rotate|erase|audit`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from polyveil.cli.options import JsonOption, KeyFileOption, VaultArgument, unlock
from polyveil.cli.show import err, json_line, out, table
from polyveil.errors import UsageError, VerificationError
from polyveil.vault import Unlock, Vault

_Compartments = Annotated[list[str], typer.Option("--compartment", "-c", help="A compartment; may be repeated.")]


def add(app: typer.Typer) -> None:
    """Register the commands."""
    group = typer.Typer(no_args_is_help=True, help="Make, look after and share a vault.")
    for command in (init, info, verify, grant, revoke, rotate, erase, audit):
        group.command(command.__name__)(command)
    app.add_typer(group, name="vault")


def init(vault: VaultArgument, key_file: KeyFileOption = None) -> None:
    """Make an empty vault."""
    if Vault.exists(vault):
        raise UsageError(f"{vault}: is a vault already")
    Vault.create(vault, unlock(key_file, new=True))
    out.print(f"{vault}: made", markup=False)


def info(vault: VaultArgument, key_file: KeyFileOption = None, as_json: JsonOption = False) -> None:
    """Compartments, sizes, principals and their grants."""
    facts = Vault.open(vault, unlock(key_file)).info()
    if as_json:
        json_line(facts)
        return
    rows: list[tuple[object, ...]] = [
        (
            name,
            one["objects"],
            one["bytes"],
            one["generation"],
            ", ".join(one["grants"]),
            "yes" if one["open"] else "no",
        )
        for name, one in facts["compartments"].items()
    ]
    table(
        f"{vault}: {facts['assets']} assets, opened as {facts['principal']}",
        ("compartment", "objects", "bytes", "generation", "grants", "open"),
        rows,
    )


def verify(
    vault: VaultArgument,
    data: Annotated[bool, typer.Option("--data", help="Authenticate every byte, not only every header.")] = False,
    key_file: KeyFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Look for damage; ends with 4 and names every damaged object."""
    store = Vault.open(vault, unlock(key_file))
    damages = store.verify(data=data)
    store.log.verify()
    for damage in damages:
        if as_json:
            json_line({"object": damage.object_id, "compartment": damage.compartment, "problem": damage.problem})
        else:
            err.print(f"{damage.compartment} {damage.object_id}: {damage.problem}", markup=False)
    if damages:
        raise VerificationError(f"{vault}: {len(damages)} objects are damaged; the others are readable")
    if not as_json:
        out.print(f"{vault}: ok", markup=False)


def grant(
    vault: VaultArgument,
    name: Annotated[str, typer.Argument(help="The principal.")],
    compartment: _Compartments,
    new_key_file: Annotated[
        Path | None, typer.Option("--new-key-file", help="Make the principal with this key file.")
    ] = None,
    new_passphrase: Annotated[
        bool, typer.Option("--new-passphrase", help="Make the principal; asks for its passphrase.")
    ] = False,
    key_file: KeyFileOption = None,
) -> None:
    """Let a principal into compartments. A grant is a key."""
    from polyveil.vault import administer

    fresh = Unlock(key_file=new_key_file) if new_key_file else None
    if new_passphrase:
        fresh = Unlock(passphrase=typer.prompt(f"Passphrase of {name}", hide_input=True, confirmation_prompt=True))
    administer.grant(Vault.open(vault, unlock(key_file)), name, compartment, fresh)
    out.print(f"{name}: granted {', '.join(compartment)}", markup=False)


def revoke(
    vault: VaultArgument,
    name: Annotated[str, typer.Argument(help="The principal.")],
    compartment: _Compartments,
    key_file: KeyFileOption = None,
) -> None:
    """Take grants back; the compartments get fresh keys."""
    from polyveil.vault import administer

    administer.revoke(Vault.open(vault, unlock(key_file)), name, compartment)
    out.print(f"{name}: revoked {', '.join(compartment)}", markup=False)


def rotate(vault: VaultArgument, compartment: _Compartments, key_file: KeyFileOption = None) -> None:
    """Give compartments fresh keys and re-wrap what they open."""
    from polyveil.vault import administer

    store = Vault.open(vault, unlock(key_file))
    for name in compartment:
        out.print(f"{name}: {administer.rotate(store, name)} keys re-wrapped", markup=False)


def erase(
    vault: VaultArgument,
    subject: Annotated[str | None, typer.Option("--subject", help="A name, number or address of the person.")] = None,
    asset: Annotated[list[str] | None, typer.Option("--asset", help="An asset id; may be repeated.")] = None,
    certificate: Annotated[
        Path | None, typer.Option("--certificate", help="Write the signed certificate here.")
    ] = None,
    key_file: KeyFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Destroy the keys of all assets of a person, or of single assets, for good."""
    from polyveil.pipeline.erase import erase as run

    if (subject is None) == (not asset):
        raise UsageError("give either --subject or --asset")
    done = run(Vault.open(vault, unlock(key_file)), subject=subject, assets=asset or ())
    row = {
        "vault": done.vault,
        "assets": list(done.assets),
        "objects": done.objects,
        "epochs_destroyed": list(done.epochs_destroyed),
        "signature": done.signature,
    }
    if certificate is not None:
        certificate.write_text(json.dumps(row, indent=1), encoding="utf-8")
    if as_json:
        json_line(row)
    else:
        out.print(f"{len(done.assets)} assets with {done.objects} objects erased", markup=False)


def audit(
    vault: VaultArgument,
    check: Annotated[bool, typer.Option("--verify", help="Check the chain; ends with 4 if it does not hold.")] = False,
    head: Annotated[
        str | None, typer.Option("--head", help="Also check against an earlier head, written SIZE:ROOT.")
    ] = None,
    key_file: KeyFileOption = None,
) -> None:
    """Print the audit log as JSON lines, or verify it and print its head."""
    from polyveil.vault.audit import Head

    log = Vault.open(vault, unlock(key_file)).log
    if check or head:
        known = None
        if head is not None:
            size, _, root = head.partition(":")
            if not size.isdigit() or len(root) != 64:
                raise UsageError("--head is SIZE:ROOT, as `polyveil vault audit --verify` printed it")
            known = Head(int(size), root)
        found = log.verify(known)
        out.print(f"ok {found.size}:{found.root}", markup=False)
        return
    for event in log.events():
        json_line(event)
