"""Tables of ``computeleap run --against own|none --window 1`` and those of the page: equal numbers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from experiments.measures.effect_tables import all_tables
from experiments.results.comparison import comparison_tables, own_hosts
from experiments.study.one_run import run_one
from experiments.study.prepare import make_study
from experiments.study.results import Results
from experiments.study.settings import Settings, SettingsError
from experiments.study.study import Run, Study, twins
from model import Parameters
from model.country.country import build_country
from model.country.synthetic import synthetic_country
from model.scenarios.scenario import Place
from model.scenarios.scenario_catalogue import find_scenario

SEEDS = (3, 4, 5)


@pytest.fixture(scope="module")
def results() -> dict[str, Results]:
    """The comparison with each twin: twelve hosts at random from 2005, and one of the file's own."""
    country = build_country(synthetic_country(30, 4))
    place = Place(int(country.cities["city_id"].iloc[7]), "super", "2005Q3", 2.0)
    scenario = replace(find_scenario("random_hosts"), places=(place,))
    found = {}
    for against in ("own", "none"):
        study = Study(twins(scenario, against), SEEDS, Parameters(firms=500), 2006, country)
        found[against] = Results(
            study, {Run(s, arm): run_one(study, s, arm) for s in SEEDS for arm in study.arms}
        )
    return found


def test_the_usual_comparison_is_that_of_all_tables(results):
    usual = all_tables(results["none"])
    for name, table in comparison_tables(results["none"]).items():
        assert table.equals(usual[name]), name


def test_against_own_only_the_own_centre_is_missing_and_its_city_is_the_host(results):
    found = results["own"]
    assert len(found.study.arms["without"].places) == 0
    assert found.centres.groupby("arm")["city_id"].nunique()["without"] > 1
    assert [list(own_hosts(found, seed)) for seed in SEEDS] == [[7]] * 3
    hosts = comparison_tables(found, "own")["effects"].set_index("group").loc["host cities"]
    assert hosts["seeds"] == 3


def test_a_file_without_openings_has_no_twin_without_its_own():
    with pytest.raises(SettingsError, match="no openings of its own to leave out"):
        make_study(Settings(scenario="random_hosts", against="own"))


@pytest.mark.parametrize("against", ["own", "none"])
def test_the_tables_are_those_of_the_page(results, against, monkeypatch):
    """To 1e-9: bands, channels, country, GDP and gap at the end of a year, over the same seeds."""
    pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")
    from viz.app.explore import seed_sample
    from viz.app.explore.chart_data import chart_table
    from viz.app.explore.run_options import ALL, OWN, RunOptions
    from viz.app.explore.simulation import Simulation

    monkeypatch.setattr(seed_sample, "OTHERS", 2)
    study, twin = results[against].study, OWN if against == "own" else ALL
    options = RunOptions("random_hosts", "3", "500", centres=study.scenario.places, twin=twin)
    shown, sample = Simulation(study.country, options), seed_sample.SeedSample(study.country, options)
    sample.until = 8
    while sample.run_one(lambda: True):
        pass
    for _ in range(8):
        shown.step()
    page = chart_table(shown.snapshot(twin, sample)).set_index(["chart", "item"])
    tables = comparison_tables(results[against], against, window=1)
    expected = {("country", "gdp"): tables["gdp"].query("measure == 'real_gdp'")["mean"].iloc[-1]}
    expected["country", "innovation"] = tables["effects"]["mean"].iloc[-1]
    expected["distance, km", "hosts"] = tables["effects"]["mean"].iloc[0]
    for row in tables["distance"].itertuples():
        expected["distance, km", row.band_km] = row.mean
    for row in tables["channels"].itertuples():
        expected["channels of hosts", row.measure] = row.mean
    expected["country", "recent_theil"] = tables["gap"].set_index("index")["mean"]["Theil"]
    last = page[page["date"] == "2006Q4"]["mean"]
    assert {key: last[key] for key in expected} == pytest.approx(expected, abs=1e-9, nan_ok=True)
    shown.close()
