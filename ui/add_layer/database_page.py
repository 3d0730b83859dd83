"""The form for tables of a PostGIS database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from layers.qgis.remote import PostgresPlace, postgres_source
from resources.errors import UsageError
from resources.translation import tr
from ui import words
from ui.add_layer.fields import CredentialFields, form, line
from ui.add_layer.page import WishPage
from ui.add_layer.wishes import ServerWish, geometry_of
from ui.controls import label
from ui.theme import GRID

if TYPE_CHECKING:
    from layers.qgis.answers import PostgresTable
    from ui.add_layer.page import Looking

_ANY_TABLE = "geometry_columns"
_PORT = 5432
_ROLE = int(Qt.ItemDataRole.UserRole)


class DatabasePage(WishPage):
    """Chooses a table of a database.

    Parameters
    ----------
    looking : Looking
        Asks the database what it holds.
    """

    def __init__(self, looking: Looking) -> None:
        super().__init__("add_database")
        self._looking = looking
        self._tables: tuple[PostgresTable, ...] = ()
        self.service = line(
            "add_database_service", tr("Service"), tr("Name in pg_service.conf, or empty")
        )
        self.host = line("add_database_host", tr("Server"), "localhost")
        self.port = QSpinBox()
        self.port.setObjectName("add_database_port")
        self.port.setAccessibleName(tr("Port"))
        self.port.setRange(1, 65535)
        self.port.setValue(_PORT)
        self.port.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        self.database = line("add_database_database", tr("Database"))
        self.credentials = CredentialFields("add_database")
        self.look = QPushButton(tr("Show its tables"))
        self.look.setObjectName("add_database_look")
        self.tables = QListWidget()
        self.tables.setObjectName("add_database_tables")
        self.tables.setAccessibleName(tr("Tables of the database"))
        self.tables.setMinimumHeight(8 * GRID)
        self._lay_out()
        self._listen()
        self._on_changed()

    def _lay_out(self) -> None:
        place = QWidget()
        row = QHBoxLayout(place)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(self.host, 1)
        row.addWidget(self.port)
        place.setFocusProxy(self.host)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 2 * GRID, 0, 0)
        layout.setSpacing(GRID)
        layout.addLayout(
            form(
                {
                    tr("Service"): self.service,
                    tr("Server and port"): place,
                    tr("Database"): self.database,
                    tr("Sign in"): self.credentials,
                }
            )
        )
        told = tr("The password is kept until the program ends, and never written.")
        layout.addWidget(label(told, size="small", tone="muted"))
        layout.addWidget(self.look, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.tables, 1)
        layout.addLayout(form({tr("Name"): self.name, tr("Source"): self.note}))

    def _listen(self) -> None:
        for written in (self.service, self.host, self.database):
            written.textChanged.connect(lambda _: self._on_changed())
            written.returnPressed.connect(self._ask)
        self.port.valueChanged.connect(lambda _: self._on_changed())
        self.look.clicked.connect(self._ask)
        self.tables.currentRowChanged.connect(lambda _: self._on_table_chosen())

    def _on_changed(self) -> None:
        service = self.service.text().strip()
        for control in (self.host, self.port, self.database):
            control.setEnabled(not service)
        self._tables = ()
        self.tables.clear()
        self.look.setEnabled(bool(service or self.database.text().strip()))
        self.problem_met.emit("")
        self.changed.emit()

    def _place(self, table: PostgresTable | None = None) -> PostgresPlace:
        service = self.service.text().strip()
        where = {
            "table": _ANY_TABLE if table is None else table.table,
            "schema": "public" if table is None else table.schema,
            "geometry": "" if table is None else table.geometry,
            "key": table.keys[0] if table is not None and table.keys else "",
        }
        if service:
            return PostgresPlace(**where, service=service)
        return PostgresPlace(
            **where,
            host=self.host.text().strip() or "localhost",
            port=str(self.port.value()),
            database=self.database.text().strip(),
        )

    def _ask(self) -> None:
        if not self.look.isEnabled():
            return
        self.problem_met.emit("")
        try:
            source = postgres_source(self._place())
        except UsageError as error:
            self.problem_met.emit(words.problem(error))
            return
        credentials = self.credentials.credentials
        self.look.setEnabled(False)
        self._looking.look(
            tr("Ask the database"),
            lambda _: self._looking.tables_of(source, credentials),
            lambda tables: self._on_tables(source, tables),
            self._on_refused,
        )

    def _on_refused(self, reason: str) -> None:
        self.look.setEnabled(True)
        self.problem_met.emit(reason)

    def _on_tables(self, source: str, tables: tuple[PostgresTable, ...]) -> None:
        self.look.setEnabled(True)
        if source != postgres_source(self._place()):
            return
        self._tables = tables
        self.tables.clear()
        for place, table in enumerate(tables):
            item = QListWidgetItem(f"{table.schema}.{table.table}  ·  {table.kind}")
            item.setData(_ROLE, place)
            self.tables.addItem(item)
        if tables:
            self.tables.setCurrentRow(0)
        else:
            self.problem_met.emit(tr("The database holds no table with a geometry."))

    def _on_table_chosen(self) -> None:
        place = self.tables.currentRow()
        if 0 <= place < len(self._tables):
            self.suggest_name(self._tables[place].table)
        self.changed.emit()

    @property
    @override
    def wish(self) -> ServerWish | None:
        place, name = self.tables.currentRow(), self.name.text().strip()
        if not (name and 0 <= place < len(self._tables)):
            return None
        table = self._tables[place]
        return ServerWish(
            "postgres",
            postgres_source(self._place(table)),
            geometry_of(table.kind),
            name,
            self.note.text().strip(),
            self.credentials.credentials,
        )
