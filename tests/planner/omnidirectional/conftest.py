"""Cases of Omniscape in a folder: small grids, and an .ini file with given keys."""

import numpy as np
import pytest

from planner.omnidirectional.cases import STEPS, run_case
from planner.progress import StepProgress


def write_grid(path, values, nodata=-9999):
    rows, columns = values.shape
    body = "\n".join(
        " ".join(f"{nodata if np.isnan(v) else v:.17g}" for v in row) for row in values
    )
    path.write_text(
        f"ncols {columns}\nnrows {rows}\nxllcorner 100\nyllcorner 50\ncellsize 10\n"
        f"NODATA_value {nodata}\n{body}\n"
    )


def read_asc(path):
    values = np.loadtxt(path, skiprows=6, ndmin=2)
    values[values == -9999] = np.nan
    return values


class Case:
    def __init__(self, folder):
        self.folder = folder
        rng = np.random.default_rng(11)
        self.resistance = np.exp(rng.normal(size=(9, 12)))
        self.resistance[4, 5:7] = np.nan
        self.source = np.where(rng.random((9, 12)) < 0.6, rng.random((9, 12)), 0.0)
        self.keys = {
            "resistance_file": "resistance.asc",
            "source_file": "source.asc",
            "radius": "3",
            "project_name": "found",
            "write_as_tif": "false",
            "calc_flow_potential": "true",
            "calc_normalized_current": "true",
        }

    def write(self, **keys):
        write_grid(self.folder / "resistance.asc", self.resistance)
        write_grid(self.folder / "source.asc", self.source)
        lines = [f"{key} = {value}" for key, value in {**self.keys, **keys}.items()]
        path = self.folder / "case.ini"
        path.write_text("[Options]\n" + "\n".join(lines) + "\n")
        return path

    def run(
        self, *, control=None, cluster=None, memory_bytes=None, resume=False, out=None, **keys
    ):
        progress = StepProgress(
            {name: weight for name, (_, weight) in STEPS.items()},
            **({} if control is None else {"control": control}),
        )
        return run_case(
            self.write(**keys),
            here=self.folder,
            out=out,
            cluster=cluster,
            memory_bytes=memory_bytes,
            resume=resume,
            progress=progress,
        )


@pytest.fixture
def case(tmp_path):
    return Case(tmp_path)


@pytest.fixture
def asc():
    return read_asc


@pytest.fixture
def put_grid():
    return write_grid
