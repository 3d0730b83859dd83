"""Presences by record: a record of uncertain place has many cells and is one presence."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.suitability.stages.sample_stage import Sample


class Units(NamedTuple):
    """What is dealt out to folds: records, each with all of its cells, and background points.

    Parameters
    ----------
    of : (n,) int64
        Unit of each point of the sample.
    presence : (u,) bool
        True for records.
    x, y : (u,) float64
        Place, metres; of a record the mean of its cells by weight.
    country : (u,) str
        Zone; of a record the one that most of its weight lies in.
    """

    of: NDArray[np.int64]
    presence: NDArray[np.bool_]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    country: NDArray[np.str_]


def units_of(sample: Sample) -> Units:
    """Return the units of a sample, records first as their numbers rise, then background.

    Parameters
    ----------
    sample : Sample
        Presences, some of which may be of one record, and background.
    """
    n = len(sample.presence)
    alone = np.arange(n) + (int(sample.record.max(initial=-1)) + 1)
    _, first, of = np.unique(
        np.where(sample.presence, sample.record, alone), return_index=True, return_inverse=True
    )
    of = of.ravel().astype(np.int64)
    total = np.bincount(of, sample.weight)
    place = [np.bincount(of, sample.weight * axis) / total for axis in (sample.x, sample.y)]
    return Units(of, sample.presence[first], place[0], place[1], _main_country(sample, of))


def _main_country(sample: Sample, of: NDArray[np.int64]) -> NDArray[np.str_]:
    names, number = np.unique(sample.country, return_inverse=True)
    pair, which = np.unique(of * len(names) + number.ravel(), return_inverse=True)
    held = np.bincount(which.ravel(), sample.weight)
    unit, country = np.divmod(pair, len(names))
    order = np.lexsort((country, -held, unit))
    _, first = np.unique(unit[order], return_index=True)
    main: NDArray[np.str_] = names[country[order[first]]]
    return main


def record_count(sample: Sample, chosen: NDArray[np.bool_] | None = None) -> int:
    """Return the number of records among the presences, or among chosen ones of them."""
    here = sample.presence if chosen is None else sample.presence & chosen
    return len(np.unique(sample.record[here]))
