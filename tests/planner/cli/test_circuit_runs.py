"""``landbridge circuit`` on Omniscape cases and on a project."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely

from layers.grid import Grid, region_grid
from layers.raster import write_cog
from planner.profiles import load_region
from planner.project import AddFeatures, AddScenario, Project, SetSetting


def put(path, values):
    rows, columns = values.shape
    body = "\n".join(" ".join(f"{v:g}" for v in row) for row in values)
    path.write_text(
        f"ncols {columns}\nnrows {rows}\nxllcorner 0\nyllcorner 0\ncellsize 100\n"
        f"NODATA_value -9999\n{body}\n"
    )


@pytest.fixture
def case(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    put(tmp_path / "r.asc", np.ones((7, 7)))
    put(tmp_path / "s.asc", np.ones((7, 7)))

    def written(**keys):
        values = {
            "resistance_file": "r.asc",
            "source_file": "s.asc",
            "radius": "2",
            "project_name": "maps",
            **keys,
        }
        path = tmp_path / "omni.ini"
        path.write_text("".join(f"{key} = {value}\n" for key, value in values.items()))
        return path

    return written


def test_an_omniscape_case_runs(case, landbridge, tmp_path):
    ended = landbridge("circuit", case(), "--memory", "2")
    assert ended.status == 0
    assert "49 windows of 2 cells" in ended.out
    assert "GB of memory" in ended.out
    assert "Within 2 cells of the edge" in ended.out
    assert "cum_currmap.tif" in ended.out
    assert (tmp_path / "maps" / "cum_currmap.tif").is_file()
    ended = landbridge("circuit", case(block_size="2"), "--out", tmp_path / "here", "--resume")
    assert ended.status == 0
    assert "block_size is 2" in ended.out
    assert (tmp_path / "here" / "config.ini").is_file()


@pytest.mark.parametrize(
    ("keys", "words", "told"),
    [
        ({"radius": "0"}, (), (2, "radius is 0")),
        ({"resistance_file": "gone.asc"}, (), (1, "gone.asc")),
        ({"source_file": "small.asc"}, (), (1, "same cells")),
        ({"resistance_file": "zero.asc"}, (), (1, "row 1, column 1")),
        ({}, ("--species", "amur-tiger"), (2, "project folder")),
        ({}, ("--memory", "0.01"), (1, "GB of memory")),
    ],
)
def test_bad_cases_are_one_line(case, landbridge, keys, words, told):
    status, said = told
    put(Path("small.asc"), np.ones((2, 2)))
    put(Path("zero.asc"), np.zeros((7, 7)))
    ended = landbridge("circuit", case(**keys), *words)
    assert ended.status == status
    assert said in ended.err
    assert len(ended.err.strip().splitlines()) == 1


@pytest.fixture
def made(tmp_path):
    """Return a project of the Tumen estuary with two cores and a neck between them."""
    region = load_region("tumen-estuary")
    grid = region_grid(region.bounds.lonlat, region.cell_size_m.value)
    rows, columns = grid.shape
    middle, left, right = rows // 2, columns // 2 - 6, columns // 2 + 6
    resistance = np.full(grid.shape, np.nan)
    resistance[middle - 3 : middle + 4, left - 4 : right + 5] = 1.0
    resistance[middle - 3 : middle + 4, columns // 2] = np.nan
    resistance[middle, columns // 2] = 30.0
    cores = np.zeros(grid.shape, np.int32)
    cores[middle - 3 : middle + 4, left - 4 : left] = 1
    cores[middle - 3 : middle + 4, right : right + 5] = 2
    with Project.create(
        tmp_path / "tumen", name="Tumen", region_id=region.id, crs=grid.crs, author="Ann"
    ) as project:
        project.execute(AddScenario("plan", "Plan"))
        project.execute(SetSetting("species", ["amur-tiger"]))
        write_cog(project.raster_path("resistance_amur-tiger"), resistance, grid)
        write_cog(project.raster_path("cores_amur-tiger"), cores, grid, nodata=0)
        swath = grid_box(grid, (middle - 3, middle + 4), (left, right))
        same = {"species": "amur-tiger", "scenario": "plan"}
        project.execute(
            AddFeatures(
                "cores",
                [
                    {
                        **same,
                        "core_id": f"amur-tiger-{number}",
                        "name": f"Core {number}",
                        "countries": ["CHN"],
                        "area_km2": 1.0,
                        "site_ids": [],
                        "geometry": swath,
                    }
                    for number in (1, 2)
                ],
            )
        )
        record = {
            **same,
            "corridor_id": "amur-tiger-1:amur-tiger-2",
            "name": "Core 1 to Core 2",
            "core_a": "amur-tiger-1",
            "core_b": "amur-tiger-2",
            "countries": ["CHN"],
            "cost": (12 * 1.0 + 30.0) * region.cell_size_m.value,
            "attributes": {"adjoining": False},
        }
        project.execute(
            AddFeatures(
                "corridors",
                [
                    {**record, "kind": "path", "geometry": swath.exterior},
                    {**record, "kind": "swath", "geometry": swath},
                ],
            )
        )
    return project.path


def grid_box(grid: Grid, rows, columns):
    west, _, _, north = grid.bounds
    height, width = grid.cell_size
    return shapely.box(
        west + columns[0] * width,
        north - rows[1] * height,
        west + columns[1] * width,
        north - rows[0] * height,
    )


def test_a_project_is_looked_at_and_its_places_listed(made, landbridge):
    ended = landbridge("circuit", made)
    assert ended.status == 0, ended.err
    assert "Amur tiger" in ended.out
    assert "Pinch points" in ended.out
    assert "Core 1 to Core 2" in ended.out
    waist = next(line for line in ended.out.splitlines() if " 100  " in line)
    assert waist.split()[-2:] == ["100", "1.0"]
    assert "that one cell of " in ended.out
    assert "Land to restore" in ended.out
    assert "current_amur-tiger.tif" in ended.out
    again = landbridge("circuit", made, "--species", "amur-tiger")
    assert again.status == 0
    assert "unchanged" in again.out
    table = (made / "exports" / "pinch_points_amur-tiger.csv").read_text(encoding="utf-8-sig")
    assert table.splitlines()[0].startswith("corridor_id,corridor,country,lon,lat")


def test_what_does_not_fit_a_project_is_refused(made, landbridge):
    assert landbridge("circuit", made, "--resume").status == 2
    flying = landbridge("circuit", made, "--species", "hooded-crane")
    assert flying.status == 2
    assert "fly" in flying.err
    nothing = landbridge("circuit", made, "--species", "amur-leopard")
    assert nothing.status == 1
    assert "landbridge corridors" in nothing.err
