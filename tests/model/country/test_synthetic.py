"""The made-up country: as large as asked, as unequal as stated, and the same for the same seed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from model.country.city_estimates import gini, rank_size_slope
from model.country.city_tables import distances_km, load_cities
from model.country.synthetic import GDP_PART, LAT, LON, POPULATION_PART, one_city, synthetic_country
from model.files.user_tables import InputError


def slopes(cities: pd.DataFrame) -> tuple[float, float]:
    gdp = rank_size_slope(cities["gdp_2022"], round(GDP_PART * len(cities)))
    return gdp, rank_size_slope(cities["population_2020"], round(POPULATION_PART * len(cities)))


@pytest.mark.parametrize("count", [60, 338, 2000])
@pytest.mark.parametrize("seed", [0, 7])
def test_rank_size_slopes(count: int, seed: int) -> None:
    gdp, population = slopes(synthetic_country(count, seed))
    assert gdp == pytest.approx(-1.35, abs=0.01)
    assert population == pytest.approx(-2.45, abs=0.01)


def test_other_slopes() -> None:
    gdp, population = slopes(synthetic_country(338, 1, gdp_slope=-1.1, population_slope=-1.8))
    assert gdp == pytest.approx(-1.1, abs=0.01)
    assert population == pytest.approx(-1.8, abs=0.01)


def test_inequality_that_was_not_asked_for_is_as_observed() -> None:
    cities = synthetic_country(338, 3)
    assert gini(cities["gdp_2022"]) == pytest.approx(0.56, abs=0.01)  # E15b
    assert cities["gdp_2022"].nlargest(10).sum() / cities["gdp_2022"].sum() == pytest.approx(
        0.23, abs=0.03
    )  # E15
    per_head = np.log(cities["gdp_2022"] / cities["population_2020"])
    assert per_head.std() == pytest.approx(0.505, abs=0.08)  # E1, 2022


def test_the_same_seed_gives_the_same_country_and_another_does_not() -> None:
    first = synthetic_country(60, 5)
    pd.testing.assert_frame_equal(first, synthetic_country(60, 5))
    other = synthetic_country(60, 6)
    assert (first["lon"] != other["lon"]).any()
    assert (first["gdp_2022"] != other["gdp_2022"]).any()


def test_a_known_country() -> None:
    """Figures of one seed, so that a change of the draws is noticed."""
    first = synthetic_country(60, 5).iloc[0]
    figures = first[["lon", "lat", "gdp_2022", "population_2020"]].tolist()
    assert figures == [110.8694, 36.2598, 8584.19, 8634263.0]


@pytest.mark.parametrize("count", [10, 11, 34, 338, 10_000])
def test_the_table_is_as_load_cities_gives_it(count: int) -> None:
    cities = synthetic_country(count, 2)
    assert len(cities) == count
    pd.testing.assert_series_equal(cities.dtypes, load_cities().dtypes)
    assert cities["city_id"].is_unique
    assert cities["estimated"].all()
    assert cities["lon"].between(*LON).all()
    assert cities["lat"].between(*LAT).all()
    assert (cities[["population_2010", "population_2020", "gdp_2010", "gdp_2022"]] > 0).all(axis=None)
    assert (cities.groupby("province")["provincial_capital"].sum() == 1).all()
    assert (cities.groupby("province")["region"].nunique() == 1).all()
    assert {"east", "central", "west"} <= set(cities["region"])
    assert cities["province"].nunique() == min(max(round(count / 11), 3), 31)


def test_size_of_the_mean_city_is_that_of_the_shipped_table() -> None:
    figures = ["population_2010", "population_2020", "gdp_2010", "gdp_2022"]
    np.testing.assert_allclose(
        synthetic_country(50, 1)[figures].mean(), load_cities()[figures].mean(), rtol=1e-6
    )


def test_cities_gather_around_capitals_and_large_ones_are_capitals_and_in_the_east() -> None:
    cities = synthetic_country(1000, 4)
    capital = cities["provincial_capital"].to_numpy()
    distances = distances_km(cities["lon"], cities["lat"])
    own = (cities["province"].to_numpy()[:, None] == cities["province"].to_numpy()) & capital
    to_own = distances[own].mean()
    assert to_own < 0.2 * distances[:, capital].mean()
    assert cities["gdp_2022"][capital].median() > 2 * cities["gdp_2022"][~capital].median()
    assert cities["lon"].corr(np.log(cities["gdp_2022"])) > 0.2


def test_correlation_of_gdp_and_population() -> None:
    for wanted in (0.0, 0.5, 1.0):
        cities = synthetic_country(2000, 1, correlation=wanted)
        found = np.corrcoef(np.log(cities["gdp_2022"]), np.log(cities["population_2020"]))[0, 1]
        assert found == pytest.approx(wanted, abs=0.06)


def test_one_city_is_a_table_like_any_other_and_of_mean_size() -> None:
    city, country, shipped = one_city(), synthetic_country(10, 1), load_cities()
    assert len(city) == 1
    assert city.dtypes.to_dict() == country.dtypes.to_dict()
    for figure in ("population_2010", "population_2020", "gdp_2010", "gdp_2022"):
        assert city[figure][0] == pytest.approx(shipped[figure].mean(), rel=1e-3)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"cities": 9}, "a synthetic country has 10 to 10,000 cities, not 9"),
        ({"cities": 10_001}, "a synthetic country has 10 to 10,000 cities, not 10001"),
        ({"seed": -1}, "the seed is 0 or more, not -1"),
        ({"gdp_slope": 1.35}, "gdp_slope is between -100 and -0.1, not 1.35"),
        ({"population_slope": float("nan")}, "population_slope is between -100 and -0.1, not nan"),
        ({"correlation": 1.5}, "correlation is between 0 and 1, not 1.5"),
    ],
)
def test_arguments_out_of_range(arguments: dict[str, float], sentence: str) -> None:
    with pytest.raises(InputError) as caught:
        synthetic_country(**({"cities": 60, "seed": 1} | arguments))
    assert str(caught.value) == sentence
