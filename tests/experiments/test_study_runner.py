"""``run_study``: a study from Python into a results folder, as ``computeleap run`` writes it."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from experiments import run_study
from experiments.results.read_results import read_results
from experiments.study import one_run
from experiments.study.run_arms import INTERRUPTED, StudyInterrupted
from experiments.study_runner import NoPairError
from model.country.synthetic import synthetic_country
from model.extensions.extension import Extension, ExtensionError
from model.files.user_tables import InputError
from tests import ROOT
from viz.cli.country_commands import write_cities

SMALL: dict[str, Any] = {"firms": 100, "until": 2006, "workers": 1, "notify": lambda sentence: None}


@pytest.fixture(scope="module")
def cities(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("country") / "ten.csv"
    write_cities(synthetic_country(10, 1), path)
    return path


@contextmanager
def interrupting(total: int, last: int) -> Iterator[Callable[[str], None]]:
    """Progress in which Ctrl-C comes as the run of that number ends."""
    ended: list[str] = []

    def finished(run: str) -> None:
        ended.append(run)
        if len(ended) == last:
            raise KeyboardInterrupt

    yield finished


@pytest.mark.slow
def test_three_lines_of_python_run_a_study_without_viz(cities: Path, tmp_path: Path) -> None:
    program = ROOT / "tests" / "support" / "programs" / "run_study_in_three_lines.py"
    done = subprocess.run(
        [sys.executable, str(program), str(cities), str(tmp_path / "x")],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    assert done.stdout.splitlines() == ["[1, 2] 80", "[]"]
    assert "seeds 1 to 2, with and without the centres: 4 runs of 100 firms in 10 cities" in done.stderr
    assert "4 of 4 runs done" in done.stderr
    assert json.loads((tmp_path / "x" / "summary.json").read_text(encoding="utf-8"))["seeds"] == [1, 2]


def test_what_is_returned_is_what_the_folder_holds(cities: Path, tmp_path: Path) -> None:
    said: list[str] = []
    results = run_study(
        "random_hosts", cities=cities, seeds=2, out=tmp_path / "x", **{**SMALL, "notify": said.append}
    )
    stored = read_results(tmp_path / "x")
    pd.testing.assert_frame_equal(results.panel, stored.panel)
    with_centres = results.centres[results.centres["arm"] == "with"].drop(columns="arm")
    pd.testing.assert_frame_equal(with_centres, stored.centres)
    assert (stored.scenario, stored.seeds, stored.last_year) == ("random_hosts", (1, 2), 2006)
    assert said[-1].startswith("4 of 4 runs done")
    assert not (tmp_path / "x" / "report.html").exists()


def test_an_extension_may_be_a_value_that_a_module_holds(
    cities: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(ROOT / "tests" / "support" / "university.py", tmp_path / "own_university.py")
    monkeypatch.syspath_prepend(tmp_path)
    university = importlib.import_module("own_university")
    study = {"cities": cities, "seeds": 1, "parameters": {"graduation_rate": 0.3}, **SMALL}
    by_value = run_study("learned", out=tmp_path / "x", extension=university.extension, **study)
    by_name = run_study("learned", out=tmp_path / "y", extension=f"{university.__file__}:extension", **study)
    assert by_value.study.extension == by_name.study.extension
    pd.testing.assert_frame_equal(by_value.panel, by_name.panel)
    with pytest.raises(ExtensionError, match="worker processes cannot find local"):
        run_study(out=tmp_path / "z", extension=Extension("local"), **study)


def test_a_report_is_drawn_by_a_function_that_is_given(cities: Path, tmp_path: Path) -> None:
    def report(folder: Path, summary: Any, tables: Any, centres: Any) -> None:
        (folder / "report.html").write_text(f"{summary['scenario']} {'effects' in tables} {len(centres) > 0}")

    run_study("random_hosts", cities=cities, seeds=1, out=tmp_path / "x", report=report, **SMALL)
    assert (tmp_path / "x" / "report.html").read_text() == "random_hosts True True"


def test_an_interruption_keeps_complete_pairs_and_an_older_folder(cities: Path, tmp_path: Path) -> None:
    out = tmp_path / "x"
    run_study("random_hosts", cities=cities, seeds=1, out=out, **SMALL)
    before = (out / "summary.json").read_bytes()
    results = run_study(
        "random_hosts",
        cities=cities,
        seeds=9,
        out=out,
        progress=lambda total: interrupting(total, 3),
        **SMALL,
    )
    assert results.interrupted
    assert set(results.failures.values()) == {INTERRUPTED}
    assert set(results.panel["seed"]) == {1}
    assert (out / "summary.json").read_bytes() == before
    assert read_results(tmp_path / "x-interrupted").seeds == (1,)
    with pytest.raises(StudyInterrupted, match="before a pair of runs was complete: nothing is written"):
        run_study(
            "random_hosts",
            cities=cities,
            seeds=9,
            out=tmp_path / "y",
            progress=lambda total: interrupting(total, 1),
            **SMALL,
        )
    assert not (tmp_path / "y").exists()


def test_a_study_of_which_every_pair_failed_says_why(
    cities: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(study: Any, seed: int, arm: str) -> Any:
        raise InputError(["a table"])

    monkeypatch.setattr(one_run, "run_one", never)
    with pytest.raises(NoPairError, match="no pair of runs ended: InputError: a table") as told:
        run_study("random_hosts", cities=cities, seeds=1, out=tmp_path / "x", **SMALL)
    assert told.value.failures == {(1, arm): "InputError: a table" for arm in ("with", "without")}
    assert told.value.breach is None
    assert not (tmp_path / "x").exists()
