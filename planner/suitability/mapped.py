"""What a model says of the land and of its variables: curves, importance, maps, areas."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from planner.suitability.measured import Number  # noqa: TC001 - read at run time


@dataclass(frozen=True, slots=True)
class CurveFound:
    """How suitability changes along one variable.

    Parameters
    ----------
    name : str
        Layer.
    kind : {"continuous", "categorical"}
        Of the layer.
    values : (n,) tuple of float
        Along the variable, or class codes.
    mean, low, high : (n,) tuple
        Suitability, and its range over the model and those of the folds.
    presences, background : (n,) tuple
        Density of either along the variable, 1 at the highest.
    supported : (n,) tuple of bool
        Whether there are enough points near the value; elsewhere the curve extrapolates.
    """

    name: str
    kind: Literal["continuous", "categorical"]
    values: tuple[float, ...]
    mean: tuple[Number, ...]
    low: tuple[Number, ...]
    high: tuple[Number, ...]
    presences: tuple[Number, ...]
    background: tuple[Number, ...]
    supported: tuple[bool, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportanceFound:
    """What a variable is worth to the model.

    Parameters
    ----------
    name : str
        Layer.
    auc_loss, auc_loss_sd : float or None
        Fall of the AUC where the variable is shuffled.
    percent : float or None
        Share of the sum of all falls.
    """

    name: str
    auc_loss: Number
    auc_loss_sd: Number
    percent: Number


@dataclass(frozen=True, slots=True)
class RasterFound:
    """One map of a run.

    Parameters
    ----------
    name : str
        ``suitability``, ``without_disturbance``, ``similarity``, ... ; of a projection
        ``NAME/suitability``.
    path : str
        Inside the folder of the run, with ``/``.
    title, unit : str
        For legends; ``1`` for a pure number.
    """

    name: str
    path: str
    title: str
    unit: str


@dataclass(frozen=True, slots=True)
class ZoneArea:
    """Suitable land of one State, of other land or of a site.

    Parameters
    ----------
    map : str
        ``today`` or the name of a projection.
    kind : {"all", "country", "site"}
        What the zone is.
    zone, name : str
        Identifier and name; of a State its code, ``other`` for other land.
    area_km2 : float
        Land of the zone that the map knows.
    suitable_km2, undisturbed_km2, lost_km2 : float or None
        At or above the threshold, the same without disturbance, and what people cost.
    mean, mean_loss : float or None
        Mean suitability, and how much of it people cost.
    gained_km2 : float or None
        Suitable with disturbance and not without it: where the model has learnt that the
        species seeks people or what comes with them.
    unknown_km2 : float or None
        Land of the zone on the grid that the map does not know.
    extrapolated_km2 : float or None
        Part of the suitable land where some variable is outside what the model has seen.
    p10_km2 : float or None
        Land at or above the 10th percentile of presences, the usual other rule.
    appeared_km2, vanished_km2 : float or None
        Of a projection on the grid of today: suitable in it and not today, and the reverse.
    cells : int or None
        Cells of the zone that the map knows.
    """

    map: str
    kind: Literal["all", "country", "site"]
    zone: str
    name: str
    area_km2: float
    suitable_km2: Number
    undisturbed_km2: Number
    lost_km2: Number
    mean: Number
    mean_loss: Number
    gained_km2: Number = None
    unknown_km2: Number = None
    extrapolated_km2: Number = None
    p10_km2: Number = None
    appeared_km2: Number = None
    vanished_km2: Number = None
    cells: int | None = None

    @property
    def in_known_km2(self) -> Number:
        """Part of the suitable land in conditions that the model has seen."""
        if self.suitable_km2 is None or self.extrapolated_km2 is None:
            return None
        return max(0.0, self.suitable_km2 - self.extrapolated_km2)


@dataclass(frozen=True, slots=True)
class UnseenClasses:
    """Classes of a layer that no presence and no background point had in training.

    Parameters
    ----------
    name : str
        Layer.
    codes : tuple of int
        Its unseen classes, the most frequent first.
    cells : int
        Predicted cells that have one of them.
    """

    name: str
    codes: tuple[int, ...]
    cells: int

    @property
    def sentence(self) -> str:
        """What they are, how many cells have them, and how these are predicted."""
        most = 10
        listed = ", ".join(map(str, self.codes[:most]))
        more = f" and {len(self.codes) - most} more" if len(self.codes) > most else ""
        kind = "class" if len(self.codes) == 1 else "classes"
        return (
            f"{self.name}: the model has never seen the {kind} {listed}{more}, which "
            f"{self.cells:,} cell(s) have. There {self.name} tells the model nothing: only the "
            "other layers count, and the cells are told as extrapolated."
        )


@dataclass(frozen=True, slots=True)
class MapsFound:
    """Maps of one set of layers.

    Parameters
    ----------
    name : str
        ``today`` or the name of a projection.
    rasters : tuple of RasterFound
        What was written.
    predicted_cells : int
        Cells with a prediction.
    extrapolated_share : float or None
        Share of their area where some variable is outside what the model has seen.
    most_dissimilar : dict of str to float
        Layer to the share of the extrapolated area for which it is the most dissimilar.
    notes : tuple of str
        What must be told.
    title : str
        What people call the projection; the name where empty.
    unseen : tuple of UnseenClasses
        Classes that the model has not seen in training, by layer.
    """

    name: str
    rasters: tuple[RasterFound, ...]
    predicted_cells: int
    extrapolated_share: Number
    most_dissimilar: dict[str, float]
    notes: tuple[str, ...]
    title: str = ""
    unseen: tuple[UnseenClasses, ...] = ()

    @property
    def shown(self) -> str:
        """What people call the maps."""
        return self.title or self.name


@dataclass(frozen=True, slots=True)
class UnderstandingFound:
    """What the model has learnt, and what follows for land.

    Parameters
    ----------
    curves : tuple of CurveFound
        One per variable.
    importance : tuple of ImportanceFound
        One per variable, the most important first.
    threshold_rule : str
        Rule by which land counts as suitable.
    threshold : float or None
        The threshold.
    areas : tuple of ZoneArea
        Per map, country and site.
    """

    curves: tuple[CurveFound, ...]
    importance: tuple[ImportanceFound, ...]
    threshold_rule: str
    threshold: Number
    areas: tuple[ZoneArea, ...]
