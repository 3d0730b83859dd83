"""What this QGIS is and can do, for the doctor."""

from __future__ import annotations

import importlib
import platform
from typing import Any

from qgis.core import Qgis, QgsApplication, QgsProviderRegistry, QgsSettings
from qgis.PyQt.QtCore import QT_VERSION_STR

from layers.qgis.worker import fonts, security


def describe() -> dict[str, Any]:
    """Return versions, providers, fonts and the security settings."""
    proj = getattr(Qgis, "projVersion", None)
    return {
        "qgis": Qgis.QGIS_VERSION,
        "qt": QT_VERSION_STR,
        "gdal": _gdal_version(),
        "proj": proj() if proj is not None else "",
        "python": platform.python_version(),
        "prefix": QgsApplication.prefixPath(),
        "profile": QgsApplication.qgisSettingsDirPath(),
        "settings_file": QgsSettings().fileName(),
        "providers": sorted(QgsProviderRegistry.instance().providerList()),
        "fonts": fonts.coverage(),
        "security": security.state(),
    }


def _gdal_version() -> str:
    try:
        gdal = importlib.import_module("osgeo.gdal")
    except ImportError:  # the GDAL bindings are a package of their own
        return ""
    return str(gdal.__version__)
