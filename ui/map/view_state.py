"""Which part of the ground a map shows, and how pixels and map units belong together."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TypeAlias

Extent: TypeAlias = tuple[float, float, float, float]
"""West, south, east, north in the units of the map's CRS."""

Point: TypeAlias = tuple[float, float]

MINIMUM_EXTENT_SHARE = 1e-5
"""How far in the map can be zoomed, as a share of the whole region's width."""
MAXIMUM_EXTENT_SHARE = 6.0
"""How far out the map can be zoomed, as a multiple of the whole region's width."""


@dataclass(frozen=True)
class ViewState:
    """A north-up view of the ground; every change makes a new one.

    Parameters
    ----------
    centre : tuple of float
        Map coordinates of the middle of the view.
    resolution : float
        Map units per device-independent pixel, > 0.
    width_px, height_px : int
        Size of the view in device-independent pixels, >= 1.
    """

    centre: Point
    resolution: float
    width_px: int
    height_px: int

    def __post_init__(self) -> None:
        if not (math.isfinite(self.resolution) and self.resolution > 0):
            raise ValueError(
                f"resolution must be a positive number of map units, got {self.resolution}"
            )
        if self.width_px < 1 or self.height_px < 1:
            raise ValueError(
                f"a view of {self.width_px} x {self.height_px} pixels shows nothing"
            )

    @classmethod
    def fitting(
        cls, extent: Extent, width_px: int, height_px: int, *, margin: float = 0.04
    ) -> ViewState:
        """Return the closest view that holds an extent.

        Parameters
        ----------
        extent : tuple of float
            West, south, east, north in map units; may be a point or a line.
        width_px, height_px : int
            Size of the view.
        margin : float
            Share of the view left free on each side.
        """
        west, south, east, north = extent
        free = 1 - 2 * margin
        resolution = max(
            (east - west) / (width_px * free), (north - south) / (height_px * free)
        )
        if resolution <= 0:
            resolution = 1.0
        centre = ((west + east) / 2, (south + north) / 2)
        return cls(centre, resolution, width_px, height_px)

    @property
    def extent(self) -> Extent:
        """West, south, east, north in map units."""
        x, y = self.centre
        half_width = self.resolution * self.width_px / 2
        half_height = self.resolution * self.height_px / 2
        return (x - half_width, y - half_height, x + half_width, y + half_height)

    def to_map(self, x_px: float, y_px: float) -> Point:
        """Return the map coordinates under a pixel; (0, 0) is the upper left corner."""
        west, _, _, north = self.extent
        return (west + x_px * self.resolution, north - y_px * self.resolution)

    def to_pixel(self, x: float, y: float) -> Point:
        """Return the pixel that shows a place in map coordinates."""
        west, _, _, north = self.extent
        return ((x - west) / self.resolution, (north - y) / self.resolution)

    def panned(self, dx_px: float, dy_px: float) -> ViewState:
        """Return the view after its content was moved right and down by so many pixels."""
        x, y = self.centre
        return replace(self, centre=(x - dx_px * self.resolution, y + dy_px * self.resolution))

    def zoomed(self, factor: float, at_px: Point | None = None) -> ViewState:
        """Return the view enlarged by a factor, with the place under a pixel kept there.

        Parameters
        ----------
        factor : float
            Above 1 zooms in, > 0.
        at_px : tuple of float, optional
            The pixel whose place stays; the middle where None.
        """
        if not (math.isfinite(factor) and factor > 0):
            raise ValueError(f"a zoom factor must be a positive number, got {factor}")
        at = (self.width_px / 2, self.height_px / 2) if at_px is None else at_px
        x, y = self.to_map(*at)
        resolution = self.resolution / factor
        centre = (
            x - (at[0] - self.width_px / 2) * resolution,
            y + (at[1] - self.height_px / 2) * resolution,
        )
        return replace(self, centre=centre, resolution=resolution)

    def resized(
        self, width_px: int, height_px: int, *, moved_px: tuple[int, int] = (0, 0)
    ) -> ViewState:
        """Return the view in another frame, with the ground standing still on the screen.

        Parameters
        ----------
        width_px, height_px : int
            New size.
        moved_px : tuple of int
            How far the frame's upper left corner moved right and down on the screen.
        """
        west, _, _, north = self.extent
        west += moved_px[0] * self.resolution
        north -= moved_px[1] * self.resolution
        centre = (
            west + width_px * self.resolution / 2,
            north - height_px * self.resolution / 2,
        )
        return ViewState(centre, self.resolution, width_px, height_px)

    def shows(self, extent: Extent, *, margin: float = 0.05) -> bool:
        """Tell whether an extent lies wholly inside the view, clear of its margin."""
        west, south, east, north = self.extent
        dx, dy = (east - west) * margin, (north - south) * margin
        return (
            extent[0] >= west + dx
            and extent[1] >= south + dy
            and extent[2] <= east - dx
            and extent[3] <= north - dy
        )

    def limited(self, region: Extent) -> ViewState:
        """Return the view kept within reach of a region: neither lost in space nor in a grain.

        Parameters
        ----------
        region : tuple of float
            What the project is about; the view's middle stays within half its span of it.
        """
        west, south, east, north = region
        span = max(east - west, north - south)
        smallest = span * MINIMUM_EXTENT_SHARE / self.width_px
        largest = span * MAXIMUM_EXTENT_SHARE / self.width_px
        return replace(
            self,
            centre=(
                min(max(self.centre[0], west - span / 2), east + span / 2),
                min(max(self.centre[1], south - span / 2), north + span / 2),
            ),
            resolution=min(max(self.resolution, smallest), largest),
        )
