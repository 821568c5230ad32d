"""Runs of a sweep: the numbers of a study, shared twins, a time limit."""

from __future__ import annotations

import numpy as np
import pytest

from agents.rules import Rules
from experiments.measures import effect_tables
from experiments.study.run_arms import run_arms
from experiments.study.study import Study, twins
from experiments.sweep import measures
from experiments.sweep.estimates import COLUMNS
from experiments.sweep.factors import Case
from experiments.sweep.measures import band_effect
from experiments.sweep.simulate import Simulator, TimedOutError
from model.country.country import load_country
from model.parameters import Parameters
from model.scenarios.scenario_catalogue import find_scenario

PARAMETERS = Parameters(firms=300, burn_in=4)


SCENARIO = find_scenario("random_hosts")


def test_a_run_yields_what_a_study_of_one_seed_yields() -> None:
    country = load_country("synthetic:12")
    results = run_arms(Study(twins(SCENARIO), (3,), PARAMETERS, 2012, country))
    tables, (pair,) = effect_tables.all_tables(results), effect_tables.pairs(results)
    case = Case(SCENARIO, PARAMETERS, "synthetic:12", 2012, "default")
    found = Simulator().run(case, 3, country, Rules(), twin=True)
    finals = found.finals
    assert list(finals) == [*measures.METRICS, *measures.EFFECTS, *COLUMNS]
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
    for other in ("median", "trimmed"):
        groups = [finals[f"{other}_effect_{group}"] for group in ("hosts", "others", "national")]
        assert groups == tables["effects"][other].tolist()
        bands = [finals[f"{other}_{band_effect(label)}"] for label in effect_tables.band_labels()]
        np.testing.assert_array_equal(bands, tables["distance"][other])
    assert finals["hosts"] == len(pair.hosts) == 8
    assert finals["weak_minus_strong"] == tables["host_strength"]["mean"].iloc[2]
    assert finals["weak_minus_strong_places"] == tables["host_strength"]["mean"].iloc[5]
    bands = [finals[name] for name in finals if name.startswith("effect_km_")]
    np.testing.assert_array_equal(bands, tables["distance"]["mean"])
    assert np.isfinite(bands).any()
    total = pair.with_centres["innovation"].sum(axis=1)
    np.testing.assert_allclose(found.metrics["innovation"], total, rtol=1e-12)
    assert finals["innovation"] == pytest.approx(total[-effect_tables.WINDOW_YEARS :].mean())
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
