"""Presidio's analyzer on documents: run by `benchmarks/text.py` in Presidio's own environment.

    python presidio_peer.py DOCUMENTS.json OUT.json [MODEL]

Its built-in English pattern recognisers on a blank spaCy pipeline, no name model; with MODEL, a spaCy model that is
installed, Presidio as it comes. DOCUMENTS: a list of texts. OUT: CPU
seconds, and (start, end, entity) of each document's findings.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import spacy
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
from presidio_analyzer.nlp_engine import NlpEngineProvider, SpacyNlpEngine


class Blank(SpacyNlpEngine):
    """Tokens and nothing else."""

    def __init__(self) -> None:
        super().__init__()
        self.nlp = {"en": spacy.blank("en")}

    def load(self) -> None:
        """Nothing is to be loaded."""


def engine(model: str) -> AnalyzerEngine:
    """Presidio as it comes with a spaCy model, or its patterns alone without one."""
    if model:
        models = {"nlp_engine_name": "spacy", "models": [{"lang_code": "en", "model_name": model}]}
        return AnalyzerEngine(nlp_engine=NlpEngineProvider(nlp_configuration=models).create_engine())
    registry = RecognizerRegistry()
    registry.load_predefined_recognizers(languages=["en"])
    registry.remove_recognizer("SpacyRecognizer")
    return AnalyzerEngine(registry=registry, nlp_engine=Blank(), supported_languages=["en"])


def main() -> None:
    documents = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    analyzer = engine(sys.argv[3] if len(sys.argv) > 3 else "")
    analyzer.analyze("warm up 212-555-0143", language="en")
    began = time.process_time()
    found = [analyzer.analyze(text, language="en") for text in documents]
    spent = time.process_time() - began
    spans = [[(one.start, one.end, one.entity_type) for one in some if one.score >= 0.3] for some in found]
    Path(sys.argv[2]).write_text(json.dumps({"seconds": spent, "spans": spans}), encoding="utf-8")


if __name__ == "__main__":
    main()
