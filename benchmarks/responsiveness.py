"""How long the window stands still while models run: the longest gaps between ticks of a timer.

In the real window a plan is made, a habitat model is fitted and proposals are searched for, by
their buttons, while a probe timer of 5 ms counts how late it is heard. The same window with
nothing to do is the peer: what the machine itself takes. Then every panel, the pages of the
results, a style, an attribute table and the list of commands are opened for the first time.
"""

from __future__ import annotations

import os
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PyQt6.QtCore import QCoreApplication, QEventLoop, Qt, QTimer
from PyQt6.QtWidgets import QApplication

from ui.app import Desktop
from ui.heap import LastingHeap
from ui.recent import RecentProjects
from ui.snapshot import Selection
from ui.start.choice import CreateProject

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

REGION = "tiger-leopard"
PROBE_MS = 5
BOUND_MS = 50.0
IDLE_S = 5.0
LOOK_S = 0.6
"""How long a panel is looked at after what it asks for has come."""
STYLED = "site_areas"
LIMIT_S = 600.0


class Probe:
    """Measures how late a timer is heard."""

    def __init__(self) -> None:
        self.late_ms: list[float] = []
        self._heard = time.perf_counter()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_timeout)

    def start(self) -> None:
        """Begin to measure."""
        self.late_ms.clear()
        self._heard = time.perf_counter()
        self._timer.start(PROBE_MS)

    def stop(self) -> NDArray[np.float64]:
        """Stop and return how late each tick was, in milliseconds."""
        self._timer.stop()
        return np.array(self.late_ms)

    def _on_timeout(self) -> None:
        now = time.perf_counter()
        self.late_ms.append((now - self._heard) * 1000 - PROBE_MS)
        self._heard = now


def work_until(ready: Callable[[], bool], limit_s: float) -> None:
    """Let the window work until a condition holds, or so many seconds have passed."""
    loop, ends = QEventLoop(), time.monotonic() + limit_s
    look = QTimer()
    look.timeout.connect(lambda: loop.quit() if ready() or time.monotonic() > ends else None)
    look.start(50)
    loop.exec()
    look.stop()


def window_application() -> QApplication:
    """Return the application that windows need; made where there is none yet."""
    there = QCoreApplication.instance()
    return there if isinstance(there, QApplication) else QApplication(["landbridge"])


def _told(name: str, late_ms: NDArray[np.float64]) -> None:
    print(
        f"{name:<34} ticks {len(late_ms):6d}   late by: median {np.median(late_ms):5.1f} ms, "
        f"p99 {np.percentile(late_ms, 99):5.1f}, most {late_ms.max():6.1f}; "
        f"over {BOUND_MS:.0f} ms: {int((late_ms > BOUND_MS).sum())}"
    )


def _first_looks(desktop: Desktop) -> dict[str, Callable[[], object]]:
    """Return what opens each part of the window for the first time, by what it is called."""
    window, panels, results = desktop.window, desktop.parts.panels, desktop.parts.results
    looks: dict[str, Callable[[], object]] = {
        f"panel {name}": partial(window.open_panel, name) for name in window.docks.names
    }
    snapshot = desktop.session.snapshot
    rows = [] if snapshot is None else [row for row in snapshot.features if row.width]
    if rows:
        looks["a corridor"] = partial(desktop.desk.select, Selection("corridor", rows[0].key))
        widening = panels.corridors.widening
        looks["widening"] = partial(panels.corridors.tabs.setCurrentWidget, widening)

    def turned(tab: str) -> None:
        window.show_results(shown=True)
        results.show_tab(tab)

    for tab in results.pages:
        looks[f"results {tab}"] = partial(turned, tab)

    def chosen(show: Callable[[], None]) -> None:
        panels.layers.tree.choose((STYLED,))
        show()

    looks["style"] = partial(chosen, panels.layers.show_style)
    looks["attribute table"] = partial(chosen, panels.layers.show_table)
    looks["set-up of a habitat model"] = panels.species.open_setup
    looks["set-up of a search"] = panels.proposals.open_setup
    looks["list of commands"] = desktop.parts.top_bar.search.open
    return looks


def _look(desktop: Desktop, probe: Probe) -> None:
    """Tell the longest hold of the first look at each part of the window, one line each."""
    for name, opened in _first_looks(desktop).items():
        probe.start()
        QTimer.singleShot(PROBE_MS, opened)
        work_until(lambda: False, LOOK_S / 2)
        work_until(lambda: not desktop.background.jobs, LIMIT_S)
        work_until(lambda: False, LOOK_S / 2)
        late_ms = probe.stop()
        over = "  over the bound" if late_ms.max() > BOUND_MS else ""
        print(f"first look: {name:<30} late by at most {late_ms.max():6.1f} ms{over}")


def main() -> None:
    """Measure the idle window, the same while models run, and the first look at its parts."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = window_application()
    heap = LastingHeap()  # as the program itself does
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        desktop = Desktop(application, RecentProjects(folder / "recent.json"), folder)
        desktop.window.resize(1600, 1000)
        probe = Probe()
        heap.start()
        try:
            desktop.start(CreateProject(REGION, folder))
            work_until(
                lambda: desktop.session.snapshot is not None and not desktop.background.jobs,
                LIMIT_S,
            )
            work_until(lambda: False, 2.0)
            print(f"The window's event loop, {REGION}, probe of {PROBE_MS} ms")
            panels = desktop.parts.panels
            probe.start()
            work_until(lambda: False, IDLE_S)
            _told("nothing runs", probe.stop())
            for name, start in (
                ("a plan is made", desktop.session.make_plan),
                ("a habitat model is fitted", panels.species.run_button.click),
                ("proposals are searched for", panels.proposals.find_button.click),
            ):
                began = time.monotonic()
                probe.start()
                start()
                work_until(lambda: not desktop.background.jobs, LIMIT_S)
                _told(f"{name} ({time.monotonic() - began:.0f} s)", probe.stop())
            _look(desktop, probe)
        finally:
            desktop.window.close()
            heap.stop()


if __name__ == "__main__":
    main()
