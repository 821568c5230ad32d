"""The list of results."""

from __future__ import annotations

import io
import json
import math
import os
import threading
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

import ipyvuetify
import solara

from experiments.questions.ablation import MECHANISMS
from experiments.measures.findings import FINDINGS
from experiments.measures.heterogeneity import SPLITS
from experiments.measures.effects import mean_and_se
from experiments.questions.regimes import MAPS
from experiments.study.settings import settle
from experiments.sweep import load, open_store
from experiments.sweep.analysis.sensitivity import Sensitivity, sensitivity
from tests.support.rendered_page import texts_of, wait_for
from tests.support.results_shelf import SWEEP, opened
from viz.app.results import result_reader, run_charts, study_charts, sweep_charts
from viz.app.results.chart_numbers import interval, shown
from viz.app.results.downloads import as_csv, as_parquet, experiment_file, file_name
from viz.app.results.line_options import SeedLines, bands
from viz.app.results.results_page import Results
from viz.app.results.result_reader import BackgroundReader, ResultCache, RunFolder, StudyFolder, SweepStore, UnreadableError, read
from viz.app.results.shelf import Shelf, scan_shelf
from viz.app.ui.chart_options import Option
from viz.app.ui.translations import LANGUAGES, Translator, translator

EN = translator("en")


def test_the_shelf_lists_what_is_there_and_says_what_it_is(shelf):
    kinds = {item.key: item.kind for item in shelf.items}
    assert kinds["random_hosts"] == kinds["actual"] == "run"
    assert kinds["studies/layouts"] == "study"
    assert kinds["tiny"] == kinds["tiny_morris"] == "sweep"
    facts = shelf.find("random_hosts")
    assert (facts.seeds, facts.version, len(facts.date)) == (2, "0.1.0", 10)
    assert facts.bytes > 1000


def test_what_is_broken_is_listed_with_its_reason(shelf):
    reasons = {item.key: item.reason for item in shelf.items if item.kind == "broken"}
    assert reasons == {
        "damaged": "unreadable",
        "listed": "unreadable",
        "deep": "unreadable",
        "foreign": "foreign",
        "incomplete": "incomplete",
        "old_store": "old",
    }


@pytest.mark.parametrize(
    "key", ["way_out", "../outside", "/etc", "", ".hidden", "random_hosts/../../outside", "random_hosts/"]
)
def test_only_keys_of_the_list_open_something(shelf, key):
    assert shelf.find(key) is None


def test_a_folder_that_is_not_there_is_an_empty_shelf(tmp_path):
    assert scan_shelf(tmp_path / "nowhere") == Shelf(())


def test_no_more_than_so_many_are_listed(tmp_path, monkeypatch):
    monkeypatch.setattr("viz.app.results.shelf.MAX_ITEMS", 3)
    for k in range(5):
        (tmp_path / str(k)).mkdir()
        (tmp_path / str(k) / "summary.json").write_text("{")
    shelf = scan_shelf(tmp_path)
    assert (len(shelf.items), shelf.more) == (3, True)
