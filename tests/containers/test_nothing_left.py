"""Documents with values planted in every place: what comes out opens in other readers and holds none of them.

`benchmarks/documents.py --leaks` does this for more files, and reads the drawn pages too.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks import document_leaks, planted_office, planted_pdf
from benchmarks.planted import Planted

QUICK = ("text-layer", "kerning", "hidden-black-box", "form-field", "earlier-revision", "object-stream", "chinese")
DOCUMENTS = [
    *planted_office.documents(),
    *(one for one in planted_pdf.documents() if one.name.removesuffix(".pdf") in QUICK),
]


@pytest.mark.parametrize("planted", DOCUMENTS, ids=lambda one: one.name)
def test_nothing_that_was_planted_is_left(planted: Planted, tmp_path: Path) -> None:
    before = tmp_path / planted.name
    before.write_bytes(planted.data)
    found = {
        one.secret for one in (*document_leaks.in_bytes(planted, before), *document_leaks.in_readers(planted, before))
    }
    assert found, "the search does not see what was planted"
    for one, path in document_leaks.masked([planted], tmp_path):
        assert path.stat().st_size > 100
        assert not [*document_leaks.in_bytes(one, path), *document_leaks.in_readers(one, path)]
