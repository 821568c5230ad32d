"""``RegionalModel`` behaves as Mesa's users expect of a model."""

from __future__ import annotations

import gc
import importlib.util
import inspect
import weakref

import mesa
import numpy as np
import pytest
from mesa import DataCollector

from agents.city_government import CityGovernment
from agents.compute_provider import ComputeProvider
from agents.firm import Firm
from model import Parameters, RegionalModel
from model.country.country import build_country
from model.engine import engine
from model.files.user_tables import InputError
from model.regional_model import TOTALS
from model.scenarios.scenario import ScenarioError

SMALL = Parameters(firms=150, burn_in=2)


@pytest.fixture
def small(country):
    return RegionalModel(SMALL, "random_hosts", 1, cities=country)


def test_it_is_a_mesa_model_that_steps(small):
    assert isinstance(small, mesa.Model)
    assert small.time == 0.0
    small.step()
    assert small.time == 1.0
    small.run_for(3)
    assert small.time == 4.0
    assert small.date == "2006Q1"


def test_no_arguments_are_needed():
    model = RegionalModel(firms=500, burn_in=1)
    model.step()
    assert model.state["cities"].rows == 338
    assert model.experiment.name == "actual"


@pytest.mark.parametrize(
    ("end", "date"),
    [
        (2006, "2007Q1"),
        ("2006Q2", "2006Q3"),
        ("2006", "2007Q1"),
        (3, "2005Q4"),
        ("2006-05-01", "2006Q3"),
        ("2006q2", "2006Q3"),
    ],
)
def test_run_until_a_date(small, end, date):
    small.run_until(end)
    assert small.date == date
    assert small.time == small.quarter


def test_agents_are_views_by_kind(small):
    small.run_until("2010Q1")
    assert set(small.agents_by_type) == {Firm, CityGovernment, ComputeProvider}
    assert len(small.agents_by_type[CityGovernment]) == 12
    assert len(small.agents_by_type[ComputeProvider]) == 24
    assert len(small.agents_by_type[Firm]) == int(small.state["firms"]["alive"].sum())
    assert len(small.agents) == sum(len(small.agents_by_type[kind]) for kind in small.agent_types)
    wages = small.agents_by_type[CityGovernment].get("wage")
    assert wages == small.state["cities"]["wage"].tolist()
    ids = small.agents.get("unique_id")
    assert len(set(ids)) == len(ids)
    with pytest.raises(KeyError):
        small.agents_by_type[mesa.Agent]


def test_agent_sets_select_aggregate_and_do(small):
    rich = small.agents_by_type[CityGovernment].select(lambda city: city.talent > 1.0)
    assert 0 < len(rich) < 12
    assert small.agents_by_type[Firm].agg("revenue", sum) == pytest.approx(
        (small.state["firms"]["revenue"] * small.state["firms"]["alive"]).sum()
    )
    small.agents_by_type[Firm].do(lambda firm: setattr(firm, "quality", 0.25))
    assert (small.state["firms"]["quality"][small.state["firms"]["alive"] > 0.5] == 0.25).all()


def test_the_data_collector_has_a_row_per_quarter(small):
    small.run_for(5)
    frame = small.datacollector.get_model_vars_dataframe()
    assert len(frame) == 6
    assert frame["innovations"].iloc[-1] == pytest.approx(small.state["cities"]["innovation"].sum())


def test_what_is_collected_has_the_name_of_no_argument():
    """Else `mesa.batch_run` overwrites the argument of each point by what it collected."""
    arguments = {*inspect.signature(RegionalModel).parameters, *Parameters.model_fields}
    assert not arguments & set(TOTALS)


def test_a_user_may_collect_agents(small):
    small.datacollector = DataCollector(agenttype_reporters={CityGovernment: {"wage": "wage"}})
    small.run_for(2)
    frame = small.datacollector.get_agenttype_vars_dataframe(CityGovernment)
    assert frame.shape == (24, 1)


@pytest.mark.parametrize("end", [2.0, 5])
def test_run_until_a_time_of_mesa(small, end):
    small.run_until(end)
    assert small.time == end


def test_agent_sets_group_sort_set_and_shuffle(small):
    firms = small.agents_by_type[Firm]
    tiers = firms.groupby("tier").count()
    assert sum(tiers.values()) == len(firms)
    assert set(tiers) <= {0, 1, 2, 3}
    wages = small.agents_by_type[CityGovernment].sort("wage").get("wage")
    assert wages == sorted(small.state["cities"]["wage"].tolist())[::-1]
    assert firms.get(["tier", "alive"])[0] == [firms.to_list()[0].tier, 1.0]
    firms.set("quality", 0.5)
    alive = small.state["firms"]["alive"] > 0.5
    assert (small.state["firms"]["quality"][alive] == 0.5).all()
    order = []
    firms.shuffle_do(lambda firm: order.append(firm.row))
    assert sorted(order) == np.flatnonzero(alive).tolist() != order
    assert firms.select(lambda firm: firm.tier == 3, at_most=2).agg("alive", [min, max]) == [1.0, 1.0]


def test_shuffling_by_hand_leaves_the_draws_of_the_run_alone(country):
    runs = [RegionalModel(SMALL, "none", 1, cities=country) for _ in range(2)]
    runs[0].agents.shuffle_do(lambda agent: None)
    for model in runs:
        model.run_for(3)
    assert runs[0].state["firms"]["quality"].tobytes() == runs[1].state["firms"]["quality"].tobytes()


def test_what_is_written_to_an_agent_counts(small, country):
    same = RegionalModel(SMALL, "random_hosts", 1, cities=country)
    for city in small.agents_by_type[CityGovernment]:
        city.wage *= 2.0
    for model in (small, same):
        model.step()
    assert small.state["cities"]["wage"].mean() > 1.3 * same.state["cities"]["wage"].mean()


def test_a_firm_that_is_removed_is_gone(small):
    firms = small.agents_by_type[Firm]
    firm = firms.to_list()[0]
    firm.remove()
    assert len(small.agents_by_type[Firm]) == len(firms) - 1
    with pytest.raises(TypeError, match="cannot be removed"):
        small.agents_by_type[CityGovernment].to_list()[0].remove()
    small.remove_all_agents()
    assert len(small.agents_by_type[Firm]) == 0


@pytest.mark.skipif(importlib.util.find_spec("solara") is None, reason="the extra app is not installed")
def test_solara_viz_shows_and_steps_it(country):
    ipyvuetify = pytest.importorskip("ipyvuetify")
    import solara
    from mesa.visualization import SolaraViz, make_plot_component

    model = RegionalModel(SMALL, "none", 1, cities=country)

    @solara.component
    def page():
        with solara.AppLayout():
            SolaraViz(
                model,
                components=[make_plot_component("innovations")],
                model_params={"rng": 1, "cities": country, "firms": 150, "burn_in": 2},
                name="ComputeLeap",
            )

    _, found = solara.render(page(), handle_error=False)
    step = [button for button in found.find(ipyvuetify.Btn).widgets if button.children == ["Step"]]
    assert len(step) == 1
    step[0].click()
    assert model.time == 1.0
    assert len(model.datacollector.get_model_vars_dataframe()) == 2
    found.close()


@pytest.mark.skipif(importlib.util.find_spec("mesa.batchrunner") is None, reason="Mesa 4 has no batch_run")
def test_batch_run_of_mesa(country):
    from mesa.batchrunner import batch_run

    rows = batch_run(
        RegionalModel,
        {"cities": [country], "firms": [100, 200], "burn_in": 1, "scenario": "none"},
        rng=[1, 2],
        max_steps=4,
        number_processes=1,
        display_progress=False,
    )
    assert len(rows) == 4
    assert {row["firms"] for row in rows} <= {100, 200} or all(row["firms"] > 0 for row in rows)
    assert len({row["innovations"] for row in rows}) == 4


def test_the_panel_has_a_row_per_quarter_and_city(small, country):
    small.run_for(4)
    panel = small.panel()
    assert panel.shape[0] == 4 * 12
    assert list(panel.columns[:2]) == ["date", "city_id"]
    last = panel[panel["date"] == "2005Q4"]
    assert np.array_equal(last["talent"], small.state["cities"]["talent"])
    assert last["city_id"].tolist() == country["city_id"].tolist()


def test_a_model_is_freed_when_let_go(country):
    model = RegionalModel(SMALL, "none", 1, cities=country)
    model.run_for(2)
    assert len(model.agents) > 0
    gone = weakref.ref(model)
    del model
    gc.collect()
    assert gone() is None


def test_unknown_names_are_answered(country):
    with pytest.raises(ScenarioError, match="did you mean random_hosts"):
        RegionalModel(SMALL, "random_host", 1, cities=country)
    with pytest.raises(ValueError, match="did you mean firms"):
        RegionalModel(frims=3, cities=country)
    with pytest.raises(ValueError, match="compiled, interpreted"):
        RegionalModel(SMALL, "none", 1, cities=country, engine="quick")


def test_a_seed_that_was_typed_is_a_number(country):
    assert RegionalModel(SMALL, "none", "7", cities=country).seed == 7


def test_a_seed_may_be_typed_and_all_firms_be_closed(country):
    model = RegionalModel(Parameters(firms=60, burn_in=0), "none", "7", cities=country)
    assert model.seed == 7
    assert model.state["firms"]["alive"].sum() == 60
    model.remove_all_agents()
    assert model.state["firms"]["alive"].sum() == 0
    assert len(model.agents_by_type[Firm]) == 0


def test_a_seed_below_zero_names_a_run_like_any_other(country):
    runs = [
        RegionalModel(Parameters(firms=60, burn_in=2), "none", seed, cities=country) for seed in (-3, -3, 3)
    ]
    one, same, other = (model.state["firms"]["quality"] for model in runs)
    assert runs[0].seed == -3
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_a_country_may_be_given_in_place_of_its_parts(country):
    whole = build_country(country)
    parts = RegionalModel(SMALL, "random_hosts", 3, cities=country)
    given = RegionalModel(SMALL, "random_hosts", 3, country=whole)
    assert given.country is whole
    assert np.array_equal(given.state["cities"]["innovation"], parts.state["cities"]["innovation"])
    copy = given.fresh_copy()
    assert (copy.country, copy.quarter, copy.seed) == (whole, -SMALL.burn_in, 3)
    for part in ({"cities": country}, {"centres": whole.centres}, {"network": whole.network}):
        with pytest.raises(InputError, match="give either country, or cities, centres and network"):
            RegionalModel(SMALL, "none", 3, country=whole, **part)


def test_the_old_name_of_an_argument_is_answered_with_the_new_one(country):
    with pytest.raises(InputError, match="the argument check is now called check_invariants"):
        RegionalModel(SMALL, "none", 3, cities=country, check=True)


ALL_AT_ONCE = {
    "building_slots": 12,
    "building_start": 0.0,
    "building_lag": 1.0,
    "exchange": 1,
    "paradigm_arrival": 2005.5,
    "rewiring": 1.0,
    "voucher_effort": 0.2,
    "voucher_local_supply": 1,
}


@pytest.mark.parametrize("scenario", ["random_hosts", "siphon"])
def test_a_whole_run_is_the_same_bits_in_either_engine_and_on_two_threads(country, monkeypatch, scenario):
    """Burn-in with recovered residuals, then every mechanism at once."""
    monkeypatch.setattr(engine, "CHUNK_ROWS", 50)
    found = []
    for how in ({}, {"engine": "interpreted"}, {"threads": 2}):
        model = RegionalModel(
            Parameters(firms=150, burn_in=3), scenario, 4, cities=country, **how, **ALL_AT_ONCE
        )
        model.run_until(2010)
        found.append(model)
    one = found[0]
    assert one.state["providers"]["built"].sum() > 0.0
    for other in found[1:]:
        for name, table in one.state.tables.items():
            for column in table:
                assert np.array_equal(table[column], other.state[name][column]), f"{name}.{column}"
        assert np.array_equal(one.history["real_gdp"], other.history["real_gdp"])
