"""The run and its twins in step."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

from experiments.measures.inequality import sigma, theil
from tests.support.small_page import SMALL
from viz.app.explore.run_options import ALL, OWN
from viz.app.explore.simulation import RUN, Simulation
from viz.app.ui.translations import translator

TR = translator("en")


def test_twins_are_the_same_until_a_centre_makes_the_difference(land):
    made = Simulation(land, SMALL)
    for _ in range(20):
        made.step()
    before = {against: made.snapshot(against) for against in (OWN, ALL)}
    for shot in before.values():
        assert not np.nan_to_num(shot.pair.effect()).any()
        assert shot.run.totals.theil[:21] == shot.twin.totals.theil[:21]
        assert len(shot.treated) == 0
    for _ in range(6):
        made.step()
    own, every = made.snapshot(OWN), made.snapshot(ALL)
    assert not np.nan_to_num(own.pair.effect()).any()
    assert np.nan_to_num(every.pair.effect()).any()
    assert list(every.treated) == list(every.run.hosts)
    assert len(own.treated) == 0
    made.open_centre(int(land.cities["city_id"].iloc[7]), "basic", 3.0)
    assert made.snapshot(OWN).own == ((7, 0, 26),)
    for _ in range(5):
        made.step()
    assert np.nan_to_num(made.snapshot(OWN).pair.effect()).any()
    assert list(made.snapshot(OWN).treated) == [7]


def test_totals_are_those_of_the_cities(played):
    shot = played.snapshot()
    innovation = shot.run.cities["innovation"]
    assert shot.run.totals.innovation[shot.quarter] == pytest.approx(innovation.sum())
    assert shot.run.totals.theil[shot.quarter] == theil(innovation)
    assert shot.run.totals.sigma[shot.quarter] == sigma(innovation)
    recent = np.mean(shot.run.past["innovation"][shot.quarter - 4 : shot.quarter], axis=0)
    assert shot.run.totals.recent_theil[shot.quarter] == theil(recent)


def test_flows_are_the_largest_between_two_cities(played):
    state = played.runs[RUN].state
    flows = played.flows("tasks", 5)
    assert [amount for *_, amount in flows] == sorted((amount for *_, amount in flows), reverse=True)
    origin, seat, amount = flows[0]
    sold = state["offers"]["provider"]
    bought = state["city_offers"]["flow"].reshape(30, -1)[origin]
    assert amount == pytest.approx(bought[state["providers"]["city"][sold] == seat].sum())
    assert origin != seat
    home, work, people = played.flows("talent", 5)[0]
    assert state["city_pairs"]["workers"][home * 30 + work] == people
