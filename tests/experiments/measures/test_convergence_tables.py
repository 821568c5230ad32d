"""Tables of convergence: a row is the measure that it names; runs are compared within a seed."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.measures.beta_convergence import beta_convergence
from experiments.measures.catch_up import city_classes
from experiments.measures.convergence_clubs import clubs, hp_trend, log_t
from experiments.measures.convergence_tables import (
    ConvergenceOptions,
    convergence_over_seeds,
    convergence_table,
    episodes_over_seeds,
    panel_of,
    sign_changes,
)
from experiments.measures.inequality import gini, sigma, theil
from experiments.measures.mobility import kendall
from experiments.measures.spatial import morans_i, neighbours
from experiments.measures.twin_pairs import Pair

CITIES, YEARS = 20, np.arange(2010, 2020)
LUCK = np.random.default_rng(4)
LOGS = LUCK.normal(0, 0.6, CITIES)
PEOPLE = LUCK.uniform(1.0, 5.0, CITIES) * 1e6
REGIONS = np.array(["east", "west"] * (CITIES // 2))
FADE = np.exp(-0.03 * np.arange(len(YEARS)))[:, None]


def panel(speed_up: float = 1.0) -> np.ndarray:
    """Per head; each log gap fades by 3 % a year, times speed_up."""
    return np.exp(LOGS * FADE**speed_up + 0.02 * np.arange(len(YEARS))[:, None])


def value(table: pd.DataFrame, name: str, column: str = "change") -> float:
    row = table.loc[table["name"] == name, column]
    assert len(row) == 1, name
    return float(row.iloc[0])


def test_rows_hold_the_measures_that_they_name() -> None:
    y = panel()
    table = convergence_table(y, PEOPLE, REGIONS, YEARS)
    assert list(table.columns) == ["name", "start", "end", "change", "unit"]
    assert table["name"].is_unique
    assert value(table, "sigma", "start") == pytest.approx(sigma(y[0]))
    assert value(table, "sigma") == pytest.approx(sigma(y[-1]) - sigma(y[0]))
    assert value(table, "Gini", "end") == pytest.approx(gini(y[-1], PEOPLE))
    assert value(table, "Theil", "start") == pytest.approx(theil(y[0], PEOPLE))
    parts = [value(table, f"Theil {part} regions", "end") for part in ("between", "within")]
    assert sum(parts) == pytest.approx(value(table, "Theil", "end"))
    assert value(table, "speed, absolute") == pytest.approx(0.03)
    assert value(table, "half-life, absolute") == pytest.approx(math.log(2) / 0.03)
    assert value(table, "beta, absolute") == pytest.approx(beta_convergence(y[0], y[-1], 9).slope)
    assert value(table, "Kendall's tau-b") == pytest.approx(kendall(y[0], y[-1])) == pytest.approx(1.0)
    assert value(table, "leapfrog rate, any") == 0.0
    classes = city_classes(y, PEOPLE)
    assert value(table, "cities: catch-up") == (classes == "catch-up").sum() > 0
    share = PEOPLE[classes == "catch-up"].sum() / PEOPLE.sum()
    assert value(table, "people in them: catch-up") == pytest.approx(share)
    trend = hp_trend(y)
    assert value(table, "log-t: t") == pytest.approx(log_t(trend).t)
    assert value(table, "convergence clubs") == clubs(trend).max()
    over = table.loc[table["name"].str.contains("beta|rate|clubs|log-t"), ["start", "end"]]
    assert over.isna().all(axis=None)


def test_rows_of_order_compare_the_first_year_with_the_last() -> None:
    """Three cities that trade places in the middle and at the end; all as large."""
    y = np.array(
        [
            [1.0, 2.0, 3.0, 4.0, 5.0],
            [5.0, 4.0, 3.0, 2.0, 1.0],
            [2.0, 1.0, 3.0, 5.0, 4.0],
            [1.0, 3.0, 2.0, 4.0, 5.0],
        ]
    )
    how = ConvergenceOptions(covariates=np.array([3.0, 1.0, 4.0, 1.0, 5.0]))
    table = convergence_table(y, np.ones(5), ["a", "b", "a", "b", "a"], range(2001, 2005), how)
    assert value(table, "mean rank change") == pytest.approx(0.4)
    assert value(table, "Kendall's tau-b") == pytest.approx(0.8)
    assert value(table, "Spearman's rho") == pytest.approx(0.9)
    # fifths of one city each: of five classes three are kept
    assert value(table, "Shorrocks mobility, start to end") == pytest.approx((5 - 3) / 4)
    conditional = beta_convergence(y[0], y[-1], 3, how.covariates)
    assert value(table, "beta, conditional") == pytest.approx(conditional.slope)
    assert value(table, "beta, absolute") == pytest.approx(beta_convergence(y[0], y[-1], 3).slope)


def test_what_is_asked_for_is_added() -> None:
    y = panel()
    plain = convergence_table(y, PEOPLE, REGIONS, YEARS)
    apart = np.abs(np.subtract.outer(LOGS, LOGS)) * 500.0  # neighbours in income are neighbours in space
    setting = ConvergenceOptions(
        distances=apart, null=y[:, ::-1], covariates=PEOPLE, adopted=np.arange(CITIES), near_km=(0.0, 200.0)
    )
    table = convergence_table(y, PEOPLE, REGIONS, YEARS, setting)
    added = set(table["name"]) - set(plain["name"])
    assert {"Moran's I, 0-200 km", "leapfrog rate, technological", "speed, conditional"} <= added
    assert "leapfrog rate, strict, less null" in added
    assert value(table, "Moran's I, 0-200 km", "start") > 0.3
    assert value(table, "Moran's I, 0-200 km: p", "start") < 0.01


@given(st.floats(0.001, 1000.0), st.permutations(range(CITIES)))
def test_unit_and_order_of_the_cities_do_not_matter(unit: float, order: list[int]) -> None:
    y = panel()[[0, 4, 7, 9]]
    before = convergence_table(y, PEOPLE, REGIONS)
    after = convergence_table(unit * y[:, order], PEOPLE[order], REGIONS[order])
    for column in ("start", "end", "change"):
        assert after[column].to_numpy() == pytest.approx(before[column].to_numpy(), abs=1e-7, nan_ok=True)


def test_cities_that_cannot_be_followed_are_counted_and_change_nothing_that_follows() -> None:
    y = panel()
    more = np.column_stack([y, np.zeros(len(y)), np.full(len(y), 9.0)])
    table = convergence_table(more, [*PEOPLE, 1e6, 0.0], [*REGIONS, "east", "west"], YEARS)
    plain = convergence_table(y, PEOPLE, REGIONS, YEARS)
    assert value(table, "cities left out (empty or zero at the start)") == 2
    for name in ("Kendall's tau-b", "leapfrog rate, any", "log-t: t", "cities: catch-up", "sigma"):
        assert value(table, name) == pytest.approx(value(plain, name))


@pytest.mark.parametrize(
    ("y", "w", "regions", "says"),
    [
        (np.ones((3, 2)), [1.0], ["a", "b"], "weights must have shape"),
        (np.ones((3, 2)), None, ["a"], "a label for each of 2 cities"),
        (np.ones((2, 2)), None, ["a", "b"], "hold cannot be 2"),
        (np.zeros((3, 2)), None, ["a", "b"], "two cities with people"),
    ],
)
def test_impossible_input_is_refused(y: np.ndarray, w: list | None, regions: list, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        convergence_table(y, w, regions)


# ── Pairs of runs ────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def cities() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "city_id": np.arange(CITIES),
            "region": REGIONS,
            "population_2010": PEOPLE,
            "lon": 110.0,
            "lat": 25.0 + np.arange(CITIES),
        }
    )


def arm(total: np.ndarray) -> dict[str, np.ndarray]:
    """A run in which innovation and GDP are the same and the model did not record people."""
    return {"innovation": total, "real_gdp": total}


@pytest.fixture
def found() -> list[Pair]:
    """With centres the gaps fade twice (seed 1) and three times (seed 2) as fast."""
    return [
        Pair(
            seed,
            YEARS,
            np.array([0]),
            arm(panel(speed) * PEOPLE),
            arm(panel() * PEOPLE),
        )
        for seed, speed in ((1, 2.0), (2, 3.0))
    ]


def test_runs_are_compared_within_a_seed(found: list[Pair], cities: pd.DataFrame) -> None:
    table = convergence_over_seeds(found, cities)
    assert table["name"].is_unique
    assert value(table, "speed, absolute", "without") == pytest.approx(0.03)
    assert value(table, "speed, absolute", "with") == pytest.approx(0.075)
    assert value(table, "speed, absolute", "difference") == pytest.approx(0.045)
    assert value(table, "speed, absolute", "se") == pytest.approx(0.015)  # 0.03 and 0.06
    ends = [sigma(panel(speed)[-1]) - sigma(panel()[-1]) for speed in (2.0, 3.0)]
    assert value(table, "sigma", "difference") == pytest.approx(np.mean(ends))
    assert value(table, "sigma", "start") == pytest.approx(sigma(panel()[0]))
    assert value(table, "leapfrog rate, any, less null", "without") == 0.0


def test_the_two_arms_alike_differ_by_exactly_nothing(found: list[Pair], cities: pd.DataFrame) -> None:
    same = [dataclasses.replace(pair, with_centres=pair.without) for pair in found]
    table = convergence_over_seeds(same, cities, per_head=False)
    assert (table["difference"].dropna() == 0).all()
    assert (table["se"].dropna() == 0).all()
    assert table["difference"].notna().sum() > 20
    assert (sign_changes(same, cities)["from_sign"] == 0).all()


def test_episodes_by_seed_and_arm(found: list[Pair], cities: pd.DataFrame) -> None:
    table = episodes_over_seeds(found, cities)
    assert table[["seed", "arm"]].to_numpy().tolist() == [
        [1, "with"],
        [1, "without"],
        [2, "with"],
        [2, "without"],
    ]
    assert (table["kind"] == "gap-closing").all()
    assert (table["excess_leaps"] == 0).all()
    assert (table["fall of sigma"] > 0.1).all()


def test_where_the_effect_changes_sign(found: list[Pair], cities: pd.DataFrame) -> None:
    # The host is city 0, the others lie 111 km apart: plus near, minus from city 3 on, 334 km away.
    treated = panel() * PEOPLE * np.where(np.arange(CITIES) < 3, 1.1, 0.9)
    pair = dataclasses.replace(found[0], with_centres=arm(treated))
    table = sign_changes([pair], cities)
    # Band means +, + at 111 and 222 km, − at 389 (cities 3 and 4): ln 1.1 against ln 0.9.
    share = math.log(1.1) / (math.log(1.1) - math.log(0.9))
    assert table["km"][0] == pytest.approx(222.4 + share * (389.2 - 222.4), abs=0.3)
    assert table["from_sign"][0] == 1
    assert not len(sign_changes([dataclasses.replace(pair, hosts=np.array([], dtype=int))], cities))


def test_totals_are_not_weighted() -> None:
    totals = np.ones((3, CITIES))
    assert panel_of(totals, None)[1] is None
    per_head, people = panel_of(totals, np.array([0.0, *PEOPLE[1:]]))
    assert per_head[0, 0] == 0.0
    assert per_head[0, 1] == 1.0 / PEOPLE[1]
    assert people is not None
    assert people[0] == 0.0


def test_heads_are_those_of_the_models_people(found: list[Pair], cities: pd.DataFrame) -> None:
    """GDP of the last year is shared by twice as many in city 0, with centres only."""
    heads = np.tile(PEOPLE, (len(YEARS), 1))
    more = heads * np.where((np.arange(CITIES) == 0) & (YEARS[-1] == YEARS)[:, None], 2.0, 1.0)
    moved = [
        dataclasses.replace(
            pair, with_centres=pair.with_centres | {"people": more}, without=pair.without | {"people": heads}
        )
        for pair in found[:1]
    ]
    table = convergence_over_seeds(moved, cities)
    last = panel(2.0)[-1] / np.where(np.arange(CITIES) == 0, 2.0, 1.0)
    assert value(table, "sigma", "with") == pytest.approx(sigma(last))
    assert value(table, "Gini", "with") == pytest.approx(gini(last, more[-1]))
    assert value(table, "sigma", "without") == pytest.approx(sigma(panel()[-1]))
    per_person = episodes_over_seeds(moved, cities).set_index("arm")
    assert per_person.loc["with", "fall of sigma"] != per_person.loc["without", "fall of sigma"]


# ── Row by row, by hand ──────────────────────────────────────────────────────────────────────────


def test_people_may_move_and_each_end_has_its_own() -> None:
    y = panel()
    people = PEOPLE * np.linspace(1.0, 2.0, len(YEARS))[:, None] ** np.arange(1, CITIES + 1)
    table = convergence_table(y, people, REGIONS, YEARS)
    assert value(table, "sigma, weighted", "start") == pytest.approx(sigma(y[0], people[0]))
    assert value(table, "sigma, weighted", "end") == pytest.approx(sigma(y[-1], people[-1]))
    assert sigma(y[-1], people[-1]) != pytest.approx(sigma(y[-1], people[-2]), rel=1e-3)
    classes = city_classes(y, people)
    share = people[0, classes == "catch-up"].sum() / people[0].sum()
    assert value(table, "people in them: catch-up") == pytest.approx(share)


def test_a_city_that_cannot_be_followed_does_not_catch_up() -> None:
    y = np.array([[10.0, 5.0, 0.0], [10.0, 8.0, 3.0], [10.0, 8.0, 3.0]])
    table = convergence_table(y, [1.0, 2.0, 4.0], ["a", "b", "a"])
    assert value(table, "people in them: catch-up") == pytest.approx(2.0 / 3.0)


def test_the_ends_of_the_scale_are_of_the_first_and_the_last_period() -> None:
    """Of a mean of 10: below 2.5 are one city, then two, then none; above 20 none, none, then one."""
    y = np.array([[1.0, 9.0, 10.0, 20.0], [1.0, 2.0, 17.0, 20.0], [4.0, 6.0, 7.0, 23.0]])
    table = convergence_table(y, None, ["a", "b", "a", "b"])
    low = [value(table, "cities below 0.25 of the mean", column) for column in ("start", "end", "change")]
    high = [value(table, "cities above 2 of the mean", column) for column in ("start", "end", "change")]
    assert low == [0.25, 0.0, -0.25]
    assert high == [0.25, 0.25, 0.0]  # exactly twice the mean is above it


def test_who_stays_in_a_fifth_is_a_mean_over_the_fifths() -> None:
    """Five cities, of which the first two change places in the second step of three."""
    y = np.array([[1.0, 2.0, 3.0, 4.0, 5.0]] * 2 + [[2.0, 1.0, 3.0, 4.0, 5.0]] * 2)
    table = convergence_table(y, None, list("abcab"))
    # each of the first two fifths keeps its city in two steps of three
    assert value(table, "staying in a fifth, each period") == pytest.approx((2 / 3 + 2 / 3 + 3) / 5)


def test_neighbours_are_within_three_hundred_kilometres_unless_told_otherwise() -> None:
    km = 250.0 * np.abs(np.subtract.outer(np.arange(CITIES), np.arange(CITIES)))
    table = convergence_table(panel(), PEOPLE, REGIONS, YEARS, ConvergenceOptions(distances=km))
    assert value(table, "Moran's I, 0-300 km", "start") == pytest.approx(
        morans_i(panel()[0], neighbours(km, 0.0, 300.0)).i
    )
    assert value(table, "Moran's I, 0-300 km: p", "end") == morans_i(panel()[-1], neighbours(km, 0, 300)).p


@pytest.mark.parametrize(("periods", "told"), [(7, False), (8, True)])
def test_a_trend_needs_eight_periods(periods: int, told: bool) -> None:
    table = convergence_table(panel()[:periods], PEOPLE, REGIONS, YEARS[:periods])
    assert np.isfinite(value(table, "log-t: b")) == told


@pytest.mark.parametrize(("lasting", "told"), [(1, False), (2, True)])
def test_clubs_are_sought_among_cities_that_keep_something(lasting: int, told: bool) -> None:
    """All others lose all they have, which takes their trend below zero."""
    y = panel()[:, :4].copy()
    y[3:, lasting:] = 0.0
    table = convergence_table(y, None, REGIONS[:4], YEARS)
    assert np.isfinite(value(table, "cities in no club")) == told


def test_two_cities_are_enough() -> None:
    table = convergence_table(panel()[:, :2], None, ["a", "b"], YEARS)
    assert value(table, "Kendall's tau-b") in (-1.0, 1.0)


def test_one_pair_of_runs_has_differences_without_errors(found: list[Pair], cities: pd.DataFrame) -> None:
    table = convergence_over_seeds(found[:1], cities)
    assert value(table, "speed, absolute", "difference") == pytest.approx(0.03)
    assert math.isnan(value(table, "speed, absolute", "se"))


def test_the_start_is_that_of_the_run_without_centres(found: list[Pair], cities: pd.DataFrame) -> None:
    earlier = [
        dataclasses.replace(pair, with_centres=arm(pair.with_centres["real_gdp"] ** 0.9)) for pair in found
    ]
    table = convergence_over_seeds(earlier, cities)
    assert value(table, "sigma", "start") == pytest.approx(sigma(panel()[0]))


def test_seeds_without_hosts_are_passed_over_and_the_nearest_change_of_sign_counts(
    found: list[Pair], cities: pd.DataFrame
) -> None:
    """Minus to 334 km, plus to 667, minus from there on."""
    gain = np.where(np.arange(CITIES) < 4, 0.9, np.where(np.arange(CITIES) < 7, 1.1, 0.9))
    pair = dataclasses.replace(found[0], with_centres=arm(panel() * PEOPLE * gain))
    none = dataclasses.replace(pair, hosts=np.array([], dtype=int))
    table = sign_changes([none, pair], cities)
    assert len(table) == 1
    assert table["from_sign"][0] == -1
    assert 222.0 < table["km"][0] < 556.0


RISING = np.array([[1.0, 2.0, 4.0], [2.0, 2.0, 4.0], [3.0, 2.0, 4.0]])


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (
            lambda: convergence_table(RISING, np.ones(3), ["a", "b"]),
            "regions must have a label for each of 3",
        ),
        (
            lambda: convergence_table(RISING * [0, 0, 1], np.ones(3), ["a", "b", "c"]),
            "convergence needs two cities with people in every period and a value above zero",
        ),
    ],
)
def test_unsuitable_input_is_refused(call, said):
    with pytest.raises(ValueError, match=said):
        call()
