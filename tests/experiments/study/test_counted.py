"""Counts and times in words."""

from __future__ import annotations

from experiments.study.counted import counted, duration


def test_one_is_no_plural() -> None:
    assert [counted(n, "run") for n in (0, 1, 1200)] == ["0 runs", "1 run", "1,200 runs"]
    assert [counted(n, "city", "cities") for n in (1, 2)] == ["1 city", "2 cities"]


def test_times_have_a_unit_that_fits() -> None:
    times = (0.4, 48, 119, 720, 7199, 12600, 181440)
    assert [duration(seconds) for seconds in times] == [
        "0 s",
        "48 s",
        "119 s",
        "12 min",
        "120 min",
        "3.5 h",
        "2.1 days",
    ]
