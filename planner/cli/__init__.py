"""The command line: ``landbridge VERB``."""

from __future__ import annotations

import codecs
import io
import os
import sys
from typing import NoReturn

STATUS_INTERRUPTED = 130
STATUS_READER_LEFT = 141


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line and end the process.

    Parameters
    ----------
    arguments : list of str, optional
        Words after the program's name; those of the process where not given.

    Raises
    ------
    SystemExit
        Always: 0 done, 1 failure, 2 usage, 130 interrupted, 141 whoever read the output has
        left, as ``head`` does.
    """
    _write_what_the_terminal_can()
    try:
        from planner.cli.root import run  # noqa: PLC0415 - takes 2 s, and Ctrl-C may come then

        status = run(arguments)
        sys.stdout.flush()
    except KeyboardInterrupt:
        status = STATUS_INTERRUPTED
    except BrokenPipeError:
        status = _let_the_reader_go()
    except SystemExit as ended:  # Typer and Rich end so where the reader has left
        if not isinstance(ended.__context__, BrokenPipeError):
            raise
        status = _let_the_reader_go()
    if status == STATUS_INTERRUPTED:
        sys.stderr.write("landbridge: interrupted; what was finished is kept.\n")
    sys.exit(status)


def _write_what_the_terminal_can() -> None:
    """Let a terminal that is not UTF-8 show ``?`` for what it lacks."""
    for stream in (sys.stdout, sys.stderr):
        if (
            isinstance(stream, io.TextIOWrapper)
            and codecs.lookup(stream.encoding).name != "utf-8"
        ):
            stream.reconfigure(errors="replace")


def _let_the_reader_go() -> int:
    """Drop what is still to be written; returns the status to end with."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return STATUS_READER_LEFT
