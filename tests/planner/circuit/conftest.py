from __future__ import annotations

import numpy as np
import pytest

from planner.circuit.cases import STEPS, CircuitRequest, run_case
from planner.progress import StepProgress


class Case:
    """A case in a folder: its files, its options, and what came of it."""

    def __init__(self, folder):
        self.folder = folder
        self.options = {
            "data_type": "raster",
            "scenario": "pairwise",
            "habitat_file": "habitat.asc",
            "habitat_map_is_resistances": "True",
            "point_file": "points.asc",
            "connect_four_neighbors_only": "True",
            "connect_using_avg_resistances": "True",
            "output_file": "out/case.out",
            "write_cur_maps": "True",
            "write_volt_maps": "True",
        }
        self.told = []

    def grid(self, name, values, *, corner=(0.0, 0.0), size=1.0, nodata=-9999):
        values = np.array(values, dtype=float)
        head = (
            f"ncols {values.shape[1]}\nnrows {values.shape[0]}\nxllcorner {corner[0]}\n"
            f"yllcorner {corner[1]}\ncellsize {size}\nNODATA_value {nodata}\n"
        )
        rows = [" ".join(f"{v:.17g}" for v in row) for row in values]
        (self.folder / name).write_text(head + "\n".join(rows) + "\n")

    def text(self, name, text):
        (self.folder / name).write_text(text)

    @property
    def ini(self):
        lines = [f"{key} = {value}" for key, value in self.options.items()]
        path = self.folder / "case.ini"
        path.write_text("[Circuitscape mode]\n" + "\n".join(lines) + "\n")
        return path

    def run(self, *, control=None, **asked):
        request = CircuitRequest.of(self.ini, **asked)
        weights = {name: weight for name, (_, weight) in STEPS.items()}
        watched = {} if control is None else {"control": control}
        progress = StepProgress(weights, **watched)
        self.told = []
        return run_case(request, progress, self.told.append)

    def map(self, ending):
        return np.loadtxt(self.folder / "out" / f"case_{ending}.asc", skiprows=6, ndmin=2)

    def table(self, name):
        return np.loadtxt(self.folder / "out" / f"case_{name}", ndmin=2)

    def names(self):
        return sorted(path.name for path in (self.folder / "out").iterdir())


@pytest.fixture
def case(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return Case(tmp_path)


class Dense:
    """Circuitscape's semantics by loops and dense matrices: slow, plain, written apart."""

    def __init__(self, conductance, labels=None, *, four=True, average=True):
        conductance = np.nan_to_num(np.array(conductance, dtype=float))
        rows, columns = conductance.shape
        labels = np.zeros(conductance.shape) if labels is None else np.array(labels)
        alive = {v for v in labels[conductance > 0] if v > 0}
        self.node, number = {}, {}
        for r, c in np.ndindex(rows, columns):
            label = labels[r, c]
            if label in alive or conductance[r, c] > 0:
                key = ("region", label) if label in alive else (r, c)
                self.node[r, c] = number.setdefault(key, len(number))
        self.join(conductance, len(number), four, average)

    def join(self, conductance, n, four, average):
        self.count = n
        self.link = np.zeros((n, n))
        steps = [(0, 1), (1, 0)] + ([] if four else [(1, 1), (1, -1)])
        for (r, c), i in self.node.items():
            for dr, dc in steps:
                j = self.node.get((r + dr, c + dc))
                if j is None or j == i:
                    continue
                a, b = conductance[r, c], conductance[r + dr, c + dc]
                if average:
                    g = 0.0 if min(a, b) == 0 else 1 / ((1 / a + 1 / b) / 2)
                else:
                    g = (a + b) / 2
                g /= np.hypot(dr, dc)
                self.link[i, j] += g
                self.link[j, i] += g
        self.shape = conductance.shape
        self.laplacian = np.diag(self.link.sum(axis=1)) - self.link
        self.part = np.arange(n)
        for _ in range(n):
            for i in range(n):
                joined = (self.link[i] > 0) | (np.arange(n) == i)
                self.part[joined] = self.part[joined].min()

    def at(self, r, c):
        return self.node.get((r, c), -1)

    def solve(self, source, ground):
        """Return voltages for what is fed and tied to ground at nodes, by component."""
        voltage = np.zeros(self.count)
        for part in np.unique(self.part):
            inside = np.flatnonzero(self.part == part)
            if not source[inside].any() or not ground[inside].any():
                continue
            free = inside[np.isfinite(ground[inside])]
            matrix = self.laplacian[np.ix_(free, free)] + np.diag(ground[free])
            if len(free):
                voltage[free] = np.linalg.solve(matrix, source[free])
        return voltage

    def pair(self, first, second):
        source, ground = np.zeros(self.count), np.zeros(self.count)
        source[second], ground[first] = 1.0, np.inf
        return self.solve(source, ground)

    def currents(self, voltage, finite=None):
        flow = self.link * (voltage[:, None] - voltage)
        out, into = np.maximum(flow, 0).sum(axis=1), np.maximum(-flow, 0).sum(axis=1)
        if finite is not None:
            out, into = (
                out + np.maximum(finite * voltage, 0),
                into + np.maximum(-finite * voltage, 0),
            )
        return np.maximum(out, into)

    def grid(self, values):
        found = np.zeros(self.shape)
        for cell, i in self.node.items():
            found[cell] = values[i]
        return found


@pytest.fixture
def dense():
    return Dense
