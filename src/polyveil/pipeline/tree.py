"""Split: an asset's bytes become a tree whose leaves are parts of one modality each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from polyveil import plugins
from polyveil.collect.filetype import ENCRYPTED_OFFICE, media_type
from polyveil.containers import embedded
from polyveil.containers.interface import Container, Member, Split
from polyveil.containers.rtf import pictures
from polyveil.errors import AssetError, MissingExtraError
from polyveil.modalities.interface import Context
from polyveil.schema.outcome import QuarantineCode
from polyveil.schema.part import Hints, Part


@dataclass(frozen=True, slots=True)
class Leaf:
    """A part."""

    part: Part


@dataclass(frozen=True, slots=True)
class Branch:
    """A container with its members and what joining needs beside them."""

    container: str
    skeleton: Mapping[str, object]
    members: Mapping[str, Tree]
    required: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Failed:
    """A member that could not become a part; the rest of its container goes on without it."""

    path: str
    code: QuarantineCode
    detail: str = ""


Tree = Leaf | Branch | Failed


def split(data: bytes | Path, name: str, hints: Hints, ctx: Context) -> Tree:
    """Find the type of an asset by content and split it down to parts.

    Raises:
        AssetError: the asset itself cannot be read, is of no supported type, or expands beyond the limits.
    """
    return _Splitter(ctx, ctx.limits.max_members, ctx.limits.max_expanded_bytes).grow(data, name, "", hints, 0)


def leaves(tree: Tree) -> Iterator[Part]:
    """The parts of a tree, in container order."""
    match tree:
        case Leaf(part):
            yield part
        case Branch():
            for member in tree.members.values():
                yield from leaves(member)


def failures(tree: Tree) -> Iterator[Failed]:
    """The members of a tree that could not become parts."""
    match tree:
        case Failed():
            yield tree
        case Branch():
            for member in tree.members.values():
                yield from failures(member)


def _size(data: bytes | Path) -> int:
    return len(data) if isinstance(data, bytes) else data.stat().st_size


@dataclass(slots=True)
class _Splitter:
    """Splits one asset; counts what it may still expand to, over all nesting levels together."""

    ctx: Context
    members: int
    allowed: int

    def grow(self, data: bytes | Path, name: str, path: str, hints: Hints, depth: int) -> Tree:
        if _size(data) == 0:
            raise AssetError(QuarantineCode.EMPTY, "no bytes")
        kind, modality = media_type(data, name)
        hints = replace(hints, name=name)
        if kind in plugins.available("containers"):
            return self._branch(kind, lambda room: room.split(data, hints, self.ctx), path, depth)
        if kind == ENCRYPTED_OFFICE:
            raise AssetError(QuarantineCode.ENCRYPTED, "an Office file with a password")
        if modality is None:
            raise AssetError(QuarantineCode.UNSUPPORTED, kind)
        return self._leaf(Part(path, modality, kind, data, hints), depth)

    def _leaf(self, part: Part, depth: int) -> Tree:
        """A part, unless it is a text that holds pictures or other files, in base64 or as RTF does."""
        holds = (one for one in (embedded, pictures) if one.holds(part.data, part.media_type, part.modality))
        if (holder := next(holds, None)) is None:
            return Leaf(part)
        return self._branch(holder.KIND, lambda _room: holder.split(part, self.ctx), part.path, depth)

    def _branch(self, kind: str, take: Callable[[Container], Split], path: str, depth: int) -> Branch:
        if depth >= self.ctx.limits.max_depth:
            raise AssetError(QuarantineCode.BOMB, f"containers nested deeper than {self.ctx.limits.max_depth}")
        pieces = _split(kind, take)
        members: dict[str, Tree] = {}
        for member in pieces.members:
            self._spend(member)
            below = f"{path}/{member.key}" if path else member.key
            try:
                members[member.key] = self._member(kind, member, below, depth + 1)
            except AssetError as error:
                if member.required or error.code is QuarantineCode.BOMB:
                    raise
                members[member.key] = Failed(below, error.code, error.detail)
        required = frozenset(member.key for member in pieces.members if member.required)
        return Branch(kind, pieces.skeleton, members, required)

    def _spend(self, member: Member) -> None:
        self.members -= 1
        self.allowed -= _size(member.data)
        if self.members < 0 or self.allowed < 0:
            raise AssetError(QuarantineCode.BOMB, "nested containers expand beyond the limits")

    def _member(self, kind: str, member: Member, path: str, depth: int) -> Tree:
        if member.modality is not None:
            part = Part(path, member.modality, member.media_type, member.data, member.hints)
            return Leaf(part) if kind in (embedded.KIND, pictures.KIND) else self._leaf(part, depth)
        return self.grow(member.data, member.hints.name, path, member.hints, depth)


def _split(kind: str, take: Callable[[Container], Split]) -> Split:
    """Whatever a container raises becomes an AssetError: a defect in it or a library costs one asset, not the run."""
    room = _load_container(kind)
    try:
        return take(room)
    except AssetError:
        raise
    except (MissingExtraError, ImportError) as error:
        raise AssetError(QuarantineCode.MISSING_EXTRA, str(error)) from None
    except MemoryError:
        raise AssetError(QuarantineCode.TOO_LARGE, "out of memory") from None
    except Exception as error:  # noqa: BLE001 - see above; the detail names the type, never the text
        raise AssetError(QuarantineCode.CORRUPT, f"does not split ({type(error).__name__})") from None


def _load_container(kind: str) -> Container:
    try:
        room: Container = plugins.load("containers", kind)
    except MissingExtraError as error:
        raise AssetError(QuarantineCode.MISSING_EXTRA, str(error)) from None
    except ImportError as error:
        raise AssetError(QuarantineCode.MISSING_EXTRA, f"{kind} (module {error.name})") from None
    return room
