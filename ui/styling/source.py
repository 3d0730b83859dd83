"""What the style pages ask of a layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from concurrent.futures import Future

    from layers.qgis.answers import (
        Breaks,
        ClassMethod,
        LayerFacts,
        RasterStatistics,
        StyleCheck,
        UniqueValues,
    )


class StyleSource(Protocol):
    """Tells what layers hold; the engine does."""

    def layer_facts_later(self, layer_id: str) -> Future[LayerFacts]:
        """Return what a layer is."""

    def unique_values_later(
        self, layer_id: str, field: str, limit: int = 200
    ) -> Future[UniqueValues]:
        """Return the different values of a field."""

    def classify_later(
        self, layer_id: str, field: str, method: ClassMethod, classes: int
    ) -> Future[Breaks]:
        """Part the numbers of a field into classes."""

    def raster_statistics_later(self, layer_id: str, band: int = 1) -> Future[RasterStatistics]:
        """Return what the cells of a raster hold."""

    def read_style_later(self, layer_id: str) -> Future[str]:
        """Return the style of a layer as QML."""

    def check_style_later(self, layer_id: str, qml: str) -> Future[StyleCheck]:
        """Take everything out of a QML style that could do harm."""
