"""The QGIS engine: QGIS in a process of its own, driven from here."""
