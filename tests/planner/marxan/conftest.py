from __future__ import annotations

from pathlib import Path

import pytest

REFERENCE = Path(__file__).parents[3].parent / "shared/peer/reserve/pymarxan_small"
TABLES = {
    "input/pu.dat": "id,cost,status\n1,4,0\n2,3,0\n3,5,0\n4,2,0\n",
    "input/spec.dat": "id,target,spf,name\n1,5,1,tiger\n2,3,1,leopard\n",
    "input/puvspr.dat": "species,pu,amount\n1,1,3\n1,2,2\n1,4,4\n2,2,3\n2,3,1\n2,4,2\n",
    "input/bound.dat": "id1,id2,boundary\n1,2,1\n2,3,1\n3,4,1\n1,1,2\n2,2,1\n3,3,1\n4,4,2\n",
    "input.dat": "Input file for Annealing program.\n\nBLM 1\nINPUTDIR input\n"
    "OUTPUTDIR output\nSCENNAME mine\nPUNAME pu.dat\nSPECNAME spec.dat\nPUVSPRNAME puvspr.dat\n"
    "BOUNDNAME bound.dat\n",
}


@pytest.fixture
def reference():
    """Return the folder of the reference problems; skips where it is absent."""
    if not REFERENCE.is_dir():
        pytest.skip("the reference data are not beside the repository")
    return REFERENCE


@pytest.fixture
def make_folder(tmp_path):
    """Return a function that writes a Marxan folder: tables by path, and lines to add."""

    def make(extra="", *, without=(), home="marxan", **tables):
        named = {key.replace("__", "/") + ".dat": text for key, text in tables.items()}
        root = tmp_path / home
        for name, text in {**TABLES, **named}.items():
            if name in without:
                continue
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            content = text + extra if name == "input.dat" else text
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return root / "input.dat"

    return make
