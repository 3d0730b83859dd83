"""The command line: ``landbridge VERB``."""

from __future__ import annotations

import sys
from typing import NoReturn

STATUS_INTERRUPTED = 130


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line and end the process.

    Parameters
    ----------
    arguments : list of str, optional
        Words after the program's name; those of the process where not given.

    Raises
    ------
    SystemExit
        Always: 0 done, 1 failure, 2 usage, 130 interrupted.
    """
    try:
        from planner.cli.root import run  # noqa: PLC0415 - takes 2 s, and Ctrl-C may come then

        status = run(arguments)
    except KeyboardInterrupt:
        status = STATUS_INTERRUPTED
    if status == STATUS_INTERRUPTED:
        sys.stderr.write("landbridge: interrupted; what was finished is kept.\n")
    sys.exit(status)
