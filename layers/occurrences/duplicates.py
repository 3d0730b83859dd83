"""Which records repeat an earlier one, among millions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from layers.control import Control

_PART = 500_000
_MIXER = np.uint64(0x9E3779B97F4A7C15)


def repeated(
    places: tuple[NDArray[np.float64], NDArray[np.float64]],
    keys: tuple[NDArray[np.int32], NDArray[np.int32]],
    where: NDArray[np.bool_],
    control: Control,
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Yield records that repeat an earlier one, with the first of their kind.

    Records are told apart by place to the last digit and by keys. They are divided by a hash of
    their place first, so that each part is quick to compare and the work can be stopped.

    Parameters
    ----------
    places : tuple of two (n,) float64
        Longitude and latitude.
    keys : tuple of two (n,) int32
        Species and date.
    where : (n,) bool
        Records that take part.
    control : Control
        Told the share done, from 0.7 to 1; may cancel.

    Yields
    ------
    later, earlier : (m,) int64
        Record that repeats, and the first it repeats; rising within each part.
    """
    taking = np.flatnonzero(where)
    parts = max(1, -(-len(taking) // _PART))
    part_of = _hash(places[0], places[1], taking) % np.uint64(parts)
    for part in range(parts):
        chosen = taking[part_of == np.uint64(part)]
        frame = pd.DataFrame(
            {
                "lon": places[0][chosen],
                "lat": places[1][chosen],
                "one": keys[0][chosen],
                "two": keys[1][chosen],
            }
        )
        some = frame.duplicated(keep=False).to_numpy()
        if some.any():
            among, twins = chosen[some], frame[some]
            group = twins.groupby(list(twins.columns), sort=False).ngroup().to_numpy()
            _, first = np.unique(group, return_index=True)
            earlier = among[first[group]]
            later = earlier != among
            yield among[later], earlier[later]
        control.report(0.7 + 0.3 * (part + 1) / parts)


def _hash(
    lon: NDArray[np.float64], lat: NDArray[np.float64], taking: NDArray[np.int64]
) -> NDArray[np.uint64]:
    mixed = (lon[taking] + 0.0).view(np.uint64) * _MIXER
    mixed ^= (lat[taking] + 0.0).view(np.uint64)
    mixed *= _MIXER
    found: NDArray[np.uint64] = mixed >> np.uint64(33)
    return found
