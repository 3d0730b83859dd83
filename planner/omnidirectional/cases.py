"""Running an Omniscape case: an .ini file unchanged gives its maps under their names."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from algorithms.connectivity.omnidirectional import MovingWindow, normalised, target_blocks
from algorithms.connectivity.window_circuit import Joints
from planner.circuit.errors import CircuitInputError
from planner.circuit.ini import read_ini
from planner.circuit.memory import SHARE_OF_AVAILABLE, available_bytes
from planner.circuit.places import found_inputs
from planner.files import made_folder
from planner.omnidirectional.files import (
    OmniInputs,
    copy_case,
    read_inputs,
    write_map,
)
from planner.omnidirectional.options import OmniOptions, read_options
from planner.omnidirectional.tiles import (
    OmniRun,
    allowed_workers,
    can_resume,
    forget_tiles,
    forget_unbegun,
    run_tiles,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from algorithms.connectivity.omnidirectional import Currents
    from planner.progress import StepProgress

STEPS = {
    "read": ("Reading the case", 1.0),
    "windows": ("Currents of all windows", 100.0),
    "write": ("Writing the maps", 1.0),
}
"""Steps of every case: name to label and expected share of the time."""


@dataclass(frozen=True, slots=True)
class OmniResult:
    """What came of a case.

    Attributes
    ----------
    folder : Path
        Where the results are.
    written : tuple of Path
        The files.
    warnings : tuple of str
        Sentences for the user.
    windows : int
        How many windows were solved, now or in a run that was resumed.
    memory_bytes : float
        What the run was expected to take before it started.
    """

    folder: Path
    written: tuple[Path, ...]
    warnings: tuple[str, ...]
    windows: int
    memory_bytes: float


def run_case(  # noqa: PLR0913 - where and how, each optional
    path: Path,
    *,
    here: Path | None = None,
    out: Path | None = None,
    cluster: str | None = None,
    memory_bytes: float | None = None,
    resume: bool = False,
    tell: Callable[[str], None] | None = None,
    progress: StepProgress,
) -> OmniResult:
    """Run an Omniscape case.

    Parameters
    ----------
    path : Path
        The .ini file.
    here : Path, optional
        Folder that relative paths are looked up in first; the current one by default.
    out : Path, optional
        Folder for the results. By default that of the case's project_name, in the folder that
        the resistance file was found from; where it exists it gets a number, as in Omniscape.
    cluster : str, optional
        Address of a dask.distributed scheduler; the same numbers.
    memory_bytes : float, optional
        Memory that may be used, by default most of what is free. Where it is not enough for
        all cores, fewer work at once.
    resume : bool
        Whether to go on with the tiles that an interrupted run of the same case has finished.
    tell : callable, optional
        Called with sentences for the user before the work starts: warnings, the number of
        windows, the memory, and where edges cut windows.
    progress : StepProgress
        Knows `STEPS`; told the progress; may cancel, which keeps the finished tiles.

    Raises
    ------
    CircuitCaseError
        The case cannot be meant as written.
    CircuitInputError
        A file is missing or cannot be used.
    CircuitMemoryError
        The case does not fit in memory; known before any window is solved.
    LayerWriteError
        The results cannot be written.
    ClusterError
        The cluster cannot be reached or lost its workers.
    """
    with progress.step("read") as control:
        options, warnings = read_options(path, read_ini(path))
        asked = {key: str(getattr(options, key)) for key in options.input_keys()}
        inputs, root = found_inputs(path, asked, here or Path.cwd())
        control.report(0.1)
        found = read_inputs(options, inputs)
        run = _run(options, found)
        limit = SHARE_OF_AVAILABLE * available_bytes() if memory_bytes is None else memory_bytes
        workers = allowed_workers(run, limit)
        control.report(0.9)
        folder = _folder(run, (options, root, out), resume=resume)
        _refuse_overwriting(path, inputs, folder, options)
    sentences = (*warnings, *found.warnings)
    if tell is not None:
        for sentence in (*sentences, *_announcement(run, workers)):
            tell(sentence)
    with progress.step("windows") as control:
        try:
            currents = run_tiles(run, folder, cluster=cluster, workers=workers, control=control)
        finally:
            forget_unbegun(folder, made=out is None)
    with progress.step("write"):
        written = _write(folder, currents, found, options)
        written = (*written, copy_case(path, folder))
        forget_tiles(folder)
    return OmniResult(
        folder,
        written,
        sentences,
        int(run.targets.rows.size),
        run.memory_bytes(workers),
    )


def _run(options: OmniOptions, found: OmniInputs) -> OmniRun:
    window = MovingWindow(
        radius=options.radius,
        block_size=options.block_size,
        buffer=options.buffer,
        corrects_blocks=options.correct_artifacts,
        joints=Joints(four_neighbours=options.connect_four_neighbors_only),
        like_omniscape=True,
    )
    targets = target_blocks(found.ground.source, options.block_size)
    if targets.rows.size == 0:
        rows, columns = found.header.shape
        raise CircuitInputError(
            f"No block of {options.block_size} cells with a source fits into the grid of "
            f"{rows} x {columns} cells. Make block_size smaller."
        )
    return OmniRun(found.ground, targets, window, options.potential)


def _announcement(run: OmniRun, workers: int) -> tuple[str, ...]:
    reach = run.window.reach
    return (
        f"{run.targets.rows.size:,} windows of {reach} cells around their targets, in "
        f"{len(run.busy):,} tiles; about {run.memory_bytes(workers) / 1e9:.2f} GB of memory.",
        f"Within {reach} cells of the edge of the grid windows are cut, and currents too low.",
    )


def _folder(
    run: OmniRun, place: tuple[OmniOptions, Path, Path | None], *, resume: bool
) -> Path:
    """Return the folder of the results, made; tiles of other runs in it are removed."""
    options, root, out = place
    wanted = root / options.project_name.replace("\\", "/") if out is None else out
    candidates = [wanted]
    if out is None:
        while candidates[-1].exists():
            candidates.append(wanted.with_name(f"{wanted.name}_{len(candidates)}"))
    if resume:
        for folder in reversed(candidates):
            if can_resume(folder, run):
                return folder
    folder = made_folder(candidates[-1])
    forget_tiles(folder)
    return folder


def _refuse_overwriting(
    case: Path, inputs: dict[str, Path], folder: Path, options: OmniOptions
) -> None:
    ending = "tif" if options.write_as_tif else "asc"
    names = ("cum_currmap", "flow_potential", "normalized_cum_currmap", "classified_resistance")
    targets = {(folder / f"{name}.{ending}").resolve() for name in names}
    for path in inputs.values():
        if path.resolve() in targets:
            raise CircuitInputError(
                f"{case}: the results in {folder} would replace {path}, which the case reads. "
                "Choose another folder with --out."
            )


def _write(
    folder: Path, currents: Currents, found: OmniInputs, options: OmniOptions
) -> tuple[Path, ...]:
    maps = {}
    if options.reclassify_resistance and options.write_reclassified_resistance:
        maps["classified_resistance"] = found.resistance
    masked = found.blank & options.mask_nodata
    if options.write_raw_currmap:
        maps["cum_currmap"] = np.where(masked, np.nan, currents.current)
    if options.calc_flow_potential:
        maps["flow_potential"] = np.where(masked, np.nan, currents.potential)
    if options.calc_normalized_current:
        maps["normalized_cum_currmap"] = np.where(masked, np.nan, normalised(currents))
    return tuple(
        write_map(folder, name, values, found.header, options) for name, values in maps.items()
    )
