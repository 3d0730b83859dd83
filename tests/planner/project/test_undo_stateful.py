"""Any sequence of edits, undos, redos and restarts: always the state that a list would say."""

import shutil
import tempfile
from pathlib import Path

import pytest
import shapely
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

from planner.project import (
    AddFeatures,
    AddScenario,
    CommandGroup,
    Project,
    RemoveFeatures,
    RemoveScenario,
    ReplaceFeatures,
    SetSetting,
    UpdateFeature,
)

numbers = st.floats(-1e6, 1e6)
texts = st.none() | st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=8)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | numbers | texts,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abc"), inner, max_size=3)
    ),
    max_leaves=5,
)
squares = st.none() | st.builds(
    lambda x, y, size: shapely.box(x, y, x + size, y + size),
    numbers,
    numbers,
    st.floats(1.0, 1e5),
)
values = st.fixed_dictionaries(
    {},
    optional={
        "name": texts,
        "area_km2": st.none() | numbers,
        "countries": json_values,
        "attributes": json_values,
        "geometry": squares,
    },
)


def make_machine(dump):  # noqa: C901 - one rule per kind of edit, each simple
    """Return a machine that compares whole states as `dump` reads them."""

    class Edits(RuleBasedStateMachine):
        @initialize()
        def begin(self):
            self.home = Path(tempfile.mkdtemp())
            self.project = Project.create(
                self.home / "p", name="P", region_id="r", crs="EPSG:8857"
            )
            self.states = [dump(self.project)]
            self.place = 0

        def _edit(self, command):
            self.project.execute(command)
            self.states[self.place + 1 :] = [dump(self.project)]
            self.place += 1

        @rule(records=st.lists(values, max_size=4), scenario=st.none() | st.sampled_from("ab"))
        def add(self, records, scenario):
            self._edit(AddFeatures("cores", [{**row, "scenario": scenario} for row in records]))

        @rule(data=st.data(), changes=values)
        def change(self, data, changes):
            fids = [row["fid"] for row in self.project.records("cores")]
            if fids and changes:
                self._edit(UpdateFeature("cores", data.draw(st.sampled_from(fids)), changes))

        @rule(data=st.data())
        def remove(self, data):
            fids = [row["fid"] for row in self.project.records("cores")]
            if fids:
                chosen = data.draw(st.lists(st.sampled_from(fids), min_size=1))
                self._edit(RemoveFeatures("cores", chosen))

        @rule(records=st.lists(values, max_size=3), scenario=st.sampled_from("ab"))
        def replace(self, records, scenario):
            self._edit(ReplaceFeatures("cores", records, {"scenario": scenario}))

        @rule(key=st.sampled_from("xyz"), value=json_values)
        def set_value(self, key, value):
            self._edit(SetSetting(key, value))

        @rule(scenario=st.sampled_from("ab"))
        def scenario(self, scenario):
            known = {item.scenario_id for item in self.project.scenarios()}
            if scenario in known:
                self._edit(
                    CommandGroup("Out", (RemoveScenario(scenario), SetSetting("x", scenario)))
                )
            else:
                copied = next(iter(known), None)
                self._edit(AddScenario(scenario, scenario, copy_of=copied))

        @rule()
        def undo(self):
            assert (self.project.undo() is not None) == (self.place > 0)
            self.place = max(0, self.place - 1)
            self._check()

        @rule()
        def redo(self):
            last = len(self.states) - 1
            assert (self.project.redo() is not None) == (self.place < last)
            self.place = min(last, self.place + 1)
            self._check()

        @rule()
        def restart(self):
            self.project.close()
            self.project = Project.open(self.project.path)
            self._check()

        def _check(self):
            assert dump(self.project) == self.states[self.place]
            assert self.project.can_undo == (self.place > 0)
            assert self.project.can_redo == (self.place < len(self.states) - 1)

        def teardown(self):
            self._check()
            self.project.verify()
            self.project.close()
            shutil.rmtree(self.home)

    return Edits


@pytest.mark.slow
def test_any_sequence_of_edits_can_be_taken_back_and_repeated(dump):
    run_state_machine_as_test(
        make_machine(dump),
        settings=settings(
            max_examples=40,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
