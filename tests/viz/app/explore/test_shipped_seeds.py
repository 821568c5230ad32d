"""Seeds of the first screen that are shipped: the same numbers as those that are run, or none."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

from tests.support.small_page import SMALL
from viz.app.explore import seed_sample, shipped_seeds
from viz.app.explore.run_options import ALL, OWN, RunOptions
from viz.app.explore.seed_sample import SeedSample

QUARTER = 6


@pytest.fixture
def run(land, monkeypatch, tmp_path) -> SeedSample:
    """Two seeds that have been run, and written as the shipped file of a small page."""
    monkeypatch.setattr(seed_sample, "OTHERS", 2)
    monkeypatch.setattr(shipped_seeds, "FOLDER", tmp_path)
    monkeypatch.setattr(seed_sample, "load_country", lambda path: land)
    monkeypatch.setattr(shipped_seeds, "RunOptions", lambda: SMALL)
    monkeypatch.setattr(seed_sample, "RUNS", type(seed_sample.RUNS)())
    made = SeedSample(land, SMALL)
    made.until = QUARTER
    while made.run_one(lambda: True):
        pass
    pairs = made.seed_pairs(QUARTER, ALL)
    shipped_seeds.read_seeds.cache_clear()
    shipped_seeds.write_seeds(tmp_path / f"{SMALL.scenario}.npz", SMALL.scenario, pairs, QUARTER)
    seed_sample.RUNS.clear()
    return made


def test_shipped_seeds_are_those_that_are_run(run, land):
    sample = SeedSample(land, SMALL)
    assert (sample.ready(QUARTER, ALL), sample.ready(QUARTER, OWN), sample.ready(5, ALL)) == (2, 0, 0)
    for shipped, made in zip(sample.seed_pairs(QUARTER), run.seed_pairs(QUARTER), strict=True):
        assert shipped.pair.seed == made.pair.seed
        assert shipped.pair.hosts.tolist() == made.pair.hosts.tolist()
        for name in ("innovation", "firms", "adoption_share", "real_gdp"):
            assert np.array_equal(shipped.pair.with_centres[name], made.pair.with_centres[name])
            assert np.array_equal(shipped.pair.without[name], made.pair.without[name])
        for name in ("innovation", "gdp", "recent_theil", "spent"):
            for arm in ("run", "twin"):
                values = getattr(getattr(made, arm), name)[: QUARTER + 1]
                assert getattr(getattr(shipped, arm), name) == values
        assert np.array_equal(shipped.run.use, made.run.use[: QUARTER + 1])


def test_another_run_or_other_rules_use_none(run, land, monkeypatch):
    for other in (SMALL.changed("talent_mobility", 0.05), RunOptions("actual", firms=SMALL.firms)):
        assert SeedSample(land, other).ready(QUARTER, ALL) == 0
    for name in ("same_rules", "data_fingerprint"):
        shipped_seeds.read_seeds.cache_clear()
        with monkeypatch.context() as patch:
            patch.setattr(shipped_seeds, name, lambda *_: False)
            assert SeedSample(land, SMALL).ready(QUARTER, ALL) == 0
    shipped_seeds.read_seeds.cache_clear()
    assert SeedSample(land, SMALL).ready(QUARTER, ALL) == 2


def test_the_shipped_file_says_what_it_is():
    for scenario in shipped_seeds.SCENARIOS:
        with np.load(shipped_seeds.FOLDER / f"{scenario}.npz", allow_pickle=False) as file:
            about = shipped_seeds.json.loads(str(file["about"]))
        assert (about["scenario"], about["seeds"]) == (scenario, list(range(2, 10)))
        assert {"version", "rules", "quarter", "firms", "columns"} <= set(about)
        assert shipped_seeds.is_current(about)
        assert not shipped_seeds.is_current({**about, "version": "2.0"})
        assert shipped_seeds.is_current({**about, "parameters": {"burn_in": 40}})  # others are new since then
        for other in ({"burn_in": 41}, {"gone": 1.0}):
            assert not shipped_seeds.is_current({**about, "parameters": other})
