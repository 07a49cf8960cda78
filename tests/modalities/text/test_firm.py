from __future__ import annotations

import pytest

from polyveil.modalities.text.detectors.firm import find_firms
from polyveil.schema.locations import Span


@pytest.mark.parametrize(
    ("text", "firm"),
    [
        ("I work for Capital Gearing Trust plc now", "Capital Gearing Trust plc"),
        ("The Totenko Co.Ltd. website", "Totenko Co.Ltd."),
        ("by KYOKUTO KAIHATSU KOGYO CO.LTD., Osaka", "KYOKUTO KAIHATSU KOGYO CO.LTD."),
        ("Japan Asia Group Limited\n12 High Street", "Japan Asia Group Limited"),
        ("The Lubrizol Corporation sued", "Lubrizol Corporation"),
        ("Francesca Freeman of Mimecast Limited said", "Mimecast Limited"),
        ("in Oslo, Base Resources Limited grew", "Base Resources Limited"),
        ("Graf Acquisition Corp. IV said", "Graf Acquisition Corp. IV"),
        ("by Smith, Jones & Sons Ltd of Leeds", "Smith, Jones & Sons Ltd"),
        ("Samse SA fell", "Samse SA"),
    ],
)
def test_a_firm_is_found_whole_and_alone(text: str, firm: str) -> None:
    spans = [one.location for one in find_firms(text)]
    assert [text[span.start : span.end] for span in spans if isinstance(span, Span)] == [firm]


@pytest.mark.parametrize(
    "text", ["Blood Group", "The Co-founder said", "a trust fund", "Limited edition", "No AG here"]
)
def test_words_are_no_firms(text: str) -> None:
    assert not find_firms(text)
