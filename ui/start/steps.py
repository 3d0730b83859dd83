"""The pages of the wizard: where, for which species, how fine, with which data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QSignalBlocker, Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from layers.states import BOUNDARY_NOTE
from planner.own_regions import MOST_CELLS, cells_of
from resources.translation import tr
from ui import words
from ui.controls import label
from ui.start.extent_map import REACH, ExtentMap
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.profiles import RegionProfile
    from ui.start.extent_map import Bounds
    from ui.theme import Theme

_KEY_ROLE = int(Qt.ItemDataRole.UserRole)
_EDGE_NAMES = ("west", "south", "east", "north")
CELL_SIZES_M = (250, 500, 1000, 2000, 5000, 10_000)
_FIRST_BOUNDS: Bounds = (129.0, 41.5, 133.0, 44.5)


def region_name(region: RegionProfile) -> str:
    """Return the reader's name of a region."""
    return words.region(region)


class RegionStep(QWidget):
    """Where: a shipped region, or an extent drawn on a small map or typed."""

    changed = pyqtSignal()

    def __init__(self, regions: Sequence[RegionProfile], theme: Theme) -> None:
        super().__init__()
        self._regions = {region.id: region for region in regions}
        self.choice = QComboBox()
        self.choice.setObjectName("wizard_region")
        self.choice.setAccessibleName(tr("Region"))
        self.choice.addItem(tr("An extent of my own"), "")
        for region in regions:
            self.choice.addItem(region_name(region), region.id)
        self.map = ExtentMap(theme)
        boxes = {r.id: (region_name(r), r.bounds.lonlat) for r in regions}
        self.map.set_regions(boxes)
        self.edges = {name: self._edge(name) for name in _EDGE_NAMES}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(
            label(
                tr(
                    "Choose a region that comes with Landbridge, or draw a box on the map; "
                    "dashed boxes are the shipped regions."
                ),
                size="small",
                tone="muted",
            )
        )
        layout.addWidget(self.choice)
        layout.addWidget(self.map, 1)
        layout.addWidget(label(tr(BOUNDARY_NOTE), size="small", tone="muted"))
        layout.addLayout(self._edge_row())
        self.choice.currentIndexChanged.connect(lambda _: self._on_choice())
        self.map.bounds_drawn.connect(self._on_drawn)
        self.map.region_clicked.connect(
            lambda key: self.choice.setCurrentIndex(self.choice.findData(key))
        )
        self.choice.setCurrentIndex(1 if regions else 0)
        self._on_choice()

    def _edge(self, name: str) -> QDoubleSpinBox:
        box = QDoubleSpinBox()
        box.setObjectName(f"edge_{name}")
        box.setDecimals(2)
        box.setSingleStep(0.25)
        low, high = (REACH[0], REACH[2]) if name in {"west", "east"} else (REACH[1], REACH[3])
        box.setRange(low, high)
        box.setSuffix("°")
        box.setButtonSymbols(QDoubleSpinBox.ButtonSymbols.NoButtons)
        box.valueChanged.connect(lambda _: self._on_typed())
        return box

    def _edge_row(self) -> QGridLayout:
        told = {
            "west": tr("West edge"),
            "south": tr("South edge"),
            "east": tr("East edge"),
            "north": tr("North edge"),
        }
        row = QGridLayout()
        row.setHorizontalSpacing(2 * GRID)
        row.setVerticalSpacing(GRID // 2)
        for place, name in enumerate(_EDGE_NAMES):
            text = label(told[name], size="small", tone="muted")
            text.setBuddy(self.edges[name])
            self.edges[name].setAccessibleName(told[name])
            row.addWidget(text, 0, place)
            row.addWidget(self.edges[name], 1, place)
        return row

    @property
    def region(self) -> RegionProfile | None:
        """The shipped region that is chosen; None for an extent of one's own."""
        return self._regions.get(str(self.choice.currentData()))

    @property
    def bounds(self) -> Bounds:
        """West, south, east, north in degrees."""
        west, south, east, north = (self.edges[name].value() for name in _EDGE_NAMES)
        return west, south, east, north

    def _on_choice(self) -> None:
        region = self.region
        bounds = region.bounds.lonlat if region is not None else self.map.bounds
        self._show(bounds or _FIRST_BOUNDS, "" if region is None else region.id)

    def _on_drawn(self, bounds: Bounds) -> None:
        with QSignalBlocker(self.choice):
            self.choice.setCurrentIndex(0)
        self._show(bounds, "")

    def _on_typed(self) -> None:
        with QSignalBlocker(self.choice):
            self.choice.setCurrentIndex(0)
        self.map.show_bounds(self.bounds)
        self.changed.emit()

    def _show(self, bounds: Bounds, region: str) -> None:
        for name, value in zip(_EDGE_NAMES, bounds, strict=True):
            with QSignalBlocker(self.edges[name]):
                self.edges[name].setValue(value)
        self.map.show_bounds(bounds, region)
        self.changed.emit()


class SpeciesStep(QWidget):
    """For which species: a list to tick."""

    changed = pyqtSignal()

    def __init__(self, species: Sequence[str]) -> None:
        super().__init__()
        self.list = QListWidget()
        self.list.setObjectName("wizard_species")
        self.list.setAccessibleName(tr("Species to plan for"))
        for species_id in species:
            item = QListWidgetItem(words.species(species_id))
            item.setData(_KEY_ROLE, species_id)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Unchecked)
            self.list.addItem(item)
        self.list.itemChanged.connect(lambda _: self.changed.emit())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(
            label(
                tr(
                    "Habitat is modelled for each of them; cats get corridors on the ground, "
                    "birds get stepping stones."
                ),
                size="small",
                tone="muted",
            )
        )
        layout.addWidget(self.list, 1)

    @property
    def chosen(self) -> tuple[str, ...]:
        """Ids of the species that are ticked."""
        items = (self.list.item(row) for row in range(self.list.count()))
        return tuple(
            str(item.data(_KEY_ROLE))
            for item in items
            if item is not None and item.checkState() == Qt.CheckState.Checked
        )

    def choose(self, species: Sequence[str]) -> None:
        """Tick these species and no others."""
        with QSignalBlocker(self.list):
            for row in range(self.list.count()):
                item = self.list.item(row)
                if item is not None:
                    ticked = item.data(_KEY_ROLE) in species
                    state = Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked
                    item.setCheckState(state)
        self.changed.emit()


class NameStep(QWidget):
    """How fine, under which name, in which folder."""

    changed = pyqtSignal()

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.cells = QComboBox()
        self.cells.setObjectName("wizard_cells")
        self.cells.setAccessibleName(tr("Side of a cell"))
        for size in CELL_SIZES_M:
            self.cells.addItem(words.distance(size), float(size))
        self.told = label("", size="small", tone="muted", name="cells_told")
        self.name = QLineEdit()
        self.name.setObjectName("wizard_name")
        self.name.setAccessibleName(tr("Name of the project"))
        self.folder = QLineEdit(str(folder))
        self.folder.setObjectName("wizard_folder")
        self.folder.setAccessibleName(tr("Folder in which the project is made"))
        browse = QPushButton(tr("Choose…"))
        browse.setObjectName("wizard_browse")
        browse.setAccessibleName(tr("Choose the folder"))
        browse.clicked.connect(self._on_browse)
        place = QHBoxLayout()
        place.setSpacing(GRID)
        place.addWidget(self.folder, 1)
        place.addWidget(browse)
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setVerticalSpacing(GRID)
        form.setHorizontalSpacing(2 * GRID)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)
        form.addRow(_field(tr("Name of the project")), self.name)
        form.addRow(_field(tr("Folder in which the project is made")), place)
        form.addRow(_field(tr("Side of a cell")), self.cells)
        form.addRow(self.told)
        self.cells.currentIndexChanged.connect(lambda _: self.changed.emit())
        self.name.textChanged.connect(lambda _: self.changed.emit())
        self.folder.textChanged.connect(lambda _: self.changed.emit())

    @property
    def cell_size_m(self) -> float:
        """Side of an analysis cell in metres."""
        return float(self.cells.currentData())

    def choose_cell(self, size_m: float) -> None:
        """Choose the cell size nearest to one."""
        nearest = min(CELL_SIZES_M, key=lambda size: abs(size - size_m))
        self.cells.setCurrentIndex(CELL_SIZES_M.index(nearest))

    def tell_cells(self, bounds: Bounds) -> None:
        """Say how many cells there will be, and whether that is too many."""
        west, south, east, north = bounds
        if east <= west or north <= south:
            self.told.setText("")
            return
        cells = cells_of(bounds, self.cell_size_m)
        if cells > MOST_CELLS:
            told = tr(
                "{cells} cells are too many; {most} are possible. Choose larger cells or a "
                "smaller extent.",
                cells=words.number(cells),
                most=words.number(MOST_CELLS),
            )
        else:
            told = tr(
                "{cells} cells. The environment data are coarser than that (about 9 km by 6 to "
                "7 km): finer cells sharpen sites, coasts and borders only.",
                cells=words.number(cells),
            )
        self.told.setText(told)

    def _on_browse(self) -> None:
        folder = QFileDialog.getExistingDirectory(
            self, tr("Folder in which the project is made"), self.folder.text()
        )
        if folder:
            self.folder.setText(folder)


class DataStep(QWidget):
    """With which data of one's own: files to be added to the map."""

    changed = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.list = QListWidget()
        self.list.setObjectName("wizard_files")
        self.list.setAccessibleName(tr("Files of my own"))
        self._add = QPushButton(tr("Add files…"))
        self._add.setObjectName("wizard_add_files")
        self._add.clicked.connect(self._on_add)
        self._remove = QPushButton(tr("Leave out"))
        self._remove.setObjectName("wizard_remove_file")
        self._remove.setEnabled(False)
        self._remove.clicked.connect(self._on_remove)
        self.list.currentRowChanged.connect(lambda row: self._remove.setEnabled(row >= 0))
        row = QHBoxLayout()
        row.addWidget(self._add)
        row.addWidget(self._remove)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(
            label(
                tr(
                    "Shapes (GeoPackage, Shapefile, GeoJSON, KML) and rasters (GeoTIFF) become "
                    "layers of the map when the project is made. This can be done later too."
                ),
                size="small",
                tone="muted",
            )
        )
        layout.addWidget(self.list, 1)
        layout.addLayout(row)
        layout.addStretch(0)
        self.list.hide()  # an empty one tells nothing
        self.changed.connect(lambda: self.list.setVisible(self.list.count() > 0))

    @property
    def files(self) -> tuple[Path, ...]:
        """The files, in the order in which they were added."""
        items = (self.list.item(row) for row in range(self.list.count()))
        return tuple(Path(item.text()) for item in items if item is not None)

    def add(self, files: Sequence[Path]) -> None:
        """Add files that are not there yet."""
        for path in files:
            if path not in self.files:
                self.list.addItem(str(path))
        self.changed.emit()

    def _on_add(self) -> None:
        found, _ = QFileDialog.getOpenFileNames(self, tr("Add files"))
        self.add([Path(path) for path in found])

    def _on_remove(self) -> None:
        self.list.takeItem(self.list.currentRow())
        self.changed.emit()


def _field(text: str) -> QLabel:
    made = label(text, size="small", tone="muted")
    made.setWordWrap(False)
    return made
