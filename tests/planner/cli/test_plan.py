from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

import planner.cli.plan as plan_module
from planner.pipeline.plan import PlanResult
from planner.profiles import load_region, load_species, region_ids, species_ids


@pytest.fixture
def planned(monkeypatch, tmp_path):
    """Put a plan that is done at once in the place of the real one; remember the requests."""
    requests = []
    written = tmp_path / "out [x]" / "report.html"
    written.parent.mkdir()
    written.write_bytes(b"x" * 1_234_000)
    small = written.with_name("sites.csv")
    small.write_bytes(b"x" * 2_600)
    result = PlanResult(written.parent, (), (written, small), ())

    def make_plan(request, progress):
        requests.append(request)
        progress.reuse("sites")
        with progress.step(f"habitat:{request.species[0].id}") as control:
            control.report(0.5)
        return make_plan.result

    make_plan.result = result
    make_plan.requests = requests
    monkeypatch.setattr(plan_module, "make_plan", make_plan)
    return make_plan


def words(text):
    return " ".join(re.sub(r"[│╭╮╰╯─•]", " ", text).split())


def test_help_reads_well(landbridge):
    ended = landbridge("plan", "--help")
    assert ended.status == 0
    assert ended.err == ""
    text = words(ended.out)
    assert text.startswith("Usage: landbridge plan [OPTIONS] [REGION] Make a plan: habitat")
    assert "A second run reuses what has not changed. Ctrl-C stops; what was" in text
    for option in ("--species", "--out", "--seed", "--maps", "--no-maps", "--list", "--help"):
        assert option in text
    assert "[the region's]" in text
    assert "[default: tiger-leopard]" in text
    examples = [line.strip(" •") for line in ended.out.splitlines() if "•" in line]
    assert len(examples) == 3
    for example in examples:
        assert example.startswith("landbridge plan")


def test_the_examples_of_the_help_are_requests(landbridge, planned):
    help_text = landbridge("plan", "--help").out
    examples = [line.strip(" •") for line in help_text.splitlines() if "•" in line]
    for example in examples:
        assert landbridge(*example.split()[1:]).status == 0
    regions = [request.region.id for request in planned.requests]
    assert regions == ["tiger-leopard", "tumen-estuary", "north-east-asia"]
    assert [request.maps for request in planned.requests] == [True, False, True]
    assert [item.id for item in planned.requests[2].species] == ["snow-leopard"]
    assert planned.requests[2].folder == Path("plans")


def test_regions_and_species_are_listed_on_a_line_each(landbridge):
    ended = landbridge("plan", "--list")
    lines = [line.split() for line in ended.out.splitlines()]
    assert [line[0] for line in lines] == ["Regions", *region_ids(), "Species", *species_ids()]
    assert load_region("tumen-estuary").names.en in ended.out
    assert load_species("amur-tiger").names.en in ended.out


def test_what_is_asked_for_is_what_is_planned(landbridge, planned, tmp_path):
    asked = ("-s", "amur-leopard", "--species", "amur-tiger", "-s", "amur-leopard")
    ended = landbridge(
        "plan", "tumen-estuary", *asked, "--seed", 7, "-o", tmp_path, "--no-maps"
    )
    assert ended.status == 0
    (request,) = planned.requests
    assert request.region.id == "tumen-estuary"
    assert [item.id for item in request.species] == ["amur-leopard", "amur-tiger"]
    assert (request.seed, request.maps, request.folder) == (7, False, tmp_path)
    assert ended.out.startswith("Tumen River estuary: Amur leopard, Amur tiger\n")


def test_steps_and_files_are_told_a_line_each(landbridge, planned):
    lines = landbridge("plan").out.splitlines()
    assert lines[1] == "Sites and cross-border pairs: reused unchanged"
    assert re.fullmatch(r"Habitat, Amur tiger: done \d\.\d s", lines[2])
    first, second = planned.result.written
    assert lines[-3:] == ["Written:", f"  {first}  1.2 MB", f"  {second}  3 kB"]


def test_on_a_terminal_each_step_has_a_bar(landbridge, planned, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    shown = landbridge("plan").out
    assert "\x1b[" in shown
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown)
    assert re.search(r"Sites and cross-border pairs\s+━+\s+100%\s+unchanged", plain)
    assert re.search(r"Habitat, Amur tiger\s+━+\s+100%\s+0\.\d s", plain)


def test_what_could_not_be_made_is_a_failure_in_one_paragraph(landbridge, planned, tmp_path):
    planned.result = replace(planned.result, problems=("There is no QGIS. Install it.",))
    ended = landbridge("plan", "tumen-estuary", "-o", tmp_path)
    assert ended.status == 1
    assert "Written:" in ended.out
    assert ended.err == (
        f"landbridge: The plan in {tmp_path}/tumen-estuary.landbridge is complete but for the "
        "maps. There is no QGIS. Install it.\n"
    )
