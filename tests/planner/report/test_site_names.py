from __future__ import annotations

import pytest

from layers.catalogue import Catalogue
from planner.profiles import load_region
from planner.project import AddFeatures, Project, RunRecord
from planner.report.page import Paragraph
from planner.report.plan_report import plan_report
from planner.report.reserve_comparison import proposals_section
from planner.report.words import corridor_named, told
from planner.reserve.proposal import MemberSite, Proposal, Proposals
from planner.sheet_names import printed_names
from planner.sheet_words import LANGUAGE_OF
from resources.translation import LANGUAGES, speaking

LAEA = "+proj=laea +lat_0=43 +lon_0=131 +datum=WGS84 +units=m +no_defs"
CHANGBAI = ("Changbai Mountain National Nature Reserve", "长白山国家级自然保护区")
LEOPARD = ("Land of the Leopard National Park", "Земля леопарда")
SHOWN = {
    "en": (CHANGBAI[0], LEOPARD[0]),
    "zh": (CHANGBAI[1], LEOPARD[0]),
    "ru": (CHANGBAI[0], LEOPARD[1]),
    "ja": (CHANGBAI[0], LEOPARD[0]),
}


@pytest.fixture
def project(tmp_path):
    with Project.create(
        tmp_path / "names", name="Names", region_id="tumen-estuary", crs=LAEA, author="Ann"
    ) as made:
        started = "2026-01-02T03:04:05+00:00"
        made.add_run(RunRecord("r1", "sites", "ab" * 32, {}, 3, {}, started, 1.26, {}))
        yield made


@pytest.mark.parametrize(("code", "shown"), SHOWN.items())
def test_a_table_names_a_site_in_its_country_s_language_where_that_is_spoken(
    project, tmp_path, outline, code, shown
):
    pair = {
        "name_a": CHANGBAI[0],
        "name_b": LEOPARD[0],
        "border": "CHN-RUS",
        "basis": "both",
        "species": [],
    }
    project.execute(AddFeatures("pairs", [pair]))
    with speaking(code):
        report = plan_report(
            project,
            load_region("tumen-estuary"),
            (),
            overview=None,
            pictures={},
            problems=(),
        )
    found = outline(report.write(tmp_path / "report.html"))
    rows = [row for table in found.tables for row in table]
    assert [row[:2] for row in rows if "CHN-RUS" in row] == [list(shown)]


@pytest.mark.parametrize(("code", "shown"), SHOWN.items())
def test_a_text_names_a_site_as_a_table_does(code, shown):
    with speaking(code):
        name = corridor_named(f"{CHANGBAI[0]} to {LEOPARD[0]} and 3 more")
    assert name.startswith(shown[0])
    assert shown[1] in name


@pytest.mark.parametrize(("code", "shown"), SHOWN.items())
def test_the_members_of_a_proposal_are_named_as_in_a_table(code, shown):
    proposal = Proposal(
        proposal_id="one",
        name="One",
        kind="",
        countries=("CHN", "RUS"),
        members=(
            MemberSite(site_id="changbai", name=CHANGBAI[0], iso3="CHN"),
            MemberSite(site_id="leopard", name=LEOPARD[0], iso3="RUS"),
        ),
        species=(),
        area_km2=2.0,
        added_km2=1.0,
        cost=1.0,
        parts_by_country=(),
        habitat_km2={},
        pairs=(),
        units=(0,),
        geometry_wkb="",
    )
    found = Proposals(solution="best", items=(proposal,), national=())
    with speaking(code):
        section = proposals_section(found, None)
    told_of_members = [
        block.text
        for block in section.blocks
        if isinstance(block, Paragraph) and "(CHN)" in block.text
    ]
    assert len(told_of_members) == 1
    assert f"{shown[0]} (CHN)" in told_of_members[0]
    assert f"{shown[1]} (RUS)" in told_of_members[0]


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_report_names_every_site_as_a_sheet_does(project, code):
    sites = list(Catalogue.load())
    project.execute(
        AddFeatures(
            "sites",
            [
                {
                    "site_id": site.site_id,
                    "name_en": site.name_en,
                    "name_local": site.name_local or None,
                    "countries": list(site.countries),
                }
                for site in sites
            ],
        )
    )
    with speaking(code):
        printed = next(
            names.told for names in printed_names(project) if names.layer_id == "site_areas"
        )
        in_report = {site.site_id: told(site.name_en) for site in sites}
    spoken_there = code in LANGUAGE_OF.values()
    assert bool(printed) == spoken_there
    assert in_report == {
        site.site_id: printed.get(site.site_id, site.name_en) for site in sites
    }
