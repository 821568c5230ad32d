"""Channels held at what they are without centres."""

from __future__ import annotations

import inspect

import numpy as np
import pandas as pd
import pytest

from agents.rules import Rules
from experiments.evaluation.held_channels import HELD_CHANNELS, HeldDecision, runs_with_held_channels
from experiments.evaluation.simulated_panel import first_years, measures
from experiments.evaluation.site_selection import Sites, draw_scenario
from experiments.evaluation.true_effects import run_with
from experiments.study.study import Study, twins
from model.country.country import build_country
from model.country.synthetic import synthetic_country
from model.parameters import Parameters
from model.regional_model import RegionalModel
from model.scenarios.scenario import Opening
from model.scenarios.scenario_catalogue import find_scenario
from model.step import QUARTER

CITIES = 30
DECISIONS = {"vitality": ("entering",), "application": ("adoption_gain", "adoption_cost", "adopter")}


@pytest.fixture(scope="module")
def study() -> Study:
    """A small country whose firms answer to data and come and go fast, so that every channel moves."""
    country = build_country(synthetic_country(CITIES, 1))
    lively = Parameters(firms=800, quality_step=0.1, data_elasticity=0.3, entry_rate=0.15, exit_rate=0.05)
    return Study(twins(find_scenario("none")), (1,), lively, 2012, country)


@pytest.fixture(scope="module")
def openings(study: Study) -> tuple[Opening, ...]:
    return draw_scenario(Sites("random", 8, 2006, 2007, size=6.0), study.country.cities, 2005, 1).openings


@pytest.fixture(scope="module")
def runs(study: Study, openings: tuple[Opening, ...]) -> dict[str, pd.DataFrame]:
    clamps = {"free": (), **{name: (name,) for name in HELD_CHANNELS}, "all": tuple(HELD_CHANNELS)}
    return runs_with_held_channels(study, 1, openings, clamps)


def test_nothing_held_is_the_run_itself(
    study: Study, openings: tuple[Opening, ...], runs: dict[str, pd.DataFrame]
) -> None:
    for name, given in (("free", openings), ("without", ())):
        whole = run_with(study, 1, given)
        pd.testing.assert_frame_equal(runs[name].drop(columns="arm"), whole.drop(columns="arm"))


def effects(runs: dict[str, pd.DataFrame], name: str, openings: tuple[Opening, ...]) -> dict[str, np.ndarray]:
    run, base = measures(runs[name], CITIES), measures(runs["without"], CITIES)
    years = len(run["innovations"])
    treated = np.arange(years)[:, None] >= first_years(openings, CITIES)[None, :]
    return {measure: (run[measure] - base[measure])[treated] for measure in run}


def test_a_channel_that_is_held_stays_where_it_was(
    runs: dict[str, pd.DataFrame], openings: tuple[Opening, ...]
) -> None:
    free = effects(runs, "free", openings)
    for channel, clamp in HELD_CHANNELS.items():
        for name in (channel, "all"):
            found = effects(runs, name, openings)
            if isinstance(clamp, HeldDecision):
                # The same conditions, but not the same firms: who would decide may differ.
                assert abs(found[channel].mean()) < 0.25 * abs(free[channel].mean()), (channel, name)
            else:
                assert (found[channel] == 0.0).all(), (channel, name)


def test_without_its_channels_the_effect_is_smaller(
    runs: dict[str, pd.DataFrame], openings: tuple[Opening, ...]
) -> None:
    free, held = (
        effects(runs, name, openings)["log_expected_innovations"].mean() for name in ("free", "all")
    )
    assert 0.0 < held < free
    one = effects(runs, "data_agglomeration", openings)["log_expected_innovations"].mean()
    assert held < one < free


@pytest.mark.parametrize("channel", DECISIONS)
def test_conditions_are_what_the_rules_read(channel: str) -> None:
    """A rule that reads something new must not answer to centres by it while its channel is held."""
    clamp = HELD_CHANNELS[channel]
    assert isinstance(clamp, HeldDecision)
    # Age and industry of a firm are its own: the twin's firm in its row may be another one.
    own = {"age", "industry_intensity"}
    known = set(Parameters.model_fields) | {*DECISIONS[channel], *clamp.columns, *own}
    read = {
        name.removeprefix("home_").removeprefix("city_").removeprefix("tier_").removeprefix("nation_")
        for rule in DECISIONS[channel]
        for name in inspect.signature(Rules()[rule]).parameters
        if name not in known and not name.startswith("draw_")
    }
    assert read == {name for _, name in clamp.conditions}
    event = next(event for event in QUARTER if event.name == clamp.event)
    assert set(DECISIONS[channel]) <= set(getattr(event, "rules", ()))


def test_an_event_that_does_not_take_place_cannot_be_changed() -> None:
    model = RegionalModel(Parameters(firms=100, burn_in=0), "none", 1, cities=synthetic_country(12, 3))
    with pytest.raises(KeyError, match="no event 'moving'"):
        model.engine.wrap_event("moving", lambda call: call)
