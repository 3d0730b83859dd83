"""Values of features as a table shows them, and as other programs take them."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Literal

from resources.translation import tr

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

NOTHING = "–"
_LONGEST = 200


def shown(value: object) -> str:
    """Return a value on one line of a table; a very long one is cut."""
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return tr("yes") if value else tr("no")
    if isinstance(value, float):
        return f"{value:.10g}"
    text = " ".join(_listed(str(value)).split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _listed(text: str) -> str:
    """Return a list or a table written as JSON as its words; other texts as they are."""
    is_list = text.startswith('["') and text.endswith('"]')
    is_table = text.startswith('{"') and text.endswith("}")
    if not (is_list or is_table):
        return text
    try:
        found = json.loads(text)
        return _worded(found)
    except (ValueError, RecursionError):  # any file may hold anything
        return text


def _worded(value: object) -> str:
    """Return the words of nested lists and tables, what is nested deepest apart by commas."""
    if isinstance(value, list):
        return ", ".join(str(word) for word in value)
    if not isinstance(value, dict):
        return f"{value:.10g}" if isinstance(value, float) else str(value)
    nested = any(isinstance(part, dict) for part in value.values())
    of_tables = nested and all(isinstance(part, dict) for part in value.values())
    apart = "; " if of_tables else ", "
    colon = ": " if of_tables else " "
    return apart.join(f"{key}{colon}{_worded(part)}" for key, part in value.items())


def as_text(
    names: Sequence[str], rows: Iterable[Sequence[object]], form: Literal["csv", "tsv"]
) -> str:
    """Return rows with a heading as comma- or tab-separated text; no value stays empty.

    Parameters
    ----------
    names : sequence of str
        The heading.
    rows : iterable of sequences
        The values.
    form : {"csv", "tsv"}
        Commas, or tabs as spreadsheets paste them.
    """
    written = io.StringIO()
    dialect: Literal["excel", "excel-tab"] = "excel" if form == "csv" else "excel-tab"
    writer = csv.writer(written, dialect, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(["" if value is None else value for value in row] for row in rows)
    return written.getvalue()
