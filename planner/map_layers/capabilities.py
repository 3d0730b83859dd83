"""What web map services offer, for the choice of a layer to add."""

from layers.qgis.capabilities import OfferedLayer, WebService, read_service

__all__ = ["OfferedLayer", "WebService", "read_service"]
