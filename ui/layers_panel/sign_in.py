"""Asks for the name and password that the server of a layer wants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout

from resources.translation import tr
from ui.add_layer.fields import CredentialFields, form
from ui.controls import label
from ui.theme import GRID

if TYPE_CHECKING:
    from PyQt6.QtWidgets import QWidget

    from layers.qgis.credentials import Credentials


class SignInDialog(QDialog):
    """Asks who asks a server; `credentials` tells what was written.

    Parameters
    ----------
    name : str
        The layer.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sign_in_dialog")
        self.setWindowTitle(tr("Sign in to the server"))
        self.resize(60 * GRID, 20 * GRID)
        self._fields = CredentialFields("sign_in")
        buttons = QDialogButtonBox(self)
        kinds = QDialogButtonBox.ButtonRole
        accept = buttons.addButton(tr("Sign in"), kinds.AcceptRole)
        cancel = buttons.addButton(tr("Cancel"), kinds.RejectRole)
        if accept is not None and cancel is not None:
            accept.setObjectName("sign_in_accept")
            accept.setProperty("role", "primary")
            cancel.setObjectName("sign_in_cancel")
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        told = tr(
            "The server of {name} is told this name and password until the program ends; they "
            "are never written. Without a name, what it was told is forgotten.",
            name=name,
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        layout.setSpacing(GRID)
        layout.addWidget(label(told, size="small", tone="muted"))
        layout.addLayout(form({tr("Sign in"): self._fields}))
        layout.addStretch(1)
        layout.addWidget(buttons)

    @property
    def credentials(self) -> Credentials | None:
        """What was written; None where there is no name."""
        return self._fields.credentials
