"""`computeleap convergence`: tables of a results folder, and sentences for what cannot be shown."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from experiments.measures.convergence_tables import convergence_over_seeds
from experiments.results.read_results import read_results
from tests.support.cli import call, no_pictures
from viz.cli.convergence_command import figure


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seeds of the shipped country, 2005 to 2010, with 2,000 firms."""
    out = tmp_path_factory.mktemp("study") / "out"
    options = ("--firms", 2000, "--until", 2010, "--seeds", 2, "--workers", 1, "--set", "burn_in=4")
    with no_pictures():
        assert call("run", "random_hosts", *options, "--out", out).exit_code == 0
    return out


def test_a_results_folder_is_read_as_it_was_written(done: Path) -> None:
    results = read_results(done)
    assert (results.scenario, results.first_year, results.last_year) == ("random_hosts", 2005, 2010)
    assert [pair.seed for pair in results.pairs] == [1, 2]
    panel = pd.read_parquet(done / "panel.parquet")
    one = panel[(panel["seed"] == 2) & (panel["arm"] == "with") & (panel["year"] == 2007)]
    assert results.pairs[1].with_centres["revenue"][2].tolist() == one["revenue"].tolist()


def test_the_tables_are_shown(done: Path) -> None:
    answer = call("convergence", done)
    assert answer.exit_code == 0, answer.output
    for title in ("Convergence", "Country: kind of episode", "The observed decade"):
        assert title in answer.stdout
    results = read_results(done)
    table = convergence_over_seeds(results.pairs, results.cities).set_index("name")
    shown = re.search(r"^ Gini, index +(\S+) +(\S+) +(\S+)", answer.stdout, re.MULTILINE)
    assert shown is not None
    assert shown.groups() == tuple(figure(table.loc["Gini", name]) for name in ("start", "without", "with"))
    assert "not measured" in answer.stdout  # 2022
    assert "the run covers 2005 to 2010" in answer.stdout
    assert "E1, E2: real GDP over the people of the model." in answer.stdout
    assert answer.stderr == ""


def test_another_measure_and_totals(done: Path) -> None:
    answer = call("convergence", done, "--measure", "talent", "--totals")
    assert answer.exit_code == 0, answer.output
    assert "talent, total of the city" in answer.stdout


def test_made_up_countries_have_no_observed_decade(done: Path, tmp_path: Path) -> None:
    own = shutil.copytree(done, tmp_path / "own")
    for name in ("panel", "city_table", "centres"):
        frame = pd.read_parquet(own / f"{name}.parquet")
        frame.assign(city_id=frame["city_id"] + 10**9).to_parquet(own / f"{name}.parquet")
    answer = call("convergence", own)
    assert answer.exit_code == 0, answer.output
    assert "The observed decade is left out: most of these cities" in answer.stdout
    cities = pd.read_parquet(done / "city_table.parquet").assign(region="north")
    cities.to_parquet(tmp_path / "own" / "city_table.parquet")
    for name in ("panel", "centres"):
        shutil.copy(done / f"{name}.parquet", own / f"{name}.parquet")
    assert "needs cities in the regions east and west" in call("convergence", own).stdout


def test_what_cannot_be_shown_is_said_in_a_sentence(done: Path, tmp_path: Path) -> None:
    assert "did you mean revenue" in refused(done, "--measure", "revenu")
    assert "is not a folder" in refused(tmp_path / "nowhere")
    assert "missing: summary.json" in refused(tmp_path)
    part = shutil.copytree(done, tmp_path / "part")
    (part / "panel.parquet").write_bytes(b"no table")
    assert "cannot be read" in refused(part)
    short = shutil.copytree(done, tmp_path / "short")
    panel = pd.read_parquet(done / "panel.parquet")
    panel[panel["year"] < 2007].to_parquet(short / "panel.parquet")
    assert "covers 2 years" in refused(short)
    panel.assign(real_gdp=0.0).to_parquet(short / "panel.parquet")
    assert "two cities with people" in refused(short)
    (part / "summary.json").write_text(json.dumps({}), encoding="utf-8")
    shutil.copy(done / "panel.parquet", part / "panel.parquet")
    assert "summary.json is damaged or was written by another program: it has no text scenario" in refused(
        part
    )


def refused(*words: object) -> str:
    """The command ends with exit code 2 and this sentence."""
    answer = call("convergence", *words)
    assert answer.exit_code == 2, answer.output
    assert answer.stderr.startswith("computeleap: ")
    assert "bug" not in answer.stderr
    assert answer.stdout.count("Convergence") == 0
    return answer.stderr


@pytest.mark.parametrize(
    ("value", "signed", "expected"),
    [
        (0.0019123, False, "0.00191"),
        (12.345, True, "+12.3"),
        (-4321.0, False, "−4,321"),
        (0.0, True, "0"),
        (float("nan"), False, "n/a"),
        (float("-inf"), False, "−∞"),
        (float("inf"), False, "∞"),
    ],
)
def test_figures(value: float, signed: bool, expected: str) -> None:
    assert figure(value, signed) == expected
