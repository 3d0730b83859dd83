"""Forms for files: vectors and rasters."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtWidgets import QComboBox, QRadioButton, QVBoxLayout, QWidget
from typing_extensions import override

from planner.map_layers.importing import raster_facts, vector_tables
from resources.translation import mark, tr, tr_n
from ui.add_layer.fields import PathField, form
from ui.add_layer.page import WishPage
from ui.add_layer.wishes import RasterWish, VectorWish, geometry_of
from ui.controls import label
from ui.styling.controls import shrink
from ui.theme import GRID

if TYPE_CHECKING:
    from planner.map_layers.importing import RasterFacts, VectorTable
    from ui.add_layer.page import Looking

_VECTORS = "*.gpkg *.geojson *.json *.shp *.zip *.kml *.gml *.fgb *.sqlite *.gpx *.csv *.tab"
_RASTERS = "*.tif *.tiff *.vrt *.img *.asc *.jp2 *.nc *.png *.jpg"
_GEOMETRIES = {
    "point": mark("points"),
    "line": mark("lines"),
    "polygon": mark("polygons"),
    "none": mark("no geometry"),
}


class VectorPage(WishPage):
    """Chooses a table of a vector file.

    Parameters
    ----------
    looking : Looking
        Looks into the file.
    """

    def __init__(self, looking: Looking) -> None:
        super().__init__("add_vector")
        self._looking = looking
        self._tables: tuple[VectorTable, ...] = ()
        self._path = ""
        self.path = PathField(
            "add_vector_path",
            tr("Vector file"),
            f"{tr('Vector files')} ({_VECTORS});;{tr('All files')} (*)",
        )
        self.table = shrink(QComboBox())
        self.table.setObjectName("add_vector_table")
        self.table.setAccessibleName(tr("Table of the file"))
        self.table.setEnabled(False)
        self.facts = label("", size="small", tone="muted", name="add_vector_facts")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 2 * GRID, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(
            label(
                tr(
                    "GeoPackage, Shapefile, GeoJSON, KML and other formats that GDAL reads. A "
                    "copy is put into the project, so that it can be moved and shared."
                ),
                size="small",
                tone="muted",
            )
        )
        layout.addLayout(
            form(
                {
                    tr("File"): self.path,
                    tr("Table"): self.table,
                    tr("Name"): self.name,
                    tr("Source"): self.note,
                }
            )
        )
        layout.addWidget(self.facts)
        layout.addStretch(1)
        self.path.chosen.connect(self._look)
        self.table.currentIndexChanged.connect(lambda _: self._on_table_chosen())

    def _look(self, path: str) -> None:
        self._path, self._tables = path, ()
        self.table.clear()
        self.problem_met.emit("")
        self.changed.emit()
        if path:
            self._looking.look(
                tr("Look into the file"),
                lambda _: vector_tables(Path(path)),
                lambda tables: self._on_tables(path, tables),
                self.problem_met.emit,
            )

    def _on_tables(self, path: str, tables: tuple[VectorTable, ...]) -> None:
        if path != self._path:
            return
        self._tables = tables
        self.table.clear()
        for table in tables:
            self.table.addItem(table.name)
        self.table.setEnabled(len(tables) > 1)
        self._on_table_chosen()

    def _on_table_chosen(self) -> None:
        place = self.table.currentIndex()
        if not 0 <= place < len(self._tables):
            self.facts.setText("")
            return
        table = self._tables[place]
        told = [tr(_GEOMETRIES[geometry_of(table.geometry)])]
        if table.features >= 0:
            told.append(tr_n("{count} feature", "{count} features", table.features))
        told.append(table.crs or tr("no coordinate system"))
        self.facts.setText("  ·  ".join(told))
        stem = Path(self._path).stem
        self.suggest_name(table.name if len(self._tables) > 1 else stem)
        self.changed.emit()

    @property
    @override
    def wish(self) -> VectorWish | None:
        place, name = self.table.currentIndex(), self.name.text().strip()
        if not (name and 0 <= place < len(self._tables)):
            return None
        table = self._tables[place]
        return VectorWish(
            Path(self._path),
            table.name,
            geometry_of(table.geometry),
            name,
            self.note.text().strip(),
        )


class RasterPage(WishPage):
    """Chooses a raster file.

    Parameters
    ----------
    looking : Looking
        Looks into the file.
    """

    def __init__(self, looking: Looking) -> None:
        super().__init__("add_raster")
        self._looking = looking
        self._path = ""
        self._found: RasterFacts | None = None
        self.path = PathField(
            "add_raster_path",
            tr("Raster file"),
            f"{tr('Raster files')} ({_RASTERS});;{tr('All files')} (*)",
        )
        self.link = QRadioButton(tr("Read it where it lies"))
        self.link.setObjectName("add_raster_link")
        self.copy = QRadioButton(tr("Copy it into the project"))
        self.copy.setObjectName("add_raster_copy")
        self.copy.setChecked(True)
        self.facts = label("", size="small", tone="muted", name="add_raster_facts")
        kept = QWidget()
        inner = QVBoxLayout(kept)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addWidget(self.copy)
        inner.addWidget(self.link)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 2 * GRID, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(
            label(
                tr(
                    "GeoTIFF and other formats that GDAL reads. What is copied moves along "
                    "with the project; what is read where it lies takes no room."
                ),
                size="small",
                tone="muted",
            )
        )
        layout.addLayout(
            form(
                {
                    tr("File"): self.path,
                    tr("Storage"): kept,
                    tr("Name"): self.name,
                    tr("Source"): self.note,
                }
            )
        )
        layout.addWidget(self.facts)
        layout.addStretch(1)
        self.path.chosen.connect(self._look)

    def _look(self, path: str) -> None:
        self._path, self._found = path, None
        self.facts.setText("")
        self.problem_met.emit("")
        self.changed.emit()
        if path:
            self._looking.look(
                tr("Look into the file"),
                lambda _: raster_facts(Path(path)),
                lambda found: self._on_found(path, found),
                self.problem_met.emit,
            )

    def _on_found(self, path: str, found: RasterFacts) -> None:
        if path != self._path:
            return
        self._found = found
        bands = tr_n("{count} band", "{count} bands", found.bands)
        cells = tr("{width} × {height} cells", width=found.width, height=found.height)
        self.facts.setText("  ·  ".join((cells, bands, found.crs)))
        self.suggest_name(Path(path).stem)
        self.changed.emit()

    @property
    @override
    def wish(self) -> RasterWish | None:
        name = self.name.text().strip()
        if self._found is None or not name:
            return None
        return RasterWish(
            Path(self._path), self.copy.isChecked(), name, self.note.text().strip()
        )
