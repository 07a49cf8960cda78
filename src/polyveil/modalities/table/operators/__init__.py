"""Answers to whole typed columns: numbers, dates, coordinates."""
