"""The options of an Omniscape case."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict

from planner.circuit.errors import CircuitCaseError
from resources.errors import nearest_names_hint

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from planner.circuit.ini import IniValue

Comparison = Literal["within", "equal"]

WITHOUT_EFFECT = frozenset(
    {
        "parallelize", "parallel_batch_size", "max_parallel", "solver",
        "write_normalized_currmap", "write_flow_potential", "suppress_cs_messages",
    }
)  # fmt: skip
"""Keys that tell Omniscape how to work, or that older versions had."""

_CHOICES = {
    "n_conditions": ("1", "2"),
    "compare_to_future": ("none", "1", "2", "both"),
    "comparison1": ("within", "equal", "equals"),
    "comparison2": ("within", "equal", "equals"),
    "precision": ("double", "single"),
}
_OTHER_NAMES = {"resistance_file_is_conductance": "resistance_is_conductance"}
_TRUE, _FALSE = {"true", "1", "yes"}, {"false", "0", "no", "none", ""}


class OmniOptions(BaseModel):
    """What a case asks for; paths as written, empty where not set, lengths in cells."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    resistance_file: str
    radius: int
    project_name: str
    resistance_is_conductance: bool = False
    source_file: str = ""
    block_size: int = 1
    buffer: int = 0
    source_threshold: float = 0.0
    source_from_resistance: bool = False
    r_cutoff: float = 0.0
    precision: str = "double"
    connect_four_neighbors_only: bool = False
    calc_flow_potential: bool = False
    calc_normalized_current: bool = False
    correct_artifacts: bool = True
    write_raw_currmap: bool = True
    write_as_tif: bool = True
    mask_nodata: bool = True
    conditional: bool = False
    n_conditions: int = 1
    compare_to_future: str = "none"
    condition1_file: str = ""
    condition2_file: str = ""
    condition1_future_file: str = ""
    condition2_future_file: str = ""
    comparison1: str = "within"
    comparison2: str = "within"
    condition1_lower: float = 0.0
    condition2_lower: float = 0.0
    condition1_upper: float = 0.0
    condition2_upper: float = 0.0
    reclassify_resistance: bool = False
    reclass_table: str = ""
    write_reclassified_resistance: bool = False
    allow_different_projections: bool = False

    @property
    def potential(self) -> bool:
        """Whether flow potential is needed."""
        return self.calc_flow_potential or self.calc_normalized_current

    def future(self, condition: int) -> bool:
        """Tell whether a condition, 1 or 2, is compared with its future at targets."""
        return self.compare_to_future.lower() in {str(condition), "both"}

    def comparison(self, condition: int) -> Comparison:
        """Return how a condition, 1 or 2, is compared."""
        text = self.comparison1 if condition == 1 else self.comparison2
        return "equal" if text.lower().startswith("equal") else "within"

    def limits(self, condition: int) -> tuple[float, float]:
        """Return the limits of a condition, 1 or 2."""
        if condition == 1:
            return self.condition1_lower, self.condition1_upper
        return self.condition2_lower, self.condition2_upper

    def input_keys(self) -> tuple[str, ...]:
        """Return the keys of the files that the case reads."""
        keys = ["resistance_file"]
        if not self.source_from_resistance:
            keys.append("source_file")
        if self.reclassify_resistance:
            keys.append("reclass_table")
        for condition in range(1, self.n_conditions + 1) if self.conditional else ():
            keys.append(f"condition{condition}_file")
            if self.future(condition):
                keys.append(f"condition{condition}_future_file")
        return tuple(keys)


def is_omniscape(found: Mapping[str, IniValue]) -> bool:
    """Tell whether the keys of an .ini file are those of an Omniscape case."""
    return "radius" in found and "resistance_file" in found


def read_options(
    path: Path, found: Mapping[str, IniValue]
) -> tuple[OmniOptions, tuple[str, ...]]:
    """Read the options of a case.

    A key that Omniscape does not know is left out and told, and so is what it would change by
    itself; a value that a key cannot have is an error.

    Parameters
    ----------
    path : Path
        The file, for messages.
    found : mapping
        Its keys, see `planner.circuit.ini.read_ini`.

    Returns
    -------
    options : OmniOptions
        What the case asks for.
    warnings : tuple of str
        Sentences for the user.

    Raises
    ------
    CircuitCaseError
        A value cannot be used, or a key that the case needs is missing.
    """
    known = OmniOptions.model_fields
    warnings = []
    values: dict[str, object] = {}
    for key, value in found.items():
        name = _OTHER_NAMES.get(key, key)
        if name in known:
            values[name] = _value(path, name, value)
        elif name not in WITHOUT_EFFECT:
            warnings.append(
                f"{path}, line {value.line}: the key {key} is not known and has no effect. "
                f"{nearest_names_hint(key, [*known])}"
            )
    for key in ("resistance_file", "radius", "project_name"):
        if values.get(key, "") == "":
            raise CircuitCaseError(f"{path}: the key {key} is missing. Set it.")
    options = OmniOptions.model_validate(values)
    _check(path, options)
    if options.block_size % 2 == 0:
        warnings.append(
            f"{path}: block_size is {options.block_size}, but must be odd; "
            f"{options.block_size + 1} is used, as Omniscape does."
        )
        options = options.model_copy(update={"block_size": options.block_size + 1})
    if options.block_size // 2 >= options.radius:
        raise CircuitCaseError(
            f"{path}: a block of {options.block_size} cells leaves no sources within a radius "
            f"of {options.radius}. Make the radius larger or the blocks smaller."
        )
    return options, tuple(warnings)


def _value(path: Path, key: str, value: IniValue) -> object:
    kind = OmniOptions.model_fields[key].annotation
    text = value.text.strip("\"'")
    low = text.lower()
    if kind is str:
        return "" if low.startswith(("(browse", "(choose", "(filename")) else text
    if kind is bool:
        if low in _TRUE | _FALSE:
            return low in _TRUE
        raise _wrong(path, key, value, "true or false")
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or abs(number) > 1e15:
        raise _wrong(path, key, value, "a number")
    return round(number) if kind is int else number


def _wrong(path: Path, key: str, value: IniValue, wanted: str) -> CircuitCaseError:
    return CircuitCaseError(
        f"{path}, line {value.line}: {key} is {value.text!r}. Set it to {wanted}."
    )


def _check(path: Path, options: OmniOptions) -> None:
    """Check what a case needs beyond the single keys."""
    for key, least in (("radius", 1), ("block_size", 1), ("buffer", 0)):
        if getattr(options, key) < least:
            raise CircuitCaseError(
                f"{path}: {key} is {getattr(options, key)}, counted in cells. Set it to "
                f"{least} or more."
            )
    for key, allowed in _CHOICES.items():
        value = str(getattr(options, key))
        if value.lower() not in allowed:
            raise CircuitCaseError(
                f"{path}: {key} is {value!r}. Set it to {' or '.join(allowed)}."
            )
    for key in options.input_keys():
        if not getattr(options, key):
            raise CircuitCaseError(f"{path}: {key} is not set. Give it a file.")
    if options.source_from_resistance and options.r_cutoff <= 0:
        raise CircuitCaseError(
            f"{path}: source_from_resistance is true and r_cutoff {options.r_cutoff:g}, so "
            "that no cell is a source. Set r_cutoff to the greatest resistance of a source."
        )
