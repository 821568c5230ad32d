"""`computeleap run`: what it writes, what an interruption leaves, and that the documentation says so."""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import Result

import viz.reports.run_report
from agents.city_government import COLUMNS as CITY_COLUMNS
from agents.compute_provider import COLUMNS as PROVIDER_COLUMNS
from agents.value_chain import CITY_COLUMNS as CHAIN_COLUMNS
from experiments.measures.number_text import decimals, number
from experiments.study import one_run
from experiments.study.one_run import FLOWS
from experiments.study.run_arms import INTERRUPTED
from experiments.study.study import WITH, WITHOUT
from tests import ROOT
from tests.support.cli import call, no_pictures
from tests.support.long_version import LONG, some
from viz.cli import run_command as command

PAGE = "\n" + (ROOT / "docs" / "results.md").read_text(encoding="utf-8")
SMALL = ("run", "random_hosts", "--firms", "200", "--until", "2012")


@pytest.fixture(scope="module")
def done(cities: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, Path]:
    """A study of two seeds."""
    out = tmp_path_factory.mktemp("study") / "new" / "out"
    return call(*SMALL, "--cities", cities, "--seeds", 2, "--workers", 1, "--out", out), out


@pytest.fixture
def plain_report() -> Iterator[None]:
    with no_pictures():
        yield


# ── What is written, and the page that describes it ──────────────────────────────────────────────


def documented(heading: str) -> dict[str, list[str]]:
    """The first table under a heading of docs/results.md: first cell, bare, to the others."""
    section = PAGE.partition(f"\n{heading}\n")[2].partition("\n## ")[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in section.splitlines()
        if line[:1] == "|"
    ]
    return {row[0].strip("`"): row[1:] for row in rows[2:]}


def test_a_run_writes_the_documented_files(done: tuple[Result, Path]) -> None:
    answer, out = done
    assert answer.exit_code == 0, answer.output
    files = documented("## Files")
    assert {path.name + "/" * path.is_dir() for path in out.iterdir()} == set(files)
    figures = {path.stem for path in (out / "figures").iterdir()}
    assert figures
    assert figures <= set(re.findall(r"`(\w+)`", files["figures/"][0]))
    assert [path.name for path in out.parent.iterdir()] == ["out"]


def test_columns_and_keys_are_the_documented_ones(done: tuple[Result, Path]) -> None:
    _, out = done
    for path in out.glob("*.parquet"):
        assert list(pd.read_parquet(path).columns) == list(documented(f"## {path.name}")), path.name
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert list(summary) == list(documented("## summary.json"))


def test_units_are_those_of_the_model() -> None:
    cities = {column.name: column for column in CITY_COLUMNS + CHAIN_COLUMNS}
    for name, (unit, meaning) in list(documented("## panel.parquet").items())[4:]:
        of_year = cities[name].unit.removesuffix("quarter") + "year" if name in FLOWS else cities[name].unit
        assert (unit, meaning) == (of_year, cities[name].meaning), name
    providers = {column.name: column for column in PROVIDER_COLUMNS}
    for name in one_run.PROVIDER_RECORDED:
        unit, meaning = documented("## centres.parquet")[name]
        assert unit == providers[name].unit, name
        assert meaning.startswith(providers[name].meaning)


def test_the_summary_says_what_was_run(done: tuple[Result, Path]) -> None:
    _, out = done
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    wanted = {"scenario": "random_hosts", "seeds": [1, 2], "cities": 12, "firms": 200, "last_year": 2012}
    assert {name: summary[name] for name in wanted} == wanted
    assert summary["parameters_changed"] == {"firms": 200}
    assert summary["failures"] == {}


def test_the_terminal_shows_the_tables(done: tuple[Result, Path]) -> None:
    answer, out = done
    for title in (
        "Effect on innovation",
        "Effect on real GDP, %",
        "Effect on innovation of cities without",
        "Effect on real GDP of cities without",
        "Six channels",
        "Change of the gap",
        "Weak and",
        "Place in the industry chain",
        "Compute used in all cities",
        "What the centres cost",
    ):
        assert title in answer.stdout
    effects = pd.read_parquet(out / "effects.parquet")
    for row in effects.to_dict("records"):
        places = decimals(row["se"] or abs(row["mean"]))
        shown = (number(row["mean"], places, True), number(row["se"], places))
        cells = [row["group"], *shown, str(row["seeds"])]
        assert re.search(" +".join(map(re.escape, cells)), answer.stdout)
    assert f"The results are in {out}" in answer.stdout
    assert "seeds 1 to 2, with and without the centres: 4 runs of 200 firms in 12 cities" in answer.stderr
    assert "4 of 4 runs done" in answer.stderr
    assert "\x1b" not in answer.output


@pytest.mark.usefixtures("plain_report", "quick_workers")
def test_processes_do_not_change_the_result(done: tuple[Result, Path], cities: Path, tmp_path: Path) -> None:
    words = ["--first-seed", 2, "--seeds", 1, "--workers", 2, "--threads", 2, "--out", tmp_path / "o"]
    answer = call(*SMALL, "--cities", cities, *words)
    assert answer.exit_code == 0, answer.output
    for name in ("panel", "centres"):
        both = pd.read_parquet(done[1] / f"{name}.parquet")
        alone = pd.read_parquet(tmp_path / "o" / f"{name}.parquet")
        pd.testing.assert_frame_equal(alone, both[both["seed"] == 2].reset_index(drop=True))


def test_a_study_without_a_centre(cities: Path, tmp_path: Path) -> None:
    """The shipped centres stand in none of these cities."""
    config = tmp_path / "study.toml"
    config.write_text(
        f'scenario = "none"\nseeds = 9\nuntil = 2006\nfirms = 100\ncities = "{cities}"\nout = "o"\n'
    )
    answer = call("run", "actual", "--config", config, "--seeds", 1, "--workers", 1)
    assert answer.exit_code == 0, answer.output
    assert (
        "no centre opens in these cities by the end of 2006: both runs of a pair are the same"
        in answer.stderr
    )
    assert "seed 1, with and" in answer.stderr
    summary = json.loads((tmp_path / "o" / "summary.json").read_text(encoding="utf-8"))
    assert (summary["scenario"], summary["seeds"], summary["last_year"]) == ("actual", [1], 2006)
    columns = list(pd.read_parquet(tmp_path / "o" / "centres.parquet").columns)
    assert columns == list(documented("## centres.parquet"))


def test_a_report_that_fails_costs_no_numbers(
    cities: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*given: object) -> None:
        raise KeyError("colour")

    monkeypatch.setattr(viz.reports.run_report, "write_report", broken)
    answer = call(*SMALL, "--cities", cities, "--seeds", 1, "--workers", 1, "--out", tmp_path / "o")
    assert answer.exit_code == 1
    assert "this is a bug: the report could not be drawn (KeyError: 'colour')" in answer.stderr
    assert len(pd.read_parquet(tmp_path / "o" / "effects.parquet")) == 3


# ── Interrupted and failed runs ──────────────────────────────────────────────────────────────────


@pytest.fixture
def interrupt_after(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Ctrl-C is pressed as the run of that number ends."""

    def arrange(last: int) -> None:
        @contextmanager
        def progress(total: int, workers: int) -> Iterator[Callable[[str], None]]:
            ended: list[str] = []

            def finished(run: str) -> None:
                ended.append(run)
                if len(ended) == last:
                    raise KeyboardInterrupt

            yield finished

        monkeypatch.setattr(command, "progress", progress)

    return arrange


@pytest.mark.usefixtures("quick_workers", "plain_report")
@pytest.mark.parametrize("workers", [1, 2])
def test_ctrl_c_keeps_the_complete_pairs(
    cities: Path, tmp_path: Path, interrupt_after: Callable[[int], None], workers: int
) -> None:
    interrupt_after(3)
    out = tmp_path / "out"
    answer = call(*SMALL, "--cities", cities, "--seeds", 30, "--workers", workers, "--out", out)
    assert answer.exit_code == 130
    assert (
        "interrupted: 1 of 30 pairs of runs were complete; these are evaluated and written" in answer.stderr
    )
    panel = pd.read_parquet(out / "panel.parquet")
    assert panel["seed"].nunique() == 1
    assert set(panel["arm"]) == {WITH, WITHOUT}
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert set(summary["failures"].values()) == {INTERRUPTED}
    assert len(summary["failures"]) == 57
    assert summary["seeds"] == list(range(1, 31))
    assert (out / "report.html").exists()
    assert multiprocessing.active_children() == []


@pytest.mark.usefixtures("plain_report")
def test_ctrl_c_before_a_pair_is_complete_writes_nothing(
    cities: Path, tmp_path: Path, interrupt_after: Callable[[int], None]
) -> None:
    interrupt_after(1)
    answer = call(*SMALL, "--cities", cities, "--seeds", 2, "--workers", 1, "--out", tmp_path / "out")
    assert answer.exit_code == 130
    assert "interrupted before a pair of runs was complete: nothing is written" in answer.stderr
    assert answer.stdout == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("plain_report")
def test_ctrl_c_leaves_older_results_as_they_are(
    done: tuple[Result, Path], cities: Path, interrupt_after: Callable[[int], None]
) -> None:
    _, out = done
    before = (out / "summary.json").read_bytes()
    interrupt_after(2)
    for name in ("out-interrupted", "out-interrupted-2"):
        answer = call(*SMALL, "--cities", cities, "--seeds", 2, "--workers", 1, "--out", out)
        assert answer.exit_code == 130
        assert json.loads((out.parent / name / "summary.json").read_text(encoding="utf-8"))["failures"]
    assert (out / "summary.json").read_bytes() == before


@pytest.mark.usefixtures("plain_report")
def test_a_run_that_fails_takes_its_pair_out(
    cities: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = one_run.run_one

    def sometimes(study: Any, seed: int, arm: str) -> Any:
        if (seed, arm) == (2, WITHOUT):
            raise ZeroDivisionError("no firms")
        return real(study, seed, arm)

    monkeypatch.setattr(one_run, "run_one", sometimes)
    answer = call(*SMALL, "--cities", cities, "--seeds", 2, "--workers", 1, "--out", tmp_path / "out")
    assert answer.exit_code == 1
    assert "1 of 4 runs failed, and its pair is left out; seed 2 without: ZeroDivisionError: no firms" in (
        answer.stderr
    )
    summary = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
    assert summary["failures"] == {"seed 2 without": "ZeroDivisionError: no firms"}
    assert set(pd.read_parquet(tmp_path / "out" / "panel.parquet")["seed"]) == {1}


@pytest.mark.usefixtures("plain_report")
def test_a_broken_invariant_names_its_place_and_leaves_a_file_that_shows_it_again(
    cities: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    rule = "def age(age, draw_slip):\n    return -1.0 if draw_slip < 0.01 else age + 1.0\n"
    make = "from model import Extension\nextension = Extension('bug', meaning='a slip', rules=[age])\n"
    Path("bug.py").write_text(rule + make, encoding="utf-8")
    words = [*SMALL, "--extension", "bug.py", "--cities", cities, "--seeds", 1, "--workers", 1, "--out", "r"]
    answer = call(*words, "--check-invariants")
    assert answer.exit_code == 1
    assert "is -1: it must not be negative (after event adoption_gain of" in answer.stderr
    assert "computeleap run --config r-breach-seed-1.toml" in answer.stderr
    again = call("run", "--config", "r-breach-seed-1.toml")
    said = [line for line in answer.stderr.splitlines() if "no pair of runs ended" in line]
    assert said == [line for line in again.stderr.splitlines() if "no pair of runs ended" in line]
    assert not Path("r").exists()
    assert call(*words).exit_code == 0  # without the check nothing stops it


@LONG
@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals of a terminal")
@pytest.mark.parametrize("to_all", some([True, False]), ids=str)
def test_ctrl_c_in_earnest(cities: Path, tmp_path: Path, to_all: bool) -> None:
    """A terminal sends it to all its processes, `kill` to one."""
    out = tmp_path / "out"
    words = [*SMALL, "--cities", str(cities), "--seeds", "5000", "--workers", "2", "--out", str(out)]
    process = subprocess.Popen(
        [sys.executable, "-m", "viz", *words],
        text=True,
        start_new_session=True,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONWARNINGS": "error"},
    )
    assert process.stderr is not None
    said = ""
    while not re.search(r"^([4-9]|\d\d+) of \d+ runs done", said, re.MULTILINE):  # a pair is whole
        line = process.stderr.readline()
        assert line, said
        said += line
    (os.killpg if to_all else os.kill)(process.pid, signal.SIGINT)
    shown, more = process.communicate(timeout=120)
    assert process.returncode == 130, said + more
    assert re.search(r"interrupted: \d+ of 5000 pairs of runs were complete", more)
    assert "Traceback" not in more
    assert f"The results are in {out}" in shown
    assert (out / "report.html").exists()
    for _ in range(50):
        try:
            os.killpg(process.pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    pytest.fail("processes are left behind")
