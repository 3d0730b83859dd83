"""The form for maps of the web: tiles (XYZ), WMS and WMTS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSpinBox,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from layers.qgis.remote import tile_source, wms_source, wmts_source
from planner.map_layers.capabilities import read_service
from resources.errors import UsageError
from resources.translation import tr
from ui import words
from ui.add_layer.fields import CredentialFields, form, line
from ui.add_layer.page import WishPage
from ui.add_layer.wishes import ServerWish
from ui.controls import label
from ui.styling.controls import shrink
from ui.theme import GRID

if TYPE_CHECKING:
    from planner.map_layers.capabilities import OfferedLayer, WebService
    from ui.add_layer.page import Looking

_TILES, _SERVICE = "tiles", "service"
_FAVOURED_CRS = ("EPSG:3857", "EPSG:4326", "CRS:84")
_FAVOURED_FORMATS = ("image/png", "image/png8", "image/jpeg")
_PLACE_ROLE = int(Qt.ItemDataRole.UserRole)


class WebPage(WishPage):
    """Chooses tiles or layers of a web service.

    Parameters
    ----------
    looking : Looking
        Asks the service what it offers.
    """

    def __init__(self, looking: Looking) -> None:
        super().__init__("add_web")
        self._looking = looking
        self._service: WebService | None = None
        self._refused = ""
        self.kind = shrink(QComboBox())
        self.kind.setObjectName("add_web_kind")
        self.kind.setAccessibleName(tr("Kind of web map"))
        self.kind.addItem(tr("Tiles (XYZ)"), _TILES)
        self.kind.addItem(tr("Web service (WMS or WMTS)"), _SERVICE)
        self.address = line(
            "add_web_address",
            tr("Address"),
            "https://…/{z}/{x}/{y}.png",
        )
        self.zoom_min = self._zoom("add_web_zoom_min", tr("Smallest zoom"), 0)
        self.zoom_max = self._zoom("add_web_zoom_max", tr("Largest zoom"), 18)
        self.credentials = CredentialFields("add_web")
        self.look = QPushButton(tr("Show what it offers"))
        self.look.setObjectName("add_web_look")
        self.offered = self._make_offered()
        self._pages = QStackedWidget()
        self._pages.addWidget(self._make_tiles())
        self._pages.addWidget(self._make_service())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 2 * GRID, 0, 0)
        layout.setSpacing(GRID)
        layout.addLayout(form({tr("Kind"): self.kind, tr("Address"): self.address}))
        layout.addWidget(self._pages, 1)
        layout.addLayout(form({tr("Name"): self.name, tr("Source"): self.note}))
        self._listen()

    def _zoom(self, name: str, text: str, value: int) -> QSpinBox:
        box = QSpinBox()
        box.setObjectName(name)
        box.setAccessibleName(text)
        box.setRange(0, 24)
        box.setValue(value)
        box.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        return box

    def _make_offered(self) -> QListWidget:
        made = QListWidget()
        made.setObjectName("add_web_offered")
        made.setAccessibleName(tr("Layers of the service"))
        made.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        made.setMinimumHeight(8 * GRID)
        return made

    def _make_tiles(self) -> QFrame:
        page = QFrame()
        zooms = QWidget()
        row = QHBoxLayout(zooms)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.zoom_min)
        row.addWidget(self.zoom_max)
        row.addStretch(1)
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addLayout(form({tr("Zooms"): zooms}))
        layout.addWidget(
            label(
                tr("The address holds {x}, {y} and {z} where column, row and zoom belong."),
                size="small",
                tone="muted",
            )
        )
        layout.addStretch(1)
        return page

    def _make_service(self) -> QFrame:
        page = QFrame()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addLayout(form({tr("Sign in"): self.credentials}))
        layout.addWidget(self.look, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.offered, 1)
        return page

    def _listen(self) -> None:
        self.kind.activated.connect(lambda _: self._on_kind_chosen())
        self.address.textChanged.connect(lambda _: self._on_changed())
        for box in (self.zoom_min, self.zoom_max):
            box.valueChanged.connect(lambda _: self._on_changed())
        self.look.clicked.connect(self._ask_service)
        self.address.returnPressed.connect(self._on_return)
        self.offered.itemSelectionChanged.connect(self._on_layer_chosen)

    @property
    def is_service(self) -> bool:
        """Whether a web service is asked, and not plain tiles."""
        return bool(self.kind.currentData() == _SERVICE)

    def _on_kind_chosen(self) -> None:
        self._pages.setCurrentIndex(int(self.is_service))
        hint = "https://…/wms" if self.is_service else "https://…/{z}/{x}/{y}.png"
        self.address.setPlaceholderText(hint)
        self._on_changed()

    def _on_return(self) -> None:
        if self.is_service:
            self._ask_service()

    def _on_changed(self) -> None:
        self._service = None
        self.offered.clear()
        self.look.setEnabled(bool(self.address.text().strip()))
        self.problem_met.emit("")
        self.changed.emit()

    def _ask_service(self) -> None:
        address = self.address.text().strip()
        if not address:
            return
        self.problem_met.emit("")
        self.look.setEnabled(False)
        credentials = self.credentials.credentials
        self._looking.look(
            tr("Ask the web service"),
            lambda control: read_service(address, control, credentials=credentials),
            lambda service: self._on_service(address, service),
            self._on_refused,
        )

    def _on_refused(self, reason: str) -> None:
        self.look.setEnabled(True)
        self.problem_met.emit(reason)

    def _on_service(self, address: str, service: WebService) -> None:
        self.look.setEnabled(True)
        if address != self.address.text().strip():
            return
        self._service = service
        self.offered.clear()
        for place, layer in enumerate(service.layers):
            item = QListWidgetItem(layer.title or layer.name)
            item.setToolTip(layer.name)
            item.setData(_PLACE_ROLE, place)
            self.offered.addItem(item)
        if not service.layers:
            self.problem_met.emit(tr("The service offers no layer that can be drawn."))
        elif len(service.layers) == 1:
            self.offered.setCurrentRow(0)

    def _on_layer_chosen(self) -> None:
        chosen = self._chosen()
        if len(chosen) == 1:
            self.suggest_name(chosen[0].title or chosen[0].name)
        elif chosen and self._service is not None:
            self.suggest_name(self._service.title)
        self.changed.emit()

    def _chosen(self) -> list[OfferedLayer]:
        if self._service is None:
            return []
        places = sorted(int(i.data(_PLACE_ROLE)) for i in self.offered.selectedItems())
        return [self._service.layers[place] for place in places]

    @property
    @override
    def wish(self) -> ServerWish | None:
        name = self.name.text().strip()
        if not name:
            return None
        try:
            source = self._service_source() if self.is_service else self._tile_source()
        except UsageError as error:
            self._refuse(words.problem(error))
            return None
        self._refuse("")
        if not source:
            return None
        known = self.credentials.credentials if self.is_service else None
        return ServerWish("wms", source, "", name, self.note.text().strip(), known)

    def _refuse(self, reason: str) -> None:
        """Say what an address lacks, once."""
        if reason != self._refused:
            self._refused = reason
            self.problem_met.emit(reason)

    def _tile_source(self) -> str:
        address = self.address.text().strip()
        if not address:
            return ""
        low, high = self.zoom_min.value(), self.zoom_max.value()
        return tile_source(address, zoom_min=min(low, high), zoom_max=max(low, high))

    def _service_source(self) -> str:
        chosen, service = self._chosen(), self._service
        if not chosen or service is None:
            return ""
        first = chosen[0]
        formats = _favoured(first.formats, _FAVOURED_FORMATS)
        if service.kind == "wmts":
            if not first.matrix_sets:
                raise UsageError(
                    tr("{layer} is offered in no set of tiles.", layer=first.title)
                )
            matrix, crs = first.matrix_sets[0]
            return wmts_source(
                service.address,
                first.name,
                matrix_set=matrix,
                crs=crs,
                style=first.styles[0] if first.styles else "default",
                image_format=formats,
            )
        shared = [crs for crs in first.crs if all(crs in other.crs for other in chosen)]
        names = [layer.name for layer in reversed(chosen)]  # the first in the list on top
        crs = _favoured(shared, _FAVOURED_CRS)
        return wms_source(service.address, names, crs=crs, image_format=formats)


def _favoured(offered: list[str] | tuple[str, ...], wanted: tuple[str, ...]) -> str:
    """Return the first wanted that is offered; else the first offered, or the first wanted."""
    return next((item for item in wanted if item in offered), next(iter(offered), wanted[0]))
