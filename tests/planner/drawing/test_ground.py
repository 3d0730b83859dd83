"""The real ground of a region, against independent ways to measure the same."""

import numpy as np
import pytest
import shapely
from pyproj import Transformer
from shapely import box

from layers.catalogue.geodesy import area_km2
from layers.grid import region_grid
from layers.pack import DataPack, filled_from_nearest
from layers.raster import write_cog
from planner.drawing.ground import DrawingGround, ground_key
from planner.profiles import load_region, load_species
from planner.project import AddFeatures, Project, SetSetting
from planner.workspace import equal_area_crs

REGION = load_region("tumen-estuary")


@pytest.fixture(scope="module")
def pack():
    return DataPack.open()


@pytest.fixture(scope="module")
def to_map():
    crs = equal_area_crs(REGION.bounds.lonlat)
    return Transformer.from_crs("EPSG:4326", crs, always_xy=True)


def moved(shape, to_map):
    return shapely.transform(shape, lambda at: np.column_stack(to_map.transform(*at.T)))


@pytest.fixture(scope="module")
def park(to_map):
    """A park over the border: only what lies in its own country protects anything."""
    return moved(box(130.3, 42.4, 130.8, 42.8), to_map)


@pytest.fixture(scope="module")
def made(tmp_path_factory, pack, park):
    crs = equal_area_crs(REGION.bounds.lonlat)
    grid = region_grid(REGION.bounds.lonlat, REGION.cell_size_m.value)
    folder = tmp_path_factory.mktemp("ground") / "p"
    with Project.create(folder, name="p", region_id=REGION.id, crs=crs) as project:
        site = {
            "site_id": "park",
            "name_en": "Park",
            "countries": ["RUS"],
            "kind": "nominal",
            "state": "active",
            "designation_class": "national_park",
            "geometry": park,
        }
        point = site | {"site_id": "dot", "kind": "point", "geometry": park.centroid}
        project.execute(AddFeatures("sites", [site, point, site | {"geometry": None}]))
        project.execute(SetSetting("species", ["amur-tiger"]))
        suitability = np.tile(np.linspace(1, 0, grid.shape[1]), (grid.shape[0], 1))
        project.raster_path("x").parent.mkdir(exist_ok=True)
        write_cog(project.raster_path("suitability_amur-tiger"), suitability, grid)
        yield project, DrawingGround.of(project, pack)


def test_areas_are_those_of_the_ellipsoid(made, pack, to_map):
    _, ground = made
    square = box(130.4, 42.3, 131.2, 42.9)
    found = ground.measure(moved(square.segmentize(0.01), to_map))
    assert found.area_km2 == pytest.approx(area_km2(square), rel=1e-5)
    countries = pack.basemap("countries")
    for item in found.countries:
        shape = countries[countries["iso3"] == item.iso3].geometry.union_all()
        expected = area_km2(shapely.intersection(shape, square))
        assert item.area_km2 == pytest.approx(expected, rel=2e-3)
    assert {item.iso3 for item in found.countries} == {"CHN", "PRK", "RUS"}
    assert found.sea_km2 == pytest.approx(found.area_km2 - found.land_km2, abs=1e-6)


def test_cost_is_that_of_proposals_and_widening(made, pack, to_map):
    _, ground = made
    square = moved(box(130.9, 43.0, 131.3, 43.2), to_map)
    pressure = np.clip(
        filled_from_nearest(pack.on_grid("settlement_pressure", ground.grid)), 0, 1
    )
    x, y = ground.grid.cell_centres()
    inside = shapely.contains_xy(square, *np.meshgrid(x, y))
    land = pack.country_grid(ground.grid)[0] > 0
    expected = (1 + pressure)[inside & land].sum() * ground.grid.cell_area_km2
    assert ground.measure(square).cost == pytest.approx(expected, rel=0.02)


def test_habitat_is_what_the_model_calls_habitat(made, to_map):
    project, ground = made
    (mask,) = ground.habitat.values()
    x, y = ground.grid.cell_centres()
    square = moved(box(130.0, 42.6, 131.3, 43.3), to_map)
    inside = shapely.contains_xy(square, *np.meshgrid(x, y))
    found = ground.measure(square).habitat[0]
    expected = (mask & inside).sum() * ground.grid.cell_area_km2
    assert found.km2 == pytest.approx(expected, rel=0.02)
    threshold = load_species("amur-tiger").value("habitat_threshold").value
    assert mask.sum() / (ground.grid.shape[0] * ground.grid.shape[1]) < 1 - threshold + 0.01
    assert project.settings["species"] == ["amur-tiger"]


def test_site_protects_land_of_its_own_country_only(made, park):
    _, ground = made
    found = ground.measure(park)
    by_country = {item.iso3: item for item in found.countries}
    russia, china = by_country["RUS"], by_country["CHN"]
    assert russia.protected_km2 == pytest.approx(russia.area_km2)
    assert russia.nominal_km2 == pytest.approx(russia.area_km2)
    assert russia.cost == pytest.approx(0, abs=1e-6)
    assert china.protected_km2 == 0
    assert [item.site_id for item in found.sites] == ["park", "dot"]


def test_settlements_are_those_of_the_pack(made, pack, to_map):
    _, ground = made
    square = box(130.2, 42.7, 130.6, 43.1)
    frame = pack.basemap("settlements")
    inside = frame[frame.within(square)]
    found = ground.measure(moved(square.segmentize(0.01), to_map)).settlements
    assert found.count == len(inside) > 0
    assert found.people == inside["population"].sum()
    assert "GeoNames" in found.source
    assert "CC BY 4.0" in found.source


def test_key_changes_with_what_is_measured_on(made):
    project, ground = made
    assert ground_key(project) == ground.key
    project.execute(SetSetting("unrelated", 1))
    assert ground_key(project) == ground.key
    project.execute(AddFeatures("sites", [{"site_id": "new", "kind": "unlocated"}]))
    assert ground_key(project) != ground.key
    project.undo()
    assert ground_key(project) == ground.key
    project.execute(SetSetting("species", ["amur-tiger", "amur-leopard"]))
    assert ground_key(project) != ground.key


def test_region_box_is_outside_in_no_part(made, to_map):
    _, ground = made
    west, south, east, north = REGION.bounds.lonlat
    inner = box(west + 0.01, south + 0.01, east - 0.01, north - 0.01)
    found = ground.measure(moved(inner.segmentize(0.02), to_map))
    assert found.outside_km2 == pytest.approx(0, abs=1e-6)
    beyond = ground.measure(moved(box(west - 0.2, south + 0.2, west, south + 0.4), to_map))
    assert beyond.outside_km2 == pytest.approx(beyond.area_km2, rel=1e-3)
