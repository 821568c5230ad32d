"""Files that a visitor downloads."""

from __future__ import annotations

import io
import tomllib

import pandas as pd
import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")


from experiments.study.settings import merge_settings
from experiments.sweep import load, open_store
from tests.support.results_shelf import SWEEP, opened
from viz.app.results.downloads import (
    as_csv,
    as_parquet,
    experiment_file,
    file_name,
    ran,
    ran_study,
    ran_sweep,
)
from viz.app.results.result_reader import StudyFolder, SweepStore
from viz.app.ui.translations import translator

EN = translator("en")


def test_settings_of_a_run_come_back_through_the_command_line(shelf, tmp_path):
    found = opened(shelf, "random_hosts")
    name, text = experiment_file(found)
    (tmp_path / name).write_text(text, encoding="utf-8")
    settings = merge_settings(tmp_path / name)
    assert (settings.scenario, settings.seed_numbers, settings.until) == ("random_hosts", (1, 2), 2011)
    assert (
        settings.scenario_to_run.applied_to(settings.parameters).model_dump() == found.summary["parameters"]
    )
    assert f"computeleap run --config {name}" in text
    assert "--cities FILE" in text  # it was run with a table of its own


def test_the_file_of_a_sweep_is_the_same_experiment(shelf, tmp_path):
    found = opened(shelf, "tiny")
    name, text = experiment_file(found)
    (tmp_path / name).write_text(text, encoding="utf-8")
    again = load(tmp_path / name, tmp_path / "store").experiment
    assert again.identity() == open_store(found.item.folder).experiment.identity()
    assert tomllib.loads(text)["design"] == SWEEP["design"]


def test_the_server_keeps_its_folders_to_itself(shelf):
    found = opened(shelf, "tiny")
    values = {**found.values, "cities": "/home/someone/secret/own.csv"}
    private = SweepStore(**{**vars(found), "values": values})
    text = experiment_file(private)[1]
    assert "/home" not in text
    assert "# put own.csv into the folder of this file" in text


def test_the_command_of_a_study_is_whole(shelf):
    found = opened(shelf, "studies/layouts")
    assert isinstance(found, StudyFolder)
    name, text = experiment_file(found)
    assert name == "study-layouts.sh"
    assert (
        "computeleap study layouts random_hosts poor_sites_network --seeds 2 --first-seed 1 --until 2011"
        in text
    )
    assert "--set firms=150" in text


def test_tables_come_back_from_what_is_downloaded(shelf):
    table = opened(shelf, "random_hosts").tables["cities"]
    assert pd.read_parquet(io.BytesIO(as_parquet(table))).equals(table)
    read_again = pd.read_csv(io.BytesIO(as_csv(table)))
    assert read_again["effect"].to_numpy() == pytest.approx(table["effect"].to_numpy(), nan_ok=True)
    assert as_csv(table).startswith(b"\xef\xbb\xbf")  # so that spreadsheets read Chinese names
    assert b"'=cmd()" in as_csv(pd.DataFrame({"name": ["=cmd()"]}))


@pytest.mark.parametrize("text", ["../../etc/passwd", "a/b\\c", "名字", "x" * 500, ""])
def test_names_of_downloads_are_plain(text):
    name = file_name(text, "theil")
    assert 0 < len(name) <= 80
    assert not set(name) & set("/\\ ")
    assert not name.startswith(".")


def test_a_picture_says_scenario_date_and_seeds(shelf):
    runs = [opened(shelf, key) for key in ("random_hosts", "actual")]
    one = ran(runs[:1], EN)
    assert EN("scenarios.random_hosts") in one
    assert "2005–2011; seeds 1–2; compared with: twin without any centre" in one
    assert f"{EN('scenarios.random_hosts')}, {EN('scenarios.actual')}; 2005–2011" in ran(runs, EN)
    assert "种子 1–2" in ran(runs, translator("zh"))
    study = opened(shelf, "studies/layouts")
    seeds = f"seeds {min(study.summary['seeds'])}–{max(study.summary['seeds'])}"
    assert f"to {study.summary['last_year']}; {seeds}" in ran_study(study, EN)
    assert ran_study(study, EN, "actual").startswith(f"ComputeLeap: {EN('scenarios.actual')};")
    store = opened(shelf, "tiny")
    told = ran_sweep(store, EN, store.finals.head(5))
    assert told == f"ComputeLeap: tiny ({EN('scenarios.random_hosts')}); to 2011; 5 runs; seeds 1–2"
