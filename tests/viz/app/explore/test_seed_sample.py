"""More seeds of the visitor's comparison."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

from experiments.measures.twin_pairs import mean_and_se
from tests.support.rendered_page import wait_for
from tests.support.small_page import SMALL
from viz.app.explore import seed_sample
from viz.app.explore.headline import headline, seeds_note
from viz.app.explore.run_options import ALL, OWN
from viz.app.explore.seed_sample import BackgroundSeeds, SeedSample
from viz.app.explore.seed_spread import city_effects, city_means, effect_by_band, national, spread
from viz.app.explore.simulation import Simulation
from viz.app.results.chart_numbers import interval
from viz.app.ui.translations import translator

UNTIL = 32


def sample_of(land, options, seeds=2) -> SeedSample:
    sample = SeedSample(land, options)
    sample.seeds, sample.until = range(4, 4 + seeds), UNTIL
    while sample.run_one(lambda: True):
        pass
    return sample


@pytest.fixture(scope="module")
def sample(land, played) -> SeedSample:
    return sample_of(land, replace(SMALL, centres=played.runs["run"].experiment.places))


@pytest.mark.parametrize("against", [ALL, OWN])
def test_another_seed_is_the_run_that_a_visitor_with_that_seed_would_see(land, sample, against):
    other = Simulation(land, replace(SMALL, seed="4"))
    for _ in range(24):
        other.step()
    other.open_centre(int(land.cities["city_id"].iloc[7]), "super", 2.0)
    for _ in range(8):
        other.step()
    shot, found = other.snapshot(against), sample.seed_pairs(UNTIL, against)[0]
    assert found.pair.seed == shot.seed == 4
    assert list(found.pair.hosts) == list(shot.treated)
    for name in ("innovation", "talent", "real_gdp"):
        for arm, same in (
            (found.pair.with_centres, shot.pair.with_centres),
            (found.pair.without, shot.pair.without),
        ):
            assert np.array_equal(arm[name], same[name])
    assert found.run.recent_theil == other.snapshot(against).run.totals.recent_theil
    past = sample.seed_pairs(20, against)[0].pair
    assert np.array_equal(past.without["innovation"][0], np.mean(shot.twin.past["innovation"][16:20], axis=0))


def test_an_opened_centre_costs_no_new_twins(land, sample):
    before = set(sample.runs)
    moved = tuple(replace(place, size=1.0) for place in sample.centres)
    again = SeedSample(land, replace(SMALL, centres=moved))
    assert again.runs is sample.runs
    again.seeds, again.until = sample.seeds, UNTIL
    made = []
    while (missing := again.next_run()) is not None:
        made.append(missing[0])
        again.run_one(lambda: True)
    assert len(made) == len(again.seeds)
    assert set(again.runs) - before == set(made)


def test_numbers_of_the_page_have_means_and_intervals_over_seeds(played, sample):
    shot = played.snapshot(ALL, sample)
    pairs = shot.pairs
    assert [pair.seed for pair in pairs] == [3, 4, 5]
    found = effect_by_band(shot)[0][0]
    wanted = mean_and_se(pair.group_effect(pair.hosts) for pair in pairs)
    assert found.mean == pytest.approx(wanted["mean"])
    assert (found.low, found.high) == pytest.approx(interval(wanted["mean"], wanted["se"], 3))
    assert found.own == pairs[0].group_effect(pairs[0].hosts)
    country = mean_and_se(pair.group_effect(pair.host_flags() | True) for pair in pairs)
    assert national(shot, "innovation").mean == pytest.approx(country["mean"])
    by_seed = city_effects(shot)
    mean, low, high = city_means(by_seed)
    one = spread(values[7] for values in by_seed)
    assert (mean[7], low[7], high[7]) == pytest.approx((one.mean, one.low, one.high), nan_ok=True)
    for language in ("en", "zh"):
        tr = translator(language)
        assert found.text(1) in headline(shot, tr)
        assert "3" in seeds_note(shot, tr)


def test_fewer_than_three_seeds_have_no_interval():
    two = spread([1.0, 2.0])
    assert two.mean == 1.5
    assert np.isnan(two.low)
    assert two.sign == 0
    assert spread([1.0, 1.1, 0.9]).sign == 1


def test_the_background_waits_for_visitors_and_leaves_with_them(land, monkeypatch):
    monkeypatch.setattr(seed_sample, "OTHERS", 2)
    seeds, sample = BackgroundSeeds(), SeedSample(land, replace(SMALL, seed="40"))
    sample.until = 8
    with seeds.visitor():
        seeds.follow(sample)
        time.sleep(0.3)
        assert not sample.runs.get((41, ALL))
    wait_for(lambda: sample.ready(8, ALL) == 2)
    longer = threading.Event()
    seeds.leave(sample)
    sample.extend(4000)
    longer.wait(0.2)
    assert sample.ready(9, ALL) == 0
