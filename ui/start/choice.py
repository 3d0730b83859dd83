"""Which project to work on: one that is there, or a new one for a region."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from planner.profiles import load_region
from resources.errors import UsageError

if TYPE_CHECKING:
    from planner.own_regions import RegionWish

USAGE = "Usage: landbridge app [PROJECT] | --region ID [--out DIR]"


@dataclass(frozen=True)
class OpenProject:
    """Open a project that is there.

    Parameters
    ----------
    path : Path
        Its folder.
    """

    path: Path


@dataclass(frozen=True)
class CreateProject:
    """Open the project of a region in a folder, or make it.

    Parameters
    ----------
    region_id : str
        Region profile.
    folder : Path
        Where the project's folder lies or is made.
    """

    region_id: str
    folder: Path


@dataclass(frozen=True)
class CreateOwnProject:
    """Make a project for a region of one's own.

    Parameters
    ----------
    wish : RegionWish
        Name, extent, species and resolution.
    folder : Path
        Where the project's folder is made.
    files : tuple of Path
        Data of one's own, to be added to its map.
    """

    wish: RegionWish
    folder: Path
    files: tuple[Path, ...] = ()


Choice: TypeAlias = OpenProject | CreateProject | CreateOwnProject


def choice_of(arguments: list[str], folder: Path) -> Choice | None:
    """Return what the command line asks for; None where it leaves the choice to the user.

    Parameters
    ----------
    arguments : list of str
        Words after ``landbridge app``.
    folder : Path
        Where projects are made by default.

    Raises
    ------
    UsageError
        The words make no sense, or the region is unknown.
    """
    region, out, projects = "", "", []
    words = iter(arguments)
    for word in words:
        if word in {"--region", "--out"}:
            value = next(words, "")
            if not value or value.startswith("--"):
                raise UsageError(f"{word} needs a value. {USAGE}")
            region, out = (value, out) if word == "--region" else (region, value)
        elif word.startswith("-"):
            raise UsageError(f"The window has no option {word}. {USAGE}")
        else:
            projects.append(word)
    if len(projects) > 1 or (projects and region) or (out and not region):
        raise UsageError(f"Name one project, or one region with --region, not both. {USAGE}")
    if projects:
        return OpenProject(Path(projects[0]))
    if region:
        load_region(region)
        return CreateProject(region, Path(out) if out else folder)
    return None
