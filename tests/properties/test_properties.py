"""Random countries, parameters, scenarios and events: every run holds its invariants, or is refused clearly.

The runs are small and interpreted, which compiles nothing; ``make reliability`` makes many hundreds.
"""

from __future__ import annotations

import dataclasses
import faulthandler
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from experiments.measures.inequality import theil, theil_parts
from model import Opening, Parameters, RegionalModel, Scenario
from model.country.city_tables import load_cities
from model.country.network import build_network
from model.country.synthetic import synthetic_country
from model.economy.invariants import InvariantError
from model.files.user_tables import InputError
from model.parameters import ParameterError, describe
from model.scenarios.scenario import ScenarioError
from model.scenarios.scenario_catalogue import SCENARIOS
from tests.properties import strategies
from tests.support.long_version import FULL, Note

HANG = 600.0  # seconds after which an example hangs
COUNTRY = synthetic_country(10, 3)


def examples(few: int, many: int) -> Any:
    """How many examples hypothesis makes here, in the short version and in the long one."""
    return settings(
        max_examples=many if FULL else few,
        phases=[Phase.generate],  # to make a failing run smaller takes many runs
        suppress_health_check=[
            HealthCheck.too_slow,
            HealthCheck.data_too_large,
            HealthCheck.large_base_example,
        ],
    )


@pytest.fixture(autouse=True)
def watched() -> Iterator[None]:
    """A run that does not end takes the process with it, so that the test fails."""
    yield
    faulthandler.cancel_dump_traceback_later()


def run(
    quarters: int = 5, scenario: str | Scenario = "none", cities: Any = COUNTRY, **changes: Any
) -> RegionalModel:
    """A small run that is held to all invariants after every quarter."""
    faulthandler.dump_traceback_later(HANG, exit=True)
    size = {"firms": 60, "burn_in": 1}
    model = RegionalModel(
        Parameters(**size),
        scenario,
        changes.pop("seed", 1),
        cities=cities,
        check_invariants=True,
        engine="interpreted",
        **changes,
    )
    model.run_until(quarters)
    return model


def columns_of(model: RegionalModel) -> dict[tuple[str, str], bytes]:
    """Every number of a run."""
    return {(name, c): table[c].tobytes() for name, table in model.state.tables.items() for c in table}


# ── Parameters ───────────────────────────────────────────────────────────────────────────────────


def test_every_corner_of_the_parameters_holds(note: Note):
    count = 0

    @examples(6, 300)
    @given(
        changes=strategies.REGIONAL_PARAMETERS,
        scenario=strategies.scenarios(10, 5),
        seed=st.integers(-(2**63), 2**63),
    )
    def holds(changes: dict[str, Any], scenario: Scenario, seed: int) -> None:
        nonlocal count
        count += 1
        model = run(8 if FULL else 3, scenario, seed=seed, **changes)
        price = model.state["city_kinds"]["price"]
        assert (price > 0).all()
        assert price.max() < 1e5

    holds()
    note(what="random corners of the parameters", count=count, faults=0)


def test_every_corner_of_the_closed_economy_holds(note: Note):
    """Where capital works the better the more compute there is, growth can pass all numbers: it is named."""
    count, boundless = 0, 0

    @examples(3, 60)
    @given(changes=strategies.CLOSED_PARAMETERS)
    def holds(changes: dict[str, Any]) -> None:
        nonlocal count, boundless
        count += 1
        try:
            run(40 if FULL else 6, "closed_economy", None, **changes)
        except InvariantError as error:
            message = str(error)
        else:
            return
        boundless += 1
        assert changes.get("closed_external_effect", 0.0) > 0.0
        assert "it must be a finite number (after event" in message

    holds()
    note(what="random corners of the closed economy", count=count, faults=0, boundless=boundless)


HUGE = 10**5000
BEYOND: tuple[Any, ...] = (
    math.nan,
    math.inf,
    -math.inf,
    "x",
    "",
    None,
    [],
    {},
    1 + 1j,
    HUGE,
    -HUGE,
    "1e999",
    "nan",
    "１e９",
    np.nan,
    np.array([1.0, 2.0]),
    object(),
)


def test_what_lies_beyond_a_range_is_refused_by_name(note: Note):
    count = 0
    for name in Parameters.model_fields:
        row = describe(name)
        step = 1 if row["type"] == "int" else 0.0
        outside = [
            row["low"] - 1 if step else math.nextafter(row["low"], -math.inf),
            row["high"] + 1 if step else math.nextafter(row["high"], math.inf),
            -1e300,
            1e300,
            *BEYOND,
        ]
        for value in outside:
            with pytest.raises(ParameterError) as error:
                Parameters().changed(**{name: value})
            message = str(error.value)
            assert message.startswith(f"parameter {name} cannot be "), message
            assert "must be a" in message
            assert len(message) < 400
            assert "\n" not in message
            count += 1
    note(what="parameters beyond their range", count=count, faults=0)


# ── Countries ────────────────────────────────────────────────────────────────────────────────────


def test_every_country_that_is_accepted_runs(tmp_path: Path, note: Note):
    count = 0

    @examples(5, 200)
    @given(
        text=strategies.countries(30 if FULL else 6),
        scenario=st.sampled_from([name for name in SCENARIOS if name != "closed_economy"]),
        firms=st.sampled_from([1, 2, 60, 200]),
        founders=st.sampled_from([1.0, 1.6, 10.0]),
    )
    def holds(text: str, scenario: str, firms: int, founders: float) -> None:
        nonlocal count
        count += 1
        path = tmp_path / "cities.csv"
        path.write_text(text, encoding="utf-8")
        early = (
            {"building_start": -400.0, "building_lag": 1.0}
            if "building_slots" in SCENARIOS[scenario].parameters
            else {}
        )
        model = run(
            6 if FULL else 3, scenario, load_cities(path), firms=firms, founders_per_firm=founders, **early
        )
        ids = [agent.unique_id for agent in model.agents]
        assert len(set(ids)) == len(ids)
        parts_of_theil(model)

    holds()
    note(what="random countries", count=count, faults=0)


def test_every_network_that_joins_all_cities_runs(note: Note):
    """And one that does not is refused, with the cities that it leaves out."""
    count, ids = 0, COUNTRY["city_id"].tolist()

    @examples(4, 150)
    @given(
        links=strategies.networks(ids),
        scenario=strategies.scenarios(10, 5),
        remote=st.sampled_from([0.0, 1.0]),
        lost=st.integers(0, 100),
    )
    def holds(links: pd.DataFrame, scenario: Scenario, remote: float, lost: int) -> None:
        nonlocal count
        count += 2
        model = run(
            6 if FULL else 3, scenario, network=build_network(COUNTRY, links=links), remote_access=remote
        )
        assert (model.state.arrays["link_load"] >= 0.0).all()
        fewer = links.drop(index=lost % len(links))
        graph = nx.Graph(fewer[["from_city", "to_city"]].itertuples(index=False, name=None))
        if nx.is_connected(graph) and len(graph) == len(ids):
            build_network(COUNTRY, links=fewer)
        else:
            with pytest.raises(InputError, match=r"no route joins .* to the largest connected component"):
                build_network(COUNTRY, links=fewer)

    holds()
    note(what="random networks", count=count, faults=0)


def parts_of_theil(model: RegionalModel) -> None:
    """Inequality between regions and that within them is all of it."""
    people = np.maximum(model.cities["population_2010"].to_numpy(), 1.0)
    add_up(model.state["cities"]["revenue"] / people, model.cities["region"].to_numpy(), people)


def add_up(values: np.ndarray, groups: np.ndarray, people: np.ndarray) -> None:
    whole, between, within = theil_parts(values, groups, people)
    assert whole == pytest.approx(theil(values, people), rel=1e-12)
    assert between + within == pytest.approx(whole, rel=1e-9, abs=1e-9)
    assert min(between, within) > -1e-9


@examples(100, 3000)
@given(
    st.lists(
        st.tuples(
            st.floats(0, 1e12), st.integers(0, 3), st.sampled_from([1e-9, 1.0, 1e9]) | st.floats(1e-9, 1e9)
        ),
        min_size=1,
        max_size=40,
    )
)
def test_inequality_between_and_within_groups_is_all_of_it(rows):
    add_up(*(np.array(part) for part in zip(*rows, strict=True)))


# ── Centres that open ────────────────────────────────────────────────────────────────────────────


def test_centres_may_be_named_in_any_order(note: Note):
    count = 0

    @examples(2, 60)
    @given(
        centres=st.lists(
            st.tuples(st.integers(0, 9), strategies.KIND, strategies.SIZE, strategies.INDUSTRY),
            min_size=2,
            max_size=6,
        ),
        times=st.permutations(range(-1, 5)),
        order=st.randoms(use_true_random=False),
        changes=strategies.MECHANISMS,
    )
    def holds(centres: list[Any], times: list[int], order: Any, changes: dict[str, Any]) -> None:
        nonlocal count
        count += 2
        made = [
            Opening(f"c{k}", city, kind, times[k], size, industry)
            for k, (city, kind, size, industry) in enumerate(centres)
        ]
        other = list(made)
        order.shuffle(other)
        runs = [run(5, Scenario("s", "x", openings=tuple(each)), **changes) for each in (made, other)]
        assert columns_of(runs[0]) == columns_of(runs[1])

    holds()
    note(what="openings in another order", count=count, faults=0)


def test_a_centre_opened_by_hand_is_one_of_the_scenario(note: Note):
    count = 0

    @examples(2, 60)
    @given(
        scenario=strategies.scenarios(10, 5),
        changes=strategies.MECHANISMS,
        hands=st.lists(
            st.tuples(
                st.integers(0, 5), st.integers(0, 9), strategies.KIND, strategies.SIZE, strategies.INDUSTRY
            ),
            min_size=1,
            max_size=4,
        ),
    )
    def holds(scenario: Scenario, changes: dict[str, Any], hands: list[Any]) -> None:
        nonlocal count
        count += 2
        by_hand = run(0, scenario, **changes)
        for quarter, city, kind, size, industry in sorted(hands, key=lambda hand: hand[0]):
            by_hand.run_until(quarter)
            by_hand.open_centre(int(COUNTRY["city_id"].iloc[city]), kind, size, industry)
        by_hand.run_until(7)
        assert columns_of(by_hand) == columns_of(run(7, by_hand.experiment, **changes))

    holds()
    note(what="centres opened by hand", count=count, faults=0)


ANYTHING = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.just(HUGE)
    | st.lists(st.integers(), max_size=2)
)


def test_a_centre_is_opened_or_refused_in_a_sentence(note: Note):
    count = 0

    @examples(10, 400)
    @given(
        city=st.integers(-2, 12) | ANYTHING,
        kind=strategies.KIND | ANYTHING,
        quarter=st.integers(-3, 3) | ANYTHING,
        size=strategies.SIZE | ANYTHING,
        industry=strategies.INDUSTRY | ANYTHING,
    )
    def holds(**parts: Any) -> None:
        nonlocal count
        count += 1
        scenario = Scenario("s", "x", openings=(dataclasses.replace(Opening("c", 0, "basic", 0), **parts),))
        try:
            run(1, scenario)
        except ScenarioError as error:
            message = str(error)
        else:
            return
        assert message.startswith("scenario s: centre c")
        assert len(message) < 400

    holds()
    note(what="openings of anything", count=count, faults=0)
