"""A sign that one estimate alone shows is fragile; test_simulate compares estimates with a study's."""

import numpy as np
import pandas as pd
import pytest

from experiments.sweep.errors import SweepError
from experiments.sweep.estimates import COLUMNS, ESTIMATES, effects_table, estimate, sign_of
from experiments.sweep.measures import EFFECTS

MEDIAN, TRIMMED = ESTIMATES["effect_hosts"]


def finals(**columns: float) -> pd.DataFrame:
    """Four replications of one point, whose columns scatter by 0.1 around a value."""
    scatter = np.array([-0.1, 0.0, 0.0, 0.1])
    return pd.DataFrame({"replication": range(4), **{name: v + scatter for name, v in columns.items()}})


@pytest.mark.parametrize(
    ("total", "median", "trimmed", "sign"),
    [
        (1.0, 0.8, 0.9, "above 0"),
        (-1.0, -0.8, -0.9, "below 0"),
        (1.0, -0.8, 0.9, "fragile"),
        (1.0, 0.8, 0.01, "fragile"),
        (0.01, 0.8, 0.9, "undecided"),
    ],
)
def test_a_sign_needs_all_three_estimates(total: float, median: float, trimmed: float, sign: str) -> None:
    assert sign_of(finals(effect_hosts=total, **{MEDIAN: median, TRIMMED: trimmed}), "effect_hosts") == sign


def test_effects_with_other_estimates_or_none() -> None:
    old = finals(effect_hosts=1.0).assign(
        **{MEDIAN: np.nan, TRIMMED: np.nan}
    )  # a store of an earlier version
    assert sign_of(old, "effect_hosts") == "above 0"
    gap = finals(change_theil=-1.0, change_gini=-1.0, change_sigma=0.0)
    assert sign_of(gap, "change_theil") == "fragile"
    assert sign_of(gap, "change_gini") == "below 0"


def test_runs_with_one_seed_count_once() -> None:
    two_points = pd.concat([finals(effect_gdp=1.0), finals(effect_gdp=3.0)])
    assert estimate(two_points, "effect_gdp") == pytest.approx(
        {"mean": 2.0, "se": 0.1 / np.sqrt(6.0), "seeds": 4}
    )


def test_a_row_for_each_effect_and_level() -> None:
    low, high = (
        finals(effect_hosts=v, effect_gdp=v, hosts=8.0, **{MEDIAN: v, TRIMMED: 2 * v}).assign(
            capacity_scale=c
        )
        for v, c in ((1.0, 0.5), (-1.0, 2.0))
    )
    found = effects_table(pd.concat([low, high]), ["capacity_scale"])
    assert found["effect"].tolist() == ["effect_hosts", "effect_gdp"] * 2
    assert found["sign"].tolist() == ["above 0"] * 2 + ["below 0"] * 2
    assert found["capacity_scale"].tolist() == [0.5, 0.5, 2.0, 2.0]
    assert found["trimmed"].iloc[0] == pytest.approx(2.0)
    assert np.isnan(found["median"].iloc[1])
    assert len(effects_table(low)) == 2
    with pytest.raises(SweepError, match="twin = true"):
        effects_table(low[["replication"]])
    with pytest.raises(SweepError, match="'capacity' is no factor"):
        effects_table(low, ["capacity"])
    assert not set(COLUMNS) & set(EFFECTS)
