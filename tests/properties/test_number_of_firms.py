"""Results do not depend on how many firms stand for the country's: 10,000 against 40,000."""

from __future__ import annotations

import numpy as np
import pytest

from model import Parameters, RegionalModel
from tests.support.long_version import FULL, Note

SEEDS = range(1, 7)
LAST = 2012


def aggregates(firms: int, seed: int) -> dict[str, float]:
    """Growth of output and of quality a year, adoption, innovation per firm, β of real GDP per head."""
    model = RegionalModel(Parameters(firms=firms), "none", seed)
    model.step()
    city = model.state["cities"]
    before = np.log(city["real_gdp"] / city["people"])
    quality, output = model.state["nation"]["mean_quality"][0], city["real_gdp"].sum()
    model.run_until(LAST)
    years = (model.quarter - 1) / 4.0
    growth = (np.log(city["real_gdp"] / city["people"]) - before) / years
    size = city["firms"].sum()
    return {
        "output": float(np.log(city["real_gdp"].sum() / output) / years),
        "quality": float((model.state["nation"]["mean_quality"][0] - quality) / years),
        "adopters": float(city["adopters"].sum() / size),
        "innovation": float(city["innovation"].sum() / size),
        "convergence": float(np.polyfit(before, growth, 1)[0]),
    }


@pytest.mark.skipif(not FULL, reason="takes minutes: make reliability")
def test_four_times_as_many_firms_give_the_same_country(note: Note):
    """Means over seeds agree within two standard errors, or within a fiftieth of their size."""
    few, many = (
        {name: np.array([run[name] for run in runs]) for name in runs[0]}
        for runs in ([aggregates(firms, seed) for seed in SEEDS] for firms in (10_000, 40_000))
    )
    apart = {name: float(many[name].mean() - few[name].mean()) for name in few}
    error = {
        name: float(np.hypot(few[name].std(ddof=1), many[name].std(ddof=1)) / len(SEEDS) ** 0.5)
        for name in few
    }
    note(what="10,000 and 40,000 firms, runs", count=2 * len(SEEDS), faults=0, apart=apart, error=error)
    wrong = [name for name in few if abs(apart[name]) > max(2.0 * error[name], 0.02 * abs(few[name].mean()))]
    assert not wrong, {name: (few[name], many[name]) for name in wrong}
