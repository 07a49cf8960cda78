"""The report: what became of everything in a vault, for people and for scripts."""

from polyveil.evaluate.report.gather import gather
from polyveil.evaluate.report.model import Report, to_json
from polyveil.evaluate.report.page import to_html

__all__ = ["Report", "gather", "to_html", "to_json"]
