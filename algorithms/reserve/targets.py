"""How much of a feature to hold: shares that the size of its range decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from algorithms.arrays import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class RangeRule:
    """How the share to hold falls with the size of a range.

    Attributes
    ----------
    small_km2, large_km2 : float
        Range up to which `small_share` is asked and from which `large_share` is, > 0 and the
        second greater. Between them the share is linear in the logarithm of the range.
    small_share, large_share : float
        Shares, 0 to 1.
    cap_km2 : float
        Greatest area to ask of any feature, > 0; inf for none.
    """

    small_km2: float = 1_000.0
    small_share: float = 1.0
    large_km2: float = 250_000.0
    large_share: float = 0.1
    cap_km2: float = np.inf

    def __post_init__(self) -> None:
        if not 0 < self.small_km2 < self.large_km2 < np.inf:
            raise ValueError(
                "the small range must be over 0 and below the large one, got "
                f"{self.small_km2} and {self.large_km2} km²"
            )
        if not (0 <= self.small_share <= 1 and 0 <= self.large_share <= 1):
            raise ValueError(
                "shares of a range must be from 0 to 1, got "
                f"{self.small_share} and {self.large_share}"
            )
        if not self.cap_km2 > 0:
            raise ValueError(f"the greatest area must be over 0 km², got {self.cap_km2}")


GLOBAL_GAP_RULE = RangeRule()
"""All of a range up to 1,000 km², a tenth of one from 250,000 km² (Rodrigues et al. 2004)."""


def range_scaled_shares(range_km2: FloatArray, rule: RangeRule = GLOBAL_GAP_RULE) -> FloatArray:
    """Return the share of each range to hold: the smaller the range, the more of it.

    Parameters
    ----------
    range_km2 : (features,) float64
        Size of each range in km², measured in an equal-area CRS, finite and >= 0.
    rule : RangeRule
        How the share falls.

    Returns
    -------
    (features,) float64
        Shares, 0 to 1.

    Raises
    ------
    ValueError
        A range is negative or not finite.

    Notes
    -----
    With range r between the small range a and the large one b, the share is ``s_a + (s_b -
    s_a) * log(r / a) / log(b / a)``. A share whose area would be over the cap is the cap
    divided by the range; Butchart et al. (2015) cap at 1,000,000 km².

    References
    ----------
    Rodrigues, A. S. L. et al. (2004). Global gap analysis: priority regions for expanding the
    global protected-area network. BioScience 54, 1092-1100.

    Butchart, S. H. M. et al. (2015). Shortfalls and solutions for meeting national and global
    conservation area targets. Conservation Letters 8, 329-337.
    """
    if not (np.isfinite(range_km2) & (range_km2 >= 0)).all():
        raise ValueError("ranges must be finite and >= 0")
    held = np.clip(range_km2, rule.small_km2, rule.large_km2)
    way = np.log(held / rule.small_km2) / np.log(rule.large_km2 / rule.small_km2)
    share = rule.small_share + (rule.large_share - rule.small_share) * way
    over = share * range_km2 > rule.cap_km2
    share[over] = rule.cap_km2 / range_km2[over]
    return np.asarray(share)
