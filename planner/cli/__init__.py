"""The command line: ``landbridge VERB``."""

from planner.cli.root import main

__all__ = ["main"]
