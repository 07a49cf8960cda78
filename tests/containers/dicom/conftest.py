"""One DICOM file down the road, without the pipeline: split, inspect, transform the header, keep the pixels, join."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pydicom
import pytest
from pydicom import FileDataset
from pydicom.data import get_testdata_file

from polyveil.containers import dicom
from polyveil.containers.dicom import header
from polyveil.containers.interface import Piece, Split
from polyveil.identity import Identity
from polyveil.modalities.interface import Context
from polyveil.policies import load
from polyveil.schema.finding import Finding
from polyveil.schema.part import Hints, Part


@dataclass(frozen=True)
class Road:
    """The road under one policy and key."""

    ctx: Context

    @staticmethod
    def sample(name: str) -> FileDataset:
        """A test file that ships inside pydicom's wheel."""
        path = get_testdata_file(name, download=False)
        assert isinstance(path, str)
        return pydicom.dcmread(path)

    @staticmethod
    def to_bytes(dataset: FileDataset) -> bytes:
        out = io.BytesIO()
        dataset.save_as(out)
        return out.getvalue()

    @staticmethod
    def read(data: bytes) -> FileDataset:
        return pydicom.dcmread(io.BytesIO(data))

    def split(self, data: bytes) -> Split:
        return dicom.split(data, Hints(), self.ctx)

    def header_part(self, data: bytes) -> Part:
        member = self.split(data).members[0]
        assert member.modality is not None
        return Part("header", member.modality, member.media_type, member.data, member.hints)

    def findings(self, data: bytes) -> tuple[Finding, ...]:
        return tuple(header.inspect(self.header_part(data), self.ctx).findings)

    def through(self, data: bytes, *, pixels: bool = True) -> bytes:
        """The whole file after the road."""
        members = self.split(data).members
        part = self.header_part(data)
        clean = header.transform(part, header.inspect(part, self.ctx).findings, self.ctx).part
        pieces = {"header": Piece(clean.data, clean.media_type, ".json")}
        if pixels and len(members) > 1:
            pieces["pixels"] = Piece(members[1].data, members[1].media_type, ".npy")
        joined = dicom.join(self.split(data).skeleton, pieces, self.ctx).data
        assert isinstance(joined, bytes)
        return joined


@pytest.fixture
def road(tmp_path: Path) -> Road:
    return Road(Context(load("default"), Identity(b"k" * 32), tmp_path))


@pytest.fixture
def road_for(tmp_path: Path) -> Callable[[str, bytes], Road]:
    """A road under another policy or key."""
    return lambda policy, key: Road(Context(load(policy), Identity(key), tmp_path))
