"""Factors that change nothing are named: before the runs if the scenario does not read them, else after."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from experiments.sweep.inert_factors import idle_factors, unread_factors
from tests.support.sweeps import make


@pytest.mark.parametrize(
    ("scenario", "factors", "unread"),
    [
        ("actual", {"scenario.hosts": [2, 4]}, ["scenario.hosts"]),
        ("none", {"scenario.opens": ["2006", "2008"]}, ["scenario.opens"]),
        ("random_hosts", {"scenario.hosts": [2, 4], "scenario.opens": ["2006", "2008"]}, []),
        ("actual", {"scenario": ["actual", "random_hosts"], "scenario.hosts": [2, 4]}, []),
        ("actual", {"scenario.centres": ["random", "actual"], "scenario.hosts": [2, 4]}, []),
        ("actual", {"talent_mobility": [0.0, 0.05]}, []),
    ],
)
def test_what_no_scenario_reads_is_told_before_the_runs(
    tmp_path: Path, scenario: str, factors: dict[str, Any], unread: list[str]
) -> None:
    said = unread_factors(make(tmp_path / "s", scenario=scenario, design={"factors": factors}))
    assert [sentence.split(" changes nothing")[0] for sentence in said] == unread
    assert all(f"in the scenario {scenario}" in sentence for sentence in said)


def test_what_no_result_shows_is_told_after_the_runs(tmp_path: Path) -> None:
    """Hosts open in 2010, so their number is idle in runs to 2005; talent moves in all."""
    factors = {"scenario.hosts": [2, 4], "talent_mobility": [0.0, 0.05]}
    sweep = make(tmp_path / "s", until=2005, design={"factors": factors})
    sweep.run()
    assert idle_factors(sweep) == ["scenario_hosts"]
