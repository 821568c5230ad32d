"""`computeleap sweep`: what it shows, writes and answers, and with which exit code it leaves."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from benchmarks import killed_sweeps as chaos
from experiments.sweep import chunk, open_store
from experiments.sweep.executors import InProcess
from experiments.sweep.measures import EFFECTS, METRICS
from tests import ROOT
from viz.cli.commands import app

FILE = """
name = "small"
replications = 2
[base]
scenario = "random_hosts"
cities = "synthetic:12"
until = 2006
parameters = {firms = 100, burn_in = 0}
[design]
factors.traffic_scale = [0.5, 1.0]
factors.traffic_basic = [5.0, LARGEST]
[run]
chunk = 2
max_failures = ALLOWED
"""


def call(*words: str) -> Result:
    return CliRunner().invoke(app, ["sweep", *words])


def write(folder: Path, largest: str = "6.0", allowed: str = "2") -> Path:
    """An experiment of eight runs; with ``largest`` of 1500000 two of its points cannot be run."""
    file = folder / "small.toml"
    file.write_text(FILE.replace("LARGEST", largest).replace("ALLOWED", allowed), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sweep")
    answer = call("run", str(write(folder)), "--workers", "0", "--store", str(folder / "store"))
    assert answer.exit_code == 0, answer.stderr
    assert "8 of 8 runs are stored" in answer.stdout
    return folder / "store"


def test_plan_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    answer = call("plan", str(write(tmp_path)), "--workers", "2")
    assert answer.exit_code == 0
    for said in ("points", "8", "time in all", "2 processes", "size of the store"):
        assert said in answer.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["small.toml"]


def test_the_same_command_resumes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, store: Path) -> None:
    words = ("run", str(write(tmp_path)), "--workers", "0", "--store", str(tmp_path / "s"))
    whole = InProcess.run

    def interrupt(self: InProcess, tasks: Iterable[chunk.Task]) -> Iterator[object]:
        yield from whole(self, islice(tasks, 2))
        raise KeyboardInterrupt

    monkeypatch.setattr(InProcess, "run", interrupt)
    answer = call(*words)
    assert answer.exit_code == 130
    assert "the same command goes on with it" in answer.stderr
    missing = call("status", str(tmp_path / "s"))
    assert (missing.exit_code, missing.stdout) == (5, "4 of 8 runs are stored\n")
    monkeypatch.undo()
    answer = call(*words)
    assert answer.exit_code == 0
    assert "4 of 8 runs are stored already" in answer.stderr
    digests = {call("status", str(folder), "--digest").stdout for folder in (tmp_path / "s", store)}
    assert len(digests) == 1


def test_shards_need_no_scheduler(tmp_path: Path) -> None:
    for k in ("1/2", "2/2"):
        answer = call("run", str(write(tmp_path)), "--shard", k, "--store", str(tmp_path / "s"))
        assert answer.exit_code == 0
    assert call("status", str(tmp_path / "s")).exit_code == 0


@pytest.mark.parametrize("shard", ["3/2", "0/2", "a/2", "2"])
def test_a_wrong_shard_is_refused(tmp_path: Path, shard: str) -> None:
    answer = call("run", str(write(tmp_path)), "--shard", shard)
    assert answer.exit_code == 2
    assert "is not k/n" in answer.stderr


def test_failed_runs_have_exit_codes_of_their_own(tmp_path: Path) -> None:
    file, folder = write(tmp_path, "900000.0", "2"), tmp_path / "s"
    text = file.read_text(encoding="utf-8").replace("[0.5, 1.0]", "[0.5, 1.1]")
    file.write_text(text, encoding="utf-8")  # 1.1 × 900,000 is allowed
    assert call("run", str(file), "--workers", "0", "--store", str(folder)).exit_code == 0
    file.write_text(
        text.replace("1.1", "2.0").replace("[5.0,", "[5.5,"), encoding="utf-8"
    )  # 2 × 900,000 is not
    folder = tmp_path / "t"
    answer = call("run", str(file), "--workers", "0", "--store", str(folder))
    assert answer.exit_code == 3
    assert "8 of 8 runs are stored" in answer.stdout
    assert "2 of them failed" in answer.stdout
    assert "traffic_basic cannot be 1800000" in answer.stderr
    assert call("status", str(folder)).exit_code == 3
    assert call("retry", str(folder), "--workers", "0").exit_code == 3
    assert call("rerun", str(folder), "--run", "6").exit_code == 3
    write(tmp_path, "900000.0", "1")
    file.write_text(file.read_text(encoding="utf-8").replace("[0.5, 1.0]", "[0.5, 2.0]"), encoding="utf-8")
    stopped = call("run", str(file), "--workers", "0", "--store", str(tmp_path / "u"))
    assert stopped.exit_code == 4
    assert "more than the 1 that run.max_failures allows" in stopped.stderr


def test_rerun_compares_with_what_is_stored(store: Path) -> None:
    answer = call("rerun", str(store), "--run", "5")
    assert (answer.exit_code, answer.stdout) == (0, "run 5 gives what is stored, to the last bit.\n")
    assert call("rerun", str(store), "--run", "8").exit_code == 2


def test_rerun_with_debug_opens_the_debugger(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[object] = []

    def fail(self: chunk.StoreContext, run: int, timeout: float | None = None) -> None:
        raise ZeroDivisionError("in a rule")

    monkeypatch.setattr(chunk.StoreContext, "simulate", fail)
    monkeypatch.setattr("pdb.post_mortem", opened.append)
    assert call("rerun", str(store), "--run", "5").exit_code == 3
    assert not opened
    assert call("rerun", str(store), "--run", "5", "--debug").exit_code == 3
    assert len(opened) == 1


def test_query_answers_as_table_and_csv(store: Path) -> None:
    sql = "select traffic_scale, count(*) as n from finals group by 1 order by 1"
    assert "traffic_scale" in call("query", str(store), sql).stdout
    rows = list(csv.DictReader(io.StringIO(call("query", str(store), sql, "--csv").stdout)))
    assert rows == [{"traffic_scale": "0.5", "n": "4"}, {"traffic_scale": "1.0", "n": "4"}]
    wrong = call("query", str(store), "select traffic_scal from finals")
    assert wrong.exit_code == 2
    assert "traffic_scale" in wrong.stderr


def test_export_spares_a_file_that_is_there(store: Path, tmp_path: Path) -> None:
    target = tmp_path / "runs.csv"
    assert call("export", str(store), "--table", "runs", "--out", str(target)).exit_code == 0
    assert len(pd.read_csv(target)) == 8
    assert "--force" in call("export", str(store), "--out", str(target)).stderr


def test_measures_and_ready_experiments_are_listed() -> None:
    shown = call("measures").stdout
    assert all(name in shown for name in (*METRICS, *EFFECTS))
    assert "capacity" in call("ready").stdout


def test_a_mistake_in_the_file_is_one_sentence(tmp_path: Path) -> None:
    file = write(tmp_path)
    file.write_text(
        file.read_text(encoding="utf-8").replace("replications", "replicaitons"), encoding="utf-8"
    )
    answer = call("run", str(file))
    assert answer.exit_code == 2
    assert answer.stderr == (
        f"computeleap: {file}: there is no key replicaitons; did you mean replications?\n"
    )


def test_sweep_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\nfrom viz.__main__ import main\nsys.argv = ['computeleap', 'sweep', '--help']\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print('HEAVY', sorted({'mesa', 'pandas', 'numpy', 'distributed', 'duckdb'} & set(sys.modules)))\n"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    answer = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert "HEAVY []" in answer.stdout


def test_nobody_at_the_address_of_a_scheduler(tmp_path: Path) -> None:
    answer = call("run", str(write(tmp_path)), "--scheduler", "tcp://127.0.0.1:1", "--workers", "2")
    assert "leave --workers and --shard out" in answer.stderr


@pytest.mark.slow
def test_killed_sweeps_lose_nothing(tmp_path: Path) -> None:
    """Drivers and workers are killed in every way of running; the script does it with 2,000 runs."""
    found = dict(chaos.trials(tmp_path, runs=40, kills=1, chunk=4))
    assert {"2 worker processes", "external Dask scheduler", "shards", "two drivers at once"} <= set(found)
    for name, result in found.items():
        if "runs" in result:
            assert chaos.is_whole(result), (name, result)
            assert result["exit"] == chaos.SOME_FAILED
    assert sum(result.get("drivers", 0) for result in found.values()) >= 3


@pytest.fixture(scope="module")
def sampled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of sixty points, sampled over two factors of which one drives innovation."""
    folder = tmp_path_factory.mktemp("sampled")
    file = folder / "sampled.toml"
    file.write_text(
        'name = "sampled"\n[base]\nscenario = "none"\ncities = "synthetic:12"\nuntil = 2005\n'
        "parameters = {firms = 100, burn_in = 0}\n"
        '[design]\nkind = "lhs"\nn = 60\nfactors.base_intensity = {low = 0.05, high = 0.5}\n'
        "factors.home_reach = {low = 50, high = 500}\n[run]\nchunk = 60\n",
        encoding="utf-8",
    )
    assert call("run", str(file), "--workers", "0", "--store", str(folder / "store")).exit_code == 0
    return folder / "store"


def test_sensitivity_is_shown_and_drawn(sampled: Path, tmp_path: Path) -> None:
    answer = call("sensitivity", str(sampled), "innovation", "--figure", str(tmp_path / "a.png"))
    assert answer.exit_code == 0, answer.stderr
    assert answer.stdout.index("base_intensity") < answer.stdout.index("home_reach")
    assert "60 points used" in answer.stderr
    assert (tmp_path / "a.png").stat().st_size > 10_000
    assert call("sensitivity", str(sampled), "inovation").exit_code == 2


def test_discovery_is_shown_and_drawn(sampled: Path, tmp_path: Path) -> None:
    half = open_store(sampled).finals["innovation"].median()
    answer = call("discover", str(sampled), f"innovation > {half}", "--figure", str(tmp_path / "a.png"))
    assert answer.exit_code == 0, answer.stderr
    assert "30 of 60 runs are cases" in answer.stderr
    assert '"base_intensity" between' in answer.stdout
    assert (tmp_path / "a.png").stat().st_size > 10_000
    none = call("discover", str(sampled), "innovation < 0")
    assert none.exit_code == 2
    assert "holds for 0 of 60 runs" in none.stderr


def test_calibration_is_shown_drawn_and_written(sampled: Path, tmp_path: Path) -> None:
    middle = open_store(sampled).finals["innovation"].median()
    targets = tmp_path / "targets.toml"
    targets.write_text(f"[targets.innovation]\nvalue = {middle}\nse = {0.05 * middle}\n", encoding="utf-8")
    words = ("calibrate", str(sampled), "--targets", str(targets), "--truths", "5")
    files = ("--out", str(tmp_path / "out"), "--figure", str(tmp_path / "a.png"))
    answer = call(*words, *files)
    assert answer.exit_code == 0, answer.stderr
    for said in ("Posterior of the factors", "base_intensity", "Fit of the targets", "Known truths inside"):
        assert said in answer.stdout
    assert "of 60 points" in answer.stderr
    assert "luck that all points share is not seen" in answer.stderr
    posterior = pd.read_csv(tmp_path / "out" / "posterior.csv").set_index("factor")
    assert posterior.loc["base_intensity", "narrowed"] > 0.5
    assert posterior.loc["base_intensity", "p05"] > 0.05
    names = {path.stem for path in (tmp_path / "out").iterdir()}
    assert names == {"posterior", "targets", "coverage", "points", "sample"}
    assert (tmp_path / "a.png").stat().st_size > 10_000
    again = call(*words, *files)
    assert again.exit_code == 2
    assert "--force replaces it" in again.stderr
    missing = call("calibrate", str(sampled), "--targets", str(tmp_path / "none.toml"))
    assert missing.exit_code == 2
    assert "none.toml cannot be read" in missing.stderr


def test_a_front_is_shown_drawn_and_written(sampled: Path, tmp_path: Path) -> None:
    aims = "innovation:max,theil:min,research_spending:min"
    files = ("--out", str(tmp_path / "out"), "--figure", str(tmp_path / "a.svg"))
    answer = call("optimise", str(sampled), "--objectives", aims, *files)
    assert answer.exit_code == 0, answer.stderr
    assert "points are on the front" in answer.stderr
    front = pd.read_csv(tmp_path / "out" / "front.csv")
    assert len(front) == 60
    best = front["innovation"].idxmax()
    assert front.loc[best, "front"]
    assert (tmp_path / "a.svg").stat().st_size > 10_000
    wrong = call("optimise", str(sampled), "--objectives", "inovation:max,theil:min")
    assert wrong.exit_code == 2
    assert "did you mean innovation" in wrong.stderr
