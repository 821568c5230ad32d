"""Concentration of sales and innovation: known distributions, and twins without centres."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.measures import concentration as measured
from experiments.measures.concentration import concentration, concentration_table, share_of_largest
from experiments.measures.inequality import theil
from model import RegionalModel
from model.parameters import Parameters
from model.scenarios.scenario_catalogue import find_scenario


def test_shares_of_the_largest():
    values = np.array([1.0] * 98 + [50.0, 52.0])
    assert share_of_largest(values, 0.01) == pytest.approx(26.0)
    assert share_of_largest(values, 0.02) == pytest.approx(51.0)
    assert share_of_largest(values[:5], 0.01) == pytest.approx(20.0)  # at least one
    pareto = (1.0 - (np.arange(200_000) + 0.5) / 200_000) ** (-1.0 / 2.0)
    assert share_of_largest(pareto, 0.01) == pytest.approx(
        100.0 * 0.01**0.5, rel=0.02
    )  # share of the top p: p^(1 − 1/ζ)


def test_tiers_divide_theil():
    sales, tier = np.array([1.0, 3.0, 2.0, 2.0]), np.array([0.0, 0.0, 1.0, 1.0])
    adopter = np.array([False, True, False, True])
    found = concentration(sales, sales, tier, adopter)
    assert found["Theil of sales between tiers"] == pytest.approx(0.0)
    assert found["Theil of sales within tiers"] == pytest.approx(theil(sales))
    assert found["adopters over others, sales a firm"] == pytest.approx(5.0 / 3.0)
    assert (found["small firms that work with compute"], found["large firms that work with compute"]) == (
        0,
        100,
    )
    assert np.isnan(concentration(sales, sales, tier, adopter | True)["adopters over others, sales a firm"])


def test_without_centres_there_is_no_effect(country):
    parameters = Parameters(firms=200, burn_in=4)
    table = concentration_table(
        (1, 2), find_scenario("none"), (2006, 2008), cities=country, parameters=parameters
    )
    assert (table["effect"] == 0.0).all()
    assert list(table.index) == list(measured.UNITS)
    assert table.loc["largest 10 % of firms, sales", "2008"] > 10.0
    assert table["change"].to_numpy() == pytest.approx((table["2008"] - table["2006"]).to_numpy())


def test_the_number_of_seeds_is_checked(capsys):
    with pytest.raises(SystemExit):
        measured.main(["--seeds", "0"])
    assert "--seeds cannot be 0: it must be at least 1" in capsys.readouterr().err


def test_both_scenarios_are_printed(monkeypatch, capsys):
    monkeypatch.setattr(measured, "concentration_table", lambda seeds, scenario, **how: scenario.name)
    measured.main(["--seeds", "2"])
    said = capsys.readouterr().out
    assert "actual, 2 seeds\nactual" in said
    assert "random_hosts, 2 seeds\nrandom_hosts" in said


def test_industries_divide_sales_and_differ_in_adoption():
    sales, industry = np.array([1.0, 3.0, 2.0, 2.0]), np.array([0.0, 0.0, 1.0, 1.0])
    found = measured.between_industries(sales, np.array([False, True, True, True]), industry)
    assert found["Theil of sales between industries"] == pytest.approx(0.0)
    assert found["adoption, most less least digital industry"] == pytest.approx(50.0)


def test_a_run_with_industries_has_their_rows(country):
    given = Parameters(firms=200, burn_in=2, industries=1)
    found = measured.of_model(RegionalModel(given, "none", 1, cities=country))
    assert list(found) == [*measured.UNITS, *measured.INDUSTRY_UNITS]
