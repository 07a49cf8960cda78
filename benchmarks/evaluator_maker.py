"""Sentences of Presidio's own evaluator: run by `benchmarks/other_maker.py` in an environment that has it.

    python evaluator_maker.py OUT.json COUNT SEED

OUT: a list of a text and its labels, (start, end, kind) each.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from presidio_evaluator.data_generator import PresidioSentenceFaker


def main() -> None:
    faker = PresidioSentenceFaker("en_US", lower_case_ratio=0.05, random_seed=int(sys.argv[3]))
    made = [
        (one.full_text, [(span.start_position, span.end_position, span.entity_type) for span in one.spans])
        for one in faker.generate_new_fake_sentences(num_samples=int(sys.argv[2]))
    ]
    Path(sys.argv[1]).write_text(json.dumps(made), encoding="utf-8")


if __name__ == "__main__":
    main()
