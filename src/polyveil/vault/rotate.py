"""Rotation: fresh keys for a compartment, in work by the number of keys; fresh ciphertext for its data, if wanted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from polyveil.vault import sessions
from polyveil.vault.catalog import Row
from polyveil.vault.commit import rewrapped
from polyveil.vault.epochs import Secret
from polyveil.vault.keys import KeyPair
from polyveil.vault.ring import COMPARTMENTS
from polyveil.vault.sealer import Sealer
from polyveil.vault.unit import MANIFEST, Place
from polyveil.vault.vault import Vault

BATCH = 256
"""Units re-encrypted at a time: what a kill may have to do again."""


def rotate(vault: Vault, compartment: str, *, without: str = "") -> int:
    """Give a compartment a fresh key pair and re-wrap its sessions.

    An interrupted rotation leaves the compartment readable; the next one finishes it first.

    Args:
        vault: opened by an administrator.
        compartment: its name.
        without: a principal who gets no grant for the fresh keys.

    Returns:
        The number of sessions re-wrapped.

    Raises:
        UnlockError: the caller does not administer the vault or has no grant for the compartment.
    """
    signer, ring = vault.signer(), vault.ring
    ring.refresh()
    old = ring.generations[compartment]
    before = vault.reader.demand(compartment)
    for generation in ring.older(compartment):
        if generation > old:  # a rotation was killed before it took effect
            ring.drop_grants(compartment, generation)
    pair = KeyPair.generate()
    for name in ring.granted(compartment):
        if name != without:
            ring.grant(name, compartment, old + 1, pair.raw, signer)
    ring.hand_on(compartment, old, before, pair.public, signer)
    ring.generations[compartment] = old + 1
    ring.public[compartment] = pair.public
    ring.save(signer)
    number = finish(vault, compartment)
    vault.audit("rotate", compartment=compartment, generation=old + 1)
    return number


def finish(vault: Vault, compartment: str) -> int:
    """Re-wrap every session that is not wrapped to the current key, then drop the older grants.

    Raises:
        UnlockError: no grant for the compartment.
    """
    ring, folder, number = vault.ring, vault.folder / "sessions", 0
    for session_id in sessions.known(folder, compartment):
        session = sessions.read(folder, compartment, session_id)
        if session.generation != ring.generations[compartment]:
            sessions.write(folder, rewrapped(vault.reader, session))
            number += 1
    for generation in ring.older(compartment):
        ring.drop_grants(compartment, generation)
    return number


def stale(vault: Vault, compartment: str) -> bool:
    """Does data lie under a rotation's fresh keys that was sealed before it, while some was encrypted anew already?"""
    current = _begun_now(vault, compartment)
    here = {row.session for row in vault.catalog.rows(COMPARTMENTS.index(compartment))}
    return bool(here & current) and bool(here - current)


def reencrypt(vault: Vault, compartment: str, tell: Callable[[int, int], None] = lambda _done, _total: None) -> int:
    """Encrypt the data of a compartment anew, under sessions and secrets made now; a killed run goes on where it was.

    What lies under sessions older than the compartment's newest rotation is rewritten; the old ciphertext is garbage
    that `gc` takes away.

    Returns:
        The number of units re-encrypted.

    Raises:
        UnlockError: no grant. IntegrityError: a damaged unit, named; everything before it is done.
    """
    vault.signer()
    number = COMPARTMENTS.index(compartment)
    vault.reader.demand(compartment)
    current = _begun_now(vault, compartment)
    old = [row for row in vault.catalog.rows(number) if row.session not in current]
    vault.committer.turn_epoch(compartment)
    sealer, done = vault.sealer(), 0
    try:
        for start in range(0, len(old), BATCH):
            done += _batch(vault, sealer, compartment, old[start : start + BATCH])
            tell(done, len(old))
    finally:
        sealer.close()
    vault.audit("reencrypt", compartment=compartment, units=done)
    return done


def _begun_now(vault: Vault, compartment: str) -> set[bytes]:
    """Sessions that began in the current generation."""
    folder, current = vault.folder / "sessions", vault.ring.generations[compartment]
    found = (sessions.read(folder, compartment, name) for name in sessions.known(folder, compartment))
    return {bytes.fromhex(session.id) for session in found if session.born == current}


def _batch(vault: Vault, sealer: Sealer, compartment: str, rows: list[Row]) -> int:
    reader, committer = vault.reader, vault.committer
    with committer.locked([compartment]):
        sealed = []
        for row in vault.catalog.rows_of(row.id for row in rows).values():
            content = b"" if row.role == MANIFEST else reader.secret(row).content
            place = Place(vault.ring.vault, compartment, row.id, content)
            sealed.append((row, sealer.seal_again(compartment, reader.unit(row, content=content), place)))
        sealer.flush()
        committer.keep(sealer.session(compartment))
        committer.digest.writing()
        secrets = [Secret(row.id, one.shred, one.content) for row, one in sealed]
        epoch = committer.remember({compartment: secrets})[compartment]
        session = bytes.fromhex(sealer.session(compartment).id)
        vault.catalog.move(
            [
                replace(
                    row,
                    session=session,
                    epoch=epoch,
                    pack=bytes.fromhex(one.place.pack),
                    offset=one.place.offset,
                    length=one.place.length,
                )
                for row, one in sealed
            ]
        )
    return len(sealed)
