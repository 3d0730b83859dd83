"""Start of the QGIS process; run by path, to have nothing else of the program in sight."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType


def adopt_package() -> None:
    """Give this folder its full package name without running or exposing the packages above.

    The interpreter of QGIS must not see the program's site-packages, so the folder above stays
    off `sys.path`; the modules here can still be imported by the one name they have everywhere.
    """
    here = Path(__file__).resolve().parent
    sys.path[:] = [entry for entry in sys.path if not entry or Path(entry).resolve() != here]
    for name, path in (
        ("layers", []),
        ("layers.qgis", []),
        ("layers.qgis.worker", [str(here)]),
    ):
        package = ModuleType(name)
        package.__path__ = path
        sys.modules[name] = package


if __name__ == "__main__":
    adopt_package()
    from layers.qgis.worker.server import main

    main()
