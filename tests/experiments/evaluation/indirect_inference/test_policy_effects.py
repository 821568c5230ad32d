"""Effects of worlds that are inferred from their statistics."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from experiments.evaluation.indirect_inference import policy_effects as module
from experiments.evaluation.indirect_inference.policy_effects import (
    about_worlds,
    cell_scores,
    fit_worlds,
    left_out_scores,
    policy_effects,
    shipped_worlds,
    statistics_of,
)
from experiments.evaluation.known_effect import lot_panel
from model.files.user_tables import InputError


def test_effects_of_members_left_out_are_found_and_intervals_hold(worlds: pd.DataFrame) -> None:
    found = left_out_scores(worlds).set_index("effect")
    assert found.loc["total", "explained"] > 0.9
    assert found.loc["total", "coverage"] == pytest.approx(0.9, abs=0.02)
    assert found.loc["total", "width"] < 0.3
    assert found.loc["total", "null_power"] < 0.2
    cells = cell_scores(worlds).set_index(["sites", "effect"])
    for way in ("random", "wealth", "shocks"):
        row = cells.loc[(way, "total")]
        assert abs(row["bias"]) < 0.1 * row["true"]
    held = cells.xs("total", level="effect")["coverage_own_panel"]
    assert held.mean() == pytest.approx(0.9, abs=0.12)


def test_without_a_statistic_that_tells_the_interval_is_that_of_the_prior(worlds: pd.DataFrame) -> None:
    known = worlds[worlds["cell"] == ""]
    blind = fit_worlds(known, ["level"]).fits["total"]
    seeing = fit_worlds(known, statistics_of(known)).fits["total"]
    wide = blind.half_width(np.array([blind.truth.mean()]))[0]
    assert wide > 3 * seeing.half_width(np.array([blind.truth.mean()]))[0]
    assert 2 * wide == pytest.approx(np.ptp(np.quantile(blind.truth, [0.05, 0.95])), rel=0.3)
    with pytest.raises(InputError, match="10 worlds are too few"):
        fit_worlds(known.head(10), ["level"])


def test_a_panel_is_judged_only_by_worlds_like_it(
    worlds: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = worlds.iloc[160]
    seen = {name: float(row[name]) for name in statistics_of(worlds)}
    monkeypatch.setattr(module, "shipped_worlds", lambda: worlds)
    monkeypatch.setattr(module, "panel_statistics", lambda *_: seen)
    found = policy_effects(pd.DataFrame(), "log_innovations").set_index("effect")
    assert found.loc["total", "estimate"] == pytest.approx(row["total"], abs=0.003)
    span = found.loc["total", "high"] - found.loc["total", "low"]
    assert 0 < span < found.loc["total", "prior_high"] - found.loc["total", "prior_low"]
    monkeypatch.setattr(module, "panel_statistics", lambda *_: {**seen, "level": 1e3})
    with pytest.raises(InputError, match=r"like none of 190 simulated worlds \(statistic level\)"):
        policy_effects(pd.DataFrame(), "log_innovations")


def test_the_shipped_worlds_are_many_and_no_panel_of_another_kind_passes() -> None:
    worlds, about = shipped_worlds(), about_worlds()
    assert worlds["world"].nunique() == about["worlds"]
    assert set(worlds["data"]) == {"expected", "counts", "omitted"}
    assert worlds.loc[worlds["size"] < 0.01, "total"].abs().mean() < 0.0005
    foreign = lot_panel(1, hosts=20, cities=60, years=12)
    with pytest.raises(InputError, match="is like none of"):
        policy_effects(foreign.assign(outcome=20.0 + 5.0 * foreign["outcome"]), "outcome")
