"""Two halves of the ensemble: cities that ask, worlds kept on disk, and their agreement."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from experiments.ensemble.members import shipped_ensemble
from experiments.questions.decision import halves
from experiments.questions.decision.halves import (
    agreements,
    asking_cities,
    line_of,
    run_cities,
    world_from,
)
from experiments.questions.decision.worlds import World
from experiments.storage.json_lines import append_line, read_lines
from experiments.study.study import Study, twins
from model.country.country import Country, shipped_country
from model.parameters import Parameters
from model.scenarios.scenario_catalogue import find_scenario

Make = Callable[[int], list[World]]


def test_the_cities_that_ask_are_hosts_and_others_of_all_regions() -> None:
    country = shipped_country()
    cities = asking_cities(country, 50)
    assert len(set(cities)) == 50
    hosts = country.cities["city_id"].isin(set(country.centres["city_id"])).to_numpy()[cities]
    assert hosts.sum() == 15
    assert set(country.cities["region"].iloc[cities]) == set(country.cities["region"])


def test_finished_worlds_are_kept_and_not_run_again(
    there: Country, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(halves, "YEAR", 2006)
    study = Study(twins(find_scenario("random_hosts")), (1,), Parameters(firms=60, burn_in=2), 2030, there)
    file = tmp_path / "worlds.jsonl"
    run_cities(study, shipped_ensemble(), [1], [(3, 1)], file)
    before = file.read_text(encoding="utf-8")
    (line,) = read_lines(file)
    assert line_of(world_from(line), 1, 20.0) == line
    run_cities(study, shipped_ensemble(), [1], [(3, 1)], file)
    assert file.read_text(encoding="utf-8") == before


def test_agreement_of_cities_that_all_members_have_run(worlds: Make, there: Country, tmp_path: Path) -> None:
    members = [(place, place + 1) for place in range(20)]
    for city, count in ((1, 20), (2, 19)):
        for place, world in enumerate(worlds(20)[:count]):
            append_line(tmp_path / "worlds", line_of(replace(world, seed=place + 1), city, 20.0))
    rows = agreements(read_lines(tmp_path / "worlds"), there, members)
    assert [row["scope"] for row in rows] == ["city", "area", "country"]
    assert {row["city"] for row in rows} == {there.cities["name_en"].iloc[1]}
    own = rows[0]
    assert (own["choice"], own["halves"], own["agree"]) == ("nothing", ["later", "basic"], False)
    assert (own["least_regret"], own["not_told_apart"]) == ("basic", ["nothing", "later"])
    assert own["contradict"]
    assert own["margin"] == pytest.approx(3.0 / (40.0 * 0.5 * (20 / 19) ** 0.5 / 20**0.5), abs=0.001)
    assert own["worst_tenth"] == ["later", "basic"]
