"""The options of a Circuitscape case, of its versions 4 and 5."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, get_args

from pydantic import BaseModel, ConfigDict

from algorithms.connectivity.circuit.conflicts import ConflictRule
from planner.circuit.errors import CircuitCaseError
from resources.errors import nearest_names_hint

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from planner.circuit.ini import IniValue

Scenario = Literal["pairwise", "advanced", "one-to-all", "all-to-one"]
DataType = Literal["raster", "network"]

_TRUE = {"true", "1", "yes", "on"}
_FALSE = {"false", "0", "no", "off", "none", ""}
_NOT_SET = {"", "none", "not entered"}

WITHOUT_EFFECT = frozenset(
    {
        "version", "solver", "precision", "use_64bit_indexing", "cholmod_batch_size",
        "parallelize", "max_parallel", "low_memory_mode", "preemptive_memory_release",
        "print_timings", "print_rusages", "profiler_log_file", "log_file", "log_level",
        "screenprint_log", "suppress_messages", "point_file_contains_polygons",
        "meta_data_file",
    }
)  # fmt: skip
"""Keys that tell Circuitscape how to work, not what to compute."""


NEEDED_WITH = MappingProxyType(
    {
        "use_polygons": "polygon_file",
        "use_mask": "mask_file",
        "use_reclass_table": "reclass_file",
        "use_included_pairs": "included_pairs_file",
        "use_variable_source_strengths": "variable_source_file",
    }
)
"""Options, and the file that each of them needs."""


class CircuitOptions(BaseModel):
    """What a case asks for; paths as written, empty where not set."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    data_type: DataType = "raster"
    scenario: Scenario
    habitat_file: str = ""
    habitat_map_is_resistances: bool = True
    connect_four_neighbors_only: bool = False
    connect_using_avg_resistances: bool = False
    use_polygons: bool = False
    polygon_file: str = ""
    use_mask: bool = False
    mask_file: str = ""
    use_reclass_table: bool = False
    reclass_file: str = ""
    point_file: str = ""
    use_included_pairs: bool = False
    included_pairs_file: str = ""
    use_variable_source_strengths: bool = False
    variable_source_file: str = ""
    source_file: str = ""
    ground_file: str = ""
    ground_file_is_resistances: bool = True
    use_unit_currents: bool = False
    use_direct_grounds: bool = False
    remove_src_or_gnd: ConflictRule = "keepall"
    output_file: str = ""
    write_cur_maps: bool = False
    write_volt_maps: bool = False
    write_cum_cur_map_only: bool = False
    write_max_cur_maps: bool = False
    set_null_currents_to_nodata: bool = False
    set_null_voltages_to_nodata: bool = False
    set_focal_node_currents_to_zero: bool = False
    log_transform_maps: bool = False
    compress_grids: bool = False
    write_as_tif: bool = False

    @property
    def currents(self) -> bool:
        """Whether currents are needed at all."""
        return self.write_cur_maps or self.write_cum_cur_map_only or self.write_max_cur_maps

    @property
    def each_current(self) -> bool:
        """Whether the currents of each pair or point are written."""
        return self.write_cur_maps and not self.write_cum_cur_map_only

    def input_keys(self) -> tuple[str, ...]:
        """Return the keys of the files that the case reads."""
        keys = ["habitat_file"]
        raster = self.data_type == "raster"
        usable = {
            "use_polygons": raster,
            "use_mask": raster,
            "use_reclass_table": True,
            "use_included_pairs": self.scenario != "advanced",
            "use_variable_source_strengths": self.scenario in {"one-to-all", "all-to-one"},
        }
        keys += [
            file
            for option, file in NEEDED_WITH.items()
            if getattr(self, option) and usable[option]
        ]
        if self.scenario == "advanced":
            return (*keys, "source_file", "ground_file")
        return (*keys, "point_file")


def read_options(
    path: Path, found: Mapping[str, IniValue]
) -> tuple[CircuitOptions, tuple[str, ...]]:
    """Read the options of a case.

    A key that no version of Circuitscape knows is left out and told; a value that a key cannot
    have is an error.

    Parameters
    ----------
    path : Path
        The file, for messages.
    found : mapping
        Its keys, see `planner.circuit.ini.read_ini`.

    Returns
    -------
    options : CircuitOptions
        What the case asks for.
    warnings : tuple of str
        Sentences about what was left out.

    Raises
    ------
    CircuitCaseError
        A value cannot be used, or a key that the case needs is missing.
    """
    known = CircuitOptions.model_fields
    warnings = [
        f"{path}, line {value.line}: the key {key} is not known and has no effect. "
        f"{nearest_names_hint(key, [*known])}"
        for key, value in found.items()
        if key not in known and key not in WITHOUT_EFFECT
    ]
    values: dict[str, object] = {}
    for key, value in found.items():
        if key in known:
            read = _value(path, key, value)
            if read is not None:
                values[key] = read
    if "scenario" not in values:
        raise CircuitCaseError(
            f"{path}: the key scenario is missing. Set it in [Circuitscape mode] to pairwise, "
            "advanced, one-to-all or all-to-one."
        )
    options = CircuitOptions.model_validate(values)
    _check(path, options)
    return options, tuple(warnings)


def _value(path: Path, key: str, value: IniValue) -> object:
    """Return the value of a key, None where it is not set."""
    kind = CircuitOptions.model_fields[key].annotation
    text = value.text.strip("\"'")
    low = text.lower()
    if kind is bool:
        if low in _TRUE | _FALSE:
            return low in _TRUE
        raise _wrong(path, key, value, "True or False")
    if kind is str:
        return "" if low in _NOT_SET or low.startswith(("(browse", "(choose")) else text
    choices = {"scenario": Scenario, "data_type": DataType, "remove_src_or_gnd": ConflictRule}[
        key
    ]
    names: tuple[str, ...] = get_args(choices)
    if low in _NOT_SET:
        return None
    plain = low.replace("_", "-")
    if plain in names:
        return plain
    raise _wrong(path, key, value, ", ".join(names[:-1]) + f" or {names[-1]}")


def _wrong(path: Path, key: str, value: IniValue, wanted: str) -> CircuitCaseError:
    where = f" in [{value.section}]" if value.section else ""
    return CircuitCaseError(
        f"{path}, line {value.line}: {key}{where} is {value.text!r}. Set it to {wanted}."
    )


def _check(path: Path, options: CircuitOptions) -> None:
    """Check what a case needs beyond the single keys."""
    if options.data_type == "network" and options.scenario not in {"pairwise", "advanced"}:
        raise CircuitCaseError(
            f"{path}: scenario is {options.scenario}, which Circuitscape has for rasters only. "
            "Set data_type to raster, or scenario to pairwise or advanced."
        )
    for key in (*options.input_keys(), "output_file"):
        if not getattr(options, key):
            what = "a base name for the results" if key == "output_file" else "a file"
            raise CircuitCaseError(f"{path}: {key} is not set. Give it {what}.")
    if options.output_file.endswith(("/", "\\", "/.", "/..")):
        raise CircuitCaseError(
            f"{path}: output_file {options.output_file} names no file. Put a base name for the "
            "results behind the folder, such as results.out."
        )
