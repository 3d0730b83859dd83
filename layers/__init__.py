"""Getting data in and out: grids, rasters, vectors, the catalogue and the QGIS engine."""
