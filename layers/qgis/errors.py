"""What can go wrong between the program and its QGIS process."""

from __future__ import annotations

from resources.errors import PlannerError


class QgisError(PlannerError):
    """The root of the engine's errors."""


class QgisNotFoundError(QgisError):
    """No interpreter with the QGIS bindings; says what was tried and how to install them."""


class QgisCrashError(QgisError):
    """The QGIS process ended while it worked on a request, or could not be kept running."""


class QgisTimeoutError(QgisError, TimeoutError):
    """A request was not answered in time; names the layer that hung where it is known."""


class QgisRequestError(QgisError, ValueError):
    """QGIS understood a request and refused it, such as an unknown CRS or a full disk."""
