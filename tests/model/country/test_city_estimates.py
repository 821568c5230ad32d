"""Estimates: they add up, follow the stated rule, and rest on the constants that calibrate() finds."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.country.city_accounts import load_accounts
from model.country.city_estimates import (
    FIGURES,
    GDP_EXPONENT,
    HIGH_RANK_PREMIUM,
    PLACE_EXPONENT,
    POPULATION_SLOPE,
    SplitRule,
    apportion,
    calibrate,
    estimate_cities,
    fit_report,
    gini,
    interpolate_2015,
    load_places,
    load_provinces,
    rank_size_slope,
)
from model.files.user_tables import InputError


def places(*rows: tuple[str, int, bool, str]) -> pd.DataFrame:
    frame = pd.DataFrame(
        rows, columns=["province", "geonames_place_pop", "provincial_capital", "admin_level"]
    )
    return frame.assign(city_id=range(1, len(rows) + 1))


def province(name: str, people: float, gdp: float) -> dict[str, object]:
    figures = {"population_2010": people / 2, "population_2020": people}
    return {"province": name, **figures, "gdp_2010_100m_cny": gdp / 10, "gdp_2022_100m_cny": gdp}


CITY = "prefecture-level city"


def test_the_rule_by_hand() -> None:
    """Place populations 400, 100, 100; exponent 1/2, premium 3: people as 20:10:10, GDP as 60:10:10."""
    cities = places(("P", 400, True, CITY), ("P", 100, False, CITY), ("P", 100, False, CITY))
    found = estimate_cities(cities, pd.DataFrame([province("P", 8000, 80)]), SplitRule(0.5, 3.0))
    assert found["population_2020"].tolist() == [4000, 2000, 2000]
    assert found["population_2010"].tolist() == [2000, 1000, 1000]
    assert found["gdp_2022"].tolist() == [60, 10, 10]
    assert found["gdp_2010"].tolist() == [6, 1, 1]


def test_a_sub_provincial_city_has_the_premium_too() -> None:
    cities = places(("P", 100, True, CITY), ("P", 100, False, "sub-provincial city"), ("P", 100, False, CITY))
    found = estimate_cities(cities, pd.DataFrame([province("P", 900, 70)]), SplitRule(0.5, 3.0))
    assert found["gdp_2022"].tolist() == [30, 30, 10]
    assert found["population_2020"].tolist() == [300, 300, 300]


@pytest.mark.parametrize("place", [0, 8000, 9000, None])
def test_a_place_population_that_cannot_be(place: int | None) -> None:
    """It becomes the median of the ordinary cities of the province: here of 100, 200 and 900."""
    ordinary = [("P", size, False, CITY) for size in (100, 200, 900, place)]
    cities = places(("P", 400, True, CITY), *ordinary)
    found = estimate_cities(cities, pd.DataFrame([province("P", 8000, 80)]), SplitRule(1.0, 1.0))
    shares = np.array([400, 100, 200, 900, 200]) / 1800
    np.testing.assert_allclose(found["population_2020"], 8000 * shares, atol=1)


def test_no_place_population_at_all_means_equal_parts() -> None:
    found = estimate_cities(
        places(("P", 0, False, CITY), ("P", 0, False, CITY)), pd.DataFrame([province("P", 10, 4)])
    )
    assert found["population_2020"].tolist() == [5, 5]


def test_a_single_city_gets_everything() -> None:
    cities = places(("P", 0, False, CITY), ("Q", 7, True, "municipality"))
    found = estimate_cities(cities, pd.DataFrame([province("P", 1001, 10.01), province("Q", 2003, 20.02)]))
    assert found["population_2020"].tolist() == [1001, 2003]
    assert found["gdp_2022"].tolist() == [10.01, 20.02]


def observed(**gdp: float) -> pd.DataFrame:
    """Return accounts of the cities c1, c2, ... with the GDP of 2015 given for each."""
    ids = [int(name[1:]) for name in gdp]
    return pd.DataFrame({"city_id": ids, "gdp_2015_100m_cny": list(gdp.values())})


def test_observed_cities_share_by_their_gdp_what_the_rule_gives_them() -> None:
    """Weights of GDP 60:10:10:10; the last three are observed as 16, 4 and not at all.

    Cities 2 and 3 share their 20 as 16 : 4; people, 10 + 10 by the rule, as 4 : 2 (power 1/2).
    """
    cities = places(("P", 400, True, CITY), *[("P", 100, False, CITY)] * 3)
    rule = SplitRule(0.5, 3.0, 0.5)
    found = estimate_cities(cities, pd.DataFrame([province("P", 15000, 90)]), rule, observed(c2=16, c3=4))
    assert found["gdp_2022"].tolist() == [60, 16, 4, 10]
    assert found["gdp_2010"].tolist() == [6, 1.6, 0.4, 1]
    assert found["gdp_2015"].tolist() == [60, 16, 4, 10]
    assert found["population_2020"].tolist() == [6000, 4000, 2000, 3000]
    shared = ["estimated", "observed share 2015", "observed share 2015", "estimated"]
    assert found["gdp_2010_basis"].tolist() == found["gdp_2022_basis"].tolist() == shared
    assert found["gdp_2015_basis"].tolist() == ["estimated", "observed 2015", "observed 2015", "estimated"]


def test_one_observation_among_several_sets_a_level_but_no_share() -> None:
    cities = places(("P", 400, False, CITY), ("P", 100, False, CITY), ("Q", 7, True, "municipality"))
    provinces = pd.DataFrame([province("P", 30000, 90), province("Q", 5, 8)])
    found = estimate_cities(cities, provinces, SplitRule(0.5, 3.0), observed(c2=50, c3=3))
    assert found["gdp_2022"].tolist() == [60, 30, 8]
    assert found["gdp_2015"].tolist() == [100, 50, 3]
    assert found["gdp_2022_basis"].tolist() == ["estimated", "estimated", "observed share 2015"]


def test_gdp_of_2015_without_an_observation_is_between_2010_and_2022() -> None:
    assert interpolate_2015([1, 0, 5], [4096, 3, 5]).tolist() == [32, 0, 5]
    found = estimate_cities(places(("P", 1, False, CITY)), pd.DataFrame([province("P", 5, 40)]))
    assert found["gdp_2015"].tolist() == [round(4 * 10 ** (5 / 12), 2)]


def test_an_unknown_province() -> None:
    with pytest.raises(InputError, match="there are no figures for the province 'Atlantis'"):
        estimate_cities(places(("Atlantis", 5, False, CITY)), pd.DataFrame([province("P", 1, 1)]))


@pytest.mark.parametrize("accounts", [None, load_accounts()], ids=["rule", "observed"])
def test_the_shipped_estimates_add_up_to_the_provinces(accounts: pd.DataFrame | None) -> None:
    provinces = load_provinces().set_index("province")
    found = estimate_cities(load_places(), load_provinces(), accounts=accounts)
    sums = found.groupby("province")[list(FIGURES)].sum().loc[provinces.index]
    for figure in FIGURES:
        if figure.startswith("population"):
            assert sums[figure].tolist() == provinces[figure].tolist()
        else:
            million_cny = (found[figure] * 100).round().astype("int64").groupby(found["province"]).sum()
            official = (provinces[f"{figure}_100m_cny"] * 100).round().astype("int64")
            assert million_cny.loc[provinces.index].tolist() == official.tolist()


sizes = st.lists(st.integers(0, 10**8), min_size=1, max_size=30)


@given(sizes, st.integers(0, 10**8), st.integers(0, 10**8), st.floats(0.01, 2), st.floats(1, 10))
@settings(deadline=None)
def test_estimates_add_up_for_any_province(
    place: list[int], people: int, gdp: int, exponent: float, premium: float
) -> None:
    cities = places(*[("P", size, number == 0, CITY) for number, size in enumerate(place)])
    provinces = pd.DataFrame([province("P", 2 * people, gdp / 10)])
    found = estimate_cities(cities, provinces, SplitRule(exponent, premium))
    assert (found[list(FIGURES)] >= 0).all(axis=None)
    assert found["population_2020"].sum() == 2 * people
    assert found["population_2010"].sum() == people
    assert (found["gdp_2022"] * 100).round().astype("int64").sum() == gdp * 10


@given(st.integers(0, 10**12), st.lists(st.floats(1e-6, 1e6), min_size=1, max_size=50))
def test_apportion_is_exact_and_within_one_of_the_quota(total: int, weights: list[float]) -> None:
    parts = apportion(total, np.array(weights))
    assert parts.sum() == total
    quotas = total * (np.array(weights) / np.sum(weights))
    assert (np.abs(parts - quotas) <= 1 + 1e-3).all()


def test_apportion_by_hand() -> None:
    assert apportion(10, np.array([1.0, 1.0, 1.0])).tolist() == [4, 3, 3]
    assert apportion(10, np.array([2.6, 2.3, 5.1])).tolist() == [3, 2, 5]


def test_rank_size_slope_of_an_exact_power_law() -> None:
    sizes = (np.arange(1, 301) - 0.5) ** (1 / -1.35)
    assert rank_size_slope(sizes[::-1], 200) == pytest.approx(-1.35)
    assert rank_size_slope(7 * sizes, 10) == pytest.approx(-1.35)


def test_gini_by_hand() -> None:
    assert gini([5, 5, 5]) == 0
    assert gini([0, 0, 0, 1]) == pytest.approx(0.75)
    assert gini([3, 1]) == pytest.approx(0.25)


def test_the_constants_are_what_calibrate_gives() -> None:
    found = calibrate()
    assert found.place_exponent == pytest.approx(PLACE_EXPONENT, abs=0.0011)
    assert found.high_rank_premium == pytest.approx(HIGH_RANK_PREMIUM, abs=0.0021)
    assert found.gdp_exponent == pytest.approx(GDP_EXPONENT, abs=0.0011)


def test_the_estimates_meet_the_targets_they_are_calibrated_to() -> None:
    found = estimate_cities(load_places(), load_provinces())
    assert rank_size_slope(found["population_2020"], 100) == pytest.approx(POPULATION_SLOPE, abs=0.01)
    assert rank_size_slope(found["gdp_2022"], 200) == pytest.approx(-1.35, abs=0.01)
    assert gini(found["gdp_2022"]) == pytest.approx(0.56, abs=0.006)


def test_the_estimates_with_observations_are_near_the_same_targets() -> None:
    found = estimate_cities(load_places(), load_provinces(), accounts=load_accounts())
    assert rank_size_slope(found["population_2020"], 100) == pytest.approx(POPULATION_SLOPE, abs=0.01)
    assert rank_size_slope(found["gdp_2022"], 200) == pytest.approx(-1.35, abs=0.05)
    assert gini(found["gdp_2022"]) == pytest.approx(0.56, abs=0.006)
    kept = found.set_index("city_id")["gdp_2015"].loc[load_accounts()["city_id"]]
    assert kept.tolist() == load_accounts()["gdp_2015_100m_cny"].tolist()


def table(city_id: list[int], values: list[float]) -> pd.DataFrame:
    return pd.DataFrame({"city_id": city_id, "province": "P"} | dict.fromkeys(FIGURES, values))


def test_fit_report_by_hand() -> None:
    """Errors 1/1, 0, 1/2 and ranks 1 2 3 against 1 3 2: Spearman 1/2. City 4 is in one table only."""
    report = fit_report(table([1, 2, 3, 4], [2, 3, 2.5, 9]), table([1, 2, 3, 5], [1, 3, 5, 9]))
    assert report["gdp_2022"] == {"cities": 3, "spearman": 0.5, "median_error": 0.5, "within_province": 0.5}
    assert set(report) == set(FIGURES)


def test_fit_report_leaves_out_what_was_filled_in() -> None:
    observed = table([1, 2, 3, 4], [1, 2, 3, 100])
    observed.attrs["filled"] = {"gdp_2022": [4]}
    report = fit_report(table([1, 2, 3, 4], [1, 2, 3, 4]), observed)
    assert report["gdp_2022"]["cities"] == 3
    assert report["gdp_2010"]["cities"] == 4


def test_fit_report_of_nothing_in_common() -> None:
    report = fit_report(table([1], [1.0]), table([2], [1.0]))["gdp_2022"]
    assert report["cities"] == 0
    assert all(math.isnan(report[name]) for name in ("spearman", "median_error", "within_province"))
