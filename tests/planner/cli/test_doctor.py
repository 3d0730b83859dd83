from __future__ import annotations

from planner.doctor import Finding


def told(landbridge, monkeypatch, *findings):
    monkeypatch.setattr("planner.cli.doctor.examine", lambda: findings)
    return landbridge("doctor")


def test_what_is_there_and_what_is_limited_ends_well(landbridge, monkeypatch):
    ended = told(
        landbridge,
        monkeypatch,
        Finding("Python", "ok", "3.11.7 at /usr/bin/python3"),
        Finding("display", "warning", "none: [the window] cannot open", "run " + "x" * 120),
    )
    assert ended.status == 0
    assert ended.err == ""
    assert ended.out.splitlines() == [
        "ok       Python",
        "         3.11.7 at /usr/bin/python3",
        "limited  display",
        "         none: [the window] cannot open",
        "         mend: run " + "x" * 120,
    ]


def test_what_is_missing_ends_with_status_1(landbridge, monkeypatch):
    ended = told(landbridge, monkeypatch, Finding("QGIS", "missing", "none", "apt-get it"))
    assert ended.status == 1
    assert ended.out.splitlines() == [
        "missing  QGIS",
        "         none",
        "         mend: apt-get it",
    ]
    assert ended.err == ""
