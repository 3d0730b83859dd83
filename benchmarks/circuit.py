"""Time and memory of a circuit's equations against SciPy's splu and PyAMG, in one run.

``python -m benchmarks.circuit [--side 1000] [--splu-side 1000]`` prints one row per solver for
the Laplacian of a square grid with 8 neighbours and random resistances of 1 to 100 per cell,
grounded in a corner. Every solver has a process of its own; memory is its peak beyond what it
held before, with the matrix loaded and the code compiled. All get the same matrix and the same
right sides, a unit current into one cell each.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array, csr_array, diags_array, load_npz, save_npz

from algorithms.connectivity.laplacian.solver import grounded_solver, plan_solver
from benchmarks.memory import forget_peak, peak

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from algorithms.arrays import FloatArray, IntArray

    Solve = Callable[[FloatArray], FloatArray]
    Prepare = Callable[[csr_array, IntArray], Solve]

RIGHT_SIDES = 8
ONE_BLAS_THREAD = {"OPENBLAS_NUM_THREADS": "1"}
"""Kind to all: threads of BLAS that wait for a busy core slow a hierarchy's making tenfold."""


def circuit(side: int) -> tuple[csr_array, IntArray]:
    """Return the grounded Laplacian of a square grid, and the row and column of each node."""
    cell = np.random.default_rng(0).uniform(1, 100, (side, side))
    index = np.arange(side * side, dtype=np.int32).reshape(side, side)
    ends = []
    for first, second, length in (
        (np.s_[:, :-1], np.s_[:, 1:], 1.0),
        (np.s_[:-1], np.s_[1:], 1.0),
        (np.s_[:-1, :-1], np.s_[1:, 1:], np.sqrt(2)),
        (np.s_[:-1, 1:], np.s_[1:, :-1], np.sqrt(2)),
    ):
        conductance = 2 / (length * (cell[first] + cell[second]))
        ends.append((index[first].ravel(), index[second].ravel(), conductance.ravel()))
    i, j, g = (np.concatenate(part) for part in zip(*ends, strict=True))
    shape = (side * side, side * side)
    off = csr_array(coo_array((g, (i, j)), shape=shape))
    off = csr_array(off + off.T)
    whole = csr_array(diags_array(np.asarray(off.sum(axis=1)).ravel()) - off)
    position = np.argwhere(index >= 0).astype(np.int32)
    return csr_array(whole[1:, 1:]), position[1:]  # the first cell is the ground


def direct(matrix: csr_array, position: IntArray) -> Solve:
    """Factorise with Landbridge."""
    return grounded_solver(matrix, position=position).solve


def iterative(matrix: csr_array, position: IntArray) -> Solve:
    """Build Landbridge's hierarchy."""
    plan = plan_solver(matrix, position=position, method="iterative")
    return grounded_solver(matrix, plan=plan, tolerance=1e-8).solve


def splu_default(matrix: csr_array, _position: IntArray) -> Solve:
    """Factorise with SuperLU as it comes."""
    from scipy.sparse.linalg import splu  # noqa: PLC0415 - each process loads one tool only

    return splu(matrix.tocsc()).solve


def splu_symmetric(matrix: csr_array, _position: IntArray) -> Solve:
    """Factorise with SuperLU, told that the matrix is symmetric."""
    from scipy.sparse.linalg import splu  # noqa: PLC0415 - each process loads one tool only

    return splu(
        matrix.tocsc(),
        permc_spec="MMD_AT_PLUS_A",
        diag_pivot_thresh=0.0,
        options={"SymmetricMode": True},
    ).solve


def smoothed_aggregation(matrix: csr_array, _position: IntArray) -> Solve:
    """Build PyAMG's hierarchy by smoothed aggregation as it comes."""
    import pyamg  # noqa: PLC0415 - each process loads one tool only

    levels = pyamg.smoothed_aggregation_solver(matrix)
    return _by_column(lambda b: levels.solve(b, tol=1e-8, accel="cg", maxiter=500))


def ruge_stuben(matrix: csr_array, _position: IntArray) -> Solve:
    """Build PyAMG's classical hierarchy as it comes."""
    import pyamg  # noqa: PLC0415 - each process loads one tool only

    levels = pyamg.ruge_stuben_solver(matrix)
    return _by_column(lambda b: levels.solve(b, tol=1e-8, accel="cg", maxiter=500))


def _by_column(solve: Solve) -> Solve:
    return lambda b: np.column_stack([solve(column) for column in b.reshape(b.shape[0], -1).T])


SOLVERS: dict[str, Prepare] = {
    "landbridge direct": direct,
    "landbridge iterative": iterative,
    "splu (COLAMD)": splu_default,
    "splu (MMD, symmetric)": splu_symmetric,
    "pyamg SA + CG": smoothed_aggregation,
    "pyamg RS + CG": ruge_stuben,
}


def _clock() -> FloatArray:
    """Return seconds of the wall, and of all cores."""
    return np.array([time.perf_counter(), time.process_time()])


def _seconds(both: list[float]) -> str:
    return f"{both[0]:6.2f} s ({both[1]:6.2f})"


def solve_once(name: str, folder: Path) -> None:
    """Solve the circuit in a folder, keep the voltages there, and print times and memory."""
    small, place = circuit(12)
    SOLVERS[name](small, place)(np.ones((small.shape[0], 2)))  # compile
    SOLVERS[name](small, place)(np.ones((small.shape[0], 1)))
    matrix = csr_array(load_npz(folder / "matrix.npz"))
    position = np.load(folder / "position.npy")
    current = np.load(folder / "current.npy")
    held = forget_peak()
    begin = _clock()
    solve = SOLVERS[name](matrix, position)
    made = _clock()
    voltage = np.asarray(solve(current[:, :1])).reshape(-1, 1)
    first = _clock()
    after_one = peak()
    rest = np.asarray(solve(current[:, 1:]))
    done = _clock()
    np.save(folder / f"{name}.npy", np.column_stack([voltage, rest]))
    print(
        json.dumps(
            {
                "prepare": (made - begin).tolist(),
                "first": (first - made).tolist(),
                "further": ((done - first) / rest.shape[1]).tolist(),
                "peak": after_one - held,
            }
        )
    )


def compare(side: int, names: Sequence[str]) -> None:
    """Print a row per solver for one grid; differences are from the first of them."""
    matrix, position = circuit(side)
    rng = np.random.default_rng(1)
    current = np.zeros((matrix.shape[0], RIGHT_SIDES))
    current[rng.integers(0, matrix.shape[0], RIGHT_SIDES), np.arange(RIGHT_SIDES)] = 1.0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        save_npz(folder / "matrix.npz", matrix, compressed=False)
        np.save(folder / "position.npy", position)
        np.save(folder / "current.npy", current)
        for solver in names:
            done = subprocess.run(
                [sys.executable, "-W", "ignore", "-m", __spec__.name, "--solver", solver, name],
                capture_output=True,
                text=True,
                check=True,
                env=os.environ | ONE_BLAS_THREAD,
            )
            seen = json.loads(done.stdout.splitlines()[-1])
            known = np.load(folder / f"{names[0]}.npy")
            apart = np.abs(np.load(folder / f"{solver}.npy") - known).max(axis=0)
            print(
                f"{matrix.shape[0]:>9,} unknowns  {solver:<21} "
                f"prepare {_seconds(seen['prepare'])}  first {_seconds(seen['first'])}  "
                f"each further {_seconds(seen['further'])}  "
                f"peak {seen['peak'] / 1e6:5.0f} MB  "
                f"apart {np.max(apart / np.abs(known).max(axis=0)):.0e}"
            )


def main(arguments: Sequence[str] = ()) -> None:
    """Measure what the arguments ask for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.circuit")
    parser.add_argument("--side", type=int, default=1000, help="cells of a side")
    parser.add_argument(
        "--splu-side", type=int, default=1000, help="the same for splu, if less"
    )
    parser.add_argument("--solver", nargs=2, help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    if asked.solver:
        solve_once(asked.solver[0], Path(asked.solver[1]))
        return
    print(
        f"a circuit of random resistances, grounded, {RIGHT_SIDES} right sides: seconds of the "
        "wall, and of all cores in brackets"
    )
    lu = [name for name in SOLVERS if name.startswith("splu")]
    together = asked.splu_side >= asked.side
    compare(asked.side, [name for name in SOLVERS if together or name not in lu])
    if not together:
        print("splu on a smaller grid:")
        compare(asked.splu_side, ["landbridge direct", *lu])


if __name__ == "__main__":
    main(sys.argv[1:])
