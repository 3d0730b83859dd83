"""The text of an .ini file: keys with their values, and where each stands."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from planner.circuit.errors import CircuitCaseError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

LARGEST_INI_BYTES = 1_000_000
_COMMENTS = ("#", ";")

SECTIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "Circuitscape mode": ("data_type", "scenario"),
        "Habitat raster or graph": ("habitat_file", "habitat_map_is_resistances"),
        "Connection scheme for raster habitat data": (
            "connect_four_neighbors_only",
            "connect_using_avg_resistances",
        ),
        "Short circuit regions (aka polygons)": ("use_polygons", "polygon_file"),
        "Mask file": ("use_mask", "mask_file"),
        "Options for reclassification of habitat data": ("use_reclass_table", "reclass_file"),
        "Options for advanced mode": (
            "source_file",
            "ground_file",
            "ground_file_is_resistances",
            "use_unit_currents",
            "use_direct_grounds",
            "remove_src_or_gnd",
        ),
        "Options for pairwise and one-to-all and all-to-one modes": (
            "point_file",
            "use_included_pairs",
            "included_pairs_file",
        ),
        "Options for one-to-all and all-to-one modes": (
            "use_variable_source_strengths",
            "variable_source_file",
        ),
        "Output options": (
            "output_file",
            "write_cur_maps",
            "write_volt_maps",
            "write_cum_cur_map_only",
            "write_max_cur_maps",
            "set_null_currents_to_nodata",
            "set_null_voltages_to_nodata",
            "set_focal_node_currents_to_zero",
            "log_transform_maps",
            "compress_grids",
            "write_as_tif",
        ),
    }
)
"""Sections of a case with their keys, in the order of Circuitscape's files."""


@dataclass(frozen=True, slots=True)
class IniValue:
    """A value and where it stands.

    Attributes
    ----------
    text : str
        The value, without space around it.
    section : str
        Name of the section, empty before the first.
    line : int
        Line of the file, from 1.
    """

    text: str
    section: str
    line: int


def read_ini(path: Path) -> dict[str, IniValue]:
    """Read the keys of an .ini file; sections do not matter, and the last of a key wins.

    Parameters
    ----------
    path : Path
        The file, UTF-8 with or without a byte-order mark, or Latin-1.

    Returns
    -------
    dict
        Key in lower case to its value.

    Raises
    ------
    CircuitCaseError
        The file is missing, too large, binary, or a line is neither a section, a key with a
        value nor a comment.
    """
    found: dict[str, IniValue] = {}
    section = ""
    for number, raw in enumerate(_text(path).splitlines(), start=1):
        line = raw.strip()
        if not line or line.startswith(_COMMENTS):
            continue
        if line.startswith("["):
            section = line.strip("[] \t")
            continue
        key, equals, value = _parted(line)
        if not equals or not key.strip():
            raise CircuitCaseError(
                f"{path}, line {number}: {_short(line)} is neither a [section] nor "
                "'key = value'. Mend the line, or write the case anew."
            )
        found[key.strip().lower()] = IniValue(value.strip(), section, number)
    if not found:
        raise CircuitCaseError(f"{path} holds no keys. Give a case of Circuitscape (.ini).")
    return found


def _parted(line: str) -> tuple[str, str, str]:
    """Part a line at its first ``=`` or ``:``, as Circuitscape 4 does."""
    places = [at for at in (line.find("="), line.find(":")) if at >= 0]
    at = min(places, default=len(line))
    return line[:at], line[at : at + 1], line[at + 1 :]


def _text(path: Path) -> str:
    try:
        size = path.stat().st_size
        if size > LARGEST_INI_BYTES:
            raise CircuitCaseError(
                f"{path} holds {size:,} bytes; a case has at most {LARGEST_INI_BYTES:,}. Give "
                "the .ini file of a case, not its data."
            )
        data = path.read_bytes()
    except OSError as error:
        if isinstance(error, CircuitCaseError):
            raise
        raise CircuitCaseError(
            f"{path} cannot be read: {error.strerror}. Give the .ini file of a case."
        ) from error
    if b"\x00" in data:
        raise CircuitCaseError(
            f"{path} is a binary file, not the text of a case. Give the .ini file of a case."
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _short(line: str) -> str:
    return repr(line if len(line) <= 40 else f"{line[:40]}...")
