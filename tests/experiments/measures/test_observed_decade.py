"""The observed decade: figures of made-up cities worked by hand, compared with the shipped targets."""

from __future__ import annotations

import math
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.measures.observed_decade import (
    CLAIMS,
    MEASURED,
    MEASURES,
    TARGETS,
    Decade,
    ObservedError,
    agreement,
    census_people,
    centre_effects,
    decade_study,
    jackknife,
    main,
    observed_decade,
    target_years,
)
from experiments.measures.twin_pairs import Pair

YEARS = np.arange(2010, 2023)
PEOPLE = np.array([2.0, 1.0, 1.0, 4.0, 2.0]) * 1e6
START = np.array([8.0, 4.0, 2.0, 1.0, 3.0])  # per head
T = (YEARS - 2010.0)[:, None]


@pytest.fixture
def cities() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "city_id": range(5),
            "region": ["east", "east", "west", "west", "central"],
            "population_2010": PEOPLE,
            "population_2020": PEOPLE * [2.0, 1.0, 1.0, 0.5, 1.0],
        }
    )


def pair(slope: float = -0.0168, moving: float = 0.0144, seed: int = 1) -> Pair:
    """Log GDP per head grows by slope, and people by `moving`, a log point at the start, a year."""
    people = PEOPLE * np.exp(moving * np.log(START) * T)
    measures = {"real_gdp": people * np.exp(np.log(START) * (1.0 + slope * T)), "people": people}
    return Pair(seed, YEARS, np.array([]), measures, {name: np.zeros_like(y) for name, y in measures.items()})


def row(table: pd.DataFrame, identity: str, end: str) -> pd.Series:
    found = table[(table["id"] == identity) & table["quantity"].str.endswith(end)]
    assert len(found) == 1
    return found.iloc[0]


def test_every_target_that_is_claimed_has_a_row_with_the_published_figures(cities: pd.DataFrame) -> None:
    table = observed_decade([pair()], cities)
    targets = pd.read_csv(TARGETS)
    assert len(table) == targets["id"].isin(CLAIMS).sum() == 20
    assert set(table["id"]) == set(CLAIMS) == set(MEASURES)
    e16 = row(table, "E16", "head")
    assert (e16["kind"], e16["value"], e16["low"], e16["high"]) == ("calibrate", 0.0144, 0.0116, 0.0172)
    assert row(table, "E13", "2022")["kind"] == "validate"
    assert (table["note"].str.len() > 20).all()


def test_figures_by_hand(cities: pd.DataFrame) -> None:
    table = observed_decade([pair()], cities)
    assert row(table, "E1", "2010")["measured"] == pytest.approx(np.std(np.log(START)))
    # Slope 12 years later: all logs shrink by 1 − 12·0.0168.
    assert row(table, "E1", "2022")["measured"] == pytest.approx(np.std(np.log(START)) * (1 - 12 * 0.0168))
    assert row(table, "E5", "2010-22")["measured"] == pytest.approx(-0.0168)
    assert row(table, "E9", "2010-22")["measured"] == pytest.approx(1.0)
    # East: 2·8 + 1·4 = 20 over 3; west: 1·2 + 4·1 = 6 over 5.
    assert row(table, "E13b", "2010")["measured"] == pytest.approx((20 / 3) / (6 / 5))
    assert row(table, "E16", "head")["measured"] == pytest.approx(0.0144)


def test_met_goes_by_the_published_bounds_and_nothing_else(cities: pd.DataFrame) -> None:
    table = observed_decade([pair()], cities)
    assert row(table, "E5", "2010-22")["met"] == "yes"
    assert row(table, "E16", "head")["met"] == "yes"
    assert row(table, "E9", "2010-22")["met"] == "no"  # 1 is above 0.955
    assert row(table, "E1", "2010")["met"] == "no bounds"
    off = row(observed_decade([pair(slope=0.01)], cities), "E5", "2010-22")
    assert off["met"] == "no"
    assert off["distance"] == pytest.approx(0.01 + 0.0168)


def test_years_that_were_not_run_are_not_measured(cities: pd.DataFrame) -> None:
    table = observed_decade([pair()], cities)
    for identity, end in (("E1", "2000"), ("E2", "2005"), ("E5", "2000-10")):
        missing = row(table, identity, end)
        assert missing["met"] == "not measured"
        assert math.isnan(missing["measured"])
        assert "2010 to 2022" in missing["note"]


def test_the_mean_is_taken_over_seeds(cities: pd.DataFrame) -> None:
    both = row(observed_decade([pair(-0.02), pair(-0.01, seed=2)], cities), "E5", "2010-22")
    assert both["measured"] == pytest.approx(-0.015)
    assert both["se"] == pytest.approx(0.005)


def test_cities_without_gdp_are_counted(cities: pd.DataFrame) -> None:
    some = pair()
    some.with_centres["real_gdp"][-1, 3] = 0.0
    table = observed_decade([some], cities)
    assert row(table, "E1", "2022")["left_out"] == 1
    assert row(table, "E5", "2010-22")["left_out"] == 1
    assert row(table, "E1", "2010")["left_out"] == 0
    assert row(table, "E2", "2022")["left_out"] == 0  # a Gini takes zeros


def test_people_of_the_model_and_of_the_censuses(cities: pd.DataFrame) -> None:
    years = np.array([2005, 2010, 2015, 2020, 2022])
    census = census_people(cities, years)
    assert census[:, 0] / 1e6 == pytest.approx([2.0, 2.0, 2.0 * math.sqrt(2.0), 4.0, 4.0])
    assert census[:, 3] / 1e6 == pytest.approx([4.0, 4.0, 4.0 / math.sqrt(2.0), 2.0, 2.0])
    model = row(observed_decade([pair()], cities), "E13", "2022")["measured"]
    assert row(observed_decade([pair()], cities, "census"), "E13", "2022")["measured"] != pytest.approx(model)
    empty = cities.assign(population_2010=[0.0, *PEOPLE[1:]])
    assert census_people(empty, years)[:, 0].tolist() == [0.0] * 5
    with pytest.raises(ObservedError, match="model or census"):
        observed_decade([pair()], cities, "guess")


@pytest.mark.parametrize(
    ("quantity", "expected"),
    [
        ("beta slope 2010-22", (2010, 2022)),
        ("s.d. 2005", (2005,)),
        ("2000-10", (2000, 2010)),
        ("x", (2010, 2020)),
    ],
)
def test_the_years_of_a_target(quantity: str, expected: tuple[int, ...]) -> None:
    assert target_years("E", quantity) == expected


def test_a_country_without_east_and_west_is_refused(cities: pd.DataFrame) -> None:
    with pytest.raises(ObservedError, match="regions east and west"):
        observed_decade([pair()], cities.assign(region="north"))


def test_results_of_an_earlier_model_are_refused(cities: pd.DataFrame) -> None:
    old = pair()
    del old.with_centres["people"]
    with pytest.raises(ObservedError, match="no column people"):
        observed_decade([old], cities)


def test_two_numbers_of_firms_agree_within_two_errors(cities: pd.DataFrame) -> None:
    """Slopes of −0.02 and −0.01 against −0.014 and −0.01, then against 0.03 and 0.04."""
    few = observed_decade([pair(-0.02), pair(-0.01, seed=2)], cities)
    near = observed_decade([pair(-0.014), pair(-0.01, seed=2)], cities)
    far = observed_decade([pair(0.03), pair(0.04, seed=2)], cities)
    beta = row(agreement({40_000: near, 10_000: few}), "E5", "2010-22")
    assert (beta["measured 10000"], beta["measured 40000"]) == pytest.approx((-0.015, -0.012))
    assert beta["apart"] == pytest.approx(0.003 / math.hypot(0.005, 0.002))
    assert beta["agree"]
    beta = row(agreement({10_000: few, 40_000: far}), "E5", "2010-22")
    assert beta["apart"] == pytest.approx(0.05 / math.hypot(0.005, 0.005))
    assert not beta["agree"]


def test_the_decade_is_measured_on_the_real_centres() -> None:
    study = decade_study(40_000, 3)
    assert (study.scenario.name, study.seeds, study.parameters.firms) == ("actual", (1, 2, 3), 40_000)
    assert study.until == 2030
    assert set(MEASURED) <= set(study.measures)


def noisy(seed: int, noise: float = 0.3) -> Pair:
    """200 cities in which GDP per head of every year holds chance of its own, and shrinks by nothing."""
    draw = np.random.default_rng(seed)
    start = np.exp(np.random.default_rng(0).normal(0.0, 0.4, 200))
    people = np.full((len(YEARS), 200), 1e6)
    # exp(noise − noise²/2) has mean 1
    gdp = people * start * np.exp(noise * draw.normal(size=people.shape) - noise**2 / 2)
    none = np.zeros_like(gdp)
    return Pair(
        seed, YEARS, np.array([0]), {"real_gdp": gdp, "people": people}, {"real_gdp": gdp, "people": none}
    )


def test_the_mean_country_is_free_of_the_chance_of_single_runs() -> None:
    cities = pd.DataFrame({"region": ["east", "west"] * 100})
    runs = [noisy(seed) for seed in range(1, 13)]
    true = np.std(np.log(np.exp(np.random.default_rng(0).normal(0.0, 0.4, 200))))
    for end, identity, expected in (("2010", "E1", true), ("2010-22", "E5", 0.0), ("2010-22", "E9", 1.0)):
        found = row(observed_decade(runs, cities), identity, end)
        assert abs(found["measured"] - expected) > 8 * found["se"]  # chance alone makes β negative
        assert abs(found["mean_country"] - expected) < 3 * found["mean_country_se"]
        assert found["mean_country_se"] < 0.03
    assert observed_decade(runs[:1], cities)["mean_country"].isna().all()


def test_the_jackknife_is_exact_for_a_square() -> None:
    """The square of a mean of n draws is too high by s²/n: the jackknife takes off exactly that."""
    draws = np.array([1.0, 2.0, 4.0, 7.0])
    decades = [Decade(YEARS, np.array([[x]]), np.array([[1.0]]), np.array(["east"])) for x in draws]
    found = jackknife(lambda decade: float(decade.gdp[0, 0] ** 2), decades)
    assert found["mean"] == pytest.approx(draws.mean() ** 2 - draws.var(ddof=1) / 4)
    of_mean = jackknife(lambda decade: float(decade.gdp[0, 0]), decades)
    assert of_mean["se"] == pytest.approx(draws.std(ddof=1) / 2)  # that of a mean


def test_effects_of_groups() -> None:
    one, two = (pair(seed=seed) for seed in (1, 2))
    for some, factor in ((one, 1.02), (two, 1.04)):
        some.with_centres["firms"] = some.without["firms"] = np.full_like(some.with_centres["people"], 9.0)
        for measure in ("innovation", "real_gdp"):
            some.without[measure] = some.with_centres["real_gdp"]
            some.with_centres[measure] = some.without[measure] * factor
    table = centre_effects([one, two]).set_index(["id", "quantity"])
    whole = table.loc[("innovation", "whole country (total)"), "measured"]
    assert whole == pytest.approx(50 * np.log(1.02 * 1.04))
    assert np.isnan(table.loc[("real_gdp", "host cities"), "measured"])  # there are none
    assert len(table) == 6


def test_the_command_compares_two_numbers_of_firms(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        "experiments.measures.observed_decade.decade_study", partial(decade_study, until=2010)
    )
    main(["--firms", "400", "800", "--seeds", "2", "2", "--out", "agree.csv"])
    table = pd.read_csv("agree.csv")
    assert set(table["of"]) == {"runs", "mean country", "effect, %"}
    assert list(table["measured 400"][table["of"] == "effect, %"].notna()) == [True] * 6
    assert "measured 800" in capsys.readouterr().out
