"""Edits a project without end, and says after each one that it is finished.

Run as a program it reads lines ``FOLDER FIRST``; for each it forks a process that opens the
project and carries out edit FIRST, FIRST + 1, ... until it is killed. The test that kills it
loads this file too, to know what the edits come to.
"""

import os
import random
import sys
from pathlib import Path

import shapely

from planner.project import AddFeatures, Project, ReplaceFeatures, SetSetting, UpdateFeature

BOX = shapely.box(0, 0, 1000, 1000)


def edit_number(index):
    """Return what edit `index` is: a word, and a count of features."""
    rng = random.Random(index)
    word = rng.choice(["add", "add", "change", "replace", "set", "undo", "undo", "redo"])
    return word, rng.choice([1, 2, 3, 200])


def carry_out(project, index):
    word, count = edit_number(index)
    records = [{"core_id": f"{index}-{item}", "geometry": BOX} for item in range(count)]
    if word == "add":
        project.execute(AddFeatures("cores", records[:3]))
    elif word == "replace":
        project.execute(ReplaceFeatures("cores", records))
    elif word == "set":
        project.execute(SetSetting("counter", index))
    elif word == "change":
        first = project.records("cores")[:1]
        if first:
            fid = first[0]["fid"]
            project.execute(UpdateFeature("cores", fid, {"area_km2": float(index)}))
    elif word == "undo":
        project.undo()
    else:
        project.redo()


class Model:
    """What a project should hold after some edits: states, and the place among them."""

    def __init__(self):
        self.states = [((), None)]
        self.place = 0

    @property
    def state(self):
        return self.states[self.place]

    def carry_out(self, index):
        word, count = edit_number(index)
        cores, counter = self.state
        added = tuple((f"{index}-{item}", None) for item in range(count))
        if word == "add":
            self._push((cores + added[:3], counter))
        elif word == "replace":
            self._push((added, counter))
        elif word == "set":
            self._push((cores, index))
        elif word == "change" and cores:
            self._push((((cores[0][0], float(index)), *cores[1:]), counter))
        elif word == "undo":
            self.place = max(0, self.place - 1)
        elif word == "redo":
            self.place = min(len(self.states) - 1, self.place + 1)

    def _push(self, state):
        self.states[self.place + 1 :] = [state]
        self.place += 1

    def copy(self):
        twin = Model()
        twin.states, twin.place = list(self.states), self.place
        return twin


def state_of(project):
    cores = tuple((row["core_id"], row["area_km2"]) for row in project.records("cores"))
    return cores, project.settings.get("counter")


def edit_without_end(folder, index):
    project = Project.open(Path(folder), author="stream")
    while True:
        carry_out(project, index)
        os.write(1, f"{index}\n".encode())
        index += 1


def serve():
    for line in iter(sys.stdin.readline, ""):
        folder, first = line.rsplit(maxsplit=1)
        child = os.fork()
        if child == 0:
            edit_without_end(folder, int(first))
        os.write(1, f"child {child}\n".encode())
        os.waitpid(child, 0)
        os.write(1, b"end\n")


if __name__ == "__main__":
    serve()
