"""Addresses without capitals: 'i live at 221b baker street london nw1 6xe'. What is said before gives them away."""

from __future__ import annotations

from collections.abc import Iterator

from polyveil.modalities.text.detectors.gate import Bytes, gated

_KIND = (
    r"(?:street|st|road|rd|avenue|ave|lane|ln|drive|boulevard|blvd|court|close|crescent|terrace|way|place|square|"
    r"grove|gardens|mews|row|hill|park)"
)
_STREET = rf"\d{{1,5}}[a-z]?(?:[ \t][a-z'’-]{{2,20}}){{1,3}}?[ \t]{_KIND}(?!\w)"
_FLAT = r"(?:,?[ \t]+(?:apt|flat|unit|suite|#)\.?[ \t]?\w{1,5})?"
_CODE = r"(?:[a-z]{1,2}\d[a-z\d]? ?\d[abd-hjlnp-uw-z]{2}|[a-z]{2}[ \t]\d{5}|\d{5})(?!\w)"
_CUE = (
    r"(?:(?:live|lives|lived|living|address|home|office|house|move|moved|send|sent|deliver|delivered|ship|stay|staying|come)"
    r"(?: [a-z]{2,9}){0,2}? (?:at|to|is|in)|address:)"
)
_ADDRESS = gated(
    rf"(?<![\w-]){_CUE}[ \t]+"
    rf"(?P<street>{_STREET}{_FLAT}(?:(?:,?[ \t]+[a-z]{{3,15}}){{0,2}}?,?[ \t]+{_CODE})?)",
    rf"\d[a-z]?(?:[ \t][a-z'’-]{{2,20}}){{1,3}}[ \t]{_KIND}",
    before=48,
    after=64,
)
_UK = r"[a-z]{1,2}\d[a-z\d]? ?\d[abd-hjlnp-uw-z]{2}"
_CODED = gated(
    rf"(?<![\w-])(?P<street>{_STREET}{_FLAT}(?:,?[ \t]+[a-z]{{3,15}}){{0,3}}?,?[ \t]+{_UK}(?!\w))",
    rf"[ \t]{_UK}",
    before=110,
    after=2,
)
"""With a postcode behind it nothing need be said before."""


def find_lower(seen: Bytes) -> Iterator[tuple[int, int]]:
    """Spans of such addresses."""
    for pattern in (_ADDRESS, _CODED):
        yield from (match.span("street") for match in pattern.finditer(*seen))
