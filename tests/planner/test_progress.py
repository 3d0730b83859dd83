import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.jobs import JobCancelled
from planner.progress import LONGEST_ESTIMATE_S, StepProgress, TimeEstimate


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


class Heard:
    def __init__(self):
        self.fractions = []

    def report(self, fraction):
        self.fractions.append(fraction)


def test_even_progress_gives_the_exact_time_left(clock):
    estimate = TimeEstimate(clock)
    for second in range(1, 11):
        clock.now += 1
        estimate.update(second / 40)
    assert estimate.seconds_left() == pytest.approx(30)
    clock.now += 2
    assert estimate.seconds_left() == pytest.approx(28)
    clock.now += 100
    assert estimate.seconds_left() == 0


def test_no_estimate_from_nothing(clock):
    estimate = TimeEstimate(clock)
    assert estimate.seconds_left() is None
    clock.now += 10
    estimate.update(0.0)
    assert estimate.seconds_left() is None
    early = TimeEstimate(clock)
    clock.now += 0.1
    early.update(0.5)
    assert early.seconds_left() is None


def test_recent_speed_counts_more(clock):
    estimate = TimeEstimate(clock)
    for second in range(100):
        clock.now += 1
        estimate.update((second + 1) * 0.001)
    for second in range(60):
        clock.now += 1
        estimate.update(0.1 + (second + 1) * 0.01)
    assert estimate.seconds_left() == pytest.approx(0.3 / 0.01, rel=0.1)


def test_start_forgets_the_time_before(clock):
    estimate = TimeEstimate(clock)
    clock.now += 1000
    estimate.start()
    clock.now += 10
    estimate.update(0.5)
    assert estimate.seconds_left() == pytest.approx(10)


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 1)), max_size=30))
def test_estimate_is_never_negative(reports):
    clock = Clock()
    estimate = TimeEstimate(clock)
    for passed, fraction in reports:
        clock.now += passed
        estimate.update(fraction)
        left = estimate.seconds_left()
        assert left is None or 0 <= left <= LONGEST_ESTIMATE_S


def test_steps_add_up_to_the_whole(clock):
    heard = Heard()
    progress = StepProgress({"sites": 1, "corridors": 3}, control=heard, clock=clock)
    with progress.step("sites") as control:
        clock.now += 1
        control.report(0.5)
        assert progress.fraction == 0.125
    with progress.step("corridors") as control:
        control.report(0.5)
        assert progress.fraction == 0.625
    assert heard.fractions == [0.125, 0.25, 0.625, 1.0]
    assert [status.state for status in progress.statuses] == ["done", "done"]


def test_each_step_tells_its_time_left(clock):
    seen = []
    progress = StepProgress({"a": 1, "b": 1}, on_changed=seen.append, clock=clock)
    with progress.step("a") as control:
        clock.now += 10
        control.report(0.25)
        assert seen[-1].seconds_left == pytest.approx(30)
        assert progress.seconds_left == pytest.approx(70)
        clock.now += 30
    assert [(status.state, status.seconds) for status in seen] == [
        ("running", 0),
        ("running", 10),
        ("done", 40),
    ]
    assert seen[-1].seconds_left is None


def test_reused_steps_tell_nothing_of_the_speed(clock):
    progress = StepProgress({"a": 8, "b": 2}, clock=clock)
    clock.now += 0.001
    progress.reuse("a")
    assert progress.fraction == 0.8
    with progress.step("b") as control:
        clock.now += 10
        control.report(0.5)
        assert progress.seconds_left == pytest.approx(10, rel=0.01)
    assert [status.state for status in progress.statuses] == ["reused", "done"]


def test_step_that_fails_is_told_and_passed_on(clock):
    progress = StepProgress({"a": 1, "b": 1}, clock=clock)

    def fail():
        with progress.step("a") as control:
            control.report(0.4)
            raise KeyError("boom")

    with pytest.raises(KeyError, match="boom"):
        fail()
    first, second = progress.statuses
    assert (first.state, first.fraction, second.state) == ("failed", 0.4, "waiting")


def test_cancel_of_the_whole_ends_the_step():
    class Cancels:
        def report(self, fraction):
            raise JobCancelled

    progress = StepProgress({"a": 1}, control=Cancels())
    with pytest.raises(JobCancelled), progress.step("a") as control:
        control.report(0.1)
    assert progress.statuses[0].state == "failed"


def test_fraction_of_a_step_never_falls():
    progress = StepProgress({"a": 1})
    with progress.step("a") as control:
        control.report(0.6)
        control.report(0.2)
        assert progress.fraction == 0.6
        control.report(7)
        assert progress.fraction == 1.0


def test_unknown_step_is_refused():
    progress = StepProgress({"a": 1})
    with pytest.raises(KeyError), progress.step("b"):
        pass
    with pytest.raises(KeyError):
        progress.reuse("b")


@pytest.mark.parametrize("weights", [{}, {"a": 0}, {"a": -1.0}, {"a": float("inf")}])
def test_weights_must_be_positive(weights):
    with pytest.raises(ValueError, match="positive weights"):
        StepProgress(weights)
