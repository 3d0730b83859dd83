"""Where the species are known to be: the localities that ship, at the level of protected areas.

They are few and coarse. `Locality.evidence` tells presences from statements about a whole area
and from places where presence is not confirmed; only the first kind is for fitting models.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from resources.errors import PlannerError
from resources.paths import resource_path

if TYPE_CHECKING:
    from pathlib import Path

MAX_LOCALITIES_BYTES = 20_000_000

# Expert values: how often a locality is drawn into a model's sample, relative to a breeding
# place that was read with its coordinates. A passing animal says half as much of the habitat, a
# recalled statement half; coordinates recalled to about 10 km, a cell's size, three quarters.
_ROLE_WEIGHT = {
    "breeding": 1.0,
    "resident": 1.0,
    "wintering": 1.0,
    "staging": 1.0,
    "dispersal": 0.5,
}
_STATUS_WEIGHT = {"read": 1.0, "recalled": 0.5}
_COORDINATES_WEIGHT = {"read": 1.0, "recalled": 0.75}


class LocalityError(PlannerError, ValueError):
    """A file of localities cannot be read; the message names file, line and remedy."""


class Locality(BaseModel):
    """One place of one species.

    Attributes
    ----------
    site_id : str
        The site of the catalogue that the name means; empty where there is none.
    country : str
        ISO3 code as published with the locality.
    lat, lon : float
        Degrees, EPSG:4326.
    coordinates : {"read", "recalled"}
        Whether the coordinates were read, or recalled to about 10 km.
    evidence : {"presence", "area", "unconfirmed"}
        ``area`` where the point stands for a wide area or a whole republic, ``unconfirmed``
        where presence is only claimed, modelled, possible or planned.
    status : {"read", "recalled"}
        Whether the statement was read in `source`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    species_id: Annotated[str, StringConstraints(min_length=1)]
    site_name: Annotated[str, StringConstraints(min_length=1)]
    site_id: str
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    lat: Annotated[float, Field(ge=-90.0, le=90.0)]
    lon: Annotated[float, Field(ge=-180.0, le=180.0)]
    coordinates: Literal["read", "recalled"]
    role: Literal["breeding", "resident", "wintering", "staging", "dispersal"]
    evidence: Literal["presence", "area", "unconfirmed"]
    count_or_status: str
    year: Annotated[str, StringConstraints(pattern=r"^(\d{4})?$")]
    status: Literal["read", "recalled"]
    source: Annotated[str, StringConstraints(min_length=1)]

    @property
    def weight(self) -> float:
        """Weight in a model, 0 to 1; 0 where presence at the point is not sure."""
        if self.evidence != "presence":
            return 0.0
        return (
            _ROLE_WEIGHT[self.role]
            * _STATUS_WEIGHT[self.status]
            * _COORDINATES_WEIGHT[self.coordinates]
        )


def load_localities(
    species_id: str | None = None, path: Path | None = None
) -> tuple[Locality, ...]:
    """Return the known localities.

    Parameters
    ----------
    species_id : str, optional
        Only those of this species; all by default.
    path : Path, optional
        A CSV file with the columns of `Locality`; the shipped one by default.

    Returns
    -------
    tuple of Locality
        In the order of the file.

    Raises
    ------
    LocalityError
        The file cannot be read, or a line is not a locality.
    """
    path = path or resource_path("species", "localities.csv")
    try:
        if path.stat().st_size > MAX_LOCALITIES_BYTES:
            raise _unreadable(path, f"it is larger than {MAX_LOCALITIES_BYTES:,} bytes")
        with path.open(encoding="utf-8", newline="") as stream:
            reader = csv.DictReader(stream, strict=True, restval="")
            found = [_locality(path, reader.line_num, row) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise _unreadable(path, str(error)) from error
    return tuple(one for one in found if species_id in (None, one.species_id))


def _locality(path: Path, line: int, row: dict[str | None, str]) -> Locality:
    if None in row:
        raise _unreadable(path, f"line {line} has more fields than the first line has names")
    try:
        return Locality.model_validate(row)
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in problem["loc"])
        raise _unreadable(path, f"line {line}, field {field}: {problem['msg']}") from error


def _unreadable(path: Path, what: str) -> LocalityError:
    return LocalityError(
        f"The localities in {path} cannot be used: {what}. Correct the file, or put back the "
        f"one that came with Landbridge."
    )
