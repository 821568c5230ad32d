"""The panel of a run."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from experiments.evaluation.codebook import CODEBOOK
from experiments.evaluation.simulated_panel import Flaws, first_years, make_panel, with_flaws
from experiments.evaluation.true_effects import run_with
from experiments.study.study import Study
from model.files.user_tables import InputError
from model.regional_model import RegionalModel
from model.scenarios.scenario import Opening


def test_the_first_treated_year_has_two_quarters_of_work() -> None:
    quarters = {0: 0, 1: 0, 2: 0, 3: 1, 4: 1, 6: 1, 7: 2, 23: 6}
    for quarter, year in quarters.items():
        assert first_years([Opening("a", 1, "super", quarter)], 3)[1] == year, quarter
    both = [Opening("a", 0, "super", 9), Opening("b", 0, "basic", 2)]
    assert first_years(both, 2).tolist() == [0, np.iinfo(np.int64).max]


def test_the_panel_is_what_the_run_was(study: Study) -> None:
    openings = (Opening("a", 3, "super", 16), Opening("b", 7, "basic", 22))
    rows = run_with(study, 5, openings)
    panel = make_panel(rows, study.country.cities, openings, study.parameters, 5)
    assert list(panel.columns) == [entry.name for entry in CODEBOOK]
    assert len(panel) == 40 * 10
    one = panel[panel["city_id"] == study.country.cities["city_id"].iloc[3]]
    raw = rows[rows["city_id"] == study.country.cities["city_id"].iloc[3]]
    assert one["innovations"].tolist() == raw["realised_innovation"].tolist()
    assert one["centre"].tolist() == [0.0] * 4 + [1.0] * 6
    assert set(one["opening_year"]) == {2009}
    assert one["log_sales_before"].to_numpy()[1:] == pytest.approx(np.log(raw["revenue"].to_numpy()[:-1]))
    hosts = study.country.cities["city_id"].iloc[[3, 7]]
    assert panel.loc[~panel["city_id"].isin(hosts), "centre"].max() == 0.0
    counted = panel[[name for name in panel if name.startswith("centres_")]].sum(axis=1)
    assert counted.max() <= 2


def test_moderators_are_those_of_the_model(study: Study) -> None:
    panel = make_panel(run_with(study, 5, []), study.country.cities, [], study.parameters, 5)
    model = RegionalModel(study.parameters, "none", 5, cities=study.country.cities)
    first = panel[panel["year"] == 2005]
    for name in ("business_environment", "data_openness", "redundancy", "fiscal_decentralisation"):
        assert first[name].tolist() == model.state["cities"][name].tolist()
    assert panel.groupby("city_id")[["talent_density", "market_potential"]].nunique().max().max() == 1


def test_flaws(study: Study) -> None:
    openings = tuple(Opening(str(row), row, "super", 12) for row in range(20))
    panel = make_panel(run_with(study, 5, openings), study.country.cities, openings, study.parameters, 5)
    pd.testing.assert_frame_equal(with_flaws(panel, Flaws(), 1), panel)
    flawed = with_flaws(panel, Flaws(control_noise=0.5, wrong_dates=0.5, omitted=("capital",)), 1)
    assert "capital" not in flawed
    error = (flawed["log_population"] - panel["log_population"]).groupby(panel["city_id"])
    assert error.nunique().max() == 1
    assert 0.2 < error.first().std() / panel["log_population"].std() < 0.9
    off = (flawed["opening_year"] - panel["opening_year"]).dropna()
    assert set(off) == {-1, 0, 1}
    again = flawed["year"] >= flawed["opening_year"].astype("float64").fillna(np.inf)
    assert (flawed["centre"] == again).all()
    noisy = with_flaws(panel, Flaws(outcome_noise=0.3), 1)
    assert (noisy["log_innovations"] - panel["log_innovations"]).std() == pytest.approx(0.3, rel=0.15)
    with pytest.raises(InputError, match="no column 'capitl'; did you mean capital"):
        with_flaws(panel, Flaws(omitted=("capitl",)), 1)
