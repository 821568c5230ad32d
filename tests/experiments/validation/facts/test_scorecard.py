"""The scorecard is kept seed by seed, and continues where it stood."""

from pathlib import Path

import pandas as pd
import pytest

from agents.user_error import UserError
from experiments.study.study import Study, twins
from experiments.validation.facts.scorecard import STORE, missed, pass_error, pass_rate, run_seeds, scorecard
from experiments.validation.facts.thirty_facts import scored_facts
from model.country.country import build_country
from model.parameters import Parameters
from model.scenarios.scenario_catalogue import find_scenario


def test_seeds_are_run_once_and_kept(country: pd.DataFrame, tmp_path: Path) -> None:
    there, small = build_country(country), Parameters(firms=60, burn_in=2)
    arms = twins(find_scenario("random_hosts"))
    told: list[str] = []
    first = run_seeds(Study(arms, (1,), small, 2010, there), tmp_path, finished=told.append)
    both = run_seeds(Study(arms, (1, 2), small, 2010, there), tmp_path, finished=told.append)
    assert told == ["seed 1", "seed 2"]
    assert set(both) == {1, 2}
    assert both[1]["C0"] == first[1]["C0"]
    with (tmp_path / STORE).open("a", encoding="utf-8") as file:
        file.write('{"key": ')  # cut short
    assert set(run_seeds(Study(arms, (1, 2), small, 2010, there), tmp_path)) == {1, 2}
    with pytest.raises(UserError, match="another study"):
        run_seeds(Study(arms, (1,), small, 2009, there), tmp_path)
    card = scorecard(both)
    assert len(card) == len(scored_facts())
    assert card.set_index("id").loc["C0", "seeds"] == 2


def test_pass_rates_count_facts_by_seed() -> None:
    tail, sign = (next(one for one in scored_facts() if one.id == name) for name in ("F6", "C1"))
    seeds = {1: {"X1": 1.2, "C1": 1.0}, 2: {"X1": 1.7, "C1": 1.0}}
    card = scorecard(seeds, [tail, sign])
    assert card["passed"].tolist() == [0.5, 1.0]
    assert pass_rate(card) == 0.5  # C1 is not claimed
    assert pass_rate(card, claimed=False) == 0.75
    assert pass_error(seeds, facts=[tail, sign]) == 0.5
    assert pass_error(seeds, False, [tail, sign]) == 0.25
    assert card["p5"].tolist() == pytest.approx([1.225, 1.0])
    assert [row["id"] for row in missed(card)] == ["F6"]
