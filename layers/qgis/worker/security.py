"""What this QGIS must never do: run code out of a project, or change the data it only draws."""

from __future__ import annotations

from qgis.core import Qgis, QgsCredentials, QgsSettings
from qgis.PyQt.QtCore import QCoreApplication, QSettings

from layers.qgis.worker import heard

NEVER = {
    # Macros and embedded functions of a project: asked under two names over the years.
    "qgis/enableMacros": "PythonMacroMode",
    "qgis/enablePythonEmbedded": "PythonEmbeddedMode",
}
SETTINGS = {
    # No look for newer versions, news or plug-ins, and no write-ahead log forced upon files.
    "qgis/checkVersion": False,
    "qgis/walForSqlite3": False,
    "qgis/networkAndProxy/networkTimeout": 6_000,
    "qgis/defaultTileMaxRetry": 1,
    # How long a PostGIS server may take to answer the first call, in seconds.
    "providers/PostgreSQL/default_timeout": 5,
    "qgis/projOpenAtLaunch": 0,
}


def keep_settings_in(folder: str) -> None:
    """Keep this process from reading or writing the user's own QGIS settings.

    To be called before QGIS starts.
    """
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    for form in (QSettings.Format.IniFormat, QSettings.Format.NativeFormat):
        for scope in (QSettings.Scope.UserScope, QSettings.Scope.SystemScope):
            QSettings.setPath(form, scope, folder)
    QCoreApplication.setOrganizationName("Landbridge")
    QCoreApplication.setApplicationName("worker")


class NoQuestions(QgsCredentials):  # type: ignore[misc]  # qgis has no types
    """Answers QGIS where it would ask a person for a password: there is none to ask here.

    Its own way would be to read the answer from the standard input, where requests come from.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setInstance(self)

    def request(
        self, realm: str, username: str, password: str, message: str = ""
    ) -> tuple[bool, str, str]:
        """Say that nobody answers, and keep why it was asked."""
        del realm
        heard.note(message)
        return False, username, password

    def requestMasterPassword(  # noqa: N802 - as Qt names it
        self, password: str, stored: bool = False
    ) -> tuple[bool, str]:
        """Say that there is none."""
        del stored
        return False, password


def lock_down() -> None:
    """Set the private profile so that no project code runs and nothing is fetched unasked.

    The profile is empty, so there are no user plug-ins, start-up scripts or function files; the
    settings here keep projects from bringing their own.
    """
    settings = QgsSettings()
    for key, enum_name in NEVER.items():
        mode = getattr(Qgis, enum_name, None)
        if mode is None:
            settings.setValue(key, 0)
        else:
            settings.setEnumValue(key, mode.Never)
    for key, value in SETTINGS.items():
        settings.setValue(key, value)


def state() -> dict[str, str]:
    """Return the settings that matter here as they stand, for the doctor and the tests."""
    settings = QgsSettings()
    return {key: str(settings.value(key)) for key in (*NEVER, *SETTINGS)}
