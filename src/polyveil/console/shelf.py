"""The shelf: the unlocked vault as the console reads it, safe to use from several threads."""

from __future__ import annotations

import contextlib
import io
import threading
from collections.abc import Iterator
from typing import Any

from polyveil.console.figures import Figures, figures
from polyveil.console.index import Index, Row, row_of
from polyveil.errors import IntegrityError, PolyveilError, UnlockError, VaultError
from polyveil.schema.modality import Modality
from polyveil.schema.outcome import Outcome
from polyveil.schema.record import AssetRecord, Node, PartRecord, RunRecord
from polyveil.vault import COMPARTMENTS, LINKAGE, Unlock, Vault
from polyveil.vault.unit import MANIFEST

_LOOSE = "part-"
_BATCH = 256
_PAUSE_S = 1.0


class Shelf:
    """One vault, its index, and figures that follow it.

    Without a grant for `linkage` there are no records: each readable object is then listed as an asset of its own.
    """

    def __init__(self, vault: Vault, unlock: Unlock) -> None:
        self.vault, self.unlock = vault, unlock
        self.lock = threading.RLock()
        self._reading = threading.Lock()
        self.index = Index()
        self.expected = 0  # assets in the catalog
        self.problem = ""
        self._figures = figures(())
        self._runs: dict[str, RunRecord] = {}
        self._version = -1
        self._where: dict[str, str] = {}  # where an asset's record lies
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="polyveil-index", daemon=True)
        self.linked = vault.opens(LINKAGE)
        self.open = {name: vault.opens(name) for name in COMPARTMENTS}

    # -- following the vault --------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to follow the vault in the background."""
        self._thread.start()

    def close(self) -> None:
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout=10)
        with self.lock:
            self.vault.close()

    def _follow(self) -> None:
        while not self._stop.is_set():
            try:
                self.refresh()
                self.problem = ""
            except PolyveilError as error:
                self.problem = str(error)
            self._stop.wait(_PAUSE_S)

    def refresh(self) -> None:
        """Bring the index up to what the catalog holds. One at a time: an old look drops what a new one added."""
        with self._reading:
            self._refresh()

    def _refresh(self) -> None:
        with self.lock:
            version = self.vault.catalog.version()
            if version == self._version:
                return
            there = self.vault.catalog.assets() if self.linked else self._loose()
        known = self.index.known()
        self._where = there
        self.expected = len(there)
        self.index.drop(known - there.keys())
        fresh = [(asset, where) for asset, where in there.items() if asset not in known]
        for start in range(0, len(fresh), _BATCH):
            if self._stop.is_set():
                return
            batch = [row for asset, where in fresh[start : start + _BATCH] if (row := self._row(asset, where))]
            self.index.add(batch)
            if start % (_BATCH * 8) == 0:
                self._figures = figures(self.index)
        self._runs = dict(self._read_runs())
        self._figures = figures(self.index)
        self._version = version

    def _row(self, asset: str, where: str) -> Row | None:
        if not self.linked:
            return row_of(_loose_record(asset, where))
        try:
            with self.lock:
                return row_of(AssetRecord.model_validate_json(self.vault.read(where)))
        except (IntegrityError, ValueError):
            return None  # erased a moment ago, or damaged: `vault verify` tells which

    def _loose(self) -> dict[str, str]:
        return {
            f"{_LOOSE}{info.object_id}": modality.value
            for modality in Modality
            if self.open[modality.value]
            for info in self.vault.objects(modality.value)
        }

    def _read_runs(self) -> Iterator[tuple[str, RunRecord]]:
        if not self.linked:
            return
        with self.lock:
            names = [name for name in self.vault.record_names() if name.startswith("run/")]
        for name in names:
            if name in self._runs:
                yield name, self._runs[name]
                continue
            with self.lock, contextlib.suppress(PolyveilError, ValueError):
                row = self.vault.get_record(name)
                if row is not None:
                    yield name, RunRecord.model_validate_json(row)

    # -- reading --------------------------------------------------------------------------------------------------

    def figures(self) -> Figures:
        """Figures of the whole vault, at most a second old."""
        return self._figures

    def runs(self) -> list[RunRecord]:
        """Finished runs, the newest first."""
        return [self._runs[name] for name in sorted(self._runs, reverse=True)]

    @property
    def loading(self) -> bool:
        return len(self.index) < self.expected

    def record(self, asset: str) -> AssetRecord | None:
        """An asset's record, None if there is none. Raises VaultError."""
        if asset.startswith(_LOOSE):
            row = self.index.get(asset)
            return None if row is None else _loose_record(asset, row.parts[0].modality, self.media_type(asset))
        if not self.linked:
            return None
        with self.lock:
            where = self._where.get(asset) or self.vault.catalog.assets().get(asset)
            return None if where is None else AssetRecord.model_validate_json(self.vault.read(where))

    def media_type(self, asset: str) -> str:
        with self.lock:
            return self.vault.media_type(asset.removeprefix(_LOOSE))

    def compartment(self, object_id: str) -> str:
        """The compartment of an object, '' if there is no such object."""
        row = self.vault.catalog.row(bytes.fromhex(object_id))
        return COMPARTMENTS[row.compartment] if row is not None and row.role == MANIFEST else ""

    def read(self, object_id: str) -> bytes:
        """A whole object. Raises UnlockError, IntegrityError."""
        with self.lock:
            return self.vault.read(object_id)

    def open_object(self, object_id: str) -> SharedStream:
        """An object as a seekable stream. Raises UnlockError, IntegrityError."""
        with self.lock:
            stream = self.vault.open_object(object_id)
        header: Any = stream.header
        return SharedStream(stream, self.lock, header.media_type, header.size, dict(header.attributes))

    def part(self, asset: str, index: int) -> tuple[AssetRecord, PartRecord]:
        """A sealed part of an asset.

        Raises:
            VaultError: there is no such part. UnlockError: its compartment is locked.
        """
        record = self.record(asset)
        if record is None or not 0 <= index < len(record.parts) or not record.parts[index].object:
            raise VaultError("no such part")
        part = record.parts[index]
        if not self.open[part.modality.value]:
            raise UnlockError(f"the compartment '{part.modality.value}' is locked")
        return record, part

    def audit(self, event: str, **fields: Any) -> None:
        with self.lock:
            self.vault.audit(event, **fields)


class SharedStream(io.RawIOBase):
    """An opened object whose reads take turns with other threads' reads of the vault."""

    def __init__(
        self, inner: io.RawIOBase, lock: threading.RLock, media_type: str, size: int, attributes: dict[str, Any]
    ) -> None:
        super().__init__()
        self._inner, self._lock = inner, lock
        self.media_type, self.size, self.attributes = media_type, size, attributes

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._inner.seek(offset, whence)

    def tell(self) -> int:
        return self._inner.tell()

    def readinto(self, buffer: Any) -> int:
        with self._lock:
            return self._inner.readinto(buffer) or 0


def _loose_record(asset: str, modality: str, media_type: str = "") -> AssetRecord:
    object_id = asset.removeprefix(_LOOSE)
    part = PartRecord(path="", modality=Modality(modality), media_type=media_type, object=object_id)
    return AssetRecord(
        asset=asset,
        name=f"{modality}/{object_id[:16]}",
        media_type=media_type,
        outcome=Outcome.PROTECTED,
        run="",
        policy="default",
        policy_digest="",
        tree=Node(part=0),
        parts=(part,),
    )
