import threading
import time
from types import SimpleNamespace

import pytest

from algorithms.control import PartControl
from planner.jobs import PROGRESS_INTERVAL_S, JobCancelled, JobRunner, JobState
from resources.errors import PlannerError


@pytest.fixture
def runner():
    before = set(threading.enumerate())
    with JobRunner(workers=2) as made:
        yield made
    assert set(threading.enumerate()) <= before, "a job's thread was left alive"


@pytest.fixture
def gate():
    """An event that jobs wait for; open at the end whatever happens."""
    event = threading.Event()
    yield event
    event.set()


def until_cancelled(control):
    for _ in range(3000):
        control.report(0.5)
        time.sleep(0.01)
    raise AssertionError("never cancelled")


def wait_for(condition, timeout_s=5.0):
    end = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.002)


def test_job_returns_its_result(runner):
    job = runner.submit(lambda control: 6 * 7, "Multiply")
    assert job.result(5) == 42
    assert (job.state, job.fraction, job.label) == (JobState.DONE, 1.0, "Multiply")
    assert job.seconds_left is None
    wait_for(lambda: runner.jobs == ())


def test_job_fails_with_what_was_raised(runner):
    error = PlannerError("no such region")

    def fail(control):
        raise error

    job = runner.submit(fail, "Fail")
    with pytest.raises(PlannerError, match="no such region"):
        job.result(5)
    assert job.state is JobState.FAILED
    assert job.exception is error
    assert runner.submit(lambda control: 1, "Next").result(5) == 1


def test_cancel_takes_effect_at_the_next_report(runner):
    reports, cancelled = [], threading.Event()

    def work(control):
        while True:
            reports.append(cancelled.is_set())
            control.report(0.5)
            time.sleep(0.001)

    job = runner.submit(work, "Long")
    wait_for(lambda: reports)
    job.cancel()
    cancelled.set()
    assert job.wait(5)
    assert sum(reports) <= 1
    assert job.state is JobState.CANCELLED
    with pytest.raises(JobCancelled, match="Long"):
        job.result()
    job.cancel()
    assert job.state is JobState.CANCELLED


def test_waiting_job_is_cancelled_at_once_and_never_runs(gate):
    ran = []
    with JobRunner(workers=1) as runner:
        first = runner.submit(lambda control: gate.wait(10), "First")
        second = runner.submit(lambda control: ran.append(1), "Second")
        second.cancel()
        assert second.wait(0)
        assert second.state is JobState.CANCELLED
        gate.set()
        assert first.result(5)
    assert ran == []


def test_result_that_comes_after_a_cancel_is_dropped(runner, gate):
    job = runner.submit(lambda control: gate.wait(10), "Deaf")
    wait_for(lambda: job.state is JobState.RUNNING)
    job.cancel()
    assert job.state is JobState.CANCELLING
    assert not job.wait(0)
    gate.set()
    assert job.wait(5)
    assert job.state is JobState.CANCELLED


def test_cancelled_can_be_asked(runner):
    def polite(control):
        while not control.cancelled:
            time.sleep(0.005)
        return "never seen"

    job = runner.submit(polite, "Polite")
    wait_for(lambda: job.state is JobState.RUNNING)
    job.cancel()
    assert job.wait(5)
    assert job.state is JobState.CANCELLED


def test_newer_revision_makes_older_jobs_stale(runner):
    finished = []
    old = runner.submit(until_cancelled, "Old", 1, subject="map", on_finished=finished.append)
    other = runner.submit(lambda control: "kept", "Other", 0, subject="list")
    wait_for(lambda: old.state is JobState.RUNNING)
    new = runner.submit(lambda control: "new", "New", 2, subject="map")
    assert new.result(5) == "new"
    assert old.wait(5)
    assert old.state is JobState.STALE
    assert finished == [old]
    with pytest.raises(JobCancelled, match="stale"):
        old.result()
    assert other.result(5) == "kept"


def test_job_on_an_old_revision_never_starts(runner):
    ran = []
    runner.set_revision("map", 5)
    late = runner.submit(lambda control: ran.append(1), "Late", 4, subject="map")
    assert late.wait(5)
    same = runner.submit(lambda control: ran.append(2), "Same", 5, subject="map")
    same.result(5)
    assert late.state is JobState.STALE
    assert ran == [2]


def test_result_of_a_subject_that_changed_is_dropped(runner, gate):
    job = runner.submit(lambda control: gate.wait(10), "Deaf", 1, subject="map")
    wait_for(lambda: job.state is JobState.RUNNING)
    runner.set_revision("map", 2)
    gate.set()
    assert job.wait(5)
    assert job.state is JobState.STALE


def test_failure_of_a_stale_job_is_dropped(runner, gate):
    def fail(control):
        gate.wait(10)
        raise ValueError

    job = runner.submit(fail, "Fail", 1, subject="map")
    wait_for(lambda: job.state is JobState.RUNNING)
    runner.set_revision("map", 2)
    gate.set()
    assert job.wait(5)
    assert (job.state, job.exception) == (JobState.STALE, None)


def test_progress_is_told_and_never_falls(runner, monkeypatch):
    seen = []
    clock = SimpleNamespace(now=0.0)
    monkeypatch.setattr("planner.jobs.time", SimpleNamespace(monotonic=lambda: clock.now))

    def work(control):
        for fraction in (0.1, 0.5, 0.3, 2.0):
            clock.now += 1.2 * PROGRESS_INTERVAL_S
            control.report(fraction)
        control.say("almost there")
        return job.message

    ready = threading.Event()

    def start(control):
        ready.wait(5)
        return work(control)

    job = runner.submit(
        start, "Work", on_progressed=lambda told: seen.append((told.fraction, told.state))
    )
    ready.set()
    assert job.result(5) == "almost there"
    assert [fraction for fraction, _ in seen] == [0.1, 0.5, 0.5, 1.0]
    assert {state for _, state in seen} == {JobState.RUNNING}


def test_progress_is_not_told_too_often(runner):
    seen = []

    def work(control):
        for step in range(10_000):
            control.report(step / 10_000)

    start = time.monotonic()
    runner.submit(work, "Work", on_progressed=seen.append).result(20)
    assert len(seen) <= 2 + (time.monotonic() - start) / 0.05


def test_finished_is_told_once_in_every_case(gate):
    finished = []

    def fail(control):
        raise ValueError

    with JobRunner(workers=1) as runner:
        jobs = [
            runner.submit(function, name, on_finished=finished.append)
            for name, function in [
                ("done", lambda control: 1),
                ("failed", fail),
                ("blocks", lambda control: gate.wait(10)),
                ("waits", lambda control: 1),
            ]
        ]
        jobs[3].cancel()
        gate.set()
    assert [job.label for job in finished if job.label != "waits"] == [
        "done",
        "failed",
        "blocks",
    ]
    assert sorted(job.label for job in finished) == ["blocks", "done", "failed", "waits"]


def test_closing_ends_everything():
    before = set(threading.enumerate())
    runner = JobRunner(workers=2)
    jobs = [runner.submit(until_cancelled, str(index)) for index in range(6)]
    wait_for(lambda: jobs[1].state is JobState.RUNNING)
    runner.close()
    assert {job.state for job in jobs} == {JobState.CANCELLED}
    assert set(threading.enumerate()) <= before
    assert runner.jobs == ()
    with pytest.raises(PlannerError, match="Late cannot start"):
        runner.submit(lambda control: 1, "Late")
    runner.close()


def test_result_does_not_wait_for_ever(runner, gate):
    job = runner.submit(lambda control: gate.wait(10), "Slow")
    with pytest.raises(TimeoutError, match="Slow"):
        job.result(0.01)
    gate.set()
    assert job.result(5)


def test_algorithms_accept_the_control(runner):
    def work(control):
        PartControl(control, 0.5, 1.0).report(0.5)
        return job.fraction

    started = threading.Event()
    job = runner.submit(lambda control: (started.wait(5), work(control))[1], "Part")
    started.set()
    assert job.result(5) == 0.75


def test_runner_needs_a_worker():
    with pytest.raises(ValueError, match="at least one worker"):
        JobRunner(workers=0)
