"""What holds text of people does not show it when it is printed, as tracebacks and debuggers do."""

from __future__ import annotations

import pytest

from polyveil.containers.pdf.layer import Layer, Unit
from polyveil.containers.pdf.spacing import Glyph
from polyveil.modalities.text.broken import Seam
from polyveil.modalities.text.codec import Decoded
from polyveil.modalities.text.detectors.judge import Judge
from polyveil.modalities.text.detectors.zones import Zones
from polyveil.modalities.text.fit import Fit
from polyveil.modalities.text.normalise import view
from polyveil.schema.part import Known

_BOX = (0.0, 0.0, 1.0, 1.0)


@pytest.mark.parametrize(
    "holder",
    [
        Seam("Zebulon", "Zebulon", 0, 1),
        Decoded("Zebulon", "utf-8"),
        Judge("Zebulon", "Zebulon", {(0, 1): "Zebulon"}),
        Zones(b"Zebulon"),
        Fit("text/plain", "Zebulon.txt"),
        view("Zebulon\u00ad"),
        Known("PERSON", "Zebulon"),
        Unit("Zebulon", " ", _BOX, (0.0, 0.0, 1.0, 1.0, 0.0)),
        Layer((Unit("Zebulon", " ", _BOX, (0.0, 0.0, 1.0, 1.0, 0.0)),)),
        Glyph("Zebulon", _BOX, _BOX, 0.0),
    ],
    ids=lambda one: type(one).__name__,
)
def test_nothing_personal_is_printed(holder: object) -> None:
    assert "Zebulon" not in repr(holder)
