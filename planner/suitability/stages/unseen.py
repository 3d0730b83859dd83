"""Classes of layers that a model has not seen in training, counted on its maps."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from planner.suitability.mapped import UnseenClasses

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from algorithms.control import Control
    from layers.covariates import CovariateStack

_MOST_CODES = 1000


def unseen_classes(
    stack: CovariateStack,
    predicted: CovariateStack,
    seen: Mapping[str, NDArray[np.float64]],
    control: Control,
) -> tuple[UnseenClasses, ...]:
    """Count the predicted cells whose class no point of the training had.

    Parameters
    ----------
    stack : CovariateStack
        Layers that the maps were made from.
    predicted : CovariateStack
        One map on the same grid; unknown cells of it do not count.
    seen : mapping of str to (k,) float64
        Layer of classes to the codes in the training.
    control : Control
        Told the share of the tiles read; may cancel.

    Returns
    -------
    tuple of UnseenClasses
        Only of layers that have any, in the order of `seen`.
    """
    if not seen:
        return ()
    counts: dict[str, Counter[int]] = {name: Counter() for name in seen}
    classes = stack.selected(list(seen))
    with classes.reader() as reader, predicted.reader() as maps:
        for done, tile in enumerate(classes.plan):
            control.report(done / len(classes.plan))
            known = np.isfinite(maps.read(tile)[0])
            for (name, codes), values in zip(seen.items(), reader.read(tile), strict=True):
                here = values[known & np.isfinite(values)]
                new, number = np.unique(here[~np.isin(here, codes)], return_counts=True)
                counts[name].update(
                    {int(code): int(n) for code, n in zip(new, number, strict=True)}
                )
    control.report(1.0)
    return tuple(
        UnseenClasses(
            name,
            tuple(code for code, _ in counted.most_common(_MOST_CODES)),
            counted.total(),
        )
        for name, counted in counts.items()
        if counted
    )
