from __future__ import annotations

import threading

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QLabel, QListView, QPlainTextEdit, QPushButton

from planner.jobs import JobState
from resources.errors import PlannerError
from ui.jobs import log as logs
from ui.jobs.cards import JobCards
from ui.jobs.duration import duration, time_left
from ui.jobs.log import JobLog
from ui.jobs.panel import JobsPanel
from ui.jobs.progress import JobProgress


@pytest.fixture
def log(background, monkeypatch):
    monkeypatch.setattr(logs, "_WORTH_TELLING_S", 0.0)
    return JobLog(background)


@pytest.fixture
def panel(qtbot, log, theme):
    made = JobsPanel(log, theme)
    qtbot.addWidget(made)
    made.resize(400, 700)
    made.show()
    yield made
    made.close()


class Held:
    """Work that waits for the test."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.began = threading.Event()

    def __call__(self, control):
        control.say("Part 1 of 2")
        control.report(0.5)
        self.began.set()
        while not self.go.wait(0.01):
            control.report(0.5)


@pytest.fixture
def held():
    made = Held()
    yield made
    made.go.set()


def _submit(background, work, lane="models", label="Find corridors"):
    return background.submit(lane, label, work, lambda _: None, lambda _: None)


def _fail(_control):
    raise PlannerError("The raster ends early. Copy it again.")


def test_without_jobs_it_says_what_would_be_here(panel):
    assert panel.findChild(QLabel, "no_jobs").isVisible()
    assert not panel.findChild(QListView, "ended_jobs").isVisible()


def test_each_job_that_runs_has_a_card_and_its_own_cancel(panel, background, held, qtbot):
    first = _submit(background, held)
    second = _submit(background, Held(), label="Model habitat")
    qtbot.waitUntil(lambda: len(panel.findChildren(JobProgress)) == 2)
    assert held.began.wait(5)
    cards = panel.findChildren(JobProgress)
    assert cards[1].cancel.accessibleName() == "Cancel: Model habitat"
    qtbot.mouseClick(cards[1].cancel, Qt.MouseButton.LeftButton)
    assert second.state is JobState.CANCELLED
    assert first.state is JobState.RUNNING
    held.go.set()
    qtbot.waitUntil(lambda: not panel.findChildren(JobProgress))


def test_many_jobs_scroll_and_ask_no_more_height_than_one(panel, background, held, qtbot):
    jobs = [_submit(background, held)]
    jobs += [_submit(background, Held(), label=f"Model habitat {n}") for n in range(11)]
    qtbot.waitUntil(lambda: len(panel.findChildren(JobProgress)) == 12)
    cards = panel.findChild(JobCards)
    qtbot.waitUntil(lambda: cards.verticalScrollBar().maximum() > 0)
    highest_px = max(c.sizeHint().height() for c in panel.findChildren(JobProgress))
    assert cards.minimumSizeHint().height() <= highest_px
    assert cards.height() <= panel.height()
    for job in jobs[1:]:
        job.cancel()
    held.go.set()
    qtbot.waitUntil(lambda: not cards.isVisible())


def test_a_few_jobs_are_shown_whole(panel, background, held, qtbot):
    jobs = [_submit(background, held), _submit(background, Held()), _submit(background, Held())]
    qtbot.waitUntil(lambda: len(panel.findChildren(JobProgress)) == 3)
    cards = panel.findChild(JobCards)
    last = panel.findChildren(JobProgress)[-1]
    qtbot.waitUntil(lambda: last.mapTo(cards, last.rect().bottomLeft()).y() < cards.height())
    assert cards.verticalScrollBar().maximum() == 0
    for job in jobs[1:]:
        job.cancel()
    held.go.set()


def test_what_has_ended_is_listed_newest_first_with_its_log(panel, background, log, qtbot):
    _submit(background, lambda c: c.say("Reading"), lane="reading", label="Read the records")
    qtbot.waitUntil(lambda: len(log.ended) == 1)
    _submit(background, lambda _: None, label="Model habitat")
    qtbot.waitUntil(lambda: len(log.ended) == 2)
    panel.choose(log.ended[1])
    view = panel.findChild(QListView, "ended_jobs")
    titles = [view.model().index(row, 0).data() for row in range(2)]
    assert titles == ["Model habitat", "Read the records"]
    told = panel.findChild(QPlainTextEdit, "job_details").toPlainText()
    assert "Read the records" in told
    assert "Reading" in told


def test_details_of_an_error_can_be_copied(panel, background, log, qtbot):
    _submit(background, _fail, label="Read the records")
    qtbot.waitUntil(lambda: bool(log.ended))
    panel.choose(log.ended[0])
    qtbot.mouseClick(panel.findChild(QPushButton, "copy_details"), Qt.MouseButton.LeftButton)
    copied = QGuiApplication.clipboard().text()
    assert "The raster ends early. Copy it again." in copied
    assert "in _fail" in copied


def test_the_list_can_be_cleared(panel, background, log, qtbot):
    _submit(background, _fail)
    qtbot.waitUntil(lambda: bool(log.ended))
    button = panel.findChild(QPushButton, "clear_jobs")
    qtbot.waitUntil(button.isVisible)
    button.click()
    qtbot.waitUntil(lambda: not panel.findChild(QListView, "ended_jobs").isVisible())
    assert log.ended == []


def test_short_work_that_went_well_is_no_news(background, qtbot):
    log = JobLog(background)
    _submit(background, lambda _: None)
    with qtbot.waitSignal(background.jobs_changed):
        _submit(background, _fail)
    qtbot.waitUntil(lambda: background.settled)
    qtbot.waitUntil(lambda: len(log.ended) == 1)
    assert log.ended[0].state is JobState.FAILED


@pytest.mark.parametrize(
    ("seconds", "told"), [(0.2, "1 s"), (40, "40 s"), (600, "10 min"), (7200, "2.0 h")]
)
def test_durations_have_a_unit_that_fits(seconds, told):
    assert duration(seconds) == told
    assert time_left(seconds) == f"{told} left"
