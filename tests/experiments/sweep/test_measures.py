"""Metrics and effects of a run are those of experiments.measures: effects and inequality."""

from __future__ import annotations

import numpy as np
import pytest

from agents.rules import Rules
from experiments.measures import effects, inequality
from experiments.study.run_arms import run_arms
from experiments.study.study import Study, twins
from experiments.sweep import measures
from experiments.sweep.factors import Case
from experiments.sweep.simulate import Simulator, TimedOutError
from model.country.country import load_country
from model.parameters import Parameters
from model.regional_model import PROVIDER_RECORDED, RECORDED
from model.scenarios.scenario_catalogue import find_scenario

PARAMETERS = Parameters(firms=300, burn_in=4)
SCENARIO = find_scenario("random_hosts")


def test_gaps_of_many_years_are_those_of_each_year() -> None:
    rng = np.random.default_rng(1)
    innovation = rng.lognormal(size=(5, 30))
    innovation[2, :6] = 0.0
    innovation[4] = 0.0
    population, region = rng.lognormal(size=30), np.array(["east", "west", "north"] * 10)
    population[3] = 0.0
    found = measures.gaps(innovation, population, region)
    names = {
        "Theil": "theil",
        "Gini": "gini",
        "sigma": "sigma",
        "Theil per head": "theil_per_head",
        "Gini per head": "gini_per_head",
        "Theil between regions": "theil_between",
    }
    for year, row in enumerate(innovation):
        expected = effects.gap_measures(row, population, region)
        for label, name in names.items():
            assert found[name][year] == pytest.approx(expected[label], rel=1e-12, abs=1e-14), (name, year)
    assert found["p90_p10"][0] == pytest.approx(
        np.quantile(innovation[0], 0.9) / np.quantile(innovation[0], 0.1)
    )
    assert np.isnan(found["p90_p10"][2])
    assert found["top_tenth"][0] == pytest.approx(np.sort(innovation[0])[-3:].sum() / innovation[0].sum())
    assert inequality.theil(innovation[0]) == pytest.approx(found["theil"][0])


def test_a_run_yields_what_a_study_of_one_seed_yields() -> None:
    country = load_country("synthetic:12")
    results = run_arms(Study(twins(SCENARIO), (3,), PARAMETERS, 2012, country))
    tables, (pair,) = effects.all_tables(results), effects.pairs(results)
    case = Case(SCENARIO, PARAMETERS, "synthetic:12", 2012, "default")
    found = Simulator().run(case, 3, country, Rules(), twin=True)
    finals = found.finals
    assert list(finals) == [*measures.METRICS, *measures.EFFECTS]
    for name in ("innovation", "attention", "wage", "entrants"):
        np.testing.assert_array_equal(found.panel["with"][name], pair.with_centres[name])
        np.testing.assert_array_equal(found.panel["without"][name], pair.without[name])
    assert finals["effect_national"] == tables["effects"]["mean"].iloc[2]
    assert finals["effect_others"] == tables["effects"]["mean"].iloc[1]
    assert finals["effect_hosts"] == tables["effects"]["mean"].iloc[0]
    assert [finals[name] for name in finals if name.startswith("change_")] == pytest.approx(
        tables["gap"]["mean"].tolist()
    )
    channels = [finals[name] for name in finals if name.startswith("channel_")]
    assert channels == tables["channels"]["mean"].tolist()
    assert finals["hosts"] == len(pair.hosts) == 8
    assert finals["weak_minus_strong"] == tables["host_strength"]["mean"].iloc[2]
    assert finals["weak_minus_strong_places"] == tables["host_strength"]["mean"].iloc[5]
    bands = [finals[name] for name in finals if name.startswith("effect_km_")]
    np.testing.assert_array_equal(bands, tables["distance"]["mean"])
    assert np.isfinite(bands).any()
    total = pair.with_centres["innovation"].sum(axis=1)
    np.testing.assert_allclose(found.metrics["innovation"], total, rtol=1e-12)
    assert finals["innovation"] == pytest.approx(total[-effects.WINDOW_YEARS :].mean())
    assert 0.0 < finals["utilisation"] < 2.0
    assert finals["power_use"] > 0.0
    assert found.twin_metrics is not None
    assert found.twin_metrics["centres"].tolist() == [0.0] * 8
    assert np.isnan(found.twin_metrics["utilisation"]).all()


def test_twins_that_share_all_but_their_centres_are_run_once() -> None:
    country, own = load_country("synthetic:12"), Simulator()
    runs = [
        own.run(
            Case(find_scenario(name), PARAMETERS, "synthetic:12", 2006, "default"),
            1,
            country,
            Rules(),
            twin=True,
        )
        for name in ("random_hosts", "none")
    ]
    # Both twins open nothing; random_hosts has other fields that do not matter then, and a twin of its own.
    again = own.run(
        Case(SCENARIO, PARAMETERS, "synthetic:12", 2006, "default"), 1, country, Rules(), twin=True
    )
    assert again.twin_metrics is runs[0].twin_metrics
    assert runs[1].finals["effect_national"] == 0.0
    assert runs[1].finals["hosts"] == 0.0


def test_a_run_that_takes_too_long_is_stopped() -> None:
    country = load_country("synthetic:12")
    case = Case(SCENARIO, PARAMETERS, "synthetic:12", 2060, "default")
    with pytest.raises(TimedOutError, match="had reached 20"):
        Simulator().run(case, 1, country, Rules(), timeout=0.05)


def test_every_measure_is_recorded_by_the_model_and_documented() -> None:
    assert set(measures.CITY_MEASURES) <= set(RECORDED)
    assert set(measures.CENTRE_MEASURES) <= set(PROVIDER_RECORDED)
    for unit, meaning in (*measures.METRICS.values(), *measures.EFFECTS.values()):
        assert unit
        assert meaning
