"""Store: files kept as they are, sealed in `originals`; what was stored before is not stored again.

A snapshot is a record in `linkage`; it names objects, each of which holds some thousand files one after the other. The
attributes of such an object list its files: path, kind, mode, times, size. Whoever opens `originals` sees the contents,
whoever opens `linkage` sees that they belong together.
"""

from __future__ import annotations

import json
import os
import stat
import threading
import zlib
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pyfastcdc import FastCDC

from polyveil.errors import UsageError
from polyveil.vault import ORIGINALS, Vault
from polyveil.vault.content import PIECE_BYTES, Manifest, Piece
from polyveil.vault.sealer import Sealed, SealedUnit, Sealer

MEDIA_TYPE = "application/vnd.polyveil.files"
GROUP = 4096
"""Files in one object at most; a path whose checksum says so ends a group earlier, so that groups stay the same."""

_TASK_FILES, _TASK_BYTES = 128, 4 * 1024 * 1024
_WHOLE = 384 * 1024
_PROBE = 64 * 1024
FAST_LEVEL, COLD_LEVEL = 1, 19


@dataclass(frozen=True, slots=True)
class Entry:
    """One file, link or folder. path: with '/' and relative; times in nanoseconds; link: target of a symbolic link."""

    path: str
    mode: int
    mtime: int
    ctime: int
    inode: int
    size: int
    link: str = ""

    def row(self) -> list[Any]:
        return [self.path, self.mode, self.mtime, self.ctime, self.inode, self.size, self.link]


@dataclass(frozen=True, slots=True)
class Stored:
    """How a run ended. skipped: files that could not be read, with the reason's name; written: bytes in packs."""

    snapshot: str
    files: int
    size: int
    unchanged: int
    written: int
    skipped: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Done:
    entry: Entry
    pieces: tuple[Piece, ...]
    units: tuple[SealedUnit, ...]
    problem: str = ""


@dataclass(slots=True)
class _Before:
    """An earlier snapshot: objects by what they list, entries with their pieces by path."""

    objects: dict[str, str] = field(default_factory=dict)
    files: dict[str, tuple[Entry, tuple[Piece, ...]]] = field(default_factory=dict)


def store(
    vault: Vault,
    sources: Sequence[str | Path],
    *,
    level: int = 3,
    workers: int | None = None,
    tell: Callable[[int, int], None] = lambda _files, _bytes: None,
) -> Stored:
    """Seal files and folders as they are.

    Args:
        vault: opened with grants for the identity key, `originals` and `linkage`.
        sources: files or folders.
        level: zstd; 1 is fast, 19 for what is cold.
        workers: threads; by default one a core.
        tell: called with (files, bytes) done so far.

    Raises:
        UsageError: a source does not exist. UnlockError: a grant is missing. VaultError: the vault cannot be written.
    """
    roots = [Path(source) for source in sources]
    for root in roots:
        if not root.exists():
            raise UsageError(f"{root}: does not exist")
    names = sorted(str(root.resolve()) for root in roots)
    before = _latest(vault, names)
    sealer = vault.sealer(level)
    try:
        run = _Run(vault, sealer, before, tell)
        run.drive(_walk(roots), workers or os.cpu_count() or 1)
        sealer.flush()
        name = f"snapshot/{datetime.now(UTC).strftime('%Y%m%dT%H%M%S%f')}-{os.urandom(3).hex()}"
        row = {"sources": names, "objects": run.objects, "files": run.files, "bytes": run.size}
        vault.put_record(name, json.dumps(row).encode(), sealer=sealer, sealed=run.sealed, held=run.held)
    finally:
        sealer.close()
    vault.audit("store", files=run.files, bytes=run.size)
    written = sum(one.stored for one in run.sealed)
    return Stored(name.partition("/")[2], run.files, run.size, run.unchanged, written, tuple(run.skipped))


def snapshots(vault: Vault) -> Iterator[tuple[str, dict[str, Any]]]:
    """(id, record) of every snapshot, oldest first. Raises UnlockError without a grant for `linkage`."""
    for name in vault.record_names():
        if name.startswith("snapshot/"):
            yield name.partition("/")[2], json.loads(vault.get_record(name) or b"{}")


def listed(manifest: Manifest) -> Iterator[tuple[Entry, tuple[Piece, ...]]]:
    """The files of one object with their pieces."""
    position = 0
    for row, count in zip(manifest.attributes["entries"], manifest.attributes["pieces"], strict=True):
        yield Entry(*row), manifest.pieces[position : position + count]
        position += count


def _latest(vault: Vault, names: list[str]) -> _Before:
    found = [row for _, row in snapshots(vault) if row["sources"] == names] if vault.opens("linkage") else []
    before = _Before()
    for object_id in found[-1]["objects"] if found and vault.opens(ORIGINALS) else ():
        _, manifest = vault.reader.manifest(bytes.fromhex(object_id))
        before.objects[_listing(manifest.attributes["entries"])] = object_id
        before.files.update((entry.path, (entry, pieces)) for entry, pieces in listed(manifest))
    return before


def _listing(rows: Sequence[Sequence[Any]]) -> str:
    return json.dumps(rows)


def _walk(roots: Sequence[Path]) -> Iterator[tuple[str, Entry]]:
    """(path, entry) of files, links and folders below the roots, sorted; a root's own name begins its paths."""
    for root in roots:
        resolved = root.resolve()
        yield from _below(str(resolved), resolved.name or "root", os.lstat(resolved))


def _below(path: str, relative: str, state: os.stat_result) -> Iterator[tuple[str, Entry]]:
    kind = stat.S_IFMT(state.st_mode)
    if kind == stat.S_IFLNK:
        yield path, _entry(relative, state, link=os.readlink(path))  # noqa: PTH115 - Path.readlink would normalise it
    elif kind == stat.S_IFREG:
        yield path, _entry(relative, state)
    elif kind == stat.S_IFDIR:
        yield path, _entry(relative, state)
        try:
            with os.scandir(path) as found:
                inside = sorted(found, key=lambda one: one.name)
        except OSError:
            return
        for one in inside:
            try:
                own = one.stat(follow_symlinks=False)
            except OSError:
                continue  # it went between two looks
            yield from _below(one.path, f"{relative}/{one.name}", own)


def _entry(relative: str, state: os.stat_result, *, link: str = "") -> Entry:
    size = state.st_size if stat.S_ISREG(state.st_mode) else 0
    return Entry(relative, state.st_mode, state.st_mtime_ns, state.st_ctime_ns, state.st_ino, size, link)


@dataclass(slots=True)
class _Run:
    """One run: what was read becomes objects, in the order of the walk."""

    vault: Vault
    sealer: Sealer
    before: _Before
    tell: Callable[[int, int], None]
    files: int = 0
    size: int = 0
    unchanged: int = 0
    objects: list[str] = field(default_factory=list)
    sealed: list[Sealed] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    _known: Mapping[bytes, bytes] | None = field(default=None, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _fresh: dict[bytes, bytes] = field(default_factory=dict, repr=False)
    _group: list[_Done] = field(default_factory=list, repr=False)
    _own: threading.local = field(default_factory=threading.local, repr=False)

    def drive(self, walk: Iterator[tuple[str, Entry]], workers: int) -> None:
        waiting: deque[Future[list[_Done]]] = deque()
        with ThreadPoolExecutor(workers, thread_name_prefix="store") as pool:
            try:
                for batch in _batches(walk):
                    waiting.append(pool.submit(self._read_batch, batch))
                    while len(waiting) > 2 * workers:
                        self._take(waiting.popleft().result())
                while waiting:
                    self._take(waiting.popleft().result())
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
        self._end_group()

    def _take(self, batch: list[_Done]) -> None:
        for one in batch:
            if one.problem:
                self.skipped.append((one.entry.path, one.problem))
                continue
            self._group.append(one)
            if stat.S_ISREG(one.entry.mode):
                self.files += 1
                self.size += one.entry.size
            if len(self._group) >= GROUP or zlib.crc32(one.entry.path.encode()) % 2048 == 0:
                self._end_group()
        self.tell(self.files, self.size)

    def _end_group(self) -> None:
        group, self._group = self._group, []
        if not group:
            return
        rows = [one.entry.row() for one in group]
        same = self.before.objects.get(_listing(rows))
        if same is not None:
            self.objects.append(same)
            self.held.append(same)
            return
        pieces = tuple(piece for one in group for piece in one.pieces)
        attributes = {"entries": rows, "pieces": [len(one.pieces) for one in group]}
        manifest = Manifest(MEDIA_TYPE, attributes, sum(piece.length for piece in pieces), pieces)
        made = self.sealer.assemble(ORIGINALS, manifest, [unit for one in group for unit in one.units])
        self.sealed.append(made)
        self.objects.append(made.object_id)

    # -- in threads -----------------------------------------------------------------------------------------------

    def _read_batch(self, batch: list[tuple[str, Entry]]) -> list[_Done]:
        return [self._read(path, entry) for path, entry in batch]

    def _read(self, path: str, entry: Entry) -> _Done:
        if not stat.S_ISREG(entry.mode):
            return _Done(entry, (), ())
        known = self.before.files.get(entry.path)
        if known is not None and known[0] == entry:
            self.unchanged += 1
            return _Done(entry, known[1], ())
        units: list[SealedUnit] = []
        try:
            pieces = [self._piece(data, units) for data in self._pieces(path, entry.size)]
        except OSError as error:
            return _Done(entry, (), (), type(error).__name__)
        size = sum(piece.length for piece in pieces)
        if size != entry.size:  # it grew or shrank while it was read; the next run reads it again
            entry = Entry(entry.path, entry.mode, 0, 0, entry.inode, size)
        return _Done(entry, tuple(pieces), tuple(units))

    def _piece(self, data: bytes, units: list[SealedUnit]) -> Piece:
        content = self.sealer.content_id(ORIGINALS, data)
        unit = self._stored().get(content) or self._fresh.get(content)
        if unit is None:
            own = os.urandom(16)
            unit = self._fresh.setdefault(content, own)  # atomic: of two threads with one content, one seals it
            if unit is own:
                units.append(self.sealer.seal_piece(ORIGINALS, data, content, own))
        return Piece(unit, content, len(data))

    def _stored(self) -> Mapping[bytes, bytes]:
        """Units by content; read when the first content is new, which in an unchanged run is never."""
        if self._known is None:
            with self._lock:
                if self._known is None:
                    self._known = self.vault.reader.index(ORIGINALS).units
        return self._known

    def _pieces(self, path: str, size: int) -> Iterator[bytes]:
        """A small file is one piece; a larger one is cut where its content says, unless it is media."""
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
        try:
            if size <= _WHOLE:
                data = os.read(handle, _WHOLE + 1)
                if len(data) <= _WHOLE and not (data and len(data) < size):
                    if data:
                        yield data
                    return
                os.lseek(handle, 0, os.SEEK_SET)
            with os.fdopen(handle, "rb", buffering=0, closefd=False) as stream:
                probe = stream.read(_PROBE) or b""
                stream.seek(0)
                if len(zlib.compress(probe, 1)) < 0.9 * len(probe):
                    for chunk in self._cutter().cut_stream(stream):
                        yield bytes(chunk.data)
                else:
                    while piece := stream.read(PIECE_BYTES):
                        yield piece
        finally:
            os.close(handle)

    def _cutter(self) -> Any:
        if not hasattr(self._own, "cutter"):
            seed = int.from_bytes(bytes.fromhex(self.vault.ring.vault)[:4], "big")
            self._own.cutter = FastCDC(PIECE_BYTES // 2, min_size=PIECE_BYTES // 4, max_size=PIECE_BYTES * 2, seed=seed)
        return self._own.cutter


def _batches(walk: Iterator[tuple[str, Entry]]) -> Iterator[list[tuple[str, Entry]]]:
    batch: list[tuple[str, Entry]] = []
    size = 0
    for path, entry in walk:
        batch.append((path, entry))
        size += entry.size
        if len(batch) >= _TASK_FILES or size >= _TASK_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
