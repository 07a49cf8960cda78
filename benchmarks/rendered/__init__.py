"""Rendered documents with every word labelled: `sheet` (what is drawn on), `people` (whose data), `kinds` (one document
kind a file), `photograph` (how it is seen), `reading` (a second OCR engine), `score`.
"""
