"""What precedes a study: its country, the number of processes, and the sentences that announce it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from agents.rules import Rules
from experiments.study import prepare
from experiments.study.prepare import describe_seeds, describe_study, make_study, warm_kernels, worker_count
from experiments.study.settings import Settings, as_toml, merge_settings
from experiments.study.study import Study, twins
from model.country.country import build_country, load_country, shipped_country
from model.country.synthetic import synthetic_country
from model.engine.rule_source import RuleError, interpreted
from model.files.user_tables import InputError
from model.parameters import Parameters
from model.scenarios.scenario import ScenarioError
from model.scenarios.scenario_catalogue import SCENARIOS
from viz.cli.country_commands import user_columns, write_cities


def test_settings_become_a_study_of_twins() -> None:
    study = make_study(Settings(scenario="random_hosts", seeds=2, first_seed=5, until=2012, threads=3))
    assert study.country is shipped_country()
    assert (study.seeds, study.until, study.threads) == ((5, 6), 2012, 3)
    assert study.arms == twins(SCENARIOS["random_hosts"])


def test_a_city_that_is_not_there_is_reported_with_the_scenario_file(tmp_path: Path) -> None:
    file = tmp_path / "s.toml"
    file.write_text("[[openings]]\ncity = 'Atlantis'\nkind = 'super'\nopens = '2010Q1'\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"s\.toml: there is no city 'Atlantis'"):
        make_study(Settings(scenario=str(file), seeds=1))


def test_a_study_may_name_synthetic_cities_and_reads_its_files_again(tmp_path: Path) -> None:
    assert make_study(Settings(cities=Path("shipped"))).country is shipped_country()
    made = make_study(Settings(cities=Path("synthetic:12:3"))).country
    pd.testing.assert_frame_equal(made.cities, synthetic_country(12, 3))
    assert made.fingerprint == load_country("synthetic:12:3").fingerprint
    own = tmp_path / "cities.csv"
    for count in (12, 13):
        write_cities(synthetic_country(count, 3), own, force=True)
        assert len(make_study(Settings(cities=own)).country.cities) == count
    with pytest.raises(InputError, match="cities cannot be 'synthetic:many': write synthetic:60"):
        make_study(Settings(cities=Path("synthetic:many")))


def test_a_study_reads_the_sheet_and_the_year_that_are_named(tmp_path: Path) -> None:
    book = tmp_path / "book.xlsx"
    whole = user_columns(synthetic_country(12, 3)).drop(
        columns=["population_10k", "gdp_100m_cny", "pop_2010"]
    )
    years = {f"{year}年常住人口（万人）": float(year - 2000) for year in (2018, 2020)}
    money = {f"{year}年地区生产总值（亿元）": 100.0 for year in (2018, 2020)}
    with pd.ExcelWriter(book) as file:
        pd.DataFrame({"notes": ["not here"]}).to_excel(file, sheet_name="notes", index=False)
        whole.assign(**years, **money).to_excel(file, sheet_name="cities", index=False)
    settings = merge_settings(None, {"cities": book, "sheet": "cities", "year": 2018})
    assert make_study(settings).country.cities["population_2020"].tolist() == [180_000.0] * 12
    again = tmp_path / "settings.toml"
    again.write_text(as_toml(settings), encoding="utf-8")
    assert merge_settings(again) == settings
    with pytest.raises(InputError, match="has no sheet 'other'"):
        make_study(merge_settings(again, {"sheet": "other"}))


@pytest.mark.parametrize(
    ("workers", "threads", "runs", "expected"),
    [(None, 1, 40, 8), (None, 3, 40, 2), (None, 16, 40, 1), (None, 1, 4, 4), (3, 1, 40, 3), (30, 1, 4, 4)],
)
def test_processes_are_as_set_or_as_there_are_cores_and_runs(
    workers: int | None, threads: int, runs: int, expected: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepare, "available_cores", lambda: 8)
    assert worker_count(Settings(workers=workers, threads=threads), runs) == expected


def test_a_study_is_announced(country: pd.DataFrame) -> None:
    study = Study(
        twins(SCENARIOS["random_hosts"]), (1, 2), Parameters(firms=1200), 2010, build_country(country)
    )
    (sentence,) = describe_study(study, 2)
    assert sentence == (
        f"random_hosts: seeds 1 to 2, with and without the centres: 4 runs of 1,200 firms in {len(country)} "
        "cities, 2005 to 2010, on 2 processes"
    )
    nothing = Study(twins(SCENARIOS["none"]), (1,), Parameters(), 2010, build_country(country))
    assert describe_study(nothing, 1)[1].startswith("no centre opens in these cities by the end of 2010")
    assert describe_seeds((4,)) == "seed 4"


@interpreted
def never_ends(own_intensity: float) -> float:
    raise AssertionError("the rule runs in this process")


def test_with_a_timeout_rules_of_an_extension_first_run_in_a_process_that_can_be_ended(
    country: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits: list[float | None] = []
    said: list[str] = []

    def ending(function: Any, jobs: Any, timeout: float | None) -> Iterator[tuple[int, str]]:
        limits.append(timeout)
        yield from ((job, "it took longer than 125 s and was ended") for job in jobs)

    monkeypatch.setattr(prepare, "iter_results", ending)
    study = Study(
        twins(SCENARIOS["random_hosts"]),
        (3, 4),
        Parameters(firms=50),
        2006,
        build_country(country),
        extension=Rules(innovation_probability=never_ends),
    )
    warm_kernels(study, said.append, timeout=5.0)
    assert limits == [5.0 + prepare.COMPILING]
    assert said == ["the first quarters: it took longer than 125 s and was ended"]
    with pytest.raises(
        RuleError, match="the rule runs in this process"
    ):  # without a timeout nothing is ended
        warm_kernels(study, said.append)
