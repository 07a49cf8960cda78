"""The command line: one command a module."""

from polyveil.cli.app import main

__all__ = ["main"]
