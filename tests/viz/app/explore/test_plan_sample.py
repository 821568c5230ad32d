"""Runs of several plans with the same seeds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

from tests.support.small_page import SMALL
from viz.app.explore.plan_sample import KNOWN, PlanSample, plan_accounts, plan_effects
from viz.app.explore.plans_panel import curves
from viz.app.explore.simulation import Simulation


@pytest.fixture(scope="module")
def ready(land) -> list[Any]:
    """Random hosts from 2006 and none, with two seeds, to the end of 2007."""
    KNOWN.clear()  # runs of other tests of this process
    first = replace(SMALL, scenario="random_hosts", changes=(("capacity_scale", 3.0),))
    sample = PlanSample(land, (first, replace(SMALL, scenario="none")))
    sample.seeds, sample.until = range(3, 5), 32
    while sample.run_one(lambda: True):
        pass
    return sample.ready(32)


def test_each_plan_has_the_numbers_of_a_visitor_who_runs_it(land, ready):
    other = Simulation(land, replace(SMALL, seed="4", changes=(("capacity_scale", 3.0),)))
    for _ in range(32):
        other.step()
    shot = other.snapshot()
    assert ready[1][1].innovation == shot.run.totals.innovation
    assert ready[1][0].recent_theil == shot.twin.totals.recent_theil


def test_the_difference_is_that_of_the_runs_with_the_same_seed(ready):
    a, b = plan_effects(ready, "innovation", 32)
    _, _, apart = curves(ready, "innovation", 32)
    assert np.allclose(apart, b - a)
    total = [[np.sum(run.innovation[29:33]) for run in row] for row in ready]
    assert apart[0, -1] == pytest.approx(100 * np.log(total[0][2] / total[0][1]))
    found = plan_accounts(ready, 0, 32)
    assert found["power"].seeds == 2
    assert found["power"].mean > plan_accounts(ready, 1, 32)["power"].mean == 0.0
    assert [one.shape for one in plan_effects(ready, "gdp", 20)] == [(2, 20), (2, 20)]


def test_runs_of_plans_are_made_once(land, ready):
    before = len(KNOWN)
    again = PlanSample(land, (replace(SMALL, scenario="none"),))
    again.seeds, again.until = range(3, 5), 32
    assert again.next_run() is not None  # its own run without any centre has other parameters
    while again.run_one(lambda: True):
        pass
    assert len(KNOWN) == before + 2
