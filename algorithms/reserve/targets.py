"""How much of each feature to hold: shares of the total, and shares that rarity decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

if TYPE_CHECKING:
    from collections.abc import Sequence

    from algorithms.arrays import FloatArray, IntArray


def relative_targets(total: FloatArray, share: float | FloatArray) -> FloatArray:
    """Return targets that are shares of what there is.

    Parameters
    ----------
    total : (features,) float64
        Amount of each feature over its whole layer, land outside the planning units
        included, finite and >= 0.
    share : float or (features,) float64
        Share of it to hold, 0 to 1.

    Returns
    -------
    (features,) float64
        In the unit of `total`.

    Raises
    ------
    ValueError
        A value is outside its range.
    """
    _check_amounts("totals", total)
    wanted = np.broadcast_to(np.asarray(share, np.float64), total.shape)
    if not ((wanted >= 0) & (wanted <= 1)).all():
        raise ValueError(f"shares of the total must be from 0 to 1, got {share}")
    return np.asarray(total * wanted)


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
        A range is outside its range of values.

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
    _check_amounts("ranges", range_km2)
    held = np.clip(range_km2, rule.small_km2, rule.large_km2)
    way = np.log(held / rule.small_km2) / np.log(rule.large_km2 / rule.small_km2)
    share = rule.small_share + (rule.large_share - rule.small_share) * way
    over = share * range_km2 > rule.cap_km2
    share[over] = rule.cap_km2 / range_km2[over]
    return np.asarray(share)


def range_scaled_targets(
    range_km2: FloatArray,
    total: FloatArray | None = None,
    *,
    rule: RangeRule = GLOBAL_GAP_RULE,
) -> FloatArray:
    """Return targets that ask the more of a feature the smaller its range is.

    Parameters
    ----------
    range_km2 : (features,) float64
        Size of each range, as for `range_scaled_shares`.
    total : (features,) float64, optional
        Amount of each feature over its whole layer, where that is no area in km²; the range
        itself by default.
    rule : RangeRule
        How the share falls.

    Returns
    -------
    (features,) float64
        In the unit of `total`.

    Raises
    ------
    ValueError
        A value is outside its range, or the shapes disagree.
    """
    amount = range_km2 if total is None else total
    if amount.shape != range_km2.shape:
        raise ValueError(
            f"there are {range_km2.size} ranges and {amount.size} totals of features"
        )
    return relative_targets(amount, range_scaled_shares(range_km2, rule))


@dataclass(frozen=True, slots=True, eq=False)
class CountryRows:
    """Features split by country: a row for what each country has of each.

    Attributes
    ----------
    amount : (rows, n) sparse float64
        The feature's amount in the units of that country; 0 in all others.
    feature : (rows,) int32
        Number of the feature of each row.
    code : (rows,) int32
        Code of the country of each row.
    """

    amount: csr_array
    feature: IntArray
    code: IntArray


def rows_by_country(
    amount: csr_array,
    country: IntArray,
    *,
    features: Sequence[int] | None = None,
    codes: Sequence[int] | None = None,
) -> CountryRows:
    """Split features by country, so that each country can have a target of its own.

    Parameters
    ----------
    amount : (features, n) sparse float64
        Amount of each feature in each unit.
    country : (n,) int32
        Code of the country of each unit.
    features : sequence of int, optional
        Numbers of the features to split; all by default.
    codes : sequence of int, optional
        Countries to give a row; all that have a unit by default.

    Returns
    -------
    CountryRows
        Feature by feature, the countries of each in the order given. A country that has
        nothing of a feature has an empty row, for a target on it must be refused and not
        forgotten.

    Raises
    ------
    ValueError
        The shapes disagree, or a feature or country is not there.
    """
    count, units = amount.shape
    if country.shape != (units,):
        raise ValueError(f"there are {units} units and countries for {country.size}")
    chosen = range(count) if features is None else features
    present = [int(code) for code in np.unique(country)]
    wanted = present if codes is None else list(codes)
    for number in chosen:
        if not 0 <= number < count:
            raise ValueError(f"there is no feature number {number}: there are {count}")
    for asked in wanted:
        if asked not in present:
            raise ValueError(f"no unit belongs to the country {asked}")
    feature = np.repeat(np.asarray(list(chosen), np.int32), len(wanted))
    code = np.tile(np.asarray(wanted, np.int32), len(list(chosen)))
    cells = csr_array(amount)[feature].tocoo()
    row, column = cells.coords
    inside = country[column] == code[row]
    split = csr_array(
        (cells.data[inside], (row[inside], column[inside])), shape=(feature.size, units)
    )
    return CountryRows(split, feature, code)


def _check_amounts(what: str, amount: FloatArray) -> None:
    if not (np.isfinite(amount) & (amount >= 0)).all():
        raise ValueError(f"{what} must be finite and >= 0")
