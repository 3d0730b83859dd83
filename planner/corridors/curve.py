"""The resistance curve of a project: what suitability, or the class of land, costs to cross."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Literal, Protocol, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError, model_validator

from algorithms.connectivity.resistance import (
    resistance_from_classes,
    resistance_from_points,
    resistance_from_suitability,
)
from planner.profiles import load_species
from planner.project import SetSetting
from resources.errors import PlannerError
from resources.translation import filled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from planner.profiles import SpeciesProfile
    from planner.project import Project
    from planner.project.commands import Command

Resistance = Annotated[FiniteFloat, Field(ge=1.0, le=1e6)]
Share = Annotated[FiniteFloat, Field(ge=0.0, le=1.0)]

_SETTING = "resistance_curve:"


class CurveError(PlannerError, ValueError):
    """A resistance curve that cannot be used; names the place and the remedy."""


class ClassedLand(Protocol):
    """Land with classes; a study is one."""

    @property
    def categories(self) -> Mapping[str, Mapping[int, str]]:
        """Class names by code of each categorical variable of the data pack."""

    def layer(self, name: str) -> NDArray[np.float64]:
        """(rows, columns) float64: a variable of the data pack, NaN at sea."""


class ResistanceCurve(BaseModel):
    """How resistance follows from suitability or from classes of land.

    Attributes
    ----------
    kind : {"exponential", "points", "classes"}
        A negative exponential of suitability; straight lines between drawn points; or one
        value per class of land.
    maximum : float
        ``exponential``: resistance where suitability is 0, >= 1.
    shape : float
        ``exponential``: how soon resistance falls as suitability rises; 0 is a straight line.
    points : tuple of (float, float)
        ``points``: suitability, rising from 0 or more to 1 at most, and the resistance there,
        >= 1; beyond the ends the value of the end holds.
    variable : str
        ``classes``: categorical variable of the data pack.
    classes : dict of str to float
        ``classes``: name of the class in the data pack to resistance, >= 1.
    other : float
        ``classes``: resistance of every other class, >= 1.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["exponential", "points", "classes"] = "exponential"
    maximum: Resistance = 100.0
    shape: Annotated[FiniteFloat, Field(ge=-50.0, le=50.0)] = 8.0
    points: tuple[tuple[Share, Resistance], ...] = ()
    variable: str = ""
    classes: dict[str, Resistance] = {}
    other: Resistance = 100.0

    @model_validator(mode="after")
    def _usable(self) -> Self:
        if self.kind == "points":
            at = [suitability for suitability, _ in self.points]
            if len(at) < 2 or any(b <= a for a, b in pairwise(at)):
                raise ValueError(
                    "a drawn curve needs two points or more, of rising suitability"
                )
        if self.kind == "classes" and not (self.variable and self.classes):
            raise ValueError("a curve by class needs a variable and one class or more")
        return self

    @classmethod
    def of_profile(cls, profile: SpeciesProfile) -> ResistanceCurve:
        """Return the curve of a species profile."""
        return cls(
            kind="exponential",
            maximum=profile.value("resistance_maximum").value,
            shape=profile.value("resistance_shape").value,
        )

    @property
    def parameters(self) -> dict[str, object]:
        """What the curve is made of, without what its kind does not use."""
        of_kind = {
            "exponential": {"maximum", "shape"},
            "points": {"points"},
            "classes": {"variable", "classes", "other"},
        }
        return self.model_dump(mode="json", include={"kind", *of_kind[self.kind]})

    def of_suitability(self, suitability: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the resistance of land of this suitability, 0 to 1, NaN where it is NaN.

        Raises
        ------
        CurveError
            The curve goes by classes.
        """
        if self.kind == "exponential":
            return resistance_from_suitability(
                suitability, maximum=self.maximum, shape=self.shape
            )
        if self.kind == "points":
            return resistance_from_points(suitability, self.points)
        raise CurveError("A curve by class of land says nothing of suitability.")

    def of_land(
        self, suitability: NDArray[np.float64], land: ClassedLand
    ) -> NDArray[np.float64]:
        """Return the resistance of land.

        Parameters
        ----------
        suitability : (rows, columns) float64
            0 to 1, NaN where unknown.
        land : ClassedLand
            Knows the classes of the land on the same grid.

        Raises
        ------
        CurveError
            The data pack lacks the variable or a class; names those that it has.
        """
        if self.kind != "classes":
            return self.of_suitability(suitability)
        if self.variable not in land.categories:
            raise CurveError(
                f"The resistance curve goes by classes of {self.variable!r}, which the data "
                f"pack lacks. It has classes of {', '.join(sorted(land.categories))}."
            )
        names = land.categories[self.variable]
        codes = {name.casefold(): code for code, name in names.items()}
        unknown = [name for name in self.classes if name.casefold() not in codes]
        if unknown:
            raise CurveError(
                f"The resistance curve has a value for {unknown[0]!r}, which is no class of "
                f"{self.variable}. Its classes: {'; '.join(names.values())}."
            )
        of_code = {codes[name.casefold()]: value for name, value in self.classes.items()}
        return resistance_from_classes(land.layer(self.variable), of_code, self.other)

    def sampled(self, n: int = 101) -> tuple[list[float], list[float]]:
        """Return suitability from 0 to 1 and the resistance there, for drawing.

        Parameters
        ----------
        n : int
            How many places, 2 or more; the drawn points are among them as well.

        Returns
        -------
        tuple of list of float
            Suitability and resistance; both empty for a curve by class.
        """
        if self.kind == "classes":
            return [], []
        drawn = [at for at, _ in self.points] if self.kind == "points" else []
        at = np.unique([*np.linspace(0.0, 1.0, n), *drawn])
        return at.tolist(), self.of_suitability(at[None])[0].tolist()

    def shown(self) -> str:
        """Return the curve in words, for lists and reports."""
        if self.kind == "exponential":
            return f"exponential, from {self.maximum:,g} down to 1, shape {self.shape:g}"
        if self.kind == "points":
            places = ", ".join(f"{value:,g} at {at:g}" for at, value in self.points)
            return f"drawn through {places}"
        of_class = ", ".join(f"{name} {value:,g}" for name, value in self.classes.items())
        return f"by class of {self.variable}: {of_class}, other {self.other:,g}"


def curve_setting(species_id: str) -> str:
    """Return the name of the project setting that holds the curve of a species."""
    return f"{_SETTING}{species_id}"


def curve_of(project: Project, species_id: str) -> ResistanceCurve:
    """Return the curve that a project uses for a species: its own, or the profile's.

    Raises
    ------
    CurveError
        The project's own curve was altered and cannot be used.
    UsageError
        There is no profile of that name, or it holds no curve.
    """
    return own_curve(project, species_id) or ResistanceCurve.of_profile(
        load_species(species_id)
    )


def own_curve(project: Project, species_id: str) -> ResistanceCurve | None:
    """Return the curve that was set in the project, or None where the profile's holds.

    Raises
    ------
    CurveError
        It was altered and cannot be used.
    """
    stored = project.settings.get(curve_setting(species_id))
    if stored is None:
        return None
    try:
        return ResistanceCurve.model_validate(stored)
    except ValidationError as error:
        why = str(error.errors()[0]["msg"]).removeprefix("Value error, ")
        raise CurveError(
            f"The resistance curve of {species_id} in {project.path} cannot be used: "
            f"{why}. Draw it again, or go back to the curve of the species profile."
        ) from error


def set_curve(species_id: str, curve: ResistanceCurve | None) -> Command:
    """Return the edit that gives a species a curve of the project's own.

    Parameters
    ----------
    species_id : str
        Species.
    curve : ResistanceCurve or None
        None goes back to the curve of the species profile.
    """
    name = load_species(species_id).names.en
    if curve is None:
        label = filled("Resistance of {species} as in its profile", species=name)
        return SetSetting(curve_setting(species_id), None, label)
    return SetSetting(
        curve_setting(species_id),
        curve.parameters,
        filled("Change resistance of {species}", species=name),
    )
