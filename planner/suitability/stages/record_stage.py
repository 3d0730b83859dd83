"""Stage: records read and checked, every rejected one listed with its reason."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self

import numpy as np
import pandas as pd
from pyproj import Transformer

from algorithms.control import PartControl
from layers.occurrences import read_occurrences
from layers.occurrences.checking import check_occurrences
from layers.occurrences.reference import PlaceReference
from layers.occurrences.rules import PACK_CELL_KM, CheckRules, Reason
from planner.localities import load_localities
from planner.pipeline.runner import Step
from planner.suitability.context import input_hash
from planner.suitability.errors import StudyError
from planner.suitability.models import load_arrays, save_arrays
from planner.suitability.problems import ended
from planner.suitability.record_columns import columns_of
from planner.suitability.results import (
    RecordsFound,
    read_result,
    write_result,
)
from planner.suitability.tables import write_frame
from resources.errors import nearest_names_hint
from resources.translation import mark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from algorithms.control import Control
    from layers.occurrences.checking import CheckedOccurrences
    from planner.suitability.context import StudyContext
    from planner.suitability.study import RecordSource

STAGE = "records"
RESULT = "records.json"
ARRAYS = "records.npz"
GROUP = "target_group.npz"
REJECTED = "rejected.csv"
FLAGGED = "flagged.csv"
LOCALITIES = "localities.csv of Landbridge"
MOST_LISTED = 100_000
"""Rows of the lists of rejected and of flagged records, at most."""
_REFUSED_COLUMNS = ("line", "species", "lon", "lat", "reason", "sentence", "remedy", "source")


class Records(NamedTuple):
    """Records that passed the checks; every array has one entry per record.

    Parameters
    ----------
    lon, lat : (n,) float64
        Degrees, EPSG:4326.
    uncertainty_m : (n,) float64
        NaN where unknown.
    weight : (n,) float64
        What a record is worth in the model, above 0.
    line : (n,) int64
        Line in its file.
    source : (n,) int32
        Number of its file among `source_names`.
    source_names : (k,) object
        Files.
    """

    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    uncertainty_m: NDArray[np.float64]
    weight: NDArray[np.float64]
    line: NDArray[np.int64]
    source: NDArray[np.int32]
    source_names: NDArray[np.object_]

    @classmethod
    def read(cls, context: StudyContext) -> Self:
        """Read what the stage wrote.

        Raises
        ------
        RunError
            The stage was not run, or its file was altered.
        """
        stored = load_arrays(context.folder.path / ARRAYS)
        return cls(
            np.asarray(stored["lon"], dtype=np.float64),
            np.asarray(stored["lat"], dtype=np.float64),
            np.asarray(stored["uncertainty_m"], dtype=np.float64),
            np.asarray(stored["weight"], dtype=np.float64),
            np.asarray(stored["line"], dtype=np.int64),
            np.asarray(stored["source"], dtype=np.int32),
            np.asarray(stored["source_names"]).astype(object),
        )


def record_step(context: StudyContext) -> Step:
    """Describe the stage."""
    study = context.study
    files = (*study.records.sources, *study.sampling.target_group)
    outputs = [RESULT, ARRAYS, REJECTED, FLAGGED]
    if study.sampling.target_group:
        outputs.append(GROUP)
    localities = load_localities(study.species) if study.records.localities else ()
    return Step(
        name=STAGE,
        label=mark("Records and their checks"),
        method=1,
        inputs={
            "files": [input_hash(Path(item.path), "a file of records") for item in files],
            "localities": [item.model_dump() for item in localities],
            "pack": context.pack.content_hash,
        },
        parameters={
            "records": study.records.model_dump(mode="json", exclude={"sources"}),
            "sources": [item.model_dump(mode="json", exclude={"path"}) for item in files],
            "names": [Path(item.path).name for item in files],
            "cell_m": round(context.ground.cell_m, 3),
        },
        outputs=outputs,
    )


def store_records(context: StudyContext, control: Control, _run_id: str) -> None:
    """Read and check the records, and write those that passed and those that did not.

    Raises
    ------
    OccurrenceReadError
        A file cannot be read.
    StudyError
        A rule of the checks is unknown.
    """
    study = context.study
    sources, group = study.records.sources, study.sampling.target_group
    end = len(sources) / (len(sources) + len(group) + 1)
    files = _read_and_checked(
        context, sources, study.records.names, PartControl(control, 0, end)
    )
    kept = [item.checked.kept.assign(weight=1.0, source=item.name) for item in files]
    rejected = [item.checked.rejected.assign(source=item.name) for item in files]
    flagged = [item.checked.flagged.assign(source=item.name) for item in files]
    notes = [note for item in files for note in item.notes]
    if study.records.localities:
        good, bad = _localities(study.species)
        kept.append(good)
        rejected.append(bad)
        notes.append(
            f"{len(good)} of {len(good) + len(bad)} localities that ship stand for a presence "
            "at their place; they are at the level of protected areas."
        )
    if group:
        others = _read_and_checked(context, group, (), PartControl(control, end, 1.0))
        _write_group(context, [item.checked.kept for item in others])
    notes += _cut_lists(rejected, flagged)
    _write(context, kept, rejected, flagged)
    write_result(context.folder.file(RESULT), _result(kept, rejected, flagged, notes))
    control.report(1.0)


class _Checked(NamedTuple):
    """One file of records, read and checked."""

    name: str
    checked: CheckedOccurrences
    notes: tuple[str, ...]


def _read_and_checked(
    context: StudyContext,
    sources: Sequence[RecordSource],
    names: tuple[str, ...],
    control: Control,
) -> list[_Checked]:
    rules = record_rules(context, names)
    reference = PlaceReference.from_pack(context.pack)
    done = []
    for number, item in enumerate(sources):
        part = PartControl(control, number / len(sources), (number + 1) / len(sources))
        found = read_occurrences(
            Path(item.path),
            columns=columns_of(item),
            encoding=item.encoding or None,
            crs=item.crs or None,
            control=PartControl(part, 0.0, 0.5),
        )
        checked = check_occurrences(found, rules, reference, PartControl(part, 0.5, 1.0))
        done.append(
            _Checked(Path(item.path).name, checked, (*found.notes, checked.summary[-1]))
        )
    return done


def record_rules(context: StudyContext, names: tuple[str, ...]) -> CheckRules:
    """Return the rules by which records are checked.

    The base map is coarse: a record counts as at sea or abroad only where it is further off
    than a cell of the study and a cell of the map are wide, unless the study says otherwise.

    Parameters
    ----------
    context : StudyContext
        The study; its cells decide how precise a record must be.
    names : tuple of str
        Names that count as the species; every one where empty.

    Raises
    ------
    StudyError
        There is no such rule, or its value cannot be meant.
    """
    given = dict(context.study.records.rules)
    known = [name for name in CheckRules.__dataclass_fields__ if name != "species"]
    for name, value in given.items():
        if name not in known:
            raise StudyError(
                f"The study cannot be used: records.rules.{name}: there is no such rule. "
                f"{nearest_names_hint(name, known)}"
            )
        wanted = str(CheckRules.__dataclass_fields__[name].type)
        if "float" in wanted and not isinstance(value, int | float):
            raise StudyError(
                f"The study cannot be used: records.rules.{name} must be a number, got "
                f"{value!r}."
            )
    cell_km = round(min(context.ground.cell_m / 1000.0, 999.0), 4)
    tolerance = max(cell_km, PACK_CELL_KM)
    values: dict[str, object] = {
        "cell_km": cell_km,
        "sea_tolerance_km": tolerance,
        "border_tolerance_km": tolerance,
        **given,
        "species": names,
    }
    try:
        actions = given.get("actions", {})
        if isinstance(actions, dict):
            values["actions"] = {Reason(name): action for name, action in actions.items()}
        return CheckRules(**values)  # type: ignore[arg-type]  # what is wrong is caught below
    except (TypeError, ValueError) as error:
        raise StudyError(
            f"The study cannot be used: records.rules: {ended(str(error))}"
        ) from error


def _localities(species: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the localities that stand for a presence, and the others with the reason."""
    rows = load_localities(species)
    frame = pd.DataFrame(
        {
            "line": np.arange(2, len(rows) + 2),
            "species": [item.species_id for item in rows],
            "lon": [item.lon for item in rows],
            "lat": [item.lat for item in rows],
            "uncertainty_m": np.full(len(rows), np.nan),
            "weight": [item.weight for item in rows],
            "source": LOCALITIES,
            "evidence": [item.evidence for item in rows],
            "name": [item.site_name for item in rows],
        }
    )
    good = frame["weight"] > 0.0
    bad = frame[~good].assign(
        reason="no_certain_presence",
        sentence=[
            f"{name}: the statement is of kind {kind}, so presence at the point is not sure."
            for name, kind in zip(
                frame.loc[~good, "name"], frame.loc[~good, "evidence"], strict=True
            )
        ],
        remedy="Import records of your own for the place.",
    )
    return frame[good], bad


def _write(
    context: StudyContext,
    kept: Sequence[pd.DataFrame],
    rejected: Sequence[pd.DataFrame],
    flagged: Sequence[pd.DataFrame],
) -> None:
    columns = ["line", "lon", "lat", "uncertainty_m", "weight", "source"]
    whole = _joined([frame[columns] for frame in kept], columns)
    code, names = pd.factorize(whole["source"].astype(str))
    save_arrays(
        context.folder.file(ARRAYS),
        {
            "lon": whole["lon"].to_numpy(np.float64),
            "lat": whole["lat"].to_numpy(np.float64),
            "uncertainty_m": whole["uncertainty_m"].to_numpy(np.float64),
            "weight": whole["weight"].to_numpy(np.float64),
            "line": whole["line"].to_numpy(np.int64),
            "source": code.astype(np.int32),
            "source_names": np.asarray(names, dtype=np.str_),
        },
    )
    for path, frames in ((REJECTED, rejected), (FLAGGED, flagged)):
        listed = _joined(frames, list(_REFUSED_COLUMNS)).head(MOST_LISTED)
        write_frame(context.folder.file(path), listed)


def _cut_lists(rejected: Sequence[pd.DataFrame], flagged: Sequence[pd.DataFrame]) -> list[str]:
    """Tell which lists hold not all of what they are of."""
    return [
        f"{path} lists the first {MOST_LISTED:,} of {total:,} {what}; the counts are of all."
        for path, what, total in (
            (REJECTED, "rejected records", sum(map(len, rejected))),
            (FLAGGED, "warnings", sum(map(len, flagged))),
        )
        if total > MOST_LISTED
    ]


def _joined(frames: Sequence[pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    """Return frames one below the other with these columns, empty ones left out."""
    filled = [frame.reindex(columns=columns) for frame in frames if len(frame)]
    if not filled:
        return pd.DataFrame({name: pd.Series(dtype=object) for name in columns})
    return pd.concat(filled, ignore_index=True)


def _write_group(context: StudyContext, kept: Sequence[pd.DataFrame]) -> None:
    whole = _joined([frame[["lon", "lat"]] for frame in kept], ["lon", "lat"])
    save_arrays(
        context.folder.file(GROUP),
        {
            "lon": whole["lon"].to_numpy(np.float64),
            "lat": whole["lat"].to_numpy(np.float64),
        },
    )


def _result(
    kept: Sequence[pd.DataFrame],
    rejected: Sequence[pd.DataFrame],
    flagged: Sequence[pd.DataFrame],
    notes: Sequence[str],
) -> RecordsFound:
    reasons: Counter[str] = Counter()
    flags: Counter[str] = Counter()
    for frames, counter in ((rejected, reasons), (flagged, flags)):
        for frame in frames:
            counter.update(frame["reason"].astype(str).tolist())
    return RecordsFound(
        read=sum(len(frame) for frame in (*kept, *rejected)),
        kept=sum(len(frame) for frame in kept),
        rejected=sum(len(frame) for frame in rejected),
        flagged=sum(len(frame) for frame in flagged),
        by_reason={str(name): int(count) for name, count in reasons.most_common()},
        flags_by_reason={str(name): int(count) for name, count in flags.most_common()},
        notes=tuple(notes),
    )


def read_records_found(context: StudyContext) -> RecordsFound:
    """Read what became of the records."""
    return read_result(RecordsFound, context.folder.path / RESULT)


def target_group_places(
    context: StudyContext,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the places of the target group's records on the grid; each (n,), finite."""
    stored = load_arrays(context.folder.path / GROUP)
    to_grid = Transformer.from_crs("EPSG:4326", context.grid.crs, always_xy=True)
    x, y = to_grid.transform(
        np.asarray(stored["lon"], dtype=np.float64), np.asarray(stored["lat"], dtype=np.float64)
    )
    finite = np.isfinite(x) & np.isfinite(y)
    return np.asarray(x)[finite], np.asarray(y)[finite]
