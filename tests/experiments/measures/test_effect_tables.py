"""Effects of centres, worked by hand on four cities, ten years and two seeds.

Without centres every city innovates the same in all years: 8, 4, 2 and 1. In the last five years
centres make it 8, 2, 4, 3 (seed 1) and 4, 8, 2, 16 (seed 2), on average over years that differ.
The four cities have 40, 20, 4 and 5 firms.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from experiments.measures import effect_tables
from experiments.measures.inequality import theil
from experiments.results.write_results import centres_per_run, summary
from experiments.study.results import Results
from experiments.study.study import Study, twins
from model.country.country import Country
from model.parameters import Parameters
from model.scenarios.scenario import Scenario

YEARS = range(2010, 2020)
BASE = np.array([8.0, 4.0, 2.0, 1.0])
LATE = {1: np.array([8.0, 2.0, 4.0, 3.0]), 2: np.array([4.0, 8.0, 2.0, 16.0])}
HOSTS = {1: (2, 3), 2: (1, 2, 3)}
UNEVEN = (3.0, 0.5, 0.5, 0.5, 0.5)  # the last five years; their mean is 1
LN2 = 100.0 * math.log(2.0)
LN3 = 100.0 * math.log(3.0)
LN16 = 100.0 * math.log(16.0)


def measures(seed: int, treated: bool, late: int) -> dict[str, np.ndarray]:
    """One year of the recorded measures; ``late``: 0 in the first five years, then 1 to 5."""
    found = {
        "innovation": BASE.copy(),
        "entrants": np.array([5.0, 5.0, 2.0, 0.0]),
        "talent": np.array([10.0, 5.0, 5.0, 5.0]),
        "adoption_share": np.full(4, 0.30),
        "attention": np.full(4, 0.50),
        "ip_protection": np.full(4, 0.40),
        "data": np.full(4, 2.0),
        "firms": np.array([40.0, 20.0, 4.0, 5.0]),
        "people": np.array([4.0, 2.0, 2.0, 1.0]),
        "real_gdp": np.array([4.0, 2.0, 1.0, 1.0]),
        "gdp": np.array([4.0, 2.0, 1.0, 1.0]),
    }
    if treated and late:
        found["innovation"] = UNEVEN[late - 1] * LATE[seed]
        if seed == 1:
            found["entrants"] = np.array([5.0, 5.0, 4.0, 1.0])  # the last city has none without
            found["people"] = np.array([4.0, 1.0, 2.0, 2.0])
            found["real_gdp"] = np.array([4.0, 2.0, 1.0, 3.0])
            found["talent"] = np.array([10.0, 5.0, 5.5, 5.5])
            found["adoption_share"] = np.array([0.30, 0.30, 0.40, 0.30])
            found["attention"] = np.full(4, 0.52)
            found["ip_protection"] = np.full(4, 0.39)
    return found


def results(cities: pd.DataFrame, with_hosts: bool = True) -> Results:
    rows = [
        pd.DataFrame(
            {"seed": seed, "arm": arm, "year": year, "city_id": cities["city_id"]}
            | measures(seed, arm == "with" and with_hosts, max(0, k - 4))
        )
        for seed in (1, 2)
        for arm in ("with", "without")
        for k, year in enumerate(YEARS)
    ]
    # Ids are 10, 20, 30, 40. A centre that opens after the last year makes no host.
    opened = [(1, 30, "2012Q1"), (1, 40, "2014Q4"), (1, 10, "2020Q1")]
    opened += [(2, 20, "2012Q1"), (2, 30, "2012Q1"), (2, 40, "2019Q4"), (2, 40, "2012Q1")]
    centres = pd.DataFrame(opened if with_hosts else [], columns=["seed", "city_id", "opened"])
    centres.insert(1, "centre_id", [f"C{k}" for k in range(len(centres))])
    scenario = Scenario("test", "a test", parameters={"burn_in": 8})
    study = Study(twins(scenario), (1, 2), Parameters(), 2019, Country(cities, pd.DataFrame(), nx.Graph()))
    return Results.of_tables(study, pd.concat(rows, ignore_index=True), centres)


@pytest.fixture
def cities() -> pd.DataFrame:
    # On one meridian, where a degree is 111.2 km: 0 and 1 are 111 km apart, 1 and 2 222 km, 2 and 3 1,001 km.
    return pd.DataFrame(
        {
            "city_id": [10, 20, 30, 40],
            "name_en": ["Alpha", "Beta", "Gamma", "Delta"],
            "name_zh": ["甲", "乙", "丙", "丁"],
            "province": "P",
            "region": ["east", "east", "west", "west"],
            "lon": 110.0,
            "lat": [30.0, 31.0, 33.0, 42.0],
            "population_2010": [4e6, 2e6, 2e6, 1e6],
            "estimated": [False, True, False, False],
        }
    )


@pytest.fixture
def found(cities: pd.DataFrame) -> list[effect_tables.Pair]:
    return effect_tables.pairs(results(cities))


def is_estimate(row: Any, first: float, second: float) -> bool:
    """Mean and standard error of two seeds: half their sum, and half their distance."""
    assert row["mean"] == pytest.approx((first + second) / 2, abs=1e-9)
    assert row["se"] == pytest.approx(abs(first - second) / 2, abs=1e-9)
    return bool(row["seeds"] == 2)


def test_hosts_are_cities_whose_centre_opens_in_time(found: list[effect_tables.Pair]) -> None:
    assert [pair.seed for pair in found] == [1, 2]
    assert [pair.hosts.tolist() for pair in found] == [[2, 3], [1, 2, 3]]
    assert found[0].years.tolist() == list(YEARS)


def test_the_effect_is_that_of_the_last_five_years(found: list[effect_tables.Pair]) -> None:
    assert found[0].effect() == pytest.approx([0.0, -LN2, LN2, LN3])
    assert found[1].effect() == pytest.approx([-LN2, LN2, 0.0, LN16])
    assert found[0].baseline() == pytest.approx(BASE)


def test_effects_on_hosts_others_and_the_country(found: list[effect_tables.Pair]) -> None:
    rows = effect_tables.effects(found).set_index("group")
    # Hosts of seed 1 innovate 4 + 3 in place of 2 + 1, of seed 2 8 + 2 + 16 in place of 4 + 2 + 1.
    assert is_estimate(rows.loc["host cities"], 100 * math.log(7 / 3), 100 * math.log(26 / 7))
    assert is_estimate(rows.loc["other cities"], 100 * math.log(10 / 12), -LN2)
    assert is_estimate(rows.loc["whole country (total)"], 100 * math.log(17 / 15), 100 * math.log(30 / 15))


def test_a_mean_of_logarithms_is_of_cities_with_five_firms(found: list[effect_tables.Pair]) -> None:
    rows = effect_tables.effects(found).set_index("group")
    # Gamma, a host of both seeds, has four firms: Delta is left (seed 1), Beta and Delta (seed 2).
    assert rows.loc["host cities", "city_mean"] == pytest.approx((LN3 + (LN2 + LN16) / 2) / 2)
    assert rows.loc["other cities", "city_mean"] == pytest.approx((-LN2 / 2 - LN2) / 2)
    assert rows.loc["whole country (total)", "city_se"] == pytest.approx(
        abs((LN3 - LN2) / 3 - (LN16 + LN2 - LN2) / 3) / 2
    )
    # The number of cities that is shown is that of the mean: hosts 1 and 2, others 2 and 1.
    assert rows["city_count"].tolist() == [1.5, 1.5, 3.0]


def test_cities_of_a_band_are_counted_as_they_are_averaged(
    found: list[effect_tables.Pair], cities: pd.DataFrame
) -> None:
    rows = effect_tables.distance_profile(found, cities)
    for row in rows.itertuples():
        assert row.city_count <= row.cities
        assert np.isfinite(row.city_mean) == (row.city_count > 0)
    for pair in found:
        pair.with_centres["firms"] = pair.with_centres["firms"] * [1.0, 0.1, 1.0, 1.0]
    less = effect_tables.distance_profile(found, cities)
    assert less["cities"].tolist() == rows["cities"].tolist()
    assert less["mean"].equals(rows["mean"])  # that on the total
    assert less["city_count"].sum() == rows["city_count"].sum() - 0.5


def test_a_city_of_a_tenth_of_a_firm_moves_no_group(found: list[effect_tables.Pair]) -> None:
    """In a mean of logarithms one of 459 cities moved a band from +0.30 to -0.12 %."""
    for pair in found:
        others = ~pair.host_flags()
        before = pair.group_effect(others), pair.mean_effect(others), pair.cities_in_mean(others)
        for arm, tiny in ((pair.with_centres, 0.001), (pair.without, 0.007)):
            arm["innovation"] = np.insert(arm["innovation"], 0, tiny, axis=1)
            arm["firms"] = np.insert(arm["firms"], 0, 100 * tiny, axis=1)
        larger = np.insert(others, 0, True)
        assert pair.group_effect(larger) == pytest.approx(before[0], abs=0.1)
        assert (pair.mean_effect(larger), pair.cities_in_mean(larger)) == before[1:]


# Stata reserves the word with, the column of gap_over_time: pandas writes _with and warns.
@pytest.mark.filterwarnings("ignore::pandas.errors.InvalidColumnName")
def test_every_table_is_written_for_stata(cities: pd.DataFrame, tmp_path: Path) -> None:
    """As docs/howto/get-data-out.md says: Chinese names need version 118."""
    for name, frame in effect_tables.all_tables(results(cities)).items():
        frame.to_stata(tmp_path / f"{name}.dta", version=118, write_index=False)
        again = pd.read_stata(tmp_path / f"{name}.dta")
        assert len(again) == len(frame)
        texts = frame.select_dtypes("str")
        assert again[texts.columns].astype("str").equals(texts.fillna("").reset_index(drop=True))
        assert "\N{MINUS SIGN}" not in texts.to_csv()


def test_the_effect_on_gdp(found: list[effect_tables.Pair]) -> None:
    rows = effect_tables.gdp_effects(found).set_index(["measure", "group"])
    # Delta's real GDP is 3 in place of 1 in seed 1; its nominal GDP does not change.
    assert is_estimate(rows.loc[("real_gdp", "host cities")], LN2, 0.0)
    assert is_estimate(rows.loc[("real_gdp", "whole country (total)")], 100 * math.log(10 / 8), 0.0)
    assert (rows.loc["gdp", "mean"] == 0).all()
    for pair in found:
        del pair.without["real_gdp"], pair.without["gdp"]
    empty = effect_tables.gdp_effects(found)
    assert list(empty.columns) == ["measure", *effect_tables.effects(found).columns]
    assert not len(empty)


def test_cities_fall_into_their_distance_band(found: list[effect_tables.Pair], cities: pd.DataFrame) -> None:
    rows = effect_tables.distance_profile(found, cities).set_index("band_km")
    assert list(rows.index) == ["0-150", "150-300", "300-500", "500-750", "750-1000", "over 1000"]
    # Seed 1: Alpha is 334 km from the nearest host, Beta 222 km. Seed 2: Alpha is 111 km from Beta.
    assert rows["seeds"].tolist() == [1, 1, 1, 0, 0, 0]
    assert rows["cities"].tolist() == [0.5, 0.5, 0.5, 0.0, 0.0, 0.0]
    assert rows["mean"].tolist()[:3] == pytest.approx([-LN2, -LN2, 0.0])
    assert rows["mean"][3:].isna().all()
    assert rows["se"].isna().all()


@pytest.mark.parametrize(
    ("kilometres", "band"),
    [(0.0, "0-150"), (149.9, "0-150"), (150.0, "150-300"), (1000.0, "over 1000"), (4000.0, "over 1000")],
)
def test_a_band_begins_with_its_lower_end(
    found: list[effect_tables.Pair],
    cities: pd.DataFrame,
    monkeypatch: pytest.MonkeyPatch,
    kilometres: float,
    band: str,
) -> None:
    monkeypatch.setattr(effect_tables, "nearest_distance_km", lambda distances, hosts: np.full(4, kilometres))
    rows = effect_tables.distance_profile(found, cities)
    assert rows.loc[rows["seeds"] > 0, "band_km"].tolist() == [band]


def test_channels_have_their_own_comparison(found: list[effect_tables.Pair]) -> None:
    rows = effect_tables.channels(found).set_index("measure")
    assert is_estimate(rows.loc["talent"], 100 * math.log(1.1), 0.0)
    # Gamma's share rises by 10 points; it has 4 of the hosts' 9 firms.
    assert is_estimate(rows.loc["adoption_share"], 10.0 * 4 / 9, 0.0)
    assert is_estimate(rows.loc["attention"], 2.0, 0.0)
    assert is_estimate(rows.loc["ip_protection"], -1.0, 0.0)
    assert is_estimate(rows.loc["data"], 0.0, 0.0)
    # Gamma and Delta found 4 + 1 firms in place of 2 + 0.
    assert is_estimate(rows.loc["entrants"], 100 * math.log(5 / 2), 0.0)
    assert rows["unit"].to_dict()["adoption_share"] == "percentage points"


def test_rank_gains(found: list[effect_tables.Pair], cities: pd.DataFrame) -> None:
    rows = effect_tables.rank_changes(found, cities).set_index("name_en")
    assert rows["rank_without"].tolist() == [1, 2, 3, 4]
    # Seed 1: 8, 2, 4, 3 gives places 1, 4, 2, 3; seed 2: 4, 8, 2, 16 gives 3, 2, 4, 1.
    assert rows["rank_with"].tolist() == [2.0, 3.0, 3.0, 2.0]
    assert rows["gain"].tolist() == [-1.0, -1.0, 0.0, 2.0]
    assert rows["se"].tolist() == pytest.approx([1.0, 1.0, 1.0, 1.0])
    assert rows["host"].tolist() == [0.0, 0.5, 1.0, 1.0]
    assert rows["overtakes"].tolist() == [0.0, 0.0, 0.0, 0.0]


def test_overtaking_is_a_gain_of_five_places(
    found: list[effect_tables.Pair], monkeypatch: pytest.MonkeyPatch
) -> None:
    many = pd.DataFrame({"city_id": range(12), "name_en": "x", "name_zh": "x"})
    before, after = np.arange(12.0, 0.0, -1.0), np.arange(12.0, 0.0, -1.0)
    after[11], after[5] = 6.5, 12.5  # the last city from place 12 to 7, and the sixth to the top
    monkeypatch.setattr(effect_tables.Pair, "late", lambda self, measure: (after, before))
    rows = effect_tables.rank_changes(found, many)
    assert rows["gain"][11] == 5.0
    assert rows["gain"][5] == 5.0
    assert rows["overtakes"].tolist() == [0.0] * 5 + [1.0] + [0.0] * 5 + [1.0]


def test_weak_and_strong_hosts(found: list[effect_tables.Pair]) -> None:
    rows = effect_tables.host_strength(found).set_index("measure")
    # Seed 1: Delta is weak, Gamma strong. Seed 2: Delta weak, Beta strong, Gamma in the middle.
    assert is_estimate(rows.loc["effect on innovation, %: weak hosts"], LN3, LN16)
    assert is_estimate(rows.loc["effect on innovation, %: strong hosts"], LN2, LN2)
    assert is_estimate(rows.loc["effect on innovation, %: weak - strong"], LN3 - LN2, LN16 - LN2)
    assert is_estimate(rows.loc["places gained: weak hosts"], 1.0, 3.0)
    assert is_estimate(rows.loc["places gained: strong hosts"], 1.0, 0.0)
    assert is_estimate(rows.loc["places gained: weak - strong"], 0.0, 3.0)


def test_the_gap_against_the_twin(found: list[effect_tables.Pair], cities: pd.DataFrame) -> None:
    rows = effect_tables.gap(found, cities).set_index("index")
    # Gini of 8, 4, 2, 1 is 23/60, of 8, 4, 3, 2 19/68; 16, 8, 4, 2 is as unequal as 8, 4, 2, 1.
    assert is_estimate(rows.loc["Gini"], 100 * ((19 / 68) / (23 / 60) - 1), 0.0)
    assert is_estimate(rows.loc["Theil"], 100 * (theil([8, 4, 3, 2]) / theil([8, 4, 2, 1]) - 1), 0.0)
    # Per head of the model's people: innovation 2, 2, 2, 1.5 (seed 1; 1, 4, 1, 16 in seed 2) in place of
    # 2, 2, 1, 1; GDP 1, 2, 0.5, 1.5 in place of 1, 1, 0.5, 1.
    before = theil([2, 2, 1, 1], [4, 2, 2, 1])
    after = [theil([2, 2, 2, 1.5], [4, 1, 2, 2]), theil([1, 4, 1, 16], [4, 2, 2, 1])]
    assert is_estimate(rows.loc["Theil per head"], *(100 * (one / before - 1) for one in after))
    before, after = theil([1, 1, 0.5, 1], [4, 2, 2, 1]), theil([1, 2, 0.5, 1.5], [4, 1, 2, 2])
    assert is_estimate(rows.loc["Theil, GDP per head"], 100 * (after / before - 1), 0.0)


def test_the_gap_per_head_is_weighted_and_split_by_region(cities: pd.DataFrame) -> None:
    people = cities["population_2010"].to_numpy()
    # Innovation in proportion to people is no gap per head, though it is one between cities.
    even = effect_tables.gap_measures(people / 1e6, people, cities["region"].to_numpy())
    assert even["Gini per head"] == pytest.approx(0.0, abs=1e-12)
    assert even["Theil per head"] == pytest.approx(0.0, abs=1e-12)
    assert even["Theil"] == pytest.approx(theil([4, 2, 2, 1]))
    # All of it in the west, evenly per head: the whole gap lies between the regions, ln(9/3).
    west = effect_tables.gap_measures(people * [0, 0, 1, 1], people, cities["region"].to_numpy())
    assert west["Theil between regions"] == pytest.approx(math.log(3.0))
    assert west["Theil per head"] == pytest.approx(math.log(3.0))
    # Nobody lives there: no innovation per head, and no error.
    people, regions = np.array([1.0, 0.0, 0.0, 0.0]), np.array(list("aabb"))
    assert effect_tables.gap_measures(BASE, people, regions)["Gini per head"] == 0.0


def test_the_gap_over_time(found: list[effect_tables.Pair], cities: pd.DataFrame) -> None:
    rows = effect_tables.gap_over_time(found, cities)
    ginis = rows[rows["index"] == "Gini"].set_index("year")
    assert ginis["without"].tolist() == pytest.approx([23 / 60] * 10)
    assert (ginis.loc[:2014, "difference"] == 0).all()
    assert (ginis.loc[:2014, "se"] == 0).all()
    change = 19 / 68 - 23 / 60  # in seed 1; none in seed 2
    assert ginis.loc[2015:, "difference"].tolist() == pytest.approx([change / 2] * 5)
    assert ginis.loc[2015:, "se"].tolist() == pytest.approx([-change / 2] * 5)


def test_the_map_table(found: list[effect_tables.Pair], cities: pd.DataFrame) -> None:
    rows = effect_tables.map_of_effects(found, cities)
    assert rows["effect"].tolist() == pytest.approx([-LN2 / 2, 0.0, LN2 / 2, (LN3 + LN16) / 2])
    assert rows["host"].tolist() == [0.0, 0.5, 1.0, 1.0]
    assert rows["lat"].tolist() == cities["lat"].tolist()
    assert rows["firms"].tolist() == [40.0, 20.0, 4.0, 5.0]


def test_one_seed_has_a_gap_without_errors(found: list[effect_tables.Pair], cities: pd.DataFrame) -> None:
    rows = effect_tables.gap_over_time(found[:1], cities)
    assert len(rows) == 10 * (6 + 3)  # of innovation, and of GDP per head
    assert rows["se"].isna().all()


def test_a_band_without_cities_has_none(found: list[effect_tables.Pair], cities: pd.DataFrame) -> None:
    hostless = [effect_tables.Pair(p.seed, p.years, p.hosts[:0], p.with_centres, p.without) for p in found]
    assert (effect_tables.distance_profile(hostless, cities)["cities"] == 0.0).all()


def test_the_map_has_the_rows_of_a_table_with_any_index(
    found: list[effect_tables.Pair], cities: pd.DataFrame
) -> None:
    rows = effect_tables.map_of_effects(found, cities.set_index(np.array([7, 5, 3, 1])))
    assert rows.index.tolist() == [0, 1, 2, 3]
    assert "index" not in rows
    assert rows["effect"].notna().all()


def test_without_centres_every_table_is_there_and_nothing_happens(cities: pd.DataFrame) -> None:
    tables = effect_tables.all_tables(results(cities, with_hosts=False))
    assert set(tables) == set(effect_tables.TABLES)
    by_group = tables["effects"].set_index("group")
    assert math.isnan(by_group.loc["host cities", "mean"])
    assert by_group.loc["whole country (total)", "mean"] == 0.0
    assert tables["host_strength"].columns.tolist() == ["measure", "mean", "se", "seeds"]
    assert len(tables["host_strength"]) == 0
    assert (tables["gap_over_time"]["difference"] == 0).all()
    assert (tables["ranks"]["gain"] == 0).all()


def test_the_summary_counts_centres_of_one_run_and_states_the_scenarios_changes(cities: pd.DataFrame) -> None:
    found = results(cities)
    # Seed 1 opens two by 2019, seed 2 four; their ids differ, as those of random hosts do.
    assert centres_per_run(found.centres, 2019) == 4
    assert centres_per_run(found.centres, 2018) == 3
    assert centres_per_run(found.centres.iloc[:0], 2019) == 0
    assert centres_per_run(found.centres, 2009) == 0
    told = summary(found, effect_tables.all_tables(found), 1.0)
    assert told["centres"] == 4
    assert told["burn_in_quarters"] == 8
    assert told["parameters_changed"] == {"burn_in": 8}
    assert told["parameters"]["burn_in"] == 8
    assert told["cities_estimated"] is True
    assert told["distance"][0]["se"] is None  # JSON has no NaN


def test_a_change_is_of_something_above_nothing() -> None:
    assert effect_tables.percent_change(3.0, 2.0) == pytest.approx(50.0)
    assert [math.isnan(effect_tables.percent_change(1.0, before)) for before in (0.0, -0.5)] == [True, True]
    assert effect_tables.percent_change(0.25, 0.5) == pytest.approx(-50.0)
