"""The guide names every picture that its script takes, and no other."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from scripts import guide_pictures
from scripts.guide import begin, drawing, layers, scenarios, shell
from scripts.guide import map as maps

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "guide"
PAGES = sorted(GUIDE.glob("*.md"))
IMAGES = {path.name for path in (GUIDE / "images").glob("*.png")}
MODULES = (begin, maps, layers, drawing, scenarios, shell)
MOST_BYTES = 6_000_000


def named_in(page):
    return set(re.findall(r"!\[[^\]]+\]\(images/([^)]+)\)", page.read_text("utf-8")))


def taken_by(module):
    """Names that a module hands to what takes pictures."""
    code = inspect.getsource(module)
    plain = re.findall(r"hand\.(?:take|keep|take_over|take_menu)\(\s*\"(\w+)\"", code)
    listed = re.findall(r"\(\"(compare_\w+)\", \"\w+\"\)", code)
    steps = [f"wizard_{step}" for step in getattr(module, "STEPS", ())]
    return {f"{name}.png" for name in (*plain, *listed, *steps)}


def test_there_is_a_page_for_every_subject_and_the_index_names_it():
    index = (GUIDE / "README.md").read_text("utf-8")
    assert len(PAGES) > 5
    assert [p.name for p in PAGES if p.name != "README.md" and f"({p.name})" not in index] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_picture_that_a_page_names_is_there(page):
    assert named_in(page) <= IMAGES


def test_every_picture_is_named_once_or_more():
    assert set().union(*(named_in(page) for page in PAGES)) == IMAGES


def test_the_script_takes_every_picture_and_no_other():
    assert set().union(*(taken_by(module) for module in MODULES)) == IMAGES


def test_every_task_takes_a_picture():
    for name, task in guide_pictures.TASKS.items():
        assert re.search(r"hand\.(take|keep)", inspect.getsource(task)), name


def test_pictures_are_small():
    sizes = {path.name: path.stat().st_size for path in (GUIDE / "images").glob("*.png")}
    assert sum(sizes.values()) < MOST_BYTES


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_link_leads_somewhere(page):
    for target in re.findall(r"\]\(([^)]+)\)", page.read_text("utf-8")):
        path, _, heading = target.partition("#")
        there = page.parent / path if path else page
        assert there.exists(), target
        if heading:
            titles = re.findall(r"^#+ (.+)$", there.read_text("utf-8"), re.MULTILINE)
            assert heading in {title.lower().replace(" ", "-") for title in titles}, target
